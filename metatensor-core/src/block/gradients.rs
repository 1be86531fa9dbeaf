//! Gradients of a block.

use std::sync::OnceLock;

use super::TensorBlock;
use crate::Result;
use crate::array::origin;
use crate::error::{BlockError, GradientError};
use crate::labels::Labels;

/// How deep gradients of gradients can be nested. Walking over them is recursive, so
/// something has to keep it from overflowing the stack.
pub(crate) const MAX_DEPTH: usize = 64;

impl TensorBlock {
    /// Add the gradient of the values with respect to `parameter`; `gradient`
    /// is dropped if it does not fit. Empties the [`attachment`](TensorBlock::attachment).
    ///
    /// The first dimension of the samples of the gradient must be `sample`, the
    /// index of a sample of this block. Its last components, and its properties,
    /// must be those of this block. Gradients of gradients can be nested 64 times.
    pub fn add_gradient(
        &mut self,
        parameter: &str,
        gradient: impl Into<Box<TensorBlock>>,
    ) -> Result<()> {
        let gradient = gradient.into();
        if self.gradients.get(parameter).is_some() {
            return Err(GradientError::Exists {
                parameter: parameter.to_owned(),
            }
            .into());
        }
        if self.level + gradient.depth() > MAX_DEPTH {
            return Err(GradientError::TooDeep { limit: MAX_DEPTH }.into());
        }
        check_values(self, &gradient)?;
        check_gradient_samples(&gradient.samples, self.samples.count())?;
        check_components_and_properties(self, &gradient)?;
        self.insert_gradient(parameter, gradient);
        Ok(())
    }

    /// Add a gradient which is known to fit.
    pub(crate) fn insert_gradient(&mut self, parameter: &str, mut gradient: Box<TensorBlock>) {
        gradient.set_level(self.level + 1);
        self.gradients.insert(parameter, gradient);
        self.attachment = OnceLock::new();
    }

    /// Number of levels of this block and its gradients, 1 without gradients.
    fn depth(&self) -> usize {
        let below = self.gradients().map(|(_, gradient)| gradient.depth());
        1 + below.max().unwrap_or(0)
    }

    fn set_level(&mut self, level: usize) {
        self.level = level;
        for gradient in self.gradients.values_mut() {
            gradient.set_level(level + 1);
        }
    }

    /// Gradient with respect to `parameter`. Its address stays the same as long
    /// as the block lives. The error names the parameter.
    pub fn gradient(&self, parameter: &str) -> Result<&TensorBlock> {
        match self.gradients.get(parameter) {
            Some(gradient) => Ok(gradient),
            None => Err(unknown(parameter).into()),
        }
    }

    /// Is there a gradient with respect to `parameter`?
    pub(crate) fn has_gradient(&self, parameter: &str) -> bool {
        self.gradients.get(parameter).is_some()
    }

    /// Same as [`TensorBlock::gradient`], to change the gradient.
    pub fn gradient_mut(&mut self, parameter: &str) -> Result<&mut TensorBlock> {
        match self.gradients.get_mut(parameter) {
            Some(gradient) => Ok(gradient),
            None => Err(unknown(parameter).into()),
        }
    }

    /// Parameters and gradients, in the order in which they were added.
    pub fn gradients(&self) -> impl ExactSizeIterator<Item = (&str, &TensorBlock)> {
        self.gradients
            .iter()
            .map(|(parameter, gradient)| (parameter, &**gradient))
    }
}

fn unknown(parameter: &str) -> BlockError {
    BlockError::UnknownGradient {
        parameter: parameter.to_owned(),
    }
}

fn check_values(block: &TensorBlock, gradient: &TensorBlock) -> Result<()> {
    let (found, expected) = (gradient.origin()?, block.origin()?);
    if found != expected {
        let (found, expected) = (origin::name(found), origin::name(expected));
        return Err(GradientError::Origin { found, expected }.into());
    }
    let (found, expected) = (gradient.device()?, block.device()?);
    if found != expected {
        return Err(GradientError::Device { found, expected }.into());
    }
    let (found, expected) = (gradient.dtype()?, block.dtype()?);
    if found != expected {
        return Err(GradientError::DType { found, expected }.into());
    }
    Ok(())
}

/// Check that these can be the samples of a gradient of a block with `count` samples.
pub(crate) fn check_gradient_samples(samples: &Labels, count: usize) -> Result<()> {
    match samples.names().first() {
        None => return Err(GradientError::NoSampleDimension.into()),
        Some(name) if name != "sample" => {
            return Err(GradientError::FirstSampleDimension {
                found: name.clone(),
            }
            .into());
        }
        Some(_) => {}
    }
    match first_out_of_range(samples, count)? {
        Some((row, sample)) => Err(GradientError::SampleOutOfRange { row, sample, count }.into()),
        None => Ok(()),
    }
}

/// First row, and its value in the first column, which is not an index below `count`.
fn first_out_of_range(samples: &Labels, count: usize) -> Result<Option<(usize, i32)>> {
    if samples.count() == 0 || samples.device()?.has_no_data() {
        return Ok(None);
    }
    let column = samples
        .values_cpu()?
        .iter()
        .step_by(samples.size())
        .copied();
    let is_outside = |sample: i32| usize::try_from(sample).map_or(true, |sample| sample >= count);
    Ok(column.enumerate().find(|&(_, sample)| is_outside(sample)))
}

// Components of any block have one dimension and at least one row, so only the
// relation between the two blocks is left to check.
fn check_components_and_properties(block: &TensorBlock, gradient: &TensorBlock) -> Result<()> {
    let (found, expected) = (gradient.components.len(), block.components.len());
    if found < expected {
        return Err(GradientError::TooFewComponents { found, expected }.into());
    }
    if !gradient.properties.equals(&block.properties)? {
        return Err(GradientError::Properties.into());
    }
    let last = &gradient.components[found - expected..];
    for (ours, theirs) in block.components.iter().zip(last) {
        if !theirs.equals(ours)? {
            let name = ours.names()[0].clone();
            return Err(GradientError::Component { name }.into());
        }
    }
    Ok(())
}
