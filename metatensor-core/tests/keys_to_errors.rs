//! What can go wrong when moving keys to properties or samples.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::Arc;

use metatensor_core::array::{Array, Device, DeviceType};
use metatensor_core::{Labels, TensorBlock, TensorMap};

use support::examples::*;
use support::*;

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
    let check = |fill: &dyn Array, mentions: &[&str]| {
        assert_invalid(example_1().keys_to_properties(&moved, fill, true), mentions);
        assert_invalid(example_1().keys_to_samples(&moved, fill, true), mentions);
    };
    check(&TestArray::new(&[1], vec![0.0]), &["scalar", "[1]"]);
    check(&scalar(0.0).on(CUDA), &["CPU", "CUDA:1"]);
    check(&TestArray::new(&[], vec![0_f32]), &["float32", "float64"]);
    // any CPU, any origin
    let other = Device {
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
