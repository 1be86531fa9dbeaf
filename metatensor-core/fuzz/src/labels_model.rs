//! The simplest possible implementation of labels: a list of rows.

use std::collections::HashMap;

use super::input::Bytes;

/// Rows of numbers.
pub type Row = Vec<i32>;

/// Rows, and where each of them is.
#[derive(Debug, Clone)]
pub struct Model {
    pub names: Vec<&'static str>,
    pub rows: Vec<Row>,
    pub positions: HashMap<Row, usize>,
}

/// All names which are used.
pub const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

impl Model {
    /// Rows without repetitions: only the first of equal rows is kept.
    pub fn new(names: &[&'static str], rows: impl IntoIterator<Item = Row>) -> Model {
        let mut model = Model {
            names: names.to_vec(),
            rows: Vec::new(),
            positions: HashMap::new(),
        };
        for row in rows {
            if !model.positions.contains_key(&row) {
                model.positions.insert(row.clone(), model.rows.len());
                model.rows.push(row);
            }
        }
        model
    }

    pub fn position(&self, row: &[i32]) -> Option<usize> {
        self.positions.get(row).copied()
    }

    /// Position of rows which are there, -1 for others.
    pub fn positions<'a>(&self, rows: impl IntoIterator<Item = &'a Row>) -> Vec<i64> {
        let position = |row: &Row| self.position(row).map_or(-1, |position| position as i64);
        rows.into_iter().map(position).collect()
    }

    pub fn union(&self, other: &Model) -> Model {
        let rows = self.rows.iter().chain(&other.rows);
        Model::new(&self.names, rows.cloned())
    }

    /// The rows which are also in `other`, or the ones which are not.
    pub fn keep(&self, other: &Model, there: bool) -> Model {
        let rows = self
            .rows
            .iter()
            .filter(|&row| other.position(row).is_some() == there);
        Model::new(&self.names, rows.cloned())
    }

    /// Indices of the rows whose `columns` are one of the rows of `selection`.
    pub fn select(&self, columns: &[usize], selection: &Model) -> Vec<usize> {
        if self.names == selection.names {
            let positions = selection.rows.iter().filter_map(|row| self.position(row));
            return positions.collect();
        }
        let matches = |&i: &usize| {
            let row = columns.iter().map(|&column| self.rows[i][column]);
            columns.is_empty() || selection.position(&row.collect::<Row>()).is_some()
        };
        (0..self.rows.len()).filter(matches).collect()
    }

    pub fn is_sorted(&self) -> bool {
        self.rows.is_sorted()
    }
}

/// How values of a column are made.
#[derive(Clone, Copy)]
struct Column {
    start: i32,
    range: u64,
    step: u64,
}

/// Rows of any kind: given one by one, or made from a few numbers when there
/// are many. Some can be repeated.
pub fn rows(input: &mut Bytes, size: usize) -> Vec<Row> {
    const RANGES: &[u64] = &[1, 2, 3, 10, 300, 70_000, 1 << 32];
    const STARTS: &[i32] = &[0, -1, -5, i32::MIN, i32::MAX - 3, 1000];
    let columns = (0..size).map(|_| Column {
        start: input.one_of(STARTS),
        range: input.one_of(RANGES),
        step: input.one_of(&[0, 0, 1, 1, 2, 1_000_003]),
    });
    let columns = columns.collect::<Vec<_>>();
    let count = match input.up_to(9) {
        0..=6 => input.up_to(20),
        7 | 8 => input.up_to(600),
        _ => input.up_to(9000),
    };
    let mut random = u64::from(input.u16());
    let mut rows = (0..count as u64).map(|i| {
        let value = |column: &Column| {
            let offset = match (column.step, count) {
                (0, 0..=20) => u64::from(input.u8()),
                (0, _) => {
                    random = random
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    random >> 33
                }
                (step, _) => i.wrapping_mul(step),
            };
            column.start.wrapping_add((offset % column.range) as i32)
        };
        columns.iter().map(value).collect::<Row>()
    });
    let mut rows = rows.by_ref().collect::<Vec<_>>();
    if input.flag() {
        rows.sort_unstable();
    }
    rows
}
