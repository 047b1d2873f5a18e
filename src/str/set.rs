//! The set: a map without values.

use core::iter::FusedIterator;
use core::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Sub, SubAssign};

use super::common::common;
use super::{Drain, Entry, InsertError, IntoKeys, Key, Keys, SliceMap};
use crate::allocator::{Allocator, Global};
use crate::error::TryReserveError;
use crate::hash_map::{debug_list, forward_iterator, into_iterator, iterator_types};
use crate::hash_set::{algebra, by_len, elements, relations};
use crate::hash_table::removals;
use crate::raw::Statistics;

/// A set that owns its elements, strings (`K = str`, [`StrSet`](super::StrSet)) or byte strings
/// (`K = [u8]`, [`BytesSet`](super::BytesSet)), and takes them by reference.
///
/// It is a [`SliceMap`] without values; what is said there holds here.
///
/// ```
/// use rosti::StrSet;
/// let mut seen = StrSet::new();
/// let doubles = ["to", "be", "or", "not", "to", "be"].iter().filter(|word| !seen.insert(word));
/// assert_eq!(doubles.collect::<Vec<_>>(), [&"to", &"be"]);
/// assert_eq!(seen.len(), 4);
/// ```
pub struct SliceSet<K: Key + ?Sized, A: Allocator = Global> {
    pub(crate) map: SliceMap<K, (), A>,
}

common! {
    SliceSet<K>, "set" of "elements", "StrSet", "set.insert(\"an element that is too long for its cell\");",
    |seed| SliceSet { map: SliceMap::with_seed(seed) },
    |alloc| SliceSet { map: SliceMap::new_in(alloc) },
    self.map;
    allocation_size: self.map.allocation_size();
    statistics: self.map.statistics();
    reserve_key_bytes: |additional| self.map.reserve_key_bytes(additional);
    shrink_to_fit: {
        self.map.shrink_to_fit();
    }
    clear: {
        self.map.clear();
    }
}

impl<K: Key + ?Sized, A: Allocator> SliceSet<K, A> {
    elements! {
        "StrSet", "O(length) expected.", ", newly allocated", "O(length) expected and amortised.", inline(always),
        [] K => &K, K::Owned, |self, element|
        contains: self.map.contains_key(element);
        get: self.map.get_key_value(element).map(|(key, ())| key);
        take: self.map.remove_entry(element).map(|(key, ())| key);
        remove: self.map.remove(element).is_some();
    }

    examples! {
        "let mut set = rosti::StrSet::new();";

        /// Inserts a copy of the element if it is absent, and returns whether it was. O(length) expected and amortised.
        ///
        /// # Panics
        /// As [`SliceMap::insert`].
        #[example("assert!(set.insert(\"one\") && !set.insert(\"one\"));")]
        #[inline]
        pub fn insert(&mut self, element: &K) -> bool {
            self.map.insert(element, ()).is_none()
        }

        /// [`insert`](Self::insert) that reports why it cannot insert; nothing has changed then, except perhaps the
        /// capacity. O(length) expected and amortised.
        ///
        /// # Errors
        /// [`InsertError`]: the element is absent and too long, or there is no memory.
        #[example("assert_eq!((set.try_insert(\"one\"), set.try_insert(\"one\")), (Ok(true), Ok(false)));")]
        pub fn try_insert(&mut self, element: &K) -> Result<bool, InsertError> {
            match self.map.try_insert(element, ()) {
                Ok(present) => Ok(present.is_none()),
                Err(rejected) => Err(rejected.error),
            }
        }
    }

    /// The elements, in arbitrary order. O(slots) to visit them all.
    ///
    /// ```
    /// let set = rosti::StrSet::from(["one", "three"]);
    /// assert_eq!(set.iter().max(), Some("three"));
    /// ```
    #[inline]
    pub fn iter(&self) -> Keys<'_, K, ()> {
        self.map.keys()
    }

    removals! {
        "set" of "elements", "let mut set: rosti::StrSet = (0..8).map(|n| n.to_string()).collect();",
        "|n| n < \"4\"", |self, predicate|
        drain: " Each is newly allocated." -> DrainSet<'_, K, A> => DrainSet { entries: self.map.drain() };
        retain(&K): "" => {
            let mut keep = predicate;
            self.map.retain(|key, ()| keep(key));
        };
        extract_if(&K): " Each is newly allocated." -> impl FusedIterator<Item = K::Owned> => {
            let mut pick = predicate;
            self.map.extract_if(move |key, ()| pick(key)).map(|(key, ())| key)
        };
        pop[inline]: " It is newly allocated, which is not counted below." -> K::Owned => self.map.pop().map(|(key, ())| key);
    }

    algebra! {
        "let [a, b] = [[\"a\", \"bb\"], [\"bb\", \"cccc\"]].map(rosti::StrSet::from);", "in arbitrary order", |self, other|
        difference -> impl FusedIterator<Item = &'a K> + Clone + 'a =>
            self.iter().filter(|element| !other.contains(element));
        symmetric_difference -> impl FusedIterator<Item = &'a K> + Clone + 'a =>
            self.difference(other).chain(other.difference(self));
        intersection -> impl FusedIterator<Item = &'a K> + Clone + 'a => {
            let (smaller, larger) = by_len(self, other, Self::len);
            smaller.iter().filter(|element| larger.contains(element))
        };
        union -> impl FusedIterator<Item = &'a K> + Clone + 'a => {
            let (smaller, larger) = by_len(self, other, Self::len);
            larger.iter().chain(smaller.difference(larger))
        };
    }

    relations! { "StrSet", "", is_disjoint is_subset is_superset, iter }
}

iterator_types! {
    SliceSet, "let mut set = rosti::StrSet::from([\"one\"]);";
    owning {
        "The elements taken out of a set that keeps its memory" drain: "set.drain().next(), Some(\"one\".to_owned())"
        => DrainSet ['a, K: Key + ?Sized, A: Allocator = Global] { entries: Drain<'a, K, (), A> }
    }
}

forward_iterator! {
    [K: Key + ?Sized, A: Allocator] DrainSet<'_, K, A>, K::Owned, |(key, ())| key;
}

debug_list! {
    [K: Key + ?Sized, A: Allocator] DrainSet<'_, K, A>, self => self.entries.rest().map(|(key, ())| key);
}

impl<K: Key + ?Sized, A: Allocator + Clone> Clone for SliceSet<K, A> {
    /// O(slots + bytes). The copy has the same capacity and seed.
    fn clone(&self) -> Self {
        SliceSet { map: self.map.clone() }
    }

    /// O(slots + bytes). Reuses memory as the map does.
    fn clone_from(&mut self, source: &Self) {
        self.map.clone_from(&source.map);
    }
}

impl<K: Key + ?Sized, A: Allocator> PartialEq for SliceSet<K, A> {
    /// Whether both have the same elements, regardless of order and seeds.
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.is_subset(other)
    }
}

impl<K: Key + ?Sized, A: Allocator> Eq for SliceSet<K, A> {}

debug! { [K: Key + ?Sized, A: Allocator] SliceSet<K, A>, |self, f| f.debug_set().entries(self.iter()).finish(); }

impl<K: Key + ?Sized, A: Allocator + Default> Default for SliceSet<K, A> {
    /// An empty set with a seed of its own and default allocators.
    #[inline]
    fn default() -> Self {
        SliceSet { map: SliceMap::default() }
    }
}

from_array! {
    /// The set of these elements.
    [K: Key + ?Sized, Q: AsRef<K>] Q => SliceSet<K>
}

from_iterator! {
    /// The set of these elements.
    [K: Key + ?Sized, Q: AsRef<K>, A: Allocator + Default] Q => SliceSet<K, A>
}

extend! {
    /// Inserts all elements that are absent, given by reference (`&str`) or by value (`String`).
    ///
    /// # Panics
    /// As [`SliceMap::reserve`] and [`SliceMap::insert`].
    [K: Key + ?Sized, Q: AsRef<K>, A: Allocator] Q => SliceSet<K, A>: map, |element| (element, ());
}

into_iterator! {
    ['a, K: Key + ?Sized, A: Allocator] &'a SliceSet<K, A> => Keys<'a, K, ()>, &'a K, self => self.iter();
    /// The elements by value, each newly allocated, in arbitrary order. O(slots) to visit them all.
    [K: Key + ?Sized, A: Allocator] SliceSet<K, A> => IntoKeys<K, (), A>, K::Owned, self => self.map.into_keys();
}

/// Implements an operator on two references, and the one that assigns.
macro_rules! operators {
    ($($op:ident $method:ident $lazy:ident, $assign:ident $assign_method:ident
        |$set:ident, $other:ident| $body:block)*) => {$(
        impl<K: Key + ?Sized, A: Allocator + Default> $op<&SliceSet<K, A>> for &SliceSet<K, A> {
            type Output = SliceSet<K, A>;

            #[doc = concat!("The [`", stringify!($lazy), "`](SliceSet::", stringify!($lazy), "), in a new set.")]
            fn $method(self, other: &SliceSet<K, A>) -> SliceSet<K, A> {
                // By a loop: a borrowed `K` is no `AsRef<K>` for all the compiler knows.
                let mut set = SliceSet::default();
                self.$lazy(other).for_each(|element| _ = set.insert(element));
                set
            }
        }

        impl<K: Key + ?Sized, A: Allocator> $assign<&SliceSet<K, A>> for SliceSet<K, A> {
            #[doc = concat!("Makes this set the [`", stringify!($lazy), "`](SliceSet::", stringify!($lazy), ").")]
            fn $assign_method(&mut self, $other: &SliceSet<K, A>) {
                let $set = self;
                $body
            }
        }
    )*};
}

operators! {
    BitOr bitor union, BitOrAssign bitor_assign |set, other| {
        other.iter().for_each(|element| _ = set.insert(element));
    }
    BitAnd bitand intersection, BitAndAssign bitand_assign |set, other| {
        set.retain(|element| other.contains(element));
    }
    BitXor bitxor symmetric_difference, BitXorAssign bitxor_assign |set, other| {
        for element in other {
            match set.map.entry(element) {
                Entry::Occupied(entry) => entry.remove(),
                Entry::Vacant(entry) => *entry.insert(()),
            }
        }
    }
    Sub sub difference, SubAssign sub_assign |set, other| {
        if other.len() < set.len() {
            other.iter().for_each(|element| _ = set.remove(element));
        } else {
            set.retain(|element| !other.contains(element));
        }
    }
}
