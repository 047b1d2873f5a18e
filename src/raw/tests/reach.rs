//! As many slots as there are homes are reached from every home, and every search ends.

use super::{Keys, TAG_BITS, bytes_of, capacity_of_homes, insert_new, mix, scaled, sorted};
use crate::allocator::{Allocator, Global};
use crate::ctrl::{EMPTY, Tag};
use crate::group::Group;
use crate::raw::RawTable;
use alloc::vec;
use alloc::vec::Vec;

/// Hashes with this home, with tags that differ.
fn hash_of(home: usize, number: usize) -> u64 {
    (home as u64) | ((number as u64) << (usize::BITS - 7)) & TAG_BITS
}

/// One-window tables and those of `doublings` sizes above.
fn capacities<G: Group>(doublings: u32) -> impl Iterator<Item = usize> {
    let small = [4, 8, 16].into_iter().filter(|&slots| slots <= G::WIDTH);
    small.chain((0..doublings).map(capacity_of_homes::<G>))
}

/// All entries have the same home: for each home of many sizes, `capacity` entries fit without
/// growing, are found, and leave again.
fn one_home_fills_to_capacity<G: Group>() {
    for capacity in capacities::<G>(scaled(5, 4, 1) as u32) {
        let homes = Keys::<G>::with_capacity_in(capacity, Global).control.mask() + 1;
        let step = scaled(1, 1, 61);
        for home in (0..homes).step_by(step).chain([homes - 1]) {
            let hasher = |number: &u64| hash_of(home, *number as usize);
            let mut table = Keys::<G>::with_capacity_in(capacity, Global);
            let slots = table.slots();
            assert_eq!(table.capacity(), capacity);
            for number in 0..capacity as u64 {
                insert_new(&mut table, hasher(&number), number, hasher);
            }
            assert_eq!((table.slots(), table.len()), (slots, capacity));
            table.check_invariants(hasher);
            for number in 0..capacity as u64 {
                let found = table.find(hasher(&number), |&n| n == number);
                // SAFETY: the slot was found.
                assert_eq!(found.map(|slot| unsafe { *table.get(slot) }), Some(number));
            }
            let absent = capacity as u64;
            assert_eq!(table.find(hasher(&absent), |&n| n == absent), None);
            // In an order of its own, so that early entries leave late ones behind.
            for number in 0..capacity as u64 {
                let number = (number * 5 + 3) % capacity as u64;
                if capacity % 5 != 0 {
                    assert_eq!(table.remove(hasher(&number), |&n| n == number), Some(number));
                }
            }
            if capacity % 5 != 0 {
                assert_eq!(table.len(), 0);
            }
        }
    }
}

/// The slots that a walk from `home` covers: the first ones, but from an even home not the one behind its window, as
/// the other windows begin one slot later.
fn covered<G: Group, A: Allocator>(table: &RawTable<(), G, A>, home: usize) -> Vec<usize> {
    let (homes, slots) = (table.control.mask() + 1, table.slots());
    match homes {
        1 => (0..slots).collect(),
        _ if G::ALIGNED_HOMES => (0..homes).collect(),
        _ => (0..slots.min(homes + ((home % G::WIDTH) | 1)))
            .filter(|&slot| home % 2 == 1 || slot != home + G::WIDTH)
            .collect(),
    }
}

/// Where eight homes share a window's width of slots, each entry goes to the first vacant slot from its home
/// on, as long as there is one; then, and not before, all get the first home, and nothing moves.
fn spread_tables_pack<G: Group>() {
    let new = || Keys::<G>::with_capacity_in(G::WIDTH, Global);
    let homes = if G::ALIGNED_HOMES { 1 } else { 8 };
    for home in 0..homes {
        let mut table = new();
        let slots = table.slots();
        assert_eq!(table.control.mask() + 1, homes);
        let hasher = |number: &u64| hash_of(home, *number as usize);
        for number in 0..slots {
            let slot = insert_new(&mut table, hash_of(home, number), number as u64, hasher);
            let room = slots - home;
            assert_eq!(slot, if number < room { home + number } else { number - room });
            assert_eq!(table.control.mask() + 1, if number < room { homes } else { 1 });
            table.check_invariants(hasher);
        }
        let packed = if home == 0 { homes } else { 1 };
        // A wrong hash takes nothing back.
        let mut other = new();
        let slot = insert_new(&mut other, hash_of(home, 1), 1, hasher);
        // SAFETY: the slot is full.
        let removed = unsafe { other.remove_hashed_at(slot, hash_of((home + 1) % homes, 1)) };
        assert_eq!((removed, other.len()), (1, 0));
        other.check_invariants(hasher);
        // A copy is packed as well, whatever was in its place; what is cleared is spread again.
        let mut copy = new();
        copy.clone_from(&table);
        for table in [&mut table.clone(), &mut copy] {
            assert_eq!((table.control.mask() + 1, table.slots()), (packed, slots));
            table.check_invariants(hasher);
            table.clear();
            assert_eq!(table.control.mask() + 1, homes);
            table.check_invariants(hasher);
        }
        // So is what is drained, and a copy of what is empty.
        let mut drained = table.clone();
        assert_eq!(
            (drained.drain().fold(0, |n, _| n + 1), drained.control.mask() + 1),
            (slots, homes)
        );
        while table.pop().is_some() {}
        for empty in [table.clone(), new()] {
            let mut empty = empty;
            empty.clone_from(&table);
            assert_eq!((empty.len(), empty.control.mask() + 1), (0, homes));
            empty.check_invariants(hasher);
        }
        table.clone_from(&copy);
        insert_new(&mut table, hash_of(home, 1), 1, hasher);
        copy.clone_from(&table);
        assert_eq!((copy.control.mask() + 1, copy.len()), (homes, 1));
        copy.check_invariants(hasher);
    }
}

/// With a good hash few tables are packed, as `capacity.rs` says of three numbers of entries.
fn few_tables_pack<G: Group>() {
    if G::ALIGNED_HOMES || cfg!(miri) {
        return;
    }
    let tables = scaled(10_000, 1000, 1) as u64;
    let mut packed = [0; 17];
    for seed in 0..tables {
        let mut table = Keys::<G>::with_capacity_in(16, Global);
        for (key, packed) in (0..16).zip(&mut packed[1..]) {
            table.insert_unique(mix(seed << 4 | key), key, |_| unreachable!("it does not grow"));
            *packed += u64::from(table.control.mask() == 0);
        }
    }
    std::println!("{}: of {tables} tables, packed {packed:?}", G::NAME);
    assert_eq!(packed[10], 0);
    for (entries, one_in) in [(14, 400), (15, 50), (16, 6)] {
        let expected = tables / one_in;
        assert!(packed[entries] < 2 * expected + 3, "{entries}: {}", packed[entries]);
        assert!(2 * packed[entries] + 5 > expected, "{entries}: {}", packed[entries]);
    }
}

/// Beyond the capacity: from each home, the slots that its walk covers are claimed once, a search is
/// offered each of them once, and ends. They are more than the capacity.
fn every_slot_of_a_walk_from_every_home<G: Group>() {
    let spread = |&capacity: &usize| !G::ALIGNED_HOMES && capacity == G::WIDTH;
    for capacity in capacities::<G>(scaled(5, 4, 1) as u32).filter(|capacity| !spread(capacity)) {
        let table = RawTable::<(), G, Global>::with_capacity_in(capacity, Global);
        let mut control = table.control;
        let step = scaled(1, 1, 61);
        for home in (0..=control.mask()).step_by(step).chain([control.mask()]) {
            let hash = hash_of(home, 0x2a);
            let slots = covered(&table, home);
            assert!(slots.len() > capacity || control.mask() == 0 && slots.len() == capacity);
            for _ in &slots {
                // SAFETY: the walk has vacant slots left; the table's entries have no bytes.
                unsafe {
                    let slot = control.claim(hash);
                    assert!(slots.contains(&slot) && control.byte(slot) == EMPTY);
                    control.set_byte(slot, Tag::of(hash).byte());
                }
            }
            let mut offered = vec![0; table.slots()];
            let _ = control.probe(hash, |slot| {
                offered[slot] += 1;
                false
            });
            let by = (0..offered.len()).filter(|&slot| offered[slot] > 0);
            assert!(by.eq(slots.iter().copied()), "from home {home}\n{}", bytes_of(&table));
            // Overlapping windows offer a slot again, but not to those who ask for each once.
            // SAFETY: the table is there and unchanged while the iterator is used.
            let once = sorted(unsafe { table.hash_slots(hash) });
            assert_eq!(once, slots, "from home {home}\n{}", bytes_of(&table));
            // SAFETY: the table has so many slots, and entries that need no drop.
            unsafe { control.reset(table.slots()) };
        }
    }
}

backends! {
    one_home_fills_to_capacity spread_tables_pack few_tables_pack every_slot_of_a_walk_from_every_home
}
