//! CRC-32 of large data.

use crc32fast::Hasher;
use rayon::prelude::*;

use crate::parallel;

/// Data is read, written and checked in pieces which fit in the cache of a processor.
pub(super) const CHUNK: usize = 256 * 1024;

/// Data smaller than this is handled by the thread of the caller. One thread needs
/// about 0.4 ms for it, which is where two of them begin to gain.
pub(super) const PARALLEL: usize = 4 * 1024 * 1024;

/// What one task does: the cost of combining two checksums is not seen at this size.
pub(super) const TASK: usize = 4 * CHUNK;

/// Checksum of `data`, using several threads if it is large.
pub(super) fn checksum(data: &[u8]) -> Hasher {
    if data.len() >= PARALLEL
        && let Some(threads) = parallel::threads()
    {
        return threads.install(|| split(data));
    }
    serial(data)
}

/// Same as [`checksum`], on the threads of the pool of the caller.
pub(super) fn split(data: &[u8]) -> Hasher {
    data.par_chunks(TASK)
        .map(serial)
        .reduce_with(combine)
        .unwrap_or_default()
}

fn serial(data: &[u8]) -> Hasher {
    let mut hasher = Hasher::new();
    hasher.update(data);
    hasher
}

/// Checksum of some data followed by other data.
pub(super) fn combine(mut first: Hasher, second: Hasher) -> Hasher {
    first.combine(&second);
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg_attr(miri, ignore = "slow")]
    fn same_as_serial() {
        let data = (0..PARALLEL + 12345)
            .map(|i| (i * 7 + i / 251) as u8)
            .collect::<Vec<_>>();
        for size in [0, 1, TASK - 1, TASK, TASK + 1, PARALLEL, data.len()] {
            let expected = crc32fast::hash(&data[..size]);
            assert_eq!(checksum(&data[..size]).finalize(), expected, "{size}");
            assert_eq!(split(&data[..size]).finalize(), expected, "{size}");
        }
    }
}
