//! Reading the classes and functions of the C++ headers: not a parser of C++, it relies on
//! the way clang-format writes our headers.

/// A class with its public and documented members, or the functions of a namespace.
#[derive(Debug, Default)]
pub struct Class {
    /// Name, with the namespace if it is not `metatensor`.
    pub name: String,
    /// Documentation.
    pub docs: Vec<String>,
    /// Public members.
    pub members: Vec<Member>,
}

/// A function or type.
#[derive(Debug)]
pub struct Member {
    /// Documentation.
    pub docs: Vec<String>,
    /// Declaration, without body and initializers.
    pub declaration: String,
}

/// Classes and free functions of one header.
#[derive(Debug, Default)]
pub struct Header {
    /// Classes in all namespaces.
    pub classes: Vec<Class>,
    /// Documented free functions, each with its namespace.
    pub functions: Vec<(String, Member)>,
}

/// Read one header.
pub fn parse(content: &str) -> Header {
    let mut header = Header::default();
    let lines = content.lines().collect::<Vec<_>>();
    let mut namespaces = Vec::new();
    let mut docs = Vec::new();
    let mut i = 0;
    while i < lines.len() {
        let line = lines[i];
        if let Some(rest) = line.strip_prefix("namespace ") {
            if let Some(name) = rest.strip_suffix(" {") {
                namespaces.push(name.to_owned());
            }
            docs.clear();
        } else if line.starts_with("} // namespace") {
            namespaces.pop();
        } else if let Some(text) = doc_line(line) {
            docs.push(text);
        } else if line.starts_with('#') || line.starts_with('}') || line.trim().is_empty() {
            docs.clear();
        } else if !line.starts_with([' ', '/']) {
            let (declaration, next) = declaration(&lines, i);
            let is_class = ["class ", "struct "]
                .iter()
                .any(|word| without_template(&declaration).starts_with(word));
            let has_body = lines[i..next].iter().any(|line| line.contains('{'));
            let docs = std::mem::take(&mut docs);
            if is_class && has_body {
                header.classes.push(Class {
                    name: class_name(&namespaces, &declaration),
                    docs,
                    members: members(
                        &lines[i..next],
                        without_template(&declaration).starts_with("struct"),
                    ),
                });
            } else if !is_class && !docs.is_empty() && declaration.contains('(') {
                header
                    .functions
                    .push((namespaces.join("::"), Member { docs, declaration }));
            }
            i = next;
            continue;
        }
        i += 1;
    }
    header
}

fn doc_line(line: &str) -> Option<String> {
    let text = line.trim_start().strip_prefix("///")?;
    Some(text.strip_prefix(' ').unwrap_or(text).to_owned())
}

/// Declaration which starts at one line, and the first line after its body.
fn declaration(lines: &[&str], start: usize) -> (String, usize) {
    let mut text = String::new();
    let mut depth = 0_i32;
    let mut in_signature = true;
    for (i, line) in lines.iter().enumerate().skip(start) {
        let code = line.split(" // ").next().unwrap_or_default();
        // a line such as `: member_(value) {` after the parameters of a constructor
        if depth == 0 && code.trim_start().starts_with(": ") {
            in_signature = false;
        }
        for c in code.chars() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                '(' | '[' => depth += 100,
                ')' | ']' => depth -= 100,
                _ => {}
            }
            if depth % 100 != 0 || (c == ';' && depth == 0) {
                // the default value of a parameter is a part of the declaration
                in_signature &= depth >= 100;
            }
            if in_signature {
                text.push(c);
            }
        }
        if in_signature {
            text.push('\n');
        }
        let end = code.trim_end();
        if depth == 0 && (end.ends_with(';') || end.ends_with('}')) {
            return (clean(&text), i + 1);
        }
    }
    (clean(&text), lines.len())
}

/// Join lines, and remove what is after the parameters.
fn clean(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let parts = joined.split(" : ").collect::<Vec<_>>();
    // `class X final : public Y` is a declaration, `X() : member(value)` is not
    let joined = match parts.as_slice() {
        [first, ..] if first.ends_with(')') || first.ends_with("noexcept") => first,
        _ => joined.as_str(),
    };
    joined.trim_end_matches(" = default").trim().to_owned()
}

/// What comes after `template <...>`.
pub fn without_template(declaration: &str) -> &str {
    let Some(rest) = declaration.strip_prefix("template <") else {
        return declaration;
    };
    let mut depth = 1;
    for (i, c) in rest.char_indices() {
        match c {
            '<' => depth += 1,
            '>' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return rest[i + 1..].trim_start();
        }
    }
    rest
}

fn class_name(namespaces: &[String], declaration: &str) -> String {
    let name = without_template(declaration)
        .split_whitespace()
        .nth(1)
        .unwrap_or_default();
    match namespaces.last().map(String::as_str) {
        Some("metatensor") | None => name.to_owned(),
        Some(namespace) => format!("{namespace}::{name}"),
    }
}

/// Documented members of a class.
fn members(lines: &[&str], mut public: bool) -> Vec<Member> {
    let mut members = Vec::new();
    let mut docs = Vec::new();
    let mut i = 1;
    while i < lines.len() {
        let line = lines[i];
        if line.ends_with(':') && !line.starts_with(' ') {
            public = line == "public:";
        } else if let Some(text) = doc_line(line) {
            docs.push(text);
        } else if line.trim().is_empty() {
            docs.clear();
        } else if line.starts_with("    ") && !line.starts_with("     ") {
            let (declaration, next) = declaration(lines, i);
            let docs = std::mem::take(&mut docs);
            if public && !docs.is_empty() && !declaration.contains(" = delete") {
                members.push(Member { docs, declaration });
            }
            i = next;
            continue;
        }
        i += 1;
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "
namespace metatensor {

class Forward;

/// A class
///
/// with text
template <typename T, typename = std::enable_if_t<true>>
class Thing : public Base {
public:
    /// Make it
    explicit Thing(int x = 3)
        : x_(x) {}

    ~Thing() = default;

    /// Get it
    int get(DLDevice device = {kDLCPU, 0}) const {
        if (x_) {
            return 1;
        }
        return x_;
    }

    Thing(const Thing&) = delete;

private:
    /// hidden
    int x_;
};

namespace io {
/// Save
void save(const std::string& path,
          const Thing& thing);
} // namespace io

namespace details {
/// Inside
struct Inside {
    /// Field
    int field = 3;
};
} // namespace details
} // namespace metatensor
";

    #[test]
    fn reads_headers() {
        let header = parse(HEADER);
        let names = header.classes.iter().map(|class| class.name.as_str());
        assert_eq!(names.collect::<Vec<_>>(), ["Thing", "details::Inside"]);
        let thing = &header.classes[0];
        assert_eq!(thing.docs, ["A class", "", "with text"]);
        let members = thing.members.iter().map(|item| item.declaration.as_str());
        assert_eq!(
            members.collect::<Vec<_>>(),
            [
                "explicit Thing(int x = 3)",
                "int get(DLDevice device = {kDLCPU, 0}) const"
            ]
        );
        assert_eq!(header.functions.len(), 1);
        let (namespace, save) = &header.functions[0];
        assert_eq!(namespace, "metatensor::io");
        assert_eq!(
            save.declaration,
            "void save(const std::string& path, const Thing& thing)"
        );
    }
}
