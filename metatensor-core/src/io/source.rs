//! Where bytes come from: a buffer or a file, and reading one entry of it.

mod entry;
mod file;

use std::path::Path;

pub(super) use self::entry::{EntryReader, Inflater};
use self::file::FileSource;
use crate::{Error, Result};

/// Bytes which can be read at any position.
#[derive(Debug)]
pub(super) enum Source<'a> {
    /// Everything is in memory already.
    Buffer(&'a [u8]),
    /// A regular file.
    File(FileSource),
}

impl Source<'_> {
    /// Open a file.
    pub(super) fn open(path: &Path) -> Result<Source<'static>> {
        Ok(Source::File(FileSource::open(path)?))
    }

    /// Size in bytes.
    pub(super) fn size(&self) -> u64 {
        match self {
            Source::Buffer(bytes) => bytes.len() as u64,
            Source::File(file) => file.size(),
        }
    }

    /// Fill `output` with the bytes starting at `offset`, which must exist.
    pub(super) fn read_exact_at(&self, offset: u64, output: &mut [u8]) -> Result<()> {
        let failed = |source| Error::Io {
            context: "failed to read".into(),
            source,
        };
        match self {
            Source::Buffer(bytes) => {
                let range = usize::try_from(offset)
                    .ok()
                    .and_then(|start| Some(start..start.checked_add(output.len())?))
                    .and_then(|range| bytes.get(range))
                    .ok_or_else(|| failed(std::io::ErrorKind::UnexpectedEof.into()))?;
                output.copy_from_slice(range);
                Ok(())
            }
            Source::File(file) => file.read_exact_at(offset, output).map_err(failed),
        }
    }
}
