//! Rows of labels without the names of their columns.

use std::sync::OnceLock;

use super::index::{Index, MAX_ROWS, is_sorted};
use super::unique::first_repeated;
use super::values::{HostValues, check_has_data};
use crate::Result;
use crate::array::{Array, Device, LabelsArray, ask_once};
use crate::error::LabelsError;

/// An array of rows, and everything learned about it. Labels which only differ
/// by their names share it.
#[derive(Debug)]
pub(super) struct Table {
    count: usize,
    size: usize,
    device: OnceLock<Device>,
    // Declared before `array`, because it may refer to memory of that array
    // and has to be dropped first.
    host: OnceLock<HostValues>,
    array: Box<dyn Array>,
    /// Is each row larger than the one before?
    sorted: OnceLock<bool>,
    index: OnceLock<Index>,
}

impl Table {
    /// Table for an array of shape `(count, size)`.
    pub(super) fn new(array: Box<dyn Array>, [count, size]: [usize; 2]) -> Table {
        Table {
            count,
            size,
            device: OnceLock::new(),
            host: OnceLock::new(),
            array,
            sorted: OnceLock::new(),
            index: OnceLock::new(),
        }
    }

    /// Table for an array on `device` which contains the same rows as `host`.
    pub(super) fn with_host(array: Box<dyn Array>, host: LabelsArray, device: Device) -> Table {
        let shape = *host.buffer().shape();
        Table {
            device: OnceLock::from(device),
            host: OnceLock::from(HostValues::Shared(host)),
            ..Table::new(array, shape)
        }
    }

    /// Remember if the rows are sorted.
    pub(super) fn set_sorted(&self, sorted: bool) {
        self.sorted.get_or_init(|| sorted);
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
        if let Some(host) = self.host.get() {
            return Ok(host.as_slice());
        }
        // The array is called before taking the lock: its implementation may
        // have locks of its own. If two threads get here, one result is dropped.
        let host = if self.count == 0 {
            HostValues::Empty
        } else {
            check_has_data(self.device()?)?;
            HostValues::read(&*self.array, [self.count, self.size])?
        };
        Ok(self.host.get_or_init(|| host).as_slice())
    }

    /// Same as [`Table::values`] if they are known to be in main memory.
    pub(super) fn known_values(&self) -> Option<&[i32]> {
        self.host.get().map(HostValues::as_slice)
    }

    /// Is each row larger than the one before?
    pub(super) fn is_sorted(&self) -> Result<bool> {
        if let Some(sorted) = self.sorted.get() {
            return Ok(*sorted);
        }
        let sorted = is_sorted(self.values()?, self.size);
        Ok(*self.sorted.get_or_init(|| sorted))
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
        Ok(self.index.get_or_init(|| index))
    }

    /// The first row which is equal to one before, if there is any.
    pub(super) fn find_duplicate(&self) -> Result<Option<&[i32]>> {
        if self.count == 0 {
            return Ok(None);
        }
        if self.host.get().is_none() {
            // errors in the data come before those of the device
            let host = HostValues::read(&*self.array, [self.count, self.size])?;
            check_has_data(self.device()?)?;
            self.host.get_or_init(|| host);
        }
        let values = self.values()?;
        if self.is_sorted()? {
            return Ok(None);
        }
        if self.count > MAX_ROWS {
            return Err(LabelsError::TooManyRows { count: self.count }.into());
        }
        let repeated = first_repeated(values, self.size);
        Ok(repeated.map(|row| &values[row * self.size..][..self.size]))
    }
}
