//! Tensor maps as entries of an archive.

use super::block::{BlockReader, extended, write_block, write_extended};
use super::labels::{add_labels, read_labels};
use super::values::Leaves;
use super::zip::{Archive, ArchiveWriter};
use super::{Blocks, LoadOptions, SaveOptions, context, info, selection};
use crate::error::TensorMapError;
use crate::{Error, Labels, Result, TensorMap};

const KEYS: &str = "keys.npy";

/// Read an archive containing a tensor map.
pub(super) fn read_tensor<'a>(
    archive: &'a Archive<'a>,
    options: &LoadOptions<'a>,
    leaves: Leaves,
) -> Result<TensorMap> {
    let mut keys = read_labels(archive, KEYS)?;
    let indices = match options.blocks {
        None => (0..keys.count()).collect(),
        Some(blocks) => {
            let indices = select_blocks(&keys, blocks)?;
            keys = selection::gather(&keys, &indices)?;
            indices
        }
    };
    let mut reader = BlockReader::new(archive, options, leaves)?;
    let mut blocks = Vec::with_capacity(indices.len());
    for i in indices {
        blocks.push(reader.read(&format!("blocks/{i}/"))?);
    }
    let mut tensor = TensorMap::new(keys, blocks)?;

    if archive.contains(info::ENTRY) {
        let mut reader = archive.entry(info::ENTRY)?;
        let bytes = reader.read_to_end()?;
        archive.finish(reader)?;
        for (key, value) in info::read_info(&bytes)? {
            tensor.set_info(&key, value)?;
        }
    }
    Ok(tensor)
}

/// Positions of the blocks to load.
fn select_blocks(keys: &Labels, blocks: Blocks) -> Result<Vec<usize>> {
    match blocks {
        Blocks::Keys(selection) => keys
            .select(selection)
            .map_err(|error| context::add(error, "selecting blocks by their keys")),
        Blocks::Indices(indices) => {
            let count = keys.count();
            match indices.iter().find(|index| **index >= count) {
                Some(&index) => Err(TensorMapError::BlockIndex { index, count }.into()),
                None => Ok(indices.to_vec()),
            }
        }
    }
}

/// Write a tensor map.
pub(super) fn write_tensor(
    archive: &mut ArchiveWriter,
    tensor: &TensorMap,
    options: &SaveOptions,
) -> Result<()> {
    add_labels(archive, KEYS, tensor.keys())?;
    let dtype = extended(options, || tensor.dtype())?;
    for (i, block) in tensor.blocks().iter().enumerate() {
        write_block(archive, &format!("blocks/{i}/"), block, dtype)?;
    }
    write_extended(archive, dtype)?;

    let mut pairs = Vec::new();
    for (key, value) in tensor.info_iter() {
        let value = value.to_str().map_err(|_| {
            Error::Serialization(format!(
                "the info '{key}' is not valid UTF-8, and can not be stored in a file"
            ))
        })?;
        pairs.push((key, value));
    }
    if pairs.is_empty() {
        return Ok(());
    }
    archive.add(info::ENTRY, &[], &info::write_info(pairs)?)
}
