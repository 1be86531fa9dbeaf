#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| metatensor_fuzz::info_json(data));
