//! hashbrown's unit tests as an integration test, as far as they keep to its public interface. The
//! script cuts them out of hashbrown's sources; here are the names that they expect around them.

extern crate alloc as stdalloc;

use hashbrown::{DefaultHashBuilder, HashMap, TryReserveError};

mod alloc {
    pub use allocator_api2::alloc::{AllocError, Allocator, Global};
}

mod map {
    pub use hashbrown::DefaultHashBuilder;
    pub use hashbrown::hash_map::*;

    pub fn make_hash<Q: core::hash::Hash>(hasher: &impl core::hash::BuildHasher, value: &Q) -> u64 {
        hasher.hash_one(value)
    }

    include!("cut/map.rs");
}

mod set {
    pub use hashbrown::Equivalent;
    pub use hashbrown::hash_set::*;

    include!("cut/set.rs");
}

mod table {
    pub use hashbrown::hash_table::*;

    include!("cut/table.rs");
}

#[cfg(feature = "raw-entry")]
mod raw_entry {
    pub use hashbrown::hash_map::*;

    include!("cut/raw_entry.rs");
}
