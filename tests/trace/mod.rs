//! Operation traces: bytes become map operations, run on a rosti map and on std's side by side.
//!
//! A trace is a list of commands of [`COMMAND`] bytes: one that selects the [`Kind`], two for a
//! key, two for an argument (little-endian). Unknown kinds are skipped and a trailing partial
//! command is ignored, so every byte string is a trace, which is what a fuzzer and a shrinker want.
//! [`run`] executes a trace and compares every result, the length and the capacity after each
//! command, and the whole contents at intervals and at the end. It returns a message and does not
//! panic, so that shrinking stays silent; a fuzz target unwraps it.
//!
//! Three axes are open: the kind of element ([`Element`], for keys and for values), the hasher
//! ([`Shape`], mostly bad ones) and the number of different keys (`universe`), which decides at
//! which sizes a trace dwells.
//!
//! This module knows std and rosti, nothing else: it is included by path from places that have no
//! other dependency.
//!
//! ```text
//! let ops = trace::decode(bytes, 60);
//! trace::run::<u64, String, trace::Shaped<trace::Zero>>(&ops, &trace::Config::default()).unwrap();
//! ```

#![allow(dead_code, reason = "every file that includes this module uses another part of it")]

use rosti::ScanCursor;
use rosti::hash_map::{Entry, EntryRef};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::collections::hash_map::DefaultHasher;
use std::fmt::{self, Debug};
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};
use std::marker::PhantomData;

// -------------------------------------------------------------------------------------- operations

/// Bytes per command.
pub const COMMAND: usize = 5;

/// In a command that takes some entries of an iterator, this many or more means all of them.
const TAKE_ALL: u16 = 15;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What a command does; its first byte is the position in [`Kind::ALL`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind {
            $($(#[$doc])* $name,)*
        }

        impl Kind {
            /// Every kind, in the order of their bytes. New ones go to the end, so that stored
            /// traces keep their meaning.
            pub const ALL: &[Kind] = &[$(Kind::$name,)*];
        }
    };
}

kinds! {
    /// `insert(key, arg)`
    Insert,
    /// `remove(key)`
    Remove,
    /// `get(key)`
    Get,
    /// `get_mut(key)`, and the value becomes `arg`
    GetMut,
    /// `get_key_value(key)`
    GetKeyValue,
    /// `contains_key(key)`
    Contains,
    /// `remove_entry(key)`
    RemoveEntry,
    /// `try_insert(key, arg)`
    TryInsert,
    /// `entry(key).or_insert(arg)`
    OrInsert,
    /// `entry(key).and_modify(..).or_insert_with(..)`
    AndModify,
    /// `entry(key).insert(arg)`
    EntryInsert,
    /// `insert` of an occupied entry; a vacant one is dropped
    OccupiedInsert,
    /// `remove` of an occupied entry; a vacant one is dropped
    OccupiedRemove,
    /// `remove_entry` of an occupied entry; a vacant one gives its key back
    OccupiedRemoveEntry,
    /// `replace_key` of an occupied entry; a vacant one is dropped
    ReplaceKey,
    /// `and_replace_entry_with`: an even `arg` becomes the value, an odd one removes the entry
    ReplaceEntry,
    /// the entry is looked at and dropped
    EntryDrop,
    /// `entry_ref(key)`: replace the value or insert
    EntryRef,
    /// `get_disjoint_mut` of `key` and key number `arg`
    Disjoint,
    /// `retain`: drops the keys that leave `key` when divided by `arg`, changes the other values
    Retain,
    /// `drain`, dropped after `key` entries
    Drain,
    /// `extract_if` of the keys that are multiples of `arg`, dropped after `key` entries
    ExtractIf,
    /// `clear`
    Clear,
    /// `reserve(arg)`
    Reserve,
    /// `try_reserve(arg)`
    TryReserve,
    /// `shrink_to_fit`
    ShrinkToFit,
    /// `shrink_to(arg)`
    ShrinkTo,
    /// `clone`; the clone takes the place of the map if `arg` is odd
    Clone,
    /// `clone_from` into the spare map
    CloneFrom,
    /// map and spare map change places
    Swap,
    /// `into_iter().collect()`
    Collect,
    /// `extend` by `arg` consecutive keys from `key` on
    Extend,
    /// inserts consecutive keys from `key` on until `len` reaches `capacity`
    Fill,
    /// `iter`, `keys`, `values`, each in several ways of walking
    Iter,
    /// `iter_mut`: every value becomes a function of its key and `arg`
    IterMut,
    /// `values_mut`: every value is moved by `arg`
    ValuesMut,
    /// `into_iter`, dropped after `key` entries; the map begins anew
    IntoIter,
    /// `==` with the spare map, with a clone, and with a clone in which the value of `key` differs
    Equality,
    /// a step of `scan`, from where the last one ended
    Scan,
    /// a step of `scan_mut`: every value becomes a function of the old one and `arg`
    ScanMut,
    /// a step of `scan_retain`: drops the keys that leave `key` when divided by `arg`
    ScanRetain,
}

/// One decoded command.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Op {
    /// What to do.
    pub kind: Kind,
    /// The number of a key, or of entries to take from an iterator.
    pub key: u16,
    /// The number of a value, or an amount.
    pub arg: u16,
}

impl Op {
    /// A command with its numbers brought into the range that its kind uses, keys below `universe`.
    pub fn new(kind: Kind, key: u16, arg: u16, universe: u16) -> Self {
        let universe = universe.max(1);
        let (key, arg) = match kind {
            Kind::Drain | Kind::IntoIter => (key % (TAKE_ALL + 1), 0),
            Kind::ExtractIf => (key % (TAKE_ALL + 1), arg % 5 + 1),
            Kind::Retain | Kind::ScanRetain => (key % (arg % 5 + 1), arg % 5 + 1),
            Kind::Reserve | Kind::TryReserve | Kind::ShrinkTo => (0, arg % 400),
            Kind::Extend => (key % universe, arg % (universe.min(300) + 1)),
            Kind::Disjoint => (key % universe, arg % universe),
            _ => (key % universe, arg),
        };
        Self { kind, key, arg }
    }
}

impl Debug for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, key, arg } = self;
        match kind {
            Kind::Insert
            | Kind::GetMut
            | Kind::TryInsert
            | Kind::OrInsert
            | Kind::AndModify
            | Kind::EntryInsert
            | Kind::OccupiedInsert
            | Kind::ReplaceEntry
            | Kind::EntryRef => write!(f, "{kind:?} {key} -> {arg}"),
            Kind::Get
            | Kind::GetKeyValue
            | Kind::Contains
            | Kind::Remove
            | Kind::RemoveEntry
            | Kind::OccupiedRemove
            | Kind::OccupiedRemoveEntry
            | Kind::ReplaceKey
            | Kind::EntryDrop
            | Kind::Equality => write!(f, "{kind:?} {key}"),
            Kind::Disjoint => write!(f, "{kind:?} {key} and {arg}"),
            Kind::Retain | Kind::ScanRetain => write!(f, "{kind:?} all but keys % {arg} == {key}"),
            Kind::ExtractIf => write!(f, "{kind:?} keys % {arg} == 0, take {}", Take(*key)),
            Kind::Drain | Kind::IntoIter => write!(f, "{kind:?} take {}", Take(*key)),
            Kind::Reserve | Kind::TryReserve | Kind::ShrinkTo => write!(f, "{kind:?} {arg}"),
            Kind::Extend => write!(f, "{kind:?} from {key}, {arg} keys"),
            Kind::Fill => write!(f, "{kind:?} from {key}"),
            Kind::Clone if arg % 2 == 1 => write!(f, "{kind:?} and go on with the clone"),
            Kind::IterMut | Kind::ValuesMut | Kind::ScanMut => write!(f, "{kind:?} by {arg}"),
            Kind::Clear
            | Kind::ShrinkToFit
            | Kind::Clone
            | Kind::CloneFrom
            | Kind::Swap
            | Kind::Collect
            | Kind::Scan
            | Kind::Iter => write!(f, "{kind:?}"),
        }
    }
}

struct Take(u16);

impl fmt::Display for Take {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 >= TAKE_ALL { f.write_str("all") } else { write!(f, "{}", self.0) }
    }
}

/// Reads a trace. Never fails: see the module's first paragraph.
pub fn decode(bytes: &[u8], universe: u16) -> Vec<Op> {
    bytes
        .chunks_exact(COMMAND)
        .filter_map(|command| {
            let kind = *Kind::ALL.get(usize::from(command[0]))?;
            let key = u16::from_le_bytes([command[1], command[2]]);
            let arg = u16::from_le_bytes([command[3], command[4]]);
            Some(Op::new(kind, key, arg, universe))
        })
        .collect()
}

/// No trace of a fuzz target is longer: what a long one finds, a short one finds sooner.
const MOST_COMMANDS: usize = 256;

/// An input of a fuzz target.
pub struct Input {
    /// On what kind of map the commands are to be played, and what its keys are like: the first two bytes.
    pub kind: u8,
    pub form: u8,
    /// The number of different keys, which the third byte gives.
    pub universe: u16,
    /// The capacity to begin with: the fourth byte.
    pub capacity: usize,
    pub ops: Vec<Op>,
}

impl Input {
    /// Reads an input, if it has four bytes; `universe` makes the number of keys from the form and the third byte.
    pub fn read(input: &[u8], universe: impl FnOnce(u8, u8) -> u16) -> Option<Self> {
        let (&[kind, form, keys, capacity], commands) = input.split_first_chunk()?;
        let universe = universe(form, keys);
        let mut ops = decode(commands, universe);
        ops.truncate(MOST_COMMANDS);
        Some(Input { kind, form, universe, capacity: usize::from(capacity), ops })
    }
}

/// Writes a trace; what [`decode`] reads back in the same universe is `ops`.
pub fn encode(ops: &[Op]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(ops.len() * COMMAND);
    for op in ops {
        bytes.push(op.kind as u8);
        bytes.extend(op.key.to_le_bytes());
        // `Op::new` adds one to these arguments after the division.
        let shift = u16::from(matches!(op.kind, Kind::Retain | Kind::ScanRetain | Kind::ExtractIf));
        bytes.extend(op.arg.saturating_sub(shift).to_le_bytes());
    }
    bytes
}

// ---------------------------------------------------------------------------------------- elements

/// A type that serves as key and as value, numbered so that a trace can name its instances.
pub trait Element: Clone + Eq + Hash + Debug {
    /// Whether instances are entered in the [`ledger`].
    const TRACKED: bool = false;

    /// The element of number `code` (or of a smaller number, where the type has fewer instances).
    /// The label tells equal elements apart; types without room for one ignore it.
    fn make(code: u16, label: u32) -> Self;

    /// The number it was made from: `make(x.code(), _) == x`.
    fn code(&self) -> u16;

    /// The label it was made with, 0 in types that keep none.
    fn label(&self) -> u32 {
        0
    }

    /// Whether the instance is what [`Element::make`] left behind: alive, in place, intact.
    fn sound(&self) -> bool {
        true
    }
}

impl Element for u8 {
    fn make(code: u16, _: u32) -> Self {
        code as u8
    }

    fn code(&self) -> u16 {
        u16::from(*self)
    }
}

impl Element for u32 {
    fn make(code: u16, _: u32) -> Self {
        u32::from(code)
    }

    fn code(&self) -> u16 {
        *self as u16
    }

    fn sound(&self) -> bool {
        *self <= u32::from(u16::MAX)
    }
}

/// The number stands at both ends, so that hashers which pass the value on vary home position and
/// tag.
impl Element for u64 {
    fn make(code: u16, _: u32) -> Self {
        u64::from(code) | u64::from(code) << 54
    }

    fn code(&self) -> u16 {
        *self as u16
    }

    fn sound(&self) -> bool {
        *self == Self::make(self.code(), 0)
    }
}

/// Decimal digits and a tail, so that lengths differ.
impl Element for String {
    fn make(code: u16, _: u32) -> Self {
        let mut text = code.to_string();
        text.extend(std::iter::repeat_n('.', usize::from(code % 23)));
        text
    }

    fn code(&self) -> u16 {
        self.trim_end_matches('.').parse().expect("a string that no element made")
    }

    fn sound(&self) -> bool {
        // Without making another string: this is asked of every entry in every comparison.
        let digits = self.trim_end_matches('.').len();
        self.len() - digits == usize::from(self.code() % 23)
    }
}

/// One instance: a map with such keys holds at most one entry.
impl Element for () {
    fn make(_: u16, _: u32) -> Self {}

    fn code(&self) -> u16 {
        0
    }
}

/// Aligned more strictly than a window of control bytes or the allocator's default.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[repr(align(64))]
pub struct Aligned {
    code: u16,
    inverse: u16,
}

impl Element for Aligned {
    fn make(code: u16, _: u32) -> Self {
        Self { code, inverse: !code }
    }

    fn code(&self) -> u16 {
        self.code
    }

    fn sound(&self) -> bool {
        self.inverse == !self.code && (&raw const *self).addr() % 64 == 0
    }
}

/// Entered in the [`ledger`] when made or cloned, struck out when dropped. Equality and hash see
/// the number, not the label.
#[derive(Debug)]
pub struct Counted {
    code: u16,
    label: u32,
    id: u64,
}

impl Clone for Counted {
    fn clone(&self) -> Self {
        ledger::meet(self.id);
        Self { code: self.code, label: self.label, id: ledger::enter() }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        ledger::strike(self.id);
    }
}

impl PartialEq for Counted {
    fn eq(&self, other: &Self) -> bool {
        ledger::meet(self.id);
        ledger::meet(other.id);
        self.code == other.code
    }
}

impl Eq for Counted {}

impl Hash for Counted {
    fn hash<H: Hasher>(&self, state: &mut H) {
        ledger::meet(self.id);
        self.code.hash(state);
    }
}

impl Element for Counted {
    const TRACKED: bool = true;

    fn make(code: u16, label: u32) -> Self {
        Self { code, label, id: ledger::enter() }
    }

    fn code(&self) -> u16 {
        self.code
    }

    fn label(&self) -> u32 {
        self.label
    }

    fn sound(&self) -> bool {
        ledger::is_live(self.id)
    }
}

/// Which [`Counted`] elements of this thread are alive. A double drop and the use of a dropped
/// element are faults; they are counted and reported later, because a panic inside `drop` would
/// hide what happened.
pub mod ledger {
    use std::cell::RefCell;

    struct Book {
        /// The id of `live[0]`; earlier ones belong to a time before [`open`].
        first: u64,
        live: Vec<bool>,
        count: usize,
        faults: usize,
    }

    thread_local! {
        static BOOK: RefCell<Book> = const { RefCell::new(Book::EMPTY) };
    }

    impl Book {
        const EMPTY: Self = Self { first: 0, live: Vec::new(), count: 0, faults: 0 };

        fn index(&self, id: u64) -> Option<usize> {
            id.checked_sub(self.first).map(|index| index as usize)
        }

        fn live(&self, id: u64) -> bool {
            // What lived before this book was opened may still be dropped, and is not judged.
            self.index(id).is_none_or(|index| self.live.get(index) == Some(&true))
        }
    }

    /// Forgets everything that was entered before.
    pub fn open() {
        BOOK.with_borrow_mut(|book| {
            book.first += book.live.len() as u64;
            book.live.clear();
            book.count = 0;
            book.faults = 0;
        });
    }

    /// How many elements are alive.
    pub fn live() -> usize {
        BOOK.with_borrow(|book| book.count)
    }

    /// How many double drops and uses of dead elements there were.
    pub fn faults() -> usize {
        BOOK.with_borrow(|book| book.faults)
    }

    /// Whether this element is alive.
    pub fn is_live(id: u64) -> bool {
        BOOK.with_borrow(|book| book.live(id))
    }

    /// A new element; returns its id.
    pub fn enter() -> u64 {
        BOOK.with_borrow_mut(|book| {
            book.live.push(true);
            book.count += 1;
            book.first + book.live.len() as u64 - 1
        })
    }

    /// An element is used.
    pub fn meet(id: u64) {
        BOOK.with_borrow_mut(|book| {
            if !book.live(id) {
                book.faults += 1;
            }
        });
    }

    /// An element is dropped.
    pub fn strike(id: u64) {
        BOOK.with_borrow_mut(|book| {
            if !book.live(id) {
                book.faults += 1;
            } else if let Some(index) = book.index(id) {
                book.live[index] = false;
                book.count -= 1;
            }
        });
    }
}

// ----------------------------------------------------------------------------------------- hashers

/// Turns the words a key consists of into a hash; see [`Shaped`].
pub trait Shape: Clone + Default {
    /// The hash of a key, given its words condensed to one (a key of one word: that word).
    fn shape(word: u64) -> u64;
}

/// Every hash is 0: one home position, one tag.
#[derive(Clone, Default)]
pub struct Zero;

/// Every hash is `u64::MAX`: the last home position, the highest tag.
#[derive(Clone, Default)]
pub struct Ones;

/// An integer is its own hash.
#[derive(Clone, Default)]
pub struct Identity;

/// Sixteen home positions, one tag.
#[derive(Clone, Default)]
pub struct LowBits;

/// One home position, all 128 tags.
#[derive(Clone, Default)]
pub struct TopBits;

/// A decent hash, the same in every map.
#[derive(Clone, Default)]
pub struct Mixed;

impl Shape for Zero {
    fn shape(_: u64) -> u64 {
        0
    }
}

impl Shape for Ones {
    fn shape(_: u64) -> u64 {
        u64::MAX
    }
}

impl Shape for Identity {
    fn shape(word: u64) -> u64 {
        word
    }
}

impl Shape for LowBits {
    fn shape(word: u64) -> u64 {
        Mixed::shape(word) & 0xf
    }
}

impl Shape for TopBits {
    fn shape(word: u64) -> u64 {
        Mixed::shape(word) & (0x7f << 57)
    }
}

impl Shape for Mixed {
    fn shape(word: u64) -> u64 {
        let product = u128::from(word ^ 0x5851_f42d_4c95_7f2d) * 0xd1b5_4a32_d192_ed03;
        (product >> 64) as u64 ^ product as u64
    }
}

thread_local! {
    static CHOSEN: Cell<fn(u64) -> u64> = const { Cell::new(Mixed::shape) };
}

/// What this thread [`choose`]s: one type, so that a runner is compiled once for each kind of element and not for
/// each pair.
#[derive(Clone, Default)]
pub struct Chosen;

/// Makes [`Chosen`] hash like this from now on.
pub fn choose(shape: fn(u64) -> u64) {
    CHOSEN.set(shape);
}

impl Shape for Chosen {
    fn shape(word: u64) -> u64 {
        CHOSEN.get()(word)
    }
}

/// The `BuildHasher` of a [`Shape`].
#[derive(Clone, Default)]
pub struct Shaped<F>(PhantomData<F>);

/// The hasher of [`Shaped`].
pub struct ShapedHasher<F> {
    word: u64,
    shape: PhantomData<F>,
}

impl<F: Shape> BuildHasher for Shaped<F> {
    type Hasher = ShapedHasher<F>;

    fn build_hasher(&self) -> Self::Hasher {
        ShapedHasher { word: 0, shape: PhantomData }
    }
}

impl<F: Shape> Hasher for ShapedHasher<F> {
    fn finish(&self) -> u64 {
        F::shape(self.word)
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u8(&mut self, word: u8) {
        self.write_u64(u64::from(word));
    }

    fn write_u16(&mut self, word: u16) {
        self.write_u64(u64::from(word));
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(u64::from(word));
    }

    fn write_u64(&mut self, word: u64) {
        self.word = self.word.rotate_left(7) ^ word;
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }
}

// ------------------------------------------------------------------------------------------ runner

/// How [`run`] goes about it.
#[derive(Clone, Debug)]
pub struct Config {
    /// Number of different keys, at least 1; the one the trace was decoded with.
    pub universe: u16,
    /// Capacity the map is made with.
    pub capacity: usize,
    /// The contents are compared after every so many commands, at least 1.
    pub check_every: usize,
    /// Whether to hold the map to what rosti promises of `capacity` beyond other Swiss tables: it
    /// changes only when an absent key meets a full map or when a method is called whose purpose it
    /// is.
    pub promises: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self { universe: 60, capacity: 0, check_every: 16, promises: true }
    }
}

type Ours<K, V, S> = rosti::HashMap<K, V, S>;
type Oracle<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<DefaultHasher>>;

/// What makes two elements the same instance to the caller: number and label.
type Image = (u16, u32);

fn image<E: Element>(element: &E) -> Image {
    (element.code(), element.label())
}

fn images<K: Element, V: Element>((key, value): (&K, &V)) -> (Image, Image) {
    (image(key), image(value))
}

/// What a lookup gave.
fn shown<E: Element>(found: Option<&E>) -> Option<Image> {
    found.map(image)
}

/// What was taken out of a map; dropped here.
fn taken<E: Element>(old: Option<E>) -> Option<Image> {
    old.as_ref().map(image)
}

/// An entry that was taken out of a map; dropped here.
fn both<K: Element, V: Element>(entry: Option<(K, V)>) -> Option<(Image, Image)> {
    entry.map(|(key, value)| images((&key, &value)))
}

macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err(format!($($message)+));
        }
    };
}

/// What rosti gave is what the model gave.
pub fn equal<T: PartialEq + Debug>(what: &str, ours: T, model: T) -> Result<(), String> {
    ensure!(ours == model, "{what}: {ours:?}, expected {model:?}");
    Ok(())
}

/// How many entries a command asks an iterator for.
pub fn take(number: u16) -> usize {
    if number >= TAKE_ALL { usize::MAX } else { usize::from(number) }
}

/// Collections under test and their models.
pub trait Play {
    /// What can be done with them.
    type Op: Debug;

    /// Executes a command on both sides, and compares what it gave.
    fn command(&mut self, op: &Self::Op) -> Result<(), String>;

    /// Compares everything.
    fn compare(&self) -> Result<(), String>;
}

/// Executes commands, and compares everything after so many of them and at the end, when no [`Counted`] element
/// may be left. The error says which command went wrong and how.
pub fn play<P: Play>(
    ops: &[P::Op],
    check_every: usize,
    begin: impl FnOnce() -> P,
) -> Result<(), String> {
    ledger::open();
    let mut pair = begin();
    for (index, op) in ops.iter().enumerate() {
        let is_due = (index + 1) % check_every.max(1) == 0;
        pair.command(op)
            .and_then(|()| if is_due { pair.compare() } else { Ok(()) })
            .map_err(|message| format!("command {index} ({op:?}): {message}"))?;
    }
    pair.compare().map_err(|message| format!("after the last command: {message}"))?;
    drop(pair);
    equal("elements alive at the end", ledger::live(), 0)?;
    equal("double drops and uses after drop", ledger::faults(), 0)
}

/// Plays a trace on a map; see [`play`].
pub fn run<K: Element, V: Element, S: BuildHasher + Clone + Default>(
    ops: &[Op],
    config: &Config,
) -> Result<(), String> {
    play(ops, config.check_every, || Pair::<K, V, S>::new(config))
}

/// The map under test and its oracle, and a second such pair for operations that need two maps.
struct Pair<K, V, S> {
    map: Ours<K, V, S>,
    oracle: Oracle<K, V>,
    spare: Ours<K, V, S>,
    spare_oracle: Oracle<K, V>,
    universe: u16,
    promises: bool,
    /// Number of the command, the label of whatever it makes.
    label: u32,
    scan: Scan<u16>,
}

/// How far the scan of a map has got: each visit to a key must be its first, and at the end all that stayed must
/// have been visited.
pub struct Scan<C> {
    pub cursor: ScanCursor,
    /// Keys that were there at each step so far.
    staying: BTreeSet<C>,
    visited: BTreeSet<C>,
}

impl<C: Ord + Debug> Scan<C> {
    pub fn new() -> Self {
        Self { cursor: ScanCursor::START, staying: BTreeSet::new(), visited: BTreeSet::new() }
    }

    /// A step begins in a map with these keys.
    pub fn begin(&mut self, keys: impl Iterator<Item = C>, is_there: impl Fn(&C) -> bool) {
        if self.cursor == ScanCursor::START {
            self.staying = keys.collect();
            self.visited.clear();
        } else {
            self.staying.retain(is_there);
        }
    }

    /// The step has visited a key.
    pub fn visit(&mut self, key: C) -> Result<(), String> {
        ensure!(!self.visited.contains(&key), "key {key:?} was visited twice");
        self.visited.insert(key);
        Ok(())
    }

    /// The step ends.
    pub fn end(&mut self, next: Option<ScanCursor>) -> Result<(), String> {
        self.cursor = next.unwrap_or_default();
        let missed = self.staying.difference(&self.visited).next();
        ensure!(next.is_some() || missed.is_none(), "not visited: {missed:?}");
        Ok(())
    }
}

impl<K: Element, V: Element, S: BuildHasher + Clone + Default> Play for Pair<K, V, S> {
    type Op = Op;

    fn command(&mut self, op: &Op) -> Result<(), String> {
        self.label += 1;
        let before = (self.map.len(), self.map.capacity());
        self.execute(op)?;
        equal("len", self.map.len(), self.oracle.len())?;
        equal("is_empty", self.map.is_empty(), self.oracle.is_empty())?;
        self.judge_capacity(op, before)?;
        let key = K::make(op.key, 0);
        equal(
            "entry afterwards",
            self.map.get_key_value(&key).map(images),
            self.oracle.get_key_value(&key).map(images),
        )?;
        drop(key);
        if K::TRACKED || V::TRACKED {
            let entries =
                self.map.len() + self.spare.len() + self.oracle.len() + self.spare_oracle.len();
            let elements = entries * (usize::from(K::TRACKED) + usize::from(V::TRACKED));
            equal("elements alive", ledger::live(), elements)?;
            equal("double drops and uses after drop", ledger::faults(), 0)?;
        }
        Ok(())
    }

    fn compare(&self) -> Result<(), String> {
        compare(&self.map, &self.oracle)?;
        compare(&self.spare, &self.spare_oracle).map_err(|message| format!("spare map: {message}"))
    }
}

impl<K: Element, V: Element, S: BuildHasher + Clone + Default> Pair<K, V, S> {
    fn new(config: &Config) -> Self {
        Self {
            map: Ours::with_capacity_and_hasher(config.capacity, S::default()),
            oracle: Oracle::default(),
            spare: Ours::with_hasher(S::default()),
            spare_oracle: Oracle::default(),
            universe: config.universe.max(1),
            promises: config.promises,
            label: 0,
            scan: Scan::new(),
        }
    }

    /// What an operation may do to `capacity`, given length and capacity before it.
    fn judge_capacity(&self, op: &Op, (old_len, old): (usize, usize)) -> Result<(), String> {
        let (len, new) = (self.map.len(), self.map.capacity());
        ensure!(new >= len, "capacity {new} is less than len {len}");
        let wanted = old_len + usize::from(op.arg);
        match op.kind {
            Kind::Get | Kind::GetMut | Kind::GetKeyValue | Kind::Contains | Kind::Disjoint => {
                equal("capacity", new, old)?
            }
            Kind::Iter | Kind::IterMut | Kind::ValuesMut | Kind::CloneFrom | Kind::Equality => {
                equal("capacity", new, old)?
            }
            Kind::Scan | Kind::ScanMut | Kind::ScanRetain => equal("capacity", new, old)?,
            Kind::Reserve | Kind::TryReserve => {
                ensure!(new >= wanted, "capacity {new} after reserving {wanted}");
                ensure!(
                    old < wanted || new == old,
                    "capacity went from {old} to {new} though it sufficed"
                );
            }
            Kind::ShrinkToFit => {
                ensure!(!self.promises || new <= old, "shrinking took capacity from {old} to {new}")
            }
            Kind::ShrinkTo => {
                let least = old.min(usize::from(op.arg).max(len));
                ensure!(new >= least, "shrinking took capacity from {old} to {new}, below {least}");
                ensure!(
                    !self.promises || new <= old,
                    "shrinking took capacity from {old} to {new}"
                );
            }
            Kind::Clone | Kind::Swap | Kind::Collect | Kind::IntoIter => {}
            // By how much the size hint is believed is the map's business.
            Kind::Extend => {
                ensure!(!self.promises || new >= old, "capacity fell from {old} to {new}")
            }
            // To look for a vacant entry in a full map may make room for what then is not inserted.
            Kind::OccupiedInsert
            | Kind::OccupiedRemove
            | Kind::OccupiedRemoveEntry
            | Kind::ReplaceKey
            | Kind::ReplaceEntry
            | Kind::EntryDrop
                if old_len == old
                    && len == old_len
                    && !self.oracle.contains_key(&K::make(op.key, 0)) =>
            {
                ensure!(new >= old, "capacity fell from {old} to {new}");
            }
            _ if len > old => ensure!(new > old, "capacity {new} holds {len}"),
            _ => ensure!(
                !self.promises || new == old,
                "capacity went from {old} to {new} with len {old_len} -> {len}"
            ),
        }
        Ok(())
    }

    fn execute(&mut self, op: &Op) -> Result<(), String> {
        let label = self.label;
        let key = || K::make(op.key, label);
        let value = || V::make(op.arg, label);
        let (map, oracle) = (&mut self.map, &mut self.oracle);
        match op.kind {
            Kind::Insert => {
                let ours = map.insert(key(), value());
                equal("old value", taken(ours), taken(oracle.insert(key(), value())))?;
            }
            Kind::TryInsert => match map.try_insert(key(), value()) {
                Ok(inserted) => {
                    equal("inserted", image(inserted), image(&value()))?;
                    equal("previous value", None, oracle.insert(key(), value()))?;
                }
                Err(refused) => {
                    let present = image(refused.entry.get());
                    equal("present value", Some(present), shown(oracle.get(&key())))?;
                    equal("value handed back", image(&refused.value), image(&value()))?;
                }
            },
            Kind::Get => equal("value", shown(map.get(&key())), shown(oracle.get(&key())))?,
            Kind::GetMut => {
                let (ours, theirs) = (map.get_mut(&key()), oracle.get_mut(&key()));
                equal("value", shown(ours.as_deref()), shown(theirs.as_deref()))?;
                if let (Some(ours), Some(theirs)) = (ours, theirs) {
                    *ours = value();
                    *theirs = value();
                }
            }
            Kind::GetKeyValue => {
                let ours = map.get_key_value(&key()).map(images);
                equal("entry", ours, oracle.get_key_value(&key()).map(images))?;
            }
            Kind::Contains => {
                equal("contains", map.contains_key(&key()), oracle.contains_key(&key()))?
            }
            Kind::Remove => {
                let ours = map.remove(&key());
                equal("removed value", taken(ours), taken(oracle.remove(&key())))?;
            }
            Kind::RemoveEntry => {
                let (ours, theirs) = (map.remove_entry(&key()), oracle.remove_entry(&key()));
                equal("removed entry", both(ours), both(theirs))?;
            }
            Kind::OrInsert => {
                let ours = image(map.entry(key()).or_insert(value()));
                equal("value", ours, image(oracle.entry(key()).or_insert(value())))?;
            }
            Kind::AndModify => {
                let changed = |old: &V| V::make(old.code() ^ op.arg, label);
                let entry = map.entry(key()).and_modify(|old| *old = changed(old));
                let ours = image(entry.or_insert_with(value));
                if let Some(old) = oracle.get_mut(&key()) {
                    *old = changed(old);
                } else {
                    oracle.insert(key(), value());
                }
                equal("value", Some(ours), shown(oracle.get(&key())))?;
            }
            Kind::EntryInsert => {
                let entry = map.entry(key()).insert(value());
                oracle.insert(key(), value());
                let ours = images((entry.key(), entry.get()));
                equal("entry", Some(ours), oracle.get_key_value(&key()).map(images))?;
            }
            Kind::OccupiedInsert => match map.entry(key()) {
                Entry::Occupied(mut entry) => {
                    let old = entry.insert(value());
                    equal("new value", image(entry.into_mut()), image(&value()))?;
                    equal("old value", Some(image(&old)), taken(oracle.insert(key(), value())))?;
                }
                Entry::Vacant(_) => ensure!(!oracle.contains_key(&key()), "entry is vacant"),
            },
            Kind::OccupiedRemove => match map.entry(key()) {
                Entry::Occupied(entry) => {
                    let ours = entry.remove();
                    equal("removed value", Some(image(&ours)), taken(oracle.remove(&key())))?;
                }
                Entry::Vacant(entry) => {
                    equal("key of the vacant entry", image(entry.key()), image(&key()))?;
                    ensure!(!oracle.contains_key(&key()), "entry is vacant");
                }
            },
            Kind::OccupiedRemoveEntry => match map.entry(key()) {
                Entry::Occupied(entry) => {
                    let (ours, theirs) = (entry.remove_entry(), oracle.remove_entry(&key()));
                    equal("removed entry", both(Some(ours)), both(theirs))?;
                }
                Entry::Vacant(entry) => {
                    equal("key of the vacant entry", image(&entry.into_key()), image(&key()))?;
                    ensure!(!oracle.contains_key(&key()), "entry is vacant");
                }
            },
            Kind::ReplaceKey => match map.entry(key()) {
                Entry::Occupied(mut entry) => {
                    let old = entry.replace_key(key());
                    let Some((stored, kept)) = oracle.remove_entry(&key()) else {
                        return Err("entry is occupied".to_owned());
                    };
                    equal("key taken out", image(&old), image(&stored))?;
                    equal("value left in place", image(entry.get()), image(&kept))?;
                    oracle.insert(key(), kept);
                }
                Entry::Vacant(_) => ensure!(!oracle.contains_key(&key()), "entry is vacant"),
            },
            Kind::ReplaceEntry => {
                let mut seen = None;
                let entry = map.entry(key()).and_replace_entry_with(|key, old| {
                    seen = Some(images((key, &old)));
                    (op.arg % 2 == 0).then(value)
                });
                equal("entry handed over", seen, oracle.get_key_value(&key()).map(images))?;
                let stays = seen.is_some() && op.arg % 2 == 0;
                match entry {
                    Entry::Occupied(entry) => {
                        ensure!(stays && entry.get() == &value(), "occupied by {:?}", entry.get())
                    }
                    Entry::Vacant(entry) => {
                        ensure!(!stays && entry.key() == &key(), "vacant for {:?}", entry.key())
                    }
                }
                if stays {
                    oracle.insert(key(), value());
                } else {
                    oracle.remove(&key());
                }
            }
            Kind::EntryDrop => match map.entry(key()) {
                Entry::Occupied(entry) => {
                    let ours = images((entry.key(), entry.get()));
                    equal("entry", Some(ours), oracle.get_key_value(&key()).map(images))?;
                }
                Entry::Vacant(_) => ensure!(!oracle.contains_key(&key()), "entry is vacant"),
            },
            Kind::EntryRef => {
                let wanted = key();
                match map.entry_ref(&wanted) {
                    EntryRef::Occupied(mut entry) => {
                        let old = Some(entry.insert(value()));
                        equal("old value", taken(old), taken(oracle.insert(key(), value())))?;
                    }
                    EntryRef::Vacant(entry) => {
                        entry.insert_with_key(key(), value());
                        equal("previous value", None, oracle.insert(key(), value()))?;
                    }
                }
            }
            Kind::Disjoint => {
                let keys = [key(), K::make(op.arg, label)];
                if keys[0] != keys[1] {
                    let found = map.get_disjoint_mut([&keys[0], &keys[1]]);
                    for (ours, key) in found.into_iter().zip(&keys) {
                        let theirs = oracle.get_mut(key);
                        equal("value", shown(ours.as_deref()), shown(theirs.as_deref()))?;
                        if let (Some(ours), Some(theirs)) = (ours, theirs) {
                            *ours = V::make(key.code() ^ 0x55, label);
                            *theirs = V::make(key.code() ^ 0x55, label);
                        }
                    }
                }
            }
            Kind::Retain => {
                let keep = |key: &K, old: &mut V| {
                    *old = V::make(old.code() ^ 0x2a, label);
                    key.code() % op.arg != op.key
                };
                let (mut calls, all) = (0, map.len());
                map.retain(|key, old| {
                    calls += 1;
                    keep(key, old)
                });
                equal("calls", calls, all)?;
                oracle.retain(keep);
                compare(map, oracle)?;
            }
            Kind::Drain => {
                consume(map.drain(), op.key, oracle, true)?;
                oracle.clear();
                equal("entries after drain", map.iter().fold(0, |n, _| n + 1), 0)?;
            }
            Kind::ExtractIf => {
                let mut passed = Vec::new();
                let chosen = |key: &K, old: &mut V| {
                    let chosen = key.code() % op.arg == 0;
                    if !chosen {
                        *old = V::make(old.code() ^ 0x2a, label);
                        passed.push(key.code());
                    }
                    chosen
                };
                consume(map.extract_if(chosen), op.key, oracle, false)?;
                passed.sort_unstable();
                ensure!(passed.windows(2).all(|pair| pair[0] != pair[1]), "a key visited twice");
                for &code in &passed {
                    let Some(old) = oracle.get_mut(&K::make(code, label)) else {
                        return Err(format!("visited key {code}, which is not there"));
                    };
                    *old = V::make(old.code() ^ 0x2a, label);
                }
                compare(map, oracle)?;
                if op.key >= TAKE_ALL {
                    equal("entries passed over", passed.len(), map.len())?;
                    let left = map.keys().filter(|key| key.code() % op.arg == 0).count();
                    equal("entries that should have gone", left, 0)?;
                }
            }
            Kind::Clear => {
                map.clear();
                oracle.clear();
                equal("entries after clear", map.iter().fold(0, |n, _| n + 1), 0)?;
            }
            Kind::Reserve => map.reserve(usize::from(op.arg)),
            Kind::TryReserve => equal("outcome", map.try_reserve(usize::from(op.arg)), Ok(()))?,
            Kind::ShrinkToFit => {
                map.shrink_to_fit();
                compare(map, oracle)?;
            }
            Kind::ShrinkTo => {
                map.shrink_to(usize::from(op.arg));
                compare(map, oracle)?;
            }
            Kind::Clone => {
                let copy = map.clone();
                compare(&copy, oracle)?;
                if op.arg % 2 == 1 {
                    *map = copy;
                }
            }
            Kind::CloneFrom => {
                self.spare.clone_from(map);
                self.spare_oracle.clone_from(oracle);
                compare(&self.spare, &self.spare_oracle)?;
            }
            Kind::Swap => {
                std::mem::swap(map, &mut self.spare);
                std::mem::swap(oracle, &mut self.spare_oracle);
            }
            Kind::Collect => {
                *map = std::mem::take(map).into_iter().collect();
                compare(map, oracle)?;
            }
            Kind::Extend => {
                let universe = u32::from(self.universe);
                let entry = |step| {
                    let code = ((u32::from(op.key) + u32::from(step)) % universe) as u16;
                    (K::make(code, label), V::make(code ^ step, label))
                };
                map.extend((0..op.arg).map(entry));
                oracle.extend((0..op.arg).map(entry));
            }
            Kind::Fill => {
                let capacity = map.capacity();
                let universe = u32::from(self.universe);
                for step in 0..self.universe {
                    if map.len() == map.capacity() {
                        break;
                    }
                    let code = ((u32::from(op.key) + u32::from(step)) % universe) as u16;
                    let ours = map.insert(K::make(code, label), V::make(step, label));
                    let theirs = oracle.insert(K::make(code, label), V::make(step, label));
                    equal("old value", taken(ours), taken(theirs))?;
                    let (len, now) = (map.len(), map.capacity());
                    ensure!(
                        !self.promises || now == capacity,
                        "capacity went from {capacity} to {now} at len {len}"
                    );
                }
            }
            Kind::Iter => walk(map)?,
            Kind::IterMut => {
                let mut iter = map.iter_mut();
                equal("length of iter_mut", iter.len(), oracle.len())?;
                let mut seen = 0;
                while let Some((key, old)) = iter.next() {
                    seen += 1;
                    let left = oracle.len() - seen;
                    equal("entries left", iter.size_hint(), (left, Some(left)))?;
                    *old = V::make(key.code() ^ op.arg, label);
                }
                equal("entries visited", seen, oracle.len())?;
                for (key, old) in oracle.iter_mut() {
                    *old = V::make(key.code() ^ op.arg, label);
                }
                compare(map, oracle)?;
            }
            Kind::ValuesMut => {
                let change = |old: &mut V| *old = V::make(old.code().wrapping_add(op.arg), label);
                equal("length of values_mut", map.values_mut().len(), oracle.len())?;
                map.values_mut().for_each(change);
                oracle.values_mut().for_each(change);
                compare(map, oracle)?;
            }
            Kind::IntoIter => {
                consume(std::mem::take(map).into_iter(), op.key, oracle, true)?;
                oracle.clear();
            }
            Kind::Equality => {
                let mut copy = map.clone();
                ensure!(*map == copy, "not equal to its clone");
                if let Some(changed) = copy.get_mut(&key()) {
                    let old = changed.code();
                    *changed = V::make(!old, label);
                    let differs = changed.code() != old;
                    ensure!((*map != copy) == differs, "equality does not see that value");
                }
                let theirs = *oracle == self.spare_oracle;
                equal("equality with the spare map", *map == self.spare, theirs)?;
            }
            Kind::Scan | Kind::ScanMut | Kind::ScanRetain => self.scan(op)?,
        }
        // Another map, perhaps with another hasher.
        if matches!(op.kind, Kind::Swap | Kind::Collect | Kind::IntoIter) {
            self.scan = Scan::new();
        }
        Ok(())
    }

    /// A step of the scan: each entry that it visits is what the oracle has.
    fn scan(&mut self, op: &Op) -> Result<(), String> {
        let label = self.label;
        let (map, oracle, scan) = (&mut self.map, &mut self.oracle, &mut self.scan);
        let is_there = |&code: &u16| oracle.contains_key(&K::make(code, label));
        scan.begin(oracle.keys().map(K::code), is_there);
        let (changes, drops) = (op.kind != Kind::Scan, op.kind == Kind::ScanRetain);
        let goes = |code: u16| drops && code % op.arg == op.key;
        let changed = |old: &V| V::make(old.code() ^ op.arg, label);
        let mut seen = Vec::new();
        let mut visit = |key: &K, value: &mut V| {
            seen.push((key.code(), images((key, value))));
            *value = changed(value);
        };
        let next = match op.kind {
            Kind::ScanRetain => map.scan_retain(scan.cursor, |key, value| {
                visit(key, value);
                !goes(key.code())
            }),
            Kind::ScanMut => map.scan_mut(scan.cursor, visit),
            _ => map.scan(scan.cursor, |key, value| {
                seen.push((key.code(), images((key, value))));
            }),
        };
        for (code, entry) in seen {
            let key = K::make(code, label);
            equal("entry visited", Some(entry), oracle.get_key_value(&key).map(images))?;
            scan.visit(code)?;
            if goes(code) {
                oracle.remove(&key);
            } else if let Some(value) = oracle.get_mut(&key).filter(|_| changes) {
                *value = changed(value);
            }
        }
        compare(map, oracle)?;
        scan.end(next)
    }
}

/// Takes entries from an owning iterator and out of the oracle, then drops it. What the iterator
/// leaves behind is for the caller to check.
fn consume<K: Element, V: Element>(
    mut iter: impl Iterator<Item = (K, V)>,
    take: u16,
    oracle: &mut Oracle<K, V>,
    exact: bool,
) -> Result<(), String> {
    for _ in 0..self::take(take) {
        let (low, high) = iter.size_hint();
        let all = oracle.len();
        if exact {
            equal("entries left", (low, high), (all, Some(all)))?;
        } else {
            ensure!(high.is_none_or(|high| high <= all), "at most {high:?} of {all} entries");
        }
        let Some((key, value)) = iter.next() else {
            ensure!(!exact || oracle.is_empty(), "ended {} entries early", oracle.len());
            ensure!(low == 0, "ended {low} entries early");
            ensure!(iter.next().is_none(), "went on after its end");
            return Ok(());
        };
        ensure!(key.sound() && value.sound(), "yielded a broken entry {key:?}, {value:?}");
        let theirs = oracle.remove_entry(&key);
        equal("entry taken", Some(images((&key, &value))), both(theirs))?;
    }
    Ok(())
}

/// Compares everything: each entry is iterated once, found, sound, and the same as the oracle's.
pub fn compare<K: Element, V: Element, S: BuildHasher>(
    map: &Ours<K, V, S>,
    oracle: &Oracle<K, V>,
) -> Result<(), String> {
    equal("len", map.len(), oracle.len())?;
    equal("length of iter", map.iter().len(), oracle.len())?;
    let mut codes = Vec::with_capacity(oracle.len());
    for (key, value) in map {
        ensure!(key.sound() && value.sound(), "holds a broken entry {key:?}, {value:?}");
        equal("entry iterated", Some(images((key, value))), oracle.get_key_value(key).map(images))?;
        codes.push(key.code());
    }
    codes.sort_unstable();
    equal("entries iterated", codes.len(), oracle.len())?;
    if let Some(twice) = codes.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(format!("key {} iterated twice", twice[0]));
    }
    for (key, value) in oracle {
        equal("entry found", map.get_key_value(key).map(images), Some(images((key, value))))?;
    }
    Ok(())
}

/// The shared iterators agree with one another, however they are walked.
fn walk<K: Element, V: Element, S: BuildHasher>(map: &Ours<K, V, S>) -> Result<(), String> {
    let sorted = |mut list: Vec<(Image, Image)>| {
        list.sort_unstable();
        list
    };
    let all = sorted(map.iter().map(images).collect());
    equal("entries", all.len(), map.len())?;

    // Stop half-way, go on with a clone as well, and fold one of the two.
    let mut iter = map.iter();
    let mut first = Vec::new();
    for taken in 1..=all.len() / 2 {
        first.extend(iter.next().map(images));
        equal("entries left", iter.len(), all.len() - taken)?;
    }
    let clone = iter.clone();
    let rest = std::iter::from_fn(|| iter.next().map(images));
    let by_next: Vec<_> = first.iter().copied().chain(rest).collect();
    ensure!(iter.next().is_none() && iter.len() == 0, "went on after its end");
    let by_fold = clone.fold(first, |mut list, entry| {
        list.push(images(entry));
        list
    });
    equal("entries by next", sorted(by_next), all.clone())?;
    equal("entries by fold", sorted(by_fold), all.clone())?;

    let mut keys: Vec<_> = map.keys().map(image).collect();
    keys.sort_unstable();
    equal("keys", keys, all.iter().map(|entry| entry.0).collect::<Vec<_>>())?;
    let mut values: Vec<_> = map.values().map(image).collect();
    values.sort_unstable();
    let mut expected: Vec<_> = all.iter().map(|entry| entry.1).collect();
    expected.sort_unstable();
    equal("values", values, expected)?;
    Ok(())
}
