//! What the promise is about.

pub use ::hashbrown;

#[path = "items.rs"]
#[expect(clippy::duplicate_mod, reason = "the same code against two crates")]
pub mod items;
