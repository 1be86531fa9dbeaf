//! Parser for the header of NPY files: the literal of a Python dictionary with
//! three known keys. Runs in linear time and never recurses, whatever the input.

use crate::{Error, Result};

/// Type of the elements, as written in the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::io) enum Descr {
    /// Plain type, e.g. `<f8`.
    Scalar(String),
    /// Named columns and the type of each of them.
    Structured(Vec<(String, String)>),
}

/// What the dictionary contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dictionary {
    pub(super) descr: Descr,
    pub(super) fortran_order: bool,
    pub(super) shape: Vec<usize>,
}

/// Parse the text of a header. Text after the closing brace is ignored.
pub(super) fn parse(text: &str) -> Result<Dictionary> {
    let mut parser = Parser { text, position: 0 };
    let mut descr = None;
    let mut fortran_order = None;
    let mut shape = None;

    parser.expect('{')?;
    while !parser.accept('}') {
        let key = parser.string()?;
        parser.expect(':')?;
        let repeated = match key {
            "descr" => descr.replace(parser.descr()?).is_some(),
            "fortran_order" => fortran_order.replace(parser.boolean()?).is_some(),
            "shape" => shape.replace(parser.shape()?).is_some(),
            _ => return Err(invalid(format!("unknown key '{key}'"))),
        };
        if repeated {
            return Err(invalid(format!("repeated key '{key}'")));
        }
        if !parser.accept(',') {
            parser.expect('}')?;
            break;
        }
    }

    let missing = |key: &str| invalid(format!("missing key '{key}'"));
    Ok(Dictionary {
        descr: descr.ok_or_else(|| missing("descr"))?,
        fortran_order: fortran_order.ok_or_else(|| missing("fortran_order"))?,
        shape: shape.ok_or_else(|| missing("shape"))?,
    })
}

fn invalid(message: String) -> Error {
    Error::Serialization(format!("invalid NPY header: {message}"))
}

struct Parser<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Parser<'a> {
    /// Next character after any blanks, without consuming it.
    fn peek(&mut self) -> Option<char> {
        let rest = &self.text.as_bytes()[self.position..];
        let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\x0C' | b'\r' | b'\n');
        self.position += rest.iter().take_while(is_blank).count();
        let byte = *self.text.as_bytes().get(self.position)?;
        if byte.is_ascii() {
            return Some(char::from(byte));
        }
        self.text[self.position..].chars().next()
    }

    fn accept(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        if found {
            self.position += expected.len_utf8();
        }
        found
    }

    fn expect(&mut self, expected: char) -> Result<()> {
        if self.accept(expected) {
            Ok(())
        } else {
            Err(self.unexpected(&format!("'{expected}'")))
        }
    }

    fn unexpected(&mut self, expected: &str) -> Error {
        match self.peek() {
            Some(found) => invalid(format!(
                "expected {expected} at position {}, got {found:?}",
                self.position
            )),
            None => invalid(format!("expected {expected}, got the end of the header")),
        }
    }

    /// A string between single or double quotes.
    fn string(&mut self) -> Result<&'a str> {
        let quote = match self.peek() {
            Some(quote @ ('\'' | '"')) => quote,
            _ => return Err(self.unexpected("a string")),
        };
        let start = self.position + 1;
        let Some(length) = self.text[start..].find(quote) else {
            return Err(invalid("unterminated string".into()));
        };
        let content = &self.text[start..start + length];
        if content.contains('\\') {
            return Err(invalid(format!(
                "unsupported escape sequence in '{content}'"
            )));
        }
        self.position = start + length + 1;
        Ok(content)
    }

    fn boolean(&mut self) -> Result<bool> {
        self.peek();
        let rest = &self.text[self.position..];
        for (word, value) in [("True", true), ("False", false)] {
            if rest.starts_with(word) {
                self.position += word.len();
                return Ok(value);
            }
        }
        Err(self.unexpected("True or False"))
    }

    /// Values separated by commas, up to the closing character.
    fn list(&mut self, close: char, mut item: impl FnMut(&mut Self) -> Result<()>) -> Result<()> {
        while !self.accept(close) {
            item(self)?;
            if !self.accept(',') {
                return self.expect(close);
            }
        }
        Ok(())
    }

    fn shape(&mut self) -> Result<Vec<usize>> {
        let mut shape = Vec::new();
        self.expect('(')?;
        self.list(')', |parser| {
            shape.push(parser.integer()?);
            Ok(())
        })?;
        Ok(shape)
    }

    fn integer(&mut self) -> Result<usize> {
        if self.peek().is_none_or(|c| !c.is_ascii_digit()) {
            return Err(self.unexpected("a positive integer"));
        }
        let rest = &self.text[self.position..];
        let length = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let digits = &rest[..length];
        self.position += length;
        digits
            .parse()
            .map_err(|_| invalid(format!("integer {digits} is too large")))
    }

    fn descr(&mut self) -> Result<Descr> {
        if !self.accept('[') {
            return Ok(Descr::Scalar(self.string()?.to_owned()));
        }
        let mut fields = Vec::new();
        self.list(']', |parser| {
            parser.expect('(')?;
            let name = parser.string()?;
            parser.expect(',')?;
            let descr = parser.string()?;
            parser.accept(',');
            parser.expect(')')?;
            fields.push((name.to_owned(), descr.to_owned()));
            Ok(())
        })?;
        Ok(Descr::Structured(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalar(shape: &[usize], fortran_order: bool) -> Dictionary {
        Dictionary {
            descr: Descr::Scalar("<f8".into()),
            fortran_order,
            shape: shape.to_vec(),
        }
    }

    #[test]
    fn accepted_variants() {
        for text in [
            "{ 'descr': '<f8', 'fortran_order': False, 'shape': (2, 3, ) }",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }",
            "{\"shape\":(2,3),\"fortran_order\":False,\"descr\":\"<f8\"}",
            "\t{\x0C'descr' : '<f8'\t,'shape':( 2 , 3 ),\t'fortran_order' : False } anything { after",
        ] {
            assert_eq!(parse(text).expect(text), scalar(&[2, 3], false));
        }
        let text = "{'descr': '<f8', 'fortran_order': True, 'shape': ()}";
        assert_eq!(parse(text).expect(text), scalar(&[], true));
    }

    #[test]
    fn structured() {
        for text in [
            "{ 'descr': [('s', '<i4'), ('t', '<i4'), ], 'fortran_order': False, 'shape': (2, ) }",
            "{'descr': [(\"s\",'<i4',),('t','<i4')], 'fortran_order': False, 'shape': (2,), }",
        ] {
            let fields = vec![("s".into(), "<i4".into()), ("t".into(), "<i4".into())];
            assert_eq!(parse(text).expect(text).descr, Descr::Structured(fields));
        }
        let text = "{ 'descr': [], 'fortran_order': False, 'shape': (0, ) }";
        assert_eq!(parse(text).expect(text).descr, Descr::Structured(vec![]));
    }

    #[test]
    fn rejected() {
        for (text, message) in [
            ("", "end of the header"),
            ("{", "end of the header"),
            ("{}", "missing key 'descr'"),
            (
                "{'descr': '<f8', 'shape': (2,)}",
                "missing key 'fortran_order'",
            ),
            (
                "{'descr': '<f8', 'fortran_order': False}",
                "missing key 'shape'",
            ),
            (
                "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), 'x': 1}",
                "unknown key 'x'",
            ),
            ("{'descr': '<f8', 'descr': '<f8'}", "repeated key 'descr'"),
            ("{'descr': '<f8' 'shape': (2,)}", "expected '}'"),
            (
                "{'descr': '<f8', 'fortran_order': 0, 'shape': (2,)}",
                "True or False",
            ),
            (
                "{'descr': '<f8', 'fortran_order': False, 'shape': (-2,)}",
                "positive integer",
            ),
            (
                "{'descr': '<f8', 'fortran_order': False, 'shape': 2}",
                "expected '('",
            ),
            (
                "{'descr': '<f8', 'fortran_order': False, 'shape': (2",
                "end of the header",
            ),
            (
                "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999999,)}",
                "too large",
            ),
            ("{'descr': '<f8", "unterminated"),
            ("{'descr': '\\x41'}", "escape"),
            ("{'descr': [('a', '<i4', (2,))]}", "expected ')'"),
            ("{'descr': [('a')]}", "expected ','"),
            ("{'descr': [[('a', '<i4')]]}", "expected '('"),
            ("['descr']", "expected '{'"),
        ] {
            let error = parse(text).expect_err(text).to_string();
            assert!(error.contains(message), "{text}: {error}");
        }
    }
}
