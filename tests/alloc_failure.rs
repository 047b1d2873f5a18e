//! Allocators that fail, panic, count, or carry state.
//!
//! A request that is refused changes nothing: `try_reserve` says which request it was, content
//! and capacity are what they were, and the map works on when there is memory again. A request
//! that cannot be represented is not made at all. Each block goes back once, to the allocator
//! it came from, with the layout it was asked for; and `allocation_size()` is what is out.
//!
//! The first part gets by with the global allocator, so it runs without the `allocator-api2`
//! feature too. The second one hands the maps an allocator of their own.

mod support;

use std::alloc::Layout;

use rosti::hash_map::{Entry, EntryRef};
use rosti::internals::{Allocator as _, Global};
use rosti::{HashMap, HashSet, HashTable, Rejected, TryReserveError, hash_set, hash_table};
use support::{By, Tally, mixed, scaled};

#[global_allocator]
static TALLY: Tally = Tally;

// ---------------------------------------------------------------------------------------------
// With the global allocator
// ---------------------------------------------------------------------------------------------

fn global_entries(len: u64) -> impl Iterator<Item = (u64, u64)> {
    (0..len).map(|n| (n, mixed(n)))
}

fn global_map(len: u64) -> HashMap<u64, u64, By> {
    global_entries(len).collect()
}

/// The global allocator must not be asked for zero bytes. Tables never do; but what they use in its
/// place, with or without feature `allocator-api2`, can be reached by itself.
#[test]
fn a_block_of_zero_bytes_is_none() {
    let some = Layout::from_size_align(100, 64).expect("a layout");
    for align in [1, 8, 64, 4096] {
        let none = Layout::from_size_align(0, align).expect("a layout");
        let before = (Tally::allocations(), Tally::bytes());
        let Ok(block) = Global.allocate(none) else { panic!("there is always room for nothing") };
        assert_eq!((block.len(), block.cast::<u8>().as_ptr().addr() % align), (0, 0));
        // SAFETY: the block is what was given out for this layout.
        unsafe { Global.deallocate(block.cast(), none) };
        assert_eq!((Tally::allocations(), Tally::bytes()), before);
    }
    // What is not nothing goes to the global allocator.
    let before = (Tally::allocations(), Tally::bytes());
    let Ok(block) = Global.allocate(some) else { panic!("there is memory") };
    assert_eq!((Tally::allocations(), Tally::bytes()), (before.0 + 1, before.1 + 100));
    // SAFETY: as above.
    unsafe { Global.deallocate(block.cast(), some) };
    assert_eq!(Tally::bytes(), before.1);
}

/// Whichever allocation fails: what was to be inserted comes back, and all the rest is in the map.
#[test]
fn rejected_entries_come_back() {
    let len = scaled(2_000, 500, 40);
    for n in 1.. {
        let mut map = global_map(0);
        let (mut back, mut refusals) = (0, 0);
        // The allocation counts from the beginning, over all entries.
        let (result, refused) = Tally::refusing(n, || map.try_extend(global_entries(len)));
        if let Err(rejected) = result {
            let layout = refused.expect("an entry was rejected without need");
            assert_eq!(rejected.error, TryReserveError::AllocError { layout });
            refusals += 1;
            let stored = map.len() as u64;
            assert_eq!((map.capacity(), &map), (stored as usize, &global_map(stored)));
            // It fails for a new key again, through all doors; for a present one there is nothing to fail.
            let fresh = (stored, mixed(stored));
            let (result, refused) = Tally::refusing(1, || map.try_reserve_insert(fresh.0, fresh.1));
            assert!(refused.is_some());
            assert_eq!(result.expect_err("there was no memory").value, fresh);
            let (value, refused) = Tally::refusing(1, || match map.entry(fresh.0) {
                Entry::Occupied(_) => panic!("the key is not in the map"),
                Entry::Vacant(entry) => entry.try_insert(fresh.1).map(|_| ()),
            });
            assert!(refused.is_some());
            assert_eq!(value.expect_err("there was no memory").value, fresh);
            for with_key in [false, true] {
                let (value, refused) = Tally::refusing(1, || match map.entry_ref(&fresh.0) {
                    EntryRef::Occupied(_) => panic!("the key is not in the map"),
                    EntryRef::Vacant(entry) if with_key => {
                        entry.try_insert_with_key(fresh.0, fresh.1).map(|_| ())
                    }
                    EntryRef::Vacant(entry) => {
                        let result = entry.try_insert(fresh.1).map(|_| ());
                        result.map_err(|Rejected { value, error }| Rejected {
                            value: (fresh.0, value),
                            error,
                        })
                    }
                });
                let layout = refused.expect("a full map needs memory for one more");
                let error = TryReserveError::AllocError { layout };
                assert_eq!(value, Err(Rejected { value: fresh, error }));
            }
            if stored != 0 {
                let before = Tally::allocations();
                assert_eq!(map.try_reserve_insert(0, mixed(0)), Ok(Some(mixed(0))));
                assert!(matches!(map.entry_ref(&0), EntryRef::Occupied(_)));
                assert_eq!(Tally::allocations(), before, "memory for a key that is present");
            }
            assert_eq!((map.capacity(), &map), (stored as usize, &global_map(stored)));
            let rest = rejected.value.inspect(|_| back += 1);
            assert!(map.try_extend(rest).is_ok());
            assert_eq!(stored + back, len);
        }
        assert_eq!(map, global_map(len), "allocation {n}");
        let (copy, refused) = Tally::refusing(1, || map.try_clone().map(drop));
        let layout = refused.expect("a copy needs memory");
        assert_eq!(copy, Err(TryReserveError::AllocError { layout }));
        assert_eq!(map.try_clone(), Ok(global_map(len)));
        assert_eq!(map.try_clone().map(|copy| copy.capacity()), Ok(map.capacity()));
        if refusals == 0 {
            assert!(n > 3, "the map grew out of nowhere");
            break;
        }
    }
}

/// The same of sets, and of tables, where a vacant entry has its room already.
#[test]
fn rejected_elements_come_back() {
    let len = scaled(2_000, 500, 40);
    for n in 1.. {
        let mut set: HashSet<u64, By> = HashSet::default();
        let (result, refused) = Tally::refusing(n, || set.try_extend(0..len));
        let Err(rejected) = result else {
            assert!(refused.is_none() && n > 3);
            assert_eq!(set.try_clone(), Ok((0..len).collect()));
            break;
        };
        let stored = set.len() as u64;
        assert_eq!(set.capacity() as u64, stored);
        let (result, refused) = Tally::refusing(1, || match set.entry(stored) {
            hash_set::Entry::Occupied(_) => panic!("the element is not in the set"),
            hash_set::Entry::Vacant(entry) => entry.try_insert().map(|_| ()),
        });
        let layout = refused.expect("a full set needs memory for one more");
        let error = TryReserveError::AllocError { layout };
        assert_eq!(result, Err(Rejected { value: stored, error: error.clone() }));
        let mut table = HashTable::new();
        let hash = |n: &u64| mixed(*n);
        for n in 0..stored {
            table.insert_unique(mixed(n), n, hash);
        }
        for (present, key) in [(false, stored), (true, 0)].into_iter().take(stored.min(2) as usize)
        {
            let (result, refused) = Tally::refusing(1, || {
                table.try_entry(mixed(key), |n| *n == key, hash).map(|entry| {
                    assert!(matches!(entry, hash_table::Entry::Occupied(_)));
                })
            });
            assert_eq!((result.is_ok(), refused.is_some()), (present, !present));
        }
        let (copy, refused) = Tally::refusing(1, || table.try_clone().map(drop));
        let missing = refused.map(|layout| TryReserveError::AllocError { layout });
        // (An empty table has no block to copy.)
        assert_eq!((copy.err(), stored == 0), (missing.clone(), missing.is_none()));
        let copy = table.try_clone().expect("there is memory");
        assert_eq!((copy.len() as u64, copy.capacity() as u64), (stored, stored));
        assert!((0..stored).all(|n| copy.find(mixed(n), |m| *m == n).is_some()));
        let (result, _) =
            Tally::refusing(1, || table.try_insert_unique(mixed(stored), stored, hash).map(|_| ()));
        assert_eq!(result.expect_err("there was no memory").value, stored);
        assert_eq!((table.len() as u64, table.capacity() as u64), (stored, stored));
        assert!(table.try_entry(mixed(stored), |n| *n == stored, hash).is_ok());
        assert!((0..stored).all(|n| table.find(mixed(n), |m| *m == n).is_some()));

        assert_eq!((set.len(), set.capacity()), (stored as usize, stored as usize));
        assert!(set.try_extend(rejected.value).is_ok());
        assert_eq!(set, (0..len).collect());
    }
}

support::borrowed_keys! { HashMap<String, u64, By>, EntryRef }

/// Constructors that say if there is no memory.
#[test]
fn capacity_that_cannot_be_had() {
    fn check<C>(new: impl Fn(usize) -> Result<C, TryReserveError>, capacity: fn(&C) -> usize) {
        assert!(new(1).is_ok()); // The first seed of a process takes an allocation.
        let (result, refused) = Tally::refusing(1, || new(100).map(drop));
        let layout = refused.expect("room needs memory");
        assert_eq!(result, Err(TryReserveError::AllocError { layout }));
        assert_eq!(new(usize::MAX).err(), Some(TryReserveError::CapacityOverflow));
        let (none, refused) = Tally::refusing(1, || new(0).map(|made| capacity(&made)));
        assert_eq!((none, refused), (Ok(0), None));
        assert!(new(100).is_ok_and(|made| capacity(&made) >= 100));
    }
    check(
        |n| HashMap::<u64, u64, _>::try_with_capacity_and_hasher_in(n, By(mixed), Global),
        HashMap::capacity,
    );
    check(
        |n| HashSet::<u64, _>::try_with_capacity_and_hasher_in(n, By(mixed), Global),
        HashSet::capacity,
    );
    check(HashTable::<u64>::try_with_capacity, HashTable::capacity);
    check(|n| HashTable::<u64>::try_with_capacity_in(n, Global), HashTable::capacity);
    #[cfg(feature = "str")]
    {
        check(HashMap::<u64, u64>::try_with_capacity, HashMap::capacity);
        check(HashSet::<u64>::try_with_capacity, HashSet::capacity);
        check(rosti::StrMap::<u64>::try_with_capacity, rosti::StrMap::capacity);
    }
}

// ---------------------------------------------------------------------------------------------
// With an allocator of their own
// ---------------------------------------------------------------------------------------------

#[cfg(feature = "allocator-api2")]
mod own {
    use std::alloc::{GlobalAlloc, Layout, System};
    use std::cell::{Cell, RefCell};
    use std::collections::BTreeMap;
    use std::hash::{Hash, Hasher};
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
    use std::ptr::NonNull;
    use std::rc::Rc;

    use allocator_api2::alloc::{AllocError, Allocator};

    use super::support::Catching;
    use super::*;

    /// What an allocator has given out and what it thinks of how that came back.
    #[derive(Default)]
    struct Book {
        blocks: RefCell<BTreeMap<usize, Layout>>,
        requests: Cell<u64>,
        /// The request to refuse, counted down; nothing at zero.
        refuse_in: Cell<u64>,
        refuse_the_rest: Cell<bool>,
        panics: Cell<bool>,
        refused: Cell<Option<Layout>>,
        /// Requests of more bytes are refused as well; no limit at zero.
        limit: Cell<usize>,
        /// Bytes to hand out beyond what was asked for.
        slack: Cell<usize>,
        faults: RefCell<Vec<String>>,
    }

    /// An allocator with state; clones share it. Fresh memory is filled with `0xA5`, returned
    /// memory with `0xDD`: nobody may rely on what is in either.
    #[derive(Clone, Default)]
    struct Ledger(Rc<Book>);

    /// The payload of a panic in the allocator.
    struct OutOfOrder;

    impl Ledger {
        fn bytes(&self) -> usize {
            Tally::paused(|| self.0.blocks.borrow().values().map(Layout::size).sum())
        }

        fn blocks(&self) -> usize {
            self.0.blocks.borrow().len()
        }

        fn requests(&self) -> u64 {
            self.0.requests.get()
        }

        /// Runs `f` while the `n`-th request from now is refused, and all later ones too if
        /// `the_rest` says so. Also returns the layout of the first refused one.
        fn refusing<R>(
            &self,
            n: u64,
            the_rest: bool,
            f: impl FnOnce() -> R,
        ) -> (R, Option<Layout>) {
            self.0.refuse_in.set(n);
            self.0.refuse_the_rest.set(the_rest);
            self.0.refused.set(None);
            let result = f();
            self.0.refuse_in.set(0);
            self.0.refuse_the_rest.set(false);
            (result, self.0.refused.take())
        }

        /// Runs `f` while the `n`-th request from now panics. Whether it came to that.
        fn panicking(&self, n: u64, f: impl FnOnce()) -> bool {
            self.0.panics.set(true);
            let (result, refused) = self.refusing(n, false, || catch_unwind(AssertUnwindSafe(f)));
            self.0.panics.set(false);
            match result {
                Ok(()) => assert_eq!(refused, None, "a panic was swallowed"),
                Err(payload) if payload.is::<OutOfOrder>() => assert!(refused.is_some()),
                Err(payload) => resume_unwind(payload),
            }
            refused.is_some()
        }

        fn assert_in_order(&self) {
            assert_eq!(*self.0.faults.borrow(), Vec::<String>::new());
        }

        /// All is back, and nobody holds the allocator but `self`.
        fn assert_closed(&self, name: &str) {
            self.assert_in_order();
            assert_eq!((self.blocks(), self.bytes()), (0, 0), "{name}: (blocks, bytes) not freed");
            assert_eq!(Rc::strong_count(&self.0), 1, "{name}: somebody still holds the allocator");
        }

        /// Whether this request is to be refused.
        fn refuses(&self, layout: Layout) -> bool {
            let book = &self.0;
            book.requests.set(book.requests.get() + 1);
            let refuse_in = book.refuse_in.get();
            book.refuse_in.set(refuse_in.saturating_sub(1));
            let later = book.refuse_the_rest.get() && book.refused.get().is_some();
            let limit = book.limit.get();
            let refuse = refuse_in == 1 || later || limit > 0 && layout.size() > limit;
            if refuse && book.refused.get().is_none() {
                book.refused.set(Some(layout));
            }
            refuse
        }
    }

    // SAFETY: memory comes from the system's allocator, is not touched until it is returned,
    // and clones share one book.
    unsafe impl Allocator for Ledger {
        fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
            if self.refuses(layout) {
                if self.0.panics.get() {
                    resume_unwind(Box::new(OutOfOrder));
                }
                return Err(AllocError);
            }
            let size = layout.size() + self.0.slack.get();
            let real =
                Layout::from_size_align(size.max(1), layout.align()).map_err(|_| AllocError)?;
            // SAFETY: the size is not zero.
            let block = NonNull::new(unsafe { System.alloc(real) }).ok_or(AllocError)?;
            // SAFETY: the block is that large.
            unsafe { block.as_ptr().write_bytes(0xA5, size) };
            Tally::paused(|| {
                self.0.blocks.borrow_mut().insert(block.as_ptr() as usize, layout);
            });
            Ok(NonNull::slice_from_raw_parts(block, size))
        }

        unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
            Tally::paused(|| {
                let known = self.0.blocks.borrow_mut().remove(&(block.as_ptr() as usize));
                // A block that is larger than it had to be may come back as any size that it has
                // room for. The memory is given up in case of a fault, which is better than to
                // free it.
                let slack = self.0.slack.get();
                let fits = |known: &Layout| {
                    let sizes = known.size()..=known.size() + slack;
                    known.align() == layout.align() && sizes.contains(&layout.size())
                };
                let Some(known) = known.filter(fits) else {
                    let fault = format!("returned as {layout:?}, given out as {known:?}");
                    self.0.faults.borrow_mut().push(fault);
                    return;
                };
                let size = known.size() + slack;
                let real = Layout::from_size_align(size.max(1), known.align());
                // SAFETY: the block was allocated above with this layout, since the slack of an
                // allocator does not change while it has blocks out.
                unsafe {
                    block.as_ptr().write_bytes(0xDD, size);
                    System.dealloc(block.as_ptr(), real.expect("it was allocated with this one"));
                }
            });
        }
    }

    /// An element that can be made from a number, and of which a piece can be checked.
    trait Element: Clone + PartialEq + std::fmt::Debug {
        fn of(n: u64) -> Self;
    }

    impl Element for () {
        fn of(_: u64) -> Self {}
    }

    impl Element for u64 {
        fn of(n: u64) -> Self {
            mixed(n)
        }
    }

    /// An odd size.
    impl Element for [u8; 3] {
        fn of(n: u64) -> Self {
            let [a, b, c, ..] = mixed(n).to_le_bytes();
            [a, b, c]
        }
    }

    /// No size and an alignment.
    #[derive(Clone, Copy, PartialEq, Debug)]
    #[repr(align(64))]
    struct Nothing64;

    impl Element for Nothing64 {
        fn of(_: u64) -> Self {
            Self
        }
    }

    /// A cache line.
    #[derive(Clone, Copy, PartialEq, Debug)]
    #[repr(align(64))]
    struct Line(u64);

    impl Element for Line {
        fn of(n: u64) -> Self {
            Self(mixed(n))
        }
    }

    /// A page: a stricter alignment than allocators give by themselves.
    #[derive(Clone, Copy, PartialEq, Debug)]
    #[cfg_attr(miri, repr(align(256)))]
    #[cfg_attr(not(miri), repr(align(4096)))]
    struct Page(u64);

    impl Element for Page {
        fn of(n: u64) -> Self {
            Self(mixed(n))
        }
    }

    /// As large as a page, without its alignment; smaller under Miri.
    #[derive(Clone, PartialEq, Debug)]
    struct Huge([u64; HUGE]);

    const HUGE: usize = if cfg!(miri) { 16 } else { 512 };

    impl Element for Huge {
        fn of(n: u64) -> Self {
            Self([mixed(n); HUGE])
        }
    }

    /// Runs a generic function for each type of element; under Miri for those that are the edges.
    macro_rules! for_each_element {
        ($function:ident) => {{
            $function::<()>("()");
            $function::<[u8; 3]>("[u8; 3]");
            if !cfg!(miri) {
                $function::<u64>("u64");
                $function::<Nothing64>("Nothing64");
                $function::<Line>("Line");
                $function::<Huge>("Huge");
            }
            $function::<Page>("Page");
        }};
    }

    /// The number of entries for tests with all types of elements.
    fn many() -> u64 {
        scaled(2_000, 400, 18)
    }

    /// Requests for room that no address space can hold, whatever is stored.
    fn impossible(size: usize) -> [usize; 7] {
        let most = isize::MAX as usize / size.max(1);
        [
            usize::MAX,
            usize::MAX - 1,
            usize::MAX / 2,
            usize::MAX / 2 + 1,
            isize::MAX as usize,
            // The elements alone would fit; seven eighths of the slots can be filled.
            most,
            most - most / 16,
        ]
    }

    type Map<E> = HashMap<u64, E, By, Ledger>;
    type Set = HashSet<u64, By, Ledger>;
    type Table<E> = HashTable<(u64, E), Ledger>;

    fn map<E>(ledger: &Ledger) -> Map<E> {
        HashMap::with_hasher_in(By(mixed), ledger.clone())
    }

    fn set(ledger: &Ledger) -> Set {
        HashSet::with_hasher_in(By(mixed), ledger.clone())
    }

    fn table<E>(ledger: &Ledger) -> Table<E> {
        HashTable::new_in(ledger.clone())
    }

    fn hash_of<E>(element: &(u64, E)) -> u64 {
        mixed(element.0)
    }

    /// A map that holds 0, 1, ... up to `len`.
    fn filled<E: Element>(ledger: &Ledger, len: u64) -> Map<E> {
        let mut map = map(ledger);
        map.extend((0..len).map(|n| (n, E::of(n))));
        map
    }

    /// A map of at least `capacity` entries, all of its room filled.
    fn full<E: Element>(ledger: &Ledger, capacity: usize) -> Map<E> {
        let mut map: Map<E> =
            HashMap::with_capacity_and_hasher_in(capacity, By(mixed), ledger.clone());
        for n in 0..map.capacity() as u64 {
            map.insert(n, E::of(n));
        }
        assert_eq!(map.len(), map.capacity());
        map
    }

    /// The map holds 0, 1, ... up to `len`, where such elements may be.
    fn assert_holds<E: Element>(map: &Map<E>, len: u64, name: &str) {
        assert_eq!(map.len() as u64, len, "{name}");
        assert_eq!(map.iter().fold(0, |n, _| n + 1) as u64, len, "{name}");
        for n in 0..len {
            let element = map.get(&n).unwrap_or_else(|| panic!("{name}: {n} of {len} is lost"));
            assert_eq!(*element, E::of(n), "{name}");
            assert_eq!(std::ptr::from_ref(element) as usize % align_of::<E>(), 0, "{name}");
        }
    }

    /// A map's history: after each event the ledger says what the map says.
    #[test]
    fn maps_balance() {
        fn with<E: Element>(name: &str) {
            for slack in [1, 0, 100].into_iter().take(scaled(3, 3, 1) as usize) {
                let ledger = Ledger::default();
                ledger.0.slack.set(slack);
                let audit = |map: &Map<E>, event: &str| {
                    // The map may make use of what it got beyond what it asked for.
                    let (size, asked) = (map.allocation_size(), ledger.bytes());
                    let given = asked + ledger.blocks() * slack;
                    assert!(
                        (asked..=given).contains(&size),
                        "{name}: {size} bytes in use of {asked}..={given} after {event}"
                    );
                    assert!(ledger.blocks() <= 1, "{name}: blocks after {event}");
                    assert!(Rc::ptr_eq(&map.allocator().0, &ledger.0));
                    ledger.assert_in_order();
                };
                let mut map: Map<E> = map(&ledger);
                audit(&map, "new");
                assert_eq!(ledger.requests(), 0, "{name}: an empty map asked for memory");
                for n in 0..many() {
                    map.insert(n, E::of(n));
                    if !cfg!(miri) || n % 4 == 0 {
                        audit(&map, "insert");
                    }
                }
                assert_holds(&map, many(), name);
                for n in many() / 2..many() {
                    assert_eq!(map.remove(&n), Some(E::of(n)));
                }
                audit(&map, "remove");
                map.shrink_to(3 * many() as usize / 4);
                audit(&map, "shrink_to");
                map.shrink_to_fit();
                audit(&map, "shrink_to_fit");
                assert_holds(&map, many() / 2, name);
                map.reserve(5 * many() as usize);
                audit(&map, "reserve");
                map.retain(|n, _| n % 2 == 0);
                audit(&map, "retain");
                assert_eq!(map.extract_if(|n, _| n % 4 == 0).take(3).count(), 3);
                audit(&map, "extract_if");
                let size = map.allocation_size();
                let mut drain = map.drain();
                assert!(drain.next().is_some());
                drop(drain);
                assert_eq!(map.allocation_size(), size, "{name}: drain keeps the memory");
                audit(&map, "drain");
                map.extend((0..many()).map(|n| (n, E::of(n))));
                audit(&map, "extend");
                map.clear();
                audit(&map, "clear");
                map.shrink_to_fit();
                assert_eq!(ledger.bytes(), 0, "{name}");
                map.extend((0..many()).map(|n| (n, E::of(n))));
                audit(&map, "extend after shrink_to_fit");
                assert_holds(&map, many(), name);
                drop(map);
                ledger.assert_closed(name);
            }
        }
        for_each_element!(with);
    }

    /// Two maps and what becomes of them.
    #[test]
    fn clones_and_iterators_balance() {
        fn with<E: Element>(name: &str) {
            let ledger = Ledger::default();
            let map: Map<E> = filled(&ledger, many());
            let copy = map.clone();
            assert!(Rc::ptr_eq(&copy.allocator().0, &ledger.0), "a clone's allocator is a clone");
            assert_eq!(ledger.bytes(), map.allocation_size() + copy.allocation_size(), "{name}");
            assert_holds(&copy, many(), name);

            // Targets of other sizes, each with an allocator of its own, which it keeps.
            for len in [0, 1, 10, many(), 3 * many()] {
                if cfg!(miri) && len != 1 {
                    continue;
                }
                let other = Ledger::default();
                let mut target: Map<E> = filled(&other, len);
                target.clone_from(&map);
                assert_holds(&target, many(), name);
                let expected =
                    if Rc::ptr_eq(&target.allocator().0, &other.0) { &other } else { &ledger };
                let without = map.allocation_size() + copy.allocation_size();
                let own =
                    expected.bytes() - if Rc::ptr_eq(&expected.0, &ledger.0) { without } else { 0 };
                assert_eq!(own, target.allocation_size(), "{name}");
                drop(target);
                other.assert_closed(name);
            }

            // Consumed as a whole, in part, or not at all.
            for taken in [1, 0, many() as usize / 2, many() as usize]
                .into_iter()
                .take(scaled(4, 4, 1) as usize)
            {
                let mut iter = copy.clone().into_iter();
                assert_eq!(iter.by_ref().take(taken).count(), taken);
                assert_eq!(iter.len(), many() as usize - taken);
                drop(iter);
                let mut keys = copy.clone().into_keys();
                assert_eq!(keys.by_ref().take(taken).count(), taken);
                drop(keys);
                let mut values = copy.clone().into_values();
                assert_eq!(values.by_ref().take(taken).count(), taken);
                drop(values);
                let mut drained = copy.clone();
                assert_eq!(drained.drain().take(taken).count(), taken);
                assert!(drained.is_empty());
                drop(drained);
                assert_eq!(
                    ledger.bytes(),
                    map.allocation_size() + copy.allocation_size(),
                    "{name}"
                );
                ledger.assert_in_order();
            }
            drop((map, copy));
            ledger.assert_closed(name);
        }
        for_each_element!(with);
    }

    /// A map without memory has an allocator all the same, and that is dropped with it.
    #[test]
    fn empty_maps_drop_their_allocator() {
        let ledger = Ledger::default();
        drop(map::<u64>(&ledger));
        ledger.assert_closed("a map");
        drop(map::<u64>(&ledger).drain());
        ledger.assert_closed("its drain");
        drop(map::<u64>(&ledger).clone());
        ledger.assert_closed("its clone");
        drop(map::<u64>(&ledger).into_iter());
        ledger.assert_closed("its iterator");
        drop(map::<u64>(&ledger).into_keys());
        ledger.assert_closed("its keys");
        drop(table::<u64>(&ledger).into_iter());
        ledger.assert_closed("a table's iterator");
        drop(set(&ledger).into_iter());
        ledger.assert_closed("a set's iterator");
    }

    #[test]
    fn sets_balance() {
        let ledger = Ledger::default();
        let mut small = set(&ledger);
        let mut large = set(&ledger);
        small.extend(0..many());
        large.extend(many() / 2..3 * many());
        let audit = |small: &Set, large: &Set, event: &str| {
            assert_eq!(
                ledger.bytes(),
                small.allocation_size() + large.allocation_size(),
                "{event}"
            );
            ledger.assert_in_order();
        };
        audit(&small, &large, "extend");
        small |= &large;
        audit(&small, &large, "|=");
        small -= &large;
        audit(&small, &large, "-=");
        assert_eq!(small.len() as u64, many() / 2);
        small ^= &large;
        audit(&small, &large, "^=");
        small &= &large;
        audit(&small, &large, "&=");
        assert_eq!(small, large);
        assert!(small.replace(many()).is_some());
        assert_eq!(small.take(&many()), Some(many()));
        small.shrink_to_fit();
        audit(&small, &large, "shrink_to_fit");
        small.clone_from(&large);
        audit(&small, &large, "clone_from");
        assert_eq!(small.drain().take(3).count(), 3);
        assert_eq!(large.extract_if(|x| x % 2 == 0).take(3).count(), 3);
        audit(&small, &large, "drain");
        assert_eq!(large.into_iter().take(3).count(), 3);
        assert_eq!(ledger.bytes(), small.allocation_size());
        // A map becomes a set with its memory and its allocator.
        let map: HashMap<u64, (), By, Ledger> = filled(&ledger, many());
        let requests = ledger.requests();
        let from_map = Set::from(map);
        assert_eq!(ledger.requests(), requests);
        assert_eq!(ledger.bytes(), small.allocation_size() + from_map.allocation_size());
        drop((small, from_map));
        ledger.assert_closed("sets");
    }

    /// Maps take memory from their allocator and from nowhere else, not even for a while.
    #[test]
    fn only_the_own_allocator_is_asked() {
        let ledger = Ledger::default();
        let global = Tally::allocations();
        for capacity in [3, 14, 28, 100, 448] {
            if cfg!(miri) && ![3, 28].contains(&capacity) {
                continue;
            }
            let mut map: Map<u64> = full(&ledger, capacity);
            map.reserve(1);
            let copy = map.clone();
            map.retain(|n, _| n % 3 == 0);
            map.shrink_to_fit();
            map.clone_from(&copy);
            assert_eq!(map.drain().fold(0, |n, _| n + 1), copy.len());
            for n in 0..scaled(20, 20, 2) * capacity as u64 {
                map.insert(n, n);
                if n >= capacity as u64 {
                    map.remove(&(n - capacity as u64));
                }
            }
            assert_eq!(map.try_reserve(scaled(5_000, 5_000, 100) as usize), Ok(()));
            assert_eq!(map.extract_if(|_, _| true).count(), capacity);
            assert!(copy.into_iter().fold(0, |n, _| n + 1) >= capacity);
        }
        assert_eq!(Tally::allocations(), global, "allocations behind the allocator's back");
        ledger.assert_closed("all");
    }

    /// `try_reserve` for each state of the map, each request, each allocation that fails.
    #[test]
    fn refused_requests_change_nothing() {
        fn with<E: Element>(name: &str) {
            for capacity in [0, 1, 7, 14, 28, 60] {
                for additional in [1, 10, 100, 700] {
                    for the_rest in [false, true] {
                        // Under Miri a table of several windows has entries of one type only.
                        let several = if size_of::<E>() == 3 { 28 } else { 0 };
                        let seen = [(0, 10, true), (several, 1, false)];
                        if cfg!(miri) && !seen.contains(&(capacity, additional, the_rest)) {
                            continue;
                        }
                        for n in 1.. {
                            let ledger = Ledger::default();
                            let mut map: Map<E> =
                                if capacity == 0 { map(&ledger) } else { full(&ledger, capacity) };
                            let len = map.len() as u64;
                            let (room, size) = (map.capacity(), map.allocation_size());
                            let requests = ledger.requests();
                            let (result, refused) =
                                ledger.refusing(n, the_rest, || map.try_reserve(additional));
                            let Some(layout) = refused else {
                                assert_eq!(result, Ok(()));
                                assert!(n > 1, "{name}: {additional} came from nowhere");
                                break;
                            };
                            assert_eq!(
                                result,
                                Err(TryReserveError::AllocError { layout }),
                                "{name}"
                            );
                            assert!(layout.size() >= additional * size_of::<(u64, E)>() || n > 1);
                            assert!(layout.align() >= align_of::<(u64, E)>());
                            assert_eq!(
                                (map.capacity(), map.allocation_size()),
                                (room, size),
                                "{name}"
                            );
                            assert_eq!(ledger.bytes(), size, "{name}: after a refusal");
                            assert!(ledger.requests() > requests);
                            assert_holds(&map, len, name);

                            assert_eq!(map.try_reserve(additional), Ok(()));
                            assert!(map.capacity() >= len as usize + additional, "{name}");
                            let requests = ledger.requests();
                            for n in len..len + additional.min(100) as u64 {
                                map.insert(n, E::of(n));
                            }
                            assert_eq!(ledger.requests(), requests, "{name}: reserved in vain");
                            assert_holds(&map, len + additional.min(100) as u64, name);
                            drop(map);
                            ledger.assert_closed(name);
                        }
                    }
                }
            }
        }
        for_each_element!(with);
    }

    #[test]
    fn refused_requests_of_sets_and_tables() {
        for capacity in [0, 1, 7, 14, 28, 100] {
            for additional in [1, 10, 1000] {
                if cfg!(miri) && ![(0, 10), (28, 1)].contains(&(capacity, additional)) {
                    continue;
                }
                let ledger = Ledger::default();
                let mut set: Set =
                    HashSet::with_capacity_and_hasher_in(capacity, By(mixed), ledger.clone());
                set.extend(0..set.capacity() as u64);
                let mut table: Table<Line> = HashTable::with_capacity_in(capacity, ledger.clone());
                for n in 0..table.capacity() as u64 {
                    table.insert_unique(mixed(n), (n, Line::of(n)), hash_of);
                }
                let before = (set.clone(), set.capacity(), set.allocation_size());
                let (result, refused) = ledger.refusing(1, true, || set.try_reserve(additional));
                let layout = refused.expect("a full set needs memory");
                assert_eq!(result, Err(TryReserveError::AllocError { layout }));
                assert_eq!((set.clone(), set.capacity(), set.allocation_size()), before);
                assert_eq!(set.try_reserve(additional), Ok(()));
                assert_eq!(set, before.0);

                let (room, size) = (table.capacity(), table.allocation_size());
                let (result, refused) =
                    ledger.refusing(1, true, || table.try_reserve(additional, hash_of));
                let layout = refused.expect("a full table needs memory");
                assert_eq!(result, Err(TryReserveError::AllocError { layout }));
                assert_eq!((table.capacity(), table.allocation_size()), (room, size));
                assert_eq!(table.try_reserve(additional, hash_of), Ok(()));
                for n in 0..room as u64 {
                    let found = table.find(mixed(n), |element| element.0 == n);
                    assert_eq!(found, Some(&(n, Line::of(n))));
                }
                drop((set, table, before));
                ledger.assert_closed("sets and tables");
            }
        }
    }

    /// Where there is room, `try_reserve` asks for nothing; neither does a worn map.
    #[test]
    fn room_that_is_there_is_not_asked_for() {
        for capacity in [1, 7, 14, 28, 100, 448] {
            if cfg!(miri) && ![7, 28].contains(&capacity) {
                continue;
            }
            let ledger = Ledger::default();
            let mut map: Map<u64> = full(&ledger, capacity);
            let len = map.len() as u64;
            for n in 0..len / 2 {
                map.remove(&n);
            }
            for n in len..len + scaled(20_000, 2_000, 30) {
                map.insert(n, E_OF(n));
                map.remove(&n);
            }
            let requests = ledger.requests();
            let room = map.capacity() - map.len();
            let (result, refused) = ledger.refusing(1, true, || map.try_reserve(room));
            assert_eq!((result, refused), (Ok(()), None));
            assert_eq!(ledger.requests(), requests);
            assert!((len / 2..len).all(|n| map.get(&n) == Some(&E_OF(n))));
        }
    }

    const E_OF: fn(u64) -> u64 = <u64 as Element>::of;

    /// Requests beyond any limit reach nobody; requests below it ask for what they need.
    #[test]
    fn impossible_and_enormous_requests() {
        fn with<E: Element>(name: &str) {
            for len in [0, 1, 20] {
                let ledger = Ledger::default();
                let mut map: Map<E> = filled(&ledger, len);
                let (room, requests) = (map.capacity(), ledger.requests());
                let size = size_of::<(u64, E)>();
                for additional in impossible(size) {
                    let result = map.try_reserve(additional);
                    assert_eq!(
                        result,
                        Err(TryReserveError::CapacityOverflow),
                        "{name}: {additional}"
                    );
                }
                assert_eq!(ledger.requests(), requests, "{name}: a request was made");

                // A 64-bit machine does not have this much; the ledger refuses it by itself.
                ledger.0.limit.set(isize::MAX as usize >> 11);
                for part in [8, 64, 1024] {
                    let additional = isize::MAX as usize / size / part;
                    let (result, refused) =
                        ledger.refusing(0, false, || map.try_reserve(additional));
                    let layout =
                        refused.unwrap_or_else(|| panic!("{name}: {additional}, no request"));
                    assert_eq!(result, Err(TryReserveError::AllocError { layout }), "{name}");
                    // At least the entries themselves, at most twice the slots these need, with
                    // a control byte and a bit for each.
                    assert!(layout.size() >= additional * size, "{name}: {layout:?}");
                    assert!(layout.size() / 5 <= additional * (size + 2) / 2, "{name}: {layout:?}");
                }
                assert_eq!(map.capacity(), room);
                assert_holds(&map, len, name);
                drop(map);
                ledger.assert_closed(name);
            }
        }
        for_each_element!(with);
    }

    #[test]
    #[cfg_attr(panic = "abort", ignore = "needs unwinding")]
    fn an_impossible_capacity_reaches_no_allocator() {
        let ledger = Ledger::default();
        for request in [usize::MAX, isize::MAX as usize / 16] {
            let a = ledger.clone();
            let result = catch_unwind(AssertUnwindSafe(|| {
                drop(Map::<u64>::with_capacity_and_hasher_in(request, By(mixed), a));
            }));
            assert!(result.is_err(), "{request} entries were granted");
            let a = ledger.clone();
            let result = catch_unwind(AssertUnwindSafe(|| {
                drop(Table::<u64>::with_capacity_in(request, a));
            }));
            assert!(result.is_err(), "{request} elements were granted");
            let mut map: Map<u64> = filled(&ledger, 10);
            let before = ledger.requests();
            assert!(catch_unwind(AssertUnwindSafe(|| map.reserve(request))).is_err());
            assert_eq!(ledger.requests(), before);
            assert_holds(&map, 10, "after a panic");
        }
        ledger.assert_closed("impossible");
    }

    /// An allocator may panic instead of returning an error. It is user code like any other.
    #[test]
    #[cfg_attr(panic = "abort", ignore = "needs unwinding")]
    fn a_panicking_allocator_changes_nothing() {
        fn with<E: Element>(name: &str) {
            let mut case = name.len();
            type Operation<E> = (&'static str, fn(&mut Map<E>));
            let operations: [Operation<E>; 9] = [
                ("reserve", |map| map.reserve(map.capacity() + 1)),
                ("try_reserve", |map| drop(map.try_reserve(map.capacity() + 1))),
                ("insert", |map| drop(map.insert(u64::MAX, E::of(0)))),
                ("entry", |map| drop(map.entry(u64::MAX).or_insert(E::of(0)).clone())),
                ("try_insert", |map| assert!(map.try_insert(u64::MAX, E::of(0)).is_ok())),
                ("extend", |map| map.extend([(u64::MAX, E::of(0))])),
                ("clone", |map| drop(map.clone())),
                ("clone_from", |map| {
                    let mut empty = super::own::map(map.allocator());
                    empty.clone_from(map);
                }),
                ("extract and shrink_to_fit", |map| {
                    map.reserve(
                        scaled(10, 10, 1) as usize * map.capacity() + scaled(100, 100, 20) as usize,
                    );
                    map.shrink_to_fit();
                }),
            ];
            for capacity in [0, 1, 7, 14, 28] {
                for (what, operation) in operations {
                    case += 1;
                    if cfg!(miri) && case % 40 != 0 {
                        continue;
                    }
                    let mut panics = 0;
                    for n in 1.. {
                        let ledger = Ledger::default();
                        let mut map: Map<E> =
                            if capacity == 0 { map(&ledger) } else { full(&ledger, capacity) };
                        let len = map.len() as u64;
                        if !ledger.panicking(n, || operation(&mut map)) {
                            break;
                        }
                        panics += 1;
                        ledger.assert_in_order();
                        assert_eq!(ledger.bytes(), map.allocation_size(), "{name}: {what}");
                        assert_holds(&map, len, &format!("{name}: {what}, request {n}"));
                        let more = scaled(30, 30, 2);
                        for n in len..len + more {
                            map.insert(n, E::of(n));
                        }
                        assert_holds(&map, len + more, name);
                        drop(map);
                        ledger.assert_closed(name);
                    }
                    let free = capacity == 0 && what.starts_with("clone");
                    assert_eq!(panics > 0, !free, "{name}: {what} with room for {capacity}");
                }
            }
        }
        for_each_element!(with);
    }

    /// Panics when it has freed its first block.
    #[derive(Clone)]
    struct Freeing(Ledger, Rc<Cell<bool>>);

    // SAFETY: that of the ledger.
    unsafe impl Allocator for Freeing {
        fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
            self.0.allocate(layout)
        }

        unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
            // SAFETY: the caller's contract.
            unsafe { self.0.deallocate(block, layout) };
            if !self.1.replace(true) {
                resume_unwind(Box::new(OutOfOrder));
            }
        }
    }

    /// `extend` grows the map, the old block is freed with a panic, and the iterator catches that and goes on.
    /// (AddressSanitizer sees whether it goes on in the old block.)
    #[test]
    #[cfg_attr(panic = "abort", ignore = "needs unwinding")]
    fn an_iterator_catches_the_panic_of_a_deallocation() {
        let (ledger, freed) = (Ledger::default(), Rc::new(Cell::new(false)));
        let mut map = HashMap::with_hasher_in(By(mixed), Freeing(ledger.clone(), freed.clone()));
        map.insert(u64::MAX, [0; 8]);
        map.extend(Catching((0..100).map(|n| (n, [n; 8]))));
        assert!(freed.get() && map.len() >= 100, "{}", map.len());
        let found = (0..100).filter(|&n| map.get(&n) == Some(&[n; 8])).count();
        assert_eq!(found, map.len() - 1);
        drop(map);
        ledger.assert_closed("caught");
    }

    /// The target of a `clone_from` whose allocation fails is some valid map.
    #[test]
    #[cfg_attr(panic = "abort", ignore = "needs unwinding")]
    fn a_panicking_clone_from_leaves_a_map() {
        for (target, source) in [(0, 28), (1, 28), (7, 100), (28, 1), (100, 7), (448, 14)] {
            if cfg!(miri) && (target, source) != (1, 28) {
                continue;
            }
            for n in 1.. {
                let ledger = Ledger::default();
                let other = Ledger::default();
                let source: Map<Line> = full(&other, source);
                let mut map: Map<Line> =
                    if target == 0 { map(&ledger) } else { full(&ledger, target) };
                let blown = ledger.panicking(n, || map.clone_from(&source));
                assert_holds(&source, source.len() as u64, "the source");
                assert_eq!(map.iter().fold(0, |n, _| n + 1), map.len());
                assert!(map.keys().all(|key| map.contains_key(key)));
                if !blown {
                    assert_eq!(map, source);
                }
                map.clear();
                for n in 0..200 {
                    map.insert(n, Line::of(n));
                }
                assert_holds(&map, 200, "the target");
                drop((map, source));
                ledger.assert_closed("the target");
                other.assert_closed("the source");
                if !blown {
                    break;
                }
            }
        }
    }

    /// A key that panics when it is hashed, cloned or dropped for the n-th time from now.
    #[derive(PartialEq, Eq, Debug)]
    struct Fragile<'a> {
        n: u64,
        left: &'a Cell<u64>,
    }

    impl Fragile<'_> {
        fn touch(&self) {
            let left = self.left.get();
            self.left.set(left.saturating_sub(1));
            if left == 1 {
                resume_unwind(Box::new(OutOfOrder));
            }
        }
    }

    impl Hash for Fragile<'_> {
        fn hash<H: Hasher>(&self, state: &mut H) {
            self.touch();
            state.write_u64(self.n);
        }
    }

    impl Clone for Fragile<'_> {
        fn clone(&self) -> Self {
            self.touch();
            Self { ..*self }
        }
    }

    impl Drop for Fragile<'_> {
        fn drop(&mut self) {
            self.touch();
        }
    }

    type FragileMap<'a> = HashMap<Fragile<'a>, u64, By, Ledger>;

    /// Whatever panics halfway, no block is left behind: neither the new one of a growth that
    /// is given up nor the old one of a map whose keys do not want to be dropped.
    #[test]
    #[cfg_attr(panic = "abort", ignore = "needs unwinding")]
    fn panics_leave_no_blocks() {
        type Operation = (&'static str, fn(&mut Option<FragileMap<'_>>));
        let operations: [Operation; 10] = [
            ("growth", |map| map.as_mut().unwrap().reserve(1)),
            ("reserve", |map| map.as_mut().unwrap().reserve(1000)),
            ("shrink_to_fit", |map| {
                let map = map.as_mut().unwrap();
                map.reserve(1000);
                map.shrink_to_fit();
            }),
            ("clone", |map| drop(map.as_ref().unwrap().clone())),
            ("clone_from", |map| {
                let map = map.as_mut().unwrap();
                let mut other = HashMap::with_hasher_in(By(mixed), map.allocator().clone());
                other.clone_from(map);
            }),
            ("clear", |map| map.as_mut().unwrap().clear()),
            ("drain", |map| drop(map.as_mut().unwrap().drain())),
            ("retain", |map| map.as_mut().unwrap().retain(|_, _| false)),
            ("into_iter", |map| drop(map.take().unwrap().into_iter())),
            ("drop", |map| drop(map.take())),
        ];
        for (what, operation) in operations {
            let capacities = [1, 8, 14, 28, if cfg!(miri) { 20 } else { 60 }];
            for (case, capacity) in capacities.into_iter().enumerate() {
                // Under Miri one capacity each, and few calls.
                if cfg!(miri) && (case + what.len()) % 5 != 0 {
                    continue;
                }
                for n in (1..).step_by(scaled(1, 1, 24) as usize) {
                    let (ledger, left) = (Ledger::default(), Cell::new(0));
                    let mut map = FragileMap::with_capacity_and_hasher_in(
                        capacity,
                        By(mixed),
                        ledger.clone(),
                    );
                    for n in 0..map.capacity() as u64 {
                        map.insert(Fragile { n, left: &left }, n);
                    }
                    let mut map = Some(map);
                    left.set(n);
                    let result = catch_unwind(AssertUnwindSafe(|| operation(&mut map)));
                    let blown = left.replace(0) == 0;
                    assert_eq!(result.is_err(), blown, "{what}: a panic was swallowed");
                    ledger.assert_in_order();
                    let size = map.as_ref().map_or(0, HashMap::allocation_size);
                    assert_eq!(ledger.bytes(), size, "{what} of {capacity}, panic {n}");
                    drop(map);
                    ledger.assert_closed(what);
                    if !blown {
                        // Into a table of one window, tags are copied.
                        let copies = what == "growth" && capacity <= 8;
                        assert!(n > 1 || copies, "{what} touched no key");
                        break;
                    }
                }
            }
        }
    }

    /// The ledger itself sees what it is there to see.
    #[test]
    #[cfg_attr(panic = "abort", ignore = "needs unwinding")]
    fn the_ledger_sees_faults() {
        let layout = Layout::new::<[u64; 4]>();
        let ledger = Ledger::default();
        let block = ledger.allocate(layout).expect("32 bytes").cast::<u8>();
        assert_eq!((ledger.blocks(), ledger.bytes(), ledger.requests()), (1, 32, 1));
        // SAFETY: a fault is noted, and nothing is freed.
        unsafe { ledger.deallocate(block, Layout::new::<[u64; 3]>()) };
        assert_eq!(ledger.0.faults.borrow().len(), 1);
        // SAFETY: as before; the block is not on the book any more.
        unsafe { ledger.deallocate(block, layout) };
        assert_eq!(ledger.0.faults.borrow().len(), 2);
        assert!(catch_unwind(AssertUnwindSafe(|| ledger.assert_in_order())).is_err());
        // SAFETY: the block came from the system's allocator and was not returned to it.
        unsafe { System.dealloc(block.as_ptr(), layout) };

        let (results, refused) =
            ledger.refusing(2, false, || [(); 3].map(|()| ledger.allocate(layout)));
        assert_eq!(results.map(|result| result.is_ok()), [true, false, true]);
        assert_eq!(refused, Some(layout));
        assert!(catch_unwind(AssertUnwindSafe(|| ledger.assert_closed("leaks"))).is_err());
    }
}
