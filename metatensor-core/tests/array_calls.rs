//! In which order arrays are called: implementers rely on it.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::Arc;

use metatensor_core::{Error, Labels, Result, TensorBlock, TensorMap};
use support::*;

/// Two blocks without common samples, and with a gradient in `second`.
fn example(log: &Arc<Log>) -> TensorMap {
    let n = column("n", &[0, 1]);
    let blocks = [0, 10].map(|first| {
        let samples = column("s", &[first, first + 1]);
        let component = column("c", &[0, 1, 2]);
        let array = TestArray::new(&[2, 3, 2], vec![1.0; 12]).logged(log);
        let components = vec![Arc::clone(&component)];
        let mut block =
            TensorBlock::new(array.boxed(), samples, components, Arc::clone(&n)).unwrap();
        let array = TestArray::new(&[1, 3, 2], vec![1.0; 6]).logged(log);
        let samples = column("sample", &[1]);
        let gradient =
            TensorBlock::new(array.boxed(), samples, vec![component], Arc::clone(&n)).unwrap();
        block.add_gradient("g", gradient).unwrap();
        block
    });
    tensor(&column("k", &[0, 1]), blocks.into())
}

#[test]
fn merging() {
    let log = Arc::default();
    let map = example(&log);
    log.take();
    let moves = |calls: Vec<String>| {
        let is_move = |call: &String| call.starts_with("create") || call.starts_with("move");
        calls.into_iter().filter(is_move).collect::<Vec<_>>()
    };
    map.keys_to_properties(&only_names(&["k"]), &scalar(0.0), true)
        .unwrap();
    let expected = [
        "create[4, 3, 4]",
        "move_data[2]",
        "move_data[2]",
        "create[2, 3, 4]",
        "move_data[1]",
        "move_data[1]",
    ];
    assert_eq!(moves(log.take()), expected);

    // blocks which are left out are not copied
    map.keys_to_properties(&column("k", &[1, 5]), &scalar(0.0), true)
        .unwrap();
    let expected = [
        "create[4, 3, 4]",
        "move_data[2]",
        "create[2, 3, 4]",
        "move_data[1]",
    ];
    assert_eq!(moves(log.take()), expected);

    map.keys_to_samples(&only_names(&["k"]), &scalar(0.0), true)
        .unwrap();
    let expected = [
        "create[4, 3, 2]",
        "move_data[2]",
        "move_data[2]",
        "create[2, 3, 2]",
        "move_data[1]",
        "move_data[1]",
    ];
    assert_eq!(moves(log.take()), expected);
}

#[test]
fn one_movement_for_each_run_of_properties() {
    let log = Arc::default();
    let blocks = [vec![4, 0, 1], vec![0, 1, 9, 4]].map(|properties| {
        let count = properties.len();
        let array = TestArray::new(&[2, count], vec![1.0; 2 * count]).logged(&log);
        let labels = column("n", &properties);
        TensorBlock::new(array.boxed(), column("s", &[0, 1]), vec![], labels).unwrap()
    });
    let map = tensor(&column("k", &[0, 1]), blocks.into());
    log.take();
    map.keys_to_samples(&only_names(&["k"]), &scalar(0.0), true)
        .unwrap();
    let calls = log.take();
    // properties of the result: 4 0 1 9; so (0 1 9) and (4) for the second block
    let moves = calls
        .iter()
        .filter(|call| call.starts_with("move"))
        .collect::<Vec<_>>();
    assert_eq!(moves, ["move_data[2]", "move_data[4]"]);
}

#[test]
fn moving_components() {
    let log = Arc::default();
    let map = example(&log);
    log.take();
    map.components_to_properties(&["c"]).unwrap();
    let mut calls = log.take();
    calls.retain(|call| !["shape", "device", "dtype", "origin"].contains(&call.as_str()));
    let expected = [
        "copy(CPU:0)",
        "reshape[2, 6]",
        "copy(CPU:0)",
        "reshape[1, 6]",
    ];
    assert_eq!(calls, [expected, expected].concat());

    let (c, d) = (column("c", &[0]), column("d", &[0, 1]));
    let array = TestArray::new(&[1, 1, 2, 1, 1], vec![1.0; 2]).logged(&log);
    let components = vec![c, d, column("e", &[0])];
    let block = TensorBlock::new(
        array.boxed(),
        column("s", &[0]),
        components,
        column("n", &[0]),
    );
    let map = tensor(&column("k", &[0]), vec![block.unwrap()]);
    log.take();
    map.components_to_properties(&["c"]).unwrap();
    let mut calls = log.take();
    calls.retain(|call| !["shape", "device", "dtype", "origin"].contains(&call.as_str()));
    // neighbours are exchanged, so that the others keep their order
    let expected = [
        "copy(CPU:0)",
        "swap_axes(1, 2)",
        "swap_axes(2, 3)",
        "reshape[1, 2, 1, 1]",
    ];
    assert_eq!(calls, expected);
}

#[test]
fn failures_pass_through() {
    type Operation = fn(&TensorMap) -> Result<TensorMap>;
    let keys = |to_samples: bool| -> Operation {
        match to_samples {
            true => |map| map.keys_to_samples(&only_names(&["k"]), &scalar(0.0), true),
            false => |map| map.keys_to_properties(&only_names(&["k"]), &scalar(0.0), true),
        }
    };
    let components: Operation = |map| map.components_to_properties(&["c"]);
    let copy: Operation = TensorMap::copy;
    let cases = [
        ("create", keys(true)),
        ("move_data", keys(true)),
        ("shape", keys(true)),
        ("create", keys(false)),
        ("move_data", keys(false)),
        ("device", keys(false)),
        ("copy", components),
        ("reshape", components),
        ("copy", copy),
    ];
    for (function, operation) in cases {
        let log = Arc::default();
        let map = example(&log);
        log.fail(function);
        let error = operation(&map).unwrap_err();
        assert!(
            matches!(error, Error::Callback { function: name } if name == function),
            "{error}"
        );
    }
}

#[test]
fn new_labels_use_the_arrays_of_the_first_block() {
    let log = Arc::<Log>::default();
    let on_device = |name: &str, rows: &[i32]| {
        let array = TestArray::new(&[rows.len(), 1], rows.to_vec())
            .on(CUDA)
            .logged(&log);
        Labels::new(&[name], array.boxed()).unwrap()
    };
    let blocks = [0, 1].map(|first| {
        let array = TestArray::new(&[2, 1], vec![1.0; 2]).on(CUDA);
        let samples = on_device("s", &[first, first + 1]);
        Box::new(TensorBlock::new(array.boxed(), samples, vec![], on_device("n", &[0])).unwrap())
    });
    let map = TensorMap::new(on_device("k", &[0, 1]), blocks.into()).unwrap();
    log.take();
    let result = map
        .keys_to_properties(&only_names(&["k"]), &scalar(0.0), true)
        .unwrap();
    let expected = [
        "from_host_i32[1, 1]",
        "copy(CUDA:1)",
        "from_host_i32[2, 2]",
        "copy(CUDA:1)",
        "from_host_i32[3, 1]",
        "copy(CUDA:1)",
    ];
    let mut calls = log.take();
    calls.sort();
    let mut expected = expected.to_vec();
    expected.sort();
    assert_eq!(calls, expected);
    let block = result.block(0).unwrap();
    for labels in [result.keys(), block.samples(), block.properties()] {
        assert_eq!(labels.device().unwrap(), CUDA);
    }
}

#[test]
fn equal_groups_share_their_labels() {
    let new = |i: i32| {
        let rows = [[0, 5], [1, i % 2]];
        let mut block = examples::with_gradient(&[2, 0], &[1.0, 2.0], &rows, &[1.0, 2.0]);
        if i == 6 {
            block = examples::with_gradient(&[0], &[1.0], &[], &[]);
        }
        block
    };
    let keys = (0..4).flat_map(|k| [[k, 0], [k, 1]]).collect::<Vec<_>>();
    let keys = labels(["k", "l"], &keys);
    let map = tensor(&keys, (0..8).map(new).collect());
    let moved = only_names(&["l"]);
    let results = [
        map.keys_to_properties(&moved, &scalar(0.0), true).unwrap(),
        map.keys_to_samples(&moved, &scalar(0.0), true).unwrap(),
    ];
    for (result, properties_change) in results.iter().zip([true, false]) {
        let all = |i: usize| {
            let block = &result.blocks()[i];
            let gradient = block.gradient("g").unwrap().samples();
            [block.samples(), gradient, block.properties()]
        };
        // properties which are the same for all blocks of a group stay the ones of the group
        let shared = if properties_change { 3 } else { 2 };
        for other in [1, 2] {
            for (first, other) in all(0).iter().zip(all(other)).take(shared) {
                assert!(Arc::ptr_eq(first, other));
            }
        }
        assert!(!Arc::ptr_eq(all(0)[1], all(3)[1]));
    }
}

#[test]
fn labels_are_not_shared_between_kinds_of_arrays() {
    let new = |i: i32| {
        let samples = |first: i32| {
            let array = TestArray::new(&[2, 1], vec![first + 1, first]);
            let array = array.with_origin(["first", "second"][(i / 2) as usize]);
            Labels::new(&["s"], array.boxed()).unwrap()
        };
        block(vec![0.0; 2], &samples(i % 2), &[], &column("n", &[0]))
    };
    let keys = labels(["k", "l"], &[[0, 0], [0, 1], [1, 0], [1, 1]]);
    let map = tensor(&keys, (0..4).map(new).collect());
    let result = map
        .keys_to_properties(&only_names(&["l"]), &scalar(0.0), true)
        .unwrap();
    let samples = |i: usize| result.blocks()[i].samples();
    assert_eq!(rows(samples(0)), rows(samples(1)));
    let origins = [0, 1].map(|i| samples(i).values().origin().unwrap());
    assert_ne!(origins[0], origins[1]);
}

#[test]
fn equal_values_of_other_axes() {
    // the samples of the first group are the values of the properties of the second one,
    // as rows of another size; and the other way around
    let three_rows = [[0, 1], [2, 3], [4, 5]];
    let two_rows = [[0, 1, 2], [3, 4, 5]];
    let blocks = [
        block(
            vec![0.0; 3],
            &labels(["s", "t"], &three_rows),
            &[],
            &labels(["n", "l", "m"], &[[7, 7, 7]]),
        ),
        block(
            vec![0.0; 2],
            &labels(["s", "t"], &[[7, 7]]),
            &[],
            &labels(["n", "l", "m"], &two_rows),
        ),
    ];
    let values = |labels: &Labels| labels.values_cpu().unwrap().to_vec();
    let map = tensor(&labels(["k", "moved"], &[[0, 9], [1, 9]]), blocks.into());
    let moved = only_names(&["moved"]);
    let result = map.keys_to_properties(&moved, &scalar(0.0), true).unwrap();
    assert_eq!(
        values(result.blocks()[0].samples()),
        three_rows.as_flattened()
    );
    let expected = [[9, 0, 1, 2], [9, 3, 4, 5]];
    assert_eq!(
        values(result.blocks()[1].properties()),
        expected.as_flattened()
    );

    let result = map.keys_to_samples(&moved, &scalar(0.0), true).unwrap();
    let expected = [[0, 1, 9], [2, 3, 9], [4, 5, 9]];
    assert_eq!(
        values(result.blocks()[0].samples()),
        expected.as_flattened()
    );
    assert_eq!(
        values(result.blocks()[1].properties()),
        two_rows.as_flattened()
    );
}
