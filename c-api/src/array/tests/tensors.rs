//! Tensors and arrays of the caller, seen by the core.

use metatensor_core::ErrorKind;
use metatensor_core::array::{Array, Device, HostTensor, LabelsArray};

use super::{delete, produce, take};
use crate::array::{ForeignArray, mts_array_t};
use crate::dlpack::{DLManagedTensorVersioned, DLPackVersion, FLAG_READ_ONLY};

/// Read a tensor with these strides, starting at an element of the data.
fn read(data: &[i32], shape: &[i64], strides: Option<&[i64]>, start: usize) -> Vec<i32> {
    let (tensor, deleted) = produce(data.to_vec(), shape, strides, |tensor| {
        tensor.dl_tensor.byte_offset = 4 * start as u64;
    });
    let tensor = take(tensor).expect("valid tensor");
    let values = tensor.to_i32().expect("small");
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
    assert_eq!(tensor.to_i32().expect("small"), [0; 4]);

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
    check(|tensor| tensor.dl_tensor.ndim = i32::MAX, "at most 1024");
    check(
        |tensor| tensor.dl_tensor.shape = tensor.dl_tensor.shape.wrapping_byte_add(1),
        "not aligned",
    );
    assert!(take(std::ptr::null_mut()).is_err());
}

#[test]
fn strides_which_leave_the_memory() {
    for strides in [[i64::MAX, 1], [1, i64::MIN], [i64::MAX / 4, i64::MAX / 4]] {
        let (tensor, deleted) = produce(vec![1, 2, 3, 4], &[2, 2], Some(&strides), |_| {});
        let error = take(tensor).expect_err("invalid");
        assert!(error.to_string().contains("strides"), "{error}");
        assert_eq!(deleted.get(), 1);
    }
    // the stride of a single element does not matter
    assert_eq!(read(&[1, 2], &[1, 2], Some(&[i64::MAX, 1]), 0), [1, 2]);
    assert_eq!(
        read(&[1, 2, 3, 4], &[2, 1, 2], Some(&[2, i64::MIN, 1]), 0),
        [1, 2, 3, 4]
    );
    assert_eq!(
        read(&[1, 2, 3, 4], &[2, 1], Some(&[-2, i64::MAX]), 3),
        [4, 2]
    );
}

#[test]
fn tensors_without_deleter() {
    let (pointer, deleted) = produce(vec![1, 2], &[2], None, |tensor| tensor.deleter = None);
    let tensor = take(pointer).expect("valid");
    assert_eq!(tensor.to_i32().expect("small"), [1, 2]);
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
