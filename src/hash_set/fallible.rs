//! Insertion for code that must not abort: what cannot be stored comes back, with the reason. The names are
//! [`HashMap`]'s.

use core::hash::{BuildHasher, Hash};

use super::HashSet;
use super::entry::{OccupiedEntry, VacantEntry};
use crate::allocator::Allocator;
use crate::error::{Rejected, Rest, TryReserveError, try_extend};
#[cfg(feature = "default-hasher")]
use crate::hash_map::{HashMap, try_with_capacity};
use crate::hash_table::try_clone;

#[cfg(feature = "default-hasher")]
impl<T> HashSet<T> {
    try_with_capacity! {
        "set", "HashSet::<u64>", |capacity| Ok(HashSet { map: HashMap::try_with_capacity(capacity)? })
    }
}

impl<T, S, A: Allocator> HashSet<T, S, A> {
    try_clone! {
        "set", ", with the same hasher and capacity",
        "O(slots). Whatever elements allocate while they are cloned is not covered.", "No element was cloned.",
        "let set = rosti::HashSet::<_>::from([\"a\", \"b\"]);", [T, S, A],
        |self| Ok(HashSet { map: self.map.try_clone()? })
    }
}

/// Implements what is the same for sets of either map. In brackets what they ask of an allocator.
macro_rules! fallible {
    ($Set:ident, [$($bound:ident)?]) => {
        impl<T: Eq + Hash, S: BuildHasher, A: Allocator $(+ $bound)?> $Set<T, S, A> {
            examples! {
                concat!("let mut set = rosti::", stringify!($Set), "::new();");

                /// [`insert`](Self::insert) that gives the element back if there is no memory for it. O(1)
                /// amortised. If it is present, nothing is reserved and the result is `false`.
                ///
                /// # Errors
                /// [`Rejected`]: what could not be inserted, and why. The elements are unchanged.
                #[example("assert_eq!((set.try_reserve_insert('a'), set.try_reserve_insert('a')), (Ok(true), Ok(false)));")]
                pub fn try_reserve_insert(&mut self, value: T) -> Result<bool, Rejected<T>> {
                    let result = self.map.try_reserve_insert(value, ());
                    result.map(|old| old.is_none()).map_err($crate::hash_set::element)
                }

                /// Inserts elements as `extend` does, until there is no memory for one. Reserves nothing in advance.
                ///
                /// # Errors
                /// [`Rejected`], whose value yields the element that found no room and all that follow it;
                /// those before it are in the set.
                #[example("assert!(set.try_extend(0..100).is_ok() && set.len() == 100);")]
                pub fn try_extend<I: IntoIterator<Item = T>>(
                    &mut self,
                    elements: I,
                ) -> Result<(), Rejected<Rest<I::IntoIter>>> {
                    try_extend(elements, |element| self.try_reserve_insert(element).map(drop))
                }
            }
        }
    };
}

#[cfg(feature = "extendible")]
pub(crate) use fallible;

fallible! { HashSet, [] }

impl<'a, T: Hash, S: BuildHasher, A: Allocator> VacantEntry<'a, T, S, A> {
    /// [`insert`](Self::insert) that gives the element back if there is no memory for it. O(1)
    /// amortised.
    ///
    /// # Errors
    /// [`Rejected`]: what could not be inserted, and why. The set is unchanged.
    ///
    /// ```
    /// let mut set = rosti::HashSet::new();
    /// let rosti::hash_set::Entry::Vacant(entry) = set.entry('a') else { panic!() };
    /// assert_eq!(entry.try_insert().unwrap().get(), &'a');
    /// ```
    pub fn try_insert(self) -> Result<OccupiedEntry<'a, T, S, A>, Rejected<T>> {
        let result = self.inner.try_insert_entry(());
        result.map(|inner| OccupiedEntry { inner }).map_err(element)
    }
}

/// A set's element is the key of a map's entry.
pub(crate) fn element<T>(
    Rejected { value: (element, ()), error }: Rejected<(T, ())>,
) -> Rejected<T> {
    Rejected { value: element, error }
}
