//! Arrays of the caller seen by the core, and arrays of the core seen by the caller.

mod exposed;
mod foreign;
mod labels_array;
mod meta_array;
#[cfg(test)]
mod tests;
mod vtable;

use metatensor_core::array::{Array, LabelsArray, MetaArray};
use metatensor_core::{Error, Result};

pub use self::exposed::{Exposed, Vtable};
pub use self::foreign::ForeignArray;
pub use self::vtable::{mts_array_t, mts_data_movement_t};

/// View of an array which belongs to labels or a block. There is no `destroy`:
/// the view must not be used longer than they live.
pub fn view(array: &dyn Array) -> Result<mts_array_t> {
    let array = array.as_any();
    if let Some(foreign) = array.downcast_ref::<ForeignArray>() {
        Ok(foreign.view())
    } else if let Some(labels) = array.downcast_ref::<LabelsArray>() {
        Ok(labels_array::view(labels))
    } else if let Some(meta) = array.downcast_ref::<MetaArray>() {
        Ok(meta_array::view(meta))
    } else {
        Err(Error::Internal(
            "this array can not be used through the C API".into(),
        ))
    }
}
