//! Making files which our own writer would never make.

use std::io::Write;

/// A NPY file of the given version.
pub fn npy_version(major: u8, header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY".to_vec();
    bytes.extend([major, 0]);
    if major == 1 {
        bytes.extend(
            u16::try_from(header.len())
                .expect("small header")
                .to_le_bytes(),
        );
    } else {
        bytes.extend(
            u32::try_from(header.len())
                .expect("small header")
                .to_le_bytes(),
        );
    }
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

/// A NPY file.
pub fn npy(header: &str, data: &[u8]) -> Vec<u8> {
    npy_version(1, header, data)
}

/// A NPY file with values.
pub fn values(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    npy(
        &format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n"),
        data,
    )
}

/// A NPY file with labels.
pub fn labels(names: &[&str], rows: &[i32]) -> Vec<u8> {
    let fields = names
        .iter()
        .map(|name| format!("('{name}', '<i4'), "))
        .collect::<String>();
    let count = rows.len() / names.len().max(1);
    let data = rows
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect::<Vec<_>>();
    let header =
        format!("{{'descr': [{fields}], 'fortran_order': False, 'shape': ({count},), }}\n");
    npy(&header, &data)
}

/// One entry of an archive, with everything that can be wrong in it.
#[derive(Debug, Clone)]
pub struct Entry {
    pub name: Vec<u8>,
    pub data: Vec<u8>,
    pub method: u16,
    pub flags: u16,
    pub version: u16,
    pub crc: Option<u32>,
    pub compressed: Option<u32>,
    pub uncompressed: Option<u32>,
    pub offset: Option<u32>,
    /// Extra field of the directory.
    pub extra: Vec<u8>,
    /// Extra field in front of the data.
    pub local_extra: Vec<u8>,
}

impl Entry {
    pub fn new(name: &str, data: Vec<u8>) -> Entry {
        Entry {
            name: name.into(),
            data,
            method: 0,
            flags: 0,
            version: 20,
            crc: None,
            compressed: None,
            uncompressed: None,
            offset: None,
            extra: Vec::new(),
            local_extra: Vec::new(),
        }
    }
}

/// An archive of these entries.
pub fn zip(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let offset = bytes.len() as u32;
        let crc = entry.crc.unwrap_or_else(|| crc32fast::hash(&entry.data));
        let stored = if entry.method == 8 {
            let mut encoder =
                flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(&entry.data).expect("compressed");
            encoder.finish().expect("compressed")
        } else {
            entry.data.clone()
        };
        let compressed = entry.compressed.unwrap_or(stored.len() as u32);
        let uncompressed = entry.uncompressed.unwrap_or(entry.data.len() as u32);
        // with bit 3, sizes only come after the data
        let after = entry.flags & 8 != 0;
        let common = |in_directory: bool| {
            let mut record = Vec::new();
            record.extend(entry.version.to_le_bytes());
            record.extend(entry.flags.to_le_bytes());
            record.extend(entry.method.to_le_bytes());
            record.extend([0, 0, 0x21, 0]);
            for value in [crc, compressed, uncompressed] {
                let value = if after && !in_directory { 0 } else { value };
                record.extend(value.to_le_bytes());
            }
            record.extend((entry.name.len() as u16).to_le_bytes());
            record
        };

        bytes.extend(b"PK\x03\x04");
        bytes.extend(common(false));
        bytes.extend((entry.local_extra.len() as u16).to_le_bytes());
        bytes.extend(&entry.name);
        bytes.extend(&entry.local_extra);
        bytes.extend(&stored);
        if after {
            bytes.extend(b"PK\x07\x08");
            for value in [crc, compressed, uncompressed] {
                bytes.extend(value.to_le_bytes());
            }
        }

        directory.extend(b"PK\x01\x02");
        directory.extend(20_u16.to_le_bytes());
        directory.extend(common(true));
        directory.extend((entry.extra.len() as u16).to_le_bytes());
        directory.extend([0; 10]);
        directory.extend(entry.offset.unwrap_or(offset).to_le_bytes());
        directory.extend(&entry.name);
        directory.extend(&entry.extra);
    }
    let start = bytes.len() as u32;
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend((entries.len() as u16).to_le_bytes());
    bytes.extend((entries.len() as u16).to_le_bytes());
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

/// Entries of a block with two samples, one property and 16-bit values 1 and 2.
pub fn block_entries(prefix: &str) -> Vec<Entry> {
    vec![
        Entry::new(
            &format!("{prefix}values.npy"),
            values("<i2", "(2, 1)", &[1, 0, 2, 0]),
        ),
        Entry::new(&format!("{prefix}samples.npy"), labels(&["s"], &[0, 1])),
        Entry::new(&format!("{prefix}properties.npy"), labels(&["p"], &[0])),
    ]
}

/// Entries of a map with one block.
pub fn map_entries() -> Vec<Entry> {
    let mut entries = vec![Entry::new("keys.npy", labels(&["k"], &[0]))];
    entries.extend(block_entries("blocks/0/"));
    entries
}

/// Replace the data of one entry.
pub fn with(mut entries: Vec<Entry>, name: &str, data: Vec<u8>) -> Vec<Entry> {
    match entries
        .iter_mut()
        .find(|entry| entry.name == name.as_bytes())
    {
        Some(entry) => entry.data = data,
        None => entries.push(Entry::new(name, data)),
    }
    entries
}
