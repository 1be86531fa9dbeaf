//! Reductions over dimensions of samples or properties.

use std::collections::HashMap;
use std::sync::Arc;

use super::builder::{PlanBuilder, is_identity};
use super::groups::distinct_rows;
use super::metadata::{MetadataBuilder, MetadataLeaf, NONE};
use super::{Axis, Metadata, Plan, columns};
use crate::Result;
use crate::labels::{Distinct, Labels, Names, RowOrder, distinct, gather};

/// Name of the only dimension when all others were removed.
const NO_DIMENSION: &str = "_";

/// Labels without some of their dimensions.
#[derive(Clone)]
struct Reduced {
    labels: Arc<Labels>,
    entry: usize,
    /// New row of each of the old ones.
    group_of: Arc<Vec<u32>>,
}

impl Plan {
    /// Plan of a sum, mean, … over the dimensions `names` of the samples or properties.
    ///
    /// The new labels have the other dimensions and are sorted; with no dimension left
    /// there is a single entry with the dimension `_`, except if this axis is empty in
    /// all blocks. When reducing samples, those of gradients get the new numbers of the
    /// samples and are merged and sorted as well.
    ///
    /// Each leaf gets one step, of kind [`REDUCE`](super::PlanEntry::REDUCE), or
    /// [`SHARE`](super::PlanEntry::SHARE) if the axis is empty or not changed.
    pub fn reduce(metadata: &Metadata, axis: Axis, names: &[impl AsRef<str>]) -> Result<Plan> {
        metadata.check_no_nested()?;
        let all = metadata.names(axis).map(|names| &names[..]);
        let removed = columns::find(axis.name(), all.unwrap_or_default(), names)?;
        let mut reduction = Reduction::new(metadata, axis, &removed)?;
        let mut result = MetadataBuilder::like(metadata);
        for (i, leaf) in metadata.leaves().iter().enumerate() {
            let (labels, entry) = reduction.leaf(leaf)?;
            let old = (metadata.samples(leaf), metadata.properties(leaf));
            let (samples, properties) = match axis {
                Axis::Samples => (&labels, old.1),
                Axis::Properties => (old.0, &labels),
            };
            let components = metadata.components_of(leaf).iter();
            result.push(
                (leaf.block, leaf.parent, leaf.parameter),
                samples,
                components.map(|&component| &metadata.labels()[component]),
                properties,
            );
            let number = metadata.axis_number(leaf, axis);
            reduction.plan.simple_step(i, number, entry);
            reduction.plan.end_leaf();
        }
        let mut plan = reduction.plan;
        plan.end_result(result.finish(Arc::clone(metadata.keys())));
        Ok(plan.finish())
    }
}

struct Reduction<'a> {
    metadata: &'a Metadata,
    axis: Axis,
    /// Columns which are kept, and their names.
    kept: Vec<usize>,
    names: Names,
    plan: PlanBuilder,
    /// What was done to each of the labels of the metadata.
    reduced: Vec<Option<Reduced>>,
    /// What was done to samples of gradients, for each labels of the values.
    gradients: HashMap<(usize, usize), (Arc<Labels>, usize)>,
}

impl<'a> Reduction<'a> {
    fn new(metadata: &'a Metadata, axis: Axis, removed: &[usize]) -> Result<Reduction<'a>> {
        let no_names = Names::new(&[""; 0])?;
        let all = metadata.names(axis).unwrap_or(&no_names);
        let kept = (0..all.len()).filter(|column| !removed.contains(column));
        let kept = kept.collect::<Vec<_>>();
        let mut names = all.pick(&kept);
        let mut values = metadata.leaves().iter().filter(|leaf| leaf.parent == NONE);
        let has_rows = |leaf| metadata.labels()[metadata.axis(leaf, axis)].count() > 0;
        if kept.is_empty() && values.any(has_rows) {
            names = Names::new(&[NO_DIMENSION])?;
        }
        Ok(Reduction {
            metadata,
            axis,
            kept,
            names,
            plan: PlanBuilder::default(),
            reduced: vec![None; metadata.labels().len()],
            gradients: HashMap::new(),
        })
    }

    /// New labels of a leaf, and what to do with its array.
    fn leaf(&mut self, leaf: &MetadataLeaf) -> Result<(Arc<Labels>, usize)> {
        if leaf.parent == NONE {
            let reduced = self.values(self.metadata.axis(leaf, self.axis))?;
            return Ok((reduced.labels, reduced.entry));
        }
        let parent = &self.metadata.leaves()[leaf.parent];
        let reduced = self.values(self.metadata.axis(parent, self.axis))?;
        match self.axis {
            Axis::Properties => Ok((reduced.labels, reduced.entry)),
            Axis::Samples => self.gradient(leaf, parent.samples, &reduced),
        }
    }

    fn values(&mut self, position: usize) -> Result<Reduced> {
        if let Some(known) = &self.reduced[position] {
            return Ok(known.clone());
        }
        let labels = &self.metadata.labels()[position];
        let count = labels.count();
        let like = |values| Labels::like(labels, self.names.clone(), values, Some(true));
        let (new, group_of) = if count == 0 {
            match self.kept.len() == labels.size() {
                true => (Arc::clone(labels), Vec::new()),
                false => (like(Vec::new())?, Vec::new()),
            }
        } else if self.kept.is_empty() {
            (like(vec![0])?, vec![0; count])
        } else {
            let size = self.kept.len();
            let values = columns::project(labels, &self.kept)?;
            let Distinct { rows, inverse } = distinct(&values, size, RowOrder::Lexicographic)?;
            let same = size == labels.size() && is_identity(&inverse, rows.len());
            match same {
                true => (Arc::clone(labels), inverse),
                false => (like(gather(&values, size, &rows))?, inverse),
            }
        };
        let entry = match count {
            0 => self.plan.share(0),
            _ => self.plan.reduce(&group_of, new.count()),
        };
        let reduced = Reduced {
            labels: new,
            entry,
            group_of: Arc::new(group_of),
        };
        self.reduced[position] = Some(reduced.clone());
        Ok(reduced)
    }

    /// Same for the samples of a gradient, which refer to those of the values.
    fn gradient(
        &mut self,
        leaf: &MetadataLeaf,
        values: usize,
        reduced: &Reduced,
    ) -> Result<(Arc<Labels>, usize)> {
        let labels = self.metadata.samples(leaf);
        if labels.count() == 0 {
            return Ok((Arc::clone(labels), self.plan.share(0)));
        }
        if let Some((labels, entry)) = self.gradients.get(&(leaf.samples, values)) {
            return Ok((Arc::clone(labels), *entry));
        }
        let (size, group_of) = (labels.size(), &reduced.group_of);
        let samples = columns::gradient_samples(labels, leaf.block, group_of.len())?;
        let mut rows = labels.values_cpu()?.to_vec();
        for (row, sample) in rows.chunks_exact_mut(size).zip(samples) {
            row[0] = group_of[sample].cast_signed();
        }
        let groups = distinct_rows(&rows, size)?;
        let new =
            match rows == labels.values_cpu()? && is_identity(&groups.inverse, groups.rows.len()) {
                true => Arc::clone(labels),
                false => {
                    let rows = gather(&rows, size, &groups.rows);
                    Labels::like(labels, labels.names().clone(), rows, Some(true))?
                }
            };
        let entry = self.plan.reduce(&groups.inverse, new.count());
        self.gradients
            .insert((leaf.samples, values), (Arc::clone(&new), entry));
        Ok((new, entry))
    }
}
