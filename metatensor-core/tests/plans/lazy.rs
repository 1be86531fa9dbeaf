//! Maps whose blocks are made when somebody first looks at one of them.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use metatensor_core::array::{Array, Device};
use metatensor_core::plan::Metadata;
use metatensor_core::{
    CompareOptions, Comparison, Error, ErrorKind, LazyArrays, Result, TensorMap,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use crate::generate::maps;

/// Copies of the arrays of another map, except for the first ones.
#[derive(Debug)]
struct Copies {
    tensor: Arc<TensorMap>,
    missing: usize,
    calls: Arc<AtomicUsize>,
}

impl LazyArrays for Copies {
    fn make(&self) -> Result<Vec<Box<dyn Array>>> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let leaves = self.tensor.leaves().into_iter().skip(self.missing);
        leaves
            .map(|leaf| leaf.node.values().copy(Device::CPU))
            .collect()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn lazy(tensor: TensorMap, missing: usize) -> (TensorMap, Arc<Metadata>, Arc<AtomicUsize>) {
    let metadata = Metadata::of_tensor(&tensor);
    let calls = Arc::new(AtomicUsize::new(0));
    let arrays = Copies {
        tensor: Arc::new(tensor),
        missing,
        calls: Arc::clone(&calls),
    };
    let made = TensorMap::lazy(Arc::clone(&metadata), Box::new(arrays));
    (made, metadata, calls)
}

proptest! {
    #[test]
    fn same_as_usual(tensor in maps()) {
        let copy = tensor.copy().unwrap();
        let (mut made, metadata, calls) = lazy(tensor, 0);
        prop_assert!(Arc::ptr_eq(made.keys(), metadata.keys()));
        prop_assert!(Arc::ptr_eq(&Metadata::of_tensor(&made), &metadata));
        let (found, arrays) = made.lazy_arrays().unwrap();
        prop_assert!(Arc::ptr_eq(found, &metadata));
        prop_assert!(arrays.as_any().is::<Copies>());
        made.set_info("a", "b").unwrap();
        prop_assert_eq!(calls.load(Ordering::Relaxed), 0);

        let comparison = made.compare(&copy, &CompareOptions::default()).unwrap();
        let is_same = matches!(comparison, Comparison::Same { .. });
        prop_assert!(is_same);
        prop_assert_eq!(calls.load(Ordering::Relaxed), 1);
        prop_assert!(made.lazy_arrays().is_none());
        prop_assert_eq!(made.blocks().len(), copy.blocks().len());
        for i in 0..copy.blocks().len() {
            let address = std::ptr::from_ref(made.block(i).unwrap());
            prop_assert_eq!(std::ptr::from_ref(&*made.block_mut(i).unwrap()), address);
        }
        prop_assert!(made.block(copy.blocks().len()).is_err());
        prop_assert!(made.block_mut(copy.blocks().len()).is_err());
        prop_assert_eq!(made.copy().unwrap().blocks().len(), copy.blocks().len());
        prop_assert_eq!(calls.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn arrays_which_do_not_fit(tensor in maps()) {
        let count = tensor.leaves().len();
        prop_assume!(count > 0);
        let (made, ..) = lazy(tensor, 1);
        let payload = catch_unwind(AssertUnwindSafe(|| made.blocks().len())).unwrap_err();
        let error = payload.downcast_ref::<Error>().unwrap();
        prop_assert_eq!(error.kind(), ErrorKind::InvalidParameter, "{}", error);
        // still the same the next time
        prop_assert!(catch_unwind(AssertUnwindSafe(|| made.device())).is_err());
        prop_assert!(made.lazy_arrays().is_some());
    }
}

#[test]
fn threads_make_the_blocks_once() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let tensor = maps().new_tree(&mut runner).unwrap().current();
    let count = tensor.blocks().len();
    let (made, _, calls) = lazy(tensor, 0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(made.blocks().len(), count));
        }
    });
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}
