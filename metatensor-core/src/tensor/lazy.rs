//! Maps whose blocks are made when somebody first looks at one of them.

use std::any::Any;
use std::fmt::Debug;
use std::sync::{Arc, OnceLock};

use super::TensorMap;
use crate::Result;
use crate::array::Array;
use crate::block::TensorBlock;
use crate::ordered_map::OrderedMap;
use crate::plan::Metadata;

/// The arrays of a map, made when they are first needed.
pub trait LazyArrays: Debug + Send + Sync {
    /// All arrays in canonical order, as for [`Metadata::with_arrays`].
    fn make(&self) -> Result<Vec<Box<dyn Array>>>;

    /// To find the type behind this.
    fn as_any(&self) -> &dyn Any;
}

/// What the blocks of a map are made of.
#[derive(Debug)]
pub(super) struct LazyBlocks {
    metadata: Arc<Metadata>,
    arrays: Box<dyn LazyArrays>,
}

impl LazyBlocks {
    /// Make the blocks.
    ///
    /// # Panics
    ///
    /// With the [`Error`](crate::Error) if the arrays can not be made or do not fit: nobody
    /// who looks at a block expects one.
    #[expect(clippy::vec_box, reason = "bindings keep the address of blocks")]
    pub(super) fn make(&self) -> Vec<Box<TensorBlock>> {
        let arrays = self.arrays.make();
        let made = arrays.and_then(|arrays| self.metadata.with_arrays(arrays));
        match made.map(|tensor| tensor.blocks.into_inner()) {
            Ok(blocks) => blocks.unwrap_or_default(),
            Err(error) => std::panic::resume_unwind(Box::new(error)),
        }
    }
}

impl TensorMap {
    /// Map with this metadata, whose blocks are made of `arrays` when somebody first
    /// looks at one of them. Whoever makes the arrays has to make sure that they fit,
    /// see [`Metadata::with_arrays`]: looking at the blocks panics with the error otherwise.
    #[must_use]
    pub fn lazy(metadata: Arc<Metadata>, arrays: Box<dyn LazyArrays>) -> TensorMap {
        TensorMap {
            keys: Arc::clone(metadata.keys()),
            blocks: OnceLock::new(),
            lazy: Some(LazyBlocks { metadata, arrays }),
            info: OrderedMap::new(),
            attachment: OnceLock::new(),
        }
    }

    /// Metadata and arrays of a map whose blocks were not made yet.
    #[must_use]
    pub fn lazy_arrays(&self) -> Option<(&Arc<Metadata>, &dyn LazyArrays)> {
        let lazy = self.lazy.as_ref()?;
        let is_made = self.blocks.get().is_some();
        (!is_made).then_some((&lazy.metadata, &*lazy.arrays))
    }
}
