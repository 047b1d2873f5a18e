//! The iterators of a map: those of its tables, with entries taken apart.

use core::fmt::Debug;
use core::iter::FusedIterator;

use super::map::ExtendibleMap;
use super::table::Tables;
use super::walk;
use crate::allocator::{Allocator, Global};
use crate::hash_map::{forward_iterator, iterator_types, iterators};

iterator_types! {
    ExtendibleMap, "let mut map = rosti::ExtendibleMap::<_, _>::from([(1, 'a')]);";
    lazy {
        "The entries of a map, with mutable references to the values" iter_mut:
        do "map.iter_mut().for_each(|(_, letter)| *letter = 'b');"; "map[&1], 'b'"
        => IterMut ['a, K, V, A: Allocator = Global] { pub(super) entries: walk::IterMut<'a, (K, V), A> }
    }
}

forward_iterator! {
    ['a, K, V, A: Allocator] IterMut<'a, K, V, A>, (&'a K, &'a mut V), |(key, value)| (&*key, value);
}

default! { [K, V, A: Allocator] IterMut<'_, K, V, A>: entries; }

impl<'a, K, V, A: Allocator> IterMut<'a, K, V, A> {
    pub(super) fn new(tables: &'a mut Tables<(K, V), A>) -> Self {
        IterMut { entries: tables.iter_mut() }
    }
}

iterators! {
    ExtendibleMap, [Clone], [A], [tables], walk::Iter<'a, (K, V), A>, walk::IntoIter<(K, V), A>,
    walk::Drain<'a, (K, V), A>, walk::ExtractIf<'a, (K, V), A>
}
