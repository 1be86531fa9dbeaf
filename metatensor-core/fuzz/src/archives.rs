//! Archives with a right structure, in which something is wrong.

use super::files::{block_file, labels_file, map_file};
use super::input::Bytes;
use super::npz::{self, Entry};

/// Any text as the header of labels and values.
pub fn npy_header(data: &[u8]) {
    let mut input = Bytes::new(data);
    let version = input.up_to(4) as u8;
    let padding = input.bytes(64).len();
    let mut header = data[data.len().min(2)..].to_vec();
    if input.flag() {
        header.push(b'\n');
    }
    let mut file = b"\x93NUMPY".to_vec();
    file.extend([version, 0]);
    match version {
        1 => file.extend((header.len() as u16).to_le_bytes()),
        _ => file.extend((header.len() as u32).to_le_bytes()),
    }
    file.extend(header);
    file.extend(std::iter::repeat_n(1, padding));
    labels_file(&file);
    for name in ["samples.npy", "values.npy"] {
        let entries = npz::with(npz::block_entries(""), name, file.clone());
        block_file(&npz::zip(&entries));
    }
}

/// Any bytes as the information of a map.
pub fn info_json(data: &[u8]) {
    let entries = npz::with(npz::map_entries(), "info.json", data.to_vec());
    map_file(&npz::zip(&entries));
}

/// Any bytes as the type of values which NPY does not know.
pub fn dtype_json(data: &[u8]) {
    let size = usize::from(data.first().map_or(1, |byte| byte % 5));
    let values = npz::values(&format!("|V{size}"), "(2, 1)", &vec![1; 2 * size]);
    let content = data.get(1..).unwrap_or_default();
    for (prefix, entries, load) in [
        ("", npz::block_entries(""), block_file as fn(&[u8])),
        ("blocks/0/", npz::map_entries(), map_file),
    ] {
        let mut entries = npz::with(entries, &format!("{prefix}values.npy"), values.clone());
        let entry = Entry::new(&format!("{prefix}dtype.json"), content.to_vec());
        entries.push(entry);
        load(&npz::zip(&entries));
    }
}

/// Entries with any name and content, where those of maps and blocks are likely.
pub fn archive(data: &[u8]) {
    let mut input = Bytes::new(data);
    let mut entries = match input.up_to(3) {
        0 => Vec::new(),
        1 => npz::block_entries(""),
        2 => npz::map_entries(),
        _ => nested_entries(&mut input),
    };
    while !input.is_empty() && entries.len() < 100 {
        change(&mut input, &mut entries);
    }
    let file = npz::zip(&entries);
    block_file(&file);
    map_file(&file);
}

/// A block with gradients, nested up to three levels.
fn nested_entries(input: &mut Bytes) -> Vec<Entry> {
    let mut entries = npz::block_entries("");
    let mut prefix = String::new();
    for _ in 0..input.up_to(3) {
        prefix.push_str(input.one_of(&["gradients/g/", "gradients/é/", "gradients/ /"]));
        let rows = [0, 0, 1, 5];
        let samples = npz::labels(&["sample", "a"], &rows);
        entries.push(Entry::new(&format!("{prefix}samples.npy"), samples));
        let values = npz::values("<i2", "(2, 1)", &[1, 0, 2, 0]);
        entries.push(Entry::new(&format!("{prefix}values.npy"), values));
    }
    entries
}

fn change(input: &mut Bytes, entries: &mut Vec<Entry>) {
    const NAMES: &[&str] = &[
        "keys.npy",
        "info.json",
        "dtype.json",
        "values.npy",
        "samples.npy",
        "properties.npy",
        "components/0.npy",
        "components/1.npy",
        "gradients/g/values.npy",
        "gradients/g/samples.npy",
        "gradients/g/components/0.npy",
        "gradients/g/gradients/h/samples.npy",
        "gradients//samples.npy",
    ];
    let name = format!(
        "{}{}",
        input.one_of(&["", "blocks/0/", "blocks/1/"]),
        input.one_of(NAMES)
    );
    let data = content(input);
    match input.up_to(3) {
        0 => entries.push(Entry::new(&name, data)),
        1 => *entries = npz::with(std::mem::take(entries), &name, data),
        2 if !entries.is_empty() => {
            let entry = input.up_to(entries.len() - 1);
            entries.remove(entry);
        }
        _ => {
            let mut entry = Entry::new(&name, data);
            entry.name = input.bytes(40).to_vec();
            entries.push(entry);
        }
    }
    if let Some(entry) = entries.last_mut() {
        entry.method = input.one_of(&[0, 8]);
        entry.flags = input.one_of(&[0, 8, 1 << 11]);
    }
}

/// Content of an entry.
fn content(input: &mut Bytes) -> Vec<u8> {
    const DESCR: &[&str] = &[
        "<f8", ">f4", "|b1", "<c16", "|i1", "<i2", ">u8", "<f2", "|V1", "|V2",
    ];
    const DTYPES: &[&str] = &["bfloat16", "float8_e5m2", "complex32", "float16"];
    match input.up_to(4) {
        0 => input.bytes(200).to_vec(),
        4 => format!(r#"{{"version": 1, "dtype": "{}"}}"#, input.one_of(DTYPES)).into_bytes(),
        1 => {
            let shape = (0..input.up_to(4))
                .map(|_| input.up_to(3))
                .collect::<Vec<_>>();
            let text = shape.iter().map(|n| format!("{n}, ")).collect::<String>();
            let data = input.bytes(100);
            npz::values(input.one_of(DESCR), &format!("({text})"), data)
        }
        2 => {
            let names = &["sample", "a", "b", "c"][..=input.up_to(3)];
            let rows = input.bytes(30);
            let rows = rows
                .iter()
                .map(|&value| i32::from(value))
                .collect::<Vec<_>>();
            npz::labels(names, &rows)
        }
        _ => {
            let header = String::from_utf8_lossy(input.bytes(100)).into_owned();
            npz::npy_version(input.up_to(4) as u8, &header, input.bytes(30))
        }
    }
}

/// A small archive whose records are changed in a few places.
pub fn zip_directory(data: &[u8]) {
    let mut input = Bytes::new(data);
    let mut entries = match input.flag() {
        true => npz::map_entries(),
        false => npz::block_entries(""),
    };
    for _ in 0..input.up_to(3) {
        let index = input.up_to(entries.len() - 1);
        lie(&mut input, &mut entries[index]);
    }
    let mut file = npz::zip(&entries);
    if input.flag() {
        insert_zip64(&mut input, &mut file);
    }
    for _ in 0..input.up_to(4) {
        // most records are close to the end
        let position = match input.flag() {
            true => file.len() - 1 - input.up_to((file.len() - 1).min(255)),
            false => input.up_to(file.len() - 1),
        };
        file[position] = input.u8();
    }
    let mut whole = input.bytes(50).to_vec();
    whole.extend(file);
    whole.extend(input.bytes(50));
    block_file(&whole);
    map_file(&whole);
}

fn lie(input: &mut Bytes, entry: &mut Entry) {
    match input.up_to(8) {
        0 => entry.crc = Some(input.u32()),
        1 => entry.compressed = Some(input.u32()),
        2 => entry.uncompressed = Some(input.u32()),
        3 => entry.offset = Some(input.u32()),
        4 => entry.method = input.u16(),
        5 => entry.flags = input.u16(),
        6 => entry.local_extra = input.bytes(40).to_vec(),
        7 => {
            // sizes in the extra field of 64-bit sizes
            entry.uncompressed = Some(u32::MAX);
            entry.compressed = Some(u32::MAX);
            entry.extra = vec![1, 0, input.u8(), 0];
            entry.extra.extend(input.bytes(40));
        }
        _ => entry.extra = input.bytes(40).to_vec(),
    }
}

/// Put 64-bit end records in front of the end record.
fn insert_zip64(input: &mut Bytes, file: &mut Vec<u8>) {
    let end = file.len() - 22;
    let (record, rest) = file.split_at(end);
    let number = |start: usize| {
        let bytes: [u8; 4] = rest[start..start + 4].try_into().unwrap();
        u64::from(u32::from_le_bytes(bytes))
    };
    let (size, offset) = (number(12), number(16));
    let count = u64::from(rest[10]);
    let mut result = record.to_vec();
    result.extend(b"PK\x06\x06");
    result.extend(44_u64.to_le_bytes());
    result.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for value in [count, count, size, offset] {
        let value = match input.up_to(7) {
            0 => u64::from(input.u32()) << input.up_to(32),
            _ => value,
        };
        result.extend(value.to_le_bytes());
    }
    result.extend(b"PK\x06\x07\0\0\0\0");
    result.extend((end as u64 + input.one_of(&[0, 0, 0, 1, u64::MAX / 2])).to_le_bytes());
    result.extend(1_u32.to_le_bytes());
    result.extend(b"PK\x05\x06\0\0\0\0");
    result.extend([0xFF; 12]);
    result.extend([0, 0]);
    *file = result;
}
