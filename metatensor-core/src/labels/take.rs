//! Sorting and picking rows.

use std::sync::Arc;

use super::Labels;
use super::sort::lexicographic_order;
use crate::Result;
use crate::error::{LabelsEditError, LabelsOperationError};

impl Labels {
    /// Write the numbers of the rows in lexicographic order, or in the opposite
    /// order if `descending`, to `output`, which must have one entry for each row.
    /// If rows are repeated after all, they keep their order.
    ///
    /// ```
    /// # use metatensor_core::Labels;
    /// let labels = Labels::from_vec(&["a", "b"], vec![1, 0, 0, 3, 0, -2])?;
    /// let mut order = [0; 3];
    /// labels.argsort(false, &mut order)?;
    /// assert_eq!(order, [2, 1, 0]);
    /// # Ok::<(), metatensor_core::Error>(())
    /// ```
    pub fn argsort(&self, descending: bool, output: &mut [i64]) -> Result<()> {
        check_output("the order of the rows", output.len(), self.count())?;
        let count = self.count() as i64;
        if self.count() == 0 {
            return Ok(());
        }
        // strictly increasing: no row is repeated
        if self.is_sorted()? {
            for (entry, i) in output.iter_mut().zip(0..) {
                *entry = if descending { count - 1 - i } else { i };
            }
            return Ok(());
        }
        let values = self.values_cpu()?;
        let order = lexicographic_order(values, self.size())?;
        if !descending {
            for (entry, row) in output.iter_mut().zip(order) {
                *entry = i64::from(row);
            }
            return Ok(());
        }
        for (entry, &row) in output.iter_mut().zip(order.iter().rev()) {
            *entry = i64::from(row);
        }
        let row = |i: i64| &values[i as usize * self.size()..][..self.size()];
        for repeated in output.chunk_by_mut(|&first, &second| row(first) == row(second)) {
            repeated.reverse();
        }
        Ok(())
    }

    /// Labels with some of the rows, given by their numbers, in this order. No
    /// number can be there twice.
    ///
    /// ```
    /// # use metatensor_core::Labels;
    /// let labels = Labels::from_vec(&["a", "b"], vec![1, 0, 0, 3, 0, -2])?;
    /// assert_eq!(labels.take(&[2, 0])?.values_cpu()?, [0, -2, 1, 0]);
    /// assert!(labels.take(&[2, 2]).is_err());
    /// # Ok::<(), metatensor_core::Error>(())
    /// ```
    pub fn take(self: &Arc<Labels>, rows: &[i64]) -> Result<Arc<Labels>> {
        let increasing = self.check_rows(rows)?;
        if increasing && rows.len() == self.count() {
            return Ok(Arc::clone(self));
        }
        let values = self.values_cpu()?;
        let mut taken = Vec::with_capacity(rows.len() * self.size());
        for &row in rows {
            taken.extend_from_slice(&values[row as usize * self.size()..][..self.size()]);
        }
        // a part of sorted rows is sorted
        let sorted = self.known_sorted().filter(|&sorted| sorted && increasing);
        Labels::like(self, self.names().clone(), taken, sorted)
    }

    /// Check that the numbers are those of distinct rows, and tell if they are
    /// increasing.
    fn check_rows(&self, rows: &[i64]) -> Result<bool> {
        let count = self.count();
        let in_range = |row: i64| usize::try_from(row).is_ok_and(|row| row < count);
        if let Some(&row) = rows.iter().find(|&&row| !in_range(row)) {
            return Err(LabelsEditError::RowOutOfRange { row, count }.into());
        }
        if rows.is_sorted_by(|first, second| first < second) {
            return Ok(true);
        }
        let mut taken = vec![0_u64; count.div_ceil(64)];
        for &row in rows {
            let (word, bit) = (row as usize / 64, 1 << (row % 64));
            if taken[word] & bit != 0 {
                return Err(LabelsEditError::RepeatedRow { row }.into());
            }
            taken[word] |= bit;
        }
        Ok(false)
    }
}

/// Check the number of entries of a buffer for results.
pub(super) fn check_output(what: &'static str, found: usize, expected: usize) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(LabelsOperationError::OutputSize {
        what,
        found,
        expected,
    }
    .into())
}
