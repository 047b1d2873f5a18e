//! `IntMap`: each method and trait, the keys it takes, and what goes wrong in keys and values.
#![cfg(feature = "default-hasher")]

mod elements;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::hash::{BuildHasher, Hash, Hasher};
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};

use elements::{COUNTS, Counted, Element};
use rosti::int_map::{Entry, IntHashBuilder, IntKey, IntMap};
use rosti::internals::{Global, Tag};
use rosti::{HashMap, TryReserveError};

/// The map of the first `count` numbers, each with the number after.
fn map(count: u64) -> IntMap<u64, u64> {
    (0..count).map(|n| (n, n + 1)).collect()
}

/// Checks that a map consists of these entries and finds them.
fn assert_holds<K: IntKey + Ord + Debug, V: Clone + PartialEq + Debug>(
    map: &IntMap<K, V>,
    expected: impl IntoIterator<Item = (K, V)>,
) {
    let expected: BTreeMap<K, V> = expected.into_iter().collect();
    assert_eq!((map.len(), map.is_empty()), (expected.len(), expected.is_empty()));
    assert!(map.capacity() >= map.len());
    for (&key, value) in &expected {
        assert_eq!(map.get(key), Some(value));
    }
    let iterated = map.iter().map(|(&key, value)| (key, value.clone())).collect();
    assert_eq!(expected, iterated);
}

// ------------------------------------------------------------------------------------ construction

#[test]
fn empty_maps_allocate_nothing() {
    const SEEDED: IntMap<u8, String> = IntMap::with_seed(1);
    const SEEDED_IN: IntMap<u8, String> = IntMap::with_seed_in(1, Global);
    for map in [SEEDED, SEEDED_IN, IntMap::new(), IntMap::new_in(Global), IntMap::default()] {
        assert_eq!((map.len(), map.capacity(), map.allocation_size()), (0, 0, 0));
        assert_eq!(map.get(1), None);
        let _: &Global = map.allocator();
    }
}

#[test]
fn a_capacity_asked_for_is_there() {
    for capacity in COUNTS.map(|count| count as usize) {
        for mut map in [
            IntMap::with_capacity(capacity),
            IntMap::with_capacity_in(capacity, Global),
            IntMap::with_capacity_and_seed(capacity, 1),
            IntMap::with_capacity_and_seed_in(capacity, 1, Global),
        ] {
            let (had, size) = (map.capacity(), map.allocation_size());
            assert!(had >= capacity);
            map.extend((0..had).map(|n| (n, ())));
            assert_eq!((map.capacity(), map.allocation_size()), (had, size));
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_order() {
    let order = |mut map: IntMap<u64, ()>| {
        map.extend((0..100).map(|n| (n, ())));
        map.into_keys().collect::<Vec<_>>()
    };
    assert_eq!(order(IntMap::with_seed(1)), order(IntMap::with_seed(1)));
    assert_ne!(order(IntMap::with_seed(1)), order(IntMap::with_seed(2)));
    assert_ne!(order(IntMap::new()), order(IntMap::new()), "each map draws a seed");
}

// ------------------------------------------------------------------------------------- operations

#[test]
fn insert_returns_the_old_value() {
    let mut map = IntMap::new();
    for n in 0..100u32 {
        assert_eq!(map.insert(n, n), None);
        assert_eq!(map.insert(n, n + 1), Some(n));
    }
    assert_holds(&map, (0..100).map(|n| (n, n + 1)));
}

#[test]
fn try_insert_refuses_a_present_key() {
    let mut map = map(3);
    assert_eq!(map.try_insert(3, 4).unwrap(), &mut 4);
    let error = map.try_insert(1, 9).unwrap_err();
    assert_eq!((error.entry.key(), error.entry.get(), error.value), (&1, &2, 9));
    assert_holds(&map, (0..4).map(|n| (n, n + 1)));
}

#[test]
fn lookups_find_what_is_there() {
    for count in COUNTS {
        let mut map = map(count);
        for n in 0..count {
            assert_eq!((map.get(n), map.contains_key(n)), (Some(&(n + 1)), true));
            *map.get_mut(n).unwrap() += 1;
            assert_eq!(map[n], n + 2);
        }
        for n in count..count + 100 {
            assert_eq!((map.get(n), map.contains_key(n)), (None, false));
            assert_eq!(map.get_mut(n), None);
        }
    }
}

#[test]
#[should_panic(expected = "no entry found for key")]
fn index_of_an_absent_key() {
    let _ = map(3)[3];
}

#[test]
fn remove_takes_one_entry() {
    for count in COUNTS {
        let mut map = map(count);
        for n in 0..count {
            if n % 2 == 0 {
                assert_eq!(map.remove(n), Some(n + 1));
            } else {
                assert_eq!(map.remove_entry(n), Some((n, n + 1)));
            }
            assert_eq!((map.remove(n), map.remove_entry(n)), (None, None));
            assert_eq!(map.len() as u64, count - n - 1);
        }
    }
}

#[test]
fn pop_empties_the_map() {
    for count in COUNTS {
        let mut map = map(count);
        let popped = std::iter::from_fn(|| map.pop()).collect();
        assert_eq!(map.len(), 0);
        assert_holds(&popped, (0..count).map(|n| (n, n + 1)));
    }
}

#[test]
fn entries_of_both_kinds() {
    let mut map = IntMap::new();
    match map.entry(1u8) {
        Entry::Occupied(_) => panic!("the map is empty"),
        Entry::Vacant(entry) => assert_eq!(entry.insert('a'), &mut 'a'),
    }
    match map.entry(1) {
        Entry::Occupied(mut entry) => assert_eq!(entry.insert('b'), 'a'),
        Entry::Vacant(_) => panic!("the key is present"),
    }
    assert_eq!(map.entry(1).or_insert('c'), &mut 'b');
    assert_eq!(map.entry(2).or_insert_with(|| 'c'), &mut 'c');
    assert_eq!(map.entry(3).or_default(), &mut '\0');
    map.entry(2).and_modify(|value| value.make_ascii_uppercase()).or_insert('d');
    assert_holds(&map, [(1, 'b'), (2, 'C'), (3, '\0')]);
}

#[test]
fn a_vacant_entry_that_is_not_filled_changes_nothing() {
    let mut map = map(0);
    map.entry(1).and_modify(|value| *value += 1);
    assert_eq!((map.len(), map.allocation_size()), (0, 0));
}

#[test]
fn get_disjoint_mut_gives_several_values() {
    let mut map = map(20);
    let [a, b, c] = map.get_disjoint_mut([1, 30, 2]);
    assert_eq!(b, None);
    std::mem::swap(a.unwrap(), c.unwrap());
    assert_eq!((map[1], map[2]), (3, 2));
}

#[test]
#[should_panic(expected = "duplicate keys found")]
fn get_disjoint_mut_refuses_equal_keys() {
    map(3).get_disjoint_mut([1, 1]);
}

#[test]
fn iterators_return_each_entry_once() {
    for count in COUNTS {
        let mut map = map(count);
        let sorted = |numbers: Vec<u64>| {
            let mut numbers = numbers;
            numbers.sort_unstable();
            numbers
        };
        let (keys, values): (Vec<_>, Vec<_>) = (0..count).map(|n| (n, n + 1)).unzip();
        assert_eq!(sorted(map.keys().copied().collect()), keys);
        assert_eq!(sorted(map.values().copied().collect()), values);
        assert_eq!(sorted(map.clone().into_keys().collect()), keys);
        assert_eq!(sorted(map.clone().into_values().collect()), values);
        assert_eq!(sorted(map.clone().into_iter().map(|(key, _)| key).collect()), keys);
        assert_eq!(sorted((&map).into_iter().map(|(_, value)| *value).collect()), values);
        assert_eq!((map.iter().len(), map.values_mut().len()), (map.len(), map.len()));
        for (key, value) in &mut map {
            *value += key;
        }
        map.values_mut().for_each(|value| *value *= 2);
        map.iter_mut().for_each(|(_, value)| *value += 1);
        assert_holds(&map, (0..count).map(|n| (n, 2 * (n + n + 1) + 1)));
    }
}

#[test]
fn drain_keeps_the_memory() {
    for count in COUNTS {
        let mut map = map(count);
        let capacity = map.capacity();
        assert_holds(&map.drain().collect(), (0..count).map(|n| (n, n + 1)));
        assert_eq!((map.len(), map.capacity()), (0, capacity));
    }
}

#[test]
fn retain_and_extract_if_split_the_entries() {
    for count in COUNTS {
        let (mut map, mut other) = (map(count), map(count));
        map.retain(|key, value| key % 3 == 0 && *value == key + 1);
        let extracted = other.extract_if(|key, _| key % 3 == 0).collect();
        assert_eq!(map, extracted);
        assert_holds(&map, (0..count).step_by(3).map(|n| (n, n + 1)));
        assert_holds(&other, (0..count).filter(|n| n % 3 != 0).map(|n| (n, n + 1)));
    }
}

#[test]
fn clear_keeps_the_memory() {
    let mut map = map(100);
    let size = map.allocation_size();
    map.clear();
    assert_eq!((map.len(), map.allocation_size(), map.get(1)), (0, size, None));
}

#[test]
fn capacity_follows_requests() {
    let mut map = map(20);
    map.reserve(1000);
    assert!(map.capacity() >= 1020);
    map.shrink_to(500);
    assert!((500..1000).contains(&map.capacity()));
    map.shrink_to_fit();
    assert!(map.capacity() < 100);
    assert_eq!(map.try_reserve(500), Ok(()));
    let capacity = map.capacity();
    assert_eq!(map.try_reserve(usize::MAX), Err(TryReserveError::CapacityOverflow));
    assert!(capacity >= 520 && map.capacity() == capacity);
    assert_holds(&map, (0..20).map(|n| (n, n + 1)));
}

// ------------------------------------------------------------------------------------------ traits

#[test]
fn clones_are_equal_and_apart() {
    for count in COUNTS {
        let original = map(count);
        let mut copy = original.clone();
        assert_eq!(copy, original);
        assert_eq!(copy.capacity(), original.capacity());
        copy.insert(count, 0);
        assert_ne!(copy, original);
        // Another size and another seed.
        let mut target = map(7);
        target.clone_from(&original);
        assert_holds(&target, (0..count).map(|n| (n, n + 1)));
    }
}

#[test]
fn equality_sees_keys_and_values() {
    let (one, two) = (IntMap::from([(1, 'a')]), IntMap::from([(1, 'b')]));
    assert_eq!(one, one.clone());
    assert!(one != two && one != IntMap::new() && one != IntMap::from([(2, 'a')]));
    assert_eq!(IntMap::<u8, u8>::with_seed(1), IntMap::with_seed(2), "seeds do not count");
}

#[test]
fn debug_shows_entries() {
    assert_eq!(format!("{:?}", IntMap::from([(1, 'a')])), "{1: 'a'}");
}

#[test]
fn collecting_and_extending() {
    let mut map: IntMap<u8, u8> = [(1, 1), (2, 2), (1, 3)].into_iter().collect();
    map.extend([(2, 4), (3, 5)]);
    map.extend(&IntMap::from([(3, 6)]));
    assert_holds(&map, [(1, 3), (2, 4), (3, 6)]);
}

#[test]
fn a_hash_map_with_the_same_hasher_is_the_same_map() {
    let by_reference: HashMap<u64, u64, IntHashBuilder> = map(20).into();
    assert_eq!(by_reference.get(&3), Some(&4));
    assert_eq!(IntMap::from(by_reference), map(20));
}

// -------------------------------------------------------------------------------------------- keys

/// Checks maps of these keys, which are all different.
fn check_keys<K: IntKey + Ord + Debug>(keys: &[K]) {
    for seed in [0, 1, u64::MAX] {
        let mut map = IntMap::with_seed(seed);
        for (i, &key) in keys.iter().enumerate() {
            assert_eq!(map.insert(key, i), None, "{key:?} is not another one of the keys");
        }
        assert_holds(&map, keys.iter().copied().zip(0..));
        for (i, &key) in keys.iter().enumerate() {
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
fn crowded<K: IntKey>(keys: impl Iterator<Item = K>, seed: u64) -> usize {
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Id(u32);
impl IntKey for Id {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Colour {
    Red,
    Green,
    Blue,
}
impl IntKey for Colour {}

#[test]
fn newtypes_and_enums() {
    check_keys(&(0..100).map(Id).collect::<Vec<_>>());
    check_keys(&[Colour::Red, Colour::Green, Colour::Blue]);
}

/// More than one number, which is allowed and slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Address([u8; 18]);
impl IntKey for Address {}

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

/// A key whose hash is the same for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Crowded(u64);
impl IntKey for Crowded {}

impl Hash for Crowded {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(7);
    }
}

#[test]
fn keys_with_one_hash() {
    check_keys(&(0..300).map(Crowded).collect::<Vec<_>>());
}

thread_local! {
    static LIES: Cell<u64> = const { Cell::new(0) };
}

/// A key that is hashed and compared differently each time.
#[derive(Clone, Copy)]
struct Liar;
impl IntKey for Liar {}

impl Liar {
    fn lie() -> u64 {
        LIES.set(LIES.get().wrapping_mul(6364136223846793005).wrapping_add(1));
        LIES.get() >> 60
    }
}

impl Hash for Liar {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(Liar::lie());
    }
}

impl PartialEq for Liar {
    fn eq(&self, _: &Self) -> bool {
        Liar::lie() % 2 == 0
    }
}
impl Eq for Liar {}

#[test]
fn lying_keys_do_no_harm() {
    elements::run(|| {
        let mut map = IntMap::with_seed(1);
        for n in 0..2000 {
            map.insert(Liar, Counted::new(n));
            map.remove(Liar);
            map.entry(Liar).or_insert_with(|| Counted::new(n));
        }
        assert_eq!(map.iter().count(), map.len());
        assert_eq!(Counted::live(), map.len() as isize);
    });
}

// ---------------------------------------------------------------------------------------- failures

thread_local! {
    /// Clones and drops until one panics.
    static FUSE: Cell<u32> = const { Cell::new(u32::MAX) };
}

/// Panics when the fuse has burnt down.
fn burn() {
    FUSE.set(FUSE.get() - 1);
    if FUSE.get() == 0 {
        FUSE.set(u32::MAX);
        panic!("the fuse has burnt down");
    }
}

/// A value whose clone or drop may panic.
struct Fused(Counted);

impl Clone for Fused {
    fn clone(&self) -> Self {
        burn();
        Fused(self.0.clone())
    }
}

impl Drop for Fused {
    fn drop(&mut self) {
        burn();
    }
}

fn fused(count: u64) -> IntMap<u64, Fused> {
    (0..count).map(|n| (n, Fused(Counted::new(n)))).collect()
}

#[test]
#[cfg_attr(panic = "abort", ignore = "needs unwinding")]
fn a_clone_that_panics_leaks_nothing() {
    elements::run(|| {
        let map = fused(50);
        for fuse in [1, 10, 50] {
            FUSE.set(fuse);
            assert!(catch_unwind(AssertUnwindSafe(|| map.clone())).is_err());
            FUSE.set(u32::MAX);
            assert_eq!(Counted::live(), 50);
        }
    });
}

#[test]
#[cfg_attr(panic = "abort", ignore = "needs unwinding")]
fn a_drop_that_panics_leaves_the_map_in_order() {
    elements::run(|| {
        for fuse in [1, 10, 50] {
            let mut map = fused(50);
            FUSE.set(fuse);
            let cleared = catch_unwind(AssertUnwindSafe(|| map.clear()));
            FUSE.set(u32::MAX);
            assert!(cleared.is_err());
            assert_eq!(map.iter().count(), map.len());
            map.insert(1, Fused(Counted::new(1)));
            assert!(map.contains_key(1));
        }
    });
}

#[cfg(feature = "allocator-api2")]
#[test]
fn a_refusing_allocator_is_reported() {
    use allocator_api2::alloc::{AllocError, Allocator};
    use std::alloc::Layout;
    use std::ptr::NonNull;

    struct Refuses;
    // SAFETY: it gives no memory.
    unsafe impl Allocator for Refuses {
        fn allocate(&self, _: Layout) -> Result<NonNull<[u8]>, AllocError> {
            Err(AllocError)
        }
        unsafe fn deallocate(&self, _: NonNull<u8>, _: Layout) {}
    }

    let mut map: IntMap<u64, u64, Refuses> = IntMap::new_in(Refuses);
    assert!(matches!(map.try_reserve(1), Err(TryReserveError::AllocError { .. })));
    assert_eq!((map.len(), map.capacity()), (0, 0));
}
