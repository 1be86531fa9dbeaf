//! Parameters of functions making arrays: memory of the caller, and places for many
//! results.

use std::ffi::c_void;
use std::ptr::NonNull;

use metatensor_core::Result;

use super::{In, Out, check_array};

/// `const T *`: an array to read, or NULL to use a default.
#[repr(transparent)]
pub struct OptInArray<T>(In<T>);

impl<T> OptInArray<T> {
    /// The values, if there are any.
    pub fn slice(&self, count: usize, name: &str) -> Result<Option<&[T]>> {
        if self.0.0.is_null() {
            Ok(None)
        } else {
            self.0.slice(count, name).map(Some)
        }
    }
}

impl In<c_void> {
    /// A value of any type, of this size.
    pub fn bytes(&self, size: usize, name: &str) -> Result<&[u8]> {
        check_array(self.0.cast::<u8>(), size, name)?;
        // SAFETY: valid for `size` bytes during the call, see the top of this file
        Ok(unsafe { std::slice::from_raw_parts(self.0.cast(), size) })
    }
}

/// `void *`: memory which is used until it is released, NULL only if there is
/// nothing in it.
#[repr(transparent)]
pub struct Kept(*mut c_void);

impl Kept {
    /// The address, which still has to be checked.
    pub fn address(&self) -> *mut c_void {
        self.0
    }
}

impl<T> Out<T> {
    /// Check the pointer to an array first, as in [`Out::check`]. It can not be NULL
    /// even if there is nothing to write.
    pub fn check_array(&self, count: usize, name: &str) -> Result<Slots<T>> {
        check_array(self.0, count, name)?;
        let slot = self.check(name)?;
        Ok(Slots(slot.0, count))
    }
}

/// Where to write an array of results.
pub struct Slots<T>(NonNull<T>, usize);

impl<T> Slots<T> {
    /// Write the results over whatever is there. There must be one for each place.
    pub fn set(self, values: impl ExactSizeIterator<Item = T>) {
        assert_eq!(values.len(), self.1, "wrong number of results");
        for (i, value) in values.enumerate() {
            // SAFETY: valid during the call, see the top of this file. The previous
            // content may be uninitialized, it is not dropped
            unsafe { self.0.add(i).write(value) };
        }
    }
}
