//! Finding and reading the central directory of an archive.

use super::format::{
    CENTRAL_SIGNATURE, CENTRAL_SIZE, END_SIGNATURE, END_SIZE, END64_SIGNATURE, END64_SIZE, Fields,
    LOCAL_SIZE, LOCATOR64_SIGNATURE, LOCATOR64_SIZE, ZIP64_EXTRA,
};
use crate::io::source::Source;
use crate::{Error, Result};

/// How far from the end of the source the end record is searched for: there may be
/// a comment of 64 KiB and unrelated data after it. Most often there is nothing.
const SEARCHES: [usize; 2] = [4 * 1024, 1024 * 1024];

/// One entry of the archive.
#[derive(Debug)]
pub(super) struct Entry {
    /// Where the name is in [`Directory::bytes`].
    name: std::ops::Range<usize>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) compressed: u64,
    pub(super) uncompressed: u64,
    /// Position of the local header in the source.
    pub(super) offset: u64,
}

/// All entries, in the order of the central directory.
#[derive(Debug)]
pub(super) struct Directory {
    bytes: Vec<u8>,
    pub(super) entries: Vec<Entry>,
}

impl Directory {
    /// Name of an entry; not always valid UTF-8.
    pub(super) fn name(&self, entry: &Entry) -> &[u8] {
        &self.bytes[entry.name.clone()]
    }
}

fn invalid(message: &str) -> Error {
    Error::Serialization(format!("invalid ZIP archive: {message}"))
}

/// Where the central directory is.
#[derive(Debug, Clone, Copy)]
struct Location {
    entries: u64,
    size: u64,
    /// Relative to the start of the archive, which may come after other data.
    offset: u64,
    /// Position of the first end record in the source.
    end: u64,
}

/// Read the central directory of the archive in `source`.
pub(super) fn read_directory(source: &Source) -> Result<Directory> {
    let location = locate(source)?;
    // the directory is just before the end records; this gives the size of
    // the data in front of the archive
    let start = location
        .end
        .checked_sub(location.size)
        .ok_or_else(|| invalid("the central directory is out of bounds"))?;
    let base = start
        .checked_sub(location.offset)
        .ok_or_else(|| invalid("the central directory is out of bounds"))?;

    let size = usize::try_from(location.size)
        .map_err(|_| invalid("the central directory is too large"))?;
    let mut bytes = vec![0; size];
    source.read_exact_at(start, &mut bytes)?;
    parse_entries(bytes, location.entries, base, start)
}

/// Find the end record: the last one which is consistent.
fn locate(source: &Source) -> Result<Location> {
    for length in SEARCHES {
        if let Some(location) = locate_within(source, length)? {
            return Ok(location);
        }
    }
    Err(invalid(
        "can not find the central directory, this is not an archive or it is truncated",
    ))
}

/// Find the last consistent end record in the last `length` bytes.
fn locate_within(source: &Source, length: usize) -> Result<Option<Location>> {
    let size = source.size();
    let tail_size = size.min(length as u64) as usize;
    let tail_start = size - tail_size as u64;
    let mut tail = vec![0; tail_size];
    source.read_exact_at(tail_start, &mut tail)?;

    let signature = END_SIGNATURE.to_le_bytes();
    for position in (0..tail_size.saturating_sub(END_SIZE - 1)).rev() {
        if tail[position..position + 4] != signature {
            continue;
        }
        let end = tail_start + position as u64;
        if let Some(location) = parse_end(source, &tail[position..], end)? {
            return Ok(Some(location));
        }
    }
    Ok(None)
}

/// Read the end record at `end`; `None` if this is no end record after all.
fn parse_end(source: &Source, record: &[u8], end: u64) -> Result<Option<Location>> {
    let mut fields = Fields(record);
    fields.skip(4);
    let disks = (fields.u16(), fields.u16());
    fields.skip(2);
    let mut location = Location {
        entries: u64::from(fields.u16()),
        size: u64::from(fields.u32()),
        offset: u64::from(fields.u32()),
        end,
    };
    let comment = usize::from(fields.u16());
    if END_SIZE + comment > record.len() {
        return Ok(None);
    }
    if let Some(location64) = locate64(source, end)? {
        location = location64;
    } else if disks != (0, 0) {
        return Ok(None);
    }
    let fits = location
        .size
        .checked_add(location.offset)
        .is_some_and(|size| size <= location.end);
    // nothing smaller than a directory entry can be listed
    let counted = location
        .entries
        .checked_mul(CENTRAL_SIZE as u64)
        .is_some_and(|size| size <= location.size);
    Ok((fits && counted).then_some(location))
}

/// Read the 64-bit end record, when there is one in front of the end record.
fn locate64(source: &Source, end: u64) -> Result<Option<Location>> {
    let Some(locator_start) = end.checked_sub(LOCATOR64_SIZE as u64) else {
        return Ok(None);
    };
    let mut locator = [0; LOCATOR64_SIZE];
    source.read_exact_at(locator_start, &mut locator)?;
    let mut fields = Fields(&locator);
    if fields.u32() != LOCATOR64_SIGNATURE {
        return Ok(None);
    }
    fields.skip(4);
    let declared = fields.u64();

    // with data in front of the archive, the record is not where it is declared
    // to be, but still just before its locator
    let adjacent = locator_start.checked_sub(END64_SIZE as u64);
    for start in [Some(declared), adjacent].into_iter().flatten() {
        if start
            .checked_add(END64_SIZE as u64)
            .is_none_or(|stop| stop > locator_start)
        {
            continue;
        }
        let mut record = [0; END64_SIZE];
        source.read_exact_at(start, &mut record)?;
        let mut fields = Fields(&record);
        if fields.u32() != END64_SIGNATURE {
            continue;
        }
        fields.skip(28);
        return Ok(Some(Location {
            entries: fields.u64(),
            size: fields.u64(),
            offset: fields.u64(),
            end: start,
        }));
    }
    Ok(None)
}

fn parse_entries(bytes: Vec<u8>, count: u64, base: u64, directory_start: u64) -> Result<Directory> {
    // `count` was checked against the size of the directory
    let mut entries = Vec::with_capacity(count as usize);
    let mut position = 0;
    let mut total: u64 = 0;
    for _ in 0..count {
        let (entry, next) = parse_entry(&bytes, position, base)?;
        let stop = entry.offset.checked_add(entry.compressed);
        if stop.is_none_or(|stop| stop > directory_start) {
            let name = String::from_utf8_lossy(&bytes[entry.name.clone()]).into_owned();
            return Err(invalid(&format!("the data of '{name}' is out of bounds")));
        }
        total = total
            .saturating_add(entry.compressed)
            .saturating_add(LOCAL_SIZE as u64);
        entries.push(entry);
        position = next;
    }
    // entries sharing their data would turn a small file into a lot of memory
    if total > directory_start {
        return Err(invalid("the data of different entries overlaps"));
    }
    Ok(Directory { bytes, entries })
}

/// Parse the entry at `position`; also gives the position of the next one.
fn parse_entry(bytes: &[u8], position: usize, base: u64) -> Result<(Entry, usize)> {
    let truncated = || invalid("the central directory is truncated");
    let record = bytes
        .get(position..position + CENTRAL_SIZE)
        .ok_or_else(truncated)?;
    let mut fields = Fields(record);
    if fields.u32() != CENTRAL_SIGNATURE {
        return Err(invalid("wrong signature in the central directory"));
    }
    fields.skip(4);
    let (flags, method) = (fields.u16(), fields.u16());
    fields.skip(4);
    let crc = fields.u32();
    let mut compressed = u64::from(fields.u32());
    let mut uncompressed = u64::from(fields.u32());
    let name_size = usize::from(fields.u16());
    let extra_size = usize::from(fields.u16());
    let comment_size = usize::from(fields.u16());
    fields.skip(8);
    let mut offset = u64::from(fields.u32());

    let name = position + CENTRAL_SIZE..position + CENTRAL_SIZE + name_size;
    let extra = name.end..name.end + extra_size;
    let next = extra.end + comment_size;
    if next > bytes.len() {
        return Err(truncated());
    }

    let wanted = [&mut uncompressed, &mut compressed, &mut offset];
    read_zip64_extra(&bytes[extra], wanted)?;
    let offset = base
        .checked_add(offset)
        .ok_or_else(|| invalid("an entry is out of bounds"))?;
    Ok((
        Entry {
            name,
            flags,
            method,
            crc,
            compressed,
            uncompressed,
            offset,
        },
        next,
    ))
}

/// Replace the values which did not fit in 32 bits by the ones of the extra field.
fn read_zip64_extra(mut extra: &[u8], wanted: [&mut u64; 3]) -> Result<()> {
    if wanted.iter().all(|value| **value != u64::from(u32::MAX)) {
        return Ok(());
    }
    while extra.len() >= 4 {
        let mut fields = Fields(extra);
        let (id, size) = (fields.u16(), usize::from(fields.u16()));
        let Some(content) = fields.0.get(..size) else {
            break;
        };
        extra = &fields.0[size..];
        if id != ZIP64_EXTRA {
            continue;
        }
        let mut content = Fields(content);
        for value in wanted {
            if *value == u64::from(u32::MAX) {
                if content.0.len() < 8 {
                    return Err(invalid("a 64-bit size is missing"));
                }
                *value = content.u64();
            }
        }
        return Ok(());
    }
    Ok(())
}
