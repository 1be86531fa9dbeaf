//! Reading regular files at any position.

use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::path::Path;

use crate::{Error, Result};

/// Requests smaller than this go through the read-ahead window: an archive is
/// made of many small headers and entries which follow each other.
const WINDOW: usize = 64 * 1024;

/// A regular file with a small read-ahead window.
#[derive(Debug)]
pub(in crate::io) struct FileSource {
    file: File,
    size: u64,
    window: RefCell<Window>,
}

#[derive(Debug, Default)]
struct Window {
    start: u64,
    bytes: Vec<u8>,
}

impl Window {
    fn get(&self, offset: u64, length: usize) -> Option<&[u8]> {
        let start = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        self.bytes.get(start..start.checked_add(length)?)
    }
}

impl FileSource {
    pub(super) fn open(path: &Path) -> Result<FileSource> {
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
        Ok(FileSource {
            file,
            size: metadata.len(),
            window: RefCell::default(),
        })
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn read_exact_at(&self, offset: u64, output: &mut [u8]) -> io::Result<()> {
        let end = offset.checked_add(output.len() as u64);
        if end.is_none_or(|end| end > self.size) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if output.len() >= WINDOW {
            return read_exact_at(&self.file, output, offset);
        }
        let mut window = self.window.borrow_mut();
        if window.get(offset, output.len()).is_none() {
            let length = (self.size - offset).min(WINDOW as u64) as usize;
            let mut bytes = std::mem::take(&mut window.bytes);
            bytes.resize(length, 0);
            read_exact_at(&self.file, &mut bytes, offset)?;
            *window = Window {
                start: offset,
                bytes,
            };
        }
        match window.get(offset, output.len()) {
            Some(bytes) => output.copy_from_slice(bytes),
            None => return Err(io::ErrorKind::UnexpectedEof.into()),
        }
        Ok(())
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, output: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, output, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut output: &mut [u8], mut offset: u64) -> io::Result<()> {
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
