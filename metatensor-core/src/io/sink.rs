//! Where bytes are written to.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};

/// Small writes to files are collected up to this size.
const BUFFER: usize = 128 * 1024;

/// Somewhere to write bytes, one after the other.
pub(super) trait Sink: Write {
    /// Can bytes be replaced later?
    fn can_replace(&self) -> bool {
        false
    }

    /// Replace bytes written before, which start at this position.
    fn replace(&mut self, _position: u64, _bytes: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Whatever the caller gave.
pub(super) struct Stream<W>(pub(super) W);

impl<W: Write> Write for Stream<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl<W: Write> Sink for Stream<W> {}

/// A file; small writes are collected.
pub(super) fn buffered(file: File) -> BufWriter<File> {
    BufWriter::with_capacity(BUFFER, file)
}

/// A regular file, which was empty.
impl Sink for BufWriter<File> {
    fn can_replace(&self) -> bool {
        true
    }

    fn replace(&mut self, position: u64, bytes: &[u8]) -> io::Result<()> {
        self.seek(SeekFrom::Start(position))?;
        self.write_all(bytes)?;
        self.seek(SeekFrom::End(0))?;
        Ok(())
    }
}
