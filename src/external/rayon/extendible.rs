//! Parallel iterators of extendible maps and sets: those of their tables, one after another.

use alloc::vec::Vec;
use core::fmt::Debug;
use core::hash::{BuildHasher, Hash};

use ::rayon::iter::plumbing::UnindexedConsumer;
use ::rayon::iter::{FromParallelIterator, IntoParallelIterator, ParallelExtend, ParallelIterator};

use super::{Walk, Whole, extend_parallel, forward_parallel, from_parallel, into_parallel};
use crate::allocator::{Allocator, Global};
use crate::group::Native;
use crate::hash_map::{debug_list, iterator_types};
use crate::raw::RawTable;
use crate::raw::split::{KeyedMut, Shared, Split};
use crate::{ExtendibleMap, ExtendibleSet};

iterator_types! {
    ExtendibleMap, "use rayon::prelude::*;\nlet mut map = rosti::ExtendibleMap::<_, _>::from([(1, 10), (2, 20)]);";
    lazy {
        "The entries of an extendible map by reference, in parallel": "map.par_iter().map(|(_, n)| n).sum::<u64>(), 30"
        => ParIter ['a, K, V] { tables: Vec<Split<Shared<'a, (K, V)>, Native>> }
        "The entries of an extendible map, with mutable references to the values, in parallel":
        do "map.par_iter_mut().for_each(|(key, n)| *n += key);"; "map[&2], 20 + 2"
        => ParIterMut ['a, K, V] { tables: Vec<Split<KeyedMut<'a, K, V>, Native>> }
    }
    dropping "all entries" {
        "The entries of an extendible map by value, in parallel": "map.into_par_iter().max(), Some((2, 20))"
        => IntoParIter [K, V, A: Allocator = Global] { tables: Vec<RawTable<(K, V), Native, A>> }
    }
}

iterator_types! {
    ExtendibleSet, "use rayon::prelude::*;\nlet set = rosti::ExtendibleSet::<_>::from([1, 2]);";
    lazy {
        "The elements of an extendible set by reference, in parallel": "set.par_iter().sum::<i32>(), 3"
        => SetParIter ['a, T] { entries: ParIter<'a, T, ()> }
    }
    dropping "all elements" {
        "The elements of an extendible set by value, in parallel": "set.into_par_iter().sum::<i32>(), 3"
        => SetIntoParIter [T, A: Allocator = Global] { entries: IntoParIter<T, (), A> }
    }
}

clone! {
    [K, V] ParIter<'_, K, V>: tables;
    [T] SetParIter<'_, T>: entries;
}

forward_parallel! {
    ['a, K: Sync, V: Sync] ParIter<'a, K, V>, (&'a K, &'a V), self
        => self.tables.into_par_iter().flat_map(Walk).map(|(key, value)| (key, value));
    ['a, K: Sync, V: Send] ParIterMut<'a, K, V>, (&'a K, &'a mut V), self
        => self.tables.into_par_iter().flat_map(Walk);
    [K: Send, V: Send, A: Allocator + Send] IntoParIter<K, V, A>, (K, V), self
        => self.tables.into_par_iter().flat_map(|table| Whole(table.into_pieces()));
    ['a, T: Sync] SetParIter<'a, T>, &'a T, self => self.entries.map(|(element, ())| element);
    [T: Send, A: Allocator + Send] SetIntoParIter<T, A>, T, self => self.entries.map(|(element, ())| element);
}

debug_list! {
    [K: Debug, V: Debug] ParIter<'_, K, V>, self => self.tables.iter().flat_map(Clone::clone);
    [K: Debug, V: Debug] ParIterMut<'_, K, V>, self => self.tables.iter().flat_map(|table| table.shared());
    [K: Debug, V: Debug, A: Allocator] IntoParIter<K, V, A>, self => self.tables.iter().flat_map(|table| table.split());
    [T: Debug] SetParIter<'_, T>, self
        => self.entries.tables.iter().flat_map(Clone::clone).map(|(element, ())| element);
    [T: Debug, A: Allocator] SetIntoParIter<T, A>, self
        => self.entries.tables.iter().flat_map(|table| table.split()).map(|(element, ())| element);
}

into_parallel! {
    ['a, K: Sync, V: Sync, S, A: Allocator + Clone] &'a ExtendibleMap<K, V, S, A> => ParIter<'a, K, V>, (&'a K, &'a V),
        self => ParIter { tables: self.tables.walks() };
    ['a, K: Sync, V: Send, S, A: Allocator + Clone] &'a mut ExtendibleMap<K, V, S, A> => ParIterMut<'a, K, V>,
        (&'a K, &'a mut V), self => ParIterMut { tables: self.tables.walks_keyed_mut() };
    [K: Send, V: Send, S, A: Allocator + Clone + Send] ExtendibleMap<K, V, S, A> => IntoParIter<K, V, A>, (K, V),
        self => {
            drop(self.hash_builder); // as `IntoIterator` does
            IntoParIter { tables: self.tables.into_tables() }
        };
    ['a, T: Sync, S, A: Allocator + Clone] &'a ExtendibleSet<T, S, A> => SetParIter<'a, T>, &'a T, self
        => SetParIter { entries: (&self.map).into_par_iter() };
    [T: Send, S, A: Allocator + Clone + Send] ExtendibleSet<T, S, A> => SetIntoParIter<T, A>, T, self
        => SetIntoParIter { entries: self.map.into_par_iter() };
}

from_parallel! {
    /// The map of these entries, which are found in parallel and inserted one after another; for
    /// equal keys the last value wins.
    [K: Eq + Hash + Send, V: Send, S: BuildHasher + Default, A: Allocator + Clone + Default]
    (K, V) => ExtendibleMap<K, V, S, A>
}

extend_parallel! {
    /// Finds the entries in parallel and inserts them one after another, in order.
    [K: Eq + Hash + Send, V: Send, S: BuildHasher, A: Allocator + Clone]
    (K, V) => ExtendibleMap<K, V, S, A>, |self, entries| self.extend(entries.into_par_iter().collect::<Vec<_>>())
}

from_parallel! {
    /// The set of these elements, which are found in parallel and inserted one after another.
    [T: Eq + Hash + Send, S: BuildHasher + Default, A: Allocator + Clone + Default]
    T => ExtendibleSet<T, S, A>
}

extend_parallel! {
    /// Finds the elements in parallel and inserts them one after another, in order.
    [T: Eq + Hash + Send, S: BuildHasher, A: Allocator + Clone]
    T => ExtendibleSet<T, S, A>, |self, elements| self.extend(elements.into_par_iter().collect::<Vec<_>>())
}
