//! The entry of a key that is given by reference, and made only if it is absent.

use alloc::borrow::ToOwned;
use core::fmt::Debug;
use core::hash::{BuildHasher, Hash};

use super::HashMap;
use super::entry::{OccupiedEntry, VacantPlace, assert_equivalent};
use super::entry_map::EntryMap;
use super::methods::{accessors, entry_methods};
use crate::allocator::{Allocator, Global};
use crate::equivalent::Equivalent;
use crate::hash_table::debug_entry;

/// The place of a key in a map, occupied or vacant; see [`HashMap::entry_ref`].
///
/// ```
/// use rosti::hash_map::{EntryRef, HashMap};
/// let mut map: HashMap<String, i32> = HashMap::new();
/// match map.entry_ref("a") {
///     EntryRef::Occupied(_) => unreachable!(),
///     EntryRef::Vacant(entry) => *entry.insert(1) += 1,
/// }
/// assert_eq!(map["a"], 2);
/// ```
pub enum EntryRef<
    'a,
    'b,
    K,
    Q: ?Sized,
    V,
    S,
    A: Allocator = Global,
    M: EntryMap<K, V, S, A> = HashMap<K, V, S, A>,
> {
    /// The key is present.
    Occupied(OccupiedEntry<'a, K, V, S, A, M>),
    /// The key is absent.
    Vacant(VacantEntryRef<'a, 'b, K, Q, V, S, A, M>),
}

/// The place where an absent key, given by reference, belongs.
///
/// ```
/// let mut map = rosti::HashMap::<String, i32>::new();
/// let rosti::hash_map::EntryRef::Vacant(entry) = map.entry_ref("a") else { panic!() };
/// assert_eq!(entry.insert(1), &1);
/// ```
pub struct VacantEntryRef<
    'map,
    'key,
    K,
    Q: ?Sized,
    V,
    S,
    A: Allocator = Global,
    M: EntryMap<K, V, S, A> = HashMap<K, V, S, A>,
> {
    pub(super) place: VacantPlace<'map, K, V, S, A, M>,
    key: &'key Q,
}

impl<'a, 'b, K: 'a, Q: ?Sized, V: 'a, S, A: Allocator, M: EntryMap<K, V, S, A>>
    EntryRef<'a, 'b, K, Q, V, S, A, M>
{
    entry_methods! {
        'a, Q => V, OccupiedEntry<'a, K, V, S, A, M>, [K: Hash, Q: ToOwned<Owned = K>, S: BuildHasher],
        "HashMap::<String, _>", "entry_ref", "O(1).", |entry, value| entry.insert_entry(value)
    }

    /// The entry of the key, whose value is `V`'s default if it was absent. O(1).
    ///
    /// ```
    /// let mut map: rosti::HashMap<String, i32> = rosti::HashMap::new();
    /// assert_eq!(map.entry_ref("a").or_default_entry().key(), "a");
    /// ```
    #[inline]
    pub fn or_default_entry(self) -> OccupiedEntry<'a, K, V, S, A, M>
    where
        K: Hash,
        Q: ToOwned<Owned = K>,
        S: BuildHasher,
        V: Default,
    {
        match self {
            EntryRef::Occupied(entry) => entry,
            EntryRef::Vacant(entry) => entry.insert_entry(V::default()),
        }
    }

    /// The key: the stored one if present, else the one that was looked for.
    ///
    /// ```
    /// let mut map: rosti::HashMap<String, i32> = rosti::HashMap::new();
    /// assert_eq!(map.entry_ref("a").key(), "a");
    /// ```
    #[inline]
    pub fn key(&self) -> &Q
    where
        K: core::borrow::Borrow<Q>,
    {
        match self {
            EntryRef::Occupied(entry) => entry.key().borrow(),
            EntryRef::Vacant(entry) => entry.key,
        }
    }

    accessors! {
        "let mut map = rosti::HashMap::<String, i32>::new();\nlet entry = map.entry_ref(\"a\");",
        "The map, borrowed for as long as the entry was."
        into_map(self) -> &'a mut M, "&rosti::HashMap::new()" => match self {
            EntryRef::Occupied(entry) => entry.into_map(),
            EntryRef::Vacant(entry) => entry.into_map(),
        };
    }
}

impl<'map, 'key, K: 'map, Q: ?Sized, V: 'map, S, A: Allocator, M: EntryMap<K, V, S, A>>
    VacantEntryRef<'map, 'key, K, Q, V, S, A, M>
{
    /// The place was found for the key's hash, or is still to be looked for.
    #[inline(always)]
    pub(crate) fn new(place: VacantPlace<'map, K, V, S, A, M>, key: &'key Q) -> Self {
        VacantEntryRef { place, key }
    }

    accessors! {
        "let mut map = rosti::HashMap::<String, i32>::new();\n\
            let rosti::hash_map::EntryRef::Vacant(entry) = map.entry_ref(\"a\") else { panic!() };",
        "The key that was looked for." key(&self) -> &'key Q, "\"a\"" => self.key;
        "The map, borrowed for as long as the entry was."
        into_map(self) -> &'map mut M, "&rosti::HashMap::new()" => self.place.into_map();
    }
}

impl<'a, K: Hash + 'a, Q: ?Sized, V: 'a, S: BuildHasher, A: Allocator, M: EntryMap<K, V, S, A>>
    VacantEntryRef<'a, '_, K, Q, V, S, A, M>
{
    examples! {
        "let mut map = rosti::HashMap::<String, _>::new();\n\
            let rosti::hash_map::EntryRef::Vacant(entry) = map.entry_ref(\"a\") else { panic!() };";

        /// Inserts the key, made from the borrowed one, with a value. O(1), without comparing keys again.
        #[example("assert_eq!(entry.insert(1), &mut 1);")]
        #[inline(never)]
        pub fn insert(self, value: V) -> &'a mut V
        where
            Q: ToOwned<Owned = K>,
        {
            // Never in line: making the key costs more than a call, and where this is in line, `or_insert` is a
            // call, to which entries go through memory (`ci/profiles.sh --counts`, entry_ref: 257 -> 234 instructions).
            self.insert_entry(value).into_mut()
        }

        /// Inserts this key, equivalent to the borrowed one, with a value. O(1).
        ///
        /// # Panics
        /// If the key is not equivalent to the one that was looked for.
        #[example("assert_eq!(entry.insert_with_key(String::from(\"a\"), 1), &mut 1);")]
        #[inline]
        #[track_caller]
        pub fn insert_with_key(self, key: K, value: V) -> &'a mut V
        where
            Q: Equivalent<K>,
        {
            self.insert_entry_with_key(key, value).into_mut()
        }

        /// [`insert_with_key`](Self::insert_with_key) without the check.
        ///
        /// # Safety
        /// The key must be equivalent to the one that was looked for and have the same hash. (Otherwise the entry is
        /// hard to find. That is not undefined behaviour here, but code built on the map may rely on it.)
        #[example("// SAFETY: the keys are equal.",
            "unsafe { entry.insert_with_key_unchecked(String::from(\"a\"), 1) };")]
        #[inline]
        pub unsafe fn insert_with_key_unchecked(self, key: K, value: V) -> &'a mut V {
            self.place.look_and_fill(key, value).into_mut()
        }

        /// Inserts the key, made from the borrowed one, with a value and returns the entry. O(1).
        #[example("assert_eq!(entry.insert_entry(1).get(), &1);")]
        #[inline]
        pub fn insert_entry(self, value: V) -> OccupiedEntry<'a, K, V, S, A, M>
        where
            Q: ToOwned<Owned = K>,
        {
            self.place.look_and_fill(self.key.to_owned(), value)
        }

        /// Inserts this key, equivalent to the borrowed one, with a value and returns the entry. O(1).
        ///
        /// # Panics
        /// If the key is not equivalent to the one that was looked for.
        #[example("assert_eq!(entry.insert_entry_with_key(String::from(\"a\"), 1).get(), &1);")]
        #[inline]
        #[track_caller]
        pub fn insert_entry_with_key(self, key: K, value: V) -> OccupiedEntry<'a, K, V, S, A, M>
        where
            Q: Equivalent<K>,
        {
            assert_equivalent(self.key, &key);
            self.place.look_and_fill(key, value)
        }

        /// [`insert_entry_with_key`](Self::insert_entry_with_key) without the check.
        ///
        /// # Safety
        /// As for [`insert_with_key_unchecked`](Self::insert_with_key_unchecked).
        #[example("// SAFETY: the keys are equal.",
            "unsafe { entry.insert_entry_with_key_unchecked(String::from(\"a\"), 1) };")]
        #[inline]
        pub unsafe fn insert_entry_with_key_unchecked(
            self,
            key: K,
            value: V,
        ) -> OccupiedEntry<'a, K, V, S, A, M> {
            self.place.look_and_fill(key, value)
        }
    }
}

debug_entry! {
    [K: Debug, Q: Debug + ?Sized, V: Debug, S, A: Allocator, M: EntryMap<K, V, S, A>]
    EntryRef<'_, '_, K, Q, V, S, A, M>, "EntryRef"
}

debug! {
    [K, Q: Debug + ?Sized, V, S, A: Allocator, M: EntryMap<K, V, S, A>] VacantEntryRef<'_, '_, K, Q, V, S, A, M>,
    |self, f| f.debug_tuple("VacantEntryRef").field(&self.key()).finish();
}
