//! Functions making one native array.

use std::ffi::c_void;
use std::sync::Arc;

use metatensor_core::Result;
use metatensor_core::array::DType;

use super::NativeArray;
use super::dlpack::TakenTensor;
use super::memory::{Batch, Given, Memory};
use crate::array::{Exposed, mts_array_t};
use crate::dlpack::DLDataType;
use crate::guard::guard;
use crate::handle::{In, InArray, Kept, OptInArray, Out};
use crate::status::mts_status_t;

/// Create an array which uses memory of the caller, without copying it.
///
/// This is one of the arrays implemented by this library, of origin
/// `metatensor.native`: all their functions can be called from any thread without
/// ever calling back. Arrays made from such an array by `create` and `copy` have
/// their own memory, aligned for 64 bytes. `swap_axes` does not move any data, and
/// tensors given by `as_dlpack` share the memory and keep it alive.
///
/// The memory must stay valid until `release` is called, which happens exactly once:
/// when the array and all DLPack tensors made from it are gone, or before this
/// function returns if it fails. `release` can be called from any thread. Without
/// it, the memory must stay valid as long as anything uses it.
///
/// @param data first element, any address. Can be NULL if the array is empty
/// @param shape number of entries along each axis. Can be NULL if `shape_count` is 0
/// @param shape_count number of axes
/// @param strides distances between neighbours along each axis, in elements, as many
///        as axes. Can be NULL for row-major data
/// @param dtype type of the elements, made of whole bytes
/// @param read_only refuse to write to this memory; copies can be written to
/// @param user_data first argument of `release`
/// @param release function called when the memory is no longer used, or NULL
/// @param array set to the new array
#[unsafe(no_mangle)]
pub extern "C" fn mts_array_from_memory(
    data: Kept,
    shape: InArray<usize>,
    shape_count: usize,
    strides: OptInArray<i64>,
    dtype: DLDataType,
    read_only: bool,
    user_data: *mut c_void,
    release: Option<unsafe extern "C" fn(user_data: *mut c_void)>,
    array: Out<mts_array_t>,
) -> mts_status_t {
    guard("mts_array_from_memory", || {
        // from now on, failures release the memory
        let memory = match release {
            None => Memory::Borrowed,
            Some(_) => Memory::Given(Given::new(
                &Arc::new(Batch {
                    user_data,
                    release: None,
                    release_all: release,
                }),
                0,
            )),
        };
        let array_slot = array.check("array")?;
        let shape = shape.slice(shape_count, "shape")?;
        let strides = strides.slice(shape_count, "strides")?;
        let (data, dtype) = (data.address(), DType::from(dtype));
        // SAFETY: promised by the caller
        let result =
            unsafe { NativeArray::in_memory(data, shape, strides, dtype, read_only, memory) };
        array_slot.set(result?.into_c());
        Ok(())
    })
}

/// Create an array which uses the memory of a DLPack tensor in main memory, with any
/// strides, without copying it. The array can not be written to if the tensor is
/// read-only.
///
/// @param tensor tensor to use, always taken by the library: its deleter is called
///        when the memory is no longer used, or before this function returns if it fails
/// @param array set to the new array, see `mts_array_from_memory`
#[unsafe(no_mangle)]
pub extern "C" fn mts_array_from_dlpack(
    mut tensor: TakenTensor,
    array: Out<mts_array_t>,
) -> mts_status_t {
    guard("mts_array_from_dlpack", || {
        let tensor = tensor.take("tensor")?;
        let array_slot = array.check("array")?;
        let result = NativeArray::from_tensor(NativeArray::from_managed(tensor)?)?;
        array_slot.set(result.into_c());
        Ok(())
    })
}

/// Create an array of zeros.
///
/// This function can be given as `create_array` to the functions loading files.
///
/// @param shape number of entries along each axis. Can be NULL if `shape_count` is 0
/// @param shape_count number of axes
/// @param dtype type of the elements, made of whole bytes
/// @param array set to the new array, see `mts_array_from_memory`
#[unsafe(no_mangle)]
pub extern "C" fn mts_array_zeros(
    shape: InArray<usize>,
    shape_count: usize,
    dtype: DLDataType,
    array: Out<mts_array_t>,
) -> mts_status_t {
    guard("mts_array_zeros", || {
        create(&shape, shape_count, &array, |shape| {
            NativeArray::zeros(shape, dtype.into())
        })
    })
}

/// Create an array without giving a value to its elements: they have to be written
/// before they are read.
///
/// This function can be given as `create_array` to the functions loading files: it
/// saves writing large arrays twice.
///
/// @param shape number of entries along each axis. Can be NULL if `shape_count` is 0
/// @param shape_count number of axes
/// @param dtype type of the elements, made of whole bytes
/// @param array set to the new array, see `mts_array_from_memory`
#[unsafe(no_mangle)]
pub extern "C" fn mts_array_empty(
    shape: InArray<usize>,
    shape_count: usize,
    dtype: DLDataType,
    array: Out<mts_array_t>,
) -> mts_status_t {
    guard("mts_array_empty", || {
        create(&shape, shape_count, &array, |shape| {
            NativeArray::empty(shape, dtype.into())
        })
    })
}

/// Create an array with the same value for all elements.
///
/// @param shape number of entries along each axis. Can be NULL if `shape_count` is 0
/// @param shape_count number of axes
/// @param dtype type of the elements, made of whole bytes
/// @param value one element of type `dtype`
/// @param array set to the new array, see `mts_array_from_memory`
#[unsafe(no_mangle)]
pub extern "C" fn mts_array_full(
    shape: InArray<usize>,
    shape_count: usize,
    dtype: DLDataType,
    value: In<c_void>,
    array: Out<mts_array_t>,
) -> mts_status_t {
    guard("mts_array_full", || {
        let dtype = DType::from(dtype);
        let value = value.bytes(dtype.size_of(), "value")?;
        create(&shape, shape_count, &array, |shape| {
            NativeArray::full(shape, dtype, value)
        })
    })
}

fn create(
    shape: &InArray<usize>,
    shape_count: usize,
    array: &Out<mts_array_t>,
    make: impl FnOnce(&[usize]) -> Result<NativeArray>,
) -> Result<()> {
    let array_slot = array.check("array")?;
    let shape = shape.slice(shape_count, "shape")?;
    array_slot.set(make(shape)?.into_c());
    Ok(())
}
