//! The core's own array, seen by the caller.

use std::cell::Cell;
use std::ffi::c_void;

use metatensor_core::array::{Array, Device, LabelsArray};

use super::{CPU, I32, produce, take};
use crate::array::{ForeignArray, labels_array, mts_array_t};
use crate::dlpack::{
    DLDataType, DLDevice, DLManagedTensorVersioned, DLPackVersion, FLAG_READ_ONLY, VERSION,
};
use crate::error::tests::last_error;
use crate::status::mts_status_t;

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
        .export(CPU, std::ptr::null(), VERSION)
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
    assert_eq!(tensor.to_i32().expect("small"), [1, 2, 3, 4, 5, 6]);

    let (seen, _array) = Seen::new(vec![], [0, 2]);
    let tensor = seen
        .export(CPU, std::ptr::null(), VERSION)
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
