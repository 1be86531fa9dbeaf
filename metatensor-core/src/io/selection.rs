//! Samples of blocks, or some of them.

use std::sync::Arc;

use super::context;
use super::rows::Rows;
use crate::block::check_gradient_samples;
use crate::{Labels, Result};

/// Samples which are loaded, and where they are in the file.
#[derive(Debug, Clone)]
pub(super) struct Samples {
    pub(super) labels: Arc<Labels>,
    /// `None` for all of them.
    pub(super) rows: Option<Arc<Rows>>,
}

/// Selects samples. Blocks of a map often share their samples, which are then
/// also shared after the selection.
#[derive(Debug, Default)]
pub(super) struct SamplesSelection<'a> {
    selection: Option<&'a Labels>,
    recent: Option<(Arc<Labels>, Samples)>,
}

impl<'a> SamplesSelection<'a> {
    pub(super) fn new(selection: Option<&'a Labels>) -> SamplesSelection<'a> {
        SamplesSelection {
            selection,
            recent: None,
        }
    }

    /// Could some samples be left out?
    pub(super) fn is_active(&self) -> bool {
        self.selection.is_some()
    }

    /// Select among the samples of a block, stored in the entry called `name`.
    pub(super) fn of_block(&mut self, samples: &Arc<Labels>, name: &str) -> Result<Samples> {
        let Some(selection) = self.selection else {
            return Ok(all(samples));
        };
        if let Some((recent, selected)) = &self.recent
            && Arc::ptr_eq(recent, samples)
        {
            return Ok(selected.clone());
        }
        let selected = samples
            .select(selection)
            .and_then(|positions| select(samples, &positions))
            .map_err(|error| context::add(error, &format!("in '{name}'")))?;
        self.recent = Some((Arc::clone(samples), selected.clone()));
        Ok(selected)
    }
}

/// Select among the samples of a gradient those which belong to the `parent` rows
/// of its block, whose positions change.
pub(super) fn of_gradient(samples: &Arc<Labels>, parent: &Rows, name: &str) -> Result<Samples> {
    let in_entry = |error| context::add(error, &format!("in '{name}'"));
    check_gradient_samples(samples, parent.available()).map_err(in_entry)?;
    let new_positions = parent.new_positions();
    let mut positions = Vec::new();
    let mut values = Vec::new();
    let rows = samples.values_cpu()?.chunks_exact(samples.size());
    for (i, row) in rows.enumerate() {
        // checked to be inside
        if let Some(sample) = new_positions[row[0] as usize] {
            positions.push(i);
            // there are not more samples than before, and these fit
            values.push(sample as i32);
            values.extend_from_slice(&row[1..]);
        }
    }
    // rows with different samples still have different ones
    let labels = Labels::from_vec_assume_unique(samples.names(), values).map_err(in_entry)?;
    Ok(with_rows(labels, &positions, samples))
}

fn all(samples: &Arc<Labels>) -> Samples {
    Samples {
        labels: Arc::clone(samples),
        rows: None,
    }
}

fn select(samples: &Arc<Labels>, positions: &[usize]) -> Result<Samples> {
    if Rows::new(positions, samples.count()).is_everything() {
        return Ok(all(samples));
    }
    Ok(with_rows(gather(samples, positions)?, positions, samples))
}

fn with_rows(labels: Arc<Labels>, positions: &[usize], samples: &Labels) -> Samples {
    Samples {
        labels,
        rows: Some(Arc::new(Rows::new(positions, samples.count()))),
    }
}

/// The rows of labels at these positions, in this order.
pub(super) fn gather(labels: &Labels, positions: &[usize]) -> Result<Arc<Labels>> {
    let size = labels.size();
    let values = labels.values_cpu()?;
    let mut gathered = Vec::with_capacity(positions.len() * size);
    for position in positions {
        gathered.extend_from_slice(&values[position * size..][..size]);
    }
    Labels::from_vec(labels.names(), gathered)
}
