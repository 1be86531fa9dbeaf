//! Grouping blocks by what is left of their keys.

use std::sync::Arc;

use super::TensorMap;
use crate::Result;
use crate::array::{Array, DeviceType};
use crate::block::TensorBlock;
use crate::error::MergeError;
use crate::labels::{Distinct, Labels, Names, RowOrder, distinct, gather};

/// Name of the only key dimension when all others were moved away.
const NO_DIMENSION: &str = "_";

/// Blocks grouped by their keys, without the dimensions which are moved.
pub(super) struct Groups {
    /// Keys without these dimensions, one for each group, in order of first appearance.
    pub(super) keys: Arc<Labels>,
    /// Values of the moved dimensions, one row for each block.
    moved: Vec<i32>,
    moved_size: usize,
    /// Blocks of the first group, then blocks of the second one, …
    blocks: Vec<usize>,
    /// Where each group ends in `blocks`.
    ends: Vec<usize>,
}

impl Groups {
    /// Group the blocks with these keys, moving the dimensions called `moved`.
    pub(super) fn new(keys: &Arc<Labels>, moved: &Names) -> Result<Groups> {
        if keys.count() == 0 {
            return Err(MergeError::NoKeys.into());
        }
        let moved_columns = moved.iter().map(|name| {
            keys.names().index_of(name).ok_or_else(|| {
                let (name, names) = (name.clone(), keys.names().to_vec());
                MergeError::UnknownKey { name, names }.into()
            })
        });
        let moved_columns = moved_columns.collect::<Result<Vec<_>>>()?;
        let remaining = (0..keys.size()).filter(|column| !moved_columns.contains(column));
        let remaining = remaining.collect::<Vec<_>>();

        let (new_keys, group_of) = group_keys(keys, &remaining)?;
        let (blocks, ends) = members(&group_of, new_keys.count());
        let moved = project(keys, &moved_columns)?;
        Ok(Groups {
            keys: new_keys,
            moved,
            moved_size: moved_columns.len(),
            blocks,
            ends,
        })
    }

    /// Blocks of each group, in the order of the original keys.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[usize]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, &end)| &self.blocks[start..end])
    }

    /// Values of the moved dimensions for one block.
    pub(super) fn moved(&self, block: usize) -> &[i32] {
        &self.moved[block * self.moved_size..][..self.moved_size]
    }
}

/// The distinct keys, looking only at the given columns, and for each of the
/// original keys which one of these it becomes.
fn group_keys(keys: &Arc<Labels>, columns: &[usize]) -> Result<(Arc<Labels>, Vec<u32>)> {
    if columns.len() == keys.size() {
        return Ok((Arc::clone(keys), (0..).take(keys.count()).collect()));
    }
    if columns.is_empty() {
        let names = Names::new(&[NO_DIMENSION])?;
        let single = Labels::like(keys, names, vec![0], Some(true))?;
        return Ok((single, vec![0; keys.count()]));
    }
    let projected = project(keys, columns)?;
    let Distinct { rows, inverse } =
        distinct(&projected, columns.len(), RowOrder::FirstAppearance)?;
    let names = columns
        .iter()
        .map(|&column| &keys.names()[column])
        .collect::<Vec<_>>();
    let values = gather(&projected, columns.len(), &rows);
    Ok((
        Labels::like(keys, Names::new(&names)?, values, None)?,
        inverse,
    ))
}

/// Some columns of labels.
fn project(labels: &Labels, columns: &[usize]) -> Result<Vec<i32>> {
    let rows = labels.values_cpu()?.chunks_exact(labels.size().max(1));
    Ok(rows
        .flat_map(|row| columns.iter().map(|&column| row[column]))
        .collect())
}

/// Members of each group, one group after the other, and the end of each group.
fn members(group_of: &[u32], groups: usize) -> (Vec<usize>, Vec<usize>) {
    let mut ends = vec![0; groups];
    for &group in group_of {
        ends[group as usize] += 1;
    }
    let mut total = 0;
    for end in &mut ends {
        total += std::mem::replace(end, total);
    }
    // `ends` are the starts until the members are in place
    let mut members = vec![0; group_of.len()];
    for (block, &group) in group_of.iter().enumerate() {
        let next = &mut ends[group as usize];
        members[*next] = block;
        *next += 1;
    }
    (members, ends)
}

/// Blocks which become one.
pub(super) struct Group<'a> {
    /// Index of the blocks in the tensor map.
    indices: &'a [usize],
    /// The blocks, or the same gradient of all of them.
    blocks: Vec<&'a TensorBlock>,
}

impl<'a> Group<'a> {
    /// Blocks at the given indices, at least one, checking that everything but
    /// their samples and properties is the same.
    pub(super) fn new(tensor: &'a TensorMap, indices: &'a [usize]) -> Result<Group<'a>> {
        let blocks = indices
            .iter()
            .map(|&index| &*tensor.blocks()[index])
            .collect();
        let group = Group { indices, blocks };
        let gradients = group.first().gradients();
        for (parameter, gradient) in gradients {
            if gradient.gradients().len() != 0 {
                let parameter = parameter.to_owned();
                return Err(MergeError::GradientOfGradient { parameter }.into());
            }
        }
        group.check_components(None)?;
        for (parameter, _) in group.first().gradients() {
            let gradients = group.gradients(parameter)?;
            gradients.check_components(Some(parameter))?;
            gradients.check_sample_names(parameter)?;
        }
        Ok(group)
    }

    pub(super) fn first(&self) -> &'a TensorBlock {
        self.blocks[0]
    }

    /// Indices in the tensor map.
    pub(super) fn indices(&self) -> &'a [usize] {
        self.indices
    }

    pub(super) fn blocks(&self) -> &[&'a TensorBlock] {
        &self.blocks
    }

    /// The gradients of all blocks with respect to one parameter.
    pub(super) fn gradients(&self, parameter: &str) -> Result<Group<'a>> {
        let gradients = self.blocks.iter().zip(self.indices).map(|(block, &index)| {
            block.gradient(parameter).map_err(|_| {
                let parameter = parameter.to_owned();
                MergeError::MissingGradient {
                    block: index,
                    parameter,
                }
                .into()
            })
        });
        Ok(Group {
            indices: self.indices,
            blocks: gradients.collect::<Result<Vec<_>>>()?,
        })
    }

    /// Fail unless the property labels of all blocks are equal.
    pub(super) fn check_properties(&self) -> Result<()> {
        self.check("properties", None, |first, other| {
            first.properties().equals(other.properties())
        })
    }

    fn check_components(&self, parameter: Option<&str>) -> Result<()> {
        self.check("components", parameter, |first, other| {
            if first.components().len() != other.components().len() {
                return Ok(false);
            }
            for (first, other) in first.components().iter().zip(other.components()) {
                if !first.equals(other)? {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    fn check_sample_names(&self, parameter: &str) -> Result<()> {
        self.check("samples", Some(parameter), |first, other| {
            Ok(first.samples().names() == other.samples().names())
        })
    }

    fn check(
        &self,
        labels: &'static str,
        parameter: Option<&str>,
        is_same: impl Fn(&TensorBlock, &TensorBlock) -> Result<bool>,
    ) -> Result<()> {
        for (block, &second) in self.blocks.iter().zip(self.indices).skip(1) {
            if !is_same(self.first(), block)? {
                let parameter = parameter.map(str::to_owned);
                let first = self.indices[0];
                return Err(MergeError::DifferentLabels {
                    labels,
                    parameter,
                    first,
                    second,
                }
                .into());
            }
        }
        Ok(())
    }
}

/// Fail unless `fill_value` is a CPU scalar of the type of the values.
pub(super) fn check_fill_value(tensor: &TensorMap, fill_value: &dyn Array) -> Result<()> {
    let shape = fill_value.shape()?;
    if !shape.is_empty() {
        return Err(MergeError::FillShape { shape }.into());
    }
    let device = fill_value.device()?;
    if device.device_type != DeviceType::CPU {
        return Err(MergeError::FillDevice { device }.into());
    }
    let (found, expected) = (fill_value.dtype()?, tensor.dtype()?);
    if found != expected {
        return Err(MergeError::FillDType { found, expected }.into());
    }
    Ok(())
}
