//! One operation many times over, for counting instructions: `instructions MAP OP`.
//!
//! `ci/callgrind.sh` and `ci/instructions.sh` run it under what counts. Everything is the same in every run:
//! seeds, keys, sizes. What an operation costs is the difference to a run of `none`, which prepares
//! the same and does nothing, divided by the number of operations, which is printed.

use foldhash::fast::FixedState;
use std::hint::black_box;

/// Entries; the table has 2^14 homes (the other map: slots), so the load is .73.
const LEN: u64 = 12_000;
/// Times that each key is looked up.
const ROUNDS: usize = 8;

/// Looks all keys up in rounds; returns how many answers were the expected ones. A plain loop: whether
/// closures of iterators are inlined is not what is to be counted.
macro_rules! look_up {
    ($map:ident, $keys:ident, $expected:ident) => {{
        let mut count = 0;
        for _ in 0..ROUNDS {
            for key in &$keys {
                count += usize::from($map.get(key).$expected());
            }
        }
        count
    }};
}

/// Runs an operation on one crate's map; returns how often it was run.
macro_rules! run {
    ($crate_:ident, $op:expr) => {{
        type Map = $crate_::HashMap<u64, u64, FixedState>;
        let empty = |capacity| Map::with_capacity_and_hasher(capacity, FixedState::with_seed(1));
        let keys: Vec<u64> = (0..LEN).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
        let absent: Vec<u64> = keys.iter().map(|key| !key).collect();
        let mut map = empty(keys.len());
        map.extend(keys.iter().map(|&key| (key, key)));
        match black_box($op) {
            "none" => 0,
            "hit" => look_up!(map, keys, is_some),
            "miss" => look_up!(map, absent, is_none),
            "insert" => {
                let mut map = empty(keys.len());
                for &key in &keys {
                    map.insert(key, key);
                }
                map.len()
            }
            "grow" => {
                let mut map = empty(0);
                for &key in &keys {
                    map.insert(key, key);
                }
                map.len()
            }
            "churn" => {
                for (old, &new) in keys.iter().zip(&absent) {
                    black_box(map.remove(old));
                    map.insert(new, new);
                }
                map.len()
            }
            "entry" => {
                for _ in 0..ROUNDS {
                    for &key in &keys {
                        *map.entry(key).or_insert(0) += 1;
                    }
                }
                ROUNDS * map.len()
            }
            "next" => {
                let mut sum = 0u64;
                for _ in 0..ROUNDS {
                    for (_, value) in &map {
                        sum = sum.wrapping_add(*value);
                    }
                }
                black_box(sum);
                ROUNDS * map.len()
            }
            "fold" => {
                for _ in 0..ROUNDS {
                    black_box(map.values().fold(0, |sum, value| sum ^ value));
                }
                ROUNDS * map.len()
            }
            other => panic!("no such operation: {other}"),
        }
    }};
}

fn main() {
    // (cargo adds `--bench`.)
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let times = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["rosti", op] => run!(rosti, op),
        ["hashbrown", op] => run!(hashbrown, op),
        _ => return println!("run this by ci/callgrind.sh"),
    };
    println!("{times}");
}
