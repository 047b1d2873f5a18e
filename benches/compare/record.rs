//! Cells in files: written after a run, read again to report on it without measuring.

use crate::cliff;
use crate::input::Cell;
use crate::run::{BASE, Kind, Measured, SUBJECTS};
use crate::workload::{Scene, Wanted, Workload};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The columns.
const TITLE: &str = "kind,workload,slots,load,n,maps,subject,ns_per_op,ratio";

/// Writes every cell to `path`, with the lines of `header` as comments before it.
pub fn write(
    path: &Path,
    header: &[String],
    cells: &[Measured],
    cliffs: &[cliff::Sample],
) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text(header, cells, cliffs))
}

/// What [`write`] writes.
fn text(header: &[String], cells: &[Measured], cliffs: &[cliff::Sample]) -> String {
    let mut text = String::new();
    for line in header {
        _ = writeln!(text, "# {line}");
    }
    _ = writeln!(text, "{TITLE}");
    for Measured { kind, cell, wanted, samples } in cells {
        for workload in wanted.iter() {
            for (subject, name) in SUBJECTS.iter().enumerate() {
                let Some(sample) = samples.get(workload, subject) else {
                    continue;
                };
                let ratio = samples
                    .ratio(workload, subject, BASE)
                    .map_or(String::new(), |ratio| format!("{ratio:.4}"));
                // Six digits that count: freeing a large table takes next to nothing per entry.
                let places =
                    5_i32.saturating_sub(sample.log10().floor() as i32).clamp(0, 15) as usize;
                _ = writeln!(
                    text,
                    "{},{},{},{:.3},{},{},{name},{sample:.places$},{ratio}",
                    kind.name,
                    workload.name(),
                    1_u64 << cell.log_slots,
                    cell.load,
                    cell.n,
                    cell.maps,
                );
            }
        }
    }
    cliffs.iter().for_each(|sample| sample.write(&mut text));
    text
}

/// What a file holds: the comments at its beginning, cells, and samples of cliffs.
pub type Record = (Vec<String>, Vec<Measured>, Vec<cliff::Sample>);

/// Reads a file.
pub fn read(path: &Path) -> Result<Record, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string());
    text.and_then(|text| parse(&text))
        .map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// Fails if `cells` do not survive being written and read.
pub fn check(cells: &[Measured], cliffs: &[cliff::Sample]) -> Result<(), String> {
    let written = text(&[], cells, cliffs);
    let (_, cells, cliffs) = parse(&written)?;
    let again = text(&[], &cells, &cliffs);
    // The ratio is not read but made again, of numbers that have been rounded.
    let facts = |text: &str| -> Vec<String> {
        text.lines().filter_map(|line| Some(line.rsplit_once(',')?.0.to_owned())).collect()
    };
    if facts(&written) == facts(&again) {
        Ok(())
    } else {
        Err(format!("what was written:\n{written}\nwas read as:\n{again}"))
    }
}

fn parse(text: &str) -> Result<Record, String> {
    let (mut header, mut cliffs) = (Vec::new(), Vec::new());
    let mut cells: Vec<Measured> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if let Some(comment) = line.strip_prefix("# ") {
            header.push(comment.to_owned());
        } else if line != TITLE && cliff::Sample::read(line, &mut cliffs).is_none() {
            let sample = Sample::parse(line)
                .ok_or_else(|| format!("line {}: not a cell of this bench: `{line}`", at + 1))?;
            sample.add_to(&mut cells);
        }
    }
    Ok((header, cells, cliffs))
}

/// The model of the CPU that a header names, without the number of threads that the run could use.
pub fn cpu(header: &[String]) -> Option<&str> {
    let line = header.iter().find_map(|line| line.strip_prefix("cpu: "))?;
    Some(match line.rsplit_once(", ") {
        Some((model, threads)) if threads.ends_with("threads") => model,
        _ => line,
    })
}

/// Whether two headers name one model. The first records do not know its family.
pub fn is_same_cpu(one: &[String], other: &[String]) -> bool {
    let begins = |long: &str, short: &str| {
        long.strip_prefix(short).is_some_and(|more| more.is_empty() || more.starts_with(", family"))
    };
    cpu(one).zip(cpu(other)).is_some_and(|(one, other)| begins(one, other) || begins(other, one))
}

/// The other records in the folder of `path` that are of the same CPU: one for each model is kept.
pub fn superseded(path: &Path, header: &[String]) -> Vec<PathBuf> {
    let files = path.parent().and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten();
    let others = files.flatten().map(|file| file.path()).filter(|other| other != path);
    others.filter(|other| read(other).is_ok_and(|(old, ..)| is_same_cpu(&old, header))).collect()
}

/// Lets `later` take the place of rows of `cells`, workload by workload: a ratio is of one run.
pub fn merge(cells: &mut Vec<Measured>, later: Vec<Measured>) {
    for new in later {
        match cells.iter_mut().find(|old| same(old, &new.kind, &new.cell)) {
            Some(old) => new.wanted.iter().for_each(|workload| {
                old.wanted.add(workload);
                old.samples.take_over(workload, &new.samples);
            }),
            None => cells.push(new),
        }
    }
}

/// Whether a cell is this one.
fn same(measured: &Measured, kind: &Kind, cell: &Cell) -> bool {
    let place = |cell: &Cell| (cell.scene, cell.log_slots, cell.n);
    measured.kind.name == kind.name && place(&measured.cell) == place(cell)
}

/// A line of a file.
struct Sample {
    kind: Kind,
    cell: Cell,
    workload: Workload,
    subject: usize,
    amount: f64,
}

impl Sample {
    fn parse(line: &str) -> Option<Self> {
        let fields: Vec<&str> = line.split(',').collect();
        let &[kind, workload, slots, load, n, maps, subject, amount, _] = &fields[..] else {
            return None;
        };
        let only = |found: Vec<Workload>| (found.len() == 1).then_some(found[0]);
        let workload = only(Workload::find(workload))?;
        let cell = match workload.scene() {
            Scene::Table => Cell::table(slots.parse::<u64>().ok()?.ilog2(), load.parse().ok()?),
            Scene::Small => Cell::small(n.parse().ok()?),
        };
        Some(Self {
            kind: *Kind::find(kind).first()?,
            cell: Cell { n: n.parse().ok()?, maps: maps.parse().ok()?, ..cell },
            workload,
            subject: SUBJECTS.iter().position(|&name| name == subject)?,
            amount: amount.parse().ok()?,
        })
    }

    fn add_to(self, cells: &mut Vec<Measured>) {
        let Self { kind, cell, workload, subject, amount } = self;
        let at = cells.iter().position(|old| same(old, &kind, &cell)).unwrap_or_else(|| {
            cells.push(Measured::new(kind, cell, Wanted::default()));
            cells.len() - 1
        });
        cells[at].wanted.add(workload);
        cells[at].samples.add(workload, subject, amount);
    }
}
