//! The table of tables against a model.
//!
//! Entries are large, so tables at the bound are small and a few thousand entries make a deep directory.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cell::Cell;
use core::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::table::{Tables, spread};
use crate::allocator::{Allocator, Global};
use crate::error::Fallibility;
use crate::group::{Group, Native};
use crate::raw::Plain;
use crate::raw::batch::RawBatch;
use crate::raw::tests::batch::Wanted;
use crate::raw::tests::{HashFn, Random, by_fold, tried};

/// An entry of 4 KiB (half of that under Miri): 30 of them, or about as many, are a full table.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Big<const N: usize = VALUES>(u64, [u64; N]);

const VALUES: usize = if cfg!(miri) { 255 } else { 511 };

/// So many values make an entry of which a table is split in several steps.
const FEWER: usize = if cfg!(miri) { 63 } else { 31 };

impl<const N: usize> Big<N> {
    fn new(key: u64, value: u64) -> Self {
        let mut values = [0; N];
        // Where the tests look.
        [0, 7, N - 1].iter().for_each(|&at| values[at] = value);
        Big(key, values)
    }
}

/// The hashers: good, and bad in one way each.
const HASHERS: [(&str, HashFn); 7] = [
    ("good", good),
    ("identity", |key| key),
    ("constant", |_| 0x5555),
    ("high bits", |key| key << 52),
    ("top half", |key| key << 32),
    ("low bits", |key| key & 15),
    ("two", |key| if key % 16 == 0 { good(key) } else { 7 }),
];

/// All of them, but under Miri a good one and a bad one: for what takes long.
fn few_hashers() -> impl Iterator<Item = (&'static str, HashFn)> {
    HASHERS.into_iter().step_by(if cfg!(miri) { 6 } else { 1 })
}

fn good(key: u64) -> u64 {
    let key = (key ^ (key >> 31)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (key ^ (key >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ key >> 29
}

fn insert<const N: usize, A: Allocator + Clone>(
    tables: &mut Tables<Big<N>, A>,
    hash: HashFn,
    key: u64,
    value: u64,
) -> Option<u64> {
    let (present, big) = put(tables, hash(key), Big::new(key, value), |entry| hash(entry.0))?;
    Some(mem::replace(present, big).1[N - 1])
}

/// Stores an entry, or returns it together with the one that has its key.
fn put<const N: usize, A: Allocator + Clone>(
    tables: &mut Tables<Big<N>, A>,
    hash: u64,
    big: Big<N>,
    hasher: impl Fn(&Big<N>) -> u64,
) -> Option<(&mut Big<N>, Big<N>)> {
    tables.insert(hash, big, |present, big| present.0 == big.0, hasher)
}

#[test]
fn bound_and_sizes() {
    assert_eq!(Tables::<u64, Global>::HOMES, 4096);
    assert_eq!(Tables::<(u64, u64), Global>::HOMES, 4096);
    assert_eq!(Tables::<[u8; 200], Global>::HOMES, 256);
    assert_eq!(Tables::<[u8; 4096], Global>::HOMES, 32);
    assert_eq!(Tables::<(), Global>::HOMES, 4096);
    fn fits<T>() {
        let tables = Tables::<T, Global>::with_capacity_in(Tables::<T, Global>::BOUND, Global);
        assert_eq!(tables.root.homes(), Tables::<T, Global>::HOMES);
        let (bytes, most) = (tables.allocation_size(), Tables::<T, Global>::TABLE_BYTES);
        assert!(bytes <= most && most <= bytes + 2 * size_of::<T>().max(4096), "{bytes} {most}");
    }
    fits::<u8>();
    fits::<u64>();
    fits::<(u64, u64)>();
    fits::<[u8; 200]>();
    fits::<[u64; 512]>();
}

/// The number of tables is bounded by what a directory can tell apart, whatever the size of an address.
#[test]
fn depths() {
    type Numbers = Tables<u64, Global>;
    let bound = Numbers::BOUND;
    for (tables, depth) in
        [(1, 0), (2, 1), (3, 2), (1 << 15, 15), ((1 << 15) + 1, 16), (1 << 18, 18)]
    {
        assert_eq!(Numbers::depth_for(tables * bound), Some(depth));
        assert_eq!(Numbers::depth_for(tables * bound - bound + 1), Some(depth));
    }
    let most = usize::MAX / bound;
    assert_eq!(Numbers::depth_for(most * bound).is_some(), usize::BITS == 32);
    if usize::BITS > u32::BITS {
        let most = bound << Numbers::MOST_DEPTH;
        assert_eq!(Numbers::depth_for(most), Some(u32::BITS - 1));
        assert_eq!(Numbers::depth_for(most + 1), None);
    }
}

#[test]
fn follows_a_model() {
    follow::<VALUES>(if cfg!(miri) { 36 } else { 6000 });
}

#[test]
fn follows_a_model_in_the_middle_of_splits() {
    let meanwhile = follow::<FEWER>(if cfg!(miri) { 0 } else { 16_000 });
    assert!(cfg!(miri) || meanwhile > 300, "{meanwhile} operations in the middle of a split");
}

/// So many operations with all hashers. How many of them found a split that was going on.
fn follow<const N: usize>(steps: u64) -> usize {
    let mut meanwhile = 0;
    for (name, hash) in HASHERS {
        let hasher = |entry: &Big<N>| hash(entry.0);
        let mut random = Random(1);
        let mut tables = Tables::<Big<N>, Global>::new_in(Global);
        let mut model = BTreeMap::new();
        let keys = if cfg!(miri) { 50 } else { steps as usize / 4 };
        let mut deepest = 0;
        for step in 0..steps {
            let key = random.below(keys) as u64;
            // What comes rarely comes in turn where steps are few.
            let rare = cfg!(miri) && step % 4 == 3;
            match if rare { 391 + step as usize / 4 % 9 } else { random.below(400) } {
                0..=250 => {
                    assert_eq!(insert(&mut tables, hash, key, step), model.insert(key, step));
                }
                251..=390 => {
                    let removed = tables.remove(hash(key), |entry| entry.0 == key);
                    assert_eq!(removed.map(|entry| entry.1[0]), model.remove(&key));
                }
                391 => tables.shrink_to_fit(hasher),
                392 => {
                    let more = random.below(if cfg!(miri) { 60 } else { 200 });
                    tables.reserve_as(more, hasher, Fallibility::Infallible).unwrap();
                    assert!(tables.capacity() >= tables.len() + more);
                }
                393 => {
                    tables.retain(|entry| entry.0 % 7 != 3);
                    model.retain(|key, _| key % 7 != 3);
                }
                394 => {
                    let mut out = tables.extract_if();
                    let mut most = out.remaining();
                    for _ in 0..10 {
                        let Some(entry) = out.next(|entry| entry.0 % 3 == 0) else { break };
                        assert_eq!(model.remove(&entry.0), Some(entry.1[7]));
                        assert!(out.remaining() < most);
                        most = out.remaining();
                    }
                }
                395 => {
                    let source = mem::replace(&mut tables, Tables::new_in(Global));
                    tables
                        .clone_into_new(&source, Plain::of_value, Fallibility::Infallible)
                        .unwrap();
                }
                396 if step > steps / 2 => {
                    let before = (tables.capacity(), tables.directory.len());
                    let mut drain = tables.drain();
                    let taken = drain.by_ref().take(5).filter(|entry| model.contains_key(&entry.0));
                    assert_eq!(taken.count(), model.len().min(5));
                    assert_eq!(
                        drain.iter().fold(0, |n, _| n + 1) + model.len().min(5),
                        model.len()
                    );
                    drop(drain);
                    assert_eq!((tables.capacity(), tables.directory.len()), before);
                    model.clear();
                }
                _ => {
                    let mut seen: Vec<_> =
                        tables.iter().map(|entry| (entry.0, entry.1[N - 1])).collect();
                    seen.sort_unstable();
                    assert!(seen.into_iter().eq(model.iter().map(|(&k, &v)| (k, v))));
                    assert_eq!(tables.iter().len(), tables.iter_mut().fold(0, |n, _| n + 1));
                }
            }
            meanwhile += usize::from(tables.moving.is_some());
            deepest = deepest.max(tables.directory.depth());
            assert_eq!(tables.len(), model.len());
            let found = tables.find(hash(key), |entry| entry.0 == key).map(|entry| entry.1[0]);
            assert_eq!(found, model.get(&key).copied());
            if step % 16 == 0 {
                tables.check(hasher);
            }
        }
        tables.check(hasher);
        std::println!("{name}: depth up to {deepest}, {} records", tables.directory.len());
        let mut all: Vec<_> = tables.into_iter().map(|entry| (entry.0, entry.1[0])).collect();
        all.sort_unstable();
        assert!(all.into_iter().eq(model));
    }
    meanwhile
}

#[test]
fn a_good_hash_keeps_the_bound_and_a_weak_one_no_runaway_directory() {
    let entries = if cfg!(miri) { 43 } else { 4000 };
    for (name, hash) in few_hashers() {
        let mut tables = Tables::<Big, Global>::new_in(Global);
        for key in 0..entries {
            insert(&mut tables, hash, key, key);
            if key % 64 == 0 {
                tables.check(|entry| hash(entry.0));
            }
            assert!(tables.directory.len() <= 8 * tables.tables.max(1), "{name}");
        }
        tables.check(|entry| hash(entry.0));
        let bytes = tables.allocation_size();
        match name {
            "good" | "identity" => {
                assert_eq!(tables.beyond(), 0, "{name}");
                // Splits take back what they can of the overflow counts.
                let exact = tables
                    .those_in_directory()
                    .filter(|table| table.check_invariants(|entry| hash(entry.0)));
                // (A count that has been at its highest stays there: in windows of 8, many have been.)
                let most = 10 * exact.count() >= 9 * tables.tables;
                let few = cfg!(any(miri, target_pointer_width = "32")) || Native::WIDTH < 16;
                assert!(most || few || name == "identity", "splits leave overflow counts behind");
            }
            "constant" => assert!(tables.beyond() == 1 && tables.tables == 1, "{name}"),
            _ => {}
        }
        let most = 6 * (entries as usize + 60) * size_of::<Big>();
        assert!(bytes < most, "{name}: {bytes} of {most}");
        tables.retain(|entry| entry.0 < 20 || entry.0 % 3 == 0);
        tables.shrink_to_fit(|entry| hash(entry.0));
        tables.check(|entry| hash(entry.0));
        if let "good" | "identity" = name {
            let (several, beyond) = (tables.tables > 1, tables.beyond());
            // (The few entries under Miri fit one.)
            let fits = (several || cfg!(miri)) && beyond == 0;
            assert!(fits, "{name}: tables were joined to one that is too large");
        }
        tables.retain(|entry| entry.0 < 20);
        tables.shrink_to_fit(|entry| hash(entry.0));
        tables.check(|entry| hash(entry.0));
        assert!(tables.directory.depth() == 0 && tables.len() == 20, "{name}");
        assert!((0..20).all(|key| tables.find(hash(key), |entry| entry.0 == key).is_some()));
    }
}

#[test]
fn a_panicking_hasher_loses_nothing() {
    if cfg!(not(panic = "abort")) {
        interrupted::<VALUES>(if cfg!(miri) { 45 } else { 500 });
        interrupted::<FEWER>(if cfg!(miri) { 0 } else { 1500 });
    }
}

fn interrupted<const N: usize>(entries: u64) {
    let mut tables = Tables::<Big<N>, Global>::new_in(Global);
    let hasher = |entry: &Big<N>| good(entry.0);
    let until = Cell::new(0usize);
    let fragile = |entry: &Big<N>| {
        assert!(until.get() != 0, "the hasher gives up");
        until.set(until.get() - 1);
        good(entry.0)
    };
    for key in 0..entries {
        // Each insertion that asks for hashes is interrupted at the first, in the middle, at the last.
        for calls in
            [0, 1, Tables::<Big<N>, Global>::BOUND / 2, Tables::<Big<N>, Global>::BOUND - 1]
        {
            until.set(calls);
            let result = catch_unwind(AssertUnwindSafe(|| {
                put(&mut tables, good(key), Big::new(key, key), fragile);
            }));
            if result.is_err() || tried(key as usize, 16) {
                tables.check(hasher);
            }
            if result.is_ok() {
                break;
            }
        }
        insert(&mut tables, good, key, key);
        assert_eq!(tables.len() as u64, key + 1);
    }
    for calls in [0, 1, 20, 100].into_iter().step_by(if cfg!(miri) { 2 } else { 1 }) {
        until.set(calls);
        let _ = catch_unwind(AssertUnwindSafe(|| {
            tables.reserve_as(4 * entries as usize, fragile, Fallibility::Infallible)
        }));
        tables.check(hasher);
        tables.retain(|entry| entry.0 % 5 != 0);
        until.set(calls);
        let _ = catch_unwind(AssertUnwindSafe(|| tables.shrink_to_fit(fragile)));
        tables.check(hasher);
    }
    assert_eq!(tables.iter().fold(0, |n, _| n + 1), tables.len());
}

/// In unit tests, a table of large entries is always beyond the cache.
#[test]
fn a_batch_answers_as_single_lookups() {
    for (name, hash) in few_hashers() {
        for entries in if cfg!(miri) { &[1, 43][..] } else { &[0, 1, 20, 100, 1500] } {
            let entries = *entries;
            let mut tables = Tables::<Big, Global>::new_in(Global);
            for key in 0..entries {
                insert(&mut tables, hash, key, key);
            }
            let mut random = Random(entries);
            let keys: Vec<u64> = (0..if cfg!(miri) { 20 } else { 1000 })
                .map(|_| random.below(2 * entries as usize + 1) as u64)
                .collect();
            let found = |key: &u64| tables.find(hash(*key), |entry| entry.0 == *key);
            let eq = |key, entry: &Big| entry.0 == key;
            let batch = || RawBatch::new(&tables, Wanted { keys: keys.iter().copied(), hash, eq });
            assert!(batch().eq(keys.iter().map(found)), "{name}, {entries} entries");
            assert!(
                by_fold(batch()).into_iter().eq(keys.iter().map(found)),
                "{name}, {entries} entries"
            );
        }
    }
}

/// Means are weighted by what they are means of; sums are sums.
#[test]
fn statistics_are_those_of_all_tables() {
    for (_, hash) in few_hashers() {
        let hasher = |entry: &Big| hash(entry.0);
        let mut tables = Tables::<Big, Global>::new_in(Global);
        for key in 0..if cfg!(miri) { 43 } else { 1000 } {
            if key % 200 == 20 {
                let (all, root) = (tables.statistics(hasher), tables.root.statistics(hasher));
                assert!(tables.directory.depth() != 0 || all == root);
            }
            insert(&mut tables, hash, key, key);
        }
        let all = tables.statistics(hasher);
        let (mut slots, mut homes, mut steps, mut longest) = (0, 0, 0, 0);
        let (mut hits, mut misses, mut pairs, mut alike) = (0.0, 0.0, 0.0, 0.0);
        for table in tables.those_in_directory() {
            let one = table.statistics(hasher);
            slots += one.slots;
            homes += table.homes();
            steps += one.steps;
            longest = longest.max(one.max_hit_windows);
            hits += one.hit_windows * one.entries as f64;
            misses += one.miss_windows * table.homes() as f64;
            let both = one.entries as f64 * one.entries.saturating_sub(1) as f64;
            pairs += both;
            alike += one.equal_tags * both;
        }
        assert_eq!((all.entries, all.bytes), (tables.len(), tables.allocation_size()));
        assert_eq!((all.slots, all.steps, all.max_hit_windows), (slots, steps, longest));
        for (mean, sum, of) in [
            (all.hit_windows, hits, all.entries as f64),
            (all.miss_windows, misses, homes as f64),
            (all.equal_tags, alike, pairs),
        ] {
            assert!((mean - sum / of).abs() < 1e-9, "{mean} is not {sum} / {of}");
        }
    }
}

/// What needs an allocator of its own.
#[cfg(feature = "allocator-api2")]
mod refusals {
    use super::*;
    use crate::error::TryReserveError;
    use crate::raw::tests::Metered;

    /// The first entries are alike and grow their table beyond the bound, until others come by which it is
    /// split.
    fn crowded(key: u64) -> u64 {
        if key < 40 { 7 } else { good(key) }
    }

    /// Inserts an absent entry as a fallible insertion does: once there is room, it asks for nothing more.
    fn try_insert<const N: usize>(
        tables: &mut Tables<Big<N>, Metered>,
        hash: u64,
        key: u64,
        hasher: impl Fn(&Big<N>) -> u64,
    ) -> Result<(), TryReserveError> {
        if let Err(mut vacancy) = tables.find_or_vacancy(hash, |entry| entry.0 == key) {
            tables.reserve_for(&mut vacancy, hash, &hasher)?;
            let requests = tables.allocator().requests();
            // SAFETY: the vacancy was found for this hash; room was made for it, and nothing else has happened.
            unsafe { tables.fill(vacancy, hash, Big::new(key, key), &hasher) };
            let after = tables.allocator().requests();
            assert_eq!(after, requests, "memory was asked for that could not be refused");
        }
        Ok(())
    }

    /// Nearly all hashes are on one side of a split, whose last steps then fill that side to the last entry: so
    /// the step that makes room for an entry must be the only one that its insertion takes.
    #[test]
    fn a_fallible_insertion_takes_one_step_of_a_split() {
        type Small = Big<31>;
        const BOUND: u64 = Tables::<Small, Metered>::BOUND as u64;
        /// A good hash with the first prefix bit set, but for the first key.
        fn hash(key: u64) -> u64 {
            let mut tries = (0_u64..).map(|n| good(key | n << 32));
            tries.find(|&hash| (spread(hash) >> (u32::BITS - 1) != 0) == (key != 0)).unwrap()
        }
        let hasher = |entry: &Small| hash(entry.0);
        // An even number of steps before the first fallible insertion, or an odd one.
        for before in [1, 2] {
            let mut tables = Tables::<Small, Metered>::new_in(Metered::default());
            (0..BOUND).for_each(|key| assert!(insert(&mut tables, hash, key, key).is_none()));
            let mut steps = 0;
            for key in BOUND.. {
                steps += 1;
                if steps <= before {
                    insert(&mut tables, hash, key, key);
                } else {
                    try_insert(&mut tables, hash(key), key, hasher).unwrap();
                }
                tables.check(hasher);
                // There remain so many as fit the side that all but the first belong to.
                let oldest = key - BOUND;
                assert!(tables.remove(hash(oldest), |entry| entry.0 == oldest).is_some());
                if tables.moving.is_none() {
                    break;
                }
            }
            assert!(steps > before, "{steps} steps");
        }
    }

    /// Whichever request is refused, by whatever operation: it is reported, or can be done without, and all is
    /// in order.
    #[test]
    fn any_request_for_memory_may_be_refused() {
        type Operation = fn(&mut Tables<Big, Metered>) -> Result<(), TryReserveError>;
        let hasher = |entry: &Big| crowded(entry.0);
        const ENTRIES: u64 = if cfg!(miri) { 34 } else { 240 };
        let insert: Operation = |tables| {
            for key in 0..ENTRIES {
                let (hash, hasher) = (crowded(key), |entry: &Big| crowded(entry.0));
                try_insert(tables, hash, key, hasher)?;
            }
            Ok(())
        };
        let reserve: Operation = |tables| {
            let additional = if cfg!(miri) { 40 } else { 200 };
            tables.reserve_as(additional, |entry| crowded(entry.0), Fallibility::Fallible)
        };
        let mut can_do_without = 0;
        // Entries that are there before, and the operation.
        let cases = [(0, insert), (30, reserve), (70, reserve)];
        for (before, operation) in cases.into_iter().take(if cfg!(miri) { 2 } else { 3 }) {
            for n in (0..).step_by(if cfg!(miri) { 41 } else { 1 }) {
                let meter = Metered::default();
                let mut tables = Tables::new_in(meter.clone());
                for key in 0..before {
                    super::insert(&mut tables, crowded, key, key);
                }
                meter.refuse(meter.requests() + n);
                let result = operation(&mut tables);
                tables.check(hasher);
                match (meter.refused(), result) {
                    (None, result) => {
                        assert_eq!(result, Ok(()));
                        assert!(n > 7, "hardly anything was asked for");
                        break;
                    }
                    (Some(layout), Err(error)) => {
                        assert_eq!(error, TryReserveError::AllocError { layout });
                    }
                    (Some(_), Ok(())) => can_do_without += 1,
                }
                insert(&mut tables).unwrap();
                if !cfg!(miri) {
                    tables.check(hasher);
                }
                assert_eq!(tables.len() as u64, ENTRIES);
                drop(tables);
                assert_eq!(meter.blocks(), 0);
            }
        }
        assert!(can_do_without > 0 || cfg!(miri), "no half was to be shrunk");
    }
}

#[test]
fn a_split_brings_entries_home() {
    /// Numbers of which thousands fill a table, under Miri hundreds.
    type Number = [u64; if cfg!(miri) { 32 } else { 1 }];
    let hasher = |entry: &Number| good(entry[0]);
    let mut tables = Tables::<Number, Global>::new_in(Global);
    let mut key = 0;
    let mut put = |tables: &mut Tables<Number, Global>| {
        let mut number = Number::default();
        number[0] = key;
        assert!(
            tables.insert(good(key), number, |one, other| one[0] == other[0], hasher).is_none()
        );
        key += 1;
    };
    while tables.len() < Tables::<Number, Global>::BOUND {
        put(&mut tables);
    }
    let full = tables.statistics(hasher);
    put(&mut tables);
    assert!(tables.tables == 2 && tables.moving.is_some());
    let mut inserts = 1;
    while tables.moving.is_some() {
        put(&mut tables);
        inserts += 1;
    }
    assert!(inserts > 3, "{inserts}");
    for table in tables.those_in_directory() {
        let half = table.statistics(hasher);
        // All that was ever counted is what the entries still need: whoever has left is forgotten.
        let away = (half.hit_windows - 1.0) * half.entries as f64;
        assert_eq!(half.steps, away.round() as usize);
        assert!(half.steps * 4 < full.steps || cfg!(miri), "{half:?} {full:?}");
    }
}

/// What is done in the middle of a split: the next insertions end it all the same.
#[test]
fn in_the_middle_of_a_split() {
    type Small = Big<FEWER>;
    /// Some keys crowd under one home.
    fn hash(key: u64) -> u64 {
        if key < 1 << 32 { good(key) } else { good(key) & !0xFFF | 5 }
    }
    let hasher = |entry: &Small| hash(entry.0);
    let begun = || {
        let mut tables = Tables::<Small, Global>::new_in(Global);
        while tables.moving.is_none() {
            let key = tables.len() as u64;
            insert(&mut tables, hash, key, key);
        }
        tables
    };
    let all_there = |tables: &Tables<Small, Global>, entries: u64| {
        tables.check(hasher);
        assert_eq!(
            (tables.len() as u64, tables.iter().fold(0, |n, _| n + 1) as u64),
            (entries, entries)
        );
        assert!((0..entries).all(|key| tables.find(hash(key), |entry| entry.0 == key).is_some()));
        assert!(tables.find(hash(entries), |entry| entry.0 == entries).is_none());
    };
    let go_on = |tables: &mut Tables<Small, Global>| {
        while tables.moving.is_some() {
            let key = tables.len() as u64;
            insert(tables, hash, key, key);
            all_there(tables, key + 1);
        }
        assert_eq!((tables.beyond(), tables.tables), (0, 2));
    };

    let mut tables = begun();
    let entries = tables.len() as u64;
    all_there(&tables, entries);
    // A scan takes both tables for one.
    for word in [0, u32::MAX] {
        assert_eq!((tables.depth_at(word), tables.entries_at(word).len()), (0, tables.len()));
    }
    // A copy goes on by itself.
    let mut copy = Tables::new_in(Global);
    copy.clone_into_new(&tables, Plain::of_value, Fallibility::Infallible).unwrap();
    all_there(&copy, entries);
    go_on(&mut copy);
    // Entries that are still to move are found, changed, and taken out.
    for key in 0..entries {
        assert_eq!(insert(&mut tables, hash, key, key + 1), Some(key));
    }
    for key in 0..entries {
        let removed = tables.remove(hash(key), |entry| entry.0 == key);
        assert_eq!(removed.map(|entry| entry.1[7]), Some(key + 1));
        assert!(tables.moving.is_some());
    }
    tables.check(hasher);
    (0..entries).for_each(|key| assert!(insert(&mut tables, hash, key, key).is_none()));
    all_there(&tables, entries);
    // What has to be done at once ends it.
    let mut tables = begun();
    tables.shrink_to_fit(hasher);
    all_there(&tables, entries);
    let mut tables = begun();
    tables.reserve_as(5000, hasher, Fallibility::Infallible).unwrap();
    assert!(tables.moving.is_none());
    all_there(&tables, entries);
    let mut tables = begun();
    assert_eq!(tables.drain().fold(0, |n, _| n + 1) as u64, entries);
    assert!(tables.moving.is_none());
    tables.check(hasher);

    // Entries that come to lie beyond the window of their home meanwhile are found afterwards.
    let mut crowd = (1 << 32..).filter(|&key| spread(hash(key)) >> (u32::BITS - 1) == 0);
    let mut tables = Tables::<Small, Global>::new_in(Global);
    (0..20).for_each(|key| assert!(insert(&mut tables, hash, key, key).is_none()));
    for key in crowd.by_ref().take(2 * Native::WIDTH) {
        insert(&mut tables, hash, key, key);
    }
    let mut keys = 20..;
    while tables.moving.is_none() {
        let key = keys.next().unwrap();
        insert(&mut tables, hash, key, key);
    }
    while tables.moving.is_some() {
        let key = crowd.next().unwrap();
        insert(&mut tables, hash, key, key);
        tables.check(hasher);
    }
    tables.check(hasher);
}
