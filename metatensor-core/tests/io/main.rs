//! Reading and writing `.mts` files.

mod accepted;
mod attacks;
mod bytes_array;
mod files;
mod hints;
mod npz;
mod options;
mod partial;
mod random_maps;
mod refused;
mod refused_content;
mod vectors;
