//! Element types which NPY does not know, as an extension of the format: values are
//! raw bytes for NPY, and an entry of the archive says what they are.

use serde_json::{Map, Value};

use crate::array::{DType, DTypeCode};
use crate::{Error, Result};

/// Name of the entry inside the archive.
pub(super) const ENTRY: &str = "dtype.json";
/// Version of the extension.
const VERSION: u64 = 1;

/// Names as in the Python package `ml_dtypes`, DLPack codes and sizes in bits.
const NAMES: [(&str, DTypeCode, u8); 10] = [
    ("bfloat16", DTypeCode::BFLOAT, 16),
    ("complex32", DTypeCode::COMPLEX, 32),
    ("float8_e3m4", DTypeCode(7), 8),
    ("float8_e4m3", DTypeCode(8), 8),
    ("float8_e4m3b11fnuz", DTypeCode(9), 8),
    ("float8_e4m3fn", DTypeCode(10), 8),
    ("float8_e4m3fnuz", DTypeCode(11), 8),
    ("float8_e5m2", DTypeCode(12), 8),
    ("float8_e5m2fnuz", DTypeCode(13), 8),
    ("float8_e8m0fnu", DTypeCode(14), 8),
];

/// Name of a type which is part of the extension.
pub(super) fn name(dtype: DType) -> Option<&'static str> {
    let same = |code, bits| dtype == DType::new(code, bits);
    NAMES
        .iter()
        .find(|(_, code, bits)| same(*code, *bits))
        .map(|(name, _, _)| *name)
}

/// Content of the entry for values of this type; `None` if NPY knows it, or if it
/// can not be stored at all.
pub(super) fn write(dtype: DType) -> Option<String> {
    let name = name(dtype)?;
    Some(format!(
        "{{\n  \"dtype\": \"{name}\",\n  \"version\": {VERSION}\n}}"
    ))
}

/// Type given by the entry.
pub(super) fn read(bytes: &[u8]) -> Result<DType> {
    let invalid = |message: String| Error::Serialization(format!("in '{ENTRY}': {message}"));
    let object: Map<String, Value> = serde_json::from_slice(bytes)
        .map_err(|error| invalid(format!("this is not a valid JSON object, {error}")))?;
    match object.get("version").and_then(Value::as_u64) {
        Some(VERSION) => {}
        Some(version) => {
            return Err(invalid(format!(
                "this file was written by a newer release: expected version {VERSION} of the \
                 extension for element types, got version {version}"
            )));
        }
        None => return Err(invalid("'version' is missing, or is not a number".into())),
    }
    let Some(name) = object.get("dtype").and_then(Value::as_str) else {
        return Err(invalid("'dtype' is missing, or is not a string".into()));
    };
    match NAMES.iter().find(|(known, _, _)| *known == name) {
        Some((_, code, bits)) => Ok(DType::new(*code, *bits)),
        None => Err(invalid(format!("unknown element type '{name}'"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_round_trips() {
        for (name, code, bits) in NAMES {
            let text = write(DType::new(code, bits)).expect(name);
            assert_eq!(read(text.as_bytes()).expect(name), DType::new(code, bits));
        }
        assert_eq!(
            write(DType::new(DTypeCode::BFLOAT, 16)).expect("known"),
            "{\n  \"dtype\": \"bfloat16\",\n  \"version\": 1\n}"
        );
        assert_eq!(write(DType::F64), None);
        let lanes = DType {
            lanes: 2,
            ..DType::new(DTypeCode::BFLOAT, 16)
        };
        assert_eq!(write(lanes), None);
    }

    #[test]
    fn errors() {
        for (text, mention) in [
            ("", "JSON"),
            ("[]", "JSON"),
            ("{}", "'version' is missing"),
            ("{\"version\": \"1\"}", "'version' is missing"),
            ("{\"version\": 2, \"dtype\": 3}", "got version 2"),
            ("{\"version\": 1}", "'dtype' is missing"),
            ("{\"version\": 1, \"dtype\": 3}", "'dtype' is missing"),
            ("{\"version\": 1, \"dtype\": \"float64\"}", "'float64'"),
        ] {
            let message = read(text.as_bytes()).expect_err(text).to_string();
            assert!(message.contains(ENTRY), "{message}");
            assert!(message.contains(mention), "{message}");
        }
    }
}
