//! Numbering all rows that there could be between the smallest and the largest
//! value of each column.

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
            ranges @ [_, _, _] => ranges.copy_from_slice(&column_ranges::<3>(values)),
            ranges @ [_, _, _, _] => ranges.copy_from_slice(&column_ranges::<4>(values)),
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
    #[inline]
    pub(super) fn cell(&self, row: &[i32]) -> Option<u64> {
        let cell = self.cell_or_end(row);
        (cell < self.cells).then_some(cell)
    }

    /// Number of the cell containing this row, or the number of cells if it is
    /// outside. There is no branch, so that many rows are worked on together.
    #[inline]
    pub(super) fn cell_or_end(&self, row: &[i32]) -> u64 {
        let (mut cell, mut is_inside) = (0_u64, true);
        // the number of values is often known to the compiler, that of columns is not
        let columns = &self.columns[..row.len()];
        for (&(min, extent), &value) in columns.iter().zip(row) {
            // values below the minimum wrap to something larger than any extent
            let distance = (i64::from(value) - i64::from(min)).cast_unsigned();
            is_inside &= distance < extent;
            cell = cell.wrapping_mul(extent).wrapping_add(distance);
        }
        if is_inside { cell } else { self.cells }
    }

    /// Number of cells, if there are not many more than `ratio` for each of the
    /// `count` rows.
    pub(super) fn dense_cells(&self, count: usize, ratio: usize) -> Option<usize> {
        let cells = usize::try_from(self.cells).ok()?;
        (cells <= count.saturating_mul(ratio).saturating_add(64)).then_some(cells)
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
        assert_eq!(bounding.dense_cells(1000, 2), None);
        let small = BoundingBox::new(&[4, 5, 9], 1).expect("small box");
        assert_eq!(small.dense_cells(3, 2), Some(6));
    }
}
