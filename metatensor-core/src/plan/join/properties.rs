//! Joining along the properties.

use std::collections::HashMap;
use std::sync::Arc;

use super::pieces::Pieces;
use super::{AxisJoin, JoinedLabels, push_steps, starts};
use crate::Result;
use crate::error::PlanError;
use crate::labels::{Distinct, Labels, Names, RowOrder, distinct, gather};
use crate::plan::builder::PlanBuilder;
use crate::plan::{Axis, Metadata};

/// Number of the tensor map, and position of labels in it, for each piece.
type Key = Vec<(usize, usize)>;

/// What is new in each row of the properties.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Added {
    /// Nothing.
    Nothing,
    /// The number of the tensor map, after all other dimensions.
    Number,
    /// The number of the tensor map and the position replace everything else.
    NumberAndPosition,
}

pub(super) struct PropertiesJoin {
    names: Names,
    added: Added,
    values: HashMap<Key, Arc<Labels>>,
    /// Samples of gradients, and the entry of each piece.
    gradients: HashMap<Key, (Arc<Labels>, Vec<usize>)>,
}

impl PropertiesJoin {
    pub(super) fn new(inputs: &[&Metadata], add_dimension: Option<&str>) -> Result<Self> {
        let mut all = inputs
            .iter()
            .filter_map(|input| input.names(Axis::Properties));
        let first = all.next();
        let same = all.all(|names| Some(names) == first);
        let mut names = first.map(|names| names.to_vec()).unwrap_or_default();
        let added = match (same, add_dimension) {
            (true, None) => Added::Nothing,
            (true, Some(name)) => {
                names.push(name.to_owned());
                Added::Number
            }
            (false, None) => {
                names = vec!["joined_index".into(), "property".into()];
                Added::NumberAndPosition
            }
            (false, Some(name)) => {
                let name = name.to_owned();
                return Err(PlanError::UselessDimension { name }.into());
            }
        };
        Ok(PropertiesJoin {
            names: Names::new(&names)?,
            added,
            values: HashMap::new(),
            gradients: HashMap::new(),
        })
    }

    fn join_values(&self, pieces: &Pieces<'_>) -> Result<Arc<Labels>> {
        let first = pieces.properties(0, 0);
        if pieces.count() == 1 && self.added == Added::Nothing {
            return Ok(Arc::clone(first));
        }
        let mut values = Vec::new();
        for (piece, &number) in pieces.numbers.iter().enumerate() {
            let (labels, number) = (pieces.properties(piece, 0), number as i32);
            let rows = labels.values_cpu()?;
            match self.added {
                Added::Nothing => values.extend_from_slice(rows),
                Added::Number => {
                    for row in 0..labels.count() {
                        values.extend_from_slice(&rows[row * labels.size()..][..labels.size()]);
                        values.push(number);
                    }
                }
                Added::NumberAndPosition => {
                    let positions = (0..).take(labels.count());
                    values.extend(positions.flat_map(|position| [number, position]));
                }
            }
        }
        if self.added != Added::Nothing {
            return Labels::like(first, self.names.clone(), values, None);
        }
        let joined = Labels::like_checked(first, self.names.clone(), values);
        joined.map_err(|error| error.in_block(Some(pieces.leaf(0, 0).block), "properties"))
    }

    /// Union of the samples of a gradient, and the entry of each piece.
    fn unite(
        plan: &mut PlanBuilder,
        pieces: &Pieces<'_>,
        leaf: usize,
    ) -> Result<(Arc<Labels>, Vec<usize>)> {
        let first = pieces.samples(0, leaf);
        let all = (0..pieces.count()).map(|piece| pieces.samples(piece, leaf));
        if all.clone().all(|labels| Arc::ptr_eq(labels, first)) {
            let entry = plan.share(first.count());
            return Ok((Arc::clone(first), vec![entry; pieces.count()]));
        }
        let mut values = Vec::new();
        for (piece, labels) in all.clone().enumerate() {
            if labels.names() != first.names() {
                return Err(pieces.different("samples", piece, leaf)?);
            }
            values.extend_from_slice(labels.values_cpu()?);
        }
        let size = first.size();
        let Distinct { rows, inverse } = distinct(&values, size, RowOrder::FirstAppearance)?;
        let united = match rows.len() == first.count() {
            true => Arc::clone(first),
            false => {
                let values = gather(&values, size, &rows);
                Labels::like(first, first.names().clone(), values, None)?
            }
        };
        let starts = starts(all.map(|labels| labels.count()));
        let ranges = starts.windows(2).map(|range| &inverse[range[0]..range[1]]);
        let entries = ranges.map(|places| plan.scatter(places, rows.len()));
        Ok((united, entries.collect()))
    }
}

/// Where each piece starts along the properties.
fn property_starts(pieces: &Pieces<'_>) -> Vec<usize> {
    starts((0..pieces.count()).map(|piece| pieces.properties(piece, 0).count()))
}

impl AxisJoin for PropertiesJoin {
    fn values(&mut self, plan: &mut PlanBuilder, pieces: &Pieces<'_>) -> Result<JoinedLabels> {
        pieces.check_same("samples", 0, |piece| pieces.samples(piece, 0))?;
        let place = |piece| (pieces.numbers[piece], pieces.leaf(piece, 0).properties);
        let key = (0..pieces.count()).map(place).collect::<Key>();
        let properties = match self.values.get(&key) {
            Some(known) => Arc::clone(known),
            None => {
                let properties = self.join_values(pieces)?;
                self.values.insert(key, Arc::clone(&properties));
                properties
            }
        };
        let axis = 1 + pieces.leaf(0, 0).components_count;
        let counts = (0..pieces.count()).map(|piece| pieces.properties(piece, 0).count());
        let entries = counts.map(|count| plan.share(count)).collect::<Vec<_>>();
        let steps = entries.into_iter().zip(property_starts(pieces));
        let steps = steps.map(|(entry, start)| (axis, entry, start));
        push_steps(plan, pieces, 0, steps);
        Ok((Arc::clone(pieces.samples(0, 0)), properties))
    }

    fn gradient(
        &mut self,
        plan: &mut PlanBuilder,
        pieces: &Pieces<'_>,
        leaf: usize,
        values: &JoinedLabels,
    ) -> Result<JoinedLabels> {
        let place = |piece| (pieces.numbers[piece], pieces.leaf(piece, leaf).samples);
        let key = (0..pieces.count()).map(place).collect::<Key>();
        let (samples, entries) = match self.gradients.get(&key) {
            Some(known) => known.clone(),
            None => {
                let united = PropertiesJoin::unite(plan, pieces, leaf)?;
                self.gradients.insert(key, united.clone());
                united
            }
        };
        let steps = entries.into_iter().zip(property_starts(pieces));
        push_steps(
            plan,
            pieces,
            leaf,
            steps.map(|(entry, start)| (0, entry, start)),
        );
        Ok((samples, Arc::clone(&values.1)))
    }
}
