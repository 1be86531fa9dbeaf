//! Functions on the rows of labels: finding, comparing, sorting and taking them.

use crate::guard::guard;
use crate::handle::{In, InArray, Out, OutArray, give_shared};
use crate::labels::mts_labels_t;
use crate::status::mts_status_t;

/// Find many rows inside labels with a single call.
///
/// @param labels labels to search
/// @param values values of the rows, one row after the other. Can be NULL if
///        `values_count` is 0
/// @param values_count number of values in all, must be `positions_count` times the
///        number of dimensions
/// @param positions set to the index of each row, or -1 if the row is not there.
///        Can be NULL if `positions_count` is 0
/// @param positions_count number of rows to find
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_positions(
    labels: In<mts_labels_t>,
    values: InArray<i32>,
    values_count: usize,
    mut positions: OutArray<i64>,
    positions_count: usize,
) -> mts_status_t {
    guard("mts_labels_positions", || {
        let labels = labels.get("labels")?;
        let rows = values.slice(values_count, "values")?;
        let positions = positions.slice_mut(positions_count, "positions")?;
        labels.positions(rows, positions)
    })
}

/// Check if the rows of labels are in lexicographic order. The answer is remembered.
///
/// @param labels labels to check
/// @param sorted set to true if each row is larger than the one before, false
///        otherwise
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_is_sorted(
    labels: In<mts_labels_t>,
    sorted: Out<bool>,
) -> mts_status_t {
    guard("mts_labels_is_sorted", || {
        let labels = labels.get("labels")?;
        let sorted_slot = sorted.check("sorted")?;
        sorted_slot.set(labels.is_sorted()?);
        Ok(())
    })
}

/// Check if two labels are equal: same dimensions in the same order, same rows in
/// the same order, and same device. The rows of labels on a device without data
/// (`kDLExtDev`) are not compared.
///
/// @param first first labels
/// @param second second labels
/// @param equal set to true if the labels are equal, false otherwise
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_equal(
    first: In<mts_labels_t>,
    second: In<mts_labels_t>,
    equal: Out<bool>,
) -> mts_status_t {
    guard("mts_labels_equal", || {
        let first = first.get("first")?;
        let second = second.get("second")?;
        let equal_slot = equal.check("equal")?;
        equal_slot.set(first.equals(second)?);
        Ok(())
    })
}

/// Get the order which sorts the rows of labels lexicographically.
///
/// @param labels labels to sort
/// @param descending put the largest row first instead of the smallest one
/// @param order set to the index of the first row in sorted order, then of the
///        second one, and so on. Can be NULL if `order_count` is 0
/// @param order_count size of `order`, must be the number of rows of `labels`
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_argsort(
    labels: In<mts_labels_t>,
    descending: bool,
    mut order: OutArray<i64>,
    order_count: usize,
) -> mts_status_t {
    guard("mts_labels_argsort", || {
        let labels = labels.get("labels")?;
        let order = order.slice_mut(order_count, "order")?;
        labels.argsort(descending, order)
    })
}

/// Create labels with some of the rows of other labels, in any order.
///
/// @param labels labels to take rows from
/// @param rows indices of the rows to take, in the order of the result. Each row
///        can only be taken once. Can be NULL if `rows_count` is 0
/// @param rows_count number of rows to take
/// @returns new labels to be given to `mts_labels_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_take(
    labels: In<mts_labels_t>,
    rows: InArray<i64>,
    rows_count: usize,
) -> *const mts_labels_t {
    guard("mts_labels_take", || {
        let labels = labels.share("labels")?;
        let rows = rows.slice(rows_count, "rows")?;
        Ok(give_shared(labels.take(rows)?))
    })
}
