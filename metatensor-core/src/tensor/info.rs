//! Global metadata of a tensor map.

use std::ffi::{CStr, CString};
use std::sync::OnceLock;

use super::TensorMap;
use crate::Result;
use crate::error::InfoError;

impl TensorMap {
    /// Set or replace a piece of global metadata. Key and value must not contain
    /// NUL; the value may be any other bytes. Empties the
    /// [`attachment`](TensorMap::attachment).
    pub fn set_info(&mut self, key: &str, value: impl Into<Vec<u8>>) -> Result<()> {
        let nul = || InfoError::Nul {
            key: key.to_owned(),
        };
        if key.contains('\0') {
            return Err(nul().into());
        }
        let value = CString::new(value).map_err(|_| nul())?;
        self.info.insert(key, value);
        self.attachment = OnceLock::new();
        Ok(())
    }

    /// Global metadata set for `key`. The address stays the same until the same
    /// key is set again.
    #[must_use]
    pub fn info(&self, key: &str) -> Option<&CStr> {
        self.info.get(key).map(CString::as_c_str)
    }

    /// All global metadata, in the order in which keys were first set.
    pub fn info_iter(&self) -> impl ExactSizeIterator<Item = (&str, &CStr)> {
        self.info.iter().map(|(key, value)| (key, value.as_c_str()))
    }
}
