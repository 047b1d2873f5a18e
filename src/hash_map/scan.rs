//! Walking over a map in steps; the walk itself is the table's (`raw/scan.rs`).

use core::hash::{BuildHasher, Hash};

use super::{HashMap, hash_of};
use crate::allocator::Allocator;
use crate::raw::ScanCursor;

/// The steps that change something, for the `impl` of a map. In quotes, for the documentation, a type and what else is
/// to be said of steps that drop entries; then how they are made.
macro_rules! scans {
    (
        $Of:literal, $on_retain:literal, |$self:ident, $from:ident|
        scan_mut: $f:ident => $scan_mut:expr;
        scan_retain: $keep:ident => $scan_retain:expr $(, $inline:ident)?;
    ) => {
        /// [`scan`](Self::scan) that may change values.
        ///
        /// ```
        #[doc = concat!("let mut map: rosti::", $Of, " = (0..1000).map(|n| (n.to_string(), 0)).collect();")]
        /// let mut next = Some(rosti::ScanCursor::START);
        /// while let Some(cursor) = next {
        ///     next = map.scan_mut(cursor, |_, value| *value += 1);
        /// }
        /// assert!(map.values().all(|&value| value == 1));
        /// ```
        #[inline]
        pub fn scan_mut(&mut $self, $from: ScanCursor, mut $f: impl FnMut(&K, &mut V)) -> Option<ScanCursor> {
            $scan_mut
        }

        /// [`scan_mut`](Self::scan_mut) that drops the entries for which `keep` returns false: a
        /// [`retain`](Self::retain) in small steps. If `keep` or a drop panics, the entries already
        #[doc = concat!("dropped are gone and all others stay.", $on_retain)]
        ///
        /// ```
        /// // A few entries are looked at per tick; those whose time has come are dropped.
        #[doc = concat!("let mut cache: rosti::", $Of, " = (0..1000).map(|n| (n.to_string(), n % 7)).collect();")]
        /// let mut cursor = rosti::ScanCursor::START;
        /// for tick in 0..100 {
        ///     let now = 3;
        ///     cursor = cache.scan_retain(cursor, |_, expires| *expires > now).unwrap_or_default();
        ///     cache.extend([(format!("of {tick}"), 9)]);
        /// }
        /// assert!(cache.values().all(|&expires| expires > 3));
        /// ```
        $(#[$inline])?
        pub fn scan_retain(
            &mut $self,
            $from: ScanCursor,
            mut $keep: impl FnMut(&K, &mut V) -> bool,
        ) -> Option<ScanCursor> {
            $scan_retain
        }
    };
}

#[cfg(any(feature = "extendible", feature = "str"))]
pub(crate) use scans;

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator> HashMap<K, V, S, A> {
    /// Visits some of the entries and returns where to continue, or `None` when all have been
    /// visited. Beyond hashbrown's interface.
    ///
    /// A scan is a walk over the map in steps. Between steps the map may change in any way: it may
    /// grow or shrink, or be cleared and filled again. As long as equal keys have equal hashes,
    ///
    /// * an entry that is in the map from the first step to the last is visited exactly once;
    /// * one that was removed is not visited afterwards;
    /// * one that was changed is visited with its new value;
    /// * one that was inserted in the meantime is visited once or not at all.
    ///
    /// A step takes O(1) expected time, whatever the size of the map: it hashes the keys in about
    /// 540 slots, and visits some 400 entries of a well-filled map. Small maps are visited in one
    /// step. A step also looks at entries that collided with those it visits. If so many collide that the map is
    /// [scattered](crate::Statistics::scattered) at the time, a step visits all that is left: O(slots).
    /// An unchanged map takes one step per 512 slots.
    /// After growth the rest of the scan takes more steps; after shrinking it takes as many as
    /// before, or a single one if the map has become small.
    ///
    /// If `f` panics, repeat the step with the cursor that it began with; entries that it had
    /// already visited are then visited again.
    ///
    /// ```
    /// use rosti::{HashMap, ScanCursor};
    ///
    /// let mut squares: HashMap<u64, u64> = (0..1000).map(|n| (n, n * n)).collect();
    /// let (mut seen, mut next) = (0, Some(ScanCursor::START));
    /// while let Some(cursor) = next {
    ///     next = squares.scan(cursor, |n, _| seen += u64::from(*n < 1000));
    ///     // The map is free between steps.
    ///     let n = squares.len() as u64;
    ///     squares.insert(n, n * n);
    /// }
    /// assert_eq!(seen, 1000);
    /// ```
    #[inline]
    pub fn scan(&self, from: ScanCursor, mut f: impl FnMut(&K, &V)) -> Option<ScanCursor> {
        self.table.scan(from, hash_of(&self.hash_builder), |(key, value)| f(key, value))
    }

    scans! {
        "HashMap<String, u64>", "", |self, from|
        scan_mut: f => self.table.scan_mut(from, hash_of(&self.hash_builder), |(key, value)| f(key, value));
        scan_retain: keep
            => self.table.scan_retain(from, hash_of(&self.hash_builder), |(key, value)| keep(key, value)), inline;
    }
}
