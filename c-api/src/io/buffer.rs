//! Buffers of the caller, which grow with a function of the caller.

use std::ffi::c_void;
use std::io::{self, Write};

use metatensor_core::io::Output;
use metatensor_core::{Error, Result};

use crate::handle::{InOut, null};

/// Function resizing the allocation `ptr` (NULL for a new allocation) to
/// `new_size` bytes, and returning its new address or NULL on failure.
pub type mts_realloc_buffer_t =
    Option<unsafe extern "C" fn(user_data: *mut c_void, ptr: *mut u8, new_size: usize) -> *mut u8>;

/// Size of the first allocation.
const FIRST_CAPACITY: usize = 1024;

/// A buffer which belongs to the caller.
struct CallerBuffer<'a> {
    /// Always the last good address: the caller has to free it.
    address: &'a mut *mut u8,
    capacity: usize,
    used: usize,
    realloc: unsafe extern "C" fn(*mut c_void, *mut u8, usize) -> *mut u8,
    user_data: *mut c_void,
}

impl CallerBuffer<'_> {
    /// Make place for this number of bytes.
    fn grow(&mut self, needed: usize) -> io::Result<()> {
        if needed <= self.capacity {
            return Ok(());
        }
        let mut capacity = match self.capacity {
            0 => FIRST_CAPACITY,
            capacity => capacity,
        };
        while capacity < needed {
            capacity = capacity.checked_mul(2).ok_or(io::ErrorKind::OutOfMemory)?;
        }
        // SAFETY: the caller gave this function for this buffer
        let address = unsafe { (self.realloc)(self.user_data, *self.address, capacity) };
        if address.is_null() {
            return Err(io::Error::new(
                io::ErrorKind::OutOfMemory,
                format!("the `realloc` callback can not allocate {capacity} bytes"),
            ));
        }
        *self.address = address;
        self.capacity = capacity;
        Ok(())
    }
}

impl Write for CallerBuffer<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let end = self
            .used
            .checked_add(bytes.len())
            .ok_or(io::ErrorKind::OutOfMemory)?;
        self.grow(end)?;
        if !bytes.is_empty() {
            // SAFETY: there are `capacity` bytes at this address, and nothing
            // which is being saved is stored inside of this buffer
            unsafe {
                let start = self.address.add(self.used);
                std::ptr::copy_nonoverlapping(bytes.as_ptr(), start, bytes.len());
            }
        }
        self.used = end;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Save to a buffer of the caller; its size changes only on success.
pub fn save_to_buffer(
    buffer: &mut InOut<*mut u8>,
    buffer_count: &mut InOut<usize>,
    user_data: *mut c_void,
    realloc: mts_realloc_buffer_t,
    save: impl FnOnce(Output) -> Result<()>,
) -> Result<()> {
    let address = buffer.get_mut("buffer")?;
    let count = buffer_count.get_mut("buffer_count")?;
    let realloc = realloc.ok_or_else(|| null("realloc"))?;
    if address.is_null() && *count != 0 {
        return Err(Error::InvalidParameter(format!(
            "`*buffer` is NULL, but `*buffer_count` is {count} instead of 0"
        )));
    }
    let mut writer = CallerBuffer {
        address,
        capacity: *count,
        used: 0,
        realloc,
        user_data,
    };
    save(Output::Writer(&mut writer))?;
    *count = writer.used;
    Ok(())
}
