//! Errors of the core: one type for each kind of object, with one variant for
//! each cause, all convertible to [`Error`].

mod block;
mod labels;
mod labels_edit;
mod labels_operation;
mod merge;
mod plan;
mod plan_message;
mod structure;
mod tensor;

use std::fmt;

pub use self::block::{AxisLabels, BlockError, GradientError};
pub use self::labels::LabelsError;
pub use self::labels_edit::LabelsEditError;
pub use self::labels_operation::LabelsOperationError;
pub use self::merge::MergeError;
pub use self::plan::PlanError;
pub use self::structure::{Place, StructureError};
pub use self::tensor::{InfoError, TensorMapError};

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

/// What kind of mistake an [`Error`] is about: bindings raise different exceptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCategory {
    /// None of the others.
    Other,
    /// An unknown name or option, a wrong number of values, …
    InvalidValue,
    /// A position outside of the allowed range.
    OutOfRange,
    /// Metadata of several objects must be the same, and is not.
    Different,
    /// This is not implemented, as gradients of gradients for most operations.
    Unsupported,
}

/// Anything that can go wrong in this crate.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A parameter does not satisfy the documented conditions.
    InvalidParameter(String),
    /// Labels can not be made from these parameters.
    Labels(LabelsError),
    /// An operation on labels got parameters that do not fit.
    LabelsOperation(LabelsOperationError),
    /// Labels can not be made from others as requested.
    LabelsEdit(LabelsEditError),
    /// Values and labels do not form a block.
    Block(BlockError),
    /// A gradient does not fit its block.
    Gradient(GradientError),
    /// Keys and blocks do not form a tensor map.
    TensorMap(TensorMapError),
    /// Global metadata can not be stored.
    Info(InfoError),
    /// Blocks of a tensor map can not be merged or changed as requested.
    Merge(MergeError),
    /// Arrays do not fit a given structure.
    Structure(StructureError),
    /// An operation on a whole tensor map can not be planned.
    Plan(PlanError),
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
    /// What kind of mistake this is.
    #[must_use]
    pub fn category(&self) -> ErrorCategory {
        match self {
            Error::Plan(error) => error.category(),
            _ => ErrorCategory::Other,
        }
    }

    /// Category of this error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Error::InvalidParameter(_)
            | Error::Labels(_)
            | Error::LabelsOperation(_)
            | Error::LabelsEdit(_)
            | Error::Block(_)
            | Error::Gradient(_)
            | Error::TensorMap(_)
            | Error::Info(_)
            | Error::Merge(_)
            | Error::Structure(_)
            | Error::Plan(_) => ErrorKind::InvalidParameter,
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
            Error::Labels(error) => write!(f, "invalid parameter: {error}"),
            Error::LabelsOperation(error) => write!(f, "invalid parameter: {error}"),
            Error::LabelsEdit(error) => write!(f, "invalid parameter: {error}"),
            Error::Block(error) => write!(f, "invalid parameter: {error}"),
            Error::Gradient(error) => write!(f, "invalid parameter: {error}"),
            Error::TensorMap(error) => write!(f, "invalid parameter: {error}"),
            Error::Info(error) => write!(f, "invalid parameter: {error}"),
            Error::Merge(error) => write!(f, "invalid parameter: {error}"),
            Error::Structure(error) => write!(f, "invalid parameter: {error}"),
            Error::Plan(error) => write!(f, "invalid parameter: {error}"),
            Error::Io { context, source } => write!(f, "io error: {context}: {source}"),
            Error::Serialization(message) => write!(f, "serialization error: {message}"),
            Error::BufferSize(message) => write!(f, "buffer is too small: {message}"),
            Error::Callback { function } => write!(f, "array callback `{function}` failed"),
            Error::Internal(message) => {
                write!(f, "internal error (please report it as a bug): {message}")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } => Some(source),
            Error::Labels(error) => Some(error),
            Error::LabelsOperation(error) => Some(error),
            Error::LabelsEdit(error) => Some(error),
            Error::Block(error) => Some(error),
            Error::Gradient(error) => Some(error),
            Error::TensorMap(error) => Some(error),
            Error::Info(error) => Some(error),
            Error::Merge(error) => Some(error),
            Error::Structure(error) => Some(error),
            Error::Plan(error) => Some(error),
            Error::InvalidParameter(_)
            | Error::Serialization(_)
            | Error::BufferSize(_)
            | Error::Callback { .. }
            | Error::Internal(_) => None,
        }
    }
}

/// Make causes convertible to the variant of [`Error`] with the same name.
macro_rules! causes {
    ($($variant: ident($cause: ty)),+ $(,)?) => {$(
        impl From<$cause> for Error {
            fn from(cause: $cause) -> Error {
                Error::$variant(cause)
            }
        }

        impl std::error::Error for $cause {}
    )+};
}

causes! {
    Labels(LabelsError),
    LabelsOperation(LabelsOperationError),
    LabelsEdit(LabelsEditError),
    Block(BlockError),
    Gradient(GradientError),
    TensorMap(TensorMapError),
    Info(InfoError),
    Merge(MergeError),
    Structure(StructureError),
    Plan(PlanError),
}
