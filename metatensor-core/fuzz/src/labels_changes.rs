//! Sorting, grouping and changing the dimensions of labels, compared to the
//! simplest implementation.

use std::sync::Arc;

use metatensor_core::array::LabelsArray;
use metatensor_core::plan::one_hot_positions;
use metatensor_core::{GroupOutputs, Labels, RowOrder};

use super::input::Bytes;
use super::labels::check_result;
use super::labels_model::{Model, NAMES, Row};

/// One of the changes.
pub fn check_change(input: &mut Bytes, change: usize, labels: &Arc<Labels>, model: &Model) {
    match change {
        6 => check_argsort(input, labels, model),
        7 => check_take(input, labels, model),
        8 => check_group_by(input, labels, model),
        9 => check_dimensions(input, labels, model),
        10 => check_unique(input, model),
        _ => check_one_hot(input, labels, model),
    }
}

fn check_argsort(input: &mut Bytes, labels: &Labels, model: &Model) {
    let descending = input.flag();
    let mut expected = (0..model.rows.len()).collect::<Vec<_>>();
    expected.sort_by_key(|&i| &model.rows[i]);
    if descending {
        expected.reverse();
    }
    let mut order = vec![7; model.rows.len()];
    labels.argsort(descending, &mut order).unwrap();
    assert!(order.iter().zip(&expected).all(|(&a, &b)| a == b as i64));
}

fn check_take(input: &mut Bytes, labels: &Arc<Labels>, model: &Model) {
    let count = model.rows.len();
    let rows = match input.flag() {
        true => (0..count as i64)
            .rev()
            .step_by(1 + input.up_to(3))
            .collect(),
        false => {
            let any = (0..input.up_to(10)).map(|_| input.up_to(count + 1) as i64 - 1);
            any.collect::<Vec<_>>()
        }
    };
    let mut sorted = rows.clone();
    sorted.sort_unstable();
    sorted.dedup();
    let valid =
        sorted.len() == rows.len() && rows.iter().all(|&row| (0..count as i64).contains(&row));
    match labels.take(&rows) {
        Ok(taken) => {
            assert!(valid, "{rows:?}");
            let expected = rows.iter().map(|&row| model.rows[row as usize].clone());
            check_result(&taken, &Model::new(&model.names, expected));
        }
        Err(error) => assert!(!valid, "{error}"),
    }
}

/// Distinct rows in this order, and the position of each row among them.
fn distinct(names: &[&'static str], rows: &[Row], order: RowOrder) -> (Model, Vec<i64>) {
    let mut groups = Model::new(names, rows.iter().cloned());
    if order == RowOrder::Lexicographic {
        groups.rows.sort_unstable();
        groups = Model::new(names, groups.rows);
    }
    let inverse = groups.positions(rows);
    (groups, inverse)
}

fn any_order(input: &mut Bytes) -> RowOrder {
    input.one_of(&[RowOrder::FirstAppearance, RowOrder::Lexicographic])
}

fn check_group_by(input: &mut Bytes, labels: &Arc<Labels>, model: &Model) {
    let columns = input.some_of(model.names.len());
    let names = columns
        .iter()
        .map(|&column| model.names[column])
        .collect::<Vec<_>>();
    let order = any_order(input);
    let count = model.rows.len();
    let (mut inverse, mut members) = (vec![7; count], vec![7; count]);
    let mut offsets = vec![7; count + 1];
    let outputs = GroupOutputs {
        inverse: Some(&mut inverse),
        offsets: Some(&mut offsets),
        members: Some(&mut members),
    };
    let groups = labels.group_by(&names, order, outputs);
    if columns.is_empty() {
        assert!(groups.is_err());
        return;
    }
    let project = |row: &Row| columns.iter().map(|&column| row[column]).collect();
    let rows = model.rows.iter().map(project).collect::<Vec<Row>>();
    let (expected, expected_inverse) = distinct(&names, &rows, order);
    check_result(&groups.unwrap(), &expected);
    assert_eq!(inverse, expected_inverse);
    let mut expected_members = (0..count as i64).collect::<Vec<_>>();
    expected_members.sort_by_key(|&row| inverse[row as usize]);
    assert_eq!(members, expected_members);
    for group in 0..expected.rows.len() {
        let rows = &members[offsets[group] as usize..offsets[group + 1] as usize];
        assert!(!rows.is_empty());
        assert!(
            rows.iter()
                .all(|&row| inverse[row as usize] == group as i64)
        );
    }
}

fn check_unique(input: &mut Bytes, model: &Model) {
    let order = any_order(input);
    // some rows more than once
    let every = 1 + input.up_to(3);
    let mut rows = model.rows.clone();
    rows.extend(model.rows.iter().step_by(every).cloned());
    let (expected, expected_inverse) = distinct(&model.names, &rows, order);
    let array = LabelsArray::new(rows.concat(), [rows.len(), model.names.len()]).unwrap();
    let mut inverse = vec![7; rows.len()];
    let labels = Labels::unique(&model.names, Box::new(array), order, Some(&mut inverse));
    check_result(&labels.unwrap(), &expected);
    assert_eq!(inverse, expected_inverse);
}

/// Positions of one column in some of its values, or in other ones.
fn check_one_hot(input: &mut Bytes, labels: &Labels, model: &Model) {
    let name = input.one_of(&NAMES);
    let column = model.names.iter().position(|&other| other == name);
    let column_of = |row: &Row| vec![row[column.unwrap_or(0)]];
    let mut values = Model::new(&[name], model.rows.iter().map(column_of));
    if input.flag() {
        let every = 1 + input.up_to(3);
        let rows = values.rows.into_iter().rev().step_by(every);
        values = Model::new(&[name], rows);
    }
    let dimension = Labels::from_vec(&values.names, values.rows.concat()).unwrap();
    let rows = model.rows.iter().map(column_of).collect::<Vec<_>>();
    let expected = values.positions(&rows);
    let valid = column.is_some() && expected.iter().all(|&position| position >= 0);
    match one_hot_positions(labels, &dimension) {
        Ok(positions) => {
            assert!(valid, "{name} {values:?}");
            assert_eq!(positions, expected);
        }
        Err(error) => assert!(!valid, "{error}"),
    }
}

/// Change the dimensions a few times.
fn check_dimensions(input: &mut Bytes, labels: &Arc<Labels>, model: &Model) {
    let (mut labels, mut model) = (Arc::clone(labels), model.clone());
    for _ in 0..3 {
        let (changed, expected) = match input.up_to(3) {
            0 => insert(input, &labels, &model),
            1 => remove(input, &labels, &model),
            2 => rename(input, &labels, &model),
            _ => permute(input, &labels, &model),
        };
        match (changed, expected) {
            (Ok(changed), Some(expected)) => {
                check_result(&changed, &expected);
                (labels, model) = (changed, expected);
            }
            (Err(error), None) => assert!(error.to_string().len() > 10),
            (changed, expected) => panic!("{changed:?} instead of {expected:?}"),
        }
    }
}

/// What a change gives, and what it should give: `None` for an error.
type Changed = (metatensor_core::Result<Arc<Labels>>, Option<Model>);

/// New labels if the rows are distinct.
fn distinct_rows(names: &[&'static str], rows: Vec<Row>) -> Option<Model> {
    let count = rows.len();
    Some(Model::new(names, rows)).filter(|model| model.rows.len() == count)
}

fn insert(input: &mut Bytes, labels: &Arc<Labels>, model: &Model) -> Changed {
    let position = input.up_to(model.names.len() + 1);
    let name = input.one_of(&NAMES);
    let values = match input.up_to(2) {
        0 => vec![input.i32()],
        1 => (0..model.rows.len() as i32).map(|i| i % 3).collect(),
        _ => vec![1; input.up_to(4)],
    };
    let valid = position <= model.names.len()
        && !model.names.contains(&name)
        && [1, model.rows.len()].contains(&values.len());
    let expected = valid.then(|| {
        let mut names = model.names.clone();
        names.insert(position, name);
        let rows = model.rows.iter().enumerate().map(|(i, row)| {
            let mut row = row.clone();
            row.insert(position, values[if values.len() == 1 { 0 } else { i }]);
            row
        });
        Model::new(&names, rows)
    });
    (labels.insert(position, name, &values), expected)
}

fn remove(input: &mut Bytes, labels: &Arc<Labels>, model: &Model) -> Changed {
    let columns = input.some_of(model.names.len());
    let pick = |columns: &[usize]| columns.iter().map(|&i| model.names[i]).collect::<Vec<_>>();
    let kept = (0..model.names.len()).filter(|column| !columns.contains(column));
    let kept = kept.collect::<Vec<_>>();
    let rows = model
        .rows
        .iter()
        .map(|row| kept.iter().map(|&i| row[i]).collect());
    let expected = match kept.is_empty() {
        // no rows are left when there are no dimensions
        true => model.rows.is_empty().then(|| Model::new(&[], [])),
        false => distinct_rows(&pick(&kept), rows.collect()),
    };
    (labels.remove(&pick(&columns)), expected)
}

fn rename(input: &mut Bytes, labels: &Arc<Labels>, model: &Model) -> Changed {
    let (old, new) = (input.one_of(&NAMES), input.one_of(&NAMES));
    let position = model.names.iter().position(|&name| name == old);
    let valid = old == new || !model.names.contains(&new);
    let expected = position.filter(|_| valid).map(|position| {
        let mut names = model.names.clone();
        names[position] = new;
        Model::new(&names, model.rows.iter().cloned())
    });
    (labels.rename(old, new), expected)
}

fn permute(input: &mut Bytes, labels: &Arc<Labels>, model: &Model) -> Changed {
    let order = input.some_of(model.names.len());
    let expected = (order.len() == model.names.len()).then(|| {
        let names = order.iter().map(|&i| model.names[i]).collect::<Vec<_>>();
        let rows = model
            .rows
            .iter()
            .map(|row| order.iter().map(|&i| row[i]).collect());
        Model::new(&names, rows)
    });
    (labels.permute(&order), expected)
}
