//! Writing archives, byte for byte as the reference implementation does.

use std::io;

use super::format::{
    ALIGNMENT_EXTRA, CENTRAL_SIGNATURE, END_SIGNATURE, END64_SIGNATURE, FLAG_UTF8, LOCAL_CRC,
    LOCAL_SIGNATURE, LOCATOR64_SIGNATURE, METHOD_STORED, ZIP64_EXTRA,
};
use crate::io::checksum::{self, PARALLEL};
use crate::io::sink::Sink;
use crate::{Error, Result, parallel};

/// Version of the format needed to read our archives (2.0).
const VERSION_NEEDED: u16 = 20;
/// Version (4.6) and system (Unix) used to write the archive.
const VERSION_MADE_BY: u16 = 46 | (3 << 8);
/// 2000-01-01, so that the same content always gives the same file.
const DATE: u16 = 0x2821;
/// Regular file with mode 0644.
const EXTERNAL_ATTRIBUTES: u32 = 0x81A4_0000;
/// Value of 16 and 32-bit fields whose actual value is elsewhere.
const IN_ZIP64_16: u16 = u16::MAX;
const IN_ZIP64_32: u32 = u32::MAX;
/// Entries of aligned archives start at multiples of this.
const ALIGNMENT: u16 = 64;

/// Writes entries one after the other, without compression: sizes are known
/// before the data is written.
pub(in crate::io) struct ArchiveWriter<'a> {
    output: &'a mut dyn Sink,
    aligned: bool,
    position: u64,
    entries: u64,
    /// Central directory, written at the end.
    directory: Vec<u8>,
    /// Used to build headers.
    scratch: Vec<u8>,
}

impl<'a> ArchiveWriter<'a> {
    /// Start an archive at the start of `output`.
    pub(in crate::io) fn new(output: &'a mut dyn Sink, aligned: bool) -> ArchiveWriter<'a> {
        ArchiveWriter {
            output,
            aligned,
            position: 0,
            entries: 0,
            directory: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Add an entry made of two parts.
    pub(in crate::io) fn add(&mut self, name: &str, header: &[u8], data: &[u8]) -> Result<()> {
        let Ok(name_size) = u16::try_from(name.len()) else {
            return Err(Error::Serialization(format!(
                "'{name}' is too long for the name of an entry in an archive"
            )));
        };
        let size = header.len() as u64 + data.len() as u64;
        let flags = if name.is_ascii() { 0 } else { FLAG_UTF8 };
        let offset = self.position;
        let overlap = data.len() >= PARALLEL && self.output.can_replace();
        let crc = if overlap { 0 } else { crc(header, data) };

        self.scratch.clear();
        let record = &mut self.scratch;
        put32(record, LOCAL_SIGNATURE);
        put16(record, VERSION_NEEDED);
        put_common(record, flags, crc);
        put32(record, IN_ZIP64_32);
        put32(record, IN_ZIP64_32);
        put16(record, name_size);
        let extra_size = record.len();
        put16(record, 20);
        record.extend_from_slice(name.as_bytes());
        put16(record, ZIP64_EXTRA);
        put16(record, 16);
        put64(record, size);
        put64(record, size);
        // headers of arrays are multiples of the alignment as well
        if self.aligned && !header.is_empty() {
            let added = put_alignment(record, offset);
            record[extra_size..extra_size + 2].copy_from_slice(&(20 + added).to_le_bytes());
        }
        record.extend_from_slice(header);
        let written = record.len() + data.len();
        self.output.write_all(&self.scratch).map_err(failed)?;
        let crc = if overlap {
            self.write_and_check(offset, header, data).map_err(failed)?
        } else {
            self.output.write_all(data).map_err(failed)?;
            crc
        };
        self.position += written as u64;
        self.entries += 1;
        self.add_to_directory(name, flags, crc, size, offset);
        Ok(())
    }

    /// Write the data of the entry at `offset`, and compute its checksum at the
    /// same time; the local header is completed afterwards.
    fn write_and_check(&mut self, offset: u64, header: &[u8], data: &[u8]) -> io::Result<u32> {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(header);
        if let Some(threads) = parallel::threads() {
            let mut data_hasher = crc32fast::Hasher::new();
            threads.in_place_scope(|scope| {
                scope.spawn(|_| data_hasher = checksum::split(data));
                self.output.write_all(data)
            })?;
            hasher.combine(&data_hasher);
        } else {
            for chunk in data.chunks(checksum::CHUNK) {
                hasher.update(chunk);
                self.output.write_all(chunk)?;
            }
        }
        let crc = hasher.finalize();
        self.output
            .replace(offset + LOCAL_CRC, &crc.to_le_bytes())?;
        Ok(crc)
    }

    fn add_to_directory(&mut self, name: &str, flags: u16, crc: u32, size: u64, offset: u64) {
        let mut extra = Vec::new();
        let size32 = u32::try_from(size).ok().filter(|size| *size != IN_ZIP64_32);
        let offset32 = u32::try_from(offset)
            .ok()
            .filter(|offset| *offset != IN_ZIP64_32);
        if size32.is_none() {
            put64(&mut extra, size);
            put64(&mut extra, size);
        }
        if offset32.is_none() {
            put64(&mut extra, offset);
        }

        let record = &mut self.directory;
        put32(record, CENTRAL_SIGNATURE);
        put16(record, VERSION_MADE_BY);
        put16(record, VERSION_NEEDED);
        put_common(record, flags, crc);
        put32(record, size32.unwrap_or(IN_ZIP64_32));
        put32(record, size32.unwrap_or(IN_ZIP64_32));
        put16(record, name.len() as u16);
        put16(
            record,
            if extra.is_empty() {
                0
            } else {
                extra.len() as u16 + 4
            },
        );
        put16(record, 0); // comment
        put16(record, 0); // disk
        put16(record, 0); // internal attributes
        put32(record, EXTERNAL_ATTRIBUTES);
        put32(record, offset32.unwrap_or(IN_ZIP64_32));
        record.extend_from_slice(name.as_bytes());
        if !extra.is_empty() {
            put16(record, ZIP64_EXTRA);
            put16(record, extra.len() as u16);
            record.extend_from_slice(&extra);
        }
    }

    /// Write the central directory.
    pub(in crate::io) fn finish(mut self) -> Result<()> {
        let offset = self.position;
        let size = self.directory.len() as u64;
        let mut record = std::mem::take(&mut self.directory);
        let limit = u64::from(IN_ZIP64_32);
        if self.entries > u64::from(IN_ZIP64_16) || size > limit || offset > limit {
            put_end64(&mut record, self.entries, size, offset);
        }
        let count = u16::try_from(self.entries).unwrap_or(IN_ZIP64_16);
        put32(&mut record, END_SIGNATURE);
        put32(&mut record, 0); // disks
        put16(&mut record, count);
        put16(&mut record, count);
        put32(&mut record, u32::try_from(size).unwrap_or(IN_ZIP64_32));
        put32(&mut record, u32::try_from(offset).unwrap_or(IN_ZIP64_32));
        put16(&mut record, 0); // comment
        self.output.write_all(&record).map_err(failed)
    }
}

fn failed(source: io::Error) -> Error {
    Error::Io {
        context: "failed to write".into(),
        source,
    }
}

fn crc(header: &[u8], data: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(header);
    if data.len() < PARALLEL {
        hasher.update(data);
    } else {
        hasher.combine(&checksum::checksum(data));
    }
    hasher.finalize()
}

/// Add the extra field after which the data of the entry at `offset` is aligned,
/// and give the size of this field.
fn put_alignment(record: &mut Vec<u8>, offset: u64) -> u16 {
    let end = offset + record.len() as u64 + 6;
    let padding = (end.next_multiple_of(u64::from(ALIGNMENT)) - end) as u16;
    put16(record, ALIGNMENT_EXTRA);
    put16(record, 2 + padding);
    put16(record, ALIGNMENT);
    record.resize(record.len() + usize::from(padding), 0);
    6 + padding
}

/// The fields which are the same in the local header and in the directory.
fn put_common(record: &mut Vec<u8>, flags: u16, crc: u32) {
    put16(record, flags);
    put16(record, METHOD_STORED);
    put16(record, 0); // time
    put16(record, DATE);
    put32(record, crc);
}

/// 64-bit end record and its locator.
fn put_end64(record: &mut Vec<u8>, entries: u64, size: u64, offset: u64) {
    put32(record, END64_SIGNATURE);
    put64(record, 44); // size of the rest of this record
    put16(record, 46); // version made by
    put16(record, 46); // version needed
    put32(record, 0); // this disk
    put32(record, 0); // disk of the directory
    put64(record, entries);
    put64(record, entries);
    put64(record, size);
    put64(record, offset);

    put32(record, LOCATOR64_SIGNATURE);
    put32(record, 0); // disk of the 64-bit end record
    put64(record, offset + size);
    put32(record, 1); // number of disks
}

fn put16(record: &mut Vec<u8>, value: u16) {
    record.extend_from_slice(&value.to_le_bytes());
}

fn put32(record: &mut Vec<u8>, value: u32) {
    record.extend_from_slice(&value.to_le_bytes());
}

fn put64(record: &mut Vec<u8>, value: u64) {
    record.extend_from_slice(&value.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::sink::Stream;

    /// Entry of the directory for one file of this size and position.
    fn entry(size: u64, offset: u64) -> Vec<u8> {
        let mut output = Stream(Vec::new());
        let mut writer = ArchiveWriter::new(&mut output, false);
        writer.add_to_directory("name", 0, 7, size, offset);
        writer.directory
    }

    /// Sizes and offset of the entry, then its extra field.
    fn fields(entry: &[u8]) -> ([u32; 3], &[u8]) {
        let read = |at: usize| u32::from_le_bytes(entry[at..at + 4].try_into().expect("4 bytes"));
        let extra_size = usize::from(u16::from_le_bytes([entry[30], entry[31]]));
        let extra = &entry[46 + 4..];
        assert_eq!(extra.len(), extra_size);
        ([read(20), read(24), read(42)], extra)
    }

    fn extra(values: &[u64]) -> Vec<u8> {
        let mut record = Vec::new();
        put16(&mut record, ZIP64_EXTRA);
        put16(&mut record, 8 * values.len() as u16);
        values.iter().for_each(|value| put64(&mut record, *value));
        record
    }

    #[test]
    fn sizes_of_the_directory() {
        let (large, limit) = (5_u64 << 30, u64::from(u32::MAX));
        assert_eq!(fields(&entry(3, 5)), ([3, 3, 5], &[][..]));
        let last = limit as u32 - 1;
        assert_eq!(fields(&entry(limit - 1, limit - 1)), ([last; 3], &[][..]));
        let marks = u32::MAX;
        for size in [limit, large] {
            let expected = extra(&[size, size]);
            assert_eq!(fields(&entry(size, 5)), ([marks, marks, 5], &expected[..]));
            let expected = extra(&[size]);
            assert_eq!(fields(&entry(3, size)), ([3, 3, marks], &expected[..]));
            let expected = extra(&[large, large, size]);
            assert_eq!(fields(&entry(large, size)), ([marks; 3], &expected[..]));
        }
    }
}
