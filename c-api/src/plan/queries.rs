//! Questions about labels which need no plan.

use metatensor_core::Error;
use metatensor_core::plan::{one_hot_positions, unique_metadata};

use super::metadata::mts_metadata_t;
use super::options;
use crate::guard::guard;
use crate::handle::{In, InArray, OptText, Out, Text, give_shared};
use crate::labels::mts_labels_t;
use crate::status::mts_status_t;

/// Get the distinct rows of some dimensions of the samples or properties of all blocks,
/// sorted.
///
/// @param metadata metadata of a map
/// @param axis `samples` or `properties`
/// @param dimensions names of the dimensions, in the order of the result. Can be NULL if
///        `dimensions_count` is 0
/// @param dimensions_count number of dimensions
/// @param gradient NULL, or the parameter of the gradient to look at instead of the values
/// @returns new labels to be given to `mts_labels_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_metadata_unique(
    metadata: In<mts_metadata_t>,
    axis: Text,
    dimensions: InArray<Text>,
    dimensions_count: usize,
    gradient: OptText,
) -> *const mts_labels_t {
    guard("mts_metadata_unique", || {
        let metadata = metadata.get("metadata")?.metadata()?;
        let axis = options::axis(&axis)?;
        let dimensions = dimensions.strings(dimensions_count, "dimensions")?;
        let gradient = gradient.text("gradient")?;
        Ok(give_shared(unique_metadata(
            metadata,
            axis,
            &dimensions,
            gradient,
        )?))
    })
}

/// Get the columns of a one-hot encoding: for each row of labels, the position of its value
/// of one dimension among all possible values. The values must all be there.
///
/// @param labels labels to encode
/// @param dimension the possible values, labels with a single dimension
/// @param positions set to the position of each row
/// @param positions_count number of rows of `labels`
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_one_hot(
    labels: In<mts_labels_t>,
    dimension: In<mts_labels_t>,
    mut positions: Out<i64>,
    positions_count: usize,
) -> mts_status_t {
    guard("mts_labels_one_hot", || {
        let labels = labels.get("labels")?;
        let dimension = dimension.get("dimension")?;
        let positions = positions.slice_mut(positions_count, "positions")?;
        if positions.len() != labels.count() {
            return Err(Error::InvalidParameter(format!(
                "`positions_count` must be the number of entries in the labels ({}), got {positions_count}",
                labels.count()
            )));
        }
        positions.copy_from_slice(&one_hot_positions(labels, dimension)?);
        Ok(())
    })
}
