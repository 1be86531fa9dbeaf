//! Errors of the core.

use std::fmt;

/// Result of the functions of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Broad category of an [`Error`], one for each status of the C API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// A parameter does not satisfy the documented conditions.
    InvalidParameter,
    /// Reading or writing failed.
    Io,
    /// The content of a file or buffer is not what it should be.
    Serialization,
    /// A buffer given by the caller is too small.
    BufferSize,
    /// An array (or another user callback) failed.
    Callback,
    /// A bug of this library.
    Internal,
}

/// Anything that can go wrong in this crate.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A parameter does not satisfy the documented conditions.
    InvalidParameter(String),
    /// Reading or writing failed.
    Io {
        /// What was being done, naming the file.
        context: String,
        /// Error of the operating system.
        source: std::io::Error,
    },
    /// The content of a file or buffer is not what it should be.
    Serialization(String),
    /// A buffer given by the caller is too small.
    BufferSize(String),
    /// A function of an [`Array`](crate::array::Array) failed; its own error is kept by the binding.
    Callback {
        /// Name of the function which failed.
        function: &'static str,
    },
    /// A bug of this library.
    Internal(String),
}

impl Error {
    /// Category of this error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Error::InvalidParameter(_) => ErrorKind::InvalidParameter,
            Error::Io { .. } => ErrorKind::Io,
            Error::Serialization(_) => ErrorKind::Serialization,
            Error::BufferSize(_) => ErrorKind::BufferSize,
            Error::Callback { .. } => ErrorKind::Callback,
            Error::Internal(_) => ErrorKind::Internal,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::InvalidParameter(message) => write!(f, "invalid parameter: {message}"),
            Error::Io { context, source } => write!(f, "io error: {context}: {source}"),
            Error::Serialization(message) => write!(f, "serialization error: {message}"),
            Error::BufferSize(message) => write!(f, "buffer is too small: {message}"),
            Error::Callback { function } => write!(f, "array callback `{function}` failed"),
            Error::Internal(message) => write!(f, "internal error (please report it as a bug): {message}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
