//! All cases, in the order of the table.

mod files;
mod labels;
mod tensor;

use crate::measure::Case;

pub fn all() -> Vec<Case> {
    let mut cases = labels::cases();
    cases.extend(tensor::cases());
    cases.extend(files::cases());
    cases
}
