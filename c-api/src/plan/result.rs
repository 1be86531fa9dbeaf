//! `mts_plan_t`: what plans look like for C.

use metatensor_core::Result;
use metatensor_core::plan::{NONE, Plan, PlanEntry, PlanStep};

use super::metadata::{mts_metadata_t, view};
use crate::guard::guard;
use crate::handle::{Freed, Owner, give};
use crate::status::mts_status_t;
use crate::structure::address;

/// What to do with the rows along one axis of an array. Numbers which do not exist are -1.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct mts_plan_entry_t {
    /// 0 to share: all rows as they are, the array itself can be used again.
    ///
    /// 1 for a range: the `output_count` rows from `start` on, a view is enough.
    ///
    /// 2 to gather: `output[i] = input[indices[i]]`.
    ///
    /// 3 to reduce: `output[indices[i]]` is the sum, mean, ... of all the `input[i]`.
    ///
    /// 4 to scatter: `output[indices[i]] = input[i]`, and zero in all other rows.
    pub kind: i64,
    /// Number of rows of the input.
    pub input_count: i64,
    /// Number of rows of the output.
    pub output_count: i64,
    /// For a range, the first row of the input.
    pub start: i64,
    /// Position in the indices of `output_count` rows of the input to gather, or of
    /// `input_count` rows of the output to reduce and scatter.
    pub indices: i64,
    /// To reduce: position in the indices of `output_count` numbers, how many rows of the
    /// input there are for each row of the output.
    pub counts: i64,
    /// To reduce: position in the indices of `output_count + 1` numbers, where the members of
    /// each row of the output start, and the number of members.
    pub offsets: i64,
    /// To reduce: position in the indices of `input_count` members, which are the rows of the
    /// input for each row of the output, in increasing order. -1 if these are 0, 1, 2, ...:
    /// all rows for an output follow each other.
    pub members: i64,
}

/// One thing to do to get the array of a leaf.
///
/// Consecutive steps of a leaf with the same `piece` start from one array, and act one
/// after the other. If a leaf has several pieces these are put next to each other along
/// the axis which is joined.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct mts_plan_step_t {
    /// Which of the maps the plan was made for.
    pub input: i64,
    /// Leaf of this map with the array to start from.
    pub source: i64,
    /// Axis of the array to act on.
    pub axis: i64,
    /// What to do, as index of an entry.
    pub entry: i64,
    /// Number of the piece, counting from 0 for each leaf.
    pub piece: i64,
    /// Where the piece starts along the joined axis.
    pub start: i64,
}

/// What an operation does to all blocks and gradients of a map, computed from its metadata
/// only: the metadata of the result, and what to do with each array. Whoever owns the
/// arrays executes the plan, and gives the new ones to `mts_metadata_with_arrays`.
///
/// All leaves with the same labels use the same entry, and all new labels are made once.
/// Plans never change, do not depend on what they were made from, and can be used from
/// several threads. Arrays are NULL if there is nothing in them.
#[repr(C)]
pub struct mts_plan_t {
    /// Size of this structure in bytes; new fields may be added before `owner`.
    pub size: usize,
    /// Number of resulting maps.
    pub results_count: usize,
    /// Metadata of each of the results. They belong to the plan, use `mts_metadata_copy` to
    /// keep them longer.
    pub results: *const *const mts_metadata_t,
    /// Number of leaves of all results.
    pub leaves_count: usize,
    /// Where the steps of each leaf start in `steps`, for the leaves of the first result, of
    /// the second result, and so on; then the number of steps: `leaves_count + 1` values.
    pub leaves_starts: *const usize,
    /// Number of steps.
    pub steps_count: usize,
    /// Steps of all leaves.
    pub steps: *const mts_plan_step_t,
    /// Number of entries.
    pub entries_count: usize,
    /// What steps can do.
    pub entries: *const mts_plan_entry_t,
    /// Number of indices.
    pub indices_count: usize,
    /// Indices of all entries.
    pub indices: *const i64,
    /// Memory of the library.
    pub owner: Owner,
}

/// What the pointers of a plan point to.
struct Storage {
    plan: Plan,
    _results: Vec<mts_metadata_t>,
    pointers: Vec<*const mts_metadata_t>,
    steps: Vec<mts_plan_step_t>,
    entries: Vec<mts_plan_entry_t>,
}

/// -1 for what does not exist.
fn number(value: usize) -> i64 {
    match value {
        NONE => -1,
        value => value as i64,
    }
}

fn entry(entry: &PlanEntry) -> mts_plan_entry_t {
    mts_plan_entry_t {
        kind: number(entry.kind),
        input_count: number(entry.input_count),
        output_count: number(entry.output_count),
        start: number(entry.start),
        indices: number(entry.indices),
        counts: number(entry.counts),
        offsets: number(entry.offsets),
        members: number(entry.members),
    }
}

fn step(step: &PlanStep) -> mts_plan_step_t {
    mts_plan_step_t {
        input: number(step.input),
        source: number(step.source),
        axis: number(step.axis),
        entry: number(step.entry),
        piece: number(step.piece),
        start: number(step.start),
    }
}

/// Give a plan to C.
pub(super) fn give_plan(plan: Plan) -> Result<*mut mts_plan_t> {
    let results = plan.results().iter().map(|result| view(result.clone()));
    let results = results.collect::<Result<Vec<_>>>()?;
    let storage = Storage {
        pointers: results.iter().map(std::ptr::from_ref).collect(),
        _results: results,
        steps: plan.steps().iter().map(step).collect(),
        entries: plan.entries().iter().map(entry).collect(),
        plan,
    };
    // moving the vectors does not move what they point to
    Ok(give(mts_plan_t {
        size: size_of::<mts_plan_t>(),
        results_count: storage.pointers.len(),
        results: address(&storage.pointers),
        leaves_count: storage.plan.leaf_steps().len() - 1,
        leaves_starts: address(storage.plan.leaf_steps()),
        steps_count: storage.steps.len(),
        steps: address(&storage.steps),
        entries_count: storage.entries.len(),
        entries: address(&storage.entries),
        indices_count: storage.plan.indices().len(),
        indices: address(storage.plan.indices()),
        owner: Owner::new(storage),
    }))
}

/// Free a plan and the metadata of its results.
///
/// @param plan plan to free, can be NULL
#[unsafe(no_mangle)]
pub extern "C" fn mts_plan_free(mut plan: Freed<mts_plan_t>) -> mts_status_t {
    guard("mts_plan_free", || {
        plan.free();
        Ok(())
    })
}
