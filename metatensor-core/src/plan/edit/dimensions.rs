//! Changing the dimensions of one set of labels.

use std::sync::Arc;

use super::{Column, Edit};
use crate::Result;
use crate::error::{LabelsError, PlanError};
use crate::labels::Labels;
use crate::plan::columns;

/// Labels after a change. `axis` and `block` tell where they are, for messages.
pub(super) fn edit(
    labels: &Arc<Labels>,
    edit: Edit<'_>,
    axis: &'static str,
    block: Option<usize>,
) -> Result<Arc<Labels>> {
    let edited = match edit {
        Edit::Insert {
            index,
            name,
            values,
        } => {
            check_length(labels, values, axis, block)?;
            insert(labels, index, name, values)
        }
        Edit::Permute(positions) => permute(labels, positions),
        Edit::Remove(name) => {
            columns::find(axis, labels.names(), &[name])?;
            match (labels.size(), labels.count()) {
                (1, 1..) => {
                    let shape = vec![labels.count(), 0];
                    Err(LabelsError::Shape { shape, size: 0 }.into())
                }
                _ => labels.remove(&[name]),
            }
        }
        Edit::Rename { old, new } => {
            columns::find(axis, labels.names(), &[old])?;
            labels.rename(old, new)
        }
    };
    edited.map_err(|error| error.in_block(block, axis))
}

fn check_length(
    labels: &Labels,
    values: Column<'_>,
    axis: &'static str,
    block: Option<usize>,
) -> Result<()> {
    match values {
        Column::Rows(values) if values.len() != labels.count() => Err(PlanError::ColumnLength {
            block,
            axis,
            found: values.len(),
            expected: labels.count(),
        }
        .into()),
        _ => Ok(()),
    }
}

fn to_i32(value: i64) -> Result<i32> {
    i32::try_from(value).map_err(|_| PlanError::ColumnValue { value }.into())
}

/// A position counted from the start, `last` at most, for labels with `size` dimensions.
fn resolve(index: i64, size: usize, last: usize) -> Result<usize> {
    let position = match index < 0 {
        true => index.checked_add_unsigned(size as u64),
        false => Some(index),
    };
    let position = position.and_then(|position| usize::try_from(position).ok());
    position
        .filter(|&position| position <= last)
        .ok_or_else(|| PlanError::DimensionIndex { index, size }.into())
}

fn insert(labels: &Labels, index: i64, name: &str, column: Column<'_>) -> Result<Arc<Labels>> {
    let position = resolve(index, labels.size(), labels.size())?;
    let values = match column {
        Column::Constant(value) => vec![to_i32(value)?],
        Column::Rows(values) => {
            let values = values.iter().map(|&value| to_i32(value));
            values.collect::<Result<_>>()?
        }
    };
    labels.insert(position, name, &values)
}

fn permute(labels: &Arc<Labels>, positions: &[i64]) -> Result<Arc<Labels>> {
    let size = labels.size();
    if positions.len() != size {
        return Err(PlanError::PermutationLength {
            found: positions.len(),
            names: labels.names().to_vec(),
        }
        .into());
    }
    let mut columns = Vec::with_capacity(size);
    for &index in positions {
        let column = resolve(index, size, size - 1)?;
        if columns.contains(&column) {
            let name = labels.names()[column].clone();
            return Err(LabelsError::RepeatedName { name }.into());
        }
        columns.push(column);
    }
    labels.permute(&columns)
}
