//! Arrays which cross the border of the library, in both directions.

use std::cell::Cell;
use std::ffi::c_void;
use std::rc::Rc;

use metatensor_core::ErrorKind;
use metatensor_core::array::{Array, Device, HostTensor, LabelsArray};

use super::host::ForeignTensor;
use super::{ForeignArray, labels_array, mts_array_t};
use crate::dlpack::{
    DLDataType, DLDevice, DLManagedTensorVersioned, DLPackVersion, DLTensor, FLAG_READ_ONLY,
    VERSION,
};
use crate::error::tests::last_error;
use crate::status::mts_status_t;

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
fn take(tensor: *mut DLManagedTensorVersioned) -> metatensor_core::Result<ForeignTensor> {
    // SAFETY: made by `produce`
    unsafe { ForeignTensor::new(tensor) }
}

/// Read a tensor with these strides, starting at an element of the data.
fn read(data: &[i32], shape: &[i64], strides: Option<&[i64]>, start: usize) -> Vec<i32> {
    let (tensor, deleted) = produce(data.to_vec(), shape, strides, |tensor| {
        tensor.dl_tensor.byte_offset = 4 * start as u64;
    });
    let tensor = take(tensor).expect("valid tensor");
    let values = tensor.to_i32();
    if let Some(contiguous) = tensor.contiguous_i32() {
        assert_eq!(contiguous, values);
    }
    assert_eq!(deleted.get(), 0);
    drop(tensor);
    assert_eq!(deleted.get(), 1);
    values
}

#[test]
fn strides() {
    let data = [0, 1, 2, 3, 4, 5, 6, 7];
    assert_eq!(read(&data, &[2, 3], None, 0), [0, 1, 2, 3, 4, 5]);
    assert_eq!(read(&data, &[2, 3], None, 1), [1, 2, 3, 4, 5, 6]);
    assert_eq!(read(&data, &[2, 3], Some(&[3, 1]), 2), [2, 3, 4, 5, 6, 7]);
    // transposed, with steps, backwards and repeated
    assert_eq!(read(&data, &[3, 2], Some(&[1, 3]), 0), [0, 3, 1, 4, 2, 5]);
    assert_eq!(read(&data, &[2, 2], Some(&[4, 2]), 1), [1, 3, 5, 7]);
    assert_eq!(read(&data, &[2, 3], Some(&[-3, 1]), 4), [4, 5, 6, 1, 2, 3]);
    assert_eq!(read(&data, &[3], Some(&[-2]), 7), [7, 5, 3]);
    assert_eq!(read(&data, &[2, 2], Some(&[0, 1]), 3), [3, 4, 3, 4]);
    // the stride of an axis with one element means nothing
    assert_eq!(read(&data, &[1, 3], Some(&[77, 1]), 0), [0, 1, 2]);
    assert_eq!(read(&data, &[2, 1, 2], Some(&[4, -9, 1]), 0), [0, 1, 4, 5]);
    assert_eq!(read(&data, &[], None, 5), [5]);
    assert_eq!(read(&data, &[0, 3], Some(&[3, 1]), 0), [0; 0]);
    assert_eq!(read(&data, &[2, 0], None, 0), [0; 0]);
}

#[test]
fn contiguous_memory() {
    let (tensor, _) = produce(vec![1, 2, 3, 4], &[2, 2], Some(&[1, 2]), |_| ());
    let mut tensor = take(tensor).expect("valid");
    assert!(tensor.contiguous().is_none());
    assert!(tensor.contiguous_i32().is_none());
    assert!(tensor.contiguous_mut().is_none());

    let (tensor, _) = produce(vec![1, 2, 3, 4], &[2, 2], None, |_| ());
    let mut tensor = take(tensor).expect("valid");
    tensor.contiguous_mut().expect("writable").fill(0);
    assert_eq!(tensor.to_i32(), [0; 4]);

    let (tensor, _) = produce(vec![1], &[1], None, |tensor| tensor.flags = FLAG_READ_ONLY);
    let mut tensor = take(tensor).expect("valid");
    assert!(tensor.contiguous().is_some());
    assert!(tensor.contiguous_mut().is_none());

    // bytes can be read at any address, integers can not
    let (tensor, _) = produce(vec![0x0403_0201, 0x0807_0605], &[1], None, |tensor| {
        tensor.dl_tensor.byte_offset = 1;
    });
    let tensor = take(tensor).expect("valid");
    assert!(tensor.contiguous().is_some());
    assert!(tensor.contiguous_i32().is_none());
}

#[test]
fn tensors_which_can_not_be_read() {
    let check = |change: fn(&mut DLManagedTensorVersioned), mention: &str| {
        let (tensor, deleted) = produce(vec![1, 2, 3, 4], &[2, 2], None, change);
        let error = take(tensor).expect_err(mention);
        assert_eq!(error.kind(), ErrorKind::InvalidParameter);
        assert!(error.to_string().contains(mention), "{error}");
        assert_eq!(deleted.get(), 1, "{mention}");
    };
    check(
        |tensor| tensor.version = DLPackVersion { major: 2, minor: 0 },
        "2.0",
    );
    check(|tensor| tensor.dl_tensor.device.device_type = 2, "CUDA:0");
    check(|tensor| tensor.dl_tensor.ndim = -1, "-1");
    check(
        |tensor| tensor.dl_tensor.shape = std::ptr::null_mut(),
        "shape is NULL",
    );
    check(
        |tensor| tensor.dl_tensor.data = std::ptr::null_mut(),
        "data is NULL",
    );
    // SAFETY: the shape has two entries
    check(|tensor| unsafe { *tensor.dl_tensor.shape = -3 }, "-3");
    // SAFETY: same as above
    check(
        |tensor| unsafe { *tensor.dl_tensor.shape = i64::MAX },
        "too large",
    );
    assert!(take(std::ptr::null_mut()).is_err());
}

#[test]
fn tensors_without_deleter() {
    let (pointer, deleted) = produce(vec![1, 2], &[2], None, |tensor| tensor.deleter = None);
    let tensor = take(pointer).expect("valid");
    assert_eq!(tensor.to_i32(), [1, 2]);
    drop(tensor);
    assert_eq!(deleted.get(), 0);
    // SAFETY: nobody else frees it
    unsafe { delete(pointer) };
}

#[test]
fn missing_functions_are_named() {
    let mut array = ForeignArray::new(mts_array_t::null());
    let other = ForeignArray::new(mts_array_t::null());
    let values = LabelsArray::new(vec![1], [1, 1]).expect("valid");
    for (name, error) in [
        ("origin", array.origin().err()),
        ("device", array.device().err()),
        ("dtype", array.dtype().err()),
        ("shape", array.shape().err()),
        ("reshape", array.reshape(&[]).err()),
        ("swap_axes", array.swap_axes(0, 0).err()),
        ("create", array.create(&[], &other).err()),
        ("copy", array.copy(Device::CPU).err()),
        ("move_data", array.move_data(&other, &[]).err()),
        ("as_dlpack", array.to_host().err()),
        ("from_dlpack", array.from_host_i32(values.clone()).err()),
    ] {
        let error = error.expect(name);
        assert_eq!(error.kind(), ErrorKind::InvalidParameter);
        assert!(error.to_string().contains(&format!("`{name}`")), "{error}");
    }
}

/// The core's own array, used through the functions which callers see.
struct Seen(mts_array_t);

impl Seen {
    fn new(values: Vec<i32>, shape: [usize; 2]) -> (Seen, LabelsArray) {
        let array = LabelsArray::new(values, shape).expect("valid");
        (Seen(labels_array::view(&array)), array)
    }

    fn export(
        &self,
        device: DLDevice,
        stream: *const i64,
        version: DLPackVersion,
    ) -> Result<*mut DLManagedTensorVersioned, mts_status_t> {
        let mut tensor = std::ptr::null_mut();
        let as_dlpack = self.0.as_dlpack.expect("always there");
        // SAFETY: called as its contract says
        let status = unsafe { as_dlpack(self.0.ptr, &raw mut tensor, device, stream, version) };
        if status == mts_status_t::MTS_SUCCESS {
            Ok(tensor)
        } else {
            Err(status)
        }
    }

    fn import(&self, tensor: *mut DLManagedTensorVersioned) -> Result<ForeignArray, mts_status_t> {
        let mut array = mts_array_t::null();
        let from_dlpack = self.0.from_dlpack.expect("always there");
        // SAFETY: called as its contract says
        let status = unsafe { from_dlpack(self.0.ptr, tensor, &raw mut array) };
        if status == mts_status_t::MTS_SUCCESS {
            Ok(ForeignArray::new(array))
        } else {
            Err(status)
        }
    }
}

#[test]
fn own_array_is_exported_without_copy() {
    let (seen, array) = Seen::new(vec![1, 2, 3, 4, 5, 6], [3, 2]);
    let tensor = seen
        .as_dlpack(CPU, std::ptr::null(), VERSION)
        .expect("exported");
    // SAFETY: a valid tensor
    let content = unsafe { &*tensor };
    assert_eq!(content.version, VERSION);
    assert_eq!(content.flags, FLAG_READ_ONLY);
    assert_eq!(
        content.dl_tensor.data.cast_const(),
        array.values().as_ptr().cast()
    );
    // SAFETY: there are two dimensions
    let strides = unsafe { std::slice::from_raw_parts(content.dl_tensor.strides, 2) };
    assert_eq!(strides, [2, 1]);

    // the tensor keeps the memory alive
    drop(array);
    let tensor = take(tensor).expect("valid");
    assert_eq!(tensor.shape(), [3, 2]);
    assert_eq!(tensor.to_i32(), [1, 2, 3, 4, 5, 6]);

    let (seen, _array) = Seen::new(vec![], [0, 2]);
    let tensor = seen
        .as_dlpack(CPU, std::ptr::null(), VERSION)
        .expect("exported");
    // SAFETY: a valid tensor
    assert!(unsafe { (*tensor).dl_tensor.data.is_null() });
    assert_eq!(take(tensor).expect("valid").shape(), [0, 2]);
}

#[test]
fn own_array_refuses_other_exports() {
    let (seen, _array) = Seen::new(vec![1], [1, 1]);
    let invalid = Err(mts_status_t::MTS_INVALID_PARAMETER_ERROR);
    let null = std::ptr::null();
    let cuda = DLDevice {
        device_type: 2,
        device_id: 0,
    };
    assert_eq!(seen.export(cuda, null, VERSION), invalid);
    let second = DLDevice {
        device_type: 1,
        device_id: 1,
    };
    assert_eq!(seen.export(second, null, VERSION), invalid);
    assert_eq!(seen.export(CPU, &raw const STREAM, VERSION), invalid);
    assert_eq!(
        seen.export(CPU, null, DLPackVersion { major: 0, minor: 8 }),
        invalid
    );
    assert_eq!(
        seen.export(CPU, null, DLPackVersion { major: 2, minor: 0 }),
        invalid
    );
    let newer = seen.export(
        CPU,
        null,
        DLPackVersion {
            major: 1,
            minor: 99,
        },
    );
    drop(take(newer.expect("any minor version")));
}

static STREAM: i64 = 1;

#[test]
fn own_array_from_tensors() {
    let (seen, _array) = Seen::new(vec![1], [1, 1]);
    let (tensor, deleted) = produce(vec![1, 2, 3, 4], &[2, 2], Some(&[1, 2]), |_| ());
    let array = seen.import(tensor).expect("any strides");
    assert_eq!(deleted.get(), 1);
    assert_eq!(array.shape().expect("known"), [2, 2]);
    assert_eq!(
        array.to_host().expect("on CPU").contiguous_i32(),
        Some([1, 3, 2, 4].as_slice())
    );

    for change in [
        (|tensor| tensor.dl_tensor.ndim = 1) as fn(&mut DLManagedTensorVersioned),
        |tensor| tensor.dl_tensor.dtype.code = 1,
        |tensor| tensor.dl_tensor.dtype.bits = 64,
        |tensor| tensor.dl_tensor.device.device_type = 2,
        |tensor| tensor.version.major = 7,
    ] {
        let (tensor, deleted) = produce(vec![0; 8], &[2, 2], None, change);
        let status = seen.import(tensor).err();
        assert_eq!(status, Some(mts_status_t::MTS_INVALID_PARAMETER_ERROR));
        assert_eq!(deleted.get(), 1);
    }
}

#[test]
fn own_array_is_shared_by_copies() {
    let (seen, array) = Seen::new(vec![1, 2], [2, 1]);
    let mut copy = mts_array_t::null();
    let function = seen.0.copy.expect("always there");
    // SAFETY: called as its contract says
    let status = unsafe { function(seen.0.ptr, CPU, &raw mut copy) };
    assert_eq!(status, mts_status_t::MTS_SUCCESS);
    assert_eq!(copy.ptr, seen.0.ptr);
    assert_eq!(std::sync::Arc::strong_count(array.buffer()), 2);
    // SAFETY: we own this copy
    unsafe { copy.destroy.expect("owned")(copy.ptr) };
    assert_eq!(std::sync::Arc::strong_count(array.buffer()), 1);

    let cuda = DLDevice {
        device_type: 2,
        device_id: 0,
    };
    // SAFETY: called as its contract says
    let status = unsafe { function(seen.0.ptr, cuda, &raw mut copy) };
    assert_eq!(status, mts_status_t::MTS_INVALID_PARAMETER_ERROR);
}

#[test]
fn own_array_can_not_be_changed() {
    thread_local!(static DESTROYED: Cell<usize> = const { Cell::new(0) });
    unsafe extern "C" fn destroy(_: *mut c_void) {
        DESTROYED.set(DESTROYED.get() + 1);
    }
    let (seen, _array) = Seen::new(vec![1, 2], [2, 1]);
    let vtable = seen.0;
    let pointer = vtable.ptr;
    let fill_value = mts_array_t {
        destroy: Some(destroy),
        ..mts_array_t::null()
    };
    let mut new_array = mts_array_t::null();
    // SAFETY: called as their contracts say
    let statuses = unsafe {
        [
            vtable.reshape.expect("there")(pointer, [1, 2].as_ptr(), 2),
            vtable.swap_axes.expect("there")(pointer, 0, 1),
            vtable.create.expect("there")(
                pointer,
                [1, 2].as_ptr(),
                2,
                fill_value,
                &raw mut new_array,
            ),
            vtable.move_data.expect("there")(pointer, pointer, std::ptr::null(), 0),
        ]
    };
    assert_eq!(statuses, [mts_status_t::MTS_INVALID_PARAMETER_ERROR; 4]);
    assert_eq!(DESTROYED.get(), 1);
    assert!(last_error().0.contains("move_data"));
    assert!(new_array.ptr.is_null());
}

#[test]
fn own_array_describes_itself() {
    let (seen, _array) = Seen::new(vec![1, 2, 3, 4, 5, 6], [3, 2]);
    let array = ForeignArray::new(seen.0);
    assert_eq!(array.shape().expect("known"), [3, 2]);
    assert_eq!(array.device().expect("known"), Device::CPU);
    assert_eq!(DLDataType::from(array.dtype().expect("known")), I32);
    assert_eq!(
        array.origin().expect("known"),
        metatensor_core::array::origin::labels_array_origin()
    );
}
