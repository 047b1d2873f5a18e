//! rosti is a Swiss-table hash map for hot paths: hashbrown's interface on a core of its own.
//!
//! A search examines sixteen control bytes at a time with SSE2, NEON or simd128, and eight at a
//! time in a `u64` everywhere else. It ends at an *overflow count* of zero instead of an empty
//! slot. Therefore a miss rarely looks at more than one window of slots, even in a full table,
//! removals leave no tombstones, and a map of constant size never grows. ARCH.md explains how it
//! works.
//!
//! ```
//! # #[cfg(feature = "default-hasher")] {
//! use rosti::HashMap;
//!
//! let mut count: HashMap<String, u64> = HashMap::new();
//! for word in "rösti is the swiss hash brown and rösti is good".split(' ') {
//!     *count.entry_ref(word).or_insert(0) += 1;
//! }
//! assert_eq!(count["rösti"], 2);
//! assert_eq!(count.get("burnt"), None);
//!
//! count.retain(|_, times| *times > 1);
//! assert_eq!(count.len(), 2);
//! # }
//! ```
//!
//! * [`HashMap`] and [`HashSet`] hash with any `BuildHasher`, foldhash by default.
//! * [`IntMap`] and [`IntSet`] are maps and sets that hash integers with one multiplication.
//! * [`StrMap`] and [`StrSet`] own strings and take them by reference; [`BytesMap`] and
//!   [`BytesSet`] do the same for byte strings.
//! * [`ExtendibleMap`] and [`ExtendibleSet`] never move more than one small table at a time, so
//!   that no insertion pays for the whole map.
//! * [`HashTable`] takes hashes and comparisons from the caller, for keys that live elsewhere.
//!
//! The crate is `no_std` and needs `alloc`.
//!
//! # Features
//!
//! | feature | default | gives |
//! |---|---|---|
//! | `default-hasher` | yes | foldhash as the default hasher: `HashMap::new` and the like |
//! | `allocator-api2` | yes | allocators through that crate's trait |
//! | `equivalent` | yes | lookups through that crate's `Equivalent` |
//! | `str` | yes | `StrMap`, `BytesMap` and their sets |
//! | `batch` | yes | `get_batch` and the like: many lookups at once |
//! | `scan` | yes | `scan`: walks in steps, between which the map may change |
//! | `extendible` | no | `ExtendibleMap` and `ExtendibleSet` |
//! | `raw-entry` | no | `HashMap::raw_entry` and `raw_entry_mut`, for code that still uses them |
//! | `serde` | no | `Serialize` and `Deserialize` for maps and sets |
//! | `huge-pages` | no | `HugePages`, an allocator for tables far beyond the caches (Linux) |
//! | `rayon` | no | parallel iterators, `par_extend` that fills the table in parallel; needs std |

// Examples use the default hasher: without it, there are none to run but the one above.
#![cfg(any(feature = "default-hasher", not(doctest)))]
#![no_std]
// Some of the core is for what features add only.
#![cfg_attr(not(feature = "extendible"), allow(dead_code, unused_imports))]
// docs.rs sets `docsrs` and builds with a nightly compiler: items then name the feature that they need.
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;
#[cfg(test)]
extern crate std;

#[macro_use]
#[cfg_attr(not(feature = "default-hasher"), allow(unused_macros))]
mod traits;

mod allocator;
mod capacity;
mod ctrl;
mod equivalent;
mod error;
#[cfg(feature = "extendible")]
mod extendible;
mod external;
mod group;
mod hasher;
mod int;
mod mask;
mod probe;
mod raw;
#[cfg(feature = "str")]
mod str;

pub mod hash_map;
pub mod hash_set;
pub mod hash_table;

#[cfg(feature = "extendible")]
#[doc(inline)]
pub use extendible::{extendible_map, extendible_set};

pub use equivalent::Equivalent;
pub use error::{Rejected, TryReserveError};
#[cfg(feature = "huge-pages")]
pub use external::huge_pages::HugePages;
pub use hash_map::HashMap;
pub use hash_set::HashSet;
pub use hash_table::HashTable;
pub use hasher::DefaultHashBuilder;
#[cfg(feature = "default-hasher")]
pub use hasher::DefaultHasher;
pub use int::{IntHashBuilder, IntHasher, IntMap, IntSet};
#[cfg(feature = "scan")]
pub use raw::ScanCursor;
pub use raw::Statistics;
#[cfg(feature = "str")]
pub use str::{BytesMap, BytesSet, StrMap, StrSet};
#[cfg(feature = "extendible")]
pub use {extendible_map::ExtendibleMap, extendible_set::ExtendibleSet};

/// Maps and sets that own their keys, which are strings or byte strings: the types behind
/// [`StrMap`], [`BytesMap`], [`StrSet`] and [`BytesSet`], with their entries and iterators.
#[cfg(feature = "str")]
pub mod str_map {
    pub use crate::str::{
        Drain, DrainSet, Entry, ExtractIf, InsertError, IntoIter, IntoKeys, IntoValues, Iter,
        IterMut, Key, Keys, OccupiedEntry, RejectedValue, SliceMap, SliceSet, VacantEntry, Values,
        ValuesMut,
    };

    #[cfg(feature = "batch")]
    pub use crate::str::{ContainsBatch, GetBatch, GetBatchSet, GetKeyValueBatch};

    /// The parallel iterators, for code that needs to name the type.
    #[cfg(feature = "rayon")]
    pub mod rayon {
        pub use crate::external::rayon::str::*;
    }
}

/// The parts of the core that benches and cross-backend tests need. Not part of the public API; may
/// change in any release.
#[doc(hidden)]
pub mod internals {
    pub use crate::allocator::{Allocator, Global};
    pub use crate::ctrl::{DELETED, EMPTY, Tag};
    #[cfg(feature = "extendible")]
    pub use crate::extendible::check_directory;
    pub use crate::group::*;
    pub use crate::mask::LaneMask;
    pub use crate::raw::{Place, RawTable, Statistics, compile_here};
    #[cfg(feature = "str")]
    pub use crate::str::{Books, books};
}

/// The examples in the README, run as tests.
#[cfg(all(doctest, feature = "extendible", feature = "str"))]
#[doc = include_str!("../README.md")]
struct Readme;

/// What the compiler must refuse.
#[cfg(doctest)]
#[doc = include_str!("../tests/must_not_compile.md")]
struct MustNotCompile;
