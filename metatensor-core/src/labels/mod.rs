//! [`Labels`]: named rows of integers describing one axis of an array.

mod names;
mod values;

use std::any::Any;
use std::sync::{Arc, OnceLock};

pub use self::names::{Names, is_valid_name};
use self::values::HostValues;
use crate::Result;
use crate::array::{Array, Device, LabelsArray};
use crate::error::LabelsError;

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
    count: usize,
    device: OnceLock<Device>,
    // Declared before `values`, because it may refer to memory of that array
    // and has to be dropped first.
    host: OnceLock<HostValues>,
    values: Box<dyn Array>,
    attachment: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl Labels {
    /// Labels with the given names and an array of shape `(count, names.len())`
    /// of 32-bit integers, checking that all rows are distinct.
    pub fn new(names: &[impl AsRef<str>], values: Box<dyn Array>) -> Result<Arc<Labels>> {
        let _ = (names, values);
        todo!()
    }

    /// Same as [`Labels::new`] for rows known to be distinct: the data is not
    /// read. If rows are repeated after all, operations give unspecified
    /// results.
    pub fn new_assume_unique(names: &[impl AsRef<str>], values: Box<dyn Array>) -> Result<Arc<Labels>> {
        let _ = (names, values);
        todo!()
    }

    /// Labels with the given names and row-major values in main memory, checking
    /// that all rows are distinct. The values are a [`LabelsArray`].
    pub fn from_vec(names: &[impl AsRef<str>], values: Vec<i32>) -> Result<Arc<Labels>> {
        let _ = (names, values);
        todo!()
    }

    /// Same as [`Labels::from_vec`] for rows known to be distinct.
    pub fn from_vec_assume_unique(names: &[impl AsRef<str>], values: Vec<i32>) -> Result<Arc<Labels>> {
        let _ = (names, values);
        todo!()
    }

    /// Names of the dimensions (columns).
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Number of dimensions (columns).
    #[must_use]
    pub fn size(&self) -> usize {
        self.names.len()
    }

    /// Number of rows.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The array given at creation, of shape `(count, size)`.
    #[must_use]
    pub fn values(&self) -> &dyn Array {
        &*self.values
    }

    /// Device of the array; the array is only asked once.
    pub fn device(&self) -> Result<Device> {
        todo!()
    }

    /// All values in row-major order, in main memory; the same memory at every
    /// call. The first call may copy from a device.
    pub fn values_cpu(&self) -> Result<&[i32]> {
        todo!()
    }

    /// Index of the row equal to `row`.
    pub fn position(&self, row: &[i32]) -> Result<Option<usize>> {
        let _ = row;
        todo!()
    }

    /// Index of each of many rows (row-major in `rows`), or -1 for rows which
    /// are not part of these labels. `rows` must contain `output.len()` rows.
    pub fn positions(&self, rows: &[i32], output: &mut [i64]) -> Result<()> {
        let _ = (rows, output);
        todo!()
    }

    /// Are the labels equal: same names, same rows in the same order, on the
    /// same device? Rows without data (on [`DeviceType::EXT_DEV`](crate::array::DeviceType::EXT_DEV))
    /// are not compared.
    pub fn equals(&self, other: &Labels) -> Result<bool> {
        let _ = other;
        todo!()
    }

    /// Rows of `self`, then rows of `other` which are not in `self`.
    ///
    /// If given, `first_mapping[i]` is set to the index in the result of row `i`
    /// of `self`, and the same for `second_mapping` and `other`. Nothing is
    /// written in case of error.
    pub fn union(
        self: &Arc<Labels>,
        other: &Labels,
        first_mapping: Option<&mut [i64]>,
        second_mapping: Option<&mut [i64]>,
    ) -> Result<Arc<Labels>> {
        let _ = (other, first_mapping, second_mapping);
        todo!()
    }

    /// Rows which are both in `self` and `other`, in the order of the labels
    /// with fewer rows (`self` if they have as many).
    ///
    /// The mappings are those of [`Labels::union`], with -1 for rows which are
    /// not in the result.
    pub fn intersection(
        self: &Arc<Labels>,
        other: &Labels,
        first_mapping: Option<&mut [i64]>,
        second_mapping: Option<&mut [i64]>,
    ) -> Result<Arc<Labels>> {
        let _ = (other, first_mapping, second_mapping);
        todo!()
    }

    /// Rows of `self` which are not in `other`, in the order of `self`. If given,
    /// `first_mapping[i]` is set to the index in the result of row `i` of
    /// `self`, or -1.
    pub fn difference(self: &Arc<Labels>, other: &Labels, first_mapping: Option<&mut [i64]>) -> Result<Arc<Labels>> {
        let _ = (other, first_mapping);
        todo!()
    }

    /// Indices of the rows matching any row of `selection`, comparing only the
    /// dimensions of `selection`.
    ///
    /// If `selection` has exactly the same dimensions, the result follows the
    /// order of `selection`; otherwise it is increasing.
    pub fn select(&self, selection: &Labels) -> Result<Vec<usize>> {
        let _ = selection;
        todo!()
    }

    /// Same as [`Labels::select`], writing to `output`, which must have
    /// [`count`](Labels::count) entries. Returns how many were written.
    pub fn select_into(&self, selection: &Labels, output: &mut [u64]) -> Result<usize> {
        let _ = (selection, output);
        todo!()
    }

    /// A place for bindings to keep data derived from these labels.
    #[must_use]
    pub fn attachment(&self) -> &OnceLock<Box<dyn Any + Send + Sync>> {
        &self.attachment
    }
}
