//! Batches: the answers are those of single lookups, in order, at every size, and none gets lost.

#[cfg(panic = "unwind")]
use super::panics::{Fuse, blows};
use super::*;
use crate::raw::batch::{CHUNK, Lookups, RawBatch, Searched};

/// Keys to look up in a table of `T`.
pub(crate) struct Wanted<I, E> {
    pub(crate) keys: I,
    pub(crate) hash: fn(u64) -> u64,
    pub(crate) eq: E,
}

impl<T, I: Iterator<Item = u64>, E: FnMut(u64, &T) -> bool> Lookups<T> for Wanted<I, E> {
    type Key = u64;

    fn draw(&mut self) -> Option<(u64, u64)> {
        self.keys.next().map(|key| ((self.hash)(key), key))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.keys.size_hint()
    }

    fn is_match(&mut self, key: u64, entry: &T) -> bool {
        (self.eq)(key, entry)
    }
}

/// The answers of a batch are those of `find`, by `next` and by `fold`, and as many as were promised.
fn compare<T, G: Group>(
    table: &RawTable<T, G, Global>,
    hash: fn(u64) -> u64,
    keys: &[u64],
    number: fn(&T) -> u64,
) {
    let find = |&key: &u64| {
        let slot = table.find(hash(key), |entry| number(entry) == key)?;
        // SAFETY: `find` returns full slots.
        Some(number(unsafe { table.get(slot) }))
    };
    let expected: Vec<Option<u64>> = keys.iter().map(find).collect();
    let batch = || {
        let eq = |key, entry: &T| number(entry) == key;
        RawBatch::new(table, Wanted { keys: keys.iter().copied(), hash, eq })
            .map(|entry| entry.map(number))
    };
    assert_eq!(by_fold(batch()), expected);
    let mut answers = batch();
    for (n, &answer) in expected.iter().enumerate() {
        let left = keys.len() - n;
        assert_eq!(answers.size_hint(), (left, Some(left)));
        assert_eq!(answers.next(), Some(answer));
        if n == keys.len() / 2 {
            // The rest in the other way.
            assert_eq!(by_fold(answers), expected[n + 1..]);
            break;
        }
    }
}

/// The last ones, of more than [`NEAR`], count as beyond the cache.
const SIZES: &[usize] =
    if cfg!(miri) { &[0, 20, 60] } else { &[0, 1, 8, 20, 100, 470, scaled(900, 600, 480)] };
const NEAR: usize = scaled(400, 400, 41);

fn answers_are_those_of_find<G: Group>() {
    let mut case = 0;
    for (name, hash) in few_hashes() {
        for &entries in SIZES {
            let mut random = Random(entries as u64);
            let mut table = RawTable::<u64, G, Global>::new_in(Global);
            insert_by(&mut table, 0..entries as u64, |key| hash(*key));
            assert_eq!(table.is_far(), entries > NEAR);
            let lens = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 1];
            for len in lens.into_iter().chain([scaled(1000, 400, 40)]) {
                case += 1;
                if !tried(case, 17) {
                    continue;
                }
                let keys: Vec<u64> =
                    (0..len).map(|_| random.next() % (2 * entries as u64 + 1)).collect();
                std::println!("{name}, {entries} entries, {len} keys");
                compare(&table, hash, &keys, |key| *key);
            }
        }
    }
}

/// The answers of a batch, of which a call may panic once; it goes on then. Returns whether one did.
#[cfg(panic = "unwind")]
fn collect<'a>(mut answers: impl Iterator<Item = Option<&'a u64>>) -> (bool, Vec<Option<&'a u64>>) {
    let (mut blown, mut all) = (false, Vec::new());
    loop {
        let mut answer = None;
        if blows(|| answer = answers.next()) {
            blown = true;
        } else if let Some(answer) = answer {
            all.push(answer);
        } else {
            return (blown, all);
        }
    }
}

#[cfg(panic = "unwind")]
const KEYS: usize = if cfg!(miri) { 28 } else { 150 };

/// Whatever panics, at whichever call: the answers go on where they stopped.
#[cfg(panic = "unwind")]
fn panics<G: Group>(table: &RawTable<u64, G, Global>, entries: u64) {
    let keys = || (0..KEYS as u64).map(|n| n * 7 % (2 * entries));
    let batch = |source: &Fuse, comparison: &Fuse| {
        let mut keys = keys();
        let keys = core::iter::from_fn(|| {
            source.burn();
            keys.next()
        });
        let eq = |key, entry: &u64| comparison.pass(*entry == key);
        collect(RawBatch::new(table, Wanted { keys, hash: mix, eq }))
    };
    let never = Fuse::new(Fuse::NEVER);
    let (blown, expected) = batch(&never, &never);
    let found = expected.iter().flatten().count();
    assert!(!blown && expected.len() == KEYS && (10..=KEYS - 10).contains(&found));
    for n in (0..=KEYS).filter(|&n| tried(n + 14, 28)) {
        assert_eq!(batch(&Fuse::new(n), &never), (true, expected.clone()), "the {n}th key");
        let (blown, answers) = batch(&never, &Fuse::new(n));
        assert_eq!(answers, expected, "the {n}th comparison");
        assert!(blown || n >= found);
    }
}

#[cfg(panic = "unwind")]
fn nothing_is_lost<G: Group>() {
    for entries in if cfg!(miri) { [20, 60] } else { [100, 470] } {
        let mut table = RawTable::<u64, G, Global>::new_in(Global);
        insert_all(&mut table, 0..entries);
        assert_eq!(table.is_far(), entries > NEAR as u64);
        panics(&table, entries);
    }
}

backends! {
    answers_are_those_of_find #[cfg(panic = "unwind")] nothing_is_lost
}
