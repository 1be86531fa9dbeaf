//! What can be wrong when dimensions are moved from one place to another.

use std::fmt;

use crate::array::{DType, Device};

/// Why blocks of a tensor map can not be merged or changed as requested.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MergeError {
    /// The tensor map has no keys.
    NoKeys,
    /// A dimension to move is not part of the keys.
    UnknownKey {
        /// The dimension to move.
        name: String,
        /// Names of the keys.
        names: Vec<String>,
    },
    /// The dimensions to move were given with values, which only makes sense
    /// when moving to properties.
    UnexpectedValues {
        /// Number of values given.
        count: usize,
    },
    /// The fill value is not a scalar.
    FillShape {
        /// Shape of the fill value.
        shape: Vec<usize>,
    },
    /// The fill value is not on CPU.
    FillDevice {
        /// Device of the fill value.
        device: Device,
    },
    /// The fill value does not have the type of the values.
    FillDType {
        /// Type of the fill value.
        found: DType,
        /// Type of the values.
        expected: DType,
    },
    /// Gradients of gradients can not be merged.
    GradientOfGradient {
        /// Parameter of the gradient which has gradients.
        parameter: String,
    },
    /// A block does not have a gradient of the first block it is merged with.
    MissingGradient {
        /// Index of the block.
        block: usize,
        /// Parameter of the gradient.
        parameter: String,
    },
    /// Labels of two blocks have to be equal to merge them, and are not.
    DifferentLabels {
        /// Which labels.
        labels: &'static str,
        /// Parameter of the gradient, for labels of a gradient.
        parameter: Option<String>,
        /// Index of the first block.
        first: usize,
        /// Index of the second block.
        second: usize,
    },
    /// A gradient sample refers to a sample which does not exist: the data of
    /// the labels was changed after they were created.
    SampleOutOfRange {
        /// Parameter of the gradient.
        parameter: String,
        /// Value of `sample`.
        sample: i32,
    },
    /// A dimension is moved to labels which already have one of the same name.
    NameClash {
        /// The dimension.
        name: String,
        /// Which labels.
        labels: &'static str,
    },
    /// No component to move was given.
    NoComponents,
    /// A component to move was given twice.
    RepeatedComponent {
        /// The component.
        name: String,
    },
    /// A component to move is not part of a block.
    UnknownComponent {
        /// The component.
        name: String,
        /// Index of the block.
        block: usize,
        /// Names of all components of the block.
        names: Vec<String>,
    },
}

impl fmt::Display for MergeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MergeError::NoKeys => f.write_str("there are no keys to move in an empty tensor map"),
            MergeError::UnknownKey { name, names } => write!(
                f,
                "'{name}' is not part of the keys of this tensor map, which are ({})",
                names.join(", ")
            ),
            MergeError::UnexpectedValues { count } => write!(
                f,
                "the keys to move to the samples must not have values, got {count} value(s)"
            ),
            MergeError::FillShape { shape } => {
                write!(
                    f,
                    "the fill value must be a scalar (an array without axes), got shape {shape:?}"
                )
            }
            MergeError::FillDevice { device } => {
                write!(f, "the fill value must be on CPU, got {device}")
            }
            MergeError::FillDType { found, expected } => write!(
                f,
                "the fill value must have the dtype of the values, got {found} and {expected}"
            ),
            MergeError::GradientOfGradient { parameter } => write!(
                f,
                "merging blocks with gradients of gradients is not supported, gradient '{parameter}' has some"
            ),
            MergeError::MissingGradient { block, parameter } => write!(
                f,
                "block {block} has no gradient with respect to '{parameter}', while the block it is merged with has one"
            ),
            MergeError::DifferentLabels {
                labels,
                parameter,
                first,
                second,
            } => {
                write!(
                    f,
                    "blocks {first} and {second} can not be merged: their {labels} labels"
                )?;
                if let Some(parameter) = parameter {
                    write!(f, " for gradient '{parameter}'")?;
                }
                f.write_str(" are different")
            }
            MergeError::SampleOutOfRange { parameter, sample } => write!(
                f,
                "gradient '{parameter}' refers to sample={sample}, which does not exist"
            ),
            MergeError::NameClash { name, labels } => {
                write!(
                    f,
                    "can not move dimension '{name}' to the {labels}: there already is one with this name"
                )
            }
            MergeError::NoComponents => {
                f.write_str("expected at least one component to move, got none")
            }
            MergeError::RepeatedComponent { name } => {
                write!(
                    f,
                    "component '{name}' can not be moved to the properties twice"
                )
            }
            MergeError::UnknownComponent { name, block, names } => write!(
                f,
                "there is no component '{name}' in block {block}, which has components ({})",
                names.join(", ")
            ),
        }
    }
}
