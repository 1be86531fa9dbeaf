//! Each function of the C API and each class of the C++ API has an example.

use std::path::Path;

use crate::Result;
use crate::codegen::{class_names, function_names};
use crate::examples::{C_EXAMPLES, CXX_EXAMPLES, find, read};

pub fn check(root: &Path) -> Result<Vec<String>> {
    let mut problems = missing(root, C_EXAMPLES, &function_names(root)?)?;
    problems.extend(missing(root, CXX_EXAMPLES, &class_names(root)?)?);
    Ok(problems)
}

fn missing(root: &Path, folder: &str, names: &[String]) -> Result<Vec<String>> {
    let examples = read(root, folder)?;
    Ok(names
        .iter()
        .filter(|name| find(&examples, name).is_none())
        .map(|name| format!("{folder}: there is no example of `{name}`"))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
    }

    #[test]
    fn everything_has_an_example() {
        assert_eq!(check(root()), Ok(Vec::new()));
        // the lists are not empty
        assert!(function_names(root()).is_ok_and(|names| names.len() >= 53));
        assert!(class_names(root()).is_ok_and(|names| names.contains(&"TensorMap".into())));
    }

    #[test]
    fn finds_missing_examples() {
        let names = ["mts_labels".to_owned(), "mts_nothing".to_owned()];
        let problems = missing(root(), C_EXAMPLES, &names).unwrap_or_default();
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("mts_nothing"));
    }
}
