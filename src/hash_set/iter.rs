//! The iterators of a set: those of its table, with the empty values left out.

use core::fmt::Debug;
use core::iter::FusedIterator;

use super::HashSet;
use crate::allocator::{Allocator, Global};
use crate::group::Native;
use crate::hash_map::{debug_list, forward_iterator, into_iterator, iterator_types};
use crate::hash_table;
use crate::raw::RawExtractIf;

iterator_types! {
    HashSet, "let set = rosti::HashSet::<_>::from(['a']);";
    lazy {
        "The elements of a set by reference" iter: "set.iter().next(), Some(&'a')"
        => Iter ['a, T] { pub(super) entries: hash_table::Iter<'a, (T, ())> }
    }
    owning {
        "The elements of a set by value" into_iter:
        "set.into_iter().next(), Some('a')"
        => IntoIter [T, A: Allocator = Global] { entries: hash_table::IntoIter<(T, ()), A> }
    }
}

/// The iterators that take elements out of a set, made of those of its table.
macro_rules! removals {
    ($Set:ident, $drain:ty, $extract_if:ty) => {
        $crate::hash_table::iterator_types! {
            $Set, concat!("let mut set = rosti::", stringify!($Set), "::<_>::from(['a']);");
            lazy {
                "The elements that a predicate picks, taken out one by one" extract_if:
                "set.extract_if(|&c| c == 'a').next(), Some('a')"
                => ExtractIf ['a, T, F, A: Allocator = Global] { pub(super) entries: $extract_if, pub(super) pick: F }
            }
            owning {
                "The elements taken out of a set that keeps its memory" drain:
                "set.drain().next(), Some('a')"
                => Drain ['a, T, A: Allocator = Global] { pub(super) entries: $drain }
            }
        }

        $crate::hash_map::forward_iterator! {
            [T, A: Allocator] Drain<'_, T, A>, T, |(element, ())| element;
        }

        $crate::hash_map::extract_if! {
            [T, A: Allocator] FnMut(&T) -> bool, ExtractIf<'_, T, F, A>, T, this
                => this.entries.next(|(element, ())| (this.pick)(element)).map(|(element, ())| element)
        }

        $crate::hash_map::debug_list! {
            [T: Debug, A: Allocator] Drain<'_, T, A>, self => self.entries.iter().map(|(element, ())| element);
        }
    };
}

#[cfg(feature = "extendible")]
pub(crate) use removals;

removals! { HashSet, hash_table::Drain<'a, (T, ()), A>, RawExtractIf<'a, (T, ()), Native, A> }

forward_iterator! {
    any ['a, T] Iter<'a, T>, &'a T, |(element, ())| element;
    [T, A: Allocator] IntoIter<T, A>, T, |(element, ())| element;
}

clone! { [T] Iter<'_, T>: entries; }

default! {
    [T] Iter<'_, T>: entries;
    [T, A: Allocator] IntoIter<T, A>: entries;
}

debug_list! {
    [T: Debug] Iter<'_, T>, self => self.clone();
    [T: Debug, A: Allocator] IntoIter<T, A>, self => Iter { entries: self.entries.iter() };
}

into_iterator! {
    /// The elements by value, in arbitrary order. O(slots) to visit them all.
    [T, S, A: Allocator] HashSet<T, S, A> => IntoIter<T, A>, T, self => {
        drop(self.map.hash_builder); // as `HashMap` does
        IntoIter { entries: self.map.table.into_iter() }
    };
}
