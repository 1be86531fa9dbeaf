//! Values of blocks as NPY arrays.

mod layout;
mod read;

pub(super) use self::read::{Leaves, ValuesReader};
use super::context;
use super::extended;
use super::npy::{ByteOrder, Header, dtype_from_descr, read_header, values_header};
use super::source::EntryReader;
use super::zip::{Archive, ArchiveWriter};
use crate::array::{Array, DType};
use crate::{Error, Result, memory};

/// What the header of values says.
#[derive(Debug)]
pub(super) struct Content {
    header: Header,
    dtype: DType,
    order: ByteOrder,
    /// Size of the data in bytes.
    size: usize,
}

/// Read the header of values, and check that it fits the size of the data.
/// `extended` is the type of raw bytes.
pub(super) fn check_header(reader: &mut EntryReader, extended: Option<DType>) -> Result<Content> {
    let header = read_header(reader)?;
    let (dtype, order) =
        dtype_from_descr(&header.descr, extended).map_err(|error| match error {
            Error::Serialization(message) => reader.malformed(&message),
            other => other,
        })?;
    if header.shape.len() < 2 {
        return Err(reader.malformed(&format!(
            "values must have two dimensions or more, got an array of shape {:?}",
            header.shape
        )));
    }
    let size = header.check_size(dtype.size_of(), reader)?;
    Ok(Content {
        header,
        dtype,
        order,
        size,
    })
}

/// Type of values stored as raw bytes in this archive.
pub(super) fn extended_dtype(archive: &Archive) -> Result<Option<DType>> {
    if !archive.contains(extended::ENTRY) {
        return Ok(None);
    }
    let mut reader = archive.entry(extended::ENTRY)?;
    let bytes = reader.read_to_end()?;
    archive.finish(reader)?;
    extended::read(&bytes).map(Some)
}

/// Write values as an entry of an archive. They are stored as raw bytes if their
/// type is `extended`.
pub(super) fn add_values(
    archive: &mut ArchiveWriter,
    name: &str,
    values: &dyn Array,
    extended: Option<DType>,
) -> Result<()> {
    let host = values.to_host()?;
    let shape = values.shape()?;
    if host.shape() != shape {
        return Err(Error::Serialization(format!(
            "in '{name}': the array has shape {shape:?}, but its data has shape {:?}",
            host.shape()
        )));
    }
    let header = values_header(host.dtype(), &shape, extended)
        .map_err(|error| context::add(error, &format!("in '{name}'")))?;
    let swap = extended == Some(host.dtype()) && ByteOrder::NATIVE != ByteOrder::Little;
    if let Some(data) = host.contiguous().filter(|_| !swap) {
        return archive.add(name, &header, data);
    }
    // the tensor exists, so that its size does not overflow
    let mut data = memory::zeros(shape.iter().product(), host.dtype().size_of())?;
    host.read_into(&mut data);
    if swap {
        layout::to_native(&mut data, host.dtype(), ByteOrder::Little);
    }
    archive.add(name, &header, &data)
}
