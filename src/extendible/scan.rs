//! Walking over a map or a set in steps, between which anything may happen to it.
//!
//! A table of tables needs less for it than a table: all entries have a place in one order, that of
//! their spread hashes, and a table has the entries of one range of it. A step visits the rest of the
//! table that the cursor points into, and the cursor becomes the end of that table's range. If tables
//! have been split or joined by then, the table that the next step finds begins at the cursor or before
//! it, and what is before has been visited.

use core::hash::{BuildHasher, Hash};

use super::map::{ExtendibleMap, hash_of};
use super::set::ExtendibleSet;
use super::table::{Tables, spread};
use crate::ScanCursor;
use crate::allocator::Allocator;
use crate::{hash_map, hash_set};

impl<T, A: Allocator> Tables<T, A> {
    /// The cursor behind the table of a word, whose range ends with this one; `None` at the end.
    fn behind(&self, word: u32) -> Option<ScanCursor> {
        let shift = u32::BITS - self.depth_at(word);
        let end = match shift {
            u32::BITS => None,
            _ => ((word >> shift) + 1).checked_shl(shift).filter(|&end| end != 0),
        };
        end.map(|end| ScanCursor::from_bits(u64::from(end)))
    }

    /// See [`ExtendibleMap::scan`].
    fn scan(
        &self,
        from: ScanCursor,
        hasher: impl Fn(&T) -> u64,
        mut f: impl FnMut(&T),
    ) -> Option<ScanCursor> {
        let begin = from.to_bits() as u32;
        for entry in self.entries_at(begin) {
            if spread(hasher(entry)) >= begin {
                f(entry);
            }
        }
        self.behind(begin)
    }

    /// See [`ExtendibleMap::scan_mut`].
    fn scan_mut(
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

    /// See [`ExtendibleMap::scan_retain`].
    fn scan_retain(
        &mut self,
        from: ScanCursor,
        hasher: impl Fn(&T) -> u64,
        mut keep: impl FnMut(&mut T) -> bool,
    ) -> Option<ScanCursor> {
        let begin = from.to_bits() as u32;
        self.retain_at(begin, &hasher, |hash, entry| spread(hash) < begin || keep(entry));
        self.behind(begin)
    }
}

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator + Clone> ExtendibleMap<K, V, S, A> {
    /// Visits some of the entries and returns where to continue, or `None` when all have been
    /// visited.
    ///
    /// What [`HashMap::scan`](crate::HashMap::scan) promises about entries that stay, leave, change
    /// or arrive between two steps holds here too, whatever is split and joined in the meantime. A
    /// step visits one table: it hashes at most [`BOUND`](Self::BOUND) keys and a few dozen more.
    ///
    /// ```
    /// let mut map: rosti::ExtendibleMap<u64, bool> = (0..20_000).map(|n| (n, true)).collect();
    /// let (mut seen, mut next) = (0, Some(rosti::ScanCursor::START));
    /// while let Some(cursor) = next {
    ///     next = map.scan(cursor, |_, &old| seen += u64::from(old));
    ///     map.insert(cursor.to_bits() + 20_000, false);
    /// }
    /// assert_eq!(seen, 20_000);
    /// ```
    #[inline]
    pub fn scan(&self, from: ScanCursor, mut f: impl FnMut(&K, &V)) -> Option<ScanCursor> {
        self.tables.scan(from, hash_of(&self.hash_builder), |(key, value)| f(key, value))
    }

    hash_map::scans! {
        "ExtendibleMap<String, u64>", "", |self, from|
        scan_mut: f => self.tables.scan_mut(from, hash_of(&self.hash_builder), |(key, value)| f(key, value));
        scan_retain: keep
            => self.tables.scan_retain(from, hash_of(&self.hash_builder), |(key, value)| keep(key, value)), inline;
    }
}

impl<T: Eq + Hash, S: BuildHasher, A: Allocator + Clone> ExtendibleSet<T, S, A> {
    hash_set::scans! { T, "ExtendibleSet<String>" }
}
