//! Sorting rows, and removing the repeated ones.

use super::bounding_box::BoundingBox;
use super::hash::RowTable;
use super::index::MAX_ROWS;
use super::rows::{Key, Rows, strictly_increasing, with_rows};
use crate::Result;
use crate::error::LabelsError;

/// Below this many rows, sorting by comparison is faster than by digits.
const SORT_BY_DIGITS: usize = 512;

/// A table of cells is used if there are at most this many for each row.
const CELLS_PER_ROW: usize = 4;

/// Distinct rows of a table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Distinct {
    /// For each distinct row, where it first appears in the table.
    pub(crate) rows: Vec<u32>,
    /// For each row of the table, its index in `rows`.
    pub(crate) inverse: Vec<u32>,
}

impl Distinct {
    /// Is each row of the table the distinct row of the same number?
    pub(super) fn is_identity(&self) -> bool {
        self.rows.len() == self.inverse.len() && self.rows.iter().zip(0..).all(|(&row, i)| row == i)
    }

    /// The first row of the table which is equal to one before.
    pub(super) fn first_repeated(&self) -> Option<usize> {
        let rows = self.inverse.iter().zip(0..);
        let mut repeated = rows.filter(|&(&index, row)| self.rows[index as usize] != row);
        repeated.next().map(|(_, row)| row as usize)
    }
}

/// In which order to put distinct rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowOrder {
    /// In the order of their first appearance.
    FirstAppearance,
    /// In lexicographic order.
    Lexicographic,
}

/// Find the distinct rows of a table with `size` columns, at least one.
pub(crate) fn distinct(values: &[i32], size: usize, order: RowOrder) -> Result<Distinct> {
    let count = check_count(values.len() / size)?;
    if with_rows!(values, size, rows => strictly_increasing(rows)) {
        return Ok(Distinct {
            rows: (0..count).collect(),
            inverse: (0..count).collect(),
        });
    }
    let bounding = BoundingBox::new(values, size);
    let cells = bounding
        .as_ref()
        .and_then(|bounding| bounding.dense_cells(count as usize, CELLS_PER_ROW));
    match (bounding, cells) {
        (Some(bounding), Some(cells)) => Ok(distinct_cells(&bounding, cells, values, size, order)),
        _ if order == RowOrder::FirstAppearance => {
            Ok(with_rows!(values, size, rows => distinct_hashed(rows)))
        }
        _ => {
            let sorted = lexicographic_order(values, size)?;
            Ok(with_rows!(values, size, rows => distinct_sorted(rows, &sorted)))
        }
    }
}

/// Numbers of the rows in lexicographic order; equal rows keep their order.
/// The table has `size` columns, at least one.
pub(crate) fn lexicographic_order(values: &[i32], size: usize) -> Result<Vec<u32>> {
    let count = check_count(values.len() / size)?;
    if count as usize >= SORT_BY_DIGITS
        && let Some(bounding) = BoundingBox::new(values, size)
    {
        let rows = values.chunks_exact(size).zip(0..);
        let keys = rows
            .map(|(row, i)| (bounding.cell(row).unwrap_or(0), i))
            .collect();
        return Ok(sort_by_digits(keys, bounding.cells()));
    }
    Ok(with_rows!(values, size, rows => sort_by_comparison(rows)))
}

fn sort_by_comparison<'a>(rows: impl Rows<'a>) -> Vec<u32> {
    let mut order = (0..rows.row_count() as u32).collect::<Vec<_>>();
    order.sort_by_key(|&i| rows.key(i as usize));
    order
}

fn check_count(count: usize) -> Result<u32> {
    if count > MAX_ROWS {
        return Err(LabelsError::TooManyRows { count }.into());
    }
    Ok(count as u32)
}

/// Stable sort of keys smaller than `end`, by digits from the last to the
/// first; returns the second part of the items.
fn sort_by_digits(mut items: Vec<(u64, u32)>, end: u64) -> Vec<u32> {
    const BITS: u32 = 11;
    const DIGITS: usize = 1 << BITS;
    let mut output = vec![(0, 0); items.len()];
    let significant = u64::BITS - (end - 1).leading_zeros();
    for shift in (0..significant).step_by(BITS as usize) {
        let digit = |key: u64| (key >> shift) as usize & (DIGITS - 1);
        let mut starts = [0_usize; DIGITS];
        for &(key, _) in &items {
            starts[digit(key)] += 1;
        }
        if starts.contains(&items.len()) {
            continue; // all keys share this digit
        }
        let mut total = 0;
        for start in &mut starts {
            total += std::mem::replace(start, total);
        }
        for &item in &items {
            let start = &mut starts[digit(item.0)];
            output[*start] = item;
            *start += 1;
        }
        std::mem::swap(&mut items, &mut output);
    }
    items.into_iter().map(|(_, number)| number).collect()
}

/// Distinct rows through a table with an entry for each possible row.
fn distinct_cells(
    bounding: &BoundingBox,
    cells: usize,
    values: &[i32],
    size: usize,
    order: RowOrder,
) -> Distinct {
    let count = values.len() / size;
    // index of the distinct row in each cell plus one, 0 for empty cells
    let mut table = vec![0_u32; cells];
    let mut rows = Vec::with_capacity(count.min(cells));
    let mut inverse = Vec::with_capacity(count);
    for (i, row) in (0..).zip(values.chunks_exact(size)) {
        let entry = &mut table[bounding.cell(row).unwrap_or(0) as usize];
        if *entry == 0 {
            rows.push(i);
            *entry = rows.len() as u32;
        }
        inverse.push(*entry - 1);
    }
    if order == RowOrder::Lexicographic {
        // number the distinct rows again, in the order of the cells
        let mut sorted = Vec::with_capacity(rows.len());
        let mut new_indices = vec![0; rows.len()];
        for index in table.into_iter().filter_map(|entry| entry.checked_sub(1)) {
            new_indices[index as usize] = sorted.len() as u32;
            sorted.push(rows[index as usize]);
        }
        for index in &mut inverse {
            *index = new_indices[*index as usize];
        }
        rows = sorted;
    }
    Distinct { rows, inverse }
}

fn distinct_hashed<'a>(rows: impl Rows<'a>) -> Distinct {
    let mut table = RowTable::with_capacity(rows.row_count());
    let mut found = Vec::<u32>::new();
    let inverse = (0..rows.row_count()).map(|i| {
        let key = rows.key(i);
        let new = found.len();
        let is_equal = |index: usize| rows.key(found[index] as usize) == key;
        let index = table.find_or_insert(key.hash(), new, is_equal);
        if index.is_none() {
            found.push(i as u32);
        }
        index.unwrap_or(new) as u32
    });
    let inverse = inverse.collect();
    Distinct {
        rows: found,
        inverse,
    }
}

fn distinct_sorted<'a>(rows: impl Rows<'a>, sorted: &[u32]) -> Distinct {
    let mut found = Vec::<u32>::new();
    let mut inverse = vec![0; sorted.len()];
    for &i in sorted {
        let key = rows.key(i as usize);
        if found
            .last()
            .is_none_or(|&last| rows.key(last as usize) != key)
        {
            found.push(i);
        }
        inverse[i as usize] = found.len() as u32 - 1;
    }
    Distinct {
        rows: found,
        inverse,
    }
}

/// The given rows of a table with `size` columns, one after the other.
pub(crate) fn gather(values: &[i32], size: usize, rows: &[u32]) -> Vec<i32> {
    let mut output = Vec::with_capacity(rows.len() * size);
    for &row in rows {
        output.extend_from_slice(&values[row as usize * size..][..size]);
    }
    output
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn naive(values: &[i32], size: usize, order: RowOrder) -> Distinct {
        let rows = values.chunks_exact(size).collect::<Vec<_>>();
        let mut unique = Vec::<&[i32]>::new();
        for row in &rows {
            if !unique.contains(row) {
                unique.push(row);
            }
        }
        if order == RowOrder::Lexicographic {
            unique.sort_unstable();
        }
        let position = |list: &[&[i32]], row: &[i32]| {
            list.iter().position(|&other| other == row).expect("there") as u32
        };
        Distinct {
            rows: unique.iter().map(|row| position(&rows, row)).collect(),
            inverse: rows.iter().map(|row| position(&unique, row)).collect(),
        }
    }

    fn tables() -> impl Strategy<Value = (usize, Vec<i32>)> {
        let value = prop_oneof![-3..3, -300..300, any::<i32>()];
        let value = prop::strategy::Union::new([value.boxed(), (0..2_i32).boxed()]);
        (1..7_usize, prop::collection::vec(value, 0..200)).prop_map(|(size, mut values)| {
            values.truncate(values.len() / size * size);
            (size, values)
        })
    }

    proptest! {
        #[test]
        fn distinct_rows((size, values) in tables()) {
            for order in [RowOrder::FirstAppearance, RowOrder::Lexicographic] {
                prop_assert_eq!(distinct(&values, size, order).expect("few rows"), naive(&values, size, order));
            }
        }

        #[test]
        fn orders((size, values) in tables()) {
            let rows = values.chunks_exact(size).collect::<Vec<_>>();
            let mut expected = (0..rows.len() as u32).collect::<Vec<_>>();
            expected.sort_by_key(|&i| rows[i as usize]);
            prop_assert_eq!(lexicographic_order(&values, size).expect("few rows"), expected);
        }

        #[test]
        fn digits(keys in prop::collection::vec(any::<u64>(), 0..300), shift in 0..60_u32) {
            let items = keys.iter().map(|key| key >> shift).zip(0..).collect::<Vec<_>>();
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            let end = items.iter().map(|item| item.0).max().unwrap_or(0).saturating_add(1);
            let sorted = sort_by_digits(items, end);
            prop_assert_eq!(sorted, expected.into_iter().map(|item| item.1).collect::<Vec<_>>());
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "slow")]
    fn many_rows() {
        // more than SORT_BY_DIGITS, with and without a small box
        for factor in [1, 1_000_003] {
            let values = (0..4000).map(|i: i32| (i * 37 % 701).wrapping_mul(factor));
            let values = values.collect::<Vec<_>>();
            for order in [RowOrder::FirstAppearance, RowOrder::Lexicographic] {
                assert_eq!(
                    distinct(&values, 2, order).expect("few rows"),
                    naive(&values, 2, order)
                );
            }
        }
    }

    #[test]
    fn gathering() {
        assert_eq!(
            gather(&[1, 2, 3, 4, 5, 6], 2, &[2, 0, 2]),
            [5, 6, 1, 2, 5, 6]
        );
    }
}
