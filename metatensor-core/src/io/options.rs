//! What can be chosen when loading and saving.

use crate::Labels;

/// How to write files. By default they are, byte for byte, what the reference
/// implementation writes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SaveOptions {
    /// Start all arrays at multiples of 64 bytes in the file, so that they can be
    /// used where they are once the file is mapped in memory. Such files are a
    /// little larger, and can be read by any implementation.
    pub aligned: bool,
    /// Accept element types which only this implementation can store: bfloat16,
    /// 8-bit floating point numbers and complex numbers of two 16-bit numbers.
    pub extended_dtypes: bool,
    /// Wait until the file is on the disk, so that it survives a loss of power.
    pub sync: bool,
}

/// Blocks of a tensor map.
#[derive(Debug, Clone, Copy)]
pub enum Blocks<'a> {
    /// Blocks at these positions, in this order.
    Indices(&'a [usize]),
    /// Blocks whose key matches any row of these labels, as in [`Labels::select`].
    Keys(&'a Labels),
}

/// What to load.
#[derive(Debug, Clone, Copy, Default)]
pub struct LoadOptions<'a> {
    /// Only load these blocks of a tensor map. Other blocks are not even looked at.
    pub blocks: Option<Blocks<'a>>,
    /// Only load the samples matching any row of these labels, as in
    /// [`Labels::select`], and the rows of gradients which belong to them. Other
    /// values are not read, if they are stored without compression in row-major order.
    pub samples: Option<&'a Labels>,
    /// Also check the data which is mapped, or read only in part: this needs to
    /// read all of it. What is read entirely is always checked.
    pub verify: bool,
}
