//! Sorting, taking and grouping rows of labels, and changing their columns.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::Arc;

use metatensor_core::{GroupOutputs, Labels, RowOrder};
use proptest::prelude::*;
use support::*;

const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// Number of columns and rows, which may be repeated. Values from small and large
/// ranges, so that all ways to find rows are used.
fn tables() -> impl Strategy<Value = (usize, Vec<Vec<i32>>)> {
    let values = prop::sample::select(vec![(0, 2), (-3, 3), (-40, 40), (i32::MIN, i32::MAX)]);
    let rows = (1..=6_usize, values, any::<bool>(), 0..120_usize);
    rows.prop_flat_map(|(size, (min, max), sorted, count)| {
        let row = prop::collection::vec(min..=max, size);
        prop::collection::vec(row, count).prop_map(move |mut rows| {
            if sorted {
                rows.sort();
            }
            (size, rows)
        })
    })
}

/// The same rows, each one only once.
fn distinct(rows: &[Vec<i32>]) -> Vec<Vec<i32>> {
    let mut result = Vec::<Vec<i32>>::new();
    for row in rows {
        if !result.contains(row) {
            result.push(row.clone());
        }
    }
    result
}

fn to_labels(size: usize, rows: &[Vec<i32>]) -> Arc<Labels> {
    let array = TestArray::new(&[rows.len(), size], rows.concat());
    Labels::new(&NAMES[..size], array.boxed()).unwrap()
}

fn project(rows: &[Vec<i32>], columns: &[usize]) -> Vec<Vec<i32>> {
    let project = |row: &Vec<i32>| columns.iter().map(|&column| row[column]).collect();
    rows.iter().map(project).collect()
}

fn find(rows: &[Vec<i32>], row: &[i32]) -> i64 {
    let position = rows.iter().position(|other| other == row);
    position.map_or(-1, |position| position as i64)
}

/// Check a result, and that what it says of itself is true.
fn check_rows(labels: &Labels, names: &[&str], expected: &[Vec<i32>]) {
    assert_eq!(labels.names()[..], *names);
    assert_eq!(rows(labels), expected.concat());
    assert_eq!(labels.count(), expected.len());
    let sorted = expected.is_sorted_by(|first, second| first < second);
    assert_eq!(labels.is_sorted().unwrap(), sorted);
    for (i, row) in expected.iter().enumerate() {
        assert_eq!(labels.position(row).unwrap(), Some(i));
    }
}

proptest! {
    #[test]
    fn all_positions(((size, table), queries) in (tables(), any::<prop::sample::Index>()), shuffle in any::<u64>()) {
        let table = distinct(&table);
        let labels = to_labels(size, &table);
        let mut rows = table.clone();
        rows.extend(table.iter().take(queries.index(10)).map(|row| row.iter().map(|value| value ^ 1).collect()));
        if shuffle % 2 == 0 {
            rows.sort_by_key(|row| row.iter().fold(shuffle, |hash, &value| (hash ^ value as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)));
        } else {
            rows.sort();
        }
        let mut positions = vec![77; rows.len()];
        labels.positions(&rows.concat(), &mut positions).unwrap();
        let expected = rows.iter().map(|row| find(&table, row)).collect::<Vec<_>>();
        prop_assert_eq!(&positions, &expected);
        for (row, expected) in rows.iter().zip(expected) {
            let position = labels.position(row).unwrap();
            prop_assert_eq!(position.map_or(-1, |position| position as i64), expected);
        }
    }

    #[test]
    fn repeated_rows_are_found((size, table) in tables()) {
        let array = TestArray::new(&[table.len(), size], table.concat());
        let result = Labels::new(&NAMES[..size], array.boxed());
        let repeated = (0..table.len()).find(|&i| table[..i].contains(&table[i]));
        match repeated {
            None => { result.unwrap(); }
            Some(i) => {
                let values = NAMES.iter().zip(&table[i]).map(|(name, value)| format!("{name}={value}"));
                let row = format!("({}) more than once", values.collect::<Vec<_>>().join(", "));
                assert_invalid(result, &[&row]);
            }
        }
    }

    #[test]
    fn argsort((size, table) in tables(), descending in any::<bool>()) {
        // also with repeated rows, which keep their order
        let array = TestArray::new(&[table.len(), size], table.concat()).boxed();
        let labels = Labels::new_assume_unique(&NAMES[..size], array).unwrap();
        let mut expected = (0..table.len() as i64).collect::<Vec<_>>();
        expected.sort_by(|&i, &j| {
            let order = table[i as usize].cmp(&table[j as usize]);
            if descending { order.reverse() } else { order }
        });
        let mut order = vec![77; table.len()];
        labels.argsort(descending, &mut order).unwrap();
        prop_assert_eq!(order, expected);
    }

    #[test]
    fn take((size, table) in tables(), mut rows in prop::collection::vec(-1..120_i64, 0..40), sorted in any::<bool>()) {
        let table = distinct(&table);
        let labels = to_labels(size, &table);
        if sorted {
            rows.sort_unstable();
        }
        let is_valid = |(i, &row): (usize, &i64)| row >= 0 && row < table.len() as i64 && !rows[..i].contains(&row);
        let valid = rows.iter().enumerate().all(is_valid);
        prop_assert_eq!(labels.take(&rows).is_ok(), valid);
        let rows = rows.iter().enumerate().filter(|&row| is_valid(row)).map(|(_, &row)| row).collect::<Vec<_>>();
        let expected = rows.iter().map(|&row| table[row as usize].clone()).collect::<Vec<_>>();
        labels.is_sorted().unwrap();
        check_rows(&labels.take(&rows).unwrap(), &NAMES[..size], &expected);
    }

    #[test]
    fn groups((size, table) in tables(), columns in prop::sample::subsequence((0..6).collect::<Vec<_>>(), 1..=6), reverse in any::<bool>(), sorted in any::<bool>()) {
        let table = distinct(&table);
        let labels = to_labels(size, &table);
        let mut columns = columns.into_iter().filter(|&column| column < size).collect::<Vec<_>>();
        if columns.is_empty() {
            columns.push(0);
        }
        if reverse {
            columns.reverse();
        }
        let projected = project(&table, &columns);
        let mut expected = distinct(&projected);
        let order = if sorted { expected.sort(); RowOrder::Lexicographic } else { RowOrder::FirstAppearance };
        let names = columns.iter().map(|&column| NAMES[column]).collect::<Vec<_>>();

        let (mut inverse, mut offsets, mut members) = (vec![77; table.len()], vec![77; table.len() + 1], vec![77; table.len()]);
        let outputs = GroupOutputs { inverse: Some(&mut inverse), offsets: Some(&mut offsets), members: Some(&mut members) };
        let groups = labels.group_by(&names, order, outputs).unwrap();
        check_rows(&groups, &names, &expected);
        let expected_inverse = projected.iter().map(|row| find(&expected, row)).collect::<Vec<_>>();
        prop_assert_eq!(&inverse, &expected_inverse);
        prop_assert_eq!(offsets[0], 0);
        for group in 0..expected.len() {
            let range = offsets[group] as usize..offsets[group + 1] as usize;
            let rows = (0..table.len() as i64).filter(|&row| inverse[row as usize] == group as i64);
            prop_assert_eq!(&members[range], &rows.collect::<Vec<_>>()[..]);
        }
        prop_assert!(offsets[expected.len() + 1..].iter().all(|&entry| entry == 77));
    }

    #[test]
    fn unique_rows((size, table) in tables(), sorted in any::<bool>()) {
        let mut expected = distinct(&table);
        let order = if sorted { expected.sort(); RowOrder::Lexicographic } else { RowOrder::FirstAppearance };
        let array = TestArray::new(&[table.len(), size], table.concat());
        let mut inverse = vec![77; table.len()];
        let labels = Labels::unique(&NAMES[..size], array.boxed(), order, Some(&mut inverse)).unwrap();
        check_rows(&labels, &NAMES[..size], &expected);
        prop_assert_eq!(inverse, table.iter().map(|row| find(&expected, row)).collect::<Vec<_>>());
    }

    #[test]
    fn columns((size, table) in tables(), position in 0..=6_usize, seed in any::<i32>(), one in any::<bool>(), known in any::<bool>()) {
        let table = distinct(&table);
        let labels = to_labels(size, &table);
        if known {
            labels.is_sorted().unwrap();
        }
        let position = position.min(size);
        let values = (0..table.len() as i32).map(|i| i.wrapping_mul(seed)).collect::<Vec<_>>();
        let values = if one { vec![seed] } else { values };
        let mut names = NAMES[..size].to_vec();
        names.insert(position, "new");
        let insert = |(i, row): (usize, &Vec<i32>)| {
            let mut row = row.clone();
            row.insert(position, values[if one { 0 } else { i }]);
            row
        };
        let expected = table.iter().enumerate().map(insert).collect::<Vec<_>>();
        let inserted = labels.insert(position, "new", &values).unwrap();
        check_rows(&inserted, &names, &expected);

        // and back
        check_rows(&inserted.remove(&["new"]).unwrap(), &NAMES[..size], &table);
        let mut order = (0..size).collect::<Vec<_>>();
        order.insert(position, size);
        let moved = labels.insert(size, "new", &values).unwrap().permute(&order).unwrap();
        prop_assert!(moved.equals(&inserted).unwrap());
        let renamed = inserted.rename("new", "other").unwrap();
        names[position] = "other";
        check_rows(&renamed, &names, &expected);
    }

    #[test]
    fn removed_columns((size, table) in tables(), removed in prop::sample::subsequence(NAMES.to_vec(), 1..=5)) {
        let table = distinct(&table);
        let labels = to_labels(size, &table);
        let removed = removed.into_iter().filter(|name| NAMES[..size].contains(name)).collect::<Vec<_>>();
        let kept = (0..size).filter(|&column| !removed.contains(&NAMES[column])).collect::<Vec<_>>();
        prop_assume!(!kept.is_empty());
        let expected = project(&table, &kept);
        let names = kept.iter().map(|&column| NAMES[column]).collect::<Vec<_>>();
        let result = labels.remove(&removed);
        match (0..expected.len()).find(|&i| expected[..i].contains(&expected[i])) {
            None => check_rows(&result.unwrap(), &names, &expected),
            Some(i) => {
                let values = names.iter().zip(&expected[i]).map(|(name, value)| format!("{name}={value}"));
                assert_invalid(result, &[&format!("({}) would", values.collect::<Vec<_>>().join(", ")), &removed.join(", ")]);
            }
        }
    }
}

#[test]
fn nothing_to_do() {
    let labels = labels(["a", "b"], &[[1, 2], [0, 3]]);
    assert!(Arc::ptr_eq(&labels.take(&[0, 1]).unwrap(), &labels));
    assert!(Arc::ptr_eq(&labels.remove(&[""; 0]).unwrap(), &labels));
    assert!(Arc::ptr_eq(&labels.rename("a", "a").unwrap(), &labels));
    assert!(Arc::ptr_eq(&labels.permute(&[0, 1]).unwrap(), &labels));
    let order = RowOrder::FirstAppearance;
    let groups = labels.group_by(&["a", "b"], order, GroupOutputs::default());
    assert!(Arc::ptr_eq(&groups.unwrap(), &labels));
}

#[test]
fn results_are_on_the_same_device() {
    let array = TestArray::new(&[2, 2], vec![1, 2, 0, 3]).on(CUDA);
    let labels = Labels::new(&["a", "b"], array.boxed()).unwrap();
    let order = RowOrder::Lexicographic;
    for result in [
        labels.take(&[1]),
        labels.insert(0, "c", &[3]),
        labels.remove(&["b"]),
        labels.rename("a", "c"),
        labels.permute(&[1, 0]),
        labels.group_by(&["a"], order, GroupOutputs::default()),
    ] {
        let result = result.unwrap();
        assert_eq!(result.device().unwrap(), CUDA);
        assert_eq!(result.values().device().unwrap(), CUDA);
    }
}

#[test]
fn without_data() {
    let array = TestArray::new(&[2, 1], vec![1, 2]).on(META);
    let labels = Labels::new_assume_unique(&["a"], array.boxed()).unwrap();
    let renamed = labels.rename("a", "b").unwrap();
    assert!(std::ptr::eq(renamed.values(), labels.values()));
    let mentions = &["have no data"];
    assert_invalid(labels.take(&[0]), mentions);
    assert_invalid(labels.insert(0, "b", &[3]), mentions);
    assert_invalid(labels.argsort(false, &mut [0; 2]), mentions);
    let order = RowOrder::FirstAppearance;
    let groups = labels.group_by(&["a"], order, GroupOutputs::default());
    assert_invalid(groups, mentions);
}

#[test]
fn without_dimensions() {
    let empty = only_names(&[]);
    assert_eq!(empty.take(&[]).unwrap().count(), 0);
    assert_invalid(empty.take(&[0]), &["row 0", "0 rows"]);
    let inserted = empty.insert(0, "a", &[3]).unwrap();
    assert_eq!((inserted.count(), inserted.size()), (0, 1));
    assert_eq!(inserted.remove(&["a"]).unwrap().size(), 0);
    empty.argsort(true, &mut []).unwrap();
}

#[test]
fn outputs_of_the_wrong_size() {
    let labels = column("a", &[1, 2]);
    let (mut wrong, mut right) = ([77; 4], [77; 2]);
    let order = RowOrder::FirstAppearance;
    let outputs = GroupOutputs {
        inverse: Some(&mut right),
        members: Some(&mut wrong),
        ..GroupOutputs::default()
    };
    assert_invalid(
        labels.group_by(&["a"], order, outputs),
        &["2 entries", "got 4"],
    );
    assert_invalid(labels.argsort(false, &mut wrong), &["2 entries", "got 4"]);
    assert_eq!((wrong, right), ([77; 4], [77; 2]));
}
