//! A metrics store that takes events at a steady rate: what the slowest insertion costs.
//!
//! Each event is a counter that has not been seen before. Four maps take the same events, and each insertion
//! is timed by the wall clock, because that is what somebody waits for. It prints percentiles of those times,
//! and the most memory that was allocated beside what there is at the end, and draws the slowest insertion in
//! each stretch of events over the size of the map.
//!
//! ```text
//! cargo run --release --features extendible --example latency -- [EVENTS] [FILE.svg]
//! ```

#[cfg(not(rosti_no_benches))]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    latency::main()
}

/// Without what benches need there is nothing to compare with, or to draw.
#[cfg(rosti_no_benches)]
fn main() {}

#[cfg(not(rosti_no_benches))]
mod latency {
    use std::alloc::{GlobalAlloc, Layout, System};
    use std::error::Error;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use std::time::{Duration, Instant};

    use plotters::prelude::*;

    /// Counts bytes, and the most there were at once.
    struct Meter;

    static BYTES: AtomicUsize = AtomicUsize::new(0);
    static PEAK: AtomicUsize = AtomicUsize::new(0);

    // SAFETY: every call goes to the system's allocator unchanged.
    unsafe impl GlobalAlloc for Meter {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            let bytes = BYTES.fetch_add(layout.size(), Relaxed) + layout.size();
            PEAK.fetch_max(bytes, Relaxed);
            // SAFETY: the caller's contract.
            unsafe { System.alloc(layout) }
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            BYTES.fetch_sub(layout.size(), Relaxed);
            // SAFETY: the caller's contract.
            unsafe { System.dealloc(block, layout) }
        }
    }

    #[global_allocator]
    static METER: Meter = Meter;

    /// The time between two events, if the store keeps up.
    const RATE: Duration = Duration::from_nanos(250);
    /// Stretches of events that are drawn as one point each.
    const STRETCHES: usize = 400;

    /// What taking all events came to.
    struct Outcome {
        name: &'static str,
        /// Nanoseconds of each insertion, in order.
        times: Vec<u32>,
        /// How late the store was for an event, at most.
        late: Duration,
        peak: usize,
        bytes: usize,
    }

    /// The name of the counter that an event is about.
    fn counter(event: u64) -> u64 {
        let event = (event ^ (event >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        event ^ (event >> 32)
    }

    /// Lets a map take the events.
    fn take<M: Default>(name: &'static str, events: u64, insert: impl Fn(&mut M, u64)) -> Outcome {
        let mut times = Vec::with_capacity(events as usize);
        let mut late = Duration::ZERO;
        let before = BYTES.load(Relaxed);
        PEAK.store(before, Relaxed);
        let mut store = M::default();
        let begin = Instant::now();
        for event in 0..events {
            let due = begin + RATE * event as u32;
            let mut start = Instant::now();
            late = late.max(start.saturating_duration_since(due));
            while start < due {
                start = Instant::now();
            }
            insert(&mut store, counter(event));
            times.push(u32::try_from(start.elapsed().as_nanos()).unwrap_or(u32::MAX));
        }
        let (peak, bytes) = (PEAK.load(Relaxed) - before, BYTES.load(Relaxed) - before);
        Outcome { name, times, late, peak, bytes }
    }

    /// Nanoseconds in a unit that makes the number short.
    fn short(nanoseconds: f64) -> String {
        match nanoseconds {
            n if n < 1e3 => format!("{n:.0} ns"),
            n if n < 1e6 => format!("{:.1} us", n / 1e3),
            n => format!("{:.1} ms", n / 1e6),
        }
    }

    fn print(outcome: &Outcome) {
        let mut sorted = outcome.times.clone();
        sorted.sort_unstable();
        let at = |share: f64| f64::from(sorted[((sorted.len() - 1) as f64 * share) as usize]);
        let columns = [0.5, 0.99, 0.999, 0.9999, 1.0].map(|share| short(at(share))).join(" | ");
        println!(
            "| {} | {columns} | {} | {} MiB | {:.2} |",
            outcome.name,
            short(outcome.late.as_nanos() as f64),
            outcome.peak >> 20,
            outcome.peak as f64 / outcome.bytes as f64
        );
    }

    /// Draws the slowest insertion of each stretch.
    fn draw(outcomes: &[Outcome], file: &str) -> Result<(), Box<dyn Error>> {
        let events = outcomes[0].times.len();
        let area = SVGBackend::new(file, (900, 440)).into_drawing_area();
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(&area)
            .margin(12)
            .caption("the slowest insert so far, by the number of entries", ("sans-serif", 18))
            .x_label_area_size(40)
            .y_label_area_size(70)
            .build_cartesian_2d(0.0..events as f64 / 1e6, (1e-1f64..1e6).log_scale())?;
        chart
            .configure_mesh()
            .x_desc("million entries")
            .y_desc("microseconds")
            .y_label_formatter(&|micros| short(micros * 1e3))
            .light_line_style(WHITE)
            .draw()?;
        for (index, outcome) in outcomes.iter().enumerate() {
            let colour = Palette99::pick(index).to_rgba();
            let stretch = events.div_ceil(STRETCHES).max(1);
            let points =
                outcome.times.chunks(stretch).enumerate().scan(0, |slowest, (at, times)| {
                    *slowest = times.iter().copied().fold(*slowest, u32::max);
                    Some((((at + 1) * stretch) as f64 / 1e6, f64::from(*slowest) / 1e3))
                });
            let line = PathElement::new(points.collect::<Vec<_>>(), colour.stroke_width(2));
            chart.draw_series([line])?.label(outcome.name).legend(move |(x, y)| {
                PathElement::new([(x, y), (x + 20, y)], colour.stroke_width(2))
            });
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::LowerRight)
            .background_style(WHITE.mix(0.8))
            .border_style(BLACK)
            .draw()?;
        area.present()?;
        Ok(())
    }

    pub fn main() -> Result<(), Box<dyn Error>> {
        let mut arguments = std::env::args().skip(1);
        let events = arguments.next().map_or(Ok(4_000_000), |text| text.parse())?;
        let outcomes = [
            take("ExtendibleMap", events, |map: &mut rosti::ExtendibleMap<u64, u64>, counter| {
                *map.entry(counter).or_insert(0) += 1;
            }),
            take("HashMap", events, |map: &mut rosti::HashMap<u64, u64>, counter| {
                *map.entry(counter).or_insert(0) += 1;
            }),
            take("hashbrown", events, |map: &mut hashbrown::HashMap<u64, u64>, counter| {
                *map.entry(counter).or_insert(0) += 1;
            }),
            take("std", events, |map: &mut std::collections::HashMap<u64, u64>, counter| {
                *map.entry(counter).or_insert(0) += 1;
            }),
        ];
        println!("{events} events, one every {} ns\n", RATE.as_nanos());
        println!(
            "| map | p50 | p99 | p99.9 | p99.99 | slowest | late by | peak memory | peak / end |"
        );
        println!("|---|---|---|---|---|---|---|---|---|");
        outcomes.iter().for_each(print);
        if let Some(file) = arguments.next() {
            draw(&outcomes, &file)?;
        }
        Ok(())
    }
}
