//! Making one block of several.

use std::sync::Arc;

use super::groups::Group;
use super::intern::{Inputs, Interner, Memo};
use super::movements::Movements;
use super::plan::{Merged, Placement, Run, merge_gradient_samples};
use crate::Result;
use crate::array::Array;
use crate::block::TensorBlock;
use crate::labels::{Labels, RowOrder};

/// Makes the blocks of a map. Groups of blocks with the same labels share the labels
/// which these become.
pub(super) struct Merger<'a> {
    /// Numbers of samples, and of properties: equal values can be rows of different sizes,
    /// so that these are not together.
    pub(super) samples_interner: Interner<'a>,
    pub(super) properties_interner: Interner<'a>,
    pub(super) samples: Memo<'a, Arc<Merged>>,
    pub(super) properties: Memo<'a, Arc<MergedProperties>>,
    /// Numbers of the samples of gradients: a block which is part of a map can be given
    /// gradients with any names.
    gradient_interner: Interner<'a>,
    gradients: Memo<'a, GradientSamples>,
    movements: Movements,
}

/// Samples which several blocks become.
pub(super) struct MergedSamples {
    pub(super) merged: Arc<Merged>,
    /// For each block, which of the original labels it has.
    pub(super) which: Vec<u32>,
}

impl MergedSamples {
    /// Where to find the samples of a block, and their number.
    pub(super) fn placement(&self, block: usize) -> (Placement<'_>, usize) {
        let which = self.which[block] as usize;
        (self.merged.placement(which), self.merged.count(which))
    }
}

/// Properties which several blocks become.
pub(super) struct MergedProperties {
    pub(super) labels: Arc<Labels>,
    /// What to copy from the first block, then from the second one, …
    pub(super) runs: Vec<Run>,
    /// Where the runs of each block end.
    pub(super) ends: Vec<usize>,
    /// Blocks without runs are left out.
    pub(super) skip_empty: bool,
}

impl MergedProperties {
    /// Where to copy the properties of a block, `None` to leave it out.
    fn runs(&self, block: usize) -> Option<&[Run]> {
        let start = block.checked_sub(1).map_or(0, |before| self.ends[before]);
        let runs = &self.runs[start..self.ends[block]];
        (!self.skip_empty || !runs.is_empty()).then_some(runs)
    }
}

/// Samples of gradients, and the samples which they refer to: their address has to stay
/// the same, it is part of the key.
#[derive(Clone)]
struct GradientSamples {
    merged: Arc<Merged>,
    _samples: Arc<Merged>,
}

/// Order of merged samples.
pub(super) fn samples_order(sort_samples: bool) -> RowOrder {
    if sort_samples {
        RowOrder::Lexicographic
    } else {
        RowOrder::FirstAppearance
    }
}

impl Default for Merger<'_> {
    fn default() -> Self {
        Merger {
            samples_interner: Interner::default(),
            properties_interner: Interner::default(),
            samples: Memo::default(),
            properties: Memo::default(),
            gradient_interner: Interner::with_names(),
            gradients: Memo::default(),
            movements: Movements::default(),
        }
    }
}

impl<'a> Merger<'a> {
    /// Create the new block, with missing entries set to `fill_value`.
    pub(super) fn merge(
        &mut self,
        group: &Group<'a>,
        samples: &MergedSamples,
        properties: &MergedProperties,
        fill_value: &dyn Array,
    ) -> Result<Box<TensorBlock>> {
        let gradients = group.first().gradients().map(|(parameter, _)| {
            let gradients = group.gradients(parameter)?;
            let samples = self.gradient_samples(&gradients, samples, parameter)?;
            Ok((parameter, gradients, samples))
        });
        let gradients = gradients.collect::<Result<Vec<_>>>()?;

        let mut merged = self.merge_values(group, samples, properties, fill_value)?;
        for (parameter, gradients, samples) in gradients {
            let gradient = self.merge_values(&gradients, &samples, properties, fill_value)?;
            merged.insert_gradient(parameter, Box::new(gradient));
        }
        Ok(Box::new(merged))
    }

    fn gradient_samples(
        &mut self,
        gradients: &Group<'a>,
        samples: &MergedSamples,
        parameter: &str,
    ) -> Result<MergedSamples> {
        let blocks = gradients.blocks().iter();
        let Inputs { labels, ids, which } = self
            .gradient_interner
            .inputs(blocks.map(|block| block.samples()))?;
        // the same labels can refer to different samples
        let mut pairs = Vec::<(u32, u32)>::new();
        let mut which_pair = Vec::with_capacity(which.len());
        let mut known = PairTable::new(ids.len(), &samples.which);
        for (&parent, &own) in samples.which.iter().zip(&which) {
            let pair = known.index_of(parent, own, pairs.len() as u32);
            if pair as usize == pairs.len() {
                pairs.push((parent, own));
            }
            which_pair.push(pair);
        }

        let address = Arc::as_ptr(&samples.merged).addr() as u64;
        let mut key = vec![address as u32, (address >> 32) as u32];
        for &(parent, own) in &pairs {
            key.extend([parent, ids[own as usize]]);
        }
        let template = labels[pairs[0].1 as usize];
        let found = self.gradients.get_or_make(&key, template, || {
            let all = pairs.iter().map(|&(parent, own)| {
                let placement = samples.merged.placement(parent as usize);
                (labels[own as usize], placement)
            });
            let merged = merge_gradient_samples(&all.collect::<Vec<_>>(), parameter)?;
            Ok(GradientSamples {
                merged: Arc::new(merged),
                _samples: Arc::clone(&samples.merged),
            })
        })?;
        Ok(MergedSamples {
            merged: found.merged,
            which: which_pair,
        })
    }

    fn merge_values(
        &mut self,
        group: &Group<'a>,
        samples: &MergedSamples,
        properties: &MergedProperties,
        fill_value: &dyn Array,
    ) -> Result<TensorBlock> {
        let first = group.first();
        let mut shape = Vec::with_capacity(first.components().len() + 2);
        shape.push(samples.merged.labels.count());
        shape.extend(first.components().iter().map(|component| component.count()));
        shape.push(properties.labels.count());

        let mut values = first.values().create(&shape, fill_value)?;
        self.movements.forget();
        for (i, block) in group.blocks().iter().enumerate() {
            if let Some(runs) = properties.runs(i) {
                values.move_data(block.values(), self.movements.get(samples, i, runs))?;
            }
        }
        TensorBlock::new(
            values,
            Arc::clone(&samples.merged.labels),
            first.components().to_vec(),
            Arc::clone(&properties.labels),
        )
    }
}

/// Numbers of pairs of small numbers.
struct PairTable {
    columns: usize,
    indices: hashbrown::HashMap<u64, u32>,
    /// Used instead if all first numbers are different.
    all_different: bool,
}

impl PairTable {
    fn new(columns: usize, firsts: &[u32]) -> PairTable {
        PairTable {
            columns,
            indices: hashbrown::HashMap::new(),
            all_different: firsts.iter().copied().eq(0..firsts.len() as u32),
        }
    }

    fn index_of(&mut self, first: u32, second: u32, new: u32) -> u32 {
        if self.all_different {
            return new;
        }
        let pair = u64::from(first) * self.columns as u64 + u64::from(second);
        *self.indices.entry(pair).or_insert(new)
    }
}
