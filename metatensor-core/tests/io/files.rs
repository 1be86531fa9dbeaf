//! Writing to files and to anything else.

use std::io::{self, Write};

use metatensor_core::ErrorKind::Io;
use metatensor_core::io::{Input, Output, load_labels, save_labels, save_tensor};

use crate::bytes_array::{assert_error, labels, saved, tensor};
use crate::npz::{self, map_entries, zip};

/// A writer with little place.
struct Limited(usize);

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.0 {
            return Err(io::Error::other("this is full"));
        }
        self.0 -= bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn failures_of_the_writer() {
    let map = tensor(&zip(&map_entries())).expect("valid");
    let size = saved(|output| save_tensor(output, &map)).len();
    for place in (0..size).step_by(7) {
        let result = save_tensor(Output::Writer(&mut Limited(place)), &map);
        assert_error(result, Io, &["TensorMap", "this is full"]);
    }
    assert!(save_tensor(Output::Writer(&mut Limited(size)), &map).is_ok());

    let item = labels(&npz::labels(&["a"], &[1])).expect("valid");
    let result = save_labels(Output::Writer(&mut Limited(130)), &item);
    assert_error(result, Io, &["Labels", "this is full"]);
}

#[test]
fn same_content_in_files() {
    let item = labels(&npz::labels(&["a", "b"], &[1, 2, 3, 4])).expect("valid");
    let path = std::env::temp_dir().join(format!("mts-files-{}.mts", std::process::id()));
    save_labels(Output::Path(&path), &item).expect("saved");
    assert_eq!(
        std::fs::read(&path).expect("saved"),
        saved(|output| save_labels(output, &item))
    );
    let loaded = load_labels(Input::Path(&path)).expect("valid");
    assert!(loaded.equals(&item).expect("on CPU"));
    std::fs::remove_file(path).expect("removed");
}
