//! Random tensor maps, and what they are equal to.

use std::sync::Arc;

use metatensor_core::array::{DType, DTypeCode};
use metatensor_core::{Labels, TensorBlock, TensorMap};
use proptest::prelude::*;

use crate::bytes_array::{BytesArray, bytes};

/// Element types which every implementation can store.
pub const PLAIN: [DType; 5] = [
    DType::F64,
    DType::I32,
    DType::new(DTypeCode::UINT, 8),
    DType::new(DTypeCode::COMPLEX, 128),
    DType::new(DTypeCode::BOOL, 8),
];
/// Element types of the extension.
pub const EXTENDED: [DType; 3] = [
    DType::new(DTypeCode::BFLOAT, 16),
    DType::new(DTypeCode::COMPLEX, 32),
    DType::new(DTypeCode(10), 8),
];

/// What differs between blocks of a map.
#[derive(Debug, Clone)]
pub struct BlockShape {
    samples: usize,
    components: Vec<usize>,
    properties: usize,
    gradient_rows: Vec<usize>,
}

/// How to make a map.
#[derive(Debug, Clone)]
pub struct MapShape {
    dtype: DType,
    blocks: Vec<BlockShape>,
    /// Gradients of gradients.
    nested: bool,
    info: bool,
    seed: u64,
}

fn block_shape(components: usize, gradients: usize) -> impl Strategy<Value = BlockShape> {
    (
        0..7_usize,
        proptest::collection::vec(1..3_usize, components),
        0..4_usize,
        proptest::collection::vec(0..6_usize, gradients),
    )
        .prop_map(
            |(samples, components, properties, gradient_rows)| BlockShape {
                samples,
                components,
                properties,
                gradient_rows,
            },
        )
}

/// Any small map of one of these types.
pub fn any_map(dtypes: &'static [DType]) -> impl Strategy<Value = MapShape> {
    let blocks = (0..3_usize, 0..3_usize).prop_flat_map(|(components, gradients)| {
        proptest::collection::vec(block_shape(components, gradients), 0..5)
    });
    let dtype = proptest::sample::select(dtypes);
    (dtype, blocks, any::<(bool, bool, u64)>()).prop_map(|(dtype, blocks, (nested, info, seed))| {
        MapShape {
            dtype,
            blocks,
            nested,
            info,
            seed,
        }
    })
}

/// Small reproducible random numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % limit as u64) as usize
    }

    /// Distinct numbers below `limit`, in any order.
    fn distinct(&mut self, count: usize, limit: usize) -> Vec<i32> {
        let mut numbers = (0..limit as i32).collect::<Vec<_>>();
        for i in 0..count {
            let other = i + self.below(limit - i);
            numbers.swap(i, other);
        }
        numbers.truncate(count);
        numbers
    }
}

fn range(name: &str, count: usize) -> Arc<Labels> {
    Labels::from_vec(&[name], (0..count as i32).collect()).expect("distinct rows")
}

impl MapShape {
    /// Make the map. Samples are called `s` and `t`, with `s` below 4.
    pub fn make(&self) -> TensorMap {
        let mut random = Random(self.seed);
        let keys = random.distinct(self.blocks.len(), 9);
        let keys = keys.iter().flat_map(|key| [*key, key / 2]).collect();
        let keys = Labels::from_vec(&["k", "half"], keys).expect("distinct rows");
        let blocks = self.blocks.iter().map(|shape| {
            let samples = random.distinct(shape.samples, 12);
            let samples = samples.iter().flat_map(|n| [n % 4, n / 4]).collect();
            let samples = Labels::from_vec(&["s", "t"], samples).expect("distinct rows");
            Box::new(self.make_block(shape, samples, &mut random))
        });
        let blocks = blocks.collect();
        let mut map = TensorMap::new(keys, blocks).expect("valid map");
        if self.info {
            map.set_info("some", "info").expect("valid");
        }
        map
    }

    fn make_block(
        &self,
        shape: &BlockShape,
        samples: Arc<Labels>,
        random: &mut Random,
    ) -> TensorBlock {
        let mut components = Vec::new();
        for (i, size) in shape.components.iter().enumerate() {
            components.push(range(&format!("c{i}"), *size));
        }
        let properties = range("p", shape.properties);
        let mut block = self.values(samples, components, &properties, random);
        for (i, rows) in shape.gradient_rows.iter().enumerate() {
            let mut gradient = self.gradient(&block, *rows, random);
            if self.nested && i == 0 {
                let second = self.gradient(&gradient, 3, random);
                gradient.add_gradient("second", second).expect("valid");
            }
            block
                .add_gradient(["g", "other"][i], gradient)
                .expect("valid");
        }
        block
    }

    /// Gradient with these rows, or none for blocks without samples.
    fn gradient(&self, block: &TensorBlock, rows: usize, random: &mut Random) -> TensorBlock {
        let count = block.samples().count();
        let rows = random.distinct(rows.min(count * 3), count * 3);
        let rows = rows.iter().flat_map(|n| [n / 3, n % 3]).collect();
        let samples = Labels::from_vec(&["sample", "x"], rows).expect("distinct rows");
        let mut components = block.components().to_vec();
        if components.iter().all(|labels| labels.names()[0] != "xyz") {
            components.insert(0, range("xyz", 3));
        }
        self.values(samples, components, block.properties(), random)
    }

    fn values(
        &self,
        samples: Arc<Labels>,
        components: Vec<Arc<Labels>>,
        properties: &Arc<Labels>,
        random: &mut Random,
    ) -> TensorBlock {
        let mut shape = vec![samples.count()];
        shape.extend(components.iter().map(|labels| labels.count()));
        shape.push(properties.count());
        let array = BytesArray::zeros(self.dtype, &shape);
        let limit = if self.dtype.code == DTypeCode::BOOL {
            2
        } else {
            256
        };
        for byte in array.data.lock().expect("no panic").iter_mut() {
            *byte = random.below(limit) as u8;
        }
        TensorBlock::new(Box::new(array), samples, components, Arc::clone(properties))
            .expect("valid block")
    }
}

#[track_caller]
fn assert_same_labels(actual: &Labels, expected: &Labels) {
    assert_eq!(actual.names(), expected.names());
    assert!(actual.equals(expected).expect("on CPU"));
}

/// Check that blocks have the same labels, types, shapes and gradients; and the
/// same values if they were loaded.
#[track_caller]
pub fn assert_same_blocks(actual: &TensorBlock, expected: &TensorBlock) {
    assert_same_labels(actual.samples(), expected.samples());
    assert_same_labels(actual.properties(), expected.properties());
    assert_eq!(actual.components().len(), expected.components().len());
    for (actual, expected) in actual.components().iter().zip(expected.components()) {
        assert_same_labels(actual, expected);
    }
    let dtypes = (actual.dtype(), expected.dtype());
    assert_eq!(dtypes.0.expect("known"), dtypes.1.expect("known"));
    let shapes = (actual.values().shape(), expected.values().shape());
    assert_eq!(shapes.0.expect("known"), shapes.1.expect("known"));
    if !actual.device().expect("known").has_no_data() {
        assert_eq!(bytes(actual), bytes(expected));
    }
    assert_eq!(actual.gradients().len(), expected.gradients().len());
    for (parameter, expected) in expected.gradients() {
        assert_same_blocks(actual.gradient(parameter).expect("there"), expected);
    }
}

/// Same as [`assert_same_blocks`] for all blocks of a map.
#[track_caller]
pub fn assert_same_maps(actual: &TensorMap, expected: &TensorMap) {
    assert_same_labels(actual.keys(), expected.keys());
    assert_eq!(actual.blocks().len(), expected.blocks().len());
    for (actual, expected) in actual.blocks().iter().zip(expected.blocks()) {
        assert_same_blocks(actual, expected);
    }
    assert!(actual.info_iter().eq(expected.info_iter()));
}
