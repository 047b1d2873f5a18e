//! Scanning: a walk over the entries in steps, between which anything may happen to the table.
//!
//! An iterator goes by slots, and entries change their slots when the table is resized or rebuilt, or one makes room for
//! another. A scan goes by hashes: it visits entries in the order of a number made of the bits of their hash, the *rank*, and a
//! [cursor](ScanCursor) is the rank up to which all have been visited. So whatever the table does between two
//! steps, an entry that stays is visited exactly once. The cursor borrows nothing, and the table does not know
//! about it.
//!
//! # Order
//!
//! Ranks are chosen so that whatever a step visits lies together, in a table of any size. Homes are taken in
//! *blocks* of [`BLOCK`], so the low 9 bits of a hash do not count. The blocks of the table that the scan began
//! with are visited in order: the bits that number them, *n* of them, come first. Behind those come the remaining
//! bits of the hash **in reverse**:
//!
//! ```text
//!   hash   63 …………………………… n+9 | n+8 ………… 9 | 8 … 0        (n: 2^n blocks at the first step)
//!   rank            n+8 ………… 9 | n+9 …………………………… 63
//! ```
//!
//! For doubling sends the entries of a block to two blocks, told apart by the next bit of the hash, which follow
//! each other in the reversed order, and so on: in a table that has grown the ranks of a block are consecutive
//! too. In one that has shrunk a block has the entries of several former blocks; it is visited once for each of
//! these, and entries are told apart by their rank.
//!
//! # Step
//!
//! The homes of a block are followed by a window's width of slots in which their entries may be, and by second windows
//! if an insert has gone past one of the last homes. A step reads these slots, has each entry hashed, and visits those
//! whose home is in the block. The few entries that are further from home are found by the walks of those homes which an
//! insert has gone past (I5). Nothing here
//! matches tags or compares entries: there is no key to look for.
//!
//! In a scattered table (`scatter.rs`) a home has as many walks as hashes, and entries of a block may be anywhere. There
//! a step reads all slots, and visits all entries from its rank on: it is the last one.

use core::ops::Range;

use super::RawTable;
use super::control::Control;
use super::full::CHUNK;
use super::overflow::Homes;
use crate::allocator::Allocator;
use crate::ctrl;
use crate::group::Group;
use crate::mask::{BitMask, LaneMask};
use crate::probe::ProbeSeq;

/// Homes that a step looks at, a power of two. What a step costs beside its entries is mostly branches
/// that nobody can predict: where a block ends, and which entries next to it belong to it. Chosen by
/// `scan` of the batch bench, out of cache: 256, 512 homes, 1.97, 1.86 of `iter`'s time.
pub(super) const BLOCK: usize = 1 << BLOCK_BITS;
// The unit tests' are smaller, so that small tables have several.
const BLOCK_BITS: u32 = if cfg!(all(test, miri)) {
    5
} else if cfg!(test) {
    6
} else {
    9
};

/// Bits of a rank: those of a hash but the ones inside a block.
const RANK_BITS: u32 = u64::BITS - BLOCK_BITS;

/// How far a scan has come: what one step returns and the next one takes.
///
/// It is just a number: it can be stored anywhere, even outside the process if hashes are the same
/// there, and be dropped at any time. It belongs to the map that it came from, or to one with the
/// same hasher. Using the cursor of another map, or one made from any other number, is safe, and
/// visits some of the entries.
///
/// ```
/// use rosti::{HashMap, ScanCursor};
///
/// let map: HashMap<u64, u64> = (0..1000).map(|n| (n, n)).collect();
/// let (mut sum, mut next) = (0, Some(ScanCursor::START));
/// while let Some(cursor) = next {
///     let kept: u64 = cursor.to_bits();
///     next = map.scan(ScanCursor::from_bits(kept), |_, value| sum += value);
/// }
/// assert_eq!(sum, 499_500);
/// ```
///
/// The number: the logarithm of the blocks at the first step in the top 9 bits, the rank below it. All
/// zeros is the start, since a scan that begins with one block is over after one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScanCursor {
    bits: u64,
}

impl ScanCursor {
    /// The start of a scan.
    pub const START: Self = ScanCursor { bits: 0 };

    /// The cursor as a number, which [`from_bits`](Self::from_bits) turns back into a cursor.
    ///
    /// ```
    /// assert_eq!(rosti::ScanCursor::START.to_bits(), 0);
    /// ```
    #[inline]
    #[must_use]
    pub const fn to_bits(self) -> u64 {
        self.bits
    }

    /// The cursor with this number. Any number is safe.
    ///
    /// ```
    /// use rosti::ScanCursor;
    ///
    /// assert_eq!(ScanCursor::from_bits(0), ScanCursor::START);
    /// ```
    #[inline]
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        ScanCursor { bits }
    }
}

/// The order of a scan; see the module's introduction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Order {
    /// The logarithm of the number of blocks at the first step, at most [`RANK_BITS`].
    forward: u32,
}

impl Order {
    /// The bits of a rank that are a hash's in reverse.
    #[inline(always)]
    fn reversed(self) -> u64 {
        (1 << (RANK_BITS - self.forward)) - 1
    }

    #[inline]
    fn rank(self, hash: u64) -> u64 {
        let block = hash >> BLOCK_BITS & ((1 << self.forward) - 1);
        block << (RANK_BITS - self.forward) | hash.reverse_bits() & self.reversed()
    }

    /// The least of the hashes of a rank.
    #[inline]
    fn hash(self, rank: u64) -> u64 {
        let block = rank >> (RANK_BITS - self.forward);
        (rank & self.reversed()).reverse_bits() | block << BLOCK_BITS
    }
}

/// What one step visits: the entries with certain ranks, all of which have their home in one block, or in a scattered
/// table anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    order: Order,
    ranks: Range<u64>,
    /// The first home of the block.
    first: usize,
    /// Which bits of a home say whether it is in the block.
    homes: usize,
    /// Whether the block may have entries of other ranks.
    mixed: bool,
}

impl Step {
    const END: u64 = 1 << RANK_BITS;

    /// The step from a cursor in a table of `mask + 1` homes, which may be scattered.
    #[inline(never)]
    fn new(from: ScanCursor, mask: usize, scattered: bool) -> Self {
        let blocks = mask.trailing_ones().saturating_sub(BLOCK_BITS);
        let forward = match from {
            ScanCursor::START => blocks,
            _ => ((from.bits >> RANK_BITS) as u32).min(RANK_BITS),
        };
        let (order, start) = (Order { forward }, from.bits & (Self::END - 1));
        // The ranks in a block, of this table or of the one that the scan began with, whichever are
        // fewer, less one.
        let run = (1 << (RANK_BITS - forward.max(blocks))) - 1;
        if scattered {
            let ranks = start..Self::END;
            return Step { order, ranks, first: 0, homes: 0, mixed: true };
        }
        let end = if blocks == 0 { Self::END } else { (start | run) + 1 };
        Step {
            order,
            ranks: start..end,
            first: ctrl::home(order.hash(start), mask),
            homes: mask & !(BLOCK - 1),
            mixed: start & run != 0 || forward > blocks,
        }
    }

    /// Where the next step begins.
    #[inline]
    fn next(&self) -> Option<ScanCursor> {
        let bits = u64::from(self.order.forward) << RANK_BITS | self.ranks.end;
        (self.ranks.end != Self::END).then_some(ScanCursor { bits })
    }
}

/// What the hash of an entry in a slot must be like for a step to visit it.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    step: &'a Step,
    /// The home, or the first of a block's homes.
    home: usize,
    /// Which bits of the home count.
    mask: usize,
}

impl Wanted<'_> {
    #[inline(always)]
    fn includes(self, hash: u64) -> bool {
        ctrl::home(hash, self.mask) == self.home
            && (!self.step.mixed || self.step.ranks.contains(&self.step.order.rank(hash)))
    }
}

impl<G: Group> Control<G> {
    /// The step from a cursor.
    ///
    /// # Safety
    /// Nobody writes to the table now.
    #[inline]
    unsafe fn step(self, from: ScanCursor) -> Step {
        // SAFETY: the caller's contract.
        Step::new(from, self.mask(), unsafe { self.is_scattered() })
    }

    /// Offers all slots that may hold an entry of a step, each once for the same [`Wanted`]: those of
    /// entries that it does not include are to be passed over.
    ///
    /// # Safety
    /// The step was made for a table of so many homes. Nobody else accesses the table now; `offer` may
    /// change its counts within the bounds of I5, and erase the slot that it is given. (That slot is
    /// full.)
    #[inline(always)]
    unsafe fn offer_step<'a>(self, step: &'a Step, mut offer: impl FnMut(usize, Wanted<'a>)) {
        let of_block = Wanted { step, home: step.first, mask: step.homes };
        let bytes = Self::SHAPE.control_bytes(self.mask() + 1);
        let of_several = step.homes != 0;
        let mut end = bytes;
        if of_several {
            end = step.first + BLOCK + if G::ALIGNED_HOMES { 0 } else { G::WIDTH };
            const { assert!(BLOCK % Self::HOMES_IN_WORD == 0) };
            // Second windows of the last homes, each of which several homes would look at.
            let second = ProbeSeq::second(Self::SHAPE);
            let last =
                step.first + BLOCK.saturating_sub(second.next_multiple_of(Self::HOMES_IN_WORD));
            let mut words = (last..step.first + BLOCK).step_by(Self::HOMES_IN_WORD);
            // SAFETY: homes of the table, each the first of a word, as blocks are whole words; there are several windows,
            // with words (I2).
            let go_on = words.any(|first| unsafe { self.overflowed_in_word(first) }.any());
            end += if go_on { second } else { 0 };
        }
        let read = step.first..end.min(bytes);
        for base in read.clone().step_by(CHUNK) {
            // SAFETY: `base` is a multiple of WIDTH, as `first` is one of BLOCK, and a control
            // byte.
            let lanes = unsafe { self.full_lanes::<CHUNK>(base) };
            let unread = CHUNK.saturating_sub(read.end - base) as u32;
            for lane in BitMask::<usize, 1>(lanes.0 & !0 >> unread) {
                offer(base + lane, of_block);
            }
        }
        // If there is one block only, all has been read.
        if of_several {
            let homes = step.first..step.first + BLOCK;
            for (home, slot) in
                (Strays { control: self, homes, read, word: BitMask(0), walk: None })
            {
                offer(slot, Wanted { step, home, mask: self.mask() });
            }
        }
    }
}

/// The slots that may hold entries of a block but are not among those that were read for it, each once
/// for every home that it may belong to; with that home.
///
/// An iterator, so that what is done with the entries is compiled into the loop that asks for them. The
/// table may change meanwhile as [`Control::offer_step`] says.
struct Strays<G: Group> {
    control: Control<G>,
    /// The homes whose overflow words have not been looked at.
    homes: Range<usize>,
    read: Range<usize>,
    /// The homes of the last word looked at whose walks are to come.
    word: Homes,
    walk: Option<Walk<G>>,
}

/// A walk from a home, and what is to come of the window that it has come to.
struct Walk<G: Group> {
    home: usize,
    seq: ProbeSeq,
    lanes: G::Mask,
}

impl<G: Group> Strays<G> {
    /// The homes of the next overflow word from which to walk: all that an insert has gone past, but for
    /// those from which none has gone further than to the second window, where the count is 0 then (that of an odd
    /// position if homes are not aligned). That window has been read.
    #[inline(always)]
    fn next_word(&mut self) -> Option<Homes> {
        let (mask, width) = (self.control.mask(), Control::<G>::HOMES_IN_WORD);
        let first = self.homes.next()?;
        self.homes.start = first + width;
        // From the table's last homes it goes on at the first ones, which need not have been read.
        let word = |first| match first <= mask {
            // SAFETY: a home of the table, the first of a word; there are several windows, with words (I2).
            true => unsafe { self.control.overflowed_in_word(first) }.0,
            false => u32::MAX,
        };
        let second = first + ProbeSeq::second(Control::<G>::SHAPE);
        let base = second - second % width;
        let both = u64::from(word(base + width)) << u32::BITS | u64::from(word(base));
        let mut go_on = (both >> (second % width)) as u32;
        if !G::ALIGNED_HOMES {
            go_on &= 0xaaaa_aaaa;
            go_on |= go_on >> 1;
        }
        Some(BitMask(word(first) & go_on))
    }
}

impl<G: Group> Iterator for Strays<G> {
    /// A home and a slot.
    type Item = (usize, usize);

    #[inline(never)]
    fn next(&mut self) -> Option<(usize, usize)> {
        let (mask, shape) = (self.control.mask(), Control::<G>::SHAPE);
        loop {
            let Some(walk) = &mut self.walk else {
                match self.word.next() {
                    Some(lane) => {
                        let home = self.homes.start - Control::<G>::HOMES_IN_WORD + lane;
                        let (seq, lanes) = (ProbeSeq::new(home as u64, mask), G::Mask::NONE);
                        self.walk = Some(Walk { home, seq, lanes });
                    }
                    None => self.word = self.next_word()?,
                }
                continue;
            };
            let window = shape.window(walk.seq.position());
            if let Some(lane) = walk.lanes.next() {
                let slot = window + lane;
                let first_visit = walk.seq.is_first_visit(slot, walk.home, shape);
                if first_visit && !self.read.contains(&slot) {
                    return Some((walk.home, slot));
                }
            // If an entry of this home has been removed meanwhile, the counts still say where the others
            // are (I5).
            // SAFETY: a position of a walk is at most `mask`. (Scattered tables are read as a whole.)
            } else if unsafe { self.control.overflowed(walk.seq.position()) }
                && walk.seq.advance(mask, 0, shape)
            {
                let window = shape.window(walk.seq.position());
                if window < self.read.start || window + G::WIDTH > self.read.end {
                    // SAFETY: the window of a position.
                    walk.lanes = unsafe { self.control.group(window) }.match_full();
                }
            } else {
                self.walk = None;
            }
        }
    }
}

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// Visits some entries, and says where to go on. O(1) expected: a step hashes the entries in at most
    /// `BLOCK + 4 WIDTH` slots, and those on the walks of homes in the block which an insert has gone past. In a
    /// scattered table it visits all that is left.
    #[inline]
    pub fn scan(
        &self,
        from: ScanCursor,
        hasher: impl Fn(&T) -> u64,
        mut f: impl FnMut(&T),
    ) -> Option<ScanCursor> {
        // SAFETY: the table is borrowed.
        let step = unsafe { self.control.step(from) };
        let visit = |slot, wanted: Wanted<'_>| {
            // SAFETY: the slot is full.
            let entry = unsafe { self.get(slot) };
            if wanted.includes(hasher(entry)) {
                f(entry);
            }
        };
        // SAFETY: the step was made for this table, which is borrowed and does not change.
        unsafe { self.control.offer_step(&step, visit) };
        step.next()
    }

    /// [`scan`](Self::scan) that may change the entries, but not their hashes.
    #[inline]
    pub fn scan_mut(
        &mut self,
        from: ScanCursor,
        hasher: impl Fn(&T) -> u64,
        mut f: impl FnMut(&mut T),
    ) -> Option<ScanCursor> {
        self.scan_retain(from, hasher, |entry| {
            f(entry);
            true
        })
    }

    /// [`scan_mut`](Self::scan_mut) that drops the entries for which `keep` is false. If `keep` or a
    /// drop panics, entries not yet visited stay.
    #[inline]
    pub fn scan_retain(
        &mut self,
        from: ScanCursor,
        hasher: impl Fn(&T) -> u64,
        mut keep: impl FnMut(&mut T) -> bool,
    ) -> Option<ScanCursor> {
        // SAFETY: the table is borrowed.
        let step = unsafe { self.control.step(from) };
        let control = self.control;
        let visit = |slot, wanted: Wanted<'_>| {
            // SAFETY: the slot is full. Entries leave one by one: the table is in order whenever user
            // code runs (I7), which cannot change that.
            unsafe {
                let hash = hasher(self.get(slot));
                if wanted.includes(hash) && !keep(self.get_mut(slot)) {
                    drop(self.remove_hashed_at(slot, hash));
                }
            }
        };
        // SAFETY: the step was made for this table, which is borrowed mutably; entries are changed or taken
        // out, and nothing else.
        unsafe { control.offer_step(&step, visit) };
        step.next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raw::tests::{Random, scaled};

    /// Masks of tables of all sizes that there can be.
    fn masks() -> impl Iterator<Item = usize> {
        [0].into_iter().chain((3..usize::BITS - 1).map(|log| (1 << log) - 1))
    }

    #[test]
    fn ranks_are_a_permutation() {
        let mut random = Random(1);
        for forward in 0..=RANK_BITS {
            let order = Order { forward };
            for _ in 0..scaled(1000, 100, 10) {
                let hash = random.next();
                let rank = order.rank(hash);
                assert!(rank < Step::END);
                assert_eq!(order.hash(rank), hash & !(BLOCK as u64 - 1));
            }
        }
    }

    /// From any cursor and in a table of any size, what a step visits lies in one block.
    #[test]
    fn ranks_of_a_step_share_a_block() {
        let mut random = Random(2);
        for mask in masks() {
            for round in 0..scaled(10_000, 1000, 8) {
                let bits = if round == 0 { 0 } else { random.next() };
                let step = Step::new(ScanCursor::from_bits(bits), mask, false);
                assert_eq!(step.first % BLOCK, 0);
                assert!(step.first <= mask && step.ranks.start < step.ranks.end);
                let in_block = Wanted { step: &step, home: step.first, mask: mask & !(BLOCK - 1) };
                let width = step.ranks.end - step.ranks.start;
                for rank in [0, width - 1, random.next() % width].map(|n| step.ranks.start + n) {
                    let hash = step.order.hash(rank) | (random.next() % BLOCK as u64);
                    assert!(in_block.includes(hash), "{step:?} in {mask:#x}: {hash:#x}");
                }
                // And what lies in the block is visited if, and only if, its rank says so.
                let hash =
                    random.next() & !(mask as u64) | (step.first + random.below(BLOCK)) as u64;
                let ranked = step.ranks.contains(&step.order.rank(hash));
                assert_eq!(in_block.includes(hash), ranked, "{step:?} in {mask:#x}: {hash:#x}");
            }
        }
    }

    /// A step ends where the next one begins, and the last one at the end, at whatever sizes.
    #[test]
    fn steps_follow_each_other() {
        let mut random = Random(3);
        for start in 0..scaled(200, 50, 10) {
            let log = |random: &mut Random| [0, 3, 5, 6, 7, 8, 9, 11][random.below(8)];
            let mut mask = (1usize << log(&mut random)) - 1;
            let (mut next, mut rank) = (Some(ScanCursor::START), 0);
            let blocks = (mask / BLOCK) + 1;
            let mut steps = 0;
            while let Some(cursor) = next {
                assert_eq!(ScanCursor::from_bits(cursor.to_bits()), cursor);
                let step = Step::new(cursor, mask, false);
                assert_eq!(step.ranks.start, rank);
                (rank, next) = (step.ranks.end, step.next());
                steps += 1;
                if start % 2 == 1 && random.once_in(3) {
                    mask = (1 << log(&mut random)) - 1;
                }
            }
            assert_eq!(rank, Step::END);
            assert!(start % 2 == 1 || steps == blocks, "{steps} steps for {blocks} blocks");
        }
    }
}
