//! Raw entries of `HashMap`: each method, with several kinds of keys and values.
#![cfg(all(feature = "raw-entry", feature = "default-hasher"))]

mod elements;

use std::cell::Cell;
use std::hash::{BuildHasher, Hash};

use elements::Element;
use rosti::hash_map::{HashMap, RawEntryMut, RawOccupiedEntryMut, RawVacantEntryMut};
use rosti::{DefaultHashBuilder, Equivalent};

type Map<E> = HashMap<E, E>;

fn new<E: Element>(number: u64) -> E {
    E::new(number % E::KINDS)
}

/// The map of the first `count` keys, with the number after each for its value.
fn map<E: Element>(count: u64) -> Map<E> {
    (0..count).map(|number| (new(number), new(number + 1))).collect()
}

fn hash<E: Element>(map: &Map<E>, key: &E) -> u64 {
    map.hasher().hash_one(key)
}

fn occupied<E: Element>(map: &mut Map<E>) -> RawOccupiedEntryMut<'_, E, E, DefaultHashBuilder> {
    match map.raw_entry_mut().from_key(&new::<E>(0)) {
        RawEntryMut::Occupied(entry) => entry,
        RawEntryMut::Vacant(_) => panic!("key 0 is absent"),
    }
}

fn vacant<E: Element>(map: &mut Map<E>) -> RawVacantEntryMut<'_, E, E, DefaultHashBuilder> {
    match map.raw_entry_mut().from_key(&new::<E>(0)) {
        RawEntryMut::Vacant(entry) => entry,
        RawEntryMut::Occupied(_) => panic!("key 0 is present"),
    }
}

for_each_element! {
    from_key from_key_hashed_nocheck from_hash mut_from_key mut_from_key_hashed_nocheck
    mut_from_hash insert or_insert or_insert_with and_modify and_replace_entry_with
    keys values keys_and_values remove replace_entry_with
    vacant_insert vacant_insert_hashed_nocheck vacant_insert_with_hasher debug
}

fn from_key<E: Element>() {
    let map = map::<E>(50);
    assert_eq!(map.raw_entry().from_key(&new::<E>(0)), Some((&new(0), &new(1))));
    assert_eq!(Map::<E>::new().raw_entry().from_key(&new::<E>(0)), None);
}

fn from_key_hashed_nocheck<E: Element>() {
    let (map, key) = (map::<E>(50), new::<E>(0));
    let hash = hash(&map, &key);
    let found = map.raw_entry().from_key_hashed_nocheck(hash, &key);
    assert_eq!(found, Some((&key, &new(1))));
    // With the hash of no entry: a tag that none has.
    assert_eq!(map.raw_entry().from_key_hashed_nocheck(!hash, &key), None);
}

fn from_hash<E: Element>() {
    let (map, key) = (map::<E>(50), new::<E>(0));
    let hash = hash(&map, &key);
    let found = map.raw_entry().from_hash(hash, |candidate| candidate == &key);
    assert_eq!(found, Some((&key, &new(1))));
    assert_eq!(map.raw_entry().from_hash(hash, |_| false), None);
}

fn mut_from_key<E: Element>() {
    let (mut map, key) = (map::<E>(50), new::<E>(0));
    let entry = map.raw_entry_mut().from_key(&key);
    assert!(matches!(&entry, RawEntryMut::Occupied(entry) if entry.key() == &key));
    map.remove(&key);
    assert!(matches!(map.raw_entry_mut().from_key(&key), RawEntryMut::Vacant(_)));
}

fn mut_from_key_hashed_nocheck<E: Element>() {
    let (mut map, key) = (map::<E>(50), new::<E>(0));
    let hash = hash(&map, &key);
    let entry = map.raw_entry_mut().from_key_hashed_nocheck(hash, &key);
    assert!(matches!(&entry, RawEntryMut::Occupied(entry) if entry.key() == &key));
    let entry = map.raw_entry_mut().from_key_hashed_nocheck(!hash, &key);
    assert!(matches!(entry, RawEntryMut::Vacant(_)));
}

fn mut_from_hash<E: Element>() {
    let (mut map, key) = (map::<E>(50), new::<E>(0));
    let hash = hash(&map, &key);
    let entry = map.raw_entry_mut().from_hash(hash, |candidate| candidate == &key);
    assert!(matches!(&entry, RawEntryMut::Occupied(entry) if entry.key() == &key));
    assert!(matches!(map.raw_entry_mut().from_hash(hash, |_| false), RawEntryMut::Vacant(_)));
}

fn insert<E: Element>() {
    let mut map = Map::<E>::new();
    for value in [7, 8] {
        let entry = map.raw_entry_mut().from_key(&new::<E>(0)).insert(new(0), new(value));
        assert_eq!(entry.get_key_value(), (&new(0), &new(value)));
    }
    assert_eq!(map.len(), 1);
}

fn or_insert<E: Element>() {
    let mut map = Map::<E>::new();
    for value in [7, 8] {
        let entry = map.raw_entry_mut().from_key(&new::<E>(0)).or_insert(new(0), new(value));
        assert_eq!(entry, (&mut new(0), &mut new(7)));
    }
    assert_eq!(map.len(), 1);
}

fn or_insert_with<E: Element>() {
    let mut map = Map::<E>::new();
    let entry = map.raw_entry_mut().from_key(&new::<E>(0));
    assert_eq!(entry.or_insert_with(|| (new(0), new(7))), (&mut new(0), &mut new(7)));
    let entry = map.raw_entry_mut().from_key(&new::<E>(0));
    assert_eq!(entry.or_insert_with(|| unreachable!()), (&mut new(0), &mut new(7)));
}

fn and_modify<E: Element>() {
    let mut map = map::<E>(1);
    map.raw_entry_mut().from_key(&new::<E>(0)).and_modify(|key, value| {
        assert_eq!(key, &new(0));
        *value = new(7);
    });
    assert_eq!(map[&new::<E>(0)], new(7));
    map.clear();
    let entry = map.raw_entry_mut().from_key(&new::<E>(0)).and_modify(|_, _| unreachable!());
    assert!(matches!(entry, RawEntryMut::Vacant(_)));
}

fn and_replace_entry_with<E: Element>() {
    let mut map = map::<E>(1);
    let entry = map.raw_entry_mut().from_key(&new::<E>(0));
    let entry = entry.and_replace_entry_with(|_, _| None);
    assert!(matches!(entry, RawEntryMut::Vacant(_)));
    let entry = entry.and_replace_entry_with(|_, _| unreachable!());
    entry.insert(new(0), new(7));
    assert_eq!(map[&new::<E>(0)], new(7));
}

fn keys<E: Element>() {
    let mut map = map::<E>(1);
    let mut entry = occupied(&mut map);
    assert_eq!(entry.key(), &new(0));
    assert_eq!(entry.key_mut(), &mut new(0));
    assert_eq!(entry.insert_key(new(0)), new(0));
    *entry.into_key() = new(0);
    assert_eq!(map.get(&new::<E>(0)), Some(&new(1)));
}

fn values<E: Element>() {
    let mut map = map::<E>(1);
    let mut entry = occupied(&mut map);
    assert_eq!(entry.get(), &new(1));
    *entry.get_mut() = new(7);
    assert_eq!(entry.insert(new(8)), new(7));
    let value = entry.into_mut();
    assert_eq!(value, &mut new(8));
    *value = new(9);
    assert_eq!(map[&new::<E>(0)], new(9));
}

fn keys_and_values<E: Element>() {
    let mut map = map::<E>(1);
    let mut entry = occupied(&mut map);
    assert_eq!(entry.get_key_value(), (&new(0), &new(1)));
    *entry.get_key_value_mut().1 = new(7);
    let (key, value) = entry.into_key_value();
    assert_eq!((&*key, &*value), (&new(0), &new(7)));
    *value = new(8);
    assert_eq!(map[&new::<E>(0)], new(8));
}

fn remove<E: Element>() {
    let mut map = map::<E>(3);
    let others = map.len() - 1;
    assert_eq!(occupied(&mut map).remove(), new(1));
    assert_eq!(map.len(), others);
    vacant(&mut map).insert(new(0), new(7));
    assert_eq!(occupied(&mut map).remove_entry(), (new(0), new(7)));
    assert_eq!(map.len(), others);
}

fn replace_entry_with<E: Element>() {
    let mut map = map::<E>(1);
    let entry = occupied(&mut map).replace_entry_with(|key, value| {
        assert_eq!((key, value), (&new(0), new(1)));
        Some(new(7))
    });
    let RawEntryMut::Occupied(entry) = entry else { panic!("it was replaced") };
    let entry = entry.replace_entry_with(|_, value| (value != new(7)).then_some(value));
    let RawEntryMut::Vacant(entry) = entry else { panic!("it was taken out") };
    entry.insert(new(0), new(8));
    assert_eq!(map[&new::<E>(0)], new(8));
}

fn vacant_insert<E: Element>() {
    let mut map = Map::<E>::new();
    assert_eq!(vacant(&mut map).insert(new(0), new(1)), (&mut new(0), &mut new(1)));
    assert_eq!(map, self::map::<E>(1));
}

fn vacant_insert_hashed_nocheck<E: Element>() {
    let mut map = Map::<E>::new();
    let hash = hash(&map, &new(0));
    let entry = vacant(&mut map).insert_hashed_nocheck(hash, new(0), new(1));
    assert_eq!(entry, (&mut new(0), &mut new(1)));
    assert_eq!(map, self::map::<E>(1));
}

/// The closure hashes what moves, and the map's own hasher is not asked.
fn vacant_insert_with_hasher<E: Element>() {
    let mut map: HashMap<E, u64, ()> = HashMap::with_hasher(());
    let hash = |key: &E| key.number().wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let moved = Cell::new(0);
    for number in 0..500.min(E::KINDS) {
        let (key, hash_of_key) = (E::new(number), hash(&E::new(number)));
        let entry = map.raw_entry_mut().from_key_hashed_nocheck(hash_of_key, &key);
        let RawEntryMut::Vacant(entry) = entry else { panic!("{key:?} is absent") };
        let inserted = entry.insert_with_hasher(hash_of_key, key.clone(), number, |key| {
            moved.set(moved.get() + 1);
            hash(key)
        });
        assert_eq!(inserted, (&mut key.clone(), &mut number.clone()));
    }
    for number in 0..500.min(E::KINDS) {
        let key = E::new(number);
        let found = map.raw_entry().from_key_hashed_nocheck(hash(&key), &key);
        assert_eq!(found, Some((&key, &number)));
    }
    assert!(moved.get() > 0 || E::KINDS == 1);
}

fn debug<E: Element>() {
    let mut map = map::<E>(1);
    let [key, value] = [new::<E>(0), new(1)];
    assert_eq!(format!("{:?}", map.raw_entry()), "RawEntryBuilder");
    assert_eq!(format!("{:?}", map.raw_entry_mut()), "RawEntryBuilder");
    let shown = format!("RawOccupiedEntryMut {{ key: {key:?}, value: {value:?} }}");
    assert_eq!(format!("{:?}", map.raw_entry_mut().from_key(&key)), format!("RawEntry({shown})"));
    map.clear();
    let absent = format!("{:?}", map.raw_entry_mut().from_key(&key));
    assert_eq!(absent, "RawEntry(RawVacantEntryMut)");
}

#[test]
fn borrowed_keys() {
    /// Looked up by a type of its own.
    #[derive(Hash)]
    struct Name(&'static str);
    impl Equivalent<String> for Name {
        fn equivalent(&self, key: &String) -> bool {
            self.0 == key
        }
    }
    let mut map: HashMap<String, u32> = HashMap::new();
    map.raw_entry_mut().from_key("salt").insert("salt".to_owned(), 1);
    let (key, _) = map.raw_entry_mut().from_key(&Name("salt")).or_insert(String::new(), 0);
    assert_eq!(key, "salt");
    assert_eq!(map.raw_entry().from_key("salt"), map.get_key_value(&Name("salt")));
    assert_eq!(map.len(), 1);
}
