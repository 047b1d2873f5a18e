//! Programs that spend time in hash maps, made of other people's packages: `programs NAME [ROUNDS]`.
//!
//! Prints a checksum of what was computed, the user time in seconds that it took without the making of
//! its input, and the process's peak of resident memory in KiB. Inputs are the same in every run, and so
//! are checksums: what depends on the order of a map's entries is not in them. `ci/programs.sh` compares
//! builds with hashbrown and with rosti in its place.

use rand::rngs::SmallRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, Zipf};
use std::any::type_name;
use std::fmt::Write;
use std::hint::black_box;

#[path = "../../examples/join.rs"]
mod join;
#[path = "../../examples/nucleotides.rs"]
mod nucleotides;
#[path = "../../examples/stations.rs"]
mod stations;

/// What a program computes after it has made its input.
type Work = Box<dyn FnMut() -> u64>;

/// The programs: how often the work is done, for half a second or more, and what makes its input.
const PROGRAMS: [(&str, u32, fn() -> Work); 16] = [
    ("imara-diff", 10, imara_diff),
    ("rustworkx", 12, rustworkx),
    ("egg", 5, egg),
    ("egglog", 3, egglog),
    ("quick_cache", 4, quick_cache),
    ("string-interner", 5, string_interner),
    ("indexmap", 2, indexmap),
    ("indexmap-miss", 800, indexmap_miss),
    ("nucleotides", 10, || nucleotides("hashbrown")),
    ("nucleotides-str", 10, || nucleotides(rosti_or("StrMap"))),
    ("nucleotides-int", 10, || nucleotides(rosti_or("IntMap"))),
    ("stations", 12, || stations("hashbrown")),
    ("stations-str", 12, || stations(rosti_or("StrMap"))),
    ("stations-bytes", 12, || stations(rosti_or("BytesMap"))),
    ("join", 4, || join("hashbrown")),
    ("join-batch", 4, || join(rosti_or("get_batch"))),
];

/// The name of a map of rosti's own; where hashbrown is itself, of hashbrown's.
fn rosti_or(map: &'static str) -> &'static str {
    if type_name::<hashbrown::HashMap<(), ()>>().starts_with("rosti") { map } else { "hashbrown" }
}

/// The one of a name.
fn named<F: Copy>(maps: &[(&str, F)], name: &str) -> F {
    maps.iter().find(|(known, _)| *known == name).expect("the examples have it").1
}

fn main() {
    let mut args = std::env::args().skip(1);
    let name = args.next().unwrap_or_default();
    let Some((_, rounds, make)) = PROGRAMS.iter().find(|(known, ..)| *known == name) else {
        PROGRAMS.iter().for_each(|(known, ..)| println!("{known}"));
        return;
    };
    let rounds = args.next().map_or(*rounds, |arg| arg.parse().expect("a number of rounds"));
    let mut work = make();
    let before = usage().0;
    let checksum = (0..rounds).fold(0, |sum, _| mixed(sum, programs_measured(&mut work)));
    let (after, peak) = usage();
    println!("{checksum:016x} {:.4} {peak}", after - before);
}

/// Of this name, so that callgrind can be told to count nothing else.
#[unsafe(no_mangle)]
#[inline(never)]
fn programs_measured(work: &mut Work) -> u64 {
    black_box(work())
}

/// User time of the process in seconds, and its peak of resident memory in KiB.
fn usage() -> (f64, i64) {
    // SAFETY: an `rusage` is plain integers, and the call fills it.
    let usage = unsafe {
        let mut usage = std::mem::zeroed();
        assert_eq!(libc::getrusage(libc::RUSAGE_SELF, &mut usage), 0);
        usage
    };
    (usage.ru_utime.tv_sec as f64 + usage.ru_utime.tv_usec as f64 / 1e6, usage.ru_maxrss)
}

/// Order matters.
fn mixed(sum: u64, with: u64) -> u64 {
    (sum.rotate_left(5) ^ with).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Distinct identifiers of 3 to 20 letters.
fn identifiers(count: usize, random: &mut SmallRng) -> Vec<String> {
    (0..count)
        .map(|n| {
            let mut name: String =
                (0..random.random_range(2..15)).map(|_| random.random_range('a'..='z')).collect();
            write!(name, "_{n:x}").expect("strings take all");
            name
        })
        .collect()
}

/// Histogram diffs of pairs of files of 2,000 lines that differ in 5 % of them, as `git log -p` makes them.
fn imara_diff() -> Work {
    use imara_diff::{Algorithm, Diff, InternedInput};
    let mut random = SmallRng::seed_from_u64(1);
    let names = identifiers(3_000, &mut random);
    let line = |random: &mut SmallRng| {
        let mut name = || names.choose(random).expect("there are names").as_str();
        // A fifth of the lines of a program are much the same.
        match name().len() {
            3..6 => "    }\n".to_owned(),
            6..8 => "\n".to_owned(),
            _ => format!("    let {} = {}({}, {});\n", name(), name(), name(), name()),
        }
    };
    let files: Vec<[String; 2]> = (0..600)
        .map(|_| {
            let before: Vec<String> = (0..2_000).map(|_| line(&mut random)).collect();
            let mut after = before.clone();
            for _ in 0..50 {
                let at = random.random_range(0..after.len());
                after[at] = line(&mut random);
                after.remove(random.random_range(0..after.len()));
                after.insert(random.random_range(0..after.len()), line(&mut random));
            }
            [before.concat(), after.concat()]
        })
        .collect();
    Box::new(move || {
        files.iter().fold(0, |sum, [before, after]| {
            let input = InternedInput::new(before.as_str(), after.as_str());
            let mut diff = Diff::compute(Algorithm::Histogram, &input);
            diff.postprocess_lines(&input);
            diff.hunks().fold(sum, |sum, hunk| {
                mixed(mixed(sum, hunk.before.start.into()), hunk.after.end.into())
            })
        })
    })
}

/// The matching of greatest weight in random graphs of 300 nodes and 3,000 edges.
fn rustworkx() -> Work {
    use rustworkx_core::{max_weight_matching::max_weight_matching, petgraph::graph::UnGraph};
    let mut random = SmallRng::seed_from_u64(2);
    let graphs: Vec<UnGraph<(), i128>> = (0..10)
        .map(|_| {
            UnGraph::from_edges((0..3_000).map(|_| {
                let [a, b] = [(); 2].map(|()| random.random_range(0..150));
                // No loops, and hardly two of one weight.
                (2 * a, 2 * b + 1, random.random_range(1..1 << 40))
            }))
        })
        .collect();
    Box::new(move || {
        graphs.iter().fold(0, |sum, graph| {
            let matching: hashbrown::HashSet<(usize, usize)> =
                max_weight_matching(graph, false, |edge| Ok::<_, ()>(*edge.weight()), false)
                    .expect("weights are given");
            let weight: i128 = matching
                .iter()
                .map(|&(a, b)| {
                    let edges = graph.edges_connecting((a as u32).into(), (b as u32).into());
                    *edges.map(|edge| edge.weight()).max().expect("matched along an edge")
                })
                .sum();
            mixed(sum, weight as u64)
        })
    })
}

/// Saturation of sums under commutativity and associativity.
fn egg() -> Work {
    use egg::{RecExpr, Runner, SymbolLang, rewrite};
    let rules: [egg::Rewrite<SymbolLang, ()>; 3] = [
        rewrite!("commute"; "(+ ?a ?b)" => "(+ ?b ?a)"),
        rewrite!("associate"; "(+ ?a (+ ?b ?c))" => "(+ (+ ?a ?b) ?c)"),
        rewrite!("zero"; "(+ ?a 0)" => "?a"),
    ];
    let sum = (1..9).fold("a0".to_owned(), |sum, n| format!("(+ (+ a{n} 0) {sum})"));
    let start: RecExpr<SymbolLang> = sum.parse().expect("it is well formed");
    Box::new(move || {
        let runner = Runner::default()
            .with_expr(&start)
            .with_iter_limit(1_000)
            .with_node_limit(10_000_000)
            .with_time_limit(std::time::Duration::from_secs(3_600))
            .with_scheduler(egg::SimpleScheduler)
            .run(&rules);
        assert!(matches!(runner.stop_reason, Some(egg::StopReason::Saturated)));
        mixed(
            runner.egraph.number_of_classes() as u64,
            runner.egraph.total_number_of_nodes() as u64,
        )
    })
}

/// Rewriting of arithmetic for some iterations, and the closure of a random relation.
fn egglog() -> Work {
    let mut random = SmallRng::seed_from_u64(3);
    let (iterations, nodes) = (12, 1_000);
    let mut program = String::from(
        "(datatype Math (Num i64) (Var String) (Add Math Math) (Mul Math Math))
         (rewrite (Add a b) (Add b a)) (rewrite (Mul a b) (Mul b a))
         (rewrite (Add (Add a b) c) (Add a (Add b c)))
         (rewrite (Mul (Mul a b) c) (Mul a (Mul b c)))
         (rewrite (Mul a (Add b c)) (Add (Mul a b) (Mul a c)))
         (let start (Mul (Add (Var \"a\") (Add (Var \"b\") (Num 2))) (Add (Var \"c\") (Mul (Num 3) (Add (Var \"d\") (Var \"e\"))))))
         (relation edge (i64 i64)) (relation path (i64 i64))
         (rule ((edge x y)) ((path x y)))
         (rule ((path x y) (edge y z)) ((path x z)))\n",
    );
    for _ in 0..2 * nodes {
        let [a, b] = [(); 2].map(|()| random.random_range(0..nodes));
        writeln!(program, "(edge {a} {b})").expect("strings take all");
    }
    writeln!(program, "(run {iterations})").expect("strings take all");
    Box::new(move || {
        let mut graph = egglog::EGraph::default();
        graph.parse_and_run_program(None, &program).expect("it is a good program");
        ["Add", "Mul", "path"].iter().fold(0, |sum, table| mixed(sum, graph.get_size(table) as u64))
    })
}

/// A cache of 100,000 entries in front of a million keys, some of them asked for often.
fn quick_cache() -> Work {
    let mut random = SmallRng::seed_from_u64(4);
    let zipf = Zipf::new(1e6, 0.9).expect("it is a distribution");
    let mut names: Vec<u32> = (0..=1_000_000).collect();
    names.shuffle(&mut random);
    let keys: Vec<u32> = (0..8_000_000).map(|_| names[zipf.sample(&mut random) as usize]).collect();
    Box::new(move || {
        let mut cache = quick_cache::unsync::Cache::<u64, u64>::new(100_000);
        keys.iter().fold(0, |sum, &key| {
            let key = u64::from(key);
            match cache.get(&key) {
                Some(&value) => mixed(sum, value),
                None => {
                    cache.insert(key, key + 1);
                    sum
                }
            }
        })
    })
}

/// A text in which 200,000 words occur, as a compiler interns names.
fn string_interner() -> Work {
    use string_interner::{DefaultBackend, StringInterner, Symbol};
    let mut random = SmallRng::seed_from_u64(5);
    let words = identifiers(200_000, &mut random);
    let zipf = Zipf::new(words.len() as f64, 1.0).expect("it is a distribution");
    let text: Vec<u32> = (0..6_000_000).map(|_| zipf.sample(&mut random) as u32 - 1).collect();
    Box::new(move || {
        let mut interner = StringInterner::<DefaultBackend>::new();
        text.iter().fold(0, |sum, &word| {
            mixed(sum, interner.get_or_intern(&words[word as usize]).to_usize() as u64)
        })
    })
}

/// Maps of 1,000 and 100,000 entries that are filled, counted in, and emptied from everywhere.
fn indexmap() -> Work {
    use indexmap::IndexMap;
    let mut random = SmallRng::seed_from_u64(6);
    let sizes = [1_000, 100_000];
    let keys: Vec<u64> = (0..sizes[1]).map(|_| random.random()).collect();
    let draws: Vec<u32> = (0..1_000_000).map(|_| random.random()).collect();
    Box::new(move || {
        let mut sum = 0;
        for (size, turns) in [(sizes[0], 1_000), (sizes[1], 10)] {
            for turn in 0..turns {
                let mut map = IndexMap::new();
                for key in &keys[..size] {
                    map.insert(*key, turn);
                }
                let draws = &draws[turn * size % 500_000..];
                for &draw in &draws[..4 * size] {
                    let key = keys[draw as usize % size];
                    *map.entry(key).or_insert(0) += draw as usize & 15;
                }
                for &draw in &draws[..size / 2] {
                    let key = keys[draw as usize % size];
                    sum = mixed(sum, map.swap_remove(&key).unwrap_or(1) as u64);
                }
                sum = map.values().fold(sum, |sum, &value| mixed(sum, value as u64));
            }
        }
        sum
    })
}

/// Lookups of absent keys in a map of 1,000 entries.
fn indexmap_miss() -> Work {
    let mut random = SmallRng::seed_from_u64(7);
    let map: indexmap::IndexMap<u64, u64> = (0..1_000).map(|n| (random.random(), n)).collect();
    let others: Vec<u64> = (0..1 << 17).map(|_| random.random()).collect();
    Box::new(move || others.iter().filter(|key| map.contains_key(*key)).count() as u64)
}

/// The example, which counts sequences in a strand of 400,000 bases.
fn nucleotides(map: &'static str) -> Work {
    let (count, strand) = (named(&nucleotides::MAPS, map), nucleotides::strand(400_000));
    Box::new(move || {
        nucleotides::LENGTHS.iter().fold(0, |sum, &length| {
            count(&strand, length).iter().fold(sum, |sum, (_, count)| mixed(sum, u64::from(*count)))
        })
    })
}

/// The example, which summarises a million lines.
fn stations(map: &'static str) -> Work {
    let (summarise, text) = (named(&stations::MAPS, map), stations::text(1_000_000));
    Box::new(move || {
        summarise(&text).iter().fold(0, |sum, (_, of)| mixed(sum, of.mean().to_bits()))
    })
}

/// The example, which joins a million customers with their orders.
fn join(map: &'static str) -> Work {
    let (join, (customers, orders)) = (named(&join::MAPS, map), join::tables(1_000_000));
    Box::new(move || join(&customers, &orders).groups.into_iter().fold(0, mixed))
}
