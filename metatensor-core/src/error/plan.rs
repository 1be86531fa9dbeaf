//! What can be wrong with the plan of an operation.

use super::{Error, ErrorCategory};

/// Why an operation on a whole tensor map can not be planned.
#[derive(Debug)]
#[non_exhaustive]
pub enum PlanError {
    /// A parameter has a value which is not one of the possible ones.
    UnknownOption {
        /// The parameter.
        parameter: &'static str,
        /// Its value.
        value: String,
        /// The possible values.
        choices: Vec<&'static str>,
    },
    /// A dimension is not part of an axis.
    UnknownDimension {
        /// Which labels.
        axis: &'static str,
        /// The dimension.
        name: String,
        /// The dimensions there are.
        names: Vec<String>,
    },
    /// A gradient has gradients itself.
    NestedGradient {
        /// Index of the block.
        block: usize,
        /// Parameter of the gradient.
        parameter: String,
        /// Parameter of its gradient.
        nested: String,
    },
    /// A sample of a gradient refers to a sample which does not exist: the data of the
    /// labels was changed after they were created.
    SampleOutOfRange {
        /// Index of the block.
        block: usize,
        /// Value of `sample`.
        sample: i32,
        /// Number of samples of the block.
        count: usize,
    },
    /// A position is not a row of an axis.
    PositionOutOfRange {
        /// Index of the block.
        block: usize,
        /// Which labels.
        axis: &'static str,
        /// The position.
        position: i64,
        /// Number of rows.
        count: usize,
    },
    /// A number of a block does not exist.
    BlockOutOfRange {
        /// The number.
        position: i64,
        /// Number of blocks.
        count: usize,
    },
    /// New labels can not be made.
    NewLabels {
        /// Index of the block, or `None` for keys.
        block: Option<usize>,
        /// Which labels.
        axis: &'static str,
        /// What is wrong.
        cause: Box<Error>,
    },
    /// A new column does not have one value for each row.
    ColumnLength {
        /// Index of the block, or `None` for keys.
        block: Option<usize>,
        /// Which labels.
        axis: &'static str,
        /// Number of values.
        found: usize,
        /// Number of rows.
        expected: usize,
    },
    /// A value is not a 32-bit integer.
    ColumnValue {
        /// The value.
        value: i64,
    },
    /// There is no place for a new dimension at this index.
    DimensionIndex {
        /// The index.
        index: i64,
        /// Number of dimensions.
        size: usize,
    },
    /// A permutation does not have one position for each dimension.
    PermutationLength {
        /// Number of positions.
        found: usize,
        /// Names of the dimensions.
        names: Vec<String>,
    },
    /// The change makes no sense for this axis.
    EditAxis {
        /// Which change.
        edit: &'static str,
        /// Which labels.
        axis: &'static str,
    },
    /// There is nothing to join.
    NoInputs,
    /// The keys of two tensor maps are not the same.
    DifferentKeys {
        /// Index of the second tensor map; the first one is number 0.
        input: usize,
        /// Names of the first and second keys, if these differ.
        names: Option<(Vec<String>, Vec<String>)>,
        /// Number of the first and second blocks.
        counts: (usize, usize),
    },
    /// The labels of two blocks to join are not the same.
    DifferentLabels {
        /// Which labels.
        axis: &'static str,
        /// The key of the block.
        key: String,
        /// Parameter of the gradient, for labels of a gradient.
        parameter: Option<String>,
        /// Indices of the two tensor maps.
        inputs: (usize, usize),
    },
    /// Two blocks to join do not have the same gradients.
    DifferentGradients {
        /// The key of the block.
        key: String,
        /// Indices of the two tensor maps.
        inputs: (usize, usize),
        /// Parameters of the two blocks.
        parameters: (Vec<String>, Vec<String>),
    },
    /// The samples of two blocks to join do not have the same dimensions.
    SampleNames {
        /// Indices of the two tensor maps.
        inputs: (usize, usize),
        /// Dimensions of the two blocks.
        names: (Vec<String>, Vec<String>),
    },
    /// There is no use for another dimension of the properties.
    UselessDimension {
        /// The dimension.
        name: String,
    },
    /// The gradient asked for does not exist.
    UnknownGradient {
        /// Parameter of the gradient.
        parameter: String,
        /// Parameters there are.
        parameters: Vec<String>,
    },
    /// Labels for one-hot encoding do not have a single dimension.
    OneHotDimensions {
        /// The dimensions.
        names: Vec<String>,
    },
    /// A value to encode is not among the known ones.
    OneHotValue {
        /// The dimension.
        name: String,
        /// The value.
        value: i32,
    },
    /// Leaves are not in canonical order.
    LeafOrder {
        /// Index of the first leaf which is not.
        leaf: usize,
    },
}

impl PlanError {
    /// What kind of mistake this is.
    #[must_use]
    pub fn category(&self) -> ErrorCategory {
        match self {
            PlanError::UnknownOption { .. }
            | PlanError::UnknownDimension { .. }
            | PlanError::ColumnLength { .. }
            | PlanError::ColumnValue { .. }
            | PlanError::PermutationLength { .. }
            | PlanError::EditAxis { .. }
            | PlanError::NoInputs
            | PlanError::SampleNames { .. }
            | PlanError::UselessDimension { .. }
            | PlanError::OneHotDimensions { .. }
            | PlanError::OneHotValue { .. } => ErrorCategory::InvalidValue,
            PlanError::PositionOutOfRange { .. }
            | PlanError::BlockOutOfRange { .. }
            | PlanError::DimensionIndex { .. } => ErrorCategory::OutOfRange,
            PlanError::DifferentKeys { .. }
            | PlanError::DifferentLabels { .. }
            | PlanError::DifferentGradients { .. } => ErrorCategory::Different,
            PlanError::NestedGradient { .. } => ErrorCategory::Unsupported,
            PlanError::SampleOutOfRange { .. }
            | PlanError::NewLabels { .. }
            | PlanError::UnknownGradient { .. }
            | PlanError::LeafOrder { .. } => ErrorCategory::Other,
        }
    }
}

impl Error {
    /// Tell that it is about labels made for this block (or for keys).
    pub(crate) fn in_block(self, block: Option<usize>, axis: &'static str) -> Error {
        match self {
            Error::Labels(_) | Error::LabelsEdit(_) | Error::LabelsOperation(_) => {
                let cause = Box::new(self);
                PlanError::NewLabels { block, axis, cause }.into()
            }
            other => other,
        }
    }
}
