//! One use of each item of hashbrown's surface, and what it shows: written against `hashbrown`,
//! whichever crate that is. Contents have one element, so that they look alike in any order.

use std::fmt::Debug;
use std::hash::{BuildHasher, Hasher};
use std::iter::FusedIterator;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rosti::internals::Global;

use super::hashbrown::{
    DefaultHashBuilder, DefaultHasher, Equivalent, HashMap, HashSet, HashTable, TryReserveError,
    hash_map, hash_set, hash_table,
};

/// One use of one item: the type it belongs to, its name, and what the use showed.
pub type Row = (&'static str, &'static str, String);

/// The uses so far, and the type whose turn it is.
struct Rows {
    of: &'static str,
    rows: Vec<Row>,
}

impl Rows {
    fn of(&mut self, of: &'static str) -> &mut Self {
        self.of = of;
        self
    }

    fn item(&mut self, name: &'static str, shows: impl Debug) -> &mut Self {
        self.rows.push((self.of, name, format!("{shows:?}")));
        self
    }

    fn iterator<I: FusedIterator<Item: Debug>>(&mut self, mut iter: I) -> &mut Self {
        self.item("Iterator", (iter.by_ref().next(), iter.next()));
        self.item("FusedIterator", iter.next())
    }

    fn exact<I: ExactSizeIterator<Item: Debug> + FusedIterator>(&mut self, iter: I) -> &mut Self {
        self.item("ExactSizeIterator", (iter.len(), iter.size_hint()));
        self.iterator(iter)
    }

    /// What two iterators of one type show: one to print, and one by default.
    fn default_of<I: Default + Debug>(&mut self, iter: &I) -> &mut Self {
        self.item("Debug", iter).item("Default", I::default())
    }

    fn clone_of<I: Clone + Debug>(&mut self, iter: &I) -> &mut Self {
        self.item("Clone", iter.clone())
    }
}

type Map = HashMap<u32, char>;
type Set = HashSet<u32>;
type Table = HashTable<u32>;

/// Changes the size of a collection, whose methods may ask for a hasher.
macro_rules! sizes {
    ($rows:ident, $of:ident $(, $hash:ident)?) => {
        $rows
            .item("clear", {
                let mut cleared = $of.clone();
                cleared.clear();
                cleared
            })
            .item("reserve", {
                $of.reserve(100 $(, $hash)?);
                $of.capacity() >= 101
            })
            .item("try_reserve", ($of.try_reserve(100 $(, $hash)?), $of.try_reserve(usize::MAX $(, $hash)?)))
            .item("shrink_to", {
                $of.shrink_to(50 $(, $hash)?);
                (50..100).contains(&$of.capacity())
            })
            .item("shrink_to_fit", {
                $of.shrink_to_fit($($hash)?);
                $of.capacity() < 50
            })
    };
}

fn map() -> Map {
    HashMap::from([(1, 'a')])
}

fn names() -> HashMap<String, u32> {
    HashMap::from([("one".to_owned(), 1)])
}

fn set() -> Set {
    HashSet::from([1])
}

fn hash(element: &u32) -> u64 {
    u64::from(*element)
}

fn table() -> Table {
    let mut table = HashTable::new();
    table.insert_unique(7, 7, hash);
    table
}

fn build() -> DefaultHashBuilder {
    DefaultHashBuilder::default()
}

/// The use of each item.
pub fn rows() -> Vec<Row> {
    let mut rows = Rows { of: "", rows: Vec::new() };
    crate_root(&mut rows);
    map_itself(&mut rows);
    map_lookups(&mut rows);
    map_traits(&mut rows);
    map_entry(&mut rows);
    map_entry_ref(&mut rows);
    map_iterators(&mut rows);
    #[cfg(feature = "raw-entry")]
    raw_entries(&mut rows);
    set_itself(&mut rows);
    set_traits(&mut rows);
    set_entry(&mut rows);
    set_iterators(&mut rows);
    table_itself(&mut rows);
    table_buckets(&mut rows);
    table_entry(&mut rows);
    table_iterators(&mut rows);
    old_names(&mut rows);
    rows.rows
}

fn crate_root(rows: &mut Rows) {
    let hashes_alike = |build: &DefaultHashBuilder| build.hash_one(1) == build.clone().hash_one(1);
    rows.of("DefaultHashBuilder")
        .item("BuildHasher", hashes_alike(&build()))
        .item("Clone", hashes_alike(&build().clone()))
        .item("Debug", !format!("{:?}", build()).is_empty())
        .item("Default", hashes_alike(&DefaultHashBuilder::default()));

    let mut hasher: DefaultHasher = build().build_hasher();
    let copy = hasher.clone();
    hasher.write_u32(1);
    rows.of("DefaultHasher")
        .item("Clone", copy.finish() == copy.clone().finish())
        .item("Hasher", hasher.finish() != copy.finish());

    rows.of("Equivalent").item("equivalent", "one".equivalent(&"one".to_owned()));

    let error = TryReserveError::CapacityOverflow;
    let refused = TryReserveError::AllocError { layout: std::alloc::Layout::new::<u64>() };
    rows.of("TryReserveError")
        .item("CapacityOverflow", &error)
        .item("AllocError", &refused)
        .item("Clone", error.clone())
        .item("Debug", &error)
        .item("Display", format!("{error}").contains("capacity"))
        .item("PartialEq", error == refused)
        .item("Eq", error.eq(&error))
        .item("Error", std::error::Error::source(&error).is_none());
}

fn map_itself(rows: &mut Rows) {
    let empty = |map: Map| (map.len(), map.capacity() >= 10);
    rows.of("HashMap")
        .item("new", empty(Map::new()))
        .item("with_capacity", empty(Map::with_capacity(10)))
        .item("new_in", empty(Map::new_in(Global)))
        .item("with_capacity_in", empty(Map::with_capacity_in(10, Global)))
        .item("with_hasher", {
            const EMPTY: HashMap<u32, char, ()> = HashMap::with_hasher(());
            EMPTY.len()
        })
        .item("with_capacity_and_hasher", empty(Map::with_capacity_and_hasher(10, build())))
        .item("with_hasher_in", {
            const EMPTY: HashMap<u32, char, ()> = HashMap::with_hasher_in((), Global);
            EMPTY.len()
        })
        .item(
            "with_capacity_and_hasher_in",
            empty(Map::with_capacity_and_hasher_in(10, build(), Global)),
        )
        .item("allocator", size_of_val::<Global>(map().allocator()))
        .item("hasher", map().hasher().hash_one(1) != 0)
        .item("capacity", (Map::new().capacity(), map().capacity() >= 1))
        .item("len", map().len())
        .item("is_empty", (map().is_empty(), Map::new().is_empty()))
        .item("allocation_size", (Map::new().allocation_size(), map().allocation_size() >= 8));

    let mut map = map();
    rows.item("keys", map.keys())
        .item("values", map.values())
        .item("values_mut", map.values_mut())
        .item("iter", map.iter())
        .item("iter_mut", map.iter_mut())
        .item("into_keys", map.clone().into_keys())
        .item("into_values", map.clone().into_values())
        .item("drain", map.clone().drain())
        .item("retain", {
            let mut map = map.clone();
            map.retain(|key, value| *key == 1 && *value == 'b');
            map
        })
        .item("extract_if", map.clone().extract_if(|_, _| true).collect::<Vec<_>>());
    sizes!(rows, map);
}

fn map_lookups(rows: &mut Rows) {
    let mut map = map();
    rows.of("HashMap")
        .item("get", (map.get(&1), map.get(&2)))
        .item("get_key_value", (map.get_key_value(&1), map.get_key_value(&2)))
        .item("get_key_value_mut", map.get_key_value_mut(&1))
        .item("contains_key", (map.contains_key(&1), map.contains_key(&2)))
        .item("get_mut", map.get_mut(&1))
        .item("get_disjoint_mut", map.get_disjoint_mut([&1, &2]))
        .item("get_disjoint_key_value_mut", map.get_disjoint_key_value_mut([&1, &2]))
        // SAFETY: the keys differ.
        .item("get_disjoint_unchecked_mut", unsafe { map.get_disjoint_unchecked_mut([&1, &2]) })
        // SAFETY: the keys differ.
        .item("get_disjoint_key_value_unchecked_mut", unsafe {
            map.get_disjoint_key_value_unchecked_mut([&1, &2])
        })
        .item("insert", (map.insert(1, 'b'), map.insert(2, 'c')))
        .item("remove", (map.remove(&2), map.remove(&2)))
        // SAFETY: the key is absent.
        .item("insert_unique_unchecked", unsafe { map.insert_unique_unchecked(2, 'd') })
        .item("remove_entry", (map.remove_entry(&2), map.remove_entry(&2)))
        .item("try_insert", (map.try_insert(2, 'e').ok().copied(), map.try_insert(2, 'f')))
        .item("entry", (format!("{:?}", map.entry(2)), format!("{:?}", map.entry(3))))
        .item("entry_ref", {
            let mut names = names();
            (format!("{:?}", names.entry_ref("one")), format!("{:?}", names.entry_ref("two")))
        });
}

#[expect(deprecated, reason = "old code may use it")]
fn old_names(rows: &mut Rows) {
    let mut map = map();
    rows.of("HashMap")
        .item("get_many_mut", map.get_many_mut([&1, &2]))
        .item("get_many_key_value_mut", map.get_many_key_value_mut([&1, &2]))
        // SAFETY: the keys differ.
        .item("get_many_unchecked_mut", unsafe { map.get_many_unchecked_mut([&1, &2]) })
        // SAFETY: the keys differ.
        .item("get_many_key_value_unchecked_mut", unsafe {
            map.get_many_key_value_unchecked_mut([&1, &2])
        });
    let mut table = table();
    rows.of("HashTable")
        .item("get_many_mut", table.get_many_mut([7, 7], |i, _| i == 0))
        // SAFETY: the second search finds nothing.
        .item("get_many_unchecked_mut", unsafe {
            table.get_many_unchecked_mut([7, 7], |i, _| i == 0)
        });
}

fn map_traits(rows: &mut Rows) {
    let mut other = Map::new();
    rows.of("HashMap")
        .item("Clone", {
            other.clone_from(&map());
            (map().clone(), &other)
        })
        .item("Debug", map())
        .item("Default", Map::default())
        .item("PartialEq", (map() == other, map() == Map::new()))
        .item("Eq", map().eq(&other))
        .item("Index<&Q>", (map()[&1], names()["one"]))
        .item("From<[(K, V); N]>", Map::from([(1, 'a'), (1, 'b')]))
        .item("FromIterator<(K, V)>", [(1, 'a'), (1, 'b')].into_iter().collect::<Map>())
        .item("Extend<(K, V)>", {
            other.extend([(1, 'c')]);
            &other
        })
        .item("Extend<(&'a K, &'a V)>", {
            other.extend(&map());
            &other
        })
        .item("Extend<&'a (K, V)>", {
            other.extend(&[(1, 'd')]);
            &other
        })
        .item(
            "IntoIterator",
            ((&other).into_iter(), (&mut other.clone()).into_iter(), other.clone().into_iter()),
        );
}

fn map_entry(rows: &mut Rows) {
    use hash_map::{Entry, OccupiedEntry, VacantEntry};
    fn occupied(map: &mut Map) -> OccupiedEntry<'_, u32, char> {
        match map.entry(1) {
            Entry::Occupied(entry) => entry,
            Entry::Vacant(_) => unreachable!("the key is present"),
        }
    }
    fn vacant(map: &mut Map) -> VacantEntry<'_, u32, char> {
        match map.entry(2) {
            Entry::Vacant(entry) => entry,
            Entry::Occupied(_) => unreachable!("the key is absent"),
        }
    }
    rows.of("hash_map::Entry")
        .item("Occupied", occupied(&mut map()))
        .item("Vacant", vacant(&mut map()))
        .item("insert", (map().entry(1).insert('b'), map().entry(2).insert('b')))
        .item("or_insert", (map().entry(1).or_insert('b'), map().entry(2).or_insert('b')))
        .item("or_insert_entry", map().entry(2).or_insert_entry('b'))
        .item("or_insert_with", map().entry(2).or_insert_with(|| 'b'))
        .item("or_insert_with_key", map().entry(98).or_insert_with_key(|&key| key as u8 as char))
        .item("or_default", map().entry(2).or_default())
        .item("key", (map().entry(1).key(), map().entry(2).key()))
        .item("and_modify", map().entry(1).and_modify(|value| *value = 'b'))
        .item(
            "and_replace_entry_with",
            (
                map().entry(1).and_replace_entry_with(|_, _| None),
                map().entry(1).and_replace_entry_with(|_, _| Some('b')),
                map().entry(2).and_replace_entry_with(|_, _| None),
            ),
        )
        .item("into_map", map().entry(1).into_map())
        .item("Debug", (map().entry(1), map().entry(2)));

    rows.of("hash_map::OccupiedEntry")
        .item("key", occupied(&mut map()).key())
        .item("replace_key", occupied(&mut map()).replace_key(1))
        // SAFETY: the keys are equal.
        .item("replace_key_unchecked", unsafe { occupied(&mut map()).replace_key_unchecked(1) })
        .item("remove_entry", occupied(&mut map()).remove_entry())
        .item("remove", occupied(&mut map()).remove())
        .item("get", occupied(&mut map()).get())
        .item("get_mut", occupied(&mut map()).get_mut())
        .item("into_mut", occupied(&mut map()).into_mut())
        .item("into_entry", occupied(&mut map()).into_entry())
        .item("insert", occupied(&mut map()).insert('b'))
        .item("replace_entry_with", occupied(&mut map()).replace_entry_with(|_, _| Some('b')))
        .item("into_map", occupied(&mut map()).into_map())
        .item("Debug", occupied(&mut map()));

    rows.of("hash_map::VacantEntry")
        .item("key", vacant(&mut map()).key())
        .item("into_key", vacant(&mut map()).into_key())
        .item("insert", vacant(&mut map()).insert('b'))
        .item("insert_entry", vacant(&mut map()).insert_entry('b'))
        .item("into_map", vacant(&mut map()).into_map())
        .item("Debug", vacant(&mut map()));

    let mut map = map();
    let error: hash_map::OccupiedError<'_, _, _, _> = map.try_insert(1, 'b').unwrap_err();
    rows.of("hash_map::OccupiedError")
        .item("entry", &error.entry)
        .item("value", error.value)
        .item("Debug", &error)
        .item("Display", error.to_string());
}

fn map_entry_ref(rows: &mut Rows) {
    use hash_map::{EntryRef, VacantEntryRef};
    type Names = HashMap<String, u32>;
    fn vacant(
        map: &mut Names,
    ) -> VacantEntryRef<'_, 'static, String, str, u32, DefaultHashBuilder> {
        match map.entry_ref("two") {
            EntryRef::Vacant(entry) => entry,
            EntryRef::Occupied(_) => unreachable!("the key is absent"),
        }
    }
    let two = || "two".to_owned();
    rows.of("hash_map::EntryRef")
        .item("Occupied", matches!(names().entry_ref("one"), EntryRef::Occupied(_)))
        .item("Vacant", matches!(names().entry_ref("two"), EntryRef::Vacant(_)))
        .item("insert", (names().entry_ref("one").insert(3), names().entry_ref("two").insert(3)))
        .item("or_insert", names().entry_ref("two").or_insert(3))
        .item("or_insert_with", names().entry_ref("two").or_insert_with(|| 3))
        .item("or_insert_with_key", {
            let mut names = names();
            *names.entry_ref("three").or_insert_with_key(|key| key.len() as u32)
        })
        .item("or_default", names().entry_ref("two").or_default())
        .item("or_default_entry", names().entry_ref("two").or_default_entry())
        .item("key", names().entry_ref("two").key())
        .item("and_modify", names().entry_ref("one").and_modify(|value| *value += 1))
        .item("into_map", names().entry_ref("one").into_map())
        .item("Debug", (names().entry_ref("one"), names().entry_ref("two")));

    rows.of("hash_map::VacantEntryRef")
        .item("key", vacant(&mut names()).key())
        .item("insert", vacant(&mut names()).insert(2))
        .item("insert_with_key", vacant(&mut names()).insert_with_key(two(), 2))
        // SAFETY: the keys are equal.
        .item("insert_with_key_unchecked", unsafe {
            *vacant(&mut names()).insert_with_key_unchecked(two(), 2)
        })
        .item("insert_entry", vacant(&mut names()).insert_entry(2))
        .item("insert_entry_with_key", vacant(&mut names()).insert_entry_with_key(two(), 2))
        // SAFETY: the keys are equal.
        .item("insert_entry_with_key_unchecked", unsafe {
            format!("{:?}", vacant(&mut names()).insert_entry_with_key_unchecked(two(), 2))
        })
        .item("into_map", vacant(&mut names()).into_map())
        .item("Debug", vacant(&mut names()));
}

fn map_iterators(rows: &mut Rows) {
    use hash_map::{
        Drain, ExtractIf, IntoIter, IntoKeys, IntoValues, Iter, IterMut, Keys, Values, ValuesMut,
    };
    let mut map = map();
    let iter: Iter<'_, u32, char> = map.iter();
    rows.of("hash_map::Iter").default_of(&iter).clone_of(&iter).exact(iter);
    let keys: Keys<'_, u32, char> = map.keys();
    rows.of("hash_map::Keys").default_of(&keys).clone_of(&keys).exact(keys);
    let values: Values<'_, u32, char> = map.values();
    rows.of("hash_map::Values").default_of(&values).clone_of(&values).exact(values);
    let iter: IterMut<'_, u32, char> = map.iter_mut();
    rows.of("hash_map::IterMut").default_of(&iter).exact(iter);
    let values: ValuesMut<'_, u32, char> = map.values_mut();
    rows.of("hash_map::ValuesMut").default_of(&values).exact(values);
    let iter: IntoIter<u32, char> = map.clone().into_iter();
    rows.of("hash_map::IntoIter").default_of(&iter).exact(iter);
    let keys: IntoKeys<u32, char> = map.clone().into_keys();
    rows.of("hash_map::IntoKeys").default_of(&keys).exact(keys);
    let values: IntoValues<u32, char> = map.clone().into_values();
    rows.of("hash_map::IntoValues").default_of(&values).exact(values);
    let extract: ExtractIf<'_, u32, char, _> = map.extract_if(|_, value| *value == 'b');
    rows.of("hash_map::ExtractIf").iterator(extract);
    let drain: Drain<'_, u32, char> = map.drain();
    rows.of("hash_map::Drain").item("Debug", &drain).exact(drain);
}

#[cfg(feature = "raw-entry")]
fn raw_entries(rows: &mut Rows) {
    use hash_map::{
        RawEntryBuilder, RawEntryBuilderMut, RawEntryMut, RawOccupiedEntryMut, RawVacantEntryMut,
    };
    type Builder<'a> = RawEntryBuilder<'a, u32, char, DefaultHashBuilder>;
    type BuilderMut<'a> = RawEntryBuilderMut<'a, u32, char, DefaultHashBuilder>;
    type Occupied<'a> = RawOccupiedEntryMut<'a, u32, char, DefaultHashBuilder>;
    type Vacant<'a> = RawVacantEntryMut<'a, u32, char, DefaultHashBuilder>;
    fn occupied(map: &mut Map) -> Occupied<'_> {
        match map.raw_entry_mut().from_key(&1) {
            RawEntryMut::Occupied(entry) => entry,
            RawEntryMut::Vacant(_) => unreachable!("the key is present"),
        }
    }
    fn vacant(map: &mut Map) -> Vacant<'_> {
        match map.raw_entry_mut().from_key(&2) {
            RawEntryMut::Vacant(entry) => entry,
            RawEntryMut::Occupied(_) => unreachable!("the key is absent"),
        }
    }
    let mut map = map();
    let hasher = map.hasher().clone();
    let (one, two) = (hasher.hash_one(1u32), hasher.hash_one(2u32));
    let builder: Builder<'_> = map.raw_entry();
    rows.of("HashMap").item("raw_entry", builder);
    let builder: BuilderMut<'_> = map.raw_entry_mut();
    rows.item("raw_entry_mut", builder);

    rows.of("hash_map::RawEntryBuilder")
        .item("from_key", (map.raw_entry().from_key(&1), map.raw_entry().from_key(&2)))
        .item("from_key_hashed_nocheck", map.raw_entry().from_key_hashed_nocheck(one, &1))
        .item("from_hash", map.raw_entry().from_hash(one, |key| *key == 1))
        .item("Debug", map.raw_entry());
    rows.of("hash_map::RawEntryBuilderMut")
        .item("from_key", map.raw_entry_mut().from_key(&1))
        .item("from_key_hashed_nocheck", map.raw_entry_mut().from_key_hashed_nocheck(one, &1))
        .item("from_hash", map.raw_entry_mut().from_hash(one, |key| *key == 1))
        .item("Debug", map.raw_entry_mut());

    rows.of("hash_map::RawEntryMut")
        .item("Occupied", occupied(&mut map))
        .item("Vacant", vacant(&mut map))
        .item("insert", map.raw_entry_mut().from_key(&1).insert(1, 'b'))
        .item("or_insert", map.raw_entry_mut().from_key(&1).or_insert(1, 'c'))
        .item("or_insert_with", map.raw_entry_mut().from_key(&1).or_insert_with(|| (1, 'c')))
        .item("and_modify", map.raw_entry_mut().from_key(&1).and_modify(|_, value| *value = 'd'))
        .item("and_replace_entry_with", {
            map.raw_entry_mut().from_key(&1).and_replace_entry_with(|_, _| Some('e'))
        })
        .item(
            "Debug",
            (map.clone().raw_entry_mut().from_key(&1), map.raw_entry_mut().from_key(&2)),
        );

    rows.of("hash_map::RawOccupiedEntryMut")
        .item("key", occupied(&mut map).key())
        .item("key_mut", occupied(&mut map).key_mut())
        .item("into_key", occupied(&mut map).into_key())
        .item("get", occupied(&mut map).get())
        .item("into_mut", occupied(&mut map).into_mut())
        .item("get_mut", occupied(&mut map).get_mut())
        .item("get_key_value", occupied(&mut map).get_key_value())
        .item("get_key_value_mut", occupied(&mut map).get_key_value_mut())
        .item("into_key_value", occupied(&mut map).into_key_value())
        .item("insert", occupied(&mut map).insert('f'))
        .item("insert_key", occupied(&mut map).insert_key(1))
        .item("remove", occupied(&mut map.clone()).remove())
        .item("remove_entry", occupied(&mut map.clone()).remove_entry())
        .item("replace_entry_with", occupied(&mut map).replace_entry_with(|_, _| Some('g')))
        .item("Debug", occupied(&mut map));

    rows.of("hash_map::RawVacantEntryMut")
        .item("insert", vacant(&mut map.clone()).insert(2, 'b'))
        .item("insert_hashed_nocheck", vacant(&mut map.clone()).insert_hashed_nocheck(two, 2, 'b'))
        .item(
            "insert_with_hasher",
            vacant(&mut map.clone()).insert_with_hasher(two, 2, 'b', |key| hasher.hash_one(key)),
        )
        .item("Debug", vacant(&mut map));
}

fn set_itself(rows: &mut Rows) {
    let empty = |set: Set| (set.len(), set.capacity() >= 10);
    rows.of("HashSet")
        .item("new", empty(Set::new()))
        .item("with_capacity", empty(Set::with_capacity(10)))
        .item("new_in", empty(Set::new_in(Global)))
        .item("with_capacity_in", empty(Set::with_capacity_in(10, Global)))
        .item("with_hasher", {
            const EMPTY: HashSet<u32, ()> = HashSet::with_hasher(());
            EMPTY.len()
        })
        .item("with_capacity_and_hasher", empty(Set::with_capacity_and_hasher(10, build())))
        .item("with_hasher_in", {
            const EMPTY: HashSet<u32, ()> = HashSet::with_hasher_in((), Global);
            EMPTY.len()
        })
        .item(
            "with_capacity_and_hasher_in",
            empty(Set::with_capacity_and_hasher_in(10, build(), Global)),
        )
        .item("allocator", size_of_val::<Global>(set().allocator()))
        .item("hasher", set().hasher().hash_one(1) != 0)
        .item("capacity", (Set::new().capacity(), set().capacity() >= 1))
        .item("len", set().len())
        .item("is_empty", (set().is_empty(), Set::new().is_empty()))
        .item("allocation_size", (Set::new().allocation_size(), set().allocation_size() >= 4));

    let (mut set, other) = (set(), HashSet::from([2]));
    rows.item("iter", set.iter())
        .item("drain", set.clone().drain())
        .item("retain", {
            let mut set = set.clone();
            set.retain(|element| *element == 2);
            set
        })
        .item("extract_if", set.clone().extract_if(|_| true).collect::<Vec<_>>());
    sizes!(rows, set)
        .item("difference", set.difference(&other))
        .item("symmetric_difference", set.symmetric_difference(&set))
        .item("intersection", (set.intersection(&set), set.intersection(&other)))
        .item("union", set.union(&set))
        .item("is_disjoint", (set.is_disjoint(&other), set.is_disjoint(&set)))
        .item("is_subset", (set.is_subset(&other), set.is_subset(&set)))
        .item("is_superset", (set.is_superset(&other), set.is_superset(&set)))
        .item("contains", (set.contains(&1), set.contains(&2)))
        .item("get", (set.get(&1), set.get(&2)))
        .item("get_or_insert", (*set.get_or_insert(1), *set.get_or_insert(2)))
        .item("get_or_insert_with", {
            let mut names: HashSet<String> = HashSet::new();
            names.get_or_insert_with("one", str::to_owned).clone()
        })
        .item("entry", (format!("{:?}", set.entry(1)), format!("{:?}", set.entry(3))))
        .item("insert", (set.insert(1), set.insert(3)))
        // SAFETY: the element is absent.
        .item("insert_unique_unchecked", unsafe { set.insert_unique_unchecked(4) })
        .item("replace", (set.replace(1), set.replace(5)))
        .item("remove", (set.remove(&5), set.remove(&5)))
        .item("take", (set.take(&4), set.take(&4)));
}

fn set_traits(rows: &mut Rows) {
    let (mut set, other) = (set(), HashSet::from([2]));
    rows.of("HashSet")
        .item("Clone", {
            let mut copy = other.clone();
            copy.clone_from(&set);
            copy
        })
        .item("Debug", &set)
        .item("Default", Set::default())
        .item("PartialEq", (set == set.clone(), set == other))
        .item("Eq", set.eq(&other))
        .item("From<[T; N]>", Set::from([1, 1]))
        .item("From<HashMap<T, (), S, A>>", Set::from(HashMap::from([(1, ())])))
        .item("FromIterator<T>", [1, 1].into_iter().collect::<Set>())
        .item("IntoIterator", ((&set).into_iter(), set.clone().into_iter()))
        .item("BitOr", &set | &Set::new())
        .item("BitAnd", &set & &other)
        .item("BitXor", &set ^ &Set::new())
        .item("Sub", &set - &other)
        .item("BitOrAssign", {
            set |= &set.clone();
            &set
        })
        .item("BitAndAssign", {
            set &= &set.clone();
            &set
        })
        .item("SubAssign", {
            set -= &other;
            &set
        })
        .item("BitXorAssign", {
            set ^= &set.clone();
            &set
        })
        .item("Extend<T>", {
            set.extend([1]);
            &set
        })
        .item("Extend<&'a T>", {
            set.extend(&[1]);
            &set
        });
}

fn set_entry(rows: &mut Rows) {
    use hash_set::{Entry, OccupiedEntry, VacantEntry};
    fn occupied(set: &mut Set) -> OccupiedEntry<'_, u32, DefaultHashBuilder> {
        match set.entry(1) {
            Entry::Occupied(entry) => entry,
            Entry::Vacant(_) => unreachable!("the element is present"),
        }
    }
    fn vacant(set: &mut Set) -> VacantEntry<'_, u32, DefaultHashBuilder> {
        match set.entry(2) {
            Entry::Vacant(entry) => entry,
            Entry::Occupied(_) => unreachable!("the element is absent"),
        }
    }
    rows.of("hash_set::Entry")
        .item("Occupied", occupied(&mut set()))
        .item("Vacant", vacant(&mut set()))
        .item("insert", (set().entry(1).insert(), set().entry(2).insert()))
        .item("or_insert", {
            let mut set = set();
            set.entry(2).or_insert();
            set.len()
        })
        .item("get", (set().entry(1).get(), set().entry(2).get()))
        .item("Debug", (set().entry(1), set().entry(2)));
    rows.of("hash_set::OccupiedEntry")
        .item("get", occupied(&mut set()).get())
        .item("into_ref", occupied(&mut set()).into_ref())
        .item("remove", occupied(&mut set()).remove())
        .item("Debug", occupied(&mut set()));
    rows.of("hash_set::VacantEntry")
        .item("get", vacant(&mut set()).get())
        .item("into_value", vacant(&mut set()).into_value())
        .item("insert", vacant(&mut set()).insert())
        .item("Debug", vacant(&mut set()));
}

fn set_iterators(rows: &mut Rows) {
    use hash_set::{
        Difference, Drain, ExtractIf, Intersection, IntoIter, Iter, SymmetricDifference, Union,
    };
    let (mut set, none) = (set(), Set::new());
    let iter: Iter<'_, u32> = set.iter();
    rows.of("hash_set::Iter").default_of(&iter).clone_of(&iter).exact(iter);
    let iter: IntoIter<u32> = set.clone().into_iter();
    rows.of("hash_set::IntoIter").default_of(&iter).exact(iter);
    let union: Union<'_, u32, _> = set.union(&none);
    rows.of("hash_set::Union").item("Debug", &union).clone_of(&union).iterator(union);
    let both: Intersection<'_, u32, _> = set.intersection(&set);
    rows.of("hash_set::Intersection").item("Debug", &both).clone_of(&both).iterator(both);
    let one: Difference<'_, u32, _> = set.difference(&none);
    rows.of("hash_set::Difference").item("Debug", &one).clone_of(&one).iterator(one);
    let either: SymmetricDifference<'_, u32, _> = set.symmetric_difference(&none);
    rows.of("hash_set::SymmetricDifference")
        .item("Debug", &either)
        .clone_of(&either)
        .iterator(either);
    let extract: ExtractIf<'_, u32, _> = set.extract_if(|element| *element == 2);
    rows.of("hash_set::ExtractIf").iterator(extract);
    let drain: Drain<'_, u32> = set.drain();
    rows.of("hash_set::Drain").item("Debug", &drain).exact(drain);
}

fn table_itself(rows: &mut Rows) {
    let empty = |table: Table| (table.len(), table.capacity() >= 10);
    rows.of("HashTable")
        .item("new", {
            const EMPTY: Table = HashTable::new();
            empty(EMPTY)
        })
        .item("with_capacity", empty(Table::with_capacity(10)))
        .item("new_in", {
            const EMPTY: Table = HashTable::new_in(Global);
            empty(EMPTY)
        })
        .item("with_capacity_in", empty(Table::with_capacity_in(10, Global)))
        .item("allocator", size_of_val::<Global>(table().allocator()))
        .item("capacity", (Table::new().capacity(), table().capacity() >= 1))
        .item("len", table().len())
        .item("is_empty", (table().is_empty(), Table::new().is_empty()))
        .item("allocation_size", (Table::new().allocation_size(), table().allocation_size() >= 4));

    let mut table = table();
    rows.item("find", (table.find(7, |n| *n == 7), table.find(7, |_| false)))
        .item("find_mut", table.find_mut(7, |n| *n == 7))
        .item("find_entry", {
            let shown = format!("{:?}", table.find_entry(7, |n| *n == 7));
            (shown, table.find_entry(7, |_| false))
        })
        .item("entry", table.entry(7, |n| *n == 7, hash))
        .item("insert_unique", table.clone().insert_unique(8, 8, hash))
        .item("iter", table.iter())
        .item("iter_mut", table.iter_mut())
        .item("unsafe_iter", table.unsafe_iter())
        .item("iter_hash", table.iter_hash(7))
        .item("iter_hash_mut", table.iter_hash_mut(7))
        .item("get_disjoint_mut", table.get_disjoint_mut([7, 7], |i, _| i == 0))
        // SAFETY: the second search finds nothing.
        .item("get_disjoint_unchecked_mut", unsafe {
            table.get_disjoint_unchecked_mut([7, 7], |i, _| i == 0)
        })
        .item("retain", {
            let mut table = table.clone();
            table.retain(|n| *n == 8);
            table
        })
        .item("drain", table.clone().drain())
        .item("extract_if", table.clone().extract_if(|_| true).collect::<Vec<_>>());
    sizes!(rows, table, hash)
        .item("Clone", {
            let mut copy = Table::new();
            copy.clone_from(&table);
            (table.clone(), copy)
        })
        .item("Debug", &table)
        .item("Default", Table::default())
        .item(
            "IntoIterator",
            ((&table).into_iter(), (&mut table.clone()).into_iter(), table.clone().into_iter()),
        );
}

fn table_buckets(rows: &mut Rows) {
    let mut table = table();
    let index = table.find_bucket_index(7, |n| *n == 7).expect("the element is present");
    rows.of("HashTable")
        .item("find_bucket_index", index < table.num_buckets())
        .item("num_buckets", (Table::new().num_buckets() <= 1, table.num_buckets() >= 4))
        .item("iter_buckets", table.iter_buckets().eq([index]))
        .item("iter_hash_buckets", table.iter_hash_buckets(7).eq([index]))
        .item("get_bucket", (table.get_bucket(index), table.get_bucket(usize::MAX)))
        .item("get_bucket_mut", table.get_bucket_mut(index))
        .item("get_bucket_entry", {
            let shown = format!("{:?}", table.get_bucket_entry(index));
            (shown, table.get_bucket_entry(usize::MAX))
        })
        // SAFETY: the index is that of an element.
        .item("get_bucket_unchecked", unsafe { table.get_bucket_unchecked(index) })
        // SAFETY: as above.
        .item("get_bucket_unchecked_mut", unsafe { table.get_bucket_unchecked_mut(index) })
        // SAFETY: as above.
        .item("get_bucket_entry_unchecked", unsafe { table.get_bucket_entry_unchecked(index) });
}

fn table_entry(rows: &mut Rows) {
    use hash_table::{AbsentEntry, Entry, OccupiedEntry, VacantEntry};
    fn entry(table: &mut Table, n: u32) -> Entry<'_, u32> {
        table.entry(hash(&n), |&found| found == n, hash)
    }
    fn occupied(table: &mut Table) -> OccupiedEntry<'_, u32> {
        match entry(table, 7) {
            Entry::Occupied(entry) => entry,
            Entry::Vacant(_) => unreachable!("the element is present"),
        }
    }
    fn vacant(table: &mut Table) -> VacantEntry<'_, u32> {
        match entry(table, 8) {
            Entry::Vacant(entry) => entry,
            Entry::Occupied(_) => unreachable!("the element is absent"),
        }
    }
    rows.of("hash_table::Entry")
        .item("Occupied", occupied(&mut table()))
        .item("Vacant", vacant(&mut table()))
        .item("insert", (entry(&mut table(), 7).insert(7), entry(&mut table(), 8).insert(8)))
        .item(
            "or_insert",
            (entry(&mut table(), 7).or_insert(7), entry(&mut table(), 8).or_insert(8)),
        )
        .item("or_insert_with", entry(&mut table(), 8).or_insert_with(|| 8))
        .item("and_modify", entry(&mut table(), 7).and_modify(|n| *n = 7))
        .item("into_table", entry(&mut table(), 7).into_table())
        .item("Debug", (entry(&mut table(), 7), entry(&mut table(), 8)));
    rows.of("hash_table::OccupiedEntry")
        .item("remove", occupied(&mut table()).remove())
        .item("get", occupied(&mut table()).get())
        .item("get_mut", occupied(&mut table()).get_mut())
        .item("into_mut", occupied(&mut table()).into_mut())
        .item("into_table", occupied(&mut table()).into_table())
        .item("bucket_index", {
            let mut table = table();
            let index = occupied(&mut table).bucket_index();
            table.find_bucket_index(7, |_| true) == Some(index)
        })
        .item(
            "replace_entry_with",
            (
                occupied(&mut table()).replace_entry_with(|_| None),
                occupied(&mut table()).replace_entry_with(Some),
            ),
        )
        .item("Debug", occupied(&mut table()));
    rows.of("hash_table::VacantEntry")
        .item("insert", vacant(&mut table()).insert(8))
        .item("into_table", vacant(&mut table()).into_table())
        .item("Debug", vacant(&mut table()));

    let mut table = table();
    let absent: AbsentEntry<'_, u32> = table.find_entry(8, |&n| n == 8).unwrap_err();
    rows.of("hash_table::AbsentEntry")
        .item("Debug", &absent)
        .item("into_table", absent.into_table());
}

fn table_iterators(rows: &mut Rows) {
    use hash_table::{
        Drain, ExtractIf, IntoIter, Iter, IterBuckets, IterHash, IterHashBuckets, IterHashMut,
        IterMut, UnsafeIter,
    };
    let mut table = table();
    let iter: Iter<'_, u32> = table.iter();
    rows.of("hash_table::Iter").default_of(&iter).clone_of(&iter).exact(iter);
    let iter: IterMut<'_, u32> = table.iter_mut();
    rows.of("hash_table::IterMut").item("iter", iter.iter()).default_of(&iter).exact(iter);
    let iter: UnsafeIter<'_, u32> = table.unsafe_iter();
    // SAFETY: the table is borrowed by the iterator.
    let elements = iter.map(|element| unsafe { element.read() });
    rows.of("hash_table::UnsafeIter").exact(elements);
    let iter: UnsafeIter<'_, u32> = table.unsafe_iter();
    rows.item("iter", iter.iter()).default_of(&iter);
    let iter: IterHash<'_, u32> = table.iter_hash(7);
    rows.of("hash_table::IterHash").default_of(&iter).clone_of(&iter).iterator(iter);
    let iter: IterHashMut<'_, u32> = table.iter_hash_mut(7);
    rows.of("hash_table::IterHashMut").default_of(&iter).iterator(iter);

    // These show indices, which are not the same.
    let iter: IterBuckets<'_, u32> = table.iter_buckets();
    rows.of("hash_table::IterBuckets")
        .item("Debug", format!("{iter:?}").len() >= 3)
        .item("Clone", iter.clone().count())
        .item("Default", IterBuckets::<u32>::default())
        .exact(iter.map(|_| ()));
    let iter: IterHashBuckets<'_, u32> = table.iter_hash_buckets(7);
    rows.of("hash_table::IterHashBuckets")
        .item("Debug", format!("{iter:?}").len() >= 3)
        .item("Clone", iter.clone().count())
        .item("Default", IterHashBuckets::<u32>::default())
        .iterator(iter.map(|_| ()));

    let iter: IntoIter<u32> = table.clone().into_iter();
    rows.of("hash_table::IntoIter").item("iter", iter.iter()).default_of(&iter).exact(iter);
    let extract: ExtractIf<'_, u32, _> = table.extract_if(|n| *n == 8);
    rows.of("hash_table::ExtractIf").iterator(extract);
    let drain: Drain<'_, u32> = table.drain();
    rows.of("hash_table::Drain").item("iter", drain.iter()).item("Debug", &drain).exact(drain);
}

/// What is said when something is refused, by the name of the misuse.
pub fn messages() -> Vec<(&'static str, String)> {
    let panics: [(&str, &dyn Fn()); 7] = [
        ("Index", &|| assert_eq!(map()[&2], 'b')),
        ("reserve", &|| map().reserve(usize::MAX)),
        ("get_disjoint_mut", &|| {
            map().get_disjoint_mut([&1, &1]);
        }),
        ("HashTable::get_disjoint_mut", &|| {
            table().get_disjoint_mut([7, 7], |_, _| true);
        }),
        ("replace_key", &|| {
            map().entry(1).insert('a').replace_key(2);
        }),
        ("insert_with_key", &|| {
            if let hash_map::EntryRef::Vacant(entry) = map().entry_ref(&2) {
                entry.insert_with_key(3, 'b');
            }
        }),
        ("get_or_insert_with", &|| {
            set().get_or_insert_with(&2, |_| 3);
        }),
    ];
    let errors = [
        ("CapacityOverflow", TryReserveError::CapacityOverflow),
        ("AllocError", TryReserveError::AllocError { layout: std::alloc::Layout::new::<u64>() }),
    ];
    let said = panics.map(|(name, misuse)| {
        let panic = catch_unwind(AssertUnwindSafe(misuse)).expect_err("it is refused");
        let text = panic.downcast_ref::<&str>().map(|text| text.to_string());
        (name, text.or_else(|| panic.downcast_ref::<String>().cloned()).expect("a message"))
    });
    said.into_iter().chain(errors.map(|(name, error)| (name, error.to_string()))).collect()
}
