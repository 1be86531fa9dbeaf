#!/bin/sh
# stands for the cargo of a very old Rust
echo "cargo 1.20.0 (a60d185c8 2017-07-13)"
