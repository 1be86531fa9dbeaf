//! Parameters of C functions. Each type is one pointer, and its name tells what
//! the function does with it and if it can be NULL; `cargo xtask codegen` reads
//! these types to write the header and its documentation.
//!
//! All unsafe conversions of parameters are here, on one ground: callers of the
//! C API promise that pointers which are not NULL point to what the header says
//! for the whole call.

mod memory;
mod ownership;
mod structures;

use std::ffi::{CStr, c_char};
use std::ptr::NonNull;
use std::sync::Arc;

use metatensor_core::{Error, Result};

pub use self::memory::{Kept, OptInArray};
pub use self::ownership::{Freed, Released, Taken, give, give_shared, lend};
pub use self::structures::{OptCallback, OptIn, Options, Owner};

/// Error for a pointer which should not be NULL.
pub fn null(name: &str) -> Error {
    Error::InvalidParameter(format!("got a NULL pointer for `{name}`"))
}

/// Error for a pointer inside of an array which should not be NULL.
pub fn null_element(name: &str, index: usize) -> Error {
    null(&format!("{name}[{index}]"))
}

/// Check that there can be a value of type `T` behind a pointer.
fn check_pointer<T>(pointer: *const T, name: &str) -> Result<()> {
    if pointer.is_null() {
        return Err(null(name));
    }
    if !pointer.is_aligned() {
        return Err(Error::InvalidParameter(format!(
            "the pointer `{name}` is not aligned: its address is not a multiple of {}",
            align_of::<T>()
        )));
    }
    Ok(())
}

/// Check that there can be `count` values of type `T` behind a pointer.
fn check_array<T>(pointer: *const T, count: usize, name: &str) -> Result<()> {
    check_pointer(pointer, name)?;
    match count.checked_mul(size_of::<T>()) {
        Some(size) if isize::try_from(size).is_ok() => Ok(()),
        _ => Err(Error::InvalidParameter(format!(
            "the number of values in `{name}` is too large ({count})"
        ))),
    }
}

/// `const T *`: something to read, never NULL.
#[repr(transparent)]
pub struct In<T>(*const T);

impl<T> In<T> {
    /// The value.
    pub fn get(&self, name: &str) -> Result<&T> {
        check_pointer(self.0, name)?;
        // SAFETY: not NULL, and valid during the call, see the top of this file
        Ok(unsafe { &*self.0 })
    }

    /// An array of values; the pointer can not be NULL even if there are none.
    pub fn slice(&self, count: usize, name: &str) -> Result<&[T]> {
        check_array(self.0, count, name)?;
        // SAFETY: valid for `count` values during the call, see the top of this file
        Ok(unsafe { std::slice::from_raw_parts(self.0, count) })
    }

    /// A new reference to a shared object, which must come from [`give_shared`].
    pub fn share(&self, name: &str) -> Result<Arc<T>> {
        self.get(name)?;
        // SAFETY: the caller of the C function has a reference to the object
        unsafe {
            Arc::increment_strong_count(self.0);
            Ok(Arc::from_raw(self.0))
        }
    }
}

/// `const T *`: something to read, or NULL.
#[repr(transparent)]
pub struct OptRef<T>(In<T>);

impl<T> OptRef<T> {
    /// The value, if there is one.
    pub fn get(&self) -> Option<&T> {
        self.0.get("").ok()
    }
}

/// `const T *`: an array to read, NULL only if there is nothing in it.
#[repr(transparent)]
pub struct InArray<T>(In<T>);

impl<T> InArray<T> {
    /// Use a pointer which is not a parameter of this type.
    ///
    /// # Safety
    ///
    /// The pointer is NULL, or what `slice` is asked for is valid during the call.
    pub unsafe fn from_raw(pointer: *const T) -> InArray<T> {
        InArray(In(pointer))
    }

    /// The values.
    pub fn slice(&self, count: usize, name: &str) -> Result<&[T]> {
        if count == 0 {
            Ok(&[])
        } else {
            self.0.slice(count, name)
        }
    }
}

impl<T> InArray<In<T>> {
    /// New references to the shared objects of an array; none can be NULL.
    pub fn share(&self, count: usize, name: &str) -> Result<Vec<Arc<T>>> {
        let pointers = self.slice(count, name)?.iter().enumerate();
        pointers
            .map(|(i, pointer)| pointer.share(name).map_err(|_| null_element(name, i)))
            .collect()
    }
}

impl InArray<Text> {
    /// The strings of an array; none can be NULL.
    pub fn strings(&self, count: usize, name: &str) -> Result<crate::short::Short<&str>> {
        let pointers = self.slice(count, name)?.iter().enumerate();
        pointers
            .map(|(i, text)| match text.0.is_null() {
                true => Err(null_element(name, i)),
                false => text.get(name),
            })
            .collect()
    }
}

/// `const T *`: an array of values which the function takes from its caller in all
/// cases, NULL only if there is nothing in it.
#[repr(transparent)]
pub struct TakenArray<T>(*const T);

impl<T: Copy> TakenArray<T> {
    /// Take the values. Call this once, before anything else can fail.
    pub fn take(&mut self, count: usize, name: &str) -> Result<Vec<T>> {
        let pointer = std::mem::replace(&mut self.0, std::ptr::null());
        Ok(InArray(In(pointer)).slice(count, name)?.to_vec())
    }
}

/// `T *`: something to read and change, never NULL.
#[repr(transparent)]
pub struct InOut<T>(*mut T);

impl<T> InOut<T> {
    /// The value.
    pub fn get(&self, name: &str) -> Result<&T> {
        check_pointer(self.0, name)?;
        // SAFETY: not NULL, and valid during the call, see the top of this file
        Ok(unsafe { &*self.0 })
    }

    /// The value, to change it.
    pub fn get_mut(&mut self, name: &str) -> Result<&mut T> {
        check_pointer(self.0, name)?;
        // SAFETY: not NULL, and valid during the call, see the top of this file;
        // C functions changing an object require exclusive access to it
        Ok(unsafe { &mut *self.0 })
    }

    /// The address.
    pub fn address(&self) -> *const T {
        self.0
    }
}

/// `T *`: an array to read and change, NULL only if there is nothing in it.
#[repr(transparent)]
pub struct InOutArray<T>(*mut T);

impl<T> InOutArray<T> {
    /// The values.
    pub fn slice_mut(&mut self, count: usize, name: &str) -> Result<&mut [T]> {
        if count == 0 {
            return Ok(&mut []);
        }
        check_array(self.0, count, name)?;
        // SAFETY: valid for `count` values during the call, see the top of this file
        Ok(unsafe { std::slice::from_raw_parts_mut(self.0, count) })
    }
}

/// Numbers, which arrays of results are made of.
pub trait Number: Copy {}
impl Number for i64 {}
impl Number for u64 {}

/// `T *`: somewhere to write a result, never NULL.
#[repr(transparent)]
pub struct Out<T>(*mut T);

impl<T> Out<T> {
    /// Use a pointer which is not a parameter of this type.
    ///
    /// # Safety
    ///
    /// The pointer is NULL, or can be written to during the call.
    pub unsafe fn from_raw(pointer: *mut T) -> Out<T> {
        Out(pointer)
    }

    /// Check the pointer first, before any work is done; results are written at
    /// the very end, so that failures leave them untouched.
    pub fn check(&self, name: &str) -> Result<Slot<T>> {
        check_pointer(self.0, name)?;
        NonNull::new(self.0).map(Slot).ok_or_else(|| null(name))
    }

    /// An array of numbers to write; the pointer can not be NULL even if there are none.
    pub fn slice_mut(&mut self, count: usize, name: &str) -> Result<&mut [T]>
    where
        T: Number,
    {
        check_array(self.0, count, name)?;
        // SAFETY: valid for `count` values during the call, see the top of this file
        Ok(unsafe { std::slice::from_raw_parts_mut(self.0, count) })
    }
}

impl Out<c_char> {
    /// Write a string and its final NUL. Nothing is written if it does not fit.
    pub fn set_text(&mut self, text: &CStr, size: usize, name: &str) -> Result<()> {
        let bytes = text.to_bytes_with_nul();
        check_array(self.0, size, name)?;
        if size < bytes.len() {
            return Err(Error::BufferSize(format!(
                "`{name}` has {size} bytes, but {} are needed for '{}'",
                bytes.len(),
                text.to_string_lossy()
            )));
        }
        // SAFETY: valid for `size` bytes during the call, see the top of this
        // file, and not inside of our own text
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), self.0, bytes.len()) };
        Ok(())
    }
}

/// `T *`: an array to write results to, NULL only if there is nothing in it.
#[repr(transparent)]
pub struct OutArray<T>(Out<T>);

impl<T: Number> OutArray<T> {
    /// The numbers to write.
    pub fn slice_mut(&mut self, count: usize, name: &str) -> Result<&mut [T]> {
        if count == 0 {
            Ok(&mut [])
        } else {
            self.0.slice_mut(count, name)
        }
    }
}

/// Where to write a result.
pub struct Slot<T>(NonNull<T>);

impl<T> Slot<T> {
    /// Write the result over whatever is there.
    pub fn set(self, value: T) {
        // SAFETY: valid during the call, see the top of this file. The previous
        // content may be uninitialized, it is not dropped
        unsafe { self.0.write(value) };
    }
}

/// `T *`: somewhere to write a result, or NULL if it is not wanted.
#[repr(transparent)]
pub struct OptOut<T>(Out<T>);

impl<T> OptOut<T> {
    /// Write the result if it is wanted.
    pub fn set(self, value: T) {
        if let Ok(slot) = self.0.check("") {
            slot.set(value);
        }
    }

    /// An array of numbers to write, if it is wanted.
    pub fn slice_mut(&mut self, count: usize, name: &str) -> Result<Option<&mut [T]>>
    where
        T: Number,
    {
        if self.0.0.is_null() {
            Ok(None)
        } else {
            self.0.slice_mut(count, name).map(Some)
        }
    }

    /// Is any byte part of both arrays?
    pub fn overlaps(&self, count: usize, other: &OptOut<T>, other_count: usize) -> bool {
        if self.0.0.is_null() || other.0.0.is_null() {
            return false;
        }
        let end =
            |start: usize, count: usize| start.saturating_add(count.saturating_mul(size_of::<T>()));
        let (first, second) = (self.0.0.addr(), other.0.0.addr());
        first < end(second, other_count) && second < end(first, count)
    }
}

/// `const char *`: a string, never NULL.
#[repr(transparent)]
pub struct Text(*const c_char);

impl Text {
    /// The string, which must be UTF-8.
    pub fn get(&self, name: &str) -> Result<&str> {
        self.bytes(name)?.to_str().map_err(|_| {
            Error::InvalidParameter(format!("the string given for `{name}` is not valid UTF-8"))
        })
    }

    /// The string, which may be anything.
    pub fn bytes(&self, name: &str) -> Result<&CStr> {
        if self.0.is_null() {
            return Err(null(name));
        }
        // SAFETY: NUL-terminated and valid during the call, see the top of this file
        Ok(unsafe { CStr::from_ptr(self.0) })
    }
}

/// `const char *`: a string, or NULL.
#[repr(transparent)]
pub struct OptText(Text);

impl OptText {
    /// The string, which must be UTF-8.
    pub fn text(&self, name: &str) -> Result<Option<&str>> {
        self.get().map(|_| self.0.get(name)).transpose()
    }

    /// The string, which may be anything.
    pub fn get(&self) -> Option<&CStr> {
        self.0.bytes("").ok()
    }
}
