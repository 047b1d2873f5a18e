//! Maps and sets of integers: [`HashMap`](crate::HashMap) and [`HashSet`](crate::HashSet) with a
//! hash of one multiplication, and keys passed by value.
//!
//! The table, its probe loop, the entries and the iterators are those of the general types: an
//! `IntMap` is a `HashMap` whose hasher is chosen. What is here is that choice (`hash.rs`), the
//! keys it is meant for (`key.rs`), and an interface by value (`map.rs`, `set.rs`, with the traits
//! of std in `traits.rs`). Nothing below knows of it, and there is no unsafe code.

mod hash;
mod key;
pub mod map;
pub mod set;
mod traits;
