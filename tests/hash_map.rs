//! `HashMap`: each method and trait, with several kinds of keys and values.
#![cfg(feature = "default-hasher")]

mod elements;

use std::error::Error;
use std::iter::FusedIterator;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use elements::{COUNTS, Counted, Element};
use rosti::hash_map::{
    Entry, EntryRef, HashMap, IntoIter, IntoKeys, IntoValues, Iter, IterMut, Keys, OccupiedEntry,
    VacantEntry, VacantEntryRef, Values, ValuesMut,
};
use rosti::{DefaultHashBuilder, TryReserveError, internals::Global};

type Map<E> = HashMap<E, E>;

/// An element for any number.
fn new<E: Element>(number: u64) -> E {
    E::new(number % E::KINDS)
}

/// The entry of a key in the maps of these tests, as numbers: each value is the number after.
fn pair<E: Element>(number: u64) -> (u64, u64) {
    (number % E::KINDS, (number + 1) % E::KINDS)
}

/// The first `count` entries, as numbers, each once.
fn pairs<E: Element>(count: u64) -> Vec<(u64, u64)> {
    (0..count.min(E::KINDS)).map(pair::<E>).collect()
}

/// Entries as numbers, in order.
fn sorted<E: Element>(entries: impl IntoIterator<Item = (E, E)>) -> Vec<(u64, u64)> {
    let entries = entries.into_iter().map(|(key, value)| (key.number(), value.number()));
    let mut entries: Vec<_> = entries.collect();
    entries.sort_unstable();
    entries
}

/// The map of the first `count` entries.
fn map<E: Element>(count: u64) -> Map<E> {
    (0..count).map(|number| (new(number), new(number + 1))).collect()
}

/// Checks that a map consists of these entries and finds them.
fn assert_holds<E: Element>(map: &Map<E>, expected: &[(u64, u64)]) {
    assert_eq!((map.len(), map.is_empty()), (expected.len(), expected.is_empty()));
    assert!(map.capacity() >= map.len());
    assert_eq!(sorted(map.clone()), expected);
    for &(key, value) in expected {
        assert_eq!(map.get(&E::new(key)), Some(&E::new(value)));
    }
    if E::KINDS > 1 {
        assert_eq!(map.get(&E::new(12345)), None);
    }
}

fn occupied<E: Element>(map: &mut Map<E>) -> OccupiedEntry<'_, E, E> {
    match map.entry(new(0)) {
        Entry::Occupied(entry) => entry,
        Entry::Vacant(_) => panic!("key 0 is absent"),
    }
}

fn vacant<E: Element>(map: &mut Map<E>) -> VacantEntry<'_, E, E> {
    match map.entry(new(0)) {
        Entry::Vacant(entry) => entry,
        Entry::Occupied(_) => panic!("key 0 is present"),
    }
}

fn vacant_ref<'a, 'b, E: Element>(
    map: &'a mut Map<E>,
    key: &'b E,
) -> VacantEntryRef<'a, 'b, E, E, E, DefaultHashBuilder> {
    match map.entry_ref(key) {
        EntryRef::Vacant(entry) => entry,
        EntryRef::Occupied(_) => panic!("the key is present"),
    }
}

/// `f` panics with a message that begins like this. Where panics abort it is not tried.
fn assert_panics(start: &str, f: impl FnOnce()) {
    if cfg!(panic = "abort") {
        return;
    }
    let panic = catch_unwind(AssertUnwindSafe(f)).expect_err("it should panic");
    let message = match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => panic.downcast_ref::<&str>().expect("a message").to_string(),
    };
    assert!(message.starts_with(start), "{message}");
}

for_each_element! {
    constructors insert try_insert insert_unique_unchecked lookups get_mut get_key_value_mut index
    remove remove_entry pop reserve try_reserve shrink allocation_size clear retain extract_if
    drain get_disjoint_mut get_disjoint_key_value_mut get_disjoint_unchecked_mut
}

fn constructors<E: Element>() {
    const EMPTY: HashMap<String, String, ()> = HashMap::with_hasher(());
    const EMPTY_IN: HashMap<String, String, ()> = HashMap::with_hasher_in((), Global);
    assert_eq!((EMPTY.len(), EMPTY_IN.capacity()), (0, 0));

    let build = DefaultHashBuilder::default;
    for empty in [
        Map::<E>::new(),
        Map::default(),
        Map::new_in(Global),
        Map::with_hasher(build()),
        Map::with_hasher_in(build(), Global),
    ] {
        assert_eq!((empty.capacity(), empty.allocation_size()), (0, 0));
        let _: (&Global, &DefaultHashBuilder) = (empty.allocator(), empty.hasher());
        assert_holds(&empty, &[]);
    }
    for count in COUNTS {
        let capacity = count as usize;
        for roomy in [
            Map::<E>::with_capacity(capacity),
            Map::with_capacity_in(capacity, Global),
            Map::with_capacity_and_hasher(capacity, build()),
            Map::with_capacity_and_hasher_in(capacity, build(), Global),
        ] {
            assert!(roomy.capacity() >= capacity);
            assert_holds(&roomy, &[]);
        }
    }
}

fn insert<E: Element>() {
    for count in COUNTS {
        let mut map = Map::<E>::new();
        for number in 0..count.min(E::KINDS) {
            assert_eq!(map.insert(new(number), new(number)), None);
            assert_eq!(map.insert(new(number), new(number + 1)), Some(new(number)));
        }
        assert_holds(&map, &pairs::<E>(count));
    }
}

fn try_insert<E: Element>() {
    let mut map = Map::<E>::new();
    assert_eq!(map.try_insert(new(0), new(1)).ok(), Some(&mut new(1)));
    let error = map.try_insert(new(0), new(2)).expect_err("the key is present");
    assert_eq!((error.entry.key(), error.entry.get(), &error.value), (&new(0), &new(1), &new(2)));

    let [key, old, value] = [new::<E>(0), new(1), new(2)];
    let fields = format!("key: {key:?}, old_value: {old:?}, new_value: {value:?}");
    assert_eq!(format!("{error:?}"), format!("OccupiedError {{ {fields} }}"));
    let text = format!("failed to insert {value:?}, key {key:?} already exists with value {old:?}");
    assert_eq!(error.to_string(), text);
    assert!(error.source().is_none());
    error.entry.remove();
    assert_holds(&map, &[]);
}

fn insert_unique_unchecked<E: Element>() {
    let mut map = Map::<E>::new();
    for (number, value) in pairs::<E>(100) {
        // SAFETY: the numbers are distinct.
        let (key, value) = unsafe { map.insert_unique_unchecked(new(number), new(value)) };
        assert_eq!((key.number(), value.number()), pair::<E>(number));
    }
    assert_holds(&map, &pairs::<E>(100));
}

fn lookups<E: Element>() {
    for count in COUNTS {
        let map = map::<E>(count);
        for (key, value) in pairs::<E>(count) {
            let (key, value) = (E::new(key), E::new(value));
            assert_eq!(map.get(&key), Some(&value));
            assert_eq!(map.get_key_value(&key), Some((&key, &value)));
            assert!(map.contains_key(&key));
        }
        if count < E::KINDS {
            let absent = E::new(count);
            assert_eq!((map.get(&absent), map.get_key_value(&absent)), (None, None));
            assert!(!map.contains_key(&absent));
        }
    }
}

fn get_mut<E: Element>() {
    let mut map = map::<E>(3);
    *map.get_mut(&new::<E>(0)).expect("present") = new(7);
    assert_eq!(map.get(&new::<E>(0)), Some(&new(7)));
    assert_eq!(Map::<E>::new().get_mut(&new::<E>(0)), None);
}

fn get_key_value_mut<E: Element>() {
    let mut map = map::<E>(3);
    let (key, value) = map.get_key_value_mut(&new::<E>(0)).expect("present");
    assert_eq!(key, &new(0));
    *value = new(7);
    assert_eq!(map.get(&new::<E>(0)), Some(&new(7)));
    assert_eq!(Map::<E>::new().get_key_value_mut(&new::<E>(0)), None);
}

fn index<E: Element>() {
    assert_eq!(map::<E>(3)[&new::<E>(0)], new(1));
    assert_panics("no entry found for key", || {
        assert_ne!(Map::<E>::new()[&new::<E>(0)], new(0));
    });
}

fn remove<E: Element>() {
    for count in COUNTS {
        let mut map = map::<E>(count);
        for (key, value) in pairs::<E>(count) {
            assert_eq!(map.remove(&E::new(key)), Some(E::new(value)));
            assert_eq!(map.remove(&E::new(key)), None);
        }
        assert_holds(&map, &[]);
    }
}

fn remove_entry<E: Element>() {
    let mut map = map::<E>(50);
    assert_eq!(map.remove_entry(&new::<E>(0)), Some((new(0), new(1))));
    assert_eq!(map.remove_entry(&new::<E>(0)), None);
    assert_holds(&map, &pairs::<E>(50)[1..]);
}

/// Each entry comes once, and the rest stays findable.
fn pop<E: Element>() {
    for count in COUNTS {
        let mut map = map::<E>(count);
        let capacity = map.capacity();
        let mut left = pairs::<E>(count);
        while let Some((key, value)) = map.pop() {
            let place = left.iter().position(|&pair| pair == (key.number(), value.number()));
            left.swap_remove(place.expect("it was there, and comes once"));
            let present = left.iter().all(|&(key, _)| map.contains_key(&E::new(key)));
            assert!(present && map.len() == left.len());
        }
        assert_eq!((left, map.capacity()), (vec![], capacity));
        assert_holds(&map, &[]);
        assert_eq!(map.insert(new(0), new(1)), None);
        assert_eq!((map.pop(), map.pop()), (Some((new(0), new(1))), None));
    }
}

fn reserve<E: Element>() {
    for count in COUNTS {
        let mut map = map::<E>(count);
        map.reserve(1000);
        let reserved = map.capacity();
        assert!(reserved >= map.len() + 1000);
        map.reserve(1000);
        assert_eq!(map.capacity(), reserved);
        assert_holds(&map, &pairs::<E>(count));
    }
}

fn try_reserve<E: Element>() {
    for count in COUNTS {
        let mut map = map::<E>(count);
        assert_eq!(map.try_reserve(1000), Ok(()));
        let reserved = map.capacity();
        assert!(reserved >= map.len() + 1000);
        assert_eq!(map.try_reserve(usize::MAX), Err(TryReserveError::CapacityOverflow));
        assert_eq!(map.capacity(), reserved);
        assert_holds(&map, &pairs::<E>(count));
    }
}

fn shrink<E: Element>() {
    for count in COUNTS {
        let mut map = map::<E>(count);
        map.reserve(1000);
        let reserved = map.capacity();
        map.shrink_to(600);
        let shrunk = map.capacity();
        assert!((600..reserved).contains(&shrunk));
        map.shrink_to(reserved);
        assert_eq!(map.capacity(), shrunk, "shrinking never grows");
        map.shrink_to_fit();
        assert_eq!(map.capacity(), Map::<E>::with_capacity(map.len()).capacity());
        assert_holds(&map, &pairs::<E>(count));
    }
}

fn allocation_size<E: Element>() {
    for count in COUNTS {
        let map = map::<E>(count);
        let least = map.capacity() * (size_of::<(E, E)>() + 1);
        assert!(map.allocation_size() >= least);
        assert_eq!(map.allocation_size() == 0, map.capacity() == 0);
    }
}

fn clear<E: Element>() {
    let mut map = map::<E>(100);
    let capacity = map.capacity();
    map.clear();
    assert_eq!(map.capacity(), capacity);
    assert_holds(&map, &[]);
}

fn retain<E: Element>() {
    for count in COUNTS {
        let mut map = map::<E>(count);
        map.retain(|key, value| {
            assert_eq!((key.number(), value.number()), pair::<E>(key.number()));
            *value = key.clone();
            key.number() % 3 == 1
        });
        let kept = pairs::<E>(count).into_iter().map(|(key, _)| (key, key));
        assert_holds(&map, &kept.filter(|(key, _)| key % 3 == 1).collect::<Vec<_>>());
    }
}

fn extract_if<E: Element>() {
    for count in COUNTS {
        let mut map = map::<E>(count);
        let (mut calls, len) = (0, map.len());
        let odd = sorted(map.extract_if(|key, _| {
            calls += 1;
            key.number() % 2 == 1
        }));
        assert_eq!(calls, len);
        let (expected, rest): (Vec<_>, Vec<_>) =
            pairs::<E>(count).into_iter().partition(|(key, _)| key % 2 == 1);
        assert_eq!(odd, expected);
        assert_holds(&map, &rest);
    }
    let mut map = map::<E>(100);
    let len = map.len();
    let mut extract = map.extract_if(|_, _| true);
    assert_eq!(extract.size_hint(), (0, Some(len)));
    assert!(extract.next().is_some());
    assert_eq!(format!("{extract:?}"), format!("ExtractIf {{ remaining: {} }}", len - 1));
    drop(extract);
    assert_eq!(map.len(), len - 1);
}

fn drain<E: Element>() {
    for count in COUNTS {
        for taken in [0, 1, count] {
            let mut map = map::<E>(count);
            let capacity = map.capacity();
            map.drain().take(taken as usize).for_each(drop);
            assert_eq!(map.capacity(), capacity);
            assert_holds(&map, &[]);
        }
        assert_eq!(sorted(map::<E>(count).drain()), pairs::<E>(count));
    }
}

fn get_disjoint_mut<E: Element>() {
    let mut map = map::<E>(50);
    assert_eq!(map.get_disjoint_mut::<E, 0>([]), []);
    if E::KINDS > 1 {
        let keys = [0, 12345, 2].map(E::new);
        let [zero, none, two] = map.get_disjoint_mut(keys.each_ref());
        mem::swap(zero.expect("present"), two.expect("present"));
        assert_eq!(none, None);
        assert_eq!((map[&new::<E>(0)].number(), map[&new::<E>(2)].number()), (3, 1));
    }
    assert_panics("duplicate keys found", || {
        map.get_disjoint_mut([&new::<E>(0), &new::<E>(0)]);
    });
}

fn get_disjoint_key_value_mut<E: Element>() {
    let mut map = map::<E>(50);
    let [found] = map.get_disjoint_key_value_mut([&new::<E>(0)]);
    assert_eq!(found, Some((&new(0), &mut new(1))));
    assert_panics("duplicate keys found", || {
        map.get_disjoint_key_value_mut([&new::<E>(0), &new::<E>(0)]);
    });
    assert_eq!(
        Map::<E>::new().get_disjoint_key_value_mut([&new::<E>(0), &new::<E>(0)]),
        [None, None]
    );
}

fn get_disjoint_unchecked_mut<E: Element>() {
    let mut map = map::<E>(1);
    let mut entry = (new::<E>(0), new::<E>(1));
    // SAFETY: there is one key.
    let found = unsafe { map.get_disjoint_unchecked_mut([&entry.0]) };
    assert_eq!(found, [Some(&mut entry.1)]);
    // SAFETY: as above.
    let found = unsafe { map.get_disjoint_key_value_unchecked_mut([&entry.0]) };
    assert_eq!(found, [Some((&entry.0, &mut entry.1))]);
}

for_each_element! {
    entry_insert entry_or_insert entry_or_insert_entry entry_or_insert_with
    entry_or_insert_with_key entry_or_try_insert_with entry_or_default entry_key entry_and_modify
    entry_and_replace_entry_with entry_into_map entry_debug
    occupied_get occupied_insert occupied_into_entry occupied_remove occupied_replace_key
    occupied_replace_entry_with occupied_into_map
    vacant_key vacant_insert vacant_insert_entry vacant_into_map vacant_left_alone
}

fn entry_insert<E: Element>() {
    let mut map = Map::<E>::new();
    for value in [7, 8] {
        let entry = map.entry(new(0)).insert(new(value));
        assert_eq!((entry.key(), entry.get()), (&new(0), &new(value)));
    }
    assert_holds(&map, &[(0, 8 % E::KINDS)]);
}

fn entry_or_insert<E: Element>() {
    let mut map = Map::<E>::new();
    for value in [7, 8] {
        assert_eq!(map.entry(new(0)).or_insert(new(value)), &mut new(7));
    }
    assert_holds(&map, &[(0, 7 % E::KINDS)]);
}

fn entry_or_insert_entry<E: Element>() {
    let mut map = Map::<E>::new();
    for value in [7, 8] {
        assert_eq!(map.entry(new(0)).or_insert_entry(new(value)).get(), &new(7));
    }
    assert_holds(&map, &[(0, 7 % E::KINDS)]);
}

fn entry_or_insert_with<E: Element>() {
    let mut map = Map::<E>::new();
    assert_eq!(map.entry(new(0)).or_insert_with(|| new(7)), &mut new(7));
    assert_eq!(map.entry(new(0)).or_insert_with(|| unreachable!()), &mut new(7));
}

fn entry_or_insert_with_key<E: Element>() {
    let mut map = Map::<E>::new();
    assert_eq!(map.entry(new(5)).or_insert_with_key(E::clone), &mut new(5));
    assert_eq!(map.entry(new(5)).or_insert_with_key(|_| unreachable!()), &mut new(5));
}

/// An error is handed on and nothing is inserted, in a map with room and in a full one.
fn entry_or_try_insert_with<E: Element>() {
    for count in COUNTS {
        let mut map = map::<E>(count);
        let (len, capacity) = (map.len(), map.capacity());
        if count < E::KINDS {
            let failed = map.entry(E::new(count)).or_try_insert_with(|| Err("no value"));
            assert_eq!(failed, Err("no value"));
            assert_eq!((map.len(), map.capacity()), (len, capacity));
            assert_holds(&map, &pairs::<E>(count));
        }
        let last = new::<E>(count);
        let inserted = map.entry(last.clone()).or_try_insert_with(|| Ok::<E, ()>(new(count + 1)));
        assert_eq!(inserted, Ok(&mut new(count + 1)));
        let present = map.entry(last).or_try_insert_with(|| unreachable!());
        assert_eq!(present, Ok::<_, ()>(&mut new(count + 1)));
        assert_holds(&map, &pairs::<E>(count + 1));
    }
}

fn entry_or_default<E: Element>() {
    let mut map: HashMap<E, Vec<E>> = HashMap::new();
    map.entry(new(0)).or_default().push(new(1));
    map.entry(new(0)).or_default().push(new(2));
    assert_eq!(map[&new::<E>(0)], [new(1), new(2)]);
}

fn entry_key<E: Element>() {
    assert_eq!(Map::<E>::new().entry(new(0)).key(), &new(0));
    assert_eq!(map::<E>(1).entry(new(0)).key(), &new(0));
}

fn entry_and_modify<E: Element>() {
    let mut map = map::<E>(1);
    map.entry(new(0)).and_modify(|value| *value = new(7)).or_insert(new(8));
    assert_holds(&map, &[(0, 7 % E::KINDS)]);
    map.clear();
    map.entry(new(0)).and_modify(|_| unreachable!()).or_insert(new(8));
    assert_holds(&map, &[(0, 8 % E::KINDS)]);
}

fn entry_and_replace_entry_with<E: Element>() {
    let mut map = map::<E>(1);
    let entry = map.entry(new(0)).and_replace_entry_with(|key, value| {
        assert_eq!((key, value), (&new(0), new(1)));
        Some(new(7))
    });
    assert!(matches!(entry, Entry::Occupied(_)));
    assert_holds(&map, &[(0, 7 % E::KINDS)]);
    let entry = map.entry(new(0)).and_replace_entry_with(|_, _| None);
    assert!(matches!(&entry, Entry::Vacant(vacant) if vacant.key() == &new(0)));
    let entry = entry.and_replace_entry_with(|_, _| unreachable!());
    assert!(matches!(entry, Entry::Vacant(_)));
    assert_holds(&map, &[]);
}

fn entry_into_map<E: Element>() {
    let mut map = Map::<E>::new();
    map.entry(new(0)).into_map().insert(new(0), new(1));
    map.entry(new(0)).into_map().insert(new(1), new(2));
    assert_holds(&map, &pairs::<E>(2));
}

fn entry_debug<E: Element>() {
    let [key, value] = [new::<E>(0), new(1)];
    let mut map = Map::<E>::new();
    assert_eq!(format!("{:?}", map.entry(new(0))), format!("Entry(VacantEntry({key:?}))"));
    assert_eq!(format!("{:?}", map.entry_ref(&key)), format!("EntryRef(VacantEntryRef({key:?}))"));
    map.insert(new(0), new(1));
    let shown = format!("(OccupiedEntry {{ key: {key:?}, value: {value:?} }})");
    assert_eq!(format!("{:?}", map.entry(new(0))), format!("Entry{shown}"));
    assert_eq!(format!("{:?}", map.entry_ref(&key)), format!("EntryRef{shown}"));
}

fn occupied_get<E: Element>() {
    let mut map = map::<E>(1);
    let mut entry = occupied(&mut map);
    assert_eq!((entry.key(), entry.get()), (&new(0), &new(1)));
    *entry.get_mut() = new(7);
    let value = entry.into_mut();
    assert_eq!(*value, new(7));
    *value = new(8);
    assert_holds(&map, &[(0, 8 % E::KINDS)]);
}

fn occupied_insert<E: Element>() {
    let mut map = map::<E>(1);
    assert_eq!(occupied(&mut map).insert(new(7)), new(1));
    assert_holds(&map, &[(0, 7 % E::KINDS)]);
}

fn occupied_into_entry<E: Element>() {
    let mut map = map::<E>(1);
    let (key, value) = occupied(&mut map).into_entry();
    assert_eq!(key, &new(0));
    *value = new(7);
    assert_holds(&map, &[(0, 7 % E::KINDS)]);
}

fn occupied_remove<E: Element>() {
    let mut map = map::<E>(3);
    assert_eq!(occupied(&mut map).remove(), new(1));
    assert_holds(&map, &pairs::<E>(3)[1..]);
    map.insert(new(0), new(7));
    assert_eq!(occupied(&mut map).remove_entry(), (new(0), new(7)));
    assert_holds(&map, &pairs::<E>(3)[1..]);
}

fn occupied_replace_key<E: Element>() {
    let mut map = map::<E>(1);
    let mut entry = occupied(&mut map);
    assert_eq!(entry.replace_key(new(0)), new(0));
    // SAFETY: the keys are equal.
    assert_eq!(unsafe { entry.replace_key_unchecked(new(0)) }, new(0));
    if E::KINDS > 1 {
        let message = "replaced key is not equivalent to the one in the entry";
        assert_panics(message, || drop(entry.replace_key(new(1))));
    }
    assert_holds(&map, &pairs::<E>(1));
}

fn occupied_replace_entry_with<E: Element>() {
    let mut map = map::<E>(3);
    let entry = occupied(&mut map).replace_entry_with(|key, value| {
        assert_eq!((key, value), (&new(0), new(1)));
        Some(new(7))
    });
    assert!(matches!(entry, Entry::Occupied(_)));
    assert_eq!(map[&new::<E>(0)], new(7));
    let Entry::Vacant(entry) = occupied(&mut map).replace_entry_with(|_, _| None) else {
        panic!("the value was taken out")
    };
    assert_eq!(entry.insert(new(1)), &mut new(1));
    assert_holds(&map, &pairs::<E>(3));

    if cfg!(panic = "unwind") {
        let replace = || drop(occupied(&mut map).replace_entry_with(|_, _| panic!("no")));
        assert_panics("no", replace);
        assert_holds(&map, &pairs::<E>(3)[1..]);
    }
}

fn occupied_into_map<E: Element>() {
    let mut map = map::<E>(1);
    occupied(&mut map).into_map().insert(new(0), new(7));
    assert_holds(&map, &[(0, 7 % E::KINDS)]);
}

fn vacant_key<E: Element>() {
    let mut map = Map::<E>::new();
    let entry = vacant(&mut map);
    assert_eq!(entry.key(), &new(0));
    assert_eq!(entry.into_key(), new(0));
    assert_holds(&map, &[]);
}

fn vacant_insert<E: Element>() {
    let mut map = Map::<E>::new();
    assert_eq!(vacant(&mut map).insert(new(1)), &mut new(1));
    assert_holds(&map, &pairs::<E>(1));
}

fn vacant_insert_entry<E: Element>() {
    let mut map = Map::<E>::new();
    assert_eq!(vacant(&mut map).insert_entry(new(1)).into_entry(), (&new(0), &mut new(1)));
    assert_holds(&map, &pairs::<E>(1));
}

fn vacant_into_map<E: Element>() {
    let mut map = Map::<E>::new();
    vacant(&mut map).into_map().insert(new(0), new(1));
    assert_holds(&map, &pairs::<E>(1));
}

fn vacant_left_alone<E: Element>() {
    let mut map = Map::<E>::new();
    drop(vacant(&mut map));
    assert_eq!(map.capacity(), 0);
    assert_holds(&map, &[]);
}

for_each_element! {
    entry_ref_insert entry_ref_or_insert entry_ref_or_insert_with entry_ref_or_insert_with_key
    entry_ref_or_default entry_ref_key entry_ref_and_modify entry_ref_into_map
    vacant_ref_insert vacant_ref_insert_entry vacant_ref_with_key
    vacant_ref_into_map
}

fn entry_ref_insert<E: Element>() {
    let mut map = Map::<E>::new();
    for value in [7, 8] {
        let entry = map.entry_ref(&new::<E>(0)).insert(new(value));
        assert_eq!((entry.key(), entry.get()), (&new(0), &new(value)));
    }
    assert_holds(&map, &[(0, 8 % E::KINDS)]);
}

fn entry_ref_or_insert<E: Element>() {
    let mut map = Map::<E>::new();
    for value in [7, 8] {
        assert_eq!(map.entry_ref(&new::<E>(0)).or_insert(new(value)), &mut new(7));
    }
    assert_holds(&map, &[(0, 7 % E::KINDS)]);
}

fn entry_ref_or_insert_with<E: Element>() {
    let mut map = Map::<E>::new();
    assert_eq!(map.entry_ref(&new::<E>(0)).or_insert_with(|| new(7)), &mut new(7));
    assert_eq!(map.entry_ref(&new::<E>(0)).or_insert_with(|| unreachable!()), &mut new(7));
}

fn entry_ref_or_insert_with_key<E: Element>() {
    let mut map = Map::<E>::new();
    assert_eq!(map.entry_ref(&new::<E>(5)).or_insert_with_key(E::clone), &mut new(5));
    assert_eq!(map.entry_ref(&new::<E>(5)).or_insert_with_key(|_| unreachable!()), &mut new(5));
}

fn entry_ref_or_default<E: Element>() {
    let mut map: HashMap<E, Vec<E>> = HashMap::new();
    map.entry_ref(&new::<E>(0)).or_default().push(new(1));
    map.entry_ref(&new::<E>(0)).or_default_entry().get_mut().push(new(2));
    assert_eq!(map[&new::<E>(0)], [new(1), new(2)]);
    map.clear();
    assert_eq!(map.entry_ref(&new::<E>(0)).or_default_entry().into_entry(), (&new(0), &mut vec![]));
}

fn entry_ref_key<E: Element>() {
    assert_eq!(Map::<E>::new().entry_ref(&new::<E>(0)).key(), &new(0));
    assert_eq!(map::<E>(1).entry_ref(&new::<E>(0)).key(), &new(0));
}

fn entry_ref_and_modify<E: Element>() {
    let mut map = map::<E>(1);
    map.entry_ref(&new::<E>(0)).and_modify(|value| *value = new(7)).or_insert(new(8));
    assert_holds(&map, &[(0, 7 % E::KINDS)]);
    map.clear();
    map.entry_ref(&new::<E>(0)).and_modify(|_| unreachable!()).or_insert(new(8));
    assert_holds(&map, &[(0, 8 % E::KINDS)]);
}

fn entry_ref_into_map<E: Element>() {
    let mut map = Map::<E>::new();
    map.entry_ref(&new::<E>(0)).into_map().insert(new(0), new(1));
    map.entry_ref(&new::<E>(0)).into_map().insert(new(1), new(2));
    assert_holds(&map, &pairs::<E>(2));
}

fn vacant_ref_insert<E: Element>() {
    let (mut map, key) = (Map::<E>::new(), new(0));
    let entry = vacant_ref(&mut map, &key);
    assert!(std::ptr::eq(entry.key(), &key));
    assert_eq!(entry.insert(new(1)), &mut new(1));
    assert_holds(&map, &pairs::<E>(1));
}

fn vacant_ref_insert_entry<E: Element>() {
    let mut map = Map::<E>::new();
    let entry = vacant_ref(&mut map, &new(0)).insert_entry(new(1));
    assert_eq!((entry.key(), entry.get()), (&new(0), &new(1)));
    assert_holds(&map, &pairs::<E>(1));
}

fn vacant_ref_with_key<E: Element>() {
    let (mut map, key) = (Map::<E>::new(), new(0));
    assert_eq!(vacant_ref(&mut map, &key).insert_with_key(new(0), new(1)), &mut new(1));
    map.clear();
    // SAFETY: the keys are equal.
    let value = unsafe { vacant_ref(&mut map, &key).insert_with_key_unchecked(new(0), new(1)) };
    assert_eq!(value, &mut new(1));
    map.clear();
    let entry = vacant_ref(&mut map, &key).insert_entry_with_key(new(0), new(1));
    assert_eq!(entry.remove_entry(), (new(0), new(1)));
    // SAFETY: the keys are equal.
    unsafe { vacant_ref(&mut map, &key).insert_entry_with_key_unchecked(new(0), new(1)) };
    assert_holds(&map, &pairs::<E>(1));
}

fn vacant_ref_into_map<E: Element>() {
    let mut map = Map::<E>::new();
    vacant_ref(&mut map, &new(0)).into_map().insert(new(0), new(1));
    assert_holds(&map, &pairs::<E>(1));
}

/// Checks what all iterators promise, on an expression that makes one of so many items: the length
/// at each step, that the end is the end, and that `fold` sees what `next` does, from any step on.
macro_rules! assert_iterates {
    ($iter:expr, $len:expr) => {{
        fn fused(_: &impl FusedIterator) {}
        let len: usize = $len;
        {
            let mut iter = $iter;
            fused(&iter);
            for left in (0..=len).rev() {
                assert_eq!((iter.len(), iter.size_hint()), (left, (left, Some(left))));
                assert_eq!(iter.next().is_some(), left > 0);
            }
            assert!(iter.next().is_none());
        }
        for begun in [0, 1, len / 2, len] {
            let mut iter = $iter;
            let by_next = iter.by_ref().take(begun).count();
            assert_eq!(iter.fold(by_next, |count, _| count + 1), len);
        }
    }};
}

for_each_element! {
    lengths iter iter_mut keys values values_mut into_iter into_keys into_values shared_iterators
    default_iterators debug_iterators
}

fn lengths<E: Element>() {
    for count in COUNTS.into_iter().filter(|&count| count < 50) {
        let mut map = map::<E>(count);
        let len = map.len();
        assert_iterates!(map.iter(), len);
        assert_iterates!(map.iter_mut(), len);
        assert_iterates!(map.keys(), len);
        assert_iterates!(map.values(), len);
        assert_iterates!(map.values_mut(), len);
        assert_iterates!((&map).into_iter(), len);
        assert_iterates!((&mut map).into_iter(), len);
        assert_iterates!(map.clone().into_iter(), len);
        assert_iterates!(map.clone().into_keys(), len);
        assert_iterates!(map.clone().into_values(), len);
        let spare = map.clone();
        assert_iterates!(
            {
                map.clone_from(&spare);
                map.drain()
            },
            len
        );
    }
}

fn iter<E: Element>() {
    for count in COUNTS {
        let map = map::<E>(count);
        let entries = map.iter().map(|(key, value)| (key.clone(), value.clone()));
        assert_eq!(sorted(entries), pairs::<E>(count));
    }
}

fn iter_mut<E: Element>() {
    for count in COUNTS {
        let mut map = map::<E>(count);
        for (key, value) in &mut map {
            *value = key.clone();
        }
        map.iter_mut().for_each(|(key, value)| {
            assert_eq!(key, value);
            *value = new(key.number() + 1);
        });
        assert_holds(&map, &pairs::<E>(count));
    }
}

fn keys<E: Element>() {
    let numbers = elements::sorted(map::<E>(100).keys().cloned());
    assert!(numbers.into_iter().eq(pairs::<E>(100).into_iter().map(|(key, _)| key)));
}

fn values<E: Element>() {
    let numbers = elements::sorted(map::<E>(100).values().cloned());
    assert!(numbers.into_iter().eq(pairs::<E>(100).into_iter().map(|(_, value)| value)));
}

fn values_mut<E: Element>() {
    let mut map = map::<E>(100);
    map.values_mut().for_each(|value| *value = new(7));
    assert!(map.values().all(|value| *value == new(7)));
}

fn into_iter<E: Element>() {
    for count in COUNTS {
        for taken in [0, 1, count] {
            // What is left, and what is passed over, is dropped with the iterator.
            map::<E>(count).into_iter().take(taken as usize).for_each(drop);
            assert!(map::<E>(count).into_iter().nth(taken as usize).is_none_or(|_| taken < count));
        }
        assert_eq!(sorted(map::<E>(count)), pairs::<E>(count));
    }
}

fn into_keys<E: Element>() {
    let numbers = elements::sorted(map::<E>(100).into_keys());
    assert!(numbers.into_iter().eq(pairs::<E>(100).into_iter().map(|(key, _)| key)));
}

fn into_values<E: Element>() {
    let numbers = elements::sorted(map::<E>(100).into_values());
    assert!(numbers.into_iter().eq(pairs::<E>(100).into_iter().map(|(_, value)| value)));
}

/// A clone goes on where the original is, and leaves it there.
fn shared_iterators<E: Element>() {
    fn assert_clones<I: Iterator<Item: PartialEq> + Clone>(mut iter: I) {
        iter.next();
        let clone = iter.clone();
        assert!(clone.count() > 0 && iter.clone().eq(iter.clone()));
        for place in 0..=iter.clone().count() {
            let mut plain = iter.clone();
            (0..place).for_each(|_| assert!(plain.next().is_some()));
            let expected = plain.next();
            assert!(iter.clone().nth(place) == expected);
            // What looks at entries until one is found leaves the others.
            let (mut rest, mut looked) = (iter.clone(), Vec::new());
            let found = rest.any(|item| {
                looked.push(item);
                looked.len() > place
            });
            assert!(looked.get(place) == expected.as_ref() && found == expected.is_some());
            assert!(rest.eq(plain));
        }
    }
    if E::KINDS > 1 {
        let map = map::<E>(20);
        assert_clones(map.iter());
        assert_clones(map.keys());
        assert_clones(map.values());
    }
}

/// The default iterator is over nothing; the owning ones need no allocator for it.
fn default_iterators<E: Element>() {
    assert_eq!(Iter::<E, E>::default().next(), None);
    assert_eq!(IterMut::<E, E>::default().next(), None);
    assert_eq!(Keys::<E, E>::default().next(), None);
    assert_eq!(Values::<E, E>::default().next(), None);
    assert_eq!(ValuesMut::<E, E>::default().next(), None);
    assert_eq!(IntoIter::<E, E>::default().next(), None);
    assert_eq!(IntoKeys::<E, E>::default().next(), None);
    assert_eq!(IntoValues::<E, E>::default().next(), None);
}

/// What is still to come is printed.
fn debug_iterators<E: Element>() {
    let mut map = map::<E>(1);
    let [key, value] = [new::<E>(0), new(1)];
    let (entries, keys, values) =
        (format!("[({key:?}, {value:?})]"), format!("[{key:?}]"), format!("[{value:?}]"));
    assert_eq!(format!("{:?}", map.iter()), entries);
    assert_eq!(format!("{:?}", map.iter_mut()), entries);
    assert_eq!(format!("{:?}", map.keys()), keys);
    assert_eq!(format!("{:?}", map.values()), values);
    assert_eq!(format!("{:?}", map.values_mut()), values);
    assert_eq!(format!("{:?}", map.clone().into_iter()), entries);
    assert_eq!(format!("{:?}", map.clone().into_keys()), keys);
    assert_eq!(format!("{:?}", map.clone().into_values()), values);
    let mut drain = map.drain();
    assert_eq!(format!("{drain:?}"), entries);
    drain.next();
    assert_eq!(format!("{drain:?}"), "[]");
}

for_each_element! { clone clone_from equality debug conversions extend }

fn clone<E: Element>() {
    for count in COUNTS {
        let original = map::<E>(count);
        let mut copy = original.clone();
        assert_eq!((&copy, copy.capacity()), (&original, original.capacity()));
        copy.clear();
        assert_holds(&original, &pairs::<E>(count));
    }
}

fn clone_from<E: Element>() {
    for from in COUNTS {
        for into in COUNTS {
            let (source, mut map) = (map::<E>(from), map::<E>(into));
            map.clone_from(&source);
            assert_holds(&map, &pairs::<E>(from));
        }
    }
}

fn equality<E: Element>() {
    let (map, mut other) = (map::<E>(50), Map::new());
    other.extend((0..50).rev().map(|number| (new(number), new(number + 1))));
    assert_eq!(map, other);
    let removed = other.remove(&new::<E>(0));
    assert_ne!(map, other);
    if E::KINDS > 1 {
        other.insert(new(50), new(1));
        assert_ne!(map, other, "another key");
        other.remove(&new::<E>(50));
        other.insert(new(0), new(2));
        assert_ne!(map, other, "another value");
    }
    other.insert(new(0), removed.expect("it was there"));
    assert_eq!(map, other);
}

fn debug<E: Element>() {
    let [key, value] = [new::<E>(0), new(1)];
    assert_eq!(format!("{:?}", Map::<E>::new()), "{}");
    assert_eq!(format!("{:?}", map::<E>(1)), format!("{{{key:?}: {value:?}}}"));
}

fn conversions<E: Element>() {
    let array = [(0, 7), (1, 2), (0, 1)].map(|(key, value)| (new(key), new(value)));
    assert_holds(&Map::<E>::from(array.clone()), &pairs::<E>(2));
    assert_holds(&array.into_iter().collect::<Map<E>>(), &pairs::<E>(2));
}

fn extend<E: Element>() {
    let mut map = map::<E>(20);
    map.extend((10..50).map(|number| (new(number), new(number + 1))));
    assert_holds(&map, &pairs::<E>(50));
}

#[test]
fn extend_by_reference() {
    let mut map: Map<u64> = Map::new();
    map.extend(&[(1, 10), (2, 20)]);
    map.extend(&Map::from([(2, 21), (3, 30)]));
    assert_holds(&map, &[(1, 10), (2, 21), (3, 30)]);
}

#[test]
fn borrowed_keys() {
    let mut map: HashMap<String, u64> = [("salt", 1), ("butter", 2)]
        .map(|(name, amount)| (name.to_owned(), amount))
        .into_iter()
        .collect();
    assert_eq!((map.get("salt"), map["butter"]), (Some(&1), 2));
    assert_eq!(map.get_key_value("salt").map(|(key, _)| key.as_str()), Some("salt"));
    assert!(map.contains_key("salt") && !map.contains_key("pepper"));
    *map.get_mut("salt").expect("present") += 10;
    *map.entry_ref("salt").or_insert(0) += 100;
    assert_eq!(map.get_disjoint_mut(["salt", "pepper"]), [Some(&mut 111), None]);
    assert_eq!(map.entry_ref("pepper").insert(3).key(), "pepper");
    assert_eq!(map.remove_entry("pepper"), Some(("pepper".to_owned(), 3)));
    assert_eq!((map.remove("salt"), map.remove("salt"), map.len()), (Some(111), None, 1));
}

#[test]
fn vacant_ref_with_another_key() {
    let mut map: Map<u64> = Map::new();
    let known = "key used for Entry creation is not equivalent to the one used for insertion";
    assert_panics(known, || {
        vacant_ref(&mut map, &0).insert_with_key(1, 1);
    });
    assert_panics(known, || {
        vacant_ref(&mut map, &0).insert_entry_with_key(1, 1);
    });
    assert_holds(&map, &[]);
}

#[test]
fn a_forgotten_drain_leaves_an_empty_map() {
    let mut map = map::<u64>(100);
    mem::forget(map.drain());
    assert_holds(&map, &[]);
    map.extend((0..100).map(|number| (number, number + 1)));
    assert_holds(&map, &pairs::<u64>(100));
}

/// `count` does not walk, but it drops what the iterator owns.
#[test]
fn counted_is_what_is_left() {
    for (count, taken) in COUNTS.into_iter().flat_map(|count| [(count, 0), (count, 1)]) {
        let mut map = map::<Counted>(count);
        let left = map.len().saturating_sub(taken);
        macro_rules! counts {
            ($iter:expr) => {{
                let mut iter = $iter;
                iter.by_ref().take(taken).for_each(drop);
                assert_eq!(iter.count(), left, "{count} entries, {taken} taken");
            }};
        }
        counts!(map.iter());
        counts!(map.iter_mut());
        counts!(map.keys());
        counts!(map.values_mut());
        let live = Counted::live();
        counts!(map.clone().into_iter());
        counts!(map.clone().into_keys());
        counts!(map.clone().into_values());
        assert_eq!(Counted::live(), live);
        counts!(map.drain());
        assert_eq!((Counted::live(), map.len()), (0, 0));
    }
}
