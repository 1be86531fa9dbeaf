//! Work is done once for each handle, and the results are shared.

use std::sync::Arc;

use metatensor_core::plan::{
    Axis, Column, Edit, EditAxis, KeysRule, Metadata, Plan, Selection, SortAxes,
};
use metatensor_core::{Labels, TensorBlock, TensorMap};

use crate::support::{block, tensor};

fn labels(names: &[&str], values: &[i32]) -> Arc<Labels> {
    Labels::from_vec(names, values.to_vec()).unwrap()
}

/// Many blocks with the same samples, and gradients with the same samples. The
/// properties of gradients are equal to those of values, but another handle.
fn example(first: i32) -> TensorMap {
    let samples = labels(&["s", "t"], &[first + 3, 0, first + 1, 1, first + 3, 1]);
    let gradient_samples = labels(&["sample", "a"], &[2, 0, 0, 1]);
    let properties = labels(&["n", "m"], &[5, 1, 0, 1]);
    let blocks = (0..20).map(|_| {
        let mut values: TensorBlock = block(vec![0.0; 6], &samples, &[], &properties);
        let properties = labels(&["n", "m"], &[5, 1, 0, 1]);
        let gradient = block(vec![0.0; 4], &gradient_samples, &[], &properties);
        values.add_gradient("g", gradient).unwrap();
        values
    });
    let keys = labels(&["k"], &(0..20).collect::<Vec<_>>());
    tensor(&keys, blocks.collect())
}

fn check(plan: &Plan, labels: usize, entries: usize) {
    assert_eq!(plan.results()[0].labels().len(), labels);
    assert_eq!(plan.entries().len(), entries);
}

#[test]
fn shared_results() {
    let metadata = Metadata::of_tensor(&example(0));
    assert_eq!(metadata.labels().len(), 3 + 20);
    let plan = Plan::reduce(&metadata, Axis::Samples, &["t"]).unwrap();
    check(&plan, 3 + 20, 2);
    let plan = Plan::reduce(&metadata, Axis::Properties, &["n"]).unwrap();
    check(&plan, 3, 1);
    let positions = Selection::Positions(&[1, 0]);
    let plan = Plan::select(&metadata, Axis::Samples, &[positions]).unwrap();
    check(&plan, 3 + 20, 2);
    let positions = Selection::Positions(&[1]);
    let plan = Plan::select(&metadata, Axis::Properties, &[positions]).unwrap();
    check(&plan, 3, 1);
    let axes = SortAxes {
        samples: true,
        properties: true,
        ..SortAxes::default()
    };
    let plan = Plan::sort(&metadata, axes, false).unwrap();
    check(&plan, 3, 3);
    let edit = Edit::Insert {
        index: 0,
        name: "new",
        values: Column::Constant(3),
    };
    let plan = Plan::edit(&metadata, EditAxis::Properties, edit).unwrap();
    check(&plan, 3, 2);
    let other = Metadata::of_tensor(&example(10));
    let plan = Plan::join(&[&metadata, &other], Axis::Samples, KeysRule::Same, None).unwrap();
    check(&plan, 3, 2);
    let plan = Plan::join(
        &[&metadata, &metadata],
        Axis::Properties,
        KeysRule::Same,
        Some("i"),
    )
    .unwrap();
    check(&plan, 3, 1);
}
