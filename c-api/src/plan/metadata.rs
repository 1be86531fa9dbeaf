//! `mts_metadata_t` and its functions.

use std::ffi::c_char;
use std::sync::Arc;

use metatensor_core::plan::{LeafLabels, Metadata, NONE};
use metatensor_core::{Error, Labels, Names, Result};

use crate::array::mts_array_t;
use crate::block::mts_block_t;
use crate::guard::guard;
use crate::handle::{Freed, In, InArray, OptText, Owner, TakenArray, give};
use crate::labels::mts_labels_t;
use crate::rebuild::{check_counts, parent, take};
use crate::status::mts_status_t;
use crate::strings::CStrings;
use crate::structure::address;
use crate::tensor::mts_tensormap_t;

/// The metadata of a tensor map: all labels and gradients, but neither arrays nor
/// information. Metadata keep their labels alive, and do not depend on the map they
/// were made from; they never change, and can be used from several threads.
///
/// Leaves are in the order of `mts_structure_t`: block after block, the values of each
/// followed by its gradients, and each gradient by its own gradients. Arrays are NULL if
/// there is nothing in them.
#[repr(C)]
pub struct mts_metadata_t {
    /// Size of this structure in bytes; new fields may be added before `owner`.
    pub size: usize,
    /// Number of blocks.
    pub blocks_count: usize,
    /// Number of leaves.
    pub leaves_count: usize,
    /// For each block its first leaf, then the number of leaves: `blocks_count + 1` values.
    pub blocks_starts: *const usize,
    /// For each leaf, the leaf it is the gradient of, -1 for the values of a block.
    pub parents: *const i64,
    /// Parameter of each gradient, NULL for the values of a block.
    pub parameters: *const *const c_char,
    /// Where the axes of each leaf start in `axes`, then the number of axes:
    /// `leaves_count + 1` values.
    pub axes_starts: *const usize,
    /// Samples, components and properties of each leaf, as indices in `labels`.
    pub axes: *const usize,
    /// Number of different labels in `labels`.
    pub labels_count: usize,
    /// All different labels, each of them once; the first ones are the keys. Use
    /// `mts_labels_clone` to keep them longer than these metadata.
    pub labels: *const *const mts_labels_t,
    /// Names of the dimensions of each of the labels, NULL for labels without dimensions.
    /// Labels with the same names usually share one array.
    pub labels_dimensions: *const *const *const c_char,
    /// Number of dimensions of each of the labels.
    pub labels_sizes: *const usize,
    /// Number of rows of each of the labels.
    pub labels_rows: *const usize,
    /// Row-major values of each of the labels. NULL for those which were not yet needed in
    /// main memory, `mts_labels_values_cpu` gets them.
    pub labels_values: *const *const i32,
    /// Memory of the library.
    pub owner: Owner,
}

/// What the pointers of metadata point to.
struct Storage {
    metadata: Arc<Metadata>,
    blocks_starts: Vec<usize>,
    parents: Vec<i64>,
    parameters: Vec<*const c_char>,
    axes_starts: Vec<usize>,
    axes: Vec<usize>,
    labels: Vec<*const mts_labels_t>,
    dimensions: Vec<*const *const c_char>,
    sizes: Vec<usize>,
    rows: Vec<usize>,
    values: Vec<*const i32>,
    strings: CStrings,
    /// Arrays of names.
    names: Vec<(Names, Vec<*const c_char>)>,
}

impl Storage {
    fn new(metadata: Arc<Metadata>) -> Result<Storage> {
        let mut storage = Storage {
            blocks_starts: Vec::with_capacity(metadata.block_count() + 1),
            parents: Vec::with_capacity(metadata.leaves().len()),
            parameters: Vec::with_capacity(metadata.leaves().len()),
            axes_starts: Vec::with_capacity(metadata.leaves().len() + 1),
            axes: Vec::with_capacity(3 * metadata.leaves().len()),
            labels: Vec::with_capacity(metadata.labels().len() + 1),
            dimensions: Vec::new(),
            sizes: Vec::new(),
            rows: Vec::new(),
            values: Vec::new(),
            strings: CStrings::default(),
            names: Vec::new(),
            metadata: Arc::clone(&metadata),
        };
        storage.set_leaves(&metadata)?;
        storage.push_labels(metadata.keys())?;
        for labels in metadata.labels() {
            // the keys are first, also if a leaf uses them
            storage.push_labels(labels)?;
        }
        Ok(storage)
    }

    fn set_leaves(&mut self, metadata: &Metadata) -> Result<()> {
        let parameters = metadata.parameters().iter();
        let parameters = parameters.map(|name| self.strings.intern(name));
        let parameters = parameters.collect::<Result<Vec<_>>>()?;
        for (i, leaf) in metadata.leaves().iter().enumerate() {
            if leaf.parent == NONE {
                self.blocks_starts.push(i);
                self.parents.push(-1);
                self.parameters.push(std::ptr::null());
            } else {
                self.parents.push(leaf.parent as i64);
                self.parameters.push(parameters[leaf.parameter]);
            }
            let components =
                &metadata.components()[leaf.components_start..][..leaf.components_count];
            self.axes_starts.push(self.axes.len());
            self.axes.push(leaf.samples + 1);
            self.axes
                .extend(components.iter().map(|component| component + 1));
            self.axes.push(leaf.properties + 1);
        }
        self.blocks_starts.push(metadata.leaves().len());
        self.axes_starts.push(self.axes.len());
        Ok(())
    }

    fn push_labels(&mut self, labels: &Arc<Labels>) -> Result<()> {
        let dimensions = self.names(labels.names())?;
        self.labels.push(Arc::as_ptr(labels));
        self.dimensions.push(dimensions);
        self.sizes.push(labels.size());
        self.rows.push(labels.count());
        let values = labels.known_values_cpu();
        self.values
            .push(values.map_or(std::ptr::null(), |values| values.as_ptr()));
        Ok(())
    }

    fn names(&mut self, names: &Names) -> Result<*const *const c_char> {
        if names.is_empty() {
            return Ok(std::ptr::null());
        }
        if let Some((_, pointers)) = self.names.iter().find(|(known, _)| known == names) {
            return Ok(pointers.as_ptr());
        }
        let pointers = names.iter().map(|name| self.strings.intern(name));
        let pointers = pointers.collect::<Result<Vec<_>>>()?;
        let address = pointers.as_ptr();
        self.names.push((names.clone(), pointers));
        Ok(address)
    }
}

/// Metadata as C sees them.
pub(super) fn view(metadata: Arc<Metadata>) -> Result<mts_metadata_t> {
    let storage = Storage::new(metadata)?;
    // moving the vectors does not move what they point to
    Ok(mts_metadata_t {
        size: size_of::<mts_metadata_t>(),
        blocks_count: storage.metadata.block_count(),
        leaves_count: storage.parents.len(),
        blocks_starts: address(&storage.blocks_starts),
        parents: address(&storage.parents),
        parameters: address(&storage.parameters),
        axes_starts: address(&storage.axes_starts),
        axes: address(&storage.axes),
        labels_count: storage.labels.len(),
        labels: address(&storage.labels),
        labels_dimensions: address(&storage.dimensions),
        labels_sizes: address(&storage.sizes),
        labels_rows: address(&storage.rows),
        labels_values: address(&storage.values),
        owner: Owner::new(storage),
    })
}

impl mts_metadata_t {
    /// What these are the metadata of. The fields which C code could have changed are
    /// not used.
    pub fn metadata(&self) -> Result<&Arc<Metadata>> {
        let storage = self.owner.get::<Storage>();
        storage.map(|storage| &storage.metadata).ok_or_else(|| {
            Error::InvalidParameter("this is not a `mts_metadata_t` made by the library".into())
        })
    }
}

/// Get the metadata of a tensor map.
///
/// @param tensor map to read
/// @returns new metadata to be given to `mts_metadata_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_metadata(tensor: In<mts_tensormap_t>) -> *mut mts_metadata_t {
    guard("mts_tensormap_metadata", || {
        Ok(give(view(Metadata::of_tensor(tensor.get("tensor")?))?))
    })
}

/// Get the metadata of a tensor map with a single block, and a key `_` with the value 0.
///
/// @param block block to read
/// @returns new metadata to be given to `mts_metadata_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_block_metadata(block: In<mts_block_t>) -> *mut mts_metadata_t {
    guard("mts_block_metadata", || {
        Ok(give(view(Metadata::of_block(block.get("block")?)?)?))
    })
}

/// Create metadata from labels, checked as those of a tensor map.
///
/// @param keys labels with one row per block
/// @param parents for each leaf -1, or the leaf which it is the gradient of. The leaves must
///        be in the order of `mts_metadata_t`. Can be NULL if `leaves_count` is 0
/// @param parameters for each leaf with a parent, the name of the gradient in UTF-8,
///        copied; not used for the others, which can be NULL. Can be NULL if
///        `leaves_count` is 0
/// @param labels_counts number of labels of each leaf. Can be NULL if `leaves_count` is 0
/// @param leaves_count number of leaves
/// @param labels samples, components and properties of all leaves, one leaf after the
///        other. The library takes its own references, the caller still owns its
///        references. Can be NULL if `labels_count` is 0
/// @param labels_count number of labels, the sum of `labels_counts`
/// @returns new metadata to be given to `mts_metadata_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_metadata(
    keys: In<mts_labels_t>,
    parents: InArray<i64>,
    parameters: InArray<OptText>,
    labels_counts: InArray<usize>,
    leaves_count: usize,
    labels: InArray<In<mts_labels_t>>,
    labels_count: usize,
) -> *mut mts_metadata_t {
    guard("mts_metadata", || {
        let keys = keys.share("keys")?;
        let parents = parents.slice(leaves_count, "parents")?;
        let parameters = parameters.slice(leaves_count, "parameters")?;
        let labels_counts = labels_counts.slice(leaves_count, "labels_counts")?;
        let mut labels = labels.share(labels_count, "labels")?.into_iter();
        check_counts(labels_counts, labels_count)?;

        let mut leaves = Vec::with_capacity(leaves_count);
        for (index, &count) in labels_counts.iter().enumerate() {
            let mut axes = labels.by_ref().take(count).collect::<Vec<_>>();
            let (Some(properties), false) = (axes.pop(), axes.is_empty()) else {
                return Err(Error::InvalidParameter(format!(
                    "`labels_counts[{index}]` must be at least 2, for samples and properties, got {count}"
                )));
            };
            leaves.push(LeafLabels {
                parent: parent(parents, parameters, index)?,
                samples: axes.remove(0),
                components: axes,
                properties,
            });
        }
        Ok(give(view(Metadata::new(keys, leaves)?)?))
    })
}

/// Make a copy of metadata, sharing all labels. Use this to keep the metadata of a plan.
///
/// @param metadata metadata to copy
/// @returns new metadata to be given to `mts_metadata_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_metadata_copy(metadata: In<mts_metadata_t>) -> *mut mts_metadata_t {
    guard("mts_metadata_copy", || {
        let metadata = metadata.get("metadata")?.metadata()?;
        Ok(give(view(Arc::clone(metadata))?))
    })
}

/// Free metadata. This must not be called on metadata which belong to a plan.
///
/// @param metadata metadata to free, can be NULL
#[unsafe(no_mangle)]
pub extern "C" fn mts_metadata_free(mut metadata: Freed<mts_metadata_t>) -> mts_status_t {
    guard("mts_metadata_free", || {
        metadata.free();
        Ok(())
    })
}

/// Create a tensor map from metadata and one array for each leaf. The arrays must have the
/// shape given by the labels and be on their device, and all have the same origin and
/// dtype.
///
/// @param metadata metadata of the map, as the result of a plan
/// @param arrays array of each leaf, all taken by the library in all cases. Can be NULL if
///        `arrays_count` is 0
/// @param arrays_count number of arrays, the number of leaves
/// @returns a new map to be given to `mts_tensormap_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_metadata_with_arrays(
    metadata: In<mts_metadata_t>,
    mut arrays: TakenArray<mts_array_t>,
    arrays_count: usize,
) -> *mut mts_tensormap_t {
    guard("mts_metadata_with_arrays", || {
        let arrays = take(&mut arrays, arrays_count)?;
        let metadata = metadata.get("metadata")?.metadata()?;
        Ok(give(metadata.with_arrays(arrays)?))
    })
}
