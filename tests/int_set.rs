//! `IntSet`: each method and trait, beside std's ordered set.
#![cfg(feature = "default-hasher")]

mod elements;

use std::collections::BTreeSet;

use elements::COUNTS;
use rosti::int_set::{Entry, IntSet};
use rosti::internals::Global;
use rosti::{IntMap, TryReserveError};

fn set(elements: impl IntoIterator<Item = u64>) -> IntSet<u64> {
    elements.into_iter().collect()
}

fn sorted<'a>(elements: impl IntoIterator<Item = &'a u64>) -> Vec<u64> {
    let mut elements: Vec<u64> = elements.into_iter().copied().collect();
    elements.sort_unstable();
    elements
}

/// Checks that a set consists of these elements and finds them.
fn assert_holds(set: &IntSet<u64>, expected: impl IntoIterator<Item = u64>) {
    let expected: BTreeSet<u64> = expected.into_iter().collect();
    assert_eq!((set.len(), set.is_empty()), (expected.len(), expected.is_empty()));
    assert!(expected.iter().all(|&n| set.contains(n)));
    assert_eq!(sorted(set), expected.into_iter().collect::<Vec<_>>());
}

#[test]
fn empty_sets_allocate_nothing() {
    const SEEDED: IntSet<u8> = IntSet::with_seed(1);
    const SEEDED_IN: IntSet<u8> = IntSet::with_seed_in(1, Global);
    for set in [SEEDED, SEEDED_IN, IntSet::new(), IntSet::new_in(Global), IntSet::default()] {
        assert_eq!((set.len(), set.capacity(), set.allocation_size()), (0, 0, 0));
        assert!(!set.contains(1));
        let _: &Global = set.allocator();
    }
}

#[test]
fn a_capacity_asked_for_is_there() {
    for capacity in COUNTS.map(|count| count as usize) {
        for mut set in [
            IntSet::with_capacity(capacity),
            IntSet::with_capacity_in(capacity, Global),
            IntSet::with_capacity_and_seed(capacity, 1),
            IntSet::with_capacity_and_seed_in(capacity, 1, Global),
        ] {
            let (had, size) = (set.capacity(), set.allocation_size());
            assert!(had >= capacity);
            set.extend(0..had);
            assert_eq!((set.capacity(), set.allocation_size()), (had, size));
        }
    }
}

#[test]
fn insert_and_remove_say_whether_they_did() {
    let mut set = IntSet::new();
    for n in 0..100 {
        assert!(set.insert(n) && !set.insert(n));
    }
    for n in 0..50 {
        assert!(set.remove(n) && !set.remove(n));
    }
    assert_holds(&set, 50..100);
}

#[test]
fn entries_of_both_kinds() {
    let mut set = set([1]);
    for n in [1, 2] {
        match set.entry(n) {
            Entry::Occupied(entry) => assert_eq!(entry.remove(), 1),
            Entry::Vacant(entry) => drop(entry.insert()),
        }
    }
    assert_holds(&set, [2]);
}

#[test]
fn iterators_return_each_element_once() {
    for count in COUNTS {
        let mut set = set(0..count);
        assert_eq!(set.iter().len(), set.len());
        assert_holds(&set.iter().copied().collect(), 0..count);
        assert_holds(&set.clone().into_iter().collect(), 0..count);
        let capacity = set.capacity();
        assert_holds(&set.drain().collect(), 0..count);
        assert_eq!((set.len(), set.capacity()), (0, capacity));
    }
}

#[test]
fn retain_and_extract_if_split_the_elements() {
    let (mut left, mut right) = (set(0..100), set(0..100));
    left.retain(|n| n % 3 == 0);
    assert_eq!(right.extract_if(|n| n % 3 == 0).collect::<IntSet<_>>(), left);
    assert_holds(&left, (0..100).step_by(3));
    assert_holds(&right, (0..100).filter(|n| n % 3 != 0));
}

#[test]
fn pop_and_clear_empty_the_set() {
    let mut set = set(0..20);
    assert_holds(&std::iter::from_fn(|| set.pop()).collect(), 0..20);
    assert_holds(&set, []);
    set.extend(0..20);
    let capacity = set.capacity();
    set.clear();
    assert_holds(&set, []);
    assert_eq!(set.capacity(), capacity);
}

#[test]
fn capacity_follows_requests() {
    let mut set = set(0..20);
    set.reserve(1000);
    assert!(set.capacity() >= 1020);
    set.shrink_to(500);
    assert!((500..1000).contains(&set.capacity()));
    set.shrink_to_fit();
    assert!(set.capacity() < 100);
    assert_eq!(set.try_reserve(500), Ok(()));
    assert_eq!(set.try_reserve(usize::MAX), Err(TryReserveError::CapacityOverflow));
    assert!(set.capacity() >= 520);
    assert_holds(&set, 0..20);
}

/// Pairs of sets: disjoint, overlapping, one in the other, equal, empty.
fn pairs() -> Vec<[IntSet<u64>; 2]> {
    let ranges = [(0..0, 0..9), (0..20, 20..50), (0..30, 20..40), (0..40, 10..20), (0..7, 0..7)];
    ranges
        .into_iter()
        .flat_map(|(a, b)| [[set(a.clone()), set(b.clone())], [set(b), set(a)]])
        .collect()
}

#[test]
fn algebra_is_that_of_sets() {
    for [a, b] in pairs() {
        let std = |set: &IntSet<u64>| set.iter().copied().collect::<BTreeSet<_>>();
        let (x, y) = (std(&a), std(&b));
        assert_eq!(sorted(a.union(&b)), sorted(x.union(&y)));
        assert_eq!(sorted(a.intersection(&b)), sorted(x.intersection(&y)));
        assert_eq!(sorted(a.difference(&b)), sorted(x.difference(&y)));
        assert_eq!(sorted(a.symmetric_difference(&b)), sorted(x.symmetric_difference(&y)));
        assert_eq!(a.is_disjoint(&b), x.is_disjoint(&y));
        assert_eq!(a.is_subset(&b), x.is_subset(&y));
        assert_eq!(a.is_superset(&b), x.is_superset(&y));
        assert_eq!(a == b, x == y);
    }
}

#[test]
fn operators_are_the_operations() {
    for [a, b] in pairs() {
        let check = |by_operator: IntSet<u64>, assigned: IntSet<u64>, lazy: Vec<u64>| {
            assert_holds(&by_operator, lazy);
            assert_eq!(by_operator, assigned);
        };
        let changed = |change: fn(&mut IntSet<u64>, &IntSet<u64>)| {
            let mut set = a.clone();
            change(&mut set, &b);
            set
        };
        check(&a | &b, changed(|a, b| *a |= b), sorted(a.union(&b)));
        check(&a & &b, changed(|a, b| *a &= b), sorted(a.intersection(&b)));
        check(&a - &b, changed(|a, b| *a -= b), sorted(a.difference(&b)));
        check(&a ^ &b, changed(|a, b| *a ^= b), sorted(a.symmetric_difference(&b)));
    }
}

#[test]
fn clones_are_equal_and_apart() {
    for count in COUNTS {
        let original = set(0..count);
        let mut copy = original.clone();
        assert_eq!(copy, original);
        copy.insert(count);
        assert_ne!(copy, original);
        let mut target = set(0..7);
        target.clone_from(&original);
        assert_holds(&target, 0..count);
    }
}

#[test]
fn conversions() {
    let mut set = IntSet::from(IntMap::from([(1, ()), (2, ())]));
    assert_eq!(set, IntSet::from([2, 1, 2]));
    set.extend(&IntSet::from([3]));
    assert_holds(&set, [1, 2, 3]);
    assert_eq!(format!("{:?}", IntSet::from(['a'])), "{'a'}");
}
