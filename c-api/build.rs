//! Gives the shared library the name by which programs built for metatensor look
//! for it.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("macos") => {
            println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libmetatensor.dylib");
        }
        Ok("windows") => {}
        _ => {
            println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libmetatensor.so");
            // threads of the library run its code until the process ends: it must
            // stay there after `dlclose`
            println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
        }
    }
}
