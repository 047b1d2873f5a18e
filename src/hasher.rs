//! The default hasher of maps and sets: foldhash, in its fast variant. Also the building blocks of
//! the hashes of integers and strings.

/// The default `BuildHasher` of [`HashMap`](crate::HashMap) and [`HashSet`](crate::HashSet).
///
/// With the feature `default-hasher` it builds foldhash's fast hasher, seeded anew for each map:
/// fast, and random enough that colliding keys cannot be chosen without knowing the seed, but not a
/// cryptographic hash. hashbrown has the same default. With keys in steps of a large power of two,
/// such as the addresses of pages, some seeds (about two processes in a hundred in one try) make
/// searches visit more than 1.5 windows on average; foldhash's quality variant has no such seeds.
/// Without the feature this type implements nothing and merely fills the type parameter: maps then
/// need a hasher of your own.
///
/// ```
/// use rosti::DefaultHashBuilder;
/// use std::hash::BuildHasher;
/// let build = DefaultHashBuilder::default();
/// assert_eq!(build.hash_one("rösti"), build.hash_one("rösti"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct DefaultHashBuilder {
    #[cfg(feature = "default-hasher")]
    seeds: foldhash::fast::RandomState,
}

/// The two halves of a product, folded into one.
#[inline(always)]
pub(crate) const fn folded_multiply(a: u64, b: u64) -> u64 {
    if usize::BITS < 64 {
        // Without a wide multiplication: the four products of halves, added without carries, as
        // foldhash does it.
        let (a_low, a_high) = (a & 0xFFFF_FFFF, a >> 32);
        let (b_low, b_high) = (b & 0xFFFF_FFFF, b >> 32);
        let outer = (a_low * b_low) ^ (a_high * b_high);
        let inner = (a_low * b_high) ^ (a_high * b_low);
        outer ^ inner.rotate_left(32)
    } else {
        let product = a as u128 * b as u128;
        product as u64 ^ (product >> 64) as u64
    }
}

#[cfg(feature = "default-hasher")]
pub use with_foldhash::DefaultHasher;

#[cfg(feature = "default-hasher")]
mod with_foldhash {
    use super::DefaultHashBuilder;
    use core::hash::{BuildHasher, Hasher};
    use foldhash::fast::RandomState;

    /// The hasher that [`DefaultHashBuilder`] builds.
    #[derive(Clone)]
    pub struct DefaultHasher {
        state: <RandomState as BuildHasher>::Hasher,
    }

    impl BuildHasher for DefaultHashBuilder {
        type Hasher = DefaultHasher;

        #[inline(always)]
        fn build_hasher(&self) -> DefaultHasher {
            DefaultHasher { state: self.seeds.build_hasher() }
        }
    }

    /// Forwards what foldhash has a shorter way for than hashing the value's bytes.
    macro_rules! forward_writes {
        ($($write:ident($argument:ty))*) => {$(
            #[inline(always)]
            fn $write(&mut self, argument: $argument) {
                self.state.$write(argument);
            }
        )*};
    }

    impl Hasher for DefaultHasher {
        forward_writes! {
            write(&[u8])
            write_u8(u8) write_u16(u16) write_u32(u32) write_u64(u64) write_u128(u128)
            write_usize(usize)
            write_i8(i8) write_i16(i16) write_i32(i32) write_i64(i64) write_i128(i128)
            write_isize(isize)
        }

        #[inline(always)]
        fn finish(&self) -> u64 {
            self.state.finish()
        }
    }
}
