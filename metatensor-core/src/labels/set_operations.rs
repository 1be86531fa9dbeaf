//! Union, intersection and difference.

use std::sync::Arc;

use super::Labels;
use crate::Result;
use crate::error::LabelsOperationError;

/// Marks rows which are not part of a result.
const ABSENT: i64 = -1;

/// Where to write the position in the result of the rows of an operand.
type Mapping<'a> = Option<&'a mut [i64]>;

impl Labels {
    /// Rows of `self`, then rows of `other` which are not in `self`.
    ///
    /// If given, `first_mapping[i]` is set to the index in the result of row `i`
    /// of `self`, and the same for `second_mapping` and `other`. Nothing is
    /// written in case of error.
    ///
    /// ```
    /// # use metatensor_core::Labels;
    /// let first = Labels::from_vec(&["a", "b"], vec![7, 1, 2, 2])?;
    /// let second = Labels::from_vec(&["a", "b"], vec![5, 5, 2, 2])?;
    ///
    /// let mut mapping = [0; 2];
    /// let union = first.union(&second, None, Some(&mut mapping))?;
    /// assert_eq!(union.values_cpu()?, [7, 1, 2, 2, 5, 5]);
    /// assert_eq!(mapping, [2, 1]);
    /// # Ok::<(), metatensor_core::Error>(())
    /// ```
    pub fn union(
        self: &Arc<Labels>,
        other: &Labels,
        first_mapping: Option<&mut [i64]>,
        second_mapping: Option<&mut [i64]>,
    ) -> Result<Arc<Labels>> {
        let operands = Operands::new("union", self, other)?;
        check_mapping(
            "the mapping of the first labels",
            first_mapping.as_deref(),
            self,
        )?;
        check_mapping(
            "the mapping of the second labels",
            second_mapping.as_deref(),
            other,
        )?;

        let mut positions = other.locate_in(self)?;
        let (first, second) = (operands.first, operands.second);
        let missing = positions
            .iter()
            .filter(|&&position| position == ABSENT)
            .count();
        let result = if missing == 0 {
            Arc::clone(self)
        } else {
            let mut values = Vec::with_capacity(first.len() + missing * self.size());
            values.extend_from_slice(first);
            let mut count = self.count();
            for (row, position) in second.chunks_exact(self.size()).zip(&mut positions) {
                if *position == ABSENT {
                    values.extend_from_slice(row);
                    *position = count as i64;
                    count += 1;
                }
            }
            Labels::like(self, self.names().clone(), values, None)?
        };

        if let Some(mapping) = first_mapping {
            count_up(mapping);
        }
        if let Some(mapping) = second_mapping {
            mapping.copy_from_slice(&positions);
        }
        Ok(result)
    }

    /// Rows which are both in `self` and `other`, in the order of the labels
    /// with fewer rows (`self` if they have as many).
    ///
    /// The mappings are those of [`Labels::union`], with -1 for rows which are
    /// not in the result.
    ///
    /// ```
    /// # use metatensor_core::Labels;
    /// let first = Labels::from_vec(&["a"], vec![5, 3, 1, 0])?;
    /// let second = Labels::from_vec(&["a"], vec![0, 1, 2, 3, 9])?;
    /// let intersection = first.intersection(&second, None, None)?;
    /// assert_eq!(intersection.values_cpu()?, [3, 1, 0]);
    /// # Ok::<(), metatensor_core::Error>(())
    /// ```
    pub fn intersection(
        self: &Arc<Labels>,
        other: &Labels,
        first_mapping: Option<&mut [i64]>,
        second_mapping: Option<&mut [i64]>,
    ) -> Result<Arc<Labels>> {
        let operands = Operands::new("intersection", self, other)?;
        check_mapping(
            "the mapping of the first labels",
            first_mapping.as_deref(),
            self,
        )?;
        check_mapping(
            "the mapping of the second labels",
            second_mapping.as_deref(),
            other,
        )?;

        let keep_first = self.count() <= other.count();
        let (small, values, large) = match keep_first {
            true => (&**self, operands.first, other),
            false => (other, operands.second, &**self),
        };
        let positions = small.locate_in(large)?;
        let keep = |position: i64| position != ABSENT;
        let result = match keep_first {
            true => self.keep_rows(values, self, &positions, keep)?,
            false => other.keep_rows(values, self, &positions, keep)?,
        };

        let (small_mapping, large_mapping) = match keep_first {
            true => (first_mapping, second_mapping),
            false => (second_mapping, first_mapping),
        };
        if let Some(mapping) = large_mapping {
            mapping.fill(ABSENT);
            let kept = positions.iter().filter(|&&position| keep(position));
            for (index, &position) in kept.enumerate() {
                mapping[position as usize] = index as i64;
            }
        }
        write_kept(small_mapping, &positions, keep);
        Ok(result)
    }

    /// Rows of `self` which are not in `other`, in the order of `self`. If given,
    /// `first_mapping[i]` is set to the index in the result of row `i` of
    /// `self`, or -1.
    ///
    /// ```
    /// # use metatensor_core::Labels;
    /// let first = Labels::from_vec(&["a"], vec![5, 3, 1, 0])?;
    /// let second = Labels::from_vec(&["a"], vec![0, 3])?;
    /// assert_eq!(first.difference(&second, None)?.values_cpu()?, [5, 1]);
    /// # Ok::<(), metatensor_core::Error>(())
    /// ```
    pub fn difference(
        self: &Arc<Labels>,
        other: &Labels,
        first_mapping: Option<&mut [i64]>,
    ) -> Result<Arc<Labels>> {
        let operands = Operands::new("difference", self, other)?;
        check_mapping(
            "the mapping of the first labels",
            first_mapping.as_deref(),
            self,
        )?;

        let positions = self.locate_in(other)?;
        let keep = |position: i64| position == ABSENT;
        let result = self.keep_rows(operands.first, self, &positions, keep)?;
        write_kept(first_mapping, &positions, keep);
        Ok(result)
    }

    /// Position of each row of these labels in `other`, or [`ABSENT`].
    fn locate_in(&self, other: &Labels) -> Result<Vec<i64>> {
        let mut positions = vec![ABSENT; self.count()];
        other.locate(self.values_cpu()?, || self.is_sorted(), &mut positions)?;
        Ok(positions)
    }

    /// Labels with the rows for which `keep(positions[row])` is true, in arrays
    /// like those of `template`.
    fn keep_rows(
        &self,
        values: &[i32],
        template: &Arc<Labels>,
        positions: &[i64],
        keep: impl Fn(i64) -> bool,
    ) -> Result<Arc<Labels>> {
        let count = positions.iter().filter(|&&position| keep(position)).count();
        if count == template.count() && std::ptr::eq(self, &**template) {
            return Ok(Arc::clone(template));
        }
        let mut kept = Vec::with_capacity(count * self.size());
        for (row, &position) in values.chunks_exact(self.size().max(1)).zip(positions) {
            if keep(position) {
                kept.extend_from_slice(row);
            }
        }
        // a part of sorted rows is sorted
        let sorted = self.known_sorted().filter(|&sorted| sorted);
        Labels::like(template, template.names().clone(), kept, sorted)
    }
}

/// Values of two labels which are known to fit together.
struct Operands<'a> {
    first: &'a [i32],
    second: &'a [i32],
}

impl<'a> Operands<'a> {
    fn new(operation: &'static str, first: &'a Labels, second: &'a Labels) -> Result<Operands<'a>> {
        if first.names() != second.names() {
            let (first, second) = (first.names().to_vec(), second.names().to_vec());
            return Err(LabelsOperationError::DifferentNames {
                operation,
                first,
                second,
            }
            .into());
        }
        check_devices(operation, first, second)?;
        Ok(Operands {
            first: first.values_cpu()?,
            second: second.values_cpu()?,
        })
    }
}

/// Fail if the labels have rows on different devices.
pub(super) fn check_devices(
    operation: &'static str,
    first: &Labels,
    second: &Labels,
) -> Result<()> {
    if first.count() == 0 || second.count() == 0 {
        return Ok(());
    }
    let (first, second) = (first.device()?, second.device()?);
    if first != second {
        return Err(LabelsOperationError::DifferentDevices {
            operation,
            first,
            second,
        }
        .into());
    }
    Ok(())
}

fn check_mapping(what: &'static str, mapping: Option<&[i64]>, labels: &Labels) -> Result<()> {
    match mapping {
        Some(mapping) if mapping.len() != labels.count() => {
            let (found, expected) = (mapping.len(), labels.count());
            Err(LabelsOperationError::OutputSize {
                what,
                found,
                expected,
            }
            .into())
        }
        _ => Ok(()),
    }
}

fn count_up(mapping: &mut [i64]) {
    for (entry, index) in mapping.iter_mut().zip(0..) {
        *entry = index;
    }
}

/// Number the rows which are kept, in their order.
fn write_kept(mapping: Mapping<'_>, positions: &[i64], keep: impl Fn(i64) -> bool) {
    let Some(mapping) = mapping else { return };
    let mut count = 0;
    for (entry, &position) in mapping.iter_mut().zip(positions) {
        *entry = if keep(position) {
            count += 1;
            count - 1
        } else {
            ABSENT
        };
    }
}
