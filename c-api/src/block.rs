//! `mts_block_t` and its functions.

use std::ffi::c_char;

use metatensor_core::{Error, TensorBlock};

use crate::array::{ForeignArray, mts_array_t, view};
use crate::dlpack::{DLDataType, DLDevice};
use crate::guard::guard;
use crate::handle::{Freed, In, InArray, InOut, Out, Taken, Text, give, give_shared, lend};
use crate::labels::mts_labels_t;
use crate::status::mts_status_t;
use crate::strings::c_strings;

/// An array together with the labels of each of its axes, and its gradients.
/// Functions taking a `const` block can run concurrently, other functions
/// require exclusive access to the block and its parents.
pub type mts_block_t = TensorBlock;

/// Create a block from an array and the labels of its axes. The library takes its
/// own references to the labels, the caller still owns its references.
///
/// @param data values of the block, always taken by the library
/// @param samples labels of the first axis
/// @param components labels of the axes between the first and last ones, each
///        with one dimension. Can be NULL if `components_count` is 0
/// @param components_count number of components
/// @param properties labels of the last axis
/// @returns a new block to be given to `mts_block_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_block(
    data: mts_array_t,
    samples: In<mts_labels_t>,
    components: InArray<In<mts_labels_t>>,
    components_count: usize,
    properties: In<mts_labels_t>,
) -> *mut mts_block_t {
    guard("mts_block", || {
        let data = ForeignArray::new(data);
        let samples = samples.share("samples")?;
        let components = components.share(components_count, "components")?;
        let properties = properties.share("properties")?;
        Ok(give(TensorBlock::new(
            Box::new(data),
            samples,
            components,
            properties,
        )?))
    })
}

/// Free a block, its gradients and its arrays. This must not be called on blocks
/// belonging to a tensor map or another block.
///
/// @param block block to free, can be NULL
#[unsafe(no_mangle)]
pub extern "C" fn mts_block_free(mut block: Freed<mts_block_t>) -> mts_status_t {
    guard("mts_block_free", || {
        block.free();
        Ok(())
    })
}

/// Make a deep copy of a block, sharing its labels.
///
/// @param block block to copy
/// @returns a new block to be given to `mts_block_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_block_copy(block: In<mts_block_t>) -> *mut mts_block_t {
    guard("mts_block_copy", || Ok(give(block.get("block")?.copy()?)))
}

/// Get the labels of one axis of a block.
///
/// @param block block to read
/// @param axis index of the axis: 0 for samples, then one for each component, and
///        the last one for properties
/// @returns a new reference to be given to `mts_labels_free`, or NULL on error
#[unsafe(no_mangle)]
pub extern "C" fn mts_block_labels(block: In<mts_block_t>, axis: usize) -> *const mts_labels_t {
    guard("mts_block_labels", || {
        let labels = block.get("block")?.labels(axis)?;
        Ok(give_shared(labels.clone()))
    })
}

/// Get one of the gradients of a block.
///
/// @param block block to read
/// @param parameter name of the gradient, in UTF-8
/// @param gradient set to the gradient, which belongs to the block and is valid
///        as long as the block
#[unsafe(no_mangle)]
pub extern "C" fn mts_block_gradient(
    block: InOut<mts_block_t>,
    parameter: Text,
    gradient: Out<*mut mts_block_t>,
) -> mts_status_t {
    guard("mts_block_gradient", || {
        let block = block.get("block")?;
        let parameter = parameter.get("parameter")?;
        let gradient_slot = gradient.check("gradient")?;
        gradient_slot.set(lend(block.gradient(parameter)?));
        Ok(())
    })
}

/// Get the values of a block.
///
/// @param block block to read
/// @param data set to a view of the values, valid as long as the block
#[unsafe(no_mangle)]
pub extern "C" fn mts_block_data(
    block: InOut<mts_block_t>,
    data: Out<mts_array_t>,
) -> mts_status_t {
    guard("mts_block_data", || {
        let block = block.get("block")?;
        let data_slot = data.check("data")?;
        data_slot.set(view(block.values())?);
        Ok(())
    })
}

/// Add a gradient to a block.
///
/// @param block block receiving the gradient
/// @param parameter name of the gradient, in UTF-8, copied
/// @param gradient values and labels of the gradient. Taken by the library, also
///        if the gradient does not match the block; but not if one of the
///        parameters is NULL or `parameter` is not UTF-8
#[unsafe(no_mangle)]
pub extern "C" fn mts_block_add_gradient(
    mut block: InOut<mts_block_t>,
    parameter: Text,
    mut gradient: Taken<mts_block_t>,
) -> mts_status_t {
    guard("mts_block_add_gradient", || {
        let same = std::ptr::eq(block.address(), gradient.check("gradient")?);
        let block = block.get_mut("block")?;
        let parameter = parameter.get("parameter")?;
        if same {
            return Err(Error::InvalidParameter(
                "a block can not be its own gradient".into(),
            ));
        }
        block.add_gradient(parameter, gradient.take("gradient")?)
    })
}

/// Get the names of the gradients of a block, in the order they were added.
///
/// @param block block to read
/// @param parameters set to an array of C strings which belongs to the block, and
///        is valid until a gradient is added. NULL if there are no gradients
/// @param parameters_count set to the number of gradients
#[unsafe(no_mangle)]
pub extern "C" fn mts_block_gradients_list(
    block: In<mts_block_t>,
    parameters: Out<*const *const c_char>,
    parameters_count: Out<usize>,
) -> mts_status_t {
    guard("mts_block_gradients_list", || {
        let block = block.get("block")?;
        let parameters_slot = parameters.check("parameters")?;
        let count_slot = parameters_count.check("parameters_count")?;

        let parameters = block.gradients().map(|(parameter, _)| parameter);
        let (parameters, count) = c_strings(block.attachment(), parameters)?;
        parameters_slot.set(parameters);
        count_slot.set(count);
        Ok(())
    })
}

/// Get the device of the values of a block.
///
/// @param block block to read
/// @param device set to the device
#[unsafe(no_mangle)]
pub extern "C" fn mts_block_device(block: In<mts_block_t>, device: Out<DLDevice>) -> mts_status_t {
    guard("mts_block_device", || {
        let block = block.get("block")?;
        let device_slot = device.check("device")?;
        device_slot.set(block.device()?.into());
        Ok(())
    })
}

/// Get the type of the values of a block.
///
/// @param block block to read
/// @param dtype set to the type of the values
#[unsafe(no_mangle)]
pub extern "C" fn mts_block_dtype(block: In<mts_block_t>, dtype: Out<DLDataType>) -> mts_status_t {
    guard("mts_block_dtype", || {
        let block = block.get("block")?;
        let dtype_slot = dtype.check("dtype")?;
        dtype_slot.set(block.dtype()?.into());
        Ok(())
    })
}
