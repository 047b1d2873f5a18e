//! The invariants, checked by recount and re-lookup, and a dump for when one fails.
//!
//! `RawTable::check_invariants` checks I1–I6 of a whole table. Unit tests call it after each
//! step. In builds with `--cfg rosti_invariants` every mutation of every table checks all that can
//! be checked without calling user code (I1–I4 and I6): tables of up to a thousand slots each
//! time, larger ones so often that the cost per mutation stays the same.

use super::RawTable;
use super::control::Control;
use crate::allocator::Allocator;
use crate::group::Group;
use crate::probe::ProbeSeq;

#[cfg(not(any(test, rosti_invariants)))]
impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// Does nothing in this build; see the module's introduction.
    #[inline(always)]
    pub(super) fn debug_check(&self) {}
}

/// Probe lengths of a table, measured without a clock; see [`RawTable::statistics`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistics {
    /// Mean number of windows that finding a present entry visits, over all entries.
    pub hit_windows: f64,
    /// The most windows that finding any present entry visits.
    pub max_hit_windows: usize,
    /// Mean number of windows that a search for an absent entry visits, over all homes.
    pub miss_windows: f64,
    /// The most windows that a search for an absent entry visits.
    pub max_miss_windows: usize,
    /// Share of the homes whose overflow count is not zero.
    pub overflowed: f64,
}

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// How long searches in this table are. O(slots x probe length). Calls the hasher once per
    /// entry.
    pub fn statistics(&self, hasher: impl Fn(&T) -> u64) -> Statistics {
        let (mask, shape) = (self.control.mask(), Control::<G>::SHAPE);
        // The number of windows that a walk visits until `done`, or until it ends.
        let windows = |hash: u64, done: &dyn Fn(usize) -> bool| {
            let mut seq = ProbeSeq::new(hash, mask);
            let mut windows = 1;
            while !done(seq.position()) && seq.advance(mask, shape) {
                windows += 1;
            }
            windows
        };
        // SAFETY: positions of a walk are at most `mask`.
        let ends_at = |position: usize| !unsafe { self.control.overflowed(position) };
        let (mut hits, mut max_hit) = (0, 0);
        for slot in (0..self.slots()).filter(|&slot| self.is_full(slot)) {
            // SAFETY: the slot is full.
            let hash = hasher(unsafe { self.get(slot) });
            let walked = windows(hash, &|position| self.control.covers(position, slot));
            hits += walked;
            max_hit = max_hit.max(walked);
        }
        let misses = || (0..=mask).map(|home| windows(home as u64, &ends_at));
        let overflowed = (0..=mask).filter(|&home| !ends_at(home)).count();
        Statistics {
            hit_windows: share(hits, self.items),
            max_hit_windows: max_hit,
            miss_windows: share(misses().sum(), mask + 1),
            max_miss_windows: misses().max().unwrap_or(0),
            overflowed: share(overflowed, mask + 1),
        }
    }

    /// How many other entries a search compares its key with, because their tags match (or the
    /// backend says so), in the mean: when the key is present, over all entries, and when it is
    /// absent, over all homes and tags. O(slots x probe length x tags). Calls the hasher once per
    /// entry.
    pub fn false_matches(&self, hasher: impl Fn(&T) -> u64) -> (f64, f64) {
        let offered = |hash: u64, wanted: Option<usize>| {
            let mut others = 0;
            let is_match = |slot| {
                let found = wanted == Some(slot);
                others += usize::from(!found);
                found
            };
            // Whether it is found does not matter here.
            _ = self.control.probe(hash, is_match);
            others
        };
        let full = (0..self.slots()).filter(|&slot| self.is_full(slot));
        // SAFETY: the slot is full.
        let hits = full.map(|slot| offered(hasher(unsafe { self.get(slot) }), Some(slot))).sum();
        let tags = 1usize << 7;
        let homes = self.control.mask() + 1;
        let hashes = (0..tags * homes).map(|n| {
            let (tag, home) = ((n / homes) as u64, (n % homes) as u64);
            tag << (usize::BITS - 7) | home
        });
        let misses = hashes.map(|hash| offered(hash, None)).sum();
        (share(hits, self.items), share(misses, tags * homes))
    }
}

fn share(count: usize, of: usize) -> f64 {
    count as f64 / of.max(1) as f64
}

#[cfg(any(test, rosti_invariants))]
mod checks {
    use super::*;
    use crate::ctrl::{self, DELETED, EMPTY};
    #[cfg(test)]
    use crate::raw::overflow::MANY;
    use alloc::string::String;
    use core::fmt::Write;

    impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
        /// Checks after a mutation what needs no user code, if the build asks for it.
        #[inline]
        pub(in crate::raw) fn debug_check(&self) {
            let sampled = self.slots() <= 1024 || self.items % (self.slots() / 1024) == 0;
            if cfg!(rosti_invariants) && sampled {
                self.check_structure();
            }
        }

        /// Panics with a dump of the table unless I1–I6 hold and each count is at least the number of
        /// entries that left its position. Where the steps are no more than those entries have walked,
        /// no removal has left anything behind, and the counts must be exact; returns whether they are.
        #[cfg(test)]
        pub(crate) fn check_invariants(&self, hasher: impl Fn(&T) -> u64) -> bool {
            self.check_structure();
            let mut left = alloc::vec![0u32; self.control.mask() + 1];
            for slot in 0..self.slots() {
                if self.is_full(slot) {
                    // SAFETY: the slot is full.
                    self.check_reachable(slot, hasher(unsafe { self.get(slot) }), &mut left);
                }
            }
            if left.len() == 1 {
                return true;
            }
            let walked: u32 = left.iter().sum();
            // SAFETY: several windows; positions below the number of homes.
            let (steps, counts) = unsafe {
                let count = |(position, _)| self.control.count(position);
                (self.control.steps(), left.iter().enumerate().map(count))
            };
            assert!(steps >= walked, "{steps} steps, {walked} walked\n{}", self.dump());
            let exact = steps == walked;
            for (position, (count, &left)) in counts.zip(&left).enumerate() {
                let (least, what) = (left.min(MANY), "entries left, the count is");
                assert!(count >= least, "{position}: {left} {what} {count}\n{}", self.dump());
                assert!(
                    count == least || !exact,
                    "{position}: {left} {what} {count}\n{}",
                    self.dump()
                );
            }
            exact
        }

        /// I1, I2, I3 as far as it shows in the control bytes, I4 and I6.
        fn check_structure(&self) {
            let shape = Control::<G>::SHAPE;
            let size = self.size();
            let require = |holds: bool, what: &str| {
                assert!(holds, "{what}\n{}", self.dump());
            };
            if size.homes == 1 {
                let sizes = [0, 4, 8, 16];
                let fits = sizes.contains(&size.slots) && size.slots <= shape.width;
                require(fits, "I1: a one-window table has 4, 8 or 16 slots");
            } else {
                let several = size.homes.is_power_of_two() && size.homes >= 2 * shape.width;
                require(several, "I1: homes are a power of two >= 2 WIDTH");
                require(size.slots == size.homes + shape.overhang(size.homes), "I1: slots");
            }
            let mut full = 0;
            for i in 0..shape.control_bytes(size.homes) {
                // SAFETY: the table has this many control bytes (I2).
                let byte = unsafe { self.control.byte(i) };
                full += usize::from(ctrl::is_full(byte));
                if i < size.slots {
                    require(ctrl::is_full(byte) || byte == EMPTY, "I6: a slot is DELETED");
                } else {
                    require(byte == DELETED, "I6: a byte without a slot is not DELETED");
                }
            }
            require(full == self.items, "I4: items is not the number of full slots");
            require(self.items + self.growth_left == size.capacity(), "I4: growth_left is off");
        }

        /// I5 and the tag, for the entry of one slot; adds it to `left` for each position it has left.
        #[cfg(test)]
        fn check_reachable(&self, slot: usize, hash: u64, left: &mut [u32]) {
            // SAFETY: the slot is full.
            let tag = unsafe { self.tag_at(slot) };
            assert!(tag == ctrl::Tag::of(hash), "tag of {slot}\n{}", self.dump());
            let mut seq = ProbeSeq::new(hash, self.control.mask());
            while !self.control.covers(seq.position(), slot) {
                left[seq.position()] += 1;
                // SAFETY: a position of the walk.
                let goes_on = unsafe { self.control.overflowed(seq.position()) }
                    && seq.advance(self.control.mask(), Control::<G>::SHAPE);
                assert!(
                    goes_on,
                    "I5: slot {slot} of hash {hash:#x} is not reached\n{}",
                    self.dump()
                );
            }
        }

        /// The table as text: one group per line, one character per control byte (`.` EMPTY, `x`
        /// DELETED, full in hexadecimal of the tag's low four bits), the overflow counts beside it.
        pub(crate) fn dump(&self) -> String {
            let shape = Control::<G>::SHAPE;
            let homes = self.control.mask() + 1;
            let mut text = String::new();
            let (items, left) = (self.items, self.growth_left);
            let _ = write!(text, "{} homes {homes} items {items} growth_left {left}", G::NAME);
            if homes > 1 {
                // SAFETY: several windows.
                let (steps, limit) = unsafe { (self.control.steps(), self.control.limit()) };
                let _ = write!(text, " steps {steps} limit {limit}");
            }
            text.push('\n');
            let bytes = if self.slots() == 0 { G::WIDTH } else { shape.control_bytes(homes) };
            for base in (0..bytes).step_by(G::WIDTH) {
                let _ = write!(text, "{base:8} ");
                for i in base..(base + G::WIDTH).min(bytes) {
                    // SAFETY: the table has this many control bytes (I2).
                    let shown = match unsafe { self.control.byte(i) } {
                        EMPTY => '.',
                        DELETED => 'x',
                        full if ctrl::is_full(full) => {
                            char::from_digit(u32::from(full & 15), 16).unwrap_or('?')
                        }
                        _ => '!',
                    };
                    text.push(shown);
                }
                text.push_str("  ");
                for position in base..(base + G::WIDTH).min(homes) {
                    if homes > 1 {
                        // SAFETY: each position below the number of homes has a count.
                        let count = unsafe { self.control.count(position) };
                        text.push(char::from_digit(count, 10).unwrap_or('?'));
                    }
                }
                text.push('\n');
            }
            text
        }
    }
}
