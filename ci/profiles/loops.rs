// Loops as programs write them. main.rs includes this file once for each map, with `maps` as its crate,
// so that both get the same code. Each loop is there twice (`SITE`): what is called from one place only
// is inlined whatever its size, and programs call from many.

use super::{Case, Rng, Row, Size, key, word};
use foldhash::fast::FixedState;
use std::collections::VecDeque;

type Map<K, V> = maps::HashMap<K, V, FixedState>;
type Set<K> = maps::HashSet<K, FixedState>;
type Record = [u64; 7];

/// Adds a row for a loop: its name and size, what it works on (made once, of so many entries), what
/// each run is given (drawn anew, before the clock starts) and the loop.
macro_rules! row {
    ($rows:ident, $name:ident, $sizes:expr, $state:expr, $draw:expr) => {
        for &size in $sizes {
            $rows.push(Row {
                name: stringify!($name),
                size,
                make: |n| Box::new(Case::new($state(n), n, $draw, [$name::<0>, $name::<1>])),
            });
        }
    };
}

/// A map with `key(0..n)` and a value made of the number.
fn numbered<V>(n: usize, value: impl Fn(u64) -> V) -> Map<u64, V> {
    (0..n as u64).map(|i| (key(i), value(i))).collect()
}

fn vocabulary(n: usize) -> Vec<String> {
    let mut words: Vec<String> = (0..n as u64).map(word).collect();
    Rng::new(1).shuffle(&mut words);
    words
}

/// Numbers of present keys.
fn present(n: usize, count: usize, rng: &mut Rng) -> Vec<u64> {
    (0..count).map(|_| key(rng.below(n) as u64)).collect()
}

/// Keys of which so many in a hundred are present.
fn partly(percent: usize, n: usize, count: usize, rng: &mut Rng) -> Vec<u64> {
    let any =
        |rng: &mut Rng| rng.below(n) as u64 + if rng.below(100) < percent { 0 } else { n as u64 };
    (0..count).map(|_| key(any(rng))).collect()
}

/// Words of the vocabulary, as positions in it; few of them make up most of the text.
fn text(n: usize, count: usize, rng: &mut Rng) -> Vec<usize> {
    (0..count).map(|_| rng.zipf(n)).collect()
}

#[inline(never)]
fn get<const SITE: u64>(map: &mut Map<u64, u64>, keys: &mut Vec<u64>) -> u64 {
    let mut sum = SITE;
    for key in &*keys {
        if let Some(value) = map.get(key) {
            sum = sum.wrapping_add(*value);
        }
    }
    sum
}

#[inline(never)]
fn get_absent<const SITE: u64>(map: &mut Map<u64, u64>, keys: &mut Vec<u64>) -> u64 {
    let mut absent = SITE;
    for key in &*keys {
        if !map.contains_key(key) {
            absent += 1;
        }
    }
    absent
}

#[inline(never)]
fn get_id<const SITE: u64>(map: &mut Map<u32, u32>, keys: &mut Vec<u32>) -> u64 {
    let mut sum = SITE as u32;
    for key in &*keys {
        if let Some(&value) = map.get(key) {
            sum = sum.wrapping_add(value);
        }
    }
    sum.into()
}

#[inline(never)]
fn get_record<const SITE: u64>(map: &mut Map<u64, Record>, keys: &mut Vec<u64>) -> u64 {
    let mut sum = SITE;
    for key in &*keys {
        if let Some(record) = map.get(key) {
            sum = sum.wrapping_add(record[3]);
        }
    }
    sum
}

#[inline(never)]
fn contains_index<const SITE: u64>(map: &mut Map<u64, u64>, keys: &mut Vec<u64>) -> u64 {
    let mut sum = SITE;
    for key in &*keys {
        if map.contains_key(key) {
            sum = sum.wrapping_add(map[key]);
        }
    }
    sum
}

#[inline(never)]
fn get_mut<const SITE: u64>(map: &mut Map<u64, u64>, keys: &mut Vec<u64>) -> u64 {
    let mut absent = SITE;
    for key in &*keys {
        match map.get_mut(key) {
            Some(value) => *value = value.wrapping_add(1),
            None => absent += 1,
        }
    }
    absent
}

#[inline(never)]
fn neighbours<const SITE: u64>(alive: &mut Set<(i32, i32)>, cells: &mut Vec<(i32, i32)>) -> u64 {
    let mut born = SITE;
    for &(x, y) in &*cells {
        let mut count = 0;
        for dx in -1..=1 {
            for dy in -1..=1 {
                if (dx, dy) != (0, 0) && alive.contains(&(x + dx, y + dy)) {
                    count += 1;
                }
            }
        }
        born += u64::from(count == 3);
    }
    born
}

/// Keys are made of numbers that are in registers, as in the next two.
#[inline(never)]
fn tally<const SITE: u64>(
    counts: &mut Map<(i32, i32), u64>,
    cells: &mut Vec<(i32, i32)>,
) -> u64 {
    for &(x, y) in &*cells {
        *counts.entry((x / 4, y / 4)).or_insert(0) += 1;
    }
    counts.len() as u64 + SITE
}

#[inline(never)]
fn moves<const SITE: u64>(alive: &mut Set<(i32, i32)>, cells: &mut Vec<(i32, i32)>) -> u64 {
    let mut moved = SITE;
    for &(x, y) in &*cells {
        if alive.remove(&(x, y)) {
            moved += 1;
            alive.insert((y, x));
        }
    }
    moved
}

#[inline(never)]
fn count<const SITE: u64>(_: &mut (), keys: &mut Vec<u64>) -> u64 {
    let mut counts: Map<u64, u64> = Map::default();
    for &key in &*keys {
        *counts.entry(key).or_insert(0) += 1;
    }
    counts.len() as u64 + SITE
}

#[inline(never)]
fn entry<const SITE: u64>(counts: &mut Map<u64, u64>, keys: &mut Vec<u64>) -> u64 {
    for &key in &*keys {
        *counts.entry(key).or_insert(0) += 1;
    }
    counts.len() as u64 + SITE
}

#[inline(never)]
fn memo<const SITE: u64>(_: &mut (), starts: &mut Vec<u64>) -> u64 {
    fn length(n: u64, memo: &mut Map<u64, u32>) -> u32 {
        if n == 1 {
            return 0;
        }
        if let Some(&known) = memo.get(&n) {
            return known;
        }
        let next = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
        let steps = 1 + length(next, memo);
        memo.insert(n, steps);
        steps
    }
    let mut memo = Map::default();
    let longest = starts.iter().map(|&start| length(start, &mut memo)).max();
    u64::from(longest.unwrap_or(0)) + SITE
}

#[inline(never)]
fn dedup<const SITE: u64>(_: &mut (), keys: &mut Vec<u64>) -> u64 {
    let mut seen: Set<u64> = Set::default();
    keys.retain(|&key| seen.insert(key));
    keys.len() as u64 + SITE
}

#[inline(never)]
fn two_sum<const SITE: u64>(_: &mut (), keys: &mut Vec<u64>) -> u64 {
    let mut seen: Map<u64, usize> = Map::default();
    let mut pairs = SITE;
    for (i, &key) in keys.iter().enumerate() {
        if let Some(&other) = seen.get(&!key) {
            pairs = pairs.wrapping_add(other as u64);
        }
        seen.insert(key, i);
    }
    pairs
}

#[inline(never)]
fn collect<const SITE: u64>(_: &mut (), keys: &mut Vec<u64>) -> u64 {
    let map: Map<u64, u64> = keys.iter().map(|&key| (key, key ^ SITE)).collect();
    map.len() as u64 + SITE
}

#[inline(never)]
fn extend<const SITE: u64>(_: &mut (), keys: &mut Vec<u64>) -> u64 {
    let mut set: Set<u64> = Set::default();
    for part in keys.chunks(100) {
        set.extend(part.iter().copied());
    }
    set.len() as u64 + SITE
}

#[inline(never)]
fn insert_records<const SITE: u64>(_: &mut (), keys: &mut Vec<u64>) -> u64 {
    let mut map: Map<u64, Record> = Map::default();
    for &key in &*keys {
        map.insert(key, [key; 7]);
    }
    map.len() as u64 + SITE
}

#[inline(never)]
fn entry_records<const SITE: u64>(_: &mut (), keys: &mut Vec<u64>) -> u64 {
    let mut map: Map<u64, [u64; 3]> = Map::default();
    for &key in &*keys {
        map.entry(key).or_insert([key, SITE, 0])[2] += 1;
    }
    map.len() as u64
}

#[inline(never)]
fn extend_records<const SITE: u64>(_: &mut (), entries: &mut Vec<(u64, Record)>) -> u64 {
    let mut map: Map<u64, Record> = Map::default();
    map.extend(entries.iter().copied());
    map.len() as u64 + SITE
}

#[inline(never)]
fn update<const SITE: u64>(map: &mut Map<u64, u64>, keys: &mut Vec<u64>) -> u64 {
    let mut sum = SITE;
    for (i, &key) in keys.iter().enumerate() {
        if let Some(old) = map.insert(key, i as u64) {
            sum = sum.wrapping_add(old);
        }
    }
    sum
}

#[inline(never)]
fn group_by<const SITE: u64>(_: &mut (), pairs: &mut Vec<(u32, u32)>) -> u64 {
    let mut groups: Map<u32, Vec<u32>> = Map::default();
    for &(group, item) in &*pairs {
        groups.entry(group).or_default().push(item);
    }
    groups.values().map(|items| items.len() as u64).max().unwrap_or(0) + SITE
}

#[inline(never)]
fn nested<const SITE: u64>(_: &mut (), pairs: &mut Vec<(u32, u32)>) -> u64 {
    let mut counts: Map<u32, Map<u32, u32>> = Map::default();
    for &(row, column) in &*pairs {
        *counts.entry(row).or_default().entry(column).or_insert(0) += 1;
    }
    counts.values().map(|row| row.len() as u64).sum::<u64>() + SITE
}

/// A dictionary, and the words that a text is made of (not the dictionary's own).
type Words = (Map<String, u64>, Vec<String>);

fn dictionary(n: usize) -> Words {
    let words = vocabulary(n);
    (words.iter().cloned().zip(0..).collect(), words)
}

#[inline(never)]
fn words<const SITE: u64>((map, words): &mut Words, text: &mut Vec<usize>) -> u64 {
    let mut sum = SITE;
    for &i in &*text {
        let word: &str = &words[i];
        if let Some(value) = map.get(word) {
            sum = sum.wrapping_add(*value);
        }
    }
    sum
}

/// Types of records: the numbers of their fields, by name, and names to look up, a third of which are of
/// no field.
type RecordTypes = Vec<(Map<String, usize>, Vec<String>)>;

/// Types with 5 to 16 fields.
fn record_types(n: usize) -> RecordTypes {
    let mut rng = Rng::new(n as u64);
    let mut record_type = |fields: usize| {
        let names: Vec<String> = (0..fields * 3 / 2).map(|_| word(rng.next() >> 40)).collect();
        (names.iter().take(fields).cloned().zip(0..).collect(), names)
    };
    (5..=16).map(&mut record_type).collect()
}

/// One type after another, as records of a type come together.
#[inline(never)]
fn fields<const SITE: u64>(types: &mut RecordTypes, drawn: &mut Vec<(usize, usize)>) -> u64 {
    let mut sum = SITE;
    for &(record_type, name) in &*drawn {
        let (fields, names) = &types[record_type];
        let name: &str = &names[name];
        match fields.get(name) {
            Some(field) => sum = sum.wrapping_mul(3).wrapping_add(*field as u64),
            None => sum = sum.wrapping_add(1),
        }
    }
    sum
}

#[inline(never)]
fn entry_ref<const SITE: u64>(words: &mut Vec<String>, text: &mut Vec<usize>) -> u64 {
    let mut counts: Map<String, u64> = Map::default();
    for &i in &*text {
        *counts.entry_ref(words[i].as_str()).or_insert(0) += 1;
    }
    counts.len() as u64 + SITE
}

#[inline(never)]
fn intern<const SITE: u64>(words: &mut Vec<String>, text: &mut Vec<usize>) -> u64 {
    let mut symbols: Map<String, u32> = Map::default();
    let mut sum = SITE;
    for &i in &*text {
        let word = words[i].as_str();
        let symbol = match symbols.get(word) {
            Some(&symbol) => symbol,
            None => {
                let symbol = symbols.len() as u32;
                symbols.insert(word.to_owned(), symbol);
                symbol
            }
        };
        sum = sum.wrapping_mul(3).wrapping_add(symbol.into());
    }
    sum
}

#[inline(never)]
fn insert_strings<const SITE: u64>(_: &mut (), text: &mut Vec<String>) -> u64 {
    let mut map: Map<String, u64> = Map::default();
    for (i, word) in text.drain(..).enumerate() {
        map.insert(word, i as u64);
    }
    map.len() as u64 + SITE
}

/// A cache of constant size, its keys in the order of their arrival, and the number of the next.
type Cache = (Map<u64, u64>, VecDeque<u64>, u64);

#[inline(never)]
fn evict<const SITE: u64>((map, order, _): &mut Cache, keys: &mut Vec<u64>) -> u64 {
    let mut sum = SITE;
    for &key in &*keys {
        if let Some(value) = order.pop_front().and_then(|oldest| map.remove(&oldest)) {
            sum = sum.wrapping_add(value);
        }
        map.insert(key, sum);
        order.push_back(key);
    }
    sum
}

#[inline(never)]
fn remove<const SITE: u64>(
    (_, map): &mut (Map<u64, u64>, Map<u64, u64>),
    keys: &mut Vec<u64>,
) -> u64 {
    let mut sum = SITE;
    while let Some(key) = keys.pop() {
        if let Some(value) = map.remove(&key) {
            sum = sum.wrapping_add(value);
        }
    }
    sum
}

#[inline(never)]
fn sum_values<const SITE: u64>(map: &mut Map<u64, u64>, times: &mut Vec<u64>) -> u64 {
    let mut sum = SITE;
    for &time in &*times {
        sum = sum.wrapping_mul(3).wrapping_add(map.values().sum::<u64>() ^ time);
    }
    sum
}

#[inline(never)]
fn walk<const SITE: u64>(map: &mut Map<u64, u64>, times: &mut Vec<u64>) -> u64 {
    let mut odd = SITE;
    for &time in &*times {
        for (key, value) in &*map {
            if (key ^ value ^ time) % 2 == 1 {
                odd += 1;
            }
        }
    }
    odd
}

#[inline(never)]
fn most<const SITE: u64>(map: &mut Map<u64, u64>, times: &mut Vec<u64>) -> u64 {
    let mut sum = SITE;
    for &time in &*times {
        if let Some((key, _)) = map.iter().max_by_key(|(_, value)| **value ^ time) {
            sum = sum.wrapping_mul(3).wrapping_add(*key);
        }
    }
    sum
}

/// Between the walk and the loop stand functions of std, which are inlined only if the walk is small.
#[inline(never)]
fn filter_most<const SITE: u64>(map: &mut Map<u64, u64>, times: &mut Vec<u64>) -> u64 {
    let mut sum = SITE;
    for &time in &*times {
        let some = map.iter().filter(|(key, _)| (**key ^ time) % 4 != 0);
        if let Some((key, _)) = some.max_by_key(|(_, value)| **value ^ time) {
            sum = sum.wrapping_mul(3).wrapping_add(*key);
        }
    }
    sum
}

#[inline(never)]
fn collect_result<const SITE: u64>(map: &mut Map<u64, u64>, times: &mut Vec<u64>) -> u64 {
    let mut sum = SITE;
    for &time in &*times {
        let raised = |(key, value): (&u64, &u64)| value.checked_add(time >> 1).ok_or(*key);
        let sums: Result<Vec<u64>, u64> = map.iter().map(raised).collect();
        sum = sum.wrapping_add(sums.map_or(0, |sums| sums.len() as u64));
    }
    sum
}

#[inline(never)]
fn any_of<const SITE: u64>(map: &mut Map<u64, u64>, times: &mut Vec<u64>) -> u64 {
    let mut found = SITE;
    for &time in &*times {
        found += u64::from(map.iter().any(|(key, value)| key ^ value == time));
    }
    found
}

#[inline(never)]
fn pick<const SITE: u64>(map: &mut Map<u64, u64>, places: &mut Vec<u64>) -> u64 {
    let mut found = SITE;
    for &place in &*places {
        // Which one it is differs from map to map.
        let value = map.values().nth(place as usize % map.len());
        found += u64::from(std::hint::black_box(value).is_some());
    }
    found
}

#[inline(never)]
fn first_of<const SITE: u64>(sets: &mut Vec<Set<u64>>, times: &mut Vec<u64>) -> u64 {
    let mut found = SITE;
    for &time in &*times {
        for set in &*sets {
            found += u64::from(set.iter().next().is_some_and(|&key| key != time));
        }
    }
    found
}

#[inline(never)]
fn retain<const SITE: u64>(map: &mut Map<u64, u64>, keys: &mut Vec<u64>) -> u64 {
    // Entries live for one to eight rounds; as many come as go.
    let before = map.len();
    map.retain(|_, life| {
        *life -= 1;
        *life > 0
    });
    let gone = before - map.len();
    for &key in keys.iter().take(gone) {
        map.insert(key, 1 + key % 8);
    }
    gone as u64 + SITE
}

#[inline(never)]
fn small_maps<const SITE: u64>(_: &mut (), keys: &mut Vec<u64>) -> u64 {
    let mut sum = SITE;
    for part in keys.chunks(8) {
        let mut map: Map<u64, u64> = Map::default();
        for &key in part {
            map.insert(key, key);
        }
        sum = sum.wrapping_add(map.get(&part[part.len() / 2]).copied().unwrap_or(1));
    }
    sum
}

/// One map for all parts: it keeps its memory.
#[inline(never)]
fn scratch<const SITE: u64>(_: &mut (), keys: &mut Vec<u64>) -> u64 {
    let mut map: Map<u64, u64> = Map::default();
    let mut sum = SITE;
    for part in keys.chunks(4) {
        for &key in part {
            map.insert(key, SITE);
        }
        for (key, value) in map.drain() {
            sum = sum.wrapping_add(key ^ value);
        }
    }
    sum
}

/// Sets of no more than four elements.
#[inline(never)]
fn small_sets<const SITE: u64>(sets: &mut Vec<Set<u64>>, times: &mut Vec<u64>) -> u64 {
    let mut sum = SITE;
    for &time in &*times {
        for pair in sets.windows(2) {
            let (both, one) = (&pair[0] & &pair[1], &pair[0] ^ &pair[1]);
            sum = sum.wrapping_mul(3).wrapping_add((both.len() + 2 * one.len()) as u64 ^ time);
        }
    }
    sum
}

#[inline(never)]
fn modify<const SITE: u64>(counts: &mut Map<u64, u64>, keys: &mut Vec<u64>) -> u64 {
    for &key in &*keys {
        counts.entry(key).and_modify(|count| *count += 1).or_insert(SITE);
    }
    counts.len() as u64 + SITE
}

#[inline(never)]
fn try_insert<const SITE: u64>(map: &mut Map<u64, u64>, keys: &mut Vec<u64>) -> u64 {
    let mut refused = SITE;
    for &key in &*keys {
        refused += u64::from(map.try_insert(key, SITE).is_err());
    }
    refused
}

#[inline(never)]
fn replace<const SITE: u64>(set: &mut Set<u64>, keys: &mut Vec<u64>) -> u64 {
    let mut replaced = SITE;
    for &key in &*keys {
        replaced += u64::from(set.replace(key).is_some());
    }
    replaced
}

#[inline(never)]
fn swap_two<const SITE: u64>(map: &mut Map<u64, u64>, keys: &mut Vec<u64>) -> u64 {
    let mut swapped = SITE;
    for pair in keys.chunks_exact(2).filter(|pair| pair[0] != pair[1]) {
        if let [Some(one), Some(other)] = map.get_disjoint_mut([&pair[0], &pair[1]]) {
            std::mem::swap(one, other);
            swapped += 1;
        }
    }
    swapped
}

#[inline(never)]
fn clone_insert<const SITE: u64>(map: &mut Map<u64, u64>, keys: &mut Vec<u64>) -> u64 {
    let mut sum = SITE;
    for &key in &*keys {
        let mut other = map.clone();
        other.insert(key, key);
        sum += other.len() as u64;
    }
    sum
}

#[inline(never)]
fn intersection<const SITE: u64>(
    (left, right): &mut (Set<u64>, Set<u64>),
    times: &mut Vec<u64>,
) -> u64 {
    let mut common = SITE;
    for &time in &*times {
        common = common.wrapping_mul(3) ^ time;
        common += left.iter().filter(|&key| right.contains(key)).count() as u64;
    }
    common
}

#[inline(never)]
fn difference<const SITE: u64>(
    (left, right): &mut (Set<u64>, Set<u64>),
    times: &mut Vec<u64>,
) -> u64 {
    let mut sum = SITE;
    for &time in &*times {
        for key in left.difference(right) {
            sum = sum.wrapping_add(key ^ time);
        }
    }
    sum
}

#[inline(never)]
fn reach<const SITE: u64>(edges: &mut Map<u32, Vec<u32>>, starts: &mut Vec<u32>) -> u64 {
    let mut seen: Set<u32> = Set::default();
    let mut queue: VecDeque<u32> = starts.drain(..).collect();
    while let Some(node) = queue.pop_front() {
        if !seen.insert(node) {
            continue;
        }
        if let Some(next) = edges.get(&node) {
            queue.extend(next.iter().filter(|node| !seen.contains(*node)));
        }
    }
    seen.len() as u64 + SITE
}

/// Keys that no map has.
fn random(count: usize, rng: &mut Rng) -> Vec<u64> {
    (0..count).map(|_| rng.next()).collect()
}

fn pairs(groups: usize, count: usize, rng: &mut Rng) -> Vec<(u32, u32)> {
    (0..count).map(|_| (rng.below(groups) as u32, rng.below(groups) as u32)).collect()
}

/// Cells of a square of which a quarter is alive, and those that are.
fn cells(n: usize, count: usize, rng: &mut Rng) -> Vec<(i32, i32)> {
    let side = n.isqrt() * 2;
    (0..count).map(|_| (rng.below(side) as i32, rng.below(side) as i32)).collect()
}

fn alive(n: usize) -> Set<(i32, i32)> {
    cells(n, n, &mut Rng::new(2)).into_iter().collect()
}

/// Two sets; half of the elements of the first are in the second, too.
fn overlapping(n: usize) -> (Set<u64>, Set<u64>) {
    let numbers = |range: std::ops::Range<usize>| range.map(|i| key(i as u64)).collect();
    (numbers(0..n), numbers(n / 2..2 * n))
}

/// Sets of up to four elements, some of which the next one has, too.
fn few_elements(n: usize) -> Vec<Set<u64>> {
    (0..n / 16).map(|i| (2 * i..2 * i + i % 5).map(|i| key(i as u64)).collect()).collect()
}

fn id(i: usize) -> u32 {
    (i as u32).wrapping_mul(0x9E37_79B9)
}

fn map(n: usize) -> Map<u64, u64> {
    numbered(n, |i| i)
}

pub fn rows() -> Vec<Row> {
    const SMALL: &[Size] = &[Size::InCache];
    const BOTH: &[Size] = &[Size::InCache, Size::Beyond];
    let mut rows = Vec::new();

    row!(rows, get, BOTH, map, |_, n, rng| present(n, DRAWS, rng));
    row!(rows, get_absent, BOTH, map, |_, n, rng| partly(0, n, DRAWS, rng));
    row!(rows, get_id, SMALL, |n| (0..n).map(|i| (id(i), i as u32)).collect(), |_, n, rng| (0
        ..DRAWS)
        .map(|_| id(rng.below(n)))
        .collect());
    row!(rows, get_record, SMALL, |n| numbered(n, |i| [i; 7]), |_, n, rng| present(n, DRAWS, rng));
    row!(rows, contains_index, SMALL, map, |_, n, rng| partly(90, n, DRAWS, rng));
    row!(rows, get_mut, SMALL, map, |_, n, rng| partly(75, n, DRAWS, rng));
    row!(rows, neighbours, SMALL, alive, |_, n, rng| cells(n, DRAWS / 8, rng));
    row!(rows, tally, SMALL, |_| Map::default(), |_, n, rng| cells(n, DRAWS, rng));
    row!(rows, moves, SMALL, alive, |_, n, rng| cells(n, DRAWS, rng));
    row!(rows, count, BOTH, |_| (), |_, n, rng| (0..2 * n)
        .map(|_| key(rng.below(n) as u64))
        .collect());
    row!(rows, entry, BOTH, map, |_, n, rng| present(n, DRAWS, rng));
    row!(rows, memo, SMALL, |_| (), |_, n, rng| (0..n / 8)
        .map(|_| 1 + rng.below(1 << 20) as u64)
        .collect());
    row!(rows, dedup, SMALL, |_| (), |_, n, rng| (0..2 * n)
        .map(|_| key(rng.below(n) as u64))
        .collect());
    row!(rows, two_sum, SMALL, |_| (), |_, n, rng| random(n, rng));
    row!(rows, collect, BOTH, |_| (), |_, n, rng| random(n, rng));
    row!(rows, extend, SMALL, |_| (), |_, n, rng| random(n, rng));
    row!(rows, insert_records, SMALL, |_| (), |_, n, rng| random(n, rng));
    row!(rows, entry_records, SMALL, |_| (), |_, n, rng| random(n, rng));
    row!(rows, extend_records, SMALL, |_| (), |_, n, rng| {
        random(n, rng).into_iter().map(|key| (key, [key; 7])).collect()
    });
    row!(rows, update, SMALL, map, |_, n, rng| present(n, DRAWS, rng));
    row!(rows, group_by, SMALL, |_| (), |_, n, rng| pairs(n / 4, n, rng));
    row!(rows, nested, SMALL, |_| (), |_, n, rng| pairs(n / 64, n, rng));
    row!(rows, words, BOTH, dictionary, |_, n, rng| (0..DRAWS).map(|_| rng.below(n)).collect());
    row!(rows, fields, SMALL, record_types, |types: &mut RecordTypes, _, rng: &mut Rng| {
        let mut field = |i: usize| {
            let record_type = i * types.len() / DRAWS;
            (record_type, rng.below(types[record_type].1.len()))
        };
        (0..DRAWS).map(&mut field).collect()
    });
    row!(rows, entry_ref, SMALL, vocabulary, |_, n, rng| text(n, 2 * n, rng));
    row!(rows, intern, SMALL, vocabulary, |_, n, rng| text(n, 2 * n, rng));
    row!(rows, insert_strings, BOTH, |_| (), |_, n, rng| (0..n)
        .map(|_| word(rng.next() >> 20))
        .collect());
    row!(
        rows,
        evict,
        BOTH,
        |n| (map(n), (0..n as u64).map(key).collect(), n as u64),
        |(_, _, next): &mut Cache, _, _| {
            *next += DRAWS as u64;
            (*next - DRAWS as u64..*next).map(key).collect()
        }
    );
    row!(
        rows,
        remove,
        SMALL,
        |n| (map(n), map(n)),
        |(full, map): &mut (Map<u64, u64>, Map<u64, u64>), n, rng| {
            map.clone_from(full);
            let mut keys: Vec<u64> = (0..n as u64).map(key).collect();
            rng.shuffle(&mut keys);
            keys
        }
    );
    row!(rows, sum_values, SMALL, map, |_, _, rng| random(4, rng));
    row!(rows, walk, SMALL, map, |_, _, rng| random(4, rng));
    row!(rows, most, SMALL, map, |_, _, rng| random(4, rng));
    row!(rows, filter_most, SMALL, map, |_, _, rng| random(4, rng));
    row!(rows, collect_result, SMALL, map, |_, _, rng| random(4, rng));
    row!(rows, any_of, SMALL, map, |_, _, rng| random(4, rng));
    row!(rows, pick, SMALL, map, |_, _, rng| random(4, rng));
    row!(rows, first_of, SMALL, few_elements, |_, _, rng| random(4, rng));
    row!(rows, retain, SMALL, |n| numbered(n, |i| 1 + key(i) % 8), |_, n, rng| random(n, rng));
    row!(rows, small_maps, SMALL, |_| (), |_, n, rng| random(n, rng));
    row!(rows, scratch, SMALL, |_| (), |_, n, rng| random(n, rng));
    row!(rows, small_sets, SMALL, few_elements, |_, _, rng| random(2, rng));
    row!(rows, modify, SMALL, map, |_, n, rng| present(n, DRAWS, rng));
    row!(rows, try_insert, SMALL, map, |_, n, rng| present(n, DRAWS, rng));
    row!(rows, replace, SMALL, |n| map(n).into_keys().collect(), |_, n, rng| {
        present(n, DRAWS, rng)
    });
    row!(rows, swap_two, SMALL, map, |_, n, rng| present(n, DRAWS, rng));
    row!(rows, clone_insert, SMALL, |n| map(n / 50), |_, _, rng| random(100, rng));
    row!(rows, intersection, SMALL, overlapping, |_, _, rng| random(2, rng));
    row!(rows, difference, SMALL, overlapping, |_, _, rng| random(2, rng));
    row!(
        rows,
        reach,
        SMALL,
        |n| {
            let mut rng = Rng::new(3);
            (0..n).map(|i| (i as u32, (0..2).map(|_| rng.below(n) as u32).collect())).collect()
        },
        |_, n, rng| vec![rng.below(n) as u32, rng.below(n) as u32]
    );
    rows
}
