//! What chosen keys and bad hashers cost, in windows visited and not in time; SECURITY.md draws the
//! conclusions.
//!
//! Each hash is that of a map: the tables are bare ones only because those count windows.

use foldhash::SharedSeed;
use foldhash::fast::FoldHasher;
use rosti::IntHashBuilder;
use rosti::internals::{Global, Group, Native, RawTable, Statistics, Swar, Tag};
use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, Hasher};

/// Number of chosen keys. The cost of what they do is quadratic, so unoptimised builds have fewer.
const KEYS: u64 = if cfg!(miri) {
    500
} else if cfg!(rosti_emulated) {
    3_000
} else if cfg!(debug_assertions) {
    10_000
} else {
    100_000
};

/// foldhash's fast variant with seeds that the attacker knows.
struct Known<'a> {
    seed: u64,
    shared: &'a SharedSeed,
}

impl Known<'static> {
    const SEED: Self = Known { seed: 42, shared: SharedSeed::global_fixed() };
}

impl<'a> BuildHasher for Known<'a> {
    type Hasher = FoldHasher<'a>;

    fn build_hasher(&self) -> FoldHasher<'a> {
        FoldHasher::with_seed(self.seed, self.shared)
    }
}

/// Different keys that all have the top seven and the low 32 bits of their hashes in common, if
/// `known` hashes them: one tag, and one home in every table up to 2^32 homes.
///
/// A key of 128 bits is two factors whose product is folded to the hash: low half ^ seed, and high
/// half ^ shared seed. The hash of 1 with seed 0 gives the shared seed away. Who knows both makes
/// the second factor 1, and so decides on each bit of the hash.
fn chosen_keys(known: &Known) -> Vec<u128> {
    let shared = Known { seed: 0, ..*known }.hash_one(1u64);
    let high = u128::from(shared ^ 1) << 64;
    (0..KEYS).map(|number| high | u128::from((number << 32 | 0xbad) ^ known.seed)).collect()
}

/// How many different homes (of 2^32) and tags the keys have together.
fn places(keys: &[u128], build: &impl BuildHasher) -> usize {
    let places = keys.iter().map(|key| {
        let hash = build.hash_one(key);
        (hash as u32, Tag::of(hash).byte())
    });
    places.collect::<HashSet<_>>().len()
}

/// Honest keys: as many, of the same type.
fn honest_keys() -> Vec<u128> {
    (0..u128::from(KEYS)).collect()
}

/// The cost of searches in a table of these keys.
fn cost<G: Group, K: Copy + Hash>(keys: &[K], build: &impl BuildHasher) -> Statistics {
    let hasher = |key: &K| build.hash_one(key);
    let mut table = RawTable::<K, G, Global>::new_in(Global);
    for &key in keys {
        table.insert_unique(hasher(&key), key, hasher);
    }
    assert_eq!(table.len(), keys.len());
    let statistics = table.statistics(hasher);
    println!("{} {} keys: {statistics:?}", G::NAME, keys.len());
    statistics
}

/// Few searches go past their first window, and none past so many slots.
fn is_fast(statistics: Statistics) -> bool {
    let longest = statistics.max_hit_windows * Native::WIDTH;
    statistics.hit_windows < 1.5 && statistics.miss_windows < 1.5 && longest < 320
}

/// A table in which they crowd tells them apart by the rest of the hash, if there is any. What is left of the attack is
/// that all tags are equal.
#[test]
fn keys_chosen_for_a_known_seed_collide() {
    let keys = chosen_keys(&Known::SEED);
    assert_eq!(keys.iter().collect::<HashSet<_>>().len() as u64, KEYS);
    assert_eq!(places(&keys, &Known::SEED), 1);
    let statistics = cost::<Native, _>(&keys, &Known::SEED);
    assert!(statistics.equal_tags == 1.0, "{statistics:?}");
    // With pointers of 32 bits the lower half of the hash counts, which is the same for all of them.
    let tells_apart = cfg!(target_pointer_width = "64");
    assert_eq!(statistics.scattered, tells_apart, "{statistics:?}");
    assert_eq!(statistics.hit_windows < 4.0, tells_apart, "{statistics:?}");
    // It is the seed that makes them collide, and nothing about the keys or the table.
    let honest = cost::<Native, _>(&honest_keys(), &Known::SEED);
    assert!(is_fast(honest) && !honest.scattered);
}

/// The chosen keys are multiples of one number under another seed. One number in 2^k has k low zeros
/// where it matters, and then the homes are multiples of 2^k too: luck, which nobody can choose.
#[test]
fn keys_chosen_for_one_seed_are_harmless_under_most_others() {
    let seeds: Vec<_> = (0..16).map(SharedSeed::from_u64).collect();
    let keys = chosen_keys(&Known::SEED);
    let others = seeds.iter().map(|shared| Known { seed: 42, shared });
    let fast = others.filter(|other| is_fast(cost::<Native, _>(&keys, other))).count();
    assert!(fast >= 12, "{fast} of {}", seeds.len());
}

/// One process in 2^20 or so has the bad luck to fail here.
#[cfg(feature = "default-hasher")]
#[test]
fn keys_chosen_for_a_known_seed_do_not_collide_in_a_map_of_its_own_seed() {
    let build = rosti::DefaultHashBuilder::default();
    let places = places(&chosen_keys(&Known::SEED), &build);
    assert!(places as u64 > KEYS / 10, "{places} places for {KEYS} keys");
}

#[cfg(feature = "default-hasher")]
#[test]
fn each_map_has_a_seed_of_its_own() {
    let hash = || rosti::HashMap::<u64, ()>::new().hasher().hash_one(1u64);
    let hashes: HashSet<u64> = (0..20).map(|_| hash()).collect();
    assert_eq!(hashes.len(), 20);
}

/// Hashes everything to 0.
struct Constant;

struct Nothing;

impl Hasher for Nothing {
    fn finish(&self) -> u64 {
        0
    }

    fn write(&mut self, _: &[u8]) {}
}

impl BuildHasher for Constant {
    type Hasher = Nothing;

    fn build_hasher(&self) -> Nothing {
        Nothing
    }
}

/// The worst that can be: n searches visit about n x n / (2 x width) windows. No search visits more
/// windows than the table has, and every key is found.
fn constant_hasher_is_quadratic<G: Group>() {
    let mut last = None;
    for doublings in 0..if cfg!(miri) { 2 } else { 5 } {
        let len = 500usize << doublings;
        let keys: Vec<u128> = (0..len as u128).collect();
        let statistics = cost::<G, _>(&keys, &Constant);
        let total = statistics.hit_windows * len as f64;
        println!("{}: {len} keys, {total} windows to find each once", G::NAME);
        let expected = len as f64 * (len as f64 / G::WIDTH as f64 + 1.0) / 2.0;
        assert!((0.9..1.1).contains(&(total / expected)), "{total}, about {expected} expected");
        if let Some(last) = last.replace(total) {
            let growth: f64 = total / last;
            assert!((3.5..4.5).contains(&growth), "twice the keys, {growth} times the windows");
        }
        assert!(statistics.max_hit_windows <= len.div_ceil(G::WIDTH) + 2, "{statistics:?}");
    }
}

#[test]
fn constant_hasher_is_quadratic_native() {
    constant_hasher_is_quadratic::<Native>();
}

#[test]
fn constant_hasher_is_quadratic_swar() {
    constant_hasher_is_quadratic::<Swar>();
}

#[test]
fn a_map_with_a_constant_hasher_is_right() {
    let mut map = rosti::HashMap::with_hasher(Constant);
    for key in 0..1000u32 {
        assert_eq!(map.insert(key, key), None);
    }
    for key in (0..1000).step_by(2) {
        assert_eq!(map.remove(&key), Some(key));
    }
    for key in 0..1000 {
        assert_eq!(map.get(&key).copied(), (key % 2 == 1).then_some(key));
    }
}

/// Entries read from one map and inserted into another with the same seed come in the order of
/// their hashes' low bits. The copy fills evenly until its homes have been gone over once; until it
/// grows, the entries after that crowd its lower part, which costs them detours: the worst moment of
/// each size is the last before it grows. That is far from quadratic, but not nothing.
#[test]
fn copying_in_iteration_order_under_one_seed_is_not_quadratic() {
    let hasher = |key: &u128| Known::SEED.hash_one(key);
    let mut table = RawTable::<u128, Native, Global>::new_in(Global);
    for key in honest_keys() {
        table.insert_unique(hasher(&key), key, hasher);
    }
    let mut copy = RawTable::<u128, Native, Global>::new_in(Global);
    for slot in (0..table.slots()).filter(|&slot| table.is_full(slot)) {
        // SAFETY: the slot is full.
        let key = unsafe { *table.get(slot) };
        copy.insert_unique(hasher(&key), key, hasher);
        if copy.len() == copy.capacity() && copy.len() > 400 {
            let statistics = copy.statistics(hasher);
            println!("{} copied: {statistics:?}", copy.len());
            // Quadratic would be len / (2 x width).
            let most = 2.0 + (copy.len() as f64).sqrt() / 200.0;
            assert!(statistics.hit_windows < most, "{most}: {statistics:?}");
        }
    }
}

/// Keys as programs have them, and as somebody would choose them who knows the hash of `IntMap` but
/// not the seed: all are as quick to find as random ones.
#[test]
fn regular_integers_are_found_at_once_whatever_the_seed() {
    /// The inverse of that hash's multiplier: without a seed, its multiples are numbers in a row again.
    const INVERSE: u64 = 0xF1DE_83E1_9937_733D;
    assert_eq!(INVERSE.wrapping_mul(0x9E37_79B9_7F4A_7C15), 1);
    type Pattern = fn(u64) -> u64;
    let patterns: [(&str, Pattern); 10] = [
        ("in a row", |n| n),
        ("in a row, downwards", |n| !n),
        ("addresses", |n| 0x7f00_0000_0000 + 48 * n),
        ("pages", |n| n << 12),
        ("both halves", |n| n << 32 | n),
        ("upper half", |n| n << 32),
        ("top bits", |n| n << 47),
        ("floating-point numbers", |n| (n as f64).to_bits()),
        ("multiples of the inverse", |n| n.wrapping_mul(INVERSE)),
        ("multiples of the inverse, far apart", |n| (n << 47).wrapping_mul(INVERSE)),
    ];
    for seed in (0..if cfg!(miri) { 1 } else { 16u64 }).map(|n| Known::SEED.hash_one(n)) {
        for (name, pattern) in patterns {
            let keys: Vec<u64> = (0..KEYS / 2).map(pattern).collect();
            let statistics = cost::<Native, _>(&keys, &IntHashBuilder::with_seed(seed));
            assert!(is_fast(statistics), "{name}, seed {seed:#x}: {statistics:?}");
        }
    }
}

/// Maps of different seeds do not know each other's order.
#[test]
fn integers_copied_in_iteration_order_are_found_at_once() {
    let mut map = rosti::IntMap::with_hasher(IntHashBuilder::with_seed(0));
    map.extend((0..KEYS).map(|key| (key, ())));
    let keys: Vec<u64> = map.into_keys().collect();
    for seed in 1..if cfg!(miri) { 2 } else { 20 } {
        for len in [100, 440, 900, 1800, 7100].map(|len| len.min(keys.len())) {
            let statistics = cost::<Native, _>(&keys[..len], &IntHashBuilder::with_seed(seed));
            assert!(is_fast(statistics), "seed {seed}: {statistics:?}");
        }
    }
}
