//! One-hot encoding of a dimension.

use crate::Result;
use crate::error::PlanError;
use crate::labels::Labels;

use super::columns;

/// For each row of `labels`, the position in `dimension` of its value of the only
/// dimension of `dimension`.
pub fn one_hot_positions(labels: &Labels, dimension: &Labels) -> Result<Vec<i64>> {
    let [name] = &dimension.names()[..] else {
        let names = dimension.names().to_vec();
        return Err(PlanError::OneHotDimensions { names }.into());
    };
    let column = columns::find("labels", labels.names(), &[name])?;
    let values = columns::project(labels, &column)?;
    let mut positions = vec![0; labels.count()];
    dimension.positions(&values, &mut positions)?;
    if let Some(missing) = positions.iter().position(|&position| position < 0) {
        return Err(PlanError::OneHotValue {
            name: name.clone(),
            value: values[missing],
        }
        .into());
    }
    Ok(positions)
}
