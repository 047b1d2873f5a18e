//! Scans: what is promised of them, whatever happens between two steps.

#[cfg(panic = "unwind")]
use super::panics::{Fuse, Ledger, Tracked, blows};
use super::trace::{Entry, Op, Subject};
use super::*;
use crate::probe::ProbeSeq;
use crate::raw::scan::BLOCK;
use crate::raw::{RawTable, ScanCursor};
use alloc::collections::{BTreeMap, BTreeSet};

/// Doublings of a table of several blocks, of two under Miri.
const fn several_blocks<G: Group>(normally: u32) -> u32 {
    if cfg!(miri) { (2 * BLOCK / (2 * G::WIDTH)).ilog2() } else { normally }
}

/// The ways to make a step.
#[derive(Clone, Copy, Debug)]
enum Way {
    Shared,
    Mutable,
    /// Drops entries with a value of this remainder by 8.
    Retain(u64),
}

/// A scan in progress and what has come of it.
struct Scan {
    cursor: ScanCursor,
    /// Keys that have been in the table since the first step.
    staying: BTreeSet<u64>,
    /// Keys visited that have been in the table since.
    visited: BTreeSet<u64>,
}

impl Scan {
    fn begin<G: Group>(subject: &Subject<G>) -> Self {
        let staying = subject.entries().iter().map(|entry| entry.0).collect();
        Scan { cursor: ScanCursor::START, staying, visited: BTreeSet::new() }
    }

    /// Forgets what has left the table.
    fn keep(&mut self, present: &BTreeMap<u64, u64>) {
        self.staying.retain(|key| present.contains_key(key));
        self.visited.retain(|key| present.contains_key(key));
    }

    /// Carries out an operation between two steps.
    fn apply<G: Group>(&mut self, subject: &mut Subject<G>, op: Op) {
        let out = subject.apply(op);
        match op {
            Op::Remove(_) | Op::Pop => {
                for (key, _) in out {
                    self.staying.remove(&key);
                    self.visited.remove(&key);
                }
            }
            Op::Retain(_) | Op::ExtractIf(..) | Op::Drain(_) | Op::IntoIter(_) | Op::Clear => {
                self.keep(&subject.entries().into_iter().collect());
            }
            _ => {}
        }
    }

    /// Makes a step and judges it; `false` when the scan is over.
    fn step<G: Group>(&mut self, subject: &mut Subject<G>, way: Way) -> bool {
        let hash = subject.hash;
        let hasher = |entry: &Entry| hash(entry.0);
        let before: BTreeMap<u64, u64> = subject.entries().into_iter().collect();
        let was_exact = subject.check_invariants();
        let mut seen = Vec::new();
        let table = &mut subject.table;
        let next = match way {
            Way::Shared => table.scan(self.cursor, hasher, |entry| seen.push(*entry)),
            Way::Mutable => table.scan_mut(self.cursor, hasher, |entry| {
                seen.push(*entry);
                entry.1 = !entry.1;
            }),
            Way::Retain(part) => table.scan_retain(self.cursor, hasher, |entry| {
                seen.push(*entry);
                entry.1 = !entry.1;
                !entry.1 % 8 != part
            }),
        };
        // What is dropped leaves nothing behind in the counts, as a removal by key does not.
        let exact = subject.check_invariants() || subject.has_full_counts();
        assert!(exact || !was_exact, "after {way:?}\n{}", subject.table.dump());
        let mut expected = before;
        for (key, value) in seen {
            assert_eq!(expected.get(&key), Some(&value), "visited, but not there");
            assert!(self.visited.insert(key), "{key} was visited twice");
            match way {
                Way::Shared => {}
                Way::Retain(part) if value % 8 == part => _ = expected.remove(&key),
                _ => _ = expected.insert(key, !value),
            }
        }
        let after: BTreeMap<u64, u64> = subject.entries().into_iter().collect();
        assert_eq!(after, expected, "after {way:?}");
        self.keep(&after);
        match next {
            Some(cursor) => self.cursor = cursor,
            None => assert!(self.staying.is_subset(&self.visited), "not all was visited"),
        }
        // Also by a scan that began in a larger table.
        let is_one_block = subject.table.control.mask() < BLOCK;
        assert!(!is_one_block || next.is_none(), "a table of one block takes one step");
        next.is_some()
    }
}

/// A random trace, and a scan through it, a step after every few operations.
fn run_trace<G: Group>(hash: HashFn, target: usize, steps: usize, pace: usize, seed: u64) {
    let mut random = Random(seed);
    let mut subject = Subject::<G>::new(hash);
    let mut scan = Scan::begin(&subject);
    let (mut scans, mut longest, mut length) = (0, 0, 0);
    for _ in 0..steps {
        let op = Op::next(&mut random, target, subject.table.len());
        scan.apply(&mut subject, op);
        if random.once_in(pace) {
            let way = match random.below(8) {
                0 => Way::Retain(random.next() % 8),
                1 | 2 => Way::Mutable,
                _ => Way::Shared,
            };
            length += 1;
            if !scan.step(&mut subject, way) {
                scan = Scan::begin(&subject);
                scans += 1;
                longest = longest.max(length);
                length = 0;
            }
        }
    }
    assert!(scans > 0 || cfg!(miri), "no scan came to an end");
    assert!(target < 200 || longest > 2 || cfg!(miri), "no scan took more than {longest} steps");
}

/// From one-window tables to some of a few blocks, under every hash.
fn random_traces<G: Group>() {
    let (first, mut case) = (capacity_of_homes::<G>(0), 0);
    for (name, hash) in HASHES {
        let targets = [3, 8, 16, first, 2 * first + 1, 100, 300].into_iter();
        for (i, target) in targets.take(scaled(7, 7, 5)).enumerate() {
            let steps = scaled(40, 4, 1) * (target + 8);
            for pace in [1, scaled(4, 4, 8)] {
                case += 1;
                if !tried(case, 8) {
                    continue;
                }
                std::println!("{name}, {target} entries, a step in {pace} operations");
                run_trace::<G>(hash, target, steps, pace, mix(i as u64 + pace as u64));
            }
        }
    }
}

/// Between two steps the table goes to any other size; some entries leave, some come, some stay.
fn sizes_change_in_mid_scan<G: Group>() {
    let most = scaled(5, 4, 2);
    for (name, hash) in few_hashes() {
        for seed in 0..scaled(24, 4, 1) as u64 {
            let mut random = Random(mix(seed));
            let mut subject = Subject::<G>::new(hash);
            let crowd = scaled(200, 120, 12);
            (0..crowd as u64).for_each(|key| _ = subject.apply(Op::Insert(key, key)));
            let size = |random: &mut Random| capacity_of_homes::<G>(random.below(most + 1) as u32);
            subject.apply(Op::Reserve(size(&mut random)));
            let mut scan = Scan::begin(&subject);
            let mut new = crowd as u64;
            while scan.step(&mut subject, Way::Shared) {
                match random.below(5) {
                    0 | 1 => scan.apply(&mut subject, Op::Reserve(size(&mut random))),
                    2 => scan.apply(&mut subject, Op::ShrinkTo(size(&mut random))),
                    3 => {
                        // Until few are left.
                        for _ in 0..8 {
                            let key = random.below(new as usize) as u64;
                            scan.apply(&mut subject, Op::Remove(key));
                        }
                    }
                    _ if random.once_in(3) => {
                        // To one block.
                        (8..new).for_each(|key| scan.apply(&mut subject, Op::Remove(key)));
                        scan.apply(&mut subject, Op::ShrinkTo(0));
                    }
                    _ => {
                        for _ in 0..8 {
                            scan.apply(&mut subject, Op::Insert(new, new));
                            new += 1;
                        }
                    }
                }
            }
            std::println!("{name}: {} of {crowd} entries stayed", scan.staying.len());
        }
    }
}

/// Everything is taken out and put back, in another order and at another size.
fn cleared_and_refilled<G: Group>() {
    let mut subject = Subject::<G>::new(mix);
    let keys = capacity_of_homes::<G>(several_blocks::<G>(4)) as u64;
    (0..keys).for_each(|key| _ = subject.apply(Op::Insert(key, 0)));
    let (mut seen, mut next) = (Vec::new(), Some(ScanCursor::START));
    let mut rounds = 0;
    while let Some(cursor) = next {
        next = subject.table.scan(cursor, |entry| mix(entry.0), |entry| seen.push(entry.0));
        subject.apply(Op::Clear);
        rounds += 1;
        if rounds % scaled(3, 3, 1) as u64 == 0 {
            subject.apply(Op::ShrinkTo(0));
        }
        for key in (0..keys).rev() {
            subject.table.insert_unique(mix(key), (key, rounds), |entry| mix(entry.0));
        }
        subject.check_invariants();
    }
    seen.sort_unstable();
    assert!(seen.into_iter().eq(0..keys) && rounds > scaled(3, 3, 1) as u64);
}

/// An unchanged table takes a step for each block, which hashes the entries of as many slots and a few more.
fn a_step_is_short<G: Group>() {
    let calls = Cell::new(0);
    let count = |key: &u64| tick(&calls, mix(*key));
    for doublings in 0..scaled(9, 7, 2) as u32 {
        let mut table = full_table::<G>(doublings);
        let homes = table.control.mask() + 1;
        let (mut cursor, mut next) = (ScanCursor::START, Some(ScanCursor::START));
        let (mut steps, mut visited, mut all, mut most) = (0, 0, 0, 0);
        while let Some(from) = next {
            cursor = from;
            calls.set(0);
            next = table.scan(from, count, |_| visited += 1);
            steps += 1;
            all += calls.get();
            most = most.max(calls.get());
        }
        assert_eq!((steps, visited), (homes.div_ceil(BLOCK), table.len()));
        let mean = all / steps;
        std::println!("{} {homes} homes, full: {mean} calls, {most} at most", G::NAME);
        assert!(mean <= 2 * BLOCK && most <= 8 * BLOCK, "{mean} calls, {most} at most");
        // In a table that has grown since, a step is no longer.
        table.reserve(capacity_of_homes::<G>(doublings + 4), key_hasher);
        calls.set(0);
        table.scan(cursor, count, |_| {});
        assert!(calls.get() <= BLOCK + G::WIDTH, "{} calls after growth", calls.get());
    }
}

/// A walk that does not end before it has been through all windows, as counts may say that are too high, meets
/// the slots of the window that ends it for the second time. Entries there are visited once.
fn walks_through_all_windows<G: Group>() {
    let homes = 2 * BLOCK;
    let mut table = Keys::<G>::with_capacity_in(homes / 8 * 7, Global);
    assert_eq!(table.control.mask(), homes - 1);
    // All at one home, most of them elsewhere: the second window is among the first slots of the table.
    let hasher = |_: &u64| (homes - ProbeSeq::second(Control::<G>::SHAPE) + 5) as u64;
    let capacity = table.capacity() as u64;
    insert_by(&mut table, 0..capacity, hasher);
    // SAFETY: the table has several windows and is borrowed by nobody else.
    unsafe { table.control.saturate_counts() };
    let (mut seen, mut next) = (BTreeSet::new(), Some(ScanCursor::START));
    while let Some(cursor) = next {
        next = table.scan(cursor, hasher, |key| assert!(seen.insert(*key), "{key} twice"));
    }
    assert_eq!(seen.len(), table.len());
}

/// Any number is a cursor: it visits some entries once, and may take some out.
fn any_bits_are_a_cursor<G: Group>() {
    let mut random = Random(7);
    for (_, hash) in few_hashes().take(scaled(7, 7, 1)) {
        let mut subject = Subject::<G>::new(hash);
        let most = several_blocks::<G>(3);
        for doublings in scaled(0, 0, most as usize) as u32..=most {
            for key in 0..capacity_of_homes::<G>(doublings) as u64 {
                subject.apply(Op::Insert(key, key));
            }
            for _ in 0..scaled(200, 40, 1) {
                // All bits, or few.
                let bits = random.next() & random.next().wrapping_shl(random.next() as u32);
                let mut next = Some(ScanCursor::from_bits(bits));
                let mut seen = BTreeSet::new();
                for _ in 0..4 {
                    let Some(cursor) = next else { break };
                    assert_eq!(cursor.to_bits(), ScanCursor::from_bits(cursor.to_bits()).to_bits());
                    next = subject.table.scan_retain(
                        cursor,
                        |entry| hash(entry.0),
                        |entry| {
                            assert!(seen.insert(entry.0), "twice");
                            entry.0 % 64 != 0
                        },
                    );
                    subject.check_invariants();
                }
            }
        }
    }
}

/// A hasher that returns what it likes makes a scan miss entries or meet them twice; nothing worse.
fn lying_hashers<G: Group>() {
    for lies in [2, 10] {
        let random = Cell::new(0);
        let hasher = |key: &u64| {
            random.set(mix(random.get() + 1));
            if random.get() % lies == 0 { random.get() } else { mix(*key) & 0xfff }
        };
        let mut table = full_table::<G>(several_blocks::<G>(4));
        for round in 0..scaled(200, 40, 1) {
            let mut next = Some(ScanCursor::START);
            while let Some(cursor) = next {
                next = table.scan_retain(cursor, hasher, |key| (*key + round as u64) % 16 != 0);
            }
            insert_by(&mut table, 0..8, hasher);
        }
        // SAFETY: the table is there and unchanged.
        assert_eq!(unsafe { table.raw_iter() }.fold(0, |n, _| n + 1), table.len());
    }
}

/// Whatever panics in a step, at whichever call: nothing is lost but what was to go, and the same step
/// can be made again.
#[cfg(panic = "unwind")]
fn panics<G: Group>() {
    let keys = capacity_of_homes::<G>(several_blocks::<G>(3)) as u64;
    let goes = |key: u64| key % 3 == 0;
    let gone = keys.div_ceil(3) as usize;
    for (which, most) in [keys as usize, keys as usize, gone - 1].into_iter().enumerate() {
        let mut blown = 0;
        for n in calls_of(most).take(scaled(1000, 100, 1)) {
            let (ledger, hash, f) = (Ledger::new(), Fuse::new(Fuse::NEVER), Fuse::new(Fuse::NEVER));
            let mut table = RawTable::<Tracked, G, Global>::new_in(Global);
            for key in 0..keys {
                table.insert_unique(mix(key), ledger.make(key), |entry| mix(entry.key));
            }
            let fuse = [&hash, &f, &ledger.drops][which];
            fuse.rearm(n);
            let mut cursor = ScanCursor::START;
            let mut step = |table: &mut RawTable<Tracked, G, Global>| {
                let next = table.scan_retain(
                    cursor,
                    |entry| hash.pass(mix(entry.key)),
                    |entry| f.pass(!goes(entry.key)),
                );
                next.inspect(|&next| cursor = next).is_some()
            };
            loop {
                let mut more = true;
                if blows(|| more = step(&mut table)) {
                    blown += 1;
                    table.check_invariants(|entry| mix(entry.key));
                    assert_eq!(table.len(), ledger.alive());
                    for key in (0..keys).filter(|&key| !goes(key)).step_by(scaled(1, 1, 7)) {
                        assert!(table.find(mix(key), |entry| entry.key == key).is_some());
                    }
                } else if !more {
                    break;
                }
            }
            fuse.rearm(Fuse::NEVER);
            assert_eq!(ledger.alive(), keys as usize - gone, "all that was to go is gone");
        }
        assert!(blown > 0);
    }
}

backends! {
    random_traces sizes_change_in_mid_scan cleared_and_refilled a_step_is_short walks_through_all_windows
    any_bits_are_a_cursor lying_hashers
    #[cfg(panic = "unwind")] panics
}
