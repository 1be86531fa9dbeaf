//! Creating blocks and adding gradients.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::Arc;

use metatensor_core::array::{Array, DType, Device, origin};
use metatensor_core::{Error, Labels, Result, TensorBlock};
use support::*;

fn samples() -> Arc<Labels> {
    labels(["s", "t"], &[[0, 0], [0, 1], [4, 2]])
}

fn properties() -> Arc<Labels> {
    column("p", &[1, 5])
}

fn new_block(shape: &[usize], components: &[Arc<Labels>]) -> Result<TensorBlock> {
    let values = TestArray::new(shape, vec![0.0; shape.iter().product()]);
    TensorBlock::new(values.boxed(), samples(), components.to_vec(), properties())
}

#[test]
fn parts() {
    let c = column("c", &[-1, 0, 1]);
    let block = new_block(&[3, 3, 2], &[Arc::clone(&c)]).unwrap();
    assert_eq!(block.values().shape().unwrap(), [3, 3, 2]);
    assert!(Arc::ptr_eq(&block.components()[0], &c));
    assert!(Arc::ptr_eq(block.labels(0).unwrap(), block.samples()));
    assert!(Arc::ptr_eq(block.labels(1).unwrap(), &c));
    assert!(Arc::ptr_eq(block.labels(2).unwrap(), block.properties()));
    assert_invalid(block.labels(3), &["axis 3", "3 axes"]);
    assert_eq!(block.device().unwrap(), Device::CPU);
    assert_eq!(block.dtype().unwrap(), DType::F64);
    assert_eq!(origin::name(block.origin().unwrap()), "TestArray");
}

#[test]
fn empty_axes() {
    let values = || TestArray::<f64>::new(&[0, 2], vec![]).boxed();
    assert!(TensorBlock::new(values(), column("s", &[]), vec![], properties()).is_ok());
    assert!(TensorBlock::new(values(), only_names(&[]), vec![], properties()).is_ok());
    let values = || TestArray::<f64>::new(&[3, 0], vec![]).boxed();
    assert!(TensorBlock::new(values(), samples(), vec![], only_names(&[])).is_ok());
    // the same names may be used for samples, components and properties
    let values = TestArray::new(&[1, 1, 1], vec![0.0]).boxed();
    let a = || column("a", &[0]);
    assert!(TensorBlock::new(values, a(), vec![a()], a()).is_ok());
}

#[test]
fn wrong_shapes() {
    let c = || column("c", &[-1, 0, 1]);
    assert_invalid(new_block(&[3, 3, 2], &[]), &["3 axes", "2 labels"]);
    assert_invalid(new_block(&[3, 2], &[c()]), &["2 axes", "3 labels"]);
    assert_invalid(new_block(&[6], &[]), &["1 axes"]);
    assert_invalid(
        new_block(&[4, 2], &[]),
        &["size 4", "axis 0", "samples", "3 entries"],
    );
    let result = new_block(&[3, 4, 2], &[c()]);
    assert_invalid(result, &["size 4", "axis 1", "components[0]", "3 entries"]);
    assert_invalid(
        new_block(&[3, 3, 1], &[c()]),
        &["size 1", "axis 2", "properties", "2 entries"],
    );
}

#[test]
fn wrong_components() {
    let c = || column("c", &[-1, 0, 1]);
    assert_invalid(new_block(&[3, 3, 3, 2], &[c(), c()]), &["(c)", "unique"]);
    // repeated names come before the sizes
    assert_invalid(new_block(&[3, 9, 9, 9], &[c(), c()]), &["(c)", "unique"]);
    let two = labels(["c", "d"], &[[0, 1]]);
    assert_invalid(
        new_block(&[3, 1, 2], &[two]),
        &["components[0]", "(c, d)", "one dimension"],
    );
    let none = only_names(&[]);
    assert_invalid(new_block(&[3, 0, 2], &[none]), &["components[0]", "got 0"]);
    let empty = column("empty", &[]);
    assert_invalid(
        new_block(&[3, 3, 0, 2], &[c(), empty]),
        &["'empty'", "at least one entry"],
    );
}

#[test]
fn wrong_devices() {
    let on = |device, name: &str, count: usize| {
        let array = TestArray::new(&[count, 1], (0..count as i32).collect()).on(device);
        Labels::new_assume_unique(&[name], array.boxed()).unwrap()
    };
    let build = |devices: [Device; 4]| {
        let values = TestArray::new(&[2, 1, 3], vec![0.0; 6])
            .on(devices[0])
            .boxed();
        let [_, samples, component, properties] = devices;
        TensorBlock::new(
            values,
            on(samples, "s", 2),
            vec![on(component, "c", 1)],
            on(properties, "p", 3),
        )
    };
    let cpu = Device::CPU;
    assert!(build([CUDA; 4]).is_ok());
    assert!(build([META; 4]).is_ok());
    assert_invalid(
        build([cpu, CUDA, cpu, cpu]),
        &["CPU:0", "CUDA:1", "samples"],
    );
    assert_invalid(
        build([cpu, cpu, CUDA, cpu]),
        &["CPU:0", "CUDA:1", "components[0]"],
    );
    assert_invalid(
        build([cpu, cpu, cpu, CUDA]),
        &["CPU:0", "CUDA:1", "properties"],
    );
    // same device type, other index
    let other = Device {
        device_id: 0,
        ..CUDA
    };
    assert_invalid(build([CUDA, CUDA, CUDA, other]), &["CUDA:1", "CUDA:0"]);
}

#[test]
fn failing_arrays() {
    for function in ["shape", "device"] {
        let log = Arc::<Log>::default();
        log.fail(function);
        let values = TestArray::new(&[3, 2], vec![0.0; 6]).logged(&log);
        let error = TensorBlock::new(values.boxed(), samples(), vec![], properties()).unwrap_err();
        assert!(matches!(error, Error::Callback { function: name } if name == function));
    }
}

fn parent() -> TensorBlock {
    new_block(&[3, 2, 2], &[column("c", &[0, 1])]).unwrap()
}

/// Gradient of `parent()` with the given sample column and components.
fn gradient(sample: &[i32], components: &[&Arc<Labels>]) -> TensorBlock {
    let rows = sample.iter().map(|&sample| [sample, 3]).collect::<Vec<_>>();
    let samples = labels(["sample", "atom"], &rows);
    let size = components
        .iter()
        .map(|component| component.count())
        .product::<usize>();
    block(
        vec![1.0; sample.len() * size * 2],
        &samples,
        components,
        &properties(),
    )
}

fn c() -> Arc<Labels> {
    column("c", &[0, 1])
}

#[test]
fn gradients() {
    let mut block = parent();
    let xyz = column("xyz", &[0, 1, 2]);
    block.attachment().set(Box::new(1)).unwrap();
    block
        .add_gradient("z", gradient(&[0, 2], &[&xyz, &c()]))
        .unwrap();
    assert!(block.attachment().get().is_none());
    let address = std::ptr::from_ref(block.gradient("z").unwrap());
    for name in ["", "é/ü", "a", "b", "d", "e", "f", "g", "h"] {
        block.add_gradient(name, gradient(&[], &[&c()])).unwrap();
    }
    assert_eq!(std::ptr::from_ref(block.gradient("z").unwrap()), address);
    let order = ["z", "", "é/ü", "a", "b", "d", "e", "f", "g", "h"];
    assert!(block.gradients().map(|(parameter, _)| parameter).eq(order));
    assert_eq!(block.gradient("z").unwrap().components().len(), 2);
    assert_eq!(block.gradient_mut("a").unwrap().samples().count(), 0);
    assert_invalid(block.gradient("missing").map(|_| ()), &["'missing'"]);
    assert_invalid(block.gradient_mut("missing").map(|_| ()), &["'missing'"]);
    assert_invalid(
        block.add_gradient("z", gradient(&[], &[&c()])),
        &["'z'", "already"],
    );

    // gradients of gradients relate to the samples of the gradient
    let inner = gradient(&[1], &[&xyz, &c()]);
    block
        .gradient_mut("z")
        .unwrap()
        .add_gradient("zz", inner)
        .unwrap();
    let inner = gradient(&[2], &[&xyz, &c()]);
    assert_invalid(
        block.gradient_mut("z").unwrap().add_gradient("z3", inner),
        &["sample=2", "2 samples"],
    );
}

#[test]
fn nested_gradients_are_limited() {
    let c = c();
    let chain = |levels: usize| {
        let mut chain = gradient(&[0], &[&c]);
        for _ in 1..levels {
            let mut outer = gradient(&[0], &[&c]);
            outer.add_gradient("g", chain).unwrap();
            chain = outer;
        }
        chain
    };
    // from the inside, and from the outside
    assert_invalid(
        gradient(&[0], &[&c]).add_gradient("g", chain(65)),
        &["64 times"],
    );
    let mut block = gradient(&[0], &[&c]);
    block.add_gradient("g", chain(40)).unwrap();
    let mut innermost = &mut block;
    while innermost.gradient("g").is_ok() {
        innermost = innermost.gradient_mut("g").unwrap();
    }
    assert_invalid(innermost.add_gradient("g", chain(25)), &["64 times"]);
    innermost.add_gradient("g", chain(24)).unwrap();
    assert!(block.copy().is_ok());
}

#[test]
fn wrong_gradient_values() {
    let with = |values: Box<dyn Array>| {
        let samples = column("sample", &[0]);
        let gradient = TensorBlock::new(values, samples, vec![c()], properties()).unwrap();
        parent().add_gradient("g", gradient)
    };
    let values = || TestArray::new(&[1, 2, 2], vec![0.0; 4]);
    assert!(with(values().boxed()).is_ok());
    assert_invalid(
        with(values().with_origin("Other").boxed()),
        &["'Other'", "'TestArray'"],
    );
    let floats = TestArray::new(&[1, 2, 2], vec![0_f32; 4]);
    assert_invalid(with(floats.boxed()), &["float32", "float64"]);

    let on = |name: &str, rows: &[i32]| {
        let array = TestArray::new(&[rows.len(), 1], rows.to_vec()).on(CUDA);
        Labels::new(&[name], array.boxed()).unwrap()
    };
    let gradient = TensorBlock::new(
        values().on(CUDA).boxed(),
        on("sample", &[0]),
        vec![on("c", &[0, 1])],
        on("p", &[1, 5]),
    );
    assert_invalid(
        parent().add_gradient("g", gradient.unwrap()),
        &["CUDA:1", "CPU:0"],
    );
}

#[test]
fn wrong_gradient_samples() {
    let with = |samples: &Arc<Labels>| {
        let gradient = block(
            vec![0.0; samples.count() * 4],
            samples,
            &[&c()],
            &properties(),
        );
        parent().add_gradient("g", gradient)
    };
    assert!(with(&column("sample", &[])).is_ok());
    assert_invalid(
        with(&only_names(&[])),
        &["at least one dimension named 'sample'"],
    );
    assert_invalid(with(&column("s", &[0])), &["'sample'", "'s'"]);
    let last = labels(["atom", "sample"], &[[0, 0]]);
    assert_invalid(with(&last), &["'sample'", "'atom'"]);
    assert_invalid(
        with(&column("sample", &[0, 3])),
        &["sample=3", "row 1", "3 samples"],
    );
    assert_invalid(with(&column("sample", &[-1])), &["sample=-1", "row 0"]);
}

#[test]
fn gradient_samples_without_data() {
    let on = |name: &str, count: usize| {
        let array = TestArray::new(&[count, 1], vec![9; count]).on(META);
        Labels::new_assume_unique(&[name], array.boxed()).unwrap()
    };
    let meta = |samples: &str, count: usize| {
        let values = TestArray::new(&[count, 2], vec![0.0; 2 * count])
            .on(META)
            .boxed();
        TensorBlock::new(values, on(samples, count), vec![], on("p", 2)).unwrap()
    };
    assert!(meta("s", 1).add_gradient("g", meta("sample", 3)).is_ok());
}

#[test]
fn wrong_gradient_labels() {
    let xyz = column("xyz", &[0, 1, 2]);
    let with = |gradient: TensorBlock| parent().add_gradient("g", gradient);
    assert_invalid(
        with(gradient(&[0], &[])),
        &["at least the 1 component", "got 0"],
    );
    assert_invalid(with(gradient(&[0], &[&xyz])), &["component 'c'"]);
    assert_invalid(with(gradient(&[0], &[&c(), &xyz])), &["component 'c'"]);
    assert_invalid(
        with(gradient(&[0], &[&column("c", &[0, 2])])),
        &["component 'c'"],
    );
    let samples = column("sample", &[0]);
    for properties in [
        column("p", &[1, 6]),
        column("q", &[1, 5]),
        column("p", &[5, 1]),
    ] {
        let gradient = block(vec![0.0; 4], &samples, &[&c()], &properties);
        assert_invalid(with(gradient), &["properties"]);
    }
}

#[test]
fn copies() {
    let mut original = parent();
    original.add_gradient("b", gradient(&[0], &[&c()])).unwrap();
    original.add_gradient("a", gradient(&[1], &[&c()])).unwrap();
    let inner = gradient(&[0], &[&c()]);
    original
        .gradient_mut("a")
        .unwrap()
        .add_gradient("inner", inner)
        .unwrap();

    let copy = original.copy().unwrap();
    assert_eq!(values(&copy), values(&original));
    assert!(
        copy.gradients()
            .map(|(parameter, _)| parameter)
            .eq(["b", "a"])
    );
    assert!(Arc::ptr_eq(copy.samples(), original.samples()));
    assert!(copy.gradient("a").unwrap().gradient("inner").is_ok());
    let memory = |block: &TensorBlock| {
        let array = block
            .values()
            .as_any()
            .downcast_ref::<TestArray<f64>>()
            .unwrap();
        array.data.as_ptr()
    };
    assert_ne!(memory(&copy), memory(&original));
    let (copied, source) = (copy.gradient("b").unwrap(), original.gradient("b").unwrap());
    assert_ne!(memory(copied), memory(source));
}

#[test]
fn each_question_is_asked_once() {
    let log = Arc::<Log>::default();
    let array = TestArray::new(&[3, 2], vec![0.0; 6]).logged(&log);
    let mut block = TensorBlock::new(array.boxed(), samples(), vec![], properties()).unwrap();
    assert_eq!(log.take(), ["shape", "device"]);
    for name in ["a", "b"] {
        let samples = column("sample", &[0]);
        let array = TestArray::new(&[1, 2], vec![0.0; 2]).boxed();
        let gradient = TensorBlock::new(array, samples, vec![], properties()).unwrap();
        block.add_gradient(name, gradient).unwrap();
    }
    assert_eq!(log.take(), ["origin", "dtype"]);
    let copy = block.copy().unwrap();
    assert_eq!(log.take(), ["copy(CPU:0)"]);
    assert_eq!(copy.device().unwrap(), Device::CPU);
    assert_eq!(copy.dtype().unwrap(), DType::F64);
    assert!(log.take().is_empty());
}
