//! Making plans.

use std::collections::HashMap;
use std::sync::Arc;

use super::metadata::NONE;
use super::{Metadata, Plan, PlanEntry, PlanStep};

/// Makes a plan, entry by entry and leaf by leaf.
#[derive(Default)]
pub(super) struct PlanBuilder {
    results: Vec<Arc<Metadata>>,
    entries: Vec<PlanEntry>,
    steps: Vec<PlanStep>,
    leaf_steps: Vec<usize>,
    indices: Vec<i64>,
    /// Entry sharing arrays with a given number of rows.
    shares: HashMap<usize, usize>,
}

impl PlanBuilder {
    fn push(&mut self, entry: PlanEntry) -> usize {
        self.entries.push(entry);
        self.entries.len() - 1
    }

    fn push_indices(&mut self, indices: &[u32]) -> usize {
        let start = self.indices.len();
        self.indices
            .extend(indices.iter().map(|&index| i64::from(index)));
        start
    }

    /// Entry keeping all of `count` rows.
    pub(super) fn share(&mut self, count: usize) -> usize {
        if let Some(entry) = self.shares.get(&count) {
            return *entry;
        }
        let entry = self.push(PlanEntry {
            kind: PlanEntry::SHARE,
            input_count: count,
            output_count: count,
            start: 0,
            ..EMPTY
        });
        self.shares.insert(count, entry);
        entry
    }

    /// Entry with these rows, out of `input_count`.
    pub(super) fn gather(&mut self, rows: &[u32], input_count: usize) -> usize {
        let first = rows.first().map_or(0, |&row| row as usize);
        if is_range(rows) {
            if rows.len() == input_count {
                return self.share(input_count);
            }
            return self.push(PlanEntry {
                kind: PlanEntry::RANGE,
                input_count,
                output_count: rows.len(),
                start: first,
                ..EMPTY
            });
        }
        let indices = self.push_indices(rows);
        self.push(PlanEntry {
            kind: PlanEntry::GATHER,
            input_count,
            output_count: rows.len(),
            indices,
            ..EMPTY
        })
    }

    /// Entry placing rows among `output_count` ones.
    pub(super) fn scatter(&mut self, rows: &[u32], output_count: usize) -> usize {
        if rows.len() == output_count && is_range(rows) {
            return self.share(output_count);
        }
        let indices = self.push_indices(rows);
        self.push(PlanEntry {
            kind: PlanEntry::SCATTER,
            input_count: rows.len(),
            output_count,
            indices,
            ..EMPTY
        })
    }

    /// Entry with `groups` rows; `group_of` has the group of each row of the input.
    pub(super) fn reduce(&mut self, group_of: &[u32], groups: usize) -> usize {
        let indices = self.push_indices(group_of);
        let counts = self.indices.len();
        self.indices.resize(counts + groups, 0);
        for &group in group_of {
            self.indices[counts + group as usize] += 1;
        }
        let offsets = self.indices.len();
        self.indices.push(0);
        let mut total = 0;
        for group in 0..groups {
            total += self.indices[counts + group];
            self.indices.push(total);
        }
        let members = if group_of.is_sorted() {
            NONE
        } else {
            self.members(group_of, offsets, groups)
        };
        self.push(PlanEntry {
            kind: PlanEntry::REDUCE,
            input_count: group_of.len(),
            output_count: groups,
            indices,
            counts,
            offsets,
            members,
            ..EMPTY
        })
    }

    fn members(&mut self, group_of: &[u32], offsets: usize, groups: usize) -> usize {
        let mut next = self.indices[offsets..][..groups].to_vec();
        let members = self.indices.len();
        self.indices.resize(members + group_of.len(), 0);
        for (row, &group) in (0..).zip(group_of) {
            let next = &mut next[group as usize];
            self.indices[members + *next as usize] = row;
            *next += 1;
        }
        members
    }

    /// Does this entry keep everything as it is?
    pub(super) fn is_share(&self, entry: usize) -> bool {
        self.entries[entry].kind == PlanEntry::SHARE
    }

    /// Add a step for the next leaf.
    pub(super) fn step(&mut self, step: PlanStep) {
        self.steps.push(step);
    }

    /// Add a step for the only piece of the next leaf, out of the only input.
    pub(super) fn simple_step(&mut self, source: usize, axis: usize, entry: usize) {
        self.steps.push(PlanStep {
            input: 0,
            source,
            axis,
            entry,
            piece: 0,
            start: 0,
        });
    }

    /// All steps of the next leaf are there.
    pub(super) fn end_leaf(&mut self) {
        if self.leaf_steps.is_empty() {
            self.leaf_steps.push(0);
        }
        self.leaf_steps.push(self.steps.len());
    }

    /// All leaves of the next result are there.
    pub(super) fn end_result(&mut self, result: Metadata) {
        self.results.push(Arc::new(result));
    }

    pub(super) fn finish(mut self) -> Plan {
        if self.leaf_steps.is_empty() {
            self.leaf_steps.push(0);
        }
        Plan {
            results: self.results,
            entries: self.entries,
            steps: self.steps,
            leaf_steps: self.leaf_steps,
            indices: self.indices,
        }
    }
}

const EMPTY: PlanEntry = PlanEntry {
    kind: PlanEntry::SHARE,
    input_count: 0,
    output_count: 0,
    start: NONE,
    indices: NONE,
    counts: NONE,
    offsets: NONE,
    members: NONE,
};

/// Does each row follow the one before?
fn is_range(rows: &[u32]) -> bool {
    let first = rows.first().map_or(0, |&row| u64::from(row));
    (first..).zip(rows).all(|(i, &row)| u64::from(row) == i)
}

/// Are these the numbers from 0 to `count`?
pub(super) fn is_identity(rows: &[u32], count: usize) -> bool {
    rows.len() == count && rows.first().is_none_or(|&row| row == 0) && is_range(rows)
}
