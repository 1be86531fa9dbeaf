//! Work of arrays on several threads: only loops over memory.

use metatensor_core::parallel::threads;

/// Tests use threads for everything, except in Miri, which is slow.
const IS_TEST: bool = cfg!(all(test, not(miri)));
/// Fewer bytes are left to a single thread: measured, see the decision on native
/// arrays.
const MIN_BYTES: usize = if IS_TEST { 64 } else { 4 << 20 };
/// Each thread should have at least this much to do.
const MIN_PART: usize = if IS_TEST { 16 } else { 512 << 10 };
/// More parts than threads, as some threads may be late.
const PARTS_PER_THREAD: usize = 2;

/// Where to write and where to read.
#[derive(Debug, Clone, Copy)]
pub struct Pointers {
    pub output: *mut u8,
    pub input: *const u8,
}

// SAFETY: pointers by themselves do nothing; see `for_each`
unsafe impl Send for Pointers {}
// SAFETY: same as above
unsafe impl Sync for Pointers {}

/// In how many parts to do work on this many bytes, 1 to do it all here.
pub fn parts(bytes: usize) -> usize {
    if bytes < MIN_BYTES {
        return 1;
    }
    let threads = threads().map_or(1, |threads| threads.current_num_threads());
    if threads == 1 {
        return 1;
    }
    (threads * PARTS_PER_THREAD).min(bytes / MIN_PART)
}

/// Call a function for all parts, in any order and on any thread. It must only
/// use the memory behind the pointers, each part of the output being used once.
pub fn for_each<T: Send>(parts: Vec<T>, pointers: Pointers, function: impl Fn(T, Pointers) + Sync) {
    let Some(threads) = threads() else {
        parts.into_iter().for_each(|part| function(part, pointers));
        return;
    };
    let function = &function;
    threads.scope(|scope| {
        for part in parts {
            scope.spawn(move |_| function(part, pointers));
        }
    });
}
