#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| metatensor_fuzz::keys_to(data));
