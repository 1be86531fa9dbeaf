//! Tensor maps used by the tests of moving keys.

use metatensor_core::{Labels, TensorBlock, TensorMap};

use super::{block, column, labels, rows, tensor};

/// Names and rows of labels, as in `("a b", [[1, 2]])`.
#[track_caller]
pub fn check(labels: &Labels, names: &str, expected: &[&[i32]]) {
    assert_eq!(labels.names().join(" "), names);
    assert_eq!(rows(labels), expected.concat());
}

pub fn simple(samples: &[i32], properties: &[i32], values: &[f64]) -> TensorBlock {
    block(
        values.to_vec(),
        &column("s", samples),
        &[],
        &column("n", properties),
    )
}

/// Three blocks with different samples and properties.
pub fn example_1() -> TensorMap {
    let keys = labels(["k1", "k2"], &[[0, 0], [1, 0], [0, 1]]);
    let mut tensor = tensor(
        &keys,
        vec![
            simple(&[0, 2], &[0, 1], &[1.0, 2.0, 3.0, 4.0]),
            simple(&[1, 2], &[1, 5], &[5.0, 6.0, 7.0, 8.0]),
            simple(&[4], &[0, 1], &[9.0, 10.0]),
        ],
    );
    tensor.set_info("z", "1").unwrap();
    tensor.set_info("a", "2").unwrap();
    tensor
}

pub fn with_gradient(
    samples: &[i32],
    values: &[f64],
    rows: &[[i32; 2]],
    data: &[f64],
) -> TensorBlock {
    let mut result = simple(samples, &[0], values);
    let samples = labels(["sample", "atom"], rows);
    let gradient = block(data.to_vec(), &samples, &[], &column("n", &[0]));
    result.add_gradient("g", gradient).unwrap();
    result
}

/// Two blocks with gradients.
pub fn example_4() -> TensorMap {
    let first = with_gradient(
        &[2, 0],
        &[20., 0.],
        &[[0, 5], [1, 4], [0, 1]],
        &[205., 4., 201.],
    );
    let second = with_gradient(
        &[1, 2],
        &[101., 102.],
        &[[1, 5], [0, 9], [1, 7]],
        &[1025., 1019., 1027.],
    );
    tensor(&column("k", &[0, 1]), vec![first, second])
}
