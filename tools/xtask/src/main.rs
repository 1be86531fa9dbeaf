//! Maintenance commands of this repository.

mod check;
mod codegen;
mod examples;

use std::path::Path;
use std::process::ExitCode;

/// What went wrong, for a person to read.
type Result<T> = std::result::Result<T, String>;

const USAGE: &str = "usage: cargo xtask <command>

commands:
  codegen           write the files generated from the Rust sources of the C API
  codegen --check   fail if one of these files is not up to date
  check             run the lints of this project
";

fn main() -> ExitCode {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    let arguments = arguments.iter().map(String::as_str).collect::<Vec<_>>();
    // the root of the workspace, wherever the command is run from
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap_or(Path::new("."));
    let result = match arguments.as_slice() {
        ["codegen"] => codegen::write(root),
        ["codegen", "--check"] => codegen::check(root),
        ["check"] => check::run(root),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{}", message.trim_end());
            ExitCode::FAILURE
        }
    }
}
