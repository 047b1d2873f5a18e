//! The iterators of a map: those of its table, with entries taken apart.

use core::fmt::{self, Debug};
use core::iter::FusedIterator;
use core::marker::PhantomData;
use core::ptr::NonNull;

use super::HashMap;
use crate::allocator::{Allocator, Global};
use crate::group::Native;
use crate::hash_table::{self, HashTable};
pub(crate) use crate::hash_table::{clone, debug_list, default, extract_if, into_iterator};
use crate::raw::RawExtractIf;

/// The entries of a map, with mutable references to the values; see [`HashMap::iter_mut`].
///
/// ```
/// let mut map: rosti::HashMap<_, _> = rosti::HashMap::from([(1, 'a')]);
/// assert_eq!(map.iter_mut().next(), Some((&1, &mut 'a')));
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct IterMut<'a, K, V> {
    /// Not a `hash_table::IterMut`: that would make this iterator invariant in `K`.
    entries: hash_table::UnsafeIter<'a, (K, V)>,
    marker: PhantomData<(&'a K, &'a mut V)>,
}

// SAFETY: the iterator is the exclusive borrow of a map, keys included, until its end. (The
// marker alone would demand `K: Sync`.)
unsafe impl<K: Send, V: Send> Send for IterMut<'_, K, V> {}

impl<'a, K, V> IterMut<'a, K, V> {
    #[inline]
    pub(super) fn new(table: &'a mut HashTable<(K, V), impl Allocator>) -> Self {
        IterMut { entries: table.unsafe_iter(), marker: PhantomData }
    }
}

default! { [K, V] IterMut<'_, K, V> marker; }

/// Implements the iterator traits of a type by those of its field `entries`, with a function
/// applied to each item.
macro_rules! forward_iterator {
    ($([$($generics:tt)*] $iter:ty, $item:ty, $take_apart:expr;)*) => {$(
        $crate::hash_table::forward_iterator! { [$($generics)*] $iter, $item, $take_apart; }
        $crate::hash_table::exact_size! { [$($generics)*] $iter; }
    )*};
}

pub(crate) use forward_iterator;

forward_iterator! {
    ['a, K, V] IterMut<'a, K, V>, (&'a K, &'a mut V), |mut entry: NonNull<(K, V)>| {
        // SAFETY: the map is borrowed mutably for 'a, and each entry comes once.
        let (key, value) = unsafe { entry.as_mut() };
        (&*key, value)
    };
}

/// The iterators over one half of each entry, made of those over entries. In quotes a map for the documentation; in brackets
/// what a map asks of its keys and what `Debug` does, and the parameter that iterators by reference have in addition.
macro_rules! view_iterators {
    ($Map:ident, $Of:expr, [$($K:tt)*], [$($shown:tt)*], $Owned:ty, [$($A:ident)?]) => {
        #[doc = concat!("The keys of a map; see [`", stringify!($Map), "::keys`].")]
        ///
        /// ```
        #[doc = concat!("let map = rosti::", $Of, "::from([(\"a\", 1)]);")]
        /// assert!(map.keys().next().is_some_and(|key| key.len() == 1));
        /// ```
        #[must_use = "iterators are lazy and do nothing unless consumed"]
        pub struct Keys<'a, $($K)*, V $(, $A: Allocator = Global)?> {
            pub(super) entries: Iter<'a, K, V $(, $A)?>,
        }

        #[doc = concat!("The values of a map; see [`", stringify!($Map), "::values`].")]
        ///
        /// ```
        #[doc = concat!("let map = rosti::", $Of, "::from([(\"a\", 1)]);")]
        /// assert_eq!(map.values().next(), Some(&1));
        /// ```
        #[must_use = "iterators are lazy and do nothing unless consumed"]
        pub struct Values<'a, $($K)*, V $(, $A: Allocator = Global)?> {
            pub(super) entries: Iter<'a, K, V $(, $A)?>,
        }

        #[doc = concat!("The values of a map by mutable reference; see [`", stringify!($Map), "::values_mut`].")]
        ///
        /// ```
        #[doc = concat!("let mut map = rosti::", $Of, "::from([(\"a\", 1)]);")]
        /// assert_eq!(map.values_mut().next(), Some(&mut 1));
        /// ```
        #[must_use = "iterators are lazy and do nothing unless consumed"]
        pub struct ValuesMut<'a, $($K)*, V $(, $A: Allocator = Global)?> {
            pub(super) entries: IterMut<'a, K, V $(, $A)?>,
        }

        #[doc = concat!("The keys of a map by value; see [`", stringify!($Map), "::into_keys`].")]
        ///
        /// ```
        #[doc = concat!("let map = rosti::", $Of, "::from([(\"a\", 1)]);")]
        /// assert!(map.into_keys().next().is_some_and(|key| key.len() == 1));
        /// ```
        pub struct IntoKeys<$($K)*, V, A: Allocator = Global> {
            pub(super) entries: IntoIter<K, V, A>,
        }

        $crate::hash_map::forward_iterator! {
            ['a, $($K)*, V $(, $A: Allocator)?] Keys<'a, K, V $(, $A)?>, &'a K, |(key, _)| key;
            ['a, $($K)*, V $(, $A: Allocator)?] Values<'a, K, V $(, $A)?>, &'a V, |(_, value)| value;
            ['a, $($K)*, V $(, $A: Allocator)?] ValuesMut<'a, K, V $(, $A)?>, &'a mut V, |(_, value)| value;
            [$($K)*, V, A: Allocator] IntoKeys<K, V, A>, $Owned, |(key, _)| key;
        }

        $crate::hash_map::debug_list! {
            [$($shown)*, V $(, $A: Allocator)?] Keys<'_, K, V $(, $A)?>, self => self.clone();
            [$($K)*, V: Debug $(, $A: Allocator)?] Values<'_, K, V $(, $A)?>, self => self.clone();
            [$($K)*, V: Debug $(, $A: Allocator)?] ValuesMut<'_, K, V $(, $A)?>, self
                => self.entries.rest().map(|(_, value)| value);
            [$($shown)*, V, A: Allocator] IntoKeys<K, V, A>, self => self.entries.rest().map(|(key, _)| key);
        }

        $crate::hash_map::clone! {
            [$($K)*, V $(, $A: Allocator)?] Keys<'_, K, V $(, $A)?>;
            [$($K)*, V $(, $A: Allocator)?] Values<'_, K, V $(, $A)?>;
        }

        $crate::hash_map::default! {
            [$($K)*, V $(, $A: Allocator)?] Keys<'_, K, V $(, $A)?>;
            [$($K)*, V $(, $A: Allocator)?] Values<'_, K, V $(, $A)?>;
            [$($K)*, V $(, $A: Allocator)?] ValuesMut<'_, K, V $(, $A)?>;
        }
    };
}

pub(crate) use view_iterators;

/// The iterators of a map, made of those of its table: of the types given, and `IterMut`. In brackets what the map asks
/// of an allocator, the parameter that iterators by reference have in addition, and the table.
macro_rules! iterators {
    (
        $Map:ident, [$($bound:ident)?], [$($A:ident)?], [$table:ident],
        $iter:ty, $into_iter:ty, $drain:ty, $extract_if:ty
    ) => {
        #[doc = concat!("The entries of a map by reference; see [`", stringify!($Map), "::iter`].")]
        ///
        /// ```
        #[doc = concat!("let map = rosti::", stringify!($Map), "::<_, _>::from([(1, 'a')]);")]
        /// assert_eq!(map.iter().next(), Some((&1, &'a')));
        /// ```
        #[must_use = "iterators are lazy and do nothing unless consumed"]
        pub struct Iter<'a, K, V $(, $A: Allocator = Global)?> {
            pub(super) entries: $iter,
        }

        #[doc = concat!("The entries of a map by value; see [`", stringify!($Map), "::into_iter`](IntoIterator::into_iter).")]
        ///
        /// ```
        #[doc = concat!("let map = rosti::", stringify!($Map), "::<_, _>::from([(1, 'a')]);")]
        /// assert_eq!(map.into_iter().next(), Some((1, 'a')));
        /// ```
        pub struct IntoIter<K, V, A: Allocator = Global> {
            pub(super) entries: $into_iter,
        }

        #[doc = concat!("The entries taken out of a map that keeps its memory; see [`", stringify!($Map), "::drain`].")]
        ///
        /// ```
        #[doc = concat!("let mut map = rosti::", stringify!($Map), "::<_, _>::from([(1, 'a')]);")]
        /// assert_eq!(map.drain().next(), Some((1, 'a')));
        /// ```
        pub struct Drain<'a, K, V, A: Allocator = Global> {
            pub(super) entries: $drain,
        }

        #[doc = concat!("The entries that a predicate picks, taken out one by one; see [`", stringify!($Map), "::extract_if`].")]
        ///
        /// ```
        #[doc = concat!("let mut map = rosti::", stringify!($Map), "::<_, _>::from([(1, 'a'), (2, 'b')]);")]
        /// assert_eq!(map.extract_if(|key, _| *key == 2).next(), Some((2, 'b')));
        /// ```
        #[must_use = "iterators are lazy and do nothing unless consumed"]
        pub struct ExtractIf<'a, K, V, F, A: Allocator = Global> {
            pub(super) entries: $extract_if,
            pub(super) pick: F,
        }

        $crate::hash_map::view_iterators! {
            $Map, concat!(stringify!($Map), "::<_, _>"), [K], [K: Debug], K, [$($A)?]
        }

        #[doc = concat!("The values of a map by value; see [`", stringify!($Map), "::into_values`].")]
        ///
        /// ```
        #[doc = concat!("let map = rosti::", stringify!($Map), "::<_, _>::from([(1, 'a')]);")]
        /// assert_eq!(map.into_values().next(), Some('a'));
        /// ```
        pub struct IntoValues<K, V, A: Allocator = Global> {
            pub(super) entries: IntoIter<K, V, A>,
        }

        $crate::hash_map::forward_iterator! {
            ['a, K, V $(, $A: Allocator)?] Iter<'a, K, V $(, $A)?>, (&'a K, &'a V), |(key, value)| (key, value);
            [K, V, A: Allocator] IntoIter<K, V, A>, (K, V), |entry| entry;
            [K, V, A: Allocator] Drain<'_, K, V, A>, (K, V), |entry| entry;
            [K, V, A: Allocator] IntoValues<K, V, A>, V, |(_, value)| value;
        }

        $crate::hash_map::extract_if! {
            [K, V, A: Allocator] FnMut(&K, &mut V) -> bool, ExtractIf<'_, K, V, F, A>, (K, V), this
                => this.entries.next(|(key, value)| (this.pick)(key, value))
        }

        impl<K, V $(, $A: Allocator)?> IterMut<'_, K, V $(, $A)?> {
            /// The entries that are still to come, by reference.
            #[inline]
            pub(super) fn rest(&self) -> Iter<'_, K, V $(, $A)?> {
                Iter { entries: self.entries.iter() }
            }
        }

        impl<K, V, A: Allocator> IntoIter<K, V, A> {
            /// The same.
            #[inline]
            pub(super) fn rest(&self) -> Iter<'_, K, V $(, $A)?> {
                Iter { entries: self.entries.iter() }
            }
        }

        $crate::hash_map::debug_list! {
            [K: Debug, V: Debug $(, $A: Allocator)?] Iter<'_, K, V $(, $A)?>, self => self.clone();
            [K: Debug, V: Debug $(, $A: Allocator)?] IterMut<'_, K, V $(, $A)?>, self => self.rest();
            [K: Debug, V: Debug, A: Allocator] IntoIter<K, V, A>, self => self.rest();
            [K: Debug, V: Debug, A: Allocator] Drain<'_, K, V, A>, self => Iter { entries: self.entries.iter() };
            [K, V: Debug, A: Allocator] IntoValues<K, V, A>, self
                => self.entries.rest().map(|(_, value)| value);
        }

        $crate::hash_map::clone! { [K, V $(, $A: Allocator)?] Iter<'_, K, V $(, $A)?>; }

        $crate::hash_map::default! {
            [K, V $(, $A: Allocator)?] Iter<'_, K, V $(, $A)?>;
            [K, V, A: Allocator] IntoIter<K, V, A>;
            [K, V, A: Allocator] IntoKeys<K, V, A>;
            [K, V, A: Allocator] IntoValues<K, V, A>;
        }

        $crate::hash_table::into_iterator! {
            [K, V, S, A: Allocator $(+ $bound)?] $Map<K, V, S, A> => IntoIter<K, V, A>, (K, V), self
                => IntoIter { entries: self.$table.into_iter() };
        }
    };
}

#[cfg(feature = "extendible")]
pub(crate) use iterators;

iterators! {
    HashMap, [], [], [table], hash_table::Iter<'a, (K, V)>, hash_table::IntoIter<(K, V), A>,
    hash_table::Drain<'a, (K, V), A>, RawExtractIf<'a, (K, V), Native, A>
}
