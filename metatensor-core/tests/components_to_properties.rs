//! Moving components to the properties.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::Arc;

use metatensor_core::{Labels, TensorBlock, TensorMap};
use support::*;

fn c() -> Arc<Labels> {
    column("c", &[0, 1])
}

fn d() -> Arc<Labels> {
    column("d", &[-1, 0, 1])
}

fn counting(samples: &Arc<Labels>, components: &[&Arc<Labels>]) -> TensorBlock {
    let sizes = components
        .iter()
        .map(|component| component.count())
        .product::<usize>();
    let count = samples.count() * sizes * 2;
    block(
        (0..count).map(|i| i as f64).collect(),
        samples,
        components,
        &column("n", &[0, 1]),
    )
}

fn example() -> TensorMap {
    tensor(
        &column("k", &[0]),
        vec![counting(&column("s", &[0, 1]), &[&c(), &d()])],
    )
}

/// Names of the components, properties, and values of the first sample, of `example()`.
#[track_caller]
fn check(dimensions: &[&str], components: &[&str], names: &str, properties: &[i32], first: &[i32]) {
    let result = example().components_to_properties(dimensions).unwrap();
    let block = result.block(0).unwrap();
    let found = block
        .components()
        .iter()
        .map(|component| component.names()[0].clone());
    assert_eq!(found.collect::<Vec<_>>(), components);
    assert_eq!(block.properties().names().join(" "), names);
    assert_eq!(rows(block.properties())[..properties.len()], *properties);
    let first = first
        .iter()
        .map(|&value| f64::from(value))
        .collect::<Vec<_>>();
    assert_eq!(data(block)[..12], first);
    let second = data(block)[12..]
        .iter()
        .map(|value| value - 12.0)
        .collect::<Vec<_>>();
    assert_eq!(second, first);
}

#[test]
fn one_component() {
    let first = [0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11];
    check(&["c"], &["d"], "c n", &[0, 0, 0, 1, 1, 0, 1, 1], &first);
    let first = (0..12).collect::<Vec<_>>();
    check(
        &["d"],
        &["c"],
        "d n",
        &[-1, 0, -1, 1, 0, 0, 0, 1, 1, 0, 1, 1],
        &first,
    );
}

#[test]
fn two_components() {
    let first = [0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11];
    check(
        &["c", "d"],
        &[],
        "d c n",
        &[-1, 0, 0, -1, 0, 1, -1, 1, 0],
        &first,
    );
    let first = (0..12).collect::<Vec<_>>();
    check(
        &["d", "c"],
        &[],
        "c d n",
        &[0, -1, 0, 0, -1, 1, 0, 0, 0],
        &first,
    );
}

/// Every way to move components of a block with many of them, against the formula.
#[test]
fn any_component() {
    let names = ["a", "b", "c", "d"];
    let labels = names
        .iter()
        .zip(1..)
        .map(|(name, count)| column(name, &(0..=count).map(|i| i * 10).collect::<Vec<_>>()));
    let labels = labels.collect::<Vec<_>>();
    let components = labels.iter().collect::<Vec<_>>();
    let original = tensor(
        &column("k", &[0]),
        vec![counting(&column("s", &[0, 1]), &components)],
    );
    let (shape, input) = values(original.block(0).unwrap());
    for moved in [
        &[0][..],
        &[1],
        &[2],
        &[3],
        &[0, 1],
        &[2, 0],
        &[3, 1, 0],
        &[1, 3, 2, 0],
    ] {
        let dimensions = moved.iter().map(|&i: &usize| names[i]).collect::<Vec<_>>();
        let result = original.components_to_properties(&dimensions).unwrap();
        let block = result.block(0).unwrap();
        let remaining = (0..4).filter(|i| !moved.contains(i)).collect::<Vec<_>>();
        let found = block
            .components()
            .iter()
            .map(|component| component.names()[0].as_str());
        assert!(found.eq(remaining.iter().map(|&i| names[i])));

        let (new_shape, output) = values(block);
        let size = block.properties().size();
        for (index, value) in indices(&new_shape).zip(output) {
            let property = &rows(block.properties())[index[new_shape.len() - 1] * size..][..size];
            let mut old_index = vec![0; 6];
            old_index[0] = index[0];
            old_index[5] = property[size - 1] as usize;
            for (&i, &entry) in remaining.iter().zip(&index[1..]) {
                old_index[i + 1] = entry;
            }
            // the last component to be moved comes first
            for (&i, &entry) in moved.iter().rev().zip(property) {
                old_index[i + 1] = entry as usize / 10;
            }
            assert_eq!(
                value,
                input[offset(&shape, &old_index)],
                "{moved:?} {index:?}"
            );
        }
    }
}

#[test]
fn gradients() {
    let mut parent = counting(&column("s", &[0, 1]), &[&c(), &d()]);
    let xyz = column("xyz", &[0, 1, 2]);
    let mut gradient = counting(&column("sample", &[1]), &[&xyz, &c(), &d()]);
    let inner = counting(&column("sample", &[0]), &[&xyz, &c(), &d()]);
    gradient.add_gradient("inner", inner).unwrap();
    parent.add_gradient("g", gradient).unwrap();
    let mut original = tensor(&column("k", &[0]), vec![parent]);
    original.set_info("a", "b").unwrap();

    let result = original.components_to_properties(&["c"]).unwrap();
    assert_eq!(result.info("a").unwrap(), c"b");
    let block = result.block(0).unwrap();
    let gradient = block.gradient("g").unwrap();
    for gradient in [gradient, gradient.gradient("inner").unwrap()] {
        assert_eq!(values(gradient).0, [1, 3, 3, 4]);
        let names = gradient
            .components()
            .iter()
            .map(|component| component.names()[0].as_str());
        assert!(names.eq(["xyz", "d"]));
        assert!(Arc::ptr_eq(gradient.properties(), block.properties()));
        let first = [0., 1., 6., 7., 2., 3., 8., 9., 4., 5., 10., 11.];
        assert_eq!(data(gradient)[..12], first);
    }
    // the original is not changed
    assert_eq!(original.block(0).unwrap().components().len(), 2);
    assert_eq!(values(original.block(0).unwrap()).0, [2, 2, 3, 2]);
}

#[test]
fn labels_are_shared() {
    let (s, c, n) = (column("s", &[0]), c(), column("n", &[0]));
    let blocks = (0..3).map(|_| block(vec![1., 2.], &s, &[&c], &n)).collect();
    let result = tensor(&column("k", &[0, 1, 2]), blocks).components_to_properties(&["c"]);
    let result = result.unwrap();
    let properties = result.blocks().iter().map(|block| block.properties());
    assert!(
        properties
            .clone()
            .all(|other| Arc::ptr_eq(other, result.block(0).unwrap().properties()))
    );
    assert_eq!(properties.len(), 3);
}

#[test]
fn errors() {
    let none: [&str; 0] = [];
    assert_invalid(
        example().components_to_properties(&none),
        &["at least one component"],
    );
    assert_invalid(
        example().components_to_properties(&["c", "e"]),
        &["'e'", "(c, d)"],
    );
    assert_invalid(
        example().components_to_properties(&["c", "c"]),
        &["'c'", "twice"],
    );
    let block = counting(&column("s", &[0]), &[&column("n", &[0])]);
    let clash = tensor(&column("k", &[0]), vec![block]);
    assert_invalid(
        clash.components_to_properties(&["n"]),
        &["'n'", "properties"],
    );

    let empty = TensorMap::new(only_names(&["k"]), vec![]).unwrap();
    assert!(
        empty
            .components_to_properties(&["anything", "é", "anything"])
            .is_ok()
    );
}
