//! The list of workloads and what each is good for.

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Workload {
    Grow,
    Reserved,
    Hit,
    HitDep,
    Miss,
    Mixed,
    Churn,
    ChurnHit,
    ChurnMiss,
    EntryUniform,
    EntryZipf,
    Iterate,
    IterateFold,
    IterateSparse,
    Clone,
    Clear,
    Drop,
    Retain,
    Extend,
    Collect,
    Remove,
    OneBigInsert,
    SmallBuild,
    SmallHit,
    SmallMiss,
    SmallIterate,
    SmallBytes,
    Bytes,
    ChurnBytes,
}

/// The shape of table that a workload runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// A few tables of a chosen number of slots.
    Table,
    /// Very many tables of up to 16 entries.
    Small,
}

impl Workload {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// All of them with name and definition, in the order of their numbers.
    const ALL: [(Self, &'static str, &'static str); 29] = [
        (Self::Grow, "grow", "insert n fresh keys from empty"),
        (Self::Reserved, "reserved", "the same after with_capacity(n)"),
        (Self::Hit, "hit", "independent lookups of present keys"),
        (Self::HitDep, "hit_dep", "lookups that wait for the value found before"),
        (Self::Miss, "miss", "lookups of absent keys"),
        (Self::Mixed, "mixed", "lookups, half present and half absent"),
        (Self::Churn, "churn", "remove a random key, insert a fresh one, >= 4 n pairs"),
        (Self::ChurnHit, "churn_hit", "hit after churn"),
        (Self::ChurnMiss, "churn_miss", "miss after churn"),
        (Self::EntryUniform, "entry_uniform", "count >= 4 n uniform keys by entry"),
        (Self::EntryZipf, "entry_zipf", "count >= 4 n Zipf keys by entry"),
        (Self::Iterate, "iterate", "sum of all entries, for loop"),
        (Self::IterateFold, "iterate_fold", "sum of all entries, Iterator::fold"),
        (Self::IterateSparse, "iterate_sparse", "iterate after removing 90 %"),
        (Self::Clone, "clone", "clone, per entry"),
        (Self::Clear, "clear", "clear, per entry"),
        (Self::Drop, "drop", "drop, per entry"),
        (Self::Retain, "retain", "retain half, per entry"),
        (Self::Extend, "extend", "double a map by extend, per added entry"),
        (Self::Collect, "collect", "collect n entries"),
        (Self::Remove, "remove", "remove all keys in random order"),
        (Self::OneBigInsert, "one_big_insert", "slowest single insert while growing to n"),
        (Self::SmallBuild, "small_build", "fill many maps of 1 to 16 entries, drop them"),
        (Self::SmallHit, "small_hit", "hit, each in another small map"),
        (Self::SmallMiss, "small_miss", "miss, each in another small map"),
        (Self::SmallIterate, "small_iterate", "sum of all small maps"),
        (Self::SmallBytes, "small_bytes", "heap bytes per entry of small maps (not a time)"),
        (Self::Bytes, "bytes", "heap bytes per entry (not a time)"),
        (Self::ChurnBytes, "churn_bytes", "heap bytes per entry after churn"),
    ];

    /// What a run without `--full` measures.
    pub const QUICK: [Self; 8] = [
        Self::Grow,
        Self::Reserved,
        Self::Hit,
        Self::HitDep,
        Self::Miss,
        Self::Churn,
        Self::Iterate,
        Self::Bytes,
    ];

    /// What needs tables that have been churned.
    pub const CHURN: [Self; 4] = [Self::Churn, Self::ChurnHit, Self::ChurnMiss, Self::ChurnBytes];

    /// Every workload.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::ALL.iter().map(|&(workload, ..)| workload)
    }

    /// Its name on the command line, in tables and in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// Its definition in one line.
    #[must_use]
    pub fn definition(self) -> &'static str {
        Self::ALL[self as usize].2
    }

    /// The workloads that `name` stands for: one of that name, or else all of that family (`entry`,
    /// `small`).
    #[must_use]
    pub fn find(name: &str) -> Vec<Self> {
        let of = |test: &dyn Fn(&str) -> bool| Self::all().filter(|w| test(w.name())).collect();
        let exact: Vec<Self> = of(&|candidate| candidate == name);
        if exact.is_empty() {
            of(&|candidate| candidate.strip_prefix(name).is_some_and(|rest| rest.starts_with('_')))
        } else {
            exact
        }
    }

    /// Where it runs.
    #[must_use]
    pub fn scene(self) -> Scene {
        match self {
            Self::SmallBuild
            | Self::SmallHit
            | Self::SmallMiss
            | Self::SmallIterate
            | Self::SmallBytes => Scene::Small,
            _ => Scene::Table,
        }
    }

    /// Whether it counts bytes instead of nanoseconds.
    #[must_use]
    pub fn is_memory(self) -> bool {
        matches!(self, Self::Bytes | Self::ChurnBytes | Self::SmallBytes)
    }

    /// Whether it needs several operations per entry.
    #[must_use]
    pub fn is_long(self) -> bool {
        Self::CHURN.contains(&self) || matches!(self, Self::EntryUniform | Self::EntryZipf)
    }

    /// The largest power of two of slots it runs on: the keys of long ones are in memory
    /// beforehand, so they stop earlier.
    #[must_use]
    pub fn largest(self) -> u32 {
        if self.is_long() { 22 } else { 26 }
    }
}

/// A set of workloads.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted([bool; Workload::COUNT]);

impl Wanted {
    /// Adds one.
    pub fn add(&mut self, workload: Workload) {
        self.0[workload as usize] = true;
    }

    /// Whether it is in the set.
    #[must_use]
    pub fn has(&self, workload: Workload) -> bool {
        self.0[workload as usize]
    }

    /// Whether one of `workloads` is.
    #[must_use]
    pub fn any(&self, workloads: &[Workload]) -> bool {
        workloads.iter().any(|&workload| self.has(workload))
    }

    /// Whether nothing is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Its members in order.
    pub fn iter(&self) -> impl Iterator<Item = Workload> {
        Workload::all().filter(|&workload| self.has(workload))
    }
}

impl FromIterator<Workload> for Wanted {
    fn from_iter<I: IntoIterator<Item = Workload>>(workloads: I) -> Self {
        let mut wanted = Self::default();
        workloads.into_iter().for_each(|workload| wanted.add(workload));
        wanted
    }
}
