//! Walking over a set in steps: the map's walk, without values.

use core::hash::{BuildHasher, Hash};

use super::HashSet;
use crate::allocator::Allocator;
use crate::raw::ScanCursor;

/// Implements it for a set; in brackets what that asks of an allocator.
macro_rules! scans {
    ($Set:ident, [$($bound:ident)?]) => {
        impl<T: Eq + Hash, S: BuildHasher, A: Allocator $(+ $bound)?> $Set<T, S, A> {
            /// Visits some of the elements and returns where to continue, or `None` when all have been
            /// visited. Between two steps the set may be changed in any way. Beyond hashbrown's interface;
            /// [`HashMap::scan`](crate::HashMap::scan) says what is promised and what it costs.
            ///
            /// ```
            #[doc = concat!("use rosti::", stringify!($Set), " as Set;")]
            /// use rosti::ScanCursor;
            ///
            /// let mut numbers: Set<u64> = (0..1000).collect();
            /// let (mut seen, mut next) = (0, Some(ScanCursor::START));
            /// while let Some(cursor) = next {
            ///     next = numbers.scan(cursor, |n| seen += u64::from(*n < 1000));
            ///     numbers.insert(1000 + seen);
            /// }
            /// assert_eq!(seen, 1000);
            /// ```
            #[inline]
            pub fn scan(&self, from: ScanCursor, mut f: impl FnMut(&T)) -> Option<ScanCursor> {
                self.map.scan(from, |element, ()| f(element))
            }

            /// [`scan`](Self::scan) that drops the elements for which `keep` returns false. If `keep` or a drop
            /// panics, the elements already dropped are gone and all others stay.
            ///
            /// ```
            #[doc = concat!("use rosti::", stringify!($Set), " as Set;")]
            /// use rosti::ScanCursor;
            ///
            /// let mut numbers: Set<u64> = (0..1000).collect();
            /// let mut next = Some(ScanCursor::START);
            /// while let Some(cursor) = next {
            ///     next = numbers.scan_retain(cursor, |n| n % 2 == 0);
            /// }
            /// assert_eq!(numbers.len(), 500);
            /// ```
            #[inline]
            pub fn scan_retain(
                &mut self,
                from: ScanCursor,
                mut keep: impl FnMut(&T) -> bool,
            ) -> Option<ScanCursor> {
                self.map.scan_retain(from, |element, ()| keep(element))
            }
        }
    };
}

#[cfg(feature = "extendible")]
pub(crate) use scans;

scans! { HashSet, [] }
