//! Plans choosing blocks.

use metatensor_core::plan::Plan;

use super::metadata::mts_metadata_t;
use super::result::{give_plan, mts_plan_t};
use crate::guard::guard;
use crate::handle::{In, InArray};
use crate::labels::mts_labels_t;

/// Plan keeping or dropping the blocks whose key matches a row of a selection. All steps
/// share.
///
/// @param metadata metadata of the map
/// @param keys selection, with some of the dimensions of the keys
/// @param keep keep the matching blocks, in the order of the selection if it has exactly the
///        dimensions of the keys; or drop them. All other blocks keep their order
/// @returns a new plan to be given to `mts_plan_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_plan_filter_blocks(
    metadata: In<mts_metadata_t>,
    keys: In<mts_labels_t>,
    keep: bool,
) -> *mut mts_plan_t {
    guard("mts_plan_filter_blocks", || {
        let metadata = metadata.get("metadata")?.metadata()?;
        give_plan(Plan::filter_blocks(metadata, keys.get("keys")?, keep)?)
    })
}

/// Plan taking the blocks at some positions. All steps share.
///
/// @param metadata metadata of the map
/// @param positions positions of the blocks, all different; negative ones count from the
///        end. Can be NULL if `positions_count` is 0
/// @param positions_count number of positions
/// @returns a new plan to be given to `mts_plan_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_plan_pick_blocks(
    metadata: In<mts_metadata_t>,
    positions: InArray<i64>,
    positions_count: usize,
) -> *mut mts_plan_t {
    guard("mts_plan_pick_blocks", || {
        let metadata = metadata.get("metadata")?.metadata()?;
        let positions = positions.slice(positions_count, "positions")?;
        give_plan(Plan::pick_blocks(metadata, positions)?)
    })
}

/// Plan dropping all blocks without samples or without properties. All steps share.
///
/// @param metadata metadata of the map
/// @returns a new plan to be given to `mts_plan_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_plan_drop_empty_blocks(metadata: In<mts_metadata_t>) -> *mut mts_plan_t {
    guard("mts_plan_drop_empty_blocks", || {
        let metadata = metadata.get("metadata")?.metadata()?;
        give_plan(Plan::drop_empty_blocks(metadata)?)
    })
}
