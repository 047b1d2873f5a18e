//! The arithmetic of sizes that memory safety rests on, on CPUs of 16, 32 and 64 bits.
//!
//! Each function here is the twin of one in `capacity.rs`, `layout.rs` or `overflow.rs`: the same
//! formula in numbers of 128 bits, held to so many bits as `usize` would have. What the original does
//! unchecked must fit ([`Width::fits`] fails if it does not), what it checks is checked
//! ([`Width::checked`]). On this machine's own width twins and originals must agree; on all widths the
//! sizes must be what the rest of the core takes them for.

use crate::capacity::{Shape, Size};
use crate::group::{Group, Scalar, Swar};
use crate::raw::control::Control;
use crate::raw::tests::scaled;
use crate::raw::{layout, overflow};
use alloc::vec::Vec;
use core::alloc::Layout;

/// A `usize` of so many bits.
#[derive(Clone, Copy, Debug)]
struct Width(u32);

const WIDTHS: [Width; 3] = [Width(16), Width(32), Width(64)];

/// Words behind the control bytes that are not counts.
const COUNTERS: u128 = overflow::COUNTERS as u128;

/// Number of homes and number of slots.
type Extent = (u128, u128);

impl Width {
    fn max(self) -> u128 {
        (1 << self.0) - 1
    }

    /// What nobody checks.
    #[track_caller]
    fn fits(self, value: u128) -> u128 {
        assert!(value <= self.max(), "{value} does not fit into {} bits", self.0);
        value
    }

    /// What is checked.
    fn checked(self, value: u128) -> Option<u128> {
        (value <= self.max()).then_some(value)
    }

    fn slots(self, shape: Shape, homes: u128) -> u128 {
        let width = shape.width as u128;
        match homes {
            _ if shape.aligned => homes,
            _ => self.fits(homes + (homes / 8 - 1).min(width - 1)),
        }
    }

    fn control_bytes(self, shape: Shape, homes: u128) -> u128 {
        let width = shape.width as u128;
        match homes {
            1 => width,
            8 => 2 * width,
            _ => self.fits(if shape.aligned { homes } else { homes + width }),
        }
    }

    fn size_for(self, shape: Shape, capacity: u128) -> Option<Extent> {
        let width = shape.width as u128;
        if capacity <= width {
            let slots = capacity.max(4).next_power_of_two();
            return Some((if slots == 16 { 8 } else { 1 }, slots));
        }
        let homes = self.checked(capacity * 8)?.div_ceil(7);
        let homes = self.checked(homes.next_power_of_two())?.max(2 * width);
        self.checked(homes + width)?;
        Some((homes, self.slots(shape, homes)))
    }

    fn capacity(self, (homes, slots): Extent) -> u128 {
        if homes <= 8 { slots } else { homes / 8 * 7 }
    }

    fn words(self, homes: u128) -> u128 {
        if homes > 8 { self.fits(COUNTERS + self.fits(2 * homes.div_ceil(32))) } else { 0 }
    }

    fn tail(self, shape: Shape, homes: u128) -> Option<u128> {
        let words = self.fits(self.words(homes) * 4);
        self.checked(self.control_bytes(shape, homes) + words)
    }

    /// Bytes and alignment of a block, and the offset of `ctrl`, for slots of a size and alignment.
    fn block(self, shape: Shape, slot: (u128, u128), extent: Extent) -> Option<(u128, u128, u128)> {
        let align = slot.1.max(shape.width as u128);
        let ctrl = self.checked(self.checked(slot.0 * extent.1)? + (align - 1))? & !(align - 1);
        let bytes = self.checked(ctrl + self.tail(shape, extent.0)?)?;
        self.is_layout(bytes, align).then_some((bytes, align, ctrl))
    }

    /// Whether there is such a [`Layout`].
    fn is_layout(self, size: u128, align: u128) -> bool {
        align.is_power_of_two() && size + (align - 1) <= self.max() / 2
    }

    /// Sizes and alignments that elements may have: small ones, pages, and all there is room for.
    fn elements(self) -> Vec<(u128, u128)> {
        let half = self.max() / 2;
        let sizes = [0, 1, 2, 3, 4, 8, 12, 16, 24, 64, 100, 4096, 65535];
        let most = [half, half - half % 64, half / 2, half / 4 + 1, half / 8, half / 64];
        let aligns = (0..self.0 - 1).step_by(scaled(1, 1, 7)).map(|log| 1 << log);
        let sizes = sizes.into_iter().chain(most);
        let all = aligns.flat_map(|align| sizes.clone().map(move |size| (size, align)));
        all.filter(|&(size, align)| size % align == 0 && self.is_layout(size, align)).collect()
    }

    /// What the core takes for granted of a table that can hold `capacity` entries.
    fn check_size(self, shape: Shape, capacity: u128, size: Extent) {
        let ((homes, slots), width) = (size, shape.width as u128);
        let what = || std::format!("{self:?} {shape:?} {capacity}: {size:?}");
        assert!(self.capacity(size) >= capacity && self.capacity(size) <= slots, "{}", what());
        if homes <= 8 {
            assert_eq!(homes, if slots == 16 { 8 } else { 1 }, "{}", what());
            assert!(slots == 4 || slots / 2 < capacity, "not the smallest: {}", what());
            assert!([4, 8, 16].contains(&slots) && slots <= width, "{}", what());
        } else {
            assert!(homes.is_power_of_two() && homes >= 2 * width, "{}", what());
            let half = (homes / 2, self.slots(shape, homes / 2));
            let smaller = if half.0 >= 2 * width { self.capacity(half) } else { width };
            assert!(smaller < capacity, "not the smallest: {}", what());
        }
        // Every window and every group of slots lies in the control bytes; the words behind are aligned.
        let bytes = self.control_bytes(shape, homes);
        let window = if shape.aligned { (homes - 1) & !(width - 1) } else { homes - 1 };
        assert!(window + width <= bytes && slots.next_multiple_of(width) <= bytes, "{}", what());
        assert!(bytes % width == 0 && bytes % 4 == 0, "{}", what());
        // Where a walk begins, what is left of it can be counted. (Its sums are modulo the homes.)
        self.fits(homes);
    }

    /// What the core takes for granted of a block.
    fn check_block(self, shape: Shape, slot: (u128, u128), size: Extent) {
        let Some((bytes, align, ctrl)) = self.block(shape, slot, size) else {
            let entries = slot.0 * size.1;
            let least = entries + self.tail(shape, size.0).unwrap_or(entries);
            let most = self.max() / 2;
            assert!(
                least + 2 * slot.1.max(shape.width as u128) > most,
                "{self:?} {slot:?} {size:?}"
            );
            return;
        };
        let what = || std::format!("{self:?} {shape:?} {slot:?}, {size:?}: {bytes} {align} {ctrl}");
        // All slots lie in the block, and each is aligned, as the first is and their size is.
        assert!(ctrl >= slot.0 * size.1 && ctrl - slot.0 * size.1 < align, "{}", what());
        assert!(ctrl % slot.1 == 0 && ctrl % shape.width as u128 == 0, "{}", what());
        // So do control bytes and words, with a word of each kind for the last home.
        let words = self.words(size.0);
        assert_eq!(ctrl + self.control_bytes(shape, size.0) + 4 * words, bytes, "{}", what());
        let last = COUNTERS + size.0.div_ceil(32) + (size.0 - 1) / 32;
        assert!(size.0 <= 8 || last < words, "{}", what());
    }
}

/// Twins against originals, on this machine's width.
fn compare<G: Group>(capacity: u128, elements: &[(u128, u128)]) {
    let (width, shape) = (Width(usize::BITS), Control::<G>::SHAPE);
    let Ok(native) = usize::try_from(capacity) else { return };
    let size = shape.size_for(native);
    let twin = width.size_for(shape, capacity);
    assert_eq!(size.map(|size| (size.homes as u128, size.slots as u128)), twin, "{capacity}");
    let (Some(size @ Size { homes, .. }), Some(extent)) = (size, twin) else { return };
    assert_eq!(size.capacity() as u128, width.capacity(extent));
    assert_eq!(shape.homes_for(size.capacity()), homes);
    let bytes = if size.has_one_window() {
        shape.one_window_bytes(size.slots)
    } else {
        assert_eq!(shape.slots(homes) as u128, width.slots(shape, extent.0));
        shape.control_bytes_of_several(homes)
    };
    assert_eq!(bytes as u128, width.control_bytes(shape, extent.0));
    assert!(shape.control_bytes(homes) % shape.width == 0 && shape.control_bytes(homes) <= bytes);
    assert_eq!(overflow::words(homes) as u128, width.words(extent.0));
    for &(bytes, align) in elements {
        let slot = Layout::from_size_align(bytes as usize, align as usize).expect("a layout");
        let block = layout::block::<G>(slot, size);
        let block = block.map(|(b, ctrl)| (b.size() as u128, b.align() as u128, ctrl as u128));
        assert_eq!(block, width.block(shape, (bytes, align), extent), "{size:?} {slot:?}");
    }
}

const SHAPES: [Shape; 2] = [Control::<Swar>::SHAPE, Control::<Scalar<16>>::SHAPE];

#[test]
fn every_small_capacity() {
    for capacity in 0..scaled(1 << 20, 1 << 20, 70) as u128 {
        compare::<Swar>(capacity, &[]);
        compare::<Scalar<16>>(capacity, &[]);
    }
    for width in WIDTHS {
        for shape in SHAPES {
            let mut last = None;
            for capacity in 0..scaled(1 << 20, 1 << 20, 70) as u128 {
                let size = width.size_for(shape, capacity);
                let Some(extent) = size else {
                    assert!(capacity > width.max() / 8, "{width:?} {shape:?} {capacity}");
                    break;
                };
                if size == last {
                    // The rest was checked for a smaller capacity.
                    assert!(width.capacity(extent) >= capacity, "{width:?} {shape:?} {capacity}");
                } else {
                    width.check_size(shape, capacity, extent);
                }
                last = size;
            }
        }
    }
}

/// Capacities on both sides of everything that a size may depend on, up to the largest number.
fn edges(width: Width) -> Vec<u128> {
    let powers = (0..=width.0).step_by(scaled(1, 1, 31)).map(|log| 1u128 << log);
    let parts = |n: u128| [n, n + 15, n + 7].map(|n| [n, n * 7 / 8]);
    let mut edges: Vec<u128> = powers.flat_map(parts).flatten().collect();
    edges.extend([width.max() / 7, width.max() / 8, width.max() / 8 * 7]);
    let near = scaled(3, 3, 1) as u128;
    let around = |&edge: &u128| (edge.saturating_sub(near)..=edge + near).collect::<Vec<_>>();
    let mut edges: Vec<u128> = edges.iter().flat_map(around).collect();
    edges.retain(|&edge| edge <= width.max());
    edges.sort_unstable();
    edges.dedup();
    edges
}

#[test]
fn every_edge_up_to_the_largest_number() {
    for width in WIDTHS {
        let mut elements = width.elements();
        if cfg!(miri) {
            elements = elements.into_iter().step_by(97).collect();
        }
        for shape in SHAPES {
            let mut last = None;
            for capacity in edges(width).into_iter().step_by(scaled(1, 1, 13)) {
                let size = width.size_for(shape, capacity);
                assert_eq!(size.is_none(), capacity > width.max() / 8, "{shape:?} {capacity}");
                if let Some(extent) = size {
                    width.check_size(shape, capacity, extent);
                    if size != last {
                        elements.iter().for_each(|&slot| width.check_block(shape, slot, extent));
                    }
                }
                if width.0 == usize::BITS {
                    let elements = if size == last { &[] } else { &elements[..] };
                    match shape.aligned {
                        true => compare::<Swar>(capacity, elements),
                        false => compare::<Scalar<16>>(capacity, elements),
                    }
                }
                last = size;
            }
        }
    }
}
