//! The key cell: 16 bytes that are a short key, or describe a long one.
//!
//! ```text
//!   byte    0            4            8                       15
//!   short   [ key, up to 15 bytes, zeros behind it ………………… ][ length 0..=15 ]
//!   long    [ length u32 ][ hash u32  ][ position u48  ][ tag ][ 255 ]
//! ```
//!
//! Every key has one form only, so equal short keys are equal cells, compared as two words. A long cell carries as
//! many bits of its key's hash as growth needs: no string is read to move an entry. A cell is only ever made from a
//! key, which is why [`Cell::key`] may give it back as one; where the bytes of a long key are, the arena knows.

use alloc::borrow::ToOwned;
use core::fmt::Debug;
use core::hash::Hash;
use core::marker::PhantomData;
use core::ops::Range;

/// The most bytes of a key that is stored inside its cell.
pub(super) const SHORT: usize = 15;

/// The most bytes of a key. (Tests must reach it.)
pub(super) const LONGEST: usize =
    if cfg!(test) { 1 << if cfg!(miri) { 9 } else { 16 } } else { u32::MAX as usize };

/// The last byte of a long cell.
const LONG: u8 = 255;

/// Positions in an arena are below this.
pub(super) const POSITIONS: u64 = 1 << 48;

/// What a [`SliceMap`](super::SliceMap) can have for keys: `str` and `[u8]`.
///
/// Sealed: it cannot be implemented for other types.
///
/// ```
/// use rosti::str_map::{Key, SliceMap};
///
/// fn longest<K: Key + ?Sized, V>(map: &SliceMap<K, V>) -> usize {
///     map.keys().map(|key| key.as_ref().len()).max().unwrap_or(0)
/// }
/// assert_eq!(longest(&rosti::StrMap::from([("rösti", 1)])), 6);
/// assert_eq!(longest(&rosti::BytesMap::from([([7, 8], 1)])), 2);
/// ```
pub trait Key: Bytes + AsRef<[u8]> + Debug + Eq + Hash + Ord + Send + Sync + ToOwned {}

impl Key for str {}
impl Key for [u8] {}

/// Keys as bytes and back.
pub trait Bytes {
    /// The key without bytes.
    fn empty<'a>() -> &'a Self;

    /// The key of these bytes.
    ///
    /// # Safety
    /// They are those of a key, or of several, one after another.
    unsafe fn from_bytes(bytes: &[u8]) -> &Self;

    /// A part of a key. Panics if that is not a key, or not inside.
    fn part(&self, range: Range<usize>) -> &Self;
}

impl Bytes for str {
    #[inline]
    fn empty<'a>() -> &'a str {
        ""
    }

    #[inline(always)]
    unsafe fn from_bytes(bytes: &[u8]) -> &str {
        // SAFETY: the caller's contract; strings one after another are a string.
        unsafe { core::str::from_utf8_unchecked(bytes) }
    }

    #[inline(always)]
    fn part(&self, range: Range<usize>) -> &str {
        &self[range]
    }
}

impl Bytes for [u8] {
    #[inline]
    fn empty<'a>() -> &'a [u8] {
        &[]
    }

    #[inline(always)]
    unsafe fn from_bytes(bytes: &[u8]) -> &[u8] {
        bytes
    }

    #[inline(always)]
    fn part(&self, range: Range<usize>) -> &[u8] {
        &self[range]
    }
}

/// A key of a map; see the module's introduction.
///
/// Bytes rather than words: a cell has no alignment, so next to a small value it costs no padding.
pub(crate) struct Cell<K: ?Sized> {
    bytes: [u8; 16],
    marker: PhantomData<K>,
}

copy! { [K: ?Sized] Cell<K>; }

/// Four bytes from a position on, the first lowest.
///
/// # Safety
/// There are as many.
#[inline(always)]
unsafe fn four_bytes(bytes: &[u8], at: usize) -> u64 {
    debug_assert!(at + 4 <= bytes.len());
    // SAFETY: the caller's contract. (Checks here would cost as much as the reads: the compiler does
    // not see through the arithmetic of positions.)
    let four = unsafe { bytes.as_ptr().add(at).cast::<[u8; 4]>().read() };
    u64::from(u32::from_le_bytes(four))
}

/// The words of `8 * N` to `16 * N` bytes in pairs: half of the pairs are counted from the beginning,
/// half from the end, where they may overlap with those.
#[inline(always)]
pub(super) fn pairs<const N: usize>(bytes: &[u8]) -> [[u64; 2]; N] {
    assert!(N % 2 == 0 && 8 * N <= bytes.len() && bytes.len() <= 16 * N);
    core::array::from_fn(|i| {
        let at = if i < N / 2 { 16 * i } else { bytes.len() - 16 * (N - i) };
        // SAFETY: N / 2 times 16 bytes are there, from the beginning as to the end.
        let pair = unsafe { bytes.as_ptr().add(at).cast::<[[u8; 8]; 2]>().read() };
        pair.map(u64::from_le_bytes)
    })
}

impl<K: Key + ?Sized> Cell<K> {
    #[inline(always)]
    fn from_words(words: [u64; 2]) -> Self {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&words[0].to_le_bytes());
        bytes[8..].copy_from_slice(&words[1].to_le_bytes());
        Cell { bytes, marker: PhantomData }
    }

    /// The cell as two words, the first byte lowest.
    #[inline(always)]
    pub(super) fn words(&self) -> [u64; 2] {
        let word =
            |at: usize| u64::from_le_bytes(self.bytes[at..at + 8].try_into().expect("eight bytes"));
        [word(0), word(8)]
    }

    /// The cell of a short key; `None` for others.
    #[inline(always)]
    pub(super) fn short(key: &K) -> Option<Self> {
        let bytes = key.as_ref();
        let len = bytes.len();
        let [low, high] = if len > SHORT {
            return None;
        } else if len >= 4 {
            // Four reads that may overlap, and no question whether there are eight bytes: that is as
            // good as random, and a wrong guess costs more than the reads.
            let step = len >> 3 << 2;
            let last = len - 4;
            // SAFETY: `step` is 0, or 4 and there are eight bytes or more.
            let (start, end) = unsafe {
                (
                    four_bytes(bytes, 0) | four_bytes(bytes, step) << (8 * step),
                    four_bytes(bytes, last - step) | four_bytes(bytes, last) << (8 * step),
                )
            };
            let shift = 8 * (last - step);
            [start | end << shift, end >> 1 >> (63 - shift)]
        } else if len > 0 {
            let byte = |at: usize| u64::from(bytes[at]) << (8 * at);
            [byte(0) | byte(len / 2) | byte(len - 1), 0]
        } else {
            [0, 0]
        };
        Some(Self::from_words([low, high | (len as u64) << 56]))
    }

    /// The cell of a key of so many bytes, more than [`SHORT`], at a position below [`POSITIONS`]. Of
    /// 0 bytes, it is a cell that no key in a map has.
    #[inline(always)]
    pub(super) fn long(len: usize, hash: u64, position: usize) -> Self {
        debug_assert!((len == 0 || SHORT < len) && len <= LONGEST && (position as u64) < POSITIONS);
        let low = len as u64 | hash << 32;
        let high = position as u64 | hash >> 56 << 48 | u64::from(LONG) << 56;
        Self::from_words([low, high])
    }

    /// Whether the key is in the arena.
    #[inline(always)]
    pub(super) fn is_long(&self) -> bool {
        self.bytes[15] == LONG
    }

    /// The hash of a long key, as far as it is kept.
    #[inline(always)]
    pub(super) fn hash(&self) -> u64 {
        let [low, high] = self.words();
        low >> 32 | high << 8 & !(u64::MAX >> 8)
    }

    /// Whether two short cells have the same key.
    #[inline(always)]
    pub(super) fn is(&self, other: &Self) -> bool {
        let ([a, b], [c, d]) = (self.words(), other.words());
        (a ^ c) | (b ^ d) == 0
    }

    /// Whether a cell is long and has the length of this one, which is, and the half of the hash that
    /// chooses the home. (Most of the others have been compared as a tag.)
    #[inline(always)]
    pub(super) fn resembles(&self, other: &Self) -> bool {
        self.words()[0] == other.words()[0] && other.is_long()
    }

    /// Where the bytes of the key begin, which is long.
    #[inline(always)]
    pub(super) fn position(&self) -> usize {
        (self.words()[1] & (POSITIONS - 1)) as usize
    }

    /// Bytes that the key takes in the arena.
    #[inline(always)]
    pub(super) fn arena_bytes(&self) -> usize {
        if self.is_long() { self.words()[0] as u32 as usize } else { 0 }
    }

    /// The key, a long one as a part of `text`, which is what the arena holds.
    #[inline(always)]
    pub(crate) fn key<'a>(&'a self, text: &'a K) -> &'a K {
        if self.is_long() {
            text.part(self.position()..self.position().saturating_add(self.arena_bytes()))
        } else {
            let len = usize::from(self.bytes[15]);
            // SAFETY: a cell that is not long was made by `short` from the bytes of a key.
            unsafe { K::from_bytes(&self.bytes[..len]) }
        }
    }
}
