//! Random operations, and how a table carries them out.

use super::*;
use crate::raw::overflow::MANY;
use crate::raw::{AtHome, Place, RawTable};
use core::mem;

/// Key and value.
pub(super) type Entry = (u64, u64);

/// What can be done to a table. A `limit` is how many entries are asked of an iterator before it is
/// dropped.
#[derive(Clone, Copy, Debug)]
pub(super) enum Op {
    Find(u64),
    /// Overwrites the value of a key that is present.
    Insert(u64, u64),
    /// Finds a key that is present, else inserts without searching.
    InsertUnique(u64, u64),
    Remove(u64),
    Pop,
    Retain(Pick),
    ExtractIf(Pick, usize),
    Drain(usize),
    IntoIter(usize),
    Clear,
    Reserve(usize),
    TryReserve(usize),
    ShrinkTo(usize),
    Clone,
    /// Clones into a table that already holds so many entries.
    CloneFrom(usize),
}

/// A predicate on values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pick(u64);

impl Pick {
    pub(super) fn wants(self, value: u64) -> bool {
        value % 4 < self.0
    }
}

impl Op {
    /// The next operation of a trace that keeps the number of entries near `target`.
    pub(super) fn next(random: &mut Random, target: usize, len: usize) -> Op {
        let key = random.below(2 * target + 8) as u64;
        let value = random.next();
        let some = random.below(target + 4);
        let all_or = |limit| if value & 16 == 0 { usize::MAX } else { limit };
        if random.once_in(4 * target + 8) {
            let pick = Pick(random.next() % 5);
            return match random.below(5) {
                0 => Op::Retain(pick),
                1 => Op::ExtractIf(pick, all_or(some)),
                2 => Op::Drain(all_or(some)),
                3 => Op::IntoIter(all_or(some)),
                _ => Op::Clear,
            };
        }
        if random.once_in(24) {
            return match random.below(5) {
                0 => Op::Reserve(some),
                1 => Op::TryReserve(some),
                2 => Op::ShrinkTo(some),
                3 => Op::Clone,
                _ => Op::CloneFrom(some),
            };
        }
        // Towards the target, and a little over it.
        let inserts = if len < target { 6 } else { 3 };
        match random.below(10) {
            0 if value & 3 == 0 => Op::Pop,
            0 => Op::Find(key),
            n if n <= inserts / 2 => Op::InsertUnique(key, value),
            n if n <= inserts => Op::Insert(key, value),
            _ => Op::Remove(key),
        }
    }
}

/// A table under test, and what was seen of it.
pub(super) struct Subject<G: Group> {
    pub(super) table: RawTable<Entry, G, Global>,
    pub(super) hash: HashFn,
    pub(super) rebuilds: usize,
    pub(super) growths: usize,
}

impl<G: Group> Subject<G> {
    pub(super) fn new(hash: HashFn) -> Self {
        Subject { table: RawTable::new_in(Global), hash, rebuilds: 0, growths: 0 }
    }

    /// Returns whether the overflow counts are exact.
    pub(super) fn check_invariants(&self) -> bool {
        self.table.check_invariants(|entry| (self.hash)(entry.0))
    }

    /// Whether an overflow count has reached its end.
    pub(super) fn has_full_counts(&self) -> bool {
        self.table.control.counts().contains(&MANY)
    }

    /// The entries, in slot order, by both ways of iterating.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let iter = entries(&self.table).copied();
        assert_eq!((iter.len(), iter.size_hint().1), (self.table.len(), Some(self.table.len())));
        let by_next: Vec<Entry> = iter.clone().collect();
        assert_eq!(by_next, by_fold(iter));
        by_next
    }

    pub(super) fn find(&self, key: u64) -> Option<Entry> {
        let slot = self.table.find((self.hash)(key), |entry| entry.0 == key);
        // The iterator over a hash's entries offers the same, once.
        // SAFETY: the slots that it returns are full.
        let is_key = |&slot: &usize| unsafe { self.table.get(slot) }.0 == key;
        // SAFETY: the table is there and unchanged while the iterator is used.
        assert!(unsafe { self.table.hash_slots((self.hash)(key)) }.filter(is_key).eq(slot));
        let slot = slot?;
        assert!(self.table.is_full(slot));
        // SAFETY: `find` returns full slots.
        Some(unsafe { *self.table.get(slot) })
    }

    /// Carries out an operation. Returns the entries that it showed or took out.
    pub(super) fn apply(&mut self, op: Op) -> Vec<Entry> {
        let hash = self.hash;
        let hasher = |entry: &Entry| hash(entry.0);
        let len = self.table.len();
        let mut out = Vec::new();
        match op {
            Op::Find(key) => out.extend(self.find(key)),
            Op::Insert(key, value) => out.extend(self.insert(key, value, true)),
            Op::InsertUnique(key, value) => {
                out.extend(self.find(key).or_else(|| self.insert(key, value, false)));
            }
            Op::Remove(key) => out.extend(self.table.remove(hash(key), |entry| entry.0 == key)),
            Op::Pop => out.extend(self.table.pop()),
            Op::Retain(pick) => self.table.retain(|entry| !pick.wants(entry.1)),
            Op::ExtractIf(pick, limit) => {
                let mut entries = self.table.extract_if();
                let picked = core::iter::from_fn(|| entries.next(|entry| pick.wants(entry.1)));
                out.extend(picked.take(limit));
                assert!(entries.remaining() <= len - out.len());
            }
            Op::Drain(limit) => {
                let slots = self.table.slots();
                let mut drain = self.table.drain();
                out.extend(drain.by_ref().take(limit));
                // SAFETY: the table is there and unchanged while the iterator is used.
                assert_eq!(unsafe { drain.rest() }.len(), drain.size_hint().0);
                drop(drain);
                assert_eq!(self.table.slots(), slots, "a drain keeps the block");
            }
            Op::IntoIter(limit) => {
                let table = mem::replace(&mut self.table, RawTable::new_in(Global));
                let mut iter = table.into_iter();
                out.extend(iter.by_ref().take(limit));
                // SAFETY: the table is there and unchanged while the iterator is used.
                assert_eq!(unsafe { iter.rest() }.len(), iter.size_hint().0);
            }
            Op::Clear => {
                let slots = self.table.slots();
                self.table.clear();
                assert_eq!(self.table.slots(), slots, "clear keeps the block");
            }
            Op::Reserve(additional) => {
                self.table.reserve(additional, hasher);
                assert!(self.table.capacity() - self.table.len() >= additional);
            }
            Op::TryReserve(additional) => {
                assert_eq!(self.table.try_reserve(additional, hasher), Ok(()));
                assert!(self.table.capacity() - self.table.len() >= additional);
            }
            Op::ShrinkTo(min_capacity) => self.shrink_to(min_capacity),
            Op::Clone => {
                let clone = self.table.clone();
                self.replace_by_clone(clone);
            }
            Op::CloneFrom(len) => {
                let mut clone = RawTable::new_in(Global);
                for key in 0..len as u64 {
                    clone.insert_unique(hash(key), (key, u64::MAX), hasher);
                }
                clone.clone_from(&self.table);
                self.replace_by_clone(clone);
            }
        }
        out
    }

    /// Inserts with a search, or without one a key that is absent.
    fn insert(&mut self, key: u64, value: u64, search: bool) -> Option<Entry> {
        let hash = (self.hash)(key);
        let calls = Cell::new(0);
        let (slots, left) = (self.table.slots(), self.table.growth_left());
        let crowded = self.table.looks_for_bits();
        let hasher = |entry: &Entry| tick(&calls, (self.hash)(entry.0));
        if !search {
            let slot = self.table.insert_unique(hash, (key, value), hasher);
            assert!(self.table.is_full(slot));
            self.note_growth(slots, left, calls.get(), true, crowded);
            return None;
        }
        let is_key = |entry: &Entry| entry.0 == key;
        match self.table.search_home(hash, is_key) {
            AtHome::Found(slot) => assert_eq!(self.table.find(hash, is_key), Some(slot)),
            AtHome::Vacant(slot) | AtHome::VacantAlone(slot) => {
                assert_eq!(self.table.find(hash, is_key), None);
                assert_eq!(self.table.spot(hash), Some(slot));
            }
            AtHome::Elsewhere => {
                assert_eq!(self.table.find_on(hash, is_key), self.table.find(hash, is_key));
            }
        }
        // Where it goes if nothing has to move for it.
        let spot = self.table.find_or_spot(hash, |entry| entry.0 == key);
        let place = self.table.find_or_vacant(hash, |entry| entry.0 == key, hasher);
        match spot {
            Place::Full(slot) => assert_eq!(place, Ok(slot)),
            Place::Vacant(slot) => assert_eq!((place, calls.get()), (Err(slot), 0)),
            Place::Unknown => assert!(place.is_err()),
        }
        let old = match place {
            Ok(slot) => {
                assert_eq!(calls.get(), 0, "a present key moves nothing");
                // SAFETY: the slot was found.
                Some(mem::replace(unsafe { self.table.get_mut(slot) }, (key, value)))
            }
            Err(slot) => {
                // SAFETY: the slot was found vacant for this hash just now.
                unsafe { self.table.insert_at(slot, hash, (key, value)) };
                None
            }
        };
        self.note_growth(slots, left, calls.get(), old.is_none(), crowded);
        old
    }

    /// After an insert: the table grows exactly if there was no room. The hasher is called for a
    /// growth to several homes or a rebuild only, at least once for each entry, or for a sample of those of a crowded
    /// table, and a rebuild keeps the slots; and for a few entries that may make room.
    fn note_growth(
        &mut self,
        slots: usize,
        left: usize,
        calls: usize,
        inserted: bool,
        crowded: bool,
    ) {
        let grown = self.table.slots() != slots;
        assert_eq!(grown, inserted && left == 0, "grown at the wrong time");
        if grown {
            assert!(self.table.slots() > slots);
            let homes = self.table.control.mask() + 1;
            let hashed = if homes > 1 { self.table.len() - 1 } else { 0 };
            let sample = if crowded { hashed } else { 0 };
            assert!(
                (hashed..=hashed + sample).contains(&calls),
                "growth hashes each entry once: {calls} of {hashed}"
            );
            self.growths += 1;
        } else if calls > TRIES {
            assert!(crowded || calls >= self.table.len() - 1);
            self.rebuilds += usize::from(calls >= self.table.len() - 1);
        }
    }

    fn shrink_to(&mut self, min_capacity: usize) {
        let (calls, hash) = (Cell::new(0), self.hash);
        let (slots, capacity) = (self.table.slots(), self.table.capacity());
        self.table.shrink_to(min_capacity, |entry| tick(&calls, hash(entry.0)));
        let needed = min_capacity.max(self.table.len());
        assert!(self.table.capacity() >= needed.min(capacity));
        let least = match needed {
            0 => 0,
            _ => Control::<G>::SHAPE.size_for(needed).unwrap().slots,
        };
        assert_eq!(self.table.slots(), least.min(slots));
        assert!(least < slots || calls.get() == 0, "a table that cannot shrink is not moved");
    }

    fn replace_by_clone(&mut self, clone: RawTable<Entry, G, Global>) {
        if !self.table.is_empty() {
            assert_eq!(bytes_of(&clone), bytes_of(&self.table), "a clone is the same, bit for bit");
        }
        assert_eq!(
            (clone.len(), clone.slots(), clone.capacity()),
            (self.table.len(), self.table.slots(), self.table.capacity())
        );
        self.table = clone;
    }
}
