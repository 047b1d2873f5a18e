//! Entries: the place in a table that a search ended at.

use core::fmt::Debug;

use super::HashTable;
use crate::allocator::{Allocator, Global};
use crate::ctrl::Tag;

/// What [`HashTable::entry`] found: an entry, or the slot where it belongs.
///
/// ```
/// use rosti::hash_table::{Entry, HashTable};
/// let mut table = HashTable::new();
/// match table.entry(7, |&c| c == 'a', |_| 7) {
///     Entry::Occupied(entry) => assert_eq!(entry.get(), &'a'),
///     Entry::Vacant(entry) => drop(entry.insert('a')),
/// }
/// assert_eq!(table.len(), 1);
/// ```
pub enum Entry<'a, T, A: Allocator = Global> {
    /// The entry is present.
    Occupied(OccupiedEntry<'a, T, A>),

    /// The entry is absent, and this is its slot.
    Vacant(VacantEntry<'a, T, A>),
}

/// An entry of a table; see [`HashTable::entry`] and [`HashTable::find_entry`].
///
/// ```
/// let mut table = rosti::HashTable::new();
/// table.insert_unique(7, 'a', |_| 7);
/// let mut entry = table.find_entry(7, |&c| c == 'a').unwrap();
/// *entry.get_mut() = 'b';
/// assert_eq!(entry.remove().0, 'b');
/// ```
pub struct OccupiedEntry<'a, T, A: Allocator = Global> {
    /// A full slot of the table.
    pub(super) slot: usize,
    /// The entry's hash, unless it was found by its slot.
    pub(super) hash: Option<u64>,
    pub(super) table: &'a mut HashTable<T, A>,
}

/// A slot for an entry that is not in the table yet; see [`HashTable::entry`].
///
/// ```
/// use rosti::hash_table::Entry;
/// let mut table = rosti::HashTable::new();
/// let Entry::Vacant(entry) = table.entry(7, |&c| c == 'a', |_| 7) else { panic!() };
/// assert_eq!(entry.insert('a').get(), &'a');
/// ```
pub struct VacantEntry<'a, T, A: Allocator = Global> {
    pub(super) slot: usize,
    pub(super) vacancy: Vacancy,
    pub(super) table: &'a mut HashTable<T, A>,
}

/// For which entry a slot is vacant.
pub(super) enum Vacancy {
    /// One with this hash: [`RawTable::insert_at`](crate::raw::RawTable::insert_at) takes the slot.
    Hash(u64),
    /// One like that which was taken out, whose tag is all that is known of its hash. What it has left
    /// in the counts is still there.
    Tag(Tag),
}

/// The table, after a search that found nothing; see [`HashTable::find_entry`].
///
/// It gives back a mutable borrow that would otherwise depend on what the search found.
///
/// ```
/// let mut table = rosti::HashTable::new();
/// let absent = table.find_entry(7, |&c| c == 'a').unwrap_err();
/// absent.into_table().insert_unique(7, 'a', |_| 7);
/// assert_eq!(table.len(), 1);
/// ```
pub struct AbsentEntry<'a, T, A: Allocator = Global> {
    pub(super) table: &'a mut HashTable<T, A>,
}

/// The way back to the table, for an `impl`. In quotes, for the documentation, an entry, and how many there are then.
macro_rules! into_table {
    ($entry:literal, $len:literal, |$self:ident| $table:expr) => {
        /// The table again, for as long as it was borrowed.
        ///
        /// ```
        /// let mut table = rosti::HashTable::<char>::new();
        #[doc = $entry]
        #[doc = concat!("assert_eq!(entry.into_table().len(), ", $len, ");")]
        /// ```
        #[inline]
        pub fn into_table($self) -> &'a mut HashTable<T, A> {
            $table
        }
    };
}

impl<'a, T, A: Allocator> Entry<'a, T, A> {
    examples! {
        "let mut table = rosti::HashTable::new();";

        /// Stores a value in either case, dropping the old one if there is one. O(1).
        ///
        /// The caller must make sure that the value belongs here, that is, that it has the entry's hash.
        #[example("['a', 'b'].map(|c| drop(table.entry(7, |_| true, |_| 7).insert(c)));",
            "assert_eq!(table.into_iter().collect::<Vec<_>>(), ['b']);")]
        #[inline(always)]
        pub fn insert(self, value: T) -> OccupiedEntry<'a, T, A> {
            match self {
                Entry::Occupied(mut entry) => {
                    *entry.get_mut() = value;
                    entry
                }
                Entry::Vacant(entry) => entry.insert(value),
            }
        }

        /// Stores a value if there is none. O(1).
        #[example("['a', 'b'].map(|c| drop(table.entry(7, |_| true, |_| 7).or_insert(c)));",
            "assert_eq!(table.into_iter().collect::<Vec<_>>(), ['a']);")]
        #[inline(always)]
        pub fn or_insert(self, default: T) -> OccupiedEntry<'a, T, A> {
            match self {
                Entry::Occupied(entry) => entry,
                Entry::Vacant(entry) => entry.insert(default),
            }
        }

        /// Stores the value of a function if there is none. O(1) apart from the call.
        #[example("['a', 'b'].map(|c| drop(table.entry(7, |_| true, |_| 7).or_insert_with(|| c)));",
            "assert_eq!(table.into_iter().collect::<Vec<_>>(), ['a']);")]
        #[inline(always)]
        pub fn or_insert_with(self, default: impl FnOnce() -> T) -> OccupiedEntry<'a, T, A> {
            match self {
                Entry::Occupied(entry) => entry,
                Entry::Vacant(entry) => entry.insert(default()),
            }
        }

        /// Changes the value if there is one. Its hash must not change.
        #[example("[1, 1, 1].map(|n| drop(table.entry(7, |_| true, |_| 7).and_modify(|m| *m += n).or_insert(n)));",
            "assert_eq!(table.into_iter().collect::<Vec<_>>(), [3]);")]
        #[inline(always)]
        pub fn and_modify(mut self, f: impl FnOnce(&mut T)) -> Self {
            if let Entry::Occupied(entry) = &mut self {
                f(entry.get_mut());
            }
            self
        }
    }

    into_table! {
        "let entry = table.entry(7, |&c| c == 'a', |_| 7);", "0", |self| match self {
            Entry::Occupied(entry) => entry.table,
            Entry::Vacant(entry) => entry.table,
        }
    }
}

impl<'a, T, A: Allocator> OccupiedEntry<'a, T, A> {
    examples! {
        "let mut table = rosti::HashTable::new();\n\
            let entry = table.insert_unique(7, 'a', |_| 7);";

        /// Takes the value out and returns it with its slot, where another value of the same hash can be stored without
        /// a search. O(1).
        #[example("let (value, vacant) = entry.remove();",
            "assert_eq!((value, vacant.insert('b').get()), ('a', &'b'));")]
        #[inline(always)]
        pub fn remove(self) -> (T, VacantEntry<'a, T, A>) {
            let OccupiedEntry { slot, hash, table } = self;
            // SAFETY: the slot is full (I3).
            let (vacancy, value) = unsafe {
                match hash {
                    Some(hash) => (Vacancy::Hash(hash), table.raw.remove_hashed_at(slot, hash)),
                    None => (Vacancy::Tag(table.raw.tag_at(slot)), table.raw.remove_at(slot)),
                }
            };
            (value, VacantEntry { slot, vacancy, table })
        }

        /// The value.
        #[example("assert_eq!(entry.get(), &'a');")]
        #[inline(always)]
        pub fn get(&self) -> &T {
            // SAFETY: the slot is full (I3).
            unsafe { self.table.raw.get(self.slot) }
        }

        /// A mutable reference to the value, for as long as the table was borrowed. Its hash must not change.
        #[example("*entry.into_mut() = 'b';",
            "assert_eq!(table.find(7, |_| true), Some(&'b'));")]
        #[inline(always)]
        pub fn into_mut(self) -> &'a mut T {
            // SAFETY: the slot is full (I3).
            unsafe { self.table.raw.get_mut(self.slot) }
        }

        /// The entry's bucket index, which is valid for [`HashTable::get_bucket`] and its siblings until one of these
        /// is called:
        /// * anything that removes this entry: alone, with others (`retain`, `extract_if`), or with all
        ///   of them (`clear`, `drain`, `par_drain`, `clone_from`, `into_iter`);
        /// * anything that may make room: `entry` (even if the entry it returns is not filled),
        ///   `insert_unique`, `reserve`, `try_reserve`;
        /// * anything that may give room back: `shrink_to`, `shrink_to_fit`.
        ///
        /// O(1).
        #[example("let index = entry.bucket_index();",
            "assert_eq!(table.get_bucket(index), Some(&'a'));")]
        #[inline]
        pub fn bucket_index(&self) -> usize {
            self.slot
        }

        /// Replaces the value by what a function makes of it, or removes it if that is `None`. O(1) apart from the
        /// call. If the function panics, the value is gone.
        ///
        /// The caller must make sure that the new value has the same hash.
        #[example("use rosti::hash_table::Entry;",
            "let Entry::Occupied(entry) = entry.replace_entry_with(|_| Some('b')) else { panic!() };",
            "assert_eq!(entry.get(), &'b');",
            "assert!(matches!(entry.replace_entry_with(|_| None), Entry::Vacant(_)));")]
        #[inline]
        pub fn replace_entry_with<F: FnOnce(T) -> Option<T>>(self, f: F) -> Entry<'a, T, A> {
            let (value, vacant) = self.remove();
            match f(value) {
                Some(value) => Entry::Occupied(vacant.insert(value)),
                None => Entry::Vacant(vacant),
            }
        }
    }

    /// A mutable reference to the value, for the life of the entry. Its hash must not change.
    ///
    /// ```
    /// let mut table = rosti::HashTable::new();
    /// let mut entry = table.insert_unique(7, ('a', 1), |_| 7);
    /// entry.get_mut().1 += 1;
    /// assert_eq!(entry.get(), &('a', 2));
    /// ```
    #[inline(always)]
    pub fn get_mut(&mut self) -> &mut T {
        // SAFETY: the slot is full (I3).
        unsafe { self.table.raw.get_mut(self.slot) }
    }

    into_table! { "let entry = table.insert_unique(7, 'a', |_| 7);", "1", |self| self.table }
}

impl<'a, T, A: Allocator> VacantEntry<'a, T, A> {
    /// Stores the value in this slot, without a search and without growing. O(1).
    ///
    /// The caller must make sure that the value has the hash that the entry was searched with.
    ///
    /// ```
    /// use rosti::hash_table::Entry;
    /// let mut table = rosti::HashTable::new();
    /// let Entry::Vacant(entry) = table.entry(7, |&c| c == 'a', |_| 7) else { panic!() };
    /// assert_eq!(entry.insert('a').get(), &'a');
    /// ```
    #[inline(always)]
    pub fn insert(self, value: T) -> OccupiedEntry<'a, T, A> {
        let VacantEntry { slot, vacancy, table } = self;
        // SAFETY: the slot was found for this hash, or held an entry with it or with the tag, and the
        // entry has borrowed the table ever since.
        let hash = unsafe {
            let (tag, hash) = match vacancy {
                Vacancy::Hash(hash) => {
                    table.raw.settle_in(slot, hash);
                    (Tag::of(hash), Some(hash))
                }
                Vacancy::Tag(tag) => (tag, None),
            };
            table.raw.occupy(slot, tag).as_ptr().write(value);
            hash
        };
        OccupiedEntry { slot, hash, table }
    }

    into_table! { "let (_, entry) = table.insert_unique(7, 'a', |_| 7).remove();", "0", |self| self.table }
}

impl<'a, T, A: Allocator> AbsentEntry<'a, T, A> {
    into_table! { "let entry = table.find_entry(7, |&c| c == 'a').unwrap_err();", "0", |self| self.table }
}

/// Implements `Debug` for what a search found, be it an occupied entry or a vacant one.
macro_rules! debug_entry {
    ([$($generics:tt)*] $Entry:ty, $name:literal) => {
        debug! { [$($generics)*] $Entry, |self, f| f.debug_tuple($name).field(match self {
            Self::Occupied(entry) => entry,
            Self::Vacant(entry) => entry,
        }).finish(); }
    };
}

pub(crate) use debug_entry;

debug_entry! { [T: Debug, A: Allocator] Entry<'_, T, A>, "Entry" }

debug! {
    [T: Debug, A: Allocator] OccupiedEntry<'_, T, A>, |self, f|
        f.debug_struct("OccupiedEntry").field("value", self.get()).finish();
    [T: Debug, A: Allocator] VacantEntry<'_, T, A>, |self, f| f.write_str("VacantEntry");
    [T: Debug, A: Allocator] AbsentEntry<'_, T, A>, |self, f| f.write_str("AbsentEntry");
}
