//! The `mainstay` command: reads the environment and the arguments, everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    mainstay_cli::run(std::env::args_os(), &|name| std::env::var_os(name))
}
