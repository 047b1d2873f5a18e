//! Popping: how many groups of control bytes it looks at, counted by a backend.

use super::*;
use crate::ctrl::Tag;
use crate::raw::full::CHUNK;
use core::cell::RefCell;

std::thread_local! {
    pub(super) static LOADS: Cell<usize> = const { Cell::new(0) };
    /// The addresses that were prefetched.
    pub(super) static PREFETCHED: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// Another backend that counts what it loads, and notes what it prefetches.
#[derive(Clone, Copy)]
pub(super) struct Counting<G>(G);

macro_rules! forward {
    ($($operation:ident($($tag:ident)?) -> $result:ty;)*) => {$(
        fn $operation(self $(, $tag: Tag)?) -> $result {
            self.0.$operation($($tag)?)
        }
    )*};
}

// SAFETY: every operation is the other backend's.
unsafe impl<G: Group> Group for Counting<G> {
    const WIDTH: usize = G::WIDTH;
    const NAME: &'static str = G::NAME;
    const ALIGNED_HOMES: bool = G::ALIGNED_HOMES;
    type Mask = G::Mask;

    unsafe fn load(ctrl: *const u8) -> Self {
        LOADS.set(LOADS.get() + 1);
        // SAFETY: the caller's contract.
        Counting(unsafe { G::load(ctrl) })
    }

    unsafe fn store(self, ctrl: *mut u8) {
        // SAFETY: the caller's contract.
        unsafe { self.0.store(ctrl) }
    }

    forward! {
        match_tag(tag) -> G::Mask; match_empty() -> G::Mask; match_empty_or_deleted() -> G::Mask;
        match_full() -> G::Mask; full_bits() -> usize;
    }

    fn union(self, other: Self) -> Self {
        Counting(self.0.union(other.0))
    }

    fn convert(self) -> Self {
        Counting(self.0.convert())
    }

    fn prefetch(address: *const u8) {
        PREFETCHED.with_borrow_mut(|prefetched| prefetched.push(address.addr()));
    }
}

pub(super) type Table<G> = RawTable<u64, Counting<G>, Global>;

/// A table of the keys below `len`, with room for `capacity`.
pub(super) fn table<G: Group>(capacity: usize, len: usize) -> Table<G> {
    let mut table = Table::with_capacity_in(capacity, Global);
    insert_all(&mut table, 0..len as u64);
    table
}

fn groups<G: Group>(table: &Table<G>) -> usize {
    table.slots().div_ceil(G::WIDTH)
}

/// Groups that so many pops may look at: each group to learn that it is vacant, the noted one for each
/// entry, and where that is vacant a chunk that is cut off on either side.
fn most<G: Group>(table: &Table<G>, pops: usize) -> usize {
    let groups = groups(table);
    pops + groups + 2 * (CHUNK / G::WIDTH) * (pops.min(groups) + 1)
}

/// Pops so many entries; returns them, sorted, and the number of groups looked at.
fn pop<G: Group>(table: &mut Table<G>, count: usize) -> (Vec<u64>, usize) {
    let before = LOADS.get();
    let popped = sorted((0..count).map_while(|_| table.pop()));
    let loads = LOADS.get() - before;
    table.check_invariants(key_hasher);
    (popped, loads)
}

/// Lengths at the edges of a table's sizes, and one large.
fn lengths<G: Group>() -> Vec<usize> {
    let several = (0..scaled(3, 3, 1) as u32).flat_map(|doublings| {
        let capacity = capacity_of_homes::<G>(doublings);
        [capacity - 1, capacity]
    });
    let large = capacity_of_homes::<G>(scaled(14, 10, 0) as u32);
    let all = [1, 3, 4, 8, 16].into_iter().chain(several).chain([large]).enumerate();
    all.filter(|&(case, _)| tried(case, 3)).map(|(_, len)| len).collect()
}

/// Each entry comes once; the groups left behind are not looked at again.
fn emptying_is_linear<G: Group>() {
    for len in lengths::<G>() {
        let mut table = table::<G>(len, len);
        let (popped, loads) = pop(&mut table, usize::MAX);
        assert!(popped.into_iter().eq(0..len as u64), "{len} entries");
        assert_eq!((table.len(), table.pop()), (0, None));
        let most = most(&table, len);
        assert!(loads <= most, "{len} entries: {loads} groups, at most {most} expected");
    }
}

/// A few entries that are left in a large table are found in one walk too, and a walk that was
/// interrupted goes on where it was, around the end.
fn sparse_tables_are_walked_once<G: Group>() {
    for len in lengths::<G>() {
        let mut table = table::<G>(len, len);
        let (first, loads) = pop(&mut table, len / 2);
        let kept: Vec<u64> = sorted_keys(&table);
        remove_all(&mut table, kept.iter().copied().filter(|key| key % 32 != 0));
        let (rest, more) = pop(&mut table, usize::MAX);
        assert!(rest.into_iter().eq(kept.into_iter().filter(|key| key % 32 == 0)));
        let most = most(&table, len);
        assert!(
            loads + more <= most,
            "{len} entries, {} popped first: {loads} + {more}",
            first.len()
        );
    }
}

/// After insertions everywhere, a run of pops goes around once.
fn insertions_cost_one_more_round<G: Group>() {
    for len in lengths::<G>() {
        let mut table = table::<G>(len, len);
        let (popped, _) = pop(&mut table, len.div_ceil(2));
        insert_all(&mut table, popped);
        assert!(sorted_keys(&table).into_iter().eq(0..len as u64));
        let (popped, loads) = pop(&mut table, usize::MAX);
        assert!(popped.into_iter().eq(0..len as u64));
        let most = most(&table, len) + 1;
        assert!(loads <= most, "{len} entries: {loads} groups, at most {most} expected");
    }
}

/// A cleared table and one that was grown begin anew, a copy anywhere, with what they hold.
fn the_cursor_goes_with_the_block<G: Group>() {
    for len in lengths::<G>() {
        let mut table = table::<G>(len, len);
        pop(&mut table, len / 2);
        let copy = table.clone();
        assert_eq!(pop(&mut copy.clone(), usize::MAX).0, sorted_keys(&table));
        table.reserve(4 * len, key_hasher);
        assert_eq!(pop(&mut table, usize::MAX).0, sorted_keys(&copy));
        insert_all(&mut table, [1]);
        table.clear();
        assert_eq!(table.pop(), None);
        insert_all(&mut table, [2]);
        assert_eq!((table.pop(), table.pop()), (Some(2), None));
    }
}

backends! {
    emptying_is_linear sparse_tables_are_walked_once insertions_cost_one_more_round
    the_cursor_goes_with_the_block
}
