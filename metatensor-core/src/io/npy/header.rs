//! Header of NPY files: magic string, version, size and dictionary.

use std::fmt::Write as _;

use super::parser::{self, Descr};
use crate::array::DType;
use crate::io::source::EntryReader;
use crate::{Error, Result};

const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// Headers are padded so that the data starts at a multiple of this.
const ALIGNMENT: usize = 64;

/// Content of the header of a NPY file.
#[derive(Debug)]
pub(in crate::io) struct Header {
    /// Type of the elements.
    pub(in crate::io) descr: Descr,
    /// The first axis varies fastest.
    pub(in crate::io) fortran_order: bool,
    /// Shape of the array.
    pub(in crate::io) shape: Vec<usize>,
}

impl Header {
    /// Size in bytes of the data described by this header, and check that it is
    /// exactly what is left in `reader`: done before any allocation, so that
    /// a lying header can not exhaust the memory.
    pub(in crate::io) fn check_size(
        &self,
        item_size: usize,
        reader: &EntryReader,
    ) -> Result<usize> {
        let needed = self
            .shape
            .iter()
            .try_fold(item_size, |size, dimension| size.checked_mul(*dimension))
            .filter(|size| isize::try_from(*size).is_ok());
        let available = reader.remaining();
        match needed {
            Some(needed) if needed as u64 == available => Ok(needed),
            Some(needed) if (needed as u64) < available => Err(reader.malformed(&format!(
                "the array of shape {:?} needs {needed} bytes, but there are {} more",
                self.shape,
                available - needed as u64
            ))),
            // a file which was cut short, or a header asking for gigabytes that do not exist
            Some(needed) if needed as u64 - available <= MAX_CUT => {
                Err(reader.truncated(&format!(
                    "the array of shape {:?} needs {needed} bytes, but there are only {available}",
                    self.shape
                )))
            }
            _ => Err(reader.malformed(&format!(
                "the declared shape {:?} is much larger than the {available} bytes of data",
                self.shape
            ))),
        }
    }
}

/// Up to this number of missing bytes, a file is reported as truncated.
const MAX_CUT: u64 = 1 << 30;

/// Read the header at the start of an entry.
pub(in crate::io) fn read_header(reader: &mut EntryReader) -> Result<Header> {
    let mut start = [0; 8];
    read_part(reader, &mut start)?;
    if &start[..6] != MAGIC {
        return Err(reader.malformed("this is not a NPY file (wrong magic string)"));
    }
    let version = (start[6], start[7]);
    let length = match version {
        (1, 0) => {
            let mut bytes = [0; 2];
            read_part(reader, &mut bytes)?;
            usize::from(u16::from_le_bytes(bytes))
        }
        (2 | 3, 0) => {
            let mut bytes = [0; 4];
            read_part(reader, &mut bytes)?;
            u32::from_le_bytes(bytes) as usize
        }
        (major, minor) => {
            return Err(reader.malformed(&format!("unknown NPY version {major}.{minor}")));
        }
    };
    if length as u64 > reader.remaining() {
        return Err(reader.truncated(&format!(
            "the NPY header should have {length} bytes, but there are only {}",
            reader.remaining()
        )));
    }
    let mut text = vec![0; length];
    reader.read_exact(&mut text)?;
    parse_text(&text, version).map_err(|error| match error {
        Error::Serialization(message) => reader.malformed(&message),
        other => other,
    })
}

/// Read a part of the preamble; files too short for it are no NPY files.
fn read_part(reader: &mut EntryReader, buffer: &mut [u8]) -> Result<()> {
    if reader.remaining() < buffer.len() as u64 {
        return Err(reader.malformed("this is not a NPY file (too short)"));
    }
    reader.read_exact(buffer)
}

fn parse_text(text: &[u8], version: (u8, u8)) -> Result<Header> {
    let invalid = |message: &str| Error::Serialization(format!("invalid NPY header: {message}"));
    if text.last() != Some(&b'\n') {
        return Err(invalid("expected a newline as last character"));
    }
    if version.0 < 3 && !text.is_ascii() {
        return Err(invalid(
            "only ASCII characters are allowed in versions 1.0 and 2.0",
        ));
    }
    let text = str::from_utf8(text).map_err(|_| invalid("not valid UTF-8"))?;
    let dictionary = parser::parse(text)?;
    Ok(Header {
        descr: dictionary.descr,
        fortran_order: dictionary.fortran_order,
        shape: dictionary.shape,
    })
}

/// Header for values of the given type and shape, in row-major order.
/// `extended` is the type which may be stored as raw bytes.
pub(in crate::io) fn values_header(
    dtype: DType,
    shape: &[usize],
    extended: Option<DType>,
) -> Result<Vec<u8>> {
    Ok(header(
        &format!("'{}'", super::dtype_to_descr(dtype, extended)?),
        shape,
    ))
}

/// Header for `count` rows of labels, stored as little-endian 32-bit integers.
pub(in crate::io) fn labels_header<'a>(
    names: impl IntoIterator<Item = &'a str>,
    count: usize,
) -> Vec<u8> {
    let mut descr = String::from("[");
    for name in names {
        // writing to a string never fails
        let _ = write!(descr, "('{name}', '<i4'), ");
    }
    descr.push(']');
    header(&descr, &[count])
}

fn header(descr: &str, shape: &[usize]) -> Vec<u8> {
    let mut text = format!("{{ 'descr': {descr}, 'fortran_order': False, 'shape': (");
    for dimension in shape {
        let _ = write!(text, "{dimension}, ");
    }
    text.push_str(") }");

    // the final newline comes after one space or more, as in the reference
    let padded = |prefix: usize| (prefix + text.len() + 2).next_multiple_of(ALIGNMENT) - prefix;

    let mut bytes = Vec::with_capacity(text.len() + 2 * ALIGNMENT);
    bytes.extend_from_slice(MAGIC);
    let length = if let Ok(length) = u16::try_from(padded(10)) {
        bytes.extend_from_slice(&[1, 0]);
        bytes.extend_from_slice(&length.to_le_bytes());
        usize::from(length)
    } else {
        let length = padded(12);
        bytes.extend_from_slice(&[2, 0]);
        bytes.extend_from_slice(&(length as u32).to_le_bytes());
        length
    };
    let end = bytes.len() + length;
    bytes.extend_from_slice(text.as_bytes());
    bytes.resize(end - 1, b' ');
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::source::Source;

    fn read(bytes: &[u8]) -> Result<Header> {
        read_header(&mut EntryReader::whole(&Source::Buffer(bytes)))
    }

    #[test]
    fn exact_bytes() {
        let bytes = values_header(DType::F64, &[2, 3, 2], None).expect("valid");
        let expected: &[u8] =
            b"\x93NUMPY\x01\x00\x76\x00{ 'descr': '<f8', 'fortran_order': False, 'shape': (2, 3, 2, ) }";
        assert_eq!(&bytes[..expected.len()], expected);
        assert_eq!(bytes.len(), 128);
        assert!(bytes[expected.len()..127].iter().all(|c| *c == b' '));
        assert_eq!(bytes[127], b'\n');

        let bytes = labels_header([], 0);
        let expected =
            b"\x93NUMPY\x01\x00v\x00{ 'descr': [], 'fortran_order': False, 'shape': (0, ) } ";
        assert_eq!(&bytes[..expected.len()], expected);
    }

    #[test]
    fn padding() {
        // sizes observed with the released 0.2.6 library
        for (name, total) in [(1, 128), (48, 128), (49, 192), (69, 192)] {
            let name = "a".repeat(name);
            assert_eq!(labels_header([name.as_str()], 1).len(), total);
        }
    }

    #[test]
    fn long_headers_use_version_2() {
        let name = "a".repeat(65456);
        let bytes = labels_header([name.as_str()], 1);
        assert_eq!((bytes[6], bytes.len()), (1, 65536));

        let name = "a".repeat(65457);
        let bytes = labels_header([name.as_str()], 1);
        assert_eq!((bytes[6], bytes.len()), (2, 65600));
        let header = read(&bytes).expect("valid");
        assert_eq!(header.descr, Descr::Structured(vec![(name, "<i4".into())]));
    }

    fn file(version: u8, text: &[u8]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&[version, 0]);
        if version == 1 {
            bytes.extend_from_slice(&(text.len() as u16).to_le_bytes());
        } else {
            bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
        }
        bytes.extend_from_slice(text);
        bytes
    }

    #[test]
    fn versions_and_encodings() {
        let ascii = b"{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}\n";
        let utf8 = "{'descr': [('é', '<i4')], 'fortran_order': False, 'shape': (2,)}\n".as_bytes();
        for version in [1, 2, 3] {
            assert_eq!(read(&file(version, ascii)).expect("ascii").shape, [2]);
            assert_eq!(read(&file(version, utf8)).is_ok(), version == 3);
        }
        assert!(read(&file(4, ascii)).is_err());
        assert!(read(&file(3, b"{'descr': '\xff'}\n")).is_err());
    }

    #[test]
    fn broken_preambles() {
        let good = file(
            1,
            b"{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}\n",
        );
        for end in 0..good.len() {
            assert!(read(&good[..end]).is_err(), "{end} bytes");
        }
        let no_newline = file(
            1,
            b"{'descr': '<f8', 'fortran_order': False, 'shape': (2,)} ",
        );
        let error = read(&no_newline).expect_err("no newline").to_string();
        assert!(error.contains("newline"), "{error}");
        assert!(read(&file(1, b"")).is_err());
        assert!(read(b"").is_err());
        assert!(read(b"NOT A NPY FILE").is_err());
    }
}
