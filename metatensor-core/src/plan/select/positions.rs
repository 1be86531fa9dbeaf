//! Which rows are selected by each of many selections.

use std::sync::Arc;

use super::{Selection, selection_columns};
use crate::Result;
use crate::error::PlanError;
use crate::labels::{Distinct, Labels, Names, RowOrder, distinct, gather};
use crate::plan::{Axis, Metadata, columns};

/// Selections by labels with the same dimensions, which are not all those of the axis:
/// they are all done in one pass over the rows.
struct Group<'a> {
    names: &'a Names,
    /// Columns of the axis with these dimensions.
    columns: Vec<usize>,
    /// Number and labels of each selection.
    members: Vec<(usize, &'a Labels)>,
    /// All rows of all selections.
    rows: Arc<Labels>,
    /// For each of these, where the numbers of the selections containing it start in
    /// `selections`.
    starts: Vec<usize>,
    selections: Vec<usize>,
}

/// All selections, and all which can be prepared before looking at any labels.
pub(super) struct Selections<'a> {
    axis: Axis,
    count: usize,
    groups: Vec<Group<'a>>,
    /// Number and labels of selections with the dimensions of the axis.
    exact: Vec<(usize, &'a Labels)>,
    positions: Vec<(usize, &'a [i64])>,
}

impl<'a> Selections<'a> {
    pub(super) fn new(
        metadata: &Metadata,
        axis: Axis,
        selections: &'a [Selection<'a>],
    ) -> Result<Selections<'a>> {
        let mut all = Selections {
            axis,
            count: selections.len(),
            groups: Vec::new(),
            exact: Vec::new(),
            positions: Vec::new(),
        };
        for (number, selection) in selections.iter().enumerate() {
            let labels = match selection {
                Selection::Positions(positions) => {
                    all.positions.push((number, positions));
                    continue;
                }
                Selection::Labels(labels) => *labels,
            };
            let group = all
                .groups
                .iter_mut()
                .find(|group| group.names == labels.names());
            if let Some(group) = group {
                group.members.push((number, labels));
            } else if metadata.names(axis) == Some(labels.names()) && labels.size() != 0 {
                all.exact.push((number, labels));
            } else {
                all.groups.push(Group {
                    names: labels.names(),
                    columns: selection_columns(metadata, axis, labels)?,
                    members: vec![(number, labels)],
                    rows: Labels::from_vec_assume_unique(&[""; 0], Vec::new())?,
                    starts: Vec::new(),
                    selections: Vec::new(),
                });
            }
        }
        if metadata.names(axis).is_some() {
            for group in &mut all.groups {
                group.prepare()?;
            }
        }
        Ok(all)
    }

    /// Rows of `labels`, from this block, for each selection.
    pub(super) fn rows(&self, labels: &Labels, block: usize) -> Result<Vec<Vec<u32>>> {
        let mut rows = vec![Vec::new(); self.count];
        for &(number, positions) in &self.positions {
            rows[number] = self.resolve(positions, labels.count(), block)?;
        }
        for &(number, selection) in &self.exact {
            let mut found = vec![0; selection.count()];
            labels.positions(selection.values_cpu()?, &mut found)?;
            let found = found.into_iter().filter_map(|row| u32::try_from(row).ok());
            rows[number] = found.collect();
        }
        for group in &self.groups {
            group.find(labels, &mut rows)?;
        }
        if self.axis == Axis::Properties {
            for rows in &mut rows {
                rows.sort_unstable();
                rows.dedup();
            }
        }
        Ok(rows)
    }

    /// Positions counted from the start.
    fn resolve(&self, positions: &[i64], count: usize, block: usize) -> Result<Vec<u32>> {
        let resolve = |&position: &i64| {
            let from_start = match position < 0 {
                true => position.checked_add_unsigned(count as u64),
                false => Some(position),
            };
            let from_start = from_start.and_then(|position| u32::try_from(position).ok());
            from_start
                .filter(|&row| (row as usize) < count)
                .ok_or_else(|| {
                    PlanError::PositionOutOfRange {
                        block,
                        axis: self.axis.name(),
                        position,
                        count,
                    }
                    .into()
                })
        };
        positions.iter().map(resolve).collect()
    }
}

impl Group<'_> {
    /// Collect the rows of all selections.
    fn prepare(&mut self) -> Result<()> {
        let size = self.columns.len();
        if size == 0 {
            return Ok(());
        }
        let mut values = Vec::new();
        for (_, selection) in &self.members {
            values.extend_from_slice(selection.values_cpu()?);
        }
        let Distinct { rows, inverse } = distinct(&values, size, RowOrder::Lexicographic)?;
        self.rows = Labels::from_vec_assume_unique(self.names, gather(&values, size, &rows))?;
        self.starts = vec![0; rows.len() + 1];
        for &row in &inverse {
            self.starts[row as usize + 1] += 1;
        }
        for i in 0..rows.len() {
            self.starts[i + 1] += self.starts[i];
        }
        let mut next = self.starts.clone();
        self.selections = vec![0; inverse.len()];
        let numbers = self
            .members
            .iter()
            .flat_map(|(number, selection)| std::iter::repeat_n(*number, selection.count()));
        for (&row, number) in inverse.iter().zip(numbers) {
            let next = &mut next[row as usize];
            self.selections[*next] = number;
            *next += 1;
        }
        Ok(())
    }

    fn find(&self, labels: &Labels, output: &mut [Vec<u32>]) -> Result<()> {
        if self.columns.is_empty() {
            // a selection without dimensions compares nothing
            for (number, _) in &self.members {
                output[*number] = (0..).take(labels.count()).collect();
            }
            return Ok(());
        }
        if self.search_is_faster(labels)? {
            for (number, selection) in &self.members {
                let rows = labels.select(selection)?.into_iter();
                output[*number] = rows.map(|row| row as u32).collect();
            }
            return Ok(());
        }
        let values = columns::project(labels, &self.columns)?;
        let mut found = vec![0; labels.count()];
        self.rows.positions(&values, &mut found)?;
        for (row, &position) in (0..).zip(&found) {
            let Ok(position) = usize::try_from(position) else {
                continue;
            };
            for &number in &self.selections[self.starts[position]..self.starts[position + 1]] {
                output[number].push(row);
            }
        }
        Ok(())
    }

    /// Are a few binary searches enough?
    fn search_is_faster(&self, labels: &Labels) -> Result<bool> {
        let is_prefix = self
            .columns
            .iter()
            .enumerate()
            .all(|(i, &column)| i == column);
        if !is_prefix || labels.count() < 2 {
            return Ok(false);
        }
        let steps = 2 + 2 * labels.count().ilog2() as usize;
        let cost = self.selections.len().saturating_mul(steps);
        if cost >= labels.count() || !labels.is_sorted()? {
            return Ok(false);
        }
        for (_, selection) in &self.members {
            if selection.device()? != labels.device()? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
