//! Maps of any kind: several blocks, gradients of gradients, labels which are shared
//! or only equal.

use std::sync::Arc;

use metatensor_core::{Labels, TensorBlock, TensorMap};

use super::{block, column, labels};

/// Small source of numbers which only depend on the seed.
pub struct Numbers(u64);

impl Numbers {
    pub fn new(seed: u64) -> Numbers {
        Numbers(seed)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

/// What all blocks of a map have in common.
struct Kind {
    components: usize,
    /// Parameters, each with the ones of its own gradients.
    gradients: Vec<(&'static str, Vec<&'static str>)>,
}

/// Any map; everything is decided by `seed`.
pub fn any_map(seed: u64) -> TensorMap {
    let mut numbers = Numbers::new(seed);
    let mut keys = (0..4)
        .flat_map(|k| (0..3).map(move |l| [k, l - 1]))
        .collect::<Vec<_>>();
    numbers.shuffle(&mut keys);
    keys.truncate(numbers.below(7));
    let mut gradients = vec![("g", vec!["g", "x"]), ("h", vec!["y"]), ("i", vec![])];
    numbers.shuffle(&mut gradients);
    gradients.truncate(numbers.below(4));
    for (_, inner) in &mut gradients {
        inner.truncate(numbers.below(3));
    }
    let kind = Kind {
        components: numbers.below(3),
        gradients,
    };
    let mut pool = Pool::new(&mut numbers);
    let blocks = keys
        .iter()
        .map(|_| Box::new(any_block(&kind, &mut pool, &mut numbers)));
    let blocks = blocks.collect();
    let mut tensor = TensorMap::new(labels(["k", "l"], &keys), blocks).unwrap();
    if numbers.below(2) == 0 {
        tensor.set_info("some", "thing").unwrap();
    }
    tensor
}

/// Labels to choose from.
struct Pool {
    samples: Vec<Arc<Labels>>,
    properties: Vec<Arc<Labels>>,
    components: Vec<Vec<Arc<Labels>>>,
    next_value: f64,
}

impl Pool {
    fn new(numbers: &mut Numbers) -> Pool {
        let mut rows = |most: usize| {
            let mut rows = (0..6).collect::<Vec<i32>>();
            numbers.shuffle(&mut rows);
            rows.truncate(numbers.below(most + 1));
            rows
        };
        let samples = (0..3).map(|_| rows(5)).collect::<Vec<_>>();
        let properties = (0..2).map(|_| rows(3)).collect::<Vec<_>>();
        let twice = |name: &str, all: &[Vec<i32>]| {
            let all = all.iter().chain(all);
            all.map(|rows| column(name, rows)).collect::<Vec<_>>()
        };
        let components = |name: &str| vec![column(name, &[2, 0]), column(name, &[2, 0])];
        Pool {
            samples: twice("s", &samples),
            properties: twice("p", &properties),
            components: vec![components("c"), components("d"), components("e")],
            next_value: 0.0,
        }
    }

    fn block(
        &mut self,
        samples: &Arc<Labels>,
        components: &[Arc<Labels>],
        properties: &Arc<Labels>,
    ) -> TensorBlock {
        let components = components.iter().collect::<Vec<_>>();
        let sizes = components.iter().map(|component| component.count());
        let count = samples.count() * properties.count() * sizes.product::<usize>();
        let values = (0..count).map(|i| self.next_value + i as f64).collect();
        self.next_value += count as f64;
        block(values, samples, &components, properties)
    }
}

fn choose(all: &[Arc<Labels>], numbers: &mut Numbers) -> Arc<Labels> {
    Arc::clone(&all[numbers.below(all.len())])
}

fn any_block(kind: &Kind, pool: &mut Pool, numbers: &mut Numbers) -> TensorBlock {
    let samples = choose(&pool.samples, numbers);
    let properties = choose(&pool.properties, numbers);
    let components = (0..kind.components).map(|i| choose(&pool.components[i], numbers));
    let components = components.collect::<Vec<_>>();
    let mut result = pool.block(&samples, &components, &properties);
    let mut gradients = kind.gradients.clone();
    numbers.shuffle(&mut gradients);
    for (parameter, inner) in gradients {
        let mut gradient = any_gradient(&result, pool, numbers);
        for parameter in inner {
            let inner = any_gradient(&gradient, pool, numbers);
            gradient.add_gradient(parameter, inner).unwrap();
        }
        result.add_gradient(parameter, gradient).unwrap();
    }
    result
}

fn any_gradient(parent: &TensorBlock, pool: &mut Pool, numbers: &mut Numbers) -> TensorBlock {
    let mut rows = (0..parent.samples().count() as i32)
        .flat_map(|sample| (0..2).map(move |atom| [sample, atom]))
        .collect::<Vec<_>>();
    numbers.shuffle(&mut rows);
    rows.truncate(numbers.below(7));
    let samples = labels(["sample", "atom"], &rows);
    let components = parent.components().to_vec();
    pool.block(&samples, &components, parent.properties())
}
