//! The part of the C ABI which benchmarks use, declared here on its own: what is
//! measured is what any program built against the header gets.
use std::ffi::{CStr, CString, c_char, c_void};
use std::path::Path;

use libloading::Library as Handle;

use crate::Result;

macro_rules! opaque {
    ($($name: ident),*) => {$(
        #[repr(C)]
        pub struct $name {
            _private: [u8; 0],
        }
    )*};
}

opaque!(Labels, Block, Map);

#[repr(C)]
#[derive(Clone, Copy, PartialEq)]
pub struct Device {
    pub kind: i32,
    pub id: i32,
}

#[repr(C)]
#[derive(Clone, Copy, PartialEq)]
pub struct DType {
    pub code: u8,
    pub bits: u8,
    pub lanes: u16,
}

#[repr(C)]
pub struct Version {
    pub major: u32,
    pub minor: u32,
}

#[repr(C)]
pub struct Tensor {
    pub data: *mut c_void,
    pub device: Device,
    pub ndim: i32,
    pub dtype: DType,
    pub shape: *mut i64,
    pub strides: *mut i64,
    pub byte_offset: u64,
}

#[repr(C)]
pub struct Managed {
    pub version: Version,
    pub context: *mut c_void,
    pub deleter: Option<unsafe extern "C" fn(*mut Managed)>,
    pub flags: u64,
    pub tensor: Tensor,
}

#[repr(C)]
pub struct Movement {
    pub sample_in: usize,
    pub sample_out: usize,
    pub properties_start_in: usize,
    pub properties_start_out: usize,
    pub properties_length: usize,
}

type Status = i32;
type Ptr = *mut c_void;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Array {
    pub ptr: Ptr,
    pub destroy: Option<unsafe extern "C" fn(Ptr)>,
    pub origin: Option<unsafe extern "C" fn(*const c_void, *mut u64) -> Status>,
    pub device: Option<unsafe extern "C" fn(*const c_void, *mut Device) -> Status>,
    pub dtype: Option<unsafe extern "C" fn(*const c_void, *mut DType) -> Status>,
    pub as_dlpack:
        Option<unsafe extern "C" fn(Ptr, *mut *mut Managed, Device, *const i64, Version) -> Status>,
    pub from_dlpack:
        Option<unsafe extern "C" fn(*const c_void, *mut Managed, *mut Array) -> Status>,
    pub shape: Option<unsafe extern "C" fn(*const c_void, *mut *const usize, *mut usize) -> Status>,
    pub reshape: Option<unsafe extern "C" fn(Ptr, *const usize, usize) -> Status>,
    pub swap_axes: Option<unsafe extern "C" fn(Ptr, usize, usize) -> Status>,
    pub create: Option<
        unsafe extern "C" fn(*const c_void, *const usize, usize, Array, *mut Array) -> Status,
    >,
    pub copy: Option<unsafe extern "C" fn(*const c_void, Device, *mut Array) -> Status>,
    pub move_data:
        Option<unsafe extern "C" fn(Ptr, *const c_void, *const Movement, usize) -> Status>,
}

pub type CreateArray = unsafe extern "C" fn(*const usize, usize, DType, *mut Array) -> Status;
type SetOperation = unsafe extern "C" fn(
    *const Labels,
    *const Labels,
    *mut *const Labels,
    *mut i64,
    usize,
    *mut i64,
    usize,
) -> Status;
type Merge = unsafe extern "C" fn(*const Map, *const Labels, Array, bool) -> *mut Map;

macro_rules! functions {
    (
        released: { $($name: ident: $type: ty,)* }
        additions: { $($added: ident: $added_type: ty,)* }
    ) => {
        /// A loaded library.
        pub struct Functions {
            $(pub $name: $type,)*
            $(pub $added: Option<$added_type>,)*
            /// Declared last, so that it is closed after everything else.
            _handle: Handle,
        }

        impl Functions {
            /// Load the library at this path. Functions which prebuilt programs
            /// can not rely on may be missing.
            pub fn load(path: &Path) -> Result<Functions> {
                let text = |error: libloading::Error| format!("{}: {error}", path.display());
                // SAFETY: libmetatensor only initializes itself
                let handle = unsafe { Handle::new(path) }.map_err(text)?;
                // SAFETY: these are the types of the C header
                unsafe {
                    Ok(Functions {
                        $($name: *handle.get(concat!("mts_", stringify!($name))).map_err(text)?,)*
                        $($added: handle.get(concat!("mts_", stringify!($added))).ok().map(|f| *f),)*
                        _handle: handle,
                    })
                }
            }
        }
    };
}

functions! {
    released: {
        version: unsafe extern "C" fn() -> *const c_char,
        last_error: unsafe extern "C" fn(*mut *const c_char, *mut *const c_char, *mut Ptr) -> Status,
        register_data_origin: unsafe extern "C" fn(*const c_char, *mut u64) -> Status,
        labels: unsafe extern "C" fn(*const *const c_char, usize, Array) -> *const Labels,
        labels_free: unsafe extern "C" fn(*const Labels) -> Status,
        labels_position: unsafe extern "C" fn(*const Labels, *const i32, usize, *mut i64) -> Status,
        labels_union: SetOperation,
        labels_intersection: SetOperation,
        labels_difference: unsafe extern "C" fn(
            *const Labels, *const Labels, *mut *const Labels, *mut i64, usize) -> Status,
        labels_select: unsafe extern "C" fn(
            *const Labels, *const Labels, *mut u64, *mut usize) -> Status,
        block: unsafe extern "C" fn(
            Array, *const Labels, *const *const Labels, usize, *const Labels) -> *mut Block,
        tensormap: unsafe extern "C" fn(*const Labels, *mut *mut Block, usize) -> *mut Map,
        tensormap_free: unsafe extern "C" fn(*mut Map) -> Status,
        tensormap_keys_to_properties: Merge,
        tensormap_keys_to_samples: Merge,
        tensormap_components_to_properties: unsafe extern "C" fn(
            *const Map, *const *const c_char, usize) -> *mut Map,
        tensormap_save: unsafe extern "C" fn(*const c_char, *const Map) -> Status,
        tensormap_load: unsafe extern "C" fn(*const c_char, CreateArray) -> *mut Map,
    }
    additions: {
        labels_positions: unsafe extern "C" fn(
            *const Labels, *const i32, usize, *mut i64, usize) -> Status,
    }
}

impl Functions {
    /// Message of the last error.
    fn message(&self) -> String {
        let mut message = std::ptr::null();
        // SAFETY: all pointers may be NULL; the string lives until the next error
        unsafe {
            (self.last_error)(&raw mut message, std::ptr::null_mut(), std::ptr::null_mut());
            CStr::from_ptr(message).to_string_lossy().into_owned()
        }
    }

    /// Stop at an unexpected status: benchmarks only make calls which succeed.
    pub fn check(&self, status: Status) {
        assert!(status == 0, "status {status}: {}", self.message());
    }

    /// Same as [`Functions::check`] for functions giving pointers.
    pub fn given<T>(&self, pointer: *mut T) -> *mut T {
        assert!(!pointer.is_null(), "{}", self.message());
        pointer
    }

    /// Version of the library.
    pub fn version(&self) -> String {
        // SAFETY: a static string
        unsafe { CStr::from_ptr((self.version)()) }
            .to_string_lossy()
            .into_owned()
    }

    /// Labels with these rows; the values are given to the library.
    pub fn make_labels(&self, names: &[&CStr], array: Array) -> *const Labels {
        let names = names.iter().map(|name| name.as_ptr()).collect::<Vec<_>>();
        // SAFETY: the array follows the contract of the ABI
        let labels = unsafe { (self.labels)(names.as_ptr(), names.len(), array) };
        self.given(labels.cast_mut())
    }

    /// Release labels.
    pub fn free_labels(&self, labels: *const Labels) {
        // SAFETY: callers own this reference
        self.check(unsafe { (self.labels_free)(labels) });
    }

    /// Free a tensor map.
    pub fn free_map(&self, map: *mut Map) {
        // SAFETY: callers own this map
        self.check(unsafe { (self.tensormap_free)(map) });
    }
}

/// A path for C.
pub fn c_path(path: &Path) -> CString {
    CString::new(path.to_string_lossy().into_owned()).expect("paths of benchmarks have no NUL")
}
