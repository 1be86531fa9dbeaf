//! Merging labels: pure functions giving new labels, and where the rows of the
//! original ones are in there.

use std::ops::Range;
use std::sync::Arc;

use crate::Result;
use crate::error::{LabelsError, MergeError};
use crate::labels::{
    Distinct, Labels, Names, RowOrder, distinct, gather, is_sorted, lexicographic_order,
};

/// Labels made from the ones of several blocks.
pub(super) struct Merged {
    pub(super) labels: Arc<Labels>,
    placements: Placements,
}

/// Where to find the rows of each of the original labels.
enum Placements {
    /// All labels were the same, and still are.
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
    pub(super) fn get(self, row: usize) -> Option<usize> {
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
    /// Where to find the rows of the labels at this index.
    pub(super) fn placement(&self, index: usize) -> Placement<'_> {
        match &self.placements {
            Placements::Same => Placement::From(0),
            Placements::From(starts) => Placement::From(starts[index]),
            Placements::Rows(rows, ranges) => Placement::Rows(&rows[ranges[index].clone()]),
        }
    }

    /// The longest possible runs covering the `count` rows of the labels at this index.
    pub(super) fn runs(&self, index: usize, count: usize) -> Vec<Run> {
        let mut runs = Vec::<Run>::new();
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
                    match runs.last_mut() {
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
        runs
    }
}

/// Merge labels of the same dimensions to their distinct rows.
pub(super) fn merge_distinct(all: &[&Arc<Labels>], order: RowOrder) -> Result<Merged> {
    let first = all[0];
    let size = first.size();
    if all_equal(all)? {
        if order == RowOrder::FirstAppearance || first.is_sorted()? {
            return Ok(Merged {
                labels: Arc::clone(first),
                placements: Placements::Same,
            });
        }
        let (labels, rows) = sort_rows(first, first.names().clone(), first.values_cpu()?)?;
        let ranges = vec![0..first.count(); all.len()];
        return Ok(Merged {
            labels,
            placements: Placements::Rows(rows, ranges),
        });
    }
    let mut values = Vec::with_capacity(total_count(all) * size);
    for labels in all {
        values.extend_from_slice(labels.values_cpu()?);
    }
    merge_values(first, &values, all, order)
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
    if names.is_empty() {
        return merge_distinct(all, order);
    }
    let first = all[0];
    let names = join_names(first.names(), names, "samples")?;
    let mut values = Vec::with_capacity(total_count(all) * names.len());
    for (i, labels) in all.iter().enumerate() {
        let added = added(i);
        for row in labels.values_cpu()?.chunks_exact(labels.size().max(1)) {
            values.extend_from_slice(row);
            values.extend_from_slice(added);
        }
    }
    if order == RowOrder::FirstAppearance || is_sorted(&values, names.len()) {
        let sorted = (order == RowOrder::Lexicographic).then_some(true);
        let labels = Labels::like(first, names, values, sorted)?;
        let starts = ranges(all).map(|range| range.start).collect();
        return Ok(Merged {
            labels,
            placements: Placements::From(starts),
        });
    }
    let (labels, rows) = sort_rows(first, names, &values)?;
    Ok(Merged {
        labels,
        placements: Placements::Rows(rows, ranges(all).collect()),
    })
}

/// Merge samples of gradients, whose first dimension refers to samples which
/// were merged to `samples`. The result is always sorted.
pub(super) fn merge_gradient_samples(
    all: &[&Arc<Labels>],
    samples: &Merged,
    parameter: &str,
) -> Result<Merged> {
    let first = all[0];
    let kept = matches!(samples.placements, Placements::Same);
    if kept && all_equal(all)? && first.is_sorted()? {
        return Ok(Merged {
            labels: Arc::clone(first),
            placements: Placements::Same,
        });
    }
    let size = first.size();
    let mut values = Vec::with_capacity(total_count(all) * size);
    for (i, labels) in all.iter().enumerate() {
        let placement = samples.placement(i);
        for row in labels.values_cpu()?.chunks_exact(size) {
            values.push(new_sample(placement, row[0], parameter)?);
            values.extend_from_slice(&row[1..]);
        }
    }
    merge_values(first, &values, all, RowOrder::Lexicographic)
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

/// Are all labels equal? Fails if there are no values to compare.
fn all_equal(all: &[&Arc<Labels>]) -> Result<bool> {
    all[0].values_cpu()?;
    for labels in &all[1..] {
        if !all[0].equals(labels)? {
            return Ok(false);
        }
    }
    Ok(true)
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
fn merge_values(
    template: &Labels,
    values: &[i32],
    all: &[&Arc<Labels>],
    order: RowOrder,
) -> Result<Merged> {
    let size = template.size();
    let Distinct { rows, inverse } = distinct(values, size, order)?;
    let values = gather(values, size, &rows);
    let sorted = (order == RowOrder::Lexicographic).then_some(true);
    let labels = Labels::like(template, template.names().clone(), values, sorted)?;
    Ok(Merged {
        labels,
        placements: Placements::Rows(inverse, ranges(all).collect()),
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
