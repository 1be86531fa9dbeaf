//! Worked examples of moving keys to samples.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use support::examples::*;
use support::*;

#[test]
fn to_samples() {
    let (fill, moved) = (scalar(-1.0), only_names(&["k1"]));
    let result = example_1().keys_to_samples(&moved, &fill, true).unwrap();
    check(result.keys(), "k2", &[&[0], &[1]]);
    let block = result.block(0).unwrap();
    check(
        block.samples(),
        "s k1",
        &[&[0, 0], &[1, 1], &[2, 0], &[2, 1]],
    );
    check(block.properties(), "n", &[&[0], &[1], &[5]]);
    assert_eq!(
        data(block),
        [1., 2., -1., -1., 5., 6., 3., 4., -1., -1., 7., 8.]
    );
    let block = result.block(1).unwrap();
    check(block.samples(), "s k1", &[&[4, 0]]);
    check(block.properties(), "n", &[&[0], &[1]]);
    assert_eq!(data(block), [9., 10.]);
    assert_eq!(result.info("a").unwrap(), c"2");

    let result = example_1().keys_to_samples(&moved, &fill, false).unwrap();
    let block = result.block(0).unwrap();
    check(
        block.samples(),
        "s k1",
        &[&[0, 0], &[2, 0], &[1, 1], &[2, 1]],
    );
    assert_eq!(
        data(block),
        [1., 2., -1., 3., 4., -1., -1., 5., 6., -1., 7., 8.]
    );

    let result = example_1()
        .keys_to_samples(&only_names(&["k2", "k1"]), &fill, true)
        .unwrap();
    check(result.keys(), "_", &[&[0]]);
    check(
        result.block(0).unwrap().samples(),
        "s k2 k1",
        &[&[0, 0, 0], &[1, 0, 1], &[2, 0, 0], &[2, 0, 1], &[4, 1, 0]],
    );
}

#[test]
fn properties_are_never_sorted() {
    let blocks = vec![
        simple(&[0], &[5, 2], &[1., 2.]),
        simple(&[0], &[3, 2, 1], &[10., 20., 30.]),
    ];
    let tensor = tensor(&column("k", &[0, 1]), blocks);
    let result = tensor
        .keys_to_samples(&only_names(&["k"]), &scalar(-1.0), true)
        .unwrap();
    let block = result.block(0).unwrap();
    check(block.properties(), "n", &[&[5], &[2], &[3], &[1]]);
    assert_eq!(data(block), [1., 2., -1., -1., -1., 20., 10., 30.]);
}

#[test]
fn gradients_to_samples() {
    let moved = only_names(&["k"]);
    let result = example_4()
        .keys_to_samples(&moved, &scalar(-1.0), true)
        .unwrap();
    let block = result.block(0).unwrap();
    check(
        block.samples(),
        "s k",
        &[&[0, 0], &[1, 1], &[2, 0], &[2, 1]],
    );
    let gradient = block.gradient("g").unwrap();
    let expected: [&[i32]; 6] = [&[0, 4], &[1, 9], &[2, 1], &[2, 5], &[3, 5], &[3, 7]];
    check(gradient.samples(), "sample atom", &expected);
    assert_eq!(data(gradient), [4., 1019., 201., 205., 1025., 1027.]);
}
