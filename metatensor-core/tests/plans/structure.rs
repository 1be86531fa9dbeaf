//! Structures made from labels only.

use std::sync::Arc;

use metatensor_core::plan::{NONE, Structure, StructureLeaf};
use metatensor_core::{Labels, Result};
use proptest::prelude::*;

use crate::generate::maps;
use crate::support::{TestArray, assert_invalid};

fn copy(structure: &Structure) -> Result<Arc<Structure>> {
    let parameters = structure.parameters().iter().map(String::as_str);
    Structure::new(
        Arc::clone(structure.keys()),
        structure.labels(),
        structure.leaves(),
        structure.components(),
        &parameters.collect::<Vec<_>>(),
    )
}

proptest! {
    #[test]
    fn from_labels(tensor in maps()) {
        let structure = Structure::of_tensor(&tensor);
        let copied = copy(&structure).unwrap();
        prop_assert_eq!(structure.leaves(), copied.leaves());
        prop_assert_eq!(structure.components(), copied.components());
        prop_assert_eq!(structure.parameters(), copied.parameters());
        prop_assert_eq!(structure.labels().len(), copied.labels().len());
        for (first, second) in structure.labels().iter().zip(copied.labels()) {
            prop_assert!(Arc::ptr_eq(first, second));
        }
        for (i, leaf) in tensor.leaves().into_iter().enumerate() {
            prop_assert_eq!(structure.shape(i), leaf.node.values().shape().unwrap());
            prop_assert_eq!(structure.leaves()[i].block, leaf.block);
        }
        for (i, block) in tensor.blocks().iter().enumerate() {
            let of_block = Structure::of_block(block).unwrap();
            prop_assert_eq!(of_block.leaves().len(), block.leaves().len());
            prop_assert_eq!(of_block.keys().names().to_vec(), ["_"]);
            let first = structure.leaves().iter().position(|leaf| leaf.block == i).unwrap();
            prop_assert_eq!(of_block.shape(0), structure.shape(first));
        }
    }
}

fn labels(names: &[&str], values: &[i32]) -> Arc<Labels> {
    Labels::from_vec(names, values.to_vec()).unwrap()
}

/// A block with samples, a component and properties, and a gradient.
fn check(change: impl Fn(&mut [StructureLeaf; 3], &mut Vec<usize>), mentions: &[&str]) {
    let all = [
        labels(&["s"], &[4, 5]),
        labels(&["c"], &[0]),
        labels(&["p"], &[1, 2, 3]),
        labels(&["sample"], &[1]),
    ];
    let values = StructureLeaf {
        block: 0,
        parent: NONE,
        parameter: NONE,
        samples: 0,
        properties: 2,
        components_start: 0,
        components_count: 1,
    };
    let gradient = StructureLeaf {
        parent: 0,
        parameter: 0,
        samples: 3,
        ..values
    };
    let second = StructureLeaf {
        parameter: 1,
        ..gradient
    };
    let mut leaves = [values, gradient, second];
    let mut components = vec![1];
    change(&mut leaves, &mut components);
    let result = Structure::new(
        labels(&["k"], &[0]),
        &all,
        &leaves,
        &components,
        &["g", "h"],
    );
    if mentions.is_empty() {
        assert_eq!(result.unwrap().leaves().len(), 3);
    } else {
        assert_invalid(result, mentions);
    }
}

#[test]
fn errors() {
    check(|_, _| {}, &[]);
    check(
        |leaves, _| leaves[1].samples = 4,
        &["leaf 1", "4 in the labels", "4 element"],
    );
    check(
        |leaves, _| leaves[0].properties = NONE,
        &["leaf 0", "labels"],
    );
    check(
        |leaves, _| leaves[2].parameter = 2,
        &["leaf 2", "2 in the parameters"],
    );
    check(|leaves, _| leaves[2].parameter = 0, &["'g'"]);
    check(
        |leaves, _| leaves[0].components_count = 2,
        &["leaf 0", "components"],
    );
    check(
        |leaves, _| leaves[0].components_start = NONE,
        &["leaf 0", "components"],
    );
    check(
        |_, components| components[0] = 9,
        &["leaf 0", "9 in the labels"],
    );
    check(|leaves, _| leaves[1].parent = 2, &["leaf 1"]);
    check(
        |leaves, _| leaves[2].block = 1,
        &["leaf 2", "canonical order"],
    );
    check(|leaves, _| leaves[1].samples = 0, &["'sample'"]);
    check(|leaves, _| leaves[1].properties = 0, &["properties"]);
    check(|leaves, _| leaves[2].parent = NONE, &["2 blocks", "1 keys"]);
    // the gradients come in the order of their leaves, below the right parent
    check(|leaves, _| leaves[1].parent = NONE, &[""]);
}

#[test]
fn arrays() {
    let values = crate::support::block(
        vec![1.0, 2.0],
        &labels(&["s"], &[4, 5]),
        &[],
        &labels(&["p"], &[0]),
    );
    let structure = Structure::of_block(&values).unwrap();
    let array = |shape: &[usize]| TestArray::new(shape, vec![0.0; shape.iter().product()]).boxed();
    let tensor = structure.with_arrays(vec![array(&[2, 1])]).unwrap();
    assert_eq!(tensor.blocks().len(), 1);
    assert!(Arc::ptr_eq(tensor.blocks()[0].samples(), values.samples()));
    assert_invalid(structure.with_arrays(vec![]), &["1 in all", "got 0"]);
    assert_invalid(
        structure.with_arrays(vec![array(&[1, 1])]),
        &["block 0", "size 1", "2 "],
    );
    assert_invalid(structure.with_arrays(vec![array(&[2])]), &["block 0"]);
}
