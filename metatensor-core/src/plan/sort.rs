//! Sorting any of the axes.

use std::collections::HashMap;
use std::sync::Arc;

use super::builder::{PlanBuilder, is_identity};
use super::metadata::{MetadataBuilder, MetadataLeaf, NONE};
use super::{Metadata, Plan, columns};
use crate::Result;
use crate::labels::{Labels, gather, lexicographic_order};

/// Which axes to sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SortAxes {
    /// Sort the samples of values and gradients.
    pub samples: bool,
    /// Sort each component.
    pub components: bool,
    /// Sort the properties.
    pub properties: bool,
    /// Sort the keys, and so the blocks.
    pub keys: bool,
}

impl Plan {
    /// Plan of sorting labels in lexicographic order of their rows, or in the reverse of
    /// this order if `descending`. Samples of gradients refer to the new positions of
    /// the samples, and are sorted after this change.
    ///
    /// Leaves have one step for each axis which changes, of kind
    /// [`GATHER`](super::PlanEntry::GATHER), or a single step of kind
    /// [`SHARE`](super::PlanEntry::SHARE) if there is none. Steps act one after the
    /// other, on different axes, so that their order does not matter.
    pub fn sort(metadata: &Metadata, axes: SortAxes, descending: bool) -> Result<Plan> {
        if axes.samples || axes.components || axes.properties {
            metadata.check_no_nested()?;
        }
        let mut sorting = Sorting {
            metadata,
            axes,
            descending,
            plan: PlanBuilder::default(),
            sorted: vec![None; metadata.labels().len()],
            gradients: HashMap::new(),
        };
        let mut keys = Arc::clone(metadata.keys());
        let mut blocks = (0..).take(keys.count()).collect::<Vec<u32>>();
        if axes.keys {
            (keys, blocks) = sort_labels(&keys, descending)?;
        }
        let starts = metadata.block_starts();
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
                let labels = sorting.leaf(i, leaf)?;
                result.push(
                    (new, parent, leaf.parameter),
                    &labels.samples,
                    labels.components.iter(),
                    &labels.properties,
                );
                sorting.plan.end_leaf();
            }
        }
        let mut plan = sorting.plan;
        plan.end_result(result.finish(keys));
        Ok(plan.finish())
    }
}

/// Sorted labels of a leaf.
struct LeafLabels {
    samples: Arc<Labels>,
    components: Vec<Arc<Labels>>,
    properties: Arc<Labels>,
}

/// Sorted labels: the old position of each row, and the entry doing so.
#[derive(Clone)]
struct Sorted {
    labels: Arc<Labels>,
    order: Arc<Vec<u32>>,
    entry: usize,
}

struct Sorting<'a> {
    metadata: &'a Metadata,
    axes: SortAxes,
    descending: bool,
    plan: PlanBuilder,
    sorted: Vec<Option<Sorted>>,
    gradients: HashMap<(usize, usize), (Arc<Labels>, usize)>,
}

impl Sorting<'_> {
    /// Sort the labels of a leaf, and add the steps for its array.
    fn leaf(&mut self, index: usize, leaf: &MetadataLeaf) -> Result<LeafLabels> {
        let mut steps = Vec::new();
        let mut samples = Arc::clone(self.metadata.samples(leaf));
        if self.axes.samples {
            let entry;
            (samples, entry) = self.samples(leaf)?;
            steps.push((0, entry));
        }
        let mut components = Vec::with_capacity(leaf.components_count);
        for (axis, &component) in (1..).zip(self.metadata.components_of(leaf)) {
            let mut labels = Arc::clone(&self.metadata.labels()[component]);
            if self.axes.components {
                let sorted = self.labels(component)?;
                labels = sorted.labels;
                steps.push((axis, sorted.entry));
            }
            components.push(labels);
        }
        let mut properties = Arc::clone(self.metadata.properties(leaf));
        if self.axes.properties {
            let sorted = self.labels(self.values(leaf).properties)?;
            properties = sorted.labels;
            steps.push((1 + leaf.components_count, sorted.entry));
        }
        steps.retain(|&(_, entry)| !self.plan.is_share(entry));
        if steps.is_empty() {
            steps.push((0, self.plan.share(samples.count())));
        }
        for (axis, entry) in steps {
            self.plan.simple_step(index, axis, entry);
        }
        Ok(LeafLabels {
            samples,
            components,
            properties,
        })
    }

    /// The leaf itself, or the values it is a gradient of.
    fn values<'l>(&'l self, leaf: &'l MetadataLeaf) -> &'l MetadataLeaf {
        self.metadata.leaves().get(leaf.parent).unwrap_or(leaf)
    }

    fn samples(&mut self, leaf: &MetadataLeaf) -> Result<(Arc<Labels>, usize)> {
        let values = self.values(leaf).samples;
        let sorted = self.labels(values)?;
        if leaf.parent == NONE {
            return Ok((sorted.labels, sorted.entry));
        }
        if let Some((labels, entry)) = self.gradients.get(&(leaf.samples, values)) {
            return Ok((Arc::clone(labels), *entry));
        }
        let (labels, entry) = self.gradient(leaf, &sorted.order)?;
        self.gradients
            .insert((leaf.samples, values), (Arc::clone(&labels), entry));
        Ok((labels, entry))
    }

    fn labels(&mut self, position: usize) -> Result<Sorted> {
        if let Some(sorted) = &self.sorted[position] {
            return Ok(sorted.clone());
        }
        let labels = &self.metadata.labels()[position];
        let (new, order) = sort_labels(labels, self.descending)?;
        let sorted = Sorted {
            labels: new,
            entry: self.plan.gather(&order, labels.count()),
            order: Arc::new(order),
        };
        self.sorted[position] = Some(sorted.clone());
        Ok(sorted)
    }

    /// Sort the samples of a gradient, for this order of the values.
    fn gradient(&mut self, leaf: &MetadataLeaf, order: &[u32]) -> Result<(Arc<Labels>, usize)> {
        let labels = self.metadata.samples(leaf);
        if is_identity(order, order.len()) {
            let sorted = self.labels(leaf.samples)?;
            return Ok((sorted.labels, sorted.entry));
        }
        let mut new_positions = vec![0; order.len()];
        for (new, &old) in (0..).zip(order) {
            new_positions[old as usize] = new;
        }
        let (size, count) = (labels.size(), labels.count());
        let samples = columns::gradient_samples(labels, leaf.block, order.len())?;
        let mut rows = labels.values_cpu()?.to_vec();
        for (row, sample) in rows.chunks_exact_mut(size).zip(samples) {
            row[0] = new_positions[sample];
        }
        let mut order = lexicographic_order(&rows, size)?;
        if self.descending {
            order.reverse();
        }
        let rows = gather(&rows, size, &order);
        let new = match rows == labels.values_cpu()? {
            true => Arc::clone(labels),
            false => Labels::like(labels, labels.names().clone(), rows, self.is_sorted(count))?,
        };
        Ok((new, self.plan.gather(&order, count)))
    }

    fn is_sorted(&self, count: usize) -> Option<bool> {
        Some(!self.descending || count < 2)
    }
}

/// Sorted labels, and the old position of each row.
fn sort_labels(labels: &Arc<Labels>, descending: bool) -> Result<(Arc<Labels>, Vec<u32>)> {
    let (size, count) = (labels.size(), labels.count());
    let sorted = labels.is_sorted()?;
    if count < 2 || (sorted && !descending) {
        let order = (0..).take(count).collect();
        return Ok((Arc::clone(labels), order));
    }
    let values = labels.values_cpu()?;
    let mut order = match sorted {
        true => (0..).take(count).collect(),
        false => lexicographic_order(values, size)?,
    };
    if descending {
        order.reverse();
    }
    if is_identity(&order, count) {
        return Ok((Arc::clone(labels), order));
    }
    let values = gather(values, size, &order);
    let new = Labels::like(labels, labels.names().clone(), values, Some(!descending))?;
    Ok((new, order))
}
