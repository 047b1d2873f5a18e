//! rosti under hashbrown's name.

#![no_std]

pub use rosti::*;
