//! Two sets: the lazy operations and the operators.
//!
//! Each lazy operation is a walk over one of the sets that asks the other about each element;
//! those that return elements of both append a second walk. The sets may have different seeds, so
//! hashes cannot be compared and each question hashes anew.

use core::fmt::Debug;
use core::hash::{BuildHasher, Hash};
use core::iter::{Chain, FusedIterator};
use core::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Sub, SubAssign};

use super::{HashSet, Iter, algebra, by_len};
use crate::allocator::{Allocator, Global};
use crate::hash_map::{debug_list, has_key, hash_of, iterator_types};
use crate::hash_table::{self, forward_iterator};

iterator_types! {
    HashSet, "let (a, b) = (rosti::HashSet::<_>::from([1, 2]), rosti::HashSet::<_>::from([2, 3]));";
    lazy {
        "The elements that are in both of two sets" intersection:
        "a.intersection(&b).collect::<Vec<_>>(), [&2]"
        => Intersection ['a, T, S, A: Allocator = Global] {
            /// The set that is walked over.
            elements: Iter<'a, T>,
            /// The set that is asked.
            other: &'a HashSet<T, S, A>,
        }
        "The elements that are in one set but not in another" difference:
        "a.difference(&b).collect::<Vec<_>>(), [&1]"
        => Difference ['a, T, S, A: Allocator = Global] {
            /// The set that is walked over.
            elements: Iter<'a, T>,
            /// The set that is asked.
            other: &'a HashSet<T, S, A>,
        }
        "The elements that are in exactly one of two sets" symmetric_difference:
        "a.symmetric_difference(&b).sum::<i32>(), 1 + 3"
        => SymmetricDifference ['a, T, S, A: Allocator = Global] {
            entries: Chain<Difference<'a, T, S, A>, Difference<'a, T, S, A>>,
        }
        "The elements that are in at least one of two sets" union: "a.union(&b).sum::<i32>(), 1 + 2 + 3"
        => Union ['a, T, S, A: Allocator = Global] { entries: Chain<Iter<'a, T>, Difference<'a, T, S, A>> }
    }
}

impl<T: Eq + Hash, S: BuildHasher, A: Allocator> HashSet<T, S, A> {
    algebra! {
        "let [a, b] = [[\"a\", \"bb\"], [\"bb\", \"cccc\"]].map(rosti::HashSet::<_>::from);", "in arbitrary order",
        |self, other|
        difference -> Difference<'a, T, S, A> => Difference { elements: self.iter(), other };
        symmetric_difference -> SymmetricDifference<'a, T, S, A> => SymmetricDifference {
            entries: self.difference(other).chain(other.difference(self)),
        };
        intersection -> Intersection<'a, T, S, A> => {
            let (smaller, larger) = by_len(self, other, Self::len);
            Intersection { elements: smaller.iter(), other: larger }
        };
        union -> Union<'a, T, S, A> => {
            let (smaller, larger) = by_len(self, other, Self::len);
            Union { entries: larger.iter().chain(smaller.difference(larger)) }
        };
    }
}

/// Implements `Iterator` for a walk that returns the elements that the other set has, or those
/// that it has not. `$at_least` is how many are certain, given the number of elements to come and
/// the size of the other set.
macro_rules! filtered_walk {
    ($iter:ident, has: $has:literal, $at_least:expr) => {
        clone! { [T, S, A: Allocator] $iter<'_, T, S, A>: elements; }

        impl<'a, T: Eq + Hash, S: BuildHasher, A: Allocator> Iterator for $iter<'a, T, S, A> {
            type Item = &'a T;

            #[allow(clippy::while_let_on_iterator)]
            #[inline(always)]
            fn next(&mut self) -> Option<&'a T> {
                // Not by `find` or `by_ref`: those are calls, which keep where the walk is in memory.
                while let Some(element) = self.elements.next() {
                    if self.other.contains(element) == $has {
                        return Some(element);
                    }
                }
                None
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                let to_come = self.elements.len();
                let at_least: fn(usize, usize) -> usize = $at_least;
                (at_least(to_come, self.other.len()), Some(to_come))
            }

            #[inline]
            fn fold<Acc, F: FnMut(Acc, &'a T) -> Acc>(self, init: Acc, mut f: F) -> Acc {
                self.elements.fold(init, |acc, element| {
                    if self.other.contains(element) == $has { f(acc, element) } else { acc }
                })
            }
        }

        impl<T: Eq + Hash, S: BuildHasher, A: Allocator> FusedIterator for $iter<'_, T, S, A> {}
    };
}

filtered_walk!(Intersection, has: true, |_, _| 0);
filtered_walk!(Difference, has: false, usize::saturating_sub);

forward_iterator! {
    ['a, T: Eq + Hash, S: BuildHasher, A: Allocator] SymmetricDifference<'a, T, S, A>, &'a T, |element| element;
    ['a, T: Eq + Hash, S: BuildHasher, A: Allocator] Union<'a, T, S, A>, &'a T, |element| element;
}

clone! {
    [T, S, A: Allocator] SymmetricDifference<'_, T, S, A>: entries;
    [T, S, A: Allocator] Union<'_, T, S, A>: entries;
}

debug_list! {
    [T: Debug + Eq + Hash, S: BuildHasher, A: Allocator] Intersection<'_, T, S, A>, self => self.clone();
    [T: Debug + Eq + Hash, S: BuildHasher, A: Allocator] Difference<'_, T, S, A>, self => self.clone();
    [T: Debug + Eq + Hash, S: BuildHasher, A: Allocator] SymmetricDifference<'_, T, S, A>, self => self.clone();
    [T: Debug + Eq + Hash, S: BuildHasher, A: Allocator] Union<'_, T, S, A>, self => self.clone();
}

/// Implements an operator on two references: clones what the lazy operation returns.
macro_rules! operator {
    ($(#[$doc:meta] $op:ident $method:ident $lazy:ident;)*) => {$(
        impl<T, S, A> $op<&HashSet<T, S, A>> for &HashSet<T, S, A>
        where
            T: Eq + Hash + Clone,
            S: BuildHasher + Default,
            A: Allocator + Default,
        {
            type Output = HashSet<T, S, A>;

            #[$doc]
            fn $method(self, other: &HashSet<T, S, A>) -> HashSet<T, S, A> {
                // Not by `collect`: the walk would go through memory, by several calls, until it is asked for
                // its first element, which small sets notice.
                let elements = self.$lazy(other);
                let mut set = HashSet::default();
                set.reserve(elements.size_hint().0);
                elements.for_each(|element| {
                    set.insert(element.clone());
                });
                set
            }
        }
    )*};
}

operator! {
    /// The [`union`](HashSet::union), in a new set.
    BitOr bitor union;
    /// The [`intersection`](HashSet::intersection), in a new set.
    BitAnd bitand intersection;
    /// The [`symmetric_difference`](HashSet::symmetric_difference), in a new set.
    BitXor bitxor symmetric_difference;
    /// The [`difference`](HashSet::difference), in a new set.
    Sub sub difference;
}

/// Implements an assigning operator.
macro_rules! assigning_operator {
    ($(#[$doc:meta] $op:ident $method:ident |$set:ident, $other:ident| $body:block)*) => {$(
        impl<T: Eq + Hash + Clone, S: BuildHasher, A: Allocator> $op<&HashSet<T, S, A>> for HashSet<T, S, A> {
            #[$doc]
            fn $method(&mut self, $other: &HashSet<T, S, A>) {
                let $set = self;
                $body
            }
        }
    )*};
}

assigning_operator! {
    /// Inserts clones of the other set's elements that are absent.
    BitOrAssign bitor_assign |set, other| {
        for element in other {
            if let hash_table::Entry::Vacant(entry) = set.entry_of(element) {
                entry.insert((element.clone(), ()));
            }
        }
    }
    /// Removes the elements that the other set does not have.
    BitAndAssign bitand_assign |set, other| {
        set.retain(|element| other.contains(element));
    }
    /// Removes the elements that the other set has too, and inserts clones of its other ones.
    BitXorAssign bitxor_assign |set, other| {
        for element in other {
            match set.entry_of(element) {
                hash_table::Entry::Occupied(entry) => drop(entry.remove()),
                hash_table::Entry::Vacant(entry) => drop(entry.insert((element.clone(), ()))),
            }
        }
    }
    /// Removes the elements that the other set has too; walks over the smaller of the sets.
    SubAssign sub_assign |set, other| {
        if other.len() < set.len() {
            for element in other {
                set.remove(element);
            }
        } else {
            set.retain(|element| !other.contains(element));
        }
    }
}

impl<T: Eq + Hash, S: BuildHasher, A: Allocator> HashSet<T, S, A> {
    /// The table's entry for an element given by reference.
    #[inline(always)]
    pub(super) fn entry_of(&mut self, element: &T) -> hash_table::Entry<'_, (T, ()), A> {
        let hash_builder = &self.map.hash_builder;
        let hash = hash_builder.hash_one(element);
        self.map.table.entry(hash, has_key(element), hash_of(hash_builder))
    }
}
