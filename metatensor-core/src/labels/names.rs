//! Names of the dimensions of labels.

mod recent;

use std::collections::HashSet;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::Result;
use crate::error::LabelsError;

/// Up to this many names, comparing all pairs is faster than hashing.
const COMPARE_ALL_PAIRS: usize = 16;

/// Names of the dimensions of labels: valid, pairwise distinct, cheap to clone.
#[derive(Clone)]
pub struct Names(Arc<[String]>);

impl Names {
    /// Check that the names are valid and pairwise distinct.
    pub fn new(names: &[impl AsRef<str>]) -> Result<Names> {
        recent::find_or_make(names, || Names::make(names))
    }

    fn make(names: &[impl AsRef<str>]) -> Result<Names> {
        for name in names {
            let name = name.as_ref();
            if !is_valid_name(name) {
                return Err(LabelsError::InvalidName {
                    name: name.to_owned(),
                }
                .into());
            }
        }
        if let Some(name) = first_repeated(names) {
            return Err(LabelsError::RepeatedName {
                name: name.to_owned(),
            }
            .into());
        }
        Ok(Names(
            names.iter().map(|name| name.as_ref().to_owned()).collect(),
        ))
    }

    /// The names with these indices, which must be distinct.
    pub(crate) fn pick(&self, indices: &[usize]) -> Names {
        Names(indices.iter().map(|&i| self.0[i].clone()).collect())
    }

    /// Index of the dimension called `name`.
    #[must_use]
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.iter().position(|known| known == name)
    }
}

impl Deref for Names {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.0
    }
}

impl PartialEq for Names {
    fn eq(&self, other: &Names) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Eq for Names {}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Shows names as in `(first, second)`.
impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({})", self.0.join(", "))
    }
}

/// Can `name` be the name of a dimension? It must contain only ASCII letters,
/// digits and underscores, at least one, and not start with a digit.
#[must_use]
pub fn is_valid_name(name: &str) -> bool {
    let starts_well = name
        .bytes()
        .next()
        .is_some_and(|first| !first.is_ascii_digit());
    starts_well
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn first_repeated(names: &[impl AsRef<str>]) -> Option<&str> {
    let mut names = names.iter().map(AsRef::as_ref);
    if names.len() <= COMPARE_ALL_PAIRS {
        let mut seen = [""; COMPARE_ALL_PAIRS];
        names.enumerate().find_map(|(i, name)| {
            let repeated = seen[..i].contains(&name);
            seen[i] = name;
            repeated.then_some(name)
        })
    } else {
        let mut seen = HashSet::with_capacity(names.len());
        names.find(|name| !seen.insert(*name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_names() {
        for name in ["a", "_", "a1", "A_b_9", "_1", "sample"] {
            assert!(is_valid_name(name), "{name}");
        }
        for name in ["", "1a", "é", "a b", "a-b", "a.b", "a\0", "ａ"] {
            assert!(!is_valid_name(name), "{name}");
        }
    }

    #[test]
    fn invalid_name_is_named() {
        let error = Names::new(&["ok", "not ok"]).expect_err("invalid name");
        assert!(error.to_string().contains("'not ok'"), "{error}");
    }

    #[test]
    fn repeated_names() {
        assert_eq!(first_repeated(&["a", "b", "a"]), Some("a"));
        assert_eq!(first_repeated(&["a", "b", "c"]), None);
        let error = Names::new(&["a", "b", "b"]).expect_err("repeated name");
        assert!(error.to_string().contains("'b'"), "{error}");

        let mut many = (0..100).map(|i| format!("n{i}")).collect::<Vec<_>>();
        assert_eq!(first_repeated(&many), None);
        many.push("n42".into());
        assert_eq!(first_repeated(&many), Some("n42"));
    }

    #[test]
    fn comparing_and_showing() {
        let names = Names::new(&["a", "b"]).expect("valid");
        assert_eq!(names, names.clone());
        assert_eq!(names, Names::new(&["a", "b"]).expect("valid"));
        assert_ne!(names, Names::new(&["b", "a"]).expect("valid"));
        assert_eq!(names.to_string(), "(a, b)");
        assert_eq!(names.index_of("b"), Some(1));
        assert_eq!(names.index_of("c"), None);
    }
}
