//! Walks in steps against iteration, batches of lookups against loops:
//! `cargo bench --bench batch -- [ROW …]`.
//!
//! A batch is compared with a loop that is batched the same way, copying 16 keys before it looks them
//! up, and with plain loops, of rosti and of hashbrown.
//!
//! Every subject of a row takes its turn in every round; the mean of the fastest quarter of its samples
//! stands, and only ratios count. Answers are compared. `must` is what the mean of a row may be at most.

#[allow(dead_code, reason = "shared with the comparison bench, which uses all of it")]
#[path = "compare/rng.rs"]
mod rng;

use foldhash::fast::RandomState;
use rng::Rng;
use rosti::{HashMap, ScanCursor};
use std::hint::black_box;
use std::time::Instant;

/// Slots of the tables, as powers of two: those that fit into the cache, and those that do not.
const IN_CACHE: [u32; 3] = [10, 13, 16];
const BEYOND: [u32; 3] = [20, 22, 24];
const LARGE: [u32; 3] = [18, 20, 22];
const STRINGS: [u32; 3] = [18, 20, 21];
/// Keys that are looked up in a sample; another run of them each time.
const LOOKUPS: usize = 1 << 16;
/// Runs: so many keys that what they touch is not in the cache when they come again.
const RUNS: usize = 16;
/// Keys in a chunk of the loops.
const CHUNK: usize = 16;
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

const BATCHED: &str = "batched loop";

const ROWS: &[Row] = &[
    Row { name: "scan", against: "iter", must: 3.0, sizes: &IN_CACHE, cell: scan },
    Row { name: "scan", against: "iter", must: 2.0, sizes: &BEYOND, cell: scan },
    Row { name: "hits", against: BATCHED, must: 1.05, sizes: &IN_CACHE, cell: |n| batch(n, 0) },
    Row { name: "hits", against: BATCHED, must: 0.80, sizes: &BEYOND, cell: |n| batch(n, 0) },
    Row {
        name: "half misses",
        against: BATCHED,
        must: 1.05,
        sizes: &IN_CACHE,
        cell: |n| batch(n, 1),
    },
    Row {
        name: "half misses",
        against: BATCHED,
        must: 0.80,
        sizes: &BEYOND,
        cell: |n| batch(n, 1),
    },
    Row { name: "misses", against: BATCHED, must: 1.05, sizes: &IN_CACHE, cell: |n| batch(n, 2) },
    Row { name: "misses", against: BATCHED, must: 0.70, sizes: &BEYOND, cell: |n| batch(n, 2) },
    Row {
        name: "misses, hashbrown",
        against: "its plain loop",
        must: 0.85,
        sizes: &LARGE,
        cell: |n| hashbrown(n, 2),
    },
    Row {
        name: "String hits",
        against: BATCHED,
        must: 1.05,
        sizes: &IN_CACHE,
        cell: |n| strings(n, 0),
    },
    Row {
        name: "String hits",
        against: BATCHED,
        must: 0.85,
        sizes: &STRINGS,
        cell: |n| strings(n, 0),
    },
    Row {
        name: "String misses",
        against: BATCHED,
        must: 1.05,
        sizes: &STRINGS,
        cell: |n| strings(n, 2),
    },
];

fn main() {
    // (cargo adds `--bench`.)
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    println!(
        "{:<28}{:<22}{:>5}{:>7}  by 2^n slots: n: ns, ratio",
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
    let mut round = || {
        let [(ours, answer), (other, same)] = [0, 1].map(&mut sample);
        assert_eq!(answer, same, "the subjects disagree");
        [ours, other]
    };
    let rounds = ((BUDGET / round().iter().sum::<f64>()) as usize).clamp(5, 400);
    let mut samples = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        samples.iter_mut().zip(round()).for_each(|(samples, time)| samples.push(time));
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

/// Keys to look up in random order, of which none, every other one or all are absent.
fn lookups<K: Clone>(present: &[K], absent: &[K], misses: usize) -> Vec<K> {
    let mut rng = Rng::new(7);
    let draw = |i| {
        let from = if (i % 2) < misses { absent } else { present };
        from[rng.below(from.len())].clone()
    };
    let mut keys: Vec<K> = (0..LOOKUPS * RUNS).map(draw).collect();
    rng.shuffle(&mut keys);
    keys
}

/// Calls `f` with one run of lookups after another.
fn in_turn<K>(keys: &[K], f: impl Fn(&[K]) -> u64) -> impl FnMut() -> u64 {
    let mut turn = 0;
    move || {
        turn += 1;
        f(&keys[turn % RUNS * LOOKUPS..][..LOOKUPS])
    }
}

fn numbers(log_slots: u32) -> (Vec<u64>, Vec<u64>) {
    let mut rng = Rng::new(u64::from(log_slots));
    let len = ((1 << log_slots) as f64 * LOAD) as usize;
    ((0..len).map(|_| rng.next() | 1).collect(), (0..len).map(|_| rng.next() & !1).collect())
}

/// A loop of lookups that copies a chunk of keys before it looks them up.
#[inline(always)]
fn chunked<K>(keys: &[K], mut look_up: impl FnMut(&K) -> u64) -> u64 {
    let (mut sum, mut keys) = (0u64, keys.iter());
    loop {
        let chunk: [Option<&K>; CHUNK] = black_box(std::array::from_fn(|_| keys.next()));
        for key in chunk {
            let Some(key) = key else { return sum };
            sum = sum.wrapping_add(look_up(key));
        }
    }
}

fn batch(log_slots: u32, misses: usize) -> [f64; 2] {
    let (present, absent) = numbers(log_slots);
    let map: HashMap<u64, u64> = present.iter().map(|&key| (key, key)).collect();
    let keys = lookups(&present, &absent, misses);
    race(
        LOOKUPS,
        [
            &mut in_turn(&keys, |keys| {
                map.get_batch(keys).flatten().fold(0, |sum, &n| n.wrapping_add(sum))
            }),
            &mut in_turn(&keys, |keys| chunked(keys, |key| map.get(key).copied().unwrap_or(0))),
        ],
    )
}

/// Against the plain loop of hashbrown.
fn hashbrown(log_slots: u32, misses: usize) -> [f64; 2] {
    let (present, absent) = numbers(log_slots);
    let ours: HashMap<u64, u64> = present.iter().map(|&key| (key, key)).collect();
    let mut other = hashbrown::HashMap::with_hasher(RandomState::default());
    other.extend(present.iter().map(|&key| (key, key)));
    let keys = lookups(&present, &absent, misses);
    race(
        LOOKUPS,
        [
            &mut in_turn(&keys, |keys| {
                ours.get_batch(keys).flatten().fold(0, |sum, &n| n.wrapping_add(sum))
            }),
            &mut in_turn(&keys, |keys| {
                keys.iter().fold(0, |sum, key| other.get(key).map_or(sum, |&n| n.wrapping_add(sum)))
            }),
        ],
    )
}

fn strings(log_slots: u32, misses: usize) -> [f64; 2] {
    let (present, absent) = numbers(log_slots);
    let text = |keys: Vec<u64>| keys.iter().map(|key| format!("{key:020}")).collect::<Vec<_>>();
    let (present, absent) = (text(present), text(absent));
    let map: HashMap<&str, u64> = present.iter().map(|key| (key.as_str(), 1)).collect();
    let keys = lookups(&present, &absent, misses);
    race(
        LOOKUPS,
        [
            &mut in_turn(&keys, |keys| {
                map.get_batch(keys.iter().map(String::as_str)).flatten().sum()
            }),
            &mut in_turn(&keys, |keys| {
                chunked(keys, |key| map.get(key.as_str()).copied().unwrap_or(0))
            }),
        ],
    )
}
