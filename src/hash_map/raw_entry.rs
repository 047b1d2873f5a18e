//! Raw entries: a search by any hash and any comparison, and access to keys.
//!
//! An old interface, kept behind the feature `raw-entry` for code that still uses it; new code
//! should use [`HashTable`](crate::HashTable). A builder takes what to search for and returns the
//! entry of a present key, or merely the map and the fact that the key is absent. What is then
//! inserted is up to the caller: it is not checked again that the key was absent.
//!
//! Nothing here is unsafe. A wrong hash, or a key that is changed into a different one, makes
//! entries hard to find, just as an incorrect `Hash` does.

use core::fmt::Debug;
use core::hash::{BuildHasher, Hash};
use core::mem;

use super::methods::{accessors, value_methods};
use super::{Entry, HashMap, OccupiedEntry, hash_of};
use crate::allocator::{Allocator, Global};
use crate::equivalent::Equivalent;
use crate::hash_table::debug_entry;

/// A search in a shared map; see [`HashMap::raw_entry`].
///
/// ```
/// let map: rosti::HashMap<_, _> = rosti::HashMap::from([("a", 1)]);
/// assert_eq!(map.raw_entry().from_key("a"), Some((&"a", &1)));
/// ```
pub struct RawEntryBuilder<'a, K, V, S, A: Allocator = Global> {
    map: &'a HashMap<K, V, S, A>,
}

/// A search in a map borrowed mutably; see [`HashMap::raw_entry_mut`].
///
/// ```
/// let mut map: rosti::HashMap<_, _> = rosti::HashMap::from([("a", 1)]);
/// map.raw_entry_mut().from_key("a").and_modify(|_key, value| *value += 1);
/// assert_eq!(map["a"], 2);
/// ```
pub struct RawEntryBuilderMut<'a, K, V, S, A: Allocator = Global> {
    map: &'a mut HashMap<K, V, S, A>,
}

/// What a [`RawEntryBuilderMut`] found.
///
/// ```
/// use rosti::hash_map::{HashMap, RawEntryMut};
/// let mut map: HashMap<String, usize> = HashMap::new();
/// for word in ["a", "b", "a"] {
///     match map.raw_entry_mut().from_key(word) {
///         RawEntryMut::Occupied(mut entry) => *entry.get_mut() += 1,
///         RawEntryMut::Vacant(entry) => drop(entry.insert(word.to_owned(), 1)),
///     }
/// }
/// assert_eq!(map["a"], 2);
/// ```
pub enum RawEntryMut<'a, K, V, S, A: Allocator = Global> {
    /// The key is present.
    Occupied(RawOccupiedEntryMut<'a, K, V, S, A>),
    /// The key is absent.
    Vacant(RawVacantEntryMut<'a, K, V, S, A>),
}

/// A key that is present and its value, both mutable.
///
/// ```
/// let mut map: rosti::HashMap<_, _> = rosti::HashMap::new();
/// assert_eq!(map.raw_entry_mut().from_key("a").insert("a", 1).remove_entry(), ("a", 1));
/// ```
pub struct RawOccupiedEntryMut<'a, K, V, S, A: Allocator = Global> {
    entry: OccupiedEntry<'a, K, V, S, A>,
}

/// A map that does not have what was searched for.
///
/// ```
/// use rosti::hash_map::{HashMap, RawEntryMut};
/// let mut map: HashMap<&str, u32> = HashMap::new();
/// let RawEntryMut::Vacant(entry) = map.raw_entry_mut().from_key("a") else { panic!() };
/// entry.insert("a", 1);
/// ```
pub struct RawVacantEntryMut<'a, K, V, S, A: Allocator = Global> {
    map: &'a mut HashMap<K, V, S, A>,
}

impl<K, V, S, A: Allocator> HashMap<K, V, S, A> {
    /// Begins a search by any hash and any comparison.
    ///
    /// ```
    /// use std::hash::BuildHasher;
    /// let map: rosti::HashMap<_, _> = rosti::HashMap::from([("a", 1)]);
    /// let hash = map.hasher().hash_one("a");
    /// assert_eq!(map.raw_entry().from_hash(hash, |key| key.starts_with('a')), Some((&"a", &1)));
    /// ```
    #[inline]
    pub fn raw_entry(&self) -> RawEntryBuilder<'_, K, V, S, A> {
        RawEntryBuilder { map: self }
    }

    /// Begins a search by any hash and any comparison, for an entry to fill or to change, key
    /// included.
    ///
    /// ```
    /// let mut map: rosti::HashMap<String, u32> = rosti::HashMap::new();
    /// // The key is made only if it is absent.
    /// let (_, value) = map.raw_entry_mut().from_key("a").or_insert_with(|| ("a".to_owned(), 1));
    /// *value += 1;
    /// assert_eq!(map["a"], 2);
    /// ```
    #[inline]
    pub fn raw_entry_mut(&mut self) -> RawEntryBuilderMut<'_, K, V, S, A> {
        RawEntryBuilderMut { map: self }
    }
}

/// Implements the ways to search. In quotes, for the documentation: a map, its builder, and what makes an
/// entry of the result.
macro_rules! searches {
    (
        $Builder:ident => $Found:ty, $map:literal, $builder:literal, $entry:literal,
        |$self:ident, $hash:ident, $eq:ident| $find:expr
    ) => {
        impl<'a, K, V, S, A: Allocator> $Builder<'a, K, V, S, A> {
            examples! {
                concat!("# use std::hash::BuildHasher;\nlet ", $map, " = rosti::HashMap::<_, _>::from([(\"a\", 1)]);\n\
                    let hash = map.hasher().hash_one(\"a\");");

                /// The entry of a key. O(1) expected.
                #[example(concat!("assert_eq!(map.", $builder, ".from_key(\"a\").", $entry, ".1, &1);"))]
                #[inline]
                pub fn from_key<Q: Hash + Equivalent<K> + ?Sized>(self, key: &Q) -> $Found
                where
                    S: BuildHasher,
                {
                    let hash = self.map.hash_builder.hash_one(key);
                    self.from_key_hashed_nocheck(hash, key)
                }

                /// The entry of a key whose hash is known. O(1) expected. With a wrong hash it is unlikely to be found.
                #[example(concat!("let found = map.", $builder, ".from_key_hashed_nocheck(hash, \"a\");"),
                    concat!("assert_eq!(found.", $entry, ".1, &1);"))]
                #[inline]
                pub fn from_key_hashed_nocheck<Q: Equivalent<K> + ?Sized>(self, hash: u64, key: &Q) -> $Found {
                    self.from_hash(hash, |candidate| key.equivalent(candidate))
                }

                /// The entry with this hash whose key `is_match` accepts. O(1) expected.
                #[example(concat!("let found = map.", $builder, ".from_hash(hash, |&key| key == \"a\");"),
                    concat!("assert_eq!(found.", $entry, ".1, &1);"))]
                #[inline]
                pub fn from_hash<F: FnMut(&K) -> bool>($self, $hash: u64, mut is_match: F) -> $Found {
                    let $eq = |(key, _): &(K, V)| is_match(key);
                    $find
                }
            }
        }
    };
}

searches! {
    RawEntryBuilder => Option<(&'a K, &'a V)>, "map", "raw_entry()", "unwrap()", |self, hash, eq| {
        let (key, value) = self.map.table.find(hash, eq)?;
        Some((key, value))
    }
}

searches! {
    RawEntryBuilderMut => RawEntryMut<'a, K, V, S, A>, "mut map", "raw_entry_mut()", "or_insert(\"a\", 2)",
    |self, hash, eq| {
        match self.map.table.raw.find(hash, eq) {
            Some(slot) => RawEntryMut::Occupied(RawOccupiedEntryMut {
                entry: OccupiedEntry::new(self.map, slot, hash),
            }),
            None => RawEntryMut::Vacant(RawVacantEntryMut { map: self.map }),
        }
    }
}

impl<'a, K: Hash, V, S: BuildHasher, A: Allocator> RawEntryMut<'a, K, V, S, A> {
    examples! {
        "let mut map = rosti::HashMap::<_, _>::new();\n\
            let entry = map.raw_entry_mut().from_key(&'a');";

        /// Sets the value and returns the entry. If the key is present, the stored key is kept and the one given is
        /// dropped. O(1) amortised.
        #[example("assert_eq!(entry.insert('a', 1).remove(), 1);")]
        #[inline]
        pub fn insert(self, key: K, value: V) -> RawOccupiedEntryMut<'a, K, V, S, A> {
            match self {
                RawEntryMut::Occupied(mut entry) => {
                    entry.insert(value);
                    entry
                }
                RawEntryMut::Vacant(entry) => {
                    let hash = entry.map.hash_builder.hash_one(&key);
                    entry.fill(hash, key, value)
                }
            }
        }

        /// The key and its value; those given are inserted if the key was absent. O(1) amortised.
        #[example("assert_eq!(entry.or_insert('a', 1), (&mut 'a', &mut 1));",
            "assert_eq!(map.raw_entry_mut().from_key(&'a').or_insert('a', 2), (&mut 'a', &mut 1));")]
        #[inline]
        pub fn or_insert(self, default_key: K, default_value: V) -> (&'a mut K, &'a mut V) {
            self.or_insert_with(|| (default_key, default_value))
        }

        /// The key and its value; those that `default` makes are inserted if the key was absent. O(1) amortised.
        #[example("assert_eq!(entry.or_insert_with(|| ('a', 1)), (&mut 'a', &mut 1));")]
        #[inline]
        pub fn or_insert_with<F: FnOnce() -> (K, V)>(self, default: F) -> (&'a mut K, &'a mut V) {
            match self {
                RawEntryMut::Occupied(entry) => entry.into_key_value(),
                RawEntryMut::Vacant(entry) => {
                    let (key, value) = default();
                    entry.insert(key, value)
                }
            }
        }
    }
}

impl<'a, K, V, S, A: Allocator> RawEntryMut<'a, K, V, S, A> {
    examples! {
        "let mut map = rosti::HashMap::<_, _>::from([('a', 1)]);\n\
            let entry = map.raw_entry_mut().from_key(&'a');";

        /// Changes the key and the value if they are present. The key must remain equal to what it was.
        #[example("entry.and_modify(|_, value| *value += 1).or_insert('a', 0);",
            "assert_eq!(map[&'a'], 2);")]
        #[inline]
        pub fn and_modify<F: FnOnce(&mut K, &mut V)>(mut self, f: F) -> Self {
            if let RawEntryMut::Occupied(entry) = &mut self {
                let (key, value) = entry.get_key_value_mut();
                f(key, value);
            }
            self
        }

        /// Replaces or removes the value if it is present: see [`RawOccupiedEntryMut::replace_entry_with`].
        #[example("entry.and_replace_entry_with(|_, value| (value > 5).then_some(value));",
            "assert!(map.is_empty());")]
        #[inline]
        pub fn and_replace_entry_with<F: FnOnce(&K, V) -> Option<V>>(self, f: F) -> Self {
            match self {
                RawEntryMut::Occupied(entry) => entry.replace_entry_with(f),
                RawEntryMut::Vacant(_) => self,
            }
        }
    }
}

impl<'a, K, V, S, A: Allocator> RawOccupiedEntryMut<'a, K, V, S, A> {
    value_methods! {
        'a, V, "HashMap", "raw_entry_mut().from_key(\"a\").insert(\"a\", 1)",
        |self| self.entry.get(), self.entry.get_mut(), self.into_key_value().1
    }

    accessors! {
        "let mut map: rosti::HashMap<_, _> = rosti::HashMap::new();\n# #[allow(unused_mut)]\n\
            let mut entry = map.raw_entry_mut().from_key(\"a\").insert(\"a\", 1);",
        "The key." key(&self) -> &K, "&\"a\"" => self.entry.key();
        "A mutable reference to the key, for as long as the entry is borrowed; it may only be replaced by an equal one."
        key_mut(&mut self) -> &mut K, "&mut \"a\"" => self.get_key_value_mut().0;
        "A mutable reference to the key, which may only be replaced by an equal one."
        into_key(self) -> &'a mut K, "&mut \"a\"" => self.into_key_value().0;
        "The key and the value."
        get_key_value(&self) -> (&K, &V), "(&\"a\", &1)" => (self.key(), self.get());
        "Mutable references to the key, which may only be replaced by an equal one, and to the value, for as long as \
            the entry is borrowed."
        get_key_value_mut(&mut self) -> (&mut K, &mut V), "(&mut \"a\", &mut 1)" => {
            let (key, value) = self.entry.pair_mut();
            (key, value)
        };
        "Mutable references to the key, which may only be replaced by an equal one, and to the value."
        into_key_value(self) -> (&'a mut K, &'a mut V), "(&mut \"a\", &mut 1)" => {
            let (key, value) = self.entry.into_pair_mut();
            (key, value)
        };
        "Removes the entry and returns its value. O(1)." remove(self) -> V, "1" => self.entry.remove();
        "Removes the entry and returns it. O(1)."
        remove_entry(self) -> (K, V), "(\"a\", 1)" => self.entry.remove_entry();
    }

    examples! {
        "let mut map = rosti::HashMap::<_, _>::new();\n\
            let mut entry = map.raw_entry_mut().from_key(&'a').insert('a', 1);";

        /// Sets the key, which must be equal to the old one, and returns that. Nothing is checked.
        #[example("assert_eq!(entry.insert_key('a'), 'a');")]
        #[inline]
        pub fn insert_key(&mut self, key: K) -> K {
            mem::replace(self.key_mut(), key)
        }

        /// Replaces the value by what `f` makes of it, or removes the entry if that is `None`. Returns the entry in its
        /// new state. O(1). If `f` panics, the entry is gone.
        #[example("entry.replace_entry_with(|_, value| Some(value + 1));",
            "assert_eq!(map[&'a'], 2);")]
        #[inline]
        pub fn replace_entry_with<F: FnOnce(&K, V) -> Option<V>>(
            self,
            f: F,
        ) -> RawEntryMut<'a, K, V, S, A> {
            match self.entry.replace_entry_with(f) {
                Entry::Occupied(entry) => RawEntryMut::Occupied(RawOccupiedEntryMut { entry }),
                Entry::Vacant(entry) => {
                    RawEntryMut::Vacant(RawVacantEntryMut { map: entry.into_map() })
                }
            }
        }
    }
}

impl<'a, K: Hash, V, S: BuildHasher, A: Allocator> RawVacantEntryMut<'a, K, V, S, A> {
    examples! {
        "use rosti::hash_map::{HashMap, RawEntryMut};\n\
            let mut map = HashMap::<_, _>::new();\n\
            let hash = std::hash::BuildHasher::hash_one(map.hasher(), 'a');\n\
            let RawEntryMut::Vacant(entry) = map.raw_entry_mut().from_key(&'a') else { panic!() };";

        /// Inserts a key, which must be absent, with a value. O(1) amortised.
        #[example("assert_eq!(entry.insert('a', 1), (&mut 'a', &mut 1));")]
        #[inline]
        pub fn insert(self, key: K, value: V) -> (&'a mut K, &'a mut V) {
            let hash = self.map.hash_builder.hash_one(&key);
            self.insert_hashed_nocheck(hash, key, value)
        }

        /// Inserts a key, which must be absent and have this hash, with a value. O(1) amortised.
        #[example("assert_eq!(entry.insert_hashed_nocheck(hash, 'a', 1), (&mut 'a', &mut 1));")]
        #[inline]
        pub fn insert_hashed_nocheck(self, hash: u64, key: K, value: V) -> (&'a mut K, &'a mut V) {
            self.fill(hash, key, value).into_key_value()
        }
    }

    #[inline]
    fn fill(self, hash: u64, key: K, value: V) -> RawOccupiedEntryMut<'a, K, V, S, A> {
        let HashMap { hash_builder, table } = &mut *self.map;
        let slot = table.raw.insert_unique(hash, (key, value), hash_of(hash_builder));
        RawOccupiedEntryMut { entry: OccupiedEntry::new(self.map, slot, hash) }
    }
}

impl<'a, K, V, S, A: Allocator> RawVacantEntryMut<'a, K, V, S, A> {
    /// Inserts a key, which must be absent and have this hash, with a value. `hasher` is called
    /// instead of the map's own for keys that move, or might, if the map must make room. O(1) amortised.
    ///
    /// ```
    /// use rosti::hash_map::{HashMap, RawEntryMut};
    /// // A map whose hasher is no hasher at all: the keys are hashes already.
    /// let mut map: HashMap<u64, char, ()> = HashMap::with_hasher(());
    /// if let RawEntryMut::Vacant(entry) = map.raw_entry_mut().from_hash(7, |&key| key == 7) {
    ///     entry.insert_with_hasher(7, 7, 'a', |&key| key);
    /// }
    /// assert_eq!(map.raw_entry().from_key_hashed_nocheck(7, &7), Some((&7, &'a')));
    /// ```
    #[inline]
    pub fn insert_with_hasher<H: Fn(&K) -> u64>(
        self,
        hash: u64,
        key: K,
        value: V,
        hasher: H,
    ) -> (&'a mut K, &'a mut V) {
        let table = &mut self.map.table;
        let (key, value) =
            table.insert_unique(hash, (key, value), |(key, _)| hasher(key)).into_mut();
        (key, value)
    }
}

debug_entry! { [K: Debug, V: Debug, S, A: Allocator] RawEntryMut<'_, K, V, S, A>, "RawEntry" }

debug! {
    [K, V, S, A: Allocator] RawEntryBuilder<'_, K, V, S, A>, |self, f| f.write_str("RawEntryBuilder");
    [K, V, S, A: Allocator] RawEntryBuilderMut<'_, K, V, S, A>, |self, f| f.write_str("RawEntryBuilder");
    [K, V, S, A: Allocator] RawVacantEntryMut<'_, K, V, S, A>, |self, f| f.write_str("RawVacantEntryMut");
    [K: Debug, V: Debug, S, A: Allocator] RawOccupiedEntryMut<'_, K, V, S, A>, |self, f|
        f.debug_struct("RawOccupiedEntryMut").field("key", self.key()).field("value", self.get()).finish();
}
