//! Counts words with `rosti`, `hashbrown` and `std`, and says how long each took.
//!
//! ```text
//! cargo run --release --example wordcount -- <path>…   # files, and folders with all below them
//! cargo run --release --example wordcount -- -         # standard input
//! cargo run --release --example wordcount              # this crate's own text
//! ```
//!
//! Each map is used as a hot path would use it: a `HashMap<String, u64>`, or rosti's `StrMap<u64>`, that
//! starts empty, and for each word a lookup that copies it only if it is new. Only that is timed: by then all
//! text has been read and split (16 bytes per word on top of the text), and an untimed round has checked that
//! the maps agree entry by entry. Then they take turns, and the best time of each is shown. On a busy
//! machine, differences of a few percent mean nothing.
//!
//! A word is a maximal run of alphanumeric characters (Unicode's) and apostrophes, without the apostrophes at
//! its ends: `don't` is one word, `snake_case` is two. ASCII capitals are lowercased, others left alone.
//! Bytes that are not UTF-8 separate words. In folders, symbolic links, special files and binary files (a NUL
//! in the first KB) are skipped and reported.
//!
//! The output, here for a folder of Rust crates, without the figures that depend on the machine:
//!
//! ```text
//!       count    share  word
//!     325,128   4.71 %  pub
//!     207,694   3.01 %  const
//!     112,930   1.64 %  u32
//!           …
//!
//! 6,900,007 words, 206,112 distinct, in 54,134,756 bytes of 4,075 text(s)
//!
//! map              time  million words/s  time / hashbrown's
//! StrMap              …                …                   …
//! rosti               …                …                   …
//! hashbrown           …                …                1.00
//! std                 …                …                   …
//!
//! Best of 8 rounds.
//!
//! 57 lengths of words, most often 3 letters
//!
//! map              time  million words/s  time / hashbrown's
//! IntMap              …                …                   …
//! rosti               …                …                   …
//! hashbrown           …                …                1.00
//!
//! Best of 12 rounds.
//! ```
//!
//! The second table answers another question, how many words there are of each length: `u64 -> u64`, few
//! entries, one lookup per word, in `rosti::IntMap` and in the general maps. It is checked and timed in the
//! same way.
//!
//! Exit codes: 0 all counted; 1 some input, or the output, failed; 2 nothing could be counted;
//! 3 the maps disagree.

#![forbid(unsafe_code)]

use std::ffi::OsString;
use std::fmt::{Arguments, Debug, Display};
use std::fs::{self, File, FileType};
use std::hint::black_box;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

const HELP: &str = "\
Usage: wordcount [<path>… | -]

Counts the words of files, of folders with everything below them, of standard input (-), or,
without arguments, of the rosti crate itself, and compares the times of hash maps.
";

/// The crate's own text; what a packaged copy of the crate lacks is passed over.
const OWN_TEXT: &str = "README.md ARCH.md CHANGELOG.md Cargo.toml src tests benches examples";

/// Exit code and output, or exit code and a message why there is no output.
type Outcome = Result<(u8, String), (u8, String)>;

fn main() -> ExitCode {
    let outcome = match parse(std::env::args_os().skip(1)) {
        Ok(Some(paths)) => run(&paths),
        Ok(None) => Ok((0, HELP.to_owned())),
        Err(message) => Err((2, message)),
    };
    let (code, output) = outcome.unwrap_or_else(|(code, message)| {
        say(message);
        (code, String::new())
    });
    match io::stdout().write_all(output.as_bytes()).and_then(|()| io::stdout().flush()) {
        // A broken pipe is a reader that has seen enough (`| head`).
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            say(format_args!("cannot write the result: {error}"));
            ExitCode::from(code.max(1))
        }
        _ => ExitCode::from(code),
    }
}

/// The paths to count, `-` being standard input; `None` if help is wanted.
fn parse(args: impl Iterator<Item = OsString>) -> Result<Option<Vec<PathBuf>>, String> {
    let mut paths = Vec::new();
    for arg in args {
        match arg.to_str() {
            Some("-h" | "--help") => return Ok(None),
            Some(option) if option.starts_with('-') && option != "-" => {
                let advice = format!("there is --help, and `./{option}` names a file");
                return Err(format!("no such option: `{option}`; {advice}"));
            }
            _ => paths.push(PathBuf::from(arg)),
        }
    }
    if paths.is_empty() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let own = OWN_TEXT.split(' ').map(|name| root.join(name));
        paths.extend(own.filter(|path| path.exists()));
    }
    Ok(Some(paths))
}

/// Everything between the arguments and the output.
fn run(paths: &[PathBuf]) -> Outcome {
    let mut progress = Progress::new();
    let corpus = Corpus::read(paths, &mut progress);
    let (texts, bytes) = (corpus.texts.len(), corpus.bytes);
    if texts == 0 {
        let advice = "give a text file, a folder with some, or - (see --help)";
        return Err((2, format!("nothing could be counted; {advice}")));
    }
    let code = u8::from(corpus.failed > 0);
    progress.show(format_args!("splitting {} MB", bytes / 1_000_000));
    let words: Vec<&str> = corpus.texts.iter().flat_map(|text| words(text)).collect();
    let total = words.len();
    if total == 0 {
        let message = format!("no words in {texts} text(s) of {bytes} bytes");
        return Err((code, message));
    }
    let lengths: Vec<u64> = words.iter().map(|word| word.chars().count() as u64).collect();
    let ranking =
        common_ranking(&of_words(), &words, &mut progress).map_err(|message| (3, message))?;
    let by_length =
        common_ranking(&of_lengths(), &lengths, &mut progress).map_err(|message| (3, message))?;

    let top = top_table(&ranking, total);
    let times = timed_in_turns(&of_words(), &words, &mut progress);
    let times_of_lengths = timed_in_turns(&of_lengths(), &lengths, &mut progress);
    let (distinct_lengths, letters) = (by_length.len(), by_length[0].0);
    let [total, distinct, bytes, texts] = [total, ranking.len(), bytes, texts].map(grouped);
    let sums = format!("{total} words, {distinct} distinct, in {bytes} bytes of {texts} text(s)");
    let lengths = format!("{distinct_lengths} lengths of words, most often {letters} letters");
    let output = format!("{top}\n{sums}\n\n{times}\n{lengths}\n\n{times_of_lengths}");
    Ok((code, output))
}

// --- The maps ---

type Ranking<K> = Vec<(K, u64)>;
type Entries<K> = Box<dyn Iterator<Item = (K, u64)>>;

/// A name, and what counts words, given as `W`, into a new map of `K`: the time that took and the
/// map's entries.
type Subject<W, K> = (&'static str, fn(&[W]) -> (Duration, Entries<K>));

fn of_words<'a>() -> [Subject<&'a str, String>; 4] {
    [
        ("StrMap", |words| {
            let map = rosti::StrMap::<u64>::new();
            timed(words, map, |map, word| *map.entry(word).or_insert(0) += 1)
        }),
        ("rosti", |words| {
            let map = rosti::HashMap::<String, u64>::new();
            timed(words, map, |map, word| *map.entry_ref(word).or_insert(0) += 1)
        }),
        ("hashbrown", |words| {
            let map = hashbrown::HashMap::<String, u64>::new();
            timed(words, map, |map, word| *map.entry_ref(word).or_insert(0) += 1)
        }),
        // std has no `entry_ref`, and its `entry` would allocate a key for every word: this is the
        // usual way around, which hashes a new word twice. Its hasher is SipHash, the others'
        // foldhash: this row is where people start from, not a comparison of tables alone.
        ("std", |words| {
            let map = std::collections::HashMap::<String, u64>::new();
            timed(words, map, |map, word| match map.get_mut(word) {
                Some(count) => *count += 1,
                None => _ = map.insert(word.to_owned(), 1),
            })
        }),
    ]
}

/// The same with the lengths of words.
fn of_lengths() -> [Subject<u64, u64>; 3] {
    [
        ("IntMap", |lengths| {
            let map = rosti::IntMap::<u64, u64>::default();
            timed(lengths, map, |map, length| *map.entry(length).or_insert(0) += 1)
        }),
        ("rosti", |lengths| {
            let map = rosti::HashMap::<u64, u64>::new();
            timed(lengths, map, |map, length| *map.entry(length).or_insert(0) += 1)
        }),
        ("hashbrown", |lengths| {
            let map = hashbrown::HashMap::<u64, u64>::new();
            timed(lengths, map, |map, length| *map.entry(length).or_insert(0) += 1)
        }),
    ]
}

/// The name of the subject whose time is 1.00.
const BASELINE: &str = "hashbrown";

/// Compiled once per subject, and never into its surroundings, which could favour one of them.
#[inline(never)]
fn timed<W, K, M>(words: &[W], mut map: M, count_one: impl Fn(&mut M, W)) -> (Duration, Entries<K>)
where
    W: Copy,
    M: IntoIterator<Item = (K, u64)> + 'static,
{
    let start = Instant::now();
    for &word in words {
        count_one(&mut map, word);
    }
    let time = start.elapsed();
    (time, Box::new(black_box(map).into_iter()))
}

/// The entries of the map that `count` fills, most frequent first, equally frequent by word.
fn ranking<W, K: Ord>(
    words: &[W],
    (name, count): Subject<W, K>,
    progress: &mut Progress,
) -> Ranking<K> {
    progress.show(format_args!("checking {name} on {} words", words.len()));
    let mut ranking: Ranking<K> = count(words).1.collect();
    ranking.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    ranking
}

/// The ranking that all maps have in common, or what differs.
fn common_ranking<W, K: Ord + Debug>(
    subjects: &[Subject<W, K>],
    words: &[W],
    progress: &mut Progress,
) -> Result<Ranking<K>, String> {
    let common = ranking(words, subjects[0], progress);
    for &other in &subjects[1..] {
        if let Some(difference) = difference(&common, &ranking(words, other, progress)) {
            let maps = format!("{} and {} disagree", subjects[0].0, other.0);
            let advice = "one of them is wrong: please report this with the input";
            return Err(format!("{maps} {difference}; {advice}"));
        }
    }
    Ok(common)
}

fn difference<K: PartialEq + Debug>(a: &[(K, u64)], b: &[(K, u64)]) -> Option<String> {
    let rank = (0..a.len().max(b.len())).find(|&rank| a.get(rank) != b.get(rank))?;
    let (left, right) = (a.get(rank), b.get(rank));
    Some(format!("at rank {}: {left:?} against {right:?}", rank + 1))
}

/// Each subject's best time, as a table. Each subject comes equally often before and after each
/// other one: a round begins with each of them, forwards and backwards, and so on until two seconds
/// were measured or 300 rounds made.
fn timed_in_turns<W, K, const N: usize>(
    subjects: &[Subject<W, K>; N],
    words: &[W],
    progress: &mut Progress,
) -> String {
    let mut best = [Duration::MAX; N];
    let (mut rounds, mut measured) = (0, Duration::ZERO);
    while rounds % (2 * N) != 0 || (rounds < 300 && measured < Duration::from_secs(2)) {
        for turn in 0..N {
            let forward = rounds % (2 * N) < N;
            let i = (rounds + if forward { turn } else { N - 1 - turn }) % N;
            let (name, count) = subjects[i];
            progress.show(format_args!("round {}, timing {name}", rounds + 1));
            let (time, _) = count(words);
            best[i] = best[i].min(time);
            measured += time;
        }
        rounds += 1;
    }
    let table = time_table(&subjects.map(|(name, _)| name), &best, words.len());
    format!("{table}\nBest of {rounds} rounds.\n")
}

// --- Text ---

/// The words of `text`; the documentation at the top says what a word is.
fn words(text: &str) -> impl Iterator<Item = &str> {
    const APOSTROPHES: [char; 2] = ['\'', '’'];
    text.split(|c: char| !c.is_alphanumeric() && !APOSTROPHES.contains(&c))
        .map(|run| run.trim_matches(APOSTROPHES))
        .filter(|word| !word.is_empty())
}

/// The bytes as text without ASCII capitals, and whether they were UTF-8.
fn decode(bytes: &[u8]) -> (String, bool) {
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    text.make_ascii_lowercase();
    (text, std::str::from_utf8(bytes).is_ok())
}

/// All text read, and how many inputs were odd in which way.
#[derive(Default)]
struct Corpus {
    texts: Vec<String>,
    bytes: usize,
    failed: usize,
    not_utf8: usize,
    skipped: usize,
}

impl Corpus {
    fn read(paths: &[PathBuf], progress: &mut Progress) -> Corpus {
        let mut corpus = Corpus::default();
        for path in paths {
            if path.as_os_str() == "-" {
                corpus.add(path, read(io::stdin().lock(), false));
            } else if path.is_dir() {
                corpus.add_folder(path, progress);
            } else {
                corpus.add(path, File::open(path).and_then(|file| read(file, false)));
            }
        }
        let Corpus { failed, not_utf8, skipped, .. } = corpus;
        for (number, what) in [
            (not_utf8, "input(s) not UTF-8: the bytes that are not separate words"),
            (skipped, "binary files, links and special files in folders skipped"),
            (failed, "input(s) not counted"),
        ] {
            if number > 0 {
                say(format_args!("{number} {what}"));
            }
        }
        corpus
    }

    /// Adds all files below `root`. Links are skipped, so no loop is entered and no file counted
    /// twice; special files are skipped since reading one may never end.
    fn add_folder(&mut self, root: &Path, progress: &mut Progress) {
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            progress.show(format_args!("reading, {} MB so far", self.bytes / 1_000_000));
            let entries = entries_by_name(&folder).unwrap_or_else(|error| {
                self.add(&folder, Err(error));
                Vec::new()
            });
            for (path, kind) in entries {
                if kind.is_dir() {
                    folders.push(path);
                } else if kind.is_file() {
                    self.add(&path, File::open(&path).and_then(|file| read(file, true)));
                } else {
                    self.skipped += 1;
                }
            }
        }
    }

    /// Adds what was read; `None` is a binary file.
    fn add(&mut self, path: &Path, result: io::Result<Option<Vec<u8>>>) {
        match result {
            Ok(Some(bytes)) => {
                let (text, is_utf8) = decode(&bytes);
                self.texts.push(text);
                self.bytes += bytes.len();
                self.not_utf8 += usize::from(!is_utf8);
            }
            Ok(None) => self.skipped += 1,
            Err(error) => {
                self.failed += 1;
                let advice = match error.kind() {
                    ErrorKind::NotFound => "check the name",
                    ErrorKind::PermissionDenied => "get the right to read it, or leave it out",
                    _ => "leave it out, or see if another program can read it",
                };
                say(format_args!("cannot read `{}`: {error}; {advice}", path.display()));
            }
        }
    }
}

/// What is in the folder; a link is a link here, whatever it leads to.
fn entries_by_name(folder: &Path) -> io::Result<Vec<(PathBuf, FileType)>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        entries.push((entry.path(), entry.file_type()?));
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(entries)
}

/// The bytes of a source; `None` if the first KB has a NUL and that is a reason to skip it.
fn read(mut source: impl Read, skip_binary: bool) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    source.by_ref().take(1024).read_to_end(&mut bytes)?;
    if skip_binary && bytes.contains(&0) {
        return Ok(None);
    }
    source.read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

// --- Output ---

fn top_table(ranking: &[(String, u64)], total: usize) -> String {
    let mut lines = "      count    share  word\n".to_owned();
    for (word, count) in ranking.iter().take(20) {
        let share = *count as f64 / total as f64 * 100.0;
        let count = grouped(*count as usize);
        // The limit on the word is for megabytes of encoded data.
        lines += &format!("{count:>11}  {share:>5.2} %  {word:.50}\n");
    }
    lines
}

fn time_table<const N: usize>(names: &[&str; N], best: &[Duration; N], total: usize) -> String {
    // A coarse clock may see no time pass.
    let seconds = best.map(|time| time.as_secs_f64().max(1e-9));
    let baseline = names.iter().position(|&name| name == BASELINE).map_or(f64::NAN, |i| seconds[i]);
    let mut lines = "map              time  million words/s  time / hashbrown's\n".to_owned();
    for (i, name) in names.iter().enumerate() {
        let rate = total as f64 / seconds[i] / 1e6;
        let ratio = seconds[i] / baseline;
        let time = format!("{:.2?}", best[i]);
        lines += &format!("{name:<9}  {time:>10}  {rate:>15.2}  {ratio:>18.2}\n");
    }
    lines
}

/// 1234567 as `1,234,567`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    groups.map(String::from_utf8_lossy).collect::<Vec<_>>().join(",")
}

/// A message on standard error. If that fails there is no other place to say so.
fn say(message: impl Display) {
    let _ = io::stderr().write_all(format!("wordcount: {message}\n").as_bytes());
}

/// Says where a long run is: nothing for three seconds, then a line every five at most.
struct Progress(Instant);

impl Progress {
    fn new() -> Self {
        Progress(Instant::now() + Duration::from_secs(3))
    }

    fn show(&mut self, message: Arguments) {
        if Instant::now() >= self.0 {
            say(format_args!("{message} …"));
            self.0 = Instant::now() + Duration::from_secs(5);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> String {
        words(text).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn words_are_alphanumeric_runs_with_inner_apostrophes() {
        assert_eq!(split("one, two\n3rd snake_case"), "one|two|3rd|snake|case");
        assert_eq!(split("don't 'quoted' l’été dogs'"), "don't|quoted|l’été|dogs");
        assert_eq!(split("\u{feff}Ünï 漢字 x\u{fffd}y"), "Ünï|漢字|x|y");
        assert_eq!(split(" ' '' ’ -- \0"), "");
    }

    #[test]
    fn text_that_is_not_utf8_is_decoded_lossily() {
        assert_eq!(decode("A É".as_bytes()), ("a É".into(), true));
        let (text, is_utf8) = decode(b"Caf\xe9 ON");
        assert_eq!((split(&text), is_utf8), ("caf|on".into(), false));
    }

    #[test]
    fn arguments() {
        let parsed = |args: &[&str]| parse(args.iter().map(OsString::from));
        assert_eq!(parsed(&["a", "-"]), Ok(Some(vec!["a".into(), "-".into()])));
        assert_eq!(parsed(&["a", "--help"]), Ok(None));
        assert!(parsed(&[]).is_ok_and(|own| own.is_some_and(|paths| !paths.is_empty())));
        assert!(parsed(&["-x"]).is_err_and(|message| message.contains("./-x")));
    }

    #[test]
    fn inputs_are_counted_by_what_became_of_them() {
        let mut corpus = Corpus::default();
        for bytes in [&b""[..], b"\xe9", b"\0"] {
            corpus.add(Path::new("-"), read(bytes, true));
        }
        corpus.add(Path::new("missing"), Err(ErrorKind::NotFound.into()));
        assert_eq!((corpus.texts.len(), corpus.bytes), (2, 1));
        assert_eq!((corpus.not_utf8, corpus.skipped, corpus.failed), (1, 1, 1));
    }

    #[test]
    fn tables_are_aligned() {
        let ranking = [("été".into(), 1234), ("b".into(), 6)];
        let top = top_table(&ranking, 1240);
        let lines =
            "      count    share  word\n      1,234  99.52 %  été\n          6   0.48 %  b\n";
        assert_eq!(top, lines);
        let names = ["rosti", "hashbrown", "std"];
        let times = time_table(&names, &[5, 10, 0].map(Duration::from_micros), 20);
        let ends: Vec<_> = times.lines().map(|line| line.chars().count()).collect();
        assert_eq!(ends, [ends[0]; 4]);
        assert!(times.contains("5.00µs             4.00                0.50\n"));
        assert!(!times.contains("inf") && !times.contains("NaN"));
        let shown = [0, 999, 1000, 1234567].map(grouped);
        assert_eq!(shown, ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn maps_agree_and_differences_are_found() {
        let words = ["b", "a", "c", "b", "a", "b"];
        let ranking = common_ranking(&of_words(), &words, &mut Progress::new());
        let expected = [("b", 3), ("a", 2), ("c", 1)].map(|(word, n)| (word.to_owned(), n));
        assert_eq!(ranking.as_deref(), Ok(&expected[..]));
        let by_length = common_ranking(&of_lengths(), &[5, 4, 5, 60], &mut Progress::new());
        assert_eq!(by_length.as_deref(), Ok(&[(5, 2), (4, 1), (60, 1)][..]));
        let mut wrong = expected.clone();
        wrong[1].1 = 7;
        assert_eq!(difference(&expected, &expected), None);
        assert!(difference(&expected, &wrong).is_some_and(|text| text.contains("rank 2")));
        assert!(difference(&expected, &expected[..2]).is_some_and(|text| text.contains("rank 3")));
    }
}
