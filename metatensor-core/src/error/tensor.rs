//! What can be wrong with tensor maps.

use std::fmt;

use super::Place;
use crate::array::{DType, Device};

/// Why keys and blocks do not form a tensor map, or something is not part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TensorMapError {
    /// There is not one block for each key.
    BlockCount {
        /// Number of blocks.
        blocks: usize,
        /// Number of keys.
        keys: usize,
    },
    /// Two blocks use different array implementations.
    Origin {
        /// Index of the block which differs from the first one.
        block: usize,
        /// Name of the implementation of this block.
        found: String,
        /// Name of the implementation of the first block.
        expected: String,
    },
    /// Two blocks are on different devices.
    Device {
        /// Index of the block which differs from the first one.
        block: usize,
        /// Device of this block.
        found: Device,
        /// Device of the first block.
        expected: Device,
    },
    /// Two blocks have different types of elements.
    DType {
        /// Index of the block which differs from the first one.
        block: usize,
        /// Type of this block.
        found: DType,
        /// Type of the first block.
        expected: DType,
    },
    /// The keys are not on the device of the blocks.
    KeysDevice {
        /// Device of the keys.
        found: Device,
        /// Device of the blocks.
        expected: Device,
    },
    /// Labels of two blocks, or of their gradients, have different dimensions.
    Names {
        /// Index of the block which differs from the first one.
        block: usize,
        /// Parameters of the gradient, from the outermost; empty for the block itself.
        gradient: Vec<String>,
        /// Which labels: "samples", "properties" or "components".
        labels: &'static str,
        /// Names of this block, one list for each component.
        found: Vec<String>,
        /// Names of the first block.
        expected: Vec<String>,
    },
    /// Two blocks, or their gradients, have gradients with respect to different parameters.
    Gradients {
        /// Index of the block which differs from the first one.
        block: usize,
        /// Parameters of the gradient, from the outermost; empty for the block itself.
        gradient: Vec<String>,
        /// Parameters of this block.
        found: Vec<String>,
        /// Parameters of the first block.
        expected: Vec<String>,
    },
    /// There is no block with this index.
    BlockIndex {
        /// The index asked for.
        index: usize,
        /// Number of blocks.
        count: usize,
    },
}

impl fmt::Display for TensorMapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TensorMapError::BlockCount { blocks, keys } => {
                write!(
                    f,
                    "expected one block for each key, got {blocks} blocks and {keys} keys"
                )
            }
            TensorMapError::Origin {
                block,
                found,
                expected,
            } => write!(
                f,
                "all blocks must use the same kind of array, got '{found}' for block {block} \
                 and '{expected}' for the first one"
            ),
            TensorMapError::Device {
                block,
                found,
                expected,
            } => write!(
                f,
                "all blocks must be on the same device, got {found} for block {block} and {expected} for the first one"
            ),
            TensorMapError::DType {
                block,
                found,
                expected,
            } => write!(
                f,
                "all blocks must have the same dtype, got {found} for block {block} and {expected} for the first one"
            ),
            TensorMapError::KeysDevice { found, expected } => write!(
                f,
                "keys and blocks must be on the same device, got {found} for the keys and {expected} for the blocks"
            ),
            TensorMapError::Names {
                block,
                gradient,
                labels,
                found,
                expected,
            } => write!(
                f,
                "all blocks must have the same {labels} names, got ({}) for {} and ({}) for the first block",
                found.join(", "),
                Place {
                    block: Some(*block),
                    gradient: gradient.clone()
                },
                expected.join(", ")
            ),
            TensorMapError::Gradients {
                block,
                gradient,
                found,
                expected,
            } => write!(
                f,
                "all blocks must have the same gradients, got ({}) for {} and ({}) for the first block",
                found.join(", "),
                Place {
                    block: Some(*block),
                    gradient: gradient.clone()
                },
                expected.join(", ")
            ),
            TensorMapError::BlockIndex { index, count } => {
                write!(
                    f,
                    "there is no block {index} in a tensor map with {count} block(s)"
                )
            }
        }
    }
}

/// Why global metadata can not be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum InfoError {
    /// The value contains a NUL byte.
    Nul {
        /// Key of the value.
        key: String,
    },
}

impl fmt::Display for InfoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InfoError::Nul { key } => {
                write!(
                    f,
                    "info keys and values can not contain NUL bytes, got one for '{}'",
                    key.escape_debug()
                )
            }
        }
    }
}
