//! The blocks which become one.

use std::sync::Arc;

use crate::Result;
use crate::error::PlanError;
use crate::labels::Labels;
use crate::plan::{Metadata, MetadataLeaf};

/// Blocks with the same key out of several tensor maps, at least one.
pub(super) struct Pieces<'a> {
    inputs: &'a [&'a Metadata],
    /// Number of the tensor map of each piece.
    pub(super) numbers: Vec<usize>,
    /// Leaves of each piece: the values, then gradients in the order of the first piece.
    leaves: Vec<Vec<usize>>,
}

impl<'a> Pieces<'a> {
    /// Pieces from these tensor maps and blocks; `starts` are the first leaves of the
    /// blocks of each tensor map.
    pub(super) fn new(
        inputs: &'a [&'a Metadata],
        starts: &[Vec<usize>],
        blocks: &[(usize, usize)],
    ) -> Result<Pieces<'a>> {
        let mut pieces = Pieces {
            inputs,
            numbers: Vec::with_capacity(blocks.len()),
            leaves: Vec::with_capacity(blocks.len()),
        };
        for &(number, block) in blocks {
            let leaves = starts[number][block]..starts[number][block + 1];
            pieces.numbers.push(number);
            pieces.leaves.push(leaves.collect());
        }
        for piece in 1..blocks.len() {
            pieces.align(piece)?;
        }
        pieces.check_components()?;
        Ok(pieces)
    }

    /// Put the gradients of a piece in the order of those of the first piece.
    fn align(&mut self, piece: usize) -> Result<()> {
        let same_order = self.leaves[0].len() == self.leaves[piece].len()
            && (1..self.leaves[0].len())
                .all(|leaf| self.parameter(0, leaf) == self.parameter(piece, leaf));
        if same_order {
            return Ok(());
        }
        let parameters = |piece: usize| {
            let leaves = 1..self.leaves[piece].len();
            let names = leaves.filter_map(|leaf| self.parameter(piece, leaf));
            names.map(str::to_owned).collect::<Vec<_>>()
        };
        let (ours, theirs) = (parameters(0), parameters(piece));
        let order = ours.iter().map(|name| {
            let position = theirs.iter().position(|other| other == name)?;
            Some(self.leaves[piece][position + 1])
        });
        match order.collect::<Option<Vec<_>>>() {
            Some(order) if ours.len() == theirs.len() => {
                self.leaves[piece].truncate(1);
                self.leaves[piece].extend(order);
                Ok(())
            }
            _ => Err(PlanError::DifferentGradients {
                key: self.key()?,
                inputs: (self.numbers[0], self.numbers[piece]),
                parameters: (ours, theirs),
            }
            .into()),
        }
    }

    fn check_components(&self) -> Result<()> {
        for leaf in 0..self.leaves[0].len() {
            for piece in 1..self.count() {
                let count = |piece| self.leaf(piece, leaf).components_count;
                if count(0) != count(piece) {
                    return Err(self.different("components", piece, leaf)?);
                }
                let theirs = self.components_of(piece, leaf);
                for (ours, theirs) in self.components(leaf).zip(theirs) {
                    if !is_equal(ours, theirs)? {
                        return Err(self.different("components", piece, leaf)?);
                    }
                }
            }
        }
        Ok(())
    }

    /// Fail unless the labels given by `axis` are the same for all pieces.
    pub(super) fn check_same(
        &self,
        axis: &'static str,
        leaf: usize,
        labels: impl Fn(usize) -> &'a Arc<Labels>,
    ) -> Result<()> {
        for piece in 1..self.count() {
            if !is_equal(labels(0), labels(piece))? {
                return Err(self.different(axis, piece, leaf)?);
            }
        }
        Ok(())
    }

    /// The error for labels which are not those of the first piece.
    pub(super) fn different(
        &self,
        axis: &'static str,
        piece: usize,
        leaf: usize,
    ) -> Result<crate::Error> {
        Ok(PlanError::DifferentLabels {
            axis,
            key: self.key()?,
            parameter: self.parameter(0, leaf).map(str::to_owned),
            inputs: (self.numbers[0], self.numbers[piece]),
        }
        .into())
    }

    /// The key of these blocks, for messages.
    fn key(&self) -> Result<String> {
        let keys = self.metadata(0).keys();
        let block = self.leaf(0, 0).block;
        let row = &keys.values_cpu()?[block * keys.size()..][..keys.size()];
        let entries = keys.names().iter().zip(row);
        let entries = entries.map(|(name, value)| format!("{name}={value}"));
        Ok(format!("({})", entries.collect::<Vec<_>>().join(", ")))
    }

    /// Number of pieces.
    pub(super) fn count(&self) -> usize {
        self.numbers.len()
    }

    pub(super) fn metadata(&self, piece: usize) -> &'a Metadata {
        self.inputs[self.numbers[piece]]
    }

    /// A leaf of a piece; 0 for the values.
    pub(super) fn leaf(&self, piece: usize, leaf: usize) -> &'a MetadataLeaf {
        &self.metadata(piece).leaves()[self.leaves[piece][leaf]]
    }

    /// Number of the tensor map, and leaf of this tensor map.
    pub(super) fn source(&self, piece: usize, leaf: usize) -> (usize, usize) {
        (self.numbers[piece], self.leaves[piece][leaf])
    }

    pub(super) fn samples(&self, piece: usize, leaf: usize) -> &'a Arc<Labels> {
        self.metadata(piece).samples(self.leaf(piece, leaf))
    }

    pub(super) fn properties(&self, piece: usize, leaf: usize) -> &'a Arc<Labels> {
        self.metadata(piece).properties(self.leaf(piece, leaf))
    }

    /// Components of a leaf, the same for all pieces.
    pub(super) fn components(&self, leaf: usize) -> impl Iterator<Item = &'a Arc<Labels>> {
        self.components_of(0, leaf)
    }

    fn components_of(&self, piece: usize, leaf: usize) -> impl Iterator<Item = &'a Arc<Labels>> {
        let metadata = self.metadata(piece);
        let components = metadata.components_of(self.leaf(piece, leaf)).iter();
        components.map(|&component| &metadata.labels()[component])
    }

    /// All leaves, counting from 0, and their parameters.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (usize, Option<&'a str>)> {
        (0..self.leaves[0].len()).map(|leaf| (leaf, self.parameter(0, leaf)))
    }

    fn parameter(&self, piece: usize, leaf: usize) -> Option<&'a str> {
        let metadata = self.metadata(piece);
        metadata.parameter(self.leaf(piece, leaf))
    }
}

fn is_equal(first: &Arc<Labels>, second: &Arc<Labels>) -> Result<bool> {
    Ok(Arc::ptr_eq(first, second) || first.equals(second)?)
}

/// Fail unless blocks of all tensor maps can be in the same one: they may not have any
/// key in common.
pub(super) fn check_models(inputs: &[&Metadata]) -> Result<()> {
    let has_blocks = |input: &&Metadata| !input.leaves().is_empty();
    let Some(first) = inputs.iter().position(has_blocks) else {
        return Ok(());
    };
    let parameters = |input: &Metadata| {
        let leaves = input.leaves().iter().take_while(|leaf| leaf.block == 0);
        let names = leaves.filter_map(|leaf| input.parameter(leaf));
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    let ours = parameters(inputs[first]);
    for (number, input) in inputs.iter().enumerate().skip(first + 1) {
        let theirs = parameters(input);
        let same = ours.len() == theirs.len() && ours.iter().all(|name| theirs.contains(name));
        if has_blocks(input) && !same {
            return Err(PlanError::DifferentGradients {
                key: "number 0".into(),
                inputs: (first, number),
                parameters: (ours, theirs),
            }
            .into());
        }
    }
    Ok(())
}
