//! Files mapped in memory.

use std::fs::File;
use std::ops::Range;
use std::path::Path;

use memmap2::{MmapOptions, MmapRaw};
use metatensor_core::{Error, Result};

/// The content of a file, as memory which only this process can change: pages are
/// copied by the system when they are written to, and the file stays the same.
#[derive(Debug)]
pub struct Mapping(Option<MmapRaw>);

impl Mapping {
    /// Map a file.
    pub fn new(path: &Path) -> Result<Mapping> {
        let failed = |source| Error::Io {
            context: format!("failed to map '{}' in memory", path.display()),
            source,
        };
        let file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if !metadata.is_file() {
            let kind = std::io::ErrorKind::InvalidInput;
            return Err(failed(std::io::Error::new(
                kind,
                "this is not a regular file",
            )));
        }
        if metadata.len() == 0 {
            // there is nothing to map
            return Ok(Mapping(None));
        }
        let mut options = MmapOptions::new();
        // most pages will never be written to: do not ask for memory for all of them
        options.no_reserve_swap();
        // SAFETY: users promise not to change the file, see `mts_load_options_t`
        let mapping = unsafe { options.map_copy(&file) }.map_err(failed)?;
        Ok(Mapping(Some(mapping.into())))
    }

    /// The content of the file. It must not be written to as long as this is used.
    pub fn bytes(&self) -> &[u8] {
        match &self.0 {
            // SAFETY: this is what was mapped
            Some(mapping) => unsafe { std::slice::from_raw_parts(mapping.as_ptr(), mapping.len()) },
            None => &[],
        }
    }

    /// Address of these bytes; `None` if they are not all there.
    pub fn address(&self, bytes: &Range<u64>) -> Option<*mut u8> {
        let mapping = self.0.as_ref()?;
        let start = usize::try_from(bytes.start).ok()?;
        let end = usize::try_from(bytes.end).ok()?;
        (start <= end && end <= mapping.len()).then(|| mapping.as_mut_ptr().wrapping_add(start))
    }
}
