//! The measured loops: one `#[inline(never)]` function per subject and workload.
//!
//! What a function does here is what the clock sees. Keys and draws come in ready made, results go
//! out through a checksum that must be the same for every subject. A function gets several maps
//! and gives each its share of the draws.

use crate::element::{Element, Key, Value};
use crate::input::Cell;
use crate::subject::{Map, Subject};
use crate::workload::Workload;
use std::borrow::Borrow;
use std::hint::black_box;
use std::ops::Range;
use std::time::{Duration, Instant};
use std::vec::IntoIter;

/// The drawn lookups of an element.
pub type Draw<'a, E> = <<E as Element>::Key as Key>::Draw<'a>;
/// The maps of a subject.
type MapOf<S, E> = <S as Subject<E>>::Map;
/// Keys to be handed to a subject's maps.
pub type Given<'a, S, E> = IntoIter<<MapOf<S, E> as Map<E>>::Given<'a>>;

/// Keeps the compiler from folding two functions into one when they come out equal: the null row
/// must be a copy at another address, and misses must not find a predictor trained by hits.
#[inline(always)]
fn distinct<S: Subject<E>, E: Element>(workload: Workload) {
    black_box((S::ID, workload as usize));
}

/// Each map with its share of the draws.
#[inline(always)]
fn shares<'a, M, D>(maps: &'a [M], draws: &'a [D]) -> impl Iterator<Item = (&'a M, &'a [D])> {
    maps.iter().zip(draws.chunks_exact((draws.len() / maps.len()).max(1)))
}

/// `keys` with the values that belong to them.
#[inline(always)]
fn entries<E: Element, K>(keys: impl Iterator<Item = K>) -> impl Iterator<Item = (K, E::Value)> {
    keys.zip(0..).map(|(key, index)| (key, E::Value::of(index)))
}

/// Fills `maps` up with `n` keys each from empty maps without capacity.
#[inline(never)]
pub fn grow<S: Subject<E>, E: Element>(
    maps: &mut Vec<MapOf<S, E>>,
    keys: &mut Given<'_, S, E>,
    cell: &Cell,
) -> u64 {
    distinct::<S, E>(Workload::Grow);
    for _ in 0..cell.maps {
        let mut map = S::Map::new();
        for (key, value) in entries::<E, _>(keys.take(cell.n)) {
            map.insert(key, value);
        }
        maps.push(map);
    }
    0
}

/// The same with room for all from the start.
#[inline(never)]
pub fn reserved<S: Subject<E>, E: Element>(
    maps: &mut Vec<MapOf<S, E>>,
    keys: &mut Given<'_, S, E>,
    cell: &Cell,
) -> u64 {
    distinct::<S, E>(Workload::Reserved);
    for _ in 0..cell.maps {
        let mut map = S::Map::with_capacity(cell.n);
        for (key, value) in entries::<E, _>(keys.take(cell.n)) {
            map.insert(key, value);
        }
        maps.push(map);
    }
    0
}

/// The same by `FromIterator`.
#[inline(never)]
pub fn collect<S: Subject<E>, E: Element>(
    maps: &mut Vec<MapOf<S, E>>,
    keys: &mut Given<'_, S, E>,
    cell: &Cell,
) -> u64 {
    distinct::<S, E>(Workload::Collect);
    for _ in 0..cell.maps {
        maps.push(S::Map::collect(entries::<E, _>(keys.take(cell.n))));
    }
    0
}

/// Adds the missing half of the keys to each map by `Extend`.
#[inline(never)]
pub fn extend<S: Subject<E>, E: Element>(
    maps: &mut [MapOf<S, E>],
    keys: &mut Given<'_, S, E>,
    cell: &Cell,
) -> u64 {
    distinct::<S, E>(Workload::Extend);
    for map in maps {
        map.extend(entries::<E, _>(keys.take(cell.n - cell.n / 2)));
    }
    0
}

/// Grows one map and returns the time of its slowest insert.
#[inline(never)]
pub fn slowest_insert<S: Subject<E>, E: Element>(
    keys: &mut Given<'_, S, E>,
    cell: &Cell,
) -> (Duration, MapOf<S, E>) {
    distinct::<S, E>(Workload::OneBigInsert);
    let mut map = S::Map::new();
    let mut slowest = Duration::ZERO;
    let mut before = Instant::now();
    for (key, value) in entries::<E, _>(keys.take(cell.n)) {
        map.insert(key, value);
        let now = Instant::now();
        slowest = slowest.max(now - before);
        before = now;
    }
    (slowest, map)
}

/// Independent lookups; serves hit, miss, mixed and the lookups after churn.
#[inline(always)]
fn look_up<S: Subject<E>, E: Element>(maps: &[MapOf<S, E>], draws: &[Draw<'_, E>]) -> u64 {
    let mut sum = 0_u64;
    for (map, draws) in shares(maps, draws) {
        for draw in draws {
            if let Some(value) = map.get(draw.borrow()) {
                sum = sum.wrapping_add(value.word() + 1);
            }
        }
    }
    sum
}

/// Lookups of present keys.
#[inline(never)]
pub fn hit<S: Subject<E>, E: Element>(maps: &[MapOf<S, E>], draws: &[Draw<'_, E>]) -> u64 {
    distinct::<S, E>(Workload::Hit);
    look_up::<S, E>(maps, draws)
}

/// Lookups of absent keys.
#[inline(never)]
pub fn miss<S: Subject<E>, E: Element>(maps: &[MapOf<S, E>], draws: &[Draw<'_, E>]) -> u64 {
    distinct::<S, E>(Workload::Miss);
    look_up::<S, E>(maps, draws)
}

/// Lookups of which half find something.
#[inline(never)]
pub fn mixed<S: Subject<E>, E: Element>(maps: &[MapOf<S, E>], draws: &[Draw<'_, E>]) -> u64 {
    distinct::<S, E>(Workload::Mixed);
    look_up::<S, E>(maps, draws)
}

/// Lookups of present keys, each of which waits for the value that the one before found.
#[inline(never)]
pub fn hit_dep<S: Subject<E>, E: Element>(maps: &[MapOf<S, E>], draws: &[Draw<'_, E>]) -> u64 {
    distinct::<S, E>(Workload::HitDep);
    let mut sum = 0_u64;
    for (map, draws) in shares(maps, draws) {
        let mut link = 0;
        for at in 0..draws.len() {
            let draw = E::Key::chain(draws, at, link);
            if let Some((found, word)) = map.follow(draw.borrow()) {
                link = found;
                sum = sum.wrapping_add(word + 1);
            }
        }
    }
    sum
}

/// Removes a present key and inserts a fresh one, again and again.
#[inline(never)]
pub fn churn<S: Subject<E>, E: Element>(
    maps: &mut [MapOf<S, E>],
    victims: &[Draw<'_, E>],
    fresh: &mut Given<'_, S, E>,
) -> u64 {
    distinct::<S, E>(Workload::Churn);
    let pairs = victims.len() / maps.len();
    let mut sum = 0_u64;
    for (map, victims) in maps.iter_mut().zip(victims.chunks_exact(pairs)) {
        for (victim, (key, value)) in victims.iter().zip(entries::<E, _>(fresh.take(pairs))) {
            let removed = map.remove((*victim).borrow());
            sum = sum.wrapping_add(removed.map_or(0, |value| value.word() + 1));
            map.insert(key, value);
        }
    }
    sum
}

/// Counts occurrences of uniformly drawn keys from empty maps.
#[inline(never)]
pub fn entry_uniform<S: Subject<E>, E: Element>(
    maps: &mut Vec<MapOf<S, E>>,
    keys: &mut Given<'_, S, E>,
    cell: &Cell,
) -> u64 {
    distinct::<S, E>(Workload::EntryUniform);
    count_all::<S, E>(maps, keys, cell)
}

/// Counts occurrences of Zipf-distributed keys.
#[inline(never)]
pub fn entry_zipf<S: Subject<E>, E: Element>(
    maps: &mut Vec<MapOf<S, E>>,
    keys: &mut Given<'_, S, E>,
    cell: &Cell,
) -> u64 {
    distinct::<S, E>(Workload::EntryZipf);
    count_all::<S, E>(maps, keys, cell)
}

/// The loop of both.
#[inline(always)]
fn count_all<S: Subject<E>, E: Element>(
    maps: &mut Vec<MapOf<S, E>>,
    keys: &mut Given<'_, S, E>,
    cell: &Cell,
) -> u64 {
    let share = keys.len() / cell.maps;
    for _ in 0..cell.maps {
        let mut map = S::Map::new();
        for key in keys.take(share) {
            map.count(key);
        }
        maps.push(map);
    }
    0
}

/// Sum of all entries.
#[inline(never)]
pub fn iterate<S: Subject<E>, E: Element>(maps: &[MapOf<S, E>]) -> u64 {
    distinct::<S, E>(Workload::Iterate);
    maps.iter().map(Map::sum).fold(0, u64::wrapping_add)
}

/// The same by `Iterator::fold`.
#[inline(never)]
pub fn iterate_fold<S: Subject<E>, E: Element>(maps: &[MapOf<S, E>]) -> u64 {
    distinct::<S, E>(Workload::IterateFold);
    maps.iter().map(Map::fold).fold(0, u64::wrapping_add)
}

/// Clones every map into `copies`.
#[inline(never)]
pub fn clone<S: Subject<E>, E: Element>(
    maps: &[MapOf<S, E>],
    copies: &mut Vec<MapOf<S, E>>,
) -> u64 {
    distinct::<S, E>(Workload::Clone);
    for map in maps {
        copies.push(map.clone());
    }
    0
}

/// Drops every map.
#[inline(never)]
pub fn drop_all<S: Subject<E>, E: Element>(maps: &mut Vec<MapOf<S, E>>) -> u64 {
    distinct::<S, E>(Workload::Drop);
    while let Some(map) = maps.pop() {
        drop(map);
    }
    0
}

/// Clears every map.
#[inline(never)]
pub fn clear<S: Subject<E>, E: Element>(maps: &mut [MapOf<S, E>]) -> u64 {
    distinct::<S, E>(Workload::Clear);
    for map in maps {
        map.clear();
    }
    0
}

/// Retains half of the entries.
#[inline(never)]
pub fn retain<S: Subject<E>, E: Element>(maps: &mut [MapOf<S, E>]) -> u64 {
    distinct::<S, E>(Workload::Retain);
    for map in maps {
        map.retain_half();
    }
    0
}

/// Removes of every map's `n` keys in `doomed` those in `range`.
#[inline(never)]
pub fn remove<S: Subject<E>, E: Element>(
    maps: &mut [MapOf<S, E>],
    doomed: &[Draw<'_, E>],
    cell: &Cell,
    range: Range<usize>,
) -> u64 {
    distinct::<S, E>(Workload::Remove);
    let mut sum = 0_u64;
    for (map, doomed) in maps.iter_mut().zip(doomed.chunks_exact(cell.n)) {
        for draw in &doomed[range.clone()] {
            let removed = map.remove(draw.borrow());
            sum = sum.wrapping_add(removed.map_or(0, |value| value.word() + 1));
        }
    }
    sum
}

/// Lookups, each in another of many maps.
#[inline(always)]
fn look_up_across<S: Subject<E>, E: Element>(
    maps: &[MapOf<S, E>],
    picks: &[u32],
    draws: &[Draw<'_, E>],
) -> u64 {
    let mut sum = 0_u64;
    for (&pick, draw) in picks.iter().zip(draws) {
        if let Some(value) = maps[pick as usize].get(draw.borrow()) {
            sum = sum.wrapping_add(value.word() + 1);
        }
    }
    sum
}

/// Lookups of present keys in many small maps.
#[inline(never)]
pub fn small_hit<S: Subject<E>, E: Element>(
    maps: &[MapOf<S, E>],
    picks: &[u32],
    draws: &[Draw<'_, E>],
) -> u64 {
    distinct::<S, E>(Workload::SmallHit);
    look_up_across::<S, E>(maps, picks, draws)
}

/// Lookups of absent keys in many small maps.
#[inline(never)]
pub fn small_miss<S: Subject<E>, E: Element>(
    maps: &[MapOf<S, E>],
    picks: &[u32],
    draws: &[Draw<'_, E>],
) -> u64 {
    distinct::<S, E>(Workload::SmallMiss);
    look_up_across::<S, E>(maps, picks, draws)
}
