//! Global metadata of a `TensorMap`, stored as `info.json`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{Error, Result};

/// Name of the entry inside the archive.
pub(super) const ENTRY: &str = "info.json";

/// Write key-value pairs as a JSON object, sorted by key.
pub(super) fn write_info<'a>(
    info: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Vec<u8>> {
    let sorted: BTreeMap<&str, &str> = info.into_iter().collect();
    serde_json::to_vec_pretty(&sorted)
        .map_err(|error| Error::Serialization(format!("can not write '{ENTRY}': {error}")))
}

/// Read the pairs back.
pub(super) fn read_info(bytes: &[u8]) -> Result<Vec<(String, String)>> {
    let text = str::from_utf8(bytes).map_err(|error| Error::Io {
        context: format!("in '{ENTRY}': this is not valid UTF-8"),
        source: std::io::Error::new(std::io::ErrorKind::InvalidData, error),
    })?;
    let invalid = |message: &str| Error::Serialization(format!("in '{ENTRY}': {message}"));
    let object = match serde_json::from_str(text) {
        Ok(Value::Object(object)) => object,
        Ok(_) => return Err(invalid("expected a JSON object")),
        Err(error) => return Err(invalid(&format!("this is not valid JSON, {error}"))),
    };
    let mut info = Vec::with_capacity(object.len());
    for (key, value) in object {
        let Value::String(value) = value else {
            return Err(invalid(&format!("the value for '{key}' is not a string")));
        };
        if key.contains('\0') || value.contains('\0') {
            return Err(invalid(&format!(
                "{key:?} or its value contains a NUL character"
            )));
        }
        info.push((key, value));
    }
    Ok(info)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn exact_bytes() {
        let bytes = write_info([
            ("zeta", "last"),
            ("alpha", "a\"b\\c\u{8}\u{c}\n\r\t\u{1}\u{1f}/é\u{7f}"),
        ]);
        let expected = "{\n  \"alpha\": \"a\\\"b\\\\c\\b\\f\\n\\r\\t\\u0001\\u001f/é\u{7f}\",\n  \"zeta\": \"last\"\n}";
        assert_eq!(bytes.expect("valid"), expected.as_bytes());
    }

    #[test]
    fn round_trip_and_duplicates() {
        let bytes = write_info([("b", "1"), ("a", "é\n")]).expect("valid");
        let info = read_info(&bytes).expect("valid");
        assert_eq!(info, [("a".into(), "é\n".into()), ("b".into(), "1".into())]);

        let info = read_info(br#"{"a": "first", "a": "last"}"#).expect("valid");
        assert_eq!(info, [("a".into(), "last".into())]);
    }

    #[test]
    fn errors() {
        let deep = "[".repeat(100_000);
        for text in [
            "",
            "{",
            "[]",
            "\"x\"",
            r#"{"a": 1}"#,
            r#"{"a": null}"#,
            r#"{"a": "\u0000"}"#,
            &deep,
        ] {
            let error = read_info(text.as_bytes()).expect_err(text);
            assert_eq!(error.kind(), ErrorKind::Serialization, "{text}");
            assert!(error.to_string().contains("info.json"), "{error}");
        }
        let error = read_info(b"{\"a\": \"\xff\"}").expect_err("not UTF-8");
        assert_eq!(error.kind(), ErrorKind::Io);
    }
}
