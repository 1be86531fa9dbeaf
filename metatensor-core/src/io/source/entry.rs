//! Reading one entry of an archive, or a whole file, from start to end.

use std::io;

use flate2::{Decompress, FlushDecompress, Status};

use super::Source;
use crate::{Error, Result};

/// Data is read and checked in pieces which fit in the cache of a processor.
const CHUNK: usize = 256 * 1024;

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
        for chunk in output.chunks_mut(CHUNK) {
            self.read_chunk(chunk)?;
            if let Some(crc) = &mut self.crc {
                crc.hasher.update(chunk);
            }
        }
        self.remaining -= output.len() as u64;
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
