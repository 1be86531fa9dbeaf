//! Loading with options.

use std::path::Path;

use metatensor_core::io::{load_block_with, load_tensor_with};

use super::create::mts_create_array_callback_t;
use super::from_buffer;
use super::make::{Maker, load_path};
use super::options::{mts_load_options_t, without_mmap};
use crate::block::mts_block_t;
use crate::guard::guard;
use crate::handle::{InArray, OptCallback, OptIn, Text, give};
use crate::tensor::mts_tensormap_t;

/// Load (a part of) a tensor map from a file.
///
/// @param path path of the file, in UTF-8
/// @param options what to load and how, NULL for the same as `mts_tensormap_load`
/// @param create_array function creating the arrays of the blocks. If it is NULL, they
///        are of origin `metatensor.native`. Not used for files mapped in memory
/// @returns a new map to be given to `mts_tensormap_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_load_with(
    path: Text,
    options: OptIn<mts_load_options_t>,
    create_array: OptCallback<mts_create_array_callback_t>,
) -> *mut mts_tensormap_t {
    guard("mts_tensormap_load_with", || {
        let path = Path::new(path.get("path")?);
        let options = options.get("options")?;
        load_path(
            path,
            &options,
            create_array.get(),
            |input, options, make| Ok(give(load_tensor_with(input, options, make)?)),
        )
    })
}

/// Load (a part of) a tensor map from a buffer.
///
/// @param buffer content of a file, only read during the call
/// @param buffer_count number of bytes in the buffer
/// @param options what to load, NULL for the same as `mts_tensormap_load_buffer`;
///        `mmap` must be 0
/// @param create_array function creating the arrays of the blocks. If it is NULL, they
///        are of origin `metatensor.native`
/// @returns a new map to be given to `mts_tensormap_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_load_buffer_with(
    buffer: InArray<u8>,
    buffer_count: usize,
    options: OptIn<mts_load_options_t>,
    create_array: OptCallback<mts_create_array_callback_t>,
) -> *mut mts_tensormap_t {
    guard("mts_tensormap_load_buffer_with", || {
        let buffer = from_buffer(&buffer, buffer_count)?;
        let options = without_mmap(options)?;
        let mut make = Maker::new(create_array.get());
        Ok(give(load_tensor_with(
            buffer,
            &options.check()?,
            &mut make,
        )?))
    })
}

/// Load (a part of) a block from a file.
///
/// @param path path of the file, in UTF-8
/// @param options what to load and how, NULL for the same as `mts_block_load`
/// @param create_array function creating the arrays of the block. If it is NULL, they
///        are of origin `metatensor.native`. Not used for files mapped in memory
/// @returns a new block to be given to `mts_block_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_block_load_with(
    path: Text,
    options: OptIn<mts_load_options_t>,
    create_array: OptCallback<mts_create_array_callback_t>,
) -> *mut mts_block_t {
    guard("mts_block_load_with", || {
        let path = Path::new(path.get("path")?);
        let options = options.get("options")?;
        load_path(
            path,
            &options,
            create_array.get(),
            |input, options, make| Ok(give(load_block_with(input, options, make)?)),
        )
    })
}

/// Load (a part of) a block from a buffer.
///
/// @param buffer content of a file, only read during the call
/// @param buffer_count number of bytes in the buffer
/// @param options what to load, NULL for the same as `mts_block_load_buffer`;
///        `mmap` must be 0
/// @param create_array function creating the arrays of the block. If it is NULL, they
///        are of origin `metatensor.native`
/// @returns a new block to be given to `mts_block_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_block_load_buffer_with(
    buffer: InArray<u8>,
    buffer_count: usize,
    options: OptIn<mts_load_options_t>,
    create_array: OptCallback<mts_create_array_callback_t>,
) -> *mut mts_block_t {
    guard("mts_block_load_buffer_with", || {
        let buffer = from_buffer(&buffer, buffer_count)?;
        let options = without_mmap(options)?;
        let mut make = Maker::new(create_array.get());
        Ok(give(load_block_with(buffer, &options.check()?, &mut make)?))
    })
}
