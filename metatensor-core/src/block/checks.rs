//! Do values and labels form a block?

use hashbrown::HashSet;

use super::TensorBlock;
use crate::Result;
use crate::array::Device;
use crate::error::{AxisLabels, BlockError};
use crate::labels::Labels;

/// Up to this many components, comparing all pairs is faster than hashing.
const COMPARE_ALL_PAIRS: usize = 16;

/// Check everything about a block but its gradients.
pub(super) fn check_values_and_labels(block: &mut TensorBlock) -> Result<()> {
    let mut checked = Ok(());
    let check = &mut |shape: &[usize]| checked = check_shape(block, shape);
    block.values().with_shape(check)?;
    checked?;
    // labels are loaded even when values are not
    if !block.is_meta() {
        let device = block.leaf_mut().find_device()?;
        check_devices(block, device)?;
    }
    check_component_labels(block)
}

fn check_shape(block: &TensorBlock, shape: &[usize]) -> Result<()> {
    let labels = block.components.len() + 2;
    if shape.len() != labels {
        let shape = shape.to_vec();
        return Err(BlockError::Rank { shape, labels }.into());
    }
    check_axis(0, shape[0], AxisLabels::Samples, &block.samples)?;
    check_distinct_components(block)?;
    for (i, component) in block.components.iter().enumerate() {
        check_axis(i + 1, shape[i + 1], AxisLabels::Component(i), component)?;
    }
    let last = labels - 1;
    check_axis(last, shape[last], AxisLabels::Properties, &block.properties)
}

fn check_axis(axis: usize, found: usize, labels: AxisLabels, values: &Labels) -> Result<()> {
    let expected = values.count();
    if found != expected {
        return Err(BlockError::AxisSize {
            axis,
            labels,
            found,
            expected,
        }
        .into());
    }
    Ok(())
}

fn check_distinct_components(block: &TensorBlock) -> Result<()> {
    let components = &block.components;
    if components.len() < 2 {
        return Ok(());
    }
    let mut seen = HashSet::new();
    let repeated = components.iter().enumerate().find(|(i, component)| {
        if components.len() <= COMPARE_ALL_PAIRS {
            let mut before = components[..*i].iter();
            before.any(|other| other.names() == component.names())
        } else {
            !seen.insert(&component.names()[..])
        }
    });
    if let Some((_, component)) = repeated {
        let names = component.names().to_vec();
        return Err(BlockError::RepeatedComponent { names }.into());
    }
    Ok(())
}

fn check_devices(block: &TensorBlock, expected: Device) -> Result<()> {
    let check = |labels: AxisLabels, values: &Labels| {
        let found = values.device()?;
        if found != expected {
            return Err(BlockError::Device {
                labels,
                found,
                expected,
            }
            .into());
        }
        Ok(())
    };
    check(AxisLabels::Samples, &block.samples)?;
    for (i, component) in block.components.iter().enumerate() {
        check(AxisLabels::Component(i), component)?;
    }
    check(AxisLabels::Properties, &block.properties)
}

fn check_component_labels(block: &TensorBlock) -> Result<()> {
    for (i, component) in block.components.iter().enumerate() {
        let [name] = &component.names()[..] else {
            let names = component.names().to_vec();
            return Err(BlockError::ComponentDimensions {
                component: i,
                names,
            }
            .into());
        };
        if component.count() == 0 {
            return Err(BlockError::EmptyComponent { name: name.clone() }.into());
        }
    }
    Ok(())
}
