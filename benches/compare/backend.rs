//! rosti's core on a backend of choice, behind the same trait as the maps.
//!
//! The public maps are made for the target's native backend. Here is as much of a map on top of
//! `RawTable` as the workloads need, spelt like rosti's own, so that the backend is the only
//! difference.

use crate::element::{Element, Key, Value};
use crate::subject::{Map, word};
use rosti::DefaultHashBuilder;
use rosti::internals::{Global, Group, RawTable};
use std::borrow::Borrow;
use std::hash::{BuildHasher, Hash};
use std::mem;

type Entry<E> = (<E as Element>::Key, <E as Element>::Value);

/// A map on backend `G`.
pub struct Core<E: Element, G: Group> {
    table: RawTable<Entry<E>, G, Global>,
    hasher: DefaultHashBuilder,
}

impl<E: Element, G: Group> Clone for Core<E, G> {
    fn clone(&self) -> Self {
        Self { table: self.table.clone(), hasher: self.hasher.clone() }
    }
}

impl<E: Element, G: Group> Core<E, G> {
    #[inline(always)]
    fn find(&self, key: &<E::Key as Key>::Query) -> Option<&Entry<E>> {
        let hash = self.hasher.hash_one(key);
        let slot = self.table.find(hash, |(candidate, _)| candidate.borrow() == key)?;
        // SAFETY: the slot was found full.
        Some(unsafe { self.table.get(slot) })
    }

    /// The slot of `key`, which gets `value` if it was absent, and whether it was present.
    #[inline(always)]
    fn find_or_insert(&mut self, key: E::Key, value: E::Value) -> (usize, bool) {
        let Self { table, hasher } = self;
        let hash = hasher.hash_one(&key);
        let rehash = |(key, _): &Entry<E>| hasher.hash_one(key);
        match table.find_or_vacant(hash, |(candidate, _)| *candidate == key, rehash) {
            Ok(slot) => (slot, true),
            Err(slot) => {
                // SAFETY: the slot was found vacant for this hash.
                unsafe { table.insert_at(slot, hash, (key, value)) };
                (slot, false)
            }
        }
    }

    fn entries(&self) -> impl Iterator<Item = &Entry<E>> {
        let full = (0..self.table.slots()).filter(|&slot| self.table.is_full(slot));
        // SAFETY: the slot is full.
        full.map(|slot| unsafe { self.table.get(slot) })
    }
}

impl<E: Element, G: Group + 'static> Map<E> for Core<E, G>
where
    E::Key: Hash,
{
    const WALKS: bool = false;
    type Given<'a> = E::Key;

    fn give<'a>(draws: &[<E::Key as Key>::Draw<'a>]) -> Vec<Self::Given<'a>> {
        E::Key::own(draws)
    }

    #[inline(always)]
    fn new() -> Self {
        Self { table: RawTable::new_in(Global), hasher: DefaultHashBuilder::default() }
    }

    #[inline(always)]
    fn with_capacity(capacity: usize) -> Self {
        let table = RawTable::with_capacity_in(capacity, Global);
        Self { table, hasher: DefaultHashBuilder::default() }
    }

    #[inline(always)]
    fn collect<'a>(entries: impl Iterator<Item = (Self::Given<'a>, E::Value)>) -> Self {
        let mut map = Self::with_capacity(entries.size_hint().0);
        entries.for_each(|(key, value)| map.insert(key, value));
        map
    }

    #[inline(always)]
    fn len(&self) -> usize {
        self.table.len()
    }

    fn bytes(&self) -> Option<usize> {
        Some(self.table.allocation_size())
    }

    #[inline(always)]
    fn insert(&mut self, key: E::Key, value: E::Value) {
        let (slot, present) = self.find_or_insert(key, value);
        if present {
            // SAFETY: the slot was found full.
            _ = mem::replace(unsafe { &mut self.table.get_mut(slot).1 }, value);
        }
    }

    #[inline(always)]
    fn get(&self, key: &<E::Key as Key>::Query) -> Option<&E::Value> {
        self.find(key).map(|(_, value)| value)
    }

    #[inline(always)]
    fn follow(&self, key: &<E::Key as Key>::Query) -> Option<(usize, u64)> {
        let (key, value) = self.find(key)?;
        Some((E::link(key, value), value.word()))
    }

    #[inline(always)]
    fn remove(&mut self, key: &<E::Key as Key>::Query) -> Option<E::Value> {
        let hash = self.hasher.hash_one(key);
        self.table.remove(hash, |(candidate, _)| candidate.borrow() == key).map(|(_, value)| value)
    }

    #[inline(always)]
    fn count(&mut self, key: E::Key) {
        let (slot, _) = self.find_or_insert(key, E::Value::of(0));
        // SAFETY: the slot is full, before or by now.
        unsafe { self.table.get_mut(slot) }.1.bump();
    }

    #[inline(always)]
    fn extend<'a>(&mut self, entries: impl Iterator<Item = (Self::Given<'a>, E::Value)>) {
        // As rosti and hashbrown do: in a map that is not empty, half of the keys may be there.
        let more = entries.size_hint().0;
        let more = if self.table.is_empty() { more } else { more.div_ceil(2) };
        let Self { table, hasher } = self;
        table.reserve(more, |(key, _)| hasher.hash_one(key));
        entries.for_each(|(key, value)| self.insert(key, value));
    }

    #[inline(always)]
    fn retain_half(&mut self) {
        self.table.retain(|(key, value)| word::<E>(key, value) & 1 == 0);
    }

    #[inline(always)]
    fn clear(&mut self) {
        self.table.clear();
    }

    fn sum(&self) -> u64 {
        self.fold()
    }

    fn fold(&self) -> u64 {
        self.entries().fold(0, |sum, (key, value)| sum.wrapping_add(word::<E>(key, value)))
    }
}
