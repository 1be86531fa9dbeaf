//! Labelled, block-sparse tensors with gradients: all the logic behind
//! `libmetatensor`, without any foreign function interface.
#![forbid(unsafe_code)]

pub mod array;
mod error;

pub use error::{Error, ErrorKind, Result};
