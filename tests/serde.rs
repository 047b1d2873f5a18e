//! `Serialize` and `Deserialize`: what is written, what is read, what bad input costs.

#![cfg(feature = "serde")]

mod support;

use rosti::{HashMap, HashSet};
#[cfg(feature = "default-hasher")]
use serde_core::de::value::{Error, MapDeserializer, SeqDeserializer, U32Deserializer};
use serde_core::de::{self, Deserialize, Deserializer, IntoDeserializer};
use serde_test::{Token, assert_de_tokens, assert_de_tokens_error, assert_tokens};
use std::cell::Cell;
use std::iter;
use support::{By, Tally};

#[global_allocator]
static TALLY: Tally = Tally;

type Map<K, V> = HashMap<K, V, By>;
type Set<T> = HashSet<T, By>;

#[test]
fn maps_are_maps() {
    for len in [0u32, 1, 2, 20, 1000] {
        let map: Map<u32, String> = (0..len).map(|key| (key, format!("{key}"))).collect();
        let mut tokens = vec![Token::Map { len: Some(len as usize) }];
        for (key, value) in &map {
            tokens.extend([Token::U32(*key), Token::Str(value.clone().leak())]);
        }
        tokens.push(Token::MapEnd);
        // Reading gives a map with the same entries in the same order: it has the same hashes.
        serde_test::assert_ser_tokens(&map, &tokens);
        assert_de_tokens(&map, &tokens);
    }
}

#[test]
fn sets_are_sequences() {
    for len in [0u32, 1, 2, 20, 1000] {
        let set: Set<u32> = (0..len).collect();
        let elements = set.iter().map(|&element| Token::U32(element));
        let begin = iter::once(Token::Seq { len: Some(len as usize) });
        let tokens: Vec<Token> = begin.chain(elements).chain([Token::SeqEnd]).collect();
        serde_test::assert_ser_tokens(&set, &tokens);
        assert_de_tokens(&set, &tokens);
    }
}

#[test]
fn collections_nest() {
    let inner = Set::from_iter([7u32]);
    let map = Map::from_iter([(1u32, inner)]);
    assert_tokens(
        &map,
        &[
            Token::Map { len: Some(1) },
            Token::U32(1),
            Token::Seq { len: Some(1) },
            Token::U32(7),
            Token::SeqEnd,
            Token::MapEnd,
        ],
    );
}

#[test]
fn of_equal_keys_the_last_value_counts() {
    let pairs = [(1, 10), (2, 20), (1, 11), (1, 12), (2, 21)];
    let mut tokens = vec![Token::Map { len: None }];
    tokens.extend(pairs.iter().flat_map(|&(key, value)| [Token::U32(key), Token::U32(value)]));
    tokens.push(Token::MapEnd);
    assert_de_tokens(&Map::<u32, u32>::from_iter([(1, 12), (2, 21)]), &tokens);
}

#[test]
fn of_equal_elements_one_stays() {
    let elements = [Token::U32(3), Token::U32(3), Token::U32(4), Token::U32(3)];
    let tokens = [&[Token::Seq { len: Some(4) }][..], &elements, &[Token::SeqEnd]].concat();
    assert_de_tokens(&Set::<u32>::from_iter([3, 4]), &tokens);
}

#[test]
fn other_types_are_refused() {
    let map = [Token::Map { len: Some(0) }, Token::MapEnd];
    let seq = [Token::Seq { len: Some(0) }, Token::SeqEnd];
    let expected_map = "invalid type: sequence, expected a map";
    assert_de_tokens_error::<Map<u32, u32>>(&seq[..1], expected_map);
    assert_de_tokens_error::<Set<u32>>(&map[..1], "invalid type: map, expected a sequence");
    let bad_value = [Token::Map { len: Some(1) }, Token::U32(1), Token::Str("a")];
    let expected_u32 = "invalid type: string \"a\", expected u32";
    assert_de_tokens_error::<Map<u32, u32>>(&bad_value, expected_u32);
    assert_de_tokens_error::<Set<u32>>(&[Token::Seq { len: None }, Token::Str("a")], expected_u32);
}

/// An iterator that claims to have `claimed` items and has those of `items`.
struct Boast<I> {
    items: I,
    claimed: usize,
}

impl<I: Iterator> Iterator for Boast<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.items.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.claimed, Some(self.claimed))
    }
}

/// Reads a map or a set of a few entries whose number is claimed to be `claimed`; returns the most
/// bytes that it took.
fn bytes_of_boast<T: for<'de> Deserialize<'de>>(claimed: usize, is_map: bool) -> isize {
    let before = Tally::bytes();
    let result = if is_map {
        let items = [(1u32, 1u32), (2, 2)].into_iter();
        T::deserialize(MapDeserializer::<_, Error>::new(Boast { items, claimed }))
    } else {
        let items = [1u32, 2].into_iter();
        T::deserialize(SeqDeserializer::<_, Error>::new(Boast { items, claimed }))
    };
    // The block that the claim got is the collection's, which has not grown since.
    let bytes = Tally::bytes() - before;
    drop(result);
    bytes
}

/// Something of so many bytes.
#[derive(PartialEq, Eq, Hash)]
struct Blob<const N: usize>([u8; N]);

impl<'de, const N: usize> Deserialize<'de> for Blob<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Blob([u32::deserialize(deserializer)? as u8; N]))
    }
}

#[test]
fn claims_are_believed_only_so_far() {
    for claimed in [1 << 20, usize::MAX / 1000, usize::MAX] {
        for (name, bytes) in [
            ("map", bytes_of_boast::<Map<u32, u32>>(claimed, true)),
            ("map of pages", bytes_of_boast::<Map<u32, Blob<4096>>>(claimed, true)),
            ("map of nothing", bytes_of_boast::<Map<Nothing, Nothing>>(claimed, true)),
            ("set", bytes_of_boast::<Set<u32>>(claimed, false)),
            ("set of bytes", bytes_of_boast::<Set<Blob<1>>>(claimed, false)),
            ("set of pages", bytes_of_boast::<Set<Blob<4096>>>(claimed, false)),
            ("set of all but pages", bytes_of_boast::<Set<Blob<3854>>>(claimed, false)),
            ("set of nothing", bytes_of_boast::<Set<Nothing>>(claimed, false)),
        ] {
            assert!(bytes <= 1 << 16, "{name}: {bytes} bytes for a claim of {claimed}");
        }
        // Of these even the smallest table takes more, and it comes with the first one only.
        let empty = iter::empty::<u32>();
        let before = Tally::allocations();
        let set = Set::<Blob<65535>>::deserialize(SeqDeserializer::<_, Error>::new(Boast {
            items: empty,
            claimed,
        }));
        assert_eq!((set.map(|set| set.len()), Tally::allocations() - before), (Ok(0), 0));
    }
}

/// An element without a size.
#[derive(PartialEq, Eq, Hash)]
struct Nothing;

impl<'de> Deserialize<'de> for Nothing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u32::deserialize(deserializer).map(|_| Nothing)
    }
}

#[test]
fn small_claims_are_believed() {
    let before = Tally::allocations();
    let entries = (0..1000u32).map(|key| (key, key));
    let map: Map<u32, u32> =
        Map::deserialize(MapDeserializer::<_, Error>::new(entries)).expect("there is no error");
    assert_eq!((map.len(), Tally::allocations() - before), (1000, 1));
}

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
}

/// A number that is counted as long as it lives, and that cannot be 13.
#[derive(PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
struct Counted(u32);

impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            13 => Err(de::Error::custom("thirteen")),
            number => {
                LIVE.with(|live| live.set(live.get() + 1));
                Ok(Counted(number))
            }
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        LIVE.with(|live| live.set(live.get() - 1));
    }
}

fn live() -> isize {
    LIVE.with(Cell::get)
}

fn numbers(until: u32) -> SeqDeserializer<impl Iterator<Item = u32>, Error> {
    SeqDeserializer::new(0..until)
}

#[test]
fn a_failure_half_way_leaks_nothing() {
    type CountedMap = Map<Counted, Counted>;
    let before = Tally::bytes();
    assert_eq!(Set::<Counted>::deserialize(numbers(20)).unwrap_err().to_string(), "thirteen");
    assert_eq!((live(), Tally::bytes()), (0, before));
    // The 14th value fails, when its key is there already; then the 14th key.
    for (key, value) in [(1, 0), (0, 1)] {
        let pairs = (0..20u32).map(|n| (n + 100 * key, n + 100 * value));
        let result = CountedMap::deserialize(MapDeserializer::<_, Error>::new(pairs));
        assert_eq!(result.unwrap_err().to_string(), "thirteen");
        assert_eq!((live(), Tally::bytes()), (0, before));
    }
}

#[test]
fn a_set_is_read_in_place() {
    let mut set = Set::<Counted>::deserialize(numbers(12)).expect("there is no error");
    let (capacity, allocations) = (set.capacity(), Tally::allocations());
    Set::deserialize_in_place(numbers(5), &mut set).expect("there is no error");
    assert_eq!((set.capacity(), Tally::allocations()), (capacity, allocations));
    assert_eq!(sorted(&set), [0, 1, 2, 3, 4]);
    assert_eq!(live(), 5);
}

#[test]
fn a_failure_in_place_leaves_a_set_in_order() {
    let mut set = Set::<Counted>::deserialize(numbers(12)).expect("there is no error");
    // What is no sequence changes nothing.
    let other: U32Deserializer<Error> = 7u32.into_deserializer();
    Set::deserialize_in_place(other, &mut set).expect_err("it is a number");
    assert_eq!(sorted(&set), (0..12).collect::<Vec<u32>>());
    // What is wrong later leaves what came before.
    Set::deserialize_in_place(numbers(20), &mut set).expect_err("there is a 13");
    assert_eq!(sorted(&set), (0..13).collect::<Vec<u32>>());
    assert_eq!(live(), 13);
}

fn sorted(set: &Set<Counted>) -> Vec<u32> {
    let mut numbers: Vec<u32> = set.iter().map(|element| element.0).collect();
    numbers.sort_unstable();
    numbers
}

// --- Maps and sets that own their keys ---

#[cfg(feature = "str")]
mod own_keys {
    use rosti::{BytesMap, BytesSet, StrMap, StrSet};
    use serde_core::de::Deserialize;
    use serde_core::de::value::{Error, MapDeserializer};
    use serde_test::{Token, assert_tokens};

    /// A short key and a long one.
    const KEYS: [&str; 2] = ["one", "a key that is too long for its cell"];

    #[test]
    fn keys_are_strings_or_sequences() {
        for key in KEYS {
            assert_tokens(
                &StrMap::from([(key, 7u8)]),
                &[Token::Map { len: Some(1) }, Token::Str(key), Token::U8(7), Token::MapEnd],
            );
            assert_tokens(
                &StrSet::from([key]),
                &[Token::Seq { len: Some(1) }, Token::Str(key), Token::SeqEnd],
            );
        }
        let bytes = [Token::Seq { len: Some(2) }, Token::U8(0xff), Token::U8(0), Token::SeqEnd];
        let mut map = vec![Token::Map { len: Some(1) }];
        map.extend(bytes);
        map.extend([Token::Unit, Token::MapEnd]);
        assert_tokens(&BytesMap::from([([0xff, 0], ())]), &map);
        let mut set = vec![Token::Seq { len: Some(1) }];
        set.extend(bytes);
        set.push(Token::SeqEnd);
        assert_tokens(&BytesSet::from([[0xff, 0]]), &set);
    }

    #[test]
    fn what_was_written_is_read_again() {
        let map: StrMap<usize> = (0..300).map(|n| ("x".repeat(n), n)).collect();
        let text = serde_json::to_string(&map).expect("strings are keys in JSON");
        assert_eq!(serde_json::from_str::<StrMap<usize>>(&text).expect("it was a map"), map);
        let set: StrSet = map.keys().collect();
        let text = serde_json::to_string(&set).expect("strings are elements in JSON");
        assert_eq!(serde_json::from_str::<StrSet>(&text).expect("it was a set"), set);
    }

    #[test]
    fn the_last_value_of_equal_keys_counts() {
        let entries = KEYS.into_iter().chain(KEYS).zip(0u32..);
        let map = StrMap::<u32>::deserialize(MapDeserializer::<_, Error>::new(entries));
        assert_eq!(map, Ok(StrMap::from([(KEYS[0], 2), (KEYS[1], 3)])));
    }

    #[test]
    fn a_claimed_length_makes_little_room() {
        struct Liar<I>(I);
        impl<I: Iterator> Iterator for Liar<I> {
            type Item = I::Item;
            fn next(&mut self) -> Option<I::Item> {
                self.0.next()
            }
            fn size_hint(&self) -> (usize, Option<usize>) {
                (usize::MAX, Some(usize::MAX))
            }
        }
        let entries = MapDeserializer::<_, Error>::new(Liar([("one", 1u64)].into_iter()));
        let map = StrMap::<u64>::deserialize(entries).expect("the entry is one");
        assert!(map.allocation_size() <= 1 << 16, "{} bytes", map.allocation_size());
        assert_eq!(map, StrMap::from([("one", 1)]));
    }

    #[test]
    fn other_input_is_refused() {
        assert!(serde_json::from_str::<StrMap<u8>>("[1]").is_err());
        assert!(serde_json::from_str::<StrMap<u8>>(r#"{"one": "1"}"#).is_err());
        let error = serde_json::from_str::<StrSet>("1").expect_err("a number is no set");
        assert!(error.to_string().contains("expected a sequence"), "{error}");
    }
}
