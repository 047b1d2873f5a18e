//! Walking over a table in steps; see `raw/scan.rs` for how.

use super::HashTable;
use crate::allocator::Allocator;
use crate::raw::ScanCursor;

impl<T, A: Allocator> HashTable<T, A> {
    /// Visits some of the entries and returns where to continue, or `None` when all have been
    /// visited. Between two steps the table may be changed in any way. Beyond hashbrown's
    /// interface.
    ///
    /// [`HashMap::scan`](crate::HashMap::scan) says what is promised and what it costs. `hasher` is
    /// called for the entries in about 540 slots, and must always return the same hash for the same
    /// entry; otherwise entries may be skipped or visited more than once.
    ///
    /// ```
    /// use rosti::{HashTable, ScanCursor};
    /// let hash = |n: &u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    /// let mut table = HashTable::new();
    /// (0..1000).for_each(|n| drop(table.insert_unique(hash(&n), n, hash)));
    /// let (mut seen, mut next) = (0, Some(ScanCursor::START));
    /// while let Some(cursor) = next {
    ///     next = table.scan(cursor, hash, |_| seen += 1);
    ///     table.reserve(2 * table.len(), hash);
    /// }
    /// assert_eq!(seen, 1000);
    /// ```
    #[inline]
    pub fn scan(
        &self,
        from: ScanCursor,
        hasher: impl Fn(&T) -> u64,
        f: impl FnMut(&T),
    ) -> Option<ScanCursor> {
        self.raw.scan(from, hasher, f)
    }

    examples! {
        "use rosti::{HashTable, ScanCursor};\n\
            let mut table = HashTable::new();\n\
            (0..8).for_each(|n| drop(table.insert_unique(n, (n, 'a'), |entry: &(u64, char)| entry.0)));";

        /// [`scan`](Self::scan) that may change the entries. Their hashes must not change.
        #[example("table.scan_mut(ScanCursor::START, |entry| entry.0, |entry| entry.1 = 'b');",
            "assert!(table.iter().all(|entry| entry.1 == 'b'));")]
        #[inline]
        pub fn scan_mut(
            &mut self,
            from: ScanCursor,
            hasher: impl Fn(&T) -> u64,
            f: impl FnMut(&mut T),
        ) -> Option<ScanCursor> {
            self.raw.scan_mut(from, hasher, f)
        }

        /// [`scan_mut`](Self::scan_mut) that drops the entries for which `keep` returns false. If `keep` or a drop
        /// panics, the entries already dropped are gone and all others stay.
        #[example("let next = table.scan_retain(ScanCursor::START, |entry| entry.0, |entry| entry.0 % 2 == 0);",
            "assert_eq!((next, table.len()), (None, 4));")]
        #[inline]
        pub fn scan_retain(
            &mut self,
            from: ScanCursor,
            hasher: impl Fn(&T) -> u64,
            keep: impl FnMut(&mut T) -> bool,
        ) -> Option<ScanCursor> {
            self.raw.scan_retain(from, hasher, keep)
        }
    }
}
