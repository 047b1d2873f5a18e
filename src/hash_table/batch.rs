//! Looking up many hashes at once; see `raw/batch.rs` for how.

use super::HashTable;
use crate::allocator::{Allocator, Global};
use crate::group::Native;
use crate::raw::RawTable;
use crate::raw::batch::{Lookups, RawBatch};

/// Hashes to be looked up in a table, numbered.
#[derive(Clone)]
struct Hashes<I, F> {
    hashes: I,
    next: usize,
    eq: F,
}

impl<T, I: Iterator<Item = u64>, F: FnMut(usize, &T) -> bool> Lookups<T> for Hashes<I, F> {
    type Key = usize;

    #[inline(always)]
    fn draw(&mut self) -> Option<(u64, usize)> {
        let hash = self.hashes.next()?;
        self.next += 1;
        Some((hash, self.next - 1))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.hashes.size_hint()
    }

    #[inline(always)]
    fn is_match(&mut self, index: usize, entry: &T) -> bool {
        (self.eq)(index, entry)
    }
}

/// The entries of many hashes; see [`HashTable::find_batch`].
///
/// ```
/// let mut table = rosti::HashTable::new();
/// table.insert_unique(7, 'a', |_| 7);
/// let mut found = table.find_batch([7, 8], |i, _| i == 0);
/// assert_eq!((found.next(), found.next()), (Some(Some(&'a')), Some(None)));
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct FindBatch<'a, T, I, F, A: Allocator = Global> {
    entries: RawBatch<'a, RawTable<T, Native, A>, Hashes<I, F>, usize>,
}

/// Implements the traits of iterators over answers, each made of one in the field `entries`. In brackets: for `Iterator`,
/// the parameters of the implementation and what it asks of them, then what `I` yields; for traits that ask less, the
/// parameters, which are the iterator's, and what they ask; what `Clone` asks besides. In braces: a field beside `entries`.
macro_rules! answers {
    (
        Iterator $generics:tt $bounds:tt $drawn:ty, Debug $arguments:tt $held:tt, Clone $cloned:tt;
        $($iter:ident $({$field:ident})?, $item:ty, |$self:ident, $entry:ident| $answer:expr;)*
    ) => {$(
        $crate::hash_table::answers! {
            @one $generics $bounds $drawn, $arguments $held $cloned,
            $iter $({$field})?, $item, |$self, $entry| $answer
        }
    )*};
    (
        @one [$($generics:tt)*] [$($bounds:tt)*] $drawn:ty, [$($arguments:tt)*] [$($held:tt)*] [$($cloned:tt)*],
        $iter:ident $({$field:ident})?, $item:ty, |$self:ident, $entry:ident| $answer:expr
    ) => {
        impl<$($generics)*> Iterator for $iter<$($arguments)*>
        where
            $($bounds)*,
            I: Iterator<Item = $drawn>,
        {
            type Item = $item;

            #[inline]
            fn next(&mut $self) -> Option<$item> {
                $self.entries.next().map(|$entry| $answer)
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.entries.size_hint()
            }

            #[inline]
            fn fold<Acc, Fold: FnMut(Acc, $item) -> Acc>($self, init: Acc, f: Fold) -> Acc {
                $self.entries.map(|$entry| $answer).fold(init, f)
            }
        }

        impl<$($generics)*> ExactSizeIterator for $iter<$($arguments)*>
        where
            $($bounds)*,
            I: ExactSizeIterator<Item = $drawn>,
        {
        }

        impl<$($generics)*> core::iter::FusedIterator for $iter<$($arguments)*>
        where
            $($bounds)*,
            I: core::iter::FusedIterator<Item = $drawn>,
        {
        }

        impl<$($arguments)*> Clone for $iter<$($arguments)*>
        where
            $($held)*,
            $($cloned)*,
        {
            #[inline]
            fn clone(&self) -> Self {
                $iter { $($field: self.$field,)? entries: self.entries.clone() }
            }
        }

        impl<$($arguments)*> $iter<$($arguments)*>
        where
            $($held)*,
        {
            /// Number of keys that have been drawn and not been answered for.
            pub(crate) fn drawn(&self) -> usize {
                self.entries.drawn()
            }
        }

        /// Without what the iterator holds, so that nothing need be `Debug`.
        impl<$($arguments)*> core::fmt::Debug for $iter<$($arguments)*>
        where
            $($held)*,
        {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!($iter)).field("drawn", &self.drawn()).finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use answers;

answers! {
    Iterator ['a, T, I, F, A] [F: FnMut(usize, &T) -> bool, A: Allocator] u64,
    Debug ['a, T, I, F, A] [A: Allocator], Clone [I: Clone, F: Clone];
    FindBatch, Option<&'a T>, |self, entry| entry;
}

impl<T, A: Allocator> HashTable<T, A> {
    /// The entries of many hashes, in their order: the same as calling [`find`](Self::find) for
    /// each, except that in a table beyond the cache the searches do not wait for one another.
    /// `eq(i, entry)` says whether an entry is the one looked for with the `i`-th hash. Beyond
    /// hashbrown's interface; O(1) expected for each hash.
    ///
    /// [`HashMap::get_batch`](crate::HashMap::get_batch) says when it pays off and what happens if
    /// user code panics.
    ///
    /// ```
    /// let mut table = rosti::HashTable::new();
    /// for n in [7, 8] {
    ///     table.insert_unique(n, (n, n * n), |entry: &(u64, u64)| entry.0);
    /// }
    /// let wanted = [8, 9, 7];
    /// let found = table.find_batch(wanted, |i, entry| entry.0 == wanted[i]);
    /// assert_eq!(found.collect::<Vec<_>>(), [Some(&(8, 64)), None, Some(&(7, 49))]);
    /// ```
    #[inline]
    pub fn find_batch<I: IntoIterator<Item = u64>, F: FnMut(usize, &T) -> bool>(
        &self,
        hashes: I,
        eq: F,
    ) -> FindBatch<'_, T, I::IntoIter, F, A> {
        let hashes = Hashes { hashes: hashes.into_iter(), next: 0, eq };
        FindBatch { entries: RawBatch::new(&self.raw, hashes) }
    }
}
