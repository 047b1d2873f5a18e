//! The hash of integers: one folded multiplication.
//!
//! The key, mixed with the map's seed, is multiplied by an odd constant to a product of twice the
//! width, whose halves are folded into one by exclusive or. The table takes its tag from the top
//! bits of the hash and the home from the low ones. In the low half of a product the top bits
//! depend on all bits of the key and the low ones on few; in the high half it is the other way
//! round. Folded, both ends depend on all.

use core::hash::{BuildHasher, Hasher};

use crate::hasher::folded_multiply;

/// Builds the hasher of [`IntMap`](crate::IntMap) and [`IntSet`](crate::IntSet), seeded anew for
/// each map.
///
/// It serves a [`HashMap`](crate::HashMap) as well, where the interface by reference is wanted.
/// It is made for keys that are integers, and as a hash of anything longer it is neither fast nor
/// very good. It does not resist an attacker: see SECURITY.md.
///
/// ```
/// use rosti::HashMap;
/// use rosti::int_map::IntHashBuilder;
///
/// let mut map = HashMap::with_hasher(IntHashBuilder::with_seed(1));
/// map.insert(7u64, "seven");
/// assert_eq!(map.get(&7), Some(&"seven"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct IntHashBuilder {
    seed: u64,
}

impl IntHashBuilder {
    /// Hashes with this seed: the same in each run.
    ///
    /// ```
    /// use rosti::int_map::IntHashBuilder;
    /// use std::hash::BuildHasher;
    ///
    /// let (a, b) = (IntHashBuilder::with_seed(1), IntHashBuilder::with_seed(1));
    /// assert_eq!(a.hash_one(7), b.hash_one(7));
    /// ```
    #[inline]
    #[must_use]
    pub const fn with_seed(seed: u64) -> Self {
        // Keys are mixed with the seed by exclusive or only: under seeds that differ in a few bits,
        // their hashes would come in nearly the same order.
        IntHashBuilder { seed: folded_multiply(seed ^ !MULTIPLIER, MULTIPLIER) }
    }
}

#[cfg(feature = "default-hasher")]
impl Default for IntHashBuilder {
    /// A new seed, drawn as foldhash draws its own.
    #[inline]
    fn default() -> Self {
        // A hash by new seeds is a number made of all of them, and mixed already.
        IntHashBuilder { seed: foldhash::fast::RandomState::default().hash_one(0u64) }
    }
}

impl BuildHasher for IntHashBuilder {
    type Hasher = IntHasher;

    #[inline(always)]
    fn build_hasher(&self) -> IntHasher {
        IntHasher { state: self.seed }
    }
}

/// The hasher that [`IntHashBuilder`] builds: one multiplication for each integer of up to 64 bits,
/// two for one of 128.
///
/// ```
/// use rosti::int_map::IntHashBuilder;
/// use std::hash::{BuildHasher, Hasher};
///
/// let mut hasher = IntHashBuilder::with_seed(1).build_hasher();
/// hasher.write_u64(7);
/// assert_eq!(hasher.finish(), IntHashBuilder::with_seed(1).hash_one(7u64));
/// ```
#[derive(Clone, Debug)]
pub struct IntHasher {
    state: u64,
}

macro_rules! write_as_u64 {
    ($($write:ident($int:ty))*) => {$(
        #[inline(always)]
        fn $write(&mut self, n: $int) {
            self.write_u64(n as u64);
        }
    )*};
}

impl Hasher for IntHasher {
    #[inline(always)]
    fn write_u64(&mut self, n: u64) {
        self.state = folded_multiply(self.state ^ n, MULTIPLIER);
    }

    write_as_u64! { write_u8(u8) write_u16(u16) write_u32(u32) write_usize(usize) }

    #[inline(always)]
    fn write_u128(&mut self, n: u128) {
        // Not one half times the other: then one value of a half would erase the other half.
        self.write_u64(n as u64);
        self.write_u64((n >> 64) as u64);
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
        self.write_usize(bytes.len());
    }

    #[inline(always)]
    fn finish(&self) -> u64 {
        self.state
    }
}

/// 2^64 divided by the golden ratio: the multiples of consecutive numbers lie far apart.
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;
