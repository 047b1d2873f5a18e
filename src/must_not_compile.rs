//! What must not compile, as documentation tests: nothing else is in here.
//!
//! Nightly rustdoc compares the error codes too; stable only sees that there is an error.
//!
//! # Borrows
//!
//! Inserting into a map that is walked over:
//! ```compile_fail,E0502
//! let mut map: rosti::HashMap<_, _> = rosti::HashMap::from([(1, 2)]);
//! for (key, _) in &map {
//!     map.insert(*key + 1, 0);
//! }
//! ```
//!
//! Removing what an iterator may return next, from a map, a set and a table:
//! ```compile_fail,E0499
//! let mut map: rosti::HashMap<_, _> = rosti::HashMap::from([(1, 2)]);
//! for (key, value) in map.iter_mut() {
//!     map.remove(key);
//!     *value += 1;
//! }
//! ```
//! ```compile_fail,E0502
//! let mut set: rosti::HashSet<_> = rosti::HashSet::from([1]);
//! for element in set.iter() {
//!     set.remove(element);
//! }
//! ```
//! ```compile_fail,E0502
//! let mut table = rosti::HashTable::new();
//! table.insert_unique(7, 'a', |_| 7);
//! for entry in table.iter_hash(7) {
//!     table.clear();
//!     drop(entry.to_string());
//! }
//! ```
//!
//! Looking into a map that is being drained, or that `extract_if` picks from:
//! ```compile_fail,E0502
//! let mut map: rosti::HashMap<_, _> = rosti::HashMap::from([(1, 2)]);
//! let drain = map.drain();
//! assert_eq!(map.len(), 0);
//! drop(drain);
//! ```
//! ```compile_fail,E0502
//! let mut map: rosti::HashMap<_, _> = rosti::HashMap::from([(1, 2)]);
//! let picked = map.extract_if(|_, _| true);
//! assert_eq!(map.len(), 0);
//! drop(picked);
//! ```
//!
//! Two mutable references to values, except by `get_disjoint_mut`:
//! ```compile_fail,E0499
//! let mut map: rosti::HashMap<_, _> = rosti::HashMap::from([(1, 2), (2, 3)]);
//! let (a, b) = (map.get_mut(&1), map.get_mut(&2));
//! assert_ne!(a, b);
//! ```
//!
//! Using a map while one of its entries is alive:
//! ```compile_fail,E0499
//! let mut map: rosti::HashMap<_, _> = rosti::HashMap::from([(1, 2)]);
//! let entry = map.entry(1);
//! map.clear();
//! entry.or_insert(3);
//! ```
//!
//! Growing a map whose capacity a reference relies on:
//! ```compile_fail,E0502
//! let mut map: rosti::HashMap<_, _> = rosti::HashMap::from([(1, 2)]);
//! let value = &map[&1];
//! map.reserve(100);
//! assert_eq!(value, &2);
//! ```
//!
//! Changing a map of strings while one of its keys is looked at, whose bytes may move:
//! ```compile_fail,E0502
//! let mut map = rosti::StrMap::from([("a key that is too long for its cell", 1)]);
//! let key = map.keys().next();
//! map.insert("another key that is too long for its cell", 2);
//! assert_eq!(key, Some("a key that is too long for its cell"));
//! ```
//! ```compile_fail,E0502
//! let mut map = rosti::StrMap::from([("a key that is too long for its cell", 1)]);
//! let (key, _) = map.iter_mut().next().unwrap();
//! map.shrink_to_fit();
//! assert_eq!(key, "a key that is too long for its cell");
//! ```
//!
//! A key that leaves the closure that it was shown to:
//! ```compile_fail,E0521
//! let mut map = rosti::StrMap::from([("a key that is too long for its cell", 1)]);
//! let mut seen = Vec::new();
//! map.retain(|key, _| {
//!     seen.push(key);
//!     false
//! });
//! ```
//!
//! # Lifetimes
//!
//! A key that outlives its map, or the drain that it was looked at in:
//! ```compile_fail,E0505
//! let map: rosti::HashMap<_, _> = rosti::HashMap::from([(1, 2)]);
//! let key = map.keys().next();
//! drop(map);
//! assert_eq!(key, Some(&1));
//! ```
//! ```compile_fail,E0505
//! let mut table = rosti::HashTable::new();
//! table.insert_unique(7, 'a', |_| 7);
//! let drain = table.drain();
//! let entry = drain.iter().next();
//! drop(drain);
//! assert_eq!(entry, Some(&'a'));
//! ```
//!
//! A map that outlives what its keys and values borrow:
//! ```compile_fail,E0597
//! let mut map = rosti::HashMap::new();
//! {
//!     let text = String::from("gone");
//!     map.insert(1, text.as_str());
//! }
//! assert_eq!(map.len(), 1);
//! ```
//!
//! A reference that outlives what `entry_ref` was given:
//! ```compile_fail,E0597
//! use rosti::hash_map::{EntryRef, HashMap};
//!
//! let mut map: HashMap<String, u32> = HashMap::new();
//! let key = {
//!     let name = String::from("gone");
//!     match map.entry_ref(name.as_str()) {
//!         EntryRef::Vacant(entry) => entry.key(),
//!         EntryRef::Occupied(_) => "",
//!     }
//! };
//! assert_eq!(key, "");
//! ```
//!
//! A short-lived value in a map of long-lived ones, through an iterator or an entry that were
//! covariant in what they allow to be overwritten:
//! ```compile_fail
//! use rosti::hash_map::IterMut;
//!
//! fn shorten<'a>(iter: IterMut<'a, u32, &'static str>) -> IterMut<'a, u32, &'a str> {
//!     iter
//! }
//! ```
//! ```compile_fail
//! use rosti::hash_table::IterHashMut;
//!
//! fn shorten<'a>(iter: IterHashMut<'a, &'static str>) -> IterHashMut<'a, &'a str> {
//!     iter
//! }
//! ```
//! ```compile_fail
//! use rosti::hash_map::OccupiedEntry;
//!
//! fn shorten<'a>(entry: OccupiedEntry<'a, u32, &'static str>) -> OccupiedEntry<'a, u32, &'a str> {
//!     entry
//! }
//! ```
//!
//! # Threads and panics
//!
//! Sending a map whose keys or values, hasher or allocator belong to one thread:
//! ```compile_fail,E0277
//! use std::rc::Rc;
//!
//! let map: rosti::HashMap<_, _> = rosti::HashMap::from([(1, Rc::new(2))]);
//! std::thread::spawn(move || drop(map));
//! ```
//! ```compile_fail,E0277
//! use std::rc::Rc;
//!
//! let mut set: rosti::HashSet<_> = rosti::HashSet::from([Rc::new(2)]);
//! std::thread::scope(|scope| {
//!     let drain = set.drain();
//!     scope.spawn(move || drop(drain));
//! });
//! ```
//!
//! Sharing a map whose values may change behind a shared reference:
//! ```compile_fail,E0277
//! use std::cell::Cell;
//!
//! let map: rosti::HashMap<_, _> = rosti::HashMap::from([(1, Cell::new(2))]);
//! std::thread::scope(|scope| {
//!     scope.spawn(|| map[&1].set(3));
//! });
//! ```
//!
//! Sending pointers to entries that belong to one thread (hashbrown allows that one):
//! ```compile_fail,E0277
//! use std::rc::Rc;
//!
//! let mut table = rosti::HashTable::new();
//! table.insert_unique(7, Rc::new(1), |_| 7);
//! std::thread::scope(|scope| {
//!     let iter = table.unsafe_iter();
//!     scope.spawn(move || iter.iter().cloned().count());
//! });
//! ```
//!
//! Going on with a map that a panic may have left half changed, unnoticed:
//! ```compile_fail,E0277
//! let mut map: rosti::HashMap<_, _> = rosti::HashMap::from([(1, 2)]);
//! let _ = std::panic::catch_unwind(|| map.insert(2, 3));
//! ```
//!
//! # Bounds
//!
//! Keys that cannot be hashed or compared, and maps of them that are compared:
//! ```compile_fail,E0277
//! rosti::HashMap::new().insert(1.5, "one and a half");
//! ```
//! ```compile_fail,E0369
//! let map: rosti::HashMap<f64, u32> = rosti::HashMap::new();
//! assert!(map == map);
//! ```
//!
//! A clone of an iterator of mutable references:
//! ```compile_fail,E0599
//! let mut map: rosti::HashMap<_, _> = rosti::HashMap::from([(1, 2)]);
//! let iter = map.iter_mut();
//! drop(iter.clone());
//! ```
//!
//! What asks for a promise, without one:
//! ```compile_fail,E0133
//! let mut map: rosti::HashMap<_, _> = rosti::HashMap::from([(1, 2)]);
//! map.get_disjoint_unchecked_mut([&1, &2]);
//! ```
//! ```compile_fail,E0133
//! let mut map = rosti::HashMap::new();
//! map.insert_unique_unchecked(1, 2);
//! ```
//! ```compile_fail,E0133
//! let table: rosti::HashTable<u64> = rosti::HashTable::new();
//! table.get_bucket_unchecked(0);
//! ```
