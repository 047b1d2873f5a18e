//! `StrMap` and `BytesMap`: every method, keys of every length and form, the arena under removal,
//! values and closures that panic, allocations that fail, and traces against std's map.

#![cfg(feature = "str")]

mod support;

use std::alloc::Layout;
use std::cell::Cell;
use std::collections::{HashMap as StdMap, HashSet as StdSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
#[cfg(feature = "allocator-api2")]
use std::ptr::NonNull;

#[cfg(feature = "allocator-api2")]
use allocator_api2::alloc::AllocError;
use rosti::internals::{Allocator, Global, books};
use rosti::str_map::{Entry, InsertError, RejectedValue};
use rosti::{BytesMap, StrMap, StrSet, TryReserveError};
use support::{Rng, Tally, scaled};

#[global_allocator]
static TALLY: Tally = Tally;

/// Long enough for the arena.
fn long(n: u64) -> String {
    format!("a key that is too long for its cell: {n}")
}

/// Every length up to 70, and some beyond.
fn lengths() -> impl Iterator<Item = usize> {
    let all = (0..70).chain([255, 256, 257, 4096]);
    all.filter(|len| !cfg!(miri) || [0, 15, 16, 69].contains(len))
}

/// Strings that are easily taken for each other.
fn odd_keys() -> Vec<String> {
    let mut keys = StdSet::new();
    for len in lengths() {
        for fill in ["a", "\0"].into_iter().take(scaled(2, 2, 1) as usize) {
            let plain = fill.repeat(len);
            for other in ["b", "\0", "\u{7f}"].into_iter().filter(|_| len > 0) {
                keys.insert(format!("{other}{}", &plain[1..]));
                keys.insert(format!("{}{other}", &plain[1..]));
                keys.insert(format!("{}{other}{}", &plain[..len / 2], &plain[len / 2 + 1..]));
            }
            keys.insert(plain);
        }
        let wide = ["ö", "€", "🥔"].into_iter().step_by(if cfg!(miri) { 2 } else { 1 });
        for wide in wide.filter(|wide| wide.len() <= len) {
            keys.insert(format!("{wide}{}", "a".repeat(len - wide.len())));
            keys.insert(format!("{}{wide}", "a".repeat(len - wide.len())));
            keys.insert(wide.repeat(len / wide.len()));
        }
    }
    keys.into_iter().collect()
}

/// A map of these keys, each with its index.
fn numbered(keys: &[String]) -> StrMap<usize> {
    keys.iter().zip(0..).collect()
}

fn assert_same<V: PartialEq + std::fmt::Debug>(map: &StrMap<V>, model: &StdMap<String, V>) {
    assert_eq!(map.len(), model.len());
    for (key, value) in model {
        assert_eq!(map.get_key_value(key), Some((key.as_str(), value)));
    }
    let mut met: Vec<&str> = map.iter().map(|(key, _)| key).collect();
    met.sort_unstable();
    met.dedup();
    assert_eq!(met.len(), model.len());
    assert!(met.iter().all(|key| model.contains_key(*key)));
}

// --- Keys ---

#[test]
fn keys_of_every_length_and_form_are_told_apart() {
    let keys = odd_keys();
    let map = numbered(&keys);
    assert_eq!(map.len(), keys.len());
    for (i, key) in keys.iter().enumerate() {
        assert_eq!(map.get_key_value(key), Some((key.as_str(), &i)));
    }
}

#[test]
fn a_key_is_found_by_an_equal_one_elsewhere_and_not_by_a_part_of_it() {
    for key in odd_keys() {
        let map = StrMap::from([(key.as_str(), ())]);
        let copy = format!("-{key}-");
        assert!(map.contains_key(&copy[1..=key.len()]), "{key:?}");
        assert!(!map.contains_key(&copy[1..]) && !map.contains_key(&copy[..=key.len()]));
        assert!(!map.contains_key(&format!("{key}\0")), "{key:?}");
        if let Some((last, _)) = key.char_indices().next_back() {
            assert!(!map.contains_key(&key[..last]), "{key:?}");
        }
    }
}

#[test]
fn keys_that_differ_in_one_bit_are_different() {
    for len in lengths().filter(|&len| len <= scaled(4096, 257, 20) as usize) {
        let plain = vec![0x5a; len];
        let mut map = BytesMap::from([(plain.clone(), usize::MAX)]);
        let step = if len > 300 { 37 } else { scaled(1, 1, 7) as usize };
        let bits: Vec<usize> = (0..len * 8).step_by(step).collect();
        for &bit in &bits {
            let mut key = plain.clone();
            key[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(map.insert(&key, bit), None, "length {len}, bit {bit}");
        }
        assert_eq!(map.len(), bits.len() + 1);
        for bit in bits {
            let mut key = plain.clone();
            key[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(map.get(&key), Some(&bit), "length {len}, bit {bit}");
        }
        assert_eq!(map[plain.as_slice()], usize::MAX);
    }
}

#[test]
fn byte_strings_need_not_be_text() {
    let mut map = BytesMap::new();
    for len in [0, 1, 7, 15, 16, 40] {
        for byte in [0, 0x80, 0xfe, 0xff] {
            map.insert(&vec![byte; len], (byte, len));
        }
    }
    assert_eq!(map.len(), 1 + 5 * 4);
    assert!(map.iter().skip(1).all(|(key, &(byte, len))| len == 0 || key == vec![byte; len]));
}

// --- Methods ---

#[test]
fn a_new_map_allocates_nothing_and_finds_nothing() {
    // The first map of a process has foldhash collect entropy, for which that may allocate.
    drop(StrMap::<u64>::new());
    let before = Tally::allocations();
    let mut map: StrMap<u64> = StrMap::new();
    assert!(map.is_empty() && map.get("").is_none() && map.remove(&"x".repeat(99)).is_none());
    assert_eq!((map.len(), map.capacity(), map.allocation_size()), (0, 0, 0));
    assert_eq!((map.iter().fold(0, |n, _| n + 1), map.drain().fold(0, |n, _| n + 1)), (0, 0));
    assert_eq!(Tally::allocations(), before + 1); // the key of 99 bytes
}

#[test]
fn insert_returns_the_old_value_and_keeps_one_entry() {
    for key in ["", "short", "exactly 15 byte", "exactly 16 bytes", &long(1)] {
        let mut map = StrMap::new();
        assert_eq!(map.insert(key, 1), None);
        let size = map.allocation_size();
        assert_eq!(map.insert(key, 2), Some(1));
        assert_eq!((map.len(), map[key], map.allocation_size()), (1, 2, size));
    }
}

#[test]
fn try_insert_inserts_and_overwrites() {
    let mut map = StrMap::new();
    for key in ["short", &long(1)] {
        assert_eq!(map.try_insert(key, 1), Ok(None));
        assert_eq!(map.try_insert(key, 2), Ok(Some(1)));
        assert_eq!(map[key], 2);
    }
}

#[test]
fn remove_and_remove_entry_take_one_entry() {
    let keys = odd_keys();
    let mut map = numbered(&keys);
    for (i, key) in keys.iter().enumerate() {
        if i % 2 == 0 {
            assert_eq!(map.remove(key), Some(i));
        } else {
            assert_eq!(map.remove_entry(key), Some((key.clone(), i)));
        }
        assert_eq!((map.remove(key), map.remove_entry(key)), (None, None));
        assert_eq!(map.len(), keys.len() - i - 1);
    }
}

#[test]
fn get_mut_and_index_reach_the_value() {
    let mut map = StrMap::from([("short", 1), ("a key in the arena", 2)]);
    *map.get_mut("short").unwrap() += 10;
    *map.get_mut("a key in the arena").unwrap() += 10;
    assert_eq!(map.get_mut("absent"), None);
    assert_eq!((map["short"], map["a key in the arena"]), (11, 12));
}

#[test]
#[should_panic(expected = "no entry found for key")]
fn index_of_an_absent_key_panics() {
    let map = StrMap::from([("one", 1)]);
    let _ = map["two"];
}

#[test]
fn get_disjoint_mut_finds_each_key() {
    let mut map = StrMap::from([("short", 1), ("a key in the arena", 2)]);
    let [a, b, c] = map.get_disjoint_mut(["a key in the arena", "absent", "short"]);
    assert_eq!((a, b, c), (Some(&mut 2), None, Some(&mut 1)));
    assert_eq!(map.get_disjoint_mut(["absent", "absent"]), [None, None]);
}

#[test]
#[should_panic(expected = "duplicate keys found")]
fn get_disjoint_mut_panics_when_two_keys_are_equal() {
    StrMap::from([("a key in the arena", 2)]).get_disjoint_mut(["a key in the arena"; 2]);
}

#[test]
fn an_entry_of_a_present_key_allocates_nothing() {
    let keys = odd_keys();
    let mut map = numbered(&keys);
    let before = Tally::allocations();
    for key in &keys {
        *map.entry(key).or_insert(0) += 1;
        map.entry(key).and_modify(|n| *n += 1).or_default();
    }
    assert_eq!(Tally::allocations(), before);
    assert!(keys.iter().enumerate().all(|(i, key)| map[key.as_str()] == i + 2));
}

#[test]
fn occupied_entries_show_change_and_remove() {
    for key in ["short", "a key in the arena"] {
        let mut map = StrMap::from([(key, 1)]);
        let Entry::Occupied(mut entry) = map.entry(key) else { panic!("{key} is present") };
        assert_eq!((entry.key(), entry.get()), (key, &1));
        *entry.get_mut() += 1;
        assert_eq!(entry.insert(3), 2);
        *entry.into_mut() += 1;
        assert_eq!(map[key], 4);
        let Entry::Occupied(entry) = map.entry(key) else { panic!("{key} is present") };
        assert_eq!(entry.remove_entry(), (key.to_owned(), 4));
        assert!(map.is_empty());
    }
}

#[test]
fn vacant_entries_insert_or_change_nothing() {
    for key in ["short", "a key in the arena"] {
        let mut map = StrMap::new();
        let Entry::Vacant(entry) = map.entry(key) else { panic!("{key} is absent") };
        assert_eq!(entry.key(), key);
        assert!(map.is_empty());
        assert_eq!(map.entry(key).key(), key);
        assert_eq!(map.entry(key).or_insert_with_key(str::len), &key.len());
        assert_eq!(map.entry(key).or_insert_with(|| unreachable!()), &key.len());
        assert_eq!(map.entry(key).insert(7).get(), &7);
        assert_eq!(map.len(), 1);
    }
}

#[test]
fn iterators_visit_every_entry_once() {
    let keys = odd_keys();
    let mut map = numbered(&keys);
    let expected: StdMap<String, usize> = keys.iter().cloned().zip(0..).collect();
    let by_ref = map.iter().map(|(key, &n)| (key.to_owned(), n)).collect();
    assert_eq!((map.iter().len(), &expected), (keys.len(), &by_ref));
    assert_eq!(
        map.keys().map(str::to_owned).collect::<StdSet<_>>(),
        keys.iter().cloned().collect()
    );
    for (place, entry) in map.iter().collect::<Vec<_>>().into_iter().enumerate() {
        assert_eq!((map.iter().nth(place), map.keys().nth(place)), (Some(entry), Some(entry.0)));
    }
    let sum = keys.len() * (keys.len() - 1) / 2;
    assert_eq!(map.values().sum::<usize>(), sum);
    map.values_mut().for_each(|n| *n += 1);
    for (key, n) in &mut map {
        assert_eq!(expected[key] + 1, *n);
        *n -= 1;
    }
    assert_eq!(map.clone().into_keys().collect::<StdSet<_>>(), keys.iter().cloned().collect());
    assert_eq!(map.clone().into_values().sum::<usize>(), sum);
    assert_eq!(map.into_iter().collect::<StdMap<_, _>>(), expected);
}

#[test]
fn drain_empties_and_keeps_the_memory() {
    let keys: Vec<String> = odd_keys().into_iter().step_by(scaled(1, 1, 2) as usize).collect();
    for taken in [0, 3, keys.len()] {
        let mut map = numbered(&keys);
        let (capacity, size) = (map.capacity(), map.allocation_size());
        let drained: StdMap<String, usize> = map.drain().take(taken).collect();
        assert_eq!(drained.len(), taken);
        assert!(drained.iter().all(|(key, &n)| *key == keys[n]));
        assert_eq!((map.len(), map.capacity(), map.allocation_size()), (0, capacity, size));
        map.extend(keys.iter().zip(0..));
        assert_eq!((map.allocation_size(), &map), (size, &numbered(&keys)));
    }
}

#[test]
fn a_leaked_drain_leaves_an_empty_map_that_works() {
    let keys = odd_keys();
    let mut map = numbered(&keys);
    std::mem::forget(map.drain());
    assert!(map.is_empty() && map.iter().next().is_none());
    map.extend(keys.iter().zip(0..));
    assert_eq!(map, numbered(&keys));
}

#[test]
fn retain_keeps_what_the_closure_says() {
    let keys = odd_keys();
    let mut map = numbered(&keys);
    map.retain(|key, n| {
        assert_eq!(key, keys[*n]);
        *n += 1;
        *n % 3 == 1
    });
    let expected = keys.iter().cloned().zip(1..).step_by(3).collect();
    assert_same(&map, &expected);
}

#[test]
fn extract_if_takes_what_it_is_asked_for() {
    let keys = odd_keys();
    let mut map = numbered(&keys);
    let some: StdMap<_, _> = map.extract_if(|_, n| *n % 2 == 0).take(5).collect();
    assert_eq!((some.len(), map.len()), (5, keys.len() - 5));
    let rest: StdMap<_, _> = map.extract_if(|key, n| *n % 2 == 0 && *key == keys[*n]).collect();
    assert_eq!(rest.len(), keys.len().div_ceil(2) - 5);
    assert!(some.iter().chain(&rest).all(|(key, &n)| *key == keys[n] && !map.contains_key(key)));
    let expected = keys.iter().cloned().zip(0..).skip(1).step_by(2).collect();
    assert_same(&map, &expected);
}

#[test]
fn pop_takes_every_entry_once() {
    let keys = odd_keys();
    let mut map = numbered(&keys);
    let popped: StdMap<_, _> = std::iter::from_fn(|| map.pop()).collect();
    assert_eq!(popped, keys.into_iter().zip(0..).collect());
    assert!(map.is_empty());
}

#[test]
fn clear_keeps_the_memory_and_drop_gives_it_back() {
    let before = Tally::bytes();
    let keys = Tally::paused(odd_keys);
    let mut map = numbered(&keys);
    let size = map.allocation_size();
    assert_eq!(Tally::bytes() - before, size as isize);
    map.clear();
    assert_eq!((map.len(), map.allocation_size()), (0, size));
    map.extend(keys.iter().zip(0..));
    assert_eq!(map.allocation_size(), size);
    drop(map);
    assert_eq!(Tally::bytes(), before);
}

#[test]
fn a_map_of_many_long_keys_owns_two_blocks() {
    let before = Tally::bytes();
    let keys: Vec<String> = Tally::paused(|| (0..scaled(10_000, 2_000, 50)).map(long).collect());
    let map = numbered(&keys);
    assert_eq!(Tally::bytes() - before, map.allocation_size() as isize);
    let copied = Tally::allocations();
    let copy = map.clone();
    assert_eq!(Tally::allocations() - copied, 2);
    assert_eq!(copy, map);
}

#[test]
fn reserved_room_is_enough() {
    let keys: Vec<String> = (0..500).map(long).collect();
    let mut map = StrMap::with_capacity(keys.len());
    map.reserve_key_bytes(keys.iter().map(String::len).sum());
    let before = Tally::allocations();
    map.extend(keys.iter().map(|key| (key, ())));
    assert_eq!((Tally::allocations(), map.len()), (before, 500));
    map.reserve(1000);
    assert!(map.capacity() >= 1500);
    assert_eq!(map.try_reserve(usize::MAX), Err(TryReserveError::CapacityOverflow));
}

#[test]
fn shrink_to_fit_keeps_the_entries_and_no_garbage() {
    let keys: Vec<String> = (0..100).map(long).collect();
    let mut map = numbered(&keys);
    map.reserve(10_000);
    map.reserve_key_bytes(100_000);
    map.retain(|_, n| *n < 10);
    map.shrink_to_fit();
    assert!(map.allocation_size() < 10 * (40 + 64) + 600, "{} bytes", map.allocation_size());
    assert_eq!(map, numbered(&keys[..10]));
    map.clear();
    map.shrink_to_fit();
    assert_eq!(map.allocation_size(), 0);
}

#[test]
fn maps_with_other_seeds_are_equal_and_clones_are_the_same() {
    let keys = odd_keys();
    let map = numbered(&keys);
    let mut seeded = StrMap::with_seed(1);
    seeded.extend(keys.iter().zip(0..));
    assert_eq!(seeded, map);
    let mut copy = map.clone();
    assert!(copy.iter().eq(map.iter()), "a clone has the same order");
    copy.insert("one more", 0);
    assert_ne!(copy, map);
    copy.clone_from(&seeded);
    assert!(copy.iter().eq(seeded.iter()));
    *copy.get_mut(&keys[0]).unwrap() += 1;
    assert_ne!(copy, map);
}

#[test]
fn with_seed_is_the_same_everywhere() {
    let mut map = StrMap::with_seed(7);
    map.extend(["one", "two", "three", "a key in the arena"].map(|key| (key, ())));
    let mut again = StrMap::with_seed(7);
    again.extend(["one", "two", "three", "a key in the arena"].map(|key| (key, ())));
    assert!(map.keys().eq(again.keys()));
}

#[test]
fn maps_come_from_all_that_derefs_to_a_key() {
    let expected = StrMap::from([("one", 1), ("two", 2)]);
    assert_eq!(StrMap::from([("one".to_owned(), 1), ("two".to_owned(), 2)]), expected);
    assert_eq!([("one", 0), ("one", 1), ("two", 2)].into_iter().collect::<StrMap<_>>(), expected);
    let mut extended = StrMap::new();
    extended.extend([(Box::<str>::from("one"), 1)]);
    extended.extend(vec![("two", 2)]);
    assert_eq!(extended, expected);
    let bytes: BytesMap<_> = [("one", 1)].into_iter().collect();
    assert_eq!(bytes[b"one".as_slice()], 1);
    assert_eq!(StrMap::<u8>::default(), StrMap::new());
}

#[test]
fn debug_output_is_that_of_a_map() {
    let key = "a key in the arena";
    let mut map = StrMap::from([(key, 1)]);
    assert_eq!(format!("{map:?}"), r#"{"a key in the arena": 1}"#);
    assert_eq!(format!("{:?}", map.iter()), r#"[("a key in the arena", 1)]"#);
    assert_eq!(format!("{:?}", map.iter_mut()), r#"[("a key in the arena", 1)]"#);
    assert_eq!(format!("{:?}", map.keys()), r#"["a key in the arena"]"#);
    assert_eq!(format!("{:?} {:?}", map.values(), map.clone().into_values()), "[1] [1]");
    assert_eq!(format!("{:?}", map.values_mut()), "[1]");
    assert_eq!(format!("{:?}", map.clone().into_iter()), r#"[("a key in the arena", 1)]"#);
    assert_eq!(format!("{:?}", map.clone().into_keys()), r#"["a key in the arena"]"#);
    assert_eq!(format!("{:?}", map.extract_if(|_, _| false)), "ExtractIf { remaining: 1 }");
    assert_eq!(
        format!("{:?}", map.entry(key)),
        r#"Entry(OccupiedEntry { key: "a key in the arena", value: 1, .. })"#
    );
    assert_eq!(format!("{:?}", map.entry("absent")), r#"Entry(VacantEntry("absent"))"#);
    assert_eq!(format!("{:?}", map.drain()), r#"[("a key in the arena", 1)]"#);
}

// --- The arena under removal ---

/// Bytes allocated beyond the table and twice what is needed for the keys.
fn excess(map: &StrMap<u64>, slots_and_slack: usize) -> isize {
    let keys: usize = map.keys().map(str::len).filter(|&len| len > 15).sum();
    map.allocation_size() as isize - (slots_and_slack + 4 * keys) as isize
}

#[test]
fn garbage_is_collected_and_contents_stay() {
    let mut rng = Rng::new(1);
    let mut model = StdMap::new();
    let mut map = StrMap::new();
    let rounds = scaled(200_000, 20_000, 150);
    for round in 0..rounds {
        // Phases of growth, of churn and of shrinking.
        let wanted = [400, 400, 10, 300, 0][(5 * round / rounds) as usize];
        let n = rng.below(500) as u64;
        let key = if n % 3 == 0 { n.to_string() } else { long(n).repeat(1 + n as usize % 4) };
        if model.len() > wanted || rng.below(3) == 0 {
            assert_eq!(map.remove(&key), model.remove(&key));
        } else {
            assert_eq!(map.insert(&key, round), model.insert(key, round));
        }
        if round % 1024 == 0 {
            assert_same(&map, &model);
        }
        // 1,024 slots of 24 bytes and what goes with them, and the garbage that is let be.
        if round % scaled(1, 1, 16) == 0 {
            assert!(excess(&map, 26 * 1024 + 4 * 4096) <= 0, "{} bytes", map.allocation_size());
        }
    }
    assert_same(&map, &model);
}

#[test]
fn a_map_of_constant_size_stops_allocating_more() {
    const HALF: usize = if cfg!(miri) { 40 } else { 500 };
    let mut map = StrMap::new();
    let keys: Vec<String> = (0..2 * HALF as u64).map(long).collect();
    map.extend(keys[..HALF].iter().zip(0..));
    let mut most = 0;
    for round in 0..scaled(100, 20, 1) as usize {
        for i in 0..HALF {
            map.remove(&keys[(i + HALF * round) % (2 * HALF)]);
            map.insert(&keys[(i + HALF * (round + 1)) % (2 * HALF)], 1);
        }
        if round == 4 {
            most = map.allocation_size();
        }
        assert!(round < 5 || map.allocation_size() <= 2 * most, "round {round}");
    }
    assert_eq!(map.len(), HALF);
}

/// At constant size the arena stays within twice the bytes that live and a block as large as those, at
/// any time, and keeps its block once it has grown to it.
#[test]
fn keys_replaced_in_turn_keep_their_block() {
    /// Number and length of keys.
    const KEYS: usize = if cfg!(miri) { 6 } else { 200 };
    const LEN: usize = if cfg!(miri) { 700 } else { 1000 };
    let key = |n: usize| "0".repeat(LEN - 10) + &format!("{n:010}");
    for removal_first in [true, false] {
        let mut map: StrMap<()> = (0..KEYS).map(|n| (key(n), ())).collect();
        let mut block = 0;
        for round in 1..scaled(20, 20, 3) as usize {
            for n in KEYS * round..KEYS * (round + 1) {
                let (old, new) = (key(n - KEYS), key(n));
                let before = Tally::bytes() - books(&map).block as isize;
                let peak = Tally::peak(|| {
                    if removal_first {
                        map.remove(&old);
                        map.insert(&new, ());
                    } else {
                        map.insert(&new, ());
                        map.remove(&old);
                    }
                });
                let most = (3 * LEN * (KEYS + 1)) as isize;
                assert!(peak - before <= most, "{} bytes in round {round}", peak - before);
            }
            if round > 1 {
                assert_eq!(books(&map).block, block, "round {round}");
            }
            block = books(&map).block;
            assert!(block <= 2 * LEN * (KEYS + 1), "a block of {block} bytes");
        }
        assert!((0..KEYS).all(|n| !map.contains_key(&key(n))));
        assert_eq!(map.len(), KEYS);
    }
}

#[test]
fn a_map_emptied_by_extract_if_stops_allocating_more() {
    let mut map = StrMap::from([(long(0), 0)]);
    for n in 1..scaled(1000, 1000, 120) {
        map.insert(&long(n), n);
        assert_eq!(map.extract_if(|_, value| *value == n).count(), 1);
    }
    assert_eq!(map, StrMap::from([(long(0), 0)]));
    // 4 KiB of garbage are let be, and the block doubles.
    assert!(map.allocation_size() < 3 * 4096, "{} bytes", map.allocation_size());
}

#[test]
fn when_collecting_fails_nothing_is_lost() {
    let keys: Vec<String> = (0..scaled(400, 400, 240)).map(long).collect();
    let (mut map, most) = (numbered(&keys), keys.len() * 3 / 4);
    let ((), refused) = Tally::refusing(1, || {
        for key in &keys[..most] {
            map.remove(key);
        }
    });
    assert!(refused.is_some(), "collecting asked for memory");
    for (i, key) in keys.iter().enumerate().skip(most) {
        assert_eq!(map.get_key_value(key), Some((key.as_str(), &i)));
    }
    assert_eq!(map.len(), keys.len() - most);
}

// --- Allocations that fail ---

#[test]
fn try_insert_survives_the_failure_of_any_allocation() {
    let half = scaled(60, 60, 12);
    let keys: Vec<String> = (0..half).map(long).chain((0..half).map(|n| n.to_string())).collect();
    let mut failures = 0;
    for n in 1.. {
        let mut map = StrMap::new();
        let mut rejected: Vec<(usize, RejectedValue<usize>)> = Vec::with_capacity(1);
        let (_, refused) = Tally::refusing(n, || {
            for (i, key) in keys.iter().enumerate() {
                if let Err(error) = map.try_insert(key, i) {
                    rejected.push((i, error));
                }
            }
        });
        if refused.is_none() {
            break;
        }
        failures += 1;
        let [(i, RejectedValue { value, error })] = &rejected[..] else { panic!("{rejected:?}") };
        assert_eq!(i, value);
        assert!(matches!(error, InsertError::NoRoom(TryReserveError::AllocError { .. })));
        assert_eq!(map.len(), keys.len() - 1);
        map.insert(&keys[*i], *i);
        assert_eq!(map, numbered(&keys));
    }
    assert!(failures > 5, "only {failures} allocations");
}

#[test]
fn extension_and_copies_survive_the_failure_of_any_allocation() {
    let half = if cfg!(miri) { 6 } else { scaled(60, 60, 12) };
    let keys: Vec<String> = (0..half).map(long).chain((0..half).map(|n| n.to_string())).collect();
    let entries = || keys.iter().enumerate().map(|(i, key)| (key, i));
    let mut failures = 0;
    for n in 1.. {
        let mut map = StrMap::new();
        let (result, refused) = Tally::refusing(n, || map.try_extend(entries()));
        let Err(rejected) = result else {
            assert!(refused.is_none());
            break;
        };
        failures += 1;
        let stored = map.len();
        assert!(matches!(rejected.error, InsertError::NoRoom(TryReserveError::AllocError { .. })));
        assert_eq!(map, numbered(&keys[..stored]));
        if stored != 0 {
            let before = Tally::allocations();
            assert!(matches!(map.try_entry(&keys[0]), Ok(Entry::Occupied(_))));
            assert_eq!(Tally::allocations(), before, "memory for a key that is present");
        }
        assert!(map.try_reserve(1).is_ok());
        let key = long(half + 1);
        let (result, refused) = Tally::refusing(1, || match map.entry(&key) {
            Entry::Vacant(entry) => entry.try_insert(7).map(|value| *value),
            Entry::Occupied(_) => panic!("the key is not in the map"),
        });
        // Whether the bytes of the key find room depends on the state of the arena.
        match result {
            Ok(value) => assert_eq!((value, refused, map.remove(&key)), (7, None, Some(7))),
            Err(rejected) => assert!(refused.is_some() && rejected.value == 7),
        }
        assert_eq!(map, numbered(&keys[..stored]));
        assert!(map.try_extend(rejected.value).is_ok());
        assert_eq!(map, numbered(&keys));
    }
    assert!(failures > 5, "only {failures} allocations");
    let map: StrMap<usize> = entries().collect();
    for n in 1..=2 {
        let (copy, refused) = Tally::refusing(n, || map.try_clone().map(drop));
        let layout = refused.expect("a copy needs memory for the table and for long keys");
        assert_eq!(copy, Err(TryReserveError::AllocError { layout }));
    }
    let (copy, refused) = Tally::refusing(3, || map.try_clone());
    assert_eq!((copy.as_ref(), refused), (Ok(&map), None));
}

/// Whichever allocation fails, `try_entry` says so; and what it returns is filled without another.
#[test]
fn try_entry_survives_the_failure_of_any_allocation() {
    let half = scaled(60, 60, 12);
    let keys: Vec<String> = (0..half).map(long).chain((0..half).map(|n| n.to_string())).collect();
    let mut failures = 0;
    for n in 1.. {
        let mut map = StrMap::new();
        let mut rejected = Vec::with_capacity(1);
        let (_, refused) = Tally::refusing(n, || {
            for (i, key) in keys.iter().enumerate() {
                match map.try_entry(key) {
                    Ok(entry) => {
                        let before = Tally::allocations();
                        entry.or_insert(i);
                        assert_eq!(Tally::allocations(), before, "room was announced");
                    }
                    Err(error) => rejected.push((i, error)),
                }
            }
        });
        let Some(layout) = refused else {
            assert!(rejected.is_empty());
            break;
        };
        failures += 1;
        let [(i, error)] = &rejected[..] else { panic!("{rejected:?}") };
        assert_eq!(*error, InsertError::NoRoom(TryReserveError::AllocError { layout }));
        assert_eq!(map.len(), keys.len() - 1);
        map.insert(&keys[*i], *i);
        assert_eq!(map, numbered(&keys));
    }
    assert!(failures > 5, "only {failures} allocations");
}

#[test]
fn sets_survive_the_failure_of_any_allocation() {
    let keys: Vec<String> = (0..scaled(60, 60, 12)).map(long).collect();
    let mut failures = 0;
    for n in 1.. {
        let mut set = StrSet::new();
        let (result, refused) = Tally::refusing(n, || set.try_extend(&keys));
        let Err(rejected) = result else {
            assert!(refused.is_none());
            let (copy, refused) = Tally::refusing(2, || set.try_clone().map(drop));
            let layout = refused.expect("a copy needs memory for the table and for long keys");
            assert_eq!(copy, Err(TryReserveError::AllocError { layout }));
            assert_eq!(set.try_clone(), Ok(keys.iter().collect()));
            break;
        };
        failures += 1;
        assert_eq!(set, keys[..set.len()].iter().collect());
        assert!(set.try_extend(rejected.value).is_ok());
        assert_eq!(set, keys.iter().collect());
    }
    assert!(failures > 5, "only {failures} allocations");
}

#[test]
fn try_reserve_reports_what_was_refused() {
    let mut map = StrMap::from([("one", 1)]);
    let (result, refused) = Tally::refusing(1, || map.try_reserve(100));
    let layout: Layout = refused.expect("there is no room for 100 in a small map");
    assert_eq!(result, Err(TryReserveError::AllocError { layout }));
    assert_eq!(map["one"], 1);
}

// --- Panics ---

thread_local! {
    /// How many values there are, and blocks of an allocator that counts them.
    static ALIVE: Cell<isize> = const { Cell::new(0) };
    /// The call of user code that panics, counted from now.
    static PANIC_IN: Cell<u32> = const { Cell::new(0) };
}

/// A value that counts itself and panics when told to.
#[derive(Debug, PartialEq)]
struct Bomb(usize);

impl Bomb {
    fn new(n: usize) -> Self {
        ALIVE.set(ALIVE.get() + 1);
        Bomb(n)
    }

    fn tick() {
        PANIC_IN.set(PANIC_IN.get().wrapping_sub(1));
        if PANIC_IN.get() == 0 {
            panic!("the bomb");
        }
    }
}

impl Clone for Bomb {
    fn clone(&self) -> Self {
        Self::tick();
        Bomb::new(self.0)
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
        if !std::thread::panicking() {
            Self::tick();
        }
    }
}

/// Runs `f` on a map of odd keys with the `n`-th call of user code panicking, for every fifth `n`;
/// then what is left in the map must be in order, and nothing be dropped twice or leaked.
fn with_every_panic(f: impl Fn(&mut StrMap<Bomb>)) {
    with_every_panic_in::<Global>(f);
}

/// The same with an allocator, which may panic too.
fn with_every_panic_in<A: Allocator + Default>(f: impl Fn(&mut StrMap<Bomb, A>)) {
    let keys: Vec<String> = odd_keys().into_iter().step_by(scaled(5, 15, 8) as usize).collect();
    let mut panics = 0;
    for n in (1..).step_by(if cfg!(miri) { 8 } else { 5 }) {
        ALIVE.set(0);
        PANIC_IN.set(0);
        let mut map: StrMap<Bomb, A> =
            keys.iter().enumerate().map(|(i, key)| (key, Bomb::new(i))).collect();
        PANIC_IN.set(n);
        let panicked = catch_unwind(AssertUnwindSafe(|| f(&mut map))).is_err();
        PANIC_IN.set(0);
        for (key, bomb) in &map {
            assert_eq!(key, keys[bomb.0]);
            assert_eq!(map.get(key), Some(bomb));
        }
        for (i, key) in keys.iter().enumerate() {
            map.insert(key, Bomb::new(i));
        }
        assert_eq!((map.len(), map.keys().fold(0, |n, _| n + 1)), (keys.len(), keys.len()));
        drop(map);
        assert_eq!(ALIVE.get(), 0, "values or blocks alive after panic {n}");
        panics += u32::from(panicked);
        if !panicked {
            break;
        }
    }
    assert!(panics > 0);
}

#[test]
#[cfg_attr(panic = "abort", ignore = "needs unwinding")]
fn a_panic_in_clear_drop_or_drain_loses_nothing_else() {
    with_every_panic(StrMap::clear);
    with_every_panic(|map| drop(std::mem::take(map)));
    with_every_panic(|map| map.drain().take(7).for_each(drop));
    with_every_panic(|map| std::mem::take(map).into_iter().take(7).for_each(drop));
    with_every_panic(|map| std::mem::take(map).into_keys().for_each(drop));
    with_every_panic(|map| std::mem::take(map).into_values().for_each(drop));
}

#[test]
#[cfg_attr(panic = "abort", ignore = "needs unwinding")]
fn a_panic_in_retain_or_extract_if_loses_nothing_else() {
    with_every_panic(|map| map.retain(|key, _| key.len() % 2 == 0));
    with_every_panic(|map| map.extract_if(|key, _| key.len() % 2 == 0).for_each(drop));
    with_every_panic(|map| {
        let mut left = 9;
        map.retain(|_, _| {
            Bomb::tick();
            left -= 1;
            left > 0
        });
    });
}

#[test]
#[cfg_attr(panic = "abort", ignore = "needs unwinding")]
fn a_panic_in_clone_or_clone_from_loses_nothing_else() {
    with_every_panic(|map| *map = map.clone());
    with_every_panic(|map| {
        let source = std::mem::take(map);
        map.insert("something else", Bomb::new(0));
        map.remove("something else");
        map.clone_from(&source);
    });
}

#[test]
#[cfg_attr(panic = "abort", ignore = "needs unwinding")]
fn after_a_panic_in_clone_from_keys_that_are_missing_take_no_room() {
    struct Fuse(Cell<usize>);
    impl Clone for Fuse {
        fn clone(&self) -> Self {
            assert!(self.0.get() > 0, "no clone");
            Fuse(Cell::new(self.0.get()))
        }
    }
    let len = scaled(1000, 1000, 40) as usize;
    let key = |n: usize| format!("{n}: {}", "a long key".repeat(10));
    for cloned in [0, 1, len / 4] {
        let source: StrMap<Fuse> = (0..len).map(|n| (key(n), Fuse(Cell::new(1)))).collect();
        source.values().nth(cloned).expect("there are more").0.set(0);
        let mut map = StrMap::new();
        assert!(catch_unwind(AssertUnwindSafe(|| map.clone_from(&source))).is_err());
        assert_eq!(map.len(), cloned);
        let live = map.keys().map(str::len).sum();
        assert_eq!(books(&map).live, live, "of {} keys", map.len());
        for n in 0..len {
            map.remove(&key(n));
        }
        assert_eq!((books(&map).live, books(&map).garbage), (0, 0));
    }
}

#[test]
#[cfg_attr(panic = "abort", ignore = "needs unwinding")]
#[cfg(feature = "allocator-api2")]
fn a_panic_in_the_allocator_loses_nothing() {
    /// Counts its blocks and panics when told to: before it allocates, after it has freed. So its
    /// `grow`, the trait's own, may unwind with the old block freed.
    #[derive(Default)]
    struct Panics;
    impl Clone for Panics {
        fn clone(&self) -> Self {
            Bomb::tick();
            Panics
        }
    }
    // SAFETY: all blocks are those of the global allocator.
    unsafe impl Allocator for Panics {
        fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
            Bomb::tick();
            ALIVE.set(ALIVE.get() + 1);
            Global.allocate(layout)
        }
        unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
            ALIVE.set(ALIVE.get() - 1);
            // SAFETY: the caller's contract.
            unsafe { Global.deallocate(block, layout) };
            if !std::thread::panicking() {
                Bomb::tick();
            }
        }
    }
    with_every_panic_in::<Panics>(|map| {
        let entries: Vec<_> = map.drain().collect();
        map.shrink_to_fit();
        map.extend(entries);
        map.reserve_key_bytes(1 << 20);
    });
    with_every_panic_in::<Panics>(|map| std::mem::take(map).into_values().for_each(drop));
    with_every_panic_in::<Panics>(|map| std::mem::take(map).into_iter().for_each(drop));
    with_every_panic_in::<Panics>(|map| map.retain(|key, _| key.len() < 40));
    with_every_panic_in::<Panics>(|map| *map = map.clone());
    with_every_panic_in::<Panics>(|map| {
        map.extract_if(|key, _| key.len() % 2 == 0).for_each(drop);
        map.shrink_to_fit();
    });
}

#[test]
#[cfg_attr(panic = "abort", ignore = "needs unwinding")]
fn a_panic_in_an_entrys_closure_changes_nothing() {
    for key in ["short", "a key in the arena"] {
        let mut map = StrMap::from([("other", 1)]);
        let insert = |map: &mut StrMap<i32>| {
            map.entry(key).or_insert_with(|| panic!("no value"));
        };
        assert!(catch_unwind(AssertUnwindSafe(|| insert(&mut map))).is_err());
        assert_eq!(map, StrMap::from([("other", 1)]));
        let modify = |map: &mut StrMap<i32>| {
            map.entry("other").and_modify(|_| panic!("no change"));
        };
        assert!(catch_unwind(AssertUnwindSafe(|| modify(&mut map))).is_err());
        assert_eq!(map, StrMap::from([("other", 1)]));
    }
}
