//! `mts_tensormap_t` and its functions.

use std::collections::HashSet;
use std::ffi::c_char;

use metatensor_core::{Error, Result, TensorMap};

use crate::array::{ForeignArray, mts_array_t};
use crate::block::mts_block_t;
use crate::dlpack::{DLDataType, DLDevice};
use crate::guard::guard;
use crate::handle::{
    Freed, In, InArray, InOut, InOutArray, Out, Taken, Text, give, give_shared, lend, null_element,
};
use crate::labels::mts_labels_t;
use crate::status::mts_status_t;
use crate::strings::c_strings;

/// A set of blocks described by keys. Functions taking a `const` tensor map can
/// run concurrently, other functions require exclusive access to the map.
pub type mts_tensormap_t = TensorMap;

/// Check everything which leaves the blocks to the caller.
fn check_blocks(blocks: &[Taken<mts_block_t>]) -> Result<()> {
    let mut addresses = Vec::with_capacity(blocks.len());
    for (i, block) in blocks.iter().enumerate() {
        let address = block.check("blocks");
        addresses.push(address.map_err(|_| null_element("blocks", i))?);
    }
    // addresses are often in order already, which takes no time to see
    let mut sorted = addresses.clone();
    sorted.sort_unstable();
    if sorted.windows(2).all(|pair| pair[0] != pair[1]) {
        return Ok(());
    }
    let mut seen = HashSet::with_capacity(blocks.len());
    for (i, address) in addresses.into_iter().enumerate() {
        if !seen.insert(address) {
            return Err(Error::InvalidParameter(format!(
                "the same block is given more than once in `blocks`, the second time at index {i}"
            )));
        }
    }
    Ok(())
}

/// Create a tensor map from keys and blocks.
///
/// If one of the parameters is NULL or if a block is there twice, the function
/// fails and the blocks still belong to the caller. In all other cases, including
/// failures, the blocks are taken by the library and their pointers set to NULL.
///
/// @param keys labels with one row per block
/// @param blocks blocks of the map. Can be NULL if `blocks_count` is 0
/// @param blocks_count number of blocks
/// @returns a new map to be given to `mts_tensormap_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap(
    keys: In<mts_labels_t>,
    mut blocks: InOutArray<Taken<mts_block_t>>,
    blocks_count: usize,
) -> *mut mts_tensormap_t {
    guard("mts_tensormap", || {
        let keys = keys.share("keys")?;
        let blocks = blocks.slice_mut(blocks_count, "blocks")?;
        check_blocks(blocks)?;
        let blocks = blocks
            .iter_mut()
            .map(|block| block.take("blocks"))
            .collect::<Result<_>>()?;
        Ok(give(TensorMap::new(keys, blocks)?))
    })
}

/// Create a tensor map from keys and blocks, as `mts_tensormap` does. Whenever this fails the
/// blocks still belong to the caller.
///
/// @param keys labels with one row per block
/// @param blocks blocks of the map, whose pointers are set to NULL once the library has taken
///        them. Can be NULL if `blocks_count` is 0
/// @param blocks_count number of blocks
/// @returns a new map to be given to `mts_tensormap_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_from_blocks(
    keys: In<mts_labels_t>,
    mut blocks: InOutArray<Taken<mts_block_t>>,
    blocks_count: usize,
) -> *mut mts_tensormap_t {
    guard("mts_tensormap_from_blocks", || {
        let keys = keys.share("keys")?;
        let blocks = blocks.slice_mut(blocks_count, "blocks")?;
        check_blocks(blocks)?;
        let taken = blocks
            .iter_mut()
            .map(|block| block.take("blocks"))
            .collect::<Result<_>>()?;
        TensorMap::from_blocks(keys, taken)
            .map(give)
            .map_err(|(error, taken)| {
                for (block, taken) in blocks.iter_mut().zip(taken) {
                    block.put_back(taken);
                }
                error
            })
    })
}

/// Free a tensor map and all its blocks.
///
/// @param tensor map to free, can be NULL
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_free(mut tensor: Freed<mts_tensormap_t>) -> mts_status_t {
    guard("mts_tensormap_free", || {
        tensor.free();
        Ok(())
    })
}

/// Make a deep copy of a tensor map, sharing its labels.
///
/// @param tensor map to copy
/// @returns a new map to be given to `mts_tensormap_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_copy(tensor: In<mts_tensormap_t>) -> *mut mts_tensormap_t {
    guard("mts_tensormap_copy", || {
        Ok(give(tensor.get("tensor")?.copy()?))
    })
}

/// Get the keys of a tensor map.
///
/// @param tensor map to read
/// @returns a new reference to be given to `mts_labels_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_keys(tensor: In<mts_tensormap_t>) -> *const mts_labels_t {
    guard("mts_tensormap_keys", || {
        Ok(give_shared(tensor.get("tensor")?.keys().clone()))
    })
}

/// Get one of the blocks of a tensor map.
///
/// @param tensor map to read
/// @param block set to the block, which belongs to the map and is valid as long
///        as the map
/// @param index index of the block
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_block_by_id(
    tensor: InOut<mts_tensormap_t>,
    block: Out<*mut mts_block_t>,
    index: usize,
) -> mts_status_t {
    guard("mts_tensormap_block_by_id", || {
        let tensor = tensor.get("tensor")?;
        let block_slot = block.check("block")?;
        block_slot.set(lend(tensor.block(index)?));
        Ok(())
    })
}

/// Merge blocks along the properties axis, moving dimensions of the keys to the
/// properties.
///
/// @param tensor map to merge, not changed
/// @param keys_to_move the names give the dimensions of the keys to move; the
///        rows, if any, the values to include in the new properties
/// @param fill_value 0-dimensional CPU array with the dtype of the blocks, used
///        for missing entries. Always taken by the library
/// @param sort_samples sort the samples of the new blocks, instead of keeping
///        them in order of first appearance
/// @returns a new map to be given to `mts_tensormap_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_keys_to_properties(
    tensor: In<mts_tensormap_t>,
    keys_to_move: In<mts_labels_t>,
    fill_value: mts_array_t,
    sort_samples: bool,
) -> *mut mts_tensormap_t {
    guard("mts_tensormap_keys_to_properties", || {
        let fill_value = ForeignArray::new(fill_value);
        let tensor = tensor.get("tensor")?;
        let keys_to_move = keys_to_move.get("keys_to_move")?;
        Ok(give(tensor.keys_to_properties(
            keys_to_move,
            &fill_value,
            sort_samples,
        )?))
    })
}

/// Merge blocks along the samples axis, moving dimensions of the keys to the
/// samples.
///
/// @param tensor map to merge, not changed
/// @param keys_to_move labels without rows, whose names give the dimensions of
///        the keys to move
/// @param fill_value 0-dimensional CPU array with the dtype of the blocks, used
///        for missing entries. Always taken by the library
/// @param sort_samples sort the samples of the new blocks, instead of keeping
///        them in order of first appearance
/// @returns a new map to be given to `mts_tensormap_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_keys_to_samples(
    tensor: In<mts_tensormap_t>,
    keys_to_move: In<mts_labels_t>,
    fill_value: mts_array_t,
    sort_samples: bool,
) -> *mut mts_tensormap_t {
    guard("mts_tensormap_keys_to_samples", || {
        let fill_value = ForeignArray::new(fill_value);
        let tensor = tensor.get("tensor")?;
        let keys_to_move = keys_to_move.get("keys_to_move")?;
        Ok(give(tensor.keys_to_samples(
            keys_to_move,
            &fill_value,
            sort_samples,
        )?))
    })
}

/// Move components of all blocks to the properties. Each component in turn becomes
/// the first dimension of the properties.
///
/// @param tensor map to transform, not changed
/// @param dimensions names of the components to move
/// @param dimensions_count number of components to move
/// @returns a new map to be given to `mts_tensormap_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_components_to_properties(
    tensor: In<mts_tensormap_t>,
    dimensions: InArray<Text>,
    dimensions_count: usize,
) -> *mut mts_tensormap_t {
    guard("mts_tensormap_components_to_properties", || {
        let tensor = tensor.get("tensor")?;
        let dimensions = dimensions.strings(dimensions_count, "dimensions")?;
        Ok(give(tensor.components_to_properties(&dimensions)?))
    })
}

/// Set one entry of the global information of a tensor map. This invalidates the
/// array given by `mts_tensormap_info_keys` and the previous value of this entry.
///
/// @param tensor map to change
/// @param key name of the entry, in UTF-8, copied
/// @param value value of the entry, copied
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_set_info(
    mut tensor: InOut<mts_tensormap_t>,
    key: Text,
    value: Text,
) -> mts_status_t {
    guard("mts_tensormap_set_info", || {
        let tensor = tensor.get_mut("tensor")?;
        let key = key.get("key")?;
        let value = value.bytes("value")?;
        tensor.set_info(key, value.to_bytes())
    })
}

/// Get one entry of the global information of a tensor map.
///
/// @param tensor map to read
/// @param key name of the entry
/// @param value set to the value, or NULL if there is no such entry. The string
///        belongs to the map, and is valid until the entry is set again
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_get_info(
    tensor: In<mts_tensormap_t>,
    key: Text,
    value: Out<*const c_char>,
) -> mts_status_t {
    guard("mts_tensormap_get_info", || {
        let tensor = tensor.get("tensor")?;
        let key = key.get("key")?;
        let value_slot = value.check("value")?;
        value_slot.set(
            tensor
                .info(key)
                .map_or(std::ptr::null(), |value| value.as_ptr()),
        );
        Ok(())
    })
}

/// Get the names of the entries of the global information of a tensor map.
///
/// @param tensor map to read
/// @param keys set to an array of C strings which belongs to the map, and is
///        valid until an entry is set. NULL if there are no entries
/// @param keys_count set to the number of entries
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_info_keys(
    tensor: In<mts_tensormap_t>,
    keys: Out<*const *const c_char>,
    keys_count: Out<usize>,
) -> mts_status_t {
    guard("mts_tensormap_info_keys", || {
        let tensor = tensor.get("tensor")?;
        let keys_slot = keys.check("keys")?;
        let count_slot = keys_count.check("keys_count")?;

        let keys = tensor.info_iter().map(|(key, _)| key);
        let (keys, count) = c_strings(tensor.attachment(), keys)?;
        keys_slot.set(keys);
        count_slot.set(count);
        Ok(())
    })
}

/// Get the device of the blocks of a tensor map; CPU if there are no blocks.
///
/// @param tensor map to read
/// @param device set to the device
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_device(
    tensor: In<mts_tensormap_t>,
    device: Out<DLDevice>,
) -> mts_status_t {
    guard("mts_tensormap_device", || {
        let tensor = tensor.get("tensor")?;
        let device_slot = device.check("device")?;
        device_slot.set(tensor.device()?.into());
        Ok(())
    })
}

/// Get the type of the values of a tensor map; 64-bit floating point if there are
/// no blocks.
///
/// @param tensor map to read
/// @param dtype set to the type of the values
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_dtype(
    tensor: In<mts_tensormap_t>,
    dtype: Out<DLDataType>,
) -> mts_status_t {
    guard("mts_tensormap_dtype", || {
        let tensor = tensor.get("tensor")?;
        let dtype_slot = dtype.check("dtype")?;
        dtype_slot.set(tensor.dtype()?.into());
        Ok(())
    })
}
