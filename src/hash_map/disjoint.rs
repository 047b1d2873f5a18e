//! Mutable references to several entries at once, and the names that this had before.

use core::hash::{BuildHasher, Hash};

use super::{HashMap, has_key};
use crate::allocator::Allocator;
use crate::equivalent::Equivalent;
use crate::hash_table::filled;

/// Implements methods under the names that they had before; in quotes what is found under `"a"`.
macro_rules! old_names {
    ($old:ident => $new:ident, $note:literal, $Found:ty, $found:literal; $($more:tt)*) => {
        #[doc = concat!("The old name of [`", stringify!($new), "`](Self::", stringify!($new), ").")]
        ///
        /// ```
        /// # #![allow(deprecated)]
        /// let mut map = rosti::HashMap::<_, _>::from([("a", 1)]);
        #[doc = concat!("assert_eq!(map.", stringify!($old), "([\"a\"]), ", $found, ");")]
        /// ```
        #[deprecated(note = $note)]
        #[track_caller]
        pub fn $old<Q: Hash + Equivalent<K> + ?Sized, const N: usize>(&mut self, keys: [&Q; N]) -> [$Found; N] {
            self.$new(keys)
        }

        old_names! { $($more)* }
    };
    (unsafe $old:ident => $new:ident, $note:literal, $Found:ty, $found:literal; $($more:tt)*) => {
        #[doc = concat!("The old name of [`", stringify!($new), "`](Self::", stringify!($new), ").")]
        ///
        /// # Safety
        /// No two of the keys may be equal and present.
        ///
        /// ```
        /// # #![allow(deprecated)]
        /// let mut map = rosti::HashMap::<_, _>::from([("a", 1)]);
        /// // SAFETY: there is only one.
        #[doc = concat!("assert_eq!(unsafe { map.", stringify!($old), "([\"a\"]) }, ", $found, ");")]
        /// ```
        #[deprecated(note = $note)]
        pub unsafe fn $old<Q: Hash + Equivalent<K> + ?Sized, const N: usize>(
            &mut self,
            keys: [&Q; N],
        ) -> [$Found; N] {
            // SAFETY: the caller's contract.
            unsafe { self.$new(keys) }
        }

        old_names! { $($more)* }
    };
    () => {};
}

impl<K: Eq + Hash, V, S: BuildHasher, A: Allocator> HashMap<K, V, S, A> {
    /// Mutable references to the values of several keys at once. N lookups and O(N²) comparisons of
    /// addresses.
    ///
    /// # Panics
    /// If two of the keys are equal and present.
    ///
    /// ```
    /// let mut map: rosti::HashMap<_, _> = rosti::HashMap::from([("a", 1), ("b", 2)]);
    /// let [a, b, c] = map.get_disjoint_mut(["a", "b", "c"]);
    /// core::mem::swap(a.unwrap(), b.unwrap());
    /// assert!(c.is_none());
    /// assert_eq!(map["a"], 2);
    /// ```
    #[inline]
    #[track_caller]
    pub fn get_disjoint_mut<Q: Hash + Equivalent<K> + ?Sized, const N: usize>(
        &mut self,
        keys: [&Q; N],
    ) -> [Option<&mut V>; N] {
        let slots = self.find_each(keys);
        // SAFETY: the slots are full.
        unsafe { self.table.disjoint_as(slots, |(_, value)| value) }
    }

    /// The entries of several keys at once, with mutable references to the values.
    ///
    /// # Panics
    /// If two of the keys are equal and present.
    ///
    /// ```
    /// let mut map: rosti::HashMap<_, _> = rosti::HashMap::from([("a", 1), ("b", 2)]);
    /// let [a, b] = map.get_disjoint_key_value_mut(["a", "b"]);
    /// assert_eq!((a, b), (Some((&"a", &mut 1)), Some((&"b", &mut 2))));
    /// ```
    #[inline]
    #[track_caller]
    pub fn get_disjoint_key_value_mut<Q: Hash + Equivalent<K> + ?Sized, const N: usize>(
        &mut self,
        keys: [&Q; N],
    ) -> [Option<(&K, &mut V)>; N] {
        let slots = self.find_each(keys);
        // SAFETY: the slots are full.
        unsafe { self.table.disjoint_as(slots, |(key, value)| (&*key, value)) }
    }

    /// The slots of several keys.
    #[inline(always)]
    fn find_each<Q: Hash + Equivalent<K> + ?Sized, const N: usize>(
        &self,
        keys: [&Q; N],
    ) -> [Option<usize>; N] {
        filled(None, |i| self.table.raw.find(self.hash_builder.hash_one(keys[i]), has_key(keys[i])))
    }

    /// [`get_disjoint_mut`](Self::get_disjoint_mut) without the check for equal keys.
    ///
    /// # Safety
    /// No two of the keys may be equal and present.
    ///
    /// ```
    /// let mut map: rosti::HashMap<_, _> = rosti::HashMap::from([("a", 1), ("b", 2)]);
    /// // SAFETY: the keys differ.
    /// let [a, b] = unsafe { map.get_disjoint_unchecked_mut(["a", "b"]) };
    /// assert_eq!((a, b), (Some(&mut 1), Some(&mut 2)));
    /// ```
    #[inline]
    pub unsafe fn get_disjoint_unchecked_mut<Q: Hash + Equivalent<K> + ?Sized, const N: usize>(
        &mut self,
        keys: [&Q; N],
    ) -> [Option<&mut V>; N] {
        let slots = self.find_each(keys);
        // SAFETY: the slots are full, and different by the caller's contract.
        unsafe { self.table.disjoint_unchecked_as(slots, |(_, value)| value) }
    }

    /// [`get_disjoint_key_value_mut`](Self::get_disjoint_key_value_mut) without the check for equal
    /// keys.
    ///
    /// # Safety
    /// No two of the keys may be equal and present.
    ///
    /// ```
    /// let mut map: rosti::HashMap<_, _> = rosti::HashMap::from([("a", 1), ("b", 2)]);
    /// // SAFETY: the keys differ.
    /// let [a, _] = unsafe { map.get_disjoint_key_value_unchecked_mut(["a", "b"]) };
    /// assert_eq!(a, Some((&"a", &mut 1)));
    /// ```
    #[inline]
    pub unsafe fn get_disjoint_key_value_unchecked_mut<Q, const N: usize>(
        &mut self,
        keys: [&Q; N],
    ) -> [Option<(&K, &mut V)>; N]
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        let slots = self.find_each(keys);
        // SAFETY: the slots are full, and different by the caller's contract.
        unsafe { self.table.disjoint_unchecked_as(slots, |(key, value)| (&*key, value)) }
    }

    old_names! {
        get_many_mut => get_disjoint_mut, "use `get_disjoint_mut` instead", Option<&mut V>, "[Some(&mut 1)]";
        get_many_key_value_mut => get_disjoint_key_value_mut, "use `get_disjoint_key_value_mut` instead",
            Option<(&K, &mut V)>, "[Some((&\"a\", &mut 1))]";
        unsafe get_many_unchecked_mut => get_disjoint_unchecked_mut, "use `get_disjoint_unchecked_mut` instead",
            Option<&mut V>, "[Some(&mut 1)]";
        unsafe get_many_key_value_unchecked_mut => get_disjoint_key_value_unchecked_mut,
            "use `get_disjoint_key_value_unchecked_mut` instead", Option<(&K, &mut V)>, "[Some((&\"a\", &mut 1))]";
    }
}
