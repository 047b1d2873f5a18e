//! What maps, sets and tables are to other crates, each behind the feature of its name.
//!
//! It sits on top of everything else: nothing in the crate depends on it. The code is safe except
//! for the allocator.

#[cfg(feature = "huge-pages")]
pub(crate) mod huge_pages;
#[cfg(feature = "rayon")]
pub(crate) mod rayon;
#[cfg(feature = "serde")]
mod serde;
