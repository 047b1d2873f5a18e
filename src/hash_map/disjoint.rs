//! Mutable references to several entries at once, and the names that this had before.

use core::hash::{BuildHasher, Hash};

use super::{HashMap, has_key};
use crate::allocator::Allocator;
use crate::equivalent::Equivalent;
use crate::hash_table::filled;

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator> HashMap<K, V, S, A> {
    examples! {
        "let mut map = rosti::HashMap::<_, _>::from([('a', 1), ('b', 2)]);";

        /// Mutable references to the values of several keys at once. N lookups and O(N²) comparisons of addresses.
        ///
        /// # Panics
        /// If two of the keys are equal and present.
        #[example("assert_eq!(map.get_disjoint_mut([&'b', &'c', &'a']), [Some(&mut 2), None, Some(&mut 1)]);")]
        #[inline]
        #[track_caller]
        pub fn get_disjoint_mut<Q: Hash + Equivalent<K> + ?Sized, const N: usize>(
            &mut self,
            keys: [&Q; N],
        ) -> [Option<&mut V>; N] {
            let slots = self.find_each(keys);
            // SAFETY: `find_each` returns full slots (I3).
            unsafe { self.table.disjoint_as(slots, |(_, value)| value) }
        }

        /// The entries of several keys at once, with mutable references to the values.
        ///
        /// # Panics
        /// If two of the keys are equal and present.
        #[example("assert_eq!(map.get_disjoint_key_value_mut([&'b', &'c']), [Some((&'b', &mut 2)), None]);")]
        #[inline]
        #[track_caller]
        pub fn get_disjoint_key_value_mut<Q: Hash + Equivalent<K> + ?Sized, const N: usize>(
            &mut self,
            keys: [&Q; N],
        ) -> [Option<(&K, &mut V)>; N] {
            let slots = self.find_each(keys);
            // SAFETY: `find_each` returns full slots (I3).
            unsafe { self.table.disjoint_as(slots, |(key, value)| (&*key, value)) }
        }

        /// [`get_disjoint_mut`](Self::get_disjoint_mut) without the check for equal keys.
        ///
        /// # Safety
        /// No two of the keys may be equal and present.
        #[example("// SAFETY: the keys differ.",
            "assert_eq!(unsafe { map.get_disjoint_unchecked_mut([&'b', &'c']) }, [Some(&mut 2), None]);")]
        #[inline]
        pub unsafe fn get_disjoint_unchecked_mut<Q: Hash + Equivalent<K> + ?Sized, const N: usize>(
            &mut self,
            keys: [&Q; N],
        ) -> [Option<&mut V>; N] {
            let slots = self.find_each(keys);
            // SAFETY: `find_each` returns full slots (I3), different ones by the caller's contract.
            unsafe { self.table.disjoint_unchecked_as(slots, |(_, value)| value) }
        }

        /// [`get_disjoint_key_value_mut`](Self::get_disjoint_key_value_mut) without the check for equal keys.
        ///
        /// # Safety
        /// No two of the keys may be equal and present.
        #[example("// SAFETY: the keys differ.",
            "let found = unsafe { map.get_disjoint_key_value_unchecked_mut([&'b', &'c']) };",
            "assert_eq!(found, [Some((&'b', &mut 2)), None]);")]
        #[inline]
        pub unsafe fn get_disjoint_key_value_unchecked_mut<Q, const N: usize>(
            &mut self,
            keys: [&Q; N],
        ) -> [Option<(&K, &mut V)>; N]
        where
            Q: Hash + Equivalent<K> + ?Sized,
        {
            let slots = self.find_each(keys);
            // SAFETY: `find_each` returns full slots (I3), different ones by the caller's contract.
            unsafe { self.table.disjoint_unchecked_as(slots, |(key, value)| (&*key, value)) }
        }
    }

    examples! {
        "# #![allow(deprecated)]\n\
            let mut map = rosti::HashMap::<_, _>::from([('a', 1), ('b', 2)]);";

        /// The old name of [`get_disjoint_mut`](Self::get_disjoint_mut).
        #[example("assert_eq!(map.get_many_mut([&'b']), [Some(&mut 2)]);")]
        #[deprecated(note = "use `get_disjoint_mut` instead")]
        #[track_caller]
        pub fn get_many_mut<Q: Hash + Equivalent<K> + ?Sized, const N: usize>(
            &mut self,
            keys: [&Q; N],
        ) -> [Option<&mut V>; N] {
            self.get_disjoint_mut(keys)
        }

        /// The old name of [`get_disjoint_key_value_mut`](Self::get_disjoint_key_value_mut).
        #[example("assert_eq!(map.get_many_key_value_mut([&'b']), [Some((&'b', &mut 2))]);")]
        #[deprecated(note = "use `get_disjoint_key_value_mut` instead")]
        #[track_caller]
        pub fn get_many_key_value_mut<Q: Hash + Equivalent<K> + ?Sized, const N: usize>(
            &mut self,
            keys: [&Q; N],
        ) -> [Option<(&K, &mut V)>; N] {
            self.get_disjoint_key_value_mut(keys)
        }

        /// The old name of [`get_disjoint_unchecked_mut`](Self::get_disjoint_unchecked_mut).
        ///
        /// # Safety
        /// No two of the keys may be equal and present.
        #[example("// SAFETY: there is only one.",
            "assert_eq!(unsafe { map.get_many_unchecked_mut([&'b']) }, [Some(&mut 2)]);")]
        #[deprecated(note = "use `get_disjoint_unchecked_mut` instead")]
        pub unsafe fn get_many_unchecked_mut<Q: Hash + Equivalent<K> + ?Sized, const N: usize>(
            &mut self,
            keys: [&Q; N],
        ) -> [Option<&mut V>; N] {
            // SAFETY: the caller's contract.
            unsafe { self.get_disjoint_unchecked_mut(keys) }
        }

        /// The old name of [`get_disjoint_key_value_unchecked_mut`](Self::get_disjoint_key_value_unchecked_mut).
        ///
        /// # Safety
        /// No two of the keys may be equal and present.
        #[example("// SAFETY: there is only one.",
            "assert_eq!(unsafe { map.get_many_key_value_unchecked_mut([&'b']) }, [Some((&'b', &mut 2))]);")]
        #[deprecated(note = "use `get_disjoint_key_value_unchecked_mut` instead")]
        pub unsafe fn get_many_key_value_unchecked_mut<
            Q: Hash + Equivalent<K> + ?Sized,
            const N: usize,
        >(
            &mut self,
            keys: [&Q; N],
        ) -> [Option<(&K, &mut V)>; N] {
            // SAFETY: the caller's contract.
            unsafe { self.get_disjoint_key_value_unchecked_mut(keys) }
        }
    }

    /// The slots of several keys.
    #[inline(always)]
    fn find_each<Q: Hash + Equivalent<K> + ?Sized, const N: usize>(
        &self,
        keys: [&Q; N],
    ) -> [Option<usize>; N] {
        filled(None, |i| self.table.raw.find(self.hash_builder.hash_one(keys[i]), has_key(keys[i])))
    }
}
