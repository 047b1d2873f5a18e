//! The operations of every `Group` backend that the target can run, by criterion:
//! `cargo bench --bench groups -- op=match_tag`.
//!
//! Names are `op=match_tag/group=sse2`. An iteration is one pass over [`WINDOWS`] groups, drawn
//! beforehand: seven slots in eight are full and tags are random, so that a tag that is looked for
//! matches by chance. The throughput is in groups. `load` is what all the others pay, too: what an
//! operation adds to it is the difference. `lowest`, `lanes` and `dense` take the set of full lanes
//! apart: the first of it, all one by one, one bit per lane.

#[allow(dead_code, reason = "shared with the comparison bench, which uses all of it")]
#[path = "compare/rng.rs"]
mod rng;

use criterion::{Criterion, Throughput};
use rng::Rng;
use rosti::internals::{EMPTY, Group, LaneMask, Native, Swar, Tag};
use std::hint::black_box;
use std::time::Duration;

/// Groups per pass: at most 16 KiB, which the first cache holds.
const WINDOWS: usize = 1 << 10;

/// Control bytes at an address that suits every backend.
#[repr(align(16))]
#[derive(Clone)]
struct Controls([u8; 16 * WINDOWS]);

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500))
        .configure_from_args();
    backend::<Native>(&mut criterion);
    if Native::NAME != Swar::NAME {
        backend::<Swar>(&mut criterion);
    }
    criterion.final_summary();
}

/// Benches every operation of one backend.
fn backend<G: Group>(criterion: &mut Criterion) {
    let mut rng = Rng::new(1);
    let mut byte = || if rng.below(8) == 0 { EMPTY } else { rng.below(128) as u8 };
    let mut controls = Controls(std::array::from_fn(|_| byte()));
    let tags: Vec<Tag> = (0..WINDOWS).map(|_| Tag::of(rng.next())).collect();

    each::<G, _>(criterion, "load", &controls, |_, group| group);
    each::<G, _>(criterion, "match_tag", &controls, |at, group| group.match_tag(tags[at]));
    each::<G, _>(criterion, "match_empty", &controls, |_, group| group.match_empty());
    each::<G, _>(criterion, "match_empty_or_deleted", &controls, |_, group| {
        group.match_empty_or_deleted()
    });
    each::<G, _>(criterion, "match_full", &controls, |_, group| group.match_full());
    each::<G, _>(criterion, "convert", &controls, |_, group| group.convert());
    each::<G, _>(criterion, "lowest", &controls, |_, group| group.match_full().lowest());
    each::<G, _>(criterion, "lanes", &controls, |_, group| group.match_full().sum::<usize>());
    each::<G, _>(criterion, "dense", &controls, |_, group| group.match_full().dense());

    let group: G = load(&controls, 0);
    bench::<G>(criterion, "store", || {
        for at in 0..WINDOWS {
            let target = controls.0[at * G::WIDTH..][..G::WIDTH].as_mut_ptr();
            // SAFETY: WIDTH bytes that are ours to write, at a multiple of WIDTH.
            unsafe { group.store(target) };
        }
        black_box(&mut controls);
    });
}

/// The group at `at`.
#[inline(always)]
fn load<G: Group>(controls: &Controls, at: usize) -> G {
    let source = controls.0[at * G::WIDTH..][..G::WIDTH].as_ptr();
    // SAFETY: WIDTH initialised bytes, at a multiple of WIDTH.
    unsafe { G::load(source) }
}

/// Benches an operation on every group.
fn each<G: Group, T>(
    criterion: &mut Criterion,
    op: &str,
    controls: &Controls,
    run: impl Fn(usize, G) -> T,
) {
    bench::<G>(criterion, op, || {
        for at in 0..WINDOWS {
            black_box(run(at, load(controls, at)));
        }
    });
}

/// Benches a pass over all groups.
fn bench<G: Group>(criterion: &mut Criterion, op: &str, mut pass: impl FnMut()) {
    criterion
        .benchmark_group(format!("op={op}"))
        .throughput(Throughput::Elements(WINDOWS as u64))
        .bench_function(format!("group={}", G::NAME), |bencher| bencher.iter(&mut pass));
}
