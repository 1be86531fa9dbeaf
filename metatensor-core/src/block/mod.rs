//! [`TensorBlock`]: one dense array with labels for each axis.

mod checks;
mod gradients;

pub(crate) use self::gradients::{MAX_DEPTH, check_gradient_samples};

use std::any::Any;
use std::sync::{Arc, OnceLock};

use crate::Result;
use crate::array::{Array, DType, DataOrigin, Device, Leaf, MetaArray};
use crate::error::BlockError;
use crate::labels::Labels;
use crate::ordered_map::OrderedMap;

/// A dense array with labels for each of its axes, and its gradients.
///
/// The first axis of the values is described by `samples`, the last one by
/// `properties`, and the ones in between by one of the `components` each.
#[derive(Debug)]
pub struct TensorBlock {
    values: Leaf,
    samples: Arc<Labels>,
    components: Vec<Arc<Labels>>,
    properties: Arc<Labels>,
    // boxed: bindings keep the address of gradients
    gradients: OrderedMap<Box<TensorBlock>>,
    /// How many blocks this one is a gradient inside of.
    level: usize,
    attachment: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl TensorBlock {
    /// Block with the given values and labels. The shape and device of the
    /// values must match the labels, and every component must have exactly one
    /// dimension and at least one row.
    pub fn new(
        values: Box<dyn Array>,
        samples: Arc<Labels>,
        components: Vec<Arc<Labels>>,
        properties: Arc<Labels>,
    ) -> Result<TensorBlock> {
        TensorBlock::with_leaf(Leaf::new(values), samples, components, properties)
    }

    /// Same as [`TensorBlock::new`].
    pub(crate) fn with_leaf(
        values: Leaf,
        samples: Arc<Labels>,
        components: Vec<Arc<Labels>>,
        properties: Arc<Labels>,
    ) -> Result<TensorBlock> {
        let mut block = TensorBlock::unchecked(values, samples, components, properties);
        checks::check_values_and_labels(&mut block)?;
        Ok(block)
    }

    /// Block whose values are known to fit the labels.
    pub(crate) fn unchecked(
        values: Leaf,
        samples: Arc<Labels>,
        components: Vec<Arc<Labels>>,
        properties: Arc<Labels>,
    ) -> TensorBlock {
        TensorBlock {
            values,
            samples,
            components,
            properties,
            gradients: OrderedMap::new(),
            level: 0,
            attachment: OnceLock::new(),
        }
    }

    /// The array, of shape `(samples, components…, properties)`.
    #[must_use]
    pub fn values(&self) -> &dyn Array {
        self.values.array()
    }

    /// The array, to change the data. Its shape must not change.
    #[must_use]
    pub fn values_mut(&mut self) -> &mut dyn Array {
        self.values.array_mut()
    }

    /// Were the values not loaded?
    pub(crate) fn is_meta(&self) -> bool {
        self.values().as_any().is::<MetaArray>()
    }

    /// Labels of the first axis.
    #[must_use]
    pub fn samples(&self) -> &Arc<Labels> {
        &self.samples
    }

    /// Labels of the axes between the first and the last.
    #[must_use]
    pub fn components(&self) -> &[Arc<Labels>] {
        &self.components
    }

    /// Labels of the last axis.
    #[must_use]
    pub fn properties(&self) -> &Arc<Labels> {
        &self.properties
    }

    /// Labels of any axis: 0 for the samples, then the components, then the
    /// properties. The error names the axis and the number of axes.
    pub fn labels(&self, axis: usize) -> Result<&Arc<Labels>> {
        let last = self.components.len() + 1;
        match axis {
            0 => Ok(&self.samples),
            _ if axis < last => Ok(&self.components[axis - 1]),
            _ if axis == last => Ok(&self.properties),
            _ => Err(BlockError::Axis {
                axis,
                count: last + 1,
            }
            .into()),
        }
    }

    /// The values, and what is known about them.
    pub(crate) fn leaf(&self) -> &Leaf {
        &self.values
    }

    /// Same as [`TensorBlock::leaf`], to find out more.
    pub(crate) fn leaf_mut(&mut self) -> &mut Leaf {
        &mut self.values
    }

    /// Implementation of the values; the array is only asked once.
    pub fn origin(&self) -> Result<DataOrigin> {
        self.values.origin()
    }

    /// Device of the values; the array is only asked once.
    pub fn device(&self) -> Result<Device> {
        self.values.device()
    }

    /// Type of the elements of the values; the array is only asked once.
    pub fn dtype(&self) -> Result<DType> {
        self.values.dtype()
    }

    /// Deep copy of the values and gradients, sharing the labels.
    pub fn copy(&self) -> Result<TensorBlock> {
        let mut copy = TensorBlock::unchecked(
            self.values.copy()?,
            Arc::clone(&self.samples),
            self.components.clone(),
            Arc::clone(&self.properties),
        );
        for (parameter, gradient) in self.gradients() {
            copy.insert_gradient(parameter, Box::new(gradient.copy()?));
        }
        Ok(copy)
    }

    /// A place for bindings to keep data derived from the list of gradients,
    /// emptied when a gradient is added.
    #[must_use]
    pub fn attachment(&self) -> &OnceLock<Box<dyn Any + Send + Sync>> {
        &self.attachment
    }
}
