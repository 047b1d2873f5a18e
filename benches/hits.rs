//! Lookups of integers, for counting instructions: `hits MAP KEY ROUNDS`, run by `ci/hits.sh`.
//!
//! Seeds, keys and sizes are the same in every run, so the difference between two numbers of rounds is
//! the lookups' alone.

use foldhash::fast::FixedState;
use std::hint::black_box;

/// Entries; hashbrown's table has 2^14 slots, so its load is .73.
const LEN: usize = 12_000;

/// One loop per map and type of key, with nothing in it but lookups.
macro_rules! maps {
    ($key:ty, $map:ident, $rounds:expr) => {{
        // An odd multiplier: the keys are distinct in as many bits as `LEN` has.
        let keys: Vec<$key> = (0..LEN).map(|n| n.wrapping_mul(0x9E37_79B9) as $key).collect();
        let entries = keys.iter().map(|&key| (key, key));
        match $map {
            "rosti" => {
                let mut map = rosti::HashMap::with_hasher(FixedState::with_seed(1));
                map.extend(entries);
                look_up(&keys, $rounds, |key| map.get(&key).is_some())
            }
            "hashbrown" => {
                let mut map = hashbrown::HashMap::with_hasher(FixedState::with_seed(1));
                map.extend(entries);
                look_up(&keys, $rounds, |key| map.get(&key).is_some())
            }
            "IntMap" => {
                let mut map = rosti::IntMap::with_hasher(rosti::IntHashBuilder::with_seed(1));
                map.extend(entries);
                look_up(&keys, $rounds, |key| map.get(&key).is_some())
            }
            other => panic!("no such map: {other}"),
        }
    }};
}

/// How often `found` is true of the keys.
#[inline(never)]
fn look_up<K: Copy>(keys: &[K], rounds: usize, found: impl Fn(K) -> bool) -> usize {
    (0..rounds).map(|_| black_box(keys).iter().filter(|&&key| found(key)).count()).sum()
}

fn main() {
    // (cargo adds `--bench`.)
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let [map, key, rounds] = &args[..] else {
        return println!("run this by ci/hits.sh");
    };
    let (map, rounds) = (map.as_str(), rounds.parse().expect("a number of rounds"));
    let found = match key.as_str() {
        "u32" => maps!(u32, map, rounds),
        "u64" => maps!(u64, map, rounds),
        "usize" => maps!(usize, map, rounds),
        "i32" => maps!(i32, map, rounds),
        "i64" => maps!(i64, map, rounds),
        other => panic!("no such key: {other}"),
    };
    assert_eq!(found, rounds * LEN);
}
