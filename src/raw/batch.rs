//! Many lookups at once, so that they do not wait for memory one after another.
//!
//! A lookup in a table beyond the cache waits for a line of control bytes, and then for one of slots.
//! Lookups of different keys need not wait for each other, but in a loop few of them overlap: each ends
//! with a branch that may not be predicted. So keys are taken in chunks of [`CHUNK`], and each chunk is
//! gone over three times:
//!
//! 1. each key is drawn and hashed, and its line of control bytes asked for;
//! 2. each home's window is matched: most keys that are absent are done with, and of the others the slot
//!    that matches is asked for;
//! 3. slots are compared.
//!
//! The first pass is two chunks ahead of the third, so that what was asked for arrives meanwhile. In a
//! table that fits into the cache there is nothing to wait for, and the second pass is left out.
//!
//! The third pass is lazy. If a call of user code panics in it, or in the first, keys that have been
//! drawn are still there: the next answer is that for the same key. (A key whose hashing panics is gone.)

use core::mem::MaybeUninit;

use super::RawTable;
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

/// What is known of a key after the first two passes. (No table has as many slots.)
type Candidate = usize;
/// The key is absent.
const ABSENT: Candidate = usize::MAX;
/// Its home's window does not tell.
const UNKNOWN: Candidate = usize::MAX - 1;

/// Keys that have been drawn and not been answered for: a ring, in which a key has the place of its
/// number modulo [`RING`].
struct Ring<K> {
    keys: [MaybeUninit<K>; RING],
    hashes: [MaybeUninit<u64>; RING],
    candidates: [MaybeUninit<Candidate>; RING],
    /// Numbers of keys, in this order: how many have been answered for; how many can be without waiting;
    /// how many have been through the second pass, and the first.
    answered: usize,
    ready: usize,
    matched: usize,
    drawn: usize,
    /// Whether there are no more.
    ended: bool,
}

/// The answers to many lookups, in the order of the keys: the entries, borrowed from the table. See the
/// module's introduction.
pub(crate) struct RawBatch<'a, T, G: Group, A: Allocator, L, K> {
    table: &'a RawTable<T, G, A>,
    lookups: L,
    ring: Ring<K>,
}

impl<T, G: Group, A: Allocator, L: Clone, K: Copy> Clone for RawBatch<'_, T, G, A, L, K> {
    fn clone(&self) -> Self {
        RawBatch { table: self.table, lookups: self.lookups.clone(), ring: Ring { ..self.ring } }
    }
}

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// Looks many keys up.
    #[inline]
    pub(crate) fn batch<L: Lookups<T>>(&self, lookups: L) -> RawBatch<'_, T, G, A, L, L::Key> {
        let ring = Ring {
            keys: [MaybeUninit::uninit(); RING],
            hashes: [MaybeUninit::uninit(); RING],
            candidates: [MaybeUninit::uninit(); RING],
            answered: 0,
            ready: 0,
            matched: 0,
            drawn: 0,
            ended: false,
        };
        RawBatch { table: self, lookups, ring }
    }

    /// Whether the table outgrows even large caches, so that to keep lookups from waiting for one another
    /// is worth more than it costs. A processor overlaps what waits for less. Chosen by the batch bench.
    #[inline(always)]
    pub(crate) fn is_far(&self) -> bool {
        self.control.mask() >= const { FAR.div_ceil(size_of::<T>() + 1) }
    }

    /// Asks for what a search for `hash` looks at first.
    #[inline(always)]
    pub(crate) fn prefetch_window(&self, hash: u64) {
        self.control.prefetch_window(hash);
    }
}

impl<T, G: Group, A: Allocator, L, K> RawBatch<'_, T, G, A, L, K> {
    /// Number of keys that have been drawn and not been answered for.
    pub(crate) fn drawn(&self) -> usize {
        self.ring.drawn - self.ring.answered
    }
}

impl<'a, T, G: Group, A: Allocator, L: Lookups<T>> RawBatch<'a, T, G, A, L, L::Key> {
    /// When all that was ready has been answered for: the third pass may go on with one chunk, when the
    /// second has gone on with the next one, and the first with the one after that. `false` if there are
    /// no more keys.
    #[inline]
    fn fill(&mut self) -> bool {
        let (ring, far) = (&mut self.ring, self.table.is_far());
        let chunks = if far { 3 } else { 1 };
        while !ring.ended && ring.drawn < ring.answered + chunks * CHUNK {
            let Some((hash, key)) = self.lookups.draw() else {
                ring.ended = true;
                break;
            };
            if far {
                self.table.prefetch_window(hash);
            }
            ring.keys[ring.drawn % RING].write(key);
            ring.hashes[ring.drawn % RING].write(hash);
            ring.drawn += 1;
        }
        let end = ring.drawn.min(ring.answered + 2 * CHUNK);
        for i in ring.matched..end {
            let candidate = match far {
                // SAFETY: the key has been drawn.
                true => self.table.candidate(unsafe { ring.hashes[i % RING].assume_init() }),
                false => UNKNOWN,
            };
            ring.candidates[i % RING].write(candidate);
        }
        ring.matched = end;
        ring.ready = end.min(ring.answered + CHUNK);
        ring.ready != ring.answered
    }

    /// The third pass, for one key.
    #[inline(always)]
    fn answer(&mut self, i: usize) -> Option<&'a T> {
        let ring = &self.ring;
        debug_assert!((ring.answered..ring.ready).contains(&i));
        // SAFETY: the key has been through both passes, and no other one has had its place since.
        let (key, hash, candidate) = unsafe {
            let i = i % RING;
            (
                ring.keys[i].assume_init(),
                ring.hashes[i].assume_init(),
                ring.candidates[i].assume_init(),
            )
        };
        let (table, lookups) = (self.table, &mut self.lookups);
        let slot = match candidate {
            ABSENT => None,
            UNKNOWN => table.find(hash, |entry| lookups.is_match(key, entry)),
            // SAFETY: the slot was full, and the table has been borrowed since.
            slot if lookups.is_match(key, unsafe { table.get(slot) }) => Some(slot),
            _ => table.find_elsewhere(hash, &mut |entry| lookups.is_match(key, entry)),
        };
        // SAFETY: `find` returns full slots.
        slot.map(|slot| unsafe { table.get(slot) })
    }
}

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// What the window of the hash's home tells without a comparison; asks for the slot that may hold
    /// the entry. Without branches: whether there is one is not predicted, here and in the third pass.
    #[inline(always)]
    fn candidate(&self, hash: u64) -> Candidate {
        let (slot, found) = self.control.first_match(hash);
        let absent = usize::from(found).wrapping_sub(1);
        // In place of no slot, the control bytes, which have just been looked at.
        let offset = ((slot + 1) * size_of::<T>()) & !absent;
        G::prefetch(self.control.ctrl().as_ptr().wrapping_sub(offset));
        // SAFETY: the position of a home.
        let goes_on = unsafe { self.control.overflowed(ctrl::home(hash, self.control.mask())) };
        (slot | absent) - (absent & usize::from(goes_on))
    }

    /// [`find`](Self::find) where the first entry with the tag is another one.
    #[cold]
    #[inline(never)]
    fn find_elsewhere(&self, hash: u64, eq: &mut dyn FnMut(&T) -> bool) -> Option<usize> {
        self.find(hash, eq)
    }
}

impl<'a, T, G: Group, A: Allocator, L: Lookups<T>> Iterator for RawBatch<'a, T, G, A, L, L::Key> {
    type Item = Option<&'a T>;

    #[inline]
    fn next(&mut self) -> Option<Option<&'a T>> {
        if self.ring.answered == self.ring.ready && !self.fill() {
            return None;
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
    fn fold<B, F: FnMut(B, Option<&'a T>) -> B>(mut self, init: B, mut f: F) -> B {
        let mut acc = init;
        if !self.table.is_far() && self.drawn() == 0 && !self.ring.ended {
            // Nobody can go on after a panic, so nothing need be kept.
            while let Some((hash, key)) = self.lookups.draw() {
                let lookups = &mut self.lookups;
                let slot = self.table.find(hash, |entry| lookups.is_match(key, entry));
                // SAFETY: `find` returns full slots.
                acc = f(acc, slot.map(|slot| unsafe { self.table.get(slot) }));
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
