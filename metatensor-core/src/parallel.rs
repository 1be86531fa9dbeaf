//! Work on several threads.
//!
//! Threads only ever run loops over plain memory. They never call arrays (these
//! may belong to an interpreter with a lock of its own), and never touch a lock
//! or a `OnceLock` of labels: a thread waiting for others may start any other
//! piece of work in between, also one which needs what it is initializing.

use std::sync::OnceLock;

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Environment variable with the number of threads to use. 1 means that the
/// thread of the caller does everything.
pub const THREADS_VARIABLE: &str = "METATENSOR_NUM_THREADS";

/// Most work here is bound by memory, which a few threads are enough to saturate.
const MAX_THREADS: usize = 8;

struct Pool {
    /// The process which started the threads. They do not exist in its forks.
    process: u32,
    threads: ThreadPool,
}

/// Threads to work with, or `None` if the caller should do everything itself.
/// They are started by the first call.
///
/// Ask only for work which takes much longer than waking up a thread, about
/// 10 microseconds.
#[must_use]
pub fn threads() -> Option<&'static ThreadPool> {
    static POOL: OnceLock<Option<Pool>> = OnceLock::new();
    let pool = POOL.get_or_init(start).as_ref()?;
    (pool.process == std::process::id()).then_some(&pool.threads)
}

/// Call `work` for chunks of `output`, with the index of their first entry. All
/// entries are given once; by several threads, `chunk` entries at a time, if there
/// are at least `minimum` entries.
pub(crate) fn for_chunks<T: Send>(
    output: &mut [T],
    minimum: usize,
    chunk: usize,
    work: impl Fn(usize, &mut [T]) + Sync,
) {
    let threads = match output.len() >= minimum {
        true => threads(),
        false => None,
    };
    let Some(threads) = threads else {
        work(0, output);
        return;
    };
    threads.install(|| {
        let chunks = output.par_chunks_mut(chunk).enumerate();
        chunks.for_each(|(i, output)| work(i * chunk, output));
    });
}

fn start() -> Option<Pool> {
    let count = thread_count(std::env::var(THREADS_VARIABLE).ok().as_deref());
    if count == 1 {
        return None;
    }
    let threads = ThreadPoolBuilder::new()
        .num_threads(count)
        .thread_name(|i| format!("metatensor-{i}"))
        .build();
    Some(Pool {
        process: std::process::id(),
        threads: threads.ok()?,
    })
}

/// Number of threads for this value of [`THREADS_VARIABLE`]; anything but a
/// positive number is ignored.
fn thread_count(variable: Option<&str>) -> usize {
    let requested = variable.and_then(|value| value.trim().parse::<usize>().ok());
    match requested.filter(|&count| count > 0) {
        Some(count) => count.min(1024),
        None => {
            std::thread::available_parallelism().map_or(1, |count| count.get().min(MAX_THREADS))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_of_threads() {
        assert_eq!(thread_count(Some("1")), 1);
        assert_eq!(thread_count(Some(" 12 ")), 12);
        let default = thread_count(None);
        assert!((1..=MAX_THREADS).contains(&default));
        for ignored in ["", "0", "-1", "many"] {
            assert_eq!(thread_count(Some(ignored)), default, "{ignored}");
        }
    }

    #[test]
    fn work() {
        if let Some(threads) = threads() {
            let result = threads.install(|| rayon::join(|| 1, || 2));
            assert_eq!(result, (1, 2));
        }
    }
}
