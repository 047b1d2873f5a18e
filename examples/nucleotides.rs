//! How often short sequences occur in a strand of DNA: the k-nucleotide problem of the Computer Language
//! Benchmarks Game. `cargo run --release --example nucleotides [LENGTH]`.
//!
//! Prints the most frequent sequences of two bases and how long each map took to count all sequences of 1,
//! 2, 3, 4, 6, 12 and 18 bases. An `IntMap` counts them as numbers, two bits for a base; the others as the
//! strings that they are.

use std::hint::black_box;
use std::time::Instant;

/// The lengths of sequences.
pub const LENGTHS: [usize; 7] = [1, 2, 3, 4, 6, 12, 18];

/// Sequences with how often they occur, the most frequent first.
pub type Counts = Vec<(String, u32)>;

/// A function that counts the sequences of a length in a strand.
pub type Count = fn(&str, usize) -> Counts;

/// The maps, each with the function that counts in it.
pub const MAPS: [(&str, Count); 4] = [
    ("hashbrown", |strand, length| {
        let mut map = hashbrown::HashMap::<String, u32>::new();
        for sequence in sequences(strand, length) {
            *map.entry_ref(sequence).or_insert(0) += 1;
        }
        sorted(map)
    }),
    ("rosti", |strand, length| {
        let mut map = rosti::HashMap::<String, u32>::new();
        for sequence in sequences(strand, length) {
            *map.entry_ref(sequence).or_insert(0) += 1;
        }
        sorted(map)
    }),
    ("StrMap", |strand, length| {
        let mut map = rosti::StrMap::<u32>::new();
        for sequence in sequences(strand, length) {
            *map.entry(sequence).or_insert(0) += 1;
        }
        sorted(map)
    }),
    ("IntMap", |strand, length| {
        let mut map = rosti::IntMap::<u64, u32>::default();
        let mut code = 0;
        for (at, base) in strand.bytes().enumerate() {
            code = (code << 2 | u64::from(base >> 1 & 3)) & !(u64::MAX << (2 * length));
            if at + 1 >= length {
                *map.entry(code).or_insert(0) += 1;
            }
        }
        sorted(map.into_iter().map(|(code, count)| (decoded(code, length), count)))
    }),
];

fn sequences(strand: &str, length: usize) -> impl Iterator<Item = &str> {
    (length..=strand.len()).map(move |end| &strand[end - length..end])
}

/// The bases whose letters differ in the two bits that a code is made of: A 00, C 01, T 10, G 11.
fn decoded(code: u64, length: usize) -> String {
    (0..length).rev().map(|at| char::from(b"ACTG"[(code >> (2 * at) & 3) as usize])).collect()
}

fn sorted(map: impl IntoIterator<Item = (impl Into<String>, u32)>) -> Counts {
    let mut counts: Counts = map.into_iter().map(|(name, count)| (name.into(), count)).collect();
    counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

/// A strand in which long stretches repeat, as they do in nature.
pub fn strand(length: usize) -> String {
    let mut random = 42;
    let mut random = || {
        random = u64::wrapping_mul(random, 0x5851_f42d_4c95_7f2d).wrapping_add(1);
        (random >> 33) as usize
    };
    let mut strand = String::with_capacity(length + 200);
    while strand.len() < length {
        let stretch = 1 + random() % 200;
        if strand.len() > 10_000 && random() % 4 != 0 {
            let begin = random() % (strand.len() - stretch);
            let again = strand[begin..begin + stretch].to_owned();
            strand.push_str(&again);
        } else {
            strand.extend((0..stretch).map(|_| char::from(b"AAACCGGTTT"[random() % 10])));
        }
    }
    strand.truncate(length);
    strand
}

#[allow(dead_code, reason = "ci/programs has a main of its own")]
fn main() {
    let length = std::env::args().nth(1).and_then(|arg| arg.parse().ok()).unwrap_or(2_000_000);
    let strand = strand(length);
    let mut expected = None;
    for (name, count) in MAPS {
        let begin = Instant::now();
        let counts = LENGTHS.map(|length| count(black_box(&strand), length));
        println!("{name:<10} {:.2?}", begin.elapsed());
        assert!(*expected.get_or_insert_with(|| counts.clone()) == counts, "{name} is wrong");
    }
    for (pair, count) in &expected.expect("there are maps")[1] {
        println!("{pair} {:.3} %", 100.0 * f64::from(*count) / (length - 1) as f64);
    }
}

#[test]
fn sequences_are_counted() {
    for (name, count) in MAPS {
        let expected = [("GA", 2), ("TG", 2), ("AT", 1)];
        assert_eq!(
            count("TGATGA", 2),
            expected.map(|(of, count)| (of.to_owned(), count)),
            "{name}"
        );
        assert_eq!(count("GATTACA", 7), [("GATTACA".to_owned(), 1)], "{name}");
        assert_eq!(count("GA", 3), [], "{name}");
    }
}

#[test]
fn maps_agree() {
    let strand = strand(30_000);
    for length in LENGTHS {
        let expected = MAPS[0].1(&strand, length);
        assert_eq!(
            expected.iter().map(|(_, count)| *count as usize).sum::<usize>(),
            30_001 - length
        );
        for (name, count) in MAPS {
            assert_eq!(count(&strand, length), expected, "{name}, {length}");
        }
    }
}
