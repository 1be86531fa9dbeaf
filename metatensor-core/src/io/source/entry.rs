//! Reading one entry of an archive, or a whole file, from start to end.

use std::io;

use flate2::{Decompress, FlushDecompress, Status};
use rayon::prelude::*;

use super::{SharedSource, Source};
use crate::io::checksum::{CHUNK, PARALLEL, TASK, checksum, combine};
use crate::{Error, Result, parallel};

/// Sequential reader over the bytes of one entry, which checks its CRC.
pub(in crate::io) struct EntryReader<'a> {
    name: String,
    source: &'a Source<'a>,
    /// Position of the next (maybe compressed) byte in the source.
    position: u64,
    /// Number of bytes which this reader has still to give.
    remaining: u64,
    inflater: Option<Inflater>,
    crc: Option<Crc>,
}

struct Crc {
    expected: u32,
    hasher: crc32fast::Hasher,
}

/// State needed for compressed entries; worth keeping from one to the next.
pub(in crate::io) struct Inflater {
    decompress: Decompress,
    input: Vec<u8>,
    /// Part of `input` which is not used yet.
    pending: std::ops::Range<usize>,
    /// Compressed bytes which are not in `input` yet.
    compressed: u64,
}

impl Inflater {
    pub(in crate::io) fn new() -> Inflater {
        Inflater {
            decompress: Decompress::new(false),
            input: Vec::new(),
            pending: 0..0,
            compressed: 0,
        }
    }

    /// Get ready to read an entry of this compressed size.
    pub(in crate::io) fn reset(&mut self, compressed: u64) {
        self.decompress.reset(false);
        self.pending = 0..0;
        self.compressed = compressed;
    }
}

impl<'a> EntryReader<'a> {
    /// Read `size` bytes stored at `position`.
    pub(in crate::io) fn stored(
        name: &str,
        source: &'a Source<'a>,
        position: u64,
        size: u64,
    ) -> EntryReader<'a> {
        EntryReader {
            name: name.to_owned(),
            source,
            position,
            remaining: size,
            inflater: None,
            crc: None,
        }
    }

    /// Read a whole file or buffer, which has no name inside of an archive.
    pub(in crate::io) fn whole(source: &'a Source<'a>) -> EntryReader<'a> {
        EntryReader::stored("", source, 0, source.size())
    }

    /// Read data compressed with DEFLATE.
    pub(in crate::io) fn with_inflater(mut self, inflater: Inflater) -> EntryReader<'a> {
        self.inflater = Some(inflater);
        self
    }

    /// Check the data against this CRC.
    pub(in crate::io) fn with_crc(mut self, expected: u32) -> EntryReader<'a> {
        self.crc = Some(Crc {
            expected,
            hasher: crc32fast::Hasher::new(),
        });
        self
    }

    /// Number of bytes left to read.
    pub(in crate::io) fn remaining(&self) -> u64 {
        self.remaining
    }

    /// Error for data which is there, but not what it should be.
    pub(in crate::io) fn malformed(&self, message: &str) -> Error {
        Error::Serialization(self.with_name(message))
    }

    /// Error for data which is not there.
    pub(in crate::io) fn truncated(&self, message: &str) -> Error {
        let source = io::Error::new(io::ErrorKind::UnexpectedEof, message.to_owned());
        Error::Io {
            context: self.with_name("unexpected end of data"),
            source,
        }
    }

    fn with_name(&self, message: &str) -> String {
        if self.name.is_empty() {
            message.to_owned()
        } else {
            format!("in '{}': {message}", self.name)
        }
    }

    /// Fill `output` with the next bytes.
    pub(in crate::io) fn read_exact(&mut self, output: &mut [u8]) -> Result<()> {
        if output.len() as u64 > self.remaining {
            return Err(self.truncated(&format!(
                "expected {} bytes, but there are only {}",
                output.len(),
                self.remaining
            )));
        }
        if !self.read_parallel(output)? {
            for chunk in output.chunks_mut(CHUNK) {
                self.read_chunk(chunk)?;
                if let Some(crc) = &mut self.crc {
                    crc.hasher.update(chunk);
                }
            }
        }
        self.remaining -= output.len() as u64;
        Ok(())
    }

    /// Read large stored data with several threads, if there are any.
    fn read_parallel(&mut self, output: &mut [u8]) -> Result<bool> {
        if output.len() < PARALLEL || self.inflater.is_some() {
            return Ok(false);
        }
        let (Some(threads), Some(source)) = (parallel::threads(), self.source.shared()) else {
            return Ok(false);
        };
        let (position, check) = (self.position, self.crc.is_some());
        let hasher = threads.install(|| read_tasks(source, position, output, check))?;
        if let Some(crc) = &mut self.crc {
            crc.hasher.combine(&hasher);
        }
        self.position += output.len() as u64;
        Ok(true)
    }

    /// Are the bytes of this entry in the source as they are?
    pub(in crate::io) fn is_stored(&self) -> bool {
        self.inflater.is_none()
    }

    /// Position in the source of the next byte of a stored entry.
    pub(in crate::io) fn position(&self) -> u64 {
        self.position
    }

    /// What is left of a stored entry, if it is in memory.
    pub(in crate::io) fn stored_bytes(&self) -> Option<&'a [u8]> {
        match self.source {
            Source::Buffer(bytes) if self.is_stored() => {
                let start = usize::try_from(self.position).ok()?;
                bytes.get(start..start.checked_add(usize::try_from(self.remaining).ok()?)?)
            }
            _ => None,
        }
    }

    /// Stop reading here. Gives back the inflater, to be used for other entries.
    pub(in crate::io) fn skip(self) -> Option<Inflater> {
        self.inflater
    }

    /// Fill `output` with the bytes which come `offset` after the next one, in a
    /// stored entry, without going there: its checksum can then not be checked.
    pub(in crate::io) fn read_part(&self, offset: u64, output: &mut [u8]) -> Result<()> {
        let end = offset.checked_add(output.len() as u64);
        if end.is_none_or(|end| end > self.remaining) || !self.is_stored() {
            return Err(self.truncated("this part does not exist"));
        }
        let position = self.position + offset;
        if output.len() >= PARALLEL
            && let (Some(threads), Some(source)) = (parallel::threads(), self.source.shared())
        {
            return threads
                .install(|| read_tasks(source, position, output, false))
                .map(drop);
        }
        self.source.read_only_at(position, output)
    }

    /// Read everything which is left, only to check it.
    pub(in crate::io) fn check_to_end(&mut self) -> Result<()> {
        if let (Some(bytes), Some(crc)) = (self.stored_bytes(), &mut self.crc) {
            crc.hasher.combine(&checksum(bytes));
            self.remaining = 0;
            return Ok(());
        }
        let mut scratch = vec![0; self.remaining.min(TASK as u64) as usize];
        while self.remaining > 0 {
            let size = self.remaining.min(TASK as u64) as usize;
            self.read_exact(&mut scratch[..size])?;
        }
        Ok(())
    }

    fn read_chunk(&mut self, chunk: &mut [u8]) -> Result<()> {
        let Some(inflater) = &mut self.inflater else {
            self.source.read_exact_at(self.position, chunk)?;
            self.position += chunk.len() as u64;
            return Ok(());
        };
        let produced = inflate(inflater, self.source, &mut self.position, chunk)?;
        match produced {
            Some(produced) if produced == chunk.len() => Ok(()),
            Some(_) => Err(self.malformed("compressed data ends too early")),
            None => Err(self.malformed("compressed data is corrupted")),
        }
    }

    /// Check that everything was read and that the CRC is right. Gives back
    /// the inflater, to be used for other entries.
    pub(in crate::io) fn finish(mut self) -> Result<Option<Inflater>> {
        if self.remaining != 0 {
            return Err(self.malformed(&format!(
                "there are {} more bytes than expected",
                self.remaining
            )));
        }
        if let Some(inflater) = &mut self.inflater {
            let produced = inflate(inflater, self.source, &mut self.position, &mut [0])?;
            match produced {
                Some(0) => {}
                Some(_) => return Err(self.malformed("compressed data is larger than declared")),
                None => return Err(self.malformed("compressed data is corrupted")),
            }
        }
        if let Some(crc) = self.crc.take() {
            let found = crc.hasher.finalize();
            if found != crc.expected {
                let message = format!(
                    "wrong checksum, expected {:#010x}, got {found:#010x}",
                    crc.expected
                );
                return Err(Error::Io {
                    context: self.with_name("data is corrupted"),
                    source: io::Error::new(io::ErrorKind::InvalidData, message),
                });
            }
        }
        Ok(self.inflater)
    }

    /// Read everything which is left.
    pub(in crate::io) fn read_to_end(&mut self) -> Result<Vec<u8>> {
        let size = usize::try_from(self.remaining)
            .map_err(|_| self.malformed("this is too large for the memory"))?;
        let mut bytes = vec![0; size];
        self.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// Fill `output` with the bytes at `position` and compute their checksum, on all
/// threads of the pool of the caller.
fn read_tasks(
    source: SharedSource,
    position: u64,
    output: &mut [u8],
    check: bool,
) -> Result<crc32fast::Hasher> {
    output
        .par_chunks_mut(TASK)
        .enumerate()
        .map(|(i, part)| {
            let mut hasher = crc32fast::Hasher::new();
            let mut position = position + (i * TASK) as u64;
            for chunk in part.chunks_mut(CHUNK) {
                source.read_exact_at(position, chunk)?;
                position += chunk.len() as u64;
                if check {
                    hasher.update(chunk);
                }
            }
            Ok(hasher)
        })
        .try_reduce_with(|first, second| Ok(combine(first, second)))
        .unwrap_or_else(|| Ok(crc32fast::Hasher::new()))
}

/// Decompress into `output` until it is full or the data ends; gives the number
/// of bytes produced, or `None` for data which is not valid.
fn inflate(
    inflater: &mut Inflater,
    source: &Source,
    position: &mut u64,
    output: &mut [u8],
) -> Result<Option<usize>> {
    let mut produced = 0;
    while produced < output.len() {
        if inflater.pending.is_empty() && inflater.compressed > 0 {
            let size = inflater.compressed.min(CHUNK as u64);
            inflater.input.resize(size as usize, 0);
            source.read_exact_at(*position, &mut inflater.input)?;
            inflater.pending = 0..inflater.input.len();
            inflater.compressed -= size;
            *position += size;
        }
        let (before_in, before_out) = (
            inflater.decompress.total_in(),
            inflater.decompress.total_out(),
        );
        let status = inflater.decompress.decompress(
            &inflater.input[inflater.pending.clone()],
            &mut output[produced..],
            FlushDecompress::None,
        );
        let consumed = (inflater.decompress.total_in() - before_in) as usize;
        let written = (inflater.decompress.total_out() - before_out) as usize;
        inflater.pending.start += consumed;
        produced += written;
        match status {
            Ok(Status::StreamEnd) => break,
            Ok(_) if consumed == 0 && written == 0 && inflater.compressed == 0 => break,
            Ok(_) => {}
            Err(_) => return Ok(None),
        }
    }
    Ok(Some(produced))
}
