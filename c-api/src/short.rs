//! Lists which are nearly always short.

use std::fmt;
use std::ops::{Deref, DerefMut};

/// Largest number of values stored without allocating memory.
const INLINE: usize = 4;

/// List of values; allocates memory only for more than a few of them.
#[derive(Clone)]
pub struct Short<T>(Storage<T>);

#[derive(Clone)]
enum Storage<T> {
    Inline([T; INLINE], u8),
    Heap(Vec<T>),
}

impl<T: Copy + Default> Short<T> {
    /// The same value several times.
    pub fn repeated(value: T, count: usize) -> Short<T> {
        std::iter::repeat_n(value, count).collect()
    }
}

impl<T: Copy + Default> From<&[T]> for Short<T> {
    fn from(values: &[T]) -> Short<T> {
        values.iter().copied().collect()
    }
}

impl<T> From<Vec<T>> for Short<T> {
    fn from(values: Vec<T>) -> Short<T> {
        Short(Storage::Heap(values))
    }
}

impl<T: Copy + Default> Default for Short<T> {
    fn default() -> Short<T> {
        Short(Storage::Inline([T::default(); INLINE], 0))
    }
}

impl<T: Copy + Default> FromIterator<T> for Short<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Short<T> {
        let mut values = values.into_iter();
        let (mut first, mut count) = ([T::default(); INLINE], 0);
        while let Some(value) = values.next() {
            if count == INLINE {
                let mut all = Vec::with_capacity(INLINE + 1 + values.size_hint().0);
                all.extend(first);
                all.push(value);
                all.extend(values);
                return Short(Storage::Heap(all));
            }
            first[count] = value;
            count += 1;
        }
        Short(Storage::Inline(first, count as u8))
    }
}

impl<T> Deref for Short<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Storage::Inline(values, count) => &values[..usize::from(*count)],
            Storage::Heap(values) => values,
        }
    }
}

impl<T> DerefMut for Short<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match &mut self.0 {
            Storage::Inline(values, count) => &mut values[..usize::from(*count)],
            Storage::Heap(values) => values,
        }
    }
}

impl<T: PartialEq> PartialEq for Short<T> {
    fn eq(&self, other: &Short<T>) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for Short<T> {}

impl<T: fmt::Debug> fmt::Debug for Short<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_as_vectors() {
        for count in 0..20 {
            let expected = (0..count).map(|i| i * 7).collect::<Vec<usize>>();
            let mut values = expected.iter().copied().collect::<Short<_>>();
            assert_eq!(*values, *expected);
            assert_eq!(matches!(values.0, Storage::Inline(..)), count <= INLINE);
            assert_eq!(values, Short::from(expected.clone()));
            assert_eq!(values, Short::from(&expected[..]));
            assert_eq!(format!("{values:?}"), format!("{expected:?}"));
            for value in values.iter_mut() {
                *value = 3;
            }
            assert_eq!(values, Short::repeated(3, count));
            assert_ne!(values, Short::repeated(3, count + 1));
        }
        assert!(Short::<u8>::default().is_empty());
    }
}
