//! Error messages which say what was being loaded, and from where; and hints
//! at the right function when something else than expected is there.

use std::fmt;

use super::npy::read_header;
use super::source::{EntryReader, Source};
use super::zip::Archive;
use super::{Input, labels, values};
use crate::{Error, Result};

/// The three kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Labels,
    Block,
    TensorMap,
}

impl Kind {
    /// Other kinds to try when loading this one fails, in order.
    fn others(self) -> [Kind; 2] {
        match self {
            Kind::Labels => [Kind::TensorMap, Kind::Block],
            Kind::Block => [Kind::Labels, Kind::TensorMap],
            Kind::TensorMap => [Kind::Labels, Kind::Block],
        }
    }

    /// Function which loads this kind of file.
    fn function(self) -> &'static str {
        match self {
            Kind::Labels => "load_labels",
            Kind::Block => "load_block",
            Kind::TensorMap => "load",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Labels => "Labels",
            Kind::Block => "TensorBlock",
            Kind::TensorMap => "TensorMap",
        })
    }
}

/// Add a description of what was being done in front of the message of an error.
/// Failures of callbacks are left as they are: their message is elsewhere.
pub(super) fn add(error: Error, context: &str) -> Error {
    let cause: &dyn fmt::Display = match &error {
        Error::Callback { .. } => return error,
        Error::Io { context: inner, .. } => {
            let context = format!("{context}: {inner}");
            return match error {
                Error::Io { source, .. } => Error::Io { context, source },
                other => other,
            };
        }
        Error::Serialization(message) => {
            return Error::Serialization(format!("{context}: {message}"));
        }
        Error::BufferSize(message) => return Error::BufferSize(format!("{context}: {message}")),
        Error::Internal(message) => return Error::Internal(format!("{context}: {message}")),
        Error::InvalidParameter(message) => message,
        Error::Labels(cause) => cause,
        Error::LabelsOperation(cause) => cause,
        Error::LabelsEdit(cause) => cause,
        Error::Block(cause) => cause,
        Error::Gradient(cause) => cause,
        Error::TensorMap(cause) => cause,
        Error::Info(cause) => cause,
        Error::Merge(cause) => cause,
        Error::Structure(cause) => cause,
        Error::Plan(cause) => cause,
    };
    Error::InvalidParameter(format!("{context}: {cause}"))
}

/// Open `input`, read it, and explain failures.
pub(super) fn load<T>(
    input: Input,
    kind: Kind,
    read: impl FnOnce(&Source) -> Result<T>,
) -> Result<T> {
    let mut hint = None;
    let result = open(input).and_then(|source| {
        let result = read(&source);
        if let Err(Error::Serialization(_)) = &result {
            hint = kind
                .others()
                .into_iter()
                .find(|other| looks_like(*other, input, &source));
        }
        result
    });
    result.map_err(|error| {
        let (from, suffix) = match input {
            Input::Path(path) | Input::Mapped(path, _) => (format!("'{}'", path.display()), ""),
            Input::Buffer(_) => ("a buffer".to_owned(), "_buffer"),
            Input::Reader(_) => ("a reader".to_owned(), ""),
        };
        let error = add(error, &format!("failed to load a {kind} from {from}"));
        match (error, hint) {
            (Error::Serialization(message), Some(found)) => Error::Serialization(format!(
                "{message}; this looks like a {found}, use `{}{suffix}` to load it",
                found.function()
            )),
            (error, _) => error,
        }
    })
}

fn open(input: Input<'_>) -> Result<Source<'_>> {
    match input {
        Input::Path(path) => Source::open(path),
        Input::Mapped(_, []) => Err(Error::Serialization("the file is empty".into())),
        Input::Buffer([]) => Err(Error::Serialization("the buffer is empty".into())),
        Input::Buffer(bytes) | Input::Mapped(_, bytes) => Ok(Source::Buffer(bytes)),
        Input::Reader(reader) => Ok(Source::given(reader)),
    }
}

/// Could this be a file of the given kind?
fn looks_like(kind: Kind, input: Input, source: &Source) -> bool {
    match kind {
        Kind::Labels => {
            let extension = match input {
                Input::Path(path) | Input::Mapped(path, _) => path
                    .extension()
                    .is_some_and(|ext| ext.eq_ignore_ascii_case("npy")),
                Input::Buffer(_) | Input::Reader(_) => false,
            };
            extension || read_header(&mut EntryReader::whole(source)).is_ok()
        }
        Kind::Block => Archive::open(source).is_ok_and(|archive| {
            let extended = values::extended_dtype(&archive).unwrap_or_default();
            archive
                .entry("values.npy")
                .and_then(|mut reader| values::check_header(&mut reader, extended))
                .is_ok()
        }),
        Kind::TensorMap => Archive::open(source).is_ok_and(|archive| {
            archive
                .entry("keys.npy")
                .and_then(|mut reader| labels::read_table(&mut reader))
                .is_ok()
        }),
    }
}
