//! One operation many times over, for counting instructions: `instructions MAP OP`. And
//! `instructions backend` names the backend.
//!
//! `ci/instructions.sh` and `ci/callgrind.sh` run it under what counts. Everything is the same in every run:
//! seeds, keys, sizes. What an operation costs is the difference to a run of `none`, which prepares
//! the same and does nothing, divided by the number of operations, which is printed.

use foldhash::fast::FixedState;
use rosti::internals::{Group, Native};
use std::hint::black_box;

/// Entries; the table has 2^14 homes (the other map: slots), so the load is .73.
const LEN: u64 = 12_000;
/// Times that each key is looked up and that the map is walked.
const ROUNDS: usize = 8;

/// The operations on one crate's map. Each has a loop of its own in a function of its own, which the
/// compiler sees as it sees a user's: in one large function it stops inlining.
macro_rules! operations {
    ($name:ident, $crate_:ident) => {
        mod $name {
            use super::*;

            type Map = $crate_::HashMap<u64, u64, FixedState>;

            fn with_capacity(capacity: usize) -> Map {
                Map::with_capacity_and_hasher(capacity, FixedState::with_seed(1))
            }

            #[inline(never)]
            fn get(map: &Map, keys: &[u64]) -> usize {
                let mut found = 0;
                for key in keys {
                    found += usize::from(map.get(key).is_some());
                }
                found
            }

            #[inline(never)]
            fn insert(map: &mut Map, keys: &[u64]) {
                for &key in keys {
                    map.insert(key, key);
                }
            }

            #[inline(never)]
            fn churn(map: &mut Map, old: &[u64], new: &[u64]) {
                for (old, &new) in old.iter().zip(new) {
                    map.remove(old);
                    map.insert(new, new);
                }
            }

            #[inline(never)]
            fn entry(map: &mut Map, keys: &[u64]) {
                for &key in keys {
                    *map.entry(key).or_insert(0) += 1;
                }
            }

            #[inline(never)]
            fn next(map: &Map) -> u64 {
                let mut sum = 0u64;
                for (_, value) in map {
                    sum = sum.wrapping_add(*value);
                }
                sum
            }

            #[inline(never)]
            fn fold(map: &Map) -> u64 {
                map.values().fold(0, |sum, value| sum ^ value)
            }

            /// Runs an operation; returns how often it was run.
            pub fn run(op: &str) -> usize {
                let keys: Vec<u64> =
                    (0..LEN).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
                let absent: Vec<u64> = keys.iter().map(|key| !key).collect();
                let mut map = with_capacity(keys.len());
                map.extend(keys.iter().map(|&key| (key, key)));
                let rounds = |round: &dyn Fn()| {
                    (0..ROUNDS).for_each(|_| round());
                    ROUNDS * keys.len()
                };
                match op {
                    "none" => 0,
                    "hit" => rounds(&|| assert_eq!(get(&map, &keys), keys.len())),
                    "miss" => rounds(&|| assert_eq!(get(&map, &absent), 0)),
                    "insert" | "grow" => {
                        let mut map = with_capacity(if op == "grow" { 0 } else { keys.len() });
                        insert(&mut map, &keys);
                        map.len()
                    }
                    "churn" => {
                        churn(&mut map, &keys, &absent);
                        map.len()
                    }
                    "entry" => {
                        (0..ROUNDS).for_each(|_| entry(&mut map, &keys));
                        ROUNDS * map.len()
                    }
                    "next" => rounds(&|| _ = black_box(next(&map))),
                    "fold" => rounds(&|| _ = black_box(fold(&map))),
                    other => panic!("no such operation: {other}"),
                }
            }
        }
    };
}
operations!(ours, rosti);
operations!(theirs, hashbrown);

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["rosti", op] => println!("{}", ours::run(op)),
        ["hashbrown", op] => println!("{}", theirs::run(op)),
        ["backend"] => println!("{}", Native::NAME),
        _ => println!("run this by ci/callgrind.sh or ci/instructions.sh"),
    }
}
