//! hashbrown's surface, item by item: the same code compiles against both crates and shows the same.
//!
//! `items.rs` uses each item of hashbrown's documented interface once. It is compiled twice, against
//! hashbrown and against rosti by the name of hashbrown. docs/compatibility.md lists the items.
#![cfg(all(feature = "default-hasher", feature = "allocator-api2", feature = "equivalent"))]

mod on_hashbrown;
mod on_rosti;

#[test]
fn every_item_shows_the_same() {
    let (ours, theirs) = (on_rosti::items::rows(), on_hashbrown::items::rows());
    let different: Vec<_> =
        ours.iter().zip(&theirs).filter(|(ours, theirs)| ours != theirs).collect();
    assert!(different.is_empty(), "rosti shows one thing and hashbrown another: {different:#?}");
    assert_eq!(ours.len(), theirs.len());
}

/// What is refused is refused in the same words; ours may go on to say what to do.
#[test]
#[cfg_attr(panic = "abort", ignore = "needs unwinding")]
fn refusals_begin_with_the_same_words() {
    let (ours, theirs) = (on_rosti::items::messages(), on_hashbrown::items::messages());
    assert_eq!(ours.len(), theirs.len());
    for ((name, ours), (_, theirs)) in ours.iter().zip(&theirs) {
        assert!(ours.starts_with(theirs), "{name}: {ours:?} does not begin with {theirs:?}");
    }
}

/// The page's tables are made from the items.
#[test]
#[cfg(feature = "raw-entry")]
fn the_page_lists_every_item() {
    use std::collections::BTreeMap;

    let mut types: Vec<&str> = Vec::new();
    let mut items: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (of, name, _) in on_rosti::items::rows() {
        if !types.contains(&of) {
            types.push(of);
        }
        items.entry(of).or_default().push(name);
    }
    let rows: Vec<String> = types
        .iter()
        .map(|of| {
            let names = &mut items.get_mut(of).expect("it was entered");
            names.sort_unstable();
            names.dedup();
            format!("| `{of}` | `{}` |", names.join("`, `"))
        })
        .collect();
    let page = include_str!("../../docs/compatibility.md");
    let (_, page) = page.split_once("## The same").expect("the page has that chapter");
    let (same, _) = page.split_once("## Different").expect("the page has that chapter");
    let listed: Vec<&str> = same.lines().filter(|line| line.starts_with("| `")).collect();
    assert!(listed == rows, "docs/compatibility.md should list:\n{}", rows.join("\n"));
}
