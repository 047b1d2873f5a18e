//! Which types are *plain*: their clones are known to be copies of their bytes.
//!
//! Stable Rust cannot ask whether a type is `Copy`, and `!needs_drop` does not tell: a type without
//! drop may count its clones. But std's numbers can be recognised by their [`TypeId`]. For a type
//! with lifetimes there is none; its lifetimes are erased first (the idea is that of the crate
//! `typeid`), which is harmless here, because a number has none: what has the identity of `u64` when
//! its lifetimes are forgotten is `u64`.

use core::any::TypeId;
use core::marker::PhantomData;
use core::mem;
use core::num::NonZero;

/// Whether `T` is known to be plain.
#[derive(Debug)]
pub(crate) struct Plain<T> {
    is_known: bool,
    marker: PhantomData<fn() -> T>,
}

impl<T> Plain<T> {
    /// What is known of `T` by itself.
    #[inline(always)]
    pub(crate) fn of_value() -> Self {
        Plain { is_known: is_number::<T>(), marker: PhantomData }
    }

    #[inline(always)]
    pub(super) fn is_known(&self) -> bool {
        self.is_known
    }
}

impl<K, V> Plain<(K, V)> {
    /// A pair is plain if both its parts are.
    #[inline(always)]
    pub(crate) fn of_pair() -> Self {
        let is_known = Plain::<K>::of_value().is_known && Plain::<V>::of_value().is_known;
        Plain { is_known, marker: PhantomData }
    }
}

/// Whether `T` is one of std's numbers, `bool`, `char` or `()`.
#[inline(always)]
fn is_number<T>() -> bool {
    macro_rules! is_one_of {
        ($($number:ty)*) => { $( id::<T>() == TypeId::of::<$number>() || )* id::<T>() == TypeId::of::<()>() };
    }
    is_one_of! {
        u64 u32 usize i64 i32 isize u8 i8 u16 i16 u128 i128 f32 f64 bool char
        NonZero<u8> NonZero<u16> NonZero<u32> NonZero<u64> NonZero<u128> NonZero<usize>
        NonZero<i8> NonZero<i16> NonZero<i32> NonZero<i64> NonZero<i128> NonZero<isize>
    }
}

/// The identity of a type whose lifetimes are forgotten. Known when the crate is compiled.
#[inline(always)]
fn id<T>() -> TypeId {
    trait Erased {
        fn id(&self) -> TypeId
        where
            Self: 'static;
    }
    impl<T> Erased for PhantomData<T> {
        fn id(&self) -> TypeId
        where
            Self: 'static,
        {
            TypeId::of::<T>()
        }
    }
    let marker = PhantomData::<T>;
    let erased: &dyn Erased = &marker;
    // SAFETY: the two types differ in a lifetime only. The method does nothing with a `T`; the type
    // whose identity it returns is the same whatever lifetimes it has, as code is compiled without.
    unsafe { mem::transmute::<&dyn Erased, &(dyn Erased + 'static)>(erased) }.id()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    #[test]
    fn numbers_are_plain() {
        assert!(Plain::<u64>::of_value().is_known());
        assert!(Plain::<()>::of_value().is_known());
        assert!(Plain::<NonZero<i128>>::of_value().is_known());
        assert!(Plain::<(u32, f64)>::of_pair().is_known());
    }

    #[test]
    fn other_types_are_not_known_to_be() {
        fn of_a_borrow<'a>(_: &'a str) -> Plain<&'a str> {
            Plain::of_value()
        }
        #[derive(Clone)]
        struct Wrapped(#[allow(dead_code, reason = "what is wrapped does not matter")] u64);
        assert!(!of_a_borrow(&String::from("short-lived")).is_known());
        assert!(!Plain::<Wrapped>::of_value().is_known());
        assert!(!Plain::<(u64, String)>::of_pair().is_known());
        assert!(!Plain::<(String, u64)>::of_pair().is_known());
    }
}
