//! What can be wrong with blocks and gradients.

use std::fmt;

use crate::array::{DType, Device};

/// Why values and labels do not form a block, or something is not part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BlockError {
    /// The values do not have one axis for each of the labels.
    Rank {
        /// Shape of the values.
        shape: Vec<usize>,
        /// Number of labels: samples, components and properties.
        labels: usize,
    },
    /// An axis of the values does not have as many entries as its labels.
    AxisSize {
        /// The axis.
        axis: usize,
        /// Which labels describe it.
        labels: AxisLabels,
        /// Size of the values along this axis.
        found: usize,
        /// Number of rows of the labels.
        expected: usize,
    },
    /// Two components have the same dimensions.
    RepeatedComponent {
        /// Names of the dimensions.
        names: Vec<String>,
    },
    /// Labels are not on the device of the values.
    Device {
        /// Which labels.
        labels: AxisLabels,
        /// Their device.
        found: Device,
        /// Device of the values.
        expected: Device,
    },
    /// A component does not have exactly one dimension.
    ComponentDimensions {
        /// Index of the component.
        component: usize,
        /// Names of its dimensions.
        names: Vec<String>,
    },
    /// A component has no rows.
    EmptyComponent {
        /// Name of the component.
        name: String,
    },
    /// There is no such axis.
    Axis {
        /// The axis asked for.
        axis: usize,
        /// Number of axes.
        count: usize,
    },
    /// There is no gradient with respect to this parameter.
    UnknownGradient {
        /// The parameter.
        parameter: String,
    },
}

/// Which of the labels of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AxisLabels {
    /// The samples.
    Samples,
    /// The component at this index.
    Component(usize),
    /// The properties.
    Properties,
}

impl fmt::Display for AxisLabels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AxisLabels::Samples => f.write_str("samples"),
            AxisLabels::Component(index) => write!(f, "components[{index}]"),
            AxisLabels::Properties => f.write_str("properties"),
        }
    }
}

impl fmt::Display for BlockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BlockError::Rank { shape, labels } => write!(
                f,
                "the values have {} axes (shape {shape:?}), but {labels} labels were given \
                 (samples, {} components, properties)",
                shape.len(),
                labels.saturating_sub(2)
            ),
            BlockError::AxisSize {
                axis,
                labels,
                found,
                expected,
            } => write!(
                f,
                "the values have size {found} along axis {axis}, but the {labels} labels have {expected} entries"
            ),
            BlockError::RepeatedComponent { names } => {
                write!(
                    f,
                    "component dimensions must be unique, got ({}) more than once",
                    names.join(", ")
                )
            }
            BlockError::Device {
                labels,
                found,
                expected,
            } => write!(
                f,
                "the values and labels of a block must be on the same device: \
                 the values are on {expected}, the {labels} labels on {found}"
            ),
            BlockError::ComponentDimensions { component, names } => write!(
                f,
                "components must have exactly one dimension, got {} for components[{component}]: ({})",
                names.len(),
                names.join(", ")
            ),
            BlockError::EmptyComponent { name } => {
                write!(
                    f,
                    "components must have at least one entry, component '{name}' has none"
                )
            }
            BlockError::Axis { axis, count } => {
                write!(f, "there is no axis {axis} in a block with {count} axes")
            }
            BlockError::UnknownGradient { parameter } => {
                write!(
                    f,
                    "there is no gradient with respect to '{parameter}' in this block"
                )
            }
        }
    }
}

/// Why a gradient does not fit its block.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GradientError {
    /// Gradients of gradients would be nested too deep.
    TooDeep {
        /// How deep they can be.
        limit: usize,
    },
    /// There already is a gradient with respect to this parameter.
    Exists {
        /// The parameter.
        parameter: String,
    },
    /// The gradient and the values use different array implementations.
    Origin {
        /// Name of the implementation of the gradient.
        found: String,
        /// Name of the implementation of the values.
        expected: String,
    },
    /// The gradient and the values are on different devices.
    Device {
        /// Device of the gradient.
        found: Device,
        /// Device of the values.
        expected: Device,
    },
    /// The gradient and the values have different types of elements.
    DType {
        /// Type of the gradient.
        found: DType,
        /// Type of the values.
        expected: DType,
    },
    /// The samples of the gradient have no dimensions.
    NoSampleDimension,
    /// The first dimension of the samples of the gradient is not `sample`.
    FirstSampleDimension {
        /// Name of the dimension.
        found: String,
    },
    /// A gradient sample refers to a sample which does not exist.
    SampleOutOfRange {
        /// Row of the gradient samples.
        row: usize,
        /// Value of `sample` in this row.
        sample: i32,
        /// Number of samples of the block.
        count: usize,
    },
    /// The gradient has fewer components than the values.
    TooFewComponents {
        /// Number of components of the gradient.
        found: usize,
        /// Number of components of the values.
        expected: usize,
    },
    /// The properties of the gradient are not those of the values.
    Properties,
    /// A component of the gradient is not the one of the values.
    Component {
        /// Name of the component of the values.
        name: String,
    },
}

impl fmt::Display for GradientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GradientError::TooDeep { limit } => {
                write!(f, "gradients of gradients can only be nested {limit} times")
            }
            GradientError::Exists { parameter } => {
                write!(
                    f,
                    "this block already has a gradient with respect to '{parameter}'"
                )
            }
            GradientError::Origin { found, expected } => write!(
                f,
                "gradient and values must use the same kind of array, got '{found}' for the gradient \
                 and '{expected}' for the values"
            ),
            GradientError::Device { found, expected } => write!(
                f,
                "gradient and values must be on the same device, got {found} for the gradient \
                 and {expected} for the values"
            ),
            GradientError::DType { found, expected } => write!(
                f,
                "gradient and values must have the same dtype, got {found} for the gradient \
                 and {expected} for the values"
            ),
            GradientError::NoSampleDimension => f.write_str(
                "gradient samples must have at least one dimension named 'sample', got none",
            ),
            GradientError::FirstSampleDimension { found } => {
                write!(
                    f,
                    "the first dimension of gradient samples must be named 'sample', got '{found}'"
                )
            }
            GradientError::SampleOutOfRange { row, sample, count } => write!(
                f,
                "gradient samples must refer to the {count} samples of the block by their index, \
                 got sample={sample} in row {row}"
            ),
            GradientError::TooFewComponents { found, expected } => write!(
                f,
                "gradients must have at least the {expected} component(s) of the values, got {found}"
            ),
            GradientError::Properties => f.write_str(
                "the properties of a gradient must be the same as the properties of the values",
            ),
            GradientError::Component { name } => write!(
                f,
                "the last components of a gradient must be the same as the components of the values, \
                 but they differ for component '{name}'"
            ),
        }
    }
}
