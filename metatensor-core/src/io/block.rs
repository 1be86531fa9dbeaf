//! Blocks as entries of an archive.

use std::sync::Arc;

use hashbrown::HashMap;

use super::labels::{RecentLabels, add_labels};
use super::values::{add_values, read_values};
use super::zip::{Archive, ArchiveWriter};
use super::{CreateArray, context};
use crate::block::MAX_DEPTH;
use crate::{Error, Labels, Result, TensorBlock};

/// Names of the gradients of each block.
struct GradientIndex<'a>(HashMap<&'a str, Vec<&'a str>>);

impl<'a> GradientIndex<'a> {
    /// Find all `<prefix>gradients/<parameter>/samples.npy`, once for the archive.
    fn new(archive: &'a Archive) -> GradientIndex<'a> {
        const SUFFIX: &str = "/samples.npy";
        let mut index: HashMap<&str, Vec<&str>> = HashMap::new();
        for name in archive.names_ending_with(SUFFIX) {
            let folder = &name[..name.len() - SUFFIX.len()];
            let Some((parent, parameter)) = folder.rsplit_once('/') else {
                continue;
            };
            let Some(prefix) = parent.strip_suffix("gradients") else {
                continue;
            };
            // names with a NUL could not be given to C
            if (prefix.is_empty() || prefix.ends_with('/')) && !parameter.contains('\0') {
                index.entry(prefix).or_default().push(parameter);
            }
        }
        GradientIndex(index)
    }

    fn parameters(&self, prefix: &str) -> &[&'a str] {
        self.0.get(prefix).map_or(&[], Vec::as_slice)
    }
}

/// Reads the blocks of one archive.
pub(super) struct BlockReader<'a, 'create> {
    archive: &'a Archive<'a>,
    gradients: GradientIndex<'a>,
    create: &'a mut CreateArray<'create>,
    samples: RecentLabels,
    /// Properties and components.
    others: RecentLabels,
}

impl<'a, 'create> BlockReader<'a, 'create> {
    pub(super) fn new(
        archive: &'a Archive<'a>,
        create: &'a mut CreateArray<'create>,
    ) -> BlockReader<'a, 'create> {
        let gradients = GradientIndex::new(archive);
        BlockReader {
            archive,
            gradients,
            create,
            samples: RecentLabels::default(),
            others: RecentLabels::default(),
        }
    }

    /// Read the block stored under `prefix`, which ends with `/` or is empty.
    pub(super) fn read(&mut self, prefix: &str) -> Result<Box<TensorBlock>> {
        self.read_nested(prefix, None, 0)
    }

    /// Gradients have the properties of their parent.
    fn read_nested(
        &mut self,
        prefix: &str,
        parent_properties: Option<&Arc<Labels>>,
        depth: usize,
    ) -> Result<Box<TensorBlock>> {
        // an archive can have thousands of levels, and a thread has a limited stack
        if depth > MAX_DEPTH {
            return Err(too_deep(prefix));
        }
        let name = format!("{prefix}values.npy");
        let (values, n_components) = read_values(self.archive, &name, self.create)?;
        let samples = self
            .samples
            .read(self.archive, &format!("{prefix}samples.npy"))?;
        let mut components = Vec::new();
        for i in 0..n_components {
            let name = format!("{prefix}components/{i}.npy");
            components.push(self.others.read(self.archive, &name)?);
        }
        let properties = match parent_properties {
            Some(properties) => Arc::clone(properties),
            None => self
                .others
                .read(self.archive, &format!("{prefix}properties.npy"))?,
        };

        let in_block = |error| match prefix {
            "" => error,
            prefix => context::add(error, &format!("in '{prefix}'")),
        };
        let mut block = TensorBlock::new(values, samples, components, Arc::clone(&properties))
            .map_err(in_block)?;
        for i in 0..self.gradients.parameters(prefix).len() {
            let parameter = self.gradients.parameters(prefix)[i];
            let gradient = self.read_nested(
                &format!("{prefix}gradients/{parameter}/"),
                Some(&properties),
                depth + 1,
            )?;
            block.add_gradient(parameter, gradient).map_err(in_block)?;
        }
        Ok(Box::new(block))
    }
}

fn too_deep(prefix: &str) -> Error {
    Error::Serialization(format!(
        "in '{prefix}': gradients of gradients can only be stored up to {MAX_DEPTH} levels"
    ))
}

/// Read an archive containing a single block.
pub(super) fn read_block(archive: &Archive, create: &mut CreateArray) -> Result<Box<TensorBlock>> {
    BlockReader::new(archive, create).read("")
}

/// Write a block under `prefix`, which ends with `/` or is empty.
pub(super) fn write_block(
    archive: &mut ArchiveWriter,
    prefix: &str,
    block: &TensorBlock,
) -> Result<()> {
    write_nested(archive, prefix, block, 0)
}

fn write_nested(
    archive: &mut ArchiveWriter,
    prefix: &str,
    block: &TensorBlock,
    depth: usize,
) -> Result<()> {
    add_values(archive, &format!("{prefix}values.npy"), block.values())?;
    add_labels(archive, &format!("{prefix}samples.npy"), block.samples())?;
    for (i, component) in block.components().iter().enumerate() {
        add_labels(archive, &format!("{prefix}components/{i}.npy"), component)?;
    }
    if depth == 0 {
        add_labels(
            archive,
            &format!("{prefix}properties.npy"),
            block.properties(),
        )?;
    }

    let mut gradients = block.gradients().collect::<Vec<_>>();
    gradients.sort_unstable_by_key(|(parameter, _)| *parameter);
    for (parameter, gradient) in gradients {
        if parameter.contains('/') {
            return Err(Error::Serialization(format!(
                "the name of the gradient '{parameter}' contains '/', and could not be read back"
            )));
        }
        write_nested(
            archive,
            &format!("{prefix}gradients/{parameter}/"),
            gradient,
            depth + 1,
        )?;
    }
    Ok(())
}
