//! `Serialize` and `Deserialize` of extendible maps and sets: a map is a map, a set is a sequence.

use core::fmt::{self, Formatter};
use core::hash::{BuildHasher, Hash};
use core::marker::PhantomData;

use serde_core::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_core::ser::{Serialize, Serializer};

use crate::allocator::Allocator;
use crate::{ExtendibleMap, ExtendibleSet};

/// Serializes as a map with a known length. O(slots).
///
/// ```
/// use serde_test::{Token, assert_tokens};
///
/// let map: rosti::ExtendibleMap<u8, char> = rosti::ExtendibleMap::from([(1, 'a')]);
/// let tokens = [Token::Map { len: Some(1) }, Token::U8(1), Token::Char('a'), Token::MapEnd];
/// assert_tokens(&map, &tokens);
/// ```
impl<K: Serialize, V: Serialize, S, A> Serialize for ExtendibleMap<K, V, S, A>
where
    A: Allocator + Clone,
{
    #[inline]
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        serializer.collect_map(self)
    }
}

/// Deserializes from a map; for equal keys the last value wins. O(entries) expected. However long
/// the input claims to be, no room is made in advance.
///
/// # Errors
/// If the input is not a map, or one of its keys or values cannot be deserialized.
impl<'de, K, V, S, A> Deserialize<'de> for ExtendibleMap<K, V, S, A>
where
    K: Deserialize<'de> + Eq + Hash,
    V: Deserialize<'de>,
    S: BuildHasher + Default,
    A: Allocator + Clone + Default,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MapVisitor(PhantomData))
    }
}

struct MapVisitor<M>(PhantomData<M>);

impl<'de, K, V, S, A> Visitor<'de> for MapVisitor<ExtendibleMap<K, V, S, A>>
where
    K: Deserialize<'de> + Eq + Hash,
    V: Deserialize<'de>,
    S: BuildHasher + Default,
    A: Allocator + Clone + Default,
{
    type Value = ExtendibleMap<K, V, S, A>;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut entries: M) -> Result<Self::Value, M::Error> {
        let mut map = ExtendibleMap::default();
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
///
/// let set: rosti::ExtendibleSet<u8> = rosti::ExtendibleSet::from([1]);
/// assert_tokens(&set, &[Token::Seq { len: Some(1) }, Token::U8(1), Token::SeqEnd]);
/// ```
impl<T: Serialize, S, A: Allocator + Clone> Serialize for ExtendibleSet<T, S, A> {
    #[inline]
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        serializer.collect_seq(self)
    }
}

/// Deserializes from a sequence; of equal elements the first is kept. O(elements) expected. However
/// long the input claims to be, no room is made in advance.
///
/// # Errors
/// If the input is not a sequence, or one of its elements cannot be deserialized.
impl<'de, T, S, A> Deserialize<'de> for ExtendibleSet<T, S, A>
where
    T: Deserialize<'de> + Eq + Hash,
    S: BuildHasher + Default,
    A: Allocator + Clone + Default,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(SetVisitor(PhantomData))
    }
}

struct SetVisitor<M>(PhantomData<M>);

impl<'de, T, S, A> Visitor<'de> for SetVisitor<ExtendibleSet<T, S, A>>
where
    T: Deserialize<'de> + Eq + Hash,
    S: BuildHasher + Default,
    A: Allocator + Clone + Default,
{
    type Value = ExtendibleSet<T, S, A>;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<Q: SeqAccess<'de>>(self, mut elements: Q) -> Result<Self::Value, Q::Error> {
        let mut set = ExtendibleSet::default();
        while let Some(element) = elements.next_element()? {
            set.insert(element);
        }
        Ok(set)
    }
}
