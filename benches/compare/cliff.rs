//! Rows about cliffs: keys with a structure under six hashers, maps that have been churned for long,
//! nearly empty and empty ones, and the slowest inserts. A part of `--targets` and `--full` runs.
//!
//! Each case is rosti's number and hashbrown's with the same hasher, the least of some rounds in which the
//! two alternate. Churn is capped in time: what is marked `>` was cut short.

use crate::machine::Clock;
use crate::report::geomean;
use crate::rng::scramble;
use crate::stress::{
    Ahash, Figure, Fx1, Fx2, Identity, Map, Outcome, RATES, Trial, empty_gets, walks,
};
use foldhash::fast::FixedState;
use std::fmt::Write as _;
use std::hash::BuildHasher;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// A number of both maps.
#[derive(Clone, Debug)]
pub struct Sample {
    /// What it was done to: `hasher: keys`, or the name of something else.
    pub case: String,
    /// What was done.
    pub what: String,
    pub log_slots: u32,
    pub n: usize,
    /// rosti's and hashbrown's.
    pub figures: [Figure; 2],
}

/// The case that the rows about ordinary keys and hashes are of.
const PLAIN: &str = "foldhash: scrambled";
/// Lookups of absent keys after churn.
const OLD: &[&str] = &["churn, miss", "fifo, miss"];
/// What the cases that are no pair of hasher and keys are called.
const WALK: &str = "walk";
const EMPTY: &str = "empty";
const INSERT: &str = "one insert";
/// Tables up to 2^13 slots of 16 bytes are in every cache.
const IN_CACHE: u32 = 13;

type Keys = (&'static str, fn(u64) -> u64);

/// Keys with a structure.
const KEYS: [Keys; 13] = [
    ("sequential", |i| i),
    ("i << 1", |i| i << 1),
    ("i << 2", |i| i << 2),
    ("i << 3", |i| i << 3),
    ("i << 4", |i| i << 4),
    ("i << 5", |i| i << 5),
    ("i << 6", |i| i << 6),
    ("24 i + base", |i| 0x55D3_C0DE_4000 + 24 * i),
    ("48 i + base", |i| 0x55D3_C0DE_4000 + 48 * i),
    ("bits reversed", u64::reverse_bits),
    ("generation and index", |i| (i >> 14) << 32 | i & 0x3FFF),
    ("f64", |i| (i as f64).to_bits()),
    ("scrambled", scramble),
];

/// How much a run does.
pub struct Extent {
    /// Powers of two of slots, and loads, of the pairs of hashers and keys.
    structured: (u32, &'static [f64]),
    /// Those of ordinary keys.
    plain: (&'static [u32], &'static [f64]),
    /// Powers of two of nearly empty capacities.
    walks: &'static [u32],
    /// Powers of two of slots that single inserts grow to.
    inserts: u32,
    rounds: usize,
    /// The most that the churn of one map takes, of pairs and of ordinary keys.
    caps: [Duration; 2],
}

impl Extent {
    /// For `--targets` and `--full`: about three minutes.
    pub const ALL: Self = Self {
        structured: (14, &[0.8, 0.874]),
        plain: (&[10, 13, 16, 18, 20], &[0.56, 0.65, 0.75, 0.865]),
        walks: &[17, 20],
        inserts: 20,
        rounds: 2,
        caps: [Duration::from_secs(1), Duration::from_secs(10)],
    };
    /// To test the bench itself.
    pub const SMOKE: Self = Self {
        structured: (6, &[0.8]),
        plain: (&[6], &[0.8]),
        walks: &[8],
        inserts: 8,
        rounds: 1,
        caps: [Duration::from_millis(1); 2],
    };
}

/// Measures all cases.
#[must_use]
pub fn measure(extent: &Extent) -> Vec<Sample> {
    let mut samples = Vec::new();
    let (log_slots, loads) = extent.structured;
    for &load in loads {
        for (keys, key) in KEYS {
            let name = |hasher: &str| format!("{hasher}: {keys}");
            let at = (log_slots, load);
            pair::<FixedState>(&mut samples, extent, &name("foldhash"), at, key);
            pair::<std::hash::RandomState>(&mut samples, extent, &name("std"), at, key);
            pair::<Fx1>(&mut samples, extent, &name("fx1"), at, key);
            pair::<Fx2>(&mut samples, extent, &name("fx2"), at, key);
            pair::<Identity>(&mut samples, extent, &name("identity"), at, key);
            pair::<Ahash>(&mut samples, extent, &name("ahash"), at, key);
        }
    }
    let (slots, loads) = extent.plain;
    for &log_slots in slots {
        for &load in loads {
            pair::<FixedState>(&mut samples, extent, PLAIN, (log_slots, load), scramble);
        }
    }
    nearly_empty(&mut samples, extent);
    let gets = [empty_gets!(rosti), empty_gets!(hashbrown)];
    for (at, bytes) in [8, 100, 1000].into_iter().enumerate() {
        let what = format!("get, {bytes} bytes");
        add(&mut samples, EMPTY, &what, (0, 0), gets.map(|gets| gets[at]));
    }
    single_inserts(&mut samples, extent);
    samples
}

/// Adds a sample.
fn add(
    samples: &mut Vec<Sample>,
    case: &str,
    what: &str,
    (log_slots, n): (u32, usize),
    figures: [Figure; 2],
) {
    samples.push(Sample { case: case.into(), what: what.into(), log_slots, n, figures });
}

/// A pair of hasher and keys, with entries replaced at random and with the oldest replaced.
fn pair<S: BuildHasher + Default>(
    samples: &mut Vec<Sample>,
    extent: &Extent,
    case: &str,
    (log_slots, load): (u32, f64),
    key: fn(u64) -> u64,
) {
    let n = ((1_u64 << log_slots) as f64 * load) as usize;
    let cap = extent.caps[usize::from(case == PLAIN)];
    let mut put = |what: &str, figures| add(samples, case, what, (log_slots, n), figures);
    for fifo in [false, true] {
        let trial = Trial { capacity: 0, n, fifo, key: &key, cap };
        let mut rounds = Vec::new();
        for _ in 0..extent.rounds {
            rounds.push([
                trial.run::<rosti::HashMap<u64, u64, S>>(),
                trial.run::<hashbrown::HashMap<u64, u64, S>>(),
            ]);
        }
        let least = |figure: &dyn Fn(&Outcome) -> Figure| {
            [0, 1].map(|map| {
                let figures = rounds.iter().map(|round| figure(&round[map]));
                figures.reduce(Figure::least).expect("a round at least")
            })
        };
        if fifo {
            put("fifo", least(&|o| o.churn));
            put("fifo, miss", least(&|o| o.churn_miss));
            put("fifo, miss anew", least(&|o| o.anew_miss));
            continue;
        }
        put("build", least(&|o| o.build));
        put("hit", least(&|o| o.hit));
        put("miss", least(&|o| o.miss));
        for (at, rate) in RATES.iter().enumerate() {
            put(&format!("hit {rate} %"), least(&|o| o.rates[at]));
        }
        put("remove absent", least(&|o| o.remove_absent));
        put("insert present", least(&|o| o.update));
        put("bytes", least(&|o| Figure(o.bytes, false)));
        put("churn", least(&|o| o.churn));
        put("churn, hit", least(&|o| o.churn_hit));
        put("churn, miss", least(&|o| o.churn_miss));
        put("churn, miss anew", least(&|o| o.anew_miss));
        put("churn, bytes", least(&|o| Figure(o.churn_bytes, false)));
    }
}

/// Walks over few entries in many slots, in microseconds.
fn nearly_empty(samples: &mut Vec<Sample>, extent: &Extent) {
    for &log in extent.walks {
        for len in [1, 10, 100, 1000] {
            let ours = walks::<rosti::HashMap<u64, u64, FixedState>>(1 << log, len, false);
            let theirs = walks::<hashbrown::HashMap<u64, u64, FixedState>>(1 << log, len, false);
            let names = ["for", "fold", "values", "retain", "extract_if"];
            for ((what, ours), theirs) in names.into_iter().zip(ours).zip(theirs) {
                // (This capacity takes twice as many slots.)
                add(samples, WALK, what, (log + 1, len), [ours, theirs]);
            }
        }
    }
}

/// How long single inserts take while a map grows, and what it takes to build and destroy it.
fn single_inserts(samples: &mut Vec<Sample>, extent: &Extent) {
    fn inserts<M: Map>(n: usize) -> [Figure; 6] {
        let keys: Vec<u64> = (0..n as u64).map(scramble).collect();
        let mut times = Vec::with_capacity(n);
        let mut map = M::with_capacity(0);
        let mut before = Instant::now();
        for &key in &keys {
            map.insert(key);
            let now = Instant::now();
            times.push(now - before);
            before = now;
        }
        drop(map);
        let clock = Clock::start();
        let mut map = M::with_capacity(0);
        keys.iter().for_each(|&key| map.insert(key));
        drop(black_box(map));
        let whole = clock.stop().as_nanos() as f64 / n as f64;
        times.sort_unstable();
        let at = |share: f64| {
            let time = times[((n as f64 * share) as usize).min(n - 1)];
            Figure(time.as_nanos() as f64, false)
        };
        [at(0.5), at(0.99), at(0.999), at(0.9999), at(1.0), Figure(whole, false)]
    }
    let n = (1 << extent.inserts) * 86 / 100;
    let mut best: Option<[[Figure; 6]; 2]> = None;
    for _ in 0..extent.rounds {
        let round = [
            inserts::<rosti::HashMap<u64, u64, FixedState>>(n),
            inserts::<hashbrown::HashMap<u64, u64, FixedState>>(n),
        ];
        best = Some(best.map_or(round, |best| {
            [0, 1].map(|map| std::array::from_fn(|at| best[map][at].least(round[map][at])))
        }));
    }
    let best = best.expect("a round at least");
    for (at, what) in
        ["p50", "p99", "p99.9", "p99.99", "max", "build and drop"].into_iter().enumerate()
    {
        add(samples, INSERT, what, (extent.inserts, n), best.map(|figures| figures[at]));
    }
}

impl Sample {
    fn ratio(&self) -> f64 {
        self.figures[0].0 / self.figures[1].0
    }

    fn is_structured(&self) -> bool {
        self.case.contains(": ")
    }

    /// The sample of the same case that is about something else.
    fn other<'s>(&self, samples: &'s [Self], what: &str) -> Option<&'s Self> {
        samples.iter().find(|other| {
            (&other.case, other.log_slots, other.n) == (&self.case, self.log_slots, self.n)
                && other.what == what
        })
    }

    /// rosti's lookup of an absent key after churn, to that in the fresh map.
    fn to_fresh(&self, samples: &[Self]) -> Option<f64> {
        Some(self.figures[0].0 / self.other(samples, "miss")?.figures[0].0)
    }

    /// The same to that in a map built anew of the entries after the churn.
    fn to_anew(&self, samples: &[Self]) -> Option<f64> {
        let anew = self.other(samples, &format!("{} anew", self.what))?;
        Some(self.figures[0].0 / anew.figures[0].0)
    }

    /// Its lines in a record.
    pub fn write(&self, text: &mut String) {
        let slots = 1_u64 << self.log_slots;
        for (Figure(amount, cut), name) in self.figures.iter().zip(["rosti", "hashbrown"]) {
            _ = writeln!(
                text,
                "cliff,{}/{}{},{slots},{:.3},{},1,{name},{amount:.4},{:.4}",
                self.case,
                self.what.replace(',', ";"),
                if *cut { ">" } else { "" },
                self.n as f64 / slots as f64,
                self.n,
                if name == "rosti" { self.ratio() } else { 1.0 },
            );
        }
    }

    /// Reads a line that [`write`](Self::write) wrote: hashbrown's belongs to the sample before it.
    pub fn read(line: &str, samples: &mut Vec<Self>) -> Option<()> {
        let fields: Vec<&str> = line.strip_prefix("cliff,")?.split(',').collect();
        let &[name, slots, _, n, _, subject, amount, _] = &fields[..] else { return None };
        let (case, what) = name.split_once('/')?;
        let (what, cut) = what.strip_suffix('>').map_or((what, false), |what| (what, true));
        let figure = Figure(amount.parse().ok()?, cut);
        if subject == "hashbrown" {
            samples.last_mut()?.figures[1] = figure;
        } else {
            let log_slots = slots.parse::<u64>().ok()?.checked_ilog2()?;
            let figures = [figure, Figure(f64::NAN, false)];
            let what = what.replace(';', ",");
            samples.push(Self { case: case.into(), what, log_slots, n: n.parse().ok()?, figures });
        }
        Some(())
    }
}

/// A mean of some samples' ratios, or the worst of them and where it is.
type Judged = Option<(f64, String)>;

fn mean<'s>(ratios: impl Iterator<Item = (&'s Sample, f64)>) -> Judged {
    Some((geomean(ratios.map(|(_, ratio)| ratio))?, String::new()))
}

fn worst<'s>(ratios: impl Iterator<Item = (&'s Sample, f64)>) -> Judged {
    let (sample, ratio) = ratios.max_by(|(_, left), (_, right)| left.total_cmp(right))?;
    let Sample { case, what, log_slots, n, .. } = sample;
    Some((ratio, format!("{case}; {what}; {n} of 2^{log_slots}")))
}

/// What must be reached, as a table in Markdown.
#[must_use]
pub fn targets(samples: &[Sample]) -> String {
    let of = |is: fn(&Sample) -> bool, whats: &'static [&'static str]| {
        samples.iter().filter(move |s| is(s) && whats.contains(&&*s.what))
    };
    let plain = |s: &Sample| s.case == PLAIN;
    let in_cache = |s: &Sample| s.case == PLAIN && s.log_slots <= IN_CACHE;
    let walks = |s: &Sample| s.case == WALK && s.log_slots > 20;
    let empty = |s: &Sample| s.case == EMPTY;
    let ratio = |s: &'_ Sample| s.ratio();
    let to_fresh = |s: &Sample| s.to_fresh(samples).unwrap_or(f64::NAN);
    // To the better of two: this map when it was fresh, and hashbrown's at the same age.
    let aged = |s: &Sample| to_fresh(s).max(s.ratio());
    let with = |is, whats, ratio: &dyn Fn(&Sample) -> f64| {
        of(is, whats).map(|s| (s, ratio(s))).collect::<Vec<_>>().into_iter()
    };
    let (miss, churn) = (&["churn, miss"], &["churn"]);
    let all_walks = &["for", "fold", "values", "retain", "extract_if"];
    let gets = &["get, 8 bytes", "get, 100 bytes", "get, 1000 bytes"];
    let pairs = Sample::is_structured;
    // (Of records that do not have it there is no such row.)
    let anew = of(pairs, OLD).filter_map(|s| Some((s, s.to_anew(samples)?)));
    let rows = [
        ("miss after 16 n churn / fresh", mean(with(plain, miss, &to_fresh)), 1.15, 1.05),
        ("the same, worst in cache", worst(with(in_cache, miss, &to_fresh)), 1.6, 1.3),
        (
            "miss after churn, any hasher and keys / min(fresh, hashbrown's), worst",
            worst(with(pairs, OLD, &aged)),
            4.0,
            2.0,
        ),
        ("the same / in a map built anew of these entries, worst", worst(anew), 4.0, 2.0),
        (
            "churn, any hasher and keys, worst",
            worst(with(pairs, &["churn", "fifo"], &ratio)),
            4.0,
            2.0,
        ),
        ("churn, foldhash", mean(with(plain, churn, &ratio)), 0.70, 0.60),
        ("the same, worst in cache", worst(with(in_cache, churn, &ratio)), 1.6, 1.2),
        ("walk, 2^20 capacity, 1 to 1000 entries", mean(with(walks, all_walks, &ratio)), 1.0, 0.6),
        ("get in an empty map", mean(with(empty, gets, &ratio)), 1.05, 1.0),
    ];
    let mut text = String::from("| row | rosti | must | aim | where |\n|---|---|---|---|---|\n");
    for (name, judged, must, aim) in rows {
        let Some((ratio, place)) = judged else { continue };
        let mark = if ratio > must { "**" } else { "" };
        _ = writeln!(text, "| {name} | {mark}{ratio:.2}{mark} | {must:.2} | {aim:.2} | {place} |");
    }
    text
}

/// All cases: rosti's time to hashbrown's, and misses after churn also to the map's own when it was fresh, and to those in
/// a map built anew of the same entries.
#[must_use]
pub fn table(samples: &[Sample]) -> String {
    const COLUMNS: [&str; 15] = [
        "build",
        "hit",
        "miss",
        "hit 25 %",
        "hit 75 %",
        "hit 90 %",
        "remove absent",
        "insert present",
        "bytes",
        "churn",
        "churn, hit",
        "churn, miss",
        "churn, bytes",
        "fifo",
        "fifo, miss",
    ];
    let mut text = format!("{:<32}{:>6}{:>6}", "rosti / hashbrown", "slots", "load");
    for column in COLUMNS {
        _ = write!(text, " {column:>7}");
    }
    text += "  misses to own fresh ones, to those of a new map of the same entries, bytes after churn\n";
    let mark = |sample: &Sample| if sample.figures[0].1 { ">" } else { "" };
    for first in samples.iter().filter(|s| s.what == COLUMNS[0]) {
        let load = first.n as f64 / (1_u64 << first.log_slots) as f64;
        _ = write!(text, "{:<32}{:>6}{load:>6.2}", first.case, format!("2^{}", first.log_slots));
        for column in COLUMNS {
            let number = first.other(samples, column).map_or_else(String::new, |sample| {
                format!("{}{:.2}", mark(sample), sample.ratio())
            });
            _ = write!(text, " {number:>width$}", width = column.len().max(7));
        }
        for ratio in [Sample::to_fresh, Sample::to_anew] {
            for what in OLD {
                let own = first.other(samples, what).and_then(|sample| ratio(sample, samples));
                _ = write!(text, " {:>6.2}", own.unwrap_or(f64::NAN));
            }
        }
        if let Some(bytes) = first.other(samples, "churn, bytes") {
            let [Figure(ours, _), Figure(theirs, _)] = bytes.figures;
            _ = write!(text, " {ours:>6.1} {theirs:>6.1}");
        }
        text.push('\n');
    }
    for sample in samples.iter().filter(|s| !s.is_structured()) {
        let [Figure(ours, _), Figure(theirs, _)] = sample.figures;
        _ = writeln!(
            text,
            "{:<12}{:<16} n = {:<8}{ours:>12.2}{theirs:>12.2}{:>8.2}",
            sample.case,
            sample.what,
            sample.n,
            sample.ratio()
        );
    }
    text
}
