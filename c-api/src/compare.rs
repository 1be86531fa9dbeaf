//! Comparing the metadata of two maps or blocks in one call.

use std::ffi::c_char;

use metatensor_core::error::Place;
use metatensor_core::{CompareOptions, Comparison, Difference, KeyMatching, LabelsDifference};
use metatensor_core::{Error, Result};

use crate::block::mts_block_t;
use crate::guard::guard;
use crate::handle::{Freed, In, OptIn, Options, Owner, give};
use crate::status::mts_status_t;
use crate::strings::CStrings;
use crate::structure::address;
use crate::tensor::mts_tensormap_t;

/// What to compare. Zero is the default of all options: compare everything.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct mts_compare_options_t {
    /// Size of this structure in bytes.
    pub size: usize,
    /// 0: both maps must have the same keys in any order, blocks are matched by key.
    /// 1: the keys must also be in the same order. 2: keys are not compared, blocks are
    /// matched by index. Not used to compare blocks.
    pub keys: i32,
    /// If not 0, do not compare samples.
    pub skip_samples: i32,
    /// If not 0, do not compare components.
    pub skip_components: i32,
    /// If not 0, do not compare properties.
    pub skip_properties: i32,
    /// 0: compare all gradients. 1: do not compare gradients. 2: do not compare gradients
    /// of gradients.
    pub gradients: i32,
    /// Must be 0.
    pub reserved: i32,
}

// SAFETY: integers without padding, the first one is the size
unsafe impl Options for mts_compare_options_t {}

/// Result of comparing the metadata of two maps, or of two blocks.
///
/// If they are the same, `blocks` and `leaves` tell what corresponds to what; the other
/// fields describe the first difference. Arrays are NULL if there is nothing in them.
#[repr(C)]
pub struct mts_comparison_t {
    /// Size of this structure in bytes; new fields may be added before `owner`.
    pub size: usize,
    /// 1 if everything is the same, 0 otherwise.
    pub same: i32,
    /// What is different: 0 for nothing, 1 for the number of blocks, 2 for the keys, 3 for
    /// the labels of an axis, 4 for the number of components, 5 for the parameters of
    /// gradients.
    pub difference: i32,
    /// What is different about the labels, for differences 2 and 3: 1 for the names of
    /// dimensions, 2 for the number of rows, 3 for the device, 4 for one of the rows, 5 if
    /// a key is missing in the second map. 0 for other differences.
    pub labels_difference: i32,
    /// Must not be used.
    pub reserved: i32,
    /// Block of the first map with the difference, -1 if it is not about a block.
    pub block: i64,
    /// The block of the second map which was compared to this one, -1 if it is not about a block.
    pub other_block: i64,
    /// Axis whose labels are different, 0 for samples; -1 if it is not about an axis.
    pub axis: i64,
    /// First row which is different, -1 if it is not about a row.
    pub row: i64,
    /// Parameters of the gradient with the difference: first the parameter of a gradient of the
    /// block, then the parameter of a gradient of this one, and so on.
    pub gradient: *const *const c_char,
    /// Number of parameters in `gradient`, 0 for a block.
    pub gradient_count: usize,
    /// The difference in words. NULL if everything is the same.
    pub message: *const c_char,
    /// Number of values in `blocks`, 0 unless everything is the same.
    pub blocks_count: usize,
    /// For each block of the first map, its index in the second one.
    pub blocks: *const usize,
    /// Number of values in `leaves`, 0 unless everything is the same.
    pub leaves_count: usize,
    /// For each leaf of the first map, its index in the second one, in the order of
    /// `mts_structure_t`; -1 for gradients which were not compared.
    pub leaves: *const i64,
    /// Memory of the library.
    pub owner: Owner,
}

/// What the pointers of a comparison point to.
#[derive(Default)]
struct Storage {
    blocks: Vec<usize>,
    leaves: Vec<i64>,
    gradient: Vec<*const c_char>,
    _strings: CStrings,
}

fn read_options(options: OptIn<mts_compare_options_t>) -> Result<CompareOptions> {
    let options = options.get("options")?;
    let unknown = |name: &str, value: i32, last: i32| {
        Error::InvalidParameter(format!(
            "`options.{name}` must be between 0 and {last}, got {value}"
        ))
    };
    if options.reserved != 0 {
        return Err(unknown("reserved", options.reserved, 0));
    }
    Ok(CompareOptions {
        keys: match options.keys {
            0 => KeyMatching::AnyOrder,
            1 => KeyMatching::SameOrder,
            2 => KeyMatching::Ignored,
            other => return Err(unknown("keys", other, 2)),
        },
        samples: options.skip_samples == 0,
        components: options.skip_components == 0,
        properties: options.skip_properties == 0,
        gradients: match options.gradients {
            0 => usize::MAX,
            1 => 0,
            2 => 1,
            other => return Err(unknown("gradients", other, 2)),
        },
    })
}

/// A comparison where nothing is known yet.
fn empty(same: bool) -> mts_comparison_t {
    mts_comparison_t {
        size: size_of::<mts_comparison_t>(),
        same: i32::from(same),
        difference: 0,
        labels_difference: 0,
        reserved: 0,
        block: -1,
        other_block: -1,
        axis: -1,
        row: -1,
        gradient: std::ptr::null(),
        gradient_count: 0,
        message: std::ptr::null(),
        blocks_count: 0,
        blocks: std::ptr::null(),
        leaves_count: 0,
        leaves: std::ptr::null(),
        owner: Owner::new(()),
    }
}

fn give_comparison(comparison: Comparison) -> Result<*mut mts_comparison_t> {
    match comparison {
        Comparison::Same { blocks, leaves } => {
            let leaves = leaves.iter().map(|leaf| leaf.map_or(-1, to_i64)).collect();
            let storage = Storage {
                blocks,
                leaves,
                ..Storage::default()
            };
            Ok(give(mts_comparison_t {
                blocks_count: storage.blocks.len(),
                blocks: address(&storage.blocks),
                leaves_count: storage.leaves.len(),
                leaves: address(&storage.leaves),
                owner: Owner::new(storage),
                ..empty(true)
            }))
        }
        Comparison::Different(difference) => give_difference(&difference),
    }
}

/// Numbers of things in memory always fit.
fn to_i64(number: usize) -> i64 {
    number as i64
}

fn give_difference(difference: &Difference) -> Result<*mut mts_comparison_t> {
    let mut result = empty(false);
    let mut place = None;
    match difference {
        Difference::BlockCount { .. } => result.difference = 1,
        Difference::Keys(labels) => {
            result.difference = 2;
            (result.labels_difference, result.row) = describe(labels);
        }
        Difference::Labels {
            place: found,
            other_block,
            axis,
            difference,
            ..
        } => {
            result.difference = 3;
            (result.labels_difference, result.row) = describe(difference);
            result.axis = to_i64(*axis);
            place = Some((found, *other_block));
        }
        Difference::ComponentCount {
            place: found,
            other_block,
            ..
        } => {
            result.difference = 4;
            place = Some((found, *other_block));
        }
        Difference::Gradients {
            place: found,
            other_block,
            ..
        } => {
            result.difference = 5;
            place = Some((found, *other_block));
        }
        _ => {
            return Err(Error::Internal(format!(
                "there is no number for this difference: {difference}"
            )));
        }
    }

    let mut strings = CStrings::default();
    let mut storage = Storage::default();
    if let Some((Place { block, gradient }, other_block)) = place {
        result.block = block.map_or(-1, to_i64);
        result.other_block = block.map_or(-1, |_| to_i64(other_block));
        for parameter in gradient {
            storage.gradient.push(strings.intern(parameter)?);
        }
    }
    result.gradient = address(&storage.gradient);
    result.gradient_count = storage.gradient.len();
    result.message = strings.intern(&difference.to_string())?;
    storage._strings = strings;
    result.owner = Owner::new(storage);
    Ok(give(result))
}

/// Number of the difference, and the row.
fn describe(difference: &LabelsDifference) -> (i32, i64) {
    match difference {
        LabelsDifference::Names { .. } => (1, -1),
        LabelsDifference::Count { .. } => (2, -1),
        LabelsDifference::Device { .. } => (3, -1),
        LabelsDifference::Row { row, .. } => (4, to_i64(*row)),
        LabelsDifference::Missing { row, .. } => (5, to_i64(*row)),
        _ => (0, -1),
    }
}

/// Compare the metadata of two tensor maps: keys, then for each block samples, components,
/// properties, the parameters of gradients in any order, and the same for each of the
/// gradients. Values and global information are not compared.
///
/// A difference is not an error: it is part of the result.
///
/// @param first first map
/// @param second second map
/// @param options what to compare, NULL for everything
/// @returns the result, to be given to `mts_comparison_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_compare(
    first: In<mts_tensormap_t>,
    second: In<mts_tensormap_t>,
    options: OptIn<mts_compare_options_t>,
) -> *mut mts_comparison_t {
    guard("mts_tensormap_compare", || {
        let (first, second) = (first.get("first")?, second.get("second")?);
        give_comparison(first.compare(second, &read_options(options)?)?)
    })
}

/// Compare the metadata of two blocks, as `mts_tensormap_compare` for the blocks of maps.
///
/// @param first first block
/// @param second second block
/// @param options what to compare, NULL for everything
/// @returns the result, to be given to `mts_comparison_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_block_compare(
    first: In<mts_block_t>,
    second: In<mts_block_t>,
    options: OptIn<mts_compare_options_t>,
) -> *mut mts_comparison_t {
    guard("mts_block_compare", || {
        let (first, second) = (first.get("first")?, second.get("second")?);
        give_comparison(first.compare(second, &read_options(options)?)?)
    })
}

/// Free the result of a comparison.
///
/// @param comparison comparison to free, can be NULL
#[unsafe(no_mangle)]
pub extern "C" fn mts_comparison_free(mut comparison: Freed<mts_comparison_t>) -> mts_status_t {
    guard("mts_comparison_free", || {
        comparison.free();
        Ok(())
    })
}
