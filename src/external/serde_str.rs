//! `Serialize` and `Deserialize` for maps and sets that own their keys.

use alloc::borrow::ToOwned;
use core::borrow::Borrow;
use core::fmt::{self, Formatter};
use core::marker::PhantomData;

use serde_core::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_core::ser::{Serialize, Serializer};

use super::serde::{MOST_BYTES, cautious};
use crate::allocator::Allocator;
use crate::str::{Key, SliceMap, SliceSet};

/// A key's cell in the table, for the guess at how much room entries take.
type Cell = [u8; 16];

/// Serializes as a map with a known length: keys of a `StrMap` as strings, those of a `BytesMap` as
/// sequences, as `[u8]` is. O(slots).
///
/// ```
/// use serde_test::{Token, assert_tokens};
/// let map = rosti::StrMap::from([("one", 1u8)]);
/// let tokens = [Token::Map { len: Some(1) }, Token::Str("one"), Token::U8(1), Token::MapEnd];
/// assert_tokens(&map, &tokens);
/// ```
impl<K: Key + Serialize + ?Sized, V: Serialize, A: Allocator> Serialize for SliceMap<K, V, A> {
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
/// If the input is not a map, one of its keys or values cannot be deserialized, or a key cannot be
/// inserted.
impl<'de, K, V, A> Deserialize<'de> for SliceMap<K, V, A>
where
    K: Key + ToOwned<Owned: Deserialize<'de>> + ?Sized,
    V: Deserialize<'de>,
    A: Allocator + Default,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Collect::<Self>(PhantomData))
    }
}

/// Serializes as a sequence with a known length. O(slots).
///
/// ```
/// use serde_test::{Token, assert_tokens};
/// let set = rosti::StrSet::from(["one"]);
/// assert_tokens(&set, &[Token::Seq { len: Some(1) }, Token::Str("one"), Token::SeqEnd]);
/// ```
impl<K: Key + Serialize + ?Sized, A: Allocator> Serialize for SliceSet<K, A> {
    #[inline]
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        serializer.collect_seq(self)
    }
}

/// Deserializes from a sequence, with as little room made in advance as for a map. O(elements)
/// expected.
///
/// # Errors
/// If the input is not a sequence, or one of its elements cannot be deserialized or inserted.
impl<'de, K, A> Deserialize<'de> for SliceSet<K, A>
where
    K: Key + ToOwned<Owned: Deserialize<'de>> + ?Sized,
    A: Allocator + Default,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Collect::<Self>(PhantomData))
    }
}

/// Collects what comes into a `C`.
struct Collect<C>(PhantomData<C>);

impl<'de, K, V, A> Visitor<'de> for Collect<SliceMap<K, V, A>>
where
    K: Key + ToOwned<Owned: Deserialize<'de>> + ?Sized,
    V: Deserialize<'de>,
    A: Allocator + Default,
{
    type Value = SliceMap<K, V, A>;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut entries: M) -> Result<Self::Value, M::Error> {
        let mut map = SliceMap::default();
        map.reserve(cautious::<(Cell, V)>(entries.size_hint(), MOST_BYTES));
        while let Some((key, value)) = entries.next_entry::<K::Owned, V>()? {
            map.try_insert(key.borrow(), value).map_err(M::Error::custom)?;
        }
        Ok(map)
    }
}

impl<'de, K: Key + ToOwned<Owned: Deserialize<'de>> + ?Sized, A: Allocator + Default> Visitor<'de>
    for Collect<SliceSet<K, A>>
{
    type Value = SliceSet<K, A>;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<Q: SeqAccess<'de>>(self, mut elements: Q) -> Result<Self::Value, Q::Error> {
        let mut set = SliceSet::default();
        set.reserve(cautious::<Cell>(elements.size_hint(), MOST_BYTES));
        while let Some(element) = elements.next_element::<K::Owned>()? {
            set.try_insert(element.borrow()).map_err(Q::Error::custom)?;
        }
        Ok(set)
    }
}
