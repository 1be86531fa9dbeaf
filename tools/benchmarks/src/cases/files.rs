//! Saving and loading.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::PathBuf;

use super::tensor::make_map;
use crate::abi::{Functions, c_path};
use crate::array::create_callback;
use crate::measure::{Case, Run, time};

/// 8 blocks of 62.5 MB.
const LARGE: (usize, usize) = (8, 1);
const LARGE_SHAPE: [usize; 2] = [125_000, 62];
const LARGE_BYTES: usize = 8 * 8 * 125_000 * 62;

pub fn cases() -> Vec<Case> {
    let case = |name, target, prepare, limit| Case {
        name,
        target,
        prepare,
        limit,
    };
    vec![
        case(
            "file/save/500MB-8-blocks",
            8.0,
            |lib| save(lib, LARGE, &LARGE_SHAPE),
            Some(raw_write),
        ),
        case(
            "file/load/500MB-8-blocks",
            8.0,
            |lib| load(lib, LARGE, &LARGE_SHAPE),
            Some(raw_read),
        ),
        case(
            "file/save/2000-blocks",
            1.0,
            |lib| save(lib, (2000, 1), &[10, 3]),
            None,
        ),
        case(
            "file/load/2000-blocks",
            1.0,
            |lib| load(lib, (2000, 1), &[10, 3]),
            None,
        ),
        case(
            "file/load/4000-blocks",
            1.0,
            |lib| load(lib, (4000, 1), &[10, 3]),
            None,
        ),
        // the other library needs minutes
        case(
            "file/load/22000-blocks",
            200.0,
            |lib| load(lib, (22_000, 1), &[10, 3]),
            None,
        ),
    ]
}

/// A file in the folder for temporary files.
fn temporary() -> PathBuf {
    std::env::temp_dir().join(format!("metatensor-benchmark-{}.mts", std::process::id()))
}

fn save<'a>(lib: &'a Functions, keys: (usize, usize), shape: &[usize]) -> Run<'a> {
    let map = make_map(lib, keys, shape);
    let path = temporary();
    Box::new(move || {
        let c_path = c_path(&path);
        // SAFETY: a valid map and path
        let (status, duration) = time(|| unsafe { (lib.tensormap_save)(c_path.as_ptr(), map) });
        lib.check(status);
        let _ = fs::remove_file(&path);
        lib.free_map(map);
        duration
    })
}

fn load<'a>(lib: &'a Functions, keys: (usize, usize), shape: &[usize]) -> Run<'a> {
    let map = make_map(lib, keys, shape);
    let path = temporary();
    let c_path = c_path(&path);
    // SAFETY: a valid map and path
    lib.check(unsafe { (lib.tensormap_save)(c_path.as_ptr(), map) });
    lib.free_map(map);
    Box::new(move || {
        let (map, duration) =
            // SAFETY: a valid path and callback
            time(|| unsafe { (lib.tensormap_load)(c_path.as_ptr(), create_callback) });
        lib.free_map(lib.given(map));
        let _ = fs::remove_file(&path);
        duration
    })
}

/// What writing an array to an `.npy` file does.
fn raw_write() -> Run<'static> {
    let data = vec![3_u8; LARGE_BYTES];
    let path = temporary();
    Box::new(move || {
        let write = || File::create(&path).and_then(|mut file| file.write_all(&data));
        let (result, duration) = time(write);
        result.expect("can write a temporary file");
        let _ = fs::remove_file(&path);
        duration
    })
}

/// What reading an array from an `.npy` file does.
fn raw_read() -> Run<'static> {
    let path = temporary();
    fs::write(&path, vec![3_u8; LARGE_BYTES]).expect("can write a temporary file");
    Box::new(move || {
        let read = || {
            let mut data = vec![0_u8; LARGE_BYTES];
            File::open(&path)
                .and_then(|mut file| file.read_exact(&mut data))
                .map(|()| data)
        };
        let (result, duration) = time(read);
        result.expect("can read a temporary file");
        let _ = fs::remove_file(&path);
        duration
    })
}
