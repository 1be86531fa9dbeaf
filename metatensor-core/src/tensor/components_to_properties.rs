//! Moving components to the properties.

use std::collections::HashSet;
use std::sync::Arc;

use super::TensorMap;
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
        let mut moved = Vec::<Move>::new();
        let blocks = self.blocks().iter().enumerate().map(|(index, block)| {
            let components = find_components(block, &dimensions, index)?;
            // blocks often share their labels: so should the results
            if !moved
                .last()
                .is_some_and(|last| last.is_for(block, &components))
            {
                moved.push(Move::new(block, components)?);
            }
            let last = &moved[moved.len() - 1];
            Ok(Box::new(last.apply(block, &dimensions, index)?))
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

/// Moving given components to given properties.
struct Move {
    /// The components to move, in the order in which they are requested.
    moved: Vec<Arc<Labels>>,
    old_properties: Arc<Labels>,
    properties: Arc<Labels>,
}

impl Move {
    fn new(block: &TensorBlock, components: Vec<usize>) -> Result<Move> {
        let moved = components
            .iter()
            .map(|&i| Arc::clone(&block.components()[i]));
        let moved = moved.collect::<Vec<_>>();
        let properties = combine(&moved, block.properties())?;
        Ok(Move {
            moved,
            old_properties: Arc::clone(block.properties()),
            properties,
        })
    }

    /// Is this the result of [`Move::new`] for the same labels?
    fn is_for(&self, block: &TensorBlock, components: &[usize]) -> bool {
        let mut moved = self.moved.iter().zip(components);
        Arc::ptr_eq(&self.old_properties, block.properties())
            && moved.all(|(moved, &i)| Arc::ptr_eq(moved, &block.components()[i]))
    }

    /// Copy a block, or one of its gradients, and move the components.
    fn apply(&self, block: &TensorBlock, dimensions: &[&str], index: usize) -> Result<TensorBlock> {
        let found = find_components(block, dimensions, index)?;
        let (components, swaps) = move_axes(block, &found);

        let mut shape = vec![block.samples().count()];
        shape.extend(components.iter().map(|component| component.count()));
        shape.push(self.properties.count());
        let values = block
            .values()
            .copy_rearranged(block.device()?, &swaps, &shape)?;

        let samples = Arc::clone(block.samples());
        let properties = Arc::clone(&self.properties);
        let mut result = TensorBlock::new(values, samples, components, properties)?;
        for (parameter, gradient) in block.gradients() {
            let gradient = self.apply(gradient, dimensions, index)?;
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
fn combine(moved: &[Arc<Labels>], properties: &Labels) -> Result<Arc<Labels>> {
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
        let size = names.len().max(1);
        let rows = component.count().saturating_mul(values.len() / size);
        let mut combined = memory::with_capacity(rows, size + 1)?;
        for &value in component.values_cpu()? {
            for row in values.chunks_exact(size) {
                combined.push(value);
                combined.extend_from_slice(row);
            }
        }
        names.insert(0, name);
        values = combined;
    }
    Labels::like(properties, Names::new(&names)?, values, None)
}
