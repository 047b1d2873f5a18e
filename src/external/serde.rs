//! `Serialize` and `Deserialize`: a map is a map, a set is a sequence.

#[cfg(feature = "str")]
use alloc::borrow::ToOwned;
#[cfg(feature = "str")]
use core::borrow::Borrow;
use core::fmt::{self, Formatter};
use core::hash::{BuildHasher, Hash};
use core::iter;

#[cfg(feature = "str")]
use serde_core::de::Error;
use serde_core::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_core::ser::{Serialize, Serializer};

use crate::allocator::Allocator;
use crate::group::Native;
use crate::raw::block_size;
#[cfg(feature = "str")]
use crate::str::{Key, SliceMap, SliceSet};
#[cfg(feature = "extendible")]
use crate::{ExtendibleMap, ExtendibleSet};
use crate::{HashMap, HashSet};

/// What may be allocated before any entry has come.
const MOST_BYTES: usize = 1 << 16;

/// The number of entries of type `T` to make room for when the input says that so many follow.
///
/// The number may be a lie, told in a few bytes of input, so it is believed only as far as it costs
/// little. What it costs are bytes: four thousand entries are nothing if they are integers, and
/// hundreds of megabytes if they are big arrays. If the truth is more than this, growing from here on
/// costs no more than growing from a smaller table does.
fn cautious<T>(hint: Option<usize>, most_bytes: usize) -> usize {
    // What a table really takes, with its vacant slots, its control bytes and the rest.
    let is_cheap = |&len: &usize| {
        let bytes = block_size::<T, Native>(len);
        len == 0 || bytes.is_some_and(|bytes| bytes <= most_bytes)
    };
    iter::successors(hint, |len| Some(len / 2)).find(is_cheap).unwrap_or(0)
}

/// Puts what comes in the place of what is there.
struct InPlace<'a, C>(&'a mut C);

/// Implements the traits for a map. In brackets its parameters, for `Serialize` and for `Deserialize`; in quotes, for the
/// documentation, what makes one of one entry, the token of its key, and what is special. Then how many bytes are allocated
/// in advance at most, and for what; and how an entry is inserted whose key is of this type, with errors of `M`.
macro_rules! serde_map {
    (
        [$($serialize:tt)*] [$($deserialize:tt)*] $Map:ty, $made:literal, $token:literal, $how:literal, $fails:literal,
        $most:expr, $Entry:ty, |$map:ident, $key:ident: $Key:ty, $value:ident| $insert:expr
    ) => {
        #[doc = concat!("Serializes as a map with a known length", $how, ". O(slots).")]
        ///
        /// ```
        /// use serde_test::{Token, assert_tokens};
        #[doc = concat!("let map = rosti::", $made, ";")]
        #[doc = concat!("let tokens = [Token::Map { len: Some(1) }, ", $token, ", Token::U8(1), Token::MapEnd];")]
        /// assert_tokens(&map, &tokens);
        /// ```
        impl<$($serialize)*> Serialize for $Map {
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
        #[doc = concat!("If the input is not a map, or one of its keys or values cannot be deserialized", $fails, ".")]
        impl<'de, $($deserialize)*> Deserialize<'de> for $Map {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut map = Self::default();
                deserializer.deserialize_map(InPlace(&mut map))?;
                Ok(map)
            }
        }

        impl<'de, $($deserialize)*> Visitor<'de> for InPlace<'_, $Map> {
            type Value = ();

            fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut entries: M) -> Result<(), M::Error> {
                let $map = self.0;
                $map.reserve(cautious::<$Entry>(entries.size_hint(), $most));
                while let Some(($key, $value)) = entries.next_entry::<$Key, _>()? {
                    $insert;
                }
                Ok(())
            }
        }
    };
}

/// The same for a set.
macro_rules! serde_set {
    (
        [$($serialize:tt)*] [$($deserialize:tt)*] $Set:ty, $made:literal, $token:literal, $fails:literal,
        $most:expr, $Entry:ty, |$set:ident, $element:ident: $Element:ty| $insert:expr
    ) => {
        /// Serializes as a sequence with a known length. O(slots).
        ///
        /// ```
        /// use serde_test::{Token, assert_tokens};
        #[doc = concat!("let set = rosti::", $made, ";")]
        #[doc = concat!("assert_tokens(&set, &[Token::Seq { len: Some(1) }, ", $token, ", Token::SeqEnd]);")]
        /// ```
        impl<$($serialize)*> Serialize for $Set {
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
        #[doc = concat!("If the input is not a sequence, or one of its elements cannot be deserialized", $fails, ".")]
        impl<'de, $($deserialize)*> Deserialize<'de> for $Set {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut set = Self::default();
                Self::deserialize_in_place(deserializer, &mut set)?;
                Ok(set)
            }

            /// Replaces the elements of `place` and keeps its memory, hasher and allocator. After an error
            /// it holds the elements that came before the error.
            fn deserialize_in_place<D: Deserializer<'de>>(deserializer: D, place: &mut Self) -> Result<(), D::Error> {
                deserializer.deserialize_seq(InPlace(place))
            }
        }

        impl<'de, $($deserialize)*> Visitor<'de> for InPlace<'_, $Set> {
            type Value = ();

            fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
                f.write_str("a sequence")
            }

            fn visit_seq<M: SeqAccess<'de>>(self, mut elements: M) -> Result<(), M::Error> {
                let $set = self.0;
                $set.clear();
                $set.reserve(cautious::<$Entry>(elements.size_hint(), $most));
                while let Some($element) = elements.next_element::<$Element>()? {
                    $insert;
                }
                Ok(())
            }
        }
    };
}

serde_map! {
    [K: Serialize, V: Serialize, S, A: Allocator]
    [K: Deserialize<'de> + Eq + Hash, V: Deserialize<'de>, S: BuildHasher + Default, A: Allocator + Default]
    HashMap<K, V, S, A>, "HashMap::<_, _>::from([('a', 1u8)])", "Token::Char('a')", "", "",
    MOST_BYTES, (K, V), |map, key: K, value| map.insert(key, value)
}

serde_set! {
    [T: Serialize, S, A: Allocator]
    [T: Deserialize<'de> + Eq + Hash, S: BuildHasher + Default, A: Allocator + Default]
    HashSet<T, S, A>, "HashSet::<_>::from(['a'])", "Token::Char('a')", "",
    MOST_BYTES, T, |set, element: T| set.insert(element)
}

// Nothing in advance for tables of tables, which grow without moving everything.

#[cfg(feature = "extendible")]
serde_map! {
    [K: Serialize, V: Serialize, S, A: Allocator + Clone]
    [K: Deserialize<'de> + Eq + Hash, V: Deserialize<'de>, S: BuildHasher + Default, A: Allocator + Clone + Default]
    ExtendibleMap<K, V, S, A>, "ExtendibleMap::<_, _>::from([('a', 1u8)])", "Token::Char('a')", "", "",
    0, (K, V), |map, key: K, value| map.insert(key, value)
}

#[cfg(feature = "extendible")]
serde_set! {
    [T: Serialize, S, A: Allocator + Clone]
    [T: Deserialize<'de> + Eq + Hash, S: BuildHasher + Default, A: Allocator + Clone + Default]
    ExtendibleSet<T, S, A>, "ExtendibleSet::<_>::from(['a'])", "Token::Char('a')", "",
    0, T, |set, element: T| set.insert(element)
}

/// A key's cell in the table, for the guess at how much room entries take.
#[cfg(feature = "str")]
type Cell = [u8; 16];

#[cfg(feature = "str")]
serde_map! {
    [K: Key + Serialize + ?Sized, V: Serialize, A: Allocator]
    [K: Key + ToOwned<Owned: Deserialize<'de>> + ?Sized, V: Deserialize<'de>, A: Allocator + Default]
    SliceMap<K, V, A>, "StrMap::from([(\"one\", 1u8)])", "Token::Str(\"one\")",
    ": keys of a `StrMap` as strings, those of a `BytesMap` as sequences, as `[u8]` is", ", or a key cannot be inserted",
    MOST_BYTES, (Cell, V), |map, key: K::Owned, value| map.try_insert(key.borrow(), value).map_err(M::Error::custom)?
}

#[cfg(feature = "str")]
serde_set! {
    [K: Key + Serialize + ?Sized, A: Allocator]
    [K: Key + ToOwned<Owned: Deserialize<'de>> + ?Sized, A: Allocator + Default]
    SliceSet<K, A>, "StrSet::from([\"one\"])", "Token::Str(\"one\")", " or inserted",
    MOST_BYTES, Cell, |set, element: K::Owned| set.try_insert(element.borrow()).map_err(M::Error::custom)?
}
