//! The invariants, checked by recount and re-lookup, and a dump for when one fails.
//!
//! `RawTable::check_invariants` checks I1–I6 of a whole table. Unit tests call it after each
//! step. In builds with `--cfg rosti_invariants` every mutation of every table checks all that can
//! be checked without calling user code (I1–I4 and I6): tables of up to a thousand slots each
//! time, larger ones so often that the cost per mutation stays the same.

use super::RawTable;
use crate::allocator::Allocator;
use crate::group::Group;

#[cfg(not(any(test, rosti_invariants)))]
impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// Does nothing in this build; see the module's introduction.
    #[inline(always)]
    pub(super) fn debug_check(&self) {}
}

#[cfg(any(test, rosti_invariants))]
mod checks {
    use super::*;
    use crate::ctrl::{self, DELETED, EMPTY};
    #[cfg(test)]
    use crate::probe::ProbeSeq;
    use crate::raw::control::Control;
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
            for (slot, &byte) in self.control_bytes()[..self.slots()].iter().enumerate() {
                if ctrl::is_full(byte) {
                    // SAFETY: the slot is full, so there is an entry (I3).
                    self.check_reachable(slot, hasher(unsafe { self.get(slot) }), &mut left);
                }
            }
            if !self.control.has_several_windows() {
                return true;
            }
            let walked: u32 = left.iter().sum();
            // SAFETY: several windows.
            let (steps, counts) = (unsafe { self.control.steps() }, self.control.counts());
            assert!(steps >= walked, "{steps} steps, {walked} walked\n{}", self.dump());
            let exact = steps == walked;
            for (position, (count, &left)) in counts.into_iter().zip(&left).enumerate() {
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

        /// All control bytes.
        fn control_bytes(&self) -> &[u8] {
            let (shape, size) = (Control::<G>::SHAPE, self.size());
            let len = match size.has_one_window() {
                true => shape.one_window_bytes(size.slots),
                false => shape.control_bytes_of_several(size.homes),
            };
            // SAFETY: so many control bytes are initialised (I2), and the table is borrowed.
            unsafe { core::slice::from_raw_parts(self.control.ctrl().as_ptr(), len) }
        }

        /// I1, I2, I3 as far as it shows in the control bytes, I4 and I6.
        fn check_structure(&self) {
            let shape = Control::<G>::SHAPE;
            let size = self.size();
            let require = |holds: bool, what: &str| {
                assert!(holds, "{what}\n{}", self.dump());
            };
            if size.has_one_window() {
                let sizes = [0, 4, 8, 16];
                let fits = sizes.contains(&size.slots) && size.slots <= shape.width;
                require(fits, "I1: a one-window table has 4, 8 or 16 slots");
                let fits = [1, shape.one_window_homes(size.slots)].contains(&size.homes);
                require(fits, "I1: a one-window table has one home, or 8 for 16 slots");
            } else {
                let several = size.homes.is_power_of_two() && size.homes >= 2 * shape.width;
                require(several, "I1: homes are a power of two >= 2 WIDTH");
                require(size.slots == size.homes + shape.overhang(size.homes), "I1: slots");
            }
            let mut full = 0;
            let (slots, others) = self.control_bytes().split_at(size.slots);
            for &byte in slots {
                if ctrl::is_full(byte) {
                    full += 1;
                } else {
                    require(byte == EMPTY, "I6: a slot is DELETED");
                }
            }
            for &byte in others {
                require(byte == DELETED, "I6: a byte without a slot is not DELETED");
            }
            require(full == self.items, "I4: items is not the number of full slots");
            require(self.items <= self.capacity, "I4: there are more entries than the capacity");
            require(self.capacity == size.capacity(), "I4: the capacity is off");
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
                // SAFETY: a position of the walk; where one has overflowed there are several windows.
                let goes_on = unsafe {
                    self.control.overflowed(seq.position()) && self.control.advance(hash, &mut seq)
                };
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
            let (items, capacity) = (self.items, self.capacity);
            let _ = write!(text, "{} homes {homes} items {items} capacity {capacity}", G::NAME);
            if self.control.has_several_windows() {
                // SAFETY: several windows.
                let (steps, limit) = unsafe { (self.control.steps(), self.control.limit()) };
                let _ = write!(text, " steps {steps} limit {limit}");
            }
            text.push('\n');
            let counts = self.control.counts();
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
                let end = (base + G::WIDTH).min(counts.len());
                for &count in counts.get(base..end).unwrap_or_default() {
                    text.push(char::from_digit(count, 10).unwrap_or('?'));
                }
                text.push('\n');
            }
            text
        }
    }
}
