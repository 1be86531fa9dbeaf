//! Creating labels.

use std::sync::{Arc, OnceLock};

use super::table::Table;
use super::{Labels, Names, Rows};
use crate::Result;
use crate::array::{Array, Device, LabelsArray};
use crate::error::LabelsError;

impl Labels {
    /// Labels with the given names and an array of shape `(count, names.len())`
    /// of 32-bit integers, checking that all rows are distinct.
    ///
    /// Without names, the array must not contain any element, and is replaced by
    /// one of shape `(0, 0)`.
    pub fn new(names: &[impl AsRef<str>], values: Box<dyn Array>) -> Result<Arc<Labels>> {
        let mut labels = Labels::with_array(Names::new(names)?, values)?;
        labels.check_unique()?;
        Ok(Arc::new(labels))
    }

    /// Same as [`Labels::new`] for rows known to be distinct: the data is not
    /// read. If rows are repeated after all, operations give unspecified
    /// results.
    pub fn new_assume_unique(
        names: &[impl AsRef<str>],
        values: Box<dyn Array>,
    ) -> Result<Arc<Labels>> {
        Ok(Arc::new(Labels::with_array(Names::new(names)?, values)?))
    }

    /// Labels with the given names and row-major values in main memory, checking
    /// that all rows are distinct. The values are a [`LabelsArray`].
    ///
    /// ```
    /// # use metatensor_core::Labels;
    /// let labels = Labels::from_vec(&["system", "atom"], vec![0, 0, 0, 1, 1, 0])?;
    /// assert_eq!(labels.count(), 3);
    ///
    /// let error = Labels::from_vec(&["system", "atom"], vec![0, 1, 0, 1]).unwrap_err();
    /// assert!(error.to_string().contains("(system=0, atom=1) more than once"));
    /// # Ok::<(), metatensor_core::Error>(())
    /// ```
    pub fn from_vec(names: &[impl AsRef<str>], values: Vec<i32>) -> Result<Arc<Labels>> {
        let mut labels = Labels::with_vec(Names::new(names)?, values)?;
        labels.check_unique()?;
        Ok(Arc::new(labels))
    }

    /// Same as [`Labels::from_vec`] for rows known to be distinct.
    pub fn from_vec_assume_unique(
        names: &[impl AsRef<str>],
        values: Vec<i32>,
    ) -> Result<Arc<Labels>> {
        Ok(Arc::new(Labels::with_vec(Names::new(names)?, values)?))
    }

    /// Labels with new rows, in an array of the same kind and device as the one
    /// of `template`. The rows must be distinct; `sorted` may tell if they are.
    pub(crate) fn like(
        template: &Labels,
        names: Names,
        values: Vec<i32>,
        sorted: Option<bool>,
    ) -> Result<Arc<Labels>> {
        Labels::like_unshared(template, names, values, sorted).map(Arc::new)
    }

    fn like_unshared(
        template: &Labels,
        names: Names,
        values: Vec<i32>,
        sorted: Option<bool>,
    ) -> Result<Labels> {
        if names.is_empty() {
            return Labels::with_vec(names, Vec::new());
        }
        let count = values.len() / names.len();
        let host = LabelsArray::new(values, [count, names.len()])?;
        let mut array = template.values().from_host_i32(host.clone())?;
        let device = template.device()?;
        if device != Device::CPU {
            array = array.copy(device)?;
        }
        let mut table = Table::with_host(array, host, device);
        if let Some(sorted) = sorted {
            table.set_sorted(sorted);
        }
        Ok(Labels::with_table(names, table))
    }

    /// Same as [`Labels::like`], checking that the rows are distinct.
    pub(crate) fn like_checked(
        template: &Labels,
        names: Names,
        values: Vec<i32>,
    ) -> Result<Arc<Labels>> {
        let mut labels = Labels::like_unshared(template, names, values, None)?;
        labels.check_unique()?;
        Ok(Arc::new(labels))
    }

    /// Labels for an array, without reading its values.
    pub(super) fn with_array(names: Names, values: Box<dyn Array>) -> Result<Labels> {
        let mut two = None;
        values.with_shape(&mut |shape| two = <[usize; 2]>::try_from(shape).ok())?;
        if let Some(shape) = two
            && shape[1] == names.len()
            && !names.is_empty()
        {
            let table = Table::new(values, shape);
            return Ok(Labels::with_table(names, table));
        }
        let (shape, size) = (values.shape()?, names.len());
        if names.is_empty() && shape.contains(&0) {
            return Labels::with_vec(names, Vec::new());
        }
        Err(LabelsError::Shape { shape, size }.into())
    }

    fn with_vec(names: Names, values: Vec<i32>) -> Result<Labels> {
        let size = names.len();
        let count = values.len().checked_div(size).unwrap_or(0);
        if count * size != values.len() {
            return Err(LabelsError::ValuesCount {
                values: values.len(),
                size,
            }
            .into());
        }
        let array = LabelsArray::new(values, [count, size])?;
        let table = Table::with_host(Box::new(array.clone()), array, Device::CPU);
        Ok(Labels::with_table(names, table))
    }

    fn with_table(names: Names, table: Table) -> Labels {
        Labels {
            names,
            rows: Rows::Own(table),
            attachment: OnceLock::new(),
        }
    }

    /// Labels with other names for the same rows.
    pub(super) fn with_names(self: &Arc<Labels>, names: Names) -> Labels {
        let owner = match &self.rows {
            Rows::Own(_) => self,
            Rows::Of(owner) => owner,
        };
        Labels {
            names,
            rows: Rows::Of(Arc::clone(owner)),
            attachment: OnceLock::new(),
        }
    }

    /// Fail if a row is there more than once.
    fn check_unique(&mut self) -> Result<()> {
        let Rows::Own(table) = &mut self.rows else {
            return Ok(());
        };
        let Some(row) = table.find_duplicate()? else {
            return Ok(());
        };
        let (names, row) = (self.names.to_vec(), row.to_vec());
        Err(LabelsError::DuplicateRow { names, row }.into())
    }
}
