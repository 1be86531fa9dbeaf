#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod array;
mod block;
pub mod error;
pub mod io;
mod labels;
mod memory;
mod ordered_map;
pub mod parallel;
pub mod plan;
mod tensor;

pub use block::TensorBlock;
pub use error::{Error, ErrorCategory, ErrorKind, Result};
pub use labels::{GroupOutputs, Labels, Names, RowOrder, is_valid_name};
pub use tensor::{
    CompareOptions, Comparison, Difference, KeyMatching, LabelsDifference, LazyArrays, Leaf,
    NewLeaf, TensorMap,
};
