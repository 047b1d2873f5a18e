//! `StrSet` and `BytesSet`: every method and operator, beside std's set.

#![cfg(feature = "str")]

mod support;

use std::collections::BTreeSet;

use rosti::{BytesSet, StrSet};
use support::Rng;

/// A short element or a long one.
fn element(n: usize) -> String {
    if n % 2 == 0 { n.to_string() } else { format!("an element in the arena: {n}") }
}

/// A set of random elements, and std's set of the same.
fn random(rng: &mut Rng, len: usize) -> (StrSet, BTreeSet<String>) {
    let model: BTreeSet<String> = (0..len).map(|_| element(rng.below(60))).collect();
    (model.iter().collect(), model)
}

fn sorted<'a>(elements: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut elements: Vec<&str> = elements.collect();
    elements.sort_unstable();
    elements
}

#[test]
fn insert_contains_get_and_remove_agree() {
    let mut set = StrSet::new();
    for n in 0..200 {
        let element = element(n);
        assert!(!set.contains(&element) && set.insert(&element) && !set.insert(&element));
        assert_eq!(set.try_insert(&element), Ok(false));
        assert_eq!((set.get(&element), set.len()), (Some(element.as_str()), n + 1));
    }
    assert_eq!(set.try_insert("new"), Ok(true));
    for n in 0..200 {
        let element = element(n);
        if n % 3 == 0 {
            assert_eq!(set.take(&element), Some(element.clone()));
        } else {
            assert!(set.remove(&element));
        }
        assert!(!set.remove(&element) && set.take(&element).is_none());
        assert_eq!(set.get(&element), None);
    }
    assert_eq!((set.pop(), set.pop()), (Some("new".to_owned()), None));
}

#[test]
fn lazy_operations_and_operators_agree_with_std() {
    let mut rng = Rng::new(1);
    for round in 0..50 {
        let (a, model_a) = random(&mut rng, round % 40);
        let (b, model_b) = random(&mut rng, (round * 7) % 40);
        macro_rules! agrees {
            ($lazy:ident, $op:tt, $assign:tt) => {
                let expected = sorted(model_a.$lazy(&model_b).map(String::as_str));
                assert_eq!(sorted(a.$lazy(&b)), expected);
                assert_eq!(sorted((&a $op &b).iter()), expected);
                let mut assigned = a.clone();
                assigned $assign &b;
                assert_eq!(sorted(assigned.iter()), expected);
            };
        }
        agrees!(union, |, |=);
        agrees!(intersection, &, &=);
        agrees!(symmetric_difference, ^, ^=);
        agrees!(difference, -, -=);
        assert_eq!(a.is_disjoint(&b), model_a.is_disjoint(&model_b));
        for (x, y, model_x, model_y) in
            [(&a, &b, &model_a, &model_b), (&(&a & &b), &a, &(&model_a & &model_b), &model_a)]
        {
            assert_eq!(x.is_subset(y), model_x.is_subset(model_y));
            assert_eq!(y.is_superset(x), model_y.is_superset(model_x));
            assert_eq!(x == y, model_x == model_y);
        }
    }
}

#[test]
fn retain_extract_if_and_drain_take_what_they_say() {
    let mut set: StrSet = (0..100).map(element).collect();
    set.retain(|element| element.len() < 15);
    assert_eq!(set.len(), 50);
    let single: BTreeSet<String> = set.extract_if(|element| element.len() == 1).collect();
    assert_eq!(single, (0..10).step_by(2).map(element).collect());
    let capacity = set.capacity();
    let mut drain = set.drain();
    assert_eq!(drain.len(), 45);
    let first = drain.next().expect("45 elements");
    assert!(!format!("{drain:?}").contains(&format!("{first:?}")));
    assert_eq!(drain.count(), 44);
    assert_eq!((set.len(), set.capacity()), (0, capacity));
}

#[test]
fn sets_are_cloned_compared_printed_and_taken_apart() {
    let set = StrSet::from(["one", "an element in the arena"]);
    let mut copy = StrSet::with_seed(1);
    copy.clone_from(&set);
    assert_eq!((&copy, &set.clone()), (&set, &set));
    assert_eq!(sorted((&set).into_iter()), ["an element in the arena", "one"]);
    copy.remove("one");
    assert_ne!(copy, set);
    assert_eq!(format!("{copy:?}"), r#"{"an element in the arena"}"#);
    copy.extend(vec!["one".to_owned()]);
    assert_eq!(copy, set);
    assert_eq!(copy.into_iter().collect::<BTreeSet<_>>(), set.iter().map(str::to_owned).collect());
}

#[test]
fn room_is_reserved_and_given_back() {
    let mut set = BytesSet::with_capacity(100);
    set.reserve_key_bytes(1000);
    let size = set.allocation_size();
    (0..20_u8).for_each(|byte| assert!(set.insert(&[byte; 50])));
    assert_eq!(set.allocation_size(), size);
    set.reserve(1000);
    assert!(set.capacity() >= 1020 && set.try_reserve(usize::MAX).is_err());
    set.clear();
    set.shrink_to_fit();
    assert!(set.is_empty());
    assert_eq!((set.capacity(), set.allocation_size()), (0, 0));
}
