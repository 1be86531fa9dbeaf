//! Style of error messages: they continue `invalid parameter: `, so they start with
//! a lower case letter and do not end with a period.

use super::TextFile;

/// What comes before a message in the sources of the Rust crates.
const STARTS: [&str; 6] = [
    "InvalidParameter(\"",
    "InvalidParameter(format!(\"",
    "Serialization(\"",
    "Serialization(format!(\"",
    "BufferSize(format!(\"",
    "Internal(format!(\"",
];

pub fn check(files: &[TextFile]) -> Vec<String> {
    let mut problems = Vec::new();
    for file in files {
        let is_source =
            file.path.starts_with("metatensor-core/src/") || file.path.starts_with("c-api/src/");
        if !is_source || !file.path.ends_with(".rs") {
            continue;
        }
        for (position, message) in messages(&file.content) {
            let line = 1 + file.content[..position].matches('\n').count();
            if message.starts_with(|c: char| c.is_ascii_uppercase())
                && !message.starts_with("TensorMap")
                && !message.starts_with("NPY")
            {
                problems.push(format!(
                    "{}:{line}: messages start with a lower case letter: \"{message}\"",
                    file.path
                ));
            }
            if message.ends_with('.') && !message.ends_with("...") {
                problems.push(format!(
                    "{}:{line}: messages do not end with a period: \"{message}\"",
                    file.path
                ));
            }
        }
    }
    problems
}

/// All messages, with their position.
fn messages(content: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for start in STARTS {
        // rustfmt puts the message on the next line when it is long
        let (before, _) = start.split_at(start.len() - 1);
        for (at, _) in content.match_indices(before) {
            let rest = content[at + before.len()..].trim_start();
            let Some(text) = rest.strip_prefix('"') else {
                continue;
            };
            let Some(end) = text.find('"') else { continue };
            found.push((at, &text[..end]));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_bad_messages() {
        let problems = |content: &str| {
            check(&[TextFile {
                path: "c-api/src/x.rs".into(),
                content: content.into(),
            }])
            .len()
        };
        assert_eq!(problems("Error::InvalidParameter(\"all good\".into())"), 0);
        assert_eq!(problems("Error::InvalidParameter(\"Not good\".into())"), 1);
        assert_eq!(
            problems("Error::Serialization(format!(\n    \"not good.\"\n))"),
            1
        );
    }
}
