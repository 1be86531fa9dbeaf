//! Comparing the metadata of maps, against comparing all of it.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::Arc;

use metatensor_core::{
    CompareOptions, Comparison, Difference, KeyMatching, Labels, LabelsDifference, TensorBlock,
    TensorMap,
};
use proptest::prelude::*;
use support::maps::{Numbers, any_map};
use support::*;

/// How a block is made different from another one.
struct Change<'a> {
    numbers: &'a mut Numbers,
    /// What happens when this reaches 0.
    countdown: usize,
}

impl Change<'_> {
    /// The same labels, equal labels, or (once) labels with another order or name.
    fn labels(&mut self, labels: &Arc<Labels>) -> Arc<Labels> {
        self.countdown = self.countdown.wrapping_sub(1);
        let mut rows = rows(labels)
            .chunks(labels.size())
            .map(<[i32]>::to_vec)
            .collect::<Vec<_>>();
        let mut names = labels.names().to_vec();
        match self.numbers.below(2) {
            0 if self.countdown != 0 => return Arc::clone(labels),
            0 => rows.reverse(),
            _ if self.countdown == 0 => {
                let last = names.len() - 1;
                names[last].push('x');
            }
            _ => {}
        }
        Labels::from_vec(&names, rows.concat()).unwrap()
    }

    /// A copy of a block with its gradients in another order.
    fn block(&mut self, block: &TensorBlock, properties: &Arc<Labels>) -> TensorBlock {
        let components = block.components().iter().collect::<Vec<_>>();
        let samples = self.labels(block.samples());
        let mut result = support::block(data(block), &samples, &components, properties);
        let mut gradients = block.gradients().collect::<Vec<_>>();
        self.numbers.shuffle(&mut gradients);
        for (parameter, gradient) in gradients {
            let gradient = self.block(gradient, properties);
            // the samples may have other names now
            let _ = result.add_gradient(parameter, gradient);
        }
        result
    }

    /// The same map with blocks in another order, shared or equal labels, and
    /// perhaps something which is not the same.
    fn map(&mut self, tensor: &TensorMap) -> Option<TensorMap> {
        let mut order = (0..tensor.blocks().len()).collect::<Vec<_>>();
        if self.numbers.below(2) == 0 {
            self.numbers.shuffle(&mut order);
        }
        let picked = tensor.pick_blocks(&order, None).unwrap();
        let keys = match self.numbers.below(5) {
            0 => self.labels(picked.keys()),
            _ => Arc::clone(picked.keys()),
        };
        let blocks = picked.blocks().iter().map(|block| {
            let properties = self.labels(block.properties());
            Box::new(self.block(block, &properties))
        });
        let blocks = blocks.collect();
        TensorMap::new(keys, blocks).ok()
    }
}

fn same_labels(first: &Labels, second: &Labels) -> bool {
    first.names()[..] == second.names()[..] && rows(first) == rows(second)
}

/// The leaves of the second block for those of the first one, `None` if they differ.
fn naive_blocks(
    first: &TensorBlock,
    second: &TensorBlock,
    options: &CompareOptions,
    levels: usize,
    pairs: &mut Vec<(*const TensorBlock, *const TensorBlock)>,
) -> Option<()> {
    let ours = first.components();
    let theirs = second.components();
    let components = ours.len() == theirs.len()
        && ours
            .iter()
            .zip(theirs)
            .all(|(ours, theirs)| same_labels(ours, theirs));
    let same = (!options.samples || same_labels(first.samples(), second.samples()))
        && (!options.components || components)
        && (!options.properties || same_labels(first.properties(), second.properties()));
    pairs.push((first, second));
    if !same {
        return None;
    }
    if levels == 0 {
        return Some(());
    }
    if first.gradients().len() != second.gradients().len() {
        return None;
    }
    for (parameter, gradient) in first.gradients() {
        let other = second.gradient(parameter).ok()?;
        naive_blocks(gradient, other, options, levels - 1, pairs)?;
    }
    Some(())
}

/// Matching blocks and pairs of leaves.
type Naive = (Vec<usize>, Vec<(*const TensorBlock, *const TensorBlock)>);

fn naive(first: &TensorMap, second: &TensorMap, options: &CompareOptions) -> Option<Naive> {
    let (keys, other_keys) = (first.keys(), second.keys());
    let count = keys.count();
    if count != other_keys.count() {
        return None;
    }
    let row = |keys: &Labels, i: usize| rows(keys)[i * keys.size()..][..keys.size()].to_vec();
    let blocks = match options.keys {
        KeyMatching::Ignored => (0..count).collect::<Vec<_>>(),
        _ if keys.names() != other_keys.names() => return None,
        KeyMatching::SameOrder if rows(keys) != rows(other_keys) => return None,
        KeyMatching::SameOrder => (0..count).collect(),
        KeyMatching::AnyOrder => {
            let find = |i: usize| (0..count).position(|j| row(keys, i) == row(other_keys, j));
            (0..count).map(find).collect::<Option<_>>()?
        }
    };
    let mut pairs = Vec::new();
    for (i, &j) in blocks.iter().enumerate() {
        let (first, second) = (&first.blocks()[i], &second.blocks()[j]);
        naive_blocks(first, second, options, options.gradients, &mut pairs)?;
    }
    Some((blocks, pairs))
}

fn any_options() -> impl Strategy<Value = CompareOptions> {
    let keys = prop_oneof![
        4 => Just(KeyMatching::AnyOrder),
        1 => Just(KeyMatching::SameOrder),
        1 => Just(KeyMatching::Ignored),
    ];
    let gradients = prop_oneof![Just(usize::MAX), 0..3_usize];
    (keys, prop::array::uniform3(any::<bool>()), gradients).prop_map(
        |(keys, [samples, components, properties], gradients)| CompareOptions {
            keys,
            samples,
            components,
            properties,
            gradients,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn compared_to_naive(seed in any::<u64>(), countdown in prop_oneof![Just(0), 0..20_usize], options in any_options()) {
        let first = any_map(seed);
        let mut numbers = Numbers::new(!seed);
        let mut change = Change { numbers: &mut numbers, countdown };
        let Some(second) = change.map(&first) else {
            return Ok(());
        };
        let expected = naive(&first, &second, &options);
        match first.compare(&second, &options).unwrap() {
            Comparison::Same { blocks, leaves } => {
                let (expected, pairs) = expected.expect("not the same");
                prop_assert_eq!(blocks, expected);
                let (ours, theirs) = (first.leaves(), second.leaves());
                prop_assert_eq!(leaves.len(), ours.len());
                let found = ours.iter().zip(leaves).filter_map(|(leaf, other)| {
                    let other = &theirs[other?];
                    Some((std::ptr::from_ref(leaf.node), std::ptr::from_ref(other.node)))
                });
                prop_assert_eq!(found.collect::<Vec<_>>(), pairs);
            }
            Comparison::Different(difference) => {
                prop_assert!(expected.is_none(), "{}", difference);
            }
        }
    }
}

#[track_caller]
fn check(first: &TensorMap, second: &TensorMap, mentions: &[&str]) -> Difference {
    let result = first.compare(second, &CompareOptions::default()).unwrap();
    let Comparison::Different(difference) = result else {
        panic!("there is no difference");
    };
    let text = difference.to_string();
    for mention in mentions {
        assert!(text.contains(mention), "'{mention}' is not in: {text}");
    }
    difference
}

fn with_samples(samples: &[i32]) -> TensorBlock {
    examples::simple(samples, &[0], &vec![0.0; samples.len()])
}

#[test]
fn differences_of_keys() {
    let new = |keys: &Arc<Labels>| {
        let blocks = (0..keys.count()).map(|_| with_samples(&[0])).collect();
        tensor(keys, blocks)
    };
    let first = new(&labels(["a", "b"], &[[0, 1], [2, 3]]));
    let difference = check(
        &first,
        &new(&labels(["b", "a"], &[[0, 1], [2, 3]])),
        &["keys", "(a, b)", "(b, a)"],
    );
    assert!(matches!(
        difference,
        Difference::Keys(LabelsDifference::Names { .. })
    ));
    check(
        &first,
        &new(&labels(["a", "b"], &[[0, 1]])),
        &["2 and 1 blocks"],
    );
    let difference = check(
        &first,
        &new(&labels(["a", "b"], &[[2, 3], [0, 2]])),
        &["keys", "(0, 1)", "entry 0", "not part"],
    );
    assert!(matches!(
        difference,
        Difference::Keys(LabelsDifference::Missing { row: 0, .. })
    ));
    let swapped = new(&labels(["a", "b"], &[[2, 3], [0, 1]]));
    let options = CompareOptions {
        keys: KeyMatching::SameOrder,
        ..CompareOptions::default()
    };
    let Comparison::Different(difference) = first.compare(&swapped, &options).unwrap() else {
        panic!("not the same order");
    };
    assert!(difference.to_string().contains("order"), "{difference}");
    let Comparison::Same { blocks, .. } =
        first.compare(&swapped, &CompareOptions::default()).unwrap()
    else {
        panic!("the same keys");
    };
    assert_eq!(blocks, [1, 0]);
}

#[test]
fn differences_of_blocks() {
    let keys = column("k", &[0, 1]);
    let new = |block: TensorBlock| tensor(&keys, vec![with_samples(&[0]), block]);
    let first = new(with_samples(&[1, 2]));
    check(
        &first,
        &new(with_samples(&[2, 1])),
        &["samples of block 1", "order", "(1) and (2)", "entry 0"],
    );
    check(
        &first,
        &new(with_samples(&[1])),
        &["samples of block 1", "2 and 1 entries"],
    );
    let properties = examples::simple(&[1, 2], &[3], &[0.0, 0.0]);
    check(&first, &new(properties), &["properties of block 1"]);

    let keys = column("k", &[0]);
    let new = |rows: &[[i32; 2]]| {
        let zeros = vec![0.0; rows.len()];
        tensor(
            &keys,
            vec![examples::with_gradient(&[0, 1], &[0.0, 0.0], rows, &zeros)],
        )
    };
    let first = new(&[[0, 0], [1, 1]]);
    check(
        &first,
        &new(&[[0, 0], [1, 2]]),
        &["samples of gradient 'g' of block 0", "entry 1"],
    );
    let without = tensor(&keys, vec![with_samples(&[0, 1])]);
    check(&first, &without, &["gradients of block 0", "(g)", "()"]);
    let options = CompareOptions {
        gradients: 0,
        ..CompareOptions::default()
    };
    let result = first.compare(&without, &options).unwrap();
    assert!(matches!(result, Comparison::Same { leaves, .. } if leaves == [Some(0), None]));
}

#[test]
fn differences_of_components_and_devices() {
    let new = |components: &[&Arc<Labels>]| {
        let block = block(
            vec![0.0],
            &column("s", &[0]),
            components,
            &column("p", &[0]),
        );
        tensor(&column("k", &[0]), vec![block])
    };
    let (c, d) = (column("c", &[0]), column("d", &[0]));
    let first = new(&[&c, &d]);
    check(&first, &new(&[&c]), &["components of block 0", "2 and 1"]);
    check(
        &first,
        &new(&[&c, &column("e", &[0])]),
        &["components[1]", "(d)", "(e)"],
    );
    let block = &first.blocks()[0];
    let options = CompareOptions::default();
    let other = new(&[&c]);
    let result = block.compare(&other.blocks()[0], &options).unwrap();
    let Comparison::Different(difference) = result else {
        panic!("another number of components");
    };
    assert!(difference.to_string().contains("components of the block"));
    assert!(matches!(
        block.compare(block, &options).unwrap(),
        Comparison::Same { .. }
    ));

    let empty = |device| {
        let array = TestArray::<i32>::new(&[0, 1], vec![]).on(device).boxed();
        TensorMap::new(Labels::new(&["k"], array).unwrap(), vec![]).unwrap()
    };
    check(
        &empty(CUDA),
        &empty(metatensor_core::array::Device::CPU),
        &["keys", "CUDA:1", "CPU"],
    );
}

#[test]
fn shared_labels_are_compared_once() {
    let log = Arc::<Log>::default();
    let samples = |start: i32| {
        let values = (start..start + 100).collect();
        let array = TestArray::new(&[100, 1], values).logged(&log).boxed();
        Labels::new_assume_unique(&["s"], array).unwrap()
    };
    let new = |samples: &Arc<Labels>| {
        let blocks = (0..5).map(|_| block(vec![0.0; 100], samples, &[], &column("p", &[0])));
        tensor(&column("k", &[0, 1, 2, 3, 4]), blocks.collect())
    };
    let (first, second) = (new(&samples(0)), new(&samples(0)));
    log.take();
    let options = CompareOptions::default();
    assert!(matches!(
        first.compare(&second, &options).unwrap(),
        Comparison::Same { .. }
    ));
    assert_eq!(log.take(), ["to_host", "to_host"]);
    let third = new(&samples(1));
    check(&first, &third, &["samples of block 0", "(0) and (1)"]);
}
