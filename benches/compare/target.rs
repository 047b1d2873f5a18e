//! The rows by which rosti is judged: what must be reached and what is aimed at.
//!
//! A `--targets` run measures the cells of these rows, whole octaves from 2^10 to 2^20 slots, and
//! prints them as a table in Markdown, losses included.

use crate::input::Cell;
use crate::report::{geomean, number};
use crate::run::{BASE, COPYING, INT, LIMIT, Measured, NULL, OURS, STD, STR, SUBJECTS, SWAR};
use crate::workload::{Scene, Wanted, Workload};
use std::fmt::Write as _;
use std::ops::RangeInclusive;

/// Powers of two of slots that a `--targets` run measures.
pub const SLOTS: &[u32] = &[10, 13, 16, 18, 20, 22];
/// The octaves of nearly all rows.
const OCTAVES: RangeInclusive<u32> = 10..=20;
/// Tables of 16 MiB and more, with entries of 16 bytes.
const LARGE: RangeInclusive<u32> = 20..=26;

/// A row.
struct Target {
    name: &'static str,
    /// The name of a kind.
    kind: &'static str,
    /// Whose ratios make the mean.
    workloads: &'static [Workload],
    /// Powers of two of slots.
    slots: RangeInclusive<u32>,
    /// The least load.
    load: f64,
    /// The ratio is this subject's time to the next one's.
    subjects: (usize, usize),
    must: Option<f64>,
    aim: Option<f64>,
}

impl Target {
    const fn new(
        name: &'static str,
        kind: &'static str,
        workloads: &'static [Workload],
        must: f64,
        aim: f64,
    ) -> Self {
        let (subjects, must, aim) = ((OURS, BASE), Some(must), Some(aim));
        Self { name, kind, workloads, slots: OCTAVES, load: 0.0, subjects, must, aim }
    }

    /// The same of tables of 16 MiB and more.
    const fn large(self) -> Self {
        Self { slots: LARGE, ..self }
    }

    /// The same without anything to be reached: a price that is known, and shown.
    const fn shown(self) -> Self {
        Self { must: None, aim: None, ..self }
    }

    /// The same of tables with this load at least.
    const fn at_load(self, load: f64) -> Self {
        Self { load, ..self }
    }

    /// The integer map in place of the general one.
    const fn of_int(self) -> Self {
        Self { subjects: (INT, BASE), ..self }
    }

    /// The SWAR backend in relation to the native one.
    const fn swar(name: &'static str, workloads: &'static [Workload]) -> Self {
        Self { subjects: (SWAR, OURS), aim: None, ..Self::new(name, "u64", workloads, 1.35, 0.0) }
    }

    /// `StrMap` in relation to hashbrown's map.
    const fn str_map(
        name: &'static str,
        kind: &'static str,
        workload: &'static [Workload],
        slots: RangeInclusive<u32>,
        must: f64,
        aim: f64,
    ) -> Self {
        Self { subjects: (STR, COPYING), slots, ..Self::new(name, kind, workload, must, aim) }
    }

    /// Whether the row is made of such cells, too.
    fn takes(&self, kind: &str, cell: &Cell) -> bool {
        let of_size = || self.slots.contains(&cell.log_slots) && cell.load >= self.load;
        kind == self.kind
            && self.workloads.iter().any(|&workload| cell.hosts(workload))
            && (cell.scene == Scene::Small || of_size())
    }
}

/// All rows.
const TARGETS: [Target; 46] = {
    use Workload as W;
    const fn row(name: &'static str, workloads: &'static [W], must: f64, aim: f64) -> Target {
        Target::new(name, "u64", workloads, must, aim)
    }
    [
        row("hit", &[W::Hit], 1.00, 0.92),
        row("hit, dependent, tables >= 16 MiB", &[W::HitDep], 0.68, 0.55).large(),
        row("miss", &[W::Miss], 0.70, 0.58),
        row("miss, load >= .75", &[W::Miss], 0.40, 0.33).at_load(0.75),
        row("miss, tables >= 16 MiB", &[W::Miss], 1.0, 1.0).large().shown(),
        row("mixed", &[W::Mixed], 0.85, 0.75),
        row("grow", &[W::Grow], 0.72, 0.50),
        row("reserved", &[W::Reserved], 0.90, 0.70),
        row("churn", &[W::Churn], 0.70, 0.55),
        row("entry, uniform and Zipf", &[W::EntryUniform, W::EntryZipf], 0.85, 0.75),
        row("remove", &[W::Remove], 0.70, 0.55),
        row("iterate", &[W::Iterate], 0.95, 0.70),
        row("iterate, sparse", &[W::IterateSparse], 0.80, 0.50),
        row("clone", &[W::Clone], 0.80, 0.40),
        row("clear", &[W::Clear], 0.90, 0.50),
        row("drop", &[W::Drop], 1.0, 0.50),
        row("extend, collect", &[W::Extend, W::Collect], 0.80, 0.60),
        Target::new("String, hit", STRING, &[W::Hit], 1.00, 0.90),
        Target::new("String, grow", STRING, &[W::Grow], 0.85, 0.70),
        Target::new("String, reserved", STRING, &[W::Reserved], 0.92, 0.80),
        Target::new("u32, hit", "u32", &[W::Hit], 0.97, 0.87),
        Target::new("u32, grow", "u32", &[W::Grow], 0.70, 0.55),
        Target::new("56-byte value, hit", "wide", &[W::Hit], 1.00, 0.90),
        Target::new("56-byte value, grow", "wide", &[W::Grow], 0.76, 0.60),
        row("slowest insert", &[W::OneBigInsert], 0.75, 0.40),
        row("small maps, hit", &[W::SmallHit], 0.95, 0.75),
        row("small maps, build and drop", &[W::SmallBuild], 0.90, 0.60),
        row("bytes per entry", &[W::Bytes], 1.02, 1.0),
        Target::str_map(
            "StrMap 3-12, hit, 2^15 slots and more",
            SHORT,
            &[W::Hit],
            15..=20,
            0.65,
            0.50,
        ),
        Target::str_map("StrMap 3-12, hit, fewer", SHORT, &[W::Hit], 10..=14, 0.95, 0.80),
        Target::str_map("StrMap 8-24, hit", STRING, &[W::Hit], OCTAVES, 0.85, 0.70),
        Target::str_map("StrMap 40-80, hit", LONG, &[W::Hit], OCTAVES, 0.95, 0.85),
        Target::str_map("StrMap 3-12, build", SHORT, &[W::Grow], OCTAVES, 0.60, 0.40),
        Target::str_map("StrMap 8-24, build", STRING, &[W::Grow], OCTAVES, 0.60, 0.40),
        Target::str_map("StrMap 40-80, build", LONG, &[W::Grow], OCTAVES, 0.60, 0.40),
        Target::str_map("StrMap 3-12, miss", SHORT, &[W::Miss], OCTAVES, 0.95, 0.80),
        Target::str_map("StrMap 8-24, miss", STRING, &[W::Miss], OCTAVES, 0.95, 0.80),
        Target::str_map("StrMap 40-80, miss", LONG, &[W::Miss], OCTAVES, 0.95, 0.80),
        Target::str_map(
            "StrMap 8-24, drop, clear",
            STRING,
            &[W::Drop, W::Clear],
            OCTAVES,
            0.30,
            0.10,
        ),
        Target::str_map("StrMap 3-12, bytes per entry", SHORT, &[W::Bytes], OCTAVES, 0.70, 0.55),
        row("IntMap, hit", &[W::Hit], 0.97, 0.90).of_int(),
        row("IntMap, grow", &[W::Grow], 0.60, 0.50).of_int(),
        row("IntMap, small maps", &[W::SmallBuild, W::SmallHit, W::SmallMiss], 0.75, 0.60).of_int(),
        row("IntMap, clone", &[W::Clone], 0.45, 0.30).of_int(),
        Target::swar("SWAR / native, hit", &[W::Hit]),
        Target::swar("SWAR / native, miss", &[W::Miss]),
    ]
};

/// The kind of strings that stands for all.
const STRING: &str = "str8-24";
/// Strings that fit into a cell of `StrMap`, and strings that do not.
const SHORT: &str = "str3-12";
const LONG: &str = "str40-80";

/// The workloads that rows need of such a cell.
#[must_use]
pub fn wanted(kind: &str, cell: &Cell) -> Wanted {
    let rows = TARGETS.iter().filter(|target| target.takes(kind, cell));
    rows.flat_map(|target| target.workloads).copied().collect()
}

/// What was measured for a row.
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// The geomean of the ratios.
    pub ratio: f64,
    /// Whether they are ratios to hashbrown's map with the same keys.
    pub is_to_hashbrown: bool,
    /// What must be reached, and what is aimed at.
    targets: (Option<f64>, Option<f64>),
    null: Option<f64>,
    std: Option<f64>,
    /// The geomean of the times, or bytes.
    per_op: Option<f64>,
    limit: Option<f64>,
}

impl Row {
    fn new(target: &Target, cells: &[Measured]) -> Option<Self> {
        let of_row = cells.iter().filter(|cell| target.takes(cell.kind.name, &cell.cell));
        let samples: Vec<(&Measured, Workload)> = of_row
            .flat_map(|cell| target.workloads.iter().map(move |&workload| (cell, workload)))
            .collect();
        let mean = |subject, base| {
            let ratios = samples
                .iter()
                .filter_map(|(cell, workload)| cell.samples.ratio(*workload, subject, base));
            geomean(ratios)
        };
        let (subject, base) = target.subjects;
        let times =
            samples.iter().filter_map(|(cell, workload)| cell.samples.get(*workload, subject));
        Some(Self {
            name: target.name,
            ratio: mean(subject, base)?,
            is_to_hashbrown: base == BASE,
            targets: (target.must, target.aim),
            null: mean(NULL, BASE),
            std: mean(STD, BASE).filter(|_| base == BASE),
            per_op: geomean(times),
            limit: mean(subject, LIMIT),
        })
    }

    fn is_short(&self) -> bool {
        self.targets.0.is_some_and(|must| self.ratio > must)
    }
}

/// All rows that something was measured for.
#[must_use]
pub fn rows(cells: &[Measured]) -> Vec<Row> {
    TARGETS.iter().filter_map(|target| Row::new(target, cells)).collect()
}

/// They as a table in Markdown.
#[must_use]
pub fn table(cells: &[Measured]) -> String {
    let mut text = String::from(
        "\
| row | rosti | must | aim | null | std | ns | limit |
|---|---|---|---|---|---|---|---|
",
    );
    let rows = rows(cells);
    for row in &rows {
        let mark = if row.is_short() { "**" } else { "" };
        let [must, aim, null, std, per_op] =
            [row.targets.0, row.targets.1, row.null, row.std, row.per_op].map(plain);
        let limit = row.limit.map_or_else(String::new, |times| format!("{times:.1}x"));
        _ = writeln!(
            text,
            "| {} | {mark}{:.2}{mark} | {must} | {aim} | {null} | {std} | {per_op} | {limit} |",
            row.name, row.ratio,
        );
    }
    let short = rows.iter().filter(|row| row.is_short()).count();
    let lost = rows.iter().filter(|row| row.is_to_hashbrown && row.ratio > 1.0).count();
    let hashbrown = SUBJECTS[BASE];
    _ = write!(
        text,
        "
Of {} rows, {short} miss what they must reach (in bold) and {lost} are slower than {hashbrown}.
",
        rows.len(),
    );
    text
}

/// A number, or nothing.
fn plain(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| number(Some(value), 0))
}
