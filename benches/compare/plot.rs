//! Curves: nanoseconds per operation over the number of entries, a line per subject.

use crate::report::rows;
use crate::run::{KINDS, Measured, NULL, SUBJECTS};
use crate::workload::{Scene, Workload};
use plotters::prelude::*;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// The colours of [`SUBJECTS`].
const COLOURS: [RGBColor; SUBJECTS.len()] = [
    RGBColor(204, 51, 17),
    RGBColor(0, 119, 187),
    RGBColor(0, 153, 136),
    RGBColor(170, 170, 170),
    RGBColor(238, 119, 51),
    RGBColor(238, 153, 170),
    RGBColor(170, 68, 153),
    RGBColor(0, 68, 136),
    RGBColor(136, 136, 0),
    RGBColor(34, 34, 34),
];

/// Draws `<kind>_<workload>.svg` into `folder` for all that was measured at more than one size.
pub fn draw_all(folder: &Path, cells: &[Measured]) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let rows = rows(cells).into_iter();
    let files =
        rows.map(|(kind, workload)| (format!("{kind}_{}", workload.name()), kind, workload));
    draw_files(folder, files, &[], cells)
}

/// Draws `hit.svg` and `miss.svg` of the first kind into `folder`.
pub fn draw_main(folder: &Path, cells: &[Measured]) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let rows = [Workload::Hit, Workload::Miss].into_iter();
    let files = rows.map(|workload| (workload.name().to_owned(), KINDS[0].name, workload));
    draw_files(folder, files, &[NULL], cells)
}

/// Draws files of a name, a kind and a workload each; returns those that there is something in.
fn draw_files<'a>(
    folder: &Path,
    files: impl Iterator<Item = (String, &'a str, Workload)>,
    without: &[usize],
    cells: &[Measured],
) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let mut drawn = Vec::new();
    for (name, kind, workload) in files {
        let path = folder.join(format!("{name}.svg"));
        if draw(&path, kind, workload, without, cells)? {
            drawn.push(path);
        }
    }
    Ok(drawn)
}

/// The points of a subject, from one doubling of its table to the next.
type Octave = Vec<(f64, f64)>;

/// Draws one curve per subject if the row was measured at more than one size. Curves break off where
/// the table doubles: nothing was measured on the way from its end to the next one's beginning.
fn draw(
    path: &Path,
    kind: &str,
    workload: Workload,
    without: &[usize],
    cells: &[Measured],
) -> Result<bool, Box<dyn Error>> {
    let of_row = cells.iter().filter(|cell| cell.kind.name == kind && cell.wanted.has(workload));
    let mut cells: Vec<&Measured> = of_row.collect();
    cells.sort_by_key(|cell| cell.cell.n);
    if cells.len() < 2 {
        return Ok(false);
    }
    let octaves = |subject: usize| -> Vec<Octave> {
        let point = |cell: &&Measured| {
            Some((cell.cell.n as f64, cell.samples.get(workload, subject).filter(|&y| y > 0.0)?))
        };
        let goes_on = |before: &&Measured, cell: &&Measured| {
            cell.cell.scene == Scene::Small || cell.cell.load >= before.cell.load
        };
        let octaves = cells.chunk_by(goes_on).filter(|_| !without.contains(&subject));
        let points = octaves.map(|octave| octave.iter().filter_map(point).collect::<Octave>());
        points.filter(|octave| !octave.is_empty()).collect()
    };
    let lines: Vec<Vec<Octave>> = (0..SUBJECTS.len()).map(octaves).collect();
    let heights = || lines.iter().flatten().flatten().map(|&(_, y)| y);
    let (lowest, highest) = (heights().fold(f64::MAX, f64::min), heights().fold(0.0, f64::max));
    if highest == 0.0 {
        return Ok(false);
    }
    let sizes = cells[0].cell.n as f64 * 0.9..cells[cells.len() - 1].cell.n as f64 * 1.1;

    let area = SVGBackend::new(path, (900, 560)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption(
            format!("{kind} {}: {}", workload.name(), workload.definition()),
            ("sans-serif", 18),
        )
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(60)
        .build_cartesian_2d(sizes.log_scale(), (lowest / 1.2..highest * 4.0).log_scale())?;
    chart
        .configure_mesh()
        .x_desc("entries")
        .x_label_formatter(&|&n| format!("{n:.0}"))
        .y_desc(if workload.is_memory() { "bytes per entry" } else { "ns per operation" })
        .light_line_style(WHITE)
        .draw()?;
    for ((subject, line), colour) in SUBJECTS.iter().zip(lines).zip(COLOURS) {
        if !line.is_empty() {
            chart
                .draw_series(
                    line.into_iter().map(|octave| PathElement::new(octave, colour.stroke_width(2))),
                )?
                .label(*subject)
                .legend(move |(x, y)| {
                    PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2))
                });
        }
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE)
        .border_style(BLACK)
        .draw()?;
    area.present()?;
    Ok(true)
}
