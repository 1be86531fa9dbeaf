//! Joining.

use std::sync::Arc;

use metatensor_core::plan::{Axis, KeysRule, Metadata, Plan};
use metatensor_core::{Labels, Result, TensorMap};
use proptest::prelude::*;

use crate::execute::execute;
use crate::generate::{Recipe, maps, recipes};
use crate::model::{Model, Rows, models, position, rows};
use crate::support::tensor;

/// Rows of several blocks with the same key.
fn keys(inputs: &[&TensorMap], rule: KeysRule) -> Rows {
    let mut all = rows(inputs[0].keys());
    for input in &inputs[1..] {
        let other = rows(input.keys());
        match rule {
            KeysRule::Intersection => all.retain(|row| other.contains(row)),
            _ => {
                for row in other {
                    if !all.contains(&row) {
                        all.push(row);
                    }
                }
            }
        }
    }
    all
}

/// Blocks with this key, and the number of the tensor map.
fn pieces(inputs: &[&TensorMap], key: &[i32]) -> Vec<(usize, Model)> {
    let piece = |(number, input): (usize, &&TensorMap)| {
        let block = position(&rows(input.keys()), key)?;
        Some((number, Model::from_block(&input.blocks()[block])))
    };
    inputs.iter().enumerate().filter_map(piece).collect()
}

fn with_number(rows: &Rows, number: usize, add: bool) -> Rows {
    let rows = rows.iter().map(|row| {
        let mut row = row.clone();
        row.extend(add.then_some(number as i32));
        row
    });
    rows.collect()
}

fn join_samples(pieces: &[(usize, Model)], add: bool) -> Model {
    let mut result = pieces[0].1.clone();
    result.names[0].extend(add.then(|| "added".into()));
    result.axes[0] = pieces
        .iter()
        .flat_map(|(number, piece)| with_number(piece.samples(), *number, add))
        .collect();
    result.values = pieces
        .iter()
        .flat_map(|(_, piece)| piece.values.clone())
        .collect();
    for i in 0..result.gradients.len() {
        let gradient = &mut result.gradients[i].1;
        (gradient.axes[0], gradient.values) = (Rows::new(), Vec::new());
        let mut start = 0;
        for (_, piece) in pieces {
            let other = &piece.gradients[i].1;
            for row in other.samples() {
                gradient.axes[0].push([&[row[0] + start], &row[1..]].concat());
            }
            gradient.values.extend(&other.values);
            start += piece.samples().len() as i32;
        }
    }
    result
}

/// Values of a piece for other samples, zero where there are none.
fn expand(piece: &Model, samples: &Rows) -> Model {
    let mut new = piece.clone();
    let members = samples
        .iter()
        .map(|row| position(piece.samples(), row).into_iter().collect());
    new.combine(0, samples.clone(), &members.collect::<Vec<Vec<usize>>>());
    new
}

fn side_by_side(pieces: &[Model], properties: &Rows) -> Model {
    let mut result = pieces[0].clone();
    let last = result.last();
    let outer = result.axes[..last].iter().map(Vec::len).product::<usize>();
    result.axes[last] = properties.clone();
    result.values.clear();
    for row in 0..outer {
        for piece in pieces {
            let count = piece.properties().len();
            result.values.extend(&piece.values[row * count..][..count]);
        }
    }
    result
}

fn join_properties(pieces: &[(usize, Model)], add: bool) -> Model {
    let all = pieces
        .iter()
        .flat_map(|(number, piece)| with_number(piece.properties(), *number, add))
        .collect::<Rows>();
    let values = pieces
        .iter()
        .map(|(_, piece)| piece.clone())
        .collect::<Vec<_>>();
    let mut result = side_by_side(&values, &all);
    let last = result.last();
    result.names[last].extend(add.then(|| "added".into()));
    for i in 0..result.gradients.len() {
        let mut samples = Rows::new();
        for piece in &values {
            for row in piece.gradients[i].1.samples() {
                if !samples.contains(row) {
                    samples.push(row.clone());
                }
            }
        }
        let expanded = values
            .iter()
            .map(|piece| expand(&piece.gradients[i].1, &samples));
        let gradient = side_by_side(&expanded.collect::<Vec<_>>(), &all);
        result.gradients[i].1 = gradient;
        let last = result.gradients[i].1.last();
        result.gradients[i].1.names[last] = result.names[result.last()].clone();
    }
    result
}

/// Join with the plan.
fn join(inputs: &[&TensorMap], axis: Axis, rule: KeysRule, add: bool) -> Result<TensorMap> {
    let all = inputs.iter().map(|input| Metadata::of_tensor(input));
    let all = all.collect::<Vec<Arc<Metadata>>>();
    let all = all.iter().map(|metadata| &**metadata).collect::<Vec<_>>();
    let plan = Plan::join(&all, axis, rule, add.then_some("added"))?;
    let axis = match axis {
        Axis::Samples => 0,
        Axis::Properties => -1,
    };
    Ok(execute(&plan, inputs, Some(axis)).remove(0))
}

fn check(inputs: &[&TensorMap], axis: Axis, rule: KeysRule, add: bool) {
    let keys = keys(inputs, rule);
    let expected = keys.iter().map(|key| {
        let pieces = pieces(inputs, key);
        match axis {
            Axis::Samples => join_samples(&pieces, add),
            Axis::Properties => join_properties(&pieces, add),
        }
    });
    let expected = expected.collect::<Vec<_>>();
    let number = match axis {
        Axis::Samples => 0,
        Axis::Properties => 2,
    };
    let has_repeated = |block: &Model| {
        let mut rows = block.axes[number].clone();
        rows.sort();
        rows.windows(2).any(|pair| pair[0] == pair[1])
    };
    let result = join(inputs, axis, rule, add);
    if expected.iter().any(has_repeated) {
        let message = result.unwrap_err().to_string();
        assert!(message.contains("more than once"), "{message}");
        return;
    }
    let result = result.unwrap();
    assert_eq!(rows(result.keys()), keys);
    assert_eq!(models(&result), expected);
}

/// Some blocks of a tensor map, in another order; labels stay the same.
fn some_blocks(tensor: &TensorMap, blocks: &[usize]) -> TensorMap {
    let positions = blocks.iter().map(|&block| block as i64).collect::<Vec<_>>();
    let plan = Plan::pick_blocks(&Metadata::of_tensor(tensor), &positions).unwrap();
    execute(&plan, &[tensor], None).remove(0)
}

fn rules() -> impl Strategy<Value = KeysRule> {
    prop::sample::select(vec![KeysRule::Intersection, KeysRule::Union])
}

/// Two tensor maps where blocks with the same key only differ in their samples (or in
/// their properties): one axis of the second recipe, the rest of the first.
fn pairs(axis: Axis) -> impl Strategy<Value = (TensorMap, TensorMap)> {
    (recipes(), recipes()).prop_map(move |(first, second)| {
        let mixed = Recipe::mix(&first, &second, axis);
        (
            first.build(["s", "t"], 1.0),
            mixed.build(["s", "t"], 1000.0),
        )
    })
}

proptest! {
    #[test]
    fn samples((first, second) in pairs(Axis::Samples), rule in rules(), add in any::<bool>()) {
        check(&[&first, &second, &first], Axis::Samples, rule, add);
        check(&[&first, &second], Axis::Samples, rule, add);
        check(&[&second, &first], Axis::Samples, KeysRule::Same, true);
    }

    #[test]
    fn properties((first, second) in pairs(Axis::Properties), rule in rules(), add in any::<bool>()) {
        check(&[&first, &second, &first], Axis::Properties, rule, add);
        check(&[&first, &second], Axis::Properties, rule, add);
        check(&[&second, &first], Axis::Properties, KeysRule::Same, true);
    }

    #[test]
    fn some_keys(tensor in maps(), kept in prop::collection::vec(any::<bool>(), 5), rule in rules()) {
        let blocks = (0..tensor.blocks().len()).rev().filter(|&i| kept[i]).collect::<Vec<_>>();
        let other = some_blocks(&tensor, &blocks);
        for axis in [Axis::Samples, Axis::Properties] {
            check(&[&tensor, &other], axis, rule, true);
            check(&[&other, &tensor, &other], axis, rule, true);
        }
        let same = join(&[&tensor, &other], Axis::Samples, KeysRule::Same, true);
        prop_assert_eq!(same.is_ok(), blocks.len() == tensor.blocks().len());
    }
}

fn simple(names: [&str; 2], rows: &[i32], property: &str) -> TensorMap {
    let samples = Labels::from_vec(&names, rows.to_vec()).unwrap();
    let properties = Labels::from_vec(&[property], vec![4, 2]).unwrap();
    let values = (0..rows.len()).map(|i| i as f64).collect();
    let keys = Labels::from_vec(&["k"], vec![0]).unwrap();
    tensor(
        &keys,
        vec![crate::support::block(values, &samples, &[], &properties)],
    )
}

#[test]
fn sample_names_in_another_order() {
    let first = simple(["a", "b"], &[0, 1, 2, 3], "n");
    let second = simple(["b", "a"], &[5, 6], "n");
    let result = join(&[&first, &second], Axis::Samples, KeysRule::Same, false).unwrap();
    let samples = result.blocks()[0].samples();
    assert_eq!(samples.names()[..], ["a", "b"]);
    assert_eq!(samples.values_cpu().unwrap(), [0, 1, 2, 3, 6, 5]);
    // also if there is nothing to join it with
    let empty = some_blocks(&first, &[]);
    let result = join(&[&empty, &second], Axis::Samples, KeysRule::Union, false).unwrap();
    assert_eq!(result.blocks()[0].samples().names()[..], ["b", "a"]);
}

#[test]
fn different_property_names() {
    let first = simple(["a", "b"], &[0, 1, 2, 3], "n");
    let second = simple(["a", "b"], &[0, 1, 2, 3], "m");
    let result = join(&[&first, &second], Axis::Properties, KeysRule::Same, false).unwrap();
    let properties = result.blocks()[0].properties();
    assert_eq!(properties.names()[..], ["joined_index", "property"]);
    assert_eq!(properties.values_cpu().unwrap(), [0, 0, 0, 1, 1, 0, 1, 1]);
    let error = join(&[&first, &second], Axis::Properties, KeysRule::Same, true).unwrap_err();
    assert!(error.to_string().contains("'added'"), "{error}");
}
