//! Doing what plans say, with the arrays of tensor maps.

use metatensor_core::TensorMap;
use metatensor_core::plan::{Metadata, NONE, Plan, PlanEntry, PlanStep};

use crate::support::{TestArray, values};

/// An array.
#[derive(Clone)]
struct Data {
    shape: Vec<usize>,
    values: Vec<f64>,
}

impl Data {
    /// New array whose row `i` along an axis is the sum of `members[i]`.
    fn combine(&self, axis: usize, members: &[Vec<usize>]) -> Data {
        let outer = self.shape[..axis].iter().product::<usize>();
        let inner = self.shape[axis + 1..].iter().product::<usize>();
        let mut values = Vec::new();
        for o in 0..outer {
            for members in members {
                for i in 0..inner {
                    let index = |row: usize| (o * self.shape[axis] + row) * inner + i;
                    values.push(
                        members
                            .iter()
                            .fold(0.0, |sum, &row| sum + self.values[index(row)]),
                    );
                }
            }
        }
        let mut shape = self.shape.clone();
        shape[axis] = members.len();
        Data { shape, values }
    }

    fn concatenate(all: &[Data], axis: usize) -> Data {
        let outer = all[0].shape[..axis].iter().product::<usize>();
        let mut values = Vec::new();
        for o in 0..outer {
            for data in all {
                let length = data.shape[axis..].iter().product::<usize>();
                values.extend_from_slice(&data.values[o * length..][..length]);
            }
        }
        let mut shape = all[0].shape.clone();
        shape[axis] = all.iter().map(|data| data.shape[axis]).sum();
        Data { shape, values }
    }
}

fn indices(plan: &Plan, start: usize, count: usize) -> Vec<usize> {
    let indices = plan.indices()[start..][..count].iter();
    indices
        .map(|&index| usize::try_from(index).unwrap())
        .collect()
}

/// Rows of the input which make each row of the output.
pub fn members(plan: &Plan, entry: &PlanEntry) -> Vec<Vec<usize>> {
    let single = |rows: Vec<usize>| rows.into_iter().map(|row| vec![row]).collect();
    match entry.kind {
        PlanEntry::SHARE => {
            assert_eq!(entry.input_count, entry.output_count);
            single((0..entry.input_count).collect())
        }
        PlanEntry::RANGE => single((entry.start..entry.start + entry.output_count).collect()),
        PlanEntry::GATHER => single(indices(plan, entry.indices, entry.output_count)),
        PlanEntry::SCATTER => {
            let mut members = vec![Vec::new(); entry.output_count];
            for (row, place) in indices(plan, entry.indices, entry.input_count)
                .into_iter()
                .enumerate()
            {
                members[place].push(row);
            }
            members
        }
        PlanEntry::REDUCE => reduced_members(plan, entry),
        other => panic!("unknown kind {other}"),
    }
}

/// Everything there is about a reduction has to say the same.
fn reduced_members(plan: &Plan, entry: &PlanEntry) -> Vec<Vec<usize>> {
    let mut expected = vec![Vec::new(); entry.output_count];
    for (row, group) in indices(plan, entry.indices, entry.input_count)
        .into_iter()
        .enumerate()
    {
        expected[group].push(row);
    }
    let offsets = indices(plan, entry.offsets, entry.output_count + 1);
    let all = match entry.members {
        NONE => (0..entry.input_count).collect(),
        start => indices(plan, start, entry.input_count),
    };
    let found = offsets
        .windows(2)
        .map(|range| all[range[0]..range[1]].to_vec());
    assert_eq!(found.collect::<Vec<_>>(), expected);
    let counts = indices(plan, entry.counts, entry.output_count);
    assert_eq!(counts, expected.iter().map(Vec::len).collect::<Vec<_>>());
    expected
}

fn leaf_data(inputs: &[&TensorMap]) -> Vec<Vec<Data>> {
    let leaves = inputs.iter().map(|input| {
        let leaves = input.leaves().into_iter();
        leaves.map(|leaf| {
            let (shape, values) = values(leaf.node);
            Data { shape, values }
        })
    });
    leaves.map(Iterator::collect).collect()
}

/// The array of one leaf, out of its steps. Pieces are joined along `axis`, counted
/// from the end if it is negative.
fn execute_leaf(
    plan: &Plan,
    steps: &[PlanStep],
    inputs: &[Vec<Data>],
    axis: Option<isize>,
) -> Data {
    let mut pieces = Vec::<Data>::new();
    let mut starts = Vec::new();
    for step in steps {
        if step.piece == pieces.len() {
            pieces.push(inputs[step.input][step.source].clone());
            starts.push(step.start);
        }
        assert_eq!(step.piece + 1, pieces.len());
        let entry = &plan.entries()[step.entry];
        let piece = pieces.last_mut().unwrap();
        assert_eq!(piece.shape[step.axis], entry.input_count);
        *piece = piece.combine(step.axis, &members(plan, entry));
    }
    let Some(axis) = axis else {
        assert_eq!(pieces.len(), 1);
        return pieces.remove(0);
    };
    let axis = axis.rem_euclid(pieces[0].shape.len() as isize) as usize;
    let mut start = 0;
    for (piece, &expected) in pieces.iter().zip(&starts) {
        assert_eq!(start, expected);
        start += piece.shape[axis];
    }
    Data::concatenate(&pieces, axis)
}

/// All results of a plan.
pub fn execute(plan: &Plan, inputs: &[&TensorMap], axis: Option<isize>) -> Vec<TensorMap> {
    let inputs = leaf_data(inputs);
    let mut leaf = 0;
    let mut result = |metadata: &Metadata| {
        let arrays = metadata.leaves().iter().map(|_| {
            let steps = plan.leaf_steps()[leaf]..plan.leaf_steps()[leaf + 1];
            leaf += 1;
            let data = execute_leaf(plan, &plan.steps()[steps], &inputs, axis);
            TestArray::new(&data.shape, data.values).boxed()
        });
        metadata.with_arrays(arrays.collect()).unwrap()
    };
    let results = plan.results().iter();
    let results = results.map(|metadata| result(metadata)).collect();
    assert_eq!(leaf + 1, plan.leaf_steps().len());
    assert_eq!(plan.leaf_steps().last(), Some(&plan.steps().len()));
    results
}
