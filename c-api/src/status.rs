//! Statuses returned by all functions.

use metatensor_core::ErrorKind;

/// Status of the functions of this library. Anything other than `MTS_SUCCESS` is
/// a failure, described by `mts_last_error`. Callbacks may return any value, all
/// non-zero values are failures.
#[repr(transparent)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct mts_status_t(pub i32);

impl mts_status_t {
    /// The function succeeded.
    pub const MTS_SUCCESS: mts_status_t = mts_status_t(0);
    /// A parameter is not valid.
    pub const MTS_INVALID_PARAMETER_ERROR: mts_status_t = mts_status_t(1);
    /// A file or a buffer could not be read or written.
    pub const MTS_IO_ERROR: mts_status_t = mts_status_t(2);
    /// The content of a file or buffer is not valid, or data can not be stored.
    pub const MTS_SERIALIZATION_ERROR: mts_status_t = mts_status_t(3);
    /// A buffer given by the caller is too small.
    pub const MTS_BUFFER_SIZE_ERROR: mts_status_t = mts_status_t(4);
    /// A callback given by the caller failed.
    pub const MTS_CALLBACK_ERROR: mts_status_t = mts_status_t(254);
    /// The library broke one of its own rules: this is a bug of metatensor.
    pub const MTS_INTERNAL_ERROR: mts_status_t = mts_status_t(255);
}

impl From<ErrorKind> for mts_status_t {
    fn from(kind: ErrorKind) -> mts_status_t {
        match kind {
            ErrorKind::InvalidParameter => mts_status_t::MTS_INVALID_PARAMETER_ERROR,
            ErrorKind::Io => mts_status_t::MTS_IO_ERROR,
            ErrorKind::Serialization => mts_status_t::MTS_SERIALIZATION_ERROR,
            ErrorKind::BufferSize => mts_status_t::MTS_BUFFER_SIZE_ERROR,
            ErrorKind::Callback => mts_status_t::MTS_CALLBACK_ERROR,
            ErrorKind::Internal => mts_status_t::MTS_INTERNAL_ERROR,
        }
    }
}
