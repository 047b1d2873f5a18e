//! What means hide: `cargo bench --features extendible --bench latency [-- insert|build|cold]`.
//!
//! * **insert**: single insertions of `u64` while a map grows to 2^22 entries (2^`ROSTI_LOG2`). The clock is
//!   the wall's, which costs what the row *clock alone* says, and is part of the others. Each map is built
//!   several times from the same seed, so that an insertion is the same each time, and the least of its times
//!   counts: what interrupts the program does not. The allocator is left as a program finds it.
//! * **build**: building and dropping a map, as one number, a geometric mean over an octave of sizes.
//!   hashbrown appears twice: the second ratio is the noise.
//! * **cold**: maps of 64 to 4096 entries (evenly distributed on a logarithmic scale), 256 MB of them: a
//!   random key in a random map.

#[allow(dead_code, reason = "shared with the comparison bench, which uses all of it")]
#[path = "compare/machine.rs"]
mod machine;
#[allow(dead_code, reason = "shared with the comparison bench, which uses all of it")]
#[path = "compare/rng.rs"]
mod rng;
mod text;

use std::env;
use std::hint::black_box;
use std::time::Instant;

use machine::Clock;
use rng::{Rng, scramble};
use rosti::{DefaultHashBuilder, ExtendibleMap, StrMap};
use text::text;

type Rosti<K> = rosti::HashMap<K, u64>;
type Hashbrown<K> = hashbrown::HashMap<K, u64, DefaultHashBuilder>;

/// Runs of a row, of which the least time counts.
const ROUNDS: usize = 5;

/// What is measured of a map with keys that are made from `Key`s.
trait Map {
    type Key;
    fn new(hasher: &DefaultHashBuilder) -> Self;
    fn put(&mut self, key: &Self::Key, value: u64);
    fn value(&self, key: &Self::Key) -> Option<u64>;
    fn bytes(&self) -> usize;
}

macro_rules! map {
    ($map:ty, $key:ty, |$hasher:ident| $new:expr, |$from:ident| $to:expr) => {
        impl Map for $map {
            type Key = $key;
            #[inline(always)]
            fn new($hasher: &DefaultHashBuilder) -> Self {
                $new
            }
            #[inline(always)]
            fn put(&mut self, $from: &$key, value: u64) {
                self.insert($to, value);
            }
            #[inline(always)]
            fn value(&self, key: &$key) -> Option<u64> {
                self.get(key).copied()
            }
            fn bytes(&self) -> usize {
                self.allocation_size()
            }
        }
    };
}
map!(Rosti<u64>, u64, |hasher| Self::with_hasher(hasher.clone()), |key| *key);
map!(ExtendibleMap<u64, u64>, u64, |hasher| Self::with_hasher(hasher.clone()), |key| *key);
map!(Hashbrown<u64>, u64, |hasher| Self::with_hasher(hasher.clone()), |key| *key);
map!(Rosti<String>, String, |hasher| Self::with_hasher(hasher.clone()), |key| key.clone());
map!(Hashbrown<String>, String, |hasher| Self::with_hasher(hasher.clone()), |key| key.clone());
map!(StrMap<u64>, String, |_hasher| Self::new(), |key| key);

// ---------------------------------------------------------------------------------------------
// Single insertions
// ---------------------------------------------------------------------------------------------

/// Lowers `least` to what each insertion takes this time, in nanoseconds.
#[inline(never)]
fn insertions<M: Map<Key = u64>>(hasher: &DefaultHashBuilder, least: &mut [u32]) {
    let mut map = M::new(hasher);
    timed_each(least, |number| map.put(&scramble(number), number));
}

/// Lowers `least` to what each call takes.
#[inline(always)]
fn timed_each(least: &mut [u32], mut call: impl FnMut(u64)) {
    let mut last = Instant::now();
    for (number, least) in (0..).zip(least) {
        call(number);
        let now = Instant::now();
        let time = u32::try_from((now - last).as_nanos()).unwrap_or(u32::MAX);
        *least = time.min(*least);
        last = now;
    }
}

fn insert(log2: u32) {
    println!("\n| ns, {} insertions | p50 | p99 | p99.9 | p99.99 | max | mean |", 1u64 << log2);
    println!("|---|---|---|---|---|---|---|");
    let hasher = DefaultHashBuilder::default();
    type Pass<'a> = &'a dyn Fn(&mut [u32]);
    let pass: [(&str, Pass<'_>); 4] = [
        ("clock alone", &|least| {
            timed_each(least, |number| {
                black_box(scramble(number));
            });
        }),
        ("hashbrown", &|least| insertions::<Hashbrown<u64>>(&hasher, least)),
        ("HashMap", &|least| insertions::<Rosti<u64>>(&hasher, least)),
        ("ExtendibleMap", &|least| insertions::<ExtendibleMap<u64, u64>>(&hasher, least)),
    ];
    let mut least = pass.map(|_| vec![u32::MAX; 1 << log2]);
    for round in 0..ROUNDS {
        for turn in 0..pass.len() {
            let subject = (turn + round) % pass.len();
            pass[subject].1(&mut least[subject]);
        }
    }
    for ((name, _), mut times) in pass.into_iter().zip(least) {
        times.sort_unstable();
        // The least time that this share of insertions does not exceed.
        let quantile = |share: f64| times[(times.len() as f64 * share).ceil() as usize - 1];
        let quantiles = [0.5, 0.99, 0.999, 0.9999, 1.0].map(|share| quantile(share).to_string());
        let mean = times.iter().map(|&time| f64::from(time)).sum::<f64>() / times.len() as f64;
        println!("| {name} | {} | {mean:.1} |", quantiles.join(" | "));
    }
}

// ---------------------------------------------------------------------------------------------
// Building and dropping
// ---------------------------------------------------------------------------------------------

/// Nanoseconds an entry.
#[inline(never)]
fn built_and_dropped<M: Map>(keys: &[M::Key]) -> f64 {
    let passes = (100_000 / keys.len()).max(1);
    let clock = Clock::start();
    for _ in 0..passes {
        let mut map = M::new(&DefaultHashBuilder::default());
        for (value, key) in (0..).zip(keys) {
            map.put(key, value);
        }
        black_box(&map);
    }
    clock.stop().as_nanos() as f64 / (passes * keys.len()) as f64
}

/// How a map is called, and what builds it, drops it and returns the time.
type Builder<K> = (&'static str, fn(&[K]) -> f64);

/// Rows of several maps, whose first is what the others are compared with, for each number of slots.
fn octaves<K>(slots: &[u32], spell: fn(u64) -> K, maps: &[Builder<K>]) {
    for &log2 in slots {
        let sizes = [0.47, 0.56, 0.65, 0.75, 0.865];
        let mut logs = vec![0.0; maps.len()];
        for load in sizes {
            let entries = (f64::from(1 << log2) * load) as u64;
            let mut least = vec![f64::INFINITY; maps.len()];
            for round in 0..ROUNDS {
                // Fresh keys: what a branch predictor learns must be of no use.
                let salt = scramble(round as u64 ^ entries << 32);
                let keys: Vec<K> = (0..entries).map(|number| spell(number ^ salt << 24)).collect();
                for turn in 0..maps.len() {
                    let subject = (turn + round) % maps.len();
                    least[subject] = least[subject].min(maps[subject].1(&keys));
                }
            }
            logs.iter_mut().zip(least).for_each(|(sum, time)| *sum += time.ln());
        }
        let means: Vec<f64> = logs.iter().map(|sum| (sum / sizes.len() as f64).exp()).collect();
        for ((name, _), mean) in maps.iter().zip(&means) {
            println!("| {name} | 2^{log2} | {mean:.1} | {:.2} |", mean / means[0]);
        }
    }
}

fn build(slots: &[u32]) {
    println!("\n| build and drop | slots | ns an entry | to hashbrown's |\n|---|---|---|---|");
    octaves(
        slots,
        scramble,
        &[
            ("u64, hashbrown", built_and_dropped::<Hashbrown<u64>>),
            ("u64, hashbrown again", built_and_dropped::<Hashbrown<u64>>),
            ("u64, HashMap", built_and_dropped::<Rosti<u64>>),
            ("u64, ExtendibleMap", built_and_dropped::<ExtendibleMap<u64, u64>>),
        ],
    );
    octaves(
        slots,
        text,
        &[
            ("String, hashbrown", built_and_dropped::<Hashbrown<String>>),
            ("String, hashbrown again", built_and_dropped::<Hashbrown<String>>),
            ("String, HashMap", built_and_dropped::<Rosti<String>>),
            ("StrMap", built_and_dropped::<StrMap<u64>>),
        ],
    );
}

// ---------------------------------------------------------------------------------------------
// Many maps that are in no cache
// ---------------------------------------------------------------------------------------------

/// A lookup: the number of a map, and a key.
type Draw = (usize, u64);

/// The key `number` of the map `map`.
fn key_of(map: usize, number: u64) -> u64 {
    scramble((map as u64) << 32 | number)
}

/// Maps with so many entries each, of value 0.
fn maps<M: Map<Key = u64>>(sizes: &[u64]) -> Vec<M> {
    let fill = |(map, &size): (usize, &u64)| {
        let mut filled = M::new(&DefaultHashBuilder::default());
        (0..size).for_each(|number| filled.put(&key_of(map, number), 0));
        filled
    };
    sizes.iter().enumerate().map(fill).collect()
}

/// Nanoseconds a lookup of keys that are present, if `found` says so, or absent.
#[inline(never)]
fn lookups<M: Map<Key = u64>>(maps: &[M], draws: &[Draw], found: u64) -> f64 {
    let clock = Clock::start();
    let count = draws.iter().filter(|(map, key)| maps[*map].value(key).is_some()).count() as u64;
    let time = clock.stop();
    assert_eq!(count, found * draws.len() as u64);
    time.as_nanos() as f64 / draws.len() as f64
}

/// The same of present keys, each of which waits for the value before.
#[inline(never)]
fn dependent<M: Map<Key = u64>>(maps: &[M], draws: &[Draw]) -> f64 {
    let clock = Clock::start();
    let last = draws.iter().fold(0, |last, (map, key)| {
        maps[map ^ last as usize].value(&(key ^ last)).expect("the key is present")
    });
    let time = clock.stop();
    assert_eq!(last, 0);
    time.as_nanos() as f64 / draws.len() as f64
}

fn cold(bytes: usize) {
    let mut rng = Rng::new(3);
    let (mut sizes, mut theirs, mut sum) = (Vec::new(), Vec::new(), 0);
    while sum < bytes {
        let size = (64.0 * 64f64.powf(rng.unit())) as u64;
        sizes.push(size);
        let map = sizes.len() - 1;
        let mut filled = Hashbrown::<u64>::default();
        (0..size).for_each(|number| filled.put(&key_of(map, number), 0));
        sum += filled.bytes();
        theirs.push(filled);
    }
    let again = maps::<Hashbrown<u64>>(&sizes);
    let (ours, extendible) = (maps::<Rosti<u64>>(&sizes), maps::<ExtendibleMap<u64, u64>>(&sizes));
    fn megabytes<M: Map>(maps: &[M]) -> usize {
        maps.iter().map(Map::bytes).sum::<usize>() >> 20
    }
    println!(
        "\n{} maps of 64 to 4096 entries, {} in all; MB: hashbrown {}, HashMap {}, ExtendibleMap {}",
        sizes.len(),
        sizes.iter().sum::<u64>(),
        megabytes(&theirs),
        megabytes(&ours),
        megabytes(&extendible),
    );
    type Subject<'a> = &'a dyn Fn(usize, &[Vec<Draw>; 3]) -> f64;
    let subjects: [Subject<'_>; 4] = [
        &|row, draws| cold_row(&theirs, row, draws),
        &|row, draws| cold_row(&again, row, draws),
        &|row, draws| cold_row(&ours, row, draws),
        &|row, draws| cold_row(&extendible, row, draws),
    ];
    let mut least = [[f64::INFINITY; 4]; 3];
    for round in 0..ROUNDS {
        let mut draw = |is_present: bool| -> Vec<Draw> {
            let one = |_| {
                let map = rng.below(sizes.len());
                let first = if is_present { 0 } else { sizes[map] };
                (map, key_of(map, first + rng.below(sizes[map] as usize) as u64))
            };
            (0..1 << 19).map(one).collect()
        };
        let draws = [draw(true), draw(true), draw(false)];
        for (row, least) in least.iter_mut().enumerate() {
            for turn in 0..subjects.len() {
                let subject = (turn + round) % subjects.len();
                least[subject] = least[subject].min(subjects[subject](row, &draws));
            }
        }
    }
    println!("| ns an operation | hashbrown | again | HashMap | ratio | ExtendibleMap | ratio |");
    println!("|---|---|---|---|---|---|---|");
    for (name, [theirs, again, ours, extendible]) in ["hit", "hit_dep", "miss"].iter().zip(least) {
        println!(
            "| {name} | {theirs:.1} | {again:.1} | {ours:.1} | {:.2} | {extendible:.1} | {:.2} |",
            ours / theirs,
            extendible / theirs
        );
    }
}

/// One of the three rows.
fn cold_row<M: Map<Key = u64>>(maps: &[M], row: usize, draws: &[Vec<Draw>; 3]) -> f64 {
    match row {
        0 => lookups(maps, &draws[0], 1),
        1 => dependent(maps, &draws[1]),
        _ => lookups(maps, &draws[2], 0),
    }
}

fn main() {
    let asked = |name: &str| env::args().any(|argument| argument == name);
    let is_test = asked("--test");
    let all = !["insert", "build", "cold"].into_iter().any(asked);
    let log2 = env::var("ROSTI_LOG2").ok().and_then(|text| text.parse().ok());
    if all || asked("insert") {
        // Before the allocator is tamed, which the description does.
        insert(if is_test { 10 } else { log2.unwrap_or(22) });
    }
    println!();
    machine::description().iter().for_each(|line| println!("{line}"));
    if all || asked("build") {
        build(if is_test { &[6] } else { &[6, 10, 16, 20] });
    }
    if all || asked("cold") {
        cold(if is_test { 1 << 20 } else { 256 << 20 });
    }
}
