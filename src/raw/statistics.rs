//! Statistics: how long searches are, found out without a clock.

use core::fmt::{self, Display};

use super::RawTable;
use super::control::Control;
use crate::allocator::Allocator;
use crate::ctrl;
use crate::group::Group;
use crate::probe::ProbeSeq;

/// What a map looks like from inside: how full it is, and how long searches are. Made by
/// [`HashMap::statistics`](crate::HashMap::statistics) and its like on all maps, sets and tables; printed
/// with `{}` for people.
///
/// A search looks at a *window* of 8 or 16 slots at once, and at another one only if that has
/// overflowed. So a map is as fast as it can be if searches visit little more than one window, and
/// compare their key with hardly any but its own. What spoils this is nearly always the hasher.
///
/// # Is my hasher good enough?
///
/// Fill a map with keys as they occur in practice, and print its statistics.
///
/// | number | with a good hasher | otherwise |
/// |---|---|---|
/// | `hit_windows`, `miss_windows` | up to 1.1 in most maps, 1.5 in the fullest | the low bits of hashes are too much alike: entries crowd at a few places |
/// | `max_hit_windows`, `max_miss_windows` | up to 10 | as above, for some keys: in the hundreds, these keys may have been chosen by somebody who wants the map to be slow |
/// | `equal_tags` | about .008, which is 1/128 | the top 7 bits are too much alike: searches compare their key with many others |
///
/// (If pointers have 32 bits, so have hashes, and the top bits are those of the lower half.) Typical
/// culprits: a hasher that hands integers through has no top bits, one that only multiplies has no low
/// bits if those of the keys are zero, as in addresses and multiples of a power of two. The default
/// hasher is good for most keys. Integers in regular steps, addresses of pages above all, meet now and
/// then a seed under which searches take several windows; that is a property of foldhash's fast variant,
/// and not of the table. A hasher whose every output bit depends on every input bit is good for all keys:
/// foldhash's quality variant is one.
///
/// If the windows are many and the hasher is beyond doubt, look at `steps`: removals in bulk
/// ([`retain`](crate::HashMap::retain) and the like) leave searches longer than need be, until
/// insertions bring them above the `limit` and tidy up.
///
/// ```
/// use foldhash::quality;
/// use rosti::HashMap;
/// use std::hash::{BuildHasherDefault, Hasher};
///
/// /// A number is its own hash.
/// #[derive(Default)]
/// struct Identity(u64);
///
/// impl Hasher for Identity {
///     fn write(&mut self, _: &[u8]) {
///         unreachable!("for u64 only");
///     }
///     fn write_u64(&mut self, n: u64) {
///         self.0 = n;
///     }
///     fn finish(&self) -> u64 {
///         self.0
///     }
/// }
///
/// let pages = || (0..1000u64).map(|n| (n << 12, ()));
/// let good: HashMap<_, _, quality::FixedState> = pages().collect();
/// let bad: HashMap<_, _, BuildHasherDefault<Identity>> = pages().collect();
///
/// let (good, bad) = (good.statistics(), bad.statistics());
/// assert!(good.hit_windows < 1.5 && good.equal_tags < 0.02);
/// assert!(bad.hit_windows > 10.0 && bad.equal_tags > 0.9);
/// println!("{bad}");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Statistics {
    /// Number of entries.
    pub entries: usize,
    /// Number of slots for entries. Up to 7/8 of them are used, in the smallest maps all.
    pub slots: usize,
    /// Bytes allocated, as [`allocation_size`](crate::HashMap::allocation_size) has it.
    pub bytes: usize,
    /// Mean number of windows that finding a present key visits, over all keys.
    pub hit_windows: f64,
    /// The most windows that finding any present key visits.
    pub max_hit_windows: usize,
    /// Mean number of windows that a search for an absent key visits, over all places where such a
    /// search can begin. More than 256 count as 256.
    pub miss_windows: f64,
    /// The most windows that a search for an absent key visits. More than 256 count as 256.
    pub max_miss_windows: usize,
    /// Share of the places where a search can begin that it must leave for another window.
    pub overflowed: f64,
    /// Share of the pairs of entries that have the same tag, the 7 bits of the hash by which searches
    /// recognise what may be their key.
    pub equal_tags: f64,
    /// How many windows all entries together are away from where a search for them begins, or were
    /// believed to be by removals that did not know better.
    pub steps: usize,
    /// The `steps` above which an insertion tidies up, by a rebuild in place, if entries have left the
    /// map since the last time.
    pub limit: usize,
}

impl Statistics {
    /// The share of slots that are used.
    ///
    /// ```
    /// let table: rosti::HashTable<u64> = rosti::HashTable::with_capacity(100);
    /// assert_eq!(table.statistics(|&n| n).load(), 0.0);
    /// ```
    #[must_use]
    pub fn load(&self) -> f64 {
        share(self.entries, self.slots)
    }
}

/// What a person wants to know first comes first.
impl Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { entries, slots, bytes, steps, limit, .. } = self;
        let (hit, max_hit) = (self.hit_windows, self.max_hit_windows);
        let (miss, max_miss) = (self.miss_windows, self.max_miss_windows);
        let (load, per_entry) = (self.load(), share(*bytes, *entries));
        let [overflowed, tags] = [self.overflowed, self.equal_tags].map(|share| 100.0 * share);
        writeln!(f, "size      {entries} entries in {slots} slots, load {load:.2}")?;
        writeln!(f, "memory    {bytes} bytes, {per_entry:.1} per entry")?;
        writeln!(f, "hits      {hit:.2} windows in the mean, {max_hit} at most")?;
        writeln!(f, "misses    {miss:.2} windows in the mean, {max_miss} at most")?;
        writeln!(f, "overflow  {overflowed:.1} % of the homes")?;
        writeln!(
            f,
            "tags      equal in {tags:.1} % of all pairs of entries, 0.8 % if hashes are good"
        )?;
        write!(f, "rebuild   at {limit} steps, now {steps}")
    }
}

/// More windows than this are not counted, so that statistics take O(slots) whatever the hashes are.
pub(super) const MOST_WINDOWS: usize = if cfg!(all(test, miri)) { 8 } else { 256 };

/// Of how many tags one is tried in vain: all are, but by the unit tests under Miri.
pub(super) const TAG_STEP: usize = if cfg!(all(test, miri)) { 16 } else { 1 };

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// How long searches in this table are. O(slots). Calls the hasher once per entry.
    pub fn statistics(&self, hasher: impl Fn(&T) -> u64) -> Statistics {
        let (control, mask, shape) = (self.control, self.control.mask(), Control::<G>::SHAPE);
        let (mut hits, mut max_hit, mut tags) = (0, 0, [0usize; 128]);
        for slot in (0..self.slots()).filter(|&slot| self.is_full(slot)) {
            // SAFETY: the slot is full.
            let (entry, tag) = unsafe { (self.get(slot), self.tag_at(slot)) };
            let home = ctrl::home(hasher(entry), mask);
            let windows = ProbeSeq::windows_to(slot, home, mask, shape);
            hits += windows;
            max_hit = max_hit.max(windows);
            tags[usize::from(tag.byte())] += 1;
        }
        let (mut misses, mut max_miss, mut overflowed) = (0, 0, 0);
        for home in 0..=mask {
            let (mut seq, mut windows) = (ProbeSeq::new(home as u64, mask), 1);
            // SAFETY: positions of a walk are at most `mask`.
            while unsafe { control.overflowed(seq.position()) }
                && windows < MOST_WINDOWS
                && seq.advance(mask, shape)
            {
                windows += 1;
            }
            misses += windows;
            max_miss = max_miss.max(windows);
            overflowed += usize::from(windows > 1);
        }
        let (steps, limit) = match control.has_several_windows() {
            // SAFETY: the table has several windows, and is borrowed.
            true => unsafe { (control.steps() as usize, control.limit() as usize) },
            false => (0, 0),
        };
        // In floating point: the squares of large numbers are too large.
        let pairs = |count: usize| count as f64 * count.saturating_sub(1) as f64;
        let of_a_kind: f64 = tags.into_iter().map(pairs).sum();
        Statistics {
            entries: self.len(),
            slots: self.slots(),
            bytes: self.allocation_size(),
            hit_windows: share(hits, self.len()),
            max_hit_windows: max_hit,
            miss_windows: share(misses, mask + 1),
            max_miss_windows: max_miss,
            overflowed: share(overflowed, mask + 1),
            equal_tags: of_a_kind / pairs(self.len()).max(1.0),
            steps,
            limit,
        }
    }

    /// How many other entries a search compares its key with, because their tags match (or the
    /// backend says so), in the mean: when the key is present, over all entries, and when it is
    /// absent, over all homes and tags. O(slots x probe length x tags). Calls the hasher once per
    /// entry.
    pub fn false_matches(&self, hasher: impl Fn(&T) -> u64) -> (f64, f64) {
        let offered = |hash: u64, wanted: Option<usize>| {
            let mut others = 0;
            let is_match = |slot| {
                let found = wanted == Some(slot);
                others += usize::from(!found);
                found
            };
            // Whether it is found does not matter here.
            _ = self.control.probe(hash, is_match);
            others
        };
        let full = (0..self.slots()).filter(|&slot| self.is_full(slot));
        // SAFETY: the slot is full.
        let hits = full.map(|slot| offered(hasher(unsafe { self.get(slot) }), Some(slot))).sum();
        let tags = (0..1usize << 7).step_by(TAG_STEP);
        let homes = self.control.mask() + 1;
        let mut misses = 0;
        for home in 0..homes as u64 {
            for tag in tags.clone() {
                misses += offered((tag as u64) << (usize::BITS - 7) | home, None);
            }
        }
        (share(hits, self.len()), share(misses, tags.len() * homes))
    }
}

fn share(count: usize, of: usize) -> f64 {
    count as f64 / of.max(1) as f64
}
