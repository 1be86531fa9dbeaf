//! What can be wrong with labels.

use std::fmt;

use crate::array::{DType, Device};

/// Why labels can not be created, or their rows not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelsError {
    /// A dimension name contains something else than letters, digits and `_`.
    InvalidName {
        /// The name given.
        name: String,
    },
    /// Two dimensions have the same name.
    RepeatedName {
        /// The name given twice.
        name: String,
    },
    /// The array is not two-dimensional with one column for each name.
    Shape {
        /// Shape of the array.
        shape: Vec<usize>,
        /// Number of names.
        size: usize,
    },
    /// The number of values is not a multiple of the number of names.
    ValuesCount {
        /// Number of values.
        values: usize,
        /// Number of names.
        size: usize,
    },
    /// The values are not 32-bit integers.
    DType {
        /// Type of the values.
        dtype: DType,
    },
    /// The labels have rows, but their array has no data.
    NoData {
        /// Device of the array.
        device: Device,
    },
    /// The array has one shape, and exported a tensor of another one.
    ExportedShape {
        /// Shape of the array.
        expected: [usize; 2],
        /// Shape of the tensor it exported.
        found: Vec<usize>,
    },
    /// A row is there more than once.
    DuplicateRow {
        /// Names of the dimensions.
        names: Vec<String>,
        /// The row.
        row: Vec<i32>,
    },
    /// Searching this many rows is not supported.
    TooManyRows {
        /// Number of rows.
        count: usize,
    },
}

impl fmt::Display for LabelsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LabelsError::InvalidName { name } => write!(
                f,
                "'{}' is not a valid dimension name: names must contain only ASCII letters, digits and '_', \
                 and not start with a digit",
                name.escape_debug()
            ),
            LabelsError::RepeatedName { name } => {
                write!(
                    f,
                    "dimension names of labels must be unique, got '{name}' more than once"
                )
            }
            LabelsError::Shape { shape, size: 0 } => {
                write!(
                    f,
                    "labels without dimensions can not have values, got an array of shape {shape:?}"
                )
            }
            LabelsError::Shape { shape, size } => write!(
                f,
                "the values of labels with {size} dimension(s) must be an array of shape (count, {size}), \
                 got an array of shape {shape:?}"
            ),
            LabelsError::ValuesCount { values, size } => {
                write!(
                    f,
                    "{values} values can not be split into rows of {size} dimension(s)"
                )
            }
            LabelsError::DType { dtype } => {
                write!(
                    f,
                    "the values of labels must be 32-bit integers (int32), got {dtype}"
                )
            }
            LabelsError::NoData { device } => write!(
                f,
                "the values of labels on {device} have no data, so their rows can not be checked or searched"
            ),
            LabelsError::ExportedShape { expected, found } => write!(
                f,
                "the array of the labels has shape {expected:?}, but exported values of shape {found:?}"
            ),
            LabelsError::DuplicateRow { names, row } => write!(
                f,
                "rows of labels must be unique, got {} more than once",
                RowDisplay { names, row }
            ),
            LabelsError::TooManyRows { count } => {
                write!(
                    f,
                    "labels with {count} rows are too large to be searched, the limit is {}",
                    u32::MAX - 1
                )
            }
        }
    }
}

/// Shows a row as in `(first=1, second=2)`.
pub(super) struct RowDisplay<'a> {
    pub(super) names: &'a [String],
    pub(super) row: &'a [i32],
}

impl fmt::Display for RowDisplay<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.names.iter().zip(self.row);
        let entries = entries
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>();
        write!(f, "({})", entries.join(", "))
    }
}
