//! Putting arrays into a metadata.

use std::sync::Arc;

use super::metadata::{Metadata, MetadataLeaf};
use crate::Result;
use crate::array::Array;
use crate::error::StructureError;
use crate::tensor::{NewLeaf, TensorMap};

impl Metadata {
    /// Tensor map with this metadata and one array for each leaf, in canonical order.
    /// The arrays must have the shape given by the labels, and the same origin, device
    /// and dtype. The result has no info.
    pub fn with_arrays(&self, arrays: Vec<Box<dyn Array>>) -> Result<TensorMap> {
        let (found, expected) = (arrays.len(), self.leaves().len());
        if found != expected {
            return Err(StructureError::ArrayCount { found, expected }.into());
        }
        let leaves = self.leaves().iter().zip(arrays);
        let leaves = leaves.map(|(leaf, array)| self.new_leaf(leaf, array));
        TensorMap::from_leaves(Arc::clone(self.keys()), leaves.collect())
    }

    fn new_leaf(&self, leaf: &MetadataLeaf, values: Box<dyn Array>) -> NewLeaf<'_> {
        let components = self.components_of(leaf).iter();
        let components = components.map(|&component| Arc::clone(&self.labels()[component]));
        NewLeaf {
            parent: self.parameter(leaf).map(|name| (leaf.parent, name)),
            values,
            samples: Arc::clone(self.samples(leaf)),
            components: components.collect(),
            properties: Arc::clone(self.properties(leaf)),
        }
    }
}
