//! Who keeps memory alive, and exchange with the rest of the world.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use metatensor_core::array::{Array, DType, Device, HostTensor, LabelsArray};
use proptest::prelude::*;

use super::super::NativeArray;
use super::super::memory::{Batch, Given, Memory};
use super::{any_array, cases, elements};
use crate::array::{Exposed, ForeignArray, mts_array_t};
use crate::dlpack::{DLPackVersion, FLAG_READ_ONLY, VERSION};

unsafe extern "C" fn count_one(counts: *mut c_void, index: usize) {
    // SAFETY: the counters of the test
    let counts = unsafe { &*counts.cast::<[AtomicUsize; 3]>() };
    counts[index].fetch_add(1, Ordering::Relaxed);
}

unsafe extern "C" fn count_all(counts: *mut c_void) {
    // SAFETY: called after the other ones
    unsafe { count_one(counts, 2) };
}

#[test]
fn memory_is_released_once() {
    let counts = [const { AtomicUsize::new(0) }; 3];
    let released = || counts.each_ref().map(|count| count.load(Ordering::Relaxed));
    let mut data = [1_i32, 2, 3, 4];
    let batch = Arc::new(Batch {
        user_data: (&raw const counts).cast_mut().cast(),
        release: Some(count_one),
        release_all: Some(count_all),
    });
    let memory = [0, 1].map(|index| Memory::Given(Given::new(&batch, index)));
    drop(batch);
    let [first, second] = memory.map(|memory| {
        let data = data.as_mut_ptr().cast();
        // SAFETY: the data lives longer
        unsafe { NativeArray::in_memory(data, &[2, 2], None, DType::I32, false, memory) }
            .expect("valid")
    });
    // tensors and host tensors keep the memory
    let tensor = first.to_dlpack(VERSION);
    let shared = first.share();
    drop(first);
    drop(shared);
    assert_eq!(released(), [0, 0, 0]);
    // SAFETY: it is ours
    drop(unsafe { NativeArray::from_dlpack(tensor) }.expect("valid"));
    assert_eq!(released(), [1, 0, 0]);

    // through `mts_array_t` and the trait of the core; copies have their own memory
    let array = ForeignArray::new(second.into_c());
    let copy = array.copy(Device::CPU).expect("in main memory");
    let host = array.to_host().expect("in main memory");
    drop(array);
    assert_eq!(released(), [1, 0, 0]);
    assert_eq!(host.contiguous_i32(), Some([1, 2, 3, 4].as_slice()));
    drop(host);
    assert_eq!(released(), [1, 1, 1]);
    let host = copy.to_host().expect("in main memory");
    assert_eq!(host.contiguous_i32(), Some([1, 2, 3, 4].as_slice()));
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn exchange(placement in any_array(), seed: u8, read_only: bool, minor in 0_u32..6) {
        let mut array = placement.array(seed);
        array.read_only = read_only;
        let expected = elements(&array);
        let tensor = array.to_dlpack(DLPackVersion { major: 1, minor });
        // SAFETY: a valid tensor
        let content = unsafe { &*tensor };
        prop_assert_eq!(content.version.minor, minor.min(VERSION.minor));
        prop_assert_eq!(content.flags, if read_only { FLAG_READ_ONLY } else { 0 });
        prop_assert_eq!(content.dl_tensor.data.is_null(), expected.is_empty());
        drop(array);
        // SAFETY: it is ours
        let mut again = unsafe { NativeArray::from_dlpack(tensor) }.expect("valid");
        prop_assert_eq!(again.shape(), &placement.shape);
        prop_assert_eq!(again.dtype, placement.dtype);
        prop_assert_eq!(elements(&again), expected);
        prop_assert!(!read_only || again.contiguous_mut().is_none());
        prop_assert!(again.copy().expect("enough memory").contiguous_mut().is_some());
    }
}

#[test]
fn values_of_labels_are_shared() {
    let values = LabelsArray::new(vec![1, 2, 3, 4, 5, 6], [3, 2]).expect("valid");
    let template = Box::<dyn Array>::from(NativeArray::zeros(&[1, 1], DType::I32).expect("memory"));
    let array = template.from_host_i32(values.clone()).expect("any values");
    assert_eq!(array.origin().expect("known"), super::super::origin());
    let host = array.to_host().expect("in main memory");
    assert_eq!(
        host.contiguous_i32().map(<[i32]>::as_ptr),
        Some(values.values().as_ptr())
    );
    assert!(
        array
            .to_host()
            .expect("in main memory")
            .contiguous_mut()
            .is_none()
    );
}

#[test]
fn dtypes_of_whole_bytes() {
    for (bits, lanes) in [(1, 1), (4, 1), (12, 1), (0, 1), (8, 0), (4, 3)] {
        let dtype = DType {
            bits,
            lanes,
            ..DType::I32
        };
        let error = NativeArray::zeros(&[2], dtype).expect_err("not whole bytes");
        assert!(error.to_string().contains("whole bytes"), "{error}");
    }
    let dtype = DType {
        bits: 4,
        lanes: 2,
        ..DType::I32
    };
    assert!(NativeArray::zeros(&[2], dtype).is_ok());
}

#[test]
fn views_are_recognized() {
    let array = ForeignArray::new(
        NativeArray::zeros(&[2], DType::F64)
            .expect("memory")
            .into_c(),
    );
    assert!(array.native().is_some());
    let view = ForeignArray::new(array.view());
    assert!(view.native().is_some());
    let changed = mts_array_t {
        copy: None,
        ..array.view()
    };
    assert!(ForeignArray::new(changed).native().is_none());
    let labels = LabelsArray::new(vec![1], [1, 1]).expect("valid");
    assert!(ForeignArray::new(labels.into_c()).native().is_none());

    // both ways give the same
    let slow = mts_array_t {
        copy: None,
        ..array.view()
    };
    let slow = ForeignArray::new(slow);
    assert_eq!(
        slow.origin().expect("known"),
        array.origin().expect("known")
    );
    assert_eq!(
        slow.device().expect("known"),
        array.device().expect("known")
    );
    assert_eq!(slow.dtype().expect("known"), array.dtype().expect("known"));
    assert_eq!(slow.shape().expect("known"), array.shape().expect("known"));
    let cuda = Device {
        device_type: metatensor_core::array::DeviceType(2),
        device_id: 0,
    };
    assert!(
        array
            .copy(cuda)
            .expect_err("not there")
            .to_string()
            .contains("CUDA:0")
    );
}
