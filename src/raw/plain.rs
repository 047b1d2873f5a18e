//! Which types are *plain*: their clones are known to be copies of their bytes.
//!
//! Stable Rust cannot ask whether a type is `Copy`, and `!needs_drop` is no answer: a type without drop glue may
//! still count its clones. But std's numbers can be recognised by their [`TypeId`]. Lifetimes are erased first (the
//! idea is that of the crate `typeid`): what has the identity of `u64` without them is `u64`, which has none.

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
        let is_known = !mem::needs_drop::<T>() && is_number::<T>();
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

/// Whether a type is one of std's numbers, `bool`, `char` or `()`. Asked only about those of its size, so
/// that there is little to fold for the compiler, and nothing left to do when a table is cloned.
#[inline]
fn is_number<T>() -> bool {
    macro_rules! is_one_of {
        ($($number:ty),*) => {{
            let id = id::<T>();
            $(size_of::<$number>() == size_of::<T>() && id == TypeId::of::<$number>())||*
        }};
    }
    match size_of::<T>() {
        0 => is_one_of!(()),
        1 => is_one_of!(u8, i8, bool),
        2 => is_one_of!(u16, i16),
        4 => is_one_of!(u32, i32, usize, isize, f32, char),
        8 => is_one_of!(u64, i64, usize, isize, f64),
        16 => is_one_of!(u128, i128),
        _ => false,
    }
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
