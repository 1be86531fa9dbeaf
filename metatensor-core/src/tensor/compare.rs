//! Comparing the metadata of two maps or blocks.

use std::sync::Arc;

use hashbrown::HashSet;

use super::TensorMap;
use super::difference::{Difference, LabelsDifference};
use crate::Result;
use crate::block::TensorBlock;
use crate::error::{AxisLabels, Place};
use crate::labels::Labels;

/// Labels with fewer values are faster to compare than to remember.
const REMEMBER: usize = 32;

/// How to find the block of the second map for each block of the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyMatching {
    /// By its key: both maps must have the same keys, in any order.
    #[default]
    AnyOrder,
    /// By its index, and both maps must have the same keys in the same order.
    SameOrder,
    /// By its index, whatever the keys.
    Ignored,
}

/// What to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompareOptions {
    /// How to compare keys.
    pub keys: KeyMatching,
    /// Compare samples.
    pub samples: bool,
    /// Compare components.
    pub components: bool,
    /// Compare properties.
    pub properties: bool,
    /// How many levels of gradients to compare: 0 for none, 1 for the gradients of
    /// blocks, 2 for the gradients of these as well, …
    pub gradients: usize,
}

impl Default for CompareOptions {
    /// Compare everything.
    fn default() -> CompareOptions {
        CompareOptions {
            keys: KeyMatching::default(),
            samples: true,
            components: true,
            properties: true,
            gradients: usize::MAX,
        }
    }
}

/// Result of comparing two maps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// Everything is the same.
    Same {
        /// For each block of the first map, its index in the second one.
        blocks: Vec<usize>,
        /// For each leaf of the first map, its index in the
        /// [`leaves`](TensorMap::leaves) of the second one; `None` for gradients
        /// which were not compared.
        leaves: Vec<Option<usize>>,
    },
    /// Something is not the same.
    Different(Difference),
}

/// What stops a comparison: a difference, or an error.
enum Stop {
    Different(Box<Difference>),
    Error(crate::Error),
}

type Checked<T> = std::result::Result<T, Stop>;

impl From<crate::Error> for Stop {
    fn from(error: crate::Error) -> Stop {
        Stop::Error(error)
    }
}

impl From<Difference> for Stop {
    fn from(difference: Difference) -> Stop {
        Stop::Different(Box::new(difference))
    }
}

impl TensorMap {
    /// Compare the metadata of two maps: keys, then for each block samples,
    /// components, properties, the parameters of gradients in any order, and the same
    /// for each of the gradients. Values and info are never looked at.
    ///
    /// Labels are the same if [`Labels::equals`] says so; the same pair of labels is
    /// only compared once.
    pub fn compare(&self, other: &TensorMap, options: &CompareOptions) -> Result<Comparison> {
        comparison(Comparer::new(options).compare_maps(self, other))
    }
}

impl TensorBlock {
    /// Compare the metadata of two blocks, as [`TensorMap::compare`] does for each
    /// of the blocks of a map.
    pub fn compare(&self, other: &TensorBlock, options: &CompareOptions) -> Result<Comparison> {
        let mut comparer = Comparer::new(options);
        let pair = Pair {
            first: self,
            second: other,
            parent: None,
            block: None,
            other_block: 0,
            second_leaf: 0,
        };
        let result = comparer.compare_nodes(&pair, options.gradients);
        comparison(result.map(|()| (vec![0], comparer.leaves)))
    }
}

type Correspondence = (Vec<usize>, Vec<Option<usize>>);

fn comparison(result: Checked<Correspondence>) -> Result<Comparison> {
    match result {
        Ok((blocks, leaves)) => Ok(Comparison::Same { blocks, leaves }),
        Err(Stop::Different(difference)) => Ok(Comparison::Different(*difference)),
        Err(Stop::Error(error)) => Err(error),
    }
}

/// Two blocks or gradients to compare.
struct Pair<'a> {
    first: &'a TensorBlock,
    second: &'a TensorBlock,
    /// The pair these are gradients of, with the parameter.
    parent: Option<(&'a str, &'a Pair<'a>)>,
    block: Option<usize>,
    other_block: usize,
    /// Index of `second` in the leaves of the second map.
    second_leaf: usize,
}

impl Pair<'_> {
    fn place(&self) -> Place {
        match self.parent {
            None => Place {
                block: self.block,
                gradient: Vec::new(),
            },
            Some((parameter, parent)) => {
                let mut place = parent.place();
                place.gradient.push(parameter.to_owned());
                place
            }
        }
    }
}

struct Comparer<'o> {
    options: &'o CompareOptions,
    /// Pairs of labels known to be the same.
    same: HashSet<(*const Labels, *const Labels)>,
    leaves: Vec<Option<usize>>,
}

impl<'o> Comparer<'o> {
    fn new(options: &'o CompareOptions) -> Comparer<'o> {
        Comparer {
            options,
            same: HashSet::new(),
            leaves: Vec::new(),
        }
    }

    fn compare_maps(mut self, first: &TensorMap, second: &TensorMap) -> Checked<Correspondence> {
        let blocks = self.match_keys(first, second)?;
        let mut starts = Vec::with_capacity(second.blocks().len());
        let mut leaves = 0;
        for block in second.blocks() {
            starts.push(leaves);
            leaves += leaf_count(block);
        }
        for (block, &other_block) in blocks.iter().enumerate() {
            let pair = Pair {
                first: &first.blocks()[block],
                second: &second.blocks()[other_block],
                parent: None,
                block: Some(block),
                other_block,
                second_leaf: starts[other_block],
            };
            self.compare_nodes(&pair, self.options.gradients)?;
        }
        Ok((blocks, self.leaves))
    }

    /// The block of `second` for each block of `first`.
    fn match_keys(&self, first: &TensorMap, second: &TensorMap) -> Checked<Vec<usize>> {
        let count = first.blocks().len();
        let in_order = || (0..count).collect();
        if self.options.keys == KeyMatching::Ignored {
            let (first, second) = (count, second.blocks().len());
            return match first == second {
                true => Ok(in_order()),
                false => Err(Difference::BlockCount { first, second }.into()),
            };
        }
        let (first, second) = (first.keys(), second.keys());
        let Some(difference) = compare_labels(first, second)? else {
            return Ok(in_order());
        };
        let is_order = matches!(difference, LabelsDifference::Row { .. })
            && self.options.keys == KeyMatching::AnyOrder;
        if !is_order {
            return Err(Difference::Keys(difference).into());
        }
        let rows = first.values_cpu()?;
        let mut positions = vec![0; count];
        second.positions(rows, &mut positions)?;
        let found = positions
            .iter()
            .map(|&position| usize::try_from(position).ok());
        match found.clone().position(|position| position.is_none()) {
            None => Ok(found.flatten().collect()),
            Some(row) => {
                let first = rows[row * first.size()..][..first.size()].to_vec();
                Err(Difference::Keys(LabelsDifference::Missing { row, first }).into())
            }
        }
    }

    fn compare_nodes(&mut self, pair: &Pair<'_>, levels: usize) -> Checked<()> {
        let (first, second) = (pair.first, pair.second);
        if self.options.samples {
            self.compare_axis(pair, AxisLabels::Samples, first.samples(), second.samples())?;
        }
        if self.options.components {
            self.compare_components(pair)?;
        }
        if self.options.properties {
            let labels = AxisLabels::Properties;
            self.compare_axis(pair, labels, first.properties(), second.properties())?;
        }
        self.leaves.push(Some(pair.second_leaf));
        if levels == 0 {
            let others = leaf_count(first) - 1;
            self.leaves.extend(std::iter::repeat_n(None, others));
            return Ok(());
        }
        self.compare_gradients(pair, levels - 1)
    }

    fn compare_components(&mut self, pair: &Pair<'_>) -> Checked<()> {
        let (first, second) = (pair.first.components(), pair.second.components());
        if first.len() != second.len() {
            return Err(Difference::ComponentCount {
                place: pair.place(),
                other_block: pair.other_block,
                first: first.len(),
                second: second.len(),
            }
            .into());
        }
        for (i, (first, second)) in first.iter().zip(second).enumerate() {
            self.compare_axis(pair, AxisLabels::Component(i), first, second)?;
        }
        Ok(())
    }

    fn compare_axis(
        &mut self,
        pair: &Pair<'_>,
        labels: AxisLabels,
        first: &Arc<Labels>,
        second: &Arc<Labels>,
    ) -> Checked<()> {
        let addresses = (Arc::as_ptr(first), Arc::as_ptr(second));
        if addresses.0 == addresses.1 || self.same.contains(&addresses) {
            return Ok(());
        }
        if let Some(difference) = compare_labels(first, second)? {
            return Err(Difference::Labels {
                place: pair.place(),
                other_block: pair.other_block,
                labels,
                axis: match labels {
                    AxisLabels::Samples => 0,
                    AxisLabels::Component(i) => i + 1,
                    AxisLabels::Properties => pair.first.components().len() + 1,
                },
                difference,
            }
            .into());
        }
        if first.count() * first.size() >= REMEMBER {
            self.same.insert(addresses);
        }
        Ok(())
    }

    fn compare_gradients(&mut self, pair: &Pair<'_>, levels: usize) -> Checked<()> {
        let (first, second) = (pair.first, pair.second);
        let different = || {
            let parameters = |block: &TensorBlock| {
                let parameters = block.gradients().map(|(parameter, _)| parameter.to_owned());
                parameters.collect()
            };
            Stop::from(Difference::Gradients {
                place: pair.place(),
                other_block: pair.other_block,
                first: parameters(first),
                second: parameters(second),
            })
        };
        let (count, other_count) = (first.gradients().len(), second.gradients().len());
        let mut parameters = first.gradients().map(|(parameter, _)| parameter);
        if count != other_count || !parameters.all(|name| second.has_gradient(name)) {
            return Err(different());
        }
        for (parameter, gradient) in first.gradients() {
            let mut second_leaf = pair.second_leaf + 1;
            let mut gradients = second.gradients();
            let Some((_, other)) = gradients.find(|(name, other)| {
                let found = *name == parameter;
                if !found {
                    second_leaf += leaf_count(other);
                }
                found
            }) else {
                return Err(different());
            };
            let pair = Pair {
                first: gradient,
                second: other,
                parent: Some((parameter, pair)),
                second_leaf,
                ..*pair
            };
            self.compare_nodes(&pair, levels)?;
        }
        Ok(())
    }
}

/// Number of leaves of a block.
fn leaf_count(block: &TensorBlock) -> usize {
    let gradients = block.gradients();
    1 + gradients
        .map(|(_, gradient)| leaf_count(gradient))
        .sum::<usize>()
}

/// The first difference between two labels. As for [`Labels::equals`], rows without
/// data are not compared.
fn compare_labels(first: &Arc<Labels>, second: &Arc<Labels>) -> Result<Option<LabelsDifference>> {
    if first.equals(second)? {
        return Ok(None);
    }
    if first.names() != second.names() {
        let (first, second) = (first.names().to_vec(), second.names().to_vec());
        return Ok(Some(LabelsDifference::Names { first, second }));
    }
    let counts = (first.count(), second.count());
    if counts.0 != counts.1 {
        let (first, second) = counts;
        return Ok(Some(LabelsDifference::Count { first, second }));
    }
    let devices = (first.device()?, second.device()?);
    if devices.0 != devices.1 {
        let (first, second) = devices;
        return Ok(Some(LabelsDifference::Device { first, second }));
    }
    let size = first.size().max(1);
    let rows = first.values_cpu()?.chunks_exact(size);
    let mut rows = rows
        .zip(second.values_cpu()?.chunks_exact(size))
        .enumerate();
    Ok(rows
        .find(|(_, (first, second))| first != second)
        .map(|(row, (first, second))| LabelsDifference::Row {
            row,
            first: first.to_vec(),
            second: second.to_vec(),
        }))
}
