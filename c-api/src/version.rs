//! Version of the library.

use std::ffi::{CStr, c_char};

const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => panic!("the version contains a NUL"),
    };

/// Get the version of the library, as `MAJOR.MINOR.PATCH` possibly followed by a
/// suffix. The string is static and must not be freed.
#[unsafe(no_mangle)]
pub extern "C" fn mts_version() -> *const c_char {
    VERSION.as_ptr()
}
