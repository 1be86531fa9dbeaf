//! Changing the dimensions of labels.

use std::fmt;
use std::sync::Arc;

use super::builder::PlanBuilder;
use super::metadata::{MetadataBuilder, MetadataLeaf, NONE};
use super::{Metadata, Plan};
use crate::Result;
use crate::error::{LabelsError, PlanError};
use crate::labels::Labels;

mod dimensions;

/// Labels to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditAxis {
    /// The keys.
    Keys,
    /// Samples of all blocks.
    Samples,
    /// Components of all blocks and gradients.
    Components,
    /// Properties of all blocks and gradients.
    Properties,
}

impl EditAxis {
    fn name(self) -> &'static str {
        match self {
            EditAxis::Keys => "keys",
            EditAxis::Samples => "samples",
            EditAxis::Components => "components",
            EditAxis::Properties => "properties",
        }
    }
}

impl fmt::Display for EditAxis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Values of a new dimension.
#[derive(Debug, Clone, Copy)]
pub enum Column<'a> {
    /// The same for all rows.
    Constant(i64),
    /// One for each row; the same in all blocks.
    Rows(&'a [i64]),
}

/// A change of the dimensions.
#[derive(Debug, Clone, Copy)]
pub enum Edit<'a> {
    /// Insert a dimension before the one at `index`; negative ones count from the end.
    Insert {
        /// Position, as for insertion in a list.
        index: i64,
        /// Name of the dimension.
        name: &'a str,
        /// Values of the dimension.
        values: Column<'a>,
    },
    /// Change the order: the old position of each dimension, negative ones count from
    /// the end.
    Permute(&'a [i64]),
    /// Remove a dimension.
    Remove(&'a str),
    /// Rename a dimension.
    Rename {
        /// Name of the dimension.
        old: &'a str,
        /// Its new name.
        new: &'a str,
    },
}

impl Edit<'_> {
    fn name(&self) -> &'static str {
        match self {
            Edit::Insert { .. } => "insert",
            Edit::Permute(_) => "permute",
            Edit::Remove(_) => "remove",
            Edit::Rename { .. } => "rename",
        }
    }
}

impl Plan {
    /// Plan of changing the dimensions of some labels. All arrays stay the same.
    ///
    /// Changing properties changes those of gradients alike. Samples of gradients only
    /// change by renaming, if they have a dimension with the old name other than the
    /// first one. Components can only be renamed; those without the old name stay.
    pub fn edit(metadata: &Metadata, axis: EditAxis, edit: Edit<'_>) -> Result<Plan> {
        if axis == EditAxis::Components && !matches!(edit, Edit::Rename { .. }) {
            let (edit, axis) = (edit.name(), axis.name());
            return Err(PlanError::EditAxis { edit, axis }.into());
        }
        let mut keys = Arc::clone(metadata.keys());
        if axis == EditAxis::Keys {
            keys = dimensions::edit(&keys, edit, "keys", None)?;
        }
        let mut editor = Editor {
            metadata,
            axis,
            edit,
            done: vec![None; metadata.labels().len()],
            gradient_samples: vec![None; metadata.labels().len()],
        };
        let mut plan = PlanBuilder::default();
        let mut result = MetadataBuilder::like(metadata);
        for (i, leaf) in metadata.leaves().iter().enumerate() {
            let components = editor.components(leaf)?;
            result.push(
                (leaf.block, leaf.parent, leaf.parameter),
                &editor.samples(leaf)?,
                components.iter(),
                &editor.properties(leaf)?,
            );
            let entry = plan.share(metadata.samples(leaf).count());
            plan.simple_step(i, 0, entry);
            plan.end_leaf();
        }
        plan.end_result(result.finish(keys));
        Ok(plan.finish())
    }
}

struct Editor<'a> {
    metadata: &'a Metadata,
    axis: EditAxis,
    edit: Edit<'a>,
    /// Labels after the change.
    done: Vec<Option<Arc<Labels>>>,
    /// Same for labels which are samples of gradients.
    gradient_samples: Vec<Option<Arc<Labels>>>,
}

impl Editor<'_> {
    fn samples(&mut self, leaf: &MetadataLeaf) -> Result<Arc<Labels>> {
        let labels = self.metadata.samples(leaf);
        if self.axis != EditAxis::Samples {
            return Ok(Arc::clone(labels));
        }
        if leaf.parent == NONE {
            return self.changed(leaf.samples, leaf.block);
        }
        let Edit::Rename { old, .. } = self.edit else {
            return Ok(Arc::clone(labels));
        };
        if !labels.names().iter().skip(1).any(|name| name == old) {
            return Ok(Arc::clone(labels));
        }
        if let Some(known) = &self.gradient_samples[leaf.samples] {
            return Ok(Arc::clone(known));
        }
        let new = dimensions::edit(labels, self.edit, "gradient samples", Some(leaf.block))?;
        self.gradient_samples[leaf.samples] = Some(Arc::clone(&new));
        Ok(new)
    }

    fn properties(&mut self, leaf: &MetadataLeaf) -> Result<Arc<Labels>> {
        if self.axis != EditAxis::Properties {
            return Ok(Arc::clone(self.metadata.properties(leaf)));
        }
        // the handle of the values, also for gradients with another one
        let mut values = leaf;
        while values.parent != NONE {
            values = &self.metadata.leaves()[values.parent];
        }
        self.changed(values.properties, leaf.block)
    }

    fn components(&mut self, leaf: &MetadataLeaf) -> Result<Vec<Arc<Labels>>> {
        let mut components = Vec::with_capacity(leaf.components_count);
        for &component in self.metadata.components_of(leaf) {
            let labels = &self.metadata.labels()[component];
            let is_renamed = match self.edit {
                Edit::Rename { old, .. } => labels.names().iter().any(|name| name == old),
                _ => false,
            };
            if self.axis == EditAxis::Components && is_renamed {
                components.push(self.changed(component, leaf.block)?);
            } else {
                components.push(Arc::clone(labels));
            }
        }
        if self.axis == EditAxis::Components {
            check_components(&components, leaf.block)?;
        }
        Ok(components)
    }

    fn changed(&mut self, position: usize, block: usize) -> Result<Arc<Labels>> {
        if let Some(known) = &self.done[position] {
            return Ok(Arc::clone(known));
        }
        let labels = &self.metadata.labels()[position];
        let new = dimensions::edit(labels, self.edit, self.axis.name(), Some(block))?;
        self.done[position] = Some(Arc::clone(&new));
        Ok(new)
    }
}

/// Fail if two components have the same name.
fn check_components(components: &[Arc<Labels>], block: usize) -> Result<()> {
    for (i, component) in components.iter().enumerate() {
        let mut before = components[..i].iter();
        if before.any(|other| other.names() == component.names()) {
            let name = component.names().join(", ");
            return Err(PlanError::NewLabels {
                block: Some(block),
                axis: "components",
                cause: Box::new(LabelsError::RepeatedName { name }.into()),
            }
            .into());
        }
    }
    Ok(())
}
