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

use alloc::vec::Vec;
use core::hash::{BuildHasher, Hash};

use ::rayon::current_num_threads;
use ::rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::allocator::Allocator;
use crate::hash_map::{HashMap, has_key, hash_of};
use crate::hash_table::{Entry, HashTable};
use crate::raw::region::{Regions, Share};

/// Entries times threads from which a table is filled by regions. As long as a table is in the
/// cache, sorting costs several times what inserting does, so two threads gain with big tables only,
/// more threads sooner. Chosen by `benches/parallel.rs`. The build that checks invariants wants to
/// see small tables too.
const BY_REGIONS: usize = if cfg!(rosti_invariants) { 1 } else { 1 << 21 };

/// Bytes of table in a region: with half as many, sorting into twice the regions costs more than
/// the cache gains (`benches/parallel.rs`).
const REGION_BYTES: usize = 1 << 20;

/// The most regions: sorting writes to as many places in turn.
const MOST_REGIONS: usize = 1 << 10;

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
    let chunks = entries.collect_vec_list();
    let len: usize = chunks.iter().map(Vec::len).sum();
    if by_regions(len) {
        fill(table, chunks.into_par_iter().flatten_iter(), len, &hasher);
    } else {
        // As the serial form does: keys may be present.
        table.reserve(if table.is_empty() { len } else { len.div_ceil(2) }, &hasher);
        insert(table, chunks.into_iter().flatten(), &hasher);
    }
}

/// Inserts `len` entries by regions.
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
    let shares = sort(entries, len, regions);
    let left_over: Vec<Vec<_>> = table.raw.fill(regions, shares, |jobs| {
        jobs.into_par_iter().map(|job| job.run(|a, b| a.0 == b.0, update)).collect()
    });
    insert(table, left_over.into_iter().flatten(), hasher);
}

/// Gives each region its share of the `len` entries.
fn sort<T: Send>(
    entries: impl ParallelIterator<Item = (u64, T)>,
    len: usize,
    regions: Regions,
) -> Vec<Share<T>> {
    // Rayon halves the work until there are about so many parts.
    let parts_per_share = 2 * current_num_threads();
    let part_len = len / regions.count() / parts_per_share;
    let parts = || -> Vec<Vec<(u64, T)>> {
        (0..regions.count()).map(|_| Vec::with_capacity(part_len)).collect()
    };
    let sorted = entries.fold(parts, |mut parts, entry| {
        parts[regions.of(entry.0)].push(entry);
        parts
    });
    let mut shares: Vec<Share<T>> = (0..regions.count()).map(|_| Share::new()).collect();
    for parts in sorted.collect_vec_list().into_iter().flatten() {
        shares.iter_mut().zip(parts).for_each(|(share, part)| share.push(part));
    }
    shares
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
