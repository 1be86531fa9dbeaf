//! `mts_array_t`: any array, seen through a table of functions.

use std::ffi::c_void;

use metatensor_core::array::DataMovement;

use crate::dlpack::{DLDataType, DLDevice, DLManagedTensorVersioned, DLPackVersion};
use crate::origin::mts_data_origin_t;
use crate::status::mts_status_t;

/// Part of an array to copy inside another array, see `mts_array_t.move_data`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct mts_data_movement_t {
    /// Row of the input array (first axis).
    pub sample_in: usize,
    /// Row of the output array (first axis).
    pub sample_out: usize,
    /// First entry to copy along the last axis of the input array.
    pub properties_start_in: usize,
    /// First entry to write along the last axis of the output array.
    pub properties_start_out: usize,
    /// Number of entries to copy along the last axis.
    pub properties_length: usize,
}

// see `as_c` below
const _: () = {
    use std::mem::offset_of;
    assert!(size_of::<mts_data_movement_t>() == size_of::<DataMovement>());
    assert!(align_of::<mts_data_movement_t>() == align_of::<DataMovement>());
    assert!(offset_of!(mts_data_movement_t, sample_in) == offset_of!(DataMovement, sample_in));
    assert!(offset_of!(mts_data_movement_t, sample_out) == offset_of!(DataMovement, sample_out));
    assert!(
        offset_of!(mts_data_movement_t, properties_start_in)
            == offset_of!(DataMovement, properties_start_in)
    );
    assert!(
        offset_of!(mts_data_movement_t, properties_start_out)
            == offset_of!(DataMovement, properties_start_out)
    );
    assert!(
        offset_of!(mts_data_movement_t, properties_length)
            == offset_of!(DataMovement, properties_length)
    );
};

/// Movements of the core, which are given to arrays as they are.
pub fn as_c(movements: &[DataMovement]) -> &[mts_data_movement_t] {
    // SAFETY: both types have the same fields at the same places, see above
    unsafe { std::slice::from_raw_parts(movements.as_ptr().cast(), movements.len()) }
}

/// An N-dimensional array implemented by the caller: opaque state and the
/// functions acting on it.
///
/// Arrays are passed by value. A function of this library given an array owns it
/// from the call on, also if the function fails. Arrays returned by
/// `mts_labels_values` and `mts_block_data` are borrowed views, with a NULL
/// `destroy`.
///
/// The functions can be called from any thread and concurrently; they return
/// `MTS_SUCCESS`, or another value (usually `MTS_CALLBACK_ERROR`) after calling
/// `mts_set_last_error`. A function pointer can be NULL as long as it is not
/// needed. Output arrays are zero-filled before the calls.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct mts_array_t {
    /// Opaque state, given to all functions below.
    pub ptr: *mut c_void,
    /// Free the array. Called exactly once for an owned array; NULL if there is
    /// nothing to free.
    pub destroy: Option<unsafe extern "C" fn(array: *mut c_void)>,
    /// Get the origin of this array. Two arrays with the same origin can be used
    /// together in `move_data`.
    pub origin: Option<
        unsafe extern "C" fn(array: *const c_void, origin: *mut mts_data_origin_t) -> mts_status_t,
    >,
    /// Get the device of this array, without accessing the data.
    pub device:
        Option<unsafe extern "C" fn(array: *const c_void, device: *mut DLDevice) -> mts_status_t>,
    /// Get the type of the elements of this array, without accessing the data.
    pub dtype:
        Option<unsafe extern "C" fn(array: *const c_void, dtype: *mut DLDataType) -> mts_status_t>,
    /// Get the data as a DLPack tensor on the given device, copying it if needed.
    /// The caller owns the tensor, and must not use it after the array is
    /// destroyed unless the implementation keeps the memory alive.
    ///
    /// `stream` is NULL for the default stream of the device and for CPU.
    pub as_dlpack: Option<
        unsafe extern "C" fn(
            array: *mut c_void,
            dl_managed_tensor: *mut *mut DLManagedTensorVersioned,
            device: DLDevice,
            stream: *const i64,
            max_version: DLPackVersion,
        ) -> mts_status_t,
    >,
    /// Create a new array with the same origin as this one from a (possibly
    /// read-only) DLPack tensor. Takes ownership of the tensor, also on failure.
    pub from_dlpack: Option<
        unsafe extern "C" fn(
            array: *const c_void,
            dl_managed_tensor: *mut DLManagedTensorVersioned,
            new_array: *mut mts_array_t,
        ) -> mts_status_t,
    >,
    /// Get the shape of this array. The pointer belongs to the array, and is
    /// valid until the array is reshaped, has its axes swapped or is destroyed.
    pub shape: Option<
        unsafe extern "C" fn(
            array: *const c_void,
            shape: *mut *const usize,
            shape_count: *mut usize,
        ) -> mts_status_t,
    >,
    /// Change the shape of this array, the data staying in row-major order.
    pub reshape: Option<
        unsafe extern "C" fn(
            array: *mut c_void,
            shape: *const usize,
            shape_count: usize,
        ) -> mts_status_t,
    >,
    /// Transpose two axes of this array (which can be the same).
    pub swap_axes: Option<
        unsafe extern "C" fn(array: *mut c_void, axis_1: usize, axis_2: usize) -> mts_status_t,
    >,
    /// Create a new array with the same origin, dtype and device as this one,
    /// filled with the value inside the 0-dimensional array `fill_value`.
    pub create: Option<
        unsafe extern "C" fn(
            array: *const c_void,
            shape: *const usize,
            shape_count: usize,
            fill_value: mts_array_t,
            new_array: *mut mts_array_t,
        ) -> mts_status_t,
    >,
    /// Make a deep copy of this array on the given device.
    pub copy: Option<
        unsafe extern "C" fn(
            array: *const c_void,
            device: DLDevice,
            new_array: *mut mts_array_t,
        ) -> mts_status_t,
    >,
    /// For each movement, set `output[sample_out, ..., properties_start_out + x]`
    /// to `input[sample_in, ..., properties_start_in + x]`, for all `x` below
    /// `properties_length` and all component indices. Both arrays have the same
    /// origin, dtype and component shape. `movements` must not be read if
    /// `movements_count` is 0.
    pub move_data: Option<
        unsafe extern "C" fn(
            output: *mut c_void,
            input: *const c_void,
            movements: *const mts_data_movement_t,
            movements_count: usize,
        ) -> mts_status_t,
    >,
}

impl mts_array_t {
    /// Nothing at all, to be overwritten by callbacks creating arrays.
    pub const fn null() -> mts_array_t {
        mts_array_t {
            ptr: std::ptr::null_mut(),
            destroy: None,
            origin: None,
            device: None,
            dtype: None,
            as_dlpack: None,
            from_dlpack: None,
            shape: None,
            reshape: None,
            swap_axes: None,
            create: None,
            copy: None,
            move_data: None,
        }
    }
}

#[cfg(target_pointer_width = "64")]
const _: () = {
    assert!(size_of::<mts_array_t>() == 104);
    assert!(size_of::<mts_data_movement_t>() == 40);
};
