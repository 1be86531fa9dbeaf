//! Files which can not be read, and why.

use metatensor_core::ErrorKind::{Io, Serialization};

use crate::bytes_array::{assert_error, block, labels, tensor};
use crate::npz::{self, Entry, block_entries, map_entries, npy, npy_version, with, zip};

/// Loading a block with these values fails.
#[track_caller]
fn assert_values(file: Vec<u8>, kind: metatensor_core::ErrorKind, mentions: &[&str]) {
    let content = zip(&with(block_entries(""), "values.npy", file));
    assert_error(block(&content), kind, &[mentions, &["values.npy"]].concat());
}

/// Loading labels with this header fails.
#[track_caller]
fn assert_labels(header: &str, data: &[u8], kind: metatensor_core::ErrorKind, mentions: &[&str]) {
    assert_error(labels(&npy(header, data)), kind, mentions);
}

#[test]
fn empty_buffers() {
    assert_error(labels(b""), Serialization, &["Labels", "empty"]);
    assert_error(block(b""), Serialization, &["TensorBlock", "empty"]);
    assert_error(tensor(b""), Serialization, &["TensorMap", "empty"]);
}

#[test]
fn not_archives() {
    assert_error(tensor(b"hello"), Serialization, &["ZIP"]);
    assert_error(block(&[0; 1000]), Serialization, &["ZIP"]);
    let content = zip(&map_entries());
    for end in 1..content.len() {
        assert_error(tensor(&content[..end]), Serialization, &[]);
    }
}

#[test]
fn changed_bytes_never_panic() {
    let content = zip(&map_entries());
    for position in 0..content.len() {
        for change in [0, 1, 0x7F, 0xFF] {
            let mut content = content.clone();
            content[position] ^= change;
            let _ = tensor(&content);
        }
    }
}

#[test]
fn missing_entries() {
    let entries = map_entries();
    for missing in &entries {
        let others = entries
            .iter()
            .filter(|entry| entry.name != missing.name)
            .cloned();
        let name = String::from_utf8_lossy(&missing.name).into_owned();
        let content = zip(&others.collect::<Vec<_>>());
        assert_error(tensor(&content), Serialization, &[&name, "missing"]);
    }
    // one component for each axis beyond two
    let values = npz::values("<i2", "(2, 1, 1)", &[1, 0, 2, 0]);
    let content = zip(&with(block_entries(""), "values.npy", values));
    assert_error(
        block(&content),
        Serialization,
        &["components/0.npy", "missing"],
    );
}

#[test]
fn entries_which_can_not_be_read() {
    let change = |change: fn(&mut Entry)| {
        let mut entries = map_entries();
        change(&mut entries[1]);
        tensor(&zip(&entries))
    };
    let name = "blocks/0/values.npy";
    assert_error(
        change(|entry| entry.method = 12),
        Serialization,
        &[name, "method 12"],
    );
    assert_error(
        change(|entry| entry.flags = 1),
        Serialization,
        &[name, "encrypted"],
    );
    assert_error(change(|entry| entry.crc = Some(1)), Io, &[name, "checksum"]);
    assert_error(
        change(|entry| entry.offset = Some(0xFF_FFFF)),
        Serialization,
        &[name],
    );
    assert_error(
        change(|entry| entry.offset = Some(3)),
        Serialization,
        &[name, "signature"],
    );
    assert_error(
        change(|entry| entry.compressed = Some(3)),
        Serialization,
        &[name, "size"],
    );
    assert_error(
        change(|entry| {
            entry.compressed = Some(0x7FFF_FFFF);
            entry.uncompressed = Some(0x7FFF_FFFF);
        }),
        Serialization,
        &[name],
    );
}

#[test]
fn compressed_data() {
    let change = |change: fn(&mut Entry)| {
        let mut entries = map_entries();
        entries[1].method = 8;
        change(&mut entries[1]);
        tensor(&zip(&entries))
    };
    let name = "blocks/0/values.npy";
    assert!(change(|_| ()).is_ok());
    // sizes which are not the ones of the data
    assert_error(
        change(|entry| entry.uncompressed = Some(0x7FFF_FFFF)),
        Serialization,
        &[name],
    );
    let larger = |entry: &mut Entry| entry.uncompressed = Some(entry.data.len() as u32 + 1);
    assert_error(change(larger), Serialization, &[name, "1 more"]);
    let smaller = |entry: &mut Entry| entry.uncompressed = Some(entry.data.len() as u32 - 1);
    assert_error(change(smaller), Io, &[name, "only 3"]);
    assert_error(
        change(|entry| entry.compressed = Some(10)),
        Serialization,
        &[name, "too early"],
    );
    assert_error(change(|entry| entry.crc = Some(7)), Io, &[name, "checksum"]);

    let mut entries = map_entries();
    entries[1].uncompressed = Some(entries[1].data.len() as u32);
    entries[1].data = vec![0xFF; 100];
    let mut content = zip(&entries);
    // say that this junk is compressed: at the same place in both records
    let local = 30 + 8 + entries[0].data.len();
    content[local + 8] = 8;
    let directory = content
        .windows(4)
        .rposition(|window| window == b"PK\x01\x02")
        .expect("there");
    let second = content[..directory]
        .windows(4)
        .rposition(|w| w == b"PK\x01\x02")
        .expect("there");
    let first = content[..second]
        .windows(4)
        .rposition(|w| w == b"PK\x01\x02")
        .expect("there");
    content[first + 10] = 8;
    assert_error(tensor(&content), Serialization, &[name, "corrupted"]);
}

#[test]
fn entries_sharing_their_data() {
    let mut entries = map_entries();
    // many entries for the same bytes
    for i in 0..100 {
        entries.push(Entry {
            offset: Some(0),
            compressed: Some(100),
            uncompressed: Some(100),
            ..Entry::new(&format!("x{i}"), vec![])
        });
    }
    assert_error(tensor(&zip(&entries)), Serialization, &["overlaps"]);
}

#[test]
fn headers() {
    for header in [
        "",
        "\n",
        "{",
        "{}\n",
        "[]\n",
        "hello\n",
        "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 1)}",
        "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 1)\n",
        "{'descr': '<i2', 'fortran_order': False, 'shape': (2, -1)}\n",
        "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 99999999999999999999)}\n",
        "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 1), 'other': 1}\n",
        "{'descr': '<i2', 'fortran_order': False}\n",
        "{'descr': '<i2', 'shape': (2, 1)}\n",
        "{'fortran_order': False, 'shape': (2, 1)}\n",
        "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 1)} \u{e9}\n",
    ] {
        assert_values(npy(header, &[1, 0, 2, 0]), Serialization, &[]);
        assert_labels(header, &[0; 8], Serialization, &[]);
    }
    assert_values(npy_version(4, "{}\n", &[]), Serialization, &["version 4.0"]);
    assert_values(
        b"not npy, but long enough".to_vec(),
        Serialization,
        &["magic"],
    );
    assert_values(b"\x93NUM".to_vec(), Serialization, &["too short"]);
}

#[test]
fn labels_headers() {
    let start = "'fortran_order': False, 'shape': (1,)}\n";
    assert_labels(
        &format!("{{'descr': '<i4', {start}"),
        &[0; 4],
        Serialization,
        &["structured"],
    );
    let wrong = format!("{{'descr': [('a', '<i8')], {start}");
    assert_labels(&wrong, &[0; 8], Serialization, &["'<i8'", "'a'"]);
    let mixed = format!("{{'descr': [('a', '<i4'), ('b', '>i4')], {start}");
    assert_labels(&mixed, &[0; 8], Serialization, &["byte order"]);
    let fortran = "{'descr': [('a', '<i4')], 'fortran_order': True, 'shape': (1,)}\n";
    assert_labels(fortran, &[0; 4], Serialization, &["Fortran"]);
    for shape in ["()", "(1, 1)"] {
        let text =
            format!("{{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': {shape}}}\n");
        assert_labels(&text, &[0; 4], Serialization, &["one-dimensional"]);
    }
    let empty = "{'descr': [], 'fortran_order': False, 'shape': (3,)}\n";
    assert_labels(empty, &[], Serialization, &["without dimensions"]);
}

#[test]
fn values_types() {
    let structured = "{'descr': [('a', '<i2')], 'fortran_order': False, 'shape': (2, 1)}\n";
    assert_values(npy(structured, &[0; 4]), Serialization, &["structured"]);
    for descr in [
        "|i2", "<i3", "<x2", "i2", "", "<i", "<i02", "<f16", "<U1", "|O",
    ] {
        assert_values(
            npz::values(descr, "(2, 1)", &[0; 4]),
            Serialization,
            &[descr],
        );
    }
}

#[test]
fn sizes() {
    assert_values(
        npz::values("<i2", "(2, 1)", &[0; 5]),
        Serialization,
        &["1 more"],
    );
    assert_values(npz::values("<i2", "(2, 1)", &[0; 3]), Io, &["only 3"]);
    assert_values(
        npz::values("<i2", "(2,)", &[0; 4]),
        Serialization,
        &["two dimensions"],
    );
    assert_values(
        npz::values("<i2", "()", &[0; 2]),
        Serialization,
        &["two dimensions"],
    );
    for shape in [
        "(1000000000000, 1)",
        "(4611686018427387904, 4)",
        "(18446744073709551615, 18446744073709551615)",
        "(9223372036854775807, 1)",
    ] {
        assert_values(
            npz::values("<i2", shape, &[0; 4]),
            Serialization,
            &["larger"],
        );
    }
    let header = |count: &str| {
        format!("{{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': ({count},)}}\n")
    };
    assert_labels(&header("1"), &[0; 5], Serialization, &["1 more"]);
    assert_labels(&header("1"), &[0; 3], Io, &["only 3"]);
    assert_labels(
        &header("9223372036854775807"),
        &[0; 4],
        Serialization,
        &["larger"],
    );
}
