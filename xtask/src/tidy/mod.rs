//! `cargo xtask tidy`: the rules of this repository that no compiler knows.
//!
//! Every rule is a function from text to complaints, tested beside it; this file only reads and
//! counts. All complaints are shown, not only the first.

mod files;
mod layers;
mod lines;
mod protocol;

use std::path::Path;

use anyhow::{Result, bail};

use crate::report;
use crate::workspace::Workspace;

/// What a rule has to say about a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Complaint {
    /// Must be mended.
    Error(String),
    /// Wants a look.
    Warning(String),
}

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut complaints = layers::check(&workspace.packages);
    let paths = tracked(workspace)?;
    for path in &paths {
        let Some(text) = files::read(&workspace.root, path)? else {
            continue;
        };
        complaints.extend(files::check(path, &text));
        complaints.extend(lines::check(path, &text));
    }
    complaints.extend(frames(&workspace.root, &paths)?);

    let mut errors = 0;
    for complaint in &complaints {
        match complaint {
            Complaint::Error(text) => {
                errors += 1;
                report::line(&format!("tidy: {text}"));
            }
            Complaint::Warning(text) => report::warning(text),
        }
    }
    if errors > 0 {
        bail!("{errors} rules of the repository are broken (see above)");
    }
    report::line(&format!("{} files keep the rules", paths.len()));
    Ok(())
}

/// Every file of the repository, new ones included, that isn't ignored; relative to the root.
fn tracked(workspace: &Workspace) -> Result<Vec<String>> {
    let list = workspace
        .program("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            "--deduplicate",
        ])
        .read()?;
    let mut paths: Vec<String> = list
        .split('\0')
        .filter(|path| !path.is_empty())
        .map(str::to_owned)
        .collect();
    paths.sort();
    Ok(paths)
}

/// The document of the protocol against its source.
fn frames(root: &Path, paths: &[String]) -> Result<Vec<Complaint>> {
    let mut source = String::new();
    for path in paths
        .iter()
        .filter(|path| path.starts_with(protocol::SOURCE))
    {
        source.push_str(&files::read(root, path)?.unwrap_or_default());
    }
    let document = files::read(root, protocol::DOCUMENT)?.unwrap_or_default();
    Ok(protocol::check(&source, &document))
}
