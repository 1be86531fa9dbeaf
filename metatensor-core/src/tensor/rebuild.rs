//! Maps and blocks made of the structure of others, and other arrays.

use std::sync::{Arc, OnceLock};

use super::TensorMap;
use super::leaves::{Leaf, place};
use crate::Result;
use crate::array::{self, Array, Device, origin};
use crate::block::TensorBlock;
use crate::error::{AxisLabels, Place, StructureError, TensorMapError};
use crate::labels::Labels;
use crate::ordered_map::OrderedMap;

impl TensorMap {
    /// Map with the same keys, labels, gradients and info, and other arrays: one
    /// for each of the [`leaves`](TensorMap::leaves), of the same shape, in the
    /// same order. The arrays can be of another origin and dtype than those of
    /// this map, the same for all, and must be on the device of the labels.
    pub fn with_arrays(&self, arrays: Vec<Box<dyn Array>>) -> Result<TensorMap> {
        let blocks = replace_all(
            self.blocks().iter().map(|block| &**block),
            &self.leaves(),
            arrays,
        )?;
        let keys = Arc::clone(self.keys());
        Ok(TensorMap::unchecked(keys, blocks, self.info.clone()))
    }

    /// Map of some of the blocks, in the given order, with the same info. None can
    /// be there twice.
    ///
    /// The arrays are the ones given, as for [`TensorMap::with_arrays`]: those of
    /// all picked blocks in their new order. Without them, the ones of the blocks
    /// are copied.
    pub fn pick_blocks(
        &self,
        indices: &[usize],
        arrays: Option<Vec<Box<dyn Array>>>,
    ) -> Result<TensorMap> {
        self.check_picked(indices)?;
        let keys = self.pick_keys(indices)?;
        let blocks = indices.iter().map(|&index| self.block(index));
        let blocks = blocks.collect::<Result<Vec<_>>>()?;
        let blocks = match arrays {
            Some(arrays) => {
                let mut leaves = Vec::new();
                for (block, &index) in blocks.iter().zip(indices) {
                    let first = leaves.len();
                    leaves.extend(block.leaves().into_iter().map(|leaf| Leaf {
                        block: index,
                        parent: leaf.parent.map(|(parent, name)| (first + parent, name)),
                        ..leaf
                    }));
                }
                replace_all(blocks, &leaves, arrays)?
            }
            None => {
                let copies = blocks.iter().map(|block| Ok(Box::new(block.copy()?)));
                copies.collect::<Result<_>>()?
            }
        };
        Ok(TensorMap::unchecked(keys, blocks, self.info.clone()))
    }

    fn check_picked(&self, indices: &[usize]) -> Result<()> {
        let count = self.blocks().len();
        let mut seen = vec![false; count];
        for &index in indices {
            let Some(seen) = seen.get_mut(index) else {
                return Err(TensorMapError::BlockIndex { index, count }.into());
            };
            if std::mem::replace(seen, true) {
                return Err(StructureError::RepeatedBlock { block: index }.into());
            }
        }
        Ok(())
    }

    /// Some of the keys; none is there twice.
    fn pick_keys(&self, indices: &[usize]) -> Result<Arc<Labels>> {
        let keys = self.keys();
        if indices.iter().copied().eq(0..keys.count()) {
            return Ok(Arc::clone(keys));
        }
        let (size, values) = (keys.size(), keys.values_cpu()?);
        let mut picked = Vec::with_capacity(indices.len() * size);
        for &index in indices {
            picked.extend_from_slice(&values[index * size..][..size]);
        }
        Labels::like(keys, keys.names().clone(), picked, None)
    }

    /// Remove all global metadata.
    pub fn clear_info(&mut self) {
        self.info = OrderedMap::new();
        self.attachment = OnceLock::new();
    }
}

impl TensorBlock {
    /// Block with the same labels and gradients, and other arrays: one for each of
    /// the [`leaves`](TensorBlock::leaves), as for [`TensorMap::with_arrays`].
    pub fn with_arrays(&self, arrays: Vec<Box<dyn Array>>) -> Result<TensorBlock> {
        let leaves = self.leaves();
        let arrays = check(&leaves, arrays, false)?;
        Ok(replace(self, &mut arrays.into_iter()))
    }
}

/// Other arrays for the leaves of some blocks.
#[expect(clippy::vec_box, reason = "bindings keep the address of blocks")]
fn replace_all<'a>(
    blocks: impl IntoIterator<Item = &'a TensorBlock>,
    leaves: &[Leaf<'_>],
    arrays: Vec<Box<dyn Array>>,
) -> Result<Vec<Box<TensorBlock>>> {
    let mut arrays = check(leaves, arrays, true)?.into_iter();
    let blocks = blocks.into_iter();
    Ok(blocks
        .map(|block| Box::new(replace(block, &mut arrays)))
        .collect())
}

/// Check that the arrays fit the leaves, and all belong together.
fn check(
    leaves: &[Leaf<'_>],
    arrays: Vec<Box<dyn Array>>,
    in_map: bool,
) -> Result<Vec<array::Leaf>> {
    let (found, expected) = (arrays.len(), leaves.len());
    if found != expected {
        return Err(StructureError::ArrayCount { found, expected }.into());
    }
    let arrays = arrays.into_iter().map(array::Leaf::new).collect::<Vec<_>>();
    let Some(first) = arrays.first() else {
        return Ok(arrays);
    };
    let device = leaves[0].node.device()?;
    for (index, (leaf, array)) in leaves.iter().zip(&arrays).enumerate() {
        let place = || place(leaves, index, in_map);
        check_shape(leaf.node, array, place)?;
        check_kind(first, array, device, place)?;
    }
    Ok(arrays)
}

fn check_shape(node: &TensorBlock, array: &array::Leaf, place: impl Fn() -> Place) -> Result<()> {
    let shape = array.array().shape()?;
    let components = node.components();
    let last = components.len() + 1;
    if shape.len() != last + 1 {
        let place = place();
        return Err(StructureError::Rank {
            place,
            shape,
            expected: last + 1,
        }
        .into());
    }
    for (axis, &found) in shape.iter().enumerate() {
        let (labels, expected) = match axis {
            0 => (AxisLabels::Samples, node.samples()),
            _ if axis == last => (AxisLabels::Properties, node.properties()),
            _ => (AxisLabels::Component(axis - 1), &components[axis - 1]),
        };
        let expected = expected.count();
        if found != expected {
            let place = place();
            return Err(StructureError::AxisSize {
                place,
                axis,
                labels,
                found,
                expected,
            }
            .into());
        }
    }
    Ok(())
}

fn check_kind(
    first: &array::Leaf,
    array: &array::Leaf,
    device: Device,
    place: impl Fn() -> Place,
) -> Result<()> {
    let (found, expected) = (array.origin()?, first.origin()?);
    if found != expected {
        let (found, expected) = (origin::name(found), origin::name(expected));
        let place = place();
        return Err(StructureError::Origin {
            place,
            found,
            expected,
        }
        .into());
    }
    let (found, expected) = (array.device()?, device);
    if found != expected {
        let place = place();
        return Err(StructureError::Device {
            place,
            found,
            expected,
        }
        .into());
    }
    let (found, expected) = (array.dtype()?, first.dtype()?);
    if found != expected {
        let place = place();
        return Err(StructureError::DType {
            place,
            found,
            expected,
        }
        .into());
    }
    Ok(())
}

/// Block with the labels and gradients of another one, and the next arrays, which fit.
fn replace(block: &TensorBlock, arrays: &mut impl Iterator<Item = array::Leaf>) -> TensorBlock {
    let Some(values) = arrays.next() else {
        unreachable!("there is one array for each leaf");
    };
    let mut result = TensorBlock::unchecked(
        values,
        Arc::clone(block.samples()),
        block.components().to_vec(),
        Arc::clone(block.properties()),
    );
    for (parameter, gradient) in block.gradients() {
        let gradient = replace(gradient, arrays);
        result.insert_gradient(parameter, Box::new(gradient));
    }
    result
}
