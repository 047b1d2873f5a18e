//! Making room at home: when it happens, what comes of it, and what panicking and lying hashers make of it.
//! (Which entry moves where is in `reference.rs`.)

#[cfg(panic = "unwind")]
use super::panics::{Fuse, blows};
use super::*;

/// Several windows.
const DOUBLINGS: u32 = scaled(4, 4, 2) as u32;

/// Full tables that have lost an entry from beyond its home, one after another, with the key that is to replace it.
fn worn_ones<G: Group>(doublings: u32) -> impl Iterator<Item = (Keys<G>, u64)> {
    let full = full_table::<G>(doublings);
    let new = full.capacity() as u64;
    let without = move |key| {
        let mut table = full.clone();
        remove_all(&mut table, [key]);
        table
    };
    // SAFETY: there are several windows, with words (I2).
    let is_worn = |table: &Keys<G>| unsafe { table.control.wear() != 0 };
    (0..new).map(without).filter(is_worn).map(move |table| (table, new))
}

/// The first of them.
fn worn<G: Group>() -> (Keys<G>, u64) {
    worn_ones(DOUBLINGS).next().expect("an entry is beyond its home")
}

/// As long as none has left, an entry stays in its slot until the table grows, and no other is hashed.
fn a_table_that_is_only_filled_moves_nothing<G: Group>() {
    let capacity = capacity_of_homes::<G>(DOUBLINGS);
    let mut table = Keys::<G>::with_capacity_in(capacity, Global);
    let mut slots = Vec::new();
    for key in 0..capacity as u64 {
        let hasher = |_: &u64| panic!("hashed for {key}");
        slots.push(match key % 2 {
            0 => table.insert_unique(mix(key), key, hasher),
            _ => insert_new(&mut table, mix(key), key, hasher),
        });
    }
    for (key, slot) in slots.into_iter().enumerate() {
        assert_eq!(table.find(mix(key as u64), |&k| k == key as u64), Some(slot));
    }
}

/// Whatever home an entry has that comes next: if its window is full, it goes there all the same where another could move,
/// which is then found in its new slot, and nothing else changes but what counts the entry.
fn room_is_made_where_windows_overlap<G: Group>() {
    let mut made = 0;
    // (In small tables walks come round to before where they began.)
    for doublings in 0..=DOUBLINGS {
        let most = scaled(usize::MAX, if doublings < 3 { 30 } else { 2 }, 1);
        for (worn, new) in worn_ones::<G>(doublings).take(most) {
            // SAFETY: positions up to `mask` have windows (I2).
            let is_full = |&home: &usize| unsafe { worn.control.vacant_at(home).is_none() };
            for home in (0..=worn.control.mask()).filter(is_full) {
                made += usize::from(makes_room(&worn, new, home, home % 2 == 0));
            }
        }
    }
    assert_eq!(made != 0, !G::ALIGNED_HOMES, "{made}");
}

/// Inserts a key with this home, and returns whether another entry has moved.
fn makes_room<G: Group>(worn: &Keys<G>, new: u64, home: usize, search: bool) -> bool {
    let mut table = worn.clone();
    let hasher = |&key: &u64| if key == new { home as u64 } else { mix(key) };
    let slot = if search {
        // A slot that is not used after all is there the next time, and nothing is lost.
        let mut place = || table.find_or_vacant(home as u64, |_| false, hasher);
        assert_eq!(place(), place());
        assert_eq!(sorted_keys(&table), sorted_keys(worn));
        table.check_invariants(hasher);
        insert_new(&mut table, home as u64, new, hasher)
    } else {
        table.insert_unique(home as u64, new, hasher)
    };
    table.check_invariants(hasher);
    let moved = |&key: &u64| {
        let slot_in = |table: &Keys<G>| table.find(mix(key), |&k| k == key);
        slot_in(worn) != slot_in(&table)
    };
    let at_home = table.control.covers(home, slot);
    assert_eq!((0..new).filter(moved).count(), usize::from(at_home), "home {home}");
    at_home
}

/// An entry beyond its home's window stays even where that has a vacant slot: it is counted.
fn what_has_strayed_stays<G: Group>() {
    if G::ALIGNED_HOMES {
        return;
    }
    const HOMES: u64 = 64;
    let mut table = Keys::<G>::with_capacity_in(capacity_of_homes::<G>(1), Global);
    assert_eq!(
        (G::WIDTH, table.control.mask() as u64 + 1),
        (16, HOMES),
        "what follows is for these"
    );
    let (hash, mut serial) = (|&key: &u64| key % HOMES, 0);
    let mut insert = |table: &mut Keys<G>, home: u64| {
        serial += HOMES;
        table.insert_unique(home, home + serial, hash)
    };
    let remove = |table: &mut Keys<G>, slot: usize, home: u64| {
        // SAFETY: the slot is full (I3).
        unsafe { table.remove_hashed_at(slot, home) };
    };
    // The windows of 36 and 37 are full, and from there the next one begins at 21.
    (36..52).for_each(|slot| assert_eq!(insert(&mut table, 36), slot));
    [52].into_iter()
        .chain(21..34)
        .for_each(|slot| assert_eq!(insert(&mut table, slot as u64), slot));
    assert_eq!((insert(&mut table, 36), insert(&mut table, 37)), (34, 35));
    // One that has strayed leaves: from now on room is made.
    remove(&mut table, 35, 37);
    assert_eq!((insert(&mut table, 21), insert(&mut table, 20)), (35, 20));
    remove(&mut table, 40, 36);
    // SAFETY: there are several windows, with words (I2).
    assert!(unsafe { table.control.makes_room() });
    assert_eq!(insert(&mut table, 20), 5, "nothing moves from 34 to 40");
    assert!(table.check_invariants(hash));
}

/// A hasher that panics when it is asked for room changes nothing.
#[cfg(panic = "unwind")]
fn a_panic_changes_nothing<G: Group>() {
    let (worn, new) = worn::<G>();
    let (keys, mut blown) = (sorted_keys(&worn), 0);
    for (home, n, search) in (0..=worn.control.mask() as u64)
        .flat_map(|home| (0..TRIES).map(move |n| (home, n)))
        .flat_map(|(home, n)| [(home, n, false), (home, n, true)])
    {
        let (mut table, fuse) = (worn.clone(), Fuse::new(n));
        let hasher = |key: &u64| fuse.pass(key_hasher(key));
        let insert = || match search {
            true => _ = insert_new(&mut table, home, new, hasher),
            false => _ = table.insert_unique(home, new, hasher),
        };
        if blows(insert) {
            blown += 1;
            assert_eq!(bytes_of(&table), bytes_of(&worn));
            assert_eq!(sorted_keys(&table), keys);
        }
    }
    assert_eq!(blown != 0, !G::ALIGNED_HOMES);
}

#[cfg(not(panic = "unwind"))]
fn a_panic_changes_nothing<G: Group>() {}

/// Where entries crowd under a home, none is asked whether it can move.
fn a_crowd_is_left_alone<G: Group>() {
    let capacity = capacity_of_homes::<G>(DOUBLINGS);
    let mut table = Keys::<G>::with_capacity_in(capacity, Global);
    let crowd = |&key: &u64| key << 32;
    insert_by(&mut table, 0..capacity as u64, crowd);
    // SAFETY: there are several windows, with words (I2).
    let (steps, credit) = unsafe { (table.control.steps(), table.control.credit()) };
    assert!(steps > 8 * credit, "{steps} of {credit}");
    for key in 0..capacity as u64 {
        let slot = table.find(crowd(&key), |&k| k == key).expect("it is present");
        // SAFETY: the slot was found, so it is full (I3).
        unsafe { table.remove_hashed_at(slot, crowd(&key)) };
        let calls = Cell::new(0);
        let new = key + capacity as u64;
        table.insert_unique(crowd(&new), new, |key| tick(&calls, crowd(key)));
        // (Or else the table is put right.)
        assert!(calls.get() == 0 || calls.get() >= capacity / 8, "{} calls", calls.get());
    }
    table.check_invariants(crowd);
}

/// Hashers that lie move entries to where nobody finds them, but lose none.
fn lies_lose_nothing<G: Group>() {
    let (worn, new) = worn::<G>();
    let keys = sorted_keys(&worn);
    let homes = worn.control.mask() as u64 + 1;
    let random = Cell::new(0);
    let lies: [&dyn Fn(&u64) -> u64; 4] =
        [&|_| 0, &|_| homes - 1, &|_| u64::MAX, &|_| random.replace(mix(random.get() + 1))];
    for (which, lie) in lies.iter().enumerate().filter(|&(which, _)| tried(which, 2)) {
        let mut table = worn.clone();
        for home in 0..homes {
            table.insert_unique(home, new, lie);
            let slot = table.find(home, |&key| key == new).expect("it was inserted a moment ago");
            // SAFETY: the slot was found, so it is full (I3).
            assert_eq!(unsafe { table.remove_hashed_at(slot, home) }, new);
        }
        assert_eq!(sorted_keys(&table), keys, "lie {which}");
    }
}

/// Nor do they when tables are resized: from one window on, by streams to twice or four times as many homes and back, and to
/// many more.
fn lies_lose_nothing_in_growth<G: Group>() {
    let random = Cell::new(0);
    let lies: [&dyn Fn(&u64) -> u64; 4] =
        [&|_| 31, &|_| u64::MAX, &|&key| mix(key) | 15, &|_| random.replace(mix(random.get() + 1))];
    for (which, lie) in lies.iter().enumerate().filter(|&(which, _)| tried(which, 2)) {
        let mut table = Keys::<G>::new_in(Global);
        let mut entries = 0;
        for times in [1, 1, 1, 1, 2, 16] {
            while table.len() < table.capacity() || entries == 0 {
                table.insert_unique(mix(entries), entries, lie);
                entries += 1;
            }
            let more = table.capacity() * times - table.len() + 1;
            table.reserve(more, lie);
            assert_eq!(sorted_keys(&table), (0..entries).collect::<Vec<_>>(), "lie {which}");
            if cfg!(miri) && entries > 50 {
                break;
            }
        }
        for part in [32, 4, 2, 1] {
            table.shrink_to(entries as usize * part, lie);
            assert_eq!(sorted_keys(&table), (0..entries).collect::<Vec<_>>(), "lie {which}");
        }
    }
}

backends! {
    a_table_that_is_only_filled_moves_nothing room_is_made_where_windows_overlap a_panic_changes_nothing
    what_has_strayed_stays a_crowd_is_left_alone lies_lose_nothing
    lies_lose_nothing_in_growth
}
