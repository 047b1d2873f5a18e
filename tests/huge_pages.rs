//! `HugePages`: where its blocks lie, that all collections work in it, and that everything is given back.
//!
//! The system says in `/proc/self/smaps` which mappings were advised for huge pages, so what the
//! allocator holds can be read there. The tests of this file take turns, as they share that ledger.

#![cfg(all(feature = "huge-pages", feature = "extendible", target_os = "linux", not(miri)))]

use std::alloc::Layout;
use std::fs;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rosti::internals::Allocator;
use rosti::{
    ExtendibleMap, HashMap, HashSet, HashTable, HugePages, IntHashBuilder, TryReserveError,
};

const HUGE: usize = 2 << 20;

fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Bytes in mappings that were advised for huge pages; `None` if the system does not say.
fn advised() -> Option<usize> {
    if cfg!(rosti_emulated) || !fs::exists("/sys/kernel/mm/transparent_hugepage").ok()? {
        return None;
    }
    let (mut sum, mut size) = (0, 0);
    for line in fs::read_to_string("/proc/self/smaps").ok()?.lines() {
        if let Some(rest) = line.strip_prefix("Size:") {
            let number = rest.trim().trim_end_matches(" kB");
            size = number.parse::<usize>().expect("a number of kB") << 10;
        } else if line.starts_with("VmFlags:") && line.split(' ').any(|flag| flag == "hg") {
            sum += size;
        }
    }
    Some(sum)
}

/// What the allocator holds is `bytes`.
#[track_caller]
fn holds(bytes: usize) {
    if let Some(advised) = advised() {
        assert_eq!(advised, bytes);
    }
}

#[test]
fn blocks_are_aligned_advised_and_given_back() {
    let _turn = turn();
    let mut blocks = Vec::new();
    let mut held = 0;
    for size in [0, 1, 4096, HUGE - 1, HUGE, HUGE + 1, 2 * HUGE, 5 * HUGE - 1, 5 * HUGE + 4096] {
        for align in [1, 16, 4096, HUGE, 4 * HUGE] {
            let layout = Layout::from_size_align(size, align).expect("a layout");
            let Ok(block) = HugePages.allocate(layout) else { panic!("no memory for {layout:?}") };
            let start = block.cast::<u8>();
            assert!(block.len() >= size);
            let large = size >= HUGE;
            assert_eq!(start.as_ptr().addr() % if large { align.max(HUGE) } else { align }, 0);
            held += if large { size.next_multiple_of(HUGE) } else { 0 };
            holds(held);
            // SAFETY: the block has that many bytes.
            unsafe { start.write_bytes(blocks.len() as u8, size) };
            blocks.push((start, layout));
        }
    }
    for (n, (start, layout)) in blocks.into_iter().enumerate() {
        // SAFETY: all bytes were written; the block goes back once, with its layout.
        unsafe {
            let bytes = std::slice::from_raw_parts(start.as_ptr(), layout.size());
            assert!(bytes.iter().all(|&byte| byte == n as u8), "blocks overlap");
            HugePages.deallocate(start, layout);
        }
        held -= if layout.size() >= HUGE { layout.size().next_multiple_of(HUGE) } else { 0 };
        holds(held);
    }
    assert_eq!(held, 0);
}

#[test]
fn absurd_sizes_are_refused() {
    let _turn = turn();
    for align in [1, 4096, 1 << (usize::BITS - 2)] {
        let size = isize::MAX as usize + 1 - align;
        let layout = Layout::from_size_align(size, align).expect("a layout");
        assert!(HugePages.allocate(layout).is_err(), "{layout:?}");
    }
    let mut map =
        HashMap::<u64, u64, _, _>::with_hasher_in(IntHashBuilder::with_seed(1), HugePages);
    map.insert(1, 2);
    // Where addresses have 32 bits, such blocks can be had, but no more than fit there; what is left then is too
    // little for the map, which asks for as much: sixteen bytes an entry and more.
    let quarter = Layout::from_size_align(1 << (usize::BITS - 2), 1).expect("a layout");
    let blocks: Vec<_> = std::iter::from_fn(|| HugePages.allocate(quarter).ok()).collect();
    let result = map.try_reserve(isize::MAX as usize / 64);
    assert!(matches!(result, Err(TryReserveError::AllocError { .. })), "{result:?}");
    for block in blocks {
        // SAFETY: the block goes back once, with its layout.
        unsafe { HugePages.deallocate(block.cast(), quarter) };
    }
    assert_eq!((map.len(), map.get(&1)), (1, Some(&2)));
    holds(0);
}

#[test]
fn collections_grow_shrink_and_are_cloned_in_it() {
    let _turn = turn();
    let many = 200_000_u64;
    let hasher = IntHashBuilder::with_seed(1);
    {
        let mut map = HashMap::with_hasher_in(hasher, HugePages);
        map.extend((0..many).map(|n| (n, !n)));
        holds(map.allocation_size().next_multiple_of(HUGE));
        assert!(map.allocation_size() >= HUGE);
        let copy = map.clone();
        holds(2 * map.allocation_size().next_multiple_of(HUGE));
        map.retain(|n, _| n % 1000 == 0);
        map.shrink_to_fit();
        assert!(map.allocation_size() < HUGE);
        holds(copy.allocation_size().next_multiple_of(HUGE));
        assert!(copy.iter().all(|(key, value)| *value == !*key));
        assert!(map.iter().all(|(key, value)| copy.get(key) == Some(value)));
        let mut entries = copy.into_iter();
        assert!(entries.next().is_some());
        drop(entries);
        holds(0);

        let mut set = HashSet::with_hasher_in(hasher, HugePages);
        set.extend(0..2 * many);
        holds(set.allocation_size().next_multiple_of(HUGE));
        assert!((0..2 * many).all(|n| set.contains(&n)) && !set.contains(&(2 * many)));
        drop(set);

        let mut table = HashTable::new_in(HugePages);
        let hash = |n: &u64| n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        for n in 0..2 * many {
            table.insert_unique(hash(&n), n, hash);
        }
        holds(table.allocation_size().next_multiple_of(HUGE));
        assert!((0..2 * many).all(|n| table.find(hash(&n), |m| *m == n) == Some(&n)));
        drop(table);

        // (Its tables are smaller than a huge page; it works all the same.)
        let mut extendible = ExtendibleMap::with_hasher_in(hasher, HugePages);
        extendible.extend((0..many).map(|n| (n, n)));
        assert!((0..many).all(|n| extendible.get(&n) == Some(&n)));
    }
    holds(0);
}

#[cfg(feature = "str")]
#[test]
fn maps_that_own_their_keys() {
    let _turn = turn();
    let mut map = rosti::StrMap::new_in(HugePages);
    let key = |n: u64| format!("a key of more than fifteen bytes: {n}");
    for n in 0..100_000 {
        map.insert(&key(n), n);
    }
    assert!((0..100_000).all(|n| map.get(&key(n)) == Some(&n)));
    if let Some(bytes) = advised() {
        assert!(bytes > 0, "neither table nor keys are in large blocks");
    }
    drop(map);
    holds(0);
}

/// What a process looks like where the mode is `never`: ordinary pages, and nothing else changes.
#[test]
fn huge_pages_switched_off() {
    let _turn = turn();
    let switch = |off: libc::c_ulong| {
        // SAFETY: concerns how the kernel backs this process's memory, not what is in it.
        unsafe { libc::prctl(libc::PR_SET_THP_DISABLE, off, 0, 0, 0) }
    };
    let refused = switch(1) != 0;
    let mut map = HashMap::with_hasher_in(IntHashBuilder::with_seed(1), HugePages);
    map.extend((0..200_000_u64).map(|n| (n, n)));
    assert!((0..200_000).all(|n| map.get(&n) == Some(&n)));
    assert!(map.allocation_size() >= HUGE);
    drop(map);
    holds(0);
    assert!(refused || switch(0) == 0);
}
