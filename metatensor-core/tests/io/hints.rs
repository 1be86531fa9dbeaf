//! Errors which tell how to load a file instead.

use std::fs;

use metatensor_core::ErrorKind::{Io, Serialization};
use metatensor_core::io::{Input, load_labels, load_tensor};

use crate::bytes_array::{assert_error, block, create, labels, tensor};
use crate::npz::{self, block_entries, map_entries, npy, zip};

#[test]
fn buffers() {
    let (map_file, block_file) = (zip(&map_entries()), zip(&block_entries("")));
    let labels_file = npz::labels(&["a"], &[1]);

    assert_error(
        labels(&map_file),
        Serialization,
        &["Labels", "a buffer", "TensorMap", "`load_buffer`"],
    );
    assert_error(
        labels(&block_file),
        Serialization,
        &["TensorBlock", "`load_block_buffer`"],
    );
    assert_error(
        block(&labels_file),
        Serialization,
        &["`load_labels_buffer`"],
    );
    assert_error(block(&map_file), Serialization, &["`load_buffer`"]);
    assert_error(
        tensor(&labels_file),
        Serialization,
        &["`load_labels_buffer`"],
    );
    assert_error(tensor(&block_file), Serialization, &["`load_block_buffer`"]);
}

#[test]
fn no_hint_without_reason() {
    for content in [&b"something else"[..], &zip(&[]), &npy("junk\n", &[])] {
        for result in [
            labels(content).err(),
            block(content).err(),
            tensor(content).err(),
        ] {
            let message = result.expect("not valid").to_string();
            assert!(!message.contains("looks like"), "{message}");
        }
    }
}

#[test]
fn files() {
    let folder = std::env::temp_dir().join(format!("mts-hints-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("temporary folder");
    let path = folder.join("map.mts");
    fs::write(&path, zip(&map_entries())).expect("written");
    let name = path.to_string_lossy().into_owned();
    assert_error(
        load_labels(Input::Path(&path)),
        Serialization,
        &[&name, "`load`"],
    );

    // the extension is enough
    let path = folder.join("junk.NPY");
    fs::write(&path, b"junk").expect("written");
    let name = path.to_string_lossy().into_owned();
    let result = load_tensor(Input::Path(&path), &mut create);
    assert_error(result, Serialization, &[&name, "`load_labels`"]);

    let path = folder.join("missing.mts");
    let name = path.to_string_lossy().into_owned();
    assert_error(load_tensor(Input::Path(&path), &mut create), Io, &[&name]);
    assert_error(load_labels(Input::Path(&folder)), Io, &["regular file"]);
    fs::remove_dir_all(folder).expect("removed");
}
