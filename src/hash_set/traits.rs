//! std's traits for sets, of either table; the operators are in `ops.rs`.

use core::fmt::Debug;
use core::hash::{BuildHasher, Hash};

use super::{HashSet, Iter};
use crate::allocator::Allocator;
use crate::hash_map::HashMap;
#[cfg(feature = "default-hasher")]
use crate::hasher::DefaultHashBuilder;

/// Implements them for a set that is a map without values; in brackets what it asks of an allocator, and its iterator.
macro_rules! set_traits {
    ($Set:ident, $Map:ident, [$($bound:ident)?], $iter:ty) => {
        impl<T: Clone, S: Clone, A: Allocator + Clone> Clone for $Set<T, S, A> {
            /// O(slots); the same as for the map.
            fn clone(&self) -> Self {
                $Set { map: self.map.clone() }
            }

            /// O(slots); the same as for the map.
            fn clone_from(&mut self, source: &Self) {
                self.map.clone_from(&source.map);
            }
        }

        impl<T: Eq + Hash, S: BuildHasher, A: Allocator $(+ $bound)?> PartialEq for $Set<T, S, A> {
            /// Whether both have the same elements, regardless of order and hashers.
            fn eq(&self, other: &Self) -> bool {
                self.len() == other.len() && self.is_subset(other)
            }
        }

        impl<T: Eq + Hash, S: BuildHasher, A: Allocator $(+ $bound)?> Eq for $Set<T, S, A> {}

        debug! {
            [T: Debug, S, A: Allocator $(+ $bound)?] $Set<T, S, A>, |self, f|
                f.debug_set().entries(self.iter()).finish();
        }

        impl<T, S: Default, A: Allocator $(+ $bound)? + Default> Default for $Set<T, S, A> {
            /// An empty set with a default hasher and allocator.
            #[inline]
            fn default() -> Self {
                $Set { map: $Map::default() }
            }
        }

        impl<T, S, A: Allocator $(+ $bound)?> From<$Map<T, (), S, A>> for $Set<T, S, A> {
            /// The keys of a map without values. O(1).
            #[inline]
            fn from(map: $Map<T, (), S, A>) -> Self {
                $Set { map }
            }
        }

        #[cfg(feature = "default-hasher")]
        from_array! {
            /// Builds a set of these elements; of equal ones the first is kept.
            [T: Eq + Hash, A: Allocator $(+ $bound)? + Default] T => $Set<T, DefaultHashBuilder, A>
        }

        from_iterator! {
            /// Builds a set of these elements; of equal ones the first is kept.
            [T: Eq + Hash, S: BuildHasher + Default, A: Allocator $(+ $bound)? + Default] T => $Set<T, S, A>
        }

        extend! {
            /// Inserts all elements that are absent, and reserves as a map does.
            [T: Eq + Hash, S: BuildHasher, A: Allocator $(+ $bound)?] T => $Set<T, S, A>: map, |element| (element, ());
            /// Inserts copies of all elements that are absent.
            ['a, T: 'a + Eq + Hash + Copy, S: BuildHasher, A: Allocator $(+ $bound)?] &'a T => $Set<T, S, A>,
            |&element| element;
        }

        $crate::hash_table::into_iterator! {
            ['a, T, S, A: Allocator $(+ $bound)?] &'a $Set<T, S, A> => $iter, &'a T, self => self.iter();
        }
    };
}
#[cfg(feature = "extendible")]
pub(crate) use set_traits;

set_traits! { HashSet, HashMap, [], Iter<'a, T> }
