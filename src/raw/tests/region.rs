//! Filling by regions has the result of inserting one by one; walks that can be cut visit all.

use super::*;
use crate::group::{Group, Native, Scalar, Swar};
use crate::raw::region::{Regions, Share};
use crate::raw::split::{Halve, Split, View};
use alloc::rc::Rc;

/// An entry that says which of several equal ones it was, and which one changed it last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    key: u64,
    first: usize,
    last: usize,
}

type Table<G> = RawTable<Entry, G, Global>;

fn same(a: &Entry, b: &Entry) -> bool {
    a.key == b.key
}

fn update(present: &mut Entry, new: Entry) {
    present.last = new.last;
}

/// Entries with these keys, numbered.
fn entries(keys: impl IntoIterator<Item = u64>) -> Vec<Entry> {
    let entry = |(number, key)| Entry { key, first: number, last: number };
    keys.into_iter().enumerate().map(entry).collect()
}

fn insert<G: Group>(table: &mut Table<G>, hash: HashFn, entry: Entry) {
    let hashed = hash(entry.key);
    match table.find_or_vacant(hashed, |present| same(present, &entry), |e| hash(e.key)) {
        // SAFETY: the slot is full.
        Ok(slot) => update(unsafe { table.get_mut(slot) }, entry),
        // SAFETY: the slot was found vacant for this hash just now.
        Err(slot) => unsafe { table.insert_at(slot, hashed, entry) },
    }
}

fn contents<G: Group>(table: &Table<G>) -> Vec<Entry> {
    sorted(table.split().copied())
}

/// Each region's share of the entries, in parts of `part` entries that were next to each other.
fn shares<T: Clone>(
    entries: &[T],
    part: usize,
    regions: Regions,
    hash: impl Fn(&T) -> u64,
) -> Vec<Share<T>> {
    let mut shares: Vec<Share<T>> = (0..regions.count()).map(|_| Vec::new()).collect();
    for part in entries.chunks(part) {
        shares.iter_mut().for_each(|share| share.push(Vec::new()));
        for entry in part {
            let parts = &mut shares[regions.of(hash(entry))];
            parts.last_mut().unwrap().push((hash(entry), entry.clone()));
        }
    }
    shares
}

/// Fills a table by about `wanted` regions, the last one first, and inserts what is left over.
/// Returns how much that was.
fn fill<G: Group>(table: &mut Table<G>, hash: HashFn, entries: &[Entry], wanted: usize) -> usize {
    table.reserve(entries.len(), |e| hash(e.key));
    let regions = table.regions(wanted);
    let shares = shares(entries, 100, regions, |e| hash(e.key));
    let left_over: Vec<Vec<(u64, Entry)>> = table.fill(regions, shares, |jobs| {
        jobs.into_iter().rev().map(|j| j.run(same, update)).collect()
    });
    table.check_invariants(|e| hash(e.key));
    let left_over: Vec<Entry> = left_over.into_iter().flatten().map(|(_, entry)| entry).collect();
    left_over.iter().for_each(|&entry| insert(table, hash, entry));
    left_over.len()
}

/// The homes of the smallest region, as doublings of the smallest table's.
const MIN_REGION: u32 = if cfg!(miri) { 0 } else { 5 };

/// As many homes as fit this number of regions at least.
fn capacity_of_regions<G: Group>(regions: usize) -> usize {
    capacity_of_homes::<G>((regions << MIN_REGION).trailing_zeros())
}

fn as_one_by_one<G: Group>() {
    let full = capacity_of_regions::<G>(scaled(4, 4, 2));
    let (mut left_over, mut case) = (0, 3);
    for (name, hash) in HASHES {
        // Hashes that are bad lead all entries past the same windows.
        let most = if ["mix", "identity"].contains(&name) { full } else { scaled(600, 300, 40) };
        for len in [0, 1, 4, G::WIDTH, G::WIDTH + 1, 100, most / 2, most] {
            for distinct in [1, 7, len.div_ceil(3).max(1), usize::MAX] {
                case += 1;
                if !tried(case, 47) {
                    continue;
                }
                let key = |n: usize| mix((n % distinct) as u64) % (2 * len as u64 + 2);
                let (before, new) = (entries((0..len / 4).map(key)), entries((0..len).map(key)));
                let mut serial = Table::<G>::new_in(Global);
                before.iter().for_each(|&entry| insert(&mut serial, hash, entry));
                // Few entries in a large table, too: the number of regions is the table's.
                serial.reserve(full, |e| hash(e.key));
                let mut table = serial.clone();
                new.iter().for_each(|&entry| insert(&mut serial, hash, entry));
                left_over += fill(&mut table, hash, &new, 4);
                assert!(table.check_invariants(|e| hash(e.key)), "a count is not exact");
                assert_eq!(contents(&table), contents(&serial), "{name}, {len}, {distinct}");
            }
        }
    }
    assert!(left_over > 0 || cfg!(miri), "no entry has come to a border");
}

fn into_small_tables<G: Group>() {
    for len in (0..3 * G::WIDTH).step_by(scaled(1, 1, 17)) {
        let new = entries((0..len as u64).chain(0..len as u64 / 2));
        let (mut table, mut serial) = (Table::<G>::new_in(Global), Table::<G>::new_in(Global));
        new.iter().for_each(|&entry| insert(&mut serial, mix, entry));
        assert_eq!(fill(&mut table, mix, &new, scaled(8, 8, 1)), 0, "one region has no borders");
        assert_eq!(contents(&table), contents(&serial));
    }
}

fn past_bits_that_went_stale<G: Group>() {
    // Bits are set all over the table, many of them in vain: searches go on past vacant slots.
    let mut table = worn_table::<G>(if cfg!(miri) { 1 } else { 7 });
    table.retain(|key| *key % 2 == 0);
    let (present, room) = (sorted_keys(&table), table.capacity() - table.len());
    let new: Vec<u64> = present.iter().copied().chain(1 << 50..).take(room).collect();
    let regions = table.regions(4);
    assert!(regions.count() > 1);
    let shares = shares(&new, 64, regions, key_hasher);
    let left_over: Vec<_> = table.fill(regions, shares, |jobs| {
        jobs.into_iter().flat_map(|job| job.run(|a, b| a == b, |_, _| ())).collect()
    });
    table.check_invariants(key_hasher);
    for (hash, key) in left_over {
        let missing = table.find(hash, |&k| k == key).is_none();
        missing.then(|| table.insert_unique(hash, key, key_hasher));
    }
    let mut expected = sorted(present.into_iter().chain(new));
    expected.dedup();
    assert_eq!(sorted_keys(&table), expected);
}

fn windows_across_a_border_are_left_over<G: Group>() {
    let mut table = Keys::<G>::with_capacity_in(capacity_of_regions::<G>(4), Global);
    let (regions, homes) = (table.regions(4), table.control.mask() as u64 + 1);
    let keys: Vec<u64> = (0..homes).step_by(2).collect();
    let shares = shares(&keys, 64, regions, |&key| key);
    let left_over: Vec<u64> = table.fill(regions, shares, |jobs| {
        let left_over = jobs.into_iter().flat_map(|job| job.run(|a, b| a == b, |_, _| ()));
        sorted(left_over.map(|(_, key)| key))
    });
    // The slots behind the last home belong to the last region; aligned windows have no borders.
    let region = homes / 4;
    let crosses = |home: u64| home % region + G::WIDTH as u64 > region && home < homes - region;
    let expected = keys.into_iter().filter(|&key| !G::ALIGNED_HOMES && crosses(key));
    assert_eq!(left_over, expected.collect::<Vec<_>>());
    table.check_invariants(|&key| key);
}

fn a_full_region_leaves_all_others_over<G: Group>() {
    // One home, in the first region. Each key comes several times, in turn.
    let keys = (capacity_of_regions::<G>(1) + scaled(0, 0, 8)) as u64;
    const TURNS: usize = scaled(3, 3, 2);
    let new = entries((0..TURNS).flat_map(|_| 0..keys));
    let regions = scaled(4, 4, 2);
    let mut table = Table::<G>::with_capacity_in(capacity_of_regions::<G>(regions), Global);
    let left_over = fill(&mut table, |_| 0, &new, 4);
    let least = scaled(3 * keys as usize / 2, 3 * keys as usize / 2, 3);
    assert!(left_over >= least, "only {left_over} of {}", new.len());
    let last = |key| (TURNS - 1) * keys as usize + key as usize;
    let expected: Vec<Entry> =
        (0..keys).map(|key| Entry { key, first: key as usize, last: last(key) }).collect();
    assert_eq!(contents(&table), expected);
    table.check_invariants(|_| 0);
}

fn regions_are_at_most_as_many_as_wanted<G: Group>() {
    for doublings in 0..scaled(8, 8, 4) as u32 {
        let table = Keys::<G>::with_capacity_in(capacity_of_homes::<G>(doublings), Global);
        let mut counts: Vec<usize> =
            (0..scaled(100, 100, 20)).map(|wanted| table.regions(wanted).count()).collect();
        counts.dedup();
        let powers: Vec<usize> = (0..)
            .map(|log| 1 << log)
            .take_while(|&n| n == 1 || n << MIN_REGION <= 1 << doublings)
            .collect();
        assert_eq!(counts, powers);
        let regions = table.regions(4);
        let homes = (2 * G::WIDTH) << doublings;
        let of_home: Vec<usize> = (0..homes).map(|home| regions.of(home as u64)).collect();
        assert!(of_home.is_sorted());
        assert_eq!((of_home[0], of_home[homes - 1]), (0, regions.count() - 1));
    }
}

/// The parts that a walk falls into when it is cut as often as it can be.
pub(super) fn parts_of<W: Halve>(mut walk: W) -> Vec<W> {
    match walk.halve() {
        Some(upper) => parts_of(walk).into_iter().chain(parts_of(upper)).collect(),
        None => Vec::from([walk]),
    }
}

fn all_parts_together_are_the_table<G: Group>() {
    let capacities = [0, 1, 4, 5, 8, 16, 17, 40, scaled(300, 300, 50)];
    for capacity in capacities.into_iter().step_by(scaled(1, 1, 2)) {
        for share in (0..4).filter(|share| tried(capacity + share, 5)) {
            let mut table = Keys::<G>::with_capacity_in(capacity, Global);
            let len = table.capacity() * share / 3;
            insert_all(&mut table, 0..len as u64);
            let keys = sorted_keys(&table);
            let groups = table.slots().div_ceil(G::WIDTH).max(1);
            assert_eq!(parts_of(table.split()).len(), groups);
            assert_eq!(sorted(parts_of(table.split()).into_iter().flatten().copied()), keys);
            // A walk that has begun can be cut too.
            let mut begun = table.split();
            let first = begun.next().copied();
            let rest = parts_of(begun).into_iter().flatten().copied();
            assert_eq!(sorted(first.into_iter().chain(rest)), keys);
            parts_of(table.split_mut()).into_iter().flatten().for_each(|key| *key += 1);
            let all = table
                .clone()
                .into_pieces()
                .divide(|pieces| sorted(parts_of(pieces).into_iter().flatten().map(|key| key - 1)));
            assert_eq!(all, keys);
        }
    }
}

fn keyed_walks_change_the_second_part<G: Group>() {
    let mut table = RawTable::<(u64, u64), G, Global>::new_in(Global);
    (0..scaled(300, 300, 40) as u64).for_each(|key| {
        table.insert_unique(mix(key), (key, 0), |&(key, _)| mix(key));
    });
    for (key, value) in parts_of(table.split_keyed_mut()).into_iter().flatten() {
        *value += 10 * key;
    }
    assert_eq!(table.len(), scaled(300, 300, 40));
    assert!(table.split().all(|&(key, value)| value == 10 * key));
}

/// What is left of a walk by reference is what has not been returned.
fn what_is_left<W: View<Entry = u64>, G: Group>(walk: &Split<W, G>, keys: &[u64]) {
    let left: Vec<u64> = walk.shared().copied().collect();
    assert_eq!(left, keys);
}

fn a_waiting_walk_can_be_looked_at<G: Group>() {
    let mut table = full_table::<G>(1);
    let keys: Vec<u64> = table.split().copied().collect();
    let mut walk = table.split_mut();
    for begun in 0..keys.len() {
        if tried(begun, 7) {
            what_is_left(&walk, &keys[begun..]);
        }
        walk.next();
    }
    assert_eq!(table.drain_in_pieces().shared().copied().collect::<Vec<_>>(), keys);
    assert!(table.is_empty(), "pieces that nobody takes are dropped");
}

fn pieces_drop_what_is_not_taken<G: Group>() {
    const LEN: usize = scaled(100, 100, 30);
    let mut random = Random(7);
    for taken in [0, 1, 2, usize::MAX] {
        let owner = Rc::new(());
        let mut table = RawTable::<Rc<()>, G, Global>::with_capacity_in(LEN, Global);
        (0..LEN as u64).for_each(|key| {
            table.insert_unique(mix(key), owner.clone(), |_| unreachable!("there is room"));
        });
        let capacity = table.capacity();
        table.drain_in_pieces().divide(|pieces| {
            for part in parts_of(pieces) {
                part.take(random.below(3).min(taken)).for_each(drop);
            }
        });
        assert_eq!(Rc::strong_count(&owner), 1);
        assert_eq!((table.len(), table.capacity()), (0, capacity));
        table.check_invariants(|_| unreachable!("it is empty"));
    }
}

#[test]
fn twins() {
    /// The bytes of a table after it was filled.
    fn filled<G: Group>() -> alloc::string::String {
        let mut table = Table::<G>::new_in(Global);
        let mut random = Random(1);
        let keys = capacity_of_regions::<G>(2) * 4 / 5;
        let new = entries((0..keys).map(|_| random.next()));
        fill(&mut table, mix, &new, 2);
        bytes_of(&table)
    }
    assert_eq!(filled::<Swar>(), filled::<Scalar<8>>());
    if Native::WIDTH == 16 {
        assert_eq!(filled::<Native>(), filled::<Scalar<16>>());
    }
}

backends! {
    as_one_by_one into_small_tables past_bits_that_went_stale
    windows_across_a_border_are_left_over a_full_region_leaves_all_others_over
    regions_are_at_most_as_many_as_wanted
    keyed_walks_change_the_second_part all_parts_together_are_the_table
    a_waiting_walk_can_be_looked_at pieces_drop_what_is_not_taken
}

#[cfg(panic = "unwind")]
mod unwinding {
    use super::super::panics::{Fuse, Ledger, Tracked, blows};
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    fn what_does_not_fit_is_refused<G: Group>() {
        let mut table = full_table::<G>(scaled(6, 6, 1) as u32);
        table.retain(|&mut key| key < 10);
        let room = table.capacity() - table.len();
        let other_table = full_table::<G>(scaled(7, 7, 2) as u32);
        let other = other_table.regions(1);
        let own = table.regions(1);
        let one_share =
            |len: usize| Vec::from([Vec::from([(20..).map(|k| (mix(k), k)).take(len).collect()])]);
        for (message, regions, shares) in [
            ("the table has other regions", other, one_share(1)),
            ("there are not as many shares as regions", own, Vec::new()),
            ("there is no room for the shares", own, one_share(room + 1)),
        ] {
            let attempt = || table.fill(regions, shares, |_| panic!("jobs were made"));
            let panic = catch_unwind(AssertUnwindSafe(attempt)).unwrap_err();
            assert_eq!(panic.downcast_ref(), Some(&message));
            assert_eq!(sorted_keys(&table), (0..10).collect::<Vec<u64>>());
        }
        let left_over: usize = table.fill(own, one_share(room), |jobs| {
            jobs.into_iter().map(|job| job.run(|a, b| a == b, |_, _| ()).len()).sum()
        });
        assert_eq!(table.len(), 10 + room - left_over);
        table.check_invariants(key_hasher);
    }

    fn user_code_panics<G: Group>() {
        let keys = scaled(40, 20, 6) as u64;
        for n in calls() {
            let ledger = Ledger::new();
            let fuse = &ledger.drops;
            // Far from a border also in the short regions of Miri.
            let hash = |key: u64| mix(key) & !scaled(0, 0, 2 * G::WIDTH - 1) as u64;
            let mut table = RawTable::<Tracked, G, Global>::new_in(Global);
            table.reserve(capacity_of_regions::<G>(2), |_| unreachable!("it is empty"));
            let regions = table.regions(2);
            let mut shares: Vec<Share<Tracked>> = (0..2).map(|_| Share::new()).collect();
            for key in (0..keys).chain(0..keys) {
                let entry = (hash(key), ledger.make(key));
                shares[regions.of(hash(key))].push(Vec::from([entry]));
            }
            fuse.rearm(n);
            let blown = blows(|| {
                table.fill(regions, shares, |jobs| {
                    for job in jobs {
                        let eq = |a: &Tracked, b: &Tracked| fuse.pass(a.key == b.key);
                        let left_over = job.run(eq, |present, new| *present = fuse.pass(new));
                        assert!(left_over.is_empty(), "a border; choose other keys");
                    }
                });
            });
            fuse.rearm(Fuse::NEVER);
            table.check_invariants(|entry| hash(entry.key));
            assert_eq!(ledger.alive(), table.len(), "call {n}");
            if !blown {
                assert_eq!(table.len() as u64, keys);
                assert!(n as u64 >= 3 * keys, "eq, update and drop are called for each key");
                break;
            }
            drop(table);
            assert_eq!(ledger.alive(), 0, "call {n}");
        }
    }

    backends! { what_does_not_fit_is_refused user_code_panics }
}
