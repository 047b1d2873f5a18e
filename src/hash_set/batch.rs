//! Looking many elements up at once: the map's iterators, without values.

use core::hash::{BuildHasher, Hash};

use super::HashSet;
use crate::allocator::{Allocator, Global};
use crate::equivalent::Equivalent;
use crate::hash_map;

/// Implements batches for a set; in brackets what it asks of an allocator, then the module with the map's.
macro_rules! batches {
    ($Set:ident, [$($bound:ident)?], $map:ident) => {
        $crate::hash_table::iterator_types! {
            $Set, concat!("let set = rosti::", stringify!($Set), "::<_>::from([\"one\"]);");
            lazy {
                "The stored elements that are equal to many given ones" get_batch:
                "set.get_batch([\"one\", \"two\"]).collect::<Vec<_>>(), [Some(&\"one\"), None]"
                => GetBatch ['a, T, S, I: Iterator, A: Allocator = Global] {
                    entries: $map::GetKeyValueBatch<'a, T, (), S, I, A>
                }
                "Whether many elements are present" contains_batch:
                "set.contains_batch([\"one\", \"two\"]).collect::<Vec<_>>(), [true, false]"
                => ContainsBatch ['a, T, S, I: Iterator, A: Allocator = Global] {
                    entries: $map::ContainsBatch<'a, T, (), S, I, A>
                }
            }
        }

        $crate::hash_table::answers! {
            Iterator ['a, 'q, T, S, Q, I, A]
                [S: BuildHasher, Q: Hash + Equivalent<T> + ?Sized + 'q, A: Allocator] &'q Q,
            Debug ['a, T, S, I, A] [I: Iterator, A: Allocator], Clone [I: Iterator<Item: Copy> + Clone];
            GetBatch, Option<&'a T>, |self, entry| entry.map(|(element, ())| element);
            ContainsBatch, bool, |self, present| present;
        }

        impl<T: Eq + Hash, S: BuildHasher, A: Allocator $(+ $bound)?> $Set<T, S, A> {
            examples! {
                concat!("let set: rosti::", stringify!($Set), "<u32> = (0..1000).collect();");

                /// The stored elements that are equal to those given, in the order given: the same as calling
                /// `get` for each, except that in a set beyond the cache the lookups do not wait for one
                /// another. Beyond hashbrown's interface; [`HashMap::get_batch`](crate::HashMap::get_batch)
                /// says when it pays off and what happens if user code panics.
                #[example("assert_eq!(set.get_batch(&[1000, 999]).collect::<Vec<_>>(), [None, Some(&999)]);")]
                #[inline]
                pub fn get_batch<'q, Q, I>(&self, values: I) -> GetBatch<'_, T, S, I::IntoIter, A>
                where
                    Q: Hash + Equivalent<T> + ?Sized + 'q,
                    I: IntoIterator<Item = &'q Q>,
                {
                    GetBatch { entries: self.map.get_key_value_batch(values) }
                }

                /// Whether many elements are present; see [`get_batch`](Self::get_batch).
                #[example("let wanted: Vec<u32> = (500..1500).collect();",
                    "assert_eq!(set.contains_batch(&wanted).filter(|&present| present).count(), 500);")]
                #[inline]
                pub fn contains_batch<'q, Q, I>(&self, values: I) -> ContainsBatch<'_, T, S, I::IntoIter, A>
                where
                    Q: Hash + Equivalent<T> + ?Sized + 'q,
                    I: IntoIterator<Item = &'q Q>,
                {
                    ContainsBatch { entries: self.map.contains_batch(values) }
                }
            }
        }
    };
}

#[cfg(feature = "extendible")]
pub(crate) use batches;

batches! { HashSet, [], hash_map }
