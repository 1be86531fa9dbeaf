//! What is not the same about two maps or blocks.

use std::fmt;

use crate::array::Device;
use crate::error::{AxisLabels, Place};

/// The first thing which is not the same about two maps, or two blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// The keys.
    Keys(LabelsDifference),
    /// The number of blocks, if keys are not compared.
    BlockCount {
        /// Number of blocks of the first map.
        first: usize,
        /// Number of blocks of the second one.
        second: usize,
    },
    /// Labels of two blocks, or of two gradients.
    Labels {
        /// Where in the first map.
        place: Place,
        /// Index of the block in the second map.
        other_block: usize,
        /// Which labels.
        labels: AxisLabels,
        /// The axis of the first block which they describe.
        axis: usize,
        /// What is different.
        difference: LabelsDifference,
    },
    /// The number of components.
    ComponentCount {
        /// Where in the first map.
        place: Place,
        /// Index of the block in the second map.
        other_block: usize,
        /// Number of components in the first map.
        first: usize,
        /// Number of components in the second one.
        second: usize,
    },
    /// The parameters of the gradients.
    Gradients {
        /// Where in the first map.
        place: Place,
        /// Index of the block in the second map.
        other_block: usize,
        /// Parameters in the first map.
        first: Vec<String>,
        /// Parameters in the second one.
        second: Vec<String>,
    },
}

/// What is not the same about two labels.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelsDifference {
    /// The names of the dimensions.
    Names {
        /// Names of the first labels.
        first: Vec<String>,
        /// Names of the second ones.
        second: Vec<String>,
    },
    /// The number of rows.
    Count {
        /// Number of rows of the first labels.
        first: usize,
        /// Number of rows of the second ones.
        second: usize,
    },
    /// The device.
    Device {
        /// Device of the first labels.
        first: Device,
        /// Device of the second ones.
        second: Device,
    },
    /// A row is not the same.
    Row {
        /// Index of the first such row.
        row: usize,
        /// The row in the first labels.
        first: Vec<i32>,
        /// The row in the second ones.
        second: Vec<i32>,
    },
    /// A row of the first labels is not in the second ones at all.
    Missing {
        /// Index of the first such row.
        row: usize,
        /// The row.
        first: Vec<i32>,
    },
}

struct Row<'a>(&'a [i32]);

impl fmt::Display for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (i, value) in self.0.iter().enumerate() {
            let separator = if i == 0 { "" } else { ", " };
            write!(f, "{separator}{value}")?;
        }
        f.write_str(")")
    }
}

/// Continues a sentence about two labels, as in `... differ: ...`.
impl fmt::Display for LabelsDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LabelsDifference::Names { first, second } => write!(
                f,
                "they have different names, ({}) and ({})",
                first.join(", "),
                second.join(", ")
            ),
            LabelsDifference::Count { first, second } => {
                write!(f, "they have {first} and {second} entries")
            }
            LabelsDifference::Device { first, second } => {
                write!(f, "they are on different devices, {first} and {second}")
            }
            LabelsDifference::Row { row, first, second } => write!(
                f,
                "the entries are not the same or not in the same order, the first difference is \
                 {} and {} for entry {row}",
                Row(first),
                Row(second)
            ),
            LabelsDifference::Missing { row, first } => write!(
                f,
                "{}, entry {row} of the first ones, is not part of the second ones",
                Row(first)
            ),
        }
    }
}

/// Shows a sentence.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::Keys(LabelsDifference::Count { first, second })
            | Difference::BlockCount { first, second } => {
                write!(f, "the maps have {first} and {second} blocks")
            }
            Difference::Keys(difference) => write!(f, "the keys differ: {difference}"),
            Difference::Labels {
                place,
                labels,
                difference,
                ..
            } => write!(f, "the {labels} of {place} differ: {difference}"),
            Difference::ComponentCount {
                place,
                first,
                second,
                ..
            } => write!(
                f,
                "the components of {place} differ: there are {first} and {second}"
            ),
            Difference::Gradients {
                place,
                first,
                second,
                ..
            } => write!(
                f,
                "the gradients of {place} differ: they are ({}) and ({})",
                first.join(", "),
                second.join(", ")
            ),
        }
    }
}
