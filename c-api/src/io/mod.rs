//! Loading and saving.

mod block;
mod buffer;
mod create;
mod labels;
mod load_with;
mod make;
mod mapping;
mod options;
mod save_with;
mod structure;
mod tensor;
#[cfg(test)]
mod tests;

pub use self::mapping::Mapping;
use std::path::Path;

use metatensor_core::Result;
use metatensor_core::io::Input;

use crate::handle::{InArray, Text};

/// Read from a file.
fn from_path(path: &Text) -> Result<Input<'_>> {
    Ok(Input::Path(Path::new(path.get("path")?)))
}

/// Read from a buffer.
fn from_buffer(buffer: &InArray<u8>, count: usize) -> Result<Input<'_>> {
    Ok(Input::Buffer(buffer.slice(count, "buffer")?))
}
