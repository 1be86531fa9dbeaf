//! Arrays of this library seen by the caller: the functions of `mts_array_t`.

use std::ffi::c_void;

use metatensor_core::array::{Array, DType, DataOrigin, Device};
use metatensor_core::{Error, Result};

use super::{ForeignArray, mts_array_t, mts_data_movement_t};
use crate::dlpack::{self, DLDataType, DLDevice, DLManagedTensorVersioned, DLPackVersion};
use crate::guard::guard;
use crate::handle::{InArray, Out};
use crate::native::NativeArray;
use crate::origin::mts_data_origin_t;
use crate::status::mts_status_t;

/// An array in main memory which can be given to the caller. What all of them have
/// in common is in the functions of this file.
pub trait Exposed: Sized + 'static {
    /// Name of the origin, for errors.
    const NAME: &'static str;

    /// Use the array behind a pointer given by the caller.
    ///
    /// # Safety
    ///
    /// `array` is NULL or the `ptr` of an array made by `into_c` (or a view of one),
    /// not destroyed yet.
    unsafe fn with<R>(array: *const c_void, function: impl FnOnce(&Self) -> Result<R>)
    -> Result<R>;

    /// Change the array behind a pointer given by the caller.
    ///
    /// # Safety
    ///
    /// Same as [`Exposed::with`], and nobody else uses the array.
    unsafe fn with_mut(
        array: *mut c_void,
        function: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()>;

    /// Free the array behind a pointer.
    ///
    /// # Safety
    ///
    /// `array` is NULL or the `ptr` of an array made by `into_c`, no longer used.
    unsafe fn destroy(array: *mut c_void);

    /// Give the array to the caller.
    fn into_c(self) -> mts_array_t;

    /// Which implementation this is.
    fn origin(&self) -> DataOrigin;
    /// Type of the elements.
    fn dtype(&self) -> DType;
    /// Current shape; the memory is part of the array.
    fn shape(&self) -> &[usize];
    /// Export without copying, for somebody who can read up to this version.
    fn to_dlpack(&self, max_version: DLPackVersion) -> *mut DLManagedTensorVersioned;
    /// Array of the same kind with the content of a tensor.
    fn from_tensor(tensor: NativeArray) -> Result<Self>;
    /// See [`Array::reshape`].
    fn reshape(&mut self, shape: &[usize]) -> Result<()>;
    /// See [`Array::swap_axes`].
    fn swap_axes(&mut self, axis_1: usize, axis_2: usize) -> Result<()>;
    /// See [`Array::create`].
    fn create(&self, shape: &[usize], fill_value: &dyn Array) -> Result<Self>;
    /// See [`Array::copy`].
    fn copy(&self) -> Result<Self>;
    /// See [`Array::move_data`].
    fn move_data(&self, input: &Self, movements: &[mts_data_movement_t]) -> Result<()>;
}

/// The functions of one kind of array.
pub struct Vtable(mts_array_t);

// SAFETY: there is no pointer in there but the ones of functions
unsafe impl Sync for Vtable {}

impl Vtable {
    /// All functions of a kind of array.
    pub const fn new<A: Exposed>() -> Vtable {
        Vtable(mts_array_t {
            ptr: std::ptr::null_mut(),
            destroy: Some(destroy::<A>),
            origin: Some(origin::<A>),
            device: Some(device::<A>),
            dtype: Some(dtype::<A>),
            as_dlpack: Some(as_dlpack::<A>),
            from_dlpack: Some(from_dlpack::<A>),
            shape: Some(shape::<A>),
            reshape: Some(reshape::<A>),
            swap_axes: Some(swap_axes::<A>),
            create: Some(create::<A>),
            copy: Some(copy::<A>),
            move_data: Some(move_data::<A>),
        })
    }

    /// The array with this state.
    pub fn array(&self, ptr: *mut c_void) -> mts_array_t {
        mts_array_t { ptr, ..self.0 }
    }

    /// Does this array have all of these functions? How it is destroyed does not
    /// matter: views have no such function.
    pub fn is_of(&self, array: &mts_array_t) -> bool {
        macro_rules! same {
            ($($name: ident)*) => {
                $(self.0.$name.map(|f| f as usize) == array.$name.map(|f| f as usize))&&*
            };
        }
        same!(origin device dtype as_dlpack from_dlpack shape)
            && same!(reshape swap_axes create copy move_data)
    }
}

unsafe extern "C" fn destroy<A: Exposed>(array: *mut c_void) {
    // SAFETY: called as its contract says
    unsafe { A::destroy(array) };
}

unsafe extern "C" fn origin<A: Exposed>(
    array: *const c_void,
    origin: *mut mts_data_origin_t,
) -> mts_status_t {
    guard("mts_array_t.origin", || {
        // SAFETY: called as its contract says
        let (value, slot) = unsafe { (A::with(array, |array| Ok(array.origin()))?, out(origin)) };
        slot.check("origin")?.set(value.0);
        Ok(())
    })
}

/// The place for a result.
///
/// # Safety
///
/// Same as [`Out::from_raw`].
unsafe fn out<T>(pointer: *mut T) -> Out<T> {
    // SAFETY: same as for this function
    unsafe { Out::from_raw(pointer) }
}

unsafe extern "C" fn device<A: Exposed>(
    array: *const c_void,
    device: *mut DLDevice,
) -> mts_status_t {
    guard("mts_array_t.device", || {
        // SAFETY: called as its contract says
        let slot = unsafe {
            A::with(array, |_| Ok(()))?;
            out(device)
        };
        slot.check("device")?.set(Device::CPU.into());
        Ok(())
    })
}

unsafe extern "C" fn dtype<A: Exposed>(
    array: *const c_void,
    dtype: *mut DLDataType,
) -> mts_status_t {
    guard("mts_array_t.dtype", || {
        // SAFETY: called as its contract says
        let (value, slot) = unsafe { (A::with(array, |array| Ok(array.dtype()))?, out(dtype)) };
        slot.check("dtype")?.set(value.into());
        Ok(())
    })
}

unsafe extern "C" fn shape<A: Exposed>(
    array: *const c_void,
    shape: *mut *const usize,
    shape_count: *mut usize,
) -> mts_status_t {
    guard("mts_array_t.shape", || {
        // SAFETY: called as its contract says
        unsafe {
            A::with(array, |array| {
                let (shape, count) = (out(shape).check("shape")?, out(shape_count));
                let count = count.check("shape_count")?;
                shape.set(array.shape().as_ptr());
                count.set(array.shape().len());
                Ok(())
            })
        }
    })
}

unsafe extern "C" fn reshape<A: Exposed>(
    array: *mut c_void,
    shape: *const usize,
    shape_count: usize,
) -> mts_status_t {
    guard("mts_array_t.reshape", || {
        // SAFETY: called as its contract says
        unsafe {
            let shape = InArray::from_raw(shape);
            A::with_mut(array, |array| {
                array.reshape(shape.slice(shape_count, "shape")?)
            })
        }
    })
}

unsafe extern "C" fn swap_axes<A: Exposed>(
    array: *mut c_void,
    axis_1: usize,
    axis_2: usize,
) -> mts_status_t {
    guard("mts_array_t.swap_axes", || {
        // SAFETY: called as its contract says
        unsafe { A::with_mut(array, |array| array.swap_axes(axis_1, axis_2)) }
    })
}

unsafe extern "C" fn create<A: Exposed>(
    array: *const c_void,
    shape: *const usize,
    shape_count: usize,
    fill_value: mts_array_t,
    new_array: *mut mts_array_t,
) -> mts_status_t {
    guard("mts_array_t.create", || {
        let fill_value = ForeignArray::new(fill_value);
        // SAFETY: called as its contract says
        unsafe {
            let (shape, slot) = (InArray::from_raw(shape), out(new_array));
            A::with(array, |array| {
                let shape = shape.slice(shape_count, "shape")?;
                let slot = slot.check("new_array")?;
                slot.set(array.create(shape, &fill_value)?.into_c());
                Ok(())
            })
        }
    })
}

unsafe extern "C" fn copy<A: Exposed>(
    array: *const c_void,
    device: DLDevice,
    new_array: *mut mts_array_t,
) -> mts_status_t {
    guard("mts_array_t.copy", || {
        // SAFETY: called as its contract says
        unsafe {
            A::with(array, |array| {
                let slot = out(new_array).check("new_array")?;
                check_device::<A>(device.into())?;
                slot.set(array.copy()?.into_c());
                Ok(())
            })
        }
    })
}

/// These arrays only exist in main memory.
pub fn check_device<A: Exposed>(device: Device) -> Result<()> {
    if device == Device::CPU {
        return Ok(());
    }
    Err(Error::InvalidParameter(format!(
        "arrays of origin '{}' only exist on {}, and can not be copied to {device}",
        A::NAME,
        Device::CPU
    )))
}

unsafe extern "C" fn move_data<A: Exposed>(
    output: *mut c_void,
    input: *const c_void,
    movements: *const mts_data_movement_t,
    movements_count: usize,
) -> mts_status_t {
    guard("mts_array_t.move_data", || {
        // SAFETY: called as its contract says; data is not part of the state of an
        // array, so both can be the same
        unsafe {
            let movements = InArray::from_raw(movements);
            let movements = movements.slice(movements_count, "movements")?;
            A::with(output, |output| {
                A::with(input, |input| output.move_data(input, movements))
            })
        }
    })
}

unsafe extern "C" fn as_dlpack<A: Exposed>(
    array: *mut c_void,
    dl_managed_tensor: *mut *mut DLManagedTensorVersioned,
    device: DLDevice,
    stream: *const i64,
    max_version: DLPackVersion,
) -> mts_status_t {
    guard("mts_array_t.as_dlpack", || {
        // SAFETY: called as its contract says
        unsafe {
            A::with(array, |array| {
                let slot = out(dl_managed_tensor).check("dl_managed_tensor")?;
                check_export::<A>(device.into(), stream, max_version)?;
                slot.set(array.to_dlpack(max_version));
                Ok(())
            })
        }
    })
}

fn check_export<A: Exposed>(
    device: Device,
    stream: *const i64,
    max_version: DLPackVersion,
) -> Result<()> {
    let cpu = Device::CPU;
    let problem = if device != cpu {
        format!("can only be exported on {cpu}, not on {device}")
    } else if !stream.is_null() {
        format!("are exported on {cpu}: `stream` must be NULL")
    } else if max_version.major != dlpack::VERSION.major {
        format!(
            "are exported with version {}.x of DLPack, got a request for {}.{}",
            dlpack::VERSION.major,
            max_version.major,
            max_version.minor
        )
    } else {
        return Ok(());
    };
    Err(Error::InvalidParameter(format!(
        "arrays of origin '{}' {problem}",
        A::NAME
    )))
}

unsafe extern "C" fn from_dlpack<A: Exposed>(
    array: *const c_void,
    dl_managed_tensor: *mut DLManagedTensorVersioned,
    new_array: *mut mts_array_t,
) -> mts_status_t {
    guard("mts_array_t.from_dlpack", || {
        // SAFETY: called as its contract says; the tensor is ours from now on, and
        // freed with `tensor`
        unsafe {
            let tensor = NativeArray::from_dlpack(dl_managed_tensor)?;
            A::with(array, |_| Ok(()))?;
            let slot = out(new_array).check("new_array")?;
            slot.set(A::from_tensor(tensor)?.into_c());
            Ok(())
        }
    })
}
