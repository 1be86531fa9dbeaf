//! Native arrays seen by the caller.

use std::ffi::c_void;

use metatensor_core::Result;
use metatensor_core::array::{Array, DType, DataOrigin};

use super::{NativeArray, create};
use crate::array::{Exposed, Vtable, mts_array_t, mts_data_movement_t};
use crate::dlpack::{DLManagedTensorVersioned, DLPackVersion};
use crate::handle::null;

/// The functions of all native arrays. There is only one table, so that they are
/// recognized by its content.
static VTABLE: Vtable = Vtable::new::<NativeArray>();

impl NativeArray {
    /// Is this `mts_array_t` one of these?
    pub fn is_behind(array: &mts_array_t) -> bool {
        VTABLE.is_of(array)
    }

    /// The array behind an `mts_array_t`, if it is one of these.
    ///
    /// # Safety
    ///
    /// The `mts_array_t` is valid as long as the result is used, and its shape does
    /// not change.
    pub unsafe fn behind(array: &mts_array_t) -> Option<&NativeArray> {
        // SAFETY: only our own arrays have our functions
        NativeArray::is_behind(array).then(|| unsafe { &*array.ptr.cast::<NativeArray>() })
    }
}

impl Exposed for NativeArray {
    const NAME: &'static str = super::ORIGIN;

    unsafe fn with<R>(
        array: *const c_void,
        function: impl FnOnce(&NativeArray) -> Result<R>,
    ) -> Result<R> {
        // SAFETY: NULL, or made by `into_c`
        let array = unsafe { array.cast::<NativeArray>().as_ref() };
        function(array.ok_or_else(|| null("array"))?)
    }

    unsafe fn with_mut(
        array: *mut c_void,
        function: impl FnOnce(&mut NativeArray) -> Result<()>,
    ) -> Result<()> {
        // SAFETY: NULL, or made by `into_c`; functions changing an array are only
        // called when nobody else uses it
        let array = unsafe { array.cast::<NativeArray>().as_mut() };
        function(array.ok_or_else(|| null("array"))?)
    }

    unsafe fn destroy(array: *mut c_void) {
        if !array.is_null() {
            // SAFETY: made by `into_c`, and no longer used
            drop(unsafe { Box::from_raw(array.cast::<NativeArray>()) });
        }
    }

    fn into_c(self) -> mts_array_t {
        VTABLE.array(Box::into_raw(Box::new(self)).cast())
    }

    fn origin(&self) -> DataOrigin {
        super::origin()
    }

    fn dtype(&self) -> DType {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        self.layout.shape()
    }

    fn to_dlpack(&self, max_version: DLPackVersion) -> *mut DLManagedTensorVersioned {
        NativeArray::to_dlpack(self, max_version)
    }

    fn from_tensor(tensor: NativeArray) -> Result<NativeArray> {
        create::check_dtype(tensor.dtype)?;
        Ok(tensor)
    }

    fn reshape(&mut self, shape: &[usize]) -> Result<()> {
        NativeArray::reshape(self, shape)
    }

    fn swap_axes(&mut self, axis_1: usize, axis_2: usize) -> Result<()> {
        NativeArray::swap_axes(self, axis_1, axis_2)
    }

    fn create(&self, shape: &[usize], fill_value: &dyn Array) -> Result<NativeArray> {
        NativeArray::create(self, shape, fill_value)
    }

    fn copy(&self) -> Result<NativeArray> {
        NativeArray::copy(self)
    }

    fn move_data(&self, input: &NativeArray, movements: &[mts_data_movement_t]) -> Result<()> {
        NativeArray::move_data(self, input, movements)
    }
}
