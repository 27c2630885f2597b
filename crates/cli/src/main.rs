//! The `mainstay` command: reads the environment and the arguments, everything else is in the library.

use std::process::ExitCode;

use mainstay_cli::Outside;

fn main() -> ExitCode {
    let outside = Outside {
        env: &|name| std::env::var_os(name),
        vars: &|| std::env::vars_os().collect(),
        program: &std::env::current_exe,
    };
    mainstay_cli::run(std::env::args_os(), &outside)
}
