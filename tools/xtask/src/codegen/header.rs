//! `metatensor.h`.

use super::BANNER;
use super::model::{Api, Enum, Function, Section, Struct, Type};

/// Longest line, the same as for handwritten files.
const WIDTH: usize = 95;

pub fn generate(api: &Api) -> String {
    let mut text = format!(
        "/* {BANNER} */

#ifndef METATENSOR_H
#define METATENSOR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include \"metatensor/dlpack/dlpack.h\"
#include \"metatensor/version.h\"

"
    );
    text.push_str(&status(&api.status));
    for opaque in &api.opaque {
        text.push_str(&comment(&opaque.docs, ""));
        text.push_str(&format!("typedef struct {0} {0};\n\n", opaque.name));
    }
    for alias in &api.aliases {
        text.push_str(&comment(&alias.docs, ""));
        text.push_str(&format!("typedef {};\n\n", alias.ty.declare(&alias.name)));
    }
    for item in &api.structs {
        text.push_str(&structure(item));
    }
    for callback in &api.callbacks {
        text.push_str(&comment(&callback.docs, ""));
        text.push_str(&function_pointer("typedef ", &callback.ty, &callback.name));
        text.push('\n');
    }
    text.push_str("#ifdef __cplusplus\nextern \"C\" {\n#endif /* __cplusplus */\n\n");
    for item in &api.sections {
        text.push_str(&section(item));
    }
    text.push_str(
        "#ifdef __cplusplus
} /* extern \"C\" */
#endif /* __cplusplus */

#endif /* METATENSOR_H */
",
    );
    text
}

/// A comment in the style of Doxygen.
fn comment(docs: &[String], indent: &str) -> String {
    if let [line] = docs
        && indent.len() + line.len() + 7 <= WIDTH
    {
        return format!("{indent}/** {line} */\n");
    }
    let mut text = format!("{indent}/**\n");
    for line in docs {
        text.push_str(format!("{indent} * {line}").trim_end());
        text.push('\n');
    }
    text + indent + " */\n"
}

/// The enum has the size of `int32_t` in all languages.
fn status(status: &Enum) -> String {
    let name = &status.name;
    let mut text = comment(&status.docs, "");
    text.push_str(&format!(
        "enum {name}
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
    : int32_t
#endif
{{
"
    ));
    for (value, number) in &status.values {
        text.push_str(&comment(&value.docs, "    "));
        text.push_str(&format!("    {} = {number},\n", value.name));
    }
    text.push_str(&format!(
        "}};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum {name} {name};
#else
typedef int32_t {name};
#endif
#endif

"
    ));
    text
}

fn structure(item: &Struct) -> String {
    comment(&item.docs, "") + &structure_declaration(item) + "\n"
}

fn structure_declaration(item: &Struct) -> String {
    let name = &item.name;
    let mut text = format!("typedef struct {name} {{\n");
    for field in &item.fields {
        text.push_str(&comment(&field.docs, "    "));
        match &field.ty {
            // the typedef does not exist yet inside of the structure
            function @ Type::Function { .. } => {
                let declaration = function_pointer("    ", function, &field.name);
                text.push_str(
                    &declaration.replace(&format!("{name} "), &format!("struct {name} ")),
                );
            }
            ty => text.push_str(&format!("    {};\n", ty.declare(&field.name))),
        }
    }
    text + &format!("}} {name};\n")
}

/// Declaration of a pointer to a function.
fn function_pointer(start: &str, ty: &Type, name: &str) -> String {
    let Type::Function {
        parameters,
        returned,
    } = ty
    else {
        return format!("{start}{};\n", ty.declare(name));
    };
    let returned = returned
        .as_ref()
        .map_or("void ".to_owned(), |ty| returned_type(ty));
    let parameters = parameters
        .iter()
        .map(|(name, ty)| ty.declare(name))
        .collect::<Vec<_>>();
    wrap(&format!("{start}{returned}(*{name})("), &parameters)
}

fn returned_type(ty: &Type) -> String {
    // pointers stick to the name: `int *f()`, but `int f()`
    let declared = ty.declare("");
    if declared.ends_with('*') {
        declared
    } else {
        format!("{declared} ")
    }
}

fn section(section: &Section) -> String {
    let line = format!("{:-^76}", format!(" {} ", section.title));
    let mut text = format!("/* {line} */\n\n");
    for function in &section.functions {
        text.push_str(&comment(&function.docs, ""));
        text.push_str(&signature(function));
        text.push('\n');
    }
    text
}

/// Declaration of a function.
pub fn signature(function: &Function) -> String {
    let returned = function
        .returned
        .as_ref()
        .map_or("void ".to_owned(), returned_type);
    let parameters = function
        .parameters
        .iter()
        .map(|item| item.ty.declare(&item.name))
        .collect::<Vec<_>>();
    wrap(&format!("{returned}{}(", function.name), &parameters)
}

/// Parameters on as few lines as possible, aligned with the first one.
fn wrap(start: &str, parameters: &[String]) -> String {
    if parameters.is_empty() {
        return format!("{start}void);\n");
    }
    let indent = " ".repeat(start.len());
    let mut text = String::new();
    let mut line = start.to_owned();
    for (i, parameter) in parameters.iter().enumerate() {
        let end = if i + 1 == parameters.len() { ");" } else { "," };
        let is_first = line.len() == start.len();
        if !is_first && line.len() + 1 + parameter.len() + end.len() > WIDTH {
            text.push_str(&line);
            text.push('\n');
            line.clone_from(&indent);
        } else if !is_first {
            line.push(' ');
        }
        line.push_str(parameter);
        line.push_str(end);
    }
    text + &line + "\n"
}

/// Declarations of types, for the documentation.
pub mod declaration {
    use super::{Api, comment, function_pointer, structure_declaration};

    /// Name, documentation and declaration of all types, without the documentation.
    pub fn all(api: &Api) -> Vec<(String, Vec<String>, String)> {
        let mut all = Vec::new();
        let status = &api.status;
        let mut values = format!("enum {} {{\n", status.name);
        for (value, number) in &status.values {
            values.push_str(&comment(&value.docs, "    "));
            values.push_str(&format!("    {} = {number},\n", value.name));
        }
        all.push((status.name.clone(), status.docs.clone(), values + "};\n"));
        for opaque in &api.opaque {
            let code = format!("typedef struct {0} {0};\n", opaque.name);
            all.push((opaque.name.clone(), opaque.docs.clone(), code));
        }
        for alias in &api.aliases {
            let code = format!("typedef {};\n", alias.ty.declare(&alias.name));
            all.push((alias.name.clone(), alias.docs.clone(), code));
        }
        for item in &api.structs {
            let code = structure_declaration(item);
            all.push((item.name.clone(), item.docs.clone(), code));
        }
        for callback in &api.callbacks {
            let code = function_pointer("typedef ", &callback.ty, &callback.name);
            all.push((callback.name.clone(), callback.docs.clone(), code));
        }
        all
    }
}
