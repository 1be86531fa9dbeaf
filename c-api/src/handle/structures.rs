//! Structures with fields that callers see: options they give, results they get.

use std::any::Any;
use std::ffi::c_void;

use metatensor_core::{Error, Result};

/// Structures of options: made of integers, the first one is the size of the
/// structure in bytes, and zero is the default of all others.
///
/// # Safety
///
/// The first field is a `usize`, there is no padding and any bytes are a valid value.
pub unsafe trait Options: Copy {}

/// `const T *`: options, or NULL for the default of all of them.
///
/// The structure may be the one of another version: options which it does not have
/// get their default, and those which we do not have must have it.
#[repr(transparent)]
pub struct OptIn<T>(*const T);

impl<T: Options> OptIn<T> {
    /// The options.
    pub fn get(&self, name: &str) -> Result<T> {
        // SAFETY: zeros are a valid value, see `Options`
        let mut options: T = unsafe { std::mem::zeroed() };
        if self.0.is_null() {
            return Ok(options);
        }
        // SAFETY: valid during the call, see the top of `handle`; the first field
        // is the size
        let size = unsafe { self.0.cast::<usize>().read() };
        if !(size_of::<usize>()..=MAX_OPTIONS).contains(&size) {
            return Err(Error::InvalidParameter(format!(
                "`{name}.size` must be the size of the structure in bytes, got {size}"
            )));
        }
        // SAFETY: the structure of the caller has this size
        let given = unsafe { std::slice::from_raw_parts(self.0.cast::<u8>(), size) };
        let (known, unknown) = given.split_at(size.min(size_of::<T>()));
        if unknown.iter().any(|&byte| byte != 0) {
            return Err(Error::InvalidParameter(format!(
                "`{name}` contains options which this version of the library does not have"
            )));
        }
        // SAFETY: any bytes are a valid value, see `Options`
        unsafe {
            let output = (&raw mut options).cast::<u8>();
            std::ptr::copy_nonoverlapping(known.as_ptr(), output, known.len());
        }
        Ok(options)
    }
}

/// A function of the caller, or NULL.
#[repr(transparent)]
pub struct OptCallback<T>(T);

impl<T: Copy> OptCallback<T> {
    /// The function.
    pub fn get(&self) -> T {
        self.0
    }
}

/// No structure of options will ever be larger.
const MAX_OPTIONS: usize = 4096;

/// Memory behind the pointers of a structure given to C, the last field of it.
#[repr(transparent)]
pub struct Owner(*mut c_void);

impl Owner {
    /// Keep this until the structure is dropped.
    pub fn new<T: Any>(memory: T) -> Owner {
        let memory: Box<dyn Any> = Box::new(memory);
        Owner(Box::into_raw(Box::new(memory)).cast())
    }

    /// The memory, if it is of this type.
    pub fn get<T: Any>(&self) -> Option<&T> {
        // SAFETY: made by `new`; C code must not change the fields of the structure
        let memory = unsafe { self.0.cast::<Box<dyn Any>>().as_ref() }?;
        memory.downcast_ref()
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // SAFETY: made by `new`; C code must not change the fields of the structure
        drop(unsafe { Box::from_raw(self.0.cast::<Box<dyn Any>>()) });
    }
}
