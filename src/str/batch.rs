//! Looking many keys up at once; the passes are the table's (`raw/batch.rs`).

use super::{Arena, Cell, Key, Query, Seed, SliceMap, SliceSet};
use crate::allocator::{Allocator, Global};
use crate::group::Native;
use crate::hash_table::{answers, iterator_types};
use crate::raw::RawTable;
use crate::raw::batch::{Lookups, RawBatch};

/// Keys to be looked up in a map.
struct Keys<'a, K: ?Sized, A: Allocator, I> {
    seed: &'a Seed,
    arena: &'a Arena<K, A>,
    keys: I,
}

clone! { [K: ?Sized, A: Allocator, I: Clone] Keys<'_, K, A, I>: keys; }

impl<'q, K: Key + ?Sized + 'q, V, A: Allocator, I: Iterator<Item = &'q K>> Lookups<(Cell<K>, V)>
    for Keys<'_, K, A, I>
{
    type Key = Query<'q, K>;

    #[inline(always)]
    fn draw(&mut self) -> Option<(u64, Query<'q, K>)> {
        let query = Query::new(self.keys.next()?, self.seed);
        Some((query.hash, query))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.keys.size_hint()
    }

    #[inline(always)]
    fn is_match(&mut self, query: Query<'q, K>, (cell, _): &(Cell<K>, V)) -> bool {
        query.is_key_of(cell, self.arena)
    }
}

type Answers<'a, 'q, K, V, I, A> =
    RawBatch<'a, RawTable<(Cell<K>, V), Native, A>, Keys<'a, K, A, I>, Query<'q, K>>;

iterator_types! {
    SliceMap, "let map = rosti::StrMap::from([(\"one\", 1)]);";
    lazy {
        "The stored keys and values of many keys" get_key_value_batch:
        "map.get_key_value_batch([\"one\", \"two\"]).collect::<Vec<_>>(), [Some((\"one\", &1)), None]"
        => GetKeyValueBatch ['a, 'q, K: Key + ?Sized, V, I, A: Allocator = Global] {
            /// What the arena holds.
            text: &'a K,
            entries: Answers<'a, 'q, K, V, I, A>,
        }
        "The values of many keys" get_batch: "map.get_batch([\"one\", \"two\"]).collect::<Vec<_>>(), [Some(&1), None]"
        => GetBatch ['a, 'q, K: Key + ?Sized, V, I, A: Allocator = Global] {
            entries: GetKeyValueBatch<'a, 'q, K, V, I, A>
        }
        "Whether many keys are present" contains_batch:
        "map.contains_batch([\"one\", \"two\"]).collect::<Vec<_>>(), [true, false]"
        => ContainsBatch ['a, 'q, K: Key + ?Sized, V, I, A: Allocator = Global] {
            entries: GetKeyValueBatch<'a, 'q, K, V, I, A>
        }
    }
}

iterator_types! {
    SliceSet, "let set = rosti::StrSet::from([\"one\"]);";
    lazy {
        "The stored elements that are equal to many given ones" get_batch:
        "set.get_batch([\"one\", \"two\"]).collect::<Vec<_>>(), [Some(\"one\"), None]"
        => GetBatchSet ['a, 'q, K: Key + ?Sized, I, A: Allocator = Global] {
            entries: GetKeyValueBatch<'a, 'q, K, (), I, A>
        }
    }
}

answers! {
    Iterator ['a, 'q, K, V, I, A] [K: Key + ?Sized + 'q, A: Allocator] &'q K,
    Debug ['a, 'q, K, V, I, A] [K: Key + ?Sized, A: Allocator], Clone [I: Clone];
    GetKeyValueBatch {text}, Option<(&'a K, &'a V)>, |self, entry|
        entry.map(|(cell, value)| (cell.key(self.text), value));
    GetBatch, Option<&'a V>, |self, entry| entry.map(|(_, value)| value);
    ContainsBatch, bool, |self, entry| entry.is_some();
}

answers! {
    Iterator ['a, 'q, K, I, A] [K: Key + ?Sized + 'q, A: Allocator] &'q K,
    Debug ['a, 'q, K, I, A] [K: Key + ?Sized, A: Allocator], Clone [I: Clone];
    GetBatchSet, Option<&'a K>, |self, entry| entry.map(|(key, ())| key);
}

impl<K: Key + ?Sized, V, A: Allocator> SliceMap<K, V, A> {
    examples! {
        "let map = rosti::StrMap::from([(\"one\", 1), (\"three\", 3)]);";

        /// The values of many keys, in the order of the keys. [`HashMap::get_batch`](crate::HashMap::get_batch) says
        /// when it pays off. O(key length) expected for each.
        #[example("assert_eq!(map.get_batch([\"three\", \"two\", \"three\"]).collect::<Vec<_>>(), [Some(&3), None, Some(&3)]);")]
        #[inline]
        pub fn get_batch<'q, I>(&self, keys: I) -> GetBatch<'_, 'q, K, V, I::IntoIter, A>
        where
            I: IntoIterator<Item = &'q K>,
            K: 'q,
        {
            GetBatch { entries: self.get_key_value_batch(keys) }
        }

        /// The values of many keys, with the map's own copies of the keys; see [`get_batch`](Self::get_batch).
        #[example("assert_eq!(map.get_key_value_batch([\"two\", \"one\"]).collect::<Vec<_>>(), [None, Some((\"one\", &1))]);")]
        #[inline]
        pub fn get_key_value_batch<'q, I>(
            &self,
            keys: I,
        ) -> GetKeyValueBatch<'_, 'q, K, V, I::IntoIter, A>
        where
            I: IntoIterator<Item = &'q K>,
            K: 'q,
        {
            let keys = Keys { seed: &self.seed, arena: &self.arena, keys: keys.into_iter() };
            GetKeyValueBatch { text: self.arena.text(), entries: RawBatch::new(&self.table.raw, keys) }
        }

        /// Whether many keys are present, in the order of the keys; see [`get_batch`](Self::get_batch).
        #[example("assert_eq!(map.contains_batch(\"one two three\".split(' ')).filter(|&present| present).count(), 2);")]
        #[inline]
        pub fn contains_batch<'q, I>(&self, keys: I) -> ContainsBatch<'_, 'q, K, V, I::IntoIter, A>
        where
            I: IntoIterator<Item = &'q K>,
            K: 'q,
        {
            ContainsBatch { entries: self.get_key_value_batch(keys) }
        }
    }
}

impl<K: Key + ?Sized, A: Allocator> SliceSet<K, A> {
    examples! {
        "let set = rosti::StrSet::from([\"one\", \"three\"]);";

        /// The set's own copies of many elements, in their order; see
        /// [`HashMap::get_batch`](crate::HashMap::get_batch).
        #[example("assert_eq!(set.get_batch([\"two\", \"three\"]).collect::<Vec<_>>(), [None, Some(\"three\")]);")]
        #[inline]
        pub fn get_batch<'q, I>(&self, elements: I) -> GetBatchSet<'_, 'q, K, I::IntoIter, A>
        where
            I: IntoIterator<Item = &'q K>,
            K: 'q,
        {
            GetBatchSet { entries: self.map.get_key_value_batch(elements) }
        }

        /// Whether many elements are present, in their order; see [`HashMap::get_batch`](crate::HashMap::get_batch).
        #[example("assert_eq!(set.contains_batch([\"two\", \"three\"]).collect::<Vec<_>>(), [false, true]);")]
        #[inline]
        pub fn contains_batch<'q, I>(&self, elements: I) -> ContainsBatch<'_, 'q, K, (), I::IntoIter, A>
        where
            I: IntoIterator<Item = &'q K>,
            K: 'q,
        {
            self.map.contains_batch(elements)
        }
    }
}
