//! What `ci/profiles.sh` times: loops as programs write them, with rosti and with hashbrown, both with
//! foldhash. Prints a line for each row: its name, rosti's time to hashbrown's, that of hashbrown to
//! itself, and hashbrown's microseconds.
//!
//! `profiles [--only TEXT] [--seconds S]`, and with `--counts` each run stands in a function of its own
//! for callgrind to count, which `ci/profiles.sh --counts` reads.

#![allow(clippy::ptr_arg, reason = "all loops have one signature")]

#[allow(dead_code)]
#[path = "../../benches/compare/machine.rs"]
mod machine;
#[allow(dead_code)]
#[path = "../../benches/compare/rng.rs"]
mod rng;

use rng::Rng;
use std::time::{Duration, Instant};

/// Lookups in a run; more than a branch predictor learns, and drawn anew for each.
const DRAWS: usize = 1 << 14;

mod ours {
    use super::DRAWS;
    use rosti as maps;
    include!("loops.rs");
}
mod theirs {
    use super::DRAWS;
    use hashbrown as maps;
    include!("loops.rs");
}

/// The `i`th key: all differ and look random.
fn key(i: u64) -> u64 {
    rng::scramble(i + 1)
}

/// A word of 3 to 12 letters, one of its own for each number below 2^44.
fn word(i: u64) -> String {
    let mut bits = i;
    let mut word = String::new();
    while word.len() < 3 + (key(i) % 8) as usize || bits > 0 {
        word.push((b'a' + (bits % 26) as u8) as char);
        bits /= 26;
    }
    word
}

/// How many entries a row's maps have.
#[derive(Clone, Copy, PartialEq)]
enum Size {
    InCache,
    Beyond,
}

impl Size {
    /// Numbers of entries, from the beginning to the end of an octave.
    fn lengths(self, name: &str) -> [usize; 3] {
        let slots = match self {
            Size::InCache => 1 << 13,
            Size::Beyond if name.contains("words") || name.contains("strings") => 1 << 18,
            Size::Beyond => 1 << 20,
        };
        [52, 66, 84].map(|percent| slots * percent / 100)
    }

    fn title(self, name: &str) -> String {
        format!("{name}{}", if self == Size::Beyond { "_large" } else { "" })
    }
}

struct Row {
    name: &'static str,
    size: Size,
    make: fn(usize) -> Box<dyn Loop>,
}

/// A loop of one map with what it works on.
trait Loop {
    /// Draws what the next run is given, and says how many things that is.
    fn draw(&mut self, rng: &mut Rng) -> usize;
    /// Runs the loop from one of its two sites.
    fn run(&mut self, site: usize) -> u64;
}

type Draw<S, D> = fn(&mut S, usize, &mut Rng) -> Vec<D>;

struct Case<S, D> {
    state: S,
    n: usize,
    draw: Draw<S, D>,
    drawn: Vec<D>,
    sites: [fn(&mut S, &mut Vec<D>) -> u64; 2],
}

impl<S, D> Case<S, D> {
    fn new(
        state: S,
        n: usize,
        draw: Draw<S, D>,
        sites: [fn(&mut S, &mut Vec<D>) -> u64; 2],
    ) -> Self {
        Self { state, n, draw, drawn: Vec::new(), sites }
    }
}

impl<S, D> Loop for Case<S, D> {
    fn draw(&mut self, rng: &mut Rng) -> usize {
        self.drawn = Vec::new();
        self.drawn = (self.draw)(&mut self.state, self.n, rng);
        self.drawn.len()
    }

    fn run(&mut self, site: usize) -> u64 {
        self.sites[site](&mut self.state, &mut self.drawn)
    }
}

/// The mean of the fastest quarter of each site's samples, in nanoseconds.
fn mean_of_fastest(samples: &mut [Vec<Duration>; 2]) -> f64 {
    let mean = |samples: &mut Vec<Duration>| {
        samples.sort_unstable();
        let quarter = samples.len().div_ceil(4);
        samples[..quarter].iter().sum::<Duration>().as_nanos() as f64 / quarter as f64
    };
    samples.iter_mut().map(mean).sum::<f64>() / 2.0
}

/// Times both maps, two instances of each, for so long: rosti, hashbrown, and both again.
///
/// Runs alternate between the maps, so that neither ever runs on what its own code taught the branch
/// predictors a moment ago. Each pair of runs has its own draws; the two must come to the same answer.
fn compare(makes: [fn(usize) -> Box<dyn Loop>; 2], n: usize, budget: Duration) -> [f64; 4] {
    let mut loops = [makes[0](n), makes[1](n), makes[0](n), makes[1](n)];
    let mut samples: [[Vec<Duration>; 2]; 4] = Default::default();
    let mut start = Instant::now();
    for round in 0.. {
        let (first, site) = (round % 2 * 2, round / 2 % 2);
        let answers = [first, first + 1].map(|subject| {
            loops[subject].draw(&mut Rng::new(round as u64));
            let clock = machine::Clock::start();
            let answer = loops[subject].run(site);
            samples[subject][site].push(clock.stop());
            answer
        });
        assert_eq!(answers[0], answers[1], "rosti's answer and hashbrown's");
        match round {
            // The first rounds pay for first touches.
            7 => {
                samples = Default::default();
                start = Instant::now();
            }
            19.. if round % 4 == 3 && start.elapsed() >= budget => break,
            _ => {}
        }
    }
    let [ours, theirs, ours_again, theirs_again] = &mut samples;
    [ours, theirs, ours_again, theirs_again].map(mean_of_fastest)
}

/// What callgrind counts.
#[inline(never)]
#[unsafe(no_mangle)]
extern "C" fn profiles_counted(subject: &mut Box<dyn Loop>, site: usize) -> u64 {
    subject.run(site)
}

/// Runs each loop of both maps once from each site, and prints their names and how many things each
/// run was given, in the order in which they are counted.
fn count(name: &str, makes: [fn(usize) -> Box<dyn Loop>; 2], n: usize) {
    for site in 0..2 {
        for (make, map) in makes.iter().zip(["rosti", "hashbrown"]) {
            let mut subject = make(n);
            let things = subject.draw(&mut Rng::new(1));
            profiles_counted(&mut subject, site);
            println!("{name} {map} {things}");
        }
    }
}

fn main() {
    let (mut only, mut seconds, mut counts) = (String::new(), 1.2, false);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("{argument} takes a value"));
        match argument.as_str() {
            "--only" => only = value(),
            "--seconds" => seconds = value().parse().expect("--seconds takes a number"),
            "--counts" => counts = true,
            _ => panic!("unknown argument {argument}; see ci/profiles.sh"),
        }
    }
    machine::tame_allocator();
    for (ours, theirs) in ours::rows().into_iter().zip(theirs::rows()) {
        let title = ours.size.title(ours.name);
        let lengths = ours.size.lengths(ours.name);
        if !title.contains(&only) {
            continue;
        }
        if counts {
            if ours.size == Size::InCache {
                count(&title, [ours.make, theirs.make], lengths[1]);
            }
            continue;
        }
        let budget = Duration::from_secs_f64(seconds / lengths.len() as f64);
        let times = lengths.map(|n| compare([ours.make, theirs.make], n, budget));
        let mean = |ratio: fn(&[f64; 4]) -> f64| {
            (times.iter().map(|times| ratio(times).ln()).sum::<f64>() / times.len() as f64).exp()
        };
        println!(
            "{title} {:.4} {:.4} {:.1}",
            mean(|[ours, theirs, ours_again, theirs_again]| {
                (ours + ours_again) / (theirs + theirs_again)
            }),
            mean(|[_, theirs, _, again]| again / theirs),
            mean(|[_, theirs, ..]| theirs / 1000.0),
        );
    }
}
