//! Running cases, and writing the table.

use std::fmt::Write;
use std::time::{Duration, Instant};

use crate::abi::Functions;

/// Something to measure, prepared for one library. Does all of it, and gives the
/// time of the part that matters.
pub type Run<'a> = Box<dyn FnOnce() -> Duration + 'a>;

/// One line of the table.
pub struct Case {
    /// `what/how/how much`, the same in all reports.
    pub name: &'static str,
    /// How much faster than the other library this has to be.
    pub target: f64,
    /// Get ready to run with a library.
    pub prepare: for<'a> fn(&'a Functions) -> Run<'a>,
    /// The same work without any library, which nothing can beat by much.
    pub limit: Option<fn() -> Run<'static>>,
}

/// Time of one call.
pub fn time<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

/// What to measure.
#[derive(Clone, Copy, PartialEq)]
pub enum Quantity {
    /// The best time.
    Time,
    /// The smallest increase of the memory of this process, at its peak.
    Memory,
}

impl Quantity {
    /// Seconds or bytes.
    fn measure(self, run: Run<'_>) -> f64 {
        match self {
            Quantity::Time => run().as_secs_f64(),
            Quantity::Memory => {
                let before = reset_peak();
                run();
                peak().saturating_sub(before) as f64
            }
        }
    }

    fn show(self, value: f64) -> String {
        match (self, value) {
            (Quantity::Memory, _) => format!("{:.1} MiB", value / f64::from(1 << 20)),
            (Quantity::Time, 1.0..) => format!("{value:.2} s"),
            (Quantity::Time, 1e-3..) => format!("{:.2} ms", value * 1e3),
            (Quantity::Time, _) => format!("{:.2} us", value * 1e6),
        }
    }
}

/// Run a case with all libraries in turn, several times, and describe the result
/// as a line of a table.
pub fn measure(case: &Case, libraries: &[Functions], quantity: Quantity, rounds: usize) -> String {
    let mut best = vec![f64::INFINITY; libraries.len()];
    let mut limit = f64::INFINITY;
    let start = Instant::now();
    for round in 0..rounds {
        if round > 0 && start.elapsed() > Duration::from_secs(20) {
            break; // the other library may need minutes
        }
        for (library, best) in libraries.iter().zip(&mut best) {
            *best = best.min(quantity.measure((case.prepare)(library)));
        }
        if let Some(prepare) = case.limit {
            limit = limit.min(quantity.measure(prepare()));
        }
    }
    let mut line = format!("| `{}` |", case.name);
    for &best in &best {
        let _ = write!(line, " {} |", quantity.show(best));
    }
    if let [ours, other, ..] = best[..] {
        let target = match quantity {
            Quantity::Time => case.target,
            Quantity::Memory => 1.0,
        };
        let missed = if other / ours < target {
            ", missed"
        } else {
            ""
        };
        let _ = write!(line, " {:.1}x (>= {target}x{missed}) |", other / ours);
    }
    if case.limit.is_some() {
        let _ = write!(
            line,
            " {}, we take {:.2} times that |",
            quantity.show(limit),
            best[0] / limit
        );
    } else {
        line.push_str(" |");
    }
    line
}

/// First lines of the table.
pub fn header(libraries: &[Functions]) -> String {
    let mut names = String::from("| case |");
    for (i, library) in libraries.iter().enumerate() {
        let name = if i == 0 { "ours" } else { "reference" };
        let _ = write!(names, " {name} {} |", library.version());
    }
    if libraries.len() > 1 {
        names.push_str(" ratio |");
    }
    names.push_str(" without a library |");
    let columns = names.matches('|').count() - 1;
    format!("{names}\n|{}", "---|".repeat(columns))
}

/// Forget the largest memory used by this process so far; gives what it uses now.
fn reset_peak() -> u64 {
    std::fs::write("/proc/self/clear_refs", "5").expect("memory can only be measured on Linux");
    status("VmRSS:")
}

/// Most memory used since the last [`reset_peak`], in bytes.
fn peak() -> u64 {
    status("VmHWM:")
}

fn status(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let number = line.and_then(|line| line.trim().strip_suffix("kB"));
    let kibibytes = number.and_then(|number| number.trim().parse::<u64>().ok());
    1024 * kibibytes.expect("the kernel tells how much memory is used")
}
