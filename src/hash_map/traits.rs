//! std's traits for maps, most of them for maps of either table.

use core::fmt::Debug;
use core::hash::{BuildHasher, Hash};
use core::mem;
use core::ops::Index;

use super::{HashMap, HashTable, Iter, IterMut, has_key, hash_of};
use crate::allocator::Allocator;
use crate::capacity::room_for;
use crate::equivalent::Equivalent;
use crate::error::Fallibility;
#[cfg(feature = "default-hasher")]
use crate::hasher::DefaultHashBuilder;
use crate::raw::{Filler, Plain};

impl<K: Clone, V: Clone, S: Clone, A: Allocator + Clone> Clone for HashMap<K, V, S, A> {
    /// O(slots). The copy has the same hasher and capacity.
    fn clone(&self) -> Self {
        HashMap {
            hash_builder: self.hash_builder.clone(),
            table: HashTable { raw: self.table.raw.clone_as(Plain::of_pair()) },
        }
    }

    /// O(slots). Reuses the memory of this map if it is exactly as large as that of the source.
    fn clone_from(&mut self, source: &Self) {
        // Entries belong to the hasher that placed them: the old ones go before the hasher
        // changes, the new ones come after.
        self.table.clear();
        self.hash_builder.clone_from(&source.hash_builder);
        // Infallible: a failure does not return.
        let (table, source) = (&mut self.table.raw, &source.table.raw);
        let _ = table.clone_from_as(source, Plain::of_pair(), Fallibility::Infallible);
    }
}

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator> Extend<(K, V)> for HashMap<K, V, S, A> {
    /// Inserts all entries.
    ///
    /// Reserves room for as many entries as the iterator promises if the map is empty, and for half
    /// of them otherwise, since some keys may be present already.
    #[track_caller]
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        let mut entries = entries.into_iter();
        self.reserve(room_for(entries.size_hint().0, self.is_empty()));
        // A filler hardly shows beside entries that own memory, and loses where values are large, which `insert`
        // copies once less; and a call is less code.
        if const { mem::needs_drop::<(K, V)>() || size_of::<V>() > 96 } {
            return entries.for_each(|(key, value)| {
                self.insert(key, value);
            });
        }
        let HashMap { hash_builder, table } = self;
        // SAFETY: dropped at the end, however that comes (I4, I7). An iterator may forget the closure that borrows
        // it, or catch its panic and call it again: the filler stays here, and is in order whenever that panics.
        let mut filler = unsafe { Filler::new(&mut table.raw) };
        let mut insert = |(key, value): (K, V)| {
            let hash = hash_builder.hash_one(&key);
            // SAFETY: a slot that was vacant is written to at once (I3), one that was full is initialised.
            unsafe {
                match filler.place(hash, has_key(&key), hash_of(hash_builder)) {
                    Ok(entry) => (*entry.as_ptr()).1 = value,
                    // One by one: a pair would be put together in memory (`ci/profiles.sh`, extend_records: 1.07
                    // instead of .87 of hashbrown's time, with `lto = "off"` 1.14 instead of .98).
                    Err(entry) => {
                        let entry = entry.as_ptr();
                        (&raw mut (*entry).0).write(key);
                        (&raw mut (*entry).1).write(value);
                    }
                }
            }
        };
        // Larger values are copied once less if the iterator hands them out. With small ones it matters more that
        // the filler stays in registers: a closure that `fold` calls keeps it in memory.
        if const { size_of::<V>() > 48 } {
            entries.for_each(insert);
        } else {
            // Not moved, as `for` does, from where it had to be for the call of `reserve`: it was written there in
            // parts and copied in larger ones, which stalls the CPU.
            for pair in entries.by_ref() {
                insert(pair);
            }
        }
    }
}

/// The traits whose implementations do not depend on the table. In brackets what the map asks of an allocator, and
/// its iterators.
macro_rules! map_traits {
    ($Map:ident, [$($bound:ident)?], $iter:ty, $iter_mut:ty) => {
        impl<K: Eq + Hash, V: PartialEq, S: BuildHasher, A: Allocator $(+ $bound)?> PartialEq for $Map<K, V, S, A> {
            /// Whether both have the same keys with equal values, regardless of order and hashers.
            fn eq(&self, other: &Self) -> bool {
                self.len() == other.len()
                    && self.iter().all(|(key, value)| other.get(key).is_some_and(|v| *value == *v))
            }
        }

        impl<K: Eq + Hash, V: Eq, S: BuildHasher, A: Allocator $(+ $bound)?> Eq for $Map<K, V, S, A> {}

        debug! {
            [K: Debug, V: Debug, S, A: Allocator $(+ $bound)?] $Map<K, V, S, A>, |self, f|
                f.debug_map().entries(self.iter()).finish();
        }

        impl<K, V, S: Default, A: Allocator $(+ $bound)? + Default> Default for $Map<K, V, S, A> {
            /// An empty map with a default hasher and allocator.
            #[inline]
            fn default() -> Self {
                Self::with_hasher_in(S::default(), A::default())
            }
        }

        impl<K: Eq + Hash, Q: Hash + Equivalent<K> + ?Sized, V, S: BuildHasher, A: Allocator $(+ $bound)?> Index<&Q>
            for $Map<K, V, S, A>
        {
            type Output = V;

            /// The value of a key.
            ///
            /// # Panics
            /// If the key is absent.
            #[inline]
            #[track_caller]
            fn index(&self, key: &Q) -> &V {
                self.get(key).expect("no entry found for key")
            }
        }

        #[cfg(feature = "default-hasher")]
        from_array! {
            /// Builds a map of these entries; for equal keys the last value wins.
            [K: Eq + Hash, V, A: Allocator $(+ $bound)? + Default] (K, V) => $Map<K, V, DefaultHashBuilder, A>
        }

        from_iterator! {
            [K: Eq + Hash, V, S: BuildHasher + Default, A: Allocator $(+ $bound)? + Default] (K, V) => $Map<K, V, S, A>
        }

        extend! {
            /// Inserts copies of all entries.
            ['a, K: Eq + Hash + Copy, V: Copy, S: BuildHasher, A: Allocator $(+ $bound)?]
            (&'a K, &'a V) => $Map<K, V, S, A>, |(&key, &value)| (key, value);
            /// Inserts copies of all entries.
            ['a, K: Eq + Hash + Copy, V: Copy, S: BuildHasher, A: Allocator $(+ $bound)?]
            &'a (K, V) => $Map<K, V, S, A>, |&entry| entry;
        }

        $crate::hash_table::into_iterator! {
            ['a, K, V, S, A: Allocator $(+ $bound)?] &'a $Map<K, V, S, A> => $iter, (&'a K, &'a V), self
                => self.iter();
            ['a, K, V, S, A: Allocator $(+ $bound)?] &'a mut $Map<K, V, S, A> => $iter_mut, (&'a K, &'a mut V), self
                => self.iter_mut();
        }
    };
}
#[cfg(feature = "extendible")]
pub(crate) use map_traits;

map_traits! { HashMap, [], Iter<'a, K, V>, IterMut<'a, K, V> }
