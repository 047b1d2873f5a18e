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

/// Implements `ParallelIterator` by that of the field `entries`, with a function applied to each
/// item.
macro_rules! forward_parallel {
    ($([$($generics:tt)*] $iter:ty, $item:ty, $take_apart:expr;)*) => {$(
        impl<$($generics)*> ParallelIterator for $iter {
            type Item = $item;

            #[inline]
            fn drive_unindexed<C: UnindexedConsumer<$item>>(self, consumer: C) -> C::Result {
                self.entries.map($take_apart).drive_unindexed(consumer)
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

use {extend_parallel, forward_parallel, from_parallel, into_parallel};
