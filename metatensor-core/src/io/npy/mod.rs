//! The NPY format: one array, or one table of labels, per file.

mod descr;
mod header;
mod parser;

pub(super) use self::descr::{ByteOrder, check_labels_fields, dtype_from_descr, dtype_to_descr};
pub(super) use self::header::{Header, labels_header, read_header, values_header};
pub(super) use self::parser::Descr;
