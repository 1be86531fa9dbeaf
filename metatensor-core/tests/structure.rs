//! Leaves of maps, and maps made from them.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::Arc;

use metatensor_core::array::Array;
use metatensor_core::{ErrorKind, Labels, Leaf, NewLeaf, TensorBlock, TensorMap};
use proptest::prelude::*;
use support::maps::{Numbers, any_map};
use support::*;

/// Copies of the arrays of all leaves.
fn copies(leaves: &[Leaf<'_>]) -> Vec<Box<dyn Array>> {
    let copy = |leaf: &Leaf<'_>| leaf.values().copy(leaf.node.device().unwrap()).unwrap();
    leaves.iter().map(copy).collect()
}

fn new_leaves<'a>(leaves: &[Leaf<'a>]) -> Vec<NewLeaf<'a>> {
    let new = leaves
        .iter()
        .zip(copies(leaves))
        .map(|(leaf, values)| NewLeaf {
            parent: leaf.parent,
            values,
            samples: Arc::clone(leaf.node.samples()),
            components: leaf.node.components().to_vec(),
            properties: Arc::clone(leaf.node.properties()),
        });
    new.collect()
}

/// Check that two blocks share their labels and have the same gradients and values.
fn check_same(first: &TensorBlock, second: &TensorBlock) {
    assert!(Arc::ptr_eq(first.samples(), second.samples()));
    assert!(Arc::ptr_eq(first.properties(), second.properties()));
    assert_eq!(first.components().len(), second.components().len());
    for (first, second) in first.components().iter().zip(second.components()) {
        assert!(Arc::ptr_eq(first, second));
    }
    assert_eq!(values(first), values(second));
    let parameters = |block: &TensorBlock| {
        let parameters = block.gradients().map(|(parameter, _)| parameter.to_owned());
        parameters.collect::<Vec<_>>()
    };
    assert_eq!(parameters(first), parameters(second));
    for (parameter, gradient) in first.gradients() {
        check_same(gradient, second.gradient(parameter).unwrap());
    }
}

/// The leaves of a block, found by their parameters.
fn count_leaves(block: &TensorBlock) -> usize {
    1 + block
        .gradients()
        .map(|(_, gradient)| count_leaves(gradient))
        .sum::<usize>()
}

proptest! {
    #[test]
    fn leaves_are_in_order(seed in any::<u64>()) {
        let tensor = any_map(seed);
        let leaves = tensor.leaves();
        prop_assert_eq!(leaves.len(), tensor.blocks().iter().map(|block| count_leaves(block)).sum::<usize>());
        let mut next = 0;
        for (i, leaf) in leaves.iter().enumerate() {
            match leaf.parent {
                None => {
                    prop_assert_eq!(leaf.block, next);
                    prop_assert!(std::ptr::eq(leaf.node, &raw const *tensor.blocks()[next]));
                    next += 1;
                }
                Some((parent, parameter)) => {
                    prop_assert!(parent < i && leaves[parent].block == leaf.block);
                    prop_assert!(std::ptr::eq(leaf.node, leaves[parent].node.gradient(parameter).unwrap()));
                }
            }
        }
        prop_assert_eq!(next, tensor.blocks().len());
    }

    #[test]
    fn other_arrays(seed in any::<u64>()) {
        let tensor = any_map(seed);
        let result = tensor.with_arrays(copies(&tensor.leaves())).unwrap();
        prop_assert!(Arc::ptr_eq(result.keys(), tensor.keys()));
        prop_assert_eq!(result.info("some"), tensor.info("some"));
        for (first, second) in tensor.blocks().iter().zip(result.blocks()) {
            check_same(first, second);
            let alone = first.with_arrays(copies(&first.leaves())).unwrap();
            check_same(first, &alone);
        }
    }

    #[test]
    fn from_leaves(seed in any::<u64>()) {
        let tensor = any_map(seed);
        let leaves = tensor.leaves();
        let result = TensorMap::from_leaves(Arc::clone(tensor.keys()), new_leaves(&leaves)).unwrap();
        prop_assert!(Arc::ptr_eq(result.keys(), tensor.keys()));
        for (first, second) in tensor.blocks().iter().zip(result.blocks()) {
            check_same(first, second);
        }
    }

    #[test]
    fn picked_blocks(seed in any::<u64>()) {
        let tensor = any_map(seed);
        let mut numbers = Numbers::new(!seed);
        let mut indices = (0..tensor.blocks().len()).collect::<Vec<_>>();
        numbers.shuffle(&mut indices);
        indices.truncate(numbers.below(indices.len() + 1));
        let leaves = indices.iter().flat_map(|&i| tensor.blocks()[i].leaves()).collect::<Vec<_>>();
        for arrays in [None, Some(copies(&leaves))] {
            let result = tensor.pick_blocks(&indices, arrays).unwrap();
            prop_assert_eq!(result.blocks().len(), indices.len());
            prop_assert_eq!(result.keys().names(), tensor.keys().names());
            for (i, &index) in indices.iter().enumerate() {
                check_same(&tensor.blocks()[index], &result.blocks()[i]);
                prop_assert_eq!(&rows(result.keys())[2 * i..][..2], &rows(tensor.keys())[2 * index..][..2]);
            }
        }
    }

    #[test]
    fn rows_of_gradients(seed in any::<u64>()) {
        let tensor = any_map(seed);
        let (found, starts) = tensor.gradient_rows().unwrap();
        let leaves = tensor.leaves();
        prop_assert_eq!(starts.len(), leaves.len() + 1);
        prop_assert_eq!(starts[leaves.len()], found.len());
        for (i, leaf) in leaves.iter().enumerate() {
            let expected = match leaf.parent {
                None => vec![],
                Some(_) => rows(leaf.node.samples()).chunks(2).map(|row| i64::from(row[0])).collect(),
            };
            prop_assert_eq!(&found[starts[i]..starts[i + 1]], &expected[..]);
        }
    }
}

/// One block with a gradient, which has a gradient.
fn example() -> TensorMap {
    let array = |shape: &[usize]| TestArray::new(shape, vec![0.0; shape.iter().product()]).boxed();
    let (s, p, c) = (
        column("s", &[0, 1]),
        column("p", &[0, 1, 2]),
        column("c", &[0]),
    );
    let rows = column("sample", &[1]);
    let new = |shape: &[usize], samples: &Arc<Labels>| {
        TensorBlock::new(
            array(shape),
            Arc::clone(samples),
            vec![Arc::clone(&c)],
            Arc::clone(&p),
        )
        .unwrap()
    };
    let other_block = || {
        let mut gradient = new(&[1, 1, 3], &rows);
        gradient
            .add_gradient("inner", new(&[1, 1, 3], &column("sample", &[0])))
            .unwrap();
        let mut block = new(&[2, 1, 3], &s);
        block.add_gradient("outer", gradient).unwrap();
        block
    };
    tensor(&column("k", &[5, 3]), vec![other_block(), other_block()])
}

#[test]
fn wrong_arrays() {
    let tensor = example();
    let with = |index: usize, array: Box<dyn Array>| {
        let mut arrays = copies(&tensor.leaves());
        arrays[index] = array;
        tensor.with_arrays(arrays)
    };
    let zeros = |shape: &[usize]| TestArray::new(shape, vec![0.0; shape.iter().product()]);
    assert!(with(1, zeros(&[1, 1, 3]).boxed()).is_ok());
    assert_invalid(
        with(0, zeros(&[2, 3]).boxed()),
        &["block 0", "2 axes", "3 labels"],
    );
    assert_invalid(
        with(4, zeros(&[2, 1, 3]).boxed()),
        &[
            "gradient 'outer' of block 1",
            "size 2 along axis 0",
            "samples",
            "1 entries",
        ],
    );
    assert_invalid(
        with(5, zeros(&[1, 2, 3]).boxed()),
        &[
            "gradient 'inner' of gradient 'outer' of block 1",
            "components[0]",
        ],
    );
    assert_invalid(
        with(2, zeros(&[1, 1, 0]).boxed()),
        &[
            "gradient 'inner' of gradient 'outer' of block 0",
            "axis 2",
            "properties",
        ],
    );
    let good = || zeros(&[1, 1, 3]);
    assert_invalid(
        with(1, good().with_origin("other").boxed()),
        &["'other'", "gradient 'outer' of block 0"],
    );
    assert_invalid(with(1, good().on(CUDA).boxed()), &["CUDA:1", "CPU"]);
    let floats = TestArray::new(&[1, 1, 3], vec![0.0_f32; 3]);
    assert_invalid(
        with(4, floats.boxed()),
        &["dtype", "gradient 'outer' of block 1"],
    );

    let mut arrays = copies(&tensor.leaves());
    arrays.pop();
    assert_invalid(tensor.with_arrays(arrays), &["6 in all", "got 5"]);
    let block = &tensor.blocks()[0];
    let mut arrays = copies(&block.leaves());
    arrays[1] = zeros(&[1, 1, 4]).boxed();
    assert_invalid(
        block.with_arrays(arrays),
        &["gradient 'outer' of the block", "size 4"],
    );
    assert_invalid(block.with_arrays(vec![]), &["3 in all", "got 0"]);
}

#[test]
fn all_arrays_of_another_kind() {
    let tensor = example();
    let arrays = tensor.leaves();
    let arrays = arrays.iter().map(|leaf| {
        let shape = values(leaf.node).0;
        let count = shape.iter().product();
        TestArray::new(&shape, vec![1.0_f32; count])
            .with_origin("other")
            .boxed()
    });
    let result = tensor.with_arrays(arrays.collect()).unwrap();
    assert_eq!(result.dtype().unwrap().bits, 32);
}

#[test]
fn failing_arrays() {
    for function in ["shape", "origin", "device", "dtype"] {
        let tensor = example();
        let log = Arc::<Log>::default();
        log.fail(function);
        let mut arrays = copies(&tensor.leaves());
        let array = TestArray::new(&[1, 1, 3], vec![0.0; 3]);
        arrays[1] = array.logged(&log).boxed();
        let error = tensor.with_arrays(arrays).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Callback, "{function}");
    }
}

#[test]
fn leaves_which_do_not_fit() {
    let tensor = example();
    let leaves = tensor.leaves();
    let with = |change: &dyn Fn(&mut Vec<NewLeaf<'_>>)| {
        let mut leaves = new_leaves(&leaves);
        change(&mut leaves);
        TensorMap::from_leaves(Arc::clone(tensor.keys()), leaves)
    };
    assert!(with(&|_| {}).is_ok());
    assert_invalid(
        with(&|leaves| leaves[1].parent = Some((1, "g"))),
        &["leaf 1 is 1"],
    );
    assert_invalid(
        with(&|leaves| leaves[3].samples = column("s", &[0])),
        &["block 1: ", "size 2 along axis 0"],
    );
    assert_invalid(
        with(&|leaves| leaves[5].samples = column("sample", &[7])),
        &[
            "gradient 'inner' of gradient 'outer' of block 1: ",
            "sample=7",
        ],
    );
    assert_invalid(
        with(&|leaves| leaves[2].parent = Some((0, "outer"))),
        &["gradient 'outer' of block 0", "already"],
    );
    assert_invalid(
        with(&|leaves| leaves[4].parent = None),
        &["3 blocks", "2 keys"],
    );
    assert_invalid(
        with(&|leaves| leaves[4].parent = Some((3, "other"))),
        &["gradients", "(outer)", "(other)"],
    );
    let chain = (0..70).map(|i| {
        let labels = column("sample", &[0]);
        NewLeaf {
            parent: (i > 0).then(|| (i - 1, "g")),
            values: TestArray::new(&[1, 1], vec![0.0]).boxed(),
            samples: Arc::clone(&labels),
            components: vec![],
            properties: column("p", &[0]),
        }
    });
    let result = TensorMap::from_leaves(column("k", &[0]), chain.collect());
    assert_invalid(result, &["nested", "64"]);
}

#[test]
fn wrong_blocks_to_pick() {
    let tensor = example();
    assert_invalid(tensor.pick_blocks(&[0, 2], None), &["block 2", "2 block"]);
    assert_invalid(
        tensor.pick_blocks(&[1, 1], None),
        &["block 1", "more than once"],
    );
    assert_invalid(
        tensor.pick_blocks(&[1], Some(vec![])),
        &["3 in all", "got 0"],
    );
    let array = TestArray::new(&[2, 1, 4], vec![0.0; 8]).boxed();
    let mut arrays = copies(&tensor.blocks()[1].leaves());
    arrays[0] = array;
    assert_invalid(
        tensor.pick_blocks(&[1], Some(arrays)),
        &["block 1", "axis 2"],
    );
    let all = tensor.pick_blocks(&[0, 1], None).unwrap();
    assert!(Arc::ptr_eq(all.keys(), tensor.keys()));
}

#[test]
fn info_can_be_removed() {
    let mut tensor = example();
    tensor.set_info("a", "b").unwrap();
    tensor.attachment().set(Box::new(1)).unwrap();
    tensor.clear_info();
    assert_eq!(tensor.info("a"), None);
    assert!(tensor.attachment().get().is_none());
}
