//! What searches cost without a clock: `cargo bench --bench statistics`.
//!
//! Windows visited, false matches, overflow counts and bytes, for tables `u64 -> u64` at five loads of an
//! octave, fresh from the keys and after sixteen removals and insertions per entry, for the native
//! backend and SWAR. Keys and hashes are the same in every run, so the numbers are the same on every
//! machine that has the backend: means over several tables, the most over all. Then the bytes of small
//! tables beside hashbrown's, and the same figures for them when they are full.

#[allow(dead_code, reason = "shared with the comparison bench, which uses all of it")]
#[path = "compare/rng.rs"]
mod rng;

use rng::{Rng, scramble};
use rosti::internals::{Global, Group, Native, RawTable, Statistics, Swar};

type Entry = (u64, u64);
type Table<G> = RawTable<Entry, G, Global>;

/// Powers of two that the loads are shares of, and how many tables the means are over.
const SIZES: [(u32, usize); 2] =
    if cfg!(debug_assertions) { [(6, 2), (8, 1)] } else { [(10, 64), (16, 2)] };
/// Numbers of entries in an octave. What load the table makes of it is its own affair: the tables of
/// backends double at somewhat different numbers.
const LOADS: [f64; 5] = [0.47, 0.56, 0.65, 0.75, 0.865];
/// Small capacities: the first and last of a size, hashbrown's and ours.
const SMALL: [usize; 9] = [17, 28, 30, 31, 56, 60, 61, 112, 120];
/// How many small tables the means are over.
const SMALL_TABLES: usize = if cfg!(debug_assertions) { 4 } else { 1000 };
/// How many absent keys are looked up.
const ABSENT: usize = if cfg!(debug_assertions) { 256 } else { 4096 };
/// Entries replaced per entry.
const CHURN: usize = 16;

fn main() {
    let title = |titles: [&str; 12]| {
        let [group, len, load, state, rest @ ..] = titles;
        print!("{group:<6}{len:>7}{load:>7}  {state:<8}");
        rest.iter().for_each(|title| print!("{title:>8}"));
        println!();
    };
    let titles = || {
        title(["", "", "", "", "windows", "", "windows", "", "false", "false", "bits", "bytes"]);
        title([
            "group", "len", "load", "state", "hit", "max", "miss", "max", "hit", "miss", "set %",
            "entry",
        ]);
    };
    titles();
    backend::<Native>();
    if Native::NAME != Swar::NAME {
        backend::<Swar>();
    }

    println!("\nbytes of small tables, and their ratio to hashbrown's");
    println!("{:>9}{:>9}{:>12}{:>7}", "capacity", Native::NAME, "hashbrown", "ratio");
    for capacity in SMALL {
        let ours = Table::<Native>::with_capacity_in(capacity, Global).allocation_size();
        let theirs = hashbrown::HashTable::<Entry>::with_capacity(capacity).allocation_size();
        println!("{capacity:>9}{ours:>9}{theirs:>12}{:>7.3}", ours as f64 / theirs as f64);
    }
    println!();
    titles();
    for (len, churn) in SMALL.into_iter().flat_map(|len| [(len, 0), (len, CHURN)]) {
        rows::<Native>(len, churn, SMALL_TABLES);
    }
}

/// The rows of one backend.
fn backend<G: Group>() {
    for (log_len, tables) in SIZES {
        for load in LOADS {
            for churn in [0, CHURN] {
                rows::<G>((f64::from(1_u32 << log_len) * load) as usize, churn, tables);
            }
        }
    }
}

/// The row of so many tables of `len` entries.
fn rows<G: Group>(len: usize, churn: usize, tables: usize) {
    let measured: Vec<Measured> =
        (0..tables as u64).map(|seed| measure(&table::<G>(len, churn, seed))).collect();
    row(G::NAME, len, churn, &measured);
}

fn hash(&(key, _): &Entry) -> u64 {
    scramble(key)
}

/// A table of `len` entries, grown from empty, of which each is then replaced `churn` times.
fn table<G: Group>(len: usize, churn: usize, seed: u64) -> Table<G> {
    let mut rng = Rng::new(seed);
    let mut table = Table::<G>::new_in(Global);
    let mut keys: Vec<u64> = (0..len).map(|_| rng.next()).collect();
    for &key in &keys {
        table.insert_unique(hash(&(key, 0)), (key, 0), hash);
    }
    for _ in 0..churn * len {
        let (at, new) = (rng.below(len), rng.next());
        let old = std::mem::replace(&mut keys[at], new);
        table.remove(hash(&(old, 0)), |&(key, _)| key == old).expect("the key is present");
        table.insert_unique(hash(&(new, 0)), (new, 0), hash);
    }
    table
}

struct Measured {
    statistics: Statistics,
    false_hit: f64,
    false_miss: f64,
    bytes_per_entry: f64,
    load: f64,
}

fn measure<G: Group>(table: &Table<G>) -> Measured {
    // How many other entries a search compares its key with, in the mean.
    let (mut hits, mut misses) = (0usize, 0usize);
    for slot in (0..table.slots()).filter(|&slot| table.is_full(slot)) {
        // SAFETY: the slot is full.
        let wanted = unsafe { table.get(slot) };
        table.find(hash(wanted), |entry| {
            hits += usize::from(entry != wanted);
            entry == wanted
        });
    }
    let mut rng = Rng::new(u64::MAX);
    for _ in 0..ABSENT {
        table.find(hash(&(rng.next(), 0)), |_| {
            misses += 1;
            false
        });
    }
    Measured {
        statistics: table.statistics(hash),
        false_hit: hits as f64 / table.len() as f64,
        false_miss: misses as f64 / ABSENT as f64,
        bytes_per_entry: table.allocation_size() as f64 / table.len() as f64,
        load: table.len() as f64 / table.slots() as f64,
    }
}

fn row(group: &str, len: usize, churn: usize, tables: &[Measured]) {
    let mean =
        |of: &dyn Fn(&Measured) -> f64| tables.iter().map(of).sum::<f64>() / tables.len() as f64;
    let most = |of: &dyn Fn(&Measured) -> usize| tables.iter().map(of).max().unwrap_or(0);
    println!(
        "{group:<6}{len:>7}{:>7.3}  {:<8}{:>8.3}{:>8}{:>8.3}{:>8}{:>8.4}{:>8.4}{:>8.2}{:>8.2}",
        mean(&|table| table.load),
        if churn == 0 { "fresh" } else { "churned" },
        mean(&|table| table.statistics.hit_windows),
        most(&|table| table.statistics.max_hit_windows),
        mean(&|table| table.statistics.miss_windows),
        most(&|table| table.statistics.max_miss_windows),
        mean(&|table| table.false_hit),
        mean(&|table| table.false_miss),
        100.0 * mean(&|table| table.statistics.overflowed),
        mean(&|table| table.bytes_per_entry),
    );
}
