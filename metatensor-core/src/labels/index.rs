//! Finding rows by their content.

use super::hash::{BATCH, RowTable, hash_row};
use super::rows::{BoundingBox, Rows, strictly_increasing, with_rows};

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
    /// One entry for each cell of a box, row number plus one or 0.
    Dense(BoundingBox, Vec<u32>),
    /// Hash table.
    Hashed(RowTable),
}

/// A row which is equal to one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Duplicate(pub(super) usize);

/// Largest number of rows in tables of 32-bit row numbers.
pub(super) const MAX_ROWS: usize = u32::MAX as usize - 1;

/// Are all rows larger than the one before?
pub(crate) fn is_sorted(values: &[i32], size: usize) -> bool {
    size == 0 || with_rows!(values, size, rows => strictly_increasing(rows))
}

impl Index {
    /// Index for values of at most [`MAX_ROWS`] rows unless they are sorted.
    /// If rows are repeated, the first one is found.
    pub(super) fn new(values: &[i32], size: usize, sorted: bool) -> (Index, Option<Duplicate>) {
        let count = values.len().checked_div(size).unwrap_or(0);
        if count == 0 {
            return (Index::Empty, None);
        }
        let bounding = BoundingBox::new(values, size);
        if sorted {
            let index = match bounding {
                Some(bounding) if bounding.cells() == count as u64 => Index::Grid(bounding),
                _ => Index::Sorted,
            };
            return (index, None);
        }
        debug_assert!(count <= MAX_ROWS);
        if let Some(bounding) = bounding
            && let Some(cells) = bounding.dense_cells(count)
        {
            return dense(bounding, cells, values, size);
        }
        with_rows!(values, size, rows => hashed(rows))
    }

    /// Position of each row of `queries` in `values`, given to `found` in the
    /// order of the queries. `sorted_queries` tells if these are sorted.
    pub(super) fn locate(
        &self,
        values: &[i32],
        size: usize,
        queries: &[i32],
        sorted_queries: bool,
        mut found: impl FnMut(Option<usize>),
    ) {
        if size == 0 {
            return;
        }
        let rows = queries.chunks_exact(size);
        match self {
            Index::Empty => rows.for_each(|_| found(None)),
            Index::Grid(bounding) => rows.for_each(|row| found(grid_position(bounding, row))),
            Index::Dense(bounding, table) => {
                rows.for_each(|row| found(dense_position(bounding, table, row)));
            }
            Index::Sorted => {
                let (count, queries_count) = (values.len() / size, rows.len());
                let steps = queries_count.saturating_mul(1 + count.ilog2() as usize);
                if sorted_queries && steps > count {
                    with_rows!(values, size, rows => {
                        merge(rows, queries.chunks_exact(size), found);
                    });
                } else {
                    with_rows!(values, size, values => {
                        rows.for_each(|row| found(binary_search(values, row)));
                    });
                }
            }
            Index::Hashed(table) => with_rows!(values, size, values => {
                locate_hashed(table, values, queries.chunks(size * BATCH), size, found);
            }),
        }
    }

    /// Position of one row.
    pub(super) fn find(&self, values: &[i32], size: usize, row: &[i32]) -> Option<usize> {
        match self {
            Index::Empty => None,
            Index::Grid(bounding) => grid_position(bounding, row),
            Index::Dense(bounding, table) => dense_position(bounding, table, row),
            Index::Sorted => with_rows!(values, size, rows => binary_search(rows, row)),
            Index::Hashed(table) => {
                with_rows!(values, size, rows => hashed_position(table, rows, row))
            }
        }
    }
}

fn grid_position(bounding: &BoundingBox, row: &[i32]) -> Option<usize> {
    bounding.cell(row).map(|cell| cell as usize)
}

fn dense_position(bounding: &BoundingBox, table: &[u32], row: &[i32]) -> Option<usize> {
    let entry = table[bounding.cell(row)? as usize];
    (entry as usize).checked_sub(1)
}

fn hashed_position<'a>(table: &RowTable, rows: impl Rows<'a>, row: &[i32]) -> Option<usize> {
    table.find(hash_row(row), |i| rows.row(i).as_ref() == row)
}

/// Find the rows of each batch of queries, looking for all of them at once.
fn locate_hashed<'a, 'q>(
    table: &RowTable,
    rows: impl Rows<'a>,
    batches: impl Iterator<Item = &'q [i32]>,
    size: usize,
    mut found: impl FnMut(Option<usize>),
) {
    let mut hashes = [0; BATCH];
    for batch in batches {
        let queries = batch.chunks_exact(size);
        let hashes = &mut hashes[..queries.len()];
        for (hash, query) in hashes.iter_mut().zip(queries.clone()) {
            *hash = hash_row(query);
        }
        table.warm_up(hashes);
        // most searches end at the first row they look at
        let firsts = hashes.iter().filter_map(|&hash| table.first(hash));
        std::hint::black_box(firsts.fold(0, |all, i| all | rows.row(i).as_ref()[0]));
        for (&hash, query) in hashes.iter().zip(queries) {
            found(table.find(hash, |i| rows.row(i).as_ref() == query));
        }
    }
}

fn dense(
    bounding: BoundingBox,
    cells: usize,
    values: &[i32],
    size: usize,
) -> (Index, Option<Duplicate>) {
    let mut table = vec![0_u32; cells];
    let mut duplicate = None;
    for (i, row) in values.chunks_exact(size).enumerate() {
        // rows are only outside of the box if somebody changes them just now
        let Some(cell) = bounding.cell(row) else {
            continue;
        };
        let entry = &mut table[cell as usize];
        if *entry == 0 {
            *entry = i as u32 + 1;
        } else {
            duplicate.get_or_insert(Duplicate(i));
        }
    }
    (Index::Dense(bounding, table), duplicate)
}

fn hashed<'a>(rows: impl Rows<'a>) -> (Index, Option<Duplicate>) {
    let mut table = RowTable::with_capacity(rows.row_count());
    let mut duplicate = None;
    let mut hashes = [0; BATCH];
    for start in (0..rows.row_count()).step_by(BATCH) {
        let batch = start..rows.row_count().min(start + BATCH);
        let hashes = &mut hashes[..batch.len()];
        for (hash, i) in hashes.iter_mut().zip(batch.clone()) {
            *hash = hash_row(rows.row(i).as_ref());
        }
        table.warm_up(hashes);
        for (&hash, i) in hashes.iter().zip(batch) {
            let known = table.find_or_insert(hash, i, |j| rows.row(j) == rows.row(i));
            if known.is_some() {
                duplicate.get_or_insert(Duplicate(i));
            }
        }
    }
    (Index::Hashed(table), duplicate)
}

fn binary_search<'a>(rows: impl Rows<'a>, row: &[i32]) -> Option<usize> {
    let position = lower_bound(rows, 0, row);
    (position < rows.row_count() && rows.row(position).as_ref() == row).then_some(position)
}

/// First row at `start` or after which is not smaller than `row`.
fn lower_bound<'a>(rows: impl Rows<'a>, start: usize, row: &[i32]) -> usize {
    let (mut start, mut end) = (start, rows.row_count());
    while start < end {
        let middle = start.midpoint(end);
        if rows.row(middle).as_ref() < row {
            start = middle + 1;
        } else {
            end = middle;
        }
    }
    start
}

/// Find sorted queries in sorted rows, looking at each of them once.
fn merge<'a, 'q>(
    rows: impl Rows<'a>,
    queries: impl Iterator<Item = &'q [i32]>,
    mut found: impl FnMut(Option<usize>),
) {
    let mut position = 0;
    for query in queries {
        while position < rows.row_count() && rows.row(position).as_ref() < query {
            position += 1;
        }
        let is_equal = position < rows.row_count() && rows.row(position).as_ref() == query;
        found(is_equal.then_some(position));
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
        let (index, duplicate) = Index::new(values, size, sorted);
        assert_eq!(duplicate, None);
        for (i, row) in values.chunks_exact(size).enumerate() {
            assert_eq!(index.find(values, size, row), Some(i));
            let mut absent = row.to_vec();
            absent[size - 1] += 100_003;
            assert_eq!(index.find(values, size, &absent), None);
        }
        for sorted_queries in [false, sorted] {
            let mut expected = 0;
            index.locate(values, size, values, sorted_queries, |position| {
                assert_eq!(position, Some(expected));
                expected += 1;
            });
            assert_eq!(expected, values.len() / size);
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
    fn first_duplicate() {
        let (_, duplicate) = Index::new(&[3, 1, 2, 1, 3], 1, false);
        assert_eq!(duplicate, Some(Duplicate(3)));
        let (_, duplicate) = Index::new(&[3000, 1, 2, 2, 3000], 1, false);
        assert_eq!(duplicate, Some(Duplicate(3)));
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
