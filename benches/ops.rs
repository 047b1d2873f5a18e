//! Single operations for day-to-day work, by criterion: `cargo bench --bench ops -- op=hit`.
//!
//! Names carry every dimension: `op=hit/key=u64/len=2663/load=mid/map=rosti/group=sse2`, where `len`
//! is the number of entries, `load` says where in its octave the table stands (low .47, mid .65,
//! high .865 of the slots) and `group` is rosti's backend: the native one, and SWAR beside it. The
//! backends' own operations are in `groups.rs`. Each iteration is one operation on the next of 2^17 keys drawn
//! beforehand, more than a branch predictor learns. What is decided is decided by the comparison bench
//! (`benches/compare`), which alternates between the subjects; criterion runs one after another.

#[allow(dead_code, reason = "shared with the comparison bench, which uses all of it")]
#[path = "compare/backend.rs"]
mod backend;
#[allow(dead_code, reason = "shared with the comparison bench, which uses all of it")]
#[path = "compare/element.rs"]
mod element;
#[allow(dead_code, reason = "shared with the comparison bench, which uses all of it")]
#[path = "compare/rng.rs"]
mod rng;
#[allow(dead_code, reason = "shared with the comparison bench, which uses all of it")]
#[path = "compare/subject.rs"]
mod subject;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion};
use element::{Element, HalfWord, Key, Line, Spelling, Str, Value, Word};
use rng::Rng;
use rosti::internals::{Group, Native, Swar};
use std::borrow::Borrow;
use std::cell::OnceCell;
use std::hint::black_box;
use std::time::Duration;
use subject::{Hashbrown, Map, Rosti, RostiSwar, Subject};

/// Lookups drawn beforehand; a power of two.
const DRAWS: usize = 1 << 17;
/// Slots and load of the tables.
const PLACES: [(usize, &str, f64); 4] = [
    (1 << 12, "low", 0.47),
    (1 << 12, "mid", 0.65),
    (1 << 12, "high", 0.865),
    (1 << 18, "mid", 0.65),
];

/// The operations. Those that take an owned key clone it, which for strings is an allocation.
const OPS: [&str; 8] =
    ["hit", "hit_dep", "miss", "overwrite", "churn", "entry", "iterate", "clone"];

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500))
        .configure_from_args();
    for op in OPS {
        kind::<Word>(&mut criterion, op, "u64", (0, 0));
        kind::<HalfWord>(&mut criterion, op, "u32", (0, 0));
        kind::<Line>(&mut criterion, op, "u64-wide", (0, 0));
        kind::<Str>(&mut criterion, op, "str8-24", (8, 24));
    }
    criterion.final_summary();
}

/// Benches `op` on all places of one kind of entries.
fn kind<E: Element>(criterion: &mut Criterion, op: &str, key: &str, lengths: (usize, usize)) {
    for (slots, name, load) in PLACES {
        let len = (slots as f64 * load).ceil() as usize;
        let mut group =
            criterion.benchmark_group(format!("op={op}/key={key}/len={len}/load={name}"));
        let keys = Keys { len, lengths };
        let rosti = |backend: &str| format!("map=rosti/group={backend}");
        bench::<Rosti, E>(&mut group, &rosti(Native::NAME), op, &keys);
        if Native::NAME != Swar::NAME {
            bench::<RostiSwar, E>(&mut group, &rosti(Swar::NAME), op, &keys);
        }
        bench::<Hashbrown, E>(&mut group, "map=hashbrown", op, &keys);
        group.finish();
    }
}

/// The keys of a bench as ids: those below `len` are present, the [`DRAWS`] after them are not.
struct Keys {
    len: usize,
    lengths: (usize, usize),
}

impl Keys {
    fn pack<E: Element>(&self, ids: impl Iterator<Item = usize>) -> <E::Key as Key>::Packed {
        let ids: Vec<u64> = ids.map(|id| id as u64).collect();
        let spelling = Spelling { salt: 0, ids: self.all() as u64, lengths: self.lengths };
        E::Key::pack(&ids, &spelling)
    }

    /// The number of ids.
    fn all(&self) -> usize {
        self.len + DRAWS
    }

    /// The sequence that `op` walks along: absent keys for misses, all keys in turn for churn,
    /// random present keys for all else.
    fn sequence<E: Element>(&self, op: &str) -> <E::Key as Key>::Packed {
        let mut rng = Rng::new(self.len as u64);
        match op {
            "miss" => self.pack::<E>(self.len..self.all()),
            "churn" => self.pack::<E>(0..self.all()),
            _ => self.pack::<E>((0..DRAWS).map(|_| rng.below(self.len))),
        }
    }
}

/// Goes round `0..end`.
fn step(at: &mut usize, end: usize) -> usize {
    *at += 1;
    if *at == end {
        *at = 0;
    }
    *at
}

/// Benches `op` on one subject, if it has the operation. Criterion calls the closure once per sample,
/// each with a map of its own (and so a hash seed of its own), and not at all if the command line
/// filters it out: hence the cells.
fn bench<S: Subject<E>, E: Element>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    op: &str,
    keys: &Keys,
) {
    if op == "iterate" && !S::Map::WALKS {
        return;
    }
    let (stored, contents) = (OnceCell::new(), OnceCell::new());
    let (packed, draws, given) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
    group.bench_function(name, |bencher| {
        let stored = stored.get_or_init(|| keys.pack::<E>(0..keys.len));
        let contents: &Vec<_> = contents.get_or_init(|| S::Map::give(&E::Key::draws(stored)));
        let entries = contents.iter().cloned().zip(0..);
        let mut map = S::Map::collect(entries.map(|(key, index)| (key, E::Value::of(index))));
        let packed = packed.get_or_init(|| keys.sequence::<E>(op));
        let draws: &Vec<_> = draws.get_or_init(|| E::Key::draws(packed));
        let given: &Vec<_> = given.get_or_init(|| S::Map::give(draws));
        let mut at = 0;
        match op {
            "hit" | "miss" => bencher.iter(|| {
                let draw = &draws[step(&mut at, DRAWS)];
                map.get(draw.borrow()).map(Value::word)
            }),
            "hit_dep" => {
                let mut link = 0;
                bencher.iter(|| {
                    let draw = E::Key::chain(draws, step(&mut at, DRAWS), link);
                    link = map.follow(draw.borrow()).map_or(0, |(link, _)| link);
                });
            }
            "overwrite" => bencher.iter(|| {
                let key = given[step(&mut at, DRAWS)].clone();
                map.insert(key, E::Value::of(0));
            }),
            "entry" => bencher.iter(|| map.count(given[step(&mut at, DRAWS)].clone())),
            "churn" => {
                // The ids go round: the oldest in the map leaves it, the one after the newest enters.
                let mut newest = keys.len - 1;
                bencher.iter(|| {
                    let key = given[step(&mut newest, keys.all())].clone();
                    let removed = map.remove(draws[at].borrow());
                    step(&mut at, keys.all());
                    map.insert(key, E::Value::of(0));
                    removed.map(|value| value.word())
                });
            }
            "iterate" => bencher.iter(|| black_box(&map).sum()),
            "clone" => bencher.iter(|| map.clone()),
            _ => unreachable!("{op} is not one of OPS"),
        }
    });
}
