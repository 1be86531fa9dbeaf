//! Values of blocks as NPY arrays.

use super::CreateArray;
use super::npy::{ByteOrder, Header, dtype_from_descr, read_header, values_header};
use super::source::EntryReader;
use super::zip::{Archive, ArchiveWriter};
use crate::array::{Array, DType, DTypeCode};
use crate::{Error, Result};

/// Read the header of values, and check that it fits the size of the data.
/// Gives the size in bytes as well.
pub(super) fn check_header(reader: &mut EntryReader) -> Result<(Header, DType, ByteOrder, usize)> {
    let header = read_header(reader)?;
    let (dtype, order) = dtype_from_descr(&header.descr).map_err(|error| match error {
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
    Ok((header, dtype, order, size))
}

/// Read the values of an entry inside a new array. Also gives the number of axes
/// between the first and the last.
pub(super) fn read_values(
    archive: &Archive,
    name: &str,
    create: &mut CreateArray,
) -> Result<(Box<dyn Array>, usize)> {
    let mut reader = archive.entry(name)?;
    let (header, dtype, order, size) = check_header(&mut reader)?;

    let array = create(&header.shape, dtype)?;
    let mut host = array.to_host().map_err(|error| match error.kind() {
        crate::ErrorKind::InvalidParameter => reader.malformed(&format!(
            "the array created for the values can not be used: {error}"
        )),
        _ => error,
    })?;
    if host.dtype() != dtype || host.shape() != header.shape {
        return Err(reader.malformed(&format!(
            "the array created for the values should have type {dtype} and shape {:?}, got type {} and shape {:?}",
            header.shape,
            host.dtype(),
            host.shape()
        )));
    }
    if size > 0 {
        let Some(output) = host.contiguous_mut() else {
            return Err(
                reader.malformed("the array created for the values is read-only or not contiguous")
            );
        };
        fill(&mut reader, output, &header, dtype, order)?;
    }
    drop(host);
    archive.finish(reader)?;
    Ok((array, header.shape.len() - 2))
}

/// Read all elements into `output`, in row-major and native byte order.
fn fill(
    reader: &mut EntryReader,
    output: &mut [u8],
    header: &Header,
    dtype: DType,
    order: ByteOrder,
) -> Result<()> {
    if header.fortran_order {
        let mut columns = vec![0; output.len()];
        reader.read_exact(&mut columns)?;
        from_fortran_order(&columns, output, &header.shape, dtype.size_of());
    } else {
        reader.read_exact(output)?;
    }
    if order != ByteOrder::NATIVE {
        let parts = if dtype.code == DTypeCode::COMPLEX {
            2
        } else {
            1
        };
        swap_bytes(output, dtype.size_of() / parts);
    }
    if dtype.code == DTypeCode::BOOL {
        // any other value would be undefined behaviour for users of the array
        for byte in output {
            *byte = u8::from(*byte != 0);
        }
    }
    Ok(())
}

/// Copy elements stored with the first axis varying fastest to row-major order.
fn from_fortran_order(input: &[u8], output: &mut [u8], shape: &[usize], item: usize) {
    let mut strides = Vec::with_capacity(shape.len());
    let mut stride = 1;
    for dimension in shape {
        strides.push(stride);
        stride *= dimension;
    }
    let mut index = vec![0; shape.len()];
    let mut position = 0;
    for element in output.chunks_exact_mut(item) {
        element.copy_from_slice(&input[position * item..][..item]);
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            position += strides[axis];
            if index[axis] < shape[axis] {
                break;
            }
            position -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
    }
}

/// Reverse the bytes of each number.
fn swap_bytes(bytes: &mut [u8], size: usize) {
    fn swap<const N: usize>(bytes: &mut [u8]) {
        for number in bytes.as_chunks_mut::<N>().0 {
            number.reverse();
        }
    }
    match size {
        2 => swap::<2>(bytes),
        4 => swap::<4>(bytes),
        8 => swap::<8>(bytes),
        _ => {}
    }
}

/// Write values as an entry of an archive.
pub(super) fn add_values(
    archive: &mut ArchiveWriter,
    name: &str,
    values: &dyn Array,
) -> Result<()> {
    let host = values.to_host()?;
    let shape = values.shape()?;
    if host.shape() != shape {
        return Err(Error::Serialization(format!(
            "in '{name}': the array has shape {shape:?}, but its data has shape {:?}",
            host.shape()
        )));
    }
    let header = values_header(host.dtype(), &shape)
        .map_err(|error| super::context::add(error, &format!("in '{name}'")))?;
    if let Some(data) = host.contiguous() {
        return archive.add(name, &header, data);
    }
    let mut data = vec![0; shape.iter().product::<usize>() * host.dtype().size_of()];
    host.read_into(&mut data);
    archive.add(name, &header, &data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fortran_order() {
        // (2, 3): rows 0 1 2 and 3 4 5
        let mut output = [0; 6];
        from_fortran_order(&[0, 3, 1, 4, 2, 5], &mut output, &[2, 3], 1);
        assert_eq!(output, [0, 1, 2, 3, 4, 5]);

        // against the definition, in three dimensions with 2-byte elements
        let shape = [2, 3, 4];
        let (mut columns, mut rows) = (vec![0; 48], vec![0; 48]);
        for i in 0..2 {
            for j in 0..3 {
                for k in 0..4 {
                    let value = [(i * 100 + j * 10 + k) as u8, 7];
                    columns[2 * (i + 2 * j + 6 * k)..][..2].copy_from_slice(&value);
                    rows[2 * (12 * i + 4 * j + k)..][..2].copy_from_slice(&value);
                }
            }
        }
        let mut output = vec![0; 48];
        from_fortran_order(&columns, &mut output, &shape, 2);
        assert_eq!(output, rows);
    }

    #[test]
    fn swapping_bytes() {
        let mut bytes = [1, 2, 3, 4, 5, 6, 7, 8];
        swap_bytes(&mut bytes, 1);
        assert_eq!(bytes, [1, 2, 3, 4, 5, 6, 7, 8]);
        swap_bytes(&mut bytes, 2);
        assert_eq!(bytes, [2, 1, 4, 3, 6, 5, 8, 7]);
        swap_bytes(&mut bytes, 4);
        assert_eq!(bytes, [3, 4, 1, 2, 7, 8, 5, 6]);
        swap_bytes(&mut bytes, 8);
        assert_eq!(bytes, [6, 5, 8, 7, 2, 1, 4, 3]);
    }
}
