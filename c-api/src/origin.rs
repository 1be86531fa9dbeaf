//! Registration of array implementations.

use std::ffi::{CString, c_char};

use metatensor_core::array::{DataOrigin, origin};

use crate::guard::guard;
use crate::handle::{Out, Text};
use crate::status::mts_status_t;

/// Identifier of an implementation of `mts_array_t`, obtained with
/// `mts_register_data_origin`. 0 stands for unknown origins.
pub type mts_data_origin_t = u64;

/// Register the name of an array implementation. Registering the same name again
/// gives the same identifier. Can be called from any thread.
///
/// @param name name of the origin, copied. It must be UTF-8
/// @param origin set to the identifier of this origin
#[unsafe(no_mangle)]
pub extern "C" fn mts_register_data_origin(
    name: Text,
    origin: Out<mts_data_origin_t>,
) -> mts_status_t {
    guard("mts_register_data_origin", || {
        let name = name.get("name")?;
        let result = origin.check("origin")?;
        result.set(origin::register(name).0);
        Ok(())
    })
}

/// Get the name of a data origin, or `unregistered origin` if it is unknown. Can
/// be called from any thread.
///
/// @param origin identifier of the origin
/// @param buffer set to the name, with a final NUL
/// @param buffer_size size of the buffer; if it is too small the function fails
///        with `MTS_BUFFER_SIZE_ERROR` and does not change the buffer
#[unsafe(no_mangle)]
pub extern "C" fn mts_get_data_origin(
    origin: mts_data_origin_t,
    mut buffer: Out<c_char>,
    buffer_size: usize,
) -> mts_status_t {
    guard("mts_get_data_origin", || {
        // names come from C strings, so there is no NUL inside
        let name = CString::new(origin::name(DataOrigin(origin))).unwrap_or_default();
        buffer.set_text(&name, buffer_size, "buffer")
    })
}
