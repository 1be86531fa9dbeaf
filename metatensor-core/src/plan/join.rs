//! Joining several tensor maps along samples or properties.

use std::sync::Arc;

use super::metadata::{MetadataBuilder, NONE};
use super::{Axis, Metadata, Plan, PlanStep};
use crate::Result;
use crate::error::PlanError;
use crate::labels::Labels;

mod keys;
mod pieces;
mod properties;
mod samples;

use self::keys::JoinedKeys;
use self::pieces::Pieces;
use self::properties::PropertiesJoin;
use self::samples::SamplesJoin;
use super::builder::PlanBuilder;

/// Which blocks to join if the tensor maps do not have the same keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeysRule {
    /// All tensor maps must have the same keys, in any order.
    Same,
    /// The keys which are in all of them.
    Intersection,
    /// The keys which are in any of them.
    Union,
}

impl Plan {
    /// Plan of putting the blocks of several tensor maps with the same key next to each
    /// other. Everything but the axis which is joined must be the same, except for the
    /// samples of gradients.
    ///
    /// Along the samples, `add_dimension` is the name of a new last dimension with the
    /// index of the tensor map; without it, all rows have to be distinct. Samples of
    /// gradients refer to the new rows.
    ///
    /// Along the properties it is the same. If the tensor maps have properties with
    /// different names, the new ones have the dimensions `joined_index` and `property`.
    /// Gradients get the union of the samples.
    ///
    /// A leaf has one piece for each tensor map with this block. Steps are of kind
    /// [`SHARE`](super::PlanEntry::SHARE), or [`SCATTER`](super::PlanEntry::SCATTER) along
    /// the samples for gradients joined along the properties.
    pub fn join(
        inputs: &[&Metadata],
        axis: Axis,
        rule: KeysRule,
        add_dimension: Option<&str>,
    ) -> Result<Plan> {
        if inputs.is_empty() {
            return Err(PlanError::NoInputs.into());
        }
        for input in inputs {
            input.check_no_nested()?;
        }
        let keys = JoinedKeys::new(inputs, rule)?;
        pieces::check_models(inputs)?;
        let mut join: Box<dyn AxisJoin> = match axis {
            Axis::Samples => Box::new(SamplesJoin::new(inputs, add_dimension)?),
            Axis::Properties => Box::new(PropertiesJoin::new(inputs, add_dimension)?),
        };
        let starts = inputs.iter().map(|input| input.block_starts());
        let starts = starts.collect::<Vec<_>>();
        let mut plan = PlanBuilder::default();
        let mut result = MetadataBuilder::default();
        for (block, blocks) in keys.blocks.iter().enumerate() {
            let pieces = Pieces::new(inputs, &starts, blocks)?;
            let values = join.values(&mut plan, &pieces)?;
            let parent = result.leaf_count();
            for (leaf, parameter) in pieces.parameters() {
                let (parent, parameter, labels) = match parameter {
                    None => (NONE, NONE, values.clone()),
                    Some(parameter) => {
                        let labels = join.gradient(&mut plan, &pieces, leaf, &values)?;
                        (parent, result.parameter(parameter), labels)
                    }
                };
                result.push(
                    (block, parent, parameter),
                    &labels.0,
                    pieces.components(leaf),
                    &labels.1,
                );
                plan.end_leaf();
            }
        }
        plan.end_result(result.finish(keys.keys));
        Ok(plan.finish())
    }
}

/// Samples and properties of a leaf.
type JoinedLabels = (Arc<Labels>, Arc<Labels>);

/// What is different between samples and properties. The functions add the steps for
/// one leaf, and give its labels.
trait AxisJoin {
    fn values(&mut self, plan: &mut PlanBuilder, pieces: &Pieces<'_>) -> Result<JoinedLabels>;

    /// `leaf` counts the leaves of the block, `values` are the labels of the first one.
    fn gradient(
        &mut self,
        plan: &mut PlanBuilder,
        pieces: &Pieces<'_>,
        leaf: usize,
        values: &JoinedLabels,
    ) -> Result<JoinedLabels>;
}

/// Add one step for each piece of a leaf: `entry` along `axis`, at `start` of the joined
/// axis.
fn push_steps(
    plan: &mut PlanBuilder,
    pieces: &Pieces<'_>,
    leaf: usize,
    steps: impl Iterator<Item = (usize, usize, usize)>,
) {
    for (piece, (axis, entry, start)) in steps.enumerate() {
        let (input, source) = pieces.source(piece, leaf);
        plan.step(PlanStep {
            input,
            source,
            axis,
            entry,
            piece,
            start,
        });
    }
}

/// Where each of some consecutive parts starts, and where the last one ends.
fn starts(counts: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut starts = vec![0];
    let mut total = 0;
    for count in counts {
        total += count;
        starts.push(total);
    }
    starts
}
