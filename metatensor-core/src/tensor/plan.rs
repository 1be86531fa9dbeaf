//! Merging labels: pure functions giving new labels, and where the rows of the
//! original ones are in there.

use std::ops::Range;
use std::sync::Arc;

use crate::error::{LabelsError, MergeError};
use crate::labels::{
    Distinct, Labels, Names, RowOrder, distinct, gather, is_sorted, lexicographic_order,
};
use crate::{Result, memory};

/// Labels made from several other ones.
pub(super) struct Merged {
    pub(super) labels: Arc<Labels>,
    placements: Placements,
    /// Number of rows of each of the original labels.
    counts: Vec<usize>,
}

/// Where to find the rows of each of the original labels.
enum Placements {
    /// There was only one, which is kept.
    Same,
    /// The rows of each of the original labels follow each other from here on.
    From(Vec<usize>),
    /// For each of the original labels, its part of a list of new rows.
    Rows(Vec<u32>, Vec<Range<usize>>),
}

/// Where to find the rows of one of the original labels.
#[derive(Clone, Copy)]
pub(super) enum Placement<'a> {
    /// One after the other, from this row on.
    From(usize),
    /// At these rows.
    Rows(&'a [u32]),
}

impl Placement<'_> {
    /// New index of a row.
    fn get(self, row: usize) -> Option<usize> {
        match self {
            Placement::From(start) => Some(start + row),
            Placement::Rows(rows) => rows.get(row).map(|&row| row as usize),
        }
    }
}

/// Consecutive entries of an axis which stay consecutive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) start_in: usize,
    pub(super) start_out: usize,
    pub(super) length: usize,
}

impl Merged {
    /// The same labels.
    pub(super) fn same(labels: &Arc<Labels>) -> Merged {
        Merged {
            labels: Arc::clone(labels),
            placements: Placements::Same,
            counts: vec![labels.count()],
        }
    }

    /// Number of rows of the labels at this index.
    pub(super) fn count(&self, index: usize) -> usize {
        self.counts[index]
    }

    /// Where to find the rows of the labels at this index.
    pub(super) fn placement(&self, index: usize) -> Placement<'_> {
        match &self.placements {
            Placements::Same => Placement::From(0),
            Placements::From(starts) => Placement::From(starts[index]),
            Placements::Rows(rows, ranges) => Placement::Rows(&rows[ranges[index].clone()]),
        }
    }

    /// Add the longest possible runs covering all rows of the labels at this index.
    pub(super) fn push_runs(&self, runs: &mut Vec<Run>, index: usize) {
        let (first, count) = (runs.len(), self.count(index));
        match self.placement(index) {
            Placement::From(start_out) if count > 0 => {
                runs.push(Run {
                    start_in: 0,
                    start_out,
                    length: count,
                });
            }
            Placement::From(_) => {}
            Placement::Rows(rows) => {
                for (start_in, &row) in rows.iter().enumerate() {
                    let start_out = row as usize;
                    match runs[first..].last_mut() {
                        Some(run) if run.start_out + run.length == start_out => run.length += 1,
                        _ => runs.push(Run {
                            start_in,
                            start_out,
                            length: 1,
                        }),
                    }
                }
            }
        }
    }
}

/// Merge labels of the same dimensions, none of which are equal, to their distinct rows.
pub(super) fn merge_distinct(all: &[&Arc<Labels>], order: RowOrder) -> Result<Merged> {
    let first = all[0];
    if all.len() == 1 {
        if order == RowOrder::FirstAppearance || first.is_sorted()? {
            return Ok(Merged::same(first));
        }
        let (labels, rows) = sort_rows(first, first.names().clone(), first.values_cpu()?)?;
        return Ok(Merged {
            labels,
            placements: Placements::Rows(rows, ranges(all).collect()),
            counts: counts(all),
        });
    }
    let mut values = Vec::with_capacity(total_count(all) * first.size());
    for labels in all {
        values.extend_from_slice(labels.values_cpu()?);
    }
    merge_values(&values, all, order)
}

/// Merge labels of the same dimensions, adding to each of them the dimensions
/// `names` with one value for all rows, `added(i)` for the labels at index `i`.
/// These make all rows distinct.
pub(super) fn merge_with_values<'a>(
    all: &[&Arc<Labels>],
    names: &Names,
    added: impl Fn(usize) -> &'a [i32],
    order: RowOrder,
) -> Result<Merged> {
    let first = all[0];
    let names = join_names(first.names(), names, "samples")?;
    let size = first.size();
    let mut values = memory::zeros(total_count(all), names.len())?;
    for ((i, labels), range) in all.iter().enumerate().zip(ranges(all)) {
        let output = &mut values[range.start * names.len()..range.end * names.len()];
        set_columns(output, names.len(), 0, labels.values_cpu()?, size);
        fill_columns(output, names.len(), size, added(i));
    }
    if order == RowOrder::FirstAppearance || is_sorted(&values, names.len()) {
        let sorted = (order == RowOrder::Lexicographic).then_some(true);
        let labels = Labels::like(first, names, values, sorted)?;
        let starts = ranges(all).map(|range| range.start).collect();
        return Ok(Merged {
            labels,
            placements: Placements::From(starts),
            counts: counts(all),
        });
    }
    let (labels, rows) = sort_rows(first, names, &values)?;
    Ok(Merged {
        labels,
        placements: Placements::Rows(rows, ranges(all).collect()),
        counts: counts(all),
    })
}

/// Set some columns of a table, from column `at` on, to those of another one.
pub(super) fn set_columns(
    output: &mut [i32],
    output_size: usize,
    at: usize,
    values: &[i32],
    size: usize,
) {
    // columns are few, and rows are short: this is faster than to copy row by row, and
    // iterators with steps start with divisions
    for column in 0..size {
        let (mut from, mut to) = (column, at + column);
        while let (Some(&value), Some(output)) = (values.get(from), output.get_mut(to)) {
            *output = value;
            from += size;
            to += output_size;
        }
    }
}

/// Set some columns of a table, from column `at` on, to the same values in all rows.
pub(super) fn fill_columns(output: &mut [i32], output_size: usize, at: usize, row: &[i32]) {
    for (column, &value) in row.iter().enumerate() {
        let mut to = at + column;
        while let Some(output) = output.get_mut(to) {
            *output = value;
            to += output_size;
        }
    }
}

/// Merge samples of gradients, whose first dimension refers to samples which were
/// moved to the given place. Nothing is there twice. The result is always sorted.
pub(super) fn merge_gradient_samples(
    all: &[(&Arc<Labels>, Placement<'_>)],
    parameter: &str,
) -> Result<Merged> {
    let (first, placement) = all[0];
    let kept = matches!(placement, Placement::From(0));
    if all.len() == 1 && kept && first.is_sorted()? {
        return Ok(Merged::same(first));
    }
    let labels = all.iter().map(|(labels, _)| *labels).collect::<Vec<_>>();
    let size = first.size();
    let mut values = Vec::with_capacity(total_count(&labels) * size);
    for (labels, placement) in all {
        let start = values.len();
        values.extend_from_slice(labels.values_cpu()?);
        for sample in values[start..].iter_mut().step_by(size) {
            *sample = new_sample(*placement, *sample, parameter)?;
        }
    }
    merge_values(&values, &labels, RowOrder::Lexicographic)
}

fn new_sample(placement: Placement<'_>, sample: i32, parameter: &str) -> Result<i32> {
    let index = usize::try_from(sample)
        .ok()
        .and_then(|sample| placement.get(sample));
    let Some(index) = index else {
        let parameter = parameter.to_owned();
        return Err(MergeError::SampleOutOfRange { parameter, sample }.into());
    };
    i32::try_from(index).map_err(|_| LabelsError::TooManyRows { count: index }.into())
}

/// All names of `first`, then all names of `second`, for the given labels.
pub(super) fn join_names(first: &Names, second: &Names, labels: &'static str) -> Result<Names> {
    if let Some(name) = first.iter().find(|name| second.contains(name)) {
        return Err(MergeError::NameClash {
            name: name.clone(),
            labels,
        }
        .into());
    }
    let names = first.iter().chain(second.iter()).collect::<Vec<_>>();
    Names::new(&names)
}

fn counts(all: &[&Arc<Labels>]) -> Vec<usize> {
    all.iter().map(|labels| labels.count()).collect()
}

fn total_count(all: &[&Arc<Labels>]) -> usize {
    all.iter().map(|labels| labels.count()).sum()
}

/// Rows of each of the labels, once they are put one after the other.
fn ranges(all: &[&Arc<Labels>]) -> impl Iterator<Item = Range<usize>> {
    let mut end = 0;
    all.iter().map(move |labels| {
        let start = end;
        end += labels.count();
        start..end
    })
}

/// Distinct rows of the `values` of all labels, one after the other.
fn merge_values(values: &[i32], all: &[&Arc<Labels>], order: RowOrder) -> Result<Merged> {
    let template = all[0];
    let size = template.size();
    let Distinct { rows, inverse } = distinct(values, size, order)?;
    let values = gather(values, size, &rows);
    let sorted = (order == RowOrder::Lexicographic).then_some(true);
    let labels = Labels::like(template, template.names().clone(), values, sorted)?;
    Ok(Merged {
        labels,
        placements: Placements::Rows(inverse, ranges(all).collect()),
        counts: counts(all),
    })
}

/// Labels with sorted rows, and the new index of each row.
fn sort_rows(template: &Labels, names: Names, values: &[i32]) -> Result<(Arc<Labels>, Vec<u32>)> {
    let size = names.len();
    let order = lexicographic_order(values, size)?;
    let mut rows = vec![0; order.len()];
    for (new, &row) in (0..).zip(&order) {
        rows[row as usize] = new;
    }
    let labels = Labels::like(template, names, gather(values, size, &order), Some(true))?;
    Ok((labels, rows))
}
