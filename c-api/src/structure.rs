//! Everything about a map or a block in one call.

use std::collections::HashMap;
use std::ffi::c_char;
use std::sync::Arc;

use metatensor_core::{Labels, Leaf, Result};

use crate::array::{mts_array_t, view};
use crate::block::mts_block_t;
use crate::guard::guard;
use crate::handle::{Freed, In, InOut, OptIn, Options, Owner, give, lend};
use crate::labels::mts_labels_t;
use crate::status::mts_status_t;
use crate::strings::{CStrings, c_strings};
use crate::tensor::mts_tensormap_t;

/// What to put in a `mts_structure_t`. Zero is the default of all options.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct mts_structure_options_t {
    /// Size of this structure in bytes.
    pub size: usize,
    /// If not 0, leave out everything about labels.
    pub skip_labels: i32,
    /// If not 0, get the values of all labels as well, which may copy them from
    /// another device.
    pub read_values: i32,
}

// SAFETY: integers without padding, the first one is the size
unsafe impl Options for mts_structure_options_t {}

/// All blocks, gradients, arrays and labels of a map or of a block.
///
/// The values of a block, and the values of a gradient, are called a leaf. Leaves
/// come in canonical order: block after block, the values of each followed by its
/// gradients in the order in which they were added, and each gradient by its own
/// gradients.
///
/// The structure keeps the labels alive. Blocks and arrays belong to the map or
/// block it was made from, and are valid as long as this one is neither changed nor
/// freed. Arrays are NULL if there is nothing in them.
#[repr(C)]
pub struct mts_structure_t {
    /// Size of this structure in bytes; new fields may be added before `owner`.
    pub size: usize,
    /// Number of blocks.
    pub blocks_count: usize,
    /// Number of leaves.
    pub leaves_count: usize,
    /// For each block its first leaf, then the number of leaves: `blocks_count + 1` values.
    pub blocks_starts: *const usize,
    /// The block or gradient of each leaf.
    pub blocks: *const *mut mts_block_t,
    /// A view of the array of each leaf.
    pub arrays: *const mts_array_t,
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
    /// All different labels, each of them once. For a map, the first ones are the keys.
    /// Use `mts_labels_clone` to keep them longer than this structure.
    pub labels: *const *const mts_labels_t,
    /// Names of the dimensions of each of the labels, NULL for labels without dimensions.
    pub labels_dimensions: *const *const *const c_char,
    /// Number of dimensions of each of the labels.
    pub labels_sizes: *const usize,
    /// Number of rows of each of the labels.
    pub labels_rows: *const usize,
    /// Row-major values of each of the labels. NULL if they were not asked for.
    pub labels_values: *const *const i32,
    /// Memory of the library.
    pub owner: Owner,
}

/// What the pointers of a structure point to.
#[derive(Default)]
struct Storage {
    blocks_starts: Vec<usize>,
    blocks: Vec<*mut mts_block_t>,
    arrays: Vec<mts_array_t>,
    parents: Vec<i64>,
    parameters: Vec<*const c_char>,
    _names: CStrings,
    axes_starts: Vec<usize>,
    axes: Vec<usize>,
    shared: Vec<Arc<Labels>>,
    labels: Vec<*const mts_labels_t>,
    dimensions: Vec<*const *const c_char>,
    sizes: Vec<usize>,
    rows: Vec<usize>,
    values: Vec<*const i32>,
}

/// Address of the first value, or NULL.
pub fn address<T>(values: &[T]) -> *const T {
    if values.is_empty() {
        std::ptr::null()
    } else {
        values.as_ptr()
    }
}

impl Storage {
    fn new(
        keys: Option<&Arc<Labels>>,
        leaves: &[Leaf<'_>],
        options: mts_structure_options_t,
    ) -> Result<Storage> {
        let mut storage = Storage::default();
        storage.set_leaves(leaves)?;
        if options.skip_labels == 0 {
            storage.set_axes(keys, leaves);
            storage.set_labels(options.read_values != 0)?;
        }
        Ok(storage)
    }

    fn set_leaves(&mut self, leaves: &[Leaf<'_>]) -> Result<()> {
        let mut names = CStrings::default();
        self.blocks.reserve_exact(leaves.len());
        self.arrays.reserve_exact(leaves.len());
        self.parents.reserve_exact(leaves.len());
        self.parameters.reserve_exact(leaves.len());
        for (index, leaf) in leaves.iter().enumerate() {
            self.blocks.push(lend(leaf.node));
            self.arrays.push(view(leaf.values())?);
            // there are always less leaves than bytes of memory
            self.parents
                .push(leaf.parent.map_or(-1, |(parent, _)| parent as i64));
            self.parameters.push(match leaf.parent {
                Some((_, parameter)) => names.intern(parameter)?,
                None => std::ptr::null(),
            });
            if leaf.parent.is_none() {
                self.blocks_starts.push(index);
            }
        }
        self.blocks_starts.push(leaves.len());
        self._names = names;
        Ok(())
    }

    fn set_axes(&mut self, keys: Option<&Arc<Labels>>, leaves: &[Leaf<'_>]) {
        let mut known = HashMap::new();
        let mut index_of = |labels: &Arc<Labels>| {
            *known.entry(Arc::as_ptr(labels)).or_insert_with(|| {
                self.shared.push(Arc::clone(labels));
                self.shared.len() - 1
            })
        };
        if let Some(keys) = keys {
            index_of(keys);
        }
        for leaf in leaves {
            self.axes_starts.push(self.axes.len());
            self.axes.push(index_of(leaf.node.samples()));
            self.axes
                .extend(leaf.node.components().iter().map(&mut index_of));
            self.axes.push(index_of(leaf.node.properties()));
        }
        self.axes_starts.push(self.axes.len());
    }

    fn set_labels(&mut self, read_values: bool) -> Result<()> {
        for labels in &self.shared {
            let names = labels.names().iter().map(String::as_str);
            let (names, size) = c_strings(labels.attachment(), names)?;
            self.labels.push(Arc::as_ptr(labels));
            self.dimensions.push(names);
            self.sizes.push(size);
            self.rows.push(labels.count());
            if read_values {
                self.values.push(labels.values_cpu()?.as_ptr());
            }
        }
        Ok(())
    }

    fn give(self) -> *mut mts_structure_t {
        // moving the vectors does not move what they point to
        give(mts_structure_t {
            size: size_of::<mts_structure_t>(),
            blocks_count: self.blocks_starts.len() - 1,
            leaves_count: self.blocks.len(),
            blocks_starts: address(&self.blocks_starts),
            blocks: address(&self.blocks),
            arrays: address(&self.arrays),
            parents: address(&self.parents),
            parameters: address(&self.parameters),
            axes_starts: address(&self.axes_starts),
            axes: address(&self.axes),
            labels_count: self.labels.len(),
            labels: address(&self.labels),
            labels_dimensions: address(&self.dimensions),
            labels_sizes: address(&self.sizes),
            labels_rows: address(&self.rows),
            labels_values: address(&self.values),
            owner: Owner::new(self),
        })
    }
}

/// Get all blocks, gradients, arrays and labels of a tensor map.
///
/// @param tensor map to read
/// @param options what to get, NULL for the defaults
/// @returns a new structure to be given to `mts_structure_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_structure(
    tensor: InOut<mts_tensormap_t>,
    options: OptIn<mts_structure_options_t>,
) -> *mut mts_structure_t {
    guard("mts_tensormap_structure", || {
        let tensor = tensor.get("tensor")?;
        let options = options.get("options")?;
        let storage = Storage::new(Some(tensor.keys()), &tensor.leaves(), options)?;
        Ok(storage.give())
    })
}

/// Get the gradients, arrays and labels of a block. The first leaf is the block itself.
///
/// @param block block to read
/// @param options what to get, NULL for the defaults
/// @returns a new structure to be given to `mts_structure_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_block_structure(
    block: InOut<mts_block_t>,
    options: OptIn<mts_structure_options_t>,
) -> *mut mts_structure_t {
    guard("mts_block_structure", || {
        let block = block.get("block")?;
        let options = options.get("options")?;
        let storage = Storage::new(None, &block.leaves(), options)?;
        Ok(storage.give())
    })
}

/// Free a structure. The map or block it was made from is not changed.
///
/// @param structure structure to free, can be NULL
#[unsafe(no_mangle)]
pub extern "C" fn mts_structure_free(mut structure: Freed<mts_structure_t>) -> mts_status_t {
    guard("mts_structure_free", || {
        structure.free();
        Ok(())
    })
}

/// Lists of integers of different lengths, one list after the other. Arrays are NULL
/// if there is nothing in them.
#[repr(C)]
pub struct mts_integer_lists_t {
    /// Size of this structure in bytes; new fields may be added before `owner`.
    pub size: usize,
    /// Number of lists.
    pub lists_count: usize,
    /// Where each list starts in `values`, then the number of values:
    /// `lists_count + 1` values.
    pub starts: *const usize,
    /// Values of all lists.
    pub values: *const i64,
    /// Memory of the library.
    pub owner: Owner,
}

/// Get the `sample` column of all gradients of a tensor map: one list for each leaf, in
/// the order of `mts_structure_t`, with the row of its parent to which each of its rows
/// refers. The lists of values of blocks are empty.
///
/// @param tensor map to read
/// @returns new lists to be given to `mts_integer_lists_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_gradient_rows(
    tensor: In<mts_tensormap_t>,
) -> *mut mts_integer_lists_t {
    guard("mts_tensormap_gradient_rows", || {
        let (values, starts) = tensor.get("tensor")?.gradient_rows()?;
        Ok(give(mts_integer_lists_t {
            size: size_of::<mts_integer_lists_t>(),
            lists_count: starts.len() - 1,
            starts: address(&starts),
            values: address(&values),
            owner: Owner::new((values, starts)),
        }))
    })
}

/// Free lists of integers.
///
/// @param lists lists to free, can be NULL
#[unsafe(no_mangle)]
pub extern "C" fn mts_integer_lists_free(mut lists: Freed<mts_integer_lists_t>) -> mts_status_t {
    guard("mts_integer_lists_free", || {
        lists.free();
        Ok(())
    })
}
