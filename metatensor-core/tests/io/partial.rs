//! Loading some blocks and some samples: the same as slices of everything, but
//! reading less.

use std::cell::Cell;
use std::io;
use std::sync::Arc;

use metatensor_core::ErrorKind::{InvalidParameter, Io};
use metatensor_core::io::{
    Blocks, Input, LoadOptions, ReadAt, SaveOptions, load_block_with, load_tensor_structure,
    load_tensor_with, save_tensor, save_tensor_with,
};
use metatensor_core::{Labels, TensorBlock, TensorMap};
use proptest::prelude::*;

use crate::bytes_array::{BytesArray, assert_error, bytes, create, saved};
use crate::npz::{self, block_entries, map_entries, with, zip};
use crate::random_maps::{PLAIN, any_map, assert_same_maps};

/// The rows of a block at these positions.
fn slice(block: &TensorBlock, positions: &[usize]) -> TensorBlock {
    let size = block.samples().size();
    let rows = block.samples().values_cpu().expect("on CPU");
    let row = |i: &usize| rows[i * size..][..size].to_vec();
    take(block, positions, positions.iter().flat_map(row).collect())
}

fn take(block: &TensorBlock, positions: &[usize], rows: Vec<i32>) -> TensorBlock {
    let mut shape = block.values().shape().expect("known");
    let dtype = block.dtype().expect("known");
    let row = shape[1..].iter().product::<usize>() * dtype.size_of();
    let input = bytes(block);
    shape[0] = positions.len();
    let array = BytesArray::zeros(dtype, &shape);
    let values = positions.iter().flat_map(|i| &input[i * row..][..row]);
    *array.data.lock().expect("no panic") = values.copied().collect();
    let samples = Labels::from_vec(block.samples().names(), rows).expect("distinct rows");
    let (components, properties) = (block.components().to_vec(), block.properties());
    let mut result = TensorBlock::new(Box::new(array), samples, components, properties.clone())
        .expect("valid block");
    for (parameter, gradient) in block.gradients() {
        let size = gradient.samples().size();
        let (mut kept, mut rows) = (Vec::new(), Vec::new());
        let all_rows = gradient.samples().values_cpu().expect("on CPU");
        for (i, row) in all_rows.chunks(size).enumerate() {
            if let Some(sample) = positions.iter().position(|p| *p == row[0] as usize) {
                kept.push(i);
                rows.push(sample as i32);
                rows.extend(&row[1..]);
            }
        }
        let gradient = take(gradient, &kept, rows);
        result.add_gradient(parameter, gradient).expect("valid");
    }
    result
}

/// The blocks of a map at these positions, with the selected samples.
fn slice_map(map: &TensorMap, indices: &[usize], samples: Option<&Labels>) -> TensorMap {
    let keys = map.keys().values_cpu().expect("on CPU");
    let keys = indices.iter().flat_map(|i| &keys[2 * i..][..2]).copied();
    let keys = Labels::from_vec(map.keys().names(), keys.collect()).expect("distinct");
    let blocks = indices.iter().map(|i| {
        let block = &map.blocks()[*i];
        let positions = match samples {
            Some(selection) => block.samples().select(selection).expect("valid"),
            None => (0..block.samples().count()).collect(),
        };
        Box::new(slice(block, &positions))
    });
    let mut result = TensorMap::new(keys, blocks.collect()).expect("valid");
    for (key, value) in map.info_iter() {
        result.set_info(key, value.to_bytes()).expect("valid");
    }
    result
}

fn labels(names: &[&str], rows: &[i32]) -> Arc<Labels> {
    Labels::from_vec(names, rows.to_vec()).expect("distinct rows")
}

/// Selections with all and some of the names of the samples, in any order.
fn selections() -> [Arc<Labels>; 6] {
    [
        labels(&["s"], &[2]),
        labels(&["s"], &[3, 0, 7]),
        labels(&["t", "s"], &[1, 1, 0, 3, 2, 0]),
        labels(&["s", "t"], &[3, 0, 1, 2, 0, 0, 9, 9]),
        labels(&["t"], &[]),
        labels(&[], &[]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn same_as_slices(shape in any_map(&PLAIN), aligned: bool, verify: bool) {
        let map = shape.make();
        let save = SaveOptions { aligned, ..SaveOptions::default() };
        let buffer = saved(|output| save_tensor_with(output, &map, &save));
        let reader = Slow::new(buffer.clone());
        let count = map.blocks().len();
        let reversed = (0..count).rev().step_by(2).collect::<Vec<_>>();
        let keys = labels(&["half"], &[0, 2, 3]);
        let selected = map.keys().select(&keys).expect("valid");
        let none = [];
        for (blocks, indices) in [
            (None, (0..count).collect()),
            (Some(Blocks::Indices(&reversed)), reversed.clone()),
            (Some(Blocks::Indices(&none)), vec![]),
            (Some(Blocks::Keys(&keys)), selected),
        ] {
            for samples in selections().iter().map(|labels| Some(&**labels)).chain([None]) {
                let options = LoadOptions { blocks, samples, verify };
                let expected = slice_map(&map, &indices, samples);
                for input in [Input::Buffer(&buffer), Input::Reader(&reader)] {
                    let loaded = load_tensor_with(input, &options, &mut create);
                    assert_same_maps(&loaded.expect("valid"), &expected);
                    let structure = load_tensor_structure(input, &options);
                    assert_same_maps(&structure.expect("valid"), &expected);
                }
            }
        }
    }
}

/// A buffer which counts what is read.
#[derive(Debug)]
struct Slow {
    content: Vec<u8>,
    read: Cell<usize>,
}

impl Slow {
    fn new(content: Vec<u8>) -> Slow {
        let read = Cell::new(0);
        Slow { content, read }
    }
}

impl ReadAt for Slow {
    fn size(&self) -> u64 {
        self.content.len() as u64
    }

    fn read_exact_at(&self, offset: u64, output: &mut [u8]) -> io::Result<()> {
        self.read.set(self.read.get() + output.len());
        let start = offset as usize;
        output.copy_from_slice(&self.content[start..start + output.len()]);
        Ok(())
    }
}

/// Eight blocks of 1000 samples with 100 numbers each.
fn wide_map() -> TensorMap {
    let samples = labels(&["s"], &(0..1000).collect::<Vec<_>>());
    let properties = labels(&["p"], &(0..100).collect::<Vec<_>>());
    let blocks = (0..8).map(|i| {
        let array = BytesArray::zeros(crate::bytes_array::dtype("float64"), &[1000, 100]);
        let numbers = (0..100_000).flat_map(|n| f64::from(n * 8 + i).to_ne_bytes());
        *array.data.lock().expect("no panic") = numbers.collect();
        let block = TensorBlock::new(Box::new(array), samples.clone(), vec![], properties.clone());
        Box::new(block.expect("valid"))
    });
    let keys = labels(&["k", "half"], &(0..16).collect::<Vec<_>>());
    TensorMap::new(keys, blocks.collect()).expect("valid")
}

#[test]
fn only_what_is_needed_is_read() {
    let map = wide_map();
    let reader = Slow::new(saved(|output| save_tensor(output, &map)));
    let read = |options: &LoadOptions, structure: bool| {
        reader.read.set(0);
        let loaded = if structure {
            load_tensor_structure(Input::Reader(&reader), options)
        } else {
            load_tensor_with(Input::Reader(&reader), options, &mut create)
        };
        (loaded.expect("valid"), reader.read.get())
    };
    // samples are 4 kB, values 800 kB; windows add some more
    let labels_size = 40_000;
    let block_size = 800_000;
    let everything = LoadOptions::default();
    assert!(read(&everything, false).1 > 8 * block_size);
    assert!(read(&everything, true).1 < 8 * labels_size);

    let indices = [5];
    let one_block = LoadOptions {
        blocks: Some(Blocks::Indices(&indices)),
        ..everything
    };
    let (loaded, count) = read(&one_block, false);
    assert_same_maps(&loaded, &slice_map(&map, &indices, None));
    assert!((block_size..block_size + labels_size).contains(&count));

    // rows next to each other, and far from each other
    for (rows, runs) in [(&[500, 501, 502, 503][..], 1), (&[900, 3, 400, 7][..], 4)] {
        let selection = labels(&["s"], rows);
        let options = LoadOptions {
            samples: Some(&selection),
            ..one_block
        };
        let (loaded, count) = read(&options, false);
        assert_same_maps(&loaded, &slice_map(&map, &indices, Some(&selection)));
        let limit = labels_size + rows.len() * 800 + runs * 4096;
        assert!(count < limit, "{count} bytes for {runs} runs");
        let verify = LoadOptions {
            verify: true,
            ..options
        };
        assert!(read(&verify, false).1 > block_size);
    }
}

#[test]
fn files() {
    let map = wide_map();
    let path = std::env::temp_dir().join(format!("mts-partial-{}.mts", std::process::id()));
    std::fs::write(&path, saved(|output| save_tensor(output, &map))).expect("written");
    let selection = labels(&["s"], &[999, 0, 10, 11, 12, 500]);
    let options = LoadOptions {
        blocks: Some(Blocks::Indices(&[7, 0])),
        samples: Some(&selection),
        verify: false,
    };
    let loaded = load_tensor_with(Input::Path(&path), &options, &mut create).expect("valid");
    assert_same_maps(&loaded, &slice_map(&map, &[7, 0], Some(&selection)));
    std::fs::remove_file(path).expect("removed");
}

#[test]
fn wrong_selections() {
    let content = zip(&map_entries());
    let load = |blocks, samples| {
        let options = LoadOptions {
            blocks,
            samples,
            verify: false,
        };
        load_tensor_with(Input::Buffer(&content), &options, &mut create)
    };
    assert_error(
        load(Some(Blocks::Indices(&[1])), None),
        InvalidParameter,
        &["1"],
    );
    assert_error(
        load(Some(Blocks::Indices(&[0, 0])), None),
        InvalidParameter,
        &["k=0", "more than once"],
    );
    let unknown = labels(&["z"], &[1]);
    assert_error(
        load(Some(Blocks::Keys(&unknown)), None),
        InvalidParameter,
        &["'z'", "keys"],
    );
    assert_error(
        load(None, Some(&unknown)),
        InvalidParameter,
        &["'z'", "blocks/0/samples.npy"],
    );
    let block = zip(&block_entries(""));
    let options = LoadOptions {
        blocks: Some(Blocks::Indices(&[0])),
        ..LoadOptions::default()
    };
    let result = load_block_with(Input::Buffer(&block), &options, &mut create);
    assert_error(result, InvalidParameter, &["blocks", "TensorBlock"]);
}

/// Files which are wrong where only a part is read.
#[test]
fn wrong_files() {
    let selection = labels(&["s"], &[1]);
    let load = |entries: Vec<npz::Entry>, verify| {
        let content = zip(&entries);
        let options = LoadOptions {
            samples: Some(&selection),
            verify,
            ..LoadOptions::default()
        };
        load_tensor_with(Input::Buffer(&content), &options, &mut create)
    };
    // more samples than values
    let samples = npz::labels(&["s"], &[0, 1, 2]);
    let entries = with(map_entries(), "blocks/0/samples.npy", samples);
    assert_error(
        load(entries, false),
        InvalidParameter,
        &["blocks/0/values.npy", "2", "3"],
    );

    let mut entries = map_entries();
    entries[1].crc = Some(7);
    assert!(load(entries.clone(), false).is_ok());
    assert_error(load(entries.clone(), true), Io, &["checksum"]);
    // compressed data is always read entirely
    entries[1].method = 8;
    assert_error(load(entries, false), Io, &["checksum"]);

    for (names, rows) in [
        (&["sample"][..], &[5][..]),
        (&["other"], &[0]),
        (&["sample"], &[-1]),
    ] {
        let mut entries = map_entries();
        for (name, data) in [
            ("values", npz::values("<i2", "(1, 1)", &[1, 0])),
            ("samples", npz::labels(names, rows)),
        ] {
            let name = format!("blocks/0/gradients/g/{name}.npy");
            entries.push(npz::Entry::new(&name, data));
        }
        assert_error(
            load(entries, false),
            InvalidParameter,
            &["gradients/g/samples.npy"],
        );
    }
}
