//! Saving with options.

use std::ffi::c_void;
use std::path::Path;

use metatensor_core::io::{Output, save_block_with, save_tensor_with};

use super::buffer::{mts_realloc_buffer_t, save_to_buffer};
use super::options::mts_save_options_t;
use crate::block::mts_block_t;
use crate::guard::guard;
use crate::handle::{In, InOut, OptIn, Text};
use crate::status::mts_status_t;
use crate::tensor::mts_tensormap_t;

/// Save a tensor map to a file, replacing it if it exists, with options.
///
/// @param path path of the file, in UTF-8
/// @param tensor map to save
/// @param options how to save, NULL for the same as `mts_tensormap_save`
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_save_with(
    path: Text,
    tensor: In<mts_tensormap_t>,
    options: OptIn<mts_save_options_t>,
) -> mts_status_t {
    guard("mts_tensormap_save_with", || {
        let path = Path::new(path.get("path")?);
        let tensor = tensor.get("tensor")?;
        let options = options.get("options")?.check()?;
        save_tensor_with(Output::Path(path), tensor, &options)
    })
}

/// Save a tensor map to a buffer, with options.
///
/// @param buffer pointer to the buffer, as in `mts_labels_save_buffer`
/// @param buffer_count pointer to the size of the buffer, set to the number of
///        bytes written
/// @param realloc_user_data first argument of `realloc`
/// @param realloc function used to grow the buffer
/// @param tensor map to save
/// @param options how to save, NULL for the same as `mts_tensormap_save_buffer`
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_save_buffer_with(
    mut buffer: InOut<*mut u8>,
    mut buffer_count: InOut<usize>,
    realloc_user_data: *mut c_void,
    realloc: mts_realloc_buffer_t,
    tensor: In<mts_tensormap_t>,
    options: OptIn<mts_save_options_t>,
) -> mts_status_t {
    guard("mts_tensormap_save_buffer_with", || {
        let tensor = tensor.get("tensor")?;
        let options = options.get("options")?.check()?;
        save_to_buffer(
            &mut buffer,
            &mut buffer_count,
            realloc_user_data,
            realloc,
            |output| save_tensor_with(output, tensor, &options),
        )
    })
}

/// Save a block to a file, replacing it if it exists, with options.
///
/// @param path path of the file, in UTF-8
/// @param block block to save
/// @param options how to save, NULL for the same as `mts_block_save`
#[unsafe(no_mangle)]
pub extern "C" fn mts_block_save_with(
    path: Text,
    block: In<mts_block_t>,
    options: OptIn<mts_save_options_t>,
) -> mts_status_t {
    guard("mts_block_save_with", || {
        let path = Path::new(path.get("path")?);
        let block = block.get("block")?;
        let options = options.get("options")?.check()?;
        save_block_with(Output::Path(path), block, &options)
    })
}

/// Save a block to a buffer, with options.
///
/// @param buffer pointer to the buffer, as in `mts_labels_save_buffer`
/// @param buffer_count pointer to the size of the buffer, set to the number of
///        bytes written
/// @param realloc_user_data first argument of `realloc`
/// @param realloc function used to grow the buffer
/// @param block block to save
/// @param options how to save, NULL for the same as `mts_block_save_buffer`
#[unsafe(no_mangle)]
pub extern "C" fn mts_block_save_buffer_with(
    mut buffer: InOut<*mut u8>,
    mut buffer_count: InOut<usize>,
    realloc_user_data: *mut c_void,
    realloc: mts_realloc_buffer_t,
    block: In<mts_block_t>,
    options: OptIn<mts_save_options_t>,
) -> mts_status_t {
    guard("mts_block_save_buffer_with", || {
        let block = block.get("block")?;
        let options = options.get("options")?.check()?;
        save_to_buffer(
            &mut buffer,
            &mut buffer_count,
            realloc_user_data,
            realloc,
            |output| save_block_with(output, block, &options),
        )
    })
}
