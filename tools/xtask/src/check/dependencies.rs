//! Layers only know the ones below: core, C API, then everything else.

use super::TextFile;

/// What must not appear in the code of a folder, and why.
const FORBIDDEN: [(&str, &[&str], &str); 5] = [
    (
        "metatensor-core/src/",
        &["extern \"C\"", "no_mangle", "libc::", "pyo3", "mts_array_t"],
        "the core knows nothing of C",
    ),
    (
        "c-api/src/",
        &["pyo3", "Python.h", "tch::", "torch"],
        "the C API knows nothing of its users",
    ),
    (
        "c-api/include/",
        &["torch/", "Python.h", "ATen", "c10::"],
        "the C and C++ headers know nothing of torch or Python",
    ),
    (
        "python/metatensor/src/metatensor/operations/",
        &[
            "import numpy",
            "import torch",
            "import ctypes",
            "from metatensor",
        ],
        "operations only know their backend",
    ),
    (
        "python/metatensor/src/metatensor/learn/",
        &[
            "import metatensor_torch",
            "from metatensor_torch",
            "import ctypes",
        ],
        "the torch flavour is an overlay",
    ),
];

/// Files which are the border of their layer: `_backend.py`, and what only it uses.
const BORDERS: [&str; 17] = [
    "_backend.py",
    "operations/_array_lists.py",
    "operations/_arrays.py",
    "operations/_batches.py",
    "operations/_distinct.py",
    "operations/_engine_numpy.py",
    "operations/_engine_xp.py",
    "operations/_engine_jax.py",
    "operations/_engine_cupy.py",
    "operations/_engine_torch.py",
    "operations/_engine_torch_func.py",
    "operations/_gather_rows.py",
    "operations/_plans.py",
    "operations/_segments.py",
    "operations/_sparse.py",
    "operations/_structure.py",
    "operations/_types.py",
];

pub fn check(files: &[TextFile]) -> Vec<String> {
    let mut problems = Vec::new();
    for file in files {
        if BORDERS.iter().any(|border| file.path.ends_with(border)) {
            continue;
        }
        for (folder, patterns, reason) in FORBIDDEN {
            if !file.path.starts_with(folder) {
                continue;
            }
            for (number, line) in code_lines(file) {
                if let Some(pattern) = patterns.iter().find(|pattern| line.contains(**pattern)) {
                    problems.push(format!(
                        "{}:{number}: '{pattern}' is not allowed, {reason}",
                        file.path
                    ));
                }
            }
        }
    }
    problems
}

/// Lines which are not comments, with their number. Not exact, but enough here.
fn code_lines(file: &TextFile) -> impl Iterator<Item = (usize, &str)> {
    let mut in_docstring = false;
    file.content
        .lines()
        .enumerate()
        .filter_map(move |(i, line)| {
            let trimmed = line.trim_start();
            let quotes = line.matches("\"\"\"").count();
            let was_in_docstring = in_docstring;
            if quotes % 2 == 1 {
                in_docstring = !in_docstring;
            }
            let is_comment = was_in_docstring
                || quotes > 0
                || ["//", "#", "*", "/*", ">>>", "..."]
                    .iter()
                    .any(|start| trimmed.starts_with(start));
            // includes start like the comments of other languages
            let is_code = !is_comment || trimmed.starts_with("#include");
            is_code.then_some((i + 1, line))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(path: &str, content: &str) -> usize {
        check(&[TextFile {
            path: path.into(),
            content: content.into(),
        }])
        .len()
    }

    #[test]
    fn finds_forbidden_dependencies() {
        assert_eq!(
            problems("metatensor-core/src/x.rs", "pub extern \"C\" fn f() {}\n"),
            1
        );
        assert_eq!(problems("metatensor-core/src/x.rs", "// extern \"C\"\n"), 0);
        assert_eq!(
            problems("c-api/include/x.hpp", "#include <torch/torch.h>\n"),
            1
        );
        let operation = "python/metatensor/src/metatensor/operations/_add.py";
        assert_eq!(problems(operation, "import numpy as np\n"), 1);
        assert_eq!(
            problems(operation, "\"\"\"\nimport numpy as np\n\"\"\"\n"),
            0
        );
        assert_eq!(
            problems(
                "python/metatensor/src/metatensor/operations/_backend.py",
                "import numpy\n"
            ),
            0
        );
    }
}
