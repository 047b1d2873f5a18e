//! What the maps hold: key and value types, and how a key is made from a number.
//!
//! A cell of the sweep thinks in *ids*: `0..n` are the present keys of the first map, the
//! next ones those of the second map or absent keys, and so on. [`Key`] turns ids into keys
//! through a bijection salted per round, so keys are distinct, look random and are fresh in
//! every round. Nothing here is timed.

use crate::rng::{Rng, scramble};
use std::borrow::Borrow;
use std::hash::Hash;

/// How ids become keys in one round of one cell.
#[derive(Clone, Copy, Debug)]
pub struct Spelling {
    /// Makes the keys of two rounds different.
    pub salt: u64,
    /// All ids used are below this.
    pub ids: u64,
    /// Shortest and longest key of the string kinds.
    pub lengths: (usize, usize),
}

/// A key type.
pub trait Key: Hash + Eq + Clone + Borrow<Self::Query> + 'static {
    /// What a lookup is given a reference to.
    type Query: Hash + Eq + ?Sized;
    /// One lookup of a drawn sequence: an integer, or a `&str` into [`Key::Packed`].
    type Draw<'a>: Copy + Borrow<Self::Query>;
    /// The storage of a drawn sequence, laid out in the order in which it is read, so that the
    /// lookups do not pay for finding their keys.
    type Packed;

    /// Spells `ids` out.
    fn pack(ids: &[u64], spelling: &Spelling) -> Self::Packed;
    /// The sequence that `packed` stores.
    fn draws(packed: &Self::Packed) -> Vec<Self::Draw<'_>>;
    /// Keys to be inserted, in the order of `draws`; heap blocks are allocated in shuffled order.
    fn own(draws: &[Self::Draw<'_>]) -> Vec<Self>;
    /// The draw at `at`, computed with `link`, which is zero, so that it has to wait for it.
    fn chain<'a>(draws: &[Self::Draw<'a>], at: usize, link: usize) -> Self::Draw<'a>;
    /// A number for checksums that costs no second cache line.
    fn word(&self) -> u64;
}

macro_rules! integer_key {
    ($int:ty, |$id:ident, $salt:ident| $spell:expr) => {
        impl Key for $int {
            type Query = $int;
            type Draw<'a> = $int;
            type Packed = Vec<$int>;

            fn pack(ids: &[u64], spelling: &Spelling) -> Vec<$int> {
                let $salt = spelling.salt;
                ids.iter().map(|&$id| $spell).collect()
            }

            fn draws(packed: &Vec<$int>) -> Vec<$int> {
                packed.clone()
            }

            fn own(draws: &[$int]) -> Vec<$int> {
                draws.to_vec()
            }

            #[inline(always)]
            fn chain<'a>(draws: &[Self::Draw<'a>], at: usize, link: usize) -> Self::Draw<'a> {
                draws[at] ^ link as $int
            }

            #[inline(always)]
            fn word(&self) -> u64 {
                u64::from(*self)
            }
        }
    };
}

integer_key!(u64, |id, salt| scramble(id.wrapping_add(salt)));
integer_key!(u32, |id, salt| scramble_u32((id as u32).wrapping_add(salt as u32)));

/// The finaliser of `MurmurHash3`: a bijection of `u32`, so 32-bit keys are distinct too.
fn scramble_u32(mut x: u32) -> u32 {
    x = (x ^ (x >> 16)).wrapping_mul(0x85EB_CA6B);
    x = (x ^ (x >> 13)).wrapping_mul(0xC2B2_AE35);
    x ^ (x >> 16)
}

/// A sequence of strings, back to back.
#[derive(Debug)]
pub struct Text {
    text: String,
    ends: Vec<usize>,
}

impl Text {
    /// The printable ASCII characters without the space.
    const DIGITS: u64 = 94;

    /// Random characters, closed by the id as a scrambled number: distinct ids give distinct
    /// strings. The length is random within the spelling's bounds, but never too short to tell
    /// all ids apart (3 characters do up to 830,584 ids, 4 up to 78 million).
    fn spell(ids: &[u64], spelling: &Spelling) -> Self {
        let mut digits = 1;
        while Self::DIGITS.pow(digits) < spelling.ids {
            digits += 1;
        }
        let (modulus, digits) = (Self::DIGITS.pow(digits), digits as usize);
        let (shortest, longest) = spelling.lengths;
        let mut text = String::with_capacity(ids.len() * (shortest + longest).div_ceil(2));
        let mut ends = Vec::with_capacity(ids.len());
        for &id in ids {
            let mut random = Rng::new(id ^ spelling.salt);
            let len = shortest + random.below(longest - shortest + 1);
            let mut push = |digit: usize| text.push((b'!' + digit as u8) as char);
            for _ in digits..len {
                push(random.below(Self::DIGITS as usize));
            }
            // A multiplication by an odd non-multiple of 47 is a bijection modulo 94^digits.
            let mut number = (id * 1_234_577 + spelling.salt % modulus) % modulus;
            for _ in 0..digits {
                push((number % Self::DIGITS) as usize);
                number /= Self::DIGITS;
            }
            ends.push(text.len());
        }
        Self { text, ends }
    }

    fn draws(&self) -> Vec<&str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.text[start..end]).collect()
    }
}

/// `draws` as owned keys in the same order, allocated in another: shuffled by blocks of a few
/// megabytes, which is as hard on a prefetcher as a shuffle of everything and much quicker to make.
fn own_shuffled<K: for<'a> From<&'a str>>(draws: &[&str]) -> Vec<K> {
    const BLOCK: usize = 1 << 16;
    let mut rng = Rng::new(draws.len() as u64);
    let mut order: Vec<usize> = (0..draws.len()).collect();
    let mut keys: Vec<Option<K>> = draws.iter().map(|_| None).collect();
    for block in order.chunks_mut(BLOCK) {
        rng.shuffle(block);
        for &at in &*block {
            keys[at] = Some(K::from(draws[at]));
        }
    }
    keys.into_iter().flatten().collect()
}

macro_rules! text_key {
    ($owned:ty) => {
        impl Key for $owned {
            type Query = str;
            type Draw<'a> = &'a str;
            type Packed = Text;

            fn pack(ids: &[u64], spelling: &Spelling) -> Text {
                Text::spell(ids, spelling)
            }

            fn draws(packed: &Text) -> Vec<&str> {
                packed.draws()
            }

            fn own(draws: &[&str]) -> Vec<$owned> {
                own_shuffled(draws)
            }

            #[inline(always)]
            fn chain<'a>(draws: &[Self::Draw<'a>], at: usize, link: usize) -> Self::Draw<'a> {
                draws[at + link]
            }

            #[inline(always)]
            fn word(&self) -> u64 {
                self.len() as u64
            }
        }
    };
}

text_key!(String);
text_key!(Box<str>);

/// A value type.
pub trait Value: Copy + 'static {
    /// The value that belongs to the `index`-th inserted key; its top bit is clear.
    fn of(index: usize) -> Self;
    /// A number for checksums.
    fn word(&self) -> u64;
    /// Zero, in a way the compiler cannot know: the value's top bit.
    fn link(&self) -> usize;
    /// Counts one more occurrence.
    fn bump(&mut self);
}

macro_rules! integer_value {
    ($int:ty) => {
        impl Value for $int {
            #[inline(always)]
            fn of(index: usize) -> Self {
                index as $int
            }

            #[inline(always)]
            fn word(&self) -> u64 {
                u64::from(*self)
            }

            #[inline(always)]
            fn link(&self) -> usize {
                (*self >> (<$int>::BITS - 1)) as usize
            }

            #[inline(always)]
            fn bump(&mut self) {
                *self += 1;
            }
        }
    };
}

integer_value!(u64);
integer_value!(u32);

impl Value for () {
    #[inline(always)]
    fn of(_: usize) -> Self {}

    #[inline(always)]
    fn word(&self) -> u64 {
        1
    }

    #[inline(always)]
    fn link(&self) -> usize {
        0
    }

    #[inline(always)]
    fn bump(&mut self) {}
}

/// A value of 56 bytes: with a `u64` key, one entry is one cache line.
#[derive(Clone, Copy, Debug)]
pub struct Wide([u64; 7]);

impl Value for Wide {
    #[inline(always)]
    fn of(index: usize) -> Self {
        Self([index as u64; 7])
    }

    #[inline(always)]
    fn word(&self) -> u64 {
        self.0[6]
    }

    #[inline(always)]
    fn link(&self) -> usize {
        self.0[6].link()
    }

    #[inline(always)]
    fn bump(&mut self) {
        self.0[6] += 1;
    }
}

/// A pair of key and value type.
pub trait Element: 'static {
    /// The key type.
    type Key: Key;
    /// The value type.
    type Value: Value;

    /// Zero, known only when the entry has been read.
    #[inline(always)]
    fn link(_: &Self::Key, value: &Self::Value) -> usize {
        value.link()
    }
}

/// `u64 -> u64`.
pub enum Word {}
/// `u32 -> u32`.
pub enum HalfWord {}
/// `u64 -> ()`: a set.
pub enum Unit {}
/// `u64 -> 56 bytes`.
pub enum Line {}
/// `String -> u64`, looked up by `&str`.
pub enum Str {}
/// `Box<str> -> u64`, looked up by `&str`.
pub enum Boxed {}

impl Element for Word {
    type Key = u64;
    type Value = u64;
}

impl Element for HalfWord {
    type Key = u32;
    type Value = u32;
}

impl Element for Unit {
    type Key = u64;
    type Value = ();

    /// There is no value to wait for, so the chain goes through the key that was found. The read is
    /// volatile because the compiler knows that this key equals the one looked up, and would
    /// compare that one without waiting.
    #[inline(always)]
    fn link(key: &u64, (): &()) -> usize {
        // SAFETY: a reference is valid for reads.
        usize::from(unsafe { std::ptr::read_volatile(key) } == u64::MAX)
    }
}

impl Element for Line {
    type Key = u64;
    type Value = Wide;
}

impl Element for Str {
    type Key = String;
    type Value = u64;
}

impl Element for Boxed {
    type Key = Box<str>;
    type Value = u64;
}
