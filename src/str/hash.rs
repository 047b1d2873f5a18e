//! The hash of a key: of a short one by its cell, of a long one by its bytes.
//!
//! A key has one form only, so the two need not agree. Both are made as foldhash makes its own: words are mixed with
//! secrets and multiplied in pairs, products folded. The two words of a short cell are one pair. A long key of up to
//! 128 bytes is 2, 4 or 8 pairs, some of them overlapping, in two chains that do not wait for each other; the
//! comparison of bytes branches on the length in the same way, so there is one branch to mispredict. Longer keys are
//! mixed 64 bytes at a time into four chains.
//!
//! The cell of a long key keeps the parts of the hash that a table uses, the low half for the home and the top byte
//! for the tag, so growth reads no key. In a table of more than 2^32 homes, long keys go to the first 2^32 only:
//! searches become longer, but remain correct.

use core::hash::BuildHasher;

use foldhash::SharedSeed;
use foldhash::fast::SeedableRandomState;

use super::cell::{Cell, Key, LONGEST, pairs};
use crate::hasher::folded_multiply;

/// The bits of a long key's hash that its cell keeps.
///
/// On targets with 32-bit pointers tables use the low half only, tag included.
const KEPT: u64 = 0xff00_0000_ffff_ffff;

/// What a map mixes into its hashes.
#[derive(Clone)]
pub(super) struct Seed {
    /// What the first word of a short key's pair is mixed with, or where the chains of a long one
    /// begin; and what the second word of each pair is.
    secrets: [u64; 2],
    /// The hash of all keys, if there is to be only one.
    #[cfg(test)]
    pub(super) constant: Option<u64>,
}

impl Seed {
    /// A new seed, as the default hasher of maps draws them.
    #[inline]
    pub(super) fn random() -> Self {
        Self::new(&SeedableRandomState::random())
    }

    /// The seed of this number, the same in every process.
    #[inline]
    pub(super) fn fixed(seed: u64) -> Self {
        Self::new(&SeedableRandomState::with_seed(seed, SharedSeed::global_fixed()))
    }

    #[inline]
    fn new(state: &SeedableRandomState) -> Self {
        let [first, second] = [0, u64::MAX].map(|word| state.hash_one(word));
        Seed {
            // As foldhash has it of its own: that no factor is small, or a multiple of a power of two.
            secrets: [first, second | 1 << 63 | 1 << 31 | 1],
            #[cfg(test)]
            constant: None,
        }
    }

    /// The hash of a short key.
    #[inline(always)]
    pub(super) fn of_short<K: Key + ?Sized>(&self, cell: &Cell<K>) -> u64 {
        let ([low, high], [a, b]) = (cell.words(), self.secrets);
        self.seen(folded_multiply(low ^ a, high ^ b))
    }

    /// The hash of a long key, as much of it as a cell keeps, and its length, or 0 if that is more
    /// than any cell has. (Who is asked for both need not ask twice what the length is.)
    #[inline(always)]
    pub(super) fn of_long<K: Key + ?Sized>(&self, key: &K) -> (u64, usize) {
        let bytes = key.as_ref();
        let len = bytes.len();
        let (hash, len) = match len {
            ..=32 => (self.of_pairs::<2>(bytes), len),
            33..=64 => (self.of_pairs::<4>(bytes), len),
            65..=128 => (self.of_pairs::<8>(bytes), len),
            _ => (self.of_many(key), if len <= LONGEST { len } else { 0 }),
        };
        (self.seen(hash) & KEPT, len)
    }

    #[inline(always)]
    fn of_pairs<const N: usize>(&self, bytes: &[u8]) -> u64 {
        let mut chains = self.chains::<2>(bytes.len());
        self.mix::<N, 2>(&mut chains, bytes);
        chains[0] ^ chains[1]
    }

    /// Generic, so that who looks keys up in a loop is compiled together with it: the compiler has to
    /// see that it changes nothing, or it loads the map's fields again for each key.
    #[cold]
    #[inline(never)]
    fn of_many<K: Key + ?Sized>(&self, key: &K) -> u64 {
        let mut rest = key.as_ref();
        let mut chains = self.chains::<4>(rest.len());
        while rest.len() > 128 {
            let (block, behind) = rest.split_at(64);
            self.mix::<4, 4>(&mut chains, block);
            rest = behind;
        }
        self.mix::<8, 4>(&mut chains, rest);
        chains.into_iter().fold(0, |all, chain| all ^ chain)
    }

    /// Where the chains of a key of so many bytes begin. Without the length, keys of one byte over and
    /// over could be alike.
    #[inline(always)]
    fn chains<const C: usize>(&self, len: usize) -> [u64; C] {
        let [a, b] = self.secrets;
        let first = a.rotate_right(len as u32);
        core::array::from_fn(|i| first.wrapping_add(b.wrapping_mul(i as u64)))
    }

    /// Mixes `8 * N` to `16 * N` bytes into the chains.
    #[inline(always)]
    fn mix<const N: usize, const C: usize>(&self, chains: &mut [u64; C], bytes: &[u8]) {
        for (i, [low, high]) in pairs::<N>(bytes).into_iter().enumerate() {
            // Neighbouring chains take another word first, as a pair may come twice.
            let [first, second] = if i % 2 == 0 { [low, high] } else { [high, low] };
            let chain = &mut chains[i % C];
            *chain = folded_multiply(first ^ *chain, second ^ self.secrets[1]);
        }
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
