//! Maps and blocks made of many arrays in one call.

use metatensor_core::array::Array;
use metatensor_core::{Error, NewLeaf, Result, TensorMap};

use crate::array::{ForeignArray, mts_array_t};
use crate::block::mts_block_t;
use crate::guard::guard;
use crate::handle::{In, InArray, OptText, TakenArray, give, null_element};
use crate::labels::mts_labels_t;
use crate::tensor::mts_tensormap_t;

/// Take all arrays: they are destroyed if they do not become part of something.
pub fn take(arrays: &mut TakenArray<mts_array_t>, count: usize) -> Result<Vec<Box<dyn Array>>> {
    let arrays = arrays.take(count, "arrays")?.into_iter();
    Ok(arrays
        .map(|array| Box::new(ForeignArray::new(array)) as Box<dyn Array>)
        .collect())
}

/// The map itself, without its info unless it is wanted.
fn give_map(mut tensor: TensorMap, keep_info: bool) -> *mut mts_tensormap_t {
    if !keep_info {
        tensor.clear_info();
    }
    give(tensor)
}

/// Create a tensor map with the keys, labels and gradients of another one, and other
/// arrays: one for each leaf, in the order of `mts_structure_t`.
///
/// Each array must have the shape of the one which it replaces, and be on the device of
/// the labels. All arrays must have the same origin and dtype, which can differ from those
/// of the other map.
///
/// @param tensor map with the labels to use, not changed
/// @param arrays one array for each leaf, all taken by the library in all cases.
///        Can be NULL if `arrays_count` is 0
/// @param arrays_count number of arrays
/// @param keep_info copy the global information as well
/// @returns a new map to be given to `mts_tensormap_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_with_arrays(
    tensor: In<mts_tensormap_t>,
    mut arrays: TakenArray<mts_array_t>,
    arrays_count: usize,
    keep_info: bool,
) -> *mut mts_tensormap_t {
    guard("mts_tensormap_with_arrays", || {
        let arrays = take(&mut arrays, arrays_count)?;
        let tensor = tensor.get("tensor")?.with_arrays(arrays)?;
        Ok(give_map(tensor, keep_info))
    })
}

/// Create a block with the labels and gradients of another one, and other arrays: one for
/// the values, and one for each gradient in the order of `mts_structure_t`. The arrays
/// are checked as by `mts_tensormap_with_arrays`.
///
/// @param block block with the labels to use, not changed
/// @param arrays one array for each leaf, all taken by the library in all cases
/// @param arrays_count number of arrays
/// @returns a new block to be given to `mts_block_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_block_with_arrays(
    block: In<mts_block_t>,
    mut arrays: TakenArray<mts_array_t>,
    arrays_count: usize,
) -> *mut mts_block_t {
    guard("mts_block_with_arrays", || {
        let arrays = take(&mut arrays, arrays_count)?;
        Ok(give(block.get("block")?.with_arrays(arrays)?))
    })
}

/// Create a tensor map with some of the blocks of another one, in any order. Blocks which
/// are not picked can be left out this way, or blocks be put in another order.
///
/// @param tensor map to pick blocks from, not changed
/// @param blocks indices of the blocks to pick, all different. Can be NULL if
///        `blocks_count` is 0
/// @param blocks_count number of blocks to pick
/// @param arrays one array for each leaf of the picked blocks, in their new order, as for
///        `mts_tensormap_with_arrays`; all taken by the library in all cases. NULL if
///        `arrays_count` is 0: then the arrays of the blocks are copied
/// @param arrays_count number of arrays
/// @param keep_info copy the global information as well
/// @returns a new map to be given to `mts_tensormap_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_pick_blocks(
    tensor: In<mts_tensormap_t>,
    blocks: InArray<usize>,
    blocks_count: usize,
    mut arrays: TakenArray<mts_array_t>,
    arrays_count: usize,
    keep_info: bool,
) -> *mut mts_tensormap_t {
    guard("mts_tensormap_pick_blocks", || {
        let arrays = take(&mut arrays, arrays_count)?;
        let tensor = tensor.get("tensor")?;
        let blocks = blocks.slice(blocks_count, "blocks")?;
        let arrays = (arrays_count > 0).then_some(arrays);
        Ok(give_map(tensor.pick_blocks(blocks, arrays)?, keep_info))
    })
}

/// Create a tensor map from the arrays and labels of all its blocks and gradients.
///
/// Each leaf is an array with its labels: samples, one for each component, properties.
/// Leaves with the parent -1 become the values of blocks, in the order of the keys; all
/// others become gradients of another leaf. Blocks and gradients are checked as by
/// `mts_block`, `mts_block_add_gradient` and `mts_tensormap`.
///
/// @param keys labels with one row per block
/// @param arrays array of each leaf, all taken by the library in all cases. Can be NULL if
///        `leaves_count` is 0
/// @param parents for each leaf -1, or the leaf which it is the gradient of: this one must
///        come before. Can be NULL if `leaves_count` is 0
/// @param parameters for each leaf with a parent, the name of the gradient in UTF-8,
///        copied; not used for the others, which can be NULL. Can be NULL if
///        `leaves_count` is 0
/// @param labels_counts number of labels of each leaf. Can be NULL if `leaves_count` is 0
/// @param leaves_count number of leaves
/// @param labels labels of all leaves, one leaf after the other. The library takes its own
///        references, the caller still owns its references. Can be NULL if
///        `labels_count` is 0
/// @param labels_count number of labels, the sum of `labels_counts`
/// @returns a new map to be given to `mts_tensormap_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_from_leaves(
    keys: In<mts_labels_t>,
    mut arrays: TakenArray<mts_array_t>,
    parents: InArray<i64>,
    parameters: InArray<OptText>,
    labels_counts: InArray<usize>,
    leaves_count: usize,
    labels: InArray<In<mts_labels_t>>,
    labels_count: usize,
) -> *mut mts_tensormap_t {
    guard("mts_tensormap_from_leaves", || {
        let arrays = take(&mut arrays, leaves_count)?;
        let keys = keys.share("keys")?;
        let parents = parents.slice(leaves_count, "parents")?;
        let parameters = parameters.slice(leaves_count, "parameters")?;
        let labels_counts = labels_counts.slice(leaves_count, "labels_counts")?;
        let mut labels = labels.share(labels_count, "labels")?.into_iter();
        check_counts(labels_counts, labels_count)?;

        let mut leaves = Vec::with_capacity(leaves_count);
        for (index, values) in arrays.into_iter().enumerate() {
            let count = labels_counts[index];
            let mut axes = labels.by_ref().take(count).collect::<Vec<_>>();
            let (Some(properties), false) = (axes.pop(), axes.is_empty()) else {
                return Err(Error::InvalidParameter(format!(
                    "`labels_counts[{index}]` must be at least 2, for samples and properties, got {count}"
                )));
            };
            leaves.push(NewLeaf {
                parent: parent(parents, parameters, index)?,
                values,
                samples: axes.remove(0),
                components: axes,
                properties,
            });
        }
        Ok(give(TensorMap::from_leaves(keys, leaves)?))
    })
}

/// Fail unless the counts add up to the number of labels.
pub fn check_counts(counts: &[usize], expected: usize) -> Result<()> {
    let sum = counts
        .iter()
        .try_fold(0_usize, |sum, &count| sum.checked_add(count));
    if sum != Some(expected) {
        let sum = sum.map_or("too large a number".to_owned(), |sum| sum.to_string());
        return Err(Error::InvalidParameter(format!(
            "`labels_count` must be the sum of `labels_counts` ({sum}), got {expected}"
        )));
    }
    Ok(())
}

/// The parent of a leaf, and the parameter.
pub fn parent<'a>(
    parents: &[i64],
    parameters: &'a [OptText],
    index: usize,
) -> Result<Option<(usize, &'a str)>> {
    match parents[index] {
        -1 => Ok(None),
        parent => {
            let Ok(parent) = usize::try_from(parent) else {
                return Err(Error::InvalidParameter(format!(
                    "`parents[{index}]` must be -1 or the index of a leaf, got {parent}"
                )));
            };
            let Some(parameter) = parameters[index].get() else {
                return Err(null_element("parameters", index));
            };
            let parameter = parameter.to_str().map_err(|_| {
                Error::InvalidParameter(format!(
                    "the string given for `parameters[{index}]` is not valid UTF-8"
                ))
            })?;
            Ok(Some((parent, parameter)))
        }
    }
}
