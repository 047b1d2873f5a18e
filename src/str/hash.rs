//! The hash of a key: of a short one by its cell, of a long one by its bytes.
//!
//! A key has one form only, so the two need not agree with each other. Both are foldhash: the two
//! words of a short cell are one folded multiplication, the bytes of a long key its usual way. The
//! cell of a long key keeps what a table makes use of: the low half, for the home, and the top byte,
//! for the tag. So growth finds the hash there and reads no key. In a table of more than 2^32 homes,
//! long keys go to the first 2^32 only: searches become longer, and remain right.

use core::hash::{BuildHasher, Hasher};

use foldhash::SharedSeed;
use foldhash::fast::SeedableRandomState;

use super::cell::{Cell, Key};

/// The bits of a long key's hash that its cell keeps.
///
/// On targets with 32-bit pointers tables use the low half only, tag included.
const KEPT: u64 = 0xff00_0000_ffff_ffff;

/// What a map mixes into its hashes.
#[derive(Clone)]
pub(super) struct Seed {
    state: SeedableRandomState,
    /// The hash of all keys, if there is to be only one.
    #[cfg(test)]
    pub(super) constant: Option<u64>,
}

impl Seed {
    /// A new seed, as the default hasher of maps draws them.
    #[inline]
    pub(super) fn random() -> Self {
        Self::new(SeedableRandomState::random())
    }

    /// The seed of this number, the same in every process.
    pub(super) fn fixed(seed: u64) -> Self {
        Self::new(SeedableRandomState::with_seed(seed, SharedSeed::global_fixed()))
    }

    #[inline]
    fn new(state: SeedableRandomState) -> Self {
        Seed {
            state,
            #[cfg(test)]
            constant: None,
        }
    }

    /// The hash of a short key.
    #[inline(always)]
    pub(super) fn of_short<K: Key + ?Sized>(&self, cell: &Cell<K>) -> u64 {
        let [low, high] = cell.words();
        let mut hasher = self.state.build_hasher();
        hasher.write_u128(u128::from(high) << 64 | u128::from(low));
        self.seen(hasher.finish())
    }

    /// The hash of a long key, as much of it as a cell keeps.
    #[inline(always)]
    pub(super) fn of_long<K: Key + ?Sized>(&self, key: &K) -> u64 {
        let mut hasher = self.state.build_hasher();
        hasher.write(key.as_ref());
        self.seen(hasher.finish()) & KEPT
    }

    /// The hash of a cell's key.
    #[inline(always)]
    pub(super) fn of_cell<K: Key + ?Sized>(&self, cell: &Cell<K>) -> u64 {
        if cell.is_long() { cell.hash() } else { self.of_short(cell) }
    }

    /// What tests make of a hash.
    #[inline(always)]
    fn seen(&self, hash: u64) -> u64 {
        #[cfg(test)]
        let hash = self.constant.unwrap_or(hash);
        hash
    }
}
