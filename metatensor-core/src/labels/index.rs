//! Finding rows by their content.

use super::bounding_box::BoundingBox;
use super::hash::{BATCH, RowTable};
use super::rows::{Key, Rows, strictly_increasing, with_rows};
use crate::parallel;

/// The cheapest structure able to find rows in given values. It does not
/// contain the values, and has to be used with the ones it was built from.
#[derive(Debug)]
pub(super) enum Index {
    /// There are no rows.
    Empty,
    /// Sorted rows filling a box: their position is a matter of arithmetic.
    Grid(BoundingBox),
    /// Sorted rows: binary search.
    Sorted,
    /// One entry for each cell of a box, and one for all rows outside of it: row
    /// number plus one or 0.
    Dense(BoundingBox, Vec<u32>),
    /// Hash table.
    Hashed(RowTable),
}

/// Largest number of rows in tables of 32-bit row numbers.
pub(super) const MAX_ROWS: usize = u32::MAX as usize - 1;

/// A table of cells is used if there are at most this many for each row: as much
/// memory as a hash table needs.
const CELLS_PER_ROW: usize = 2;

/// From this number of queries on, several threads look for them.
const PARALLEL_QUERIES: usize = 1 << 16;

/// Number of queries which one thread looks for at a time.
const QUERIES_PER_TASK: usize = 1 << 14;

/// Are all rows larger than the one before?
pub(crate) fn is_sorted(values: &[i32], size: usize) -> bool {
    size == 0 || with_rows!(values, size, rows => strictly_increasing(rows))
}

impl Index {
    /// Index for values of at most [`MAX_ROWS`] rows unless they are sorted.
    /// If rows are repeated, the first one is found.
    pub(super) fn new(values: &[i32], size: usize, sorted: bool) -> Index {
        let count = values.len().checked_div(size).unwrap_or(0);
        if count == 0 {
            return Index::Empty;
        }
        let bounding = BoundingBox::new(values, size);
        if sorted {
            return match bounding {
                Some(bounding) if bounding.cells() == count as u64 => Index::Grid(bounding),
                _ => Index::Sorted,
            };
        }
        debug_assert!(count <= MAX_ROWS);
        if let Some(bounding) = bounding
            && let Some(cells) = bounding.dense_cells(count, CELLS_PER_ROW)
        {
            let table = with_rows!(values, size, rows => cell_table(rows, &bounding, cells));
            return Index::Dense(bounding, table);
        }
        Index::Hashed(with_rows!(values, size, rows => RowTable::new(rows)))
    }

    /// Position of each row of `queries` in `values`, or -1. `output` has one entry
    /// for each query. `sorted_queries` tells if the queries are sorted.
    pub(super) fn locate(
        &self,
        values: &[i32],
        size: usize,
        queries: &[i32],
        sorted_queries: bool,
        output: &mut [i64],
    ) {
        if size == 0 || matches!(self, Index::Empty) {
            output.fill(-1);
            return;
        }
        with_rows!(values, queries, size, rows, queries => {
            parallel::for_chunks(output, PARALLEL_QUERIES, QUERIES_PER_TASK, |start, output| {
                self.locate_some(rows, queries, start, sorted_queries, output);
            });
        });
    }

    /// Position of the queries from number `start` on.
    fn locate_some<'a, R: Rows<'a>>(
        &self,
        rows: R,
        queries: R,
        start: usize,
        sorted_queries: bool,
        output: &mut [i64],
    ) {
        match self {
            Index::Empty => output.fill(-1),
            Index::Hashed(table) => table.locate(rows, queries, start, output),
            Index::Sorted | Index::Grid(_) if sorted_queries => {
                locate_sorted(rows, queries, start, output);
            }
            Index::Sorted => {
                for (output, i) in output.iter_mut().zip(start..) {
                    *output = to_i64(binary_search(rows, queries.key(i)));
                }
            }
            Index::Grid(bounding) => {
                for (output, i) in output.iter_mut().zip(start..) {
                    *output = to_i64(grid_position(bounding, queries.row(i)));
                }
            }
            Index::Dense(bounding, table) => {
                let mut cells = [0; BATCH];
                for (start, output) in (start..).step_by(BATCH).zip(output.chunks_mut(BATCH)) {
                    for (cell, i) in cells[..output.len()].iter_mut().zip(start..) {
                        *cell = bounding.cell_or_end(queries.row(i)) as usize;
                    }
                    for (output, &cell) in output.iter_mut().zip(&cells) {
                        *output = i64::from(table[cell]) - 1;
                    }
                }
            }
        }
    }

    /// Position of one row.
    pub(super) fn find(&self, values: &[i32], size: usize, row: &[i32]) -> Option<usize> {
        match self {
            Index::Empty => None,
            Index::Grid(bounding) => grid_position(bounding, row),
            Index::Dense(bounding, table) => {
                (cell_entry(bounding, table, row) as usize).checked_sub(1)
            }
            Index::Sorted => {
                with_rows!(values, row, size, rows, row => binary_search(rows, row.key(0)))
            }
            Index::Hashed(table) => with_rows!(values, row, size, rows, row => {
                let row = row.key(0);
                table.find(row.hash(), |i| rows.key(i) == row)
            }),
        }
    }
}

fn to_i64(position: Option<usize>) -> i64 {
    position.map_or(-1, |position| position as i64)
}

#[inline]
fn grid_position(bounding: &BoundingBox, row: &[i32]) -> Option<usize> {
    bounding.cell(row).map(|cell| cell as usize)
}

/// Number of the row equal to this one plus one, or 0.
#[inline]
fn cell_entry(bounding: &BoundingBox, table: &[u32], row: &[i32]) -> u32 {
    table[bounding.cell_or_end(row) as usize]
}

/// Number of the first row in each cell plus one, or 0; and a 0 for all rows
/// outside of the box.
fn cell_table<'a>(rows: impl Rows<'a>, bounding: &BoundingBox, cells: usize) -> Vec<u32> {
    let mut table = vec![0_u32; cells + 1];
    for i in (0..rows.row_count()).rev() {
        // rows are only outside of the box if somebody changes them just now
        if let Some(cell) = bounding.cell(rows.row(i)) {
            table[cell as usize] = i as u32 + 1;
        }
    }
    table
}

fn binary_search<'a, R: Rows<'a>>(rows: R, key: R::Key) -> Option<usize> {
    let position = lower_bound(rows, 0, rows.row_count(), key);
    (position < rows.row_count() && rows.key(position) == key).then_some(position)
}

/// First row between `start` and `end` which is not smaller than `key`, or `end`.
fn lower_bound<'a, R: Rows<'a>>(rows: R, start: usize, end: usize, key: R::Key) -> usize {
    let (mut start, mut end) = (start, end);
    while start < end {
        let middle = start.midpoint(end);
        if rows.key(middle) < key {
            start = middle + 1;
        } else {
            end = middle;
        }
    }
    start
}

/// Find sorted queries in sorted rows. Steps over rows get longer until they go
/// too far, so that few queries do not have to look at all of the rows.
fn locate_sorted<'a, R: Rows<'a>>(rows: R, queries: R, start: usize, output: &mut [i64]) {
    let count = rows.row_count();
    let mut position = match output.len() {
        0 => return,
        _ => lower_bound(rows, 0, count, queries.key(start)),
    };
    for (output, i) in output.iter_mut().zip(start..) {
        let query = queries.key(i);
        let mut step = 1;
        while position + step <= count && rows.key(position + step - 1) < query {
            position += step;
            step *= 2;
        }
        if step > 1 {
            let end = count.min(position + step);
            position = lower_bound(rows, position, end, query);
        }
        let is_equal = position < count && rows.key(position) == query;
        *output = if is_equal { position as i64 } else { -1 };
    }
}

/// Range of the sorted `values` whose rows start with `prefix`.
pub(super) fn prefix_range(values: &[i32], size: usize, prefix: &[i32]) -> std::ops::Range<usize> {
    let count = values.len() / size;
    let first_where = |start: usize, is_before: &dyn Fn(&[i32]) -> bool| {
        let (mut start, mut end) = (start, count);
        while start < end {
            let middle = start.midpoint(end);
            if is_before(&values[middle * size..][..prefix.len()]) {
                start = middle + 1;
            } else {
                end = middle;
            }
        }
        start
    };
    let start = first_where(0, &|row| row < prefix);
    let end = first_where(start, &|row| row == prefix);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[i32], size: usize) -> Index {
        let sorted = is_sorted(values, size);
        let index = Index::new(values, size, sorted);
        for (i, row) in values.chunks_exact(size).enumerate() {
            assert_eq!(index.find(values, size, row), Some(i));
            let mut absent = row.to_vec();
            absent[size - 1] += 100_003;
            assert_eq!(index.find(values, size, &absent), None);
        }
        for sorted_queries in [false, sorted] {
            let mut output = vec![77; values.len() / size];
            index.locate(values, size, values, sorted_queries, &mut output);
            assert!(output.iter().zip(0..).all(|(&position, i)| position == i));
        }
        index
    }

    #[test]
    fn cheapest_index() {
        assert!(matches!(check(&[], 3), Index::Empty));
        assert!(matches!(check(&[3, 4, 5, 6], 1), Index::Grid(_)));
        assert!(matches!(
            check(&[0, 1, 0, 2, 1, 1, 1, 2], 2),
            Index::Grid(_)
        ));
        assert!(matches!(check(&[3, 4, 5, 7], 1), Index::Sorted));
        assert!(matches!(check(&[0, 1, 0, 2, 1, 1, 2, 2], 2), Index::Sorted));
        assert!(matches!(check(&[4, 3, 6, 5], 1), Index::Dense(..)));
        assert!(matches!(check(&[4, 3, 600, 5], 1), Index::Hashed(_)));
    }

    #[test]
    #[cfg_attr(miri, ignore = "slow")]
    fn all_sizes() {
        for size in 1..8 {
            for count in [1, 2, 17, 300] {
                let step = 7919_usize;
                let rows = (0..count).map(|i| (i * step) % 10_007);
                let row = |i: usize| (0..size).map(move |k| (i as i32 * (k + 1)) - 5000);
                let values = rows.flat_map(row).collect::<Vec<_>>();
                check(&values, size as usize);
            }
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "slow")]
    fn sparse_sorted_queries() {
        let values = (0..3000).map(|i| i * 3).collect::<Vec<_>>();
        for step in [1, 2, 3, 7, 100, 2999] {
            let queries = (-5..10_000).step_by(step).collect::<Vec<_>>();
            let mut output = vec![77; queries.len()];
            Index::Sorted.locate(&values, 1, &queries, true, &mut output);
            let expected = queries
                .iter()
                .map(|query| to_i64(values.iter().position(|value| value == query)));
            assert!(output.iter().copied().eq(expected), "{step}");
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "slow")]
    fn many_queries() {
        // enough for several threads
        let count = 3 * PARALLEL_QUERIES as i32;
        let sorted = (0..count).map(|i| i * 5).collect::<Vec<_>>();
        let shuffled = (0..count).map(|i| i * 7919 % count * 5).collect::<Vec<_>>();
        for (values, queries) in [
            (&sorted, &sorted),
            (&sorted, &shuffled),
            (&shuffled, &sorted),
        ] {
            let index = Index::new(values, 1, is_sorted(values, 1));
            let mut output = vec![77; queries.len()];
            index.locate(values, 1, queries, is_sorted(queries, 1), &mut output);
            for (&position, query) in output.iter().zip(queries) {
                assert_eq!(values[position as usize], *query);
            }
        }
    }

    #[test]
    fn prefixes() {
        let values = [0, 1, 0, 5, 2, 2, 2, 3, 2, 8, 4, 0];
        assert_eq!(prefix_range(&values, 2, &[2]), 2..5);
        assert_eq!(prefix_range(&values, 2, &[0]), 0..2);
        assert_eq!(prefix_range(&values, 2, &[4]), 5..6);
        assert_eq!(prefix_range(&values, 2, &[3]), 5..5);
        assert_eq!(prefix_range(&values, 2, &[2, 3]), 3..4);
        assert_eq!(prefix_range(&[], 2, &[2]), 0..0);
    }
}
