//! The invariants notice planted mistakes, and what they print can be read.

use super::*;
use crate::ctrl::{DELETED, EMPTY};
use alloc::format;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the check of a table says, which must be something, with a dump of the table.
fn complaint<G: Group>(table: &Keys<G>, hasher: impl Fn(&u64) -> u64) -> String {
    let check = AssertUnwindSafe(|| table.check_invariants(hasher));
    let panic = catch_unwind(check).expect_err("the mistake goes unnoticed");
    let message = panic.downcast::<String>().expect("a formatted message");
    assert!(message.contains(&table.dump()), "no dump in: {message}");
    *message
}

fn expect<G: Group>(table: &Keys<G>, invariant: &str) {
    let message = complaint(table, key_hasher);
    assert!(message.contains(invariant), "not a word of {invariant} in: {message}");
}

/// The first slot that is full, or that is vacant.
fn slot_where<G: Group>(table: &Keys<G>, full: bool) -> usize {
    (0..table.slots()).find(|&slot| table.is_full(slot) == full).expect("there is one")
}

fn wrong_control_bytes<G: Group>() {
    for doublings in 0..scaled(2, 2, 1) as u32 {
        let table = full_table::<G>(doublings);
        table.check_invariants(key_hasher);
        let set = |slot: usize, byte: u8| {
            // SAFETY: the table has that control byte, and elements that need no drop.
            unsafe {
                let old = table.control.byte(slot);
                table.control.set_byte(slot, byte);
                old
            }
        };
        let (slot, vacant) = (slot_where(&table, true), slot_where(&table, false));
        let tag = set(slot, EMPTY);
        set(slot, tag);
        // Another tag; an entry lost, one from nowhere.
        let others = [(slot, tag ^ 1, "tag of"), (slot, EMPTY, "I4"), (vacant, tag, "I4")];
        // DELETED in place of a vacant and of a full slot, and a byte that is nothing at all.
        let bytes = [DELETED, 0xff, 0x81].into_iter().take(scaled(3, 3, 1));
        let bytes = bytes.flat_map(|byte| [(vacant, byte, "I6"), (slot, byte, "I6")]);
        for (slot, byte, invariant) in others.into_iter().chain(bytes) {
            let right = set(slot, byte);
            expect(&table, invariant);
            set(slot, right);
        }
        // A pad byte that looks vacant.
        if !G::ALIGNED_HOMES {
            let pad = set(table.slots(), EMPTY);
            assert_eq!(pad, DELETED);
            expect(&table, "I6");
            set(table.slots(), DELETED);
        }
        table.check_invariants(key_hasher);
    }
}

fn wrong_one_window_tables<G: Group>() {
    let mut table = Keys::<G>::with_capacity_in(4, Global);
    table.insert_unique(key_hasher(&1), 1, key_hasher);
    table.check_invariants(key_hasher);
    let control = table.control;
    // Lanes without a slot that look vacant.
    for lane in (4..Control::<G>::SHAPE.control_bytes(1)).step_by(scaled(1, 1, 11)) {
        // SAFETY: the control byte exists, though it has no slot.
        unsafe { control.set_byte(lane, EMPTY) };
        expect(&table, "I6");
        // SAFETY: as above.
        unsafe { control.set_byte(lane, DELETED) };
    }
    // Three slots.
    table.capacity -= 1;
    expect(&table, "I1");
    table.capacity += 1;
    table.check_invariants(key_hasher);
}

fn wrong_counts<G: Group>() {
    let mut table = full_table::<G>(0);
    for key in 0..3 {
        assert_eq!(table.remove(key_hasher(&key), |&k| k == key), Some(key));
    }
    let off = [(1, 0), (-1, 1), (0, -1), (-1, 0), (0, 1), (1, -1)];
    for (items, capacity) in off.into_iter().take(scaled(6, 6, 1)) {
        table.items = table.items.wrapping_add_signed(items);
        table.capacity = table.capacity.wrapping_add_signed(capacity);
        expect(&table, "I4");
        table.items = table.items.wrapping_add_signed(-items);
        table.capacity = table.capacity.wrapping_add_signed(-capacity);
    }
    table.check_invariants(key_hasher);
}

/// A number of homes that is no power of two.
fn wrong_homes<G: Group>() {
    let mut table = full_table::<G>(1);
    let control = table.control;
    // SAFETY: fewer homes than the block was made for; the real ones return before its end.
    table.control = unsafe { Control::from_raw(control.ctrl(), 3 * G::WIDTH) };
    expect(&table, "I1");
    table.control = control;
    table.check_invariants(key_hasher);
}

/// In a fresh table every overflow count is exact: one less is too low, one more too high.
fn wrong_overflow_counts<G: Group>() {
    let home = G::WIDTH + 3;
    let hasher = |&key: &u64| home as u64 | key << (usize::BITS - 7) & TAG_BITS;
    let capacity = capacity_of_homes::<G>(1);
    let mut table = Keys::<G>::with_capacity_in(capacity, Global);
    insert_by(&mut table, 0..capacity as u64, hasher);
    table.check_invariants(hasher);
    let homes = table.control.mask() + 1;
    let before = table.control.counts();
    // SAFETY: as above.
    let steps = unsafe { table.control.steps() };
    assert!(before.iter().filter(|&&count| count != 0).count() >= 3, "{before:?}");
    // Writes these counts, and so many steps.
    let write = |counts: &[u32], steps: u32| {
        // SAFETY: the table has several windows and these positions.
        unsafe {
            table.control.clear_counts();
            let left = (0..homes).filter(|&p| counts[p] != 0);
            left.for_each(|p| table.control.leave(p, counts[p]));
            table.control.add_steps(steps);
        }
    };
    // (Under Miri one on the walk, and one that is not.)
    for position in
        (0..homes).filter(|position| tried(position + 45, 64) || tried(position + 44, 64))
    {
        let mut wrong = before.clone();
        if before[position] != 0 {
            wrong[position] = 0;
            write(&wrong, steps);
            let message = complaint(&table, hasher);
            assert!(message.contains("I5"), "{message}");
            wrong[position] = before[position] - 1;
            write(&wrong, steps);
            complaint(&table, hasher);
        } else {
            wrong[position] = 1;
            write(&wrong, steps + 1);
            assert!(!table.check_invariants(hasher), "too high, which may be");
            write(&before, steps + 1);
            assert!(!table.check_invariants(hasher), "more steps than were walked");
        }
    }
    write(&before, steps);
    assert!(table.check_invariants(hasher));
}

/// The dumps of two small tables, to the letter.
fn dumps<G: Group>() {
    let mut table = Keys::<G>::new_in(Global);
    let tagged = |&tag: &u64| tag << (usize::BITS - 7);
    let no_slots = if G::WIDTH == 8 { "xxxxxxxx" } else { "xxxxxxxxxxxxxxxx" };
    let name = G::NAME;
    let expected = format!("{name} homes 1 items 0 capacity 0\n       0 {no_slots}  \n");
    assert_eq!(table.dump(), expected);

    insert_by(&mut table, [0x01, 0x7c, 0x2f], tagged);
    assert_eq!(table.remove(tagged(&0x7c), |_| true), Some(0x7c));
    let no_slots = &no_slots[4..];
    let expected = format!("{name} homes 1 items 2 capacity 4\n       0 1.f.{no_slots}  \n");
    assert_eq!(table.dump(), expected);

    // One more than a window holds, at home 3.
    let mut table = Keys::<G>::with_capacity_in(capacity_of_homes::<G>(0), Global);
    let hasher = |_: &u64| 3 | 5 << (usize::BITS - 7);
    insert_by(&mut table, 0..=G::WIDTH as u64, hasher);
    let expected = match G::WIDTH {
        8 => format!(
            "{name} homes 16 items 9 capacity 14 steps 1 limit 2\n\
             \x20      0 55555555  00010000\n\
             \x20      8 5.......  00000000\n"
        ),
        _ => format!(
            "{name} homes 32 items 17 capacity 28 steps 1 limit 2\n\
             \x20      0 ...5555555555555  0001000000000000\n\
             \x20     16 5555............  0000000000000000\n\
             \x20     32 ...xxxxxxxxxxxxx  \n"
        ),
    };
    assert_eq!(table.dump(), expected);
}

backends! {
    wrong_control_bytes wrong_one_window_tables wrong_counts wrong_homes wrong_overflow_counts dumps
}
