//! [`Labels`]: named rows of integers describing one axis of an array.

mod bounding_box;
mod columns;
mod create;
mod group;
mod hash;
mod index;
mod names;
mod rows;
mod select;
mod set_operations;
mod sort;
mod table;
mod take;
mod unique;
mod values;

use std::any::Any;
use std::sync::{Arc, OnceLock};

pub use self::group::GroupOutputs;
use self::index::Index;
pub(crate) use self::index::is_sorted;
pub use self::names::{Names, is_valid_name};
pub use self::sort::RowOrder;
pub(crate) use self::sort::{Distinct, distinct, gather, lexicographic_order};
use self::table::Table;
use crate::Result;
use crate::array::{Array, Device};
use crate::error::LabelsOperationError;

/// Immutable set of rows of 32-bit integers, with one name for each column.
///
/// Rows are pairwise distinct and stay in the order given by the creator. The
/// array given at creation is kept as [`values`](Labels::values), on whatever
/// device it lives; a copy in main memory is made on demand, once, only if the
/// array does not already live there.
///
/// Labels are shared as `Arc<Labels>`. All functions can be called from several
/// threads at the same time.
#[derive(Debug)]
pub struct Labels {
    names: Names,
    rows: Rows,
    attachment: OnceLock<Box<dyn Any + Send + Sync>>,
}

/// Where the rows of labels are. Labels which only differ by their names share them.
#[derive(Debug)]
enum Rows {
    Own(Table),
    /// In labels which own them.
    Of(Arc<Labels>),
}

impl Labels {
    fn table(&self) -> &Table {
        match &self.rows {
            Rows::Own(table) => table,
            Rows::Of(owner) => owner.table(),
        }
    }

    /// Names of the dimensions (columns).
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Number of dimensions (columns).
    #[must_use]
    pub fn size(&self) -> usize {
        self.table().size()
    }

    /// Number of rows.
    #[must_use]
    pub fn count(&self) -> usize {
        self.table().count()
    }

    /// The array given at creation, of shape `(count, size)`.
    #[must_use]
    pub fn values(&self) -> &dyn Array {
        self.table().array()
    }

    /// Device of the array; the array is only asked once.
    pub fn device(&self) -> Result<Device> {
        self.table().device()
    }

    /// All values in row-major order, in main memory; the same memory at every
    /// call. The first call may copy from a device.
    pub fn values_cpu(&self) -> Result<&[i32]> {
        self.table().values()
    }

    /// Same as [`Labels::values_cpu`] if the values are already known to be in main
    /// memory, without asking the array.
    #[must_use]
    pub fn known_values_cpu(&self) -> Option<&[i32]> {
        self.table().known_values()
    }

    /// Is each row larger, in lexicographic order, than the one before?
    pub fn is_sorted(&self) -> Result<bool> {
        self.table().is_sorted()
    }

    /// Same as [`Labels::is_sorted`], without looking if it is not known.
    fn known_sorted(&self) -> Option<bool> {
        self.table().known_sorted()
    }

    fn index(&self) -> Result<&Index> {
        self.table().index()
    }

    /// Index of the row equal to `row`.
    ///
    /// ```
    /// # use metatensor_core::Labels;
    /// let labels = Labels::from_vec(&["a", "b"], vec![7, 1, 2, 2])?;
    /// assert_eq!(labels.position(&[2, 2])?, Some(1));
    /// assert_eq!(labels.position(&[2, 1])?, None);
    /// # Ok::<(), metatensor_core::Error>(())
    /// ```
    pub fn position(&self, row: &[i32]) -> Result<Option<usize>> {
        if row.len() != self.size() {
            let names = self.names.to_vec();
            return Err(LabelsOperationError::RowSize {
                found: row.len(),
                names,
            }
            .into());
        }
        Ok(self.index()?.find(self.values_cpu()?, self.size(), row))
    }

    /// Index of each of many rows (row-major in `rows`), or -1 for rows which
    /// are not part of these labels. `rows` must contain `output.len()` rows.
    pub fn positions(&self, rows: &[i32], output: &mut [i64]) -> Result<()> {
        if self.size() == 0 && rows.is_empty() {
            output.fill(-1);
            return Ok(());
        }
        if self.size() == 0 || !rows.len().is_multiple_of(self.size()) {
            let names = self.names.to_vec();
            return Err(LabelsOperationError::RowSize {
                found: rows.len(),
                names,
            }
            .into());
        }
        let expected = rows.len() / self.size();
        if output.len() != expected {
            let (what, found) = ("the positions of rows", output.len());
            return Err(LabelsOperationError::OutputSize {
                what,
                found,
                expected,
            }
            .into());
        }
        self.locate(rows, || Ok(is_sorted(rows, self.size())), output)
    }

    /// Position of each of the rows of `queries`, or -1. `sorted` tells if they
    /// are, and is only called if that helps.
    fn locate(
        &self,
        queries: &[i32],
        sorted: impl FnOnce() -> Result<bool>,
        output: &mut [i64],
    ) -> Result<()> {
        let index = self.index()?;
        let sorted = matches!(index, Index::Sorted | Index::Grid(_)) && sorted()?;
        index.locate(self.values_cpu()?, self.size(), queries, sorted, output);
        Ok(())
    }

    /// Are the labels equal: same names, same rows in the same order, on the
    /// same device? Rows without data (on [`DeviceType::EXT_DEV`](crate::array::DeviceType::EXT_DEV))
    /// are not compared.
    pub fn equals(&self, other: &Labels) -> Result<bool> {
        if std::ptr::eq(self, other) {
            return Ok(true);
        }
        if self.names != other.names || self.count() != other.count() {
            return Ok(false);
        }
        if std::ptr::eq(self.table(), other.table()) {
            return Ok(true);
        }
        let device = self.device()?;
        if device != other.device()? {
            return Ok(false);
        }
        Ok(device.has_no_data() || self.values_cpu()? == other.values_cpu()?)
    }

    /// A place for bindings to keep data derived from these labels.
    #[must_use]
    pub fn attachment(&self) -> &OnceLock<Box<dyn Any + Send + Sync>> {
        &self.attachment
    }
}
