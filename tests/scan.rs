//! Scans of every collection, at the size of real blocks, and the statistics of every collection.

#![cfg(all(feature = "scan", feature = "str"))]

mod support;

use foldhash::quality;
use rosti::{
    BytesSet, DefaultHashBuilder, HashMap, HashSet, HashTable, ScanCursor, Statistics, StrMap,
};
#[cfg(feature = "extendible")]
use std::cell::Cell;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
#[cfg(feature = "extendible")]
use support::By;
use support::{Rng, scaled};

/// Makes a scan; `step` makes one step and does whatever it likes afterwards. Returns the steps.
fn scan(mut step: impl FnMut(ScanCursor) -> Option<ScanCursor>) -> usize {
    let (mut steps, mut next) = (0, Some(ScanCursor::START));
    while let Some(cursor) = next {
        // What is kept is a number.
        next = step(ScanCursor::from_bits(cursor.to_bits()));
        steps += 1;
    }
    steps
}

/// Notes a visit, which is the only one.
fn visit(seen: &mut BTreeMap<u64, u64>, key: u64, value: u64) {
    assert_eq!(seen.insert(key, value), None, "{key} was visited twice");
}

/// The map grows from one block to many, is shrunk to few and grows again; what is there all the time is
/// visited once, with the value that it has then.
#[test]
fn entries_that_stay_are_visited_once() {
    let mut rng = Rng::new(1);
    for round in 0..scaled(100, 10, 1) {
        let stay = scaled(2000, 1000, 300);
        let mut map: HashMap<u64, u64> = (0..stay).map(|n| (n, 0)).collect();
        let (mut seen, mut new, mut now) = (BTreeMap::new(), stay, 0);
        let steps = scan(|cursor| {
            let next = map.scan(cursor, |&key, &value| {
                visit(&mut seen, key, value);
                assert_eq!(value, now, "an old value");
            });
            match rng.below(6) {
                0 => map.reserve(rng.below(scaled(40_000, 20_000, 1000) as usize)),
                1 => map.shrink_to_fit(),
                2 => map.retain(|&key, _| key < stay),
                3 => {
                    let others: Vec<_> = map.drain().collect();
                    map.shrink_to(rng.below(others.len()));
                    map.extend(others.into_iter().rev());
                }
                _ => (0..500).for_each(|_| {
                    map.insert(new, 0);
                    new += 1;
                }),
            }
            now += 1;
            map.values_mut().for_each(|value| *value = now);
            next
        });
        assert!(seen.range(..stay).map(|(&key, _)| key).eq(0..stay), "round {round}");
        assert!(steps > 1 || cfg!(miri));
    }
}

/// An unchanged map takes a step for every 512 homes.
#[test]
fn steps_are_as_many_as_blocks() {
    for (len, steps) in [(0, 1), (100, 1), (400, 1), (500, 2), (1500, 4)] {
        let map: HashMap<u64, ()> = (0..len).map(|n| (n, ())).collect();
        let mut seen = 0;
        assert_eq!(scan(|cursor| map.scan(cursor, |_, ()| seen += 1)), steps, "{len} entries");
        assert_eq!(seen, len);
    }
}

#[test]
fn values_change_and_entries_leave() {
    let len = scaled(20_000, 5000, 600);
    let mut map: HashMap<u64, u64> = (0..len).map(|n| (n, n)).collect();
    scan(|cursor| map.scan_mut(cursor, |key, value| *value += key));
    assert!(map.iter().all(|(key, value)| *value == 2 * key));
    scan(|cursor| {
        let next = map.scan_retain(cursor, |key, value| {
            *value += 1;
            key % 3 != 0
        });
        map.reserve(map.len());
        next
    });
    assert_eq!(map.len() as u64, len - len.div_ceil(3));
    assert!(map.iter().all(|(key, value)| key % 3 != 0 && *value == 2 * key + 1));
}

/// Where a walk ends depends on the hash, so an entry may lie beyond that of another hash.
#[test]
fn entries_leave_under_other_hashes_than_they_came_with() {
    for capacity in [20, 40, 100] {
        for (came, goes) in
            (0..64).flat_map(|came| (0..64).map(move |goes| (came * 2, goes * 2 + 1)))
        {
            let mut table = HashTable::with_capacity(capacity);
            for number in 0..18 {
                table.insert_unique(came, number, |_| came);
            }
            let steps = scan(|from| table.scan_retain(from, |_| goes, |_| false));
            assert!(steps == 1 && table.is_empty(), "{came} {goes}");
            table.insert_unique(goes, 1, |_| goes);
            assert!(table.find(goes, |_| true).is_some());
        }
    }
}

#[test]
#[cfg(feature = "extendible")]
fn entries_leave_a_table_of_tables_under_other_hashes() {
    thread_local!(static HASH: Cell<u64> = const { Cell::new(4095) });
    let mut map = rosti::ExtendibleMap::with_hasher(By(|_| HASH.get()));
    map.extend((0..40).map(|number| (number, number)));
    HASH.set(0);
    scan(|from| map.scan_retain(from, |_: &u64, _| false));
    assert!(map.is_empty());
}

#[test]
fn sets_and_tables() {
    let len = scaled(20_000, 5000, 600);
    let mut set: HashSet<u64> = (0..len).collect();
    let mut seen = BTreeMap::new();
    scan(|cursor| set.scan(cursor, |&n| visit(&mut seen, n, 0)));
    assert_eq!(seen.len(), set.len());
    scan(|cursor| set.scan_retain(cursor, |n| n % 2 == 0));
    assert!(set.len() as u64 == len.div_ceil(2) && set.iter().all(|n| n % 2 == 0));

    let build = DefaultHashBuilder::default();
    let hash = |entry: &(u64, u64)| build.hash_one(entry.0);
    let mut table = HashTable::new();
    // Equal entries, each of which is one.
    for n in 0..len {
        table.insert_unique(hash(&(n / 2, 0)), (n / 2, n), hash);
    }
    seen.clear();
    scan(|cursor| {
        table.scan_mut(cursor, hash, |(key, n)| {
            visit(&mut seen, *n, *key);
            *n += 1;
        })
    });
    assert_eq!(seen.len(), table.len());
    scan(|cursor| table.scan_retain(cursor, hash, |(_, n)| *n % 2 == 0));
    let mut left = 0;
    scan(|cursor| table.scan(cursor, hash, |_| left += 1));
    assert!(left == len / 2 && table.len() as u64 == left);
}

/// Long keys that are dropped leave garbage in the arena, which is collected between steps.
#[test]
fn strings() {
    let len = scaled(20_000, 3000, 600);
    let key = |n: u64| if n % 2 == 0 { format!("{n}") } else { format!("{n:0>60}") };
    let number = |key: &str| key.parse::<u64>().expect("a number");
    let mut map: StrMap<u64> = (0..len).map(|n| (key(n), n)).collect();
    let bytes = map.allocation_size();
    let mut seen = BTreeMap::new();
    scan(|cursor| {
        let next = map.scan_retain(cursor, |key, value| {
            assert_eq!(number(key), *value);
            visit(&mut seen, *value, 0);
            *value += 1;
            number(key) % 16 == 1
        });
        // What was added meanwhile is visited at most once too.
        map.insert(&key(len + 16 * seen.len() as u64 + 1), len + 16 * seen.len() as u64 + 1);
        next
    });
    assert!(seen.range(..len).count() as u64 == len);
    assert!(map.allocation_size() < bytes, "garbage is collected");
    scan(|cursor| map.scan_mut(cursor, |_, value| *value = 7));
    let mut sevens = 0;
    scan(|cursor| map.scan(cursor, |_, value| sevens += usize::from(*value == 7)));
    assert_eq!(sevens, map.len());

    let mut set: BytesSet = (0..len).map(|n| n.to_le_bytes()).collect();
    let mut count = 0;
    scan(|cursor| set.scan(cursor, |_| count += 1));
    assert_eq!(count, len);
    scan(|cursor| set.scan_retain(cursor, |element| element[0] != 0));
    assert!(set.iter().all(|element| element[0] != 0) && !set.is_empty());
}

/// A cursor is for maps with the same hasher; with another one it is safe.
#[test]
fn cursors_of_other_maps() {
    let len = scaled(5000, 2000, 600);
    let one: HashMap<u64, ()> = (0..len).map(|n| (n, ())).collect();
    let other: HashMap<u64, ()> = (0..len).map(|n| (n, ())).collect();
    let clone = one.clone();
    let (mut seen, mut turn) = (BTreeMap::new(), 0);
    scan(|cursor| {
        turn += 1;
        let map = if turn % 2 == 0 { &one } else { &clone };
        map.scan(cursor, |&key, ()| visit(&mut seen, key, 0))
    });
    assert_eq!(seen.len() as u64, len);
    seen.clear();
    let mut cursor = one.scan(ScanCursor::START, |_, ()| {});
    while let Some(from) = cursor {
        cursor = other.scan(from, |&key, ()| visit(&mut seen, key, 0));
    }
    assert!((seen.len() as u64) < len);
}

// -------------------------------------------------------------------------------------- statistics

/// What the hasher is like shows.
#[test]
fn statistics_tell_good_hashers_from_bad_ones() {
    /// Keeps what is given, times `FACTOR`.
    #[derive(Default)]
    struct Weak<const FACTOR: u64>(u64);
    impl<const FACTOR: u64> Hasher for Weak<FACTOR> {
        fn finish(&self) -> u64 {
            self.0
        }
        fn write(&mut self, _: &[u8]) {
            unreachable!("u64 only")
        }
        fn write_u64(&mut self, n: u64) {
            self.0 = n.wrapping_mul(FACTOR);
        }
    }
    fn of<S: BuildHasher + Default>(shift: u32) -> Statistics {
        let map: HashMap<u64, (), S> =
            (0..scaled(10_000, 2000, 500)).map(|n| (n << shift, ())).collect();
        map.statistics()
    }
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    type Identity = BuildHasherDefault<Weak<1>>;
    type Multiply = BuildHasherDefault<Weak<ODD>>;
    let is_good = |of: Statistics| {
        of.hit_windows.max(of.miss_windows) < 1.5 && of.equal_tags < 0.02 && !of.scattered
    };
    for shift in [0, 4, 12] {
        let good = of::<quality::FixedState>(shift);
        assert!(is_good(good), "{good}");
    }
    let crowded = of::<Multiply>(12);
    assert!(crowded.hit_windows > 1.5 && crowded.scattered, "{crowded}");
    assert!(
        crowded.miss_windows > 1.0 && crowded.steps as u64 > scaled(1000, 1000, 300),
        "{crowded}"
    );
    let alike = of::<Identity>(0);
    assert!(alike.hit_windows < 1.5 && alike.equal_tags == 1.0 && !alike.scattered, "{alike}");
}

#[test]
fn statistics_are_written_for_people() {
    let mut table: HashTable<u64> = HashTable::with_capacity(8);
    assert_eq!(
        HashTable::<u64>::new().statistics(|&n| n).to_string(),
        "size      0 entries in 0 slots, load 0.00\n\
         memory    0 bytes, 0.0 per entry\n\
         hits      0.00 windows in the mean, 0 at most\n\
         misses    1.00 windows in the mean, 1 at most\n\
         overflow  0.0 % of the homes\n\
         tags      equal in 0.0 % of all pairs of entries, 0.8 % if hashes are good\n\
         rebuild   at 0 steps, now 0"
    );
    let hash = |n: &u64| n << (usize::BITS - 2);
    for n in 0..4 {
        table.insert_unique(hash(&n), n, hash);
    }
    table.insert_unique(hash(&0), 0, hash);
    let text = table.statistics(hash).to_string();
    assert!(text.starts_with("size      5 entries in 8 slots, load 0.62\n"), "{text}");
    assert!(text.contains("\ntags      equal in 10.0 % of"), "one pair of ten: {text}");
}

/// The numbers are those of the collection.
#[test]
fn statistics_of_every_collection() {
    let len = scaled(5000, 1000, 300);
    let set: HashSet<u64> = (0..len).collect();
    let statistics = set.statistics();
    assert_eq!(statistics.entries as u64, len);
    assert_eq!(statistics.bytes, set.allocation_size());
    assert!(statistics.load() < 1.0 && statistics.slots >= set.capacity());
    assert!(statistics.limit > 0, "{statistics}");
    let map: StrMap<()> = (0..len).map(|n| (format!("{n:0>60}"), ())).collect();
    assert_eq!(map.statistics().bytes, map.allocation_size());
    assert_eq!(map.statistics().entries as u64, len);
    let set: BytesSet = (0..len).map(|n| n.to_le_bytes()).collect();
    assert_eq!(set.statistics().entries as u64, len);
}
