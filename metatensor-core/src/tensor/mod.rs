//! [`TensorMap`]: blocks with a key for each.

mod checks;
mod compare;
mod components_to_properties;
mod difference;
mod from_leaves;
mod groups;
mod info;
mod intern;
mod keys_to_properties;
mod keys_to_samples;
mod lazy;
mod leaves;
mod merge;
mod movements;
mod plan;
mod rebuild;

pub use self::compare::{CompareOptions, Comparison, KeyMatching};
pub use self::difference::{Difference, LabelsDifference};
pub use self::from_leaves::NewLeaf;
pub use self::lazy::LazyArrays;
pub use self::leaves::Leaf;

use std::any::Any;
use std::ffi::CString;
use std::sync::{Arc, OnceLock};

use self::lazy::LazyBlocks;
use crate::array::{DType, Device};
use crate::block::TensorBlock;
use crate::error::TensorMapError;
use crate::labels::Labels;
use crate::ordered_map::OrderedMap;
use crate::{Error, Result};

/// Blocks with a key for each: the same kind of values for different
/// combinations of the key dimensions.
#[derive(Debug)]
pub struct TensorMap {
    keys: Arc<Labels>,
    #[expect(clippy::vec_box, reason = "bindings keep the address of blocks")]
    blocks: OnceLock<Vec<Box<TensorBlock>>>,
    /// To make the blocks, if they are not there from the start.
    lazy: Option<LazyBlocks>,
    info: OrderedMap<CString>,
    attachment: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl TensorMap {
    /// Map from each row of `keys` to the block at the same index. All blocks
    /// must have the same origin, device, dtype, dimension names and gradients.
    pub fn new(keys: Arc<Labels>, blocks: Vec<Box<TensorBlock>>) -> Result<TensorMap> {
        TensorMap::from_blocks(keys, blocks).map_err(|(error, _)| error)
    }

    /// Same as [`TensorMap::new`], giving the blocks back if this fails.
    pub fn from_blocks(
        keys: Arc<Labels>,
        mut blocks: Vec<Box<TensorBlock>>,
    ) -> std::result::Result<TensorMap, (Error, Vec<Box<TensorBlock>>)> {
        match checks::check_keys_and_blocks(&keys, &mut blocks) {
            Ok(()) => Ok(TensorMap::unchecked(keys, blocks, OrderedMap::new())),
            Err(error) => Err((error, blocks)),
        }
    }

    /// Map of blocks which are known to fit the keys and each other.
    #[expect(clippy::vec_box, reason = "bindings keep the address of blocks")]
    fn unchecked(
        keys: Arc<Labels>,
        blocks: Vec<Box<TensorBlock>>,
        info: OrderedMap<CString>,
    ) -> TensorMap {
        TensorMap {
            keys,
            blocks: OnceLock::from(blocks),
            lazy: None,
            info,
            attachment: OnceLock::new(),
        }
    }

    /// The keys, one row for each block.
    #[must_use]
    pub fn keys(&self) -> &Arc<Labels> {
        &self.keys
    }

    /// All blocks, in the order of the keys.
    #[must_use]
    pub fn blocks(&self) -> &[Box<TensorBlock>] {
        self.blocks.get_or_init(|| match &self.lazy {
            Some(lazy) => lazy.make(),
            None => Vec::new(),
        })
    }

    /// Block at the given index. Its address stays the same as long as the map
    /// lives. The error names the index and the number of blocks.
    pub fn block(&self, index: usize) -> Result<&TensorBlock> {
        let count = self.keys.count();
        match self.blocks().get(index) {
            Some(block) => Ok(block),
            None => Err(TensorMapError::BlockIndex { index, count }.into()),
        }
    }

    /// Same as [`TensorMap::block`], to change the block.
    pub fn block_mut(&mut self, index: usize) -> Result<&mut TensorBlock> {
        let count = self.blocks().len();
        match self.blocks.get_mut().and_then(|all| all.get_mut(index)) {
            Some(block) => Ok(block),
            None => Err(TensorMapError::BlockIndex { index, count }.into()),
        }
    }

    /// Device of the blocks, CPU if there are none.
    pub fn device(&self) -> Result<Device> {
        self.blocks()
            .first()
            .map_or(Ok(Device::CPU), |block| block.device())
    }

    /// Type of the elements of the blocks, 64-bit floating point if there are none.
    pub fn dtype(&self) -> Result<DType> {
        self.blocks()
            .first()
            .map_or(Ok(DType::F64), |block| block.dtype())
    }

    /// Deep copy of all blocks and of the info, sharing the labels.
    pub fn copy(&self) -> Result<TensorMap> {
        let blocks = self.blocks().iter();
        let blocks = blocks.map(|block| Ok(Box::new(block.copy()?)));
        Ok(TensorMap::unchecked(
            Arc::clone(&self.keys),
            blocks.collect::<Result<Vec<_>>>()?,
            self.info.clone(),
        ))
    }

    /// Map with the same info, but other keys and blocks.
    #[expect(clippy::vec_box, reason = "bindings keep the address of blocks")]
    fn with_keys_and_blocks(
        &self,
        keys: Arc<Labels>,
        blocks: Vec<Box<TensorBlock>>,
    ) -> Result<TensorMap> {
        Ok(TensorMap {
            info: self.info.clone(),
            ..TensorMap::new(keys, blocks)?
        })
    }

    /// A place for bindings to keep data derived from the info, emptied by
    /// [`TensorMap::set_info`].
    #[must_use]
    pub fn attachment(&self) -> &OnceLock<Box<dyn Any + Send + Sync>> {
        &self.attachment
    }
}
