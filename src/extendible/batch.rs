//! Looking many keys up at once; the passes are the table's (`raw/batch.rs`).

use core::hash::{BuildHasher, Hash};

use super::map::ExtendibleMap;
use super::table::Tables;
use crate::allocator::{Allocator, Global};
use crate::equivalent::Equivalent;
use crate::hash_map::{Answers, batches};
use crate::raw::batch::RawBatch;

batches! { ExtendibleMap, [Clone], Tables<(K, V), A>, [tables] }
