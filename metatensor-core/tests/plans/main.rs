//! Plans against the simplest possible implementation of the same operations.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

mod blocks;
mod edit;
mod errors;
mod execute;
mod generate;
mod handles;
mod join;
mod lazy;
mod metadata;
mod model;
mod reduce;
mod select;
mod sort;
