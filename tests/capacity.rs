//! Capacity is a promise.
//!
//! A map that says `capacity()` holds that many entries without asking for memory: now, after
//! any number of removals and insertions, whatever the keys hash to, through every door that
//! lets an entry in. And the promise is kept without lookups getting slow: the length of a
//! probe cannot be seen from outside, but the number of `Eq` calls per lookup can, because
//! each window that is examined has its share of false matches.
//!
//! Memory is watched by the global allocator, so a temporary table or a buffer for a rebuild does not go unseen.

mod support;

use std::cell::Cell;
use std::collections::HashSet as StdSet;
use std::hash::{Hash, Hasher};
use std::hint::black_box;

use rosti::hash_map::{Entry, EntryRef};
use rosti::{HashMap, HashSet, HashTable};
use support::{By, Function, HASHERS, Rng, Tally, mixed, scaled};

#[global_allocator]
static TALLY: Tally = Tally;

thread_local! {
    static EQ_CALLS: Cell<u64> = const { Cell::new(0) };
    static HASH_CALLS: Cell<u64> = const { Cell::new(0) };
}

/// A key that counts how often it is hashed and compared.
#[derive(Clone, Copy, Debug)]
struct Key(u64);

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        HASH_CALLS.set(HASH_CALLS.get() + 1);
        state.write_u64(self.0);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        EQ_CALLS.set(EQ_CALLS.get() + 1);
        self.0 == other.0
    }
}

impl Eq for Key {}

/// The value that belongs to a key.
fn value_of(key: u64) -> u64 {
    mixed(!key)
}

fn eq_calls<R>(f: impl FnOnce() -> R) -> (R, u64) {
    let before = EQ_CALLS.get();
    let result = f();
    (result, EQ_CALLS.get() - before)
}

fn hash_calls<R>(f: impl FnOnce() -> R) -> (R, u64) {
    let before = HASH_CALLS.get();
    let result = f();
    (result, HASH_CALLS.get() - before)
}

type Map = HashMap<Key, u64, By>;

fn map(capacity: usize, hash: Function) -> Map {
    Map::with_capacity_and_hasher(capacity, By(hash))
}

fn set(capacity: usize) -> HashSet<Key, By> {
    HashSet::with_capacity_and_hasher(capacity, By(mixed))
}

/// `Eq` calls of many lookups.
#[derive(Clone, Copy, Default)]
struct Cost {
    lookups: u64,
    calls: u64,
}

impl Cost {
    fn add(&mut self, calls: u64) {
        self.lookups += 1;
        self.calls += calls;
    }

    fn mean(self) -> f64 {
        self.calls as f64 / self.lookups.max(1) as f64
    }
}

/// A map of constant size in which keys come and go.
struct Churn {
    map: Map,
    /// The keys that are present, in no order.
    keys: Vec<u64>,
    /// The next key that was never present.
    fresh: u64,
    rng: Rng,
    hits: Cost,
    misses: Cost,
    /// Hashes of all pairs.
    hashes: u64,
}

impl Churn {
    /// A map that grew to `len` entries by insertion.
    fn grown(len: usize, hash: Function) -> Self {
        Self::start(0, hash).filled(len)
    }

    /// A map made for `capacity` entries and filled to the last one of its own `capacity()`.
    fn full(capacity: usize, hash: Function) -> Self {
        let churn = Self::start(capacity, hash);
        let len = churn.map.capacity();
        assert!(len >= capacity, "with_capacity({capacity}) made room for {len}");
        churn.filled(len)
    }

    fn start(capacity: usize, hash: Function) -> Self {
        let map = map(capacity, hash);
        Self {
            map,
            keys: Vec::new(),
            fresh: 0,
            rng: Rng::new(capacity as u64),
            hits: Cost::default(),
            misses: Cost::default(),
            hashes: 0,
        }
    }

    fn filled(mut self, len: usize) -> Self {
        self.keys = (0..len as u64).collect();
        self.fresh = len as u64;
        for &key in &self.keys {
            assert_eq!(self.map.insert(Key(key), value_of(key)), None);
        }
        self
    }

    /// Removes a key and inserts another.
    fn pair(&mut self) {
        let victim = self.rng.below(self.keys.len());
        let fresh = self.fresh;
        self.fresh += 1;
        let old = std::mem::replace(&mut self.keys[victim], fresh);
        let before = HASH_CALLS.get();
        let (removed, calls) = eq_calls(|| self.map.remove(&Key(old)));
        assert_eq!(removed, Some(value_of(old)));
        self.hits.add(calls);
        let (present, calls) = eq_calls(|| self.map.insert(Key(fresh), value_of(fresh)));
        assert_eq!(present, None);
        self.misses.add(calls);
        self.hashes += HASH_CALLS.get() - before;
    }

    /// Every key is found and no other.
    fn check(&mut self) {
        assert_eq!(self.map.len(), self.keys.len());
        assert_eq!(self.map.iter().fold(0, |n, _| n + 1), self.keys.len());
        for &key in &self.keys {
            let (found, calls) = eq_calls(|| self.map.get(&Key(key)).copied());
            assert_eq!(found, Some(value_of(key)), "key {key} is lost");
            self.hits.add(calls);
        }
        for absent in self.fresh..self.fresh + 2 * self.keys.len() as u64 {
            let (found, calls) = eq_calls(|| self.map.contains_key(&Key(absent)));
            assert!(!found, "key {absent} was never there");
            self.misses.add(calls);
        }
    }

    /// Runs `pairs` pairs: no allocation, no change of capacity, every key found at intervals.
    fn run(&mut self, pairs: u64) {
        let capacity = self.map.capacity();
        let allocations = Tally::allocations();
        let interval = pairs.div_ceil(scaled(16, 16, 3));
        for step in 1..=pairs {
            self.pair();
            assert_eq!(
                self.map.capacity(),
                capacity,
                "after {step} pairs at {} entries the map is another size",
                self.keys.len()
            );
            if step % interval == 0 {
                self.check();
            }
        }
        self.check();
        assert_eq!(
            Tally::allocations(),
            allocations,
            "allocations during {pairs} pairs at {} of {capacity} entries",
            self.keys.len()
        );
    }

    /// Prints the mean number of `Eq` calls and bounds it: a hit needs one, a miss none, and
    /// the rest are false matches, of which each examined window has at most an eighth. A pair needs two hashes, and
    /// in a map that is not full as many again for cleaning up.
    fn bound(&self) {
        let (hit, miss) = (self.hits.mean(), self.misses.mean());
        let pairs = self.fresh - self.keys.len() as u64;
        println!(
            "{:>5} of {:>5} entries: {hit:.3} Eq calls per hit, {miss:.3} per miss ({} pairs)",
            self.keys.len(),
            self.map.capacity(),
            pairs
        );
        let full = self.keys.len() == self.map.capacity();
        assert!(full || self.hashes <= 4 * pairs, "{} hashes for {pairs} pairs", self.hashes);
        assert!(hit >= 1.0, "a hit was reported without a comparison");
        assert!(hit < 1.5, "hits cost {hit} Eq calls at {} entries", self.keys.len());
        assert!(miss < 0.5, "misses cost {miss} Eq calls at {} entries", self.keys.len());
    }
}

/// One-window tables and the first larger ones.
#[test]
fn a_million_pairs_at_small_sizes() {
    let pairs = scaled(1_000_000, 50_000, 200);
    let some = |len: &usize| !cfg!(miri) || [1, 8, 17].contains(len);
    for len in (1..=20).chain([50, 100]).filter(some) {
        let mut churn = Churn::grown(len, mixed);
        churn.run(pairs);
        churn.bound();
    }
}

/// Half load, where a table with tombstones cleans up now and then, .7, and 7/8, where it doubles.
#[test]
fn ten_million_pairs_at_a_thousand_slots() {
    let pairs = scaled(10_000_000, 300_000, 100);
    for len in if cfg!(miri) { [16, 22, 28] } else { [512, 717, 896] } {
        let mut churn = Churn::grown(len, mixed);
        churn.run(pairs);
        churn.bound();
    }
}

#[test]
fn churn_at_the_last_entry_of_capacity() {
    let sizes: &[usize] = if cfg!(miri) {
        &[1, 8, 15, 29]
    } else {
        &[1, 2, 3, 4, 5, 7, 8, 9, 14, 15, 16, 17, 28, 29, 31, 56, 100, 112, 113, 448, 896, 3000]
    };
    let pairs = scaled(1_000_000, 25_000, 200);
    let mut seen = StdSet::new();
    for &capacity in sizes {
        let mut churn = Churn::full(capacity, mixed);
        if !seen.insert(churn.map.capacity()) {
            // Another request for the same table.
            continue;
        }
        churn.run(pairs);
        churn.bound();
    }
}

/// Sequential keys with the identity as their hash: dense runs of homes that wander upwards.
#[test]
fn churn_at_full_with_careless_hashers() {
    let pairs = if cfg!(miri) { 3 } else { scaled(100_000, 3_000, 9) };
    let (first, step) = if cfg!(miri) { (5, 6) } else { (0, 1) };
    for (name, hash) in HASHERS.into_iter().skip(first).step_by(step) {
        for capacity in [4, 14, 17, 40, 200] {
            if cfg!(miri) && ![4, 17].contains(&capacity) {
                continue;
            }
            println!("{name}, {capacity}");
            // No bound on the costs: with these the number of comparisons is the user's doing.
            Churn::full(capacity, hash).run(pairs);
        }
    }
}

/// The map can be emptied and refilled in any order and by any means.
#[test]
fn capacity_outlives_waves() {
    for capacity in [3, 7, 14, 28, 100, 500] {
        if cfg!(miri) && capacity > 28 {
            continue;
        }
        let mut churn = Churn::full(capacity, mixed);
        let (full, allocations) = (churn.map.capacity(), Tally::allocations());
        let mut next = churn.fresh;
        for wave in 0..scaled(400, 60, 12) {
            let map = &mut churn.map;
            let oldest = next - full as u64;
            // What remains is always the newest part, or nothing.
            let kept = match wave % 6 {
                0 => {
                    map.clear();
                    0
                }
                1 => {
                    assert_eq!(map.drain().fold(0, |n, _| n + 1), full);
                    0
                }
                2 => {
                    let newest = next - full as u64 / 3;
                    map.retain(|key, _| key.0 >= newest);
                    full as u64 / 3
                }
                3 => {
                    let newest = next - full as u64 / 2;
                    let gone = map.extract_if(|key, _| key.0 < newest).count();
                    assert_eq!(gone, full - full / 2);
                    full as u64 / 2
                }
                4 => {
                    // First in, first out.
                    for key in oldest..next {
                        assert_eq!(map.remove(&Key(key)), Some(value_of(key)));
                    }
                    0
                }
                _ => {
                    // Last in, first out.
                    for key in (oldest + 1..next).rev() {
                        assert_eq!(map.remove_entry(&Key(key)).map(|e| e.0.0), Some(key));
                    }
                    assert_eq!(map.remove(&Key(oldest)), Some(value_of(oldest)));
                    0
                }
            };
            assert_eq!(map.len() as u64, kept);
            assert_eq!(map.capacity(), full, "wave {wave} took capacity away");
            for _ in kept..full as u64 {
                assert_eq!(map.insert(Key(next), value_of(next)), None);
                next += 1;
            }
            assert_eq!(map.len(), full);
            assert_eq!(map.capacity(), full, "refilling after wave {wave} changed the capacity");
            for key in next - full as u64..next {
                assert_eq!(map.get(&Key(key)), Some(&value_of(key)), "wave {wave}");
            }
        }
        assert_eq!(Tally::allocations(), allocations, "waves at {full} entries");
    }
}

/// Lets `key`, which is absent, in.
fn enter(map: &mut Map, door: usize, key: u64) {
    let (absent, value) = (Key(key), value_of(key));
    match door {
        0 => assert_eq!(map.insert(absent, value), None),
        1 => assert_eq!(*map.entry(absent).or_insert(value), value),
        2 => assert_eq!(*map.entry(absent).insert(value).get(), value),
        3 => match map.entry(absent) {
            Entry::Occupied(_) => panic!("{key} is present"),
            Entry::Vacant(entry) => assert_eq!(entry.insert_entry(value).key().0, key),
        },
        4 => assert_eq!(*map.entry_ref(&absent).or_insert(value), value),
        5 => match map.entry_ref(&absent) {
            EntryRef::Occupied(_) => panic!("{key} is present"),
            EntryRef::Vacant(entry) => assert_eq!(*entry.insert_with_key(absent, value), value),
        },
        6 => assert_eq!(map.try_insert(absent, value).ok().copied(), Some(value)),
        7 => map.extend([(absent, value)]),
        8 => map.extend([(&absent, &value)]),
        _ => {
            // SAFETY: the key is absent.
            let (_, present) = unsafe { map.insert_unique_unchecked(absent, value) };
            assert_eq!(*present, value);
        }
    }
}

const DOORS_IN: usize = 10;

/// Lets `key`, which is present, out.
fn leave(map: &mut Map, door: usize, key: u64) {
    let (present, value) = (Key(key), value_of(key));
    match door {
        0 => assert_eq!(map.remove(&present), Some(value)),
        1 => assert_eq!(map.remove_entry(&present).map(|e| e.1), Some(value)),
        2 => match map.entry(present) {
            Entry::Occupied(entry) => assert_eq!(entry.remove_entry().1, value),
            Entry::Vacant(_) => panic!("{key} is absent"),
        },
        3 => match map.entry_ref(&present) {
            EntryRef::Occupied(entry) => assert_eq!(entry.remove(), value),
            EntryRef::Vacant(_) => panic!("{key} is absent"),
        },
        4 => match map.entry(present).and_replace_entry_with(|_, _| None) {
            Entry::Occupied(_) => panic!("{key} is still there"),
            Entry::Vacant(entry) => assert_eq!(entry.key().0, key),
        },
        5 => map.retain(|other, _| other.0 != key),
        _ => {
            let gone = map.extract_if(|other, _| other.0 == key).next();
            assert_eq!(gone.map(|e| e.1), Some(value));
        }
    }
}

const DOORS_OUT: usize = 7;

/// Whichever way entries leave and enter a full map, it stays as it is.
#[test]
fn every_door_of_a_full_map() {
    for capacity in [1, 3, 8, 14, 16, 28, 56, 60] {
        if cfg!(miri) && capacity > 16 {
            continue;
        }
        let mut churn = Churn::full(capacity, mixed);
        let (full, allocations) = (churn.map.capacity(), Tally::allocations());
        for step in 0..scaled(70_000, 3_500, 140) as usize {
            let victim = churn.rng.below(full);
            let fresh = churn.fresh;
            churn.fresh += 1;
            let old = std::mem::replace(&mut churn.keys[victim], fresh);
            // Ten doors and seven: coprime, so every pair of doors comes up.
            leave(&mut churn.map, step % DOORS_OUT, old);
            assert!(!churn.map.contains_key(&Key(old)), "door {}", step % DOORS_OUT);
            enter(&mut churn.map, step % DOORS_IN, fresh);
            assert_eq!(
                churn.map.capacity(),
                full,
                "out by door {}, in by door {}",
                step % DOORS_OUT,
                step % DOORS_IN
            );
        }
        churn.check();
        assert_eq!(Tally::allocations(), allocations);
    }
}

/// Fills a map made for `capacity` entries to its last one under the given hash function.
/// Returns how many that were.
fn fill_and_refill(name: &str, hash: Function, capacity: usize) -> usize {
    let mut churn = Churn::start(capacity, hash);
    let full = churn.map.capacity();
    let allocations = Tally::allocations();
    assert!(full >= capacity);
    let find_all = |map: &Map, keys: std::ops::Range<u64>| {
        for key in keys {
            assert_eq!(map.get(&Key(key)), Some(&value_of(key)), "{name}, {key} of {full}");
        }
    };
    for round in 0..2 {
        // Other keys, and therefore other homes, in the second round.
        let keys = round * full as u64..(round + 1) * full as u64;
        for key in keys.clone() {
            assert_eq!(churn.map.insert(Key(key), value_of(key)), None, "{name}");
        }
        assert_eq!((churn.map.len(), churn.map.capacity()), (full, full), "{name}, {capacity}");
        find_all(&churn.map, keys.clone());
        assert_eq!(churn.map.get(&Key(u64::MAX)), None);
        // Every second one goes; the others are found without them.
        for key in keys.clone().step_by(2) {
            assert_eq!(churn.map.remove(&Key(key)), Some(value_of(key)), "{name}");
        }
        for key in keys.clone() {
            let expected = (key - keys.start) % 2 == 1;
            assert_eq!(churn.map.contains_key(&Key(key)), expected, "{name}, {key} of {full}");
        }
        for key in keys.clone().skip(1).step_by(2) {
            assert_eq!(churn.map.remove(&Key(key)), Some(value_of(key)), "{name}");
        }
        assert!(churn.map.is_empty());
    }
    assert_eq!(churn.map.capacity(), full, "{name}");
    let now = Tally::allocations();
    assert_eq!(now, allocations, "{name}: allocations while filling {full} entries");
    full
}

/// Every slot can be filled whatever the hashes are.
#[test]
fn careless_hashers_fill_every_slot() {
    let (last, larger): (usize, &[usize]) = if cfg!(miri) {
        (20, &[])
    } else if cfg!(rosti_emulated) {
        (120, &[300])
    } else if cfg!(debug_assertions) {
        (300, &[700])
    } else {
        (300, &[700, 1500, 3600])
    };
    for (name, hash) in HASHERS.into_iter().step_by(scaled(1, 1, 3) as usize) {
        let mut seen = StdSet::new();
        for capacity in (1..=last).chain(larger.iter().copied()) {
            let made = map(capacity, hash).capacity();
            assert!(made >= capacity, "with_capacity({capacity}) made room for {made}");
            // In slow builds one request per size of table.
            if seen.insert(made) || !cfg!(debug_assertions) {
                assert_eq!(fill_and_refill(name, hash, capacity), made);
            }
        }
    }
}

/// Writing to a present key: one hash, whatever the state of the map.
#[test]
fn a_present_key_is_hashed_once() {
    for capacity in [1, 3, 7, 14, 16, 28, 100, 448] {
        if cfg!(miri) && ![3, 28].contains(&capacity) {
            continue;
        }
        let mut churn = Churn::full(capacity, mixed);
        let full = churn.map.capacity();
        for round in 0..2 {
            let allocations = Tally::allocations();
            for &key in &churn.keys {
                let map = &mut churn.map;
                let present = || Key(key);
                let value = value_of(key);
                let once = |what: &str, calls: u64| {
                    assert_eq!(calls, 1, "{what} in a map with {full} of {full} entries");
                };
                let (old, calls) = hash_calls(|| map.insert(present(), value));
                assert_eq!(old, Some(value));
                once("insert", calls);
                let (_, calls) = hash_calls(|| *map.entry(present()).or_insert(0));
                once("entry().or_insert()", calls);
                let (_, calls) = hash_calls(|| *map.entry(present()).insert(value).get());
                once("entry().insert()", calls);
                let (_, calls) =
                    hash_calls(|| *map.entry(present()).and_modify(|_| ()).or_insert(0));
                once("entry().and_modify()", calls);
                let (_, calls) = hash_calls(|| *map.entry_ref(&present()).or_insert(0));
                once("entry_ref().or_insert()", calls);
                let (_, calls) = hash_calls(|| *map.entry_ref(&present()).insert(value).get());
                once("entry_ref().insert()", calls);
                let (kept, calls) = hash_calls(|| map.try_insert(present(), 0).is_err());
                assert!(kept);
                once("try_insert", calls);
                let (old, calls) = hash_calls(|| map.try_reserve_insert(present(), value));
                assert_eq!(old, Ok(Some(value)));
                once("try_reserve_insert", calls);
                let (found, calls) = hash_calls(|| map.get(&present()).copied());
                assert_eq!(found, Some(value));
                once("get", calls);
                let (_, calls) = hash_calls(|| {
                    map.entry(present()).and_replace_entry_with(|_, value| Some(value));
                });
                once("entry().and_replace_entry_with()", calls);
            }
            assert_eq!(churn.map.capacity(), full, "round {round}");
            assert_eq!(Tally::allocations(), allocations, "round {round}");
            // Once more with the traces of many removals.
            churn.run(scaled(10_000, 1_000, 30));
        }
    }
}

#[test]
fn a_present_element_is_hashed_once() {
    for capacity in [1, 7, 14, 28, 100] {
        let mut set = set(capacity);
        let full = set.capacity() as u64;
        set.extend((0..full).map(Key));
        assert_eq!(set.capacity() as u64, full);
        let allocations = Tally::allocations();
        for present in (0..full).map(Key) {
            assert_eq!(hash_calls(|| set.insert(present)), (false, 1));
            assert_eq!(hash_calls(|| set.replace(present).is_some()), (true, 1));
            assert_eq!(hash_calls(|| set.get_or_insert(present).0), (present.0, 1));
            let (got, calls) = hash_calls(|| set.get_or_insert_with(&present, |_| Key(0)).0);
            assert_eq!((got, calls), (present.0, 1));
            assert_eq!(hash_calls(|| set.entry(present).insert().get().0), (present.0, 1));
            assert_eq!(hash_calls(|| set.contains(&present)), (true, 1));
        }
        assert_eq!((set.len() as u64, set.capacity() as u64), (full, full));
        assert_eq!(Tally::allocations(), allocations);
    }
}

/// An entry that is filled was searched for already: the key is not hashed again, and nothing is
/// compared, even where all entries have one hash and every search compares them all.
#[test]
fn a_vacant_entry_is_filled_without_another_search() {
    for capacity in [1, 4, 8, 14, 16, 28, 100] {
        if cfg!(miri) && ![4, 28].contains(&capacity) {
            continue;
        }
        let mut map = HashMap::with_capacity_and_hasher(capacity, By(mixed));
        let mut crowded = HashMap::with_capacity_and_hasher(capacity, By(|_| 0));
        for key in 0..map.capacity() as u64 {
            let (entry, searching) = hash_calls(|| map.entry(Key(key)));
            let (_, filling) = hash_calls(|| *entry.or_insert(0));
            assert_eq!((searching, filling), (1, 0), "hashes, {key} of {} entries", map.len());

            let (entry, searching) = eq_calls(|| crowded.entry(Key(key)));
            let (_, filling) = eq_calls(|| *entry.or_insert(0));
            assert!(searching >= key && filling == 0, "{searching} and {filling} comparisons");

            let absent = Key(key + 1000);
            let (entry, searching) = eq_calls(|| crowded.entry_ref(&absent));
            let EntryRef::Vacant(entry) = entry else { panic!("{absent:?} is present") };
            let (_, filling) = eq_calls(|| entry.insert_entry(0).remove());
            assert!(searching > key && filling == 0, "{searching} and {filling} comparisons");
        }
    }
}

/// The entry of an absent key that is looked at and left alone makes no room: the size of the
/// map was within its capacity all the time.
#[test]
fn a_vacant_entry_left_alone_costs_nothing() {
    for capacity in [0, 1, 8, 14, 16, 28, 100] {
        let mut map = map(capacity, mixed);
        let full = map.capacity();
        map.extend((0..full as u64).map(|key| (Key(key), value_of(key))));
        let mut set = set(capacity);
        set.extend((0..set.capacity() as u64).map(Key));
        let room = set.capacity();

        let allocations = Tally::allocations();
        for absent in (1 << 32..(1 << 32) + 10).map(Key) {
            let (key, calls) = hash_calls(|| match map.entry(absent) {
                Entry::Occupied(_) => panic!("{absent:?} is present"),
                Entry::Vacant(entry) => entry.into_key(),
            });
            assert_eq!((key, calls), (absent, 1));
            assert_eq!(map.capacity(), full, "entry() in a full map");
            let (vacant, calls) =
                hash_calls(|| matches!(map.entry_ref(&absent), EntryRef::Vacant(_)));
            assert_eq!((vacant, calls), (true, 1));
            assert_eq!(map.capacity(), full, "entry_ref() in a full map");
            let (key, calls) = hash_calls(|| *set.entry(absent).get());
            assert_eq!((key, calls), (absent, 1));
            assert_eq!(set.capacity(), room, "entry() in a full set");
        }
        assert_eq!((map.len(), set.len()), (full, room));
        assert_eq!(Tally::allocations(), allocations);
    }
}

/// A full table: present elements are found without a hash, and one that was removed comes
/// back through its own vacancy without a hash either.
#[test]
fn a_full_table_hashes_nothing() {
    for capacity in [1, 7, 14, 28, 100] {
        let mut table = HashTable::with_capacity(capacity);
        let full = table.capacity();
        let rehashes = Cell::new(0);
        let hasher = |x: &u64| {
            rehashes.set(rehashes.get() + 1);
            mixed(*x)
        };
        for x in 0..full as u64 {
            table.insert_unique(mixed(x), x, hasher);
        }
        let allocations = Tally::allocations();
        for round in 0..scaled(50, 10, 2) {
            for x in 0..full as u64 {
                let present = *table.entry(mixed(x), |y| *y == x, hasher).or_insert(0).get();
                assert_eq!(present, x, "round {round}");
                let entry = table.find_entry(mixed(x), |y| *y == x).expect("the element is there");
                let (gone, vacancy) = entry.remove();
                assert_eq!(gone, x);
                assert_eq!(*vacancy.insert(gone).get(), x);
            }
        }
        assert_eq!(rehashes.get(), 0, "calls of the hasher at {full} elements");
        assert_eq!((table.len(), table.capacity()), (full, full));
        assert_eq!(Tally::allocations(), allocations);
    }
}

#[test]
fn sets_and_tables_keep_their_capacity() {
    for capacity in [1, 3, 8, 14, 28, 100, 448] {
        if cfg!(miri) && ![3, 28].contains(&capacity) {
            continue;
        }
        let pairs = scaled(300_000, 8_000, 150);
        let mut set = set(capacity);
        let full = set.capacity();
        set.extend((0..full as u64).map(Key));
        let mut table = HashTable::with_capacity(set.capacity());
        let room = table.capacity();
        for x in 0..room as u64 {
            table.insert_unique(mixed(x), x, |x| mixed(*x));
        }
        let allocations = Tally::allocations();
        for fresh in full as u64..full as u64 + pairs {
            let old = fresh - full as u64;
            match old % 3 {
                0 => assert!(set.remove(&Key(old))),
                1 => assert_eq!(set.take(&Key(old)).map(|key| key.0), Some(old)),
                _ => set.retain(|key| key.0 != old),
            }
            match fresh % 3 {
                0 => assert!(set.insert(Key(fresh))),
                1 => assert!(set.replace(Key(fresh)).is_none()),
                _ => assert_eq!(set.get_or_insert(Key(fresh)).0, fresh),
            }
        }
        for fresh in room as u64..room as u64 + pairs {
            let old = fresh - room as u64;
            let entry = table.find_entry(mixed(old), |x| *x == old).expect("the oldest is there");
            assert_eq!(entry.remove().0, old);
            if fresh % 2 == 0 {
                table.insert_unique(mixed(fresh), fresh, |x| mixed(*x));
            } else {
                let hash = |x: &u64| mixed(*x);
                table.entry(mixed(fresh), |x| *x == fresh, hash).or_insert(fresh);
            }
        }
        assert_eq!((set.len(), set.capacity()), (full, full));
        assert_eq!((table.len(), table.capacity()), (room, room));
        assert!((pairs..pairs + full as u64).all(|key| set.contains(&Key(key))));
        assert!((pairs..pairs + room as u64).all(|x| table.find(mixed(x), |y| *y == x).is_some()));
        assert_eq!(Tally::allocations(), allocations, "churn of {full} and {room} elements");
    }
}

#[test]
fn nothing_costs_nothing() {
    let before = Tally::allocations();
    let mut map: HashMap<u64, String, By> = HashMap::with_hasher(By(mixed));
    let with_capacity: HashMap<u64, String, By> = HashMap::with_capacity_and_hasher(0, By(mixed));
    let collected: HashMap<u64, String, By> = std::iter::empty().collect();
    let default: HashMap<u64, String, By> = HashMap::default();
    let mut set: HashSet<u64, By> = HashSet::with_capacity_and_hasher(0, By(mixed));
    let mut table: HashTable<u64> = HashTable::with_capacity(0);
    assert_eq!(map, with_capacity);
    assert_eq!(map, collected);
    assert_eq!(map.clone(), default);
    assert_eq!(map.capacity(), 0);
    assert_eq!(with_capacity.capacity(), 0);
    assert_eq!(collected.capacity(), 0);
    assert_eq!(set.capacity(), 0);
    assert_eq!(table.capacity(), 0);
    assert_eq!(map.allocation_size(), 0);
    assert_eq!(set.allocation_size(), 0);
    assert_eq!(table.allocation_size(), 0);

    // Nothing that can be asked of an empty map costs memory either.
    assert_eq!(map.get(&1), None);
    assert_eq!(map.remove(&1), None);
    assert_eq!(
        map.iter().fold(0, |n, _| n + 1)
            + map.drain().fold(0, |n, _| n + 1)
            + map.extract_if(|_, _| true).count(),
        0
    );
    map.retain(|_, _| false);
    map.clear();
    map.reserve(0);
    map.shrink_to_fit();
    map.shrink_to(100);
    map.clone_from(&default);
    map.extend(collected);
    assert!(!set.remove(&1));
    set.clear();
    set.shrink_to_fit();
    assert!(table.find(1, |_| true).is_none());
    assert!(table.find_entry(1, |_| true).is_err());
    table.clear();
    table.shrink_to_fit(|_| 0);
    assert_eq!(black_box(&table).iter().fold(0, |n, _| n + 1), 0);
    assert_eq!(map.into_iter().fold(0, |n, _| n + 1), 0);
    drop((with_capacity, default, set, table));
    assert_eq!(Tally::allocations(), before);
}

#[test]
fn shrinking_gives_memory_back() {
    for len in [1_u64, 7, 14, 28, 100, 1000] {
        if cfg!(miri) && len > 28 {
            continue;
        }
        let outside = Tally::bytes();
        let held = || Tally::bytes() - outside;
        let mut map: HashMap<u64, u64, By> = HashMap::with_hasher(By(mixed));
        map.extend((0..len).map(|key| (key, value_of(key))));
        map.reserve(10 * len as usize);
        let reserved = map.capacity();
        let at_most = held();
        assert!(at_most > 0);
        assert_eq!(at_most as usize, map.allocation_size());

        // To a stated capacity, which may not be less than the length.
        map.shrink_to(5 * len as usize);
        assert!(map.capacity() >= 5 * len as usize);
        assert!(map.capacity() <= reserved);
        let between = held();
        map.shrink_to(len as usize / 2);
        assert!(map.capacity() >= len as usize);
        assert!(between <= at_most && held() <= between, "{at_most}, {between}, {}", held());
        assert!(held() < at_most, "nothing was given back of {at_most} bytes");
        assert!((0..len).all(|key| map.get(&key) == Some(&value_of(key))));

        // As small as a map that was made for it.
        map.shrink_to_fit();
        assert!(map.capacity() >= len as usize);
        let made = HashMap::<u64, u64, By>::with_capacity_and_hasher(len as usize, By(mixed));
        assert_eq!(map.capacity(), made.capacity());
        assert_eq!(map.allocation_size(), made.allocation_size());
        drop(made);
        assert_eq!(held() as usize, map.allocation_size());
        assert_eq!(map.len() as u64, len);
        assert!((0..len).all(|key| map.get(&key) == Some(&value_of(key))));

        // Larger by asking for less is not how shrinking works.
        let capacity = map.capacity();
        map.shrink_to(100 * capacity);
        assert_eq!(map.capacity(), capacity);

        // All of it.
        map.retain(|key, _| *key == 0);
        map.shrink_to_fit();
        assert_eq!(map.get(&0), Some(&value_of(0)));
        map.clear();
        assert!(map.capacity() >= 1);
        map.shrink_to_fit();
        assert_eq!((map.capacity(), map.allocation_size(), held()), (0, 0, 0));

        let mut set: HashSet<u64, By> = (0..len).collect();
        let mut table: HashTable<u64> = HashTable::with_capacity(len as usize);
        assert!(held() > 0);
        set.clear();
        set.shrink_to_fit();
        table.shrink_to(0, |_| 0);
        assert_eq!((set.capacity(), table.capacity(), held()), (0, 0, 0));
    }
}

/// The promise is kept by a map that has shrunk.
#[test]
fn churn_after_shrinking() {
    for len in [1, 5, 14, 29, 200] {
        if cfg!(miri) && len > 29 {
            continue;
        }
        let mut churn = Churn::start(20 * len, mixed).filled(len);
        churn.map.shrink_to_fit();
        churn.run(scaled(200_000, 10_000, 100));
        churn.bound();
    }
}

#[test]
fn a_clone_has_the_room() {
    for capacity in [1, 3, 7, 8, 14, 15, 28, 100, 500] {
        if cfg!(miri) && ![3, 28].contains(&capacity) {
            continue;
        }
        for past in [0, scaled(50_000, 2_000, 50)] {
            let mut churn = Churn::full(capacity, mixed);
            for _ in 0..past {
                churn.pair();
            }
            let before = Tally::allocations();
            let (copy, hashes) = hash_calls(|| churn.map.clone());
            assert_eq!(hashes, 0, "a clone hashes nothing");
            assert_eq!(Tally::allocations() - before, 1, "allocations of a clone");
            assert!(copy.capacity() >= copy.len());
            churn.map = copy;
            churn.check();
            churn.run(scaled(20_000, 1_000, 30));

            // A sparse map: the clone may be smaller, not too small.
            churn.map.retain(|key, _| key.0 % 5 == 0);
            churn.keys.retain(|key| key % 5 == 0);
            churn.map = churn.map.clone();
            assert!(churn.map.capacity() >= churn.keys.len());
            churn.check();
            if !churn.keys.is_empty() {
                churn.run(scaled(20_000, 1_000, 30));
            }
        }
    }
}

/// `clone_from` into a map of the same size, and into any map after that.
#[test]
fn clone_from_uses_the_memory_that_is_there() {
    for capacity in [1, 3, 7, 14, 28, 100, 500] {
        if cfg!(miri) && ![3, 28].contains(&capacity) {
            continue;
        }
        let source = Churn::full(capacity, mixed);
        let mut target = Churn::full(capacity, mixed);
        for _ in 0..scaled(5_000, 500, 30) {
            target.pair();
        }
        for left in [source.keys.len(), 1, 0] {
            // The target is full, then nearly empty, then empty.
            target.map.retain(|key, _| (key.0 as usize) < left);
            let own = Tally::allocations();
            let size = target.map.allocation_size();
            target.map.clone_from(&source.map);
            assert_eq!(Tally::allocations(), own, "{capacity}");
            assert_eq!(target.map.allocation_size(), size);
            assert_eq!(target.map, source.map);
        }
        target.keys.clone_from(&source.keys);
        target.fresh = source.fresh;
        target.check();
        target.run(scaled(20_000, 1_000, 50));
    }
}

/// An iterator that tells its length is collected with one allocation.
#[test]
fn collecting_asks_once() {
    for len in [1_u64, 4, 7, 8, 14, 15, 28, 100, 300, 1000] {
        if cfg!(miri) && ![4, 28].contains(&len) {
            continue;
        }
        let before = Tally::allocations();
        let map: HashMap<u64, u64, By> = (0..len).map(|key| (key, value_of(key))).collect();
        assert_eq!(Tally::allocations() - before, 1, "{len} entries");
        assert_eq!(map.len() as u64, len);
        assert!((0..len).all(|key| map.get(&key) == Some(&value_of(key))));
        let before = Tally::allocations();
        let set: HashSet<u64, By> = map.into_keys().collect();
        assert_eq!(Tally::allocations() - before, 1, "{len} elements");
        assert_eq!(set.len() as u64, len);
    }
}

/// What extends a map that is not empty is expected to be there already, half of it.
#[test]
fn extending_expects_half_to_be_present() {
    for len in [5_u64, 18, 36] {
        let mut map: HashMap<u64, u64, By> = (0..len).map(|key| (key, value_of(key))).collect();
        map.shrink_to_fit();
        map.reserve(len.div_ceil(2) as usize);
        assert!((map.capacity() as u64) < 2 * len, "{} for {len}", map.capacity());
        let set: HashSet<u64, By> = map.keys().copied().collect();
        let before = Tally::allocations();
        map.extend((0..len).map(|key| (key, 0)));
        assert_eq!(Tally::allocations(), before, "{len} entries");
        let mut more = set.clone();
        let before = Tally::allocations();
        more.extend(set);
        assert_eq!(Tally::allocations(), before, "{len} elements");
    }
}
