//! Insertion for code that must not abort: what cannot be stored comes back, with the reason. The names are
//! [`HashMap`](crate::HashMap)'s.

use core::hash::{BuildHasher, Hash};

use super::entry::Entry;
use super::map::ExtendibleMap;
use super::set::ExtendibleSet;
use crate::allocator::Allocator;
use crate::error::{Fallibility, Rejected, Rest, TryReserveError, try_extend};
use crate::hash_map::try_clone;
use crate::raw::Plain;
use crate::{hash_map, hash_set};

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator + Clone> ExtendibleMap<K, V, S, A> {
    try_clone! {
        "map", "", "O(slots). Whatever keys and values allocate while they are cloned is not covered.",
        "Clones that have been made by then are dropped.",
        "let map = rosti::ExtendibleMap::<_, _>::from([(\"a\", 1), (\"b\", 2)]);", [K, V, S],
        |self| {
            let (hash_builder, alloc) = (self.hash_builder.clone(), self.allocator().clone());
            let mut map = Self::with_hasher_in(hash_builder, alloc);
            map.tables.clone_into_new(&self.tables, Plain::of_pair, Fallibility::Fallible)?;
            Ok(map)
        }
    }
}

hash_map::fallible! { ExtendibleMap, [Clone] }
hash_set::fallible! { ExtendibleSet, [Clone] }

impl<T: Eq + Hash, S: BuildHasher, A: Allocator + Clone> ExtendibleSet<T, S, A> {
    try_clone! {
        "set", "", "O(slots). Whatever elements allocate while they are cloned is not covered.",
        "Clones that have been made by then are dropped.",
        "let set = rosti::ExtendibleSet::<_>::from([\"a\", \"b\"]);", [T, S],
        |self| Ok(ExtendibleSet { map: self.map.try_clone()? })
    }
}
