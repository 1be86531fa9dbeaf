//! Files which became too long to be about one thing.

use super::TextFile;

/// Longest file without a reason.
const LIMIT: usize = 700;
/// Files above this are listed, as a hint.
const REPORTED: usize = 400;

/// Longer files, and why.
const EXCEPTIONS: [(&str, &str); 3] = [
    (
        "c-api/include/metatensor/dlpack/dlpack.h",
        "written by somebody else",
    ),
    ("c-api/include/metatensor.h", "generated"),
    (
        "python/metatensor_torch/src/metatensor_torch/_documentation.py",
        "signatures and documentation, no code; written by tools/torch_documentation.py",
    ),
];

const EXTENSIONS: [&str; 8] = [".rs", ".py", ".pyi", ".c", ".h", ".cpp", ".hpp", ".cmake"];

pub fn check(files: &[TextFile]) -> Vec<String> {
    let mut problems = Vec::new();
    for file in files {
        let is_code = EXTENSIONS
            .iter()
            .any(|extension| file.path.ends_with(extension));
        let is_exception = EXCEPTIONS.iter().any(|(path, _)| *path == file.path)
            || file.path.contains("_generated.")
            || file.path.ends_with("/_c_api.py");
        if !is_code || is_exception {
            continue;
        }
        let count = file.content.lines().count();
        if count > LIMIT {
            problems.push(format!(
                "{}: {count} lines, the limit is {LIMIT}",
                file.path
            ));
        } else if count > REPORTED {
            println!(
                "note: {} has {count} lines, consider splitting it",
                file.path
            );
        }
    }
    problems
}
