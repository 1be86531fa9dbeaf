//! Files which our writer does not make, but which can be read.

use metatensor_core::array::DType;

use crate::bytes_array::{block, bytes, labels, tensor};
use crate::npz::{self, Entry, block_entries, map_entries, npy, npy_version, with, zip};

/// Load a block whose values are given, and return the bytes of its values.
fn load_values(file: Vec<u8>) -> Vec<u8> {
    bytes(&block(&zip(&with(block_entries(""), "values.npy", file))).expect("valid"))
}

#[test]
fn versions_of_headers() {
    let text = "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 1)}\n";
    for version in [1, 2, 3] {
        assert_eq!(
            load_values(npy_version(version, text, &[1, 0, 2, 0])),
            [1, 0, 2, 0]
        );
    }
}

#[test]
fn syntax_of_headers() {
    for text in [
        "{'shape':(2,1),'fortran_order':False,'descr':'<i2'}\n",
        "{\"descr\": \"<i2\",\t\"fortran_order\":\x0cFalse, \"shape\": (2, 1,), }\n",
        "  { 'descr' : '<i2' , 'fortran_order' : False , 'shape' : ( 2 , 1 ) } and more { \n",
    ] {
        assert_eq!(
            load_values(npy(text, &[1, 0, 2, 0])),
            [1, 0, 2, 0],
            "{text}"
        );
    }
}

#[test]
fn byte_orders() {
    let native = 258_i16.to_ne_bytes();
    assert_eq!(
        load_values(npz::values("<i2", "(2, 1)", &[2, 1, 2, 1])),
        [native, native].concat()
    );
    assert_eq!(
        load_values(npz::values(">i2", "(2, 1)", &[1, 2, 1, 2])),
        [native, native].concat()
    );
    let both = [native, native].concat();
    assert_eq!(load_values(npz::values("=i2", "(2, 1)", &both)), both);

    // both parts of a complex number are swapped on their own
    let mut data = Vec::new();
    let mut expected = Vec::new();
    for number in [1.5_f32, -2.5, 3.5, 1e20] {
        data.extend(number.to_be_bytes());
        expected.extend(number.to_ne_bytes());
    }
    assert_eq!(load_values(npz::values(">c8", "(2, 1)", &data)), expected);

    // numpy gives no byte order to these types
    for descr in ["|i1", "|u1", "|b1", "<i1", ">u1"] {
        assert_eq!(
            load_values(npz::values(descr, "(2, 1)", &[1, 0])),
            [1, 0],
            "{descr}"
        );
    }

    let header = "{'descr': [('a', '>i4')], 'fortran_order': False, 'shape': (1,)}\n";
    let loaded = labels(&npy(header, &[0, 0, 1, 2])).expect("valid");
    assert_eq!(loaded.values_cpu().expect("on CPU"), [258]);
}

#[test]
fn any_byte_but_zero_is_true() {
    assert_eq!(load_values(npz::values("<b1", "(2, 1)", &[255, 0])), [1, 0]);
    assert_eq!(load_values(npz::values("|b1", "(2, 1)", &[2, 1])), [1, 1]);
}

#[test]
fn fortran_order() {
    let text = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n";
    let entries = with(
        block_entries(""),
        "values.npy",
        npy(text, &[1, 4, 2, 5, 3, 6]),
    );
    let entries = with(entries, "properties.npy", npz::labels(&["p"], &[0, 1, 2]));
    assert_eq!(
        bytes(&block(&zip(&entries)).expect("valid")),
        [1, 2, 3, 4, 5, 6]
    );
}

#[test]
fn labels_without_dimensions() {
    let text = "{ 'descr': [], 'fortran_order': False, 'shape': (0, ) }\n";
    let loaded = labels(&npy(text, &[])).expect("valid");
    assert_eq!((loaded.size(), loaded.count()), (0, 0));
}

#[test]
fn compression_and_flags() {
    let deflated = |entry: Entry| Entry {
        method: 8,
        version: 45,
        ..entry
    };
    let descriptor = |entry: Entry| Entry {
        flags: 1 << 3,
        ..entry
    };
    let utf8 = |entry: Entry| Entry {
        flags: 1 << 11,
        ..entry
    };
    let extra = |entry: Entry| Entry {
        local_extra: [&[1, 0, 16, 0][..], &[0xFF; 16]].concat(),
        extra: vec![0x99, 0x99, 2, 0, 1, 2],
        ..entry
    };
    for change in [
        &deflated as &dyn Fn(Entry) -> Entry,
        &descriptor,
        &|entry| deflated(descriptor(entry)),
        &utf8,
        &extra,
    ] {
        let entries = map_entries().into_iter().map(change).collect::<Vec<_>>();
        let loaded = tensor(&zip(&entries)).expect("valid");
        assert_eq!(bytes(&loaded.blocks()[0]), [1, 0, 2, 0]);
        assert_eq!(
            loaded.dtype().expect("known"),
            DType::new(metatensor_core::array::DTypeCode::INT, 16)
        );
    }
}

#[test]
fn large_compressed_values() {
    // several chunks of input and output, which compress badly
    let mut state = 1_u32;
    let data = (0..300_000)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect::<Vec<_>>();
    let samples = (0..300_000).collect::<Vec<_>>();
    for method in [0, 8] {
        let mut entries = with(
            block_entries(""),
            "values.npy",
            npz::values("|u1", "(300000, 1)", &data),
        );
        entries = with(entries, "samples.npy", npz::labels(&["s"], &samples));
        for entry in &mut entries {
            entry.method = method;
        }
        assert!(bytes(&block(&zip(&entries)).expect("valid")) == data);
    }
}

#[test]
fn data_around_the_archive() {
    let archive = zip(&map_entries());
    for (before, after) in [(0, 1), (1, 0), (100_000, 0), (10, 100_000), (0, 70_000)] {
        let content = [vec![b'P'; before], archive.clone(), vec![b'K'; after]].concat();
        let loaded = tensor(&content).unwrap_or_else(|error| panic!("{before}, {after}: {error}"));
        assert_eq!(bytes(&loaded.blocks()[0]), [1, 0, 2, 0]);
    }
    // something that starts like an end record
    let content = [archive.as_slice(), b"PK\x05\x06", &[0xFF; 40]].concat();
    assert!(tensor(&content).is_ok());
}

#[test]
fn zip64() {
    // sizes of one entry, and position of another one, are in extra fields
    let mut entries = map_entries();
    let size = entries[0].data.len() as u64;
    entries[0].compressed = Some(u32::MAX);
    entries[0].uncompressed = Some(u32::MAX);
    entries[0].extra = [&[1, 0, 16, 0][..], &size.to_le_bytes(), &size.to_le_bytes()].concat();
    let offset = 30 + 8 + size;
    entries[1].offset = Some(u32::MAX);
    entries[1].extra = [&[1, 0, 8, 0][..], &offset.to_le_bytes()].concat();
    let archive = zip(&entries);
    assert!(tensor(&archive).is_ok());

    // 64-bit end record
    let end = archive.len() - 22;
    let field = |at: usize, size: usize| {
        let mut bytes = [0; 8];
        bytes[..size].copy_from_slice(&archive[end + at..][..size]);
        u64::from_le_bytes(bytes)
    };
    let mut content = archive[..end].to_vec();
    content.extend(b"PK\x06\x06");
    content.extend(44_u64.to_le_bytes());
    content.extend([46, 0, 46, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for value in [field(10, 2), field(10, 2), field(12, 4), field(16, 4)] {
        content.extend(value.to_le_bytes());
    }
    content.extend(b"PK\x06\x07\0\0\0\0");
    content.extend((end as u64).to_le_bytes());
    content.extend(1_u32.to_le_bytes());
    content.extend(b"PK\x05\x06\0\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0\0");
    assert!(tensor(&content).is_ok());
    // also with data before and after
    assert!(tensor(&[vec![0; 1000], content.clone(), vec![0; 100]].concat()).is_ok());
}

#[test]
fn more_entries_than_fit_in_16_bits() {
    use crate::bytes_array::saved;
    let map = tensor(&zip(&map_entries())).expect("valid");
    let count = 22_000;
    let keys = (0..count).collect::<Vec<i32>>();
    let keys = metatensor_core::Labels::from_vec(&["k"], keys).expect("valid");
    let blocks = (0..count).map(|_| Box::new(one_block(&map))).collect();
    let many = metatensor_core::TensorMap::new(keys, blocks).expect("valid");
    let written = saved(|output| metatensor_core::io::save_tensor(output, &many));
    check_large_end_record(&written, 3 * u64::from(count.unsigned_abs()) + 1);

    let start = std::time::Instant::now();
    let loaded = tensor(&written).expect("valid");
    assert_eq!(loaded.blocks().len(), count as usize);
    // loading is linear: the reference needs three minutes for this
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}

fn one_block(map: &metatensor_core::TensorMap) -> metatensor_core::TensorBlock {
    let block = &map.blocks()[0];
    let array = block
        .values()
        .as_any()
        .downcast_ref::<crate::bytes_array::BytesArray>();
    metatensor_core::TensorBlock::new(
        Box::new(array.expect("our array").clone()),
        block.samples().clone(),
        vec![],
        block.properties().clone(),
    )
    .expect("valid")
}

/// Counts which do not fit are in a 64-bit record, sizes are in the usual one too.
fn check_large_end_record(archive: &[u8], entries: u64) {
    let end = archive.len() - 22;
    let (record, locator) = (&archive[end - 76..end - 20], &archive[end - 20..end]);
    let end = &archive[end..];
    let number = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("8 bytes"));
    assert_eq!(&record[..4], b"PK\x06\x06");
    assert_eq!(number(&record[4..12]), 44);
    assert_eq!(record[12..24], [46, 0, 46, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(
        (number(&record[24..32]), number(&record[32..40])),
        (entries, entries)
    );
    assert_eq!(&locator[..8], b"PK\x06\x07\0\0\0\0");
    assert_eq!(number(&locator[8..16]), archive.len() as u64 - 22 - 76);
    assert_eq!(&end[..12], b"PK\x05\x06\0\0\0\0\xFF\xFF\xFF\xFF");
    assert_eq!(end[12..16], record[40..44]);
    assert_eq!(end[16..20], record[48..52]);
    assert_eq!(end[20..], [0, 0]);
}

#[test]
fn other_entries_are_ignored() {
    let mut entries = map_entries();
    entries.push(Entry::new("readme.txt", b"hello".to_vec()));
    entries.push(Entry::new("blocks/", vec![]));
    entries.push(Entry::new("blocks/7/values.npy", b"junk".to_vec()));
    // a gradient needs samples
    entries.push(Entry::new(
        "blocks/0/gradients/g/values.npy",
        b"junk".to_vec(),
    ));
    entries.push(Entry {
        method: 12,
        ..Entry::new("other.bz2", vec![1, 2, 3])
    });
    entries.push(Entry {
        name: b"\xFF\xFE/samples.npy".to_vec(),
        ..Entry::new("", vec![])
    });
    let loaded = tensor(&zip(&entries)).expect("valid");
    assert_eq!(loaded.blocks()[0].gradients().len(), 0);
}

#[test]
fn last_entry_with_a_name_wins() {
    let mut entries = vec![Entry::new("blocks/0/values.npy", b"replaced".to_vec())];
    entries.extend(map_entries());
    assert!(tensor(&zip(&entries)).is_ok());
}

#[test]
fn gradients_with_any_name() {
    for name in ["", "é", "a b", "gradients", "."] {
        let mut entries = block_entries("");
        let prefix = format!("gradients/{name}/");
        entries.push(Entry::new(
            &format!("{prefix}values.npy"),
            npz::values("<i2", "(1, 1)", &[7, 0]),
        ));
        entries.push(Entry::new(
            &format!("{prefix}samples.npy"),
            npz::labels(&["sample"], &[1]),
        ));
        let loaded = block(&zip(&entries)).expect(name);
        assert_eq!(bytes(loaded.gradient(name).expect(name)), [7, 0]);
    }
}

#[test]
fn info() {
    let text = "{\"b\": \"1\", \"a\": \"first\", \"a\": \"é \\u00e9\"}";
    let entries = with(map_entries(), "info.json", text.into());
    let loaded = tensor(&zip(&entries)).expect("valid");
    assert_eq!(
        loaded.info("a").map(|value| value.to_bytes()),
        Some("é é".as_bytes())
    );
    assert_eq!(loaded.info_iter().len(), 2);
}
