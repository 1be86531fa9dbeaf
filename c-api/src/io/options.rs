//! Options for loading and saving.

use metatensor_core::io::{Blocks, LoadOptions, SaveOptions};
use metatensor_core::{Error, Result};

use crate::handle::{OptIn, Options, null};
use crate::labels::mts_labels_t;

/// How to save. Zero is the default of all options: files are then the same as
/// those of `mts_tensormap_save`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct mts_save_options_t {
    /// Size of this structure in bytes.
    pub size: usize,
    /// If not 0, start all arrays at multiples of 64 bytes in the file, so that
    /// they can be used without a copy when the file is mapped in memory. Such
    /// files can be read by any implementation.
    pub aligned: i32,
    /// If not 0, accept values of types which only this implementation can store:
    /// bfloat16, 8-bit floating point numbers and 32-bit complex numbers.
    pub extended_dtypes: i32,
    /// If not 0, wait until the file is on the disk, so that it survives a loss of
    /// power. Not used when saving to a buffer.
    pub sync: i32,
    /// Must be 0.
    pub reserved: i32,
}

// SAFETY: integers without padding, the first one is the size
unsafe impl Options for mts_save_options_t {}

impl mts_save_options_t {
    /// The options for the core.
    pub fn check(&self) -> Result<SaveOptions> {
        if self.reserved != 0 {
            return Err(Error::InvalidParameter(format!(
                "`options.reserved` must be 0, got {}",
                self.reserved
            )));
        }
        Ok(SaveOptions {
            aligned: self.aligned != 0,
            extended_dtypes: self.extended_dtypes != 0,
            sync: self.sync != 0,
        })
    }
}

/// What to load, and how. Zero is the default of all options: load everything.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct mts_load_options_t {
    /// Size of this structure in bytes.
    pub size: usize,
    /// If not NULL, only load the blocks whose key matches any row of these labels,
    /// in the order of `mts_labels_select`. Other blocks are not read.
    pub keys: *const mts_labels_t,
    /// If not NULL, only load the blocks at these positions, in this order. Can not
    /// be used together with `keys`.
    pub blocks: *const usize,
    /// Number of positions in `blocks`.
    pub blocks_count: usize,
    /// If not NULL, only load the samples which match any row of these labels, in
    /// the order of `mts_labels_select`, and the rows of gradients which belong to
    /// them. Other rows are not read from files whose arrays are not compressed.
    pub samples: *const mts_labels_t,
    /// If not 0, map the file in memory: values are only read when they are used.
    /// They are arrays of origin `metatensor.native`, which can be changed without
    /// changing the file. Values which are not aligned in the file, or can not be
    /// used as they are for another reason, are copied. The file must not be
    /// changed as long as the arrays exist, only replaced, as saving does.
    pub mmap: i32,
    /// If not 0, also check values which are mapped, or read only in part, against
    /// the checksums of the file: this has to read them entirely. Values which are
    /// read entirely are always checked.
    pub verify: i32,
}

// SAFETY: integers and addresses without padding, the first one is the size
unsafe impl Options for mts_load_options_t {}

impl mts_load_options_t {
    /// The options for the core.
    pub fn check(&self) -> Result<LoadOptions<'_>> {
        // SAFETY: NULL or valid during the call, as all parameters
        let (keys, samples) = unsafe { (self.keys.as_ref(), self.samples.as_ref()) };
        let blocks = match (self.blocks.is_null(), self.blocks_count) {
            (true, 0) => None,
            (true, _) => return Err(null("options.blocks")),
            (false, count) => Some(self.block_indices(count)?),
        };
        let blocks = match (keys, blocks) {
            (Some(_), Some(_)) => {
                return Err(Error::InvalidParameter(
                    "`options.keys` and `options.blocks` can not be used together".into(),
                ));
            }
            (Some(keys), None) => Some(Blocks::Keys(keys)),
            (None, Some(blocks)) => Some(Blocks::Indices(blocks)),
            (None, None) => None,
        };
        Ok(LoadOptions {
            blocks,
            samples,
            verify: self.verify != 0,
        })
    }

    fn block_indices(&self, count: usize) -> Result<&[usize]> {
        // more positions than this would not fit in memory
        if isize::try_from(count.saturating_mul(size_of::<usize>())).is_err() {
            return Err(Error::InvalidParameter(format!(
                "the number of values in `options.blocks` is too large ({count})"
            )));
        }
        // SAFETY: valid for `count` values during the call, as all parameters
        Ok(unsafe { std::slice::from_raw_parts(self.blocks, count) })
    }
}

/// The options for something which is not a file to load.
pub fn without_mmap(options: OptIn<mts_load_options_t>) -> Result<mts_load_options_t> {
    let options = options.get("options")?;
    if options.mmap != 0 {
        return Err(Error::InvalidParameter(
            "`options.mmap` must be 0: only values of files can be mapped in memory".into(),
        ));
    }
    Ok(options)
}
