#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| metatensor_fuzz::zip_directory(data));
