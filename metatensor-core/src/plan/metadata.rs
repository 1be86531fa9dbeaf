//! [`Metadata`]: a tensor map without its arrays.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use super::shape_array::ShapeArray;
use crate::Result;
use crate::block::TensorBlock;
use crate::error::PlanError;
use crate::labels::Labels;
use crate::tensor::{NewLeaf, TensorMap};

/// Stands for a leaf or a parameter which does not exist.
pub const NONE: usize = usize::MAX;

/// What is known of one array of a tensor map: its labels, as positions in
/// [`Metadata::labels`], and where it belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct MetadataLeaf {
    /// Index of the block.
    pub block: usize,
    /// Leaf of which this one is a gradient, [`NONE`] for the values of a block.
    pub parent: usize,
    /// Position of the parameter of this gradient in [`Metadata::parameters`],
    /// [`NONE`] for the values of a block.
    pub parameter: usize,
    /// Labels of the first axis.
    pub samples: usize,
    /// Labels of the last axis.
    pub properties: usize,
    /// Start of the components in [`Metadata::components`].
    pub components_start: usize,
    /// Number of components.
    pub components_count: usize,
}

/// Labels of one array, to make metadata of.
#[derive(Debug, Clone)]
pub struct LeafLabels<'a> {
    /// Index of the leaf this one is the gradient of, with the parameter; `None` for the
    /// values of a block.
    pub parent: Option<(usize, &'a str)>,
    /// Labels of the first axis.
    pub samples: Arc<Labels>,
    /// Labels of the axes in between.
    pub components: Vec<Arc<Labels>>,
    /// Labels of the last axis.
    pub properties: Arc<Labels>,
}

impl<'a> LeafLabels<'a> {
    fn without_data(self) -> Result<NewLeaf<'a>> {
        let array = ShapeArray::new(&self.samples, &self.components, &self.properties)?;
        Ok(NewLeaf {
            parent: self.parent,
            values: Box::new(array),
            samples: self.samples,
            components: self.components,
            properties: self.properties,
        })
    }
}

/// All labels of a tensor map: its keys, and those of each array (*leaf*).
///
/// Leaves are in canonical order: the values of block 0, its gradients in order and
/// depth first, the values of block 1, and so on. Every handle of labels is listed
/// once, however many leaves use it.
#[derive(Debug)]
pub struct Metadata {
    keys: Arc<Labels>,
    labels: Vec<Arc<Labels>>,
    leaves: Vec<MetadataLeaf>,
    components: Vec<usize>,
    parameters: Vec<String>,
}

impl Metadata {
    /// Metadata of a tensor map.
    #[must_use]
    pub fn of_tensor(tensor: &TensorMap) -> Arc<Metadata> {
        if let Some((metadata, _)) = tensor.lazy_arrays() {
            return Arc::clone(metadata);
        }
        let mut builder = MetadataBuilder::default();
        for (i, block) in tensor.blocks().iter().enumerate() {
            builder.push_block(i, NONE, NONE, block);
        }
        Arc::new(builder.finish(Arc::clone(tensor.keys())))
    }

    /// Metadata of a tensor map with this single block, and a key `_` of 0.
    pub fn of_block(block: &TensorBlock) -> Result<Arc<Metadata>> {
        let keys = Labels::from_vec_assume_unique(&["_"], vec![0])?;
        let mut builder = MetadataBuilder::default();
        builder.push_block(0, NONE, NONE, block);
        Ok(Arc::new(builder.finish(keys)))
    }

    /// Metadata made from labels only, checked as those of a tensor map. The leaves must
    /// be in canonical order.
    pub fn new(keys: Arc<Labels>, leaves: Vec<LeafLabels<'_>>) -> Result<Arc<Metadata>> {
        let parents = leaves.iter().map(|leaf| leaf.parent).collect::<Vec<_>>();
        let leaves = leaves.into_iter().map(LeafLabels::without_data);
        let tensor = TensorMap::from_leaves(keys, leaves.collect::<Result<_>>()?)?;
        let metadata = Metadata::of_tensor(&tensor);
        for (i, (leaf, given)) in metadata.leaves.iter().zip(parents).enumerate() {
            let given = given.map_or(NONE, |(parent, _)| parent);
            if leaf.parent != given {
                return Err(PlanError::LeafOrder { leaf: i }.into());
            }
        }
        Ok(metadata)
    }

    /// The keys, one row for each block.
    #[must_use]
    pub fn keys(&self) -> &Arc<Labels> {
        &self.keys
    }

    /// All labels of the leaves, each handle once.
    #[must_use]
    pub fn labels(&self) -> &[Arc<Labels>] {
        &self.labels
    }

    /// The leaves, in canonical order.
    #[must_use]
    pub fn leaves(&self) -> &[MetadataLeaf] {
        &self.leaves
    }

    /// Components of all leaves, as positions in [`Metadata::labels`].
    #[must_use]
    pub fn components(&self) -> &[usize] {
        &self.components
    }

    /// All parameters of gradients, each one once.
    #[must_use]
    pub fn parameters(&self) -> &[String] {
        &self.parameters
    }

    /// Number of blocks.
    #[must_use]
    pub fn block_count(&self) -> usize {
        self.keys.count()
    }

    /// Shape of the array of a leaf.
    #[must_use]
    pub fn shape(&self, leaf: usize) -> Vec<usize> {
        let leaf = &self.leaves[leaf];
        let components = self.components_of(leaf).iter();
        let mut shape = Vec::with_capacity(leaf.components_count + 2);
        shape.push(self.labels[leaf.samples].count());
        shape.extend(components.map(|&component| self.labels[component].count()));
        shape.push(self.labels[leaf.properties].count());
        shape
    }

    pub(super) fn samples(&self, leaf: &MetadataLeaf) -> &Arc<Labels> {
        &self.labels[leaf.samples]
    }

    pub(super) fn properties(&self, leaf: &MetadataLeaf) -> &Arc<Labels> {
        &self.labels[leaf.properties]
    }

    /// Components of a leaf, as positions in the labels.
    pub(super) fn components_of(&self, leaf: &MetadataLeaf) -> &[usize] {
        &self.components[leaf.components_start..][..leaf.components_count]
    }

    /// Parameter of a gradient, `None` for values.
    pub(super) fn parameter(&self, leaf: &MetadataLeaf) -> Option<&str> {
        self.parameters.get(leaf.parameter).map(String::as_str)
    }

    /// First leaf of each block, and a last one after all leaves.
    pub(super) fn block_starts(&self) -> Vec<usize> {
        let leaves = self.leaves.iter().enumerate();
        let values = leaves.filter(|(_, leaf)| leaf.parent == NONE);
        let mut starts = values.map(|(i, _)| i).collect::<Vec<_>>();
        starts.push(self.leaves.len());
        starts
    }

    /// Fail if a gradient has gradients itself.
    pub(super) fn check_no_nested(&self) -> Result<()> {
        for leaf in &self.leaves {
            if leaf.parent != NONE && self.leaves[leaf.parent].parent != NONE {
                let parent = &self.leaves[leaf.parent];
                let name = |leaf| self.parameter(leaf).unwrap_or_default().to_owned();
                return Err(PlanError::NestedGradient {
                    block: leaf.block,
                    parameter: name(parent),
                    nested: name(leaf),
                }
                .into());
            }
        }
        Ok(())
    }
}

/// Makes a metadata leaf by leaf, listing each handle of labels once.
#[derive(Default)]
pub(super) struct MetadataBuilder {
    labels: Vec<Arc<Labels>>,
    positions: HashMap<usize, usize, BuildHasherDefault<AddressHasher>>,
    leaves: Vec<MetadataLeaf>,
    components: Vec<usize>,
    parameters: Vec<String>,
}

impl MetadataBuilder {
    /// Builder of a metadata with the parameters of another one, at the same positions.
    pub(super) fn like(metadata: &Metadata) -> MetadataBuilder {
        MetadataBuilder {
            leaves: Vec::with_capacity(metadata.leaves.len()),
            components: Vec::with_capacity(metadata.components.len()),
            parameters: metadata.parameters.clone(),
            ..MetadataBuilder::default()
        }
    }

    fn intern(&mut self, labels: &Arc<Labels>) -> usize {
        let address = Arc::as_ptr(labels).addr();
        let next = self.labels.len();
        let position = *self.positions.entry(address).or_insert(next);
        if position == next {
            self.labels.push(Arc::clone(labels));
        }
        position
    }

    /// Number of leaves so far.
    pub(super) fn leaf_count(&self) -> usize {
        self.leaves.len()
    }

    /// Position of a parameter.
    pub(super) fn parameter(&mut self, name: &str) -> usize {
        if let Some(known) = self.parameters.iter().position(|known| known == name) {
            return known;
        }
        self.parameters.push(name.to_owned());
        self.parameters.len() - 1
    }

    /// Add a leaf. Leaves have to come in canonical order.
    pub(super) fn push<'a>(
        &mut self,
        place: (usize, usize, usize),
        samples: &Arc<Labels>,
        components: impl Iterator<Item = &'a Arc<Labels>>,
        properties: &Arc<Labels>,
    ) {
        let (block, parent, parameter) = place;
        let (samples, properties) = (self.intern(samples), self.intern(properties));
        let components_start = self.components.len();
        for component in components {
            let component = self.intern(component);
            self.components.push(component);
        }
        self.leaves.push(MetadataLeaf {
            block,
            parent,
            parameter,
            samples,
            properties,
            components_start,
            components_count: self.components.len() - components_start,
        });
    }

    fn push_block(&mut self, index: usize, parent: usize, parameter: usize, block: &TensorBlock) {
        let leaf = self.leaves.len();
        let components = block.components().iter();
        self.push(
            (index, parent, parameter),
            block.samples(),
            components,
            block.properties(),
        );
        for (name, gradient) in block.gradients() {
            let parameter = self.parameter(name);
            self.push_block(index, leaf, parameter, gradient);
        }
    }

    pub(super) fn finish(self, keys: Arc<Labels>) -> Metadata {
        Metadata {
            keys,
            labels: self.labels,
            leaves: self.leaves,
            components: self.components,
            parameters: self.parameters,
        }
    }
}

/// Hash of an address or a small number: its bits spread by a multiplication.
#[derive(Default)]
pub(super) struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_usize(usize::from(byte));
        }
    }

    fn write_usize(&mut self, value: usize) {
        let mixed = (self.0.rotate_left(23) ^ value as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
