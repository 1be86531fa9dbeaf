//! Orders of elements and of their bytes.

use crate::array::{DType, DTypeCode};
use crate::io::npy::ByteOrder;

/// Turn elements stored in this byte order into valid native ones.
pub(super) fn to_native(bytes: &mut [u8], dtype: DType, order: ByteOrder) {
    if order != ByteOrder::NATIVE {
        let parts = if dtype.code == DTypeCode::COMPLEX {
            2
        } else {
            1
        };
        swap_bytes(bytes, dtype.size_of() / parts);
    }
    if dtype.code == DTypeCode::BOOL {
        // any other value would be undefined behaviour for users of the array
        for byte in bytes {
            *byte = u8::from(*byte != 0);
        }
    }
}

/// Copy elements stored with the first axis varying fastest to row-major order.
pub(super) fn from_fortran_order(input: &[u8], output: &mut [u8], shape: &[usize], item: usize) {
    let mut strides = Vec::with_capacity(shape.len());
    let mut stride = 1;
    for dimension in shape {
        strides.push(stride);
        stride *= dimension;
    }
    let mut index = vec![0; shape.len()];
    let mut position = 0;
    for element in output.chunks_exact_mut(item) {
        element.copy_from_slice(&input[position * item..][..item]);
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            position += strides[axis];
            if index[axis] < shape[axis] {
                break;
            }
            position -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
    }
}

/// Reverse the bytes of each number.
fn swap_bytes(bytes: &mut [u8], size: usize) {
    fn swap<const N: usize>(bytes: &mut [u8]) {
        for number in bytes.as_chunks_mut::<N>().0 {
            number.reverse();
        }
    }
    match size {
        2 => swap::<2>(bytes),
        4 => swap::<4>(bytes),
        8 => swap::<8>(bytes),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fortran_order() {
        // (2, 3): rows 0 1 2 and 3 4 5
        let mut output = [0; 6];
        from_fortran_order(&[0, 3, 1, 4, 2, 5], &mut output, &[2, 3], 1);
        assert_eq!(output, [0, 1, 2, 3, 4, 5]);

        // against the definition, in three dimensions with 2-byte elements
        let shape = [2, 3, 4];
        let (mut columns, mut rows) = (vec![0; 48], vec![0; 48]);
        for i in 0..2 {
            for j in 0..3 {
                for k in 0..4 {
                    let value = [(i * 100 + j * 10 + k) as u8, 7];
                    columns[2 * (i + 2 * j + 6 * k)..][..2].copy_from_slice(&value);
                    rows[2 * (12 * i + 4 * j + k)..][..2].copy_from_slice(&value);
                }
            }
        }
        let mut output = vec![0; 48];
        from_fortran_order(&columns, &mut output, &shape, 2);
        assert_eq!(output, rows);
    }

    #[test]
    fn swapping_bytes() {
        let mut bytes = [1, 2, 3, 4, 5, 6, 7, 8];
        swap_bytes(&mut bytes, 1);
        assert_eq!(bytes, [1, 2, 3, 4, 5, 6, 7, 8]);
        swap_bytes(&mut bytes, 2);
        assert_eq!(bytes, [2, 1, 4, 3, 6, 5, 8, 7]);
        swap_bytes(&mut bytes, 4);
        assert_eq!(bytes, [3, 4, 1, 2, 7, 8, 5, 6]);
        swap_bytes(&mut bytes, 8);
        assert_eq!(bytes, [6, 5, 8, 7, 2, 1, 4, 3]);
    }
}
