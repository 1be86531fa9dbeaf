//! Plans of operations on whole tensor maps, and the metadata they are about.

mod blocks;
mod dimensions;
mod join;
mod lazy;
mod metadata;
mod options;
mod queries;
mod result;
mod select;
