//! Moving components to the properties.

use std::collections::HashSet;
use std::sync::Arc;

use super::TensorMap;
use super::intern::{Interner, Memo};
use super::plan::{fill_columns, set_columns};
use crate::block::TensorBlock;
use crate::error::MergeError;
use crate::labels::{Labels, Names};
use crate::{Result, memory};

impl TensorMap {
    /// Move components, given by the name of their dimension, to the properties,
    /// one after the other. Each new dimension becomes the first one of the
    /// properties, so the last of the components varies slowest.
    pub fn components_to_properties(&self, dimensions: &[impl AsRef<str>]) -> Result<TensorMap> {
        if dimensions.is_empty() {
            return Err(MergeError::NoComponents.into());
        }
        let dimensions = dimensions.iter().map(AsRef::as_ref).collect::<Vec<_>>();
        if !self.blocks().is_empty() {
            check_distinct(&dimensions)?;
        }
        let mut interner = Interner::default();
        let mut memo = Memo::default();
        let mut key = Vec::new();
        let blocks = self.blocks().iter().enumerate().map(|(index, block)| {
            let found = find_components(block, &dimensions, index)?;
            let components = found.iter().map(|&i| &block.components()[i]);
            key.clear();
            key.push(interner.id(block.properties())?);
            for component in components.clone() {
                key.push(interner.id(component)?);
            }
            let properties = memo.get_or_make(&key, block.properties(), || {
                combine(&components.collect::<Vec<_>>(), block.properties())
            })?;
            let apply = Apply {
                properties: &properties,
                dimensions: &dimensions,
                index,
            };
            Ok(Box::new(apply.to(block, &found)?))
        });
        let blocks = blocks.collect::<Result<Vec<_>>>()?;
        self.with_keys_and_blocks(Arc::clone(self.keys()), blocks)
    }
}

fn check_distinct(dimensions: &[&str]) -> Result<()> {
    let mut seen = HashSet::with_capacity(dimensions.len());
    match dimensions
        .iter()
        .find(|dimension| !seen.insert(**dimension))
    {
        Some(&name) => Err(MergeError::RepeatedComponent {
            name: name.to_owned(),
        }
        .into()),
        None => Ok(()),
    }
}

/// Index in the components of a block of each dimension.
fn find_components(block: &TensorBlock, dimensions: &[&str], index: usize) -> Result<Vec<usize>> {
    let find = |dimension: &str| {
        let is_found = |component: &Arc<Labels>| component.names()[0] == dimension;
        block.components().iter().position(is_found).ok_or_else(|| {
            let names = block
                .components()
                .iter()
                .map(|component| component.names()[0].clone());
            let (name, names) = (dimension.to_owned(), names.collect());
            MergeError::UnknownComponent {
                name,
                block: index,
                names,
            }
            .into()
        })
    };
    dimensions.iter().map(|dimension| find(dimension)).collect()
}

/// How to move components to the properties.
struct Apply<'a> {
    properties: &'a Arc<Labels>,
    dimensions: &'a [&'a str],
    /// Index of the block.
    index: usize,
}

impl Apply<'_> {
    /// Copy a block, or one of its gradients, with the components which were found in
    /// there moved to the properties.
    fn to(&self, block: &TensorBlock, found: &[usize]) -> Result<TensorBlock> {
        let (components, swaps) = move_axes(block, found);
        let mut shape = Vec::with_capacity(components.len() + 2);
        shape.push(block.samples().count());
        shape.extend(components.iter().map(|component| component.count()));
        shape.push(self.properties.count());
        let values = block.leaf().copy_rearranged(&swaps, &shape)?;

        let (samples, properties) = (block.samples(), self.properties);
        let (samples, properties) = (Arc::clone(samples), Arc::clone(properties));
        let mut result = TensorBlock::with_leaf(values, samples, components, properties)?;
        for (parameter, gradient) in block.gradients() {
            let found = find_components(gradient, self.dimensions, self.index)?;
            let gradient = self.to(gradient, &found)?;
            result.insert_gradient(parameter, Box::new(gradient));
        }
        Ok(result)
    }
}

/// Which axes to exchange to move the given components to the end of the components,
/// the first one last; and the components which are not moved.
fn move_axes(block: &TensorBlock, moved: &[usize]) -> (Vec<Arc<Labels>>, Vec<(usize, usize)>) {
    let mut order = (0..block.components().len()).collect::<Vec<_>>();
    let mut swaps = Vec::new();
    for (count, component) in moved.iter().enumerate() {
        let end = order.len() - 1 - count;
        let start = order.iter().position(|i| i == component).unwrap_or(end);
        // exchanging neighbours keeps the other axes in their order
        for i in start..end {
            order.swap(i, i + 1);
            swaps.push((i + 1, i + 2));
        }
    }
    order.truncate(order.len() - moved.len());
    let left = order.into_iter();
    let left = left.map(|i| Arc::clone(&block.components()[i]));
    (left.collect(), swaps)
}

/// Properties with the moved components in front, the last one first.
fn combine(moved: &[&Arc<Labels>], properties: &Labels) -> Result<Arc<Labels>> {
    let mut names = properties.names().to_vec();
    let mut values = properties.values_cpu()?.to_vec();
    for component in moved {
        let name = component.names()[0].clone();
        if names.contains(&name) {
            return Err(MergeError::NameClash {
                name,
                labels: "properties",
            }
            .into());
        }
        let size = names.len();
        let rows = values.len().checked_div(size).unwrap_or(0);
        let mut combined = memory::zeros(component.count().saturating_mul(rows), size + 1)?;
        let parts = combined.chunks_exact_mut((rows * (size + 1)).max(1));
        for (part, value) in parts.zip(component.values_cpu()?) {
            fill_columns(part, size + 1, 0, &[*value]);
            set_columns(part, size + 1, 1, &values, size);
        }
        names.insert(0, name);
        values = combined;
    }
    Labels::like(properties, Names::new(&names)?, values, None)
}
