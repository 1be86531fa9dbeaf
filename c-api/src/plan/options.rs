//! Names of axes and rules.

use metatensor_core::Result;
use metatensor_core::error::PlanError;
use metatensor_core::plan::{Axis, EditAxis, KeysRule, SortAxes};

use crate::handle::Text;

/// The element of `choices` with this name.
fn choose<T: Copy>(
    parameter: &'static str,
    value: &str,
    choices: &[(&'static str, T)],
) -> Result<T> {
    match choices.iter().find(|(name, _)| *name == value) {
        Some((_, choice)) => Ok(*choice),
        None => Err(PlanError::UnknownOption {
            parameter,
            value: value.to_owned(),
            choices: choices.iter().map(|(name, _)| *name).collect(),
        }
        .into()),
    }
}

/// Samples or properties.
pub(super) fn axis(text: &Text) -> Result<Axis> {
    let choices = [("samples", Axis::Samples), ("properties", Axis::Properties)];
    choose("axis", text.get("axis")?, &choices)
}

/// Any labels.
pub(super) fn edit_axis(text: &Text) -> Result<EditAxis> {
    let choices = [
        ("keys", EditAxis::Keys),
        ("samples", EditAxis::Samples),
        ("components", EditAxis::Components),
        ("properties", EditAxis::Properties),
    ];
    choose("axis", text.get("axis")?, &choices)
}

/// All axes to sort.
pub(super) fn sort_axes(names: &[&str]) -> Result<SortAxes> {
    let choices = [
        ("samples", EditAxis::Samples),
        ("components", EditAxis::Components),
        ("properties", EditAxis::Properties),
        ("keys", EditAxis::Keys),
    ];
    let mut axes = SortAxes::default();
    for name in names {
        match choose("axes", name, &choices)? {
            EditAxis::Samples => axes.samples = true,
            EditAxis::Components => axes.components = true,
            EditAxis::Properties => axes.properties = true,
            EditAxis::Keys => axes.keys = true,
        }
    }
    Ok(axes)
}

/// What to do about different keys.
pub(super) fn keys_rule(text: &Text) -> Result<KeysRule> {
    let choices = [
        ("error", KeysRule::Same),
        ("intersection", KeysRule::Intersection),
        ("union", KeysRule::Union),
    ];
    choose("different_keys", text.get("different_keys")?, &choices)
}
