//! Walking over a map or set in steps; the walk itself is the table's (`raw/scan.rs`).

use super::{Key, Removed, SliceMap, SliceSet, collect_garbage, hash_of};
use crate::allocator::Allocator;
use crate::raw::ScanCursor;
use crate::{hash_map, hash_set};

impl<K: Key + ?Sized, V, A: Allocator> SliceMap<K, V, A> {
    /// Visits some of the entries and returns where to continue, or `None` when all have been
    /// visited. Between two steps the map may be changed in any way.
    /// [`HashMap::scan`](crate::HashMap::scan) says what is promised and what it costs; no long key
    /// is read for it.
    ///
    /// ```
    /// let mut map: rosti::StrMap<u32> = (0..1000).map(|n| (format!("number {n}"), n)).collect();
    /// let (mut sum, mut next) = (0, Some(rosti::ScanCursor::START));
    /// while let Some(cursor) = next {
    ///     next = map.scan(cursor, |_, value| sum += value);
    ///     map.insert(&format!("nothing, at {sum}"), 0);
    /// }
    /// assert_eq!(sum, 499_500);
    /// ```
    #[inline]
    pub fn scan(&self, from: ScanCursor, mut f: impl FnMut(&K, &V)) -> Option<ScanCursor> {
        let text = self.arena.text();
        self.table.scan(from, hash_of(&self.seed), |(cell, value)| f(cell.key(text), value))
    }

    hash_map::scans! {
        "StrMap<u64>",
        " A step that leaves too much garbage behind collects it, as `retain` does; such a step is O(len).",
        |self, from|
        scan_mut: f => {
            let text = self.arena.text();
            self.table.scan_mut(from, hash_of(&self.seed), |(cell, value)| f(cell.key(text), value))
        };
        scan_retain: keep => {
            let mut removed = Removed { arena: &mut self.arena, bytes: 0 };
            let next = self.table.scan_retain(from, hash_of(&self.seed), |(cell, value)| {
                removed.note_unless(keep(cell.key(removed.arena.text()), value), cell)
            });
            drop(removed);
            collect_garbage(&mut self.table, &mut self.arena);
            next
        };
    }
}

impl<K: Key + ?Sized, A: Allocator> SliceSet<K, A> {
    hash_set::scans! { K, "StrSet" }
}
