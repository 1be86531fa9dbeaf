//! Arrays which cross the border of the library, in both directions.

mod own_array;
mod tensors;

use std::cell::Cell;
use std::rc::Rc;

use crate::dlpack::{DLDataType, DLDevice, DLManagedTensorVersioned, DLTensor, VERSION};
use crate::native::NativeArray;

const I32: DLDataType = DLDataType {
    code: 0,
    bits: 32,
    lanes: 1,
};
const CPU: DLDevice = DLDevice {
    device_type: 1,
    device_id: 0,
};

/// A tensor of 32-bit integers, which counts how many times it is deleted.
struct Producer {
    tensor: DLManagedTensorVersioned,
    data: Vec<i32>,
    shape: Vec<i64>,
    strides: Vec<i64>,
    deleted: Rc<Cell<usize>>,
}

unsafe extern "C" fn delete(tensor: *mut DLManagedTensorVersioned) {
    // SAFETY: made by `produce`
    let producer = unsafe { Box::from_raw((*tensor).manager_ctx.cast::<Producer>()) };
    producer.deleted.set(producer.deleted.get() + 1);
}

/// Make a tensor, changed by `change`, and the counter of its deletions.
fn produce(
    data: Vec<i32>,
    shape: &[i64],
    strides: Option<&[i64]>,
    change: impl FnOnce(&mut DLManagedTensorVersioned),
) -> (*mut DLManagedTensorVersioned, Rc<Cell<usize>>) {
    let deleted = Rc::new(Cell::new(0));
    let mut producer = Box::new(Producer {
        tensor: DLManagedTensorVersioned {
            version: VERSION,
            manager_ctx: std::ptr::null_mut(),
            deleter: Some(delete),
            flags: 0,
            dl_tensor: DLTensor {
                data: std::ptr::null_mut(),
                device: CPU,
                ndim: shape.len() as i32,
                dtype: I32,
                shape: std::ptr::null_mut(),
                strides: std::ptr::null_mut(),
                byte_offset: 0,
            },
        },
        data,
        shape: shape.to_vec(),
        strides: strides.unwrap_or_default().to_vec(),
        deleted: Rc::clone(&deleted),
    });
    producer.tensor.dl_tensor.data = producer.data.as_mut_ptr().cast();
    producer.tensor.dl_tensor.shape = producer.shape.as_mut_ptr();
    if strides.is_some() {
        producer.tensor.dl_tensor.strides = producer.strides.as_mut_ptr();
    }
    change(&mut producer.tensor);
    let pointer = Box::into_raw(producer);
    // SAFETY: just allocated, and freed by the deleter
    unsafe {
        (*pointer).tensor.manager_ctx = pointer.cast();
        (&raw mut (*pointer).tensor, deleted)
    }
}

/// Take a tensor as the library does.
fn take(tensor: *mut DLManagedTensorVersioned) -> metatensor_core::Result<NativeArray> {
    // SAFETY: made by `produce`
    unsafe { NativeArray::from_dlpack(tensor) }
}
