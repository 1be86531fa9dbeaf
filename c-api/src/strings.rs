//! Lists of strings as arrays of C strings, kept next to what they come from.

use std::any::Any;
use std::ffi::{CString, c_char};
use std::sync::OnceLock;

use metatensor_core::{Error, Result};

/// Strings, and the addresses of all of them.
struct CStrings {
    _strings: Vec<CString>,
    pointers: Vec<*const c_char>,
}

// SAFETY: the pointers point to the strings, which never change
unsafe impl Send for CStrings {}
// SAFETY: the pointers point to the strings, which never change
unsafe impl Sync for CStrings {}

/// Give `strings` as an array of C strings, which lives as long as the attachment.
/// The array is NULL if there are no strings.
pub fn c_strings<'a>(
    attachment: &OnceLock<Box<dyn Any + Send + Sync>>,
    strings: impl ExactSizeIterator<Item = &'a str>,
) -> Result<(*const *const c_char, usize)> {
    let count = strings.len();
    if count == 0 {
        return Ok((std::ptr::null(), 0));
    }
    let attached = match attachment.get() {
        Some(attached) => attached,
        None => {
            let strings = strings
                .map(|string| {
                    CString::new(string).map_err(|_| {
                        Error::Internal(format!("the string {string:?} contains a NUL character"))
                    })
                })
                .collect::<Result<Vec<_>>>()?;
            let pointers = strings.iter().map(|string| string.as_ptr()).collect();
            attachment.get_or_init(|| {
                Box::new(CStrings {
                    _strings: strings,
                    pointers,
                })
            })
        }
    };
    match attached.downcast_ref::<CStrings>() {
        Some(strings) => Ok((strings.pointers.as_ptr(), count)),
        None => Err(Error::Internal(
            "something else is attached to this object".into(),
        )),
    }
}
