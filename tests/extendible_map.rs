//! `ExtendibleMap` and `ExtendibleSet`: the interface against a model, and the bound.
//!
//! Large values make tables small: with a value of 4 KiB the map splits after some thirty entries.

#![cfg(feature = "extendible")]

mod elements;
mod support;

use std::alloc::Layout;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hash::{BuildHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};

use elements::{Counted, Element};
use rosti::extendible_map::{Entry, EntryRef};
use rosti::{ExtendibleMap, ExtendibleSet, ScanCursor};
use support::{By, HASHERS, Rng, Tally, mixed, scaled};

#[global_allocator]
static TALLY: Tally = Tally;

/// A value that makes its entry large.
#[derive(Clone, Debug, PartialEq)]
struct Page<T>(T, [u64; 511]);

impl<T> Page<T> {
    fn of(value: T) -> Self {
        Page(value, [7; 511])
    }
}

type Map<K, V> = ExtendibleMap<K, V, By>;
type Pages = Map<Counted, Page<u64>>;

fn key(number: u64) -> Counted {
    Counted::new(number)
}

#[test]
fn iterators_are_what_they_are_called() {
    elements::run(|| {
        let mut map: Map<Counted, Page<u64>> = (0..100).map(|n| (key(n), Page::of(n))).collect();
        fn exact<I: ExactSizeIterator>(mut iter: I) {
            let mut left = iter.len();
            assert_eq!(iter.size_hint(), (left, Some(left)));
            while iter.next().is_some() {
                left -= 1;
                assert_eq!(iter.len(), left);
            }
            assert_eq!(left, 0);
            assert!(iter.next().is_none());
        }
        exact(map.iter());
        exact(map.iter_mut());
        exact(map.keys());
        exact(map.values());
        exact(map.values_mut());
        exact(map.clone().into_iter());
        exact(map.clone().into_keys());
        exact(map.clone().into_values());
        exact(map.clone().drain());
        let mut iter = map.iter();
        iter.next();
        assert!(iter.clone().eq(iter));
        let mut drain = map.drain();
        drain.nth(40);
        assert_eq!(drain.len(), 59);
        // Half-consumed by value, the rest is dropped.
        drop(drain);
        let map: Pages = (0..100).map(|n| (key(n), Page::of(n))).collect();
        assert_eq!(map.into_iter().take(50).count(), 50);
    });
    let map = ExtendibleMap::<u8, u8, By>::from_iter([(1, 2)]);
    assert_eq!(format!("{map:?} {:?} {:?}", map.iter(), map.keys()), "{1: 2} [(1, 2)] [1]");
    assert_eq!(format!("{:?}", map.into_iter()), "[(1, 2)]");
    let nothing = rosti::extendible_map::IntoIter::<u8, u8>::default();
    assert_eq!(nothing.count(), 0);
    assert_eq!(rosti::extendible_map::Iter::<u8, u8>::default().count(), 0);
}

#[test]
fn sets_are_sets() {
    let mut set = ExtendibleSet::<u64, By>::default();
    let many = scaled(20_000, 9000, 100);
    for n in 0..many {
        assert!(set.insert(n));
        assert!(!set.insert(n));
    }
    assert_eq!(set.len() as u64, many);
    assert!((0..many).all(|n| set.contains(&n)) && !set.contains(&many));
    assert_eq!(set.get(&3), Some(&3));
    assert_eq!((set.replace(3), set.take(&3)), (Some(3), Some(3)));
    assert_eq!((set.remove(&3), set.replace(3), *set.get_or_insert(3)), (false, None, 3));
    let odd: ExtendibleSet<u64, By> = set.extract_if(|n| n % 2 == 1).collect();
    assert!(odd.is_disjoint(&set) && odd.len() + set.len() == many as usize);
    let mut all = odd.clone();
    all.extend(&set);
    assert!(odd.is_subset(&all) && all.is_superset(&set) && !all.is_subset(&odd));
    assert!(all == (0..many).collect() && all != set);
    all.retain(|n| n % 3 == 0);
    assert_eq!(all.iter().max(), Some(&((many - 1) / 3 * 3)));
    assert_eq!(all.drain().fold(0, |n, _| n + 1) as u64, many.div_ceil(3));
    assert!(all.is_empty());
    assert_eq!(format!("{:?}", ExtendibleSet::<u8, By>::from_iter([5])), "{5}");
}

#[test]
#[should_panic(expected = "no entry found for key")]
fn index_panics_for_what_is_absent() {
    let map = Map::<u8, u8>::from_iter([(1, 2)]);
    assert_eq!(map[&1], 2);
    let _ = map[&3];
}

#[test]
fn entries_without_a_size() {
    let mut map = Map::<(), ()>::default();
    assert_eq!((map.insert((), ()), map.insert((), ())), (None, Some(())));
    assert_eq!((map.len(), map.remove(&()), map.len()), (1, Some(()), 0));
    assert!(map.try_reserve(usize::MAX).is_err());
}

#[test]
fn maps_and_iterators_go_to_other_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    let mut map = Map::<u64, String>::from_iter([(1, "a".into())]);
    shared(&map);
    shared(&map.iter());
    shared(&map.iter_mut());
    shared(&map.drain());
    shared(&map.extract_if(|_, _| true));
    shared(&map.entry(1));
    shared(&map.into_iter());
    let set = ExtendibleSet::<u64, By>::from_iter([1]);
    shared(&set.iter());
    shared(&set);
}

#[cfg(feature = "rayon")]
#[test]
fn parallel_iterators_have_the_same_items() {
    use rayon::prelude::*;
    let entries = scaled(100_000, 20_000, 100);
    let mut map: Map<u64, u64> = (0..entries).into_par_iter().map(|n| (n, n)).collect();
    map.par_iter_mut().for_each(|(key, value)| *value += key);
    assert!(map.par_iter().all(|(key, value)| *value == 2 * key));
    assert_eq!(map.par_iter().count() as u64, entries);
    let set: ExtendibleSet<u64, By> = map.into_par_iter().map(|(key, _)| key).collect();
    assert_eq!(set.par_iter().max(), Some(&(entries - 1)));
    assert_eq!(set.into_par_iter().sum::<u64>(), entries * (entries - 1) / 2);
    elements::run(|| {
        // What is not taken out is dropped.
        let map: Map<u64, std::sync::Arc<u64>> = (0..20_000).map(|n| (n, n.into())).collect();
        assert!(map.into_par_iter().any(|(key, _)| key == 77));
    });
}

// ------------------------------------------------------------------------------------ in steps

/// Changes a map in some way; keys below `stay` stay.
fn disturb(map: &mut Map<u64, Page<u64>>, rng: &mut Rng, stay: u64, fresh: &mut u64) {
    match rng.below(8) {
        0 => map.shrink_to_fit(),
        1 => map.reserve(rng.below(400)),
        2 => map.retain(|&key, _| key < stay || key % 3 == 0),
        3 => {
            // Everything goes, and what stays comes back.
            let kept: Vec<_> = map.extract_if(|&key, _| key < stay).collect();
            map.clear();
            map.extend(kept);
        }
        4 => *map = map.clone(),
        5 => map.values_mut().for_each(|page| page.0 += 1),
        _ => {
            for _ in 0..rng.below(200) {
                *fresh += 1;
                map.insert(*fresh, Page::of(0));
            }
        }
    }
}

#[test]
fn a_scan_visits_what_stays_exactly_once() {
    for (seed, (name, function)) in HASHERS.into_iter().enumerate() {
        let mut rng = Rng::new(seed as u64);
        for stay in [0, 1, 20, 300, scaled(2000, 700, 40)] {
            let mut map = Map::with_hasher(By(function));
            map.extend((0..stay).map(|n| (n, Page::of(n))));
            let mut fresh = 1 << 20;
            let mut seen: BTreeMap<u64, usize> = BTreeMap::new();
            let mut next = Some(ScanCursor::START);
            let mut steps = 0;
            while let Some(cursor) = next {
                steps += 1;
                let cursor = ScanCursor::from_bits(cursor.to_bits());
                let mut visit = |key: u64| *seen.entry(key).or_default() += 1;
                next = match rng.below(3) {
                    0 => map.scan(cursor, |&key, _| visit(key)),
                    1 => map.scan_mut(cursor, |&key, page| {
                        page.0 = key;
                        visit(key);
                    }),
                    _ => map.scan_retain(cursor, |&key, _| {
                        visit(key);
                        key < stay || key % 2 == 0
                    }),
                };
                disturb(&mut map, &mut rng, stay, &mut fresh);
            }
            assert!((0..stay).all(|key| seen.get(&key) == Some(&1)), "{name}: {stay}");
            assert!(seen.values().all(|&times| times == 1), "{name}: what came, came twice");
            assert!(steps < 2000, "{name}: {steps} steps");
        }
        let mut map = Map::with_hasher(By(function));
        map.extend((0..200).map(|n| (n, Page::of(n))));
        for _ in 0..50 {
            // Any number is safe.
            map.scan_retain(ScanCursor::from_bits(rng.next()), |_, _| true);
        }
        assert_eq!(map.len(), 200);
    }
}

#[test]
fn a_step_is_as_bounded_as_an_insertion() {
    let entries = scaled(300_000, 40_000, 200);
    let set: ExtendibleSet<Wide<2>, Counting> = (0..entries).map(Wide::of).collect();
    let (mut next, mut visited) = (Some(ScanCursor::START), 0);
    while let Some(cursor) = next {
        HASHES.set(0);
        next = set.scan(cursor, |_| visited += 1);
        assert!(HASHES.get() <= ExtendibleSet::<Wide<2>, Counting>::BOUND + 40);
    }
    assert_eq!(visited, entries);
}

// ------------------------------------------------------------------------------------- the bound

thread_local! {
    static HASHES: Cell<usize> = const { Cell::new(0) };
}

/// Counts the hashes it is asked for.
#[derive(Clone, Default)]
struct Counting(By);

impl BuildHasher for Counting {
    type Hasher = support::ByHasher;

    fn build_hasher(&self) -> Self::Hasher {
        HASHES.set(HASHES.get() + 1);
        self.0.build_hasher()
    }
}

/// A key of a size, which stands for a number.
trait Numbered: Eq + Hash + Clone + 'static {
    fn of(number: u64) -> Self;
}

impl Numbered for u8 {
    fn of(number: u64) -> Self {
        number as u8
    }
}

/// As small as many keys allow.
#[derive(Clone, PartialEq, Eq)]
struct Narrow([u8; 3]);

impl Hash for Narrow {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [a, b, c] = self.0;
        state.write_u64(u64::from_le_bytes([a, b, c, 0, 0, 0, 0, 0]));
    }
}

impl Numbered for Narrow {
    fn of(number: u64) -> Self {
        let [a, b, c, ..] = number.to_le_bytes();
        Narrow([a, b, c])
    }
}

#[derive(Clone, PartialEq, Eq)]
struct Wide<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Hash for Wide<WORDS> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0[0]);
    }
}

impl<const WORDS: usize> Numbered for Wide<WORDS> {
    fn of(number: u64) -> Self {
        Wide([number; WORDS])
    }
}

/// What one insertion cost at most, while a set grew.
#[derive(Debug, Default)]
struct Most {
    hashes: usize,
    allocations: u64,
    bytes: isize,
    /// Insertions that hashed another element.
    splits: usize,
    /// Those that hashed more than a quarter of what fits a table.
    long: usize,
}

fn grow<T: Numbered>(entries: u64, function: support::Function) -> (Most, usize) {
    let mut set = ExtendibleSet::<T, Counting>::with_hasher(Counting(By(function)));
    let mut most = Most::default();
    for number in 0..entries {
        let element = T::of(number);
        HASHES.set(0);
        let (allocations, bytes) = (Tally::allocations(), Tally::bytes());
        assert!(set.insert(element));
        let (hashes, allocations) = (HASHES.get() - 1, Tally::allocations() - allocations);
        most.hashes = most.hashes.max(hashes);
        most.allocations = most.allocations.max(allocations);
        most.bytes = most.bytes.max(Tally::bytes() - bytes);
        most.splits += usize::from(hashes != 0);
        most.long += usize::from(hashes > ExtendibleSet::<T, Counting>::BOUND / 4);
    }
    (most, set.allocation_size())
}

/// What the documentation of `ExtendibleMap` says an insertion may cost.
fn bounded<T: Numbered>(entries: u64) {
    let bound = ExtendibleSet::<T, Counting>::BOUND;
    let table = ExtendibleSet::<T, Counting>::TABLE_BYTES;
    let (most, total) = grow::<T>(entries, mixed);
    // A few hashes say that a table can be split.
    assert!(most.hashes <= bound + 40, "{most:?}, {bound}");
    // The directory has at most eight records of two addresses for each table.
    let tables = total / table + 1;
    let directory = 8 * tables * 2 * size_of::<usize>();
    assert!(most.bytes <= (table + 200 + directory) as isize, "{most:?}, {table}, {directory}");
    // A block, a head, records, and what is noted during a split: displaced entries, in a list that doubles.
    assert!(most.allocations <= 16, "{most:?}");
    if entries > 8 * bound as u64 {
        assert!(most.hashes > 20 && most.splits > 8, "nothing was split: {most:?}");
        // A split of many small entries is spread over insertions; few are hashed at once, and some of them to know that
        // they are not all on one side.
        let spread = if bound < 100 { most.hashes > bound } else { most.long * 20 < most.splits };
        assert!(spread || (100..1000).contains(&bound), "{most:?}");
        assert!(total > directory * 4 || size_of::<T>() < 16, "{total} {directory}");
    }
}

#[test]
fn an_insertion_has_a_bound_whatever_the_size_of_an_entry() {
    bounded::<u8>(256);
    bounded::<Narrow>(scaled(3_000_000, 100_000, 100));
    bounded::<Wide<2>>(scaled(3_000_000, 100_000, 100));
    bounded::<Wide<25>>(scaled(300_000, 20_000, 300));
    bounded::<Wide<512>>(scaled(20_000, 4000, 100));
}

#[test]
fn weak_hashes_lose_the_bound_and_nothing_else() {
    let entries = scaled(4000, 2000, 100);
    for (name, function) in HASHERS {
        let mut set = ExtendibleSet::<Wide<512>, Counting>::with_hasher(Counting(By(function)));
        for number in 0..entries {
            assert!(set.insert(Wide::of(number)));
        }
        assert!((0..entries).all(|number| set.contains(&Wide::of(number))), "{name}");
        assert!(!set.contains(&Wide::of(entries)), "{name}");
        // No runaway memory either: an entry is a page, and a table is at least an eighth full.
        let most = 8 * (entries as usize + 64) * 4096;
        assert!(set.allocation_size() < most, "{name}: {}", set.allocation_size());
        for number in 0..entries {
            assert!(set.remove(&Wide::of(number)), "{name}");
        }
        set.shrink_to_fit();
        assert_eq!(set.allocation_size(), 0, "{name}");
    }
    let (constant, _) = grow::<Wide<512>>(scaled(400, 400, 100), |_| 7);
    assert!(constant.hashes > ExtendibleSet::<Wide<512>, Counting>::BOUND, "{constant:?}");
}

#[test]
fn reserved_room_is_there_at_once() {
    let entries = scaled(1_000_000, 60_000, 200);
    let mut set = ExtendibleSet::<Wide<2>, Counting>::with_hasher(Counting(By(mixed)));
    // Not to the brim: tables fill unevenly.
    set.reserve(entries as usize * 5 / 4);
    let (capacity, before) = (set.capacity(), Tally::allocations());
    HASHES.set(0);
    set.extend((0..entries).map(Wide::of));
    assert_eq!((set.capacity(), Tally::allocations()), (capacity, before));
    assert_eq!(HASHES.get() as u64, entries, "others were hashed again");
    set.retain(|wide| wide.0[0] % 16 == 0);
    let size = set.allocation_size();
    set.shrink_to_fit();
    assert!(set.allocation_size() < size / 4, "{} of {size}", set.allocation_size());
    assert!((0..entries).all(|number| set.contains(&Wide::of(number)) == (number % 16 == 0)));
}

// -------------------------------------------------------------------------- failures and panics

#[test]
fn each_request_for_memory_may_be_refused() {
    let many = scaled(200, 100, 40);
    for n in 1.. {
        let mut map: Map<u64, Page<u64>> = (0..many).map(|n| (n, Page::of(n))).collect();
        let (result, refused) = Tally::refusing(n, || map.try_reserve(many as usize * 5));
        match refused {
            Some(layout) => assert!(refuses(result, layout), "request {n}"),
            None => {
                assert_eq!(result, Ok(()));
                assert!(n > 10, "what was refused?");
                return;
            }
        }
        assert_eq!(map.len() as u64, many);
        assert!((0..many).all(|n| map.get(&n) == Some(&Page::of(n))), "request {n}");
        map.extend((many..2 * many).map(|n| (n, Page::of(n))));
        assert!((0..2 * many).all(|n| map.get(&n) == Some(&Page::of(n))), "request {n}");
    }
}

/// The forms of entries that hand the map back, take a key on trust, or put an entry back, while tables split.
#[test]
fn entries_lead_back_to_their_map() {
    let many = scaled(300, 150, 40);
    let mut map: Map<u64, Page<u64>> = Map::default();
    for n in 0..many {
        let back = match map.entry_ref(&n) {
            EntryRef::Occupied(_) => panic!("the key is not in the map"),
            EntryRef::Vacant(entry) if n % 3 == 0 => entry.into_map(),
            // SAFETY: it is the key that was looked for.
            EntryRef::Vacant(entry) => unsafe {
                entry.insert_entry_with_key_unchecked(n, Page::of(n)).into_map()
            },
        };
        assert_eq!(back.contains_key(&n), n % 3 != 0);
        // An entry that goes leaves a place that can be filled again, and one that stays is where it was.
        let entry = back.entry(n).insert(Page::of(n + 1));
        let Entry::Vacant(vacant) = entry.replace_entry_with(|_, _| None) else {
            panic!("the entry was to go");
        };
        let entry = vacant.insert_entry(Page::of(n + 2));
        let Entry::Occupied(entry) = entry.replace_entry_with(|key, _| Some(Page::of(*key))) else {
            panic!("the entry was to stay");
        };
        assert_eq!(entry.into_map().len() as u64, n + 1);
    }
    assert!((0..many).all(|n| map.get(&n) == Some(&Page::of(n))) && map.len() as u64 == many);
}

/// Whichever allocation fails: what was to be inserted comes back, and all the rest is in the map.
#[test]
#[allow(clippy::result_large_err)] // large entries make small tables
fn rejected_entries_come_back() {
    let many = scaled(300, 150, 40);
    let entries = |range: std::ops::Range<u64>| range.map(|n| (n, Page::of(n)));
    let full: Map<u64, Page<u64>> = entries(0..many).collect();
    for n in 1.. {
        let mut map: Map<u64, Page<u64>> = Map::default();
        let (result, refused) = Tally::refusing(n, || map.try_extend(entries(0..many)));
        let Err(rejected) = result else {
            assert!(map == full && n > 6, "request {n}");
            // The last request was not made, or could be done without.
            match refused {
                None => break,
                Some(layout) => assert!(layout.size() < 4096, "{layout:?}"),
            }
            continue;
        };
        let layout = refused.expect("an entry was rejected without need");
        assert_eq!(rejected.error, rosti::TryReserveError::AllocError { layout });
        let stored = map.len() as u64;
        assert!((0..stored).all(|n| map.get(&n) == Some(&Page::of(n))), "request {n}");
        if stored != 0 {
            // A present key needs no memory.
            let before = Tally::allocations();
            assert_eq!(map.try_reserve_insert(0, Page::of(0)), Ok(Some(Page::of(0))));
            assert_eq!(Tally::allocations(), before);
        }
        // The same key finds no room again, through each of the doors.
        let fresh = (stored, Page::of(stored));
        let (result, _) = Tally::refusing(1, || map.try_reserve_insert(stored, Page::of(stored)));
        assert_eq!(result.expect_err("there was no memory").value, fresh);
        let (result, _) = Tally::refusing(1, || match map.entry(stored) {
            Entry::Occupied(_) => panic!("the key is not in the map"),
            Entry::Vacant(entry) => entry.try_insert(Page::of(stored)).map(|page| page.0),
        });
        assert_eq!(result.expect_err("there was no memory").value, fresh);
        for with_key in [false, true] {
            let (result, _) = Tally::refusing(1, || match map.entry_ref(&stored) {
                EntryRef::Occupied(_) => panic!("the key is not in the map"),
                EntryRef::Vacant(entry) if with_key => {
                    let result = entry.try_insert_with_key(stored, Page::of(stored));
                    result.map(|page| page.0).map_err(|rejected| rejected.value)
                }
                EntryRef::Vacant(entry) => {
                    let result = entry.try_insert(Page::of(stored)).map(|page| page.0);
                    result.map_err(|rejected| (stored, rejected.value))
                }
            });
            assert_eq!(result.expect_err("there was no memory"), fresh);
        }
        assert_eq!(map.len() as u64, stored);
        let mut rest = rejected.value;
        assert_eq!(rest.next(), Some(fresh.clone()));
        assert_eq!(map.try_reserve_insert(fresh.0, fresh.1), Ok(None));
        assert!(map.try_extend(rest).is_ok());
        assert!(map == full, "request {n}");
    }
    // A copy is one or is none.
    for n in 1.. {
        let bytes = Tally::bytes();
        let (copy, refused) = Tally::refusing(n, || full.try_clone());
        match (copy, refused) {
            (Ok(copy), None) => {
                assert!(copy == full && copy.capacity() == full.capacity() && n > 4);
                break;
            }
            (Err(error), Some(layout)) => {
                assert_eq!(error, rosti::TryReserveError::AllocError { layout });
                assert_eq!(Tally::bytes(), bytes);
            }
            (copy, refused) => panic!("{} but {refused:?}", copy.is_ok()),
        }
    }
}

support::borrowed_keys! { Map<String, u64>, EntryRef }

#[test]
fn rejected_elements_come_back() {
    let many = scaled(20_000, 9000, 40);
    for n in 1.. {
        let mut set: ExtendibleSet<u64, By> = ExtendibleSet::default();
        let (result, refused) = Tally::refusing(n, || set.try_extend(0..many));
        if let Err(rejected) = result {
            assert!(refused.is_some());
            let stored = set.len() as u64;
            let (result, _) = Tally::refusing(1, || set.try_reserve_insert(stored));
            assert_eq!(result.expect_err("there was no memory").value, stored);
            assert!(stored == 0 || set.try_reserve_insert(0) == Ok(false));
            assert!(rejected.value.eq(stored..many));
            assert!(set.try_extend(stored..many).is_ok());
        } else if refused.is_none() {
            assert!(n > scaled(8, 8, 3));
            break;
        }
        assert!(set.len() as u64 == many && (0..many).all(|n| set.contains(&n)), "request {n}");
        assert_eq!(set.try_clone(), Ok(set));
    }
    let none = ExtendibleSet::<u64, By>::try_with_capacity_and_hasher_in;
    assert!(none(usize::MAX, By::default(), Default::default()).is_err());
    let some = none(10_000, By::default(), Default::default()).unwrap();
    assert!(some.capacity() >= 10_000);
}

/// Whether a refused request was reported, or was one that can be done without.
fn refuses(result: Result<(), rosti::TryReserveError>, layout: Layout) -> bool {
    match result {
        Ok(()) => layout.size() < 4096,
        Err(error) => error == rosti::TryReserveError::AllocError { layout },
    }
}

/// A key whose hash or comparison panics when it is asked for the `n`-th time from now.
#[derive(Clone, Debug)]
struct Fragile(Counted);

thread_local! {
    static FUSE: Cell<usize> = const { Cell::new(usize::MAX) };
}

fn burn() {
    let left = FUSE.get();
    FUSE.set(left.wrapping_sub(1));
    assert!(left != 0, "the fuse has burnt down");
}

impl PartialEq for Fragile {
    fn eq(&self, other: &Self) -> bool {
        burn();
        self.0 == other.0
    }
}

impl Eq for Fragile {}

impl Hash for Fragile {
    fn hash<H: Hasher>(&self, state: &mut H) {
        burn();
        self.0.hash(state);
    }
}

impl Drop for Fragile {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            burn();
        }
    }
}

/// Runs an operation with a fuse of each length until it gets through, on a map of `entries` each time,
/// and checks that nothing was lost, or what the operation takes out at most.
fn interrupt<T>(
    entries: u64,
    may_lose: bool,
    operation: impl Fn(&mut Map<Fragile, Page<Counted>>) -> T,
) {
    for fuse in (0..).map(|n| n + n * n / 50) {
        FUSE.set(usize::MAX);
        let mut map = Map::default();
        for n in 0..entries {
            map.insert(Fragile(key(n)), Page::of(key(n)));
        }
        FUSE.set(fuse);
        let result = catch_unwind(AssertUnwindSafe(|| drop(operation(&mut map))));
        FUSE.set(usize::MAX);
        assert_eq!(map.iter().fold(0, |n, _| n + 1), map.len());
        let found = (0..entries).filter(|&n| {
            let page = map.get(&Fragile(key(n)));
            assert!(page.is_none_or(|page| page.0.number() == n));
            page.is_some()
        });
        assert!(may_lose || found.count() as u64 == entries, "entries were lost");
        map.insert(Fragile(key(entries + 1)), Page::of(key(1)));
        map.shrink_to_fit();
        assert_eq!(map.iter().filter(|(k, _)| map.contains_key(*k)).count(), map.len());
        if result.is_ok() {
            return;
        }
    }
}

#[test]
fn a_panic_loses_nothing_and_drops_nothing_twice() {
    if cfg!(panic = "abort") {
        return;
    }
    let some = scaled(150, 120, 40);
    elements::run(|| {
        let some = scaled(150, 120, 40);
        interrupt(some, false, |map| {
            for n in 0..some / 2 {
                map.insert(Fragile(key(some + n)), Page::of(key(n)));
            }
        });
    });
    elements::run(|| {
        let some = scaled(150, 120, 40);
        interrupt(some, false, |map| map.reserve(4 * some as usize));
        interrupt(some, false, |map| drop(map.clone()));
        interrupt(some, true, |map| map.clear());
        interrupt(some, true, |map| map.retain(|key, _| key.0.number() % 3 == 0));
        interrupt(some, true, |map| drop(map.drain().nth(20)));
        interrupt(some, true, |map| map.extract_if(|key, _| key.0.number() % 3 == 0).count());
        interrupt(some, true, |map| drop(std::mem::take(map)));
        interrupt(some, true, |map| drop(std::mem::take(map).into_iter().nth(20)));
        interrupt(some, true, |map| std::mem::take(map).into_keys().for_each(drop));
        interrupt(some, true, |map| std::mem::take(map).into_values().for_each(drop));
        interrupt(some, false, |map| {
            (0..some)
                .for_each(|n| assert!(map.insert(Fragile(key(n)), Page::of(key(n))).is_some()));
        });
        interrupt(some, true, |map| {
            for n in 0..some {
                map.remove(&Fragile(key(n)));
            }
            map.shrink_to_fit();
        });
    });
    assert!(some > 0);
}

#[cfg(feature = "allocator-api2")]
mod allocators {
    use super::*;
    use allocator_api2::alloc::{AllocError, Allocator, Global};
    use std::ptr::NonNull;
    use std::rc::Rc;

    /// Counts what is out, and panics at the `n`-th call from now.
    #[derive(Clone, Default)]
    struct Book(Rc<Account>);

    #[derive(Default)]
    struct Account {
        bytes: Cell<usize>,
        blocks: Cell<usize>,
        panic_in: Cell<usize>,
    }

    impl Book {
        fn call(&self) {
            let left = self.0.panic_in.get();
            self.0.panic_in.set(left.saturating_sub(1));
            assert!(left != 1, "the allocator panics");
        }
    }

    // SAFETY: blocks are the global allocator's.
    unsafe impl Allocator for Book {
        fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
            self.call();
            let block = Global.allocate(layout)?;
            self.0.bytes.set(self.0.bytes.get() + layout.size());
            self.0.blocks.set(self.0.blocks.get() + 1);
            Ok(block)
        }

        unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
            self.0.bytes.set(self.0.bytes.get() - layout.size());
            self.0.blocks.set(self.0.blocks.get() - 1);
            // SAFETY: the caller's contract.
            unsafe { Global.deallocate(block, layout) };
            self.call();
        }
    }

    type BookMap = ExtendibleMap<Counted, Page<u64>, By, Book>;

    fn filled(book: &Book, entries: u64) -> BookMap {
        let mut map = ExtendibleMap::with_hasher_in(By::default(), book.clone());
        map.extend((0..entries).map(|n| (key(n), Page::of(n))));
        map
    }

    #[test]
    fn allocation_size_is_what_is_out() {
        let book = Book::default();
        let mut map = filled(&book, 0);
        for n in 0..scaled(1000, 500, 100) {
            map.insert(key(n), Page::of(n));
            assert_eq!(map.allocation_size(), book.0.bytes.get());
        }
        let copy = map.clone();
        assert_eq!(map.allocation_size() + copy.allocation_size(), book.0.bytes.get());
        drop(copy);
        map.retain(|key, _| key.number() % 10 == 0);
        map.shrink_to_fit();
        assert_eq!(map.allocation_size(), book.0.bytes.get());
        map.reserve(300);
        assert_eq!(map.allocation_size(), book.0.bytes.get());
        map.drain();
        drop(map.into_iter());
        assert_eq!((book.0.bytes.get(), book.0.blocks.get()), (0, 0));
    }

    #[test]
    fn an_allocator_may_panic() {
        if cfg!(panic = "abort") {
            return;
        }
        elements::run(|| {
            let some = scaled(100, 80, 35);
            let operations: [fn(&mut BookMap); 4] = [
                |map| map.extend((1000..1080).map(|n| (key(n), Page::of(n)))),
                |map| map.reserve(500),
                |map| {
                    map.retain(|key, _| key.number() < 20);
                    map.shrink_to_fit();
                },
                |map| drop(map.clone()),
            ];
            for operation in operations {
                for n in 1.. {
                    let book = Book::default();
                    let mut map = filled(&book, some);
                    book.0.panic_in.set(n);
                    let result = catch_unwind(AssertUnwindSafe(|| operation(&mut map)));
                    book.0.panic_in.set(0);
                    assert_eq!(map.iter().fold(0, |n, _| n + 1), map.len());
                    let kept = if map.len() < some as usize { 20 } else { some };
                    assert!(
                        (0..kept).all(|n| map.get(&key(n)) == Some(&Page::of(n))),
                        "{n} {some} {}",
                        map.len()
                    );
                    map.extend((2000..2080).map(|n| (key(n), Page::of(n))));
                    assert!((2000..2080).all(|n| map.contains_key(&key(n))), "{n}");
                    drop(map);
                    if result.is_ok() {
                        assert_eq!(book.0.blocks.get(), 0);
                        break;
                    }
                }
            }
        });
    }
}
