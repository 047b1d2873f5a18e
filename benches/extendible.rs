//! `ExtendibleMap` against what it was asked for: each line has a ratio, and what it must and should be.
//!
//! `u64 -> u64`. Times are the thread's, so other processes matter only as far as they disturb the caches. Of
//! several runs, the shortest time of each insertion counts, and so it is with passes over many operations.
//! Growth is to 2^22 entries unless another number is given.
//!
//! ```text
//! cargo bench --features extendible --bench extendible             # all rows, or those of
//! cargo bench --features extendible --bench extendible -- growth   # insertions and memory
//! cargo bench --features extendible --bench extendible -- single   # other operations
//! cargo bench --features extendible --bench extendible -- growth --entries 16000000
//! ```

mod meter;

use std::hint::black_box;

use meter::Meter;
use rosti::DefaultHashBuilder;

type Extendible = rosti::ExtendibleMap<u64, u64>;
type Rosti = rosti::HashMap<u64, u64>;
type Hashbrown = hashbrown::HashMap<u64, u64, DefaultHashBuilder>;

/// Nanoseconds that this thread has run.
fn now() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the structure is the caller's to fill.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// Different keys in no order, the same ones each time.
fn key(number: u64) -> u64 {
    let number = (number ^ (number >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (number ^ (number >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

/// What is measured of a map. One function for each, that is not inlined: where code lies matters.
trait Subject: Sized {
    fn put(&mut self, key: u64);
    fn grow(entries: u64) -> Self;
    fn times(entries: u64, hasher: &DefaultHashBuilder, least: &mut [u32]);
    fn hit(&self, keys: &[u64]) -> u64;
    fn miss(&self, keys: &[u64]) -> u64;
    fn churn(&mut self, keys: &[u64]);
    fn iterate(&self) -> u64;
}

macro_rules! subject {
    ($map:ty) => {
        impl Subject for $map {
            #[inline(always)]
            fn put(&mut self, key: u64) {
                self.insert(key, key);
            }
            #[inline(never)]
            fn grow(entries: u64) -> Self {
                let mut map = Self::default();
                (0..entries).for_each(|number| map.put(key(number)));
                map
            }
            #[inline(never)]
            fn times(entries: u64, hasher: &DefaultHashBuilder, least: &mut [u32]) {
                let mut map = Self::with_hasher(hasher.clone());
                let mut last = now();
                for number in 0..entries {
                    map.put(key(number));
                    let time = now();
                    let least = &mut least[number as usize];
                    *least = (*least).min((time - last) as u32);
                    last = time;
                }
            }
            #[inline(never)]
            fn hit(&self, keys: &[u64]) -> u64 {
                keys.iter().fold(0, |sum, key| sum ^ self.get(key).expect("present"))
            }
            #[inline(never)]
            fn miss(&self, keys: &[u64]) -> u64 {
                keys.iter().fold(0, |sum, key| sum + u64::from(self.contains_key(&!key)))
            }
            #[inline(never)]
            fn churn(&mut self, keys: &[u64]) {
                for pair in keys.chunks_exact(2) {
                    self.remove(&pair[0]);
                    self.put(pair[0]);
                }
            }
            #[inline(never)]
            fn iterate(&self) -> u64 {
                self.iter().fold(0, |sum, (key, value)| sum ^ key ^ value)
            }
        }
    };
}
subject!(Extendible);
subject!(Rosti);
subject!(Hashbrown);

fn sink(result: u64) {
    black_box(result);
}

/// The least time of several passes.
fn least(passes: usize, mut pass: impl FnMut()) -> f64 {
    let time = |pass: &mut dyn FnMut()| {
        let begin = now();
        pass();
        (now() - begin) as f64
    };
    (0..passes).map(|_| time(&mut pass)).fold(f64::INFINITY, f64::min)
}

/// How many times longer the first map takes for an operation than the second.
fn ratio(passes: usize, mut first: impl FnMut(), mut second: impl FnMut()) -> f64 {
    // Not one after the other, so that both see the same machine.
    let (mut one, mut other) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..passes {
        one = one.min(least(1, &mut first));
        other = other.min(least(1, &mut second));
    }
    one / other
}

fn mean(ratios: impl IntoIterator<Item = f64>) -> f64 {
    let (sum, count) = ratios.into_iter().fold((0.0, 0.0), |(s, n), r| (s + r.ln(), n + 1.0));
    f64::exp(sum / count)
}

fn row(name: &str, ratio: f64, must: f64, aim: f64) {
    let verdict = if ratio <= aim {
        "reached"
    } else if ratio <= must {
        "good enough"
    } else {
        "MISSED"
    };
    println!("| {name:<52} | {ratio:9.5} | {must:8.4} | {aim:8.4} | {verdict} |");
}

/// Hit, miss, churn and iterate of a map with so many entries, to rosti's `HashMap`.
fn operations(entries: u64) -> [f64; 4] {
    let (mut one, mut other) = (Extendible::grow(entries), Rosti::grow(entries));
    let lookups = 400_000.max(entries.min(2_000_000));
    let mut state = 1u64;
    let keys: Vec<u64> = (0..lookups)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            key((state >> 20) % entries)
        })
        .collect();
    let passes = if entries > 1_000_000 { 4 } else { 9 };
    let times = (2_000_000 / entries).max(1);
    [
        ratio(passes, || sink(one.hit(&keys)), || sink(other.hit(&keys))),
        ratio(passes, || sink(one.miss(&keys)), || sink(other.miss(&keys))),
        ratio(passes, || one.churn(&keys), || other.churn(&keys)),
        ratio(
            passes,
            || (0..times).for_each(|_| sink(one.iterate())),
            || (0..times).for_each(|_| sink(other.iterate())),
        ),
    ]
}

/// Rows about growing to so many entries.
fn growth(entries: u64) {
    // Each insertion by itself.
    let mut times = vec![u32::MAX; entries as usize];
    // The same seed for each run: an insertion that splits a table must be the same one.
    let hasher = DefaultHashBuilder::default();
    (0..3).for_each(|_| Extendible::times(entries, &hasher, &mut times));
    times.sort_unstable();
    let slowest = f64::from(times[times.len() - 1]);
    let p9999 = f64::from(times[(entries - entries / 10_000) as usize - 1]);
    let mut theirs = vec![u32::MAX; entries as usize];
    Hashbrown::times(entries, &hasher, &mut theirs);
    let their_slowest = f64::from(theirs.iter().copied().max().unwrap_or(1));
    drop((times, theirs));
    let their_mean = least(2, || drop(black_box(Hashbrown::grow(entries)))) / entries as f64;
    row("slowest insert / hashbrown's", slowest / their_slowest, 1e-3, 2e-4);
    row("p99.99 of inserts / hashbrown's mean", p9999 / their_mean, 100.0, 30.0);

    // Growth as a whole, memory.
    let grow = |map: fn(u64)| move || map(entries);
    let mean_insert = ratio(
        3,
        grow(|entries| drop(black_box(Extendible::grow(entries)))),
        grow(|entries| drop(black_box(Rosti::grow(entries)))),
    );
    row("mean insert / HashMap's", mean_insert, 1.20, 0.95);
    let (map, last, peak) = Meter::of(|| Extendible::grow(entries));
    drop(map);
    row("peak memory / final memory", peak as f64 / last as f64, 1.10, 1.02);
    println!(
        "\n{entries} insertions: slowest {slowest} ns, p99.99 {p9999} ns; hashbrown's slowest \
         {their_slowest} ns, mean {their_mean:.1} ns. Memory at the end {last} bytes, at most {peak}.\n"
    );
}

/// Rows about single operations.
fn single() {
    let in_cache = [700u64, 3000, 6000, 45_000].map(operations);
    let sizes = [3_000_000u64, 6_000_000, 12_000_000];
    let beyond = sizes.map(operations);
    let of = |rows: &[[f64; 4]], column: usize| mean(rows.iter().map(|row| row[column]));
    row("hit in cache / HashMap's", of(&in_cache, 0), 1.25, 1.10);
    row("hit beyond / HashMap's", of(&beyond, 0), 1.15, 1.03);
    for (column, name) in [(1, "miss"), (2, "churn"), (3, "iterate")] {
        row(&format!("{name} in cache / HashMap's"), of(&in_cache, column), 1.25, 1.05);
        row(&format!("{name} beyond / HashMap's"), of(&beyond, column), 1.25, 1.05);
    }
    let small = [4u64, 8, 16].map(operations);
    row("small: hit, miss, churn / HashMap's", mean((0..3).map(|c| of(&small, c))), 1.15, 1.0);
    for (entries, row) in sizes.iter().zip(beyond) {
        let [hit, miss, churn, iterate] = row.map(|ratio| format!("{ratio:.3}"));
        println!("{entries} entries: hit {hit}, miss {miss}, churn {churn}, iterate {iterate}");
    }
    let fill = |fill: fn(u64)| move || (0..20_000).for_each(|_| fill(12));
    let filled = ratio(
        9,
        fill(|entries| drop(black_box(Extendible::grow(entries)))),
        fill(|entries| drop(black_box(Rosti::grow(entries)))),
    );
    row("small: fill and drop / HashMap's", filled, 1.15, 1.0);
}

fn main() {
    let asked = |name: &str| std::env::args().any(|argument| argument == name);
    if asked("--test") {
        return;
    }
    let number = std::env::args().skip_while(|argument| argument != "--entries").nth(1);
    let entries = number.map_or(1 << 22, |text| text.parse().expect("a number of entries"));
    println!("| row, {entries} entries | ratio | must | aim | |\n|---|---|---|---|---|");

    if !asked("growth") {
        single();
    }
    if !asked("single") {
        growth(entries);
    }
}
