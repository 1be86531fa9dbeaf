//! Tensor maps as entries of an archive.

use super::CreateArray;
use super::block::{BlockReader, write_block};
use super::info;
use super::labels::{add_labels, read_labels};
use super::zip::{Archive, ArchiveWriter};
use crate::{Error, Result, TensorMap};

const KEYS: &str = "keys.npy";

/// Read an archive containing a tensor map.
pub(super) fn read_tensor(archive: &Archive, create: &mut CreateArray) -> Result<TensorMap> {
    let keys = read_labels(archive, KEYS)?;
    let mut reader = BlockReader::new(archive, create);
    let mut blocks = Vec::new();
    for i in 0..keys.count() {
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

/// Write a tensor map.
pub(super) fn write_tensor(archive: &mut ArchiveWriter, tensor: &TensorMap) -> Result<()> {
    add_labels(archive, KEYS, tensor.keys())?;
    for (i, block) in tensor.blocks().iter().enumerate() {
        write_block(archive, &format!("blocks/{i}/"), block)?;
    }

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
