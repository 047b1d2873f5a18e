//! What all maps and sets have in common whatever they hold: how they are made, and how much room they have.

/// The constructor that reports if there is no memory, for the `impl` of a map or set with a seed of its own.
#[cfg(feature = "default-hasher")]
macro_rules! try_with_capacity {
    ($it:literal, $Of:literal, |$capacity:ident| $try_with_capacity:expr) => {
        /// [`with_capacity`](Self::with_capacity) that reports if there is no memory.
        ///
        /// If any crate enables foldhash's feature `std`, the first seed that a process draws allocates
        /// one byte, and the process aborts if that fails. Create some map early in that case.
        ///
        /// # Errors
        /// [`TryReserveError`]: the capacity overflows, or the allocator fails.
        ///
        /// ```
        #[doc = concat!("let ", $it, " = rosti::", $Of, "::try_with_capacity(100)?;")]
        #[doc = concat!("assert!(", $it, ".capacity() >= 100);")]
        /// # Ok::<(), rosti::TryReserveError>(())
        /// ```
        pub fn try_with_capacity($capacity: usize) -> Result<Self, TryReserveError> {
            $try_with_capacity
        }
    };
}

/// Implements the constructors, and the methods that tell what a map or set was made with and how much it
/// holds. In brackets what it asks of an allocator; in quotes words, types and calls for the documentation.
macro_rules! construct {
    (
        $Type:ident<$($T:ident),+>, [$($bound:ident)?], $it:literal of $entries:literal,
        $Of:literal, $insert:literal, $cost:literal,
        |$hash_builder:ident, $alloc:ident| $empty:expr,
        |$capacity:ident| $with_capacity:expr, or try $try_with_capacity:expr,
        |$self:ident| $hasher:expr, $table:ident,
        capacity: $room:literal
    ) => {
        #[cfg(feature = "default-hasher")]
        impl<$($T),+> $Type<$($T),+> {
            crate::hash_table::constructors! {
                $it of $entries, $Of;
                [] new => Self::default();
                with_capacity: |capacity| Self::with_capacity_and_hasher(capacity, DefaultHashBuilder::default())
            }
        }

        #[cfg(feature = "default-hasher")]
        impl<$($T,)+ A: Allocator $(+ $bound)?> $Type<$($T,)+ DefaultHashBuilder, A> {
            crate::hash_table::constructors_in! {
                $it of $entries, $Of, $insert;
                [] new_in: |alloc| Self::with_hasher_in(DefaultHashBuilder::default(), alloc);
                with_capacity_in: |capacity|
                    Self::with_capacity_and_hasher_in(capacity, DefaultHashBuilder::default(), alloc)
            }
        }

        impl<$($T,)+ S> $Type<$($T,)+ S> {
            #[doc = concat!("An empty ", $it, " that hashes with `hash_builder`; usable in constants.")]
            ///
            /// ```
            #[doc = concat!("let mut ", $it, " = rosti::", $Of, "::with_hasher(Default::default());")]
            #[doc = $insert]
            /// ```
            #[inline]
            #[must_use]
            pub const fn with_hasher(hash_builder: S) -> Self {
                Self::with_hasher_in(hash_builder, Global)
            }

            #[doc = concat!("An empty ", $it, " with room for `capacity` ", $entries, " that hashes with `hash_builder`.")]
            ///
            /// # Panics
            /// If the capacity needs more than `isize::MAX` bytes; aborts if the allocator fails.
            ///
            /// ```
            /// let hasher = rosti::DefaultHashBuilder::default();
            #[doc = concat!("let ", $it, " = rosti::", $Of, "::with_capacity_and_hasher(10, hasher);")]
            #[doc = concat!("assert!(", $it, ".capacity() >= 10);")]
            /// ```
            #[inline]
            #[track_caller]
            #[must_use]
            pub fn with_capacity_and_hasher(capacity: usize, hash_builder: S) -> Self {
                Self::with_capacity_and_hasher_in(capacity, hash_builder, Global)
            }
        }

        impl<$($T,)+ S, A: Allocator $(+ $bound)?> $Type<$($T,)+ S, A> {
            examples! {
                "let hasher = rosti::DefaultHashBuilder::default();";

                #[doc = concat!("An empty ", $it, " with this hasher and allocator; usable in constants.")]
                #[example(concat!("let mut ", $it, " = rosti::", $Of, "::with_hasher_in(hasher, Default::default());"),
                    $insert)]
                #[inline]
                #[must_use]
                pub const fn with_hasher_in($hash_builder: S, $alloc: A) -> Self {
                    $empty
                }

                #[doc = concat!("An empty ", $it, " with this capacity, hasher and allocator.")]
                ///
                /// # Panics
                /// If the capacity needs more than `isize::MAX` bytes; aborts if the allocator fails.
                #[example(concat!("let ", $it, " = rosti::", $Of, "::with_capacity_and_hasher_in(10, hasher, Default::default());"),
                    concat!("assert!(", $it, ".capacity() >= 10);"))]
                #[inline]
                #[track_caller]
                #[must_use]
                pub fn with_capacity_and_hasher_in($capacity: usize, $hash_builder: S, $alloc: A) -> Self {
                    $with_capacity
                }

                #[doc = concat!("A ", $it, " with this hasher and allocator and room for `capacity` ", $entries, ", or the reason why")]
                /// there is no memory for it.
                ///
                /// # Errors
                /// [`TryReserveError`]: the capacity overflows, or the allocator fails.
                #[example(concat!("let ", $it, " = rosti::", $Of, "::try_with_capacity_and_hasher_in(10, hasher, Default::default())?;"),
                    concat!("assert!(", $it, ".capacity() >= 10);"),
                    "# Ok::<(), rosti::TryReserveError>(())")]
                pub fn try_with_capacity_and_hasher_in(
                    $capacity: usize,
                    $hash_builder: S,
                    $alloc: A,
                ) -> Result<Self, TryReserveError> {
                    $try_with_capacity
                }
            }

            /// The hasher.
            ///
            /// ```
            #[doc = concat!("let ", $it, " = rosti::", $Of, "::new();")]
            #[doc = concat!("let _hasher: &rosti::DefaultHashBuilder = ", $it, ".hasher();")]
            /// ```
            #[inline]
            pub fn hasher(&$self) -> &S {
                $hasher
            }

            crate::hash_table::measures! {
                $it of $entries, $Of, $insert, |self| $table;
                capacity: $room;
                allocation_size: concat!("not counting what its ", $entries, " own. ", $cost, "."), "8"
                    => self.$table.allocation_size();
                clear: self.$table.clear()
            }
        }
    };
}

/// Implements what makes room or gives it back. In brackets what does it: a table, with the hasher that it wants
/// to be told, or a map. In quotes words, a type and what is special for the documentation.
macro_rules! room {
    (
        $Type:ident<$K:ident $(, $V:ident)?>, [$($bound:ident)?], $it:literal of $entries:literal, $Of:literal,
        [$self:ident.$table:ident $(, $hasher:expr)?],
        reserve: $reserve:literal, try_reserve: $unchanged:literal, shrink_to_fit: $shrink:literal
    ) => {
        impl<$K: Eq + Hash, $($V,)? S: BuildHasher, A: Allocator $(+ $bound)?> $Type<$K, $($V,)? S, A> {
            crate::hash_table::reserve! {
                $it of $entries, $Of, [$self.$table $(, $hasher)?],
                reserve: $reserve, try_reserve: $unchanged
            }

            #[doc = concat!($shrink, "ives back as much memory as possible. O(slots).")]
            ///
            /// ```
            #[doc = concat!("let mut ", $it, " = rosti::", $Of, "::with_capacity(100);")]
            #[doc = concat!($it, ".shrink_to_fit();")]
            #[doc = concat!("assert!(", $it, ".capacity() < 100);")]
            /// ```
            #[inline]
            pub fn shrink_to_fit(&mut $self) {
                $self.$table.shrink_to_fit($($hasher)?);
            }

            /// How full it is and how long its searches are: the first thing to look at when it is slow.
            /// [`Statistics`] says how to read the numbers, and how to find out whether a hasher is good enough.
            #[doc = concat!("O(slots); hashes all ", $entries, ". Beyond hashbrown's interface.")]
            ///
            /// ```
            #[doc = concat!("let ", $it, " = rosti::", $Of, "::new();")]
            #[doc = concat!("assert_eq!(", $it, ".statistics().entries, 0);")]
            #[doc = concat!("println!(\"{}\", ", $it, ".statistics());")]
            /// ```
            #[must_use]
            pub fn statistics(&$self) -> Statistics {
                $self.$table.statistics($($hasher)?)
            }
        }
    };
}

#[cfg(feature = "default-hasher")]
pub(crate) use try_with_capacity;
pub(crate) use {construct, room};
