//! Parallel iterators and parallel building: each against its serial form.

#![cfg(feature = "rayon")]

mod support;

use rayon::iter::plumbing::UnindexedConsumer;
use rayon::prelude::*;
use rosti::{HashMap, HashSet, HashTable};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicIsize, Ordering};
use support::{By, HASHERS, mixed};

type Map<K, V> = HashMap<K, V, By>;
type Set<T> = HashSet<T, By>;

/// Nothing, one, one window and its neighbours, the first tables with several windows, many
/// groups.
const SIZES: &[u64] = if cfg!(miri) {
    &[0, 1, 8, 17, 60, 300]
} else if cfg!(rosti_emulated) {
    &[0, 1, 3, 8, 9, 16, 17, 28, 29, 60, 1000, 5000]
} else {
    &[0, 1, 3, 8, 9, 16, 17, 28, 29, 60, 1000, 100_000]
};

/// Many groups, but not very many.
const SOME: u64 = if cfg!(miri) { 60 } else { 1000 };

/// Enough for a map to be filled by regions in [`many_threads`].
const MANY: u64 = if cfg!(miri) {
    300
} else if cfg!(rosti_emulated) {
    3000
} else {
    100_000
};

/// More threads than this machine may have: so many that a table is filled by regions although
/// [`MANY`] entries are not that many.
static POOL: LazyLock<rayon::ThreadPool> =
    LazyLock::new(|| rayon::ThreadPoolBuilder::new().num_threads(24).build().expect("threads"));

fn many_threads<R: Send>(f: impl FnOnce() -> R + Send) -> R {
    POOL.install(f)
}

fn map_of(len: u64) -> Map<u64, u64> {
    (0..len).map(|key| (key, 10 * key)).collect()
}

fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort_unstable();
    items
}

/// Whether a parallel iterator has the items of a serial one, in whatever order.
#[track_caller]
fn same_items<T: Ord + Debug + Send>(
    parallel: impl ParallelIterator<Item = T>,
    serial: impl IntoIterator<Item = T>,
) {
    // Not `assert_eq`: nobody reads a hundred thousand items.
    assert!(sorted(parallel.collect::<Vec<T>>()) == sorted(serial), "other items");
}

#[test]
fn maps_by_reference() {
    for &len in SIZES {
        let map = map_of(len);
        same_items(map.par_iter(), &map);
        same_items((&map).into_par_iter(), &map);
        same_items(map.par_keys(), map.keys());
        same_items(map.par_values(), map.values());
    }
}

#[test]
fn maps_by_mutable_reference() {
    for &len in SIZES {
        let mut map = map_of(len);
        map.par_iter_mut().for_each(|(key, value)| *value += key);
        map.par_values_mut().for_each(|value| *value += 1);
        (&mut map).into_par_iter().for_each(|(_, value)| *value *= 2);
        assert!(map == (0..len).map(|key| (key, (11 * key + 1) * 2)).collect());
    }
}

#[test]
fn maps_by_value() {
    for &len in SIZES {
        let map = map_of(len);
        same_items(map.clone().into_par_iter(), map);
    }
}

#[test]
fn drained_maps_keep_their_memory() {
    for &len in SIZES {
        let mut map = map_of(len);
        let (capacity, entries) = (map.capacity(), map.clone());
        same_items(map.par_drain(), entries);
        assert_eq!((map.len(), map.capacity()), (0, capacity));
        assert_eq!(map.insert(7, 7), None);
    }
}

#[test]
fn sets() {
    for &len in SIZES {
        let mut set: Set<u64> = (0..len).collect();
        same_items(set.par_iter(), &set);
        same_items(set.clone().into_par_iter(), set.clone());
        let capacity = set.capacity();
        same_items(set.par_drain(), 0..len);
        assert_eq!((set.len(), set.capacity()), (0, capacity));
    }
}

#[test]
fn tables() {
    for &len in SIZES {
        let mut table = HashTable::new();
        (0..len).for_each(|n| {
            table.insert_unique(mixed(n), n, |&n| mixed(n));
        });
        same_items(table.par_iter(), &table);
        table.par_iter_mut().for_each(|n| *n += 1);
        same_items(table.clone().into_par_iter(), 1..=len);
        let capacity = table.capacity();
        same_items(table.par_drain(), 1..=len);
        assert_eq!((table.len(), table.capacity()), (0, capacity));
    }
}

#[test]
fn iterators_show_what_they_will_return() {
    fn shows(iter: impl Debug, items: &str) {
        assert_eq!(format!("{iter:?}"), items);
    }
    let mut map = Map::from_iter([(1, 'a')]);
    shows(map.par_iter(), "[(1, 'a')]");
    shows(map.par_keys(), "[1]");
    shows(map.par_values(), "['a']");
    shows(map.par_iter_mut(), "[(1, 'a')]");
    shows(map.par_values_mut(), "['a']");
    shows(map.clone().into_par_iter(), "[(1, 'a')]");
    shows(map.par_drain(), "[(1, 'a')]");
    let (mut set, other) = (Set::from_iter([1, 2]), Set::from_iter([2]));
    shows(set.par_difference(&other), "[1]");
    shows(set.par_symmetric_difference(&other), "[1]");
    shows(set.par_intersection(&other), "[2]");
    shows(other.par_union(&Set::from_iter([2])), "[2]");
    shows(other.par_iter(), "[2]");
    shows(other.into_par_iter(), "[2]");
    set.remove(&2);
    shows(set.par_drain(), "[1]");
    let mut table = HashTable::new();
    table.insert_unique(7, 'a', |_| 7);
    shows(table.par_iter(), "['a']");
    shows(table.par_iter_mut(), "['a']");
    shows(table.clone().into_par_iter(), "['a']");
    shows(table.par_drain(), "['a']");
}

#[test]
fn shared_iterators_can_be_cloned() {
    let (map, set) = (map_of(100), Set::from_iter(0..100));
    same_items(map.par_iter().clone(), &map);
    same_items(map.par_keys().clone(), map.keys());
    same_items(map.par_values().clone(), map.values());
    same_items(set.par_iter().clone(), &set);
    let other = Set::from_iter(50..150);
    same_items(set.par_union(&other).clone(), set.union(&other));
    let table: HashTable<u64> = HashTable::new();
    same_items(table.par_iter().clone(), &table);
}

#[test]
fn algebra() {
    let lens = [0, 1, 16, 17, SOME, MANY / 3];
    for (a_len, b_len) in lens.into_iter().flat_map(|a| lens.map(|b| (a, b))) {
        // The second begins in the middle of the first.
        let (a, b): (Set<u64>, Set<u64>) =
            ((0..a_len).collect(), (a_len / 2..a_len / 2 + b_len).collect());
        same_items(a.par_union(&b), a.union(&b));
        same_items(a.par_intersection(&b), a.intersection(&b));
        same_items(a.par_difference(&b), a.difference(&b));
        same_items(a.par_symmetric_difference(&b), a.symmetric_difference(&b));
        assert_eq!(a.par_is_disjoint(&b), a.is_disjoint(&b));
        assert_eq!(a.par_is_subset(&b), a.is_subset(&b));
        assert_eq!(a.par_is_superset(&b), a.is_superset(&b));
        assert_eq!(a.par_eq(&b), a == b);
    }
}

#[test]
fn relations_of_sets() {
    let set = |elements: std::ops::Range<u64>| Set::from_iter(elements);
    assert!(set(0..50).par_is_disjoint(&set(50..2000)));
    assert!(!set(0..51).par_is_disjoint(&set(50..2000)));
    assert!(set(5..9).par_is_subset(&set(0..1000)));
    assert!(!set(5..9).par_is_subset(&set(6..1000)));
    assert!(set(0..1000).par_is_superset(&set(5..9)));
    assert!(!set(6..1000).par_is_superset(&set(5..9)));
    assert!(set(0..1000).par_eq(&set(0..1000)));
    assert!(!set(0..1000).par_eq(&set(1..1001)));
    assert!(!set(0..1000).par_eq(&set(0..999)));
}

#[test]
fn equality_of_maps() {
    for &len in SIZES {
        let (map, mut other) = (map_of(len), map_of(len));
        assert!(map.par_eq(&other));
        other.insert(len, 0);
        assert!(!map.par_eq(&other), "one key more");
        other.remove(&len);
        if let Some(value) = other.get_mut(&(len / 2)) {
            *value += 1;
            assert!(!map.par_eq(&other), "one value is another");
        }
    }
}

/// A key that is equal to others of its id, and says which of them it is.
#[derive(Clone, Copy, Debug)]
struct Key {
    id: u64,
    number: usize,
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.id == other.id
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

/// What matters of a map: which of several equal keys it has, and whose value.
fn contents(map: &Map<Key, usize>) -> BTreeMap<u64, (usize, usize)> {
    map.iter().map(|(key, &value)| (key.id, (key.number, value))).collect()
}

/// Maps before an extension and what they are extended by: every hash function, with sizes and
/// repetitions.
fn extensions(mut each: impl FnMut(Map<Key, usize>, &[(Key, usize)])) {
    for (name, function) in HASHERS {
        let good = ["mixed", "identity", "identity backwards"].contains(&name);
        for &len in SIZES.iter().filter(|&&len| good || len <= SOME) {
            for distinct in [1, len / 3 + 1, u64::MAX] {
                let entries = |len: u64, first: usize| -> Vec<(Key, usize)> {
                    let key = |n| Key { id: mixed(n % distinct) % (2 * len + 2), number: 0 };
                    let numbered = |(number, key)| (Key { number, ..key }, number);
                    (first..).zip((0..len).map(key)).map(numbered).collect()
                };
                for before in [0, len / 4] {
                    let mut map = Map::with_hasher(By(function));
                    map.extend(entries(before, 1_000_000));
                    each(map, &entries(len, 0));
                }
            }
        }
    }
}

#[test]
fn extending_is_inserting_in_order() {
    extensions(|before, entries| {
        let mut serial = before.clone();
        serial.extend(entries.iter().copied());
        let mut map = before;
        many_threads(|| map.par_extend(entries.to_vec()));
        assert!(contents(&map) == contents(&serial), "{} entries", entries.len());
        assert!(entries.iter().all(|(key, _)| map.contains_key(key)));
    });
}

#[test]
fn entries_may_come_in_any_number_of_chunks() {
    let entries: Vec<(Key, usize)> = (0..MANY as usize)
        .map(|number| (Key { id: mixed(number as u64) % (MANY / 2), number }, number))
        .collect();
    let serial: Map<Key, usize> = entries.iter().copied().collect();
    let by = |extend: &(dyn Fn(&mut Map<Key, usize>) + Sync)| {
        let mut map = Map::default();
        many_threads(|| extend(&mut map));
        assert!(contents(&map) == contents(&serial));
    };
    // The number of entries is not known beforehand, and it comes in few chunks, or in many.
    by(&|map| map.par_extend(entries.par_iter().copied().filter(|_| true)));
    by(&|map| map.par_extend(entries.par_chunks(3).flat_map(|chunk| chunk.to_vec())));
    by(&|map| map.par_extend(entries.par_chunks(3).flat_map_iter(|chunk| chunk.to_vec())));
    by(&|map| {
        let (front, back) = entries.split_at(entries.len() / 3);
        map.par_extend(front.to_vec());
        map.par_extend(back.to_vec());
    });
}

/// A parallel iterator whose length is not what it says.
struct Liar<I>(I, usize);

impl<I: ParallelIterator> ParallelIterator for Liar<I> {
    type Item = I::Item;

    fn drive_unindexed<C: UnindexedConsumer<I::Item>>(self, consumer: C) -> C::Result {
        self.0.drive_unindexed(consumer)
    }

    fn opt_len(&self) -> Option<usize> {
        Some(self.1)
    }
}

#[test]
fn more_entries_may_come_than_were_announced() {
    // The first is enough for filling by regions, in a table that is too small then. The next two are
    // not, so entries are collected first. Of the last, not all come.
    for announced in [MANY, MANY / 2, 0, 3 * MANY] {
        let entry = |n| (mixed(n) % (2 * MANY), n);
        let serial: Map<u64, u64> = (0..2 * MANY).map(entry).collect();
        let entries = (0..2 * MANY).into_par_iter().map(entry);
        let map: Map<u64, u64> = many_threads(|| Liar(entries, announced as usize).collect());
        assert!(map == serial, "{announced} were announced");
        let numbers = Liar((0..2 * MANY).into_par_iter(), announced as usize);
        let set: Set<u64> = many_threads(|| numbers.collect());
        assert!(set == (0..2 * MANY).collect(), "{announced} were announced");
    }
}

#[test]
fn one_thread_does_it_too() {
    let entries: Vec<(u64, u64)> = (0..SOME).map(|n| (n % (SOME / 2), n)).collect();
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let map: Map<u64, u64> = one.install(|| entries.par_iter().copied().collect());
    assert_eq!(map, entries.into_iter().collect());
}

#[test]
fn collecting_is_extending_what_is_empty() {
    for &len in SIZES {
        let entries = || (0..len).map(|n| (mixed(n) % (len / 2 + 1), n));
        let serial: Map<u64, u64> = entries().collect();
        let list: Vec<(u64, u64)> = entries().collect();
        let map: Map<u64, u64> = many_threads(|| list.par_iter().copied().collect());
        assert!(map == serial);
        let set: Set<u64> = many_threads(|| list.par_iter().map(|&(key, _)| key).collect());
        assert!(set == serial.into_keys().collect());
    }
}

#[test]
fn copies_are_inserted_by_reference() {
    for &len in SIZES {
        let map = map_of(len);
        let other: Map<u64, u64> = (len / 2..2 * len).map(|key| (key, 3)).collect();
        let (mut serial, mut parallel) = (map.clone(), map);
        serial.extend(&other);
        many_threads(|| parallel.par_extend(&other));
        assert!(parallel == serial);
        let (set, others): (Set<u64>, Vec<u64>) =
            ((0..len).collect(), (len / 2..2 * len).collect());
        let (mut serial, mut parallel) = (set.clone(), set);
        serial.extend(&others);
        many_threads(|| parallel.par_extend(&others));
        assert!(parallel == serial);
    }
}

#[test]
fn sets_keep_the_first_of_equal_elements() {
    let elements: Vec<Key> =
        (0..MANY as usize).map(|number| Key { id: number as u64 % SOME, number }).collect();
    let mut set = Set::from_iter([Key { id: 7, number: usize::MAX }]);
    many_threads(|| set.par_extend(elements));
    assert_eq!(set.len() as u64, SOME);
    let number_of = |id: u64| if id == 7 { usize::MAX } else { id as usize };
    assert!(set.iter().all(|key| key.number == number_of(key.id)));
}

/// Counts how many of its kind there are, and panics at a call of the test's choice of a function
/// of the test's choice.
struct Counted<'a> {
    id: u64,
    ledger: &'a Ledger,
}

#[derive(Default)]
struct Ledger {
    live: AtomicIsize,
    /// Calls until the panic: in hashing, in comparing, in dropping. No more than that are counted
    /// below zero.
    fuses: [AtomicIsize; 3],
}

/// What [`Ledger`] panics with.
struct Blown;

impl Ledger {
    fn call(&self, fuse: usize) {
        if self.fuses[fuse].fetch_sub(1, Ordering::Relaxed) == 1 {
            // As a panic does, but without a message on the console.
            resume_unwind(Box::new(Blown));
        }
    }

    fn live(&self) -> isize {
        self.live.load(Ordering::Relaxed)
    }

    fn make(&self, id: u64) -> Counted<'_> {
        self.live.fetch_add(1, Ordering::Relaxed);
        Counted { id, ledger: self }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.ledger.live.fetch_sub(1, Ordering::Relaxed);
        // A drop that panics in an unwinding thread would end the program.
        if !std::thread::panicking() {
            self.ledger.call(2);
        }
    }
}

impl PartialEq for Counted<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.ledger.call(1);
        self.id == other.id
    }
}

impl Eq for Counted<'_> {}

impl Hash for Counted<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.ledger.call(0);
        self.id.hash(state);
    }
}

/// A map of counted keys and values.
fn counted(ledger: &Ledger, len: u64) -> Map<Counted<'_>, Counted<'_>> {
    (0..len).map(|id| (ledger.make(id), ledger.make(id))).collect()
}

#[test]
fn every_entry_is_dropped_once() {
    for &len in SIZES {
        let ledger = Ledger::default();
        let entry = |n: u64| (ledger.make(n % (len / 3 + 1)), ledger.make(n));
        let mut map = counted(&ledger, len / 2);
        many_threads(|| map.par_extend((0..len).into_par_iter().map(entry)));
        assert_eq!(ledger.live(), 2 * map.len() as isize, "what was replaced is dropped");
        map.par_drain().for_each(drop);
        assert_eq!((ledger.live(), map.len()), (0, 0));
        counted(&ledger, len).into_par_iter().for_each(drop);
        assert_eq!(ledger.live(), 0);
    }
}

#[test]
fn what_is_not_taken_is_dropped() {
    for &len in SIZES {
        let ledger = Ledger::default();
        let mut map = counted(&ledger, len);
        let capacity = map.capacity();
        drop(map.par_drain());
        assert_eq!((ledger.live(), map.len(), map.capacity()), (0, 0, capacity));

        let mut map = counted(&ledger, len);
        let taken = map.par_drain().find_any(|(key, _)| key.id == len / 2);
        assert_eq!(ledger.live(), if taken.is_some() { 2 } else { 0 });
        assert_eq!((map.len(), map.capacity()), (0, capacity));
        drop(taken);

        drop(counted(&ledger, len).into_par_iter());
        assert_eq!(ledger.live(), 0);
        let taken = counted(&ledger, len).into_par_iter().take_any(5).collect::<Vec<_>>();
        assert_eq!(ledger.live(), 2 * len.min(5) as isize);
        drop(taken);
        assert_eq!(ledger.live(), 0);
    }
}

#[test]
fn a_leaked_drain_costs_the_entries_only() {
    let ledger = Ledger::default();
    let mut map = counted(&ledger, 100);
    std::mem::forget(map.par_drain());
    assert_eq!((map.len(), map.iter().fold(0, |n, _| n + 1)), (0, 0));
    map.insert(ledger.make(7), ledger.make(7));
    assert_eq!(map.len(), 1);
}

/// Whether a ledger's fuse blew in there; other panics go on.
fn blows(f: impl FnOnce()) -> bool {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(()) => false,
        Err(panic) if panic.is::<Blown>() => true,
        Err(panic) => resume_unwind(panic),
    }
}

#[test]
fn a_panic_in_a_closure_ends_a_drain_in_order() {
    for len in [1, 17, SOME] {
        for last in [0, len / 2, len - 1] {
            let ledger = Ledger::default();
            let mut map = counted(&ledger, len);
            let capacity = map.capacity();
            let blown = blows(|| {
                map.par_drain().for_each(|(key, _)| {
                    if key.id == last {
                        resume_unwind(Box::new(Blown));
                    }
                });
            });
            assert!(blown);
            assert_eq!((ledger.live(), map.len(), map.capacity()), (0, 0, capacity));
        }
    }
}

#[test]
fn user_code_that_panics_loses_nothing_but_what_was_not_in() {
    // From first calls to some in the middle of the fill. Each key comes twice, so there are as
    // many comparisons as keys, and as many drops of replaced values and of second keys.
    let len = MANY;
    for fuse in 0..3 {
        for calls in [1, SOME as isize, len as isize / 4] {
            let ledger = Ledger::default();
            let mut map = counted(&ledger, SOME);
            let entry = |n: u64| (ledger.make(n % (len / 2)), ledger.make(n));
            ledger.fuses[fuse].store(calls, Ordering::Relaxed);
            let blown =
                blows(|| many_threads(|| map.par_extend((0..len).into_par_iter().map(entry))));
            assert!(blown, "fuse {fuse}, {calls} calls");
            ledger.fuses.iter().for_each(|fuse| fuse.store(-1, Ordering::Relaxed));
            assert_eq!(ledger.live(), 2 * map.len() as isize, "fuse {fuse}, {calls} calls");
            assert_eq!(map.len(), map.iter().fold(0, |n, _| n + 1));
            assert!((SOME..=len / 2).contains(&(map.len() as u64)));
            let keys: Vec<u64> = map.keys().map(|key| key.id).collect();
            assert!(keys.iter().all(|&id| map.contains_key(&ledger.make(id))));
            // It goes on where it stopped.
            many_threads(|| map.par_extend((0..len).into_par_iter().map(entry)));
            assert_eq!(map.len(), len as usize / 2);
            assert!(map.iter().all(|(key, value)| value.id == key.id + len / 2));
            drop(map);
            assert_eq!(ledger.live(), 0);
        }
    }
}

/// Iterators go to other threads when what they give out may.
const _: () = {
    fn _send<T: Send>(_: T) {}
    fn _maps<K: Sync, V: Sync>(map: &HashMap<K, V, By>) {
        _send((map.par_iter(), map.par_keys(), map.par_values()));
    }
    // Keys are not given away, so `Sync` is enough for them.
    fn _mutable_maps<K: Sync, V: Send>(map: &mut HashMap<K, V, By>) {
        _send(map.par_iter_mut());
        _send(map.par_values_mut());
    }
    fn _owned<K: Send, V: Send>(mut map: HashMap<K, V, By>) {
        _send(map.par_drain());
        _send(map.into_par_iter());
    }
};

#[cfg(feature = "str")]
mod own_keys {
    use rayon::prelude::*;
    use rosti::{BytesMap, StrMap, StrSet};
    use std::collections::BTreeSet;

    /// Short keys and long ones.
    fn map() -> StrMap<usize> {
        (0..2000).map(|n| (format!("{n:>width$}", width = n % 40), n)).collect()
    }

    #[test]
    fn entries_are_visited_once_each() {
        let mut map = map();
        let visited: BTreeSet<(&str, &usize)> = map.par_iter().collect();
        assert_eq!(visited, map.iter().collect());
        assert_eq!(map.par_iter().count(), map.len());
        let expected: StrMap<usize> = map.iter().map(|(key, n)| (key, n + key.len())).collect();
        map.par_iter_mut().for_each(|(key, n)| *n += key.len());
        assert_eq!(map, expected);
    }

    #[test]
    fn elements_are_visited_once_each() {
        let map = map();
        let set: StrSet = map.keys().collect();
        assert_eq!(set.par_iter().collect::<BTreeSet<_>>(), map.keys().collect());
        assert_eq!(set.par_iter().count(), set.len());
    }

    /// Entries of which each key comes two or three times.
    fn entries() -> impl IndexedParallelIterator<Item = (String, usize)> + Clone {
        (0..5000usize).into_par_iter().map(|n| (format!("{:>20}", n % 1700), n))
    }

    #[test]
    fn collecting_is_inserting_in_order() {
        let serial: StrMap<usize> = entries().collect::<Vec<_>>().into_iter().collect();
        let map: StrMap<usize> = entries().collect();
        assert_eq!((map.len(), map[format!("{:>20}", 0).as_str()]), (1700, 3400));
        assert_eq!(map, serial);
        let set: StrSet = entries().map(|(key, _)| key).collect();
        assert_eq!(set, serial.keys().collect());
        let bytes: BytesMap<usize> = entries().map(|(key, n)| (key.into_bytes(), n)).collect();
        assert!(bytes.iter().all(|(key, n)| map.get(std::str::from_utf8(key).unwrap()) == Some(n)));
        assert_eq!(bytes.len(), map.len());
    }

    #[test]
    fn extending_overwrites_and_makes_room_for_all() {
        let (mut map, mut set) = (map(), map().keys().collect::<StrSet>());
        let (old, key) = (map.len(), format!("{:>20}", 17));
        map.insert(&key, 0);
        map.par_extend(entries());
        assert_eq!(map[key.as_str()], 17 + 2 * 1700);
        set.par_extend(entries().map(|(key, _)| key));
        assert_eq!(set, map.keys().collect());
        assert!(old < map.len() && map.len() <= old + 1700);
        let of_unknown_number = entries().filter(|(_, n)| *n < 1700);
        let mut fresh = StrMap::new();
        fresh.par_extend(of_unknown_number);
        assert_eq!(
            (fresh.len(), fresh.capacity()),
            (1700, StrMap::<u8>::with_capacity(1700).capacity())
        );
    }

    #[test]
    fn debug_output_lists_the_entries() {
        let mut map = StrMap::from([("a key in the arena", 1)]);
        assert_eq!(format!("{:?}", map.par_iter()), r#"[("a key in the arena", 1)]"#);
        assert_eq!(format!("{:?}", map.par_iter_mut()), r#"[("a key in the arena", 1)]"#);
        let set = StrSet::from(["one"]);
        assert_eq!(format!("{:?}", set.par_iter().clone()), r#"["one"]"#);
    }
}
