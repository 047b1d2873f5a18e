//! What maps are put under where they may fall off a cliff: keys with a structure, hashers that keep it,
//! and churn until the table is old. Shared with the bench `cliffs`.
//!
//! No churn takes longer than it is allowed to, whatever the map: a number of a run that was cut short
//! says so.

use crate::machine::Clock;
use crate::rng::Rng;
use std::collections::VecDeque;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// rustc-hash 1, a rotation and a multiplication.
pub type Fx1 = BuildHasherDefault<rustc_hash_1::FxHasher>;
/// rustc-hash 2, which rotates at the end.
pub type Fx2 = rustc_hash_2::FxBuildHasher;
/// The key is its hash.
pub type Identity = BuildHasherDefault<SameBits>;

/// The key, a `u64`, as it is.
#[derive(Default)]
pub struct SameBits(u64);

impl Hasher for SameBits {
    fn write(&mut self, _: &[u8]) {
        unreachable!("keys are u64")
    }

    #[inline]
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

/// ahash with a fixed seed.
pub struct Ahash(ahash::RandomState);

impl Default for Ahash {
    fn default() -> Self {
        Self(ahash::RandomState::with_seeds(1, 2, 3, 4))
    }
}

impl BuildHasher for Ahash {
    type Hasher = ahash::AHasher;

    #[inline]
    fn build_hasher(&self) -> ahash::AHasher {
        self.0.build_hasher()
    }
}

/// What happens to a map under stress.
pub trait Map: Sized {
    /// An empty map with room.
    fn with_capacity(capacity: usize) -> Self;
    /// Heap bytes.
    fn bytes(&self) -> usize;
    /// Inserts or overwrites.
    fn insert(&mut self, key: u64);
    /// Whether there was something to remove.
    fn remove(&mut self, key: u64) -> bool;
    /// Whether it is present.
    fn contains(&self, key: u64) -> bool;
    /// The first keys of a walk.
    fn first_keys(&self, count: usize) -> Vec<u64>;
    /// A sum by a `for` loop.
    fn iter(&self) -> u64;
    /// A sum by internal iteration.
    fn fold(&self) -> u64;
    /// Keeps everything.
    fn retain_all(&mut self);
    /// Extracts nothing.
    fn extract_none(&mut self) -> usize;
    /// The sum of the values.
    fn sum(&self) -> u64;
}

macro_rules! maps {
    ($($crate_:ident)+) => {$(
        impl<S: BuildHasher + Default> Map for $crate_::HashMap<u64, u64, S> {
            fn with_capacity(capacity: usize) -> Self {
                Self::with_capacity_and_hasher(capacity, S::default())
            }

            fn bytes(&self) -> usize {
                self.allocation_size()
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
#[derive(Clone, Copy, Debug)]
pub struct Figure(pub f64, pub bool);

impl Figure {
    /// The lesser of two; what was cut short in one of two runs was not cut short.
    #[must_use]
    pub fn least(self, other: Self) -> Self {
        if self.0 <= other.0 { self } else { other }
    }
}

/// Nanoseconds of one of `count` operations, the least of some runs.
pub fn least(runs: usize, count: usize, mut run: impl FnMut()) -> f64 {
    let once = |_| {
        let clock = Clock::start();
        run();
        clock.stop().as_nanos() as f64 / count as f64
    };
    (0..runs).map(once).fold(f64::INFINITY, f64::min)
}

/// Nanoseconds for an item, as far as it gets before `end`.
fn paced<T: Copy>(items: &[T], end: Instant, mut each: impl FnMut(T)) -> Figure {
    let (clock, mut done) = (Clock::start(), 0);
    for part in items.chunks(64) {
        part.iter().for_each(|&item| each(item));
        done += part.len();
        if Instant::now() > end {
            break;
        }
    }
    let time = clock.stop().as_nanos() as f64;
    Figure(time / done.max(1) as f64, done < items.len())
}

/// The least of five rounds of [`paced`], until `cap` has passed.
fn look_up(keys: &[u64], cap: Duration, mut look: impl FnMut(u64)) -> Figure {
    let end = Instant::now() + cap;
    let mut least = paced(keys, end, &mut look);
    for _ in 0..4 {
        if Instant::now() < end {
            let again = paced(keys, end, &mut look);
            if !again.1 {
                least = least.least(again);
            }
        }
    }
    least
}

/// What a map has to go through.
pub struct Trial<'k> {
    /// Room from the start, or none.
    pub capacity: usize,
    /// Entries.
    pub n: usize,
    /// Whether the oldest entries are replaced, or any.
    pub fifo: bool,
    /// The `i`th key; all differ.
    pub key: &'k dyn Fn(u64) -> u64,
    /// The most that churn takes; lookups take a quarter of it at most.
    pub cap: Duration,
}

/// What a map took for it: nanoseconds, and bytes per entry.
pub struct Outcome {
    /// An insertion, while the map comes to be.
    pub build: Figure,
    /// A lookup of a present key.
    pub hit: Figure,
    /// A lookup of an absent key.
    pub miss: Figure,
    /// Heap bytes per entry.
    pub bytes: f64,
    /// Lookups of which 25, 75 and 90 in a hundred find something.
    pub rates: [Figure; 3],
    /// Removals of absent keys.
    pub remove_absent: Figure,
    /// Insertions over present keys.
    pub update: Figure,
    /// A removal and an insertion, in the last quarter of sixteen for each entry, or in all that were done
    /// if they were cut short.
    pub churn: Figure,
    /// The same three after the churn.
    pub churn_hit: Figure,
    pub churn_miss: Figure,
    pub churn_bytes: f64,
    /// The same lookup of an absent key in a map that is built anew of the entries after the churn: in the order in which
    /// they came where the oldest are replaced, else in no order.
    pub anew_miss: Figure,
}

/// Removals and insertions per entry.
pub const CHURN: usize = 16;
/// So many lookups in a hundred find something, besides all and none.
pub const RATES: [usize; 3] = [25, 75, 90];
/// Lookups.
const DRAWS: usize = 1 << 14;

impl Trial<'_> {
    /// Absent keys that are ahead in the sequence.
    fn ahead(&self, from: usize) -> Vec<u64> {
        (from as u64..).step_by(3).take(DRAWS).map(self.key).collect()
    }

    /// Puts a map through it.
    #[must_use]
    pub fn run<M: Map>(&self) -> Outcome {
        let (n, brief) = (self.n, self.cap / 4);
        let mut rng = Rng::new(n as u64);
        let mut map = M::with_capacity(self.capacity);
        let mut present: VecDeque<u64> = (0..n as u64).map(self.key).collect();
        let keys: Vec<u64> = present.iter().copied().collect();
        let build = paced(&keys, Instant::now() + brief, |key| map.insert(key));
        // (Whatever it takes: the rest has to start from all of them.)
        keys.iter().for_each(|&key| map.insert(key));

        let hits = |map: &M, present: &VecDeque<u64>, rng: &mut Rng| {
            let keys: Vec<u64> = (0..DRAWS).map(|_| present[rng.below(n)]).collect();
            look_up(&keys, brief, |key| assert!(map.contains(key), "it is present"))
        };
        let misses = |map: &M, from: usize| {
            look_up(&self.ahead(from), brief, |key| assert!(!map.contains(key), "it is absent"))
        };
        // Never used up by what follows.
        let pairs = (CHURN * n).max(1 << 15);
        let (hit, miss) = (hits(&map, &present, &mut rng), misses(&map, n + pairs));
        let bytes = map.bytes() as f64 / n as f64;
        let rates = RATES.map(|rate| {
            let mut keys = self.ahead(n + pairs);
            for key in &mut keys {
                if rng.below(100) < rate {
                    *key = present[rng.below(n)];
                }
            }
            let mut found = 0;
            let figure = look_up(&keys, brief, |key| found += usize::from(map.contains(key)));
            black_box(found);
            figure
        });
        let absent = self.ahead(n + pairs);
        let remove_absent =
            look_up(&absent, brief, |key| assert!(!map.remove(key), "it is absent"));
        let any: Vec<u64> = (0..DRAWS).map(|_| present[rng.below(n)]).collect();
        let update = look_up(&any, brief, |key| map.insert(key));

        let (end, mut next) = (Instant::now() + self.cap, n as u64);
        let parts = 64;
        // Pairs, and the time that they took: of all parts so far, and of the latest ones. A run that is cut
        // short counts as a whole: a rebuild that falls among a few pairs would be all that there is.
        let (mut all, mut latest, mut cut) = ((0.0, 0.0), (0.0, 0.0), false);
        for part in 0..parts {
            // Whom to remove and whom to insert; the clock stands still meanwhile.
            let replaced: Vec<(u64, u64)> = (0..pairs / parts)
                .map(|_| {
                    if !self.fifo {
                        present.swap(0, rng.below(n));
                    }
                    let new = (self.key)(next);
                    next += 1;
                    present.push_back(new);
                    (present.pop_front().expect("never empty"), new)
                })
                .collect();
            let mut done = 0.0;
            let Figure(pair, short) = paced(&replaced, end, |(old, new)| {
                assert!(map.remove(old), "it was there");
                map.insert(new);
                done += 1.0;
            });
            let add = |sum: &mut (f64, f64)| *sum = (sum.0 + done, sum.1 + done * pair);
            add(&mut all);
            if short {
                // What was drawn and not done: what is said to be present is what the map holds.
                present.extend(replaced.iter().map(|&(old, _)| old));
                present.retain(|&key| map.contains(key));
                cut = true;
                break;
            }
            if part >= parts * 3 / 4 {
                add(&mut latest);
            }
        }
        let (done, time) = if cut { all } else { latest };
        let churn = Figure(time / done, cut);
        let churn_hit = if cut { hit } else { hits(&map, &present, &mut rng) };
        let Figure(miss_time, miss_cut) = misses(&map, next as usize);
        // (This, too, whatever it takes.)
        let mut anew = M::with_capacity(self.capacity);
        present.iter().for_each(|&key| anew.insert(key));
        let Figure(anew_time, anew_cut) = misses(&anew, next as usize);
        Outcome {
            build,
            hit,
            miss,
            bytes,
            rates,
            remove_absent,
            update,
            churn,
            churn_hit: Figure(churn_hit.0, churn_hit.1 || cut),
            churn_miss: Figure(miss_time, miss_cut || cut),
            churn_bytes: map.bytes() as f64 / n as f64,
            anew_miss: Figure(anew_time, anew_cut || cut),
        }
    }
}

/// Microseconds of walks over a map of `len` entries, in the first slots or anywhere: `for`, `fold`, `sum`
/// of the values, `retain`, `extract_if`.
#[must_use]
pub fn walks<M: Map>(capacity: usize, len: usize, first: bool) -> [Figure; 5] {
    let mut map = M::with_capacity(capacity);
    let mut keys: Vec<u64> = (0..len as u64).map(crate::rng::scramble).collect();
    if first {
        // Those keys that a fuller table of this capacity has in its first slots.
        (0..capacity as u64 / 2).map(crate::rng::scramble).for_each(|key| map.insert(key));
        keys = map.first_keys(len);
        map = M::with_capacity(capacity);
    }
    keys.iter().for_each(|&key| map.insert(key));
    let time = |walk: &mut dyn FnMut()| Figure(least(20, 1, walk) / 1000.0, false);
    [
        time(&mut || _ = black_box(map.iter())),
        time(&mut || _ = black_box(map.fold())),
        time(&mut || _ = black_box(map.sum())),
        time(&mut || map.retain_all()),
        time(&mut || _ = black_box(map.extract_none())),
    ]
}

/// Nanoseconds of a lookup in an empty map, by a key of 8, 100 and 1000 bytes.
macro_rules! empty_gets {
    ($crate_:ident) => {{
        let integers = $crate_::HashMap::<u64, u64, foldhash::fast::FixedState>::default();
        let strings = $crate_::HashMap::<String, u64, foldhash::fast::FixedState>::default();
        let (count, short, long) = (1 << 14, "x".repeat(100), "x".repeat(1000));
        let string = |key: &str| {
            $crate::stress::least(9, count, || {
                for _ in 0..count {
                    black_box(black_box(&strings).get(black_box(key)));
                }
            })
        };
        let integer = $crate::stress::least(9, count, || {
            for key in 0..count as u64 {
                black_box(black_box(&integers).get(&black_box(key)));
            }
        });
        [integer, string(&short), string(&long)].map(|time| $crate::stress::Figure(time, false))
    }};
}
pub(crate) use empty_gets;
