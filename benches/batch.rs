//! Walks in steps against iteration: `cargo bench --bench batch -- [ROW …]`.
//!
//! Every subject of a row takes its turn in every round; the mean of the fastest quarter of its samples
//! stands, and only ratios count. Answers are compared. `must` is what the mean of a row may be at most.

#[allow(dead_code, reason = "shared with the comparison bench, which uses all of it")]
#[path = "compare/rng.rs"]
mod rng;

use rng::Rng;
use rosti::{HashMap, ScanCursor};
use std::hint::black_box;
use std::time::Instant;

/// Slots of the tables, as powers of two: those that fit into the cache, and those that do not.
const IN_CACHE: [u32; 3] = [10, 13, 16];
const BEYOND: [u32; 3] = [19, 20, 22];
/// Entries per home. Tables of rosti have a power of two of those.
const LOAD: f64 = 0.75;
/// Operations in a sample, at least.
const SAMPLE: usize = 1 << 16;
/// Seconds that a cell takes, about.
const BUDGET: f64 = 0.4;

/// A row of the table: a subject and what it is measured against, in cells of several sizes.
struct Row {
    name: &'static str,
    against: &'static str,
    must: f64,
    sizes: &'static [u32],
    /// Nanoseconds per operation of both, in a table of 2^n slots.
    cell: fn(u32) -> [f64; 2],
}

const ROWS: &[Row] = &[
    Row { name: "scan", against: "iter", must: 3.0, sizes: &IN_CACHE, cell: scan },
    Row { name: "scan", against: "iter", must: 2.0, sizes: &BEYOND, cell: scan },
];

fn main() {
    // (cargo adds `--bench`.)
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    println!(
        "{:<28}{:<22}{:>5}{:>7}  by 2^n slots: n, ns, ratio",
        "row", "against", "must", "mean"
    );
    for row in ROWS {
        if !wanted.is_empty() && !wanted.iter().any(|name| row.name.contains(name.as_str())) {
            continue;
        }
        let cells: Vec<[f64; 2]> = row.sizes.iter().map(|&log| (row.cell)(log)).collect();
        let ratios = cells.iter().map(|[ours, other]| ours / other);
        let mean = (ratios.clone().map(f64::ln).sum::<f64>() / cells.len() as f64).exp();
        print!("{:<28}{:<22}{:>5.2}{mean:>7.2} ", row.name, row.against, row.must);
        for ((log, [ours, _]), ratio) in row.sizes.iter().zip(&cells).zip(ratios) {
            print!(" {log}: {ours:.2} {ratio:.2} ");
        }
        println!("{}", if mean > row.must { " MISSED" } else { "" });
    }
}

/// Nanoseconds per operation of two subjects that give the same answer, where each call is `ops` of them.
fn race(ops: usize, mut subjects: [&mut dyn FnMut() -> u64; 2]) -> [f64; 2] {
    let calls = SAMPLE.div_ceil(ops);
    let mut sample = |subject: usize| {
        let begin = Instant::now();
        let answer = (0..calls).fold(0, |sum: u64, _| sum.wrapping_add(subjects[subject]()));
        (begin.elapsed().as_secs_f64(), black_box(answer))
    };
    let (first, answer) = sample(0);
    let rounds = ((BUDGET / (2.0 * first)) as usize).clamp(5, 400);
    let mut samples = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        for subject in [0, 1] {
            let (time, same) = sample(subject);
            assert_eq!(same, answer, "the subjects disagree");
            samples[subject].push(time);
        }
    }
    samples.map(|mut samples| {
        samples.sort_unstable_by(f64::total_cmp);
        let quarter = &samples[..samples.len().div_ceil(4)];
        quarter.iter().sum::<f64>() / quarter.len() as f64 / (calls * ops) as f64 * 1e9
    })
}

/// A map of random keys at [`LOAD`].
fn map(log_slots: u32) -> HashMap<u64, u64> {
    let mut rng = Rng::new(u64::from(log_slots));
    let len = ((1 << log_slots) as f64 * LOAD) as usize;
    (0..len).map(|_| (rng.next(), rng.next())).collect()
}

fn scan(log_slots: u32) -> [f64; 2] {
    let map = map(log_slots);
    race(
        map.len(),
        [
            &mut || {
                let (mut sum, mut next) = (0u64, Some(ScanCursor::START));
                while let Some(cursor) = next {
                    next = map.scan(cursor, |_, value| sum = sum.wrapping_add(*value));
                }
                sum
            },
            &mut || {
                let mut sum = 0u64;
                for (_, value) in &map {
                    sum = sum.wrapping_add(*value);
                }
                sum
            },
        ],
    )
}
