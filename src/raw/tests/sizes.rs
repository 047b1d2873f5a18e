//! Capacity against layout: what a table allocates, what it reports when that is too much, and
//! allocators that fail.

use super::reference::Reference;
use super::*;
use crate::error::TryReserveError::CapacityOverflow;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Bytes of a table with so many homes and slots, added up in the plainest way.
fn bytes<T, G: Group>(homes: u128, slots: u128) -> u128 {
    let align = align_of::<T>().max(G::WIDTH) as u128;
    let slot_bytes = (slots * size_of::<T>() as u128).next_multiple_of(align);
    if slots <= G::WIDTH as u128 {
        // As many bytes behind the last slot are in windows of the last of eight homes, rounded up.
        return slot_bytes + if slots == 16 { 32 } else { G::WIDTH as u128 };
    }
    let pad = if G::ALIGNED_HOMES { 0 } else { G::WIDTH as u128 };
    // Overflow counts; steps, limit, wear, cursor.
    let words = 2 * homes.div_ceil(32) + 4;
    slot_bytes + homes + pad + 4 * words
}

fn sizes_of<T, G: Group>() {
    let empty = RawTable::<T, G, Global>::with_capacity_in(0, Global);
    assert_eq!((empty.capacity(), empty.slots(), empty.allocation_size()), (0, 0, 0));
    for capacity in (1..scaled(3000, 3000, 101)).step_by(scaled(1, 7, 33)) {
        let table = RawTable::<T, G, Global>::with_capacity_in(capacity, Global);
        let expected = Reference::with_capacity(Control::<G>::SHAPE, capacity);
        assert_eq!(table.slots(), expected.slots.len(), "capacity {capacity}");
        assert_eq!(table.capacity(), expected.capacity(), "capacity {capacity}");
        assert!(table.capacity() >= capacity);
        let bytes = bytes::<T, G>(expected.homes as u128, expected.slots.len() as u128);
        assert_eq!(table.allocation_size() as u128, bytes, "capacity {capacity}");
        let mut reserved = RawTable::<T, G, Global>::new_in(Global);
        assert_eq!(reserved.try_reserve(capacity, |_| 0), Ok(()));
        assert_eq!(reserved.slots(), table.slots());
        reserved.shrink_to(0, |_| 0);
        assert_eq!(reserved.allocation_size(), 0);
    }
}

fn capacities<G: Group>() {
    sizes_of::<(), G>();
    sizes_of::<[u8; 3], G>();
    sizes_of::<u64, G>();
    if !cfg!(miri) {
        sizes_of::<u8, G>();
        sizes_of::<(u64, u64), G>();
    }
    #[repr(align(128))]
    struct Aligned;
    sizes_of::<Aligned, G>();
}

/// Tables of 17 to 120 entries take at most 1.15 of the bytes that hashbrown's take: 16 for an entry and
/// one for a control byte in each of its buckets, and a group more.
fn small_tables_are_no_larger_than_hashbrowns<G: Group>() {
    for capacity in (17..=120).step_by(scaled(1, 1, 9)) {
        let buckets = (capacity * 8 / 7usize).next_power_of_two();
        let (most, table) = (
            17 * buckets + 16,
            RawTable::<(u64, u64), G, Global>::with_capacity_in(capacity, Global),
        );
        assert!(100 * table.allocation_size() <= 115 * most, "{capacity}: {most} bytes");
    }
}

/// Sizes that no allocation may have.
const ABSURD: [usize; 4] = [usize::MAX, usize::MAX - 1, usize::MAX / 2 + 1, usize::MAX / 8 + 1];

fn absurd_capacities<G: Group>() {
    for capacity in ABSURD.into_iter().step_by(scaled(1, 1, 3)) {
        let mut table = Keys::<G>::new_in(Global);
        assert_eq!(table.try_reserve(capacity, key_hasher), Err(CapacityOverflow));
        assert_eq!(table.slots(), 0);
        const LEN: usize = scaled(20, 20, 1);
        for key in 0..LEN as u64 {
            insert_all(&mut table, [key]);
            let before = table.dump();
            assert_eq!(table.try_reserve(capacity, key_hasher), Err(CapacityOverflow));
            assert_eq!(table.dump(), before);
        }
        table.shrink_to(capacity, key_hasher);
        table.check_invariants(key_hasher);
        assert_eq!(table.len(), LEN);

        let message = |f: &mut dyn FnMut()| {
            let panic = catch_unwind(AssertUnwindSafe(f)).expect_err("too much");
            panic.downcast_ref::<&str>().map(|text| String::from(*text))
        };
        let reserve = message(&mut || table.reserve(capacity, key_hasher));
        assert_eq!(reserve.as_deref(), Some("Hash table capacity overflow"));
        let with_capacity = message(&mut || drop(Keys::<G>::with_capacity_in(capacity, Global)));
        assert_eq!(with_capacity.as_deref(), Some("Hash table capacity overflow"));
        table.check_invariants(key_hasher);
    }
    // Few, but large: 16 of them are just too much.
    let mut table = RawTable::<[u8; 1 << (usize::BITS - 5)], G, Global>::new_in(Global);
    assert_eq!(table.try_reserve(9, |_| 0), Err(CapacityOverflow));
}

backends! {
    capacities
    small_tables_are_no_larger_than_hashbrowns
    #[cfg_attr(panic = "abort", ignore = "needs unwinding")]
    absurd_capacities
}

/// With an allocator of our own, which only the `allocator-api2` feature allows.
#[cfg(feature = "allocator-api2")]
mod metered {
    use super::*;
    use crate::error::TryReserveError;

    type Table<T, G> = RawTable<T, G, Metered>;

    /// Whatever is done: one block per table, of the size that the table tells.
    fn accounts_of<T: Clone, G: Group>(make: fn(u64) -> T, hasher: fn(&T) -> u64) {
        let meter = Metered::default();
        let mut random = Random(3);
        let mut table = Table::<T, G>::new_in(meter.clone());
        let mut next = 0;
        for _ in 0..scaled(20_000, 2000, 20) {
            match random.below(24) {
                0 => table.reserve(random.below(60), hasher),
                1 => table.shrink_to(random.below(60), hasher),
                2 => table.clear(),
                3 => drop(table.drain()),
                4 => table = table.clone(),
                5 => {
                    let mut other =
                        Table::with_capacity_in(random.below(60), table.allocator().clone());
                    other.clone_from(&table);
                    table = other;
                }
                6 => {
                    let iter = core::mem::replace(&mut table, Table::new_in(meter.clone()));
                    assert_eq!(iter.len(), iter.into_iter().fold(0, |n, _| n + 1));
                }
                _ => {
                    let entry = make(next);
                    table.insert_unique(hasher(&entry), entry, hasher);
                    next += 1;
                }
            }
            assert_eq!(meter.bytes(), table.allocation_size());
            assert!(meter.blocks() <= 1);
            table.check_invariants(hasher);
        }
        drop(table);
        assert_eq!(meter.bytes(), 0);
    }

    fn every_byte_is_accounted_for<G: Group>() {
        accounts_of::<u64, G>(|number| number, key_hasher);
        accounts_of::<(), G>(|_| (), |()| 7);
    }

    /// Capacity is a promise: within it, nothing is allocated, however entries come and go.
    fn nothing_is_allocated_within_capacity<G: Group>() {
        let capacities = [1, 2, 3, 4, 5, 8, 9, 14, 16, 17, 28, 41, 50, 100];
        for (case, capacity) in capacities.into_iter().enumerate() {
            if !tried(case, 10) {
                continue;
            }
            let meter = Metered::default();
            let mut table = Table::<u64, G>::with_capacity_in(capacity, meter.clone());
            let capacity = table.capacity() as u64;
            let mut rebuilds = 0;
            for key in 0..scaled(100_000, 4000, 45) as u64 {
                remove_all(&mut table, key.checked_sub(capacity));
                let calls = Cell::new(0);
                table.insert_unique(mix(key), key, |key| tick(&calls, key_hasher(key)));
                rebuilds += usize::from(calls.get() != 0);
            }
            assert_eq!(meter.requests(), 1, "{capacity}, {rebuilds} rebuilds");
            let several = table.control.has_several_windows();
            assert!(!several || rebuilds > 1 || cfg!(miri), "{capacity}, {rebuilds} rebuilds");
            table.check_invariants(key_hasher);
            // A copy of it fits where one was before.
            let mut copy = table.clone();
            copy.clone_from(&table);
            assert_eq!(meter.requests(), 2);
        }
    }

    /// The n-th request is refused, for all n: the error says which, and nothing has changed.
    fn refusals_are_reported<G: Group>() {
        for refused in (0..8).step_by(scaled(1, 1, 3)) {
            let meter = Metered::default();
            meter.refuse(refused);
            let mut table = Table::<u64, G>::new_in(meter.clone());
            let mut errors = 0;
            for key in 0..scaled(2000, 1200, 30) as u64 {
                let before = (table.len() == table.capacity()).then(|| table.dump());
                if let Err(error) = table.try_reserve(1, key_hasher) {
                    let TryReserveError::AllocError { layout } = error else {
                        panic!("{error:?}");
                    };
                    assert!(layout.size() > table.allocation_size());
                    assert_eq!(Some(table.dump()), before);
                    assert_eq!(meter.bytes(), table.allocation_size());
                    assert!(table.len() as u64 == key && (0..key).all(|key| has(&table, key)));
                    table.check_invariants(key_hasher);
                    errors += 1;
                    // The next request is granted.
                    assert_eq!(table.try_reserve(1, key_hasher), Ok(()));
                    assert_eq!(table.allocation_size(), layout.size());
                }
                insert_all(&mut table, [key]);
            }
            assert!(errors == 1 || (errors == 0 && refused > 4), "{errors} at {refused}");
        }
    }

    backends! {
        every_byte_is_accounted_for nothing_is_allocated_within_capacity refusals_are_reported
    }
}
