//! The machine under the bench: its clock, its allocator, its name.

use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{env, fs};

/// A running stop watch. A sample is the smaller of wall time, which counts what other processes
/// take, and the thread's CPU time, which counts some of what the hypervisor takes.
pub struct Clock {
    cpu: Option<Duration>,
    wall: Instant,
}

impl Clock {
    /// Starts it.
    #[must_use]
    pub fn start() -> Self {
        Self { cpu: thread_cpu_time(), wall: Instant::now() }
    }

    /// The time since the start.
    #[must_use]
    pub fn stop(self) -> Duration {
        let wall = self.wall.elapsed();
        match (self.cpu, thread_cpu_time()) {
            (Some(start), Some(end)) => wall.min(end.saturating_sub(start)),
            _ => wall,
        }
    }
}

/// The CPU time of this thread, where it can be had.
#[cfg(target_os = "linux")]
fn thread_cpu_time() -> Option<Duration> {
    let mut time = std::mem::MaybeUninit::<libc::timespec>::zeroed();
    // SAFETY: `time` is a valid place for a timespec for the whole call.
    let failed =
        unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, time.as_mut_ptr()) } != 0;
    // SAFETY: a timespec of zeros is a valid one, whatever the call made of it.
    let time = unsafe { time.assume_init() };
    let seconds = u64::try_from(time.tv_sec).ok()?;
    let nanos = u32::try_from(time.tv_nsec).ok()?;
    (!failed).then(|| Duration::new(seconds, nanos))
}

/// The CPU time of this thread, where it can be had.
#[cfg(not(target_os = "linux"))]
fn thread_cpu_time() -> Option<Duration> {
    None
}

/// Makes the allocator take memory from the system once and keep it: otherwise page faults decide
/// workloads that build tables. Says what was done.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub fn tame_allocator() -> String {
    let settings = [
        ("M_MMAP_MAX", libc::M_MMAP_MAX, 0),
        ("M_MMAP_THRESHOLD", libc::M_MMAP_THRESHOLD, 32 << 20),
        ("M_TRIM_THRESHOLD", libc::M_TRIM_THRESHOLD, libc::c_int::MAX),
        ("M_TOP_PAD", libc::M_TOP_PAD, 64 << 20),
    ];
    let set = settings.map(|(name, parameter, value)| {
        // SAFETY: mallopt may be called at any time; it only changes glibc's own settings.
        let done = unsafe { libc::mallopt(parameter, value) } == 1;
        format!("{name} = {value}{}", if done { "" } else { " (refused)" })
    });
    format!("glibc, {}", set.join(", "))
}

/// Makes the allocator take memory from the system once and keep it, where that is known how.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn tame_allocator() -> String {
    "not tamed: page faults may decide the rows that build tables".into()
}

/// What a recorded run must say about its circumstances, a line each.
#[must_use]
pub fn description() -> Vec<String> {
    [
        ("date", format!("{} UTC", date_time().replace('_', " "))),
        ("cpu", cpu().unwrap_or_else(|| "unknown".into())),
        ("target", target()),
        ("rustc", output_of(&env::var("RUSTC").unwrap_or("rustc".into()), &["-V"])),
        ("rustflags", option_env!("RUSTFLAGS").unwrap_or_default().into()),
        ("commit", output_of("git", &["describe", "--always", "--dirty"])),
        ("huge pages", huge_pages()),
        ("allocator", tame_allocator()),
    ]
    .map(|(name, value)| format!("{name}: {value}"))
    .into()
}

/// Architecture, system and C library.
#[must_use]
pub fn target() -> String {
    let environment = match () {
        () if cfg!(target_env = "gnu") => "-gnu",
        () if cfg!(target_env = "musl") => "-musl",
        () if cfg!(target_env = "msvc") => "-msvc",
        () => "",
    };
    format!("{}-{}{environment}", env::consts::ARCH, env::consts::OS)
}

/// The first line that a command prints.
fn output_of(program: &str, arguments: &[&str]) -> String {
    Command::new(program)
        .args(arguments)
        .output()
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| Some(String::from_utf8(output.stdout).ok()?.lines().next()?.to_owned()))
        .unwrap_or_else(|| "unknown".into())
}

/// The CPU's name and number of threads.
fn cpu() -> Option<String> {
    let threads = std::thread::available_parallelism().ok()?;
    let list = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let mut fields = list.lines().filter_map(|line| line.split_once(':'));
        fields.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_owned())
    };
    let name = field("model name");
    let name = name.unwrap_or_else(|| output_of("sysctl", &["-n", "machdep.cpu.brand_string"]));
    // A virtual machine's name for its CPU may be that of many.
    let model = match (field("cpu family"), field("model")) {
        (Some(family), Some(model)) => format!(", family {family} model {model}"),
        _ => String::new(),
    };
    Some(format!("{name}{model}, {threads} threads"))
}

/// The mode of transparent huge pages.
fn huge_pages() -> String {
    let modes = fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled").ok();
    modes
        .and_then(|modes| Some(modes.split_once('[')?.1.split_once(']')?.0.to_owned()))
        .unwrap_or_else(|| "unknown".into())
}

/// Date and time of day in UTC as `2025-12-31_23-59-59`.
#[must_use]
pub fn date_time() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}_{hour:02}-{minute:02}-{second:02}")
}

/// The date that is `days` after 1970-01-01. Years are counted from March, so that the leap day is
/// their last.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}
