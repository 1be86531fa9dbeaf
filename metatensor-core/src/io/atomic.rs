//! Writing files in one go: readers see the previous content or the new one,
//! and a failure leaves the previous content alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{Error, Result};

/// Small writes are collected up to this size.
const BUFFER: usize = 128 * 1024;

/// Write the file at `path` with `write`, through a temporary file in the same folder.
pub(super) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<()>,
) -> Result<()> {
    // write through symbolic links, as opening the file would
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let existing = fs::metadata(&path).ok();
    if existing.is_some() {
        // renaming does not need the right to write to this very file, but
        // users who removed this right had a reason
        let file = OpenOptions::new().write(true).open(&path).map_err(failed)?;
        if existing
            .as_ref()
            .is_some_and(|metadata| !metadata.is_file())
        {
            // a device or a pipe
            return write_to(file, write).map(drop);
        }
    }
    let (temporary, file) = match create_sibling(&path) {
        Ok(created) => created,
        Err(error) if existing.is_some() && error.kind() == io::ErrorKind::PermissionDenied => {
            // the file can be changed, but its folder can not
            let file = OpenOptions::new()
                .write(true)
                .truncate(true)
                .open(&path)
                .map_err(failed)?;
            return write_to(file, write).map(drop);
        }
        Err(error) => return Err(failed(error)),
    };
    let result = write_to(file, write).and_then(|file| {
        if let Some(metadata) = existing {
            file.set_permissions(metadata.permissions())
                .map_err(failed)?;
        }
        drop(file);
        fs::rename(&temporary, &path).map_err(failed)
    });
    if result.is_err() {
        // nothing better can be done when this fails as well
        let _ = fs::remove_file(&temporary);
    }
    result
}

fn failed(source: io::Error) -> Error {
    Error::Io {
        context: "failed to write the file".into(),
        source,
    }
}

fn write_to(file: File, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<File> {
    let mut writer = BufWriter::with_capacity(BUFFER, file);
    match write(&mut writer) {
        Ok(()) => writer
            .into_inner()
            .map_err(|error| failed(error.into_error())),
        Err(error) => {
            // what is still in the buffer is not worth writing
            drop(writer.into_parts());
            Err(error)
        }
    }
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
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("mts-atomic-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("temporary folder");
        path
    }

    fn content(bytes: &'static [u8]) -> impl FnOnce(&mut dyn Write) -> Result<()> {
        move |writer| writer.write_all(bytes).map_err(failed)
    }

    fn entries(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).expect("folder").map(|entry| {
            entry
                .expect("entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        });
        names.collect()
    }

    #[test]
    fn creates_and_replaces() {
        let folder = folder("replace");
        let path = folder.join("file.mts");
        write_file(&path, content(b"first")).expect("created");
        write_file(&path, content(b"2")).expect("replaced");
        assert_eq!(fs::read(&path).expect("content"), b"2");
        assert_eq!(entries(&folder), ["file.mts"]);
        fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn failure_keeps_the_previous_file() {
        let folder = folder("failure");
        let path = folder.join("file.mts");
        let fail = |writer: &mut dyn Write| {
            writer.write_all(b"partial").map_err(failed)?;
            Err(Error::Serialization("no luck".into()))
        };
        assert!(write_file(&path, fail).is_err());
        assert!(entries(&folder).is_empty());

        write_file(&path, content(b"previous")).expect("created");
        assert!(write_file(&path, fail).is_err());
        assert_eq!(fs::read(&path).expect("content"), b"previous");
        assert_eq!(entries(&folder), ["file.mts"]);
        fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn missing_folder() {
        let path = folder("missing").join("no such folder").join("file.mts");
        let error = write_file(&path, content(b"x")).expect_err("missing folder");
        assert!(matches!(error, Error::Io { .. }), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_are_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = folder("permissions");
        let (path, link) = (folder.join("file.mts"), folder.join("link.mts"));
        write_file(&path, content(b"first")).expect("created");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("permissions");
        symlink(&path, &link).expect("link");

        write_file(&link, content(b"second")).expect("replaced");
        assert_eq!(fs::read(&path).expect("content"), b"second");
        assert!(fs::symlink_metadata(&link).expect("link").is_symlink());
        let mode = fs::metadata(&path).expect("metadata").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::remove_dir_all(folder).expect("removed");
    }

    #[cfg(unix)]
    #[test]
    fn devices_are_written_directly() {
        write_file(Path::new("/dev/null"), content(b"x")).expect("written");
        use std::os::unix::fs::FileTypeExt;
        let metadata = fs::metadata("/dev/null").expect("metadata");
        assert!(metadata.file_type().is_char_device());
    }
}
