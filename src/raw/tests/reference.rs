//! The design in the plainest words, as a table of hashes: which slot an entry takes, which
//! positions count it, what growth and the rebuild do. The real table must agree in every slot and count.
//!
//! *When* a table is rebuilt is a matter of tuning and not specified here beyond this: never below the
//! limit, and (`model.rs`) again and again under churn. So are which bits of hashes scatter their walks, and whether room
//! is made at home: the reference is told.

use super::*;
use crate::capacity::Shape;
use crate::ctrl::{self, EMPTY, Tag};
use crate::raw::full::CHUNK;
use crate::raw::grow::HashBy;
use crate::raw::overflow::{MANY, NOT_SCATTERED};
use alloc::vec;
use core::alloc::Layout;
use core::ops::Range;

/// The positions that a search for this hash visits. Aligned homes: home, then 1, 61, 121, … windows further each time.
/// Unaligned ones: 3, 63, 123, … windows, and the odd one of a pair of positions; at the end, the first position. In a
/// scattered table, so many pairs of windows further each time as the shifted hash has.
pub(super) fn walk(
    shape: Shape,
    homes: usize,
    hash: u64,
    shift: u32,
) -> impl Iterator<Item = usize> {
    let home = (hash % homes as u64) as usize;
    let steps = 0..homes.div_ceil(shape.width);
    let end = (!shape.aligned && homes > shape.width).then_some(0);
    let first = if shape.aligned { 1 } else { 3 };
    let strides = steps.scan(home, move |next, i| {
        let position = *next;
        let pairs = (hash as usize >> shift) / (2 * shape.width) % homes;
        *next = (position + shape.width * (first + 60 * i + 2 * pairs)) % homes;
        if !shape.aligned {
            *next = *next / 2 * 2 + 1;
        }
        Some(position)
    });
    strides.chain(end)
}

/// The homes and slots of the smallest table for so many entries, in numbers that cannot overflow: 4, 8, 16
/// slots within one window, half of the last ones being homes, then several windows of which an eighth stays
/// free.
fn size_for(shape: Shape, entries: u128) -> (u128, u128) {
    let width = shape.width as u128;
    let one_window = [4, 8, 16].into_iter().find(|&slots| slots <= width && slots >= entries);
    if let Some(slots) = one_window {
        return (if slots == 16 { 8 } else { 1 }, slots);
    }
    let overhang = |homes: u128| if shape.aligned { 0 } else { (homes / 8 - 1).min(width - 1) };
    let sizes = (0..).map(|doublings| (2 * width) << doublings);
    let mut sizes = sizes.map(|homes| (homes, homes + overhang(homes)));
    sizes.find(|&(homes, slots)| capacity(homes, slots) >= entries).expect("there is one")
}

fn capacity(homes: u128, slots: u128) -> u128 {
    if homes <= 8 { slots } else { homes * 7 / 8 }
}

pub(super) struct Reference {
    shape: Shape,
    pub(super) homes: usize,
    /// The hash of the entry in each slot.
    pub(super) slots: Vec<Option<u64>>,
    /// How many entries have left each position.
    counts: Vec<u32>,
    /// By how many bits hashes are shifted for the scatter of their walks.
    shift: u32,
    /// Whether entries in a full window move on for others whose home it is.
    makes_room: bool,
}

impl Reference {
    fn with_size(shape: Shape, homes: usize, slots: usize) -> Self {
        let (slots, counts) = (vec![None; slots], vec![0; homes]);
        Reference { shape, homes, slots, counts, shift: NOT_SCATTERED, makes_room: false }
    }

    pub(super) fn with_capacity(shape: Shape, capacity: usize) -> Self {
        let (homes, slots) = size_for(shape, capacity as u128);
        Self::with_size(shape, homes as usize, slots as usize)
    }

    pub(super) fn capacity(&self) -> usize {
        capacity(self.homes as u128, self.slots.len() as u128) as usize
    }

    fn len(&self) -> usize {
        self.slots.iter().flatten().count()
    }

    fn walk(&self, hash: u64) -> impl Iterator<Item = usize> + use<> {
        walk(self.shape, self.homes, hash, self.shift)
    }

    fn window(&self, position: usize) -> Range<usize> {
        let width = self.shape.width;
        let start = if self.shape.aligned { position / width * width } else { position };
        start..start + width
    }

    /// The lowest vacant slot in the window of a position.
    fn vacant_in(&self, position: usize) -> Option<usize> {
        let window = self.window(position);
        let end = window.end.min(self.slots.len());
        (window.start..end).find(|&slot| self.slots[slot].is_none())
    }

    /// The first vacant slot on the walk. If eight homes share a window's width of slots, all entries get the
    /// first home when one finds no slot.
    fn first_vacant(&mut self, hash: u64) -> usize {
        let mut slot = self.walk(hash).find_map(|position| self.vacant_in(position));
        if slot.is_none() && self.homes == 8 {
            self.homes = 1;
            slot = self.vacant_in(0);
        }
        slot.expect("the reference is not full")
    }

    /// Room in the full window of a hash's home: one of its last two entries, the last one first, moves to the first vacant slot
    /// of the window behind it, if its own home's window covers both.
    fn room_made_at_home(&mut self, hash: u64) -> Option<usize> {
        let home = (hash % self.homes as u64) as usize;
        let next = home + self.shape.width;
        if !self.makes_room || self.vacant_in(home).is_some() || next >= self.homes {
            return None;
        }
        let vacant = self.vacant_in(next)?;
        for slot in [next - 1, next - 2] {
            let entry = self.slots[slot].expect("the window is full");
            let window = self.window((entry % self.homes as u64) as usize);
            if window.contains(&slot) && window.contains(&vacant) {
                self.slots.swap(slot, vacant);
                return Some(slot);
            }
        }
        None
    }

    /// Stores a hash; the positions that it leaves on its way to the slot count it.
    fn put(&mut self, hash: u64, slot: usize) {
        self.slots[slot] = Some(hash);
        for position in self.left_on_the_way(hash, slot) {
            self.counts[position] += 1;
        }
    }

    /// Takes out what is in a slot; what is more than one stays.
    fn take(&mut self, slot: usize) {
        let hash = self.slots[slot].take().unwrap();
        for position in self.left_on_the_way(hash, slot) {
            if self.counts[position] == 1 {
                self.counts[position] -= 1;
            }
        }
    }

    fn left_on_the_way(&self, hash: u64, slot: usize) -> Vec<usize> {
        self.walk(hash).take_while(|&position| !self.window(position).contains(&slot)).collect()
    }

    fn insert(&mut self, hash: u64) -> usize {
        if self.len() == self.capacity() {
            self.resize(self.capacity() + 1);
        }
        let slot = self.room_made_at_home(hash).unwrap_or_else(|| self.first_vacant(hash));
        self.put(hash, slot);
        slot
    }

    /// Moves to the smallest size for `capacity`: inserts the entries in slot order, or doubles.
    fn resize(&mut self, capacity: usize) {
        let mut new = Self { shift: self.shift, ..Self::with_capacity(self.shape, capacity) };
        if self.homes > 8 && new.homes == 2 * self.homes {
            self.double(&mut new);
        } else {
            for &hash in self.slots.iter().flatten() {
                let slot = new.first_vacant(hash);
                new.put(hash, slot);
            }
        }
        *self = new;
    }

    /// In slot order: what is in its home's window goes to the next slot of the half where its new home is that is neither
    /// before its window there nor before or at that of the last one, unless that is taken or was never there. All else goes
    /// to the first vacant slot.
    fn double(&self, new: &mut Self) {
        let mut next = [0; 2];
        for (slot, hash) in self.slots.iter().enumerate() {
            let Some(hash) = *hash else { continue };
            let home = (hash % self.homes as u64) as usize;
            let half = (hash % new.homes as u64) as usize / self.homes;
            let (mut target, window) = (None, self.window(home));
            if window.contains(&slot) {
                let place = next[half].max(window.start);
                target = Some(half * self.homes + place);
                next[half] = place + 1;
            }
            let is_vacant = |&target: &usize| new.slots.get(target) == Some(&None);
            let target = target.filter(is_vacant).unwrap_or_else(|| new.first_vacant(hash));
            new.put(hash, target);
        }
    }

    /// Each entry, chunk by chunk, moves to the first window with room before its own, if there is one;
    /// then all are counted anew.
    fn rebuild(&mut self) {
        let all = 0..self.slots.len();
        for base in all.clone().step_by(CHUNK) {
            let chunk = base..(base + CHUNK).min(all.end);
            let full: Vec<usize> = chunk.filter(|&slot| self.slots[slot].is_some()).collect();
            for slot in full {
                let hash = self.slots[slot].unwrap();
                for position in self.walk(hash) {
                    if self.window(position).contains(&slot) {
                        break;
                    }
                    if let Some(target) = self.vacant_in(position) {
                        self.slots.swap(slot, target);
                        break;
                    }
                }
            }
        }
        self.counts.fill(0);
        for slot in all {
            if let Some(hash) = self.slots[slot] {
                self.put(hash, slot);
            }
        }
    }

    /// Rebuilds until the walks of all entries together no longer become shorter by an eighth.
    fn settle(&mut self) {
        let mut before = None;
        loop {
            self.rebuild();
            let after = self.counts.iter().sum::<u32>();
            if before.is_some_and(|before| after >= before - before / 8) {
                break;
            }
            before = Some(after);
        }
    }
}

/// Hash and serial number.
type Numbered = (u64, u64);

struct Pair<G: Group> {
    table: RawTable<Numbered, G, Global>,
    reference: Reference,
    rebuilds: usize,
}

impl<G: Group> Pair<G> {
    fn new() -> Self {
        let reference = Reference::with_size(Control::<G>::SHAPE, 1, 0);
        Pair { table: RawTable::new_in(Global), reference, rebuilds: 0 }
    }

    /// Tells the reference which bits scatter walks; returns whether it has been told others before.
    fn tell(&mut self) -> bool {
        let before = self.reference.shift;
        self.reference.shift = self.table.shift();
        self.reference.shift != before
    }

    fn compare(&self) {
        let (table, reference) = (&self.table, &self.reference);
        assert_eq!(table.slots(), reference.slots.len());
        assert_eq!(table.control.mask() + 1, reference.homes);
        assert_eq!((table.len(), table.capacity()), (reference.len(), reference.capacity()));
        for (slot, hash) in reference.slots.iter().enumerate() {
            // SAFETY: the slot exists; it is full if its control byte is a tag.
            let (byte, stored) = unsafe {
                let byte = table.control.byte(slot);
                (byte, table.is_full(slot).then(|| table.get(slot).0))
            };
            let expected = hash.map_or(EMPTY, |hash| Tag::of(hash).byte());
            assert!(byte == expected && stored == *hash, "slot {slot}\n{}", bytes_of(table));
        }
        let counts = table.control.counts().into_iter();
        for (position, (count, &left)) in counts.zip(&reference.counts).enumerate() {
            assert_eq!(count, left.min(MANY), "overflow count {position}\n{}", bytes_of(table));
        }
    }

    /// Inserts an entry that is absent, with or without a search for it.
    fn insert(&mut self, hash: u64, serial: u64, search: bool) {
        let calls = Cell::new(0);
        let hasher = |entry: &Numbered| tick(&calls, entry.0);
        let (left, entry) = (self.table.growth_left(), (hash, serial));
        let (worn, crowded) = (self.table.is_worn(), self.table.looks_for_bits());
        // SAFETY: the position of a home; layout and hasher are those of the entries.
        unsafe {
            let home = ctrl::home(hash, self.table.control.mask());
            if left != 0 && self.table.control.vacant_at(home).is_none() {
                // What an insert sees to first, which then decides.
                let hasher = HashBy::new(&hasher);
                self.table.untyped_mut().ensure_room(Layout::new::<Numbered>(), &hasher);
            }
            self.reference.makes_room = left != 0 && self.table.control.makes_room();
        }
        let slot = if search {
            insert_new(&mut self.table, hash, entry, hasher)
        } else {
            self.table.insert_unique(hash, entry, hasher)
        };
        let told = self.tell();
        assert!(!told || crowded, "other bits for no reason");
        // (Some are asked whether they move on.)
        if left != 0 && calls.get() > TRIES {
            assert!(worn || crowded, "a rebuild below the limit");
            if worn || told {
                match told {
                    true => self.reference.settle(),
                    false => self.reference.rebuild(),
                }
                self.reference.makes_room = false;
                self.rebuilds += 1;
            }
        }
        assert_eq!(slot, self.reference.insert(hash), "inserted elsewhere");
    }

    fn homes(&self) -> usize {
        self.table.control.mask() + 1
    }

    fn reserve(&mut self, additional: usize) {
        self.table.reserve(additional, |entry| entry.0);
        self.tell();
        if self.reference.capacity() - self.reference.len() < additional {
            let needed = self.reference.len() + additional;
            self.reference.resize(needed.max(self.reference.capacity() + 1));
        }
    }

    fn shrink_to(&mut self, min_capacity: usize) {
        self.table.shrink_to(min_capacity, |entry| entry.0);
        self.tell();
        let needed = self.reference.len().max(min_capacity);
        let smallest = Reference::with_capacity(self.reference.shape, needed);
        if smallest.slots.len() < self.reference.slots.len() {
            self.reference.resize(needed);
        }
    }

    /// A rebuild that the table has not asked for.
    fn rebuild(&mut self) {
        if self.table.control.has_several_windows() {
            self.table.rebuild(&|entry: &Numbered| entry.0);
            self.reference.rebuild();
        }
    }

    fn remove(&mut self, entry: Numbered) {
        let slot = self.table.find(entry.0, |&other| other == entry).expect("it is present");
        // SAFETY: the slot was found.
        assert_eq!(unsafe { self.table.remove_hashed_at(slot, entry.0) }, entry);
        self.reference.take(slot);
    }
}

fn run<G: Group>(hash: HashFn, target: usize, reserve: bool) -> usize {
    let mut random = Random(target as u64);
    let mut pair = Pair::<G>::new();
    let mut present: Vec<Numbered> = Vec::new();
    let steps = scaled(100, 12, 2) * (target + 8);
    for serial in 0..steps as u64 {
        let entry = (hash(serial), serial);
        if present.len() >= target || (!present.is_empty() && random.once_in(3)) {
            pair.remove(present.swap_remove(random.below(present.len())));
        } else {
            pair.insert(entry.0, serial, random.once_in(2));
            present.push(entry);
        }
        if reserve && random.once_in(2 * target + 4) {
            pair.reserve(random.below(target));
        } else if reserve && random.once_in(2 * target + 4) {
            pair.shrink_to(target / 2);
        } else if reserve && random.once_in(2 * target + 4) {
            pair.rebuild();
        }
        if tried(serial as usize, 16) {
            pair.compare();
        }
    }
    pair.compare();
    pair.rebuilds
}

/// Sizes at the edges and beyond: one window, several, full ones, growth into the next size.
fn as_designed<G: Group>() {
    let (mut rebuilds, mut case) = (0, 0);
    for (name, hash) in few_hashes() {
        for doublings in 0..scaled(4, 3, 1) as u32 {
            let capacity = capacity_of_homes::<G>(doublings);
            for target in [capacity / 3, capacity, capacity + 1] {
                std::println!("{name}, {target} entries");
                for reserve in [true, false] {
                    case += 1;
                    if tried(case, 7) {
                        rebuilds += run::<G>(hash, target, reserve);
                    }
                }
            }
        }
    }
    assert!(rebuilds >= scaled(10, 10, 1) || cfg!(miri), "only {rebuilds} rebuilds");
}

/// A full table doubles by streaming, several times over, for each hash.
fn doubles_as_designed<G: Group>() {
    for (name, hash) in few_hashes().take(scaled(7, 7, 1)) {
        let mut pair = Pair::<G>::new();
        // Bad hashes make this quadratic.
        let good = ["mix", "identity"].contains(&name);
        let end = if good { scaled(9, 6, 0) } else { scaled(4, 3, 0) };
        for key in 0..=capacity_of_homes::<G>(end as u32) as u64 {
            let slots = pair.table.slots();
            pair.insert(hash(key), key, true);
            if pair.table.slots() != slots {
                pair.compare();
            }
        }
        pair.compare();
    }
}

/// A full table moves to a larger one, and from there to smaller ones, for each hash and several ratios of their
/// sizes: by streaming from part to part, or one by one where they are far apart.
fn moves_as_designed<G: Group>() {
    for (name, hash) in few_hashes().take(scaled(7, 7, 1)) {
        let good = ["mix", "identity"].contains(&name);
        let homes = if good { scaled(6, 4, 1) } else { scaled(3, 2, 1) } as u32;
        for (doublings, times, parts) in (0..homes)
            .flat_map(|doublings| (1..=3).map(move |times| (doublings, times)))
            .flat_map(|(doublings, times)| (1..=times).map(move |parts| (doublings, times, parts)))
        {
            std::println!("{name}, {doublings}, {times}, {parts}");
            let mut pair = Pair::<G>::new();
            let entries = capacity_of_homes::<G>(doublings);
            for key in 0..entries as u64 {
                pair.insert(hash(key), key, false);
            }
            pair.reserve(capacity_of_homes::<G>(doublings + times) - entries);
            assert_eq!(pair.homes(), (2 * G::WIDTH) << (doublings + times));
            pair.compare();
            pair.shrink_to(capacity_of_homes::<G>(doublings + times - parts));
            assert_eq!(pair.homes(), (2 * G::WIDTH) << (doublings + times - parts));
            pair.compare();
        }
    }
}

/// An entry that a rebuild brings to the first slot behind a chunk, and meets there again, is counted once.
fn counted_once_behind_its_chunk<G: Group>() {
    const HOMES: usize = 8 * CHUNK;
    let mut pair = Pair::<G>::new();
    pair.reserve(capacity_of_homes::<G>((HOMES / G::WIDTH / 2).ilog2()));
    assert_eq!(pair.homes(), HOMES);
    // A home in whose second window a chunk begins, and whose third one is in the chunk before.
    let windows = |home| {
        let mut walk = pair.reference.walk(home).map(|position| pair.reference.window(position));
        [(); 3].map(|()| walk.next().expect("there are more"))
    };
    let chunk = |second: &Range<usize>| second.start.next_multiple_of(CHUNK);
    let fits = |(_, [first, second, third]): &(u64, [Range<usize>; 3])| {
        let apart = |other: &Range<usize>| third.end <= other.start || other.end <= third.start;
        let begin = chunk(second);
        second.contains(&begin)
            && third.start / CHUNK + 1 == begin / CHUNK
            && apart(first)
            && apart(second)
    };
    let mut homes = (0..HOMES as u64).map(|home| (home, windows(home)));
    let (home, [first, second, third]) = homes.find(fits).expect("there is one");
    let begin = chunk(&second);
    for slot in first.chain(second) {
        pair.insert(slot as u64, slot as u64, true);
    }
    pair.insert(home, u64::MAX, true);
    assert_eq!(pair.reference.slots[third.start], Some(home));
    pair.remove((begin as u64, begin as u64));
    pair.rebuild();
    pair.compare();
    assert_eq!(pair.reference.slots[begin], Some(home));
}

backends! { as_designed doubles_as_designed moves_as_designed counted_once_behind_its_chunk }
