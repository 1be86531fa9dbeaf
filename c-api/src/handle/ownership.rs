//! Objects which change owners.

use std::sync::Arc;

use metatensor_core::Result;

use super::{check_pointer, null};

/// `T *`: an object which the function takes from its caller, never NULL.
#[repr(transparent)]
pub struct Taken<T>(*mut T);

impl<T> Taken<T> {
    /// Check the pointer without taking the object.
    pub fn check(&self, name: &str) -> Result<*const T> {
        check_pointer(self.0, name)?;
        Ok(self.0)
    }

    /// Take the object. Call this once everything which leaves the object to
    /// its owner was checked.
    pub fn take(&mut self, name: &str) -> Result<Box<T>> {
        let pointer = std::mem::replace(&mut self.0, std::ptr::null_mut());
        if pointer.is_null() {
            return Err(null(name));
        }
        // SAFETY: made by `give`, and never used again by the caller
        Ok(unsafe { Box::from_raw(pointer) })
    }
}

impl<T> Taken<T> {
    /// Give back what was taken, with the same address.
    pub fn put_back(&mut self, object: Box<T>) {
        self.0 = Box::into_raw(object);
    }
}

/// `T *`: an object to free, or NULL.
#[repr(transparent)]
pub struct Freed<T>(Taken<T>);

impl<T> Freed<T> {
    /// Free the object.
    pub fn free(&mut self) {
        drop(self.0.take(""));
    }
}

/// `const T *`: a reference to a shared object to release, or NULL.
#[repr(transparent)]
pub struct Released<T>(*const T);

impl<T> Released<T> {
    /// Release the reference.
    pub fn release(&mut self) {
        let pointer = std::mem::replace(&mut self.0, std::ptr::null());
        if !pointer.is_null() {
            // SAFETY: made by `give_shared`, and the caller owned this reference
            drop(unsafe { Arc::from_raw(pointer) });
        }
    }
}

/// Give an object to C, which gives it back as [`Taken`] or [`Freed`].
pub fn give<T>(value: impl Into<Box<T>>) -> *mut T {
    Box::into_raw(value.into())
}

/// Give a reference to a shared object to C, which gives it back as [`Released`].
pub fn give_shared<T>(value: Arc<T>) -> *const T {
    Arc::into_raw(value)
}

/// Let C see an object which belongs to another one.
///
/// C code may give the pointer back to functions that change the object: they
/// require exclusive access to the owner as well, so that no reference to the
/// object exists at this moment.
pub fn lend<T>(value: &T) -> *mut T {
    std::ptr::from_ref(value).cast_mut()
}
