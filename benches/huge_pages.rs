//! Tables far beyond the caches, with and without huge pages: `cargo bench --features huge-pages --bench huge_pages`.
//!
//! Options after `--`: `log2=22,24` (slots), `rounds=3`. For each size the rows grow, hit, hit_dep, miss and
//! churn, for rosti and hashbrown, in ns per operation with [`Global`] and with [`HugePages`], and the second
//! to the first. The variants take turns within a round, and the least of the rounds counts: what disturbs a
//! measurement only ever makes it slower.
//!
//! Tables without `HugePages` get none: they are switched off for the process, lest the mode `always`, or the
//! C library, give them to the other tables as well. The figures mean nothing without the machine's mode and
//! the share of each table that was in huge pages (`AnonHugePages` in `/proc/self/smaps`), which are printed
//! with them.
//!
//! Before each map, as much memory as its growth will need is written to and freed. A virtual machine may
//! have returned free memory to its host, and getting it back takes several times as long as the guest's own
//! work. Huge pages would bear more than their share of that, since memory that has just been freed in pieces
//! does not do for them.
//!
//! Two rows show what the machine gives to anyone. `touch` writes to each page of a new block of as many
//! bytes as the table has; what it gains is what growth can gain, apart from its own work. `chase` reads that
//! block at random, each place computed from what was read before. In a virtual machine whose host has its
//! memory in 4 KiB pages, an entry of the TLB is for 4 KiB whatever the guest does, and `chase` gains only
//! the shorter walk over the guest's page table.

use std::alloc::Layout;
use std::fs;
use std::hint::black_box;
use std::time::Instant;

use allocator_api2::alloc::{Allocator, Global};
use foldhash::fast::FixedState;
use rosti::HugePages;

/// Operations of a row other than `grow`.
const OPERATIONS: u64 = 1 << 20;
const ROWS: [&str; 7] = ["grow", "hit", "hit_dep", "miss", "churn", "touch", "chase"];
/// Bytes of a slot and its control byte.
const SLOT: usize = size_of::<(u64, u64)>() + 1;

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
fn kilobytes() -> Option<(f64, f64)> {
    let smaps = fs::read_to_string("/proc/self/smaps").ok()?;
    let sum = |field: &str| -> f64 {
        let fields = smaps.lines().filter_map(|line| line.strip_prefix(field));
        fields.filter_map(|rest| rest.trim().trim_end_matches(" kB").parse::<f64>().ok()).sum()
    };
    Some((sum("AnonHugePages:"), sum("Anonymous:")))
}

/// Allows this process huge pages, or not.
fn allow_huge_pages(allowed: bool) {
    // SAFETY: this concerns how the kernel backs memory, not what is in it.
    let failed =
        unsafe { libc::prctl(libc::PR_SET_THP_DISABLE, libc::c_ulong::from(!allowed), 0, 0, 0) };
    assert_eq!(failed, 0, "huge pages cannot be switched on or off");
}

/// Writes to so many bytes and frees them.
fn use_memory(bytes: usize) {
    let layout = Layout::array::<u8>(bytes).expect("it fits");
    let block = HugePages.allocate(layout).expect("there is memory").cast::<u8>();
    // SAFETY: the block has that many bytes, came from here with this layout, and is not used any more.
    unsafe {
        block.write_bytes(1, bytes);
        HugePages.deallocate(block, layout);
    }
}

/// The rows `touch` and `chase`: a new block's pages written to, and the block read at random places.
#[inline(never)]
fn of_a_block<A: Allocator>(slots: usize, alloc: &A) -> [f64; 2] {
    const PAGE: usize = 4096;
    const WORD: usize = size_of::<u64>();
    let layout = Layout::array::<u8>((slots * SLOT).next_multiple_of(PAGE)).expect("it fits");
    let layout = layout.align_to(WORD).expect("it fits");
    let block = alloc.allocate(layout).expect("there is memory").cast::<u8>();
    let touch = timed(slots as u64, || {
        for page in (0..layout.size()).step_by(PAGE) {
            // SAFETY: the page begins inside the block.
            unsafe { block.add(page).write(0) };
        }
    });
    // SAFETY: the block has that many bytes.
    unsafe { block.write_bytes(0, layout.size()) };
    let words = (layout.size() / WORD) as u64;
    let chase = timed(OPERATIONS, || {
        let last = (0..OPERATIONS).fold(0, |last: u64, n| {
            let word = below(words, n ^ last << 32) as usize;
            // SAFETY: all words of the block are zero.
            unsafe { block.cast::<u64>().add(word).read() }
        });
        black_box(last);
    });
    // SAFETY: the block came from here, with this layout, and is not used any more.
    unsafe { alloc.deallocate(block, layout) };
    [touch, chase]
}

/// The rows of one map and of a block of its size, and the share of huge pages while the map is full.
macro_rules! rows {
    ($name:ident, $map:ident) => {
        #[inline(never)]
        fn $name<A: Allocator>(slots: usize, len: u64, alloc: A) -> ([f64; ROWS.len()], f64) {
            let before = kilobytes();
            let mut map = $map::HashMap::with_hasher_in(FixedState::with_seed(1), &alloc);
            let grow = timed(len, || {
                for n in 0..len {
                    map.insert(key(n), n);
                }
            });
            assert_eq!(map.len() as u64, len);
            let share = match (before, kilobytes()) {
                (Some(before), Some(now)) => (now.0 - before.0) / (now.1 - before.1),
                _ => f64::NAN,
            };
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
            drop(map);
            let [touch, chase] = of_a_block(slots, &alloc);
            ([grow, hit, hit_dep, miss, churn, touch, chase], share)
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
        let mut least = [([f64::INFINITY; ROWS.len()], 1.0_f64); 4];
        for _ in 0..rounds {
            type Variant<'a> = (bool, &'a dyn Fn() -> ([f64; ROWS.len()], f64));
            let variants: [Variant<'_>; 4] = [
                (false, &|| of_rosti(1 << size, len, Global)),
                (true, &|| of_rosti(1 << size, len, HugePages)),
                (false, &|| of_hashbrown(1 << size, len, Global)),
                (true, &|| of_hashbrown(1 << size, len, HugePages)),
            ];
            for (least, (allowed, run)) in least.iter_mut().zip(variants) {
                allow_huge_pages(true);
                use_memory((3 * SLOT) << size);
                allow_huge_pages(allowed);
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
        println!(
            "share of what the process took for the table that was in huge pages, in this order, least: {}",
            shares.join(", ")
        );
    }
}
