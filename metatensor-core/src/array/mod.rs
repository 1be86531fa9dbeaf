//! What the core knows of data: the [`Array`] trait.
//!
//! Values of labels and blocks live in arrays owned by somebody else (numpy,
//! torch, a C++ program, …). The core only asks the questions below.

mod dtype;
mod known;
mod labels_array;
mod leaf;
mod meta;
pub mod origin;

use std::any::Any;
use std::fmt::Debug;

pub use self::dtype::{DType, DTypeCode, Device, DeviceType};
pub(crate) use self::known::{Known, ask_once};
pub use self::labels_array::{LabelsArray, LabelsBuffer};
pub(crate) use self::leaf::Leaf;
pub use self::meta::MetaArray;
use crate::Result;

/// Identifier of an array implementation; arrays of the same origin can
/// exchange data through [`Array::move_data`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DataOrigin(pub u64);

/// One run of values to copy from an input array to an output array:
/// `output[sample_out, …, properties_start_out + x] = input[sample_in, …, properties_start_in + x]`
/// for `x < properties_length` and all components.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C)]
pub struct DataMovement {
    /// Row of the input to read.
    pub sample_in: usize,
    /// Row of the output to write.
    pub sample_out: usize,
    /// First property of the input to read.
    pub properties_start_in: usize,
    /// First property of the output to write.
    pub properties_start_out: usize,
    /// How many consecutive properties to copy.
    pub properties_length: usize,
}

/// An n-dimensional array, whatever holds its data.
///
/// Implementations can fail for reasons of their own; these failures are
/// [`Error::Callback`](crate::Error::Callback) and pass through the core untouched.
pub trait Array: Debug + Send + Sync {
    /// Access to the concrete type, for bindings.
    fn as_any(&self) -> &dyn Any;
    /// Mutable access to the concrete type, for bindings.
    fn as_any_mut(&mut self) -> &mut dyn Any;

    /// Which implementation holds the data.
    fn origin(&self) -> Result<DataOrigin>;
    /// Where the data lives; never reads the data.
    fn device(&self) -> Result<Device>;
    /// Type of one element; never reads the data.
    fn dtype(&self) -> Result<DType>;
    /// Current shape, empty for a scalar.
    fn shape(&self) -> Result<Vec<usize>>;
    /// Call a function with the current shape. Implementations may do this without
    /// copying the shape.
    fn with_shape(&self, function: &mut dyn FnMut(&[usize])) -> Result<()> {
        function(&self.shape()?);
        Ok(())
    }
    /// Change the shape, keeping the elements in row-major order.
    fn reshape(&mut self, shape: &[usize]) -> Result<()>;
    /// Exchange two axes; the data follows.
    fn swap_axes(&mut self, axis_1: usize, axis_2: usize) -> Result<()>;
    /// New array of the same origin, dtype and device, filled with a scalar.
    fn create(&self, shape: &[usize], fill_value: &dyn Array) -> Result<Box<dyn Array>>;
    /// Deep copy on the given device.
    fn copy(&self, device: Device) -> Result<Box<dyn Array>>;
    /// Deep copy on the given device, with pairs of axes exchanged one after the
    /// other, and then another shape. Implementations may do this in a single copy.
    fn copy_rearranged(
        &self,
        device: Device,
        swaps: &[(usize, usize)],
        shape: &[usize],
    ) -> Result<Box<dyn Array>> {
        copy_then_rearrange(self, device, swaps, shape)
    }
    /// Copy parts of `input`, of the same origin, into this array.
    fn move_data(&mut self, input: &dyn Array, movements: &[DataMovement]) -> Result<()>;
    /// The data in host memory, copied there if it lives elsewhere.
    fn to_host(&self) -> Result<Box<dyn HostTensor>>;
    /// Same as [`Array::to_host`] for the values of labels: 32-bit integers of this shape
    /// which are read again and again. `None` if the array keeps them, then
    /// [`Array::exported_rows`] gives them from now on, as long as it is not changed.
    fn export_rows(&self, shape: [usize; 2]) -> Result<Option<Box<dyn HostTensor>>> {
        let _ = shape;
        self.to_host().map(Some)
    }
    /// Row-major values kept by [`Array::export_rows`], in the same memory at every call.
    fn exported_rows(&self) -> &[i32] {
        &[]
    }
    /// New array of the same origin, on the CPU, holding these 32-bit integers.
    /// The buffer is shared: an implementation may keep it instead of copying,
    /// but must then never write to it.
    #[expect(
        clippy::wrong_self_convention,
        reason = "`self` tells the kind of array to make"
    )]
    fn from_host_i32(&self, values: LabelsArray) -> Result<Box<dyn Array>>;
}

/// [`Array::copy_rearranged`] in terms of the other functions.
pub fn copy_then_rearrange(
    array: &(impl Array + ?Sized),
    device: Device,
    swaps: &[(usize, usize)],
    shape: &[usize],
) -> Result<Box<dyn Array>> {
    let mut copy = array.copy(device)?;
    for (axis_1, axis_2) in swaps {
        copy.swap_axes(*axis_1, *axis_2)?;
    }
    copy.reshape(shape)?;
    Ok(copy)
}

/// A dense tensor in host memory, exported by an [`Array`]. Keeps its memory
/// alive, and gives the same memory and shape at every call.
pub trait HostTensor: Debug + Send + Sync {
    /// Type of one element.
    fn dtype(&self) -> DType;
    /// Shape, empty for a scalar.
    fn shape(&self) -> &[usize];
    /// The elements in row-major order if they are stored so, in native byte
    /// order; `None` for other strides (then use [`HostTensor::read_into`]).
    fn contiguous(&self) -> Option<&[u8]>;
    /// Same as [`HostTensor::contiguous`] for `i32` elements; also `None` if
    /// the dtype differs or the memory is not aligned for `i32`.
    fn contiguous_i32(&self) -> Option<&[i32]>;
    /// Writable row-major memory of the array itself, or `None` if it is
    /// read-only or not contiguous. Used to fill arrays when loading files.
    fn contiguous_mut(&mut self) -> Option<&mut [u8]>;
    /// Copy all elements into `output`, in row-major order, whatever the
    /// strides. `output` must have exactly the size of the data in bytes.
    fn read_into(&self, output: &mut [u8]);
}
