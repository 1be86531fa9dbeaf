//! An array together with what never changes about it.

use std::sync::OnceLock;

use super::{Array, DType, DataOrigin, Device};
use crate::Result;

/// Array owned by a block. Its origin, device and dtype can not change, and are
/// only asked once: every question may be answered by an interpreter.
#[derive(Debug)]
pub(crate) struct Leaf {
    array: Box<dyn Array>,
    origin: OnceLock<DataOrigin>,
    device: OnceLock<Device>,
    dtype: OnceLock<DType>,
}

impl Leaf {
    pub(crate) fn new(array: Box<dyn Array>) -> Leaf {
        Leaf {
            array,
            origin: OnceLock::new(),
            device: OnceLock::new(),
            dtype: OnceLock::new(),
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

    /// Deep copy on the same device.
    pub(crate) fn copy(&self) -> Result<Leaf> {
        Ok(Leaf {
            array: self.array.copy(self.device()?)?,
            origin: self.origin.clone(),
            device: self.device.clone(),
            dtype: self.dtype.clone(),
        })
    }
}

/// Value of `cell`, from `ask` the first time. The function is called without
/// holding any lock, because it may have locks of its own.
pub(crate) fn ask_once<T: Copy>(cell: &OnceLock<T>, ask: impl FnOnce() -> Result<T>) -> Result<T> {
    if let Some(value) = cell.get() {
        return Ok(*value);
    }
    let value = ask()?;
    Ok(*cell.get_or_init(|| value))
}
