//! The keys of integer maps.

use core::hash::Hash;
use core::num::NonZero;

/// A key that is as good as an integer: small, copied freely, compared and hashed as a number.
///
/// Implemented for the integers of all sizes, `char`, and [`NonZero`] of integers. For a type of
/// your own it has nothing to fill in:
///
/// ```
/// # #[cfg(feature = "default-hasher")] {
/// use rosti::{IntKey, IntMap};
///
/// #[derive(Clone, Copy, PartialEq, Eq, Hash)]
/// struct UserId(u32);
///
/// impl IntKey for UserId {}
///
/// let mut names = IntMap::new();
/// names.insert(UserId(7), "Rösti");
/// assert_eq!(names.get(UserId(7)), Some(&"Rösti"));
/// # }
/// ```
///
/// # Contract
/// Keys are equal if [`Eq`] says so, and equal keys have equal hashes, as for any map. Both should
/// come from one number: [`Hash`] should write one integer, as the derived one of a newtype around
/// an integer or of an enum without fields does. [`IntHasher`](crate::int_map::IntHasher) takes
/// whatever is written, and each integer more costs a multiplication more.
///
/// The trait is safe to implement. An implementation that breaks the rules may make a map give
/// wrong answers for the keys concerned; there is never undefined behaviour.
pub trait IntKey: Copy + Eq + Hash {}

macro_rules! impl_int_key {
    ($($int:ty)*) => {$(
        impl IntKey for $int {}
        impl IntKey for NonZero<$int> {}
    )*};
}

impl_int_key!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
impl IntKey for char {}
