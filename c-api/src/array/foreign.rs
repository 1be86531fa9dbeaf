//! Arrays of the caller: [`Array`] on top of `mts_array_t`.

use std::any::Any;
use std::sync::OnceLock;

use metatensor_core::array::{
    Array, DType, DataMovement, DataOrigin, Device, HostTensor, LabelsArray, copy_then_rearrange,
};
use metatensor_core::{Error, Result};

use super::exposed::{Exposed, check_device};
use super::vtable::as_c;
use super::{labels_array, mts_array_t, view};
use crate::dlpack::{self, DLDataType, DLDevice, DLManagedTensorVersioned};
use crate::error::call;
use crate::native::{self, KeptRows, NativeArray, check_dimensions};

/// An array which belongs to us, implemented by the caller or by [`NativeArray`]. It
/// is destroyed exactly once, when this is dropped.
///
/// Native arrays are used directly, all others through their functions.
#[derive(Debug)]
#[repr(C)] // these are next to each other, and read together
pub struct ForeignArray {
    /// Is this one of ours? To compare all functions for each question takes longer than
    /// most of the answers.
    is_native: bool,
    array: mts_array_t,
    /// Kept for [`Array::exported_rows`].
    rows: OnceLock<KeptRows>,
}

// SAFETY: the contract of `mts_array_t` says that all functions can be called
// from any thread
unsafe impl Send for ForeignArray {}
// SAFETY: the contract of `mts_array_t` says that all functions can be called
// concurrently
unsafe impl Sync for ForeignArray {}

impl Drop for ForeignArray {
    fn drop(&mut self) {
        // these may use memory of the array
        drop(self.rows.take());
        if let Some(destroy) = self.array.destroy.take() {
            // SAFETY: we own the array, and nobody uses it after this
            unsafe { destroy(self.array.ptr) };
        }
    }
}

/// Get a function of an array, or the error saying that it is not there.
macro_rules! function {
    ($array: expr, $name: ident) => {
        $array.array.$name.ok_or_else(|| {
            Error::InvalidParameter(format!(
                "this array does not implement `{}`: the function is NULL in `mts_array_t`",
                stringify!($name)
            ))
        })
    };
}

impl ForeignArray {
    /// Take an array from the caller.
    pub fn new(array: mts_array_t) -> ForeignArray {
        ForeignArray {
            is_native: NativeArray::is_behind(&array),
            array,
            rows: OnceLock::new(),
        }
    }

    /// The same array, still owned by this one.
    pub fn view(&self) -> mts_array_t {
        mts_array_t {
            destroy: None,
            ..self.array
        }
    }

    /// The array, if it is one of ours.
    pub fn native(&self) -> Option<&NativeArray> {
        // SAFETY: the array is one of ours and lives as long as `self`, and functions
        // changing its shape require exclusive access to `self`
        self.is_native
            .then(|| unsafe { &*self.array.ptr.cast::<NativeArray>() })
    }

    /// Change the array, if it is one of ours.
    fn change_native(
        &mut self,
        function: impl FnOnce(&mut NativeArray) -> Result<()>,
    ) -> Option<Result<()>> {
        self.native()?;
        // SAFETY: this is a native array, which belongs to us
        Some(unsafe { NativeArray::with_mut(self.array.ptr, function) })
    }

    /// The array is about to change.
    fn forget_rows(&mut self) {
        if self.rows.get().is_some() {
            self.rows = OnceLock::new();
        }
    }

    /// Export the data in main memory. The tensor belongs to the caller of this function.
    pub fn export(&self) -> Result<*mut DLManagedTensorVersioned> {
        if let Some(native) = self.native() {
            return Ok(native.to_dlpack(dlpack::VERSION));
        }
        let as_dlpack = function!(self, as_dlpack)?;
        let mut tensor: *mut DLManagedTensorVersioned = std::ptr::null_mut();
        // SAFETY: called as its contract says
        call("as_dlpack", || unsafe {
            as_dlpack(
                self.array.ptr,
                &raw mut tensor,
                Device::CPU.into(),
                std::ptr::null(),
                dlpack::VERSION,
            )
        })?;
        Ok(tensor)
    }

    /// Call a function which creates an array.
    fn new_array(
        function: &'static str,
        create: impl FnOnce(*mut mts_array_t) -> crate::status::mts_status_t,
    ) -> Result<Box<dyn Array>> {
        let mut array = mts_array_t::null();
        call(function, || create(&raw mut array))?;
        Ok(Box::new(ForeignArray::new(array)))
    }
}

impl From<NativeArray> for Box<dyn Array> {
    fn from(array: NativeArray) -> Box<dyn Array> {
        Box::new(ForeignArray::new(array.into_c()))
    }
}

impl Array for ForeignArray {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn origin(&self) -> Result<DataOrigin> {
        if self.native().is_some() {
            return Ok(native::origin());
        }
        let origin = function!(self, origin)?;
        let mut result = 0;
        // SAFETY: called as its contract says
        call("origin", || unsafe {
            origin(self.array.ptr, &raw mut result)
        })?;
        Ok(DataOrigin(result))
    }

    fn device(&self) -> Result<Device> {
        if self.native().is_some() {
            return Ok(Device::CPU);
        }
        let device = function!(self, device)?;
        let mut result = DLDevice::default();
        // SAFETY: called as its contract says
        call("device", || unsafe {
            device(self.array.ptr, &raw mut result)
        })?;
        Ok(result.into())
    }

    fn dtype(&self) -> Result<DType> {
        if let Some(native) = self.native() {
            return Ok(native.dtype());
        }
        let dtype = function!(self, dtype)?;
        let mut result = DLDataType::default();
        // SAFETY: called as its contract says
        call("dtype", || unsafe {
            dtype(self.array.ptr, &raw mut result)
        })?;
        Ok(result.into())
    }

    fn shape(&self) -> Result<Vec<usize>> {
        let mut result = Vec::new();
        self.with_shape(&mut |shape| result = shape.to_vec())?;
        Ok(result)
    }

    fn with_shape(&self, function: &mut dyn FnMut(&[usize])) -> Result<()> {
        if let Some(native) = self.native() {
            function(native.shape());
            return Ok(());
        }
        let shape = function!(self, shape)?;
        let (mut pointer, mut count) = (std::ptr::null(), 0);
        // SAFETY: called as its contract says
        call("shape", || unsafe {
            shape(self.array.ptr, &raw mut pointer, &raw mut count)
        })?;
        if count == 0 {
            function(&[]);
            return Ok(());
        }
        if pointer.is_null() || !pointer.is_aligned() {
            return Err(Error::InvalidParameter(format!(
                "`shape` gave a NULL or misaligned pointer for an array with {count} dimensions"
            )));
        }
        check_dimensions(count)?;
        // SAFETY: the array promises that this is its shape, valid until it changes
        function(unsafe { std::slice::from_raw_parts(pointer, count) });
        Ok(())
    }

    fn reshape(&mut self, shape: &[usize]) -> Result<()> {
        self.forget_rows();
        if let Some(result) = self.change_native(|native| native.reshape(shape)) {
            return result;
        }
        let reshape = function!(self, reshape)?;
        // SAFETY: called as its contract says
        call("reshape", || unsafe {
            reshape(self.array.ptr, shape.as_ptr(), shape.len())
        })
    }

    fn swap_axes(&mut self, axis_1: usize, axis_2: usize) -> Result<()> {
        self.forget_rows();
        if let Some(result) = self.change_native(|native| native.swap_axes(axis_1, axis_2)) {
            return result;
        }
        let swap_axes = function!(self, swap_axes)?;
        // SAFETY: called as its contract says
        call("swap_axes", || unsafe {
            swap_axes(self.array.ptr, axis_1, axis_2)
        })
    }

    fn create(&self, shape: &[usize], fill_value: &dyn Array) -> Result<Box<dyn Array>> {
        if let Some(native) = self.native() {
            return Ok(native.create(shape, fill_value)?.into());
        }
        let create = function!(self, create)?;
        let fill_value = view(fill_value)?;
        // SAFETY: called as its contract says
        ForeignArray::new_array("create", |array| unsafe {
            create(
                self.array.ptr,
                shape.as_ptr(),
                shape.len(),
                fill_value,
                array,
            )
        })
    }

    fn copy(&self, device: Device) -> Result<Box<dyn Array>> {
        if let Some(native) = self.native() {
            check_device::<NativeArray>(device)?;
            return Ok(native.copy()?.into());
        }
        let copy = function!(self, copy)?;
        // SAFETY: called as its contract says
        ForeignArray::new_array("copy", |array| unsafe {
            copy(self.array.ptr, device.into(), array)
        })
    }

    fn copy_rearranged(
        &self,
        device: Device,
        swaps: &[(usize, usize)],
        shape: &[usize],
    ) -> Result<Box<dyn Array>> {
        if let Some(native) = self.native() {
            check_device::<NativeArray>(device)?;
            return Ok(native.rearranged(swaps, shape)?.into());
        }
        copy_then_rearrange(self, device, swaps, shape)
    }

    fn move_data(&mut self, input: &dyn Array, movements: &[DataMovement]) -> Result<()> {
        self.forget_rows();
        let foreign = input.as_any().downcast_ref::<ForeignArray>();
        if let (Some(output), Some(input)) = (self.native(), foreign.and_then(ForeignArray::native))
        {
            return output.move_data(input, as_c(movements));
        }
        let move_data = function!(self, move_data)?;
        let input = match foreign {
            Some(foreign) => foreign.array.ptr,
            None => view(input)?.ptr,
        };
        let pointer = as_c(movements).as_ptr();
        // SAFETY: called as its contract says
        call("move_data", || unsafe {
            move_data(self.array.ptr, input, pointer, movements.len())
        })
    }

    fn to_host(&self) -> Result<Box<dyn HostTensor>> {
        if let Some(native) = self.native() {
            return Ok(Box::new(native.share()));
        }
        let tensor = self.export()?;
        // SAFETY: a successful `as_dlpack` gives us a valid tensor, or NULL
        Ok(Box::new(unsafe { NativeArray::from_dlpack(tensor) }?))
    }

    fn export_rows(&self, shape: [usize; 2]) -> Result<Option<Box<dyn HostTensor>>> {
        let rows = match self.native() {
            Some(native) => KeptRows::of_array(native, shape).ok_or_else(|| native.share()),
            None => {
                let tensor = self.export()?;
                // SAFETY: a successful `as_dlpack` gives us a valid tensor, or NULL
                unsafe { KeptRows::take(tensor, shape) }?
            }
        };
        match rows {
            Ok(rows) => {
                self.rows.get_or_init(|| rows);
                Ok(None)
            }
            Err(tensor) => Ok(Some(Box::new(tensor))),
        }
    }

    fn exported_rows(&self) -> &[i32] {
        self.rows.get().map_or(&[], KeptRows::values)
    }

    fn from_host_i32(&self, values: LabelsArray) -> Result<Box<dyn Array>> {
        if self.native().is_some() {
            return Ok(NativeArray::of_labels(&values).into());
        }
        let from_dlpack = function!(self, from_dlpack)?;
        let tensor = labels_array::export(&values);
        // SAFETY: called as its contract says; it takes the tensor also on failure
        ForeignArray::new_array("from_dlpack", |array| unsafe {
            from_dlpack(self.array.ptr.cast_const(), tensor, array)
        })
    }
}
