//! The structures of DLPack 1.3, see `metatensor/dlpack/dlpack.h`.

use std::ffi::c_void;

use metatensor_core::array::{DType, DTypeCode, Device, DeviceType};

/// Version of DLPack spoken by this library.
pub const VERSION: DLPackVersion = DLPackVersion { major: 1, minor: 3 };

/// Flag of tensors which must not be written to.
pub const FLAG_READ_ONLY: u64 = 1;

/// Version of the layout of [`DLManagedTensorVersioned`].
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DLPackVersion {
    /// Changes when the layout does.
    pub major: u32,
    /// Changes when something is added.
    pub minor: u32,
}

/// Device of a tensor.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DLDevice {
    /// Kind of device.
    pub device_type: i32,
    /// Index among the devices of this kind.
    pub device_id: i32,
}

impl From<Device> for DLDevice {
    fn from(device: Device) -> DLDevice {
        DLDevice {
            device_type: device.device_type.0,
            device_id: device.device_id,
        }
    }
}

impl From<DLDevice> for Device {
    fn from(device: DLDevice) -> Device {
        Device {
            device_type: DeviceType(device.device_type),
            device_id: device.device_id,
        }
    }
}

/// Type of the elements of a tensor.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DLDataType {
    /// Kind of number.
    pub code: u8,
    /// Size of one number in bits.
    pub bits: u8,
    /// Numbers per element.
    pub lanes: u16,
}

impl From<DType> for DLDataType {
    fn from(dtype: DType) -> DLDataType {
        DLDataType {
            code: dtype.code.0,
            bits: dtype.bits,
            lanes: dtype.lanes,
        }
    }
}

impl From<DLDataType> for DType {
    fn from(dtype: DLDataType) -> DType {
        DType {
            code: DTypeCode(dtype.code),
            bits: dtype.bits,
            lanes: dtype.lanes,
        }
    }
}

/// A tensor, without ownership.
#[repr(C)]
#[derive(Debug)]
pub struct DLTensor {
    /// Start of the allocation.
    pub data: *mut c_void,
    /// Where the data is.
    pub device: DLDevice,
    /// Number of dimensions.
    pub ndim: i32,
    /// Type of the elements.
    pub dtype: DLDataType,
    /// Size along each dimension.
    pub shape: *mut i64,
    /// Distance in elements along each dimension, NULL for row-major tensors.
    pub strides: *mut i64,
    /// Distance in bytes from `data` to the first element.
    pub byte_offset: u64,
}

/// A tensor and how to free it.
#[repr(C)]
#[derive(Debug)]
pub struct DLManagedTensorVersioned {
    /// Always first, and at the same place in all versions.
    pub version: DLPackVersion,
    /// State of the producer.
    pub manager_ctx: *mut c_void,
    /// Frees the tensor, NULL when there is nothing to do.
    pub deleter: Option<unsafe extern "C" fn(*mut DLManagedTensorVersioned)>,
    /// Read-only, copied, …
    pub flags: u64,
    /// The tensor.
    pub dl_tensor: DLTensor,
}

#[cfg(target_pointer_width = "64")]
const _: () = {
    assert!(size_of::<DLPackVersion>() == 8);
    assert!(size_of::<DLDevice>() == 8);
    assert!(size_of::<DLDataType>() == 4);
    assert!(size_of::<DLTensor>() == 48);
    assert!(size_of::<DLManagedTensorVersioned>() == 80);
};
