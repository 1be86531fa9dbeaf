//! What can be wrong, and what is told about it.

use std::sync::Arc;

use metatensor_core::plan::{Axis, KeysRule, Metadata, Plan, Selection, SortAxes};
use metatensor_core::{Error, ErrorCategory, Labels, Result, TensorBlock, TensorMap};

use crate::support::{block, tensor};

fn labels(names: &[&str], values: &[i32]) -> Arc<Labels> {
    Labels::from_vec(names, values.to_vec()).unwrap()
}

/// What to change in the example.
#[derive(Clone)]
struct Parts {
    keys: Vec<i32>,
    samples: Vec<i32>,
    sample_name: &'static str,
    component: i32,
    properties: Vec<i32>,
    gradients: Vec<&'static str>,
    gradient_name: &'static str,
    gradient_component: i32,
    nested: bool,
}

impl Default for Parts {
    fn default() -> Parts {
        Parts {
            keys: vec![0, 1],
            samples: vec![0, 1],
            sample_name: "s",
            component: 0,
            properties: vec![3, 4],
            gradients: vec!["g"],
            gradient_name: "a",
            gradient_component: 0,
            nested: false,
        }
    }
}

impl Parts {
    fn block(&self) -> TensorBlock {
        let samples = labels(&[self.sample_name], &self.samples);
        let c = labels(&["c"], &[self.component]);
        let x = labels(&["x"], &[self.gradient_component]);
        let p = labels(&["p"], &self.properties);
        let count = samples.count() * p.count();
        let mut result = block(vec![0.0; count], &samples, &[&c], &p);
        for name in &self.gradients {
            let samples = labels(&["sample", self.gradient_name], &[0, 5]);
            let mut gradient = block(vec![0.0; p.count()], &samples, &[&x, &c], &p);
            if self.nested {
                let samples = labels(&["sample"], &[0]);
                let nested = block(vec![0.0; p.count()], &samples, &[&x, &c], &p);
                gradient.add_gradient("h", nested).unwrap();
            }
            result.add_gradient(name, gradient).unwrap();
        }
        result
    }

    fn build(&self) -> TensorMap {
        let blocks = self.keys.iter().map(|_| self.block());
        tensor(&labels(&["k"], &self.keys), blocks.collect())
    }
}

#[track_caller]
fn check<T>(result: Result<T>, category: ErrorCategory, mentions: &[&str]) {
    let error: Error = result.err().expect("an error");
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
fn unknown_dimensions() {
    let metadata = Metadata::of_tensor(&Parts::default().build());
    let reduce = |axis, name| Plan::reduce(&metadata, axis, &[name]);
    let category = ErrorCategory::InvalidValue;
    check(
        reduce(Axis::Samples, "p"),
        category,
        &["'p'", "samples", "(s)"],
    );
    check(
        reduce(Axis::Properties, "s"),
        category,
        &["'s'", "properties", "(p)"],
    );
    for axis in [Axis::Samples, Axis::Properties] {
        let selection = labels(&["c"], &[]);
        let selections = [Selection::Positions(&[]), Selection::Labels(&selection)];
        check(
            Plan::select(&metadata, axis, &selections),
            category,
            &["'c'", axis.name()],
        );
    }
    let empty = Metadata::of_tensor(&tensor(&labels(&["k"], &[]), Vec::new()));
    check(
        Plan::reduce(&empty, Axis::Samples, &["s"]),
        category,
        &["'s'"],
    );
    assert!(Plan::reduce(&empty, Axis::Samples, &[""; 0]).is_ok());
}

#[test]
fn positions() {
    let metadata = Metadata::of_tensor(&Parts::default().build());
    for position in [2, -3, i64::MAX, i64::MIN] {
        for axis in [Axis::Samples, Axis::Properties] {
            let positions = [0, position];
            let plan = Plan::select(&metadata, axis, &[Selection::Positions(&positions)]);
            let position = position.to_string();
            check(
                plan,
                ErrorCategory::OutOfRange,
                &[&position, axis.name(), "block 0", "2 entries"],
            );
        }
    }
    let plan = Plan::select(&metadata, Axis::Samples, &[Selection::Positions(&[1, -1])]);
    check(
        plan,
        ErrorCategory::Other,
        &["samples of block 0", "(s=1) more than once"],
    );
}

#[test]
fn nested_gradients() {
    let metadata = Metadata::of_tensor(
        &Parts {
            nested: true,
            ..Parts::default()
        }
        .build(),
    );
    let category = ErrorCategory::Unsupported;
    let mentions = ["'g'", "'h'", "block 0"];
    check(
        Plan::reduce(&metadata, Axis::Properties, &["p"]),
        category,
        &mentions,
    );
    check(
        Plan::select(&metadata, Axis::Properties, &[]),
        category,
        &mentions,
    );
    let axes = SortAxes {
        samples: true,
        ..SortAxes::default()
    };
    check(Plan::sort(&metadata, axes, false), category, &mentions);
    check(
        join(&[&metadata, &metadata], Axis::Samples, KeysRule::Union),
        category,
        &mentions,
    );
    // this does not touch any of them
    let axes = SortAxes {
        keys: true,
        ..SortAxes::default()
    };
    let plan = Plan::sort(&metadata, axes, true).unwrap();
    assert_eq!(plan.results()[0].leaves(), metadata.leaves());
}

fn join(inputs: &[&Metadata], axis: Axis, rule: KeysRule) -> Result<Plan> {
    Plan::join(inputs, axis, rule, Some("added"))
}

/// Join the example with a changed one.
fn join_with(change: impl Fn(&mut Parts), axis: Axis, rule: KeysRule) -> Result<Plan> {
    let mut parts = Parts::default();
    let first = Metadata::of_tensor(&parts.build());
    change(&mut parts);
    let second = Metadata::of_tensor(&parts.build());
    join(&[&first, &first, &second], axis, rule)
}

#[test]
fn different_keys() {
    let category = ErrorCategory::Different;
    check(
        join(&[], Axis::Samples, KeysRule::Same),
        ErrorCategory::InvalidValue,
        &["at least one"],
    );
    let plan = join_with(|parts| parts.keys = vec![0], Axis::Samples, KeysRule::Same);
    check(plan, category, &["2 blocks", "1 for input 2"]);
    let plan = join_with(
        |parts| parts.keys = vec![0, 2],
        Axis::Samples,
        KeysRule::Same,
    );
    check(plan, category, &["entries", "input 2"]);
    assert!(
        join_with(
            |parts| parts.keys = vec![1, 0],
            Axis::Samples,
            KeysRule::Same
        )
        .is_ok()
    );

    let other = tensor(&labels(&["q"], &[0]), vec![Parts::default().block()]);
    let (first, second) = (
        Metadata::of_tensor(&Parts::default().build()),
        Metadata::of_tensor(&other),
    );
    let plan = join(&[&first, &second], Axis::Samples, KeysRule::Same);
    check(plan, category, &["(k)", "(q)", "input 1"]);
    let plan = join(&[&first, &second], Axis::Samples, KeysRule::Union);
    check(plan, ErrorCategory::Other, &["union", "(k)", "(q)"]);
}

#[test]
fn different_labels() {
    let category = ErrorCategory::Different;
    for axis in [Axis::Samples, Axis::Properties] {
        let check_join = |change: &dyn Fn(&mut Parts), mentions: &[&str]| {
            check(join_with(change, axis, KeysRule::Same), category, mentions);
        };
        check_join(
            &|parts| parts.component = 1,
            &["components of block (k=0)", "inputs 0 and 2"],
        );
        check_join(
            &|parts| parts.gradient_component = 1,
            &["components of gradient 'g' of block (k=0)"],
        );
        check_join(
            &|parts| parts.gradient_name = "b",
            &["samples of gradient 'g' of block (k=0)"],
        );
        check_join(
            &|parts| parts.gradients = vec!["f"],
            &["(g) in input 0", "(f) in input 2"],
        );
        check_join(
            &|parts| parts.gradients = vec!["g", "f"],
            &["(g) in input 0", "(g, f) in input 2"],
        );
        check_join(
            &|parts| parts.gradients = vec![],
            &["(g) in input 0", "() in input 2"],
        );
        // blocks with different keys end up in one tensor map as well
        let change = |parts: &mut Parts| (parts.keys, parts.gradients) = (vec![7], vec![]);
        check(
            join_with(change, axis, KeysRule::Union),
            category,
            &["(g) in input 0", "() in input 2"],
        );
    }
    let plan = join_with(
        |parts| parts.properties = vec![4, 3],
        Axis::Samples,
        KeysRule::Same,
    );
    check(plan, category, &["properties of block (k=0)", "order"]);
    let plan = join_with(
        |parts| parts.samples = vec![1, 0],
        Axis::Properties,
        KeysRule::Same,
    );
    check(plan, category, &["samples of block (k=0)", "order"]);
    let plan = join_with(
        |parts| parts.sample_name = "t",
        Axis::Samples,
        KeysRule::Same,
    );
    check(
        plan,
        ErrorCategory::InvalidValue,
        &["(s) in input 0", "(t) in input 2"],
    );
}

#[test]
fn repeated_rows() {
    let first = Metadata::of_tensor(&Parts::default().build());
    for (axis, row) in [(Axis::Samples, "(s=0)"), (Axis::Properties, "(p=3)")] {
        let plan = Plan::join(&[&first, &first], axis, KeysRule::Same, None);
        check(
            plan,
            ErrorCategory::Other,
            &["block 0", axis.name(), row, "more than once"],
        );
        let name = if axis == Axis::Samples { "s" } else { "p" };
        let plan = Plan::join(&[&first, &first], axis, KeysRule::Same, Some(name));
        check(plan, ErrorCategory::Other, &[name, "unique"]);
    }
}

#[test]
fn gradients_in_another_order() {
    let parts = Parts {
        gradients: vec!["g", "f"],
        ..Parts::default()
    };
    let first = Metadata::of_tensor(&parts.build());
    let second = Metadata::of_tensor(
        &Parts {
            gradients: vec!["f", "g"],
            ..parts
        }
        .build(),
    );
    let plan = join(&[&first, &second], Axis::Samples, KeysRule::Same).unwrap();
    assert_eq!(plan.results()[0].parameters(), ["g", "f"]);
    let sources = plan
        .steps()
        .iter()
        .map(|step| step.source)
        .collect::<Vec<_>>();
    assert_eq!(sources, [0, 0, 1, 2, 2, 1, 3, 3, 4, 5, 5, 4]);
}
