//! Maps and sets on a table of tables, whose slowest insertion does not depend on their size.
//!
//! The tables are those of `src/raw/`, probe loop included; the two operations that only a table of
//! tables needs, dividing and joining, are in `src/raw/divide.rs`.

mod batch;
mod debug;
mod directory;
mod entry;
mod fallible;
mod iter;
mod map;
mod place;
mod scan;
mod set;
mod split;
mod table;
#[cfg(test)]
mod tests;
mod traits;
mod walk;

#[doc(hidden)]
pub use debug::check_directory;

/// [`ExtendibleMap`](crate::ExtendibleMap) with its entries and iterators.
pub mod extendible_map {
    pub use super::batch::{ContainsBatch, GetBatch, GetKeyValueBatch};
    pub use super::entry::{
        Entry, EntryRef, OccupiedEntry, OccupiedError, VacantEntry, VacantEntryRef,
    };
    pub use super::iter::{
        Drain, ExtractIf, IntoIter, IntoKeys, IntoValues, Iter, IterMut, Keys, Values, ValuesMut,
    };
    pub use super::map::ExtendibleMap;

    /// The parallel iterators of maps, for code that needs to name the type.
    #[cfg(feature = "rayon")]
    pub mod rayon {
        pub use crate::external::rayon::extendible::{IntoParIter, ParIter, ParIterMut};
    }
}

/// [`ExtendibleSet`](crate::ExtendibleSet) with its iterators.
pub mod extendible_set {
    pub use super::set::{
        ContainsBatch, Drain, ExtendibleSet, ExtractIf, GetBatch, IntoIter, Iter,
    };

    /// The parallel iterators of sets, for code that needs to name the type.
    #[cfg(feature = "rayon")]
    pub mod rayon {
        pub use crate::external::rayon::extendible::{SetIntoParIter, SetParIter};
    }
}
