//! The cases that the Swiss-table documents test or prescribe, told for a Rust map.
//!
//! Where a document says what its language's map does and Rust's maps differ (which of two equal
//! keys stays, what may happen during iteration), the test says what Rust's do. Sizes lie on both
//! sides of every edge at which some Swiss table grows, whatever its window width.

#![cfg(feature = "extendible")]

mod trace;

use foldhash::fast::FixedState;
use rosti::hash_map::Entry;
use rosti::{ExtendibleMap, HashMap, HashSet, HashTable, TryReserveError, hash_set};
use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt::Debug;
use std::hash::{BuildHasher, Hash, Hasher};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use trace::{Counted, Element, Shaped, ledger};

type Map<K, V> = HashMap<K, V, FixedState>;
type Set<T> = HashSet<T, FixedState>;

/// Lengths next to which tables of one window, tables of several and windows of 8 and 16 fill up.
const EDGES: &[u32] = if cfg!(miri) {
    &[0, 1, 4, 8, 17, 29]
} else if cfg!(rosti_emulated) {
    &[0, 1, 3, 4, 8, 14, 15, 28, 29, 56, 57, 112, 113, 225, 449]
} else {
    &[
        0, 1, 2, 3, 4, 5, 7, 8, 9, 13, 14, 15, 16, 17, 27, 28, 29, 31, 32, 33, 41, 42, 55, 56, 57,
        63, 64, 65, 69, 70, 111, 112, 113, 125, 126, 224, 225, 448, 449, 896, 897, 1000,
    ]
};

/// Runs a generic test function with good and with bad hashers.
macro_rules! with_hashers {
    ($($test:ident: $function:ident;)*) => {
        $(
            mod $test {
                use super::*;

                #[test]
                fn good() {
                    $function(FixedState::default());
                }

                #[test]
                fn identity() {
                    $function(Shaped::<trace::Identity>::default());
                }

                #[test]
                fn constant_zero() {
                    $function(Shaped::<trace::Zero>::default());
                }

                #[test]
                fn constant_ones() {
                    $function(Shaped::<trace::Ones>::default());
                }

                #[test]
                fn low_bits() {
                    $function(Shaped::<trace::LowBits>::default());
                }

                #[test]
                fn top_bits() {
                    $function(Shaped::<trace::TopBits>::default());
                }
            }
        )*
    };
}

with_hashers! {
    put_and_get: put_and_get_over_the_edges;
    delete: delete_over_the_edges;
    clear: clear_over_the_edges;
    iterate: iterate_over_the_edges;
    iterate_after_deletion: iterate_after_deletion_over_the_edges;
    full: full_maps_work;
    churn: churn_over_the_edges;
    split: tables_of_tables_over_the_edges;
}

/// The value that belongs to a key.
fn value_of(key: u32) -> u64 {
    u64::from(key) + 256
}

/// A map of the keys `1..=len`.
fn filled<S: BuildHasher>(len: u32, capacity: usize, hasher: S) -> HashMap<u32, u64, S> {
    let mut map = HashMap::with_capacity_and_hasher(capacity, hasher);
    for key in 1..=len {
        assert_eq!(map.insert(key, value_of(key)), None);
    }
    map
}

/// The map holds these keys and no others, each once and with its value, and each is found.
fn assert_holds<S: BuildHasher>(
    map: &HashMap<u32, u64, S>,
    keys: impl IntoIterator<Item = u32> + Clone,
) {
    let mut expected: Vec<_> = keys.into_iter().map(|key| (key, value_of(key))).collect();
    expected.sort_unstable();
    let mut iterated: Vec<_> = map.iter().map(|(&key, &value)| (key, value)).collect();
    iterated.sort_unstable();
    assert_eq!(iterated, expected);
    assert_eq!(map.len(), expected.len());
    assert_eq!(map.is_empty(), expected.is_empty());
    for (key, value) in expected {
        assert_eq!(map.get(&key), Some(&value), "key {key}");
    }
}

// -------------------------------------------------------------------------------- put, get, delete

fn put_and_get_over_the_edges<S: BuildHasher + Clone>(hasher: S) {
    for &len in EDGES {
        for capacity in [0, 8, len as usize] {
            let map = filled(len, capacity, hasher.clone());
            assert_holds(&map, 1..=len);
            for absent in [0, len + 1, len + 2, u32::MAX] {
                assert_eq!(map.get(&absent), None);
                assert!(!map.contains_key(&absent));
            }
        }
    }
}

/// Growth happens between two insertions somewhere; nothing may be lost at any of them.
#[test]
fn every_insertion_keeps_what_was_there() {
    let mut map = HashMap::with_hasher(FixedState::default());
    for key in 1..=if cfg!(miri) { 60 } else { 500 } {
        assert_eq!(map.insert(key, value_of(key)), None);
        assert_holds(&map, 1..=key);
    }
}

#[test]
fn put_again_changes_the_value_only() {
    for &len in EDGES {
        let mut map = filled(len, 0, FixedState::default());
        for key in 1..=len {
            assert_eq!(map.insert(key, 7), Some(value_of(key)));
            assert_eq!(map.insert(key, value_of(key)), Some(7));
        }
        assert_holds(&map, 1..=len);
    }
}

fn delete_over_the_edges<S: BuildHasher + Clone>(hasher: S) {
    for &len in EDGES {
        let mut map = filled(len, 32, hasher.clone());
        for key in 1..=len {
            assert_eq!(map.remove(&key), Some(value_of(key)));
            assert_eq!(map.remove(&key), None);
            assert_eq!(map.len() as u32, len - key);
            // Some of those left, from all over: the hole cut no search short.
            let stride = (len / 16).max(1) as usize;
            for left in (key + 1..=len).step_by(stride) {
                assert_eq!(map.get(&left), Some(&value_of(left)), "{left} after deleting {key}");
            }
        }
        assert_holds(&map, []);
        // What was deleted can come back.
        for key in (1..=len).rev() {
            assert_eq!(map.insert(key, value_of(key)), None);
        }
        assert_holds(&map, 1..=len);
    }
}

/// Holes in every pattern: the odd, the even, all but every tenth, and the holes filled again.
#[test]
fn delete_and_refill() {
    for &len in EDGES {
        for (of, rest) in [(2, 0), (2, 1), (10, 0), (3, 2)] {
            let mut map = filled(len, 0, FixedState::default());
            let goes = |key: &u32| key % of == rest;
            for key in (1..=len).filter(goes) {
                assert_eq!(map.remove_entry(&key), Some((key, value_of(key))));
            }
            assert_holds(&map, (1..=len).filter(|key| !goes(key)));
            for key in (1..=len).filter(goes) {
                assert_eq!(map.insert(key, value_of(key)), None);
            }
            assert_holds(&map, 1..=len);
        }
    }
}

/// Full, thinned out, kept half full while everything in it is exchanged, and full again: what the
/// deletions leave behind in a table must be cleaned up, at the same size, without losing anything.
fn churn_over_the_edges<S: BuildHasher + Clone>(hasher: S) {
    for &least in EDGES.iter().filter(|&&least| least > 0 && least <= 225) {
        let mut map = HashMap::with_capacity_and_hasher(least as usize, hasher.clone());
        let full = map.capacity();
        let mut keys = VecDeque::new();
        let mut fresh = 1..;
        for round in 0..if cfg!(miri) { 1 } else { 4 } {
            while keys.len() < full {
                let key = fresh.next().unwrap();
                assert_eq!(map.insert(key, value_of(key)), None);
                keys.push_back(key);
            }
            assert_holds(&map, keys.iter().copied());
            keys.retain(|&key| {
                let stays = (key ^ round) % 4 == 0;
                assert!(stays || map.remove(&key) == Some(value_of(key)));
                stays
            });
            assert_holds(&map, keys.iter().copied());
            for step in 0..2 * full {
                if keys.len() >= full / 2 {
                    let key = keys.pop_front().unwrap();
                    assert_eq!(map.remove(&key), Some(value_of(key)));
                }
                let key = fresh.next().unwrap();
                assert_eq!(map.insert(key, value_of(key)), None);
                keys.push_back(key);
                if step % 32 == 0 {
                    assert_holds(&map, keys.iter().copied());
                }
            }
            assert_holds(&map, keys.iter().copied());
        }
    }
}

fn clear_over_the_edges<S: BuildHasher + Clone>(hasher: S) {
    for &len in EDGES {
        let mut map = filled(len, 32, hasher.clone());
        let capacity = map.capacity();
        for _ in 0..2 {
            map.clear();
            assert_holds(&map, []);
            assert_eq!(map.capacity(), capacity);
            for key in 1..=len {
                assert_eq!(map.get(&key), None);
            }
            for key in (1..=len).rev() {
                assert_eq!(map.insert(key, value_of(key)), None);
            }
            assert_holds(&map, 1..=len);
            assert_eq!(map.capacity(), capacity);
        }
    }
}

// -------------------------------------------------------------------------------------- equal keys

/// A float with the equality of IEEE 754: -0.0 equals 0.0, and NaN does not equal itself.
#[derive(Clone, Copy, Debug)]
struct Float(f64);

impl PartialEq for Float {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

/// A lie where NaN is concerned, which is the point.
impl Eq for Float {}

impl Hash for Float {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let bits = if self.0 == 0.0 { 0 } else { self.0.to_bits() };
        bits.hash(state);
    }
}

fn is_negative(key: &Float) -> bool {
    key.0.is_sign_negative()
}

#[test]
fn insert_keeps_the_old_of_two_equal_keys() {
    let mut map = Map::default();
    assert_eq!(map.insert(Float(0.0), 0), None);
    assert_eq!(map.insert(Float(-0.0), 1), Some(0));
    assert_eq!(map.len(), 1);
    let (key, &value) = map.iter().next().unwrap();
    assert!(!is_negative(key));
    assert_eq!(value, 1);

    // Nor do the other ways of writing a value change the key.
    *map.entry(Float(-0.0)).or_insert(2) += 1;
    map.entry(Float(-0.0)).insert(3);
    map.extend([(Float(-0.0), 4)]);
    assert!(map.try_insert(Float(-0.0), 5).is_err());
    assert_eq!(map.len(), 1);
    assert!(!is_negative(map.get_key_value(&Float(-0.0)).unwrap().0));
    assert_eq!(map[&Float(0.0)], 4);

    // A key that went away is another matter.
    assert_eq!(map.remove(&Float(-0.0)), Some(4));
    map.insert(Float(-0.0), 6);
    assert!(map.keys().all(is_negative));
}

#[test]
fn replace_key_takes_the_new_one() {
    let mut map = Map::default();
    map.insert(Float(0.0), 0);
    let Entry::Occupied(mut entry) = map.entry(Float(-0.0)) else {
        panic!("0.0 and -0.0 are equal")
    };
    assert!(!is_negative(entry.key()));
    assert!(!is_negative(&entry.replace_key(Float(-0.0))));
    assert!(is_negative(entry.key()));
    assert_eq!(map.len(), 1);
    assert!(map.keys().all(is_negative));
    assert_eq!(map.get(&Float(0.0)), Some(&0));
}

#[test]
fn sets_keep_the_old_element_unless_told_to_replace_it() {
    let mut set = Set::default();
    assert!(set.insert(Float(0.0)));
    assert!(!set.insert(Float(-0.0)));
    assert!(!is_negative(set.get_or_insert(Float(-0.0))));
    assert!(!is_negative(set.entry(Float(-0.0)).insert().get()));
    assert!(set.replace(Float(-0.0)).is_some_and(|old| !is_negative(&old)));
    assert!(set.iter().all(is_negative));
    assert_eq!(set.len(), 1);
    assert!(set.take(&Float(0.0)).is_some_and(|old| is_negative(&old)));
    assert!(set.replace(Float(0.0)).is_none());
    assert!(!set.iter().any(is_negative));
}

// -------------------------------------------------------------------------------- never-equal keys

/// Equal to nothing, hence never found; all of them have the same hash, as NaN would.
#[derive(Clone, Debug)]
struct Never(u32);

impl PartialEq for Never {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

impl Eq for Never {}

impl Hash for Never {
    fn hash<H: Hasher>(&self, state: &mut H) {
        f64::NAN.to_bits().hash(state);
    }
}

fn numbers<'a>(keys: impl IntoIterator<Item = &'a Never>) -> Vec<u32> {
    let mut numbers: Vec<_> = keys.into_iter().map(|key| key.0).collect();
    numbers.sort_unstable();
    numbers
}

#[test]
fn never_equal_keys_pile_up_and_are_iterated() {
    let count = if cfg!(miri) { 40 } else { 300 };
    let mut map = Map::default();
    for number in 0..count {
        assert_eq!(map.insert(Never(number), number), None);
        assert_eq!(map.get(&Never(number)), None);
        assert_eq!(map.len() as u32, number + 1);
    }
    let all: Vec<_> = (0..count).collect();
    assert_eq!(numbers(map.keys()), all);
    assert!(map.iter().all(|(key, &value)| key.0 == value));

    for number in 0..count {
        assert!(!map.contains_key(&Never(number)));
        assert_eq!(map.get_mut(&Never(number)), None);
        assert_eq!(map.remove(&Never(number)), None);
        assert!(matches!(map.entry(Never(number)), Entry::Vacant(_)));
    }
    assert_eq!(numbers(map.keys()), all);

    // Rebuilding needs no equality.
    map.reserve(1000);
    assert_eq!(numbers(map.keys()), all);
    map.shrink_to_fit();
    assert_eq!(numbers(map.keys()), all);
    assert_eq!(numbers(map.clone().keys()), all);
    assert_eq!(map.clone().into_iter().fold(0, |n, _| n + 1), all.len());
    assert_ne!(map, map.clone());

    map.retain(|key, _| key.0 % 3 != 0);
    let odd: Vec<_> = map.extract_if(|key, _| key.0 % 2 == 1).map(|(key, _)| key).collect();
    let kept = || (0..count).filter(|number| number % 3 != 0);
    assert_eq!(numbers(&odd), kept().filter(|number| number % 2 == 1).collect::<Vec<_>>());
    assert_eq!(numbers(map.keys()), kept().filter(|number| number % 2 == 0).collect::<Vec<_>>());

    // The one way to get rid of the rest, apart from taking everything out.
    map.clear();
    assert_eq!(map.iter().fold(0, |n, _| n + 1), 0);
    map.insert(Never(1), 1);
    map.insert(Never(2), 2);
    let drained: Vec<_> = map.drain().map(|(key, _)| key).collect();
    assert_eq!(numbers(&drained), [1, 2]);
    assert!(map.is_empty());
}

#[test]
fn nan_is_inserted_again_and_again() {
    let mut map = Map::default();
    for value in 0..20_u32 {
        assert_eq!(map.insert(Float(f64::NAN), value), None);
        assert_eq!(map.insert(Float(1.5), value), value.checked_sub(1));
    }
    assert_eq!(map.len(), 21);
    assert_eq!(map.get(&Float(f64::NAN)), None);
    assert_eq!(map.remove(&Float(1.5)), Some(19));
    let mut values: Vec<_> = map.into_values().collect();
    values.sort_unstable();
    assert_eq!(values, (0..20).collect::<Vec<_>>());

    let mut set = Set::default();
    assert!((0..20).all(|_| set.insert(Float(f64::NAN))));
    assert!(set.replace(Float(f64::NAN)).is_none());
    assert_eq!(set.len(), 21);
    assert!(!set.is_subset(&set));
}

// --------------------------------------------------------------------------------------- iteration

fn iterate_over_the_edges<S: BuildHasher + Clone>(hasher: S) {
    for &len in EDGES {
        let mut map = filled(len, 8, hasher.clone());
        let keys: Vec<_> = (1..=len).collect();
        let values: Vec<_> = (1..=len).map(value_of).collect();
        let sorted = |mut keys: Vec<u32>| {
            keys.sort_unstable();
            keys
        };
        let sorted_values = |mut values: Vec<u64>| {
            values.sort_unstable();
            values
        };

        // Stepwise, with the exact number left before every step.
        let mut iter = map.iter();
        let mut seen = Vec::new();
        for left in (1..=len as usize).rev() {
            assert_eq!(iter.size_hint(), (left, Some(left)));
            seen.extend(iter.next().map(|(&key, _)| key));
        }
        assert_eq!(iter.size_hint(), (0, Some(0)));
        assert_eq!(iter.next(), None);
        assert_eq!(iter.next(), None);
        assert_eq!(sorted(seen), keys);

        assert_eq!(sorted(map.keys().copied().collect()), keys);
        assert_eq!(sorted_values(map.values().copied().collect()), values);
        assert_eq!(sorted(map.iter_mut().map(|(&key, _)| key).collect()), keys);
        assert_eq!(sorted_values(map.values_mut().map(|value| *value).collect()), values);
        assert_eq!(sorted(map.clone().into_keys().collect()), keys);
        assert_eq!(sorted_values(map.clone().into_values().collect()), values);
        assert_eq!(sorted(map.clone().into_iter().map(|(key, _)| key).collect()), keys);
        assert_eq!(sorted(map.clone().drain().map(|(key, _)| key).collect()), keys);

        // The same by folding, after various numbers of single steps.
        for steps in [0, 1, len / 2, len] {
            let mut iter = map.iter();
            let first = iter.by_ref().take(steps as usize);
            let mut seen: Vec<_> = first.map(|(&key, _)| key).collect();
            iter.fold((), |(), (&key, _)| seen.push(key));
            assert_eq!(sorted(seen), keys);
        }
    }
}

/// What is updated half-way shows its new value in the next iteration, and only there.
#[test]
fn iteration_shows_updated_values() {
    for &len in EDGES {
        let mut map = filled(len, 8, FixedState::default());
        for (&key, value) in &mut map {
            assert_eq!(*value, value_of(key));
            *value += 1;
        }
        assert!(map.iter().all(|(&key, &value)| value == value_of(key) + 1));
        for value in map.values_mut() {
            *value -= 1;
        }
        assert_holds(&map, 1..=len);
    }
}

fn iterate_after_deletion_over_the_edges<S: BuildHasher + Clone>(hasher: S) {
    for &len in EDGES.iter().filter(|&&len| len > 0) {
        let mut map = filled(len, 8, hasher.clone());
        // Whatever comes first goes, then the last, then one from between.
        let mut gone = vec![*map.keys().next().unwrap()];
        map.remove(&gone[0]);
        for pick in [usize::MAX, map.len() / 2] {
            let order: Vec<_> = map.keys().copied().collect();
            if let Some(&key) = order.get(pick.min(order.len().wrapping_sub(1))) {
                assert_eq!(map.remove(&key), Some(value_of(key)));
                gone.push(key);
            }
            assert_holds(&map, (1..=len).filter(|key| !gone.contains(key)));
        }
    }
}

/// A walk that is interrupted by growth and a deletion; Rust lets nobody hold the iterator
/// meanwhile, so the walk is taken up with a new one.
#[test]
fn iterate_after_growth_and_deletion() {
    let mut map = filled(31, 8, FixedState::default());
    let first = *map.keys().next().unwrap();
    for key in 33..=63 {
        map.insert(key, value_of(key));
    }
    let deleted = if first == 1 { 2 } else { 1 };
    assert_eq!(map.remove(&deleted), Some(value_of(deleted)));
    assert_holds(&map, (1..=63).filter(|&key| key != deleted && key != 32));
}

#[test]
fn retain_asks_about_each_entry_once() {
    for &len in EDGES {
        for of in [1, 2, 3, 10] {
            let mut map = filled(len, 0, FixedState::default());
            let mut asked = Vec::new();
            map.retain(|&key, value| {
                assert_eq!(*value, value_of(key));
                asked.push(key);
                key % of != 0
            });
            asked.sort_unstable();
            assert_eq!(asked, (1..=len).collect::<Vec<_>>());
            assert_holds(&map, (1..=len).filter(|key| key % of != 0));
            map.retain(|_, value| {
                *value += 1;
                true
            });
            assert!(map.iter().all(|(&key, &value)| value == value_of(key) + 1));
        }
    }
}

#[test]
fn extract_if_is_lazy_and_keeps_the_rest() {
    for &len in EDGES {
        for take in [0, 1, 3, usize::MAX] {
            let mut map = filled(len, 0, FixedState::default());
            let calls = Cell::new(0);
            let mut extract = map.extract_if(|key, _| {
                calls.set(calls.get() + 1);
                key % 3 == 0
            });
            assert_eq!(calls.get(), 0);
            let mut taken: Vec<_> = extract.by_ref().take(take).collect();
            assert!(taken.len() == take || extract.next().is_none());
            drop(extract);
            assert!(calls.get() <= len);
            assert!(taken.iter().all(|&(key, value)| key % 3 == 0 && value == value_of(key)));
            taken.sort_unstable();
            assert_eq!(taken.len(), take.min(len as usize / 3));
            let stays = |key: &u32| taken.binary_search(&(*key, value_of(*key))).is_err();
            assert_holds(&map, (1..=len).filter(stays));
        }
    }
}

// --------------------------------------------------------------------------------- zero-size slots

#[test]
fn zero_size_keys_and_values() {
    let mut map = Map::default();
    assert_eq!(map.get(&()), None);
    assert_eq!(map.insert((), ()), None);
    assert_eq!(map.insert((), ()), Some(()));
    assert_eq!(map.get(&()), Some(&()));
    assert_eq!(map.len(), 1);
    assert_eq!(map.iter().collect::<Vec<_>>(), [(&(), &())]);
    assert_eq!(map.clone(), map);
    map.reserve(100);
    map.shrink_to_fit();
    assert!(map.contains_key(&()));
    assert_eq!(map.drain().collect::<Vec<_>>(), [((), ())]);
    assert_eq!(map.remove(&()), None);
    assert_eq!(*map.entry(()).or_insert(()), ());
    assert_eq!(map.remove_entry(&()), Some(((), ())));
    assert!(map.is_empty());

    let mut set = Set::default();
    assert!(set.insert(()));
    assert!(!set.insert(()));
    assert_eq!(set.take(&()), Some(()));
    assert!(set.is_empty());
}

/// Zero-size keys that are all different: as many entries as wanted without a byte of data.
#[test]
fn many_zero_size_entries() {
    #[derive(Clone, Debug)]
    struct Nothing;

    impl PartialEq for Nothing {
        fn eq(&self, _: &Self) -> bool {
            false
        }
    }

    impl Eq for Nothing {}

    impl Hash for Nothing {
        fn hash<H: Hasher>(&self, _: &mut H) {}
    }

    let mut map = Map::default();
    for len in 1..=200 {
        assert_eq!(map.insert(Nothing, ()), None);
        assert_eq!(map.len(), len);
        assert_eq!(map.iter().fold(0, |n, _| n + 1), len);
    }
    let mut kept = 0;
    map.retain(|_, ()| {
        kept += 1;
        kept <= 50
    });
    assert_eq!(map.len(), 50);
    assert_eq!(map.extract_if(|_, ()| true).take(20).count(), 20);
    assert_eq!(map.clone().into_iter().fold(0, |n, _| n + 1), 30);
    assert_eq!(map.drain().fold(0, |n, _| n + 1), 30);
    assert!(map.is_empty());
}

/// A zero-size type may still ask for an alignment, and for its destructor.
#[test]
fn zero_size_entries_are_aligned_and_dropped() {
    thread_local! {
        static ALIVE: Cell<isize> = const { Cell::new(0) };
    }

    #[derive(Debug)]
    #[repr(align(64))]
    struct Token;

    impl Token {
        fn new() -> Self {
            ALIVE.set(ALIVE.get() + 1);
            Self
        }
    }

    impl Drop for Token {
        fn drop(&mut self) {
            ALIVE.set(ALIVE.get() - 1);
        }
    }

    assert_eq!(size_of::<Token>(), 0);
    let mut table = HashTable::new();
    let hash = |_: &Token| 42;
    for len in 1..=100 {
        table.insert_unique(42, Token::new(), hash);
        assert_eq!(table.len(), len);
        assert!(table.iter().all(|token| (&raw const *token).addr() % 64 == 0));
    }
    assert_eq!(ALIVE.get(), 100);
    for left in (90..100).rev() {
        drop(table.find_entry(42, |_| true).unwrap().remove());
        assert_eq!((table.len(), ALIVE.get()), (left, left as isize));
    }
    table.shrink_to_fit(hash);
    table.reserve(1000, hash);
    assert_eq!((table.iter().fold(0, |n, _| n + 1), ALIVE.get()), (90, 90));
    drop(table.extract_if(|_| true).take(30).collect::<Vec<_>>());
    assert_eq!((table.len(), ALIVE.get()), (60, 60));
    assert_eq!(table.drain().take(10).count(), 10);
    assert_eq!((table.len(), ALIVE.get()), (0, 0));
    table.insert_unique(42, Token::new(), hash);
    drop(table);
    assert_eq!(ALIVE.get(), 0);
}

// ---------------------------------------------------------------------------------------- capacity

#[test]
fn capacity_asked_for_is_capacity_given() {
    let mut last = 0;
    for wanted in 0..=if cfg!(miri) { 40 } else { 1100 } {
        let mut map = Map::<u32, u64>::with_capacity_and_hasher(wanted, FixedState::default());
        let capacity = map.capacity();
        assert!(capacity >= wanted, "{wanted} gives {capacity}");
        assert!(capacity >= last, "{wanted} gives {capacity}, less than a smaller request");
        assert!(capacity <= 4 * wanted + 16, "{wanted} gives {capacity}, a waste");
        last = capacity;
        for key in 0..wanted as u32 {
            map.insert(key, 0);
            assert_eq!(map.capacity(), capacity);
        }
    }
    assert_eq!(Map::<u32, u64>::with_hasher(FixedState::default()).capacity(), 0);
    assert_eq!(Map::<u32, u64>::default().allocation_size(), 0);
}

fn reserve_errors<K: Debug + Clone + Eq + Hash, V: Debug + Clone + PartialEq>(
    entries: impl IntoIterator<Item = (K, V)>,
) {
    let mut map: Map<K, V> = entries.into_iter().collect();
    let (copy, capacity, size) = (map.clone(), map.capacity(), map.allocation_size());
    let mut unchanged = |additional: usize| {
        let outcome = map.try_reserve(additional);
        assert_eq!((map.capacity(), map.allocation_size()), (capacity, size));
        assert_eq!(map, copy);
        outcome
    };
    let high = 1 << (usize::BITS - 1);
    // Neither the sum of lengths, nor the number of slots, nor that of bytes may wrap around.
    let beyond = [usize::MAX, usize::MAX - 1, usize::MAX / 2, high + 1, high, high - 1, high / 2];
    for additional in beyond {
        let outcome = unchanged(additional);
        assert_eq!(outcome, Err(TryReserveError::CapacityOverflow), "{additional:#x} more");
    }
    // Within the address arithmetic, but beyond any machine.
    #[cfg(all(target_pointer_width = "64", not(miri)))]
    {
        for shift in 49..58 {
            assert!(unchanged(1 << shift).is_err(), "1 << {shift} more");
        }
        match unchanged(1 << 50) {
            Err(TryReserveError::AllocError { layout }) => assert!(layout.size() > 1 << 50),
            other => panic!("expected an allocation failure, got {other:?}"),
        }
    }
}

#[test]
fn impossible_reservations_change_nothing() {
    reserve_errors::<u32, u64>([]);
    for &len in EDGES {
        reserve_errors((0..len).map(|key| (key, key)));
        reserve_errors((0..len).map(|key| (key.to_string(), [0u64; 9])));
        reserve_errors((0..len.min(200)).map(|key| (key as u8, ())));
    }
}

/// Without data only the control bytes count, and they overflow as well.
#[test]
fn impossible_reservations_of_zero_size_entries() {
    reserve_errors([((), ())]);
    let mut table = HashTable::<()>::new();
    for additional in [usize::MAX, usize::MAX / 2 + 1] {
        let outcome = table.try_reserve(additional, |()| 0);
        assert_eq!(outcome, Err(TryReserveError::CapacityOverflow));
        assert_eq!(table.capacity(), 0);
    }
}

#[test]
#[cfg_attr(panic = "abort", ignore = "needs unwinding")]
fn impossible_capacities_panic() {
    for capacity in [usize::MAX, usize::MAX / 2 + 1, usize::MAX / 2 + 2] {
        let make = || Map::<u32, u64>::with_capacity_and_hasher(capacity, FixedState::default());
        assert!(catch_unwind(make).is_err());
        assert!(catch_unwind(|| HashTable::<u8>::with_capacity(capacity)).is_err());
        let mut map = filled(20, 0, FixedState::default());
        let before = map.capacity();
        assert!(catch_unwind(AssertUnwindSafe(|| map.reserve(capacity))).is_err());
        assert_eq!(map.capacity(), before);
        assert_holds(&map, 1..=20);
    }
}

/// Filled to the last slot that `capacity` promises, whatever the hashes: everything is found,
/// absent keys are not, and searches end.
fn full_maps_work<S: BuildHasher + Clone>(hasher: S) {
    for &least in EDGES {
        let mut map = HashMap::with_capacity_and_hasher(least as usize, hasher.clone());
        let capacity = map.capacity();
        let len = capacity as u32;
        for key in 1..=len {
            assert_eq!(map.insert(key, value_of(key)), None);
        }
        assert_eq!(map.capacity(), capacity);
        assert_holds(&map, 1..=len);
        for absent in len + 1..len + 20 {
            assert_eq!(map.get(&absent), None);
            assert_eq!(map.remove(&absent), None);
        }
        assert_eq!(map.insert(0, value_of(0)), None);
        assert!(map.capacity() > capacity);
        assert_holds(&map, 0..=len);
    }
}

/// Counts what it is asked to do, to measure work without a clock.
struct Meter {
    hashes: Cell<u64>,
    comparisons: Cell<u64>,
}

thread_local! {
    static METER: Meter = const { Meter { hashes: Cell::new(0), comparisons: Cell::new(0) } };
}

impl Meter {
    /// Runs `work` and returns the number of hashes computed and of comparisons made.
    fn of(work: impl FnOnce()) -> (u64, u64) {
        METER.with(|meter| (meter.hashes.set(0), meter.comparisons.set(0)));
        work();
        METER.with(|meter| (meter.hashes.get(), meter.comparisons.get()))
    }
}

/// A key that reports to the [`Meter`].
#[derive(Clone, Debug)]
struct Metered(u32);

impl PartialEq for Metered {
    fn eq(&self, other: &Self) -> bool {
        METER.with(|meter| meter.comparisons.set(meter.comparisons.get() + 1));
        self.0 == other.0
    }
}

impl Eq for Metered {}

impl Hash for Metered {
    fn hash<H: Hasher>(&self, state: &mut H) {
        METER.with(|meter| meter.hashes.set(meter.hashes.get() + 1));
        self.0.hash(state);
    }
}

/// One way of writing to a map.
type Write = fn(&mut Map<Metered, u32>, Metered);

fn done<T>(_: T) {}

/// A search comes before growth: a key that is present needs no room.
#[test]
fn writing_to_a_present_key_never_rehashes() {
    for &least in EDGES {
        let mut map = Map::with_capacity_and_hasher(least as usize, FixedState::default());
        let capacity = map.capacity();
        for key in 0..capacity as u32 {
            map.insert(Metered(key), 0);
        }
        for key in 0..capacity as u32 {
            let ways: [(&str, Write); 6] = [
                ("insert", |map, key| done(map.insert(key, 1))),
                ("try_insert", |map, key| assert!(map.try_insert(key, 1).is_err())),
                ("try_reserve_insert", |map, key| {
                    assert!(map.try_reserve_insert(key, 1).is_ok_and(|old| old.is_some()));
                }),
                ("entry", |map, key| *map.entry(key).or_insert(1) += 1),
                ("entry_ref", |map, key| done(map.entry_ref(&key).and_modify(|value| *value += 1))),
                ("entry.insert", |map, key| done(map.entry(key).insert(1))),
            ];
            for (name, write) in ways {
                let (hashes, _) = Meter::of(|| write(&mut map, Metered(key)));
                assert_eq!(hashes, 1, "{name} of a present key, {capacity} entries");
                assert_eq!(map.capacity(), capacity, "{name} of a present key");
            }
        }
        assert_eq!(map.len(), capacity);
    }
}

/// `capacity` is a promise: removing and inserting at constant size does not make the map grow.
#[test]
fn capacity_holds_under_churn() {
    for &least in EDGES.iter().filter(|&&least| least > 0) {
        let mut map = Map::with_capacity_and_hasher(least as usize, FixedState::default());
        let (capacity, size) = (map.capacity(), map.allocation_size());
        let full = capacity as u32;
        for key in 1..=full {
            map.insert(key, value_of(key));
        }
        let rounds = if cfg!(miri) { 2 * full } else { 8 * full + 200 };
        let mut oldest = 1;
        for step in 1..=rounds {
            // Sometimes one goes, sometimes several at once; always the oldest.
            let burst = if step % 7 == 0 { full.min(5) } else { 1 };
            for key in oldest..oldest + burst {
                assert_eq!(map.remove(&key), Some(value_of(key)));
                assert_eq!(map.capacity(), capacity, "after removing {key} in round {step}");
            }
            for key in oldest + full..oldest + full + burst {
                assert_eq!(map.insert(key, value_of(key)), None);
                assert_eq!(map.capacity(), capacity, "after inserting {key} in round {step}");
            }
            oldest += burst;
        }
        assert_eq!(map.allocation_size(), size);
        assert_holds(&map, oldest..oldest + full);
    }
}

/// The same for tables below their capacity, where tombstones would eat the room.
#[test]
fn removal_gives_its_room_back() {
    for &len in EDGES {
        let mut map = filled(len, 0, FixedState::default());
        let capacity = map.capacity();
        for key in 1..=len {
            map.remove(&key);
            assert_eq!(map.capacity(), capacity, "after removing {key} of {len}");
        }
        let mut map = filled(len, 0, FixedState::default());
        map.retain(|key, _| key % 4 == 0);
        assert_eq!(map.capacity(), capacity);
        map.extract_if(|_, _| true).for_each(drop);
        assert_eq!(map.capacity(), capacity);
        let mut map = filled(len, 0, FixedState::default());
        map.drain().for_each(drop);
        assert_eq!(map.capacity(), capacity);
    }
}

/// A value so large that a map of some hundred entries has many tables.
type Bulky = [u32; 127];

/// What the documents test at the edges of one table, at those where a bounded one is split: nothing is lost
/// when it is, an entry that goes leaves no trace, and what has gone can come back.
fn tables_of_tables_over_the_edges<S: BuildHasher + Clone>(hasher: S) {
    type Bounded<S> = ExtendibleMap<u32, Bulky, S>;
    fn holds<S: BuildHasher>(map: &Bounded<S>, keys: impl Iterator<Item = u32> + Clone) {
        let mut found: Vec<_> = map.iter().map(|(key, value)| (*key, value[126])).collect();
        found.sort_unstable();
        assert!(found.into_iter().eq(keys.clone().map(|key| (key, !key))));
        assert!(keys.into_iter().all(|key| map.get(&key) == Some(&[!key; 127])));
    }
    let bound = Bounded::<S>::BOUND as u32;
    let edges = [bound - 1, bound, bound + 1, 2 * bound, 2 * bound + 1, 5 * bound, 9 * bound];
    for len in edges.into_iter().take(if cfg!(miri) { 3 } else { 7 }) {
        let mut map = Bounded::with_hasher(hasher.clone());
        for key in 1..=len {
            assert_eq!(map.insert(key, [!key; 127]), None);
            assert!((1..=key).step_by(17).all(|key| map.contains_key(&key)), "{key} of {len}");
        }
        holds(&map, 1..=len);
        assert!([0, len + 1, u32::MAX].iter().all(|absent| !map.contains_key(absent)));
        // Twice the entries, a few at a time: what comes takes the place of what goes.
        for key in len + 1..=2 * len {
            assert_eq!(map.remove(&(key - len)), Some([!(key - len); 127]));
            assert_eq!(map.insert(key, [!key; 127]), None);
        }
        holds(&map, len + 1..=2 * len);
        let stays = |key: &u32| key % 5 == 0;
        for key in (len + 1..=2 * len).filter(|key| !stays(key)) {
            assert!(map.remove(&key).is_some() && map.remove(&key).is_none());
        }
        holds(&map, (len + 1..=2 * len).filter(stays));
        map.shrink_to_fit();
        holds(&map, (len + 1..=2 * len).filter(stays));
        for key in (len + 1..=2 * len).rev() {
            map.insert(key, [!key; 127]);
        }
        holds(&map, len + 1..=2 * len);
        map.clear();
        assert_eq!((map.len(), map.iter().next()), (0, None));
    }
}

/// A search comes before a split: a key that is present needs no room, however full its table is.
#[test]
fn writing_to_a_present_key_never_splits() {
    let mut map = ExtendibleMap::with_hasher(FixedState::default());
    let len = 3 * ExtendibleMap::<Metered, Bulky, FixedState>::BOUND as u32 / 2;
    for key in 0..len {
        map.insert(Metered(key), [0; 127]);
        let capacity = map.capacity();
        for key in [0, key / 2, key] {
            let writes: [fn(&mut ExtendibleMap<_, _, _>, _); 4] = [
                |map, key| done(map.insert(key, [1; 127])),
                |map, key| assert!(map.try_insert(key, [1; 127]).is_err()),
                |map, key| map.entry(key).or_insert([1; 127])[0] += 1,
                |map, key| assert!(map.try_reserve_insert(key, [2; 127]).is_ok()),
            ];
            for write in writes {
                let (hashes, _) = Meter::of(|| write(&mut map, Metered(key)));
                assert_eq!((hashes, map.capacity()), (1, capacity), "key {key}");
            }
        }
    }
    assert_eq!(map.len(), len as usize);
}

/// A vacant entry that is dropped is not an insertion.
#[test]
fn dropped_vacant_entries_leave_no_trace() {
    for &len in EDGES {
        let mut map = filled(len, len as usize + 1, FixedState::default());
        let capacity = map.capacity();
        for key in len + 1..len + 50 {
            match map.entry(key) {
                Entry::Vacant(entry) => assert_eq!(entry.into_key(), key),
                Entry::Occupied(entry) => panic!("{entry:?} was never inserted"),
            }
            assert_eq!(map.capacity(), capacity);
        }
        assert_holds(&map, 1..=len);
    }
}

// ------------------------------------------------------------------------------------- linear time

/// The order in which a map is iterated is the order of its slots, hence of its hashes; fed into
/// another map with the same hasher it fills one region after the other to the brim. A table that
/// handles clusters badly needs quadratic time for that. Searches leave a cluster in
/// strides that grow, so that the excess costs the square root of the size for each insertion: at
/// four times the size twice as much, where quadratic work is four times as much.
#[test]
fn iteration_order_of_one_map_fills_another_without_quadratic_work() {
    let sizes: &[usize] = if cfg!(miri) { &[64] } else { &[1 << 11, 1 << 13] };
    for load in [47, 56, 65, 75, 86] {
        for (what, part) in [("empty", 0), ("half", 50), ("whole", 100)] {
            let mut costs = Vec::new();
            for slots in sizes {
                let len = slots * load / 100;
                let source: Map<_, _> = (0..len).map(|key| (Metered(key as u32), ())).collect();
                let capacity = len * part / 100;
                let mut map = Map::with_capacity_and_hasher(capacity, FixedState::default());
                let (hashes, comparisons) = Meter::of(|| {
                    for key in source.keys() {
                        map.insert(key.clone(), ());
                    }
                });
                assert_eq!(map.len(), len);
                let case = format!("{len} insertions into a map that was {what}");
                // One hash for each insertion, and one more for each entry in each doubling: at
                // most two on average over all doublings, since each is twice as large as the last.
                // Crowded windows look like stale ones, so that a rebuild may come on top, but the
                // table's credit makes that as rare as a doubling.
                assert!(hashes <= 4 * len as u64, "{hashes} hashes for {case}");
                // Keys are compared when tags agree, one time in 128: this allows for walks of 128
                // slots on average.
                assert!(comparisons <= len as u64 + 16, "{comparisons} comparisons for {case}");
                costs.push(comparisons as f64 / len as f64);
            }
            if let [small, large] = costs[..] {
                let bound = 3.0 * small + 0.1;
                assert!(large <= bound, "{small} to {large} comparisons per insertion, {what}");
            }
        }
    }
}

/// Keys may be long. A map without entries does not look at the one it is asked for.
#[test]
fn lookups_in_an_empty_map_hash_nothing() {
    for emptied in [0, 3, 100] {
        let mut map = Map::with_hasher(FixedState::default());
        (0..emptied).for_each(|key| _ = map.insert(Metered(key), 0));
        (0..emptied).for_each(|key| _ = map.remove(&Metered(key)));
        let set: rosti::HashSet<Metered, FixedState> =
            rosti::HashSet::with_capacity_and_hasher(emptied as usize, FixedState::default());
        let key = Metered(7);
        let (hashes, comparisons) = Meter::of(|| {
            assert!(map.get(&key).is_none() && map.get_mut(&key).is_none());
            assert!(map.get_key_value(&key).is_none() && map.get_key_value_mut(&key).is_none());
            assert!(!map.contains_key(&key) && !set.contains(&key) && set.get(&key).is_none());
        });
        assert_eq!((hashes, comparisons), (0, 0), "{emptied} entries before");
    }
}

/// What deletions leave behind may make misses dearer, but not without bound.
#[test]
fn misses_stay_cheap_under_churn() {
    let len = if cfg!(miri) { 40 } else { 3000 };
    let mut map = Map::with_capacity_and_hasher(len as usize, FixedState::default());
    for key in 0..len {
        map.insert(Metered(key), ());
    }
    let exchanges = if cfg!(miri) { 2 } else { 32 } * len;
    let (hashes, comparisons) = Meter::of(|| {
        for key in 0..exchanges {
            assert!(map.remove(&Metered(key)).is_some());
            assert!(map.insert(Metered(key + len), ()).is_none());
        }
    });
    // Two hashes for an exchange, and as many again for cleaning up.
    assert!(hashes <= 4 * u64::from(exchanges), "{hashes} hashes for {exchanges} exchanges");
    let bound = 3 * u64::from(exchanges);
    assert!(comparisons <= bound, "{comparisons} comparisons for {exchanges} exchanges");
    let (_, comparisons) = Meter::of(|| {
        for key in 0..len {
            assert!(!map.contains_key(&Metered(key)));
        }
    });
    assert!(comparisons <= u64::from(len), "{comparisons} comparisons for {len} misses");
}

/// The measure measures: with a single hash, the same work is quadratic and shows as that.
#[test]
fn the_meter_sees_quadratic_work() {
    let len = 200;
    let hasher = Shaped::<trace::Zero>::default();
    let mut map = HashMap::with_capacity_and_hasher(len, hasher);
    let (hashes, comparisons) = Meter::of(|| {
        for key in 0..len as u32 {
            map.insert(Metered(key), ());
        }
    });
    assert!(hashes >= 200, "{hashes} hashes");
    assert!(comparisons >= 200 * 199 / 2, "{comparisons} comparisons");
}

// ------------------------------------------------------------------------------------------- drops

/// Loses a value without dropping it, whether it has a destructor today or not.
fn leak<T>(value: T) {
    mem::forget(value);
}

fn counted(len: u16) -> Map<Counted, Counted> {
    let mut map = Map::default();
    for code in 0..len {
        map.insert(Counted::make(code, 0), Counted::make(code, 1));
    }
    map
}

/// Of all that was made, `leaked` elements are still alive; the others were dropped, once.
fn settle(leaked: usize) {
    assert_eq!(ledger::live(), leaked);
    assert_eq!(ledger::faults(), 0);
}

fn lengths() -> impl Iterator<Item = u16> {
    EDGES.iter().map(|&len| len as u16).filter(|&len| len <= 225)
}

#[test]
fn owning_iterators_drop_what_they_did_not_yield() {
    for len in lengths() {
        let all = usize::from(len);
        for take in [0, 1, all / 2, all] {
            ledger::open();
            let mut iter = counted(len).into_iter();
            let taken: Vec<_> = iter.by_ref().take(take).collect();
            assert_eq!(ledger::live(), 2 * all);
            drop(iter);
            assert_eq!(ledger::live(), 2 * taken.len());
            drop(taken);
            settle(0);

            assert_eq!(counted(len).into_keys().take(take).count(), take.min(all));
            assert_eq!(counted(len).into_values().take(take).count(), take.min(all));
            settle(0);

            let mut map = counted(len);
            let mut drain = map.drain();
            let taken: Vec<_> = drain.by_ref().take(take).collect();
            assert_eq!(ledger::live(), 2 * all);
            drop(drain);
            assert_eq!((map.len(), ledger::live()), (0, 2 * taken.len()));
            map.extend(taken);
            assert_eq!((map.len(), ledger::live()), (take.min(all), 2 * take.min(all)));
            drop(map);
            settle(0);

            let mut map = counted(len);
            let taken: Vec<_> = map.extract_if(|key, _| key.code() % 2 == 0).take(take).collect();
            assert_eq!(ledger::live(), 2 * all);
            assert_eq!(map.len() + taken.len(), all);
            drop(map);
            assert_eq!(ledger::live(), 2 * taken.len());
            drop(taken);
            settle(0);
        }
    }
}

#[test]
fn maps_drop_what_is_overwritten_removed_or_left() {
    for len in lengths() {
        let all = usize::from(len);
        ledger::open();
        let mut map = counted(len);
        for code in 0..len {
            // Of the two keys the new one goes, of the two values the old one.
            let old = map.insert(Counted::make(code, 2), Counted::make(code, 3)).unwrap();
            assert_eq!((old.label(), ledger::live()), (1, 2 * all + 1));
            drop(old);
            let (key, value) = map.get_key_value(&Counted::make(code, 4)).unwrap();
            assert_eq!((key.label(), value.label()), (0, 3));
        }
        assert_eq!(ledger::live(), 2 * all);
        for code in (0..len).step_by(3) {
            assert_eq!(map.remove(&Counted::make(code, 5)).unwrap().label(), 3);
        }
        assert_eq!(ledger::live(), 2 * map.len());
        map.retain(|key, _| key.code() % 3 == 1);
        assert_eq!(ledger::live(), 2 * map.len());
        let mut copy = map.clone();
        assert_eq!(ledger::live(), 4 * map.len());
        copy.extend(counted(7));
        copy.clone_from(&map);
        assert_eq!((copy.len(), ledger::live()), (map.len(), 4 * map.len()));
        map.shrink_to_fit();
        map.reserve(500);
        assert_eq!(ledger::live(), 4 * map.len());
        map.clear();
        assert_eq!(ledger::live(), 2 * copy.len());
        drop(map);
        drop(copy);
        settle(0);
    }
}

/// The map holds what it says it holds, and can be filled and emptied as if nothing had happened.
fn assert_usable(map: &mut Map<Counted, Counted>) {
    assert_eq!(map.iter().fold(0, |n, _| n + 1), map.len());
    assert!(map.iter().all(|(key, value)| key.sound() && value.sound() && *key == *value));
    for code in 0..300 {
        map.insert(Counted::make(code, 8), Counted::make(code, 9));
    }
    assert_eq!(map.len(), 300);
    for code in 0..300 {
        assert_eq!(map.remove(&Counted::make(code, 0)).map(|value| value.label()), Some(9));
    }
    assert!(map.is_empty());
}

#[test]
fn a_leaked_drain_drops_nothing_twice() {
    for len in lengths() {
        for take in [0, 1, usize::from(len) / 2, usize::from(len)] {
            ledger::open();
            let mut map = counted(len);
            let mut drain = map.drain();
            let taken: Vec<_> = drain.by_ref().take(take).collect();
            leak(drain);
            // Whether the rest is leaked or still there is the map's choice.
            let leaked = 2 * (usize::from(len) - taken.len() - map.len());
            assert!(taken.iter().all(|(key, _)| !map.contains_key(key)));
            drop(taken);
            assert_usable(&mut map);
            drop(map);
            settle(leaked);
        }
    }
}

#[test]
fn a_leaked_extract_if_drops_nothing_twice() {
    for len in lengths() {
        for take in [0, 1, usize::from(len) / 2] {
            ledger::open();
            let mut map = counted(len);
            let mut extract = map.extract_if(|key, _| key.code() % 2 == 0);
            let taken: Vec<_> = extract.by_ref().take(take).collect();
            leak(extract);
            // It owns nothing that could leak.
            assert_eq!(map.len() + taken.len(), usize::from(len));
            drop(taken);
            assert_eq!(ledger::live(), 2 * map.len());
            assert_usable(&mut map);
            drop(map);
            settle(0);
        }
    }
}

#[test]
fn a_leaked_into_iter_drops_nothing() {
    for len in lengths() {
        for take in [0, 1, usize::from(len)] {
            ledger::open();
            let mut iter = counted(len).into_iter();
            let taken = iter.by_ref().take(take).count();
            leak(iter);
            settle(2 * (usize::from(len) - taken));
        }
    }
}

#[test]
fn leaked_drains_of_sets_and_tables() {
    for len in lengths() {
        let all = usize::from(len);
        ledger::open();
        let mut set: Set<_> = (0..len).map(|code| Counted::make(code, 0)).collect();
        let mut drain = set.drain();
        let taken = drain.by_ref().take(2).count();
        leak(drain);
        let mut leaked = all - taken - set.len();
        for code in 0..50 {
            set.replace(Counted::make(code, 1));
            assert!(set.contains(&Counted::make(code, 0)));
        }
        drop(set);
        settle(leaked);

        let hash = |element: &Counted| FixedState::default().hash_one(element);
        let mut table = HashTable::new();
        for code in 0..len {
            let element = Counted::make(code, 0);
            table.insert_unique(hash(&element), element, hash);
        }
        let mut drain = table.drain();
        let taken = drain.by_ref().take(2).count();
        leak(drain);
        leaked += all - taken - table.len();
        for code in 0..50 {
            let element = Counted::make(code, 1);
            table.insert_unique(hash(&element), element, hash);
        }
        drop(table);
        settle(leaked);
    }
}

/// A leaked entry changes nothing, be it of a map or of a set.
#[test]
fn leaked_entries_change_nothing() {
    ledger::open();
    let mut map = counted(20);
    leak(map.entry(Counted::make(3, 5)));
    leak(map.entry(Counted::make(30, 5)));
    assert_eq!(map.len(), 20);
    assert!(map.iter().all(|(key, value)| key.label() == 0 && value.label() == 1));
    assert_usable(&mut map);
    drop(map);
    let leaked = ledger::live();
    assert!(leaked <= 2, "two keys were made and leaked, {leaked} elements are alive");

    let mut set: Set<_> = (0..20).map(|code| Counted::make(code, 0)).collect();
    match set.entry(Counted::make(3, 5)) {
        hash_set::Entry::Occupied(entry) => leak(entry),
        hash_set::Entry::Vacant(_) => panic!("3 is there"),
    }
    assert_eq!(set.len(), 20);
    drop(set);
    assert!(ledger::live() <= leaked + 1);
    assert_eq!(ledger::faults(), 0);
}
