//! Arrays without data, to have labels checked where no data is known yet.

use std::any::Any;
use std::sync::Arc;

use crate::array::{Array, DType, DataMovement, DataOrigin, Device, HostTensor, LabelsArray};
use crate::labels::Labels;
use crate::{Error, Result};

/// Something with a shape and a device.
#[derive(Debug)]
pub(super) struct ShapeArray {
    shape: Vec<usize>,
    device: Device,
}

impl ShapeArray {
    /// What the values described by these labels would be.
    pub(super) fn new(
        samples: &Labels,
        components: &[Arc<Labels>],
        properties: &Labels,
    ) -> Result<ShapeArray> {
        let mut shape = vec![samples.count()];
        shape.extend(components.iter().map(|component| component.count()));
        shape.push(properties.count());
        let device = samples.device()?;
        Ok(ShapeArray { shape, device })
    }
}

fn no_data<T>() -> Result<T> {
    Err(Error::Internal(
        "an array without data was used for something else than its shape".into(),
    ))
}

impl Array for ShapeArray {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn origin(&self) -> Result<DataOrigin> {
        Ok(DataOrigin(0))
    }

    fn device(&self) -> Result<Device> {
        Ok(self.device)
    }

    fn dtype(&self) -> Result<DType> {
        Ok(DType::F64)
    }

    fn shape(&self) -> Result<Vec<usize>> {
        Ok(self.shape.clone())
    }

    fn reshape(&mut self, _: &[usize]) -> Result<()> {
        no_data()
    }

    fn swap_axes(&mut self, _: usize, _: usize) -> Result<()> {
        no_data()
    }

    fn create(&self, _: &[usize], _: &dyn Array) -> Result<Box<dyn Array>> {
        no_data()
    }

    fn copy(&self, _: Device) -> Result<Box<dyn Array>> {
        no_data()
    }

    fn move_data(&mut self, _: &dyn Array, _: &[DataMovement]) -> Result<()> {
        no_data()
    }

    fn to_host(&self) -> Result<Box<dyn HostTensor>> {
        no_data()
    }

    fn from_host_i32(&self, _: LabelsArray) -> Result<Box<dyn Array>> {
        no_data()
    }
}
