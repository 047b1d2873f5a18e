//! User code panics: the n-th call of `hash`, `eq`, `clone`, `drop`, of a closure or of an
//! iterator, for every n until the operation gets through.
//!
//! After each of these panics
//! * nothing was dropped twice, and nothing that was not alive was dropped;
//! * the map is usable: its length is the number of entries that iterate, each of them is
//!   found, a hundred more can be inserted (seven, where the calls go on for long), half of all
//!   can be removed;
//! * nothing is lost: what is alive is in the map. That holds too for a destructor that panics
//!   while many entries are dropped at once (`clear`, the end of a `Drain` or an `IntoIter`,
//!   `clone_from`, the map's own drop): the rest is dropped all the same, as it is in a `Vec`.
//!   std's map and hashbrown leave the rest undropped there. What may be lost is the result of a
//!   function whose argument panics on drop when the result is in place already, because the
//!   compiler forgets it (rust-lang/rust#47949): `insert` of a present key may lose the value
//!   that it would return;
//! * an operation that had not begun to change entries has not changed any. That includes
//!   growth, shrinking and the rebuild that churn sets off: the map holds exactly what it held.
//!
//! Each key, value or element has an entry in a register of the living. A panic is a
//! `resume_unwind`, which calls no panic hook, so a run is silent. Where panics abort there is
//! nothing to test.
#![cfg(panic = "unwind")]

mod support;

use std::borrow::Borrow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, Hash, Hasher};
use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use rosti::hash_map::{Entry, EntryRef};
use rosti::{HashMap, HashSet, HashTable};
use support::{By, Catching, Function, Rng, mixed, scaled};

// ---------------------------------------------------------------------------------------------
// The fuse
// ---------------------------------------------------------------------------------------------

/// Kinds of calls into user code, as a set.
type Calls = u8;

/// `hash` of a key or query for the first time.
const HASH: Calls = 1;
/// `hash` of a key that was hashed before: growth, shrinking, rebuild.
const REHASH: Calls = 2;
const EQ: Calls = 4;
const CLONE: Calls = 8;
const DROP: Calls = 16;
/// A closure, an iterator, or the body of the user's loop.
const CLOSURE: Calls = 32;

const LOOKUP: Calls = HASH | REHASH | EQ;

/// The payload of the panics that are meant.
struct Blown;

thread_local! {
    /// The calls that count and how many of them are left; nothing blows at zero.
    static FUSE: Cell<(Calls, u64)> = const { Cell::new((0, 0)) };
    /// What was left of it when it was put out.
    static LEFT: Cell<u64> = const { Cell::new(0) };
    /// What [`light`] will set.
    static READY: Cell<(Calls, u64)> = const { Cell::new((0, 0)) };
    static BLOWN: Cell<bool> = const { Cell::new(false) };
}

/// Notes a call into user code, and panics when it is the one.
fn tick(call: Calls) {
    let (calls, left) = FUSE.get();
    if calls & call != 0 && left > 0 {
        FUSE.set((calls, left - 1));
        if left == 1 {
            BLOWN.set(true);
            resume_unwind(Box::new(Blown));
        }
    }
}

/// From here on calls count.
fn light() {
    FUSE.set(READY.get());
}

/// Calls no longer count.
fn douse() {
    if FUSE.get().0 != 0 {
        LEFT.set(FUSE.get().1);
    }
    FUSE.set((0, 0));
}

/// Runs `f` with a fuse that blows at the `n`-th of the `calls` after `light`. Whether it blew;
/// any other panic goes on.
fn fused(calls: Calls, n: u64, f: impl FnOnce()) -> bool {
    READY.set((calls, n));
    LEFT.set(n);
    BLOWN.set(false);
    let result = catch_unwind(AssertUnwindSafe(f));
    douse();
    match result {
        Ok(()) => assert!(!BLOWN.get(), "a panic was swallowed"),
        Err(payload) if payload.is::<Blown>() => {}
        Err(payload) => resume_unwind(payload),
    }
    BLOWN.get()
}

/// How many of the calls have been made that the fuse counts.
fn burnt() -> u64 {
    READY.get().1 - LEFT.get()
}

// ---------------------------------------------------------------------------------------------
// The register
// ---------------------------------------------------------------------------------------------

thread_local! {
    static LIVING: RefCell<BTreeSet<u64>> = const { RefCell::new(BTreeSet::new()) };
    static NEXT_LIFE: Cell<u64> = const { Cell::new(0x1_0000) };
    /// Drops of what was not alive.
    static FAULTS: Cell<u64> = const { Cell::new(0) };
}

/// An entry in the register. Not a number that stray memory is likely to contain.
#[derive(Debug)]
struct Life(u64);

impl Life {
    fn new() -> Self {
        let id = NEXT_LIFE.get();
        NEXT_LIFE.set(id + 1);
        LIVING.with_borrow_mut(|living| living.insert(id));
        Self(id)
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        if !LIVING.with_borrow_mut(|living| living.remove(&self.0)) {
            FAULTS.set(FAULTS.get() + 1);
        }
        tick(DROP);
    }
}

fn living() -> BTreeSet<u64> {
    LIVING.with_borrow(BTreeSet::clone)
}

fn is_living(id: u64) -> bool {
    LIVING.with_borrow(|living| living.contains(&id))
}

/// Forgets what earlier cases leaked.
fn bury() {
    douse();
    LIVING.with_borrow_mut(BTreeSet::clear);
    FAULTS.set(0);
}

#[derive(Debug)]
struct Key {
    n: u32,
    /// The number once more, for borrowing.
    probe: Probe,
    life: Life,
    hashed: Cell<bool>,
}

impl Key {
    fn new(n: u32) -> Self {
        Self { n, probe: Probe(n), life: Life::new(), hashed: Cell::new(false) }
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        tick(if self.hashed.replace(true) { REHASH } else { HASH });
        state.write_u32(self.n);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        tick(EQ);
        self.n == other.n
    }
}

impl Eq for Key {}

impl Clone for Key {
    fn clone(&self) -> Self {
        tick(CLONE);
        let copy = Self::new(self.n);
        copy.hashed.set(self.hashed.get());
        copy
    }
}

/// The borrowed form of a [`Key`]: what it is looked up by.
#[derive(Debug)]
struct Probe(u32);

impl Hash for Probe {
    fn hash<H: Hasher>(&self, state: &mut H) {
        tick(HASH);
        state.write_u32(self.0);
    }
}

impl PartialEq for Probe {
    fn eq(&self, other: &Self) -> bool {
        tick(EQ);
        self.0 == other.0
    }
}

impl Eq for Probe {}

impl Borrow<Probe> for Key {
    fn borrow(&self) -> &Probe {
        &self.probe
    }
}

impl ToOwned for Probe {
    type Owned = Key;

    fn to_owned(&self) -> Key {
        tick(CLONE);
        Key::new(self.0)
    }
}

#[derive(Debug)]
struct Val {
    n: u32,
    life: Life,
}

impl Val {
    fn new(n: u32) -> Self {
        Self { n, life: Life::new() }
    }
}

impl PartialEq for Val {
    fn eq(&self, other: &Self) -> bool {
        tick(EQ);
        self.n == other.n
    }
}

impl Clone for Val {
    fn clone(&self) -> Self {
        tick(CLONE);
        Self::new(self.n)
    }
}

impl Default for Val {
    fn default() -> Self {
        tick(CLOSURE);
        Self::new(0)
    }
}

// ---------------------------------------------------------------------------------------------
// Subjects
// ---------------------------------------------------------------------------------------------

type Map = HashMap<Key, Val, By>;
type Set = HashSet<Key, By>;

/// A table is told hash and equality from outside; this keeps the hash function with it.
struct Table {
    inner: HashTable<Key>,
    hash: Function,
}

impl Table {
    fn hash_of(&self, n: u32) -> u64 {
        (self.hash)(u64::from(n))
    }

    /// The hasher to hand over; its calls count.
    fn hasher(hash: Function) -> impl Fn(&Key) -> u64 {
        move |key| {
            tick(if key.hashed.replace(true) { REHASH } else { HASH });
            hash(u64::from(key.n))
        }
    }

    /// The equality to hand over; its calls count.
    fn is(n: u32) -> impl FnMut(&Key) -> bool {
        move |key| {
            tick(EQ);
            key.n == n
        }
    }
}

/// The ids of key and value of an entry; elements of sets and tables have no value.
type Ids = (u64, u64);

/// What is under test: something that stores entries by number.
trait Subject: Sized {
    /// Entries in the register per entry stored.
    const LIVES: usize;

    /// Room for `capacity` entries, none stored.
    fn make(capacity: usize, hash: Function) -> Self;
    fn len(&self) -> usize;
    fn capacity(&self) -> usize;
    /// All entries as iterated.
    fn list(&self) -> Vec<(u32, Ids)>;
    fn find(&self, n: u32) -> Option<Ids>;
    /// Inserts `n`, which is absent.
    fn add(&mut self, n: u32);
    fn delete(&mut self, n: u32) -> bool;

    fn filled(capacity: usize, len: usize, hash: Function) -> Self {
        let mut subject = Self::make(capacity, hash);
        for n in 0..len as u32 {
            subject.add(n);
        }
        subject
    }

    /// The entries by number, after a check that iteration, length and lookup agree.
    fn entries(&self) -> BTreeMap<u32, Ids> {
        let list = self.list();
        assert_eq!(list.len(), self.len(), "entries iterated and len()");
        assert!(self.capacity() >= self.len());
        let mut entries = BTreeMap::new();
        for (n, ids) in list {
            assert!(is_living(ids.0), "a dead key {n} in the map");
            assert!(ids.1 == 0 || is_living(ids.1), "a dead value of {n} in the map");
            assert_eq!(self.find(n), Some(ids), "entry {n} iterates but is not found");
            assert!(entries.insert(n, ids).is_none(), "{n} is there twice");
        }
        entries
    }

    /// `count` more come, and half of all go.
    fn exercise(&mut self, mut expected: BTreeMap<u32, Ids>, count: u32) {
        for n in 5_000_000..5_000_000 + count {
            assert_eq!(self.find(n), None);
            self.add(n);
            expected.insert(n, self.find(n).expect("what was just inserted is found"));
        }
        assert_eq!(self.entries(), expected);
        let every = scaled(2, 2, 7) as usize;
        for n in expected.keys().copied().step_by(every).collect::<Vec<_>>() {
            assert!(self.delete(n), "{n} cannot be removed");
            expected.remove(&n);
        }
        assert_eq!(self.entries(), expected);
    }
}

impl Subject for Map {
    const LIVES: usize = 2;

    fn make(capacity: usize, hash: Function) -> Self {
        Self::with_capacity_and_hasher(capacity, By(hash))
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn capacity(&self) -> usize {
        self.capacity()
    }

    fn list(&self) -> Vec<(u32, Ids)> {
        let item = |(key, value): (&Key, &Val)| (key.n, (key.life.0, value.life.0));
        self.iter().map(item).collect()
    }

    fn find(&self, n: u32) -> Option<Ids> {
        let (key, value) = self.get_key_value(&Probe(n))?;
        assert_eq!(key.n, n);
        Some((key.life.0, value.life.0))
    }

    fn add(&mut self, n: u32) {
        assert!(self.insert(Key::new(n), Val::new(n)).is_none());
    }

    fn delete(&mut self, n: u32) -> bool {
        self.remove(&Probe(n)).is_some()
    }
}

impl Subject for Set {
    const LIVES: usize = 1;

    fn make(capacity: usize, hash: Function) -> Self {
        Self::with_capacity_and_hasher(capacity, By(hash))
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn capacity(&self) -> usize {
        self.capacity()
    }

    fn list(&self) -> Vec<(u32, Ids)> {
        self.iter().map(|key| (key.n, (key.life.0, 0))).collect()
    }

    fn find(&self, n: u32) -> Option<Ids> {
        self.get(&Probe(n)).map(|key| (key.life.0, 0))
    }

    fn add(&mut self, n: u32) {
        assert!(self.insert(Key::new(n)));
    }

    fn delete(&mut self, n: u32) -> bool {
        self.remove(&Probe(n))
    }
}

impl Subject for Table {
    const LIVES: usize = 1;

    fn make(capacity: usize, hash: Function) -> Self {
        let inner = HashTable::with_capacity(capacity);
        Self { inner, hash }
    }

    fn len(&self) -> usize {
        self.inner.len()
    }

    fn capacity(&self) -> usize {
        self.inner.capacity()
    }

    fn list(&self) -> Vec<(u32, Ids)> {
        self.inner.iter().map(|key| (key.n, (key.life.0, 0))).collect()
    }

    fn find(&self, n: u32) -> Option<Ids> {
        let found = self.inner.find(self.hash_of(n), Self::is(n))?;
        Some((found.life.0, 0))
    }

    fn add(&mut self, n: u32) {
        let key = Key::new(n);
        key.hashed.set(true);
        self.inner.insert_unique(self.hash_of(n), key, Self::hasher(self.hash));
    }

    fn delete(&mut self, n: u32) -> bool {
        match self.inner.find_entry(self.hash_of(n), Self::is(n)) {
            Ok(entry) => {
                drop(entry.remove());
                true
            }
            Err(_) => false,
        }
    }
}

// ---------------------------------------------------------------------------------------------
// The procedure
// ---------------------------------------------------------------------------------------------

/// What may become of the entries.
#[derive(Clone, Copy)]
struct Terms {
    /// Which numbers may go, come and be replaced when the operation panics ...
    panicked: fn(u32) -> bool,
    /// ... and when it gets through.
    done: fn(u32) -> bool,
}

impl Terms {
    /// For an operation that searches before it changes anything: a search that panics has
    /// changed nothing.
    const fn in_detail(self, calls: Calls) -> Self {
        match calls {
            DROP | CLOSURE => self,
            _ => Self { panicked: |_| false, ..self },
        }
    }
}

/// Entries with these numbers are concerned, all others stay as they are.
const fn only(which: fn(u32) -> bool) -> Terms {
    Terms { panicked: which, done: which }
}

/// No entry is concerned.
const UNCHANGED: Terms = only(|_| false);

/// All are.
const ANYTHING: Terms = only(|_| true);

/// The entry with the number 0 is.
const ZERO: Terms = only(|n| n == 0);

/// None when the operation panics.
const ALL_OR_NOTHING: Terms = Terms { panicked: |_| false, ..ANYTHING };

/// The numbers of entries that cases add.
const NEW: u32 = 1_000_000;

fn is_new(n: u32) -> bool {
    n >= NEW
}

fn is_even(n: u32) -> bool {
    n % 2 == 0
}

/// Runs `operate` on a fresh subject with the fuse at the first call, the second, and so on
/// until it gets through. `operate` prepares what it needs, calls [`light`], and does one thing;
/// it may take the subject. Returns how many times the fuse blew, or nothing where Miri is not to see it.
fn blow<T: Subject>(
    what: &str,
    calls: Calls,
    terms: Terms,
    prepare: impl Fn() -> T,
    operate: impl Fn(&mut Option<T>),
) -> Option<u64> {
    if cfg!(miri) && !is_tried() {
        return None;
    }
    // Under Miri at few of the calls.
    let next = |n: &u64| Some(if cfg!(miri) { 60 * n } else { n + 1 });
    for n in std::iter::successors(Some(1), next) {
        let context = || format!("{what}, call {n} of kind {calls:#b}");
        bury();
        let mut subject = Some(prepare());
        let before = subject.as_ref().expect("just made").entries();
        let blown = fused(calls, n, || operate(&mut subject));
        let calls_made = burnt();

        assert_eq!(FAULTS.get(), 0, "{}: dropped what was not alive", context());
        let mut leaked = living();
        let present = catch_unwind(AssertUnwindSafe(|| {
            subject.as_ref().map(Subject::entries).unwrap_or_default()
        }));
        // Its own message says what is wrong, this one where.
        let after = present.unwrap_or_else(|_| panic!("{}: the map is broken", context()));
        for ids in after.values() {
            leaked.remove(&ids.0);
            leaked.remove(&ids.1);
        }
        assert!(
            leaked.is_empty(),
            "{}: {} neither dropped nor in the map",
            context(),
            leaked.len()
        );

        let may_change = if blown { terms.panicked } else { terms.done };
        if subject.is_some() {
            let unchanged = |entries: &BTreeMap<u32, Ids>| -> Vec<_> {
                let entries = entries.iter().filter(|(number, _)| !may_change(**number));
                entries.map(|(number, ids)| (*number, *ids)).collect()
            };
            let (old, new) = (unchanged(&before), unchanged(&after));
            assert_eq!(new, old, "{}: entries that should be the same", context());
        }

        if let Some(mut subject) = subject {
            // All of the hundred where it says most: long series of calls are much alike.
            let (many, few) = (scaled(100, 100, 2) as u32, scaled(7, 7, 1) as u32);
            subject.exercise(after, if n <= 2 || n % 32 == 0 || !blown { many } else { few });
            drop(subject);
        }
        assert_eq!(FAULTS.get(), 0, "{}: dropped what was not alive, later", context());
        assert!(living().is_empty(), "{}: after the map was dropped", context());
        if !blown {
            return Some(calls_made);
        }
        if cfg!(miri) && WORLD.get().0 > 16 {
            return None;
        }
    }
    unreachable!()
}

thread_local! {
    /// The capacity of the world that [`worlds`] gave out last, and the number of operations tried since.
    static WORLD: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

/// Whether Miri is to see the next operation: every fifth in a table of one window, fewer in others.
fn is_tried() -> bool {
    let (size, tried) = WORLD.get();
    WORLD.set((size, tried + 1));
    let one_of = match size {
        0 => 1, // no world
        1..=16 => 5,
        _ => 40,
    };
    tried % one_of == 0
}

/// As [`blow`], for an operation that certainly makes such calls.
fn blows<T: Subject>(
    what: &str,
    calls: Calls,
    terms: Terms,
    prepare: impl Fn() -> T,
    operate: impl Fn(&mut Option<T>),
) {
    let count = blow(what, calls, terms, prepare, operate);
    assert!(count != Some(0), "{what} made no call of kind {calls:#b}");
}

/// Those of the worlds in which a change of size hashes the entries: into a table of one window, of
/// at most 16 entries, tags are copied.
fn hashing_worlds() -> impl Iterator<Item = (usize, Function)> {
    worlds().filter(|&(size, _)| size > 16)
}

/// Tables to try everything on: requested capacity and hash function.
fn worlds() -> impl Iterator<Item = (usize, Function)> {
    let sizes: &[usize] = if cfg!(miri) {
        &[3, 20]
    } else if cfg!(rosti_emulated) {
        &[3, 8, 17]
    } else {
        &[1, 3, 8, 14, 24]
    };
    let hashes: [Function; 3] = [mixed, |x| x << 57 | x & 1, |_| 0];
    let mut worlds = Vec::new();
    for (i, &size) in sizes.iter().enumerate() {
        for (j, hash) in hashes.into_iter().enumerate() {
            // With one home and one tag the number of comparisons is the square of the size, and
            // each of them panics in its turn.
            let many = j == 2 && size > 14;
            if if cfg!(miri) { i == j } else { !many } {
                worlds.push((size, hash));
            }
        }
    }
    worlds.into_iter().inspect(|&(size, _)| WORLD.set((size, 0)))
}

/// The subject of an `operate`.
fn of<T>(subject: &mut Option<T>) -> &mut T {
    subject.as_mut().expect("the subject is there")
}

/// Lets the subject grow full, so that the next insertion must make room.
fn full<T: Subject>(capacity: usize, hash: Function) -> T {
    let capacity = T::make(capacity, hash).capacity();
    let subject = T::filled(capacity, capacity, hash);
    assert_eq!(subject.len(), subject.capacity());
    subject
}

/// A subject of `len` entries with room for more.
fn roomy<T: Subject>(len: usize, hash: Function) -> T {
    T::filled(len + 1, len, hash)
}

/// `count` new entries for a map.
fn news(count: u32) -> Vec<(Key, Val)> {
    (NEW..NEW + count).map(|n| (Key::new(n), Val::new(n))).collect()
}

// ---------------------------------------------------------------------------------------------
// HashMap
// ---------------------------------------------------------------------------------------------

#[test]
fn map_lookups() {
    for (size, hash) in worlds() {
        let last = size as u32 - 1;
        let case = |what: &str, operate: fn(&Map, u32)| {
            let prepare = || Map::filled(size, size, hash);
            blows(what, HASH, UNCHANGED, prepare, |map| operate(of(map), last));
            blows(what, EQ, UNCHANGED, prepare, |map| operate(of(map), last));
            blow(what, HASH | EQ, UNCHANGED, prepare, |map| operate(of(map), NEW));
        };
        case("get", |map, n| {
            light();
            assert_eq!(map.get(&Probe(n)).is_some(), n < NEW);
        });
        case("contains_key", |map, n| {
            light();
            assert_eq!(map.contains_key(&Probe(n)), n < NEW);
        });
        case("get_key_value", |map, n| {
            light();
            assert_eq!(
                map.get_key_value(&Probe(n)).map(|(key, _)| key.n),
                Some(n).filter(|n| *n < NEW)
            );
        });
        case("index", |map, n| {
            light();
            if n < NEW {
                assert_eq!(map[&Probe(n)].n, n);
            }
        });

        let prepare = || Map::filled(size, size, hash);
        blows("get_mut", HASH | EQ, UNCHANGED, prepare, |map| {
            light();
            assert!(of(map).get_mut(&Probe(last)).is_some());
        });
        blows("get_disjoint_mut", HASH | EQ, UNCHANGED, prepare, |map| {
            light();
            let found = of(map).get_disjoint_mut([&Probe(last), &Probe(NEW)]);
            assert_eq!(found.map(|value| value.map(|value| value.n)), [Some(last), None]);
        });
    }
}

#[test]
fn map_equality() {
    for (size, hash) in worlds() {
        let prepare = || Map::filled(size, size, hash);
        for calls in [HASH | REHASH, EQ] {
            blows("==", calls, UNCHANGED, prepare, |map| {
                let other = Map::filled(2 * size, size, hash);
                light();
                assert!(*of(map) == other);
                douse();
            });
        }
    }
}

#[test]
fn map_insert() {
    for (size, hash) in worlds() {
        let packed = || full::<Map>(size, hash);
        for calls in [LOOKUP, HASH, EQ, DROP] {
            let count = blow(
                "insert with room",
                calls,
                ALL_OR_NOTHING,
                || roomy::<Map>(size, hash),
                |map| {
                    let (key, value) = (Key::new(NEW), Val::new(NEW));
                    light();
                    assert!(of(map).insert(key, value).is_none());
                },
            );
            match calls {
                // The key's hash and no other.
                HASH => assert_eq!(count.unwrap_or(1), 1),
                DROP => assert_eq!(count.unwrap_or(0), 0),
                _ => {}
            }
            // The value of a present key is replaced or it is not; the given key is dropped.
            // With few hashes the second is away from its home.
            for (n, terms) in [(0, ZERO), (20, only(|n| n == 20))] {
                if n < packed().len() as u32 {
                    blows(
                        "insert of a present key",
                        calls,
                        terms.in_detail(calls),
                        packed,
                        |map| {
                            let (key, value) = (Key::new(n), Val::new(n));
                            light();
                            assert!(of(map).insert(key, value).is_some());
                        },
                    );
                }
            }
        }
        for calls in [LOOKUP, REHASH].into_iter().filter(|&calls| calls == LOOKUP || size > 16) {
            blows("insert with growth", calls, ALL_OR_NOTHING, packed, |map| {
                let (key, value) = (Key::new(NEW), Val::new(NEW));
                light();
                assert!(of(map).insert(key, value).is_none());
            });
            blows("try_insert with growth", calls, ALL_OR_NOTHING, packed, |map| {
                let (key, value) = (Key::new(NEW), Val::new(NEW));
                light();
                assert!(of(map).try_insert(key, value).is_ok());
            });
            blows("insert_unique_unchecked with growth", calls, ALL_OR_NOTHING, packed, |map| {
                let (key, value) = (Key::new(NEW), Val::new(NEW));
                light();
                // SAFETY: there is no such key.
                unsafe { of(map).insert_unique_unchecked(key, value) };
            });
        }
    }
}

#[test]
fn map_remove() {
    for (size, hash) in worlds() {
        let packed = || full::<Map>(size, hash);
        for calls in [HASH, EQ, DROP] {
            let terms = ZERO.in_detail(calls);
            blows("remove", calls, terms, packed, |map| {
                light();
                assert!(of(map).remove(&Probe(0)).is_some());
            });
            blows("remove_entry", calls, terms, packed, |map| {
                light();
                assert!(of(map).remove_entry(&Probe(0)).is_some());
            });
            blows("occupied remove", calls, terms, packed, |map| {
                let key = Key::new(0);
                light();
                match of(map).entry(key) {
                    Entry::Occupied(entry) => drop(entry.remove()),
                    Entry::Vacant(_) => unreachable!(),
                }
            });
        }
        blow("remove of nothing", HASH | EQ, UNCHANGED, packed, |map| {
            light();
            assert!(of(map).remove(&Probe(NEW)).is_none());
        });
    }
}

#[test]
fn map_entry() {
    for (size, hash) in worlds() {
        let packed = || full::<Map>(size, hash);
        let absent = |what: &str, calls: Calls, operate: fn(&mut Map, Key)| {
            for roomy_one in [true, false] {
                let prepare = || if roomy_one { roomy(size, hash) } else { full(size, hash) };
                blows::<Map>(what, calls, ALL_OR_NOTHING, prepare, |map| {
                    let key = Key::new(NEW);
                    light();
                    operate(of(map), key);
                });
            }
        };
        let calls = LOOKUP | CLOSURE;
        absent("vacant, left alone", calls, |map, key| drop(map.entry(key)));
        absent("vacant, or_insert", calls, |map, key| {
            let value = Val::new(NEW);
            map.entry(key).or_insert(value);
        });
        absent("vacant, insert", calls, |map, key| {
            let value = Val::new(NEW);
            map.entry(key).insert(value);
        });
        absent("vacant, or_insert_with", CLOSURE, |map, key| {
            map.entry(key).or_insert_with(|| {
                tick(CLOSURE);
                Val::new(NEW)
            });
        });
        absent("vacant, or_insert_with_key", CLOSURE, |map, key| {
            map.entry(key).or_insert_with_key(|key| {
                tick(CLOSURE);
                Val::new(key.n)
            });
        });
        absent("vacant, or_default", CLOSURE, |map, key| {
            map.entry(key).or_default();
        });
        absent("vacant, insert_entry", LOOKUP, |map, key| match map.entry(key) {
            Entry::Occupied(_) => unreachable!(),
            Entry::Vacant(entry) => drop(entry.insert_entry(Val::new(NEW))),
        });

        let present = |what: &str, calls: Calls, terms: Terms, operate: fn(&mut Map, Key)| {
            let terms = terms.in_detail(calls);
            blows(what, calls, terms, packed, |map| {
                let key = Key::new(0);
                light();
                operate(of(map), key);
            });
        };
        for calls in [LOOKUP, CLOSURE] {
            present("occupied, and_modify", calls, UNCHANGED, |map, key| {
                let entry = map.entry(key).and_modify(|_| tick(CLOSURE));
                douse();
                drop(entry);
            });
        }
        for calls in [LOOKUP, DROP] {
            present("occupied, insert", calls, ZERO, |map, key| {
                map.entry(key).insert(Val::new(0));
            });
            present("occupied, replace_key", calls, ZERO, |map, key| {
                if let Entry::Occupied(mut entry) = map.entry(key) {
                    let other = Key::new(0);
                    drop(entry.replace_key(other));
                }
            });
        }
        // The closure has the value: when it panics key and value are gone, properly.
        for calls in [CLOSURE, DROP] {
            present("occupied, replaced by nothing", calls, ZERO, |map, key| {
                let _ = map.entry(key).and_replace_entry_with(|_, _| {
                    tick(CLOSURE);
                    None
                });
            });
            present("occupied, replaced by something", calls, ZERO, |map, key| {
                let _ = map.entry(key).and_replace_entry_with(|key, value| {
                    // Not at the end of the closure, which would lose its result.
                    drop(value);
                    tick(CLOSURE);
                    Some(Val::new(key.n))
                });
            });
            present("occupied, replace_entry_with", calls, ZERO, |map, key| {
                if let Entry::Occupied(entry) = map.entry(key) {
                    let _ = entry.replace_entry_with(|_, value| {
                        tick(CLOSURE);
                        Some(value)
                    });
                }
            });
        }
    }
}

#[test]
fn map_entry_ref() {
    for (size, hash) in worlds() {
        let packed = || full::<Map>(size, hash);
        for roomy_one in [true, false] {
            let prepare = || if roomy_one { roomy(size, hash) } else { full(size, hash) };
            for calls in [LOOKUP, CLONE, LOOKUP | CLONE | CLOSURE] {
                let case = |what: &str, operate: fn(&mut Map)| {
                    blows(what, calls, ALL_OR_NOTHING, prepare, |map| operate(of(map)));
                };
                case("vacant ref, or_insert", |map| {
                    let value = Val::new(NEW);
                    light();
                    map.entry_ref(&Probe(NEW)).or_insert(value);
                });
                case("vacant ref, or_insert_with", |map| {
                    light();
                    map.entry_ref(&Probe(NEW)).or_insert_with(|| {
                        tick(CLOSURE);
                        Val::new(NEW)
                    });
                });
                case("vacant ref, insert_entry", |map| {
                    let value = Val::new(NEW);
                    light();
                    match map.entry_ref(&Probe(NEW)) {
                        EntryRef::Occupied(_) => unreachable!(),
                        EntryRef::Vacant(entry) => drop(entry.insert_entry(value)),
                    }
                });
            }
            // Comparing the key that was handed over with the query may panic as well.
            blows("vacant ref, insert_with_key", LOOKUP, ALL_OR_NOTHING, prepare, |map| {
                let (key, value) = (Key::new(NEW), Val::new(NEW));
                light();
                match of(map).entry_ref(&Probe(NEW)) {
                    EntryRef::Occupied(_) => unreachable!(),
                    EntryRef::Vacant(entry) => {
                        entry.insert_with_key(key, value);
                    }
                }
            });
        }
        for calls in [LOOKUP, CLOSURE] {
            blows("occupied ref, and_modify", calls, UNCHANGED, packed, |map| {
                light();
                let entry = of(map).entry_ref(&Probe(0)).and_modify(|_| tick(CLOSURE));
                douse();
                assert!(matches!(entry, EntryRef::Occupied(_)));
            });
        }
    }
}

/// What takes entries out of a map or a set, or of the field `inner` of a table; then what closures get.
macro_rules! bulk {
    ($packed:ident $(, $inner:ident)?; $key:ident $(, $value:tt)?) => {
        for calls in [CLOSURE, DROP] {
            blows("retain", calls, only(is_even), $packed, |subject| {
                light();
                of(subject)$(.$inner)?.retain(|$key $(, $value)?| {
                    tick(CLOSURE);
                    !is_even($key.n)
                });
            });
            blows("extract_if", calls, only(is_even), $packed, |subject| {
                light();
                of(subject)$(.$inner)?
                    .extract_if(|$key $(, $value)?| {
                        tick(CLOSURE);
                        is_even($key.n)
                    })
                    .for_each(drop);
            });
            blows("drain", calls, ANYTHING, $packed, |subject| {
                light();
                for entry in of(subject)$(.$inner)?.drain() {
                    tick(CLOSURE);
                    drop(entry);
                }
            });
            blows("into_iter", calls, ANYTHING, $packed, |subject| {
                light();
                for entry in subject.take().expect("the subject is there")$(.$inner)? {
                    tick(CLOSURE);
                    drop(entry);
                }
            });
        }
        blows("clear", DROP, ANYTHING, $packed, |subject| {
            light();
            of(subject)$(.$inner)?.clear();
        });
    };
}

#[test]
fn map_bulk() {
    for (size, hash) in worlds() {
        let packed = || full::<Map>(size, hash);
        bulk!(packed; key, _);
        for calls in [CLONE, DROP] {
            blows("clone_from", calls, ANYTHING, packed, |map| {
                let source = Map::filled(2 * size, size, hash);
                light();
                of(map).clone_from(&source);
                douse();
            });
        }
    }
}

#[test]
fn map_into_iter() {
    for (size, hash) in worlds() {
        let packed = || full::<Map>(size, hash);
        let take = |map: &mut Option<Map>| map.take().expect("the subject is there");
        for taken in [0, 1, size / 2, usize::MAX] {
            // The user's code panics while the iterator lives, which drops the rest.
            blow("a loop over into_iter", CLOSURE, ANYTHING, packed, |map| {
                light();
                for entry in take(map).into_iter().take(taken) {
                    tick(CLOSURE);
                    drop(entry);
                }
            });
            blow("drops in a loop over into_iter", DROP, ANYTHING, packed, |map| {
                let mut entries = take(map).into_iter();
                light();
                for entry in entries.by_ref().take(taken) {
                    drop(entry);
                }
                douse();
            });
            blows("into_iter dropped midway", DROP, ANYTHING, packed, |map| {
                light();
                drop(take(map).into_iter().take(taken).collect::<Vec<_>>());
            });
            blows("into_keys dropped midway", DROP, ANYTHING, packed, |map| {
                light();
                drop(take(map).into_keys().take(taken).collect::<Vec<_>>());
            });
            blows("into_values dropped midway", DROP, ANYTHING, packed, |map| {
                light();
                drop(take(map).into_values().take(taken).collect::<Vec<_>>());
            });
        }
        blows("drop of the map", DROP, ANYTHING, packed, |map| {
            light();
            drop(take(map));
        });
    }
}

/// A hasher whose destructor panics when it is told to.
struct Parting(By);

impl BuildHasher for Parting {
    type Hasher = <By as BuildHasher>::Hasher;
    fn build_hasher(&self) -> Self::Hasher {
        self.0.build_hasher()
    }
}

impl Drop for Parting {
    fn drop(&mut self) {
        tick(CLOSURE);
    }
}

#[test]
fn entries_are_not_lost_with_a_hasher_whose_destructor_panics() {
    fn check(len: u32, part: impl Fn(HashMap<Key, Val, Parting>)) {
        bury();
        let mut map = HashMap::with_hasher(Parting(By(mixed)));
        (0..len).for_each(|n| assert!(map.insert(Key::new(n), Val::new(n)).is_none()));
        let blown = fused(CLOSURE, 1, || {
            light();
            part(map);
        });
        assert!(blown && living().is_empty(), "{} of {len} entries lost", living().len());
        assert_eq!(FAULTS.get(), 0);
    }
    for len in [1, 8, 30] {
        check(len, drop);
        check(len, |map| drop(map.into_iter()));
        check(len, |map| drop(map.into_keys()));
        check(len, |map| drop(map.into_values()));
        #[cfg(feature = "rayon")]
        check(len, |map| drop(rayon::iter::IntoParallelIterator::into_par_iter(map)));
        #[cfg(feature = "extendible")]
        check(len, |map| {
            douse();
            let mut other = rosti::ExtendibleMap::with_hasher(Parting(By(mixed)));
            other.extend(map);
            light();
            drop(other.into_iter());
        });
        let set = |map: HashMap<Key, Val, Parting>| {
            douse();
            let mut set = HashSet::with_hasher(Parting(By(mixed)));
            set.extend(map.into_keys());
            light();
            set
        };
        check(len, |map| drop(set(map).into_iter()));
        #[cfg(feature = "rayon")]
        check(len, |map| drop(rayon::iter::IntoParallelIterator::into_par_iter(set(map))));
    }
}

#[test]
fn map_clone() {
    type Copier = fn(&Map) -> Map;
    let clones: [(&str, Copier); 2] =
        [("clone", Map::clone), ("try_clone", |map| map.try_clone().expect("there is memory"))];
    let with_both = |world| clones.map(|clone| (world, clone));
    for ((size, hash), (name, clone)) in worlds().flat_map(with_both) {
        let packed = || full::<Map>(size, hash);
        let count = blow(name, CLONE, UNCHANGED, packed, |map| {
            light();
            let copy = clone(of(map));
            douse();
            let numbers = |map: &Map| map.entries().into_keys().collect::<Vec<_>>();
            assert_eq!(numbers(&copy), numbers(of(map)));
        });
        let all = 2 * full::<Map>(size, hash).len() as u64;
        assert_eq!(count.unwrap_or(all), all, "keys and values cloned");
        let count = blow(name, LOOKUP | DROP, UNCHANGED, packed, |map| {
            light();
            let copy = clone(of(map));
            douse();
            drop(copy);
        });
        assert_eq!(count.unwrap_or(0), 0, "a clone neither hashes nor compares nor drops");
    }
}

/// An iterator that panics as well.
fn ticking<T>(items: Vec<T>) -> impl Iterator<Item = T> {
    items.into_iter().inspect(|_| tick(CLOSURE))
}

#[test]
fn map_extend_and_collect() {
    for (size, hash) in worlds() {
        let packed = || full::<Map>(size, hash);
        for calls in [LOOKUP, CLOSURE] {
            blows("extend", calls, only(is_new), packed, |map| {
                let more = news(size as u32 + 3);
                light();
                of(map).extend(ticking(more));
                douse();
                assert!(of(map).contains_key(&Probe(NEW)));
            });
            blows(
                "from_iter",
                calls,
                only(is_new),
                || Map::make(0, hash),
                |map| {
                    let more = news(size as u32 + 3);
                    light();
                    let made: Map = ticking(more).collect();
                    *map = Some(made);
                    douse();
                },
            );
        }
        // Present keys: old values and the given keys are dropped on the way.
        blows("extend with what is there", DROP, ANYTHING, packed, |map| {
            let same: Vec<_> = (0..size as u32).map(|n| (Key::new(n), Val::new(n))).collect();
            light();
            of(map).extend(same);
            douse();
        });
    }
}

/// A key that a map does not have to drop: `extend` has a loop of its own for these.
#[derive(Clone, Copy, Debug)]
struct Bare(u64);

impl Hash for Bare {
    fn hash<H: Hasher>(&self, state: &mut H) {
        tick(HASH);
        state.write_u64(self.0);
    }
}

impl PartialEq for Bare {
    fn eq(&self, other: &Self) -> bool {
        tick(EQ);
        self.0 == other.0
    }
}
impl Eq for Bare {}

/// Every entry before the panic is in the map, once and with the last value, and the map knows how many
/// there are.
#[test]
fn map_extend_without_drop_glue() {
    let (given, keys) = if cfg!(miri) { (60, 40) } else { (300, 200) };
    let hashes: [Function; 3] = [mixed, |x| x << 57 | x & 1, |_| 0];
    for (capacity, hash) in [0, keys as usize].into_iter().flat_map(|c| hashes.map(|h| (c, h))) {
        for calls in [HASH, EQ, CLOSURE] {
            // With one home and one tag comparisons are thousands.
            let step = if cfg!(miri) || calls == EQ { 1009 } else { 7 };
            for n in (1..).step_by(step) {
                let mut map = HashMap::with_capacity_and_hasher(capacity, By(hash));
                let mut came = 0;
                let blown = fused(calls, n, || {
                    light();
                    map.extend((0..given).map(|i| {
                        tick(CLOSURE);
                        came = i + 1;
                        (Bare(i % keys), i)
                    }));
                    douse();
                });
                // Of those that came the last one is not in the map if its own hashing or search failed.
                let kept = if blown && calls != CLOSURE { came - 1 } else { came };
                let expected: BTreeMap<u64, u64> = (0..kept).map(|i| (i % keys, i)).collect();
                assert_eq!(map.len(), expected.len(), "call {n} of kind {calls}");
                let found: BTreeMap<u64, u64> = map.iter().map(|(k, v)| (k.0, *v)).collect();
                assert_eq!(found, expected, "call {n} of kind {calls}");
                assert!(expected.iter().all(|(k, v)| map.get(&Bare(*k)) == Some(v)));
                // There is as much room as the map says, and no more is counted than there is.
                let room = map.capacity();
                for more in map.len()..room {
                    map.insert(Bare(1000 + more as u64), 0);
                }
                assert_eq!((map.len(), map.capacity()), (room, room));
                if !blown {
                    break;
                }
            }
        }
    }
}

/// An iterator may catch the panic of an insertion that `extend` makes, and go on: that one entry is missing.
#[test]
fn map_extend_by_an_iterator_that_catches() {
    fn check<V: Copy + PartialEq>(value: fn(u64) -> V, catches: bool) {
        let given = if cfg!(miri) { 40 } else { 125 };
        for capacity in [0, 100] {
            for n in (1..).step_by(if cfg!(miri) { 13 } else { 1 }) {
                let mut map = HashMap::with_capacity_and_hasher(capacity, By(mixed));
                BLOWN.set(false);
                FUSE.set((HASH, n));
                let entries = Catching((0..given).map(|i| (Bare(i), value(i))));
                let caught = catch_unwind(AssertUnwindSafe(|| map.extend(entries)));
                FUSE.set((0, 0));
                let blown = BLOWN.get();
                assert_eq!(caught.is_err(), blown && !catches);
                let there = |map: &HashMap<Bare, V, _>| {
                    (0..given)
                        .filter(|&i| map.get(&Bare(i)).is_some_and(|&v| v == value(i)))
                        .count()
                };
                if catches {
                    assert_eq!(map.len() as u64, given - u64::from(blown), "call {n}");
                }
                assert_eq!(there(&map), map.len(), "call {n}");
                assert_eq!(map.iter().fold(0, |n, _| n + 1), map.len(), "call {n}");
                let room = map.capacity();
                for more in map.len()..room {
                    map.insert(Bare(1000 + more as u64), value(0));
                }
                assert_eq!((map.len(), map.capacity()), (room, room), "call {n}");
                if !blown {
                    break;
                }
            }
        }
    }
    // Small values are asked for one by one, which ends with the first panic.
    check::<u64>(|i| i, false);
    check::<[u64; 8]>(|i| [i; 8], true);
    check::<[u64; 16]>(|i| [i; 16], true);
}

#[test]
fn map_reserve_and_shrink() {
    for (size, hash) in hashing_worlds() {
        let packed = || full::<Map>(size, hash);
        for calls in [HASH | REHASH] {
            blows("reserve", calls, UNCHANGED, packed, |map| {
                light();
                of(map).reserve(1);
                douse();
                assert!(of(map).capacity() > of(map).len());
            });
            blows("reserve of much", calls, UNCHANGED, packed, |map| {
                light();
                of(map).reserve(1000);
            });
            blows("try_reserve", calls, UNCHANGED, packed, |map| {
                light();
                assert_eq!(of(map).try_reserve(size), Ok(()));
            });
            for large in [4 * size + 20, 40 * size + 100] {
                let prepare = || Map::filled(large, size, hash);
                blows("shrink_to_fit", calls, UNCHANGED, prepare, |map| {
                    light();
                    of(map).shrink_to_fit();
                    douse();
                    assert!(of(map).capacity() < large);
                });
                blows("shrink_to", calls, UNCHANGED, prepare, |map| {
                    light();
                    of(map).shrink_to(size + 1);
                    douse();
                    assert!(of(map).capacity() < large);
                });
            }
        }
    }
}

// ---------------------------------------------------------------------------------------------
// The rebuild that churn sets off
// ---------------------------------------------------------------------------------------------

/// Churn over a subject with a model of its content.
struct Churn<T> {
    subject: T,
    model: BTreeMap<u32, Ids>,
    keys: Vec<u32>,
    next: u32,
    rng: Rng,
}

impl<T: Subject> Churn<T> {
    fn start(capacity: usize, len: impl Fn(usize) -> usize, hash: Function) -> Self {
        let len = len(T::make(capacity, hash).capacity());
        let subject = T::filled(capacity, len, hash);
        Self {
            model: subject.entries(),
            keys: (0..len as u32).collect(),
            next: len as u32,
            subject,
            rng: Rng::new(len as u64),
        }
    }

    /// Replaces one entry while the hasher panics at the given call for a stored key. If the
    /// insertion panics, what was to come is not there and everything else is; then it is tried
    /// again, `stubborn`ly with a panic at the next call and the one after. Returns the number
    /// of panics.
    fn step(&mut self, oldest_first: bool, rehash: u64, stubborn: bool) -> u64 {
        let victim = if oldest_first { 0 } else { self.rng.below(self.keys.len()) };
        let old = if oldest_first { self.keys.remove(0) } else { self.keys.swap_remove(victim) };
        assert!(self.subject.delete(old), "{old} is lost");
        self.model.remove(&old);
        let fresh = self.next;
        self.next += 1;
        let mut panics = 0;
        loop {
            // Under Miri at two calls.
            let stubborn = stubborn && (panics < 2 || !cfg!(miri));
            let call = if panics == 0 || stubborn { rehash + panics } else { 0 };
            let blown = fused(REHASH, call, || {
                light();
                self.subject.add(fresh);
                douse();
            });
            if !blown {
                break;
            }
            panics += 1;
            assert_eq!(self.subject.find(fresh), None);
            let entries = self.subject.entries();
            let len = self.model.len();
            assert_eq!(entries, self.model, "after a panic at hash {call} of a rebuild of {len}");
            assert_eq!(FAULTS.get(), 0);
            assert_eq!(LIVING.with_borrow(BTreeSet::len), T::LIVES * len, "lost or kept too long");
        }
        self.keys.push(fresh);
        self.model.insert(fresh, self.subject.find(fresh).expect("what was inserted is found"));
        panics
    }

    /// Steps until the hasher has panicked `panics` times, or until `limit` steps went by
    /// without a panic. Returns how often it panicked.
    fn run(&mut self, oldest_first: bool, panics: u64, limit: u64) -> u64 {
        let capacity = self.subject.capacity();
        let (mut seen, mut quiet, mut rebuilds) = (0, 0, 0);
        while seen < panics && quiet < limit {
            // The first call, the second, ... the last, and again.
            let call = 1 + rebuilds % self.keys.len() as u64;
            let now = self.step(oldest_first, call, rebuilds % 4 == 0);
            quiet = if now > 0 { 0 } else { quiet + 1 };
            rebuilds += u64::from(now > 0);
            seen += now;
            assert_eq!(self.subject.capacity(), capacity, "churn changed the capacity");
        }
        assert_eq!(self.subject.entries(), self.model);
        seen
    }
}

/// Hash functions under which churn leaves many traces.
const WEARING: [(&str, Function); 7] = [
    ("mixed", mixed),
    ("zero", |_| 0),
    ("homes that wander slowly", |x| x / 64),
    ("homes that wander", |x| x / 8),
    ("few homes", |x| mixed(x) & (3 << 4) | mixed(x) << 57),
    ("one in sixteen homes", |x| (x << 4) ^ (x / 200) | mixed(x) << 57),
    ("ones", |_| u64::MAX),
];

/// Churns subjects of several sizes and fillings. Returns the number of rebuilds that panicked.
fn wear<T: Subject>() -> u64 {
    let (mut panics, mut case) = (0, 0);
    let few = cfg!(any(miri, rosti_emulated));
    let sizes: &[usize] = if few { &[28] } else { &[3, 14, 28, 60, 112] };
    let fillings: [fn(usize) -> usize; 3] = [|n| n, |n| n * 7 / 8, |n| n / 2];
    for &size in sizes {
        for (name, hash) in WEARING {
            for len in fillings {
                for oldest_first in [false, true] {
                    case += 1;
                    if cfg!(miri) && case != 7 {
                        continue;
                    }
                    bury();
                    let mut churn = Churn::<T>::start(size, len, hash);
                    if churn.keys.is_empty() {
                        continue;
                    }
                    let limit = scaled(40, 8, 6) * churn.keys.len() as u64;
                    let seen = churn.run(oldest_first, scaled(300, 120, 1), limit);
                    if seen > 0 {
                        println!(
                            "{name}: {seen} panics in rebuilds at {} of {} entries",
                            churn.keys.len(),
                            churn.subject.capacity()
                        );
                    }
                    panics += seen;
                    // One that is given up leaves a map that can go on.
                    let entries = churn.subject.entries();
                    churn.subject.exercise(entries, scaled(100, 100, 2) as u32);
                    drop(churn);
                    assert_eq!(FAULTS.get(), 0);
                    assert_eq!(living().len(), 0, "entries that outlived their map");
                }
            }
        }
    }
    panics
}

#[test]
fn map_rebuild_loses_nothing() {
    let panics = wear::<Map>();
    assert!(panics > 0, "no rebuild was reached: the churn has to be of another kind");
}

#[test]
fn table_rebuild_loses_nothing() {
    let panics = wear::<Table>();
    assert!(panics > 0, "no rebuild was reached: the churn has to be of another kind");
}

/// A worn map that is asked for room, or for less of it.
#[test]
fn reserve_and_shrink_of_a_worn_map_lose_nothing() {
    for (_, hash) in WEARING.into_iter().step_by(scaled(1, 1, 4) as usize) {
        for size in [14, 112] {
            if cfg!(any(miri, rosti_emulated)) && size > 28 {
                continue;
            }
            let worn = || {
                let mut churn = Churn::<Map>::start(size, |n| n / 4, hash);
                for _ in 0..scaled(4, 4, 1) as usize * size {
                    // No fuse.
                    churn.step(true, 0, false);
                }
                churn.subject
            };
            let room = |map: &Map| map.capacity() - map.len();
            blow("reserve of the room there is", HASH | REHASH, UNCHANGED, worn, |map| {
                light();
                let room = room(of(map));
                of(map).reserve(room);
            });
            blow("reserve of more", HASH | REHASH, UNCHANGED, worn, |map| {
                light();
                let room = room(of(map));
                of(map).reserve(room + 1);
            });
            blow("shrink_to_fit", HASH | REHASH, UNCHANGED, worn, |map| {
                light();
                of(map).shrink_to_fit();
            });
        }
    }
}

// ---------------------------------------------------------------------------------------------
// HashSet
// ---------------------------------------------------------------------------------------------

#[test]
fn set_elements() {
    for (size, hash) in worlds() {
        let packed = || full::<Set>(size, hash);
        let absent = |what: &str, calls: Calls, operate: fn(&mut Set, Key)| {
            for roomy_one in [true, false] {
                let prepare = || if roomy_one { roomy(size, hash) } else { full(size, hash) };
                blows::<Set>(what, calls, ALL_OR_NOTHING, prepare, |set| {
                    let key = Key::new(NEW);
                    light();
                    operate(of(set), key);
                });
            }
        };
        absent("insert", LOOKUP, |set, key| assert!(set.insert(key)));
        absent("replace", LOOKUP, |set, key| assert!(set.replace(key).is_none()));
        absent("get_or_insert", LOOKUP, |set, key| assert_eq!(set.get_or_insert(key).n, NEW));
        absent("entry", LOOKUP, |set, key| {
            set.entry(key).insert();
        });
        absent("get_or_insert_with", LOOKUP | CLOSURE, |set, _| {
            set.get_or_insert_with(&Probe(NEW), |probe| {
                tick(CLOSURE);
                Key::new(probe.0)
            });
        });

        let present = |what: &str, calls: Calls, terms: Terms, operate: fn(&mut Set, Key)| {
            let terms = terms.in_detail(calls);
            blows(what, calls, terms, packed, |set| {
                let key = Key::new(0);
                light();
                operate(of(set), key);
            });
        };
        for calls in [LOOKUP, DROP] {
            present("insert of a present one", calls, UNCHANGED, |set, key| {
                assert!(!set.insert(key))
            });
            present("replace of a present one", calls, ZERO, |set, key| {
                drop(set.replace(key).expect("it is there"));
            });
            present("remove", calls, ZERO, |set, _| assert!(set.remove(&Probe(0))));
            present("take", calls, ZERO, |set, _| drop(set.take(&Probe(0)).expect("it is there")));
        }
        present("get", LOOKUP, UNCHANGED, |set, _| assert!(set.get(&Probe(0)).is_some()));
        present("contains", LOOKUP, UNCHANGED, |set, _| assert!(set.contains(&Probe(0))));
    }
}

#[test]
fn set_bulk() {
    for (size, hash) in worlds() {
        let packed = || full::<Set>(size, hash);
        bulk!(packed; key);
        blows("clone", CLONE, UNCHANGED, packed, |set| {
            light();
            let copy = of(set).clone();
            douse();
            assert_eq!(copy.len(), of(set).len());
        });
        blows("clone_from", CLONE, ANYTHING, packed, |set| {
            let source: Set = Set::filled(2 * size, size, hash);
            light();
            of(set).clone_from(&source);
            douse();
        });
        for calls in [LOOKUP, CLOSURE] {
            blows("extend", calls, only(is_new), packed, |set| {
                let more: Vec<_> = (NEW..NEW + size as u32 + 3).map(Key::new).collect();
                light();
                of(set).extend(ticking(more));
            });
            blows(
                "from_iter",
                calls,
                only(is_new),
                || Set::make(0, hash),
                |set| {
                    let more: Vec<_> = (NEW..NEW + size as u32 + 3).map(Key::new).collect();
                    light();
                    *set = Some(ticking(more).collect());
                    douse();
                },
            );
        }
    }
}

#[test]
fn set_algebra() {
    // Two sets of one home are compared in the square of their size, with as many panics.
    for (size, hash) in worlds().filter(|world| world.0 <= 8) {
        let packed = || full::<Set>(size, hash);
        // Half of the elements are common.
        let other = || {
            let mut other = Set::make(0, hash);
            for n in (0..size as u32 / 2).chain(NEW..NEW + size as u32 / 2 + 1) {
                other.add(n);
            }
            other
        };
        let reading = |what: &str, calls: Calls, operate: fn(&Set, &Set)| {
            blows(what, calls, UNCHANGED, packed, |set| {
                let other = other();
                light();
                operate(of(set), &other);
                douse();
            });
        };
        for calls in [LOOKUP, LOOKUP | CLONE] {
            reading("|", calls, |a, b| drop(a | b));
            reading("&", calls, |a, b| drop(a & b));
            reading("^", calls, |a, b| drop(a ^ b));
            reading("-", calls, |a, b| drop(a - b));
            reading("is_subset", calls, |a, b| assert!(a.is_subset(&(a | b))));
            reading("is_disjoint", calls, |a, b| {
                black_box(a.is_disjoint(b));
            });
            reading("==", calls, |a, b| assert!(*a != (a | b)));
        }
        let writing = |what: &str, calls: Calls, terms: Terms, operate: fn(&mut Set, &Set)| {
            blow(what, calls, terms, packed, |set| {
                let other = other();
                light();
                operate(of(set), &other);
                douse();
            });
        };
        for calls in [LOOKUP, CLONE, DROP] {
            writing("|=", calls, only(is_new), |a, b| *a |= b);
            writing("&=", calls, ANYTHING, |a, b| *a &= b);
            writing("^=", calls, ANYTHING, |a, b| *a ^= b);
            writing("-=", calls, ANYTHING, |a, b| *a -= b);
        }
    }
}

// ---------------------------------------------------------------------------------------------
// HashTable: hash and equality are closures
// ---------------------------------------------------------------------------------------------

#[test]
fn table_elements() {
    for (size, hash) in worlds() {
        let packed = || full::<Table>(size, hash);
        let last = size as u32 - 1;
        let present = |what: &str, calls: Calls, terms: Terms, operate: fn(&mut Table, u32)| {
            blows(what, calls, terms, packed, |table| {
                light();
                operate(of(table), last);
            });
        };
        present("find", EQ, UNCHANGED, |table, n| {
            let hash = table.hash_of(n);
            assert!(table.inner.find(hash, Table::is(n)).is_some());
        });
        present("find_mut", EQ, UNCHANGED, |table, n| {
            let hash = table.hash_of(n);
            assert!(table.inner.find_mut(hash, Table::is(n)).is_some());
        });
        present("find_entry", EQ, UNCHANGED, |table, n| {
            let hash = table.hash_of(n);
            assert!(table.inner.find_entry(hash, Table::is(n)).is_ok());
        });
        present("find_bucket_index", EQ, UNCHANGED, |table, n| {
            let hash = table.hash_of(n);
            assert!(table.inner.find_bucket_index(hash, Table::is(n)).is_some());
        });
        present("get_disjoint_mut", EQ, UNCHANGED, |table, n| {
            let hash = table.hash_of(n);
            let found = table.inner.get_disjoint_mut([hash], |_, key| {
                tick(EQ);
                key.n == n
            });
            assert!(found[0].is_some());
        });
        present("iter_hash", CLOSURE, UNCHANGED, |table, n| {
            let hash = table.hash_of(n);
            let found = table.inner.iter_hash(hash).inspect(|_| tick(CLOSURE));
            assert!(found.filter(|key| key.n == n).count() == 1);
        });
        present("entry of a present one", LOOKUP, UNCHANGED, |table, n| {
            let hash = table.hash_of(n);
            let hasher = Table::hasher(table.hash);
            let _entry = table.inner.entry(hash, Table::is(n), hasher);
        });
        present("and_modify", CLOSURE, UNCHANGED, |table, n| {
            let hash = table.hash_of(n);
            let hasher = Table::hasher(table.hash);
            let entry = table.inner.entry(hash, Table::is(n), hasher);
            let _entry = entry.and_modify(|_| tick(CLOSURE));
        });
        for result in [0, 1] {
            let terms = ANYTHING;
            for calls in [CLOSURE, DROP] {
                let what = "replace_entry_with";
                blow(what, calls, terms, packed, |table| {
                    let table = of(table);
                    let hash = table.hash_of(last);
                    light();
                    if let Ok(entry) = table.inner.find_entry(hash, Table::is(last)) {
                        let _ = entry.replace_entry_with(|key| {
                            tick(CLOSURE);
                            (result == 1).then_some(key)
                        });
                    }
                });
            }
        }

        for roomy_one in [true, false] {
            let prepare = || if roomy_one { roomy(size, hash) } else { full(size, hash) };
            // In a table with room no element is hashed.
            let absent = |what: &str, calls: Calls, operate: fn(&mut Table)| {
                blow::<Table>(what, calls, ALL_OR_NOTHING, prepare, |table| operate(of(table)))
            };
            let count = absent("insert_unique", REHASH, |table| {
                let (hash, hasher) = (table.hash_of(NEW), Table::hasher(table.hash));
                let key = Key::new(NEW);
                key.hashed.set(true);
                light();
                table.inner.insert_unique(hash, key, hasher);
            });
            let hashes = !roomy_one && size > 16;
            assert!(count != Some(0) || !hashes, "{count:?} hashes by insert_unique");
            assert!(count.unwrap_or(0) == 0 || !roomy_one, "{count:?} hashes by insert_unique");
            absent("or_insert", LOOKUP, |table| {
                let (hash, hasher) = (table.hash_of(NEW), Table::hasher(table.hash));
                let key = Key::new(NEW);
                light();
                table.inner.entry(hash, Table::is(NEW), hasher).or_insert(key);
                douse();
            });
            let count = absent("or_insert_with", CLOSURE, |table| {
                let (hash, hasher) = (table.hash_of(NEW), Table::hasher(table.hash));
                light();
                table.inner.entry(hash, Table::is(NEW), hasher).or_insert_with(|| {
                    tick(CLOSURE);
                    Key::new(NEW)
                });
            });
            assert_eq!(count.unwrap_or(1), 1);
        }
    }
}

#[test]
fn table_bulk() {
    for (size, hash) in worlds() {
        let packed = || full::<Table>(size, hash);
        bulk!(packed, inner; key);
        blows("drop", DROP, ANYTHING, packed, |table| {
            light();
            drop(table.take());
        });
        blows("clone", CLONE, UNCHANGED, packed, |table| {
            light();
            let copy = of(table).inner.clone();
            douse();
            assert_eq!(copy.len(), of(table).len());
        });
        blows("try_clone", CLONE, UNCHANGED, packed, |table| {
            light();
            let copy = of(table).inner.try_clone();
            douse();
            assert_eq!(copy.map(|copy| copy.len()), Ok(of(table).len()));
        });
    }
    for (size, hash) in hashing_worlds() {
        let packed = || full::<Table>(size, hash);
        let count = |what: &str, prepare: &dyn Fn() -> Table, operate: fn(&mut Table)| {
            blows(what, HASH | REHASH, UNCHANGED, prepare, |table| {
                light();
                operate(of(table));
            });
        };
        count("reserve", &packed, |table| table.inner.reserve(1, Table::hasher(table.hash)));
        count("try_reserve", &packed, |table| {
            assert_eq!(table.inner.try_reserve(100, Table::hasher(table.hash)), Ok(()));
        });
        let large = || Table::filled(10 * size + 60, size, hash);
        count("shrink_to_fit", &large, |table| {
            table.inner.shrink_to_fit(Table::hasher(table.hash));
        });
        count("shrink_to", &large, |table| {
            table.inner.shrink_to(1, Table::hasher(table.hash));
        });
    }
}

/// The procedure itself: it sees a drop too many and an entry that is lost.
#[test]
fn the_register_sees_faults() {
    bury();
    let life = std::mem::ManuallyDrop::new(Life::new());
    drop(Life(life.0));
    assert_eq!(FAULTS.get(), 0);
    drop(Life(life.0));
    assert_eq!(FAULTS.get(), 1);

    bury();
    std::mem::forget(Key::new(1));
    assert_eq!(living().len(), 1);
    let lossy = catch_unwind(|| {
        blow(
            "a leak",
            CLOSURE,
            ANYTHING,
            || Map::filled(4, 4, mixed),
            |map| {
                std::mem::forget(of(map).remove(&Probe(1)));
                light();
                tick(CLOSURE);
            },
        )
    });
    assert!(lossy.is_err(), "a leak went unseen");
    let lossy = catch_unwind(|| {
        blow(
            "a loss",
            CLOSURE,
            ALL_OR_NOTHING,
            || Map::filled(4, 4, mixed),
            |map| {
                drop(of(map).remove(&Probe(1)));
                light();
                tick(CLOSURE);
            },
        )
    });
    assert!(lossy.is_err(), "a lost entry went unseen");
    bury();
}
