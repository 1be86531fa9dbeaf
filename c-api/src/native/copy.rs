//! Copying elements between two places with any strides.

use super::layout::Layout;
use super::parallel::{self, Pointers};

/// One axis of a copy: number of entries, and distances between them in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Axis {
    pub count: usize,
    pub output: isize,
    pub input: isize,
}

impl Axis {
    /// Do the entries follow each other in both places, if they have this size?
    pub fn follows(self, size: usize) -> bool {
        self.output == size as isize && self.input == size as isize
    }
}

/// Loops of a copy, the outermost first, around pieces which are contiguous in
/// both places.
#[derive(Debug, Clone, Default)]
pub struct CopyPlan {
    axes: Vec<Axis>,
    /// Size of the pieces in bytes.
    piece: usize,
    /// Distances in bytes to the first piece.
    start: (isize, isize),
}

/// Entries of each axis which are copied together when the fastest axes of the
/// input and the output differ, so that all cache lines are still there when their
/// other elements are used.
const TILE: usize = 16;

impl CopyPlan {
    /// Copy from one layout to another one of the same shape.
    pub fn new(output: &Layout, input: &Layout) -> CopyPlan {
        debug_assert_eq!(output.shape(), input.shape());
        if output.size() == 0 {
            return CopyPlan::default();
        }
        let item = output.item() as isize;
        let strides = output.strides().iter().zip(input.strides());
        let axes = output.shape().iter().zip(strides);
        let mut plan = CopyPlan::default();
        plan.set(
            axes.map(|(&count, (&output, &input))| Axis {
                count,
                // strides of axes with one entry can be anything
                output: output.wrapping_mul(item),
                input: input.wrapping_mul(item),
            }),
            output.item(),
        );
        plan
    }

    /// Copy along these axes pieces of `piece` bytes. The loops may be in any
    /// order, so there must not be two of these pieces at the same place in the output.
    pub fn set(&mut self, axes: impl Iterator<Item = Axis>, piece: usize) {
        self.axes.clear();
        self.piece = piece;
        self.start = (0, 0);
        for mut axis in axes.filter(|axis| axis.count != 1) {
            if axis.output < 0 && axis.count > 0 {
                // go through the output forwards
                let steps = axis.count as isize - 1;
                self.start.0 += steps * axis.output;
                self.start.1 += steps * axis.input;
                axis.output = -axis.output;
                axis.input = -axis.input;
            }
            self.axes.push(axis);
        }
        self.axes.sort_by_key(|axis| std::cmp::Reverse(axis.output));
        self.merge();
    }

    /// Make one axis of neighbours which can be copied by one loop, and a larger
    /// piece of the innermost one.
    fn merge(&mut self) {
        let mut merged = 0;
        for i in 0..self.axes.len() {
            let axis = self.axes[i];
            if merged > 0 {
                let outer = &mut self.axes[merged - 1];
                let count = axis.count as isize;
                if outer.output == axis.output * count && outer.input == axis.input * count {
                    *outer = Axis {
                        count: outer.count * axis.count,
                        ..axis
                    };
                    continue;
                }
            }
            self.axes[merged] = axis;
            merged += 1;
        }
        self.axes.truncate(merged);
        if let Some(axis) = self.axes.last()
            && axis.follows(self.piece)
        {
            self.piece *= axis.count;
            self.axes.pop();
        }
    }

    /// A single axis standing for all of these (with one entry if there are none),
    /// if there is one.
    pub fn merged(axes: &[Axis]) -> Option<Axis> {
        let one = Axis {
            count: 1,
            ..Axis::default()
        };
        if axes.is_empty() {
            return Some(one);
        }
        let mut plan = CopyPlan::default();
        plan.set(axes.iter().copied(), 0);
        match plan.axes[..] {
            _ if plan.start != (0, 0) => None,
            [] => Some(one),
            [axis] => Some(axis),
            _ => None,
        }
    }

    /// Number of bytes to copy.
    pub fn size(&self) -> usize {
        let counts = self.axes.iter().map(|axis| axis.count);
        counts.product::<usize>() * self.piece
    }

    /// Copy everything, on several threads if there is a lot to do.
    ///
    /// # Safety
    ///
    /// All pieces are inside of the memory around `output`, which can be written,
    /// and `input`, which does not overlap.
    pub unsafe fn run(&self, output: *mut u8, input: *const u8) {
        let parts = parallel::parts(self.size());
        if parts > 1 {
            // SAFETY: same as for this function; the parts do not overlap
            let copy = |part: CopyPlan, to: Pointers| unsafe { part.copy(to.output, to.input) };
            parallel::for_each(self.split(parts), Pointers { output, input }, copy);
        } else {
            // SAFETY: same as for this function
            unsafe { self.copy(output, input) }
        }
    }

    /// Copy on this thread.
    ///
    /// # Safety
    ///
    /// Same as [`CopyPlan::run`].
    pub unsafe fn copy(&self, output: *mut u8, input: *const u8) {
        // SAFETY: this is where the first pieces are
        let (output, input) = unsafe { (output.offset(self.start.0), input.offset(self.start.1)) };
        // SAFETY: same as for this function
        unsafe {
            match self.piece {
                0 => {}
                1 => self.copy_pieces::<1>(output, input),
                2 => self.copy_pieces::<2>(output, input),
                4 => self.copy_pieces::<4>(output, input),
                8 => self.copy_pieces::<8>(output, input),
                16 => self.copy_pieces::<16>(output, input),
                32 => self.copy_pieces::<32>(output, input),
                64 => self.copy_pieces::<64>(output, input),
                size => walk(&self.axes, output, input, &mut |output, input| {
                    std::ptr::copy_nonoverlapping(input, output, size);
                }),
            }
        }
    }

    /// Copy pieces of `N` bytes: the size is known by the compiler, so that there
    /// are no calls of `memcpy`.
    unsafe fn copy_pieces<const N: usize>(&self, output: *mut u8, input: *const u8) {
        let Some((&inner, outer)) = self.axes.split_last() else {
            // SAFETY: there is a single piece
            return unsafe { std::ptr::copy_nonoverlapping(input, output, N) };
        };
        let fastest = |i: &usize| outer[*i].input.unsigned_abs();
        let other = (0..outer.len()).min_by_key(fastest);
        let Some(other) = other.filter(|i| fastest(i) < inner.input.unsigned_abs()) else {
            // SAFETY: all pieces of the innermost loop are inside of the memory
            return unsafe {
                walk(outer, output, input, &mut |output, input| {
                    copy_line::<N>(inner, inner.count, output, input);
                });
            };
        };
        // the input is faster along another axis
        let mut outer = outer.to_vec();
        let other = outer.remove(other);
        // SAFETY: all pieces of these two loops are inside of the memory
        unsafe {
            walk(&outer, output, input, &mut |output, input| {
                copy_tiles::<N>(other, inner, output, input);
            });
        }
    }

    /// The same copy in about `parts` parts, along one of its axes.
    pub fn split(&self, parts: usize) -> Vec<CopyPlan> {
        let plan = self.clone();
        let counts = |(i, axis): (usize, &Axis)| (axis.count, i);
        let longest = plan.axes.iter().enumerate().map(counts).max();
        let first = plan.axes.iter().position(|axis| axis.count >= 4 * parts);
        let axis = match (first, longest) {
            (Some(first), _) => first,
            (None, Some((count, longest))) if count > 1 => longest,
            _ => {
                // the bytes of the only piece are the only axis; parts of at most
                // a whole number of cache lines
                let lines = plan.piece.div_ceil(parts).next_multiple_of(64);
                return (0..plan.piece)
                    .step_by(lines)
                    .map(|start| CopyPlan {
                        axes: Vec::new(),
                        piece: lines.min(plan.piece - start),
                        start: (plan.start.0 + start as isize, plan.start.1 + start as isize),
                    })
                    .collect();
            }
        };
        let Axis {
            count,
            output,
            input,
        } = plan.axes[axis];
        let length = count.div_ceil(parts).max(1);
        (0..count)
            .step_by(length)
            .map(|start| {
                let mut part = plan.clone();
                part.axes[axis].count = length.min(count - start);
                part.start.0 += start as isize * output;
                part.start.1 += start as isize * input;
                part
            })
            .collect()
    }
}

/// Call a function with the positions along all axes, the last one fastest.
///
/// # Safety
///
/// All positions are inside of the memory.
pub unsafe fn walk(
    axes: &[Axis],
    output: *mut u8,
    input: *const u8,
    function: &mut impl FnMut(*mut u8, *const u8),
) {
    let Some((axis, rest)) = axes.split_first() else {
        return function(output, input);
    };
    for i in 0..axis.count as isize {
        // SAFETY: same as for this function
        unsafe {
            let (output, input) = (output.offset(i * axis.output), input.offset(i * axis.input));
            if rest.is_empty() {
                function(output, input);
            } else {
                walk(rest, output, input, function);
            }
        }
    }
}

/// Copy the first `count` entries of an axis.
///
/// # Safety
///
/// All pieces are inside of the memory.
unsafe fn copy_line<const N: usize>(axis: Axis, count: usize, output: *mut u8, input: *const u8) {
    for i in 0..count as isize {
        // SAFETY: same as for this function
        unsafe {
            let (output, input) = (output.offset(i * axis.output), input.offset(i * axis.input));
            std::ptr::copy_nonoverlapping(input, output, N);
        }
    }
}

/// Copy `length` contiguous bytes for each entry of an axis.
///
/// # Safety
///
/// All of them are inside of the memory.
pub unsafe fn copy_rows(axis: Axis, length: usize, output: *mut u8, input: *const u8) {
    // SAFETY: same as for this function
    unsafe {
        match length {
            4 => copy_line::<4>(axis, axis.count, output, input),
            8 => copy_line::<8>(axis, axis.count, output, input),
            16 => copy_line::<16>(axis, axis.count, output, input),
            32 => copy_line::<32>(axis, axis.count, output, input),
            64 => copy_line::<64>(axis, axis.count, output, input),
            _ => walk(&[axis], output, input, &mut |output, input| {
                std::ptr::copy_nonoverlapping(input, output, length);
            }),
        }
    }
}

/// Copy along two axes, one tile after the other.
///
/// # Safety
///
/// All pieces are inside of the memory.
unsafe fn copy_tiles<const N: usize>(outer: Axis, inner: Axis, output: *mut u8, input: *const u8) {
    for i in (0..outer.count).step_by(TILE) {
        for j in (0..inner.count).step_by(TILE) {
            let columns = TILE.min(inner.count - j);
            for row in i..outer.count.min(i + TILE) {
                let (row, column) = (row as isize, j as isize);
                // SAFETY: same as for this function
                unsafe {
                    let output = output.offset(row * outer.output + column * inner.output);
                    let input = input.offset(row * outer.input + column * inner.input);
                    copy_line::<N>(inner, columns, output, input);
                }
            }
        }
    }
}
