//! The methods of all tables, maps and sets that tell where their memory comes from, and how much they hold.

/// Implements them. In quotes words, a type and a call for the documentation.
macro_rules! measures {
    (
        $it:literal of $entries:literal, $Of:literal, $insert:literal, $table:ident, capacity: $room:expr
    ) => {
        /// The allocator.
        ///
        /// ```
        #[doc = concat!("let ", $it, " = rosti::", $Of, "::new();")]
        #[doc = concat!("let _global = ", $it, ".allocator();")]
        /// ```
        #[inline]
        pub fn allocator(&self) -> &A {
            self.$table.allocator()
        }

        #[doc = $room]
        ///
        /// ```
        #[doc = concat!("assert!(rosti::", $Of, "::with_capacity(100).capacity() >= 100);")]
        /// ```
        #[inline]
        pub fn capacity(&self) -> usize {
            self.$table.capacity()
        }

        #[doc = concat!("The number of ", $entries, ". O(1).")]
        ///
        /// ```
        #[doc = concat!("let mut ", $it, " = rosti::", $Of, "::new();")]
        #[doc = $insert]
        #[doc = concat!("assert_eq!(", $it, ".len(), 1);")]
        /// ```
        #[inline]
        pub fn len(&self) -> usize {
            self.$table.len()
        }

        #[doc = concat!("Whether there are no ", $entries, ". O(1).")]
        ///
        /// ```
        #[doc = concat!("assert!(rosti::", $Of, "::new().is_empty());")]
        /// ```
        #[inline]
        pub fn is_empty(&self) -> bool {
            self.$table.len() == 0
        }
    };
}

pub(crate) use measures;
