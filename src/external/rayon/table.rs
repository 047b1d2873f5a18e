//! Parallel iterators of tables.

use core::fmt::Debug;

use ::rayon::iter::plumbing::UnindexedConsumer;
use ::rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::{Walk, Whole, forward_parallel, into_parallel, walks};
use crate::allocator::{Allocator, Global};
use crate::group::Native;
use crate::hash_map::{debug_list, iterator_types};
use crate::hash_table::HashTable;
use crate::raw::split::{Shared, Split, Unique};
use crate::raw::{RawDrain, RawIntoIter};

walks! {
    HashTable [T] [], "table" of "entries",
    "(1..=3).fold(rosti::HashTable::new(), |mut table, n| {\n    table.insert_unique(n, n, |&n| n);\n    table\n})",
    T, [raw], &'a T => |entry| entry, T => |entry| entry
}

iterator_types! {
    HashTable,
    "use rayon::prelude::*;\nlet mut table = rosti::HashTable::new();\ntable.insert_unique(7, 2, |_| 7);";
    lazy {
        "The entries of a table by mutable reference, in parallel":
        do "table.par_iter_mut().for_each(|n| *n += 1);"; "table.iter().next(), Some(&3)"
        => ParIterMut ['a, T] { entries: Walk<Split<Unique<'a, T>, Native>> }
    }
}

forward_parallel! { ['a, T: Send] ParIterMut<'a, T>, &'a mut T, self => self.entries; }

debug_list! { [T: Debug] ParIterMut<'_, T>, self => self.entries.iter(); }

into_parallel! {
    ['a, T: Send, A: Allocator] &'a mut HashTable<T, A> => ParIterMut<'a, T>, &'a mut T, self
        => ParIterMut { entries: Walk(self.raw.split_mut()) };
}
