//! Some of std's traits, for types of all parts of the crate, what std has as a call, and examples.

/// Methods whose examples begin alike: first that beginning, then each method as usual, with the rest of its example, line
/// by line, in an attribute.
macro_rules! examples {
    ($first:expr; $($(#[doc = $doc:expr])+ #[example($($example:expr),+)] $method:item)*) => {$(
        $(#[doc = $doc])+
        ///
        /// ```
        #[doc = $first]
        $(#[doc = $example])+
        /// ```
        $method
    )*};
}

/// `Option::map`, which would be two calls where nothing is optimised, in each layer of an iterator.
macro_rules! map {
    ($item:expr, |$from:pat_param| $into:expr) => {
        match $item {
            Some($from) => Some($into),
            None => None,
        }
    };
}

/// Implements `Clone` and `Copy` for what is copied whatever its parameters are.
macro_rules! copy {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<$($generics)*> Clone for $type {
            #[inline(always)]
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<$($generics)*> Copy for $type {}
    )*};
}

/// Implements `Clone` with the bounds that are given, unlike `derive`. The fields named are cloned, others copied.
macro_rules! clone {
    ($([$($generics:tt)*] $type:ty $(: $($field:ident)+)?;)*) => {$(
        impl<$($generics)*> Clone for $type {
            #[inline]
            #[allow(clippy::needless_update)] // where there are no others
            fn clone(&self) -> Self {
                Self { $($($field: self.$field.clone(),)+)? ..*self }
            }
        }
    )*};
}

/// Implements `Default` for iterators with these fields, or with such a value in one more.
macro_rules! default {
    ($([$($generics:tt)*] $type:ty: $($field:ident)+ $(, $other:ident = $value:expr)?;)*) => {$(
        impl<$($generics)*> Default for $type {
            /// The iterator over nothing.
            #[inline]
            fn default() -> Self {
                Self { $($field: Default::default(),)+ $($other: $value)? }
            }
        }
    )*};
}

/// Implements `Debug` by what the formatter is told.
macro_rules! debug {
    ($([$($generics:tt)*] $type:ty, |$self:ident, $f:ident| $shown:expr;)*) => {$(
        impl<$($generics)*> core::fmt::Debug for $type {
            fn fmt(&$self, $f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $shown
            }
        }
    )*};
}

/// Implements `Extend` by another `Extend`, of the type itself or of a field, for each item made of one of these.
macro_rules! extend {
    ($($(#[$doc:meta])* [$($generics:tt)*] $item:ty => $type:ty $(: $field:ident)?, $of:expr;)*) => {$(
        impl<$($generics)*> Extend<$item> for $type {
            $(#[$doc])*
            #[inline]
            #[track_caller]
            fn extend<I: IntoIterator<Item = $item>>(&mut self, items: I) {
                self$(.$field)?.extend(items.into_iter().map($of));
            }
        }
    )*};
}

/// Implements `FromIterator` by `Default` and `Extend`.
macro_rules! from_iterator {
    ($(#[$doc:meta])* [$($generics:tt)*] $item:ty => $type:ty) => {
        impl<$($generics)*> FromIterator<$item> for $type {
            $(#[$doc])*
            #[inline]
            fn from_iter<I: IntoIterator<Item = $item>>(items: I) -> Self {
                let mut new = Self::default();
                new.extend(items);
                new
            }
        }
    };
}

/// Implements `From` for arrays by `FromIterator`.
macro_rules! from_array {
    ($(#[$doc:meta])* [$($generics:tt)*] $item:ty => $type:ty) => {
        impl<$($generics)*, const N: usize> From<[$item; N]> for $type {
            $(#[$doc])*
            fn from(items: [$item; N]) -> Self {
                items.into_iter().collect()
            }
        }
    };
}
