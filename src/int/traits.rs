//! std's traits for integer maps and sets: those of the maps and sets that they are.

use core::fmt::{self, Debug};
#[cfg(feature = "default-hasher")]
use core::ops::{BitAnd, BitOr, BitXor, Sub};
use core::ops::{BitAndAssign, BitOrAssign, BitXorAssign, Index, SubAssign};

use super::hash::IntHashBuilder;
use super::key::IntKey;
use super::map::{IntMap, IntoIter, Iter, IterMut};
use super::set::{self, IntSet};
use crate::allocator::Allocator;
use crate::hash_map::HashMap;

impl<K: Clone, V: Clone, A: Allocator + Clone> Clone for IntMap<K, V, A> {
    /// O(slots). The copy has the same seed and capacity.
    fn clone(&self) -> Self {
        IntMap { map: self.map.clone() }
    }

    /// O(slots). Takes the source's seed. Reuses the memory of this map if it is exactly as large
    /// as that of the source.
    fn clone_from(&mut self, source: &Self) {
        self.map.clone_from(&source.map);
    }
}

impl<K: IntKey, V: PartialEq, A: Allocator> PartialEq for IntMap<K, V, A> {
    /// Whether both have the same keys with equal values, whatever their order and seeds.
    fn eq(&self, other: &Self) -> bool {
        self.map == other.map
    }
}

impl<K: IntKey, V: Eq, A: Allocator> Eq for IntMap<K, V, A> {}

impl<K: Debug, V: Debug, A: Allocator> Debug for IntMap<K, V, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.map.fmt(f)
    }
}

#[cfg(feature = "default-hasher")]
impl<K, V, A: Allocator + Default> Default for IntMap<K, V, A> {
    /// An empty map with a seed of its own and a default allocator.
    #[inline]
    fn default() -> Self {
        Self::new_in(A::default())
    }
}

impl<K: IntKey, V, A: Allocator> Index<K> for IntMap<K, V, A> {
    type Output = V;

    /// The value of a key.
    ///
    /// # Panics
    /// If the key is absent.
    #[inline]
    #[track_caller]
    fn index(&self, key: K) -> &V {
        &self.map[&key]
    }
}

impl<K, V, A: Allocator> From<HashMap<K, V, IntHashBuilder, A>> for IntMap<K, V, A> {
    /// The same map, with keys by value. O(1).
    #[inline]
    fn from(map: HashMap<K, V, IntHashBuilder, A>) -> Self {
        IntMap { map }
    }
}

impl<K, V, A: Allocator> From<IntMap<K, V, A>> for HashMap<K, V, IntHashBuilder, A> {
    /// The same map, with keys by reference. O(1).
    #[inline]
    fn from(map: IntMap<K, V, A>) -> Self {
        map.map
    }
}

#[cfg(feature = "default-hasher")]
impl<K: IntKey, V, const N: usize> From<[(K, V); N]> for IntMap<K, V> {
    /// The map of these entries; of equal keys the last value counts.
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

#[cfg(feature = "default-hasher")]
impl<K: IntKey, V, A: Allocator + Default> FromIterator<(K, V)> for IntMap<K, V, A> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        IntMap { map: entries.into_iter().collect() }
    }
}

impl<K: IntKey, V, A: Allocator> Extend<(K, V)> for IntMap<K, V, A> {
    /// Inserts all entries, with `HashMap`'s guess at how much room they need.
    #[track_caller]
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        self.map.extend(entries);
    }
}

impl<'a, K: IntKey, V: Copy, A: Allocator> Extend<(&'a K, &'a V)> for IntMap<K, V, A> {
    /// Inserts copies of all entries.
    #[track_caller]
    fn extend<I: IntoIterator<Item = (&'a K, &'a V)>>(&mut self, entries: I) {
        self.map.extend(entries);
    }
}

impl<'a, K, V, A: Allocator> IntoIterator for &'a IntMap<K, V, A> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    #[inline]
    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

impl<'a, K, V, A: Allocator> IntoIterator for &'a mut IntMap<K, V, A> {
    type Item = (&'a K, &'a mut V);
    type IntoIter = IterMut<'a, K, V>;

    #[inline]
    fn into_iter(self) -> IterMut<'a, K, V> {
        self.iter_mut()
    }
}

impl<K, V, A: Allocator> IntoIterator for IntMap<K, V, A> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V, A>;

    #[inline]
    fn into_iter(self) -> IntoIter<K, V, A> {
        self.map.into_iter()
    }
}

impl<T: Clone, A: Allocator + Clone> Clone for IntSet<T, A> {
    /// O(slots). The copy has the same seed and capacity.
    fn clone(&self) -> Self {
        IntSet { set: self.set.clone() }
    }

    /// O(slots). Takes the source's seed. Reuses the memory of this set if it is exactly as large
    /// as that of the source.
    fn clone_from(&mut self, source: &Self) {
        self.set.clone_from(&source.set);
    }
}

impl<T: IntKey, A: Allocator> PartialEq for IntSet<T, A> {
    /// Whether both have the same elements, whatever their order and seeds.
    fn eq(&self, other: &Self) -> bool {
        self.set == other.set
    }
}

impl<T: IntKey, A: Allocator> Eq for IntSet<T, A> {}

impl<T: Debug, A: Allocator> Debug for IntSet<T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.set.fmt(f)
    }
}

#[cfg(feature = "default-hasher")]
impl<T, A: Allocator + Default> Default for IntSet<T, A> {
    /// An empty set with a seed of its own and a default allocator.
    #[inline]
    fn default() -> Self {
        Self::new_in(A::default())
    }
}

impl<T, A: Allocator> From<IntMap<T, (), A>> for IntSet<T, A> {
    /// The keys of a map without values. O(1).
    #[inline]
    fn from(map: IntMap<T, (), A>) -> Self {
        IntSet { set: map.map.into() }
    }
}

#[cfg(feature = "default-hasher")]
impl<T: IntKey, const N: usize> From<[T; N]> for IntSet<T> {
    /// The set of these elements.
    fn from(elements: [T; N]) -> Self {
        elements.into_iter().collect()
    }
}

#[cfg(feature = "default-hasher")]
impl<T: IntKey, A: Allocator + Default> FromIterator<T> for IntSet<T, A> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        IntSet { set: elements.into_iter().collect() }
    }
}

impl<T: IntKey, A: Allocator> Extend<T> for IntSet<T, A> {
    /// Inserts all elements that are absent, with the map's guess at how much room they need.
    #[track_caller]
    fn extend<I: IntoIterator<Item = T>>(&mut self, elements: I) {
        self.set.extend(elements);
    }
}

impl<'a, T: IntKey + 'a, A: Allocator> Extend<&'a T> for IntSet<T, A> {
    /// Inserts copies of all elements that are absent.
    #[track_caller]
    fn extend<I: IntoIterator<Item = &'a T>>(&mut self, elements: I) {
        self.set.extend(elements);
    }
}

impl<'a, T, A: Allocator> IntoIterator for &'a IntSet<T, A> {
    type Item = &'a T;
    type IntoIter = set::Iter<'a, T>;

    #[inline]
    fn into_iter(self) -> set::Iter<'a, T> {
        self.iter()
    }
}

impl<T, A: Allocator> IntoIterator for IntSet<T, A> {
    type Item = T;
    type IntoIter = set::IntoIter<T, A>;

    #[inline]
    fn into_iter(self) -> set::IntoIter<T, A> {
        self.set.into_iter()
    }
}

/// Implements an operator on two references and its assigning form by those of `HashSet`.
macro_rules! operators {
    ($($op:ident $method:ident, $assigning:ident $assign:ident: $what:literal, $change:literal;)*) => {$(
        #[cfg(feature = "default-hasher")]
        impl<T: IntKey, A: Allocator + Default> $op<&IntSet<T, A>> for &IntSet<T, A> {
            type Output = IntSet<T, A>;

            #[doc = $what]
            fn $method(self, other: &IntSet<T, A>) -> IntSet<T, A> {
                IntSet { set: (&self.set).$method(&other.set) }
            }
        }

        impl<T: IntKey, A: Allocator> $assigning<&IntSet<T, A>> for IntSet<T, A> {
            #[doc = $change]
            fn $assign(&mut self, other: &IntSet<T, A>) {
                self.set.$assign(&other.set);
            }
        }
    )*};
}

operators! {
    BitOr bitor, BitOrAssign bitor_assign:
        "The [`union`](IntSet::union), in a new set.",
        "Inserts the other set's elements that are absent.";
    BitAnd bitand, BitAndAssign bitand_assign:
        "The [`intersection`](IntSet::intersection), in a new set.",
        "Removes the elements that the other set does not have.";
    BitXor bitxor, BitXorAssign bitxor_assign:
        "The [`symmetric_difference`](IntSet::symmetric_difference), in a new set.",
        "Removes the elements that the other set has too, and inserts its other ones.";
    Sub sub, SubAssign sub_assign:
        "The [`difference`](IntSet::difference), in a new set.",
        "Removes the elements that the other set has too.";
}
