//! Walking over tables that are nearly empty: what comes, and how many groups of control bytes are
//! looked at, counted by a backend.

use super::pop::{LOADS, Table};
use super::region::parts_of;
use super::*;
use crate::raw::full::CHUNK;
use crate::raw::split::Halve;
use alloc::vec;

/// A large table with entries in the windows of the homes given; in their first lanes where homes are
/// not aligned. Each entry is its home and its hash.
fn table<G: Group>(slots: &[usize]) -> Table<G> {
    let mut table = Table::<G>::with_capacity_in(3 << scaled(12, 10, 7), Global);
    for &slot in slots {
        let at = table.insert_unique(slot as u64, slot as u64, |&slot| slot);
        assert!(at.abs_diff(slot) < G::WIDTH, "{slot}: {at}");
    }
    table
}

/// Full slots at the beginning, far apart, side by side, around the ends of chunks, at the end.
fn patterns<G: Group>() -> Vec<Vec<usize>> {
    let last = table::<G>(&[]).control.mask();
    vec![
        vec![],
        vec![0],
        vec![last],
        vec![last; G::WIDTH], // up to the last slot
        vec![0, last],
        (0..10).collect(),
        vec![CHUNK - 1, CHUNK, 2 * CHUNK],
        vec![3 * CHUNK + G::WIDTH, 3 * CHUNK + 2 * G::WIDTH, 7 * CHUNK - 1],
        vec![last / 2],
        (0..last).step_by(CHUNK + G::WIDTH).collect(),
        (0..last).step_by(5 * CHUNK).collect(),
        (last / 2..last / 2 + scaled(2 * CHUNK, 2 * CHUNK, CHUNK + 2)).collect(),
    ]
}

type Walk<G> = (&'static str, fn(Table<G>) -> Vec<u64>);

/// Every walk that knows how many entries are to come.
fn walks<G: Group>() -> [Walk<G>; 9] {
    [
        ("next", |table| {
            let mut walk = entries(&table).copied();
            core::iter::from_fn(|| walk.next()).collect()
        }),
        ("fold", |table| by_fold(entries(&table).copied())),
        ("any", |table| {
            let mut keys = Vec::new();
            // SAFETY: the table is borrowed, and its entries are there.
            let found = unsafe { table.raw_iter() }.any(|key| {
                // SAFETY: as above.
                keys.push(unsafe { *key.as_ref() });
                false
            });
            assert!(!found);
            keys
        }),
        ("fold of a list", |table| {
            entries(&table).fold(Vec::new(), |all, &key| [all, vec![key]].concat())
        }),
        ("retain", |mut table| {
            let mut keys = Vec::new();
            table.retain(|&mut key| {
                keys.push(key);
                false
            });
            assert!(table.is_empty());
            keys
        }),
        ("extract_if", |mut table| {
            let mut walk = table.extract_if();
            core::iter::from_fn(|| walk.next(|_| true)).collect()
        }),
        ("drain", |mut table| table.drain().collect()),
        ("into_iter", |table| table.into_iter().collect()),
        ("pop", |mut table| core::iter::from_fn(|| table.pop()).collect()),
    ]
}

/// Vacant groups are looked at once, those behind the last entry not at all.
fn a_walk_ends_with_the_last_entry<G: Group>() {
    let (in_chunk, mut case) = (CHUNK / G::WIDTH, 0);
    for slots in patterns::<G>() {
        for (name, walk) in walks::<G>() {
            case += 1;
            if !tried(case, 9) {
                continue;
            }
            let table = table::<G>(&slots);
            let end = table.slots();
            let before = LOADS.get();
            let came = walk(table);
            let loads = LOADS.get() - before;
            assert!(
                came.iter().copied().eq(slots.iter().map(|&slot| slot as u64)),
                "{name} {came:?}"
            );
            // Up to the last entry's chunk, and once more the chunk at which a run of vacant ones ends.
            // A pair has been looked at before, popping looks at an entry's group first
            // and begins its chunks there.
            let chunks = slots.last().map_or(0, |last| (last + G::WIDTH) / CHUNK + 1);
            let twice =
                in_chunk * if name == "pop" { 3 } else { 1 } + Control::<G>::PAIR / G::WIDTH;
            let most = in_chunk * chunks + slots.len() * twice;
            assert!(
                loads <= most,
                "{name} {slots:?} of {end}: {loads} groups, at most {most} expected"
            );
        }
    }
}

/// Whatever has come by `next`, the rest comes by `fold` or `any`, and a copy of the walk gives the same.
fn a_walk_goes_on_in_any_way<G: Group>() {
    for slots in patterns::<G>().into_iter().skip(scaled(0, 0, 1)).step_by(scaled(1, 1, 3)) {
        let table = table::<G>(&slots);
        let all: Vec<u64> = slots.iter().map(|&slot| slot as u64).collect();
        for taken in (0..=all.len()).filter(|taken| tried(all.len() - taken, 30)) {
            let mut walk = entries(&table).copied();
            for expected in &all[..taken] {
                assert_eq!(walk.next(), Some(*expected), "{slots:?}");
            }
            assert_eq!(walk.len(), all.len() - taken);
            assert!(walk.clone().eq(all[taken..].iter().copied()), "{slots:?} by next");
            // SAFETY: the table is borrowed.
            let mut slots_to_come = unsafe { table.control.full_slots(table.len()) };
            (0..taken).for_each(|_| assert!(slots_to_come.next().is_some()));
            // Until one is found, which has come then, and on from there.
            for found in (0..all.len() - taken).filter(|found| tried(all.len() - found, 30)) {
                let (mut walk, mut came) = (slots_to_come.clone(), Vec::new());
                assert!(walk.any(|slot| {
                    came.push(slot);
                    came.len() > found
                }));
                came.extend(walk.clone());
                assert!(came.iter().copied().eq(slots_to_come.clone()), "{slots:?} any, next");
                came.truncate(found + 1);
                walk.for_each(|slot| came.push(slot));
                assert!(came.into_iter().eq(slots_to_come.clone()), "{slots:?} any, fold");
            }
            assert!(!slots_to_come.any(|_| false) && slots_to_come.next().is_none(), "{slots:?}");
            assert_eq!(by_fold(walk), all[taken..], "{slots:?} by fold");
        }
    }
}

/// Entries that are passed over come in no other way either, and how many are left is known.
fn a_walk_passes_over_entries<G: Group>() {
    let full = table::<G>(&(0..scaled(10, 10, 3) * CHUNK).collect::<Vec<_>>());
    let tables = patterns::<G>().into_iter().map(|slots| table::<G>(&slots)).chain([full]);
    for (case, table) in tables.enumerate() {
        // SAFETY: the table is borrowed.
        let (entries, slots) = unsafe { (table.raw_iter(), table.control.full_slots(table.len())) };
        let all: Vec<usize> = slots.clone().collect();
        let pointers: Vec<_> = entries.clone().collect();
        for step in [0, 1, 2, 14, 31, 32, 33, 64, 100, 1000, usize::MAX] {
            for taken in 0..all.len().min(scaled(40, 20, 3)) {
                let (mut walk, mut plain) = (slots.clone(), all.iter().copied());
                for _ in 0..taken {
                    assert_eq!(walk.next(), plain.next());
                }
                let mut entry = entries.clone();
                assert_eq!(entry.nth(step), pointers.get(step).copied());
                loop {
                    let (found, expected) = (walk.nth(step), plain.nth(step));
                    assert_eq!(found, expected, "{case}: {step} behind {taken} of {}", all.len());
                    assert_eq!(walk.len(), plain.len());
                    if found.is_none() {
                        break;
                    }
                }
                assert_eq!(walk.next(), None);
            }
        }
    }
}

/// Walks that can be cut: all entries in order, and vacant groups looked at once if they are not cut.
fn walks_that_are_cut<G: Group>() {
    for (case, slots) in patterns::<G>().into_iter().step_by(scaled(1, 1, 3)).enumerate() {
        let table = table::<G>(&slots);
        let all: Vec<u64> = slots.iter().map(|&slot| slot as u64).collect();
        if tried(case, 5) {
            assert!(parts_of(table.split()).into_iter().flatten().eq(&all));
        }
        let mut walk = table.split();
        let upper = walk.halve().expect("there are many groups");
        assert!(walk.chain(upper).copied().eq(all.iter().copied()), "{slots:?} in halves");
        let before = LOADS.get();
        assert!(table.split().copied().eq(all.iter().copied()), "{slots:?}");
        let loads = LOADS.get() - before;
        let most = table.slots().div_ceil(G::WIDTH) + CHUNK / G::WIDTH * (2 * slots.len() + 2);
        assert!(loads <= most, "{slots:?}: {loads} groups, at most {most} expected");
    }
}

backends! {
    a_walk_ends_with_the_last_entry a_walk_goes_on_in_any_way a_walk_passes_over_entries walks_that_are_cut
}
