//! Entries of a set: those of its map, without values.

use core::fmt::Debug;
use core::hash::{BuildHasher, Hash};

use crate::allocator::{Allocator, Global};
use crate::hash_map::{self, accessors};
use crate::hash_table::debug_entry;

/// What [`HashSet::entry`](super::HashSet::entry) found: an element equal to the one given, or the
/// slot where that belongs.
///
/// ```
/// use rosti::hash_set::{Entry, HashSet};
/// let mut seen = HashSet::<_>::from([1]);
/// match seen.entry(1) {
///     Entry::Occupied(entry) => assert_eq!(entry.get(), &1),
///     Entry::Vacant(entry) => drop(entry.insert()),
/// }
/// ```
pub enum Entry<'a, T, S, A: Allocator = Global> {
    /// The element is present.
    Occupied(OccupiedEntry<'a, T, S, A>),

    /// The element is absent, and this is its slot.
    Vacant(VacantEntry<'a, T, S, A>),
}

/// An element of a set; see [`HashSet::entry`](super::HashSet::entry).
///
/// ```
/// let mut set = rosti::HashSet::<_>::from(['a', 'b']);
/// assert_eq!(set.entry('a').insert().remove(), 'a');
/// assert_eq!(set, rosti::HashSet::from(['b']));
/// ```
pub struct OccupiedEntry<'a, T, S, A: Allocator = Global> {
    pub(super) inner: hash_map::OccupiedEntry<'a, T, (), S, A>,
}

/// A slot for an element that is not in the set yet; see
/// [`HashSet::entry`](super::HashSet::entry).
///
/// ```
/// let mut set = rosti::HashSet::new();
/// let rosti::hash_set::Entry::Vacant(entry) = set.entry('b') else { panic!() };
/// assert_eq!(entry.insert().get(), &'b');
/// ```
pub struct VacantEntry<'a, T, S, A: Allocator = Global> {
    pub(super) inner: hash_map::VacantEntry<'a, T, (), S, A>,
}

impl<'a, T: Hash, S: BuildHasher, A: Allocator> Entry<'a, T, S, A> {
    examples! {
        "let mut set = rosti::HashSet::new();";

        /// Inserts the element if it is absent. An element that is present is kept. O(1).
        #[example("assert_eq!(set.entry('a').insert().get(), &'a');")]
        #[inline]
        pub fn insert(self) -> OccupiedEntry<'a, T, S, A> {
            match self {
                Entry::Occupied(entry) => entry,
                Entry::Vacant(entry) => entry.insert(),
            }
        }

        /// Inserts the element if it is absent, and returns nothing. O(1).
        #[example("set.entry('a').or_insert();",
            "assert!(set.contains(&'a'));")]
        #[inline]
        pub fn or_insert(self) {
            self.insert();
        }
    }
}

impl<T, S, A: Allocator> Entry<'_, T, S, A> {
    accessors! {
        "let mut set = rosti::HashSet::new();\nlet entry = set.entry('a');",
        "The element: the one in the set, or else the one given." get(&self) -> &T, "&'a'" => match self {
            Entry::Occupied(entry) => entry.get(),
            Entry::Vacant(entry) => entry.get(),
        };
    }
}

impl<'a, T, S, A: Allocator> OccupiedEntry<'a, T, S, A> {
    accessors! {
        "let mut set = rosti::HashSet::new();\nlet entry = set.entry('a').insert();",
        "The element in the set; see also [`into_ref`](Self::into_ref)." get(&self) -> &T, "&'a'" => self.inner.key();
        "The element in the set, borrowed for as long as the set was."
        into_ref(self) -> &'a T, "&'a'" => self.inner.into_entry().0;
        "Takes the element out. O(1)." remove(self) -> T, "'a'" => self.inner.remove_entry().0;
    }
}

impl<T, S, A: Allocator> VacantEntry<'_, T, S, A> {
    accessors! {
        "let mut set = rosti::HashSet::new();\n\
            let rosti::hash_set::Entry::Vacant(entry) = set.entry('a') else { panic!() };",
        "The element given." get(&self) -> &T, "&'a'" => self.inner.key();
        "Gives the element back." into_value(self) -> T, "'a'" => self.inner.into_key();
    }
}

impl<'a, T: Hash, S: BuildHasher, A: Allocator> VacantEntry<'a, T, S, A> {
    /// Inserts the element, without a second search. O(1) amortised.
    ///
    /// # Panics
    /// If the set must grow and the new capacity overflows; aborts if the allocator fails.
    ///
    /// ```
    /// let mut set = rosti::HashSet::new();
    /// let rosti::hash_set::Entry::Vacant(entry) = set.entry('a') else { panic!() };
    /// assert_eq!(entry.insert().get(), &'a');
    /// ```
    #[inline]
    pub fn insert(self) -> OccupiedEntry<'a, T, S, A> {
        OccupiedEntry { inner: self.inner.insert_entry(()) }
    }
}

debug_entry! { [T: Debug, S, A: Allocator] Entry<'_, T, S, A>, "Entry" }

debug! {
    [T: Debug, S, A: Allocator] OccupiedEntry<'_, T, S, A>, |self, f|
        f.debug_struct("OccupiedEntry").field("value", self.get()).finish();
    [T: Debug, S, A: Allocator] VacantEntry<'_, T, S, A>, |self, f|
        f.debug_tuple("VacantEntry").field(self.get()).finish();
}
