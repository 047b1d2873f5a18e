//! Where a map can fall off a cliff: `cargo bench --bench cliffs [-- TEXT]`, rows with TEXT in their name.
//!
//! Keys with a structure under hashers that keep it, churn for a long time, nearly empty tables, empty
//! maps, moves to larger and smaller tables, memory. A row is rosti's number, hashbrown's and their ratio.
//! Churn is sixteen removals and insertions per entry; `pair` is the time of one of each in the last
//! quarter, `miss` that of a lookup of an absent key afterwards, `miss anew` the same in a map built anew of the entries
//! that are there then. No churn takes longer than [`CAP`]: what was cut short is marked `>`, since the rest would
//! hardly have been faster. (Loops in several profiles: `ci/profiles.sh`.)

#[allow(dead_code, reason = "shared with the comparison bench, which uses all of it")]
#[path = "compare/machine.rs"]
mod machine;
mod meter;
#[allow(dead_code, reason = "shared with the comparison bench, which uses all of it")]
#[path = "compare/rng.rs"]
mod rng;
#[allow(dead_code, reason = "shared with the comparison bench, which uses all of it")]
#[path = "compare/stress.rs"]
mod stress;

use foldhash::fast::FixedState;
use meter::Meter;
use rng::{Rng, scramble};
use std::hash::BuildHasher;
use std::hint::black_box;
use std::time::Duration;
use stress::{Figure, Fx1, Fx2, Identity, Map, Outcome, Trial, empty_gets, least, walks};

/// The most that a cell's churn takes.
const CAP: Duration = Duration::from_secs(if cfg!(debug_assertions) { 0 } else { 4 });

/// Prints a row for each number.
fn print(row: &str, what: &[&str], rosti: &[Figure], hashbrown: &[Figure]) {
    for ((what, ours), theirs) in what.iter().zip(rosti).zip(hashbrown) {
        let number = |Figure(number, cut): &Figure| {
            let digits = if *number < 10.0 { 2 } else { 1 };
            format!("{}{number:.digits$}", if *cut { "> " } else { "" })
        };
        println!(
            "{row:<58} {what:<14}{:>13}{:>13}{:>9.2}",
            number(ours),
            number(theirs),
            ours.0 / theirs.0
        );
    }
}

fn main() {
    machine::tame_allocator();
    // (cargo adds `--bench`.)
    let only =
        std::env::args().skip(1).find(|argument| !argument.starts_with("--")).unwrap_or_default();
    println!("{:<58} {:<14}{:>13}{:>13}{:>9}", "", "", "rosti", "hashbrown", "ratio");

    /// A row of churn: its name, the hasher, entries, whether the oldest go first, keys.
    macro_rules! churn {
        ($name:expr, $hasher:ty, $n:expr, $fifo:expr, $key:expr) => {
            if $name.contains(&only) {
                let trial = Trial { capacity: $n, n: $n, fifo: $fifo, key: &$key, cap: CAP };
                let ours = trial.run::<rosti::HashMap<u64, u64, $hasher>>();
                let theirs = trial.run::<hashbrown::HashMap<u64, u64, $hasher>>();
                let numbers = |o: &Outcome| [o.miss, o.churn, o.churn_miss, o.anew_miss];
                let what = ["fresh miss, ns", "pair, ns", "miss, ns", "miss anew, ns"];
                print($name, &what, &numbers(&ours), &numbers(&theirs));
            }
        };
    }
    let n = (1 << 14) * 8 / 10;
    churn!("i << 4, Fx 1, 2^14 slots x .8", Fx1, n, false, |i| i << 4);
    churn!("i << 3, identity, 2^14 slots x .8", Identity, n, false, |i| i << 3);
    churn!(
        "bits reversed, Fx 2, oldest first, 57 300 entries",
        Fx2,
        57_300,
        true,
        u64::reverse_bits
    );
    churn!("multiples of 16, random, Fx 1, 10 000 entries", Fx1, 10_000, false, |i| {
        scramble(i) & !15
    });
    // Every second hash is odd, so that twice as many keys are tried.
    let odd: Vec<u64> = {
        let hasher = FixedState::default();
        (0..).map(scramble).filter(|key| hasher.hash_one(key) % 2 == 1).take(13_000 * 25).collect()
    };
    churn!("hashes that are 1 mod 2, foldhash, 13 000 entries", FixedState, 13_000, false, |i| {
        odd[i as usize % odd.len()]
    });
    churn!("scrambled, foldhash, 2^10 slots x .75", FixedState, 768, false, scramble);

    high_ids(&only);
    nearly_empty(&only);
    empty(&only);
    few_words(&only);
    moves(&only);
    arena(&only);
    sizes(&only);
}

/// Ids, and then one at a time with the top bit set.
fn high_ids(only: &str) {
    fn pairs<M: Map>() -> Figure {
        let mut map = M::with_capacity(114_701);
        (0..65_536).for_each(|id| map.insert(id));
        let pairs = 8192;
        let time = least(1, pairs as usize, || {
            for id in (0..pairs).map(|i| i + (1 << 63)) {
                map.insert(id);
                assert!(map.remove(id));
            }
        });
        Figure(time, false)
    }
    let row = "ids 0..65 536, then i + 2^63 one by one, identity";
    if row.contains(only) {
        let ours = pairs::<rosti::HashMap<u64, u64, Identity>>();
        print(row, &["pair, ns"], &[ours], &[pairs::<hashbrown::HashMap<u64, u64, Identity>>()]);
    }
}

/// Walks over tables with few entries.
fn nearly_empty(only: &str) {
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
    let row = "get in an empty map";
    if row.contains(only) {
        let what = ["8 bytes, ns", "100 bytes, ns", "1000 bytes, ns"];
        print(row, &what, &empty_gets!(rosti), &empty_gets!(hashbrown));
    }
}

/// Hits in maps of a few words, one map after the other, in an order that no CPU can predict: each time that another
/// word's tag comes first, it predicts the wrong comparison.
fn few_words(only: &str) {
    /// Maps, and lookups in each.
    const MAPS: u64 = 48;
    const HITS: usize = if cfg!(debug_assertions) { 100 } else { 50_000 };
    macro_rules! hits {
        ($map:ty, $words:expr) => {{
            let mut total = 0.0;
            for seed in 0..MAPS {
                let mut rng = Rng::new(seed);
                let mut letters = || {
                    let letters = 5 + rng.below(10);
                    (0..letters).map(|_| (b'a' + rng.below(26) as u8) as char).collect()
                };
                let words: Vec<String> = (0..$words).map(|_| letters()).collect();
                let map: $map = words.iter().cloned().zip(0..).collect();
                let order: Vec<&str> = (0..HITS).map(|_| &*words[rng.below($words)]).collect();
                total += least(5, HITS, || {
                    let found = |&word: &&str| black_box(&map).get(word);
                    black_box(order.iter().filter_map(found).sum::<u64>());
                });
            }
            Figure(total / MAPS as f64, false)
        }};
    }
    for words in [4, 7, 12, 14, 16] {
        let row = format!("hits in maps of {words} words, random");
        if row.contains(only) {
            let ours = hits!(rosti::HashMap<String, u64, FixedState>, words);
            let theirs = hits!(hashbrown::HashMap<String, u64, FixedState>, words);
            print(&row, &["ns"], &[ours], &[theirs]);
        }
    }
}

/// Room for several times as many entries, and back: the mean over 1000 to 1672 entries, for each of four sizes the least
/// of some moves.
fn moves(only: &str) {
    macro_rules! moves {
        ($crate_:ident, $key:ty, $make:expr, $times:expr) => {{
            let sizes: Vec<usize> = (0..4).map(|i| 1000 + 224 * i).collect();
            let (mut larger, mut smaller) = (0.0, 0.0);
            for &n in &sizes {
                let keys = (0..n as u64).map(scramble).map($make);
                let map: $crate_::HashMap<$key, u64, FixedState> = keys.zip(0..).collect();
                let (mut least_larger, mut least_smaller) = (f64::INFINITY, f64::INFINITY);
                for _ in 0..if cfg!(debug_assertions) { 1 } else { 300 } {
                    let mut moved = map.clone();
                    let additional = map.capacity() * $times - n;
                    least_larger = least(1, n, || moved.reserve(additional)).min(least_larger);
                    least_smaller = least(1, n, || moved.shrink_to_fit()).min(least_smaller);
                    assert_eq!(black_box(moved).len(), n);
                }
                larger += least_larger;
                smaller += least_smaller;
            }
            [larger, smaller].map(|sum| Figure(sum / sizes.len() as f64, false))
        }};
    }
    macro_rules! row {
        ($name:literal, $key:ty, $make:expr, $times:literal) => {
            let row = format!("{}, reserve x {}, shrink_to_fit", $name, $times);
            if row.contains(only) {
                let ours = moves!(rosti, $key, $make, $times);
                let theirs = moves!(hashbrown, $key, $make, $times);
                print(&row, &["larger, ns", "smaller, ns"], &ours, &theirs);
            }
        };
    }
    row!("u64", u64, |key| key, 2);
    row!("u64", u64, |key| key, 4);
    row!("u64", u64, |key| key, 16);
    row!("String", String, |key| format!("{key:x}"), 2);
    row!("String", String, |key| format!("{key:x}"), 4);
}

/// A map of strings whose keys are replaced in turn.
fn arena(only: &str) {
    fn peak<M>(mut map: M, replace: impl Fn(&mut M, Option<&str>, &str)) -> Figure {
        let key = |i: usize| format!("{i:01000}");
        let ((), _, peak) = Meter::of(|| {
            for i in 0..20_000_usize {
                replace(&mut map, i.checked_sub(200).map(key).as_deref(), &key(i));
            }
        });
        Figure(peak as f64 / 1000.0, false)
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
            Figure(
                range.clone().map(|n| bytes(n) as f64).sum::<f64>() / range.clone().count() as f64,
                false,
            )
        };
        let ours = mean(&|n| rosti::HashMap::<u64, u64>::with_capacity(n).allocation_size());
        let theirs = mean(&|n| hashbrown::HashMap::<u64, u64>::with_capacity(n).allocation_size());
        print(&row, &["bytes"], &[ours], &[theirs]);
    }
}
