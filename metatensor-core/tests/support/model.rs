//! The simplest possible implementation of moving keys: lists of rows, linear
//! searches, one element at a time.

use std::sync::Arc;

use metatensor_core::{Labels, TensorBlock};

use super::{block, values};

pub type Rows = Vec<Vec<i32>>;

/// A block with one axis for all of its components.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Model {
    pub samples: Rows,
    pub components: usize,
    pub properties: Rows,
    pub values: Vec<f64>,
    /// At most one gradient.
    pub gradient: Option<Box<Model>>,
}

fn to_rows(labels: &Labels) -> Rows {
    let values = labels.values_cpu().unwrap();
    values
        .chunks_exact(labels.size().max(1))
        .map(<[i32]>::to_vec)
        .collect()
}

fn to_labels(names: &[&str], rows: &Rows) -> Arc<Labels> {
    Labels::from_vec(names, rows.concat()).unwrap()
}

fn position(rows: &Rows, row: &[i32]) -> Option<usize> {
    rows.iter().position(|other| other == row)
}

fn join(first: &[i32], second: &[i32]) -> Vec<i32> {
    [first, second].concat()
}

impl Model {
    pub fn from_block(block: &TensorBlock) -> Model {
        let (shape, values) = values(block);
        let gradient = block.gradients().next();
        Model {
            samples: to_rows(block.samples()),
            components: shape[1..shape.len() - 1].iter().product(),
            properties: to_rows(block.properties()),
            values,
            gradient: gradient.map(|(_, gradient)| Box::new(Model::from_block(gradient))),
        }
    }

    /// Block with samples (s, t), component c, properties (n, m) and gradient g.
    pub fn to_block(&self) -> TensorBlock {
        let properties = to_labels(&["n", "m"], &self.properties);
        let c = to_labels(
            &["c"],
            &(0..self.components as i32).map(|i| vec![i]).collect(),
        );
        let samples = to_labels(&["s", "t"], &self.samples);
        let mut result = block(self.values.clone(), &samples, &[&c], &properties);
        if let Some(gradient) = &self.gradient {
            let samples = to_labels(&["sample", "a"], &gradient.samples);
            let x = to_labels(&["x"], &vec![vec![0], vec![1]]);
            let gradient = block(gradient.values.clone(), &samples, &[&x, &c], &properties);
            result.add_gradient("g", gradient).unwrap();
        }
        result
    }

    fn index(&self, sample: usize, component: usize, property: usize) -> usize {
        (sample * self.components + component) * self.properties.len() + property
    }

    fn filled(samples: Rows, components: usize, properties: Rows, fill: f64) -> Model {
        let values = vec![fill; samples.len() * components * properties.len()];
        Model {
            samples,
            components,
            properties,
            values,
            gradient: None,
        }
    }

    /// Copy all elements of a block whose labels are part of this one; the
    /// functions give the new rows.
    fn copy_from(
        &mut self,
        other: &Model,
        sample: impl Fn(&[i32]) -> Vec<i32>,
        property: impl Fn(&[i32]) -> Vec<i32>,
    ) {
        for (i, old_sample) in other.samples.iter().enumerate() {
            for (j, old_property) in other.properties.iter().enumerate() {
                let new_sample = position(&self.samples, &sample(old_sample)).unwrap();
                let new_property = position(&self.properties, &property(old_property));
                let Some(new_property) = new_property else {
                    continue;
                };
                for component in 0..self.components {
                    let index = self.index(new_sample, component, new_property);
                    self.values[index] = other.values[other.index(i, component, j)];
                }
            }
        }
    }
}

fn distinct(rows: impl Iterator<Item = Vec<i32>>, sort: bool) -> Rows {
    let mut result = Rows::new();
    for row in rows {
        if position(&result, &row).is_none() {
            result.push(row);
        }
    }
    if sort {
        result.sort_unstable();
    }
    result
}

/// New content of a row.
type Change = Box<dyn Fn(&[i32]) -> Vec<i32>>;

/// What moving keys does to the rows of one block.
struct Moved<'a> {
    block: &'a Model,
    sample: Change,
    property: Change,
}

fn merge(moved: &[Moved<'_>], properties: &Rows, fill: f64, sort: bool) -> Model {
    let all = moved
        .iter()
        .flat_map(|moved| moved.block.samples.iter().map(|row| (moved.sample)(row)));
    let samples = distinct(all, sort);
    let components = moved[0].block.components;
    let mut result = Model::filled(samples.clone(), components, properties.clone(), fill);
    for moved in moved {
        result.copy_from(moved.block, &moved.sample, &moved.property);
    }

    let gradient_sample = |moved: &Moved<'_>, row: &[i32]| {
        let sample = (moved.sample)(&moved.block.samples[row[0] as usize]);
        join(&[position(&samples, &sample).unwrap() as i32], &row[1..])
    };
    let gradients = moved
        .iter()
        .filter_map(|moved| Some((moved, moved.block.gradient.as_ref()?)));
    let gradients = gradients.collect::<Vec<_>>();
    if let Some((_, first)) = gradients.first() {
        let rows = gradients.iter().flat_map(|(moved, gradient)| {
            gradient
                .samples
                .iter()
                .map(|row| gradient_sample(moved, row))
        });
        let rows = distinct(rows, true);
        let mut merged = Model::filled(rows, first.components, properties.clone(), fill);
        for (moved, gradient) in &gradients {
            merged.copy_from(gradient, |row| gradient_sample(moved, row), &moved.property);
        }
        result.gradient = Some(Box::new(merged));
    }
    result
}

/// New keys, and the blocks of each of them, moving the last `count` of the
/// two key dimensions.
fn groups(keys: &Rows, count: usize) -> (Rows, Vec<Vec<usize>>) {
    let remaining = |key: &Vec<i32>| match count {
        2 => vec![0],
        _ => key[..2 - count].to_vec(),
    };
    let new_keys = distinct(keys.iter().map(remaining), false);
    let blocks_of = |new_key: &Vec<i32>| {
        (0..keys.len())
            .filter(|&i| remaining(&keys[i]) == *new_key)
            .collect()
    };
    let blocks = new_keys.iter().map(blocks_of).collect();
    (new_keys, blocks)
}

/// Move the last `count` of the two key dimensions to the properties.
pub fn keys_to_properties(
    keys: &Rows,
    blocks: &[Model],
    count: usize,
    chosen: Option<&Rows>,
    fill: f64,
    sort: bool,
) -> (Rows, Vec<Model>) {
    let (new_keys, groups) = groups(keys, count);
    let merged = groups.iter().map(|group| {
        let key = |i: usize| keys[i][2 - count..].to_vec();
        let with_key = |key: &[i32], i: usize| {
            let properties = blocks[i].properties.iter();
            properties.map(|row| join(key, row)).collect::<Rows>()
        };
        let properties = match chosen {
            Some(rows) => rows
                .iter()
                .flat_map(|row| with_key(row, group[0]))
                .collect(),
            None => group.iter().flat_map(|&i| with_key(&key(i), i)).collect(),
        };
        let moved = group.iter().map(|&i| {
            let key = key(i);
            Moved {
                block: &blocks[i],
                sample: Box::new(<[i32]>::to_vec),
                property: Box::new(move |row| join(&key, row)),
            }
        });
        merge(&moved.collect::<Vec<_>>(), &properties, fill, sort)
    });
    let merged = merged.collect();
    (new_keys, merged)
}

/// Move the last `count` of the two key dimensions to the samples.
pub fn keys_to_samples(
    keys: &Rows,
    blocks: &[Model],
    count: usize,
    fill: f64,
    sort: bool,
) -> (Rows, Vec<Model>) {
    let (new_keys, groups) = groups(keys, count);
    let merged = groups.iter().map(|group| {
        let all = group
            .iter()
            .flat_map(|&i| blocks[i].properties.iter().cloned());
        let properties = distinct(all, false);
        let moved = group.iter().map(|&i| {
            let key = keys[i][2 - count..].to_vec();
            Moved {
                block: &blocks[i],
                sample: Box::new(move |row| join(row, &key)),
                property: Box::new(<[i32]>::to_vec),
            }
        });
        merge(&moved.collect::<Vec<_>>(), &properties, fill, sort)
    });
    let merged = merged.collect();
    (new_keys, merged)
}
