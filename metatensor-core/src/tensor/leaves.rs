//! The structure of maps and blocks as a flat list.

use super::TensorMap;
use crate::Result;
use crate::array::Array;
use crate::block::TensorBlock;
use crate::error::Place;

/// One array together with its labels: the values of a block, or of one of its
/// gradients.
///
/// The leaves of a map are in canonical order: block after block, the values of
/// each followed by its gradients in the order in which they were added, and each
/// gradient by its own gradients.
#[derive(Debug, Clone, Copy)]
pub struct Leaf<'a> {
    /// Index of the block which contains this leaf, 0 for the leaves of a block.
    pub block: usize,
    /// Index of the leaf this one is the gradient of, with the parameter; `None`
    /// for the values of a block.
    pub parent: Option<(usize, &'a str)>,
    /// The block or gradient.
    pub node: &'a TensorBlock,
}

impl TensorMap {
    /// All leaves, in canonical order.
    ///
    /// ```
    /// # use metatensor_core::{Labels, TensorMap};
    /// let tensor = TensorMap::new(Labels::from_vec(&["key"], vec![])?, vec![])?;
    /// assert!(tensor.leaves().is_empty());
    /// # Ok::<(), metatensor_core::Error>(())
    /// ```
    #[must_use]
    pub fn leaves(&self) -> Vec<Leaf<'_>> {
        let mut leaves = Vec::with_capacity(self.blocks().len());
        for (index, block) in self.blocks().iter().enumerate() {
            push(&mut leaves, block, index, None);
        }
        leaves
    }

    /// The `sample` column of all gradients: for each leaf the row of its parent
    /// each of its rows refers to, nothing for the values of blocks. Returns the
    /// rows of all leaves one after the other, and where each leaf starts, with
    /// one more entry for the end.
    pub fn gradient_rows(&self) -> Result<(Vec<i64>, Vec<usize>)> {
        let leaves = self.leaves();
        let gradients = || leaves.iter().filter(|leaf| leaf.parent.is_some());
        let total = gradients().map(|leaf| leaf.node.samples().count()).sum();
        let mut rows = Vec::with_capacity(total);
        let mut starts = Vec::with_capacity(leaves.len() + 1);
        for leaf in &leaves {
            starts.push(rows.len());
            if leaf.parent.is_some() {
                let samples = leaf.node.samples();
                let column = samples.values_cpu()?.iter().step_by(samples.size());
                rows.extend(column.map(|&row| i64::from(row)));
            }
        }
        starts.push(rows.len());
        Ok((rows, starts))
    }
}

impl TensorBlock {
    /// The values and all gradients of this block, in canonical order.
    #[must_use]
    pub fn leaves(&self) -> Vec<Leaf<'_>> {
        let mut leaves = Vec::new();
        push(&mut leaves, self, 0, None);
        leaves
    }
}

impl<'a> Leaf<'a> {
    /// The array.
    #[must_use]
    pub fn values(&self) -> &'a dyn Array {
        self.node.values()
    }
}

fn push<'a>(
    leaves: &mut Vec<Leaf<'a>>,
    node: &'a TensorBlock,
    block: usize,
    parent: Option<(usize, &'a str)>,
) {
    let index = leaves.len();
    leaves.push(Leaf {
        block,
        parent,
        node,
    });
    for (parameter, gradient) in node.gradients() {
        push(leaves, gradient, block, Some((index, parameter)));
    }
}

/// Where to find a leaf, for messages.
pub(super) fn place(leaves: &[Leaf<'_>], index: usize, in_map: bool) -> Place {
    let mut gradient = Vec::new();
    let mut parent = leaves[index].parent;
    while let Some((index, parameter)) = parent {
        gradient.push(parameter.to_owned());
        parent = leaves[index].parent;
    }
    gradient.reverse();
    Place {
        block: in_map.then_some(leaves[index].block),
        gradient,
    }
}
