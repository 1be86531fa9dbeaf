//! The array used by the tests.

use std::any::Any;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use metatensor_core::array::{
    Array, DType, DTypeCode, DataMovement, DataOrigin, Device, HostTensor, LabelsArray, origin,
};
use metatensor_core::{Error, Result};

use super::{indices, offset};

/// Numbers which can be elements of [`TestArray`].
pub trait Element: Copy + PartialEq + Debug + Send + Sync + 'static {
    const DTYPE: DType;
    fn bytes(values: &[Self]) -> Vec<u8>;
    fn as_i32(values: &[Self]) -> Option<&[i32]>;
    fn from_i32(values: &[i32]) -> Vec<Self>;
}

macro_rules! element {
    ($type: ty, $dtype: expr, $as_i32: expr) => {
        impl Element for $type {
            const DTYPE: DType = $dtype;

            fn bytes(values: &[Self]) -> Vec<u8> {
                values
                    .iter()
                    .flat_map(|value| value.to_ne_bytes())
                    .collect()
            }

            fn as_i32(values: &[Self]) -> Option<&[i32]> {
                $as_i32(values)
            }

            fn from_i32(values: &[i32]) -> Vec<Self> {
                values.iter().map(|&value| value as $type).collect()
            }
        }
    };
}

element!(f64, DType::F64, |_| None);
element!(f32, DType::new(DTypeCode::FLOAT, 32), |_| None);
element!(i32, DType::I32, Some);

/// What several arrays share: the list of calls, and which call should fail.
#[derive(Debug, Default)]
pub struct Log {
    calls: Mutex<Vec<String>>,
    fail: Mutex<Option<&'static str>>,
}

impl Log {
    /// All calls since the last time, in order.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    /// From now on, calls of this function fail.
    pub fn fail(&self, function: &'static str) {
        *self.fail.lock().unwrap() = Some(function);
    }

    fn call(&self, function: &'static str, details: &str) -> Result<()> {
        self.calls
            .lock()
            .unwrap()
            .push(format!("{function}{details}"));
        match *self.fail.lock().unwrap() {
            Some(fails) if fails == function => Err(Error::Callback { function }),
            _ => Ok(()),
        }
    }
}

/// Row-major array in memory.
#[derive(Debug, Clone)]
pub struct TestArray<T> {
    pub shape: Vec<usize>,
    pub data: Arc<Vec<T>>,
    pub device: Device,
    pub origin: DataOrigin,
    /// Export the data as if it was not stored in row-major order.
    pub strided: bool,
    pub log: Arc<Log>,
}

impl<T: Element> TestArray<T> {
    pub fn new(shape: &[usize], data: Vec<T>) -> TestArray<T> {
        assert_eq!(shape.iter().product::<usize>(), data.len());
        TestArray {
            shape: shape.to_vec(),
            data: Arc::new(data),
            device: Device::CPU,
            origin: origin::register("TestArray"),
            strided: false,
            log: Arc::default(),
        }
    }

    pub fn on(self, device: Device) -> TestArray<T> {
        TestArray { device, ..self }
    }

    pub fn logged(self, log: &Arc<Log>) -> TestArray<T> {
        TestArray {
            log: Arc::clone(log),
            ..self
        }
    }

    pub fn with_origin(self, name: &str) -> TestArray<T> {
        TestArray {
            origin: origin::register(name),
            ..self
        }
    }

    pub fn strided(self) -> TestArray<T> {
        TestArray {
            strided: true,
            ..self
        }
    }

    pub fn boxed(self) -> Box<dyn Array> {
        Box::new(self)
    }

    fn with(&self, shape: Vec<usize>, data: Vec<T>) -> TestArray<T> {
        TestArray {
            shape,
            data: Arc::new(data),
            ..self.clone()
        }
    }
}

impl<T: Element> Array for TestArray<T> {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn origin(&self) -> Result<DataOrigin> {
        self.log.call("origin", "")?;
        Ok(self.origin)
    }

    fn device(&self) -> Result<Device> {
        self.log.call("device", "")?;
        Ok(self.device)
    }

    fn dtype(&self) -> Result<DType> {
        self.log.call("dtype", "")?;
        Ok(T::DTYPE)
    }

    fn shape(&self) -> Result<Vec<usize>> {
        self.log.call("shape", "")?;
        Ok(self.shape.clone())
    }

    fn reshape(&mut self, shape: &[usize]) -> Result<()> {
        self.log.call("reshape", &format!("{shape:?}"))?;
        assert_eq!(shape.iter().product::<usize>(), self.data.len());
        self.shape = shape.to_vec();
        Ok(())
    }

    fn swap_axes(&mut self, axis_1: usize, axis_2: usize) -> Result<()> {
        self.log
            .call("swap_axes", &format!("({axis_1}, {axis_2})"))?;
        let old = self.clone();
        self.shape.swap(axis_1, axis_2);
        let data = indices(&self.shape).map(|mut index| {
            index.swap(axis_1, axis_2);
            old.data[offset(&old.shape, &index)]
        });
        self.data = Arc::new(data.collect());
        Ok(())
    }

    fn create(&self, shape: &[usize], fill_value: &dyn Array) -> Result<Box<dyn Array>> {
        self.log.call("create", &format!("{shape:?}"))?;
        let fill = fill_value.as_any().downcast_ref::<TestArray<T>>().unwrap();
        assert!(fill.shape.is_empty());
        let data = vec![fill.data[0]; shape.iter().product()];
        Ok(self.with(shape.to_vec(), data).boxed())
    }

    fn copy(&self, device: Device) -> Result<Box<dyn Array>> {
        self.log.call("copy", &format!("({device})"))?;
        Ok(self
            .with(self.shape.clone(), self.data.to_vec())
            .on(device)
            .boxed())
    }

    fn move_data(&mut self, input: &dyn Array, movements: &[DataMovement]) -> Result<()> {
        self.log
            .call("move_data", &format!("[{}]", movements.len()))?;
        let input = input.as_any().downcast_ref::<TestArray<T>>().unwrap();
        let (last_in, last_out) = (input.shape.len() - 1, self.shape.len() - 1);
        let components = &self.shape[1..last_out];
        assert_eq!(components, &input.shape[1..last_in]);
        let components = components.iter().product::<usize>();
        let (properties_in, properties_out) = (input.shape[last_in], self.shape[last_out]);
        let data = Arc::make_mut(&mut self.data);
        for movement in movements {
            assert!(movement.sample_in < input.shape[0] && movement.sample_out < self.shape[0]);
            assert!(movement.properties_start_in + movement.properties_length <= properties_in);
            assert!(movement.properties_start_out + movement.properties_length <= properties_out);
            for component in 0..components {
                for i in 0..movement.properties_length {
                    let row_in = movement.sample_in * components + component;
                    let row_out = movement.sample_out * components + component;
                    data[row_out * properties_out + movement.properties_start_out + i] =
                        input.data[row_in * properties_in + movement.properties_start_in + i];
                }
            }
        }
        Ok(())
    }

    fn to_host(&self) -> Result<Box<dyn HostTensor>> {
        self.log.call("to_host", "")?;
        Ok(Box::new(TestHost {
            array: self.clone(),
            bytes: T::bytes(&self.data),
        }))
    }

    fn from_host_i32(&self, values: LabelsArray) -> Result<Box<dyn Array>> {
        self.log
            .call("from_host_i32", &format!("{:?}", values.buffer().shape()))?;
        let shape = values.buffer().shape().to_vec();
        Ok(self
            .with(shape, T::from_i32(values.values()))
            .on(Device::CPU)
            .boxed())
    }
}

#[derive(Debug)]
struct TestHost<T> {
    array: TestArray<T>,
    bytes: Vec<u8>,
}

impl<T: Element> HostTensor for TestHost<T> {
    fn dtype(&self) -> DType {
        T::DTYPE
    }

    fn shape(&self) -> &[usize] {
        &self.array.shape
    }

    fn contiguous(&self) -> Option<&[u8]> {
        (!self.array.strided).then_some(&self.bytes[..])
    }

    fn contiguous_i32(&self) -> Option<&[i32]> {
        T::as_i32(&self.array.data).filter(|_| !self.array.strided)
    }

    fn contiguous_mut(&mut self) -> Option<&mut [u8]> {
        None
    }

    fn read_into(&self, output: &mut [u8]) {
        output.copy_from_slice(&self.bytes);
    }
}
