//! Reading the declarations of the C API from its Rust sources.

use std::fs;
use std::path::Path;

use syn::{Attribute, Expr, ImplItem, Item, Lit, Meta, ReturnType};

use super::model::{Alias, Api, Documented, Enum, Function, Section, Struct};
use super::types::{c_type, parameter};
use crate::Result;

/// Sections of the header, and where their functions are.
const SECTIONS: [(&str, &[&str]); 9] = [
    ("Errors", &["guard.rs", "version.rs", "error.rs"]),
    ("Data origins", &["origin.rs"]),
    ("Arrays", &["native/functions.rs", "native/batch.rs"]),
    (
        "Labels",
        &[
            "labels.rs",
            "labels_rows.rs",
            "labels_group.rs",
            "labels_columns.rs",
        ],
    ),
    ("Blocks", &["block.rs"]),
    ("Tensor maps", &["tensor.rs"]),
    ("Whole maps", &["structure.rs", "rebuild.rs", "compare.rs"]),
    (
        "Plans",
        &[
            "plan/metadata.rs",
            "plan/lazy.rs",
            "plan/select.rs",
            "plan/join.rs",
            "plan/dimensions.rs",
            "plan/blocks.rs",
            "plan/result.rs",
            "plan/queries.rs",
        ],
    ),
    (
        "Serialization",
        &[
            "io/labels.rs",
            "io/block.rs",
            "io/tensor.rs",
            "io/save_with.rs",
            "io/load_with.rs",
            "io/structure.rs",
        ],
    ),
];

/// Read everything.
pub fn read_api(root: &Path) -> Result<Api> {
    let source = |name: &str| Source::read(&root.join("c-api/src").join(name));
    let mut sections = Vec::new();
    for (title, files) in SECTIONS {
        let mut functions = Vec::new();
        for file in files {
            functions.extend(source(file)?.functions()?);
        }
        sections.push(Section { title, functions });
    }
    let vtable = source("array/vtable.rs")?;
    let structure = source("structure.rs")?;
    let compare = source("compare.rs")?;
    let plan = source("plan/result.rs")?;
    let files = source("io/options.rs")?;
    Ok(Api {
        version: version(root)?,
        status: source("status.rs")?.status()?,
        opaque: vec![
            source("labels.rs")?.alias("mts_labels_t")?.into(),
            source("block.rs")?.alias("mts_block_t")?.into(),
            source("tensor.rs")?.alias("mts_tensormap_t")?.into(),
        ],
        aliases: vec![source("origin.rs")?.alias("mts_data_origin_t")?],
        structs: vec![
            vtable.structure("mts_data_movement_t")?,
            vtable.structure("mts_array_t")?,
            structure.structure("mts_structure_options_t")?,
            structure.structure("mts_structure_t")?,
            structure.structure("mts_integer_lists_t")?,
            compare.structure("mts_compare_options_t")?,
            compare.structure("mts_comparison_t")?,
            source("plan/metadata.rs")?.structure("mts_metadata_t")?,
            source("plan/select.rs")?.structure("mts_selection_t")?,
            plan.structure("mts_plan_entry_t")?,
            plan.structure("mts_plan_step_t")?,
            plan.structure("mts_plan_t")?,
            files.structure("mts_save_options_t")?,
            files.structure("mts_load_options_t")?,
        ],
        callbacks: vec![
            source("io/buffer.rs")?.alias("mts_realloc_buffer_t")?,
            source("io/create.rs")?.alias("mts_create_array_callback_t")?,
            source("plan/lazy.rs")?.alias("mts_make_arrays_callback_t")?,
        ],
        sections,
        dlpack: [
            "DLPackVersion",
            "DLDevice",
            "DLDataType",
            "DLTensor",
            "DLManagedTensorVersioned",
        ]
        .into_iter()
        .map(|name| source("dlpack.rs")?.structure(name))
        .collect::<Result<_>>()?,
    })
}

impl From<Alias> for Documented {
    fn from(alias: Alias) -> Documented {
        Documented {
            name: alias.name,
            docs: alias.docs,
        }
    }
}

/// The version of the workspace.
fn version(root: &Path) -> Result<String> {
    let manifest =
        fs::read_to_string(root.join("Cargo.toml")).map_err(|error| error.to_string())?;
    let package = manifest
        .split("[workspace.package]")
        .nth(1)
        .unwrap_or_default();
    let version = package
        .lines()
        .find_map(|line| line.strip_prefix("version = "));
    match version {
        Some(version) => Ok(version.trim_matches('"').to_owned()),
        None => Err("there is no version in [workspace.package] of Cargo.toml".into()),
    }
}

/// One Rust source.
struct Source {
    name: String,
    items: Vec<Item>,
}

impl Source {
    fn read(path: &Path) -> Result<Source> {
        let name = path.display().to_string();
        let text =
            fs::read_to_string(path).map_err(|error| format!("can not read {name}: {error}"))?;
        let file =
            syn::parse_file(&text).map_err(|error| format!("can not parse {name}: {error}"))?;
        Ok(Source {
            name,
            items: file.items,
        })
    }

    fn missing<T>(&self, what: &str) -> Result<T> {
        Err(format!("`{what}` is missing from {}", self.name))
    }

    /// All exported functions.
    fn functions(&self) -> Result<Vec<Function>> {
        let mut functions = Vec::new();
        for item in &self.items {
            let Item::Fn(item) = item else { continue };
            if item.sig.abi.is_none() || !item.sig.ident.to_string().starts_with("mts_") {
                continue;
            }
            let name = item.sig.ident.to_string();
            let context = |error: String| format!("in `{name}` of {}: {error}", self.name);
            let docs = docs(&item.attrs);
            if docs.is_empty() {
                return Err(context("there is no documentation".into()));
            }
            let parameters = item
                .sig
                .inputs
                .iter()
                .map(parameter)
                .collect::<Result<Vec<_>>>();
            let returned = match &item.sig.output {
                ReturnType::Default => None,
                ReturnType::Type(_, ty) => Some(c_type(ty).map_err(context)?),
            };
            functions.push(Function {
                docs,
                parameters: parameters.map_err(context)?,
                returned,
                name,
            });
        }
        Ok(functions)
    }

    fn alias(&self, name: &str) -> Result<Alias> {
        for item in &self.items {
            if let Item::Type(item) = item
                && item.ident == name
            {
                // the core's types are opaque
                let ty = c_type(&item.ty)?;
                return Ok(Alias {
                    name: name.to_owned(),
                    docs: docs(&item.attrs),
                    ty,
                });
            }
        }
        self.missing(name)
    }

    fn structure(&self, name: &str) -> Result<Struct> {
        for item in &self.items {
            if let Item::Struct(item) = item
                && item.ident == name
            {
                let mut fields = Vec::new();
                for field in &item.fields {
                    let Some(field_name) = &field.ident else {
                        continue;
                    };
                    fields.push(Alias {
                        name: field_name.to_string(),
                        docs: docs(&field.attrs),
                        ty: c_type(&field.ty)?,
                    });
                }
                return Ok(Struct {
                    name: name.to_owned(),
                    docs: docs(&item.attrs),
                    fields,
                });
            }
        }
        self.missing(name)
    }

    /// The statuses, which are constants of a type in Rust.
    fn status(&self) -> Result<Enum> {
        const NAME: &str = "mts_status_t";
        let mut result = Enum {
            name: NAME.into(),
            docs: Vec::new(),
            values: Vec::new(),
        };
        for item in &self.items {
            match item {
                Item::Struct(item) if item.ident == NAME => result.docs = docs(&item.attrs),
                Item::Impl(item) if item.trait_.is_none() => {
                    for item in &item.items {
                        let ImplItem::Const(item) = item else {
                            continue;
                        };
                        let name = item.ident.to_string();
                        let value = constructor_argument(&item.expr)
                            .ok_or_else(|| format!("the value of `{name}` is not a number"))?;
                        result.values.push((
                            Documented {
                                name,
                                docs: docs(&item.attrs),
                            },
                            value,
                        ));
                    }
                }
                _ => {}
            }
        }
        if result.values.is_empty() {
            self.missing(NAME)
        } else {
            Ok(result)
        }
    }
}

/// The number in `mts_status_t(254)`.
fn constructor_argument(expression: &Expr) -> Option<i32> {
    let Expr::Call(call) = expression else {
        return None;
    };
    match call.args.first()? {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(value) => value.base10_parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

/// Lines of documentation.
fn docs(attributes: &[Attribute]) -> Vec<String> {
    let mut lines = Vec::new();
    for attribute in attributes {
        if let Meta::NameValue(meta) = &attribute.meta
            && meta.path.is_ident("doc")
            && let Expr::Lit(literal) = &meta.value
            && let Lit::Str(text) = &literal.lit
        {
            let text = text.value();
            lines.push(text.strip_prefix(' ').unwrap_or(&text).to_owned());
        }
    }
    lines
}
