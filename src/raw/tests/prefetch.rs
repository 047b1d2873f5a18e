//! What a search prefetches, noted by a backend.

use super::pop::{Counting, PREFETCHED, Table, table};
use super::*;
use crate::raw::Filler;

/// The addresses that an operation prefetches.
fn prefetched(operation: impl FnOnce()) -> Vec<usize> {
    PREFETCHED.take();
    operation();
    PREFETCHED.take()
}

type Search<G> = (&'static str, fn(&mut Table<G>, u64));

/// All that begins with a search, for a key that may be there or not; none changes the table.
fn searches<G: Group>() -> [Search<G>; 6] {
    [
        ("find", |table, key| _ = table.find(mix(key), |&k| k == key)),
        ("find_near", |table, key| _ = table.find_near(mix(key), |&k| k == key)),
        ("search_home", |table, key| _ = table.search_home(mix(key), |&k| k == key)),
        ("find_or_spot", |table, key| _ = table.find_or_spot(mix(key), |&k| k == key)),
        ("remove", |table, key| _ = table.remove(mix(key), |_| false)),
        ("place", |table, key| {
            if table.find(mix(key), |&k| k == key).is_some() {
                PREFETCHED.take();
                // SAFETY: the key is there, so no slot is made full that would have to be written to (I3).
                let place =
                    unsafe { Filler::new(table).place(mix(key), |&k| k == key, key_hasher) };
                assert!(place.is_ok());
            }
        }),
    ]
}

/// The slot of the home, once, however small the table is and also if it has no slots.
fn a_search_prefetches_the_slot_of_its_home<G: Group>() {
    let several = capacity_of_homes::<G>(scaled(3, 3, 1) as u32);
    for (capacity, len) in [(0, 0), (3, 3), (4, 1), (14, 12), (16, 16), (several, several / 2)] {
        let mut table = table::<G>(capacity, len);
        for key in 0..scaled(2 * several, 2 * several, 20) as u64 {
            let slots = table.ctrl().as_ptr().cast::<u64>();
            let home = mix(key) as usize & table.control.mask();
            for (name, search) in searches::<G>() {
                let addresses = prefetched(|| search(&mut table, key));
                let slot = slots.wrapping_sub(home + 1).addr();
                assert_eq!(addresses, [slot], "{name} {key} in {len} of {capacity}");
            }
        }
    }
}

/// Entries without bytes have no slots to wait for.
fn nothing_is_prefetched_of_entries_without_bytes<G: Group>() {
    let mut table = RawTable::<(), Counting<G>, Global>::new_in(Global);
    table.insert_unique(7, (), |()| 7);
    assert_eq!(prefetched(|| assert!(table.find(7, |()| true).is_some())), []);
    assert_eq!(prefetched(|| assert!(table.remove(7, |()| true).is_some())), []);
}

backends! {
    a_search_prefetches_the_slot_of_its_home nothing_is_prefetched_of_entries_without_bytes
}
