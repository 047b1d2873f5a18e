//! The control byte: its encoding, the tag, and how a hash is split.
//!
//! Every slot has one control byte. It says whether the slot is empty, does not exist, or holds an
//! entry, and in the last case keeps seven bits of the entry's hash, the *tag* (H2 in the
//! literature). The other end of the hash, H1, gives the *home position* at which the search for
//! a key begins.
//!
//! ```text
//!   EMPTY    1000_0000   the slot is free
//!   DELETED  1111_1110   there is no slot behind this byte (invariant I6)
//!   full     0ttt_tttt   the slot holds an entry whose tag is ttt_tttt
//! ```
//!
//! The encoding is that of Go's Swiss tables. Erasing an entry stores EMPTY, never a tombstone, since overflow
//! counts mark the end of a search (`raw/overflow.rs`); so DELETED is free to mean "no slot here".
//!
//! This module knows nothing of groups, tables or types.

/// The control byte of a free slot.
pub const EMPTY: u8 = 0b1000_0000;

/// The control byte of a position without a slot: never a match, never empty.
pub const DELETED: u8 = 0b1111_1110;

/// Whether a control byte belongs to a slot that holds an entry.
#[inline(always)]
pub const fn is_full(ctrl: u8) -> bool {
    ctrl & 0x80 == 0
}

/// The seven hash bits kept in a full slot's control byte (H2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag(u8);

impl Tag {
    /// The top seven bits of the hash.
    ///
    /// On targets with 32-bit pointers these are the top bits of the hash's low 32: hashers
    /// written for such targets often deliver no more than a `usize`. (Home positions of tables
    /// with more than 2^25 homes reach into those bits there, which makes tags a little less telling.)
    #[inline(always)]
    pub const fn of(hash: u64) -> Tag {
        Tag(((hash as usize) >> (usize::BITS - 7)) as u8)
    }

    /// The tag in the control byte of a full slot.
    #[inline(always)]
    pub const fn from_byte(ctrl: u8) -> Tag {
        debug_assert!(is_full(ctrl));
        Tag(ctrl)
    }

    /// The tag as a control byte.
    #[inline(always)]
    pub const fn byte(self) -> u8 {
        self.0
    }
}

/// The home position that a hash gives in a table of `mask + 1` homes (from H1).
///
/// Low bits, so that doubling the table sends an entry of home `p` to `p` or `p + homes`; this is
/// what lets growth stream (see `raw/grow.rs`).
#[inline(always)]
pub const fn home(hash: u64, mask: usize) -> usize {
    hash as usize & mask
}

// What the bit tricks of the backends rely on, each property by the name of its user.
const _: () = {
    assert!(EMPTY & 0x80 != 0 && DELETED & 0x80 != 0, "match_full: bit 7 tells full from not");
    assert!(EMPTY & DELETED == EMPTY, "union: what is common to two vacant bytes is one");
    assert!(Tag::of(u64::MAX).byte() == 0x7f, "match_full: a tag never has bit 7");
    assert!(
        EMPTY & 0b10 == 0 && DELETED & 0b10 != 0,
        "SWAR match_empty: bit 1 tells EMPTY from DELETED"
    );
    assert!(
        EMPTY & 1 == 0 && DELETED & 1 == 0,
        "SWAR match_empty_or_deleted: bit 0 is clear in both"
    );
    assert!(
        EMPTY & 0x40 == 0 && DELETED & 0x40 != 0,
        "SSE2 match_empty_unloaded: bit 6 tells EMPTY from DELETED"
    );
    assert!(
        EMPTY as i8 == i8::MIN && (DELETED as i8) < 0,
        "SIMD: EMPTY is the least signed byte, DELETED is negative"
    );
    assert!(
        (!EMPTY).wrapping_add(1) & !1 == EMPTY,
        "SWAR convert: complement plus one turns a byte that is just bit 7 into EMPTY"
    );
    assert!(!1 == DELETED, "SWAR convert: all ones without bit 0 is DELETED");
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tag_and_home_use_different_ends() {
        let top = 0b101_0101u64 << (usize::BITS - 7);
        assert_eq!(Tag::of(top).byte(), 0b101_0101);
        assert_eq!(home(top, 0xffff), 0);
        assert_eq!(home(0x1234, 0xff), 0x34);
        assert_eq!(Tag::of(0x1234).byte(), 0);
    }

    #[test]
    fn every_tag_is_full() {
        for bits in 0..128u64 {
            let tag = Tag::of(bits << (usize::BITS - 7));
            assert_eq!(u64::from(tag.byte()), bits);
            assert!(is_full(tag.byte()));
        }
        assert!(!is_full(EMPTY) && !is_full(DELETED));
    }
}
