//! The iterators of a table: the core's pointers and slot numbers, with a lifetime.

use core::fmt::Debug;
use core::iter::FusedIterator;
use core::marker::PhantomData;
use core::ptr::NonNull;

use super::HashTable;
use crate::allocator::{Allocator, Global};
use crate::group::Native;
use crate::raw::{FullSlots, HashSlots, RawDrain, RawExtractIf, RawIntoIter, RawIter, RawIterHash};

/// Pointers to the entries of a table that is borrowed mutably; see [`HashTable::unsafe_iter`].
///
/// How the pointers are used is up to the type built around it: it may hand out shared references
/// to one part of each entry and mutable ones to the rest, and tell the compiler so by a
/// [`PhantomData`] of its own. This iterator is covariant in `T`; a wrapper that allows an entry,
/// or a part of it, to be overwritten must be invariant in that part.
///
/// ```
/// use core::marker::PhantomData;
/// use rosti::hash_table::{HashTable, UnsafeIter};
///
/// /// The second parts, to be changed, of a table's pairs.
/// struct Seconds<'a, K, V> {
///     entries: UnsafeIter<'a, (K, V)>,
///     marker: PhantomData<(&'a K, &'a mut V)>,
/// }
/// impl<'a, K, V> Iterator for Seconds<'a, K, V> {
///     type Item = (&'a K, &'a mut V);
///     fn next(&mut self) -> Option<Self::Item> {
///         // SAFETY: the table is borrowed mutably for 'a, and each entry comes once.
///         let (first, second) = unsafe { self.entries.next()?.as_mut() };
///         Some((first, second))
///     }
/// }
///
/// let mut table = HashTable::new();
/// table.insert_unique(7, ("a", 1), |_| 7);
/// let seconds = Seconds { entries: table.unsafe_iter(), marker: PhantomData };
/// seconds.for_each(|(_, second)| *second += 1);
/// assert_eq!(table.iter().next(), Some(&("a", 2)));
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct UnsafeIter<'a, T> {
    pub(super) entries: RawIter<T, Native>,
    pub(super) marker: PhantomData<&'a ()>,
}

/// Defines iterators, in up to three groups: those that must be used (`lazy`), those that own entries, which are dropped
/// with them (`owning`), and those of which the warning says so (`dropping`). First the collection, and what makes one for
/// the documentation; then for each iterator a row: `"what its items are" its_method: do "an example"; "an expression, what
/// it is equal to" => Type [parameters] { fields }`. (`cfg(all())` stands where a group has no attribute.)
macro_rules! iterator_types {
    (
        $Of:ident, $made:expr;
        $(lazy { $($lazy:tt)* })?
        $(owning { $($owning:tt)* })?
        $(dropping $all:literal { $($dropping:tt)* })?
    ) => {
        $($crate::hash_table::iterator_types! {
            @ [must_use = "iterators are lazy and do nothing unless consumed"] $Of, $made; $($lazy)*
        })?
        $($crate::hash_table::iterator_types! { @ [cfg(all())] $Of, $made; $($owning)* })?
        $($crate::hash_table::iterator_types! {
            @ [must_use = concat!("iterators are lazy; this one drops ", $all, " unless consumed")] $Of, $made;
            $($dropping)*
        })?
    };
    (
        @ $attribute:tt $Of:ident, $made:expr;
        $($($items:literal)+ $($method:ident)?: $(do $example:literal;)? $($equal:literal)+
            => $iter:ident [$($parameters:tt)*] { $($fields:tt)* })*
    ) => {$(
        #[doc = concat!($($items,)+ $("; see [`", stringify!($Of), "::", stringify!($method), "`]",)? ".")]
        ///
        /// ```
        #[doc = $made]
        $(#[doc = $example])?
        #[doc = concat!("assert_eq!(", $($equal,)+ ");")]
        /// ```
        #$attribute
        pub struct $iter<$($parameters)*> {
            $($fields)*
        }
    )*};
}

iterator_types! {
    HashTable,
    "let mut table = rosti::HashTable::new();\nlet index = table.insert_unique(7, 'a', |_| 7).bucket_index();";
    lazy {
        "The entries of a table by reference" iter: "table.iter().next(), Some(&'a')"
        => Iter ['a, T] { pub(super) entries: RawIter<T, Native>, pub(super) marker: PhantomData<&'a T> }
        "The entries of a table by mutable reference" iter_mut: do "table.iter_mut().for_each(|c| *c = 'b');";
        "table.iter().next(), Some(&'b')"
        => IterMut ['a, T] { pub(super) entries: RawIter<T, Native>, pub(super) marker: PhantomData<&'a mut T> }
        "The bucket indices of all entries" iter_buckets: "table.iter_buckets().next(), Some(index)"
        => IterBuckets ['a, T] { pub(super) entries: FullSlots<Native>, pub(super) marker: PhantomData<&'a T> }
        "The entries that may have a given hash" iter_hash: "table.iter_hash(7).next(), Some(&'a')"
        => IterHash ['a, T] { pub(super) entries: RawIterHash<T, Native>, pub(super) marker: PhantomData<&'a T> }
        "The entries that may have a given hash, by mutable reference" iter_hash_mut:
        do "table.iter_hash_mut(7).for_each(|c| *c = 'b');"; "table.iter().next(), Some(&'b')"
        => IterHashMut ['a, T] { pub(super) entries: RawIterHash<T, Native>, pub(super) marker: PhantomData<&'a mut T> }
        "The bucket indices of the entries that may have a given hash" iter_hash_buckets:
        "table.iter_hash_buckets(7).next(), Some(index)"
        => IterHashBuckets ['a, T] { pub(super) entries: HashSlots<Native>, pub(super) marker: PhantomData<&'a T> }
        "The entries that a predicate picks, taken out one by one" extract_if:
        "table.extract_if(|&mut c| c == 'a').next(), Some('a')"
        => ExtractIf ['a, T, F, A: Allocator = Global] {
            pub(super) entries: RawExtractIf<'a, T, Native, A>,
            pub(super) pick: F,
        }
    }
    owning {
        "The entries of a table by value" into_iter:
        "table.into_iter().next(), Some('a')"
        => IntoIter [T, A: Allocator = Global] { entries: RawIntoIter<T, Native, A> }
        "The entries taken out of a table that keeps its memory" drain: "table.drain().next(), Some('a')"
        => Drain ['a, T, A: Allocator = Global] { pub(super) entries: RawDrain<'a, T, Native, A> }
    }
}

// SAFETY: it is a bundle of `&T`, and can be sent to where those can.
unsafe impl<T: Sync> Send for Iter<'_, T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Send for IterHash<'_, T> {}

/// Implements `Iterator` and `FusedIterator` by those of the field `entries`, with a function applied to each item.
/// With `any` in front, where entries are likely to be looked for, `any` is as fast as `fold`.
macro_rules! forward_iterator {
    ($($($any:ident)? [$($generics:tt)*] $iter:ty, $item:ty, |$from:pat_param| $into:expr;)*) => {$(
        impl<$($generics)*> Iterator for $iter {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<$item> {
                map!(self.entries.next(), |$from| $into)
            }

            #[inline]
            fn nth(&mut self, n: usize) -> Option<$item> {
                map!(self.entries.nth(n), |$from| $into)
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.entries.size_hint()
            }

            #[inline]
            fn fold<Acc, F: FnMut(Acc, $item) -> Acc>(self, init: Acc, f: F) -> Acc {
                self.entries.map(|$from| $into).fold(init, f)
            }

            $(#[inline]
            fn $any<F: FnMut($item) -> bool>(&mut self, mut f: F) -> bool {
                self.entries.any(|$from| f($into))
            })?

            #[inline]
            fn count(self) -> usize {
                self.entries.count()
            }
        }

        impl<$($generics)*> FusedIterator for $iter {}
    )*};
}

forward_iterator! {
    // SAFETY: the slot is full (I3) and the table is borrowed for 'a.
    any ['a, T] Iter<'a, T>, &'a T, |entry| unsafe { entry.as_ref() };
    // SAFETY: the slot is full (I3), the table is borrowed mutably for 'a and each slot comes once.
    ['a, T] IterMut<'a, T>, &'a mut T, |mut entry| unsafe { entry.as_mut() };
    ['a, T] UnsafeIter<'a, T>, NonNull<T>, |entry| entry;
    ['a, T] IterBuckets<'a, T>, usize, |slot| slot;
    // SAFETY: the slot is full (I3) and the table is borrowed for 'a.
    ['a, T] IterHash<'a, T>, &'a T, |entry| unsafe { entry.as_ref() };
    // SAFETY: the slot is full (I3), the table is borrowed mutably for 'a and each slot comes once.
    ['a, T] IterHashMut<'a, T>, &'a mut T, |mut entry| unsafe { entry.as_mut() };
    ['a, T] IterHashBuckets<'a, T>, usize, |slot| slot;
    [T, A: Allocator] IntoIter<T, A>, T, |entry| entry;
    [T, A: Allocator] Drain<'_, T, A>, T, |entry| entry;
}

/// Implements `ExactSizeIterator` where the size hint is exact.
macro_rules! exact_size {
    ($([$($generics:tt)*] $iter:ty;)*) => {$(
        impl<$($generics)*> ExactSizeIterator for $iter {
            #[inline]
            fn len(&self) -> usize {
                self.size_hint().0
            }
        }
    )*};
}

exact_size! {
    [T] Iter<'_, T>;
    [T] IterMut<'_, T>;
    [T] UnsafeIter<'_, T>;
    [T] IterBuckets<'_, T>;
    [T, A: Allocator] IntoIter<T, A>;
    [T, A: Allocator] Drain<'_, T, A>;
}

/// Implements the traits of an iterator that takes out the entries that its predicate picks.
macro_rules! extract_if {
    ([$($generics:tt)*] $pick:path, $iter:ty, $item:ty, $this:ident => $next:expr) => {
        impl<$($generics)*, F: $pick> Iterator for $iter {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<$item> {
                let $this = self;
                $next
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                (0, Some(self.entries.remaining()))
            }
        }

        impl<$($generics)*, F: $pick> FusedIterator for $iter {}

        debug! {
            [$($generics)*, F] $iter, |self, f|
                f.debug_struct("ExtractIf").field("remaining", &self.entries.remaining()).finish();
        }
    };
}

extract_if! {
    [T, A: Allocator] FnMut(&mut T) -> bool, ExtractIf<'_, T, F, A>, T, this
        => this.entries.next(&mut this.pick)
}

/// Gives an iterator that owns entries, or has them to itself, a method to look at them.
macro_rules! rest {
    ($([$($generics:tt)*] $iter:ty, $self:ident => $rest:expr;)*) => {$(
        impl<$($generics)*> $iter {
            /// The entries that are still to come, by reference.
            #[inline]
            pub fn iter(&$self) -> Iter<'_, T> {
                Iter { entries: $rest, marker: PhantomData }
            }
        }
    )*};
}

rest! {
    [T] IterMut<'_, T>, self => self.entries.clone();
    [T] UnsafeIter<'_, T>, self => self.entries.clone();
    // SAFETY: the result borrows this iterator.
    [T, A: Allocator] IntoIter<T, A>, self => unsafe { self.entries.rest() };
    // SAFETY: as above.
    [T, A: Allocator] Drain<'_, T, A>, self => unsafe { self.entries.rest() };
}

impl<T> IterHashMut<'_, T> {
    /// The entries that are still to come, by reference.
    #[inline]
    fn iter(&self) -> IterHash<'_, T> {
        IterHash { entries: self.entries.clone(), marker: PhantomData }
    }
}

/// Implements `Debug` as the list of what is still to come.
macro_rules! debug_list {
    ($([$($generics:tt)*] $iter:ty, $self:ident => $items:expr;)*) => {
        debug! { $([$($generics)*] $iter, |$self, f| f.debug_list().entries($items).finish();)* }
    };
}

debug_list! {
    [T: Debug] Iter<'_, T>, self => self.clone();
    [T: Debug] IterMut<'_, T>, self => self.iter();
    [T: Debug] UnsafeIter<'_, T>, self => self.iter();
    [T] IterBuckets<'_, T>, self => self.clone();
    [T: Debug] IterHash<'_, T>, self => self.clone();
    [T: Debug] IterHashMut<'_, T>, self => self.iter();
    [T] IterHashBuckets<'_, T>, self => self.clone();
    [T: Debug, A: Allocator] IntoIter<T, A>, self => self.iter();
    [T: Debug, A: Allocator] Drain<'_, T, A>, self => self.iter();
}

clone! {
    [T] Iter<'_, T>: entries;
    [T] IterBuckets<'_, T>: entries;
    [T] IterHash<'_, T>: entries;
    [T] IterHashBuckets<'_, T>: entries;
}

default! {
    [T] Iter<'_, T>: entries marker;
    [T] IterMut<'_, T>: entries marker;
    [T] UnsafeIter<'_, T>: entries marker;
    [T] IterBuckets<'_, T>: entries marker;
    [T] IterHash<'_, T>: entries marker;
    [T] IterHashMut<'_, T>: entries marker;
    [T] IterHashBuckets<'_, T>: entries marker;
    [T, A: Allocator] IntoIter<T, A>: entries;
}

/// Implements `IntoIterator`.
macro_rules! into_iterator {
    ($($(#[$doc:meta])* [$($generics:tt)*] $from:ty => $iter:ty, $item:ty, $self:ident => $into:expr;)*) => {$(
        impl<$($generics)*> IntoIterator for $from {
            type Item = $item;
            type IntoIter = $iter;

            $(#[$doc])*
            #[inline]
            fn into_iter($self) -> $iter {
                $into
            }
        }
    )*};
}

pub(crate) use {
    debug_list, exact_size, extract_if, forward_iterator, into_iterator, iterator_types,
};

into_iterator! {
    ['a, T, A: Allocator] &'a HashTable<T, A> => Iter<'a, T>, &'a T, self => self.iter();
    ['a, T, A: Allocator] &'a mut HashTable<T, A> => IterMut<'a, T>, &'a mut T, self => self.iter_mut();
    /// The entries by value, in arbitrary order. O(slots) to visit them all.
    [T, A: Allocator] HashTable<T, A> => IntoIter<T, A>, T, self => IntoIter { entries: self.raw.into_iter() };
}
