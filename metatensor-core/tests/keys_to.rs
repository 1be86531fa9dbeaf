//! Worked examples of moving keys to properties and samples, and their errors.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::Arc;

use metatensor_core::array::DeviceType;
use metatensor_core::{Labels, TensorBlock, TensorMap};
use support::*;

/// Names and rows of labels, as in `("a b", [[1, 2]])`.
#[track_caller]
fn check(labels: &Labels, names: &str, expected: &[&[i32]]) {
    assert_eq!(labels.names().join(" "), names);
    assert_eq!(rows(labels), expected.concat());
}

fn simple(samples: &[i32], properties: &[i32], values: &[f64]) -> TensorBlock {
    block(
        values.to_vec(),
        &column("s", samples),
        &[],
        &column("n", properties),
    )
}

/// Three blocks with different samples and properties.
fn example_1() -> TensorMap {
    let keys = labels(["k1", "k2"], &[[0, 0], [1, 0], [0, 1]]);
    let mut tensor = tensor(
        &keys,
        vec![
            simple(&[0, 2], &[0, 1], &[1.0, 2.0, 3.0, 4.0]),
            simple(&[1, 2], &[1, 5], &[5.0, 6.0, 7.0, 8.0]),
            simple(&[4], &[0, 1], &[9.0, 10.0]),
        ],
    );
    tensor.set_info("z", "1").unwrap();
    tensor.set_info("a", "2").unwrap();
    tensor
}

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

fn with_gradient(samples: &[i32], values: &[f64], rows: &[[i32; 2]], data: &[f64]) -> TensorBlock {
    let mut result = simple(samples, &[0], values);
    let samples = labels(["sample", "atom"], rows);
    let gradient = block(data.to_vec(), &samples, &[], &column("n", &[0]));
    result.add_gradient("g", gradient).unwrap();
    result
}

/// Two blocks with gradients.
fn example_4() -> TensorMap {
    let first = with_gradient(
        &[2, 0],
        &[20., 0.],
        &[[0, 5], [1, 4], [0, 1]],
        &[205., 4., 201.],
    );
    let second = with_gradient(
        &[1, 2],
        &[101., 102.],
        &[[1, 5], [0, 9], [1, 7]],
        &[1025., 1019., 1027.],
    );
    tensor(&column("k", &[0, 1]), vec![first, second])
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
fn wrong_keys() {
    let fill = scalar(0.0);
    let tensor = example_1();
    let unknown = only_names(&["k1", "k3"]);
    assert_invalid(
        tensor.keys_to_properties(&unknown, &fill, true),
        &["'k3'", "(k1, k2)"],
    );
    assert_invalid(
        tensor.keys_to_samples(&unknown, &fill, true),
        &["'k3'", "(k1, k2)"],
    );
    let with_values = column("k1", &[0, 1]);
    assert_invalid(
        tensor.keys_to_samples(&with_values, &fill, true),
        &["values", "2"],
    );

    let empty = TensorMap::new(only_names(&["k"]), vec![]).unwrap();
    for moved in [only_names(&["k"]), only_names(&[])] {
        assert_invalid(empty.keys_to_properties(&moved, &fill, true), &["no keys"]);
        assert_invalid(empty.keys_to_samples(&moved, &fill, true), &["no keys"]);
    }
}

#[test]
fn wrong_fill_values() {
    let moved = only_names(&["k1"]);
    let check = |fill: &dyn metatensor_core::array::Array, mentions: &[&str]| {
        assert_invalid(example_1().keys_to_properties(&moved, fill, true), mentions);
        assert_invalid(example_1().keys_to_samples(&moved, fill, true), mentions);
    };
    check(&TestArray::new(&[1], vec![0.0]), &["scalar", "[1]"]);
    check(&scalar(0.0).on(CUDA), &["CPU", "CUDA:1"]);
    check(&TestArray::new(&[], vec![0_f32]), &["float32", "float64"]);
    // any CPU, any origin
    let other = metatensor_core::array::Device {
        device_type: DeviceType::CPU,
        device_id: 3,
    };
    let fill = scalar(0.0).on(other).with_origin("Other");
    assert!(example_1().keys_to_samples(&moved, &fill, true).is_ok());
}

#[test]
fn name_clashes() {
    let fill = scalar(0.0);
    let block = || simple(&[0], &[0], &[1.0]);
    let clash = tensor(
        &labels(["n", "s"], &[[0, 0], [1, 0]]),
        vec![block(), block()],
    );
    let result = clash.keys_to_properties(&only_names(&["n"]), &fill, true);
    assert_invalid(result, &["'n'", "properties"]);
    assert_invalid(
        clash.keys_to_properties(&column("n", &[0]), &fill, true),
        &["'n'"],
    );
    let result = clash.keys_to_samples(&only_names(&["s"]), &fill, true);
    assert_invalid(result, &["'s'", "samples"]);
}

#[test]
fn different_components() {
    let with = |component: &Arc<Labels>| {
        let size = component.count();
        block(
            vec![0.0; size],
            &column("s", &[0]),
            &[component],
            &column("n", &[0]),
        )
    };
    let with_gradient = |component: &Arc<Labels>| {
        let mut result = simple(&[0], &[0], &[0.0]);
        let samples = column("sample", &[0]);
        let values = vec![0.0; component.count()];
        let gradient = block(values, &samples, &[component], &column("n", &[0]));
        result.add_gradient("g", gradient).unwrap();
        result
    };
    let (moved, fill) = (only_names(&["k"]), scalar(0.0));
    for other in [column("c", &[1, 0]), column("c", &[0, 1, 2])] {
        let first = column("c", &[0, 1]);
        let keys = column("k", &[0, 1]);
        let map = tensor(&keys, vec![with(&first), with(&other)]);
        let mentions = ["components", "blocks 0 and 1"];
        assert_invalid(map.keys_to_properties(&moved, &fill, true), &mentions);
        assert_invalid(map.keys_to_samples(&moved, &fill, true), &mentions);
        // nothing to merge
        assert!(map.keys_to_samples(&only_names(&[]), &fill, true).is_ok());

        let map = tensor(&keys, vec![with_gradient(&first), with_gradient(&other)]);
        let mentions = ["components", "gradient 'g'", "blocks 0 and 1"];
        assert_invalid(map.keys_to_properties(&moved, &fill, true), &mentions);
        assert_invalid(map.keys_to_samples(&moved, &fill, true), &mentions);
    }
}

#[test]
fn gradients_of_gradients() {
    let mut map = example_4();
    for i in 0..2 {
        let gradient = map.block_mut(i).unwrap().gradient_mut("g").unwrap();
        let inner = block(vec![0.0], &column("sample", &[0]), &[], &column("n", &[0]));
        gradient.add_gradient("inner", inner).unwrap();
    }
    let (moved, fill) = (only_names(&["k"]), scalar(0.0));
    assert_invalid(
        map.keys_to_properties(&moved, &fill, true),
        &["'g'", "not supported"],
    );
    assert_invalid(
        map.keys_to_samples(&moved, &fill, true),
        &["'g'", "not supported"],
    );
}

#[test]
fn gradients_changed_afterwards() {
    // blocks inside of a map can get gradients which nothing checks
    let mut map = example_1();
    let gradient = block(
        vec![0.; 2],
        &column("sample", &[0]),
        &[],
        &column("n", &[0, 1]),
    );
    map.block_mut(0)
        .unwrap()
        .add_gradient("new", gradient)
        .unwrap();
    let (moved, fill) = (only_names(&["k1"]), scalar(0.0));
    let mentions = ["block 1", "'new'"];
    assert_invalid(map.keys_to_properties(&moved, &fill, true), &mentions);
    let samples = labels(["sample", "atom"], &[[0, 0]]);
    let gradient = block(vec![0.; 2], &samples, &[], &column("n", &[1, 5]));
    map.block_mut(1)
        .unwrap()
        .add_gradient("new", gradient)
        .unwrap();
    let mentions = ["samples", "gradient 'new'", "blocks 0 and 1"];
    assert_invalid(map.keys_to_samples(&moved, &fill, true), &mentions);
}

#[test]
fn labels_without_data() {
    let meta = |name: &str, count: usize| {
        let array = TestArray::new(&[count, 1], vec![0; count]).on(META);
        Labels::new_assume_unique(&[name], array.boxed()).unwrap()
    };
    let array = TestArray::new(&[2, 1], vec![0.0; 2]).on(META).boxed();
    let block = TensorBlock::new(array, meta("s", 2), vec![], meta("n", 1)).unwrap();
    let map = TensorMap::new(meta("k", 1), vec![Box::new(block)]).unwrap();
    let moved = only_names(&["k"]);
    assert_invalid(
        map.keys_to_properties(&moved, &scalar(0.0), true),
        &["no data"],
    );
    assert_invalid(
        map.keys_to_samples(&moved, &scalar(0.0), true),
        &["no data"],
    );
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
