//! The core's own array, seen by the caller: `mts_array_t` on top of [`LabelsArray`].

use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::sync::Arc;

use metatensor_core::array::{Array, DType, DataOrigin, LabelsArray, LabelsBuffer, origin};
use metatensor_core::{Error, Result};

use super::exposed::{Exposed, Vtable};
use super::{mts_array_t, mts_data_movement_t};
use crate::dlpack::{self, DLManagedTensorVersioned, DLPackVersion};
use crate::handle::null;
use crate::native::NativeArray;

static VTABLE: Vtable = Vtable::new::<LabelsArray>();

/// The array seen by the caller, without taking a reference.
pub fn view(array: &LabelsArray) -> mts_array_t {
    let buffer = Arc::as_ptr(array.buffer());
    mts_array_t {
        destroy: None,
        ..VTABLE.array(buffer.cast_mut().cast())
    }
}

/// Export an array without copying it. The tensor keeps the buffer alive.
pub fn export(array: &LabelsArray) -> *mut DLManagedTensorVersioned {
    array.to_dlpack(dlpack::VERSION)
}

/// Buffers never change, so that copies share them; `ptr` is a reference to the
/// buffer.
impl Exposed for LabelsArray {
    const NAME: &'static str = origin::LABELS_ARRAY;

    unsafe fn with<R>(
        array: *const c_void,
        function: impl FnOnce(&LabelsArray) -> Result<R>,
    ) -> Result<R> {
        if array.is_null() {
            return Err(null("array"));
        }
        // SAFETY: the pointer comes from an `Arc`, whose count does not change
        let buffer = unsafe { Arc::from_raw(array.cast::<LabelsBuffer>()) };
        function(&ManuallyDrop::new(buffer.into()))
    }

    unsafe fn with_mut(
        array: *mut c_void,
        function: impl FnOnce(&mut LabelsArray) -> Result<()>,
    ) -> Result<()> {
        // all changes are refused
        // SAFETY: same as for this function
        unsafe { LabelsArray::with(array, |array| function(&mut array.clone())) }
    }

    unsafe fn destroy(array: *mut c_void) {
        if !array.is_null() {
            // SAFETY: the array owned this reference
            drop(unsafe { Arc::from_raw(array.cast_const().cast::<LabelsBuffer>()) });
        }
    }

    fn into_c(self) -> mts_array_t {
        let buffer = Arc::into_raw(Arc::clone(self.buffer()));
        VTABLE.array(buffer.cast_mut().cast())
    }

    fn origin(&self) -> DataOrigin {
        origin::labels_array_origin()
    }

    fn dtype(&self) -> DType {
        DType::I32
    }

    fn shape(&self) -> &[usize] {
        self.buffer().shape()
    }

    fn to_dlpack(&self, _: DLPackVersion) -> *mut DLManagedTensorVersioned {
        // always the same version, whatever the minor one which was asked for
        NativeArray::of_labels(self).to_dlpack(dlpack::VERSION)
    }

    fn from_tensor(tensor: NativeArray) -> Result<LabelsArray> {
        let invalid = |message| Err(Error::InvalidParameter(message));
        let &[count, size] = tensor.shape() else {
            return invalid(format!(
                "the values of labels must have two dimensions, got a tensor of shape {:?}",
                tensor.shape()
            ));
        };
        if tensor.dtype() != DType::I32 {
            return invalid(format!(
                "the values of labels must have type {}, got {}",
                DType::I32,
                tensor.dtype()
            ));
        }
        LabelsArray::new(tensor.to_i32()?, [count, size])
    }

    fn reshape(&mut self, shape: &[usize]) -> Result<()> {
        Array::reshape(self, shape)
    }

    fn swap_axes(&mut self, axis_1: usize, axis_2: usize) -> Result<()> {
        Array::swap_axes(self, axis_1, axis_2)
    }

    fn create(&self, shape: &[usize], fill_value: &dyn Array) -> Result<LabelsArray> {
        Array::create(self, shape, fill_value).map(|_| self.clone())
    }

    fn copy(&self) -> Result<LabelsArray> {
        Ok(self.clone())
    }

    fn move_data(&self, input: &LabelsArray, _: &[mts_data_movement_t]) -> Result<()> {
        Array::move_data(&mut self.clone(), input, &[])
    }
}
