//! `Serialize` and `Deserialize`: a map is a map, a set is a sequence.

use core::fmt::{self, Formatter};
use core::hash::{BuildHasher, Hash};
use core::iter;
use core::marker::PhantomData;

use serde_core::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_core::ser::{Serialize, Serializer};

use crate::allocator::Allocator;
use crate::group::Native;
use crate::raw::block_size;
#[cfg(feature = "extendible")]
use crate::{ExtendibleMap, ExtendibleSet};
use crate::{HashMap, HashSet};

/// What may be allocated before any entry has come.
pub(super) const MOST_BYTES: usize = 1 << 16;

/// The number of entries of type `T` to make room for when the input says that so many follow.
///
/// The number may be a lie, told in a few bytes of input, so it is believed only as far as it costs
/// little. What it costs are bytes: four thousand entries are nothing if they are integers, and
/// hundreds of megabytes if they are big arrays. If the truth is more than this, growing from here on
/// costs no more than growing from a smaller table does.
pub(super) fn cautious<T>(hint: Option<usize>, most_bytes: usize) -> usize {
    // What a table really takes, with its vacant slots, its control bytes and the rest.
    let is_cheap = |&len: &usize| {
        let bytes = block_size::<T, Native>(len);
        len == 0 || bytes.is_some_and(|bytes| bytes <= most_bytes)
    };
    iter::successors(hint, |len| Some(len / 2)).find(is_cheap).unwrap_or(0)
}

/// Collects a map's entries into an `M`.
struct MapVisitor<M>(PhantomData<M>);

/// Puts a sequence's elements in the place of those that are there.
struct InPlace<'a, C>(&'a mut C);

/// The traits for a map and its set; in brackets what they ask of an allocator, and how many bytes are
/// allocated in advance at most: none for tables of tables, which grow without moving everything.
macro_rules! serde_traits {
    ($Map:ident, $Set:ident, [$($bound:ident)?], $most:expr) => {
        /// Serializes as a map with a known length. O(slots).
        ///
        /// ```
        /// use serde_test::{Token, assert_tokens};
        #[doc = concat!("let map = rosti::", stringify!($Map), "::<_, _>::from([('a', 1u8)]);")]
        /// let tokens = [Token::Map { len: Some(1) }, Token::Char('a'), Token::U8(1), Token::MapEnd];
        /// assert_tokens(&map, &tokens);
        /// ```
        impl<K: Serialize, V: Serialize, S, A: Allocator $(+ $bound)?> Serialize for $Map<K, V, S, A> {
            #[inline]
            fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
                serializer.collect_map(self)
            }
        }

        /// Deserializes from a map; for equal keys the last value wins. O(entries) expected.
        ///
        /// However long the input claims to be, at most 64 KiB are allocated in advance; more follows with
        /// the entries themselves.
        ///
        /// # Errors
        /// If the input is not a map, or one of its keys or values cannot be deserialized.
        impl<'de, K, V, S, A> Deserialize<'de> for $Map<K, V, S, A>
        where
            K: Deserialize<'de> + Eq + Hash,
            V: Deserialize<'de>,
            S: BuildHasher + Default,
            A: Allocator $(+ $bound)? + Default,
        {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_map(MapVisitor::<Self>(PhantomData))
            }
        }

        impl<'de, K, V, S, A> Visitor<'de> for MapVisitor<$Map<K, V, S, A>>
        where
            K: Deserialize<'de> + Eq + Hash,
            V: Deserialize<'de>,
            S: BuildHasher + Default,
            A: Allocator $(+ $bound)? + Default,
        {
            type Value = $Map<K, V, S, A>;

            fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut entries: M) -> Result<Self::Value, M::Error> {
                let mut map = $Map::default();
                map.reserve(cautious::<(K, V)>(entries.size_hint(), $most));
                while let Some((key, value)) = entries.next_entry()? {
                    map.insert(key, value);
                }
                Ok(map)
            }
        }

        /// Serializes as a sequence with a known length. O(slots).
        ///
        /// ```
        /// use serde_test::{Token, assert_tokens};
        #[doc = concat!("let set = rosti::", stringify!($Set), "::<_>::from(['a']);")]
        /// assert_tokens(&set, &[Token::Seq { len: Some(1) }, Token::Char('a'), Token::SeqEnd]);
        /// ```
        impl<T: Serialize, S, A: Allocator $(+ $bound)?> Serialize for $Set<T, S, A> {
            #[inline]
            fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
                serializer.collect_seq(self)
            }
        }

        /// Deserializes from a sequence; of equal elements the first is kept. O(elements) expected.
        ///
        /// However long the input claims to be, at most 64 KiB are allocated in advance; more follows with
        /// the elements themselves.
        ///
        /// # Errors
        /// If the input is not a sequence, or one of its elements cannot be deserialized.
        impl<'de, T, S, A> Deserialize<'de> for $Set<T, S, A>
        where
            T: Deserialize<'de> + Eq + Hash,
            S: BuildHasher + Default,
            A: Allocator $(+ $bound)? + Default,
        {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut set = $Set::default();
                Self::deserialize_in_place(deserializer, &mut set)?;
                Ok(set)
            }

            /// Replaces the elements of `place` and keeps its memory, hasher and allocator. After an error
            /// it holds the elements that came before the error.
            fn deserialize_in_place<D: Deserializer<'de>>(
                deserializer: D,
                place: &mut Self,
            ) -> Result<(), D::Error> {
                deserializer.deserialize_seq(InPlace(place))
            }
        }

        impl<'de, T, S, A> Visitor<'de> for InPlace<'_, $Set<T, S, A>>
        where
            T: Deserialize<'de> + Eq + Hash,
            S: BuildHasher,
            A: Allocator $(+ $bound)?,
        {
            type Value = ();

            fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
                f.write_str("a sequence")
            }

            fn visit_seq<Q: SeqAccess<'de>>(self, mut elements: Q) -> Result<(), Q::Error> {
                let set = self.0;
                set.clear();
                set.reserve(cautious::<T>(elements.size_hint(), $most));
                while let Some(element) = elements.next_element()? {
                    set.insert(element);
                }
                Ok(())
            }
        }
    };
}

serde_traits! { HashMap, HashSet, [], MOST_BYTES }
#[cfg(feature = "extendible")]
serde_traits! { ExtendibleMap, ExtendibleSet, [Clone], 0 }
