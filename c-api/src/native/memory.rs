//! Memory of arrays, and how to give it back.

use std::alloc;
use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::sync::Arc;

use metatensor_core::array::LabelsBuffer;
use metatensor_core::{Error, Result};

use crate::dlpack::DLManagedTensorVersioned;
use crate::io::Mapping;

/// Alignment of the memory allocated here: that of cache lines and of the largest
/// vector registers.
pub const ALIGNMENT: usize = 64;

/// Alignment asked from the allocator. Larger ones would make it write all the
/// zeros itself, while pages fresh from the system already are zero.
const ALLOCATED_ALIGNMENT: usize = 16;

/// What keeps the memory of an array alive, and frees it when dropped.
#[derive(Debug)]
#[expect(dead_code, reason = "the owners are only there to be dropped")]
pub enum Memory {
    /// Allocated here.
    Allocated(Allocation),
    /// Belongs to the caller, who makes sure that it lives long enough.
    Borrowed,
    /// Belongs to the caller, who wants to know when it is no longer used.
    Given(Given),
    /// Belongs to a DLPack tensor.
    Tensor(ManagedTensor),
    /// Values of labels, which never change.
    Labels(Arc<LabelsBuffer>),
    /// Part of a file.
    Mapped(Arc<Mapping>),
}

/// Memory from the allocator.
#[derive(Debug)]
pub struct Allocation {
    base: NonNull<u8>,
    layout: alloc::Layout,
}

// SAFETY: this is only used to free the memory
unsafe impl Send for Allocation {}
// SAFETY: same as above
unsafe impl Sync for Allocation {}

impl Allocation {
    /// Get at least `size` bytes, and a pointer to the first aligned one.
    pub fn new(size: usize, zeroed: bool) -> Result<(Allocation, *mut u8)> {
        let failure = || {
            Error::InvalidParameter(format!(
                "there is not enough memory for an array of {size} bytes"
            ))
        };
        let padded = size.max(1).checked_add(ALIGNMENT - ALLOCATED_ALIGNMENT);
        let layout = padded
            .and_then(|padded| alloc::Layout::from_size_align(padded, ALLOCATED_ALIGNMENT).ok())
            .ok_or_else(failure)?;
        // SAFETY: the size is not zero
        let base = unsafe {
            if zeroed {
                alloc::alloc_zeroed(layout)
            } else {
                alloc::alloc(layout)
            }
        };
        let base = NonNull::new(base).ok_or_else(failure)?;
        let padding = base.addr().get().wrapping_neg() % ALIGNMENT;
        // SAFETY: the padding was allocated as well
        let start = unsafe { base.as_ptr().add(padding) };
        Ok((Allocation { base, layout }, start))
    }
}

impl Drop for Allocation {
    fn drop(&mut self) {
        // SAFETY: allocated with the same layout, and no longer used
        unsafe { alloc::dealloc(self.base.as_ptr(), self.layout) };
    }
}

/// Function telling the caller that the memory at this index is no longer used.
pub type ReleaseOne = unsafe extern "C" fn(user_data: *mut c_void, index: usize);
/// Function telling the caller that no memory is used any longer.
pub type ReleaseAll = unsafe extern "C" fn(user_data: *mut c_void);

/// Pieces of memory given by the caller in a single call.
#[derive(Debug)]
pub struct Batch {
    /// First argument of both functions.
    pub user_data: *mut c_void,
    /// Called for each piece of memory.
    pub release: Option<ReleaseOne>,
    /// Called after all pieces of memory were released.
    pub release_all: Option<ReleaseAll>,
}

// SAFETY: the functions can be called from any thread, as the header says
unsafe impl Send for Batch {}
// SAFETY: same as above; nothing is changed here
unsafe impl Sync for Batch {}

impl Drop for Batch {
    fn drop(&mut self) {
        if let Some(release_all) = self.release_all {
            // SAFETY: this is what the caller gave this function for, called once
            unsafe { release_all(self.user_data) };
        }
    }
}

/// One piece of memory of a batch.
#[derive(Debug)]
pub struct Given {
    batch: Arc<Batch>,
    index: usize,
}

impl Given {
    /// The memory at this index; there must be only one for each.
    pub fn new(batch: &Arc<Batch>, index: usize) -> Given {
        Given {
            batch: Arc::clone(batch),
            index,
        }
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        if let Some(release) = self.batch.release {
            // SAFETY: this is what the caller gave this function for, called once
            unsafe { release(self.batch.user_data, self.index) };
        }
    }
}

/// A DLPack tensor which belongs to us: calls its deleter exactly once.
#[derive(Debug)]
pub struct ManagedTensor(NonNull<DLManagedTensorVersioned>);

// SAFETY: deleters can be called from any thread, as all functions of arrays
unsafe impl Send for ManagedTensor {}
// SAFETY: the tensor is never changed
unsafe impl Sync for ManagedTensor {}

impl ManagedTensor {
    /// Take a tensor; `None` for NULL.
    ///
    /// # Safety
    ///
    /// The tensor is NULL or valid, and belongs to us.
    pub unsafe fn new(tensor: *mut DLManagedTensorVersioned) -> Option<ManagedTensor> {
        NonNull::new(tensor).map(ManagedTensor)
    }

    /// Give the tensor to somebody else.
    pub fn into_raw(self) -> *mut DLManagedTensorVersioned {
        ManuallyDrop::new(self).0.as_ptr()
    }

    /// The tensor.
    pub fn as_ptr(&self) -> *const DLManagedTensorVersioned {
        self.0.as_ptr()
    }
}

impl Drop for ManagedTensor {
    fn drop(&mut self) {
        // SAFETY: we own this tensor, nobody uses it after this
        unsafe {
            // all versions have this field at the same place
            let deleter = (&raw const (*self.0.as_ptr()).deleter).read();
            if let Some(deleter) = deleter {
                deleter(self.0.as_ptr());
            }
        }
    }
}
