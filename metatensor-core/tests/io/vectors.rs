//! Files written by the reference implementation, see `tools/make_vectors.py`.

use std::fs;
use std::path::PathBuf;

use metatensor_core::io::{Input, Output, load_tensor, save_block, save_labels, save_tensor};
use metatensor_core::{Labels, TensorBlock, TensorMap};
use serde_json::Value;

use crate::bytes_array::{block, bytes, create, dtype, labels, saved, tensor};

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/vectors")
        .join(name)
}

fn read(name: &str) -> Vec<u8> {
    fs::read(path(&format!("{name}.mts"))).expect("vectors are part of the repository")
}

fn cases() -> serde_json::Map<String, Value> {
    let text = fs::read_to_string(path("cases.json")).expect("vectors are part of the repository");
    match serde_json::from_str(&text).expect("valid JSON") {
        Value::Object(cases) => cases,
        other => panic!("unexpected {other}"),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

#[track_caller]
fn assert_labels(actual: &Labels, expected: &Value) {
    let names = list(&expected["names"])
        .iter()
        .map(|name| name.as_str().expect("a name"));
    assert!(actual.names().iter().map(String::as_str).eq(names));
    let rows = list(&expected["values"]);
    assert_eq!(actual.count(), rows.len());
    let values = rows
        .iter()
        .flat_map(list)
        .map(|value| value.as_i64().expect("an integer"));
    assert!(
        actual
            .values_cpu()
            .expect("on CPU")
            .iter()
            .map(|value| i64::from(*value))
            .eq(values)
    );
}

fn assert_block(actual: &TensorBlock, expected: &Value) {
    assert_labels(actual.samples(), &expected["samples"]);
    assert_labels(actual.properties(), &expected["properties"]);
    let components = list(&expected["components"]);
    assert_eq!(actual.components().len(), components.len());
    for (component, expected) in actual.components().iter().zip(components) {
        assert_labels(component, expected);
    }
    assert_eq!(
        actual.dtype().expect("known"),
        dtype(expected["dtype"].as_str().expect("a type"))
    );
    let shape = actual.values().shape().expect("known");
    let expected_shape = list(&expected["shape"])
        .iter()
        .map(|n| n.as_u64().expect("a size"));
    assert!(shape.iter().map(|n| *n as u64).eq(expected_shape));
    // the files, and so the expected bytes, are little-endian
    if cfg!(target_endian = "little") {
        let hex = bytes(actual)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>();
        assert_eq!(hex, expected["hex"].as_str().expect("hexadecimal"));
    }

    let gradients = expected["gradients"].as_object().expect("an object");
    assert_eq!(actual.gradients().len(), gradients.len());
    for (parameter, gradient) in actual.gradients() {
        assert_block(gradient, &gradients[parameter]);
    }
}

fn assert_tensor(actual: &TensorMap, expected: &Value) {
    assert_labels(actual.keys(), &expected["keys"]);
    let blocks = list(&expected["blocks"]);
    assert_eq!(actual.blocks().len(), blocks.len());
    for (block, expected) in actual.blocks().iter().zip(blocks) {
        assert_block(block, expected);
    }
    let info = expected["info"].as_object().expect("an object");
    assert_eq!(actual.info_iter().len(), info.len());
    for (key, value) in actual.info_iter() {
        assert_eq!(
            value.to_str().expect("UTF-8"),
            info[key].as_str().expect("a string")
        );
    }
}

#[test]
fn content_and_exact_bytes() {
    let cases = cases();
    assert_eq!(cases.len(), 21);
    for (name, expected) in &cases {
        let content = read(name);
        let again = match expected["kind"].as_str() {
            Some("labels") => {
                let loaded = labels(&content).expect(name);
                assert_labels(&loaded, &expected["labels"]);
                saved(|output| save_labels(output, &loaded))
            }
            Some("block") => {
                let loaded = block(&content).expect(name);
                assert_block(&loaded, &expected["block"]);
                saved(|output| save_block(output, &loaded))
            }
            _ => {
                let loaded = tensor(&content).expect(name);
                assert_tensor(&loaded, expected);
                saved(|output| save_tensor(output, &loaded))
            }
        };
        assert!(
            again == content,
            "{name} is not written as the reference does"
        );
    }
}

#[test]
fn gradients_in_the_order_of_the_archive() {
    let loaded = tensor(&read("map-gradients")).expect("valid");
    for block in loaded.blocks() {
        let names = block.gradients().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names, ["cell", "positions", "é"]);
    }
}

#[test]
fn compressed() {
    let content = read("map-gradients-compressed");
    let loaded = tensor(&content).expect("valid");
    assert_tensor(&loaded, &cases()["map-gradients"]);
    assert!(saved(|output| save_tensor(output, &loaded)) == read("map-gradients"));
}

#[test]
fn from_files() {
    for name in ["map-gradients", "map-gradients-compressed"] {
        let path = path(&format!("{name}.mts"));
        let loaded = load_tensor(Input::Path(&path), &mut create).expect("valid");
        assert_tensor(&loaded, &cases()["map-gradients"]);

        let copy = std::env::temp_dir().join(format!("mts-vectors-{}-{name}", std::process::id()));
        save_tensor(Output::Path(&copy), &loaded).expect("saved");
        assert!(fs::read(&copy).expect("saved") == read("map-gradients"));
        fs::remove_file(copy).expect("removed");
    }
}

#[test]
fn blocks_share_labels() {
    let loaded = tensor(&read("map-gradients")).expect("valid");
    let [first, second] = loaded.blocks() else {
        panic!("expected two blocks")
    };
    assert!(std::sync::Arc::ptr_eq(
        first.properties(),
        second.properties()
    ));
    for (first, second) in first.components().iter().zip(second.components()) {
        assert!(std::sync::Arc::ptr_eq(first, second));
    }
}
