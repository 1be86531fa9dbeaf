//! Arrays of any type, as bytes in memory.

use std::any::Any;
use std::sync::{Arc, Mutex};

use metatensor_core::array::{
    Array, DType, DTypeCode, DataMovement, DataOrigin, Device, HostTensor, LabelsArray, origin,
};
use metatensor_core::io::{Input, Output, load_block, load_labels, load_tensor};
use metatensor_core::{Error, Labels, Result, TensorBlock, TensorMap};

/// Row-major elements.
#[derive(Debug, Clone)]
pub struct BytesArray {
    pub dtype: DType,
    pub shape: Vec<usize>,
    pub data: Arc<Mutex<Vec<u8>>>,
    /// Can the exported memory be written to?
    pub read_only: bool,
}

impl BytesArray {
    pub fn zeros(dtype: DType, shape: &[usize]) -> BytesArray {
        let size = shape.iter().product::<usize>() * dtype.size_of();
        BytesArray {
            dtype,
            shape: shape.to_vec(),
            data: Arc::new(Mutex::new(vec![0; size])),
            read_only: false,
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.data.lock().expect("no panic").clone()
    }
}

/// Exported tensor: a copy, which is written back if it was changed.
#[derive(Debug)]
struct Exported {
    array: BytesArray,
    copy: Vec<u8>,
}

impl Drop for Exported {
    fn drop(&mut self) {
        self.array
            .data
            .lock()
            .expect("no panic")
            .copy_from_slice(&self.copy);
    }
}

impl HostTensor for Exported {
    fn dtype(&self) -> DType {
        self.array.dtype
    }
    fn shape(&self) -> &[usize] {
        &self.array.shape
    }
    fn contiguous(&self) -> Option<&[u8]> {
        Some(&self.copy)
    }
    fn contiguous_i32(&self) -> Option<&[i32]> {
        None
    }
    fn contiguous_mut(&mut self) -> Option<&mut [u8]> {
        (!self.array.read_only).then_some(&mut self.copy)
    }
    fn read_into(&self, output: &mut [u8]) {
        output.copy_from_slice(&self.copy);
    }
}

impl Array for BytesArray {
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
    fn origin(&self) -> Result<DataOrigin> {
        Ok(origin::register("tests.BytesArray"))
    }
    fn device(&self) -> Result<Device> {
        Ok(Device::CPU)
    }
    fn dtype(&self) -> Result<DType> {
        Ok(self.dtype)
    }
    fn shape(&self) -> Result<Vec<usize>> {
        Ok(self.shape.clone())
    }
    fn reshape(&mut self, _: &[usize]) -> Result<()> {
        unreachable!("not needed to load and save")
    }
    fn swap_axes(&mut self, _: usize, _: usize) -> Result<()> {
        unreachable!("not needed to load and save")
    }
    fn create(&self, _: &[usize], _: &dyn Array) -> Result<Box<dyn Array>> {
        unreachable!("not needed to load and save")
    }
    fn copy(&self, _: Device) -> Result<Box<dyn Array>> {
        unreachable!("not needed to load and save")
    }
    fn move_data(&mut self, _: &dyn Array, _: &[DataMovement]) -> Result<()> {
        unreachable!("not needed to load and save")
    }
    fn to_host(&self) -> Result<Box<dyn HostTensor>> {
        Ok(Box::new(Exported {
            array: self.clone(),
            copy: self.bytes(),
        }))
    }
    fn from_host_i32(&self, _: LabelsArray) -> Result<Box<dyn Array>> {
        unreachable!("not needed to load and save")
    }
}

/// Bytes of the values of a block.
pub fn bytes(block: &TensorBlock) -> Vec<u8> {
    block
        .values()
        .as_any()
        .downcast_ref::<BytesArray>()
        .expect("made by `create`")
        .bytes()
}

/// What loading functions use to make arrays.
pub fn create(shape: &[usize], dtype: DType) -> Result<Box<dyn Array>> {
    Ok(Box::new(BytesArray::zeros(dtype, shape)))
}

pub fn labels(buffer: &[u8]) -> Result<Arc<Labels>> {
    load_labels(Input::Buffer(buffer))
}

pub fn block(buffer: &[u8]) -> Result<Box<TensorBlock>> {
    load_block(Input::Buffer(buffer), &mut create)
}

pub fn tensor(buffer: &[u8]) -> Result<TensorMap> {
    load_tensor(Input::Buffer(buffer), &mut create)
}

/// Bytes which `save` writes.
pub fn saved(save: impl FnOnce(Output) -> Result<()>) -> Vec<u8> {
    let mut buffer = Vec::new();
    save(Output::Writer(&mut buffer)).expect("saved");
    buffer
}

/// Check the category and the content of an error.
#[track_caller]
pub fn assert_error<T>(result: Result<T>, kind: metatensor_core::ErrorKind, mentions: &[&str]) {
    let error: Error = match result {
        Ok(_) => panic!("expected an error mentioning {mentions:?}"),
        Err(error) => error,
    };
    let message = error.to_string();
    assert_eq!(error.kind(), kind, "{message}");
    for mention in mentions {
        assert!(
            message.contains(mention),
            "'{mention}' is not in: {message}"
        );
    }
}

/// Type with the name used by numpy.
pub fn dtype(name: &str) -> DType {
    let split = name
        .find(|c: char| c.is_ascii_digit())
        .unwrap_or(name.len());
    let (kind, bits) = name.split_at(split);
    let code = match kind {
        "int" => DTypeCode::INT,
        "uint" => DTypeCode::UINT,
        "float" => DTypeCode::FLOAT,
        "complex" => DTypeCode::COMPLEX,
        "bool" => return DType::new(DTypeCode::BOOL, 8),
        other => panic!("unknown type {other}"),
    };
    DType::new(code, bits.parse().expect("number of bits"))
}
