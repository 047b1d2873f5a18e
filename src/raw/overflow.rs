//! Overflow counts: where a search may stop.
//!
//! There is one count per home position. It counts the entries that *left* that position: they
//! found its window full when they were inserted, and are stored in a window further along their
//! walk. A search stops at the first position whose count is zero. Hence
//!
//! * a miss ends after one window even if that window is full,
//! * erasing is a single store of EMPTY, without tombstones,
//! * a table can be completely full and searches still end.
//!
//! For aligned homes the count is that of the position *before* it is rounded down to a window, so
//! each window has `WIDTH` of them: a small Bloom filter of the homes that overflowed.
//!
//! # Exact, too high, never too low
//!
//! An entry that is stored beyond its home's window adds one to every position that it leaves, and
//! a removal that knows the entry's hash takes them back along the same walk. A removal that does
//! not (`retain`, `pop`, a slot given by its number) leaves them too high, which may cost searches
//! a window, but never loses an entry.
//!
//! A count is none, one, or *many*; the last one sticks, since it is no longer known how many there
//! are. It takes two bits in two arrays: one says whether there are any, which is all that a search
//! asks and takes one bit of a word with as little memory as possible; the other whether there are
//! many. (A third value before `many` was measured, when second windows were next to the first: misses after
//! churn visit 1.016 windows instead of 1.024 at load .64, 1.177 instead of 1.163 at .85, after eight removals
//! and insertions per entry; and every search takes two instructions more.)
//!
//! # When to rebuild
//!
//! Counts that are too high, and entries that lie further from their homes than they would have to,
//! are put right by the rebuild in place (`grow.rs`). An insert that has to go past its home's window
//! asks for one if two conditions hold:
//!
//! * *Steps*, the sum of all that was added and not taken back, is above the *limit*: one and a half times
//!   what the last rebuild left, plus one for each window's width of homes. So the next rebuild comes when
//!   so many steps have been walked by inserts, whatever the hash is, and is paid for by them.
//! * The *wear*, the steps of entries that have left again, is more than a trifle. A table that is
//!   only filled has nothing to put right, however crowded it gets; one that lost an entry whose
//!   hash was unknown may have.
//!
//! From the first wear on, entries make room for others (`claim.rs`), which keeps steps few.
//!
//! The conditions were chosen by `churn`, `churn_miss`, the bench `cliffs`, and the test that fills
//! one map in the order of another.
//!
//! There is another reason to go over a table that is above its limit: entries that crowd at a few homes go to better
//! places once their walks part (`scatter.rs`). If they do not part, the limit is raised as after a rebuild.
//!
//! Behind the control bytes come steps, limit, wear (with the shift of `scatter.rs` in its lowest bits), the cursor of
//! `erase.rs`, which has nothing to do with searches, and the counts, all in words of 32 bits. A one-window table
//! has none of these: its search ends in its first window, and does not touch another cache line to learn that.

use super::control::Control;
use crate::capacity::SPREAD_HOMES;
use crate::group::Group;
use crate::mask::BitMask;
use crate::probe::ProbeSeq;

/// The highest count.
#[cfg(test)]
pub(super) const MANY: u32 = 2;

/// The lowest bits of the wear's word are a number below this, the shift of `scatter.rs`.
pub(super) const SHIFTS: u32 = 64;
/// The shift of a table that is not scattered.
pub(super) const NOT_SCATTERED: u32 = usize::BITS - 1;
/// From where a sum of steps goes on that has reached its end.
const MIDDLE: u32 = u32::MAX / 2;
/// The highest wear.
pub(super) const MOST_WEAR: u32 = u32::MAX / SHIFTS;

/// Positions in an overflow word.
const POSITIONS: usize = u32::BITS as usize;
/// What a search reads of these words: as wide as a position, which need not be made narrower then (one of 72
/// instructions of LLVM's, which decides by their number what it puts in line).
#[cfg(all(target_pointer_width = "64", target_endian = "little"))]
type Bits = u64;
#[cfg(not(all(target_pointer_width = "64", target_endian = "little")))]
type Bits = u32;

/// Some of the homes that share an overflow word.
pub(super) type Homes = BitMask<u32, 1>;
/// Steps, limit, wear, cursor.
pub(super) const COUNTERS: usize = 4;

/// Number of words behind the control bytes of a table with so many homes.
#[inline]
pub(super) const fn words(homes: usize) -> usize {
    if homes > SPREAD_HOMES { COUNTERS + 2 * homes.div_ceil(POSITIONS) } else { 0 }
}

impl<G: Group> Control<G> {
    /// A word behind the control bytes; only tables with several windows have any.
    #[inline(always)]
    fn word(self, index: usize) -> *mut u32 {
        debug_assert!(self.has_several_windows() && index < words(self.mask() + 1));
        let offset = Self::SHAPE.control_bytes_of_several(self.mask() + 1);
        // SAFETY: the words follow the control bytes in the block (I2, `layout.rs`), and are aligned,
        // because the number of control bytes is a multiple of WIDTH (I2).
        unsafe { self.ctrl().as_ptr().add(offset).cast::<u32>().add(index) }
    }

    #[inline(always)]
    fn steps_word(self) -> *mut u32 {
        self.word(0)
    }

    #[inline(always)]
    fn limit_word(self) -> *mut u32 {
        self.word(1)
    }

    #[inline(always)]
    fn wear_word(self) -> *mut u32 {
        self.word(2)
    }

    /// Where `erase.rs` keeps its cursor.
    #[inline]
    pub(super) fn cursor(self) -> *mut u32 {
        self.word(3)
    }

    /// The word that says of a position whether its count is zero.
    #[inline(always)]
    fn any_word(self, position: usize) -> *mut u32 {
        debug_assert!(position <= self.mask());
        self.word(COUNTERS + position / POSITIONS)
    }

    /// The word that says of a position whether its count is `many`.
    #[inline]
    fn many_word(self, position: usize) -> *mut u32 {
        debug_assert!(position <= self.mask());
        // Behind the words that say whether there are any; rounded up, as there may be 16 homes.
        let words = self.mask() / POSITIONS + 1;
        self.word(COUNTERS + words + position / POSITIONS)
    }

    /// Whether an entry is stored further on than the window of `position` because that was full.
    ///
    /// # Safety
    /// `position` is at most `mask`.
    #[inline(always)]
    pub(super) unsafe fn overflowed(self, position: usize) -> bool {
        // SAFETY: the caller's contract.
        self.has_several_windows() && unsafe { self.has_count(position) }
    }

    /// [`overflowed`](Self::overflowed) in a table with several windows.
    ///
    /// # Safety
    /// As there, and there are several.
    #[inline(always)]
    pub(super) unsafe fn has_count(self, position: usize) -> bool {
        const POSITIONS: usize = Bits::BITS as usize;
        // SAFETY: there is an initialised bit for every position up to `mask` (I2); the only word of 32 homes
        // has another one behind it, that of `many`. The first one is aligned as the counters before it are.
        let bits = unsafe { self.any_word(0).cast::<Bits>().add(position / POSITIONS).read() };
        bits >> (position % POSITIONS) & 1 != 0
    }

    /// The counts of all positions, each 0, 1, or `MANY`; none in a table with one window.
    #[cfg(any(test, rosti_invariants))]
    pub(super) fn counts(self) -> alloc::vec::Vec<u32> {
        let homes = if self.has_several_windows() { self.mask() + 1 } else { 0 };
        let mut counts = alloc::vec::Vec::with_capacity(homes);
        // Word by word: tests ask for this after every operation.
        for base in (0..homes).step_by(POSITIONS) {
            // SAFETY: both words of a position up to `mask` are initialised (I2).
            let (any, many) = unsafe { (self.any_word(base).read(), self.many_word(base).read()) };
            let bit = |bit: usize| (any >> bit & 1) + (many >> bit & 1);
            counts.extend((0..POSITIONS.min(homes - base)).map(bit));
        }
        counts
    }

    /// Whether `slot` is in the window of `position`.
    #[inline(always)]
    pub(super) fn covers(self, position: usize, slot: usize) -> bool {
        slot.wrapping_sub(Self::SHAPE.window(position)) < G::WIDTH
    }

    /// Number of homes that share an overflow word.
    pub(super) const HOMES_IN_WORD: usize = POSITIONS;

    /// The homes of a word from which searches go on, as offsets from its first.
    ///
    /// # Safety
    /// `first` is a multiple of [`HOMES_IN_WORD`](Self::HOMES_IN_WORD) and at most `mask`; the table has
    /// several windows.
    #[inline(always)]
    pub(super) unsafe fn overflowed_in_word(self, first: usize) -> Homes {
        // SAFETY: `first` is at most `mask`, so its word is initialised (I2).
        BitMask(unsafe { self.any_word(first).read() })
    }

    /// Notes that so many entries leave `position`, without a branch. The sum is the caller's business.
    ///
    /// # Safety
    /// `position` is at most `mask`, the table has several windows and nobody else accesses it.
    #[inline]
    pub(super) unsafe fn leave(self, position: usize, entries: u32) {
        let bit = position % POSITIONS;
        let (any, many) = (self.any_word(position), self.many_word(position));
        // SAFETY: both words of a position up to `mask` are initialised (I2); the table is ours.
        unsafe {
            let (before, one) = (any.read(), u32::from(entries != 0) << bit);
            any.write(before | one);
            many.write(many.read() | before & one | u32::from(entries > 1) << bit);
        }
    }

    /// Adds to the sum of all counts.
    ///
    /// # Safety
    /// The table has several windows and nobody else accesses it.
    #[inline]
    pub(super) unsafe fn add_steps(self, steps: u32) {
        // SAFETY: tables with several windows have this word (I2).
        unsafe { self.steps_word().write(self.steps().saturating_add(steps)) }
    }

    /// An entry with this hash comes to lie in `slot`, on its walk and beyond its home's window: counts it at
    /// the positions that it leaves. (In a one-window table it must be the hash of another entry, and changes
    /// nothing.)
    ///
    /// # Safety
    /// The table has that slot, and nobody else accesses it.
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn count_walk(self, hash: u64, slot: usize) {
        if !self.has_several_windows() {
            return;
        }
        let mut seq = ProbeSeq::new(hash, self.mask());
        let mut steps = 0;
        // SAFETY: there are several windows, with words (I2), and the table is ours.
        let scatter = unsafe { self.scatter(hash) };
        while !self.covers(seq.position(), slot) {
            // SAFETY: a position of a walk is at most `mask` (I1); there are several windows, and the rest is the
            // caller's contract.
            unsafe { self.leave(seq.position(), 1) };
            steps += 1;
            let more = seq.advance(self.mask(), scatter, Self::SHAPE);
            debug_assert!(more, "count_walk: the walk covers the slot");
        }
        // SAFETY: the table is ours; as it has several windows, it has this word (I2).
        unsafe { self.add_steps(steps) };
    }

    /// The entry with this hash in `slot`, beyond its home's window, goes: takes back what
    /// [`count_walk`](Self::count_walk) did. If the hash is not the one it came with, counts of others may
    /// become too low and those entries hard to find, no more; if its walk does not come to the slot, all
    /// counts stay.
    ///
    /// # Safety
    /// As there.
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn take_back_walk(self, hash: u64, slot: usize) {
        let mut seq = ProbeSeq::new(hash, self.mask());
        let reaches = |home| ProbeSeq::reaches(slot, home, self.mask(), Self::SHAPE);
        if !(self.has_several_windows() && reaches(seq.position())) {
            // SAFETY: the caller's contract.
            return unsafe { self.note_wear() };
        }
        let (mut steps, mut walked) = (0, 0);
        // SAFETY: there are several windows, with words (I2), and the table is ours.
        let scatter = unsafe { self.scatter(hash) };
        while !self.covers(seq.position(), slot) {
            let position = seq.position();
            let (word, bit) = (self.any_word(position), 1 << (position % POSITIONS));
            // SAFETY: a position of a walk is at most `mask` (I1), so both words are initialised (I2); the
            // table is ours.
            unsafe {
                let one = word.read() & !self.many_word(position).read() & bit;
                word.write(word.read() ^ one);
                steps += u32::from(one != 0);
            }
            walked += 1;
            let more = seq.advance(self.mask(), scatter, Self::SHAPE);
            debug_assert!(more, "take_back_walk: the walk covers the slot");
        }
        // SAFETY: the table is ours; as it has several windows, it has these words (I2). A sum that has
        // reached its end says nothing any more.
        unsafe {
            if self.steps() != u32::MAX {
                self.steps_word().write(self.steps().saturating_sub(steps));
            }
            self.set_wear(self.wear().saturating_add(walked));
        }
    }

    /// An entry goes of which nobody knows how far from home it was.
    ///
    /// # Safety
    /// Nobody else accesses the table.
    #[inline(always)]
    pub(super) unsafe fn note_wear(self) {
        if self.has_several_windows() {
            // SAFETY: tables with several windows have this word (I2); the table is ours.
            unsafe { self.wear_word().write(self.wear_word().read() | (MOST_WEAR * SHIFTS)) };
        }
    }

    /// The sum of what was added to counts and not taken back; 0 only if all counts are.
    ///
    /// # Safety
    /// The table has several windows, and nobody writes to it now.
    #[inline]
    pub(super) unsafe fn steps(self) -> u32 {
        // SAFETY: tables with several windows have this word (I2).
        unsafe { self.steps_word().read() }
    }

    /// The number of steps above which a rebuild pays.
    ///
    /// # Safety
    /// As for [`steps`](Self::steps).
    #[inline]
    pub(super) unsafe fn limit(self) -> u32 {
        // SAFETY: tables with several windows have this word (I2).
        unsafe { self.limit_word().read() }
    }

    /// The steps of entries that have left again since the last rebuild.
    ///
    /// # Safety
    /// As for [`steps`](Self::steps).
    #[inline]
    pub(super) unsafe fn wear(self) -> u32 {
        // SAFETY: tables with several windows have this word (I2).
        unsafe { self.wear_word().read() / SHIFTS }
    }

    /// Sets the wear, to [`MOST_WEAR`] at most.
    ///
    /// # Safety
    /// The table has several windows and nobody else accesses it.
    #[inline]
    unsafe fn set_wear(self, wear: u32) {
        // SAFETY: the table is ours; as it has several windows, it has this word (I2).
        unsafe {
            let shift = self.wear_word().read() % SHIFTS;
            self.wear_word().write(wear.min(MOST_WEAR) * SHIFTS + shift);
        }
    }

    /// By how many bits hashes are shifted for the steps of their walks (`scatter.rs`), less than [`SHIFTS`].
    ///
    /// # Safety
    /// The table has several windows, and nobody writes to it now.
    #[inline(always)]
    pub(super) unsafe fn shift(self) -> u32 {
        // SAFETY: tables with several windows have this word (I2).
        unsafe { self.wear_word().read() % SHIFTS }
    }

    /// Sets the shift.
    ///
    /// # Safety
    /// No entry is beyond its home's window, or all are counted anew before the next search (I5); nobody else accesses
    /// the table, which has several windows.
    #[inline]
    pub(super) unsafe fn set_shift(self, shift: u32) {
        debug_assert!(shift < usize::BITS);
        // SAFETY: the table is ours; as it has several windows, it has this word (I2).
        unsafe { self.wear_word().write(self.wear() * SHIFTS + shift) };
    }

    /// Whether there are more steps than the limit.
    ///
    /// # Safety
    /// Nobody writes to the table now.
    #[inline]
    pub(super) unsafe fn is_above_limit(self) -> bool {
        // SAFETY: the table has several windows, and nobody writes to it.
        self.has_several_windows() && unsafe { self.steps() > self.limit() }
    }

    /// Whether a rebuild pays because entries have left; see the module's introduction.
    ///
    /// # Safety
    /// Nobody writes to the table now.
    #[inline]
    pub(super) unsafe fn is_worn(self) -> bool {
        // SAFETY: a table above its limit has several windows, and nobody writes to it.
        unsafe { self.is_above_limit() && self.wear() > (self.credit() / 2).min(MOST_WEAR - 1) }
    }

    /// One for each window's width of homes.
    #[inline]
    pub(super) fn credit(self) -> u32 {
        u32::try_from((self.mask() + 1) / G::WIDTH).unwrap_or(u32::MAX)
    }

    /// Sets the limit from the steps that entries need which have just been placed. Nothing is worn. A sum that has
    /// reached its end goes on from the middle, so that there is a limit, and a rebuild comes after so many steps more
    /// and not with each entry that leaves (375 000 equal hashes: over ten seconds an insertion). It does not come to zero
    /// before all counts have, of which there are no more.
    ///
    /// # Safety
    /// The table has several windows and nobody else accesses it.
    #[inline(never)]
    pub(super) unsafe fn renew_limit(self) {
        // SAFETY: the table is ours; as it has several windows, it has these words (I2).
        unsafe {
            if self.steps() == u32::MAX && self.mask() < MIDDLE as usize {
                self.steps_word().write(MIDDLE);
            }
            let steps = self.steps();
            let limit = steps.saturating_add(steps / 2).saturating_add(self.credit());
            // A sum that has reached its end is above every limit.
            self.limit_word().write(limit.min(u32::MAX - 1));
            self.set_wear(0);
        }
    }

    /// Sets steps, limit, wear, shift and cursor to what they are in a table that has just been allocated.
    ///
    /// # Safety
    /// The table has several windows, all counts are zero, and nobody else accesses it.
    #[inline]
    pub(super) unsafe fn reset_counters(self) {
        // A sum that has reached its end is above every limit.
        let counters: [u32; COUNTERS] = [0, self.credit().min(u32::MAX - 1), NOT_SCATTERED, 0];
        // SAFETY: the table is ours; as it has several windows, it has these words (I2), in this order.
        unsafe { self.steps_word().cast::<[u32; COUNTERS]>().write(counters) }
    }

    /// Sets all counts, and with them the steps, to zero, in a block that has not been written to.
    ///
    /// # Safety
    /// The table has several windows and nobody else accesses it.
    #[inline(never)]
    pub(super) unsafe fn clear_counts(self) {
        let homes = self.mask() + 1;
        // SAFETY: the block has these words (I2).
        unsafe {
            self.steps_word().write(0);
            self.word(COUNTERS).write_bytes(0, words(homes) - COUNTERS);
        }
    }

    /// Sets every count to `many`, so that every search visits every window, and steps and wear above
    /// any limit: always right, slow, and mended by the next insert that notices. What an interrupted
    /// rebuild leaves behind.
    ///
    /// # Safety
    /// The table has several windows and nobody else accesses it.
    #[inline(never)]
    pub(super) unsafe fn saturate_counts(self) {
        let homes = self.mask() + 1;
        // SAFETY: the block has these words (I2).
        unsafe {
            self.word(COUNTERS).write_bytes(0xff, words(homes) - COUNTERS);
            self.steps_word().write(u32::MAX);
            self.note_wear();
        }
    }
}
