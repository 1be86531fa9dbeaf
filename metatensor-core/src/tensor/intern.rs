//! Recognizing labels which are equal, and results which were already computed.

use std::hash::BuildHasher;
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};

use crate::Result;
use crate::array::{DataOrigin, Known, ask_once};
use crate::labels::Labels;

/// Number of values which are hashed as fast as the address of labels.
const SMALL: usize = 64;

/// Number of labels to read from memory together.
const BATCH: usize = 32;

/// Bring small labels to the cache, all at the same time: those of the blocks of a map are
/// all over the memory, and reading one after the other means to wait for each of them.
fn touch(all: &[&Arc<Labels>]) -> Result<()> {
    let mut firsts = [&[][..]; BATCH];
    for (first, labels) in firsts.iter_mut().zip(all) {
        *first = labels.values_cpu()?;
    }
    let firsts = firsts.iter().filter_map(|values| values.first());
    std::hint::black_box(firsts.fold(0, |all, value| all | value));
    Ok(())
}

/// Gives the same number to equal labels, wherever they come from.
#[derive(Default)]
pub(super) struct Interner<'a> {
    /// Labels with other names are not equal.
    compare_names: bool,
    hasher: DefaultHashBuilder,
    addresses: HashMap<*const Labels, u32>,
    contents: HashTable<(u64, u32)>,
    known: Vec<KnownLabels<'a>>,
    /// Number of the calls of [`Interner::inputs`].
    call: u32,
}

struct KnownLabels<'a> {
    labels: &'a Arc<Labels>,
    values: &'a [i32],
    /// Last call of [`Interner::inputs`] with these labels, and their index there.
    last_use: (u32, u32),
}

/// Labels of several blocks, equal ones only once.
pub(super) struct Inputs<'a> {
    /// The different labels, in order of first appearance.
    pub(super) labels: Vec<&'a Arc<Labels>>,
    /// Their numbers.
    pub(super) ids: Vec<u32>,
    /// Which of these each block has.
    pub(super) which: Vec<u32>,
}

impl<'a> Interner<'a> {
    /// For labels which can have any names. With the default, all labels must be known to
    /// have the same ones, such as the samples of all blocks of a map: looking at the names
    /// takes as long as everything else. All must be on the same device.
    pub(super) fn with_names() -> Interner<'a> {
        Interner {
            compare_names: true,
            ..Interner::default()
        }
    }

    /// The first labels with this number.
    pub(super) fn labels(&self, id: u32) -> &'a Arc<Labels> {
        self.known[id as usize].labels
    }

    /// Their values.
    pub(super) fn values(&self, id: u32) -> &'a [i32] {
        self.known[id as usize].values
    }

    /// Number of these labels. Fails if they have no values to compare.
    pub(super) fn id(&mut self, labels: &'a Arc<Labels>) -> Result<u32> {
        // small labels are found by their content as fast as by their address
        let is_small = labels.count() * labels.size() <= SMALL;
        let address = Arc::as_ptr(labels);
        if !is_small && let Some(&id) = self.addresses.get(&address) {
            return Ok(id);
        }
        let values = labels.values_cpu()?;
        let hash = self.hasher.hash_one(values);
        let is_equal = |&(other_hash, id): &(u64, u32)| {
            let known = &self.known[id as usize];
            other_hash == hash
                && known.values == values
                && (!self.compare_names || known.labels.names() == labels.names())
        };
        let id = match self.contents.find(hash, is_equal) {
            Some(&(_, id)) => id,
            None => {
                // there are always less labels than bytes of memory for them
                let id = self.known.len() as u32;
                self.known.push(KnownLabels {
                    labels,
                    values,
                    last_use: (0, 0),
                });
                self.contents
                    .insert_unique(hash, (hash, id), |&(hash, _)| hash);
                id
            }
        };
        if !is_small {
            self.addresses.insert(address, id);
        }
        Ok(id)
    }

    /// Find out which of these labels are equal.
    pub(super) fn inputs(
        &mut self,
        all: impl ExactSizeIterator<Item = &'a Arc<Labels>>,
    ) -> Result<Inputs<'a>> {
        self.call += 1;
        let mut inputs = Inputs {
            labels: Vec::new(),
            ids: Vec::new(),
            which: Vec::with_capacity(all.len()),
        };
        let all = all.collect::<Vec<_>>();
        for (i, &labels) in all.iter().enumerate() {
            if i % BATCH == 0 {
                touch(&all[i..all.len().min(i + BATCH)])?;
            }
            let id = self.id(labels)?;
            let last_use = &mut self.known[id as usize].last_use;
            if last_use.0 != self.call {
                *last_use = (self.call, inputs.labels.len() as u32);
                inputs.labels.push(labels);
                inputs.ids.push(id);
            }
            inputs.which.push(last_use.1);
        }
        Ok(inputs)
    }
}

/// Results by what they were computed from. New labels are made with the array of other
/// labels, their template, so that results are only used again for templates with the
/// same kind of array.
pub(super) struct Memo<'a, T>(HashMap<Vec<u32>, Entry<'a, T>>);

struct Entry<'a, T> {
    template: &'a Arc<Labels>,
    origin: Known<DataOrigin>,
    value: T,
}

impl<T> Default for Memo<'_, T> {
    fn default() -> Self {
        Memo(HashMap::new())
    }
}

impl<'a, T: Clone> Memo<'a, T> {
    /// The known result for this key, or a new one.
    pub(super) fn get_or_make(
        &mut self,
        key: Vec<u32>,
        template: &'a Arc<Labels>,
        make: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        if let Some(entry) = self.0.get(&key) {
            if Arc::ptr_eq(entry.template, template) {
                return Ok(entry.value.clone());
            }
            let origin = ask_once(&entry.origin, || entry.template.values().origin())?;
            if origin == template.values().origin()? {
                return Ok(entry.value.clone());
            }
            return make();
        }
        let value = make()?;
        let entry = Entry {
            template,
            origin: Known::unknown(),
            value: value.clone(),
        };
        self.0.insert(key, entry);
        Ok(value)
    }
}
