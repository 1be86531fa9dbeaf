//! What can be wrong when making labels from the rows or columns of others.

use std::fmt;

use super::labels::RowDisplay;

/// Why rows can not be taken or grouped, or columns not be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelsEditError {
    /// Rows can not be grouped without looking at any dimension.
    NoDimensions,
    /// A row number which is not one of the labels.
    RowOutOfRange {
        /// The number.
        row: i64,
        /// Number of rows.
        count: usize,
    },
    /// The same row number is there twice.
    RepeatedRow {
        /// The number.
        row: i64,
    },
    /// A new dimension can not be put at this position.
    Position {
        /// The position.
        position: usize,
        /// Number of dimensions.
        size: usize,
    },
    /// A new dimension has neither one value for each row, nor one for all.
    ColumnSize {
        /// Name of the dimension.
        name: String,
        /// Number of values.
        found: usize,
        /// Number of rows.
        count: usize,
    },
    /// Rows which only differ by the removed dimensions.
    RowsNotDistinct {
        /// Names of the removed dimensions.
        removed: Vec<String>,
        /// Names which are left.
        names: Vec<String>,
        /// One of the rows which would be there more than once.
        row: Vec<i32>,
    },
    /// An order of dimensions does not contain each of them once.
    Permutation {
        /// The order.
        order: Vec<usize>,
        /// Number of dimensions.
        size: usize,
    },
}

impl fmt::Display for LabelsEditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LabelsEditError::NoDimensions => {
                f.write_str("at least one dimension is needed to group rows")
            }
            LabelsEditError::RowOutOfRange { row, count } => {
                write!(f, "row {row} is out of range for labels with {count} rows")
            }
            LabelsEditError::RepeatedRow { row } => write!(
                f,
                "rows of labels must be unique, so row {row} can not be taken more than once"
            ),
            LabelsEditError::Position { position, size } => write!(
                f,
                "a dimension can not be inserted at position {position} of labels with {size} dimension(s)"
            ),
            LabelsEditError::ColumnSize { name, found, count } => write!(
                f,
                "dimension '{name}' needs one value for each of the {count} rows, or one for all of them, \
                 got {found}"
            ),
            LabelsEditError::RowsNotDistinct {
                removed,
                names,
                row,
            } => write!(
                f,
                "rows of labels must be unique, but without dimension(s) ({}) {} would be there more than once",
                removed.join(", "),
                RowDisplay { names, row }
            ),
            LabelsEditError::Permutation { order, size } => write!(
                f,
                "expected each of the {size} dimension(s) once, numbered from 0, got {order:?}"
            ),
        }
    }
}
