//! Joining along the samples.

use std::collections::HashMap;
use std::sync::Arc;

use super::pieces::Pieces;
use super::{AxisJoin, JoinedLabels, push_steps, starts};
use crate::Result;
use crate::error::{LabelsError, PlanError};
use crate::labels::{Labels, Names};
use crate::plan::builder::PlanBuilder;
use crate::plan::{Axis, Metadata, columns};

/// Number of the tensor map, and positions of labels in it, for each piece.
type Key = Vec<(usize, usize, usize)>;

pub(super) struct SamplesJoin {
    /// Names of the new samples.
    names: Names,
    /// For each tensor map, which column goes where.
    columns: Vec<Vec<usize>>,
    add_dimension: bool,
    values: HashMap<Key, Arc<Labels>>,
    gradients: HashMap<Key, Arc<Labels>>,
}

impl SamplesJoin {
    pub(super) fn new(inputs: &[&Metadata], add_dimension: Option<&str>) -> Result<SamplesJoin> {
        let all = inputs.iter().map(|input| input.names(Axis::Samples));
        let all = all.collect::<Vec<_>>();
        let first = all.iter().position(Option::is_some).unwrap_or_default();
        let mut names = all[first].map(|names| names.to_vec()).unwrap_or_default();
        let mut columns = Vec::with_capacity(inputs.len());
        for (number, other) in all.iter().enumerate() {
            let Some(other) = other else {
                columns.push(Vec::new());
                continue;
            };
            match columns::find("samples", other, &names) {
                Ok(found) if found.len() == other.len() => columns.push(found),
                _ => {
                    let names = (names, other.to_vec());
                    let inputs = (first, number);
                    return Err(PlanError::SampleNames { inputs, names }.into());
                }
            }
        }
        names.extend(add_dimension.map(str::to_owned));
        Ok(SamplesJoin {
            names: Names::new(&names)?,
            columns,
            add_dimension: add_dimension.is_some(),
            values: HashMap::new(),
            gradients: HashMap::new(),
        })
    }

    fn join_values(&self, pieces: &Pieces<'_>) -> Result<Arc<Labels>> {
        let first = pieces.samples(0, 0);
        let in_place =
            |columns: &[usize]| columns.iter().enumerate().all(|(i, &column)| i == column);
        let only = pieces.count() == 1 && !self.add_dimension;
        if only && in_place(&self.columns[pieces.numbers[0]]) {
            return Ok(Arc::clone(first));
        }
        let counts = (0..pieces.count()).map(|piece| pieces.samples(piece, 0).count());
        let mut values = Vec::with_capacity(counts.sum::<usize>() * self.names.len());
        for (piece, &number) in pieces.numbers.iter().enumerate() {
            let (labels, columns) = (pieces.samples(piece, 0), &self.columns[number]);
            let rows = columns::project(labels, columns)?;
            if !self.add_dimension {
                values.extend_from_slice(&rows);
                continue;
            }
            for row in 0..labels.count() {
                values.extend_from_slice(&rows[row * columns.len()..][..columns.len()]);
                values.push(number as i32);
            }
        }
        if self.add_dimension || only {
            return Labels::like(first, self.names.clone(), values, None);
        }
        let joined = Labels::like_checked(first, self.names.clone(), values);
        joined.map_err(|error| error.in_block(Some(pieces.leaf(0, 0).block), "samples"))
    }

    fn join_gradients(&self, pieces: &Pieces<'_>, leaf: usize) -> Result<Arc<Labels>> {
        let first = pieces.samples(0, leaf);
        if pieces.count() == 1 {
            return Ok(Arc::clone(first));
        }
        let mut values = Vec::new();
        let mut start = 0_usize;
        for piece in 0..pieces.count() {
            let (labels, samples) = (pieces.samples(piece, leaf), pieces.samples(piece, 0));
            if labels.names() != first.names() {
                return Err(pieces.different("samples", piece, leaf)?);
            }
            let end = start + samples.count();
            let Ok(shift) = i32::try_from(end).map(|_| start as i32) else {
                return Err(LabelsError::TooManyRows { count: end }.into());
            };
            let block = pieces.leaf(piece, 0).block;
            columns::check_gradient_samples(labels, block, samples.count())?;
            let old = values.len();
            values.extend_from_slice(labels.values_cpu()?);
            for row in values[old..].chunks_exact_mut(labels.size()) {
                row[0] += shift;
            }
            start = end;
        }
        Labels::like(first, first.names().clone(), values, None)
    }
}

/// Add steps putting whole arrays below each other.
fn stack(plan: &mut PlanBuilder, pieces: &Pieces<'_>, leaf: usize) {
    let counts = (0..pieces.count()).map(|piece| pieces.samples(piece, leaf).count());
    let counts = counts.collect::<Vec<_>>();
    let starts = starts(counts.iter().copied());
    let entries = counts.iter().map(|&count| plan.share(count));
    let entries = entries.collect::<Vec<_>>();
    let steps = entries.into_iter().zip(starts);
    push_steps(
        plan,
        pieces,
        leaf,
        steps.map(|(entry, start)| (0, entry, start)),
    );
}

impl AxisJoin for SamplesJoin {
    fn values(&mut self, plan: &mut PlanBuilder, pieces: &Pieces<'_>) -> Result<JoinedLabels> {
        pieces.check_same("properties", 0, |piece| pieces.properties(piece, 0))?;
        let place = |piece| (pieces.numbers[piece], pieces.leaf(piece, 0).samples, 0);
        let key = (0..pieces.count()).map(place).collect::<Key>();
        let samples = match self.values.get(&key) {
            Some(known) => Arc::clone(known),
            None => {
                let samples = self.join_values(pieces)?;
                self.values.insert(key, Arc::clone(&samples));
                samples
            }
        };
        stack(plan, pieces, 0);
        Ok((samples, Arc::clone(pieces.properties(0, 0))))
    }

    fn gradient(
        &mut self,
        plan: &mut PlanBuilder,
        pieces: &Pieces<'_>,
        leaf: usize,
        values: &JoinedLabels,
    ) -> Result<JoinedLabels> {
        let place = |piece| {
            let samples = |leaf| pieces.leaf(piece, leaf).samples;
            (pieces.numbers[piece], samples(0), samples(leaf))
        };
        let key = (0..pieces.count()).map(place).collect::<Key>();
        let samples = match self.gradients.get(&key) {
            Some(known) => Arc::clone(known),
            None => {
                let samples = self.join_gradients(pieces, leaf)?;
                self.gradients.insert(key, Arc::clone(&samples));
                samples
            }
        };
        stack(plan, pieces, leaf);
        Ok((samples, Arc::clone(&values.1)))
    }
}
