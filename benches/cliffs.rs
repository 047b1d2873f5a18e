//! Where a map can fall off a cliff: `cargo bench --bench cliffs [-- TEXT]`, rows with TEXT in their name.
//!
//! Keys with a structure under hashers that keep it, churn for a long time, nearly empty tables, empty
//! maps, memory. A row is rosti's number, hashbrown's and their ratio. Churn is sixteen removals and
//! insertions per entry; `pair` is the time of one of each in the last sixteenth, `miss` that of a lookup
//! of an absent key afterwards. No cell takes longer than [`CAP`]: what was cut short is marked `>`, since
//! the rest would hardly have been faster. (Loops in several profiles: `ci/profiles.sh`.)

#[allow(dead_code, reason = "shared with the comparison bench, which uses all of it")]
#[path = "compare/machine.rs"]
mod machine;
#[allow(dead_code, reason = "shared with the comparison bench, which uses all of it")]
#[path = "compare/rng.rs"]
mod rng;

use foldhash::fast::FixedState;
use rng::{Rng, scramble};
use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::VecDeque;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The most that a cell's churn takes.
const CAP: Duration = Duration::from_secs(if cfg!(debug_assertions) { 0 } else { 4 });
/// Removals and insertions per entry.
const CHURN: usize = 16;

type Fx1 = BuildHasherDefault<rustc_hash_1::FxHasher>;
type Fx2 = rustc_hash_2::FxBuildHasher;
type Identity = BuildHasherDefault<SameBits>;

/// The key is its hash.
#[derive(Default)]
struct SameBits(u64);

impl Hasher for SameBits {
    fn write(&mut self, _: &[u8]) {
        unreachable!("keys are u64")
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The system's allocator, which knows what lives and what lived at most.
struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: all calls go to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(live, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What happens to a map in this file.
trait Map {
    fn with_capacity(capacity: usize) -> Self;
    fn insert(&mut self, key: u64);
    fn remove(&mut self, key: u64) -> bool;
    fn contains(&self, key: u64) -> bool;
    fn first_keys(&self, count: usize) -> Vec<u64>;
    fn iter(&self) -> u64;
    fn fold(&self) -> u64;
    fn retain_all(&mut self);
    fn extract_none(&mut self) -> usize;
    fn sum(&self) -> u64;
}

macro_rules! maps {
    ($($crate_:ident)+) => {$(
        impl<S: BuildHasher + Default> Map for $crate_::HashMap<u64, u64, S> {
            fn with_capacity(capacity: usize) -> Self {
                Self::with_capacity_and_hasher(capacity, S::default())
            }

            fn insert(&mut self, key: u64) {
                self.insert(key, key);
            }

            fn remove(&mut self, key: u64) -> bool {
                self.remove(&key).is_some()
            }

            fn contains(&self, key: u64) -> bool {
                self.contains_key(&key)
            }

            fn first_keys(&self, count: usize) -> Vec<u64> {
                self.keys().take(count).copied().collect()
            }

            fn iter(&self) -> u64 {
                let mut sum = 0_u64;
                for (_, value) in self {
                    sum = sum.wrapping_add(*value);
                }
                sum
            }

            fn fold(&self) -> u64 {
                self.iter().fold(0, |sum, (_, value)| sum ^ value)
            }

            fn retain_all(&mut self) {
                self.retain(|_, value| {
                    black_box(value);
                    true
                });
            }

            fn extract_none(&mut self) -> usize {
                self.extract_if(|_, value| black_box(*value) == u64::MAX).count()
            }

            fn sum(&self) -> u64 {
                self.values().fold(0, |sum, value| sum.wrapping_add(*value))
            }
        }
    )+};
}
maps!(rosti hashbrown);

/// A number, and whether it is of a run that was cut short.
#[derive(Clone, Copy)]
struct Cell(f64, bool);

/// Prints a row for each number.
fn print(row: &str, what: &[&str], rosti: &[Cell], hashbrown: &[Cell]) {
    for ((what, ours), theirs) in what.iter().zip(rosti).zip(hashbrown) {
        let number =
            |Cell(number, cut): &Cell| format!("{}{number:.1}", if *cut { "> " } else { "" });
        println!(
            "{row:<58} {what:<14}{:>13}{:>13}{:>9.2}",
            number(ours),
            number(theirs),
            ours.0 / theirs.0
        );
    }
}

/// Nanoseconds of one of `count` operations, the least of some runs.
fn least(runs: usize, count: usize, mut run: impl FnMut()) -> f64 {
    let once = |_| {
        let clock = machine::Clock::start();
        run();
        clock.stop().as_nanos() as f64 / count as f64
    };
    (0..runs).map(once).fold(f64::INFINITY, f64::min)
}

/// Lookups of absent keys, the least of some rounds, until a second has passed.
fn misses<M: Map>(map: &M, keys: impl Iterator<Item = u64>) -> f64 {
    let keys: Vec<u64> = keys.collect();
    let (start, mut least) = (Instant::now(), f64::INFINITY);
    let is_late = || start.elapsed() > Duration::from_secs(1);
    for _ in 0..5 {
        let (clock, mut done) = (machine::Clock::start(), 0);
        for part in keys.chunks(64) {
            let found = part.iter().filter(|&&key| map.contains(key)).count();
            assert_eq!(found, 0, "they are absent");
            done += part.len();
            if is_late() {
                break;
            }
        }
        least = least.min(clock.stop().as_nanos() as f64 / done as f64);
        if is_late() {
            break;
        }
    }
    least
}

/// Fills a map with the first `n` of a sequence of keys, then replaces entries by the following ones,
/// the oldest first or any; numbers: a miss in the fresh map, a pair at the end, a miss then.
fn churn<M: Map>(capacity: usize, n: usize, fifo: bool, key: impl Fn(u64) -> u64) -> [Cell; 3] {
    let mut map = M::with_capacity(capacity);
    let mut rng = Rng::new(1);
    let mut present: VecDeque<u64> = (0..n as u64).map(&key).collect();
    present.iter().for_each(|&key| map.insert(key));
    // Absent keys that are far ahead in the sequence.
    let ahead = |from: usize| (from as u64..).step_by(3).take(n.min(1 << 14)).map(&key);
    let fresh = misses(&map, ahead((CHURN + 1) * n));
    let (mut next, mut latest) = (n as u64, 0.0);
    let (start, mut cut) = (Instant::now(), false);
    for part in 0..CHURN * 16 {
        // Whom to remove and whom to insert; the clock stands still meanwhile.
        let replaced: Vec<(u64, u64)> = (0..n.div_ceil(16))
            .map(|_| {
                if !fifo {
                    present.swap(0, rng.below(n));
                }
                present.push_back(key(next));
                next += 1;
                (present.pop_front().expect("never empty"), key(next - 1))
            })
            .collect();
        let (clock, mut done) = (machine::Clock::start(), 0);
        for some in replaced.chunks(64) {
            for &(old, new) in some {
                assert!(map.remove(old), "it was there");
                map.insert(new);
            }
            done += some.len();
            if start.elapsed() > CAP {
                cut = part + 1 < CHURN * 16;
                break;
            }
        }
        let pair = clock.stop().as_nanos() as f64 / done as f64;
        if cut {
            latest = pair;
            break;
        }
        if part >= (CHURN - 1) * 16 {
            latest += pair / 16.0;
        }
    }
    let miss = misses(&map, ahead(next as usize));
    [Cell(fresh, false), Cell(latest, cut), Cell(miss, cut)]
}

fn main() {
    machine::tame_allocator();
    // (cargo adds `--bench`.)
    let only =
        std::env::args().skip(1).find(|argument| !argument.starts_with("--")).unwrap_or_default();
    println!("{:<58} {:<14}{:>13}{:>13}{:>9}", "", "", "rosti", "hashbrown", "ratio");

    /// A row of churn: its name, the hasher, capacity, entries, whether the oldest go first, keys.
    macro_rules! churn {
        ($name:expr, $hasher:ty, $capacity:expr, $n:expr, $fifo:expr, $key:expr) => {
            if $name.contains(&only) {
                let what = ["fresh miss, ns", "pair, ns", "miss, ns"];
                let ours = churn::<rosti::HashMap<u64, u64, $hasher>>($capacity, $n, $fifo, $key);
                let theirs =
                    churn::<hashbrown::HashMap<u64, u64, $hasher>>($capacity, $n, $fifo, $key);
                print($name, &what, &ours, &theirs);
            }
        };
    }
    let n = (1 << 14) * 8 / 10;
    churn!("i << 4, Fx 1, 2^14 slots x .8", Fx1, n, n, false, |i| i << 4);
    churn!("i << 3, identity, 2^14 slots x .8", Identity, n, n, false, |i| i << 3);
    churn!(
        "bits reversed, Fx 2, oldest first, 57 300 entries",
        Fx2,
        57_300,
        57_300,
        true,
        u64::reverse_bits
    );
    churn!("multiples of 16, random, Fx 1, 10 000 entries", Fx1, 10_000, 10_000, false, |i| {
        scramble(i) & !15
    });
    // Every second hash is odd, so that twice as many keys are tried.
    let odd: Vec<u64> = {
        let hasher = FixedState::default();
        (0..).map(scramble).filter(|key| hasher.hash_one(key) % 2 == 1).take(13_000 * 25).collect()
    };
    churn!(
        "hashes that are 1 mod 2, foldhash, 13 000 entries",
        FixedState,
        13_000,
        13_000,
        false,
        |i| { odd[i as usize % odd.len()] }
    );
    churn!("scrambled, foldhash, 2^10 slots x .75", FixedState, 768, 768, false, scramble);

    high_ids(&only);
    nearly_empty(&only);
    empty(&only);
    arena(&only);
    sizes(&only);
}

/// Ids, and then one at a time with the top bit set.
fn high_ids(only: &str) {
    fn pairs<M: Map>() -> Cell {
        let mut map = M::with_capacity(114_701);
        (0..65_536).for_each(|id| map.insert(id));
        let pairs = 8192;
        let time = least(1, pairs as usize, || {
            for id in (0..pairs).map(|i| i + (1 << 63)) {
                map.insert(id);
                assert!(map.remove(id));
            }
        });
        Cell(time, false)
    }
    let row = "ids 0..65 536, then i + 2^63 one by one, identity";
    if row.contains(only) {
        let ours = pairs::<rosti::HashMap<u64, u64, Identity>>();
        print(row, &["pair, ns"], &[ours], &[pairs::<hashbrown::HashMap<u64, u64, Identity>>()]);
    }
}

/// Walks over tables with few entries.
fn nearly_empty(only: &str) {
    fn walks<M: Map>(capacity: usize, len: usize, first: bool) -> [Cell; 5] {
        let mut map = M::with_capacity(capacity);
        let mut keys: Vec<u64> = (0..len as u64).map(scramble).collect();
        if first {
            // Those keys that a fuller table of this capacity has in its first slots.
            (0..capacity as u64 / 2).map(scramble).for_each(|key| map.insert(key));
            keys = map.first_keys(len);
            map = M::with_capacity(capacity);
        }
        keys.iter().for_each(|&key| map.insert(key));
        let time = |walk: &mut dyn FnMut()| Cell(least(20, 1, walk) / 1000.0, false);
        [
            time(&mut || _ = black_box(map.iter())),
            time(&mut || _ = black_box(map.fold())),
            time(&mut || _ = black_box(map.sum())),
            time(&mut || map.retain_all()),
            time(&mut || _ = black_box(map.extract_none())),
        ]
    }
    let what = ["for, us", "fold, us", "values, us", "retain, us", "extract_if, us"];
    for (capacity, len, first) in
        [(1 << 20, 1, false), (1 << 20, 1000, false), (1 << 17, 1, false), (900_000, 10, true)]
    {
        let place = if first { " in the first slots" } else { "" };
        let row = format!("walk: {len} of {capacity}{place}");
        if row.contains(only) {
            let ours = walks::<rosti::HashMap<u64, u64, FixedState>>(capacity, len, first);
            let theirs = walks::<hashbrown::HashMap<u64, u64, FixedState>>(capacity, len, first);
            print(&row, &what, &ours, &theirs);
        }
    }
}

/// Lookups where there is nothing.
fn empty(only: &str) {
    macro_rules! lookups {
        ($crate_:ident) => {{
            let integers = $crate_::HashMap::<u64, u64, FixedState>::default();
            let strings = $crate_::HashMap::<String, u64, FixedState>::default();
            let (count, short, long) = (1 << 14, "x".repeat(100), "x".repeat(1000));
            let string = |key: &str| {
                least(9, count, || {
                    for _ in 0..count {
                        black_box(black_box(&strings).get(black_box(key)));
                    }
                })
            };
            let integer = least(9, count, || {
                for key in 0..count as u64 {
                    black_box(black_box(&integers).get(&black_box(key)));
                }
            });
            [integer, string(&short), string(&long)].map(|time| Cell(time, false))
        }};
    }
    let row = "get in an empty map";
    if row.contains(only) {
        let what = ["8 bytes, ns", "100 bytes, ns", "1000 bytes, ns"];
        print(row, &what, &lookups!(rosti), &lookups!(hashbrown));
    }
}

/// A map of strings whose keys are replaced in turn.
fn arena(only: &str) {
    fn peak<M>(mut map: M, replace: impl Fn(&mut M, Option<&str>, &str)) -> Cell {
        let (live, key) = (LIVE.load(Ordering::Relaxed), |i: usize| format!("{i:01000}"));
        PEAK.store(live, Ordering::Relaxed);
        for i in 0..20_000_usize {
            replace(&mut map, i.checked_sub(200).map(key).as_deref(), &key(i));
        }
        Cell((PEAK.load(Ordering::Relaxed) - live) as f64 / 1000.0, false)
    }
    let row = "200 keys of 1000 bytes replaced in turn: StrMap, HashMap";
    if row.contains(only) {
        let ours = peak(rosti::StrMap::<u64>::new(), |map, old, new| {
            old.map(|old| map.remove(old));
            map.insert(new, 1);
        });
        let theirs = hashbrown::HashMap::<Box<str>, u64, FixedState>::default();
        let theirs = peak(theirs, |map, old, new| {
            old.map(|old| map.remove(old));
            map.insert(new.into(), 1);
        });
        print(row, &["peak, kB"], &[ours], &[theirs]);
    }
}

/// Bytes of small maps.
fn sizes(only: &str) {
    for (range, name) in [(17..=28, "17..=28"), (31..=56, "31..=56"), (61..=112, "61..=112")] {
        let row = format!("with_capacity({name}), u64 -> u64");
        if !row.contains(only) {
            continue;
        }
        let mean = |bytes: &dyn Fn(usize) -> usize| {
            Cell(
                range.clone().map(|n| bytes(n) as f64).sum::<f64>() / range.clone().count() as f64,
                false,
            )
        };
        let ours = mean(&|n| rosti::HashMap::<u64, u64>::with_capacity(n).allocation_size());
        let theirs = mean(&|n| hashbrown::HashMap::<u64, u64>::with_capacity(n).allocation_size());
        print(&row, &["bytes"], &[ours], &[theirs]);
    }
}
