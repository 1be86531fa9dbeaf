//! Labels as NPY tables: one row per entry, one little-endian `i32` per dimension.

use std::sync::Arc;

use super::context;
use super::npy::{ByteOrder, Descr, check_labels_fields, labels_header, read_header};
use super::sink::Sink;
use super::source::EntryReader;
use super::zip::{Archive, ArchiveWriter};
use crate::{Error, Labels, Result};

/// Content of a table of labels, not validated yet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Table {
    names: Vec<String>,
    values: Vec<i32>,
}

impl Table {
    /// Check the names and rows. `name` is the entry they come from, if any.
    pub(super) fn into_labels(self, name: &str) -> Result<Arc<Labels>> {
        Labels::from_vec(&self.names, self.values).map_err(|error| match name {
            "" => error,
            name => context::add(error, &format!("in '{name}'")),
        })
    }
}

/// Read a table of labels.
pub(super) fn read_table(reader: &mut EntryReader) -> Result<Table> {
    let header = read_header(reader)?;
    if header.fortran_order {
        return Err(reader.malformed("labels can not be stored in Fortran order"));
    }
    let &[count] = header.shape.as_slice() else {
        return Err(reader.malformed(&format!(
            "labels must be one-dimensional, got an array of shape {:?}",
            header.shape
        )));
    };
    let Descr::Structured(fields) = &header.descr else {
        return Err(reader.malformed("labels must be a structured array, got a plain element type"));
    };
    let order = check_labels_fields(fields).map_err(|error| match error {
        Error::Serialization(message) => reader.malformed(&message),
        other => other,
    })?;
    if fields.is_empty() && count != 0 {
        return Err(reader.malformed(&format!(
            "labels without dimensions can not have {count} rows"
        )));
    }

    let item_size = size_of::<i32>() * fields.len();
    let size = header.check_size(item_size, reader)?;
    let mut values = vec![0_i32; size / size_of::<i32>()];
    reader.read_exact(bytemuck::cast_slice_mut(&mut values))?;
    if order != ByteOrder::NATIVE {
        for value in &mut values {
            *value = value.swap_bytes();
        }
    }
    let Descr::Structured(fields) = header.descr else {
        unreachable!("checked above")
    };
    let names = fields.into_iter().map(|(name, _)| name).collect();
    Ok(Table { names, values })
}

/// Labels read recently. Blocks of a map often have the same properties or
/// components: they then share them, checked only once.
#[derive(Debug, Default)]
pub(super) struct RecentLabels(Vec<Arc<Labels>>);

impl RecentLabels {
    /// How many different labels are kept.
    const SIZE: usize = 8;

    /// Read the labels of an entry, or give recent ones if they are the same.
    pub(super) fn read(&mut self, archive: &Archive, name: &str) -> Result<Arc<Labels>> {
        let mut reader = archive.entry(name)?;
        let table = read_table(&mut reader)?;
        archive.finish(reader)?;
        for recent in &self.0 {
            if **recent.names() == *table.names && recent.values_cpu()? == table.values {
                return Ok(Arc::clone(recent));
            }
        }
        let labels = table.into_labels(name)?;
        if self.0.len() == Self::SIZE {
            self.0.pop();
        }
        self.0.insert(0, Arc::clone(&labels));
        Ok(labels)
    }
}

/// Read the labels of an entry.
pub(super) fn read_labels(archive: &Archive, name: &str) -> Result<Arc<Labels>> {
    RecentLabels::default().read(archive, name)
}

/// Header and data of the table for these labels.
fn encode(labels: &Labels) -> Result<(Vec<u8>, Vec<i32>, &[i32])> {
    let header = labels_header(labels.names().iter().map(String::as_str), labels.count());
    let values = labels.values_cpu()?;
    let swapped = if ByteOrder::NATIVE == ByteOrder::Little {
        Vec::new()
    } else {
        values.iter().map(|value| value.swap_bytes()).collect()
    };
    Ok((header, swapped, values))
}

fn stored<'a>(swapped: &'a [i32], values: &'a [i32]) -> &'a [u8] {
    bytemuck::cast_slice(if swapped.is_empty() { values } else { swapped })
}

/// Write labels as a file of their own.
pub(super) fn write_labels(writer: &mut dyn Sink, labels: &Labels) -> Result<()> {
    let (header, swapped, values) = encode(labels)?;
    writer
        .write_all(&header)
        .and_then(|()| writer.write_all(stored(&swapped, values)))
        .map_err(|source| Error::Io {
            context: "failed to write".into(),
            source,
        })
}

/// Write labels as an entry of an archive.
pub(super) fn add_labels(archive: &mut ArchiveWriter, name: &str, labels: &Labels) -> Result<()> {
    let (header, swapped, values) = encode(labels)?;
    archive.add(name, &header, stored(&swapped, values))
}
