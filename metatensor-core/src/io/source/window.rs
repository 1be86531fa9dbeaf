//! Reading ahead: an archive is made of many small headers and entries which
//! follow each other.

use std::cell::RefCell;
use std::fs::File;
use std::io;

use super::{ReadAt, file};

/// Requests of this size or more are not read ahead.
const MAX_WINDOW: usize = 64 * 1024;
/// What is read for a small request which does not follow the one before.
const MIN_WINDOW: usize = 4 * 1024;

/// Where the bytes are.
#[derive(Debug)]
pub(super) enum Reader<'a> {
    File(File),
    Given(&'a dyn ReadAt),
}

impl Reader<'_> {
    fn read_exact_at(&self, offset: u64, output: &mut [u8]) -> io::Result<()> {
        match self {
            Reader::File(file) => file::read_exact_at(file, output, offset),
            Reader::Given(reader) => reader.read_exact_at(offset, output),
        }
    }
}

/// A reader with a small read-ahead window.
#[derive(Debug)]
pub(in crate::io) struct Windowed<'a> {
    reader: Reader<'a>,
    size: u64,
    window: RefCell<Window>,
}

#[derive(Debug, Default)]
struct Window {
    start: u64,
    bytes: Vec<u8>,
}

impl Window {
    fn get(&self, offset: u64, length: usize) -> Option<&[u8]> {
        let start = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        self.bytes.get(start..start.checked_add(length)?)
    }

    /// How much to read for a request at this position: more and more as long as
    /// they follow each other.
    fn next_size(&self, offset: u64) -> usize {
        let end = self.start + self.bytes.len() as u64;
        if (self.start..=end).contains(&offset) {
            (2 * self.bytes.len()).clamp(MIN_WINDOW, MAX_WINDOW)
        } else {
            MIN_WINDOW
        }
    }
}

impl<'a> Windowed<'a> {
    pub(super) fn new(reader: Reader<'a>, size: u64) -> Windowed<'a> {
        Windowed {
            reader,
            size,
            window: RefCell::default(),
        }
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The file behind this reader. Functions of callers are only called from
    /// their own thread.
    pub(super) fn file(&self) -> Option<&File> {
        match &self.reader {
            Reader::File(file) => Some(file),
            Reader::Given(_) => None,
        }
    }

    fn check(&self, offset: u64, length: usize) -> io::Result<()> {
        match offset.checked_add(length as u64) {
            Some(end) if end <= self.size => Ok(()),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// Read without the window.
    pub(super) fn read_only_at(&self, offset: u64, output: &mut [u8]) -> io::Result<()> {
        self.check(offset, output.len())?;
        self.reader.read_exact_at(offset, output)
    }

    pub(super) fn read_exact_at(&self, offset: u64, output: &mut [u8]) -> io::Result<()> {
        self.check(offset, output.len())?;
        if output.is_empty() {
            return Ok(());
        }
        let mut window = self.window.borrow_mut();
        if let Some(bytes) = window.get(offset, output.len()) {
            output.copy_from_slice(bytes);
            return Ok(());
        }
        if output.len() >= MAX_WINDOW {
            return self.reader.read_exact_at(offset, output);
        }
        let length = window.next_size(offset).max(output.len()) as u64;
        let length = length.min(self.size - offset) as usize;
        // a failure leaves an empty window
        let mut bytes = std::mem::take(&mut *window).bytes;
        bytes.resize(length, 0);
        self.reader.read_exact_at(offset, &mut bytes)?;
        output.copy_from_slice(&bytes[..output.len()]);
        *window = Window {
            start: offset,
            bytes,
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers, and the requests for them.
    #[derive(Debug, Default)]
    struct Counting(RefCell<Vec<(u64, usize)>>);

    impl ReadAt for Counting {
        fn size(&self) -> u64 {
            1_000_000
        }

        fn read_exact_at(&self, offset: u64, output: &mut [u8]) -> io::Result<()> {
            self.0.borrow_mut().push((offset, output.len()));
            for (byte, position) in output.iter_mut().zip(offset..) {
                *byte = (position % 251) as u8;
            }
            Ok(())
        }
    }

    fn read(windowed: &Windowed, offset: u64, length: usize) {
        let mut output = vec![0; length];
        windowed
            .read_exact_at(offset, &mut output)
            .expect("there are enough bytes");
        let expected = |i: usize| ((offset + i as u64) % 251) as u8;
        assert!(output.iter().enumerate().all(|(i, b)| *b == expected(i)));
    }

    #[test]
    #[cfg_attr(miri, ignore = "slow")]
    fn sizes() {
        let counting = Counting::default();
        let windowed = Windowed::new(Reader::Given(&counting), counting.size());
        for (offset, length, expected) in [
            (10, 5, Some((10, 4096))),
            (15, 0, None),
            (15, 100, None),
            (4000, 200, Some((4000, 8192))),
            (12_192, 8, Some((12_192, 16_384))),
            (12_192 + 16_384, 40_000, Some((28_576, 40_000))),
            (68_576, 1, Some((68_576, 65_536))),
            (500_000, 1, Some((500_000, 4096))),
            (200_000, 70_000, Some((200_000, 70_000))),
            (500_100, 10, None),
            (999_990, 10, Some((999_990, 10))),
        ] {
            counting.0.borrow_mut().clear();
            read(&windowed, offset, length);
            assert_eq!(*counting.0.borrow(), Vec::from_iter(expected), "{offset}");
        }
        assert!(windowed.read_exact_at(999_990, &mut [0; 11]).is_err());
        assert!(windowed.read_exact_at(u64::MAX, &mut [0; 11]).is_err());
    }
}
