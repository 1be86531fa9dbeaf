//! Functions grouping the rows of labels, and the rows of arrays which may be
//! repeated.

use metatensor_core::{Error, GroupOutputs, Labels, Result, RowOrder};

use crate::array::{ForeignArray, mts_array_t};
use crate::guard::guard;
use crate::handle::{In, InArray, OptOut, Out, Text, give_shared};
use crate::labels::mts_labels_t;
use crate::status::mts_status_t;

fn row_order(sorted: bool) -> RowOrder {
    match sorted {
        true => RowOrder::Lexicographic,
        false => RowOrder::FirstAppearance,
    }
}

/// Group the rows of labels which are equal in some of the dimensions: get the
/// distinct rows, and which rows are part of each group. One call gives
/// everything needed to sum, sort or split data along an axis described by the
/// labels.
///
/// @param labels labels to group
/// @param dimensions names of the dimensions to look at, in the order wanted in
///        the result. At least one is needed
/// @param dimensions_count number of dimensions to look at
/// @param sorted put the groups in lexicographic order, instead of the order in
///        which they first appear
/// @param result set to new labels with one row for each group, to be given to
///        `mts_labels_free`; not changed on error
/// @param inverse for each row of `labels`, set to the index of its group. Can be
///        NULL
/// @param inverse_count number of rows in `labels`, ignored if `inverse` is NULL
/// @param offsets set to the index in `members` of the first row of each group,
///        followed by the number of rows. The number of groups is the number of
///        rows of the result; entries after these are not changed. Can be NULL
/// @param offsets_count one more than the number of rows in `labels`, ignored if
///        `offsets` is NULL
/// @param members set to the indices of all rows of the first group, then of the
///        second one, and so on; increasing inside of each group. Can be NULL
/// @param members_count number of rows in `labels`, ignored if `members` is NULL
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_group_by(
    labels: In<mts_labels_t>,
    dimensions: InArray<Text>,
    dimensions_count: usize,
    sorted: bool,
    result: Out<*const mts_labels_t>,
    mut inverse: OptOut<i64>,
    inverse_count: usize,
    mut offsets: OptOut<i64>,
    offsets_count: usize,
    mut members: OptOut<i64>,
    members_count: usize,
) -> mts_status_t {
    guard("mts_labels_group_by", || {
        let labels = labels.share("labels")?;
        let dimensions = dimensions.strings(dimensions_count, "dimensions")?;
        let result_slot = result.check("result")?;
        check_distinct([
            ("inverse", &inverse, inverse_count),
            ("offsets", &offsets, offsets_count),
            ("members", &members, members_count),
        ])?;
        let outputs = GroupOutputs {
            inverse: inverse.slice_mut(inverse_count, "inverse")?,
            offsets: offsets.slice_mut(offsets_count, "offsets")?,
            members: members.slice_mut(members_count, "members")?,
        };
        let groups = labels.group_by(&dimensions, row_order(sorted), outputs)?;
        result_slot.set(give_shared(groups));
        Ok(())
    })
}

/// Check that no memory is used for two outputs.
fn check_distinct(outputs: [(&str, &OptOut<i64>, usize); 3]) -> Result<()> {
    for (i, (name, output, count)) in outputs.iter().enumerate() {
        for (other_name, other, other_count) in &outputs[..i] {
            if output.overlaps(*count, other, *other_count) {
                return Err(Error::InvalidParameter(format!(
                    "`{other_name}` and `{name}` can not share memory"
                )));
            }
        }
    }
    Ok(())
}

/// Create labels from an array whose rows may be repeated, keeping each distinct
/// row once.
///
/// @param dimensions names of the dimensions, as in `mts_labels`
/// @param dimensions_count number of dimensions
/// @param array rows of integers, always taken by the library
/// @param sorted put the rows in lexicographic order, instead of the order in which
///        they first appear
/// @param result set to new labels to be given to `mts_labels_free`; not changed
///        on error
/// @param inverse for each row of the array, set to the index of the equal row of
///        the result. Can be NULL
/// @param inverse_count number of rows of the array, ignored if `inverse` is NULL
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_unique(
    dimensions: InArray<Text>,
    dimensions_count: usize,
    array: mts_array_t,
    sorted: bool,
    result: Out<*const mts_labels_t>,
    mut inverse: OptOut<i64>,
    inverse_count: usize,
) -> mts_status_t {
    guard("mts_labels_unique", || {
        let array = Box::new(ForeignArray::new(array));
        let dimensions = dimensions.strings(dimensions_count, "dimensions")?;
        let result_slot = result.check("result")?;
        let inverse = inverse.slice_mut(inverse_count, "inverse")?;
        let labels = Labels::unique(&dimensions, array, row_order(sorted), inverse)?;
        result_slot.set(give_shared(labels));
        Ok(())
    })
}
