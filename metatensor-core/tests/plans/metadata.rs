//! Metadatas made from labels only.

use std::sync::Arc;

use metatensor_core::plan::{LeafLabels, Metadata, NONE};
use metatensor_core::{Labels, Result};
use proptest::prelude::*;

use crate::generate::maps;
use crate::support::{TestArray, assert_invalid};

fn leaf_labels(metadata: &Metadata) -> Vec<LeafLabels<'_>> {
    let labels = |i: usize| Arc::clone(&metadata.labels()[i]);
    let leaves = metadata.leaves().iter().map(|leaf| LeafLabels {
        parent: (leaf.parent != NONE)
            .then(|| (leaf.parent, &*metadata.parameters()[leaf.parameter])),
        samples: labels(leaf.samples),
        components: metadata.components()[leaf.components_start..][..leaf.components_count]
            .iter()
            .map(|&i| labels(i))
            .collect(),
        properties: labels(leaf.properties),
    });
    leaves.collect()
}

fn copy(metadata: &Metadata) -> Result<Arc<Metadata>> {
    Metadata::new(Arc::clone(metadata.keys()), leaf_labels(metadata))
}

proptest! {
    #[test]
    fn from_labels(tensor in maps()) {
        let metadata = Metadata::of_tensor(&tensor);
        let copied = copy(&metadata).unwrap();
        prop_assert_eq!(metadata.leaves(), copied.leaves());
        prop_assert_eq!(metadata.components(), copied.components());
        prop_assert_eq!(metadata.parameters(), copied.parameters());
        prop_assert_eq!(metadata.labels().len(), copied.labels().len());
        for (first, second) in metadata.labels().iter().zip(copied.labels()) {
            prop_assert!(Arc::ptr_eq(first, second));
        }
        for (i, leaf) in tensor.leaves().into_iter().enumerate() {
            prop_assert_eq!(metadata.shape(i), leaf.node.values().shape().unwrap());
            prop_assert_eq!(metadata.leaves()[i].block, leaf.block);
        }
        for (i, block) in tensor.blocks().iter().enumerate() {
            let of_block = Metadata::of_block(block).unwrap();
            prop_assert_eq!(of_block.leaves().len(), block.leaves().len());
            prop_assert_eq!(of_block.keys().names().to_vec(), ["_"]);
            let first = metadata.leaves().iter().position(|leaf| leaf.block == i).unwrap();
            prop_assert_eq!(of_block.shape(0), metadata.shape(first));
        }
    }
}

fn labels(names: &[&str], values: &[i32]) -> Arc<Labels> {
    Labels::from_vec(names, values.to_vec()).unwrap()
}

/// A block with samples, a component and properties, and two gradients.
fn check(change: impl Fn(&mut [LeafLabels<'_>; 3]), mentions: &[&str]) {
    let values = LeafLabels {
        parent: None,
        samples: labels(&["s"], &[4, 5]),
        components: vec![labels(&["c"], &[0])],
        properties: labels(&["p"], &[1, 2, 3]),
    };
    let gradient = LeafLabels {
        parent: Some((0, "g")),
        samples: labels(&["sample"], &[1]),
        ..values.clone()
    };
    let second = LeafLabels {
        parent: Some((0, "h")),
        ..gradient.clone()
    };
    let mut leaves = [values, gradient, second];
    change(&mut leaves);
    let result = Metadata::new(labels(&["k"], &[0]), leaves.to_vec());
    if mentions.is_empty() {
        assert_eq!(result.unwrap().leaves().len(), 3);
    } else {
        assert_invalid(result, mentions);
    }
}

#[test]
fn errors() {
    check(|_| {}, &[]);
    check(|leaves| leaves[2].parent = Some((0, "g")), &["'g'"]);
    check(|leaves| leaves[1].parent = Some((2, "g")), &["leaf 1"]);
    check(
        |leaves| leaves[1].samples = Arc::clone(&leaves[0].samples),
        &["'sample'"],
    );
    check(
        |leaves| leaves[1].properties = labels(&["p"], &[1]),
        &["properties"],
    );
    check(
        |leaves| leaves[1].samples = labels(&["sample"], &[2]),
        &["2"],
    );
    check(
        |leaves| leaves[0].components = vec![labels(&["c"], &[])],
        &["'c'"],
    );
    check(|leaves| leaves[2].parent = None, &["2 blocks", "1 keys"]);

    // the first gradient of the first block comes after the second block
    let leaf = |parent, samples: &Arc<Labels>| LeafLabels {
        parent,
        samples: Arc::clone(samples),
        components: Vec::new(),
        properties: labels(&["p"], &[]),
    };
    let (values, gradient) = (labels(&["s"], &[0]), labels(&["sample"], &[]));
    let leaves = vec![
        leaf(None, &values),
        leaf(None, &values),
        leaf(Some((0, "g")), &gradient),
        leaf(Some((1, "g")), &gradient),
    ];
    let result = Metadata::new(labels(&["k"], &[0, 1]), leaves);
    assert_invalid(result, &["leaf 1", "canonical order"]);
}

#[test]
fn arrays() {
    let values = crate::support::block(
        vec![1.0, 2.0],
        &labels(&["s"], &[4, 5]),
        &[],
        &labels(&["p"], &[0]),
    );
    let metadata = Metadata::of_block(&values).unwrap();
    let array = |shape: &[usize]| TestArray::new(shape, vec![0.0; shape.iter().product()]).boxed();
    let tensor = metadata.with_arrays(vec![array(&[2, 1])]).unwrap();
    assert_eq!(tensor.blocks().len(), 1);
    assert!(Arc::ptr_eq(tensor.blocks()[0].samples(), values.samples()));
    assert_invalid(metadata.with_arrays(vec![]), &["1 in all", "got 0"]);
    assert_invalid(
        metadata.with_arrays(vec![array(&[1, 1])]),
        &["block 0", "size 1", "2 "],
    );
    assert_invalid(metadata.with_arrays(vec![array(&[2])]), &["block 0"]);
}
