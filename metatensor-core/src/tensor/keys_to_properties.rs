//! Moving dimensions from the keys to the properties.

use std::sync::Arc;

use super::TensorMap;
use super::groups::{Group, Groups, check_fill_value};
use super::merge::{MergedProperties, MergedSamples, Merger, samples_order};
use super::plan::{Merged, Run, fill_columns, join_names, merge_distinct, set_columns};
use crate::array::Array;
use crate::labels::{Labels, RowOrder};
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

        let order = samples_order(sort_samples);
        let mut merger = Merger::default();
        let blocks = groups.iter().map(|indices| {
            let group = Group::new(self, indices)?;
            let properties = match keys_to_move.count() {
                0 => merger.concatenate_properties(&group, &groups, keys_to_move)?,
                _ => merger.combine_properties(&group, &groups, keys_to_move)?,
            };
            let samples = merger.merge_samples(&group, order)?;
            merger.merge(&group, &samples, &properties, fill_value)
        });
        let blocks = blocks.collect::<Result<Vec<_>>>()?;
        self.with_keys_and_blocks(Arc::clone(&groups.keys), blocks)
    }
}

impl<'a> Merger<'a> {
    /// The distinct samples of all blocks of a group.
    pub(super) fn merge_samples(
        &mut self,
        group: &Group<'a>,
        order: RowOrder,
    ) -> Result<MergedSamples> {
        let blocks = group.blocks().iter();
        let all = self
            .samples_interner
            .inputs(blocks.map(|block| block.samples()))?;
        let which = all.which;
        let merged = match all.labels[..] {
            // the very labels of this group are kept
            [single] if order == RowOrder::FirstAppearance || single.is_sorted()? => {
                Arc::new(Merged::same(single))
            }
            _ => self.samples.get_or_make(&all.ids, all.labels[0], || {
                Ok(Arc::new(merge_distinct(&all.labels, order)?))
            })?,
        };
        Ok(MergedSamples { merged, which })
    }

    /// The properties of all blocks, one block after the other.
    fn concatenate_properties(
        &mut self,
        group: &Group<'a>,
        groups: &Groups,
        keys_to_move: &Labels,
    ) -> Result<Arc<MergedProperties>> {
        let template = group.first().properties();
        if keys_to_move.size() == 0 {
            // nothing is moved, all groups have a single block
            let counts = std::iter::once(template.count());
            return Ok(Arc::new(all_runs(counts, Arc::clone(template))));
        }
        let (count, size) = (group.blocks().len(), 1 + keys_to_move.size());
        let mut key = Vec::with_capacity(count * size);
        let all = group.blocks().iter().map(|block| block.properties());
        let mut indices = group.indices().iter();
        self.properties_interner.for_ids(all, |id| {
            key.push(id);
            let moved = indices.next().map_or(&[][..], |&index| groups.moved(index));
            key.extend(moved.iter().map(|value| value.cast_unsigned()));
        })?;
        let interner = &self.properties_interner;
        let ids = key.iter().step_by(size).copied().collect::<Vec<_>>();
        self.properties.get_or_make(&key, template, || {
            let names = join_names(keys_to_move.names(), template.names(), "properties")?;
            let counts = ids.iter().map(|&id| interner.labels(id).count());
            let mut values = memory::zeros(counts.clone().sum(), names.len())?;
            let mut rest = &mut values[..];
            for (&id, &index) in ids.iter().zip(group.indices()) {
                let (moved, properties) = (groups.moved(index), interner.values(id));
                rest = put_properties(rest, moved, properties, template.size());
            }
            let labels = Labels::like(template, names, values, None)?;
            Ok(Arc::new(all_runs(counts, labels)))
        })
    }

    /// All rows of `keys_to_move`, each with the properties of the blocks.
    fn combine_properties(
        &mut self,
        group: &Group<'a>,
        groups: &Groups,
        keys_to_move: &Labels,
    ) -> Result<Arc<MergedProperties>> {
        group.check_properties()?;
        let template = group.first().properties();
        let length = template.count();
        let positions = group
            .indices()
            .iter()
            .map(|&index| keys_to_move.position(groups.moved(index)));
        let positions = positions.collect::<Result<Vec<_>>>()?;
        let mut key = vec![self.properties_interner.id(template)?];
        key.extend(
            positions
                .iter()
                .map(|position| position.map_or(u32::MAX, |position| position as u32)),
        );
        self.properties.get_or_make(&key, template, || {
            let names = join_names(keys_to_move.names(), template.names(), "properties")?;
            let rows = keys_to_move.count().saturating_mul(length);
            let mut values = memory::zeros(rows, names.len())?;
            let mut rest = &mut values[..];
            let properties = template.values_cpu()?;
            for moved in keys_to_move.values_cpu()?.chunks_exact(keys_to_move.size()) {
                rest = put_properties(rest, moved, properties, template.size());
            }
            let mut runs = Runs::default();
            for position in &positions {
                runs.push(position.map(|position| position * length), length);
            }
            let labels = Labels::like(template, names, values, None)?;
            Ok(Arc::new(runs.finish(labels)))
        })
    }
}

/// Runs of consecutive blocks.
#[derive(Default)]
struct Runs {
    runs: Vec<Run>,
    ends: Vec<usize>,
}

impl Runs {
    /// All properties of the next block, if there are some and it is not left out.
    fn push(&mut self, start_out: Option<usize>, length: usize) {
        if let (Some(start_out), true) = (start_out, length > 0) {
            self.runs.push(Run {
                start_in: 0,
                start_out,
                length,
            });
        }
        self.ends.push(self.runs.len());
    }

    fn finish(self, labels: Arc<Labels>) -> MergedProperties {
        MergedProperties {
            labels,
            runs: self.runs,
            ends: self.ends,
            skip_empty: true,
        }
    }
}

/// The properties of all blocks, one block after the other.
fn all_runs(counts: impl Iterator<Item = usize>, labels: Arc<Labels>) -> MergedProperties {
    let (mut runs, mut start) = (Runs::default(), 0);
    for length in counts {
        runs.push(Some(start), length);
        start += length;
    }
    runs.finish(labels)
}

/// Write properties with the moved values in front of each row. Returns the rest of the
/// output.
fn put_properties<'o>(
    output: &'o mut [i32],
    moved: &[i32],
    properties: &[i32],
    size: usize,
) -> &'o mut [i32] {
    let rows = properties.len().checked_div(size).unwrap_or(0);
    let new_size = moved.len() + size;
    let (output, rest) = output.split_at_mut(rows * new_size);
    fill_columns(output, new_size, 0, moved);
    set_columns(output, new_size, moved.len(), properties, size);
    rest
}
