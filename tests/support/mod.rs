//! What the integration tests of promises share: work scaled to the build, a random
//! generator, hash functions that are chosen rather than good, and a global allocator that
//! keeps a ledger per thread.
//!
//! Each test crate uses a part of it.

#![allow(dead_code, unused_macros, unused_imports)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hash::{BuildHasher, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The amount of work for an optimised build, for an unoptimised one, and under Miri; under an
/// emulator it is as many times less than the second as it is more than the third. It is never
/// zero: a test is scaled down, not skipped.
pub fn scaled(optimised: u64, unoptimised: u64, miri: u64) -> u64 {
    let work = if cfg!(miri) {
        miri
    } else if cfg!(rosti_emulated) {
        (unoptimised * miri).saturating_sub(1).isqrt() + 1
    } else if cfg!(debug_assertions) {
        unoptimised
    } else {
        optimised
    };
    work.max(1)
}

/// A generator for test data: a Weyl sequence through [`mixed`]. The same seed gives the same
/// run.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(mixed(seed))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed(self.0)
    }

    /// A number below `end`, which is not zero.
    pub fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }
}

/// Every input bit moves every output bit: the hash function of an honest map.
pub fn mixed(x: u64) -> u64 {
    let mut x = x ^ (x >> 32);
    x = x.wrapping_mul(0xD6E8_FEB8_6659_FD93);
    x ^= x >> 32;
    x = x.wrapping_mul(0xD6E8_FEB8_6659_FD93);
    x ^ (x >> 32)
}

/// From what a key writes to its hash.
pub type Function = fn(u64) -> u64;

/// A hash function given as a function: the hash of a key that writes one integer is that
/// function of the integer. The default is [`mixed`].
#[derive(Clone, Copy)]
pub struct By(pub Function);

impl Default for By {
    fn default() -> Self {
        Self(mixed)
    }
}

impl BuildHasher for By {
    type Hasher = ByHasher;

    fn build_hasher(&self) -> ByHasher {
        ByHasher { finish: self.0, written: 0 }
    }
}

/// The hasher of [`By`].
pub struct ByHasher {
    finish: Function,
    written: u64,
}

impl Hasher for ByHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.written =
                (self.written.rotate_left(8) ^ u64::from(byte)).wrapping_mul(0x0100_01B3);
        }
    }

    fn write_u32(&mut self, x: u32) {
        self.written = u64::from(x);
    }

    fn write_u64(&mut self, x: u64) {
        self.written = x;
    }

    fn finish(&self) -> u64 {
        (self.finish)(self.written)
    }
}

/// Hash functions that a careless user may bring, by name.
///
/// Home positions come from the low bits and tags from the top ones, so these put everything
/// into one home, or into few, or give everything one tag, or both.
pub const HASHERS: [(&str, Function); 11] = [
    ("mixed", mixed),
    ("zero", |_| 0),
    ("ones", |_| u64::MAX),
    ("identity", |x| x),
    ("identity backwards", |x| !x),
    ("low four bits", |x| x & 15),
    ("low seven bits", |x| x & 127),
    ("top seven bits", |x| x << 57),
    ("top half", |x| x << 32),
    ("strides of sixteen", |x| x << 4),
    // The first home of any table and the last one of any table.
    ("both ends", |x| if x % 2 == 0 { 0 } else { u64::MAX >> 7 }),
];

thread_local! {
    static BOOK: Book = const { Book::new() };
}

/// What [`Tally`] knows of one thread. Constant initialisation and no destructor: it can be
/// reached from inside the allocator at any time.
struct Book {
    allocations: Cell<u64>,
    bytes: Cell<isize>,
    peak: Cell<isize>,
    refuse_in: Cell<u64>,
    refused: Cell<Option<Layout>>,
    paused: Cell<u32>,
}

impl Book {
    const fn new() -> Self {
        Self {
            allocations: Cell::new(0),
            bytes: Cell::new(0),
            peak: Cell::new(0),
            refuse_in: Cell::new(0),
            refused: Cell::new(None),
            paused: Cell::new(0),
        }
    }
}

/// A global allocator that counts, for each thread by itself, and refuses when told to. A test
/// crate installs it with `#[global_allocator]`. It ends the program if it is asked for a block of
/// zero bytes, which no global allocator may be.
pub struct Tally;

impl Tally {
    /// Allocations by this thread so far; a reallocation is one.
    pub fn allocations() -> u64 {
        BOOK.with(|book| book.allocations.get())
    }

    /// Bytes allocated by this thread less the bytes freed by it.
    pub fn bytes() -> isize {
        BOOK.with(|book| book.bytes.get())
    }

    /// The most of [`bytes`](Self::bytes) at any time while `f` runs.
    pub fn peak(f: impl FnOnce()) -> isize {
        BOOK.with(|book| book.peak.set(book.bytes.get()));
        f();
        BOOK.with(|book| book.peak.get())
    }

    /// Runs `f` while the `n`-th allocation of this thread from now is refused, and returns
    /// what `f` returned with the layout of the refused request, if it came to that.
    pub fn refusing<R>(n: u64, f: impl FnOnce() -> R) -> (R, Option<Layout>) {
        BOOK.with(|book| {
            book.refuse_in.set(n);
            book.refused.set(None);
        });
        let result = f();
        BOOK.with(|book| book.refuse_in.set(0));
        (result, BOOK.with(|book| book.refused.take()))
    }

    /// Runs `f` off the record: what it allocates is neither counted nor refused.
    pub fn paused<R>(f: impl FnOnce() -> R) -> R {
        BOOK.with(|book| book.paused.set(book.paused.get() + 1));
        let result = f();
        BOOK.with(|book| book.paused.set(book.paused.get() - 1));
        result
    }

    /// Whether the request for `size` bytes may go on; it is on the record then.
    fn admit(layout: Layout, size: usize, change: isize) -> bool {
        if size == 0 {
            eprintln!("the global allocator was asked for zero bytes");
            std::process::abort();
        }
        BOOK.try_with(|book| {
            if book.paused.get() > 0 {
                return true;
            }
            let refuse_in = book.refuse_in.get();
            book.refuse_in.set(refuse_in.saturating_sub(1));
            if refuse_in == 1 {
                book.refused.set(Some(layout));
                return false;
            }
            book.allocations.set(book.allocations.get() + 1);
            book.bytes.set(book.bytes.get() + change);
            book.peak.set(book.peak.get().max(book.bytes.get()));
            true
        })
        .unwrap_or(true)
    }

    fn released(size: usize) {
        let _ = BOOK.try_with(|book| {
            if book.paused.get() == 0 {
                book.bytes.set(book.bytes.get() - size as isize);
            }
        });
    }
}

// SAFETY: every call goes to the system's allocator unchanged, or returns null.
unsafe impl GlobalAlloc for Tally {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !Self::admit(layout, layout.size(), layout.size() as isize) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's promises are those the system's allocator asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        Self::released(layout.size());
        // SAFETY: the block came from the system's allocator with this layout.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !Self::admit(layout, size, size as isize - layout.size() as isize) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's promises are those the system's allocator asks for.
        unsafe { System.realloc(block, layout, size) }
    }
}

/// Hands out what another iterator has, catches what that leads to, and goes on.
pub struct Catching<I>(pub I);

impl<I: Iterator> Iterator for Catching<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.0.next()
    }

    fn for_each<F: FnMut(I::Item)>(self, mut f: F) {
        for item in self.0 {
            let _ = catch_unwind(AssertUnwindSafe(|| f(item)));
        }
    }
}

/// The promise of entries of borrowed keys, for a type of map and its entries.
macro_rules! borrowed_keys {
    ($Map:ty, $EntryRef:ident) => {
        /// A vacant entry of a borrowed key makes the key when there is room, not before; and in a map with room, and
        /// through the forms that are given the key, nothing is asked for at all.
        #[test]
        fn borrowed_keys_are_made_when_there_is_room() {
            let mut map: $Map = <$Map>::default();
            let vacant = |map: &mut $Map, key: &str, then: u64| {
                support::Tally::refusing(then, || match map.entry_ref(key) {
                    $EntryRef::Occupied(_) => panic!("the key is not in the map"),
                    $EntryRef::Vacant(entry) => entry.try_insert_entry(1).map(|entry| *entry.get()),
                })
            };
            let before = support::Tally::allocations();
            let (result, refused) = vacant(&mut map, "first", 1);
            let layout = refused.expect("an empty map needs memory");
            assert_eq!(
                result,
                Err(rosti::Rejected {
                    value: 1,
                    error: rosti::TryReserveError::AllocError { layout }
                })
            );
            assert_eq!(
                (support::Tally::allocations(), map.capacity()),
                (before, 0),
                "the key was made"
            );
            assert_eq!(vacant(&mut map, "first", 0), (Ok(1), None));
            assert_eq!(support::Tally::allocations(), before + 2, "the table and the key");

            let key = String::from("second");
            let (result, refused) = support::Tally::refusing(1, || match map.entry_ref("second") {
                $EntryRef::Occupied(_) => panic!("the key is not in the map"),
                $EntryRef::Vacant(entry) => {
                    entry.try_insert_entry_with_key(key, 2).map(|entry| *entry.get())
                }
            });
            assert_eq!((result, refused), (Ok(2), None));
            assert_eq!((map.len(), map["first"], map["second"]), (2, 1, 2));
            if cfg!(panic = "unwind") {
                let wrong = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    match map.entry_ref("third") {
                        $EntryRef::Occupied(_) => true,
                        $EntryRef::Vacant(entry) => {
                            entry.try_insert_with_key("fourth".to_owned(), 4).is_ok()
                        }
                    }
                }));
                assert!(wrong.is_err() && map.len() == 2, "a key that is not the one asked for");
            }
        }
    };
}

pub(crate) use borrowed_keys;
