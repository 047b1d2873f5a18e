//! Parallel iterators of sets, set algebra in parallel, and building sets in parallel.

use core::fmt::Debug;
use core::hash::{BuildHasher, Hash};

use ::rayon::iter::plumbing::UnindexedConsumer;
use ::rayon::iter::{FromParallelIterator, IntoParallelIterator, ParallelExtend, ParallelIterator};

use super::extend::extend;
use super::{Walk, Whole, extend_parallel, forward_parallel, from_parallel, into_parallel, walks};
use crate::allocator::{Allocator, Global};
use crate::group::Native;
use crate::hash_map::{debug_list, iterator_types};
use crate::hash_set::{self, HashSet, by_len, relations};
use crate::raw::split::{Shared, Split};
use crate::raw::{RawDrain, RawIntoIter};

walks! {
    HashSet [T] [S in map.hash_builder], "set" of "elements", "rosti::HashSet::<_>::from([1, 2, 3])",
    (T, ()), [map.table.raw], &'a T => |(element, ())| element, T => |(element, ())| element
}

iterator_types! {
    HashSet,
    "use rayon::prelude::*;\nlet [a, b] = [[1, 2], [2, 3]].map(rosti::HashSet::<_>::from);";
    lazy {
        "The elements that are in one set but not in another, in parallel" par_difference:
        "a.par_difference(&b).sum::<i32>(), 1"
        => ParDifference ['a, T, S, A: Allocator = Global] { a: &'a HashSet<T, S, A>, b: &'a HashSet<T, S, A> }
        "The elements that are in exactly one of two sets, in parallel" par_symmetric_difference:
        "a.par_symmetric_difference(&b).sum::<i32>(), 1 + 3"
        => ParSymmetricDifference ['a, T, S, A: Allocator = Global] { a: &'a HashSet<T, S, A>, b: &'a HashSet<T, S, A> }
        "The elements that are in both of two sets, in parallel" par_intersection:
        "a.par_intersection(&b).sum::<i32>(), 2"
        => ParIntersection ['a, T, S, A: Allocator = Global] { a: &'a HashSet<T, S, A>, b: &'a HashSet<T, S, A> }
        "The elements that are in at least one of two sets, in parallel" par_union:
        "a.par_union(&b).sum::<i32>(), 1 + 2 + 3"
        => ParUnion ['a, T, S, A: Allocator = Global] { a: &'a HashSet<T, S, A>, b: &'a HashSet<T, S, A> }
    }
}

/// The traits of parallel iterators over two sets. `$serial` is the method that gives the same elements one by one.
macro_rules! algebra {
    ($($iter:ident, $serial:ident, |$a:ident, $b:ident| $elements:expr;)*) => {$(
        clone! { [T, S, A: Allocator] $iter<'_, T, S, A>; }

        debug_list! {
            [T: Debug + Eq + Hash, S: BuildHasher, A: Allocator] $iter<'_, T, S, A>, self => self.a.$serial(self.b);
        }

        forward_parallel! {
            ['a, T: Eq + Hash + Sync, S: BuildHasher + Sync, A: Allocator + Sync] $iter<'a, T, S, A>, &'a T, self => {
                let ($a, $b) = (self.a, self.b);
                $elements
            };
        }
    )*};
}

algebra! {
    ParDifference, difference, |a, b| a.into_par_iter().filter(|&element| !b.contains(element));
    ParSymmetricDifference, symmetric_difference, |a, b| a.par_difference(b).chain(b.par_difference(a));
    ParIntersection, intersection, |a, b| {
        let (smaller, larger) = by_len(a, b, HashSet::len);
        smaller.into_par_iter().filter(|&element| larger.contains(element))
    };
    ParUnion, union, |a, b| {
        let (smaller, larger) = by_len(a, b, HashSet::len);
        larger.into_par_iter().chain(smaller.par_difference(larger))
    };
}

impl<T: Eq + Hash + Sync, S: BuildHasher + Sync, A: Allocator + Sync> HashSet<T, S, A> {
    hash_set::algebra! {
        "use rayon::prelude::*;\nlet [a, b] = [[\"a\", \"bb\"], [\"bb\", \"cccc\"]].map(rosti::HashSet::<_>::from);",
        "in parallel and in arbitrary order", |self, other|
        par_difference -> ParDifference<'a, T, S, A> => ParDifference { a: self, b: other };
        par_symmetric_difference -> ParSymmetricDifference<'a, T, S, A> => ParSymmetricDifference { a: self, b: other };
        par_intersection -> ParIntersection<'a, T, S, A> => ParIntersection { a: self, b: other };
        par_union -> ParUnion<'a, T, S, A> => ParUnion { a: self, b: other };
    }

    relations! {
        "HashSet::<_>", ", found out in parallel", par_is_disjoint par_is_subset par_is_superset, into_par_iter
    }

    /// Whether both sets have the same elements, found out in parallel. At most one lookup per
    /// element.
    ///
    /// ```
    /// assert!(rosti::HashSet::<_>::from([1, 2]).par_eq(&rosti::HashSet::<_>::from([2, 1])));
    /// ```
    #[inline]
    pub fn par_eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.par_is_subset(other)
    }
}

from_parallel! {
    /// The set of these elements, built in parallel; of equal ones the first stays.
    ///
    /// ```
    /// use rayon::prelude::*;
    /// let rests: rosti::HashSet<u32> = (0..100_000).into_par_iter().map(|n| n % 7).collect();
    /// assert_eq!(rests.len(), 7);
    /// ```
    [T: Eq + Hash + Send, S: BuildHasher + Default + Sync]
    T => HashSet<T, S>
}

extend_parallel! {
    /// Inserts all elements that are absent, in parallel; of equal ones the first stays.
    ///
    /// Reserves room for as many elements as there are, equal or not.
    ///
    /// ```
    /// use rayon::prelude::*;
    /// let mut set = rosti::HashSet::<_>::from([1]);
    /// set.par_extend([2, 1, 2]);
    /// assert_eq!(set, rosti::HashSet::from([1, 2]));
    /// ```
    [T: Eq + Hash + Send, S: BuildHasher + Sync, A: Allocator]
    T => HashSet<T, S, A>, |self, elements| extend(&mut self.map, elements.into_par_iter().map(|element| (element, ())))
}

extend_parallel! {
    /// Inserts copies of all elements that are absent, in parallel.
    ['a, T: 'a + Copy + Eq + Hash + Send + Sync, S: BuildHasher + Sync, A: Allocator]
    &'a T => HashSet<T, S, A>, |self, elements| self.par_extend(elements.into_par_iter().copied())
}
