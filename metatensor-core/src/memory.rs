//! Allocations whose size comes from callers: too large ones are errors, where
//! Rust would otherwise end the program.

use crate::{Error, Result};

/// An empty vector with place for `rows` times `size` values.
pub(crate) fn with_capacity<T>(rows: usize, size: usize) -> Result<Vec<T>> {
    let mut values = Vec::new();
    let reserved = rows
        .checked_mul(size)
        .is_some_and(|count| values.try_reserve_exact(count).is_ok());
    if !reserved {
        return Err(Error::InvalidParameter(format!(
            "there is not enough memory for {rows} rows of {size} values"
        )));
    }
    Ok(values)
}

/// `rows` times `size` zeros.
pub(crate) fn zeros<T: Clone + Default>(rows: usize, size: usize) -> Result<Vec<T>> {
    let mut values = with_capacity(rows, size)?;
    values.resize(rows * size, T::default());
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg_attr(miri, ignore = "Miri ends when there is not enough memory")]
    fn too_large() {
        for (rows, size) in [
            (usize::MAX, 2),
            (usize::MAX, 1),
            (1 << 60, 1),
            (1 << 40, 1 << 24),
        ] {
            let error = with_capacity::<i32>(rows, size).expect_err("too large");
            assert!(error.to_string().contains("not enough memory"), "{error}");
        }
        assert!(with_capacity::<i32>(3, 4).expect("small").capacity() >= 12);
        assert_eq!(zeros::<i32>(2, 2).expect("small"), [0; 4]);
        assert!(zeros::<u8>(usize::MAX, 0).expect("nothing").is_empty());
    }
}
