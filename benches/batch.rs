//! Walks in steps against iteration, batches of lookups against loops:
//! `cargo bench --bench batch -- [ROW …]`.
//!
//! A batch is compared with a loop that is batched the same way, copying 16 keys before it looks them
//! up, and with plain loops, of rosti and of hashbrown. So are `collect` and `extend`, with loops of
//! insertions: for `collect` into a new map, and into one with room for all; for `extend` into a map that has
//! the first half of the entries, and in `refill` into one that has room for all and is empty, whose pages have
//! been touched. `refill sorted` shows what there would be to gain by sorting entries first, if that took no time.
//!
//! Every subject of a row takes its turn in every round; the mean of the fastest quarter of its samples
//! stands, and only ratios count. Answers are compared. `must` is what the mean of a row may be at most,
//! `aim` what it should be.

#[allow(dead_code, reason = "shared with the comparison bench, which uses all of it")]
#[path = "compare/rng.rs"]
mod rng;

use foldhash::fast::RandomState;
use rng::Rng;
use rosti::{HashMap, ScanCursor};
use std::cell::Cell;
use std::hash::BuildHasher;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Slots of the tables, as powers of two: those that fit into the cache, and those that do not.
const IN_CACHE: &[u32] = &[10, 13, 16];
const BEYOND: &[u32] = &[20, 22, 24];
const LARGE: &[u32] = &[18, 20, 22, 24];
const STRINGS: &[u32] = &[18, 20, 22];
const FILLED: &[u32] = &[18, 20, 22];
/// Keys that are looked up in a sample.
const LOOKUPS: usize = 1 << 16;
/// Runs of so many keys. Subjects are at different ones in a round: what the keys of a run touch is not in
/// the cache when they come again.
const RUNS: usize = 24;
/// Keys in a chunk of the loops.
const CHUNK: usize = 16;
/// Entries per home. Tables of rosti have a power of two of those.
const LOAD: f64 = 0.75;
/// Operations in a sample, at least.
const SAMPLE: usize = 1 << 16;
/// Seconds that a cell takes, about.
const BUDGET: f64 = 0.6;

/// A subject, measured in cells of several sizes, and what it is measured against.
struct Row {
    name: &'static str,
    sizes: &'static [u32],
    /// Nanoseconds per operation of the subject and of the others, in a table of 2^n slots.
    cell: fn(u32) -> Vec<f64>,
    against: &'static [Against],
}

struct Against {
    name: &'static str,
    must: f64,
    aim: f64,
}

const fn against(name: &'static str, must: f64, aim: f64) -> Against {
    Against { name, must, aim }
}

const fn row(
    name: &'static str,
    sizes: &'static [u32],
    cell: fn(u32) -> Vec<f64>,
    against: &'static [Against],
) -> Row {
    Row { name, sizes, cell, against }
}

const ITER: &str = "iter";
const BATCHED: &str = "batched loop";
const PLAIN: &str = "plain loop";
const OTHER: &str = "hashbrown's plain loop";
const RESERVED: &str = "batched, reserved";
/// What a batch may take of the time of each loop in a table that fits into the cache.
const NEAR: &[Against] = &[against(BATCHED, 1.05, 1.0), against(PLAIN, 1.05, 1.0)];

const ROWS: &[Row] = &[
    row("scan", IN_CACHE, scan, &[against(ITER, 3.0, 2.0)]),
    row("scan", BEYOND, scan, &[against(ITER, 2.0, 1.5)]),
    row("hits", IN_CACHE, |n| batch(n, HITS), NEAR),
    row(
        "hits",
        BEYOND,
        |n| batch(n, HITS),
        &[against(BATCHED, 0.80, 0.65), against(PLAIN, 1.0, 0.8)],
    ),
    row("half misses", IN_CACHE, |n| batch(n, HALF), NEAR),
    row(
        "half misses",
        BEYOND,
        |n| batch(n, HALF),
        &[against(BATCHED, 0.80, 0.60), against(PLAIN, 1.0, 0.8)],
    ),
    row("misses", IN_CACHE, |n| batch(n, MISSES), NEAR),
    row(
        "misses",
        BEYOND,
        |n| batch(n, MISSES),
        &[against(BATCHED, 0.70, 0.50), against(PLAIN, 1.0, 0.8)],
    ),
    row("misses", LARGE, misses_of_both, &[against(OTHER, 0.85, 0.60)]),
    row("String hits", IN_CACHE, |n| strings(n, HITS), NEAR),
    row(
        "String hits",
        STRINGS,
        |n| strings(n, HITS),
        &[against(BATCHED, 0.85, 0.65), against(PLAIN, 1.0, 0.8)],
    ),
    row(
        "String misses",
        STRINGS,
        |n| strings(n, MISSES),
        &[against(BATCHED, 1.0, 0.8), against(PLAIN, 1.0, 0.8)],
    ),
    row("collect", FILLED, |n| collect(n, false), &[against(BATCHED, 0.70, 0.50)]),
    row("collect", FILLED, |n| collect(n, true), &[against(RESERVED, 1.0, 0.70)]),
    row("extend", FILLED, extend, &[against(BATCHED, 0.70, 0.50)]),
    row("refill", FILLED, |n| refill(n, false), &[against(BATCHED, 0.70, 0.50)]),
    row("refill sorted", FILLED, |n| refill(n, true), &[against(BATCHED, 0.70, 0.50)]),
];

fn main() {
    // (cargo adds `--bench`.)
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    println!("{:<15}{:<24}must  aim mean  by 2^n slots: n: ns, ratio", "row", "against");
    for row in ROWS {
        if !wanted.is_empty() && !wanted.iter().any(|name| row.name.contains(name.as_str())) {
            continue;
        }
        let cells: Vec<Vec<f64>> = row.sizes.iter().map(|&log| (row.cell)(log)).collect();
        for (i, against) in row.against.iter().enumerate() {
            let ratios = cells.iter().map(|times| times[0] / times[i + 1]);
            let mean = (ratios.clone().map(f64::ln).sum::<f64>() / cells.len() as f64).exp();
            let Against { name, must, aim } = against;
            print!("{:<15}{name:<24}{must:.2} {aim:.2} {mean:.2} ", row.name);
            for ((log, times), ratio) in row.sizes.iter().zip(&cells).zip(ratios) {
                print!(" {log}: {:.2} {ratio:.2} ", times[0]);
            }
            println!("{}", if mean > *must { " MISSED" } else { "" });
        }
    }
}

thread_local! {
    /// What a subject has spent on things that it is not measured by.
    static UNTIMED: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// Does something that a subject is not measured by.
fn untimed<R>(f: impl FnOnce() -> R) -> R {
    let begin = Instant::now();
    let result = f();
    UNTIMED.set(UNTIMED.get() + begin.elapsed());
    result
}

/// Nanoseconds per operation of subjects, where each call is `ops` operations. They are called with the
/// number of a run, for which all give the same answer.
fn race(ops: usize, subjects: &mut [&mut dyn FnMut(usize) -> u64]) -> Vec<f64> {
    let (count, calls) = (subjects.len(), SAMPLE.div_ceil(ops));
    let mut answers = [None; RUNS];
    let mut samples = vec![Vec::new(); count];
    let begin = Instant::now();
    for round in 0.. {
        for (i, subject) in subjects.iter_mut().enumerate() {
            let run = (round + i * RUNS / count) % RUNS;
            let begin = Instant::now();
            let answer = (0..calls).fold(0, |sum: u64, _| sum.wrapping_add(subject(run)));
            samples[i].push((begin.elapsed() - UNTIMED.take()).as_secs_f64());
            let expected = answers[run].get_or_insert(answer);
            assert_eq!(*expected, answer, "the subjects disagree");
        }
        if round >= RUNS && begin.elapsed().as_secs_f64() > BUDGET {
            break;
        }
    }
    let mean = |samples: &mut Vec<f64>| {
        samples.sort_unstable_by(f64::total_cmp);
        let quarter = &samples[..samples.len().div_ceil(4)];
        quarter.iter().sum::<f64>() / quarter.len() as f64 / (calls * ops) as f64 * 1e9
    };
    samples.iter_mut().map(mean).collect()
}

/// Random keys, as many as a table of 2^n slots has at [`LOAD`], and others that are absent.
fn numbers(log_slots: u32) -> [Vec<u64>; 2] {
    let mut rng = Rng::new(u64::from(log_slots));
    let len = ((1 << log_slots) as f64 * LOAD) as usize;
    [1, 0].map(|bit| (0..len).map(|_| rng.next() & !1 | bit).collect())
}

fn map(keys: &[u64]) -> HashMap<u64, u64> {
    keys.iter().map(|&key| (key, key)).collect()
}

fn scan(log_slots: u32) -> Vec<f64> {
    let map = map(&numbers(log_slots)[0]);
    race(
        map.len(),
        &mut [
            &mut |_| {
                let (mut sum, mut next) = (0u64, Some(ScanCursor::START));
                while let Some(cursor) = next {
                    next = map.scan(cursor, |_, value| sum = sum.wrapping_add(*value));
                }
                sum
            },
            &mut |_| {
                let mut sum = 0u64;
                for (_, value) in &map {
                    sum = sum.wrapping_add(*value);
                }
                sum
            },
        ],
    )
}

/// How many of two lookups miss.
const HITS: usize = 0;
const HALF: usize = 1;
const MISSES: usize = 2;

/// Keys to look up: random ones of those present and absent.
fn lookups<K: Clone>([present, absent]: &[Vec<K>; 2], misses: usize) -> Vec<K> {
    let mut rng = Rng::new(7);
    let draw = |_| {
        let from = if rng.below(2) < misses { absent } else { present };
        from[rng.below(from.len())].clone()
    };
    (0..LOOKUPS * RUNS).map(draw).collect()
}

/// The keys of a run.
fn run<K>(keys: &[K], run: usize) -> &[K] {
    &keys[run * LOOKUPS..][..LOOKUPS]
}

/// A loop of lookups that copies a chunk of keys before it looks them up.
#[inline(always)]
fn chunked<K: Copy + Default>(
    mut keys: impl ExactSizeIterator<Item = K>,
    mut look_up: impl FnMut(K) -> u64,
) -> u64 {
    let (mut sum, mut chunk) = (0u64, [K::default(); CHUNK]);
    while keys.len() != 0 {
        let count = keys.len().min(CHUNK);
        chunk.iter_mut().zip(&mut keys).for_each(|(place, key)| *place = key);
        for &key in &black_box(&mut chunk)[..count] {
            sum = sum.wrapping_add(look_up(key));
        }
    }
    sum
}

fn batch(log_slots: u32, misses: usize) -> Vec<f64> {
    let numbers = numbers(log_slots);
    let map = map(&numbers[0]);
    let keys = lookups(&numbers, misses);
    let look_up = |key| map.get(&key).copied().unwrap_or(0);
    race(
        LOOKUPS,
        &mut [
            &mut |n| {
                map.get_batch(run(&keys, n))
                    .fold(0, |sum, v| v.map_or(sum, |v| v.wrapping_add(sum)))
            },
            &mut |n| chunked(run(&keys, n).iter().copied(), look_up),
            &mut |n| run(&keys, n).iter().fold(0, |sum, &key| look_up(key).wrapping_add(sum)),
        ],
    )
}

/// Against the plain loop of hashbrown.
fn misses_of_both(log_slots: u32) -> Vec<f64> {
    let numbers = numbers(log_slots);
    let map = map(&numbers[0]);
    let mut other = hashbrown::HashMap::with_hasher(RandomState::default());
    other.extend(numbers[0].iter().map(|&key| (key, key)));
    let keys = lookups(&numbers, MISSES);
    race(
        LOOKUPS,
        &mut [
            &mut |n| {
                map.get_batch(run(&keys, n))
                    .fold(0, |sum, v| v.map_or(sum, |v| v.wrapping_add(sum)))
            },
            &mut |n| {
                let keys = run(&keys, n).iter();
                keys.fold(0, |sum, key| other.get(key).map_or(sum, |v| v.wrapping_add(sum)))
            },
        ],
    )
}

fn strings(log_slots: u32, misses: usize) -> Vec<f64> {
    let texts = numbers(log_slots)
        .map(|keys| keys.iter().map(|key| format!("{key:020}")).collect::<Vec<_>>());
    let map: HashMap<String, u64> = texts[0].iter().map(|key| (key.clone(), 1)).collect();
    // (What is looked up stands in memory in the order of the lookups.)
    let keys = lookups(&texts, misses);
    let look_up = |key: &str| map.get(key).copied().unwrap_or(0);
    race(
        LOOKUPS,
        &mut [
            &mut |n| map.get_batch(run(&keys, n).iter().map(String::as_str)).flatten().sum(),
            &mut |n| chunked(run(&keys, n).iter().map(String::as_str), look_up),
            &mut |n| run(&keys, n).iter().map(String::as_str).map(look_up).sum(),
        ],
    )
}

/// The entries of keys.
fn entries(keys: &[u64]) -> impl ExactSizeIterator<Item = (u64, u64)> {
    keys.iter().map(|&key| (key, key))
}

/// Inserts keys by a loop that copies a chunk of them before it inserts them.
fn insert_chunked(map: &mut HashMap<u64, u64>, keys: &[u64]) {
    chunked(keys.iter().copied(), |key| map.insert(key, key).map_or(0, |_| 1));
}

/// The length of a map, which is dropped.
fn len(map: HashMap<u64, u64>) -> u64 {
    let len = map.len() as u64;
    untimed(|| drop(map));
    len
}

/// (One loop in a race: what one gives back to the allocator the next would touch for the first time.)
fn collect(log_slots: u32, reserved: bool) -> Vec<f64> {
    let [keys, _] = numbers(log_slots);
    race(
        keys.len(),
        &mut [&mut |_| len(entries(&keys).collect()), &mut |_| {
            let mut map = HashMap::with_capacity(if reserved { keys.len() } else { 0 });
            insert_chunked(&mut map, &keys);
            len(map)
        }],
    )
}

fn extend(log_slots: u32) -> Vec<f64> {
    let [keys, _] = numbers(log_slots);
    let (first, second) = keys.split_at(keys.len() / 2);
    let half = map(first);
    race(
        second.len(),
        &mut [
            &mut |_| {
                let mut map = untimed(|| half.clone());
                map.extend(entries(second));
                len(map)
            },
            &mut |_| {
                let mut map = untimed(|| half.clone());
                insert_chunked(&mut map, second);
                len(map)
            },
        ],
    )
}

/// `sorted`: with the entries in the order of 64 regions of the table, which would have to be brought about.
fn refill(log_slots: u32, sorted: bool) -> Vec<f64> {
    let [keys, _] = numbers(log_slots);
    let [mut one, mut other] = [map(&keys), map(&keys)];
    let mut given = keys.clone();
    if sorted {
        let hasher = one.hasher().clone();
        // The home is the low bits of the hash.
        given.sort_by_key(|key| hasher.hash_one(key) << (64 - log_slots) >> 58);
    }
    race(
        keys.len(),
        &mut [
            &mut |_| {
                one.clear();
                one.extend(entries(&given));
                one.len() as u64
            },
            &mut |_| {
                other.clear();
                insert_chunked(&mut other, &keys);
                other.len() as u64
            },
        ],
    )
}
