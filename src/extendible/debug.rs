//! The directory's invariants, for tests.

use core::hash::{BuildHasher, Hash};

use super::directory::Head;
use super::map::{ExtendibleMap, hash_of};
use super::table::Tables;
use crate::allocator::Allocator;

/// Panics unless the directory of a map is in order: for tests that cannot see it. O(slots).
pub fn check_directory<K: Eq + Hash, V, S: BuildHasher, A: Allocator + Clone>(
    map: &ExtendibleMap<K, V, S, A>,
) {
    map.tables.check(hash_of(&map.hash_builder));
}

impl<T, A: Allocator> Tables<T, A> {
    /// Number of tables that have grown beyond the bound.
    pub(super) fn beyond(&self) -> usize {
        self.directory.detours() - usize::from(self.moving.is_some())
    }

    /// Panics unless
    ///
    /// * each head has the records of its prefix, one range of a power of two, and no others,
    /// * each record has a copy of its table's address of control bytes,
    /// * each table is in order (in unit tests), and each of its entries has the table's prefix, or is about to
    ///   move to the one next to it,
    /// * the number of entries, of tables, and of tables beyond the bound is what was counted, and
    /// * tables in a directory have the homes of the bound, or more.
    pub(super) fn check(&self, hasher: impl Fn(&T) -> u64) {
        #[cfg(test)]
        self.root.check_invariants(&hasher);
        let depth = self.directory.depth();
        if depth == 0 {
            assert_eq!((self.tables, self.beyond(), self.directory.len()), (1, 0, 0));
            assert_eq!(self.items, self.root.len());
            return;
        }
        assert!(self.root.capacity() == 0 && self.directory.len() == 1 << depth);
        let (mut at, mut items, mut tables, mut beyond) = (0, 0, 0, 0);
        for head in self.directory.heads() {
            // SAFETY: the directory owns its heads.
            let Head { table, depth: prefix } = unsafe { head.as_ref() };
            assert!(*prefix <= depth);
            for _ in 0..1 << (depth - prefix) {
                // SAFETY: `at` is below the number of records, see the end of this function.
                let record = unsafe { self.directory.record(at) };
                assert!(record.head == head, "record {at} is another head's");
                assert!(record.ctrl == table.ctrl(), "record {at} is out of date");
                at += 1;
            }
            #[cfg(test)]
            table.check_invariants(&hasher);
            let moving = self.moving.as_ref().filter(|moving| moving.lower == head);
            if let Some(moving) = moving {
                // SAFETY: there are records of the upper half.
                assert!(unsafe { self.directory.record(at) }.head == moving.upper);
                assert!(moving.next < table.slots());
            }
            // SAFETY: the table does not change meanwhile.
            for slot in unsafe { table.full_slots() } {
                // SAFETY: it is full.
                let top = self.position(hasher(unsafe { table.get(slot) }));
                let own = (at - 1) >> (depth - prefix);
                let is_behind = moving.is_some_and(|moving| slot >= moving.next);
                let prefix = top >> (depth - prefix);
                assert!(prefix == own || is_behind && prefix == own + 1, "in a wrong table");
            }
            items += table.len();
            tables += 1;
            beyond += usize::from(table.homes() > Self::HOMES);
            assert!(table.homes() >= Self::HOMES, "a table in a directory is small");
        }
        assert_eq!(at, self.directory.len(), "records without a head");
        assert_eq!((items, tables, beyond), (self.items, self.tables, self.beyond()));
    }
}
