//! Full slots, found from control bytes alone: those of a run, all, the next one.
//!
//! Every walk over a whole table is built on this file. What is done with all entries by a call reads control
//! bytes a *chunk* at a time, as many as a machine word has bits: the walk over a chunk's lanes ends with a branch
//! that is never predicted, and so there are fewer. Loops of users read a *pair* of groups at a time: a
//! CPU that walks over the same table again and again predicts the more of such branches. The first pair is read when
//! a walk is made, so that small tables need no call.
//!
//! In a table that is nearly empty most chunks are vacant. The union of a chunk's groups tells that, and a single
//! out-of-line call skips as many as there are. A walk knows how many entries are still to come and ends with the
//! last one.

use core::convert::Infallible;
use core::hint::unreachable_unchecked;
use core::ops::ControlFlow;
use core::{iter, mem};

use super::control::{Control, cold_path};
use crate::group::Group;
use crate::mask::{BitMask, LaneMask};

/// Number of slots in a chunk.
pub(super) const CHUNK: usize = usize::BITS as usize;

/// How far ahead of a run of vacant chunks control bytes are prefetched. (One entry in 2^20 slots, on
/// a CPU with an L2 cache of 1 MiB: .98 -> .58 of hashbrown's time; 256 to 1024 bytes gain nothing.)
const AHEAD: usize = 2048;

/// Some full slots: those of a run of lanes, as offsets from its first slot.
pub(super) type Lanes = BitMask<usize, 1>;

impl<G: Group> Control<G> {
    /// The full ones of the `N` slots from `base` on, as offsets from it. `N` is a multiple of
    /// `WIDTH`, at most as many as a machine word has bits.
    ///
    /// # Safety
    /// `base` is a multiple of `WIDTH` and less than the number of control bytes.
    #[inline(always)]
    pub(super) unsafe fn full_lanes<const N: usize>(self, base: usize) -> Lanes {
        // SAFETY: the caller's contract.
        unsafe { self.full_lanes_before::<N>(base, Self::SHAPE.control_bytes(self.mask() + 1)) }
    }

    /// [`full_lanes`](Self::full_lanes) of a run that ends at `end` at the latest.
    ///
    /// # Safety
    /// The table has `end` control bytes or more; `end` and `base` are multiples of `WIDTH`, and
    /// `base` is not greater.
    #[inline(always)]
    unsafe fn full_lanes_before<const N: usize>(self, base: usize, end: usize) -> Lanes {
        let bytes = end - base;
        // SAFETY: control bytes up to the end of the run, or to `end`.
        BitMask(unsafe {
            if bytes >= N { self.full_in(base, N) } else { self.full_by_call(base, bytes) }
        })
    }

    /// [`full_in`](Self::full_in) by a call: of a chunk at most, for the last, short run, and where there would be much to
    /// compile.
    ///
    /// # Safety
    /// As there.
    #[inline(never)]
    pub(super) unsafe fn full_by_call(self, base: usize, bytes: usize) -> usize {
        // SAFETY: the caller's contract.
        unsafe { self.full_in(base, bytes) }
    }

    /// The full lanes among so many control bytes from `base` on, one bit each.
    ///
    /// # Safety
    /// The table has `base + bytes` control bytes or more; both are multiples of `WIDTH`.
    #[inline(always)]
    unsafe fn full_in(self, base: usize, bytes: usize) -> usize {
        let (mut lanes, mut offset) = (0, 0);
        // (Not by `step_by`, which takes the compiler longer.)
        while offset < bytes {
            // SAFETY: the caller's contract.
            lanes |= unsafe { self.group(base + offset) }.full_bits() << offset;
            offset += G::WIDTH;
        }
        lanes
    }

    /// Whether none of the `CHUNK` slots from `base` on is full.
    ///
    /// # Safety
    /// The table has `base + CHUNK` control bytes or more, and `base` is a multiple of `WIDTH`.
    #[inline(always)]
    unsafe fn is_vacant(self, base: usize) -> bool {
        // SAFETY: the caller's contract.
        let group = |offset| unsafe { self.group(base + offset) };
        let (mut all, mut offset) = (group(0), G::WIDTH);
        while offset < CHUNK {
            all = all.union(group(offset));
            offset += G::WIDTH;
        }
        !all.match_full().any()
    }

    /// The first chunk from `base` on that is not vacant: where it begins, and its full lanes, which
    /// are none if there is no such chunk. The last chunk is short if it reaches `end`.
    ///
    /// # Safety
    /// As for [`full_lanes_before`](Self::full_lanes_before).
    #[inline]
    pub(super) unsafe fn chunk_before(self, mut base: usize, end: usize) -> (usize, Lanes) {
        // SAFETY: the caller's contract, and `base` does not go past `end`.
        unsafe {
            let mut lanes = self.full_lanes_before::<CHUNK>(base, end);
            if !lanes.any() && end - base >= CHUNK {
                base += CHUNK;
                while end - base >= CHUNK && self.is_vacant(base) {
                    G::prefetch(self.ctrl().as_ptr().wrapping_add(base + AHEAD));
                    base += CHUNK;
                }
                lanes = self.full_lanes_before::<CHUNK>(base, end);
            }
            (base, lanes)
        }
    }

    /// [`chunk_before`](Self::chunk_before) the end of the table. Out of line, which costs next to
    /// nothing once per chunk, for loops that are written many times.
    ///
    /// # Safety
    /// `base` is a multiple of `WIDTH`, and not greater than the number of control bytes.
    #[inline(never)]
    pub(super) unsafe fn next_chunk(self, base: usize) -> (usize, Lanes) {
        // SAFETY: the caller's contract; the number of control bytes is a multiple of WIDTH (I2).
        unsafe { self.chunk_before(base, Self::SHAPE.control_bytes(self.mask() + 1)) }
    }

    /// The full slots a chunk at a time, each with the first slot of the chunk. Vacant chunks are left out.
    ///
    /// # Safety
    /// As for [`full_slots`](Self::full_slots).
    #[inline]
    pub(super) unsafe fn full_runs(self, items: usize) -> impl Iterator<Item = (usize, Lanes)> {
        // SAFETY: the caller's contract.
        unsafe { self.full_slots(items) }.runs()
    }

    /// A full slot, looked for from the group on where the last call found one, and on from the
    /// first group at the end.
    ///
    /// # Safety
    /// The table has a full slot, and nobody else accesses it now.
    pub(super) unsafe fn next_full(self) -> usize {
        let several_windows = self.has_several_windows();
        // SAFETY: tables with several windows have a cursor, initialised by `reset`.
        let noted = if several_windows { unsafe { self.cursor().read() as usize } } else { 0 };
        let mut base = noted * G::WIDTH;
        // SAFETY: only groups of the table are noted, and the number of control bytes is a multiple of
        // WIDTH (I2).
        if let Some(lane) = unsafe { self.group(base) }.match_full().lowest() {
            return base + lane;
        }
        base += G::WIDTH;
        // A table with one window has its full slot there, and does not come here.
        loop {
            // SAFETY: the group before is one of the table, or `base` is 0.
            let (chunk, lanes) = unsafe { self.next_chunk(base) };
            if let Some(lane) = lanes.lowest() {
                let slot = chunk + lane;
                // A group whose number does not fit (slots beyond the 2^35th) is not noted.
                let group = u32::try_from(slot / G::WIDTH).unwrap_or(0);
                // SAFETY: there are several windows; the table is ours.
                unsafe { self.cursor().write(group) };
                return slot;
            }
            base = 0;
        }
    }

    /// Number of slots that loops look at together, at most a chunk. (`walk` and `sum_values` of `ci/profiles.sh`
    /// chose it: with 64 slots 1.05-1.2 of hashbrown's time instead of .9-1.0, with 16 walks over large tables lose
    /// what they gain.)
    pub(super) const PAIR: usize = 2 * G::WIDTH;

    /// The full slots of a pair of groups, as offsets from `base`; of the first only where the table ends
    /// behind it.
    ///
    /// # Safety
    /// `base` is a multiple of `PAIR` and less than the number of control bytes.
    #[inline(always)]
    unsafe fn full_pair(self, base: usize) -> Lanes {
        // SAFETY: the caller's contract. The number of control bytes is a multiple of `PAIR`, or one group
        // more than that, which begins behind the last home: of a table with one home at `mask` (I1, I2).
        unsafe {
            let first = self.group(base).full_bits();
            // Additions that cannot panic, as this is put in line where walks are made.
            let second =
                |base: usize| self.group(base.wrapping_add(G::WIDTH)).full_bits() << G::WIDTH;
            BitMask(if base < self.mask() {
                // Not that it were: so that tables with one window, where the first entry is most of the walk, have no
                // jump to take (`first_of` of `ci/profiles.sh` 1.05 -> 1.00). Others take one for each pair.
                cold_path();
                first | second(base)
            } else {
                first
            })
        }
    }

    /// The first pair from `base` on that is not vacant.
    ///
    /// # Safety
    /// There is one. `base` is a multiple of `PAIR`.
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn next_pair(self, base: usize) -> (Lanes, usize) {
        // SAFETY: as a pair is to come, control bytes are; their number is a multiple of `WIDTH` (I2).
        let (base, lanes) =
            unsafe { self.chunk_before(base, Self::SHAPE.control_bytes(self.mask() + 1)) };
        let pair = lanes.lowest_or_last() / Self::PAIR * Self::PAIR;
        (BitMask(lanes.0 >> pair & (usize::MAX >> (CHUNK - Self::PAIR))), base + pair)
    }

    /// The pair at `base`, whose full lanes are known, or the next one that is not vacant.
    ///
    /// # Safety
    /// There is one. `base` is a multiple of `PAIR`, and these are the full lanes of the pair there.
    #[inline(always)]
    unsafe fn known_pair(self, base: usize, lanes: Lanes) -> (Lanes, usize) {
        if lanes.any() {
            (lanes, base)
        } else {
            // SAFETY: the caller's contract: if it is not this one, it is behind it, where control bytes are (I2).
            unsafe { self.next_pair(base.wrapping_add(Self::PAIR)) }
        }
    }

    /// [`known_pair`](Self::known_pair) of lanes that nobody has looked at. A call that takes and returns numbers, so
    /// that the walk stays in registers, and loops are small: what std makes of them is put in line only if it is
    /// (`collect_result` of `ci/profiles.sh` 2.43 -> .93 of hashbrown's time, at the price of `walk` 1.02 -> 1.05). The
    /// lanes are returned first: so where the pair begins is where it came (`next` of `ci/callgrind.sh` 10.11 -> 9.90).
    ///
    /// # Safety
    /// As there.
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn pair_from(self, base: usize) -> (Lanes, usize) {
        // SAFETY: the caller's contract: a pair is to come, so there are control bytes (I2).
        let lanes = unsafe { self.full_pair(base) };
        if base < self.mask() {
            // SAFETY: as above.
            unsafe { self.known_pair(base, lanes) }
        } else {
            // The table's last group, where a lane has to be. The others are asked by what puts two groups together: an
            // instruction less for each (`next` of `ci/callgrind.sh` 9.94 -> 9.90).
            (lanes, base)
        }
    }

    /// The slots that hold an entry, in order.
    ///
    /// # Safety
    /// `items` is the number of full slots (I4). The iterator must not outlive the block. From now on until its last
    /// use slots may be erased, but only ones that it has returned: it has read the first pair already.
    #[inline(always)]
    pub(super) unsafe fn full_slots(self, items: usize) -> FullSlots<G> {
        let mut lanes = Lanes::NONE;
        if items > 0 {
            // SAFETY: every table has a first group of control bytes (I2). One home has all slots in its window, where a
            // full one is then (I4): `first_of` of `ci/profiles.sh` need not ask.
            unsafe {
                lanes = self.full_pair(0);
                if self.mask() == 0 && !lanes.any() {
                    unreachable_unchecked()
                }
            }
        }
        FullSlots { control: self, next: Self::PAIR, down: !0, lanes, items }
    }
}

/// The indices of full slots, in order; see [`Control::full_slots`].
#[derive(Debug)]
pub(crate) struct FullSlots<G> {
    control: Control<G>,
    /// The first slot behind the current pair. Were it made of `down`, the CPU would have to make it after each branch
    /// that it has not predicted, before it can read (`walk` of `ci/profiles.sh` on Zen 4: 1.10 -> 1.03).
    next: usize,
    /// The complement of the first slot of the current pair: slots grow downwards, so it is an exclusive or away
    /// from where an entry is, as seen from the control bytes.
    down: usize,
    /// The lanes of the current pair that are still to come. One is taken out at once, not when the next is asked
    /// for: each waits for the one before, so they are to begin early (`walk` of `ci/profiles.sh` on Zen 4,
    /// 1.23 -> 1.09).
    lanes: Lanes,
    /// Number of slots still to come, in all pairs.
    items: usize,
}

// SAFETY: it reads control bytes only, and who made it vouches for those (I2) on any thread.
unsafe impl<G: Group> Send for FullSlots<G> {}
// SAFETY: as above.
unsafe impl<G: Group> Sync for FullSlots<G> {}

impl<G: Group> Default for FullSlots<G> {
    /// The iterator over nothing.
    #[inline]
    fn default() -> Self {
        // SAFETY: UNALLOCATED lives forever and has no full slot.
        unsafe { Control::unallocated().full_slots(0) }
    }
}

clone! { [G] FullSlots<G>; }

impl<G: Group> FullSlots<G> {
    /// There are no more to come, although the table is the same.
    #[inline]
    pub(super) fn end(&mut self) {
        self.lanes = Lanes::NONE;
        self.items = 0;
    }

    #[inline(always)]
    pub(super) fn control(&self) -> Control<G> {
        self.control
    }

    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.items
    }

    /// What is still to come as runs: the first slot, and lanes from there on. There is at least one in
    /// each run.
    #[inline]
    pub(super) fn runs(mut self) -> impl Iterator<Item = (usize, Lanes)> {
        let (mut base, mut next) = (!self.down, self.next);
        let mut lanes = self.lanes;
        iter::from_fn(move || {
            if self.items == 0 {
                return None;
            }
            if !self.control.has_several_windows() {
                // All of them; small tables are not to pay for large ones.
                self.items = 0;
                return Some((0, lanes));
            }
            if !lanes.any() {
                // SAFETY: a slot is to come (I4), and none in this pair. A pair and a chunk end with a group.
                (base, lanes) = unsafe { self.control.next_chunk(next) };
                next = base + CHUNK;
            }
            self.items -= lanes.lanes();
            Some((base, mem::replace(&mut lanes, Lanes::NONE)))
        })
    }

    /// Goes on to a pair.
    #[inline(always)]
    fn go_on(&mut self, (lanes, base): (Lanes, usize)) {
        self.next = base.wrapping_add(Control::<G>::PAIR); // an addition that may panic has to have the walk in memory
        (self.down, self.lanes) = (!base, lanes);
    }

    /// The walk at the pair of the slot that comes after `n` others, and how many of these are in that pair. By value,
    /// so that it stays in registers elsewhere.
    ///
    /// # Safety
    /// More than `n` slots are to come.
    #[inline(never)]
    unsafe fn pass(mut self, mut n: usize) -> (Self, usize) {
        while n >= self.lanes.lanes() {
            n -= self.lanes.lanes();
            self.items -= self.lanes.lanes();
            // SAFETY: a slot is to come (I4), and none that is left in the current pair.
            unsafe { self.go_on(self.control.pair_from(self.next)) };
        }
        (self, n)
    }

    /// All slots to come, or those until `f` breaks off; what comes then is what would have come next.
    ///
    /// Ends with the last slot too. Looks at the next pair before it walks over the lanes of this one: after a
    /// branch that was not predicted the next walk need not wait for its lanes. The question whether there are more
    /// lanes comes last, so that there is one branch for each, whatever the compiler optimises for: a CPU that
    /// predicts the last one remembers so many branches, and no more.
    #[inline(always)]
    fn walk<B, C>(
        &mut self,
        init: B,
        mut f: impl FnMut(B, usize) -> ControlFlow<C, B>,
    ) -> ControlFlow<C, B> {
        let mut acc = init;
        let end = Control::<G>::SHAPE.control_bytes(self.control.mask() + 1);
        while self.items > 0 {
            let next = self.next;
            let ahead = if next < end {
                // SAFETY: control bytes of the table (I2).
                unsafe { self.control.full_pair(next) }
            } else {
                Lanes::NONE
            };
            if self.lanes.any() {
                loop {
                    // SAFETY: there is a lane.
                    acc = f(acc, unsafe { self.come() })?;
                    if !self.lanes.any() {
                        break;
                    }
                }
                if self.items == 0 {
                    break;
                }
            }
            // SAFETY: a slot is to come (I4), and none in the current pair.
            unsafe { self.go_on(self.control.known_pair(next, ahead)) };
        }
        ControlFlow::Continue(acc)
    }

    /// The slot of the lowest lane, which comes now.
    ///
    /// # Safety
    /// There is one.
    #[inline(always)]
    unsafe fn come(&mut self) -> usize {
        self.items -= 1;
        let lane = match self.lanes.lowest() {
            // With opt-level "s" x86 gets `bsf`, which waits for what its target register had before. Where the set may
            // be empty a constant is put there first; half a word may be, for all that the compiler knows
            // (`difference` of `ci/profiles.sh` 2.8 -> .87, `walk` 1.25 -> 1.05). No pair has more lanes.
            _ if cfg!(rosti_small) => (self.lanes.0 as u32).trailing_zeros() as usize,
            Some(lane) => lane,
            // SAFETY: the caller's contract. (`unwrap_unchecked` is a call where nothing is optimised.)
            None => unsafe { unreachable_unchecked() },
        };
        self.lanes = self.lanes.without_lowest();
        // A pair begins at a multiple of its size: the exclusive or is a difference.
        !(self.down ^ lane)
    }
}

impl<G: Group> Iterator for FullSlots<G> {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        // The lanes come first: that there are none is asked once per pair, whether there are no more
        // entries only then.
        if !self.lanes.any() {
            if self.items == 0 {
                return None;
            }
            // SAFETY: a slot is to come (I4), and none in the current pair.
            unsafe { self.go_on(self.control.pair_from(self.next)) };
        }
        // SAFETY: `pair_from` ends where a lane is.
        Some(unsafe { self.come() })
    }

    /// Passes over pairs by the number of their lanes.
    #[inline]
    fn nth(&mut self, mut n: usize) -> Option<usize> {
        if n >= self.items {
            self.end();
            return None;
        }
        if n >= Control::<G>::PAIR {
            // SAFETY: more slots are to come (I4).
            (*self, n) = unsafe { self.clone().pass(n) };
        }
        for _ in 0..n {
            self.next();
        }
        self.next()
    }

    #[inline(always)]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.items, Some(self.items))
    }

    #[inline(always)]
    fn count(self) -> usize {
        self.items
    }

    #[inline(always)]
    fn any<F: FnMut(usize) -> bool>(&mut self, mut f: F) -> bool {
        let found = self.walk((), |(), slot| match f(slot) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        });
        found.is_break()
    }

    #[inline(always)]
    fn fold<B, F: FnMut(B, usize) -> B>(mut self, init: B, mut f: F) -> B {
        let mut acc = init;
        // What does not fit two registers stays in memory unless the caller's caller has this in line, which it has if
        // it is small: a group at a time (`most` of `ci/profiles.sh`: 5.2 -> 1.03 of hashbrown's time), and entries
        // counted without a question for each (`filter_most`: 6.4 -> .96).
        if const { size_of::<B>() > 2 * size_of::<usize>() } {
            loop {
                while self.lanes.any() {
                    // SAFETY: there is a lane.
                    acc = f(acc, unsafe { self.come() });
                }
                if self.items == 0 {
                    return acc;
                }
                // SAFETY: a slot is to come (I4), in this group or behind it, where control bytes are (I2).
                self.lanes = BitMask(unsafe { self.control.group(self.next) }.full_bits());
                self.down = !self.next;
                self.next = self.next.wrapping_add(G::WIDTH);
            }
        }
        match self.walk(acc, |acc, slot| ControlFlow::<Infallible, B>::Continue(f(acc, slot))) {
            ControlFlow::Continue(acc) => acc,
            ControlFlow::Break(never) => match never {},
        }
    }
}
