//! Reading entries of an archive by name.

use std::cell::RefCell;
use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::directory::{Directory, Entry, read_directory};
use super::format::{
    FLAG_ENCRYPTED, Fields, LOCAL_SIGNATURE, LOCAL_SIZE, METHOD_DEFLATE, METHOD_STORED,
};
use crate::io::source::{EntryReader, Inflater, Source};
use crate::{Error, Result};

/// DEFLATE can not compress by more than this factor.
const MAX_RATIO: u64 = 1032;

/// An archive with an index of its entries.
pub(in crate::io) struct Archive<'a> {
    source: &'a Source<'a>,
    directory: Directory,
    /// Numbers of entries, by name.
    index: HashTable<usize>,
    hasher: DefaultHashBuilder,
    /// Used for one compressed entry after the other.
    inflater: RefCell<Option<Inflater>>,
}

impl<'a> Archive<'a> {
    /// Read the central directory of the archive in `source`.
    pub(in crate::io) fn open(source: &'a Source<'a>) -> Result<Archive<'a>> {
        let directory = read_directory(source)?;
        let hasher = DefaultHashBuilder::default();
        let mut index = HashTable::with_capacity(directory.entries.len());
        for (i, entry) in directory.entries.iter().enumerate() {
            let name = directory.name(entry);
            let same = |other: &usize| directory.name(&directory.entries[*other]) == name;
            let rehash =
                |other: &usize| hasher.hash_one(directory.name(&directory.entries[*other]));
            // when a name is repeated, the last one is valid: this is how
            // entries are replaced by appending to an archive
            *index
                .entry(hasher.hash_one(name), same, rehash)
                .or_insert(i)
                .get_mut() = i;
        }
        Ok(Archive {
            source,
            directory,
            index,
            hasher,
            inflater: RefCell::new(None),
        })
    }

    /// Names with this ending, in the order of the archive. Names which are not
    /// UTF-8 are skipped: they can not be entries of ours.
    pub(in crate::io) fn names_ending_with(&self, suffix: &str) -> impl Iterator<Item = &str> {
        self.directory.entries.iter().filter_map(move |entry| {
            let name = str::from_utf8(self.directory.name(entry)).ok()?;
            let valid = name.ends_with(suffix)
                && self
                    .find(name)
                    .is_some_and(|last| std::ptr::eq(last, entry));
            valid.then_some(name)
        })
    }

    /// Is there an entry with this name?
    pub(in crate::io) fn contains(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&Entry> {
        let entries = &self.directory.entries;
        let hash = self.hasher.hash_one(name.as_bytes());
        let same = |i: &usize| self.directory.name(&entries[*i]) == name.as_bytes();
        self.index.find(hash, same).map(|i| &entries[*i])
    }

    /// Start reading an entry.
    pub(in crate::io) fn entry(&self, name: &str) -> Result<EntryReader<'_>> {
        let invalid = |message: &str| Error::Serialization(format!("in '{name}': {message}"));
        let Some(entry) = self.find(name) else {
            return Err(Error::Serialization(format!(
                "'{name}' is missing from the archive"
            )));
        };
        if entry.flags & FLAG_ENCRYPTED != 0 {
            return Err(invalid("encrypted entries are not supported"));
        }
        let data = self.data_start(entry).map_err(|error| match error {
            Error::Serialization(message) => invalid(&message),
            other => other,
        })?;
        let reader =
            EntryReader::stored(name, self.source, data, entry.uncompressed).with_crc(entry.crc);
        match entry.method {
            METHOD_STORED if entry.compressed == entry.uncompressed => Ok(reader),
            METHOD_STORED => Err(invalid(
                "different sizes given for an entry without compression",
            )),
            METHOD_DEFLATE => {
                if entry.uncompressed > entry.compressed.saturating_mul(MAX_RATIO) {
                    return Err(invalid(
                        "the declared size is not possible for this compressed data",
                    ));
                }
                let mut inflater = self.inflater.take().unwrap_or_else(Inflater::new);
                inflater.reset(entry.compressed);
                Ok(reader.with_inflater(inflater))
            }
            other => Err(invalid(&format!("unsupported compression method {other}"))),
        }
    }

    /// Check that an entry was read entirely and correctly.
    pub(in crate::io) fn finish(&self, reader: EntryReader) -> Result<()> {
        if let Some(inflater) = reader.finish()? {
            *self.inflater.borrow_mut() = Some(inflater);
        }
        Ok(())
    }

    /// Stop reading an entry, without checking it.
    pub(in crate::io) fn skip(&self, reader: EntryReader) {
        if let Some(inflater) = reader.skip() {
            *self.inflater.borrow_mut() = Some(inflater);
        }
    }

    /// Position of the data of an entry, which comes after its local header.
    fn data_start(&self, entry: &Entry) -> Result<u64> {
        let out_of_bounds = || Error::Serialization("the data is out of bounds".into());
        let mut header = [0; LOCAL_SIZE];
        if entry.offset.saturating_add(LOCAL_SIZE as u64) > self.source.size() {
            return Err(out_of_bounds());
        }
        self.source.read_exact_at(entry.offset, &mut header)?;
        let mut fields = Fields(&header);
        if fields.u32() != LOCAL_SIGNATURE {
            return Err(Error::Serialization(
                "wrong signature in the local header".into(),
            ));
        }
        fields.skip(22);
        let variable = u64::from(fields.u16()) + u64::from(fields.u16());
        let start = entry.offset + LOCAL_SIZE as u64 + variable;
        match start.checked_add(entry.compressed) {
            Some(stop) if stop <= self.source.size() => Ok(start),
            _ => Err(out_of_bounds()),
        }
    }
}
