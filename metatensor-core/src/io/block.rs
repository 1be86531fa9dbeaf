//! Blocks as entries of an archive.

use std::sync::Arc;

use hashbrown::HashMap;

use super::labels::{RecentLabels, add_labels};
use super::rows::Rows;
use super::selection::{self, Samples, SamplesSelection};
use super::values::{Leaves, ValuesReader, add_values};
use super::zip::{Archive, ArchiveWriter};
use super::{LoadOptions, SaveOptions, context, extended};
use crate::array::{Array, DType};
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
pub(super) struct BlockReader<'a, 'm> {
    archive: &'a Archive<'a>,
    gradients: GradientIndex<'a>,
    values: ValuesReader<'a, 'm>,
    selection: SamplesSelection<'a>,
    samples: RecentLabels,
    /// Properties and components.
    others: RecentLabels,
}

/// The block around a gradient.
#[derive(Clone, Copy)]
struct Parent<'a> {
    /// Gradients have the properties of their parent.
    properties: &'a Arc<Labels>,
    /// Rows which are loaded, `None` for all of them.
    rows: Option<&'a Rows>,
}

impl<'a, 'm> BlockReader<'a, 'm> {
    /// Load what the `options` say, blocks excepted.
    pub(super) fn new(
        archive: &'a Archive<'a>,
        options: &LoadOptions<'a>,
        leaves: Leaves<'m>,
    ) -> Result<BlockReader<'a, 'm>> {
        Ok(BlockReader {
            archive,
            gradients: GradientIndex::new(archive),
            values: ValuesReader::new(archive, leaves, options.verify)?,
            selection: SamplesSelection::new(options.samples),
            samples: RecentLabels::default(),
            others: RecentLabels::default(),
        })
    }

    /// Read the block stored under `prefix`, which ends with `/` or is empty.
    pub(super) fn read(&mut self, prefix: &str) -> Result<Box<TensorBlock>> {
        self.read_nested(prefix, None, 0)
    }

    fn read_nested(
        &mut self,
        prefix: &str,
        parent: Option<Parent>,
        depth: usize,
    ) -> Result<Box<TensorBlock>> {
        // an archive can have thousands of levels, and a thread has a limited stack
        if depth > MAX_DEPTH {
            return Err(too_deep(prefix));
        }
        let (values, n_components, samples) = self.read_values(prefix, parent)?;
        let mut components = Vec::with_capacity(n_components);
        for i in 0..n_components {
            let name = format!("{prefix}components/{i}.npy");
            components.push(self.others.read(self.archive, &name)?);
        }
        let properties = match parent {
            Some(parent) => Arc::clone(parent.properties),
            None => self
                .others
                .read(self.archive, &format!("{prefix}properties.npy"))?,
        };

        let in_block = |error| match prefix {
            "" => error,
            prefix => context::add(error, &format!("in '{prefix}'")),
        };
        let Samples { labels, rows } = samples;
        let mut block = TensorBlock::new(values, labels, components, Arc::clone(&properties))
            .map_err(in_block)?;
        let parent = Parent {
            properties: &properties,
            rows: rows.as_deref(),
        };
        for i in 0..self.gradients.parameters(prefix).len() {
            let parameter = self.gradients.parameters(prefix)[i];
            let prefix = format!("{prefix}gradients/{parameter}/");
            let gradient = self.read_nested(&prefix, Some(parent), depth + 1)?;
            block.add_gradient(parameter, gradient).map_err(in_block)?;
        }
        Ok(Box::new(block))
    }

    /// Read the values, the number of components and the samples.
    fn read_values(
        &mut self,
        prefix: &str,
        parent: Option<Parent>,
    ) -> Result<(Box<dyn Array>, usize, Samples)> {
        let values_name = format!("{prefix}values.npy");
        let name = format!("{prefix}samples.npy");
        let parent_rows = parent.and_then(|parent| parent.rows);
        if parent_rows.is_none() && (parent.is_some() || !self.selection.is_active()) {
            let (values, n_components) = self.values.read(&values_name, None)?;
            let labels = self.samples.read(self.archive, &name)?;
            return Ok((values, n_components, Samples { labels, rows: None }));
        }
        let samples = self.samples.read(self.archive, &name)?;
        let samples = match parent_rows {
            Some(rows) => selection::of_gradient(&samples, rows, &name)?,
            None => self.selection.of_block(&samples, &name)?,
        };
        let (values, n_components) = self
            .values
            .read(&values_name, samples.rows.as_deref())
            .map_err(|error| match error {
                Error::Block(_) => context::add(error, &format!("in '{values_name}'")),
                error => error,
            })?;
        Ok((values, n_components, samples))
    }
}

fn too_deep(prefix: &str) -> Error {
    Error::Serialization(format!(
        "in '{prefix}': gradients of gradients can only be stored up to {MAX_DEPTH} levels"
    ))
}

/// Write the block of an archive which contains nothing else.
pub(super) fn write_single(
    archive: &mut ArchiveWriter,
    block: &TensorBlock,
    options: &SaveOptions,
) -> Result<()> {
    let dtype = extended(options, || block.dtype())?;
    write_block(archive, "", block, dtype)?;
    write_extended(archive, dtype)
}

/// Type to store as raw bytes.
pub(super) fn extended(
    options: &SaveOptions,
    dtype: impl FnOnce() -> Result<DType>,
) -> Result<Option<DType>> {
    if !options.extended_dtypes {
        return Ok(None);
    }
    Ok(Some(dtype()?).filter(|dtype| extended::name(*dtype).is_some()))
}

/// Write what the raw bytes of values are, if they are.
pub(super) fn write_extended(archive: &mut ArchiveWriter, dtype: Option<DType>) -> Result<()> {
    match dtype.and_then(extended::write) {
        Some(content) => archive.add(extended::ENTRY, &[], content.as_bytes()),
        None => Ok(()),
    }
}

/// Write a block under `prefix`, which ends with `/` or is empty. The type of the
/// values may be `extended`.
pub(super) fn write_block(
    archive: &mut ArchiveWriter,
    prefix: &str,
    block: &TensorBlock,
    extended: Option<DType>,
) -> Result<()> {
    write_nested(archive, prefix, block, extended, 0)
}

fn write_nested(
    archive: &mut ArchiveWriter,
    prefix: &str,
    block: &TensorBlock,
    extended: Option<DType>,
    depth: usize,
) -> Result<()> {
    let name = format!("{prefix}values.npy");
    add_values(archive, &name, block.values(), extended)?;
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
            extended,
            depth + 1,
        )?;
    }
    Ok(())
}
