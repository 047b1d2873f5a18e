//! The pages that show records: some rows in README.md, all of them in docs/performance.md.
//!
//! Both are written from the record at hand and from the newest one of each other CPU in `record/`, the
//! newest first. What stands between two marks is replaced; the rest of a page is not touched.

use crate::cliff;
use crate::record::{self, Record};
use crate::report::number;
use crate::target::{self, Row};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The rows that the README shows, beside all those that are lost.
const MAIN: [&str; 11] = [
    "hit",
    "miss",
    "hit, dependent, tables >= 16 MiB",
    "miss, tables >= 16 MiB",
    "grow",
    "churn",
    "entry, uniform and Zipf",
    "iterate",
    "small maps, build and drop",
    "String, hit",
    "StrMap 8-24, hit",
];

/// A ratio from here on is a loss: it is printed as 1.01 or more.
const LOST: f64 = 1.005;

/// Days from which on the core was another one in some respect: what an older record does not know of.
const CHANGES: [(&str, &str); 1] = [("2026-11-28", "overflow counts replaced overflow bits")];

/// Rewrites the pages in the current folder; returns their paths.
pub fn write(record: Record) -> Result<Vec<PathBuf>, String> {
    let records = with_other_cpus(record);
    [("README.md", speed(&records)), ("docs/performance.md", tables(&records))]
        .into_iter()
        .map(|(path, text)| fill(Path::new(path), &text))
        .collect()
}

/// This record and the newest of each other CPU.
fn with_other_cpus(record: Record) -> Vec<Record> {
    let files = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = files(Path::new("record"))
        .flat_map(|target| files(&target.path()))
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "csv"))
        .collect();
    // Files are named by their dates.
    paths.sort_by(|one, other| other.file_name().cmp(&one.file_name()));
    let mut records = vec![record];
    for path in paths {
        let Ok(other) = record::read(&path) else { continue };
        if !records.iter().any(|(header, ..)| record::is_same_cpu(header, &other.0)) {
            records.push(other);
        }
    }
    records.sort_by(|(one, ..), (other, ..)| line(other, "date:").cmp(line(one, "date:")));
    records
}

/// Replaces what stands between the marks of a page.
fn fill(path: &Path, text: &str) -> Result<PathBuf, String> {
    const MARKS: [&str; 2] = ["<!-- from the records -->\n", "<!-- end -->"];
    let failed = |error: &str| format!("cannot rewrite {}: {error}", path.display());
    let page = fs::read_to_string(path).map_err(|error| failed(&error.to_string()))?;
    let parts = page
        .split_once(MARKS[0])
        .and_then(|(before, rest)| rest.split_once(MARKS[1]).map(|(_, after)| (before, after)));
    let (before, after) = parts.ok_or_else(|| failed("the marks are not there"))?;
    let [begin, end] = MARKS;
    let page = format!("{before}{begin}{}\n{end}{after}", text.trim_end());
    fs::write(path, page).map_err(|error| failed(&error.to_string()))?;
    Ok(path.to_owned())
}

/// A column per record: the main rows, and all that are lost anywhere.
fn speed(records: &[Record]) -> String {
    let columns: Vec<Vec<Row>> = records.iter().map(|(_, cells, _)| target::rows(cells)).collect();
    let ratio = |column: &[Row], name: &str| {
        column.iter().find(|row| row.name == name).map(|row| row.ratio)
    };
    let mut lost: Vec<&str> = Vec::new();
    for row in columns.iter().flatten() {
        let is_new = !MAIN.contains(&row.name) && !lost.contains(&row.name);
        if row.is_to_hashbrown && row.ratio >= LOST && is_new {
            lost.push(row.name);
        }
    }
    let mut text = String::from("| row |");
    for (header, ..) in records {
        _ = write!(text, " {} |", record::cpu(header).unwrap_or("unknown CPU"));
    }
    _ = writeln!(text, "\n|---|{}", "---|".repeat(records.len()));
    for name in MAIN.into_iter().chain(lost) {
        let ratios = columns.iter().map(|column| ratio(column, name)).collect::<Vec<_>>();
        if ratios.iter().all(Option::is_none) {
            continue;
        }
        _ = write!(text, "| {name} |");
        for ratio in ratios {
            let shown = number(ratio, 0);
            let mark = if ratio.is_some_and(|ratio| ratio >= LOST) { "**" } else { "" };
            _ = write!(text, " {mark}{shown}{mark} |");
        }
        text.push('\n');
    }
    text.push('\n');
    records.iter().for_each(|(header, ..)| text += &origin(header));
    text
}

/// What a header says after a name.
fn line<'a>(header: &'a [String], name: &str) -> &'a str {
    header.iter().find_map(|line| line.strip_prefix(name)).unwrap_or("unknown").trim()
}

/// Where the numbers of a record come from, and what it is too old for.
fn origin(header: &[String]) -> String {
    let date = line(header, "date:").split(' ').next().unwrap_or_default();
    let rustc = line(header, "rustc:").split(" (").next().unwrap_or_default();
    let cpu = record::cpu(header).unwrap_or("unknown CPU");
    let commit = line(header, "commit:");
    let mut text = format!("{cpu}: recorded on {date} at commit {commit}, {rustc}");
    for (_, change) in CHANGES.iter().filter(|&&(day, _)| date < day) {
        _ = write!(text, ", before {change}");
    }
    text + ".\n"
}

/// All rows of all records.
fn tables(records: &[Record]) -> String {
    let mut text = String::new();
    for (header, cells, cliffs) in records {
        _ = writeln!(text, "### {}\n", record::cpu(header).unwrap_or("unknown CPU"));
        text += &origin(header);
        text.push('\n');
        text += &target::table(cells);
        text.push('\n');
        if !cliffs.is_empty() {
            text += &cliff::targets(cliffs);
            text.push('\n');
        }
    }
    text
}
