//! Making one block of several.

use std::sync::Arc;

use super::groups::Group;
use super::plan::{Merged, Placement, Run, merge_gradient_samples};
use crate::Result;
use crate::array::{Array, DataMovement};
use crate::block::TensorBlock;
use crate::labels::{Labels, RowOrder};

/// How to make one block of several.
pub(super) struct MergePlan<'a> {
    pub(super) samples: Merged,
    pub(super) properties: MergedProperties,
    /// Samples of each gradient.
    gradients: Vec<(&'a str, Merged)>,
}

/// Properties of the merged block.
pub(super) struct MergedProperties {
    pub(super) labels: Arc<Labels>,
    /// Where to copy the properties of each block, `None` to leave it out.
    pub(super) runs: Vec<Option<Vec<Run>>>,
}

/// Order of merged samples.
pub(super) fn samples_order(sort_samples: bool) -> RowOrder {
    if sort_samples {
        RowOrder::Lexicographic
    } else {
        RowOrder::FirstAppearance
    }
}

impl<'a> MergePlan<'a> {
    pub(super) fn new(
        group: &Group<'a>,
        samples: Merged,
        properties: MergedProperties,
    ) -> Result<MergePlan<'a>> {
        let gradients = group.first().gradients().map(|(parameter, _)| {
            let gradients = group.gradients(parameter)?;
            let all = gradients
                .blocks()
                .iter()
                .map(|block| block.samples())
                .collect::<Vec<_>>();
            Ok((
                parameter,
                merge_gradient_samples(&all, &samples, parameter)?,
            ))
        });
        let gradients = gradients.collect::<Result<Vec<_>>>()?;
        Ok(MergePlan {
            samples,
            properties,
            gradients,
        })
    }

    /// Create the new block, with missing entries set to `fill_value`.
    pub(super) fn execute(
        &self,
        group: &Group<'a>,
        fill_value: &dyn Array,
    ) -> Result<Box<TensorBlock>> {
        let mut merged = self.merge_values(group, &self.samples, fill_value)?;
        for (parameter, samples) in &self.gradients {
            let gradients = group.gradients(parameter)?;
            let gradient = self.merge_values(&gradients, samples, fill_value)?;
            merged.insert_gradient(parameter, Box::new(gradient));
        }
        Ok(Box::new(merged))
    }

    fn merge_values(
        &self,
        group: &Group<'a>,
        samples: &Merged,
        fill_value: &dyn Array,
    ) -> Result<TensorBlock> {
        let first = group.first();
        let properties = &self.properties;
        let mut shape = vec![samples.labels.count()];
        shape.extend(first.components().iter().map(|component| component.count()));
        shape.push(properties.labels.count());

        let mut values = first.values().create(&shape, fill_value)?;
        let mut movements = Vec::new();
        for (i, block) in group.blocks().iter().enumerate() {
            if let Some(runs) = &properties.runs[i] {
                set_movements(
                    &mut movements,
                    samples.placement(i),
                    block.samples().count(),
                    runs,
                );
                values.move_data(block.values(), &movements)?;
            }
        }
        TensorBlock::new(
            values,
            Arc::clone(&samples.labels),
            first.components().to_vec(),
            Arc::clone(&properties.labels),
        )
    }
}

/// One movement for each sample and each run of properties.
fn set_movements(
    movements: &mut Vec<DataMovement>,
    samples: Placement<'_>,
    count: usize,
    runs: &[Run],
) {
    movements.clear();
    movements.reserve(count * runs.len());
    for sample_in in 0..count {
        let Some(sample_out) = samples.get(sample_in) else {
            continue;
        };
        movements.extend(runs.iter().map(|run| DataMovement {
            sample_in,
            sample_out,
            properties_start_in: run.start_in,
            properties_start_out: run.start_out,
            properties_length: run.length,
        }));
    }
}
