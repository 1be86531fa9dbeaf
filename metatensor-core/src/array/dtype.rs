//! Element types and devices, with the numbers of DLPack 1.3.

use std::fmt;

/// Kind of a number, `DLDataTypeCode` in DLPack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DTypeCode(pub u8);

impl DTypeCode {
    /// Signed integers.
    pub const INT: DTypeCode = DTypeCode(0);
    /// Unsigned integers.
    pub const UINT: DTypeCode = DTypeCode(1);
    /// IEEE floating point numbers.
    pub const FLOAT: DTypeCode = DTypeCode(2);
    /// Brain floating point numbers.
    pub const BFLOAT: DTypeCode = DTypeCode(4);
    /// Complex numbers, `bits` counts both parts.
    pub const COMPLEX: DTypeCode = DTypeCode(5);
    /// Booleans.
    pub const BOOL: DTypeCode = DTypeCode(6);
}

/// Type of one element of an array, `DLDataType` in DLPack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DType {
    /// Kind of number.
    pub code: DTypeCode,
    /// Size of one element in bits.
    pub bits: u8,
    /// Number of vector lanes, 1 for everything the core can read.
    pub lanes: u16,
}

impl DType {
    /// 32-bit signed integers, the type of all labels.
    pub const I32: DType = DType::new(DTypeCode::INT, 32);
    /// 64-bit floating point numbers.
    pub const F64: DType = DType::new(DTypeCode::FLOAT, 64);

    /// A scalar type (one lane).
    #[must_use]
    pub const fn new(code: DTypeCode, bits: u8) -> DType {
        DType {
            code,
            bits,
            lanes: 1,
        }
    }

    /// Size of one element in bytes.
    #[must_use]
    pub fn size_of(self) -> usize {
        (usize::from(self.bits) * usize::from(self.lanes)).div_ceil(8)
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.code {
            DTypeCode::INT => "int",
            DTypeCode::UINT => "uint",
            DTypeCode::FLOAT => "float",
            DTypeCode::BFLOAT => "bfloat",
            DTypeCode::COMPLEX => "complex",
            DTypeCode::BOOL => "bool",
            DTypeCode(code) => return write!(f, "dtype(code={code}, bits={})", self.bits),
        };
        if self.code == DTypeCode::BOOL {
            f.write_str(kind)?;
        } else {
            write!(f, "{kind}{}", self.bits)?;
        }
        if self.lanes == 1 {
            Ok(())
        } else {
            write!(f, "x{}", self.lanes)
        }
    }
}

/// Kind of a device, `DLDeviceType` in DLPack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeviceType(pub i32);

impl DeviceType {
    /// Main memory.
    pub const CPU: DeviceType = DeviceType(1);
    /// Device without any data, used for "meta" tensors.
    pub const EXT_DEV: DeviceType = DeviceType(12);
}

/// Where an array lives, `DLDevice` in DLPack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Device {
    /// Kind of device.
    pub device_type: DeviceType,
    /// Index among the devices of this kind.
    pub device_id: i32,
}

impl Device {
    /// Main memory.
    pub const CPU: Device = Device {
        device_type: DeviceType::CPU,
        device_id: 0,
    };

    /// Arrays on this device have metadata but no data to read.
    #[must_use]
    pub fn has_no_data(self) -> bool {
        self.device_type == DeviceType::EXT_DEV
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.device_type.0 {
            1 => "CPU",
            2 => "CUDA",
            3 => "CUDAHost",
            4 => "OpenCL",
            7 => "Vulkan",
            8 => "Metal",
            9 => "VPI",
            10 => "ROCM",
            11 => "ROCMHost",
            12 => "ExtDev",
            13 => "CUDAManaged",
            14 => "OneAPI",
            15 => "WebGPU",
            16 => "Hexagon",
            17 => "MAIA",
            18 => "Trn",
            other => return write!(f, "Device({other}):{}", self.device_id),
        };
        write!(f, "{name}:{}", self.device_id)
    }
}
