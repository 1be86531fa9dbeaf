//! Reductions.

use metatensor_core::TensorMap;
use metatensor_core::plan::{Axis, Metadata, Plan};
use proptest::prelude::*;

use crate::execute::execute;
use crate::generate::maps;
use crate::model::{Model, Rows, models, position, project};

/// Groups of rows with the same content after `change`, in order.
fn groups(rows: &Rows, change: impl Fn(&[i32]) -> Vec<i32>) -> (Rows, Vec<Vec<usize>>) {
    let changed = rows.iter().map(|row| change(row)).collect::<Rows>();
    let mut new = changed.clone();
    new.sort_unstable();
    new.dedup();
    let members = |row: &Vec<i32>| (0..rows.len()).filter(|&i| changed[i] == *row).collect();
    let members = new.iter().map(members).collect();
    (new, members)
}

fn reduce(block: &Model, axis: Axis, kept: &[usize], keep_dimension: bool) -> Model {
    let mut new = block.clone();
    let number = match axis {
        Axis::Samples => 0,
        Axis::Properties => block.last(),
    };
    let mut names = kept
        .iter()
        .map(|&i| block.names[number][i].clone())
        .collect::<Vec<_>>();
    let change = |row: &[i32]| match kept {
        [] => vec![0],
        kept => project(row, kept),
    };
    if kept.is_empty() && keep_dimension {
        names = vec!["_".into()];
    }
    let old = block.axes[number].clone();
    let (rows, members) = groups(&old, change);
    new.combine(number, rows.clone(), &members);
    new.names[number] = names.clone();
    for (_, gradient) in &mut new.gradients {
        if axis == Axis::Properties {
            let last = gradient.last();
            gradient.combine(last, rows.clone(), &members);
            gradient.names[last] = names.clone();
        } else {
            let change = |row: &[i32]| {
                let group = position(&rows, &change(&old[row[0] as usize])).unwrap();
                [&[group as i32], &row[1..]].concat()
            };
            let (rows, members) = groups(gradient.samples(), change);
            gradient.combine(0, rows, &members);
        }
    }
    new
}

fn check(tensor: &TensorMap, axis: Axis, names: &[&str], removed: usize) {
    let metadata = Metadata::of_tensor(tensor);
    let plan = Plan::reduce(&metadata, axis, names);
    if tensor.blocks().is_empty() && !names.is_empty() {
        assert!(plan.is_err());
        return;
    }
    let plan = plan.unwrap();
    let result = execute(&plan, &[tensor], None).remove(0);
    let kept = (0..2)
        .filter(|i| removed & (1 << i) == 0)
        .collect::<Vec<_>>();
    let old = models(tensor);
    let count = |block: &Model| match axis {
        Axis::Samples => block.samples().len(),
        Axis::Properties => block.properties().len(),
    };
    let any = old.iter().any(|block| count(block) > 0);
    let expected = old.iter().map(|block| reduce(block, axis, &kept, any));
    assert_eq!(models(&result), expected.collect::<Vec<_>>());
    // one entry for each distinct handle, and for each distinct gradient
    assert!(
        plan.entries().len() <= 5,
        "{} entries",
        plan.entries().len()
    );
    assert_eq!(plan.steps().len(), metadata.leaves().len());
}

proptest! {
    #[test]
    fn samples(tensor in maps(), removed in 0..4_usize) {
        let names = [("s", 1), ("t", 2)].into_iter().filter(|(_, bit)| removed & bit != 0);
        check(&tensor, Axis::Samples, &names.map(|(name, _)| name).collect::<Vec<_>>(), removed);
    }

    #[test]
    fn properties(tensor in maps(), removed in 0..4_usize) {
        let names = [("n", 1), ("m", 2)].into_iter().filter(|(_, bit)| removed & bit != 0);
        check(&tensor, Axis::Properties, &names.map(|(name, _)| name).collect::<Vec<_>>(), removed);
    }
}
