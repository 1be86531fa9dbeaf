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

/// Creates arrays with a callback of the caller.
pub struct Creator(
    unsafe extern "C" fn(*const usize, usize, DLDataType, *mut mts_array_t) -> mts_status_t,
);

impl Creator {
    /// Use this callback, which can not be NULL.
    pub fn new(callback: mts_create_array_callback_t) -> Result<Creator> {
        callback.map(Creator).ok_or_else(|| null("create_array"))
    }

    /// Create an array.
    pub fn create(&self, shape: &[usize], dtype: DType) -> Result<Box<dyn Array>> {
        let mut array = mts_array_t::null();
        error::call("create_array", || {
            // SAFETY: the caller gave this function for this purpose
            unsafe { self.0(shape.as_ptr(), shape.len(), dtype.into(), &raw mut array) }
        })?;
        Ok(Box::new(ForeignArray::new(array)))
    }
}
