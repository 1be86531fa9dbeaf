//! Arrays in main memory, the same for all libraries: only what libraries do
//! with them is compared.

use std::ffi::c_void;
use std::sync::OnceLock;

use crate::abi::{Array, DType, Device, Managed, Movement, Tensor, Version};

const CPU: Device = Device { kind: 1, id: 0 };
pub const I32: DType = DType {
    code: 0,
    bits: 32,
    lanes: 1,
};
pub const F64: DType = DType {
    code: 2,
    bits: 64,
    lanes: 1,
};

/// Row-major values of 4 or 8 bytes.
struct Host {
    dtype: DType,
    shape: Vec<usize>,
    /// Memory aligned for all types.
    data: Vec<u64>,
}

impl Host {
    fn item(&self) -> usize {
        usize::from(self.dtype.bits) / 8
    }

    fn bytes(&self) -> *mut u8 {
        self.data.as_ptr().cast_mut().cast()
    }
}

/// New array of zeros.
pub fn zeros(shape: &[usize], dtype: DType) -> Array {
    let bytes = shape.iter().product::<usize>() * usize::from(dtype.bits) / 8;
    wrap(Host {
        dtype,
        shape: shape.to_vec(),
        data: vec![0; bytes.div_ceil(8)],
    })
}

/// Array of shape `(values.len() / columns, columns)`.
pub fn table(values: &[i32], columns: usize) -> Array {
    let array = zeros(&[values.len() / columns, columns], I32);
    // SAFETY: the array was just made with this size
    unsafe {
        let output = host(array.ptr).bytes().cast::<i32>();
        std::ptr::copy_nonoverlapping(values.as_ptr(), output, values.len());
    }
    array
}

/// Array of this shape, with arbitrary different values.
pub fn values(shape: &[usize]) -> Array {
    let array = zeros(shape, F64);
    // SAFETY: nobody else has this array yet
    let host = unsafe { &mut *array.ptr.cast::<Host>() };
    for (i, value) in host.data.iter_mut().enumerate() {
        *value = (i as f64 * 0.37 - 3.0).to_bits();
    }
    array
}

/// `mts_create_array_callback_t`
pub unsafe extern "C" fn create_callback(
    shape: *const usize,
    count: usize,
    dtype: DType,
    output: *mut Array,
) -> i32 {
    // SAFETY: the contract of the callback
    unsafe { output.write(zeros(std::slice::from_raw_parts(shape, count), dtype)) };
    0
}

fn wrap(host: Host) -> Array {
    Array {
        ptr: Box::into_raw(Box::new(host)).cast(),
        destroy: Some(destroy),
        origin: Some(origin),
        device: Some(device),
        dtype: Some(dtype),
        as_dlpack: Some(as_dlpack),
        from_dlpack: Some(from_dlpack),
        shape: Some(shape),
        reshape: Some(reshape),
        swap_axes: Some(swap_axes),
        create: Some(create),
        copy: Some(copy),
        move_data: Some(move_data),
    }
}

/// # Safety
///
/// `array` was made by [`wrap`] and not destroyed yet.
unsafe fn host<'a>(array: *const c_void) -> &'a Host {
    // SAFETY: see above
    unsafe { &*array.cast() }
}

unsafe extern "C" fn destroy(array: *mut c_void) {
    // SAFETY: called once, with what `wrap` made
    drop(unsafe { Box::from_raw(array.cast::<Host>()) });
}

/// Number under which all libraries know these arrays.
pub static ORIGIN: OnceLock<u64> = OnceLock::new();

unsafe extern "C" fn origin(_: *const c_void, output: *mut u64) -> i32 {
    // SAFETY: the contract of the callback, here and below
    unsafe { output.write(ORIGIN.get().copied().unwrap_or(0)) };
    0
}

unsafe extern "C" fn device(_: *const c_void, output: *mut Device) -> i32 {
    // SAFETY: see above
    unsafe { output.write(CPU) };
    0
}

unsafe extern "C" fn dtype(array: *const c_void, output: *mut DType) -> i32 {
    // SAFETY: see above
    unsafe { output.write(host(array).dtype) };
    0
}

unsafe extern "C" fn shape(
    array: *const c_void,
    output: *mut *const usize,
    count: *mut usize,
) -> i32 {
    // SAFETY: see above
    unsafe {
        let shape = &host(array).shape;
        output.write(shape.as_ptr());
        count.write(shape.len());
    }
    0
}

unsafe extern "C" fn as_dlpack(
    array: *mut c_void,
    output: *mut *mut Managed,
    _: Device,
    _: *const i64,
    _: Version,
) -> i32 {
    unsafe extern "C" fn delete(managed: *mut Managed) {
        // SAFETY: made below
        unsafe {
            let managed = Box::from_raw(managed);
            drop(Box::from_raw(managed.context.cast::<Vec<i64>>()));
        }
    }
    // SAFETY: see above
    let host = unsafe { host(array) };
    let shape = host.shape.iter().map(|&n| n as i64).collect::<Vec<_>>();
    let shape = Box::into_raw(Box::new(shape));
    let managed = Managed {
        version: Version { major: 1, minor: 3 },
        context: shape.cast(),
        deleter: Some(delete),
        flags: 0,
        tensor: Tensor {
            data: host.bytes().cast(),
            device: CPU,
            ndim: host.shape.len() as i32,
            dtype: host.dtype,
            // SAFETY: just made
            shape: unsafe { (*shape).as_mut_ptr() },
            strides: std::ptr::null_mut(),
            byte_offset: 0,
        },
    };
    // SAFETY: see above
    unsafe { output.write(Box::into_raw(Box::new(managed))) };
    0
}

unsafe extern "C" fn from_dlpack(
    _: *const c_void,
    managed: *mut Managed,
    output: *mut Array,
) -> i32 {
    // SAFETY: libraries only give contiguous tables of 32-bit integers
    unsafe {
        let tensor = &(*managed).tensor;
        let shape = std::slice::from_raw_parts(tensor.shape, tensor.ndim as usize);
        let count = shape.iter().product::<i64>() as usize;
        let array = zeros(&[shape[0] as usize, shape[1] as usize], tensor.dtype);
        if count > 0 {
            let start = tensor
                .data
                .cast::<i32>()
                .byte_add(tensor.byte_offset as usize);
            std::ptr::copy_nonoverlapping(start, host(array.ptr).bytes().cast(), count);
        }
        output.write(array);
        if let Some(deleter) = (*managed).deleter {
            deleter(managed);
        }
    }
    0
}

unsafe extern "C" fn reshape(array: *mut c_void, shape: *const usize, count: usize) -> i32 {
    // SAFETY: see above
    unsafe {
        (*array.cast::<Host>()).shape = std::slice::from_raw_parts(shape, count).to_vec();
    }
    0
}

unsafe extern "C" fn swap_axes(array: *mut c_void, first: usize, second: usize) -> i32 {
    // SAFETY: see above
    let host = unsafe { &mut *array.cast::<Host>() };
    assert!(host.dtype == F64, "only values are transposed");
    let (first, second) = (first.min(second), first.max(second));
    if first == second {
        return 0;
    }
    let mut new_shape = host.shape.clone();
    new_shape.swap(first, second);
    let product = |shape: &[usize]| shape.iter().product::<usize>();
    let middle = product(&host.shape[first + 1..second]);
    let inner = product(&host.shape[second + 1..]);
    let (a, b) = (host.shape[first], host.shape[second]);
    let mut data = Vec::with_capacity(host.data.len());
    for block in host.data.chunks_exact(a * middle * b * inner) {
        for j in 0..b {
            for m in 0..middle {
                for i in 0..a {
                    let start = ((i * middle + m) * b + j) * inner;
                    data.extend_from_slice(&block[start..][..inner]);
                }
            }
        }
    }
    host.data = data;
    host.shape = new_shape;
    0
}

unsafe extern "C" fn create(
    array: *const c_void,
    shape: *const usize,
    count: usize,
    fill: Array,
    output: *mut Array,
) -> i32 {
    // SAFETY: see above; benchmarks fill with zeros
    unsafe {
        let shape = std::slice::from_raw_parts(shape, count);
        output.write(zeros(shape, host(array).dtype));
        if let Some(destroy) = fill.destroy {
            destroy(fill.ptr);
        }
    }
    0
}

unsafe extern "C" fn copy(array: *const c_void, _: Device, output: *mut Array) -> i32 {
    // SAFETY: see above
    let host = unsafe { host(array) };
    let array = wrap(Host {
        dtype: host.dtype,
        shape: host.shape.clone(),
        data: host.data.clone(),
    });
    // SAFETY: see above
    unsafe { output.write(array) };
    0
}

unsafe extern "C" fn move_data(
    output: *mut c_void,
    input: *const c_void,
    movements: *const Movement,
    count: usize,
) -> i32 {
    if count == 0 {
        return 0;
    }
    // SAFETY: libraries only give positions inside of the arrays
    unsafe {
        let (output, input) = (host(output), host(input));
        let item = input.item();
        let components = input.shape[1..input.shape.len() - 1]
            .iter()
            .product::<usize>();
        let size_in = input.shape[input.shape.len() - 1];
        let size_out = output.shape[output.shape.len() - 1];
        for movement in std::slice::from_raw_parts(movements, count) {
            for component in 0..components {
                let from = (movement.sample_in * components + component) * size_in
                    + movement.properties_start_in;
                let to = (movement.sample_out * components + component) * size_out
                    + movement.properties_start_out;
                std::ptr::copy_nonoverlapping(
                    input.bytes().add(from * item),
                    output.bytes().add(to * item),
                    movement.properties_length * item,
                );
            }
        }
    }
    0
}
