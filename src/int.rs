//! The hash of integers, one folded multiplication, and maps and sets that use it.
//!
//! The key, mixed with the map's seed, is multiplied by an odd constant. The two halves of the
//! double-width product are then folded into one by exclusive or. The table takes its tag from the
//! top bits of the hash and the home from the low ones. In the low half of a product the top bits
//! depend on all bits of the key and the low ones on few; in the high half it is the other way
//! round. After folding, both ends depend on all bits.

use core::hash::{BuildHasher, Hasher};

use crate::allocator::Global;
use crate::hash_map::HashMap;
use crate::hash_set::HashSet;
use crate::hasher::folded_multiply;

/// A [`HashMap`] that hashes with one multiplication, for keys that are integers.
///
/// Integers of all sizes, `char`, [`NonZero`](core::num::NonZero), newtypes and fieldless enums that
/// derive [`Hash`] are hashed with a single multiplication. Other keys work too: see
/// [`IntHashBuilder`], which also says how safe that hash is.
///
/// It is a name rather than a type of its own, so it has everything that `HashMap` has. Where
/// `HashMap` has constructors for its default hasher only, use `default`, `collect`,
/// [`with_hasher`](HashMap::with_hasher) or
/// [`with_capacity_and_hasher`](HashMap::with_capacity_and_hasher).
///
/// ```
/// use rosti::{IntHashBuilder, IntMap};
///
/// let mut squares = IntMap::with_hasher(IntHashBuilder::with_seed(1));
/// squares.insert(7u64, 49);
/// assert_eq!(squares[&7], 49);
///
/// let mut lengths: IntMap<usize, u32> = IntMap::default();
/// for word in "rösti is the swiss hash brown".split(' ') {
///     *lengths.entry(word.chars().count()).or_insert(0) += 1;
/// }
/// assert_eq!(lengths, IntMap::from_iter([(2, 1), (3, 1), (4, 1), (5, 3)]));
/// ```
pub type IntMap<K, V, A = Global> = HashMap<K, V, IntHashBuilder, A>;

/// A [`HashSet`] that hashes with one multiplication, for elements that are integers.
///
/// It is to `HashSet` what [`IntMap`] is to `HashMap`.
///
/// ```
/// use rosti::{IntHashBuilder, IntSet};
/// let mut primes = IntSet::with_hasher(IntHashBuilder::with_seed(1));
/// primes.extend([2, 3, 5, 7]);
/// assert!(primes.contains(&5) && !primes.contains(&6));
/// ```
pub type IntSet<T, A = Global> = HashSet<T, IntHashBuilder, A>;

/// Builds the hasher of [`IntMap`] and [`IntSet`], seeded anew for each map.
///
/// An integer of up to 64 bits costs one multiplication, one of 128 bits costs two. For keys with
/// several parts, such as tuples, arrays and strings, each part is folded into the hash of those
/// before it, so values, order and lengths all count. Such keys are hashed well, but the default
/// hasher is faster for long ones.
///
/// The hash does not resist an attacker who chooses the keys: see SECURITY.md.
///
/// ```
/// use rosti::IntHashBuilder;
/// use std::hash::BuildHasher;
/// let build = IntHashBuilder::with_seed(1);
/// assert_ne!(build.hash_one((1, 2)), build.hash_one((2, 1)));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct IntHashBuilder {
    seed: u64,
}

impl IntHashBuilder {
    /// A builder with this seed, which hashes the same way in every run.
    ///
    /// ```
    /// use rosti::IntHashBuilder;
    /// use std::hash::BuildHasher;
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

/// The hasher that [`IntHashBuilder`] builds.
///
/// ```
/// use rosti::IntHashBuilder;
/// use std::hash::{BuildHasher, Hasher};
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

    // (Those of signed integers are, by default, those of unsigned ones.)
    write_as_u64! { write_u8(u8) write_u16(u16) write_u32(u32) write_usize(usize) }

    #[inline(always)]
    fn write_u128(&mut self, n: u128) {
        // Not one half times the other: then one value of a half would erase the other half.
        self.write_u64(n as u64);
        self.write_u64((n >> 64) as u64);
    }

    #[inline]
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
