//! Open-addressing table of row numbers.
//!
//! The table does not contain any row, only numbers of rows stored elsewhere,
//! 32 bits each. The bits which are not needed for the number hold a part of the
//! hash, so that rows are almost only compared when they are equal.

use super::rows::{Key, Rows};

/// Positions of rows by their content. An entry is a part of the hash followed by
/// the number plus one, or 0 if it is free; collisions use the next free entry.
#[derive(Debug)]
pub(super) struct RowTable {
    entries: Vec<u32>,
    /// Bits of an entry used for the number.
    numbers: u32,
}

/// Number of rows to look for together. Main memory answers many questions in the
/// time of one, if there is next to nothing to do between them: each loop over a
/// batch does a single thing.
pub(super) const BATCH: usize = 64;

impl RowTable {
    /// Table for at most `count` rows, which must be less than `u32::MAX`.
    pub(super) fn with_capacity(count: usize) -> RowTable {
        RowTable {
            // half of the entries stay free
            entries: vec![0; count.saturating_mul(2).max(2)],
            numbers: u32::MAX >> (count.max(1) as u32).leading_zeros(),
        }
    }

    /// Table of all these rows. If rows are repeated, only contains the first one.
    pub(super) fn new<'a>(rows: impl Rows<'a>) -> RowTable {
        let mut table = RowTable::with_capacity(rows.row_count());
        let mut hashes = [0; BATCH];
        let mut slots = [0; BATCH];
        for start in (0..rows.row_count()).step_by(BATCH) {
            let batch = start..rows.row_count().min(start + BATCH);
            let (hashes, slots) = (&mut hashes[..batch.len()], &mut slots[..batch.len()]);
            for ((hash, slot), i) in hashes.iter_mut().zip(&mut *slots).zip(batch.clone()) {
                *hash = rows.key(i).hash();
                *slot = table.slot(*hash);
            }
            // bring the entries to the cache, all at the same time
            let entries = slots.iter().map(|&slot| table.entries[slot]);
            std::hint::black_box(entries.fold(0, |all, entry| all | entry));
            for (&hash, i) in hashes.iter().zip(batch) {
                table.find_or_insert(hash, i, |j| rows.key(j) == rows.key(i));
            }
        }
        table
    }

    /// Where the search for this hash starts.
    #[inline]
    fn slot(&self, hash: u64) -> usize {
        ((u128::from(hash) * self.entries.len() as u128) >> 64) as usize
    }

    #[inline]
    fn next(&self, slot: usize) -> usize {
        if slot + 1 == self.entries.len() {
            0
        } else {
            slot + 1
        }
    }

    /// Could this entry, which is not free, be the one of a row with this hash?
    #[inline]
    fn matches(&self, entry: u32, hash: u64) -> bool {
        (entry ^ hash as u32) & !self.numbers == 0
    }

    #[inline]
    fn number(&self, entry: u32) -> usize {
        (entry & self.numbers) as usize - 1
    }

    /// Number of the row for which `is_equal` is true; it is only called for
    /// rows of (nearly) the same hash.
    pub(super) fn find(&self, hash: u64, mut is_equal: impl FnMut(usize) -> bool) -> Option<usize> {
        let mut slot = self.slot(hash);
        loop {
            let entry = self.entries[slot];
            if entry == 0 {
                return None;
            }
            if self.matches(entry, hash) && is_equal(self.number(entry)) {
                return Some(self.number(entry));
            }
            slot = self.next(slot);
        }
    }

    /// Same as [`RowTable::find`], adding `number` for this hash if no row is equal.
    pub(super) fn find_or_insert(
        &mut self,
        hash: u64,
        number: usize,
        mut is_equal: impl FnMut(usize) -> bool,
    ) -> Option<usize> {
        let mut slot = self.slot(hash);
        loop {
            let entry = self.entries[slot];
            if entry == 0 {
                self.entries[slot] = (hash as u32 & !self.numbers) | (number as u32 + 1);
                return None;
            }
            if self.matches(entry, hash) && is_equal(self.number(entry)) {
                return Some(self.number(entry));
            }
            slot = self.next(slot);
        }
    }

    /// Position in `rows`, of which this is the table, of each of the queries from
    /// number `start` on, or -1. There is at least one row.
    pub(super) fn locate<'a, R: Rows<'a>>(
        &self,
        rows: R,
        queries: R,
        start: usize,
        output: &mut [i64],
    ) {
        let mut hashes = [0; BATCH];
        let mut slots = [0; BATCH];
        let mut entries = [0; BATCH];
        let mut keys = [rows.key(0); BATCH];
        for (start, output) in (start..).step_by(BATCH).zip(output.chunks_mut(BATCH)) {
            let count = output.len();
            for (i, (hash, slot)) in hashes[..count].iter_mut().zip(&mut slots).enumerate() {
                *hash = queries.key(start + i).hash();
                *slot = self.slot(*hash);
            }
            for (entry, &slot) in entries[..count].iter_mut().zip(&slots) {
                *entry = self.entries[slot];
            }
            // the next entries are close, and so in the cache by now
            for i in 0..count {
                while entries[i] != 0 && !self.matches(entries[i], hashes[i]) {
                    slots[i] = self.next(slots[i]);
                    entries[i] = self.entries[slots[i]];
                }
            }
            // nearly always the rows looked for
            for (key, &entry) in keys[..count].iter_mut().zip(&entries) {
                *key = rows.key(((entry & self.numbers) as usize).saturating_sub(1));
            }
            for (i, output) in output.iter_mut().enumerate() {
                let query = queries.key(start + i);
                *output = if entries[i] == 0 {
                    -1
                } else if keys[i] == query {
                    self.number(entries[i]) as i64
                } else {
                    let found = self.find(hashes[i], |row| rows.key(row) == query);
                    found.map_or(-1, |row| row as i64)
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg_attr(miri, ignore = "slow")]
    fn insert_and_find() {
        let row = |i: i32| [i % 50 - 25, i / 50, i];
        let values = (0..2000).flat_map(row).collect::<Vec<_>>();
        let rows = values.as_chunks::<3>().0;
        let mut table = RowTable::new(rows);
        for i in 0..2000 {
            let (key, hash) = (rows.key(i), rows.key(i).hash());
            let is_equal = |j: usize| rows.key(j) == key;
            assert_eq!(table.find(hash, is_equal), Some(i));
            assert_eq!(table.find_or_insert(hash, 7, is_equal), Some(i));
        }
        let mut output = [77; 2000];
        table.locate(rows, rows, 0, &mut output);
        assert!(output.iter().zip(0..).all(|(&position, i)| position == i));

        let absent = (0..2000).flat_map(|i| [i, i, -1]).collect::<Vec<_>>();
        table.locate(rows, absent.as_chunks().0, 3, &mut output[..1500]);
        assert!(output[..1500].iter().all(|&position| position == -1));
    }

    #[test]
    fn same_hash_for_all() {
        let mut table = RowTable::with_capacity(3);
        for i in 0..3 {
            assert_eq!(table.find_or_insert(u64::MAX, i, |_| false), None);
        }
        for i in 0..3 {
            assert_eq!(table.find(u64::MAX, |j| i == j), Some(i));
        }
        assert_eq!(table.find(u64::MAX, |_| false), None);
    }

    #[test]
    fn numbers_use_few_bits() {
        assert_eq!(RowTable::with_capacity(0).numbers, 1);
        assert_eq!(RowTable::with_capacity(1).numbers, 1);
        assert_eq!(RowTable::with_capacity(7).numbers, 7);
        assert_eq!(RowTable::with_capacity(8).numbers, 15);
    }
}
