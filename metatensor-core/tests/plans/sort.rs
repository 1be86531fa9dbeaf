//! Sorting.

use metatensor_core::plan::{Metadata, Plan, PlanEntry, SortAxes};
use proptest::prelude::*;

use crate::execute::execute;
use crate::generate::maps;
use crate::model::{Model, Rows, models, rows};

fn order(rows: &Rows, descending: bool) -> Vec<usize> {
    let mut order = (0..rows.len()).collect::<Vec<_>>();
    order.sort_by_key(|&i| rows[i].clone());
    if descending {
        order.reverse();
    }
    order
}

fn sort_axis(block: &mut Model, axis: usize, descending: bool) {
    let order = order(&block.axes[axis], descending);
    block.take(axis, &order);
}

fn sort(block: &Model, axes: SortAxes, descending: bool) -> Model {
    let mut new = block.clone();
    if axes.samples {
        let order = order(block.samples(), descending);
        new.take(0, &order);
        for (_, gradient) in &mut new.gradients {
            for row in &mut gradient.axes[0] {
                row[0] = order
                    .iter()
                    .position(|&old| old == row[0] as usize)
                    .unwrap() as i32;
            }
            sort_axis(gradient, 0, descending);
        }
    }
    let last = new.last();
    if axes.components {
        (1..last).for_each(|axis| sort_axis(&mut new, axis, descending));
    }
    if axes.properties {
        sort_axis(&mut new, last, descending);
    }
    for (_, gradient) in &mut new.gradients {
        let last = gradient.last();
        if axes.components {
            (1..last).for_each(|axis| sort_axis(gradient, axis, descending));
        }
        if axes.properties {
            sort_axis(gradient, last, descending);
        }
    }
    new
}

proptest! {
    #[test]
    fn sorted(tensor in maps(), axes in prop::collection::vec(any::<bool>(), 4), descending in any::<bool>()) {
        let axes = SortAxes { samples: axes[0], components: axes[1], properties: axes[2], keys: axes[3] };
        let metadata = Metadata::of_tensor(&tensor);
        let plan = Plan::sort(&metadata, axes, descending).unwrap();
        let result = execute(&plan, &[&tensor], None).remove(0);
        let expected = models(&tensor).iter().map(|block| sort(block, axes, descending)).collect::<Vec<_>>();
        let mut blocks = (0..expected.len()).collect::<Vec<_>>();
        let keys = rows(tensor.keys());
        if axes.keys {
            blocks = order(&keys, descending);
        }
        let expected = blocks.iter().map(|&i| expected[i].clone()).collect::<Vec<_>>();
        prop_assert_eq!(models(&result), expected);
        let expected = blocks.iter().map(|&i| keys[i].clone()).collect::<Rows>();
        prop_assert_eq!(rows(result.keys()), expected);

        // sorting again changes nothing
        let metadata = Metadata::of_tensor(&result);
        let plan = Plan::sort(&metadata, axes, descending).unwrap();
        prop_assert!(plan.steps().iter().all(|step| plan.entries()[step.entry].kind == PlanEntry::SHARE));
        prop_assert_eq!(plan.steps().len(), metadata.leaves().len());
        prop_assert!(plan.indices().is_empty());
        for (old, new) in metadata.labels().iter().zip(plan.results()[0].labels()) {
            prop_assert!(std::sync::Arc::ptr_eq(old, new));
        }
    }
}
