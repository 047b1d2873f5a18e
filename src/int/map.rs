//! `IntMap`: a [`HashMap`] of integers, with keys by value.

use crate::allocator::{Allocator, Global};
use crate::error::TryReserveError;
use crate::hash_map::{self, HashMap};

pub use super::hash::{IntHashBuilder, IntHasher};
pub use super::key::IntKey;
pub use crate::hash_map::{
    Drain, ExtractIf, IntoIter, IntoKeys, IntoValues, Iter, IterMut, Keys, Values, ValuesMut,
};

/// The parallel iterators of maps, for who has to name one.
#[cfg(feature = "rayon")]
pub mod rayon {
    pub use crate::external::rayon::map::*;
}

/// The place of a key in a map, occupied or vacant; see [`IntMap::entry`].
///
/// ```
/// use rosti::int_map::{Entry, IntMap};
///
/// let mut map = IntMap::with_seed(1);
/// if let Entry::Vacant(entry) = map.entry(7) {
///     entry.insert("seven");
/// }
/// assert_eq!(map[7], "seven");
/// ```
pub type Entry<'a, K, V, A = Global> = hash_map::Entry<'a, K, V, IntHashBuilder, A>;

/// The place of a key that is present; see [`IntMap::entry`].
///
/// ```
/// use rosti::int_map::{Entry, IntMap, OccupiedEntry};
///
/// fn take(entry: OccupiedEntry<u32, char>) -> char {
///     entry.remove()
/// }
///
/// let mut map = IntMap::with_seed(1);
/// map.insert(7, 'a');
/// let Entry::Occupied(entry) = map.entry(7) else { unreachable!() };
/// assert_eq!(take(entry), 'a');
/// ```
pub type OccupiedEntry<'a, K, V, A = Global> = hash_map::OccupiedEntry<'a, K, V, IntHashBuilder, A>;

/// The place where an absent key belongs; see [`IntMap::entry`].
///
/// ```
/// use rosti::int_map::{Entry, IntMap, VacantEntry};
///
/// fn fill(entry: VacantEntry<u32, u64>) {
///     let square = u64::from(*entry.key()).pow(2);
///     entry.insert(square);
/// }
///
/// let mut map = IntMap::with_seed(1);
/// if let Entry::Vacant(entry) = map.entry(7) {
///     fill(entry);
/// }
/// assert_eq!(map[7], 49);
/// ```
pub type VacantEntry<'a, K, V, A = Global> = hash_map::VacantEntry<'a, K, V, IntHashBuilder, A>;

/// A key that was to be inserted is present; see [`IntMap::try_insert`].
///
/// ```
/// use rosti::int_map::{IntMap, OccupiedError};
///
/// let mut map = IntMap::with_seed(1);
/// map.insert(7, "seven");
/// let OccupiedError { entry, value } = map.try_insert(7, "sieben").unwrap_err();
/// assert_eq!((*entry.get(), value), ("seven", "sieben"));
/// ```
pub type OccupiedError<'a, K, V, A = Global> = hash_map::OccupiedError<'a, K, V, IntHashBuilder, A>;

/// A map whose keys are integers, or as good as integers: an [`IntKey`].
///
/// It is a [`HashMap`] that hashes with one multiplication and takes keys by value. Iterators and
/// entries are those of `HashMap`, and so is all that is promised there: searches, insertions and
/// removals are O(1) expected, the order of iteration is arbitrary, and at constant size a map
/// never grows. Each map has a seed of its own, drawn when it is made, or given by
/// [`with_seed`](Self::with_seed) for runs that can be repeated. Neither resists an attacker who
/// chooses keys: SECURITY.md says what does.
///
/// ```
/// # #[cfg(feature = "default-hasher")] {
/// use rosti::IntMap;
///
/// let mut lengths = IntMap::new();
/// for word in "rösti is the swiss hash brown".split(' ') {
///     *lengths.entry(word.chars().count()).or_insert(0) += 1;
/// }
/// assert_eq!(lengths[5], 3);
/// assert_eq!(lengths.get(6), None);
/// assert_eq!(lengths.remove(2), Some(1));
/// # }
/// ```
pub struct IntMap<K, V, A: Allocator = Global> {
    pub(crate) map: HashMap<K, V, IntHashBuilder, A>,
}

#[cfg(feature = "default-hasher")]
impl<K, V> IntMap<K, V> {
    /// An empty map with a seed of its own. Allocates nothing until the first insertion.
    ///
    /// ```
    /// let map: rosti::IntMap<u64, u64> = rosti::IntMap::new();
    /// assert_eq!((map.len(), map.capacity()), (0, 0));
    /// ```
    #[inline]
    #[must_use]
    pub fn new() -> Self {
        Self::new_in(Global)
    }

    /// An empty map that can hold `capacity` entries without growing.
    ///
    /// # Panics
    /// If the capacity needs more than `isize::MAX` bytes; aborts if the allocator fails.
    ///
    /// ```
    /// let map: rosti::IntMap<u64, u64> = rosti::IntMap::with_capacity(10);
    /// assert!(map.capacity() >= 10);
    /// ```
    #[inline]
    #[track_caller]
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self::with_capacity_in(capacity, Global)
    }
}

#[cfg(feature = "default-hasher")]
impl<K, V, A: Allocator> IntMap<K, V, A> {
    /// An empty map with a seed of its own, whose memory will come from `alloc`.
    ///
    /// ```
    /// # #[cfg(feature = "allocator-api2")] {
    /// # use allocator_api2::alloc::Global;
    /// let mut map = rosti::IntMap::new_in(Global);
    /// map.insert(1, "one");
    /// # }
    /// ```
    #[inline]
    #[must_use]
    pub fn new_in(alloc: A) -> Self {
        Self { map: HashMap::with_hasher_in(IntHashBuilder::default(), alloc) }
    }

    /// An empty map with a seed of its own and room for `capacity` entries in memory from `alloc`.
    ///
    /// # Panics
    /// If the capacity needs more than `isize::MAX` bytes; aborts if the allocator fails.
    ///
    /// ```
    /// # #[cfg(feature = "allocator-api2")] {
    /// # use allocator_api2::alloc::Global;
    /// let map: rosti::IntMap<u8, u8, _> = rosti::IntMap::with_capacity_in(100, Global);
    /// assert!(map.capacity() >= 100);
    /// # }
    /// ```
    #[inline]
    #[track_caller]
    #[must_use]
    pub fn with_capacity_in(capacity: usize, alloc: A) -> Self {
        let hash_builder = IntHashBuilder::default();
        Self { map: HashMap::with_capacity_and_hasher_in(capacity, hash_builder, alloc) }
    }
}

impl<K, V> IntMap<K, V> {
    /// An empty map with this seed: it hashes, and thus iterates, the same in each run. Usable in
    /// constants.
    ///
    /// ```
    /// use rosti::IntMap;
    ///
    /// let fill = |mut map: IntMap<u32, u32>| {
    ///     map.extend((0..100).map(|n| (n, n)));
    ///     map.into_keys().collect::<Vec<_>>()
    /// };
    /// assert_eq!(fill(IntMap::with_seed(1)), fill(IntMap::with_seed(1)));
    /// ```
    #[inline]
    #[must_use]
    pub const fn with_seed(seed: u64) -> Self {
        Self::with_seed_in(seed, Global)
    }

    /// An empty map with this seed and room for `capacity` entries.
    ///
    /// # Panics
    /// If the capacity needs more than `isize::MAX` bytes; aborts if the allocator fails.
    ///
    /// ```
    /// let map: rosti::IntMap<u64, u64> = rosti::IntMap::with_capacity_and_seed(10, 1);
    /// assert!(map.capacity() >= 10);
    /// ```
    #[inline]
    #[track_caller]
    #[must_use]
    pub fn with_capacity_and_seed(capacity: usize, seed: u64) -> Self {
        Self::with_capacity_and_seed_in(capacity, seed, Global)
    }
}

impl<K, V, A: Allocator> IntMap<K, V, A> {
    /// An empty map with this seed, whose memory will come from `alloc`; usable in constants.
    ///
    /// ```
    /// # #[cfg(feature = "allocator-api2")] {
    /// # use allocator_api2::alloc::Global;
    /// let mut map = rosti::IntMap::with_seed_in(1, Global);
    /// map.insert(1, "one");
    /// # }
    /// ```
    #[inline]
    #[must_use]
    pub const fn with_seed_in(seed: u64, alloc: A) -> Self {
        Self { map: HashMap::with_hasher_in(IntHashBuilder::with_seed(seed), alloc) }
    }

    /// An empty map with this seed and room for `capacity` entries in memory from `alloc`.
    ///
    /// # Panics
    /// If the capacity needs more than `isize::MAX` bytes; aborts if the allocator fails.
    ///
    /// ```
    /// # #[cfg(feature = "allocator-api2")] {
    /// # use allocator_api2::alloc::Global;
    /// let map: rosti::IntMap<u8, u8, _> = rosti::IntMap::with_capacity_and_seed_in(100, 1, Global);
    /// assert!(map.capacity() >= 100);
    /// # }
    /// ```
    #[inline]
    #[track_caller]
    #[must_use]
    pub fn with_capacity_and_seed_in(capacity: usize, seed: u64, alloc: A) -> Self {
        let hash_builder = IntHashBuilder::with_seed(seed);
        Self { map: HashMap::with_capacity_and_hasher_in(capacity, hash_builder, alloc) }
    }

    /// The allocator.
    ///
    /// ```
    /// let map: rosti::IntMap<u8, u8> = rosti::IntMap::with_seed(1);
    /// let _global = map.allocator();
    /// ```
    #[inline]
    pub fn allocator(&self) -> &A {
        self.map.allocator()
    }

    /// How many entries the map can hold without growing, whatever is removed and inserted
    /// meanwhile. O(1).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let map: rosti::IntMap<u8, u8> = rosti::IntMap::with_capacity(100);
    /// assert!(map.capacity() >= 100);
    /// # }
    /// ```
    #[inline]
    pub fn capacity(&self) -> usize {
        self.map.capacity()
    }

    /// Number of entries. O(1).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// assert_eq!(rosti::IntMap::from([(1, 'a'), (2, 'b')]).len(), 2);
    /// # }
    /// ```
    #[inline]
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether there are no entries. O(1).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// assert!(!rosti::IntMap::from([(1, 'a')]).is_empty());
    /// # }
    /// ```
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Bytes that the map has allocated, not counting what its values own. O(1).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::IntMap::new();
    /// assert_eq!(map.allocation_size(), 0);
    /// map.insert(1u64, 1u64);
    /// assert!(map.allocation_size() > 16);
    /// # }
    /// ```
    #[inline]
    pub fn allocation_size(&self) -> usize {
        self.map.allocation_size()
    }

    /// The keys, in arbitrary order. O(slots) for all.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let map = rosti::IntMap::from([(1, 'a'), (2, 'b')]);
    /// assert_eq!(map.keys().sum::<i32>(), 3);
    /// # }
    /// ```
    #[inline]
    pub fn keys(&self) -> Keys<'_, K, V> {
        self.map.keys()
    }

    /// The values, in arbitrary order. O(slots) for all.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let map = rosti::IntMap::from([('a', 1), ('b', 2)]);
    /// assert_eq!(map.values().sum::<i32>(), 3);
    /// # }
    /// ```
    #[inline]
    pub fn values(&self) -> Values<'_, K, V> {
        self.map.values()
    }

    /// The values, to be changed, in arbitrary order. O(slots) for all.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::IntMap::from([('a', 1), ('b', 2)]);
    /// map.values_mut().for_each(|value| *value *= 10);
    /// assert_eq!(map['b'], 20);
    /// # }
    /// ```
    #[inline]
    pub fn values_mut(&mut self) -> ValuesMut<'_, K, V> {
        self.map.values_mut()
    }

    /// The entries, in arbitrary order. O(slots) for all.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let map = rosti::IntMap::from([(1, 10), (2, 20)]);
    /// assert!(map.iter().all(|(key, value)| *value == 10 * key));
    /// # }
    /// ```
    #[inline]
    pub fn iter(&self) -> Iter<'_, K, V> {
        self.map.iter()
    }

    /// The entries, their values to be changed, in arbitrary order. O(slots) for all.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::IntMap::from([(1, 10), (2, 20)]);
    /// for (key, value) in map.iter_mut() {
    ///     *value += key;
    /// }
    /// assert_eq!(map[2], 22);
    /// # }
    /// ```
    #[inline]
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> {
        self.map.iter_mut()
    }

    /// The keys by value, in arbitrary order. O(slots) for all.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let map = rosti::IntMap::from([(1, 'a'), (2, 'b')]);
    /// assert_eq!(map.into_keys().max(), Some(2));
    /// # }
    /// ```
    #[inline]
    pub fn into_keys(self) -> IntoKeys<K, V, A> {
        self.map.into_keys()
    }

    /// The values by value, in arbitrary order. O(slots) for all.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let map = rosti::IntMap::from([(1, 'a'), (2, 'b')]);
    /// assert_eq!(map.into_values().max(), Some('b'));
    /// # }
    /// ```
    #[inline]
    pub fn into_values(self) -> IntoValues<K, V, A> {
        self.map.into_values()
    }

    /// Empties the map and returns its entries; the memory is kept. See [`HashMap::drain`]. O(slots)
    /// in total.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::IntMap::from([(1, 'a'), (2, 'b')]);
    /// let capacity = map.capacity();
    /// assert_eq!(map.drain().count(), 2);
    /// assert_eq!((map.len(), map.capacity()), (0, capacity));
    /// # }
    /// ```
    #[inline]
    pub fn drain(&mut self) -> Drain<'_, K, V, A> {
        self.map.drain()
    }

    /// Keeps the entries for which `keep` returns true and drops the others. O(slots).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map: rosti::IntMap<u32, u32> = (0..8).map(|i| (i, i * i)).collect();
    /// map.retain(|key, _| key % 2 == 0);
    /// assert_eq!(map.len(), 4);
    /// # }
    /// ```
    #[inline]
    pub fn retain<F: FnMut(&K, &mut V) -> bool>(&mut self, keep: F) {
        self.map.retain(keep);
    }

    /// Takes out the entries for which `pick` returns true, as they are asked for. Entries not yet
    /// visited when the iterator is dropped stay in the map. O(slots) in total.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map: rosti::IntMap<u32, u32> = (0..8).map(|i| (i, i)).collect();
    /// let odd: rosti::IntMap<u32, u32> = map.extract_if(|key, _| key % 2 == 1).collect();
    /// assert_eq!((map.len(), odd.len()), (4, 4));
    /// # }
    /// ```
    #[inline]
    pub fn extract_if<F: FnMut(&K, &mut V) -> bool>(
        &mut self,
        pick: F,
    ) -> ExtractIf<'_, K, V, F, A> {
        self.map.extract_if(pick)
    }

    /// Removes an entry, whichever comes first, and returns it. O(1) amortised for a map that is
    /// emptied: see [`HashMap::pop`].
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::IntMap::from([(1, 'a')]);
    /// assert_eq!(map.pop(), Some((1, 'a')));
    /// assert_eq!(map.pop(), None);
    /// # }
    /// ```
    #[inline]
    pub fn pop(&mut self) -> Option<(K, V)> {
        self.map.pop()
    }

    /// Drops all entries and keeps the memory. O(slots).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::IntMap::from([(1, 'a')]);
    /// map.clear();
    /// assert!(map.is_empty() && map.capacity() > 0);
    /// # }
    /// ```
    #[inline]
    pub fn clear(&mut self) {
        self.map.clear();
    }
}

impl<K: IntKey, V, A: Allocator> IntMap<K, V, A> {
    /// Makes room for `additional` more entries. O(slots) if the map must grow.
    ///
    /// # Panics
    /// If the capacity needs more than `isize::MAX` bytes; aborts if the allocator fails.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::IntMap::from([(1, 'a')]);
    /// map.reserve(100);
    /// assert!(map.capacity() >= 101);
    /// # }
    /// ```
    #[inline]
    #[track_caller]
    pub fn reserve(&mut self, additional: usize) {
        self.map.reserve(additional);
    }

    /// Makes room for `additional` more entries, or says why it cannot and changes nothing.
    ///
    /// # Errors
    /// [`TryReserveError`]: the capacity overflows, or the allocator fails.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::IntMap::from([(1, 'a')]);
    /// assert!(map.try_reserve(100).is_ok());
    /// assert!(map.try_reserve(usize::MAX).is_err());
    /// # }
    /// ```
    #[inline]
    pub fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
        self.map.try_reserve(additional)
    }

    /// Gives back as much memory as possible. O(slots).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::IntMap::with_capacity(100);
    /// map.insert(1, 2);
    /// map.shrink_to_fit();
    /// assert!(map.capacity() < 100);
    /// # }
    /// ```
    #[inline]
    pub fn shrink_to_fit(&mut self) {
        self.map.shrink_to_fit();
    }

    /// Gives back memory, but keeps room for `min_capacity` entries. Does nothing if the capacity
    /// is smaller. O(slots).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map: rosti::IntMap<u64, u64> = rosti::IntMap::with_capacity(100);
    /// map.shrink_to(10);
    /// assert!((10..100).contains(&map.capacity()));
    /// # }
    /// ```
    #[inline]
    pub fn shrink_to(&mut self, min_capacity: usize) {
        self.map.shrink_to(min_capacity);
    }

    /// The entry of a key, to look at, change, fill or remove in place with one search. O(1)
    /// expected. The map grows, if it must, only when a vacant entry is filled.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut letters = rosti::IntMap::new();
    /// for letter in "a short rosti".chars() {
    ///     *letters.entry(letter).or_insert(0) += 1;
    /// }
    /// assert_eq!(letters['s'], 2);
    /// # }
    /// ```
    #[inline]
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V, A> {
        self.map.entry(key)
    }

    /// The value of a key. O(1) expected.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let map = rosti::IntMap::from([(1, "one")]);
    /// assert_eq!(map.get(1), Some(&"one"));
    /// assert_eq!(map.get(2), None);
    /// # }
    /// ```
    #[inline]
    pub fn get(&self, key: K) -> Option<&V> {
        self.map.get(&key)
    }

    /// The value of a key, to be changed. O(1) expected.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::IntMap::from([(1, 10)]);
    /// *map.get_mut(1).unwrap() += 1;
    /// assert_eq!(map[1], 11);
    /// # }
    /// ```
    #[inline]
    pub fn get_mut(&mut self, key: K) -> Option<&mut V> {
        self.map.get_mut(&key)
    }

    /// Whether the key is present. O(1) expected.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let map = rosti::IntMap::from([(1, "one")]);
    /// assert!(map.contains_key(1) && !map.contains_key(2));
    /// # }
    /// ```
    #[inline]
    pub fn contains_key(&self, key: K) -> bool {
        self.map.contains_key(&key)
    }

    /// The values of several keys at once, to be changed. O(N²) comparisons of addresses beside N
    /// lookups.
    ///
    /// # Panics
    /// If two of the keys are equal and present.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::IntMap::from([(1, 'a'), (2, 'b')]);
    /// let [a, b, c] = map.get_disjoint_mut([1, 2, 3]);
    /// core::mem::swap(a.unwrap(), b.unwrap());
    /// assert!(c.is_none());
    /// assert_eq!(map[1], 'b');
    /// # }
    /// ```
    #[track_caller]
    pub fn get_disjoint_mut<const N: usize>(&mut self, keys: [K; N]) -> [Option<&mut V>; N] {
        self.map.get_disjoint_mut(keys.each_ref())
    }

    /// Sets the value of a key and returns the old one. O(1) expected and amortised; never moves
    /// other entries if the key is present.
    ///
    /// # Panics
    /// If the map must grow and the new capacity overflows; aborts if the allocator fails.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::IntMap::new();
    /// assert_eq!(map.insert(1, "one"), None);
    /// assert_eq!(map.insert(1, "uno"), Some("one"));
    /// # }
    /// ```
    #[inline]
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.map.insert(key, value)
    }

    /// Inserts an entry only if the key is absent. O(1) expected and amortised.
    ///
    /// # Errors
    /// [`OccupiedError`] with the entry that is there and the value that was not inserted.
    ///
    /// # Panics
    /// As [`insert`](Self::insert).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::IntMap::new();
    /// assert_eq!(map.try_insert(1, "one").unwrap(), &"one");
    /// assert_eq!(map.try_insert(1, "uno").unwrap_err().value, "uno");
    /// # }
    /// ```
    #[inline]
    pub fn try_insert(&mut self, key: K, value: V) -> Result<&mut V, OccupiedError<'_, K, V, A>> {
        self.map.try_insert(key, value)
    }

    /// Removes a key and returns its value. O(1) expected.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::IntMap::from([(1, "one")]);
    /// assert_eq!(map.remove(1), Some("one"));
    /// assert_eq!(map.remove(1), None);
    /// # }
    /// ```
    #[inline]
    pub fn remove(&mut self, key: K) -> Option<V> {
        self.map.remove(&key)
    }

    /// Removes a key and returns it, as it was stored, with its value. O(1) expected.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut map = rosti::IntMap::from([(1, "one")]);
    /// assert_eq!(map.remove_entry(1), Some((1, "one")));
    /// # }
    /// ```
    #[inline]
    pub fn remove_entry(&mut self, key: K) -> Option<(K, V)> {
        self.map.remove_entry(&key)
    }
}
