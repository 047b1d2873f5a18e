//! Elements of all kinds: without size, over-aligned, big, owning.

use super::*;
use alloc::boxed::Box;
use alloc::format;
use core::fmt::Debug;

/// An element made from a number, and the number that can be told from it.
trait Element: Clone + Debug {
    /// Whether `LIVE` counts the values of this type.
    const COUNTED: bool = false;
    fn make(number: u64) -> Self;
    fn id(&self) -> u64;
}

macro_rules! elements {
    ($($type:ty: $number:ident => $make:expr, $element:ident => $id:expr;)*) => {$(
        impl Element for $type {
            fn make($number: u64) -> Self {
                $make
            }
            fn id(&self) -> u64 {
                let $element = self;
                $id
            }
        }
    )*};
}

#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Line(u64);

#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct AlignedNothing;

#[derive(Clone, Copy, Debug)]
#[cfg_attr(miri, repr(align(256)))]
#[cfg_attr(not(miri), repr(align(4096)))]
struct Page(u64);

#[derive(Clone, Debug)]
struct Big([u64; BIG]);

const BIG: usize = scaled(512, 512, 12);

elements! {
    (): _number => (), _element => 0;
    AlignedNothing: _number => AlignedNothing, _element => 0;
    u8: number => number as u8, element => u64::from(*element);
    [u8; 3]: number => [7, number as u8, 9], element => u64::from(element[1]);
    u32: number => number as u32, element => u64::from(*element);
    u64: number => number, element => *element;
    (u32, u8): number => (number as u32, 1), element => u64::from(element.0);
    Line: number => Line(number), element => element.0;
    Page: number => Page(number), element => element.0;
    Big: number => Big([number; BIG]), element => {
        assert!(element.0.iter().all(|&part| part == element.0[0]), "torn");
        element.0[BIG - 1]
    };
    // Owns memory, so that Miri and the allocator notice a second drop.
    Box<u64>: number => Box::new(number), element => **element;
    String: number => format!("{number} and some more bytes"), element => {
        element.split(' ').next().unwrap().parse().unwrap()
    };
}

std::thread_local! {
    /// Number of values of the counted types that exist in this test.
    static LIVE: Cell<isize> = const { Cell::new(0) };
}

fn live() -> isize {
    LIVE.with(Cell::get)
}

fn count(change: isize) {
    LIVE.with(|live| live.set(live.get() + change));
}

/// Counted, with a drop, be it of bytes or of none.
#[derive(Debug)]
struct Counted<T>(T);

impl<T> Drop for Counted<T> {
    fn drop(&mut self) {
        count(-1);
    }
}

impl<T: Element> Clone for Counted<T> {
    fn clone(&self) -> Self {
        Self::make(self.id())
    }
}

impl<T: Element> Element for Counted<T> {
    const COUNTED: bool = true;
    fn make(number: u64) -> Self {
        count(1);
        Counted(T::make(number))
    }
    fn id(&self) -> u64 {
        self.0.id()
    }
}

fn hasher<T: Element>(element: &T) -> u64 {
    mix(element.id())
}

/// Compares a table with the ids of what should be in it, which it sorts.
fn check<T: Element, G: Group>(table: &RawTable<T, G, Global>, ids: &mut [u64]) {
    table.check_invariants(hasher);
    let addresses: Vec<usize> = entries(table).map(|entry| (&raw const *entry).addr()).collect();
    assert!(addresses.iter().all(|address| address % align_of::<T>() == 0), "not aligned");
    // In slot order addresses go down, each entry clear of the next.
    assert!(addresses.windows(2).all(|two| two[0] >= two[1] + size_of::<T>()));
    ids.sort_unstable();
    assert_eq!(sorted(entries(table).map(T::id)), ids);
    for &id in ids.iter().step_by(scaled(1, 1, 5)) {
        assert!(table.find(mix(id), |element| element.id() == id).is_some());
    }
    let expected = if T::COUNTED { ids.len() as isize } else { 0 };
    assert_eq!(live(), expected, "drops");
}

/// The life of a table of `T`: insertion and growth, lookup, removal, clones, all ways to end it.
fn life<T: Element, G: Group>() {
    std::println!("{}", core::any::type_name::<T>());
    let mut random = Random(size_of::<T>() as u64);
    let (len, again) = (scaled(300, 100, G::WIDTH + 1) as u64, scaled(300, 100, 8) as u64);
    let mut table = RawTable::<T, G, Global>::new_in(Global);
    let mut ids = Vec::new();
    let fill = |table: &mut RawTable<T, G, Global>, ids: &mut Vec<u64>, len: u64| {
        for number in 0..len {
            let (slots, element) = (table.slots(), T::make(number));
            ids.push(element.id());
            table.insert_unique(mix(element.id()), element, hasher);
            if (table.slots() != slots && !cfg!(miri)) || number % 32 == 31 {
                check(table, ids);
            }
        }
        check(table, ids);
    };
    fill(&mut table, &mut ids, len);

    // Half of them leave, one by one; then the table shrinks.
    for _ in 0..len / 2 {
        let id = ids.swap_remove(random.below(ids.len()));
        let removed = table.remove(mix(id), |element| element.id() == id).expect("it is present");
        assert_eq!(removed.id(), id);
    }
    check(&table, &mut ids);
    table.shrink_to(0, hasher);
    check(&table, &mut ids);

    // A clone goes its own way, and is cloned into.
    let mut clone = table.clone();
    let taken: Vec<T> = clone.drain().take(5).collect();
    assert!(taken.len() == 5 && clone.is_empty());
    drop(taken);
    check(&table, &mut ids);
    clone.insert_unique(mix(0), T::make(0), hasher);
    clone.clone_from(&table);
    drop(table);
    check(&clone, &mut ids);
    table = clone;

    // Some leave by predicate.
    let mut turn = 0;
    let mut every_third = || {
        turn += 1;
        turn % 3 == 0
    };
    let mut kept = Vec::new();
    table.retain(|element| {
        let keep = !every_third();
        if keep {
            kept.push(element.id());
        }
        keep
    });
    assert!(kept.len() < ids.len());
    check(&table, &mut kept);
    // Others take their places, for which some may move (unless they have no bytes, and all the same hash).
    for number in 0..len {
        if table.len() == table.capacity() {
            let id = kept.swap_remove(random.below(kept.len()));
            table.remove(mix(id), |element| element.id() == id).expect("it is present");
        }
        let element = T::make(2 * again + len + number);
        kept.push(element.id());
        table.insert_unique(mix(element.id()), element, hasher);
    }
    check(&table, &mut kept);
    let mut entries = table.extract_if();
    while let Some(element) = entries.next(|_| every_third()) {
        let position = kept.iter().position(|&id| id == element.id());
        kept.swap_remove(position.expect("it was there"));
    }
    check(&table, &mut kept);

    // All ways to end it.
    let nothing: &mut [u64] = &mut [];
    table.clear();
    check(&table, nothing);
    ids.clear();
    fill(&mut table, &mut ids, again);
    drop(table.drain());
    check(&table, nothing);
    ids.clear();
    fill(&mut table, &mut ids, again);
    let mut iter = table.into_iter();
    let mut taken: Vec<u64> = iter.by_ref().take(7).map(|element| element.id()).collect();
    // SAFETY: the entries live as long as the borrow of the iterator.
    taken.extend(unsafe { iter.rest() }.map(|element| unsafe { element.as_ref() }.id()));
    drop(iter);
    taken.sort_unstable();
    assert_eq!((taken, live()), (ids, 0));
    let mut table = RawTable::<T, G, Global>::new_in(Global);
    fill(&mut table, &mut Vec::new(), again);
    drop(table);
    assert_eq!(live(), 0);
}

fn plain_elements<G: Group>() {
    #[cfg(not(miri))]
    life::<u8, G>();
    life::<[u8; 3], G>();
    #[cfg(not(miri))]
    life::<u32, G>();
    #[cfg(not(miri))]
    life::<(u32, u8), G>();
    life::<u64, G>();
}

fn zero_sized_elements<G: Group>() {
    life::<(), G>();
    life::<AlignedNothing, G>();
    life::<Counted<()>, G>();
}

fn aligned_and_big_elements<G: Group>() {
    life::<Line, G>();
    life::<Page, G>();
    life::<Big, G>();
}

fn owning_elements<G: Group>() {
    life::<String, G>();
    life::<Counted<Box<u64>>, G>();
}

/// Elements of more than a mebibyte: a lookup prefetches at an address far before the control bytes, also in a table without
/// slots.
fn elements_beyond_the_cache<G: Group>() {
    let mut table = RawTable::<[u8; (1 << 20) + 1], G, Global>::new_in(Global);
    assert_eq!(table.find(7, |_| true), None);
    assert_eq!(table.find(u64::MAX, |_| true), None);
    if !cfg!(miri) {
        table.reserve(1, |_| 0);
        assert_eq!(table.find(7, |_| true), None);
        assert_eq!(table.find(u64::MAX, |_| true), None);
    }
}

backends! {
    plain_elements zero_sized_elements aligned_and_big_elements owning_elements
    elements_beyond_the_cache
}
