//! Maps that are given `&str` and make a copy of their own, as subjects for the kind with `String`
//! keys.
//!
//! Beside this crate's `StrMap` there is hashbrown's map again, with the copy made on the clock and its
//! heap weighed: what `StrMap` is to be compared with where keys come in. Where keys are only looked up,
//! [`Hashbrown`](crate::subject::Hashbrown) will do.

use crate::element::{Element, Key, Value};
use crate::subject::{Map, Subject};
use foldhash::fast::RandomState;
use rosti::StrMap;

/// This crate's string map.
pub enum Str {}

impl<E: Element<Key = String>> Subject<E> for Str {
    const NAME: &'static str = "str";
    const ID: usize = 8;
    type Map = Own<E::Value>;
}

/// hashbrown's map that is given `&str`.
pub enum Copying {}

impl<E: Element<Key = String>> Subject<E> for Copying {
    const NAME: &'static str = "copying";
    const ID: usize = 9;
    type Map = Copies<E::Value>;
}

/// This crate's map.
#[derive(Clone)]
pub struct Own<V>(StrMap<V>);

/// hashbrown's map, whose keys are copies of what it is given.
#[derive(Clone)]
pub struct Copies<V>(hashbrown::HashMap<String, V, RandomState>);

/// What one entry adds to the checksum of an iteration.
#[inline(always)]
fn word<V: Value>(key: &str, value: &V) -> u64 {
    (key.len() as u64).wrapping_add(value.word())
}

macro_rules! text_map {
    (
        $map:ty, new: $new:expr, with_capacity: $with_capacity:expr,
        bytes: $bytes:expr, entry: $entry:ident, own: $own:expr
    ) => {
        impl<E: Element<Key = String>> Map<E> for $map {
            type Given<'a> = &'a str;

            fn give<'a>(draws: &[<E::Key as Key>::Draw<'a>]) -> Vec<Self::Given<'a>> {
                draws.to_vec()
            }

            #[inline(always)]
            fn new() -> Self {
                $new
            }

            #[inline(always)]
            fn with_capacity(capacity: usize) -> Self {
                $with_capacity(capacity)
            }

            #[inline(always)]
            fn collect<'a>(entries: impl Iterator<Item = (Self::Given<'a>, E::Value)>) -> Self {
                let mut map = <Self as Map<E>>::new();
                <Self as Map<E>>::extend(&mut map, entries);
                map
            }

            #[inline(always)]
            fn len(&self) -> usize {
                self.0.len()
            }

            fn bytes(&self) -> Option<usize> {
                Some($bytes(self))
            }

            #[inline(always)]
            fn insert(&mut self, key: &str, value: E::Value) {
                self.0.insert($own(key), value);
            }

            #[inline(always)]
            fn get(&self, key: &str) -> Option<&E::Value> {
                self.0.get(key)
            }

            #[inline(always)]
            fn follow(&self, key: &str) -> Option<(usize, u64)> {
                let value = self.0.get(key)?;
                Some((value.link(), value.word()))
            }

            #[inline(always)]
            fn remove(&mut self, key: &str) -> Option<E::Value> {
                self.0.remove(key)
            }

            #[inline(always)]
            fn count(&mut self, key: &str) {
                self.0.$entry(key).or_insert(E::Value::of(0)).bump();
            }

            #[inline(always)]
            fn extend<'a>(&mut self, entries: impl Iterator<Item = (Self::Given<'a>, E::Value)>) {
                Extend::extend(&mut self.0, entries.map(|(key, value)| ($own(key), value)));
            }

            #[inline(always)]
            fn retain_half(&mut self) {
                self.0.retain(|key, value| word(key, value) & 1 == 0);
            }

            #[inline(always)]
            fn clear(&mut self) {
                self.0.clear();
            }

            #[inline(always)]
            fn sum(&self) -> u64 {
                let mut sum = 0_u64;
                for (key, value) in self.0.iter() {
                    sum = sum.wrapping_add(word(key, value));
                }
                sum
            }

            #[inline(always)]
            fn fold(&self) -> u64 {
                let entries = self.0.iter();
                entries.fold(0_u64, |sum, (key, value)| sum.wrapping_add(word(key, value)))
            }
        }
    };
}

/// Nothing to be done: the map copies for itself.
#[inline(always)]
fn as_given(key: &str) -> &str {
    key
}

text_map! {
    Own<E::Value>,
    new: Own(StrMap::new()),
    with_capacity: |capacity| Own(StrMap::with_capacity(capacity)),
    bytes: |map: &Self| map.0.allocation_size(),
    entry: entry, own: as_given
}

text_map! {
    Copies<E::Value>,
    new: Copies(hashbrown::HashMap::default()),
    with_capacity: |capacity| Copies(hashbrown::HashMap::with_capacity_and_hasher(
        capacity,
        RandomState::default(),
    )),
    bytes: |map: &Self| map.0.allocation_size() + map.0.keys().map(String::capacity).sum::<usize>(),
    entry: entry_ref, own: str::to_owned
}
