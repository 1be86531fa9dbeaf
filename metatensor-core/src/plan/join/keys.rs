//! Blocks of several tensor maps with the same key.

use std::sync::Arc;

use super::KeysRule;
use crate::Result;
use crate::error::{LabelsOperationError, PlanError};
use crate::labels::{Distinct, Labels, RowOrder, distinct, gather};
use crate::plan::Metadata;

/// Keys of the result, and the blocks which become one.
pub(super) struct JoinedKeys {
    pub(super) keys: Arc<Labels>,
    /// For each key, the tensor maps with this key and their block.
    pub(super) blocks: Vec<Vec<(usize, usize)>>,
}

impl JoinedKeys {
    pub(super) fn new(inputs: &[&Metadata], rule: KeysRule) -> Result<JoinedKeys> {
        let first = inputs[0].keys();
        check_names(inputs, rule)?;
        if first.size() == 0 {
            let keys = Arc::clone(first);
            let blocks = Vec::new();
            return Ok(JoinedKeys { keys, blocks });
        }
        let mut values = Vec::new();
        for input in inputs {
            values.extend_from_slice(input.keys().values_cpu()?);
        }
        let size = first.size();
        let Distinct { rows, inverse } = distinct(&values, size, RowOrder::FirstAppearance)?;
        let mut blocks = vec![Vec::new(); rows.len()];
        let mut inverse = inverse.iter();
        for (number, input) in inputs.iter().enumerate() {
            for (block, &key) in inverse.by_ref().take(input.keys().count()).enumerate() {
                if rule == KeysRule::Same && key as usize >= first.count() {
                    return Err(different(inputs, number, None));
                }
                blocks[key as usize].push((number, block));
            }
        }
        if rule == KeysRule::Intersection {
            let mut kept = rows.into_iter().zip(blocks).collect::<Vec<_>>();
            kept.retain(|(_, blocks)| blocks.len() == inputs.len());
            let (rows, blocks): (Vec<_>, Vec<_>) = kept.into_iter().unzip();
            return JoinedKeys::with(first, &values, &rows, blocks);
        }
        JoinedKeys::with(first, &values, &rows, blocks)
    }

    /// Keys with these rows of `values`, which start with those of `first`.
    fn with(
        first: &Arc<Labels>,
        values: &[i32],
        rows: &[u32],
        blocks: Vec<Vec<(usize, usize)>>,
    ) -> Result<JoinedKeys> {
        let keys = if rows.len() == first.count() && (0..).zip(rows).all(|(i, &row)| i == row) {
            Arc::clone(first)
        } else {
            let values = gather(values, first.size(), rows);
            Labels::like(first, first.names().clone(), values, None)?
        };
        Ok(JoinedKeys { keys, blocks })
    }
}

fn check_names(inputs: &[&Metadata], rule: KeysRule) -> Result<()> {
    let first = inputs[0].keys();
    for (number, input) in inputs.iter().enumerate() {
        let keys = input.keys();
        if keys.names() != first.names() {
            let names = (first.names().to_vec(), keys.names().to_vec());
            let operation = match rule {
                KeysRule::Same => return Err(different(inputs, number, Some(names))),
                KeysRule::Intersection => "intersection",
                KeysRule::Union => "union",
            };
            let (first, second) = names;
            return Err(LabelsOperationError::DifferentNames {
                operation,
                first,
                second,
            }
            .into());
        }
    }
    for (number, input) in inputs.iter().enumerate() {
        if rule == KeysRule::Same && input.keys().count() != first.count() {
            return Err(different(inputs, number, None));
        }
    }
    Ok(())
}

fn different(
    inputs: &[&Metadata],
    input: usize,
    names: Option<(Vec<String>, Vec<String>)>,
) -> crate::Error {
    let counts = (inputs[0].keys().count(), inputs[input].keys().count());
    PlanError::DifferentKeys {
        input,
        names,
        counts,
    }
    .into()
}
