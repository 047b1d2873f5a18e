//! Compares rosti with hashbrown 0.17 (foldhash fast) and std's `HashMap`, side by side in one run.
//!
//! ```text
//! RUSTFLAGS="-C llvm-args=-align-all-functions=6 -C llvm-args=-align-loops=32" \
//!     cargo bench --bench compare -- [--full] [--only hit,miss] [--kind u64] [--cells] [--help]
//! ```
//!
//! The flags align functions and loops for all subjects alike; without them two byte-identical copies
//! differ by 3–7 % in workloads that build tables, reproducibly. Only ratios count, machines are noisy;
//! the null rows (hashbrown against itself) say how noisy.
//!
//! How a number comes about:
//!
//! * a *cell* is a kind of entries and a place in an octave: `n = slots * load`, where slots is the
//!   power of two that hashbrown uses, so that every subject is measured at the same fullness;
//! * a *round* draws fresh keys and lookups (`input`), then every subject takes its *turn* (`turn`):
//!   it runs all workloads of the cell (`work`), then it is the next one's turn;
//! * a *pass* is a round of each cell, or two, so that a cell's rounds are spread over the whole run;
//! * a *sample* is the smaller of wall time and thread CPU time of a workload in a turn, per operation,
//!   over several maps if they are small; the first pass is discarded; the mean of the fastest quarter
//!   of the others stands;
//! * answers are summed and compared between subjects: a wrong one ends the run.
//!
//! Without options a run takes less than a minute and leaves out std, SWAR and `IntMap`. `--targets`
//! measures the rows by which rosti is judged (`target`, `cliff`) in 21 minutes; with `--record --readme` it
//! leaves a record, draws the plots and rewrites the pages that show them (`page`), and with `--from` it does
//! so again from a record. A `--full` run takes many hours and, by estimate, 8 GiB of memory for the largest tables (2^26 slots).

mod backend;
mod cliff;
mod element;
mod input;
mod limit;
mod machine;
mod options;
mod page;
mod plot;
mod record;
mod report;
mod rng;
mod run;
mod stress;
mod subject;
mod target;
mod text;
mod turn;
mod work;
mod workload;

use options::{Command, Mode, Options};
use run::Measured;
use std::error::Error;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let outcome = match Options::parse(std::env::args().skip(1)) {
        Ok(Command::Help) => {
            println!("{}", options::help());
            Ok(())
        }
        Ok(Command::Run(options)) => run(&options),
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// How much two runs may differ in the mean of a row.
const AGREEMENT: f64 = 0.05;

/// Measures, or reads what was measured, and reports.
fn run(options: &Options) -> Result<(), String> {
    let (header, read) = match &options.from[..] {
        [] => {
            let samples = format!("samples: the fastest quarter of {} passes", options.passes());
            (machine::description().into_iter().chain([samples]).collect(), None)
        }
        files => read_all(files).map(|(header, cells, cliffs)| (header, Some((cells, cliffs))))?,
    };
    header.iter().for_each(|line| println!("{line}"));
    println!();
    let (measured, cliffs) = match read {
        Some(read) => read,
        None if options.only_cliffs => {
            (Vec::new(), options.cliffs().map(cliff::measure).unwrap_or_default())
        }
        None => (measure(options)?, options.cliffs().map(cliff::measure).unwrap_or_default()),
    };
    if options.mode == Mode::Smoke {
        println!("{} cells, all answers agree", measured.len());
        return record::check(&measured, &cliffs);
    }
    if options.cells {
        println!("{}", report::cells(&measured));
    }
    if !measured.is_empty() {
        println!("{}", report::table(&measured));
    }
    if options.mode == Mode::Targets && !measured.is_empty() {
        println!("{}", target::table(&measured));
    }
    if !cliffs.is_empty() {
        println!("{}", cliff::table(&cliffs));
        println!("{}", cliff::targets(&cliffs));
    }
    let record = options.record.then(|| {
        let name = format!("{}.csv", machine::date_time());
        PathBuf::from("record").join(machine::target()).join(name)
    });
    for path in options.csv.iter().chain(&record) {
        record::write(path, &header, &measured, &cliffs)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        println!("written: {}", path.display());
    }
    for old in record.iter().flat_map(|path| record::superseded(path, &header)) {
        println!("of the same CPU, so that one of the two can go: {}", old.display());
    }
    let drawn = |result: Result<Vec<PathBuf>, Box<dyn Error>>, folder: &Path| {
        let drawn =
            result.map_err(|error| format!("cannot draw into {}: {error}", folder.display()))?;
        drawn.iter().for_each(|path| println!("drawn: {}", path.display()));
        Ok::<_, String>(())
    };
    if let Some(folder) = &options.svg {
        drawn(plot::draw_all(folder, &measured), folder)?;
    }
    if options.readme {
        let folder = Path::new("docs");
        drawn(plot::draw_main(folder, &measured), folder)?;
        let pages = page::write((header, measured, cliffs))?;
        pages.iter().for_each(|path| println!("rewritten: {}", path.display()));
        return Ok(());
    }
    if options.twice { agree(&measured, &measure(options)?) } else { Ok(()) }
}

/// The cells of some files, and what these say of their circumstances.
fn read_all(files: &[PathBuf]) -> Result<record::Record, String> {
    let (mut headers, mut cells, mut cliffs) = (Vec::new(), Vec::new(), Vec::new());
    for path in files {
        let (header, later, samples) = record::read(path)?;
        headers.extend(header);
        record::merge(&mut cells, later);
        if !samples.is_empty() {
            cliffs = samples;
        }
    }
    Ok((headers, cells, cliffs))
}

/// Compares two runs.
fn agree(first: &[Measured], second: &[Measured]) -> Result<(), String> {
    let (text, greatest) = report::agreement(first, second);
    let said = format!("the two runs differ by at most {:.1} %", greatest * 100.0);
    println!("{text}\n{said}");
    if greatest > AGREEMENT {
        return Err(format!("{said}; {:.0} % are allowed", AGREEMENT * 100.0));
    }
    Ok(())
}

/// Measures all cells, with a progress line. One pass after the other: a cell's rounds are spread over
/// the whole run, and a bad minute of the machine spoils one round of some cells, not all of one.
fn measure(options: &Options) -> Result<Vec<Measured>, String> {
    let mut cells = options.plan();
    if cells.is_empty() {
        return Err(
            "nothing to measure: the chosen workloads do not run on the chosen sizes".into()
        );
    }
    let start = Instant::now();
    let (passes, count, subjects) = (options.passes(), cells.len(), options.subjects());
    for pass in 0..=passes {
        for (at, cell) in cells.iter_mut().enumerate() {
            let line = format!(
                "[{pass}/{passes}] [{}/{count}] {} {}, {:.0} s",
                at + 1,
                cell.kind.name,
                cell.cell,
                start.elapsed().as_secs_f64(),
            );
            show_progress(&line, at == 0);
            cell.pass(pass, &subjects)?;
        }
    }
    show_progress("", false);
    Ok(cells)
}

/// Rewrites the progress line on a terminal; a file gets a line per pass.
fn show_progress(line: &str, first: bool) {
    let mut stderr = std::io::stderr();
    // Progress is not worth failing for.
    _ = if stderr.is_terminal() {
        write!(stderr, "\r\x1b[2K{line}").and_then(|()| stderr.flush())
    } else if first {
        writeln!(stderr, "{line}")
    } else {
        Ok(())
    };
}
