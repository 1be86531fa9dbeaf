//! Merging the blocks of tensor maps.

use std::ffi::CStr;

use crate::abi::{Functions, Map};
use crate::array::{F64, table, values, zeros};
use crate::measure::{Case, Run, time};

pub fn cases() -> Vec<Case> {
    let case = |name, target, prepare| Case {
        name,
        target,
        prepare,
        limit: None,
    };
    vec![
        case("map/create/1000", 1.0, create),
        case("map/keys_to_properties/1000-keys", 10.0, |lib| {
            merge(lib, (1, 1000), 10, true)
        }),
        case("map/keys_to_samples/1000-keys", 10.0, |lib| {
            merge(lib, (1, 1000), 10, false)
        }),
        case(
            "map/keys_to_properties/1000-keys-of-200-samples",
            10.0,
            |lib| merge(lib, (1, 1000), 200, true),
        ),
        case("map/keys_to_properties/2000-remaining", 10.0, |lib| {
            merge(lib, (2000, 2), 10, true)
        }),
        case("map/keys_to_properties/4000-remaining", 10.0, |lib| {
            merge(lib, (4000, 2), 10, true)
        }),
        case("map/keys_to_properties/8000-remaining", 10.0, |lib| {
            merge(lib, (8000, 2), 10, true)
        }),
        case(
            "map/keys_to_samples/1000-keys-of-200-samples",
            10.0,
            |lib| merge(lib, (1, 1000), 200, false),
        ),
        case("map/keys_to_samples/2000-remaining", 10.0, |lib| {
            merge(lib, (2000, 2), 10, false)
        }),
        case("map/keys_to_samples/4000-remaining", 10.0, |lib| {
            merge(lib, (4000, 2), 10, false)
        }),
        case("map/keys_to_samples/8000-remaining", 10.0, |lib| {
            merge(lib, (8000, 2), 10, false)
        }),
        case("map/components_to_properties/1000", 1.0, components),
    ]
}

/// Map with keys `(a, b)`, `a` and `b` below the given numbers, in which the
/// samples of half of the blocks differ.
pub fn make_map(lib: &Functions, (n_a, n_b): (usize, usize), shape: &[usize]) -> *mut Map {
    let mut keys = Vec::new();
    let mut blocks = Vec::new();
    let range = |name: &CStr, start: usize, count: usize| {
        let rows = (start..start + count).map(|i| i as i32).collect::<Vec<_>>();
        lib.make_labels(&[name], table(&rows, 1))
    };
    for a in 0..n_a {
        for b in 0..n_b {
            keys.extend([a as i32, b as i32]);
            let samples = range(c"s", b % 2, shape[0]);
            let properties = range(c"p", 0, shape[shape.len() - 1]);
            let components = shape[1..shape.len() - 1].iter();
            let components = components.map(|&n| range(c"c", 0, n)).collect::<Vec<_>>();
            // SAFETY: valid labels, and an array of the right shape
            blocks.push(lib.given(unsafe {
                (lib.block)(
                    values(shape),
                    samples,
                    components.as_ptr(),
                    components.len(),
                    properties,
                )
            }));
            for labels in components.into_iter().chain([samples, properties]) {
                lib.free_labels(labels);
            }
        }
    }
    let keys = lib.make_labels(&[c"a", c"b"], table(&keys, 2));
    // SAFETY: one block for each key
    let map = unsafe { (lib.tensormap)(keys, blocks.as_mut_ptr(), blocks.len()) };
    lib.free_labels(keys);
    lib.given(map)
}

fn create(lib: &Functions) -> Run<'_> {
    Box::new(|| {
        let (map, duration) = time(|| make_map(lib, (100, 10), &[10, 3]));
        lib.free_map(map);
        duration
    })
}

fn merge(lib: &Functions, keys: (usize, usize), samples: usize, to_properties: bool) -> Run<'_> {
    let map = make_map(lib, keys, &[samples, 3]);
    Box::new(move || {
        let moved = lib.make_labels(&[c"b"], table(&[], 1));
        let function = match to_properties {
            true => lib.tensormap_keys_to_properties,
            false => lib.tensormap_keys_to_samples,
        };
        // SAFETY: a valid map, labels, and a scalar
        let (result, duration) = time(|| unsafe { function(map, moved, zeros(&[], F64), true) });
        lib.free_map(lib.given(result));
        lib.free_labels(moved);
        lib.free_map(map);
        duration
    })
}

fn components(lib: &Functions) -> Run<'_> {
    let map = make_map(lib, (100, 10), &[10, 5, 3]);
    Box::new(move || {
        let names = [c"c".as_ptr()];
        // SAFETY: a valid map, and one name
        let (result, duration) =
            time(|| unsafe { (lib.tensormap_components_to_properties)(map, names.as_ptr(), 1) });
        lib.free_map(lib.given(result));
        lib.free_map(map);
        duration
    })
}
