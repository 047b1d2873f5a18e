//! The n-th call of user code panics, for all n: no entry is lost, none is dropped twice, the
//! invariants hold, and the table goes on.

use super::scatter::{crowd, is_scattered};
use super::*;
use alloc::boxed::Box;
use alloc::collections::{BTreeSet, VecDeque};
use alloc::rc::Rc;
use core::cell::{Cell, RefCell};
use core::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Panics at the call that finds the count at 0; never again until it is set anew.
pub(super) struct Fuse(Cell<usize>);

/// What a fuse panics with.
struct Blown;

impl Fuse {
    pub(super) const NEVER: usize = usize::MAX;

    pub(super) fn new(calls: usize) -> Self {
        Fuse(Cell::new(calls))
    }

    pub(super) fn rearm(&self, calls: usize) {
        self.0.set(calls);
    }

    /// Burns, and if that goes well returns the value.
    pub(super) fn pass<T>(&self, value: T) -> T {
        self.burn();
        value
    }

    pub(super) fn burn(&self) {
        match self.0.get() {
            Self::NEVER => {}
            0 => {
                self.0.set(Self::NEVER);
                // As a panic does, but without a message on the console.
                resume_unwind(Box::new(Blown));
            }
            calls => self.0.set(calls - 1),
        }
    }
}

/// Whether a fuse blew in there; other panics go on.
pub(super) fn blows(f: impl FnOnce()) -> bool {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(()) => false,
        Err(panic) if panic.is::<Blown>() => true,
        Err(panic) => resume_unwind(panic),
    }
}

/// Gives `act` a hasher that panics at its n-th call, for all n. If it does, the table is what it
/// was, to the last bit, and `act` works at the next attempt. Returns the number of calls.
fn resizing<G: Group>(
    prototype: &Keys<G>,
    act: impl Fn(&mut Keys<G>, &dyn Fn(&u64) -> u64),
) -> usize {
    let keys = sorted_keys(prototype);
    for n in calls() {
        let mut table = prototype.clone();
        let fuse = Fuse::new(n);
        let hasher = |key: &u64| fuse.pass(key_hasher(key));
        let blown = blows(|| act(&mut table, &hasher));
        table.check_invariants(key_hasher);
        if !blown {
            assert_ne!(table.slots(), prototype.slots(), "nothing happened");
            return n - fuse.0.get();
        }
        assert!(!tried(n, 64) || bytes_of(&table) == bytes_of(prototype));
        assert_eq!(sorted_keys(&table), keys);
        act(&mut table, &hasher);
        table.check_invariants(key_hasher);
        assert_ne!(table.slots(), prototype.slots());
        assert!(keys.iter().step_by(scaled(1, 1, 9)).all(|&key| has(&table, key)));
    }
    unreachable!()
}

const NEW: u64 = 1 << 40;

fn hasher_in_growth<G: Group>() {
    // From one window to several, or to several homes; otherwise tags and entries are copied without a hash.
    let one_window = [4, 8, 16].into_iter().filter(|&slots| slots <= G::WIDTH);
    for capacity in one_window.skip(scaled(0, 0, 1)) {
        let mut table = Keys::<G>::with_capacity_in(capacity, Global);
        insert_all(&mut table, 0..capacity as u64);
        let calls = resizing(&table, |table, hasher| _ = insert_new(table, mix(NEW), NEW, hasher));
        assert_eq!(calls, if capacity >= 8 { capacity } else { 0 });
    }
    // Streaming to twice as many homes, and reinserting, to four times as many and more.
    type Act<G> = fn(&mut Keys<G>, &dyn Fn(&u64) -> u64);
    let ways: [Act<G>; 4] = [
        |table, hasher| _ = insert_new(table, mix(NEW), NEW, hasher),
        |table, hasher| _ = table.insert_unique(mix(NEW), NEW, hasher),
        |table, hasher| table.reserve(scaled(5, 5, 2) * table.capacity(), hasher),
        |table, hasher| {
            let far = scaled(5, 5, 2) * table.capacity();
            assert_eq!(table.try_reserve(far, hasher), Ok(()));
        },
    ];
    for doublings in 0..scaled(2, 2, 1) as u32 {
        let table = full_table::<G>(doublings);
        for (way, act) in ways.into_iter().enumerate() {
            // Of two ways Miri sees one with each width.
            if tried(G::WIDTH + 8 * (way % 2), 16) {
                assert_eq!(resizing(&table, act), table.len());
            }
        }
    }
}

fn hasher_in_shrink<G: Group>() {
    let mut table = full_table::<G>(scaled(2, 2, 1) as u32);
    let several = [capacity_of_homes::<G>(1), capacity_of_homes::<G>(0)];
    for left in several.into_iter().skip(scaled(0, 0, 1)).chain([G::WIDTH, 4, 1]) {
        table.retain(|&mut key| key < left as u64);
        let calls = resizing(&table, |table, hasher| table.shrink_to(0, hasher));
        assert_eq!(calls, if left > G::WIDTH || left == 16 { left } else { 0 });
    }
}

/// Finds every key of a table, and misses some.
fn lookups<G: Group>(table: &Keys<G>, keys: &[u64]) {
    assert_eq!(sorted_keys(table), keys);
    table.check_invariants(key_hasher);
    assert!(keys.iter().step_by(scaled(1, 1, 9)).all(|&key| has(table, key)));
    assert!((NEW..NEW + scaled(20, 20, 4) as u64).all(|absent| !has(table, absent)));
}

fn hasher_in_rebuild<G: Group>() {
    for doublings in 0..scaled(3, 3, 1) as u32 {
        let worn = worn_table::<G>(doublings);
        let keys = sorted_keys(&worn);
        let homes = worn.control.mask() + 1;
        for n in calls() {
            let mut table = worn.clone();
            let fuse = Fuse::new(n);
            let hasher = |key: &u64| fuse.pass(key_hasher(key));
            let blown = blows(|| table.rebuild(&hasher));
            lookups(&table, &keys);
            if !blown {
                assert!(n >= keys.len() && overflowed_homes(&table) < homes / 2);
                break;
            }
            // Nothing is lost. Searches end after all windows, and the table knows that it wants
            // mending.
            assert_eq!(overflowed_homes(&table), homes);
            assert!(table.is_worn());
            // A clone is as good, or bad.
            lookups(&table.clone(), &keys);
            // Inserts that run into the same panic change nothing. They are those that look
            // further than the first window, all of which now try to mend the table.
            fuse.0.set(n);
            if blows(|| _ = insert_new(&mut table, mix(NEW), NEW, hasher)) {
                lookups(&table, &keys);
                assert_eq!(overflowed_homes(&table), homes);
                fuse.0.set(Fuse::NEVER);
                insert_new(&mut table, mix(NEW), NEW, hasher);
            }
            fuse.0.set(Fuse::NEVER);
            mended_by_inserts(table, homes);
        }
    }
}

/// Inserts end the state in which every search visits every window.
fn mended_by_inserts<G: Group>(table: Keys<G>, homes: usize) {
    // Without a search, an insert notices when it meets a full window, with one at once.
    for search in [false, true] {
        let mut table = table.clone();
        let mut present = VecDeque::from(sorted_keys(&table));
        let mut inserts = 0;
        while overflowed_homes(&table) == homes {
            if table.len() == table.capacity() {
                remove_all(&mut table, present.pop_front());
            }
            let new = 2 * NEW + inserts;
            if search {
                insert_new(&mut table, mix(new), new, key_hasher);
            } else {
                insert_all(&mut table, [new]);
            }
            present.push_back(new);
            inserts += 1;
            assert!(inserts < 100 * homes as u64, "never mended");
        }
        table.check_invariants(key_hasher);
        assert!(!search || inserts <= 1, "{inserts} inserts");
    }
}

fn eq_in_lookups<G: Group>() {
    for doublings in 0..scaled(2, 2, 1) as u32 {
        // All equal hashes: as many calls of eq as there are entries.
        let hasher = |_: &u64| 5;
        let mut table = Keys::<G>::new_in(Global);
        let len = capacity_of_homes::<G>(doublings) as u64 - 1;
        insert_by(&mut table, 0..len, hasher);
        let before = bytes_of(&table);
        // Entries in two windows of a walk are offered twice, so there are more calls than entries.
        let all = Cell::new(0);
        assert_eq!(table.find(5, |_| all.replace(all.get() + 1) == usize::MAX), None);
        assert!(all.get() >= len as usize);
        for n in calls().take_while(|&n| n < all.get()).chain([all.get()]) {
            let fuse = Fuse::new(n);
            let eq = |_: &u64| fuse.pass(false);
            let blown = blows(|| assert_eq!(table.find(5, eq), None));
            assert_eq!(blown, n < all.get());
            fuse.0.set(n);
            assert_eq!(blows(|| assert_eq!(table.remove(5, eq), None)), blown);
            fuse.0.set(n);
            let insert = || {
                assert!(table.find_or_vacant(5, eq, hasher).is_err());
            };
            assert_eq!(blows(insert), blown);
            table.check_invariants(hasher);
            // The last one found a place and set the overflow bits on the way to it.
            assert!(bytes_of(&table) == before || !blown);
        }
    }
}

/// What becomes of [`Tracked`] values.
pub(super) struct Ledger {
    /// The serial numbers of those that exist.
    alive: RefCell<BTreeSet<u64>>,
    next: Cell<u64>,
    clones: Fuse,
    pub(super) drops: Fuse,
}

/// A value whose clone and drop may panic, and which knows when it is dropped twice.
pub(super) struct Tracked {
    pub(super) key: u64,
    serial: u64,
    ledger: Rc<Ledger>,
}

impl Ledger {
    pub(super) fn new() -> Rc<Self> {
        Rc::new(Ledger {
            alive: RefCell::default(),
            next: Cell::new(0),
            clones: Fuse::new(Fuse::NEVER),
            drops: Fuse::new(Fuse::NEVER),
        })
    }

    pub(super) fn make(self: &Rc<Self>, key: u64) -> Tracked {
        let serial = self.next.replace(self.next.get() + 1);
        assert!(self.alive.borrow_mut().insert(serial));
        Tracked { key, serial, ledger: self.clone() }
    }

    pub(super) fn alive(&self) -> usize {
        self.alive.borrow().len()
    }
}

impl Clone for Tracked {
    fn clone(&self) -> Self {
        self.ledger.clones.burn();
        self.ledger.make(self.key)
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        assert!(self.ledger.alive.borrow_mut().remove(&self.serial), "dropped twice");
        self.ledger.drops.burn();
    }
}

type Table<G> = RawTable<Tracked, G, Global>;

fn tracked_hasher(entry: &Tracked) -> u64 {
    mix(entry.key)
}

fn tracked<G: Group>(ledger: &Rc<Ledger>, len: u64) -> Table<G> {
    let mut table = Table::new_in(Global);
    for key in 0..len {
        table.insert_unique(mix(key), ledger.make(key), tracked_hasher);
    }
    table
}

/// The keys of a table that is in order.
fn keys<G: Group>(table: &Table<G>) -> Vec<u64> {
    table.check_invariants(tracked_hasher);
    sorted(entries(table).map(|entry| entry.key))
}

/// The table still takes entries, grows and gives them back.
fn goes_on<G: Group>(mut table: Table<G>, ledger: &Rc<Ledger>) {
    let (before, others) = (keys(&table), ledger.alive() - table.len());
    for key in NEW..NEW + scaled(50, 50, 2) as u64 {
        table.insert_unique(mix(key), ledger.make(key), tracked_hasher);
    }
    for key in NEW..NEW + scaled(50, 50, 2) as u64 {
        assert!(table.remove(mix(key), |entry| entry.key == key).is_some());
    }
    assert_eq!(keys(&table), before);
    drop(table);
    assert_eq!(ledger.alive(), others, "leaked");
}

/// Lengths for the tests below: one window, several, and several chunks.
fn lens<G: Group>() -> impl Iterator<Item = u64> {
    [3, 8, scaled(30, 30, G::WIDTH + 1) as u64, 100].into_iter().step_by(scaled(1, 1, 2))
}

fn clones<G: Group>() {
    for len in lens::<G>() {
        let ledger = Ledger::new();
        let source = tracked::<G>(&ledger, len);
        for n in calls_of(len as usize) {
            ledger.clones.0.set(n);
            assert!(blows(|| drop(source.clone())));
            assert_eq!(ledger.alive(), source.len(), "half a clone is dropped");
            // Into an empty table, one of the same size and one of another.
            let others = [0, len, scaled(4, 4, 2) as u64 * len];
            for (case, other_len) in others.into_iter().enumerate() {
                if !tried(case + n, 3) {
                    continue;
                }
                let mut target = tracked::<G>(&ledger, other_len);
                ledger.clones.0.set(n);
                assert!(blows(|| target.clone_from(&source)));
                // What was cloned is there, findable, and the old entries are gone.
                assert_eq!(target.len(), n);
                let there = keys(&target);
                assert!(there.iter().all(|&key| key < len));
                assert_eq!(ledger.alive(), source.len() + n);
                let mut retried = target;
                retried.clone_from(&source);
                assert_eq!(keys(&retried), keys(&source));
                goes_on(retried, &ledger);
            }
        }
        goes_on(source, &ledger);
    }
}

/// The keys of as many entries as a one-window table can hold, all with the last of its homes: they pack it.
fn packing<G: Group>() -> Vec<u64> {
    let last = crate::capacity::SPREAD_HOMES - 1;
    (0..).filter(|&key| crate::ctrl::home(mix(key), last) == last).take(G::WIDTH).collect()
}

/// Fills a table that is spread and has one window with entries that pack it.
fn pack<G: Group>(table: &mut Table<G>, ledger: &Rc<Ledger>) {
    let homes = Control::<G>::SHAPE.one_window_homes(G::WIDTH);
    assert_eq!((table.control.mask() + 1, table.slots()), (homes, G::WIDTH), "not spread");
    for key in packing::<G>() {
        table.insert_unique(mix(key), ledger.make(key), tracked_hasher);
    }
    assert_eq!((table.control.mask(), table.len()), (0, G::WIDTH));
    assert_eq!(keys(table), packing::<G>());
}

/// A table of `len` entries, or one that is packed.
fn tracked_or_packed<G: Group>(ledger: &Rc<Ledger>, len: Option<u64>) -> Table<G> {
    len.map_or_else(
        || {
            let mut table = Table::with_capacity_in(G::WIDTH, Global);
            pack(&mut table, ledger);
            table
        },
        |len| tracked(ledger, len),
    )
}

/// How many entries to take out one by one before an iterator ends; the last is for all by `fold`.
fn takes(len: usize) -> [usize; 5] {
    [0, 1, len / 2, len, usize::MAX]
}

fn take<T>(items: &mut impl Iterator<Item = T>, len: usize) -> Vec<T> {
    if len == usize::MAX { by_fold(items) } else { items.take(len).collect() }
}

/// What ends all entries at once; iterators have handed out so many before.
#[derive(Clone, Copy)]
enum End {
    Clear,
    Drop,
    Drain(usize),
    IntoIter(usize),
}

/// All entries are handed out or dropped once, whichever drop panics, and the table is empty, and spread if it was
/// packed.
fn drops_of_all<G: Group>() {
    let mut case = 0;
    for table_len in lens::<G>().map(Some).chain([None]) {
        let len = table_len.map_or(G::WIDTH, |len| len as usize);
        let drains =
            takes(len).into_iter().flat_map(|taken| [End::Drain(taken), End::IntoIter(taken)]);
        for end in [End::Clear, End::Drop].into_iter().chain(drains) {
            let (keeps, taken) = match end {
                End::Clear => (true, 0),
                End::Drop => (false, 0),
                End::Drain(taken) => (true, taken),
                End::IntoIter(taken) => (false, taken),
            };
            let left = len.saturating_sub(taken);
            for n in calls_of(left).chain([Fuse::NEVER]) {
                case += 1;
                if !tried(case, 5) {
                    continue;
                }
                let ledger = Ledger::new();
                let mut table = tracked_or_packed::<G>(&ledger, table_len);
                let slots = table.slots();
                let order: Vec<u64> = entries(&table).map(|entry| entry.key).collect();
                // What was taken out first is dropped last.
                let arm = |part: &[Tracked]| {
                    assert!(part.iter().map(|entry| &entry.key).eq(order.iter().take(taken)));
                    ledger.drops.rearm(n);
                };
                let blown = blows(|| {
                    let mut part = Vec::new();
                    match end {
                        End::Clear => {
                            arm(&part);
                            table.clear();
                        }
                        End::Drop => {
                            arm(&part);
                            table = Table::new_in(Global);
                        }
                        End::Drain(_) => {
                            let mut drain = table.drain();
                            part.extend(take(&mut drain, taken));
                            arm(&part);
                            drop(drain);
                        }
                        End::IntoIter(_) => {
                            let mut iter =
                                mem::replace(&mut table, Table::new_in(Global)).into_iter();
                            part.extend(take(&mut iter, taken));
                            arm(&part);
                            drop(iter);
                        }
                    }
                    ledger.drops.rearm(Fuse::NEVER);
                });
                assert_eq!(blown, n < left);
                assert_eq!((table.len(), ledger.alive()), (0, 0));
                assert_eq!(table.slots(), if keeps { slots } else { 0 });
                if keeps && table_len.is_none() {
                    pack(&mut table, &ledger);
                    drop(table.drain());
                }
                goes_on(table, &ledger);
            }
        }
    }
}

/// A drain that is leaked takes block and entries with it, and the table starts anew; so does `into_iter`, without
/// the table.
fn leaked_drains<G: Group>() {
    for table_len in [Some(scaled(30, 30, 17) as u64), None] {
        let len = table_len.map_or(G::WIDTH, |len| len as usize);
        for taken in takes(len) {
            let left = len.saturating_sub(taken);
            let ledger = Ledger::new();
            let mut table = tracked_or_packed::<G>(&ledger, table_len);
            let mut drain = table.drain();
            drop(take(&mut drain, taken));
            mem::forget(drain);
            assert_eq!((table.len(), table.slots(), table.allocation_size()), (0, 0, 0));
            assert_eq!(ledger.alive(), left);
            goes_on(table, &ledger);
            let mut iter = tracked_or_packed::<G>(&ledger, table_len).into_iter();
            drop(take(&mut iter, taken));
            mem::forget(iter);
            assert_eq!(ledger.alive(), 2 * left);
        }
    }
}

/// The old entries' drop panics while a table is cloned into: it is left empty.
fn drops_in_clone_from<G: Group>() {
    for n in calls_of(20) {
        let ledger = Ledger::new();
        let source = tracked::<G>(&ledger, 10);
        let mut target = tracked::<G>(&ledger, 20);
        ledger.drops.0.set(n);
        assert!(blows(|| target.clone_from(&source)));
        assert_eq!((target.len(), ledger.alive()), (0, source.len()));
        goes_on(target, &ledger);
        goes_on(source, &ledger);
    }
}

/// The predicate of `retain` and `extract_if`, or the drop of what leaves, panics: what was decided
/// before is done, what was not looked at stays.
fn predicates<G: Group>() {
    for len in lens::<G>() {
        for n in calls_of(len as usize) {
            let ledger = Ledger::new();
            let mut table = tracked::<G>(&ledger, len);
            // The keys in the order of their slots.
            let order: Vec<u64> = entries(&table).map(|entry| entry.key).collect();

            // The predicate, at the n-th entry.
            let fuse = Fuse::new(n);
            let odd = |entry: &mut Tracked| fuse.pass(entry.key % 2 == 1);
            assert!(blows(|| table.retain(odd)));
            let left = order.iter().copied().enumerate().filter(|&(i, key)| i >= n || key % 2 == 1);
            assert_eq!(keys(&table), sorted(left.map(|(_, key)| key)));
            assert_eq!(ledger.alive(), table.len());
            goes_on(table, &ledger);

            // Again with the iterator, which goes on after the panic with the next entry.
            let mut table = tracked::<G>(&ledger, len);
            fuse.0.set(n);
            let mut taken = Vec::new();
            let mut entries = table.extract_if();
            let picked = blows(|| {
                while let Some(entry) = entries.next(odd) {
                    taken.push(entry);
                }
            });
            assert!(picked);
            assert_eq!(entries.remaining(), len as usize - n - 1);
            while let Some(entry) = entries.next(odd) {
                taken.push(entry);
            }
            let spared = order[n];
            let left = |key: &u64| key % 2 == 0 || *key == spared;
            assert!(keys(&table).into_iter().eq((0..len).filter(left)));
            drop(taken);
            assert_eq!(ledger.alive(), table.len());
            goes_on(table, &ledger);

            // The drop of the n-th entry that leaves.
            let mut table = tracked::<G>(&ledger, len);
            ledger.drops.0.set(n);
            assert!(blows(|| table.retain(|_| false)));
            assert_eq!(keys(&table), sorted(order[n + 1..].iter().copied()));
            assert_eq!(ledger.alive(), table.len());
            goes_on(table, &ledger);
        }
    }
}

/// If the hasher panics while a table is being scattered, nothing is lost.
fn hasher_in_scattering<G: Group>() {
    let capacity = capacity_of_homes::<G>(3);
    let filled = || {
        let mut table = Keys::<G>::with_capacity_in(capacity, Global);
        let mut key = 0;
        // Up to the insertion that would scatter it.
        // SAFETY: there are several windows, and the table is borrowed.
        while !(table.is_crowded() && unsafe { table.control.is_above_limit() }) {
            insert_new(&mut table, crowd(&key), key, |_| panic!("nothing is moved before"));
            key += 1;
        }
        (table, key)
    };
    let (mut table, key) = filled();
    let calls = Cell::new(0);
    insert_new(&mut table, crowd(&key), key, |key| tick(&calls, crowd(key)));
    assert!(is_scattered(&table) && calls.get() > 0);
    for at in calls_of(calls.get()) {
        let (mut table, key) = filled();
        let fuse = Fuse::new(at);
        let hasher = |key: &u64| fuse.pass(crowd(key));
        assert!(blows(|| _ = table.claim_elsewhere(crowd(&key), hasher)));
        table.check_invariants(crowd);
        assert_eq!(table.len() as u64, key);
        for key in 0..key {
            assert!(table.find(crowd(&key), |&other| other == key).is_some(), "{key} after {at}");
        }
    }
}

backends! {
    hasher_in_growth hasher_in_shrink hasher_in_rebuild eq_in_lookups clones drops_of_all
    drops_in_clone_from predicates leaked_drains hasher_in_scattering
}
