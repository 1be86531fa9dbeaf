//! Are all rows different?

use super::bounding_box::BoundingBox;
use super::hash::RowTable;
use super::rows::{Key, Rows, with_rows};

/// Up to this many rows, comparing all pairs is faster than anything else.
const COMPARE_ALL_PAIRS: usize = 12;

/// Largest number of bits for each row used to mark the cells of a box.
const BITS_PER_ROW: usize = 32;

/// Number of the first row which is equal to one before. There are less than
/// `u32::MAX` rows, with `size` columns, at least one.
///
/// This needs at most 4 bytes for each row, and less in most cases: rows set one
/// bit each, and only those which find their bit already set are looked at again.
pub(super) fn first_repeated(values: &[i32], size: usize) -> Option<usize> {
    let count = values.len() / size;
    if count <= COMPARE_ALL_PAIRS {
        return with_rows!(values, size, rows => compare_all_pairs(rows));
    }
    let bounding = BoundingBox::new(values, size);
    if let Some(bounding) = bounding
        && let Some(cells) = bounding.dense_cells(count, BITS_PER_ROW)
    {
        return with_rows!(values, size, rows => mark_cells(rows, &bounding, cells));
    }
    with_rows!(values, size, rows => mark_hashes(rows))
}

fn compare_all_pairs<'a>(rows: impl Rows<'a>) -> Option<usize> {
    (1..rows.row_count()).find(|&i| (0..i).any(|j| rows.key(i) == rows.key(j)))
}

/// One bit for each possible row.
fn mark_cells<'a>(rows: impl Rows<'a>, bounding: &BoundingBox, cells: usize) -> Option<usize> {
    let mut bits = Bits::new(cells);
    (0..rows.row_count()).find(|&i| {
        // rows are only outside of the box if somebody changes them just now
        let cell = bounding.cell(rows.row(i)).unwrap_or(0);
        bits.set(cell as usize)
    })
}

/// One bit for many possible rows: those which share a bit are compared.
fn mark_hashes<'a>(rows: impl Rows<'a>) -> Option<usize> {
    let count = rows.row_count();
    let bits_count = count.saturating_mul(BITS_PER_ROW / 2).next_power_of_two();
    let shift = u64::BITS - bits_count.trailing_zeros();
    let bit = |i: usize| (rows.key(i).hash() >> shift) as usize;
    let mut bits = Bits::new(bits_count);
    let suspects = (0..count).filter(|&i| bits.set(bit(i)));
    let suspects = suspects.map(|i| i as u32).collect::<Vec<_>>();
    if suspects.is_empty() {
        return None;
    }

    // all rows sharing a bit with one of them, itself included, look for it
    bits.clear();
    let suspect = |number: usize| rows.key(suspects[number] as usize);
    let mut table = RowTable::with_capacity(suspects.len());
    for (number, &i) in suspects.iter().enumerate() {
        let key = rows.key(i as usize);
        table.find_or_insert(key.hash(), number, |other| suspect(other) == key);
        bits.set(bit(i as usize));
    }
    let sharing = (0..count).filter(|&i| bits.is_set(bit(i)));
    let repeated = sharing.filter_map(|i| {
        let key = rows.key(i);
        let number = table.find(key.hash(), |number| suspect(number) == key)?;
        let other = suspects[number] as usize;
        (other != i).then_some(i.max(other))
    });
    repeated.min()
}

struct Bits(Vec<u64>);

impl Bits {
    fn new(count: usize) -> Bits {
        Bits(vec![0; count.div_ceil(64)])
    }

    fn is_set(&self, bit: usize) -> bool {
        self.0[bit / 64] & (1 << (bit % 64)) != 0
    }

    /// Set a bit, and tell if it was set before.
    fn set(&mut self, bit: usize) -> bool {
        let word = &mut self.0[bit / 64];
        let old = *word;
        *word |= 1 << (bit % 64);
        old & (1 << (bit % 64)) != 0
    }

    fn clear(&mut self) {
        self.0.fill(0);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn same_as_comparing(
            size in 1..6_usize,
            rows in prop::collection::vec((0..2000_i32, 0..1_000_000_i32), 0..3000),
            factor in prop::sample::select(vec![1, 7, 1_000_003, -77_777_777]),
            repeat in any::<bool>(),
        ) {
            let count = rows.len() as i32;
            let value = |(i, row): (i32, &(i32, i32))| if repeat { row.0 } else { (i * 7919) % count + (row.1 << 12) };
            let values = (0..).zip(&rows).map(value).flat_map(|value| {
                (0..size as i32).map(move |k| value.wrapping_mul(factor).wrapping_add(k))
            });
            let values = values.collect::<Vec<_>>();
            let mut seen = std::collections::HashSet::new();
            let expected = values.chunks_exact(size).position(|row| !seen.insert(row));
            prop_assert_eq!(first_repeated(&values, size), expected);
            with_rows!(&values[..], size, rows => {
                if rows.row_count() > 0 {
                    prop_assert_eq!(mark_hashes(rows), expected);
                }
            });
        }
    }
}
