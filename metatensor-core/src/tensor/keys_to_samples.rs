//! Moving dimensions from the keys to the samples.

use super::TensorMap;
use super::groups::{Group, Groups, check_fill_value};
use super::merge::{MergePlan, MergedProperties, samples_order};
use super::plan::{merge_distinct, merge_with_values};
use crate::Result;
use crate::array::Array;
use crate::error::MergeError;
use crate::labels::{Labels, RowOrder};

impl TensorMap {
    /// Merge blocks along the sample axis: the dimensions of `keys_to_move`
    /// (which must not have rows) are moved from the keys to the end of the
    /// samples.
    ///
    /// Properties are the union of the ones of all merged blocks, and missing
    /// entries are set to `fill_value`, a scalar on CPU of the dtype of the
    /// values. Samples are sorted, or in order of first appearance; samples of
    /// gradients are always sorted.
    pub fn keys_to_samples(
        &self,
        keys_to_move: &Labels,
        fill_value: &dyn Array,
        sort_samples: bool,
    ) -> Result<TensorMap> {
        if keys_to_move.count() != 0 {
            let count = keys_to_move.count();
            return Err(MergeError::UnexpectedValues { count }.into());
        }
        let groups = Groups::new(self.keys(), keys_to_move.names())?;
        check_fill_value(self, fill_value)?;

        let blocks = groups.iter().map(|indices| {
            let group = Group::new(self, indices)?;
            let all = group
                .blocks()
                .iter()
                .map(|block| block.samples())
                .collect::<Vec<_>>();
            let samples = merge_with_values(
                &all,
                keys_to_move.names(),
                |i| groups.moved(indices[i]),
                samples_order(sort_samples),
            )?;
            MergePlan::new(&group, samples, merge_properties(&group)?)?.execute(&group, fill_value)
        });
        let blocks = blocks.collect::<Result<Vec<_>>>()?;
        self.with_keys_and_blocks(groups.keys, blocks)
    }
}

fn merge_properties(group: &Group<'_>) -> Result<MergedProperties> {
    let all = group
        .blocks()
        .iter()
        .map(|block| block.properties())
        .collect::<Vec<_>>();
    let merged = merge_distinct(&all, RowOrder::FirstAppearance)?;
    let runs = all
        .iter()
        .enumerate()
        .map(|(i, properties)| Some(merged.runs(i, properties.count())));
    let runs = runs.collect();
    Ok(MergedProperties {
        labels: merged.labels,
        runs,
    })
}
