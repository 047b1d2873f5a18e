//! std's traits for maps.

use core::fmt::Debug;
use core::hash::{BuildHasher, Hash};
use core::ops::Index;

use super::iter::{Iter, IterMut};
use super::map::ExtendibleMap;
use crate::allocator::Allocator;
use crate::capacity::room_for;
use crate::equivalent::Equivalent;
use crate::error::Fallibility;
use crate::hash_map::map_traits;
#[cfg(feature = "default-hasher")]
use crate::hasher::DefaultHashBuilder;
use crate::raw::Plain;

impl<K: Clone, V: Clone, S: Clone, A: Allocator + Clone> Clone for ExtendibleMap<K, V, S, A> {
    /// O(slots). The copy has the same hasher and as much room.
    fn clone(&self) -> Self {
        let (hash_builder, alloc) = (self.hash_builder.clone(), self.allocator().clone());
        let mut map = Self::with_hasher_in(hash_builder, alloc);
        // Infallible: a failure does not return.
        let _ = map.tables.clone_into_new(&self.tables, Plain::of_pair, Fallibility::Infallible);
        map
    }
}

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator + Clone> Extend<(K, V)>
    for ExtendibleMap<K, V, S, A>
{
    /// Inserts all entries.
    ///
    /// Reserves room for as many entries as the iterator promises if the map is empty, and for half
    /// of them otherwise, since some keys may be present already.
    #[track_caller]
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        let entries = entries.into_iter();
        self.reserve(room_for(entries.size_hint().0, self.is_empty()));
        entries.for_each(|(key, value)| {
            self.insert(key, value);
        });
    }
}

map_traits! { ExtendibleMap, [Clone], Iter<'a, K, V, A>, IterMut<'a, K, V, A> }
