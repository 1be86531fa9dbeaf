#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| metatensor_fuzz::dtype_json(data));
