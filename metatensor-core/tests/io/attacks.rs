//! Hostile files, see `tools/make_attacks.py`.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use metatensor_core::array::{Array, DType};
use metatensor_core::io::{
    Blocks, Input, LoadOptions, MakeArrays, load_block_with, load_tensor_structure,
    load_tensor_with,
};
use metatensor_core::{Error, ErrorKind, Labels, Result};

use crate::bytes_array::{BytesArray, block, create, labels, tensor};

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
            with_options(&content),
            mapped(&content),
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

#[test]
fn all_are_made_by_the_script() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let script = fs::read_to_string(root.join("tools/make_attacks.py")).expect("readable");
    let mut written = script
        .lines()
        .skip_while(|line| !line.ends_with("files = {"))
        .filter_map(|line| line.strip_prefix("        \"")?.split_once("\": "))
        .map(|(name, _)| format!("{name}.mts"))
        .collect::<Vec<_>>();
    written.sort_unstable();
    let mut kept = fs::read_dir(root.join("tests/attacks"))
        .expect("attacks are part of the repository")
        .map(|entry| entry.expect("readable").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect::<Vec<_>>();
    kept.sort_unstable();
    assert_eq!(written, kept);
}

/// Maps values, which are never read, and checks that they are where they can be.
struct Mapped<'a>(&'a [u8]);

impl MakeArrays for Mapped<'_> {
    fn create(&mut self, shape: &[usize], dtype: DType) -> Result<Box<dyn Array>> {
        create(shape, dtype)
    }

    fn map(
        &mut self,
        shape: &[usize],
        dtype: DType,
        range: Range<u64>,
    ) -> Result<Option<Box<dyn Array>>> {
        let mapped = &self.0[range.start as usize..range.end as usize];
        let array = BytesArray::zeros(dtype, shape);
        assert_eq!(mapped.len(), array.bytes().len());
        Ok(Some(Box::new(array)))
    }
}

/// The error of mapping the file in memory, without and with checking the values.
fn mapped(content: &[u8]) -> Option<Error> {
    let input = Input::Mapped(Path::new("mapped.mts"), content);
    for verify in [false, true] {
        let options = LoadOptions {
            verify,
            ..LoadOptions::default()
        };
        load_block_with(input, &options, &mut Mapped(content)).err()?;
        load_tensor_with(input, &options, &mut Mapped(content)).err()?;
    }
    let options = LoadOptions {
        blocks: Some(Blocks::Indices(&[0])),
        verify: true,
        ..LoadOptions::default()
    };
    load_tensor_with(input, &options, &mut Mapped(content)).err()
}

/// The error of loading some samples, and the structure.
fn with_options(content: &[u8]) -> Option<Error> {
    let samples = Labels::from_vec(&["s"], vec![0]).expect("valid");
    let options = LoadOptions {
        samples: Some(&samples),
        ..LoadOptions::default()
    };
    let input = Input::Buffer(content);
    load_tensor_structure(input, &options).err()?;
    load_tensor_structure(input, &LoadOptions::default()).err()?;
    load_tensor_with(input, &options, &mut create).err()
}

/// Small reproducible random numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// Set `METATENSOR_MUTATIONS` for more than a quick check.
#[test]
fn mutations_never_panic() {
    let count =
        std::env::var("METATENSOR_MUTATIONS").map_or(150, |count| count.parse().expect("a number"));
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for name in [
        "block",
        "labels",
        "map-bool",
        "map-gradients",
        "map-gradients-compressed",
    ] {
        let original = fs::read(folder.join(name).with_extension("mts")).expect("readable");
        for _ in 0..count {
            let mut content = original.clone();
            for _ in 0..=random.below(4) {
                let position = random.below(content.len());
                match random.below(4) {
                    0 => content[position] = random.below(256) as u8,
                    1 => content[position] ^= 1 << random.below(8),
                    2 => content.truncate(position.max(1)),
                    _ => {
                        // bytes from somewhere else
                        let from = random.below(content.len());
                        let length = random.below(20).min(content.len() - from.max(position));
                        content.copy_within(from..from + length, position);
                    }
                }
            }
            let _ = (labels(&content), block(&content), tensor(&content));
            let _ = (with_options(&content), mapped(&content));
        }
    }
}
