//! Plans of joins.

use metatensor_core::Result;
use metatensor_core::plan::Plan;

use super::metadata::mts_metadata_t;
use super::options;
use super::result::{give_plan, mts_plan_t};
use crate::guard::guard;
use crate::handle::{In, InArray, OptText, Text, null_element};

/// Plan joining the blocks of several maps with the same key along samples or properties.
/// All other metadata must be the same, except for the samples of gradients.
///
/// Samples of the maps follow each other, and must be distinct unless a dimension with the
/// index of the map is added. Their dimensions may be in another order. Samples of gradients
/// refer to the new samples.
///
/// Properties as well; but if their dimensions are not the same in all maps, the new ones
/// are `joined_index` and `property`, with the index of the map and the position. Gradients
/// get the union of the samples, those of the first map first.
///
/// Each leaf has one piece for each map which has this block. Steps share; or scatter along
/// the samples, for gradients joined along properties.
///
/// @param metadata metadata of each map, at least one
/// @param metadata_count number of maps
/// @param axis `samples` or `properties`
/// @param different_keys `error` if all maps must have the same keys in any order,
///        `intersection` to join blocks which are in all maps, `union` to join all blocks
/// @param add_dimension name of a last dimension with the index of the map, added to the
///        samples or properties. NULL to add nothing
/// @returns a new plan to be given to `mts_plan_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_plan_join(
    metadata: InArray<In<mts_metadata_t>>,
    metadata_count: usize,
    axis: Text,
    different_keys: Text,
    add_dimension: OptText,
) -> *mut mts_plan_t {
    guard("mts_plan_join", || {
        let inputs = metadata
            .slice(metadata_count, "metadata")?
            .iter()
            .enumerate();
        let inputs = inputs.map(|(i, input)| {
            let input = input
                .get("metadata")
                .map_err(|_| null_element("metadata", i))?;
            Ok(&**input.metadata()?)
        });
        let inputs = inputs.collect::<Result<Vec<_>>>()?;
        let axis = options::axis(&axis)?;
        let rule = options::keys_rule(&different_keys)?;
        let add_dimension = add_dimension.text("add_dimension")?;
        give_plan(Plan::join(&inputs, axis, rule, add_dimension)?)
    })
}
