//! Selections of samples and properties.

use std::sync::Arc;

use metatensor_core::plan::{Axis, Metadata, Plan, Selection};
use metatensor_core::{Labels, TensorMap};
use proptest::prelude::*;

use crate::execute::execute;
use crate::generate::maps;
use crate::model::{Model, Rows, models, project, rows};

#[derive(Debug, Clone)]
enum Choice {
    /// Which columns, and the rows.
    Labels(Vec<usize>, Rows),
    Positions(Vec<i64>),
}

fn choices() -> impl Strategy<Value = Choice> {
    let columns = prop::sample::select(vec![vec![0], vec![1], vec![0, 1], vec![1, 0]]);
    let row = prop::collection::vec(-2..3, 2);
    let labels = (columns, prop::collection::vec(row, 0..6)).prop_map(|(columns, rows)| {
        let mut distinct = Rows::new();
        for row in rows {
            let row = row[..columns.len()].to_vec();
            if !distinct.contains(&row) {
                distinct.push(row);
            }
        }
        Choice::Labels(columns, distinct)
    });
    let positions = prop::collection::vec(-9..9_i64, 0..4).prop_map(Choice::Positions);
    prop_oneof![labels, positions]
}

/// Positions selected in some rows; `None` if one is out of range or, where this
/// matters, there twice.
fn positions(rows: &Rows, choice: &Choice, axis: Axis) -> Option<Vec<usize>> {
    let mut found = Vec::new();
    match choice {
        Choice::Labels(columns, wanted) if *columns == [0, 1] => {
            for row in wanted {
                found.extend(rows.iter().position(|other| other == row));
            }
        }
        Choice::Labels(columns, wanted) => {
            let is_wanted = |&i: &usize| wanted.contains(&project(&rows[i], columns));
            found.extend((0..rows.len()).filter(is_wanted));
        }
        Choice::Positions(positions) => {
            let count = rows.len() as i64;
            for &position in positions {
                let position = if position < 0 {
                    position + count
                } else {
                    position
                };
                if !(0..count).contains(&position) {
                    return None;
                }
                if found.contains(&(position as usize)) && axis == Axis::Samples {
                    return None;
                }
                found.push(position as usize);
            }
        }
    }
    if axis == Axis::Properties {
        found.sort_unstable();
        found.dedup();
    }
    Some(found)
}

fn select(block: &Model, axis: Axis, kept: &[usize]) -> Model {
    let mut new = block.clone();
    if axis == Axis::Properties {
        new.take(block.last(), kept);
        for (_, gradient) in &mut new.gradients {
            gradient.take(gradient.last(), kept);
        }
        return new;
    }
    new.take(0, kept);
    for (_, gradient) in &mut new.gradients {
        let new_sample = |row: &[i32]| kept.iter().position(|&old| old == row[0] as usize);
        let old = gradient.samples().clone();
        let rows = (0..old.len()).filter(|&i| new_sample(&old[i]).is_some());
        gradient.take(0, &rows.collect::<Vec<_>>());
        for row in &mut gradient.axes[0] {
            row[0] = new_sample(row).unwrap() as i32;
        }
    }
    new
}

fn check(tensor: &TensorMap, axis: Axis, choices: &[Choice]) {
    let names = match axis {
        Axis::Samples => ["s", "t"],
        Axis::Properties => ["n", "m"],
    };
    let labels = choices.iter().map(|choice| match choice {
        Choice::Positions(_) => None,
        Choice::Labels(columns, rows) => {
            let names = columns.iter().map(|&i| names[i]).collect::<Vec<_>>();
            Some(Labels::from_vec(&names, rows.concat()).unwrap())
        }
    });
    let labels = labels.collect::<Vec<Option<Arc<Labels>>>>();
    let selections = choices
        .iter()
        .zip(&labels)
        .map(|(choice, labels)| match (choice, labels) {
            (Choice::Positions(positions), _) => Selection::Positions(positions),
            (_, Some(labels)) => Selection::Labels(labels),
            _ => unreachable!(),
        });
    let selections = selections.collect::<Vec<_>>();
    let plan = Plan::select(&Metadata::of_tensor(tensor), axis, &selections);

    let old = models(tensor);
    let expected = choices.iter().map(|choice| {
        let blocks = old.iter().map(|block| {
            let rows = match axis {
                Axis::Samples => block.samples(),
                Axis::Properties => block.properties(),
            };
            Some(select(block, axis, &positions(rows, choice, axis)?))
        });
        blocks.collect::<Option<Vec<_>>>()
    });
    let Some(expected) = expected.collect::<Option<Vec<_>>>() else {
        assert!(plan.is_err());
        return;
    };
    let results = execute(&plan.unwrap(), &[tensor], None);
    assert_eq!(results.iter().map(models).collect::<Vec<_>>(), expected);
}

proptest! {
    #[test]
    fn samples(tensor in maps(), choices in prop::collection::vec(choices(), 0..4)) {
        check(&tensor, Axis::Samples, &choices);
    }

    #[test]
    fn properties(tensor in maps(), choices in prop::collection::vec(choices(), 0..4)) {
        check(&tensor, Axis::Properties, &choices);
    }
}

#[test]
fn many_rows() {
    // enough sorted rows for binary searches, and gradients which are not in order
    let count = 300;
    let samples = (0..count)
        .flat_map(|i| [i / 10, i % 10])
        .collect::<Vec<_>>();
    let samples = Labels::from_vec(&["s", "t"], samples).unwrap();
    let properties = Labels::from_vec(&["n"], vec![0]).unwrap();
    let data = (0..count).map(f64::from).collect::<Vec<_>>();
    let mut block = crate::support::block(data.clone(), &samples, &[], &properties);
    let rows = (0..count)
        .flat_map(|i| [i * 7 % count, i])
        .collect::<Vec<_>>();
    let rows = Labels::from_vec(&["sample", "a"], rows).unwrap();
    block
        .add_gradient("g", crate::support::block(data, &rows, &[], &properties))
        .unwrap();
    let keys = Labels::from_vec(&["k"], vec![0]).unwrap();
    let tensor = crate::support::tensor(&keys, vec![block]);
    for systems in [vec![3, 17], (0..30).rev().collect::<Vec<_>>()] {
        let choices = systems
            .iter()
            .map(|&system| Choice::Labels(vec![0], vec![vec![system]]));
        check(&tensor, Axis::Samples, &choices.collect::<Vec<_>>());
    }
    let both = Choice::Labels(vec![0], vec![vec![20], vec![4], vec![99]]);
    check(&tensor, Axis::Samples, &[both.clone(), both]);
    // each system is a view of the values
    let selection = Labels::from_vec(&["s"], vec![5]).unwrap();
    let metadata = Metadata::of_tensor(&tensor);
    let plan = Plan::select(&metadata, Axis::Samples, &[Selection::Labels(&selection)]).unwrap();
    let entry = plan.entries()[plan.steps()[0].entry];
    assert_eq!((entry.kind, entry.start, entry.output_count), (1, 50, 10));
    assert_eq!(rows_of(&plan), 10);
}

fn rows_of(plan: &Plan) -> usize {
    rows(&plan.results()[0].labels()[0]).len()
}
