//! What the target `extendible_trace` does with an input, in a file of its own so that `cargo test`
//! replays the corpus with it. The includer has the module `trace` beside this one.
//!
//! ```text
//!   byte 0   kind of element        byte 2   number of different keys: four times that, and one
//!   byte 1   hasher                 byte 3   capacity to begin with
//!   then commands as `trace::decode` reads them
//! ```
//!
//! A trace is played on an `ExtendibleMap` whose entries are large, so that its tables are small and
//! some hundred entries make a directory, and on an ordered map of what they stand for. After each command
//! the directory must be in order. Commands that such maps do not have stand for those of their own: what may fail,
//! and batches.

#![allow(dead_code, reason = "who includes this module may use a part of it")]

use super::trace::{
    self, Chosen, Counted, Element, Input, Kind, Op, Play, Scan, Shape, Shaped, equal, ledger, take,
};
use rosti::extendible_map::{Entry, EntryRef};
use rosti::internals::check_directory;
use rosti::{ExtendibleMap, ScanCursor};
use std::collections::BTreeMap;

/// A value that makes its entry large.
#[derive(Clone, Debug)]
struct Bulky<V, const WORDS: usize> {
    value: V,
    words: [u64; WORDS],
}

impl<V: Element, const WORDS: usize> Bulky<V, WORDS> {
    fn make(code: u16, label: u32) -> Self {
        let value = V::make(code, label);
        Bulky { words: [u64::from(value.code()); WORDS], value }
    }

    fn is_sound(&self) -> bool {
        let word = u64::from(self.value.code());
        self.value.sound() && self.words.iter().all(|&other| other == word)
    }
}

/// Plays an input; the error says what went wrong.
pub fn run(input: &[u8]) -> Result<(), String> {
    let input = Input::read(input, |_, byte| u16::from(byte) * 4 + 1);
    input.map_or(Ok(()), |input| play(&input))
}

/// Plays a trace on the kind of map, and with the hasher, that an input asks for. The last two hashers fill a table
/// with what cannot be split before they let it be split.
pub fn play(input: &Input) -> Result<(), String> {
    trace::choose(match input.form % 8 {
        0 | 7 => trace::Mixed::shape,
        1 => trace::Zero::shape,
        2 => trace::Identity::shape,
        3 => trace::LowBits::shape,
        4 => trace::TopBits::shape,
        5 => |word| if word % 3 == 0 { 7 } else { trace::Mixed::shape(word) },
        _ => |word| trace::Mixed::shape(word % 64 / 8) ^ trace::Mixed::shape(word) >> 40,
    });
    match input.kind % 4 {
        // Tables that are split in three steps, and in two.
        0 => Pair::<u64, u64, 60>::play(input),
        1 => Pair::<Counted, Counted, 120>::play(input),
        2 => Pair::<String, u8, 511>::play(input),
        // Rather one table.
        _ => Pair::<Counted, (), 0>::play(input),
    }
}

type Map<K, V, const WORDS: usize> = ExtendibleMap<K, Bulky<V, WORDS>, Shaped<Chosen>>;

/// Number and label of a key, and of its value.
type Image = [(u16, u32); 2];
/// The entries by the number of the key.
type Model = BTreeMap<u16, Image>;

fn image<K: Element, V: Element, const WORDS: usize>(
    (key, value): (&K, &Bulky<V, WORDS>),
) -> Image {
    [(key.code(), key.label()), (value.value.code(), value.value.label())]
}

/// The map under test and its model, and a second such pair for operations that need two maps.
struct Pair<K, V, const WORDS: usize> {
    map: Map<K, V, WORDS>,
    model: Model,
    spare: Map<K, V, WORDS>,
    spare_model: Model,
    universe: u16,
    /// The number of the command: the label of what it makes.
    label: u32,
    scan: Scan<u16>,
}

impl<K: Element, V: Element, const WORDS: usize> Pair<K, V, WORDS> {
    fn play(input: &Input) -> Result<(), String> {
        trace::play(&input.ops, 16, || Self {
            map: Map::with_capacity_and_hasher(input.capacity, Shaped::default()),
            model: Model::new(),
            spare: Map::default(),
            spare_model: Model::new(),
            universe: input.universe,
            label: 0,
            scan: Scan::new(),
        })
    }
}

impl<K: Element, V: Element, const WORDS: usize> Play for Pair<K, V, WORDS> {
    type Op = Op;

    fn command(&mut self, op: &Op) -> Result<(), String> {
        self.label += 1;
        self.execute(op)?;
        let (map, model) = (&self.map, &self.model);
        equal("len", (map.len(), map.is_empty()), (model.len(), model.is_empty()))?;
        equal("room", map.capacity() >= map.len(), true)?;
        let found = map.get_key_value(&K::make(op.key, 0)).map(image);
        equal("entry afterwards", found, model.get(&op.key).copied())?;
        let tracked = usize::from(K::TRACKED) + usize::from(V::TRACKED);
        equal("elements alive", ledger::live(), tracked * (map.len() + self.spare.len()))?;
        check_directory(map);
        Ok(())
    }

    fn compare(&self) -> Result<(), String> {
        compare(&self.map, &self.model)?;
        compare(&self.spare, &self.spare_model)
            .map_err(|message| format!("spare map: {message}"))?;
        equal("elements misused", ledger::faults(), 0)
    }
}

impl<K: Element, V: Element, const WORDS: usize> Pair<K, V, WORDS> {
    fn execute(&mut self, op: &Op) -> Result<(), String> {
        // Another map.
        if matches!(op.kind, Kind::Swap | Kind::Collect | Kind::IntoIter) {
            self.scan.cursor = ScanCursor::START;
        }
        let (map, model, label) = (&mut self.map, &mut self.model, self.label);
        let code = op.key;
        let key = || K::make(code, label);
        let value = |code| Bulky::<V, WORDS>::make(code, label);
        let new = |code, arg| image((&K::make(code, label), &value(arg)));
        // An entry whose value has been overwritten: keys stay.
        let over = |old: &Image, arg| [old[0], new(code, arg)[1]];
        let old = model.get(&code).copied();
        let shown = |value: Option<Bulky<V, WORDS>>| {
            value.map(|value| (value.value.code(), value.value.label()))
        };
        let amount = usize::from(op.arg);
        match op.kind {
            Kind::Insert => {
                let ours = shown(map.insert(key(), value(op.arg)));
                equal("old value", ours, old.map(|old| old[1]))?;
                model.insert(code, old.map_or(new(code, op.arg), |old| over(&old, op.arg)));
            }
            Kind::ShrinkTo => {
                let ours = map.try_reserve_insert(key(), value(op.arg)).map(shown);
                let ours = ours.map_err(|rejected| rejected.error);
                equal("old value", ours, Ok(old.map(|old| old[1])))?;
                model.insert(code, old.map_or(new(code, op.arg), |old| over(&old, op.arg)));
            }
            Kind::TryInsert => match map.try_insert(key(), value(op.arg)) {
                Ok(_) => equal("absent", model.insert(code, new(code, op.arg)), None)?,
                Err(error) => {
                    let there = image((error.entry.key(), error.entry.get()));
                    equal("present", Some(there), old)?;
                }
            },
            Kind::OrInsert | Kind::EntryInsert => {
                let entry = map.entry(key());
                if op.kind == Kind::OrInsert {
                    let there = entry.or_insert_with(|| value(op.arg));
                    equal("sound", there.is_sound(), true)?;
                    model.entry(code).or_insert(new(code, op.arg));
                } else {
                    entry.insert(value(op.arg));
                    model.insert(code, old.map_or(new(code, op.arg), |old| over(&old, op.arg)));
                }
            }
            Kind::AndModify => {
                let change = |old: &Image| over(old, old[1].0 ^ op.arg);
                map.entry(key())
                    .and_modify(|old| *old = value(old.value.code() ^ op.arg))
                    .or_insert_with(|| value(op.arg));
                model.insert(code, old.map_or(new(code, op.arg), |old| change(&old)));
            }
            Kind::EntryRef | Kind::OccupiedInsert => match map.entry_ref(&key()) {
                EntryRef::Occupied(mut entry) => {
                    let ours = shown(Some(entry.insert(value(op.arg))));
                    equal("old value", ours, old.map(|old| old[1]))?;
                    let old = old.ok_or("present")?;
                    model.insert(code, over(&old, op.arg));
                }
                EntryRef::Vacant(entry) => {
                    match op.arg % 2 {
                        0 => entry.insert(value(op.arg)),
                        _ => entry.insert_with_key(key(), value(op.arg)),
                    };
                    equal("absent", model.insert(code, new(code, op.arg)), None)?;
                }
            },
            Kind::EntryDrop => match map.entry(key()) {
                Entry::Occupied(entry) => {
                    equal("entry", Some(image((entry.key(), entry.get()))), old)?;
                }
                Entry::Vacant(_) => equal("absent", old, None)?,
            },
            Kind::Get => equal("entry", map.get_key_value(&key()).map(image), old)?,
            Kind::GetMut => {
                let there = match op.arg % 2 {
                    0 => map.get_mut(&key()),
                    _ => map.get_key_value_mut(&key()).map(|(_, value)| value),
                };
                equal("present", there.is_some(), old.is_some())?;
                if let (Some(there), Some(old)) = (there, old) {
                    *there = value(op.arg);
                    model.insert(code, over(&old, op.arg));
                }
            }
            Kind::GetKeyValue | Kind::Contains => {
                equal("present", map.contains_key(&key()), old.is_some())?;
            }
            Kind::Disjoint => {
                let keys: Vec<K> = (0..150).map(|n| K::make(code ^ (op.arg & n), 0)).collect();
                let answers = map.get_key_value_batch(&keys).map(|entry| entry.map(image));
                let expected = keys.iter().map(|key| model.get(&key.code()).copied());
                equal("answers", answers.eq(expected), true)?;
            }
            Kind::Remove => {
                equal("removed", shown(map.remove(&key())), old.map(|old| old[1]))?;
                model.remove(&code);
            }
            Kind::RemoveEntry => {
                let ours = map.remove_entry(&key());
                equal("removed", ours.as_ref().map(|(k, v)| image((k, v))), old)?;
                model.remove(&code);
            }
            Kind::OccupiedRemove | Kind::OccupiedRemoveEntry => {
                if let Entry::Occupied(entry) = map.entry(key()) {
                    let (ours, value) = entry.remove_entry();
                    equal("removed", Some(image((&ours, &value))), model.remove(&code))?;
                }
                equal("absent", model.contains_key(&code), false)?;
            }
            Kind::ReplaceKey => {
                if let Entry::Occupied(mut entry) = map.entry(key()) {
                    let ours = entry.replace_key(key());
                    let old = old.ok_or("present")?;
                    equal("old key", (ours.code(), ours.label()), old[0])?;
                    model.insert(code, [new(code, 0)[0], old[1]]);
                }
            }
            Kind::ReplaceEntry => {
                map.entry(key())
                    .and_replace_entry_with(|_, _| (op.arg % 2 == 0).then(|| value(op.arg)));
                if let Some(old) = old {
                    model.insert(code, over(&old, op.arg));
                }
                if op.arg % 2 == 1 {
                    model.remove(&code);
                }
            }
            Kind::Scan | Kind::ScanMut | Kind::ScanRetain => return self.scan(op),
            Kind::Retain => {
                let mut calls = 0;
                map.retain(|key, there| {
                    calls += 1;
                    let sound = there.is_sound();
                    *there = value(key.code() ^ 1);
                    sound && key.code() % op.arg != op.key
                });
                equal("calls", calls, model.len())?;
                model.retain(|&code, old| {
                    old[1] = new(code, code ^ 1)[1];
                    code % op.arg != op.key
                });
            }
            Kind::ExtractIf => {
                let mut some = map.extract_if(|key, _| key.code() % op.arg == 0);
                for _ in 0..take(op.key) {
                    let most = some.size_hint().1;
                    equal("at most", most.is_some_and(|most| most <= model.len()), true)?;
                    let Some((key, value)) = some.next() else { break };
                    equal("extracted", Some(image((&key, &value))), model.remove(&key.code()))?;
                }
                drop(some);
                let left = model.keys().any(|key| key % op.arg == 0);
                equal("all extracted", op.key < 15 || !left, true)?;
            }
            Kind::Drain => {
                let capacity = map.capacity();
                drained(map.drain(), take(op.key), model)?;
                equal("capacity", map.capacity(), capacity)?;
                model.clear();
            }
            Kind::IntoIter => {
                drained(std::mem::take(map).into_iter(), take(op.key), model)?;
                model.clear();
            }
            Kind::Clear => {
                map.clear();
                model.clear();
            }
            Kind::Reserve | Kind::TryReserve => {
                equal("outcome", map.try_reserve(amount), Ok(()))?;
                equal("room", map.capacity() >= map.len() + amount, true)?;
            }
            Kind::ShrinkToFit => {
                let before = map.allocation_size();
                map.shrink_to_fit();
                equal("no larger", map.allocation_size() <= before, true)?;
            }
            Kind::Clone => {
                let copy = map.try_clone().map_err(|error| error.to_string())?;
                compare(&copy, model)?;
                equal("sizes", copy.allocation_size(), map.allocation_size())?;
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
                let count = if op.kind == Kind::Extend { op.arg } else { self.universe.min(300) };
                let codes = (0..count).map(|n| code.wrapping_add(n) % self.universe);
                map.extend(codes.clone().map(|code| (K::make(code, label), value(code ^ op.arg))));
                for code in codes {
                    let entry = new(code, code ^ op.arg);
                    model.entry(code).and_modify(|old| old[1] = entry[1]).or_insert(entry);
                }
            }
            Kind::Iter => {
                let mut keys: Vec<u16> = map.keys().map(K::code).collect();
                keys.sort_unstable();
                equal("keys", keys.iter().eq(model.keys()), true)?;
                let mut values: Vec<_> =
                    map.values().map(|value| (value.value.code(), value.value.label())).collect();
                values.sort_unstable();
                let mut expected: Vec<_> = model.values().map(|entry| entry[1]).collect();
                expected.sort_unstable();
                equal("values", values, expected)?;
                let mut half = map.values();
                half.by_ref().take(model.len() / 2).for_each(drop);
                equal("values left", half.len(), model.len() - model.len() / 2)?;
                equal("values folded", half.fold(0, |n, _| n + 1), model.len() - model.len() / 2)?;
            }
            Kind::IterMut => {
                for (key, old) in map.iter_mut() {
                    *old = value(key.code() ^ op.arg);
                }
                for (&code, old) in model {
                    old[1] = new(code, code ^ op.arg)[1];
                }
            }
            Kind::ValuesMut => {
                map.values_mut().for_each(|old| *old = value(old.value.code() ^ op.arg));
                model.values_mut().for_each(|old| old[1] = new(code, old[1].0 ^ op.arg)[1]);
            }
            Kind::Equality => {
                let statistics = map.statistics();
                equal("entries counted", statistics.entries, model.len())?;
                equal("bytes counted", statistics.bytes, map.allocation_size())?;
                equal("equal to a clone", same(&map.clone(), map), true)?;
            }
        }
        Ok(())
    }

    /// A step of a scan.
    fn scan(&mut self, op: &Op) -> Result<(), String> {
        let (map, model, label) = (&mut self.map, &mut self.model, self.label);
        self.scan.begin(model.keys().copied(), |code| model.contains_key(code));
        let cursor = self.scan.cursor;
        let goes = |code: u16| op.kind == Kind::ScanRetain && code % op.arg == op.key;
        let changed = |code: u16| Bulky::make(code ^ op.arg, label);
        let mut seen = Vec::new();
        let mut visit = |key: &K, value: &mut Bulky<V, WORDS>| {
            seen.push(image((key, value)));
            *value = changed(key.code());
        };
        let next = match op.kind {
            Kind::ScanRetain => map.scan_retain(cursor, |key, value| {
                visit(key, value);
                !goes(key.code())
            }),
            Kind::ScanMut => map.scan_mut(cursor, visit),
            _ => map.scan(cursor, |key, value| seen.push(image((key, value)))),
        };
        for entry in seen {
            let code = entry[0].0;
            equal("visited", Some(entry), model.get(&code).copied())?;
            self.scan.visit(code)?;
            if goes(code) {
                model.remove(&code);
            } else if op.kind != Kind::Scan {
                let value: Bulky<V, WORDS> = changed(code);
                let value = (value.value.code(), value.value.label());
                model.insert(code, [entry[0], value]);
            }
        }
        self.scan.end(next)
    }
}

/// Whether two maps have the same entries; values are not compared by `==`.
fn same<K: Element, V: Element, const WORDS: usize>(
    one: &Map<K, V, WORDS>,
    other: &Map<K, V, WORDS>,
) -> bool {
    let found = |(key, value)| other.get_key_value(key).map(image) == Some(image((key, value)));
    one.len() == other.len() && one.iter().all(found)
}

/// Takes what an owning iterator yields out of the model.
fn drained<K: Element, V: Element, const WORDS: usize>(
    mut entries: impl ExactSizeIterator<Item = (K, Bulky<V, WORDS>)>,
    count: usize,
    model: &mut Model,
) -> Result<(), String> {
    for _ in 0..count.min(model.len()) {
        equal("left", entries.len(), model.len())?;
        let entry = entries.next();
        let code = entry.as_ref().map(|(key, _)| key.code());
        let expected = code.and_then(|code| model.remove(&code));
        equal("taken", entry.as_ref().map(|(key, value)| image((key, value))), expected)?;
        equal("there is one", expected.is_some(), true)?;
    }
    Ok(())
}

/// Each entry is found, iterated once, whole, and the same as the model's.
fn compare<K: Element, V: Element, const WORDS: usize>(
    map: &Map<K, V, WORDS>,
    model: &Model,
) -> Result<(), String> {
    for (&code, &entry) in model {
        equal("entry", map.get_key_value(&K::make(code, 0)).map(image), Some(entry))?;
    }
    let sound = |(key, value): (&K, &Bulky<V, WORDS>)| key.sound() && value.is_sound();
    equal("sound entries", map.iter().all(sound), true)?;
    let mut entries: Vec<Image> = map.iter().map(image).collect();
    entries.sort_unstable();
    equal("entries iterated", entries.iter().eq(model.values()), true)
}
