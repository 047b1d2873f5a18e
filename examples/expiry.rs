//! A cache that is never swept in one go: each tick a step of a scan drops what has expired, while the
//! cache is used and grows. `cargo run --release --example expiry [ENTRIES]`.
//!
//! Prints how long ticks took, next to one `retain` over everything. The scan's place is kept as a number, as
//! it would be in a file or in another process's message: it needs no borrow.

use rosti::{HashMap, ScanCursor};
use std::time::{Duration, Instant};

/// When an entry expires, in ticks.
type Cache = HashMap<u64, u64>;

/// Entries that arrive in a tick.
const NEW: u64 = 50;
/// How many ticks an entry lives.
const LIFE: u64 = 1000;

fn main() {
    let entries = std::env::args().nth(1).and_then(|arg| arg.parse().ok()).unwrap_or(200_000);
    let (mut ticks, cache) = run(entries, 20_000);
    ticks.sort_unstable();
    let at = |share: usize| ticks[(ticks.len() - 1) * share / 1000];
    println!("{} ticks, {} entries are left", ticks.len(), cache.len());
    println!("a tick, median {:?}, 99.9 % {:?}, longest {:?}", at(500), at(999), at(1000));
    let mut copy = cache.clone();
    let begin = Instant::now();
    copy.retain(|_, expires| *expires > 0);
    println!("one retain {:?}", begin.elapsed());
}

/// Runs a cache that begins with so many entries; returns how long the steps took.
fn run(entries: u64, ticks: u64) -> (Vec<Duration>, Cache) {
    let mut cache: Cache = (0..entries).map(|key| (key, key % LIFE)).collect();
    let mut kept = ScanCursor::START.to_bits();
    let mut times = Vec::new();
    for now in 0..ticks {
        for n in 0..NEW {
            cache.insert(entries + now * NEW + n, now + LIFE);
        }
        let begin = Instant::now();
        let next = cache.scan_retain(ScanCursor::from_bits(kept), |_, expires| *expires > now);
        times.push(begin.elapsed());
        // After the last step the scan begins anew.
        kept = next.unwrap_or_default().to_bits();
    }
    (times, cache)
}

/// What has expired is dropped within two scans, and nothing else is.
#[test]
fn the_expired_go() {
    let (times, cache) = run(20_000, 5000);
    assert_eq!(times.len(), 5000);
    // A scan takes a step per 512 homes, of which there are never more than 2^18.
    let stale = cache.values().filter(|&&expires| expires + 2 * 512 < 5000).count();
    assert_eq!(stale, 0);
    let alive = cache.values().filter(|&&expires| expires >= 5000).count() as u64;
    assert_eq!(alive, NEW * LIFE);
}
