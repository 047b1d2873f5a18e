//! The table: entries of one type, found by a hash and a closure that recognises them.
//!
//! [`RawTable`] is generic over the element, the [`Group`] backend and the allocator. It takes
//! hashes from outside and never asks what they are hashes of; maps, sets and the public
//! `HashTable` are thin layers over it. This is where to begin reading; ARCH.md says what the other
//! files decide.
//!
//! # Lookup
//!
//! A hash gives a home position (low bits) and a tag (top bits). The *window*, the `WIDTH` control
//! bytes from the home position on, is compared with the tag at once; slots that match are offered
//! to the caller's closure. If the overflow count of the position is zero the search ends there,
//! otherwise it goes on along the probe sequence.
//!
//! # Insertion
//!
//! Searches first. Only when the entry is known to be absent may the table grow or be rebuilt, so
//! writing to a present entry never moves anything. The entry goes to the first vacant slot on its
//! walk, almost always in the window that the search has just read. Where it is not, each position
//! before it counts the entry, and stops counting it when it is removed; in a table that has lost entries,
//! another one in the window may make room instead (`claim.rs`).
//!
//! # Invariants
//!
//! SAFETY comments cite these by name.
//!
//! * **I1** The number of homes is a power of two >= 2 `WIDTH` and slots = homes + overhang
//!   (`capacity.rs`); one-window tables have 4, 8 or 16 slots, at most `WIDTH`, and one home, or 8 if they have 16 slots
//!   and homes are not aligned. A table that was never allocated has one home and no slots.
//! * **I2** Every byte that a window of any home can cover, in a packed table (`capacity.rs`) of any home that it
//!   could have, is an initialised control byte. Their number is a multiple of `WIDTH`. The words behind them
//!   (`layout.rs`) are initialised.
//! * **I3** A slot is initialised exactly when its control byte is full.
//! * **I4** `items` is the number of full control bytes, and at most `capacity`, which is the block's.
//! * **I5** Every stored entry is reached by probing from its own hash: each position before the
//!   one whose window holds it has an overflow count of at least 1.
//! * **I6** Bytes without a slot (those behind the last slot) are DELETED; DELETED appears nowhere
//!   else.
//! * **I7** Whenever user code runs (hash, eq, clone, drop, allocator), I1–I6 hold or a guard that
//!   restores them is live.
//!
//! An incorrect `Hash` or `Eq` can break I5 for the entries concerned, which makes them hard to
//! find; memory safety does not rest on I5.

use core::alloc::Layout;
use core::marker::PhantomData;
use core::ptr::NonNull;

use crate::allocator::{Allocator, Global};
use crate::capacity::{Size, capacity_of_several};
use crate::ctrl::{self, Tag};
use crate::error::{Fallibility, TryReserveError};
use crate::group::{Group, Native};

#[cfg(any(test, feature = "batch"))]
pub(crate) mod batch;
mod claim;
mod clone;
mod control;
mod debug;
#[cfg(feature = "extendible")]
mod divide;
mod erase;
mod fill;
mod full;
mod grow;
mod iter;
mod layout;
mod overflow;
mod plain;
#[cfg(any(test, feature = "rayon"))]
pub(crate) mod region;
#[cfg(any(test, feature = "scan"))]
mod scan;
mod scatter;
mod search;
#[cfg(any(test, feature = "rayon"))]
pub(crate) mod split;
mod statistics;
#[cfg(test)]
pub(crate) mod tests;
mod untyped;

use control::Control;
pub(crate) use control::cold_path;
#[cfg(feature = "extendible")]
pub(crate) use divide::Away;
pub(crate) use erase::RawExtractIf;
pub(crate) use fill::Filler;
pub(crate) use full::FullSlots;
pub(crate) use iter::{HashSlots, RawDrain, RawIntoIter, RawIter, RawIterHash};
#[cfg(feature = "serde")]
pub(crate) use layout::block_size;
pub(crate) use plain::Plain;
#[cfg(any(test, feature = "scan"))]
pub use scan::ScanCursor;
pub(crate) use search::Detached;
pub use search::{AtHome, Place};
pub(crate) use statistics::Count;
pub use statistics::Statistics;
use untyped::{Untyped, drop_of};

/// A Swiss table; see the module's introduction.
///
/// Of its fields only `items` changes between two resizes. It stands beside `control`: a walk begins with these two (`first_of`
/// of `ci/profiles.sh` on Zen 3: 1.04 -> .97).
#[repr(C)]
pub struct RawTable<T, G: Group, A: Allocator> {
    items: usize,
    control: Control<G>,
    capacity: usize,
    alloc: A,
    marker: PhantomData<T>,
}

// SAFETY: a table owns its entries and its allocator, and shares nothing with other tables but
// UNALLOCATED, which nobody writes to.
unsafe impl<T: Send, G: Group, A: Allocator + Send> Send for RawTable<T, G, A> {}
// SAFETY: through a shared reference, a table gives out shared references only.
unsafe impl<T: Sync, G: Group, A: Allocator + Sync> Sync for RawTable<T, G, A> {}

/// The largest values (of `insert`) and entries (of `insert_elsewhere`), in bytes, that insertion passes on to a
/// function for the rare cases. A larger one would have to be in memory for that in the common case too, and be
/// copied from there: that keeps the CPU from having as many stores under way (56 bytes, 2^20 slots, `reserved`:
/// 1.26 -> 1.01 of hashbrown's time), or waits for what was stored in other parts (`ci/profiles.sh`,
/// entry_records).
pub(crate) const PASSED_ON: usize = 16;

/// A value that was moved for a call.
struct Apart<T>(T);

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    const SLOT: Layout = Layout::new::<T>();

    /// A table without slots; allocates nothing.
    #[inline]
    pub const fn new_in(alloc: A) -> Self {
        RawTable {
            control: Control::unallocated(),
            items: 0,
            capacity: 0,
            alloc,
            marker: PhantomData,
        }
    }

    /// A table that can hold `capacity` entries without growing.
    #[track_caller]
    pub fn with_capacity_in(capacity: usize, alloc: A) -> Self {
        if capacity == 0 {
            return Self::new_in(alloc);
        }
        let (ctrl, capacity) = RawTable::<Untyped, G, A>::block_for(&alloc, Self::SLOT, capacity);
        let homes = Control::<G>::SHAPE.homes_for(capacity);
        // SAFETY: a table of this capacity has so many homes (I1), and all control bytes and words have been written (I2).
        let control = unsafe { Control::from_raw(ctrl, homes) };
        RawTable { control, items: 0, capacity, alloc, marker: PhantomData }
    }

    /// The allocator.
    #[inline]
    pub fn allocator(&self) -> &A {
        &self.alloc
    }

    /// The number of entries.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.items
    }

    /// Whether there are no entries.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.items == 0
    }

    /// Number of entries that fit without growing.
    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Number of entries that still fit without growing.
    #[inline(always)]
    pub(crate) fn growth_left(&self) -> usize {
        self.capacity - self.items
    }

    /// Whether another entry fits without growing.
    #[inline(always)]
    pub(crate) fn has_room(&self) -> bool {
        self.items != self.capacity
    }

    /// [`has_room`](Self::has_room) where a slot is known to be vacant. The capacity is computed: that costs an insertion
    /// less than a load behind the stores of another one (Zen 3, insertions with room: .89 of the time in a program of their
    /// own).
    #[inline(always)]
    pub(crate) fn has_vacant_room(&self) -> bool {
        // All slots of a one-window table count for its capacity.
        !self.control.has_several_windows()
            || self.items != capacity_of_several(self.control.mask())
    }

    /// Number of slots.
    #[inline]
    pub fn slots(&self) -> usize {
        self.size().slots
    }

    /// The table's extent, from what it stores.
    #[inline]
    fn size(&self) -> Size {
        self.control.size(self.capacity())
    }

    /// Bytes allocated; 0 for a table without slots.
    #[inline]
    pub fn allocation_size(&self) -> usize {
        let size = self.size();
        match layout::block::<G>(Self::SLOT, size) {
            Some((layout, _)) if size.slots != 0 => layout.size(),
            _ => 0,
        }
    }

    /// The address of a slot.
    ///
    /// # Safety
    /// The table has more than `slot` slots.
    #[inline(always)]
    pub unsafe fn slot(&self, slot: usize) -> NonNull<T> {
        debug_assert!(slot < self.slots());
        // SAFETY: the caller's contract.
        unsafe { layout::slot(self.control.ctrl(), slot) }
    }

    /// The entry in a slot.
    ///
    /// # Safety
    /// The slot is full.
    #[inline(always)]
    pub unsafe fn get(&self, slot: usize) -> &T {
        // SAFETY: a full slot exists and is initialised (I3).
        unsafe { self.slot(slot).as_ref() }
    }

    /// The entry in a slot.
    ///
    /// # Safety
    /// The slot is full.
    #[inline(always)]
    pub unsafe fn get_mut(&mut self, slot: usize) -> &mut T {
        // SAFETY: a full slot exists and is initialised (I3).
        unsafe { self.slot(slot).as_mut() }
    }

    /// Whether a slot, given by any number, exists and holds an entry.
    #[inline]
    pub fn is_full(&self, slot: usize) -> bool {
        // SAFETY: every slot has a control byte (I2).
        slot < self.slots() && ctrl::is_full(unsafe { self.control.byte(slot) })
    }

    /// Stores an entry with this hash. O(1) expected.
    ///
    /// # Safety
    /// The table has room (`has_room`), and `slot` is vacant, and the first such slot on the
    /// hash's walk: what [`find_or_spot`](Self::find_or_spot), [`spot`](Self::spot) or
    /// [`find_or_vacant`](Self::find_or_vacant) returned for this hash, with the table unchanged since; or was
    /// emptied of an entry with this hash.
    #[inline(always)]
    pub unsafe fn insert_at(&mut self, slot: usize, hash: u64, value: T) {
        // SAFETY: the caller's contract; the table is borrowed mutably.
        unsafe {
            self.control.settle_in(hash, slot);
            self.occupy(slot, Tag::of(hash)).as_ptr().write(value);
        }
    }

    /// Makes a slot full and returns where its entry has to be written. Where nothing is
    /// optimised, each call that passes a value on copies it, and so does making a pair of two values
    /// (`tests/stack.rs`).
    ///
    /// # Safety
    /// The table has room and `slot` is vacant. It is in the window of the home of the entry's hash, or
    /// claimed for it, or was emptied of the same entry by [`remove_at`](Self::remove_at), which left the
    /// counts as they were. The tag is that of the hash. The entry is written before anything else
    /// happens (I3).
    #[inline(always)]
    pub unsafe fn occupy(&mut self, slot: usize, tag: Tag) -> NonNull<T> {
        // SAFETY: the caller's contract; the table is its own.
        unsafe { self.occupy_in(self.detached(), slot, tag) }
    }

    /// [`occupy`](Self::occupy) that does not wait for the table to know where its control bytes are.
    ///
    /// # Safety
    /// As there, and `table` is this one.
    #[inline(always)]
    pub(crate) unsafe fn occupy_in(
        &mut self,
        table: Detached<T, G>,
        slot: usize,
        tag: Tag,
    ) -> NonNull<T> {
        debug_assert!(self.has_room() && !self.is_full(slot) && slot < self.slots());
        // SAFETY: the slot exists and is vacant. Until the entry is written no user code runs, and
        // I3–I5 hold again then: the positions before the slot's window count the entry.
        unsafe {
            self.count_in();
            table.control.set_byte(slot, tag.byte());
            self.debug_check();
            table.slot(slot)
        }
    }

    /// [`occupy`](Self::occupy) in a table with one window: with the next search in mind.
    ///
    /// # Safety
    /// As there, and there is one window.
    #[inline(always)]
    pub unsafe fn occupy_alone(&mut self, slot: usize, tag: Tag) -> NonNull<T> {
        debug_assert!(self.has_room() && !self.is_full(slot) && slot < self.slots());
        // SAFETY: as in `occupy_in`, and there is one window: the slot is vacant, and I3–I5 hold again when the entry
        // is written.
        unsafe {
            self.count_in();
            self.control.set_byte_alone(slot, tag.byte());
            self.debug_check();
            self.slot(slot)
        }
    }

    /// Counts an entry whose control byte is set next. Not afterwards: that byte might be one of `items`, for all that the
    /// compiler knows, which whoever has asked for room would then load again (Zen 3, insertions with room: .90 of the time in a
    /// program of their own).
    #[inline(always)]
    fn count_in(&mut self) {
        self.items += 1;
    }

    /// Stores an entry without searching for an equal one; returns its slot. O(1) amortised.
    #[inline(always)]
    pub fn insert_unique(&mut self, hash: u64, value: T, hasher: impl Fn(&T) -> u64) -> usize {
        match self.spot(hash) {
            Some(slot) => {
                // SAFETY: the slot is vacant and in the home's window.
                unsafe { self.occupy(slot, Tag::of(hash)).as_ptr().write(value) };
                slot
            }
            None => self.insert_elsewhere(hash, value, hasher),
        }
    }

    /// [`insert_unique`](Self::insert_unique) where the home's window has no room, or the table.
    #[inline(always)]
    pub fn insert_elsewhere(&mut self, hash: u64, value: T, hasher: impl Fn(&T) -> u64) -> usize {
        if const { size_of::<T>() <= PASSED_ON } {
            // The value goes along: otherwise it would have to be kept across the call (`ci/profiles.sh --counts`,
            // entry: 36 instructions instead of 50).
            // In a place of its own: one that is passed by reference stays in memory before the call, too.
            return self.insert_small_elsewhere(hash, Apart(value), hasher);
        }
        let slot = self.claim_elsewhere(hash, hasher);
        // SAFETY: the slot is claimed for this hash (I5) and written to at once (I3).
        unsafe { self.occupy(slot, Tag::of(hash)).as_ptr().write(value) };
        slot
    }

    // (Not by a function for both: it would copy the value once more where nothing is optimised.)
    #[cold]
    #[inline(never)]
    fn insert_small_elsewhere(
        &mut self,
        hash: u64,
        Apart(value): Apart<T>,
        hasher: impl Fn(&T) -> u64,
    ) -> usize {
        let slot = self.claim_elsewhere(hash, hasher);
        // SAFETY: the slot is claimed for this hash (I5) and written to at once (I3).
        unsafe { self.occupy(slot, Tag::of(hash)).as_ptr().write(value) };
        slot
    }

    /// Makes the positions before a vacant slot count the entry that is to [`occupy`](Self::occupy) it.
    ///
    /// # Safety
    /// As for [`insert_at`](Self::insert_at).
    #[inline(always)]
    pub unsafe fn settle_in(&mut self, slot: usize, hash: u64) {
        // SAFETY: the caller's contract; the table is borrowed mutably.
        unsafe { self.control.settle_in(hash, slot) }
    }

    /// Makes room for `additional` more entries. O(slots) if the table must grow.
    #[inline]
    #[track_caller]
    pub fn reserve(&mut self, additional: usize, hasher: impl Fn(&T) -> u64) {
        if additional > self.growth_left() {
            // Infallible: a failure does not return.
            let _ = self.reserve_more(additional, &hasher, Fallibility::Infallible);
        }
    }

    /// [`reserve`](Self::reserve) that reports failure and then has changed nothing.
    #[inline]
    pub fn try_reserve(
        &mut self,
        additional: usize,
        hasher: impl Fn(&T) -> u64,
    ) -> Result<(), TryReserveError> {
        if additional > self.growth_left() {
            self.reserve_more(additional, &hasher, Fallibility::Fallible)
        } else {
            Ok(())
        }
    }
}

impl<T, G: Group, A: Allocator> Drop for RawTable<T, G, A> {
    #[inline]
    fn drop(&mut self) {
        let RawTable { control, items, capacity, .. } = *self;
        if capacity != 0 {
            let alloc = match size_of::<A>() {
                // SAFETY: there is an allocator, and one without bytes is in every place. The calls are given
                // no reference to the table then.
                0 => unsafe { NonNull::dangling().as_ref() },
                _ => &self.alloc,
            };
            // SAFETY: layout and drop are those of the entries, and the table is going.
            unsafe {
                match drop_of::<T>() {
                    None => iter::free_table(control, capacity, alloc, Self::SLOT),
                    drop => iter::drop_table(control, items, capacity, alloc, Self::SLOT, drop),
                }
            }
        }
    }
}

/// What does not know entries and is compiled with this crate: these functions, with all that they call, are then
/// linked to by crates that use maps, instead of being compiled once more by each of them
/// (`ci/compile-time.sh`). Never called.
#[inline(never)]
pub fn compile_here() -> [*const (); 13] {
    type Table = RawTable<untyped::Untyped, Native, Global>;
    [
        Table::grow as *const (),
        Table::shrink as *const (),
        Table::claim as *const (),
        Table::vacant_for as *const (),
        Table::block_for as *const (),
        Table::clone_entries as *const (),
        Table::forget_all as *const (),
        iter::free_table::<Native, Global> as *const (),
        iter::give_back::<Native, Global> as *const (),
        Control::<Native>::next_pair as *const (),
        Control::<Native>::pair_from as *const (),
        Control::<Native>::next_chunk as *const (),
        Control::<Native>::take_back_walk as *const (),
    ]
}
