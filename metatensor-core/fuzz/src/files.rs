//! Loading whole files.

use metatensor_core::io::{
    Input, Output, SaveOptions, load_block, load_labels, load_tensor, save_block_with, save_labels,
    save_tensor_with,
};
use metatensor_core::{Error, ErrorKind, Labels, Result, TensorBlock, TensorMap};

use super::bytes_array::{bytes, create, saved};
use super::parts::{block_parts, map_parts};

/// Any bytes as labels.
pub fn labels_file(data: &[u8]) {
    if let Some(labels) = explained(load_labels(Input::Buffer(data))) {
        let file = saved(|output| save_labels(output, &labels));
        let again = load_labels(Input::Buffer(&file)).expect("what we save can be loaded");
        same_labels(&labels, &again);
    }
}

/// Any bytes as a block.
pub fn block_file(data: &[u8]) {
    let block = explained(load_block(Input::Buffer(data), &mut create));
    block_parts(data, block.as_deref());
    if let Some(block) = block {
        let mut file = Vec::new();
        if is_saved(save_block_with(Output::Writer(&mut file), &block, &OPTIONS)) {
            let again = load_block(Input::Buffer(&file), &mut create);
            same_block(&block, &again.expect("what we save can be loaded"));
        }
    }
}

/// Any bytes as a map.
pub fn map_file(data: &[u8]) {
    let tensor = explained(load_tensor(Input::Buffer(data), &mut create));
    map_parts(data, tensor.as_ref());
    if let Some(tensor) = tensor {
        for aligned in [false, true] {
            let options = SaveOptions { aligned, ..OPTIONS };
            let mut file = Vec::new();
            if is_saved(save_tensor_with(
                Output::Writer(&mut file),
                &tensor,
                &options,
            )) {
                let again = load_tensor(Input::Buffer(&file), &mut create);
                same_tensor(&tensor, &again.expect("what we save can be loaded"));
            }
        }
    }
}

/// Everything which can be loaded can be saved.
const OPTIONS: SaveOptions = SaveOptions {
    aligned: false,
    extended_dtypes: true,
    sync: false,
};

/// A success, or `None` for an error of the input. Errors have a short message
/// which explains them, and are never ours.
pub fn explained<T>(result: Result<T>) -> Option<T> {
    let error = match result {
        Ok(value) => return Some(value),
        Err(error) => error,
    };
    let message = error.to_string();
    let ours = matches!(error.kind(), ErrorKind::Internal | ErrorKind::Callback);
    assert!(!ours && message.len() > 10, "{message}");
    None
}

/// Not everything which can be loaded can be saved: names of entries have a limit.
fn is_saved(result: Result<()>) -> bool {
    match result {
        Err(Error::Serialization(message)) if message.contains("too long") => false,
        result => {
            result.expect("what we load can be saved");
            true
        }
    }
}

/// Check that two labels are the same.
pub fn same_labels(first: &Labels, second: &Labels) {
    assert!(first.equals(second).unwrap(), "{first:?}\n{second:?}");
}

/// Check that two blocks are the same.
pub fn same_block(first: &TensorBlock, second: &TensorBlock) {
    assert_eq!(first.dtype().unwrap(), second.dtype().unwrap());
    assert_eq!(
        first.values().shape().unwrap(),
        second.values().shape().unwrap()
    );
    assert_eq!(bytes(first), bytes(second));
    assert_eq!(first.components().len(), second.components().len());
    for axis in 0..first.components().len() + 2 {
        same_labels(first.labels(axis).unwrap(), second.labels(axis).unwrap());
    }
    assert_eq!(first.gradients().len(), second.gradients().len());
    for (parameter, gradient) in first.gradients() {
        same_block(gradient, second.gradient(parameter).unwrap());
    }
}

/// Check that two maps are the same, up to the order of what has none.
pub fn same_tensor(first: &TensorMap, second: &TensorMap) {
    same_labels(first.keys(), second.keys());
    assert_eq!(first.blocks().len(), second.blocks().len());
    for (first, second) in first.blocks().iter().zip(second.blocks()) {
        same_block(first, second);
    }
    assert_eq!(first.info_iter().len(), second.info_iter().len());
    for (key, value) in first.info_iter() {
        assert_eq!(Some(value), second.info(key));
    }
}
