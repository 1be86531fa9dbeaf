//! Moving data.

use proptest::prelude::*;

use super::super::NativeArray;
use super::{Placement, addresses, cases, dtype, elements, placement, shape, view};
use crate::array::mts_data_movement_t as Movement;

/// The definition, one element after the other.
fn naive(output: &NativeArray, input: &NativeArray, movements: &[Movement]) {
    let (from, to) = (input.shape(), output.shape());
    let last = from.len() - 1;
    let components = from[1..last].iter().product::<usize>();
    let (sources, targets) = (addresses(input), addresses(output));
    for movement in movements {
        let mut values = Vec::new();
        for component in 0..components {
            let row = (movement.sample_in * components + component) * from[last];
            for x in 0..movement.properties_length {
                let address = sources[row + movement.properties_start_in + x];
                // SAFETY: the address of an element
                let bytes = unsafe { std::slice::from_raw_parts(address, input.layout.item()) };
                values.push(bytes.to_vec());
            }
        }
        let mut values = values.into_iter();
        for component in 0..components {
            let row = (movement.sample_out * components + component) * to[last];
            for x in 0..movement.properties_length {
                let address = targets[row + movement.properties_start_out + x];
                let value = values.next().expect("as many as before");
                // SAFETY: the address of an element
                unsafe { std::ptr::copy_nonoverlapping(value.as_ptr(), address, value.len()) };
            }
        }
    }
}

/// Two arrays which only differ in the first and last dimensions, and movements.
fn two_arrays() -> impl Strategy<Value = (Placement, Placement, Vec<Movement>)> {
    let dimensions = (1_usize..8, 1_usize..8);
    (dtype(), shape(2), dimensions).prop_flat_map(|(dtype, from, (samples, properties))| {
        let mut to = from.clone();
        let last = to.len() - 1;
        (to[0], to[last]) = (samples, properties);
        let moves = movements(from.clone(), to.clone());
        (placement(dtype, from), placement(dtype, to), moves)
    })
}

/// Movements of single rows, and of many rows at once as when merging blocks.
fn movements(from: Vec<usize>, to: Vec<usize>) -> impl Strategy<Value = Vec<Movement>> {
    let last = from.len() - 1;
    let (samples_in, samples_out) = (from[0], to[0]);
    let (properties_in, properties_out) = (from[last], to[last]);
    let possible = samples_in > 0 && samples_out > 0;
    let one = move |picks: [usize; 5], rows: usize| {
        let [sample_in, sample_out, start_in, start_out, length] = picks;
        let first = Movement {
            sample_in: sample_in % samples_in,
            sample_out: sample_out % samples_out,
            properties_start_in: start_in % (properties_in + 1),
            properties_start_out: start_out % (properties_out + 1),
            properties_length: 0,
        };
        let most = (properties_in - first.properties_start_in)
            .min(properties_out - first.properties_start_out);
        let rows = rows
            .min(samples_in - first.sample_in)
            .min(samples_out - first.sample_out);
        (0..rows).map(move |row| Movement {
            sample_in: first.sample_in + row,
            sample_out: first.sample_out + row,
            properties_length: length % (most + 1),
            ..first
        })
    };
    let picks = prop::collection::vec((any::<[usize; 5]>(), 1_usize..6), 0..12);
    picks.prop_map(move |picks| {
        let picks = picks.into_iter().filter(|_| possible);
        picks.flat_map(|(picks, rows)| one(picks, rows)).collect()
    })
}

proptest! {
    #![proptest_config(cases(1024))]

    #[test]
    fn moves((from, to, movements) in two_arrays(), seed: u8) {
        let input = from.array(seed);
        let (output, expected) = (to.array(!seed), to.array(!seed));
        output.move_data(&input, &movements).expect("inside of the arrays");
        naive(&expected, &input, &movements);
        prop_assert_eq!(elements(&output), elements(&expected));
    }

    #[test]
    fn moves_inside_of_one_array((from, _, _) in two_arrays(), seed: u8, picks in any::<u64>()) {
        let (output, expected) = (from.array(seed), from.array(seed));
        let samples = output.shape()[0];
        let properties = output.shape()[output.shape().len() - 1];
        if samples == 0 {
            return Ok(());
        }
        let mut state = picks;
        let mut pick = |count: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize % count.max(1)
        };
        let movements = (0..6).map(|_| {
            let length = pick(properties + 1);
            Movement {
                sample_in: pick(samples),
                sample_out: pick(samples),
                properties_start_in: pick(properties - length + 1),
                properties_start_out: pick(properties - length + 1),
                properties_length: length,
            }
        });
        let movements = movements.collect::<Vec<_>>();
        output.move_data(&output.share(), &movements).expect("inside of the array");
        naive(&expected, &expected.share(), &movements);
        prop_assert_eq!(elements(&output), elements(&expected));
    }

    #[test]
    fn moves_to_overlapping_elements((from, to, movements) in two_arrays(), seed: u8) {
        let input = from.array(seed);
        let (first, second) = (to.array(!seed), to.array(!seed));
        // all axes have the same elements
        let overlapping = |array: &NativeArray| {
            let strides = vec![0; array.shape().len()];
            view(array, 0, array.shape().to_vec(), strides)
        };
        if elements(&first).is_empty() {
            return Ok(());
        }
        overlapping(&first).move_data(&input, &movements).expect("inside of the arrays");
        naive(&overlapping(&second), &input, &movements);
        prop_assert_eq!(elements(&first), elements(&second));
    }
}

/// Many sorted or shuffled rows, as when merging large blocks.
#[test]
fn many_rows() {
    let count = if cfg!(miri) { 40 } else { 5000 };
    let input = NativeArray::zeros(&[count, 3, 8], super::DTYPES[3]).expect("memory");
    super::fill(&input, 1);
    for step in [1, 7, 11] {
        for runs in [1, 2] {
            let movements = (0..count).flat_map(|i| {
                let length = 8 / runs;
                (0..runs).map(move |run| Movement {
                    sample_in: i,
                    sample_out: (i * step) % count,
                    properties_start_in: run * length,
                    properties_start_out: 9 * run,
                    properties_length: length,
                })
            });
            let movements = movements.collect::<Vec<_>>();
            let (output, expected) = (
                NativeArray::zeros(&[count, 3, 20], input.dtype).expect("memory"),
                NativeArray::zeros(&[count, 3, 20], input.dtype).expect("memory"),
            );
            output.move_data(&input, &movements).expect("inside");
            naive(&expected, &input, &movements);
            assert!(elements(&output) == elements(&expected));
        }
    }
}

#[test]
fn movements_which_are_refused() {
    let zeros = |shape: &[usize], dtype| NativeArray::zeros(shape, dtype).expect("memory");
    let [_, _, int, float, ..] = super::DTYPES;
    let input = zeros(&[2, 3, 4], float);
    let mut output = zeros(&[5, 3, 6], float);
    let fine = Movement {
        sample_in: 1,
        sample_out: 4,
        properties_start_in: 1,
        properties_start_out: 3,
        properties_length: 3,
    };
    let check = |output: &NativeArray, input: &NativeArray, movement, expected: &str| {
        let movements = [fine, movement];
        let error = output.move_data(input, &movements).expect_err(expected);
        assert!(error.to_string().contains(expected), "{error}");
    };
    assert!(output.move_data(&input, &[fine]).is_ok());
    let wrong = Movement {
        sample_in: 2,
        ..fine
    };
    check(
        &output,
        &input,
        wrong,
        "in movement 1: `sample_in` is 2, but the array has only 2 samples",
    );
    let wrong = Movement {
        sample_out: 5,
        ..fine
    };
    check(
        &output,
        &input,
        wrong,
        "`sample_out` is 5, but the array has only 5 samples",
    );
    let wrong = Movement {
        properties_start_in: 2,
        ..fine
    };
    check(
        &output,
        &input,
        wrong,
        "`properties_start_in` is 2 and `properties_length` is 3, but the array has only 4",
    );
    let wrong = Movement {
        properties_start_out: usize::MAX,
        ..fine
    };
    check(&output, &input, wrong, "`properties_start_out` is");

    check(
        &output,
        &zeros(&[2, 3, 4], int),
        fine,
        "from an array of type int32 to an array of type float64",
    );
    check(
        &output,
        &zeros(&[2, 4, 4], float),
        fine,
        "from an array of shape [2, 4, 4] to an array of shape [5, 3, 6]",
    );
    check(&output, &zeros(&[2, 4], float), fine, "of shape [2, 4]");
    check(
        &zeros(&[2], float),
        &zeros(&[2], float),
        fine,
        "two dimensions",
    );
    check(
        &zeros(&[], float),
        &zeros(&[], float),
        fine,
        "two dimensions",
    );
    output.read_only = true;
    check(&output, &input, fine, "read-only");
}
