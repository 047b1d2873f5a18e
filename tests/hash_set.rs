//! `HashSet`: each method and trait, with several kinds of elements.
#![cfg(feature = "default-hasher")]

mod elements;

use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hash, Hasher};
use std::iter::FusedIterator;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use elements::{COUNTS, Element, numbers, sorted};
use rosti::hash_set::{Entry, HashSet, IntoIter, Iter, OccupiedEntry, VacantEntry};
use rosti::{DefaultHashBuilder, HashMap, TryReserveError, internals::Global};

/// The set of the first `count` elements.
fn set<E: Element>(count: u64) -> HashSet<E> {
    set_of(numbers::<E>(count))
}

fn set_of<E: Element>(numbers: impl IntoIterator<Item = u64>) -> HashSet<E> {
    numbers.into_iter().map(|number| E::new(number % E::KINDS)).collect()
}

/// The numbers of the first `count` elements, each once.
fn distinct<E: Element>(count: u64) -> Vec<u64> {
    (0..count.min(E::KINDS)).collect()
}

/// Checks that a set consists of these elements and finds them.
fn assert_holds<E: Element, S: BuildHasher>(set: &HashSet<E, S>, numbers: &[u64]) {
    assert_eq!((set.len(), set.is_empty()), (numbers.len(), numbers.is_empty()));
    assert!(set.capacity() >= set.len());
    assert_eq!(sorted(set.iter().cloned()), numbers);
    for &number in numbers {
        assert!(set.contains(&E::new(number)));
        assert_eq!(set.get(&E::new(number)), Some(&E::new(number)));
    }
    if E::KINDS > 1 {
        assert!(!set.contains(&E::new(12345)) && set.get(&E::new(12345)).is_none());
    }
}

for_each_element! {
    constructors insert_and_remove get_or_insert entry entry_types replace_and_take
    insert_unique_unchecked capacity iter pop drain retain extract_if clear into_iter clone clone_from
    equality debug conversions extend two_sets operators rest_of_iterators
}

fn constructors<E: Element>() {
    const EMPTY: HashSet<String, ()> = HashSet::with_hasher(());
    const EMPTY_IN: HashSet<String, ()> = HashSet::with_hasher_in((), Global);
    assert_eq!((EMPTY.len(), EMPTY_IN.capacity()), (0, 0));

    let build = DefaultHashBuilder::default;
    for empty in [
        HashSet::<E>::new(),
        HashSet::default(),
        HashSet::new_in(Global),
        HashSet::with_hasher(build()),
        HashSet::with_hasher_in(build(), Global),
    ] {
        assert_eq!((empty.capacity(), empty.allocation_size()), (0, 0));
        let _: (&Global, &DefaultHashBuilder) = (empty.allocator(), empty.hasher());
        assert_holds(&empty, &[]);
    }
    for roomy in [
        HashSet::<E>::with_capacity(100),
        HashSet::with_capacity_in(100, Global),
        HashSet::with_capacity_and_hasher(100, build()),
        HashSet::with_capacity_and_hasher_in(100, build(), Global),
    ] {
        assert!(roomy.capacity() >= 100 && roomy.allocation_size() >= 100 * size_of::<E>());
        assert_holds(&roomy, &[]);
    }
}

fn insert_and_remove<E: Element>() {
    for count in COUNTS {
        let mut set = HashSet::new();
        for number in distinct::<E>(count) {
            assert!(set.insert(E::new(number)));
            assert!(!set.insert(E::new(number)));
        }
        assert_holds(&set, &distinct::<E>(count));
        for number in distinct::<E>(count) {
            assert!(set.remove(&E::new(number)));
            assert!(!set.remove(&E::new(number)));
        }
        assert_holds(&set, &[]);
    }
}

fn get_or_insert<E: Element>() {
    let mut set: HashSet<E> = HashSet::new();
    for number in numbers::<E>(50).into_iter().chain(numbers::<E>(50)) {
        assert_eq!(set.get_or_insert(E::new(number)).number(), number);
    }
    assert_holds(&set, &distinct::<E>(50));
    for number in numbers::<E>(100) {
        let element = set.get_or_insert_with(&E::new(number), E::clone);
        assert_eq!(element.number(), number);
    }
    assert_holds(&set, &distinct::<E>(100));

    if E::KINDS > 1 && cfg!(panic = "unwind") {
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            set.get_or_insert_with(&E::new(200), |_| E::new(201));
        }));
        assert!(panicked.is_err(), "the element is another than the one looked up");
        assert_holds(&set, &distinct::<E>(100));
    }
}

fn entry<E: Element>() {
    let mut set: HashSet<E> = HashSet::new();
    let shown = format!("{:?}", E::new(0));

    let vacant = set.entry(E::new(0));
    assert_eq!(vacant.get(), &E::new(0));
    assert_eq!(format!("{vacant:?}"), format!("Entry(VacantEntry({shown}))"));
    let Entry::Vacant(vacant) = vacant else { panic!("the set is empty") };
    assert_eq!(vacant.get(), &E::new(0));
    assert_eq!(vacant.into_value(), E::new(0));
    assert_holds(&set, &[]);

    assert_eq!(set.entry(E::new(0)).insert().get(), &E::new(0));
    set.entry(E::new(0)).or_insert();
    let occupied = set.entry(E::new(0));
    assert_eq!(occupied.get(), &E::new(0));
    let value = format!("Entry(OccupiedEntry {{ value: {shown} }})");
    assert_eq!(format!("{occupied:?}"), value);
    assert_holds(&set, &[0]);

    let Entry::Occupied(occupied) = set.entry(E::new(0)) else { panic!("element 0 is there") };
    assert_eq!(occupied.remove(), E::new(0));
    set.entry(E::new(0)).or_insert();
    assert_holds(&set, &[0]);
}

fn entry_types<E: Element>() {
    let mut set: HashSet<E> = HashSet::new();
    let Entry::Vacant(entry) = set.entry(E::new(0)) else { panic!("the set is empty") };
    let vacant: VacantEntry<'_, E, DefaultHashBuilder> = entry;
    let occupied: OccupiedEntry<'_, E, DefaultHashBuilder> = vacant.insert();
    assert_eq!(occupied.get(), &E::new(0));
}

fn replace_and_take<E: Element>() {
    let mut set: HashSet<E> = HashSet::new();
    assert_eq!(set.replace(E::new(0)), None);
    assert_eq!(set.replace(E::new(0)), Some(E::new(0)));
    assert_eq!(set.take(&E::new(0)), Some(E::new(0)));
    assert_eq!(set.take(&E::new(0)), None);
}

fn insert_unique_unchecked<E: Element>() {
    let mut set: HashSet<E> = HashSet::new();
    for number in distinct::<E>(100) {
        // SAFETY: the numbers are distinct.
        let element = unsafe { set.insert_unique_unchecked(E::new(number)) };
        assert_eq!(element.number(), number);
    }
    assert_holds(&set, &distinct::<E>(100));
}

fn capacity<E: Element>() {
    for count in COUNTS {
        let mut set = set::<E>(count);
        set.reserve(1000);
        let reserved = set.capacity();
        assert!(reserved >= set.len() + 1000);
        assert_eq!(set.try_reserve(1000), Ok(()));
        assert_eq!(set.try_reserve(usize::MAX), Err(TryReserveError::CapacityOverflow));
        assert_eq!(set.capacity(), reserved);
        set.shrink_to(600);
        assert!((600..reserved).contains(&set.capacity()));
        set.shrink_to_fit();
        assert_eq!(set.capacity(), HashSet::<E>::with_capacity(set.len()).capacity());
        assert_holds(&set, &distinct::<E>(count));
    }
}

fn iter<E: Element>() {
    for count in COUNTS {
        let set = set::<E>(count);
        let mut iter = set.iter();
        assert_eq!((iter.len(), iter.size_hint()), (set.len(), (set.len(), Some(set.len()))));
        assert_eq!(iter.clone().count(), set.len());
        let first = iter.next().cloned();
        let rest = iter.fold(Vec::new(), |mut rest, element| {
            rest.push(element.clone());
            rest
        });
        assert_eq!(sorted(first.into_iter().chain(rest)), distinct::<E>(count));
        assert_eq!((&set).into_iter().fold(0, |n, _| n + 1), set.len());
    }
}

fn drain<E: Element>() {
    for count in COUNTS {
        for taken in [0, 1, count] {
            let mut set = set::<E>(count);
            let (len, capacity) = (set.len(), set.capacity());
            let mut drain = set.drain();
            assert_eq!(drain.len(), len);
            let taken = drain.by_ref().take(taken as usize).count();
            assert_eq!(drain.len(), len - taken);
            drop(drain);
            assert_eq!(set.capacity(), capacity);
            assert_holds(&set, &[]);
        }
    }
    assert_eq!(sorted(set::<E>(100).drain()), distinct::<E>(100));
}

#[test]
fn a_forgotten_drain_leaves_an_empty_set() {
    let mut set = set::<u64>(100);
    mem::forget(set.drain());
    assert_holds(&set, &[]);
}

/// Each element comes once, and the rest stays findable.
fn pop<E: Element>() {
    for count in COUNTS {
        let mut set = set::<E>(count);
        let mut left = distinct::<E>(count);
        while let Some(element) = set.pop() {
            let place = left.iter().position(|&number| number == element.number());
            left.swap_remove(place.expect("it was there, and comes once"));
            left.sort_unstable();
            assert_holds(&set, &left);
        }
        assert_eq!(left, []);
    }
}

fn retain<E: Element>() {
    for count in COUNTS {
        let mut set = set::<E>(count);
        set.retain(|element| element.number() % 3 == 1);
        let mut expected = distinct::<E>(count);
        expected.retain(|number| number % 3 == 1);
        assert_holds(&set, &expected);
    }
}

fn extract_if<E: Element>() {
    for count in COUNTS {
        let mut set = set::<E>(count);
        let odd = sorted(set.extract_if(|element| element.number() % 2 == 1));
        let (expected, rest): (Vec<u64>, Vec<u64>) =
            distinct::<E>(count).into_iter().partition(|number| number % 2 == 1);
        assert_eq!(odd, expected);
        assert_holds(&set, &rest);
    }
    let mut set = set::<E>(100);
    let len = set.len();
    let mut extract = set.extract_if(|_| true);
    assert_eq!(extract.size_hint(), (0, Some(len)));
    assert!(extract.next().is_some());
    assert_eq!(format!("{extract:?}"), format!("ExtractIf {{ remaining: {} }}", len - 1));
    drop(extract);
    assert_eq!(set.len(), len - 1);
}

fn clear<E: Element>() {
    let mut set = set::<E>(100);
    let capacity = set.capacity();
    set.clear();
    assert_eq!(set.capacity(), capacity);
    assert_holds(&set, &[]);
}

fn into_iter<E: Element>() {
    for count in COUNTS {
        for taken in [0, 1, count] {
            let mut iter = set::<E>(count).into_iter();
            let len = iter.len();
            assert_eq!(len, distinct::<E>(count).len());
            let taken = iter.by_ref().take(taken as usize).count();
            assert_eq!(iter.len(), len - taken);
        }
        assert_eq!(sorted(set::<E>(count)), distinct::<E>(count));
    }
}

fn clone<E: Element>() {
    for count in COUNTS {
        let original = set::<E>(count);
        let mut copy = original.clone();
        assert_eq!((&copy, copy.capacity()), (&original, original.capacity()));
        copy.clear();
        assert_holds(&original, &distinct::<E>(count));
    }
}

fn clone_from<E: Element>() {
    for from in COUNTS {
        for into in COUNTS {
            let (source, mut set) = (set::<E>(from), set::<E>(into));
            set.clone_from(&source);
            assert_holds(&set, &distinct::<E>(from));
        }
    }
}

fn equality<E: Element>() {
    let (set, mut other) = (set::<E>(50), set_of::<E>((0..50).rev()));
    assert_eq!(set, other);
    assert!(other.remove(&E::new(0)));
    assert_ne!(set, other);
    if E::KINDS > 1 {
        other.insert(E::new(50));
        assert_ne!(set, other);
    }
}

fn debug<E: Element>() {
    let (mut set, other) = (set::<E>(1), HashSet::<E>::new());
    let element = format!("{:?}", E::new(0));
    let list = format!("[{element}]");
    assert_eq!(format!("{other:?}"), "{}");
    assert_eq!(format!("{set:?}"), format!("{{{element}}}"));
    assert_eq!(format!("{:?}", set.iter()), list);
    assert_eq!(format!("{:?}", set.union(&other)), list);
    assert_eq!(format!("{:?}", set.difference(&other)), list);
    assert_eq!(format!("{:?}", set.symmetric_difference(&other)), list);
    assert_eq!(format!("{:?}", set.intersection(&set)), list);
    assert_eq!(format!("{:?}", set.clone().into_iter()), list);
    assert_eq!(format!("{:?}", set.drain()), list);
}

fn conversions<E: Element>() {
    let map: HashMap<E, ()> = numbers::<E>(50).into_iter().map(|n| (E::new(n), ())).collect();
    assert_holds(&HashSet::from(map), &distinct::<E>(50));
    let array: HashSet<E> = HashSet::from([E::new(0), E::new(0)]);
    assert_holds(&array, &[0]);
    assert_holds(&set::<E>(50), &distinct::<E>(50));
}

fn extend<E: Element>() {
    let mut set = set::<E>(20);
    set.extend((10..50).map(|number| E::new(number % E::KINDS)));
    assert_holds(&set, &distinct::<E>(50));
}

fn two_sets<E: Element>() {
    let ranges = if cfg!(miri) {
        [(0..0, 0..0), (0..2, 0..0), (0..17, 14..19), (0..7, 5..6), (0..3, 3..6)]
    } else {
        [(0..0, 0..0), (0..5, 0..0), (0..40, 20..60), (0..100, 5..6), (0..20, 20..40)]
    };
    for (a, b) in ranges {
        let (x, y) = (set_of::<E>(a.clone()), set_of::<E>(b.clone()));
        let model = |range: std::ops::Range<u64>| -> BTreeSet<u64> {
            range.map(|number| number % E::KINDS).collect()
        };
        let (a, b) = (model(a), model(b));
        for (x, y, a, b) in [(&x, &y, &a, &b), (&y, &x, &b, &a)] {
            let check = |lazy: Vec<&E>, expected: Vec<u64>| {
                assert_eq!(sorted(lazy.into_iter().cloned()), expected);
            };
            check(x.difference(y).collect(), a.difference(b).copied().collect());
            check(x.intersection(y).collect(), a.intersection(b).copied().collect());
            check(x.union(y).collect(), a.union(b).copied().collect());
            let either = a.symmetric_difference(b).copied().collect();
            check(x.symmetric_difference(y).collect(), either);
            assert_eq!(x.is_disjoint(y), a.is_disjoint(b));
            assert_eq!(x.is_subset(y), a.is_subset(b));
            assert_eq!(x.is_superset(y), a.is_superset(b));
            assert!(x.is_subset(x) && x.is_superset(x) && x.is_disjoint(x) == x.is_empty());

            hints(x.difference(y));
            hints(x.intersection(y));
            hints(x.union(y));
            hints(x.symmetric_difference(y));
        }
    }
}

/// Checks at each step that a size hint is right, that a clone goes on alike, and that `fold` sees
/// what `next` sees.
fn hints<'a, E: Element, I: FusedIterator<Item = &'a E> + Clone>(mut iter: I) {
    loop {
        let left = iter.clone().fold(0, |count, _| count + 1);
        let (at_least, at_most) = iter.size_hint();
        assert!(at_least <= left && at_most.is_none_or(|at_most| left <= at_most));
        let mut stepwise = iter.clone();
        assert!((0..left).all(|_| stepwise.next().is_some()) && stepwise.next().is_none());
        if iter.next().is_none() {
            assert!(left == 0 && iter.next().is_none());
            return;
        }
    }
}

fn operators<E: Element>() {
    let ranges = if cfg!(miri) {
        [(0..0, 0..0), (0..2, 0..0), (0..17, 12..20), (0..9, 5..6), (5..6, 0..9)]
    } else {
        [(0..0, 0..0), (0..5, 0..0), (0..40, 20..60), (0..100, 5..6), (5..6, 0..100)]
    };
    for (a, b) in ranges {
        let (x, y) = (set_of::<E>(a), set_of::<E>(b));
        let copy = |lazy: Vec<&E>| lazy.into_iter().cloned().collect::<HashSet<E>>();

        let expected = copy(x.union(&y).collect());
        let mut assigned = x.clone();
        assigned |= &y;
        assert_eq!((&x | &y, assigned), (expected.clone(), expected));

        let expected = copy(x.intersection(&y).collect());
        let mut assigned = x.clone();
        assigned &= &y;
        assert_eq!((&x & &y, assigned), (expected.clone(), expected));

        let expected = copy(x.symmetric_difference(&y).collect());
        let mut assigned = x.clone();
        assigned ^= &y;
        assert_eq!((&x ^ &y, assigned), (expected.clone(), expected));

        let expected = copy(x.difference(&y).collect());
        let mut assigned = x.clone();
        assigned -= &y;
        assert_eq!((&x - &y, assigned), (expected.clone(), expected));
    }
}

/// `Default` is the iterator over nothing, and every iterator stays at its end.
fn rest_of_iterators<E: Element>() {
    fn ends<I: FusedIterator>(mut iter: I) {
        iter.by_ref().for_each(drop);
        assert!(iter.next().is_none() && iter.next().is_none());
    }
    assert_eq!(Iter::<E>::default().next(), None);
    assert_eq!(IntoIter::<E>::default().next(), None);
    for count in COUNTS {
        let mut set = set::<E>(count);
        ends(set.iter());
        ends(set.extract_if(|_| false));
        ends(set.clone().into_iter());
        ends(set.drain());
    }
}

#[test]
fn borrowed_forms() {
    let mut set: HashSet<String> = ["salt", "butter"].map(String::from).into();
    assert!(set.contains("salt") && !set.contains("pepper"));
    assert_eq!(set.get("salt").map(String::as_str), Some("salt"));
    assert_eq!(set.get_or_insert_with("pepper", str::to_owned), "pepper");
    assert_eq!(set.take("pepper").as_deref(), Some("pepper"));
    assert!(set.remove("salt") && !set.remove("salt"));
    assert_eq!(set.len(), 1);
}

#[test]
fn extend_by_reference() {
    let mut set: HashSet<u64> = HashSet::new();
    set.extend(&[1, 2, 2]);
    set.extend(&HashSet::<u64>::from([2, 3]));
    assert_holds(&set, &[1, 2, 3]);
}

/// Equal by `key` alone.
#[derive(Clone, Debug)]
struct Labelled {
    key: u64,
    label: &'static str,
}

impl PartialEq for Labelled {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Labelled {}

impl Hash for Labelled {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

/// Which of two equal elements stays.
#[test]
fn equal_but_not_the_same() {
    let (old, new) = (Labelled { key: 1, label: "old" }, Labelled { key: 1, label: "new" });
    let mut set: HashSet<Labelled> = HashSet::from([old.clone()]);
    let label = |set: &HashSet<Labelled>| set.get(&old).map(|element| element.label);

    set.insert(new.clone());
    set.extend([new.clone()]);
    set.entry(new.clone()).insert();
    set.entry(new.clone()).or_insert();
    set |= &HashSet::from([new.clone()]);
    assert_eq!(set.get_or_insert(new.clone()).label, "old");
    assert_eq!(label(&set), Some("old"));
    assert_eq!(set.replace(new.clone()).map(|element| element.label), Some("old"));
    assert_eq!(label(&set), Some("new"));
    assert_eq!(set.take(&old).map(|element| element.label), Some("new"));
}

#[test]
#[should_panic = "capacity overflow"]
fn reserve_panics_on_overflow() {
    HashSet::<u64>::new().reserve(usize::MAX);
}
