//! What the memory allows: the same accesses without a hash table around them.
//!
//! A turn like any other, but of arrays: lookups become reads of a random entry, dependent lookups
//! a pointer chase, building becomes appending, cloning becomes `memcpy`, always over as many
//! entries of the same size. Its row says how far a map is from the machine. What keys own (the text
//! of strings) is not part of it.

use crate::element::Element;
use crate::input::{Cell, Input, Sequence};
use crate::rng::Rng;
use crate::turn::Laps;
use crate::workload::{Scene, Wanted, Workload};
use std::hint::black_box;
use std::mem;

/// The entries of a map, `words` words each, all zero: `chase` needs that.
type Array = Vec<u64>;

/// The turn of the arrays.
pub fn turn<E: Element>(input: &Input<'_, E>, wanted: &Wanted) -> Laps {
    let (cell, words) = (input.cell, size_of::<(E::Key, E::Value)>().div_ceil(size_of::<u64>()));
    let mut turn = Turn { cell, words, wanted, laps: Laps::default() };
    let bytes = size_of::<(E::Key, E::Value)>() as f64;
    for workload in [Workload::Bytes, Workload::ChurnBytes, Workload::SmallBytes] {
        turn.laps.add(workload, bytes, 1, 0);
    }
    match cell.scene {
        Scene::Table => {
            for rep in 0..cell.reps {
                let mut arrays = turn.build();
                turn.passes(&arrays);
                if rep + 1 == cell.reps {
                    turn.look_up(&arrays);
                    let updates = |sequence| input.draws.get(sequence).len();
                    turn.update(&mut arrays, updates);
                }
            }
        }
        Scene::Small => turn.small(input.picks),
    }
    turn.laps
}

struct Turn<'w> {
    cell: Cell,
    words: usize,
    wanted: &'w Wanted,
    laps: Laps,
}

impl Turn<'_> {
    /// Runs and times `work`, which is `ops` operations, if it is wanted.
    fn time(&mut self, workload: Workload, ops: usize, work: impl FnOnce() -> u64) {
        if self.wanted.has(workload) {
            self.laps.time(workload, ops, work);
        }
    }

    /// What builds maps; returns the arrays.
    fn build(&mut self) -> Vec<Array> {
        let (Cell { n, maps, .. }, words) = (self.cell, self.words);
        let arrays = |capacity: usize| -> Vec<Array> {
            (0..maps).map(|_| Vec::with_capacity(capacity * words)).collect()
        };
        self.time(Workload::Grow, maps * n, || append(&mut arrays(0), n * words));
        for workload in [Workload::Reserved, Workload::Collect] {
            self.time(workload, maps * n, || append(&mut arrays(n), n * words));
        }
        let mut halves = arrays(n / 2);
        append(&mut halves, n / 2 * words);
        let rest = n - n / 2;
        self.time(Workload::Extend, maps * rest, || append(&mut halves, rest * words));
        let mut full = arrays(n);
        append(&mut full, n * words);
        // The slowest insert is the last one that grows the table, from 7/8 of half its slots.
        let moved = ((7 << self.cell.log_slots) / 16).min(n) * words;
        let mut copies = Vec::with_capacity(maps);
        let parts = full.iter().map(|array| &array[..moved]);
        self.time(Workload::OneBigInsert, maps, || copy(parts, &mut copies));
        full
    }

    /// Passes over all of the arrays.
    fn passes(&mut self, arrays: &[Array]) {
        let (Cell { n, maps, .. }, words) = (self.cell, self.words);
        for workload in [Workload::Iterate, Workload::IterateFold, Workload::Retain] {
            self.time(workload, maps * n, || sum(arrays));
        }
        self.time(Workload::IterateSparse, maps * (n / 10), || sum_of_tenth(arrays, words));
        let mut copies = Vec::with_capacity(maps);
        let wholes = arrays.iter().map(Vec::as_slice);
        self.time(Workload::Clone, maps * n, || copy(wholes, &mut copies));
        self.time(Workload::Drop, maps * n, || free(&mut copies));
        // A byte per entry, to say that it is gone.
        let mut controls = vec![vec![1_u8; n]; maps];
        self.time(Workload::Clear, maps * n, || erase(&mut controls));
    }

    /// Reads of random entries.
    fn look_up(&mut self, arrays: &[Array]) {
        let (draws, words) =
            (self.indices(self.cell.draws / self.cell.maps, Rng::below), self.words);
        for workload in [
            Workload::Hit,
            Workload::Miss,
            Workload::Mixed,
            Workload::ChurnHit,
            Workload::ChurnMiss,
        ] {
            self.time(workload, draws.len(), || read(arrays, &draws, words));
        }
        self.time(Workload::HitDep, draws.len(), || chase(arrays, &draws, words));
    }

    /// Writes to random entries, as many as `updates` says that the maps get in a sequence.
    fn update(&mut self, arrays: &mut [Array], updates: impl Fn(Sequence) -> usize) {
        let (Cell { n, maps, .. }, words) = (self.cell, self.words);
        let each = |sequence| updates(sequence) / maps;
        for (workload, count, draw) in [
            (Workload::Remove, n, Rng::below as fn(&mut Rng, usize) -> usize),
            (Workload::EntryUniform, each(Sequence::Uniform), Rng::below),
            (Workload::EntryZipf, each(Sequence::Zipf), Rng::zipf),
        ] {
            if self.wanted.has(workload) {
                let draws = self.indices(count, draw);
                self.time(workload, draws.len(), || write(arrays, &draws, words));
            }
        }
        if self.wanted.has(Workload::Churn) {
            // One entry goes, another one comes.
            let draws = self.indices(2 * each(Sequence::Victims), Rng::below);
            self.time(Workload::Churn, draws.len() / 2, || write(arrays, &draws, words));
        }
    }

    /// Very many arrays.
    fn small(&mut self, picks: &[u32]) {
        let (Cell { n, maps, .. }, words) = (self.cell, self.words);
        let mut arrays = vec![Array::new(); maps];
        self.time(Workload::SmallBuild, maps * n, || append(&mut arrays, n * words));
        if arrays[0].is_empty() {
            append(&mut arrays, n * words);
        }
        for workload in [Workload::SmallHit, Workload::SmallMiss] {
            self.time(workload, picks.len(), || read_across(&arrays, picks));
        }
        self.time(Workload::SmallIterate, maps * n, || sum(&arrays));
        self.time(Workload::SmallBuild, 0, || free(&mut arrays));
    }

    /// Where `each` accesses to every array go, as indices of entries.
    fn indices(&self, each: usize, draw: impl Fn(&mut Rng, usize) -> usize) -> Vec<u32> {
        let mut rng = Rng::new(self.cell.n as u64);
        (0..each * self.cell.maps).map(|_| draw(&mut rng, self.cell.n) as u32).collect()
    }
}

/// Each array with its share of the draws.
fn shares<A>(
    arrays: impl ExactSizeIterator<Item = A>,
    draws: &[u32],
) -> impl Iterator<Item = (A, &[u32])> {
    let share = (draws.len() / arrays.len()).max(1);
    arrays.zip(draws.chunks_exact(share))
}

/// Appends to every array, one word after another.
#[inline(never)]
fn append(arrays: &mut [Array], words: usize) -> u64 {
    for array in arrays {
        for word in 0..words {
            // Zeros that the compiler does not know to be zeros.
            array.push(black_box(word as u64) >> 63);
        }
    }
    0
}

/// Reads all of every array.
#[inline(never)]
fn sum(arrays: &[Array]) -> u64 {
    arrays.iter().flatten().fold(0, |sum, word| sum.wrapping_add(*word))
}

/// Reads a word of every tenth entry.
#[inline(never)]
fn sum_of_tenth(arrays: &[Array], words: usize) -> u64 {
    let tenths = arrays.iter().flat_map(|array| array.iter().step_by(10 * words));
    tenths.fold(0, |sum, word| sum.wrapping_add(*word))
}

/// Copies of every array, so that they are not freed within the time.
#[inline(never)]
fn copy<'a>(arrays: impl Iterator<Item = &'a [u64]>, copies: &mut Vec<Array>) -> u64 {
    copies.extend(arrays.map(<[u64]>::to_vec));
    0
}

/// Overwrites everything.
#[inline(never)]
fn erase(controls: &mut [Vec<u8>]) -> u64 {
    controls.iter_mut().for_each(|bytes| black_box(bytes).fill(0));
    0
}

/// Gives every block back.
#[inline(never)]
fn free(arrays: &mut [Array]) -> u64 {
    arrays.iter_mut().for_each(|array| drop(mem::take(array)));
    0
}

/// Reads a word of random entries.
#[inline(never)]
fn read(arrays: &[Array], draws: &[u32], words: usize) -> u64 {
    let mut sum = 0_u64;
    for (array, draws) in shares(arrays.iter(), draws) {
        for &draw in draws {
            sum = sum.wrapping_add(array[draw as usize * words]);
        }
    }
    sum
}

/// The same, each read waiting for the one before it.
#[inline(never)]
fn chase(arrays: &[Array], draws: &[u32], words: usize) -> u64 {
    let mut link = 0_u64;
    for (array, draws) in shares(arrays.iter(), draws) {
        for &draw in draws {
            link = array[draw as usize * words + link as usize];
        }
    }
    link
}

/// Writes a word of random entries.
#[inline(never)]
fn write(arrays: &mut [Array], draws: &[u32], words: usize) -> u64 {
    for (array, draws) in shares(arrays.iter_mut(), draws) {
        for &draw in draws {
            let word = &mut array[draw as usize * words];
            *word = word.wrapping_mul(3);
        }
    }
    0
}

/// Reads a word of random arrays.
#[inline(never)]
fn read_across(arrays: &[Array], picks: &[u32]) -> u64 {
    picks.iter().fold(0, |sum, &pick| sum.wrapping_add(arrays[pick as usize][0]))
}
