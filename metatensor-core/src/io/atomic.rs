//! Writing files in one go: readers see the previous content or the new one,
//! and a failure leaves the previous content alone.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::sink::{Sink, Stream, buffered};
use crate::{Error, Result};

/// Symbolic links to follow before giving up, as Linux does.
const MAX_LINKS: usize = 40;

/// Write the file at `path` with `write`, through a temporary file in the same folder.
/// With `sync`, wait until everything is on the disk.
pub(super) fn write_file(
    path: &Path,
    sync: bool,
    write: impl FnOnce(&mut dyn Sink) -> Result<()>,
) -> Result<()> {
    let path = follow_links(path);
    let existing = fs::metadata(&path).ok();
    if existing.is_some() {
        // renaming does not need the right to write to this very file, but
        // users who removed this right had a reason
        let file = OpenOptions::new().write(true).open(&path).map_err(failed)?;
        if existing
            .as_ref()
            .is_some_and(|existing| !existing.is_file())
        {
            // a device or a pipe
            let mut writer = Stream(buffered(file));
            write(&mut writer)?;
            return writer.flush().map_err(failed);
        }
    }
    let (temporary, file) = match create_sibling(&path) {
        Ok(created) => created,
        Err(error) if existing.is_some() && error.kind() == io::ErrorKind::PermissionDenied => {
            // the file can be changed, but its folder can not
            return write_in_place(&path, sync, write);
        }
        Err(error) => return Err(failed(error)),
    };
    let result = write_to(file, write).and_then(|file| {
        if let Some(existing) = &existing {
            keep_access(&file, existing).map_err(failed)?;
        }
        if sync {
            file.sync_all().map_err(failed)?;
        }
        drop(file);
        fs::rename(&temporary, &path).map_err(failed)
    });
    if result.is_err() {
        // nothing better can be done when this fails as well
        let _ = fs::remove_file(&temporary);
    } else if sync {
        sync_folder(&path).map_err(failed)?;
    }
    result
}

fn failed(source: io::Error) -> Error {
    Error::Io {
        context: "failed to write the file".into(),
        source,
    }
}

/// The file behind symbolic links, which does not have to exist: links are written
/// through, as opening the file would.
fn follow_links(path: &Path) -> PathBuf {
    if let Ok(path) = fs::canonicalize(path) {
        return path;
    }
    let mut path = path.to_owned();
    // the links of existing devices, as the standard output, can be without a path
    for _ in 0..MAX_LINKS {
        match fs::read_link(&path) {
            Ok(target) if fs::metadata(&path).is_err() => {
                path = path.parent().unwrap_or(Path::new("")).join(target);
            }
            _ => break,
        }
    }
    path
}

fn write_to(file: File, write: impl FnOnce(&mut dyn Sink) -> Result<()>) -> Result<File> {
    let mut writer = buffered(file);
    match write(&mut writer) {
        Ok(()) => finish(writer),
        Err(error) => {
            // what is still in the buffer is not worth writing
            drop(writer.into_parts());
            Err(error)
        }
    }
}

fn finish(writer: BufWriter<File>) -> Result<File> {
    writer
        .into_inner()
        .map_err(|error| failed(error.into_error()))
}

/// Replace the content of a file which can not be replaced itself. Everything is
/// collected in memory first, so that only failures of the disk lose data; what is
/// written may also come from a mapping of this very file.
fn write_in_place(
    path: &Path,
    sync: bool,
    write: impl FnOnce(&mut dyn Sink) -> Result<()>,
) -> Result<()> {
    let mut content = Vec::new();
    write(&mut Stream(&mut content))?;
    let replace = || {
        let mut file = OpenOptions::new().write(true).open(path)?;
        file.write_all(&content)?;
        file.set_len(content.len() as u64)?;
        if sync { file.sync_all() } else { Ok(()) }
    };
    replace().map_err(failed)
}

/// Give a new file the owner and permissions of the one it replaces. Only the
/// superuser can give files away; for others the file becomes theirs.
fn keep_access(file: &File, existing: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (existing.uid(), existing.gid()) {
            // the group can be kept by its members even if the owner can not
            let _ = fchown(file, None, Some(existing.gid()));
            let _ = fchown(file, Some(existing.uid()), None);
        }
    }
    file.set_permissions(existing.permissions())
}

/// Wait until the new name of a file is on the disk.
fn sync_folder(path: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let current = folder.as_os_str().is_empty();
    File::open(if current { Path::new(".") } else { folder })?.sync_all()
}

/// Create a new file in the same folder as `path`.
fn create_sibling(path: &Path) -> io::Result<(PathBuf, File)> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let process = std::process::id();
    loop {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let sibling = path.with_file_name(format!(".metatensor-{process}-{number}.tmp"));
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&sibling)
        {
            Ok(file) => return Ok((sibling, file)),
            // left by another process with the same id, maybe on another machine
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests;
