//! When several things are wrong, the error is about the first one in the documented order.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::Arc;

use metatensor_core::array::{Array, Device};
use metatensor_core::{Error, Labels, Result, TensorBlock, TensorMap};
use support::*;

/// Labels on some device, with rows 0, 1, 2...
fn on(device: Device, names: &[&str], count: usize) -> Arc<Labels> {
    let values = (0..count * names.len()).map(|i| i as i32).collect();
    let array = TestArray::new(&[count, names.len()], values).on(device);
    Labels::new(names, array.boxed()).unwrap()
}

fn floats(shape: &[usize]) -> TestArray<f64> {
    TestArray::new(shape, vec![0.0; shape.iter().product()])
}

#[test]
fn labels() {
    let check = |names: &[&str], values: Box<dyn Array>, mentions: &[&str]| {
        assert_invalid(Labels::new(names, values), mentions);
    };
    // everything which can be wrong with values
    let doubles = |shape: &[usize]| floats(shape).on(META);
    check(
        &["no name", "b", "b"],
        doubles(&[4]).boxed(),
        &["'no name'", "valid"],
    );
    check(&["b", "b"], doubles(&[4]).boxed(), &["'b'", "unique"]);
    check(&["a", "b"], doubles(&[4]).boxed(), &["2"]);
    let unreadable = doubles(&[2, 2]);
    unreadable.log.fail("to_host");
    let error = Labels::new(&["a", "b"], unreadable.boxed()).unwrap_err();
    assert!(matches!(error, Error::Callback { .. }), "{error}");
    check(&["a", "b"], doubles(&[2, 2]).boxed(), &["int32", "float64"]);
    let repeated = || TestArray::new(&[2, 2], vec![1, 7, 1, 7]);
    check(&["a", "b"], repeated().on(META).boxed(), &["no data"]);
    check(&["a", "b"], repeated().boxed(), &["a=1, b=7"]);
}

#[test]
fn blocks() {
    let cpu = Device::CPU;
    let c = on(cpu, &["c"], 2);
    // everything which can be wrong with components
    let pair = on(cpu, &["d", "e"], 0);
    let check = |values: TestArray<f64>, components: [&Arc<Labels>; 2], mentions: &[&str]| {
        let (samples, properties) = (on(cpu, &["s"], 3), on(cpu, &["p"], 2));
        let components = components.into_iter().cloned().collect();
        let result = TensorBlock::new(values.boxed(), samples, components, properties);
        assert_invalid(result, mentions);
    };
    check(floats(&[9]).on(CUDA), [&c, &c], &["1 axes", "4 labels"]);
    check(floats(&[9; 4]).on(CUDA), [&c, &c], &["axis 0", "samples"]);
    check(floats(&[3, 9, 9, 9]).on(CUDA), [&c, &c], &["unique"]);
    check(floats(&[3, 9, 9, 9]).on(CUDA), [&c, &pair], &["axis 1"]);
    check(floats(&[3, 2, 9, 9]).on(CUDA), [&c, &pair], &["axis 2"]);
    check(floats(&[3, 2, 0, 9]).on(CUDA), [&c, &pair], &["axis 3"]);
    check(floats(&[3, 2, 0, 2]).on(CUDA), [&c, &pair], &["CUDA:1"]);
    check(floats(&[3, 2, 0, 2]), [&c, &pair], &["(d, e)"]);
    let empty = on(cpu, &["d"], 0);
    check(floats(&[3, 2, 0, 2]), [&c, &empty], &["at least one entry"]);
}

/// Block with at most one component.
fn gradient(
    values: Box<dyn Array>,
    samples: &Arc<Labels>,
    component: Option<&Arc<Labels>>,
    property: &Arc<Labels>,
) -> TensorBlock {
    let components = component.into_iter().cloned().collect();
    TensorBlock::new(
        values,
        Arc::clone(samples),
        components,
        Arc::clone(property),
    )
    .unwrap()
}

#[test]
fn gradients() {
    let cpu = Device::CPU;
    let parent = || {
        let (samples, component) = (on(cpu, &["s"], 3), on(cpu, &["c"], 2));
        let (values, property) = (floats(&[3, 2, 1]).boxed(), on(cpu, &["p"], 1));
        gradient(values, &samples, Some(&component), &property)
    };
    let add = |gradient: TensorBlock| -> Result<()> { parent().add_gradient("g", gradient) };
    let single = |shape: &[usize]| TestArray::new(shape, vec![0_f32; shape.iter().product()]);
    let (q, q_there) = (on(cpu, &["q"], 1), on(CUDA, &["q"], 1));
    let s_there = on(CUDA, &["s"], 1);

    let elsewhere = || {
        let values = single(&[1, 1]).on(CUDA).with_origin("Other");
        gradient(values.boxed(), &s_there, None, &q_there)
    };
    let mut block = parent();
    let component = on(cpu, &["c"], 2);
    let sample = column("sample", &[0]);
    let property = on(cpu, &["p"], 1);
    let good = gradient(
        floats(&[1, 2, 1]).boxed(),
        &sample,
        Some(&component),
        &property,
    );
    block.add_gradient("g", good).unwrap();
    assert_invalid(block.add_gradient("g", elsewhere()), &["already", "'g'"]);
    assert_invalid(add(elsewhere()), &["'Other'"]);
    let values = single(&[1, 1]).on(CUDA).boxed();
    assert_invalid(add(gradient(values, &s_there, None, &q_there)), &["CUDA:1"]);
    let values = single(&[0, 1]).boxed();
    assert_invalid(
        add(gradient(values, &only_names(&[]), None, &q)),
        &["float32"],
    );
    let values = floats(&[0, 1]).boxed();
    let result = add(gradient(values, &only_names(&[]), None, &q));
    assert_invalid(result, &["at least one dimension"]);
    let result = add(gradient(
        floats(&[1, 1]).boxed(),
        &column("s", &[7]),
        None,
        &q,
    ));
    assert_invalid(result, &["'s'"]);
    let result = add(gradient(
        floats(&[1, 1]).boxed(),
        &column("sample", &[7]),
        None,
        &q,
    ));
    assert_invalid(result, &["sample=7"]);
    let result = add(gradient(floats(&[1, 1]).boxed(), &sample, None, &q));
    assert_invalid(result, &["at least the 1 component"]);
    let other = on(cpu, &["d"], 2);
    let values = floats(&[1, 2, 1]).boxed();
    assert_invalid(
        add(gradient(values, &sample, Some(&other), &q)),
        &["properties"],
    );
    let values = floats(&[1, 2, 1]).boxed();
    let result = add(gradient(values, &sample, Some(&other), &property));
    assert_invalid(result, &["component 'c'"]);
}

#[test]
fn maps() {
    let make = |values: Box<dyn Array>, device, sample: &str, property: &str| {
        let (samples, properties) = (on(device, &[sample], 1), on(device, &[property], 1));
        TensorBlock::new(values, samples, vec![], properties).unwrap()
    };
    let check = |keys: usize, blocks: [TensorBlock; 2], mentions: &[&str]| {
        let keys = on(Device::CPU, &["k"], keys);
        let blocks = blocks.into_iter().map(Box::new).collect();
        assert_invalid(TensorMap::new(keys, blocks), mentions);
    };
    let single = || TestArray::new(&[1, 1], vec![0_f32]).on(CUDA);
    let first = || make(floats(&[1, 1]).boxed(), Device::CPU, "s", "p");
    let other = || make(single().with_origin("Other").boxed(), CUDA, "t", "q");
    check(3, [first(), other()], &["2 blocks", "3 keys"]);
    check(2, [first(), other()], &["'Other'"]);
    check(
        2,
        [first(), make(single().boxed(), CUDA, "t", "q")],
        &["CUDA:1", "block 1"],
    );
    let there = || floats(&[1, 1]).on(CUDA).boxed();
    check(
        2,
        [
            make(there(), CUDA, "s", "p"),
            make(single().boxed(), CUDA, "t", "q"),
        ],
        &["float32"],
    );
    check(
        2,
        [make(there(), CUDA, "s", "p"), make(there(), CUDA, "t", "q")],
        &["keys", "CUDA:1"],
    );
    let here = || floats(&[1, 1]).boxed();
    let with_gradient = |mut block: TensorBlock| {
        let property = Arc::clone(block.properties());
        let gradient = gradient(here(), &column("sample", &[0]), None, &property);
        block.add_gradient("g", gradient).unwrap();
        block
    };
    let wrong = with_gradient(make(here(), Device::CPU, "t", "q"));
    check(2, [first(), wrong], &["samples"]);
    let wrong = with_gradient(make(here(), Device::CPU, "s", "q"));
    check(2, [first(), wrong], &["properties"]);
    let wrong = with_gradient(make(here(), Device::CPU, "s", "p"));
    check(2, [first(), wrong], &["gradients"]);
}
