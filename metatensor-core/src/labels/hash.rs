//! Open-addressing table of row numbers.
//!
//! The table does not contain any row, only numbers of rows stored elsewhere;
//! a part of the hash is kept next to each number, so that rows are almost only
//! compared when they are equal.

/// Positions of rows by their content. One entry is `hash << 32 | (number + 1)`,
/// or 0 if it is free; collisions use the next free entry.
#[derive(Debug)]
pub(super) struct RowTable {
    entries: Vec<u64>,
}

/// Number of rows to look for together, see [`RowTable::warm_up`].
pub(super) const BATCH: usize = 32;

/// Part of the hash stored in entries.
const TAG: u64 = 0xFFFF_FFFF_0000_0000;

impl RowTable {
    /// Table for at most `count` rows, which must be less than `u32::MAX`.
    pub(super) fn with_capacity(count: usize) -> RowTable {
        // between one half and three quarters of the entries are free
        let size = (count + count / 2).max(4).next_power_of_two();
        RowTable {
            entries: vec![0; size],
        }
    }

    /// Number of the row for which `is_equal` is true; it is only called for
    /// rows of (nearly) the same hash.
    pub(super) fn find(&self, hash: u64, mut is_equal: impl FnMut(usize) -> bool) -> Option<usize> {
        let mask = self.entries.len() - 1;
        let mut slot = slot(hash) & mask;
        loop {
            let entry = self.entries[slot];
            if entry == 0 {
                return None;
            }
            if (entry ^ hash) & TAG == 0 {
                let number = number(entry);
                if is_equal(number) {
                    return Some(number);
                }
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Look at the entries where searches for these hashes start, so that they
    /// are in the cache when they are needed. Main memory answers many such
    /// questions in the time of one, if they are asked together.
    pub(super) fn warm_up(&self, hashes: &[u64]) {
        let mask = self.entries.len() - 1;
        let entries = hashes.iter().map(|&hash| self.entries[slot(hash) & mask]);
        std::hint::black_box(entries.fold(0, |all, entry| all | entry));
    }

    /// Number of the row at which the search for this hash starts.
    pub(super) fn first(&self, hash: u64) -> Option<usize> {
        let entry = self.entries[slot(hash) & (self.entries.len() - 1)];
        (entry != 0).then(|| number(entry))
    }

    /// Same as [`RowTable::find`], adding `number` for this hash if no row is equal.
    pub(super) fn find_or_insert(
        &mut self,
        hash: u64,
        number: usize,
        mut is_equal: impl FnMut(usize) -> bool,
    ) -> Option<usize> {
        let mask = self.entries.len() - 1;
        let mut slot = slot(hash) & mask;
        loop {
            let entry = self.entries[slot];
            if entry == 0 {
                self.entries[slot] = (hash & TAG) | (number as u64 + 1);
                return None;
            }
            if (entry ^ hash) & TAG == 0 {
                let known = self::number(entry);
                if is_equal(known) {
                    return Some(known);
                }
            }
            slot = (slot + 1) & mask;
        }
    }
}

fn slot(hash: u64) -> usize {
    // the lower bits are not part of the tag, and so tell more
    (hash & !TAG) as usize
}

fn number(entry: u64) -> usize {
    (entry & !TAG) as usize - 1
}

/// Hash of a row, the same for all tables. Inlined for a known number of columns.
#[inline]
pub(super) fn hash_row(row: &[i32]) -> u64 {
    const START: u64 = 0x9E37_79B9_7F4A_7C15;
    const FACTOR: u64 = 0xD6E8_FEB8_6659_FD93;
    let (pairs, last) = row.as_chunks::<2>();
    let mut hash = START;
    for pair in pairs {
        let pair = u64::from(pair[0].cast_unsigned()) << 32 | u64::from(pair[1].cast_unsigned());
        hash = multiply_and_fold(hash ^ pair, FACTOR);
    }
    if let [last] = last {
        hash = multiply_and_fold(hash ^ u64::from(last.cast_unsigned()), FACTOR);
    }
    // the last step spreads single columns to all bits
    multiply_and_fold(hash, START)
}

fn multiply_and_fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insert_and_find() {
        let rows = (0..2000_i32)
            .map(|i| [i % 50 - 25, i / 50, i])
            .collect::<Vec<_>>();
        let mut table = RowTable::with_capacity(rows.len());
        for (i, row) in rows.iter().enumerate() {
            assert_eq!(
                table.find_or_insert(hash_row(row), i, |j| rows[j] == *row),
                None
            );
        }
        for (i, row) in rows.iter().enumerate() {
            assert_eq!(table.find(hash_row(row), |j| rows[j] == *row), Some(i));
            assert_eq!(
                table.find_or_insert(hash_row(row), 7, |j| rows[j] == *row),
                Some(i)
            );
        }
        let absent = [0, 0, -1];
        assert_eq!(table.find(hash_row(&absent), |j| rows[j] == absent), None);
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
    #[cfg_attr(miri, ignore = "slow")]
    fn hashes_are_spread() {
        // neighbours, in any column, must not share their slots
        for column in 0..3 {
            let mut used = std::collections::HashSet::new();
            for value in 0..4096 {
                let mut row = [7, -3, 11];
                row[column] = value;
                used.insert(hash_row(&row) & 0xFFFF);
            }
            assert!(used.len() > 3800, "{} distinct slots", used.len());
        }
    }
}
