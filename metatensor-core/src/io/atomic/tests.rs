//! Files are replaced in one go, whatever happens.

use super::*;

fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("mts-atomic-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("temporary folder");
    path
}

fn content(bytes: &'static [u8]) -> impl FnOnce(&mut dyn Sink) -> Result<()> {
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
    write_file(&path, false, content(b"first")).expect("created");
    write_file(&path, false, content(b"2")).expect("replaced");
    assert_eq!(fs::read(&path).expect("content"), b"2");
    assert_eq!(entries(&folder), ["file.mts"]);
    fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn failure_keeps_the_previous_file() {
    let folder = folder("failure");
    let path = folder.join("file.mts");
    let fail = |writer: &mut dyn Sink| {
        writer.write_all(b"partial").map_err(failed)?;
        Err(Error::Serialization("no luck".into()))
    };
    assert!(write_file(&path, false, fail).is_err());
    assert!(entries(&folder).is_empty());

    write_file(&path, false, content(b"previous")).expect("created");
    assert!(write_file(&path, false, fail).is_err());
    assert_eq!(fs::read(&path).expect("content"), b"previous");
    assert_eq!(entries(&folder), ["file.mts"]);
    fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn missing_folder() {
    let path = folder("missing").join("no such folder").join("file.mts");
    let error = write_file(&path, false, content(b"x")).expect_err("missing folder");
    assert!(matches!(error, Error::Io { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn permissions_and_links_are_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = folder("permissions");
    let (path, link) = (folder.join("file.mts"), folder.join("link.mts"));
    write_file(&path, false, content(b"first")).expect("created");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("permissions");
    symlink(&path, &link).expect("link");

    write_file(&link, false, content(b"second")).expect("replaced");
    assert_eq!(fs::read(&path).expect("content"), b"second");
    assert!(fs::symlink_metadata(&link).expect("link").is_symlink());
    let mode = fs::metadata(&path).expect("metadata").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    fs::remove_dir_all(folder).expect("removed");
}

#[cfg(unix)]
#[test]
fn devices_are_written_directly() {
    write_file(Path::new("/dev/null"), false, content(b"x")).expect("written");
    use std::os::unix::fs::FileTypeExt;
    let metadata = fs::metadata("/dev/null").expect("metadata");
    assert!(metadata.file_type().is_char_device());
}

#[cfg(unix)]
#[test]
fn links_to_nothing_are_written_through() {
    use std::os::unix::fs::symlink;
    let folder = folder("dangling");
    let (path, link, again) = (
        folder.join("file.mts"),
        folder.join("link.mts"),
        folder.join("again.mts"),
    );
    symlink("file.mts", &link).expect("link");
    symlink("link.mts", &again).expect("link");
    write_file(&again, true, content(b"new")).expect("created");
    assert_eq!(fs::read(&path).expect("content"), b"new");
    assert!(fs::symlink_metadata(&link).expect("link").is_symlink());
    fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn writing_in_place() {
    let folder = folder("place");
    let path = folder.join("file.mts");
    fs::write(&path, b"something long").expect("created");
    write_in_place(&path, true, content(b"short")).expect("replaced");
    assert_eq!(fs::read(&path).expect("content"), b"short");

    let fail = |writer: &mut dyn Sink| {
        writer.write_all(b"partial").map_err(failed)?;
        Err(Error::Serialization("no luck".into()))
    };
    assert!(write_in_place(&path, false, fail).is_err());
    assert_eq!(fs::read(&path).expect("content"), b"short");
    fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn concurrent_writers() {
    // each byte takes long under Miri
    let (size, repeats) = if cfg!(miri) { (50, 2) } else { (5000, 20) };
    let folder = folder("concurrent");
    let path = folder.join("file.mts");
    std::thread::scope(|scope| {
        for i in 0..8_u8 {
            let path = &path;
            scope.spawn(move || {
                for _ in 0..repeats {
                    let write = |writer: &mut dyn Sink| {
                        let parts = vec![i; size];
                        parts
                            .chunks(size / 5)
                            .try_for_each(|part| writer.write_all(part))
                            .map_err(failed)
                    };
                    write_file(path, false, write).expect("written");
                    let content = fs::read(path).expect("content");
                    assert_eq!(content.len(), size);
                    assert!(content.iter().all(|byte| *byte == content[0]));
                }
            });
        }
    });
    assert_eq!(entries(&folder), ["file.mts"]);
    fs::remove_dir_all(folder).expect("removed");
}

#[cfg(unix)]
#[test]
#[cfg_attr(miri, ignore = "Miri has file descriptors of its own")]
fn pipes_are_written_directly() {
    let (reader, writer) = io::pipe().expect("pipe");
    let path = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&writer));
    if !Path::new(&path).exists() {
        return;
    }
    write_file(Path::new(&path), false, content(b"through a pipe")).expect("written");
    drop(writer);
    assert_eq!(
        io::read_to_string(reader).expect("content"),
        "through a pipe"
    );
}

#[test]
fn replacing_bytes() {
    let folder = folder("patch");
    let path = folder.join("file.mts");
    let write = |writer: &mut dyn Sink| {
        assert!(writer.can_replace());
        let mut parts = || {
            writer.write_all(b"0123456789")?;
            writer.replace(2, b"ab")?;
            writer.write_all(b"end")
        };
        parts().map_err(failed)
    };
    write_file(&path, false, write).expect("written");
    assert_eq!(fs::read(&path).expect("content"), b"01ab456789end");
    fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn folders_which_can_be_synchronized() {
    for path in ["file.mts", "./file.mts", "../file.mts", "/file.mts"] {
        sync_folder(Path::new(path)).expect("the folder exists");
    }
    if cfg!(unix) {
        assert!(sync_folder(Path::new("no such folder/file.mts")).is_err());
    }
}
