//! Loading everything but the values.

use metatensor_core::io::{load_block_structure, load_tensor_structure};

use super::options::{mts_load_options_t, without_mmap};
use super::{from_buffer, from_path};
use crate::block::mts_block_t;
use crate::guard::guard;
use crate::handle::{InArray, OptIn, Text, give};
use crate::tensor::mts_tensormap_t;

/// Load a tensor map without its values from a file: labels are there, while values are
/// arrays of origin `metatensor.MetaArray` on the device `kDLExtDev`, which have
/// a shape and a type but no data. The values are not read from the file.
///
/// @param path path of the file, in UTF-8
/// @param options what to load, NULL for everything; `mmap` must be 0, `verify` is
///        not used
/// @returns a new map to be given to `mts_tensormap_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_load_structure(
    path: Text,
    options: OptIn<mts_load_options_t>,
) -> *mut mts_tensormap_t {
    guard("mts_tensormap_load_structure", || {
        let path = from_path(&path)?;
        let options = without_mmap(options)?;
        Ok(give(load_tensor_structure(path, &options.check()?)?))
    })
}

/// Load a tensor map without its values from a buffer, as
/// `mts_tensormap_load_structure` does from a file.
///
/// @param buffer content of a file, only read during the call
/// @param buffer_count number of bytes in the buffer
/// @param options what to load, NULL for everything; `mmap` must be 0, `verify` is
///        not used
/// @returns a new map to be given to `mts_tensormap_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_load_structure_buffer(
    buffer: InArray<u8>,
    buffer_count: usize,
    options: OptIn<mts_load_options_t>,
) -> *mut mts_tensormap_t {
    guard("mts_tensormap_load_structure_buffer", || {
        let buffer = from_buffer(&buffer, buffer_count)?;
        let options = without_mmap(options)?;
        Ok(give(load_tensor_structure(buffer, &options.check()?)?))
    })
}

/// Load a block without its values from a file: labels are there, while values are
/// arrays of origin `metatensor.MetaArray` on the device `kDLExtDev`, which have
/// a shape and a type but no data. The values are not read from the file.
///
/// @param path path of the file, in UTF-8
/// @param options what to load, NULL for everything; `mmap` must be 0, `verify` is
///        not used
/// @returns a new block to be given to `mts_block_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_block_load_structure(
    path: Text,
    options: OptIn<mts_load_options_t>,
) -> *mut mts_block_t {
    guard("mts_block_load_structure", || {
        let path = from_path(&path)?;
        let options = without_mmap(options)?;
        Ok(give(load_block_structure(path, &options.check()?)?))
    })
}

/// Load a block without its values from a buffer, as
/// `mts_block_load_structure` does from a file.
///
/// @param buffer content of a file, only read during the call
/// @param buffer_count number of bytes in the buffer
/// @param options what to load, NULL for everything; `mmap` must be 0, `verify` is
///        not used
/// @returns a new block to be given to `mts_block_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_block_load_structure_buffer(
    buffer: InArray<u8>,
    buffer_count: usize,
    options: OptIn<mts_load_options_t>,
) -> *mut mts_block_t {
    guard("mts_block_load_structure_buffer", || {
        let buffer = from_buffer(&buffer, buffer_count)?;
        let options = without_mmap(options)?;
        Ok(give(load_block_structure(buffer, &options.check()?)?))
    })
}
