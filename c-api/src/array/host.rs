//! DLPack tensors in main memory.

use std::ptr::NonNull;

use metatensor_core::array::{DType, Device, HostTensor};
use metatensor_core::{Error, Result};

use crate::dlpack::{DLManagedTensorVersioned, FLAG_READ_ONLY};

/// A tensor exported by an array of the caller, which keeps its memory alive.
#[derive(Debug)]
pub struct ForeignTensor {
    tensor: Managed,
    shape: Vec<usize>,
    /// Distance between elements, in elements.
    strides: Vec<isize>,
    dtype: DType,
    /// First element; not to be used when there are no elements.
    start: *mut u8,
    /// Size of all elements in bytes.
    size: usize,
    is_contiguous: bool,
}

// SAFETY: the tensor is plain memory, which only its owner changes; its deleter
// can be called from any thread, as all functions of arrays
unsafe impl Send for ForeignTensor {}
// SAFETY: same as above
unsafe impl Sync for ForeignTensor {}

/// Calls the deleter of a tensor exactly once.
#[derive(Debug)]
struct Managed(NonNull<DLManagedTensorVersioned>);

impl Drop for Managed {
    fn drop(&mut self) {
        // SAFETY: we own this tensor, nobody uses it after this
        unsafe {
            if let Some(deleter) = self.0.as_ref().deleter {
                deleter(self.0.as_ptr());
            }
        }
    }
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

fn invalid<T>(message: String) -> Result<T> {
    Err(Error::InvalidParameter(format!(
        "the DLPack tensor is not valid: {message}"
    )))
}

impl ForeignTensor {
    /// Take a tensor, and check that it can be read. In case of an error, the
    /// tensor is freed.
    ///
    /// # Safety
    ///
    /// `tensor` is NULL, or a tensor which we own and which is valid as DLPack
    /// says.
    pub unsafe fn new(tensor: *mut DLManagedTensorVersioned) -> Result<ForeignTensor> {
        let Some(tensor) = NonNull::new(tensor).map(Managed) else {
            return invalid("got a NULL pointer".into());
        };
        // SAFETY: the pointer is valid; the version and the deleter are at the
        // same place in all versions, so nothing else is read before the check
        let version = unsafe { (&raw const (*tensor.0.as_ptr()).version).read() };
        if version.major != 1 {
            return invalid(format!(
                "expected version 1 of DLPack, got {}.{}",
                version.major, version.minor
            ));
        }
        // SAFETY: this is the layout of version 1
        let content = unsafe { &tensor.0.as_ref().dl_tensor };

        let device = Device::from(content.device);
        if device != Device::CPU {
            return invalid(format!(
                "expected data on {}, got data on {device}",
                Device::CPU
            ));
        }
        let Ok(ndim) = usize::try_from(content.ndim) else {
            return invalid(format!(
                "the number of dimensions is negative ({})",
                content.ndim
            ));
        };
        check_dimensions(ndim)?;
        if ndim > 0 && (content.shape.is_null() || !content.shape.is_aligned()) {
            return invalid("the shape is NULL or not aligned".into());
        }
        if !content.strides.is_aligned() {
            return invalid("the strides are not aligned".into());
        }
        let mut shape = Vec::with_capacity(ndim);
        let mut strides = Vec::with_capacity(ndim);
        for axis in 0..ndim {
            // SAFETY: there are `ndim` values behind these pointers
            let dimension = unsafe { content.shape.add(axis).read() };
            let Ok(dimension) = usize::try_from(dimension) else {
                return invalid(format!(
                    "the size along axis {axis} is negative ({dimension})"
                ));
            };
            shape.push(dimension);
            if !content.strides.is_null() {
                // SAFETY: same as above
                strides.push(unsafe { content.strides.add(axis).read() } as isize);
            }
        }

        let dtype = DType::from(content.dtype);
        let size = shape
            .iter()
            .try_fold(dtype.size_of(), |size, n| size.checked_mul(*n));
        let Some(size) = size.filter(|size| isize::try_from(*size).is_ok()) else {
            return invalid(format!("the shape {shape:?} is too large"));
        };
        if content.strides.is_null() {
            strides = row_major_strides(&shape);
        }
        if size > 0 && content.data.is_null() {
            return invalid(format!("the data is NULL for a tensor of shape {shape:?}"));
        }
        if size > 0 && !is_addressable(&shape, &strides, dtype.size_of()) {
            return invalid(format!(
                "the strides {strides:?} are too large for the shape {shape:?}"
            ));
        }
        let is_contiguous = size == 0 || is_row_major(&shape, &strides);
        let start = content
            .data
            .cast::<u8>()
            .wrapping_add(content.byte_offset as usize);
        Ok(ForeignTensor {
            tensor,
            shape,
            strides,
            dtype,
            start,
            size,
            is_contiguous,
        })
    }

    fn is_read_only(&self) -> bool {
        // SAFETY: we own this tensor
        unsafe { self.tensor.0.as_ref().flags & FLAG_READ_ONLY != 0 }
    }

    /// All elements as 32-bit integers, in row-major order.
    pub fn to_i32(&self) -> Result<Vec<i32>> {
        let (mut bytes, mut values) = (Vec::new(), Vec::new());
        let count = self.size / size_of::<i32>();
        if bytes.try_reserve_exact(self.size).is_err() || values.try_reserve_exact(count).is_err() {
            return invalid(format!("no memory for a copy of shape {:?}", self.shape));
        }
        bytes.resize(self.size, 0);
        self.read_into(&mut bytes);
        let (items, _) = bytes.as_chunks();
        values.extend(items.iter().map(|value| i32::from_ne_bytes(*value)));
        Ok(values)
    }
}

/// Strides of a row-major array whose size does not overflow.
fn row_major_strides(shape: &[usize]) -> Vec<isize> {
    let mut strides = vec![0; shape.len()];
    let mut stride: usize = 1;
    for (result, dimension) in strides.iter_mut().zip(shape).rev() {
        *result = stride as isize;
        stride = stride.saturating_mul(*dimension);
    }
    strides
}

/// Do the distances between all elements of this (not empty) array fit in memory?
fn is_addressable(shape: &[usize], strides: &[isize], item: usize) -> bool {
    let lengths = shape.iter().zip(strides).map(|(dimension, stride)| {
        let steps = (dimension - 1).checked_mul(stride.unsigned_abs())?;
        steps.checked_mul(item)
    });
    let total = lengths
        .chain([Some(item)])
        .try_fold(0, |total: usize, length| total.checked_add(length?));
    total.is_some_and(|total| isize::try_from(total).is_ok())
}

/// Are the elements of this (not empty) array one after the other?
fn is_row_major(shape: &[usize], strides: &[isize]) -> bool {
    let mut expected = 1;
    for (dimension, stride) in shape.iter().zip(strides).rev() {
        // the stride does not matter when there is only one element
        if *dimension != 1 && *stride != expected {
            return false;
        }
        expected *= *dimension as isize;
    }
    true
}

impl HostTensor for ForeignTensor {
    fn dtype(&self) -> DType {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn contiguous(&self) -> Option<&[u8]> {
        if self.size == 0 {
            return Some(&[]);
        }
        // SAFETY: the tensor has `size` bytes here, and lives as long as `self`
        self.is_contiguous
            .then(|| unsafe { std::slice::from_raw_parts(self.start, self.size) })
    }

    fn contiguous_i32(&self) -> Option<&[i32]> {
        if self.dtype != DType::I32 {
            return None;
        }
        if self.size == 0 {
            return Some(&[]);
        }
        let start = self.start.cast::<i32>();
        let usable = self.is_contiguous && start.is_aligned();
        // SAFETY: same as above, and the alignment was checked
        usable.then(|| unsafe { std::slice::from_raw_parts(start, self.size / size_of::<i32>()) })
    }

    fn contiguous_mut(&mut self) -> Option<&mut [u8]> {
        if self.is_read_only() {
            return None;
        }
        if self.size == 0 {
            return Some(&mut []);
        }
        // SAFETY: same as above, the tensor is writable and nobody else uses an
        // array which is being filled
        self.is_contiguous
            .then(|| unsafe { std::slice::from_raw_parts_mut(self.start, self.size) })
    }

    fn read_into(&self, output: &mut [u8]) {
        assert_eq!(output.len(), self.size, "wrong size for the output");
        if let Some(bytes) = self.contiguous() {
            output.copy_from_slice(bytes);
            return;
        }
        let item = self.dtype.size_of();
        // the last axes which are contiguous are copied together
        let (mut outer, mut run) = (self.shape.len(), 1);
        while outer > 0 && (self.shape[outer - 1] == 1 || self.strides[outer - 1] == run as isize) {
            outer -= 1;
            run *= self.shape[outer];
        }
        let (shape, strides) = (&self.shape[..outer], &self.strides[..outer]);
        let mut index = vec![0; outer];
        let mut position: isize = 0;
        for chunk in output.chunks_exact_mut(run * item) {
            // SAFETY: `position` is the one of an element inside of the tensor,
            // and `run` elements follow each other there
            unsafe {
                let start = self.start.offset(position * item as isize);
                std::ptr::copy_nonoverlapping(start, chunk.as_mut_ptr(), chunk.len());
            }
            for axis in (0..outer).rev() {
                index[axis] += 1;
                // one step after the last element may be outside of what fits
                position = position.wrapping_add(strides[axis]);
                if index[axis] < shape[axis] {
                    break;
                }
                position = position.wrapping_sub(strides[axis].wrapping_mul(shape[axis] as isize));
                index[axis] = 0;
            }
        }
    }
}
