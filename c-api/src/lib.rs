//! C API of metatensor.
