//! Moving keys to samples and properties, compared to the simplest implementation.

use metatensor_core::{Labels, TensorMap};

use super::input::Bytes;
use super::support::model::{self, Model, Rows};
use super::support::{only_names, rows, scalar, tensor};

/// A map made from these bytes, with all ways to move its keys.
pub fn keys_to(data: &[u8]) {
    let mut input = Bytes::new(data);
    let mut keys = some_rows(&mut input, 3, 6);
    if keys.is_empty() {
        keys.push(vec![0, 0]);
    }
    let components = 1 + input.up_to(1);
    let properties = some_rows(&mut input, 3, 4);
    let same_properties = input.flag();
    let blocks = (0..keys.len()).map(|_| {
        let properties = match same_properties {
            true => properties.clone(),
            false => some_rows(&mut input, 3, 4),
        };
        block(&mut input, components, properties)
    });
    let blocks = blocks.collect::<Vec<_>>();
    let tensor = build(&keys, &blocks);

    let sort = input.flag();
    let count = input.up_to(2);
    let moved = only_names(&["k", "l"][2 - count..]);
    let fill = scalar(-7.0);
    let result = tensor.keys_to_samples(&moved, &fill, sort).unwrap();
    check(
        &result,
        &model::keys_to_samples(&keys, &blocks, count, -7.0, sort),
    );
    let result = tensor.keys_to_properties(&moved, &fill, sort).unwrap();
    let expected = model::keys_to_properties(&keys, &blocks, count, None, -7.0, sort);
    check(&result, &expected);

    let chosen = some_rows(&mut input, 4, 5);
    if same_properties && !chosen.is_empty() {
        let moved = Labels::from_vec(&["k", "l"], chosen.concat()).unwrap();
        let result = tensor.keys_to_properties(&moved, &fill, sort).unwrap();
        let expected = model::keys_to_properties(&keys, &blocks, 2, Some(&chosen), -7.0, sort);
        check(&result, &expected);
    }
}

/// Some of the rows of two columns with values below `end`, in any order.
fn some_rows(input: &mut Bytes, end: i32, most: usize) -> Rows {
    let mut all = (0..end * end)
        .map(|i| vec![i / end, i % end - 1])
        .collect::<Vec<_>>();
    let count = input.up_to(most);
    let mut chosen = (0..count)
        .map(|_| all.remove(input.up_to(all.len() - 1)))
        .collect::<Vec<_>>();
    if input.flag() {
        chosen.sort_unstable();
    }
    chosen
}

/// A block with a gradient; all elements are different.
fn block(input: &mut Bytes, components: usize, properties: Rows) -> Model {
    let samples = some_rows(input, 4, 8);
    let mut gradient_rows = Rows::new();
    for i in 0..samples.len() as i32 {
        let atoms = input.up_to(7);
        let atoms = (0..3).filter(|bit| atoms & (1 << bit) != 0);
        gradient_rows.extend(atoms.map(|atom| vec![i, atom * 50_000]));
    }
    if input.flag() {
        gradient_rows.reverse();
    }
    let start = f64::from(input.u8()) * 1e6;
    let model = |samples: Rows, components: usize, start: f64| {
        let count = samples.len() * components * properties.len();
        Model {
            samples,
            components,
            properties: properties.clone(),
            values: (0..count).map(|i| start + i as f64).collect(),
            gradient: None,
        }
    };
    let gradient = model(gradient_rows, components * 2, start + 1000.0);
    Model {
        gradient: Some(Box::new(gradient)),
        ..model(samples, components, start)
    }
}

fn build(keys: &Rows, blocks: &[Model]) -> TensorMap {
    let keys = Labels::from_vec(&["k", "l"], keys.concat()).unwrap();
    tensor(&keys, blocks.iter().map(Model::to_block).collect())
}

fn check(result: &TensorMap, expected: &(Rows, Vec<Model>)) {
    assert_eq!(rows(result.keys()), &expected.0.concat()[..]);
    assert_eq!(result.blocks().len(), expected.1.len());
    for (block, expected) in result.blocks().iter().zip(&expected.1) {
        assert_eq!(&Model::from_block(block), expected);
    }
}
