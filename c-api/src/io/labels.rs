//! Loading and saving labels.

use std::ffi::c_void;
use std::path::Path;

use metatensor_core::io::{Output, load_labels, save_labels};

use super::buffer::{mts_realloc_buffer_t, save_to_buffer};
use super::{from_buffer, from_path};
use crate::guard::guard;
use crate::handle::{In, InArray, InOut, Text, give_shared};
use crate::labels::mts_labels_t;
use crate::status::mts_status_t;

/// Load labels from a file.
///
/// @param path path of the file, in UTF-8
/// @returns new labels to be given to `mts_labels_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_load(path: Text) -> *const mts_labels_t {
    guard("mts_labels_load", || {
        Ok(give_shared(load_labels(from_path(&path)?)?))
    })
}

/// Load labels from a buffer.
///
/// @param buffer content of a file, only read during the call
/// @param buffer_count number of bytes in the buffer
/// @returns new labels to be given to `mts_labels_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_load_buffer(
    buffer: InArray<u8>,
    buffer_count: usize,
) -> *const mts_labels_t {
    guard("mts_labels_load_buffer", || {
        Ok(give_shared(load_labels(from_buffer(
            &buffer,
            buffer_count,
        )?)?))
    })
}

/// Save labels to a file, replacing it if it exists.
///
/// @param path path of the file, in UTF-8
/// @param labels labels to save
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_save(path: Text, labels: In<mts_labels_t>) -> mts_status_t {
    guard("mts_labels_save", || {
        let path = Path::new(path.get("path")?);
        save_labels(Output::Path(path), labels.get("labels")?)
    })
}

/// Save labels to a buffer.
///
/// @param buffer pointer to the buffer, which is grown with `realloc` if it is too
///        small. The pointed value can be NULL if the pointed `buffer_count` is 0.
///        The buffer belongs to the caller, also on error
/// @param buffer_count pointer to the size of the buffer, set to the number of
///        bytes written; not changed on error
/// @param realloc_user_data first argument of `realloc`
/// @param realloc function used to grow the buffer
/// @param labels labels to save
#[unsafe(no_mangle)]
pub extern "C" fn mts_labels_save_buffer(
    mut buffer: InOut<*mut u8>,
    mut buffer_count: InOut<usize>,
    realloc_user_data: *mut c_void,
    realloc: mts_realloc_buffer_t,
    labels: In<mts_labels_t>,
) -> mts_status_t {
    guard("mts_labels_save_buffer", || {
        let labels = labels.get("labels")?;
        save_to_buffer(
            &mut buffer,
            &mut buffer_count,
            realloc_user_data,
            realloc,
            |output| save_labels(output, labels),
        )
    })
}
