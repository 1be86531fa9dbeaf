//! What is fuzzed: functions taking any bytes, which must not panic, nor take
//! more memory or time than the size of their input allows.
//!
//! `cargo fuzz` runs them on new inputs; `tests/fuzz.rs` of `metatensor-core`
//! includes this file to run them on the inputs kept in `corpus/`.
#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "modules shared with the tests of metatensor-core"
)]
#![allow(clippy::unwrap_used, reason = "failures are what is looked for")]

#[path = "../../tests/io/bytes_array.rs"]
mod bytes_array;
#[path = "../../tests/io/npz.rs"]
mod npz;
#[path = "../../tests/support/mod.rs"]
mod support;

mod archives;
mod files;
mod input;
mod labels;
mod labels_changes;
mod labels_model;
mod moving_keys;
mod parts;

pub use self::archives::{archive, dtype_json, info_json, npy_header, zip_directory};
pub use self::files::{block_file, labels_file, map_file};
pub use self::labels::labels_operations;
pub use self::moving_keys::keys_to;

/// A function to fuzz.
pub type Target = fn(&[u8]);

/// All functions to fuzz, and their names.
pub const TARGETS: &[(&str, Target)] = &[
    ("archive", archive),
    ("block_file", block_file),
    ("dtype_json", dtype_json),
    ("info_json", info_json),
    ("keys_to", keys_to),
    ("labels_file", labels_file),
    ("labels_operations", labels_operations),
    ("map_file", map_file),
    ("npy_header", npy_header),
    ("zip_directory", zip_directory),
];
