//! Test of the layout of all structures, as seen by a C compiler.

use super::BANNER;
use super::model::{Api, Struct, Type};
use crate::Result;

/// Size and alignment of a type on a 64-bit machine.
fn size_and_alignment(api: &Api, ty: &Type) -> Result<(usize, usize)> {
    let Type::Named(name) = ty else {
        return Ok((8, 8));
    };
    Ok(match name.as_str() {
        "uint8_t" | "char" | "bool" => (1, 1),
        "uint16_t" => (2, 2),
        "int32_t" | "uint32_t" => (4, 4),
        "int64_t" | "uint64_t" | "uintptr_t" => (8, 8),
        name if name == api.status.name => (4, 4),
        name => {
            let alias = api
                .aliases
                .iter()
                .chain(&api.callbacks)
                .find(|item| item.name == name);
            let item = api
                .structs
                .iter()
                .chain(&api.dlpack)
                .find(|item| item.name == name);
            match (alias, item) {
                (Some(alias), _) => size_and_alignment(api, &alias.ty)?,
                (_, Some(item)) => {
                    let (_, size, alignment) = offsets(api, item)?;
                    (size, alignment)
                }
                _ => return Err(format!("the size of '{name}' is not known")),
            }
        }
    })
}

/// Offset of each field, size and alignment of a structure.
fn offsets(api: &Api, item: &Struct) -> Result<(Vec<usize>, usize, usize)> {
    let (mut offsets, mut end, mut alignment) = (Vec::new(), 0_usize, 1);
    for field in &item.fields {
        let (size, field_alignment) = size_and_alignment(api, &field.ty)?;
        end = end.next_multiple_of(field_alignment);
        offsets.push(end);
        end += size;
        alignment = alignment.max(field_alignment);
    }
    Ok((offsets, end.next_multiple_of(alignment), alignment))
}

pub fn generate(api: &Api) -> Result<String> {
    let mut text = format!(
        "/* {BANNER} */
/* Layout of the types which cross the border of the library, on 64-bit machines:
 * programs compiled years ago rely on it. */
#include <stddef.h>

#include \"metatensor.h\"

/* static assertion for all versions of C */
#define CHECK(name, condition) typedef char check_##name[(condition) ? 1 : -1]
#define CHECK_SIZE(type, size) CHECK(size_of_##type, sizeof(type) == (size))
#define CHECK_OFFSET(type, field, offset)                                                     \\
    CHECK(offset_of_##type##_##field, offsetof(type, field) == (offset))

"
    );
    for (value, number) in &api.status.values {
        text.push_str(&format!(
            "CHECK(value_of_{0}, {0} == {number});\n",
            value.name
        ));
    }
    text.push_str(&format!(
        "\n#if UINTPTR_MAX == UINT64_MAX\nCHECK_SIZE({}, 4);\n",
        api.status.name
    ));
    for alias in api.aliases.iter().chain(&api.callbacks) {
        let (size, _) = size_and_alignment(api, &alias.ty)?;
        text.push_str(&format!("CHECK_SIZE({}, {size});\n", alias.name));
    }
    for item in api.structs.iter().chain(&api.dlpack) {
        let (offsets, size, _) = offsets(api, item)?;
        text.push_str(&format!("\nCHECK_SIZE({}, {size});\n", item.name));
        for (field, offset) in item.fields.iter().zip(offsets) {
            text.push_str(&format!(
                "CHECK_OFFSET({}, {}, {offset});\n",
                item.name, field.name
            ));
        }
    }
    text.push_str("#endif\n\nint main(void) {\n    return 0;\n}\n");
    Ok(text)
}
