//! Reading and writing `.mts` files.
//!
//! Labels are stored as one NPY table; blocks and tensor maps as a ZIP archive
//! of such files, without compression. What is written is, byte for byte, what
//! the reference implementation writes. Everything that reads bytes expects
//! them to be hostile: sizes are checked against what is really there before
//! anything is allocated, and nesting is limited.

mod atomic;
mod block;
mod context;
mod info;
mod labels;
mod npy;
mod source;
mod tensor;
mod values;
mod zip;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use self::context::{Kind, load};
use self::zip::ArchiveWriter;
use crate::array::{Array, DType};
use crate::{Labels, Result, TensorBlock, TensorMap};

/// Where to read from.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// A file.
    Path(&'a Path),
    /// The content of a file.
    Buffer(&'a [u8]),
}

/// Where to write to.
pub enum Output<'a> {
    /// A file, replaced in one go: a failure keeps its previous content.
    Path(&'a Path),
    /// Anything that takes bytes, one part after the other.
    Writer(&'a mut dyn Write),
}

/// Creates the array for the values of a block which is loaded. It must be in
/// main memory, contiguous and writable; the data is written afterwards.
pub type CreateArray<'a> = dyn FnMut(&[usize], DType) -> Result<Box<dyn Array>> + 'a;

/// Load labels.
pub fn load_labels(input: Input) -> Result<Arc<Labels>> {
    load(input, Kind::Labels, |source| {
        let mut reader = source::EntryReader::whole(source);
        let table = labels::read_table(&mut reader)?;
        reader.finish()?;
        table.into_labels("")
    })
}

/// Load a block, creating the arrays of its values and gradients with `create`.
pub fn load_block(input: Input, create: &mut CreateArray) -> Result<Box<TensorBlock>> {
    load(input, Kind::Block, |source| {
        block::read_block(&zip::Archive::open(source)?, create)
    })
}

/// Load a tensor map, creating the arrays of all values and gradients with `create`.
pub fn load_tensor(input: Input, create: &mut CreateArray) -> Result<TensorMap> {
    load(input, Kind::TensorMap, |source| {
        tensor::read_tensor(&zip::Archive::open(source)?, create)
    })
}

/// Save labels.
pub fn save_labels(output: Output, labels: &Labels) -> Result<()> {
    save(output, Kind::Labels, |writer| {
        labels::write_labels(writer, labels)
    })
}

/// Save a block and its gradients.
pub fn save_block(output: Output, block: &TensorBlock) -> Result<()> {
    save(output, Kind::Block, |writer| {
        let mut archive = ArchiveWriter::new(writer);
        block::write_block(&mut archive, "", block)?;
        archive.finish()
    })
}

/// Save a tensor map and its global metadata.
pub fn save_tensor(output: Output, tensor: &TensorMap) -> Result<()> {
    save(output, Kind::TensorMap, |writer| {
        let mut archive = ArchiveWriter::new(writer);
        tensor::write_tensor(&mut archive, tensor)?;
        archive.finish()
    })
}

fn save(
    output: Output,
    kind: Kind,
    write: impl FnOnce(&mut dyn Write) -> Result<()>,
) -> Result<()> {
    let (result, target) = match output {
        Output::Path(path) => (
            atomic::write_file(path, write),
            format!("'{}'", path.display()),
        ),
        Output::Writer(writer) => (write(writer), "a buffer".to_owned()),
    };
    result.map_err(|error| context::add(error, &format!("failed to save a {kind} to {target}")))
}
