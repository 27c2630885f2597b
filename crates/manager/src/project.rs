//! The project a session belongs to: the root of the repository it was started in.
//!
//! All worktrees of a repository are one project. Git itself isn't run: its files say enough
//! (<https://git-scm.com/docs/gitrepository-layout>), and a program that is missing or slow can't be in the way.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Longest file of git that is read here: it holds one path.
const MAX_BYTES: u64 = 8 * 1024;

/// The canonical root of the repository that a folder is in, else the folder itself. A folder that isn't there is given
/// back as it is.
#[must_use]
pub fn of(cwd: &Path) -> PathBuf {
    let Ok(folder) = fs::canonicalize(cwd) else {
        return cwd.to_path_buf();
    };
    let root = folder.ancestors().find_map(root_here);
    root.unwrap_or(folder)
}

/// The repository whose work tree begins in exactly this folder.
fn root_here(folder: &Path) -> Option<PathBuf> {
    let dot_git = folder.join(".git");
    let found = fs::metadata(&dot_git).ok()?;
    if found.is_dir() {
        // An empty folder of this name makes no repository.
        return is_git_folder(&dot_git).then(|| folder.to_path_buf());
    }
    let git_folder = read_path(&dot_git, "gitdir:", folder)?;
    if !is_git_folder(&git_folder) {
        return None;
    }
    match read_path(&git_folder.join("commondir"), "", &git_folder) {
        Some(common) => main_root(&common),
        // A submodule, or a repository whose git folder is elsewhere: it is one by itself.
        None => Some(folder.to_path_buf()),
    }
}

/// The work tree that a worktree's common git folder belongs to; for a bare repository that folder itself.
fn main_root(common: &Path) -> Option<PathBuf> {
    let common = fs::canonicalize(common).ok()?;
    let is_inside = common.file_name().is_some_and(|name| name == ".git");
    match common.parent().filter(|_| is_inside) {
        Some(root) => Some(root.to_path_buf()),
        None => Some(common),
    }
}

fn is_git_folder(folder: &Path) -> bool {
    // A symbolic link in old repositories.
    fs::symlink_metadata(folder.join("HEAD")).is_ok()
}

/// The path in one of git's small files, relative to `base`.
fn read_path(file: &Path, label: &str, base: &Path) -> Option<PathBuf> {
    if !fs::metadata(file).ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    let read = File::open(file)
        .ok()?
        .take(MAX_BYTES)
        .read_to_string(&mut text);
    read.ok()?;
    let path = text.strip_prefix(label)?.trim();
    (!path.is_empty()).then(|| base.join(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Tree(tempfile::TempDir);

    impl Tree {
        fn new(folders: &[&str], files: &[(&str, &str)]) -> Self {
            let tree = Self(tempfile::tempdir().expect("a folder"));
            for folder in folders {
                fs::create_dir_all(tree.path(folder)).expect("made");
            }
            for (file, text) in files {
                let path = tree.path(file);
                fs::create_dir_all(path.parent().expect("in a folder")).expect("made");
                use std::io::Write as _;
                let mut file = File::create(path).expect("made");
                file.write_all(text.as_bytes()).expect("written");
            }
            tree
        }

        fn path(&self, below: &str) -> PathBuf {
            let root = fs::canonicalize(self.0.path()).expect("there");
            if below.is_empty() {
                root
            } else {
                root.join(below)
            }
        }
    }

    #[test]
    fn a_folder_belongs_to_the_repository_around_it() {
        let tree = Tree::new(
            &["repo/src/deep", "plain/.git"],
            &[("repo/.git/HEAD", "ref")],
        );
        assert_eq!(of(&tree.path("repo/src/deep")), tree.path("repo"));
        assert_eq!(of(&tree.path("repo")), tree.path("repo"));
        assert_eq!(of(&tree.path("plain")), tree.path("plain"), "no repository");
        assert_eq!(of(Path::new("/not/there")), PathBuf::from("/not/there"));
    }

    #[test]
    fn worktrees_belong_to_their_main_one() {
        let tree = Tree::new(
            &["second/src"],
            &[
                ("repo/.git/HEAD", "ref"),
                ("repo/.git/worktrees/second/HEAD", "ref"),
                ("repo/.git/worktrees/second/commondir", "../..\n"),
                ("second/.git", "gitdir: ../repo/.git/worktrees/second\n"),
                ("bare.git/HEAD", "ref"),
                ("bare.git/worktrees/w/HEAD", "ref"),
                ("bare.git/worktrees/w/commondir", "../.."),
                ("w/.git", "gitdir: ../bare.git/worktrees/w"),
            ],
        );
        assert_eq!(of(&tree.path("second/src")), tree.path("repo"));
        assert_eq!(of(&tree.path("w")), tree.path("bare.git"));
    }

    #[test]
    fn a_submodule_is_a_project_of_its_own() {
        let tree = Tree::new(
            &[],
            &[
                ("repo/.git/HEAD", "ref"),
                ("repo/.git/modules/sub/HEAD", "ref"),
                ("repo/sub/.git", "gitdir: ../.git/modules/sub\n"),
                ("repo/stale/.git", "gitdir: ../.git/modules/gone\n"),
            ],
        );
        assert_eq!(of(&tree.path("repo/sub")), tree.path("repo/sub"));
        assert_eq!(
            of(&tree.path("repo/stale")),
            tree.path("repo"),
            "it points to nothing"
        );
    }

    #[test]
    #[cfg(unix)]
    fn the_root_is_canonical() {
        let tree = Tree::new(&["repo/src"], &[("repo/.git/HEAD", "ref")]);
        std::os::unix::fs::symlink(tree.path("repo/src"), tree.path("link")).expect("made");
        assert_eq!(of(&tree.path("link")), tree.path("repo"));
    }
}
