//! The arithmetic of overflow counts, all of it: every short sequence of entries that come and go at
//! neighbouring positions, wherever these lie in a word, and steps, limit and wear at their ends.
//!
//! Counts are words of 32 bits on every CPU, so what holds here holds everywhere.

use super::reference::walk;
use super::*;
use crate::raw::overflow::{MANY, MOST_WEAR, NOT_SCATTERED};
use alloc::vec;
use core::ptr::NonNull;

/// Positions in a word.
const WORD: usize = 32;

/// A table without entries whose counts fill two words or more, to be counted in.
fn table<G: Group>() -> Keys<G> {
    let table = Keys::with_capacity_in(capacity_of_homes::<G>((WORD / G::WIDTH).ilog2()), Global);
    assert!(table.control.mask() + 1 >= 2 * WORD);
    table
}

/// All positions; under Miri those at a border of words.
fn positions<G: Group>(table: &Keys<G>) -> impl Iterator<Item = usize> + use<G> {
    (0..table.control.mask() + 1).filter(|p| !cfg!(miri) || [WORD - 1, WORD].contains(p))
}

/// Counts that know how many entries have left a position, and what is kept of that.
#[derive(Clone)]
struct Exact {
    /// Entries that have left each position and are there.
    left: Vec<u32>,
    /// Whether there were two at once. Nobody knows any more then how many.
    many: Vec<bool>,
    /// Steps added that nobody has taken back.
    steps: u32,
    /// Steps of those that went.
    wear: u32,
}

impl Exact {
    fn new(homes: usize) -> Self {
        Exact { left: vec![0; homes], many: vec![false; homes], steps: 0, wear: 0 }
    }

    fn come(&mut self, walk: &[usize]) {
        for &position in walk {
            self.left[position] += 1;
            self.many[position] |= self.left[position] > 1;
        }
        self.steps += walk.len() as u32;
    }

    fn go(&mut self, walk: &[usize]) {
        for &position in walk {
            self.left[position] -= 1;
            self.steps -= u32::from(!self.many[position]);
        }
        self.wear += walk.len() as u32;
    }

    fn counts(&self) -> Vec<u32> {
        let count = |(&left, &many)| if many { MANY } else { left };
        self.left.iter().zip(&self.many).map(count).collect()
    }
}

/// A kind of entry: its home, the slot it comes to lie in, and the positions that it leaves.
struct Kind {
    home: usize,
    slot: usize,
    leaves: Vec<usize>,
}

impl Kind {
    /// With this home, beyond so many windows.
    fn new<G: Group>(homes: usize, home: usize, windows: usize) -> Self {
        let shape = Control::<G>::SHAPE;
        let mut leaves: Vec<usize> =
            walk(shape, homes, home as u64, NOT_SCATTERED).take(windows + 1).collect();
        let slot = shape.window(leaves.pop().expect("a walk has several windows"));
        Kind { home, slot, leaves }
    }
}

/// Entries of three kinds come and go, in every order: at one position, at that and one more on the same
/// walk, at its neighbour. (What goes was there.)
fn every_short_sequence<G: Group>() {
    const LENGTH: u32 = scaled(5, 4, 4) as u32;
    let table = table::<G>();
    let (control, homes) = (table.control, table.control.mask() + 1);
    let mut sequences = 0;
    for home in positions(&table) {
        let neighbour = (home + 1) % homes;
        let kinds =
            [(home, 1), (home, 2), (neighbour, 1)].map(|(h, n)| Kind::new::<G>(homes, h, n));
        for sequence in (0..6usize.pow(LENGTH)).filter(|&sequence| tried(sequence + home, 307)) {
            // SAFETY: the table has several windows and is ours.
            unsafe {
                control.clear_counts();
                control.renew_limit();
            }
            let (mut exact, mut there) = (Exact::new(homes), [0; 3]);
            let mut rest = sequence;
            for _ in 0..LENGTH {
                let (which, comes) = (rest % 6 / 2, rest % 2 == 0);
                let kind = &kinds[which];
                rest /= 6;
                // SAFETY: the table has that slot and several windows, and is ours.
                unsafe {
                    if comes {
                        control.count_walk(kind.home as u64, kind.slot);
                        exact.come(&kind.leaves);
                        there[which] += 1;
                    } else if there[which] != 0 {
                        control.take_back_walk(kind.home as u64, kind.slot);
                        exact.go(&kind.leaves);
                        there[which] -= 1;
                    } else {
                        break; // as a shorter one did
                    }
                }
            }
            assert_eq!(control.counts(), exact.counts(), "{home} {sequence}");
            // Never too low: whoever left is looked for further on.
            for position in (0..homes).filter(|&position| exact.left[position] != 0) {
                // SAFETY: a position of the table.
                assert!(unsafe { control.overflowed(position) }, "{home} {sequence}");
            }
            // SAFETY: the table has several windows.
            let (steps, wear) = unsafe { (control.steps(), control.wear()) };
            assert_eq!((steps, wear), (exact.steps, exact.wear), "{home} {sequence}");
            sequences += 1;
        }
    }
    assert!(sequences > scaled(100_000, 10_000, 4), "{sequences}");
}

/// Several entries at once leave any position, whatever its count is; and one goes that never came, as
/// with a hash that lies. No other position's count changes.
fn every_position_in_every_state<G: Group>() {
    let table = table::<G>();
    let (control, homes) = (table.control, table.control.mask() + 1);
    for position in positions(&table) {
        let kind = Kind::new::<G>(homes, position, 1);
        for state in 0..=MANY {
            let set = |count: u32| {
                let mut counts = vec![0; homes];
                counts[position] = count;
                counts
            };
            let begin = || {
                // SAFETY: the table has several windows and is ours; a position of it.
                unsafe {
                    control.clear_counts();
                    control.leave(position, state);
                }
                assert_eq!(control.counts(), set(state));
            };
            for entries in [0, 1, 2, u32::MAX] {
                begin();
                // SAFETY: as above.
                unsafe { control.leave(position, entries) };
                assert_eq!(control.counts(), set(state.saturating_add(entries).min(MANY)));
            }
            begin();
            // SAFETY: as above, and the table has that slot.
            unsafe { control.take_back_walk(position as u64, kind.slot) };
            assert_eq!(control.counts(), set(if state == 1 { 0 } else { state }));
            // SAFETY: the table has several windows.
            assert_eq!(unsafe { control.steps() }, 0, "fewer steps than none");
        }
    }
}

/// Steps and limit stop at the end of their words; a sum that is there goes on from the middle with the next limit.
fn sums_end<G: Group>() {
    let table = table::<G>();
    let (control, homes) = (table.control, table.control.mask() + 1);
    let credit = (homes / G::WIDTH) as u32;
    let kind = Kind::new::<G>(homes, 7, 1);
    const END: u32 = u32::MAX;
    let ends = [0, 1, 2, END / 3 * 2, END / 3 * 2 + 1, END / 2, END / 2 + 1, END - 1, END];
    for sum in ends {
        for more in ends.into_iter().step_by(scaled(1, 1, 4)) {
            // SAFETY: the table has several windows and is ours; so below.
            unsafe {
                control.clear_counts();
                control.add_steps(sum);
                control.renew_limit();
            }
            let sum = if sum == END { END / 2 } else { sum };
            // Half as much again, and the credit, in numbers that do not end; and less than the end.
            let limit = u64::from(sum) + u64::from(sum / 2) + u64::from(credit);
            let limit = limit.min(u64::from(END) - 1) as u32;
            // SAFETY: as above.
            unsafe {
                assert_eq!((control.steps(), control.limit(), control.wear()), (sum, limit, 0));
                assert!(!control.is_worn(), "nothing is worn after a rebuild");
                control.add_steps(more);
                let steps = control.steps();
                assert_eq!(steps, sum.saturating_add(more));
                control.note_wear();
                assert_eq!(control.is_worn(), steps > limit);
                // One step less, unless nobody knows how many there are; and no more wear than all.
                control.leave(kind.home, 1);
                control.take_back_walk(kind.home as u64, kind.slot);
                let expected = if steps == END { END } else { steps.saturating_sub(1) };
                assert_eq!((control.steps(), control.wear()), (expected, MOST_WEAR));
                assert!(control.counts().iter().all(|&count| count == 0));
            }
        }
    }
    // What an interrupted rebuild leaves stays as it is, whatever comes and goes.
    // SAFETY: as above.
    unsafe {
        control.saturate_counts();
        control.count_walk(kind.home as u64, kind.slot);
        control.take_back_walk(kind.home as u64, kind.slot);
        control.leave(kind.home, END);
        assert_eq!((control.steps(), control.wear()), (END, MOST_WEAR));
        assert!(control.is_worn() && control.counts() == vec![MANY; homes]);
    }
}

/// With steps above the limit, a table is worn from the wear on that is more than a trifle.
fn wear_is_worn_from_a_trifle_on<G: Group>() {
    let table = table::<G>();
    let (control, homes) = (table.control, table.control.mask() + 1);
    let credit = (homes / G::WIDTH) as u32;
    let kind = Kind::new::<G>(homes, homes - 1, 1);
    // SAFETY: the table has several windows and is ours.
    unsafe {
        control.clear_counts();
        control.renew_limit();
        control.add_steps(u32::MAX);
        for wear in 0..=credit {
            assert_eq!((control.wear(), control.is_worn()), (wear, wear > credit / 2));
            control.take_back_walk(kind.home as u64, kind.slot);
        }
    }
}

/// The credit of tables of all sizes that there can be, and some that cannot.
fn credits<G: Group>() {
    for log in 1..usize::BITS {
        let homes = 1usize << log;
        // SAFETY: nothing is read: the credit is the homes' alone.
        let control = unsafe { Control::<G>::from_raw(NonNull::dangling(), homes) };
        let credit = (homes as u128 / G::WIDTH as u128).min(u128::from(u32::MAX));
        assert_eq!(u128::from(control.credit()), credit, "{homes} homes");
    }
}

backends! {
    every_short_sequence every_position_in_every_state sums_end wear_is_worn_from_a_trifle_on credits
}
