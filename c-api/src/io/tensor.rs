//! Loading and saving tensor maps.

use std::ffi::c_void;
use std::path::Path;

use metatensor_core::io::{Output, load_tensor, save_tensor};

use super::buffer::{mts_realloc_buffer_t, save_to_buffer};
use super::create::{Creator, mts_create_array_callback_t};
use super::{from_buffer, from_path};
use crate::guard::guard;
use crate::handle::{In, InArray, InOut, Text, give};
use crate::status::mts_status_t;
use crate::tensor::mts_tensormap_t;

/// Load a tensor map from a file.
///
/// @param path path of the file, in UTF-8
/// @param create_array function creating the arrays of the blocks
/// @returns a new map to be given to `mts_tensormap_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_load(
    path: Text,
    create_array: mts_create_array_callback_t,
) -> *mut mts_tensormap_t {
    guard("mts_tensormap_load", || {
        let path = from_path(&path)?;
        let creator = Creator::new(create_array)?;
        let create = &mut |shape: &[usize], dtype| creator.create(shape, dtype);
        Ok(give(load_tensor(path, create)?))
    })
}

/// Load a tensor map from a buffer.
///
/// @param buffer content of a file, only read during the call
/// @param buffer_count number of bytes in the buffer
/// @param create_array function creating the arrays of the blocks
/// @returns a new map to be given to `mts_tensormap_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_load_buffer(
    buffer: InArray<u8>,
    buffer_count: usize,
    create_array: mts_create_array_callback_t,
) -> *mut mts_tensormap_t {
    guard("mts_tensormap_load_buffer", || {
        let buffer = from_buffer(&buffer, buffer_count)?;
        let creator = Creator::new(create_array)?;
        let create = &mut |shape: &[usize], dtype| creator.create(shape, dtype);
        Ok(give(load_tensor(buffer, create)?))
    })
}

/// Save a tensor map to a file, replacing it if it exists.
///
/// @param path path of the file, in UTF-8
/// @param tensor map to save
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_save(path: Text, tensor: In<mts_tensormap_t>) -> mts_status_t {
    guard("mts_tensormap_save", || {
        let path = Path::new(path.get("path")?);
        save_tensor(Output::Path(path), tensor.get("tensor")?)
    })
}

/// Save a tensor map to a buffer.
///
/// @param buffer pointer to the buffer, as in `mts_labels_save_buffer`
/// @param buffer_count pointer to the size of the buffer, set to the number of
///        bytes written
/// @param realloc_user_data first argument of `realloc`
/// @param realloc function used to grow the buffer
/// @param tensor map to save
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_save_buffer(
    mut buffer: InOut<*mut u8>,
    mut buffer_count: InOut<usize>,
    realloc_user_data: *mut c_void,
    realloc: mts_realloc_buffer_t,
    tensor: In<mts_tensormap_t>,
) -> mts_status_t {
    guard("mts_tensormap_save_buffer", || {
        let tensor = tensor.get("tensor")?;
        save_to_buffer(
            &mut buffer,
            &mut buffer_count,
            realloc_user_data,
            realloc,
            |output| save_tensor(output, tensor),
        )
    })
}
