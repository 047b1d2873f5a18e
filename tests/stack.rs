//! Where nothing is optimised, each call that is given a value copies it, and a stack ends some day.
//! A large value is copied no more often than by hashbrown.
//!
//! An overflow aborts, so the operations run in processes of their own: this program again, told by
//! the environment what to do, in a thread whose stack has room for so many values.

#![cfg(all(
    feature = "default-hasher",
    rosti_unoptimised,
    target_arch = "x86_64",
    unix,
    not(miri)
))]

use std::env;
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::thread;

type Large = [u8; 50_000];
static VALUE: Large = [1; 50_000];

/// What a thread needs beside the values.
const BESIDE: usize = 32_000;

/// Operations of a map's crate, by name.
macro_rules! operations {
    ($krate:ident) => {{
        use $krate::{DefaultHashBuilder, HashMap, HashSet, HashTable};

        fn map() -> HashMap<u32, Large, DefaultHashBuilder> {
            HashMap::default()
        }
        fn insert() {
            black_box(&map().insert(1, VALUE));
        }
        fn try_insert() {
            assert!(map().try_insert(1, VALUE).is_ok());
        }
        fn or_insert() {
            let mut map = map();
            black_box(&map.entry(1).or_insert(VALUE));
        }
        fn or_insert_with() {
            let mut map = map();
            black_box(&map.entry(1).or_insert_with(|| VALUE));
        }
        fn entry_insert() {
            let mut map = map();
            black_box(&map.entry(1).insert(VALUE));
        }
        fn insert_unique_unchecked() {
            let mut map = map();
            // SAFETY: the map is empty.
            black_box(unsafe { map.insert_unique_unchecked(1, VALUE) });
        }
        fn remove() {
            black_box(&map().remove(&1));
        }
        fn remove_entry() {
            black_box(&map().remove_entry(&1));
        }
        fn set() -> HashSet<Large, DefaultHashBuilder> {
            HashSet::default()
        }
        fn set_insert() {
            black_box(set().insert(VALUE));
        }
        fn set_replace() {
            black_box(&set().replace(VALUE));
        }
        fn set_get_or_insert() {
            let mut set = set();
            black_box(set.get_or_insert(VALUE));
        }
        fn set_take() {
            black_box(&set().take(&VALUE));
        }
        fn insert_unique() {
            let mut table = HashTable::<Large>::new();
            black_box(&table.insert_unique(1, VALUE, |_| 1));
        }
        fn table_or_insert() {
            let mut table = HashTable::<Large>::new();
            black_box(&table.entry(1, |_| true, |_| 1).or_insert(VALUE));
        }
        [
            ("insert", insert as fn()),
            ("try_insert", try_insert),
            ("or_insert", or_insert),
            ("or_insert_with", or_insert_with),
            ("entry_insert", entry_insert),
            ("insert_unique_unchecked", insert_unique_unchecked),
            ("remove", remove),
            ("remove_entry", remove_entry),
            ("set_insert", set_insert),
            ("set_replace", set_replace),
            ("set_get_or_insert", set_get_or_insert),
            ("set_take", set_take),
            ("insert_unique", insert_unique),
            ("table_or_insert", table_or_insert),
        ]
    }};
}

/// For each operation, its name, and rosti's and hashbrown's.
fn operations() -> impl Iterator<Item = (&'static str, [fn(); 2])> {
    let pairs = operations!(rosti).into_iter().zip(operations!(hashbrown));
    pairs.map(|((name, ours), (_, theirs))| (name, [ours, theirs]))
}

/// Whether the operation gets by with a stack of so many values.
fn suffices(values: usize, operation: usize, which: usize) -> bool {
    let this = env::current_exe().expect("the test's own program");
    let status = Command::new(this)
        .args(["--exact", "one_operation"])
        .env("ROSTI_STACK", format!("{values} {operation} {which}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.expect("the test's own program runs").success()
}

/// The values that the operation needs room for.
fn copies(operation: usize, which: usize) -> usize {
    (1..40).find(|&values| suffices(values, operation, which)).expect("a stack that suffices")
}

/// What the processes run; otherwise nothing.
#[test]
fn one_operation() {
    let Ok(task) = env::var("ROSTI_STACK") else { return };
    let [values, operation, which] = task
        .split(' ')
        .map(|number| number.parse::<usize>().expect("a number"))
        .collect::<Vec<_>>()[..]
    else {
        panic!("three numbers are expected in ROSTI_STACK, not {task:?}");
    };
    let (_, run) = operations().nth(operation).expect("an operation");
    let stack = values * size_of::<Large>() + BESIDE;
    let thread = thread::Builder::new().stack_size(stack).spawn(run[which]);
    thread.expect("a thread").join().expect("the operation");
}

#[test]
fn values_are_copied_no_more_often_than_by_hashbrown() {
    let mut worse = Vec::new();
    for (operation, (name, _)) in operations().enumerate() {
        let [ours, theirs] = [0, 1].map(|which| copies(operation, which));
        println!("{name}: {ours} copies, hashbrown {theirs}");
        if ours > theirs {
            worse.push(format!("{name}: {ours} copies, hashbrown {theirs}"));
        }
    }
    assert!(worse.is_empty(), "{worse:#?}");
}
