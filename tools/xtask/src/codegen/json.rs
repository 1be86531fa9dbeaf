//! `api.json`: the C API for other tools.

use serde_json::{Value, json};

use super::BANNER;
use super::header::signature;
use super::model::{Api, Function, Type};

/// Functions of the ABI which prebuilt programs rely on; all others are additions.
const RELEASED: [&str; 53] = [
    "mts_block",
    "mts_block_add_gradient",
    "mts_block_copy",
    "mts_block_data",
    "mts_block_device",
    "mts_block_dtype",
    "mts_block_free",
    "mts_block_gradient",
    "mts_block_gradients_list",
    "mts_block_labels",
    "mts_block_load",
    "mts_block_load_buffer",
    "mts_block_save",
    "mts_block_save_buffer",
    "mts_disable_panic_printing",
    "mts_get_data_origin",
    "mts_labels",
    "mts_labels_assume_unique",
    "mts_labels_clone",
    "mts_labels_difference",
    "mts_labels_dimensions",
    "mts_labels_free",
    "mts_labels_intersection",
    "mts_labels_load",
    "mts_labels_load_buffer",
    "mts_labels_position",
    "mts_labels_save",
    "mts_labels_save_buffer",
    "mts_labels_select",
    "mts_labels_union",
    "mts_labels_values",
    "mts_labels_values_cpu",
    "mts_last_error",
    "mts_register_data_origin",
    "mts_set_last_error",
    "mts_tensormap",
    "mts_tensormap_block_by_id",
    "mts_tensormap_components_to_properties",
    "mts_tensormap_copy",
    "mts_tensormap_device",
    "mts_tensormap_dtype",
    "mts_tensormap_free",
    "mts_tensormap_get_info",
    "mts_tensormap_info_keys",
    "mts_tensormap_keys",
    "mts_tensormap_keys_to_properties",
    "mts_tensormap_keys_to_samples",
    "mts_tensormap_load",
    "mts_tensormap_load_buffer",
    "mts_tensormap_save",
    "mts_tensormap_save_buffer",
    "mts_tensormap_set_info",
    "mts_version",
];

pub fn generate(api: &Api) -> String {
    let documented = |name: &str, docs: &[String]| json!({"name": name, "docs": docs.join("\n")});
    let value = json!({
        "comment": BANNER,
        "version": api.version,
        "statuses": api.status.values.iter().map(|(item, value)| {
            json!({"name": item.name, "value": value, "docs": item.docs.join("\n")})
        }).collect::<Vec<_>>(),
        "opaque_types": api.opaque.iter().map(|item| documented(&item.name, &item.docs)).collect::<Vec<_>>(),
        "types": api.aliases.iter().chain(&api.callbacks).map(|item| {
            json!({"name": item.name, "type": item.ty.declare(""), "docs": item.docs.join("\n")})
        }).collect::<Vec<_>>(),
        "structs": api.structs.iter().map(|item| {
            let fields = item.fields.iter().map(|field| {
                json!({"name": field.name, "type": field.ty.declare(""), "docs": field.docs.join("\n")})
            }).collect::<Vec<_>>();
            json!({"name": item.name, "fields": fields, "docs": item.docs.join("\n")})
        }).collect::<Vec<_>>(),
        "functions": api.functions().map(|(section, item)| function(section, item)).collect::<Vec<_>>(),
    });
    // serializing a `Value` never fails
    serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
}

fn function(section: &str, function: &Function) -> Value {
    let parts = Docs::parse(&function.docs);
    let parameters = function.parameters.iter().map(|parameter| {
        json!({
            "name": parameter.name,
            "type": parameter.ty.declare(""),
            "nullable": parameter.passing.nullable(),
            "ownership": parameter.passing.ownership(),
            "docs": parts.parameter(&parameter.name),
        })
    });
    let returned = function
        .returned
        .as_ref()
        .map_or("void".to_owned(), |ty| ty.declare(""));
    json!({
        "name": function.name,
        "section": section,
        "signature": signature(function).split_whitespace().collect::<Vec<_>>().join(" "),
        "docs": parts.text,
        "parameters": parameters.collect::<Vec<_>>(),
        "returns": {
            "type": returned,
            "ownership": returned_ownership(function),
            "docs": parts.returns,
        },
        "stability": "stable",
        "addition": is_addition(&function.name),
    })
}

/// Is this function newer than the ABI which prebuilt programs rely on?
pub fn is_addition(name: &str) -> bool {
    !RELEASED.contains(&name)
}

/// Who owns the result of a function.
pub fn returned_ownership(function: &Function) -> &'static str {
    match &function.returned {
        Some(Type::Pointer { to, .. }) if to.is("char") => "static",
        Some(Type::Pointer { .. }) => "caller",
        _ => "value",
    }
}

/// The parts of a comment.
#[derive(Default)]
pub struct Docs {
    /// What the function does.
    pub text: String,
    /// Names of the parameters and what they are.
    parameters: Vec<(String, String)>,
    /// What the function returns.
    pub returns: String,
}

impl Docs {
    pub fn parse(lines: &[String]) -> Docs {
        let mut docs = Docs::default();
        let mut in_text = true;
        for line in lines {
            if let Some(rest) = line.strip_prefix("@param ") {
                let (name, text) = rest.split_once(' ').unwrap_or((rest, ""));
                docs.parameters.push((name.to_owned(), text.to_owned()));
                in_text = false;
            } else if let Some(text) = line.strip_prefix("@returns ") {
                docs.returns = text.to_owned();
                in_text = false;
            } else if in_text {
                docs.text.push_str(line);
                docs.text.push('\n');
            } else {
                // the next line of the same part
                let part = if docs.returns.is_empty() {
                    docs.parameters.last_mut().map(|(_, text)| text)
                } else {
                    Some(&mut docs.returns)
                };
                if let Some(part) = part {
                    part.push(' ');
                    part.push_str(line.trim());
                }
            }
        }
        docs.text = docs.text.trim_end().to_owned();
        docs
    }

    pub fn parameter(&self, name: &str) -> &str {
        self.parameters
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, text)| text)
    }
}
