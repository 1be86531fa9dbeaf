//! Creating, reading, comparing and searching labels.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::Arc;

use metatensor_core::array::{Array, Device, LabelsArray};
use metatensor_core::{Error, Labels};
use support::*;

fn array(shape: &[usize], data: Vec<i32>) -> Box<dyn Array> {
    TestArray::new(shape, data).boxed()
}

const NO_NAMES: [&str; 0] = [];

#[test]
fn rows_keep_their_order() {
    let labels = labels(["a", "b"], &[[7, 1], [2, 2], [7, -3]]);
    assert_eq!(&labels.names()[..], ["a", "b"]);
    assert_eq!((labels.count(), labels.size()), (3, 2));
    assert_eq!(rows(&labels), [7, 1, 2, 2, 7, -3]);
    assert!(!labels.is_sorted().unwrap());
    assert!(column("a", &[-5, 0, 3]).is_sorted().unwrap());
}

#[test]
fn invalid_names() {
    for name in ["", "1a", "é", "a b", "a-b"] {
        let mentions = [&format!("'{name}'")[..], "valid dimension name"];
        assert_invalid(
            Labels::new(&["ok", name], array(&[0, 2], vec![])),
            &mentions,
        );
        assert_invalid(
            Labels::new_assume_unique(&[name], array(&[0, 1], vec![])),
            &mentions,
        );
    }
    assert!(Labels::new(&["_"], array(&[0, 1], vec![])).is_ok());
    assert_invalid(
        Labels::new(&["a", "b", "a"], array(&[0, 3], vec![])),
        &["'a'", "unique"],
    );
    // names are checked before the shape
    assert_invalid(Labels::new(&["1a"], array(&[3], vec![1, 2, 3])), &["'1a'"]);
}

#[test]
fn invalid_shapes() {
    for shape in [&[4][..], &[1, 4], &[2, 2, 1], &[4, 1]] {
        let result = Labels::new(&["a", "b"], array(shape, vec![1, 2, 3, 4]));
        assert_invalid(result, &[&format!("{shape:?}"), "(count, 2)"]);
        let result = Labels::new_assume_unique(&["a", "b"], array(shape, vec![1, 2, 3, 4]));
        assert_invalid(result, &[&format!("{shape:?}")]);
    }
    assert_invalid(
        Labels::from_vec(&["a", "b"], vec![1, 2, 3]),
        &["3 values", "2 dimension"],
    );
}

#[test]
fn without_dimensions() {
    for shape in [&[0, 0][..], &[5, 0], &[0], &[3, 0, 2]] {
        let labels = Labels::new(&NO_NAMES, array(shape, vec![])).unwrap();
        assert_eq!((labels.count(), labels.size()), (0, 0));
        assert_eq!(labels.values().shape().unwrap(), [0, 0]);
        assert!(labels.values().as_any().is::<LabelsArray>());
        assert_eq!(labels.position(&[]).unwrap(), None);
        assert!(rows(&labels).is_empty());
    }
    for (shape, count) in [(&[1, 1][..], 1), (&[], 1), (&[3], 3)] {
        let result = Labels::new(&NO_NAMES, array(shape, vec![0; count]));
        assert_invalid(result, &["without dimensions"]);
    }
    assert_invalid(Labels::from_vec(&NO_NAMES, vec![1]), &["1 values"]);
}

#[test]
fn duplicated_rows() {
    let rows = [[1, 2], [3, 4], [1, 2]];
    let result = Labels::new(&["a", "b"], array(&[3, 2], rows.concat()));
    assert_invalid(result, &["(a=1, b=2)", "more than once"]);
    // sorted, in a small range, in a large range
    for values in [
        vec![1, 2, 2, 3],
        vec![3, 2, 1, 2],
        vec![3, 1_000_000, -5, 1_000_000],
    ] {
        assert_invalid(
            Labels::from_vec(&["a"], values.clone()),
            &["more than once"],
        );
        assert!(Labels::from_vec_assume_unique(&["a"], values).is_ok());
    }
}

#[test]
fn assume_unique_does_not_read() {
    let log = Arc::default();
    let values = TestArray::new(&[2, 1], vec![1, 1]).logged(&log);
    let labels = Labels::new_assume_unique(&["a"], values.boxed()).unwrap();
    assert_eq!(log.take(), ["shape"]);
    // no operation may fail badly
    labels.position(&[1]).unwrap();
    labels.union(&labels, Some(&mut [0; 2]), None).unwrap();
    let other = column("a", &[1]);
    labels
        .intersection(&other, Some(&mut [0; 2]), Some(&mut [0]))
        .unwrap();
    other
        .intersection(&labels, Some(&mut [0]), Some(&mut [0; 2]))
        .unwrap();
    labels.difference(&other, None).unwrap();
    labels.select(&other).unwrap();
    assert_eq!(other.select_into(&labels, &mut [7]).unwrap(), 1);
}

#[test]
fn wrong_dtype() {
    let floats = TestArray::new(&[2, 1], vec![0.0, 1.0]);
    let result = Labels::new(&["a"], floats.clone().boxed());
    assert_invalid(result, &["int32", "float64"]);
    let labels = Labels::new_assume_unique(&["a"], floats.boxed()).unwrap();
    assert_invalid(labels.values_cpu(), &["float64"]);
    assert_invalid(labels.position(&[0]), &["float64"]);

    // without rows, the dtype is never looked at
    let empty = TestArray::<f64>::new(&[0, 1], vec![]).boxed();
    let labels = Labels::new(&["a"], empty).unwrap();
    assert!(rows(&labels).is_empty());
    assert_eq!(labels.position(&[0]).unwrap(), None);
}

#[test]
fn without_data() {
    let meta = TestArray::new(&[2, 1], vec![0, 1]).on(META);
    assert_invalid(
        Labels::new(&["a"], meta.clone().boxed()),
        &["no data", "ExtDev:0"],
    );
    let labels = Labels::new_assume_unique(&["a"], meta.clone().boxed()).unwrap();
    assert_invalid(labels.values_cpu(), &["no data"]);
    assert_invalid(labels.position(&[0]), &["no data"]);
    assert_invalid(labels.union(&labels, None, None), &["no data"]);
    assert_invalid(labels.select(&labels), &["no data"]);

    // rows are not compared
    let other = TestArray::new(&[2, 1], vec![5, 6]).on(META);
    let other = Labels::new_assume_unique(&["a"], other.boxed()).unwrap();
    assert!(labels.equals(&other).unwrap());

    let empty = TestArray::<i32>::new(&[0, 1], vec![]).on(META).boxed();
    let empty = Labels::new(&["a"], empty).unwrap();
    assert_eq!(empty.device().unwrap(), META);
    assert_eq!(empty.union(&empty, None, None).unwrap().count(), 0);
}

#[test]
fn failing_arrays() {
    for function in ["shape", "to_host", "device"] {
        let log = Arc::<Log>::default();
        log.fail(function);
        let values = TestArray::new(&[2, 1], vec![0, 1]).logged(&log);
        let error = Labels::new(&["a"], values.boxed()).unwrap_err();
        assert!(matches!(error, Error::Callback { function: name } if name == function));
    }
}

#[test]
fn values_in_place() {
    let values = TestArray::new(&[3, 2], vec![0, 1, 0, 2, 5, 5]);
    let memory = values.data.as_ptr();
    let labels = Labels::new(&["a", "b"], values.clone().boxed()).unwrap();
    assert_eq!(rows(&labels).as_ptr(), memory);
    assert_eq!(rows(&labels).as_ptr(), memory);

    let strided = Labels::new(&["a", "b"], values.strided().boxed()).unwrap();
    let copy = rows(&strided).as_ptr();
    assert_ne!(copy, memory);
    assert_eq!(rows(&strided).as_ptr(), copy);
    assert_eq!(rows(&strided), rows(&labels));
    assert!(strided.equals(&labels).unwrap());
}

#[test]
fn each_question_is_asked_once() {
    let log = Arc::default();
    let values = TestArray::new(&[3, 1], vec![5, 3, 4]).logged(&log);
    let labels = Labels::new(&["a"], values.boxed()).unwrap();
    assert_eq!(log.take(), ["shape", "to_host", "device"]);
    labels.device().unwrap();
    labels.values_cpu().unwrap();
    labels.position(&[3]).unwrap();
    labels.equals(&column("a", &[5, 3, 4])).unwrap();
    assert_eq!(log.take(), Vec::<String>::new());
}

#[test]
fn equality() {
    let reference = labels(["a", "b"], &[[1, 2], [3, 4]]);
    let equal = |other: &Arc<Labels>| {
        let result = reference.equals(other).unwrap();
        assert_eq!(other.equals(&reference).unwrap(), result);
        result
    };
    assert!(equal(&reference));
    assert!(equal(&labels(["a", "b"], &[[1, 2], [3, 4]])));
    assert!(equal(
        &Labels::from_vec(&["a", "b"], vec![1, 2, 3, 4]).unwrap()
    ));
    assert!(!equal(&labels(["b", "a"], &[[1, 2], [3, 4]])));
    assert!(!equal(&labels(["a", "b"], &[[3, 4], [1, 2]])));
    assert!(!equal(&labels(["a", "b"], &[[1, 2]])));
    assert!(!equal(&labels(["a", "b"], &[[1, 2], [3, 5]])));
    let on_device = TestArray::new(&[2, 2], vec![1, 2, 3, 4]).on(CUDA);
    assert!(!equal(
        &Labels::new(&["a", "b"], on_device.boxed()).unwrap()
    ));
}

#[test]
fn positions() {
    let labels = labels(["a", "b"], &[[7, 1], [2, 2], [7, -3]]);
    assert_eq!(labels.position(&[7, -3]).unwrap(), Some(2));
    assert_eq!(labels.position(&[-3, 7]).unwrap(), None);
    assert_invalid(labels.position(&[7]), &["2 dimension", "got 1"]);
    assert_invalid(labels.position(&[]), &["got 0"]);

    let mut output = [0; 3];
    labels.positions(&[2, 2, 0, 0, 7, 1], &mut output).unwrap();
    assert_eq!(output, [1, -1, 0]);
    assert_invalid(labels.positions(&[2, 2, 0], &mut output), &["2 dimension"]);
    assert_invalid(
        labels.positions(&[2, 2], &mut output),
        &["1 entries", "got 3"],
    );

    let empty = Labels::from_vec(&NO_NAMES, vec![]).unwrap();
    empty.positions(&[], &mut output).unwrap();
    assert_eq!(output, [-1; 3]);
}

#[test]
fn results_live_where_their_operands_do() {
    let log = Arc::default();
    let values = TestArray::new(&[2, 1], vec![5, 3]).on(CUDA).logged(&log);
    let first = Labels::new(&["a"], values.boxed()).unwrap();
    let second = TestArray::new(&[2, 1], vec![3, 9]).on(CUDA);
    let second = Labels::new(&["a"], second.boxed()).unwrap();
    log.take();
    let union = first.union(&second, None, None).unwrap();
    assert_eq!(log.take(), ["from_host_i32[3, 1]", "copy(CUDA:1)"]);
    assert_eq!(union.values().device().unwrap(), CUDA);
    assert_eq!(union.device().unwrap(), CUDA);
    log.take();
    // the values are known already
    assert_eq!(rows(&union), [5, 3, 9]);
    assert_eq!(log.take(), Vec::<String>::new());
    assert_eq!(Device::CPU, column("a", &[1]).device().unwrap());
}

#[test]
fn attachments() {
    let labels = column("a", &[1]);
    assert!(labels.attachment().get().is_none());
    labels.attachment().set(Box::new("anything")).unwrap();
    let attached = labels.attachment().get().unwrap();
    assert_eq!(attached.downcast_ref::<&str>(), Some(&"anything"));
}

#[test]
fn from_many_threads() {
    let values = (0..10_000)
        .map(|i: i32| i * 7919 % 10_007 * 5)
        .collect::<Vec<_>>();
    let array = TestArray::new(&[10_000, 1], values.clone()).strided();
    let labels = Labels::new_assume_unique(&["a"], array.boxed()).unwrap();
    let addresses = std::thread::scope(|scope| {
        let search = |start: usize| {
            for (i, &value) in values.iter().enumerate().skip(start).step_by(4) {
                assert_eq!(labels.position(&[value]).unwrap(), Some(i));
            }
            rows(&labels).as_ptr().addr()
        };
        let threads = [0, 1, 2, 3].map(|start| scope.spawn(move || search(start)));
        threads.map(|thread| thread.join().unwrap())
    });
    assert_eq!(addresses, [addresses[0]; 4]);
}
