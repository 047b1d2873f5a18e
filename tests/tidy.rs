//! The rules of the house that a machine can check: where unsafe code, machine intrinsics, traits
//! of keys and long files may be, and what may depend on what.
//!
//! The source is read as text, with comments and test modules left out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Lines of code, without documentation and in-file tests, that a source file may have.
const MAX_LINES: usize = 700;

/// Where `unsafe` may stand: the core and its thin public layers. All other files under src/ are
/// safe code. A path that ends in `/` is a folder.
const UNSAFE_ALLOWED: [&str; 16] = [
    "group/",
    "raw/",
    "hash_table/",
    "extendible/debug.rs",
    "extendible/directory.rs",
    "extendible/entry.rs",
    "extendible/place.rs",
    "extendible/split.rs",
    "extendible/table.rs",
    "extendible/walk.rs",
    "allocator.rs",
    "hash_map/",
    "hash_set/mod.rs", // only the `unsafe fn` that hashbrown's interface has
    "str/cell.rs",
    "str/arena.rs",
    "external/huge_pages.rs", // an allocator: the trait is unsafe, and so are the system calls
];

/// What each part of the crate must not name, as `crate::part`. Everything may use `allocator`,
/// `error` and `equivalent`.
const MUST_NOT_USE: [(&str, &[&str]); 13] = [
    (
        "ctrl.rs",
        &["mask", "group", "probe", "capacity", "raw", "hash_table", "hash_map", "hash_set"],
    ),
    (
        "mask.rs",
        &["ctrl", "group", "probe", "capacity", "raw", "hash_table", "hash_map", "hash_set"],
    ),
    ("group/", &["probe", "capacity", "raw", "hash_table", "hash_map", "hash_set"]),
    ("probe.rs", &["group", "raw", "hash_table", "hash_map", "hash_set"]),
    ("capacity.rs", &["group", "raw", "ctrl", "mask", "hash_table", "hash_map", "hash_set"]),
    (
        "raw/",
        &[
            "hash_table",
            "hash_map",
            "hash_set",
            "extendible",
            "int",
            "str",
            "hasher",
            "equivalent",
            "external",
        ],
    ),
    ("hash_table/", &["hash_map", "hash_set", "int", "str", "hasher", "equivalent"]),
    ("hash_map/", &["hash_set", "int", "str", "extendible"]),
    ("hash_set/", &["int", "str", "extendible"]),
    ("extendible/", &["hash_table", "int", "str"]),
    ("int.rs", &["str", "extendible"]),
    ("str/", &["int", "extendible"]),
    ("error.rs", &["group", "raw", "hash_table", "hash_map", "hash_set"]),
];

/// Rust files below a folder, by their path relative to it.
fn sources(folder: &str) -> BTreeMap<String, String> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    let name = |path: &Path| {
        path.strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/")
    };
    let read = |path: &Path| fs::read_to_string(path).expect("the file is UTF-8");
    paths.iter().map(|path| (name(path), read(path))).collect()
}

/// Whether a file is about tests only.
fn is_test_file(name: &str) -> bool {
    name.contains("tests") || name.ends_with("conformance.rs") || name.ends_with("scalar.rs")
}

/// A file's lines of code with their numbers: no comments, no documentation, no in-file tests.
fn code(text: &str) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim_end() == "#[cfg(test)]"
            && text.lines().nth(number + 1).is_some_and(|next| {
                next.trim_start().starts_with("mod ") && next.trim_end().ends_with('{')
            })
        {
            break;
        }
        let line = line.split("//").next().unwrap_or_default().trim_end();
        if !line.trim().is_empty() {
            lines.push((number + 1, line.to_owned()));
        }
    }
    lines
}

/// Collects violations of a rule over the library's code, and fails with all of them.
fn check(rule: &str, violates: impl Fn(&str, &str) -> bool) {
    let mut violations = Vec::new();
    for (name, text) in sources("src").iter().filter(|(name, _)| !is_test_file(name)) {
        for (number, line) in code(text) {
            if violates(name, &line) {
                violations.push(format!("src/{name}:{number}: {}", line.trim()));
            }
        }
    }
    assert!(violations.is_empty(), "{rule}\n{}", violations.join("\n"));
}

fn lies_in(name: &str, places: &[&str]) -> bool {
    places.iter().any(|place| match place.strip_suffix('/') {
        Some(_) => name.starts_with(place),
        None => name == *place,
    })
}

/// Whether a line contains a word that is not part of a longer one.
fn has_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        !line[..at].ends_with(is_part) && !line[at + word.len()..].starts_with(is_part)
    })
}

#[test]
fn unsafe_has_an_address_list() {
    check("unsafe code outside the files that may have it", |name, line| {
        has_word(line, "unsafe") && !lies_in(name, &UNSAFE_ALLOWED)
    });
}

#[test]
fn intrinsics_only_in_group() {
    check("core::arch outside src/group/", |name, line| {
        (line.contains("core::arch") || line.contains("std::arch")) && !name.starts_with("group/")
    });
    check("target_arch outside src/group/mod.rs", |name, line| {
        // A backend may name the arch module of its own targets.
        line.contains("target_arch") && !name.starts_with("group/")
    });
}

#[test]
fn the_core_knows_no_key_traits() {
    check("Hash, Eq or BuildHasher in src/raw/", |name, line| {
        name.starts_with("raw/")
            && ["Hash", "Eq", "BuildHasher", "Hasher"]
                .iter()
                .any(|word| has_word(line, word) && !line.contains("derive("))
    });
}

#[test]
fn dependencies_point_one_way() {
    check("a part of the crate uses a part that is built on it", |name, line| {
        MUST_NOT_USE.iter().any(|(part, others)| {
            lies_in(name, &[part])
                && others.iter().any(|other| {
                    line.contains(&format!("crate::{other}::"))
                        || line.contains(&format!("crate::{other};"))
                        || line.contains(&format!("crate::{{{other}"))
                })
        })
    });
}

#[test]
fn there_is_one_probe_loop() {
    // Who matches tags walks a probe sequence: that is `Control::probe`, and the walk that can be
    // resumed, for `iter_hash` and for regions.
    let mut places = Vec::new();
    for (name, text) in sources("src").iter().filter(|(name, _)| !is_test_file(name)) {
        let matches = |line: &str| line.contains(".match_tag(") || line.contains(".match_hash(");
        let calls = code(text).iter().filter(|(_, line)| matches(line)).count();
        if calls > 0 && !name.starts_with("group/") {
            places.push((name.clone(), calls));
        }
    }
    let expected = [("raw/control.rs".to_owned(), 1), ("raw/iter.rs".to_owned(), 1)];
    assert_eq!(places, expected, "tags are matched in these places");
}

#[test]
fn files_are_short() {
    for (name, text) in sources("src") {
        let lines = code(&text).len();
        assert!(is_test_file(&name) || lines <= MAX_LINES, "src/{name} has {lines} lines of code");
    }
}

#[test]
fn what_is_public_has_an_example() {
    const FOLDERS: [&str; 6] =
        ["hash_map/", "hash_set/", "hash_table/", "extendible/", "int.rs", "str/"];
    const ITEMS: [&str; 7] = ["fn", "const fn", "unsafe fn", "struct", "enum", "type", "trait"];
    // Public for the compiler only: what has no public name, and what tests look at.
    const HIDDEN: [&str; 7] = [
        "trait Bytes ",
        "trait EntryMap<",
        "struct Place<",
        "struct Vacancy<",
        "struct Books ",
        "fn books<",
        "fn check_directory<",
    ];
    let is_public = |line: &str| {
        let item = line.trim_start().strip_prefix("pub ").unwrap_or_default();
        ITEMS.iter().any(|kind| item.strip_prefix(kind).is_some_and(|name| name.starts_with(' ')))
            && !HIDDEN.iter().any(|hidden| item.starts_with(hidden))
            && !line.contains('$') // of a macro
    };
    let mut bare = Vec::new();
    for (name, text) in sources("src").iter().filter(|(name, _)| lies_in(name, &FOLDERS)) {
        let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
        for at in (0..lines.len()).filter(|&at| is_public(lines[at])) {
            let above = lines[..at].iter().rev();
            // (The macro `examples` has its examples in attributes of several lines.)
            let is_attribute = |line: &str| {
                ["///", "#", "$(#[", "\"", "concat!("].iter().any(|s| line.starts_with(s))
            };
            let mut docs = above.take_while(|line| is_attribute(line));
            if !docs.any(|line| line.contains("```") || line.starts_with("#[example(")) {
                bare.push(format!("src/{name}:{}: {}", at + 1, lines[at]));
            }
        }
    }
    assert!(bare.is_empty(), "public items without an example\n{}", bare.join("\n"));
}

#[test]
fn no_leftovers() {
    for folder in ["src", "tests", "benches", "examples"] {
        for (name, text) in sources(folder) {
            // Spelled in two halves, so that this file does not find itself.
            for word in [["to", "do!("], ["unimpl", "emented!("], ["FIX", "ME"], ["db", "g!("]] {
                assert!(
                    !text.contains(&word.concat()),
                    "{folder}/{name} contains {}",
                    word.concat()
                );
            }
        }
    }
}

#[test]
fn the_code_map_is_complete() {
    // ARCH.md's map names every source file, and no file that is not there.
    let map = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCH.md"))
        .expect("ARCH.md can be read");
    // (The core's tests are a folder there, not files.)
    for name in sources("src").keys().filter(|name| !name.starts_with("raw/tests/")) {
        assert!(map.contains(&format!("`src/{name}`")), "ARCH.md does not name src/{name}");
    }
    for mentioned in map.split('`').filter(|word| word.starts_with("src/") && word.ends_with(".rs"))
    {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(mentioned);
        assert!(path.exists(), "ARCH.md names {mentioned}, which does not exist");
    }
}
