//! The same labels and the same map used from many threads at once, from their
//! very first use: everything which is computed on demand is computed then.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::{Arc, Barrier};
use std::thread;

use metatensor_core::plan::{Axis, Metadata, Plan, SortAxes};
use metatensor_core::{GroupOutputs, Labels, RowOrder, TensorMap};
use support::*;

const THREADS: usize = 8;
/// Enough rows for the library to use threads of its own as well.
const ROWS: usize = if cfg!(miri) { 20 } else { 100_000 };
const REPEATS: usize = if cfg!(miri) { 1 } else { 2 };

/// Run a function in many threads, starting together.
fn in_threads<T: Send, R: Send>(
    value: T,
    share: impl Fn(&T) -> T,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let barrier = Barrier::new(THREADS);
    thread::scope(|scope| {
        let handles = (0..THREADS).map(|_| {
            let (value, barrier, work) = (share(&value), &barrier, &work);
            scope.spawn(move || {
                barrier.wait();
                work(value)
            })
        });
        let handles = handles.collect::<Vec<_>>();
        drop(value);
        handles
            .into_iter()
            .map(|handle| handle.join().unwrap())
            .collect()
    })
}

/// Rows in some order, all different.
fn shuffled(count: usize, step: usize, start: i32) -> Vec<i32> {
    (0..count)
        .flat_map(|i| {
            let i = (i * step % count) as i32;
            [start + i / 7, i % 7]
        })
        .collect()
}

/// New labels for which nothing is known yet.
fn fresh(values: &[i32]) -> Arc<Labels> {
    let array = TestArray::new(&[values.len() / 2, 2], values.to_vec()).strided();
    Labels::new_assume_unique(&["a", "b"], array.boxed()).unwrap()
}

/// Everything which can be asked, as numbers.
fn use_labels(first: &Arc<Labels>, second: &Arc<Labels>) -> Vec<Vec<i64>> {
    let (mut mapping_1, mut mapping_2) = (vec![0; first.count()], vec![0; second.count()]);
    let rows = |labels: &Labels| {
        let values = labels.values_cpu().unwrap().iter();
        values.map(|&value| i64::from(value)).collect::<Vec<_>>()
    };
    let mut results = Vec::new();
    let position = first.position(&[1, 3]).unwrap();
    results.push(vec![position.map_or(-1, |position| position as i64)]);
    let union = first.union(second, Some(&mut mapping_1), Some(&mut mapping_2));
    results.extend([rows(&union.unwrap()), mapping_1.clone(), mapping_2.clone()]);
    let both = first.intersection(second, Some(&mut mapping_1), Some(&mut mapping_2));
    results.extend([rows(&both.unwrap()), mapping_1.clone(), mapping_2.clone()]);
    let difference = first.difference(second, Some(&mut mapping_1));
    results.extend([rows(&difference.unwrap()), mapping_1]);
    let selection = column("b", &[5, 2]);
    let selected = first.select(&selection).unwrap();
    results.push(selected.into_iter().map(|i| i as i64).collect());
    let mut positions = vec![0; second.count()];
    first
        .positions(second.values_cpu().unwrap(), &mut positions)
        .unwrap();
    results.extend([positions, vec![i64::from(first.is_sorted().unwrap())]]);
    results
}

/// Sorting and grouping.
fn use_rows(labels: &Arc<Labels>) -> Vec<Vec<i64>> {
    let count = labels.count();
    let rows = |labels: &Labels| {
        let values = labels.values_cpu().unwrap().iter();
        values.map(|&value| i64::from(value)).collect::<Vec<_>>()
    };
    let (mut order, mut inverse, mut members) = (vec![0; count], vec![0; count], vec![0; count]);
    labels.argsort(true, &mut order).unwrap();
    let mut results = vec![rows(&labels.take(&order).unwrap())];
    for row_order in [RowOrder::FirstAppearance, RowOrder::Lexicographic] {
        for names in [&["b", "a"][..], &["b"]] {
            let mut offsets = vec![0; count + 1];
            let outputs = GroupOutputs {
                inverse: Some(&mut inverse),
                offsets: Some(&mut offsets),
                members: Some(&mut members),
            };
            let groups = labels.group_by(names, row_order, outputs).unwrap();
            results.extend([rows(&groups), inverse.clone(), offsets, members.clone()]);
        }
    }
    results.push(rows(&labels.permute(&[1, 0]).unwrap()));
    results.push(order);
    results
}

#[test]
fn labels() {
    for (step, other_step) in [(1, 1), (1, 11), (13, 1), (13, 11)] {
        let (first, second) = (shuffled(ROWS, step, 0), shuffled(ROWS, other_step, 40));
        let expected = use_labels(&fresh(&first), &fresh(&second));
        for _ in 0..REPEATS {
            let shared = (fresh(&first), fresh(&second));
            let results = in_threads(shared, Clone::clone, |(first, second)| {
                use_labels(&first, &second)
            });
            assert!(results.iter().all(|result| *result == expected));
        }
    }
}

#[test]
fn rows_of_labels() {
    let values = shuffled(ROWS, 13, 0);
    let expected = use_rows(&fresh(&values));
    let results = in_threads(fresh(&values), Clone::clone, |labels| use_rows(&labels));
    assert!(results.iter().all(|result| *result == expected));
}

#[test]
fn same_memory() {
    let labels = fresh(&shuffled(ROWS, 13, 0));
    let addresses = in_threads(labels, Clone::clone, |labels| {
        labels.values_cpu().unwrap().as_ptr().addr()
    });
    let kept = addresses[0];
    assert!(addresses.iter().all(|&address| address == kept));
}

fn make_map() -> TensorMap {
    let count = if cfg!(miri) { 3 } else { 300 };
    let keys = (0..4).map(|i| [i % 2, i / 2]).collect::<Vec<_>>();
    let blocks = (0..4).map(|i| {
        let samples = (i..i + count).collect::<Vec<_>>();
        let values = (0..2 * count)
            .map(|j| f64::from(j + 1000 * i))
            .collect::<Vec<_>>();
        let rows = [[0, i], [1, 2]];
        let gradient = [f64::from(i); 4];
        let mut block = examples::simple(&samples, &[0, 1], &values);
        let samples = support::labels(["sample", "atom"], &rows);
        let gradient = support::block(gradient.to_vec(), &samples, &[], &column("n", &[0, 1]));
        block.add_gradient("g", gradient).unwrap();
        block
    });
    tensor(&support::labels(["k", "l"], &keys), blocks.collect())
}

fn summary(tensor: &TensorMap) -> Vec<(Vec<i32>, Vec<f64>)> {
    let block = |block| {
        let block: &metatensor_core::TensorBlock = block;
        (rows(block.samples()).to_vec(), data(block))
    };
    tensor
        .blocks()
        .iter()
        .flat_map(|first| [block(first), block(first.gradient("g").unwrap())])
        .collect()
}

fn use_map(tensor: &TensorMap) -> Vec<Vec<(Vec<i32>, Vec<f64>)>> {
    let fill = scalar(0.0);
    let samples = tensor.keys_to_samples(&only_names(&["k"]), &fill, true);
    let properties = tensor.keys_to_properties(&only_names(&["k", "l"]), &fill, false);
    let mut file = Vec::new();
    let output = metatensor_core::io::Output::Writer(&mut file);
    metatensor_core::io::save_tensor(output, tensor).unwrap();
    let file = file.iter().map(|&byte| f64::from(byte)).collect();
    vec![
        summary(&samples.unwrap()),
        summary(&properties.unwrap()),
        summary(&tensor.copy().unwrap()),
        vec![(Vec::new(), file)],
    ]
}

#[test]
fn maps() {
    let expected = use_map(&make_map());
    for _ in 0..REPEATS {
        let results = in_threads(Arc::new(make_map()), Arc::clone, |tensor| use_map(&tensor));
        assert!(results.iter().all(|result| *result == expected));
    }
}

/// Everything in some plans, as numbers.
fn use_metadata(metadata: &Metadata) -> Vec<(Vec<i32>, Vec<i64>)> {
    let axes = SortAxes {
        samples: true,
        ..SortAxes::default()
    };
    let plans = [
        Plan::reduce(metadata, Axis::Samples, &["s"]),
        Plan::sort(metadata, axes, true),
        Plan::pick_blocks(metadata, &[-1, 0]),
        Plan::drop_empty_blocks(metadata),
    ];
    let content = |plan: &Plan| {
        let labels = plan.results().iter().flat_map(|result| result.labels());
        let values = labels.flat_map(|labels| labels.values_cpu().unwrap());
        (values.copied().collect(), plan.indices().to_vec())
    };
    plans.map(|plan| content(&plan.unwrap())).into()
}

#[test]
fn plans() {
    let expected = use_metadata(&Metadata::of_tensor(&make_map()));
    for _ in 0..REPEATS {
        let metadata = Metadata::of_tensor(&make_map());
        let results = in_threads(metadata, Arc::clone, |metadata| use_metadata(&metadata));
        assert!(results.iter().all(|result| *result == expected));
    }
}

#[test]
fn origins() {
    let register = |(): ()| {
        let name = |i| format!("tests.threads.{i}");
        (0..100)
            .map(|i| metatensor_core::array::origin::register(&name(i)))
            .inspect(|&origin| assert!(!metatensor_core::array::origin::name(origin).is_empty()))
            .collect::<Vec<_>>()
    };
    let origins = in_threads((), |()| (), register);
    assert!(origins.iter().all(|list| *list == origins[0]));
}

#[test]
fn files() {
    let folder = std::env::temp_dir().join(format!("metatensor-threads-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("same.mts");
    let labels = fresh(&shuffled(2000.min(ROWS), 13, 0));
    in_threads(labels, Clone::clone, |labels| {
        for _ in 0..REPEATS {
            use metatensor_core::io::{Input, Output, load_labels, save_labels};
            save_labels(Output::Path(&path), &labels).unwrap();
            // whichever thread was the last, the file is complete
            let loaded = load_labels(Input::Path(&path)).unwrap();
            assert!(loaded.equals(&labels).unwrap());
        }
    });
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    std::fs::remove_dir_all(folder).unwrap();
}
