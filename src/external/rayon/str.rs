//! Parallel iterators of maps and sets that own their keys. Entries are made in parallel and inserted
//! one by one: where a key goes in the arena depends on those before it.

use alloc::vec::Vec;
use core::fmt::Debug;

use ::rayon::iter::plumbing::UnindexedConsumer;
use ::rayon::iter::{FromParallelIterator, IntoParallelIterator, ParallelExtend, ParallelIterator};

use super::{Walk, extend_parallel, forward_parallel, from_parallel, into_parallel};
use crate::allocator::Allocator;
use crate::capacity::room_for;
use crate::group::Native;
use crate::hash_map::{debug_list, iterator_types};
use crate::raw::split::{KeyedMut, Shared, Split};
use crate::str::{Cell, Key, SliceMap, SliceSet};

/// A walk over the entries of a map that rayon cuts.
type Entries<View> = Walk<Split<View, Native>>;

iterator_types! {
    SliceMap, "use rayon::prelude::*;\nlet mut map = rosti::StrMap::from([(\"one\", 1), (\"three\", 3)]);";
    lazy {
        "The entries of a map by reference, in parallel": "map.par_iter().max(), Some((\"three\", &3))"
        => ParIter ['a, K: Key + ?Sized, V] { entries: Entries<Shared<'a, (Cell<K>, V)>>, text: &'a K }
        "The entries of a map, with mutable references to the values, in parallel":
        do "map.par_iter_mut().for_each(|(key, n)| *n += key.len());"; "map[\"three\"], 3 + 5"
        => ParIterMut ['a, K: Key + ?Sized, V] { entries: Entries<KeyedMut<'a, Cell<K>, V>>, text: &'a K }
    }
}

iterator_types! {
    SliceSet, "use rayon::prelude::*;\nlet set = rosti::StrSet::from([\"one\", \"three\"]);";
    lazy {
        "The elements of a set by reference, in parallel": "set.par_iter().max(), Some(\"three\")"
        => ParElements ['a, K: Key + ?Sized] { entries: ParIter<'a, K, ()> }
    }
}

forward_parallel! {
    ['a, K: Key + ?Sized, V: Sync] ParIter<'a, K, V>, (&'a K, &'a V), self
        => self.entries.map(|(cell, value)| (cell.key(self.text), value));
    ['a, K: Key + ?Sized, V: Send] ParIterMut<'a, K, V>, (&'a K, &'a mut V), self
        => self.entries.map(|(cell, value)| (cell.key(self.text), value));
    ['a, K: Key + ?Sized] ParElements<'a, K>, &'a K, self => self.entries.map(|(key, ())| key);
}

debug_list! {
    [K: Key + ?Sized, V: Debug] ParIter<'_, K, V>, self
        => self.entries.iter().map(|(cell, value)| (cell.key(self.text), value));
    [K: Key + ?Sized, V: Debug] ParIterMut<'_, K, V>, self
        => self.entries.iter().map(|(cell, value)| (cell.key(self.text), value));
    [K: Key + ?Sized] ParElements<'_, K>, self
        => self.entries.entries.iter().map(|(cell, ())| cell.key(self.entries.text));
}

clone! {
    [K: Key + ?Sized, V] ParIter<'_, K, V>: entries;
    [K: Key + ?Sized] ParElements<'_, K>: entries;
}

into_parallel! {
    ['a, K: Key + ?Sized, V: Sync, A: Allocator] &'a SliceMap<K, V, A> => ParIter<'a, K, V>, (&'a K, &'a V), self
        => ParIter { entries: Walk(self.table.raw.split()), text: self.arena.text() };
    ['a, K: Key + ?Sized, V: Send, A: Allocator] &'a mut SliceMap<K, V, A> => ParIterMut<'a, K, V>, (&'a K, &'a mut V),
        self => ParIterMut { entries: Walk(self.table.raw.split_keyed_mut()), text: self.arena.text() };
    ['a, K: Key + ?Sized, A: Allocator] &'a SliceSet<K, A> => ParElements<'a, K>, &'a K, self
        => ParElements { entries: self.map.into_par_iter() };
}

extend_parallel! {
    /// Collects the entries in parallel and inserts them one by one in order. Reserves as
    /// [`extend`](Extend::extend) does.
    ///
    /// # Panics
    /// As [`reserve`](SliceMap::reserve) and [`insert`](SliceMap::insert).
    ///
    /// ```
    /// use rayon::prelude::*;
    /// let mut map = rosti::StrMap::from([("one", 'a')]);
    /// map.par_extend([("two", 'b'), ("one", 'c'), ("two", 'd')]);
    /// assert_eq!(map, rosti::StrMap::from([("one", 'c'), ("two", 'd')]));
    /// ```
    [K: Key + ?Sized, Q: AsRef<K> + Send, V: Send, A: Allocator]
    (Q, V) => SliceMap<K, V, A>, |self, entries| {
        let chunks = entries.into_par_iter().collect_vec_list();
        let len: usize = chunks.iter().map(Vec::len).sum();
        self.reserve(room_for(len, self.is_empty()));
        self.extend(chunks.into_iter().flatten());
    }
}

from_parallel! {
    /// The map of these entries, which are collected in parallel; for equal keys the last value
    /// wins.
    ///
    /// ```
    /// use rayon::prelude::*;
    /// use rosti::StrMap;
    /// let lengths: StrMap<usize> =
    ///     ["one", "two", "three"].into_par_iter().map(|word| (word, word.len())).collect();
    /// assert_eq!(lengths["three"], 5);
    /// ```
    [K: Key + ?Sized, Q: AsRef<K> + Send, V: Send, A: Allocator + Default]
    (Q, V) => SliceMap<K, V, A>
}

extend_parallel! {
    /// Collects the elements in parallel and inserts those that are absent, one by one.
    ///
    /// # Panics
    /// As [`SliceMap`]'s `par_extend`.
    ///
    /// ```
    /// use rayon::prelude::*;
    /// let mut set = rosti::StrSet::from(["one"]);
    /// set.par_extend(["two", "one", "two"]);
    /// assert_eq!(set, rosti::StrSet::from(["one", "two"]));
    /// ```
    [K: Key + ?Sized, Q: AsRef<K> + Send, A: Allocator]
    Q => SliceSet<K, A>, |self, elements| self.map.par_extend(elements.into_par_iter().map(|element| (element, ())))
}

from_parallel! {
    /// The set of these elements, which are collected in parallel.
    ///
    /// ```
    /// use rayon::prelude::*;
    /// use rosti::StrSet;
    /// let digits: StrSet = (0..1000).into_par_iter().map(|n| (n % 10).to_string()).collect();
    /// assert_eq!(digits.len(), 10);
    /// ```
    [K: Key + ?Sized, Q: AsRef<K> + Send, A: Allocator + Default]
    Q => SliceSet<K, A>
}
