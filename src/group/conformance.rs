//! One suite that holds every backend to the contract of the [module](super), lane by lane.

use super::*;
use crate::ctrl::{DELETED, EMPTY, is_full};
use crate::raw::tests::{Random, backends, scaled};
use alloc::vec;
use alloc::vec::Vec;

/// Bytes at an address that suits every backend.
#[repr(align(16))]
struct Aligned([u8; 16]);

fn load<G: Group>(bytes: &[u8]) -> G {
    let mut buffer = Aligned([0xa5; 16]);
    buffer.0[..G::WIDTH].copy_from_slice(bytes);
    // SAFETY: the buffer has 16 >= WIDTH bytes and is 16-aligned.
    unsafe { G::load(buffer.0.as_ptr()) }
}

fn stored<G: Group>(group: G) -> Vec<u8> {
    let mut buffer = Aligned([0xa5; 16]);
    // SAFETY: the buffer has 16 >= WIDTH bytes and is 16-aligned.
    unsafe { group.store(buffer.0.as_mut_ptr()) };
    assert!(buffer.0[G::WIDTH..].iter().all(|&byte| byte == 0xa5), "store wrote past its width");
    buffer.0[..G::WIDTH].to_vec()
}

fn tag(byte: u8) -> Tag {
    Tag::of(u64::from(byte) << (usize::BITS - 7))
}

fn lanes(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Vec<usize> {
    (0..bytes.len()).filter(|&i| wanted(bytes[i])).collect()
}

/// Every operation on these control bytes, against the contract.
fn check<G: Group>(bytes: &[u8]) {
    let group: G = load(bytes);
    assert_eq!(stored(group), bytes, "store after load");
    let all = |mask: G::Mask| mask.collect::<Vec<_>>();
    assert_eq!(all(group.match_empty()), lanes(bytes, |c| c == EMPTY), "empty {bytes:x?}");
    assert_eq!(
        all(group.match_empty_unloaded()),
        lanes(bytes, |c| c == EMPTY),
        "unloaded {bytes:x?}"
    );
    let full = lanes(bytes, is_full);
    assert_eq!(
        group.full_bits(),
        full.iter().map(|lane| 1 << lane).sum::<usize>(),
        "full {bytes:x?}"
    );
    assert_eq!(all(group.match_full()), full, "full {bytes:x?}");
    assert_eq!(
        all(group.match_empty_or_deleted()),
        lanes(bytes, |c| c == EMPTY || c == DELETED),
        "empty or deleted {bytes:x?}"
    );
    let merged = |other: &[u8]| all(group.union(load(other)).match_full());
    for other in [EMPTY, DELETED, 0x00, 0x7f] {
        let expected = lanes(bytes, |c| is_full(c) || is_full(other));
        assert_eq!(merged(&vec![other; G::WIDTH]), expected, "union of {bytes:x?} and {other:x}");
    }
    let reversed: Vec<u8> = bytes.iter().rev().copied().collect();
    let expected: Vec<usize> =
        (0..G::WIDTH).filter(|&i| is_full(bytes[i]) || is_full(reversed[i])).collect();
    assert_eq!(merged(&reversed), expected, "union of {bytes:x?} and its reverse");
    let either = group.union(load(&reversed));
    assert_eq!(either.match_empty_or_deleted().lanes() + expected.len(), G::WIDTH, "union");
    let converted: Vec<u8> =
        bytes.iter().map(|&c| if is_full(c) { DELETED } else { EMPTY }).collect();
    assert_eq!(stored(group.convert()), converted, "convert {bytes:x?}");
    let lane = bytes.iter().fold(0, |sum, &byte| (sum + usize::from(byte)) % G::WIDTH);
    for byte in [EMPTY, DELETED, 0x00, 0x7f] {
        let mut buffer = Aligned([0xa5; 16]);
        buffer.0[..G::WIDTH].copy_from_slice(bytes);
        let mut expected = buffer.0;
        expected[lane] = byte;
        // SAFETY: the buffer has 16 >= WIDTH bytes and is 16-aligned.
        unsafe { G::set_lane(buffer.0.as_mut_ptr(), lane, byte) };
        assert_eq!(buffer.0, expected, "set lane {lane} of {bytes:x?} to {byte:x}");
    }
    let mut wanted: Vec<u8> = bytes.iter().copied().filter(|&c| is_full(c)).collect();
    wanted.extend([0, 1, 0x7e, 0x7f]);
    wanted.sort_unstable();
    wanted.dedup();
    wanted.iter().step_by(scaled(1, 1, 5)).for_each(|&byte| check_match_tag::<G>(bytes, byte));
}

/// The three parts of match_tag's contract.
fn check_match_tag<G: Group>(bytes: &[u8], wanted: u8) {
    let reported: Vec<usize> = load::<G>(bytes).match_tag(tag(wanted)).collect();
    // A hash has more bits than its tag.
    for others in [0, u64::MAX, 0x5a5a_a5a5_0ff0_f00f] {
        let tag_bits = 0x7f << (usize::BITS - 7);
        let hash = others & !tag_bits | u64::from(wanted) << (usize::BITS - 7);
        let by_hash: Vec<usize> = load::<G>(bytes).match_hash(hash).collect();
        assert_eq!(by_hash, reported, "{hash:x} in {bytes:x?}");
    }
    let exact = lanes(bytes, |c| c == wanted);
    assert!(exact.iter().all(|lane| reported.contains(lane)), "missed {wanted:x} in {bytes:x?}");
    assert!(reported.iter().all(|&i| is_full(bytes[i])), "a vacant lane: {wanted:x} in {bytes:x?}");
    assert_eq!(reported.first(), exact.first(), "extra below the first: {wanted:x} in {bytes:x?}");
}

/// Every byte that a table can contain, in every lane, on every background.
fn every_byte_in_every_lane<G: Group>() {
    let backgrounds = [EMPTY, DELETED, 0x00, 0x01, 0x2a, 0x7f];
    let bytes: Vec<u8> = (0..=0x7f).chain([EMPTY, DELETED]).collect();
    let cases = backgrounds.len() * G::WIDTH * bytes.len();
    for case in (0..cases).step_by(scaled(1, 1, 1999)) {
        let (rest, byte) = (case / bytes.len(), bytes[case % bytes.len()]);
        let mut group = vec![backgrounds[rest / G::WIDTH]; G::WIDTH];
        group[rest % G::WIDTH] = byte;
        check::<G>(&group);
    }
}

/// All 3^8 patterns of empty, deleted and full for 8 lanes; a seeded sample of them for 16.
fn patterns<G: Group>() {
    let mut random = Random(7);
    let of_pattern = |mut pattern: u64, full: &mut dyn FnMut() -> u8| -> Vec<u8> {
        (0..G::WIDTH)
            .map(|_| {
                let digit = pattern % 3;
                pattern /= 3;
                [EMPTY, DELETED, full()][digit as usize]
            })
            .collect()
    };
    let count = if G::WIDTH == 8 { 3usize.pow(8) } else { 20_000 };
    let count = scaled(count, count, 3) as u64;
    for i in 0..count {
        let pattern = if G::WIDTH == 8 { i } else { random.next() };
        check::<G>(&of_pattern(pattern, &mut || random.next() as u8 & 0x7f));
        // Neighbouring tags are what makes the SWAR formula report extra lanes.
        check::<G>(&of_pattern(pattern, &mut || 0x42 ^ (random.next() as u8 & 1)));
    }
}

backends! { every_byte_in_every_lane patterns }

#[test]
fn swar_does_report_extra_lanes() {
    // 0x42 followed by 0x43: the documented false positive. If this stops, the contract is stale.
    let group: Swar = load(&[0x42, 0x43, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY]);
    assert_eq!(group.match_tag(tag(0x42)).collect::<Vec<_>>(), [0, 1]);
}
