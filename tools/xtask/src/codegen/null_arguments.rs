//! Test calling every function with NULL for each of its pointers, and with wrong
//! numbers of values.

use super::BANNER;
use super::model::{Api, Function, Parameter, Passing, Type};
use crate::Result;

const START: &str = r#"/* NULL is never a crash: every function is called with NULL for each pointer which can
 * not be NULL, the others being valid. It has to name the parameter, and not to touch
 * anything. The same for numbers of values which no memory could hold, and for places for
 * results whose number is not the one of the results. */
#include "support.h"
#include "check.h"

/* valid arguments */
typedef struct fixture_t {
    const mts_labels_t *labels;
    mts_block_t *block;
    mts_block_t *gradient;
    mts_tensormap_t *tensor;
    mts_metadata_t *metadata;
} fixture_t;

static fixture_t make_fixture(void) {
    fixture_t fixture;
    mts_block_t *block = make_block(1, I32(0), 1, I32(0), F64(1.0));
    fixture.labels = make_labels_1("a", 1, I32(0));
    fixture.block = make_block(1, I32(0), 1, I32(0), F64(1.0));
    fixture.gradient = make_block(1, I32(0), 1, I32(0), F64(1.0));
    fixture.tensor = mts_tensormap(fixture.labels, &block, 1);
    REQUIRE(fixture.tensor != NULL);
    fixture.metadata = mts_tensormap_metadata(fixture.tensor);
    REQUIRE(fixture.metadata != NULL);
    return fixture;
}

static void free_fixture(const fixture_t *fixture) {
    CHECK_OK(mts_labels_free(fixture->labels));
    CHECK_OK(mts_block_free(fixture->block));
    CHECK_OK(mts_block_free(fixture->gradient));
    CHECK_OK(mts_tensormap_free(fixture->tensor));
    CHECK_OK(mts_metadata_free(fixture->metadata));
}

static uint8_t *grow(void *user_data, uint8_t *pointer, uintptr_t size) {
    (void)user_data;
    return realloc(pointer, size);
}

static mts_status_t make_none(const void *leaves, mts_array_t *arrays, uintptr_t count) {
    (void)leaves;
    (void)arrays;
    (void)count;
    return MTS_SUCCESS;
}

/* numbers of values of 8 bytes which wrap around the address space */
#define TOO_MANY UINTPTR_MAX
#define WRAPS_AROUND (UINTPTR_MAX / 8 + 2)

/* results are filled with this byte before the calls */
#define UNTOUCHED 0x5A

static int is_untouched(const void *result, size_t size) {
    const unsigned char *bytes = result;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != UNTOUCHED) {
            return 0;
        }
    }
    return 1;
}
"#;

pub fn generate(api: &Api) -> Result<String> {
    let mut text = format!("/* {BANNER} */\n{START}");
    let mut tests = Vec::new();
    for (_, function) in api.functions() {
        let calls = calls(function)?;
        if !calls.is_empty() {
            text.push_str(&test(function, &calls));
            tests.push(&function.name);
        }
    }
    text.push_str("\nint main(void) {\n");
    for name in tests {
        text.push_str(&format!("    RUN(test_{name});\n"));
    }
    text.push_str("    return check_summary();\n}\n");
    Ok(text)
}

fn test(function: &Function, calls: &[String]) -> String {
    let mut text = format!("\nstatic void test_{}(void) {{\n", function.name);
    text.push_str("    fixture_t fixture = make_fixture();\n");
    for parameter in &function.parameters {
        text.push_str(&declaration(parameter));
    }
    text.push('\n');
    for call in calls {
        text.push_str(call);
    }
    text.push('\n');
    for parameter in &function.parameters {
        if matches!(parameter.passing, Passing::Out | Passing::OutArray) {
            text.push_str(&format!(
                "    CHECK(is_untouched(&{0}, sizeof({0})));\n",
                parameter.name
            ));
        }
    }
    text + "    free_fixture(&fixture);\n}\n"
}

/// Variables needed to give a parameter.
fn declaration(parameter: &Parameter) -> String {
    let name = &parameter.name;
    let Type::Pointer { to, .. } = &parameter.ty else {
        return String::new();
    };
    match parameter.passing {
        Passing::Out | Passing::OutArray => {
            let declared = if to.is("char") {
                format!("char {name}[64]")
            } else {
                to.declare(name)
            };
            format!("    {declared};\n    memset(&{name}, UNTOUCHED, sizeof({name}));\n")
        }
        Passing::InOut if name == "buffer" => "    uint8_t *buffer = NULL;\n".to_owned(),
        Passing::InOut if name == "buffer_count" => "    uintptr_t buffer_count = 0;\n".to_owned(),
        Passing::InOut if to.is("uintptr_t") => format!("    uintptr_t {name} = 1;\n"),
        Passing::InOutArray => format!("    mts_block_t *{name}[1] = {{fixture.block}};\n"),
        _ => String::new(),
    }
}

/// One call for each way to give a NULL, with its check.
fn calls(function: &Function) -> Result<Vec<String>> {
    let mut calls = Vec::new();
    for (i, parameter) in function.parameters.iter().enumerate() {
        let name = &parameter.name;
        match parameter.passing.nullable() {
            Some("no" | "if-empty") => {
                calls.push(call(function, i, "NULL", name)?);
            }
            Some("yes") if matches!(parameter.passing, Passing::Freed | Passing::Released) => {
                calls.push(format!("    CHECK_OK({}(NULL));\n", function.name));
            }
            _ => {}
        }
        if parameter.elements {
            let array = match &parameter.ty {
                Type::Pointer { to, .. } => format!("({}[]){{NULL}}", to.declare("")),
                _ => return Err(format!("`{name}` should be an array of pointers")),
            };
            calls.push(call(function, i, &array, &format!("{name}[0]"))?);
        }
        if parameter.passing == Passing::Value && name.ends_with("_count") {
            wrong_counts(function, i, &mut calls)?;
        }
    }
    Ok(calls)
}

/// Calls with a wrong number of values of the array in front of it.
fn wrong_counts(function: &Function, index: usize, calls: &mut Vec<String>) -> Result<()> {
    let is_pointer = |parameter: &&Parameter| matches!(parameter.ty, Type::Pointer { .. });
    let array = function.parameters[..index].iter().rfind(is_pointer);
    let array = array.ok_or_else(|| format!("`{}` counts nothing", function.name))?;
    let is_output = matches!(array.passing, Passing::OutArray | Passing::OptOut);
    // results have a known number: the others are tested by hand
    let counts: &[&str] = match is_output {
        true => &["TOO_MANY", "WRAPS_AROUND", "7", "0"],
        // any number of bytes up to half of the address space could be right
        false if is_bytes(&array.ty) => &["TOO_MANY"],
        false => &["TOO_MANY", "WRAPS_AROUND"],
    };
    for count in counts {
        let mut arguments = Vec::new();
        for (i, parameter) in function.parameters.iter().enumerate() {
            arguments.push(match parameter.passing {
                _ if i == index => (*count).to_owned(),
                Passing::OptOut if parameter.name == array.name => "(int64_t[8]){0}".to_owned(),
                Passing::OutArray if parameter.name == array.name => "(int64_t[8]){0}".to_owned(),
                Passing::OwnedArray if parameter.name == "array" => {
                    "array_i32(2, SHAPE(1, 1), NULL)".to_owned()
                }
                // which arrays there are is not known
                Passing::TakenArray => "(mts_array_t[]){{0}}".to_owned(),
                _ => argument(parameter)?,
            });
        }
        let expected = match *count {
            "7" | "0" => format!("got {count}"),
            _ => "too large".to_owned(),
        };
        calls.push(failing(function, &arguments, &expected));
    }
    Ok(())
}

fn is_bytes(ty: &Type) -> bool {
    matches!(ty, Type::Pointer { to, .. } if to.is("uint8_t") || to.is("char"))
}

/// Call `function` with a special value for one parameter, which the error must name.
fn call(function: &Function, index: usize, value: &str, expected: &str) -> Result<String> {
    let mut arguments = Vec::new();
    for (i, parameter) in function.parameters.iter().enumerate() {
        arguments.push(if i == index {
            value.to_owned()
        } else {
            argument(parameter)?
        });
    }
    Ok(failing(function, &arguments, &format!("`{expected}`")))
}

/// The call has to fail, with a message containing `expected`.
fn failing(function: &Function, arguments: &[String], expected: &str) -> String {
    let code = format!("{}({})", function.name, arguments.join(", "));
    match &function.returned {
        Some(ty) if ty.is("mts_status_t") => {
            format!(
                "    CHECK_FAILS({code},\n                MTS_INVALID_PARAMETER_ERROR, \"{expected}\");\n"
            )
        }
        _ => format!("    CHECK_NULL({code},\n               \"{expected}\");\n"),
    }
}

/// A valid argument.
fn argument(parameter: &Parameter) -> Result<String> {
    let name = parameter.name.as_str();
    let object = |ty: &Type| {
        [
            ("mts_labels_t", "labels"),
            ("mts_block_t", "block"),
            ("mts_tensormap_t", "tensor"),
            ("mts_metadata_t", "metadata"),
        ]
        .into_iter()
        .find(|(name, _)| ty.is(name))
        .map(|(_, field)| format!("fixture.{field}"))
    };
    let pointed = match &parameter.ty {
        Type::Pointer { to, .. } => Some(&**to),
        _ => None,
    };
    let known = match (parameter.passing, pointed) {
        (Passing::OwnedArray, _) => Some("array_scalar(0.0)".to_owned()),
        (Passing::Taken, _) => Some("fixture.gradient".to_owned()),
        (Passing::Text, _) if name == "axis" => Some("\"samples\"".to_owned()),
        (Passing::Text, _) if name == "different_keys" => Some("\"error\"".to_owned()),
        (Passing::Text, _) => Some("\"text\"".to_owned()),
        (
            Passing::OptIn
            | Passing::OptInArray
            | Passing::OptText
            | Passing::OptOut
            | Passing::OptCallback
            | Passing::OptCalled
            | Passing::UserData,
            _,
        ) => Some("NULL".to_owned()),
        (Passing::InArray, _) if name.starts_with("shape") || name == "ndims" => {
            Some("SHAPE(1)".to_owned())
        }
        (Passing::TakenArray, _) => Some("(mts_array_t[]){array_scalar(0.0)}".to_owned()),
        (Passing::InArray, Some(ty)) if ty.is("uintptr_t") => Some("SHAPE(0, 3)".to_owned()),
        (Passing::InArray, Some(ty)) if ty.is("int64_t") => {
            Some("(const int64_t[]){-1}".to_owned())
        }
        (Passing::TakenTensor, _) => Some("&(DLManagedTensorVersioned){0}".to_owned()),
        (Passing::Kept, _) => Some("&fixture".to_owned()),
        (Passing::Callback, _) if name == "realloc" => Some("grow".to_owned()),
        (Passing::Callback, _) if name == "make_arrays" => Some("make_none".to_owned()),
        (Passing::Callback, _) => Some("array_create_callback".to_owned()),
        (Passing::InOutArray, _) => Some(name.to_owned()),
        (Passing::In, Some(ty)) if ty.is("int32_t") => Some("I32(0)".to_owned()),
        (Passing::InArray, Some(ty)) if ty.is("int32_t") => Some("I32(0)".to_owned()),
        (Passing::InArray, Some(ty)) if ty.is("int64_t") || ty.is("uintptr_t") => {
            Some(format!("(const {}[]){{0}}", ty.declare("")))
        }
        (Passing::In, Some(ty)) if ty.is("void") => Some("F64(1.0)".to_owned()),
        (Passing::InArray, Some(ty)) if ty.is("DLDataType") => {
            Some("&(const DLDataType){kDLFloat, 64, 1}".to_owned())
        }
        (Passing::InArray, Some(ty)) if ty.is("mts_array_t") => {
            Some("&(const mts_array_t){0}".to_owned())
        }
        (Passing::InArray, Some(ty)) if ty.declare("") == "DLManagedTensorVersioned *" => {
            Some("(DLManagedTensorVersioned *[]){NULL}".to_owned())
        }
        (Passing::InArray, Some(ty)) if ty.declare("") == "void *" => {
            Some("(void *[]){&fixture}".to_owned())
        }
        (Passing::InArray, Some(ty)) if ty.is("uint8_t") => Some("(const uint8_t[]){1}".to_owned()),
        (Passing::InArray, Some(ty)) if ty.declare("").starts_with("const char") => {
            Some("NAMES(\"a\")".to_owned())
        }
        (Passing::InArray, Some(ty)) if ty.is("mts_selection_t") => {
            Some("(const mts_selection_t[]){{fixture.labels, NULL, 0}}".to_owned())
        }
        (Passing::InArray, Some(ty)) if ty.declare("").starts_with("const mts_metadata_t") => {
            Some("(const mts_metadata_t *const[]){fixture.metadata}".to_owned())
        }
        (Passing::InArray, Some(_)) => Some("&fixture.labels".to_owned()),
        (Passing::In | Passing::InOut, Some(ty)) => object(ty).or_else(|| Some(format!("&{name}"))),
        (Passing::Out, Some(ty)) if ty.is("char") => Some(name.to_owned()),
        (Passing::Out | Passing::OutArray, _) => Some(format!("&{name}")),
        (Passing::Value, _) if name == "buffer_size" => Some("sizeof(buffer)".to_owned()),
        (Passing::Value, _) if name.ends_with("_count") => Some("1".to_owned()),
        (Passing::Value, _) if parameter.ty.is("DLDataType") => {
            Some("(DLDataType){kDLFloat, 64, 1}".to_owned())
        }
        (Passing::Value, _) if parameter.ty.is("bool") => Some("false".to_owned()),
        (Passing::Value, _) => Some("0".to_owned()),
        _ => None,
    };
    known.ok_or_else(|| format!("no value is known for the parameter `{name}`"))
}
