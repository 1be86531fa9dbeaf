//! C API of metatensor.
//!
//! Every function of the header is one `extern "C"` function here, with the
//! conversions of [`handle`] for its parameters and one [`guard::guard`] around
//! its body. The logic is in `metatensor-core`.
#![expect(non_camel_case_types, reason = "types have the names of the C header")]

mod array;
mod block;
mod compare;
mod dlpack;
mod error;
mod guard;
mod handle;
mod io;
mod labels;
mod labels_columns;
mod labels_group;
mod labels_rows;
mod large_pages;
mod native;
mod origin;
mod plan;
mod rebuild;
mod short;
mod status;
mod strings;
mod structure;
mod tensor;
mod version;
