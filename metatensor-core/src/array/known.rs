//! Values which are known from the start, or found out once.

use std::sync::OnceLock;

use crate::Result;

/// A value which never changes once it is known. Setting it while nobody else can see
/// it costs nothing, which matters for objects made by the thousands.
#[derive(Debug, Clone)]
pub(crate) struct Known<T> {
    early: Option<T>,
    late: OnceLock<T>,
}

impl<T> Known<T> {
    /// Not known yet.
    pub(crate) const fn unknown() -> Known<T> {
        Known {
            early: None,
            late: OnceLock::new(),
        }
    }

    /// The value, if it is known.
    #[inline]
    pub(crate) fn get(&self) -> Option<&T> {
        match &self.early {
            Some(value) => Some(value),
            None => self.late.get(),
        }
    }

    /// Set the value unless it is known. Gives the one which is known now.
    pub(crate) fn get_or_set(&self, value: T) -> &T {
        match &self.early {
            Some(value) => value,
            None => self.late.get_or_init(|| value),
        }
    }

    /// Same as [`Known::get_or_set`] for the only owner.
    #[inline]
    pub(crate) fn set_first(&mut self, value: T) {
        if self.get().is_none() {
            self.early = Some(value);
        }
    }
}

impl<T: Copy> Known<T> {
    /// The value, from `ask` if it is not known, for the only owner.
    #[inline]
    pub(crate) fn find(&mut self, ask: impl FnOnce() -> Result<T>) -> Result<T> {
        if let Some(value) = self.get() {
            return Ok(*value);
        }
        let value = ask()?;
        self.early = Some(value);
        Ok(value)
    }
}

impl<T> From<T> for Known<T> {
    fn from(value: T) -> Known<T> {
        Known {
            early: Some(value),
            late: OnceLock::new(),
        }
    }
}

/// Value of `known`, from `ask` the first time. The function is called without
/// holding any lock, because it may have locks of its own.
#[inline]
pub(crate) fn ask_once<T: Copy>(known: &Known<T>, ask: impl FnOnce() -> Result<T>) -> Result<T> {
    if let Some(value) = known.get() {
        return Ok(*value);
    }
    let value = ask()?;
    Ok(*known.get_or_set(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_stays() {
        let mut early = Known::unknown();
        assert_eq!(early.get(), None);
        early.set_first(1);
        early.set_first(2);
        assert_eq!(*early.get_or_set(3), 1);
        assert_eq!(early.get(), Some(&1));

        let mut late = Known::unknown();
        assert_eq!(*late.get_or_set(4), 4);
        late.set_first(5);
        assert_eq!(*late.get_or_set(6), 4);
        assert_eq!(ask_once(&late, || unreachable!("known")).expect("known"), 4);
        let mut found = Known::unknown();
        assert_eq!(found.find(|| Ok(8)).expect("asked"), 8);
        assert_eq!(found.find(|| unreachable!("known")).expect("known"), 8);
        assert_eq!(ask_once(&Known::unknown(), || Ok(7)).expect("asked"), 7);
    }
}
