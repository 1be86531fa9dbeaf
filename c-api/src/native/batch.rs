//! Functions for many native arrays at once.

use std::ffi::c_void;
use std::sync::Arc;

use metatensor_core::array::DType;
use metatensor_core::{Error, Result};

use super::dlpack::TakenTensor;
use super::memory::{Batch, Given, ManagedTensor, Memory};
use super::{NativeArray, invalid};
use crate::array::{Exposed, ForeignArray, mts_array_t};
use crate::dlpack::{DLDataType, DLManagedTensorVersioned};
use crate::guard::guard;
use crate::handle::{InArray, OptInArray, Out, null_element};
use crate::status::mts_status_t;

/// Create many arrays which use memory of the caller, as `mts_array_from_memory`
/// does for a single one.
///
/// `release` is called exactly once for each of the arrays, with its index, when its
/// memory is no longer used; and `release_all` exactly once after that, when no
/// memory is used any longer. Both can be called from any thread, and are called
/// before this function returns if it fails. Either can be NULL.
///
/// @param data first element of each array. Can only be NULL for empty arrays
/// @param ndims number of axes of each array
/// @param dtypes type of the elements of each array
/// @param arrays_count number of arrays: number of values of `data`, `ndims`,
///        `dtypes`, `read_only` and `arrays`
/// @param shapes shapes of all arrays, one after the other
/// @param shapes_count number of values of `shapes`: the sum of `ndims`
/// @param strides strides of all arrays, in elements, in the same way as `shapes`. Can
///        be NULL if all are row-major
/// @param read_only for each array, 0 if it can be written to. Can be NULL if all can
/// @param user_data first argument of `release` and `release_all`
/// @param release function called for each array, or NULL
/// @param release_all function called when all arrays were released, or NULL
/// @param arrays set to the new arrays, untouched on failure
#[unsafe(no_mangle)]
pub extern "C" fn mts_arrays_from_memory(
    data: InArray<*mut c_void>,
    ndims: InArray<usize>,
    dtypes: InArray<DLDataType>,
    arrays_count: usize,
    shapes: InArray<usize>,
    shapes_count: usize,
    strides: OptInArray<i64>,
    read_only: OptInArray<u8>,
    user_data: *mut c_void,
    release: Option<unsafe extern "C" fn(user_data: *mut c_void, index: usize)>,
    release_all: Option<unsafe extern "C" fn(user_data: *mut c_void)>,
    arrays: Out<mts_array_t>,
) -> mts_status_t {
    guard("mts_arrays_from_memory", || {
        let batch = Arc::new(Batch {
            user_data,
            release,
            release_all,
        });
        let mut given = reserve(arrays_count)?;
        given.extend((0..arrays_count).map(|index| Given::new(&batch, index)));
        // from now on, failures release all of the memory
        drop(batch);
        let arrays = arrays.check_array(arrays_count, "arrays")?;
        let packed = Packed {
            data: data.slice(arrays_count, "data")?,
            ndims: ndims.slice(arrays_count, "ndims")?,
            dtypes: dtypes.slice(arrays_count, "dtypes")?,
            shapes: shapes.slice(shapes_count, "shapes")?,
            strides: strides.slice(shapes_count, "strides")?,
            read_only: read_only.slice(arrays_count, "read_only")?,
        };
        packed.check_counts()?;
        let mut start = 0;
        let mut made = reserve(arrays_count)?;
        for (i, given) in given.into_iter().enumerate() {
            let end = start + packed.ndims[i];
            let array = packed.array(i, start..end, Memory::Given(given));
            made.push(array.map_err(|error| at(i, error))?);
            start = end;
        }
        arrays.set(made.into_iter().map(Exposed::into_c));
        Ok(())
    })
}

/// A list with place for `count` values.
fn reserve<T>(count: usize) -> Result<Vec<T>> {
    let mut list = Vec::new();
    match list.try_reserve_exact(count) {
        Ok(()) => Ok(list),
        Err(_) => invalid(format!("`arrays_count` is too large ({count})")),
    }
}

/// Say in which array an error happened.
fn at(index: usize, error: Error) -> Error {
    match error {
        Error::InvalidParameter(message) => {
            Error::InvalidParameter(format!("in array {index}: {message}"))
        }
        other => other,
    }
}

/// Description of many arrays.
struct Packed<'a> {
    data: &'a [*mut c_void],
    ndims: &'a [usize],
    dtypes: &'a [DLDataType],
    shapes: &'a [usize],
    strides: Option<&'a [i64]>,
    read_only: Option<&'a [u8]>,
}

impl Packed<'_> {
    fn check_counts(&self) -> Result<()> {
        let mut ndims = self.ndims.iter();
        let expected = ndims.try_fold(0_usize, |sum, ndim| sum.checked_add(*ndim));
        if expected == Some(self.shapes.len()) {
            return Ok(());
        }
        invalid(format!(
            "`shapes_count` is {}, but must be the sum of all `ndims`{}",
            self.shapes.len(),
            expected.map_or(String::new(), |sum| format!(": {sum}"))
        ))
    }

    fn array(&self, i: usize, axes: std::ops::Range<usize>, memory: Memory) -> Result<NativeArray> {
        // SAFETY: promised by the caller
        unsafe {
            NativeArray::in_memory(
                self.data[i],
                &self.shapes[axes.clone()],
                self.strides.map(|strides| &strides[axes]),
                DType::from(self.dtypes[i]),
                self.read_only.is_some_and(|flags| flags[i] != 0),
                memory,
            )
        }
    }
}

/// Create many arrays which use the memory of DLPack tensors, as
/// `mts_array_from_dlpack` does for a single one.
///
/// @param tensors tensors to use, always taken by the library, also on failure
/// @param tensors_count number of tensors
/// @param arrays set to the new arrays, untouched on failure
#[unsafe(no_mangle)]
pub extern "C" fn mts_arrays_from_dlpack(
    tensors: InArray<TakenTensor>,
    tensors_count: usize,
    arrays: Out<mts_array_t>,
) -> mts_status_t {
    guard("mts_arrays_from_dlpack", || {
        let tensors = tensors.slice(tensors_count, "tensors")?;
        let taken = tensors.iter().map(TakenTensor::take_element);
        let taken = taken.collect::<Vec<_>>();
        let arrays = arrays.check_array(tensors_count, "arrays")?;
        let made = taken.into_iter().enumerate().map(|(i, tensor)| {
            let tensor = tensor.ok_or_else(|| null_element("tensors", i))?;
            NativeArray::from_managed(tensor)
                .and_then(NativeArray::from_tensor)
                .map_err(|error| at(i, error))
        });
        let made = made.collect::<Result<Vec<_>>>()?;
        arrays.set(made.into_iter().map(Exposed::into_c));
        Ok(())
    })
}

/// Export many arrays of any origin as DLPack tensors in main memory, by calling
/// `as_dlpack` for each of them (nothing is called for arrays of this library).
///
/// @param arrays arrays to export, still owned by the caller
/// @param arrays_count number of arrays
/// @param tensors set to the tensors, which belong to the caller: the `deleter` of
///        each must be called. Untouched on failure
#[unsafe(no_mangle)]
pub extern "C" fn mts_arrays_as_dlpack(
    arrays: InArray<mts_array_t>,
    arrays_count: usize,
    tensors: Out<*mut DLManagedTensorVersioned>,
) -> mts_status_t {
    guard("mts_arrays_as_dlpack", || {
        let tensors = tensors.check_array(arrays_count, "tensors")?;
        let arrays = arrays.slice(arrays_count, "arrays")?;
        let exported = arrays.iter().enumerate().map(|(i, array)| {
            let view = mts_array_t {
                destroy: None,
                ..*array
            };
            let tensor = ForeignArray::new(view)
                .export()
                .map_err(|error| at(i, error))?;
            // SAFETY: a successful `as_dlpack` gives us a valid tensor, or NULL
            unsafe { ManagedTensor::new(tensor) }.ok_or_else(|| {
                Error::InvalidParameter(format!("in array {i}: `as_dlpack` gave a NULL pointer"))
            })
        });
        let exported = exported.collect::<Result<Vec<_>>>()?;
        tensors.set(exported.into_iter().map(ManagedTensor::into_raw));
        Ok(())
    })
}
