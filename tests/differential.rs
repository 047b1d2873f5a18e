//! rosti's collections against simple ones, under generated operation traces.
//!
//! Maps run byte traces (see `trace/mod.rs`) beside std's map, one named test for each pair of a
//! hasher and a kind of key. Sets run beside std's set and tables beside a list; integer maps and sets
//! run the maps' traces beside std's ordered map, maps that own their keys and tables of tables run them as
//! the fuzz targets `str_trace` and `extendible_trace` do. Proptest generates
//! and shrinks; a failure prints the shortest trace found, and for maps its bytes too, ready for a
//! fixed test. `PROPTEST_CASES` overrides the number of cases; nothing is written to files.

#![cfg(feature = "scan")]

#[cfg(feature = "extendible")]
#[path = "../fuzz/src/extendible_trace.rs"]
mod extendible_trace;
#[cfg(feature = "str")]
#[path = "../fuzz/src/str_trace.rs"]
mod str_trace;
mod trace;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{RngAlgorithm, TestCaseError, TestRunner};
#[cfg(feature = "default-hasher")]
use rosti::IntHashBuilder;
use rosti::hash_table::Entry as TableEntry;
use rosti::{HashSet, HashTable, hash_set};
use std::cell::Cell;
use std::collections::HashSet as StdSet;
use std::fmt::{self, Debug};
use std::hash::BuildHasher;
use trace::{Aligned, Config, Counted, Element, Kind, Op, Play, Shape, Shaped};
use trace::{Identity, LowBits, Mixed, Ones, TopBits, Zero};
use trace::{choose, equal, ledger};

#[cfg(feature = "default-hasher")]
type Standard = rosti::DefaultHashBuilder;

/// The hasher of every test but those of the default one. Which hash function it is, the test [`choose`]s: a copy of
/// all operations for each would take the compiler minutes.
type Chosen = Shaped<trace::Chosen>;

/// Whether rosti's promises about `capacity` are part of the comparison; false makes these tests
/// pass with any faithful implementation of the API.
const PROMISES: bool = true;

/// The longest list of operations, scaled down where an interpreter runs the tests.
const fn steps(normally: usize) -> usize {
    if cfg!(miri) { normally / 32 + 3 } else { normally }
}

fn check<T: Debug>(
    cases: u32,
    strategy: &impl Strategy<Value = T>,
    test: impl Fn(&T) -> Result<(), String>,
) {
    let defaults = ProptestConfig::default();
    let overridden = std::env::var_os("PROPTEST_CASES").is_some();
    let share = if cfg!(rosti_emulated) { 8 } else { 1 };
    let cases = if cfg!(miri) { 1 } else { cases.div_ceil(share) };
    let mut runner = TestRunner::new(ProptestConfig {
        cases: if overridden { defaults.cases } else { cases },
        failure_persistence: None,
        max_shrink_iters: 20_000,
        max_shrink_time: 20_000,
        // Drawing is most of the work otherwise.
        rng_algorithm: if cfg!(miri) { RngAlgorithm::XorShift } else { defaults.rng_algorithm },
        ..defaults
    });
    let outcome = runner.run(strategy, |input| test(&input).map_err(TestCaseError::fail));
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

/// Operations that print one to a line.
struct Listing<T>(Vec<T>);

impl<T: Debug> Debug for Listing<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, op) in self.0.iter().enumerate() {
            // Not the caller's format: its alternate form spreads an operation over many lines.
            writeln!(f, "{index:>5}: {op:?}")?;
        }
        Ok(())
    }
}

fn listings<T: Debug>(
    op: impl Strategy<Value = T>,
    length: usize,
) -> impl Strategy<Value = Listing<T>> {
    vec(op, 0..=steps(length)).prop_map(Listing)
}

// -------------------------------------------------------------------------------------------- maps

/// A byte that is no [`Kind`]: such commands are skipped.
const UNKNOWN: u8 = u8::MAX;

/// Which operations a trace consists of.
struct Profile {
    /// Kinds with weights.
    favoured: &'static [(Kind, usize)],
    /// The weight of every other kind.
    rest: usize,
}

/// Everything alike.
const EVERYTHING: Profile = Profile { favoured: &[(Kind::Insert, 6)], rest: 1 };

/// Up over the growth edges, often exactly full, seldom emptied.
const CLIMB: Profile = Profile {
    favoured: &[
        (Kind::Insert, 60),
        (Kind::Fill, 12),
        (Kind::Extend, 4),
        (Kind::Remove, 12),
        (Kind::OrInsert, 12),
        (Kind::AndModify, 12),
        (Kind::EntryDrop, 12),
        (Kind::EntryRef, 12),
        (Kind::Get, 12),
    ],
    rest: 1,
};

/// Around one size for long, where additions and removals balance; never emptied at once.
const HOVER: Profile = Profile {
    favoured: &[
        (Kind::Insert, 60),
        (Kind::Remove, 60),
        (Kind::OrInsert, 20),
        (Kind::RemoveEntry, 10),
        (Kind::OccupiedRemove, 10),
        (Kind::EntryInsert, 10),
        (Kind::EntryRef, 10),
        (Kind::ReplaceEntry, 10),
        (Kind::Get, 20),
        (Kind::ShrinkToFit, 1),
        (Kind::CloneFrom, 1),
        (Kind::Swap, 1),
    ],
    rest: 0,
};

/// Around a full table that must not grow: what leaves is refilled up to the capacity.
const CHURN: Profile = Profile {
    favoured: &[
        (Kind::Fill, 20),
        (Kind::Remove, 40),
        (Kind::OccupiedRemoveEntry, 20),
        (Kind::ReplaceEntry, 5),
        (Kind::ReplaceKey, 5),
        (Kind::OccupiedInsert, 10),
        (Kind::Get, 10),
        (Kind::Clone, 1),
    ],
    rest: 0,
};

/// Scans in maps of several blocks, which grow, shrink and are emptied meanwhile.
const SCAN: Profile = Profile {
    favoured: &[
        (Kind::Scan, 20),
        (Kind::ScanMut, 5),
        (Kind::ScanRetain, 1),
        (Kind::Insert, 10),
        (Kind::Remove, 10),
        (Kind::Extend, 5),
        (Kind::Reserve, 4),
        (Kind::ShrinkTo, 4),
        (Kind::ShrinkToFit, 2),
        (Kind::Clone, 1),
        (Kind::Fill, 1),
    ],
    rest: 0,
};

/// First bytes of commands, each as often as its weight says.
fn first_bytes(profile: &Profile) -> Vec<u8> {
    let mut bytes = vec![UNKNOWN];
    for (byte, kind) in Kind::ALL.iter().enumerate() {
        let favoured = profile.favoured.iter().find(|(favoured, _)| favoured == kind);
        let weight = favoured.map_or(profile.rest, |&(_, weight)| weight);
        bytes.extend(std::iter::repeat_n(byte as u8, weight));
    }
    bytes
}

/// An input of a map test.
struct Trace {
    bytes: Vec<u8>,
    universe: u16,
    capacity: usize,
}

impl Trace {
    fn run<K: Element, V: Element, S: BuildHasher + Clone + Default>(
        &self,
        check_every: usize,
    ) -> Result<(), String> {
        let ops = trace::decode(&self.bytes, self.universe);
        let &Self { universe, capacity, .. } = self;
        let config = Config { universe, capacity, check_every, promises: PROMISES };
        trace::run::<K, V, S>(&ops, &config)
    }

    /// The same for a fuzz target.
    #[cfg(any(feature = "extendible", feature = "str"))]
    fn input(&self, kind: u8, form: u8) -> trace::Input {
        let &Self { universe, capacity, ref bytes } = self;
        trace::Input { kind, form, universe, capacity, ops: trace::decode(bytes, universe) }
    }
}

impl Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "capacity {}, {} different keys", self.capacity, self.universe)?;
        Listing(trace::decode(&self.bytes, self.universe)).fmt(f)?;
        let bytes: Vec<_> = self.bytes.iter().map(u8::to_string).collect();
        write!(f, "bytes: [{}]", bytes.join(", "))
    }
}

/// At which traces begin.
const CAPACITIES: &[usize] = if cfg!(miri) { &[0, 4, 28] } else { &[0, 1, 4, 14, 28, 100] };

fn traces(
    profile: &Profile,
    universes: &'static [u16],
    length: usize,
) -> impl Strategy<Value = Trace> {
    let command = (select(first_bytes(profile)), any::<u16>(), any::<u16>());
    let commands = vec(command, 0..=steps(length));
    let tail = vec(any::<u8>(), 0..trace::COMMAND);
    (commands, tail, select(universes), select(CAPACITIES)).prop_map(
        |(commands, tail, universe, capacity)| {
            let mut bytes = Vec::with_capacity(commands.len() * trace::COMMAND + tail.len());
            for (first, key, arg) in commands {
                bytes.push(first);
                bytes.extend(key.to_le_bytes());
                bytes.extend(arg.to_le_bytes());
            }
            bytes.extend(tail);
            Trace { bytes, universe, capacity }
        },
    )
}

/// Key universes on both sides of the first growth edges; the larger ones only where a lookup does
/// not walk through all entries.
const SMALL: &[u16] = if cfg!(miri) { &[4, 20] } else { &[4, 20, 20, 60, 60, 200] };
const LARGE: &[u16] = if cfg!(miri) { &[4, 20] } else { &[4, 20, 60, 60, 1000] };
/// Where tables are full, and where a scan takes several steps.
const CROWDS: &[u16] = if cfg!(miri) { &[20] } else { &[20, 60, 60, 200] };
const BLOCKS: &[u16] = if cfg!(miri) { &[60] } else { &[60, 1000] };

fn map_test<K: Element, V: Element, S: BuildHasher + Clone + Default>(universes: &'static [u16]) {
    let short = |trace: &Trace| trace.run::<K, V, S>(4);
    let long = |trace: &Trace| trace.run::<K, V, S>(64);
    check(24, &traces(&EVERYTHING, universes, 60), short);
    check(16, &traces(&CLIMB, universes, 60), short);
    check(8, &traces(&HOVER, universes, 600), long);
    check(6, &traces(&CHURN, CROWDS, 400), long);
    check(4, &traces(&EVERYTHING, universes, 600), long);
    check(4, &traces(&SCAN, BLOCKS, 200), long);
}

macro_rules! map_tests {
    ($module:ident: $hasher:ident $(($shape:ident))? with $universes:ident) => {
        mod $module {
            use super::*;

            map_tests! { $hasher ($($shape)?) with $universes:
                u8_keys: u8 => u64,
                u32_keys: u32 => Aligned,
                u64_keys: u64 => u8,
                string_keys: String => Counted,
                unit_keys: () => String,
                aligned_keys: Aligned => u32,
                counted_keys: Counted => Counted,
                u64_keys_of_unit: u64 => (),
                counted_keys_of_u8: Counted => u8,
            }
        }
    };
    ($hasher:ident $shape:tt with $universes:ident: $($name:ident: $key:ty => $value:ty,)*) => {
        $(
            #[test]
            fn $name() {
                map_tests!($shape);
                map_test::<$key, $value, $hasher>($universes);
            }
        )*
    };
    (()) => {};
    (($shape:ident)) => { choose($shape::shape) };
}

#[cfg(feature = "default-hasher")]
map_tests!(map_with_default_hasher: Standard with LARGE);
#[cfg(feature = "default-hasher")]
map_tests!(map_with_hashes_of_integers: IntHashBuilder with LARGE);
map_tests!(map_with_mixed_hashes: Chosen(Mixed) with LARGE);
map_tests!(map_with_hash_zero: Chosen(Zero) with SMALL);
map_tests!(map_with_hash_all_ones: Chosen(Ones) with SMALL);
map_tests!(map_with_identity_hashes: Chosen(Identity) with LARGE);
map_tests!(map_with_low_hash_bits: Chosen(LowBits) with SMALL);
map_tests!(map_with_top_hash_bits: Chosen(TopBits) with SMALL);

/// Maps of hundreds of entries that all collide, or nearly.
#[test]
fn many_colliding_keys() {
    const MANY: &[u16] = if cfg!(miri) { &[60] } else { &[1000] };
    for shape in [Zero::shape, Ones::shape, LowBits::shape, TopBits::shape] {
        choose(shape);
        let few = |trace: &Trace| trace.run::<u64, u8, Chosen>(1000);
        check(6, &traces(&CLIMB, MANY, 100), few);
    }
}

/// What a fuzzer feeds: bytes without any structure.
#[test]
fn arbitrary_bytes() {
    let bytes = vec(any::<u8>(), 0..=steps(2000));
    let traces = bytes.prop_map(|bytes| Trace { bytes, universe: 20, capacity: 0 });
    check(20, &traces, |trace| trace.run::<u64, Counted, Chosen>(1));
}

/// Insert, remove and look for it; nine insertions, then removal and return of one of them.
#[test]
fn first_steps_of_a_fuzzer() {
    let op = |kind, key, arg| Op::new(kind, key, arg, u16::MAX);
    let one = [op(Kind::Insert, 123, 456), op(Kind::Remove, 123, 0), op(Kind::Get, 123, 0)];
    let mut several: Vec<_> = (1..=9).map(|key| op(Kind::Insert, key, 100 + key)).collect();
    several.extend([op(Kind::Get, 1, 0), op(Kind::Remove, 2, 0), op(Kind::Get, 2, 0)]);
    several.extend([op(Kind::Insert, 2, 42), op(Kind::Get, 2, 0), op(Kind::Iter, 0, 0)]);
    for ops in [&one[..], &several] {
        let config = Config { universe: u16::MAX, check_every: 1, ..Config::default() };
        choose(Mixed::shape);
        trace::run::<u32, u64, Chosen>(ops, &config).unwrap();
        choose(Zero::shape);
        trace::run::<String, Counted, Chosen>(ops, &config).unwrap();
    }
}

#[test]
fn decoder_reads_what_the_encoder_wrote() {
    #[cfg(not(miri))]
    let numbers = [0, 1, 2, 3, 5, 17, 400, 1001, u16::MAX];
    #[cfg(miri)]
    let numbers = [0, 5, 1001, u16::MAX];
    let mut ops = Vec::new();
    for &kind in Kind::ALL {
        for key in numbers {
            ops.extend(numbers.map(|arg| Op::new(kind, key, arg, 1000)));
        }
    }
    assert_eq!(trace::decode(&trace::encode(&ops), 1000), ops);
}

#[test]
fn decoder_skips_unknown_kinds_and_ignores_a_partial_tail() {
    let ops = [Op::new(Kind::Insert, 3, 7, 60), Op::new(Kind::Get, 3, 0, 60)];
    let bytes = trace::encode(&ops);
    let first_unknown = Kind::ALL.len() as u8;
    let mut noisy = vec![UNKNOWN, 1, 2, 3, 4];
    noisy.extend(&bytes[..trace::COMMAND]);
    noisy.extend([first_unknown, 0, 0, 0, 0]);
    noisy.extend(&bytes[trace::COMMAND..]);
    for tail in 0..trace::COMMAND {
        assert_eq!(trace::decode(&noisy, 60), ops, "with {tail} bytes after the last command");
        noisy.push(0);
    }
    assert!(trace::decode(&[], 60).is_empty());
}

/// The comparison can fail: every instance of this element has a label of its own, so what the two
/// maps hold differs from the first insertion on.
#[test]
fn runner_reports_a_difference() {
    thread_local! {
        static MADE: Cell<u32> = const { Cell::new(0) };
    }

    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    struct Unique(u32);

    impl Element for Unique {
        fn make(_: u16, _: u32) -> Self {
            MADE.set(MADE.get() + 1);
            Self(MADE.get())
        }

        fn code(&self) -> u16 {
            0
        }

        fn label(&self) -> u32 {
            self.0
        }
    }

    let ops = [(Kind::Get, 1), (Kind::Insert, 1), (Kind::Clear, 0)];
    let ops = ops.map(|(kind, key)| Op::new(kind, key, 5, 60));
    let message = trace::run::<u8, Unique, Chosen>(&ops, &Config::default()).unwrap_err();
    assert_eq!(
        message,
        "command 1 (Insert 1 -> 5): entry afterwards: \
         Some(((1, 0), (0, 1))), expected Some(((1, 0), (0, 2)))"
    );
}

// -------------------------------------------------------------------------------------------- sets

/// An operation on one of two sets, with the other one at hand.
#[derive(Clone, Debug)]
enum SetOp {
    Insert(u16),
    Replace(u16),
    Remove(u16),
    Take(u16),
    Get(u16),
    GetOrInsert(u16),
    GetOrInsertWith(u16),
    EntryInsert(u16),
    EntryRemove(u16),
    Extend { from: u16, count: u16 },
    Retain { of: u16 },
    ExtractIf { of: u16, take: usize },
    Drain { take: usize },
    Clear,
    Reserve(usize),
    ShrinkTo(usize),
    Clone,
    SwapSets,
    UniteWith,
    IntersectWith,
    DifferWith,
    SubtractOther,
    Algebra,
}

fn set_ops(universe: u16) -> impl Strategy<Value = SetOp> {
    let key = move || 0..universe;
    let take = || prop_oneof![4 => 0usize..10, 1 => Just(usize::MAX)];
    prop_oneof![
        12 => key().prop_map(SetOp::Insert),
        6 => key().prop_map(SetOp::Replace),
        6 => key().prop_map(SetOp::Remove),
        4 => key().prop_map(SetOp::Take),
        4 => key().prop_map(SetOp::Get),
        3 => key().prop_map(SetOp::GetOrInsert),
        3 => key().prop_map(SetOp::GetOrInsertWith),
        3 => key().prop_map(SetOp::EntryInsert),
        3 => key().prop_map(SetOp::EntryRemove),
        3 => (key(), key()).prop_map(|(from, count)| SetOp::Extend { from, count }),
        1 => (1u16..5).prop_map(|of| SetOp::Retain { of }),
        1 => (1u16..5, take()).prop_map(|(of, take)| SetOp::ExtractIf { of, take }),
        1 => take().prop_map(|take| SetOp::Drain { take }),
        1 => Just(SetOp::Clear),
        1 => (0usize..200).prop_map(SetOp::Reserve),
        1 => (0usize..200).prop_map(SetOp::ShrinkTo),
        1 => Just(SetOp::Clone),
        6 => Just(SetOp::SwapSets),
        1 => Just(SetOp::UniteWith),
        1 => Just(SetOp::IntersectWith),
        1 => Just(SetOp::DifferWith),
        1 => Just(SetOp::SubtractOther),
        4 => Just(SetOp::Algebra),
    ]
}

/// Number and label, the whole of what a caller can see of an element.
fn image<T: Element>(element: &T) -> (u16, u32) {
    (element.code(), element.label())
}

fn sorted<I: Ord>(items: impl IntoIterator<Item = I>) -> Vec<I> {
    let mut items: Vec<_> = items.into_iter().collect();
    items.sort_unstable();
    items
}

/// The numbers of elements, ascending. Which of two equal elements an operation of set algebra
/// returns is left open, so labels do not count.
fn codes<'a, T: Element + 'a>(elements: impl IntoIterator<Item = &'a T>) -> Vec<u16> {
    sorted(elements.into_iter().map(Element::code))
}

fn set_run<T: Element, S: BuildHasher + Clone + Default>(
    universe: u16,
    ops: &[SetOp],
) -> Result<(), String> {
    trace::play(ops, 1, || Sets::<T, S> {
        set: HashSet::default(),
        oracle: StdSet::new(),
        other: HashSet::default(),
        other_oracle: StdSet::new(),
        universe,
        label: 0,
    })
}

struct Sets<T, S> {
    set: HashSet<T, S>,
    oracle: StdSet<T>,
    other: HashSet<T, S>,
    other_oracle: StdSet<T>,
    universe: u16,
    label: u32,
}

impl<T: Element, S: BuildHasher + Clone + Default> Play for Sets<T, S> {
    type Op = SetOp;

    fn compare(&self) -> Result<(), String> {
        let (set, oracle) = (&self.set, &self.oracle);
        equal("len", set.len(), oracle.len())?;
        equal("is_empty", set.is_empty(), oracle.is_empty())?;
        equal("capacity >= len", set.capacity() >= set.len(), true)?;
        equal("length of iter", set.iter().len(), oracle.len())?;
        equal("elements", sorted(set.iter().map(image)), sorted(oracle.iter().map(image)))?;
        equal("broken elements", set.iter().filter(|element| !element.sound()).count(), 0)?;
        equal("all found", oracle.iter().all(|element| set.contains(element)), true)?;
        Ok(())
    }

    fn command(&mut self, op: &SetOp) -> Result<(), String> {
        self.label += 1;
        let (universe, label) = (self.universe, self.label);
        let make = |code: u16| T::make(code, label);
        let (set, oracle) = (&mut self.set, &mut self.oracle);
        let (other, other_oracle) = (&mut self.other, &mut self.other_oracle);
        let capacity = set.capacity();
        match *op {
            SetOp::Insert(code) => {
                equal("inserted", set.insert(make(code)), oracle.insert(make(code)))?;
            }
            SetOp::Replace(code) => {
                let (ours, theirs) = (set.replace(make(code)), oracle.replace(make(code)));
                equal("replaced", ours.as_ref().map(image), theirs.as_ref().map(image))?;
            }
            SetOp::Remove(code) => {
                equal("removed", set.remove(&make(code)), oracle.remove(&make(code)))?;
            }
            SetOp::Take(code) => {
                let (ours, theirs) = (set.take(&make(code)), oracle.take(&make(code)));
                equal("taken", ours.as_ref().map(image), theirs.as_ref().map(image))?;
            }
            SetOp::Get(code) => {
                let (ours, theirs) = (set.get(&make(code)), oracle.get(&make(code)));
                equal("element", ours.map(image), theirs.map(image))?;
            }
            SetOp::GetOrInsert(code) => {
                let ours = image(set.get_or_insert(make(code)));
                oracle.insert(make(code));
                equal("element", Some(ours), oracle.get(&make(code)).map(image))?;
            }
            SetOp::GetOrInsertWith(code) => {
                let ours = image(set.get_or_insert_with(&make(code), |_| make(code)));
                oracle.insert(make(code));
                equal("element", Some(ours), oracle.get(&make(code)).map(image))?;
            }
            SetOp::EntryInsert(code) => {
                let ours = image(set.entry(make(code)).insert().get());
                oracle.insert(make(code));
                equal("element", Some(ours), oracle.get(&make(code)).map(image))?;
            }
            SetOp::EntryRemove(code) => {
                let ours = match set.entry(make(code)) {
                    hash_set::Entry::Occupied(entry) => Some(entry.remove()),
                    hash_set::Entry::Vacant(entry) => {
                        equal("vacant for", image(&entry.into_value()), image(&make(code)))?;
                        None
                    }
                };
                let theirs = oracle.take(&make(code));
                equal("removed", ours.as_ref().map(image), theirs.as_ref().map(image))?;
            }
            SetOp::Extend { from, count } => {
                set.extend((0..count).map(|step| make((from + step) % universe)));
                oracle.extend((0..count).map(|step| make((from + step) % universe)));
            }
            SetOp::Retain { of } => {
                set.retain(|element| element.code() % of != 0);
                oracle.retain(|element| element.code() % of != 0);
            }
            SetOp::ExtractIf { of, take } => {
                let chosen = set.extract_if(|element| element.code() % of == 0);
                let taken: Vec<_> = chosen.take(take).collect();
                for element in &taken {
                    equal("divisible", element.code() % of, 0)?;
                    equal("taken", Some(image(element)), oracle.take(element).as_ref().map(image))?;
                }
                let left = oracle.iter().filter(|element| element.code() % of == 0).count();
                equal("ended early", taken.len() < take && left > 0, false)?;
            }
            SetOp::Drain { take } => {
                let taken: Vec<_> = set.drain().take(take).collect();
                equal("number taken", taken.len(), take.min(oracle.len()))?;
                for element in &taken {
                    equal("taken", Some(image(element)), oracle.take(element).as_ref().map(image))?;
                }
                oracle.clear();
            }
            SetOp::Clear => {
                set.clear();
                oracle.clear();
            }
            SetOp::Reserve(additional) => {
                set.reserve(additional);
                equal("room", set.capacity() >= set.len() + additional, true)?;
            }
            SetOp::ShrinkTo(least) => {
                set.shrink_to(least);
                equal("room", set.capacity() >= least.min(capacity), true)?;
            }
            SetOp::Clone => {
                other.clone_from(set);
                other_oracle.clone_from(oracle);
                equal("clones equal", *other == set.clone(), true)?;
            }
            SetOp::SwapSets => {
                std::mem::swap(set, other);
                std::mem::swap(oracle, other_oracle);
            }
            SetOp::UniteWith => {
                *set |= other;
                oracle.extend(other_oracle.iter().cloned());
                return same_codes(set, oracle);
            }
            SetOp::IntersectWith => {
                *set &= other;
                oracle.retain(|element| other_oracle.contains(element));
                return same_codes(set, oracle);
            }
            SetOp::DifferWith => {
                let either = &*oracle ^ &*other_oracle;
                *set ^= other;
                *oracle = either;
                return same_codes(set, oracle);
            }
            SetOp::SubtractOther => {
                *set -= other;
                oracle.retain(|element| !other_oracle.contains(element));
            }
            SetOp::Algebra => algebra(set, other, oracle, other_oracle)?,
        }
        let grows = matches!(
            op,
            SetOp::Insert(_)
                | SetOp::Replace(_)
                | SetOp::GetOrInsert(_)
                | SetOp::GetOrInsertWith(_)
                | SetOp::EntryInsert(_)
        );
        let shrinks = matches!(
            op,
            SetOp::Remove(_)
                | SetOp::Take(_)
                | SetOp::Retain { .. }
                | SetOp::ExtractIf { .. }
                | SetOp::Drain { .. }
                | SetOp::Clear
        );
        if PROMISES && (shrinks || grows && set.len() <= capacity) {
            equal("capacity", set.capacity(), capacity)?;
        }
        Ok(())
    }
}

/// After an assigning operator the elements are the same, but which label stayed is left open: the
/// oracle takes over the labels.
fn same_codes<T: Element, S>(set: &HashSet<T, S>, oracle: &mut StdSet<T>) -> Result<(), String> {
    equal("elements", codes(set), codes(&*oracle))?;
    *oracle = set.iter().cloned().collect();
    Ok(())
}

fn algebra<T: Element, S: BuildHasher + Clone + Default>(
    set: &HashSet<T, S>,
    other: &HashSet<T, S>,
    oracle: &StdSet<T>,
    other_oracle: &StdSet<T>,
) -> Result<(), String> {
    equal("union", codes(set.union(other)), codes(oracle.union(other_oracle)))?;
    equal("|", codes(&(set | other)), codes(oracle.union(other_oracle)))?;
    let both = codes(oracle.intersection(other_oracle));
    equal("intersection", codes(set.intersection(other)), both.clone())?;
    equal("&", codes(&(set & other)), both)?;
    let rest = codes(oracle.difference(other_oracle));
    equal("difference", codes(set.difference(other)), rest.clone())?;
    equal("-", codes(&(set - other)), rest)?;
    let either = codes(oracle.symmetric_difference(other_oracle));
    equal("symmetric_difference", codes(set.symmetric_difference(other)), either.clone())?;
    equal("^", codes(&(set ^ other)), either)?;
    equal("is_disjoint", set.is_disjoint(other), oracle.is_disjoint(other_oracle))?;
    equal("is_subset", set.is_subset(other), oracle.is_subset(other_oracle))?;
    equal("is_superset", set.is_superset(other), oracle.is_superset(other_oracle))?;
    equal("==", set == other, oracle == other_oracle)?;
    for part in [&(set & other), &(set - other)] {
        equal("part is_subset", part.is_subset(set), true)?;
        equal("is_superset of part", set.is_superset(part), true)?;
    }
    equal("parts are disjoint", (set & other).is_disjoint(&(set - other)), true)?;
    Ok(())
}

fn set_test<T: Element, S: BuildHasher + Clone + Default>() {
    for universe in [4, 20, 60] {
        check(8, &listings(set_ops(universe), 80), |ops| set_run::<T, S>(universe, &ops.0));
    }
    check(2, &listings(set_ops(60), 600), |ops| set_run::<T, S>(60, &ops.0));
}

macro_rules! hasher_tests {
    ($module:ident: $test:ident of $($element:ident),*) => {
        mod $module {
            use super::*;

            #[cfg(feature = "default-hasher")]
            #[test]
            fn default_hasher() {
                $($test::<$element, Standard>();)*
            }

            hasher_tests! { $test of ($($element),*):
                mixed_hashes: Mixed,
                hash_zero: Zero,
                hash_all_ones: Ones,
                identity_hashes: Identity,
                low_hash_bits: LowBits,
                top_hash_bits: TopBits,
            }
        }
    };
    ($test:ident of $elements:tt: $($name:ident: $shape:ident,)*) => {
        $(
            #[test]
            fn $name() {
                choose($shape::shape);
                hasher_tests!($test of $elements);
            }
        )*
    };
    ($test:ident of ($($element:ident),*)) => {
        $($test::<$element, Chosen>();)*
    };
}

type Unit = ();

hasher_tests!(set: set_test of Counted, u64, String, Unit);
hasher_tests!(table: table_test of Counted, Aligned, u8, Unit);

// ------------------------------------------------------------------------- maps that own their keys

/// Strings or byte strings with one kind of value, keys of all forms.
#[cfg(feature = "str")]
fn own_keys_test(kind: u8) {
    let test = |(trace, forms): &(Trace, u8)| str_trace::play(&trace.input(kind, *forms));
    check(24, &(traces(&EVERYTHING, LARGE, 100), any::<u8>()), test);
    check(16, &(traces(&CLIMB, SMALL, 100), any::<u8>()), test);
    check(8, &(traces(&HOVER, SMALL, 600), any::<u8>()), test);
}

#[test]
#[cfg(feature = "str")]
fn maps_of_strings() {
    [0, 2, 4, 5].into_iter().for_each(own_keys_test);
}

#[test]
#[cfg(feature = "str")]
fn maps_of_byte_strings() {
    [1, 3].into_iter().for_each(own_keys_test);
}

// -------------------------------------------------------------------------------- tables of tables

/// Traces on maps of many small tables with one of the eight hashers.
#[cfg(feature = "extendible")]
fn extendible_test(shape: u8) {
    let test = |(trace, kind): &(Trace, u8)| extendible_trace::play(&trace.input(*kind, shape));
    check(12, &(traces(&EVERYTHING, LARGE, 100), any::<u8>()), test);
    check(12, &(traces(&CLIMB, LARGE, 100), any::<u8>()), test);
    check(4, &(traces(&HOVER, &[60, 200, 1000], 400), any::<u8>()), test);
    check(4, &(traces(&SCAN, &[200, 1000], 200), any::<u8>()), test);
}

#[test]
#[cfg(feature = "extendible")]
fn tables_of_tables_with_good_hashes() {
    (0..2).for_each(|_| extendible_test(0));
}

#[test]
#[cfg(feature = "extendible")]
fn tables_of_tables_with_weak_hashes() {
    (1..7).for_each(extendible_test);
}

// ------------------------------------------------------------------------------------------ tables

/// An operation on a table. `Insert` does not look for an equal element first: tables hold as many
/// equal ones as they are given.
#[derive(Clone, Debug)]
enum TableOp {
    Insert(u16),
    Find(u16),
    FindMut(u16),
    FindEntryRemove(u16),
    FindEntryReinsert(u16),
    EntryInsert(u16),
    EntryOrInsert(u16),
    EntryRemove(u16),
    ReplaceEntry { code: u16, stay: bool },
    Indices(u16),
    IterHash(u16),
    Disjoint(u16, u16),
    Retain { of: u16 },
    ExtractIf { of: u16, take: usize },
    Drain { take: usize },
    IntoIter { take: usize },
    Clear,
    Reserve(usize),
    ShrinkTo(usize),
    ShrinkToFit,
    Clone,
    IterMut,
    Fill(u16),
}

fn table_ops(universe: u16) -> impl Strategy<Value = TableOp> {
    let code = move || 0..universe;
    let take = || prop_oneof![4 => 0usize..10, 1 => Just(usize::MAX)];
    prop_oneof![
        12 => code().prop_map(TableOp::Insert),
        4 => code().prop_map(TableOp::Find),
        2 => code().prop_map(TableOp::FindMut),
        10 => code().prop_map(TableOp::FindEntryRemove),
        3 => code().prop_map(TableOp::FindEntryReinsert),
        5 => code().prop_map(TableOp::EntryInsert),
        5 => code().prop_map(TableOp::EntryOrInsert),
        3 => code().prop_map(TableOp::EntryRemove),
        2 => (code(), any::<bool>()).prop_map(|(code, stay)| TableOp::ReplaceEntry { code, stay }),
        2 => code().prop_map(TableOp::Indices),
        2 => code().prop_map(TableOp::IterHash),
        2 => (code(), code()).prop_map(|(one, two)| TableOp::Disjoint(one, two)),
        1 => (1u16..5).prop_map(|of| TableOp::Retain { of }),
        1 => (1u16..5, take()).prop_map(|(of, take)| TableOp::ExtractIf { of, take }),
        1 => take().prop_map(|take| TableOp::Drain { take }),
        1 => take().prop_map(|take| TableOp::IntoIter { take }),
        1 => Just(TableOp::Clear),
        1 => (0usize..200).prop_map(TableOp::Reserve),
        1 => (0usize..200).prop_map(TableOp::ShrinkTo),
        1 => Just(TableOp::ShrinkToFit),
        1 => Just(TableOp::Clone),
        1 => Just(TableOp::IterMut),
        2 => code().prop_map(TableOp::Fill),
    ]
}

/// The oracle of a table: the images of its elements, in any order.
#[derive(Default)]
struct List(Vec<(u16, u32)>);

impl List {
    fn has(&self, code: u16) -> bool {
        self.0.iter().any(|item| item.0 == code)
    }

    /// Takes out one item with this image, if there is one.
    fn take(&mut self, image: (u16, u32)) -> Option<(u16, u32)> {
        let index = self.0.iter().position(|&item| item == image)?;
        Some(self.0.swap_remove(index))
    }
}

fn table_run<T: Element, S: BuildHasher + Default>(ops: &[TableOp]) -> Result<(), String> {
    trace::play(ops, 1, || {
        let (table, list) = (HashTable::<T>::new(), List::default());
        Table { table, list, build: S::default(), label: 0 }
    })
}

struct Table<T, S> {
    table: HashTable<T>,
    list: List,
    build: S,
    label: u32,
}

impl<T: Element, S: BuildHasher + Default> Play for Table<T, S> {
    type Op = TableOp;

    fn compare(&self) -> Result<(), String> {
        let (table, list) = (&self.table, &self.list.0);
        equal("len", table.len(), list.len())?;
        equal("is_empty", table.is_empty(), list.is_empty())?;
        equal("capacity >= len", table.capacity() >= table.len(), true)?;
        equal("length of iter", table.iter().len(), list.len())?;
        equal("elements", sorted(table.iter().map(image)), sorted(list.iter().copied()))?;
        equal("broken elements", table.iter().filter(|element| !element.sound()).count(), 0)?;
        if T::TRACKED {
            equal("elements alive", ledger::live(), list.len())?;
        }
        for &wanted in list {
            let hash = self.build.hash_one(T::make(wanted.0, 0));
            equal("found", table.find(hash, |element| image(element) == wanted).is_some(), true)?;
        }
        Ok(())
    }

    fn command(&mut self, op: &TableOp) -> Result<(), String> {
        self.label += 1;
        let (table, list, label) = (&mut self.table, &mut self.list, self.label);
        let build = &self.build;
        let hasher = |element: &T| build.hash_one(element);
        let hash = |code: u16| build.hash_one(T::make(code, 0));
        let make = |code: u16| T::make(code, label);
        // Types with few instances make the same element from several numbers.
        let code_of = |code: u16| T::make(code, 0).code();
        let capacity = table.capacity();
        match *op {
            TableOp::Insert(code) => {
                let inserted = image(table.insert_unique(hash(code), make(code), hasher).get());
                equal("inserted", inserted, image(&make(code)))?;
                list.0.push(inserted);
            }
            TableOp::Find(code) => {
                let wanted = code_of(code);
                let found = table.find(hash(code), |element| element.code() == wanted);
                equal("found", found.map(Element::code), list.has(wanted).then_some(wanted))?;
            }
            TableOp::FindMut(code) => {
                let wanted = code_of(code);
                match table.find_mut(hash(code), |element| element.code() == wanted) {
                    Some(found) => {
                        equal("in the list", list.take(image(found)), Some(image(found)))?;
                        *found = make(code);
                        list.0.push(image(found));
                    }
                    None => equal("missed", list.has(wanted), false)?,
                }
            }
            TableOp::FindEntryRemove(code) => {
                let wanted = code_of(code);
                match table.find_entry(hash(code), |element| element.code() == wanted) {
                    Ok(entry) => {
                        let removed = entry.remove().0;
                        equal("in the list", list.take(image(&removed)), Some(image(&removed)))?;
                    }
                    Err(absent) => {
                        equal("elements still there", absent.into_table().len(), list.0.len())?;
                        equal("missed", list.has(wanted), false)?;
                    }
                }
            }
            TableOp::FindEntryReinsert(code) => {
                let wanted = code_of(code);
                let found = table.find_entry(hash(code), |element| element.code() == wanted);
                if let Ok(entry) = found {
                    let index = entry.bucket_index();
                    let (removed, vacant) = entry.remove();
                    equal("in the list", list.take(image(&removed)), Some(image(&removed)))?;
                    let entry = vacant.insert(make(code));
                    list.0.push(image(entry.get()));
                    equal("slot", entry.bucket_index(), index)?;
                }
            }
            TableOp::EntryInsert(code) => {
                let wanted = code_of(code);
                let entry = table.entry(hash(code), |element| element.code() == wanted, hasher);
                if let TableEntry::Occupied(entry) = &entry {
                    equal("in the list", list.take(image(entry.get())), Some(image(entry.get())))?;
                } else {
                    equal("vacant", list.has(wanted), false)?;
                }
                list.0.push(image(entry.insert(make(code)).get()));
            }
            TableOp::EntryOrInsert(code) => {
                let wanted = code_of(code);
                let known = list.has(wanted);
                let entry = table.entry(hash(code), |element| element.code() == wanted, hasher);
                let entry = entry.or_insert(make(code));
                if known {
                    equal("in the list", list.0.contains(&image(entry.get())), true)?;
                } else {
                    list.0.push(image(entry.get()));
                }
            }
            TableOp::EntryRemove(code) => {
                let wanted = code_of(code);
                match table.entry(hash(code), |element| element.code() == wanted, hasher) {
                    TableEntry::Occupied(entry) => {
                        let (removed, vacant) = entry.remove();
                        equal("in the list", list.take(image(&removed)), Some(image(&removed)))?;
                        equal("elements left", vacant.into_table().len(), list.0.len())?;
                    }
                    TableEntry::Vacant(_) => equal("vacant", list.has(wanted), false)?,
                }
            }
            TableOp::ReplaceEntry { code, stay } => {
                let wanted = code_of(code);
                let found = table.find_entry(hash(code), |element| element.code() == wanted);
                if let Ok(entry) = found {
                    let mut old = None;
                    let entry = entry.replace_entry_with(|element| {
                        old = Some(image(&element));
                        stay.then(|| make(code))
                    });
                    equal("handed over", old.and_then(|old| list.take(old)), old)?;
                    equal("called", old.is_some(), true)?;
                    equal("occupied", matches!(entry, TableEntry::Occupied(_)), stay)?;
                    if stay {
                        list.0.push(image(&make(code)));
                    }
                }
            }
            TableOp::Indices(code) => {
                let wanted = code_of(code);
                let indices = sorted(table.iter_buckets());
                equal("number of indices", indices.len(), list.0.len())?;
                let end = table.num_buckets();
                equal("in range", indices.iter().all(|&index| index < end), true)?;
                let by_index = indices.iter().filter_map(|&index| table.get_bucket(index));
                equal("elements", sorted(by_index.map(image)), sorted(list.0.iter().copied()))?;
                let full = (0..end).filter(|&index| table.get_bucket(index).is_some());
                equal("full slots", full.collect::<Vec<_>>(), indices)?;
                equal("beyond the end", table.get_bucket(end).is_none(), true)?;
                let found = table.find_bucket_index(hash(code), |element| element.code() == wanted);
                equal("found", found.is_some(), list.has(wanted))?;
                if let Some(index) = found {
                    equal("found", table.get_bucket(index).map(Element::code), Some(wanted))?;
                    let found = table.get_bucket_mut(index).map(|found| found.code());
                    equal("found", found, Some(wanted))?;
                    let of_hash = table.iter_hash_buckets(hash(code));
                    let times = of_hash.filter(|&other| other == index).count();
                    equal("times among those of its hash", times, 1)?;
                    let Ok(entry) = table.get_bucket_entry(index) else {
                        return Err("no entry at a full slot".to_owned());
                    };
                    equal("entry", (entry.get().code(), entry.bucket_index()), (wanted, index))?;
                }
            }
            TableOp::IterHash(code) => {
                // Others may come along, but no element may come twice.
                let wanted = code_of(code);
                let expected = list.0.iter().copied().filter(|item| item.0 == wanted);
                let found = table.iter_hash(hash(code)).filter(|element| element.code() == wanted);
                equal("elements of that hash", sorted(found.map(image)), sorted(expected))?;
                let (visited, all) = (table.iter_hash(hash(code)).count(), table.len());
                equal("no more than there are", visited <= all, true)?;
                let mut changed = 0;
                for element in table.iter_hash_mut(hash(code)) {
                    if element.code() == wanted {
                        *element = make(code);
                        changed += 1;
                    }
                }
                for item in list.0.iter_mut().filter(|item| item.0 == wanted) {
                    *item = image(&make(code));
                    changed -= 1;
                }
                equal("changed and not expected", changed, 0)?;
            }
            TableOp::Disjoint(one, two) => {
                let wanted = [code_of(one), code_of(two)];
                if wanted[0] != wanted[1] {
                    let found = table.get_disjoint_mut([hash(one), hash(two)], |index, element| {
                        element.code() == wanted[index]
                    });
                    for (found, code) in found.into_iter().zip(wanted) {
                        equal("found", found.is_some(), list.has(code))?;
                        if let Some(found) = found {
                            equal("in the list", list.take(image(found)), Some(image(found)))?;
                            *found = make(code);
                            list.0.push(image(found));
                        }
                    }
                }
            }
            TableOp::Retain { of } => {
                let (mut calls, all) = (0, table.len());
                table.retain(|element| {
                    calls += 1;
                    element.code() % of != 0
                });
                equal("calls", calls, all)?;
                list.0.retain(|item| item.0 % of != 0);
            }
            TableOp::ExtractIf { of, take } => {
                let chosen = |element: &mut T| element.code() % of == 0;
                let taken: Vec<_> = table.extract_if(chosen).take(take).collect();
                for element in &taken {
                    equal("divisible", element.code() % of, 0)?;
                    equal("in the list", list.take(image(element)), Some(image(element)))?;
                }
                let left = list.0.iter().any(|item| item.0 % of == 0);
                equal("ended early", taken.len() < take && left, false)?;
            }
            TableOp::Drain { take } => {
                let taken: Vec<_> = table.drain().take(take).collect();
                equal("number taken", taken.len(), take.min(list.0.len()))?;
                for element in &taken {
                    equal("in the list", list.take(image(element)), Some(image(element)))?;
                }
                list.0.clear();
            }
            TableOp::IntoIter { take } => {
                let taken: Vec<_> = std::mem::take(table).into_iter().take(take).collect();
                equal("number taken", taken.len(), take.min(list.0.len()))?;
                for element in &taken {
                    equal("in the list", list.take(image(element)), Some(image(element)))?;
                }
                list.0.clear();
            }
            TableOp::Clear => {
                table.clear();
                list.0.clear();
            }
            TableOp::Reserve(additional) => {
                table.reserve(additional, hasher);
                equal("room", table.capacity() >= table.len() + additional, true)?;
                equal("outcome", table.try_reserve(additional, hasher), Ok(()))?;
            }
            TableOp::ShrinkTo(least) => {
                table.shrink_to(least, hasher);
                equal("room", table.capacity() >= least.min(capacity), true)?;
            }
            TableOp::ShrinkToFit => table.shrink_to_fit(hasher),
            TableOp::Clone => *table = table.clone(),
            TableOp::IterMut => {
                list.0.clear();
                for element in table.iter_mut() {
                    *element = make(element.code());
                    list.0.push(image(element));
                }
            }
            TableOp::Fill(from) => {
                let room = table.capacity() - table.len();
                for step in 0..room.min(200) as u16 {
                    let element = make(from.wrapping_add(step));
                    list.0.push(image(&element));
                    table.insert_unique(hasher(&element), element, hasher);
                }
            }
        }
        let keeps_capacity = match op {
            TableOp::IntoIter { .. }
            | TableOp::Clone
            | TableOp::Reserve(_)
            | TableOp::ShrinkTo(_)
            | TableOp::ShrinkToFit => false,
            // These may make room in a full table before they know whether it is needed.
            TableOp::EntryRemove(_) | TableOp::EntryOrInsert(_) | TableOp::EntryInsert(_) => {
                table.len() < capacity
            }
            _ => table.len() <= capacity,
        };
        if PROMISES && keeps_capacity {
            equal("capacity", table.capacity(), capacity)?;
        }
        Ok(())
    }
}

fn table_test<T: Element, S: BuildHasher + Default>() {
    for universe in [4, 20, 60] {
        check(8, &listings(table_ops(universe), 80), |ops| table_run::<T, S>(&ops.0));
    }
    check(2, &listings(table_ops(60), 500), |ops| table_run::<T, S>(&ops.0));
}
