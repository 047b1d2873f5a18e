//! The sweep: cells, rounds, the order of turns, and which samples count.

use crate::element::{Boxed, Element, HalfWord, Line, Str, Unit, Word};
use crate::input::{Cell, Store};
use crate::limit;
use crate::rng::{Rng, scramble};
use crate::subject::{Hashbrown, Int, Null, Rosti, RostiSwar, Std, StdFold, Subject};
use crate::text;
use crate::turn::{TurnOf, turn};
use crate::workload::{Wanted, Workload};
use std::hint::black_box;

/// The names of all subjects, in the order of the table's columns; the limit is the last.
pub const SUBJECTS: [&str; 10] = [
    "rosti",
    "hashbrown",
    "std",
    "null",
    "std+fold",
    "rosti-swar",
    "int",
    "str",
    "copying",
    "limit",
];
/// This crate.
pub const OURS: usize = 0;
/// The subject that all others are divided by and checked against.
pub const BASE: usize = 1;
/// The standard library's map as it comes.
pub const STD: usize = 2;
/// The noise of the run.
pub const NULL: usize = 3;
/// The table of std with the hash of hashbrown.
pub const SAME_HASH: usize = 4;
/// This crate's table on the backend that needs no vector instructions.
pub const SWAR: usize = 5;
/// This crate's integer map.
pub const INT: usize = 6;
/// This crate's string map.
pub const STR: usize = 7;
/// hashbrown's map where it copies keys that it is given by reference.
pub const COPYING: usize = 8;
/// Not a map, but the memory under all of them.
pub const LIMIT: usize = SUBJECTS.len() - 1;

/// What the maps of a row hold.
#[derive(Clone, Copy)]
pub struct Kind {
    /// Its name on the command line, in tables and in files.
    pub name: &'static str,
    /// What it is.
    pub definition: &'static str,
    /// The largest power of two of slots that a `--full` run takes by itself.
    pub largest: u32,
    /// Bounds of the length of strings, which the name repeats.
    lengths: (usize, usize),
    round: fn(&mut Measured, usize, &Subjects) -> Result<(), String>,
}

/// All kinds.
pub const KINDS: [Kind; 9] = {
    const fn kind<E: Lineup>(
        name: &'static str,
        definition: &'static str,
        largest: u32,
        lengths: (usize, usize),
    ) -> Kind {
        Kind { name, definition, largest, lengths, round: round::<E> }
    }
    [
        kind::<Word>("u64", "u64 -> u64", 26, (0, 0)),
        kind::<HalfWord>("u32", "u32 -> u32", 24, (0, 0)),
        kind::<Unit>("set", "u64 -> ()", 22, (0, 0)),
        kind::<Line>("wide", "u64 -> 56 bytes", 22, (0, 0)),
        kind::<Str>("str3-12", "String -> u64", 18, (3, 12)),
        kind::<Str>("str8-24", "String -> u64", 20, (8, 24)),
        kind::<Str>("str40-80", "String -> u64", 18, (40, 80)),
        kind::<Boxed>("box8-24", "Box<str> -> u64", 18, (8, 24)),
        kind::<Boxed>("box40-80", "Box<str> -> u64", 18, (40, 80)),
    ]
};

/// Which of [`SUBJECTS`] take part; the base always does. All of them run all workloads: one whose
/// turns are shorter would find more of its tables in the caches.
pub type Subjects = [bool; SUBJECTS.len()];

/// Of how many samples one counts. What disturbs a sample makes it slower, so the slower ones say little;
/// but the fastest alone is often the one whose table came to lie in memory as no other did. Chosen by
/// the agreement of two runs (`--twice`).
const ONE_IN: usize = 4;

/// The samples per workload and subject, per operation.
pub struct Samples([[Vec<f64>; SUBJECTS.len()]; Workload::COUNT]);

impl Samples {
    /// No samples at all.
    #[must_use]
    pub fn none() -> Self {
        Self([const { [const { Vec::new() }; SUBJECTS.len()] }; Workload::COUNT])
    }

    /// Adds a sample of a subject.
    pub fn add(&mut self, workload: Workload, subject: usize, sample: f64) {
        debug_assert!(sample.is_finite());
        let samples = &mut self.0[workload as usize][subject];
        samples.insert(samples.partition_point(|&other| other < sample), sample);
    }

    /// Forgets the samples of a workload for those of `other`.
    pub fn take_over(&mut self, workload: Workload, other: &Self) {
        self.0[workload as usize].clone_from(&other.0[workload as usize]);
    }

    /// The mean of a subject's fastest quarter, of two samples at least if there are.
    #[must_use]
    pub fn get(&self, workload: Workload, subject: usize) -> Option<f64> {
        let samples = &self.0[workload as usize][subject];
        let fastest = &samples[..samples.len().div_ceil(ONE_IN).max(2).min(samples.len())];
        (!fastest.is_empty()).then(|| fastest.iter().sum::<f64>() / fastest.len() as f64)
    }

    /// The same in relation to another subject's.
    #[must_use]
    pub fn ratio(&self, workload: Workload, subject: usize, base: usize) -> Option<f64> {
        Some(self.get(workload, subject)? / self.get(workload, base)?)
    }
}

/// A cell that is being measured, or has been.
pub struct Measured {
    /// What its maps hold.
    pub kind: Kind,
    /// Their size.
    pub cell: Cell,
    /// What runs on them.
    pub wanted: Wanted,
    /// The results so far.
    pub samples: Samples,
}

impl Kind {
    /// The kinds that `name` stands for: one of that name, or else all that begin with it.
    #[must_use]
    pub fn find(name: &str) -> Vec<Self> {
        let exact: Vec<Self> = KINDS.into_iter().filter(|kind| kind.name == name).collect();
        if exact.is_empty() {
            KINDS.into_iter().filter(|kind| kind.name.starts_with(name)).collect()
        } else {
            exact
        }
    }
}

impl Measured {
    /// A cell without results.
    #[must_use]
    pub fn new(kind: Kind, cell: Cell, wanted: Wanted) -> Self {
        Self { kind, cell, wanted, samples: Samples::none() }
    }

    /// Measures the cell for a few rounds, or says which subject answered wrongly. Pass 0 pays for
    /// the first touch of memory and is not counted.
    pub fn pass(&mut self, pass: usize, subjects: &Subjects) -> Result<(), String> {
        let patience = self.cell.patience();
        let first = if pass == 0 { 0 } else { (pass - 1) * patience + 1 };
        (first..=pass * patience).try_for_each(|round| (self.kind.round)(self, round, subjects))
    }
}

/// A subject's name and its turn with maps of `E`.
type Named<E> = (&'static str, TurnOf<E>);

fn named<S: Subject<E>, E: Element>() -> Named<E> {
    (S::NAME, turn::<S, E>)
}

/// Which subjects take part in the cells of an element: those that fit every element, and `special`
/// ones beside them.
trait Lineup: Element + Sized {
    /// The subjects for this element that do not fit all others. Their columns stay empty in the rows
    /// of other kinds.
    fn special() -> Vec<Named<Self>> {
        Vec::new()
    }
}

impl Lineup for Word {
    fn special() -> Vec<Named<Self>> {
        vec![named::<Int, Self>()]
    }
}
impl Lineup for HalfWord {
    fn special() -> Vec<Named<Self>> {
        vec![named::<Int, Self>()]
    }
}
impl Lineup for Unit {}
impl Lineup for Line {}
impl Lineup for Str {
    fn special() -> Vec<Named<Self>> {
        vec![named::<text::Str, Self>(), named::<text::Copying, Self>()]
    }
}
impl Lineup for Boxed {}

/// The turns in the order of [`SUBJECTS`].
fn turns<E: Lineup>() -> [Option<TurnOf<E>>; SUBJECTS.len()] {
    let general = [
        named::<Rosti, E>(),
        named::<Hashbrown, E>(),
        named::<Std, E>(),
        named::<Null, E>(),
        named::<StdFold, E>(),
        named::<RostiSwar, E>(),
        (SUBJECTS[LIMIT], limit::turn::<E>),
    ];
    let all: Vec<Named<E>> = general.into_iter().chain(E::special()).collect();
    SUBJECTS.map(|subject| all.iter().find(|(name, _)| *name == subject).map(|&(_, turn)| turn))
}

/// What the heap is moved by at most before a turn: in the same place in every round, a subject would
/// keep its luck with the sets of a cache for the whole run. Round 0 moves by all of it, and touches
/// it, so that later rounds find no untouched memory.
const MOST_SHIFT: usize = 4 << 20;

/// Calls `f` with a stack that begins a few bytes further on, as far as the round says: four places. A value
/// that is passed on the stack and lies in two cache lines there is slow to read back, and where a frame
/// lies is a process's luck.
fn on_moved_stack<R>(round: usize, f: impl FnOnce() -> R) -> R {
    #[inline(never)]
    fn behind<const BYTES: usize, R>(f: impl FnOnce() -> R) -> R {
        let bytes = black_box([0u8; BYTES]);
        let result = f();
        black_box(&bytes);
        result
    }
    match round % 4 {
        0 => behind::<16, R>(f),
        1 => behind::<32, R>(f),
        2 => behind::<48, R>(f),
        _ => behind::<64, R>(f),
    }
}

/// Measures a cell of element `E` once more.
fn round<E: Lineup>(
    measured: &mut Measured,
    round: usize,
    subjects: &Subjects,
) -> Result<(), String> {
    let Measured { kind, cell, wanted, samples } = measured;
    // Long workloads take as much time as all others together, and are means over more of it: beside
    // others, every second round will do.
    let rests = round > 0 && round % 2 == 0 && wanted.iter().any(|workload| !workload.is_long());
    let wanted = wanted.iter().filter(|workload| !(rests && workload.is_long())).collect();
    let seed = scramble(round as u64 ^ scramble(cell.n as u64));
    let mut places = Rng::new(seed);
    let store = Store::<E>::new(cell, &wanted, kind.lengths, seed);
    let input = store.input(cell);
    let turns = turns::<E>();
    let mut laps = [const { None }; SUBJECTS.len()];
    for step in 0..SUBJECTS.len() {
        // Another one begins each round, and every other two rounds go backwards, so that nobody
        // always runs behind the same predecessor.
        let step = if round % 4 < 2 { step } else { SUBJECTS.len() - 1 - step };
        let subject = (step + round) % SUBJECTS.len();
        if let Some(turn) = turns[subject].filter(|_| subjects[subject]) {
            let _shift = match round {
                0 => vec![1; MOST_SHIFT],
                _ => black_box(Vec::<u8>::with_capacity(places.below(MOST_SHIFT))),
            };
            laps[subject] = Some(on_moved_stack(round / 2, || turn(&input, &wanted)));
        }
    }
    for workload in wanted.iter() {
        let lap = |subject: usize| laps[subject].as_ref().and_then(|laps| laps.get(workload));
        let Some(base) = lap(BASE) else { continue };
        for (subject, name) in SUBJECTS.iter().enumerate() {
            let Some(lap) = lap(subject) else { continue };
            if subject != LIMIT && lap.checksum != base.checksum {
                return Err(format!(
                    "wrong answer: {} of {}, {cell}, round {round}: the checksum of {name} is \
                     {:#x}, that of {} is {:#x}",
                    workload.name(),
                    kind.name,
                    lap.checksum,
                    SUBJECTS[BASE],
                    base.checksum,
                ));
            }
            if round > 0 {
                samples.add(workload, subject, lap.amount / lap.ops as f64);
            }
        }
    }
    Ok(())
}
