//! Plans of reductions, selections and sorting.

use metatensor_core::plan::{Plan, Selection};
use metatensor_core::{Error, Result};

use super::metadata::mts_metadata_t;
use super::options;
use super::result::{give_plan, mts_plan_t};
use crate::guard::guard;
use crate::handle::{In, InArray, OptRef, Text};
use crate::labels::mts_labels_t;

/// Rows to select: either labels or positions.
#[repr(C)]
pub struct mts_selection_t {
    /// Rows to look for, with some of the dimensions; or NULL to select by position.
    pub labels: OptRef<mts_labels_t>,
    /// Positions of the rows if `labels` is NULL; negative ones count from the end. Can be
    /// NULL if `positions_count` is 0.
    pub positions: InArray<i64>,
    /// Number of positions, which must be 0 if there are labels.
    pub positions_count: usize,
}

/// Plan the sum, mean, ... over some dimensions of the samples or properties.
///
/// The new labels have the other dimensions, and are sorted. Without any dimension left
/// there is one row, with the dimension `_` and the value 0; but if this axis is empty in
/// all blocks then so are the new labels, without dimensions. When samples are reduced, the
/// samples of gradients get the numbers of the new samples, and are reduced and sorted as
/// well.
///
/// Each leaf has one step, which reduces; or shares if there are no rows.
///
/// @param metadata metadata of the map
/// @param axis `samples` or `properties`
/// @param dimensions names of the dimensions to reduce. Can be NULL if `dimensions_count`
///        is 0
/// @param dimensions_count number of dimensions
/// @returns a new plan to be given to `mts_plan_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_plan_reduce(
    metadata: In<mts_metadata_t>,
    axis: Text,
    dimensions: InArray<Text>,
    dimensions_count: usize,
) -> *mut mts_plan_t {
    guard("mts_plan_reduce", || {
        let metadata = metadata.get("metadata")?.metadata()?;
        let axis = options::axis(&axis)?;
        let dimensions = dimensions.strings(dimensions_count, "dimensions")?;
        give_plan(Plan::reduce(metadata, axis, &dimensions)?)
    })
}

/// Plan taking some of the samples or properties, once or many times. There is one result
/// for each selection.
///
/// Samples are taken in the order of the positions, which must be distinct. Labels select
/// all rows which match one of theirs, in the order of the selection if it has the same
/// dimensions, and in the order of the samples otherwise. Rows of gradients keep their order,
/// and refer to the new samples. Properties always keep their order, and are taken once.
///
/// Each leaf has one step, which shares, takes a range, or gathers. The cost of many
/// selections is the one of going over the labels once, and of their results.
///
/// @param metadata metadata of the map
/// @param axis `samples` or `properties`
/// @param selections rows to select. Can be NULL if `selections_count` is 0
/// @param selections_count number of selections
/// @returns a new plan to be given to `mts_plan_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_plan_select(
    metadata: In<mts_metadata_t>,
    axis: Text,
    selections: InArray<mts_selection_t>,
    selections_count: usize,
) -> *mut mts_plan_t {
    guard("mts_plan_select", || {
        let metadata = metadata.get("metadata")?.metadata()?;
        let axis = options::axis(&axis)?;
        let selections = selections.slice(selections_count, "selections")?;
        let selections = selections.iter().enumerate().map(|(i, selection)| {
            let count = selection.positions_count;
            match selection.labels.get() {
                Some(_) if count != 0 => Err(Error::InvalidParameter(format!(
                    "`selections[{i}]` must have either labels or positions, got both"
                ))),
                Some(labels) => Ok(Selection::Labels(labels)),
                None => {
                    let name = format!("selections[{i}].positions");
                    Ok(Selection::Positions(
                        selection.positions.slice(count, &name)?,
                    ))
                }
            }
        });
        let selections = selections.collect::<Result<Vec<_>>>()?;
        give_plan(Plan::select(metadata, axis, &selections)?)
    })
}

/// Plan sorting labels by all of their dimensions. Samples of gradients refer to the new
/// position of the samples, and are sorted as well.
///
/// Leaves have one step for each axis with another order, which gathers; or a single step
/// which shares.
///
/// @param metadata metadata of the map
/// @param axes labels to sort: any of `samples`, `components`, `properties`, `keys`. Can be
///        NULL if `axes_count` is 0
/// @param axes_count number of axes
/// @param descending reverse the order of all these labels
/// @returns a new plan to be given to `mts_plan_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_plan_sort(
    metadata: In<mts_metadata_t>,
    axes: InArray<Text>,
    axes_count: usize,
    descending: bool,
) -> *mut mts_plan_t {
    guard("mts_plan_sort", || {
        let metadata = metadata.get("metadata")?.metadata()?;
        let axes = options::sort_axes(&axes.strings(axes_count, "axes")?)?;
        give_plan(Plan::sort(metadata, axes, descending)?)
    })
}
