//! How many windows a search visits: at full load, and after long churn there.

use super::pop::{self, LOADS};
use super::reference::walk;
use super::{
    Keys, Random, bytes_of, capacity_of_homes, full_table, key_hasher, mix, overflow_bits, scaled,
    sorted_keys, worn_table,
};
use crate::allocator::Global;
use crate::ctrl::Tag;
use crate::group::{Group, Swar};
use crate::raw::control::Control;
use crate::raw::plain::Plain;
use alloc::vec::Vec;

/// Mean number of windows that a search visits for the keys of a table, and for absent ones with
/// each home.
fn windows<G: Group>(table: &Keys<G>) -> (f64, f64) {
    let (shape, homes) = (Control::<G>::SHAPE, table.control.mask() + 1);
    let (mut hits, mut misses) = (0, 0);
    for key in sorted_keys(table) {
        let slot = table.find(mix(key), |&k| k == key).expect("it is present");
        let seen = |position| {
            let window = shape.window(position);
            (window..window + shape.width).contains(&slot)
        };
        hits += 1 + walk(shape, homes, mix(key)).position(seen).unwrap();
    }
    for home in 0..homes as u64 {
        // SAFETY: a position of the table.
        let goes_on = |&position: &usize| unsafe { table.control.overflowed(position) };
        let passed = walk(shape, homes, home).take_while(goes_on).count();
        misses += walk(shape, homes, home).take(passed + 1).count();
    }
    (hits as f64 / table.len() as f64, misses as f64 / homes as f64)
}

/// With a good hash at the highest load: nearly every hit ends in the first window.
fn full_load<G: Group>() {
    for doublings in [scaled(8, 6, 2), scaled(11, 8, 2)] {
        let table = full_table::<G>(doublings as u32);
        let (hit, miss) = windows(&table);
        let homes = table.control.mask() + 1;
        let overflowed = overflow_bits(&table) as f64 / homes as f64;
        let load = table.len() as f64 / table.slots() as f64;
        std::println!(
            "{} {homes} homes, load {load:.3}: {hit:.3} windows per hit, {miss:.3} per miss, \
             {:.1} % overflowed",
            G::NAME,
            100.0 * overflowed
        );
        let statistics = table.statistics(key_hasher);
        let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert!(close(statistics.hit_windows, hit), "{statistics:?}");
        assert!(close(statistics.miss_windows, miss), "{statistics:?}");
        assert!(close(statistics.overflowed, overflowed), "{statistics:?}");
        assert!(statistics.max_hit_windows as f64 >= hit, "{statistics:?}");
        assert!(statistics.max_miss_windows as f64 >= miss, "{statistics:?}");
        // Windows of eight that begin at multiples of eight fill up more often.
        let (most_hit, most_miss, most_overflowed) =
            if G::WIDTH == 16 { (1.15, 1.15, 0.10) } else { (1.35, 1.40, 0.22) };
        assert!(hit < most_hit || cfg!(miri), "{hit}");
        assert!(miss < most_miss || cfg!(miri), "{miss}");
        assert!(overflowed < most_overflowed || cfg!(miri), "{overflowed}");
    }
}

/// A search that fails is offered what has its tag in the windows that it visits: over all tags, every
/// entry there. SWAR may offer more, but not much.
fn false_matches_of_misses<G: Group>() {
    for doublings in 0..scaled(4, 4, 2) as u32 {
        let table = full_table::<G>(doublings);
        let (shape, homes) = (Control::<G>::SHAPE, table.control.mask() + 1);
        let mut entries = 0;
        for home in 0..homes as u64 {
            // SAFETY: a position of the table.
            let goes_on = |&position: &usize| unsafe { table.control.overflowed(position) };
            let passed = walk(shape, homes, home).take_while(goes_on).count();
            for position in walk(shape, homes, home).take(passed + 1) {
                let window = shape.window(position);
                entries +=
                    (window..window + shape.width).filter(|&slot| table.is_full(slot)).count();
            }
        }
        let expected = entries as f64 / (128 * homes) as f64;
        let (_, misses) = table.false_matches(key_hasher);
        let extra = if G::NAME == Swar::NAME { 1.05 } else { 1.0 + 1e-9 };
        assert!(
            (expected * (1.0 - 1e-9)..=expected * extra).contains(&misses),
            "{expected} {misses}"
        );
    }
}

/// Entries that have all of the hash in common are met in their order.
fn false_matches_of_hits<G: Group>() {
    let mut table = Keys::<G>::with_capacity_in(5, Global);
    let hash = |_: &u64| 0;
    (0..5).for_each(|key| _ = table.insert_unique(0, key, hash));
    assert_eq!(table.false_matches(hash).0, 2.0);
}

/// Keys come and go at full load: what is stale is swept away, and misses stay short.
fn churn<G: Group>(search: bool) {
    for doublings in 0..scaled(9, 6, 1) as u32 {
        let mut table = full_table::<G>(doublings);
        let (capacity, slots) = (capacity_of_homes::<G>(doublings), table.slots());
        let mut keys: Vec<u64> = (0..capacity as u64).collect();
        let mut random = Random(u64::from(doublings));
        let (mut worst, mut sum) = (0.0f64, 0.0);
        let (checkpoints, next) = (scaled(60, 30, 2), capacity as u64);
        for round in 0..checkpoints as u64 {
            for i in 0..next / 2 {
                let key = next + round * next + i;
                let place = random.below(capacity);
                let old = core::mem::replace(&mut keys[place], key);
                assert_eq!(table.remove(mix(old), |&k| k == old), Some(old));
                if search {
                    let slot = table.find_or_vacant(mix(key), |&k| k == key, key_hasher);
                    let slot = slot.expect_err("the key is new");
                    // SAFETY: the slot was found vacant for this hash just now.
                    unsafe { table.insert_at(slot, Tag::of(mix(key)), key) };
                } else {
                    table.insert_unique(mix(key), key, key_hasher);
                }
            }
            let (_, miss) = windows(&table);
            sum += miss;
            worst = worst.max(miss);
        }
        table.check_invariants(key_hasher);
        assert_eq!(table.slots(), slots, "capacity is a promise");
        let mean = sum / checkpoints as f64;
        std::println!(
            "{} {slots} slots, {} churn: windows per miss {mean:.3} in the mean, {worst:.3} at worst",
            G::NAME,
            if search { "searching" } else { "unique" }
        );
        let (most_mean, most) = if G::WIDTH == 16 { (2.0, 2.75) } else { (2.3, 3.2) };
        assert!(mean < most_mean && worst < most, "{slots} slots: {mean}, {worst} at worst");
    }
}

fn churn_with_search<G: Group>() {
    churn::<G>(true);
}

fn churn_without_search<G: Group>() {
    churn::<G>(false);
}

/// A search that fails looks at as many windows as the bits ask for.
fn misses_stop_at_clear_bits<G: Group>() {
    for doublings in 0..scaled(4, 4, 2) as u32 {
        let capacity = capacity_of_homes::<G>(doublings);
        let table = pop::table::<G>(capacity, capacity);
        let (shape, homes) = (Control::<G>::SHAPE, table.control.mask() + 1);
        for home in 0..homes as u64 {
            // SAFETY: a position of the table.
            let goes_on = |&position: &usize| unsafe { table.control.overflowed(position) };
            let passed = walk(shape, homes, home).take_while(goes_on).count();
            let windows = walk(shape, homes, home).take(passed + 1).count();
            let before = LOADS.get();
            assert_eq!(table.find(home, |_| false), None);
            assert_eq!(LOADS.get() - before, windows, "home {home} of {homes}");
        }
    }
}

/// A copy has the bits and what they cost, a cleared table neither.
fn the_count_goes_with_the_bits<G: Group>() {
    let mut table = worn_table::<G>(2);
    let bits = overflow_bits(&table);
    for plain in [Plain::of_value, Plain::unknown] {
        let mut other = full_table::<G>(2);
        other.clone_from_as(&table, plain());
        for copy in [&table.clone_as(plain()), &other] {
            assert_eq!((copy.is_worn(), overflow_bits(copy)), (true, bits));
        }
    }
    table.clear();
    assert_eq!((table.is_worn(), overflow_bits(&table)), (false, 0));
}

/// What filling a table and some churn take is within the budget of a full one, and beyond that of an
/// empty one. After a rebuild the bits cost nothing.
fn the_budget_follows_the_load<G: Group>() {
    let mut table = full_table::<G>(5);
    let (control, homes) = (table.control, table.control.mask() + 1);
    // SAFETY: the table is there, and nobody else accesses it.
    let spent = |room| unsafe { control.budget_spent(room) };
    assert!(!spent(0), "filled, and worn\n{}", table.dump());
    let capacity = table.capacity() as u64;
    let mut key = 0;
    while !spent(homes) {
        assert_eq!(table.remove(mix(key), |&k| k == key), Some(key));
        table.insert_unique(mix(key + capacity), key + capacity, key_hasher);
        key += 1;
    }
    assert!(key < capacity && !spent(0), "after {key} pairs\n{}", table.dump());
    table.rebuild(&key_hasher);
    assert!(overflow_bits(&table) > homes / 32 && !spent(homes), "{}", table.dump());
}

/// An empty table has a credit of a quarter of its homes; each bit costs one; and a rebuild leaves what
/// the budget lacks of the bits that it set again.
fn the_count_is_exact<G: Group>() {
    let mut table = Keys::<G>::with_capacity_in(capacity_of_homes::<G>(4), Global);
    let (control, homes) = (table.control, table.control.mask() + 1);
    let part = |nth: usize| (homes / nth) as i32;
    // SAFETY: tables with several windows have a count.
    let spent = || unsafe { control.spent().read() };
    assert_eq!(spent(), -part(4));
    // In the lower half of the homes: some bits, although half of the slots stay vacant.
    let crowd = |&key: &u64| mix(key) & !(homes as u64 / 2);
    let mut keys = 0..homes as u64 / 2;
    while overflow_bits(&table) < homes / 16 {
        let key = keys.next().expect("so many crowded keys overflow");
        table.insert_unique(crowd(&key), key, crowd);
    }
    assert_eq!(spent(), overflow_bits(&table) as i32 - part(4));
    table.rebuild(&crowd);
    let again = overflow_bits(&table) as i32;
    assert!((part(32) + 1..=part(4)).contains(&again), "{again} bits of {homes}");
    assert_eq!(spent(), part(32) - again);
    table.clear();
    assert_eq!(spent(), -part(4));
}

/// An insert that meets a bit asks a worn table for a rebuild, even where there is a vacant slot.
fn worn_tables_offer_no_spot_beyond_a_bit<G: Group>() {
    let mut table = worn_table::<G>(2);
    let absent = |_: &u64| false;
    let offered = |table: &Keys<G>| {
        // SAFETY: positions up to `mask`.
        let passed = |&home: &usize| unsafe { table.control.overflowed(home) };
        let homes = (0..=table.control.mask()).filter(passed);
        homes
            .map(|home| table.find_or_spot(home as u64, absent).expect_err("it is absent"))
            .collect()
    };
    let spots: Vec<Option<usize>> = offered(&table);
    assert!(!spots.is_empty() && spots.iter().all(Option::is_none), "{spots:?}");
    table.rebuild(&key_hasher);
    let spots: Vec<Option<usize>> = offered(&table);
    assert!(spots.iter().all(Option::is_some), "{spots:?}");
}

/// Nothing is hashed, so nothing moves.
fn shrinking_to_the_same_size_does_nothing<G: Group>() {
    for doublings in 0..2 {
        let mut table = full_table::<G>(doublings);
        let bytes = bytes_of(&table);
        table.shrink_to(0, |_| panic!("a table that cannot shrink was moved"));
        assert_eq!(bytes_of(&table), bytes);
    }
}

backends! {
    full_load false_matches_of_misses false_matches_of_hits churn_with_search churn_without_search
    misses_stop_at_clear_bits the_count_goes_with_the_bits the_budget_follows_the_load the_count_is_exact
    worn_tables_offer_no_spot_beyond_a_bit shrinking_to_the_same_size_does_nothing
}
