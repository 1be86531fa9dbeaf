//! Which rows of an array to read.

use super::checksum::CHUNK;
use super::source::EntryReader;
use crate::Result;

/// Rows which are not wanted are read as well if there are no more than this number
/// of bytes of them in a row: the system reads whole pages in any case.
const MAX_GAP: usize = 4096;

/// Some rows of an array.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rows {
    /// Number of rows of the array.
    available: usize,
    /// Number of wanted rows.
    count: usize,
    /// All wanted rows, in the order of the array.
    runs: Vec<Run>,
}

/// Rows which follow each other, also in the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    from: usize,
    to: usize,
    length: usize,
}

impl Rows {
    /// The rows of these `positions`, in this order, out of `available` ones.
    pub(super) fn new(positions: &[usize], available: usize) -> Rows {
        let mut runs: Vec<Run> = Vec::new();
        for (to, &from) in positions.iter().enumerate() {
            match runs.last_mut() {
                Some(run) if run.from + run.length == from => run.length += 1,
                _ => runs.push(Run {
                    from,
                    to,
                    length: 1,
                }),
            }
        }
        runs.sort_unstable_by_key(|run| run.from);
        Rows {
            available,
            count: positions.len(),
            runs,
        }
    }

    /// Number of rows of the array.
    pub(super) fn available(&self) -> usize {
        self.available
    }

    /// Number of wanted rows.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Are these all rows, in order?
    pub(super) fn is_everything(&self) -> bool {
        self.count == self.available && self.runs.len() <= 1
    }

    /// The first row if all wanted rows follow each other.
    pub(super) fn start(&self) -> Option<usize> {
        match self.runs[..] {
            [run] => Some(run.from),
            _ => None,
        }
    }

    /// New position of each row of the array, `None` for rows which are not wanted.
    pub(super) fn new_positions(&self) -> Vec<Option<usize>> {
        let mut positions = vec![None; self.available];
        for run in &self.runs {
            for i in 0..run.length {
                positions[run.from + i] = Some(run.to + i);
            }
        }
        positions
    }

    /// Copy the wanted rows of `size` bytes.
    pub(super) fn copy(&self, input: &[u8], output: &mut [u8], size: usize) {
        for run in &self.runs {
            let bytes = &input[run.from * size..][..run.length * size];
            output[run.to * size..][..bytes.len()].copy_from_slice(bytes);
        }
    }

    /// Read the wanted rows of `size` bytes out of a stored entry.
    pub(super) fn read(&self, reader: &EntryReader, output: &mut [u8], size: usize) -> Result<()> {
        let mut scratch = Vec::new();
        let mut rest = &self.runs[..];
        while let [first, others @ ..] = rest {
            let together = 1 + others_to_read(first, others, size);
            let runs = &rest[..together];
            rest = &rest[together..];
            if let [run] = runs {
                let output = &mut output[run.to * size..][..run.length * size];
                reader.read_part((run.from * size) as u64, output)?;
                continue;
            }
            let last = runs[together - 1];
            scratch.resize((last.from + last.length - first.from) * size, 0);
            reader.read_part((first.from * size) as u64, &mut scratch)?;
            for run in runs {
                let bytes = &scratch[(run.from - first.from) * size..][..run.length * size];
                output[run.to * size..][..bytes.len()].copy_from_slice(bytes);
            }
        }
        Ok(())
    }
}

/// How many of the runs after `first` are worth reading in one go with it.
fn others_to_read(first: &Run, others: &[Run], size: usize) -> usize {
    let mut end = first.from + first.length;
    let worth = |run: &&Run| {
        let near = (run.from - end) * size <= MAX_GAP;
        end = run.from + run.length;
        near && (end - first.from) * size <= CHUNK
    };
    others.iter().take_while(worth).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs() {
        let rows = Rows::new(&[5, 6, 0, 2, 3], 8);
        assert_eq!((rows.count(), rows.available()), (5, 8));
        assert_eq!(rows.start(), None);
        assert!(!rows.is_everything());
        let positions = rows.new_positions();
        let expected = [
            Some(2),
            None,
            Some(3),
            Some(4),
            None,
            Some(0),
            Some(1),
            None,
        ];
        assert_eq!(positions, expected);
        let mut output = [0; 10];
        rows.copy(b"aabbccddeeffgghh", &mut output, 2);
        assert_eq!(&output, b"ffggaaccdd");

        assert_eq!(Rows::new(&[3, 4], 8).start(), Some(3));
        assert!(Rows::new(&[0, 1], 2).is_everything());
        assert!(Rows::new(&[], 0).is_everything());
        assert!(!Rows::new(&[1, 0], 2).is_everything());
        assert!(!Rows::new(&[], 2).is_everything());
    }

    #[test]
    fn what_is_read_together() {
        let run = |from, length| Run {
            from,
            to: 0,
            length,
        };
        let first = run(10, 2);
        // gaps of 1 and 4 rows, then a larger one
        let others = [run(13, 2), run(19, 1), run(25, 1), run(26, 1)];
        assert_eq!(others_to_read(&first, &others, 1024), 2);
        assert_eq!(others_to_read(&first, &others, 1), 4);
        assert_eq!(others_to_read(&first, &others, 5000), 0);
        // not more than what fits in the cache
        assert_eq!(others_to_read(&first, &[run(12, CHUNK)], 1), 0);
    }
}
