//! An array together with what never changes about it.

use super::known::{Known, ask_once};
use super::{Array, DType, DataOrigin, Device};
use crate::Result;

/// Array owned by a block. Its origin, device and dtype can not change, and are
/// only asked once: every question may be answered by an interpreter.
#[derive(Debug)]
pub(crate) struct Leaf {
    array: Box<dyn Array>,
    origin: Known<DataOrigin>,
    device: Known<Device>,
    dtype: Known<DType>,
}

impl Leaf {
    pub(crate) fn new(array: Box<dyn Array>) -> Leaf {
        Leaf {
            array,
            origin: Known::unknown(),
            device: Known::unknown(),
            dtype: Known::unknown(),
        }
    }

    pub(crate) fn array(&self) -> &dyn Array {
        &*self.array
    }

    pub(crate) fn array_mut(&mut self) -> &mut dyn Array {
        &mut *self.array
    }

    pub(crate) fn origin(&self) -> Result<DataOrigin> {
        ask_once(&self.origin, || self.array.origin())
    }

    pub(crate) fn device(&self) -> Result<Device> {
        ask_once(&self.device, || self.array.device())
    }

    pub(crate) fn dtype(&self) -> Result<DType> {
        ask_once(&self.dtype, || self.array.dtype())
    }

    /// Same as [`Leaf::origin`], before anybody else can see the array.
    pub(crate) fn find_origin(&mut self) -> Result<DataOrigin> {
        self.origin.find(|| self.array.origin())
    }

    /// Same as [`Leaf::device`], before anybody else can see the array.
    pub(crate) fn find_device(&mut self) -> Result<Device> {
        self.device.find(|| self.array.device())
    }

    /// Same as [`Leaf::dtype`], before anybody else can see the array.
    pub(crate) fn find_dtype(&mut self) -> Result<DType> {
        self.dtype.find(|| self.array.dtype())
    }

    /// Deep copy on the same device.
    pub(crate) fn copy(&self) -> Result<Leaf> {
        Ok(self.with_array(self.array.copy(self.device()?)?))
    }

    /// Deep copy on the same device, see [`Array::copy_rearranged`].
    pub(crate) fn copy_rearranged(
        &self,
        swaps: &[(usize, usize)],
        shape: &[usize],
    ) -> Result<Leaf> {
        let device = self.device()?;
        let array = self.array.copy_rearranged(device, swaps, shape)?;
        Ok(self.with_array(array))
    }

    /// A copy: it has the same origin, device and type.
    fn with_array(&self, array: Box<dyn Array>) -> Leaf {
        Leaf {
            array,
            origin: self.origin.clone(),
            device: self.device.clone(),
            dtype: self.dtype.clone(),
        }
    }
}
