//! Why a key cannot be inserted.

use core::error::Error;
use core::fmt::{self, Display};

use crate::error::{Rejected, TryReserveError};

/// Why [`SliceMap::try_insert`](super::SliceMap::try_insert) could not insert a key. The entries are
/// unchanged.
///
/// ```
/// use rosti::str_map::InsertError;
/// let error = InsertError::KeyTooLong { len: usize::MAX };
/// assert!(error.to_string().contains(&format!("{} bytes", usize::MAX)));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum InsertError {
    /// The key has more than `u32::MAX` bytes.
    KeyTooLong {
        /// Its length in bytes.
        len: usize,
    },

    /// There is no memory for the entry.
    NoRoom(TryReserveError),
}

impl Display for InsertError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyTooLong { len } => write!(
                f,
                "the key has {len} bytes and may have {}; use a HashMap for such keys, or insert a \
                 digest of them",
                super::cell::LONGEST
            ),
            Self::NoRoom(error) => error.fmt(f),
        }
    }
}

impl Error for InsertError {}

/// A value that could not be inserted, and why; see
/// [`SliceMap::try_insert`](super::SliceMap::try_insert).
///
/// ```
/// use rosti::str_map::{InsertError, RejectedValue};
/// let rejected = RejectedValue { value: 1, error: InsertError::KeyTooLong { len: usize::MAX } };
/// assert_eq!(rejected.to_string(), rejected.error.to_string());
/// ```
pub type RejectedValue<V> = Rejected<V, InsertError>;
