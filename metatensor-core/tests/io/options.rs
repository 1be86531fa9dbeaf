//! Loading and saving with options.

use std::ops::Range;

use metatensor_core::array::{Array, DType, DTypeCode};
use metatensor_core::io::{
    Input, LoadOptions, MakeArrays, Output, SaveOptions, load_block_structure, load_block_with,
    load_tensor_structure, load_tensor_with, save_block, save_block_with, save_tensor,
    save_tensor_with,
};
use metatensor_core::{ErrorKind, Result, TensorMap};
use proptest::prelude::*;

use crate::bytes_array::{BytesArray, assert_error, block, create, saved, tensor};
use crate::npz::{Entry, block_entries, map_entries, values, with, zip};
use crate::random_maps::{EXTENDED, PLAIN, any_map, assert_same_blocks, assert_same_maps};

const ALL_OPTIONS: SaveOptions = SaveOptions {
    aligned: true,
    extended_dtypes: true,
    sync: true,
};

/// Makes arrays out of the bytes of a buffer.
struct Mapper<'a> {
    buffer: &'a [u8],
    mapped: Vec<Range<u64>>,
}

impl Mapper<'_> {
    fn new(buffer: &[u8]) -> Mapper<'_> {
        Mapper {
            buffer,
            mapped: Vec::new(),
        }
    }
}

impl MakeArrays for Mapper<'_> {
    fn create(&mut self, shape: &[usize], dtype: DType) -> Result<Box<dyn Array>> {
        create(shape, dtype)
    }

    fn map(
        &mut self,
        shape: &[usize],
        dtype: DType,
        bytes: Range<u64>,
    ) -> Result<Option<Box<dyn Array>>> {
        let array = BytesArray::zeros(dtype, shape);
        let content = &self.buffer[bytes.start as usize..bytes.end as usize];
        array
            .data
            .lock()
            .expect("no panic")
            .copy_from_slice(content);
        self.mapped.push(bytes);
        Ok(Some(Box::new(array)))
    }
}

/// Load in all ways.
fn check_loading(map: &TensorMap, buffer: &[u8]) {
    assert_same_maps(&tensor(buffer).expect("valid"), map);
    for verify in [false, true] {
        let options = LoadOptions {
            verify,
            ..LoadOptions::default()
        };
        let mut mapper = Mapper::new(buffer);
        let loaded = load_tensor_with(Input::Buffer(buffer), &options, &mut mapper);
        assert_same_maps(&loaded.expect("valid"), map);
    }
    let structure = load_tensor_structure(Input::Buffer(buffer), &LoadOptions::default());
    let structure = structure.expect("valid");
    assert_same_maps(&structure, map);
    for block in structure.blocks() {
        assert!(block.device().expect("known").has_no_data());
        let message = block.values().to_host().expect_err("no data").to_string();
        assert!(message.contains("not loaded"), "{message}");
    }
    // everything which is known is kept by copies
    assert_same_maps(&structure.copy().expect("without data"), map);
}

fn save_options(aligned: bool, extended_dtypes: bool) -> SaveOptions {
    SaveOptions {
        aligned,
        extended_dtypes,
        sync: false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn plain_maps(shape in any_map(&PLAIN)) {
        let map = shape.make();
        let default = saved(|output| save_tensor(output, &map));
        for (aligned, extended) in [(false, false), (true, false), (false, true), (true, true)] {
            let options = save_options(aligned, extended);
            let buffer = saved(|output| save_tensor_with(output, &map, &options));
            check_loading(&map, &buffer);
            // these types do not need any extension
            prop_assert!(aligned || buffer == default);
        }
    }

    #[test]
    fn extended_maps(shape in any_map(&EXTENDED)) {
        let map = shape.make();
        for aligned in [false, true] {
            let options = save_options(aligned, true);
            let buffer = saved(|output| save_tensor_with(output, &map, &options));
            check_loading(&map, &buffer);
        }
        for saved_block in map.blocks() {
            let options = save_options(false, true);
            let buffer = saved(|output| save_block_with(output, saved_block, &options));
            assert_same_blocks(&block(&buffer).expect("valid"), saved_block);
            let structure = load_block_structure(Input::Buffer(&buffer), &LoadOptions::default());
            assert_same_blocks(&structure.expect("valid"), saved_block);
            let error = save_block(Output::Writer(&mut Vec::new()), saved_block);
            assert_error(error, ErrorKind::Serialization, &["`extended_dtypes`"]);
        }
    }

    #[test]
    fn aligned_maps(shape in any_map(&PLAIN)) {
        let map = shape.make();
        let buffer = saved(|output| save_tensor_with(output, &map, &save_options(true, false)));
        let mut mapper = Mapper::new(&buffer);
        let options = LoadOptions::default();
        load_tensor_with(Input::Buffer(&buffer), &options, &mut mapper).expect("valid");
        for range in &mapper.mapped {
            prop_assert_eq!(range.start % 64, 0);
        }
    }
}

#[test]
fn to_files() {
    let map = tensor(&zip(&map_entries())).expect("valid");
    let path = std::env::temp_dir().join(format!("mts-options-{}.mts", std::process::id()));
    save_tensor_with(Output::Path(&path), &map, &ALL_OPTIONS).expect("saved");
    assert_eq!(
        std::fs::read(&path).expect("saved"),
        saved(|output| save_tensor_with(output, &map, &ALL_OPTIONS))
    );
    std::fs::remove_file(path).expect("removed");
}

/// Large enough for several threads.
#[test]
fn large_values() {
    let elements = 1 << 20;
    let data = (0..elements * 8)
        .map(|i: usize| (i * i / 7) as u8)
        .collect::<Vec<_>>();
    let shape = format!("({elements}, 1)");
    let mut entries = with(
        map_entries(),
        "blocks/0/values.npy",
        values("<f8", &shape, &data),
    );
    let rows = (0..elements as i32).collect::<Vec<_>>();
    let samples = crate::npz::labels(&["s"], &rows);
    entries = with(entries, "blocks/0/samples.npy", samples);
    let map = tensor(&zip(&entries)).expect("valid");
    let path = std::env::temp_dir().join(format!("mts-large-{}.mts", std::process::id()));
    for options in [SaveOptions::default(), ALL_OPTIONS] {
        let buffer = saved(|output| save_tensor_with(output, &map, &options));
        assert_same_maps(&tensor(&buffer).expect("valid"), &map);
        save_tensor_with(Output::Path(&path), &map, &options).expect("saved");
        assert!(std::fs::read(&path).expect("saved") == buffer);
        let loaded = load_tensor_with(Input::Path(&path), &LoadOptions::default(), &mut create);
        assert_same_maps(&loaded.expect("valid"), &map);
    }
    // one wrong byte is found, whoever reads it
    let mut content = std::fs::read(&path).expect("saved");
    let middle = content.len() / 2;
    content[middle] ^= 1;
    std::fs::write(&path, &content).expect("written");
    for input in [Input::Buffer(&content), Input::Path(&path)] {
        let options = LoadOptions::default();
        let result = load_tensor_with(input, &options, &mut create);
        assert_error(result, ErrorKind::Io, &["values.npy", "checksum"]);
    }
    std::fs::remove_file(path).expect("removed");
}

#[test]
fn checksums_of_mapped_values() {
    let mut entries = map_entries();
    entries[1].crc = Some(1);
    let buffer = zip(&entries);
    let load = |verify| {
        let options = LoadOptions {
            verify,
            ..LoadOptions::default()
        };
        load_tensor_with(Input::Buffer(&buffer), &options, &mut Mapper::new(&buffer))
    };
    assert!(load(false).is_ok());
    assert_error(load(true), ErrorKind::Io, &["values.npy", "checksum"]);
    let structure = load_tensor_structure(Input::Buffer(&buffer), &LoadOptions::default());
    assert!(structure.is_ok());
}

#[test]
fn what_is_not_mapped() {
    let mapped = |file: Vec<u8>, method: u16| {
        let mut entries = with(block_entries(""), "values.npy", file);
        entries[0].method = method;
        let buffer = zip(&entries);
        let mut mapper = Mapper::new(&buffer);
        let options = LoadOptions::default();
        load_block_with(Input::Buffer(&buffer), &options, &mut mapper).expect("valid");
        mapper.mapped.len()
    };
    let data = [1, 0, 1, 0];
    assert_eq!(mapped(values("<i2", "(2, 1)", &data), 0), 1);
    // compressed, in another byte order, in another order, of unknown content, empty
    assert_eq!(mapped(values("<i2", "(2, 1)", &data), 8), 0);
    assert_eq!(mapped(values(">i2", "(2, 1)", &data), 0), 0);
    let fortran = "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 1), }\n";
    assert_eq!(mapped(crate::npz::npy(fortran, &data), 0), 0);
    assert_eq!(mapped(values("<b1", "(2, 1)", &data[..2]), 0), 0);
}

#[test]
fn raw_bytes_without_description() {
    let file = values("|V2", "(2, 1)", &[0; 4]);
    let entries = with(map_entries(), "blocks/0/values.npy", file);
    let result = tensor(&zip(&entries));
    assert_error(result, ErrorKind::Serialization, &["|V2", "dtype.json"]);
    let load = |json: &str| {
        let mut entries = entries.clone();
        entries.push(Entry::new("dtype.json", json.into()));
        tensor(&zip(&entries))
    };
    let loaded = load(r#"{"version": 1, "dtype": "bfloat16", "other": []}"#).expect("valid");
    let bfloat16 = DType::new(DTypeCode::BFLOAT, 16);
    assert_eq!(loaded.dtype().expect("known"), bfloat16);
    for (json, mention) in [
        (r#"{"version": 2, "dtype": "bfloat16"}"#, "version 2"),
        (r#"{"version": 1, "dtype": "float8_e5m2"}"#, "|V2"),
        (r#"{"version": 1, "dtype": "float3"}"#, "float3"),
        ("{", "JSON"),
    ] {
        let mentions = ["dtype.json", mention];
        assert_error(load(json), ErrorKind::Serialization, &mentions);
    }
}
