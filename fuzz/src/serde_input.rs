//! What the target `serde_input` does with an input, in a file of its own so that `cargo test`
//! replays the corpus with it.
//!
//! The first byte says how the rest is read:
//!
//! * as JSON text, into maps and sets of several types;
//! * as pairs of numbers behind a length that need not be true, as formats with length prefixes
//!   have it. The length is eight bytes, each pair two.
//!
//! What comes out must be what std's map or set makes of it, errors included, and must not take
//! more memory than its entries give reason for.

use rosti::{HashMap, HashSet};
use serde_core::de::value::{Error as ValueError, MapDeserializer, SeqDeserializer};
use serde_core::{Deserialize, Serialize};
use std::collections;
use std::fmt::Debug;
use std::hash::Hash;

/// Bytes that a length alone may allocate: 64 KiB are documented, tables come in powers of two.
const ON_CREDIT: usize = 3 << 16;

/// Plays an input; the error says what went wrong.
pub fn run(input: &[u8]) -> Result<(), String> {
    let Some((&format, rest)) = input.split_first() else { return Ok(()) };
    match format % 8 {
        0 => json_map::<String, u32>(rest),
        1 => json_map::<u8, Option<String>>(rest),
        2 => json_map::<i64, Vec<bool>>(rest),
        3 => json_nested(rest),
        4 => json_set::<String>(rest),
        5 => json_set::<(i16, u8)>(rest),
        6 => claimed::<u8>(rest),
        _ => claimed::<Big>(rest),
    }
}

fn ensure(condition: bool, message: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(message()) }
}

/// An allocation of so many bytes is no more than `len` entries of `size` bytes give reason for.
/// A table has at most 2 x 8/7 slots per entry that ever was in it, and bookkeeping of two bytes
/// for each.
fn bounded(bytes: usize, len: usize, size: usize) -> Result<(), String> {
    let most = ON_CREDIT + 3 * len * (size + 2);
    ensure(bytes <= most, || format!("{bytes} bytes for {len} entries of {size}"))
}

/// Both failed with the same message, or both gave the same.
fn agree<A, B>(
    ours: Result<A, impl ToString>,
    oracle: Result<B, impl ToString>,
) -> Result<Option<(A, B)>, String> {
    match (ours, oracle) {
        (Ok(ours), Ok(oracle)) => Ok(Some((ours, oracle))),
        (ours, oracle) => {
            let (ours, oracle) =
                (ours.err().map(|e| e.to_string()), oracle.err().map(|e| e.to_string()));
            ensure(ours == oracle, || format!("error {ours:?}, expected {oracle:?}"))?;
            Ok(None)
        }
    }
}

fn same_map<K: Eq + Hash + Debug, V: PartialEq + Debug>(
    ours: &HashMap<K, V>,
    oracle: &collections::HashMap<K, V>,
) -> Result<(), String> {
    let same = ours.len() == oracle.len()
        && oracle.iter().all(|(key, value)| ours.get(key) == Some(value))
        && ours.iter().fold(0, |n, _| n + 1) == oracle.len();
    ensure(same, || format!("{ours:?}, expected {oracle:?}"))?;
    bounded(ours.allocation_size(), ours.len(), size_of::<(K, V)>())
}

fn json_map<K, V>(text: &[u8]) -> Result<(), String>
where
    K: for<'de> Deserialize<'de> + Serialize + Eq + Hash + Debug,
    V: for<'de> Deserialize<'de> + Serialize + PartialEq + Debug,
{
    let ours = serde_json::from_slice::<HashMap<K, V>>(text);
    let Some((ours, oracle)) =
        agree(ours, serde_json::from_slice::<collections::HashMap<K, V>>(text))?
    else {
        return Ok(());
    };
    same_map(&ours, &oracle)?;
    let written = serde_json::to_vec(&ours).map_err(|error| error.to_string())?;
    let again: HashMap<K, V> =
        serde_json::from_slice(&written).map_err(|error| error.to_string())?;
    ensure(again == ours, || format!("{ours:?} became {again:?} on its way"))
}

fn json_nested(text: &[u8]) -> Result<(), String> {
    type Ours = HashMap<String, HashMap<String, HashSet<u16>>>;
    type Oracle =
        collections::HashMap<String, collections::HashMap<String, collections::HashSet<u16>>>;
    let ours = serde_json::from_slice::<Ours>(text);
    let Some((ours, oracle)) = agree(ours, serde_json::from_slice::<Oracle>(text))? else {
        return Ok(());
    };
    // Serialized, the two differ in the order of their entries only.
    let value = |text: serde_json::Result<serde_json::Value>| match text {
        Ok(value) => Ok(sorted(value)),
        Err(error) => Err(error.to_string()),
    };
    let (ours, oracle) =
        (value(serde_json::to_value(&ours))?, value(serde_json::to_value(&oracle))?);
    ensure(ours == oracle, || format!("{ours}, expected {oracle}"))
}

/// The value with its arrays, which are sets, in order.
fn sorted(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Array(mut elements) => {
            elements.sort_unstable_by_key(Value::as_u64);
            Value::Array(elements)
        }
        Value::Object(entries) => {
            Value::Object(entries.into_iter().map(|(key, value)| (key, sorted(value))).collect())
        }
        other => other,
    }
}

fn json_set<T>(text: &[u8]) -> Result<(), String>
where
    T: for<'de> Deserialize<'de> + Serialize + Eq + Hash + Debug + Clone,
{
    let ours = serde_json::from_slice::<HashSet<T>>(text);
    let oracle = serde_json::from_slice::<collections::HashSet<T>>(text);
    let Some((ours, oracle)) = agree(ours, oracle)? else { return Ok(()) };
    let same = ours.len() == oracle.len() && oracle.iter().all(|element| ours.contains(element));
    ensure(same, || format!("{ours:?}, expected {oracle:?}"))?;
    bounded(ours.allocation_size(), ours.len(), size_of::<T>())?;
    // In place: what was there before goes, and an element that is read twice stays one.
    let mut place: HashSet<T> = ours.iter().take(ours.len() / 2).cloned().collect();
    let mut reader = serde_json::Deserializer::from_slice(text);
    Deserialize::deserialize_in_place(&mut reader, &mut place)
        .map_err(|error| error.to_string())?;
    ensure(place == ours, || format!("{place:?} in place, expected {ours:?}"))
}

/// A value of which a few thousand would be a lot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Big([u64; 64]);

impl From<u8> for Big {
    fn from(number: u8) -> Self {
        Big([u64::from(number); 64])
    }
}

impl<'de> Deserialize<'de> for Big {
    fn deserialize<D: serde_core::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u8::deserialize(deserializer).map(Big::from)
    }
}

/// Pairs behind a length that may be a lie.
#[derive(Clone)]
struct Claimed<I> {
    length: usize,
    pairs: I,
}

impl<I: Iterator> Iterator for Claimed<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.pairs.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.length, Some(self.length))
    }
}

fn claimed<V>(input: &[u8]) -> Result<(), String>
where
    V: for<'de> Deserialize<'de> + From<u8> + Eq + Hash + Debug,
{
    let Some((length, bytes)) = input.split_first_chunk() else { return Ok(()) };
    let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
    let pairs = Claimed { length, pairs: bytes.chunks_exact(2).map(|pair| (pair[0], pair[1])) };

    let entries = MapDeserializer::<_, ValueError>::new(pairs.clone());
    let ours = HashMap::<u8, V>::deserialize(entries).map_err(|error| error.to_string())?;
    let oracle = bytes.chunks_exact(2).map(|pair| (pair[0], V::from(pair[1]))).collect();
    same_map(&ours, &oracle)?;

    let elements = Claimed { length, pairs: bytes.iter().copied() };
    let elements = SeqDeserializer::<_, ValueError>::new(elements);
    let ours = HashSet::<V>::deserialize(elements).map_err(|error| error.to_string())?;
    let oracle: collections::HashSet<V> = bytes.iter().map(|&byte| V::from(byte)).collect();
    let same = ours.len() == oracle.len() && oracle.iter().all(|element| ours.contains(element));
    ensure(same, || format!("{ours:?}, expected {oracle:?}"))?;
    bounded(ours.allocation_size(), ours.len(), size_of::<V>())
}
