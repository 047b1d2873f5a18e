//! `IntSet`: a [`HashSet`] of integers, with elements by value.

use super::hash::IntHashBuilder;
use super::key::IntKey;
use crate::allocator::{Allocator, Global};
use crate::error::TryReserveError;
use crate::hash_set::{self, HashSet};

pub use crate::hash_set::{Drain, ExtractIf, IntoIter, Iter};

/// The parallel iterators of sets, for who has to name one.
#[cfg(feature = "rayon")]
pub mod rayon {
    pub use crate::external::rayon::set::{IntoParIter, ParDrain, ParIter};
}

/// The place of an element in a set, occupied or vacant; see [`IntSet::entry`].
///
/// ```
/// use rosti::int_set::{Entry, IntSet};
///
/// let mut set = IntSet::with_seed(1);
/// if let Entry::Vacant(entry) = set.entry(7) {
///     entry.insert();
/// }
/// assert!(matches!(set.entry(7), Entry::Occupied(_)));
/// ```
pub type Entry<'a, T, A = Global> = hash_set::Entry<'a, T, IntHashBuilder, A>;

/// An element that is in the set; see [`IntSet::entry`].
///
/// ```
/// use rosti::int_set::{Entry, IntSet, OccupiedEntry};
///
/// fn take(entry: OccupiedEntry<u32>) -> u32 {
///     entry.remove()
/// }
///
/// let mut set = IntSet::with_seed(1);
/// set.insert(7);
/// let Entry::Occupied(entry) = set.entry(7) else { unreachable!() };
/// assert_eq!(take(entry), 7);
/// ```
pub type OccupiedEntry<'a, T, A = Global> = hash_set::OccupiedEntry<'a, T, IntHashBuilder, A>;

/// A slot for an element that is not in the set yet; see [`IntSet::entry`].
///
/// ```
/// use rosti::int_set::{Entry, IntSet, VacantEntry};
///
/// fn fill(entry: VacantEntry<u32>) {
///     entry.insert();
/// }
///
/// let mut set = IntSet::with_seed(1);
/// if let Entry::Vacant(entry) = set.entry(7) {
///     fill(entry);
/// }
/// assert!(set.contains(7));
/// ```
pub type VacantEntry<'a, T, A = Global> = hash_set::VacantEntry<'a, T, IntHashBuilder, A>;

/// The elements that are in both of two sets; see [`IntSet::intersection`].
///
/// ```
/// use rosti::int_set::{IntSet, Intersection};
///
/// fn sorted(elements: Intersection<u32>) -> Vec<u32> {
///     let mut elements: Vec<u32> = elements.copied().collect();
///     elements.sort_unstable();
///     elements
/// }
///
/// let (mut a, mut b) = (IntSet::with_seed(1), IntSet::with_seed(2));
/// a.extend([1, 2]);
/// b.extend([2, 3]);
/// assert_eq!(sorted(a.intersection(&b)), [2]);
/// ```
pub type Intersection<'a, T, A = Global> = hash_set::Intersection<'a, T, IntHashBuilder, A>;

/// The elements that are in one set but not in another; see [`IntSet::difference`].
///
/// ```
/// use rosti::int_set::{Difference, IntSet};
///
/// fn sorted(elements: Difference<u32>) -> Vec<u32> {
///     let mut elements: Vec<u32> = elements.copied().collect();
///     elements.sort_unstable();
///     elements
/// }
///
/// let (mut a, mut b) = (IntSet::with_seed(1), IntSet::with_seed(2));
/// a.extend([1, 2]);
/// b.extend([2, 3]);
/// assert_eq!(sorted(a.difference(&b)), [1]);
/// ```
pub type Difference<'a, T, A = Global> = hash_set::Difference<'a, T, IntHashBuilder, A>;

/// The elements that are in exactly one of two sets; see [`IntSet::symmetric_difference`].
///
/// ```
/// use rosti::int_set::{SymmetricDifference, IntSet};
///
/// fn sorted(elements: SymmetricDifference<u32>) -> Vec<u32> {
///     let mut elements: Vec<u32> = elements.copied().collect();
///     elements.sort_unstable();
///     elements
/// }
///
/// let (mut a, mut b) = (IntSet::with_seed(1), IntSet::with_seed(2));
/// a.extend([1, 2]);
/// b.extend([2, 3]);
/// assert_eq!(sorted(a.symmetric_difference(&b)), [1, 3]);
/// ```
pub type SymmetricDifference<'a, T, A = Global> =
    hash_set::SymmetricDifference<'a, T, IntHashBuilder, A>;

/// The elements that are in at least one of two sets; see [`IntSet::union`].
///
/// ```
/// use rosti::int_set::{Union, IntSet};
///
/// fn sorted(elements: Union<u32>) -> Vec<u32> {
///     let mut elements: Vec<u32> = elements.copied().collect();
///     elements.sort_unstable();
///     elements
/// }
///
/// let (mut a, mut b) = (IntSet::with_seed(1), IntSet::with_seed(2));
/// a.extend([1, 2]);
/// b.extend([2, 3]);
/// assert_eq!(sorted(a.union(&b)), [1, 2, 3]);
/// ```
pub type Union<'a, T, A = Global> = hash_set::Union<'a, T, IntHashBuilder, A>;

/// A set of integers, or of what is as good as integers: an [`IntKey`].
///
/// It is to [`HashSet`] what [`IntMap`](crate::IntMap) is to `HashMap`: elements are taken by value
/// and hashed with one multiplication, and iterators, entries and promises are those of `HashSet`.
///
/// ```
/// # #[cfg(feature = "default-hasher")] {
/// use rosti::IntSet;
///
/// let mut primes = IntSet::from([2, 3, 5]);
/// assert!(primes.insert(7));
/// assert!(!primes.insert(2));
/// assert!(primes.contains(5));
/// assert_eq!(&primes & &IntSet::from([4, 5, 6, 7]), IntSet::from([5, 7]));
/// # }
/// ```
pub struct IntSet<T, A: Allocator = Global> {
    pub(crate) set: HashSet<T, IntHashBuilder, A>,
}

#[cfg(feature = "default-hasher")]
impl<T> IntSet<T> {
    /// An empty set with a seed of its own. Allocates nothing until the first insertion.
    ///
    /// ```
    /// let set: rosti::IntSet<u64> = rosti::IntSet::new();
    /// assert_eq!((set.len(), set.capacity()), (0, 0));
    /// ```
    #[inline]
    #[must_use]
    pub fn new() -> Self {
        Self::new_in(Global)
    }

    /// An empty set that can hold `capacity` elements without growing.
    ///
    /// # Panics
    /// If the capacity needs more than `isize::MAX` bytes; aborts if the allocator fails.
    ///
    /// ```
    /// let set: rosti::IntSet<u64> = rosti::IntSet::with_capacity(10);
    /// assert!(set.capacity() >= 10);
    /// ```
    #[inline]
    #[track_caller]
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self::with_capacity_in(capacity, Global)
    }
}

#[cfg(feature = "default-hasher")]
impl<T, A: Allocator> IntSet<T, A> {
    /// An empty set with a seed of its own, whose memory will come from `alloc`.
    ///
    /// ```
    /// # #[cfg(feature = "allocator-api2")] {
    /// # use allocator_api2::alloc::Global;
    /// let mut set = rosti::IntSet::new_in(Global);
    /// set.insert(1);
    /// # }
    /// ```
    #[inline]
    #[must_use]
    pub fn new_in(alloc: A) -> Self {
        Self { set: HashSet::with_hasher_in(IntHashBuilder::default(), alloc) }
    }

    /// An empty set with a seed of its own and room for `capacity` elements in memory from
    /// `alloc`.
    ///
    /// # Panics
    /// If the capacity needs more than `isize::MAX` bytes; aborts if the allocator fails.
    ///
    /// ```
    /// # #[cfg(feature = "allocator-api2")] {
    /// # use allocator_api2::alloc::Global;
    /// let set: rosti::IntSet<u8, _> = rosti::IntSet::with_capacity_in(100, Global);
    /// assert!(set.capacity() >= 100);
    /// # }
    /// ```
    #[inline]
    #[track_caller]
    #[must_use]
    pub fn with_capacity_in(capacity: usize, alloc: A) -> Self {
        let hash_builder = IntHashBuilder::default();
        Self { set: HashSet::with_capacity_and_hasher_in(capacity, hash_builder, alloc) }
    }
}

impl<T> IntSet<T> {
    /// An empty set with this seed: it hashes, and thus iterates, the same in each run. Usable in
    /// constants.
    ///
    /// ```
    /// use rosti::IntSet;
    ///
    /// let fill = |mut set: IntSet<u32>| {
    ///     set.extend(0..100);
    ///     set.into_iter().collect::<Vec<_>>()
    /// };
    /// assert_eq!(fill(IntSet::with_seed(1)), fill(IntSet::with_seed(1)));
    /// ```
    #[inline]
    #[must_use]
    pub const fn with_seed(seed: u64) -> Self {
        Self::with_seed_in(seed, Global)
    }

    /// An empty set with this seed and room for `capacity` elements.
    ///
    /// # Panics
    /// If the capacity needs more than `isize::MAX` bytes; aborts if the allocator fails.
    ///
    /// ```
    /// let set: rosti::IntSet<u64> = rosti::IntSet::with_capacity_and_seed(10, 1);
    /// assert!(set.capacity() >= 10);
    /// ```
    #[inline]
    #[track_caller]
    #[must_use]
    pub fn with_capacity_and_seed(capacity: usize, seed: u64) -> Self {
        Self::with_capacity_and_seed_in(capacity, seed, Global)
    }
}

impl<T, A: Allocator> IntSet<T, A> {
    /// An empty set with this seed, whose memory will come from `alloc`; usable in constants.
    ///
    /// ```
    /// # #[cfg(feature = "allocator-api2")] {
    /// # use allocator_api2::alloc::Global;
    /// let mut set = rosti::IntSet::with_seed_in(1, Global);
    /// set.insert(1);
    /// # }
    /// ```
    #[inline]
    #[must_use]
    pub const fn with_seed_in(seed: u64, alloc: A) -> Self {
        Self { set: HashSet::with_hasher_in(IntHashBuilder::with_seed(seed), alloc) }
    }

    /// An empty set with this seed and room for `capacity` elements in memory from `alloc`.
    ///
    /// # Panics
    /// If the capacity needs more than `isize::MAX` bytes; aborts if the allocator fails.
    ///
    /// ```
    /// # #[cfg(feature = "allocator-api2")] {
    /// # use allocator_api2::alloc::Global;
    /// let set: rosti::IntSet<u8, _> = rosti::IntSet::with_capacity_and_seed_in(100, 1, Global);
    /// assert!(set.capacity() >= 100);
    /// # }
    /// ```
    #[inline]
    #[track_caller]
    #[must_use]
    pub fn with_capacity_and_seed_in(capacity: usize, seed: u64, alloc: A) -> Self {
        let hash_builder = IntHashBuilder::with_seed(seed);
        Self { set: HashSet::with_capacity_and_hasher_in(capacity, hash_builder, alloc) }
    }

    /// The allocator.
    ///
    /// ```
    /// let set: rosti::IntSet<u8> = rosti::IntSet::with_seed(1);
    /// let _global = set.allocator();
    /// ```
    #[inline]
    pub fn allocator(&self) -> &A {
        self.set.allocator()
    }

    /// How many elements the set can hold without growing, whatever is removed and inserted
    /// meanwhile. O(1).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let set: rosti::IntSet<u8> = rosti::IntSet::with_capacity(100);
    /// assert!(set.capacity() >= 100);
    /// # }
    /// ```
    #[inline]
    pub fn capacity(&self) -> usize {
        self.set.capacity()
    }

    /// Number of elements. O(1).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// assert_eq!(rosti::IntSet::from([1, 2, 1]).len(), 2);
    /// # }
    /// ```
    #[inline]
    pub fn len(&self) -> usize {
        self.set.len()
    }

    /// Whether there are no elements. O(1).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// assert!(!rosti::IntSet::from([1]).is_empty());
    /// # }
    /// ```
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    /// Bytes that the set has allocated. O(1).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut set = rosti::IntSet::new();
    /// assert_eq!(set.allocation_size(), 0);
    /// set.insert(1u64);
    /// assert!(set.allocation_size() > 8);
    /// # }
    /// ```
    #[inline]
    pub fn allocation_size(&self) -> usize {
        self.set.allocation_size()
    }

    /// The elements, in arbitrary order. O(slots) for all.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// assert_eq!(rosti::IntSet::from([1, 2]).iter().sum::<i32>(), 3);
    /// # }
    /// ```
    #[inline]
    pub fn iter(&self) -> Iter<'_, T> {
        self.set.iter()
    }

    /// Empties the set and returns its elements; the memory is kept. See [`HashSet::drain`].
    /// O(slots) in total.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut set = rosti::IntSet::from([1, 2]);
    /// let capacity = set.capacity();
    /// assert_eq!(set.drain().count(), 2);
    /// assert_eq!((set.len(), set.capacity()), (0, capacity));
    /// # }
    /// ```
    #[inline]
    pub fn drain(&mut self) -> Drain<'_, T, A> {
        self.set.drain()
    }

    /// Keeps the elements for which `keep` returns true. O(slots).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut set: rosti::IntSet<u32> = (0..8).collect();
    /// set.retain(|n| n % 2 == 0);
    /// assert_eq!(set, rosti::IntSet::from([0, 2, 4, 6]));
    /// # }
    /// ```
    #[inline]
    pub fn retain<F: FnMut(&T) -> bool>(&mut self, keep: F) {
        self.set.retain(keep);
    }

    /// Takes out the elements for which `pick` returns true, as they are asked for. Elements not
    /// yet visited when the iterator is dropped stay in the set. O(slots) in total.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut set: rosti::IntSet<u32> = (0..8).collect();
    /// let odd: rosti::IntSet<u32> = set.extract_if(|n| n % 2 == 1).collect();
    /// assert_eq!((set.len(), odd.len()), (4, 4));
    /// # }
    /// ```
    #[inline]
    pub fn extract_if<F: FnMut(&T) -> bool>(&mut self, pick: F) -> ExtractIf<'_, T, F, A> {
        self.set.extract_if(pick)
    }

    /// Removes an element, whichever comes first, and returns it. O(1) amortised for a set that is
    /// emptied: see [`HashSet::pop`].
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut set = rosti::IntSet::from([1]);
    /// assert_eq!(set.pop(), Some(1));
    /// assert_eq!(set.pop(), None);
    /// # }
    /// ```
    #[inline]
    pub fn pop(&mut self) -> Option<T> {
        self.set.pop()
    }

    /// Removes all elements and keeps the memory. O(slots).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut set = rosti::IntSet::from([1]);
    /// set.clear();
    /// assert!(set.is_empty() && set.capacity() > 0);
    /// # }
    /// ```
    #[inline]
    pub fn clear(&mut self) {
        self.set.clear();
    }
}

impl<T: IntKey, A: Allocator> IntSet<T, A> {
    /// Makes room for `additional` more elements. O(slots) if the set must grow.
    ///
    /// # Panics
    /// If the capacity needs more than `isize::MAX` bytes; aborts if the allocator fails.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut set = rosti::IntSet::from([1]);
    /// set.reserve(100);
    /// assert!(set.capacity() >= 101);
    /// # }
    /// ```
    #[inline]
    #[track_caller]
    pub fn reserve(&mut self, additional: usize) {
        self.set.reserve(additional);
    }

    /// Makes room for `additional` more elements, or says why it cannot and changes nothing.
    ///
    /// # Errors
    /// [`TryReserveError`]: the capacity overflows, or the allocator fails.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut set = rosti::IntSet::from([1]);
    /// assert!(set.try_reserve(100).is_ok());
    /// assert!(set.try_reserve(usize::MAX).is_err());
    /// # }
    /// ```
    #[inline]
    pub fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
        self.set.try_reserve(additional)
    }

    /// Gives back as much memory as possible. O(slots).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut set = rosti::IntSet::with_capacity(100);
    /// set.insert(1);
    /// set.shrink_to_fit();
    /// assert!(set.capacity() < 100);
    /// # }
    /// ```
    #[inline]
    pub fn shrink_to_fit(&mut self) {
        self.set.shrink_to_fit();
    }

    /// Gives back memory, but keeps room for `min_capacity` elements. Does nothing if the capacity
    /// is smaller. O(slots).
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut set: rosti::IntSet<u64> = rosti::IntSet::with_capacity(100);
    /// set.shrink_to(10);
    /// assert!((10..100).contains(&set.capacity()));
    /// # }
    /// ```
    #[inline]
    pub fn shrink_to(&mut self, min_capacity: usize) {
        self.set.shrink_to(min_capacity);
    }

    /// Whether the element is in the set. O(1) expected.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let set = rosti::IntSet::from([1]);
    /// assert!(set.contains(1) && !set.contains(2));
    /// # }
    /// ```
    #[inline]
    pub fn contains(&self, value: T) -> bool {
        self.set.contains(&value)
    }

    /// The entry of an element, to insert or remove it with one search. O(1) expected. The set
    /// grows, if it must, only when a vacant entry is filled.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use rosti::int_set::{Entry, IntSet};
    ///
    /// let mut seen = IntSet::new();
    /// let mut repeated = Vec::new();
    /// for n in [1, 2, 1] {
    ///     match seen.entry(n) {
    ///         Entry::Occupied(entry) => repeated.push(*entry.get()),
    ///         Entry::Vacant(entry) => drop(entry.insert()),
    ///     }
    /// }
    /// assert_eq!(repeated, [1]);
    /// # }
    /// ```
    #[inline]
    pub fn entry(&mut self, value: T) -> Entry<'_, T, A> {
        self.set.entry(value)
    }

    /// Inserts an element; returns whether it was absent. O(1) expected and amortised.
    ///
    /// # Panics
    /// If the set must grow and the new capacity overflows; aborts if the allocator fails.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut set = rosti::IntSet::new();
    /// assert!(set.insert(1));
    /// assert!(!set.insert(1));
    /// # }
    /// ```
    #[inline]
    pub fn insert(&mut self, value: T) -> bool {
        self.set.insert(value)
    }

    /// Removes an element; returns whether it was in the set. O(1) expected.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let mut set = rosti::IntSet::from([1]);
    /// assert!(set.remove(1));
    /// assert!(!set.remove(1));
    /// # }
    /// ```
    #[inline]
    pub fn remove(&mut self, value: T) -> bool {
        self.set.remove(&value)
    }

    /// The elements that are in this set but not in the other, in arbitrary order. One lookup in
    /// the other set per element.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let (a, b) = (rosti::IntSet::from([1, 2, 3]), rosti::IntSet::from([2, 3, 4]));
    /// assert_eq!(a.difference(&b).copied().collect::<rosti::IntSet<_>>(), rosti::IntSet::from([1]));
    /// # }
    /// ```
    #[inline]
    pub fn difference<'a>(&'a self, other: &'a Self) -> Difference<'a, T, A> {
        self.set.difference(&other.set)
    }

    /// The elements that are in exactly one of the sets, in arbitrary order. One lookup per
    /// element.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let (a, b) = (rosti::IntSet::from([1, 2, 3]), rosti::IntSet::from([2, 3, 4]));
    /// assert_eq!(a.symmetric_difference(&b).copied().collect::<rosti::IntSet<_>>(), rosti::IntSet::from([1, 4]));
    /// # }
    /// ```
    #[inline]
    pub fn symmetric_difference<'a>(&'a self, other: &'a Self) -> SymmetricDifference<'a, T, A> {
        self.set.symmetric_difference(&other.set)
    }

    /// The elements that are in both sets, in arbitrary order. One lookup per element of the
    /// smaller set.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let (a, b) = (rosti::IntSet::from([1, 2, 3]), rosti::IntSet::from([2, 3, 4]));
    /// assert_eq!(a.intersection(&b).copied().collect::<rosti::IntSet<_>>(), rosti::IntSet::from([2, 3]));
    /// # }
    /// ```
    #[inline]
    pub fn intersection<'a>(&'a self, other: &'a Self) -> Intersection<'a, T, A> {
        self.set.intersection(&other.set)
    }

    /// The elements that are in at least one of the sets, each once, in arbitrary order. One lookup
    /// per element of the smaller set.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// let (a, b) = (rosti::IntSet::from([1, 2, 3]), rosti::IntSet::from([2, 3, 4]));
    /// assert_eq!(a.union(&b).copied().collect::<rosti::IntSet<_>>(), rosti::IntSet::from([1, 2, 3, 4]));
    /// # }
    /// ```
    #[inline]
    pub fn union<'a>(&'a self, other: &'a Self) -> Union<'a, T, A> {
        self.set.union(&other.set)
    }

    /// Whether no element is in both sets. At most one lookup per element of the smaller set.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use rosti::IntSet;
    ///
    /// assert!(IntSet::from([1, 2]).is_disjoint(&IntSet::from([3])));
    /// assert!(!IntSet::from([1, 2]).is_disjoint(&IntSet::from([2])));
    /// # }
    /// ```
    #[inline]
    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.set.is_disjoint(&other.set)
    }

    /// Whether all elements are in the other set too. At most one lookup per element.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use rosti::IntSet;
    ///
    /// assert!(IntSet::from([1]).is_subset(&IntSet::from([1, 2])));
    /// assert!(!IntSet::from([3]).is_subset(&IntSet::from([1, 2])));
    /// # }
    /// ```
    #[inline]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.set.is_subset(&other.set)
    }

    /// Whether all elements of the other set are in this one. At most one lookup per element of the
    /// other set.
    ///
    /// ```
    /// # #[cfg(feature = "default-hasher")] {
    /// use rosti::IntSet;
    ///
    /// assert!(IntSet::from([1, 2]).is_superset(&IntSet::from([1])));
    /// # }
    /// ```
    #[inline]
    pub fn is_superset(&self, other: &Self) -> bool {
        self.set.is_superset(&other.set)
    }
}
