//! Changes of dimensions, unique metadata and one-hot encoding.

use std::sync::Arc;

use metatensor_core::plan::{
    Axis, Column, Edit, EditAxis, Metadata, Plan, PlanEntry, one_hot_positions, unique_metadata,
};
use metatensor_core::{Error, ErrorCategory, Labels, Result, TensorMap};
use proptest::prelude::*;

use crate::execute::execute;
use crate::generate::maps;
use crate::model::{Model, Rows, models, project, rows};
use crate::support::{block, tensor};

/// Change names and rows of some axes.
fn change(block: &mut Model, axis: usize, names: &[&str], row: impl Fn(usize, &[i32]) -> Vec<i32>) {
    block.names[axis] = names.iter().map(|&name| name.to_owned()).collect();
    let rows = block.axes[axis].iter().enumerate();
    block.axes[axis] = rows.map(|(i, old)| row(i, old)).collect();
}

fn edited(tensor: &TensorMap, axis: EditAxis, edit: Edit<'_>) -> Result<TensorMap> {
    let metadata = Metadata::of_tensor(tensor);
    let plan = Plan::edit(&metadata, axis, edit)?;
    assert!(
        plan.entries()
            .iter()
            .all(|entry| entry.kind == PlanEntry::SHARE)
    );
    Ok(execute(&plan, &[tensor], None).remove(0))
}

proptest! {
    #[test]
    fn samples(tensor in maps(), index in -2..3_i64, value in any::<i32>()) {
        let values = Column::Constant(i64::from(value));
        let edit = Edit::Insert { index, name: "new", values };
        let result = edited(&tensor, EditAxis::Samples, edit).unwrap();
        let mut expected = models(&tensor);
        let at = if index < 0 { index + 2 } else { index } as usize;
        let mut names = vec!["s", "t"];
        names.insert(at, "new");
        for block in &mut expected {
            change(block, 0, &names, |_, row| {
                let mut row = row.to_vec();
                row.insert(at, value);
                row
            });
        }
        prop_assert_eq!(models(&result), expected.clone());

        let back = edited(&result, EditAxis::Samples, Edit::Remove("new")).unwrap();
        prop_assert_eq!(models(&back), models(&tensor));

        let permuted = edited(&tensor, EditAxis::Samples, Edit::Permute(&[-1, 0])).unwrap();
        let mut expected = models(&tensor);
        for block in &mut expected {
            change(block, 0, &["t", "s"], |_, row| vec![row[1], row[0]]);
        }
        prop_assert_eq!(models(&permuted), expected);
    }

    #[test]
    fn properties(tensor in maps()) {
        let edit = Edit::Rename { old: "m", new: "q" };
        let result = edited(&tensor, EditAxis::Properties, edit).unwrap();
        let mut expected = models(&tensor);
        for block in &mut expected {
            change(block, 2, &["n", "q"], |_, row| row.to_vec());
            for (_, gradient) in &mut block.gradients {
                change(gradient, 3, &["n", "q"], |_, row| row.to_vec());
            }
        }
        prop_assert_eq!(models(&result), expected);

        let is_repeated = models(&tensor).iter().any(|block| {
            let mut rows = block.properties().iter().map(|row| row[1]).collect::<Vec<_>>();
            rows.sort_unstable();
            rows.windows(2).any(|pair| pair[0] == pair[1])
        });
        let removed = edited(&tensor, EditAxis::Properties, Edit::Remove("n"));
        match removed {
            Err(error) => {
                prop_assert!(is_repeated);
                let message = error.to_string();
                prop_assert!(message.contains("in the new properties of block "), "{message}");
                prop_assert!(message.contains("(m="), "{message}");
                prop_assert_eq!(error.category(), ErrorCategory::Other);
            }
            Ok(result) => {
                prop_assert!(!is_repeated);
                let mut expected = models(&tensor);
                for block in &mut expected {
                    change(block, 2, &["m"], |_, row| vec![row[1]]);
                    for (_, gradient) in &mut block.gradients {
                        change(gradient, 3, &["m"], |_, row| vec![row[1]]);
                    }
                }
                prop_assert_eq!(models(&result), expected);
            }
        }
    }

    #[test]
    fn components_and_gradient_samples(tensor in maps()) {
        let edit = Edit::Rename { old: "x", new: "y" };
        let result = edited(&tensor, EditAxis::Components, edit).unwrap();
        let mut expected = models(&tensor);
        for block in &mut expected {
            for (_, gradient) in &mut block.gradients {
                gradient.names[1] = vec!["y".into()];
            }
        }
        prop_assert_eq!(models(&result), expected);

        let tensor = edited(&tensor, EditAxis::Samples, Edit::Rename { old: "t", new: "a" }).unwrap();
        let edit = Edit::Rename { old: "a", new: "b" };
        let result = edited(&tensor, EditAxis::Samples, edit).unwrap();
        let mut expected = models(&tensor);
        for block in &mut expected {
            block.names[0] = vec!["s".into(), "b".into()];
            for (_, gradient) in &mut block.gradients {
                gradient.names[0] = vec!["sample".into(), "b".into()];
            }
        }
        prop_assert_eq!(models(&result), expected);
    }

    #[test]
    fn keys(tensor in maps()) {
        let rows_of = rows(tensor.keys());
        let values = (0..rows_of.len() as i64).collect::<Vec<_>>();
        let edit = Edit::Insert { index: 0, name: "i", values: Column::Rows(&values) };
        let result = edited(&tensor, EditAxis::Keys, edit).unwrap();
        let expected = rows_of.iter().zip(0..).map(|(row, i)| vec![i, row[0]]).collect::<Rows>();
        prop_assert_eq!(rows(result.keys()), expected);
        prop_assert_eq!(result.keys().names().join(" "), "i k");
        prop_assert_eq!(models(&result), models(&tensor));
    }

    #[test]
    fn unique(tensor in maps(), columns in prop::sample::select(vec![vec![], vec![0], vec![1], vec![1, 0]])) {
        let metadata = Metadata::of_tensor(&tensor);
        for (axis, all, gradient) in [
            (Axis::Samples, ["s", "t"], None),
            (Axis::Properties, ["n", "m"], None),
            (Axis::Samples, ["sample", "a"], Some("g")),
            (Axis::Properties, ["n", "m"], Some("g")),
        ] {
            let names = columns.iter().map(|&i| all[i]).collect::<Vec<_>>();
            let result = unique_metadata(&metadata, axis, &names, gradient);
            let blocks = models(&tensor);
            let sources = blocks.iter().filter_map(|block| match gradient {
                None => Some(block),
                Some(_) => block.gradients.first().map(|(_, gradient)| gradient),
            });
            let sources = sources.collect::<Vec<_>>();
            if sources.is_empty() && !blocks.is_empty() {
                let error = result.unwrap_err();
                prop_assert!(error.to_string().contains("'g'"), "{error}");
                continue;
            }
            let number = |block: &Model| match axis {
                Axis::Samples => 0,
                Axis::Properties => block.last(),
            };
            let all_rows = sources.iter().flat_map(|block| block.axes[number(block)].clone());
            let mut expected = all_rows.map(|row| project(&row, &columns)).collect::<Rows>();
            expected.sort_unstable();
            expected.dedup();
            if columns.is_empty() {
                expected.clear();
            }
            let result = result.unwrap();
            prop_assert_eq!(rows(&result), expected);
            prop_assert_eq!(result.names().to_vec(), names);
        }
    }
}

fn labels(names: &[&str], values: &[i32]) -> Arc<Labels> {
    Labels::from_vec(names, values.to_vec()).unwrap()
}

/// One block with samples (s, t), component c and a gradient with samples (sample, t).
fn example() -> TensorMap {
    let samples = labels(&["s", "t"], &[0, 0, 0, 1]);
    let (c, d) = (labels(&["c"], &[0]), labels(&["d"], &[0]));
    let p = labels(&["p"], &[7]);
    let mut values = block(vec![1.0, 2.0], &samples, &[&c], &p);
    let samples = labels(&["sample", "t"], &[1, 3]);
    let gradient = block(vec![3.0], &samples, &[&d, &c], &p);
    values.add_gradient("g", gradient).unwrap();
    tensor(&labels(&["k"], &[2]), vec![values])
}

#[track_caller]
fn check_error(axis: EditAxis, edit: Edit<'_>, category: ErrorCategory, mentions: &[&str]) {
    let error: Error = edited(&example(), axis, edit).unwrap_err();
    assert_eq!(error.category(), category, "{error}");
    let message = error.to_string();
    for mention in mentions {
        assert!(
            message.contains(mention),
            "'{mention}' is not in: {message}"
        );
    }
}

#[test]
fn insert_errors() {
    use ErrorCategory::{InvalidValue, Other, OutOfRange};
    let insert = |index, name, values| Edit::Insert {
        index,
        name,
        values,
    };
    let zero = Column::Constant(0);
    for index in [3, -3, i64::MAX, i64::MIN] {
        let index_text = index.to_string();
        check_error(
            EditAxis::Samples,
            insert(index, "n", zero),
            OutOfRange,
            &[&index_text, "2 dim"],
        );
    }
    check_error(
        EditAxis::Samples,
        insert(0, "t", zero),
        Other,
        &["samples of block 0", "'t'"],
    );
    check_error(
        EditAxis::Keys,
        insert(0, "not ok", zero),
        Other,
        &["new keys", "'not ok'"],
    );
    let short = Column::Rows(&[1]);
    check_error(
        EditAxis::Samples,
        insert(0, "n", short),
        InvalidValue,
        &["1 value", "2 entries"],
    );
    let large = Column::Rows(&[1, 1 << 31]);
    check_error(
        EditAxis::Samples,
        insert(0, "n", large),
        InvalidValue,
        &["2147483648"],
    );
    let large = Column::Constant(-(1 << 31) - 1);
    check_error(
        EditAxis::Keys,
        insert(0, "n", large),
        InvalidValue,
        &["-2147483649"],
    );
    check_error(
        EditAxis::Components,
        insert(0, "n", zero),
        InvalidValue,
        &["insert", "components"],
    );
}

#[test]
fn other_errors() {
    use ErrorCategory::{InvalidValue, Other, OutOfRange};
    check_error(
        EditAxis::Samples,
        Edit::Permute(&[0]),
        InvalidValue,
        &["2 dimension(s) (s, t)", "got 1"],
    );
    check_error(
        EditAxis::Samples,
        Edit::Permute(&[0, 0]),
        Other,
        &["'s'", "unique"],
    );
    check_error(
        EditAxis::Samples,
        Edit::Permute(&[0, -3]),
        OutOfRange,
        &["-3"],
    );
    check_error(
        EditAxis::Components,
        Edit::Permute(&[0]),
        InvalidValue,
        &["permute"],
    );
    check_error(
        EditAxis::Samples,
        Edit::Remove("x"),
        InvalidValue,
        &["'x'", "samples", "(s, t)"],
    );
    check_error(
        EditAxis::Samples,
        Edit::Remove("t"),
        Other,
        &["samples of block 0", "(s=0)"],
    );
    check_error(
        EditAxis::Keys,
        Edit::Remove("k"),
        Other,
        &["new keys", "without dimensions"],
    );
    let rename = |old, new| Edit::Rename { old, new };
    check_error(
        EditAxis::Properties,
        rename("x", "y"),
        InvalidValue,
        &["'x'", "properties", "(p)"],
    );
    check_error(EditAxis::Samples, rename("s", "t"), Other, &["'t'"]);
    check_error(
        EditAxis::Components,
        rename("d", "c"),
        Other,
        &["components of block 0", "'c'"],
    );
    check_error(
        EditAxis::Samples,
        rename("t", "sample"),
        Other,
        &["gradient samples", "'sample'"],
    );
    // components which are not there do not change
    assert!(edited(&example(), EditAxis::Components, rename("nothing", "y")).is_ok());
    // the first dimension of gradient samples always stays
    let renamed = edited(&example(), EditAxis::Samples, rename("s", "sample")).unwrap();
    let result = edited(&renamed, EditAxis::Samples, rename("sample", "z")).unwrap();
    let gradient = result.blocks()[0].gradient("g").unwrap();
    assert_eq!(gradient.samples().names()[0], "sample");
}

#[test]
fn one_hot() {
    let all = labels(&["atom", "t"], &[0, 6, 1, 1, 4, 6]);
    assert_eq!(
        one_hot_positions(&all, &labels(&["t"], &[1, 6, 8])).unwrap(),
        [1, 0, 1]
    );
    let empty = labels(&["atom", "t"], &[]);
    let positions = one_hot_positions(&empty, &labels(&["t"], &[1])).unwrap();
    assert!(positions.is_empty());
    for (dimension, mentions) in [
        (labels(&["t", "u"], &[]), ["exactly one", "(t, u)"]),
        (labels(&["u"], &[]), ["'u'", "(atom, t)"]),
        (labels(&["t"], &[6]), ["t=1", "'t'"]),
    ] {
        let error = one_hot_positions(&all, &dimension).unwrap_err();
        assert_eq!(error.category(), ErrorCategory::InvalidValue);
        for mention in mentions {
            assert!(error.to_string().contains(mention), "{error}");
        }
    }
}
