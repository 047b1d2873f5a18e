//! The iterators of a map: those of its table, with keys taken from their cells.

use core::fmt::Debug;
use core::iter::FusedIterator;
use core::marker::PhantomData;

use super::SliceMap;
use super::arena::Arena;
use super::cell::{Cell, Key};
use crate::allocator::{Allocator, Global};
use crate::group::Native;
use crate::hash_map::{
    debug_list, extract_if, forward_iterator, into_iterator, iterator_types, view_iterators,
};
use crate::hash_table;
use crate::raw::RawExtractIf;

iterator_types! {
    SliceMap, "let mut map = rosti::StrMap::from([(\"one\", 1)]);";
    lazy {
        "The entries of a map by reference" iter: "map.iter().next(), Some((\"one\", &1))"
        => Iter ['a, K: Key + ?Sized, V] {
            pub(super) entries: hash_table::Iter<'a, (Cell<K>, V)>,
            /// What the arena holds.
            pub(super) text: &'a K,
        }
        "The entries of a map, with mutable references to the values" iter_mut:
        do "map.iter_mut().for_each(|(key, n)| *n += key.len());"; "map[\"one\"], 4"
        => IterMut ['a, K: Key + ?Sized, V] {
            pub(super) entries: hash_table::IterMut<'a, (Cell<K>, V)>,
            /// What the arena holds.
            pub(super) text: &'a K,
        }
        "The entries that a predicate picks, taken out one by one" extract_if:
        "map.extract_if(|key, _| key == \"one\").next(), Some((\"one\".to_owned(), 1))"
        => ExtractIf ['a, K: Key + ?Sized, V, F, A: Allocator = Global] {
            pub(super) entries: RawExtractIf<'a, (Cell<K>, V), Native, A>,
            pub(super) arena: &'a mut Arena<K, A>,
            pub(super) pick: F,
        }
    }
    owning {
        "The entries of a map by value, each key newly allocated" into_iter:
        "map.into_iter().next(), Some((\"one\".to_owned(), 1))"
        => IntoIter [K: Key + ?Sized, V, A: Allocator = Global] {
            entries: hash_table::IntoIter<(Cell<K>, V), A>,
            arena: Arena<K, A>,
        }
        "The entries taken out of a map that keeps its memory" drain:
        "map.drain().next(), Some((\"one\".to_owned(), 1))"
        => Drain ['a, K: Key + ?Sized, V, A: Allocator = Global] {
            pub(super) entries: hash_table::Drain<'a, (Cell<K>, V), A>,
            pub(super) arena: &'a mut Arena<K, A>,
        }
        "The values of a map by value" into_values: "map.into_values().next(), Some(1)"
        => IntoValues [K: Key + ?Sized, V, A: Allocator = Global] {
            pub(super) entries: hash_table::IntoIter<(Cell<K>, V), A>,
            pub(super) marker: PhantomData<K>,
        }
    }
}

impl<K: Key + ?Sized, V, A: Allocator> Drop for Drain<'_, K, V, A> {
    #[inline]
    fn drop(&mut self) {
        // Entries that are still to come are only dropped.
        self.arena.clear();
    }
}

view_iterators! { SliceMap, "StrMap", [K: Key + ?Sized], [K: Key + ?Sized], K::Owned, [] }

/// Implements the iterator traits by those of the field `entries`, with what the arena holds at
/// hand.
macro_rules! forward_with_text {
    ($([$($generics:tt)*] $iter:ty, $item:ty, $this:ident => $text:expr, $take_apart:expr;)*) => {$(
        impl<$($generics)*> Iterator for $iter {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<$item> {
                let $this = self;
                $this.entries.next().map(|entry| $take_apart(entry, $text))
            }

            #[inline]
            fn nth(&mut self, n: usize) -> Option<$item> {
                let $this = self;
                $this.entries.nth(n).map(|entry| $take_apart(entry, $text))
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.entries.size_hint()
            }

            #[inline]
            fn count(self) -> usize {
                self.len()
            }
        }

        impl<$($generics)*> ExactSizeIterator for $iter {
            #[inline]
            fn len(&self) -> usize {
                self.entries.len()
            }
        }

        impl<$($generics)*> FusedIterator for $iter {}
    )*};
}

/// An entry with its key in a block of its own.
#[inline]
fn owned<K: Key + ?Sized, V>((cell, value): (Cell<K>, V), text: &K) -> (K::Owned, V) {
    (cell.key(text).to_owned(), value)
}

forward_with_text! {
    ['a, K: Key + ?Sized, V] Iter<'a, K, V>, (&'a K, &'a V), this => this.text,
        |(cell, value): &'a (Cell<K>, V), text| (cell.key(text), value);
    ['a, K: Key + ?Sized, V] IterMut<'a, K, V>, (&'a K, &'a mut V), this => this.text,
        |(cell, value): &'a mut (Cell<K>, V), text| (cell.key(text), value);
    [K: Key + ?Sized, V, A: Allocator] IntoIter<K, V, A>, (K::Owned, V),
        this => this.arena.text(), owned;
    [K: Key + ?Sized, V, A: Allocator] Drain<'_, K, V, A>, (K::Owned, V),
        this => this.arena.text(), owned;
}

forward_iterator! { [K: Key + ?Sized, V, A: Allocator] IntoValues<K, V, A>, V, |(_, value)| value; }

extract_if! {
    [K: Key + ?Sized, V, A: Allocator] FnMut(&K, &mut V) -> bool, ExtractIf<'_, K, V, F, A>, (K::Owned, V), this => {
        let text = this.arena.text();
        let entry = this.entries.next(|(cell, value)| (this.pick)(cell.key(text), value))?;
        let bytes = entry.0.arena_bytes();
        let entry = owned(entry, text);
        this.arena.release(bytes);
        Some(entry)
    }
}

/// The entries that are still to come, by reference: what `Debug` prints.
macro_rules! rest {
    ($([$($generics:tt)*] $iter:ty, $this:ident => $text:expr;)*) => {$(
        impl<$($generics)*> $iter {
            #[inline]
            pub(super) fn rest(&self) -> Iter<'_, K, V> {
                let $this = self;
                Iter { entries: $this.entries.iter(), text: $text }
            }
        }
    )*};
}

rest! {
    [K: Key + ?Sized, V] IterMut<'_, K, V>, this => this.text;
    [K: Key + ?Sized, V, A: Allocator] IntoIter<K, V, A>, this => this.arena.text();
    [K: Key + ?Sized, V, A: Allocator] Drain<'_, K, V, A>, this => this.arena.text();
}

debug_list! {
    [K: Key + ?Sized, V: Debug] Iter<'_, K, V>, self => self.clone();
    [K: Key + ?Sized, V: Debug] IterMut<'_, K, V>, self => self.rest();
    [K: Key + ?Sized, V: Debug, A: Allocator] IntoIter<K, V, A>, self => self.rest();
    [K: Key + ?Sized, V: Debug, A: Allocator] IntoValues<K, V, A>, self
        => self.entries.iter().map(|(_, value)| value);
    [K: Key + ?Sized, V: Debug, A: Allocator] Drain<'_, K, V, A>, self => self.rest();
}

clone! { [K: Key + ?Sized, V] Iter<'_, K, V>: entries; }

default! {
    [K: Key + ?Sized, V] Iter<'_, K, V>: entries, text = K::empty();
    [K: Key + ?Sized, V] IterMut<'_, K, V>: entries, text = K::empty();
}

into_iterator! {
    ['a, K: Key + ?Sized, V, A: Allocator] &'a SliceMap<K, V, A> => Iter<'a, K, V>, (&'a K, &'a V), self
        => self.iter();
    ['a, K: Key + ?Sized, V, A: Allocator] &'a mut SliceMap<K, V, A> => IterMut<'a, K, V>, (&'a K, &'a mut V), self
        => self.iter_mut();
    /// The entries by value, each key newly allocated, in arbitrary order. O(slots) to visit them
    /// all.
    [K: Key + ?Sized, V, A: Allocator] SliceMap<K, V, A> => IntoIter<K, V, A>, (K::Owned, V), self
        => IntoIter { entries: self.table.into_iter(), arena: self.arena };
}
