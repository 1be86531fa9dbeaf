//! Reading and writing `.mts` files.

mod accepted;
mod attacks;
mod bytes_array;
mod files;
mod hints;
mod npz;
mod refused;
mod vectors;
