//! Choosing blocks.

use metatensor_core::plan::{Metadata, Plan};
use metatensor_core::{ErrorCategory, Labels, TensorMap};
use proptest::prelude::*;

use crate::execute::execute;
use crate::generate::maps;
use crate::model::{Model, Rows, models, rows};
use crate::support::{block, tensor};

fn check(tensor: &TensorMap, plan: &Plan, expected: &[usize]) {
    let result = execute(plan, &[tensor], None).remove(0);
    let (keys, blocks) = (rows(tensor.keys()), models(tensor));
    let expected_keys = expected.iter().map(|&i| keys[i].clone()).collect::<Rows>();
    assert_eq!(rows(result.keys()), expected_keys);
    let expected = expected
        .iter()
        .map(|&i| blocks[i].clone())
        .collect::<Vec<_>>();
    assert_eq!(models(&result), expected);
    assert!(plan.indices().is_empty());
}

proptest! {
    #[test]
    fn filter(tensor in maps(), wanted in prop::collection::hash_set(-9..9_i32, 0..9)) {
        let wanted = wanted.into_iter().collect::<Vec<_>>();
        let selection = Labels::from_vec(&["k"], wanted.clone()).unwrap();
        let metadata = Metadata::of_tensor(&tensor);
        let keys = rows(tensor.keys());
        let position = |key: &i32| keys.iter().position(|row| row[0] == *key);
        let kept = wanted.iter().filter_map(position).collect::<Vec<_>>();
        check(&tensor, &Plan::filter_blocks(&metadata, &selection, true).unwrap(), &kept);
        let dropped = (0..keys.len()).filter(|block| !kept.contains(block)).collect::<Vec<_>>();
        check(&tensor, &Plan::filter_blocks(&metadata, &selection, false).unwrap(), &dropped);
        let positions = kept.iter().map(|&block| block as i64).collect::<Vec<_>>();
        check(&tensor, &Plan::pick_blocks(&metadata, &positions).unwrap(), &kept);
    }

    #[test]
    fn empty(tensor in maps()) {
        let metadata = Metadata::of_tensor(&tensor);
        let has_values = |block: &Model| !block.samples().is_empty() && !block.properties().is_empty();
        let blocks = models(&tensor);
        let kept = (0..blocks.len()).filter(|&i| has_values(&blocks[i])).collect::<Vec<_>>();
        check(&tensor, &Plan::drop_empty_blocks(&metadata).unwrap(), &kept);
    }
}

/// Three blocks with keys (a, b).
fn example() -> TensorMap {
    let labels = |names: &[&str], values: &[i32]| Labels::from_vec(names, values.to_vec()).unwrap();
    let (s, p) = (labels(&["s"], &[0]), labels(&["p"], &[0]));
    let blocks = (0..3).map(|i| block(vec![f64::from(i)], &s, &[], &p));
    tensor(&labels(&["a", "b"], &[0, 0, 0, 1, 1, 0]), blocks.collect())
}

#[test]
fn order_and_dimensions() {
    let tensor = example();
    let metadata = Metadata::of_tensor(&tensor);
    let filter = |names: &[&str], values: &[i32], keep, expected: &[usize]| {
        let keys = Labels::from_vec(names, values.to_vec()).unwrap();
        let plan = Plan::filter_blocks(&metadata, &keys, keep).unwrap();
        check(&tensor, &plan, expected);
    };
    filter(&["a", "b"], &[1, 0, 0, 1], true, &[2, 1]);
    filter(&["b", "a"], &[0, 1, 1, 0], true, &[1, 2]);
    filter(&["a"], &[1, 0], true, &[0, 1, 2]);
    filter(&["a"], &[0], false, &[2]);
    filter(&["a"], &[], false, &[0, 1, 2]);
    filter(&[], &[], false, &[0, 1, 2]);
    filter(&[], &[], true, &[]);
    check(
        &tensor,
        &Plan::pick_blocks(&metadata, &[-1, 0]).unwrap(),
        &[2, 0],
    );

    let unknown = Labels::from_vec(&["c"], vec![0]).unwrap();
    let error = Plan::filter_blocks(&metadata, &unknown, true).unwrap_err();
    assert!(error.to_string().contains("'c'"), "{error}");
    for position in [3, -4, i64::MIN, i64::MAX] {
        let error = Plan::pick_blocks(&metadata, &[position]).unwrap_err();
        assert_eq!(error.category(), ErrorCategory::OutOfRange);
        assert!(error.to_string().contains(&position.to_string()), "{error}");
    }
    let error = Plan::pick_blocks(&metadata, &[1, -2]).unwrap_err();
    assert!(
        error.to_string().contains("(a=0, b=1) more than once"),
        "{error}"
    );
}
