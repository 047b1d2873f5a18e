//! What a build takes at most, in bytes per entry: `cargo bench --features extendible --bench memory`.
//!
//! Each map is built in a process of its own, by inserting one entry after another, and left alone. *Final*
//! is what is allocated then, *peak* the most that was allocated at once, and *resident* by how much the
//! process's peak in memory grew (`VmHWM` in `/proc/self/status`, on Linux): what the system has to provide.
//! Pages that a doubled table has not touched yet do not count there, and what the allocator keeps for itself
//! does.
//!
//! The numbers of entries are where a table of 2^22 slots, or of 2^`ROSTI_LOG2`, has just doubled, is half-way, and
//! is about to double.

#[allow(dead_code, reason = "shared with the comparison bench, which uses all of it")]
#[path = "compare/machine.rs"]
mod machine;
mod meter;
#[allow(dead_code, reason = "shared with the comparison bench, which uses all of it")]
#[path = "compare/rng.rs"]
mod rng;
mod text;

use std::hint::black_box;
use std::process::Command;
use std::{env, fs};

use meter::Meter;
use rng::scramble;
use rosti::{DefaultHashBuilder, ExtendibleMap, StrMap};
use text::text;

type Hashbrown<K> = hashbrown::HashMap<K, u64, DefaultHashBuilder>;

/// Builds a map by its name, and says how many bytes it took: at the end, at most, and at most in memory.
fn build(name: &str, entries: u64) -> [usize; 3] {
    fn of<M: Default>(entries: u64, insert: impl Fn(&mut M, u64)) -> [usize; 3] {
        let resident = high_water();
        let (map, last, peak) = Meter::of(|| {
            let mut map = M::default();
            (0..entries).for_each(|number| insert(&mut map, number));
            map
        });
        let resident = high_water() - resident;
        black_box(map);
        [last, peak, resident]
    }
    match name {
        "u64, hashbrown" => of::<Hashbrown<u64>>(entries, |map, n| {
            map.insert(scramble(n), n);
        }),
        "u64, HashMap" => of::<rosti::HashMap<u64, u64>>(entries, |map, n| {
            map.insert(scramble(n), n);
        }),
        "u64, ExtendibleMap" => of::<ExtendibleMap<u64, u64>>(entries, |map, n| {
            map.insert(scramble(n), n);
        }),
        "String, hashbrown" => of::<Hashbrown<String>>(entries, |map, n| {
            map.insert(text(n), n);
        }),
        "String, HashMap" => of::<rosti::HashMap<String, u64>>(entries, |map, n| {
            map.insert(text(n), n);
        }),
        "StrMap" => of::<StrMap<u64>>(entries, |map, n| {
            map.insert(&text(n), n);
        }),
        _ => panic!("no such map: {name}"),
    }
}

const MAPS: [&str; 6] = [
    "u64, hashbrown",
    "u64, HashMap",
    "u64, ExtendibleMap",
    "String, hashbrown",
    "String, HashMap",
    "StrMap",
];

/// The most bytes of this process that were in memory at once; 0 where the system does not say.
fn high_water() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = field.and_then(|text| text.trim().strip_suffix(" kB")?.parse().ok());
    kilobytes.unwrap_or(0) << 10
}

/// [`build`] in a process of its own.
fn in_child(name: &str, entries: u64) -> [f64; 3] {
    let program = env::current_exe().expect("the program knows where it is");
    let output = Command::new(program).args(["child", name, &entries.to_string()]).output();
    let output = output.expect("the program can be started once more");
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("numbers are text");
    let mut numbers = text.split_whitespace().map(|number| number.parse::<f64>());
    [(); 3].map(|()| numbers.next().expect("three numbers").expect("a number") / entries as f64)
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    match &arguments[..] {
        [_, child, name, entries] if child == "child" => {
            let [last, peak, resident] = build(name, entries.parse().expect("a number of entries"));
            return println!("{last} {peak} {resident}");
        }
        _ => {}
    }
    let log2 = match env::var("ROSTI_LOG2").ok().and_then(|text| text.parse().ok()) {
        _ if arguments.iter().any(|argument| argument == "--test") => 10,
        Some(log2) => log2,
        None => 22,
    };
    for line in machine::description().iter().filter(|line| !line.starts_with("allocator")) {
        println!("{line}");
    }
    let sizes = [0.45, 0.65, 0.865].map(|load| ((1u64 << log2) as f64 * load) as u64);
    let heads = sizes.map(|entries| format!("{entries} entries: final | peak | resident"));
    println!("\n| bytes an entry | {} |", heads.join(" | "));
    println!("|---|{}", "---|".repeat(3 * sizes.len()));
    for name in MAPS {
        let row =
            sizes.map(|entries| in_child(name, entries).map(|n| format!("{n:.1}")).join(" | "));
        println!("| {name} | {} |", row.join(" | "));
    }
}
