//! The methods of all tables, maps and sets that make them, that tell where their memory comes from and how much they
//! hold, and that empty them. In quotes words, a type and a call for the documentation.

/// The constructors that ask for neither an allocator nor a hasher.
macro_rules! constructors {
    (
        $it:literal of $entries:literal, $Of:literal $(, $note:literal)?;
        [$($const:tt, $usable:literal)?] new => $new:expr; with_capacity: |$capacity:ident| $with_capacity:expr
    ) => {
        #[doc = concat!("An empty ", $it, ". Allocates nothing until the first insertion" $(, $usable)?, ".")]
        ///
        /// ```
        #[doc = concat!("let ", $it, " = rosti::", $Of, "::new();")]
        #[doc = concat!("assert_eq!((", $it, ".len(), ", $it, ".capacity()), (0, 0));")]
        /// ```
        #[inline]
        #[must_use]
        pub $($const)? fn new() -> Self {
            $new
        }

        #[doc = concat!("An empty ", $it, " with room for `capacity` ", $entries, "." $(, " ", $note)?)]
        ///
        /// # Panics
        /// If the capacity needs more than `isize::MAX` bytes; aborts if the allocator fails.
        ///
        /// ```
        #[doc = concat!("assert!(rosti::", $Of, "::with_capacity(10).capacity() >= 10);")]
        /// ```
        #[inline]
        #[track_caller]
        #[must_use]
        pub fn with_capacity($capacity: usize) -> Self {
            $with_capacity
        }
    };
}

/// The constructors that ask for an allocator.
macro_rules! constructors_in {
    (
        $it:literal of $entries:literal, $Of:literal, $insert:literal $(, A: $bound:ident)?;
        [$($const:tt, $usable:literal)?] new_in: |$alloc:ident| $new:expr;
        with_capacity_in: |$capacity:ident| $with_capacity:expr
    ) => {
        #[doc = concat!("An empty ", $it, " that takes its memory from `alloc`" $(, $usable)?, ".")]
        ///
        /// ```
        /// # #[cfg(feature = "allocator-api2")] {
        /// # use allocator_api2::alloc::Global;
        #[doc = concat!("let mut ", $it, " = rosti::", $Of, "::new_in(Global);")]
        #[doc = $insert]
        /// # }
        /// ```
        #[inline]
        #[must_use]
        pub $($const)? fn new_in($alloc: A) -> Self $(where A: $bound)? {
            $new
        }

        #[doc = concat!("An empty ", $it, " with room for `capacity` ", $entries, " in memory from `alloc`.")]
        ///
        /// # Panics
        /// If the capacity needs more than `isize::MAX` bytes; aborts if the allocator fails.
        ///
        /// ```
        /// # #[cfg(feature = "allocator-api2")] {
        /// # use allocator_api2::alloc::Global;
        #[doc = concat!("assert!(rosti::", $Of, "::with_capacity_in(10, Global).capacity() >= 10);")]
        /// # }
        /// ```
        #[inline]
        #[track_caller]
        #[must_use]
        pub fn with_capacity_in($capacity: usize, $alloc: A) -> Self $(where A: $bound)? {
            $with_capacity
        }
    };
}

/// The methods that tell and that empty.
macro_rules! measures {
    (
        $it:literal of $entries:literal, $Of:literal, $insert:literal, |$self:ident| $table:ident;
        capacity: $room:expr; allocation_size: $bytes:expr, $least:literal => $size:expr; clear: $clear:expr
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

        examples! {
            concat!("let mut ", $it, " = rosti::", $Of, "::new();\n", $insert);

            #[doc = concat!("The number of ", $entries, ". O(1).")]
            #[example(concat!("assert_eq!(", $it, ".len(), 1);"))]
            #[inline]
            pub fn len(&self) -> usize {
                self.$table.len()
            }

            #[doc = concat!("Whether there are no ", $entries, ". O(1).")]
            #[example(concat!("assert!(!", $it, ".is_empty());"))]
            #[inline]
            pub fn is_empty(&self) -> bool {
                self.$table.len() == 0
            }

            #[doc = concat!("The bytes that the ", $it, " has allocated, ", $bytes)]
            #[example(concat!("assert!(", $it, ".allocation_size() > ", $least, ");"))]
            #[inline]
            pub fn allocation_size(&$self) -> usize {
                $size
            }

            #[doc = concat!("Drops all ", $entries, " and keeps the memory. O(slots), O(1) if there are none.")]
            #[example(concat!($it, ".clear();"),
                concat!("assert!(", $it, ".is_empty() && ", $it, ".capacity() > 0);"))]
            #[inline]
            pub fn clear(&mut $self) {
                $clear
            }
        }
    };
}

/// The methods that take many entries out. In quotes, for the documentation, what makes one that holds eight, and a
/// predicate for four of these; then what is to be said of each method besides, its result and how that is made.
macro_rules! removals {
    (
        $it:literal of $entries:literal, $filled:expr, $even:literal, |$self:ident, $predicate:ident|
        drain: $on_drain:literal -> $Drain:ty => $drain:expr;
        retain($($kept:ty),*): $on_retain:literal => $retain:expr;
        extract_if($($picked:ty),*): $on_extract_if:literal -> $ExtractIf:ty => $extract_if:expr;
        $(pop $([$inline:ident])?: $on_pop:literal -> $Popped:ty => $pop:expr;)?
    ) => {
        examples! {
            $filled;

            #[doc = concat!("Empties the ", $it, " and returns its ", $entries, ", but keeps its memory. What is not taken is")]
            #[doc = concat!("dropped with the iterator. If that is leaked, ", $entries, " and memory are leaked too, and the ", $it)]
            #[doc = concat!("is empty. O(slots) in total.", $on_drain)]
            #[example(concat!("let capacity = ", $it, ".capacity();"),
                concat!("assert_eq!(", $it, ".drain().count(), 8);"),
                concat!("assert_eq!((", $it, ".len(), ", $it, ".capacity()), (0, capacity));"))]
            #[inline]
            pub fn drain(&mut $self) -> $Drain {
                $drain
            }

            #[doc = concat!("Keeps the ", $entries, " for which the predicate returns true and drops the others. O(slots). If")]
            #[doc = concat!("it panics, ", $entries, " not yet visited are kept.", $on_retain)]
            #[example(concat!($it, ".retain(", $even, ");"),
                concat!("assert_eq!(", $it, ".len(), 4);"))]
            pub fn retain<F: FnMut($($kept),*) -> bool>(&mut $self, $predicate: F) {
                $retain
            }

            #[doc = concat!("Takes out the ", $entries, " for which the predicate returns true, one by one as the iterator")]
            #[doc = concat!("advances. Those not yet visited when it is dropped stay in the ", $it, ". O(slots) in total.", $on_extract_if)]
            #[example(concat!("assert_eq!(", $it, ".extract_if(", $even, ").count(), 4);"),
                concat!("assert_eq!(", $it, ".len(), 4);"))]
            #[inline]
            pub fn extract_if<F: FnMut($($picked),*) -> bool>(&mut $self, $predicate: F) -> $ExtractIf {
                $extract_if
            }
        }

        $(
            #[doc = concat!("Takes out an arbitrary one of the ", $entries, ". Beyond hashbrown's interface.", $on_pop)]
            ///
            #[doc = concat!("O(1) amortised for a ", $it, " that is loaded as usual, or that is emptied: taking out")]
            #[doc = concat!("everything is O(slots) in total. After insertions into a nearly empty ", $it, " it is")]
            /// O(slots / len).
            ///
            /// ```
            #[doc = $filled]
            #[doc = concat!("while let Some(popped) = ", $it, ".pop() {")]
            ///     println!("{popped:?}");
            /// }
            #[doc = concat!("assert!(", $it, ".is_empty());")]
            /// ```
            $(#[$inline])?
            pub fn pop(&mut $self) -> Option<$Popped> {
                $pop
            }
        )?
    };
}

/// The copy that reports if there is no memory. In quotes, for the documentation, what it has in common with the original,
/// what else is to be said, what an error leaves, and what makes one that holds two entries; in brackets what is cloned.
macro_rules! try_clone {
    (
        $it:literal, $like:literal, $notes:literal, $left:literal, $filled:literal, [$($T:ident),+],
        |$self:ident| $copy:expr
    ) => {
        #[doc = concat!("A copy of the ", $it, $like, ", or the reason why there is no memory for it. ", $notes)]
        ///
        /// # Errors
        #[doc = concat!("[`TryReserveError`]: the allocator fails. ", $left)]
        ///
        /// ```
        #[doc = $filled]
        #[doc = concat!("assert!(", $it, ".try_clone().is_ok_and(|copy| copy.len() == 2));")]
        /// ```
        pub fn try_clone(&$self) -> Result<Self, TryReserveError>
        where
            $($T: Clone),+
        {
            $copy
        }
    };
}

/// The methods that make room. In brackets what does it, with the hasher that it wants to be told; at the end, if the caller
/// gives that hasher, its name, and one for the documentation.
macro_rules! reserve {
    (
        $it:literal of $entries:literal, $Of:literal, [$self:ident.$table:ident $(, $hasher:expr)?],
        reserve: $reserve:literal, try_reserve: $unchanged:literal $(, given: $given:ident $hash:literal)?
    ) => {
        examples! {
            concat!("let mut ", $it, " = rosti::", $Of, "::new();");

            #[doc = concat!("Makes room for `additional` more ", $entries, ". ", $reserve)]
            ///
            /// # Panics
            /// If the capacity needs more than `isize::MAX` bytes; aborts if the allocator fails.
            #[example(concat!($it, ".reserve(100" $(, ", ", $hash)?, ");"),
                concat!("assert!(", $it, ".capacity() >= 100);"))]
            #[inline]
            #[track_caller]
            pub fn reserve(&mut $self, additional: usize $(, $given: impl Fn(&T) -> u64)?) {
                $self.$table.reserve(additional $(, $hasher)?);
            }

            #[doc = concat!("Makes room for `additional` more ", $entries, ", or says why it cannot", $unchanged)]
            ///
            /// # Errors
            /// [`TryReserveError`]: the capacity overflows, or the allocator fails.
            #[example(concat!("assert!(", $it, ".try_reserve(100" $(, ", ", $hash)?, ").is_ok());"),
                concat!("assert!(", $it, ".try_reserve(usize::MAX" $(, ", ", $hash)?, ").is_err());"))]
            #[inline]
            pub fn try_reserve(
                &mut $self,
                additional: usize $(, $given: impl Fn(&T) -> u64)?
            ) -> Result<(), TryReserveError> {
                $self.$table.try_reserve(additional $(, $hasher)?)
            }
        }
    };
}

pub(crate) use {constructors, constructors_in, measures, removals, reserve, try_clone};
