//! [`MetaArray`]: an array whose data was not loaded.

use std::any::Any;
use std::sync::OnceLock;

use super::{Array, DType, DataMovement, DataOrigin, Device, DeviceType, HostTensor, LabelsArray};
use crate::{Error, Result, array::origin};

/// Type and shape of an array, without data. Blocks of such arrays have their labels
/// in main memory, while the arrays themselves are on a device of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetaArray {
    dtype: DType,
    shape: Vec<usize>,
}

impl MetaArray {
    /// Name under which these arrays are registered.
    pub const ORIGIN: &'static str = "metatensor.MetaArray";

    /// Where these arrays are.
    pub const DEVICE: Device = Device {
        device_type: DeviceType::EXT_DEV,
        device_id: 0,
    };

    /// An array of this type and shape.
    #[must_use]
    pub fn new(dtype: DType, shape: Vec<usize>) -> MetaArray {
        MetaArray { dtype, shape }
    }

    /// The shape; its address stays the same as long as the array is not changed.
    #[must_use]
    pub fn dimensions(&self) -> &[usize] {
        &self.shape
    }

    fn no_data<T>(operation: &str) -> Result<T> {
        Err(Error::InvalidParameter(format!(
            "the values were not loaded, only their type and shape are known: \
             `{operation}` is not possible"
        )))
    }
}

impl Array for MetaArray {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn origin(&self) -> Result<DataOrigin> {
        static ORIGIN: OnceLock<DataOrigin> = OnceLock::new();
        Ok(*ORIGIN.get_or_init(|| origin::register(MetaArray::ORIGIN)))
    }

    fn device(&self) -> Result<Device> {
        Ok(MetaArray::DEVICE)
    }

    fn dtype(&self) -> Result<DType> {
        Ok(self.dtype)
    }

    fn shape(&self) -> Result<Vec<usize>> {
        Ok(self.shape.clone())
    }

    fn reshape(&mut self, _: &[usize]) -> Result<()> {
        MetaArray::no_data("reshape")
    }

    fn swap_axes(&mut self, _: usize, _: usize) -> Result<()> {
        MetaArray::no_data("swap_axes")
    }

    fn create(&self, _: &[usize], _: &dyn Array) -> Result<Box<dyn Array>> {
        MetaArray::no_data("create")
    }

    fn copy(&self, device: Device) -> Result<Box<dyn Array>> {
        if device == MetaArray::DEVICE {
            Ok(Box::new(self.clone()))
        } else {
            MetaArray::no_data(&format!("copy to {device}"))
        }
    }

    fn move_data(&mut self, _: &dyn Array, _: &[DataMovement]) -> Result<()> {
        MetaArray::no_data("move_data")
    }

    fn to_host(&self) -> Result<Box<dyn HostTensor>> {
        MetaArray::no_data("as_dlpack")
    }

    fn from_host_i32(&self, _: LabelsArray) -> Result<Box<dyn Array>> {
        MetaArray::no_data("from_dlpack")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_without_data() {
        let mut array = MetaArray::new(DType::F64, vec![3, 2]);
        assert_eq!(array.dtype().expect("known"), DType::F64);
        assert_eq!(array.shape().expect("known"), [3, 2]);
        assert_eq!(array.dimensions(), [3, 2]);
        assert!(array.device().expect("known").has_no_data());
        let id = array.origin().expect("known");
        assert_eq!(origin::name(id), MetaArray::ORIGIN);

        let copy = array.copy(MetaArray::DEVICE).expect("same device");
        assert_eq!(copy.as_any().downcast_ref::<MetaArray>(), Some(&array));
        let other = array.clone();
        for error in [
            array.to_host().expect_err("to_host"),
            array.copy(Device::CPU).expect_err("copy"),
            array.create(&[1], &other).expect_err("create"),
            array.reshape(&[6]).expect_err("reshape"),
            array.swap_axes(0, 1).expect_err("swap_axes"),
            array.move_data(&other, &[]).expect_err("move_data"),
        ] {
            assert!(error.to_string().contains("were not loaded"), "{error}");
        }
    }
}
