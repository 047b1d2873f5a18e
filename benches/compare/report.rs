//! What a run says: the table, the cells, the agreement of two runs.

use crate::run::{BASE, LIMIT, Measured, NULL, OURS, SUBJECTS, SWAR};
use crate::workload::{Scene, Workload};
use std::fmt::Write as _;

/// What counts as noise: smaller differences are not marked.
const NOISE: f64 = 1.03;
/// Loads from here on make the second geomean.
const HIGH: f64 = 0.75;

/// The geometric mean, if there is anything to take it of.
#[must_use]
pub fn geomean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value.ln(), count + 1));
    (count > 0).then(|| (sum / f64::from(count)).exp())
}

/// A number of the given width, or a dash.
#[must_use]
pub fn number(value: Option<f64>, width: usize) -> String {
    match value {
        None => format!("{:>width$}", "-"),
        Some(value) if value < 0.1 => format!("{value:>width$.4}"),
        Some(value) if value < 100.0 => format!("{value:>width$.2}"),
        Some(value) => format!("{value:>width$.0}"),
    }
}

/// The means of one workload and subject.
struct Row {
    all: Option<f64>,
    high: Option<f64>,
    per_op: Option<f64>,
}

impl Row {
    fn new(cells: &[&Measured], workload: Workload, subject: usize) -> Self {
        let ratio = |cell: &Measured| cell.samples.ratio(workload, subject, BASE);
        let tables = cells.iter().filter(|cell| cell.cell.scene == Scene::Table);
        Self {
            all: geomean(cells.iter().filter_map(|cell| ratio(cell))),
            high: geomean(
                tables.filter(|cell| cell.cell.load >= HIGH).filter_map(|cell| ratio(cell)),
            ),
            per_op: geomean(cells.iter().filter_map(|cell| cell.samples.get(workload, subject))),
        }
    }

    /// What this row of ours has to admit, given the null row beside it.
    fn verdict(&self, null: &Self) -> &'static str {
        let pairs = [(self.all, null.all), (self.high, null.high)];
        let lost =
            || pairs.iter().filter_map(|&(ours, null)| Some((ours.filter(|&r| r > NOISE)?, null)));
        let off = |null: Option<f64>| null.map_or(1.0, |null| null.max(1.0 / null));
        if lost().any(|(ours, null)| ours > off(null)) {
            LOSES
        } else if lost().next().is_some() {
            " loses, as far off as null"
        } else {
            ""
        }
    }
}

/// The mark of a lost row.
const LOSES: &str = " rosti loses";

/// The table: a line per kind and workload, some columns per subject.
#[must_use]
pub fn table(cells: &[Measured]) -> String {
    let rows = rows(cells);
    let present: Vec<usize> = (0..SUBJECTS.len())
        .filter(|&subject| {
            let has =
                |workload| cells.iter().any(|cell| cell.samples.get(workload, subject).is_some());
            rows.iter().any(|&(_, workload)| has(workload))
        })
        .collect();
    let (mut names, mut columns) = (String::new(), String::new());
    for &subject in &present {
        let (name, column) = match subject {
            BASE => (format!("{:^11}", SUBJECTS[subject]), format!("{:>10} ", "ns/op")),
            LIMIT => {
                (format!("{:^20}", SUBJECTS[subject]), format!("{:>10} {:>8} ", "ns/op", "rosti"))
            }
            _ => (
                format!("{:^25}", SUBJECTS[subject]),
                format!("{:>7} {:>7} {:>8} ", "all", ">=.75", "ns/op"),
            ),
        };
        names += &format!("|{name}");
        columns += &format!("|{column}");
    }
    let mut text = format!("{:26}{names}|\n{:<10}{:<16}{columns}|\n", "", "kind", "workload");
    let mut lost = 0;
    for &(kind, workload) in &rows {
        let cells: Vec<&Measured> = cells
            .iter()
            .filter(|cell| cell.kind.name == kind && cell.wanted.has(workload))
            .collect();
        _ = write!(text, "{kind:<10}{:<16}", workload.name());
        let ours = Row::new(&cells, workload, OURS);
        for &subject in &present {
            let row = Row::new(&cells, workload, subject);
            let per_op = number(row.per_op, 8);
            _ = match subject {
                BASE => write!(text, "|  {per_op} "),
                LIMIT => {
                    let times = ours.per_op.zip(row.per_op).map(|(ours, limit)| ours / limit);
                    let times = times.map_or("-".into(), |times| format!("{times:.1}x"));
                    write!(text, "|  {per_op} {times:>8} ")
                }
                _ => write!(text, "|{} {} {per_op} ", number(row.all, 7), number(row.high, 7)),
            };
        }
        let verdict = ours.verdict(&Row::new(&cells, workload, NULL));
        text += &format!("|{verdict}\n");
        lost += usize::from(verdict == LOSES);
    }
    _ = write!(
        text,
        "
all, >=.75: geomeans of the ratio of times to {}'s, over all cells and over those of load >= .75
ns/op: geomean over all cells; in rows of bytes, heap bytes per entry
null: hashbrown against itself; its distance from 1.00 is the noise of the row
rosti loses {lost} of {} rows by more than {:.0} % and more than the noise
",
        SUBJECTS[BASE],
        rows.len(),
        (NOISE - 1.0) * 100.0,
    );
    for workload in [Workload::Hit, Workload::Miss] {
        let ratios = cells.iter().filter_map(|cell| cell.samples.ratio(workload, SWAR, OURS));
        if let Some(ratio) = geomean(ratios) {
            let (swar, ours, name) = (SUBJECTS[SWAR], SUBJECTS[OURS], workload.name());
            _ = writeln!(
                text,
                "{swar} takes {ratio:.2} of {ours}'s time in {name}, over all kinds"
            );
        }
    }
    if present.contains(&LIMIT) {
        text += "limit: the same reads and writes in plain arrays, and how many times that rosti takes\n";
    }
    text
}

/// The kinds and workloads that `cells` have results for.
pub fn rows(cells: &[Measured]) -> Vec<(&'static str, Workload)> {
    let mut rows = Vec::new();
    for cell in cells {
        for workload in cell.wanted.iter() {
            let row = (cell.kind.name, workload);
            if cell.samples.get(workload, BASE).is_some() && !rows.contains(&row) {
                rows.push(row);
            }
        }
    }
    rows.sort_by_key(|&(kind, workload)| {
        let first = cells.iter().position(|cell| cell.kind.name == kind);
        (first, workload as usize)
    });
    rows
}

/// The ratios of every cell.
#[must_use]
pub fn cells(cells: &[Measured]) -> String {
    let mut text = String::new();
    for (kind, workload) in rows(cells) {
        _ = writeln!(text, "\n{kind} {}: {}", workload.name(), workload.definition());
        for cell in cells.iter().filter(|cell| cell.kind.name == kind) {
            let Some(base) = cell.samples.get(workload, BASE) else {
                continue;
            };
            _ = write!(
                text,
                "  {:<24} {} {:<2}",
                cell.cell.to_string(),
                number(Some(base), 8),
                if workload.is_memory() { "B" } else { "ns" }
            );
            for (subject, name) in SUBJECTS.iter().enumerate().filter(|&(at, _)| at != BASE) {
                if let Some(ratio) = cell.samples.ratio(workload, subject, BASE) {
                    _ = write!(text, "  {name} {ratio:.2}");
                }
            }
            text.push('\n');
        }
    }
    text
}

/// How far two runs agree: a line per row and subject that differ, and the greatest difference of all
/// means that are compared with hashbrown.
#[must_use]
pub fn agreement(first: &[Measured], second: &[Measured]) -> (String, f64) {
    let mut text = format!(
        "{:<10}{:<16}{:<12}{:>8}{:>8}{:>8}\n",
        "kind", "workload", "subject", "first", "second", "differ"
    );
    let mut greatest = 0.0_f64;
    for (kind, workload) in rows(first) {
        for subject in (0..SUBJECTS.len()).filter(|&subject| subject != BASE && subject != LIMIT) {
            let mean = |cells: &[Measured]| {
                let of_row = cells.iter().filter(|cell| cell.kind.name == kind);
                geomean(of_row.filter_map(|cell| cell.samples.ratio(workload, subject, BASE)))
            };
            let Some((first, second)) = mean(first).zip(mean(second)) else { continue };
            let difference = (first / second).max(second / first) - 1.0;
            greatest = greatest.max(difference);
            _ = writeln!(
                text,
                "{kind:<10}{:<16}{:<12}{first:>8.3}{second:>8.3}{:>7.1}%",
                workload.name(),
                SUBJECTS[subject],
                difference * 100.0,
            );
        }
    }
    (text, greatest)
}
