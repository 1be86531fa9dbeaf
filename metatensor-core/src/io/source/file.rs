//! Reading regular files at any position.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::{Error, Result};

/// Open a regular file; also gives its size.
pub(super) fn open_regular(path: &Path) -> Result<(File, u64)> {
    let failed = |source| Error::Io {
        context: "failed to open the file".into(),
        source,
    };
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        let source = io::Error::new(io::ErrorKind::InvalidInput, "this is not a regular file");
        return Err(failed(source));
    }
    Ok((file, metadata.len()))
}

#[cfg(unix)]
pub(super) fn read_exact_at(file: &File, output: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, output, offset)
}

#[cfg(windows)]
pub(super) fn read_exact_at(file: &File, mut output: &mut [u8], mut offset: u64) -> io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !output.is_empty() {
        match file.seek_read(output, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                output = &mut output[count..];
                offset += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
