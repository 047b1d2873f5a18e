//! Filling a table by regions, so that several threads can do it.
//!
//! A *region* is a run of homes and the slots behind them (the last one has the overhang too).
//! Entries are sorted into regions by their home; then a [`Job`] for each region inserts the
//! region's own entries. All jobs may run at once:
//!
//! ```text
//!   region    |------- 0 -------|------- 1 -------|------- 2 -------|
//!   slots     |.................|.................|.................overhang
//!   windows    1st [----]         [----] 2nd    [--+-] in neither: left over
//! ```
//!
//! A job touches control bytes and slots of its region only. As soon as a search, for an equal entry or for a
//! vacant slot, comes to a window that is not entirely in the region, the job gives the entry back; entries left
//! over are inserted afterwards, by one thread.
//!
//! # Why the result is that of inserting one by one
//!
//! Equal entries have one hash and so one walk. They are in one job, in order. Once one of them is left over, all later ones are
//! too: it was left over because each window up to the first that is not all in the region was without an equal
//! entry and was overflowed, or was full. As jobs only add entries, full windows stay full and counts that are not
//! zero stay so, and the next one meets the same fate.
//!
//! The entries are those of inserting one by one, and so are counts in a table that has lost none. (In one that has, inserting
//! one by one may make room at home (`claim.rs`); jobs do not.) Slots may differ: what is left over comes
//! last, and in a table with one window it may lie before its home (see `capacity.rs`).
//!
//! # Overflow counts
//!
//! While jobs run, nobody writes overflow words, which may belong to several regions. A job logs the entries that
//! left each of its homes, and its searches add that to the table's counts. When all jobs have ended, or one has
//! panicked, the logs are entered one by one: what inserting the same entries into the same slots would have added.
//! The same goes for the number of entries.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use super::control::Control;
use super::{HashSlots, RawTable, layout};
use crate::allocator::Allocator;
use crate::ctrl::{self, Tag};
use crate::group::Group;
use crate::mask::LaneMask;

/// A table's homes in regions of equal length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Regions {
    /// Number of homes minus one.
    mask: usize,
    /// Homes of a region, as a power of two.
    log_homes: u32,
}

impl Regions {
    /// Number of regions.
    #[inline]
    pub(crate) fn count(self) -> usize {
        (self.mask >> self.log_homes) + 1
    }

    /// The region of an entry's home.
    #[inline(always)]
    pub(crate) fn of(self, hash: u64) -> usize {
        ctrl::home(hash, self.mask) >> self.log_homes
    }
}

/// The entries of one region with their hashes, in as many parts as it pleases who sorted them.
pub(crate) type Share<T> = Vec<Vec<(u64, T)>>;

/// What a job has done; on a cache line of its own.
#[repr(align(128))]
struct Log {
    inserted: usize,
    /// For each home of the region, how many of the job's entries are stored further on than its window.
    left: Vec<u32>,
}

/// The part of a table that is one job's own.
struct Region<'a, G: Group> {
    control: Control<G>,
    /// The homes of the region's first one and after its last one.
    homes: Range<usize>,
    /// Where windows may begin that lie in the region as a whole.
    windows: Range<usize>,
    log: &'a mut Log,
}

/// Where an entry belongs.
enum Place {
    /// There is an equal entry in this slot.
    Full(usize),
    /// There is none, and this slot is vacant.
    Vacant(usize),
    /// That cannot be said without leaving the region.
    Elsewhere,
}

impl<G: Group> Region<'_, G> {
    /// A walk, of which only windows that are in the region may be looked at.
    #[inline(always)]
    fn walk(&self, hash: u64) -> HashSlots<G> {
        // SAFETY: `fill` has borrowed the table mutably. To the windows of this region nobody but this
        // job writes, between its walks, and nobody writes overflow words, or that of the wear, now.
        unsafe { HashSlots::before_first_window(self.control, hash) }
    }

    /// Searches for the entry in `slot` that `is_match` accepts, and for a vacant slot, inside the
    /// region.
    #[inline]
    fn place(&self, hash: u64, is_match: impl Fn(usize) -> bool) -> Place {
        let mut walk = self.walk(hash);
        let mut vacant = None;
        while self.windows.contains(&walk.window()) {
            walk.match_window();
            while let Some(slot) = walk.next_in_window() {
                if is_match(slot) {
                    return Place::Full(slot);
                }
            }
            let window = walk.window();
            // SAFETY: the window of a position.
            let lane = || unsafe { self.control.group(window) }.match_empty().lowest();
            vacant = vacant.or_else(|| lane().map(|lane| window + lane));
            if let (Some(slot), false) = (vacant, self.overflowed(walk.current())) {
                return Place::Vacant(slot);
            }
            if !walk.advance() {
                break;
            }
        }
        Place::Elsewhere
    }

    /// Whether an entry has left `position`, before or in this job.
    #[inline(always)]
    fn overflowed(&self, position: usize) -> bool {
        // SAFETY: positions of a walk are at most `mask`; nobody writes overflow words now.
        let before = unsafe { self.control.overflowed(position) };
        before || self.log.left[position - self.homes.start] != 0
    }

    /// Counts an entry that is stored in `slot`, as [`Control::count_walk`] does.
    #[inline]
    fn count_walk(&mut self, hash: u64, slot: usize) {
        let mut walk = self.walk(hash);
        while !self.control.covers(walk.current(), slot) {
            // A walk that has found a vacant slot has been in the region all the time.
            self.log.left[walk.current() - self.homes.start] += 1;
            walk.advance();
        }
    }
}

/// The filling of one region; see [`RawTable::fill`].
pub(crate) struct Job<'a, T, G: Group> {
    region: Region<'a, G>,
    share: Share<T>,
}

// SAFETY: a job owns its share, and nobody else accesses the slots and control bytes of its region;
// the entries in those are the table's, which is borrowed mutably.
unsafe impl<T: Send, G: Group> Send for Job<'_, T, G> {}

impl<T, G: Group> Job<'_, T, G> {
    /// Inserts the entries of the share in order; `update` gets those for which an equal one, by
    /// `same`, is present. Returns the entries, in order, for which the region is too small.
    ///
    /// A panic in `same`, `update` or a drop loses the rest of the share and nothing else.
    pub(crate) fn run(
        mut self,
        same: impl Fn(&T, &T) -> bool,
        update: impl Fn(&mut T, T),
    ) -> Vec<(u64, T)> {
        let ctrl = self.region.control.ctrl();
        let mut left_over = Vec::new();
        for (hash, entry) in self.share.into_iter().flatten() {
            // SAFETY: `place` offers full slots of the region.
            let is_match = |slot| same(unsafe { layout::slot::<T>(ctrl, slot).as_ref() }, &entry);
            match self.region.place(hash, is_match) {
                // SAFETY: as above, and nobody else has a reference to the entry.
                Place::Full(slot) => update(unsafe { layout::slot(ctrl, slot).as_mut() }, entry),
                Place::Vacant(slot) => {
                    // SAFETY: a vacant slot of the region. Its control byte is written with it
                    // (I3); I4 and I5 are restored by the guard in `fill`, from the log.
                    unsafe {
                        layout::slot(ctrl, slot).write(entry);
                        self.region.control.set_byte(slot, Tag::of(hash).byte());
                    }
                    self.region.log.inserted += 1;
                    self.region.count_walk(hash, slot);
                }
                Place::Elsewhere => left_over.push((hash, entry)),
            }
        }
        left_over
    }
}

/// A table that jobs are at work on. Enters what they have done when it is dropped.
struct Filling<'a, T, G: Group, A: Allocator> {
    table: &'a mut RawTable<T, G, A>,
    /// One for each region.
    logs: Vec<Log>,
    log_homes: u32,
}

impl<T, G: Group, A: Allocator> Drop for Filling<'_, T, G, A> {
    fn drop(&mut self) {
        for (region, log) in self.logs.iter().enumerate() {
            self.table.items += log.inserted;
            let homes = region << self.log_homes..;
            for (home, &entries) in homes.zip(&log.left).filter(|&(_, &entries)| entries != 0) {
                // SAFETY: a home of the region. An entry is stored beyond its window: there are several, as
                // in a one-window table a job stores entries in their home's window, or gives them back. The
                // jobs are over and the table is borrowed mutably.
                unsafe {
                    self.table.control.leave(home, entries);
                    self.table.control.add_steps(entries);
                }
            }
        }
    }
}

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// The fewest homes of a region, unless the table has fewer. Of a region's homes the last
    /// `WIDTH - 1` have windows that reach into the next one, so this leaves one in 64 over, and some of those that do
    /// not find room there.
    /// (Miri is to see several regions in small tables.)
    const MIN_REGION: usize = if cfg!(miri) { 2 } else { 64 } * G::WIDTH;

    /// About so many regions: a power of two, and none of them too short to be worth it.
    pub(crate) fn regions(&self, wanted: usize) -> Regions {
        let homes = self.control.mask() + 1;
        let most = (homes / Self::MIN_REGION).max(1);
        let count = wanted.clamp(1, most).next_power_of_two();
        Regions { mask: homes - 1, log_homes: (homes / count).trailing_zeros() }
    }

    /// Makes a job for each region out of its share and has `run` run them, in any order and on any
    /// threads. Those that it does not run lose their share.
    ///
    /// # Panics
    /// If the regions are those of another size or the shares have more entries than the table has
    /// room for.
    pub(crate) fn fill<R>(
        &mut self,
        regions: Regions,
        shares: Vec<Share<T>>,
        run: impl FnOnce(Vec<Job<'_, T, G>>) -> R,
    ) -> R {
        let (control, homes) = (self.control, 1usize << regions.log_homes);
        let entries: usize = shares.iter().flatten().map(Vec::len).sum();
        assert!(regions.mask == control.mask(), "the table has other regions");
        assert!(regions.count() == shares.len(), "there are not as many shares as regions");
        assert!(entries <= self.growth_left(), "there is no room for the shares");
        let log = || Log { inserted: 0, left: vec![0; homes] };
        let logs = shares.iter().map(|_| log()).collect();
        let mut filling = Filling { table: self, logs, log_homes: regions.log_homes };
        let jobs = filling.logs.iter_mut().zip(shares).enumerate().map(|(i, (log, share))| {
            let homes = i * homes..(i + 1) * homes;
            // Those of the last homes reach beyond the homes.
            let beyond = if homes.end > control.mask() { 0 } else { G::WIDTH - 1 };
            let windows = homes.start..homes.end - beyond;
            Job { region: Region { control, homes, windows, log }, share }
        });
        let result = run(jobs.collect());
        drop(filling);
        self.debug_check();
        result
    }
}
