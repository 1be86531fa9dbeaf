//! Grouping rows which are equal in some dimensions.

use std::sync::Arc;

use super::select::find_columns;
use super::sort::{Distinct, RowOrder, distinct, gather};
use super::take::check_output;
use super::{Labels, Names};
use crate::Result;
use crate::array::Array;
use crate::error::LabelsEditError;

/// Where to write which rows are part of which group, if that is wanted.
#[derive(Debug, Default)]
pub struct GroupOutputs<'a> {
    /// Group of each row; one entry for each row.
    pub inverse: Option<&'a mut [i64]>,
    /// Where the rows of each group start in `members`, and at the end the number
    /// of rows: one entry more than there are groups. As their number is not known
    /// before, this must have one entry more than there are rows; the rest is
    /// not written.
    pub offsets: Option<&'a mut [i64]>,
    /// Numbers of the rows, those of the same group together, in increasing order
    /// inside of each group; one entry for each row.
    pub members: Option<&'a mut [i64]>,
}

impl Labels {
    /// Distinct rows of these labels if one only looks at some dimensions, and
    /// which rows are equal to each of them. Nothing is written on error.
    ///
    /// ```
    /// # use metatensor_core::{GroupOutputs, Labels, RowOrder};
    /// let labels = Labels::from_vec(&["system", "atom"], vec![4, 0, 2, 0, 4, 1])?;
    /// let mut inverse = [0; 3];
    /// let outputs = GroupOutputs { inverse: Some(&mut inverse), ..Default::default() };
    /// let groups = labels.group_by(&["system"], RowOrder::FirstAppearance, outputs)?;
    /// assert_eq!(groups.values_cpu()?, [4, 2]);
    /// assert_eq!(inverse, [0, 1, 0]);
    /// # Ok::<(), metatensor_core::Error>(())
    /// ```
    pub fn group_by(
        self: &Arc<Labels>,
        dimensions: &[impl AsRef<str>],
        order: RowOrder,
        outputs: GroupOutputs<'_>,
    ) -> Result<Arc<Labels>> {
        let columns = find_columns(self.names(), "the grouping", dimensions)?;
        if columns.is_empty() {
            return Err(LabelsEditError::NoDimensions.into());
        }
        let names = Names::new(dimensions)?;
        outputs.check(self.count())?;

        let all = columns.len() == self.size() && columns.iter().zip(0..).all(|(&c, i)| c == i);
        let projected;
        let values = if all {
            self.values_cpu()?
        } else {
            projected = self.project(&columns)?;
            &projected
        };
        let distinct = distinct(values, columns.len(), order)?;
        let groups = if all && distinct.rows.len() == self.count() && distinct.is_identity() {
            Arc::clone(self)
        } else {
            let rows = gather(values, columns.len(), &distinct.rows);
            let sorted = Some(true).filter(|_| order == RowOrder::Lexicographic);
            Labels::like(self, names, rows, sorted)?
        };
        outputs.write(&distinct);
        Ok(groups)
    }

    /// Labels with the distinct rows of an array, whose rows may be repeated. If
    /// given, `inverse[i]` is set to the row of the labels equal to row `i` of
    /// the array. An array whose rows are distinct is kept if it is in the
    /// requested order.
    ///
    /// ```
    /// # use metatensor_core::{Labels, RowOrder};
    /// # use metatensor_core::array::LabelsArray;
    /// let array = LabelsArray::new(vec![4, 0, 2, 0, 4, 0], [3, 2])?;
    /// let mut inverse = [0; 3];
    /// let (names, order) = (["system", "atom"], RowOrder::Lexicographic);
    /// let labels = Labels::unique(&names, Box::new(array), order, Some(&mut inverse))?;
    /// assert_eq!(labels.values_cpu()?, [2, 0, 4, 0]);
    /// assert_eq!(inverse, [1, 0, 1]);
    /// # Ok::<(), metatensor_core::Error>(())
    /// ```
    pub fn unique(
        names: &[impl AsRef<str>],
        values: Box<dyn Array>,
        order: RowOrder,
        inverse: Option<&mut [i64]>,
    ) -> Result<Arc<Labels>> {
        let all = Arc::new(Labels::with_array(Names::new(names)?, values)?);
        let outputs = GroupOutputs {
            inverse,
            ..GroupOutputs::default()
        };
        if all.size() == 0 {
            outputs.check(0)?;
            return Ok(all);
        }
        all.group_by(all.names(), order, outputs)
    }
}

impl GroupOutputs<'_> {
    fn check(&self, count: usize) -> Result<()> {
        let check = |what: &'static str, output: Option<&[i64]>, expected: usize| {
            output.map_or(Ok(()), |output| check_output(what, output.len(), expected))
        };
        check("the group of each row", self.inverse.as_deref(), count)?;
        check(
            "the start of each group",
            self.offsets.as_deref(),
            count + 1,
        )?;
        check("the rows of each group", self.members.as_deref(), count)
    }

    fn write(self, distinct: &Distinct) {
        let groups = distinct.rows.len();
        if let Some(inverse) = self.inverse {
            for (entry, &group) in inverse.iter_mut().zip(&distinct.inverse) {
                *entry = i64::from(group);
            }
        }
        if self.offsets.is_none() && self.members.is_none() {
            return;
        }
        // starts[group + 1] first counts the rows, and ends as the end of the group
        let mut starts = vec![0_i64; groups + 1];
        for &group in &distinct.inverse {
            starts[group as usize + 1] += 1;
        }
        for group in 0..groups {
            starts[group + 1] += starts[group];
        }
        if let Some(offsets) = self.offsets {
            offsets[..=groups].copy_from_slice(&starts);
        }
        if let Some(members) = self.members {
            for (&group, row) in distinct.inverse.iter().zip(0..) {
                let position = &mut starts[group as usize];
                members[*position as usize] = row;
                *position += 1;
            }
        }
    }
}
