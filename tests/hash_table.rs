//! `HashTable`: each method and trait, with several kinds of elements.

mod elements;

use std::cell::Cell;
use std::collections::HashSet as StdSet;
use std::iter::FusedIterator;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use elements::{COUNTS, Element, numbers, sorted};
use rosti::hash_table::{
    Entry, HashTable, IntoIter, Iter, IterBuckets, IterHash, IterHashBuckets, IterHashMut, IterMut,
    OccupiedEntry, UnsafeIter, VacantEntry,
};
use rosti::{TryReserveError, internals::Global};

/// A hash whose two ends are both good.
fn mix(number: u64) -> u64 {
    number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn hash<E: Element>(element: &E) -> u64 {
    mix(element.number())
}

fn is<E: Element>(number: u64) -> impl Fn(&E) -> bool {
    move |element| element.number() == number
}

/// A table of the first `count` elements.
fn table<E: Element>(count: u64) -> HashTable<E> {
    let mut table = HashTable::new();
    for number in numbers::<E>(count) {
        table.insert_unique(mix(number), E::new(number), hash);
    }
    table
}

/// Checks that a table consists of these elements and finds them.
fn assert_holds<E: Element>(table: &HashTable<E>, numbers: &[u64]) {
    assert_eq!(table.len(), numbers.len());
    assert_eq!(table.is_empty(), numbers.is_empty());
    assert!(table.capacity() >= table.len() && table.num_buckets() >= table.capacity());
    assert_eq!(sorted(table.iter().cloned()), numbers);
    for &number in numbers {
        assert_eq!(table.find(mix(number), is(number)), Some(&E::new(number)));
    }
    assert_eq!(table.find(mix(u64::MAX), is(u64::MAX)), None);
}

/// The entry of element 0.
fn entry<E: Element>(table: &mut HashTable<E>) -> Entry<'_, E> {
    table.entry(mix(0), is(0), hash)
}

fn occupied<E: Element>(table: &mut HashTable<E>) -> OccupiedEntry<'_, E> {
    table.find_entry(mix(0), is(0)).expect("element 0 is there")
}

fn vacant<E: Element>(table: &mut HashTable<E>) -> VacantEntry<'_, E> {
    match entry(table) {
        Entry::Vacant(entry) => entry,
        Entry::Occupied(_) => panic!("element 0 is there"),
    }
}

for_each_element! {
    constructors find find_mut find_entry entry_inserts entry_is_lazy entry_combinators
    occupied_entry vacant_entry insert_unique clear pop shrink reserve iter iter_mut unsafe_iter
    iter_buckets bucket_family retain drain extract_if disjoint into_iter clone clone_from debug
    rest_of_iterators
}

fn constructors<E: Element>() {
    const EMPTY: HashTable<String> = HashTable::new();
    const EMPTY_IN: HashTable<String> = HashTable::new_in(Global);
    assert_eq!((EMPTY.capacity(), EMPTY_IN.num_buckets()), (0, 0));

    for empty in [HashTable::<E>::new(), HashTable::default(), HashTable::new_in(Global)] {
        assert_eq!((empty.len(), empty.capacity(), empty.num_buckets()), (0, 0, 0));
        assert_eq!(empty.allocation_size(), 0);
        let _: &Global = empty.allocator();
        assert_holds(&empty, &[]);
    }
    for count in COUNTS {
        let capacity = usize::try_from(count).unwrap();
        for table in
            [HashTable::<E>::with_capacity(capacity), HashTable::with_capacity_in(capacity, Global)]
        {
            assert!(table.capacity() >= capacity && table.is_empty());
            assert!(table.allocation_size() >= capacity * size_of::<E>());
        }
    }
}

fn find<E: Element>() {
    for count in COUNTS {
        assert_holds(&table::<E>(count), &numbers::<E>(count));
    }
}

fn find_mut<E: Element>() {
    let mut table = table::<E>(100);
    let element = table.find_mut(mix(0), is(0)).unwrap();
    *element = element.clone();
    assert!(table.find_mut(mix(0), |_| false).is_none());
    assert_holds(&table, &numbers::<E>(100));
}

fn find_entry<E: Element>() {
    let mut table = table::<E>(3);
    let entry = table.find_entry(mix(0), is(0)).unwrap();
    assert_eq!(entry.get(), &E::new(0));
    entry.remove();
    assert_eq!(table.len(), 2);

    let absent = table.find_entry(mix(0), |_| false).unwrap_err();
    assert_eq!(format!("{absent:?}"), "AbsentEntry");
    absent.into_table().insert_unique(mix(0), E::new(0), hash);
    assert_holds(&table, &numbers::<E>(3));
}

fn entry_inserts<E: Element>() {
    for count in COUNTS {
        let mut table: HashTable<E> = HashTable::new();
        for number in numbers::<E>(count).into_iter().chain(numbers::<E>(count)) {
            match table.entry(mix(number), is(number), hash) {
                Entry::Occupied(entry) => assert_eq!(entry.get().number(), number),
                Entry::Vacant(entry) => drop(entry.insert(E::new(number))),
            }
        }
        let expected: StdSet<u64> = numbers::<E>(count).into_iter().collect();
        assert_holds(&table, &sorted(expected));
    }
}

/// Makes room only for an absent entry, and searches and hashes only once.
fn entry_is_lazy<E: Element>() {
    let mut table = HashTable::with_capacity(4);
    while table.len() < table.capacity() {
        let number = table.len() as u64 % E::KINDS;
        table.insert_unique(mix(number), E::new(number), hash);
    }
    let full = table.capacity();
    let entry = table.entry(mix(0), is(0), |_| panic!("hashed to find a present entry"));
    assert!(matches!(entry, Entry::Occupied(_)));
    assert_eq!(table.capacity(), full);

    let compared = Cell::new(0);
    let entry = table.entry(
        mix(0),
        |_| {
            compared.set(compared.get() + 1);
            false
        },
        hash,
    );
    let Entry::Vacant(entry) = entry else { panic!("found what was declined") };
    let comparisons = compared.get();
    entry.insert(E::new(0));
    assert_eq!(compared.get(), comparisons, "inserting searched again");
    assert!(table.capacity() > full);
}

fn entry_combinators<E: Element>() {
    let mut table: HashTable<E> = HashTable::new();

    let untouched = entry(&mut table).and_modify(|_| panic!("there is nothing to modify"));
    assert_eq!(format!("{untouched:?}"), "Entry(VacantEntry)");
    assert!(untouched.into_table().is_empty());

    assert_eq!(entry(&mut table).or_insert(E::new(0)).get(), &E::new(0));
    entry(&mut table).or_insert(E::new(0));
    entry(&mut table).or_insert_with(|| panic!("the entry is there"));
    entry(&mut table).insert(E::new(0));
    assert_eq!(table.len(), 1);

    let mut seen = None;
    let occupied = entry(&mut table).and_modify(|element| seen = Some(element.number()));
    let shown = format!("Entry(OccupiedEntry {{ value: {:?} }})", E::new(0));
    assert_eq!(format!("{occupied:?}"), shown);
    assert_eq!(occupied.into_table().len(), 1);
    assert_eq!(seen, Some(0));

    table.clear();
    entry(&mut table).or_insert_with(|| E::new(0));
    table.clear();
    entry(&mut table).insert(E::new(0));
    assert_holds(&table, &[0]);
}

fn occupied_entry<E: Element>() {
    let mut table = table::<E>(40);

    let mut entry = occupied(&mut table);
    assert_eq!(format!("{entry:?}"), format!("OccupiedEntry {{ value: {:?} }}", E::new(0)));
    *entry.get_mut() = E::new(0);
    assert_eq!(entry.get().number(), 0);
    let index = entry.bucket_index();
    *entry.into_mut() = E::new(0);
    assert_eq!(table.get_bucket(index), Some(&E::new(0)));
    assert_eq!(occupied(&mut table).into_table().len(), 40);

    let (removed, vacant) = occupied(&mut table).remove();
    assert_eq!(removed.number(), 0);
    assert_eq!(vacant.insert(removed).bucket_index(), index, "the same slot");
    assert_holds(&table, &numbers::<E>(40));

    let replaced = occupied(&mut table).replace_entry_with(|element| Some(element.clone()));
    assert!(matches!(replaced, Entry::Occupied(entry) if entry.get().number() == 0));
    let removed = occupied(&mut table).replace_entry_with(|_| None);
    assert!(matches!(removed, Entry::Vacant(_)));
    removed.insert(E::new(0));
    assert_holds(&table, &numbers::<E>(40));

    if cfg!(panic = "abort") {
        return;
    }
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        occupied(&mut table).replace_entry_with(|_| panic!("on purpose"));
    }));
    assert!(panicked.is_err());
    assert_holds(
        &table,
        &numbers::<E>(40)[usize::from(E::KINDS > 1)..39 + usize::from(E::KINDS > 1)],
    );
}

fn vacant_entry<E: Element>() {
    let mut table: HashTable<E> = HashTable::new();
    assert_eq!(format!("{:?}", vacant(&mut table)), "VacantEntry");
    assert!(vacant(&mut table).into_table().is_empty());
    let entry: OccupiedEntry<'_, E> = vacant(&mut table).insert(E::new(0));
    let (_, again): (E, VacantEntry<'_, E>) = entry.remove();
    assert!(again.into_table().is_empty());
}

fn insert_unique<E: Element>() {
    let mut table = HashTable::new();
    for _ in 0..100 {
        let entry = table.insert_unique(mix(0), E::new(0), hash);
        assert_eq!(entry.get().number(), 0);
    }
    assert_holds(&table, &[0; 100]);
}

fn clear<E: Element>() {
    for count in COUNTS {
        let mut table = table::<E>(count);
        let capacity = table.capacity();
        table.clear();
        assert_eq!(table.capacity(), capacity);
        assert_holds(&table, &[]);
        for number in numbers::<E>(count) {
            table.insert_unique(mix(number), E::new(number), hash);
        }
        assert_eq!(table.capacity(), capacity);
        assert_holds(&table, &numbers::<E>(count));
    }
}

/// The least capacity that holds so many entries.
fn fitting<E: Element>(len: usize) -> usize {
    HashTable::<E>::with_capacity(len).capacity()
}

/// Each entry comes once, and the rest stays findable.
fn pop<E: Element>() {
    for count in COUNTS {
        let mut table = table::<E>(count);
        let mut left = numbers::<E>(count);
        while let Some(element) = table.pop() {
            let place = left.iter().position(|&number| number == element.number());
            left.swap_remove(place.expect("it was there, and comes once"));
            left.sort_unstable();
            assert_holds(&table, &left);
        }
        assert_eq!(left, []);
    }
}

fn shrink<E: Element>() {
    for count in COUNTS {
        let mut table = table::<E>(count);
        table.reserve(1000, hash);
        let reserved = table.capacity();
        table.shrink_to(5000, hash);
        assert_eq!(table.capacity(), reserved);
        table.shrink_to(600, hash);
        assert_eq!(table.capacity(), fitting::<E>(600));
        assert!(table.capacity() < reserved);
        table.shrink_to_fit(hash);
        assert_eq!(table.capacity(), fitting::<E>(table.len()));
        assert_holds(&table, &numbers::<E>(count));
        table.clear();
        table.shrink_to_fit(hash);
        assert_eq!((table.capacity(), table.num_buckets(), table.allocation_size()), (0, 0, 0));
    }
}

fn reserve<E: Element>() {
    for count in COUNTS {
        let mut table = table::<E>(count);
        table.reserve(0, hash);
        table.reserve(300, hash);
        let reserved = table.capacity();
        assert!(reserved >= table.len() + 300);
        assert_eq!(table.try_reserve(300, hash), Ok(()));
        assert_eq!(table.capacity(), reserved);
        assert_eq!(
            table.try_reserve(usize::MAX, hash),
            Err(TryReserveError::CapacityOverflow),
            "and nothing changes"
        );
        assert_eq!(table.capacity(), reserved);
        assert_holds(&table, &numbers::<E>(count));
    }
}

fn iter<E: Element>() {
    for count in COUNTS {
        let table = table::<E>(count);
        let mut iter = table.iter();
        assert_eq!(iter.len(), table.len());
        assert_eq!(iter.size_hint(), (table.len(), Some(table.len())));
        assert_eq!(iter.clone().count(), table.len());
        let first = iter.next().cloned();
        assert_eq!(iter.len(), table.len().saturating_sub(1));
        let rest = iter.fold(Vec::new(), |mut rest, element| {
            rest.push(element.clone());
            rest
        });
        assert_eq!(sorted(first.into_iter().chain(rest)), numbers::<E>(count));
        assert_eq!((&table).into_iter().fold(0, |n, _| n + 1), table.len());
    }
}

fn iter_mut<E: Element>() {
    for count in COUNTS {
        let mut table = table::<E>(count);
        let len = table.len();
        let mut iter = table.iter_mut();
        assert_eq!((iter.len(), iter.iter().fold(0, |n, _| n + 1)), (len, len));
        if let Some(element) = iter.next() {
            *element = element.clone();
        }
        iter.for_each(|element| *element = element.clone());
        for element in &mut table {
            *element = element.clone();
        }
        assert_holds(&table, &numbers::<E>(count));
    }
}

fn unsafe_iter<E: Element>() {
    for count in COUNTS {
        let mut table = table::<E>(count);
        let len = table.len();
        let mut iter = table.unsafe_iter();
        assert_eq!((iter.len(), iter.iter().fold(0, |n, _| n + 1)), (len, len));
        if let Some(mut element) = iter.next() {
            // SAFETY: the table is borrowed mutably by the iterator, and each entry comes once.
            let element = unsafe { element.as_mut() };
            *element = element.clone();
        }
        // SAFETY: as above.
        let found = sorted(iter.map(|element| unsafe { element.as_ref() }.clone()));
        assert_eq!(found.len(), len.saturating_sub(1));
        assert_holds(&table, &numbers::<E>(count));
    }
}

fn iter_buckets<E: Element>() {
    for count in COUNTS {
        let table = table::<E>(count);
        let indices: StdSet<usize> = table.iter_buckets().collect();
        assert_eq!((indices.len(), table.iter_buckets().len()), (table.len(), table.len()));
        assert!(indices.iter().all(|&index| index < table.num_buckets()));
        let elements = indices.iter().map(|&index| table.get_bucket(index).unwrap().clone());
        assert_eq!(sorted(elements), numbers::<E>(count));
        assert!(
            (0..table.num_buckets() + 64)
                .all(|i| indices.contains(&i) == table.get_bucket(i).is_some())
        );
    }
}

fn bucket_family<E: Element>() {
    let mut table = table::<E>(50);
    assert_eq!(table.find_bucket_index(mix(0), |_| false), None);
    let index = table.find_bucket_index(mix(0), is(0)).unwrap();
    let vacant = (0..).find(|&index| table.get_bucket(index).is_none()).unwrap();

    assert_eq!(table.get_bucket_mut(index), Some(&mut E::new(0)));
    // SAFETY: the index was found in the table, which does not change.
    unsafe {
        assert_eq!(table.get_bucket_unchecked(index), &E::new(0));
        assert_eq!(table.get_bucket_unchecked_mut(index), &mut E::new(0));
        assert_eq!(table.get_bucket_entry_unchecked(index).get(), &E::new(0));
    }
    assert_eq!(table.get_bucket_entry(index).unwrap().remove().0, E::new(0));
    for index in [index, vacant, table.num_buckets(), usize::MAX] {
        assert!(table.get_bucket(index).is_none());
        assert!(table.get_bucket_mut(index).is_none());
        assert!(table.get_bucket_entry(index).is_err());
    }
    assert_eq!(table.len(), 49);
}

fn retain<E: Element>() {
    for count in COUNTS {
        let mut table = table::<E>(count);
        table.retain(|element| element.number() % 3 == 1);
        let mut expected = numbers::<E>(count);
        expected.retain(|number| number % 3 == 1);
        assert_holds(&table, &expected);
    }
    if cfg!(panic = "abort") {
        return;
    }
    let mut table = table::<E>(50);
    let mut kept = 0;
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        table.retain(|_| {
            kept += 1;
            assert!(kept < 20, "on purpose");
            kept % 2 == 0
        });
    }));
    assert!(panicked.is_err());
    assert_eq!((table.len(), table.iter().fold(0, |n, _| n + 1)), (40, 40));
}

fn drain<E: Element>() {
    for count in COUNTS {
        for taken in [0, 1, count.min(10), count] {
            let mut table = table::<E>(count);
            let capacity = table.capacity();
            let mut drain = table.drain();
            assert_eq!(
                (drain.len(), drain.iter().fold(0, |n, _| n + 1) as u64),
                (drain.iter().len(), count)
            );
            let taken = drain.by_ref().take(taken as usize).count();
            assert_eq!(drain.len(), count as usize - taken);
            drop(drain);
            assert_eq!(table.capacity(), capacity);
            assert_holds(&table, &[]);
            table.insert_unique(mix(0), E::new(0), hash);
            assert_holds(&table, &[0]);
        }
    }
    let mut whole = table::<E>(100);
    assert_eq!(sorted(whole.drain()), numbers::<E>(100));
}

#[test]
fn a_forgotten_drain_leaves_an_empty_table() {
    let mut table: HashTable<u64> = self::table(100);
    mem::forget(table.drain());
    assert_holds(&table, &[]);
    table.insert_unique(mix(0), 0, hash);
    assert_holds(&table, &[0]);
}

fn extract_if<E: Element>() {
    for count in COUNTS {
        let mut table = table::<E>(count);
        let odd = sorted(table.extract_if(|element| element.number() % 2 == 1));
        let (expected, rest): (Vec<u64>, Vec<u64>) =
            numbers::<E>(count).into_iter().partition(|number| number % 2 == 1);
        assert_eq!(odd, expected);
        assert_holds(&table, &rest);
    }
    // What was not asked for stays.
    let mut table = table::<E>(100);
    let mut extract = table.extract_if(|_| true);
    assert_eq!(extract.size_hint(), (0, Some(100)));
    assert_eq!(extract.by_ref().take(30).count(), 30);
    assert_eq!(format!("{extract:?}"), "ExtractIf { remaining: 70 }");
    drop(extract);
    assert_eq!(table.len(), 70);
}

fn disjoint<E: Element>() {
    let mut table = table::<E>(50);
    let wanted = [0, u64::MAX];
    let found = table.get_disjoint_mut(wanted.map(mix), |i, element| element.number() == wanted[i]);
    assert_eq!(found, [Some(&mut E::new(0)), None]);
    assert_eq!(table.get_disjoint_mut([], |_, _| true), []);

    let all: [u64; 3] = [0, 1 % E::KINDS, 2 % E::KINDS];
    let mut used = Vec::new();
    // SAFETY: no entry is accepted twice: by number, or, if all are equal, by turns.
    let found = unsafe {
        table.get_disjoint_unchecked_mut(all.map(mix), |i, element| {
            let address = (&raw const *element).addr();
            let fits = element.number() == all[i];
            let fresh = size_of::<E>() == 0 || !used.contains(&address);
            used.extend(fits.then_some(address));
            fits && fresh && (size_of::<E>() != 0 || i == 0)
        })
    };
    assert_eq!(found[0], Some(&mut E::new(0)));

    if cfg!(panic = "abort") {
        return;
    }
    let twice = catch_unwind(AssertUnwindSafe(|| {
        table.get_disjoint_mut([mix(0), mix(u64::MAX), mix(0)], |i, element| {
            i != 1 && element.number() == 0
        });
    }));
    let message = *twice.unwrap_err().downcast::<String>().expect("a message");
    assert!(message.contains("duplicate keys found"), "{message}");
    assert_holds(&table, &numbers::<E>(50));
}

fn into_iter<E: Element>() {
    for count in COUNTS {
        for taken in [0, 1, count] {
            let mut iter = table::<E>(count).into_iter();
            assert_eq!((iter.len() as u64, iter.iter().len() as u64), (count, count));
            let taken = iter.by_ref().take(taken as usize).count();
            assert_eq!(iter.len(), count as usize - taken);
        }
        assert_eq!(sorted(table::<E>(count)), numbers::<E>(count));
    }
}

fn clone<E: Element>() {
    for count in COUNTS {
        let original = table::<E>(count);
        let mut copy = original.clone();
        assert_eq!(copy.capacity(), original.capacity());
        assert_holds(&copy, &numbers::<E>(count));
        copy.insert_unique(mix(0), E::new(0), hash);
        assert_holds(&original, &numbers::<E>(count));
    }
}

fn clone_from<E: Element>() {
    for from in COUNTS {
        for into in COUNTS {
            let (source, mut table) = (table::<E>(from), table::<E>(into));
            table.clone_from(&source);
            assert_holds(&table, &numbers::<E>(from));
        }
    }
}

fn debug<E: Element>() {
    assert_eq!(format!("{:?}", table::<E>(0)), "{}");
    let mut table = table::<E>(1);
    let element = format!("{:?}", E::new(0));
    let list = format!("[{element}]");
    assert_eq!(format!("{table:?}"), format!("{{{element}}}"));
    assert_eq!(format!("{:?}", table.iter()), list);
    assert_eq!(format!("{:?}", table.iter_mut()), list);
    assert_eq!(format!("{:?}", table.unsafe_iter()), list);
    assert_eq!(format!("{:?}", table.iter_hash(mix(0))), list);
    assert_eq!(format!("{:?}", table.iter_hash_mut(mix(0))), list);
    let index = table.find_bucket_index(mix(0), is(0)).unwrap();
    assert_eq!(format!("{:?}", table.iter_buckets()), format!("[{index}]"));
    assert_eq!(format!("{:?}", table.iter_hash_buckets(mix(0))), format!("[{index}]"));
    assert_eq!(format!("{:?}", table.clone().into_iter()), list);
    assert_eq!(format!("{:?}", table.drain()), list);
}

/// `Default` is the iterator over nothing, and every iterator stays at its end.
fn rest_of_iterators<E: Element>() {
    fn ends<I: FusedIterator>(mut iter: I) {
        iter.by_ref().for_each(drop);
        assert!(iter.next().is_none() && iter.next().is_none());
    }
    assert_eq!(Iter::<E>::default().next(), None);
    assert_eq!(IterMut::<E>::default().next(), None);
    assert_eq!(UnsafeIter::<E>::default().next(), None);
    assert_eq!(IterBuckets::<E>::default().next(), None);
    assert_eq!(IterHash::<E>::default().next(), None);
    assert_eq!(IterHashMut::<E>::default().next(), None);
    assert_eq!(IterHashBuckets::<E>::default().next(), None);
    assert_eq!(IntoIter::<E>::default().next(), None);
    for count in COUNTS {
        let mut table = table::<E>(count);
        ends(table.iter());
        ends(table.iter_mut());
        ends(table.unsafe_iter());
        ends(table.iter_buckets());
        ends(table.iter_hash(mix(0)));
        ends(table.iter_hash_mut(mix(0)));
        ends(table.iter_hash_buckets(mix(0)));
        ends(table.extract_if(|_| false));
        ends(table.clone().into_iter());
        ends(table.drain());
    }
}

type HashNumber = fn(u64) -> u64;

/// Hashes with many entries each: from good ones to one that sends every entry on the same walk
/// through the whole table, for each kind of home.
const HASHES: [(&str, HashNumber); 9] = [
    ("all 0", |_| 0),
    ("all at home 7", |_| 7),
    ("all at home 15", |_| 15),
    ("all at the last home", |_| u64::MAX),
    ("three homes", |n| n % 3 * 0x11),
    ("three tags", |n| (n % 3) << 60),
    ("groups of ten", |n| mix(n / 10)),
    ("identity", |n| n),
    ("good", mix),
];

#[test]
fn iter_hash_finds_each_match_once() {
    for (case, (name, hash)) in HASHES.into_iter().enumerate() {
        const COUNTS: &[u64] =
            if cfg!(miri) { &[17, 4] } else { &[0, 1, 4, 8, 16, 17, 41, 100, 459, 500, 900] };
        for (i, &count) in COUNTS.iter().enumerate() {
            if cfg!(miri) && (case + i) % 2 == 1 {
                continue; // each hash with one count
            }
            let mut table = HashTable::new();
            for n in 0..count {
                table.insert_unique(hash(n), n, |&n| hash(n));
            }
            // Fill to the last vacant slot: walks that visit every window.
            let filled = table.capacity() as u64;
            for n in count..filled {
                table.insert_unique(hash(n), n, |&n| hash(n));
            }
            assert_eq!(table.capacity() as u64, filled, "there was room");
            let wanted: StdSet<u64> = (0..filled.min(40)).map(hash).collect();
            for wanted in wanted {
                let case = format!("{name}, {filled} entries, hash {wanted:#x}");
                let found: Vec<u64> = table.iter_hash(wanted).copied().collect();
                let distinct: StdSet<u64> = found.iter().copied().collect();
                assert_eq!(found.len(), distinct.len(), "one came twice: {case}");
                assert!(
                    (0..filled).all(|n| hash(n) != wanted || distinct.contains(&n)),
                    "one is missing: {case}"
                );
                let indices: Vec<usize> = table.iter_hash_buckets(wanted).collect();
                let at_indices = indices.iter().map(|&index| *table.get_bucket(index).unwrap());
                assert_eq!(at_indices.collect::<Vec<_>>(), found, "{case}");

                // All mutable references at once.
                let references: Vec<&mut u64> = table.iter_hash_mut(wanted).collect();
                assert_eq!(references.len(), found.len(), "{case}");
                for reference in references {
                    *reference += 1;
                    *reference -= 1;
                }
                let sum = table.iter_hash(wanted).clone().sum::<u64>();
                assert_eq!(sum, found.iter().sum::<u64>(), "{case}");
            }
        }
    }
}

#[test]
#[should_panic = "capacity overflow"]
fn reserve_panics_on_overflow() {
    HashTable::<u64>::new().reserve(usize::MAX, |&n| n);
}
