//! Union, intersection, difference and selection of labels.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::HashMap;
use std::sync::Arc;

use metatensor_core::Labels;
use proptest::prelude::*;
use support::*;

fn ab(rows: &[[i32; 2]]) -> Arc<Labels> {
    labels(["a", "b"], rows)
}

fn first() -> Arc<Labels> {
    ab(&[[7, 1], [2, 2], [7, -3]])
}

fn second() -> Arc<Labels> {
    ab(&[[5, 5], [2, 2], [7, 1], [6, 0]])
}

#[test]
fn unions() {
    let (mut map_first, mut map_second) = ([0; 3], [0; 4]);
    let union = first()
        .union(&second(), Some(&mut map_first), Some(&mut map_second))
        .unwrap();
    assert_eq!(rows(&union), [7, 1, 2, 2, 7, -3, 5, 5, 6, 0]);
    assert_eq!(map_first, [0, 1, 2]);
    assert_eq!(map_second, [3, 1, 0, 4]);

    // nothing new: the same labels
    let all = union.union(&second(), None, Some(&mut map_second)).unwrap();
    assert!(Arc::ptr_eq(&all, &union));
    assert_eq!(map_second, [3, 1, 0, 4]);
}

#[test]
fn intersections() {
    let (mut map_first, mut map_second) = ([0; 3], [0; 4]);
    let result = first().intersection(&second(), Some(&mut map_first), Some(&mut map_second));
    assert_eq!(rows(&result.unwrap()), [7, 1, 2, 2]);
    assert_eq!(map_first, [0, 1, -1]);
    assert_eq!(map_second, [-1, 1, 0, -1]);

    let result = second().intersection(&first(), Some(&mut map_second), Some(&mut map_first));
    assert_eq!(rows(&result.unwrap()), [7, 1, 2, 2]);
    assert_eq!(map_first, [0, 1, -1]);
    assert_eq!(map_second, [-1, 1, 0, -1]);

    let x = column("x", &[5, 3, 1, 0]);
    let y = column("x", &[0, 1, 2, 3, 9]);
    let z = column("x", &[0, 1, 2, 3]);
    assert_eq!(rows(&x.intersection(&y, None, None).unwrap()), [3, 1, 0]);
    assert_eq!(rows(&y.intersection(&x, None, None).unwrap()), [3, 1, 0]);
    assert_eq!(rows(&x.intersection(&z, None, None).unwrap()), [3, 1, 0]);
    assert_eq!(rows(&z.intersection(&x, None, None).unwrap()), [0, 1, 3]);
    assert!(Arc::ptr_eq(&z.intersection(&y, None, None).unwrap(), &z));
}

#[test]
fn differences() {
    let mut map = [0; 3];
    let result = first().difference(&second(), Some(&mut map)).unwrap();
    assert_eq!(rows(&result), [7, -3]);
    assert_eq!(map, [-1, -1, 0]);
    let mut map = [0; 4];
    let result = second().difference(&first(), Some(&mut map)).unwrap();
    assert_eq!(rows(&result), [5, 5, 6, 0]);
    assert_eq!(map, [0, -1, -1, 1]);
    let x = column("x", &[5, 3]);
    assert!(Arc::ptr_eq(
        &x.difference(&column("x", &[1]), None).unwrap(),
        &x
    ));
}

#[test]
fn selections() {
    let labels = labels(["u", "v"], &[[8, 3], [4, 7], [8, 7], [5, 3]]);
    let select = |selection: &Arc<Labels>| labels.select(selection).unwrap();
    assert_eq!(select(&column("u", &[5, 8, 9])), [0, 2, 3]);
    assert_eq!(
        select(&support::labels(["u", "v"], &[[5, 3], [9, 3], [8, 3]])),
        [3, 0]
    );
    assert_eq!(
        select(&support::labels(["v", "u"], &[[3, 5], [3, 8]])),
        [0, 3]
    );
    assert_eq!(select(&column("v", &[7])), [1, 2]);
    assert_eq!(select(&only_names(&[])), [0, 1, 2, 3]);
    assert!(select(&only_names(&["v"])).is_empty());
    assert!(select(&only_names(&["u", "v"])).is_empty());
    assert_invalid(labels.select(&only_names(&["w"])), &["'w'", "(u, v)"]);
    assert_invalid(
        labels.select(&support::labels(["u", "w"], &[[8, 3]])),
        &["'w'"],
    );

    let mut output = [99; 4];
    assert_eq!(
        labels.select_into(&column("u", &[8]), &mut output).unwrap(),
        2
    );
    assert_eq!(output[..2], [0, 2]);
    let result = labels.select_into(&column("u", &[8]), &mut output[..3]);
    assert_invalid(result, &["4 entries", "got 3"]);
}

#[test]
fn selections_in_many_sorted_rows() {
    let rows = (0..40)
        .flat_map(|i| (0..i % 5).map(move |j| [i, j, i * j]))
        .collect::<Vec<_>>();
    let labels = labels(["i", "j", "k"], &rows);
    assert!(labels.is_sorted().unwrap());
    let expected = |values: &[i32]| {
        let matching = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| values.contains(&row[0]));
        matching.map(|(index, _)| index).collect::<Vec<_>>()
    };
    for values in [&[3][..], &[17, 4, 10], &[39, -1, 100, 0]] {
        assert_eq!(
            labels.select(&column("i", values)).unwrap(),
            expected(values)
        );
    }
}

#[test]
fn different_names() {
    let (a, b) = (column("a", &[1]), column("b", &[1]));
    assert_invalid(a.union(&b, None, None), &["union", "(a)", "(b)"]);
    assert_invalid(
        a.intersection(&b, None, None),
        &["intersection", "(a)", "(b)"],
    );
    assert_invalid(a.difference(&b, None), &["difference", "(a)", "(b)"]);
    let swapped = labels(["b", "a"], &[[1, 1]]);
    assert_invalid(ab(&[]).union(&swapped, None, None), &["(a, b)", "(b, a)"]);
}

#[test]
fn different_devices() {
    let here = column("a", &[1, 2]);
    let there = TestArray::new(&[2, 1], vec![2, 3]).on(CUDA);
    let there = Labels::new(&["a"], there.boxed()).unwrap();
    assert_invalid(here.union(&there, None, None), &["CPU:0", "CUDA:1"]);
    assert_invalid(there.intersection(&here, None, None), &["CPU:0", "CUDA:1"]);
    assert_invalid(here.difference(&there, None), &["CPU:0", "CUDA:1"]);
    assert_invalid(here.select(&there), &["CPU:0", "CUDA:1"]);

    // one of them is empty
    let nothing = column("a", &[]);
    let union = nothing.union(&there, None, None).unwrap();
    assert_eq!(rows(&union), [2, 3]);
    assert_eq!(union.device().unwrap(), nothing.device().unwrap());
    assert_eq!(there.union(&nothing, None, None).unwrap().count(), 2);
    assert_eq!(
        there
            .intersection(&nothing, None, None)
            .unwrap()
            .device()
            .unwrap(),
        CUDA
    );
    assert!(there.select(&nothing).unwrap().is_empty());
}

#[test]
fn mappings_of_the_wrong_size() {
    let (a, b) = (column("a", &[1, 2]), column("a", &[2, 3, 4]));
    let mut wrong = [77; 4];
    let mut right = [77; 2];
    assert_invalid(a.union(&b, Some(&mut wrong), None), &["2 entries", "got 4"]);
    assert_invalid(
        a.union(&b, Some(&mut right), Some(&mut wrong)),
        &["3 entries", "got 4"],
    );
    assert_invalid(
        a.intersection(&b, Some(&mut right), Some(&mut wrong)),
        &["3 entries"],
    );
    assert_invalid(a.difference(&b, Some(&mut wrong)), &["2 entries"]);
    assert_eq!((wrong, right), ([77; 4], [77; 2]));
}

#[test]
fn without_dimensions() {
    let empty = only_names(&[]);
    assert_eq!(
        empty
            .union(&empty, Some(&mut []), Some(&mut []))
            .unwrap()
            .count(),
        0
    );
    assert_eq!(
        empty
            .intersection(&only_names(&[]), None, None)
            .unwrap()
            .count(),
        0
    );
    assert_eq!(empty.difference(&only_names(&[]), None).unwrap().count(), 0);
    assert!(empty.select(&empty).unwrap().is_empty());
}

#[test]
fn failing_arrays() {
    let log = Arc::<Log>::default();
    let array = TestArray::new(&[2, 1], vec![1, 2]).logged(&log);
    let first = Labels::new(&["a"], array.boxed()).unwrap();
    log.fail("from_host_i32");
    let mut mapping = [77; 2];
    assert!(
        first
            .union(&column("a", &[3]), Some(&mut mapping), None)
            .is_err()
    );
    assert!(
        first
            .difference(&column("a", &[1]), Some(&mut mapping))
            .is_err()
    );
    assert_eq!(mapping, [77; 2]);
}

/// Names and unique rows, of two labels: small and large values, sorted or not.
fn pairs() -> impl Strategy<Value = (usize, Vec<Vec<i32>>, Vec<Vec<i32>>)> {
    (1..6_usize, prop_oneof![Just(2), Just(30), Just(i32::MAX)]).prop_flat_map(|(size, largest)| {
        let row = prop::collection::vec(-largest..=largest, size);
        let pool = prop::collection::vec(row, 1..60);
        pool.prop_flat_map(move |mut pool| {
            pool.sort_unstable();
            pool.dedup();
            let half = pool.len() / 2;
            let some =
                |pool: &Vec<Vec<i32>>| prop::sample::subsequence(pool.clone(), half..=pool.len());
            let shuffled = (some(&pool).prop_shuffle(), some(&pool).prop_shuffle());
            let sorted = (some(&pool), some(&pool));
            prop_oneof![shuffled, sorted].prop_map(move |(first, second)| (size, first, second))
        })
    })
}

fn named(names: &[String], rows: &[Vec<i32>]) -> Arc<Labels> {
    Labels::from_vec(names, rows.concat()).unwrap()
}

fn index_of(rows: &[Vec<i32>]) -> HashMap<&[i32], i64> {
    rows.iter().map(Vec::as_slice).zip(0..).collect()
}

proptest! {
    #[test]
    fn set_operations_of_any_labels((size, first, second) in pairs()) {
        let names = (0..size).map(|i| format!("d{i}")).collect::<Vec<_>>();
        let (a, b) = (named(&names, &first), named(&names, &second));
        let (in_first, in_second) = (index_of(&first), index_of(&second));
        let mut map_first = vec![0; first.len()];
        let mut map_second = vec![0; second.len()];
        let positions = |rows: &[Vec<i32>], result: &[Vec<i32>]| {
            let index = index_of(result);
            rows.iter().map(|row| index.get(&row[..]).copied().unwrap_or(-1)).collect::<Vec<_>>()
        };

        let mut expected = first.clone();
        expected.extend(second.iter().filter(|row| !in_first.contains_key(&row[..])).cloned());
        let union = a.union(&b, Some(&mut map_first), Some(&mut map_second)).unwrap();
        prop_assert_eq!(rows(&union), &expected.concat()[..]);
        prop_assert_eq!(&map_first, &positions(&first, &expected));
        prop_assert_eq!(&map_second, &positions(&second, &expected));

        let (small, other) = if first.len() <= second.len() { (&first, &in_second) } else { (&second, &in_first) };
        let expected = small.iter().filter(|row| other.contains_key(&row[..])).cloned().collect::<Vec<_>>();
        let intersection = a.intersection(&b, Some(&mut map_first), Some(&mut map_second)).unwrap();
        prop_assert_eq!(rows(&intersection), &expected.concat()[..]);
        prop_assert_eq!(&map_first, &positions(&first, &expected));
        prop_assert_eq!(&map_second, &positions(&second, &expected));

        let expected = first.iter().filter(|row| !in_second.contains_key(&row[..])).cloned().collect::<Vec<_>>();
        let difference = a.difference(&b, Some(&mut map_first)).unwrap();
        prop_assert_eq!(rows(&difference), &expected.concat()[..]);
        prop_assert_eq!(&map_first, &positions(&first, &expected));

        for result in [&union, &intersection, &difference] {
            // what is known about the result must be true
            let copy = Labels::from_vec(&names, rows(result).to_vec()).unwrap();
            prop_assert_eq!(result.is_sorted().unwrap(), copy.is_sorted().unwrap());
            prop_assert!(result.equals(&copy).unwrap());
        }

        for (row, &position) in &in_second {
            prop_assert_eq!(b.position(row).unwrap(), Some(position as usize));
            prop_assert_eq!(a.position(row).unwrap().map(|i| i as i64), in_first.get(row).copied());
        }
    }

    #[test]
    fn selections_of_any_labels(
        (size, first, second) in pairs(),
        columns in prop::sample::subsequence(vec![0, 1, 2, 3, 4], 1..5).prop_shuffle(),
    ) {
        let names = (0..size).map(|i| format!("d{i}")).collect::<Vec<_>>();
        let labels = named(&names, &first);
        let columns = columns.into_iter().filter(|&i| i < size).collect::<Vec<usize>>();
        prop_assume!(!columns.is_empty());
        let project = |row: &Vec<i32>| columns.iter().map(|&i| row[i]).collect::<Vec<_>>();
        let mut selection = Vec::new();
        for row in second.iter().take(10).map(project) {
            if !selection.contains(&row) {
                selection.push(row);
            }
        }
        let selected_names = columns.iter().map(|&i| names[i].clone()).collect::<Vec<_>>();
        let expected = if selected_names == names {
            let index = index_of(&first);
            selection.iter().filter_map(|row| index.get(&row[..])).map(|&i| i as usize).collect()
        } else {
            let matching = first.iter().enumerate().filter(|(_, row)| selection.contains(&project(row)));
            matching.map(|(i, _)| i).collect::<Vec<_>>()
        };
        let selected = labels.select(&named(&selected_names, &selection)).unwrap();
        prop_assert_eq!(selected, expected);
    }
}
