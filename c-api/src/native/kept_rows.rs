//! Values of labels read from an array, in the memory of that array.

use std::sync::Arc;

use metatensor_core::Result;
use metatensor_core::array::{DType, Device, HostTensor};

use super::NativeArray;
use super::memory::{ManagedTensor, Memory};
use crate::dlpack::{DLManagedTensorVersioned, DLTensor, VERSION};

/// Row-major 32-bit integers, together with what keeps their memory alive.
#[derive(Debug)]
pub struct KeptRows {
    start: *const i32,
    count: usize,
    _owner: Owner,
}

#[derive(Debug)]
#[expect(dead_code, reason = "only there to be dropped")]
enum Owner {
    Tensor(ManagedTensor),
    Memory(Arc<Memory>),
}

// SAFETY: nobody changes these values, and the owners can be used from any thread
unsafe impl Send for KeptRows {}
// SAFETY: same as above
unsafe impl Sync for KeptRows {}

impl KeptRows {
    /// Take a tensor, and its values if they have this shape, are in main memory, and in
    /// row-major order. The inner result is the array made from all other tensors.
    ///
    /// # Safety
    ///
    /// Same as [`NativeArray::from_dlpack`].
    pub unsafe fn take(
        tensor: *mut DLManagedTensorVersioned,
        shape: [usize; 2],
    ) -> Result<std::result::Result<KeptRows, NativeArray>> {
        // SAFETY: promised by the caller
        let Some(tensor) = (unsafe { ManagedTensor::new(tensor) }) else {
            // SAFETY: NULL is allowed
            return unsafe { NativeArray::from_dlpack(std::ptr::null_mut()) }.map(Err);
        };
        // SAFETY: the pointer is valid, and the version is the first thing to read
        let version = unsafe { (&raw const (*tensor.as_ptr()).version).read() };
        if version.major == VERSION.major {
            // SAFETY: this is the layout of version 1
            let content = unsafe { &(*tensor.as_ptr()).dl_tensor };
            // SAFETY: promised by the caller
            if let Some(start) = unsafe { row_major(content, shape) } {
                return Ok(Ok(KeptRows {
                    start,
                    count: shape[0] * shape[1],
                    _owner: Owner::Tensor(tensor),
                }));
            }
        }
        NativeArray::from_managed(tensor).map(Err)
    }

    /// The values of an array, if they are integers of this shape in row-major order.
    pub fn of_array(array: &NativeArray, shape: [usize; 2]) -> Option<KeptRows> {
        if array.shape() != shape {
            return None;
        }
        let values = array.contiguous_i32()?;
        Some(KeptRows {
            start: values.as_ptr(),
            count: values.len(),
            _owner: Owner::Memory(Arc::clone(&array.memory)),
        })
    }

    /// The values, row after row.
    pub fn values(&self) -> &[i32] {
        // SAFETY: there are as many aligned values, which live as long as `self`
        unsafe { std::slice::from_raw_parts(self.start, self.count) }
    }
}

/// The first of the values of a tensor, if they can be used without looking any further.
///
/// # Safety
///
/// The tensor is valid as DLPack says.
unsafe fn row_major(tensor: &DLTensor, shape: [usize; 2]) -> Option<*const i32> {
    let (dimensions, strides) = (tensor.shape, tensor.strides);
    let is_known = Device::from(tensor.device) == Device::CPU
        && DType::from(tensor.dtype) == DType::I32
        && tensor.ndim == 2
        && !dimensions.is_null()
        && dimensions.is_aligned()
        && strides.is_aligned()
        && !tensor.data.is_null();
    let size = shape[0].checked_mul(shape[1])?.checked_mul(4)?;
    if !is_known || isize::try_from(size).is_err() {
        return None;
    }
    let expected = shape.map(|count| count as i64);
    // SAFETY: there are two numbers behind both pointers
    let is_row_major = unsafe {
        *dimensions == expected[0]
            && *dimensions.add(1) == expected[1]
            && (strides.is_null() || (*strides == expected[1] && *strides.add(1) == 1))
    };
    let start = tensor.data.cast::<u8>();
    let start = start
        .wrapping_add(tensor.byte_offset as usize)
        .cast::<i32>();
    (is_row_major && start.is_aligned()).then_some(start.cast_const())
}
