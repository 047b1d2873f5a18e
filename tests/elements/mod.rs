//! The kinds of elements that the interface tests run with, each named by a number.

#![allow(dead_code)] // no test uses all of it

use std::cell::Cell;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};

/// An element that stands for a number.
pub trait Element: Clone + Debug + Eq + Hash + 'static {
    /// How many different elements there are.
    const KINDS: u64 = u64::MAX;
    /// The element of a number below `KINDS`.
    fn new(number: u64) -> Self;
    /// The number of an element.
    fn number(&self) -> u64;
}

impl Element for u64 {
    fn new(number: u64) -> Self {
        number
    }
    fn number(&self) -> u64 {
        *self
    }
}

impl Element for String {
    fn new(number: u64) -> Self {
        number.to_string()
    }
    fn number(&self) -> u64 {
        self.parse().expect("made from a number")
    }
}

impl Element for () {
    const KINDS: u64 = 1;
    fn new(number: u64) -> Self {
        assert_eq!(number, 0);
    }
    fn number(&self) -> u64 {
        0
    }
}

/// Aligned more strictly than a window of control bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[repr(align(64))]
pub struct Aligned(u64);

impl Element for Aligned {
    fn new(number: u64) -> Self {
        Aligned(number)
    }
    fn number(&self) -> u64 {
        assert_eq!((&raw const *self).addr() % 64, 0, "an entry is not aligned");
        self.0
    }
}

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
}

/// Counts how many of it are alive on this thread.
#[derive(Debug)]
pub struct Counted(Box<u64>);

impl Counted {
    /// How many are alive on this thread.
    pub fn live() -> isize {
        LIVE.get()
    }
}

impl Element for Counted {
    fn new(number: u64) -> Self {
        LIVE.set(LIVE.get() + 1);
        Counted(Box::new(number))
    }
    fn number(&self) -> u64 {
        *self.0
    }
}

impl Clone for Counted {
    fn clone(&self) -> Self {
        Counted::new(*self.0)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        LIVE.set(LIVE.get() - 1);
    }
}

impl PartialEq for Counted {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Counted {}

impl Hash for Counted {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

/// Runs a test and checks that it dropped every counted element once.
pub fn run(test: fn()) {
    test();
    assert_eq!(Counted::live(), 0, "elements leaked, or dropped twice");
}

/// Instantiates tests that are generic over the element with every kind of it.
#[macro_export]
macro_rules! for_each_element {
    ($($test:ident)*) => {$(
        mod $test {
            use $crate::elements::{Aligned, Counted, run};

            #[test]
            fn number() {
                run(super::$test::<u64>);
            }
            #[test]
            fn string() {
                run(super::$test::<String>);
            }
            #[test]
            fn unit() {
                run(super::$test::<()>);
            }
            #[test]
            fn aligned() {
                run(super::$test::<Aligned>);
            }
            #[test]
            fn counted() {
                run(super::$test::<Counted>);
            }
        }
    )*};
}

/// Numbers of elements at which tables change shape: none, one window and its fractions, the first
/// table of several windows, growth.
#[cfg(not(miri))]
pub const COUNTS: [u64; 12] = [0, 1, 3, 4, 5, 8, 15, 16, 17, 41, 42, 500];
#[cfg(miri)]
pub const COUNTS: [u64; 5] = [0, 1, 5, 17, 31];

/// The numbers of the first `count` elements: repeated if there are fewer kinds.
pub fn numbers<E: Element>(count: u64) -> Vec<u64> {
    (0..count).map(|n| n % E::KINDS).collect()
}

/// The numbers of elements, sorted.
pub fn sorted<E: Element>(elements: impl IntoIterator<Item = E>) -> Vec<u64> {
    let mut numbers: Vec<u64> = elements.into_iter().map(|element| element.number()).collect();
    numbers.sort_unstable();
    numbers
}

/// Calls a function only if a type implements a trait; the way to assert that it does not.
#[macro_export]
macro_rules! assert_not_impl {
    ($type:ty: $bound:path) => {
        const _: fn() = || {
            trait AmbiguousIfImplemented<Which> {
                fn method() {}
            }
            impl<T: ?Sized> AmbiguousIfImplemented<()> for T {}
            struct Implemented;
            impl<T: ?Sized + $bound> AmbiguousIfImplemented<Implemented> for T {}
            let _ = <$type as AmbiguousIfImplemented<_>>::method;
        };
    };
}
