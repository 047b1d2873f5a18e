//! What can go wrong when a table grows.

use alloc::alloc::handle_alloc_error;
use core::alloc::Layout;
use core::fmt;
use core::iter::{self, Chain, Once};

/// Why `try_reserve` could not make room. The collection is unchanged.
///
/// ```
/// use rosti::{HashMap, TryReserveError};
/// let mut map: HashMap<u64, u64> = HashMap::new();
/// assert_eq!(map.try_reserve(usize::MAX), Err(TryReserveError::CapacityOverflow));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TryReserveError {
    /// The capacity asked for needs more bytes than an allocation may have (`isize::MAX`).
    CapacityOverflow,

    /// The allocator failed.
    AllocError {
        /// What was asked of the allocator.
        layout: Layout,
    },
}

impl fmt::Display for TryReserveError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CapacityOverflow => f.write_str(
                "memory allocation failed because the computed capacity exceeded the collection's \
                 maximum (isize::MAX bytes); reserve less, or split the collection",
            ),
            Self::AllocError { layout } => write!(
                f,
                "memory allocation failed because the memory allocator returned an error when \
                 asked for {} bytes aligned to {}; the collection is unchanged",
                layout.size(),
                layout.align()
            ),
        }
    }
}

impl core::error::Error for TryReserveError {}

/// What could not be inserted, and why: nothing is lost when an allocation fails.
///
/// ```
/// use rosti::{Rejected, TryReserveError};
/// let rejected = Rejected { value: ("a", 1), error: TryReserveError::CapacityOverflow };
/// assert_eq!(rejected.to_string(), rejected.error.to_string());
/// assert_eq!(TryReserveError::from(rejected), TryReserveError::CapacityOverflow);
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rejected<T, E = TryReserveError> {
    /// What was not inserted.
    pub value: T,
    /// Why it was not inserted.
    pub error: E,
}

/// An iterator from the element on that it was at: what is left when inserting its elements has failed.
pub(crate) type Rest<I> = Chain<Once<<I as Iterator>::Item>, I>;

/// Inserts elements until one is rejected; that one comes back with those behind it.
pub(crate) fn try_extend<I: IntoIterator, E>(
    elements: I,
    mut insert: impl FnMut(I::Item) -> Result<(), Rejected<I::Item, E>>,
) -> Result<(), Rejected<Rest<I::IntoIter>, E>> {
    let mut elements = elements.into_iter();
    while let Some(element) = elements.next() {
        if let Err(Rejected { value, error }) = insert(element) {
            return Err(Rejected { value: iter::once(value).chain(elements), error });
        }
    }
    Ok(())
}

impl<T> From<Rejected<T>> for TryReserveError {
    /// Drops the value, for callers who only pass the reason on.
    fn from(rejected: Rejected<T>) -> Self {
        rejected.error
    }
}

impl<T, E: fmt::Display> fmt::Display for Rejected<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<T: fmt::Debug, E: core::error::Error + 'static> core::error::Error for Rejected<T, E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// Whether a failure is reported or ends the operation as it does in std: a panic when the capacity
/// overflows, the allocation error handler when the allocator fails.
///
/// The panic names the line of the caller who asked for the capacity: everything between
/// `with_capacity`, `reserve` or `extend` and here is `#[track_caller]`. Insertion and shrinking are
/// not. The location would be one more argument of each call of `insert`, for a panic that only
/// follows upon gigabytes of entries, and shrinking asks for less than there is.
#[derive(Clone, Copy)]
pub(crate) enum Fallibility {
    Fallible,
    Infallible,
}

impl Fallibility {
    #[cold]
    #[track_caller]
    pub(crate) fn capacity_overflow(self) -> TryReserveError {
        match self {
            Self::Fallible => TryReserveError::CapacityOverflow,
            Self::Infallible => panic!("Hash table capacity overflow"),
        }
    }

    #[cold]
    pub(crate) fn alloc_error(self, layout: Layout) -> TryReserveError {
        match self {
            Self::Fallible => TryReserveError::AllocError { layout },
            Self::Infallible => handle_alloc_error(layout),
        }
    }
}
