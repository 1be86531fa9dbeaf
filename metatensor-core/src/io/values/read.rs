//! Reading values inside arrays of the caller.

use super::layout::{from_fortran_order, to_native};
use super::{Content, check_header};
use crate::array::{Array, DType, DTypeCode, MetaArray};
use crate::error::{AxisLabels, BlockError};
use crate::io::MakeArrays;
use crate::io::npy::ByteOrder;
use crate::io::rows::Rows;
use crate::io::source::EntryReader;
use crate::io::zip::Archive;
use crate::{ErrorKind, Result};

/// What becomes of the values.
pub(in crate::io) enum Leaves<'m> {
    /// They are read inside of new arrays.
    Make(&'m mut dyn MakeArrays),
    /// They are not read.
    Skip,
}

/// Reads the values of one archive.
pub(in crate::io) struct ValuesReader<'a, 'm> {
    archive: &'a Archive<'a>,
    leaves: Leaves<'m>,
    /// Type of values stored as raw bytes.
    extended: Option<DType>,
    /// Check also what is not read.
    verify: bool,
}

impl<'a, 'm> ValuesReader<'a, 'm> {
    pub(in crate::io) fn new(
        archive: &'a Archive<'a>,
        leaves: Leaves<'m>,
        verify: bool,
    ) -> Result<ValuesReader<'a, 'm>> {
        Ok(ValuesReader {
            archive,
            leaves,
            extended: super::extended_dtype(archive)?,
            verify,
        })
    }

    /// Read (some rows of) the values of an entry. Also gives the number of axes
    /// between the first and the last.
    pub(in crate::io) fn read(
        &mut self,
        name: &str,
        rows: Option<&Rows>,
    ) -> Result<(Box<dyn Array>, usize)> {
        let mut reader = self.archive.entry(name)?;
        let content = check_header(&mut reader, self.extended)?;
        let shape = selected_shape(&content, rows)?;
        let n_components = shape.len() - 2;
        let make = match &mut self.leaves {
            Leaves::Make(make) => &mut **make,
            Leaves::Skip => {
                self.archive.skip(reader);
                let array = MetaArray::new(content.dtype, shape);
                return Ok((Box::new(array), n_components));
            }
        };

        if let Some((start, size)) = in_place(&reader, &content, rows) {
            let bytes = reader.position() + start..reader.position() + start + size;
            if let Some(array) = make.map(&shape, content.dtype, bytes)? {
                if self.verify {
                    reader.check_to_end()?;
                    self.archive.finish(reader)?;
                }
                return Ok((array, n_components));
            }
        }
        let array = make.create(&shape, content.dtype)?;
        self.fill(reader, &*array, &shape, &content, rows)?;
        Ok((array, n_components))
    }

    /// Read the data of a new array.
    fn fill(
        &self,
        mut reader: EntryReader,
        array: &dyn Array,
        shape: &[usize],
        content: &Content,
        rows: Option<&Rows>,
    ) -> Result<()> {
        let dtype = content.dtype;
        let mut host = array.to_host().map_err(|error| match error.kind() {
            ErrorKind::InvalidParameter => reader.malformed(&format!(
                "the array created for the values can not be used: {error}"
            )),
            _ => error,
        })?;
        if host.dtype() != dtype || host.shape() != shape {
            return Err(reader.malformed(&format!(
                "the array created for the values should have type {dtype} and shape {shape:?}, \
                 got type {} and shape {:?}",
                host.dtype(),
                host.shape()
            )));
        }
        if content.size == 0 || shape.contains(&0) {
            if rows.is_none() || self.verify {
                reader.check_to_end()?;
                return self.archive.finish(reader);
            }
            self.archive.skip(reader);
            return Ok(());
        }
        let Some(output) = host.contiguous_mut() else {
            return Err(
                reader.malformed("the array created for the values is read-only or not contiguous")
            );
        };
        let Some(rows) = rows else {
            read_all(&mut reader, output, content)?;
            return self.archive.finish(reader);
        };
        let size = content.size / rows.available();
        if reader.is_stored() && !content.header.fortran_order {
            match reader.stored_bytes() {
                Some(bytes) => rows.copy(bytes, output, size),
                None => rows.read(&reader, output, size)?,
            }
            to_native(output, dtype, content.order);
            if self.verify {
                reader.check_to_end()?;
                self.archive.finish(reader)?;
            }
            return Ok(());
        }
        let mut everything = vec![0; content.size];
        read_all(&mut reader, &mut everything, content)?;
        rows.copy(&everything, output, size);
        self.archive.finish(reader)
    }
}

/// Shape of the array for these rows.
fn selected_shape(content: &Content, rows: Option<&Rows>) -> Result<Vec<usize>> {
    let mut shape = content.header.shape.clone();
    if let Some(rows) = rows {
        if shape[0] != rows.available() {
            // the error that creating the whole block would give
            return Err(BlockError::AxisSize {
                axis: 0,
                labels: AxisLabels::Samples,
                found: shape[0],
                expected: rows.available(),
            }
            .into());
        }
        shape[0] = rows.count();
    }
    Ok(shape)
}

/// Offset and size of the wanted data in the entry, if its bytes can be used as
/// they are.
fn in_place(reader: &EntryReader, content: &Content, rows: Option<&Rows>) -> Option<(u64, u64)> {
    let usable = reader.is_stored()
        && !content.header.fortran_order
        && content.order == ByteOrder::NATIVE
        // these could have other values than true and false
        && content.dtype.code != DTypeCode::BOOL
        && content.size > 0;
    if !usable {
        return None;
    }
    let Some(rows) = rows else {
        return Some((0, content.size as u64));
    };
    let size = content.size / rows.available();
    let start = rows.start()? * size;
    Some((start as u64, (rows.count() * size) as u64))
}

/// Read all elements into `output`, in row-major and native byte order.
fn read_all(reader: &mut EntryReader, output: &mut [u8], content: &Content) -> Result<()> {
    if content.header.fortran_order {
        let mut columns = vec![0; output.len()];
        reader.read_exact(&mut columns)?;
        let item = content.dtype.size_of();
        from_fortran_order(&columns, output, &content.header.shape, item);
    } else {
        reader.read_exact(output)?;
    }
    to_native(output, content.dtype, content.order);
    Ok(())
}
