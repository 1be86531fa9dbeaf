//! Moving dimensions from the keys to the properties.

use std::sync::Arc;

use super::TensorMap;
use super::groups::{Group, Groups, check_fill_value};
use super::merge::{MergePlan, MergedProperties, samples_order};
use super::plan::{Run, join_names, merge_distinct};
use crate::array::Array;
use crate::labels::Labels;
use crate::{Result, memory};

impl TensorMap {
    /// Merge blocks along the property axis: the dimensions of `keys_to_move`
    /// are moved from the keys to the start of the properties.
    ///
    /// If `keys_to_move` has rows, the new properties are these rows combined
    /// with the properties of the blocks, which must all be the same; blocks
    /// whose key is not among these rows are left out. Otherwise, the properties
    /// of the blocks follow each other.
    ///
    /// Samples are the union of the ones of all merged blocks, and missing
    /// entries are set to `fill_value`, a scalar on CPU of the dtype of the
    /// values. Samples are sorted, or in order of first appearance; samples of
    /// gradients are always sorted.
    pub fn keys_to_properties(
        &self,
        keys_to_move: &Labels,
        fill_value: &dyn Array,
        sort_samples: bool,
    ) -> Result<TensorMap> {
        let groups = Groups::new(self.keys(), keys_to_move.names())?;
        check_fill_value(self, fill_value)?;

        let blocks = groups.iter().map(|indices| {
            let group = Group::new(self, indices)?;
            let properties = match keys_to_move.count() {
                0 => concatenate_properties(&group, &groups, keys_to_move)?,
                _ => combine_properties(&group, &groups, keys_to_move)?,
            };
            let all = group
                .blocks()
                .iter()
                .map(|block| block.samples())
                .collect::<Vec<_>>();
            let samples = merge_distinct(&all, samples_order(sort_samples))?;
            MergePlan::new(&group, samples, properties)?.execute(&group, fill_value)
        });
        let blocks = blocks.collect::<Result<Vec<_>>>()?;
        self.with_keys_and_blocks(groups.keys, blocks)
    }
}

/// The properties of all blocks, one block after the other.
fn concatenate_properties(
    group: &Group<'_>,
    groups: &Groups,
    keys_to_move: &Labels,
) -> Result<MergedProperties> {
    let template = group.first().properties();
    let mut runs = Vec::with_capacity(group.blocks().len());
    let mut start = 0;
    for block in group.blocks() {
        let length = block.properties().count();
        runs.push(run(start, length));
        start += length;
    }
    if keys_to_move.size() == 0 {
        // nothing is moved, all groups have a single block
        return Ok(MergedProperties {
            labels: Arc::clone(template),
            runs,
        });
    }

    let names = join_names(keys_to_move.names(), template.names(), "properties")?;
    let mut values = Vec::with_capacity(start * names.len());
    for (block, &index) in group.blocks().iter().zip(group.indices()) {
        push_properties(&mut values, groups.moved(index), block.properties())?;
    }
    let labels = Labels::like(template, names, values, None)?;
    Ok(MergedProperties { labels, runs })
}

/// All rows of `keys_to_move`, each with the properties of the blocks.
fn combine_properties(
    group: &Group<'_>,
    groups: &Groups,
    keys_to_move: &Labels,
) -> Result<MergedProperties> {
    group.check_properties()?;
    let template = group.first().properties();
    let names = join_names(keys_to_move.names(), template.names(), "properties")?;
    let length = template.count();
    let rows = keys_to_move.count().saturating_mul(length);
    let mut values = memory::with_capacity(rows, names.len())?;
    for moved in keys_to_move.values_cpu()?.chunks_exact(keys_to_move.size()) {
        push_properties(&mut values, moved, template)?;
    }
    let runs = group.indices().iter().map(|&index| {
        let position = keys_to_move.position(groups.moved(index))?;
        Ok(position.and_then(|position| run(position * length, length)))
    });
    let runs = runs.collect::<Result<Vec<_>>>()?;
    let labels = Labels::like(template, names, values, None)?;
    Ok(MergedProperties { labels, runs })
}

/// All properties of a block, `None` if there are none.
fn run(start_out: usize, length: usize) -> Option<Vec<Run>> {
    (length > 0).then(|| {
        vec![Run {
            start_in: 0,
            start_out,
            length,
        }]
    })
}

fn push_properties(values: &mut Vec<i32>, moved: &[i32], properties: &Labels) -> Result<()> {
    for row in properties
        .values_cpu()?
        .chunks_exact(properties.size().max(1))
    {
        values.extend_from_slice(moved);
        values.extend_from_slice(row);
    }
    Ok(())
}
