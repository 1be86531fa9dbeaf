//! Arrays created by the caller for what is loaded.

use metatensor_core::Result;
use metatensor_core::array::{Array, DType};

use crate::array::{ForeignArray, mts_array_t};
use crate::dlpack::DLDataType;
use crate::error;
use crate::handle::null;
use crate::status::mts_status_t;

/// Function creating the arrays when loading blocks and tensor maps: set `array`
/// (zero-filled before the call) to a new CPU array of the given shape and dtype.
/// The library then writes the data inside the tensor given by `as_dlpack`, which
/// must be writable and share its memory with the array.
pub type mts_create_array_callback_t = Option<
    unsafe extern "C" fn(
        shape: *const usize,
        shape_count: usize,
        dtype: DLDataType,
        array: *mut mts_array_t,
    ) -> mts_status_t,
>;

/// Use a callback of the caller to create arrays.
pub fn creator(
    callback: mts_create_array_callback_t,
) -> Result<impl FnMut(&[usize], DType) -> Result<Box<dyn Array>>> {
    let callback = callback.ok_or_else(|| null("create_array"))?;
    Ok(move |shape: &[usize], dtype: DType| {
        let mut array = mts_array_t::null();
        error::call("create_array", || {
            // SAFETY: the caller gave this function for this purpose
            unsafe { callback(shape.as_ptr(), shape.len(), dtype.into(), &raw mut array) }
        })?;
        let array: Box<dyn Array> = Box::new(ForeignArray::new(array));
        Ok(array)
    })
}
