//! Changing the dimensions of one set of labels.

use std::sync::Arc;

use super::{Column, Edit};
use crate::Result;
use crate::error::{LabelsError, PlanError};
use crate::labels::{Labels, Names};
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
            let removed = columns::find(axis, labels.names(), &[name])?;
            remove(labels, removed[0])
        }
        Edit::Rename { old, new } => {
            let renamed = columns::find(axis, labels.names(), &[old])?;
            rename(labels, renamed[0], new)
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

fn insert(labels: &Labels, index: i64, name: &str, column: Column<'_>) -> Result<Arc<Labels>> {
    let (size, count) = (labels.size(), labels.count());
    let position = match index < 0 {
        true => index.checked_add_unsigned(size as u64),
        false => Some(index),
    };
    let position = position.and_then(|position| usize::try_from(position).ok());
    let Some(position) = position.filter(|&position| position <= size) else {
        return Err(PlanError::DimensionIndex { index, size }.into());
    };
    let mut names = labels.names().to_vec();
    names.insert(position, name.to_owned());
    let names = Names::new(&names)?;
    let values = labels.values_cpu()?;
    let mut new = Vec::with_capacity(count * (size + 1));
    let mut push_row = |row: usize, value: i32| {
        let row = &values[row * size..][..size];
        new.extend_from_slice(&row[..position]);
        new.push(value);
        new.extend_from_slice(&row[position..]);
    };
    match column {
        Column::Constant(value) => {
            let value = to_i32(value)?;
            (0..count).for_each(|row| push_row(row, value));
        }
        Column::Rows(values) => {
            for (row, &value) in values.iter().enumerate() {
                push_row(row, to_i32(value)?);
            }
        }
    }
    Labels::like(labels, names, new, None)
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
        let position = match index < 0 {
            true => index.checked_add_unsigned(size as u64),
            false => Some(index),
        };
        let position = position.and_then(|position| usize::try_from(position).ok());
        match position.filter(|&position| position < size) {
            Some(position) => columns.push(position),
            None => return Err(PlanError::DimensionIndex { index, size }.into()),
        }
    }
    if columns.is_sorted_by(|a, b| a < b) {
        return Ok(Arc::clone(labels));
    }
    let names = columns.iter().map(|&column| &labels.names()[column]);
    let names = Names::new(&names.collect::<Vec<_>>())?;
    let values = columns::project(labels, &columns)?.into_owned();
    Labels::like(labels, names, values, None)
}

fn remove(labels: &Labels, removed: usize) -> Result<Arc<Labels>> {
    let kept = (0..labels.size()).filter(|&column| column != removed);
    let kept = kept.collect::<Vec<_>>();
    if kept.is_empty() && labels.count() > 0 {
        let shape = vec![labels.count(), 0];
        return Err(LabelsError::Shape { shape, size: 0 }.into());
    }
    let names = columns::names(labels.names(), &kept)?;
    if kept.is_empty() {
        return Labels::like(labels, names, Vec::new(), Some(true));
    }
    let values = columns::project(labels, &kept)?.into_owned();
    Labels::like_checked(labels, names, values)
}

fn rename(labels: &Arc<Labels>, column: usize, new: &str) -> Result<Arc<Labels>> {
    if labels.names()[column] == new {
        return Ok(Arc::clone(labels));
    }
    let mut names = labels.names().to_vec();
    names[column] = new.to_owned();
    let values = labels.values_cpu()?.to_vec();
    Labels::like(labels, Names::new(&names)?, values, None)
}
