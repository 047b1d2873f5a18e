//! Twins: two backends of the same shape leave the same control bytes and overflow counts.

use super::trace::{Op, Subject};
use super::*;
use crate::group::{Best, Group, Scalar, Swar};

fn twins<G: Group, H: Group>() {
    assert_eq!((G::WIDTH, G::ALIGNED_HOMES), (H::WIDTH, H::ALIGNED_HOMES));
    let first = capacity_of_homes::<G>(0);
    let (mut rebuilds, mut case) = (0, 0);
    for (name, hash) in few_hashes() {
        for target in [4, 8, 16, first, 2 * first, 120] {
            case += 1;
            if !tried(case, 7) {
                continue;
            }
            std::println!("{name}, {target} entries");
            let mut random = Random(mix(target as u64));
            let (mut one, mut other) = (Subject::<G>::new(hash), Subject::<H>::new(hash));
            for step in 0..scaled(100, 10, 1) * (target + 8) {
                let op = Op::next(&mut random, target, one.table.len());
                assert_eq!(one.apply(op), other.apply(op), "{name}, step {step}: {op:?}");
                if tried(step, 16) {
                    let (a, b) = (bytes_of(&one.table), bytes_of(&other.table));
                    assert_eq!(a, b, "{name}, step {step}: {op:?}");
                    assert_eq!(one.entries(), other.entries());
                }
            }
            assert_eq!((one.growths, one.rebuilds), (other.growths, other.rebuilds));
        }
        // Full all the time: rebuilds.
        for doublings in 0..scaled(2, 2, 1) as u32 {
            let capacity = capacity_of_homes::<G>(doublings) as u64;
            let (mut one, mut other) = (Subject::<G>::new(hash), Subject::<H>::new(hash));
            for key in 0..scaled(800, 80, 5) as u64 * capacity / 4 {
                let ops = [Op::Remove(key.wrapping_sub(capacity)), Op::Insert(key, key)];
                for op in ops {
                    assert_eq!(one.apply(op), other.apply(op), "{name}: {op:?}");
                    if tried(key as usize, 32) {
                        let (a, b) = (bytes_of(&one.table), bytes_of(&other.table));
                        assert_eq!(a, b, "{name}: {op:?}");
                    }
                }
            }
            assert_eq!((one.growths, one.rebuilds), (other.growths, other.rebuilds));
            rebuilds += one.rebuilds;
        }
    }
    assert!(rebuilds >= scaled(8, 8, 1) || cfg!(miri), "only {rebuilds} rebuilds");
}

#[test]
fn best_and_scalar() {
    if Best::WIDTH == 16 { twins::<Best, Scalar<16>>() } else { twins::<Best, Scalar<8>>() }
}

#[test]
fn swar_and_scalar() {
    twins::<Swar, Scalar<8>>();
}
