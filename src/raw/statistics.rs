//! Statistics: how long searches are, found out without a clock.

use core::fmt::{self, Display};

use super::RawTable;
use super::control::Control;
use crate::allocator::Allocator;
use crate::ctrl;
use crate::group::Group;
use crate::probe::ProbeSeq;

/// What a map looks like from the inside: how full it is, and how long searches are. Every map, set
/// and table has a method like [`HashMap::statistics`](crate::HashMap::statistics) that returns
/// this; `{}` prints it for people.
///
/// A search looks at a *window* of 8 or 16 slots at once, and at another one only if that one has
/// overflowed. So a map is as fast as it can be if searches visit little more than one window and
/// compare their key with hardly any other. If they do not, the hasher is nearly always to blame.
///
/// # Is my hasher good enough?
///
/// Fill a map with the keys you expect in practice, and print its statistics.
///
/// | number | with a good hasher | otherwise |
/// |---|---|---|
/// | `hit_windows`, `miss_windows` | up to 1.1 in most maps, 1.5 in the fullest | the low bits of hashes are too much alike: entries crowd at a few places |
/// | `scattered` | false | as above, so much so that the map uses other bits of the hashes, too |
/// | `max_hit_windows`, `max_miss_windows` | up to 10 | as above, for some keys: in the hundreds, these keys may have been chosen by somebody who wants the map to be slow |
/// | `equal_tags` | about .008, which is 1/128 | the top 7 bits are too much alike: searches compare their key with many others |
///
/// (Where pointers have 32 bits, so do hashes, and the top bits are those of the lower half.)
/// Typical culprits are hashers that pass integers through, whose top bits are empty, and hashers
/// that only multiply, whose low bits are zero when those of the keys are, as in addresses and
/// multiples of a power of two. The default hasher is good for most keys. With keys in steps of a
/// large power of two, such as addresses of pages, some seeds of it (about two processes in a
/// hundred in one try) give hashes whose low bits advance so regularly that searches visit more
/// than 1.5 windows on average. This is a property of foldhash's fast variant, which hashbrown uses
/// too, rather than of the table. A hasher whose every output bit depends on every input bit is
/// good for all keys; foldhash's quality variant is one.
///
/// If searches visit many windows although the hasher is beyond doubt, look at `steps`: bulk
/// removals ([`retain`](crate::HashMap::retain) and the like) leave searches longer than necessary,
/// until insertions push `steps` above the `limit` and trigger a cleanup.
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
/// assert!(bad.hit_windows > 1.5 && bad.equal_tags > 0.9 && bad.scattered);
/// println!("{bad}");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Statistics {
    /// The number of entries.
    pub entries: usize,
    /// The number of slots for entries. Up to 7/8 of them are used, and in the smallest maps all.
    pub slots: usize,
    /// The bytes allocated, as in [`allocation_size`](crate::HashMap::allocation_size).
    pub bytes: usize,
    /// The mean number of windows that a search for a present key visits, over all keys.
    pub hit_windows: f64,
    /// The most windows that a search for any present key visits.
    pub max_hit_windows: usize,
    /// The mean number of windows that a search for an absent key visits, over all places where
    /// such a search can begin. More than 256 count as 256.
    pub miss_windows: f64,
    /// The most windows that a search for an absent key visits. More than 256 count as 256.
    pub max_miss_windows: usize,
    /// The share of places where a search can begin at which it has to go on to another window.
    pub overflowed: f64,
    /// The share of pairs of entries with the same tag, the 7 bits of the hash by which searches
    /// recognise candidates.
    pub equal_tags: f64,
    /// How many windows all entries together are away from where a search for them begins,
    /// including entries that have left by a removal that does not know the hash.
    pub steps: usize,
    /// The number of `steps` above which an insertion cleans up, by a rebuild in place, if entries
    /// have left the map since the last one.
    pub limit: usize,
    /// Whether entries have crowded at so few places that those without room there are told apart by other bits of
    /// their hashes. It keeps searches short, but a better hasher makes them shorter. (In a map of several tables,
    /// whether it is so in any of them.)
    pub scattered: bool,
}

impl Statistics {
    /// The share of slots that are used.
    ///
    /// ```
    /// let table: rosti::HashTable<u64> = rosti::HashTable::with_capacity(100);
    /// assert_eq!(table.statistics(|&n| n).load(), 0.0);
    /// ```
    #[inline]
    #[must_use]
    pub fn load(&self) -> f64 {
        share(self.entries, self.slots)
    }
}

/// What a person wants to know first comes first.
impl Display for Statistics {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { entries, slots, bytes, steps, limit, scattered, .. } = self;
        let (hit, max_hit) = (self.hit_windows, self.max_hit_windows);
        let (miss, max_miss) = (self.miss_windows, self.max_miss_windows);
        let (load, per_entry) = (self.load(), share(*bytes, *entries));
        let [overflowed, tags] = [self.overflowed, self.equal_tags].map(|share| 100.0 * share);
        writeln!(f, "size      {entries} entries in {slots} slots, load {load:.2}")?;
        writeln!(f, "memory    {bytes} bytes, {per_entry:.1} per entry")?;
        writeln!(f, "hits      {hit:.2} windows in the mean, {max_hit} at most")?;
        writeln!(f, "misses    {miss:.2} windows in the mean, {max_miss} at most")?;
        let way = if *scattered { ", scattered: hashes crowd" } else { "" };
        writeln!(f, "overflow  {overflowed:.1} % of the homes{way}")?;
        writeln!(
            f,
            "tags      equal in {tags:.1} % of all pairs of entries, 0.8 % if hashes are good"
        )?;
        write!(f, "rebuild   at {limit} steps, now {steps}")
    }
}

/// More windows than this are not counted, so that statistics take O(slots) whatever the hashes are.
pub(super) const MOST_WINDOWS: usize = if cfg!(all(test, miri)) { 8 } else { 256 };

/// What [`Statistics`] are made of, counted in one table after another.
#[derive(Default)]
pub(crate) struct Count {
    entries: usize,
    slots: usize,
    homes: usize,
    hits: usize,
    max_hit: usize,
    misses: usize,
    max_miss: usize,
    overflowed: usize,
    /// Pairs of entries of one table, and those with the same tag. In floating point: the squares of large
    /// numbers are too large.
    pairs: f64,
    of_a_kind: f64,
    steps: usize,
    limit: usize,
    scattered: bool,
}

impl Count {
    /// Counts what is in a table. O(slots). Calls the hasher once per entry.
    pub(crate) fn add<T, G: Group, A: Allocator>(
        &mut self,
        table: &RawTable<T, G, A>,
        hasher: impl Fn(&T) -> u64,
    ) {
        let (control, mask, shape) = (table.control, table.control.mask(), Control::<G>::SHAPE);
        let mut tags = [0usize; 128];
        for slot in (0..table.slots()).filter(|&slot| table.is_full(slot)) {
            // SAFETY: the slot is full.
            let (entry, tag) = unsafe { (table.get(slot), table.tag_at(slot)) };
            let hash = hasher(entry);
            let home = ctrl::home(hash, mask);
            let scatter = match control.has_several_windows() {
                // SAFETY: there are several windows, with words (I2), and the table is borrowed.
                true => unsafe { control.scatter(hash) },
                false => 0,
            };
            let windows = ProbeSeq::windows_to(slot, home, mask, scatter, shape);
            self.hits += windows;
            self.max_hit = self.max_hit.max(windows);
            tags[usize::from(tag.byte())] += 1;
        }
        for home in 0..=mask {
            let hash = absent(home, 0, mask);
            let (mut seq, mut windows) = (ProbeSeq::new(hash, mask), 1);
            // SAFETY: positions of a walk are at most `mask`.
            while unsafe { control.overflowed(seq.position()) }
                && windows < MOST_WINDOWS
                // SAFETY: where a position has overflowed there are several windows, with words (I2).
                && unsafe { control.advance(hash, &mut seq) }
            {
                windows += 1;
            }
            self.misses += windows;
            self.max_miss = self.max_miss.max(windows);
            self.overflowed += usize::from(windows > 1);
        }
        if control.has_several_windows() {
            // SAFETY: the table has several windows, and is borrowed.
            unsafe {
                self.steps += control.steps() as usize;
                self.limit += control.limit() as usize;
                self.scattered |= control.is_scattered();
            }
        }
        let pairs = |count: usize| count as f64 * count.saturating_sub(1) as f64;
        self.pairs += pairs(table.len());
        self.of_a_kind += tags.into_iter().map(pairs).sum::<f64>();
        self.entries += table.len();
        self.slots += table.slots();
        self.homes += mask + 1;
    }

    /// The statistics of what has been counted, in tables of so many bytes.
    pub(crate) fn finish(self, bytes: usize) -> Statistics {
        Statistics {
            entries: self.entries,
            slots: self.slots,
            bytes,
            hit_windows: share(self.hits, self.entries),
            max_hit_windows: self.max_hit,
            miss_windows: share(self.misses, self.homes),
            max_miss_windows: self.max_miss,
            overflowed: share(self.overflowed, self.homes),
            equal_tags: self.of_a_kind / self.pairs.max(1.0),
            steps: self.steps,
            limit: self.limit,
            scattered: self.scattered,
        }
    }
}

impl<T, G: Group, A: Allocator> RawTable<T, G, A> {
    /// How long searches in this table are. O(slots). Calls the hasher once per entry.
    pub fn statistics(&self, hasher: impl Fn(&T) -> u64) -> Statistics {
        let mut count = Count::default();
        count.add(self, hasher);
        count.finish(self.allocation_size())
    }
}

/// The hash of an absent key with this home and tag. Its other bits are as they come: in a scattered table they count.
pub(super) fn absent(home: usize, tag: usize, mask: usize) -> u64 {
    let tags = 0x7f << (usize::BITS - 7);
    let others = ((home << 7 | tag) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    others & !(tags | mask as u64) | (tag as u64) << (usize::BITS - 7) | home as u64
}

#[inline]
fn share(count: usize, of: usize) -> f64 {
    count as f64 / of.max(1) as f64
}
