//! Rows of a table of integers, with the number of columns known to the
//! compiler where it is small.

/// Row-major rows, all with the same number of columns.
pub(super) trait Rows<'a>: Copy + Send + Sync {
    /// The content of one row, packed into a number where it fits.
    type Key: Key;

    fn row_count(self) -> usize;
    fn row(self, index: usize) -> &'a [i32];
    fn key(self, index: usize) -> Self::Key;
}

/// Content of a row; compares in lexicographic order.
pub(super) trait Key: Copy + Ord + Send + Sync {
    /// Hash, the same for all tables.
    fn hash(self) -> u64;
}

/// Number which has the same order as the signed one.
fn flip(value: i32) -> u32 {
    value.cast_unsigned() ^ (1 << 31)
}

fn flip_pair(first: i32, second: i32) -> u64 {
    u64::from(flip(first)) << 32 | u64::from(flip(second))
}

/// Implement [`Rows`] for rows of a known size.
macro_rules! packed_rows {
    ($size: literal, $key: ty, $row: ident => $pack: expr) => {
        impl<'a> Rows<'a> for &'a [[i32; $size]] {
            type Key = $key;

            fn row_count(self) -> usize {
                self.len()
            }

            #[inline]
            fn row(self, index: usize) -> &'a [i32] {
                &self[index]
            }

            #[inline]
            fn key(self, index: usize) -> $key {
                let $row = &self[index];
                $pack
            }
        }
    };
}

packed_rows!(1, u32, row => flip(row[0]));
packed_rows!(2, u64, row => flip_pair(row[0], row[1]));
packed_rows!(3, u128, row => u128::from(flip(row[0])) << 64 | u128::from(flip_pair(row[1], row[2])));
packed_rows!(4, u128, row => u128::from(flip_pair(row[0], row[1])) << 64 | u128::from(flip_pair(row[2], row[3])));

/// Rows with many columns.
#[derive(Clone, Copy)]
pub(super) struct WideRows<'a> {
    values: &'a [i32],
    size: usize,
}

impl<'a> WideRows<'a> {
    /// `size` must not be 0.
    pub(super) fn new(values: &'a [i32], size: usize) -> WideRows<'a> {
        WideRows { values, size }
    }
}

impl<'a> Rows<'a> for WideRows<'a> {
    type Key = &'a [i32];

    fn row_count(self) -> usize {
        self.values.len() / self.size
    }

    fn row(self, index: usize) -> &'a [i32] {
        &self.values[index * self.size..][..self.size]
    }

    fn key(self, index: usize) -> &'a [i32] {
        self.row(index)
    }
}

impl Key for u32 {
    fn hash(self) -> u64 {
        u64::from(self).hash()
    }
}

impl Key for u64 {
    #[inline]
    fn hash(self) -> u64 {
        multiply_and_fold(self ^ START, FACTOR)
    }
}

impl Key for u128 {
    #[inline]
    fn hash(self) -> u64 {
        let first = multiply_and_fold((self >> 64) as u64 ^ START, FACTOR);
        multiply_and_fold(first ^ self as u64, FACTOR)
    }
}

impl Key for &[i32] {
    fn hash(self) -> u64 {
        let (pairs, last) = self.as_chunks::<2>();
        let mut hash = START;
        for pair in pairs {
            hash = multiply_and_fold(hash ^ flip_pair(pair[0], pair[1]), FACTOR);
        }
        if let [last] = last {
            hash = multiply_and_fold(hash ^ u64::from(flip(*last)), FACTOR);
        }
        hash
    }
}

const START: u64 = 0x9E37_79B9_7F4A_7C15;
const FACTOR: u64 = 0xD6E8_FEB8_6659_FD93;

#[inline]
fn multiply_and_fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Evaluate an expression with `$rows` implementing [`Rows`] for `$values`
/// split in rows of `$size` columns. `$size` must not be 0. With two tables, their
/// rows have the same type.
macro_rules! with_rows {
    ($values: expr, $size: expr, $rows: ident => $body: expr) => {
        $crate::labels::rows::with_rows!($values, $values, $size, $rows, _same => $body)
    };
    ($values: expr, $others: expr, $size: expr, $rows: ident, $other_rows: pat => $body: expr) => {
        match $size {
            1 => {
                let ($rows, $other_rows) = ($values.as_chunks::<1>().0, $others.as_chunks::<1>().0);
                $body
            }
            2 => {
                let ($rows, $other_rows) = ($values.as_chunks::<2>().0, $others.as_chunks::<2>().0);
                $body
            }
            3 => {
                let ($rows, $other_rows) = ($values.as_chunks::<3>().0, $others.as_chunks::<3>().0);
                $body
            }
            4 => {
                let ($rows, $other_rows) = ($values.as_chunks::<4>().0, $others.as_chunks::<4>().0);
                $body
            }
            size => {
                let $rows = $crate::labels::rows::WideRows::new($values, size);
                let $other_rows = $crate::labels::rows::WideRows::new($others, size);
                $body
            }
        }
    };
}

pub(super) use with_rows;

/// Is every row larger than the one before?
pub(super) fn strictly_increasing<'a>(rows: impl Rows<'a>) -> bool {
    (1..rows.row_count()).all(|i| rows.key(i - 1) < rows.key(i))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn wide_and_fixed_rows_are_the_same() {
        let values = &(0..60).collect::<Vec<i32>>()[..];
        for size in [1, 2, 3, 4, 5, 6, 10] {
            let wide = WideRows::new(values, size);
            with_rows!(values, size, rows => {
                assert_eq!(rows.row_count(), wide.row_count());
                for i in 0..rows.row_count() {
                    assert_eq!(rows.row(i), wide.row(i));
                }
            });
        }
    }

    #[test]
    fn increasing() {
        let check = |values: &[i32]| with_rows!(values, 2, rows => strictly_increasing(rows));
        assert!(check(&[]));
        assert!(check(&[1, 1]));
        assert!(check(&[-1, 5, 0, -3, 0, -2]));
        assert!(!check(&[0, 1, 0, 1]));
        assert!(!check(&[0, 1, 0, 0]));
    }

    #[test]
    fn packed_rows_keep_the_order() {
        let values = [i32::MIN, -70_000, -1, 0, 1, 70_000, i32::MAX];
        for size in 1..=5 {
            let rows =
                (0..40_usize).map(|i| (0..size).map(move |k| values[(i * 5 + k * k * i) % 7]));
            let values = rows.flatten().collect::<Vec<_>>();
            with_rows!(&values[..], size, rows => {
                for i in 0..rows.row_count() {
                    for j in 0..rows.row_count() {
                        let is_less = rows.row(i) < rows.row(j);
                        assert_eq!(rows.key(i) < rows.key(j), is_less);
                    }
                }
            });
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "slow")]
    fn hashes_are_spread() {
        // neighbours, in any column, must not share their slots nor their tags
        for size in 1..=5 {
            for column in 0..size {
                let row = |value| (0..size).map(move |k| if k == column { value } else { 7 });
                let values = (0..4096).flat_map(row).collect::<Vec<_>>();
                with_rows!(&values[..], size, rows => {
                    let hashes = (0..4096).map(|i| rows.key(i).hash());
                    let (first, last): (HashSet<_>, HashSet<_>) =
                        hashes.map(|hash| (hash >> 48, hash & 0xFFFF)).unzip();
                    assert!(first.len() > 3800, "{size} {column}: {}", first.len());
                    assert!(last.len() > 3800, "{size} {column}: {}", last.len());
                });
            }
        }
    }
}
