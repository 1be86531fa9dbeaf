//! What can be wrong with labels.

use std::fmt;

use crate::array::{DType, Device};

/// Why labels can not be created, or an operation on them not be done.
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
    /// A row to look for does not have one value for each dimension.
    RowSize {
        /// Number of values given.
        found: usize,
        /// Names of the dimensions.
        names: Vec<String>,
    },
    /// A buffer for results does not have the required number of entries.
    OutputSize {
        /// What the buffer is for.
        what: &'static str,
        /// Number of entries of the buffer.
        found: usize,
        /// Number of entries it must have.
        expected: usize,
    },
    /// The operands of a set operation do not have the same dimensions.
    DifferentNames {
        /// The set operation.
        operation: &'static str,
        /// Names of the first labels.
        first: Vec<String>,
        /// Names of the second labels.
        second: Vec<String>,
    },
    /// The operands of an operation are on different devices.
    DifferentDevices {
        /// The operation.
        operation: &'static str,
        /// Device of the first labels.
        first: Device,
        /// Device of the second labels.
        second: Device,
    },
    /// A selection uses a dimension which the labels do not have.
    UnknownDimension {
        /// The dimension of the selection.
        name: String,
        /// Names of the labels.
        names: Vec<String>,
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
            LabelsError::RowSize { found, names } => write!(
                f,
                "expected one value for each of the {} dimension(s) ({}) in each row, got {found}",
                names.len(),
                names.join(", ")
            ),
            LabelsError::OutputSize {
                what,
                found,
                expected,
            } => {
                write!(
                    f,
                    "the buffer for {what} must have {expected} entries, got {found}"
                )
            }
            LabelsError::DifferentNames {
                operation,
                first,
                second,
            } => write!(
                f,
                "{operation} of labels needs the same dimensions in the same order, got ({}) and ({})",
                first.join(", "),
                second.join(", ")
            ),
            LabelsError::DifferentDevices {
                operation,
                first,
                second,
            } => {
                write!(
                    f,
                    "{operation} of labels needs them on the same device, got {first} and {second}"
                )
            }
            LabelsError::UnknownDimension { name, names } => write!(
                f,
                "the selection uses dimension '{name}', which is not part of the labels with dimensions ({})",
                names.join(", ")
            ),
        }
    }
}

/// Shows a row as in `(first=1, second=2)`.
struct RowDisplay<'a> {
    names: &'a [String],
    row: &'a [i32],
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
