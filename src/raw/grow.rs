//! Growing, shrinking, and the rebuild at the same size.
//!
//! # Streaming
//!
//! A table that grows need not be filled by searching for vacant slots: that means a 16-byte load of control bytes that
//! have just been written one by one, which defeats store forwarding and costs more than everything else.
//!
//! Home positions are the low bits of the hash. So when the number of homes doubles from `n`, an entry with home `p`
//! gets home `p` or `p + n`, and if it went to the slot that is as far from there as its old slot was from `p`, it would be
//! in its home's window and in nobody's way. It goes to that slot or one before it, which lookups prefer: each half has
//! a *cursor*, the slot behind the last one that was filled, and an entry goes to its home or the cursor, whichever is
//! further on. As entries are taken in the order of their slots, that is never further than it was.
//!
//! ```text
//!   old            |……………[a b c d e f …]…………………|     a c d → lower half, b e f → upper half
//!   new   |……………[a c d ……………]…………………|……………[b e f …………]………………|
//!                       ^ lower                       ^ upper
//! ```
//!
//! Few entries have strayed from their home's window, and few slots are taken by these, or, at the end of the lower half,
//! belong to the upper one: there a slot is searched for in the usual way.
//!
//! A table that comes to have four times as many homes, or half or a quarter of them, is filled as if the entries were
//! inserted one by one, in slot order. The old table is walked in strips of 48 slots (16 where words have 32 bits). An
//! entry in its home's window goes to a short stretch of one of as many parts of the new table as it has times the homes,
//! or of the whole if it has fewer, and a word in a register for each says which slots there are taken. Where homes become
//! fewer, entries come to where earlier strips have brought others: so each strip begins with a look at what is taken.
//! A slot that is taken according to a word is taken, but it may not know of all of them: where a stretch runs beyond it, or
//! an entry has come from a window further on, the control byte says so. Where homes are farther apart
//! than that, few entries come close to one that was stored just before, and they are inserted one by one.
//!
//! A hasher that panics leaves the old table as it was: entries are copied, not moved, until all
//! have arrived.
//!
//! # Rebuild
//!
//! Under churn entries drift further from home than necessary, and overflow counts may become too
//! high (`overflow.rs`). The rebuild clears the counts, walks over the entries, chunk by chunk, moves each entry
//! to the first window with room on its walk unless it is already there, and counts it; most entries
//! do not move. It needs no memory, so a table at constant size never allocates. Tags and entries
//! are consistent at each step, so a hasher that panics loses nothing: the guard sets every count
//! to the highest value, with which every search succeeds, and the next insert that notices
//! rebuilds again.
//!
//! A rebuild, or growth, also gives walks the steps that part entries which crowd (`scatter.rs`).
//!
//! # Compiled once
//!
//! All this is compiled with the crate, not once more for each type of entry (`untyped.rs`). What it has to
//! know of a type is the layout of its slots and how the entries of a run of slots are hashed ([`HashEntries`]),
//! which is one call for all of them.

use core::alloc::Layout;
use core::marker::PhantomData;
use core::ptr::NonNull;

use super::control::Control;
use super::full::{CHUNK, Lanes};
use super::layout::Block;
use super::untyped::Untyped;
use super::{RawTable, layout};
use crate::allocator::Allocator;
use crate::capacity::SPREAD_HOMES;
use crate::ctrl::{self, EMPTY, Tag};
use crate::error::{Fallibility, TryReserveError};
use crate::group::Group;
use crate::mask::BitMask;
use crate::probe::ProbeSeq;

/// Homes of a strip's entries begin this far before it. Windows are no wider.
const BEFORE: usize = 16;
/// Slots in a strip: the rest of a word, as nearly every entry comes to lie no further behind
/// than it was.
const STRIP: usize = usize::BITS as usize - BEFORE;
/// How many times as many homes, or as few, a table gets at most whose entries are streamed.
const PARTS: usize = 4;
/// How many slots ahead of where entries of 64 bytes come to growth asks for memory. (`compare`: grow, 56-byte values.)
const AHEAD: usize = 8;
/// How many slots a table has at most that the entries of one window are spread over: a bit for each.
const SPREAD_SLOTS: usize = u64::BITS as usize;

/// What gives the hashes of entries to those who do not know their type.
pub(super) trait HashEntries {
    /// Writes the hashes of the entries in some of the slots that end at `end`, each in its lane.
    ///
    /// # Safety
    /// The slots are full, and hold entries of the type that the hasher is for. `hashes` has all the lanes.
    unsafe fn hash(&self, end: NonNull<u8>, lanes: Lanes, hashes: &mut [u64]);
}

/// The hasher that calls `F` for each entry.
pub(super) struct HashBy<'a, T, F> {
    hasher: &'a F,
    marker: PhantomData<fn(&T)>,
}

impl<'a, T, F: Fn(&T) -> u64> HashBy<'a, T, F> {
    #[inline(always)]
    pub(super) fn new(hasher: &'a F) -> Self {
        HashBy { hasher, marker: PhantomData }
    }
}

impl<T, F: Fn(&T) -> u64> HashEntries for HashBy<'_, T, F> {
    unsafe fn hash(&self, end: NonNull<u8>, lanes: Lanes, hashes: &mut [u64]) {
        for lane in lanes {
            // SAFETY: the caller's contract; a full slot is initialised (I3), and there is a place for each lane.
            unsafe {
                let hash = (self.hasher)(end.cast::<T>().sub(lane + 1).as_ref());
                *hashes.get_unchecked_mut(lane) = hash;
            }
        }
    }
}

/// Copies the entry in one of the slots that end at `from` to one of those that end at `to`, each of `size` bytes.
///
/// # Safety
/// There are those slots; they are two.
#[inline(always)]
unsafe fn copy_entry(from: NonNull<u8>, slot: usize, to: NonNull<u8>, target: usize, size: usize) {
    // SAFETY: the caller's contract; slots grow downwards from where they end, and have so many bytes (I1).
    unsafe { copy_bytes(from.sub((slot + 1) * size), to.sub((target + 1) * size), size) }
}

/// Copies so many bytes, in line unless they are few or many: a call would be most of the work.
///
/// # Safety
/// As for `copy_from_nonoverlapping`.
#[inline(always)]
unsafe fn copy_bytes(from: NonNull<u8>, to: NonNull<u8>, size: usize) {
    // SAFETY: what is copied lies within those bytes; parts of them are copied twice.
    unsafe {
        if !(8..=128).contains(&size) {
            return to.copy_from_nonoverlapping(from, size);
        }
        if size < 16 {
            to.copy_from_nonoverlapping(from, 8);
            // (The compiler does not see that these would be the same.)
            if size != 8 {
                to.add(size - 8).copy_from_nonoverlapping(from.add(size - 8), 8);
            }
            return;
        }
        for start in (0..size - 16).step_by(16) {
            to.add(start).copy_from_nonoverlapping(from.add(start), 16);
        }
        to.add(size - 16).copy_from_nonoverlapping(from.add(size - 16), 16);
    }
}

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// Grows so that `additional` more entries fit, which they do not now.
    #[inline]
    #[track_caller]
    pub(super) fn reserve_more(
        &mut self,
        additional: usize,
        hasher: &impl Fn(&T) -> u64,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        let hasher = HashBy::new(hasher);
        // SAFETY: layout and hasher are those of the entries.
        unsafe { self.untyped_mut().grow(Self::SLOT, additional, &hasher, fallibility) }?;
        self.debug_check();
        Ok(())
    }

    /// Shrinks to the smallest size that holds `min_capacity` and all entries, if that is smaller
    /// than the present one. O(slots).
    #[inline]
    pub fn shrink_to(&mut self, min_capacity: usize, hasher: impl Fn(&T) -> u64) {
        // Infallible: a failure does not return.
        let _ = self.shrink_as(min_capacity, &hasher, Fallibility::Infallible);
    }

    /// [`shrink_to`](Self::shrink_to) that may report failure, and then has changed nothing.
    #[inline]
    pub(crate) fn shrink_as(
        &mut self,
        min_capacity: usize,
        hasher: &impl Fn(&T) -> u64,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        let hasher = HashBy::new(hasher);
        // SAFETY: layout and hasher are those of the entries.
        unsafe { self.untyped_mut().shrink(Self::SLOT, min_capacity, &hasher, fallibility) }?;
        self.debug_check();
        Ok(())
    }

    /// See [`Control::rebuild`].
    #[cfg(test)]
    pub(super) fn rebuild(&mut self, hasher: &impl Fn(&T) -> u64) {
        // SAFETY: only tables with several windows are rebuilt. The table is borrowed mutably.
        unsafe { self.control.rebuild(size_of::<T>(), self.control.shift(), &HashBy::new(hasher)) };
        self.debug_check();
    }
}

/// Callers promise all of these that `slot` is the layout of the table's slots, and that `hasher` is for
/// its entries.
impl<G: Group, A: Allocator> RawTable<Untyped, G, A> {
    /// See [`RawTable::reserve_more`].
    #[cold]
    #[inline(never)]
    #[track_caller]
    pub(super) unsafe fn grow(
        &mut self,
        slot: Layout,
        additional: usize,
        hasher: &dyn HashEntries,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        debug_assert!(additional > self.growth_left());
        let Some(capacity) = self.items.checked_add(additional) else {
            return Err(fallibility.capacity_overflow());
        };
        // SAFETY: the caller's contract.
        unsafe {
            match self.capacity() {
                // Without what there is to do for an old block: most maps are small and new.
                0 => self.allocate_block(slot, capacity, fallibility),
                _ => self.move_to(slot, capacity, hasher, fallibility),
            }
        }
    }

    /// See [`RawTable::shrink_to`].
    #[inline(never)]
    pub(super) unsafe fn shrink(
        &mut self,
        slot: Layout,
        min_capacity: usize,
        hasher: &dyn HashEntries,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        let capacity = min_capacity.max(self.items);
        // SAFETY: the caller's contract.
        unsafe {
            if capacity == 0 {
                self.release(slot);
            } else if Control::<G>::SHAPE
                .size_for(capacity)
                .is_some_and(|size| size.slots < self.slots())
            {
                return self.move_to(slot, capacity, hasher, fallibility);
            }
        }
        Ok(())
    }

    /// Gives a table without slots the smallest block that holds `capacity` entries.
    ///
    /// # Safety
    /// `slot` is the layout of its slots.
    #[inline(never)]
    #[track_caller]
    pub(super) unsafe fn allocate_block(
        &mut self,
        slot: Layout,
        capacity: usize,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        let (control, size) = layout::allocate_for(&self.alloc, slot, capacity, fallibility)?;
        self.control = control;
        self.capacity = size.capacity();
        Ok(())
    }

    /// The smallest block that holds `capacity` entries: where its control bytes begin, and its capacity. Two numbers,
    /// which come in registers: a new table would be written to memory, and moved from there in larger parts than
    /// those it was written in, for which the CPU waits.
    #[inline(never)]
    #[track_caller]
    pub(super) fn block_for(alloc: &A, slot: Layout, capacity: usize) -> (NonNull<u8>, usize) {
        match layout::allocate_for::<G, A>(alloc, slot, capacity, Fallibility::Infallible) {
            Ok((control, size)) => (control.ctrl(), size.capacity()),
            Err(_) => unreachable!("a failure does not return"),
        }
    }

    /// Gives back the block of a table without entries.
    ///
    /// # Safety
    /// There are none, and `slot` is the layout of the table's slots.
    #[inline(never)]
    pub(super) unsafe fn release(&mut self, slot: Layout) {
        debug_assert_eq!(self.items, 0);
        // The block is freed after the table has let go of it, because the allocator is user code
        // (I7).
        let (control, size) = (self.control, self.size());
        self.control = Control::unallocated();
        self.capacity = 0;
        // SAFETY: the block was the table's own and holds no entries.
        unsafe { layout::free(&self.alloc, slot, control, size) };
    }

    /// Moves all entries to the smallest block that holds `capacity` entries.
    ///
    /// # Safety
    /// `capacity` is not less than the number of entries; the rest as for all of these.
    #[track_caller]
    unsafe fn move_to(
        &mut self,
        slot: Layout,
        capacity: usize,
        hasher: &dyn HashEntries,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        debug_assert!(capacity >= self.items);
        let old_size = self.size();
        let mut block = Block::allocate_for(&self.alloc, slot, capacity, fallibility)?;
        let size = block.size;
        // SAFETY: the new table is empty, has room for all entries (I4), and one home or window where that
        // is demanded. Should the hasher panic, the guard frees the block and the table still owns
        // all entries.
        unsafe {
            block.control.scatter_for(self.control, self.items, slot.size(), hasher);
            if self.items == 0 {
                // There is nothing to move.
            } else if size.homes == 1 {
                self.control.pack_into(self.items, block.control, slot.size());
            } else if old_size.has_one_window()
                && old_size.slots <= size.homes
                && size.slots <= SPREAD_SLOTS
            {
                self.control.spread_into(block.control, size.slots, slot.size(), hasher);
            } else if old_size.has_one_window() || size.has_one_window() {
                self.control.reinsert_into(self.items, &mut block.control, slot.size(), hasher);
            } else if size.homes == 2 * old_size.homes {
                self.control.stream_into(block.control, slot.size(), hasher);
            } else if size.homes / PARTS <= old_size.homes && old_size.homes / PARTS <= size.homes {
                self.control.stream_by_parts(old_size.slots, block.control, slot.size(), hasher);
            } else {
                self.control.reinsert_into(self.items, &mut block.control, slot.size(), hasher);
            }
        }
        if !size.has_one_window() {
            // SAFETY: several windows; nobody else knows of the new block.
            unsafe { block.control.renew_limit() };
        }
        (self.control, block.control) = (block.control, self.control);
        (self.capacity, block.size) = (size.capacity(), old_size);
        Ok(())
    }
}

/// The parts that need no more than control bytes and the size of an entry, `size`. `hasher` is for the
/// entries.
impl<G: Group> Control<G> {
    /// Copies all entries into an empty table with one home, side by side.
    ///
    /// # Safety
    /// `new` is empty, has one home, slots of the same size, and room for all `items` entries of
    /// this table.
    #[inline(never)]
    unsafe fn pack_into(self, items: usize, new: Self, size: usize) {
        // SAFETY: every table has a home 0.
        let vacant = unsafe { self.vacant_at(0) };
        // The entries of a table that has been filled up lie side by side already.
        if !self.has_several_windows() && vacant.is_none_or(|vacant| vacant == items) {
            let bytes = items * size;
            // SAFETY: lanes without a slot are the last (I6), so the `items` full ones (I4) are the
            // first. Their slots end where their control bytes begin, in both tables.
            unsafe {
                let first = self.ctrl().sub(bytes);
                new.ctrl().sub(bytes).copy_from_nonoverlapping(first, bytes + items);
            }
            return;
        }
        // SAFETY: `items` is the number of full slots (I4); the table is not changed.
        for (target, slot) in unsafe { self.full_slots(items) }.enumerate() {
            // SAFETY: the slot is full, and there are as many targets as entries. Where there is one home
            // every slot is in the window of every hash.
            unsafe { self.copy_slot(slot, new, target, size, Tag::from_byte(self.byte(slot))) };
        }
    }

    /// Copies all entries of a one-window table into one with so many slots, each to the first that is vacant in the window
    /// of its home.
    ///
    /// # Safety
    /// This table has one window. `new` is empty and has so many slots, of the same size, [`SPREAD_SLOTS`] at most, and at
    /// least as many homes as this table has slots; if it has one window, too, it is spread.
    #[inline(never)]
    unsafe fn spread_into(self, new: Self, slots: usize, size: usize, hasher: &dyn HashEntries) {
        // As many as the largest one-window table has slots.
        let mut hashes = [0; 2 * SPREAD_HOMES];
        // What is taken, a bit for each slot.
        let mut taken = 0u64;
        // SAFETY: the window of a first home has all slots of a one-window table (I1, I2), and the hasher is asked for the
        // hashes of full ones (I3), for which there are places. The entries are no more than a window has slots, so the first
        // slot that is not taken is in the window of the home, and the carry comes to it. If it is behind the last slot, which
        // it is not where there are twice as many slots as homes, the entry has to go elsewhere, and there is room (I4).
        unsafe {
            let lanes = BitMask(self.group(0).full_bits());
            hasher.hash(self.ctrl(), lanes, &mut hashes);
            for lane in lanes {
                let hash = hashes[lane];
                let window = Self::SHAPE.window(ctrl::home(hash, new.mask()));
                // The carry goes to the first slot that is not taken.
                let vacant = (taken + (1 << window)) & !taken;
                let mut target = vacant.trailing_zeros() as usize;
                if target >= slots {
                    debug_assert!(new.has_several_windows());
                    target = new.claim_vacant(hash);
                }
                taken |= 1 << target;
                new.set_byte(target, Tag::of(hash).byte());
                copy_entry(self.ctrl(), lane, new.ctrl(), target, size);
            }
        }
    }

    /// Copies all entries into an empty table of twice as many homes; see the module's introduction.
    ///
    /// # Safety
    /// Both tables have several windows. `new` is empty, has slots of the same size, and room for all entries.
    #[inline(never)]
    unsafe fn stream_into(self, new: Self, size: usize, hasher: &dyn HashEntries) {
        // The sizes of numbers, of strings and vectors, and of pairs of these.
        // SAFETY: the caller's contract.
        unsafe {
            match size {
                4 => self.stream::<4>(new, size, hasher),
                8 => self.stream::<8>(new, size, hasher),
                16 => self.stream::<16>(new, size, hasher),
                32 => self.stream::<32>(new, size, hasher),
                64 => self.stream::<64>(new, size, hasher),
                _ => self.stream::<0>(new, size, hasher),
            }
        }
    }

    /// [`stream_into`](Self::stream_into) for entries of `SIZE` bytes, or of `size` if that is 0.
    ///
    /// # Safety
    /// As there.
    #[inline(always)]
    unsafe fn stream<const SIZE: usize>(self, new: Self, size: usize, hasher: &dyn HashEntries) {
        let size = if SIZE == 0 { size } else { SIZE };
        let half = self.mask() + 1;
        // The slots of each half that entries may come to next, counted from where it begins.
        let (mut lower, mut upper) = (0, 0);
        let own = Self::SHAPE.control_bytes_of_several(half);
        let mut hashes = [0; CHUNK];
        for base in (0..own).step_by(CHUNK) {
            // SAFETY: slots grow downwards from `ctrl`. The number of control bytes is a multiple of WIDTH (I2), and fewer than
            // WIDTH of them have no slot, so slot `base` exists. The hasher is asked for the hashes of full slots (I3).
            let (end, lanes) = unsafe {
                let end = self.ctrl().sub(base * size);
                let lanes = BitMask(self.full_by_call(base, CHUNK.min(own - base)));
                hasher.hash(end, lanes, &mut hashes);
                (end, lanes)
            };
            for lane in lanes {
                let (slot, hash) = (base + lane, hashes[lane]);
                let into_upper = hash as usize & half;
                let window = Self::SHAPE.window(ctrl::home(hash, self.mask()));
                let cursor = if into_upper == 0 { lower } else { upper };
                let place = window.max(cursor);
                let (mut target, mut next) = (place + into_upper, place + 1);
                // SAFETY: the entry of a full slot (I3) comes to one of its own, and there is room for all (I4). No cursor is
                // beyond the slot that is read. So where that is in the window of the entry's home, `place` is, too, and not
                // beyond the slot: the target is a slot, in the window of the entry's new home, as the new table's overhang
                // is no shorter (I1).
                unsafe {
                    let strayed = slot.wrapping_sub(window) >= G::WIDTH;
                    if strayed || ctrl::is_full(new.byte(target)) {
                        next = if strayed { cursor } else { next };
                        target = new.claim_vacant(hash);
                    }
                    new.set_byte(target, Tag::of(hash).byte());
                    copy_entry(end, lane, new.ctrl(), target, size);
                }
                // Each such entry is as long as a cache line, and these are more than the CPU looks ahead for. Smaller ones would
                // lose by it, and those whose size is not known here.
                if SIZE >= 64 {
                    G::prefetch(end.as_ptr().wrapping_sub((CHUNK + lane + 1) * SIZE));
                    G::prefetch(new.ctrl().as_ptr().wrapping_sub((target + AHEAD) * SIZE));
                }
                lower = if into_upper == 0 { next } else { lower };
                upper = if into_upper == 0 { upper } else { next };
            }
        }
    }

    /// Makes the first slot full of the window of a home that is not taken, and returns it. The window begins with bit
    /// `first` of a word that says what is taken from the slot `start` on; what it says then is returned, too.
    ///
    /// # Safety
    /// The table has several windows and room, and is nobody else's; `start` and `first` together are where the window of
    /// the hash's home begins. An entry with this hash is copied to the slot before anything else happens (I3).
    #[inline(always)]
    unsafe fn place(self, hash: u64, first: usize, start: usize, taken: usize) -> (usize, usize) {
        // Strips begin and end with groups, and windows begin in a word.
        const {
            assert!(STRIP >= BEFORE && STRIP % G::WIDTH == 0);
            assert!(G::WIDTH <= BEFORE && BEFORE % G::WIDTH == 0);
        }
        // The carry goes to the first slot that is not taken.
        let mut filled = taken | taken.wrapping_add(1usize.wrapping_shl(first as u32));
        let found = (filled ^ taken).trailing_zeros() as usize;
        let mut target = start.wrapping_add(found);
        // SAFETY: what is less than WIDTH behind `first` is in the window of the home, where bytes exist (I2), and an
        // EMPTY one has a slot (I6). (Where `first` is not a bit of the word, or no bit is left, what was found does not
        // lie in the window, or is as good as any.) Elsewhere the entry takes the usual way; there is room (I4).
        unsafe {
            if found.wrapping_sub(first) >= G::WIDTH || self.byte(target) != EMPTY {
                target = self.claim_vacant(hash);
                filled = taken;
            }
            self.set_byte(target, Tag::of(hash).byte());
        }
        (target, filled)
    }

    /// Copies all entries into an empty table that has [`PARTS`] times as many homes at most, or fewer. An entry's home
    /// there is one of as many as there are parts, or, where there are fewer homes, the same as that of some before it.
    /// Each strip begins with a look at what is taken where its entries may go.
    ///
    /// # Safety
    /// Both tables have several windows, this one so many slots. `new` is empty, has slots of the same size, and room
    /// for all entries.
    #[inline(never)]
    unsafe fn stream_by_parts(
        self,
        slots: usize,
        new: Self,
        size: usize,
        hasher: &dyn HashEntries,
    ) {
        let homes = self.mask().min(new.mask()) + 1;
        let parts = (new.mask() + 1) / homes;
        let own = Self::SHAPE.control_bytes_of_several(self.mask() + 1);
        let bytes = Self::SHAPE.control_bytes_of_several(new.mask() + 1);
        // What is taken: bit i of a part's word stands for the slot `before + i` from where the part begins.
        let mut taken = [0usize; PARTS];
        let mut hashes = [0; CHUNK];
        let mut base = 0;
        while base < slots {
            // Where there are fewer homes, no strip goes past the last of them: what came from behind it would have to be
            // searched for.
            let (at, end) = match parts {
                1 => (base & (homes - 1), own.min((base | (homes - 1)) + 1)),
                _ => (base, own),
            };
            let before = at.wrapping_sub(BEFORE);
            // SAFETY: slots grow downwards from `ctrl`, and there are more of them than `base`, each with a control
            // byte (I2). The hasher is asked for the hashes of full slots (I3). What is read of the tables begins and ends
            // with groups of control bytes: homes, strips and what is before them are multiples of WIDTH.
            let (from, lanes) = unsafe {
                let from = self.ctrl().sub(base * size);
                let lanes = self.full_by_call(base, STRIP.min(end - base));
                hasher.hash(from, BitMask(lanes), &mut hashes);
                for (part, taken) in taken[..parts].iter_mut().enumerate() {
                    let begin = (part * homes + at).saturating_sub(BEFORE);
                    *taken = new.full_by_call(begin, CHUNK.min(bytes - begin));
                }
                if at == 0 {
                    taken[0] <<= BEFORE;
                }
                (from, lanes)
            };
            for lane in BitMask::<usize, 1>(lanes) {
                let hash = hashes[lane];
                let home = ctrl::home(hash, new.mask());
                let part = home >> homes.trailing_zeros();
                let first = Self::SHAPE.window(home & (homes - 1)).wrapping_sub(before);
                let start = before.wrapping_add(part * homes);
                // SAFETY: the entry of a full slot (I3) comes to one of its own; there is room for all (I4).
                unsafe {
                    let (target, filled) = new.place(hash, first, start, taken[part]);
                    taken[part] = filled;
                    copy_entry(from, lane, new.ctrl(), target, size);
                }
            }
            base = end.min(base + STRIP);
        }
    }

    /// Copies all entries into another table, each by searching for a vacant slot.
    ///
    /// # Safety
    /// This table has so many entries. `new` has slots of the same size, and room for them.
    #[inline(never)]
    pub(super) unsafe fn reinsert_into(
        self,
        items: usize,
        new: &mut Self,
        size: usize,
        hasher: &dyn HashEntries,
    ) {
        let mut hashes = [0; CHUNK];
        // What is behind a reference would be read again after each byte that is written.
        let mut to = *new;
        // SAFETY: `items` is the number of full slots (I4); the table is not changed.
        for (base, lanes) in unsafe { self.full_runs(items) } {
            // SAFETY: the hasher is asked for the hashes of full slots (I3); there is room for their entries in
            // `new` (I4), where a home has a window (I2).
            unsafe {
                hasher.hash(self.ctrl().sub(base * size), lanes, &mut hashes);
                for lane in lanes {
                    let hash = hashes[lane];
                    // Most find room at home: no call.
                    let target = to.vacant_at(ctrl::home(hash, to.mask())).unwrap_or_else(|| {
                        let target = new.claim(hash);
                        to = *new;
                        target
                    });
                    to.set_byte(target, Tag::of(hash).byte());
                    copy_entry(self.ctrl(), base + lane, to.ctrl(), target, size);
                }
            }
        }
    }

    /// Makes searches shorter if that pays, in a table above its limit: by a rebuild, if entries have left, or if they
    /// crowd and part better under another shift (`scatter.rs`).
    ///
    /// # Safety
    /// As for [`rebuild`](Self::rebuild), and there are so many entries.
    #[inline(never)]
    pub(super) unsafe fn put_right(self, items: usize, size: usize, hasher: &dyn HashEntries) {
        // SAFETY: the caller's contract.
        unsafe {
            // A sum of steps that has reached its end is above any limit; by then other shifts have been tried often.
            let worn = self.is_worn();
            if !worn && (self.steps() == u32::MAX || !self.is_crowded()) {
                return;
            }
            let shift = self.shift_for(self.mask() + 1, items, size, hasher);
            if shift != self.shift() {
                // All entries beyond their homes move. The first ones find places taken that others have left by the end.
                let mut before = u32::MAX;
                loop {
                    self.rebuild(size, shift, hasher);
                    let after = self.steps();
                    if after >= before - before / 8 {
                        break;
                    }
                    before = after;
                }
            } else if worn {
                self.rebuild(size, shift, hasher);
            } else {
                // There is no better one, and so it stays until there are many more steps.
                self.renew_limit();
            }
        }
    }

    /// Recomputes the overflow counts in place, for walks under this shift, and brings entries closer to their homes;
    /// see the module's introduction. O(slots).
    ///
    /// # Safety
    /// The table has several windows and nobody else accesses it.
    #[inline(never)]
    pub(super) unsafe fn rebuild(self, size: usize, shift: u32, hasher: &dyn HashEntries) {
        /// Makes every entry findable if the hasher panics half-way.
        struct Saturate<G: Group>(Control<G>);
        impl<G: Group> Drop for Saturate<G> {
            fn drop(&mut self) {
                // SAFETY: the contract of `rebuild`.
                unsafe { self.0.saturate_counts() }
            }
        }
        let guard = Saturate(self);
        // SAFETY: the caller's contract. Until entries are counted again, or the guard has set all counts, nobody
        // searches. A walk under another shift comes to the same slots (`probe.rs`).
        unsafe {
            self.set_shift(shift);
            self.clear_counts();
        }
        let bytes = Self::SHAPE.control_bytes_of_several(self.mask() + 1);
        let mut hashes = [0; CHUNK];
        for base in (0..bytes).step_by(CHUNK) {
            // SAFETY: the number of control bytes is a multiple of WIDTH (I2). Fewer than WIDTH of them have no slot, so
            // slot `base` exists. The hasher is asked for the hashes of full slots, which stay as they are until
            // visited.
            let lanes = unsafe {
                let lanes = self.full_by_call(base, CHUNK.min(bytes - base));
                hasher.hash(self.ctrl().sub(base * size), BitMask(lanes), &mut hashes);
                lanes
            };
            // Most entries are at home, and stay. Which ones do is found without a branch, which nothing predicts.
            let mut away = 0;
            let mut lane = CHUNK;
            while lane != 0 {
                lane -= 1;
                let at_home = self.covers(ctrl::home(hashes[lane], self.mask()), base + lane);
                away = away << 1 | usize::from(!at_home);
            }
            for lane in BitMask::<usize, 1>(away & lanes) {
                // SAFETY: the slot is full (I3), and its entry beyond its home's window.
                unsafe { self.bring_nearer(hashes[lane], base + lane, base + CHUNK, size) }
            }
        }
        core::mem::forget(guard);
        // SAFETY: the caller's contract.
        unsafe { self.renew_limit() };
    }

    /// Moves an entry beyond its home's window to the first vacant slot on its walk, unless its own comes first,
    /// and counts it; not if it went to `end`, which is behind its slot, or beyond, where the rebuild meets it again and
    /// counts it then.
    ///
    /// # Safety
    /// The table has several windows and nobody else accesses it. The slot is full, and beyond the window of this hash's
    /// home; its entry has so many bytes. (That the hash is the entry's is not needed: hashers may lie.)
    #[inline]
    unsafe fn bring_nearer(self, hash: u64, slot: usize, end: usize, size: usize) {
        let mut seq = ProbeSeq::new(hash, self.mask());
        let home = seq.position();
        // SAFETY: positions of a walk, at most `mask` (I1), in a table with several windows, with words (I2), that is ours.
        // The target is vacant (there is such a slot: I4), or the slot itself. No user code runs in between (I7), so no
        // entry is ever in two slots or in none (I3).
        unsafe {
            let target = match self.vacant_at(home) {
                Some(vacant) => vacant,
                None => {
                    let more = self.advance(hash, &mut seq);
                    debug_assert!(more, "bring_nearer: there is a second window");
                    if self.covers(seq.position(), slot) {
                        // Most are in the second window.
                        self.leave(home, 1);
                        return self.add_steps(1);
                    }
                    self.vacant_on_walk(hash, slot)
                }
            };
            if target != slot {
                self.move_entry(slot, target, size, Tag::of(hash));
            }
            if target < end {
                self.settle_in(hash, target);
            }
        }
    }

    /// Moves the entry of a slot, which has this tag, to a vacant slot.
    ///
    /// # Safety
    /// `slot` is full and `target` a vacant slot, each of that size; nobody else accesses the table. A search for the entry
    /// comes to `target` (I5).
    #[inline]
    pub(super) unsafe fn move_entry(self, slot: usize, target: usize, size: usize, tag: Tag) {
        // SAFETY: the caller's contract; these are two slots, and one of them is full before and after (I3).
        unsafe {
            self.set_byte(slot, EMPTY);
            self.copy_slot(slot, self, target, size, tag);
        }
    }

    /// Copies the entry of a slot to a vacant slot, of this table or another.
    ///
    /// # Safety
    /// `slot` is full and `target` a vacant slot of `to`; both tables' slots have that size.
    #[inline]
    unsafe fn copy_slot(self, slot: usize, to: Self, target: usize, size: usize, tag: Tag) {
        // SAFETY: slots grow downwards from `ctrl`; these are two.
        unsafe {
            to.set_byte(target, tag.byte());
            let from = self.ctrl().sub((slot + 1) * size);
            to.ctrl().sub((target + 1) * size).copy_from_nonoverlapping(from, size);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_all_sizes_are_copied() {
        let from: [u8; 132] = core::array::from_fn(|i| i as u8 + 1);
        for size in 0..from.len() {
            let mut to = [0; 132];
            // SAFETY: both have more bytes than `size`.
            unsafe { copy_bytes(NonNull::from(&from).cast(), NonNull::from(&mut to).cast(), size) };
            assert_eq!((&to[..size], &to[size..]), (&from[..size], &[0; 132][size..]));
        }
    }
}
