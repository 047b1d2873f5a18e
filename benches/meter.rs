//! An allocator that counts, shared by benches: a program with this module allocates through it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The system's allocator, which knows how many bytes live, and how many lived at most.
pub struct Meter;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static METER: Meter = Meter;

impl Meter {
    /// Runs `build`, and returns what it made, the bytes that live since, and the most that did meanwhile.
    pub fn of<T>(build: impl FnOnce() -> T) -> (T, usize, usize) {
        let before = LIVE.load(Relaxed);
        PEAK.store(before, Relaxed);
        let made = build();
        (made, LIVE.load(Relaxed).saturating_sub(before), PEAK.load(Relaxed) - before)
    }
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Meter {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Relaxed) + layout.size();
        PEAK.fetch_max(live, Relaxed);
        // SAFETY: the caller's contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller's contract.
        unsafe { System.dealloc(block, layout) }
    }
}
