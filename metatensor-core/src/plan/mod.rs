//! Plans: what an operation does to all blocks and gradients of a tensor map, computed
//! from labels alone.
//!
//! A [`Plan`] contains the labels of the result, and where each row of each array goes;
//! whoever owns the data then moves it, once for each array. Plans and all are
//! immutable, and do not refer to the tensor map they were made from.

mod apply;
mod blocks;
mod builder;
mod columns;
mod edit;
mod groups;
mod join;
mod metadata;
mod one_hot;
mod reduce;
mod select;
mod shape_array;
mod sort;
mod unique;

use std::fmt;
use std::sync::Arc;

pub use self::edit::{Column, Edit, EditAxis};
pub use self::join::KeysRule;
pub use self::one_hot::one_hot_positions;
pub use self::select::Selection;

pub use self::metadata::{LeafLabels, Metadata, MetadataLeaf, NONE};
pub use self::sort::SortAxes;
pub use self::unique::unique_metadata;

/// Samples or properties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// First axis.
    Samples,
    /// Last axis.
    Properties,
}

impl Axis {
    /// `samples` or `properties`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Axis::Samples => "samples",
            Axis::Properties => "properties",
        }
    }
}

impl fmt::Display for Axis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What to do with the rows along one axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct PlanEntry {
    /// One of the constants below.
    pub kind: usize,
    /// Number of rows of the input.
    pub input_count: usize,
    /// Number of rows of the output.
    pub output_count: usize,
    /// [`RANGE`](PlanEntry::RANGE): first row of the input.
    pub start: usize,
    /// Start in the indices: `output_count` rows of the input for
    /// [`GATHER`](PlanEntry::GATHER); `input_count` rows of the output for
    /// [`REDUCE`](PlanEntry::REDUCE) and [`SCATTER`](PlanEntry::SCATTER); else [`NONE`].
    pub indices: usize,
    /// `REDUCE`: start in the indices of `output_count` numbers, how many rows of
    /// the input there are in each row of the output; else [`NONE`].
    pub counts: usize,
    /// `REDUCE`: start in the indices of `output_count + 1` numbers, where the members
    /// of each row of the output start and end; else [`NONE`].
    pub offsets: usize,
    /// `REDUCE`: start in the indices of the `input_count` members: rows of the input,
    /// in increasing order within each row of the output. [`NONE`] if these are just
    /// 0, 1, 2, …, and in all other entries.
    pub members: usize,
}

impl PlanEntry {
    /// All rows, as they are: the array can be shared.
    pub const SHARE: usize = 0;
    /// `output_count` rows from `start` on: a view is enough.
    pub const RANGE: usize = 1;
    /// `output[i] = input[indices[i]]`
    pub const GATHER: usize = 2;
    /// `output[indices[i]] += input[i]`, or another reduction.
    pub const REDUCE: usize = 3;
    /// `output[indices[i]] = input[i]`, and zero in all other rows.
    pub const SCATTER: usize = 4;
}

/// One thing to do to get the array of a leaf.
///
/// Consecutive steps of a leaf with the same `piece` start from one array of the input
/// and act one after the other. If there are several pieces they are put next to each
/// other, along the axis which is joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct PlanStep {
    /// Which of the tensor maps the plan was made for.
    pub input: usize,
    /// Leaf of this tensor map.
    pub source: usize,
    /// Axis of the array to act on.
    pub axis: usize,
    /// What to do, as position in [`Plan::entries`].
    pub entry: usize,
    /// Number of the piece, counting from 0 for each leaf.
    pub piece: usize,
    /// Where this piece starts along the joined axis.
    pub start: usize,
}

/// What to do with all arrays of one or several tensor maps, to get one or several
/// tensor maps with new labels.
#[derive(Debug)]
pub struct Plan {
    results: Vec<Arc<Metadata>>,
    entries: Vec<PlanEntry>,
    steps: Vec<PlanStep>,
    leaf_steps: Vec<usize>,
    indices: Vec<i64>,
}

impl Plan {
    /// Metadatas of the results.
    #[must_use]
    pub fn results(&self) -> &[Arc<Metadata>] {
        &self.results
    }

    /// What steps can do.
    #[must_use]
    pub fn entries(&self) -> &[PlanEntry] {
        &self.entries
    }

    /// The steps of all leaves of the first result, then those of the second one, ….
    #[must_use]
    pub fn steps(&self) -> &[PlanStep] {
        &self.steps
    }

    /// Where the steps of each leaf start, counting leaves over all results, and a
    /// last number with the end of all.
    #[must_use]
    pub fn leaf_steps(&self) -> &[usize] {
        &self.leaf_steps
    }

    /// Indices of all entries.
    #[must_use]
    pub fn indices(&self) -> &[i64] {
        &self.indices
    }
}
