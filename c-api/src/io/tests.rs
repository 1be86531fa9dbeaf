//! What is read of a file mapped in memory.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use metatensor_core::io::load_tensor_with;

use super::make::load_path;
use super::options::mts_load_options_t;

const BLOCKS: i32 = 16;
const SAMPLES: i32 = 8192;
const PROPERTIES: i32 = 1024;
/// 64 MiB of 64-bit numbers.
const BLOCK_SIZE: usize = 8 * SAMPLES as usize * PROPERTIES as usize;

/// An archive with large holes, which do not use any place on the disk.
struct SparseArchive {
    file: File,
    directory: Vec<u8>,
    entries: u16,
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}");
    let mut bytes = b"\x93NUMPY\x01\x00\xF6\x00".to_vec();
    bytes.extend(format!("{header:<245}\n").bytes());
    bytes.extend(data);
    bytes
}

fn labels(name: &str, count: i32) -> Vec<u8> {
    let rows = (0..count).flat_map(i32::to_le_bytes).collect::<Vec<_>>();
    npy(
        &format!("[('{name}', '<i4')]"),
        &format!("({count},)"),
        &rows,
    )
}

impl SparseArchive {
    fn create(path: &Path) -> SparseArchive {
        SparseArchive {
            file: File::create(path).expect("created"),
            directory: Vec::new(),
            entries: 0,
        }
    }

    /// Add an entry which ends with a hole.
    fn add(&mut self, name: &str, bytes: &[u8], hole: usize) {
        let offset = self.file.stream_position().expect("a file");
        let end = offset + 30 + name.len() as u64 + 4;
        let padding = (end.next_multiple_of(64) - end) as u16;
        let size = (bytes.len() + hole) as u32;
        let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x28];
        // the checksum of mapped values is not looked at
        common.extend(checksum(bytes).to_le_bytes());
        common.extend(size.to_le_bytes());
        common.extend(size.to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());

        let mut local = [b"PK\x03\x04", common.as_slice()].concat();
        local.extend((4 + padding).to_le_bytes());
        local.extend(name.bytes());
        local.extend([0x35, 0xD9]);
        local.extend(padding.to_le_bytes());
        local.resize(local.len() + usize::from(padding), 0);
        local.extend(bytes);
        self.file.write_all(&local).expect("written");
        self.file
            .seek(SeekFrom::Current(hole as i64))
            .expect("a file");

        self.directory.extend(b"PK\x01\x02\x14\x00");
        self.directory.extend(common);
        self.directory.extend([0; 12]);
        self.directory.extend((offset as u32).to_le_bytes());
        self.directory.extend(name.bytes());
        self.entries += 1;
    }

    fn finish(mut self) {
        let offset = self.file.stream_position().expect("a file") as u32;
        let mut end = self.directory.clone();
        end.extend(b"PK\x05\x06\0\0\0\0");
        end.extend(self.entries.to_le_bytes());
        end.extend(self.entries.to_le_bytes());
        end.extend((self.directory.len() as u32).to_le_bytes());
        end.extend(offset.to_le_bytes());
        end.extend([0, 0]);
        self.file.write_all(&end).expect("written");
    }
}

/// A file of 1 GiB, with values in holes.
fn large_file() -> PathBuf {
    let path = std::env::temp_dir().join(format!("mts-sparse-{}.mts", std::process::id()));
    let mut archive = SparseArchive::create(&path);
    archive.add("keys.npy", &labels("k", BLOCKS), 0);
    for i in 0..BLOCKS {
        let shape = format!("({SAMPLES}, {PROPERTIES})");
        let values = npy("'<f8'", &shape, &[]);
        archive.add(&format!("blocks/{i}/values.npy"), &values, BLOCK_SIZE);
        let samples = labels("s", SAMPLES);
        archive.add(&format!("blocks/{i}/samples.npy"), &samples, 0);
        let properties = labels("p", PROPERTIES);
        archive.add(&format!("blocks/{i}/properties.npy"), &properties, 0);
    }
    archive.finish();
    path
}

/// Number of bytes of the file which this process has in memory.
fn resident(path: &Path) -> usize {
    let maps = fs::read_to_string("/proc/self/smaps").expect("Linux has this file");
    let name = path.to_string_lossy();
    let mut lines = maps.lines().skip_while(|line| !line.ends_with(&*name));
    lines
        .find_map(|line| line.strip_prefix("Rss:"))
        .and_then(|size| size.trim().strip_suffix("kB")?.trim().parse::<usize>().ok())
        .expect("the file is mapped")
        * 1024
}

#[test]
#[cfg_attr(miri, ignore = "slow")]
fn only_the_block_which_is_used_is_read() {
    let path = large_file();
    assert!(fs::metadata(&path).expect("there").len() > 1 << 30);
    let options = mts_load_options_t {
        size: size_of::<mts_load_options_t>(),
        keys: std::ptr::null(),
        blocks: std::ptr::null(),
        blocks_count: 0,
        samples: std::ptr::null(),
        mmap: 1,
        verify: 0,
    };
    let tensor = load_path(&path, &options, None, |input, options, make| {
        load_tensor_with(input, options, make)
    })
    .expect("valid");
    // labels, and what the system reads around them
    let overhead = 16 << 20;
    let opened = resident(&path);
    assert!(opened < overhead, "{opened} bytes to open the file");

    let values = tensor.block(5).expect("there").values();
    let host = values.to_host().expect("in memory");
    let bytes = host.contiguous().expect("row-major");
    assert_eq!(bytes.len(), BLOCK_SIZE);
    assert!(bytes.iter().step_by(4096).all(|byte| *byte == 0));
    let used = resident(&path);
    assert!(used >= BLOCK_SIZE, "{used} bytes for {BLOCK_SIZE}");
    assert!(
        used < BLOCK_SIZE + overhead,
        "{used} bytes for {BLOCK_SIZE}"
    );
    drop((host, tensor));
    fs::remove_file(path).expect("removed");
}
