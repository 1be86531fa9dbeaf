//! Where bytes come from: a buffer, a file or functions of the caller; and
//! reading one entry of it.

mod entry;
mod file;
mod window;

use std::path::Path;

pub(super) use self::entry::{EntryReader, Inflater};
use self::file::open_regular;
use self::window::{Reader, Windowed};
use crate::{Error, Result};

/// Bytes which can be read at any position, for example in a storage over the network.
pub trait ReadAt: std::fmt::Debug {
    /// Number of bytes, always the same.
    fn size(&self) -> u64;
    /// Fill `output` with the bytes starting at `offset`. Never called for bytes
    /// beyond the size.
    fn read_exact_at(&self, offset: u64, output: &mut [u8]) -> std::io::Result<()>;
}

/// Bytes which can be read at any position.
#[derive(Debug)]
pub(super) enum Source<'a> {
    /// Everything is in memory already.
    Buffer(&'a [u8]),
    /// Anything else, with a small read-ahead window.
    Reader(Windowed<'a>),
}

impl<'a> Source<'a> {
    /// Open a file.
    pub(super) fn open(path: &Path) -> Result<Source<'static>> {
        let (file, size) = open_regular(path)?;
        Ok(Source::Reader(Windowed::new(Reader::File(file), size)))
    }

    /// Use functions of the caller.
    pub(super) fn given(reader: &'a dyn ReadAt) -> Source<'a> {
        Source::Reader(Windowed::new(Reader::Given(reader), reader.size()))
    }

    /// Size in bytes.
    pub(super) fn size(&self) -> u64 {
        match self {
            Source::Buffer(bytes) => bytes.len() as u64,
            Source::Reader(reader) => reader.size(),
        }
    }

    /// Fill `output` with the bytes starting at `offset`, which must exist. Small
    /// requests read some more bytes, for the next ones.
    pub(super) fn read_exact_at(&self, offset: u64, output: &mut [u8]) -> Result<()> {
        match self {
            Source::Buffer(bytes) => copy(bytes, offset, output),
            Source::Reader(reader) => reader.read_exact_at(offset, output),
        }
        .map_err(failed)
    }

    /// Same as [`Source::read_exact_at`], reading nothing more than what is asked for.
    pub(super) fn read_only_at(&self, offset: u64, output: &mut [u8]) -> Result<()> {
        match self {
            Source::Buffer(bytes) => copy(bytes, offset, output),
            Source::Reader(reader) => reader.read_only_at(offset, output),
        }
        .map_err(failed)
    }

    /// The part of the source which several threads can read.
    pub(super) fn shared(&self) -> Option<SharedSource<'_>> {
        match self {
            Source::Buffer(bytes) => Some(SharedSource::Buffer(bytes)),
            Source::Reader(reader) => reader.file().map(SharedSource::File),
        }
    }
}

/// A source without any state.
#[derive(Debug, Clone, Copy)]
pub(super) enum SharedSource<'a> {
    Buffer(&'a [u8]),
    File(&'a std::fs::File),
}

impl SharedSource<'_> {
    /// Fill `output` with the bytes starting at `offset`.
    pub(super) fn read_exact_at(self, offset: u64, output: &mut [u8]) -> Result<()> {
        match self {
            SharedSource::Buffer(bytes) => copy(bytes, offset, output),
            SharedSource::File(file) => file::read_exact_at(file, output, offset),
        }
        .map_err(failed)
    }
}

fn failed(source: std::io::Error) -> Error {
    Error::Io {
        context: "failed to read".into(),
        source,
    }
}

fn copy(bytes: &[u8], offset: u64, output: &mut [u8]) -> std::io::Result<()> {
    let range = usize::try_from(offset)
        .ok()
        .and_then(|start| Some(start..start.checked_add(output.len())?))
        .and_then(|range| bytes.get(range))
        .ok_or(std::io::ErrorKind::UnexpectedEof)?;
    output.copy_from_slice(range);
    Ok(())
}
