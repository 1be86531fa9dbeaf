//! Operations on labels, compared to the simplest implementation.

use std::sync::Arc;

use metatensor_core::Labels;

use super::files::labels_file;
use super::input::Bytes;
use super::labels_changes::check_change;
use super::labels_model::{Model, NAMES, Row, rows};

/// Some operations on labels made from these bytes.
pub fn labels_operations(data: &[u8]) {
    let mut input = Bytes::new(data);
    let size = 1 + input.up_to(NAMES.len() - 1);
    let first = create(&mut input, &NAMES[..size]);
    let second = match input.flag() {
        true => create(&mut input, &NAMES[..size]),
        false => variation(&mut input, &first),
    };
    // what is known about labels changes how operations work
    for labels in [&first, &second] {
        match input.up_to(3) {
            0 => check_is_sorted(labels),
            1 => check_positions(labels, &labels.model.rows),
            _ => {}
        }
    }
    check_positions(&first, &second.model.rows);
    for _ in 0..=input.up_to(3) {
        match input.up_to(11) {
            0 => check_union(&first, &second),
            1 => check_intersection(&first, &second),
            2 => check_difference(&first, &second),
            3 => check_select(&mut input, &first),
            4 => check_is_sorted(&first),
            5 => check_file(&first),
            change => check_change(&mut input, change, &first.labels, &first.model),
        }
    }
}

/// Labels and what they should contain.
struct Both {
    labels: Arc<Labels>,
    model: Model,
}

/// Labels from any rows, after checking that repeated rows are refused.
fn create(input: &mut Bytes, names: &[&'static str]) -> Both {
    let rows = rows(input, names.len());
    let model = Model::new(names, rows.iter().cloned());
    let result = Labels::from_vec(names, rows.concat());
    let labels = if model.rows.len() == rows.len() {
        result.unwrap()
    } else {
        let message = result.unwrap_err().to_string();
        assert!(message.contains("more than once"), "{message}");
        let values = model.rows.concat();
        match input.flag() {
            true => Labels::from_vec(names, values).unwrap(),
            false => Labels::from_vec_assume_unique(names, values).unwrap(),
        }
    };
    let both = Both { labels, model };
    check(&both.labels, &both.model);
    both
}

/// Some of the rows of other labels, and new ones.
fn variation(input: &mut Bytes, other: &Both) -> Both {
    let names = &other.model.names;
    let every = 1 + input.up_to(3);
    let mut kept = other
        .model
        .rows
        .iter()
        .step_by(every)
        .cloned()
        .collect::<Vec<_>>();
    match input.up_to(2) {
        0 => kept.reverse(),
        1 => kept.sort_unstable(),
        _ => {}
    }
    let change = input.up_to(5);
    for row in kept.iter_mut().step_by(1 + change) {
        let column = input.up_to(names.len() - 1);
        row[column] = row[column].wrapping_add(change as i32);
    }
    let model = Model::new(names, kept);
    let labels = Labels::from_vec(names, model.rows.concat()).unwrap();
    Both { labels, model }
}

/// The labels are those, in this order.
fn check(labels: &Labels, model: &Model) {
    assert_eq!(labels.names()[..], model.names[..]);
    assert_eq!(labels.count(), model.rows.len());
    assert_eq!(labels.values_cpu().unwrap(), model.rows.concat());
}

/// What is known about the result of an operation is true.
pub fn check_result(labels: &Labels, model: &Model) {
    check(labels, model);
    assert_eq!(labels.is_sorted().unwrap(), model.is_sorted());
    for (i, row) in model.rows.iter().enumerate().step_by(7) {
        assert_eq!(labels.position(row).unwrap(), Some(i));
    }
}

fn check_is_sorted(both: &Both) {
    assert_eq!(both.labels.is_sorted().unwrap(), both.model.is_sorted());
}

fn check_positions(both: &Both, queries: &[Row]) {
    let expected = both.model.positions(queries);
    let mut positions = vec![7; queries.len()];
    both.labels
        .positions(&queries.concat(), &mut positions)
        .unwrap();
    assert_eq!(positions, expected);
    for (query, expected) in queries.iter().zip(expected).step_by(3) {
        let position = both.labels.position(query).unwrap();
        assert_eq!(position.map_or(-1, |position| position as i64), expected);
    }
}

fn check_union(first: &Both, second: &Both) {
    let expected = first.model.union(&second.model);
    let (mut mapping_1, mut mapping_2) = mappings(first, second);
    let result = first
        .labels
        .union(&second.labels, Some(&mut mapping_1), Some(&mut mapping_2));
    check_result(&result.unwrap(), &expected);
    assert_eq!(mapping_1, expected.positions(&first.model.rows));
    assert_eq!(mapping_2, expected.positions(&second.model.rows));
}

fn check_intersection(first: &Both, second: &Both) {
    let expected = match first.model.rows.len() <= second.model.rows.len() {
        true => first.model.keep(&second.model, true),
        false => second.model.keep(&first.model, true),
    };
    let (mut mapping_1, mut mapping_2) = mappings(first, second);
    let result =
        first
            .labels
            .intersection(&second.labels, Some(&mut mapping_1), Some(&mut mapping_2));
    check_result(&result.unwrap(), &expected);
    assert_eq!(mapping_1, expected.positions(&first.model.rows));
    assert_eq!(mapping_2, expected.positions(&second.model.rows));
}

fn check_difference(first: &Both, second: &Both) {
    let expected = first.model.keep(&second.model, false);
    let (mut mapping, _) = mappings(first, second);
    let result = first.labels.difference(&second.labels, Some(&mut mapping));
    check_result(&result.unwrap(), &expected);
    assert_eq!(mapping, expected.positions(&first.model.rows));
}

fn mappings(first: &Both, second: &Both) -> (Vec<i64>, Vec<i64>) {
    (
        vec![7; first.labels.count()],
        vec![7; second.labels.count()],
    )
}

fn check_select(input: &mut Bytes, both: &Both) {
    let columns = input.some_of(both.model.names.len());
    let names = columns
        .iter()
        .map(|&column| NAMES[column])
        .collect::<Vec<_>>();
    let selection = match columns.is_empty() {
        true => Both {
            labels: Labels::from_vec(&names, Vec::new()).unwrap(),
            model: Model::new(&[], []),
        },
        false if input.flag() => create(input, &names),
        false => {
            // values which are there
            let every = 1 + input.up_to(5);
            let rows = both.model.rows.iter().step_by(every);
            let project = |row: &Row| columns.iter().map(|&column| row[column]).collect();
            let model = Model::new(&names, rows.map(project));
            let labels = Labels::from_vec(&names, model.rows.concat()).unwrap();
            Both { labels, model }
        }
    };
    let expected = both.model.select(&columns, &selection.model);
    let selected = both.labels.select(&selection.labels).unwrap();
    assert_eq!(selected, expected);
    let mut output = vec![u64::MAX; both.labels.count()];
    let count = both.labels.select_into(&selection.labels, &mut output);
    assert_eq!(count.unwrap(), expected.len());
    assert!(output.iter().zip(&expected).all(|(a, b)| *a == *b as u64));
}

fn check_file(both: &Both) {
    let file =
        super::bytes_array::saved(|output| metatensor_core::io::save_labels(output, &both.labels));
    labels_file(&file);
}
