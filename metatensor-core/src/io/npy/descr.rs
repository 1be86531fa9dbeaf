//! Conversions between element types and the type strings of NPY headers.

use super::parser::Descr;
use crate::array::{DType, DTypeCode};
use crate::io::extended;
use crate::{Error, Result};

/// Order of the bytes of one element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::io) enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    /// Byte order of this machine.
    pub(in crate::io) const NATIVE: ByteOrder = if cfg!(target_endian = "big") {
        ByteOrder::Big
    } else {
        ByteOrder::Little
    };

    fn prefix(self) -> char {
        match self {
            ByteOrder::Little => '<',
            ByteOrder::Big => '>',
        }
    }
}

/// Kinds of numbers which exist in both worlds: NPY letter, DLPack code and
/// the accepted sizes in bytes.
const KINDS: [(char, DTypeCode, &[u8]); 5] = [
    ('i', DTypeCode::INT, &[1, 2, 4, 8]),
    ('u', DTypeCode::UINT, &[1, 2, 4, 8]),
    ('f', DTypeCode::FLOAT, &[2, 4, 8]),
    ('c', DTypeCode::COMPLEX, &[8, 16]),
    ('b', DTypeCode::BOOL, &[1]),
];

/// Type string of values in native byte order, `<f8` for 64-bit floats. Values of
/// the `extended` type, if any, are raw bytes in little-endian order.
pub(in crate::io) fn dtype_to_descr(dtype: DType, extended: Option<DType>) -> Result<String> {
    if extended == Some(dtype) {
        return Ok(format!("|V{}", dtype.size_of()));
    }
    let known = KINDS.iter().find(|(_, code, sizes)| {
        *code == dtype.code
            && dtype.lanes == 1
            && dtype.bits.is_multiple_of(8)
            && sizes.contains(&(dtype.bits / 8))
    });
    match known {
        Some((letter, _, _)) => Ok(format!(
            "{}{letter}{}",
            ByteOrder::NATIVE.prefix(),
            dtype.bits / 8
        )),
        None => {
            let hint = extended::name(dtype).map_or_else(String::new, |name| {
                format!(
                    " without the `extended_dtypes` option for saving, which stores them as {name}"
                )
            });
            Err(Error::Serialization(format!(
                "values of type {dtype} (DLPack code {}, {} bits, {} lanes) can not be stored in files{hint}",
                dtype.code.0, dtype.bits, dtype.lanes
            )))
        }
    }
}

/// Element type and byte order of the values of an entry. Raw bytes are values of
/// the `extended` type.
pub(in crate::io) fn dtype_from_descr(
    descr: &Descr,
    extended: Option<DType>,
) -> Result<(DType, ByteOrder)> {
    let Descr::Scalar(text) = descr else {
        return Err(Error::Serialization(
            "values must have a plain element type, got a structured one".into(),
        ));
    };
    let unknown = || Error::Serialization(format!("unknown type '{text}' for values"));

    let mut chars = text.chars();
    let (prefix, letter) = (
        chars.next().ok_or_else(unknown)?,
        chars.next().ok_or_else(unknown)?,
    );
    let size = chars.as_str();
    if letter == 'V' && matches!(prefix, '|' | '<') {
        return extended_dtype(text, size, extended);
    }
    let (_, code, sizes) = KINDS
        .iter()
        .find(|(kind, _, _)| *kind == letter)
        .ok_or_else(unknown)?;
    let size = *sizes
        .iter()
        .find(|known| known.to_string() == size)
        .ok_or_else(unknown)?;

    let order = match prefix {
        '<' => ByteOrder::Little,
        '>' => ByteOrder::Big,
        '=' => ByteOrder::NATIVE,
        // numpy writes this for types without byte order
        '|' if size == 1 => ByteOrder::NATIVE,
        _ => return Err(unknown()),
    };
    Ok((DType::new(*code, size * 8), order))
}

/// The type of raw bytes.
fn extended_dtype(text: &str, size: &str, extended: Option<DType>) -> Result<(DType, ByteOrder)> {
    match extended {
        Some(dtype) if dtype.size_of().to_string() == size => Ok((dtype, ByteOrder::Little)),
        Some(dtype) => Err(Error::Serialization(format!(
            "type '{text}' does not have the size of {dtype}, given by '{}'",
            extended::ENTRY
        ))),
        None => Err(Error::Serialization(format!(
            "unknown type '{text}' for values, and there is no '{}' to say what it is",
            extended::ENTRY
        ))),
    }
}

/// Check that all columns of labels are 32-bit integers of the same byte order,
/// and give this order.
pub(in crate::io) fn check_labels_fields(fields: &[(String, String)]) -> Result<ByteOrder> {
    let mut order = None;
    for (name, descr) in fields {
        let found = match descr.as_str() {
            "<i4" => ByteOrder::Little,
            ">i4" => ByteOrder::Big,
            other => {
                return Err(Error::Serialization(format!(
                    "labels must contain 32-bit integers ('<i4' or '>i4'), got '{other}' for '{name}'"
                )));
            }
        };
        if *order.get_or_insert(found) != found {
            return Err(Error::Serialization(
                "labels must use the same byte order for all columns, got both '<i4' and '>i4'"
                    .into(),
            ));
        }
    }
    Ok(order.unwrap_or(ByteOrder::NATIVE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> Option<(DType, ByteOrder)> {
        dtype_from_descr(&Descr::Scalar(text.into()), None).ok()
    }

    #[test]
    fn every_type_round_trips() {
        for (_, code, sizes) in KINDS {
            for size in sizes {
                let dtype = DType::new(code, size * 8);
                let descr = dtype_to_descr(dtype, None).expect("known type");
                assert_eq!(from(&descr), Some((dtype, ByteOrder::NATIVE)), "{descr}");
            }
        }
    }

    #[test]
    fn byte_orders() {
        assert_eq!(from("<f8"), Some((DType::F64, ByteOrder::Little)));
        assert_eq!(from(">f8"), Some((DType::F64, ByteOrder::Big)));
        assert_eq!(from("=f8"), Some((DType::F64, ByteOrder::NATIVE)));
        assert_eq!(from("|f8"), None);
        for text in ["|i1", "|u1", "|b1", "<i1", ">b1"] {
            assert!(from(text).is_some(), "{text}");
        }
    }

    #[test]
    fn unknown_types() {
        for text in [
            "", "<", "f8", "<f", "<f16", "<f08", "<f+8", "<g8", "<U4", "<b2", "<c4", "é8", "<f8 ",
            "|O",
        ] {
            assert_eq!(from(text), None, "{text}");
        }
        let structured = Descr::Structured(vec![("a".into(), "<f8".into())]);
        assert!(dtype_from_descr(&structured, None).is_err());
    }

    #[test]
    fn types_without_descr() {
        let bfloat = DType::new(DTypeCode::BFLOAT, 16);
        let error = dtype_to_descr(bfloat, None)
            .expect_err("bfloat16")
            .to_string();
        assert!(
            error.contains("code 4") && error.contains("16 bits"),
            "{error}"
        );
        assert!(
            dtype_to_descr(
                DType {
                    lanes: 2,
                    ..DType::F64
                },
                None
            )
            .is_err()
        );
        assert!(dtype_to_descr(DType::new(DTypeCode::FLOAT, 8), None).is_err());
        assert!(dtype_to_descr(DType::new(DTypeCode::INT, 4), None).is_err());
    }

    #[test]
    fn raw_bytes() {
        let bfloat = DType::new(DTypeCode::BFLOAT, 16);
        assert_eq!(
            dtype_to_descr(bfloat, Some(bfloat)).expect("extended"),
            "|V2"
        );
        let from = |text: &str, extended| {
            dtype_from_descr(&Descr::Scalar(text.into()), extended)
                .map_err(|error| error.to_string())
        };
        // numpy writes both
        for text in ["|V2", "<V2"] {
            assert_eq!(from(text, Some(bfloat)), Ok((bfloat, ByteOrder::Little)));
        }
        for text in ["|V1", "|V", "|V02", "<V4"] {
            let message = from(text, Some(bfloat)).expect_err(text);
            assert!(message.contains("bfloat16"), "{message}");
        }
        assert!(from(">V2", Some(bfloat)).is_err());
        let message = from("|V2", None).expect_err("unknown");
        assert!(message.contains("dtype.json"), "{message}");
    }

    #[test]
    fn labels_fields() {
        let fields = |types: &[&str]| -> Vec<(String, String)> {
            types
                .iter()
                .map(|t| ("x".to_string(), (*t).to_string()))
                .collect()
        };
        assert_eq!(
            check_labels_fields(&fields(&["<i4", "<i4"])).ok(),
            Some(ByteOrder::Little)
        );
        assert_eq!(
            check_labels_fields(&fields(&[">i4"])).ok(),
            Some(ByteOrder::Big)
        );
        assert!(check_labels_fields(&[]).is_ok());
        assert!(check_labels_fields(&fields(&["<i4", ">i4"])).is_err());
        assert!(check_labels_fields(&fields(&["<i8"])).is_err());
        assert!(check_labels_fields(&fields(&["=i4"])).is_err());
    }
}
