//! Copies, shapes and axes.

use metatensor_core::array::{DType, HostTensor};
use proptest::prelude::*;

use super::super::NativeArray;
use super::super::copy::CopyPlan;
use super::super::layout::Layout;
use super::{any_array, cases, dtype, elements, shape};

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn copies(placement in any_array(), seed: u8) {
        let array = placement.array(seed);
        let copy = array.copy().expect("enough memory");
        prop_assert_eq!(elements(&copy), elements(&array));
        prop_assert_eq!(copy.shape(), array.shape());
        prop_assert!(copy.layout.is_row_major());
        prop_assert!(copy.start.addr() % 64 == 0);

        let mut bytes = vec![0; array.layout.size()];
        array.read_into(&mut bytes);
        prop_assert_eq!(&bytes, &elements(&array).concat());
        prop_assert_eq!(array.contiguous().is_some(), array.layout.is_row_major());
        if let Some(contiguous) = array.contiguous() {
            prop_assert_eq!(&bytes, contiguous);
        }
    }

    #[test]
    fn copies_in_parts(placement in any_array(), seed: u8, parts in 1_usize..9) {
        let array = placement.array(seed);
        let copy = NativeArray::zeros(array.shape(), array.dtype).expect("enough memory");
        let plan = CopyPlan::new(&copy.layout, &array.layout);
        prop_assert_eq!(plan.size(), array.layout.size());
        if plan.size() == 0 {
            return Ok(());
        }
        let split = plan.split(parts);
        prop_assert_eq!(split.iter().map(CopyPlan::size).sum::<usize>(), plan.size());
        for part in split {
            // SAFETY: both arrays have all elements
            unsafe { part.copy(copy.start, array.start) };
        }
        prop_assert_eq!(elements(&copy), elements(&array));
    }

    #[test]
    fn reshaped(placement in any_array(), seed: u8, picks in prop::collection::vec(any::<u8>(), 6)) {
        let mut array = placement.array(seed);
        let expected = elements(&array);
        // all factors of the count in some other order, with ones in between
        let mut count = expected.len();
        let mut shape = Vec::new();
        for pick in picks {
            let divisors = (1..=count).filter(|n| count.is_multiple_of(*n)).collect::<Vec<_>>();
            let Some(divisor) = divisors.get(usize::from(pick) % divisors.len().max(1)) else {
                break;
            };
            shape.push(*divisor);
            count /= divisor;
        }
        shape.push(count);
        let was_row_major = array.layout.is_row_major();
        let start = array.start;
        array.reshape(&shape).expect("same count");
        prop_assert_eq!(array.shape(), &shape);
        prop_assert_eq!(elements(&array), expected);
        prop_assert!(!was_row_major || array.start == start, "copied without need");
        shape.push(2);
        prop_assert_eq!(array.reshape(&shape).is_ok(), elements(&array).is_empty());
    }

    #[test]
    fn swapped(placement in any_array(), seed: u8, axes: (prop::sample::Index, prop::sample::Index)) {
        let mut array = placement.array(seed);
        let ndim = array.shape().len();
        if ndim == 0 {
            prop_assert!(array.swap_axes(0, 0).is_err());
            return Ok(());
        }
        let (axis_1, axis_2) = (axes.0.index(ndim), axes.1.index(ndim));
        let original = array.share();
        array.swap_axes(axis_1, axis_2).expect("they exist");
        let shape = array.shape().to_vec();
        let values = elements(&original);
        let swapped = elements(&array);
        for (position, value) in swapped.iter().enumerate() {
            let mut index = indices(position, &shape);
            index.swap(axis_1, axis_2);
            prop_assert_eq!(value, &values[position_of(&index, original.shape())]);
        }
        let same_again = original.rearranged(&[(axis_1, axis_2)], &[swapped.len()]);
        prop_assert_eq!(elements(&same_again.expect("same count")), swapped);
        prop_assert!(array.swap_axes(ndim, 0).is_err());
    }

    #[test]
    fn filled(dtype in dtype(), shape in shape(0), bytes: [u8; 16]) {
        let value = &bytes[..dtype.size_of()];
        let array = NativeArray::full(&shape, dtype, value).expect("enough memory");
        prop_assert!(elements(&array).iter().all(|element| element == value));
        let zeros = NativeArray::full(&shape, dtype, &[0; 16][..dtype.size_of()]);
        prop_assert!(elements(&zeros.expect("enough memory")).concat().iter().all(|byte| *byte == 0));
    }

    #[test]
    fn no_copy_without_need(placement in any_array(), seed: u8) {
        // any array can be cut in smaller axes, and these put together again
        let array = placement.array(seed);
        let mut cut = Vec::new();
        for &dimension in array.shape() {
            let divisor = (2..dimension).find(|n| dimension.is_multiple_of(*n)).unwrap_or(1);
            cut.extend([divisor, dimension / divisor]);
        }
        let layout = array.layout.reshaped(&cut).expect("only cut");
        prop_assert!(layout.reshaped(array.shape()).is_some());
    }
}

/// Indices along each axis of the element at this position.
fn indices(mut position: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for (i, dimension) in index.iter_mut().zip(shape).rev() {
        *i = position % dimension;
        position /= dimension;
    }
    index
}

fn position_of(index: &[usize], shape: &[usize]) -> usize {
    let axes = index.iter().zip(shape);
    axes.fold(0, |position, (i, dimension)| position * dimension + i)
}

#[test]
fn sizes_which_do_not_fit() {
    let huge = usize::MAX;
    for shape in [
        &[huge][..],
        &[huge, 0],
        &[1 << 40, 1 << 40],
        &[1 << 60],
        &[1 << 62, 2],
    ] {
        let error = NativeArray::zeros(shape, DType::F64).expect_err("too large");
        assert!(error.to_string().contains("too large"), "{error}");
    }
    // possible, but nobody has so much memory; Miri gives up instead
    if !cfg!(miri) {
        let error = NativeArray::empty(&[1 << 59], DType::F64).expect_err("not enough memory");
        assert!(error.to_string().contains("not enough memory"), "{error}");
    }
    assert!(NativeArray::zeros(&[1 << 40, 1 << 40, 0], DType::F64).is_ok());

    for (shape, stride) in [
        (vec![2], isize::MAX),
        (vec![3], 1 << 60),
        (vec![2, 2], -(1 << 61)),
    ] {
        let strides = vec![stride; shape.len()];
        let error = Layout::strided(shape, strides, 8).expect_err("too far away");
        assert!(error.to_string().contains("too far away"), "{error}");
    }
    assert!(Layout::strided(vec![0, 2], vec![isize::MAX; 2], 8).is_ok());
}

#[test]
fn overlaps() {
    let layout = |shape: &[usize], strides: &[isize]| {
        Layout::strided(shape.to_vec(), strides.to_vec(), 8).expect("valid")
    };
    assert!(!layout(&[2, 3], &[3, 1]).may_overlap());
    assert!(!layout(&[2, 3], &[-1, 2]).may_overlap());
    assert!(!layout(&[1, 3], &[0, 1]).may_overlap());
    assert!(layout(&[2, 3], &[0, 1]).may_overlap());
    assert!(layout(&[2, 3], &[2, 1]).may_overlap());
    assert!(layout(&[2, 2], &[1, -1]).may_overlap());
}
