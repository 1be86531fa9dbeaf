//! The core's own array, seen by the caller: `mts_array_t` on top of [`LabelsArray`].

use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::sync::Arc;

use metatensor_core::array::{Array, DType, Device, HostTensor, LabelsArray, LabelsBuffer};
use metatensor_core::{Error, Result};

use super::host::ForeignTensor;
use super::{ForeignArray, mts_array_t, mts_data_movement_t};
use crate::dlpack::{
    self, DLDataType, DLDevice, DLManagedTensorVersioned, DLPackVersion, DLTensor, FLAG_READ_ONLY,
};
use crate::guard::guard;
use crate::handle::Out;
use crate::origin::mts_data_origin_t;
use crate::status::mts_status_t;

/// The array seen by the caller, without taking a reference.
pub fn view(array: &LabelsArray) -> mts_array_t {
    mts_array_t {
        ptr: Arc::as_ptr(array.buffer()).cast_mut().cast(),
        destroy: None,
        ..VTABLE
    }
}

/// The array given to the caller, with its reference.
fn owned(array: &LabelsArray) -> mts_array_t {
    let buffer = Arc::into_raw(Arc::clone(array.buffer()));
    mts_array_t {
        ptr: buffer.cast_mut().cast(),
        ..VTABLE
    }
}

const VTABLE: mts_array_t = mts_array_t {
    ptr: std::ptr::null_mut(),
    destroy: Some(destroy),
    origin: Some(origin),
    device: Some(device),
    dtype: Some(dtype),
    as_dlpack: Some(as_dlpack),
    from_dlpack: Some(from_dlpack),
    shape: Some(shape),
    reshape: Some(reshape),
    swap_axes: Some(swap_axes),
    create: Some(create),
    copy: Some(copy),
    move_data: Some(move_data),
};

/// The array behind the pointer given to a function, without taking its reference.
///
/// # Safety
///
/// `array` is NULL or the `ptr` of an array made by this file, not destroyed yet.
unsafe fn borrow(array: *const c_void) -> Result<ManuallyDrop<LabelsArray>> {
    if array.is_null() {
        return Err(Error::InvalidParameter(
            "got a NULL pointer for `array`".into(),
        ));
    }
    // SAFETY: the pointer comes from an `Arc`, whose count does not change
    let buffer = unsafe { Arc::from_raw(array.cast::<LabelsBuffer>()) };
    Ok(ManuallyDrop::new(buffer.into()))
}

unsafe extern "C" fn destroy(array: *mut c_void) {
    if !array.is_null() {
        // SAFETY: the array owned this reference
        drop(unsafe { Arc::from_raw(array.cast_const().cast::<LabelsBuffer>()) });
    }
}

unsafe extern "C" fn origin(array: *const c_void, origin: *mut mts_data_origin_t) -> mts_status_t {
    guard("mts_array_t.origin", || {
        // SAFETY: called as its contract says
        let (array, origin) = unsafe { (borrow(array)?, Out::from_raw(origin)) };
        origin.check("origin")?.set(array.origin()?.0);
        Ok(())
    })
}

unsafe extern "C" fn device(array: *const c_void, device: *mut DLDevice) -> mts_status_t {
    guard("mts_array_t.device", || {
        // SAFETY: called as its contract says
        let (array, device) = unsafe { (borrow(array)?, Out::from_raw(device)) };
        device.check("device")?.set(array.device()?.into());
        Ok(())
    })
}

unsafe extern "C" fn dtype(array: *const c_void, dtype: *mut DLDataType) -> mts_status_t {
    guard("mts_array_t.dtype", || {
        // SAFETY: called as its contract says
        let (array, dtype) = unsafe { (borrow(array)?, Out::from_raw(dtype)) };
        dtype.check("dtype")?.set(Array::dtype(&*array)?.into());
        Ok(())
    })
}

unsafe extern "C" fn shape(
    array: *const c_void,
    shape: *mut *const usize,
    shape_count: *mut usize,
) -> mts_status_t {
    guard("mts_array_t.shape", || {
        // SAFETY: called as its contract says
        let (array, shape, count) = unsafe {
            (
                borrow(array)?,
                Out::from_raw(shape),
                Out::from_raw(shape_count),
            )
        };
        let (shape_slot, count_slot) = (shape.check("shape")?, count.check("shape_count")?);
        // this is inside of the shared buffer
        let dimensions = array.buffer().shape();
        shape_slot.set(dimensions.as_ptr());
        count_slot.set(dimensions.len());
        Ok(())
    })
}

unsafe extern "C" fn reshape(array: *mut c_void, _: *const usize, _: usize) -> mts_status_t {
    guard("mts_array_t.reshape", || {
        // SAFETY: called as its contract says
        LabelsArray::clone(&*unsafe { borrow(array) }?).reshape(&[])
    })
}

unsafe extern "C" fn swap_axes(array: *mut c_void, axis_1: usize, axis_2: usize) -> mts_status_t {
    guard("mts_array_t.swap_axes", || {
        // SAFETY: called as its contract says
        LabelsArray::clone(&*unsafe { borrow(array) }?).swap_axes(axis_1, axis_2)
    })
}

unsafe extern "C" fn create(
    array: *const c_void,
    _: *const usize,
    _: usize,
    fill_value: mts_array_t,
    _: *mut mts_array_t,
) -> mts_status_t {
    guard("mts_array_t.create", || {
        let fill_value = ForeignArray::new(fill_value);
        // SAFETY: called as its contract says
        unsafe { borrow(array) }?.create(&[], &fill_value).map(drop)
    })
}

unsafe extern "C" fn copy(
    array: *const c_void,
    device: DLDevice,
    new_array: *mut mts_array_t,
) -> mts_status_t {
    guard("mts_array_t.copy", || {
        // SAFETY: called as its contract says
        let (array, new_array) = unsafe { (borrow(array)?, Out::from_raw(new_array)) };
        let new_slot = new_array.check("new_array")?;
        // buffers never change, so that a copy can share it
        Array::copy(&*array, device.into())?;
        new_slot.set(owned(&array));
        Ok(())
    })
}

unsafe extern "C" fn move_data(
    output: *mut c_void,
    input: *const c_void,
    _: *const mts_data_movement_t,
    _: usize,
) -> mts_status_t {
    guard("mts_array_t.move_data", || {
        // SAFETY: called as its contract says
        let (output, input) = unsafe { (borrow(output)?, borrow(input)?) };
        LabelsArray::clone(&output).move_data(&*input, &[])
    })
}

unsafe extern "C" fn as_dlpack(
    array: *mut c_void,
    dl_managed_tensor: *mut *mut DLManagedTensorVersioned,
    device: DLDevice,
    stream: *const i64,
    max_version: DLPackVersion,
) -> mts_status_t {
    guard("mts_array_t.as_dlpack", || {
        // SAFETY: called as its contract says
        let (array, tensor) = unsafe { (borrow(array)?, Out::from_raw(dl_managed_tensor)) };
        let tensor_slot = tensor.check("dl_managed_tensor")?;
        if Device::from(device) != Device::CPU {
            return Err(Error::InvalidParameter(format!(
                "the values of labels can only be exported on {}, not on {}",
                Device::CPU,
                Device::from(device)
            )));
        }
        if !stream.is_null() {
            return Err(Error::InvalidParameter(format!(
                "`stream` must be NULL to export data on {}",
                Device::CPU
            )));
        }
        if max_version.major != dlpack::VERSION.major {
            return Err(Error::InvalidParameter(format!(
                "only version {}.x of DLPack is supported, got a request for {}.{}",
                dlpack::VERSION.major,
                max_version.major,
                max_version.minor
            )));
        }
        tensor_slot.set(export(&array));
        Ok(())
    })
}

unsafe extern "C" fn from_dlpack(
    array: *const c_void,
    dl_managed_tensor: *mut DLManagedTensorVersioned,
    new_array: *mut mts_array_t,
) -> mts_status_t {
    guard("mts_array_t.from_dlpack", || {
        // SAFETY: called as its contract says; the tensor is ours from now on,
        // and freed at the end of this function
        let tensor = unsafe { ForeignTensor::new(dl_managed_tensor) }?;
        // SAFETY: called as its contract says
        let (_array, new_array) = unsafe { (borrow(array)?, Out::from_raw(new_array)) };
        let new_slot = new_array.check("new_array")?;
        let &[count, size] = tensor.shape() else {
            return Err(Error::InvalidParameter(format!(
                "the values of labels must have two dimensions, got a tensor of shape {:?}",
                tensor.shape()
            )));
        };
        if tensor.dtype() != DType::I32 {
            return Err(Error::InvalidParameter(format!(
                "the values of labels must have type {}, got {}",
                DType::I32,
                tensor.dtype()
            )));
        }
        new_slot.set(owned(&LabelsArray::new(tensor.to_i32()?, [count, size])?));
        Ok(())
    })
}

/// A read-only tensor over a shared buffer, and everything it needs.
struct Exported {
    tensor: DLManagedTensorVersioned,
    shape: [i64; 2],
    strides: [i64; 2],
    _buffer: Arc<LabelsBuffer>,
}

/// Export an array without copying it. The tensor keeps the buffer alive.
pub fn export(array: &LabelsArray) -> *mut DLManagedTensorVersioned {
    let buffer = Arc::clone(array.buffer());
    // sizes of existing buffers always fit
    let [count, size] = buffer.shape().map(|dimension| dimension as i64);
    let values = buffer.values();
    let data = if values.is_empty() {
        std::ptr::null()
    } else {
        values.as_ptr()
    };
    let dl_tensor = DLTensor {
        data: data.cast_mut().cast(),
        device: Device::CPU.into(),
        ndim: 2,
        dtype: DType::I32.into(),
        shape: std::ptr::null_mut(),
        strides: std::ptr::null_mut(),
        byte_offset: 0,
    };
    let exported = Box::into_raw(Box::new(Exported {
        tensor: DLManagedTensorVersioned {
            version: dlpack::VERSION,
            manager_ctx: std::ptr::null_mut(),
            deleter: Some(delete_exported),
            flags: FLAG_READ_ONLY,
            dl_tensor,
        },
        shape: [count, size],
        strides: [size, 1],
        _buffer: buffer,
    }));
    // SAFETY: this was just allocated; the pointers stay valid until it is freed
    unsafe {
        (*exported).tensor.manager_ctx = exported.cast();
        (*exported).tensor.dl_tensor.shape = (&raw mut (*exported).shape).cast();
        (*exported).tensor.dl_tensor.strides = (&raw mut (*exported).strides).cast();
        &raw mut (*exported).tensor
    }
}

unsafe extern "C" fn delete_exported(tensor: *mut DLManagedTensorVersioned) {
    if !tensor.is_null() {
        // SAFETY: this is the deleter of tensors made by `export`, called once
        unsafe { drop(Box::from_raw((*tensor).manager_ctx.cast::<Exported>())) };
    }
}
