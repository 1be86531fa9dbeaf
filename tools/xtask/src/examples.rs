//! The examples of the C and C++ API: parts of programs between `[example: names]`
//! and `[end]`.

use std::fs;
use std::path::Path;

use crate::Result;

/// Folder of the examples of the C API.
pub const C_EXAMPLES: &str = "c-api/examples/c";
/// Folder of the examples of the C++ API.
pub const CXX_EXAMPLES: &str = "c-api/examples/cpp";

/// Code showing how to use some functions or classes.
#[derive(Debug, PartialEq, Eq)]
pub struct Example {
    /// What it is an example of.
    pub names: Vec<String>,
    /// The file, from the root.
    pub path: String,
    /// The code, without the common indentation.
    pub code: String,
}

/// Read all examples in one folder, by order of the names of the files.
pub fn read(root: &Path, folder: &str) -> Result<Vec<Example>> {
    let error = |error: std::io::Error| format!("can not read {folder}: {error}");
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join(folder)).map_err(error)? {
        names.push(
            entry
                .map_err(error)?
                .file_name()
                .to_string_lossy()
                .into_owned(),
        );
    }
    names.sort();
    let mut examples = Vec::new();
    for name in names {
        let path = format!("{folder}/{name}");
        let content = fs::read_to_string(root.join(&path)).map_err(error)?;
        examples.extend(parse(&path, &content)?);
    }
    Ok(examples)
}

/// The example of a function or class.
pub fn find<'a>(examples: &'a [Example], name: &str) -> Option<&'a Example> {
    examples
        .iter()
        .find(|example| example.names.iter().any(|own| own == name))
}

fn parse(path: &str, content: &str) -> Result<Vec<Example>> {
    let mut examples = Vec::new();
    let mut current: Option<(Vec<String>, Vec<&str>)> = None;
    for (i, line) in content.lines().enumerate() {
        let problem = |what: &str| Err(format!("{path}:{}: {what}", i + 1));
        if let Some((_, names)) = line.split_once("[example: ") {
            let Some((names, _)) = names.split_once(']') else {
                return problem("the list of names must be on one line");
            };
            if current.is_some() {
                return problem("the previous example has no `[end]`");
            }
            let names = names.split(',').map(|name| name.trim().to_owned());
            current = Some((names.collect(), Vec::new()));
        } else if line.contains("[end]") {
            let Some((names, lines)) = current.take() else {
                return problem("this is not in an example");
            };
            examples.push(Example {
                names,
                path: path.to_owned(),
                code: dedent(&lines),
            });
        } else if let Some((_, lines)) = &mut current {
            lines.push(line);
        }
    }
    match current {
        Some((names, _)) => Err(format!("{path}: the example of {names:?} has no `[end]`")),
        None => Ok(examples),
    }
}

/// Remove the indentation which all lines have.
fn dedent(lines: &[&str]) -> String {
    let indent = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    lines
        .iter()
        .map(|line| format!("{}\n", line.get(indent..).unwrap_or("")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_parts() {
        let text = "int x;\n    /* [example: f, g] */\n    f();\n\n        g();\n    /* [end] */\n";
        let examples = parse("x.c", text).unwrap_or_default();
        assert_eq!(
            examples,
            [Example {
                names: vec!["f".into(), "g".into()],
                path: "x.c".into(),
                code: "f();\n\n    g();\n".into(),
            }]
        );
        assert!(find(&examples, "g").is_some());
        assert!(find(&examples, "h").is_none());
    }

    #[test]
    fn refuses_wrong_markers() {
        assert!(parse("x.c", "// [example: f]\n").is_err());
        assert!(parse("x.c", "// [end]\n").is_err());
        assert!(parse("x.c", "// [example: f]\n// [example: g]\n// [end]\n").is_err());
        assert!(parse("x.c", "// [example: f,\n// g]\n// [end]\n").is_err());
    }
}
