//! Walking over a set in steps: the map's walk, without values.

use core::hash::{BuildHasher, Hash};

use super::HashSet;
use crate::allocator::Allocator;
use crate::raw::ScanCursor;

/// The methods, for the `impl` of a set: the type of its elements by reference, and in quotes one for the documentation.
macro_rules! scans {
    ($T:ty, $Of:literal) => {
        /// Visits some of the elements and returns where to continue, or `None` when all have been
        /// visited. Between two steps the set may be changed in any way. Beyond hashbrown's interface;
        /// [`HashMap::scan`](crate::HashMap::scan) says what is promised and what it costs.
        ///
        /// ```
        #[doc = concat!("let mut words: rosti::", $Of, " = (0..1000).map(|n| format!(\"number {n}\")).collect();")]
        /// let (mut seen, mut next) = (0, Some(rosti::ScanCursor::START));
        /// while let Some(cursor) = next {
        ///     next = words.scan(cursor, |word| seen += usize::from(word.starts_with("number")));
        ///     // The set is free between steps.
        ///     words.extend([format!("{seen} seen")]);
        /// }
        /// assert_eq!(seen, 1000);
        /// ```
        #[inline]
        pub fn scan(&self, from: ScanCursor, mut f: impl FnMut(&$T)) -> Option<ScanCursor> {
            self.map.scan(from, |element, ()| f(element))
        }

        /// [`scan`](Self::scan) that drops the elements for which `keep` returns false. If `keep` or a drop
        /// panics, the elements already dropped are gone and all others stay.
        ///
        /// ```
        #[doc = concat!("let mut words: rosti::", $Of, " = (0..1000).map(|n| format!(\"number {n}\")).collect();")]
        /// let mut next = Some(rosti::ScanCursor::START);
        /// while let Some(cursor) = next {
        ///     next = words.scan_retain(cursor, |word| word.ends_with('7'));
        /// }
        /// assert_eq!(words.len(), 100);
        /// ```
        #[inline]
        pub fn scan_retain(
            &mut self,
            from: ScanCursor,
            mut keep: impl FnMut(&$T) -> bool,
        ) -> Option<ScanCursor> {
            self.map.scan_retain(from, |element, ()| keep(element))
        }
    };
}

#[cfg(any(feature = "extendible", feature = "str"))]
pub(crate) use scans;

impl<T: Eq + Hash, S: BuildHasher, A: Allocator> HashSet<T, S, A> {
    scans! { T, "HashSet<String>" }
}
