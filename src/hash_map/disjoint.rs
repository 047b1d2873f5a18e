//! Mutable references to several entries at once, and the names that this had before.

use core::hash::{BuildHasher, Hash};

use super::HashMap;
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
        self.find_disjoint(keys, |(_, value)| value)
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
        self.find_disjoint(keys, |(key, value)| (&*key, value))
    }

    /// What `f` makes of the entries of several keys, all of which are different.
    #[inline(always)]
    #[track_caller]
    fn find_disjoint<'a, Q: Hash + Equivalent<K> + ?Sized, R, const N: usize>(
        &'a mut self,
        keys: [&Q; N],
        f: impl Fn(&'a mut (K, V)) -> R,
    ) -> [Option<R>; N] {
        let hashes = self.hashes(keys);
        self.table.get_disjoint_as(hashes, |i, (key, _)| keys[i].equivalent(key), f)
    }

    #[inline(always)]
    fn hashes<Q: Hash + ?Sized, const N: usize>(&self, keys: [&Q; N]) -> [u64; N] {
        filled(0, |i| self.hash_builder.hash_one(keys[i]))
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
        // SAFETY: the caller's contract.
        unsafe { self.find_disjoint_unchecked(keys, |(_, value)| value) }
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
        // SAFETY: the caller's contract.
        unsafe { self.find_disjoint_unchecked(keys, |(key, value)| (&*key, value)) }
    }

    /// What `f` makes of the entries of several keys.
    ///
    /// # Safety
    /// No two of the keys may be equal and present.
    #[inline(always)]
    unsafe fn find_disjoint_unchecked<'a, Q: Hash + Equivalent<K> + ?Sized, R, const N: usize>(
        &'a mut self,
        keys: [&Q; N],
        f: impl Fn(&'a mut (K, V)) -> R,
    ) -> [Option<R>; N] {
        let hashes = self.hashes(keys);
        // SAFETY: the caller's contract.
        unsafe {
            self.table.get_disjoint_unchecked_as(hashes, |i, (key, _)| keys[i].equivalent(key), f)
        }
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
