//! What the memory allows: the same accesses without a hash table around them.
//!
//! A turn like any other, but of arrays: lookups become reads of a random entry, dependent lookups
//! a pointer chase, building becomes appending, cloning becomes `memcpy`, always over as many
//! entries of the same size. Its row says how far a map is from the machine.

use crate::element::Element;
use crate::input::{Cell, Input};
use crate::rng::Rng;
use crate::turn::Laps;
use crate::workload::{Scene, Wanted, Workload};
use std::hint::black_box;

/// The turn of the arrays.
pub fn turn<E: Element>(input: &Input<'_, E>, wanted: &Wanted) -> Laps {
    let mut laps = Laps::default();
    let cell = input.cell;
    if cell.scene == Scene::Small {
        return laps;
    }
    let words = size_of::<(E::Key, E::Value)>().div_ceil(size_of::<u64>());
    let entries = cell.maps * cell.n;
    let draws = indices(&cell);
    for rep in 0..cell.reps {
        let mut arrays = Vec::with_capacity(cell.maps);
        laps.time(Workload::Reserved, entries, || append(&mut arrays, &cell, words));
        for workload in [Workload::Iterate, Workload::IterateFold] {
            if wanted.has(workload) {
                laps.time(workload, entries, || sum(&arrays));
            }
        }
        if wanted.has(Workload::Clone) {
            let mut copies = Vec::with_capacity(cell.maps);
            laps.time(Workload::Clone, entries, || copy(&arrays, &mut copies));
            black_box(copies);
        }
        if rep + 1 == cell.reps {
            for workload in [
                Workload::Hit,
                Workload::Miss,
                Workload::Mixed,
                Workload::ChurnHit,
                Workload::ChurnMiss,
            ] {
                if wanted.has(workload) {
                    laps.time(workload, draws.len(), || read(&arrays, &draws, words));
                }
            }
            if wanted.has(Workload::HitDep) {
                laps.time(Workload::HitDep, draws.len(), || chase(&arrays, &draws, words));
            }
        }
    }
    laps
}

/// Where lookups go, as indices of entries.
fn indices(cell: &Cell) -> Vec<u32> {
    let mut rng = Rng::new(cell.n as u64);
    (0..cell.draws).map(|_| rng.below(cell.n) as u32).collect()
}

/// Fills an array per map, one entry after another.
#[inline(never)]
fn append(arrays: &mut Vec<Vec<u64>>, cell: &Cell, words: usize) -> u64 {
    for _ in 0..cell.maps {
        let mut array = Vec::with_capacity(cell.n * words);
        for entry in 0..cell.n {
            // Zeros that the compiler does not know to be zeros: `chase` needs them.
            let zero = black_box(entry as u64) >> 63;
            array.extend(std::iter::repeat_n(zero, words));
        }
        arrays.push(array);
    }
    0
}

/// Reads all of every array.
#[inline(never)]
fn sum(arrays: &[Vec<u64>]) -> u64 {
    arrays.iter().flatten().fold(0, |sum, word| sum.wrapping_add(*word))
}

/// Copies every array.
#[inline(never)]
fn copy(arrays: &[Vec<u64>], copies: &mut Vec<Vec<u64>>) -> u64 {
    copies.extend(arrays.iter().cloned());
    0
}

/// Reads a word of random entries.
#[inline(never)]
fn read(arrays: &[Vec<u64>], draws: &[u32], words: usize) -> u64 {
    let mut sum = 0_u64;
    for (array, draws) in arrays.iter().zip(draws.chunks_exact(draws.len() / arrays.len())) {
        for &draw in draws {
            sum = sum.wrapping_add(array[draw as usize * words]);
        }
    }
    sum
}

/// The same, each read waiting for the one before it.
#[inline(never)]
fn chase(arrays: &[Vec<u64>], draws: &[u32], words: usize) -> u64 {
    let mut link = 0_u64;
    for (array, draws) in arrays.iter().zip(draws.chunks_exact(draws.len() / arrays.len())) {
        for &draw in draws {
            link = array[draw as usize * words + link as usize];
        }
    }
    link
}
