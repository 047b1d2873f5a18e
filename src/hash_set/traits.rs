//! std's traits for sets; the operators are in `ops.rs`.

use core::fmt::{self, Debug};
use core::hash::{BuildHasher, Hash};

use super::HashSet;
use crate::allocator::Allocator;
use crate::hash_map::HashMap;
#[cfg(feature = "default-hasher")]
use crate::hasher::DefaultHashBuilder;

impl<T: Clone, S: Clone, A: Allocator + Clone> Clone for HashSet<T, S, A> {
    /// O(slots). The copy has the same hasher and capacity.
    fn clone(&self) -> Self {
        HashSet { map: self.map.clone() }
    }

    /// O(slots). Reuses the memory of this set if it is exactly as large as that of the source.
    fn clone_from(&mut self, source: &Self) {
        self.map.clone_from(&source.map);
    }
}

impl<T: Eq + Hash, S: BuildHasher, A: Allocator> PartialEq for HashSet<T, S, A> {
    /// Whether both have the same elements, regardless of order and hashers.
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.is_subset(other)
    }
}

impl<T: Eq + Hash, S: BuildHasher, A: Allocator> Eq for HashSet<T, S, A> {}

impl<T: Debug, S, A: Allocator> Debug for HashSet<T, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl<T, S: Default, A: Allocator + Default> Default for HashSet<T, S, A> {
    /// An empty set with a default hasher and allocator.
    #[inline]
    fn default() -> Self {
        HashSet { map: HashMap::default() }
    }
}

impl<T, S, A: Allocator> From<HashMap<T, (), S, A>> for HashSet<T, S, A> {
    /// The keys of a map without values. O(1).
    #[inline]
    fn from(map: HashMap<T, (), S, A>) -> Self {
        HashSet { map }
    }
}

#[cfg(feature = "default-hasher")]
impl<T, A, const N: usize> From<[T; N]> for HashSet<T, DefaultHashBuilder, A>
where
    T: Eq + Hash,
    A: Allocator + Default,
{
    /// Builds a set of these elements; of equal ones the first is kept.
    fn from(elements: [T; N]) -> Self {
        elements.into_iter().collect()
    }
}

impl<T, S, A> FromIterator<T> for HashSet<T, S, A>
where
    T: Eq + Hash,
    S: BuildHasher + Default,
    A: Allocator + Default,
{
    /// Builds a set of these elements; of equal ones the first is kept.
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        let mut set = Self::default();
        set.extend(elements);
        set
    }
}

impl<T: Eq + Hash, S: BuildHasher, A: Allocator> Extend<T> for HashSet<T, S, A> {
    /// Inserts all elements that are absent, and reserves as a map does.
    #[track_caller]
    fn extend<I: IntoIterator<Item = T>>(&mut self, elements: I) {
        self.map.extend(elements.into_iter().map(|element| (element, ())));
    }
}

impl<'a, T, S, A> Extend<&'a T> for HashSet<T, S, A>
where
    T: 'a + Eq + Hash + Copy,
    S: BuildHasher,
    A: Allocator,
{
    /// Inserts copies of all elements that are absent.
    #[track_caller]
    fn extend<I: IntoIterator<Item = &'a T>>(&mut self, elements: I) {
        self.extend(elements.into_iter().copied());
    }
}
