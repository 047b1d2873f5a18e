//! A table of tables of bounded size, so that no insert ever pays for all entries.
//!
//! [`Tables`] is to the layers above it what [`RawTable`](crate::raw::RawTable) is to `HashTable`: generic over the
//! element, with hashes that come from outside. It begins as one table, which grows by doubling up to the *bound*.
//! When a table at the bound is full it is *split*: a second table of the same size takes over the entries of one
//! half of its hashes, and from then on the directory (`directory.rs`) says which entries are where. This is
//! extendible hashing (Fagin, Nievergelt, Pippenger and Strong, 1979).
//!
//! # Which bits
//!
//! Home positions are the low bits of a hash, tags the top ones. The prefix is the top bits of the product of the
//! lower half with an odd constant. So it does not need a hasher that uses the bits above those of homes, which those
//! that pass an integer through do not, and within a table homes and tags remain as good as they were. Half a hash is
//! enough for 2^32 homes; in larger maps entries crowd under fewer of them. (A product of all 64 bits takes two
//! instructions more, as its constant does not fit into one: `extendible`, beyond the cache, hits 1.24 -> 1.26, misses
//! 1.20 -> 1.25.)
//!
//! # What an insert may cost
//!
//! What a split does is told in `split.rs`. When the table is as deep as the directory, that doubles: a copy of 16
//! bytes per record, a quarter per mille of the tables' bytes. There is one split at a time: an insert that has to
//! begin another first ends the one before, which is rare, as a split takes some twenty inserts and comes once in
//! thousands. After its first step a split has made room on both sides, so an insert begins only one.
//!
//! # Weak hashes
//!
//! If all entries of a table fall on one side there is nothing to split, and splitting again would double the
//! directory in vain. (That is known after a few hashes, unless it is so.) Such a table grows *beyond the bound*
//! instead, and inserts into it cost what they do in any other table. The same goes for a table whose split would
//! leave the directory with more than [`MOST_RECORDS`](Tables::MOST_RECORDS) records per table: that needs hashes that
//! agree in many bits of the product.
//!
//! # Lookup
//!
//! With a single table: as always. With tables in a directory, none of them beyond the bound: all have the same
//! number of homes, known at compile time, and a record has the address of the control bytes. Only when some table is
//! beyond the bound is a head asked for its number of homes; only while a table is being split may an entry be in
//! another one.

use core::mem;
use core::ops::Range;
use core::ptr::NonNull;

use super::directory::{Directory, Head, Heads, Record, Table};
use super::place::{At, Place};
use super::split::Moving;
use crate::allocator::{Allocator, Memory};
use crate::capacity::{Shape, Size};
use crate::error::{Fallibility, TryReserveError};
use crate::group::{Group, Native};
use crate::raw::batch::Searched;
use crate::raw::{self, Away, Count, Plain, Statistics, cold_path};

const SHAPE: Shape = Shape { width: Native::WIDTH, aligned: Native::ALIGNED_HOMES };

type Detached<T> = raw::Detached<T, Native>;
/// A table's control bytes, and its head.
type Short<T, A> = (Detached<T>, NonNull<Head<T, A>>);

/// See the module's introduction.
pub(crate) struct Tables<T, A: Allocator> {
    /// Number of entries, in all tables.
    pub(super) items: usize,
    pub(super) directory: Directory<T, A>,
    /// The only table, as long as there is no directory; else without slots.
    pub(super) root: Table<T, A>,
    /// Number of tables.
    pub(super) tables: usize,
    /// The split that is going on, if any.
    pub(super) moving: Option<Moving<T, A>>,
}

// SAFETY: it owns its tables, and through them its entries and copies of its allocator.
unsafe impl<T: Send, A: Allocator + Send> Send for Tables<T, A> {}
// SAFETY: through a shared reference, it gives out shared references only.
unsafe impl<T: Sync, A: Allocator + Sync> Sync for Tables<T, A> {}

/// The lower half of a hash, spread over the top bits of a word. The golden ratio, as it is usual.
#[inline(always)]
pub(super) fn spread(hash: u64) -> u32 {
    (hash as u32).wrapping_mul(0x9E37_79B9)
}

impl<T, A: Allocator> Tables<T, A> {
    /// The most bytes that the slots of the homes of one table may have: a block stays well below what
    /// allocators map and unmap by itself (128 KiB), and a split ends within microseconds.
    const MOST_BYTES: usize = 1 << 16;
    /// The most homes of one table, however small an entry is: what bounds the hashes of a split.
    const MOST_HOMES: usize = 1 << 12;
    /// The fewest, however large: with fewer entries per table it would not be rare enough that all of
    /// them fall on one side of a split.
    const FEWEST_HOMES: usize = 32;
    /// The most records per table. Good hashes need two, and a few more where tables hold few entries.
    pub(super) const MOST_RECORDS: usize = 8;
    /// The most bits of a prefix: so few that a bit of the word is left.
    pub(super) const MOST_DEPTH: u32 = u32::BITS - 1;

    /// Homes of a table at the bound.
    pub(super) const HOMES: usize = {
        let fitting = match size_of::<T>() {
            0 => Self::MOST_HOMES,
            size => Self::MOST_BYTES / size,
        };
        if fitting < Self::FEWEST_HOMES {
            Self::FEWEST_HOMES
        } else if fitting > Self::MOST_HOMES {
            Self::MOST_HOMES
        } else {
            1 << fitting.ilog2()
        }
    };

    /// Entries of a table at the bound: so many hashes are asked for by an insert that splits.
    pub(crate) const BOUND: usize = {
        assert!(Self::FEWEST_HOMES >= 2 * SHAPE.width, "a table at the bound has several windows");
        Size { homes: Self::HOMES, slots: SHAPE.slots(Self::HOMES) }.capacity()
    };

    /// Bytes of the block of a table at the bound, or a few more.
    pub(crate) const TABLE_BYTES: usize = {
        let gap = if align_of::<T>() > SHAPE.width { align_of::<T>() } else { SHAPE.width };
        // Slots, a gap before them, control bytes and the words behind them.
        let slots = SHAPE.slots(Self::HOMES) * size_of::<T>();
        slots + gap + SHAPE.control_bytes(Self::HOMES) + 16 + Self::HOMES / 4
    };

    /// The prefix bits of so many tables at the bound that `capacity` entries have room; `None` beyond
    /// [`MOST_DEPTH`](Self::MOST_DEPTH).
    pub(super) fn depth_for(capacity: usize) -> Option<u32> {
        let tables = capacity.div_ceil(Self::BOUND).checked_next_power_of_two()?;
        Some(tables.ilog2()).filter(|&depth| depth <= Self::MOST_DEPTH)
    }

    /// No entries; allocates nothing.
    #[inline]
    pub(crate) const fn new_in(alloc: A) -> Self {
        Tables {
            items: 0,
            directory: Directory::new(),
            root: Table::new_in(alloc),
            tables: 1,
            moving: None,
        }
    }

    #[inline]
    pub(crate) fn allocator(&self) -> &A {
        self.root.allocator()
    }

    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.items
    }

    /// The room of all tables together. O(tables).
    pub(crate) fn capacity(&self) -> usize {
        self.root.capacity() + self.sum(|table| table.capacity())
    }

    /// Bytes allocated for all. O(tables).
    pub(crate) fn allocation_size(&self) -> usize {
        self.root.allocation_size()
            + self.sum(|table| table.allocation_size())
            + self.directory.allocation_size(self.tables)
    }

    /// How long searches are, in all tables together. O(slots). Calls the hasher once per entry.
    pub(crate) fn statistics(&self, hasher: impl Fn(&T) -> u64) -> Statistics {
        let mut count = Count::default();
        if self.directory.is_empty() {
            count.add(&self.root, hasher);
        } else {
            self.those_in_directory().for_each(|table| count.add(table, &hasher));
        }
        count.finish(self.allocation_size())
    }

    /// A sum over the tables of the directory.
    fn sum(&self, of: impl Fn(&Table<T, A>) -> usize) -> usize {
        self.those_in_directory().map(of).sum()
    }

    /// The tables of the directory.
    pub(super) fn those_in_directory(&self) -> impl Iterator<Item = &Table<T, A>> {
        // SAFETY: the directory owns its heads, and is borrowed.
        self.directory.heads().map(|head| unsafe { &head.as_ref().table })
    }

    /// The record of a hash's prefix. Where there is no directory there is none.
    #[inline(always)]
    pub(super) fn position(&self, hash: u64) -> usize {
        self.directory.position(spread(hash))
    }

    /// The head of the table that entries with this hash are in.
    ///
    /// # Safety
    /// There is a directory.
    #[inline(always)]
    pub(super) unsafe fn head(&self, hash: u64) -> NonNull<Head<T, A>> {
        // SAFETY: a complete directory has a record for each prefix.
        unsafe { self.directory.record(self.position(hash)) }.head
    }

    /// Where entries with this hash are.
    #[inline(always)]
    pub(super) fn at(&self, hash: u64) -> At<T, A> {
        // SAFETY: there is a directory.
        At((!self.directory.is_empty()).then(|| unsafe { self.head(hash) }))
    }

    /// The table at a place that was found in these tables, which have not been split or joined since.
    #[inline(always)]
    pub(super) fn table_at(&self, at: At<T, A>) -> &Table<T, A> {
        match at.0 {
            // SAFETY: the directory owns the head and is borrowed.
            Some(head) => unsafe { &head.as_ref().table },
            None => &self.root,
        }
    }

    /// The same, to be changed: but not its block, unless by [`alter`](Self::alter).
    #[inline(always)]
    pub(super) fn table_at_mut(&mut self, at: At<T, A>) -> &mut Table<T, A> {
        match at.0 {
            // SAFETY: the directory owns the head and is borrowed mutably.
            Some(mut head) => unsafe { &mut head.as_mut().table },
            None => &mut self.root,
        }
    }

    /// The table that entries with this hash are in.
    #[inline(always)]
    pub(super) fn table(&self, hash: u64) -> &Table<T, A> {
        self.table_at(self.at(hash))
    }

    /// The same, to be changed: but not its block, unless by [`alter`](Self::alter).
    #[inline(always)]
    pub(super) fn table_mut(&mut self, hash: u64) -> &mut Table<T, A> {
        self.table_at_mut(self.at(hash))
    }

    /// The short way to the control bytes of the table for a hash, where there is one: that table has the
    /// homes of the bound, as all have. Its head, which is read only to change it.
    #[inline(always)]
    pub(super) fn shortcut(&self, hash: u64) -> Option<Short<T, A>> {
        let (table, head) = self.at_bound(hash)?;
        table.prefetch(hash);
        Some((table, head))
    }

    /// The same, and nothing is asked for.
    #[inline(always)]
    fn at_bound(&self, hash: u64) -> Option<Short<T, A>> {
        let shift = self.directory.shortcut();
        if shift == 0 {
            return None;
        }
        // SAFETY: there is a directory, which has a record for each prefix.
        let record = unsafe { self.directory.record((spread(hash) >> shift) as usize) };
        // SAFETY: records are kept up to date, and no table is beyond the bound.
        Some((unsafe { Detached::new(record.ctrl, Self::HOMES) }, record.head))
    }

    /// The entry with this hash that `eq` accepts. O(1) expected.
    #[inline(always)]
    fn find_pointer(&self, hash: u64, eq: impl FnMut(&T) -> bool) -> Option<NonNull<T>> {
        match self.shortcut(hash) {
            // SAFETY: the tables are borrowed, and a slot that was found is there.
            Some((table, _)) => unsafe { table.find_near(hash, eq).map(|slot| table.slot(slot)) },
            // SAFETY: as above.
            None if self.directory.is_empty() => unsafe {
                self.root.find(hash, eq).map(|slot| self.root.slot(slot))
            },
            None => {
                cold_path();
                let Place { at, slot } = self.find_around(hash, eq).ok()?;
                // SAFETY: as above.
                Some(unsafe { self.table_at(at).slot(slot) })
            }
        }
    }

    /// Where the entry with this hash that `eq` accepts is, if there is no shortcut to its table, or else the
    /// table to which such an entry belongs. In line, as are the searches of a table ([`Detached::search`]): no
    /// call is given what `eq` compares with.
    #[inline(always)]
    pub(super) fn find_around(
        &self,
        hash: u64,
        mut eq: impl FnMut(&T) -> bool,
    ) -> Result<Place<T, A>, At<T, A>> {
        let home = self.at(hash);
        let mut at = home;
        let mut may_have_to_move = self.moving.is_some();
        loop {
            if let Some(slot) = self.table_at(at).find(hash, |entry| eq(entry)) {
                return Ok(Place { at, slot });
            }
            if !mem::take(&mut may_have_to_move) {
                return Err(home);
            }
            at = self.moving_from(hash).ok_or(home)?;
        }
    }

    /// The entry with this hash that `eq` accepts. O(1) expected.
    #[inline(always)]
    pub(crate) fn find(&self, hash: u64, eq: impl FnMut(&T) -> bool) -> Option<&T> {
        // SAFETY: entries that were found are there as long as the table is borrowed.
        self.find_pointer(hash, eq).map(|entry| unsafe { entry.as_ref() })
    }

    /// The same, to be changed.
    #[inline(always)]
    pub(crate) fn find_mut(&mut self, hash: u64, eq: impl FnMut(&T) -> bool) -> Option<&mut T> {
        // SAFETY: as in `find`, and the table is borrowed mutably.
        self.find_pointer(hash, eq).map(|mut entry| unsafe { entry.as_mut() })
    }

    /// Takes out the entry with this hash that `eq` accepts. O(1) expected.
    #[inline(always)]
    pub(crate) fn remove(&mut self, hash: u64, eq: impl FnMut(&T) -> bool) -> Option<T> {
        let removed = match self.shortcut(hash) {
            // SAFETY: the directory owns the head and is borrowed mutably, and these are the table's
            // control bytes.
            Some((table, mut head)) => unsafe { head.as_mut().table.remove_in(table, hash, eq) },
            // SAFETY: the slot was found.
            None => self.find_around(hash, eq).ok().map(|Place { at, slot }| unsafe {
                self.table_at_mut(at).remove_hashed_at(slot, hash)
            }),
        };
        self.items -= usize::from(removed.is_some());
        removed
    }

    /// Drops the entries for which `keep` is false. O(slots). If `keep` or a drop panics, entries not yet
    /// visited stay.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&mut T) -> bool) {
        let mut entries = self.extract_if();
        while let Some(entry) = entries.next(|entry| !keep(entry)) {
            drop(entry);
        }
    }

    /// Changes a table in a way that may give it another block: the records follow, whatever happens.
    pub(super) fn alter<R>(&mut self, at: usize, change: impl FnOnce(&mut Table<T, A>) -> R) -> R {
        struct Follow<'a, T, A: Allocator> {
            tables: &'a mut Tables<T, A>,
            at: usize,
            head: NonNull<Head<T, A>>,
            was_beyond: usize,
        }
        impl<T, A: Allocator> Drop for Follow<'_, T, A> {
            fn drop(&mut self) {
                let Follow { tables, at, head, was_beyond } = self;
                // SAFETY: these are the records of the head, which the directory owns.
                unsafe {
                    let range = tables.records_of(*at, *head);
                    tables.directory.set(range, Record::of(*head));
                    let is = usize::from(head.as_ref().table.homes() > Tables::<T, A>::HOMES);
                    tables.directory.set_detours(tables.directory.detours() - *was_beyond + is);
                }
            }
        }
        if self.directory.is_empty() {
            return change(&mut self.root);
        }
        // SAFETY: `at` is a record, and the directory owns the head.
        unsafe {
            let head = self.directory.record(at).head;
            let beyond = usize::from(head.as_ref().table.homes() > Self::HOMES);
            let mut follow = Follow { tables: self, at, head, was_beyond: beyond };
            change(&mut follow.head.as_mut().table)
        }
    }

    /// The number of records of a head.
    ///
    /// # Safety
    /// The directory owns the head.
    pub(super) unsafe fn span_of(&self, head: NonNull<Head<T, A>>) -> usize {
        // SAFETY: the caller's contract.
        1 << (self.directory.depth() - unsafe { head.as_ref() }.depth)
    }

    /// The records of a head.
    ///
    /// # Safety
    /// `at` is one of them, and the directory owns the head.
    pub(super) unsafe fn records_of(&self, at: usize, head: NonNull<Head<T, A>>) -> Range<usize> {
        // SAFETY: the caller's contract.
        let span = unsafe { self.span_of(head) };
        let start = at & !(span - 1);
        start..start + span
    }
}

// SAFETY: the tables are borrowed, and so is the directory, which says which of them it is.
unsafe impl<T, A: Allocator> Searched for Tables<T, A> {
    type Entry = T;
    type Group = Native;

    #[inline(always)]
    fn homes(&self) -> usize {
        self.tables * Self::HOMES
    }

    #[inline(always)]
    fn is_settled(&self) -> bool {
        self.moving.is_none()
    }

    #[inline(always)]
    fn search(&self, hash: u64, eq: impl FnMut(&T) -> bool) -> Option<&T> {
        let found = match self.at_bound(hash) {
            // SAFETY: the tables are borrowed, and a slot that was found is there.
            Some((table, _)) => unsafe { table.find(hash, eq).map(|slot| table.slot(slot)) },
            // (As a single lookup: it prefetches.)
            None => self.find_pointer(hash, eq),
        };
        // SAFETY: as above.
        found.map(|entry| unsafe { entry.as_ref() })
    }

    #[inline(always)]
    fn table(&self, hash: u64) -> Detached<T> {
        self.at_bound(hash).map_or_else(|| self.table(hash).detached(), |(table, _)| table)
    }
}

/// What needs more tables, or fewer.
impl<T, A: Allocator + Clone> Tables<T, A> {
    /// Room for so many entries.
    #[track_caller]
    pub(crate) fn with_capacity_in(capacity: usize, alloc: A) -> Self {
        let mut tables = Self::new_in(alloc);
        if capacity != 0 {
            // Infallible: a failure does not return. There are no entries to be hashed.
            let _ = tables.reserve_as(capacity, |_| 0, Fallibility::Infallible);
        }
        tables
    }

    /// The same, or the reason why there is no memory for it.
    pub(crate) fn try_with_capacity_in(capacity: usize, alloc: A) -> Result<Self, TryReserveError> {
        let mut tables = Self::new_in(alloc);
        tables.reserve_as(capacity, |_| 0, Fallibility::Fallible)?;
        Ok(tables)
    }

    /// Drops all entries and keeps the memory. O(slots).
    #[inline]
    pub(crate) fn clear(&mut self) {
        if self.items != 0 {
            drop(self.drain());
        }
    }

    /// Stores an entry with this hash where its home's window has no room, or the table, or while a table is
    /// being split. Returns the slot. With `has_room`, [`make_room`](Self::make_room) has just succeeded for
    /// this entry and is not called again: another step of a split might take that room.
    #[cold]
    #[inline(never)]
    pub(super) fn insert_elsewhere(
        &mut self,
        hash: u64,
        entry: T,
        hasher: &impl Fn(&T) -> u64,
        has_room: bool,
    ) -> usize {
        if !has_room {
            // Infallible: a failure does not return.
            let _ = self.make_room(hash, hasher, Fallibility::Infallible);
        }
        if let Some(Moving { lower, away, .. }) = &mut self.moving {
            let position = self.directory.position(spread(hash));
            // SAFETY: there is a record for each prefix. The directory owns the head, and is borrowed mutably;
            // its table has room and, as all tables in a directory, several windows.
            unsafe {
                if self.directory.record(position).head == *lower {
                    return lower.as_mut().table.insert_meanwhile(hash, entry, away);
                }
            }
        }
        self.table_mut(hash).insert_elsewhere(hash, entry, hasher)
    }

    /// The head of a record.
    ///
    /// # Safety
    /// `at` is a record.
    pub(super) unsafe fn head_at(&mut self, at: usize) -> &mut Head<T, A> {
        // SAFETY: the caller's contract; the directory owns the head.
        unsafe { self.directory.record(at).head.as_mut() }
    }

    /// Gives a table without a directory one, with two records and one head.
    pub(super) fn plant(&mut self, fallibility: Fallibility) -> Result<(), TryReserveError> {
        if !self.directory.is_empty() {
            return Ok(());
        }
        let (alloc, other) = (self.allocator().clone(), self.allocator().clone());
        let records = Directory::<T, A>::memory(1, &alloc, fallibility)?;
        let memory = Head::<T, A>::memory(&alloc, fallibility)?;
        let root = mem::replace(&mut self.root, Table::new_in(other));
        let beyond = usize::from(root.homes() > Self::HOMES);
        self.directory = Directory::empty(records, 1, beyond);
        // SAFETY: the head is new, and there is room for its two records.
        unsafe { self.directory.append(Head::create(memory, root, 0)) };
        Ok(())
    }

    /// Gives the directory another depth.
    ///
    /// # Safety
    /// There is a directory. The depth is 1 to `MOST_DEPTH`, and no head is deeper.
    pub(super) unsafe fn resize(
        &mut self,
        depth: u32,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        let alloc = self.allocator().clone();
        let memory = Directory::<T, A>::memory(depth, &alloc, fallibility)?;
        let empty = Directory::empty(memory, depth, self.directory.detours());
        // SAFETY: it has room for the records of so many bits; the rest is the caller's contract.
        unsafe { empty.replace(&mut self.directory) }.free_records(&alloc);
        Ok(())
    }

    /// Makes room for `additional` more entries, in one table or in so many that each has its share.
    /// O(slots) if there is something to do.
    ///
    /// # Errors
    /// If the capacity overflows, or there is no memory. The entries are what they were; tables that have
    /// been split by then stay so.
    #[track_caller]
    pub(crate) fn reserve_as(
        &mut self,
        additional: usize,
        hasher: impl Fn(&T) -> u64,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        if additional <= self.capacity() - self.items {
            return Ok(());
        }
        let Some(capacity) = self.items.checked_add(additional) else {
            return Err(fallibility.capacity_overflow());
        };
        self.finish(&hasher, fallibility)?;
        if self.directory.is_empty() && capacity <= Self::BOUND {
            return self.root.reserve_as(additional, &hasher, fallibility);
        }
        let bytes = additional.checked_mul(size_of::<T>().max(1));
        let (Some(depth), Some(bytes)) = (Self::depth_for(capacity), bytes) else {
            return Err(fallibility.capacity_overflow());
        };
        // Many small requests fail late, when the machine has given all it has: better to ask once for
        // the whole.
        drop(Memory::of::<u8>(bytes, self.allocator(), fallibility)?);
        if self.directory.is_empty() && self.root.capacity() < Self::BOUND {
            let missing = Self::BOUND - self.items;
            self.root.reserve_as(missing, &hasher, fallibility)?;
        }
        self.plant(fallibility)?;
        let mut at = 0;
        while at < self.directory.len() {
            // SAFETY: `at` is a record.
            let table_depth = unsafe { self.head_at(at) }.depth;
            if table_depth < depth {
                let doubles = table_depth == self.directory.depth();
                // SAFETY: as above.
                let is_beyond = unsafe { self.head_at(at) }.table.homes() > Self::HOMES;
                self.split_at(at, fallibility)?;
                at <<= u32::from(doubles);
                self.finish(&hasher, fallibility)?;
                if is_beyond {
                    self.shrink_beyond(at, &hasher);
                }
            } else {
                at += 1 << (self.directory.depth() - table_depth);
            }
        }
        Ok(())
    }

    /// Joins tables of which one can hold all entries, and gives back what is not needed then. O(slots).
    pub(crate) fn shrink_to_fit(&mut self, hasher: impl Fn(&T) -> u64) {
        // Infallible: a failure does not return.
        let _ = self.finish(&hasher, Fallibility::Infallible);
        for depth in (0..self.directory.depth()).rev() {
            self.join_all(depth, &hasher);
            self.halve(depth);
        }
        let mut at = 0;
        while at < self.directory.len() {
            // A table that has grown beyond the bound comes back, if it can.
            self.alter(at, |table| table.shrink_to(Self::BOUND, &hasher));
            // SAFETY: `at` is a record of the head.
            at = unsafe { self.records_of(at, self.directory.record(at).head) }.end;
        }
        self.uproot();
        if self.directory.is_empty() {
            self.root.shrink_to(0, hasher);
        }
    }

    /// Joins pairs of tables that have `depth` prefix bits in common, and one more each.
    fn join_all(&mut self, depth: u32, hasher: &impl Fn(&T) -> u64) {
        let mut at = 0;
        while at < self.directory.len() {
            let span = 1 << (self.directory.depth() - depth);
            // SAFETY: both are records: `at` is a multiple of `span`.
            let (lower, upper) = unsafe {
                (self.directory.record(at).head, self.directory.record(at + span / 2).head)
            };
            at += span;
            // SAFETY: the directory owns the heads.
            let (one, other) = unsafe { (lower.as_ref(), upper.as_ref()) };
            let are_pair = lower != upper && one.depth == depth + 1 && other.depth == depth + 1;
            if are_pair && one.table.len() + other.table.len() <= Self::BOUND {
                // Infallible: a failure does not return.
                let _ =
                    self.join_pair(at - span..at, lower, upper, hasher, Fallibility::Infallible);
            }
        }
    }

    /// Moves the entries of the upper one of two heads, which share a range of records, to the lower one. If
    /// they are being split, that ends.
    ///
    /// # Errors
    /// If there is no memory for it; then nothing has changed.
    pub(super) fn join_pair(
        &mut self,
        range: Range<usize>,
        lower: NonNull<Head<T, A>>,
        mut upper: NonNull<Head<T, A>>,
        hasher: &impl Fn(&T) -> u64,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        /// Gives the lower head all records as soon as the upper one is empty, which then goes; also if the
        /// hasher panics, or the allocator when it gets the blocks back.
        struct Merge<'a, T, A: Allocator> {
            tables: &'a mut Tables<T, A>,
            range: Range<usize>,
            lower: NonNull<Head<T, A>>,
            upper: NonNull<Head<T, A>>,
        }
        impl<T, A: Allocator> Drop for Merge<'_, T, A> {
            fn drop(&mut self) {
                let Merge { tables, range, lower, upper } = self;
                // SAFETY: the directory owns both heads, and is borrowed mutably.
                unsafe {
                    let table = &upper.as_ref().table;
                    if table.is_empty() {
                        let beyond = usize::from(table.homes() > Tables::<T, A>::HOMES);
                        tables.directory.set_detours(tables.directory.detours() - beyond);
                        tables.directory.set(range.clone(), Record::of(*lower));
                        lower.as_mut().depth -= 1;
                        tables.tables -= 1;
                        let ended = tables.moving.take();
                        let detours = tables.directory.detours() - usize::from(ended.is_some());
                        tables.directory.set_detours(detours);
                        // The directory has no record of it any more.
                        drop(Head::take(*upper, tables.root.allocator()));
                    }
                }
            }
        }
        let at = range.start;
        let merge = Merge { tables: self, range, lower, upper };
        // SAFETY: it is another head than the one that is altered.
        let other = unsafe { &mut upper.as_mut().table };
        merge.tables.alter(at, |table| table.join(other, Self::BOUND, hasher, fallibility))
    }

    /// Halves the directory to a depth, if it is one more and there is a smaller block.
    fn halve(&mut self, depth: u32) {
        if depth == 0 || self.directory.depth() != depth + 1 {
            return;
        }
        let mut heads = self.directory.heads();
        // SAFETY: the directory owns the heads.
        if !heads.any(|head| unsafe { head.as_ref() }.depth > depth) {
            // Without memory for a smaller block, the one that is there will do.
            // SAFETY: what has depth 2 or more is a directory; no head is deeper.
            let _ = unsafe { self.resize(depth, Fallibility::Fallible) };
        }
    }

    /// Gives the directory up if there is one table only.
    fn uproot(&mut self) {
        if self.directory.is_empty() || self.tables != 1 {
            return;
        }
        let alloc = self.allocator().clone();
        let directory = mem::replace(&mut self.directory, Directory::new());
        // SAFETY: the only head, whose records go.
        let (table, memory) = unsafe { Head::take(directory.record(0).head, &alloc) };
        let empty = mem::replace(&mut self.root, table);
        drop((empty, memory));
        directory.free_records(&alloc);
    }
}

impl<T: Clone, A: Allocator + Clone> Tables<T, A> {
    /// Gets a clone of each entry, in the same place, for tables that have not been used. O(slots).
    ///
    /// # Errors
    /// If there is no memory for one of the tables; the entries that have been cloned by then are here.
    pub(crate) fn clone_into_new(
        &mut self,
        source: &Self,
        plain: impl Fn() -> Plain<T>,
        fallibility: Fallibility,
    ) -> Result<(), TryReserveError> {
        let depth = source.directory.depth();
        if depth == 0 {
            self.root.clone_into_empty(&source.root, plain(), fallibility)?;
            self.items = source.items;
            return Ok(());
        }
        let alloc = self.allocator().clone();
        let memory = Directory::<T, A>::memory(depth, &alloc, fallibility)?;
        self.directory = Directory::empty(memory, depth, source.directory.detours());
        let mut moving = None;
        for original in source.directory.heads() {
            // SAFETY: the source's directory owns its heads, and is borrowed.
            let head = unsafe { original.as_ref() };
            let memory = Head::<T, A>::memory(&alloc, fallibility)?;
            let mut table = Table::new_in(alloc.clone());
            table.clone_into_empty(&head.table, plain(), fallibility)?;
            self.items += table.len();
            let copy = Head::create(memory, table, head.depth);
            // SAFETY: there is room for all records, in this order.
            unsafe { self.directory.append(copy) };
            if let Some(Moving { lower, upper, next, .. }) = source.moving {
                if original == lower {
                    moving = Some(copy);
                } else if let (true, Some(lower)) = (original == upper, moving) {
                    // The slots are the same.
                    let away = Away::unknown();
                    self.moving = Some(Moving { lower, upper: copy, next, away });
                }
            }
        }
        self.tables = source.tables;
        Ok(())
    }
}

impl<T, A: Allocator> Drop for Tables<T, A> {
    fn drop(&mut self) {
        /// Drops the tables that are still to come, also when an entry's drop panics.
        struct Rest<'a, T, A: Allocator> {
            heads: Heads<T, A>,
            alloc: &'a A,
        }
        impl<T, A: Allocator> Drop for Rest<'_, T, A> {
            fn drop(&mut self) {
                while let Some(head) = self.heads.next() {
                    let rest = Rest { heads: self.heads.clone(), alloc: self.alloc };
                    // SAFETY: the directory is going, and comes to each of its heads once.
                    drop(unsafe { Head::take(head, self.alloc) });
                    mem::forget(rest);
                }
            }
        }
        /// Frees the records when the tables are gone.
        struct Records<'a, T, A: Allocator>(Directory<T, A>, &'a A);
        impl<T, A: Allocator> Drop for Records<'_, T, A> {
            fn drop(&mut self) {
                mem::replace(&mut self.0, Directory::new()).free_records(self.1);
            }
        }
        let directory = mem::replace(&mut self.directory, Directory::new());
        let heads = directory.heads();
        let _records = Records(directory, self.root.allocator());
        drop(Rest { heads, alloc: self.root.allocator() });
    }
}
