//! Do keys and blocks form a tensor map?

use std::sync::Arc;

use crate::Result;
use crate::array::origin;
use crate::block::TensorBlock;
use crate::error::TensorMapError;
use crate::labels::Labels;

/// Check that there is one block for each key, and that all blocks have the
/// same kind of values, the same dimensions and the same gradients.
pub(super) fn check_keys_and_blocks(keys: &Labels, blocks: &mut [Box<TensorBlock>]) -> Result<()> {
    if blocks.len() != keys.count() {
        let (blocks, keys) = (blocks.len(), keys.count());
        return Err(TensorMapError::BlockCount { blocks, keys }.into());
    }
    let Some((first, others)) = blocks.split_first_mut() else {
        return Ok(());
    };
    let (first, others): (&TensorBlock, _) = (first, others);
    for (block, i) in others.iter_mut().zip(1..) {
        check_values(first, block, i)?;
    }
    let (found, expected) = (keys.device()?, first.device()?);
    if found != expected && !first.is_meta() {
        return Err(TensorMapError::KeysDevice { found, expected }.into());
    }
    for (block, i) in others.iter().zip(1..) {
        let place = Place {
            block: i,
            parent: None,
        };
        place.check_names(first, block, true)?;
    }
    for (block, i) in others.iter().zip(1..) {
        let place = Place {
            block: i,
            parent: None,
        };
        place.check_gradients(first, block)?;
    }
    Ok(())
}

fn check_values(first: &TensorBlock, other: &mut TensorBlock, block: usize) -> Result<()> {
    let found = other.leaf_mut().find_origin()?;
    let expected = first.origin()?;
    if found != expected {
        let (found, expected) = (origin::name(found), origin::name(expected));
        return Err(TensorMapError::Origin {
            block,
            found,
            expected,
        }
        .into());
    }
    let found = other.leaf_mut().find_device()?;
    let expected = first.device()?;
    if found != expected {
        return Err(TensorMapError::Device {
            block,
            found,
            expected,
        }
        .into());
    }
    let found = other.leaf_mut().find_dtype()?;
    let expected = first.dtype()?;
    if found != expected {
        return Err(TensorMapError::DType {
            block,
            found,
            expected,
        }
        .into());
    }
    Ok(())
}

/// A block or one of its gradients, for messages.
#[derive(Clone, Copy)]
struct Place<'a> {
    block: usize,
    /// Parameter of this gradient, and where the block of this gradient is.
    parent: Option<(&'a str, &'a Place<'a>)>,
}

impl Place<'_> {
    fn gradient(&self) -> Vec<String> {
        let Some((parameter, parent)) = self.parent else {
            return Vec::new();
        };
        let mut parameters = parent.gradient();
        parameters.push(parameter.to_owned());
        parameters
    }

    /// Check that two blocks have the same names.
    fn check_names(
        &self,
        first: &TensorBlock,
        other: &TensorBlock,
        properties: bool,
    ) -> Result<()> {
        if other.samples().names() != first.samples().names() {
            return self.different_names("samples", &[first.samples()], &[other.samples()]);
        }
        let (ours, theirs) = (first.components(), other.components());
        let same = ours
            .iter()
            .zip(theirs)
            .all(|(ours, theirs)| ours.names() == theirs.names());
        if ours.len() != theirs.len() || !same {
            let (ours, theirs) = (
                ours.iter().collect::<Vec<_>>(),
                theirs.iter().collect::<Vec<_>>(),
            );
            return self.different_names("components", &ours, &theirs);
        }
        if properties && other.properties().names() != first.properties().names() {
            return self.different_names(
                "properties",
                &[first.properties()],
                &[other.properties()],
            );
        }
        Ok(())
    }

    fn different_names(
        &self,
        labels: &'static str,
        first: &[&Arc<Labels>],
        other: &[&Arc<Labels>],
    ) -> Result<()> {
        let names = |labels: &[&Arc<Labels>]| {
            labels
                .iter()
                .flat_map(|labels| labels.names().iter().cloned())
                .collect()
        };
        let (found, expected) = (names(other), names(first));
        let (block, gradient) = (self.block, self.gradient());
        Err(TensorMapError::Names {
            block,
            gradient,
            labels,
            found,
            expected,
        }
        .into())
    }

    /// Check that two blocks have the same gradients, recursively.
    fn check_gradients(&self, first: &TensorBlock, other: &TensorBlock) -> Result<()> {
        let parameters = |block: &TensorBlock| {
            block
                .gradients()
                .map(|(parameter, _)| parameter.to_owned())
                .collect::<Vec<_>>()
        };
        let mut ours = first.gradients();
        if ours.len() != other.gradients().len() || !ours.all(|(name, _)| other.has_gradient(name))
        {
            let (found, expected) = (parameters(other), parameters(first));
            let (block, gradient) = (self.block, self.gradient());
            return Err(TensorMapError::Gradients {
                block,
                gradient,
                found,
                expected,
            }
            .into());
        }
        for (parameter, gradient) in first.gradients() {
            let place = Place {
                block: self.block,
                parent: Some((parameter, self)),
            };
            let other = other.gradient(parameter)?;
            // the properties are those of the block, already compared
            place.check_names(gradient, other, false)?;
            place.check_gradients(gradient, other)?;
        }
        Ok(())
    }
}
