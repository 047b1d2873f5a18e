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
use crate::hash_map::{EntryRef, HashMap, construct, has_key, hash_of, room};
use crate::hasher::DefaultHashBuilder;
use crate::raw::Statistics;

#[cfg(feature = "batch")]
mod batch;
mod entry;
mod fallible;
mod iter;
mod methods;
mod ops;
#[cfg(feature = "scan")]
mod scan;
mod traits;

#[cfg(feature = "batch")]
pub use batch::{ContainsBatch, GetBatch};
pub use entry::{Entry, OccupiedEntry, VacantEntry};
pub(crate) use fallible::element;
pub use iter::{Drain, ExtractIf, IntoIter, Iter};
pub(crate) use methods::{algebra, by_len, elements, relations, set_methods};
pub use ops::{Difference, Intersection, SymmetricDifference, Union};
#[cfg(all(feature = "scan", any(feature = "extendible", feature = "str")))]
pub(crate) use scan::scans;
#[cfg(feature = "extendible")]
pub(crate) use {batch::batches, fallible::fallible, iter::removals, traits::set_traits};

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
    HashSet<T>, [], "set" of "elements", "HashSet::<u64>", "set.insert(1);", "O(1)",
    |hash_builder, alloc| HashSet { map: HashMap::with_hasher_in(hash_builder, alloc) },
    |capacity| HashSet { map: HashMap::with_capacity_and_hasher_in(capacity, hash_builder, alloc) },
    or try Ok(HashSet { map: HashMap::try_with_capacity_and_hasher_in(capacity, hash_builder, alloc)? }),
    |self| self.map.hasher(), map,
    capacity: "How many elements the set can hold without growing, whatever is removed and inserted in the meantime. O(1)."
}

set_methods! {
    HashSet, [], [table], [table.raw], pop;
    |self, value|
    iter -> Iter<'_, T> => Iter { entries: self.map.table.iter() };
    get_or_insert: &self.entry_of(&value).or_insert_with(|| (value, ())).into_mut().0;
    replace: {
        let hash = self.map.hash_builder.hash_one(&value);
        // Not by an entry: the element would have to be in memory before it is stored.
        if let Some(entry) = self.map.table.find_mut(hash, has_key(&value)) {
            return Some(mem::replace(&mut entry.0, value));
        }
        self.map.table.insert_unique(hash, (value, ()), hash_of(&self.map.hash_builder));
        None
    };
}

room! {
    HashSet<T>, [], "set" of "elements", "HashSet::<u64>", [self.map],
    reserve: "O(slots) if the set must grow.",
    try_reserve: " and changes nothing.",
    shrink_to_fit: "G"
}

impl<T: Eq + Hash, S: BuildHasher, A: Allocator> HashSet<T, S, A> {
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
    pub fn get_or_insert_with<Q: Hash + Equivalent<T> + ?Sized, F: FnOnce(&Q) -> T>(
        &mut self,
        value: &Q,
        f: F,
    ) -> &T {
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
}
