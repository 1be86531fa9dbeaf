//! Arrays in main memory, implemented here: no function of the caller is needed to
//! create, copy or merge them.

mod batch;
mod copy;
mod create;
mod dlpack;
mod exposed;
mod functions;
mod kept_rows;
mod layout;
mod memory;
mod movements;
mod parallel;
#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};

use metatensor_core::array::{DType, DataOrigin, HostTensor, origin};
use metatensor_core::{Error, Result};

use self::copy::CopyPlan;
pub use self::kept_rows::KeptRows;
use self::layout::Layout;
pub use self::layout::check_dimensions;
use self::memory::Memory;

/// Name under which these arrays are registered.
pub const ORIGIN: &str = "metatensor.native";

/// Identifier of the implementation of these arrays.
pub fn origin() -> DataOrigin {
    static IDENTIFIER: OnceLock<DataOrigin> = OnceLock::new();
    *IDENTIFIER.get_or_init(|| origin::register(ORIGIN))
}

/// An array with any strides in main memory. The memory is shared by everything
/// which was made from the array without copying.
#[derive(Debug)]
pub struct NativeArray {
    /// First element; not to be used if there are none.
    start: *mut u8,
    layout: Layout,
    dtype: DType,
    read_only: bool,
    memory: Arc<Memory>,
}

// SAFETY: this is plain memory. Users promise not to write to an array while
// somebody else uses it, as the contract of `mts_array_t` says
unsafe impl Send for NativeArray {}
// SAFETY: same as above
unsafe impl Sync for NativeArray {}

fn invalid<T>(message: String) -> Result<T> {
    Err(Error::InvalidParameter(message))
}

impl NativeArray {
    /// Another array using the same memory.
    pub fn share(&self) -> NativeArray {
        NativeArray {
            start: self.start,
            layout: self.layout.clone(),
            dtype: self.dtype,
            read_only: self.read_only,
            memory: Arc::clone(&self.memory),
        }
    }

    /// Type of the elements.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Number of entries along each axis.
    pub fn shape(&self) -> &[usize] {
        self.layout.shape()
    }

    /// Copy to new memory, in row-major order.
    pub fn copy(&self) -> Result<NativeArray> {
        let copy = NativeArray::empty(self.shape(), self.dtype)?;
        let plan = CopyPlan::new(&copy.layout, &self.layout);
        // SAFETY: both arrays have all these elements, and one of them is new
        unsafe { plan.run(copy.start, self.start) };
        Ok(copy)
    }

    /// Change the shape. Elements are only copied if their strides do not allow it.
    pub fn reshape(&mut self, shape: &[usize]) -> Result<()> {
        let layout = Layout::row_major(shape, self.layout.item());
        if !layout.is_ok_and(|layout| layout.count() == self.layout.count()) {
            return invalid(format!(
                "an array of shape {:?} can not be reshaped to {shape:?}: the number of elements differs",
                self.shape()
            ));
        }
        if let Some(layout) = self.layout.reshaped(shape) {
            self.layout = layout;
            return Ok(());
        }
        let mut copy = self.copy()?;
        copy.reshape(shape)?;
        copy.read_only = self.read_only;
        *self = copy;
        Ok(())
    }

    /// Exchange two axes, without moving any element.
    pub fn swap_axes(&mut self, axis_1: usize, axis_2: usize) -> Result<()> {
        let count = self.shape().len();
        for axis in [axis_1, axis_2] {
            if axis >= count {
                return invalid(format!(
                    "there is no axis {axis} to swap in an array with {count} dimensions"
                ));
            }
        }
        self.layout.swap_axes(axis_1, axis_2);
        Ok(())
    }

    /// Copy in row-major order after exchanging pairs of axes, then give the copy
    /// another shape. All elements are copied once.
    pub fn rearranged(&self, swaps: &[(usize, usize)], shape: &[usize]) -> Result<NativeArray> {
        let mut view = self.share();
        for (axis_1, axis_2) in swaps {
            view.swap_axes(*axis_1, *axis_2)?;
        }
        let mut copy = view.copy()?;
        copy.reshape(shape)?;
        Ok(copy)
    }
}

impl HostTensor for NativeArray {
    fn dtype(&self) -> DType {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        self.layout.shape()
    }

    fn contiguous(&self) -> Option<&[u8]> {
        let size = self.layout.size();
        if size == 0 {
            return Some(&[]);
        }
        // SAFETY: there are `size` bytes here, which live as long as `self`
        self.layout
            .is_row_major()
            .then(|| unsafe { std::slice::from_raw_parts(self.start, size) })
    }

    fn contiguous_i32(&self) -> Option<&[i32]> {
        if self.dtype != DType::I32 {
            return None;
        }
        let count = self.layout.count();
        if count == 0 {
            return Some(&[]);
        }
        let start = self.start.cast::<i32>();
        let usable = self.layout.is_row_major() && start.is_aligned();
        // SAFETY: same as above, and the alignment was checked
        usable.then(|| unsafe { std::slice::from_raw_parts(start, count) })
    }

    fn contiguous_mut(&mut self) -> Option<&mut [u8]> {
        if self.read_only {
            return None;
        }
        let size = self.layout.size();
        if size == 0 {
            return Some(&mut []);
        }
        // SAFETY: same as above, the memory is writable and nobody else uses an
        // array which is being filled
        self.layout
            .is_row_major()
            .then(|| unsafe { std::slice::from_raw_parts_mut(self.start, size) })
    }

    fn read_into(&self, output: &mut [u8]) {
        assert_eq!(
            output.len(),
            self.layout.size(),
            "wrong size for the output"
        );
        // sizes which exist do not overflow
        let Ok(rows) = Layout::row_major(self.shape(), self.layout.item()) else {
            return;
        };
        let plan = CopyPlan::new(&rows, &self.layout);
        // SAFETY: the output has the same number of elements
        unsafe { plan.run(output.as_mut_ptr(), self.start) };
    }
}
