//! Lists of strings as arrays of C strings, kept next to what they come from.

use std::any::Any;
use std::ffi::{CString, c_char};
use std::sync::OnceLock;

use metatensor_core::{Error, Result};

/// Strings, and the addresses of all of them.
#[derive(Default)]
pub struct CStrings {
    strings: Vec<CString>,
    pointers: Vec<*const c_char>,
}

// SAFETY: the pointers point to the strings, which never change
unsafe impl Send for CStrings {}
// SAFETY: the pointers point to the strings, which never change
unsafe impl Sync for CStrings {}

impl CStrings {
    /// Address of a string, added if it is not there yet. Only for few different strings.
    pub fn intern(&mut self, string: &str) -> Result<*const c_char> {
        let is_known = |known: &CString| known.as_bytes() == string.as_bytes();
        if let Some(known) = self.strings.iter().position(is_known) {
            return Ok(self.pointers[known]);
        }
        let string = c_string(string)?;
        self.pointers.push(string.as_ptr());
        self.strings.push(string);
        Ok(self.pointers[self.pointers.len() - 1])
    }
}

fn c_string(string: &str) -> Result<CString> {
    CString::new(string)
        .map_err(|_| Error::Internal(format!("the string {string:?} contains a NUL character")))
}

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
            let strings = strings.map(c_string).collect::<Result<Vec<_>>>()?;
            let pointers = strings.iter().map(|string| string.as_ptr()).collect();
            attachment.get_or_init(|| Box::new(CStrings { strings, pointers }))
        }
    };
    match attached.downcast_ref::<CStrings>() {
        Some(strings) => Ok((strings.pointers.as_ptr(), count)),
        None => Err(Error::Internal(
            "something else is attached to this object".into(),
        )),
    }
}
