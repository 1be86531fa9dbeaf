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

/// Call a function with all labels and their values. Those of the blocks of a map are all
/// over the memory: they are brought to the cache together, because to read one after the
/// other means to wait for each of them.
fn for_values<'a>(
    all: impl Iterator<Item = &'a Arc<Labels>>,
    mut function: impl FnMut(&'a Arc<Labels>, &'a [i32]),
) -> Result<()> {
    let mut batch = Vec::with_capacity(BATCH);
    let mut all = all.peekable();
    while all.peek().is_some() {
        batch.clear();
        for labels in all.by_ref().take(BATCH) {
            batch.push((labels, labels.values_cpu()?));
        }
        let firsts = batch.iter().filter_map(|(_, values)| values.first());
        std::hint::black_box(firsts.fold(0, |all, value| all | value));
        for &(labels, values) in &batch {
            function(labels, values);
        }
    }
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
    /// The two numbers given last: blocks often have the labels of one of those before,
    /// and it is faster to compare values than to hash them.
    recent: [u32; 2],
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
        Ok(self.id_of_values(labels, labels.values_cpu()?))
    }

    #[inline]
    fn id_of_values(&mut self, labels: &'a Arc<Labels>, values: &'a [i32]) -> u32 {
        let [last, before] = self.recent;
        if self.is_known(last, labels, values) {
            return last;
        }
        let id = if self.is_known(before, labels, values) {
            before
        } else {
            self.find_or_add(labels, values)
        };
        self.recent = [id, last];
        id
    }

    /// Does this number stand for labels with these values?
    fn is_known(&self, id: u32, labels: &Labels, values: &[i32]) -> bool {
        let Some(known) = self.known.get(id as usize) else {
            return false;
        };
        (std::ptr::eq(known.values, values) || known.values == values)
            && (!self.compare_names || known.labels.names() == labels.names())
    }

    fn find_or_add(&mut self, labels: &'a Arc<Labels>, values: &'a [i32]) -> u32 {
        // small labels are found by their content as fast as by their address
        let is_small = values.len() <= SMALL;
        let address = Arc::as_ptr(labels);
        if !is_small && let Some(&id) = self.addresses.get(&address) {
            return id;
        }
        let hash = self.hasher.hash_one(values);
        let is_equal = |&(other_hash, id): &(u64, u32)| {
            other_hash == hash && self.is_known(id, labels, values)
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
        id
    }

    /// Call a function with the number of each of these labels.
    pub(super) fn for_ids(
        &mut self,
        all: impl Iterator<Item = &'a Arc<Labels>>,
        mut function: impl FnMut(u32),
    ) -> Result<()> {
        for_values(all, |labels, values| {
            function(self.id_of_values(labels, values));
        })
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
        for_values(all, |labels, values| {
            let id = self.id_of_values(labels, values);
            let last_use = &mut self.known[id as usize].last_use;
            if last_use.0 != self.call {
                *last_use = (self.call, inputs.labels.len() as u32);
                inputs.labels.push(labels);
                inputs.ids.push(id);
            }
            inputs.which.push(last_use.1);
        })?;
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
        key: &[u32],
        template: &'a Arc<Labels>,
        make: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        if let Some(entry) = self.0.get(key) {
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
        self.0.insert(key.to_vec(), entry);
        Ok(value)
    }
}
