//! Loading parts of files: the same as these parts of everything.

use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex};

use metatensor_core::array::{Array, DType};
use metatensor_core::io::{
    Blocks, Input, LoadOptions, MakeArrays, ReadAt, load_block_structure, load_block_with,
    load_tensor_structure, load_tensor_with,
};
use metatensor_core::{Labels, Result, TensorBlock, TensorMap};

use super::bytes_array::{BytesArray, bytes, create};
use super::files::{explained, same_block, same_labels, same_tensor};

/// Reads the bytes of a file in pieces.
#[derive(Debug)]
struct Pieces<'a>(&'a [u8]);

impl ReadAt for Pieces<'_> {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_exact_at(&self, offset: u64, output: &mut [u8]) -> std::io::Result<()> {
        output.copy_from_slice(&self.0[offset as usize..][..output.len()]);
        Ok(())
    }
}

/// Makes arrays out of the bytes of a file which is mapped.
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
        // this must be part of the file, and have the right size
        let bytes = &self.0[range.start as usize..range.end as usize];
        let size = shape.iter().product::<usize>() * dtype.size_of();
        assert_eq!(bytes.len(), size, "{shape:?} {dtype}");
        Ok(Some(Box::new(BytesArray {
            dtype,
            shape: shape.to_vec(),
            data: Arc::new(Mutex::new(bytes.to_vec())),
            read_only: true,
        })))
    }
}

/// Everything that can be asked about a part of a map, given what loading all of
/// it gave.
pub fn map_parts(data: &[u8], whole: Option<&TensorMap>) {
    let input = Input::Buffer(data);
    let structure = explained(load_tensor_structure(input, &LoadOptions::default()));
    let mapped = Input::Mapped(Path::new("mapped.mts"), data);
    let mapped = load_tensor_with(mapped, &LoadOptions::default(), &mut Mapped(data));
    let mapped = explained(mapped);
    let pieces = Pieces(data);
    let pieces = load_tensor_with(Input::Reader(&pieces), &LoadOptions::default(), &mut create);
    let pieces = explained(pieces);
    assert_eq!(pieces.is_some(), whole.is_some());
    let Some(whole) = whole else {
        // the values may be what is wrong, but nothing else
        let indices = [0];
        let options = LoadOptions {
            blocks: Some(Blocks::Indices(&indices)),
            ..LoadOptions::default()
        };
        explained(load_tensor_with(input, &options, &mut create));
        return;
    };
    same_tensor(whole, &pieces.expect("the same file"));
    let structure = structure.expect("part of what can be loaded");
    same_labels(whole.keys(), structure.keys());
    assert_eq!(whole.info_iter().len(), structure.info_iter().len());
    for (block, structure) in whole.blocks().iter().zip(structure.blocks()) {
        same_structure(block, structure);
    }
    let mapped = mapped.expect("the same file");
    for (block, mapped) in whole.blocks().iter().zip(mapped.blocks()) {
        same_structure(block, mapped);
    }

    // some block, which depends on the content
    let count = whole.blocks().len();
    let choice = data.iter().map(|&byte| usize::from(byte)).sum::<usize>();
    if let Some(index) = choice.checked_rem(count) {
        one_block(input, whole, index, choice);
    }
}

fn one_block(input: Input, whole: &TensorMap, index: usize, choice: usize) {
    let indices = [index, index];
    let mut options = LoadOptions {
        blocks: Some(Blocks::Indices(&indices[..1])),
        verify: choice.is_multiple_of(2),
        ..LoadOptions::default()
    };
    let part = load_tensor_with(input, &options, &mut create).expect("part of what can be loaded");
    assert_eq!(part.blocks().len(), 1);
    same_block(&whole.blocks()[index], &part.blocks()[0]);
    by_key(input, whole, index);
    // a block twice would be a key twice
    let twice = LoadOptions {
        blocks: Some(Blocks::Indices(&indices)),
        ..LoadOptions::default()
    };
    assert!(explained(load_tensor_with(input, &twice, &mut create)).is_none());

    let samples = whole.blocks()[index].samples();
    let (Some(row), size) = (choice.checked_rem(samples.count()), samples.size()) else {
        return;
    };
    let values = &samples.values_cpu().unwrap()[row * size..][..size];
    let selection = Labels::from_vec(samples.names(), values.to_vec()).unwrap();
    options.samples = Some(&selection);
    let part = load_tensor_with(input, &options, &mut create).expect("part of what can be loaded");
    same_rows(&whole.blocks()[index], &part.blocks()[0], &[row]);
}

/// Choosing a block by its whole key gives the same as its position.
fn by_key(input: Input, whole: &TensorMap, index: usize) {
    let (keys, size) = (whole.keys(), whole.keys().size());
    let key = keys.values_cpu().unwrap()[index * size..][..size].to_vec();
    let selection = Labels::from_vec(keys.names(), key).unwrap();
    let options = LoadOptions {
        blocks: Some(Blocks::Keys(&selection)),
        ..LoadOptions::default()
    };
    let part = load_tensor_with(input, &options, &mut create).expect("part of what can be loaded");
    assert_eq!(part.blocks().len(), 1);
    same_labels(part.keys(), &selection);
    same_block(&whole.blocks()[index], &part.blocks()[0]);
}

/// The part of a block with these rows.
fn same_rows(whole: &TensorBlock, part: &TensorBlock, rows: &[usize]) {
    assert_eq!(part.samples().count(), rows.len());
    let total = whole.samples().count();
    let bytes_of_all = bytes(whole);
    let row_size = bytes_of_all.len().checked_div(total).unwrap_or(0);
    let expected = rows
        .iter()
        .flat_map(|row| &bytes_of_all[row * row_size..][..row_size]);
    assert!(bytes(part).iter().eq(expected));
    for (parameter, gradient) in whole.gradients() {
        let size = gradient.samples().size();
        let samples = gradient.samples().values_cpu().unwrap();
        let kept = (0..gradient.samples().count())
            .filter(|i| rows.contains(&(samples[i * size] as usize)))
            .collect::<Vec<_>>();
        same_rows(gradient, part.gradient(parameter).unwrap(), &kept);
    }
}

/// The same for a single block.
pub fn block_parts(data: &[u8], whole: Option<&TensorBlock>) {
    let input = Input::Buffer(data);
    let structure = explained(load_block_structure(input, &LoadOptions::default()));
    let mapped = Input::Mapped(Path::new("mapped.mts"), data);
    let mapped = load_block_with(mapped, &LoadOptions::default(), &mut Mapped(data));
    let mapped = explained(mapped);
    let pieces = Pieces(data);
    let pieces = load_block_with(Input::Reader(&pieces), &LoadOptions::default(), &mut create);
    let pieces = explained(pieces);
    assert_eq!(pieces.is_some(), whole.is_some());
    if let Some(whole) = whole {
        same_block(whole, &pieces.expect("the same file"));
        same_structure(whole, &structure.expect("part of what can be loaded"));
        same_structure(whole, &mapped.expect("the same file"));
    }
}

/// Everything but the values.
fn same_structure(first: &TensorBlock, second: &TensorBlock) {
    assert_eq!(first.dtype().unwrap(), second.dtype().unwrap());
    assert_eq!(
        first.values().shape().unwrap(),
        second.values().shape().unwrap()
    );
    assert_eq!(first.components().len(), second.components().len());
    for axis in 0..first.components().len() + 2 {
        same_labels(first.labels(axis).unwrap(), second.labels(axis).unwrap());
    }
    assert_eq!(first.gradients().len(), second.gradients().len());
    for (parameter, gradient) in first.gradients() {
        same_structure(gradient, second.gradient(parameter).unwrap());
    }
}
