//! Some columns of labels.

use std::borrow::Cow;

use super::Axis;
use super::metadata::{Metadata, MetadataLeaf};
use crate::Result;
use crate::error::PlanError;
use crate::labels::{Labels, Names};

/// Columns of `names` called `wanted`.
pub(super) fn find(
    axis: &'static str,
    names: &[String],
    wanted: &[impl AsRef<str>],
) -> Result<Vec<usize>> {
    let columns = wanted.iter().map(|name| {
        let name = name.as_ref();
        let column = names.iter().position(|known| known == name);
        column.ok_or_else(|| {
            PlanError::UnknownDimension {
                axis,
                name: name.to_owned(),
                names: names.to_vec(),
            }
            .into()
        })
    });
    columns.collect()
}

/// Values of some columns of labels, row after row. There must be a column.
pub(super) fn project<'a>(labels: &'a Labels, columns: &[usize]) -> Result<Cow<'a, [i32]>> {
    let (values, size) = (labels.values_cpu()?, labels.size());
    if columns.len() == size && columns.iter().enumerate().all(|(i, &column)| i == column) {
        return Ok(Cow::Borrowed(values));
    }
    if let [column] = columns {
        let column = values.iter().skip(*column).step_by(size.max(1));
        return Ok(Cow::Owned(column.copied().collect()));
    }
    let mut projected = Vec::with_capacity(labels.count() * columns.len());
    for row in values.chunks_exact(size.max(1)) {
        projected.extend(columns.iter().map(|&column| row[column]));
    }
    Ok(Cow::Owned(projected))
}

impl Metadata {
    /// Labels of one axis of a leaf, as position in the labels.
    pub(super) fn axis(&self, leaf: &MetadataLeaf, axis: Axis) -> usize {
        match axis {
            Axis::Samples => leaf.samples,
            Axis::Properties => leaf.properties,
        }
    }

    /// Number of an axis of the array of a leaf.
    pub(super) fn axis_number(&self, leaf: &MetadataLeaf, axis: Axis) -> usize {
        match axis {
            Axis::Samples => 0,
            Axis::Properties => 1 + leaf.components_count,
        }
    }

    /// Names of the samples or properties, which all blocks share; `None` if there are
    /// no blocks.
    pub(super) fn names(&self, axis: Axis) -> Option<&Names> {
        let leaf = self.leaves().first()?;
        Some(self.labels()[self.axis(leaf, axis)].names())
    }
}

/// The `sample` column of a gradient, which must refer to the `count` samples of `block`.
pub(super) fn gradient_samples(
    labels: &Labels,
    block: usize,
    count: usize,
) -> Result<impl ExactSizeIterator<Item = usize> + Clone + '_> {
    check_gradient_samples(labels, block, count)?;
    let column = labels.values_cpu()?.iter().step_by(labels.size().max(1));
    Ok(column.map(|&sample| sample as usize))
}

/// Fail if a gradient does not only refer to the `count` samples of `block`.
pub(super) fn check_gradient_samples(labels: &Labels, block: usize, count: usize) -> Result<()> {
    let mut column = labels.values_cpu()?.iter().step_by(labels.size().max(1));
    let is_outside = |sample: i32| usize::try_from(sample).map_or(true, |sample| sample >= count);
    if let Some(&sample) = column.find(|&&sample| is_outside(sample)) {
        return Err(PlanError::SampleOutOfRange {
            block,
            sample,
            count,
        }
        .into());
    }
    Ok(())
}
