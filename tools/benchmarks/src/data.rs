//! Inputs of the benchmarks, always the same.

/// Small generator of numbers which look random.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end
    }
}

/// Distinct rows like the ones of atoms in systems: `system`, `atom`, and further
/// columns with small values, sorted. About 100 atoms in each system.
pub fn atoms(count: usize, columns: usize) -> Vec<i32> {
    let mut values = Vec::with_capacity(count * columns);
    for i in 0..count as i32 {
        for column in 0..columns as i32 {
            values.push(match column {
                0 => i / 100,
                1 => i % 100,
                _ => (i * 7 + column) % 13,
            });
        }
    }
    values
}

/// The rows in another order.
pub fn shuffled(values: &[i32], columns: usize, seed: u64) -> Vec<i32> {
    let count = values.len() / columns;
    let mut order = (0..count).collect::<Vec<_>>();
    let mut random = Random::new(seed);
    for i in (1..count).rev() {
        order.swap(i, random.below(i + 1));
    }
    order
        .into_iter()
        .flat_map(|row| &values[row * columns..][..columns])
        .copied()
        .collect()
}

/// Rows whose columns are spread over many values, in no order, nearly all distinct
/// already in the first two columns.
pub fn spread(count: usize, columns: usize) -> Vec<i32> {
    let mut random = Random::new(7);
    let mut values = Vec::with_capacity(count * columns);
    for i in 0..count {
        for column in 0..columns {
            values.push(match column {
                0 => random.below(1 << 30) as i32,
                1 => i as i32,
                _ => random.below(1000) as i32,
            });
        }
    }
    values
}
