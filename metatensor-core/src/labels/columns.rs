//! Adding, removing, renaming and moving dimensions.

use std::sync::Arc;

use super::select::find_columns;
use super::sort::{RowOrder, distinct};
use super::{Labels, Names};
use crate::Result;
use crate::error::LabelsEditError;

impl Labels {
    /// Labels with a new dimension before the one at `position`, or at the end if
    /// `position` is the number of dimensions. `values` has one value for each
    /// row, or a single one for all of them.
    ///
    /// ```
    /// # use metatensor_core::Labels;
    /// let labels = Labels::from_vec(&["a", "b"], vec![1, 2, 3, 4])?;
    /// let inserted = labels.insert(1, "new", &[8, 9])?;
    /// assert_eq!(inserted.names()[..], ["a", "new", "b"]);
    /// assert_eq!(inserted.values_cpu()?, [1, 8, 2, 3, 9, 4]);
    /// # Ok::<(), metatensor_core::Error>(())
    /// ```
    pub fn insert(&self, position: usize, name: &str, values: &[i32]) -> Result<Arc<Labels>> {
        let (size, count) = (self.size(), self.count());
        if position > size {
            return Err(LabelsEditError::Position { position, size }.into());
        }
        let mut names = self.names().iter().map(String::as_str).collect::<Vec<_>>();
        names.insert(position, name);
        let names = Names::new(&names)?;
        if values.len() != count && values.len() != 1 {
            let (name, found) = (name.to_owned(), values.len());
            return Err(LabelsEditError::ColumnSize { name, found, count }.into());
        }

        let mut inserted = Vec::with_capacity(count * (size + 1));
        let rows = self.values_cpu()?.chunks_exact(size.max(1));
        let mut add = |row: &[i32], value: i32| {
            let (before, after) = row.split_at(position);
            inserted.extend_from_slice(before);
            inserted.push(value);
            inserted.extend_from_slice(after);
        };
        let one_for_all = values.len() == 1;
        match values {
            [value] if one_for_all => rows.for_each(|row| add(row, *value)),
            _ => rows.zip(values).for_each(|(row, value)| add(row, *value)),
        }
        // rows which differ still differ at the first place where they did
        let keeps_order = one_for_all || position == size;
        let sorted = self.known_sorted().filter(|sorted| *sorted && keeps_order);
        Labels::like(self, names, inserted, sorted)
    }

    /// Labels without some of the dimensions. It is an error if the rows then
    /// are not distinct anymore.
    ///
    /// ```
    /// # use metatensor_core::Labels;
    /// let labels = Labels::from_vec(&["a", "b"], vec![1, 2, 1, 4])?;
    /// assert_eq!(labels.remove(&["a"])?.values_cpu()?, [2, 4]);
    ///
    /// let error = labels.remove(&["b"]).unwrap_err();
    /// assert!(error.to_string().contains("(a=1) would be there more than once"));
    /// # Ok::<(), metatensor_core::Error>(())
    /// ```
    pub fn remove(self: &Arc<Labels>, dimensions: &[impl AsRef<str>]) -> Result<Arc<Labels>> {
        let removed = find_columns(self.names(), "the removal", dimensions)?;
        let kept = (0..self.size()).filter(|column| !removed.contains(column));
        let kept = kept.collect::<Vec<_>>();
        if kept.len() == self.size() {
            return Ok(Arc::clone(self));
        }
        let names = self.names().pick(&kept);
        let removed_names = self.names().pick(&removed).to_vec();
        let duplicate = |row: &[i32]| LabelsEditError::RowsNotDistinct {
            removed: removed_names.clone(),
            names: names.to_vec(),
            row: row.to_vec(),
        };
        if kept.is_empty() {
            return match self.count() {
                0 => Labels::like(self, names, Vec::new(), None),
                _ => Err(duplicate(&[]).into()),
            };
        }
        let values = self.project(&kept)?;
        if self.count() > 1 {
            let distinct = distinct(&values, kept.len(), RowOrder::FirstAppearance)?;
            if let Some(row) = distinct.first_repeated() {
                return Err(duplicate(&values[row * kept.len()..][..kept.len()]).into());
            }
        }
        Labels::like(self, names, values, None)
    }

    /// Labels with another name for one of the dimensions, sharing the values.
    ///
    /// ```
    /// # use metatensor_core::Labels;
    /// let labels = Labels::from_vec(&["a", "b"], vec![1, 2])?;
    /// assert_eq!(labels.rename("a", "c")?.names()[..], ["c", "b"]);
    /// # Ok::<(), metatensor_core::Error>(())
    /// ```
    pub fn rename(self: &Arc<Labels>, old: &str, new: &str) -> Result<Arc<Labels>> {
        let columns = find_columns(self.names(), "the new name", &[old])?;
        if old == new {
            return Ok(Arc::clone(self));
        }
        let mut names = self.names().iter().map(String::as_str).collect::<Vec<_>>();
        for column in columns {
            names[column] = new;
        }
        let names = Names::new(&names)?;
        Ok(Arc::new(self.with_names(names)))
    }

    /// Labels with the same dimensions in another order: dimension `i` of the
    /// result is dimension `order[i]` of these labels.
    ///
    /// ```
    /// # use metatensor_core::Labels;
    /// let labels = Labels::from_vec(&["a", "b"], vec![1, 2, 3, 4])?;
    /// let permuted = labels.permute(&[1, 0])?;
    /// assert_eq!(permuted.names()[..], ["b", "a"]);
    /// assert_eq!(permuted.values_cpu()?, [2, 1, 4, 3]);
    /// # Ok::<(), metatensor_core::Error>(())
    /// ```
    pub fn permute(self: &Arc<Labels>, order: &[usize]) -> Result<Arc<Labels>> {
        let size = self.size();
        let is_permutation = order.len() == size && (0..size).all(|column| order.contains(&column));
        if !is_permutation {
            let order = order.to_vec();
            return Err(LabelsEditError::Permutation { order, size }.into());
        }
        if order.iter().zip(0..).all(|(&column, i)| column == i) {
            return Ok(Arc::clone(self));
        }
        let names = self.names().pick(order);
        Labels::like(self, names, self.project(order)?, None)
    }

    /// The given columns, row after row. There is at least one column.
    pub(super) fn project(&self, columns: &[usize]) -> Result<Vec<i32>> {
        let mut projected = Vec::with_capacity(self.count() * columns.len());
        let rows = self.values_cpu()?.chunks_exact(self.size().max(1));
        match columns {
            [column] => projected.extend(rows.map(|row| row[*column])),
            [a, b] => rows.for_each(|row| projected.extend_from_slice(&[row[*a], row[*b]])),
            _ => {
                rows.for_each(|row| projected.extend(columns.iter().map(|&column| row[column])));
            }
        }
        Ok(projected)
    }
}
