//! What is said about plans which can not be made.

use std::fmt;

use super::PlanError;

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlanError::UnknownOption { .. }
            | PlanError::UnknownDimension { .. }
            | PlanError::SampleOutOfRange { .. }
            | PlanError::PositionOutOfRange { .. }
            | PlanError::BlockOutOfRange { .. }
            | PlanError::OneHotDimensions { .. }
            | PlanError::OneHotValue { .. }
            | PlanError::UnknownGradient { .. } => self.describe_unknown(f),
            PlanError::NewLabels { .. }
            | PlanError::ColumnLength { .. }
            | PlanError::ColumnValue { .. }
            | PlanError::DimensionIndex { .. }
            | PlanError::PermutationLength { .. }
            | PlanError::EditAxis { .. } => self.describe_edit(f),
            PlanError::LeafOrder { .. } => self.describe_leaf(f),
            PlanError::NestedGradient { .. }
            | PlanError::NoInputs
            | PlanError::DifferentKeys { .. }
            | PlanError::DifferentLabels { .. }
            | PlanError::DifferentGradients { .. }
            | PlanError::SampleNames { .. }
            | PlanError::UselessDimension { .. } => self.describe_join(f),
        }
    }
}

impl PlanError {
    /// Something which is not there.
    fn describe_unknown(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlanError::UnknownOption {
                parameter,
                value,
                choices,
            } => write!(
                f,
                "`{parameter}` must be one of '{}', got '{}'",
                choices.join("', '"),
                value.escape_debug()
            ),
            PlanError::UnknownDimension { axis, name, names } => write!(
                f,
                "'{name}' is not a dimension of the {axis}, which are ({})",
                names.join(", ")
            ),
            PlanError::SampleOutOfRange {
                block,
                sample,
                count,
            } => write!(
                f,
                "a gradient of block {block} refers to sample={sample}, but there are {count} samples"
            ),
            PlanError::PositionOutOfRange {
                block,
                axis,
                position,
                count,
            } => write!(
                f,
                "position {position} is out of range for the {axis} of block {block}, which have {count} entries"
            ),
            PlanError::BlockOutOfRange { position, count } => {
                write!(f, "there is no block {position} among {count} block(s)")
            }
            PlanError::OneHotDimensions { names } => write!(
                f,
                "one-hot encoding needs labels with exactly one dimension, got {}: ({})",
                names.len(),
                names.join(", ")
            ),
            PlanError::OneHotValue { name, value } => write!(
                f,
                "{name}={value} is not one of the values of '{name}' to encode"
            ),
            PlanError::UnknownGradient {
                parameter,
                parameters,
            } => write!(
                f,
                "there is no gradient with respect to '{parameter}', only ({})",
                parameters.join(", ")
            ),
            _ => Ok(()),
        }
    }

    /// Something wrong with a change of labels.
    fn describe_edit(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = |block: &Option<usize>, axis: &'static str| match block {
            Some(block) => format!("{axis} of block {block}"),
            None => axis.to_owned(),
        };
        match self {
            PlanError::NewLabels { block, axis, cause } => {
                let cause = cause.to_string();
                let cause = cause.strip_prefix("invalid parameter: ").unwrap_or(&cause);
                write!(f, "in the new {}: {cause}", place(block, axis))
            }
            PlanError::ColumnLength {
                block,
                axis,
                found,
                expected,
            } => write!(
                f,
                "got {found} value(s) for a new dimension of the {}, which have {expected} entries",
                place(block, axis)
            ),
            PlanError::ColumnValue { value } => {
                write!(f, "{value} does not fit in the 32-bit integers of labels")
            }
            PlanError::DimensionIndex { index, size } => write!(
                f,
                "index {index} is out of range for labels with {size} dimension(s)"
            ),
            PlanError::PermutationLength { found, names } => write!(
                f,
                "expected one position for each of the {} dimension(s) ({}), got {found}",
                names.len(),
                names.join(", ")
            ),
            PlanError::EditAxis { edit, axis } => {
                write!(f, "can not {edit} dimensions of the {axis}")
            }
            _ => Ok(()),
        }
    }

    /// Something wrong with leaves given by a caller.
    fn describe_leaf(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlanError::LeafOrder { leaf } => write!(
                f,
                "leaf {leaf} is not in canonical order: the values of each block, followed by its gradients"
            ),
            _ => Ok(()),
        }
    }

    /// Something wrong between several inputs, or with gradients.
    fn describe_join(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlanError::NestedGradient {
                block,
                parameter,
                nested,
            } => write!(
                f,
                "gradients of gradients are not supported, gradient '{parameter}' of block {block} has a \
                 gradient with respect to '{nested}'"
            ),
            PlanError::NoInputs => f.write_str("expected at least one tensor map, got none"),
            PlanError::DifferentKeys {
                input,
                names,
                counts,
            } => describe_keys(f, *input, names.as_ref(), *counts),
            PlanError::DifferentLabels {
                axis,
                key,
                parameter,
                inputs: (first, second),
            } => {
                write!(f, "the {axis} ")?;
                if let Some(parameter) = parameter {
                    write!(f, "of gradient '{parameter}' ")?;
                }
                write!(
                    f,
                    "of block {key} do not have the same content in the same order in inputs {first} and {second}"
                )
            }
            PlanError::DifferentGradients {
                key,
                inputs: (first, second),
                parameters: (ours, theirs),
            } => write!(
                f,
                "block {key} has gradients ({}) in input {first}, and ({}) in input {second}",
                ours.join(", "),
                theirs.join(", ")
            ),
            PlanError::SampleNames {
                inputs: (first, second),
                names: (ours, theirs),
            } => write!(
                f,
                "samples with different dimensions can not be represented together: ({}) in input {first}, \
                 ({}) in input {second}",
                ours.join(", "),
                theirs.join(", ")
            ),
            PlanError::UselessDimension { name } => write!(
                f,
                "the dimension '{name}' can not be added to properties with different names, which get the \
                 dimension 'joined_index'"
            ),
            _ => Ok(()),
        }
    }
}

fn describe_keys(
    f: &mut fmt::Formatter<'_>,
    input: usize,
    names: Option<&(Vec<String>, Vec<String>)>,
    (first, second): (usize, usize),
) -> fmt::Result {
    f.write_str("the tensor maps must have the same keys, ")?;
    match names {
        Some((first, second)) => write!(
            f,
            "got names ({}) for the first and ({}) for input {input}",
            first.join(", "),
            second.join(", ")
        ),
        None if first != second => write!(
            f,
            "got {first} blocks for the first and {second} for input {input}"
        ),
        None => write!(f, "the entries of the first and of input {input} differ"),
    }
}
