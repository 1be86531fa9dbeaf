//! Arrays for what is loaded with options.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use metatensor_core::Result;
use metatensor_core::array::{Array, DType};
use metatensor_core::io::{Input, LoadOptions, MakeArrays};

use super::create::{Creator, mts_create_array_callback_t};
use super::mapping::Mapping;
use super::options::mts_load_options_t;
use crate::native::NativeArray;

/// Makes arrays with the callback of the caller, or arrays of our own.
pub enum Maker {
    /// With the callback.
    Callback(Creator),
    /// In memory of their own.
    Native,
    /// In the memory of a file if possible.
    Mapped(Arc<Mapping>),
}

impl Maker {
    /// Use the callback if there is one.
    pub fn new(create_array: mts_create_array_callback_t) -> Maker {
        Creator::new(create_array).map_or(Maker::Native, Maker::Callback)
    }
}

impl MakeArrays for Maker {
    fn create(&mut self, shape: &[usize], dtype: DType) -> Result<Box<dyn Array>> {
        match self {
            Maker::Callback(creator) => creator.create(shape, dtype),
            Maker::Native | Maker::Mapped(_) => NativeArray::empty(shape, dtype).map(Into::into),
        }
    }

    fn map(
        &mut self,
        shape: &[usize],
        dtype: DType,
        bytes: Range<u64>,
    ) -> Result<Option<Box<dyn Array>>> {
        let Maker::Mapped(mapping) = self else {
            return Ok(None);
        };
        let array = NativeArray::of_mapping(mapping, &bytes, shape, dtype)?;
        Ok(array.map(Into::into))
    }
}

/// Load a file, maybe by mapping it in memory.
pub fn load_path<T>(
    path: &Path,
    options: &mts_load_options_t,
    create_array: mts_create_array_callback_t,
    load: impl FnOnce(Input, &LoadOptions, &mut dyn MakeArrays) -> Result<T>,
) -> Result<T> {
    let checked = options.check()?;
    if options.mmap == 0 {
        return load(Input::Path(path), &checked, &mut Maker::new(create_array));
    }
    let mapping = Arc::new(Mapping::new(path)?);
    let input = Input::Mapped(path, mapping.bytes());
    load(input, &checked, &mut Maker::Mapped(Arc::clone(&mapping)))
}
