//! One cell of the sweep and the keys and draws of one round of it.
//!
//! Everything random is decided here, before a clock starts, and is the same for all subjects of
//! a round. Rounds share nothing: a sequence that came twice would be known to the branch predictor,
//! which learns thousands of outcomes.

use crate::element::{Element, Key, Spelling};
use crate::rng::{Rng, scramble};
use crate::work::Draw;
use crate::workload::{Scene, Wanted, Workload};
use std::fmt;

/// Lookups per sample, all drawn independently: more than a predictor learns (>= 2^17).
const DRAWS: usize = 1 << 18;
/// Inserts, visits or removals per sample, at least.
const VISITS: usize = 1 << 17;
/// What the small maps of one cell take together, at least: more than the caches hold.
const SMALL_BYTES: usize = 64 << 20;

/// Size and load of the tables, and how many of them a sample averages over.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// Tables, or many small maps.
    pub scene: Scene,
    /// Logarithm of the slots that hashbrown uses for `n` entries.
    pub log_slots: u32,
    /// Entries per slot.
    pub load: f64,
    /// Entries per map.
    pub n: usize,
    /// Maps that exist at the same time: the luck of one hash seed averages out.
    pub maps: usize,
    /// How often the maps are built and worked over.
    pub reps: usize,
    /// Lookups per sample.
    pub draws: usize,
}

impl Cell {
    /// The place `load` in the octave that ends at `2^log_slots` slots.
    #[must_use]
    pub fn table(log_slots: u32, load: f64) -> Self {
        let n = ((1_usize << log_slots) as f64 * load).ceil() as usize;
        let maps = 1 << (18_u32.saturating_sub(log_slots) / 2).min(6);
        let reps = VISITS.div_ceil(maps * n);
        Self { scene: Scene::Table, log_slots, load, n, maps, reps, draws: DRAWS }
    }

    /// As many maps of `n` entries as it takes to leave the cache.
    #[must_use]
    pub fn small(n: usize) -> Self {
        let slots = (n * 8).div_ceil(7).next_power_of_two().max(4);
        let maps = SMALL_BYTES / (48 + 17 * slots);
        Self {
            scene: Scene::Small,
            log_slots: slots.ilog2(),
            load: n as f64 / slots as f64,
            n,
            maps,
            reps: 1,
            draws: DRAWS,
        }
    }

    /// The same with next to no work, for a test of the bench itself.
    #[must_use]
    pub fn smoke(self) -> Self {
        Self { maps: self.maps.min(3), reps: self.reps.min(2), draws: 1 << 10, ..self }
    }

    /// Whether `workload` runs here.
    #[must_use]
    pub fn hosts(&self, workload: Workload) -> bool {
        workload.scene() == self.scene && self.log_slots <= workload.largest()
    }

    /// Rounds in a pass: the shorter a round, the more of them it takes.
    #[must_use]
    pub fn patience(&self) -> usize {
        if self.scene == Scene::Table && self.log_slots <= 16 { 2 } else { 1 }
    }

    /// Pairs or entry operations per map of a workload that must work over each entry several times.
    fn turnover(&self) -> usize {
        (4 * self.n).max(self.draws / 2 / self.maps)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scene {
            Scene::Table => write!(f, "2^{} slots, load {}", self.log_slots, self.load),
            Scene::Small => write!(f, "{} maps of {}", self.maps, self.n),
        }
    }
}

/// The sequences of a round.
#[derive(Clone, Copy, Debug)]
#[repr(usize)]
pub enum Sequence {
    /// What is built, map after map.
    Keys,
    /// The same, each map's keys in random order.
    Doomed,
    Hits,
    Misses,
    Mixed,
    /// Keys removed by churn.
    Victims,
    /// Keys inserted by churn.
    Fresh,
    ChurnHits,
    ChurnMisses,
    Uniform,
    Zipf,
}

const SEQUENCES: usize = Sequence::Zipf as usize + 1;

/// A thing per [`Sequence`].
pub struct Sequences<T>([T; SEQUENCES]);

impl<T> Sequences<T> {
    /// The one of `sequence`.
    #[must_use]
    pub fn get(&self, sequence: Sequence) -> &T {
        &self.0[sequence as usize]
    }

    fn map<'a, U>(&'a self, make: impl FnMut(&'a T) -> U) -> Sequences<U> {
        Sequences(self.0.each_ref().map(make))
    }
}

/// The keys of a round, stored. [`Input`] borrows from it.
pub struct Store<E: Element> {
    packed: Sequences<<E::Key as Key>::Packed>,
    picks: Vec<u32>,
}

/// The keys and draws of a round, ready for use.
pub struct Input<'a, E: Element> {
    /// Whose round it is.
    pub cell: Cell,
    /// All draws.
    pub draws: Sequences<Vec<Draw<'a, E>>>,
    /// Which of the small maps each lookup goes to.
    pub picks: &'a [u32],
}

impl<E: Element> Store<E> {
    /// Draws what `wanted` needs.
    #[must_use]
    pub fn new(cell: &Cell, wanted: &Wanted, lengths: (usize, usize), seed: u64) -> Self {
        let mut plan = Plan::new(cell, seed);
        plan.draw(wanted);
        let spelling = Spelling { salt: scramble(seed), ids: plan.ids, lengths };
        let packed = plan.sequences.0.map(|ids| E::Key::pack(&ids, &spelling));
        Self { packed: Sequences(packed), picks: plan.picks }
    }

    /// The ready draws.
    #[must_use]
    pub fn input(&self, cell: &Cell) -> Input<'_, E> {
        Input { cell: *cell, draws: self.packed.map(E::Key::draws), picks: &self.picks }
    }
}

/// The sequences as ids.
struct Plan {
    cell: Cell,
    rng: Rng,
    /// Ids given out so far; the keys of the built maps are the first ones.
    ids: u64,
    sequences: Sequences<Vec<u64>>,
    picks: Vec<u32>,
}

impl Plan {
    fn new(cell: &Cell, seed: u64) -> Self {
        let built = (cell.reps * cell.maps * cell.n) as u64;
        let mut sequences = Sequences([const { Vec::new() }; SEQUENCES]);
        sequences.0[Sequence::Keys as usize] = (0..built).collect();
        Self { cell: *cell, rng: Rng::new(seed), ids: built, sequences, picks: Vec::new() }
    }

    fn put(&mut self, sequence: Sequence, ids: Vec<u64>) {
        self.sequences.0[sequence as usize] = ids;
    }

    fn draw(&mut self, wanted: &Wanted) {
        use Workload as W;
        if wanted.any(&[W::Remove, W::IterateSparse]) {
            let mut doomed = self.sequences.get(Sequence::Keys).clone();
            doomed.chunks_mut(self.cell.n).for_each(|map| self.rng.shuffle(map));
            self.put(Sequence::Doomed, doomed);
        }
        if wanted.any(&[W::SmallHit, W::SmallMiss]) {
            self.picks =
                (0..self.cell.draws).map(|_| self.rng.below(self.cell.maps) as u32).collect();
        }
        if wanted.any(&[W::Hit, W::HitDep, W::SmallHit]) {
            let hits = self.lookups(|plan, _, map| plan.present(map));
            self.put(Sequence::Hits, hits);
        }
        if wanted.any(&[W::Miss, W::SmallMiss]) {
            let misses = self.lookups(|plan, _, _| plan.fresh());
            self.put(Sequence::Misses, misses);
        }
        if wanted.has(W::Mixed) {
            let mixed = self.lookups(|plan, _, map| match plan.rng.below(2) {
                0 => plan.fresh(),
                _ => plan.present(map),
            });
            self.put(Sequence::Mixed, mixed);
        }
        if wanted.any(&W::CHURN) {
            self.churn();
        }
        let occurrences = |plan: &mut Self, draw: fn(&mut Rng, usize) -> usize| {
            let Cell { n, maps, .. } = plan.cell;
            let each = plan.cell.turnover();
            let one = |at| {
                let index = draw(&mut plan.rng, n);
                plan.id(at / each, index)
            };
            (0..maps * each).map(one).collect::<Vec<u64>>()
        };
        if wanted.has(W::EntryUniform) {
            let uniform = occurrences(self, Rng::below);
            self.put(Sequence::Uniform, uniform);
        }
        if wanted.has(W::EntryZipf) {
            let zipf = occurrences(self, Rng::zipf);
            self.put(Sequence::Zipf, zipf);
        }
    }

    /// The id of a map's `index`-th key. Lookups meet the maps of the last repetition.
    fn id(&self, map: usize, index: usize) -> u64 {
        (((self.cell.reps - 1) * self.cell.maps + map) * self.cell.n + index) as u64
    }

    /// An id never used before.
    fn fresh(&mut self) -> u64 {
        self.ids += 1;
        self.ids - 1
    }

    /// A random key of `map`.
    fn present(&mut self, map: usize) -> u64 {
        let index = self.rng.below(self.cell.n);
        self.id(map, index)
    }

    /// One draw per lookup: each map's share one after another, or as `picks` say.
    fn lookups(&mut self, mut draw: impl FnMut(&mut Self, usize, usize) -> u64) -> Vec<u64> {
        let share = (self.cell.draws / self.cell.maps).max(1);
        let count = match self.cell.scene {
            Scene::Table => share * self.cell.maps,
            Scene::Small => self.cell.draws,
        };
        (0..count)
            .map(|at| {
                let map = self.picks.get(at).map_or(at / share, |&pick| pick as usize);
                draw(self, at, map)
            })
            .collect()
    }

    /// Plays the churn through on ids, so that victims are always present, and leaves the draws
    /// for the lookups afterwards.
    fn churn(&mut self) {
        let Cell { n, maps, .. } = self.cell;
        let pairs = self.cell.turnover();
        let mut live: Vec<u64> = (0..maps)
            .flat_map(|map| (0..n).map(move |index| (map, index)))
            .map(|(map, index)| self.id(map, index))
            .collect();
        let (mut victims, mut fresh) =
            (Vec::with_capacity(maps * pairs), Vec::with_capacity(maps * pairs));
        for map in live.chunks_exact_mut(n) {
            for _ in 0..pairs {
                let new = self.fresh();
                victims.push(std::mem::replace(&mut map[self.rng.below(n)], new));
                fresh.push(new);
            }
        }
        self.put(Sequence::Victims, victims);
        self.put(Sequence::Fresh, fresh);
        let hits = self.lookups(|plan, _, map| live[map * n + plan.rng.below(n)]);
        self.put(Sequence::ChurnHits, hits);
        let misses = self.lookups(|plan, _, _| plan.fresh());
        self.put(Sequence::ChurnMisses, misses);
    }
}
