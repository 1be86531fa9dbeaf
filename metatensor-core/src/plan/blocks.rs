//! Choosing blocks.

use std::sync::Arc;

use super::builder::PlanBuilder;
use super::metadata::{MetadataBuilder, NONE};
use super::{Metadata, Plan};
use crate::Result;
use crate::error::{LabelsError, PlanError};
use crate::labels::{Labels, gather};

impl Plan {
    /// Plan of taking the blocks at these positions, which must be distinct. Negative
    /// positions count from the end.
    pub fn pick_blocks(metadata: &Metadata, positions: &[i64]) -> Result<Plan> {
        let count = metadata.block_count();
        let mut seen = vec![false; count];
        let mut blocks = Vec::with_capacity(positions.len());
        for &position in positions {
            let from_start = match position < 0 {
                true => position.checked_add_unsigned(count as u64),
                false => Some(position),
            };
            let block = from_start.and_then(|position| usize::try_from(position).ok());
            let Some(block) = block.filter(|&block| block < count) else {
                return Err(PlanError::BlockOutOfRange { position, count }.into());
            };
            if std::mem::replace(&mut seen[block], true) {
                let keys = metadata.keys();
                let row = keys.values_cpu()?[block * keys.size()..][..keys.size()].to_vec();
                let names = keys.names().to_vec();
                return Err(PlanError::NewLabels {
                    block: None,
                    axis: "keys",
                    cause: Box::new(LabelsError::DuplicateRow { names, row }.into()),
                }
                .into());
            }
            blocks.push(block as u32);
        }
        pick(metadata, &blocks)
    }

    /// Plan of keeping only the blocks whose key matches one of `keys`, which may have
    /// some of the dimensions only; or of dropping these blocks if `keep` is false.
    ///
    /// Blocks which are kept are in the order of `keys` if these have the dimensions of
    /// the keys of the tensor map, and stay in their order otherwise.
    pub fn filter_blocks(metadata: &Metadata, keys: &Labels, keep: bool) -> Result<Plan> {
        let count = metadata.block_count();
        let mut selected = metadata.keys().select(keys)?;
        if keys.count() == 0 {
            selected.clear();
        }
        if keep {
            let blocks = selected.into_iter().map(|block| block as u32);
            return pick(metadata, &blocks.collect::<Vec<_>>());
        }
        let mut kept = vec![true; count];
        for block in selected {
            kept[block] = false;
        }
        pick(metadata, &positions_of(&kept))
    }

    /// Plan of dropping the blocks without samples or without properties.
    pub fn drop_empty_blocks(metadata: &Metadata) -> Result<Plan> {
        let values = metadata.leaves().iter().filter(|leaf| leaf.parent == NONE);
        let kept = values.map(|leaf| {
            metadata.samples(leaf).count() > 0 && metadata.properties(leaf).count() > 0
        });
        pick(metadata, &positions_of(&kept.collect::<Vec<_>>()))
    }
}

/// Positions of the blocks which are kept.
fn positions_of(kept: &[bool]) -> Vec<u32> {
    let blocks = (0..).zip(kept).filter(|(_, kept)| **kept);
    blocks.map(|(block, _)| block).collect()
}

/// Plan with these blocks.
fn pick(metadata: &Metadata, blocks: &[u32]) -> Result<Plan> {
    let old = metadata.keys();
    let keys = if super::builder::is_identity(blocks, old.count()) {
        Arc::clone(old)
    } else {
        let rows = gather(old.values_cpu()?, old.size(), blocks);
        Labels::like(old, old.names().clone(), rows, None)?
    };
    let starts = metadata.block_starts();
    let mut plan = PlanBuilder::default();
    let mut result = MetadataBuilder::like(metadata);
    for (new, &old) in blocks.iter().enumerate() {
        let (start, end) = (starts[old as usize], starts[old as usize + 1]);
        let new_start = result.leaf_count();
        for i in start..end {
            let leaf = &metadata.leaves()[i];
            let parent = match leaf.parent {
                NONE => NONE,
                parent => parent - start + new_start,
            };
            let components = metadata.components_of(leaf).iter();
            result.push(
                (new, parent, leaf.parameter),
                metadata.samples(leaf),
                components.map(|&component| &metadata.labels()[component]),
                metadata.properties(leaf),
            );
            let entry = plan.share(metadata.samples(leaf).count());
            plan.simple_step(i, 0, entry);
            plan.end_leaf();
        }
    }
    plan.end_result(result.finish(keys));
    Ok(plan.finish())
}
