//! The entry of a key that is given by value.
//!
//! An entry of the tables, with what it takes to hash keys: filling a vacant one may split a table.

use core::fmt::{self, Debug, Display};
use core::hash::{BuildHasher, Hash};
use core::mem;

use super::map::hash_of;
use super::table::{Occupied, Vacant};
use crate::allocator::{Allocator, Global};
use crate::equivalent::Equivalent;
use crate::hasher::DefaultHashBuilder;

/// The place of a key in a map, occupied or vacant; see [`ExtendibleMap::entry`](crate::ExtendibleMap::entry).
///
/// ```
/// # #[cfg(feature = "default-hasher")] {
/// use rosti::extendible_map::{Entry, ExtendibleMap};
///
/// let mut map: ExtendibleMap<_, _> = ExtendibleMap::from([("a", 1)]);
/// match map.entry("a") {
///     Entry::Occupied(entry) => assert_eq!(entry.remove(), 1),
///     Entry::Vacant(_) => unreachable!(),
/// }
/// # }
/// ```
pub enum Entry<'a, K, V, S, A: Allocator + Clone = Global> {
    /// The key is present.
    Occupied(OccupiedEntry<'a, K, V, S, A>),
    /// The key is absent.
    Vacant(VacantEntry<'a, K, V, S, A>),
}

/// The place of a key that is present.
///
/// ```
/// # #[cfg(feature = "default-hasher")] {
/// use rosti::extendible_map::{Entry, ExtendibleMap};
///
/// let mut map: ExtendibleMap<_, _> = ExtendibleMap::from([("a", 1)]);
/// if let Entry::Occupied(mut entry) = map.entry("a") {
///     *entry.get_mut() += 1;
/// }
/// assert_eq!(map["a"], 2);
/// # }
/// ```
pub struct OccupiedEntry<'a, K, V, S = DefaultHashBuilder, A: Allocator + Clone = Global> {
    place: Occupied<'a, (K, V), A>,
    hash_builder: &'a S,
}

/// The place where an absent key belongs.
///
/// ```
/// # #[cfg(feature = "default-hasher")] {
/// use rosti::extendible_map::{Entry, ExtendibleMap};
///
/// let mut map = ExtendibleMap::new();
/// if let Entry::Vacant(entry) = map.entry("a") {
///     entry.insert(1);
/// }
/// assert_eq!(map["a"], 1);
/// # }
/// ```
pub struct VacantEntry<'a, K, V, S = DefaultHashBuilder, A: Allocator + Clone = Global> {
    pub(super) place: Vacant<'a, (K, V), A>,
    pub(super) hash_builder: &'a S,
    key: K,
}

/// A key that was to be inserted is present; see [`ExtendibleMap::try_insert`](crate::ExtendibleMap::try_insert).
///
/// ```
/// # #[cfg(feature = "default-hasher")] {
/// let mut map: rosti::ExtendibleMap<_, _> = rosti::ExtendibleMap::from([("a", 1)]);
/// let error = map.try_insert("a", 2).unwrap_err();
/// assert_eq!((error.entry.get(), error.value), (&1, 2));
/// # }
/// ```
pub struct OccupiedError<'a, K, V, S, A: Allocator + Clone = Global> {
    /// The entry that is there.
    pub entry: OccupiedEntry<'a, K, V, S, A>,
    /// The value that was not inserted.
    pub value: V,
}

impl<'a, K, V, S, A: Allocator + Clone> Entry<'a, K, V, S, A> {
    /// Sets the value of the key and returns its entry. O(1).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::ExtendibleMap::new();
    /// assert_eq!(map.entry("a").insert(1).key(), &"a");
    /// # }
    /// ```
    #[inline]
    pub fn insert(self, value: V) -> OccupiedEntry<'a, K, V, S, A>
    where
        K: Hash,
        S: BuildHasher,
    {
        match self {
            Entry::Occupied(mut entry) => {
                entry.insert(value);
                entry
            }
            Entry::Vacant(entry) => entry.insert_entry(value),
        }
    }

    /// The value of the key, which is `default` if it was absent. O(1).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::ExtendibleMap::new();
    /// *map.entry("a").or_insert(1) += 1;
    /// *map.entry("a").or_insert(1) += 1;
    /// assert_eq!(map["a"], 3);
    /// # }
    /// ```
    #[inline]
    pub fn or_insert(self, default: V) -> &'a mut V
    where
        K: Hash,
        S: BuildHasher,
    {
        match self {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(default),
        }
    }

    /// The entry of the key, whose value is `default` if it was absent. O(1).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map: rosti::ExtendibleMap<_, _> = rosti::ExtendibleMap::from([("a", 1)]);
    /// assert_eq!(map.entry("a").or_insert_entry(2).get(), &1);
    /// # }
    /// ```
    #[inline]
    pub fn or_insert_entry(self, default: V) -> OccupiedEntry<'a, K, V, S, A>
    where
        K: Hash,
        S: BuildHasher,
    {
        match self {
            Entry::Occupied(entry) => entry,
            Entry::Vacant(entry) => entry.insert_entry(default),
        }
    }

    /// The value of the key, which is the result of `default` if it was absent. O(1).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::ExtendibleMap::new();
    /// map.entry("a").or_insert_with(Vec::new).push(1);
    /// assert_eq!(map["a"], [1]);
    /// # }
    /// ```
    #[inline]
    pub fn or_insert_with<F: FnOnce() -> V>(self, default: F) -> &'a mut V
    where
        K: Hash,
        S: BuildHasher,
    {
        match self {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(default()),
        }
    }

    /// The value of the key, which a function makes from the key if it was absent. O(1).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::ExtendibleMap::new();
    /// assert_eq!(*map.entry("abc").or_insert_with_key(|key| key.len()), 3);
    /// # }
    /// ```
    #[inline]
    pub fn or_insert_with_key<F: FnOnce(&K) -> V>(self, default: F) -> &'a mut V
    where
        K: Hash,
        S: BuildHasher,
    {
        match self {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let value = default(entry.key());
                entry.insert(value)
            }
        }
    }

    /// The value of the key, which is the result of `default` if it was absent; if `default` fails,
    /// its error is returned and the key stays absent. O(1). Beyond hashbrown's interface.
    ///
    /// # Errors
    /// What `default` returns.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::ExtendibleMap::new();
    /// assert_eq!(map.entry("a").or_try_insert_with(|| "12".parse::<i32>()), Ok(&mut 12));
    /// assert!(map.entry("b").or_try_insert_with(|| "x".parse::<i32>()).is_err());
    /// assert_eq!(map.len(), 1);
    /// # }
    /// ```
    #[inline]
    pub fn or_try_insert_with<E, F>(self, default: F) -> Result<&'a mut V, E>
    where
        F: FnOnce() -> Result<V, E>,
        K: Hash,
        S: BuildHasher,
    {
        match self {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => Ok(entry.insert(default()?)),
        }
    }

    /// The value of the key, which is `V`'s default if it was absent. O(1).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map: rosti::ExtendibleMap<&str, u32> = rosti::ExtendibleMap::new();
    /// assert_eq!(map.entry("a").or_default(), &mut 0);
    /// # }
    /// ```
    #[inline]
    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
        K: Hash,
        S: BuildHasher,
    {
        self.or_insert_with(V::default)
    }

    /// The key: the stored one if present, else the one that was looked for.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map: rosti::ExtendibleMap<&str, u32> = rosti::ExtendibleMap::new();
    /// assert_eq!(map.entry("a").key(), &"a");
    /// # }
    /// ```
    #[inline]
    pub fn key(&self) -> &K {
        match self {
            Entry::Occupied(entry) => entry.key(),
            Entry::Vacant(entry) => entry.key(),
        }
    }

    /// Changes the value if the key is present.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map: rosti::ExtendibleMap<_, _> = rosti::ExtendibleMap::from([("a", 1)]);
    /// map.entry("a").and_modify(|value| *value += 10).or_insert(0);
    /// map.entry("b").and_modify(|value| *value += 10).or_insert(0);
    /// assert_eq!((map["a"], map["b"]), (11, 0));
    /// # }
    /// ```
    #[inline]
    pub fn and_modify<F: FnOnce(&mut V)>(mut self, f: F) -> Self {
        if let Entry::Occupied(entry) = &mut self {
            f(entry.get_mut());
        }
        self
    }

    /// Replaces or removes the value if the key is present: see
    /// [`OccupiedEntry::replace_entry_with`].
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map: rosti::ExtendibleMap<_, _> = rosti::ExtendibleMap::from([("a", 1)]);
    /// map.entry("a").and_replace_entry_with(|_, value| (value > 5).then_some(value));
    /// assert!(map.is_empty());
    /// # }
    /// ```
    #[inline]
    pub fn and_replace_entry_with<F: FnOnce(&K, V) -> Option<V>>(self, f: F) -> Self {
        match self {
            Entry::Occupied(entry) => entry.replace_entry_with(f),
            Entry::Vacant(_) => self,
        }
    }
}

impl<'a, K, V, S, A: Allocator + Clone> OccupiedEntry<'a, K, V, S, A> {
    #[inline(always)]
    pub(super) fn new(place: Occupied<'a, (K, V), A>, hash_builder: &'a S) -> Self {
        OccupiedEntry { place, hash_builder }
    }

    /// The stored key.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::ExtendibleMap::new();
    /// assert_eq!(map.entry("a").insert(1).key(), &"a");
    /// # }
    /// ```
    #[inline]
    pub fn key(&self) -> &K {
        &self.place.get().0
    }

    /// Replaces the stored key by an equal one and returns the old one.
    ///
    /// # Panics
    /// If the keys are not equal.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::ExtendibleMap::new();
    /// // Equal, but not the same memory: keep the one that is shared with others.
    /// let shared = std::rc::Rc::new("a");
    /// let old = map.entry(std::rc::Rc::new("a")).insert(1).replace_key(shared.clone());
    /// assert_eq!(old, shared);
    /// # }
    /// ```
    #[inline]
    #[track_caller]
    pub fn replace_key(&mut self, key: K) -> K
    where
        K: Equivalent<K>,
    {
        assert!(
            key.equivalent(self.key()),
            "replaced key is not equivalent to the one in the entry; remove the entry and insert \
             the new key instead"
        );
        mem::replace(&mut self.place.get_mut().0, key)
    }

    /// Removes the entry and returns it. O(1).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::ExtendibleMap::new();
    /// assert_eq!(map.entry("a").insert(1).remove_entry(), ("a", 1));
    /// # }
    /// ```
    #[inline]
    pub fn remove_entry(self) -> (K, V) {
        self.place.remove().0
    }

    /// Removes the entry and returns its value. O(1).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::ExtendibleMap::new();
    /// assert_eq!(map.entry("a").insert(1).remove(), 1);
    /// # }
    /// ```
    #[inline]
    pub fn remove(self) -> V {
        self.remove_entry().1
    }

    /// The value.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::ExtendibleMap::new();
    /// assert_eq!(map.entry("a").insert(1).get(), &1);
    /// # }
    /// ```
    #[inline]
    pub fn get(&self) -> &V {
        &self.place.get().1
    }

    /// A mutable reference to the value, which lives as long as the borrow of the entry;
    /// [`into_mut`](Self::into_mut) gives one that lives as long as the map's.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::ExtendibleMap::new();
    /// *map.entry("a").insert(1).get_mut() += 1;
    /// assert_eq!(map["a"], 2);
    /// # }
    /// ```
    #[inline]
    pub fn get_mut(&mut self) -> &mut V {
        &mut self.place.get_mut().1
    }

    /// A mutable reference to the value, for as long as the map was borrowed.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::ExtendibleMap::new();
    /// let value: &mut i32 = map.entry("a").insert(1).into_mut();
    /// *value += 1;
    /// assert_eq!(map["a"], 2);
    /// # }
    /// ```
    #[inline]
    pub fn into_mut(self) -> &'a mut V {
        &mut self.place.into_mut().1
    }

    /// The stored key and a mutable reference to its value.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::ExtendibleMap::new();
    /// assert_eq!(map.entry("a").insert(1).into_entry(), (&"a", &mut 1));
    /// # }
    /// ```
    #[inline]
    pub fn into_entry(self) -> (&'a K, &'a mut V) {
        let (key, value) = self.place.into_mut();
        (key, value)
    }

    /// Sets the value and returns the old one.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::ExtendibleMap::new();
    /// assert_eq!(map.entry("a").insert(1).insert(2), 1);
    /// # }
    /// ```
    #[inline]
    pub fn insert(&mut self, value: V) -> V {
        mem::replace(self.get_mut(), value)
    }

    /// Replaces the value by what `f` makes of it, or removes the entry if that is `None`. Returns
    /// the entry in its new state. O(1). If `f` panics, the entry is gone.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use rosti::extendible_map::{Entry, ExtendibleMap};
    ///
    /// let mut map: ExtendibleMap<_, _> = ExtendibleMap::from([("a", 1)]);
    /// let Entry::Occupied(entry) = map.entry("a") else { unreachable!() };
    /// entry.replace_entry_with(|_, value| Some(value + 1));
    /// assert_eq!(map["a"], 2);
    /// # }
    /// ```
    pub fn replace_entry_with<F: FnOnce(&K, V) -> Option<V>>(self, f: F) -> Entry<'a, K, V, S, A> {
        let OccupiedEntry { place, hash_builder } = self;
        let ((key, value), place) = place.remove();
        match f(&key, value) {
            Some(value) => Entry::Occupied(OccupiedEntry {
                place: place.insert_again((key, value)),
                hash_builder,
            }),
            None => Entry::Vacant(VacantEntry { place, hash_builder, key }),
        }
    }
}

impl<'a, K, V, S, A: Allocator + Clone> VacantEntry<'a, K, V, S, A> {
    #[inline(always)]
    pub(super) fn new(place: Vacant<'a, (K, V), A>, hash_builder: &'a S, key: K) -> Self {
        VacantEntry { place, hash_builder, key }
    }

    /// The key that would be inserted.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use rosti::extendible_map::{Entry, ExtendibleMap};
    ///
    /// let mut map: ExtendibleMap<&str, i32> = ExtendibleMap::new();
    /// if let Entry::Vacant(entry) = map.entry("a") {
    ///     assert_eq!(entry.key(), &"a");
    /// }
    /// # }
    /// ```
    #[inline]
    pub fn key(&self) -> &K {
        &self.key
    }

    /// Gives the key back.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use rosti::extendible_map::{Entry, ExtendibleMap};
    ///
    /// let mut map: ExtendibleMap<&str, i32> = ExtendibleMap::new();
    /// if let Entry::Vacant(entry) = map.entry("a") {
    ///     assert_eq!(entry.into_key(), "a");
    /// }
    /// # }
    /// ```
    #[inline]
    pub fn into_key(self) -> K {
        self.key
    }

    /// Inserts the key with a value, without a second search. O(1).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use rosti::extendible_map::{Entry, ExtendibleMap};
    ///
    /// let mut map = ExtendibleMap::new();
    /// if let Entry::Vacant(entry) = map.entry("a") {
    ///     *entry.insert(1) += 1;
    /// }
    /// assert_eq!(map["a"], 2);
    /// # }
    /// ```
    #[inline]
    pub fn insert(self, value: V) -> &'a mut V
    where
        K: Hash,
        S: BuildHasher,
    {
        self.insert_entry(value).into_mut()
    }

    /// Inserts the key with a value and returns the entry. O(1).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use rosti::extendible_map::{Entry, ExtendibleMap};
    ///
    /// let mut map = ExtendibleMap::new();
    /// if let Entry::Vacant(entry) = map.entry("a") {
    ///     assert_eq!(entry.insert_entry(1).remove_entry(), ("a", 1));
    /// }
    /// # }
    /// ```
    #[inline]
    pub fn insert_entry(self, value: V) -> OccupiedEntry<'a, K, V, S, A>
    where
        K: Hash,
        S: BuildHasher,
    {
        let VacantEntry { place, hash_builder, key } = self;
        OccupiedEntry::new(place.insert((key, value), hash_of(hash_builder)), hash_builder)
    }
}

impl<K: Debug, V: Debug, S, A: Allocator + Clone> Debug for Entry<'_, K, V, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Entry::Occupied(entry) => f.debug_tuple("Entry").field(entry).finish(),
            Entry::Vacant(entry) => f.debug_tuple("Entry").field(entry).finish(),
        }
    }
}

impl<K: Debug, V: Debug, S, A: Allocator + Clone> Debug for OccupiedEntry<'_, K, V, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedEntry").field("key", self.key()).field("value", self.get()).finish()
    }
}

impl<K: Debug, V, S, A: Allocator + Clone> Debug for VacantEntry<'_, K, V, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntry").field(self.key()).finish()
    }
}

impl<K: Debug, V: Debug, S, A: Allocator + Clone> Debug for OccupiedError<'_, K, V, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedError")
            .field("key", self.entry.key())
            .field("old_value", self.entry.get())
            .field("new_value", &self.value)
            .finish()
    }
}

impl<K: Debug, V: Debug, S, A: Allocator + Clone> Display for OccupiedError<'_, K, V, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "failed to insert {:?}, key {:?} already exists with value {:?}",
            self.value,
            self.entry.key(),
            self.entry.get(),
        )
    }
}

impl<K: Debug, V: Debug, S, A: Allocator + Clone> core::error::Error
    for OccupiedError<'_, K, V, S, A>
{
}
