//! Random tensor maps: shared and separate labels, empty axes, gradients.

use std::sync::Arc;

use metatensor_core::plan::Axis;
use metatensor_core::{Labels, TensorBlock, TensorMap};
use proptest::prelude::*;

use crate::support::{block, tensor};

/// What a random tensor map is made of.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// Two sets of samples, components and properties for the blocks to choose from.
    samples: [Vec<Vec<i32>>; 2],
    properties: [Vec<Vec<i32>>; 2],
    component: Vec<i32>,
    /// Choice of samples and properties for each block.
    blocks: Vec<(usize, usize)>,
    keys: Vec<i32>,
    /// Rows of gradients, before removing those which do not fit.
    gradient: Option<Vec<Vec<i32>>>,
}

fn rows(
    values: std::ops::Range<i32>,
    size: usize,
    count: usize,
) -> impl Strategy<Value = Vec<Vec<i32>>> {
    let row = prop::collection::vec(values, size);
    prop::collection::vec(row, 0..count).prop_map(|rows| {
        let mut distinct = Vec::new();
        for row in rows {
            if !distinct.contains(&row) {
                distinct.push(row);
            }
        }
        distinct
    })
}

fn distinct(values: Vec<i32>) -> Vec<i32> {
    let mut result = Vec::new();
    for value in values {
        if !result.contains(&value) {
            result.push(value);
        }
    }
    result
}

pub fn recipes() -> impl Strategy<Value = Recipe> {
    let samples = || rows(-1..3, 2, 9);
    let properties = || rows(-2..2, 2, 5);
    let blocks = prop::collection::vec((0..2_usize, 0..2_usize), 0..5);
    let gradient = prop::option::of(rows(0..8, 2, 12));
    let component = prop::collection::vec(-3..3, 1..4);
    let keys = prop::collection::vec(-9..9, 30);
    (
        samples(),
        samples(),
        properties(),
        properties(),
        blocks,
        gradient,
        component,
        keys,
    )
        .prop_map(|(s0, s1, p0, p1, mut blocks, gradient, component, keys)| {
            let mut keys = distinct(keys);
            blocks.truncate(keys.len());
            keys.truncate(blocks.len());
            Recipe {
                samples: [s0, s1],
                properties: [p0, p1],
                component: distinct(component),
                blocks,
                keys,
                gradient,
            }
        })
}

fn labels(names: &[&str], rows: &[Vec<i32>]) -> Arc<Labels> {
    Labels::from_vec(names, rows.concat()).unwrap()
}

impl Recipe {
    /// The first recipe with the samples (or properties) of the second one.
    pub fn mix(first: &Recipe, second: &Recipe, axis: Axis) -> Recipe {
        let mut mixed = first.clone();
        match axis {
            Axis::Samples => mixed.samples = second.samples.clone(),
            Axis::Properties => mixed.properties = second.properties.clone(),
        }
        if let (Some(rows), Some(other)) = (&mut mixed.gradient, &second.gradient) {
            *rows = other.clone();
        }
        mixed
    }

    /// The tensor map, with names of the samples, and values counting up from `first`.
    pub fn build(&self, sample_names: [&str; 2], first: f64) -> TensorMap {
        let samples = self
            .samples
            .each_ref()
            .map(|rows| labels(&sample_names, rows));
        let properties = self
            .properties
            .each_ref()
            .map(|rows| labels(&["n", "m"], rows));
        let component = Labels::from_vec(&["c"], self.component.clone()).unwrap();
        let direction = Labels::from_vec(&["x"], vec![1, 0]).unwrap();
        let gradient_samples = samples.each_ref().map(|samples| {
            let rows = self.gradient.clone().unwrap_or_default();
            let fits = rows
                .into_iter()
                .filter(|row| (row[0] as usize) < samples.count());
            labels(&["sample", "a"], &fits.collect::<Vec<_>>())
        });
        let mut next = first;
        let mut numbers = |count: usize| {
            let start = next;
            next += count as f64;
            (0..count).map(|i| start + i as f64).collect::<Vec<_>>()
        };
        let mut blocks = Vec::<TensorBlock>::new();
        for &(s, p) in &self.blocks {
            let size = self.component.len() * properties[p].count();
            let values = numbers(samples[s].count() * size);
            let mut new = block(values, &samples[s], &[&component], &properties[p]);
            if self.gradient.is_some() {
                let values = numbers(gradient_samples[s].count() * 2 * size);
                let components = [&direction, &component];
                let gradient = block(values, &gradient_samples[s], &components, &properties[p]);
                new.add_gradient("g", gradient).unwrap();
            }
            blocks.push(new);
        }
        let keys = Labels::from_vec(&["k"], self.keys.clone()).unwrap();
        tensor(&keys, blocks)
    }
}

/// Random tensor maps with samples (s, t), component c, properties (n, m), key k, and in
/// some of them a gradient g with samples (sample, a) and another component x.
pub fn maps() -> impl Strategy<Value = TensorMap> {
    recipes().prop_map(|recipe| recipe.build(["s", "t"], 1.0))
}
