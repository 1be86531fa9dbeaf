//! Functions adding, removing, renaming and moving the dimensions of labels.

use crate::guard::guard;
use crate::handle::{In, InArray, Text, give_shared};
use crate::labels::mts_labels_t;

/// Create labels with a new dimension.
///
/// @param labels existing labels
/// @param position index of the new dimension, from 0 to the number of dimensions
///        of `labels`
/// @param dimension name of the new dimension, copied
/// @param values values of the new dimension. Can be NULL if `values_count` is 0
/// @param values_count the number of rows of `labels`, or 1 to use the same value
///        for all rows
/// @returns new labels to be given to `mts_labels_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_insert(
    labels: In<mts_labels_t>,
    position: usize,
    dimension: Text,
    values: InArray<i32>,
    values_count: usize,
) -> *const mts_labels_t {
    guard("mts_labels_insert", || {
        let labels = labels.get("labels")?;
        let dimension = dimension.get("dimension")?;
        let values = values.slice(values_count, "values")?;
        Ok(give_shared(labels.insert(position, dimension, values)?))
    })
}

/// Create labels with a new dimension after all others.
///
/// @param labels existing labels
/// @param dimension name of the new dimension, copied
/// @param values values of the new dimension, as in `mts_labels_insert`
/// @param values_count the number of rows of `labels`, or 1 to use the same value
///        for all rows
/// @returns new labels to be given to `mts_labels_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_append(
    labels: In<mts_labels_t>,
    dimension: Text,
    values: InArray<i32>,
    values_count: usize,
) -> *const mts_labels_t {
    guard("mts_labels_append", || {
        let labels = labels.get("labels")?;
        let dimension = dimension.get("dimension")?;
        let values = values.slice(values_count, "values")?;
        Ok(give_shared(labels.insert(
            labels.size(),
            dimension,
            values,
        )?))
    })
}

/// Create labels without some of the dimensions of other labels. The rows must
/// still be different without them.
///
/// @param labels existing labels
/// @param dimensions names of the dimensions to remove. Can be NULL if
///        `dimensions_count` is 0
/// @param dimensions_count number of dimensions to remove
/// @returns new labels to be given to `mts_labels_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_remove(
    labels: In<mts_labels_t>,
    dimensions: InArray<Text>,
    dimensions_count: usize,
) -> *const mts_labels_t {
    guard("mts_labels_remove", || {
        let labels = labels.share("labels")?;
        let dimensions = dimensions.strings(dimensions_count, "dimensions")?;
        Ok(give_shared(labels.remove(&dimensions)?))
    })
}

/// Create labels with another name for one of the dimensions. The values are
/// shared.
///
/// @param labels existing labels
/// @param old_name name of the dimension in `labels`
/// @param new_name name of the dimension in the new labels, copied
/// @returns new labels to be given to `mts_labels_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_rename(
    labels: In<mts_labels_t>,
    old_name: Text,
    new_name: Text,
) -> *const mts_labels_t {
    guard("mts_labels_rename", || {
        let labels = labels.share("labels")?;
        let (old_name, new_name) = (old_name.get("old_name")?, new_name.get("new_name")?);
        Ok(give_shared(labels.rename(old_name, new_name)?))
    })
}

/// Create labels with the dimensions of other labels in another order.
///
/// @param labels existing labels
/// @param order for each dimension of the new labels, its index in `labels`. Can be
///        NULL if `order_count` is 0
/// @param order_count size of `order`, must be the number of dimensions of `labels`
/// @returns new labels to be given to `mts_labels_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_permute(
    labels: In<mts_labels_t>,
    order: InArray<usize>,
    order_count: usize,
) -> *const mts_labels_t {
    guard("mts_labels_permute", || {
        let labels = labels.share("labels")?;
        let order = order.slice(order_count, "order")?;
        Ok(give_shared(labels.permute(order)?))
    })
}
