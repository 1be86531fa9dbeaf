//! The types of the C API from those of its Rust sources.

use syn::{FnArg, GenericArgument, Pat, PathArguments, ReturnType};

use super::model::{Parameter, Passing, Type};
use crate::Result;

/// One parameter of a function of the C API.
pub(super) fn parameter(argument: &FnArg) -> Result<Parameter> {
    let FnArg::Typed(argument) = argument else {
        return Err("unexpected `self`".into());
    };
    let Pat::Ident(name) = &*argument.pat else {
        return Err("all parameters need a name".into());
    };
    let name = name.ident.to_string();
    let ty = c_type(&argument.ty)?;
    let (outer, inner) = path_and_argument(&argument.ty).unwrap_or_default();
    let passing = match outer.as_str() {
        "In" => Passing::In,
        "InArray" => Passing::InArray,
        "OptIn" => Passing::OptIn,
        "OptCallback" => Passing::OptCalled,
        "TakenArray" => Passing::TakenArray,
        "OptInArray" => Passing::OptInArray,
        "InOut" => Passing::InOut,
        "InOutArray" => Passing::InOutArray,
        "Out" => Passing::Out,
        "OutArray" => Passing::OutArray,
        "OptOut" => Passing::OptOut,
        "Text" => Passing::Text,
        "OptText" => Passing::OptText,
        "Taken" => Passing::Taken,
        "TakenTensor" => Passing::TakenTensor,
        "Kept" => Passing::Kept,
        "Freed" => Passing::Freed,
        "Released" => Passing::Released,
        "mts_array_t" => Passing::OwnedArray,
        "mts_realloc_buffer_t" | "mts_create_array_callback_t" | "mts_make_arrays_callback_t" => {
            Passing::Callback
        }
        "Option" => Passing::OptCallback,
        _ if matches!(ty, Type::Pointer { .. }) => Passing::UserData,
        _ => Passing::Value,
    };
    let elements = matches!(passing, Passing::InArray | Passing::InOutArray)
        && inner
            .is_some_and(|inner| matches!(inner.as_str(), "Text" | "In" | "Taken" | "TakenTensor"));
    Ok(Parameter {
        name,
        ty,
        passing,
        elements,
    })
}

/// `("In", Some("i32"))` for `In<i32>`.
fn path_and_argument(ty: &syn::Type) -> Option<(String, Option<String>)> {
    let syn::Type::Path(path) = ty else {
        return None;
    };
    let segment = path.path.segments.last()?;
    let inner = argument_type(segment)
        .and_then(path_and_argument)
        .map(|(name, _)| name);
    Some((segment.ident.to_string(), inner))
}

fn argument_type(segment: &syn::PathSegment) -> Option<&syn::Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}

/// The C type for a Rust type.
pub(super) fn c_type(ty: &syn::Type) -> Result<Type> {
    match ty {
        syn::Type::Ptr(pointer) => Ok(Type::pointer(
            c_type(&pointer.elem)?,
            matches!(pointer.mutability, syn::PointerMutability::Const(_)),
        )),
        syn::Type::Path(path) => {
            let segment = path.path.segments.last().ok_or("empty path")?;
            let inner = || {
                argument_type(segment)
                    .ok_or("a type argument is missing")
                    .map(c_type)
            };
            Ok(match segment.ident.to_string().as_str() {
                "In" | "InArray" | "OptIn" | "OptInArray" | "OptRef" | "TakenArray"
                | "Released" => Type::pointer(inner()??, true),
                "InOut" | "InOutArray" | "Out" | "OutArray" | "OptOut" | "Taken" | "Freed" => {
                    Type::pointer(inner()??, false)
                }
                "Kept" => Type::pointer(Type::Named("void".into()), false),
                "TakenTensor" => {
                    Type::pointer(Type::Named("DLManagedTensorVersioned".into()), false)
                }
                "Text" | "OptText" => Type::pointer(Type::Named("char".into()), true),
                "Option" | "OptCallback" => inner()??,
                "Owner" => Type::pointer(Type::Named("void".into()), false),
                "usize" => Type::Named("uintptr_t".into()),
                "c_char" => Type::Named("char".into()),
                "c_void" => Type::Named("void".into()),
                name @ ("u8" | "u16" | "u32" | "u64") => {
                    Type::Named(format!("uint{}_t", &name[1..]))
                }
                name @ ("i32" | "i64") => Type::Named(format!("int{}_t", &name[1..])),
                name => Type::Named(name.to_owned()),
            })
        }
        syn::Type::FnPtr(function) => {
            let mut parameters = Vec::new();
            for input in &function.inputs {
                let name = input
                    .name
                    .as_ref()
                    .map(|(name, _)| name.to_string())
                    .unwrap_or_default();
                parameters.push((name, c_type(&input.ty)?));
            }
            let returned = match &function.output {
                ReturnType::Default => None,
                ReturnType::Type(_, ty) => Some(Box::new(c_type(ty)?)),
            };
            Ok(Type::Function {
                parameters,
                returned,
            })
        }
        _ => Err("this type has no equivalent in C".into()),
    }
}
