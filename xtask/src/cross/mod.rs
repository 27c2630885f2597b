//! Compiling for systems that this machine isn't: `check-windows` and `check-aarch64`.
//!
//! Rust's standard library for another target comes from its sources: Debian packages a compiler
//! with them (`rustc-web`). It is unpacked into the target folder, beside the usual toolchain.

mod toolchain;

use anyhow::Result;

use crate::cli::WindowsOptions;
use crate::cross::toolchain::Toolchain;
use crate::debian;
use crate::desktop::EMBEDDED_PAGE;
use crate::host::{self, Build};
use crate::report;
use crate::steps::Steps;
use crate::workspace::{BENCHES, DESKTOP, Workspace};

const WINDOWS: &str = "x86_64-pc-windows-gnu";

/// What the standard library is built of.
const STD: &str = "-Zbuild-std=std,panic_abort,panic_unwind";

const AARCH64: Build = Build {
    target: "aarch64-unknown-linux-gnu",
    folder: "aarch64",
};

/// Proves that the code for Windows compiles, and nothing more.
pub(crate) fn windows(workspace: &Workspace, options: &WindowsOptions) -> Result<()> {
    let mut steps = Steps::default();
    let toolchain = steps.step("toolchain", || {
        debian::install(workspace, &["g++-mingw-w64-x86-64-posix"])?;
        Toolchain::unpack(workspace)
    })?;
    steps.step("check for Windows", || {
        let mut check = toolchain
            .cargo(workspace)
            .args(["check", STD, "--target", WINDOWS])
            .arg("--target-dir")
            .arg(workspace.target.join("windows"))
            .env("CC_x86_64_pc_windows_gnu", "x86_64-w64-mingw32-gcc-posix")
            .env("CXX_x86_64_pc_windows_gnu", "x86_64-w64-mingw32-g++-posix")
            .env(
                "CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER",
                "x86_64-w64-mingw32-gcc-posix",
            );
        if options.package.is_empty() {
            check = check.args(["--workspace", "--exclude", "xtask", "--exclude", BENCHES]);
            for package in workspace.packages_below("tests") {
                check = check.args(["--exclude", &package.name]);
            }
            if options.desktop {
                check = check.args(["--features", EMBEDDED_PAGE]);
            } else {
                check = check.args(["--exclude", DESKTOP]);
            }
        }
        for package in &options.package {
            check = check.args(["--package", package]);
        }
        check.run()
    })?;
    steps.finish();
    Ok(())
}

/// Builds the static host for aarch64 and asks it for its version.
pub(crate) fn aarch64(workspace: &Workspace) -> Result<()> {
    if !host::has_program(workspace) {
        report::warning("there is no program `mainstay-host` yet: nothing to build");
        return Ok(());
    }
    let mut steps = Steps::default();
    let toolchain = steps.step("toolchain", || {
        debian::install(
            workspace,
            &[
                "gcc-aarch64-linux-gnu",
                "libc6-dev-arm64-cross",
                "qemu-user",
            ],
        )?;
        Toolchain::unpack(workspace)
    })?;
    let program = AARCH64.program(workspace);
    steps.step("static host for aarch64", || {
        AARCH64
            .command(workspace, toolchain.cargo(workspace).args([STD]))
            .env("CC_aarch64_unknown_linux_gnu", "aarch64-linux-gnu-gcc")
            .env(
                "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER",
                "aarch64-linux-gnu-gcc",
            )
            .run()?;
        host::check(&program)
    })?;
    steps.step("its version, in an emulator", || {
        workspace
            .program("qemu-aarch64")
            .arg(&program)
            .arg("--version")
            .run()
    })?;
    steps.finish();
    Ok(())
}
