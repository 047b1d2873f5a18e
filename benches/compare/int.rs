//! The integer map as a subject, for the kinds whose keys are integers.

use crate::element::{Element, Key, Value};
use crate::subject::{Map, Subject, word};
use rosti::{IntKey, IntMap};

/// This crate's integer map.
pub enum Int {}

impl<E: Element> Subject<E> for Int
where
    E::Key: IntKey + Key<Query = E::Key>,
{
    const NAME: &'static str = "int";
    const ID: usize = 7;
    type Map = IntMap<E::Key, E::Value>;
}

impl<E: Element> Map<E> for IntMap<E::Key, E::Value>
where
    E::Key: IntKey + Key<Query = E::Key>,
{
    type Given<'a> = E::Key;

    fn give<'a>(draws: &[<E::Key as Key>::Draw<'a>]) -> Vec<Self::Given<'a>> {
        E::Key::own(draws)
    }

    #[inline(always)]
    fn new() -> Self {
        Self::new()
    }

    #[inline(always)]
    fn with_capacity(capacity: usize) -> Self {
        Self::with_capacity(capacity)
    }

    #[inline(always)]
    fn collect<'a>(entries: impl Iterator<Item = (Self::Given<'a>, E::Value)>) -> Self {
        entries.collect()
    }

    #[inline(always)]
    fn len(&self) -> usize {
        self.len()
    }

    fn bytes(&self) -> Option<usize> {
        Some(self.allocation_size())
    }

    #[inline(always)]
    fn insert(&mut self, key: E::Key, value: E::Value) {
        self.insert(key, value);
    }

    #[inline(always)]
    fn get(&self, key: &E::Key) -> Option<&E::Value> {
        self.get(*key)
    }

    /// An integer key is where it was before; it is the value that a lookup has to wait for.
    #[inline(always)]
    fn follow(&self, key: &E::Key) -> Option<(usize, u64)> {
        let value = self.get(*key)?;
        Some((E::link(key, value), value.word()))
    }

    #[inline(always)]
    fn remove(&mut self, key: &E::Key) -> Option<E::Value> {
        self.remove(*key)
    }

    #[inline(always)]
    fn count(&mut self, key: E::Key) {
        self.entry(key).or_insert(E::Value::of(0)).bump();
    }

    #[inline(always)]
    fn extend<'a>(&mut self, entries: impl Iterator<Item = (Self::Given<'a>, E::Value)>) {
        Extend::extend(self, entries);
    }

    #[inline(always)]
    fn retain_half(&mut self) {
        self.retain(|key, value| word::<E>(key, value) & 1 == 0);
    }

    #[inline(always)]
    fn clear(&mut self) {
        self.clear();
    }

    #[inline(always)]
    fn sum(&self) -> u64 {
        let mut sum = 0_u64;
        for (key, value) in self {
            sum = sum.wrapping_add(word::<E>(key, value));
        }
        sum
    }

    #[inline(always)]
    fn fold(&self) -> u64 {
        self.iter().fold(0_u64, |sum, (key, value)| sum.wrapping_add(word::<E>(key, value)))
    }
}
