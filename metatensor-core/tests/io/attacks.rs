//! Hostile files, see `tools/make_attacks.py`.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use metatensor_core::ErrorKind;

use crate::bytes_array::{block, labels, tensor};

#[test]
fn all_are_refused() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/attacks");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("attacks are part of the repository") {
        let path = entry.expect("readable").path();
        if path.extension().is_none_or(|extension| extension != "mts") {
            continue;
        }
        let content = fs::read(&path).expect("readable");
        let start = Instant::now();
        for error in [
            labels(&content).err(),
            block(&content).err(),
            tensor(&content).err(),
        ] {
            let error = error.unwrap_or_else(|| panic!("{} was accepted", path.display()));
            assert!(
                !matches!(error.kind(), ErrorKind::Internal | ErrorKind::Callback),
                "{}: {error}",
                path.display()
            );
        }
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{} takes too long",
            path.display()
        );
        count += 1;
    }
    assert!(count >= 10, "only {count} files were found");
}
