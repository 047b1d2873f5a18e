//! The entry of a key that is given by value.
//!
//! An entry is the borrowed map and a place in it: where the key is, or where it belongs. Nothing can
//! change the map while the entry exists, so neither is searched for again. Only if there is no room is
//! the search for a place put off until the entry is filled.
//!
//! Entries are the same for all maps; `entry_map.rs` has what they ask of one.

use core::fmt::{self, Debug, Display};
use core::hash::{BuildHasher, Hash};
use core::mem;

use super::HashMap;
use super::entry_map::EntryMap;
use super::methods::{accessors, entry_methods, value_methods};
use crate::allocator::{Allocator, Global};
use crate::equivalent::Equivalent;
use crate::error::TryReserveError;
use crate::hash_table::debug_entry;
use crate::hasher::DefaultHashBuilder;

/// The place of a key in a map, occupied or vacant; see [`HashMap::entry`]. `M` is the type of the map, by default
/// `HashMap`; [`extendible_map`](crate::extendible_map) has names for those of an `ExtendibleMap`.
///
/// ```
/// use rosti::hash_map::{Entry, HashMap};
/// let mut map: HashMap<_, _> = HashMap::from([("a", 1)]);
/// match map.entry("a") {
///     Entry::Occupied(entry) => assert_eq!(entry.remove(), 1),
///     Entry::Vacant(_) => unreachable!(),
/// }
/// ```
pub enum Entry<'a, K, V, S, A: Allocator = Global, M: EntryMap<K, V, S, A> = HashMap<K, V, S, A>> {
    /// The key is present.
    Occupied(OccupiedEntry<'a, K, V, S, A, M>),
    /// The key is absent.
    Vacant(VacantEntry<'a, K, V, S, A, M>),
}

/// The place of a key that is present.
///
/// ```
/// let mut map = rosti::HashMap::new();
/// *map.entry("a").insert(1).get_mut() += 1;
/// assert_eq!(map["a"], 2);
/// ```
pub struct OccupiedEntry<
    'a,
    K,
    V,
    S = DefaultHashBuilder,
    A: Allocator = Global,
    M: EntryMap<K, V, S, A> = HashMap<K, V, S, A>,
> {
    map: &'a mut M,
    place: M::Place,
    /// The hash of its key.
    hash: u64,
}

/// The place where an absent key belongs.
///
/// ```
/// let mut map = rosti::HashMap::new();
/// let rosti::hash_map::Entry::Vacant(entry) = map.entry("a") else { panic!() };
/// assert_eq!(entry.insert(1), &1);
/// ```
pub struct VacantEntry<
    'a,
    K,
    V,
    S = DefaultHashBuilder,
    A: Allocator = Global,
    M: EntryMap<K, V, S, A> = HashMap<K, V, S, A>,
> {
    pub(super) place: VacantPlace<'a, K, V, S, A, M>,
    key: K,
}

/// What the vacant entries of owned and of borrowed keys share.
pub(crate) struct VacantPlace<'a, K, V, S, A, M: EntryMap<K, V, S, A>> {
    map: &'a mut M,
    vacancy: M::Vacancy,
    hash: u64,
}

impl<'a, K: 'a, V: 'a, S, A: Allocator, M: EntryMap<K, V, S, A>> VacantPlace<'a, K, V, S, A, M> {
    /// The vacancy is what the map found for this hash.
    #[inline(always)]
    pub(crate) fn new(map: &'a mut M, vacancy: M::Vacancy, hash: u64) -> Self {
        VacantPlace { map, vacancy, hash }
    }

    #[inline]
    pub(super) fn into_map(self) -> &'a mut M {
        self.map
    }
}

impl<'a, K: Hash + 'a, V: 'a, S: BuildHasher, A: Allocator, M: EntryMap<K, V, S, A>>
    VacantPlace<'a, K, V, S, A, M>
{
    #[inline(always)]
    pub(super) fn fill(self, key: K, value: V) -> OccupiedEntry<'a, K, V, S, A, M> {
        let VacantPlace { map, vacancy, hash } = self;
        // SAFETY: the vacancy was found for this hash or is that of a pair with it, and the map has been
        // borrowed ever since.
        let place = unsafe { map.fill(vacancy, hash, (key, value)) };
        OccupiedEntry { map, place, hash }
    }

    /// [`fill`](Self::fill) where the vacancy has not been looked for.
    #[inline(always)]
    pub(super) fn look_and_fill(mut self, key: K, value: V) -> OccupiedEntry<'a, K, V, S, A, M> {
        self.vacancy = self.map.looked_for(self.vacancy, self.hash);
        self.fill(key, value)
    }

    /// Makes the room that [`fill`](Self::fill) needs, if there is none yet.
    pub(super) fn reserve(&mut self) -> Result<(), TryReserveError> {
        self.map.reserve(&mut self.vacancy, self.hash)
    }
}

/// A key that was to be inserted is present; see [`HashMap::try_insert`].
///
/// ```
/// let mut map: rosti::HashMap<_, _> = rosti::HashMap::from([("a", 1)]);
/// let error = map.try_insert("a", 2).unwrap_err();
/// assert_eq!((error.entry.get(), error.value), (&1, 2));
/// ```
pub struct OccupiedError<
    'a,
    K,
    V,
    S,
    A: Allocator = Global,
    M: EntryMap<K, V, S, A> = HashMap<K, V, S, A>,
> {
    /// The entry that is there.
    pub entry: OccupiedEntry<'a, K, V, S, A, M>,
    /// The value that was not inserted.
    pub value: V,
}

impl<'a, K: 'a, V: 'a, S, A: Allocator, M: EntryMap<K, V, S, A>> Entry<'a, K, V, S, A, M> {
    entry_methods! {
        'a, K => V, OccupiedEntry<'a, K, V, S, A, M>, [K: Hash, S: BuildHasher], "HashMap::<_, _>", "entry", "O(1).",
        |entry, value| entry.place.fill(entry.key, value)
    }

    examples! {
        "let mut map = rosti::HashMap::<_, _>::from([('a', 1)]);";

        /// The entry of the key, whose value is `default` if it was absent. O(1).
        #[example("assert_eq!(map.entry('a').or_insert_entry(2).get(), &1);")]
        #[inline]
        pub fn or_insert_entry(self, default: V) -> OccupiedEntry<'a, K, V, S, A, M>
        where
            K: Hash,
            S: BuildHasher,
        {
            match self {
                Entry::Occupied(entry) => entry,
                Entry::Vacant(entry) => entry.insert_entry(default),
            }
        }

        /// The value of the key, which is the result of `default` if it was absent; if `default` fails, its error is
        /// returned and the key stays absent. O(1). Beyond hashbrown's interface.
        ///
        /// # Errors
        /// What `default` returns.
        #[example("assert_eq!(map.entry('b').or_try_insert_with(|| \"12\".parse()), Ok(&mut 12));",
            "assert!(map.entry('c').or_try_insert_with(|| \"x\".parse()).is_err() && map.len() == 2);")]
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

        /// Replaces or removes the value if the key is present: see [`OccupiedEntry::replace_entry_with`].
        #[example("map.entry('a').and_replace_entry_with(|_, value| (value > 5).then_some(value));",
            "assert!(map.is_empty());")]
        #[inline]
        pub fn and_replace_entry_with<F: FnOnce(&K, V) -> Option<V>>(self, f: F) -> Self {
            match self {
                Entry::Occupied(entry) => entry.replace_entry_with(f),
                Entry::Vacant(_) => self,
            }
        }
    }

    accessors! {
        "let mut map = rosti::HashMap::<_, _>::from([(\"a\", 1)]);\nlet entry = map.entry(\"a\");",
        "The key: the stored one if present, else the one that was looked for."
        key[always](&self) -> &K, "&\"a\"" => match self {
            Entry::Occupied(entry) => entry.key(),
            Entry::Vacant(entry) => entry.key(),
        };
        "The map, borrowed for as long as the entry was."
        into_map(self) -> &'a mut M, "&rosti::HashMap::from([(\"a\", 1)])" => match self {
            Entry::Occupied(entry) => entry.into_map(),
            Entry::Vacant(entry) => entry.into_map(),
        };
    }
}

impl<'a, K: 'a, V: 'a, S, A: Allocator, M: EntryMap<K, V, S, A>> OccupiedEntry<'a, K, V, S, A, M> {
    /// In `place` is a pair whose key has this hash.
    #[inline(always)]
    pub(crate) fn new(map: &'a mut M, place: M::Place, hash: u64) -> Self {
        OccupiedEntry { map, place, hash }
    }

    #[inline(always)]
    fn pair(&self) -> &(K, V) {
        // SAFETY: the pair was there when the entry was made, and the map has been borrowed since.
        unsafe { self.map.pair(self.place) }
    }

    #[inline(always)]
    pub(super) fn pair_mut(&mut self) -> &mut (K, V) {
        // SAFETY: as for `pair`.
        unsafe { self.map.pair_mut(self.place) }
    }

    #[inline(always)]
    pub(super) fn into_pair_mut(self) -> &'a mut (K, V) {
        // SAFETY: as for `pair`.
        unsafe { self.map.pair_mut(self.place) }
    }

    accessors! {
        "let mut map = rosti::HashMap::new();\nlet entry = map.entry(\"a\").insert(1);",
        "The stored key." key[always](&self) -> &K, "&\"a\"" => &self.pair().0;
        "The stored key and a mutable reference to its value."
        into_entry(self) -> (&'a K, &'a mut V), "(&\"a\", &mut 1)" => {
            let (key, value) = self.into_pair_mut();
            (key, value)
        };
        "The map, borrowed for as long as the entry was."
        into_map(self) -> &'a mut M, "&rosti::HashMap::from([(\"a\", 1)])" => self.map;
        "Removes the entry and returns it. O(1)." remove_entry[always](self) -> (K, V), "(\"a\", 1)" => {
            // SAFETY: as for `pair`.
            unsafe { self.map.take(self.place, self.hash) }
        };
        "Removes the entry and returns its value. O(1)." remove[always](self) -> V, "1" => {
            let (key, value) = self.remove_entry();
            // Before the value is the result, which is not dropped if this panics.
            drop(key);
            value
        };
    }

    /// Replaces the stored key by an equal one and returns the old one.
    ///
    /// # Panics
    /// If the keys are not equal.
    ///
    /// ```
    /// let mut map = rosti::HashMap::new();
    /// // Equal, but not the same memory: keep the one that is shared with others.
    /// let shared = std::rc::Rc::new("a");
    /// let old = map.entry(std::rc::Rc::new("a")).insert(1).replace_key(shared.clone());
    /// assert_eq!(old, shared);
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
        mem::replace(&mut self.pair_mut().0, key)
    }

    /// [`replace_key`](Self::replace_key) without the check.
    ///
    /// # Safety
    /// The keys must be equal and have the same hash. (Otherwise the entry is hard to find. That is
    /// not undefined behaviour here, but code built on the map may rely on it.)
    ///
    /// ```
    /// let mut map = rosti::HashMap::new();
    /// let mut entry = map.entry(0.0f64.to_bits()).insert(1);
    /// // SAFETY: the keys are equal.
    /// unsafe { entry.replace_key_unchecked(0) };
    /// ```
    #[inline]
    pub unsafe fn replace_key_unchecked(&mut self, key: K) -> K {
        mem::replace(&mut self.pair_mut().0, key)
    }

    value_methods! {
        'a, V, "HashMap", "entry(\"a\").insert(1)",
        |self| &self.pair().1, &mut self.pair_mut().1, &mut self.into_pair_mut().1
    }

    /// Replaces the value by what `f` makes of it, or removes the entry if that is `None`. Returns
    /// the entry in its new state. O(1). If `f` panics, the entry is gone.
    ///
    /// ```
    /// let mut map = rosti::HashMap::new();
    /// map.entry("a").insert(1).replace_entry_with(|_, value| Some(value + 1));
    /// assert_eq!(map["a"], 2);
    /// ```
    pub fn replace_entry_with<F: FnOnce(&K, V) -> Option<V>>(
        self,
        f: F,
    ) -> Entry<'a, K, V, S, A, M> {
        let OccupiedEntry { map, place, hash } = self;
        // SAFETY: as for `pair`. While `f` runs, the pair is not in the map (I7).
        let (key, value) = unsafe { map.take(place, hash) };
        match f(&key, value) {
            Some(value) => {
                // SAFETY: a pair with this hash was taken from there.
                unsafe { map.put_back(place, hash, (key, value)) };
                Entry::Occupied(OccupiedEntry { map, place, hash })
            }
            None => {
                let place = VacantPlace::new(map, place.into(), hash);
                Entry::Vacant(VacantEntry { place, key })
            }
        }
    }
}

impl<'a, K: 'a, V: 'a, S, A: Allocator, M: EntryMap<K, V, S, A>> VacantEntry<'a, K, V, S, A, M> {
    /// The place was found for the key's hash.
    #[inline(always)]
    pub(crate) fn new(place: VacantPlace<'a, K, V, S, A, M>, key: K) -> Self {
        VacantEntry { place, key }
    }

    accessors! {
        "let mut map = rosti::HashMap::<_, i32>::new();\n\
            let rosti::hash_map::Entry::Vacant(entry) = map.entry(\"a\") else { panic!() };",
        "The key that would be inserted." key[always](&self) -> &K, "&\"a\"" => &self.key;
        "Gives the key back." into_key(self) -> K, "\"a\"" => self.key;
        "The map, borrowed for as long as the entry was."
        into_map(self) -> &'a mut M, "&rosti::HashMap::new()" => self.place.into_map();
    }
}

impl<'a, K: Hash + 'a, V: 'a, S: BuildHasher, A: Allocator, M: EntryMap<K, V, S, A>>
    VacantEntry<'a, K, V, S, A, M>
{
    examples! {
        "let mut map = rosti::HashMap::new();\n\
            let rosti::hash_map::Entry::Vacant(entry) = map.entry('a') else { panic!() };";

        /// Inserts the key with a value, without a second search. O(1).
        #[example("assert_eq!(entry.insert(1), &mut 1);")]
        #[inline(always)]
        pub fn insert(self, value: V) -> &'a mut V {
            self.place.fill(self.key, value).into_mut()
        }

        /// Inserts the key with a value and returns the entry. O(1).
        #[example("assert_eq!(entry.insert_entry(1).remove_entry(), ('a', 1));")]
        #[inline(always)]
        pub fn insert_entry(self, value: V) -> OccupiedEntry<'a, K, V, S, A, M> {
            self.place.fill(self.key, value)
        }
    }
}

debug_entry! {
    [K: Debug, V: Debug, S, A: Allocator, M: EntryMap<K, V, S, A>] Entry<'_, K, V, S, A, M>, "Entry"
}

debug! {
    [K: Debug, V: Debug, S, A: Allocator, M: EntryMap<K, V, S, A>] OccupiedEntry<'_, K, V, S, A, M>, |self, f|
        f.debug_struct("OccupiedEntry").field("key", self.key()).field("value", self.get()).finish();
    [K: Debug, V, S, A: Allocator, M: EntryMap<K, V, S, A>] VacantEntry<'_, K, V, S, A, M>, |self, f|
        f.debug_tuple("VacantEntry").field(self.key()).finish();
    [K: Debug, V: Debug, S, A: Allocator, M: EntryMap<K, V, S, A>] OccupiedError<'_, K, V, S, A, M>, |self, f|
        f.debug_struct("OccupiedError")
            .field("key", self.entry.key())
            .field("old_value", self.entry.get())
            .field("new_value", &self.value)
            .finish();
}

impl<K: Debug, V: Debug, S, A: Allocator, M: EntryMap<K, V, S, A>> Display
    for OccupiedError<'_, K, V, S, A, M>
{
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

impl<K: Debug, V: Debug, S, A: Allocator, M: EntryMap<K, V, S, A>> core::error::Error
    for OccupiedError<'_, K, V, S, A, M>
{
}

/// Whether a borrowed key stands for an owned one: what the entries of borrowed keys check when
/// they are given the key to insert.
#[inline]
#[track_caller]
pub(super) fn assert_equivalent<K, Q: Equivalent<K> + ?Sized>(borrowed: &Q, key: &K) {
    assert!(
        borrowed.equivalent(key),
        "key used for Entry creation is not equivalent to the one used for insertion; ask for the \
         entry of the new key instead"
    );
}
