//! [`TensorMap`]: blocks with a key for each.

use std::any::Any;
use std::ffi::CStr;
use std::sync::{Arc, OnceLock};

use crate::Result;
use crate::array::{Array, DType, Device};
use crate::block::TensorBlock;
use crate::labels::Labels;

/// Blocks with a key for each: the same kind of values for different
/// combinations of the key dimensions.
#[derive(Debug)]
pub struct TensorMap {
    keys: Arc<Labels>,
    #[expect(clippy::vec_box, reason = "the address of a block must not change")]
    blocks: Vec<Box<TensorBlock>>,
    attachment: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl TensorMap {
    /// Map from each row of `keys` to the block at the same index. All blocks
    /// must have the same origin, device, dtype, dimension names and gradients.
    #[expect(clippy::vec_box, reason = "the address of a block must not change")]
    pub fn new(keys: Arc<Labels>, blocks: Vec<Box<TensorBlock>>) -> Result<TensorMap> {
        let _ = (keys, blocks);
        todo!()
    }

    /// The keys, one row for each block.
    #[must_use]
    pub fn keys(&self) -> &Arc<Labels> {
        &self.keys
    }

    /// All blocks, in the order of the keys.
    #[must_use]
    pub fn blocks(&self) -> &[Box<TensorBlock>] {
        &self.blocks
    }

    /// Block at the given index. Its address stays the same as long as the map
    /// lives. The error names the index and the number of blocks.
    pub fn block(&self, index: usize) -> Result<&TensorBlock> {
        let _ = index;
        todo!()
    }

    /// Same as [`TensorMap::block`], to change the block.
    pub fn block_mut(&mut self, index: usize) -> Result<&mut TensorBlock> {
        let _ = index;
        todo!()
    }

    /// Device of the blocks, CPU if there are none.
    pub fn device(&self) -> Result<Device> {
        todo!()
    }

    /// Type of the elements of the blocks, 64-bit floating point if there are none.
    pub fn dtype(&self) -> Result<DType> {
        todo!()
    }

    /// Deep copy of all blocks and of the info, sharing the labels.
    pub fn copy(&self) -> Result<TensorMap> {
        todo!()
    }

    /// Set or replace a piece of global metadata. The value may be any bytes
    /// but NUL. Resets the [`attachment`](TensorMap::attachment).
    pub fn set_info(&mut self, key: &str, value: impl Into<Vec<u8>>) -> Result<()> {
        let _ = (key, value.into());
        todo!()
    }

    /// Global metadata set for `key`. The address stays the same until the same
    /// key is set again.
    #[must_use]
    pub fn info(&self, key: &str) -> Option<&CStr> {
        let _ = key;
        todo!()
    }

    /// All global metadata, in the order in which keys were first set.
    pub fn info_iter(&self) -> impl ExactSizeIterator<Item = (&str, &CStr)> {
        if true {
            todo!()
        }
        std::iter::empty()
    }

    /// Merge blocks along the property axis: the dimensions of `keys_to_move`
    /// are moved from the keys to the start of the properties. If `keys_to_move`
    /// has rows, only these are part of the new properties. Missing entries are
    /// set to `fill_value` (a scalar).
    pub fn keys_to_properties(
        &self,
        keys_to_move: &Labels,
        fill_value: &dyn Array,
        sort_samples: bool,
    ) -> Result<TensorMap> {
        let _ = (keys_to_move, fill_value, sort_samples);
        todo!()
    }

    /// Merge blocks along the sample axis: the dimensions of `keys_to_move`
    /// (which must not have rows) are moved from the keys to the end of the
    /// samples. Missing entries are set to `fill_value` (a scalar).
    pub fn keys_to_samples(
        &self,
        keys_to_move: &Labels,
        fill_value: &dyn Array,
        sort_samples: bool,
    ) -> Result<TensorMap> {
        let _ = (keys_to_move, fill_value, sort_samples);
        todo!()
    }

    /// Move components, given by their dimension, to the start of the
    /// properties, one after the other.
    pub fn components_to_properties(&self, dimensions: &[impl AsRef<str>]) -> Result<TensorMap> {
        let _ = dimensions.len();
        todo!()
    }

    /// A place for bindings to keep data derived from the info, emptied by
    /// [`TensorMap::set_info`].
    #[must_use]
    pub fn attachment(&self) -> &OnceLock<Box<dyn Any + Send + Sync>> {
        &self.attachment
    }
}
