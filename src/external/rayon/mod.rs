//! Parallel iterators and parallel building, with rayon.
//!
//! Everything that needs care is in the core: walks that can be cut (`raw/split.rs`) and the filling
//! of a table by regions (`raw/region.rs`). Here they get rayon's traits and threads. `table.rs`,
//! `map.rs`, `set.rs` and `str.rs` have the public types; `extend.rs` puts entries in;
//! `extendible.rs` has many tables, one after another.

use ::rayon::iter::ParallelIterator;
use ::rayon::iter::plumbing::{Folder, UnindexedConsumer, UnindexedProducer, bridge_unindexed};

use crate::group::Native;
use crate::raw::split::{Halve, Owner, Shared, Split, Undivided, View};

mod extend;
#[cfg(feature = "extendible")]
pub(crate) mod extendible;
pub(crate) mod map;
pub(crate) mod set;
#[cfg(feature = "str")]
pub(crate) mod str;
pub(crate) mod table;

/// A walk that rayon cuts.
#[derive(Clone)]
struct Walk<W>(W);

impl<W: Halve + Send> UnindexedProducer for Walk<W> {
    type Item = W::Item;

    #[inline]
    fn split(mut self) -> (Self, Option<Self>) {
        let upper = self.0.halve().map(Walk);
        (self, upper)
    }

    #[inline]
    fn fold_with<F: Folder<W::Item>>(self, folder: F) -> F {
        folder.consume_iter(self.0)
    }
}

impl<W: Halve<Item: Send> + Send> ParallelIterator for Walk<W> {
    type Item = W::Item;

    #[inline]
    fn drive_unindexed<C: UnindexedConsumer<W::Item>>(self, consumer: C) -> C::Result {
        bridge_unindexed(self, consumer)
    }
}

impl<W: View> Walk<Split<W, Native>> {
    /// The entries by reference.
    fn iter(&self) -> Split<Shared<'_, W::Entry>, Native> {
        self.0.shared()
    }
}

/// A walk by value over a block that stays behind.
struct Whole<I>(Undivided<I>);

impl<I: Owner<Entry: Send>> ParallelIterator for Whole<I>
where
    Undivided<I>: Send,
{
    type Item = I::Entry;

    #[inline]
    fn drive_unindexed<C: UnindexedConsumer<I::Entry>>(self, consumer: C) -> C::Result {
        self.0.divide(|pieces| Walk(pieces).drive_unindexed(consumer))
    }
}

impl<I: Owner> Whole<I> {
    /// The entries by reference.
    fn iter(&self) -> Split<Shared<'_, I::Entry>, I::Group> {
        self.0.shared()
    }
}

/// Implements `ParallelIterator` by another parallel iterator.
macro_rules! forward_parallel {
    ($([$($generics:tt)*] $iter:ty, $item:ty, $self:ident => $items:expr;)*) => {$(
        impl<$($generics)*> ParallelIterator for $iter {
            type Item = $item;

            #[inline]
            fn drive_unindexed<C: UnindexedConsumer<$item>>($self, consumer: C) -> C::Result {
                $items.drive_unindexed(consumer)
            }
        }
    )*};
}

/// Implements `IntoParallelIterator`.
macro_rules! into_parallel {
    ($([$($generics:tt)*] $from:ty => $iter:ty, $item:ty, $self:ident => $into:expr;)*) => {$(
        impl<$($generics)*> IntoParallelIterator for $from {
            type Item = $item;
            type Iter = $iter;

            #[inline]
            fn into_par_iter($self) -> $iter {
                $into
            }
        }
    )*};
}

/// Implements `FromParallelIterator` by `ParallelExtend`.
macro_rules! from_parallel {
    ($(#[$doc:meta])* [$($generics:tt)*] $item:ty => $collection:ty) => {
        impl<$($generics)*> FromParallelIterator<$item> for $collection {
            $(#[$doc])*
            fn from_par_iter<I: IntoParallelIterator<Item = $item>>(items: I) -> Self {
                let mut collection = Self::default();
                collection.par_extend(items);
                collection
            }
        }
    };
}

/// Implements `ParallelExtend`.
macro_rules! extend_parallel {
    ($(#[$doc:meta])* [$($generics:tt)*] $item:ty => $collection:ty, |$self:ident, $items:ident| $extend:expr) => {
        impl<$($generics)*> ParallelExtend<$item> for $collection {
            $(#[$doc])*
            fn par_extend<I: IntoParallelIterator<Item = $item>>(&mut $self, $items: I) {
                $extend
            }
        }
    };
}

/// The parallel iterators that all collections of one table have. In brackets the collection's parameters, and that of
/// its hasher with where it is; in quotes words, and what makes one that holds three entries, for the documentation; then
/// the entries in its table, which is at the path in brackets, and how they are returned by reference and by value.
macro_rules! walks {
    (
        $Of:ident [$($T:ident),+] [$($S:ident in $($hasher:ident).+)?], $it:literal of $entries:literal, $three:literal,
        $Entry:ty, [$($raw:ident).+], $Shared:ty => $share:expr, $Owned:ty => $own:expr
    ) => {
        iterator_types! {
            $Of, concat!("use rayon::prelude::*;\nlet mut ", $it, " = ", $three, ";");
            lazy {
                "The " $entries " of a " $it " by reference, in parallel": $it ".par_iter().count(), 3"
                => ParIter ['a, $($T),+] { entries: Walk<Split<Shared<'a, $Entry>, Native>> }
                "The " $entries " of a " $it " by value, in parallel": $it ".into_par_iter().count(), 3"
                => IntoParIter [$($T,)+ A: Allocator = Global] { entries: Whole<RawIntoIter<$Entry, Native, A>> }
            }
            dropping "everything" {
                "The " $entries " taken out of a " $it " that keeps its memory, in parallel" par_drain:
                $it ".par_drain().count(), 3"
                => ParDrain ['a, $($T,)+ A: Allocator = Global] { entries: Whole<RawDrain<'a, $Entry, Native, A>> }
            }
        }

        impl<$($T,)+ $($S,)? A: Allocator> $Of<$($T,)+ $($S,)? A> {
            #[doc = concat!("All ", $entries, " by value, in parallel and in arbitrary order. The ", $it, " is empty afterwards and")]
            /// keeps its memory, also if the iterator is dropped before its end: then the rest is dropped
            /// with it. O(slots) to visit them all.
            ///
            /// ```
            /// use rayon::prelude::*;
            #[doc = concat!("let mut ", $it, " = ", $three, ";")]
            #[doc = concat!("assert_eq!(", $it, ".par_drain().count(), 3);")]
            #[doc = concat!("assert!(", $it, ".is_empty() && ", $it, ".capacity() >= 3);")]
            /// ```
            #[inline]
            pub fn par_drain(&mut self) -> ParDrain<'_, $($T,)+ A> {
                ParDrain { entries: Whole(self.$($raw).+.drain_in_pieces()) }
            }
        }

        forward_parallel! {
            ['a, $($T: Sync),+] ParIter<'a, $($T),+>, $Shared, self => self.entries.map($share);
            [$($T: Send,)+ A: Allocator + Send] IntoParIter<$($T,)+ A>, $Owned, self => self.entries.map($own);
            [$($T: Send,)+ A: Allocator] ParDrain<'_, $($T,)+ A>, $Owned, self => self.entries.map($own);
        }

        debug_list! {
            [$($T: Debug),+] ParIter<'_, $($T),+>, self => self.entries.iter().map($share);
            [$($T: Debug,)+ A: Allocator] IntoParIter<$($T,)+ A>, self => self.entries.iter().map($share);
            [$($T: Debug,)+ A: Allocator] ParDrain<'_, $($T,)+ A>, self => self.entries.iter().map($share);
        }

        clone! { [$($T),+] ParIter<'_, $($T),+>: entries; }

        into_parallel! {
            [$($T: Send,)+ $($S,)? A: Allocator + Send] $Of<$($T,)+ $($S,)? A> => IntoParIter<$($T,)+ A>, $Owned, self => {
                $(drop(self.$($hasher).+);)? // as `IntoIterator` does
                IntoParIter { entries: Whole(self.$($raw).+.into_pieces()) }
            };
            ['a, $($T: Sync,)+ $($S,)? A: Allocator] &'a $Of<$($T,)+ $($S,)? A> => ParIter<'a, $($T),+>, $Shared, self
                => ParIter { entries: Walk(self.$($raw).+.split()) };
        }
    };
}

use {extend_parallel, forward_parallel, from_parallel, into_parallel, walks};
