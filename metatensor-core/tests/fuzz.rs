//! The inputs kept by fuzzing, see `fuzz/`, without fuzzing.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../fuzz/src/lib.rs"]
mod fuzz;

use std::fs;
use std::path::Path;

/// Run the function called `name` on its inputs.
fn replay(name: &str) {
    let (_, target) = fuzz::TARGETS
        .iter()
        .find(|target| target.0 == name)
        .expect("a target");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let mut count = 0;
    for entry in fs::read_dir(folder.join(name)).expect("the corpus is there") {
        let path = entry.expect("readable").path();
        let content = fs::read(&path).expect("readable");
        println!("{}", path.display()); // shown in case of failure
        target(&content);
        count += 1;
    }
    assert!(count >= 5, "only {count} inputs for {name}");
}

macro_rules! replay {
    ($($name: ident),* $(,)?) => {
        $(
            #[test]
            fn $name() {
                replay(stringify!($name));
            }
        )*

        #[test]
        fn all_targets_are_tested() {
            let names = fuzz::TARGETS.iter().map(|target| target.0);
            assert_eq!(names.collect::<Vec<_>>(), [$(stringify!($name)),*]);
        }
    };
}

replay!(
    archive,
    block_file,
    dtype_json,
    info_json,
    keys_to,
    labels_file,
    labels_operations,
    map_file,
    npy_header,
    zip_directory,
);
