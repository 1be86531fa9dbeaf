//! `mts_labels_t` and its functions.

use std::ffi::c_char;

use metatensor_core::{Error, Labels};

use crate::array::{ForeignArray, mts_array_t, view};
use crate::guard::guard;
use crate::handle::{In, InArray, InOut, OptOut, Out, Released, Text, give_shared};
use crate::status::mts_status_t;
use crate::strings::c_strings;

/// A set of unique rows of named `int32` columns (dimensions). Labels are
/// immutable and reference counted, all functions taking labels can be called
/// from any thread, concurrently.
pub type mts_labels_t = Labels;

/// Create labels, checking that all the rows are different. The array must be
/// two-dimensional, with one column per dimension, and contain `int32` values.
/// With zero dimensions, the array must be empty.
///
/// @param dimensions names of the dimensions, copied. All must be different and
///        valid identifiers (ASCII letters, digits and `_`, not starting with a
///        digit). Can be NULL if `dimensions_count` is 0
/// @param dimensions_count number of dimensions
/// @param array values of the labels, always taken by the library
/// @returns new labels to be given to `mts_labels_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels(
    dimensions: InArray<Text>,
    dimensions_count: usize,
    array: mts_array_t,
) -> *const mts_labels_t {
    guard("mts_labels", || {
        let array = ForeignArray::new(array);
        let dimensions = dimensions.strings(dimensions_count, "dimensions")?;
        Ok(give_shared(Labels::new(&dimensions, Box::new(array))?))
    })
}

/// Create labels as `mts_labels`, without checking that the rows are different
/// and without reading the data: this works on any device. Passing the same row
/// twice gives meaningless results in other functions.
///
/// @param dimensions names of the dimensions, as in `mts_labels`
/// @param dimensions_count number of dimensions
/// @param array values of the labels, always taken by the library
/// @returns new labels to be given to `mts_labels_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_assume_unique(
    dimensions: InArray<Text>,
    dimensions_count: usize,
    array: mts_array_t,
) -> *const mts_labels_t {
    guard("mts_labels_assume_unique", || {
        let array = ForeignArray::new(array);
        let dimensions = dimensions.strings(dimensions_count, "dimensions")?;
        Ok(give_shared(Labels::new_assume_unique(
            &dimensions,
            Box::new(array),
        )?))
    })
}

/// Get a new reference to existing labels.
///
/// @param labels labels to share
/// @returns the same address, which needs another call to `mts_labels_free`; or
///          NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_clone(labels: In<mts_labels_t>) -> *const mts_labels_t {
    guard("mts_labels_clone", || {
        Ok(give_shared(labels.share("labels")?))
    })
}

/// Release one reference to labels. The labels are freed with the last one.
///
/// @param labels labels to release, can be NULL
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_free(mut labels: Released<mts_labels_t>) -> mts_status_t {
    guard("mts_labels_free", || {
        labels.release();
        Ok(())
    })
}

/// Get the names of the dimensions of labels.
///
/// @param labels labels to read
/// @param dimensions set to an array of C strings valid as long as the labels, or
///        NULL if there are no dimensions
/// @param dimensions_count set to the number of dimensions
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_dimensions(
    labels: In<mts_labels_t>,
    dimensions: Out<*const *const c_char>,
    dimensions_count: Out<usize>,
) -> mts_status_t {
    guard("mts_labels_dimensions", || {
        let labels = labels.get("labels")?;
        let names_slot = dimensions.check("dimensions")?;
        let count_slot = dimensions_count.check("dimensions_count")?;

        let names = labels.names().iter().map(String::as_str);
        let (names, count) = c_strings(labels.attachment(), names)?;
        names_slot.set(names);
        count_slot.set(count);
        Ok(())
    })
}

/// Get the array containing the values of labels.
///
/// @param labels labels to read
/// @param array set to a view of the values, which must not be modified, and is
///        valid as long as the labels
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_values(
    labels: In<mts_labels_t>,
    array: Out<mts_array_t>,
) -> mts_status_t {
    guard("mts_labels_values", || {
        let labels = labels.get("labels")?;
        let array_slot = array.check("array")?;
        array_slot.set(view(labels.values())?);
        Ok(())
    })
}

/// Get the values of labels as contiguous row-major integers on CPU. The first
/// call can copy the values from another device; later calls give the same
/// pointer.
///
/// @param labels labels to read
/// @param values set to the address of the first value, valid as long as the
///        labels. Never NULL, but not readable for labels without values
/// @param count set to the number of rows
/// @param size set to the number of dimensions
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_values_cpu(
    labels: In<mts_labels_t>,
    values: Out<*const i32>,
    count: Out<usize>,
    size: Out<usize>,
) -> mts_status_t {
    guard("mts_labels_values_cpu", || {
        let labels = labels.get("labels")?;
        let values_slot = values.check("values")?;
        let count_slot = count.check("count")?;
        let size_slot = size.check("size")?;

        values_slot.set(labels.values_cpu()?.as_ptr());
        count_slot.set(labels.count());
        size_slot.set(labels.size());
        Ok(())
    })
}

/// Find a row inside labels.
///
/// @param labels labels to search
/// @param values values of the row
/// @param values_count number of values, must be the number of dimensions
/// @param result set to the index of the row, or -1 if the row is not there
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_position(
    labels: In<mts_labels_t>,
    values: In<i32>,
    values_count: usize,
    result: Out<i64>,
) -> mts_status_t {
    guard("mts_labels_position", || {
        let labels = labels.get("labels")?;
        let row = values.slice(values_count, "values")?;
        let result_slot = result.check("result")?;

        // rows are counted by memory in use, which always fits
        let position = labels.position(row)?.map_or(-1, |position| position as i64);
        result_slot.set(position);
        Ok(())
    })
}

/// Check that two arrays of mappings can be written independently.
fn check_mappings(
    first: (&OptOut<i64>, usize),
    second: (&OptOut<i64>, usize),
) -> metatensor_core::Result<()> {
    if first.0.overlaps(first.1, second.0, second.1) {
        return Err(Error::InvalidParameter(
            "`first_mapping` and `second_mapping` can not share memory".into(),
        ));
    }
    Ok(())
}

/// Create labels with all rows of `first`, followed by the rows of `second` which
/// are not in `first`. Both must have the same dimensions.
///
/// @param first first labels
/// @param second second labels
/// @param result set to new labels to be given to `mts_labels_free`; not changed
///        on error
/// @param first_mapping for each row of `first`, set to its index in the result.
///        Can be NULL
/// @param first_mapping_count number of rows in `first`, ignored if
///        `first_mapping` is NULL
/// @param second_mapping same as `first_mapping` for `second`
/// @param second_mapping_count same as `first_mapping_count` for `second`
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_union(
    first: In<mts_labels_t>,
    second: In<mts_labels_t>,
    result: Out<*const mts_labels_t>,
    mut first_mapping: OptOut<i64>,
    first_mapping_count: usize,
    mut second_mapping: OptOut<i64>,
    second_mapping_count: usize,
) -> mts_status_t {
    guard("mts_labels_union", || {
        let first = first.share("first")?;
        let second = second.get("second")?;
        let result_slot = result.check("result")?;
        check_mappings(
            (&first_mapping, first_mapping_count),
            (&second_mapping, second_mapping_count),
        )?;

        let union = first.union(
            second,
            first_mapping.slice_mut(first_mapping_count, "first_mapping")?,
            second_mapping.slice_mut(second_mapping_count, "second_mapping")?,
        )?;
        result_slot.set(give_shared(union));
        Ok(())
    })
}

/// Create labels with the rows present in both `first` and `second`, in the order
/// of the one with fewer rows (`first` if both have as many). Both must have the
/// same dimensions.
///
/// @param first first labels
/// @param second second labels
/// @param result set to new labels to be given to `mts_labels_free`; not changed
///        on error
/// @param first_mapping for each row of `first`, set to its index in the result
///        or -1. Can be NULL
/// @param first_mapping_count number of rows in `first`, ignored if
///        `first_mapping` is NULL
/// @param second_mapping same as `first_mapping` for `second`
/// @param second_mapping_count same as `first_mapping_count` for `second`
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_intersection(
    first: In<mts_labels_t>,
    second: In<mts_labels_t>,
    result: Out<*const mts_labels_t>,
    mut first_mapping: OptOut<i64>,
    first_mapping_count: usize,
    mut second_mapping: OptOut<i64>,
    second_mapping_count: usize,
) -> mts_status_t {
    guard("mts_labels_intersection", || {
        let first = first.share("first")?;
        let second = second.get("second")?;
        let result_slot = result.check("result")?;
        check_mappings(
            (&first_mapping, first_mapping_count),
            (&second_mapping, second_mapping_count),
        )?;

        let intersection = first.intersection(
            second,
            first_mapping.slice_mut(first_mapping_count, "first_mapping")?,
            second_mapping.slice_mut(second_mapping_count, "second_mapping")?,
        )?;
        result_slot.set(give_shared(intersection));
        Ok(())
    })
}

/// Create labels with the rows of `first` which are not in `second`, in the order
/// of `first`. Both must have the same dimensions.
///
/// @param first first labels
/// @param second second labels
/// @param result set to new labels to be given to `mts_labels_free`; not changed
///        on error
/// @param first_mapping for each row of `first`, set to its index in the result
///        or -1. Can be NULL
/// @param first_mapping_count number of rows in `first`, ignored if
///        `first_mapping` is NULL
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_difference(
    first: In<mts_labels_t>,
    second: In<mts_labels_t>,
    result: Out<*const mts_labels_t>,
    mut first_mapping: OptOut<i64>,
    first_mapping_count: usize,
) -> mts_status_t {
    guard("mts_labels_difference", || {
        let first = first.share("first")?;
        let second = second.get("second")?;
        let result_slot = result.check("result")?;

        let mapping = first_mapping.slice_mut(first_mapping_count, "first_mapping")?;
        let difference = first.difference(second, mapping)?;
        result_slot.set(give_shared(difference));
        Ok(())
    })
}

/// Find the rows of labels which match one of the rows of a selection, comparing
/// only the dimensions of the selection.
///
/// The indices come in the order of the selection if it has exactly the dimensions
/// of the labels, and are sorted otherwise.
///
/// @param labels labels to search
/// @param selection rows to look for, its dimensions must all be in `labels`
/// @param selected set to the indices of the selected rows
/// @param selected_count size of `selected`, must be the number of rows of
///        `labels`. Set to the number of selected rows
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_select(
    labels: In<mts_labels_t>,
    selection: In<mts_labels_t>,
    mut selected: Out<u64>,
    mut selected_count: InOut<usize>,
) -> mts_status_t {
    guard("mts_labels_select", || {
        let labels = labels.get("labels")?;
        let selection = selection.get("selection")?;
        let count = selected_count.get_mut("selected_count")?;
        if *count != labels.count() {
            selected.check("selected")?;
            return Err(Error::InvalidParameter(format!(
                "`selected_count` must be the number of entries in the labels ({}), got {count}",
                labels.count()
            )));
        }
        let selected = selected.slice_mut(*count, "selected")?;
        *count = labels.select_into(selection, selected)?;
        Ok(())
    })
}
