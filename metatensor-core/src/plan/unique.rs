//! Distinct rows over all blocks.

use std::sync::Arc;

use super::metadata::NONE;
use super::{Axis, Metadata, columns};
use crate::Result;
use crate::error::PlanError;
use crate::labels::{Labels, Names, RowOrder, distinct, gather};

/// Distinct rows of the columns `names` of the samples or properties of all blocks, or
/// of the gradients of all blocks with respect to `gradient`; sorted.
pub fn unique_metadata(
    metadata: &Metadata,
    axis: Axis,
    names: &[impl AsRef<str>],
    gradient: Option<&str>,
) -> Result<Arc<Labels>> {
    let new_names = Names::new(names)?;
    let mut positions = Vec::new();
    for leaf in metadata.leaves() {
        let is_wanted = match gradient {
            None => leaf.parent == NONE,
            Some(_) => {
                let is_nested =
                    leaf.parent != NONE && metadata.leaves()[leaf.parent].parent != NONE;
                !is_nested && metadata.parameter(leaf) == gradient
            }
        };
        if is_wanted {
            positions.push(metadata.axis(leaf, axis));
        }
    }
    if let (Some(parameter), true, false) =
        (gradient, positions.is_empty(), metadata.leaves().is_empty())
    {
        return Err(PlanError::UnknownGradient {
            parameter: parameter.to_owned(),
            parameters: metadata.parameters().to_vec(),
        }
        .into());
    }
    positions.sort_unstable();
    positions.dedup();
    let Some(&first) = positions.first() else {
        return Labels::like(metadata.keys(), new_names, Vec::new(), Some(true));
    };
    let first = &metadata.labels()[first];
    let columns = columns::find(axis.name(), first.names(), names)?;
    if columns.is_empty() {
        return Labels::like(first, new_names, Vec::new(), Some(true));
    }
    let mut rows = Vec::new();
    for position in positions {
        rows.extend_from_slice(&columns::project(&metadata.labels()[position], &columns)?);
    }
    let unique = distinct(&rows, columns.len(), RowOrder::Lexicographic)?.rows;
    Labels::like(
        first,
        new_names,
        gather(&rows, columns.len(), &unique),
        Some(true),
    )
}
