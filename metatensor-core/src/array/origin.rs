//! The process-wide table of array implementations.
//!
//! Each implementation registers a name and gets an identifier; arrays whose
//! identifiers are equal can exchange data.

use std::sync::{OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::DataOrigin;

/// Name of the identifier 0, and of any other identifier never registered.
pub const UNREGISTERED: &str = "unregistered origin";

/// Name under which the core's own [`LabelsArray`](super::LabelsArray) is registered.
pub const LABELS_ARRAY: &str = "metatensor.Labels";

/// Names in order of registration: the name at index `i` has the identifier `i + 1`.
static NAMES: RwLock<Vec<String>> = RwLock::new(Vec::new());

// A panic while holding the lock can not leave the list half-changed, so a
// poisoned lock is as good as any other.
fn read() -> RwLockReadGuard<'static, Vec<String>> {
    NAMES.read().unwrap_or_else(PoisonError::into_inner)
}

fn write() -> RwLockWriteGuard<'static, Vec<String>> {
    NAMES.write().unwrap_or_else(PoisonError::into_inner)
}

fn find(names: &[String], name: &str) -> Option<DataOrigin> {
    let index = names.iter().position(|known| known == name)?;
    Some(DataOrigin(index as u64 + 1))
}

/// Identifier of the array implementation called `name`; the same name always
/// gives the same identifier. Identifiers are 1, 2, … in order of registration.
#[must_use]
pub fn register(name: &str) -> DataOrigin {
    if let Some(origin) = find(&read(), name) {
        return origin;
    }
    let mut names = write();
    if let Some(origin) = find(&names, name) {
        return origin; // registered by another thread in the meantime
    }
    names.push(name.to_owned());
    DataOrigin(names.len() as u64)
}

/// Name of the array implementation with this identifier, [`UNREGISTERED`] if
/// there is none.
#[must_use]
pub fn name(origin: DataOrigin) -> String {
    let index = usize::try_from(origin.0)
        .ok()
        .and_then(|id| id.checked_sub(1));
    match index.and_then(|index| read().get(index).cloned()) {
        Some(name) => name,
        None => UNREGISTERED.to_owned(),
    }
}

/// Identifier of the core's own [`LabelsArray`](super::LabelsArray).
#[must_use]
pub fn labels_array_origin() -> DataOrigin {
    static ORIGIN: OnceLock<DataOrigin> = OnceLock::new();
    *ORIGIN.get_or_init(|| register(LABELS_ARRAY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_name_same_identifier() {
        let first = register("origin tests: first");
        let second = register("origin tests: second");
        assert_ne!(first, second);
        assert_eq!(register("origin tests: first"), first);
        assert_eq!(name(first), "origin tests: first");
        assert_eq!(name(second), "origin tests: second");
        assert_ne!(first.0, 0);
    }

    #[test]
    fn unknown_identifiers_have_a_name() {
        assert_eq!(name(DataOrigin(0)), UNREGISTERED);
        assert_eq!(name(DataOrigin(u64::MAX)), UNREGISTERED);
    }

    #[test]
    fn own_array() {
        assert_eq!(labels_array_origin(), register(LABELS_ARRAY));
        assert_eq!(name(labels_array_origin()), "metatensor.Labels");
    }
}
