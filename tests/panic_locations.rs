//! Where a misuse is to blame, the panic names the line of the user, not one of the library.
#![cfg(feature = "default-hasher")]

use std::cell::RefCell;
use std::iter;
use std::panic::{self, catch_unwind};

use rosti::hash_map::{EntryRef, VacantEntryRef};
use rosti::internals::Global;
use rosti::{DefaultHashBuilder, HashMap, HashSet, HashTable};

const TOO_MUCH: usize = usize::MAX;

type Map = HashMap<u64, u64>;
type Set = HashSet<u64>;
type Table = HashTable<u64>;

fn map() -> Map {
    HashMap::from([(1, 10), (2, 20)])
}

fn build() -> DefaultHashBuilder {
    DefaultHashBuilder::default()
}

fn vacant<'a>(
    map: &'a mut Map,
    key: &'a u64,
) -> VacantEntryRef<'a, 'a, u64, u64, u64, DefaultHashBuilder> {
    match map.entry_ref(key) {
        EntryRef::Vacant(entry) => entry,
        EntryRef::Occupied(_) => unreachable!("the key is absent"),
    }
}

/// What is called, and a call that panics.
const MISUSES: [(&str, fn()); 24] = [
    ("HashMap::with_capacity", || drop(Map::with_capacity(TOO_MUCH))),
    ("HashMap::with_capacity_in", || drop(Map::with_capacity_in(TOO_MUCH, Global))),
    ("HashMap::with_capacity_and_hasher", || {
        drop(Map::with_capacity_and_hasher(TOO_MUCH, build()));
    }),
    ("HashMap::with_capacity_and_hasher_in", || {
        drop(Map::with_capacity_and_hasher_in(TOO_MUCH, build(), Global));
    }),
    ("HashMap::reserve", || map().reserve(TOO_MUCH)),
    ("HashMap::extend", || Map::new().extend(iter::repeat((1, 10)))),
    ("HashMap::extend by references", || Map::new().extend(iter::repeat((&1, &10)))),
    ("HashMap::extend by references to pairs", || Map::new().extend(iter::repeat(&(1, 10)))),
    ("HashMap::index", || assert_eq!(map()[&3], 30)),
    ("HashMap::get_disjoint_mut", || {
        map().get_disjoint_mut([&1, &1]);
    }),
    ("HashMap::get_disjoint_key_value_mut", || {
        map().get_disjoint_key_value_mut([&1, &1]);
    }),
    ("OccupiedEntry::replace_key", || {
        map().entry(1).insert(10).replace_key(2);
    }),
    ("VacantEntryRef::insert_with_key", || {
        vacant(&mut map(), &3).insert_with_key(4, 40);
    }),
    ("VacantEntryRef::insert_entry_with_key", || {
        vacant(&mut map(), &3).insert_entry_with_key(4, 40);
    }),
    ("HashSet::with_capacity", || drop(Set::with_capacity(TOO_MUCH))),
    ("HashSet::with_capacity_and_hasher_in", || {
        drop(Set::with_capacity_and_hasher_in(TOO_MUCH, build(), Global));
    }),
    ("HashSet::reserve", || Set::from([1]).reserve(TOO_MUCH)),
    ("HashSet::extend", || Set::new().extend(iter::repeat(1))),
    ("HashSet::extend by references", || Set::new().extend(iter::repeat(&1))),
    ("HashSet::get_or_insert_with", || {
        Set::new().get_or_insert_with(&1, |_| 2);
    }),
    ("HashTable::with_capacity", || drop(Table::with_capacity(TOO_MUCH))),
    ("HashTable::with_capacity_in", || drop(Table::with_capacity_in(TOO_MUCH, Global))),
    ("HashTable::reserve", || Table::new().reserve(TOO_MUCH, |_| 0)),
    ("HashTable::get_disjoint_mut", || {
        let mut table = Table::new();
        table.insert_unique(1, 1, |_| 1);
        table.get_disjoint_mut([1, 1], |_, _| true);
    }),
];

thread_local! {
    static FILE: RefCell<Option<String>> = const { RefCell::new(None) };
}

#[test]
fn a_panic_names_the_line_of_the_caller() {
    panic::set_hook(Box::new(|panic| {
        FILE.set(panic.location().map(|location| location.file().to_owned()));
    }));
    let blamed: Vec<_> = MISUSES
        .iter()
        .map(|&(name, misuse)| {
            FILE.set(None);
            (name, catch_unwind(misuse).is_err(), FILE.take())
        })
        .collect();
    let _ = panic::take_hook();
    for (name, panicked, file) in blamed {
        assert!(panicked, "{name} did not panic");
        assert_eq!(file.as_deref(), Some(file!()), "{name} blames another file");
    }
}
