//! A simple array in memory, which can pretend to be on any device, writes down
//! how it is called, and fails on demand.
#![allow(
    dead_code,
    unused_imports,
    clippy::allow_attributes,
    reason = "each test program uses a part of this module"
)]
#![allow(clippy::unwrap_used, reason = "tests")]

mod array;
pub mod examples;
pub mod maps;
pub mod model;

use std::sync::Arc;

use metatensor_core::array::{Device, DeviceType};
use metatensor_core::{Labels, Result, TensorBlock, TensorMap};

pub use self::array::{Log, TestArray};

pub const CUDA: Device = Device {
    device_type: DeviceType(2),
    device_id: 1,
};
pub const META: Device = Device {
    device_type: DeviceType::EXT_DEV,
    device_id: 0,
};

/// All indices of an array, the last one varying fastest.
pub fn indices(shape: &[usize]) -> impl Iterator<Item = Vec<usize>> {
    let count = shape.iter().product();
    let shape = shape.to_vec();
    (0..count).map(move |mut position: usize| {
        let mut index = vec![0; shape.len()];
        for (entry, size) in index.iter_mut().zip(&shape).rev() {
            *entry = position % size;
            position /= size;
        }
        index
    })
}

/// Position of an element in row-major order.
pub fn offset(shape: &[usize], index: &[usize]) -> usize {
    index
        .iter()
        .zip(shape)
        .fold(0, |offset, (index, size)| offset * size + index)
}

/// Labels in a [`TestArray`], from rows of fixed size.
pub fn labels<const SIZE: usize>(names: [&str; SIZE], rows: &[[i32; SIZE]]) -> Arc<Labels> {
    let array = TestArray::new(&[rows.len(), SIZE], rows.concat());
    Labels::new(&names, array.boxed()).unwrap()
}

/// Labels with a single dimension.
pub fn column(name: &str, rows: &[i32]) -> Arc<Labels> {
    let rows = rows.iter().map(|&row| [row]).collect::<Vec<_>>();
    labels([name], &rows)
}

/// Names without rows, as used to say which dimensions to move.
pub fn only_names(names: &[&str]) -> Arc<Labels> {
    Labels::from_vec(names, Vec::new()).unwrap()
}

/// Block of 64-bit floating point numbers.
pub fn block(
    values: Vec<f64>,
    samples: &Arc<Labels>,
    components: &[&Arc<Labels>],
    properties: &Arc<Labels>,
) -> TensorBlock {
    let mut shape = vec![samples.count()];
    shape.extend(components.iter().map(|component| component.count()));
    shape.push(properties.count());
    TensorBlock::new(
        TestArray::new(&shape, values).boxed(),
        Arc::clone(samples),
        components
            .iter()
            .map(|&component| Arc::clone(component))
            .collect(),
        Arc::clone(properties),
    )
    .unwrap()
}

/// Tensor map of some blocks.
pub fn tensor(keys: &Arc<Labels>, blocks: Vec<TensorBlock>) -> TensorMap {
    TensorMap::new(Arc::clone(keys), blocks.into_iter().map(Box::new).collect()).unwrap()
}

/// Scalar of a floating point number.
pub fn scalar(value: f64) -> TestArray<f64> {
    TestArray::new(&[], vec![value])
}

/// Shape and elements of the values of a block.
pub fn values(block: &TensorBlock) -> (Vec<usize>, Vec<f64>) {
    let array = block
        .values()
        .as_any()
        .downcast_ref::<TestArray<f64>>()
        .unwrap();
    (array.shape.clone(), array.data.to_vec())
}

/// Elements of the values of a block.
pub fn data(block: &TensorBlock) -> Vec<f64> {
    values(block).1
}

/// Values of labels in main memory.
pub fn rows(labels: &Labels) -> &[i32] {
    labels.values_cpu().unwrap()
}

/// Assert that a result is an invalid parameter error mentioning all of these.
#[track_caller]
pub fn assert_invalid<T>(result: Result<T>, mentions: &[&str]) {
    let Err(error) = result else {
        panic!("expected an error")
    };
    assert_eq!(
        error.kind(),
        metatensor_core::ErrorKind::InvalidParameter,
        "{error}"
    );
    let message = error.to_string();
    assert!(message.starts_with("invalid parameter: "), "{message}");
    for mention in mentions {
        assert!(
            message.contains(mention),
            "'{mention}' is not in: {message}"
        );
    }
}
