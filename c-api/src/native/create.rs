//! Making arrays.

use std::ffi::c_void;
use std::ops::Range;
use std::sync::Arc;

use metatensor_core::Result;
use metatensor_core::array::{Array, DType, DTypeCode, LabelsArray};

use super::layout::Layout;
use super::memory::{Allocation, Memory};
use super::parallel::{self, Pointers};
use super::{NativeArray, invalid};
use crate::io::Mapping;
use crate::short::Short;

/// Refuse elements which are not made of whole bytes.
pub fn check_dtype(dtype: DType) -> Result<()> {
    let bits = usize::from(dtype.bits) * usize::from(dtype.lanes);
    if bits == 0 || bits % 8 != 0 {
        return invalid(format!(
            "elements of type {dtype} are not made of whole bytes"
        ));
    }
    Ok(())
}

impl NativeArray {
    /// Array of these elements in memory kept alive by `memory`.
    ///
    /// # Safety
    ///
    /// All elements of the layout are around `start`, and can be read (and written
    /// unless `read_only` is set) as long as `memory` exists.
    pub(super) unsafe fn from_parts(
        start: *mut u8,
        layout: Layout,
        dtype: DType,
        read_only: bool,
        memory: Memory,
    ) -> NativeArray {
        NativeArray {
            start,
            layout,
            dtype,
            read_only,
            memory: Arc::new(memory),
        }
    }

    /// Array in memory which belongs to the caller.
    ///
    /// # Safety
    ///
    /// All elements given by the shape and the strides (row-major without them) are
    /// around `data`, and can be used as in [`NativeArray::from_parts`].
    pub(super) unsafe fn in_memory(
        data: *mut c_void,
        shape: &[usize],
        strides: Option<&[i64]>,
        dtype: DType,
        read_only: bool,
        memory: Memory,
    ) -> Result<NativeArray> {
        check_dtype(dtype)?;
        let item = dtype.size_of();
        let layout = match strides {
            None => Layout::row_major(shape, item)?,
            Some(strides) => {
                let strides = strides.iter().map(|&stride| stride as isize);
                Layout::strided(shape, strides.collect::<Short<_>>(), item)?
            }
        };
        if data.is_null() && layout.size() > 0 {
            return Err(crate::handle::null("data"));
        }
        // SAFETY: promised by the caller
        Ok(unsafe { NativeArray::from_parts(data.cast(), layout, dtype, read_only, memory) })
    }

    fn allocate(shape: &[usize], dtype: DType, zeroed: bool) -> Result<NativeArray> {
        check_dtype(dtype)?;
        let layout = Layout::row_major(shape, dtype.size_of())?;
        let (allocation, start) = Allocation::new(layout.size(), zeroed)?;
        let memory = Memory::Allocated(allocation);
        // SAFETY: this is as much as was allocated
        Ok(unsafe { NativeArray::from_parts(start, layout, dtype, false, memory) })
    }

    /// Array whose elements have to be written before they are read.
    pub fn empty(shape: &[usize], dtype: DType) -> Result<NativeArray> {
        NativeArray::allocate(shape, dtype, false)
    }

    /// Array of zeros.
    pub fn zeros(shape: &[usize], dtype: DType) -> Result<NativeArray> {
        NativeArray::allocate(shape, dtype, true)
    }

    /// Array with the same bytes in each element.
    pub fn full(shape: &[usize], dtype: DType, value: &[u8]) -> Result<NativeArray> {
        check_dtype(dtype)?;
        debug_assert_eq!(value.len(), dtype.size_of());
        if value.iter().all(|byte| *byte == 0) {
            return NativeArray::zeros(shape, dtype);
        }
        let array = NativeArray::empty(shape, dtype)?;
        // SAFETY: this is the memory of a new array
        unsafe { fill(array.start, array.layout.size(), value) };
        Ok(array)
    }

    /// Array of the dtype of this one, filled with a scalar of the same dtype.
    pub fn create(&self, shape: &[usize], fill_value: &dyn Array) -> Result<NativeArray> {
        let scalar = fill_value.to_host()?;
        if !scalar.shape().is_empty() || scalar.dtype() != self.dtype {
            return invalid(format!(
                "the fill value must be a scalar of type {}, got an array of type {} and shape {:?}",
                self.dtype,
                scalar.dtype(),
                scalar.shape()
            ));
        }
        let mut value = vec![0; self.dtype.size_of()];
        scalar.read_into(&mut value);
        NativeArray::full(shape, self.dtype, &value)
    }

    /// Row-major elements which are these bytes of a file; `None` if they are not
    /// there, or not aligned for programs to use them.
    pub fn of_mapping(
        mapping: &Arc<Mapping>,
        bytes: &Range<u64>,
        shape: &[usize],
        dtype: DType,
    ) -> Result<Option<NativeArray>> {
        check_dtype(dtype)?;
        let layout = Layout::row_major(shape.to_vec(), dtype.size_of())?;
        let parts = if dtype.code == DTypeCode::COMPLEX {
            2
        } else {
            1
        };
        let Some(start) = mapping.address(bytes) else {
            return Ok(None);
        };
        if bytes.end - bytes.start != layout.size() as u64
            || !start.addr().is_multiple_of(dtype.size_of() / parts)
        {
            return Ok(None);
        }
        let memory = Memory::Mapped(Arc::clone(mapping));
        // SAFETY: all of these bytes are in the mapping, which can be written to
        let array = unsafe { NativeArray::from_parts(start, layout, dtype, false, memory) };
        Ok(Some(array))
    }

    /// The values of labels, which are shared and can not be changed.
    pub fn of_labels(values: &LabelsArray) -> NativeArray {
        let buffer = values.buffer();
        let shape = &buffer.shape()[..];
        let strides = &[shape[1] as isize, 1][..];
        // sizes of existing buffers do not overflow
        let layout = Layout::strided(shape, strides, DType::I32.size_of()).unwrap_or_default();
        let start = buffer.values().as_ptr().cast_mut().cast();
        let memory = Memory::Labels(Arc::clone(buffer));
        // SAFETY: the buffer has this shape, and is not written to
        unsafe { NativeArray::from_parts(start, layout, DType::I32, true, memory) }
    }
}

/// Write the same bytes again and again.
///
/// # Safety
///
/// There are `size` writable bytes at `output`, a multiple of the size of the value.
unsafe fn fill(output: *mut u8, size: usize, value: &[u8]) {
    // one block of about a page, which is then copied
    let mut block = value.repeat((4096 / value.len()).max(1));
    block.truncate(size.max(value.len()));
    let write = |(start, end): (usize, usize), to: Pointers| {
        for position in (start..end).step_by(block.len()) {
            let length = block.len().min(end - position);
            // SAFETY: inside of the output
            unsafe {
                std::ptr::copy_nonoverlapping(block.as_ptr(), to.output.add(position), length);
            }
        }
    };
    let input = block.as_ptr();
    let pointers = Pointers { output, input };
    let parts = parallel::parts(size);
    if parts == 1 {
        return write((0, size), pointers);
    }
    let length = size.div_ceil(parts).next_multiple_of(block.len());
    let ranges = (0..size).step_by(length);
    let ranges = ranges.map(|start| (start, size.min(start.saturating_add(length))));
    parallel::for_each(ranges.collect(), pointers, write);
}
