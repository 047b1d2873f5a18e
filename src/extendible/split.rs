//! Splitting a table, little by little.
//!
//! A table that is full gets an empty one of the same size beside it, with half of its records
//! ([`Tables::split_at`]). The entries of that half of the hashes move there slot by slot, in steps of some
//! kilobytes, one with each insert into whatever table ([`Tables::go_on`]); [`Moving`] knows how far that
//! has come. Meanwhile there is no short way to any table, so that lookups that know nothing of splits stay
//! as short as they are: the others look into both tables, if it is one of these two.
//!
//! What is inserted meanwhile goes to the table that it belongs to. In the *lower* one, from which entries
//! move, nothing but the split itself moves an entry: else one could come to lie in slots that have been
//! visited. The *upper* one may become full before all have arrived, if the hashes are far from even; then
//! the two are joined again, in a table beyond the bound.

use core::mem;
use core::ops::Range;
use core::panic::UnwindSafe;
use core::ptr::NonNull;

use super::directory::{Head, Record, Table};
use super::place::At;
use super::table::{Tables, spread};
use crate::allocator::Allocator;
use crate::error::{Fallibility, TryReserveError};
use crate::raw::Away;

/// Two tables of the directory, next to each other, with prefixes of the same length that differ in the last
/// bit. Entries of the upper one that are still in the lower one are in slots from `next` on.
pub(super) struct Moving<T, A: Allocator> {
    pub(super) lower: NonNull<Head<T, A>>,
    pub(super) upper: NonNull<Head<T, A>>,
    pub(super) next: usize,
    /// The entries of the lower one that are not in the windows of their homes, of those that have been
    /// visited or have come meanwhile.
    pub(super) away: Away,
}

/// It refers to what the directory owns.
impl<T: UnwindSafe, A: Allocator + UnwindSafe> UnwindSafe for Moving<T, A> {}

/// Bit number `depth` of the prefix of a hash.
#[inline(always)]
fn prefix_bit(hash: u64, depth: u32) -> bool {
    spread(hash) << depth >> (u32::BITS - 1) != 0
}

impl<T, A: Allocator> Tables<T, A> {
    /// Slots that are visited with each insert while a table is being split: those of some kilobytes.
    const STEP: usize = {
        let chunk = Table::<T, A>::CHUNK;
        let bytes = chunk * size_of::<T>();
        match bytes {
            0..0x200 => 8 * chunk,
            0x200..0x1000 => 0x1000 / bytes * chunk,
            _ => chunk,
        }
    };

    /// The table from which entries with this hash are moving, if it is not the one that they belong to.
    #[cold]
    #[inline(never)]
    pub(super) fn moving_from(&self, hash: u64) -> Option<At<T, A>> {
        let moving = self.moving.as_ref()?;
        // SAFETY: there is a directory.
        (unsafe { self.head(hash) } == moving.upper).then_some(At(Some(moving.lower)))
    }
}

impl<T, A: Allocator + Clone> Tables<T, A> {
    /// Sees to it that the table of a hash has room for one more entry. If a table is being split, this is
    /// one step of it.
    ///
    /// # Errors
    /// If there is no memory for it; then the entries are what they were.
    pub(super) fn make_room(
        &mut self,
        hash: u64,
        hasher: &impl Fn(&T) -> u64,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        // What another table lacks memory for is not this entry's failure: a later insertion takes the step.
        let has_room = self.table(hash).has_room();
        let gone_on =
            self.go_on(hasher, if has_room { Fallibility::Fallible } else { fallibility });
        if self.table(hash).has_room() {
            return Ok(());
        }
        gone_on?;
        if self.table(hash).capacity() < Self::BOUND {
            // It is alone: no record has the address of its block.
            return self.table_mut(hash).reserve_as(1, hasher, fallibility);
        }
        // It may be the one that is being split.
        self.finish(hasher, fallibility)?;
        if !self.table(hash).has_room() {
            self.split(hash, hasher, fallibility)?;
            self.go_on(hasher, fallibility)?;
        }
        while self.moving.is_some() && !self.table(hash).has_room() {
            self.go_on(hasher, fallibility)?;
        }
        if self.table(hash).has_room() {
            return Ok(());
        }
        self.alter(self.position(hash), |table| table.reserve_as(1, hasher, fallibility))
    }

    /// Begins to split the table of a hash, unless its entries are all on one side or the directory would
    /// become too large. No split is going on.
    ///
    /// # Errors
    /// See [`split_at`](Self::split_at).
    fn split(
        &mut self,
        hash: u64,
        hasher: &impl Fn(&T) -> u64,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        self.plant(fallibility)?;
        let at = self.position(hash);
        let depth = self.directory.depth();
        let tables = self.tables;
        // SAFETY: `at` is a record.
        let head = unsafe { self.head_at(at) };
        let is_deepest = head.depth == depth;
        if is_deepest
            && (depth == Self::MOST_DEPTH || 2 << depth > Self::MOST_RECORDS * (tables + 1))
        {
            return Ok(());
        }
        let prefix = head.depth;
        if !head.table.has_both(|hash| prefix_bit(hash, prefix), hasher) {
            return Ok(());
        }
        let is_beyond = head.table.homes() > Self::HOMES;
        self.split_at(at, fallibility)?;
        if is_beyond {
            self.finish(hasher, fallibility)?;
            let start = self.position(hash);
            self.shrink_beyond(start, hasher);
        }
        Ok(())
    }

    /// Begins to split the table at a record, which doubles the directory if the table's depth is that of
    /// the directory. No split is going on, and that depth is less than `MOST_DEPTH`. Calls no hasher.
    ///
    /// # Errors
    /// If there is no memory for the split; then no entry has moved.
    pub(super) fn split_at(
        &mut self,
        mut at: usize,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        debug_assert!(self.moving.is_none());
        // SAFETY: `at` is a record.
        let depth = unsafe { self.head_at(at) }.depth;
        if depth == self.directory.depth() {
            // SAFETY: `at` is a record, so there is a directory, and no head is deeper than that; it is not as deep as can be.
            unsafe { self.resize(depth + 1, fallibility) }?;
            at *= 2;
        }
        let alloc = self.allocator().clone();
        let memory = Head::<T, A>::memory(&alloc, fallibility)?;
        // SAFETY: as above.
        let head = unsafe { self.head_at(at) };
        let upper = head.table.sibling(fallibility)?;
        // From here on nothing fails, and no user code runs until all is in order.
        let lower = NonNull::from(head);
        let beyond = usize::from(upper.homes() > Self::HOMES);
        let upper = Head::create(memory, upper, depth + 1);
        // SAFETY: `at` is a record of the lower half, of whose records the upper one gets the
        // second half; the directory owns both.
        unsafe {
            let Range { start, end } = self.records_of(at, lower);
            self.directory.set(start + (end - start) / 2..end, Record::of(upper));
            self.head_at(start).depth += 1;
        }
        self.tables += 1;
        self.directory.set_detours(self.directory.detours() + beyond + 1);
        self.moving = Some(Moving { lower, upper, next: 0, away: Away::none() });
        Ok(())
    }

    /// Goes on with the split, by one step; nothing if there is none. Hashes that are far from even may
    /// leave too little room for what is to move, as other entries have come meanwhile: then the tables are
    /// joined again.
    ///
    /// If the hasher panics, some entries have moved, and the split still goes on.
    ///
    /// # Errors
    /// If there is no memory for joining; then nothing has changed.
    fn go_on(
        &mut self,
        hasher: &impl Fn(&T) -> u64,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        let Some(Moving { lower, upper, next, away }) = &mut self.moving else { return Ok(()) };
        // SAFETY: the directory owns the heads, which are two, and is borrowed mutably.
        let (Head { table, depth }, Head { table: other, .. }) =
            unsafe { (lower.as_mut(), upper.as_mut()) };
        let end = table.slots().min(*next + Self::STEP);
        if other.growth_left() < table.len().min(end - *next) {
            let (lower, upper) = (*lower, *upper);
            return self.rejoin(lower, upper, hasher, fallibility);
        }
        let goes = |hash| prefix_bit(hash, *depth - 1);
        // SAFETY: steps, but for the last one, are multiples of a chunk; the tables are of the same size, have
        // several windows, and there is room.
        unsafe { table.divide(*next..end, other, goes, hasher, away) };
        *next = end;
        if end == table.slots() {
            let away = mem::replace(away, Away::none());
            // SAFETY: all slots have been visited.
            unsafe { table.end_division(other, away) };
            self.moving = None;
            self.directory.set_detours(self.directory.detours() - 1);
        }
        Ok(())
    }

    /// Ends the split that is going on, if any; see [`go_on`](Self::go_on).
    pub(super) fn finish(
        &mut self,
        hasher: &impl Fn(&T) -> u64,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        while self.moving.is_some() {
            self.go_on(hasher, fallibility)?;
        }
        Ok(())
    }

    /// Takes back the split that is going on, of these tables.
    #[cold]
    #[inline(never)]
    fn rejoin(
        &mut self,
        lower: NonNull<Head<T, A>>,
        upper: NonNull<Head<T, A>>,
        hasher: &impl Fn(&T) -> u64,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        // SAFETY: the directory owns its heads, and is borrowed.
        let span = |head: NonNull<_>| unsafe { self.span_of(head) };
        let start = self.directory.heads().take_while(|&head| head != lower).map(span).sum();
        self.join_pair(start..start + 2 * span(lower), lower, upper, hasher, fallibility)
    }

    /// Shrinks the two halves of a table beyond the bound that has been split, one of which has the record
    /// `at`, to the bound if they fit, and if there is memory for that.
    pub(super) fn shrink_beyond(&mut self, at: usize, hasher: &impl Fn(&T) -> u64) {
        // SAFETY: `at` is a record, and the directory owns the head.
        let span = unsafe { self.span_of(self.directory.record(at).head) };
        for at in [at & !(2 * span - 1), at | span] {
            // Without memory for a smaller block, the one that is there will do.
            let _ = self.alter(at, |table| {
                table.shrink_as(Self::BOUND.max(table.len() + 1), hasher, Fallibility::Fallible)
            });
        }
    }
}
