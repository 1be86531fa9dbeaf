//! Moving dimensions from the keys to the samples.

use std::sync::Arc;

use super::TensorMap;
use super::groups::{Group, Groups, check_fill_value};
use super::merge::{MergedProperties, MergedSamples, Merger, samples_order};
use super::plan::{merge_distinct, merge_with_values};
use crate::Result;
use crate::array::Array;
use crate::error::MergeError;
use crate::labels::{Labels, Names, RowOrder};

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
        let names = keys_to_move.names();
        let groups = Groups::new(self.keys(), names)?;
        check_fill_value(self, fill_value)?;

        let order = samples_order(sort_samples);
        let mut merger = Merger::default();
        let blocks = groups.iter().map(|indices| {
            let group = Group::new(self, indices)?;
            let samples = match names.is_empty() {
                // nothing is moved, all groups have a single block
                true => merger.merge_samples(&group, order)?,
                false => merger.add_to_samples(&group, &groups, names, order)?,
            };
            let properties = merger.merge_properties(&group)?;
            merger.merge(&group, &samples, &properties, fill_value)
        });
        let blocks = blocks.collect::<Result<Vec<_>>>()?;
        self.with_keys_and_blocks(Arc::clone(&groups.keys), blocks)
    }
}

impl<'a> Merger<'a> {
    /// Samples of all blocks of a group, with the moved values at the end.
    fn add_to_samples(
        &mut self,
        group: &Group<'a>,
        groups: &Groups,
        names: &Names,
        order: RowOrder,
    ) -> Result<MergedSamples> {
        let count = group.blocks().len();
        let mut key = Vec::with_capacity(count * (1 + names.len()));
        let mut all = Vec::with_capacity(count);
        let samples = group.blocks().iter().map(|block| block.samples());
        let mut ids = Vec::with_capacity(count);
        let mut indices = group.indices().iter();
        self.samples_interner.for_ids(samples, |id| {
            ids.push(id);
            key.push(id);
            let moved = indices.next().map_or(&[][..], |&index| groups.moved(index));
            key.extend(moved.iter().map(|value| value.cast_unsigned()));
        })?;
        all.extend(ids.iter().map(|&id| self.samples_interner.labels(id)));
        let first = group.first().samples();
        all[0] = first;
        let merged = self.samples.get_or_make(&key, first, || {
            let moved = |i: usize| groups.moved(group.indices()[i]);
            Ok(Arc::new(merge_with_values(&all, names, moved, order)?))
        })?;
        let which = (0..).take(count).collect();
        Ok(MergedSamples { merged, which })
    }

    /// All properties of the blocks of a group.
    fn merge_properties(&mut self, group: &Group<'a>) -> Result<Arc<MergedProperties>> {
        let blocks = group.blocks().iter();
        let all = self
            .properties_interner
            .inputs(blocks.map(|block| block.properties()))?;
        let make = || {
            let merged = merge_distinct(&all.labels, RowOrder::FirstAppearance)?;
            let (mut runs, mut ends) = (Vec::new(), Vec::with_capacity(all.which.len()));
            for &which in &all.which {
                merged.push_runs(&mut runs, which as usize);
                ends.push(runs.len());
            }
            Ok(Arc::new(MergedProperties {
                labels: merged.labels,
                runs,
                ends,
                skip_empty: false,
            }))
        };
        match all.labels[..] {
            // the very labels of this group are kept
            [_] => make(),
            _ => {
                let key = all.which.iter().map(|&which| all.ids[which as usize]);
                self.properties
                    .get_or_make(&key.collect::<Vec<_>>(), all.labels[0], make)
            }
        }
    }
}
