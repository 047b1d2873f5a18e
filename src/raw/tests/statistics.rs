//! How many windows a search visits: at full load, and after long churn there.

use super::reference::walk;
use super::{
    Keys, Random, capacity_of_homes, full_table, key_hasher, mix, overflow_bits, scaled,
    sorted_keys,
};
use crate::ctrl::Tag;
use crate::group::Group;
use crate::raw::control::Control;
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
        // Windows of eight that begin at multiples of eight fill up more often.
        let (most_hit, most_miss, most_overflowed) =
            if G::WIDTH == 16 { (1.15, 1.15, 0.10) } else { (1.35, 1.40, 0.22) };
        assert!(hit < most_hit || cfg!(miri), "{hit}");
        assert!(miss < most_miss || cfg!(miri), "{miss}");
        assert!(overflowed < most_overflowed || cfg!(miri), "{overflowed}");
    }
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

backends! { full_load churn_with_search churn_without_search }
