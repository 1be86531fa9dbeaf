//! A map from strings which remembers in which order they were inserted.

use std::collections::HashMap;
use std::sync::Arc;

/// Up to this many entries, looking at all of them is faster than hashing.
const LOOK_AT_ALL: usize = 8;

/// Entries in insertion order, found by their key in constant time.
#[derive(Debug, Clone)]
pub(crate) struct OrderedMap<V> {
    entries: Vec<(Arc<str>, V)>,
    /// Index of the entry of each key, not there for few entries.
    indices: Option<HashMap<Arc<str>, usize>>,
}

impl<V> OrderedMap<V> {
    pub(crate) fn new() -> OrderedMap<V> {
        OrderedMap {
            entries: Vec::new(),
            indices: None,
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&V> {
        self.index_of(key).map(|index| &self.entries[index].1)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.index_of(key).map(|index| &mut self.entries[index].1)
    }

    /// Set the value of a key; new keys go to the end, others keep their place.
    pub(crate) fn insert(&mut self, key: &str, value: V) {
        if let Some(known) = self.get_mut(key) {
            *known = value;
            return;
        }
        self.entries.push((Arc::from(key), value));
        if self.entries.len() > LOOK_AT_ALL {
            let indices = self.indices.get_or_insert_default();
            let new = self.entries.iter().enumerate().skip(indices.len());
            indices.extend(new.map(|(index, (key, _))| (Arc::clone(key), index)));
        }
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &V)> {
        self.entries.iter().map(|(key, value)| (&**key, value))
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.iter_mut().map(|(_, value)| value)
    }

    fn index_of(&self, key: &str) -> Option<usize> {
        match &self.indices {
            Some(indices) => indices.get(key).copied(),
            None => self.entries.iter().position(|(known, _)| **known == *key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_order_of_insertion() {
        for count in [3, LOOK_AT_ALL, LOOK_AT_ALL + 1, 100] {
            let mut map = OrderedMap::new();
            for i in (0..count).rev() {
                map.insert(&format!("key {i}"), i);
            }
            map.insert("key 1", 1000);
            assert_eq!(map.iter().len(), count);
            assert_eq!(map.get("key 0"), Some(&0));
            assert_eq!(map.get("key 1"), Some(&1000));
            assert_eq!(map.get("other"), None);
            let keys = map
                .iter()
                .map(|(key, _)| key.to_owned())
                .collect::<Vec<_>>();
            let expected = (0..count)
                .rev()
                .map(|i| format!("key {i}"))
                .collect::<Vec<_>>();
            assert_eq!(keys, expected);
        }
    }
}
