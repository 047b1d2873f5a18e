//! Putting entries into a map in parallel.
//!
//! 1. The table makes room for all of them. If their number is not known beforehand, they are
//!    collected first.
//! 2. All threads hash entries and sort them by the regions of the table that they belong to.
//! 3. All threads fill regions (`raw/region.rs`), each of which is small enough for a core's cache.
//! 4. The few entries left over, whose place is across a region's border, follow one by one.
//!
//! The entries stay in order: what one thread has sorted is a *part* of each region's share, and
//! the parts come in the order of the iterator.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::hash::{BuildHasher, Hash};

use ::rayon::current_num_threads;
use ::rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::allocator::Allocator;
use crate::capacity::room_for;
use crate::hash_map::{HashMap, has_key, hash_of};
use crate::hash_table::{Entry, HashTable};
use crate::raw::region::{Regions, Share};

/// Entries times threads from which a table is filled by regions. As long as a table is in the
/// cache, sorting costs several times what inserting does, so two threads gain with big tables only,
/// more threads sooner. Chosen by `benches/parallel.rs`. The build that checks invariants, Miri and
/// emulators want to see small tables too.
const BY_REGIONS: usize =
    if cfg!(any(rosti_invariants, rosti_emulated, miri)) { 1 } else { 1 << 21 };

/// Bytes of table in a region, about what a core's cache holds. Smaller ones are not quicker
/// (`benches/parallel.rs`).
const REGION_BYTES: usize = 1 << 20;

/// The most regions: sorting writes to as many places in turn.
const MOST_REGIONS: usize = 1 << 10;

/// Entries of a part, in the mean. With a quarter as many, allocating the parts shows
/// (`benches/parallel.rs`).
const PART_LEN: usize = 256;

/// The fewest regions for each thread, so that one that is done finds others to help with.
const REGIONS_PER_THREAD: usize = 4;

/// Inserts all entries, with the result of inserting one by one in order.
pub(super) fn extend<K, V, S, A>(
    map: &mut HashMap<K, V, S, A>,
    entries: impl ParallelIterator<Item = (K, V)>,
) where
    K: Eq + Hash + Send,
    V: Send,
    S: BuildHasher + Sync,
    A: Allocator,
{
    let HashMap { hash_builder, table } = map;
    let hasher = hash_of::<K, V, S>(hash_builder);
    let by_regions = |len: usize| len.saturating_mul(current_num_threads()) >= BY_REGIONS;
    let len = entries.opt_len();
    let entries = entries.map(|entry| (hasher(&entry), entry));
    if let Some(len) = len.filter(|&len| by_regions(len)) {
        return fill(table, entries, len, &hasher);
    }
    // With a filter, for rayon panics if there are not as many as it was told.
    let chunks = entries.filter(|_| true).collect_vec_list();
    let len: usize = chunks.iter().map(Vec::len).sum();
    if by_regions(len) {
        fill(table, chunks.into_par_iter().flatten_iter(), len, &hasher);
    } else {
        table.reserve(room_for(len, table.is_empty()), &hasher);
        insert(table, chunks.into_iter().flatten(), &hasher);
    }
}

/// Inserts entries by regions, `len` of them if that was the truth.
fn fill<K: Eq + Send, V: Send, A: Allocator>(
    table: &mut HashTable<(K, V), A>,
    entries: impl ParallelIterator<Item = (u64, (K, V))>,
    len: usize,
    hasher: &impl Fn(&(K, V)) -> u64,
) {
    table.reserve(len, hasher);
    let for_cache = table.allocation_size() / REGION_BYTES;
    let for_threads = current_num_threads() * REGIONS_PER_THREAD;
    let regions = table.raw.regions(for_cache.max(for_threads).min(MOST_REGIONS));
    let shares = sort(entries, regions);
    let len = shares.iter().flatten().map(Vec::len).sum();
    if len > table.raw.growth_left() {
        table.reserve(len, hasher);
        // Equal entries are in one region, in order.
        return insert(table, shares.into_iter().flatten().flatten(), hasher);
    }
    let left_over: Vec<Vec<_>> = table.raw.fill(regions, shares, |jobs| {
        jobs.into_par_iter().map(|job| job.run(|a, b| a.0 == b.0, update)).collect()
    });
    insert(table, left_over.into_iter().flatten(), hasher);
}

/// Gives each region its share of the entries, in order.
fn sort<T: Send>(
    entries: impl ParallelIterator<Item = (u64, T)>,
    regions: Regions,
) -> Vec<Share<T>> {
    // Boxed, because rayon moves it with every entry.
    let new = || Box::new(Sorter { regions, pending: Vec::new(), shares: Vec::new() });
    let sorters = entries.fold(new, |mut sorter, entry| {
        sorter.push(entry);
        sorter
    });
    let mut sorter = sorters.reduce(new, |sorter, next| sorter.followed_by(next));
    sorter.sort_pending();
    sorter.shares.resize_with(regions.count(), Share::new);
    sorter.shares
}

/// Entries that follow each other: first those in the shares, then those that are pending.
///
/// Sorting waits for so many entries that parts are of a useful size, also if rayon cuts the work
/// into pieces of a few entries.
struct Sorter<T> {
    regions: Regions,
    pending: Vec<(u64, T)>,
    /// A share for each region, or none at all as long as all entries are pending.
    shares: Vec<Share<T>>,
}

impl<T> Sorter<T> {
    /// The most entries that are pending.
    fn batch(&self) -> usize {
        PART_LEN * self.regions.count()
    }

    #[inline]
    fn push(&mut self, entry: (u64, T)) {
        self.pending.push(entry);
        if self.pending.len() == self.batch() {
            self.sort_pending();
        }
    }

    /// Adds a part with the pending entries to each share.
    fn sort_pending(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let (regions, count) = (self.regions, self.regions.count());
        let mut lens = vec![0; count];
        self.pending.iter().for_each(|&(hash, _)| lens[regions.of(hash)] += 1);
        let mut parts: Vec<Vec<_>> = lens.into_iter().map(Vec::with_capacity).collect();
        for entry in self.pending.drain(..) {
            parts[regions.of(entry.0)].push(entry);
        }
        self.shares.resize_with(count, Share::new);
        self.shares.iter_mut().zip(parts).for_each(|(share, part)| share.push(part));
    }

    /// These entries and then those.
    fn followed_by(mut self: Box<Self>, mut other: Box<Self>) -> Box<Self> {
        if other.shares.is_empty() && self.pending.len() + other.pending.len() < self.batch() {
            self.pending.append(&mut other.pending);
            return self;
        }
        if self.pending.is_empty() && self.shares.is_empty() {
            return other;
        }
        self.sort_pending();
        let shares = self.shares.iter_mut().zip(&mut other.shares);
        shares.for_each(|(share, more)| share.append(more));
        self.pending = other.pending;
        self
    }
}

/// Inserts entries one by one.
fn insert<K: Eq, V, A: Allocator>(
    table: &mut HashTable<(K, V), A>,
    entries: impl Iterator<Item = (u64, (K, V))>,
    hasher: &impl Fn(&(K, V)) -> u64,
) {
    entries.for_each(|(hash, entry)| match table.entry(hash, has_key(&entry.0), hasher) {
        Entry::Occupied(present) => update(present.into_mut(), entry),
        Entry::Vacant(vacant) => drop(vacant.insert(entry)),
    });
}

/// Keeps the present key and takes the new value.
fn update<K, V>(present: &mut (K, V), new: (K, V)) {
    present.1 = new.1;
}
