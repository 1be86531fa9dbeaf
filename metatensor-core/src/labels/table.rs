//! Rows of labels without the names of their columns.

use std::sync::OnceLock;

use super::index::{Index, MAX_ROWS, is_sorted};
use super::unique::first_repeated;
use super::values::{HostValues, check_has_data};
use crate::Result;
use crate::array::{Array, Device, Known, LabelsArray, ask_once};
use crate::error::LabelsError;

/// An array of rows, and everything learned about it.
#[derive(Debug)]
pub(super) struct Table {
    count: usize,
    size: usize,
    device: Known<Device>,
    // Declared before `array`, because it may refer to memory of that array
    // and has to be dropped first.
    host: Known<HostValues>,
    array: Box<dyn Array>,
    /// Is each row larger than the one before?
    sorted: Known<bool>,
    index: OnceLock<Box<Index>>,
}

impl Table {
    /// Table for an array of shape `(count, size)`.
    pub(super) fn new(array: Box<dyn Array>, [count, size]: [usize; 2]) -> Table {
        Table {
            count,
            size,
            device: Known::unknown(),
            host: Known::unknown(),
            array,
            sorted: Known::unknown(),
            index: OnceLock::new(),
        }
    }

    /// Table for an array on `device` which contains the same rows as `host`.
    pub(super) fn with_host(array: Box<dyn Array>, host: LabelsArray, device: Device) -> Table {
        let shape = *host.buffer().shape();
        Table {
            device: Known::from(device),
            host: Known::from(HostValues::Shared(host)),
            ..Table::new(array, shape)
        }
    }

    /// Remember if the rows are sorted.
    pub(super) fn set_sorted(&mut self, sorted: bool) {
        self.sorted.set_first(sorted);
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    pub(super) fn array(&self) -> &dyn Array {
        &*self.array
    }

    /// Device of the array, which is only asked once.
    pub(super) fn device(&self) -> Result<Device> {
        ask_once(&self.device, || self.array.device())
    }

    /// All values in main memory, row after row.
    pub(super) fn values(&self) -> Result<&[i32]> {
        if let Some(values) = self.known_values() {
            return Ok(values);
        }
        // The array is called before taking the lock: its implementation may
        // have locks of its own. If two threads get here, one result is dropped.
        let host = if self.count == 0 {
            HostValues::Empty
        } else {
            check_has_data(self.device()?)?;
            HostValues::read(&*self.array, [self.count, self.size])?
        };
        Ok(self.host.get_or_set(host).as_slice(&*self.array))
    }

    /// Same as [`Table::values`] if they are known to be in main memory.
    pub(super) fn known_values(&self) -> Option<&[i32]> {
        let host = self.host.get()?;
        Some(host.as_slice(&*self.array))
    }

    /// Is each row larger than the one before?
    pub(super) fn is_sorted(&self) -> Result<bool> {
        if let Some(sorted) = self.sorted.get() {
            return Ok(*sorted);
        }
        let sorted = self.is_sorted_now()?;
        Ok(*self.sorted.get_or_set(sorted))
    }

    fn is_sorted_now(&self) -> Result<bool> {
        Ok(is_sorted(self.values()?, self.size))
    }

    /// Same as [`Table::is_sorted`], without looking if it is not known.
    pub(super) fn known_sorted(&self) -> Option<bool> {
        self.sorted.get().copied()
    }

    /// What finds rows in the values.
    pub(super) fn index(&self) -> Result<&Index> {
        if let Some(index) = self.index.get() {
            return Ok(index);
        }
        let (values, sorted) = (self.values()?, self.is_sorted()?);
        if !sorted && self.count > MAX_ROWS {
            return Err(LabelsError::TooManyRows { count: self.count }.into());
        }
        let index = Index::new(values, self.size, sorted);
        Ok(self.index.get_or_init(|| Box::new(index)))
    }

    /// The first row which is equal to one before, if there is any.
    pub(super) fn find_duplicate(&mut self) -> Result<Option<&[i32]>> {
        if self.count == 0 {
            return Ok(None);
        }
        if self.host.get().is_none() {
            // errors in the data come before those of the device
            let host = HostValues::read(&*self.array, [self.count, self.size])?;
            check_has_data(self.device.find(|| self.array.device())?)?;
            self.host.set_first(host);
        }
        let sorted = self.is_sorted_now()?;
        self.sorted.set_first(sorted);
        if sorted {
            return Ok(None);
        }
        let values = self.values()?;
        if self.count > MAX_ROWS {
            return Err(LabelsError::TooManyRows { count: self.count }.into());
        }
        let repeated = first_repeated(values, self.size);
        Ok(repeated.map(|row| &values[row * self.size..][..self.size]))
    }
}
