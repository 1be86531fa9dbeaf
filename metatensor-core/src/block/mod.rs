//! [`TensorBlock`]: one dense array with labels for each axis.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use crate::Result;
use crate::array::{Array, DType, DataOrigin, Device};
use crate::labels::Labels;

/// A dense array with labels for each of its axes, and its gradients.
///
/// The first axis of the values is described by `samples`, the last one by
/// `properties`, and the ones in between by one `components` each.
#[derive(Debug)]
pub struct TensorBlock {
    samples: Arc<Labels>,
    components: Vec<Arc<Labels>>,
    properties: Arc<Labels>,
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
        let _ = (values, samples, components, properties);
        todo!()
    }

    /// The array, of shape `(samples, components…, properties)`.
    #[must_use]
    pub fn values(&self) -> &dyn Array {
        todo!()
    }

    /// The array, to change the data. Its shape must not change.
    #[must_use]
    pub fn values_mut(&mut self) -> &mut dyn Array {
        todo!()
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
        let _ = axis;
        todo!()
    }

    /// Implementation of the values; the array is only asked once.
    pub fn origin(&self) -> Result<DataOrigin> {
        todo!()
    }

    /// Device of the values; the array is only asked once.
    pub fn device(&self) -> Result<Device> {
        todo!()
    }

    /// Type of the elements of the values; the array is only asked once.
    pub fn dtype(&self) -> Result<DType> {
        todo!()
    }

    /// Add the gradient of the values with respect to `parameter`; `gradient`
    /// is dropped if it does not fit. Resets the [`attachment`](TensorBlock::attachment).
    pub fn add_gradient(&mut self, parameter: &str, gradient: impl Into<Box<TensorBlock>>) -> Result<()> {
        let _ = (parameter, gradient.into());
        todo!()
    }

    /// Gradient with respect to `parameter`. Its address stays the same as long
    /// as the block lives. The error names the parameter.
    pub fn gradient(&self, parameter: &str) -> Result<&TensorBlock> {
        let _ = parameter;
        todo!()
    }

    /// Same as [`TensorBlock::gradient`], to change the gradient.
    pub fn gradient_mut(&mut self, parameter: &str) -> Result<&mut TensorBlock> {
        let _ = parameter;
        todo!()
    }

    /// Parameters and gradients, in the order in which they were added.
    pub fn gradients(&self) -> impl ExactSizeIterator<Item = (&str, &TensorBlock)> {
        if true {
            todo!()
        }
        std::iter::empty()
    }

    /// Deep copy of the values and gradients, sharing the labels.
    pub fn copy(&self) -> Result<TensorBlock> {
        todo!()
    }

    /// A place for bindings to keep data derived from the list of gradients,
    /// emptied when a gradient is added.
    #[must_use]
    pub fn attachment(&self) -> &OnceLock<Box<dyn Any + Send + Sync>> {
        &self.attachment
    }
}
