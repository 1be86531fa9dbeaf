//! Rows of a table of integers, with the number of columns known to the
//! compiler where it is small.

/// Row-major rows, all with the same number of columns.
pub(super) trait Rows<'a>: Copy {
    /// One row; compares in lexicographic order.
    type Row: Copy + Ord + AsRef<[i32]>;

    fn row_count(self) -> usize;
    fn row(self, index: usize) -> Self::Row;
}

impl<'a, const SIZE: usize> Rows<'a> for &'a [[i32; SIZE]] {
    type Row = &'a [i32; SIZE];

    fn row_count(self) -> usize {
        self.len()
    }

    fn row(self, index: usize) -> Self::Row {
        &self[index]
    }
}

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
    type Row = &'a [i32];

    fn row_count(self) -> usize {
        self.values.len() / self.size
    }

    fn row(self, index: usize) -> Self::Row {
        &self.values[index * self.size..][..self.size]
    }
}

/// Evaluate an expression with `$rows` implementing [`Rows`] for `$values`
/// split in rows of `$size` columns. `$size` must not be 0.
macro_rules! with_rows {
    ($values: expr, $size: expr, $rows: ident => $body: expr) => {
        match $size {
            1 => {
                let $rows = $values.as_chunks::<1>().0;
                $body
            }
            2 => {
                let $rows = $values.as_chunks::<2>().0;
                $body
            }
            3 => {
                let $rows = $values.as_chunks::<3>().0;
                $body
            }
            4 => {
                let $rows = $values.as_chunks::<4>().0;
                $body
            }
            size => {
                let $rows = $crate::labels::rows::WideRows::new($values, size);
                $body
            }
        }
    };
}

pub(super) use with_rows;

/// Is every row larger than the one before?
pub(super) fn strictly_increasing<'a>(rows: impl Rows<'a>) -> bool {
    (1..rows.row_count()).all(|i| rows.row(i - 1) < rows.row(i))
}

/// Smallest box containing all rows; numbers its cells in lexicographic order.
#[derive(Debug, Clone)]
pub(super) struct BoundingBox {
    /// Smallest value and number of values between smallest and largest, for
    /// each column.
    columns: Vec<(i32, u64)>,
    /// Number of cells.
    cells: u64,
}

impl BoundingBox {
    /// `None` if there are no rows, or if cells can not be numbered in 64 bits.
    pub(super) fn new(values: &[i32], size: usize) -> Option<BoundingBox> {
        if values.is_empty() {
            return None;
        }
        let mut ranges = values[..size]
            .iter()
            .map(|&value| (value, value))
            .collect::<Vec<_>>();
        match &mut ranges[..] {
            // keep the common cases in registers
            [range] => *range = column_ranges::<1>(values)[0],
            ranges @ [_, _] => ranges.copy_from_slice(&column_ranges::<2>(values)),
            ranges => {
                for row in values.chunks_exact(size) {
                    for (range, &value) in ranges.iter_mut().zip(row) {
                        *range = (range.0.min(value), range.1.max(value));
                    }
                }
            }
        }
        let mut cells = 1_u64;
        let columns = ranges.into_iter().map(|(min, max)| {
            let extent = u64::from(min.abs_diff(max)) + 1;
            cells = cells.checked_mul(extent)?;
            Some((min, extent))
        });
        let columns = columns.collect::<Option<Vec<_>>>()?;
        Some(BoundingBox { columns, cells })
    }

    /// Number of cells.
    pub(super) fn cells(&self) -> u64 {
        self.cells
    }

    /// Number of the cell containing this row, `None` if it is outside.
    pub(super) fn cell(&self, row: &[i32]) -> Option<u64> {
        let mut cell = 0;
        for (&(min, extent), &value) in self.columns.iter().zip(row) {
            // values below the minimum wrap to something larger than any extent
            let distance = (i64::from(value) - i64::from(min)).cast_unsigned();
            if distance >= extent {
                return None;
            }
            cell = cell * extent + distance;
        }
        Some(cell)
    }

    /// Number of cells, if a table with one entry per cell is not much larger
    /// than the `count` rows.
    pub(super) fn dense_cells(&self, count: usize) -> Option<usize> {
        let cells = usize::try_from(self.cells).ok()?;
        (cells <= count.saturating_mul(4).saturating_add(64)).then_some(cells)
    }
}

fn column_ranges<const SIZE: usize>(values: &[i32]) -> [(i32, i32); SIZE] {
    let mut ranges = [(i32::MAX, i32::MIN); SIZE];
    for row in values.as_chunks::<SIZE>().0 {
        for (range, &value) in ranges.iter_mut().zip(row) {
            *range = (range.0.min(value), range.1.max(value));
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_and_fixed_rows_are_the_same() {
        let values = &(0..60).collect::<Vec<i32>>()[..];
        for size in [1, 2, 3, 4, 5, 6, 10] {
            let wide = WideRows::new(values, size);
            with_rows!(values, size, rows => {
                assert_eq!(rows.row_count(), wide.row_count());
                for i in 0..rows.row_count() {
                    assert_eq!(rows.row(i)[..], *wide.row(i));
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
    fn cells_follow_the_lexicographic_order() {
        let values = [-1, 3, 1, 0, 0, 2];
        let bounding = BoundingBox::new(&values, 2).expect("small box");
        assert_eq!(bounding.cells(), 3 * 4);
        let mut expected = 0;
        for first in -1..=1 {
            for second in 0..=3 {
                assert_eq!(bounding.cell(&[first, second]), Some(expected));
                expected += 1;
            }
        }
        for outside in [
            [-2, 0],
            [2, 0],
            [0, -1],
            [0, 4],
            [i32::MIN, 0],
            [0, i32::MAX],
        ] {
            assert_eq!(bounding.cell(&outside), None, "{outside:?}");
        }
    }

    #[test]
    fn extreme_boxes() {
        assert!(BoundingBox::new(&[], 3).is_none());
        let bounding = BoundingBox::new(&[i32::MIN, i32::MAX], 1).expect("32 bits");
        assert_eq!(bounding.cells(), 1 << 32);
        assert_eq!(bounding.cell(&[i32::MAX]), Some(u64::from(u32::MAX)));
        // two full columns need exactly 64 bits, one more than the count of cells has
        let values = [i32::MIN, i32::MIN, i32::MAX, i32::MAX];
        assert!(BoundingBox::new(&values, 2).is_none());
        assert_eq!(bounding.dense_cells(1000), None);
        let small = BoundingBox::new(&[4, 5, 9], 1).expect("small box");
        assert_eq!(small.dense_cells(3), Some(6));
    }
}
