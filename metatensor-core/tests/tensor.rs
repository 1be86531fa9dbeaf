//! Creating tensor maps, and their info.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::Arc;

use metatensor_core::array::{DType, Device};
use metatensor_core::{Labels, Result, TensorBlock, TensorMap};
use support::*;

fn new_tensor(blocks: Vec<TensorBlock>) -> Result<TensorMap> {
    let keys = (0..blocks.len() as i32).collect::<Vec<_>>();
    TensorMap::new(
        column("k", &keys),
        blocks.into_iter().map(Box::new).collect(),
    )
}

/// Block with the given dimension names for samples, components and properties.
fn named(sample: &str, components: &[&str], property: &str) -> TensorBlock {
    let components = components
        .iter()
        .map(|name| column(name, &[0]))
        .collect::<Vec<_>>();
    let components = components.iter().collect::<Vec<_>>();
    block(
        vec![0.0],
        &column(sample, &[0]),
        &components,
        &column(property, &[0]),
    )
}

fn with_gradient(mut block: TensorBlock, parameter: &str, gradient: TensorBlock) -> TensorBlock {
    block.add_gradient(parameter, gradient).unwrap();
    block
}

#[test]
fn parts() {
    let mut tensor = new_tensor(vec![named("s", &[], "p"), named("s", &[], "p")]).unwrap();
    assert_eq!(rows(tensor.keys()), [0, 1]);
    assert_eq!(tensor.blocks().len(), 2);
    assert!(std::ptr::eq(tensor.block(1).unwrap(), &*tensor.blocks()[1]));
    let message = ["block 2", "2 block(s)"];
    assert_invalid(tensor.block(2).map(|_| ()), &message);
    assert_invalid(tensor.block_mut(2).map(|_| ()), &message);
    tensor
        .block_mut(1)
        .unwrap()
        .add_gradient("g", named("sample", &[], "p"))
        .unwrap();
    assert_eq!(tensor.device().unwrap(), Device::CPU);
    assert_eq!(tensor.dtype().unwrap(), DType::F64);
}

#[test]
fn without_blocks() {
    for keys in [only_names(&[]), only_names(&["a", "b"])] {
        let tensor = TensorMap::new(keys, vec![]).unwrap();
        assert_eq!(tensor.device().unwrap(), Device::CPU);
        assert_eq!(tensor.dtype().unwrap(), DType::F64);
        assert!(tensor.copy().unwrap().blocks().is_empty());
    }
}

#[test]
fn wrong_number_of_blocks() {
    let block = Box::new(named("s", &[], "p"));
    let result = TensorMap::new(column("k", &[0, 1]), vec![block]);
    assert_invalid(result, &["1 blocks", "2 keys"]);
}

#[test]
fn different_values() {
    let (s, p) = (column("s", &[0]), column("p", &[0]));
    let first = || block(vec![0.0], &s, &[], &p);
    let array = || TestArray::new(&[1, 1], vec![0.0]);
    let with = |other: Result<TensorBlock>| new_tensor(vec![first(), first(), other.unwrap()]);

    let other = array().with_origin("Other").boxed();
    let other = TensorBlock::new(other, Arc::clone(&s), vec![], Arc::clone(&p));
    assert_invalid(with(other), &["'Other'", "'TestArray'", "block 2"]);

    let floats = TestArray::new(&[1, 1], vec![0_f32]).boxed();
    let other = TensorBlock::new(floats, Arc::clone(&s), vec![], Arc::clone(&p));
    assert_invalid(with(other), &["float32", "float64", "block 2"]);

    let there = |name: &str| {
        Labels::new(&[name], TestArray::new(&[1, 1], vec![0]).on(CUDA).boxed()).unwrap()
    };
    let on_device = || TensorBlock::new(array().on(CUDA).boxed(), there("s"), vec![], there("p"));
    assert_invalid(with(on_device()), &["CUDA:1", "CPU:0", "block 2"]);
    let result = new_tensor(vec![on_device().unwrap()]);
    assert_invalid(result, &["keys", "CUDA:1", "CPU:0"]);
    let block = Box::new(on_device().unwrap());
    assert!(TensorMap::new(there("k"), vec![block]).is_ok());
}

#[test]
fn different_names() {
    let with = |other: TensorBlock| new_tensor(vec![named("s", &["c", "d"], "p"), other]);
    assert!(with(named("s", &["c", "d"], "p")).is_ok());
    assert_invalid(
        with(named("t", &["c", "d"], "p")),
        &["samples", "(t)", "(s)", "block 1"],
    );
    assert_invalid(
        with(named("s", &["c"], "p")),
        &["components", "(c)", "(c, d)"],
    );
    assert_invalid(
        with(named("s", &["d", "c"], "p")),
        &["components", "(d, c)", "(c, d)"],
    );
    assert_invalid(
        with(named("s", &["c", "d"], "q")),
        &["properties", "(q)", "(p)"],
    );
}

#[test]
fn different_gradients() {
    let base = || named("s", &["c"], "p");
    let gradient = |components: &[&str]| named("sample", components, "p");
    let first = || {
        let block = with_gradient(base(), "a", gradient(&["c"]));
        let inner = with_gradient(gradient(&["x", "c"]), "inner", gradient(&["x", "c"]));
        with_gradient(block, "b", inner)
    };
    let with = |other: TensorBlock| new_tensor(vec![first(), other]);

    assert!(with(first()).is_ok());
    let inner = with_gradient(gradient(&["x", "c"]), "inner", gradient(&["x", "c"]));
    let other_order = with_gradient(with_gradient(base(), "b", inner), "a", gradient(&["c"]));
    assert!(with(other_order).is_ok());

    assert_invalid(with(base()), &["gradients", "()", "(a, b)", "block 1"]);
    let one = with_gradient(base(), "a", gradient(&["c"]));
    assert_invalid(with(one), &["gradients", "(a)", "(a, b)"]);
    let one = with_gradient(base(), "a", gradient(&["c"]));
    let other = with_gradient(one, "z", gradient(&["x", "c"]));
    assert_invalid(with(other), &["(a, z)", "(a, b)"]);
    let one = with_gradient(base(), "a", gradient(&["c"]));
    let without_inner = with_gradient(one, "b", gradient(&["x", "c"]));
    assert_invalid(with(without_inner), &["gradient 'b' of block 1", "(inner)"]);
    let one = with_gradient(base(), "a", gradient(&["x", "c"]));
    let inner = with_gradient(gradient(&["x", "c"]), "inner", gradient(&["x", "c"]));
    let components = with_gradient(one, "b", inner);
    assert_invalid(
        with(components),
        &["components", "(x, c)", "gradient 'a' of block 1"],
    );
    let one = with_gradient(base(), "a", gradient(&["c"]));
    let inner = with_gradient(gradient(&["x", "c"]), "inner", gradient(&["y", "x", "c"]));
    let components = with_gradient(one, "b", inner);
    assert_invalid(
        with(components),
        &["gradient 'inner' of gradient 'b' of block 1"],
    );

    let samples = labels(["sample", "atom"], &[[0, 0]]);
    let other = block(
        vec![0.0],
        &samples,
        &[&column("c", &[0])],
        &column("p", &[0]),
    );
    let result = new_tensor(vec![
        with_gradient(base(), "a", gradient(&["c"])),
        with_gradient(base(), "a", other),
    ]);
    assert_invalid(result, &["samples", "(sample, atom)", "gradient 'a'"]);
}

#[test]
fn info() {
    let mut tensor = new_tensor(vec![named("s", &[], "p")]).unwrap();
    assert!(tensor.info("missing").is_none());
    assert_eq!(tensor.info_iter().len(), 0);
    tensor.set_info("z", "1").unwrap();
    tensor.set_info("", *b"not UTF-8: \xFF").unwrap();
    let address = tensor.info("z").unwrap().as_ptr();
    for i in 0..20 {
        tensor.set_info(&format!("key {i}"), "value").unwrap();
    }
    assert_eq!(tensor.info("z").unwrap().as_ptr(), address);
    tensor.attachment().set(Box::new(1)).unwrap();
    tensor.set_info("key 3", "").unwrap();
    assert!(tensor.attachment().get().is_none());
    assert_eq!(tensor.info("").unwrap().to_bytes(), b"not UTF-8: \xFF");
    assert_eq!(tensor.info("key 3").unwrap().to_bytes(), b"");
    let keys = tensor
        .info_iter()
        .map(|(key, _)| key)
        .take(3)
        .collect::<Vec<_>>();
    assert_eq!(keys, ["z", "", "key 0"]);
    assert_eq!(tensor.info_iter().len(), 22);

    assert_invalid(tensor.set_info("nul\0", "1"), &["NUL", "nul\\0"]);
    assert_invalid(tensor.set_info("z", "1\0"), &["NUL", "'z'"]);
    assert_eq!(tensor.info("z").unwrap().to_bytes(), b"1");
}

#[test]
fn copies() {
    let block = with_gradient(named("s", &["c"], "p"), "g", named("sample", &["c"], "p"));
    let mut tensor = new_tensor(vec![block]).unwrap();
    tensor.set_info("a", "b").unwrap();
    let copy = tensor.copy().unwrap();
    assert!(Arc::ptr_eq(copy.keys(), tensor.keys()));
    assert_eq!(copy.info("a"), tensor.info("a"));
    assert_ne!(
        copy.info("a").unwrap().as_ptr(),
        tensor.info("a").unwrap().as_ptr()
    );
    assert!(copy.block(0).unwrap().gradient("g").is_ok());
}

#[test]
fn each_question_is_asked_once() {
    let log = Arc::<Log>::default();
    let blocks = (0..3).map(|_| {
        let array = TestArray::new(&[1, 1], vec![0.0]).logged(&log).boxed();
        TensorBlock::new(array, column("s", &[0]), vec![], column("p", &[0])).unwrap()
    });
    let blocks = blocks.collect::<Vec<_>>();
    log.take();
    let tensor = new_tensor(blocks).unwrap();
    tensor.device().unwrap();
    tensor.dtype().unwrap();
    let mut calls = log.take();
    calls.sort();
    assert_eq!(
        calls,
        ["dtype", "dtype", "dtype", "origin", "origin", "origin"]
    );
}
