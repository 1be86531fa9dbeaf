//! What can be wrong when arrays are put into a given structure.

use std::fmt;

use super::{AxisLabels, Error};
use crate::array::{DType, Device};

/// A block or one of its gradients.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Index of the block in its map, `None` for a block on its own.
    pub block: Option<usize>,
    /// Parameters of the gradient, from the outermost; empty for the block itself.
    pub gradient: Vec<String>,
}

/// Shows `block 3` or `gradient 'a' of gradient 'b' of block 3`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for parameter in self.gradient.iter().rev() {
            write!(f, "gradient '{parameter}' of ")?;
        }
        match self.block {
            Some(block) => write!(f, "block {block}"),
            None => f.write_str("the block"),
        }
    }
}

/// Why arrays, labels and gradients do not form a block or a map.
#[derive(Debug)]
#[non_exhaustive]
pub enum StructureError {
    /// There is not one array for each leaf.
    ArrayCount {
        /// Number of arrays.
        found: usize,
        /// Number of leaves.
        expected: usize,
    },
    /// An array does not have one axis for each of the labels.
    Rank {
        /// Where the array should go.
        place: Place,
        /// Shape of the array.
        shape: Vec<usize>,
        /// Number of labels.
        expected: usize,
    },
    /// An axis of an array does not have as many entries as its labels.
    AxisSize {
        /// Where the array should go.
        place: Place,
        /// The axis.
        axis: usize,
        /// Which labels describe it.
        labels: AxisLabels,
        /// Size of the array along this axis.
        found: usize,
        /// Number of rows of the labels.
        expected: usize,
    },
    /// Two arrays use different implementations.
    Origin {
        /// Where the array should go.
        place: Place,
        /// Name of the implementation of this array.
        found: String,
        /// Name of the implementation of the first array.
        expected: String,
    },
    /// An array is not on the device of the labels.
    Device {
        /// Where the array should go.
        place: Place,
        /// Device of this array.
        found: Device,
        /// Device of the labels.
        expected: Device,
    },
    /// Two arrays have different types of elements.
    DType {
        /// Where the array should go.
        place: Place,
        /// Type of this array.
        found: DType,
        /// Type of the first array.
        expected: DType,
    },
    /// The same block is picked more than once.
    RepeatedBlock {
        /// Index of the block.
        block: usize,
    },
    /// A gradient does not come after what it is the gradient of.
    Parent {
        /// Index of the leaf.
        leaf: usize,
        /// Index given for its parent.
        parent: usize,
    },
    /// A block or a gradient can not be made.
    Leaf {
        /// Which one.
        place: Place,
        /// Why.
        cause: Box<Error>,
    },
}

impl fmt::Display for StructureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StructureError::ArrayCount { found, expected } => write!(
                f,
                "expected one array for the values of each block and of each gradient, \
                 {expected} in all, got {found}"
            ),
            StructureError::Rank {
                place,
                shape,
                expected,
            } => write!(
                f,
                "the array for {place} has {} axes (shape {shape:?}), but there are {expected} labels \
                 (samples, {} components, properties)",
                shape.len(),
                expected.saturating_sub(2)
            ),
            StructureError::AxisSize {
                place,
                axis,
                labels,
                found,
                expected,
            } => write!(
                f,
                "the array for {place} has size {found} along axis {axis}, \
                 but the {labels} labels have {expected} entries"
            ),
            StructureError::Origin {
                place,
                found,
                expected,
            } => write!(
                f,
                "all arrays must be of the same kind, got '{found}' for {place} and '{expected}' for the first one"
            ),
            StructureError::Device {
                place,
                found,
                expected,
            } => write!(
                f,
                "arrays must be on the device of the labels, got {found} for {place}, \
                 and the labels are on {expected}"
            ),
            StructureError::DType {
                place,
                found,
                expected,
            } => write!(
                f,
                "all arrays must have the same dtype, got {found} for {place} and {expected} for the first one"
            ),
            StructureError::RepeatedBlock { block } => {
                write!(f, "block {block} can not be picked more than once")
            }
            StructureError::Parent { leaf, parent } => write!(
                f,
                "gradients must come after what they are the gradient of, \
                 but the parent of leaf {leaf} is {parent}"
            ),
            StructureError::Leaf { place, cause } => {
                let cause = cause.to_string();
                let cause = cause.strip_prefix("invalid parameter: ").unwrap_or(&cause);
                write!(f, "{place}: {cause}")
            }
        }
    }
}
