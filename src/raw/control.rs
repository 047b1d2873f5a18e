//! The part of a table that does not know its entries: control bytes and overflow counts.
//!
//! [`Control`] is a pointer to the first control byte and the number of homes. Everything that can
//! be decided from control bytes alone is decided here, once for all element types: the **probe
//! loop** (the only one in the crate), the search for a vacant slot, resetting.
//!
//! It owns nothing, has no lifetime and is copied freely, so its methods, safe ones included, rest on a
//! contract that its makers keep: **whoever holds a `Control` uses it only while the block is there, and
//! while nobody else writes to it.** Two functions make one: `unallocated`, whose block lives forever,
//! and [`from_raw`](Control::from_raw), which is unsafe for that reason; all others are copies. Its
//! invariants are I1 and I2: the homes are a power of two, and every byte that a window of any home
//! covers is initialised.

use core::marker::PhantomData;
use core::ops::Range;
use core::ptr::NonNull;

use crate::capacity::{SPREAD_HOMES, Shape, Size};
use crate::ctrl::{self, DELETED, EMPTY};
use crate::group::Group;
use crate::mask::LaneMask;
use crate::probe::ProbeSeq;

/// Control bytes of a table that has no slots: one window of DELETED lanes. Shared by all tables that
/// have never been allocated; never written to.
#[repr(align(16))]
struct Unallocated([u8; 16]);

static UNALLOCATED: Unallocated = Unallocated([DELETED; 16]);

/// See the module's introduction.
#[derive(Debug)]
pub(crate) struct Control<G> {
    ctrl: NonNull<u8>,
    /// Number of homes minus one.
    mask: usize,
    group: PhantomData<G>,
}

/// Tells the compiler that the branch which leads here is rarely taken, if it is one that understands
/// (build.rs).
#[inline(always)]
pub(crate) fn cold_path() {
    #[cfg(rosti_cold_path)]
    #[allow(clippy::incompatible_msrv)]
    core::hint::cold_path();
}

/// What a step of the probe loop came to.
pub(super) enum Step {
    /// The search is over; see [`Control::probe`].
    Done(Result<usize, ProbeSeq>),
    /// It goes on in the next window.
    Next(ProbeSeq),
}

impl<G> Clone for Control<G> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<G> Copy for Control<G> {}

impl<G: Group> Control<G> {
    /// Width and alignment of windows, for the arithmetic modules.
    pub(crate) const SHAPE: Shape = {
        assert!(
            G::ALIGNED_HOMES || G::WIDTH == 2 * SPREAD_HOMES,
            "spread: twice as many slots as homes"
        );
        Shape { width: G::WIDTH, aligned: G::ALIGNED_HOMES }
    };

    /// The control bytes of a table without slots.
    #[inline]
    pub(crate) const fn unallocated() -> Self {
        const { assert!(G::WIDTH <= size_of::<Unallocated>(), "the window is there") };
        let bytes = (&raw const UNALLOCATED.0).cast::<u8>().cast_mut();
        // SAFETY: the address of a static.
        let ctrl = unsafe { NonNull::new_unchecked(bytes) };
        Control { ctrl, mask: 0, group: PhantomData }
    }

    /// Control bytes that begin at `ctrl`, for `homes` homes.
    ///
    /// # Safety
    /// `homes` is a power of two (I1). From `ctrl` on, the block has room for the control bytes and
    /// the words of a table with so many homes, in a packed one for those of all that it could have
    /// (`layout.rs`). They are written before anything else is done (I2).
    #[inline]
    pub(super) unsafe fn from_raw(ctrl: NonNull<u8>, homes: usize) -> Self {
        Control { ctrl, mask: homes - 1, group: PhantomData }
    }

    /// The address of the first control byte; slots end there.
    #[inline(always)]
    pub(crate) fn ctrl(self) -> NonNull<u8> {
        self.ctrl
    }

    /// Number of homes minus one.
    #[inline(always)]
    pub(crate) fn mask(self) -> usize {
        self.mask
    }

    /// The extent of a table with this capacity: in a one-window table every slot counts for that.
    #[inline]
    pub(super) fn size(self, capacity: usize) -> Size {
        let homes = self.mask + 1;
        let slots = if self.has_several_windows() { Self::SHAPE.slots(homes) } else { capacity };
        Size { homes, slots }
    }

    /// Whether a search may have to go on from its first window.
    #[inline(always)]
    pub(super) fn has_several_windows(self) -> bool {
        self.mask >= SPREAD_HOMES
    }

    /// The group of `WIDTH` control bytes from `window` on.
    ///
    /// # Safety
    /// `window + WIDTH` control bytes exist, and `window` is a multiple of `WIDTH` if homes are
    /// aligned. Both hold for the window of any position up to `mask`.
    #[inline(always)]
    pub(super) unsafe fn group(self, window: usize) -> G {
        // SAFETY: the caller's window is initialised (I2) and, `ctrl` being a multiple of WIDTH, aligned
        // if homes are.
        unsafe { G::load(self.ctrl.as_ptr().add(window)) }
    }

    /// The control byte of a slot.
    ///
    /// # Safety
    /// The table has that many control bytes.
    #[inline(always)]
    pub(super) unsafe fn byte(self, slot: usize) -> u8 {
        // SAFETY: the caller's control byte is in the block and initialised (I2).
        unsafe { self.ctrl.add(slot).read() }
    }

    /// Sets the control byte of a slot.
    ///
    /// # Safety
    /// The table has that slot, and nobody else accesses it now.
    #[inline(always)]
    pub(super) unsafe fn set_byte(self, slot: usize, byte: u8) {
        // SAFETY: a slot has a control byte in the block (I1, I2), and the table is ours.
        unsafe { self.ctrl.add(slot).write(byte) }
    }

    /// [`set_byte`](Self::set_byte) in a table with one window. If all searches load the same one, it is written as a
    /// whole, so that the next need not wait for the byte ([`Group::set_lane`]).
    ///
    /// # Safety
    /// The table has that slot and one window, and nobody else accesses its control bytes now, those of other slots
    /// included.
    #[inline(always)]
    pub(super) unsafe fn set_byte_alone(self, slot: usize, byte: u8) {
        // SAFETY: a slot has a control byte (I1, I2), with one home in the window of that; the table is ours.
        unsafe {
            match self.mask {
                0 => G::set_lane(self.ctrl.as_ptr(), slot, byte),
                _ => self.set_byte(slot, byte),
            }
        }
    }

    /// **The probe loop.** Visits the windows of `hash` in order, offers each slot with the hash's
    /// tag to `is_match` and returns the first that it accepts, or else the position at which the
    /// search ended: the first whose overflow count is zero, since no entry has gone further (I5).
    ///
    /// `is_match` is given slots that hold an entry only (I3). It may run user code: nothing is in
    /// an intermediate state during the walk (I7).
    #[inline(always)]
    pub(crate) fn probe(
        self,
        hash: u64,
        is_match: impl FnMut(usize) -> bool,
    ) -> Result<usize, ProbeSeq> {
        // SAFETY: the walk has begun in this table.
        unsafe { self.probe_on(hash, ProbeSeq::new(hash, self.mask), is_match) }
    }

    /// Asks for the control bytes that a search for `hash` begins with. A window that is not aligned may
    /// lie in two lines (`batch`, misses: 1.00 -> .94).
    #[inline(always)]
    pub(super) fn prefetch_window(self, hash: u64) {
        let window = Self::SHAPE.window(ctrl::home(hash, self.mask));
        G::prefetch(self.ctrl.as_ptr().wrapping_add(window));
        if !G::ALIGNED_HOMES {
            G::prefetch(self.ctrl.as_ptr().wrapping_add(window + G::WIDTH - 1));
        }
    }

    /// Goes on to the next window of the walk of `hash`; `false` when there is none.
    ///
    /// # Safety
    /// The table has several windows, and nobody writes to its words now.
    #[inline(always)]
    pub(super) unsafe fn advance(self, hash: u64, seq: &mut ProbeSeq) -> bool {
        // SAFETY: the caller's contract.
        seq.advance(self.mask, unsafe { self.scatter(hash) }, Self::SHAPE)
    }

    /// The first step of the probe loop.
    #[inline(always)]
    pub(super) fn probe_home(self, hash: u64, is_match: impl FnMut(usize) -> bool) -> Step {
        // SAFETY: the walk has begun in this table.
        unsafe { self.probe_window(hash, ProbeSeq::new(hash, self.mask), is_match) }
    }

    /// The probe loop from a later step on.
    ///
    /// # Safety
    /// `seq` is on a walk through a table with as many homes.
    #[inline(always)]
    #[allow(clippy::redundant_closure)] // see below
    pub(super) unsafe fn probe_on(
        self,
        hash: u64,
        mut seq: ProbeSeq,
        mut is_match: impl FnMut(usize) -> bool,
    ) -> Result<usize, ProbeSeq> {
        loop {
            // A closure of its own, not `&mut is_match`: what std makes a function of that is not inlined
            // across codegen units (`ci/profiles.sh`, `lto-off`: 1.6 of hashbrown's time instead of 1.0).
            // SAFETY: `seq` is the caller's, or advanced from that in this table: at most `mask` (I1).
            match unsafe { self.probe_window(hash, seq, |slot| is_match(slot)) } {
                Step::Done(result) => return result,
                Step::Next(next) => seq = next,
            }
        }
    }

    /// One step of the probe loop. What is found is returned from where it is: as the `Option` of a function of its own
    /// it waited for the comparison at `opt-level = 1`, which threads no jumps, and the value was asked for only then
    /// (`ci/profiles.sh dev`, `words_large`: 1.22 instead of .94).
    ///
    /// # Safety
    /// As for [`probe_on`](Self::probe_on).
    #[inline(always)]
    unsafe fn probe_window(
        self,
        hash: u64,
        mut seq: ProbeSeq,
        mut is_match: impl FnMut(usize) -> bool,
    ) -> Step {
        // SAFETY: `seq` is on a walk through this many homes, so its position is at most `mask` (I1).
        let (window, mut matches) = unsafe { self.match_window(hash, seq.position()) };
        // Not a `for` loop: that would take the lane out of the set before it is compared, two
        // instructions more for a hit.
        while let Some(lane) = matches.lowest() {
            if is_match(window + lane) {
                return Step::Done(Ok(window + lane));
            }
            // One tag in 128 is another key's. Told so, the compiler keeps what only the rest of the
            // loop needs out of registers here, and what a call of `is_match` needs in them.
            cold_path();
            matches = matches.without_lowest();
        }
        // SAFETY: a position of the walk is at most `mask` (I1), and there are several windows, with counts (I2).
        let goes_on =
            seq.has_several_windows(Self::SHAPE) && unsafe { self.has_count(seq.position()) };
        // SAFETY: there are several windows, with words (I2).
        if goes_on && unsafe { self.advance(hash, &mut seq) } {
            return Step::Next(seq);
        }
        Step::Done(Err(seq))
    }

    /// The window of a position, and the lanes that have the hash's tag.
    ///
    /// # Safety
    /// `position` is at most `mask`.
    #[inline(always)]
    unsafe fn match_window(self, hash: u64, position: usize) -> (usize, G::Mask) {
        let window = Self::SHAPE.window(position);
        // SAFETY: the window of a position.
        (window, unsafe { self.group(window) }.match_hash(hash))
    }

    /// The first slot in the window of the hash's home that has its tag, and whether there is one.
    #[inline(always)]
    pub(super) fn first_match(self, hash: u64) -> (usize, bool) {
        // SAFETY: the position of a home.
        let (window, matches) = unsafe { self.match_window(hash, ctrl::home(hash, self.mask)) };
        (window + matches.lowest_or_last(), matches.any())
    }

    /// The first vacant slot in the window of a position.
    ///
    /// # Safety
    /// `position` is at most `mask`.
    #[inline(always)]
    pub(super) unsafe fn vacant_at(self, position: usize) -> Option<usize> {
        // SAFETY: the caller's contract.
        let vacant = unsafe { self.vacant_lanes(position) };
        vacant.lowest().map(|lane| Self::SHAPE.window(position) + lane)
    }

    /// [`vacant_at`](Self::vacant_at) that loads nothing but the window ([`Group::match_empty_unloaded`]).
    ///
    /// # Safety
    /// As there.
    #[inline(always)]
    pub(super) unsafe fn vacant_at_unloaded(self, position: usize) -> Option<usize> {
        let window = Self::SHAPE.window(position);
        // SAFETY: the window of a position up to `mask`, whose bytes exist (I2).
        let vacant = unsafe { self.group(window) }.match_empty_unloaded();
        vacant.lowest().map(|lane| window + lane)
    }

    /// The vacant lanes in the window of a position.
    ///
    /// # Safety
    /// `position` is at most `mask`.
    #[inline(always)]
    unsafe fn vacant_lanes(self, position: usize) -> G::Mask {
        // SAFETY: the window of a position.
        unsafe { self.group(Self::SHAPE.window(position)) }.match_empty()
    }

    /// The first vacant slot on the walk of `hash`, or `slot`, which may be any number, if its window comes first. As
    /// there are no more entries than the capacity (I4), every walk covers a vacant slot (`probe.rs`). Out of line: who
    /// needs it has found a window full, or the table.
    ///
    /// # Safety
    /// The table has several windows, and nobody writes to it now.
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn vacant_on_walk(self, hash: u64, slot: usize) -> usize {
        let mut seq = ProbeSeq::new(hash, self.mask);
        // SAFETY: the caller's contract: there are several windows, with words (I2), and nobody writes.
        let scatter = unsafe { self.scatter(hash) };
        while !self.covers(seq.position(), slot) {
            // SAFETY: a position of the walk is at most `mask`.
            if let Some(vacant) = unsafe { self.vacant_at(seq.position()) } {
                return vacant;
            }
            let more = seq.advance(self.mask, scatter, Self::SHAPE);
            debug_assert!(more, "vacant_on_walk: the table is full");
        }
        slot
    }

    /// [`claim_vacant`](Self::claim_vacant) in a table with any number of windows.
    ///
    /// # Safety
    /// The table has fewer entries than its capacity, and nobody else accesses it now.
    #[inline(always)]
    pub(super) unsafe fn claim(&mut self, hash: u64) -> usize {
        // SAFETY: the caller's contract.
        unsafe {
            match self.has_several_windows() {
                true => self.claim_near(hash),
                false => self.vacant_in_window(hash),
            }
        }
    }

    /// A vacant slot for an entry with this hash in a one-window table, which is packed (`capacity.rs`) if there is
    /// none from the hash's home on.
    ///
    /// # Safety
    /// The table has one window, and fewer entries than its capacity; nobody else accesses it now.
    #[inline]
    pub(super) unsafe fn vacant_in_window(&mut self, hash: u64) -> usize {
        // SAFETY: the position of a home, and the first one. All slots are in the window of that: there is a vacant
        // one, and searches find every entry there (I5).
        unsafe {
            self.vacant_at(ctrl::home(hash, self.mask)).unwrap_or_else(|| {
                self.mask = 0;
                self.vacant_at(0).unwrap_unchecked()
            })
        }
    }

    /// The same table, no longer packed.
    ///
    /// # Safety
    /// It has so many slots, and no entries.
    #[inline]
    pub(super) unsafe fn spread(self, slots: usize) -> Self {
        if self.has_several_windows() {
            return self;
        }
        Control { mask: Self::SHAPE.one_window_homes(slots) - 1, ..self }
    }

    /// The same table, packed if `other` is.
    ///
    /// # Safety
    /// Both have as many slots, and this one has no entries.
    #[inline]
    pub(super) unsafe fn packed_like(self, other: Self) -> Self {
        Control { mask: other.mask, ..self }
    }

    /// [`vacant_on_walk`](Self::vacant_on_walk) for an entry with this hash that will be stored there:
    /// the positions that it leaves count it, so that it is found (I5).
    ///
    /// # Safety
    /// The table has several windows, and fewer entries than its capacity; nobody else accesses it now.
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn claim_vacant(self, hash: u64) -> usize {
        // SAFETY: the caller's contract; no window of the walk is before its first, at most `mask` (I1).
        unsafe { self.claim_on(hash, ProbeSeq::new(hash, self.mask)) }
    }

    /// [`claim_vacant`](Self::claim_vacant) in an old table, where nothing predicts which of the first two windows has
    /// room: no branch asks for it.
    ///
    /// # Safety
    /// As there.
    #[cold]
    #[inline(never)]
    unsafe fn claim_near(self, hash: u64) -> usize {
        let mut seq = ProbeSeq::new(hash, self.mask);
        // SAFETY: positions of the walk are at most `mask` (I1). The table is ours, with several windows, hence words (I2).
        // Where both windows are full, home has counted the entry.
        unsafe {
            let (home, at_home) = (seq.position(), self.vacant_lanes(seq.position()));
            let more = self.advance(hash, &mut seq);
            debug_assert!(more, "claim_near: there is a second window");
            let (next, vacant) = (seq.position(), self.vacant_lanes(seq.position()));
            let left = u32::from(!at_home.any());
            self.leave(home, left);
            self.add_steps(left);
            if !(at_home.any() | vacant.any()) {
                return self.claim_on(hash, seq);
            }
            let (position, vacant) = if left != 0 { (next, vacant) } else { (home, at_home) };
            Self::SHAPE.window(position) + vacant.lowest_or_last()
        }
    }

    /// [`claim_vacant`](Self::claim_vacant) from a position of the walk on.
    ///
    /// # Safety
    /// As there. `seq` is on the walk of the hash through this table; the windows before its position are full, and the
    /// entry is counted there.
    #[inline(always)]
    unsafe fn claim_on(self, hash: u64, mut seq: ProbeSeq) -> usize {
        // SAFETY: the caller's contract: there are several windows, with words (I2), and the table is ours.
        let scatter = unsafe { self.scatter(hash) };
        let mut steps = 0;
        loop {
            // SAFETY: a position of the walk is at most `mask`; the table is ours, and has several windows.
            unsafe {
                if let Some(slot) = self.vacant_at(seq.position()) {
                    if steps != 0 {
                        self.add_steps(steps);
                    }
                    return slot;
                }
                self.leave(seq.position(), 1);
            }
            steps += 1;
            let more = seq.advance(self.mask, scatter, Self::SHAPE);
            debug_assert!(more, "claim_on: the table is full");
        }
    }

    /// Counts an entry with this hash that is stored in `slot`, if it lies beyond its home's window.
    ///
    /// # Safety
    /// The table has that slot, and nobody else accesses it now.
    #[inline(always)]
    pub(super) unsafe fn settle_in(self, hash: u64, slot: usize) {
        if !self.covers(ctrl::home(hash, self.mask), slot) {
            // SAFETY: the slot is the table's, and the table ours.
            unsafe { self.count_walk(hash, slot) }
        }
    }

    /// Takes back what [`settle_in`](Self::settle_in) did.
    ///
    /// # Safety
    /// As there.
    #[inline(always)]
    pub(super) unsafe fn move_out(self, hash: u64, slot: usize) {
        if !self.covers(ctrl::home(hash, self.mask), slot) {
            // SAFETY: as there.
            unsafe { self.take_back_walk(hash, slot) }
        }
    }

    /// Makes all of the first `slots` slots vacant, gives no slot to the remaining control bytes (I6),
    /// and sets the counts to zero, in a block that may never have been written to.
    ///
    /// # Safety
    /// `slots` is the number of slots that the table was allocated with; nobody else accesses it
    /// now. Entries are forgotten, not dropped.
    #[inline]
    pub(super) unsafe fn reset(self, slots: usize) {
        // SAFETY: the block has all control bytes and words of this size, initialised or not, and the table
        // is ours. The last control bytes, as many as a window has, come behind those of the homes if homes
        // are not aligned (I1), or behind a window's if so many slots can be spread; those of them that have a slot
        // are written once more. `forget` reads no byte or word but the sum of the counts, which is zero by then,
        // and writes all others.
        unsafe {
            if self.has_several_windows() {
                self.clear_counts();
                if !G::ALIGNED_HOMES {
                    self.ctrl.add(self.mask + 1).write_bytes(DELETED, G::WIDTH);
                }
            } else if Self::SHAPE.one_window_homes(slots) != 1 {
                self.ctrl.add(G::WIDTH).write_bytes(DELETED, G::WIDTH);
            }
            self.forget(slots);
        }
    }

    /// [`reset`](Self::reset) of a table that has been in use: writes the counts only if there are any.
    ///
    /// # Safety
    /// As there, and the control bytes and words are initialised (I2).
    #[inline]
    pub(super) unsafe fn forget(self, slots: usize) {
        // SAFETY: these are all slots, the words are initialised (I2), and the table is ours. A one-window
        // table has 4, 8 or 16 slots (I1).
        unsafe {
            if self.has_several_windows() {
                self.forget_several(slots);
            } else {
                self.reset_window(slots);
            }
        }
    }

    /// [`forget`](Self::forget) with several windows. The control bytes come last: nothing is kept for
    /// after that.
    ///
    /// # Safety
    /// As there, and the table has several windows.
    #[inline(never)]
    unsafe fn forget_several(self, slots: usize) {
        // SAFETY: the caller's contract.
        unsafe {
            if self.steps() != 0 {
                self.clear_counts();
            }
            self.reset_counters();
            self.vacate(0..slots);
        }
    }

    /// [`forget`](Self::forget) in a one-window table, by one store: the next search loads the window as a whole, and
    /// would wait for several stores.
    ///
    /// # Safety
    /// The table has the window of a first home, of which the first `slots` lanes, `WIDTH` of them at most, have a
    /// slot; nobody else accesses it now.
    #[inline]
    unsafe fn reset_window(self, slots: usize) {
        // As many vacant lanes as the largest window has, and behind them as many without a slot.
        const BYTES: [u8; 32] = {
            let mut bytes = [EMPTY; 32];
            let mut lane = 16;
            while lane < bytes.len() {
                bytes[lane] = DELETED;
                lane += 1;
            }
            bytes
        };
        // SAFETY: `slots` of the first half, and the rest of a window, of WIDTH control bytes (I2), of the second.
        unsafe {
            self.ctrl.as_ptr().copy_from_nonoverlapping(BYTES.as_ptr().add(16 - slots), G::WIDTH)
        }
    }

    /// Makes slots vacant. Entries are forgotten, not dropped.
    ///
    /// # Safety
    /// The table has those slots, and nobody else accesses it now.
    #[inline]
    pub(super) unsafe fn vacate(self, slots: Range<usize>) {
        // SAFETY: each slot has a control byte (I2).
        unsafe { self.ctrl.add(slots.start).write_bytes(EMPTY, slots.len()) };
    }
}
