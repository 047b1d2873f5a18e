//! The methods of [`HashMap`](super::HashMap) that do not depend on its table (an
//! [`ExtendibleMap`](crate::ExtendibleMap) has them too), and those that the entries of all maps share.

/// Implements them for a map that has `find` and `find_mut` of its own. In brackets what it asks of an allocator, which
/// parameter its iterators have in addition, and the names of its table and of what can take entries out of it; then
/// `pop` if the table can, and how entries are found, and that is inlined.
macro_rules! map_methods {
    (
        $Map:ident, [$($bound:ident)?], [$($A:ident)?], [$table:ident], [$($raw:ident).+] $(, $pop:ident)?;
        |$self:ident, $key:ident| $inline:meta, entry: $entry:expr; entry_ref: $entry_ref:expr;
    ) => {
        impl<K, V, S, A: Allocator $(+ $bound)?> $Map<K, V, S, A> {
            crate::hash_map::views! {
                concat!(stringify!($Map), "::<_, _>"), "", [$($A)?], |self|
                iter: Iter { entries: self.$table.iter() }; iter_mut: IterMut::new(&mut self.$table);
            }

            /// The values by value, in arbitrary order. O(slots) to visit them all.
            ///
            /// ```
            #[doc = concat!("let map = rosti::", stringify!($Map), "::<_, _>::from([(1, 'a'), (2, 'b')]);")]
            /// assert_eq!(map.into_values().max(), Some('b'));
            /// ```
            #[inline]
            pub fn into_values(self) -> IntoValues<K, V, A> {
                IntoValues { entries: self.into_iter() }
            }

            crate::hash_table::removals! {
                "map" of "entries",
                concat!("let mut map: rosti::", stringify!($Map), "<u32, u32> = (0..8).map(|i| (i, i)).collect();"),
                "|_, n| *n % 2 == 0", |self, predicate|
                drain: "" -> Drain<'_, K, V, A> => Drain { entries: self.$table.drain() };
                retain(&K, &mut V): "" => {
                    let mut keep = predicate;
                    self.$table.retain(|(key, value)| keep(key, value));
                };
                extract_if(&K, &mut V): "" -> ExtractIf<'_, K, V, F, A>
                    => ExtractIf { entries: self.$($raw).+.extract_if(), pick: predicate };
                $(pop[inline]: "" -> (K, V) => self.$table.$pop();)?
            }
        }

        impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator $(+ $bound)?> $Map<K, V, S, A> {
            $crate::hash_map::lookups! {
                concat!(stringify!($Map), "::<_, _>"), "O(1) expected.", "", "O(1) expected.",
                [<Q: Hash + Equivalent<K> + ?Sized>] Q, K, |self, key|
                get_key_value: key => key;
                // `map` and `?` copy more where nothing is optimised.
                remove: match self.remove_entry(key) {
                    // The key's drop may panic: the value is dropped then as long as it is not what is returned.
                    Some((key, value)) if const { mem::needs_drop::<K>() && mem::needs_drop::<V>() } => {
                        drop(key);
                        Some(value)
                    }
                    // (Straight to where it is returned, which is a copy less.)
                    Some((_, value)) => Some(value),
                    None => None,
                };
                remove_entry: self.$($raw).+.remove(self.hash_builder.hash_one(key), has_key(key));
            }

            /// The entry of a key, which can be inspected, changed, filled or removed with a single search. O(1) expected.
            /// Room is made only when a vacant entry is filled, and only if it must be.
            ///
            /// ```
            #[doc = concat!("let mut letters = rosti::", stringify!($Map), "::new();")]
            /// for letter in "a short rosti".chars() {
            ///     *letters.entry(letter).or_insert(0) += 1;
            /// }
            /// assert_eq!(letters[&'s'], 2);
            /// ```
            #[$inline]
            pub fn entry(&mut $self, $key: K) -> Entry<'_, K, V, S, A> {
                $entry
            }

            /// The entry of a key that is given in its borrowed form, and made into an owned key only if it
            /// is absent. O(1) expected.
            ///
            /// ```
            #[doc = concat!("let mut words: rosti::", stringify!($Map), "<String, u32> = rosti::", stringify!($Map), "::new();")]
            /// for word in "to be or not to be".split(' ') {
            ///     *words.entry_ref(word).or_insert(0) += 1;
            /// }
            /// assert_eq!(words["be"], 2);
            /// ```
            #[$inline]
            pub fn entry_ref<'a, 'b, Q: Hash + Equivalent<K> + ?Sized>(
                &'a mut $self,
                $key: &'b Q,
            ) -> EntryRef<'a, 'b, K, Q, V, S, A> {
                $entry_ref
            }

            /// The stored key and a mutable reference to its value. O(1) expected.
            ///
            /// ```
            #[doc = concat!("let mut map = rosti::", stringify!($Map), "::<_, _>::from([(\"one\", 1)]);")]
            /// let (key, value) = map.get_key_value_mut("one").unwrap();
            /// *value += key.len();
            /// assert_eq!(map["one"], 4);
            /// ```
            #[inline]
            pub fn get_key_value_mut<Q: Hash + Equivalent<K> + ?Sized>(
                &mut self,
                key: &Q,
            ) -> Option<(&K, &mut V)> {
                self.find_mut(key, |(key, value)| (&*key, value))
            }

            /// Inserts an entry only if the key is absent. O(1) expected and amortised.
            ///
            /// # Errors
            /// [`OccupiedError`] with the entry that is there and the value that was not inserted.
            ///
            /// ```
            #[doc = concat!("let mut map = rosti::", stringify!($Map), "::new();")]
            /// assert_eq!(map.try_insert("one", 1).unwrap(), &1);
            /// assert_eq!(map.try_insert("one", 11).unwrap_err().value, 11);
            /// ```
            #[inline(always)]
            pub fn try_insert(
                &mut self,
                key: K,
                value: V,
            ) -> Result<&mut V, OccupiedError<'_, K, V, S, A>> {
                match self.entry(key) {
                    Entry::Occupied(entry) => Err(OccupiedError { entry, value }),
                    Entry::Vacant(entry) => Ok(entry.insert(value)),
                }
            }
        }
    };
}

/// The lookups and removals of one key, for the `impl` of a map that has `find` and `find_mut`. For the documentation a
/// map, what a lookup costs, what is to be said of keys by value, and what a removal costs; in brackets the parameter
/// that is the type of keys given, then that type, and that of keys by value; then how stored keys are shown, and
/// removals made.
macro_rules! lookups {
    (
        $Of:expr, $cost:literal, $by_value:literal, $removal:literal, [$($parameter:tt)*] $Given:ty, $Owned:ty,
        |$self:ident, $key:ident|
        get_key_value: $stored:ident => $shown:expr;
        remove: $remove:expr;
        remove_entry: $remove_entry:expr;
    ) => {
        examples! {
            concat!("let map = rosti::", $Of, "::from([(\"one\", 1)]);");

            #[doc = concat!("The value of a key. ", $cost)]
            #[example("assert_eq!((map.get(\"one\"), map.get(\"two\")), (Some(&1), None));")]
            #[inline(always)]
            pub fn get $($parameter)*(&self, key: &$Given) -> Option<&V> {
                self.find(key, |(_, value)| value)
            }

            #[doc = concat!("The stored key and its value. ", $cost)]
            #[example("assert!(map.get_key_value(\"one\").is_some_and(|(key, value)| key.len() == 3 && *value == 1));")]
            #[inline(always)]
            pub fn get_key_value $($parameter)*(&$self, $key: &$Given) -> Option<(&K, &V)> {
                $self.find($key, |($stored, value)| ($shown, value))
            }

            #[doc = concat!("Whether the key is present. ", $cost)]
            #[example("assert!(map.contains_key(\"one\") && !map.contains_key(\"two\"));")]
            #[inline(always)]
            pub fn contains_key $($parameter)*(&self, key: &$Given) -> bool {
                self.find(key, |_| ()).is_some()
            }
        }

        examples! {
            concat!("let mut map = rosti::", $Of, "::from([(\"one\", 1)]);");

            #[doc = concat!("A mutable reference to the value of a key. ", $cost)]
            #[example("*map.get_mut(\"one\").unwrap() = 11;",
                "assert_eq!(map[\"one\"], 11);")]
            #[inline(always)]
            pub fn get_mut $($parameter)*(&mut self, key: &$Given) -> Option<&mut V> {
                self.find_mut(key, |(_, value)| value)
            }

            #[doc = concat!("Removes a key and returns its value. ", $removal)]
            #[example("assert_eq!((map.remove(\"one\"), map.remove(\"one\")), (Some(1), None));")]
            #[inline(always)]
            pub fn remove $($parameter)*(&mut $self, $key: &$Given) -> Option<V> {
                $remove
            }

            #[doc = concat!("Removes a key and returns it", $by_value, " with its value. ", $removal)]
            #[example("assert!(map.remove_entry(\"one\").is_some_and(|(key, value)| key == \"one\" && value == 1));")]
            #[inline(always)]
            pub fn remove_entry $($parameter)*(&mut $self, $key: &$Given) -> Option<($Owned, V)> {
                $remove_entry
            }
        }
    };
}

/// The methods that show entries, or one half of each, for an `impl`. Examples are with the map that is named; then comes
/// what is to be said of keys by value, in brackets the parameter that iterators have in addition, and how two are made.
macro_rules! views {
    (
        $Of:expr, $by_value:literal, [$($A:ident)?], |$self:ident| iter: $iter:expr; iter_mut: $iter_mut:expr;
    ) => {
        examples! {
            concat!("let map = rosti::", $Of, "::from([(\"one\", 1), (\"two\", 2)]);");

            /// The entries, in arbitrary order. O(slots) to visit them all.
            #[example("assert!(map.iter().all(|(key, value)| key.len() == 3 && *value < 3));")]
            #[inline]
            pub fn iter(&$self) -> Iter<'_, K, V $(, $A)?> {
                $iter
            }

            /// The keys, in arbitrary order. O(slots) to visit them all.
            #[example("assert!(map.keys().all(|key| key.len() == 3));")]
            #[inline]
            pub fn keys(&self) -> Keys<'_, K, V $(, $A)?> {
                Keys { entries: self.iter() }
            }

            /// The values, in arbitrary order. O(slots) to visit them all.
            #[example("assert_eq!(map.values().sum::<i32>(), 3);")]
            #[inline]
            pub fn values(&self) -> Values<'_, K, V $(, $A)?> {
                Values { entries: self.iter() }
            }

            #[doc = concat!("The keys by value", $by_value, ", in arbitrary order. O(slots) to visit them all.")]
            #[example("assert!(map.into_keys().all(|key| key.len() == 3));")]
            #[inline]
            pub fn into_keys(self) -> IntoKeys<K, V, A> {
                IntoKeys { entries: self.into_iter() }
            }
        }

        examples! {
            concat!("let mut map = rosti::", $Of, "::from([(\"one\", 1), (\"two\", 2)]);");

            /// The entries, with mutable references to the values, in arbitrary order. O(slots) to visit them all.
            #[example("map.iter_mut().for_each(|(key, value)| *value += key.len());",
                "assert_eq!(map[\"two\"], 5);")]
            #[inline]
            pub fn iter_mut(&mut $self) -> IterMut<'_, K, V $(, $A)?> {
                $iter_mut
            }

            /// Mutable references to the values, in arbitrary order. O(slots) to visit them all.
            #[example("map.values_mut().for_each(|value| *value *= 10);",
                "assert_eq!(map[\"two\"], 20);")]
            #[inline]
            pub fn values_mut(&mut self) -> ValuesMut<'_, K, V $(, $A)?> {
                ValuesMut { entries: self.iter_mut() }
            }
        }
    };
}

/// Implements the methods of an entry that set or change its value. In brackets what they ask of types to
/// fill a vacant entry; in quotes a map and a method for the documentation, and what filling costs. Then how `insert`
/// fills it: each call that is given the value copies it where nothing is optimised (`tests/stack.rs`).
macro_rules! entry_methods {
    (
        $a:lifetime, $K:ty => $V:ident, $Occupied:ty, [$($bounds:tt)*], $Of:literal, $call:literal, $cost:literal,
        |$entry:ident, $value:ident| $fill:expr
    ) => {
        examples! {
            concat!("let mut map = rosti::", $Of, "::new();");

            #[doc = concat!("Sets the value of the key and returns its entry. ", $cost)]
            #[example(concat!("assert_eq!(map.", $call, "(\"a\").insert(1).get(), &1);"))]
            #[inline(always)]
            pub fn insert(self, $value: $V) -> $Occupied
            where
                $($bounds)*
            {
                match self {
                    Self::Occupied(mut entry) => {
                        entry.insert($value);
                        entry
                    }
                    Self::Vacant($entry) => $fill,
                }
            }

            #[doc = concat!("The value of the key, which is `default` if it was absent. ", $cost)]
            #[example(concat!("*map.", $call, "(\"a\").or_insert(1) += 1;"),
                concat!("*map.", $call, "(\"a\").or_insert(1) += 1;"),
                "assert_eq!(map[\"a\"], 3);")]
            #[inline(always)]
            pub fn or_insert(self, default: $V) -> &$a mut $V
            where
                $($bounds)*
            {
                match self {
                    Self::Occupied(entry) => entry.into_mut(),
                    Self::Vacant(entry) => entry.insert(default),
                }
            }

            #[doc = concat!("The value of the key, which is the result of `default` if it was absent. ", $cost)]
            #[example(concat!("map.", $call, "(\"a\").or_insert_with(Vec::new).push(1);"),
                "assert_eq!(map[\"a\"], [1]);")]
            #[inline(always)]
            pub fn or_insert_with<F: FnOnce() -> $V>(self, default: F) -> &$a mut $V
            where
                $($bounds)*
            {
                match self {
                    Self::Occupied(entry) => entry.into_mut(),
                    Self::Vacant(entry) => entry.insert(default()),
                }
            }

            #[doc = concat!("The value of the key, which a function makes from the key if it was absent. ", $cost)]
            #[example(concat!("assert_eq!(*map.", $call, "(\"abc\").or_insert_with_key(|key| key.len()), 3);"))]
            #[inline(always)]
            pub fn or_insert_with_key<F: FnOnce(&$K) -> $V>(self, default: F) -> &$a mut $V
            where
                $($bounds)*
            {
                match self {
                    Self::Occupied(entry) => entry.into_mut(),
                    Self::Vacant(entry) => {
                        let value = default(entry.key());
                        entry.insert(value)
                    }
                }
            }

            #[doc = concat!("The value of the key, which is `V`'s default if it was absent. ", $cost)]
            #[example(concat!("let value: &mut u32 = map.", $call, "(\"a\").or_default();"),
                "assert_eq!(value, &0);")]
            #[inline(always)]
            pub fn or_default(self) -> &$a mut $V
            where
                $V: Default,
                $($bounds)*
            {
                self.or_insert_with($V::default)
            }

            /// Changes the value if the key is present.
            #[example("for _ in 0..3 {",
                concat!("    map.", $call, "(\"a\").and_modify(|value| *value += 10).or_insert(1);"),
                "}",
                "assert_eq!(map[\"a\"], 21);")]
            #[inline(always)]
            pub fn and_modify<F: FnOnce(&mut $V)>(mut self, f: F) -> Self {
                if let Self::Occupied(entry) = &mut self {
                    f(entry.get_mut());
                }
                self
            }
        }
    };
}

/// The methods of an occupied entry that concern its value, for an `impl`. In quotes a map, and what makes an entry
/// of it, for the documentation.
macro_rules! value_methods {
    ($a:lifetime, $V:ident, $Of:literal, $entry:literal, |$self:ident| $get:expr, $get_mut:expr, $into_mut:expr) => {
        examples! {
            concat!("let mut map = rosti::", $Of, "::new();\nlet mut entry = map.", $entry, ";");

            /// The value.
            #[example("assert_eq!(entry.get(), &1);")]
            #[inline(always)]
            pub fn get(&$self) -> &$V {
                $get
            }

            /// A mutable reference to the value, which lives as long as the borrow of the entry;
            /// [`into_mut`](Self::into_mut) gives one that lives as long as the map's.
            #[example("*entry.get_mut() += 1;",
                "assert_eq!(entry.get(), &2);")]
            #[inline(always)]
            pub fn get_mut(&mut $self) -> &mut $V {
                $get_mut
            }

            /// A mutable reference to the value, for as long as the map was borrowed.
            #[example("*entry.into_mut() += 1;",
                "assert_eq!(map[\"a\"], 2);")]
            #[inline(always)]
            pub fn into_mut($self) -> &$a mut $V {
                $into_mut
            }

            /// Sets the value and returns the old one.
            #[example("assert_eq!((entry.insert(2), entry.get()), (1, &2));")]
            #[inline]
            pub fn insert(&mut self, value: $V) -> $V {
                core::mem::replace(self.get_mut(), value)
            }
        }
    };
}

/// Implements methods that tell of an entry or take it out. In quotes code that makes an `entry`; then what is said of
/// each method, and what it returns for that. `[always]` is for those that are inlined always.
macro_rules! accessors {
    (
        $entry:literal,
        $($doc:literal
        $name:ident $([$always:ident])? ($($receiver:tt)*) -> $Shown:ty, $expected:literal => $shown:expr;)*
    ) => {
        examples! { $entry; $(
            #[doc = $doc]
            #[example(concat!("assert_eq!(entry.", stringify!($name), "(), ", $expected, ");"))]
            #[inline $(($always))?]
            pub fn $name($($receiver)*) -> $Shown {
                $shown
            }
        )* }
    };
}

pub(crate) use {accessors, entry_methods, lookups, map_methods, value_methods, views};
