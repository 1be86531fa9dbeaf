//! What can be wrong with operations on labels.

use std::fmt;

use crate::array::Device;

/// Why an operation on labels can not be done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelsOperationError {
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
    /// A dimension which the labels do not have.
    UnknownDimension {
        /// What uses it.
        user: &'static str,
        /// The dimension.
        name: String,
        /// Names of the labels.
        names: Vec<String>,
    },
}

impl fmt::Display for LabelsOperationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LabelsOperationError::RowSize { found, names } => write!(
                f,
                "expected one value for each of the {} dimension(s) ({}) in each row, got {found}",
                names.len(),
                names.join(", ")
            ),
            LabelsOperationError::OutputSize {
                what,
                found,
                expected,
            } => {
                write!(
                    f,
                    "the buffer for {what} must have {expected} entries, got {found}"
                )
            }
            LabelsOperationError::DifferentNames {
                operation,
                first,
                second,
            } => write!(
                f,
                "{operation} of labels needs the same dimensions in the same order, got ({}) and ({})",
                first.join(", "),
                second.join(", ")
            ),
            LabelsOperationError::DifferentDevices {
                operation,
                first,
                second,
            } => {
                write!(
                    f,
                    "{operation} of labels needs them on the same device, got {first} and {second}"
                )
            }
            LabelsOperationError::UnknownDimension { user, name, names } => write!(
                f,
                "{user} uses dimension '{name}', which is not part of the labels with dimensions ({})",
                names.join(", ")
            ),
        }
    }
}
