//! `move_data`: copying parts of one array to another one.

use metatensor_core::Result;

use super::copy::{Axis, CopyPlan, copy_rows, walk};
use super::parallel::{self, Pointers};
use super::{NativeArray, invalid};
use crate::array::mts_data_movement_t as Movement;

impl NativeArray {
    /// Do all movements, with the same result as doing them one after the other.
    pub fn move_data(&self, input: &NativeArray, movements: &[Movement]) -> Result<()> {
        self.check_compatible(input)?;
        let (properties_in, properties_out) = (last(input.shape()), last(self.shape()));
        let (samples_in, samples_out) = (input.shape()[0], self.shape()[0]);
        for (i, movement) in movements.iter().enumerate() {
            check_sample(i, "sample_in", movement.sample_in, samples_in)?;
            check_sample(i, "sample_out", movement.sample_out, samples_out)?;
            let length = movement.properties_length;
            let start = movement.properties_start_in;
            check_properties(i, "properties_start_in", start, length, properties_in)?;
            let start = movement.properties_start_out;
            check_properties(i, "properties_start_out", start, length, properties_out)?;
        }

        let mover = Mover::new(self, input);
        let bytes = mover.size(movements);
        if bytes == 0 {
            return Ok(());
        }
        if self.layout.may_overlap() || self.overlaps(input) {
            return mover.run_in_order(movements);
        }
        let parts = parallel::parts(bytes);
        if parts == 1 {
            mover.run(movements, false);
            return Ok(());
        }
        match disjoint_chunks(movements, parts, samples_out, bytes) {
            Some(chunks) => parallel::for_each(chunks, mover.pointers, |chunk, _| {
                mover.run(chunk, false);
            }),
            None => mover.run(movements, true),
        }
        Ok(())
    }

    fn check_compatible(&self, input: &NativeArray) -> Result<()> {
        if self.read_only {
            return invalid(
                "can not move data to an array which is read-only; a copy of it can be changed"
                    .into(),
            );
        }
        if self.dtype != input.dtype {
            return invalid(format!(
                "can not move data from an array of type {} to an array of type {}",
                input.dtype, self.dtype
            ));
        }
        let (from, to) = (input.shape(), self.shape());
        let last = from.len().wrapping_sub(1);
        if from.len() < 2 || from.len() != to.len() || from[1..last] != to[1..last] {
            return invalid(format!(
                "can not move data from an array of shape {from:?} to an array of shape {to:?}: \
                 they need two dimensions or more, and can only differ in the first and the last"
            ));
        }
        Ok(())
    }

    /// Do the elements of both arrays use memory in the same region?
    fn overlaps(&self, other: &NativeArray) -> bool {
        let region = |array: &NativeArray| {
            let extent = array.layout.extent();
            let address = array.start.addr();
            let at = |distance| address.wrapping_add_signed(distance);
            (at(extent.start), at(extent.end))
        };
        let (first, second) = (region(self), region(other));
        first.0 < second.1 && second.0 < first.1
    }
}

fn last(shape: &[usize]) -> usize {
    shape.last().copied().unwrap_or(0)
}

fn check_sample(movement: usize, name: &str, sample: usize, count: usize) -> Result<()> {
    if sample < count {
        return Ok(());
    }
    invalid(format!(
        "in movement {movement}: `{name}` is {sample}, but the array has only {count} samples"
    ))
}

fn check_properties(
    movement: usize,
    name: &str,
    start: usize,
    length: usize,
    count: usize,
) -> Result<()> {
    if start.checked_add(length).is_some_and(|end| end <= count) {
        return Ok(());
    }
    invalid(format!(
        "in movement {movement}: `{name}` is {start} and `properties_length` is {length}, \
         but the array has only {count} properties"
    ))
}

/// Everything about two arrays which does not depend on the movements.
struct Mover {
    pointers: Pointers,
    /// From one sample, and one property, to the next one.
    sample: Axis,
    property: Axis,
    components: Vec<Axis>,
    /// All components as a single axis, if they can be.
    rows: Option<Axis>,
    components_count: usize,
    item: usize,
}

impl Mover {
    fn new(output: &NativeArray, input: &NativeArray) -> Mover {
        let item = output.layout.item();
        let strides = output.layout.strides().iter().zip(input.layout.strides());
        let axes = output.shape().iter().zip(strides);
        let mut axes = axes.map(|(&count, (output, input))| Axis {
            count,
            // the strides of empty arrays can be anything
            output: output.wrapping_mul(item as isize),
            input: input.wrapping_mul(item as isize),
        });
        let none = Axis::default();
        let sample = axes.next().unwrap_or(none);
        let property = axes.next_back().unwrap_or(none);
        let components = axes.collect::<Vec<_>>();
        let counts = components.iter().map(|axis| axis.count);
        let components_count = counts.fold(1, usize::saturating_mul);
        Mover {
            pointers: Pointers {
                output: output.start,
                input: input.start,
            },
            sample,
            property,
            rows: CopyPlan::merged(&components),
            components,
            components_count,
            item,
        }
    }

    /// Number of bytes of all movements.
    fn size(&self, movements: &[Movement]) -> usize {
        let lengths = movements.iter().map(|movement| movement.properties_length);
        let count = lengths.fold(0, usize::saturating_add);
        count.saturating_mul(self.components_count.saturating_mul(self.item))
    }

    fn start(&self, movement: &Movement) -> (*mut u8, *const u8) {
        let output = self.sample.output * movement.sample_out as isize
            + self.property.output * movement.properties_start_out as isize;
        let input = self.sample.input * movement.sample_in as isize
            + self.property.input * movement.properties_start_in as isize;
        // SAFETY: the movements are inside of the arrays
        unsafe {
            (
                self.pointers.output.offset(output),
                self.pointers.input.offset(input),
            )
        }
    }

    /// Do these movements on this thread; or on all of them if they `may_split`,
    /// one movement after the other.
    fn run(&self, movements: &[Movement], may_split: bool) {
        let mut plan = CopyPlan::default();
        let mut rest = movements;
        while let Some(first) = rest.first() {
            let samples = count_neighbours(rest);
            let split = may_split && parallel::parts(samples * self.size(&rest[..1])) > 1;
            if first.properties_length > 0 {
                self.copy_block(first, samples, split, &mut plan);
            }
            rest = &rest[samples..];
        }
    }

    /// Do a movement, and the same one for the following samples.
    fn copy_block(&self, first: &Movement, samples: usize, split: bool, plan: &mut CopyPlan) {
        let (output, input) = self.start(first);
        let mut length = first.properties_length * self.item;
        let item = self.item as isize;
        let is_contiguous = first.properties_length == 1
            || (self.property.output == item && self.property.input == item);
        let sample = Axis {
            count: samples,
            ..self.sample
        };
        match self.rows {
            Some(mut rows) if is_contiguous && !split => {
                if rows.follows(length) {
                    length *= rows.count;
                    rows.count = 1;
                }
                // SAFETY: the movements are inside of the arrays
                unsafe {
                    if rows.count > 1 {
                        walk(&[sample], output, input, &mut |output, input| {
                            copy_rows(rows, length, output, input);
                        });
                    } else if samples > 1 && sample.follows(length) {
                        std::ptr::copy_nonoverlapping(input, output, length * samples);
                    } else {
                        copy_rows(sample, length, output, input);
                    }
                }
            }
            _ => {
                let properties = Axis {
                    count: first.properties_length,
                    ..self.property
                };
                let axes = std::iter::once(sample)
                    .chain(self.components.iter().copied())
                    .chain([properties]);
                plan.set(axes, self.item);
                // SAFETY: the movements are inside of the arrays, and each element
                // of the output is used once
                unsafe {
                    if split {
                        plan.run(output, input);
                    } else {
                        plan.copy(output, input);
                    }
                }
            }
        }
    }

    /// Do all movements when they can change what is read or written by another one.
    fn run_in_order(&self, movements: &[Movement]) -> Result<()> {
        let sizes = movements.iter().map(|movement| self.size(&[*movement]));
        let size = sizes.max().unwrap_or(0);
        let mut buffer = Vec::<u8>::new();
        if buffer.try_reserve_exact(size).is_err() {
            return invalid(format!(
                "there is not enough memory to move {size} bytes between overlapping arrays"
            ));
        }
        buffer.resize(size, 0);
        let buffer = buffer.as_mut_ptr();
        let mut plan = CopyPlan::default();
        for movement in movements {
            if movement.properties_length == 0 {
                // where it starts may not even be inside of the arrays
                continue;
            }
            let mut axes = self.components.clone();
            axes.push(Axis {
                count: movement.properties_length,
                ..self.property
            });
            let mut stride = self.item as isize;
            let (mut read, mut write) = (axes.clone(), axes);
            for (read, write) in read.iter_mut().zip(&mut write).rev() {
                (read.output, write.input) = (stride, stride);
                stride *= read.count as isize;
            }
            let (output, input) = self.start(movement);
            // SAFETY: the movements are inside of the arrays, the buffer is large
            // enough for all of them
            unsafe {
                plan.set(read.into_iter(), self.item);
                plan.copy(buffer, input);
                walk(&write, output, buffer, &mut |output, input| {
                    std::ptr::copy_nonoverlapping(input, output, self.item);
                });
            }
        }
        Ok(())
    }
}

/// How many of the first movements only differ by going to the next sample, in
/// both arrays.
fn count_neighbours(movements: &[Movement]) -> usize {
    let is_next = |pair: &&[Movement]| {
        pair[1].sample_in == pair[0].sample_in + 1
            && pair[1].sample_out == pair[0].sample_out + 1
            && pair[1].properties_start_in == pair[0].properties_start_in
            && pair[1].properties_start_out == pair[0].properties_start_out
            && pair[1].properties_length == pair[0].properties_length
    };
    1 + movements.windows(2).take_while(is_next).count()
}

/// Cut a list of movements, such that no sample of the output is written by two of
/// the parts. `None` if this is not possible, or costs more than it can give.
fn disjoint_chunks(
    movements: &[Movement],
    parts: usize,
    samples: usize,
    bytes: usize,
) -> Option<Vec<&[Movement]>> {
    let target = movements.len().div_ceil(parts);
    let is_same_sample = |pair: &&[Movement]| pair[0].sample_out == pair[1].sample_out;
    let mut chunks = Vec::with_capacity(parts);
    let mut rest = movements;
    while rest.len() > target {
        // all movements to one sample stay together
        let same = rest[target - 1..].windows(2).take_while(is_same_sample);
        let (chunk, others) = rest.split_at(target + same.count());
        chunks.push(chunk);
        rest = others;
    }
    if !rest.is_empty() {
        chunks.push(rest);
    }
    if 2 * chunks.len() <= parts {
        return None;
    }
    if movements.is_sorted_by_key(|movement| movement.sample_out) {
        return Some(chunks);
    }
    // which chunk writes to each of the samples
    let mut writers = Vec::<u16>::new();
    if samples > bytes / 8 || writers.try_reserve_exact(samples).is_err() {
        return None;
    }
    writers.resize(samples, u16::MAX);
    for (i, chunk) in chunks.iter().enumerate() {
        let i = u16::try_from(i).ok()?;
        for movement in *chunk {
            let writer = &mut writers[movement.sample_out];
            if *writer != u16::MAX && *writer != i {
                return None;
            }
            *writer = i;
        }
    }
    Some(chunks)
}
