//! The methods of [`HashSet`](super::HashSet) that do not depend on its table: an
//! [`ExtendibleSet`](crate::ExtendibleSet) has them too.

/// Implements them. In brackets what the set asks of an allocator, and the names of its map's table and of what can take
/// entries out of it; then `pop` if that can, and how the set is walked over, and an element found, inserted, or replaced.
macro_rules! set_methods {
    (
        $Set:ident, [$($bound:ident)?], [$table:ident], [$($raw:ident).+] $(, $pop:ident)?;
        |$self:ident, $value:ident|
        iter -> $Iter:ty => $iter:expr;
        get_or_insert: $get_or_insert:expr;
        replace: $replace:expr;
    ) => {
        impl<T, S, A: Allocator $(+ $bound)?> $Set<T, S, A> {
            /// The elements, in arbitrary order. O(slots) to visit them all.
            ///
            /// ```
            #[doc = concat!("assert_eq!(rosti::", stringify!($Set), "::<_>::from([1, 2, 3]).iter().sum::<i32>(), 6);")]
            /// ```
            #[inline]
            pub fn iter(&$self) -> $Iter {
                $iter
            }

            crate::hash_table::removals! {
                "set" of "elements",
                concat!("let mut set: rosti::", stringify!($Set), "<u32> = (0..8).collect();"),
                "|n| n % 2 == 0", |self, predicate|
                drain: "" -> Drain<'_, T, A> => Drain { entries: self.map.$table.drain() };
                retain(&T): "" => {
                    let mut keep = predicate;
                    self.map.$table.retain(|(element, ())| keep(element));
                };
                extract_if(&T): "" -> ExtractIf<'_, T, F, A>
                    => ExtractIf { entries: self.map.$($raw).+.extract_if(), pick: predicate };
                $(pop[inline]: "" -> T => {
                    let (element, ()) = self.map.$pop()?;
                    Some(element)
                };)?
            }
        }

        impl<T: Eq + Hash, S: BuildHasher, A: Allocator $(+ $bound)?> $Set<T, S, A> {
            crate::hash_set::elements! {
                concat!(stringify!($Set), "::<_>"), "O(1) expected.", "", "O(1) expected.", inline,
                [<Q: Hash + Equivalent<T> + ?Sized>] Q => &T, T, |self, value|
                contains: self.get(value).is_some();
                get: {
                    let (element, ()) = self.map.get_key_value(value)?;
                    Some(element)
                };
                take: map!(self.map.remove_entry(value), |(element, ())| element);
                remove: self.take(value).is_some();
            }

            examples! {
                concat!("let mut set = rosti::", stringify!($Set), "::new();");

                /// Inserts an element and returns whether it was absent. If an equal element is present, it is
                /// kept and the one given is dropped. O(1) expected and amortised.
                ///
                /// # Panics
                /// If the set must grow and the new capacity overflows; aborts if the allocator fails.
                #[example("assert!(set.insert(\"salt\") && !set.insert(\"salt\"));")]
                #[inline]
                pub fn insert(&mut self, value: T) -> bool {
                    self.map.insert(value, ()).is_none()
                }

                /// The element in the set that is equal to the one given, which is inserted if there is none.
                /// O(1) expected and amortised.
                ///
                /// # Panics
                /// If the set must grow and the new capacity overflows; aborts if the allocator fails.
                #[example("assert_eq!(set.get_or_insert(\"salt\"), &\"salt\");",
                    "assert_eq!(set.len(), 1);")]
                #[inline]
                pub fn get_or_insert(&mut $self, $value: T) -> &T {
                    $get_or_insert
                }
            }

            /// Inserts an element and returns the equal one that it replaces, if any. O(1) expected and
            /// amortised.
            ///
            /// # Panics
            /// If the set must grow and the new capacity overflows; aborts if the allocator fails.
            ///
            /// ```
            #[doc = concat!("let mut set = rosti::", stringify!($Set), "::<_>::from([String::with_capacity(100)]);")]
            /// let replaced = set.replace(String::new());
            /// assert!(replaced.unwrap().capacity() >= 100);
            /// assert_eq!(set.get("").unwrap().capacity(), 0);
            /// ```
            #[inline(always)]
            pub fn replace(&mut $self, $value: T) -> Option<T> {
                $replace
            }

            crate::hash_set::relations! {
                concat!(stringify!($Set), "::<_>"), "", is_disjoint is_subset is_superset, iter
            }
        }
    };
}

/// The lookups and removals of one element, for the `impl` of a set. For the documentation a set, what a lookup costs,
/// what is to be said of elements by value, and what a removal costs; then how lookups are inlined; in brackets the
/// parameter that is the type of elements given, then that type, and those of stored elements by reference and by
/// value; then each method.
macro_rules! elements {
    (
        $Of:expr, $cost:literal, $by_value:literal, $removal:literal, $inline:meta,
        [$($parameter:tt)*] $Given:ty => $Shown:ty, $Owned:ty, |$self:ident, $value:ident|
        contains: $contains:expr; get: $get:expr; take: $take:expr; remove: $remove:expr;
    ) => {
        examples! {
            concat!("let set = rosti::", $Of, "::from([\"salt\".to_owned()]);");

            #[doc = concat!("Whether the element is in the set. ", $cost)]
            #[example("assert!(set.contains(\"salt\") && !set.contains(\"pepper\"));")]
            #[$inline]
            pub fn contains $($parameter)*(&$self, $value: &$Given) -> bool {
                $contains
            }

            #[doc = concat!("The element in the set that is equal to the one given. ", $cost)]
            #[example("assert!(set.get(\"salt\").is_some_and(|element| element == \"salt\"));",
                "assert_eq!(set.get(\"pepper\"), None);")]
            #[$inline]
            pub fn get $($parameter)*(&$self, $value: &$Given) -> Option<$Shown> {
                $get
            }
        }

        examples! {
            concat!("let mut set = rosti::", $Of, "::from([\"salt\".to_owned()]);");

            #[doc = concat!("Removes an element and returns it", $by_value, ". ", $removal)]
            #[example("assert_eq!((set.take(\"salt\"), set.take(\"salt\")), (Some(\"salt\".to_owned()), None));")]
            #[inline(always)]
            pub fn take $($parameter)*(&mut $self, $value: &$Given) -> Option<$Owned> {
                $take
            }

            #[doc = concat!("Removes an element and returns whether it was present. ", $removal)]
            #[example("assert!(set.remove(\"salt\") && !set.remove(\"salt\"));")]
            #[inline(always)]
            pub fn remove $($parameter)*(&mut $self, $value: &$Given) -> bool {
                $remove
            }
        }
    };
}

/// Implements the questions about two sets, for an `impl`. In quotes the type of the documentation's examples, and how
/// answers are found; then the methods' names, and that of the one which iterates.
macro_rules! relations {
    ($Of:expr, $how:literal, $is_disjoint:ident $is_subset:ident $is_superset:ident, $iter:ident) => {
        examples! {
            concat!("let set = rosti::", $Of, "::from([\"salt\", \"butter\"]);");

            #[doc = concat!("Whether no element is in both sets", $how, ". At most one lookup per element of the smaller set.")]
            #[example(concat!("assert!(set.", stringify!($is_disjoint), "(&rosti::", $Of, "::from([\"pepper\"])));"),
                concat!("assert!(!set.", stringify!($is_disjoint), "(&rosti::", $Of, "::from([\"butter\"])));"))]
            pub fn $is_disjoint(&self, other: &Self) -> bool {
                let (smaller, larger) = $crate::hash_set::by_len(self, other, Self::len);
                smaller.$iter().all(|element| !larger.contains(element))
            }

            #[doc = concat!("Whether all elements are in the other set too", $how, ". At most one lookup per element, none")]
            /// if this set is the larger one.
            #[example(concat!("assert!(rosti::", $Of, "::from([\"salt\"]).", stringify!($is_subset), "(&set));"),
                concat!("assert!(!rosti::", $Of, "::from([\"pepper\"]).", stringify!($is_subset), "(&set));"))]
            pub fn $is_subset(&self, other: &Self) -> bool {
                self.len() <= other.len() && self.$iter().all(|element| other.contains(element))
            }

            #[doc = concat!("Whether all elements of the other set are in this one", $how, "; see")]
            #[doc = concat!("[`", stringify!($is_subset), "`](Self::", stringify!($is_subset), ").")]
            #[example(concat!("assert!(set.", stringify!($is_superset), "(&rosti::", $Of, "::from([\"salt\"])));"))]
            #[inline]
            pub fn $is_superset(&self, other: &Self) -> bool {
                other.$is_subset(self)
            }
        }
    };
}

/// The smaller of two sets and the larger, by a function that tells their size.
#[inline]
pub(crate) fn by_len<'a, S>(one: &'a S, other: &'a S, len: fn(&S) -> usize) -> (&'a S, &'a S) {
    if len(one) <= len(other) { (one, other) } else { (other, one) }
}

/// Implements the operations on two sets, for an `impl`. In quotes two sets for the documentation, `["a", "bb"]` and
/// `["bb", "cccc"]`, and how elements come; then each method's name, its result and how that is made.
macro_rules! algebra {
    (
        $sets:literal, $how:literal, |$self:ident, $other:ident|
        $difference:ident -> $Difference:ty => $without:expr;
        $symmetric_difference:ident -> $SymmetricDifference:ty => $either:expr;
        $intersection:ident -> $Intersection:ty => $both:expr;
        $union:ident -> $Union:ty => $all:expr;
    ) => {
        examples! {
            $sets;

            #[doc = concat!("The elements that are in this set but not in the other, ", $how, ". One lookup per element.")]
            #[example(concat!("assert_eq!(a.", stringify!($difference), "(&b).map(|s| s.len()).sum::<usize>(), 1);"))]
            #[inline]
            pub fn $difference<'a>(&'a $self, $other: &'a Self) -> $Difference {
                $without
            }

            #[doc = concat!("The elements that are in exactly one of the sets, ", $how, ". One lookup per element.")]
            #[example(concat!("assert_eq!(a.", stringify!($symmetric_difference), "(&b).map(|s| s.len()).sum::<usize>(), 1 + 4);"))]
            #[inline]
            pub fn $symmetric_difference<'a>(&'a $self, $other: &'a Self) -> $SymmetricDifference {
                $either
            }

            #[doc = concat!("The elements that are in both sets, ", $how, ". One lookup per element of the smaller set, whose")]
            /// elements are those returned.
            #[example(concat!("assert_eq!(a.", stringify!($intersection), "(&b).map(|s| s.len()).sum::<usize>(), 2);"))]
            #[inline]
            pub fn $intersection<'a>(&'a $self, $other: &'a Self) -> $Intersection {
                $both
            }

            #[doc = concat!("The elements that are in at least one of the sets, each once, ", $how, ". One lookup per")]
            /// element of the smaller set. Of equal elements that of the larger set is returned.
            #[example(concat!("assert_eq!(a.", stringify!($union), "(&b).map(|s| s.len()).sum::<usize>(), 1 + 2 + 4);"))]
            #[inline]
            pub fn $union<'a>(&'a $self, $other: &'a Self) -> $Union {
                $all
            }
        }
    };
}

pub(crate) use {algebra, elements, relations, set_methods};
