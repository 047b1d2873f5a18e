//! The hash of integers: the keys it takes, how well it spreads them, seeds; and the names of the
//! maps and sets that use it.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::hash::{BuildHasher, Hash, Hasher};
use std::num::NonZero;

use rosti::internals::Tag;
use rosti::{IntHashBuilder, IntMap, IntSet};

fn seeded<K, V>(seed: u64) -> IntMap<K, V> {
    IntMap::with_hasher(IntHashBuilder::with_seed(seed))
}

#[test]
fn the_same_seed_gives_the_same_order() {
    let order = |mut map: IntMap<u64, ()>| {
        map.extend((0..100).map(|n| (n, ())));
        map.into_keys().collect::<Vec<_>>()
    };
    assert_eq!(order(seeded(1)), order(seeded(1)));
    assert_ne!(order(seeded(1)), order(seeded(2)));
    #[cfg(feature = "default-hasher")]
    assert_ne!(order(IntMap::default()), order(IntMap::default()), "each map draws a seed");
}

/// What takes a map with any hasher takes one with this.
#[test]
fn the_names_are_those_of_maps_and_sets() {
    const EMPTY: IntMap<u32, ()> = IntMap::with_hasher(IntHashBuilder::with_seed(1));
    let mut map: rosti::HashMap<u32, (), IntHashBuilder> = EMPTY;
    map.extend([(1, ()), (2, ())]);
    let mut set: IntSet<u32> = map.into();
    set.insert(3);
    let mut other = IntSet::with_hasher(IntHashBuilder::with_seed(2));
    other.extend([3, 2, 1]);
    assert_eq!(set, other);
}

/// Checks maps of these keys, which are all different.
fn check_keys<K: Copy + Eq + Hash + Debug>(keys: &[K]) {
    for seed in [0, 1, u64::MAX] {
        let mut map = seeded(seed);
        for (i, &key) in keys.iter().enumerate() {
            assert_eq!(map.insert(key, i), None, "{key:?} is not another one of the keys");
        }
        for (i, key) in keys.iter().enumerate() {
            assert_eq!(map.remove(key), Some(i));
            assert_eq!(map.get(key), None);
        }
    }
}

macro_rules! integers {
    ($($int:ident)*) => {$(
        /// The edges of the type, and keys that differ from one another in one bit or two.
        #[test]
        fn $int() {
            let bits = 0..$int::BITS;
            let mut keys = vec![$int::MIN, $int::MAX, 0, 1, 42];
            keys.extend(bits.clone().map(|bit| 1 << bit));
            keys.extend(bits.clone().map(|bit| 42 ^ 1 << bit));
            keys.extend(bits.map(|bit| $int::MAX ^ 1 << bit));
            keys.sort_unstable();
            keys.dedup();
            check_keys(&keys);
            let non_zero: Vec<_> = keys.into_iter().filter_map(NonZero::new).collect();
            check_keys(&non_zero);
        }
    )*};
}

integers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

#[test]
fn characters() {
    let edges = ['\0', '\u{D7FF}', '\u{E000}', char::MAX];
    check_keys(&edges);
    check_keys(&('!'..='\u{17F}').collect::<Vec<_>>());
}

/// How many of 64 entries share home and tag with another in a table of 2^10 slots.
fn crowded<K: Hash>(keys: impl Iterator<Item = K>, seed: u64) -> usize {
    let build = IntHashBuilder::with_seed(seed);
    let mut places: Vec<_> = keys
        .map(|key| build.hash_one(key))
        .map(|hash| (hash % 1024, Tag::of(hash).byte()))
        .collect();
    let all = places.len();
    places.sort_unstable();
    places.dedup();
    all - places.len()
}

/// Both ends of the hash depend on all bits of a key.
#[test]
fn every_bit_of_a_key_counts() {
    for seed in 0..100 {
        for shift in 0..=58 {
            assert!(crowded((0..64u64).map(|n| n << shift), seed) <= 4, "u64 << {shift}, {seed}");
        }
        for shift in 0..=122 {
            assert!(crowded((0..64u128).map(|n| n << shift), seed) <= 4, "u128 << {shift}, {seed}");
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Id(u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Colour {
    Red,
    Green,
    Blue,
}

#[test]
fn newtypes_and_enums() {
    check_keys(&(0..100).map(Id).collect::<Vec<_>>());
    check_keys(&[Colour::Red, Colour::Green, Colour::Blue]);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Address([u8; 18]);

#[test]
fn keys_that_write_bytes() {
    check_keys(
        &(0..18 * 8)
            .map(|bit| {
                let mut bytes = [0; 18];
                bytes[bit / 8] = 1 << (bit % 8);
                Address(bytes)
            })
            .collect::<Vec<_>>(),
    );
}

#[test]
fn bytes_of_another_length_have_another_hash() {
    let hash = |len: usize| {
        let mut hasher = IntHashBuilder::with_seed(1).build_hasher();
        hasher.write(&[0; 24][..len]);
        hasher.finish()
    };
    assert_eq!((0..=24).map(hash).collect::<BTreeSet<u64>>().len(), 25);
}

/// Otherwise two maps, one seeded with a number and one without, would be in the same order but for
/// a few entries.
#[test]
fn seeds_do_not_stand_for_keys() {
    for bit in (0..64).map(|n| 1u64 << n) {
        let (one, other) = (IntHashBuilder::with_seed(0), IntHashBuilder::with_seed(bit));
        assert_ne!(one.hash_one(5 ^ bit), other.hash_one(5u64), "seed {bit:#x}");
    }
}

/// The parts of a tuple do not stand for one another, nor the halves of two strings.
#[test]
fn keys_of_several_parts() {
    let grid = || (0..32u64).flat_map(|a| (0..32u64).map(move |b| (a, b)));
    check_keys(&grid().collect::<Vec<_>>());
    check_keys(&grid().map(|(a, b)| (a as u8, b as i128, 'x')).collect::<Vec<_>>());
    check_keys(&["", "a", "b", "ab", "ba", "aa", "a long text, and more", "a long text, and mord"]);
    check_keys(&[("", "ab"), ("a", "b"), ("ab", "")]);
    for seed in 0..100 {
        for shift in 0..=61 {
            let part = |n: u64| n << shift;
            let pairs = grid().filter(|&(a, b)| a < 8 && b < 8);
            let together = crowded(pairs.map(|(a, b)| (part(a), part(b))), seed);
            assert!(together <= 4, "pairs << {shift}, {seed}");
        }
        let texts = (0..64).map(|n| format!("text number {n}"));
        assert!(crowded(texts, seed) <= 4, "texts, {seed}");
    }
}
