//! Arrays whose values were not loaded, seen by the caller.

use std::ffi::c_void;

use metatensor_core::array::{Array, DType, MetaArray};
use metatensor_core::{Error, Result};

use super::{ForeignArray, mts_array_t, mts_data_movement_t};
use crate::dlpack::{DLDataType, DLDevice, DLManagedTensorVersioned, DLPackVersion};
use crate::guard::guard;
use crate::handle::{Out, null};
use crate::origin::mts_data_origin_t;
use crate::status::mts_status_t;

/// The array seen by the caller, who does not own it.
pub fn view(array: &MetaArray) -> mts_array_t {
    mts_array_t {
        ptr: std::ptr::from_ref(array).cast_mut().cast(),
        destroy: None,
        ..VTABLE
    }
}

/// The array given to the caller.
fn owned(array: MetaArray) -> mts_array_t {
    mts_array_t {
        ptr: Box::into_raw(Box::new(array)).cast(),
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

/// The array behind the pointer given to a function.
///
/// # Safety
///
/// `array` is NULL or the `ptr` of an array made by this file, not destroyed yet.
unsafe fn borrow<'a>(array: *const c_void) -> Result<&'a MetaArray> {
    // SAFETY: same as for this function
    unsafe { array.cast::<MetaArray>().as_ref() }.ok_or_else(|| null("array"))
}

/// The error of everything which needs the data.
unsafe fn refuse(name: &str, array: *const c_void) -> mts_status_t {
    guard(name, || {
        // SAFETY: called as the contract of `mts_array_t` says
        unsafe { borrow(array) }?.to_host().map(drop)
    })
}

unsafe extern "C" fn destroy(array: *mut c_void) {
    if !array.is_null() {
        // SAFETY: made by `owned`, and no longer used
        drop(unsafe { Box::from_raw(array.cast::<MetaArray>()) });
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
        let (array, slot) = unsafe { (borrow(array)?, Out::from_raw(dtype)) };
        let dtype: DType = array.dtype()?;
        slot.check("dtype")?.set(dtype.into());
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
        shape_slot.set(array.dimensions().as_ptr());
        count_slot.set(array.dimensions().len());
        Ok(())
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
        let slot = new_array.check("new_array")?;
        let copy = array.copy(device.into())?;
        match copy.as_any().downcast_ref::<MetaArray>() {
            Some(copy) => slot.set(owned(copy.clone())),
            None => return Err(Error::Internal("the copy is another kind of array".into())),
        }
        Ok(())
    })
}

unsafe extern "C" fn reshape(array: *mut c_void, _: *const usize, _: usize) -> mts_status_t {
    // SAFETY: called as its contract says
    unsafe { refuse("mts_array_t.reshape", array) }
}

unsafe extern "C" fn swap_axes(array: *mut c_void, _: usize, _: usize) -> mts_status_t {
    // SAFETY: called as its contract says
    unsafe { refuse("mts_array_t.swap_axes", array) }
}

unsafe extern "C" fn create(
    array: *const c_void,
    _: *const usize,
    _: usize,
    fill_value: mts_array_t,
    _: *mut mts_array_t,
) -> mts_status_t {
    // the function owns this array
    drop(ForeignArray::new(fill_value));
    // SAFETY: called as its contract says
    unsafe { refuse("mts_array_t.create", array) }
}

unsafe extern "C" fn move_data(
    array: *mut c_void,
    _: *const c_void,
    _: *const mts_data_movement_t,
    _: usize,
) -> mts_status_t {
    // SAFETY: called as its contract says
    unsafe { refuse("mts_array_t.move_data", array) }
}

unsafe extern "C" fn as_dlpack(
    array: *mut c_void,
    _: *mut *mut DLManagedTensorVersioned,
    _: DLDevice,
    _: *const i64,
    _: DLPackVersion,
) -> mts_status_t {
    // SAFETY: called as its contract says
    unsafe { refuse("mts_array_t.as_dlpack", array) }
}

unsafe extern "C" fn from_dlpack(
    array: *const c_void,
    dl_managed_tensor: *mut DLManagedTensorVersioned,
    _: *mut mts_array_t,
) -> mts_status_t {
    // SAFETY: called as its contract says; the function owns the tensor
    unsafe {
        if let Some(tensor) = dl_managed_tensor.as_mut()
            && let Some(deleter) = tensor.deleter
        {
            deleter(dl_managed_tensor);
        }
        refuse("mts_array_t.from_dlpack", array)
    }
}
