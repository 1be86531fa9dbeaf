//! Blocks as lists of rows, and the simplest possible operations on them.

use metatensor_core::{Labels, TensorBlock, TensorMap};

use crate::support::values;

pub type Rows = Vec<Vec<i32>>;

/// A block or a gradient.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Names of samples, components and properties.
    pub names: Vec<Vec<String>>,
    /// Rows of samples, components and properties.
    pub axes: Vec<Rows>,
    pub values: Vec<f64>,
    pub gradients: Vec<(String, Model)>,
}

pub fn rows(labels: &Labels) -> Rows {
    let values = labels.values_cpu().unwrap();
    let rows = values.chunks_exact(labels.size().max(1));
    rows.map(<[i32]>::to_vec).collect()
}

pub fn models(tensor: &TensorMap) -> Vec<Model> {
    let blocks = tensor.blocks().iter();
    blocks.map(|block| Model::from_block(block)).collect()
}

impl Model {
    pub fn from_block(block: &TensorBlock) -> Model {
        let mut labels = vec![block.samples()];
        labels.extend(block.components());
        labels.push(block.properties());
        let gradients = block.gradients();
        Model {
            names: labels
                .iter()
                .map(|labels| labels.names().to_vec())
                .collect(),
            axes: labels.iter().map(|labels| rows(labels)).collect(),
            values: values(block).1,
            gradients: gradients
                .map(|(name, gradient)| (name.to_owned(), Model::from_block(gradient)))
                .collect(),
        }
    }

    pub fn last(&self) -> usize {
        self.axes.len() - 1
    }

    pub fn samples(&self) -> &Rows {
        &self.axes[0]
    }

    pub fn properties(&self) -> &Rows {
        &self.axes[self.last()]
    }

    /// Number of values before and after one step along an axis.
    fn strides(&self, axis: usize) -> (usize, usize) {
        let product = |axes: &[Rows]| axes.iter().map(Vec::len).product();
        (product(&self.axes[..axis]), product(&self.axes[axis + 1..]))
    }

    /// Values along an axis: each row of the result is made of one list of old rows.
    pub fn combine(&mut self, axis: usize, new_rows: Rows, members: &[Vec<usize>]) {
        assert_eq!(new_rows.len(), members.len());
        let (outer, inner) = self.strides(axis);
        let count = self.axes[axis].len();
        let mut values = Vec::new();
        for o in 0..outer {
            for members in members {
                for i in 0..inner {
                    let member = |&row: &usize| self.values[(o * count + row) * inner + i];
                    values.push(
                        members
                            .iter()
                            .map(member)
                            .fold(0.0, |sum, value| sum + value),
                    );
                }
            }
        }
        self.values = values;
        self.axes[axis] = new_rows;
    }

    /// Take some rows along an axis.
    pub fn take(&mut self, axis: usize, positions: &[usize]) {
        let rows = positions.iter().map(|&row| self.axes[axis][row].clone());
        let members = positions.iter().map(|&row| vec![row]).collect::<Vec<_>>();
        self.combine(axis, rows.collect(), &members);
    }
}

pub fn position(rows: &[Vec<i32>], row: &[i32]) -> Option<usize> {
    rows.iter().position(|other| other == row)
}

/// The given columns of a row.
pub fn project(row: &[i32], columns: &[usize]) -> Vec<i32> {
    columns.iter().map(|&column| row[column]).collect()
}
