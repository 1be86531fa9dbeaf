//! Plans of changes of dimensions.

use metatensor_core::Error;
use metatensor_core::plan::{Column, Edit, Plan};

use super::metadata::mts_metadata_t;
use super::options;
use super::result::{give_plan, mts_plan_t};
use crate::guard::guard;
use crate::handle::{In, InArray, Text};

/// Plan inserting a dimension in the keys, samples or properties. Properties of gradients
/// change with those of the values, samples of gradients do not. All steps share.
///
/// @param metadata metadata of the map
/// @param axis `keys`, `samples` or `properties`
/// @param index position of the new dimension; negative ones count from the end
/// @param name name of the new dimension
/// @param values values of the new dimension: one for each row, the same in all blocks; or
///        one for all rows. They must fit in 32-bit integers. Can be NULL if `values_count`
///        is 0
/// @param values_count number of values
/// @param constant there is one value for all rows
/// @returns a new plan to be given to `mts_plan_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_plan_insert_dimension(
    metadata: In<mts_metadata_t>,
    axis: Text,
    index: i64,
    name: Text,
    values: InArray<i64>,
    values_count: usize,
    constant: bool,
) -> *mut mts_plan_t {
    guard("mts_plan_insert_dimension", || {
        let metadata = metadata.get("metadata")?.metadata()?;
        let axis = options::edit_axis(&axis)?;
        let name = name.get("name")?;
        let values = values.slice(values_count, "values")?;
        let values = match (constant, values) {
            (true, [value]) => Column::Constant(*value),
            (true, _) => {
                return Err(Error::InvalidParameter(format!(
                    "`values_count` must be 1 for a constant dimension, got {values_count}"
                )));
            }
            (false, values) => Column::Rows(values),
        };
        let edit = Edit::Insert {
            index,
            name,
            values,
        };
        give_plan(Plan::edit(metadata, axis, edit)?)
    })
}

/// Plan changing the order of the dimensions of the keys, samples or properties. All steps
/// share.
///
/// @param metadata metadata of the map
/// @param axis `keys`, `samples` or `properties`
/// @param positions for each new dimension, its old position; negative ones count from the
///        end. Can be NULL if `positions_count` is 0
/// @param positions_count number of positions, must be the number of dimensions
/// @returns a new plan to be given to `mts_plan_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_plan_permute_dimensions(
    metadata: In<mts_metadata_t>,
    axis: Text,
    positions: InArray<i64>,
    positions_count: usize,
) -> *mut mts_plan_t {
    guard("mts_plan_permute_dimensions", || {
        let metadata = metadata.get("metadata")?.metadata()?;
        let axis = options::edit_axis(&axis)?;
        let positions = positions.slice(positions_count, "positions")?;
        give_plan(Plan::edit(metadata, axis, Edit::Permute(positions))?)
    })
}

/// Plan removing a dimension of the keys, samples or properties; all rows must be distinct
/// without it. All steps share.
///
/// @param metadata metadata of the map
/// @param axis `keys`, `samples` or `properties`
/// @param name dimension to remove
/// @returns a new plan to be given to `mts_plan_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_plan_remove_dimension(
    metadata: In<mts_metadata_t>,
    axis: Text,
    name: Text,
) -> *mut mts_plan_t {
    guard("mts_plan_remove_dimension", || {
        let metadata = metadata.get("metadata")?.metadata()?;
        let axis = options::edit_axis(&axis)?;
        let edit = Edit::Remove(name.get("name")?);
        give_plan(Plan::edit(metadata, axis, edit)?)
    })
}

/// Plan renaming a dimension of some labels. All steps share.
///
/// Samples of gradients change if they have the dimension, other than as first one.
/// Components are renamed wherever they have this name, which may be nowhere.
///
/// @param metadata metadata of the map
/// @param axis `keys`, `samples`, `components` or `properties`
/// @param old_name dimension to rename
/// @param new_name its new name
/// @returns a new plan to be given to `mts_plan_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_plan_rename_dimension(
    metadata: In<mts_metadata_t>,
    axis: Text,
    old_name: Text,
    new_name: Text,
) -> *mut mts_plan_t {
    guard("mts_plan_rename_dimension", || {
        let metadata = metadata.get("metadata")?.metadata()?;
        let axis = options::edit_axis(&axis)?;
        let (old, new) = (old_name.get("old_name")?, new_name.get("new_name")?);
        give_plan(Plan::edit(metadata, axis, Edit::Rename { old, new })?)
    })
}
