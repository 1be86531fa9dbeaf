//! The core's own array: a shared, read-only CPU buffer of `i32`.

use std::any::Any;
use std::sync::Arc;

use super::{Array, DType, DataMovement, DataOrigin, Device, HostTensor, origin};
use crate::{Error, Result};

/// Rows of 32-bit integers in row-major order, together with their shape.
#[derive(Debug, PartialEq, Eq)]
pub struct LabelsBuffer {
    values: Vec<i32>,
    shape: [usize; 2],
}

impl LabelsBuffer {
    /// All values, row after row.
    #[must_use]
    pub fn values(&self) -> &[i32] {
        &self.values
    }

    /// Number of rows, number of columns.
    #[must_use]
    pub fn shape(&self) -> &[usize; 2] {
        &self.shape
    }
}

/// Reference-counted array of 32-bit integers in main memory, which can not be
/// changed. Used for labels read from files, labels without dimensions, and to
/// hand new label values to other arrays.
#[derive(Debug, Clone)]
pub struct LabelsArray(Arc<LabelsBuffer>);

impl LabelsArray {
    /// Array of shape `(count, size)` with these row-major values.
    pub fn new(values: Vec<i32>, shape: [usize; 2]) -> Result<LabelsArray> {
        if shape[0].checked_mul(shape[1]) != Some(values.len()) {
            return Err(Error::InvalidParameter(format!(
                "an array of shape ({}, {}) can not hold {} values",
                shape[0],
                shape[1],
                values.len()
            )));
        }
        Ok(LabelsArray(Arc::new(LabelsBuffer { values, shape })))
    }

    /// The shared buffer, for bindings which keep references to it.
    #[must_use]
    pub fn buffer(&self) -> &Arc<LabelsBuffer> {
        &self.0
    }

    /// All values, row after row; the memory stays the same for the life of the buffer.
    #[must_use]
    pub fn values(&self) -> &[i32] {
        &self.0.values
    }

    fn unsupported<T>(operation: &str) -> Result<T> {
        Err(Error::InvalidParameter(format!(
            "arrays of origin '{}' hold the values of labels and do not support `{operation}`",
            origin::LABELS_ARRAY
        )))
    }
}

impl From<Arc<LabelsBuffer>> for LabelsArray {
    fn from(buffer: Arc<LabelsBuffer>) -> LabelsArray {
        LabelsArray(buffer)
    }
}

impl Array for LabelsArray {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn origin(&self) -> Result<DataOrigin> {
        Ok(origin::labels_array_origin())
    }

    fn device(&self) -> Result<Device> {
        Ok(Device::CPU)
    }

    fn dtype(&self) -> Result<DType> {
        Ok(DType::I32)
    }

    fn shape(&self) -> Result<Vec<usize>> {
        Ok(self.0.shape.to_vec())
    }

    fn reshape(&mut self, _: &[usize]) -> Result<()> {
        LabelsArray::unsupported("reshape")
    }

    fn swap_axes(&mut self, _: usize, _: usize) -> Result<()> {
        LabelsArray::unsupported("swap_axes")
    }

    fn create(&self, _: &[usize], _: &dyn Array) -> Result<Box<dyn Array>> {
        LabelsArray::unsupported("create")
    }

    fn copy(&self, device: Device) -> Result<Box<dyn Array>> {
        if device != Device::CPU {
            return Err(Error::InvalidParameter(format!(
                "arrays of origin '{}' only exist on {}, and can not be copied to {device}",
                origin::LABELS_ARRAY,
                Device::CPU
            )));
        }
        Ok(Box::new(self.clone()))
    }

    fn move_data(&mut self, _: &dyn Array, _: &[DataMovement]) -> Result<()> {
        LabelsArray::unsupported("move_data")
    }

    fn to_host(&self) -> Result<Box<dyn HostTensor>> {
        Ok(Box::new(self.clone()))
    }

    fn from_host_i32(&self, values: LabelsArray) -> Result<Box<dyn Array>> {
        Ok(Box::new(values))
    }
}

impl HostTensor for LabelsArray {
    fn dtype(&self) -> DType {
        DType::I32
    }

    fn shape(&self) -> &[usize] {
        &self.0.shape
    }

    fn contiguous(&self) -> Option<&[u8]> {
        Some(bytemuck::cast_slice(&self.0.values))
    }

    fn contiguous_i32(&self) -> Option<&[i32]> {
        Some(&self.0.values)
    }

    fn contiguous_mut(&mut self) -> Option<&mut [u8]> {
        None
    }

    fn read_into(&self, output: &mut [u8]) {
        output.copy_from_slice(bytemuck::cast_slice(&self.0.values));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use crate::array::DeviceType;

    fn array() -> LabelsArray {
        LabelsArray::new(vec![1, 2, 3, 4, 5, 6], [3, 2]).expect("valid array")
    }

    #[test]
    fn wrong_size() {
        let error = LabelsArray::new(vec![1, 2, 3], [2, 2]).expect_err("wrong size");
        assert_eq!(error.kind(), ErrorKind::InvalidParameter);
        let error = LabelsArray::new(vec![], [usize::MAX, 2]).expect_err("overflow");
        assert_eq!(error.kind(), ErrorKind::InvalidParameter);
    }

    #[test]
    fn metadata() {
        let array = array();
        assert_eq!(
            array.origin().expect("origin"),
            origin::labels_array_origin()
        );
        assert_eq!(array.device().expect("device"), Device::CPU);
        assert_eq!(Array::dtype(&array).expect("dtype"), DType::I32);
        assert_eq!(Array::shape(&array).expect("shape"), [3, 2]);
    }

    #[test]
    fn copies_share_the_buffer() {
        let array = array();
        let copy = array.copy(Device::CPU).expect("copy");
        let copy = copy
            .as_any()
            .downcast_ref::<LabelsArray>()
            .expect("same type");
        assert!(Arc::ptr_eq(array.buffer(), copy.buffer()));

        let cuda = Device {
            device_type: DeviceType(2),
            device_id: 0,
        };
        let error = array.copy(cuda).expect_err("only on CPU");
        assert_eq!(error.kind(), ErrorKind::InvalidParameter);
        assert!(error.to_string().contains("CUDA:0"), "{error}");
    }

    #[test]
    fn host_tensor() {
        let array = array();
        let host = array.to_host().expect("on CPU");
        assert_eq!(host.contiguous_i32(), Some([1, 2, 3, 4, 5, 6].as_slice()));
        let mut bytes = vec![0; 24];
        host.read_into(&mut bytes);
        assert_eq!(host.contiguous(), Some(bytes.as_slice()));
        assert_eq!(host.shape(), [3, 2]);
        assert!(array.to_host().expect("on CPU").contiguous_mut().is_none());
    }

    #[test]
    fn unsupported() {
        let mut array = array();
        let other = array.clone();
        for error in [
            array.reshape(&[2, 3]).expect_err("reshape"),
            array.swap_axes(0, 1).expect_err("swap_axes"),
            array.create(&[2, 3], &other).expect_err("create"),
            array.move_data(&other, &[]).expect_err("move_data"),
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidParameter);
            assert!(error.to_string().contains("metatensor.Labels"), "{error}");
        }
    }
}
