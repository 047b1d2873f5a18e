//! Looking up many hashes at once; see `raw/batch.rs` for how.

use core::fmt::{self, Debug};
use core::iter::FusedIterator;

use super::HashTable;
use crate::allocator::{Allocator, Global};
use crate::group::Native;
use crate::raw::RawTable;
use crate::raw::batch::{Lookups, RawBatch};

/// Hashes to be looked up in a table, numbered.
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

impl<'a, T, I, F, A> Iterator for FindBatch<'a, T, I, F, A>
where
    I: Iterator<Item = u64>,
    F: FnMut(usize, &T) -> bool,
    A: Allocator,
{
    type Item = Option<&'a T>;

    #[inline]
    fn next(&mut self) -> Option<Option<&'a T>> {
        self.entries.next()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }

    #[inline]
    fn fold<B, G: FnMut(B, Option<&'a T>) -> B>(self, init: B, f: G) -> B {
        self.entries.fold(init, f)
    }
}

impl<T, I, F, A> ExactSizeIterator for FindBatch<'_, T, I, F, A>
where
    I: ExactSizeIterator<Item = u64>,
    F: FnMut(usize, &T) -> bool,
    A: Allocator,
{
}

impl<T, I, F, A> FusedIterator for FindBatch<'_, T, I, F, A>
where
    I: FusedIterator<Item = u64>,
    F: FnMut(usize, &T) -> bool,
    A: Allocator,
{
}

impl<T, I, F, A: Allocator> Debug for FindBatch<'_, T, I, F, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FindBatch").field("drawn", &self.entries.drawn()).finish_non_exhaustive()
    }
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
