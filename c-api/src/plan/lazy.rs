//! Maps whose blocks are made when somebody first looks at one of them.

use std::any::Any;
use std::ffi::c_void;

use metatensor_core::array::Array;
use metatensor_core::{LazyArrays, Result, TensorMap};

use super::metadata::mts_metadata_t;
use crate::array::{ForeignArray, mts_array_t};
use crate::error;
use crate::guard::guard;
use crate::handle::{In, Out, give, null};
use crate::status::mts_status_t;
use crate::tensor::mts_tensormap_t;

/// Function making the arrays of a lazy tensor map from the `ptr` of its `leaves`: set all
/// `arrays` (zero-filled before the call), one for each leaf. It is called when somebody first
/// looks at one of the blocks, in any thread, and never again once it succeeded. The library
/// takes the arrays which were set, also if the function fails.
pub type mts_make_arrays_callback_t = Option<
    unsafe extern "C" fn(
        leaves: *const c_void,
        arrays: *mut mts_array_t,
        arrays_count: usize,
    ) -> mts_status_t,
>;

/// The function, once it is known to be there.
type MakeArrays = unsafe extern "C" fn(*const c_void, *mut mts_array_t, usize) -> mts_status_t;

/// Arrays made by the caller.
#[derive(Debug)]
struct CallerArrays {
    leaves: ForeignArray,
    make: MakeArrays,
    count: usize,
}

impl LazyArrays for CallerArrays {
    fn make(&self) -> Result<Vec<Box<dyn Array>>> {
        let mut arrays = vec![mts_array_t::null(); self.count];
        let made = error::call("make_arrays", || {
            // SAFETY: called as its contract says
            unsafe { (self.make)(self.leaves.view().ptr, arrays.as_mut_ptr(), self.count) }
        });
        let arrays = arrays.into_iter().map(ForeignArray::new);
        let arrays = arrays.map(|array| Box::new(array) as Box<dyn Array>);
        let arrays = arrays.collect::<Vec<_>>();
        made.map(|()| arrays)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Create a tensor map from metadata, whose arrays and blocks are only made if somebody looks
/// at one of the blocks.
///
/// Whoever calls this makes sure that the arrays fit: they must have the shape given by the
/// labels and be on their device, and all have the same origin and dtype. Functions which look
/// at a block fail otherwise.
///
/// @param metadata metadata of the map, as the result of a plan
/// @param leaves what the arrays are made of, taken by the library in all cases. Only its
///        functions `destroy`, called with the map, is used
/// @param make_arrays function making the arrays
/// @returns a new map to be given to `mts_tensormap_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_metadata_with_lazy_arrays(
    metadata: In<mts_metadata_t>,
    leaves: mts_array_t,
    make_arrays: mts_make_arrays_callback_t,
) -> *mut mts_tensormap_t {
    guard("mts_metadata_with_lazy_arrays", || {
        let leaves = ForeignArray::new(leaves);
        let metadata = metadata.get("metadata")?.metadata()?;
        let arrays = CallerArrays {
            leaves,
            make: make_arrays.ok_or_else(|| null("make_arrays"))?,
            count: metadata.leaves().len(),
        };
        Ok(give(TensorMap::lazy(metadata.clone(), Box::new(arrays))))
    })
}

/// Get what the arrays of a lazy tensor map are made of.
///
/// @param tensor map to read
/// @param make_arrays function making the arrays
/// @param leaves set to the `ptr` of the `leaves` of the map, which is valid as long as the map;
///        to NULL if the arrays were already made, are made by another function, or if
///        this is not a lazy map
#[unsafe(no_mangle)]
pub extern "C" fn mts_tensormap_lazy_leaves(
    tensor: In<mts_tensormap_t>,
    make_arrays: mts_make_arrays_callback_t,
    leaves: Out<*const c_void>,
) -> mts_status_t {
    guard("mts_tensormap_lazy_leaves", || {
        let tensor = tensor.get("tensor")?;
        let make = make_arrays.ok_or_else(|| null("make_arrays"))?;
        let slot = leaves.check("leaves")?;
        let lazy = tensor.lazy_arrays();
        let arrays = lazy.and_then(|(_, arrays)| arrays.as_any().downcast_ref::<CallerArrays>());
        let ours = arrays.filter(|arrays| std::ptr::fn_addr_eq(arrays.make, make));
        let pointer = ours.map_or(std::ptr::null(), |arrays| {
            arrays.leaves.view().ptr.cast_const()
        });
        slot.set(pointer);
        Ok(())
    })
}
