//! Tables far beyond the caches, with and without huge pages: `cargo bench --features huge-pages --bench huge_pages`.
//!
//! Options after `--`: `log2=22,24` (slots), `rounds=3`. For each size the rows grow, hit, hit_dep, miss and churn, for
//! rosti and hashbrown, in ns an operation with [`Global`] and with [`HugePages`], and the second to the first. The
//! variants take turns within a round, and the least of the rounds counts: what disturbs a measurement
//! only ever makes it slower. The figures mean nothing without the machine's mode and the share of each table that was in
//! huge pages (`AnonHugePages` in `/proc/self/smaps`), which are printed with them.

use std::fs;
use std::hint::black_box;
use std::time::Instant;

use allocator_api2::alloc::{Allocator, Global};
use foldhash::fast::FixedState;
use rosti::HugePages;

/// Operations of a row other than `grow`.
const OPERATIONS: u64 = 1 << 20;
const ROWS: [&str; 5] = ["grow", "hit", "hit_dep", "miss", "churn"];

/// Keys in an order of their own: distinct for distinct numbers, as the multiplier is odd.
fn key(n: u64) -> u64 {
    (n ^ n >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// A number below `end`, the `n`th of a fixed sequence.
fn below(end: u64, n: u64) -> u64 {
    let x = key(n ^ 0x5851_F42D_4C95_7F2D);
    ((u128::from(key(x ^ x >> 29)) * u128::from(end)) >> 64) as u64
}

/// Nanoseconds an operation.
#[inline(never)]
fn timed(operations: u64, work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_nanos() as f64 / operations as f64
}

/// Kilobytes of the process in huge pages, and in all anonymous ones.
fn kilobytes() -> Option<(u64, u64)> {
    let smaps = fs::read_to_string("/proc/self/smaps").ok()?;
    let sum = |field: &str| -> u64 {
        let fields = smaps.lines().filter_map(|line| line.strip_prefix(field));
        fields.filter_map(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok()).sum()
    };
    Some((sum("AnonHugePages:"), sum("Anonymous:")))
}

/// The five rows of one map, and the share of huge pages while it is full.
macro_rules! rows {
    ($name:ident, $map:ident) => {
        #[inline(never)]
        fn $name<A: Allocator>(len: u64, alloc: A) -> ([f64; 5], f64) {
            let mut map = $map::HashMap::with_hasher_in(FixedState::with_seed(1), alloc);
            let grow = timed(len, || {
                for n in 0..len {
                    map.insert(key(n), n);
                }
            });
            assert_eq!(map.len() as u64, len);
            let (huge, all) = kilobytes().unwrap_or((0, 1));
            let hit = timed(OPERATIONS, || {
                let sum = (0..OPERATIONS).fold(0, |sum: u64, n| sum ^ map[&key(below(len, n))]);
                black_box(sum);
            });
            // Each key depends on the value found before.
            let hit_dep = timed(OPERATIONS, || {
                let mut last = 0;
                for n in 0..OPERATIONS {
                    last = map[&key(below(len, n ^ last << 32))];
                }
                black_box(last);
            });
            let miss = timed(OPERATIONS, || {
                let found =
                    (0..OPERATIONS).filter(|&n| map.contains_key(&key(len + below(len, n))));
                assert_eq!(found.count(), 0);
            });
            let churn = timed(OPERATIONS, || {
                for n in 0..OPERATIONS.min(len) {
                    assert!(map.remove(&key(n)).is_some());
                    map.insert(key(len + n), n);
                }
            });
            assert_eq!(map.len() as u64, len);
            ([grow, hit, hit_dep, miss, churn], huge as f64 / all as f64)
        }
    };
}
rows!(of_rosti, rosti);
rows!(of_hashbrown, hashbrown);

fn main() {
    let (mut sizes, mut rounds) = (vec![22, 24], 3);
    // (cargo adds `--bench`.)
    for arg in std::env::args().skip(1).filter(|arg| !arg.starts_with("--")) {
        match arg.split_once('=') {
            Some(("log2", list)) => {
                sizes = list.split(',').map(|size| size.parse().expect("log2 of slots")).collect();
            }
            Some(("rounds", number)) => rounds = number.parse().expect("a number of rounds"),
            _ => panic!("no such option: {arg}; there are log2=22,24 and rounds=3"),
        }
    }
    let mode = fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled");
    println!("huge pages: {}", mode.as_deref().unwrap_or("the system does not say").trim());
    for size in sizes {
        // A load of .70: no table of that many slots is about to grow.
        let len = (1_u64 << size) / 10 * 7;
        let mut least = [([f64::INFINITY; 5], 1.0_f64); 4];
        for _ in 0..rounds {
            let variants: [&dyn Fn() -> ([f64; 5], f64); 4] = [
                &|| of_rosti(len, Global),
                &|| of_rosti(len, HugePages),
                &|| of_hashbrown(len, Global),
                &|| of_hashbrown(len, HugePages),
            ];
            for (least, run) in least.iter_mut().zip(variants) {
                let (times, share) = run();
                least.0.iter_mut().zip(times).for_each(|(least, time)| *least = least.min(time));
                least.1 = least.1.min(share);
            }
        }
        println!("\n2^{size} slots, {len} entries, ns an operation, least of {rounds}");
        println!(
            "| row | rosti | with huge pages | ratio | hashbrown | with huge pages | ratio | rosti / hashbrown, both with |"
        );
        println!("|---|---|---|---|---|---|---|---|");
        let [(rosti, _), (rosti_huge, _), (hashbrown, _), (hashbrown_huge, _)] = least;
        for (n, row) in ROWS.iter().enumerate() {
            println!(
                "| {row} | {:.1} | {:.1} | {:.2} | {:.1} | {:.1} | {:.2} | {:.2} |",
                rosti[n],
                rosti_huge[n],
                rosti_huge[n] / rosti[n],
                hashbrown[n],
                hashbrown_huge[n],
                hashbrown_huge[n] / hashbrown[n],
                rosti_huge[n] / hashbrown_huge[n],
            );
        }
        let shares = least.map(|(_, share)| format!("{:.2}", share));
        println!("share of anonymous memory in huge pages, least: {}", shares.join(", "));
    }
}
