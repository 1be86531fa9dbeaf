//! Selecting rows by some of their dimensions.

use super::index::{is_sorted, prefix_range};
use super::set_operations::check_devices;
use super::{Labels, Names};
use crate::Result;
use crate::error::LabelsOperationError;

impl Labels {
    /// Indices of the rows matching any row of `selection`, comparing only the
    /// dimensions of `selection`.
    ///
    /// If `selection` has exactly the same dimensions in the same order, the
    /// result follows the order of `selection`; otherwise it is increasing.
    ///
    /// ```
    /// # use metatensor_core::Labels;
    /// let labels = Labels::from_vec(&["u", "v"], vec![8, 3, 4, 7, 8, 7, 5, 3])?;
    /// let selection = Labels::from_vec(&["u"], vec![5, 8, 9])?;
    /// assert_eq!(labels.select(&selection)?, [0, 2, 3]);
    /// # Ok::<(), metatensor_core::Error>(())
    /// ```
    pub fn select(&self, selection: &Labels) -> Result<Vec<usize>> {
        let mut selected = Vec::new();
        self.for_each_selected(selection, |row| selected.push(row))?;
        Ok(selected)
    }

    /// Same as [`Labels::select`], writing to `output`, which must have
    /// [`count`](Labels::count) entries. Returns how many were written.
    pub fn select_into(&self, selection: &Labels, output: &mut [u64]) -> Result<usize> {
        if output.len() != self.count() {
            let (found, expected) = (output.len(), self.count());
            let what = "the selected rows";
            return Err(LabelsOperationError::OutputSize {
                what,
                found,
                expected,
            }
            .into());
        }
        let mut written = 0;
        self.for_each_selected(selection, |row| {
            // only a selection with repeated rows can give more than `count`
            if let Some(entry) = output.get_mut(written) {
                *entry = row as u64;
                written += 1;
            }
        })?;
        Ok(written)
    }

    fn for_each_selected(&self, selection: &Labels, mut selected: impl FnMut(usize)) -> Result<()> {
        let columns = find_columns(self.names(), "the selection", selection.names())?;
        check_devices("select", self, selection)?;
        if selection.size() == 0 {
            (0..self.count()).for_each(selected);
            return Ok(());
        }
        if selection.count() == 0 || self.count() == 0 {
            return Ok(());
        }
        let queries = selection.values_cpu()?;
        if self.names() == selection.names() {
            let mut positions = vec![-1; selection.count()];
            self.locate(queries, || selection.is_sorted(), &mut positions)?;
            let found = positions.into_iter().filter(|&position| position >= 0);
            found.for_each(|position| selected(position as usize));
            return Ok(());
        }

        let is_prefix = columns.iter().enumerate().all(|(i, &column)| i == column);
        let search = selection
            .count()
            .saturating_mul(2 + 2 * self.count().ilog2() as usize);
        if is_prefix && search < self.count() && self.is_sorted()? {
            self.select_prefixes(queries, columns.len())?
                .into_iter()
                .for_each(selected);
            return Ok(());
        }

        let rows = self.values_cpu()?.chunks_exact(self.size());
        if let ([column], [value]) = (&columns[..], queries) {
            let matching = rows.enumerate().filter(|(_, row)| row[*column] == *value);
            matching.for_each(|(i, _)| selected(i));
            return Ok(());
        }
        let projected = self.project(&columns)?;
        let mut positions = vec![-1; self.count()];
        selection.locate(
            &projected,
            || Ok(is_sorted(&projected, columns.len())),
            &mut positions,
        )?;
        let found = positions.iter().enumerate().filter(|entry| *entry.1 >= 0);
        found.for_each(|(row, _)| selected(row));
        Ok(())
    }

    /// Rows of these sorted labels starting with one of the given prefixes of
    /// `size` values, in increasing order.
    fn select_prefixes(&self, prefixes: &[i32], size: usize) -> Result<Vec<usize>> {
        let values = self.values_cpu()?;
        let ranges = prefixes
            .chunks_exact(size)
            .map(|prefix| prefix_range(values, self.size(), prefix));
        let mut ranges = ranges.collect::<Vec<_>>();
        ranges.sort_unstable_by_key(|range| range.start);
        Ok(ranges.into_iter().flatten().collect())
    }
}

/// Column of each of the dimensions used by `user`.
pub(super) fn find_columns(
    names: &Names,
    user: &'static str,
    dimensions: &[impl AsRef<str>],
) -> Result<Vec<usize>> {
    let columns = dimensions.iter().map(|name| {
        let name = name.as_ref();
        names.index_of(name).ok_or_else(|| {
            let (name, names) = (name.to_owned(), names.to_vec());
            LabelsOperationError::UnknownDimension { user, name, names }.into()
        })
    });
    columns.collect()
}
