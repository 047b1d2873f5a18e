//! `ExtendibleSet`: an [`ExtendibleMap`] without values.

use core::fmt::{self, Debug};
use core::hash::{BuildHasher, Hash};
use core::iter::FusedIterator;
use core::mem;

use super::iter::{IntoKeys, Keys};
use super::map::{ExtendibleMap, has_key};
use super::walk;
use crate::allocator::{Allocator, Global};
use crate::equivalent::Equivalent;
use crate::error::TryReserveError;
use crate::hash_map::{construct, debug_list, extract_if, forward_iterator, room};
use crate::hash_set::set_traits;
use crate::hasher::DefaultHashBuilder;
use crate::raw::Statistics;

/// A hash set with [`HashSet`](crate::HashSet)'s interface whose slowest insertion does not depend on its
/// size: see [`ExtendibleMap`] for what that costs, and when it holds.
///
/// ```
/// use rosti::ExtendibleSet;
///
/// let mut seen = ExtendibleSet::new();
/// assert!(seen.insert("salt"));
/// assert!(!seen.insert("salt"));
/// assert!(seen.contains("salt") && seen.remove("salt"));
/// ```
pub struct ExtendibleSet<T, S = DefaultHashBuilder, A: Allocator + Clone = Global> {
    pub(crate) map: ExtendibleMap<T, (), S, A>,
}

construct! {
    ExtendibleSet<T>, [Clone], "set" of "elements", "ExtendibleSet::<u64>", "set.insert(1);", "[1, 2]", "O(tables)",
    |hash_builder, alloc| ExtendibleSet { map: ExtendibleMap::with_hasher_in(hash_builder, alloc) },
    |capacity| ExtendibleSet {
        map: ExtendibleMap::with_capacity_and_hasher_in(capacity, hash_builder, alloc),
    },
    |self| self.map.hasher(), map
}

room! {
    ExtendibleSet<T>, [Clone], "set" of "elements", "ExtendibleSet::<u64>", [self.map],
    reserve: "O(slots) if there is anything to do; see [`ExtendibleMap::reserve`].",
    try_reserve: ". The elements are then unchanged, but tables that have been split stay split.",
    shrink_to_fit: "Joins tables that have become half empty and g"
}

impl<T, S, A: Allocator + Clone> ExtendibleSet<T, S, A> {
    /// The most elements that an insertion hashes, besides the one inserted; see
    /// [`ExtendibleMap::BOUND`].
    ///
    /// ```
    /// assert!(rosti::ExtendibleSet::<u64>::BOUND < 4096);
    /// ```
    pub const BOUND: usize = ExtendibleMap::<T, (), S, A>::BOUND;

    /// Bytes of a table at the bound; see [`ExtendibleMap::TABLE_BYTES`].
    ///
    /// ```
    /// assert!(rosti::ExtendibleSet::<u64>::TABLE_BYTES < 80_000);
    /// ```
    pub const TABLE_BYTES: usize = ExtendibleMap::<T, (), S, A>::TABLE_BYTES;

    /// The room of all tables together: a measure of memory, but no promise; see
    /// [`ExtendibleMap::capacity`]. O(tables).
    ///
    /// ```
    /// let set: rosti::ExtendibleSet<u8> = rosti::ExtendibleSet::with_capacity(100);
    /// assert!(set.capacity() >= 100);
    /// ```
    #[inline]
    pub fn capacity(&self) -> usize {
        self.map.capacity()
    }

    /// The elements, in arbitrary order. O(slots) to visit them all.
    ///
    /// ```
    /// assert_eq!(rosti::ExtendibleSet::<_>::from([1, 2, 3]).iter().sum::<i32>(), 6);
    /// ```
    #[inline]
    pub fn iter(&self) -> Iter<'_, T, A> {
        self.map.keys()
    }

    /// Empties the set and returns its elements, but keeps its memory. Elements that are not taken
    /// are dropped with the iterator. If the iterator is leaked, the elements and the memory are
    /// leaked too, and the set is empty. O(slots) in total.
    ///
    /// ```
    /// let mut set = rosti::ExtendibleSet::<_>::from(['a', 'b']);
    /// let capacity = set.capacity();
    /// assert_eq!(set.drain().count(), 2);
    /// assert_eq!((set.len(), set.capacity()), (0, capacity));
    /// ```
    #[inline]
    pub fn drain(&mut self) -> Drain<'_, T, A> {
        Drain { entries: self.map.tables.drain() }
    }

    /// Keeps the elements for which `keep` returns true and drops the others. O(slots). If `keep`
    /// panics, elements not yet visited are kept.
    ///
    /// ```
    /// let mut set: rosti::ExtendibleSet<u32> = (0..8).collect();
    /// set.retain(|n| n % 2 == 0);
    /// assert_eq!(set.len(), 4);
    /// ```
    pub fn retain<F: FnMut(&T) -> bool>(&mut self, mut keep: F) {
        self.map.tables.retain(|(element, ())| keep(element));
    }

    /// Takes out the elements for which `pick` returns true, one by one as the iterator advances.
    /// Elements not yet visited when the iterator is dropped stay in the set. O(slots) in total.
    ///
    /// ```
    /// use rosti::ExtendibleSet;
    ///
    /// let mut set: ExtendibleSet<u32> = (0..8).collect();
    /// let odd: ExtendibleSet<u32> = set.extract_if(|n| n % 2 == 1).collect();
    /// assert_eq!(odd, ExtendibleSet::from([1, 3, 5, 7]));
    /// assert_eq!(set, ExtendibleSet::from([0, 2, 4, 6]));
    /// ```
    #[inline]
    pub fn extract_if<F: FnMut(&T) -> bool>(&mut self, pick: F) -> ExtractIf<'_, T, F, A> {
        ExtractIf { entries: self.map.tables.extract_if(), pick }
    }
}

impl<T, S, A> ExtendibleSet<T, S, A>
where
    T: Eq + Hash,
    S: BuildHasher,
    A: Allocator + Clone,
{
    /// Whether the element is in the set. O(1) expected.
    ///
    /// ```
    /// let set = rosti::ExtendibleSet::<_>::from(["salt".to_owned()]);
    /// assert!(set.contains("salt") && !set.contains("pepper"));
    /// ```
    #[inline]
    pub fn contains<Q>(&self, value: &Q) -> bool
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        self.get(value).is_some()
    }

    /// The element in the set that is equal to the one given. O(1) expected.
    ///
    /// ```
    /// let set = rosti::ExtendibleSet::<_>::from(["salt".to_owned()]);
    /// assert_eq!(set.get("salt"), Some(&"salt".to_owned()));
    /// ```
    #[inline]
    pub fn get<Q>(&self, value: &Q) -> Option<&T>
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        let hash = self.map.hash_builder.hash_one(value);
        let (element, ()) = self.map.tables.find(hash, has_key(value))?;
        Some(element)
    }

    /// The element in the set that is equal to the one given, which is inserted if there is none.
    /// O(1) expected and amortised.
    ///
    /// # Panics
    /// If the set must grow and the new capacity overflows; aborts if the allocator fails.
    ///
    /// ```
    /// let mut set = rosti::ExtendibleSet::new();
    /// assert_eq!(set.get_or_insert("salt"), &"salt");
    /// assert_eq!(set.len(), 1);
    /// ```
    #[inline]
    pub fn get_or_insert(&mut self, value: T) -> &T {
        self.map.entry(value).or_insert_entry(()).into_entry().0
    }

    /// Inserts an element and returns whether it was absent. If an equal element is present, it is
    /// kept and the one given is dropped. O(1) expected and amortised.
    ///
    /// # Panics
    /// If the set must grow and the new capacity overflows; aborts if the allocator fails.
    ///
    /// ```
    /// let mut set = rosti::ExtendibleSet::new();
    /// assert!(set.insert("salt"));
    /// assert!(!set.insert("salt"));
    /// ```
    #[inline]
    pub fn insert(&mut self, value: T) -> bool {
        self.map.insert(value, ()).is_none()
    }

    /// Inserts an element and returns the equal one that it replaces, if any. O(1) expected and
    /// amortised.
    ///
    /// # Panics
    /// If the set must grow and the new capacity overflows; aborts if the allocator fails.
    ///
    /// ```
    /// let mut set = rosti::ExtendibleSet::<_>::from([String::with_capacity(100)]);
    /// let replaced = set.replace(String::new());
    /// assert!(replaced.unwrap().capacity() >= 100);
    /// assert_eq!(set.get("").unwrap().capacity(), 0);
    /// ```
    #[inline]
    pub fn replace(&mut self, value: T) -> Option<T> {
        let (present, (value, ())) = self.map.insert_pair((value, ()))?;
        Some(mem::replace(&mut present.0, value))
    }

    /// Removes an element and returns whether it was present. O(1) expected.
    ///
    /// ```
    /// let mut set = rosti::ExtendibleSet::<_>::from(["salt"]);
    /// assert!(set.remove("salt"));
    /// assert!(!set.remove("salt"));
    /// ```
    #[inline]
    pub fn remove<Q>(&mut self, value: &Q) -> bool
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        self.take(value).is_some()
    }

    /// Removes an element and returns it. O(1) expected.
    ///
    /// ```
    /// let mut set = rosti::ExtendibleSet::<_>::from(["salt".to_owned()]);
    /// assert_eq!(set.take("salt"), Some("salt".to_owned()));
    /// assert_eq!(set.take("salt"), None);
    /// ```
    #[inline]
    pub fn take<Q>(&mut self, value: &Q) -> Option<T>
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        let (element, ()) = self.map.remove_entry(value)?;
        Some(element)
    }

    /// Whether no element is in both sets. At most one lookup per element of the smaller set.
    ///
    /// ```
    /// use rosti::ExtendibleSet;
    ///
    /// assert!(ExtendibleSet::<_>::from([1, 2]).is_disjoint(&ExtendibleSet::<_>::from([3])));
    /// assert!(!ExtendibleSet::<_>::from([1, 2]).is_disjoint(&ExtendibleSet::<_>::from([2])));
    /// ```
    pub fn is_disjoint(&self, other: &Self) -> bool {
        let (small, large) = if self.len() <= other.len() { (self, other) } else { (other, self) };
        small.iter().all(|element| !large.contains(element))
    }

    /// Whether all elements are in the other set too. At most one lookup per element, none if this
    /// set is the larger one.
    ///
    /// ```
    /// use rosti::ExtendibleSet;
    ///
    /// assert!(ExtendibleSet::<_>::from([1]).is_subset(&ExtendibleSet::<_>::from([1, 2])));
    /// assert!(!ExtendibleSet::<_>::from([3]).is_subset(&ExtendibleSet::<_>::from([1, 2])));
    /// ```
    pub fn is_subset(&self, other: &Self) -> bool {
        self.len() <= other.len() && self.iter().all(|element| other.contains(element))
    }

    /// Whether all elements of the other set are in this one; see [`is_subset`](Self::is_subset).
    ///
    /// ```
    /// use rosti::ExtendibleSet;
    ///
    /// assert!(ExtendibleSet::<_>::from([1, 2]).is_superset(&ExtendibleSet::<_>::from([1])));
    /// ```
    #[inline]
    pub fn is_superset(&self, other: &Self) -> bool {
        other.is_subset(self)
    }
}

/// The elements of a set by reference; see [`ExtendibleSet::iter`].
///
/// ```
/// let set = rosti::ExtendibleSet::<_>::from(['a']);
/// assert_eq!(set.iter().next(), Some(&'a'));
/// ```
pub type Iter<'a, T, A = Global> = Keys<'a, T, (), A>;

/// The elements of a set by value; see [`ExtendibleSet::into_iter`](IntoIterator::into_iter).
///
/// ```
/// let set = rosti::ExtendibleSet::<_>::from(['a']);
/// assert_eq!(set.into_iter().next(), Some('a'));
/// ```
pub type IntoIter<T, A = Global> = IntoKeys<T, (), A>;

/// The elements taken out of a set that keeps its memory; see [`ExtendibleSet::drain`].
///
/// ```
/// let mut set = rosti::ExtendibleSet::<_>::from(['a']);
/// assert_eq!(set.drain().next(), Some('a'));
/// ```
pub struct Drain<'a, T, A: Allocator = Global> {
    pub(super) entries: walk::Drain<'a, (T, ()), A>,
}

/// The elements that a predicate picks, taken out one by one; see [`ExtendibleSet::extract_if`].
///
/// ```
/// let mut set = rosti::ExtendibleSet::<_>::from(['a', 'b']);
/// assert_eq!(set.extract_if(|&c| c == 'b').next(), Some('b'));
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct ExtractIf<'a, T, F, A: Allocator = Global> {
    pub(super) entries: walk::ExtractIf<'a, (T, ()), A>,
    pub(super) pick: F,
}

forward_iterator! {
    [T, A: Allocator] Drain<'_, T, A>, T, |(element, ())| element;
}

extract_if! {
    [T, A: Allocator] FnMut(&T) -> bool, ExtractIf<'_, T, F, A>, T, this
        => this.entries.next(|(element, ())| (this.pick)(element)).map(|(element, ())| element)
}

debug_list! {
    [T: Debug, A: Allocator] Drain<'_, T, A>, self => self.entries.rest().map(|(element, ())| element);
}

impl<T, S, A: Allocator + Clone> IntoIterator for ExtendibleSet<T, S, A> {
    type Item = T;
    type IntoIter = IntoIter<T, A>;

    /// The elements by value, in arbitrary order. O(slots) to visit them all.
    #[inline]
    fn into_iter(self) -> IntoIter<T, A> {
        self.map.into_keys()
    }
}

set_traits! { ExtendibleSet, ExtendibleMap, [Clone], Iter<'a, T, A> }
