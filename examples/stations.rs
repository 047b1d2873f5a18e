//! Lowest, mean and highest temperature of a few hundred weather stations, from a text of many lines
//! `name;12.3`. `cargo run --release --example stations [LINES]`.
//!
//! Prints the stations with the lowest means and how long each map took, the splitting of lines included,
//! which is the same for all. Names arrive as bytes: for a map of `String`s each has to be checked for UTF-8
//! before it can be looked up, for a `BytesMap` it does not.

use std::hint::black_box;
use std::time::Instant;

/// What is known about a station; temperatures in tenths of a degree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    least: i16,
    greatest: i16,
    sum: i64,
    count: u64,
}

impl Summary {
    const NONE: Self = Summary { least: i16::MAX, greatest: i16::MIN, sum: 0, count: 0 };

    #[inline]
    fn add(&mut self, temperature: i16) {
        self.least = self.least.min(temperature);
        self.greatest = self.greatest.max(temperature);
        self.sum += i64::from(temperature);
        self.count += 1;
    }

    /// In degrees.
    pub fn mean(&self) -> f64 {
        self.sum as f64 / self.count as f64 / 10.0
    }
}

/// Stations by name.
pub type Stations = Vec<(String, Summary)>;

/// A function that summarises a text.
pub type Summarise = fn(&[u8]) -> Stations;

/// The maps, each with the function that summarises a text in it.
pub const MAPS: [(&str, Summarise); 4] = [
    ("hashbrown", |text| {
        let mut map = hashbrown::HashMap::<String, Summary>::new();
        for (name, temperature) in lines(text) {
            map.entry_ref(utf8(name)).or_insert(Summary::NONE).add(temperature);
        }
        sorted(map)
    }),
    ("rosti", |text| {
        let mut map = rosti::HashMap::<String, Summary>::new();
        for (name, temperature) in lines(text) {
            map.entry_ref(utf8(name)).or_insert(Summary::NONE).add(temperature);
        }
        sorted(map)
    }),
    ("StrMap", |text| {
        let mut map = rosti::StrMap::<Summary>::new();
        for (name, temperature) in lines(text) {
            map.entry(utf8(name)).or_insert(Summary::NONE).add(temperature);
        }
        sorted(map)
    }),
    ("BytesMap", |text| {
        let mut map = rosti::BytesMap::<Summary>::new();
        for (name, temperature) in lines(text) {
            map.entry(name).or_insert(Summary::NONE).add(temperature);
        }
        sorted(map.into_iter().map(|(name, summary)| (utf8(&name).to_owned(), summary)))
    }),
];

#[inline(always)]
fn utf8(name: &[u8]) -> &str {
    std::str::from_utf8(name).expect("names are UTF-8")
}

fn sorted(map: impl IntoIterator<Item = (impl Into<String>, Summary)>) -> Stations {
    let mut stations: Stations = map.into_iter().map(|(name, of)| (name.into(), of)).collect();
    stations.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    stations
}

/// The lines as names and tenths of degrees.
fn lines(mut text: &[u8]) -> impl Iterator<Item = (&[u8], i16)> {
    std::iter::from_fn(move || {
        let semicolon = text.iter().position(|&byte| byte == b';')?;
        let (name, rest) = (&text[..semicolon], &text[semicolon + 1..]);
        let (mut tenths, mut end) = (0, 0);
        while rest[end] != b'\n' {
            if rest[end].is_ascii_digit() {
                tenths = 10 * tenths + i16::from(rest[end] - b'0');
            }
            end += 1;
        }
        text = &rest[end + 1..];
        Some((name, if rest[0] == b'-' { -tenths } else { tenths }))
    })
}

/// So many lines about 413 stations, each with a climate of its own.
pub fn text(lines: usize) -> Vec<u8> {
    const SYLLABLES: [&str; 12] =
        ["ba", "lo", "São ", "kra", "mi", "port ", "os", "ü", "nev", "tel ", "ha", "gou"];
    let mut random = 1;
    let mut random = || {
        random = u64::wrapping_mul(random, 0x5851_f42d_4c95_7f2d).wrapping_add(1);
        (random >> 33) as usize
    };
    let names: Vec<String> = (0..413)
        .map(|n| {
            let syllables = (0..1 + random() % 5).map(|_| SYLLABLES[random() % 12]);
            syllables.collect::<String>() + SYLLABLES[n % 12] + &n.to_string()
        })
        .collect();
    let mut text = Vec::new();
    for _ in 0..lines {
        let station = random() % names.len();
        let tenths = station as i32 % 40 * 10 - 100 + (random() % 200) as i32 - 100;
        let sign = if tenths < 0 { "-" } else { "" };
        let (degrees, tenth) = (tenths.abs() / 10, tenths.abs() % 10);
        text.extend_from_slice(format!("{};{sign}{degrees}.{tenth}\n", names[station]).as_bytes());
    }
    text
}

#[allow(dead_code, reason = "ci/programs has a main of its own")]
fn main() {
    let count = std::env::args().nth(1).and_then(|arg| arg.parse().ok()).unwrap_or(10_000_000);
    let text = text(count);
    let mut expected = None;
    for (name, summarise) in MAPS {
        let begin = Instant::now();
        let stations = summarise(black_box(&text));
        println!("{name:<10} {:.2?}", begin.elapsed());
        assert!(*expected.get_or_insert_with(|| stations.clone()) == stations, "{name} is wrong");
    }
    let mut stations = expected.unwrap_or_default();
    stations.sort_by(|a, b| a.1.mean().total_cmp(&b.1.mean()));
    for (name, of) in stations.iter().take(5) {
        let [least, greatest] = [of.least, of.greatest].map(|tenths| f64::from(tenths) / 10.0);
        println!("{name}: {least:.1}/{:.1}/{greatest:.1}", of.mean());
    }
}

#[test]
fn temperatures_are_summed_up() {
    let text = "é;-1.5\nb;20.0\né;0.4\n;3.0\n".as_bytes();
    for (name, summarise) in MAPS {
        let of = |least, greatest, sum, count| Summary { least, greatest, sum, count };
        let expected =
            [("", of(30, 30, 30, 1)), ("b", of(200, 200, 200, 1)), ("é", of(-15, 4, -11, 2))];
        assert_eq!(summarise(text), expected.map(|(name, of)| (name.to_owned(), of)), "{name}");
    }
}

#[test]
fn all_lines_are_counted() {
    let text = text(20_000);
    let expected = MAPS[0].1(&text);
    assert_eq!(expected.len(), 413);
    assert_eq!(expected.iter().map(|(_, of)| of.count).sum::<u64>(), 20_000);
    assert!(expected.iter().all(|(_, of)| of.least >= -200 && of.greatest < 400));
    for (name, summarise) in MAPS {
        assert_eq!(summarise(&text), expected, "{name}");
    }
}
