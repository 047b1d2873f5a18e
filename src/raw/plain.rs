//! Which types are *plain*: their clones are known to be copies of their bytes.
//!
//! Stable Rust cannot ask whether a type is `Copy`, and `!needs_drop` is no answer: a type without
//! drop glue may still count its clones. But std's numbers can be recognised by their [`TypeId`].
//! For a type with lifetimes there is none; its lifetimes are erased first (the idea is that of the
//! crate `typeid`), which is harmless here, because a number has none: what has the identity of
//! `u64` when its lifetimes are forgotten is `u64`.

use core::any::TypeId;
use core::marker::PhantomData;
use core::mem;

/// Whether `T` is known to be plain.
#[derive(Debug)]
pub(crate) struct Plain<T> {
    is_known: bool,
    marker: PhantomData<fn() -> T>,
}

impl<T> Plain<T> {
    /// What is known of `T` by itself.
    #[inline]
    pub(crate) fn of_value() -> Self {
        let is_known = !mem::needs_drop::<T>() && is_number(id::<T>());
        Plain { is_known, marker: PhantomData }
    }

    /// Has every entry cloned by itself.
    #[cfg(test)]
    pub(super) fn unknown() -> Self {
        Plain { is_known: false, marker: PhantomData }
    }

    #[inline(always)]
    pub(super) fn is_known(&self) -> bool {
        self.is_known
    }
}

impl<K, V> Plain<(K, V)> {
    /// A pair is plain if both its parts are.
    #[inline]
    pub(crate) fn of_pair() -> Self {
        let is_known = Plain::<K>::of_value().is_known && Plain::<V>::of_value().is_known;
        Plain { is_known, marker: PhantomData }
    }
}

#[cfg(feature = "str")]
impl<K: Copy, V> Plain<(K, V)> {
    /// A pair of a part that says itself that it may be copied, and of one that need not.
    #[inline]
    pub(crate) fn of_copied_and_value() -> Self {
        Plain { is_known: Plain::<V>::of_value().is_known, marker: PhantomData }
    }
}

/// Whether a type is one of std's numbers, `bool`, `char` or `()`. Compiled once instead of folded for
/// each type: a few comparisons per clone are next to nothing, in every crate that clones they are not.
#[inline(never)]
fn is_number(id: TypeId) -> bool {
    macro_rules! ids {
        ($($number:ty),*) => { [$(TypeId::of::<$number>()),*] };
    }
    ids![u64, u32, usize, i64, i32, (), isize, u8, i8, u16, i16, u128, i128, f32, f64, bool, char]
        .contains(&id)
}

/// The identity of a type whose lifetimes are forgotten.
#[inline]
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
        assert!(Plain::<(u32, f64)>::of_pair().is_known());
    }

    #[test]
    #[cfg(feature = "str")]
    fn of_a_pair_with_what_is_copied_the_value_decides() {
        assert!(Plain::<([u8; 16], u64)>::of_copied_and_value().is_known());
        assert!(!Plain::<([u8; 16], String)>::of_copied_and_value().is_known());
        assert!(!Plain::<([u8; 16], u64)>::of_pair().is_known());
    }

    #[test]
    fn other_types_are_not_known_to_be() {
        fn of_a_borrow(_: &str) -> Plain<&str> {
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
