//! Tables whose hashes crowd: their entries part, and everything finds them.

use super::*;
use crate::error::Fallibility;
use crate::raw::plain::Plain;
use crate::raw::statistics::Statistics;

/// All with home 0 and, as long as keys are small, one tag.
pub(super) fn crowd(key: &u64) -> u64 {
    key << 16
}

/// The same by other bits: of those between, none differ.
fn other_crowd(key: &u64) -> u64 {
    key << (usize::BITS / 2 + 4)
}

/// A full table, grown from nothing, after so many doublings.
fn crowded<G: Group>(doublings: u32, hasher: fn(&u64) -> u64) -> Keys<G> {
    let mut table = Keys::<G>::new_in(Global);
    insert_by(&mut table, 0..capacity_of_homes::<G>(doublings) as u64, hasher);
    table
}

pub(super) fn is_scattered<G: Group>(table: &Keys<G>) -> bool {
    // SAFETY: the table is borrowed.
    unsafe { table.control.is_scattered() }
}

/// From so many doublings on, there are windows enough to part in.
const DOUBLINGS: u32 = if cfg!(miri) { 4 } else { 6 };

/// Searches in a full table of which all entries have one home are about as short as with a good hash, however it
/// came to be, where they would visit most of the table.
fn crowds_part<G: Group>() {
    let long = |table: &Keys<G>| {
        let Statistics { hit_windows, scattered, .. } = table.statistics(crowd);
        assert_eq!(scattered, is_scattered(table));
        hit_windows
    };
    let grown = crowded::<G>(DOUBLINGS, crowd);
    let capacity = grown.len();
    let windows = (capacity / G::WIDTH) as f64;
    let mut reserved = Keys::<G>::with_capacity_in(capacity, Global);
    insert_by(&mut reserved, 0..capacity as u64, crowd);
    let mut shrunk = Keys::<G>::with_capacity_in(2 * capacity, Global);
    insert_by(&mut shrunk, 0..capacity as u64, crowd);
    shrunk.shrink_to(capacity, crowd);
    for (name, table) in [("grown", grown), ("reserved", reserved), ("shrunk", shrunk)] {
        table.check_invariants(crowd);
        assert_eq!((table.len(), table.capacity()), (capacity, capacity));
        // (The first window of all of them is the same.)
        let long = long(&table);
        assert!(is_scattered(&table) && long < 4.0 && long < windows / 3.0, "{name}: {long}");
        for key in 0..capacity as u64 {
            assert!(table.find(crowd(&key), |&other| other == key).is_some(), "{name}: {key}");
        }
    }
}

/// Keys that come and go leave nothing behind, and searches stay short, also when the bits that differ become others.
fn crowds_come_and_go<G: Group>() {
    let mut table = crowded::<G>(DOUBLINGS, crowd);
    let capacity = table.len() as u64;
    let mut hashed = 0;
    for key in 0..scaled(16, 8, 1) as u64 * capacity {
        assert_eq!(table.remove(crowd(&key), |&other| other == key), Some(key));
        let (calls, new) = (Cell::new(0), key + capacity);
        insert_new(&mut table, crowd(&new), new, |key| tick(&calls, crowd(key)));
        hashed += calls.get();
    }
    table.check_invariants(crowd);
    let statistics = table.statistics(crowd);
    assert!(statistics.scattered && statistics.hit_windows < 5.0, "{statistics}");
    // What is hashed for rebuilds and samples is paid for by windows that were walked.
    let inserted = scaled(16, 8, 1) * capacity as usize;
    assert!(hashed < 16 * inserted, "{hashed} hashes for {inserted} insertions");
    // Slot by slot other entries take their place, of whose hashes other bits differ, and once more, as what was
    // placed while there were both lies further away.
    let mut table = crowded::<G>(DOUBLINGS, crowd);
    let either = |&key: &u64| if key < capacity { crowd(&key) } else { other_crowd(&key) };
    for key in 0..2 * capacity {
        assert_eq!(table.remove(either(&key), |&other| other == key), Some(key));
        let new = capacity + key;
        insert_new(&mut table, either(&new), new, either);
    }
    let statistics = table.statistics(either);
    // (Under Miri there are too few for the rebuild that finds out.)
    assert!(statistics.scattered && (statistics.hit_windows < 4.0 || cfg!(miri)), "{statistics}");
    for key in 2 * capacity..3 * capacity {
        assert_eq!(table.remove(either(&key), |&other| other == key), Some(key));
    }
    assert!(table.is_empty());
    table.check_invariants(either);
}

/// Good hashes are never scattered, at any load and after any churn; nor are those that have nothing to part by, and
/// trying to does not cost much.
fn only_crowds_scatter<G: Group>() {
    for doublings in 0..scaled(8, 6, 2) as u32 {
        let mut table = crowded::<G>(doublings, key_hasher);
        let capacity = table.len() as u64;
        for key in 0..scaled(16, 8, 1) as u64 * capacity {
            table.remove(mix(key), |&other| other == key);
            insert_new(&mut table, mix(key + capacity), key + capacity, key_hasher);
            assert!(!is_scattered(&table) && !table.is_crowded());
        }
    }
    let calls = Cell::new(0);
    let mut table = Keys::<G>::new_in(Global);
    let capacity = capacity_of_homes::<G>(scaled(5, 4, 2) as u32) as u64;
    let same = |_: &u64| tick(&calls, 5);
    for key in 0..capacity {
        insert_new(&mut table, 5, key, same);
    }
    assert_eq!(table.shift(), NOT_SCATTERED);
    assert!(table.is_crowded() || cfg!(miri));
    let most = 12 * capacity as usize;
    assert!(calls.get() < most, "{} hashes for {capacity} insertions", calls.get());
}

/// A copy is scattered as the original is, what was cleared or drained is not.
fn the_shift_goes_with_the_entries<G: Group>() {
    let table = crowded::<G>(DOUBLINGS, crowd);
    for plain in [Plain::of_value, Plain::unknown] {
        let mut other = crowded::<G>(DOUBLINGS, key_hasher);
        assert!(!is_scattered(&other));
        assert!(other.clone_from_as(&table, plain(), Fallibility::Fallible).is_ok());
        for mut copy in [table.clone_as(plain()), other] {
            assert_eq!((copy.shift(), bytes_of(&copy)), (table.shift(), bytes_of(&table)));
            copy.check_invariants(crowd);
            let mut drained = copy.clone();
            copy.clear();
            assert_eq!(drained.drain().count(), table.len());
            assert!(!is_scattered(&copy) && !is_scattered(&drained));
        }
    }
    // Bulk removals leave counts, but not another shift.
    let mut table = table;
    let shift = table.shift();
    table.retain(|key| *key % 2 == 0);
    assert_eq!(table.shift(), shift);
    table.check_invariants(crowd);
    while table.pop().is_some() {}
    assert_eq!(table.shift(), shift);
}

/// When crowds have left, the table stops being scattered, at the next rebuild or growth.
fn crowds_leave<G: Group>() {
    let capacity = capacity_of_homes::<G>(DOUBLINGS) as u64;
    let either = |&key: &u64| if key < capacity { crowd(&key) } else { mix(key) };
    let replaced = || {
        let mut table = crowded::<G>(DOUBLINGS, crowd);
        for key in 0..capacity {
            assert_eq!(table.remove(either(&key), |&other| other == key), Some(key));
            let new = capacity + key;
            insert_new(&mut table, either(&new), new, either);
        }
        table
    };
    let mut grown = replaced();
    grown.reserve(1, either);
    let mut shrunk = replaced();
    shrunk.reserve(capacity as usize, either);
    shrunk.shrink_to(0, either);
    let mut rebuilt = replaced();
    let mut next = 2 * capacity;
    while is_scattered(&rebuilt) {
        assert!(next < scaled(40, 40, 10) as u64 * capacity, "never rebuilt");
        let old = next - capacity;
        assert_eq!(rebuilt.remove(either(&old), |&other| other == old), Some(old));
        insert_new(&mut rebuilt, either(&next), next, either);
        next += 1;
    }
    let mut emptied = crowded::<G>(DOUBLINGS, crowd);
    while emptied.pop().is_some() {}
    emptied.reserve(2 * capacity as usize, either);
    for table in [grown, shrunk, rebuilt, emptied] {
        assert!(!is_scattered(&table));
        table.check_invariants(either);
    }
}

/// A sum of steps that has reached its end is above all limits, which no longer says anything.
fn sums_at_their_end<G: Group>() {
    let capacity = capacity_of_homes::<G>(scaled(5, 4, 2) as u32) as u64;
    let mut table = Keys::<G>::with_capacity_in(capacity as usize, Global);
    insert_by(&mut table, 0..capacity / 2, |_| 5);
    // SAFETY: there are several windows, and the table is ours; so below.
    unsafe {
        table.control.renew_limit();
        table.control.add_steps(u32::MAX);
    }
    let unhashed = |_: &u64| panic!("nothing is hashed");
    assert!(table.is_crowded() && !table.is_worn());
    for key in capacity / 2..capacity {
        insert_new(&mut table, 5, key, unhashed);
    }
    // A rebuild that leaves such a sum is not done again for each entry that leaves.
    // SAFETY: as above.
    unsafe { table.control.renew_limit() };
    for key in capacity..2 * capacity {
        assert!(table.remove(5, |&other| other == key - capacity).is_some());
        insert_new(&mut table, 5, key, unhashed);
    }
    // SAFETY: as above.
    assert!(table.is_crowded() && unsafe { table.control.wear() > table.control.credit() / 2 });
}

/// The parts of a divided table are scattered as the whole was, and so is the whole when they are joined.
#[cfg(feature = "extendible")]
mod divided {
    use super::*;
    use crate::raw::Away;

    fn crowds_stay_apart<G: Group>() {
        let mut table = crowded::<G>(DOUBLINGS, crowd);
        let (slots, len) = (table.slots(), table.len());
        let mut other = table.sibling(Fallibility::Infallible).expect("there is memory");
        let mut away = Away::none();
        let goes = |hash: u64| hash >> 16 & 1 != 0;
        // SAFETY: these are all slots; both tables have the same size and several windows, and one is empty.
        unsafe {
            table.divide(0..slots, &mut other, goes, crowd, &mut away);
            table.end_division(&mut other, away);
        }
        assert_eq!((table.len(), other.len()), (len - len / 2, len / 2));
        for (name, part) in [("lower", &table), ("upper", &other)] {
            part.check_invariants(crowd);
            let Statistics { hit_windows, scattered, .. } = part.statistics(crowd);
            assert!(scattered && hit_windows < 4.0, "{name}: {hit_windows}");
        }
        let joined = table.join(&mut other, 0, crowd, Fallibility::Infallible);
        assert!(joined.is_ok() && table.len() == len && other.is_empty());
        table.check_invariants(crowd);
        let Statistics { hit_windows, scattered, .. } = table.statistics(crowd);
        assert!(scattered && hit_windows < 4.0, "{hit_windows}");
    }

    /// Counts that an interrupted rebuild left are made anew, in either part: by the end of the division, or else by
    /// the next insert that meets a full window.
    fn interrupted_rebuilds_are_made_up_for<G: Group>() {
        let mut table = crowded::<G>(DOUBLINGS, crowd);
        let (slots, half) = (table.slots(), table.homes() / 2);
        let capacity = table.len() as u64;
        let mut other = table.sibling(Fallibility::Infallible).expect("there is memory");
        let mut away = Away::none();
        let goes = |hash: u64| hash >> 16 & 1 != 0;
        // SAFETY: these are all slots, in two steps of a multiple of a chunk; both tables have the same size and several
        // windows, there is room in the other one, and they are ours.
        unsafe {
            table.divide(0..half, &mut other, goes, crowd, &mut away);
            table.control.saturate_counts();
            other.control.saturate_counts();
            table.divide(half..slots, &mut other, goes, crowd, &mut away);
            table.end_division(&mut other, away);
        }
        for (name, part, new) in
            [("lower", &mut table, capacity), ("upper", &mut other, capacity + 1)]
        {
            insert_new(part, crowd(&new), new, crowd);
            let homes = part.control.mask() + 1;
            assert!(overflowed_homes(part) < homes / 2, "{name}: not mended");
            part.check_invariants(crowd);
        }
    }

    backends! { crowds_stay_apart interrupted_rebuilds_are_made_up_for }
}

backends! {
    crowds_part crowds_come_and_go only_crowds_scatter the_shift_goes_with_the_entries crowds_leave
    sums_at_their_end
}
