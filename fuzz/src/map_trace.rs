//! What the target `map_trace` does with an input, in a file of its own so that `cargo test`
//! replays the corpus with it. The includer has the module `trace` beside this one.
//!
//! ```text
//!   byte 0   kind of element        byte 2   number of different keys: see `universe`
//!   byte 1   hasher                 byte 3   capacity to begin with
//!   then commands as `trace::decode` reads them
//! ```
//!
//! A trace is played on a map, which has the native backend, and then on a bare table of each
//! backend that the target can run.

use super::trace::{
    self, Chosen, Counted, Element, Input, Kind, Op, Play, Scan, Shape, Shaped, equal, ledger,
};
use rosti::internals::{Global, Group, Native, Place, RawTable, Swar};
use std::collections::BTreeMap;

/// How many different keys there are: up to 1021. To look all up costs their square under the
/// hashers that crowd them, for which 128 keys are ten windows full already.
fn universe(shape: u8, byte: u8) -> u16 {
    let byte = u16::from(byte);
    if matches!(shape % 6, 0 | 3) { byte * 4 + 1 } else { byte / 2 + 1 }
}

/// Plays an input; the error says what went wrong.
pub fn run(input: &[u8]) -> Result<(), String> {
    let Some(Input { kind, form, universe, capacity, ops }) = Input::read(input, universe) else {
        return Ok(());
    };
    trace::choose(match form % 6 {
        0 => trace::Mixed::shape,
        1 => trace::Zero::shape,
        2 => trace::Ones::shape,
        3 => trace::Identity::shape,
        4 => trace::LowBits::shape,
        _ => trace::TopBits::shape,
    });
    let config = trace::Config { universe, capacity, ..Default::default() };
    let on_map = match kind % 6 {
        0 => trace::run::<u64, u64, Shaped<Chosen>>,
        1 => trace::run::<Counted, Counted, Shaped<Chosen>>,
        2 => trace::run::<String, u8, Shaped<Chosen>>,
        3 => trace::run::<trace::Aligned, (), Shaped<Chosen>>,
        4 => trace::run::<u8, String, Shaped<Chosen>>,
        _ => trace::run::<(), Counted, Shaped<Chosen>>,
    };
    on_map(&ops, &config).map_err(|message| format!("map: {message}"))?;
    on_table::<Native>(&ops, capacity)?;
    on_table::<Swar>(&ops, capacity)
}

/// Plays a trace on a table of one backend, as far as tables have such commands; all others look a
/// key up.
fn on_table<G: Group>(ops: &[Op], capacity: usize) -> Result<(), String> {
    let begin = || Pair::<G> {
        table: RawTable::with_capacity_in(capacity, Global),
        oracle: BTreeMap::new(),
        scan: Scan::new(),
    };
    trace::play(ops, 16, begin).map_err(|message| format!("{}: {message}", G::NAME))
}

/// A key that is entered in the ledger, and its value.
type Entry = (Counted, u16);

struct Pair<G: Group> {
    table: RawTable<Entry, G, Global>,
    oracle: BTreeMap<u16, u16>,
    scan: Scan<u16>,
}

/// The number stands at both ends, as in `u64` elements.
fn hash_of(key: u16) -> u64 {
    Chosen::shape(u64::make(key, 0))
}

fn hasher(entry: &Entry) -> u64 {
    hash_of(entry.0.code())
}

impl<G: Group> Play for Pair<G> {
    type Op = Op;

    fn command(&mut self, op: &Op) -> Result<(), String> {
        let (table, oracle) = (&mut self.table, &mut self.oracle);
        let (key, hash) = (op.key, hash_of(op.key));
        let is_key = |entry: &Entry| entry.0.code() == key;
        match op.kind {
            Kind::Insert | Kind::EntryInsert | Kind::AndModify | Kind::EntryRef => {
                let old = match table.find_or_vacant(hash, is_key, hasher) {
                    Ok(slot) => {
                        // SAFETY: the slot of an entry that was found.
                        let value = unsafe { &mut table.get_mut(slot).1 };
                        Some(std::mem::replace(value, op.arg))
                    }
                    Err(slot) => {
                        let entry = (Counted::make(key, 0), op.arg);
                        // SAFETY: the slot was found vacant for this hash.
                        unsafe { table.insert_at(slot, hash, entry) };
                        None
                    }
                };
                equal("old value", old, oracle.insert(key, op.arg))
            }
            Kind::TryInsert | Kind::OrInsert => {
                let absent = !oracle.contains_key(&key);
                let place = table.find_or_spot(hash, is_key);
                equal("absent", !matches!(place, Place::Full(_)), absent)?;
                let entry = || (Counted::make(key, 0), op.arg);
                match place {
                    Place::Full(_) => return Ok(()),
                    // SAFETY: the slot was found vacant for this hash.
                    Place::Vacant(slot) => unsafe { table.insert_at(slot, hash, entry()) },
                    Place::Unknown => _ = table.insert_unique(hash, entry(), hasher),
                }
                oracle.insert(key, op.arg);
                Ok(())
            }
            Kind::Remove | Kind::RemoveEntry | Kind::OccupiedRemove | Kind::OccupiedRemoveEntry => {
                let value = table.remove(hash, is_key).map(|entry| entry.1);
                equal("value removed", value, oracle.remove(&key))
            }
            Kind::ReplaceEntry => {
                let popped = table.pop().map(|entry| (entry.0.code(), entry.1));
                equal("popped", popped, popped.and_then(|(key, _)| oracle.remove_entry(&key)))
            }
            Kind::Retain | Kind::ExtractIf => {
                let goes = |key: u16| key % op.arg == op.key % op.arg;
                table.retain(|entry| {
                    entry.1 ^= 1;
                    !goes(entry.0.code())
                });
                oracle.retain(|&key, value| {
                    *value ^= 1;
                    !goes(key)
                });
                Ok(())
            }
            Kind::Clear | Kind::Drain | Kind::IntoIter => {
                table.clear();
                oracle.clear();
                Ok(())
            }
            Kind::Reserve | Kind::TryReserve => {
                let additional = usize::from(op.arg);
                equal("outcome", table.try_reserve(additional, hasher), Ok(()))?;
                equal("room", table.capacity() >= table.len() + additional, true)
            }
            Kind::ShrinkToFit | Kind::ShrinkTo => {
                let capacity = table.capacity();
                table.shrink_to(usize::from(op.arg % 400), hasher);
                equal("no growth", table.capacity() <= capacity, true)
            }
            Kind::Clone => {
                *table = table.clone();
                Ok(())
            }
            Kind::Scan | Kind::ScanMut | Kind::ScanRetain => {
                let (drops, mut seen) = (op.kind == Kind::ScanRetain, Vec::new());
                self.scan.begin(oracle.keys().copied(), |key| oracle.contains_key(key));
                let goes = |key: u16| drops && key % op.arg == op.key;
                let visit = |entry: &mut Entry| {
                    seen.push((entry.0.code(), entry.1));
                    entry.1 ^= 1;
                };
                let next = if drops {
                    let mut visit = visit;
                    table.scan_retain(self.scan.cursor, hasher, |entry| {
                        visit(entry);
                        !goes(entry.0.code())
                    })
                } else {
                    table.scan_mut(self.scan.cursor, hasher, visit)
                };
                for (key, value) in seen {
                    equal("visited", Some(value), oracle.get(&key).copied())?;
                    self.scan.visit(key)?;
                    oracle.insert(key, value ^ 1);
                    if goes(key) {
                        oracle.remove(&key);
                    }
                }
                self.scan.end(next)
            }
            Kind::Extend => {
                for key in (op.key..).take(usize::from(op.arg)) {
                    if oracle.insert(key, op.arg).is_none() {
                        let entry = (Counted::make(key, 0), op.arg);
                        table.insert_unique(hash_of(key), entry, hasher);
                    } else if let Some(slot) = table.find(hash_of(key), |e| e.0.code() == key) {
                        // SAFETY: the slot of an entry that was found.
                        unsafe { table.get_mut(slot).1 = op.arg };
                    }
                }
                Ok(())
            }
            _ => {
                let slot = table.find(hash, is_key);
                // SAFETY: the slot of an entry that was found.
                let value = slot.map(|slot| unsafe { table.get(slot).1 });
                equal("value", value, oracle.get(&key).copied())
            }
        }?;
        equal("len", self.table.len(), self.oracle.len())
    }

    fn compare(&self) -> Result<(), String> {
        let table = &self.table;
        let mut contents: Vec<_> = (0..table.slots())
            .filter(|&slot| table.is_full(slot))
            // SAFETY: the slot is full.
            .map(|slot| unsafe { table.get(slot) })
            .map(|entry| (entry.0.code(), entry.1))
            .collect();
        contents.sort_unstable();
        equal(
            "contents",
            contents,
            self.oracle.iter().map(|(&key, &value)| (key, value)).collect(),
        )?;
        for &key in self.oracle.keys() {
            let found = table.find(hash_of(key), |entry| entry.0.code() == key);
            equal("found", found.is_some(), true)?;
        }
        equal("drops", ledger::faults(), 0)
    }
}
