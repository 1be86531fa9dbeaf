//! Shapes and strides.

use std::ops::Range;

use metatensor_core::{Error, Result};

use crate::short::Short;

/// Where the elements of an array are, relative to the first one. All sizes and
/// distances between elements are known to fit in `isize`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    shape: Short<usize>,
    /// Distance between neighbours along each axis, in elements.
    strides: Short<isize>,
    /// Size of an element in bytes.
    item: usize,
    /// Size of all elements in bytes.
    size: usize,
}

/// No array has more dimensions than this: larger numbers are mistakes, and
/// following them would read memory which is not there.
const MAX_DIMENSIONS: usize = 1024;

/// Check the number of dimensions given by code of the caller.
pub fn check_dimensions(count: usize) -> Result<()> {
    if count > MAX_DIMENSIONS {
        return Err(Error::InvalidParameter(format!(
            "arrays can have at most {MAX_DIMENSIONS} dimensions, got {count}"
        )));
    }
    Ok(())
}

/// Size of all elements in bytes, which must fit in memory.
fn checked_size(shape: &[usize], item: usize) -> Result<usize> {
    check_dimensions(shape.len())?;
    let fits = |size: &usize| isize::try_from(*size).is_ok();
    // the other dimensions of an empty array can be anything
    let size = if shape.contains(&0) || item == 0 {
        Some(0)
    } else {
        let mut dimensions = shape.iter();
        dimensions.try_fold(item, |size, n| size.checked_mul(*n))
    };
    match size.filter(fits) {
        Some(size) if shape.iter().all(fits) => Ok(size),
        _ => Err(Error::InvalidParameter(format!(
            "an array of shape {shape:?} is too large"
        ))),
    }
}

/// Strides of a row-major array whose size does not overflow.
fn row_major_strides(shape: &[usize]) -> Short<isize> {
    let mut strides = Short::repeated(1, shape.len());
    let mut stride: isize = 1;
    for (result, dimension) in strides.iter_mut().zip(shape).rev() {
        *result = stride;
        stride = stride.saturating_mul(*dimension as isize);
    }
    strides
}

impl Layout {
    /// Elements of `item` bytes one after the other, the last axis varying fastest.
    pub fn row_major(shape: impl Into<Short<usize>>, item: usize) -> Result<Layout> {
        let shape = shape.into();
        let size = checked_size(&shape, item)?;
        let strides = row_major_strides(&shape);
        Ok(Layout {
            shape,
            strides,
            item,
            size,
        })
    }

    /// Any strides, in elements.
    pub fn strided(
        shape: impl Into<Short<usize>>,
        strides: impl Into<Short<isize>>,
        item: usize,
    ) -> Result<Layout> {
        let (shape, strides) = (shape.into(), strides.into());
        debug_assert_eq!(shape.len(), strides.len());
        let size = checked_size(&shape, item)?;
        let layout = Layout {
            shape,
            strides,
            item,
            size,
        };
        if layout.checked_extent().is_none() {
            return Err(Error::InvalidParameter(format!(
                "the elements of an array of shape {:?} with strides {:?} are too far away from each other",
                layout.shape, layout.strides
            )));
        }
        Ok(layout)
    }

    /// Number of entries along each axis.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Distance between neighbours along each axis, in elements.
    pub fn strides(&self) -> &[isize] {
        &self.strides
    }

    /// Size of an element in bytes.
    pub fn item(&self) -> usize {
        self.item
    }

    /// Size of all elements in bytes.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Number of elements.
    pub fn count(&self) -> usize {
        self.size().checked_div(self.item).unwrap_or(0)
    }

    /// Bytes used by the elements, relative to the start of the first one.
    pub fn extent(&self) -> Range<isize> {
        self.checked_extent().unwrap_or(0..0)
    }

    fn checked_extent(&self) -> Option<Range<isize>> {
        if self.size == 0 {
            return Some(0..0);
        }
        let item = self.item as isize;
        let (mut first, mut last) = (0_isize, 0_isize);
        let axes = self.shape.iter().zip(self.strides.iter());
        // the stride does not matter when there is only one element
        for (dimension, stride) in axes.filter(|(dimension, _)| **dimension > 1) {
            let distance = (*dimension as isize - 1).checked_mul(stride.checked_mul(item)?)?;
            let end = if distance < 0 { &mut first } else { &mut last };
            *end = end.checked_add(distance)?;
        }
        let end = last.checked_add(item)?;
        end.checked_sub(first)?;
        Some(first..end)
    }

    /// Are the elements one after the other, in row-major order?
    pub fn is_row_major(&self) -> bool {
        let mut expected = 1;
        for (dimension, stride) in self.shape.iter().zip(self.strides.iter()).rev() {
            // the stride does not matter when there is only one element
            if *dimension != 1 && *stride != expected {
                return self.size == 0;
            }
            expected *= *dimension as isize;
        }
        true
    }

    /// Can two indices stand for the same memory? May be wrong in saying yes.
    pub fn may_overlap(&self) -> bool {
        let mut inner = 1;
        let axes = self.shape.iter().zip(self.strides.iter()).rev();
        let mut long = axes.filter(|(dimension, _)| **dimension > 1);
        let is_nested = long.all(|(dimension, stride)| {
            let follows = *stride >= inner;
            inner = stride.saturating_mul(*dimension as isize);
            follows
        });
        if is_nested {
            return false; // each axis is outside of the next one, as is usual
        }
        let axes = self.shape.iter().zip(self.strides.iter());
        let mut axes = axes
            .filter(|(dimension, _)| **dimension > 1)
            .map(|(dimension, stride)| (stride.unsigned_abs(), dimension - 1))
            .collect::<Vec<_>>();
        axes.sort_unstable();
        let mut reach: usize = 0;
        axes.into_iter().any(|(stride, steps)| {
            let overlaps = stride <= reach;
            reach = reach.saturating_add(stride.saturating_mul(steps));
            overlaps
        })
    }

    /// Exchange two axes.
    pub fn swap_axes(&mut self, axis_1: usize, axis_2: usize) {
        self.shape.swap(axis_1, axis_2);
        self.strides.swap(axis_1, axis_2);
    }

    /// The same elements in row-major order with another shape, which must have as
    /// many elements. `None` if they have to be copied for that.
    pub fn reshaped(&self, shape: &[usize]) -> Option<Layout> {
        let strides = if self.is_row_major() {
            row_major_strides(shape)
        } else {
            reshaped_strides(&self.shape, &self.strides, shape)?
        };
        Some(Layout {
            shape: shape.into(),
            strides,
            item: self.item,
            size: self.size,
        })
    }
}

/// Strides giving a new shape to the elements of an array that is not empty. Goes
/// through groups of axes of both shapes with the same number of elements: those
/// of the array must have the strides of a single axis.
fn reshaped_strides(shape: &[usize], strides: &[isize], new: &[usize]) -> Option<Short<isize>> {
    let old = shape.iter().zip(strides).filter(|(n, _)| **n != 1);
    let old = old.collect::<Vec<_>>();
    let mut result = Short::repeated(0, new.len());
    let (mut old_end, mut new_end) = (old.len(), new.len());
    while old_end > 0 {
        // the innermost group
        let (mut old_start, mut new_start) = (old_end - 1, new_end);
        let (mut old_count, mut new_count) = (*old[old_start].0, 1);
        while old_count != new_count {
            if new_count < old_count {
                new_start -= 1;
                new_count *= new[new_start];
            } else {
                old_start -= 1;
                old_count *= *old[old_start].0;
            }
        }
        for axis in old_start..old_end - 1 {
            let (inner, inner_stride) = old[axis + 1];
            if *old[axis].1 != *inner_stride * *inner as isize {
                return None;
            }
        }
        let mut stride = *old[old_end - 1].1;
        for axis in (new_start..new_end).rev() {
            result[axis] = stride;
            stride *= new[axis] as isize;
        }
        (old_end, new_end) = (old_start, new_start);
    }
    // axes with a single entry are left
    Some(result)
}
