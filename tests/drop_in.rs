//! `use rosti as hashbrown;` and nothing else: pieces of programs as they are written for
//! hashbrown, which name its modules, types and traits the way such programs do.
//!
//! With `use hashbrown;` in its place the file passes for hashbrown 0.17 itself. (Whole packages are
//! tested by `ci/drop-in.sh`.)

#![cfg(all(feature = "default-hasher", feature = "allocator-api2", feature = "equivalent"))]

use rosti as hashbrown;

use std::borrow::Borrow;
use std::fmt::Debug;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};
use std::iter::FusedIterator;
use std::sync::Mutex;

/// FNV-1a, as the customary alias for a hasher that comes from elsewhere.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

type FnvMap<K, V> = hashbrown::HashMap<K, V, BuildHasherDefault<Fnv>>;
type FnvSet<T> = hashbrown::HashSet<T, BuildHasherDefault<Fnv>>;

fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort();
    items
}

/// A map that remembers the order of insertion: a table of indices into a vector, generic over
/// hasher and allocator.
mod ordered {
    use super::hashbrown::{DefaultHashBuilder, Equivalent, TryReserveError, hash_table};
    use allocator_api2::alloc::{Allocator, Global};
    use hash_table::{Entry, HashTable, VacantEntry};
    use std::hash::{BuildHasher, Hash};

    #[derive(Clone, Default)]
    pub struct Ordered<K, V, S = DefaultHashBuilder, A: Allocator = Global> {
        indices: HashTable<usize, A>,
        entries: Vec<(K, V)>,
        hasher: S,
    }

    #[derive(Debug, PartialEq)]
    pub enum Full {
        TooLarge,
        NoMemory(usize),
    }

    impl From<TryReserveError> for Full {
        fn from(error: TryReserveError) -> Self {
            match error {
                TryReserveError::CapacityOverflow => Full::TooLarge,
                TryReserveError::AllocError { layout } => Full::NoMemory(layout.size()),
            }
        }
    }

    impl<K: Hash + Eq, V, S: BuildHasher, A: Allocator> Ordered<K, V, S, A> {
        pub fn try_reserve(&mut self, additional: usize) -> Result<(), Full> {
            let (entries, hasher) = (&self.entries, &self.hasher);
            Ok(self.indices.try_reserve(additional, |&at| hasher.hash_one(&entries[at].0))?)
        }

        pub fn insert(&mut self, key: K, value: V) -> Option<V> {
            let Self { indices, entries, hasher } = self;
            let found = indices.entry(
                hasher.hash_one(&key),
                |&at| entries[at].0 == key,
                |&at| hasher.hash_one(&entries[at].0),
            );
            match found {
                Entry::Occupied(entry) => {
                    Some(std::mem::replace(&mut entries[*entry.get()].1, value))
                }
                Entry::Vacant(entry) => {
                    VacantEntry::insert(entry, entries.len());
                    entries.push((key, value));
                    None
                }
            }
        }

        pub fn index_of<Q: Hash + Equivalent<K> + ?Sized>(&self, key: &Q) -> Option<usize> {
            let is_key = |&at: &usize| key.equivalent(&self.entries[at].0);
            self.indices.find(self.hasher.hash_one(key), is_key).copied()
        }

        /// Removes an entry; the last one takes its place.
        pub fn swap_remove<Q: Hash + Equivalent<K> + ?Sized>(&mut self, key: &Q) -> Option<(K, V)> {
            let Self { indices, entries, hasher } = self;
            let is_key = |&at: &usize| key.equivalent(&entries[at].0);
            let entry = indices.find_entry(hasher.hash_one(key), is_key).ok()?;
            let (at, _) = entry.remove();
            let removed = entries.swap_remove(at);
            if let Some((moved, _)) = entries.get(at) {
                let last = entries.len();
                *indices.find_mut(hasher.hash_one(moved), |&index| index == last)? = at;
            }
            Some(removed)
        }

        pub fn truncate(&mut self, len: usize) {
            self.entries.truncate(len);
            self.indices.retain(|at| *at < len);
            let (entries, hasher) = (&self.entries, &self.hasher);
            self.indices.shrink_to_fit(|&at| hasher.hash_one(&entries[at].0));
        }

        pub fn keys(&self) -> impl Iterator<Item = &K> {
            self.entries.iter().map(|(key, _)| key)
        }
    }
}

#[test]
fn table_of_indices() {
    let mut map: ordered::Ordered<String, u32> = ordered::Ordered::default();
    for (key, value) in [("rösti", 1), ("fondue", 2), ("raclette", 3), ("rösti", 4)] {
        map.insert(key.to_owned(), value);
    }
    assert_eq!(map.keys().collect::<Vec<_>>(), ["rösti", "fondue", "raclette"]);
    assert_eq!(map.swap_remove("rösti"), Some(("rösti".to_owned(), 4)));
    assert_eq!((map.index_of("raclette"), map.index_of("rösti")), (Some(0), None));
    assert_eq!(map.try_reserve(usize::MAX), Err(ordered::Full::TooLarge));

    let mut copy = map.clone();
    copy.truncate(1);
    assert_eq!((copy.index_of("raclette"), copy.index_of("fondue")), (Some(0), None));
    assert_eq!(map.index_of("fondue"), Some(1));
}

/// Numbers for strings: the table holds the numbers, the strings lie elsewhere.
#[test]
fn interner() {
    use hashbrown::{DefaultHashBuilder, HashTable};

    let hasher = DefaultHashBuilder::default();
    let mut strings: Vec<&str> = Vec::new();
    let mut symbols: HashTable<u32> = HashTable::with_capacity(2);
    let mut intern = |string| {
        let hash = hasher.hash_one(string);
        let symbol = symbols
            .entry(
                hash,
                |&symbol| strings[symbol as usize] == string,
                |&symbol| hasher.hash_one(strings[symbol as usize]),
            )
            .or_insert_with(|| strings.len() as u32);
        let symbol = *symbol.get();
        if symbol as usize == strings.len() {
            strings.push(string);
        }
        symbol
    };
    let text = "a rose is a rose is a rose";
    assert_eq!(text.split(' ').map(&mut intern).collect::<Vec<_>>(), [0, 1, 2, 0, 1, 2, 0, 1]);
    assert_eq!(symbols.len(), 3);
}

/// Numbers of buckets kept outside the table in place of references.
#[test]
fn bucket_indices() {
    use hashbrown::hash_table::{HashTable, IterBuckets, IterHash, IterHashBuckets, OccupiedEntry};

    let mut table: HashTable<(u64, &str)> = HashTable::new();
    let mut bucket_of = |hash, name| {
        let entry: OccupiedEntry<'_, _> =
            table.insert_unique(hash, (hash, name), |&(hash, _)| hash);
        entry.bucket_index()
    };
    let buckets = [bucket_of(1, "a"), bucket_of(2, "b"), bucket_of(1, "c")];
    let iter: IterBuckets<'_, _> = table.iter_buckets();
    assert_eq!(sorted(iter), sorted(buckets));
    let ones: IterHashBuckets<'_, _> = table.iter_hash_buckets(1);
    assert!(ones.filter(|bucket| table.get_bucket(*bucket).unwrap().0 == 1).count() == 2);
    let ones: IterHash<'_, _> = table.iter_hash(1);
    assert_eq!(sorted(ones.filter(|entry| entry.0 == 1)), [&(1, "a"), &(1, "c")]);

    let (removed, vacant) = table.get_bucket_entry(buckets[0]).unwrap().remove();
    assert_eq!(vacant.insert((removed.0, "d")).bucket_index(), buckets[0]);
    assert_eq!(table.get_bucket(buckets[0]), Some(&(1, "d")));
    assert!(table.num_buckets() > *buckets.iter().max().unwrap());
}

/// A graph that hands out hashbrown's iterators by name.
struct Graph {
    edges: FnvMap<u32, FnvSet<u32>>,
}

struct Neighbours<'a> {
    inner: Option<hashbrown::hash_set::Iter<'a, u32>>,
}

impl<'a> Iterator for Neighbours<'a> {
    type Item = &'a u32;

    fn next(&mut self) -> Option<&'a u32> {
        self.inner.as_mut()?.next()
    }
}

impl<'a> IntoIterator for &'a Graph {
    type Item = (&'a u32, &'a FnvSet<u32>);
    type IntoIter = hashbrown::hash_map::Iter<'a, u32, FnvSet<u32>>;

    fn into_iter(self) -> Self::IntoIter {
        self.edges.iter()
    }
}

impl IntoIterator for Graph {
    type Item = u32;
    type IntoIter = hashbrown::hash_map::IntoKeys<u32, FnvSet<u32>>;

    fn into_iter(self) -> Self::IntoIter {
        self.edges.into_keys()
    }
}

impl FromIterator<(u32, u32)> for Graph {
    fn from_iter<I: IntoIterator<Item = (u32, u32)>>(pairs: I) -> Self {
        let mut edges = FnvMap::default();
        for (from, to) in pairs {
            edges.entry(from).or_insert_with(FnvSet::default).insert(to);
            edges.entry(to).or_default();
        }
        Graph { edges }
    }
}

impl Graph {
    fn neighbours(&self, node: u32) -> Neighbours<'_> {
        Neighbours { inner: self.edges.get(&node).map(FnvSet::iter) }
    }

    fn degrees(&self) -> hashbrown::hash_map::Values<'_, u32, FnvSet<u32>> {
        self.edges.values()
    }

    fn common<'a>(
        &'a self,
        a: u32,
        b: u32,
    ) -> hashbrown::hash_set::Intersection<'a, u32, BuildHasherDefault<Fnv>> {
        self.edges[&a].intersection(&self.edges[&b])
    }
}

#[test]
fn iterators_by_name() {
    let graph: Graph = [(1, 2), (1, 3), (2, 3), (3, 4)].into_iter().collect();
    assert_eq!(sorted(graph.neighbours(1)), [&2, &3]);
    assert_eq!(graph.neighbours(9).next(), None);
    assert_eq!(sorted(graph.degrees().map(FnvSet::len)), [0, 1, 1, 2]);
    assert_eq!(graph.common(1, 2).collect::<Vec<_>>(), [&3]);
    assert_eq!((&graph).into_iter().len(), 4);
    assert_eq!(sorted(graph), [1, 2, 3, 4]);
}

/// Counting words without an allocation for those that are known.
#[test]
fn entry_by_reference() {
    use hashbrown::hash_map::{EntryRef, HashMap, VacantEntryRef};

    let mut count: HashMap<String, usize> = HashMap::new();
    for word in "to be or not to be".split(' ') {
        match count.entry_ref(word) {
            EntryRef::Occupied(mut entry) => *entry.get_mut() += 1,
            EntryRef::Vacant(entry) => {
                let entry: VacantEntryRef<'_, '_, String, str, usize, _> = entry;
                entry.insert(1);
            }
        }
    }
    assert_eq!(count["be"] + count["to"] + count["or"], 5);
    let (longest, _) = count.iter().max_by_key(|(word, _)| word.len()).unwrap();
    assert_eq!(longest, "not");
}

/// Functions that take entries, whatever the map they come from.
#[test]
fn entries_in_signatures() {
    use hashbrown::hash_map::{Entry, HashMap, OccupiedEntry, OccupiedError, VacantEntry};

    fn bump<K: Hash, S: BuildHasher>(entry: Entry<'_, K, u32, S>) -> u32 {
        match entry {
            Entry::Occupied(mut entry) => entry.insert(*entry.get() + 1),
            Entry::Vacant(entry) => first(entry),
        }
    }
    fn first<K: Hash, S: BuildHasher>(entry: VacantEntry<'_, K, u32, S>) -> u32 {
        *entry.insert(1)
    }
    fn expire<K, S>(entry: OccupiedEntry<'_, K, u32, S>) -> Option<K> {
        (*entry.get() > 1).then(|| entry.remove_entry().0)
    }

    let mut map: HashMap<&str, u32> = HashMap::with_capacity_and_hasher(3, Default::default());
    assert_eq!((bump(map.entry("a")), bump(map.entry("a")), map["a"]), (1, 1, 2));
    let error: OccupiedError<'_, _, _, _> = map.try_insert("a", 9).unwrap_err();
    assert_eq!((error.value, expire(error.entry)), (9, Some("a")));
    map.entry("b").insert(5).replace_entry_with(|_, value| value.checked_sub(6));
    assert_eq!(map.len(), 0);
}

/// A key looked up by parts that it was never made of.
#[test]
fn equivalent_keys() {
    #[derive(Hash)]
    struct Name<'a>(&'a str, &'a str);

    impl hashbrown::Equivalent<(String, String)> for Name<'_> {
        fn equivalent(&self, (first, last): &(String, String)) -> bool {
            self.0 == first && self.1 == last
        }
    }

    let mut phone = hashbrown::HashMap::new();
    phone.insert(("Ada".to_owned(), "Lovelace".to_owned()), 1815);
    assert_eq!(phone.get(&Name("Ada", "Lovelace")), Some(&1815));
    assert!(!phone.contains_key(&Name("Lovelace", "Ada")));
    assert_eq!(phone.remove(&Name("Ada", "Lovelace")), Some(1815));
}

/// Library code with the customary bounds, used with owned keys and borrowed look-ups.
#[test]
fn generic_over_the_hasher() {
    struct Cache<K, V, S> {
        map: hashbrown::HashMap<K, V, S>,
        misses: usize,
    }

    impl<K: Hash + Eq, V, S: BuildHasher> Cache<K, V, S> {
        fn get_or_make<Q>(&mut self, key: &Q, make: impl FnOnce(&Q) -> V) -> &V
        where
            K: Borrow<Q>,
            Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
        {
            let misses = &mut self.misses;
            self.map.entry_ref(key).or_insert_with(|| {
                *misses += 1;
                make(key)
            })
        }

        fn clear_if(&mut self, stale: impl Fn(&K, &V) -> bool) -> Vec<(K, V)> {
            let stale = self.map.extract_if(|key, value| stale(key, value));
            stale.collect()
        }
    }

    let mut cache = Cache { map: FnvMap::default(), misses: 0 };
    let lengths = ["one", "three", "one"].map(|key| *cache.get_or_make(key, str::len));
    assert_eq!((lengths, cache.misses), ([3, 5, 3], 2));
    assert_eq!(cache.clear_if(|_, length| *length == 3), [("one".to_owned(), 3)]);
}

/// Collections in statics and constants.
#[test]
fn statics() {
    #[derive(Clone, Copy, Default)]
    struct Fixed;

    impl BuildHasher for Fixed {
        type Hasher = Fnv;

        fn build_hasher(&self) -> Fnv {
            Fnv::default()
        }
    }

    static SEEN: Mutex<hashbrown::HashSet<u32, Fixed>> =
        Mutex::new(hashbrown::HashSet::with_hasher(Fixed));
    static NAMES: Mutex<hashbrown::HashMap<u32, &str, Fixed>> =
        Mutex::new(hashbrown::HashMap::with_hasher(Fixed));
    const EMPTY: hashbrown::HashTable<u32> = hashbrown::HashTable::new();

    assert!(SEEN.lock().unwrap().insert(1) && !SEEN.lock().unwrap().insert(1));
    NAMES.lock().unwrap().extend([(1, "one"), (2, "two")]);
    assert_eq!(NAMES.lock().unwrap().get(&2), Some(&"two"));
    assert_eq!((EMPTY.len(), EMPTY.capacity(), EMPTY.allocation_size()), (0, 0, 0));
}

/// The four operations on sets, as iterators, as operators, in place.
#[test]
fn set_algebra() {
    use hashbrown::HashSet;
    use hashbrown::hash_set::{Difference, Entry, SymmetricDifference, Union};

    let small: HashSet<u32> = (0..6).collect();
    let even: HashSet<u32> = (0..10).step_by(2).collect();
    let difference: Difference<'_, _, _> = small.difference(&even);
    assert_eq!(sorted(difference), [&1, &3, &5]);
    let union: Union<'_, _, _> = small.union(&even);
    assert_eq!(union.count(), 8);
    let symmetric: SymmetricDifference<'_, _, _> = small.symmetric_difference(&even);
    assert_eq!(sorted(symmetric), [&1, &3, &5, &6, &8]);
    assert_eq!(&small & &even, HashSet::from([0, 2, 4]));
    assert_eq!(&(&small | &even) - &(&small ^ &even), HashSet::from_iter([0, 2, 4]));

    let mut set = small.clone();
    set &= &even;
    set |= &HashSet::from([7]);
    assert!(set.is_subset(&(0..8).collect()) && !set.is_disjoint(&small));
    match set.entry(7) {
        Entry::Occupied(entry) => assert_eq!(entry.remove(), 7),
        Entry::Vacant(_) => panic!("7 was inserted"),
    }
    assert_eq!(sorted(set.drain()), [0, 2, 4]);
}

/// Accounts, two at a time.
#[test]
fn disjoint_access() {
    let mut balance: hashbrown::HashMap<&str, i32> = [("a", 10), ("b", 0)].into();
    if let [Some(from), Some(to)] = balance.get_disjoint_mut(["a", "b"]) {
        (*from, *to) = (*from - 3, *to + 3);
    }
    let [nobody, b] = balance.get_disjoint_key_value_mut(["c", "b"]);
    assert_eq!((nobody, b), (None, Some((&"b", &mut 3))));
    assert_eq!(balance["a"], 7);
}

/// What programs rely on without naming it: traits of iterators, and variance.
#[test]
fn traits_of_iterators() {
    use hashbrown::{HashMap, HashSet, HashTable, hash_map, hash_set, hash_table};

    fn check<I: ExactSizeIterator + FusedIterator + Debug>(iter: I, len: usize) -> usize {
        assert_eq!((iter.len(), iter.size_hint()), (len, (len, Some(len))));
        iter.count()
    }
    fn shorter<'a>(
        map: hash_map::Iter<'a, &'static str, u32>,
        set: hash_set::Iter<'a, &'static str>,
        table: hash_table::Iter<'a, &'static str>,
        _same: &'a str,
    ) -> (
        hash_map::Iter<'a, &'a str, u32>,
        hash_set::Iter<'a, &'a str>,
        hash_table::Iter<'a, &'a str>,
    ) {
        (map, set, table)
    }

    let mut map: HashMap<&'static str, u32> = HashMap::from([("a", 1), ("b", 2)]);
    let mut set: HashSet<&'static str> = map.keys().copied().collect();
    let mut table: HashTable<&'static str> = HashTable::new();
    table.insert_unique(1, "a", |_| 1);
    let local = String::from("local");
    let (entries, elements, values) = shorter(map.iter(), set.iter(), table.iter(), &local);
    assert_eq!(
        check(entries.clone(), 2) + check(elements.clone(), 2) + check(values.clone(), 1),
        5
    );

    assert_eq!(check(map.keys(), 2) + check(map.values(), 2) + check(map.iter_mut(), 2), 6);
    assert_eq!(check(map.values_mut(), 2) + check(table.iter_mut(), 1), 3);
    assert_eq!(check(map.clone().into_iter(), 2) + check(map.clone().into_values(), 2), 4);
    assert_eq!(check(map.drain(), 2) + check(set.drain(), 2) + check(table.drain(), 1), 5);
    assert_eq!(check(hash_map::Iter::<u8, u8>::default(), 0), 0);
}
