//! Worked examples of moving keys to properties.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::Arc;

use support::examples::*;
use support::*;

#[test]
fn to_properties() {
    let (fill, moved) = (scalar(-1.0), only_names(&["k1"]));
    let result = example_1().keys_to_properties(&moved, &fill, true).unwrap();
    check(result.keys(), "k2", &[&[0], &[1]]);
    let block = result.block(0).unwrap();
    check(block.samples(), "s", &[&[0], &[1], &[2]]);
    check(
        block.properties(),
        "k1 n",
        &[&[0, 0], &[0, 1], &[1, 1], &[1, 5]],
    );
    let expected = [1., 2., -1., -1., -1., -1., 5., 6., 3., 4., 7., 8.];
    assert_eq!(values(block), (vec![3, 4], expected.to_vec()));
    let block = result.block(1).unwrap();
    check(block.samples(), "s", &[&[4]]);
    check(block.properties(), "k1 n", &[&[0, 0], &[0, 1]]);
    assert_eq!(data(block), [9.0, 10.0]);
    let info = result
        .info_iter()
        .map(|(key, value)| (key, value.to_str().unwrap()));
    assert!(info.eq([("z", "1"), ("a", "2")]));

    let result = example_1()
        .keys_to_properties(&moved, &fill, false)
        .unwrap();
    let block = result.block(0).unwrap();
    check(block.samples(), "s", &[&[0], &[2], &[1]]);
    let expected = [1., 2., -1., -1., 3., 4., 7., 8., -1., -1., 5., 6.];
    assert_eq!(data(block), expected);
}

#[test]
fn all_keys_to_properties() {
    let fill = scalar(-1.0);
    let moved = only_names(&["k2", "k1"]);
    let result = example_1().keys_to_properties(&moved, &fill, true).unwrap();
    check(result.keys(), "_", &[&[0]]);
    let block = result.block(0).unwrap();
    check(block.samples(), "s", &[&[0], &[1], &[2], &[4]]);
    let properties: [&[i32]; 6] = [
        &[0, 0, 0],
        &[0, 0, 1],
        &[0, 1, 1],
        &[0, 1, 5],
        &[1, 0, 0],
        &[1, 0, 1],
    ];
    check(block.properties(), "k2 k1 n", &properties);

    let with_values = labels(["k2", "k1"], &[[0, 0]]);
    let result = example_1().keys_to_properties(&with_values, &fill, true);
    assert_invalid(result, &["properties", "blocks 0 and 1"]);
    let with_values = column("k1", &[0]);
    let result = example_1().keys_to_properties(&with_values, &fill, true);
    assert_invalid(result, &["properties", "blocks 0 and 1"]);
}

#[test]
fn chosen_keys_to_properties() {
    let example_2 = tensor(
        &column("k1", &[0, 3]),
        vec![
            simple(&[0, 2], &[0, 1], &[1.0, 2.0, 3.0, 4.0]),
            simple(&[1, 2], &[0, 1], &[5.0, 6.0, 7.0, 8.0]),
        ],
    );
    let fill = scalar(0.0);
    let result = example_2
        .keys_to_properties(&column("k1", &[3, 7, 0]), &fill, true)
        .unwrap();
    let block = result.block(0).unwrap();
    check(block.samples(), "s", &[&[0], &[1], &[2]]);
    let properties: [&[i32]; 6] = [&[3, 0], &[3, 1], &[7, 0], &[7, 1], &[0, 0], &[0, 1]];
    check(block.properties(), "k1 n", &properties);
    let expected = [
        0., 0., 0., 0., 1., 2., 5., 6., 0., 0., 0., 0., 7., 8., 0., 0., 3., 4.,
    ];
    assert_eq!(data(block), expected);

    let result = example_2
        .keys_to_properties(&column("k1", &[7]), &scalar(-5.0), true)
        .unwrap();
    let block = result.block(0).unwrap();
    check(block.properties(), "k1 n", &[&[7, 0], &[7, 1]]);
    check(block.samples(), "s", &[&[0], &[1], &[2]]);
    assert_eq!(data(block), [-5.0; 6]);
}

#[test]
fn new_keys_are_in_order_of_first_appearance() {
    let keys = labels(["a", "b"], &[[5, 0], [1, 0], [5, 1], [0, 0], [1, 1]]);
    let block = |_| simple(&[0], &[0], &[1.0]);
    let tensor = tensor(&keys, (0..5).map(block).collect());
    let (moved, fill) = (only_names(&["b"]), scalar(0.0));
    let result = tensor.keys_to_properties(&moved, &fill, true).unwrap();
    check(result.keys(), "a", &[&[5], &[1], &[0]]);
    let result = tensor.keys_to_samples(&moved, &fill, true).unwrap();
    check(result.keys(), "a", &[&[5], &[1], &[0]]);
}

#[test]
fn gradients_to_properties() {
    let (fill, moved) = (scalar(-1.0), only_names(&["k"]));
    let result = example_4().keys_to_properties(&moved, &fill, true).unwrap();
    let block = result.block(0).unwrap();
    check(block.samples(), "s", &[&[0], &[1], &[2]]);
    assert_eq!(data(block), [0., -1., -1., 101., 20., 102.]);
    let gradient = block.gradient("g").unwrap();
    check(
        gradient.samples(),
        "sample atom",
        &[&[0, 4], &[1, 9], &[2, 1], &[2, 5], &[2, 7]],
    );
    assert_eq!(
        data(gradient),
        [4., -1., -1., 1019., 201., -1., 205., 1025., -1., 1027.]
    );
    assert!(Arc::ptr_eq(gradient.properties(), block.properties()));

    let result = example_4()
        .keys_to_properties(&moved, &fill, false)
        .unwrap();
    let block = result.block(0).unwrap();
    check(block.samples(), "s", &[&[2], &[0], &[1]]);
    assert_eq!(data(block), [20., 102., 0., -1., -1., 101.]);
    let gradient = block.gradient("g").unwrap();
    check(
        gradient.samples(),
        "sample atom",
        &[&[0, 1], &[0, 5], &[0, 7], &[1, 4], &[2, 9]],
    );
    assert_eq!(
        data(gradient),
        [201., -1., 205., 1025., -1., 1027., 4., -1., -1., 1019.]
    );

    let result = example_4()
        .keys_to_properties(&column("k", &[1]), &fill, true)
        .unwrap();
    let block = result.block(0).unwrap();
    check(block.properties(), "k n", &[&[1, 0]]);
    assert_eq!(data(block), [-1., 101., 102.]);
    let gradient = block.gradient("g").unwrap();
    check(
        gradient.samples(),
        "sample atom",
        &[&[0, 4], &[1, 9], &[2, 1], &[2, 5], &[2, 7]],
    );
    assert_eq!(data(gradient), [-1., 1019., -1., 1025., 1027.]);
}

#[test]
fn moving_nothing_still_sorts() {
    let (fill, nothing) = (scalar(0.0), only_names(&[]));
    let tensor = || {
        let block = with_gradient(&[2, 0], &[20., 0.], &[[0, 5], [1, 4]], &[205., 4.]);
        tensor(&column("k", &[7]), vec![block])
    };
    for result in [
        tensor().keys_to_properties(&nothing, &fill, true).unwrap(),
        tensor().keys_to_samples(&nothing, &fill, true).unwrap(),
    ] {
        check(result.keys(), "k", &[&[7]]);
        let block = result.block(0).unwrap();
        check(block.samples(), "s", &[&[0], &[2]]);
        check(block.properties(), "n", &[&[0]]);
        assert_eq!(data(block), [0., 20.]);
        let gradient = block.gradient("g").unwrap();
        check(gradient.samples(), "sample atom", &[&[0, 4], &[1, 5]]);
        assert_eq!(data(gradient), [4., 205.]);
    }
    let result = tensor().keys_to_samples(&nothing, &fill, false).unwrap();
    check(result.block(0).unwrap().samples(), "s", &[&[2], &[0]]);
}

#[test]
fn empty_blocks() {
    let (fill, moved) = (scalar(0.0), only_names(&["k"]));
    let none = only_names(&[]);
    let blocks = || {
        vec![
            simple(&[], &[0, 1], &[]),
            simple(&[3, 1], &[], &[]),
            simple(&[], &[], &[]),
        ]
    };
    let map = tensor(&column("k", &[0, 1, 2]), blocks());
    let result = map.keys_to_properties(&moved, &fill, true).unwrap();
    check(result.block(0).unwrap().samples(), "s", &[&[1], &[3]]);
    check(
        result.block(0).unwrap().properties(),
        "k n",
        &[&[0, 0], &[0, 1]],
    );
    assert_eq!(data(result.block(0).unwrap()), [0.0; 4]);
    let result = map.keys_to_samples(&moved, &fill, true).unwrap();
    check(
        result.block(0).unwrap().samples(),
        "s k",
        &[&[1, 1], &[3, 1]],
    );
    check(result.block(0).unwrap().properties(), "n", &[&[0], &[1]]);

    // without any sample or property dimension
    let blocks = || (0..2).map(|_| block(vec![], &none, &[], &none)).collect();
    let map = tensor(&column("k", &[0, 1]), blocks());
    let result = map.keys_to_properties(&moved, &fill, true).unwrap();
    check(result.block(0).unwrap().samples(), "", &[]);
    check(result.block(0).unwrap().properties(), "k", &[]);
    let result = map
        .keys_to_properties(&column("k", &[1, 4]), &fill, true)
        .unwrap();
    check(result.block(0).unwrap().properties(), "k", &[]);
    let result = map.keys_to_samples(&moved, &fill, true).unwrap();
    check(result.block(0).unwrap().samples(), "k", &[]);
    check(result.block(0).unwrap().properties(), "", &[]);
}

#[test]
fn many_keys() {
    // grouping must not be quadratic in the number of remaining keys
    let count = 20_000;
    let keys = (0..count).map(|i| [i / 2, i % 2]).collect::<Vec<_>>();
    let (s, n) = (column("s", &[0]), column("n", &[0]));
    let blocks = (0..count)
        .map(|i| block(vec![f64::from(i)], &s, &[], &n))
        .collect();
    let map = tensor(&labels(["a", "b"], &keys), blocks);
    let result = map
        .keys_to_properties(&only_names(&["b"]), &scalar(0.0), true)
        .unwrap();
    assert_eq!(result.blocks().len(), 10_000);
    assert_eq!(data(result.block(9_999).unwrap()), [19_998.0, 19_999.0]);
    assert!(Arc::ptr_eq(result.block(5).unwrap().samples(), &s));
}
