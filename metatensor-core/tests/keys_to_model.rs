//! Moving the keys of any tensor map, compared to the simplest implementation.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use metatensor_core::{Labels, TensorMap};
use proptest::prelude::*;
use support::model::{self, Model, Rows};
use support::*;

/// Some of the rows of two columns with values below `end`, in any order.
fn some_rows(end: i32, most: usize) -> impl Strategy<Value = Rows> {
    let all = (0..end * end)
        .map(|i| vec![i / end, i % end - 1])
        .collect::<Vec<_>>();
    let shuffled = prop::sample::subsequence(all.clone(), 0..=most).prop_shuffle();
    prop_oneof![prop::sample::subsequence(all, 0..=most), shuffled]
}

/// Block with the given components, and a gradient with two times as many.
fn blocks(
    components: usize,
    properties: impl Strategy<Value = Rows>,
) -> impl Strategy<Value = Model> {
    (some_rows(4, 8), properties).prop_flat_map(move |(samples, properties)| {
        let rows = (0..samples.len() as i32).flat_map(|i| (0..3).map(move |a| vec![i, a * 50_000]));
        let rows = rows.collect::<Vec<_>>();
        let most = rows.len();
        let gradient = prop::sample::subsequence(rows, 0..=most).prop_shuffle();
        gradient.prop_map(move |rows| {
            let model = |samples: Rows, components: usize, start: f64| {
                let count = samples.len() * components * properties.len();
                let values = (0..count).map(|i| start + i as f64).collect();
                let properties = properties.clone();
                Model {
                    samples,
                    components,
                    properties,
                    values,
                    gradient: None,
                }
            };
            let gradient = model(rows, components * 2, 1000.0);
            Model {
                gradient: Some(Box::new(gradient)),
                ..model(samples.clone(), components, 0.0)
            }
        })
    })
}

/// Keys of two dimensions with a block for each.
fn tensors(same_properties: bool) -> impl Strategy<Value = (Rows, Vec<Model>)> {
    let keys = some_rows(3, 6).prop_filter("at least one key", |keys| !keys.is_empty());
    (keys, 1..3_usize, some_rows(3, 4)).prop_flat_map(move |(keys, components, properties)| {
        let properties = match same_properties {
            true => Just(properties).boxed(),
            false => prop_oneof![Just(properties), some_rows(3, 4)].boxed(),
        };
        let count = keys.len();
        let distinguish = |mut blocks: Vec<Model>| {
            for (block, i) in blocks.iter_mut().zip(1..) {
                let add = |value: &mut f64| *value += f64::from(i) * 1e6;
                block.values.iter_mut().for_each(add);
                block
                    .gradient
                    .iter_mut()
                    .for_each(|gradient| gradient.values.iter_mut().for_each(add));
            }
            blocks
        };
        let different = prop::collection::vec(blocks(components, properties.clone()), count);
        // blocks with the same labels, whose results can be shared
        let pool = prop::collection::vec(blocks(components, properties), 2);
        let choices = prop::collection::vec(0..2_usize, count);
        let from_pool = (pool, choices).prop_map(|(pool, choices)| {
            let blocks = choices.iter().map(|&choice| pool[choice].clone());
            blocks.collect::<Vec<_>>()
        });
        let blocks = prop_oneof![different, from_pool];
        (Just(keys), blocks.prop_map(distinguish))
    })
}

fn build(keys: &Rows, blocks: &[Model]) -> TensorMap {
    let keys = Labels::from_vec(&["k", "l"], keys.concat()).unwrap();
    tensor(&keys, blocks.iter().map(Model::to_block).collect())
}

fn check(result: &TensorMap, expected: &(Rows, Vec<Model>)) -> Result<(), TestCaseError> {
    prop_assert_eq!(rows(result.keys()), &expected.0.concat()[..]);
    for (block, expected) in result.blocks().iter().zip(&expected.1) {
        prop_assert_eq!(&Model::from_block(block), expected);
        // what is known about labels must be true
        let gradient = block.gradient("g").unwrap();
        for labels in [block.samples(), block.properties(), gradient.samples()] {
            let copy = Labels::from_vec(labels.names(), rows(labels).to_vec()).unwrap();
            prop_assert_eq!(labels.is_sorted().unwrap(), copy.is_sorted().unwrap());
        }
    }
    Ok(())
}

fn moved_names(count: usize) -> &'static [&'static str] {
    &["k", "l"][2 - count..]
}

proptest! {
    #[test]
    fn to_properties((keys, blocks) in tensors(false), count in 0..=2_usize, sort in any::<bool>()) {
        let moved = only_names(moved_names(count));
        let result = build(&keys, &blocks).keys_to_properties(&moved, &scalar(-7.0), sort).unwrap();
        check(&result, &model::keys_to_properties(&keys, &blocks, count, None, -7.0, sort))?;
    }

    #[test]
    fn chosen_to_properties((keys, blocks) in tensors(true), sort in any::<bool>(), chosen in some_rows(4, 5)) {
        prop_assume!(!chosen.is_empty());
        let moved = Labels::from_vec(&["k", "l"], chosen.concat()).unwrap();
        let result = build(&keys, &blocks).keys_to_properties(&moved, &scalar(-7.0), sort).unwrap();
        let expected = model::keys_to_properties(&keys, &blocks, 2, Some(&chosen), -7.0, sort);
        check(&result, &expected)?;
    }

    #[test]
    fn to_samples((keys, blocks) in tensors(false), count in 0..=2_usize, sort in any::<bool>()) {
        let moved = only_names(moved_names(count));
        let result = build(&keys, &blocks).keys_to_samples(&moved, &scalar(-7.0), sort).unwrap();
        check(&result, &model::keys_to_samples(&keys, &blocks, count, -7.0, sort))?;
    }
}
