//! Values of labels in main memory.

use crate::array::{Array, DType, Device, HostTensor, LabelsArray};
use crate::error::LabelsError;
use crate::{Result, memory};

/// Row-major values of labels in main memory: those of the array itself
/// wherever possible, a copy otherwise.
#[derive(Debug)]
pub(super) enum HostValues {
    /// There is nothing to read.
    Empty,
    /// Memory which the array shows.
    Kept,
    /// Memory exported by the array.
    Exported(Box<dyn HostTensor>),
    /// Copy of an array with other strides.
    Copied(Vec<i32>),
    /// Buffer the array was made from.
    Shared(LabelsArray),
}

impl HostValues {
    /// Read the values of an array of this shape.
    pub(super) fn read(array: &dyn Array, shape: [usize; 2]) -> Result<HostValues> {
        let Some(tensor) = array.export_rows(shape)? else {
            return Ok(HostValues::Kept);
        };
        if tensor.dtype() != DType::I32 {
            return Err(LabelsError::DType {
                dtype: tensor.dtype(),
            }
            .into());
        }
        if tensor.shape() != shape {
            let found = tensor.shape().to_vec();
            return Err(LabelsError::ExportedShape {
                expected: shape,
                found,
            }
            .into());
        }
        if tensor.contiguous_i32().is_some() {
            return Ok(HostValues::Exported(tensor));
        }
        let mut values = memory::zeros(shape[0], shape[1])?;
        tensor.read_into(bytemuck::cast_slice_mut(&mut values));
        Ok(HostValues::Copied(values))
    }

    /// All values, row after row, read from this array.
    pub(super) fn as_slice<'a>(&'a self, array: &'a dyn Array) -> &'a [i32] {
        match self {
            HostValues::Empty => &[],
            HostValues::Kept => array.exported_rows(),
            HostValues::Exported(tensor) => tensor.contiguous_i32().unwrap_or_default(),
            HostValues::Copied(values) => values,
            HostValues::Shared(array) => array.values(),
        }
    }
}

/// Fail if arrays on this device have no values to read.
pub(super) fn check_has_data(device: Device) -> Result<()> {
    if device.has_no_data() {
        return Err(LabelsError::NoData { device }.into());
    }
    Ok(())
}
