//! The iterators of a map: those of its table, with entries taken apart.

use core::fmt::Debug;
use core::iter::FusedIterator;
use core::marker::PhantomData;

use super::HashMap;
use crate::allocator::{Allocator, Global};
use crate::group::Native;
use crate::hash_table::{self, HashTable};
pub(crate) use crate::hash_table::{debug_list, extract_if, into_iterator, iterator_types};
use crate::raw::RawExtractIf;

iterator_types! {
    HashMap, "let mut map = rosti::HashMap::<_, _>::from([(1, 'a')]);";
    lazy {
        "The entries of a map, with mutable references to the values" iter_mut:
        do "map.iter_mut().for_each(|(_, letter)| *letter = 'b');"; "map[&1], 'b'"
        => IterMut ['a, K, V] {
            /// Not a `hash_table::IterMut`: that would make this iterator invariant in `K`.
            entries: hash_table::UnsafeIter<'a, (K, V)>,
            marker: PhantomData<(&'a K, &'a mut V)>,
        }
    }
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

default! { [K, V] IterMut<'_, K, V>: entries marker; }

/// Implements the iterator traits of a type by those of its field `entries`, with a function
/// applied to each item.
macro_rules! forward_iterator {
    ($($($any:ident)? [$($generics:tt)*] $iter:ty, $item:ty, |$entry:pat_param| $part:expr;)*) => {$(
        $crate::hash_table::forward_iterator! { $($any)? [$($generics)*] $iter, $item, |$entry| $part; }
        $crate::hash_table::exact_size! { [$($generics)*] $iter; }
    )*};
}

pub(crate) use forward_iterator;

forward_iterator! {
    ['a, K, V] IterMut<'a, K, V>, (&'a K, &'a mut V), |mut entry| {
        // SAFETY: the map is borrowed mutably for 'a, and each entry comes once.
        let (key, value) = unsafe { entry.as_mut() };
        (&*key, value)
    };
}

/// The iterators over one half of each entry, made of those over entries. In quotes a map for the documentation; in brackets
/// what a map asks of its keys and what `Debug` does, and the parameter that iterators by reference have in addition.
macro_rules! view_iterators {
    ($Map:ident, $Of:expr, [$($K:tt)*], [$($shown:tt)*], $Owned:ty, [$($A:ident)?]) => {
        $crate::hash_table::iterator_types! {
            $Map, concat!("let mut map = rosti::", $Of, "::from([(\"a\", 1)]);");
            lazy {
                "The keys of a map" keys: "map.keys().map(|key| key.len()).max(), Some(1)"
                => Keys ['a, $($K)*, V $(, $A: Allocator = Global)?] { pub(super) entries: Iter<'a, K, V $(, $A)?> }
                "The values of a map" values: "map.values().next(), Some(&1)"
                => Values ['a, $($K)*, V $(, $A: Allocator = Global)?] { pub(super) entries: Iter<'a, K, V $(, $A)?> }
                "The values of a map by mutable reference" values_mut:
                do "map.values_mut().for_each(|n| *n += 1);"; "map[\"a\"], 2"
                => ValuesMut ['a, $($K)*, V $(, $A: Allocator = Global)?] {
                    pub(super) entries: IterMut<'a, K, V $(, $A)?>
                }
            }
            owning {
                "The keys of a map by value" into_keys:
                "map.into_keys().map(|key| key.len()).max(), Some(1)"
                => IntoKeys [$($K)*, V, A: Allocator = Global] { pub(super) entries: IntoIter<K, V, A> }
            }
        }

        $crate::hash_map::forward_iterator! {
            any ['a, $($K)*, V $(, $A: Allocator)?] Keys<'a, K, V $(, $A)?>, &'a K, |(key, _)| key;
            any ['a, $($K)*, V $(, $A: Allocator)?] Values<'a, K, V $(, $A)?>, &'a V, |(_, value)| value;
            ['a, $($K)*, V $(, $A: Allocator)?] ValuesMut<'a, K, V $(, $A)?>, &'a mut V, |(_, value)| value;
            [$($K)*, V, A: Allocator] IntoKeys<K, V, A>, $Owned, |(key, value)| {
                drop(value); // it may panic: before the key is the result, which would be lost
                key
            };
        }

        $crate::hash_map::debug_list! {
            [$($shown)*, V $(, $A: Allocator)?] Keys<'_, K, V $(, $A)?>, self => self.clone();
            [$($K)*, V: Debug $(, $A: Allocator)?] Values<'_, K, V $(, $A)?>, self => self.clone();
            [$($K)*, V: Debug $(, $A: Allocator)?] ValuesMut<'_, K, V $(, $A)?>, self
                => self.entries.rest().map(|(_, value)| value);
            [$($shown)*, V, A: Allocator] IntoKeys<K, V, A>, self => self.entries.rest().map(|(key, _)| key);
        }

        clone! {
            [$($K)*, V $(, $A: Allocator)?] Keys<'_, K, V $(, $A)?>: entries;
            [$($K)*, V $(, $A: Allocator)?] Values<'_, K, V $(, $A)?>: entries;
        }

        default! {
            [$($K)*, V $(, $A: Allocator)?] Keys<'_, K, V $(, $A)?>: entries;
            [$($K)*, V $(, $A: Allocator)?] Values<'_, K, V $(, $A)?>: entries;
            [$($K)*, V $(, $A: Allocator)?] ValuesMut<'_, K, V $(, $A)?>: entries;
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
        $crate::hash_table::iterator_types! {
            $Map, concat!("let mut map = rosti::", stringify!($Map), "::<_, _>::from([(1, 'a')]);");
            lazy {
                "The entries of a map by reference" iter:
                "map.iter().next(), Some((&1, &'a'))"
                => Iter ['a, K, V $(, $A: Allocator = Global)?] { pub(super) entries: $iter }
                "The entries that a predicate picks, taken out one by one" extract_if:
                "map.extract_if(|key, _| *key == 1).next(), Some((1, 'a'))"
                => ExtractIf ['a, K, V, F, A: Allocator = Global] {
                    pub(super) entries: $extract_if,
                    pub(super) pick: F,
                }
            }
            owning {
                "The entries of a map by value" into_iter:
                "map.into_iter().next(), Some((1, 'a'))"
                => IntoIter [K, V, A: Allocator = Global] { pub(super) entries: $into_iter }
                "The entries taken out of a map that keeps its memory" drain:
                "map.drain().next(), Some((1, 'a'))"
                => Drain ['a, K, V, A: Allocator = Global] { pub(super) entries: $drain }
                "The values of a map by value" into_values:
                "map.into_values().next(), Some('a')"
                => IntoValues [K, V, A: Allocator = Global] { pub(super) entries: IntoIter<K, V, A> }
            }
        }

        $crate::hash_map::view_iterators! {
            $Map, concat!(stringify!($Map), "::<_, _>"), [K], [K: Debug], K, [$($A)?]
        }

        $crate::hash_map::forward_iterator! {
            any ['a, K, V $(, $A: Allocator)?] Iter<'a, K, V $(, $A)?>, (&'a K, &'a V), |(key, value)| (key, value);
            [K, V, A: Allocator] IntoIter<K, V, A>, (K, V), |entry| entry;
            [K, V, A: Allocator] Drain<'_, K, V, A>, (K, V), |entry| entry;
            [K, V, A: Allocator] IntoValues<K, V, A>, V, |(key, value)| {
                drop(key); // as in `IntoKeys`
                value
            };
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

        clone! { [K, V $(, $A: Allocator)?] Iter<'_, K, V $(, $A)?>: entries; }

        default! {
            [K, V $(, $A: Allocator)?] Iter<'_, K, V $(, $A)?>: entries;
            [K, V, A: Allocator] IntoIter<K, V, A>: entries;
            [K, V, A: Allocator] IntoKeys<K, V, A>: entries;
            [K, V, A: Allocator] IntoValues<K, V, A>: entries;
        }

        $crate::hash_table::into_iterator! {
            [K, V, S, A: Allocator $(+ $bound)?] $Map<K, V, S, A> => IntoIter<K, V, A>, (K, V), self => {
                drop(self.hash_builder); // first: if it panics, the entries are dropped with the table
                IntoIter { entries: self.$table.into_iter() }
            };
        }
    };
}

#[cfg(feature = "extendible")]
pub(crate) use iterators;

iterators! {
    HashMap, [], [], [table], hash_table::Iter<'a, (K, V)>, hash_table::IntoIter<(K, V), A>,
    hash_table::Drain<'a, (K, V), A>, RawExtractIf<'a, (K, V), Native, A>
}
