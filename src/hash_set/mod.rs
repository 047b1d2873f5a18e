//! `HashSet`: a [`HashMap`] without values.
//!
//! Everything is the map's, or its table's, with `()` for the value, which takes no room. `ops.rs`
//! has what concerns two sets, `entry.rs` the entries, `iter.rs` the iterators, `traits.rs` the
//! implementations of std's traits.

use core::hash::{BuildHasher, Hash};
use core::mem;

use crate::allocator::{Allocator, Global};
use crate::equivalent::Equivalent;
use crate::error::TryReserveError;
use crate::hash_map::{EntryRef, HashMap, construct, hash_of, room};
use crate::hash_table;
use crate::hasher::DefaultHashBuilder;
use crate::raw::Statistics;

mod batch;
mod entry;
mod fallible;
mod iter;
mod ops;
mod scan;
mod traits;

pub use batch::{ContainsBatch, GetBatch};
pub use entry::{Entry, OccupiedEntry, VacantEntry};
pub use iter::{Drain, ExtractIf, IntoIter, Iter};
pub use ops::{Difference, Intersection, SymmetricDifference, Union};
#[cfg(feature = "extendible")]
pub(crate) use traits::set_traits;

/// The parallel iterators of sets, for code that needs to name the type.
#[cfg(feature = "rayon")]
pub mod rayon {
    pub use crate::external::rayon::set::*;
}

/// A hash set with hashbrown's interface on a table without tombstones.
///
/// Elements implement [`Eq`] and [`Hash`], and equal elements have equal hashes. An element must
/// not change in a way that affects either while it is in the set (through a `Cell`, say). If these
/// rules are broken the set may give wrong answers for the elements concerned, or panic, but there
/// is never undefined behaviour.
///
/// The order of iteration is arbitrary. Lookups, insertions and removals are O(1) expected;
/// an insertion that grows the set is O(len).
///
/// ```
/// use rosti::HashSet;
///
/// let mut larder = HashSet::<_>::from(["potatoes", "butter"]);
/// assert!(larder.insert("salt"));
/// assert!(!larder.insert("butter"));
///
/// let recipe = HashSet::<_>::from(["potatoes", "butter", "salt"]);
/// assert!(recipe.is_subset(&larder));
/// assert_eq!(&larder - &recipe, HashSet::new());
/// ```
pub struct HashSet<T, S = DefaultHashBuilder, A: Allocator = Global> {
    pub(crate) map: HashMap<T, (), S, A>,
}

construct! {
    HashSet<T>, [], "set" of "elements", "HashSet::<u64>", "set.insert(1);", "[1, 2]", "O(1)",
    |hash_builder, alloc| HashSet { map: HashMap::with_hasher_in(hash_builder, alloc) },
    |capacity| HashSet { map: HashMap::with_capacity_and_hasher_in(capacity, hash_builder, alloc) },
    |self| self.map.hasher(), map
}

room! {
    HashSet<T>, [], "set" of "elements", "HashSet::<u64>", [self.map],
    reserve: "O(slots) if the set must grow.",
    try_reserve: " and changes nothing.",
    shrink_to_fit: "G"
}

impl<T, S, A: Allocator> HashSet<T, S, A> {
    /// How many elements the set can hold without growing, whatever is removed and inserted in the
    /// meantime. O(1).
    ///
    /// ```
    /// let set: rosti::HashSet<u8> = rosti::HashSet::with_capacity(100);
    /// assert!(set.capacity() >= 100);
    /// ```
    #[inline]
    pub fn capacity(&self) -> usize {
        self.map.capacity()
    }

    /// The elements, in arbitrary order. O(slots) to visit them all.
    ///
    /// ```
    /// assert_eq!(rosti::HashSet::<_>::from([1, 2, 3]).iter().sum::<i32>(), 6);
    /// ```
    #[inline]
    pub fn iter(&self) -> Iter<'_, T> {
        Iter { entries: self.map.table.iter() }
    }

    /// Empties the set and returns its elements, but keeps its memory. Elements that are not taken
    /// are dropped with the iterator. If the iterator is leaked, the elements and the memory are
    /// leaked too, and the set is empty. O(slots) in total.
    ///
    /// ```
    /// let mut set = rosti::HashSet::<_>::from(['a', 'b']);
    /// let capacity = set.capacity();
    /// assert_eq!(set.drain().count(), 2);
    /// assert_eq!((set.len(), set.capacity()), (0, capacity));
    /// ```
    #[inline]
    pub fn drain(&mut self) -> Drain<'_, T, A> {
        Drain { entries: self.map.table.drain() }
    }

    /// Keeps the elements for which `keep` returns true and drops the others. O(slots). If `keep`
    /// panics, elements not yet visited are kept.
    ///
    /// ```
    /// let mut set: rosti::HashSet<u32> = (0..8).collect();
    /// set.retain(|n| n % 2 == 0);
    /// assert_eq!(set.len(), 4);
    /// ```
    pub fn retain<F: FnMut(&T) -> bool>(&mut self, mut keep: F) {
        self.map.table.retain(|(element, ())| keep(element));
    }

    /// Takes out the elements for which `pick` returns true, one by one as the iterator advances.
    /// Elements not yet visited when the iterator is dropped stay in the set. O(slots) in total.
    ///
    /// ```
    /// use rosti::HashSet;
    ///
    /// let mut set: HashSet<u32> = (0..8).collect();
    /// let odd: HashSet<u32> = set.extract_if(|n| n % 2 == 1).collect();
    /// assert_eq!(odd, HashSet::from([1, 3, 5, 7]));
    /// assert_eq!(set, HashSet::from([0, 2, 4, 6]));
    /// ```
    #[inline]
    pub fn extract_if<F: FnMut(&T) -> bool>(&mut self, pick: F) -> ExtractIf<'_, T, F, A> {
        ExtractIf { entries: self.map.table.raw.extract_if(), pick }
    }

    /// Removes an arbitrary element and returns it. Beyond hashbrown's interface.
    ///
    /// O(1) amortised for a set that is loaded as usual, or that is emptied: removing everything
    /// is O(slots) in total. After insertions into a nearly empty set it is O(slots / len).
    ///
    /// ```
    /// let mut set = rosti::HashSet::<_>::from(['a']);
    /// assert_eq!(set.pop(), Some('a'));
    /// assert_eq!(set.pop(), None);
    /// ```
    #[inline]
    pub fn pop(&mut self) -> Option<T> {
        let (element, ()) = self.map.pop()?;
        Some(element)
    }
}

impl<T, S, A> HashSet<T, S, A>
where
    T: Eq + Hash,
    S: BuildHasher,
    A: Allocator,
{
    /// Gives back memory, but keeps room for `min_capacity` elements. Does nothing if the capacity
    /// is already smaller. O(slots).
    ///
    /// ```
    /// let mut set: rosti::HashSet<char> = rosti::HashSet::with_capacity(100);
    /// set.shrink_to(10);
    /// assert!((10..100).contains(&set.capacity()));
    /// ```
    #[inline]
    pub fn shrink_to(&mut self, min_capacity: usize) {
        self.map.shrink_to(min_capacity);
    }

    /// Whether the element is in the set. O(1) expected.
    ///
    /// ```
    /// let set = rosti::HashSet::<_>::from(["salt".to_owned()]);
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
    /// let set = rosti::HashSet::<_>::from(["salt".to_owned()]);
    /// assert_eq!(set.get("salt"), Some(&"salt".to_owned()));
    /// ```
    #[inline]
    pub fn get<Q>(&self, value: &Q) -> Option<&T>
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        let (element, ()) = self.map.get_key_value(value)?;
        Some(element)
    }

    /// The element in the set that is equal to the one given, which is inserted if there is none.
    /// O(1) expected and amortised.
    ///
    /// # Panics
    /// If the set must grow and the new capacity overflows; aborts if the allocator fails.
    ///
    /// ```
    /// let mut set = rosti::HashSet::new();
    /// assert_eq!(set.get_or_insert("salt"), &"salt");
    /// assert_eq!(set.len(), 1);
    /// ```
    #[inline]
    pub fn get_or_insert(&mut self, value: T) -> &T {
        let entry = self.entry_of(&value).or_insert_with(|| (value, ()));
        &entry.into_mut().0
    }

    /// The element in the set that is equal to the value given, or else one made from it by a
    /// function. O(1) expected and amortised.
    ///
    /// # Panics
    /// If the function makes an element that is not equivalent to the value, which is then not
    /// inserted; if the set must grow and the new capacity overflows. Aborts if the allocator fails.
    ///
    /// ```
    /// let mut set: rosti::HashSet<String> = rosti::HashSet::new();
    /// for word in ["salt", "butter", "salt"] {
    ///     assert_eq!(set.get_or_insert_with(word, str::to_owned), word);
    /// }
    /// assert_eq!(set.len(), 2);
    /// ```
    #[inline]
    #[track_caller]
    pub fn get_or_insert_with<Q, F>(&mut self, value: &Q, f: F) -> &T
    where
        Q: Hash + Equivalent<T> + ?Sized,
        F: FnOnce(&Q) -> T,
    {
        let entry = match self.map.entry_ref(value) {
            EntryRef::Occupied(entry) => entry,
            EntryRef::Vacant(entry) => entry.insert_entry_with_key(f(value), ()),
        };
        let (element, ()) = entry.into_entry();
        element
    }

    /// The entry of an element, which can be inspected, filled or removed with a single search.
    /// O(1) expected.
    ///
    /// # Panics
    /// If the set must grow and the new capacity overflows; aborts if the allocator fails.
    ///
    /// ```
    /// use rosti::hash_set::Entry;
    ///
    /// let mut set = rosti::HashSet::<_>::from(['a']);
    /// assert!(matches!(set.entry('a'), Entry::Occupied(_)));
    /// assert!(matches!(set.entry('b'), Entry::Vacant(_)));
    /// ```
    #[inline]
    pub fn entry(&mut self, value: T) -> Entry<'_, T, S, A> {
        match self.map.entry(value) {
            crate::hash_map::Entry::Occupied(inner) => Entry::Occupied(OccupiedEntry { inner }),
            crate::hash_map::Entry::Vacant(inner) => Entry::Vacant(VacantEntry { inner }),
        }
    }

    /// Inserts an element and returns whether it was absent. If an equal element is present, it is
    /// kept and the one given is dropped. O(1) expected and amortised.
    ///
    /// # Panics
    /// If the set must grow and the new capacity overflows; aborts if the allocator fails.
    ///
    /// ```
    /// let mut set = rosti::HashSet::new();
    /// assert!(set.insert("salt"));
    /// assert!(!set.insert("salt"));
    /// ```
    #[inline]
    pub fn insert(&mut self, value: T) -> bool {
        self.map.insert(value, ()).is_none()
    }

    /// Inserts an element without checking whether it is present. O(1) amortised.
    ///
    /// # Safety
    /// The element must be absent. Otherwise later operations may find either of the two. That is
    /// not undefined behaviour here, but code built on the set may rely on unique elements for its
    /// own safety.
    ///
    /// # Panics
    /// If the set must grow and the new capacity overflows; aborts if the allocator fails.
    ///
    /// ```
    /// let mut set = rosti::HashSet::new();
    /// // SAFETY: the set is empty.
    /// let element = unsafe { set.insert_unique_unchecked("salt") };
    /// assert_eq!(element, &"salt");
    /// ```
    #[inline]
    pub unsafe fn insert_unique_unchecked(&mut self, value: T) -> &T {
        let hash_builder = &self.map.hash_builder;
        let hash = hash_builder.hash_one(&value);
        let entry = self.map.table.insert_unique(hash, (value, ()), hash_of(hash_builder));
        &entry.into_mut().0
    }

    /// Inserts an element and returns the equal one that it replaces, if any. O(1) expected and
    /// amortised.
    ///
    /// # Panics
    /// If the set must grow and the new capacity overflows; aborts if the allocator fails.
    ///
    /// ```
    /// let mut set = rosti::HashSet::<_>::from([String::with_capacity(100)]);
    /// let replaced = set.replace(String::new());
    /// assert!(replaced.unwrap().capacity() >= 100);
    /// assert_eq!(set.get("").unwrap().capacity(), 0);
    /// ```
    #[inline]
    pub fn replace(&mut self, value: T) -> Option<T> {
        match self.entry_of(&value) {
            hash_table::Entry::Occupied(entry) => {
                Some(mem::replace(&mut entry.into_mut().0, value))
            }
            hash_table::Entry::Vacant(entry) => {
                entry.insert((value, ()));
                None
            }
        }
    }

    /// Removes an element and returns whether it was present. O(1) expected.
    ///
    /// ```
    /// let mut set = rosti::HashSet::<_>::from(["salt"]);
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
    /// let mut set = rosti::HashSet::<_>::from(["salt".to_owned()]);
    /// assert_eq!(set.take("salt"), Some("salt".to_owned()));
    /// assert_eq!(set.take("salt"), None);
    /// ```
    #[inline]
    pub fn take<Q>(&mut self, value: &Q) -> Option<T>
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        #[expect(clippy::manual_map, reason = "`map` and `?` copy more where nothing is optimised")]
        match self.map.remove_entry(value) {
            Some((element, ())) => Some(element),
            None => None,
        }
    }
}
