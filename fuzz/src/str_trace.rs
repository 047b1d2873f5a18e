//! What the target `str_trace` does with an input, in a file of its own so that `cargo test`
//! replays the corpus with it. The includer has the module `trace` beside this one.
//!
//! ```text
//!   byte 0   strings or byte strings, and the kind of values
//!   byte 1   forms of the keys: see `key`
//!   byte 2   number of different keys
//!   byte 3   capacity to begin with
//!   then commands as `trace::decode` reads them
//! ```
//!
//! A trace is played on a `StrMap` or `BytesMap`, which have methods of their own for some of the
//! commands of other maps: what is inserted by reference to a key, the first entry popped, room
//! reserved for the bytes of keys. After each command the arena's books must be those of the keys.

#![allow(dead_code, reason = "who includes this module may use a part of it")]

use super::trace::{self, Counted, Element, Input, Kind, Op, Play, Scan, equal, ledger, take};
use rosti::ScanCursor;
use rosti::internals::Books;
use rosti::str_map::{Entry, Key, SliceMap};
use std::borrow::Borrow;
use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;

/// Bytes that the longest key has inside its cell.
const SHORT: usize = 15;

/// Garbage that an arena may always have.
const LITTLE: usize = 4 << 10;

/// Lengths of keys, by their form: about where a key leaves its cell; about those at which its hash
/// and comparison take another way; such that garbage is collected; all the same.
const LENGTHS: [[usize; 16]; 4] = [
    [0, 1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 14, 15, 16, 17, 40],
    [15, 16, 17, 18, 23, 24, 31, 32, 33, 47, 48, 63, 64, 65, 80, 96],
    [16, 33, 64, 100, 127, 128, 129, 200, 255, 256, 257, 300, 400, 500, 700, 1000],
    [40; 16],
];

/// Keys and what the model has in their place.
trait Text: Key<Owned: Borrow<Self> + AsRef<Self> + Clone + Debug + Eq + Hash + Ord> {
    /// The key of these bytes, which are text.
    fn owned(text: Vec<u8>, forms: u8) -> Self::Owned;
}

impl Text for str {
    fn owned(text: Vec<u8>, _: u8) -> String {
        String::from_utf8(text).expect("text")
    }
}

impl Text for [u8] {
    fn owned(mut text: Vec<u8>, forms: u8) -> Vec<u8> {
        if forms & 16 != 0 {
            text.iter_mut().for_each(|byte| *byte ^= 0x80);
        }
        text
    }
}

/// The key of a number: one character over and over, but for a bit that its number chooses, near
/// the beginning or near the end.
fn key<K: Text + ?Sized>(code: u16, forms: u8) -> K::Owned {
    let (len, variant) =
        (LENGTHS[usize::from(forms % 4)][usize::from(code % 16)], usize::from(code / 16));
    let fill = match forms >> 2 & 3 {
        0 | 1 => "a",
        2 => "\0",
        _ => "ö",
    };
    let mut text = fill.repeat(len / fill.len()).into_bytes();
    let chars = text.len() / fill.len();
    if variant > 0 && chars > 0 {
        let from_end = variant / 2 % chars;
        let at = if variant % 2 == 0 { from_end } else { chars - 1 - from_end };
        // The last byte of a character, of which the low six bits are free in any.
        text[at * fill.len() + fill.len() - 1] ^= 1 << (variant % 6);
    }
    text.resize(len, b'-');
    K::owned(text, forms)
}

/// Plays an input; the error says what went wrong.
pub fn run(input: &[u8]) -> Result<(), String> {
    // Of keys of hundreds of bytes a few hundred are enough.
    let universe = |forms, byte| u16::from(byte) * if forms % 4 == 2 { 1 } else { 4 } + 1;
    Input::read(input, universe).map_or(Ok(()), |input| play(&input))
}

/// Plays a trace on the kind of map that an input asks for.
pub fn play(input: &Input) -> Result<(), String> {
    match input.kind % 6 {
        0 => Pair::<str, u64>::play(input),
        1 => Pair::<[u8], u64>::play(input),
        2 => Pair::<str, Counted>::play(input),
        3 => Pair::<[u8], Counted>::play(input),
        4 => Pair::<str, u8>::play(input),
        _ => Pair::<str, ()>::play(input),
    }
}

/// The numbers of values in a model.
type Model<K> = HashMap<<K as ToOwned>::Owned, u16>;

/// The map under test and its model, and a second such pair for operations that need two maps.
struct Pair<K: Text + ?Sized, V> {
    map: SliceMap<K, V>,
    model: Model<K>,
    spare: SliceMap<K, V>,
    spare_model: Model<K>,
    forms: u8,
    universe: u16,
    scan: Scan<K::Owned>,
}

/// The number that comes back from a value of this number: types with few instances keep a part.
fn kept<V: Element>(arg: u16) -> u16 {
    V::make(arg, 0).code()
}

fn code<V: Element>(value: Option<V>) -> Option<u16> {
    value.map(|value| value.code())
}

fn code_of<V: Element>(value: Option<&V>) -> Option<u16> {
    value.map(V::code)
}

/// A number by which keys are chosen.
fn weight<K: Text + ?Sized>(key: &K) -> u16 {
    key.as_ref().iter().fold(0, |sum, &byte| sum + u16::from(byte % 4))
}

impl<K: Text + ?Sized, V: Element> Pair<K, V> {
    fn play(input: &Input) -> Result<(), String> {
        trace::play(&input.ops, 16, || Self {
            map: SliceMap::with_capacity(input.capacity),
            model: HashMap::new(),
            spare: SliceMap::with_seed(u64::from(input.universe)),
            spare_model: HashMap::new(),
            forms: input.form,
            universe: input.universe,
            scan: Scan::new(),
        })
    }
}

impl<K: Text + ?Sized, V: Element> Play for Pair<K, V> {
    type Op = Op;

    fn command(&mut self, op: &Op) -> Result<(), String> {
        let collects = self.execute(op)?;
        let (map, model) = (&self.map, &self.model);
        equal("len", (map.len(), map.is_empty()), (model.len(), model.is_empty()))?;
        equal("room", map.capacity() >= map.len(), true)?;
        let key = key::<K>(op.key, self.forms);
        let entry = map.get_key_value(key.borrow()).map(|(key, value)| (key, value.code()));
        equal("entry afterwards", entry, model.get_key_value(key.borrow()).map(borrowed))?;
        if V::TRACKED {
            equal("values alive", ledger::live(), map.len() + self.spare.len())?;
        }
        let Books { live, garbage, block } = rosti::internals::books(map);
        let long = model.keys().map(|key| bytes::<K>(key)).filter(|&len| len > SHORT);
        equal("bytes of long keys", live, long.sum())?;
        equal("a block for all bytes", live + garbage <= block, true)?;
        let most = live.max(LITTLE).max(map.allocation_size() - block);
        equal("garbage is little", !collects || garbage <= most, true)
    }

    fn compare(&self) -> Result<(), String> {
        compare(&self.map, &self.model)?;
        compare(&self.spare, &self.spare_model)
            .map_err(|message| format!("spare map: {message}"))?;
        equal("values misused", ledger::faults(), 0)
    }
}

impl<K: Text + ?Sized, V: Element> Pair<K, V> {
    /// A step of a scan; returns as [`execute`](Self::execute).
    fn scan(&mut self, op: &Op) -> Result<bool, String> {
        let (map, model) = (&mut self.map, &mut self.model);
        self.scan.begin(model.keys().cloned(), |key| model.contains_key(key.borrow()));
        let cursor = self.scan.cursor;
        let goes = |key: &K| op.kind == Kind::ScanRetain && weight(key) % op.arg == op.key;
        let mut seen = Vec::new();
        let next = match op.kind {
            Kind::ScanRetain => map.scan_retain(cursor, |key, value| {
                seen.push((key.to_owned(), value.code()));
                !goes(key)
            }),
            Kind::ScanMut => map.scan_mut(cursor, |key, value| {
                seen.push((key.to_owned(), value.code()));
                *value = V::make(op.arg, 0);
            }),
            _ => map.scan(cursor, |key, value| seen.push((key.to_owned(), value.code()))),
        };
        for (key, value) in seen {
            equal("visited", Some(value), model.get(key.borrow()).copied())?;
            if goes(key.borrow()) {
                model.remove(key.borrow());
            } else if op.kind == Kind::ScanMut {
                model.insert(key.clone(), kept::<V>(op.arg));
            }
            self.scan.visit(key)?;
        }
        self.scan.end(next)?;
        Ok(op.kind == Kind::ScanRetain)
    }

    /// Executes a command; returns whether it must have rid the arena of most garbage.
    fn execute(&mut self, op: &Op) -> Result<bool, String> {
        let forms = self.forms;
        // Another map, with another seed.
        if matches!(op.kind, Kind::Swap | Kind::Collect | Kind::IntoIter) {
            self.scan.cursor = ScanCursor::START;
        }
        let (map, model) = (&mut self.map, &mut self.model);
        let owned = key::<K>(op.key, forms);
        let key: &K = owned.borrow();
        let is_long = key.as_ref().len() > SHORT;
        let value = || V::make(op.arg, 0);
        let arg = kept::<V>(op.arg);
        let amount = usize::from(op.arg);
        let chosen = |key: &K, value: u16| {
            value.wrapping_add(weight(key)) % op.arg.max(1) == op.key % op.arg.max(1)
        };
        match op.kind {
            Kind::Insert => {
                equal("old value", code(map.insert(key, value())), model.insert(owned, arg))?;
            }
            Kind::TryInsert => {
                let ours = map.try_insert(key, value()).map(code);
                equal(
                    "old value",
                    ours.map_err(|error| error.error),
                    Ok(model.insert(owned, arg)),
                )?;
            }
            Kind::OrInsert => {
                let ours = map.entry(key).or_insert_with_key(|_| value()).code();
                equal("value", ours, *model.entry(owned).or_insert(arg))?;
            }
            Kind::AndModify => {
                let change = |old: u16| kept::<V>(old ^ op.arg);
                let entry = map.entry(key).and_modify(|old| *old = V::make(change(old.code()), 0));
                let ours = entry.or_insert(value()).code();
                let expected = model.entry(owned).and_modify(|old| *old = change(*old));
                equal("value", ours, *expected.or_insert(arg))?;
            }
            Kind::EntryInsert => {
                let ours = map.entry(key).insert(value());
                equal("entry", (ours.key(), ours.get().code()), (key, arg))?;
                model.insert(owned, arg);
            }
            Kind::EntryRef | Kind::OccupiedInsert => {
                let old = match map.entry(key) {
                    Entry::Occupied(mut entry) => Some(entry.insert(value()).code()),
                    Entry::Vacant(entry) => {
                        equal("inserted", entry.insert_entry(value()).key(), key)?;
                        None
                    }
                };
                equal("old value", old, model.insert(owned, arg))?;
            }
            Kind::EntryDrop => {
                let entry = map.entry(key);
                equal("key", entry.key(), key)?;
                equal("present", matches!(entry, Entry::Occupied(_)), model.contains_key(key))?;
            }
            Kind::Get => {
                equal("value", code_of(map.get(key)), model.get(key).copied())?;
            }
            Kind::GetMut => {
                let ours = map.get_mut(key);
                equal("value", code_of(ours.as_deref()), model.get(key).copied())?;
                if let (Some(ours), Some(expected)) = (ours, model.get_mut(key)) {
                    *ours = value();
                    *expected = arg;
                }
            }
            Kind::GetKeyValue | Kind::Contains => {
                equal("present", map.contains_key(key), model.contains_key(key))?;
            }
            Kind::Disjoint => {
                let other = self::key::<K>(op.arg, forms);
                if other != owned {
                    let found = map.get_disjoint_mut([key, other.borrow()]);
                    let ours = found.map(|value| value.map(|value| value.code()));
                    let expected = [key, other.borrow()].map(|key| model.get(key).copied());
                    equal("values", ours, expected)?;
                }
            }
            Kind::Remove => {
                let removed = code(map.remove(key));
                equal("removed value", removed, model.remove(key))?;
                return Ok(removed.is_some() && is_long);
            }
            Kind::RemoveEntry => {
                let ours = map.remove_entry(key).map(|(key, value)| (key, value.code()));
                let present = ours.is_some();
                equal("removed entry", ours, model.remove_entry(key))?;
                return Ok(present && is_long);
            }
            Kind::OccupiedRemove | Kind::OccupiedRemoveEntry => {
                if let Entry::Occupied(entry) = map.entry(key) {
                    let (ours, value) = entry.remove_entry();
                    equal("removed", Some((ours, value.code())), model.remove_entry(key))?;
                    return Ok(is_long);
                }
                equal("present", false, model.contains_key(key))?;
            }
            // A key that leaves and comes back.
            Kind::ReplaceKey => {
                if let Some(old) = map.remove(key) {
                    equal("old value", Some(old.code()), model.get(key).copied())?;
                    equal("value in between", code(map.insert(key, old)), None)?;
                }
            }
            Kind::ReplaceEntry => {
                let popped = map.pop().map(|(key, value)| (key, value.code()));
                let expected =
                    popped.as_ref().and_then(|(key, _)| model.remove_entry(key.borrow()));
                equal("popped or empty", popped.is_some() || model.is_empty(), true)?;
                equal("popped", popped, expected)?;
            }
            Kind::Scan | Kind::ScanMut | Kind::ScanRetain => return self.scan(op),
            Kind::Retain => {
                let mut calls = 0;
                map.retain(|key, value| {
                    calls += 1;
                    let (goes, old) = (chosen(key, 0), value.code());
                    *value = V::make(old ^ 1, 0);
                    !goes
                });
                equal("calls", calls, model.len())?;
                model.retain(|key, value| {
                    *value = kept::<V>(*value ^ 1);
                    !chosen(key.borrow(), 0)
                });
                return Ok(true);
            }
            Kind::ExtractIf => {
                let all = model.len();
                let picked = map.extract_if(|key, value| chosen(key, value.code()));
                let taken: Vec<_> = picked.take(take(op.key)).collect();
                for (key, value) in taken {
                    let (key, value) = (key, value.code());
                    equal("picked", chosen(key.borrow(), value), true)?;
                    equal("extracted", Some(value), model.remove(key.borrow()))?;
                }
                let left = || model.iter().any(|(key, &value)| chosen(key.borrow(), value));
                equal("all extracted", take(op.key) < all || !left(), true)?;
            }
            Kind::Drain => {
                drained::<K, V>(map.drain().take(take(op.key)), model)?;
                model.clear();
                return Ok(true);
            }
            Kind::IntoIter => {
                let old = std::mem::take(map);
                drained::<K, V>(old.into_iter().take(take(op.key)), model)?;
                model.clear();
            }
            Kind::Clear => {
                map.clear();
                model.clear();
                return Ok(true);
            }
            Kind::Reserve => {
                map.reserve(amount);
                equal("room", map.capacity() >= map.len() + amount, true)?;
            }
            Kind::TryReserve => {
                equal("outcome", map.try_reserve(amount), Ok(()))?;
                equal("room", map.capacity() >= map.len() + amount, true)?;
            }
            Kind::ShrinkTo => map.reserve_key_bytes(amount),
            Kind::ShrinkToFit => {
                let before = map.allocation_size();
                map.shrink_to_fit();
                equal("smaller", map.allocation_size() <= before, true)?;
                equal("garbage", rosti::internals::books(map).garbage, 0)?;
            }
            Kind::Clone => {
                let copy = map.clone();
                compare(&copy, model)?;
                if op.arg % 2 == 1 {
                    *map = copy;
                }
            }
            Kind::CloneFrom => {
                self.spare.clone_from(map);
                self.spare_model.clone_from(model);
            }
            Kind::Swap => {
                std::mem::swap(map, &mut self.spare);
                std::mem::swap(model, &mut self.spare_model);
            }
            Kind::Collect => *map = std::mem::take(map).into_iter().collect(),
            Kind::Extend | Kind::Fill => {
                let count = if op.kind == Kind::Extend { amount } else { map.capacity() };
                let codes = (0..self.universe).map(|n| op.key.wrapping_add(n) % self.universe);
                let codes = codes.take(count);
                let entry = |code| (self::key::<K>(code, forms), kept::<V>(code ^ op.arg));
                map.extend(codes.clone().map(entry).map(|(key, n)| (key, V::make(n, 0))));
                model.extend(codes.map(entry));
            }
            Kind::Iter => {
                let text = |keys: Vec<&K>| keys.iter().map(|key| bytes_of(*key)).sum::<usize>();
                let expected = model.keys().map(|key| bytes::<K>(key)).sum();
                equal("bytes of keys", text(map.keys().collect()), expected)?;
                let values = map.values().map(|value| u64::from(value.code())).sum::<u64>();
                equal("values", values, model.values().map(|&value| u64::from(value)).sum())?;
            }
            Kind::IterMut => {
                let change = |key: &K, old: u16| kept::<V>(old ^ op.arg ^ weight(key));
                map.iter_mut().for_each(|(key, old)| *old = V::make(change(key, old.code()), 0));
                model.iter_mut().for_each(|(key, old)| *old = change(key.borrow(), *old));
            }
            Kind::ValuesMut => {
                let change = |old: u16| kept::<V>(old ^ op.arg);
                map.values_mut().for_each(|old| *old = V::make(change(old.code()), 0));
                model.values_mut().for_each(|old| *old = change(*old));
            }
            Kind::Equality => {
                equal("equality", *map == self.spare, *model == self.spare_model)?;
                let mut copy = map.clone();
                equal("equal to a clone", copy == *map, true)?;
                if let Some(value) = copy.get_mut(key) {
                    let old = value.code();
                    *value = V::make(!old, 0);
                    equal("equal to what differs", copy == *map, kept::<V>(!old) == old)?;
                }
            }
        }
        Ok(false)
    }
}

fn borrowed<'a, K: Borrow<Q>, Q: ?Sized>((key, &value): (&'a K, &u16)) -> (&'a Q, u16) {
    (key.borrow(), value)
}

fn bytes_of<K: Text + ?Sized>(key: &K) -> usize {
    key.as_ref().len()
}

fn bytes<K: Text + ?Sized>(key: &K::Owned) -> usize {
    bytes_of::<K>(key.borrow())
}

/// Takes what an owning iterator yields out of the model.
fn drained<K: Text + ?Sized, V: Element>(
    entries: impl Iterator<Item = (K::Owned, V)>,
    model: &mut Model<K>,
) -> Result<(), String> {
    for (key, value) in entries {
        equal("taken", Some(value.code()), model.remove(key.borrow()))?;
    }
    Ok(())
}

/// Each entry is found, iterated once, and the same as the model's.
fn compare<K: Text + ?Sized, V: Element>(
    map: &SliceMap<K, V>,
    model: &Model<K>,
) -> Result<(), String> {
    for (key, &value) in model {
        let found = map.get_key_value(key.borrow());
        equal("entry", found.map(|(k, v)| (k, v.code())), Some((key.borrow(), value)))?;
    }
    let mut met: Vec<&K> = map.keys().collect();
    met.sort_unstable();
    met.dedup();
    equal("keys iterated", met.len(), model.len())?;
    equal("keys that are not there", met.iter().any(|key| !model.contains_key(*key)), false)?;
    equal("sound values", map.values().all(V::sound), true)
}
