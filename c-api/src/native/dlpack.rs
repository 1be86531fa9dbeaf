//! Exchanging memory with others as DLPack tensors.

use metatensor_core::Result;
use metatensor_core::array::{DType, Device, HostTensor};

use super::layout::{Layout, check_dimensions};
use super::memory::{ManagedTensor, Memory};
use super::{NativeArray, invalid};
use crate::dlpack::{DLManagedTensorVersioned, DLPackVersion, DLTensor, FLAG_READ_ONLY, VERSION};
use crate::handle::null;
use crate::short::Short;

/// `DLManagedTensorVersioned *`: a tensor which the function takes from its caller in
/// all cases, never NULL.
#[repr(transparent)]
pub struct TakenTensor(*mut DLManagedTensorVersioned);

impl TakenTensor {
    /// Take the tensor.
    pub fn take(&mut self, name: &str) -> Result<ManagedTensor> {
        self.take_element().ok_or_else(|| null(name))
    }

    /// Take a tensor which is part of an array; this must be done only once.
    pub fn take_element(&self) -> Option<ManagedTensor> {
        // SAFETY: given by the caller, who never uses it again
        unsafe { ManagedTensor::new(self.0) }
    }
}

fn not_valid<T>(message: String) -> Result<T> {
    invalid(format!("the DLPack tensor is not valid: {message}"))
}

impl NativeArray {
    /// Take a tensor, and use its memory. In case of an error, the tensor is freed.
    ///
    /// # Safety
    ///
    /// `tensor` is NULL, or a tensor which we own and which is valid as DLPack
    /// says.
    pub unsafe fn from_dlpack(tensor: *mut DLManagedTensorVersioned) -> Result<NativeArray> {
        // SAFETY: promised by the caller
        match unsafe { ManagedTensor::new(tensor) } {
            Some(tensor) => NativeArray::from_managed(tensor),
            None => not_valid("got a NULL pointer".into()),
        }
    }

    /// Use the memory of a tensor.
    pub(super) fn from_managed(tensor: ManagedTensor) -> Result<NativeArray> {
        // SAFETY: the pointer is valid; the version is at the same place in all
        // versions, so nothing else is read before the check
        let version = unsafe { (&raw const (*tensor.as_ptr()).version).read() };
        if version.major != VERSION.major {
            return not_valid(format!(
                "expected version {} of DLPack, got {}.{}",
                VERSION.major, version.major, version.minor
            ));
        }
        // SAFETY: this is the layout of version 1
        let (content, flags) = unsafe { (&(*tensor.as_ptr()).dl_tensor, (*tensor.as_ptr()).flags) };
        let device = Device::from(content.device);
        if device != Device::CPU {
            return not_valid(format!(
                "expected data on {}, got data on {device}",
                Device::CPU
            ));
        }
        let dtype = DType::from(content.dtype);
        // SAFETY: promised by the caller
        let layout = unsafe { read_layout(content, dtype.size_of()) }?;
        if layout.size() > 0 && content.data.is_null() {
            return not_valid(format!(
                "the data is NULL for a tensor of shape {:?}",
                layout.shape()
            ));
        }
        let start = content.data.cast::<u8>();
        let start = start.wrapping_add(content.byte_offset as usize);
        let read_only = flags & FLAG_READ_ONLY != 0;
        let memory = Memory::Tensor(tensor);
        // SAFETY: this is what the tensor promises
        Ok(unsafe { NativeArray::from_parts(start, layout, dtype, read_only, memory) })
    }

    /// Share the memory with a tensor of a version which `max_version` can read.
    pub fn to_dlpack(&self, max_version: DLPackVersion) -> *mut DLManagedTensorVersioned {
        let mut array = self.share();
        let (shape, strides) = (self.layout.shape(), self.layout.strides());
        // sizes of existing arrays always fit
        let shape = shape.iter().map(|dimension| *dimension as i64);
        let strides = strides.iter().map(|stride| *stride as i64);
        // not a `Box`, which must be the only pointer to its content
        let mut dimensions = shape.chain(strides).collect::<Vec<i64>>();
        let ndim = self.layout.shape().len();
        if self.layout.size() == 0 {
            array.start = std::ptr::null_mut();
        }
        let shape = dimensions.as_mut_ptr();
        // SAFETY: there are as many strides after the dimensions
        let strides = unsafe { shape.add(ndim) };
        let tensor = DLManagedTensorVersioned {
            version: version_for(max_version),
            manager_ctx: std::ptr::null_mut(),
            deleter: Some(delete_exported),
            flags: if self.read_only { FLAG_READ_ONLY } else { 0 },
            dl_tensor: DLTensor {
                data: array.start.cast(),
                device: Device::CPU.into(),
                ndim: ndim as i32,
                dtype: self.dtype.into(),
                shape,
                strides,
                byte_offset: 0,
            },
        };
        let exported = Box::into_raw(Box::new(Exported {
            tensor,
            _dimensions: dimensions,
            _array: array,
        }));
        // SAFETY: this was just allocated
        unsafe {
            (*exported).tensor.manager_ctx = exported.cast();
            &raw mut (*exported).tensor
        }
    }

    /// All elements as 32-bit integers, in row-major order.
    pub fn to_i32(&self) -> Result<Vec<i32>> {
        let (mut bytes, mut values) = (Vec::new(), Vec::new());
        let (size, count) = (self.layout.size(), self.layout.count());
        if bytes.try_reserve_exact(size).is_err() || values.try_reserve_exact(count).is_err() {
            return not_valid(format!("no memory for a copy of shape {:?}", self.shape()));
        }
        bytes.resize(size, 0);
        self.read_into(&mut bytes);
        let (items, _) = bytes.as_chunks();
        values.extend(items.iter().map(|value| i32::from_ne_bytes(*value)));
        Ok(values)
    }
}

/// Shape and strides of a tensor.
///
/// # Safety
///
/// The tensor is valid as DLPack says.
unsafe fn read_layout(tensor: &DLTensor, item: usize) -> Result<Layout> {
    let Ok(ndim) = usize::try_from(tensor.ndim) else {
        return not_valid(format!(
            "the number of dimensions is negative ({})",
            tensor.ndim
        ));
    };
    check_dimensions(ndim)?;
    if ndim > 0 && (tensor.shape.is_null() || !tensor.shape.is_aligned()) {
        return not_valid("the shape is NULL or not aligned".into());
    }
    if !tensor.strides.is_aligned() {
        return not_valid("the strides are not aligned".into());
    }
    // SAFETY: there are `ndim` values behind this pointer
    let size = |axis: usize| unsafe { tensor.shape.add(axis).read() };
    if let Some(axis) = (0..ndim).find(|axis| size(*axis) < 0) {
        let size = size(axis);
        return not_valid(format!("the size along axis {axis} is negative ({size})"));
    }
    let shape = (0..ndim).map(|axis| size(axis) as usize);
    let shape = shape.collect::<Short<usize>>();
    let layout = if tensor.strides.is_null() {
        Layout::row_major(shape, item)
    } else {
        // SAFETY: same as above
        let stride = |axis: usize| unsafe { tensor.strides.add(axis).read() };
        let strides = (0..ndim).map(|axis| stride(axis) as isize);
        Layout::strided(shape, strides.collect::<Short<isize>>(), item)
    };
    layout.or_else(|error| not_valid(error.to_string()))
}

/// The version of a tensor for somebody who reads versions up to this one.
fn version_for(max_version: DLPackVersion) -> DLPackVersion {
    if max_version.major == VERSION.major {
        let minor = VERSION.minor.min(max_version.minor);
        DLPackVersion { minor, ..VERSION }
    } else {
        VERSION
    }
}

/// A tensor, and everything it needs.
struct Exported {
    tensor: DLManagedTensorVersioned,
    _dimensions: Vec<i64>,
    _array: NativeArray,
}

unsafe extern "C" fn delete_exported(tensor: *mut DLManagedTensorVersioned) {
    if !tensor.is_null() {
        // SAFETY: this is the deleter of tensors made above, called once
        unsafe { drop(Box::from_raw((*tensor).manager_ctx.cast::<Exported>())) };
    }
}
