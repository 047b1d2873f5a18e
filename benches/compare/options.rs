//! The command line.

use crate::cliff::Extent;
use crate::input::Cell;
use crate::run::{BASE, INT, KINDS, Kind, Measured, SAME_HASH, STD, SUBJECTS, SWAR, Subjects};
use crate::target;
use crate::workload::{Wanted, Workload};
use std::path::PathBuf;

/// Sizes and loads of a run without `--full`: three octaves, begin to end.
const QUICK: (&[u32], &[f64]) = (&[10, 16, 20], &[0.56, 0.75, 0.865]);
/// Those of a `--full` run. A single size is worthless: the same table is 1.5x slower at the end
/// of an octave than at its start.
const FULL: (&[u32], &[f64]) = (&[6, 10, 13, 16, 18, 20, 22, 24, 26], &OCTAVE);
/// Those of a `--targets` run.
const TARGETS: (&[u32], &[f64]) = (target::SLOTS, &OCTAVE);
/// The loads of a table from one doubling to the next.
const OCTAVE: [f64; 5] = [0.47, 0.56, 0.65, 0.75, 0.865];
/// Those of a test of the bench.
const SMOKE: (&[u32], &[f64]) = (&[6, 9], &[0.47, 0.865]);
/// Entries of the small maps.
const SMALL: [usize; 6] = [1, 2, 4, 7, 12, 16];

/// A parsed command line.
pub struct Options {
    /// Workloads.
    pub wanted: Wanted,
    /// Kinds.
    pub kinds: Vec<Kind>,
    /// Chosen powers of two, or none to follow the mode.
    slots: Option<Vec<u32>>,
    /// Chosen loads, or none to follow the mode.
    loads: Option<Vec<f64>>,
    /// Chosen subjects, or none to follow the mode.
    subjects: Option<Subjects>,
    /// A chosen number of passes, or none to follow the mode.
    passes: Option<usize>,
    /// Where to write the cells.
    pub csv: Option<PathBuf>,
    /// Where to draw the curves.
    pub svg: Option<PathBuf>,
    /// Whether to write to `record/`.
    pub record: bool,
    /// Whether to rewrite the pages that show records.
    pub readme: bool,
    /// Records to report on instead of measuring.
    pub from: Vec<PathBuf>,
    /// Whether to measure twice and compare.
    pub twice: bool,
    /// Whether to print each cell.
    pub cells: bool,
    /// Whether some workloads, kinds, sizes or loads were chosen.
    narrowed: bool,
    /// Whether to measure cliffs and nothing else.
    pub only_cliffs: bool,
    /// What decides all that is not chosen.
    pub mode: Mode,
}

/// A choice of everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The main workloads at three sizes.
    Quick,
    /// The rows by which rosti is judged.
    Targets,
    /// All there is.
    Full,
    /// All there is on tiny tables: a test of the bench itself, not a measurement.
    Smoke,
}

/// What to do.
pub enum Command {
    /// Measure.
    Run(Box<Options>),
    /// Print the help.
    Help,
}

impl Options {
    /// Reads the arguments without the program's name, or says what is wrong with them.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Command, String> {
        let mut options = Self {
            wanted: Wanted::default(),
            kinds: Vec::new(),
            slots: None,
            loads: None,
            subjects: None,
            passes: None,
            csv: None,
            svg: None,
            record: false,
            readme: false,
            from: Vec::new(),
            twice: false,
            cells: false,
            narrowed: false,
            only_cliffs: false,
            // `cargo test --benches` builds without optimisation: there is nothing to be measured.
            mode: if cfg!(debug_assertions) { Mode::Smoke } else { Mode::Quick },
        };
        let mut arguments = arguments.into_iter();
        while let Some(flag) = arguments.next() {
            let (flag, inline) = match flag.split_once('=') {
                Some((flag, value)) => (flag.to_owned(), Some(value.to_owned())),
                None => (flag, None),
            };
            let mut value = |what: &str| {
                let next = || arguments.next().filter(|next| !next.starts_with("--"));
                let value = inline.clone().or_else(next);
                value.ok_or_else(|| format!("{flag} needs {what} behind it"))
            };
            options.narrowed |= matches!(&*flag, "--only" | "--kind" | "--slots" | "--load");
            match flag.as_str() {
                "--cliffs" => options.only_cliffs = true,
                "--only" => {
                    let names = value("workloads")?;
                    for found in list(&names, "workload", Workload::find, &workload_names())? {
                        options.wanted.add(found);
                    }
                }
                "--kind" => {
                    let names = value("kinds")?;
                    options.kinds.extend(list(&names, "kind", Kind::find, &kind_names())?);
                }
                "--subject" => {
                    let names = value("subjects")?;
                    let find = |name: &str| {
                        SUBJECTS.iter().position(|&subject| subject == name).into_iter().collect()
                    };
                    let mut chosen = [false; SUBJECTS.len()];
                    chosen[BASE] = true;
                    for found in list(&names, "subject", find, &SUBJECTS.join(", "))? {
                        chosen[found] = true;
                    }
                    options.subjects = Some(chosen);
                }
                "--slots" => {
                    let find = |slots: &str| power(slots).into_iter().collect();
                    let known = "powers of two from 2^4 to 2^28, like 2^16 or 65536";
                    options.slots = Some(list(&value("slots")?, "number of slots", find, known)?);
                }
                "--load" => {
                    let find = |load: &str| {
                        load.parse()
                            .ok()
                            .filter(|load| (0.44..=0.875).contains(load))
                            .into_iter()
                            .collect()
                    };
                    options.loads = Some(list(
                        &value("loads")?,
                        "load",
                        find,
                        "0.44 to 0.875 (the octave of a table)",
                    )?);
                }
                "--passes" => {
                    let passes = value("a number")?;
                    let parsed = passes.parse().ok().filter(|&passes| passes > 0);
                    options.passes = Some(parsed.ok_or_else(|| {
                        format!("--passes takes a number from 1, not `{passes}`")
                    })?);
                }
                "--csv" => options.csv = Some(value("a path")?.into()),
                "--svg" => options.svg = Some(value("a folder")?.into()),
                "--record" => options.record = true,
                "--readme" => options.readme = true,
                "--from" => options.from = value("paths")?.split(',').map(Into::into).collect(),
                "--twice" => options.twice = true,
                "--cells" => options.cells = true,
                "--full" => options.mode = Mode::Full,
                "--targets" => options.mode = Mode::Targets,
                "--smoke" => options.mode = Mode::Smoke,
                // The default; and what `cargo bench` adds by itself.
                "--quick" | "--bench" => {}
                "--help" | "-h" => return Ok(Command::Help),
                _ => {
                    return Err(format!("unknown argument `{flag}`; --help lists what there is"));
                }
            }
        }
        if options.readme && (options.mode != Mode::Targets || options.narrowed || options.twice) {
            return Err(
                "--readme shows the rows of --targets, all of them, measured once: it goes \
                with --targets and without --only, --kind, --slots, --load and --twice"
                    .into(),
            );
        }
        options.settle();
        Ok(Command::Run(Box::new(options)))
    }

    /// Fills in what the mode decides.
    fn settle(&mut self) {
        let quick = self.mode == Mode::Quick;
        if self.wanted.is_empty() {
            self.wanted = if quick {
                Workload::QUICK.into_iter().collect()
            } else {
                Workload::all().collect()
            };
        }
        if self.kinds.is_empty() {
            self.kinds = if quick { vec![KINDS[0]] } else { KINDS.to_vec() };
        }
    }

    /// Passes over all cells that count.
    #[must_use]
    pub fn passes(&self) -> usize {
        match self.mode {
            Mode::Smoke => 1,
            Mode::Quick => self.passes.unwrap_or(14),
            Mode::Targets | Mode::Full => self.passes.unwrap_or(8),
        }
    }

    /// Which subjects take part.
    #[must_use]
    pub fn subjects(&self) -> Subjects {
        self.subjects.unwrap_or_else(|| {
            let mut subjects = [true; SUBJECTS.len()];
            subjects[SAME_HASH] = matches!(self.mode, Mode::Full | Mode::Smoke);
            // A quick run is for the difference to hashbrown.
            for subject in [STD, SWAR, INT] {
                subjects[subject] = self.mode != Mode::Quick;
            }
            subjects
        })
    }

    /// How much of [`cliff`](crate::cliff) is measured, if anything is: only where nothing was chosen,
    /// or nothing but cliffs.
    #[must_use]
    pub fn cliffs(&self) -> Option<&'static Extent> {
        match self.mode {
            Mode::Smoke => Some(&Extent::SMOKE),
            Mode::Targets | Mode::Full if !self.narrowed => Some(&Extent::ALL),
            _ => self.only_cliffs.then_some(&Extent::ALL),
        }
    }

    /// What is to be measured.
    #[must_use]
    pub fn plan(&self) -> Vec<Measured> {
        self.kinds.iter().flat_map(|kind| self.plan_of(kind)).collect()
    }

    fn plan_of(&self, kind: &Kind) -> Vec<Measured> {
        let (slots, loads) = match self.mode {
            Mode::Quick => QUICK,
            Mode::Targets => TARGETS,
            Mode::Full => FULL,
            Mode::Smoke => SMOKE,
        };
        let slots = self.slots.clone().unwrap_or_else(|| {
            slots.iter().copied().filter(|&slots| slots <= kind.largest).collect()
        });
        let loads = self.loads.as_deref().unwrap_or(loads);
        let tables =
            slots.iter().flat_map(|&slots| loads.iter().map(move |&load| Cell::table(slots, load)));
        let cells = tables.chain(SMALL.map(Cell::small));
        let wanted = |cell: &Cell| -> Wanted {
            let of_mode = target::wanted(kind.name, cell);
            let wanted = self.wanted.iter().filter(|&workload| cell.hosts(workload));
            wanted.filter(|&w| self.mode != Mode::Targets || of_mode.has(w)).collect()
        };
        cells
            .map(|cell| (cell, wanted(&cell)))
            .filter(|(_, wanted)| !wanted.is_empty())
            .map(|(cell, wanted)| {
                let cell = if self.mode == Mode::Smoke { cell.smoke() } else { cell };
                Measured::new(*kind, cell, wanted)
            })
            .collect()
    }
}

/// What the comma-separated `names` stand for.
fn list<T>(
    names: &str,
    what: &str,
    find: impl Fn(&str) -> Vec<T>,
    known: &str,
) -> Result<Vec<T>, String> {
    let mut all = Vec::new();
    for name in names.split(',') {
        let found = find(name.trim());
        if found.is_empty() {
            return Err(format!("there is no {what} `{name}`; possible: {known}"));
        }
        all.extend(found);
    }
    Ok(all)
}

/// The exponent of `2^16`, or of `65536`.
fn power(slots: &str) -> Option<u32> {
    let power = match slots.strip_prefix("2^") {
        Some(power) => power.parse().ok()?,
        None => slots.parse().ok().filter(|slots: &usize| slots.is_power_of_two())?.ilog2(),
    };
    (4..=28).contains(&power).then_some(power)
}

fn workload_names() -> String {
    Workload::all().map(Workload::name).collect::<Vec<_>>().join(", ")
}

fn kind_names() -> String {
    KINDS.map(|kind| kind.name).join(", ")
}

/// The help text.
#[must_use]
pub fn help() -> String {
    let mut text = String::from(
        "Compares rosti with hashbrown and std.

usage: cargo bench --bench compare -- [options]

  --quick            u64, 2^10, 2^16, 2^20 slots, the main workloads, without std, SWAR and
                     IntMap: less than a minute (the default)
  --targets          the rows by which rosti is judged, as a table in Markdown: 21 minutes
  --full             all kinds, sizes, loads and workloads: many hours, so narrow it
  --cliffs           only old, nearly empty and empty maps and keys with a structure, as the
                     last two have them if nothing narrows them: three minutes
  --smoke            everything on tiny tables, to test the bench, not to measure
  --only W,...       these workloads, or families of them
  --kind K,...       these kinds, or all that begin like this
  --slots 2^S,...    these table sizes
  --load L,...       these loads
  --subject S,...    these subjects besides hashbrown, instead of those of the mode
  --passes N         rounds over all cells that count; those of small tables take two in each
                     (14 in quick runs, else 8)
  --cells            print the ratio of every cell
  --csv PATH         write every cell to PATH
  --record           write every cell to record/<target>/<date>.csv
  --svg DIR          draw a curve per workload and kind into DIR
  --readme           with --targets: rewrite the rows in README.md and the tables in
                     docs/performance.md, draw docs/hit.svg and docs/miss.svg
  --from PATH,...    report on written cells instead of measuring; later files win
  --twice            measure twice; fail if a mean of the two differs by more than 5 %

workloads
",
    );
    for workload in Workload::all() {
        text += &format!("  {:<16} {}\n", workload.name(), workload.definition());
    }
    text += "\nkinds\n";
    for kind in KINDS {
        text += &format!(
            "  {:<16} {}, --full up to 2^{} slots\n",
            kind.name, kind.definition, kind.largest
        );
    }
    text + "\nsubjects\n  " + &SUBJECTS.join(", ")
}
