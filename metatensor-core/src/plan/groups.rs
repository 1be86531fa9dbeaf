//! Distinct rows of gradient samples.

use crate::Result;
use crate::labels::{Distinct, RowOrder, distinct};

/// Distinct rows in lexicographic order. Rows are often sorted by their first column,
/// because gradients come in the order of the samples: then it is enough to sort the rows
/// of each sample among themselves.
pub(super) fn distinct_rows(values: &[i32], size: usize) -> Result<Distinct> {
    let count = values.len() / size;
    let first_column = values.iter().step_by(size);
    if u32::try_from(count).is_err() || !first_column.is_sorted() {
        return distinct(values, size, RowOrder::Lexicographic);
    }
    let row = |i: u32| &values[i as usize * size..][..size];
    let mut rows = Vec::<u32>::with_capacity(count);
    let mut inverse = vec![0; count];
    let mut order = Vec::new();
    let mut start = 0;
    while start < count as u32 {
        let sample = row(start)[0];
        let same = (start..count as u32).take_while(|&i| row(i)[0] == sample);
        order.clear();
        order.extend(same);
        start += order.len() as u32;
        order.sort_by(|&a, &b| row(a).cmp(row(b)));
        for &i in &order {
            if rows.last().is_none_or(|&last| row(last) != row(i)) {
                rows.push(i);
            }
            inverse[i as usize] = rows.len() as u32 - 1;
        }
    }
    Ok(Distinct { rows, inverse })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sorted_or_not(mut rows in prop::collection::vec(prop::collection::vec(-2..3, 3), 0..60), sort in any::<bool>()) {
            if sort {
                rows.sort_by_key(|row| row[0]);
            }
            let values = rows.concat();
            let expected = distinct(&values, 3, RowOrder::Lexicographic).expect("few rows");
            prop_assert_eq!(distinct_rows(&values, 3).expect("few rows"), expected);
        }
    }
}
