//! A turn: one subject runs all workloads of a cell, then it is the next subject's turn.
//!
//! Alternating whole turns instead of single workloads gives every subject the same caches and
//! heap to start from; two identical tables differed by 15 % at 2^20 slots otherwise.

use crate::element::Element;
use crate::input::{Cell, Input, Sequence};
use crate::machine::Clock;
use crate::subject::{Map, Subject};
use crate::work::{self, Draw, Given};
use crate::workload::{Scene, Wanted, Workload};
use std::hint::black_box;
use std::marker::PhantomData;
use std::ops::Range;

/// What one workload came to in one turn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lap {
    /// Nanoseconds, or bytes.
    pub amount: f64,
    /// What to divide it by.
    pub ops: usize,
    /// What the subject answered.
    pub checksum: u64,
}

/// What a turn came to.
#[derive(Clone, Debug, Default)]
pub struct Laps([Lap; Workload::COUNT]);

impl Laps {
    /// The lap of `workload`, if it took place.
    #[must_use]
    pub fn get(&self, workload: Workload) -> Option<&Lap> {
        Some(&self.0[workload as usize]).filter(|lap| lap.ops > 0)
    }

    /// Adds an amount for `ops` operations and what they answered.
    pub fn add(&mut self, workload: Workload, amount: f64, ops: usize, checksum: u64) {
        let lap = &mut self.0[workload as usize];
        lap.amount += amount;
        lap.ops += ops;
        lap.checksum = lap.checksum.wrapping_mul(31).wrapping_add(checksum);
    }

    /// Adds the time of `work`, which is `ops` operations and returns its checksum.
    pub fn time(&mut self, workload: Workload, ops: usize, work: impl FnOnce() -> u64) {
        let clock = Clock::start();
        let checksum = black_box(work());
        let time = clock.stop();
        self.add(workload, time.as_nanos() as f64, ops, checksum);
    }
}

/// A turn of some subject.
pub type TurnOf<E> = fn(&Input<'_, E>, &Wanted) -> Laps;

/// The turn of subject `S`.
pub fn turn<S: Subject<E>, E: Element>(input: &Input<'_, E>, wanted: &Wanted) -> Laps {
    let mut turn = Turn::<S, E> { input, wanted, laps: Laps::default(), subject: PhantomData };
    match input.cell.scene {
        Scene::Table => turn.tables(),
        Scene::Small => turn.small(),
    }
    turn.laps
}

type Maps<S, E> = Vec<<S as Subject<E>>::Map>;

/// A workload that makes maps of keys.
type Builder<S, E> = fn(&mut Maps<S, E>, &mut Given<'_, S, E>, &Cell) -> u64;

struct Turn<'i, 'a, S: Subject<E>, E: Element> {
    input: &'i Input<'a, E>,
    wanted: &'i Wanted,
    laps: Laps,
    subject: PhantomData<S>,
}

impl<'i, 'a, S: Subject<E>, E: Element> Turn<'i, 'a, S, E> {
    fn tables(&mut self) {
        let Cell { n, maps: count, reps, .. } = self.input.cell;
        for rep in 0..reps {
            let of_rep = rep * count * n..(rep + 1) * count * n;
            let keys = &self.draws(Sequence::Keys)[of_rep.clone()];
            let mut maps = self.build(Workload::Grow, keys, work::grow::<S, E>);
            self.weigh(Workload::Bytes, &maps);
            self.walk(&maps);
            self.copies(&maps);
            self.removals(&maps, of_rep);
            self.builds(keys);
            if rep + 1 == reps {
                self.look_up(&maps);
                self.churn(&mut maps);
                self.entries();
            }
        }
    }

    fn small(&mut self) {
        let mut maps =
            self.build(Workload::SmallBuild, self.draws(Sequence::Keys), work::grow::<S, E>);
        self.weigh(Workload::SmallBytes, &maps);
        let picks = self.input.picks;
        for (workload, sequence, look_up) in [
            (Workload::SmallHit, Sequence::Hits, work::small_hit::<S, E> as fn(&_, &_, &_) -> _),
            (Workload::SmallMiss, Sequence::Misses, work::small_miss::<S, E>),
        ] {
            if self.wanted.has(workload) {
                let draws = self.draws(sequence);
                self.laps.time(workload, draws.len(), || look_up(&maps, picks, draws));
            }
        }
        if S::Map::WALKS && self.wanted.has(Workload::SmallIterate) {
            let ops = self.input.cell.maps * self.input.cell.n;
            self.laps.time(Workload::SmallIterate, ops, || work::iterate::<S, E>(&maps));
        }
        self.laps.time(Workload::SmallBuild, 0, || work::drop_all::<S, E>(&mut maps));
    }

    fn draws(&self, sequence: Sequence) -> &'i [Draw<'a, E>] {
        self.input.draws.get(sequence)
    }

    /// Maps of `keys`, timed.
    fn build(
        &mut self,
        workload: Workload,
        keys: &[Draw<'_, E>],
        work: Builder<S, E>,
    ) -> Maps<S, E> {
        let cell = &self.input.cell;
        let mut maps = Vec::with_capacity(cell.maps);
        let mut given = S::Map::give(keys).into_iter();
        self.laps.time(workload, keys.len(), || work(&mut maps, &mut given, cell));
        self.check(workload, &maps);
        maps
    }

    /// Adds the contents of `maps` to what must be equal between subjects.
    fn check(&mut self, workload: Workload, maps: &[S::Map]) {
        let contents = maps.iter().fold(0_u64, |sum, map| {
            sum.wrapping_mul(31).wrapping_add(map.fold()).wrapping_add((map.len() as u64) << 32)
        });
        self.laps.add(workload, 0.0, 0, contents);
    }

    /// Memory per entry.
    fn weigh(&mut self, workload: Workload, maps: &[S::Map]) {
        if let Some(bytes) = maps.iter().map(Map::bytes).sum::<Option<usize>>() {
            let entries = maps.iter().map(Map::len).sum();
            self.laps.add(workload, bytes as f64, entries, 0);
        }
    }

    /// Iteration over full tables.
    fn walk(&mut self, maps: &[S::Map]) {
        if !S::Map::WALKS {
            return;
        }
        let ops = self.input.cell.maps * self.input.cell.n;
        if self.wanted.has(Workload::Iterate) {
            self.laps.time(Workload::Iterate, ops, || work::iterate::<S, E>(maps));
        }
        if self.wanted.has(Workload::IterateFold) {
            self.laps.time(Workload::IterateFold, ops, || work::iterate_fold::<S, E>(maps));
        }
    }

    /// Cloning, and what consumes a clone as a whole.
    fn copies(&mut self, maps: &[S::Map]) {
        let ops = self.input.cell.maps * self.input.cell.n;
        if self.wanted.any(&[Workload::Clone, Workload::Drop]) {
            let mut copies = Vec::with_capacity(maps.len());
            self.laps.time(Workload::Clone, ops, || work::clone::<S, E>(maps, &mut copies));
            self.check(Workload::Clone, &copies);
            self.laps.time(Workload::Drop, ops, || work::drop_all::<S, E>(&mut copies));
        }
        for (workload, work) in [
            (Workload::Retain, work::retain::<S, E> as fn(&mut _) -> _),
            (Workload::Clear, work::clear::<S, E>),
        ] {
            if self.wanted.has(workload) {
                let mut copies = maps.to_vec();
                self.laps.time(workload, ops, || work(&mut copies));
                self.check(workload, &copies);
            }
        }
    }

    /// Removal of all keys, one by one, with a look at the table when it is nearly empty.
    fn removals(&mut self, maps: &[S::Map], of_rep: Range<usize>) {
        if !self.wanted.any(&[Workload::Remove, Workload::IterateSparse]) {
            return;
        }
        let cell = &self.input.cell;
        let doomed = &self.draws(Sequence::Doomed)[of_rep];
        let mut copies = maps.to_vec();
        let most = cell.n - cell.n / 10;
        self.laps.time(Workload::Remove, cell.maps * most, || {
            work::remove::<S, E>(&mut copies, doomed, cell, 0..most)
        });
        let left = cell.maps * (cell.n - most);
        if left > 0 {
            if S::Map::WALKS {
                self.laps.time(Workload::IterateSparse, left, || work::iterate::<S, E>(&copies));
            }
            self.laps.time(Workload::Remove, left, || {
                work::remove::<S, E>(&mut copies, doomed, cell, most..cell.n)
            });
        }
        self.check(Workload::Remove, &copies);
    }

    /// Other ways to build the same maps.
    fn builds(&mut self, keys: &[Draw<'_, E>]) {
        let cell = &self.input.cell;
        if self.wanted.has(Workload::Reserved) {
            self.build(Workload::Reserved, keys, work::reserved::<S, E>);
        }
        if self.wanted.has(Workload::Collect) {
            self.build(Workload::Collect, keys, work::collect::<S, E>);
        }
        if self.wanted.has(Workload::Extend) {
            let (mut first, mut second) = (Vec::new(), Vec::new());
            for keys in keys.chunks_exact(cell.n) {
                let (left, right) = keys.split_at(cell.n / 2);
                first.extend_from_slice(left);
                second.extend_from_slice(right);
            }
            let halves = Cell { n: cell.n / 2, ..*cell };
            let mut maps = Vec::with_capacity(cell.maps);
            work::grow::<S, E>(&mut maps, &mut S::Map::give(&first).into_iter(), &halves);
            let mut given = S::Map::give(&second).into_iter();
            self.laps.time(Workload::Extend, second.len(), || {
                work::extend::<S, E>(&mut maps, &mut given, cell)
            });
            self.check(Workload::Extend, &maps);
        }
        if self.wanted.has(Workload::OneBigInsert) {
            let mut given = S::Map::give(keys).into_iter();
            for _ in 0..cell.maps {
                let (slowest, map) = work::slowest_insert::<S, E>(&mut given, cell);
                self.laps.add(Workload::OneBigInsert, slowest.as_nanos() as f64, 1, 0);
                self.check(Workload::OneBigInsert, &[map]);
            }
        }
    }

    /// Lookups in tables as they were built. What was built in between has driven them out of the
    /// caches, so they are walked over once: the first workload shall not pay for the others.
    fn look_up(&mut self, maps: &[S::Map]) {
        black_box(maps.iter().map(Map::fold).fold(0, u64::wrapping_add));
        for (workload, sequence, work) in [
            (Workload::Hit, Sequence::Hits, work::hit::<S, E> as fn(&_, &_) -> _),
            (Workload::HitDep, Sequence::Hits, work::hit_dep::<S, E>),
            (Workload::Miss, Sequence::Misses, work::miss::<S, E>),
            (Workload::Mixed, Sequence::Mixed, work::mixed::<S, E>),
        ] {
            if self.wanted.has(workload) {
                let draws = self.draws(sequence);
                self.laps.time(workload, draws.len(), || work(maps, draws));
            }
        }
    }

    /// Churn, then lookups in the tables that it leaves.
    fn churn(&mut self, maps: &mut [S::Map]) {
        if !self.wanted.any(&Workload::CHURN) {
            return;
        }
        let victims = self.draws(Sequence::Victims);
        let mut fresh = S::Map::give(self.draws(Sequence::Fresh)).into_iter();
        self.laps.time(Workload::Churn, victims.len(), || {
            work::churn::<S, E>(maps, victims, &mut fresh)
        });
        self.check(Workload::Churn, maps);
        self.weigh(Workload::ChurnBytes, maps);
        if self.wanted.any(&[Workload::ChurnHit, Workload::ChurnMiss]) {
            let (hits, misses) =
                (self.draws(Sequence::ChurnHits), self.draws(Sequence::ChurnMisses));
            self.laps.time(Workload::ChurnHit, hits.len(), || work::hit::<S, E>(maps, hits));
            self.laps.time(Workload::ChurnMiss, misses.len(), || work::miss::<S, E>(maps, misses));
        }
    }

    /// Counting by entry.
    fn entries(&mut self) {
        if self.wanted.has(Workload::EntryUniform) {
            let keys = self.draws(Sequence::Uniform);
            self.build(Workload::EntryUniform, keys, work::entry_uniform::<S, E>);
        }
        if self.wanted.has(Workload::EntryZipf) {
            let keys = self.draws(Sequence::Zipf);
            self.build(Workload::EntryZipf, keys, work::entry_zipf::<S, E>);
        }
    }
}
