//! Well-formed files whose content does not fit together, and what can not be saved.

use metatensor_core::ErrorKind::{Callback, InvalidParameter, Io, Serialization};
use metatensor_core::array::{Array, DType};
use metatensor_core::io::{Input, Output, load_block, save_block, save_tensor};
use metatensor_core::{Error, Labels};

use crate::bytes_array::{BytesArray, assert_error, block, create, labels, tensor};
use crate::npz::{self, Entry, block_entries, map_entries, npy, npy_version, with, zip};

/// Loading labels with this header fails.
#[track_caller]
fn assert_labels(header: &str, data: &[u8], kind: metatensor_core::ErrorKind, mentions: &[&str]) {
    assert_error(labels(&npy(header, data)), kind, mentions);
}

#[test]
fn wrong_labels() {
    let header =
        |descr: &str| format!("{{'descr': [{descr}], 'fortran_order': False, 'shape': (2,)}}\n");
    let data = [0; 16];
    assert_labels(
        &header("('1a', '<i4')"),
        &data[..8],
        InvalidParameter,
        &["1a"],
    );
    assert_labels(&header("('', '<i4')"), &data[..8], InvalidParameter, &[]);
    assert_labels(
        &header("('a', '<i4'), ('a', '<i4')"),
        &data,
        InvalidParameter,
        &["a"],
    );
    assert_labels(
        &header("('a', '<i4')"),
        &data[..8],
        InvalidParameter,
        &["0"],
    );

    let utf8 = npy_version(3, &header("('é', '<i4')"), &[0, 0, 0, 0, 1, 0, 0, 0]);
    assert_error(labels(&utf8), InvalidParameter, &["é"]);

    let content = zip(&with(
        block_entries(""),
        "samples.npy",
        npz::labels(&["s"], &[3, 3]),
    ));
    assert_error(block(&content), InvalidParameter, &["samples.npy", "3"]);
}

#[test]
fn wrong_blocks() {
    let content = zip(&with(
        block_entries(""),
        "samples.npy",
        npz::labels(&["s"], &[3]),
    ));
    assert_error(block(&content), InvalidParameter, &["TensorBlock"]);
    let content = zip(&with(
        map_entries(),
        "blocks/0/samples.npy",
        npz::labels(&["s"], &[3]),
    ));
    assert_error(tensor(&content), InvalidParameter, &["blocks/0/"]);

    let mut entries = map_entries();
    entries.push(Entry::new(
        "blocks/0/gradients/g/values.npy",
        npz::values("<i2", "(1, 1)", &[0; 2]),
    ));
    entries.push(Entry::new(
        "blocks/0/gradients/g/samples.npy",
        npz::labels(&["sample"], &[7]),
    ));
    assert_error(
        tensor(&zip(&entries)),
        InvalidParameter,
        &["blocks/0/", "7"],
    );

    // two blocks which do not go together
    let mut entries = with(map_entries(), "keys.npy", npz::labels(&["k"], &[0, 1]));
    entries.extend(with(
        block_entries("blocks/1/"),
        "blocks/1/properties.npy",
        npz::labels(&["q"], &[0]),
    ));
    assert_error(tensor(&zip(&entries)), InvalidParameter, &["TensorMap"]);
}

#[test]
fn deep_gradients() {
    let mut entries = block_entries("");
    let mut prefix = String::new();
    for _ in 0..100 {
        prefix.push_str("gradients/g/");
        entries.push(Entry::new(
            &format!("{prefix}values.npy"),
            npz::values("<i2", "(0, 1)", &[]),
        ));
        entries.push(Entry::new(
            &format!("{prefix}samples.npy"),
            npz::labels(&["sample"], &[]),
        ));
    }
    assert_error(block(&zip(&entries)), Serialization, &["64 levels"]);
}

#[test]
fn created_arrays() {
    let content = zip(&block_entries(""));
    type Create = fn(&[usize], DType) -> metatensor_core::Result<Box<dyn Array>>;
    let load = |make: Create| {
        load_block(Input::Buffer(&content), &mut |shape, dtype| {
            make(shape, dtype)
        })
    };
    assert!(load(create).is_ok());
    assert_error(
        load(|_, _| {
            Err(Error::Callback {
                function: "create_array",
            })
        }),
        Callback,
        &["create_array"],
    );
    assert_error(
        load(|shape, _| create(shape, DType::F64)),
        Serialization,
        &["float64", "int16"],
    );
    assert_error(
        load(|_, dtype| create(&[1, 2], dtype)),
        Serialization,
        &["[1, 2]", "[2, 1]"],
    );
    assert_error(
        load(|shape, dtype| {
            Ok(Box::new(BytesArray {
                read_only: true,
                ..BytesArray::zeros(dtype, shape)
            }))
        }),
        Serialization,
        &["read-only"],
    );
}

#[test]
fn info() {
    for (text, kind) in [
        (&b"not json"[..], Serialization),
        (b"", Serialization),
        (b"[]", Serialization),
        (b"{\"a\": 1}", Serialization),
        (b"{\"a\": \"\\u0000\"}", Serialization),
        (b"{\"a\": \"\xFF\"}", Io),
    ] {
        let content = zip(&with(map_entries(), "info.json", text.to_vec()));
        assert_error(tensor(&content), kind, &["info.json"]);
    }
}

#[test]
fn what_can_not_be_saved() {
    let mut loaded = block(&zip(&block_entries(""))).expect("valid");
    let gradient = metatensor_core::TensorBlock::new(
        Box::new(BytesArray::zeros(loaded.dtype().expect("known"), &[0, 1])),
        Labels::from_vec(&["sample"], vec![]).expect("valid"),
        vec![],
        loaded.properties().clone(),
    );
    loaded
        .add_gradient("a/b", gradient.expect("valid"))
        .expect("valid");
    let mut buffer = Vec::new();
    assert_error(
        save_block(Output::Writer(&mut buffer), &loaded),
        Serialization,
        &["a/b"],
    );

    let mut loaded = tensor(&zip(&map_entries())).expect("valid");
    loaded.set_info("key", b"\xFF".to_vec()).expect("any bytes");
    assert_error(
        save_tensor(Output::Writer(&mut buffer), &loaded),
        Serialization,
        &["key", "UTF-8"],
    );

    let bfloat = DType::new(metatensor_core::array::DTypeCode::BFLOAT, 16);
    let block = metatensor_core::TensorBlock::new(
        Box::new(BytesArray::zeros(bfloat, &[0, 1])),
        Labels::from_vec(&["s"], vec![]).expect("valid"),
        vec![],
        Labels::from_vec(&["p"], vec![0]).expect("valid"),
    );
    let result = save_block(Output::Writer(&mut buffer), &block.expect("valid"));
    assert_error(result, Serialization, &["code 4", "16 bits"]);
}
