//! All functions of the C API are tested with callbacks which fail.

use super::TextFile;

/// Functions which never call the functions of arrays nor any other callback but
/// the ones that release memory.
const CALL_NOTHING: &[&str] = &[
    "mts_array_empty",
    "mts_array_from_dlpack",
    "mts_array_from_memory",
    "mts_array_full",
    "mts_arrays_from_dlpack",
    "mts_arrays_from_memory",
    "mts_block_data",
    "mts_block_gradient",
    "mts_block_gradients_list",
    "mts_disable_panic_printing",
    "mts_get_data_origin",
    "mts_labels_clone",
    "mts_labels_dimensions",
    "mts_labels_load",
    "mts_labels_values",
    "mts_last_error",
    "mts_last_error_category",
    "mts_register_data_origin",
    "mts_tensormap_get_info",
    "mts_tensormap_info_keys",
    "mts_tensormap_keys",
    "mts_version",
];

/// Where the tests are.
const TESTS: &str = "c-api/tests/c/hardening_";

/// Check all functions.
pub fn check(functions: &[String], files: &[TextFile]) -> Vec<String> {
    let tests = files.iter().filter(|file| file.path.starts_with(TESTS));
    let tests = tests
        .map(|file| file.content.as_str())
        .collect::<Vec<_>>()
        .concat();
    let is_called = |name: &str| tests.contains(&format!("{name}("));
    let mut problems = Vec::new();
    for name in functions {
        let exempt = CALL_NOTHING.contains(&name.as_str());
        if !exempt && !is_called(name) {
            problems.push(format!(
                "`{name}` has no test with failing callbacks in {TESTS}*.c"
            ));
        }
    }
    for name in CALL_NOTHING {
        if !functions.iter().any(|function| function == name) {
            problems.push(format!("`{name}` is not a function of the C API"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_without_test_are_found() {
        let mut functions = CALL_NOTHING
            .iter()
            .map(|&name| name.to_owned())
            .collect::<Vec<_>>();
        functions.extend(["mts_new".to_owned(), "mts_newer".to_owned()]);
        let file = TextFile {
            path: format!("{TESTS}failures.c"),
            content: "mts_newer(1);".into(),
        };
        let problems = check(&functions, &[file]);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].contains("`mts_new`"), "{problems:?}");
        let problems = check(&functions[1..], &[]);
        assert_eq!(problems.len(), 3, "{problems:?}");
    }
}
