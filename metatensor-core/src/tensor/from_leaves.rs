//! Maps made of a flat list of arrays and labels.

use std::sync::Arc;

use super::TensorMap;
use crate::array::Array;
use crate::block::TensorBlock;
use crate::error::{Place, StructureError};
use crate::labels::Labels;
use crate::{Error, ErrorKind, Result};

/// An array and the labels of its axes, to make a block or a gradient of.
#[derive(Debug)]
pub struct NewLeaf<'a> {
    /// Index of the leaf this one is the gradient of, which comes before, with the
    /// parameter; `None` for the values of a block.
    pub parent: Option<(usize, &'a str)>,
    /// The array.
    pub values: Box<dyn Array>,
    /// Labels of the first axis.
    pub samples: Arc<Labels>,
    /// Labels of the axes in between.
    pub components: Vec<Arc<Labels>>,
    /// Labels of the last axis.
    pub properties: Arc<Labels>,
}

impl TensorMap {
    /// Map from each row of `keys` to the block made of one of the leaves without
    /// parent, in order. This checks everything which making all blocks on their
    /// own checks; the error tells about which block or gradient it is.
    pub fn from_leaves(keys: Arc<Labels>, leaves: Vec<NewLeaf<'_>>) -> Result<TensorMap> {
        let parents = leaves.iter().map(|leaf| leaf.parent).collect::<Vec<_>>();
        let tree = Tree::new(&parents)?;
        let mut nodes = Vec::with_capacity(leaves.len());
        for (index, leaf) in leaves.into_iter().enumerate() {
            let node =
                TensorBlock::new(leaf.values, leaf.samples, leaf.components, leaf.properties);
            nodes.push(Some(Box::new(tree.context(index, node)?)));
        }
        // children come after their parents: going backwards, each gradient is
        // complete when it is added
        let mut children = vec![Vec::new(); nodes.len()];
        for (index, parent) in parents.iter().enumerate() {
            if let Some((parent, _)) = parent {
                children[*parent].push(index);
            }
        }
        for index in (0..nodes.len()).rev() {
            for &child in &children[index] {
                let (Some(gradient), Some((_, parameter))) = (nodes[child].take(), parents[child])
                else {
                    continue;
                };
                if let Some(node) = &mut nodes[index] {
                    tree.context(child, node.add_gradient(parameter, gradient))?;
                }
            }
        }
        TensorMap::new(keys, nodes.into_iter().flatten().collect())
    }
}

/// Which leaf is a gradient of which other one.
struct Tree<'a> {
    parents: &'a [Option<(usize, &'a str)>],
}

impl<'a> Tree<'a> {
    fn new(parents: &'a [Option<(usize, &'a str)>]) -> Result<Tree<'a>> {
        for (leaf, parent) in parents.iter().enumerate() {
            if let Some((parent, _)) = *parent
                && parent >= leaf
            {
                return Err(StructureError::Parent { leaf, parent }.into());
            }
        }
        Ok(Tree { parents })
    }

    /// Tell in the error about which leaf it is.
    fn context<T>(&self, leaf: usize, result: Result<T>) -> Result<T> {
        result.map_err(|cause| match cause.kind() {
            ErrorKind::InvalidParameter => {
                let (place, cause) = (self.place(leaf), Box::new(cause));
                Error::from(StructureError::Leaf { place, cause })
            }
            _ => cause,
        })
    }

    fn place(&self, leaf: usize) -> Place {
        let (mut leaf, mut gradient) = (leaf, Vec::new());
        while let Some((parent, parameter)) = self.parents[leaf] {
            gradient.push(parameter.to_owned());
            leaf = parent;
        }
        gradient.reverse();
        let before = self.parents[..leaf].iter();
        Place {
            block: Some(before.filter(|parent| parent.is_none()).count()),
            gradient,
        }
    }
}
