//! Where a misuse is to blame, the panic names the line of the user, not one of the library.
#![cfg(feature = "default-hasher")]

use std::cell::RefCell;
use std::iter;
use std::panic::{self, catch_unwind};

use rosti::hash_map::{EntryRef, VacantEntryRef};
use rosti::internals::Global;
use rosti::{DefaultHashBuilder, HashMap, HashSet, HashTable};

/// Capacities that no table has: one cannot be counted in slots, the other not in bytes.
const TOO_MUCH: [usize; 2] = [usize::MAX, usize::MAX / 16];

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

/// What is called, and a call that panics, perhaps because of a capacity of `n`.
type Misuse = (&'static str, fn(usize));

const MISUSES: [Misuse; 24] = [
    ("HashMap::with_capacity", |n| drop(Map::with_capacity(n))),
    ("HashMap::with_capacity_in", |n| drop(Map::with_capacity_in(n, Global))),
    ("HashMap::with_capacity_and_hasher", |n| {
        drop(Map::with_capacity_and_hasher(n, build()));
    }),
    ("HashMap::with_capacity_and_hasher_in", |n| {
        drop(Map::with_capacity_and_hasher_in(n, build(), Global));
    }),
    ("HashMap::reserve", |n| map().reserve(n)),
    ("HashMap::extend", |n| Map::new().extend(iter::repeat_n((1, 10), n))),
    ("HashMap::extend by references", |n| Map::new().extend(iter::repeat_n((&1, &10), n))),
    ("HashMap::extend by references to pairs", |n| Map::new().extend(iter::repeat_n(&(1, 10), n))),
    ("HashMap::index", |_| assert_eq!(map()[&3], 30)),
    ("HashMap::get_disjoint_mut", |_| {
        map().get_disjoint_mut([&1, &1]);
    }),
    ("HashMap::get_disjoint_key_value_mut", |_| {
        map().get_disjoint_key_value_mut([&1, &1]);
    }),
    ("OccupiedEntry::replace_key", |_| {
        map().entry(1).insert(10).replace_key(2);
    }),
    ("VacantEntryRef::insert_with_key", |_| {
        vacant(&mut map(), &3).insert_with_key(4, 40);
    }),
    ("VacantEntryRef::insert_entry_with_key", |_| {
        vacant(&mut map(), &3).insert_entry_with_key(4, 40);
    }),
    ("HashSet::with_capacity", |n| drop(Set::with_capacity(n))),
    ("HashSet::with_capacity_and_hasher_in", |n| {
        drop(Set::with_capacity_and_hasher_in(n, build(), Global));
    }),
    ("HashSet::reserve", |n| Set::from([1]).reserve(n)),
    ("HashSet::extend", |n| Set::new().extend(iter::repeat_n(1, n))),
    ("HashSet::extend by references", |n| Set::new().extend(iter::repeat_n(&1, n))),
    ("HashSet::get_or_insert_with", |_| {
        Set::new().get_or_insert_with(&1, |_| 2);
    }),
    ("HashTable::with_capacity", |n| drop(Table::with_capacity(n))),
    ("HashTable::with_capacity_in", |n| drop(Table::with_capacity_in(n, Global))),
    ("HashTable::reserve", |n| Table::new().reserve(n, |_| 0)),
    ("HashTable::get_disjoint_mut", |_| {
        let mut table = Table::new();
        table.insert_unique(1, 1, |_| 1);
        table.get_disjoint_mut([1, 1], |_, _| true);
    }),
];

thread_local! {
    static FILE: RefCell<Option<String>> = const { RefCell::new(None) };
}

#[test]
#[cfg_attr(panic = "abort", ignore = "needs unwinding")]
fn a_panic_names_the_line_of_the_caller() {
    panic::set_hook(Box::new(|panic| {
        FILE.set(panic.location().map(|location| location.file().to_owned()));
    }));
    let mut blamed = Vec::new();
    for (name, misuse) in MISUSES {
        for n in TOO_MUCH {
            FILE.set(None);
            blamed.push((name, catch_unwind(|| misuse(n)).is_err(), FILE.take()));
        }
    }
    let _ = panic::take_hook();
    for (name, panicked, file) in blamed {
        assert!(panicked, "{name} did not panic");
        assert_eq!(file.as_deref(), Some(file!()), "{name} blames another file");
    }
}
