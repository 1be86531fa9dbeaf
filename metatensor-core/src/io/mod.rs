//! Reading and writing `.mts` files.
//!
//! Labels are stored as one NPY table; blocks and tensor maps as a ZIP archive
//! of such files, without compression. What is written is, byte for byte, what
//! the reference implementation writes. Everything that reads bytes expects
//! them to be hostile: sizes are checked against what is really there before
//! anything is allocated, and nesting is limited.

mod atomic;
mod block;
mod checksum;
mod context;
mod extended;
mod info;
mod labels;
mod npy;
mod options;
mod rows;
mod selection;
mod sink;
mod source;
mod tensor;
mod values;
mod zip;

use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use self::block::BlockReader;
use self::context::{Kind, load};
pub use self::options::{Blocks, LoadOptions, SaveOptions};
use self::sink::{Sink, Stream};
pub use self::source::ReadAt;
use self::values::Leaves;
use self::zip::{Archive, ArchiveWriter};
use crate::array::{Array, DType};
use crate::{Error, Labels, Result, TensorBlock, TensorMap};

/// Where to read from.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// A file.
    Path(&'a Path),
    /// The content of a file.
    Buffer(&'a [u8]),
    /// A file, and its content (mapped in memory).
    Mapped(&'a Path, &'a [u8]),
    /// Anything else which can be read at any position.
    Reader(&'a dyn ReadAt),
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

/// Makes the arrays for the values of blocks which are loaded.
pub trait MakeArrays {
    /// Create an array in main memory, contiguous and writable; the data is
    /// written afterwards.
    fn create(&mut self, shape: &[usize], dtype: DType) -> Result<Box<dyn Array>>;

    /// Make an array out of these bytes of the input, which are its elements in
    /// native byte order and row-major order, but may be anything and anywhere:
    /// neither their alignment nor their checksum are checked. `None`, the default,
    /// to have an array created and filled instead.
    fn map(
        &mut self,
        _shape: &[usize],
        _dtype: DType,
        _bytes: Range<u64>,
    ) -> Result<Option<Box<dyn Array>>> {
        Ok(None)
    }
}

impl<F: FnMut(&[usize], DType) -> Result<Box<dyn Array>>> MakeArrays for F {
    fn create(&mut self, shape: &[usize], dtype: DType) -> Result<Box<dyn Array>> {
        self(shape, dtype)
    }
}

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
    let mut make = |shape: &[usize], dtype| create(shape, dtype);
    load_block_with(input, &LoadOptions::default(), &mut make)
}

/// Load (a part of) a block. There are no [`blocks`](LoadOptions::blocks) to choose.
pub fn load_block_with(
    input: Input,
    options: &LoadOptions,
    make: &mut dyn MakeArrays,
) -> Result<Box<TensorBlock>> {
    read_block(input, options, Leaves::Make(make))
}

/// Load everything but the values of a block: they are
/// [`MetaArray`](crate::array::MetaArray), with a type and a shape.
pub fn load_block_structure(input: Input, options: &LoadOptions) -> Result<Box<TensorBlock>> {
    read_block(input, options, Leaves::Skip)
}

fn read_block(input: Input, options: &LoadOptions, leaves: Leaves) -> Result<Box<TensorBlock>> {
    if options.blocks.is_some() {
        return Err(Error::InvalidParameter(
            "blocks can only be selected when loading a TensorMap, not a single TensorBlock".into(),
        ));
    }
    load(input, Kind::Block, |source| {
        let archive = Archive::open(source)?;
        BlockReader::new(&archive, options, leaves)?.read("")
    })
}

/// Load a tensor map, creating the arrays of all values and gradients with `create`.
pub fn load_tensor(input: Input, create: &mut CreateArray) -> Result<TensorMap> {
    let mut make = |shape: &[usize], dtype| create(shape, dtype);
    load_tensor_with(input, &LoadOptions::default(), &mut make)
}

/// Load (a part of) a tensor map.
pub fn load_tensor_with(
    input: Input,
    options: &LoadOptions,
    make: &mut dyn MakeArrays,
) -> Result<TensorMap> {
    read_tensor(input, options, Leaves::Make(make))
}

/// Load everything but the values of a tensor map: they are
/// [`MetaArray`](crate::array::MetaArray), with a type and a shape.
pub fn load_tensor_structure(input: Input, options: &LoadOptions) -> Result<TensorMap> {
    read_tensor(input, options, Leaves::Skip)
}

fn read_tensor(input: Input, options: &LoadOptions, leaves: Leaves) -> Result<TensorMap> {
    load(input, Kind::TensorMap, |source| {
        tensor::read_tensor(&Archive::open(source)?, options, leaves)
    })
}

/// Save labels.
pub fn save_labels(output: Output, labels: &Labels) -> Result<()> {
    save(output, Kind::Labels, &SaveOptions::default(), |sink| {
        labels::write_labels(sink, labels)
    })
}

/// Save a block and its gradients.
pub fn save_block(output: Output, block: &TensorBlock) -> Result<()> {
    save_block_with(output, block, &SaveOptions::default())
}

/// Same as [`save_block`], with options.
pub fn save_block_with(output: Output, block: &TensorBlock, options: &SaveOptions) -> Result<()> {
    save(output, Kind::Block, options, |sink| {
        let mut archive = ArchiveWriter::new(sink, options.aligned);
        block::write_single(&mut archive, block, options)?;
        archive.finish()
    })
}

/// Save a tensor map and its global metadata.
pub fn save_tensor(output: Output, tensor: &TensorMap) -> Result<()> {
    save_tensor_with(output, tensor, &SaveOptions::default())
}

/// Same as [`save_tensor`], with options.
pub fn save_tensor_with(output: Output, tensor: &TensorMap, options: &SaveOptions) -> Result<()> {
    save(output, Kind::TensorMap, options, |sink| {
        let mut archive = ArchiveWriter::new(sink, options.aligned);
        tensor::write_tensor(&mut archive, tensor, options)?;
        archive.finish()
    })
}

fn save(
    output: Output,
    kind: Kind,
    options: &SaveOptions,
    write: impl FnOnce(&mut dyn Sink) -> Result<()>,
) -> Result<()> {
    let (result, target) = match output {
        Output::Path(path) => (
            atomic::write_file(path, options.sync, write),
            format!("'{}'", path.display()),
        ),
        Output::Writer(writer) => (write(&mut Stream(writer)), "a buffer".to_owned()),
    };
    result.map_err(|error| context::add(error, &format!("failed to save a {kind} to {target}")))
}
