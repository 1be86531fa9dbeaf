//! Native arrays against models going through elements one by one.

mod moves;
mod ownership;
mod shapes;

use std::sync::Arc;

use metatensor_core::array::{DType, DTypeCode};
use proptest::prelude::*;

use super::NativeArray;
use super::layout::Layout;

/// Elements of 1 to 16 bytes, one of them with a size which is no power of 2.
pub const DTYPES: [DType; 7] = [
    DType::new(DTypeCode::BOOL, 8),
    DType::new(DTypeCode::BFLOAT, 16),
    DType::I32,
    DType::F64,
    DType::new(DTypeCode::COMPLEX, 128),
    DType {
        code: DTypeCode::UINT,
        bits: 8,
        lanes: 3,
    },
    DType::new(DTypeCode(10), 8), // one of the float8
];

/// Fewer cases where everything is slow.
pub fn cases(count: u32) -> ProptestConfig {
    ProptestConfig {
        cases: if cfg!(miri) { count / 16 } else { count },
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// How to place an array inside of some memory.
#[derive(Debug, Clone)]
pub struct Placement {
    pub dtype: DType,
    pub shape: Vec<usize>,
    /// For each axis: how fast it is compared to the other ones, the space between
    /// its entries, and if it goes backwards.
    axes: Vec<(u8, usize, bool)>,
}

/// All kinds of arrays with this dtype and shape.
pub fn placement(dtype: DType, shape: Vec<usize>) -> impl Strategy<Value = Placement> {
    let row_major = (0..shape.len()).map(|i| (i as u8, 1, false)).collect();
    let any_strides = prop::collection::vec((any::<u8>(), 1_usize..3, any::<bool>()), shape.len());
    let any_order = prop::collection::vec((any::<u8>(), Just(1), Just(false)), shape.len());
    prop_oneof![Just(row_major), any_strides, any_order].prop_map(move |axes| Placement {
        dtype,
        shape: shape.clone(),
        axes,
    })
}

/// Any of the types.
pub fn dtype() -> impl Strategy<Value = DType> {
    prop::sample::select(DTYPES.to_vec())
}

/// Shapes with at least `ndim` dimensions, small ones and large ones for two axes.
pub fn shape(ndim: usize) -> impl Strategy<Value = Vec<usize>> {
    let large: usize = if cfg!(miri) { 6 } else { 50 };
    let dimension = prop_oneof![4 => 1_usize..6, 1 => Just(0), 1 => Just(1)];
    let small = prop::collection::vec(dimension, ndim..ndim + 4);
    let matrix = prop::collection::vec(1..large, 2.max(ndim)..3.max(ndim + 1));
    prop_oneof![3 => small, 1 => matrix]
}

/// Any array.
pub fn any_array() -> impl Strategy<Value = Placement> {
    (dtype(), shape(0)).prop_flat_map(|(dtype, shape)| placement(dtype, shape))
}

impl Placement {
    /// The array, with elements which depend on `seed`, in memory of its own.
    pub fn array(&self, seed: u8) -> NativeArray {
        let mut order = (0..self.shape.len()).collect::<Vec<_>>();
        order.sort_by_key(|&axis| std::cmp::Reverse(self.axes[axis].0));
        let (mut stride, mut first) = (1, 0);
        let mut strides = vec![0; self.shape.len()];
        for axis in order {
            let (_, space, backwards) = self.axes[axis];
            let step = (stride * space) as isize;
            strides[axis] = if backwards { -step } else { step };
            stride *= space * self.shape[axis].max(1);
            if backwards {
                first += step * (self.shape[axis] as isize - 1).max(0);
            }
        }
        let memory = NativeArray::zeros(&[stride], self.dtype).expect("enough memory");
        fill(&memory, seed);
        view(&memory, first, self.shape.clone(), strides)
    }
}

/// Part of an array.
pub fn view(
    array: &NativeArray,
    first: isize,
    shape: Vec<usize>,
    strides: Vec<isize>,
) -> NativeArray {
    let item = array.layout.item();
    NativeArray {
        // SAFETY: tests only ask for what is part of the array
        start: unsafe { array.start.offset(first * item as isize) },
        layout: Layout::strided(shape, strides, item).expect("valid"),
        dtype: array.dtype,
        read_only: false,
        memory: Arc::clone(&array.memory),
    }
}

/// Give different values to all bytes of a row-major array.
pub fn fill(array: &NativeArray, seed: u8) {
    let mut state = u32::from(seed) * 2 + 1;
    for i in 0..array.layout.size() {
        state = state.wrapping_mul(0x9E37_79B1).rotate_left(7);
        // SAFETY: inside of the array
        unsafe { array.start.add(i).write((state >> 24) as u8) };
    }
}

/// Addresses of all elements, in row-major order.
pub fn addresses(array: &NativeArray) -> Vec<*mut u8> {
    let item = array.layout.item() as isize;
    let mut result = vec![array.start];
    for (count, stride) in array.shape().iter().zip(array.layout.strides()) {
        let mut next = Vec::new();
        for start in result {
            next.extend((0..*count as isize).map(|i| start.wrapping_offset(i * stride * item)));
        }
        result = next;
    }
    result
}

/// All elements, in row-major order.
pub fn elements(array: &NativeArray) -> Vec<Vec<u8>> {
    let read = |address: *mut u8| {
        // SAFETY: the address of an element
        unsafe { std::slice::from_raw_parts(address, array.layout.item()) }.to_vec()
    };
    addresses(array).into_iter().map(read).collect()
}
