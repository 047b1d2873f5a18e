//! The promise, word for word.

pub use rosti as hashbrown;

#[path = "items.rs"]
pub mod items;
