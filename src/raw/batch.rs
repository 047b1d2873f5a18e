//! Many lookups at once, so that they do not wait for memory one after another.
//!
//! A lookup in a table beyond the cache waits for a line of control bytes, and then for one of slots. In a loop few
//! lookups overlap, since each ends with a branch that may be mispredicted. So keys are taken in chunks of
//! [`CHUNK`], and each chunk is gone over three times:
//!
//! 1. each key is drawn and hashed, and its window of control bytes is requested;
//! 2. each window is matched, which settles most absent keys; for the others the slot that matches is requested;
//! 3. keys that are not settled are searched for, as by a single lookup, which finds all it needs.
//!
//! The first pass runs two chunks ahead of the third, so that what was requested arrives in the meantime. In a
//! table that fits the cache there is nothing to wait for, and keys are searched for one by one.
//!
//! The third pass is lazy. If user code panics in it, or in the first, the keys that have been drawn are still
//! there: the next answer is the one for the same key. (A key whose hashing panics is gone.)

use core::mem::MaybeUninit;

use super::RawTable;
use super::search::Detached;
use crate::allocator::Allocator;
use crate::ctrl;
use crate::group::Group;

/// Keys that are gone over at once; fewer where Miri runs the unit tests.
pub(super) const CHUNK: usize = if cfg!(all(test, miri)) { 8 } else { 32 };
const RING: usize = (3 * CHUNK).next_power_of_two();

/// Bytes from which a table counts as one beyond the cache; less in the unit tests.
const FAR: usize = 1
    << if cfg!(all(test, miri)) {
        9
    } else if cfg!(test) {
        12
    } else {
        25
    };

/// What is looked up in a table of `T`: a source of keys that knows their hashes, and recognises
/// entries.
pub(crate) trait Lookups<T> {
    /// What is kept of a key.
    type Key: Copy;

    /// The next key, and its hash.
    fn draw(&mut self) -> Option<(u64, Self::Key)>;

    /// How many keys are to come.
    fn size_hint(&self) -> (usize, Option<usize>);

    /// Whether an entry is that of a key.
    fn is_match(&mut self, key: Self::Key, entry: &T) -> bool;
}

/// Where entries are looked up: a table, or a table of tables.
///
/// # Safety
/// [`table`](Self::table) returns the same table for the same hash, and it is there and does not change
/// as long as `self` is borrowed.
pub(crate) unsafe trait Searched {
    type Entry;
    type Group: Group;

    /// Number of homes, in all tables.
    fn homes(&self) -> usize;

    /// The table that an entry with this hash is in.
    fn table(&self, hash: u64) -> Detached<Self::Entry, Self::Group>;

    /// The entry with this hash that `eq` accepts. Asks for no memory ahead: where it pays, the passes do.
    #[inline(always)]
    fn search(&self, hash: u64, eq: impl FnMut(&Self::Entry) -> bool) -> Option<&Self::Entry> {
        let table = self.table(hash);
        // SAFETY: the table is there while `self` is borrowed, and `find` returns full slots.
        unsafe { table.find(hash, eq).map(|slot| table.slot(slot).as_ref()) }
    }

    /// Whether each entry is in the table of its hash. If not, [`search`](Self::search) knows where else.
    #[inline(always)]
    fn is_settled(&self) -> bool {
        true
    }

    /// Whether it outgrows even large caches, so that to keep lookups from waiting for one another
    /// is worth more than it costs. A processor overlaps what waits for less. Chosen by the batch bench.
    #[inline(always)]
    fn is_far(&self) -> bool {
        self.homes() > const { FAR.div_ceil(size_of::<Self::Entry>() + 1) } && self.is_settled()
    }
}

// SAFETY: it is its only table.
unsafe impl<T, G: Group, A: Allocator> Searched for RawTable<T, G, A> {
    type Entry = T;
    type Group = G;

    #[inline(always)]
    fn homes(&self) -> usize {
        self.control.mask() + 1
    }

    #[inline(always)]
    fn table(&self, _: u64) -> Detached<T, G> {
        self.detached()
    }
}

/// Keys that have been drawn and not been answered for: a ring, in which a key has the place of its
/// number modulo [`RING`].
struct Ring<K> {
    keys: [MaybeUninit<K>; RING],
    hashes: [MaybeUninit<u64>; RING],
    /// Whether the window of the key's home leaves open if there is an entry.
    open: [bool; RING],
    /// Numbers of keys, in this order: how many have been answered for; how many can be without waiting;
    /// how many have been through the second pass, and the first.
    answered: usize,
    ready: usize,
    matched: usize,
    drawn: usize,
    /// Whether there are no more.
    ended: bool,
}

/// The answers to many lookups, in the order of the keys: the entries, borrowed from where they are. See
/// the module's introduction.
pub(crate) struct RawBatch<'a, C, L, K> {
    entries: &'a C,
    lookups: L,
    ring: Ring<K>,
}

impl<C, L: Clone, K: Copy> Clone for RawBatch<'_, C, L, K> {
    fn clone(&self) -> Self {
        RawBatch {
            entries: self.entries,
            lookups: self.lookups.clone(),
            ring: Ring { ..self.ring },
        }
    }
}

impl<'a, C: Searched, L: Lookups<C::Entry>> RawBatch<'a, C, L, L::Key> {
    /// Looks many keys up.
    #[inline]
    pub(crate) fn new(entries: &'a C, lookups: L) -> Self {
        let ring = Ring {
            keys: [MaybeUninit::uninit(); RING],
            hashes: [MaybeUninit::uninit(); RING],
            open: [true; RING],
            answered: 0,
            ready: 0,
            matched: 0,
            drawn: 0,
            ended: false,
        };
        RawBatch { entries, lookups, ring }
    }
}

impl<C, L, K> RawBatch<'_, C, L, K> {
    /// Number of keys that have been drawn and not been answered for.
    pub(crate) fn drawn(&self) -> usize {
        self.ring.drawn - self.ring.answered
    }
}

impl<'a, C: Searched, L: Lookups<C::Entry>> RawBatch<'a, C, L, L::Key> {
    /// When all that was ready has been answered for: the third pass may go on with one chunk, when the
    /// second has gone on with the next one, and the first with the one after that. `false` if there are
    /// no more keys.
    #[inline]
    fn fill(&mut self) -> bool {
        let (ring, far) = (&mut self.ring, self.entries.is_far());
        let chunks = if far { 3 } else { 1 };
        while !ring.ended && ring.drawn < ring.answered + chunks * CHUNK {
            let Some((hash, key)) = self.lookups.draw() else {
                ring.ended = true;
                break;
            };
            if far {
                self.entries.table(hash).prefetch_window(hash);
            }
            ring.keys[ring.drawn % RING].write(key);
            ring.hashes[ring.drawn % RING].write(hash);
            ring.drawn += 1;
        }
        let end = ring.drawn.min(ring.answered + 2 * CHUNK);
        if far {
            for i in ring.matched..end {
                // SAFETY: the key has been drawn; the table is borrowed.
                unsafe {
                    let hash = ring.hashes[i % RING].assume_init();
                    ring.open[i % RING] = self.entries.table(hash).look_ahead(hash);
                }
            }
        }
        ring.matched = end;
        ring.ready = end.min(ring.answered + CHUNK);
        ring.ready != ring.answered
    }

    /// Draws a key and searches for it, if no other one is there. Should the comparison panic, the key goes to
    /// the ring.
    #[inline(always)]
    fn next_near(&mut self) -> Option<Option<&'a C::Entry>> {
        struct Keep<'r, K: Copy> {
            ring: &'r mut Ring<K>,
            hash: u64,
            key: K,
        }
        impl<K: Copy> Drop for Keep<'_, K> {
            fn drop(&mut self) {
                let ring = &mut *self.ring;
                ring.keys[ring.drawn % RING].write(self.key);
                ring.hashes[ring.drawn % RING].write(self.hash);
                ring.drawn += 1;
                ring.matched = ring.drawn;
                ring.ready = ring.drawn;
            }
        }
        let Some((hash, key)) = self.lookups.draw() else {
            self.ring.ended = true;
            return None;
        };
        let keep = Keep { ring: &mut self.ring, hash, key };
        let lookups = &mut self.lookups;
        let answer = self.entries.search(hash, |entry| lookups.is_match(key, entry));
        core::mem::forget(keep);
        Some(answer)
    }

    /// The third pass, for one key.
    #[inline(always)]
    fn answer(&mut self, i: usize) -> Option<&'a C::Entry> {
        let ring = &self.ring;
        debug_assert!((ring.answered..ring.ready).contains(&i));
        let i = i % RING;
        if !ring.open[i] {
            return None;
        }
        // SAFETY: the key has been drawn, and no other one has had its place since.
        let (key, hash) = unsafe { (ring.keys[i].assume_init(), ring.hashes[i].assume_init()) };
        let lookups = &mut self.lookups;
        self.entries.search(hash, |entry| lookups.is_match(key, entry))
    }
}

impl<T, G: Group> Detached<T, G> {
    /// Asks for what a search for `hash` looks at first.
    #[inline(always)]
    fn prefetch_window(self, hash: u64) {
        self.control.prefetch_window(hash);
    }

    /// Whether the window of the hash's home leaves open if there is an entry, as most do not where there is
    /// none; asks for the slot that may hold it. Without branches: which it is cannot be predicted.
    ///
    /// # Safety
    /// The table is there and does not change meanwhile.
    #[inline(always)]
    unsafe fn look_ahead(self, hash: u64) -> bool {
        let (slot, found) = self.control.first_match(hash);
        // SAFETY: the position of a home.
        let goes_on = unsafe { self.control.overflowed(ctrl::home(hash, self.control.mask())) };
        // In place of no slot, the control bytes, which have just been looked at.
        let offset = ((slot + 1) * size_of::<T>()) & usize::from(found).wrapping_neg();
        G::prefetch(self.control.ctrl().as_ptr().wrapping_sub(offset));
        found | goes_on
    }
}

impl<'a, C: Searched, L: Lookups<C::Entry>> Iterator for RawBatch<'a, C, L, L::Key> {
    type Item = Option<&'a C::Entry>;

    #[inline]
    fn next(&mut self) -> Option<Option<&'a C::Entry>> {
        if self.ring.answered == self.ring.ready {
            if !self.entries.is_far() && !self.ring.ended {
                return self.next_near();
            }
            if !self.fill() {
                return None;
            }
        }
        let answer = self.answer(self.ring.answered);
        // Only now: if the comparison panics, the key is not lost.
        self.ring.answered += 1;
        Some(answer)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let here = self.drawn();
        let (least, most) = if self.ring.ended { (0, Some(0)) } else { self.lookups.size_hint() };
        (least.saturating_add(here), most.and_then(|most| most.checked_add(here)))
    }

    #[inline]
    fn fold<B, F: FnMut(B, Option<&'a C::Entry>) -> B>(mut self, init: B, mut f: F) -> B {
        let mut acc = init;
        if !self.entries.is_far() && self.drawn() == 0 && !self.ring.ended {
            // Nobody can go on after a panic, so nothing need be kept.
            while let Some((hash, key)) = self.lookups.draw() {
                let lookups = &mut self.lookups;
                acc = f(acc, self.entries.search(hash, |entry| lookups.is_match(key, entry)));
            }
            return acc;
        }
        loop {
            for i in self.ring.answered..self.ring.ready {
                acc = f(acc, self.answer(i));
            }
            self.ring.answered = self.ring.ready;
            if !self.fill() {
                return acc;
            }
        }
    }
}
