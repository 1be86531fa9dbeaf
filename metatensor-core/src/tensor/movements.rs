//! What to copy from each block.

use super::merge::MergedSamples;
use super::plan::{Placement, Run};
use crate::array::DataMovement;

/// How many different samples to remember.
const SLOTS: usize = 4;

/// Movements of data, remembered for the blocks which follow: those with the same samples
/// often only differ by where the properties go.
#[derive(Default)]
pub(super) struct Movements {
    slots: [Slot; SLOTS],
    next: usize,
}

#[derive(Default)]
struct Slot {
    /// Number of the samples, and the only run of properties.
    content: Option<(u32, Run)>,
    movements: Vec<DataMovement>,
}

impl Movements {
    /// Numbers of samples stand for something else from now on.
    pub(super) fn forget(&mut self) {
        for slot in &mut self.slots {
            slot.content = None;
        }
    }

    /// What to copy for one of the blocks, with these runs of properties.
    pub(super) fn get(
        &mut self,
        samples: &MergedSamples,
        block: usize,
        runs: &[Run],
    ) -> &[DataMovement] {
        let which = samples.which[block];
        let content = match runs {
            [run] => Some((which, *run)),
            _ => None,
        };
        let known = content.and_then(|content| self.find(content));
        let i = known.unwrap_or_else(|| {
            let i = self.next;
            self.next = (i + 1) % SLOTS;
            let slot = &mut self.slots[i];
            let (placement, count) = samples.placement(block);
            set_movements(&mut slot.movements, placement, count, runs);
            slot.content = content;
            i
        });
        &self.slots[i].movements
    }

    /// Slot with these samples, after changing it to this run.
    fn find(&mut self, (which, run): (u32, Run)) -> Option<usize> {
        let same = |slot: &Slot| {
            slot.content.is_some_and(|(known, other)| {
                known == which && other.start_in == run.start_in && other.length == run.length
            })
        };
        let i = self.slots.iter().position(same)?;
        for movement in &mut self.slots[i].movements {
            movement.properties_start_out = run.start_out;
        }
        Some(i)
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
    let movement = |sample_in: usize, sample_out: usize, run: &Run| DataMovement {
        sample_in,
        sample_out,
        properties_start_in: run.start_in,
        properties_start_out: run.start_out,
        properties_length: run.length,
    };
    match (samples, runs) {
        (Placement::From(start), [run]) => {
            movements.extend((0..count).map(|sample| movement(sample, start + sample, run)));
        }
        (Placement::Rows(rows), [run]) => {
            let rows = rows[..count.min(rows.len())].iter().enumerate();
            movements.extend(rows.map(|(sample, &row)| movement(sample, row as usize, run)));
        }
        (Placement::From(start), _) => {
            for sample in 0..count {
                movements.extend(runs.iter().map(|run| movement(sample, start + sample, run)));
            }
        }
        (Placement::Rows(rows), _) => {
            for (sample, &row) in rows.iter().enumerate().take(count) {
                movements.extend(runs.iter().map(|run| movement(sample, row as usize, run)));
            }
        }
    }
}
