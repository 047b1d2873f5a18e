//! What the map and the set have in common: how they are made, and how much room they have.

/// Implements it. In quotes words, a type and a call for the documentation; then what makes one, what is asked for
/// most, with the hasher that it wants to be told, and what the two do differently.
macro_rules! common {
    (
        $Type:ident<K $(, $V:ident)?>, $it:literal of $entries:literal, $Of:literal, $insert:literal,
        |$seed:ident| $seeded:expr, |$alloc:ident| $empty:expr, $self:ident.$table:ident $(, $hasher:expr)?;
        allocation_size: $size:expr;
        statistics: $statistics:expr;
        reserve_key_bytes: |$bytes:ident| $reserve_key_bytes:expr;
        shrink_to_fit: $shrink_to_fit:block
        clear: $clear:block
    ) => {
        impl<K: Key + ?Sized $(, $V)?> $Type<K $(, $V)?> {
            crate::hash_table::constructors! {
                $it of $entries, $Of, "Long keys need room of their own, see [`reserve_key_bytes`](Self::reserve_key_bytes).";
                [] new => Self::default(); with_capacity: |capacity| Self::with_capacity_in(capacity, Global)
            }

            #[doc = concat!("An empty ", $it, " whose hashes, and therefore its iteration order, are determined by `seed`:")]
            /// they are the same in every run of a program, for the same sequence of operations and the same
            /// version of this crate.
            ///
            /// Anyone who knows the seed can choose keys that collide, so use this for tests and
            /// experiments.
            ///
            /// ```
            /// let fill = || {
            #[doc = concat!("    let mut ", $it, " = rosti::", $Of, "::with_seed(7);")]
            #[doc = concat!("    ", $insert)]
            #[doc = concat!("    ", $it, ".into_iter().collect::<Vec<_>>()")]
            /// };
            /// assert_eq!(fill(), fill());
            /// ```
            #[must_use]
            pub fn with_seed($seed: u64) -> Self {
                $seeded
            }
        }

        impl<K: Key + ?Sized $(, $V)?, A: Allocator> $Type<K $(, $V)?, A> {
            crate::hash_table::constructors_in! {
                $it of $entries, $Of, $insert, A: Clone;
                [] new_in: |$alloc| $empty;
                with_capacity_in: |capacity| {
                    let mut new = Self::new_in($alloc);
                    new.reserve(capacity);
                    new
                }
            }

            crate::hash_table::measures! {
                $it of $entries, $Of, $insert, |$self| $table;
                capacity: concat!("How many ", $entries, " the ", $it, " can hold without growing its table, whatever is \
                    removed and inserted in the meantime. O(1).");
                allocation_size: "including its keys but not what values own. O(1).", "16 + 35" => $size;
                clear: $clear
            }

            #[doc = concat!("How full the ", $it, " is and how long its searches are; see [`Statistics`]. O(slots): no long")]
            /// key is read.
            ///
            /// ```
            #[doc = concat!("assert_eq!(rosti::", $Of, "::new().statistics().entries, 0);")]
            /// ```
            #[must_use]
            pub fn statistics(&$self) -> Statistics {
                $statistics
            }

            crate::hash_table::reserve! {
                $it of $entries, $Of, [$self.$table $(, $hasher)?],
                reserve: "O(slots) if the table must grow.", try_reserve: " and changes nothing."
            }

            /// Makes room for keys of more than 15 bytes with so many additional bytes in total.
            ///
            /// # Panics
            /// If that needs more than `isize::MAX` bytes; aborts if the allocator fails.
            ///
            /// ```
            #[doc = concat!("let mut ", $it, " = rosti::", $Of, "::with_capacity(100);")]
            #[doc = concat!($it, ".reserve_key_bytes(100);")]
            #[doc = concat!("let size = ", $it, ".allocation_size();")]
            #[doc = $insert]
            #[doc = concat!("assert_eq!(", $it, ".allocation_size(), size);")]
            /// ```
            #[inline]
            #[track_caller]
            pub fn reserve_key_bytes(&mut $self, $bytes: usize) {
                $reserve_key_bytes
            }

            /// Gives back as much memory as possible, that of removed keys included. O(slots + key bytes).
            ///
            /// # Panics
            /// Aborts if the allocator cannot provide a smaller block for the table.
            ///
            /// ```
            #[doc = concat!("let mut ", $it, " = rosti::", $Of, "::with_capacity(100);")]
            #[doc = $insert]
            #[doc = concat!("drop(", $it, ".drain());")]
            #[doc = concat!($it, ".shrink_to_fit();")]
            #[doc = concat!("assert_eq!((", $it, ".capacity(), ", $it, ".allocation_size()), (0, 0));")]
            /// ```
            pub fn shrink_to_fit(&mut $self) $shrink_to_fit
        }
    };
}

pub(super) use common;
