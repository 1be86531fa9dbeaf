//! Time the C API of this library and of another one with the same ABI, in the
//! same process and in turn, and write a table of the best times.
//!
//! ```text
//! cargo run --release --package benchmarks -- OURS [REFERENCE] [--rounds N] [--only TEXT] [--memory] [--case NAME]
//! ```
//!
//! `OURS` and `REFERENCE` are paths of shared libraries. With one library, one
//! `--case NAME`, this is what to run under `valgrind --tool=callgrind`.
//!
//! Each case runs in a process of its own: the memory which the previous ones leave behind
//! would slow down whichever library comes first.

mod abi;
mod array;
mod cases;
mod data;
mod measure;

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use crate::abi::Functions;
use crate::measure::Quantity;

/// What went wrong, for a person to read.
type Result<T> = std::result::Result<T, String>;

/// Setting of the GNU C library: larger pieces of memory are separate mappings.
const THRESHOLD: &str = "MALLOC_MMAP_THRESHOLD_";

struct Arguments {
    libraries: Vec<PathBuf>,
    rounds: usize,
    only: String,
    /// The case to run in this process.
    case: Option<String>,
    quantity: Quantity,
}

fn parse() -> Result<Arguments> {
    let mut arguments = Arguments {
        libraries: Vec::new(),
        rounds: 5,
        only: String::new(),
        case: None,
        quantity: Quantity::Time,
    };
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        let mut value = || given.next().ok_or(format!("no value for {argument}"));
        match argument.as_str() {
            "--rounds" => {
                let value = value()?;
                arguments.rounds = value.parse().map_err(|_| format!("--rounds {value}?"))?;
            }
            "--memory" => arguments.quantity = Quantity::Memory,
            "--only" => arguments.only = value()?,
            "--case" => arguments.case = Some(value()?),
            _ => arguments.libraries.push(PathBuf::from(argument)),
        }
    }
    match arguments.libraries.len() {
        1 | 2 => Ok(arguments),
        count => Err(format!("give one or two libraries, not {count}")),
    }
}

/// Make the heap look like the one of a program which has been running for a while: with
/// free memory in the middle. Otherwise the allocator gives everything back to the system
/// after each run, and what is measured is how long it takes to get it again.
fn use_heap() {
    let pieces = (0..1000).map(|_| vec![1_u8; 64 << 10]).collect::<Vec<_>>();
    std::mem::forget(vec![1_u8; 64 << 10]);
    drop(pieces);
}

/// Run this program again for one case.
fn run_again(arguments: &Arguments, case: &str) -> Result<()> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command.args(&arguments.libraries).args(["--case", case]);
    command.args(["--rounds", &arguments.rounds.to_string()]);
    if arguments.quantity == Quantity::Memory {
        // memory which is freed is given back at once
        command.arg("--memory").env(THRESHOLD, "65536");
    }
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        _ => Err(format!("can not run {case}")),
    }
}

fn load_libraries(paths: &[PathBuf]) -> Result<Vec<Functions>> {
    let libraries = paths
        .iter()
        .map(|path| Functions::load(path))
        .collect::<Result<Vec<_>>>()?;
    for library in &libraries {
        let mut origin = 0;
        // SAFETY: a name and somewhere to write
        let status =
            unsafe { (library.register_data_origin)(c"benchmarks".as_ptr(), &raw mut origin) };
        library.check(status);
        if *array::ORIGIN.get_or_init(|| origin) != origin {
            return Err("these libraries do not number arrays in the same way".into());
        }
    }
    Ok(libraries)
}

fn run() -> Result<()> {
    let arguments = parse()?;
    let Some(name) = &arguments.case else {
        println!(
            "{}",
            measure::header(&load_libraries(&arguments.libraries)?)
        );
        return cases::all()
            .iter()
            .filter(|case| case.name.contains(&arguments.only))
            .try_for_each(|case| run_again(&arguments, case.name));
    };
    if arguments.quantity == Quantity::Time {
        use_heap();
    }
    let libraries = load_libraries(&arguments.libraries)?;
    let cases = cases::all();
    let mut cases = cases.iter();
    let case = cases.find(|case| case.name == name);
    let case = case.ok_or_else(|| format!("there is no case {name}"))?;
    println!(
        "{}",
        measure::measure(case, &libraries, arguments.quantity, arguments.rounds)
    );
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
