//! The cases that the Swiss-table documents test or prescribe, told for a Rust map, as far as the other tests do not
//! reach them: equal keys and keys equal to nothing, how much work growth may make, the edges of tables of tables.
//!
//! Where a document says what its language's map does and Rust's maps differ (which of two equal
//! keys stays, what may happen during iteration), the test says what Rust's do.

#![cfg(feature = "extendible")]

mod trace;

use foldhash::fast::FixedState;
use rosti::hash_map::Entry;
use rosti::{ExtendibleMap, HashMap, HashSet, hash_set};
use std::cell::Cell;
use std::hash::{BuildHasher, Hash, Hasher};
use std::mem;
use trace::{Counted, Element, Shaped, ledger};

type Map<K, V> = HashMap<K, V, FixedState>;
type Set<T> = HashSet<T, FixedState>;

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

// ---------------------------------------------------------------------------------------- capacity

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

fn done<T>(_: T) {}

/// A value so large that a map of some hundred entries has many tables.
type Bulky = [u32; 127];

/// A test of each hasher.
macro_rules! tables_of_tables {
    ($($name:ident: $hasher:ty;)*) => {$(
        #[test]
        fn $name() {
            super::tables_of_tables_over_the_edges(<$hasher>::default());
        }
    )*};
}

mod split {
    use super::*;

    tables_of_tables! {
        good: FixedState;
        identity: Shaped<trace::Identity>;
        constant_zero: Shaped<trace::Zero>;
        constant_ones: Shaped<trace::Ones>;
        low_bits: Shaped<trace::LowBits>;
        top_bits: Shaped<trace::TopBits>;
    }
}

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
fn a_leaked_extract_if_drops_nothing_twice() {
    for len in [0, 1, 4, 8, 17, 29, 225].into_iter().take(if cfg!(miri) { 6 } else { 7 }) {
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
