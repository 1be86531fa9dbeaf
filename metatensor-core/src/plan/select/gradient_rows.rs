//! Gradient samples by the sample they refer to.

use crate::Result;
use crate::labels::Labels;
use crate::plan::columns::gradient_samples;

/// Where to find the rows of a gradient for each sample.
pub(super) struct GradientRows {
    /// Where the rows of each sample start and end in `members`.
    starts: Vec<u32>,
    /// Rows by sample. Empty if the rows are already in this order.
    members: Vec<u32>,
}

impl GradientRows {
    /// Rows of the gradient samples `labels`, of a block with `count` samples.
    pub(super) fn new(labels: &Labels, block: usize, count: usize) -> Result<GradientRows> {
        let samples = gradient_samples(labels, block, count)?;
        let mut starts = vec![0_u32; count + 1];
        for sample in samples.clone() {
            starts[sample + 1] += 1;
        }
        for i in 0..count {
            starts[i + 1] += starts[i];
        }
        let mut members = Vec::new();
        if !samples.clone().is_sorted() {
            let mut next = starts.clone();
            members = vec![0; labels.count()];
            for (row, sample) in (0..).zip(samples) {
                members[next[sample] as usize] = row;
                next[sample] += 1;
            }
        }
        Ok(GradientRows { starts, members })
    }

    /// Rows of the gradient for these samples, in increasing order, and the position of
    /// the sample of each of them in `samples`.
    pub(super) fn select(&self, samples: &[u32]) -> (Vec<u32>, Vec<u32>) {
        let mut rows = Vec::new();
        let mut positions = Vec::new();
        for (position, &sample) in (0..).zip(samples) {
            let range = self.starts[sample as usize]..self.starts[sample as usize + 1];
            positions.resize(positions.len() + range.len(), position);
            match self.members.is_empty() {
                true => rows.extend(range),
                false => rows.extend(&self.members[range.start as usize..range.end as usize]),
            }
        }
        if rows.is_sorted() {
            return (rows, positions);
        }
        let mut pairs = rows.into_iter().zip(positions).collect::<Vec<_>>();
        pairs.sort_unstable();
        pairs.into_iter().unzip()
    }
}
