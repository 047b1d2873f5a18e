//! Looking many keys up at once; the passes are the table's (`raw/batch.rs`).

use core::hash::{BuildHasher, Hash};

use super::HashMap;
use crate::allocator::{Allocator, Global};
use crate::equivalent::Equivalent;
use crate::group::Native;
use crate::raw::RawTable;
use crate::raw::batch::{Lookups, RawBatch};

/// Keys to be looked up in a map.
pub(crate) struct Keys<'a, S, I> {
    pub(crate) hash_builder: &'a S,
    pub(crate) keys: I,
}

clone! { [S, I: Clone] Keys<'_, S, I>: keys; }

impl<'q, K, V, S, Q, I> Lookups<(K, V)> for Keys<'_, S, I>
where
    S: BuildHasher,
    Q: Hash + Equivalent<K> + ?Sized + 'q,
    I: Iterator<Item = &'q Q>,
{
    type Key = &'q Q;

    #[inline(always)]
    fn draw(&mut self) -> Option<(u64, &'q Q)> {
        let key = self.keys.next()?;
        Some((self.hash_builder.hash_one(key), key))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.keys.size_hint()
    }

    #[inline(always)]
    fn is_match(&mut self, key: &'q Q, (candidate, _): &(K, V)) -> bool {
        key.equivalent(candidate)
    }
}

/// The answers of a table, or a table of tables.
pub(crate) type Answers<'a, C, S, I> = RawBatch<'a, C, Keys<'a, S, I>, <I as Iterator>::Item>;

/// Implements batches for a map whose table, of this type and in this place, can look many keys up. In brackets what
/// it asks of an allocator.
macro_rules! batches {
    ($Map:ident, [$($bound:ident)?], $Table:ty, [$($raw:ident).+]) => {
        $crate::hash_table::iterator_types! {
            $Map, concat!("let map = rosti::", stringify!($Map), "::<_, _>::from([(\"one\", 1)]);");
            lazy {
                "The values of many keys" get_batch:
                "map.get_batch([\"one\", \"two\"]).collect::<Vec<_>>(), [Some(&1), None]"
                => GetBatch ['a, K, V, S, I: Iterator, A: Allocator = Global] { entries: Answers<'a, $Table, S, I> }
                "The stored keys and values of many keys" get_key_value_batch:
                "map.get_key_value_batch([\"one\"]).next(), Some(Some((&\"one\", &1)))"
                => GetKeyValueBatch ['a, K, V, S, I: Iterator, A: Allocator = Global] {
                    entries: Answers<'a, $Table, S, I>
                }
                "Whether many keys are present" contains_batch:
                "map.contains_batch([\"one\", \"two\"]).collect::<Vec<_>>(), [true, false]"
                => ContainsBatch ['a, K, V, S, I: Iterator, A: Allocator = Global] {
                    entries: Answers<'a, $Table, S, I>
                }
            }
        }

        $crate::hash_table::answers! {
            Iterator ['a, 'q, K, V, S, Q, I, A]
                [S: BuildHasher, Q: Hash + Equivalent<K> + ?Sized + 'q, A: Allocator] &'q Q,
            Debug ['a, K, V, S, I, A] [I: Iterator, A: Allocator], Clone [I: Iterator<Item: Copy> + Clone];
            GetBatch, Option<&'a V>, |self, entry| entry.map(|(_, value)| value);
            GetKeyValueBatch, Option<(&'a K, &'a V)>, |self, entry| entry.map(|(key, value)| (key, value));
            ContainsBatch, bool, |self, entry| entry.is_some();
        }

        impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator $(+ $bound)?> $Map<K, V, S, A> {
            /// The values of many keys, in the order of the keys: the same as calling `get` for each,
            /// except that in a map beyond the cache the lookups do not wait for one another. Beyond
            /// hashbrown's interface. O(1) expected for each key; nothing is allocated.
            ///
            /// Keys are drawn as answers are requested, up to 96 of them ahead. If the iterator of keys or
            /// a comparison panics, the keys already drawn are not lost: the next answer is the one for the
            /// same key.
            ///
            /// This pays off in maps of 32 MiB and more; in smaller ones keys are looked up one by one.
            ///
            /// ```
            #[doc = concat!("use rosti::", stringify!($Map), " as Map;")]
            /// let prices: Map<&str, u32> =
            ///     Map::from([("potatoes", 3), ("butter", 8), ("salt", 1)]);
            /// let basket = ["butter", "potatoes", "onions", "potatoes"];
            /// let total: u32 = prices.get_batch(basket).flatten().sum();
            /// assert_eq!(total, 14);
            /// ```
            #[inline]
            pub fn get_batch<'q, Q, I>(&self, keys: I) -> GetBatch<'_, K, V, S, I::IntoIter, A>
            where
                Q: Hash + Equivalent<K> + ?Sized + 'q,
                I: IntoIterator<Item = &'q Q>,
            {
                GetBatch { entries: self.batch(keys) }
            }

            examples! {
                concat!("let map: rosti::", stringify!($Map), "<u32, u32> = (0..1000).map(|n| (n, n + 1)).collect();");

                /// The stored keys and values of many keys; see [`get_batch`](Self::get_batch).
                #[example("let found: Vec<_> = map.get_key_value_batch(&[1000, 999]).collect();",
                    "assert_eq!(found, [None, Some((&999, &1000))]);")]
                #[inline]
                pub fn get_key_value_batch<'q, Q, I>(
                    &self,
                    keys: I,
                ) -> GetKeyValueBatch<'_, K, V, S, I::IntoIter, A>
                where
                    Q: Hash + Equivalent<K> + ?Sized + 'q,
                    I: IntoIterator<Item = &'q Q>,
                {
                    GetKeyValueBatch { entries: self.batch(keys) }
                }

                /// Whether many keys are present; see [`get_batch`](Self::get_batch).
                #[example("let wanted: Vec<u32> = (500..1500).collect();",
                    "assert_eq!(map.contains_batch(&wanted).filter(|&present| present).count(), 500);")]
                #[inline]
                pub fn contains_batch<'q, Q, I>(&self, keys: I) -> ContainsBatch<'_, K, V, S, I::IntoIter, A>
                where
                    Q: Hash + Equivalent<K> + ?Sized + 'q,
                    I: IntoIterator<Item = &'q Q>,
                {
                    ContainsBatch { entries: self.batch(keys) }
                }
            }

            #[inline]
            fn batch<'q, Q: Hash + Equivalent<K> + ?Sized + 'q, I: IntoIterator<Item = &'q Q>>(&self, keys: I) -> Answers<'_, $Table, S, I::IntoIter> {
                let keys = $crate::hash_map::BatchKeys { hash_builder: &self.hash_builder, keys: keys.into_iter() };
                RawBatch::new(&self.$($raw).+, keys)
            }
        }
    };
}

#[cfg(feature = "extendible")]
pub(crate) use batches;

batches! { HashMap, [], RawTable<(K, V), Native, A>, [table.raw] }
