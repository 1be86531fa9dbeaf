//! Selecting rows of samples or properties, once or many times.

use std::collections::HashMap;
use std::sync::Arc;

use super::builder::{PlanBuilder, is_identity};
use super::metadata::{MetadataBuilder, MetadataLeaf, NONE};
use super::{Axis, Metadata, Plan, columns};
use crate::Result;
use crate::error::{LabelsError, PlanError};
use crate::labels::{Labels, gather};

mod gradient_rows;
mod positions;

use self::gradient_rows::GradientRows;
use self::positions::Selections;

/// Rows to select.
#[derive(Debug, Clone, Copy)]
pub enum Selection<'a> {
    /// Rows matching one of these, which may have some of the dimensions only.
    Labels(&'a Labels),
    /// Rows at these positions; negative ones count from the end.
    Positions(&'a [i64]),
}

impl Plan {
    /// Plan of taking some of the samples or properties, with one result for each
    /// selection. The cost is the one of going over the axis once, plus the size of the
    /// results.
    ///
    /// Samples are taken in the order of positions; with labels in the order of the
    /// selection if it has the same dimensions, and in their old order otherwise.
    /// Gradient samples keep their order, and refer to the new positions. Properties
    /// always keep their order, and repeated positions only count once.
    ///
    /// Each leaf gets one step, of kind [`SHARE`](super::PlanEntry::SHARE),
    /// [`RANGE`](super::PlanEntry::RANGE) or [`GATHER`](super::PlanEntry::GATHER).
    pub fn select(metadata: &Metadata, axis: Axis, selections: &[Selection<'_>]) -> Result<Plan> {
        metadata.check_no_nested()?;
        let all = Selections::new(metadata, axis, selections)?;
        let mut state = State::new(metadata, axis);
        state.find_rows(&all)?;
        for number in 0..selections.len() {
            let result = state.result(number)?;
            state.plan.end_result(result);
        }
        Ok(state.plan.finish())
    }
}

/// Selected rows of labels: the new labels, and the entry taking these rows.
type Selected = (Arc<Labels>, usize);

struct State<'a> {
    metadata: &'a Metadata,
    axis: Axis,
    plan: PlanBuilder,
    /// For labels of the metadata and each selection, the rows to take.
    rows: Vec<Option<Vec<Vec<u32>>>>,
    /// Gradient samples by the samples they refer to.
    gradient_rows: HashMap<(usize, usize), GradientRows>,
    /// For each labels of the metadata, the last selection done and its result.
    values: Vec<Option<(usize, Selected)>>,
    gradients: HashMap<(usize, usize), (usize, Selected)>,
}

impl<'a> State<'a> {
    fn new(metadata: &'a Metadata, axis: Axis) -> State<'a> {
        let count = metadata.labels().len();
        State {
            metadata,
            axis,
            plan: PlanBuilder::default(),
            rows: vec![None; count],
            gradient_rows: HashMap::new(),
            values: vec![None; count],
            gradients: HashMap::new(),
        }
    }

    /// Do everything which is common to all selections.
    fn find_rows(&mut self, selections: &Selections<'_>) -> Result<()> {
        for leaf in self.metadata.leaves() {
            if leaf.parent == NONE {
                let position = self.metadata.axis(leaf, self.axis);
                if self.rows[position].is_none() {
                    let labels = &self.metadata.labels()[position];
                    let rows = selections.rows(labels, leaf.block)?;
                    self.rows[position] = Some(rows);
                }
            } else if self.axis == Axis::Samples {
                let values = self.metadata.leaves()[leaf.parent].samples;
                let key = (leaf.samples, values);
                if !self.gradient_rows.contains_key(&key) {
                    let count = self.metadata.labels()[values].count();
                    let labels = self.metadata.samples(leaf);
                    let rows = GradientRows::new(labels, leaf.block, count)?;
                    self.gradient_rows.insert(key, rows);
                }
            }
        }
        Ok(())
    }

    /// Add the steps of one selection.
    fn result(&mut self, number: usize) -> Result<Metadata> {
        let metadata = self.metadata;
        let mut result = MetadataBuilder::like(metadata);
        for (i, leaf) in metadata.leaves().iter().enumerate() {
            let (labels, entry) = self.leaf(leaf, number)?;
            let old = (metadata.samples(leaf), metadata.properties(leaf));
            let (samples, properties) = match self.axis {
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
            self.plan
                .simple_step(i, metadata.axis_number(leaf, self.axis), entry);
            self.plan.end_leaf();
        }
        Ok(result.finish(Arc::clone(metadata.keys())))
    }

    fn leaf(&mut self, leaf: &MetadataLeaf, number: usize) -> Result<Selected> {
        if leaf.parent == NONE {
            return self.values(self.metadata.axis(leaf, self.axis), leaf.block, number);
        }
        let parent = &self.metadata.leaves()[leaf.parent];
        if self.axis == Axis::Properties {
            return self.values(parent.properties, leaf.block, number);
        }
        let key = (leaf.samples, parent.samples);
        if let Some((done, selected)) = self.gradients.get(&key)
            && *done == number
        {
            return Ok(selected.clone());
        }
        let selected = self.gradient(key, number)?;
        self.gradients.insert(key, (number, selected.clone()));
        Ok(selected)
    }

    fn values(&mut self, position: usize, block: usize, number: usize) -> Result<Selected> {
        if let Some((done, selected)) = &self.values[position]
            && *done == number
        {
            return Ok(selected.clone());
        }
        let labels = &self.metadata.labels()[position];
        let rows = self.rows[position]
            .as_ref()
            .map_or(&[][..], |rows| &rows[number]);
        let new = match is_identity(rows, labels.count()) {
            true => Arc::clone(labels),
            false => {
                check_distinct(labels, rows, self.axis, block)?;
                let values = gather(labels.values_cpu()?, labels.size(), rows);
                Labels::like(labels, labels.names().clone(), values, None)?
            }
        };
        let selected = (new, self.plan.gather(rows, labels.count()));
        self.values[position] = Some((number, selected.clone()));
        Ok(selected)
    }

    fn gradient(&mut self, key: (usize, usize), number: usize) -> Result<Selected> {
        let (labels, values) = (
            &self.metadata.labels()[key.0],
            &self.metadata.labels()[key.1],
        );
        let kept = self.rows[key.1]
            .as_ref()
            .map_or(&[][..], |rows| &rows[number]);
        if is_identity(kept, values.count()) {
            return Ok((Arc::clone(labels), self.plan.share(labels.count())));
        }
        let (rows, samples) = self.gradient_rows[&key].select(kept);
        let size = labels.size();
        let mut new = gather(labels.values_cpu()?, size, &rows);
        let mut same = rows.len() == labels.count();
        for (row, &sample) in new.chunks_exact_mut(size).zip(&samples) {
            same &= row[0] == sample.cast_signed();
            row[0] = sample.cast_signed();
        }
        let new = match same {
            true => Arc::clone(labels),
            false => Labels::like(labels, labels.names().clone(), new, None)?,
        };
        Ok((new, self.plan.gather(&rows, labels.count())))
    }
}

/// Fail if a row is there twice: the new labels would not be valid.
fn check_distinct(labels: &Labels, rows: &[u32], axis: Axis, block: usize) -> Result<()> {
    if rows.is_sorted_by(|a, b| a < b) {
        return Ok(());
    }
    let mut seen = vec![false; labels.count()];
    for &row in rows {
        if std::mem::replace(&mut seen[row as usize], true) {
            let size = labels.size();
            let row = labels.values_cpu()?[row as usize * size..][..size].to_vec();
            let names = labels.names().to_vec();
            return Err(PlanError::NewLabels {
                block: Some(block),
                axis: axis.name(),
                cause: Box::new(LabelsError::DuplicateRow { names, row }.into()),
            }
            .into());
        }
    }
    Ok(())
}

/// Columns of the axis of a metadata with the dimensions of a selection.
fn selection_columns(metadata: &Metadata, axis: Axis, selection: &Labels) -> Result<Vec<usize>> {
    match metadata.names(axis) {
        Some(names) => columns::find(axis.name(), names, selection.names()),
        None => Ok(Vec::new()),
    }
}
