//! Labels of a million rows.

use std::ffi::CStr;

use crate::abi::{Functions, Labels};
use crate::array::table;
use crate::data::{atoms, shuffled, spread};
use crate::measure::{Case, Run, time};

const COUNT: usize = 1_000_000;
const NAMES: [&CStr; 4] = [c"system", c"atom", c"a", c"b"];

pub fn cases() -> Vec<Case> {
    let case = |name, target, prepare| Case {
        name,
        target,
        prepare,
        limit: None,
    };
    vec![
        case("labels/create/unsorted/1e6x2", 4.0, |lib| {
            create(lib, shuffled(&atoms(COUNT, 2), 2, 1), 2)
        }),
        case("labels/create/unsorted/1e6x4", 4.0, |lib| {
            create(lib, shuffled(&atoms(COUNT, 4), 4, 1), 4)
        }),
        case("labels/create/spread/1e6x2", 4.0, |lib| {
            create(lib, spread(COUNT, 2), 2)
        }),
        case("labels/create/spread/1e6x4", 4.0, |lib| {
            create(lib, spread(COUNT, 4), 4)
        }),
        case("labels/create/sorted/1e6x2", 1.0, |lib| {
            create(lib, atoms(COUNT, 2), 2)
        }),
        case("labels/create/sorted/10x2", 1.0, create_small),
        case("labels/position/first/1e6x2", 5.0, |lib| {
            first_position(lib, shuffled(&atoms(COUNT, 2), 2, 1))
        }),
        case("labels/position/first-spread/1e6x2", 5.0, |lib| {
            first_position(lib, spread(COUNT, 2))
        }),
        case("labels/positions/unsorted/1e6x2", 20.0, |lib| {
            positions(lib, shuffled(&atoms(COUNT, 2), 2, 1))
        }),
        case("labels/positions/spread/1e6x2", 20.0, |lib| {
            positions(lib, spread(COUNT, 2))
        }),
        case("labels/union/sorted/1e6x2", 20.0, |lib| {
            set_operation(lib, lib.labels_union, false)
        }),
        case("labels/intersection/sorted/1e6x2", 20.0, |lib| {
            set_operation(lib, lib.labels_intersection, false)
        }),
        case("labels/difference/sorted/1e6x2", 20.0, |lib| {
            difference(lib, false)
        }),
        case("labels/union/shuffled/1e6x2", 5.0, |lib| {
            set_operation(lib, lib.labels_union, true)
        }),
        case("labels/intersection/shuffled/1e6x2", 5.0, |lib| {
            set_operation(lib, lib.labels_intersection, true)
        }),
        case("labels/difference/shuffled/1e6x2", 5.0, |lib| {
            difference(lib, true)
        }),
        case("labels/select/sorted/1e6x2", 5.0, |lib| {
            select(lib, atoms(COUNT, 2), c"system")
        }),
        case("labels/select/unsorted/1e6x2", 5.0, |lib| {
            select(lib, shuffled(&atoms(COUNT, 2), 2, 1), c"system")
        }),
        case("labels/select/second-column/1e6x2", 5.0, |lib| {
            select(lib, atoms(COUNT, 2), c"atom")
        }),
    ]
}

fn create(lib: &Functions, values: Vec<i32>, columns: usize) -> Run<'_> {
    let array = table(&values, columns);
    drop(values);
    Box::new(move || {
        let (labels, duration) = time(|| lib.make_labels(&NAMES[..columns], array));
        lib.free_labels(labels);
        duration
    })
}

fn free_all<const N: usize>(lib: &Functions, all: [*const Labels; N]) {
    for labels in all {
        lib.free_labels(labels);
    }
}

/// A thousand labels, one after the other.
fn create_small(lib: &Functions) -> Run<'_> {
    let values = atoms(10, 2);
    Box::new(move || {
        let arrays = (0..1000).map(|_| table(&values, 2)).collect::<Vec<_>>();
        let make = |array| lib.make_labels(&NAMES[..2], array);
        let (labels, duration) = time(|| arrays.into_iter().map(make).collect::<Vec<_>>());
        for labels in labels {
            lib.free_labels(labels);
        }
        duration / 1000
    })
}

fn position(lib: &Functions, labels: *const Labels, row: &[i32]) -> i64 {
    let mut result = 0;
    // SAFETY: as many values as there are columns
    lib.check(unsafe { (lib.labels_position)(labels, row.as_ptr(), row.len(), &raw mut result) });
    result
}

fn first_position(lib: &Functions, values: Vec<i32>) -> Run<'_> {
    let last = values[values.len() - 2..].to_vec();
    Box::new(move || {
        let labels = lib.make_labels(&NAMES[..2], table(&values, 2));
        let (found, duration) = time(|| position(lib, labels, &last));
        assert_eq!(found, COUNT as i64 - 1);
        lib.free_labels(labels);
        duration
    })
}

/// All rows, in another order: in one call if there is such a function.
fn positions(lib: &Functions, values: Vec<i32>) -> Run<'_> {
    let queries = shuffled(&values, 2, 2);
    let labels = lib.make_labels(&NAMES[..2], table(&values, 2));
    position(lib, labels, &values[..2]);
    Box::new(move || {
        let mut output = vec![0; COUNT];
        let ((), duration) = time(|| match lib.labels_positions {
            // SAFETY: as many values and results as given
            Some(positions) => lib.check(unsafe {
                positions(
                    labels,
                    queries.as_ptr(),
                    queries.len(),
                    output.as_mut_ptr(),
                    COUNT,
                )
            }),
            None => {
                for (row, output) in queries.chunks_exact(2).zip(&mut output) {
                    *output = position(lib, labels, row);
                }
            }
        });
        for (row, &i) in queries.chunks_exact(2).zip(&output) {
            assert_eq!(row, &values[2 * i as usize..][..2]);
        }
        duration
    })
}

/// Two overlapping sets of rows, sharing half of them.
fn operands(lib: &Functions, is_shuffled: bool) -> [*const Labels; 2] {
    let all = atoms(COUNT + COUNT / 2, 2);
    let parts = [&all[..2 * COUNT], &all[COUNT..]];
    let mut seed = 0;
    parts.map(|values| {
        seed += 1;
        let values = match is_shuffled {
            true => shuffled(values, 2, seed),
            false => values.to_vec(),
        };
        lib.make_labels(&NAMES[..2], table(&values, 2))
    })
}

type SetOperation = unsafe extern "C" fn(
    *const Labels,
    *const Labels,
    *mut *const Labels,
    *mut i64,
    usize,
    *mut i64,
    usize,
) -> i32;

fn set_operation(lib: &Functions, operation: SetOperation, is_shuffled: bool) -> Run<'_> {
    Box::new(move || {
        // fresh operands: looking for rows may be prepared by earlier calls
        let [first, second] = operands(lib, is_shuffled);
        let mut result = std::ptr::null();
        let (mut map_1, mut map_2) = (vec![0_i64; COUNT], vec![0_i64; COUNT]);
        let (status, duration) = time(|| {
            // SAFETY: valid labels, one entry of the mappings for each row
            unsafe {
                operation(
                    first,
                    second,
                    &raw mut result,
                    map_1.as_mut_ptr(),
                    COUNT,
                    map_2.as_mut_ptr(),
                    COUNT,
                )
            }
        });
        lib.check(status);
        free_all(lib, [first, second, result]);
        duration
    })
}

fn difference(lib: &Functions, is_shuffled: bool) -> Run<'_> {
    Box::new(move || {
        let [first, second] = operands(lib, is_shuffled);
        let mut result = std::ptr::null();
        let mut map = vec![0_i64; COUNT];
        let (status, duration) = time(|| {
            // SAFETY: valid labels, one entry of the mapping for each row
            unsafe {
                (lib.labels_difference)(first, second, &raw mut result, map.as_mut_ptr(), COUNT)
            }
        });
        lib.check(status);
        free_all(lib, [first, second, result]);
        duration
    })
}

/// All rows of one system, or of one atom of each system.
fn select<'a>(lib: &'a Functions, values: Vec<i32>, name: &'static CStr) -> Run<'a> {
    Box::new(move || {
        let labels = lib.make_labels(&NAMES[..2], table(&values, 2));
        let selection = lib.make_labels(&[name], table(&[42], 1));
        let (mut output, mut count) = (vec![0; COUNT], COUNT);
        let (status, duration) = time(|| {
            // SAFETY: one entry for each row
            unsafe { (lib.labels_select)(labels, selection, output.as_mut_ptr(), &raw mut count) }
        });
        lib.check(status);
        assert_eq!(count, if name == c"system" { 100 } else { COUNT / 100 });
        free_all(lib, [labels, selection]);
        duration
    })
}
