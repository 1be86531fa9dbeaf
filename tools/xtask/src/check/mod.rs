//! `cargo xtask check`: lints of this project.

mod dependencies;
mod documentation;
mod examples;
mod hardening;
mod messages;
mod paths;
mod sizes;

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Result;
use crate::codegen::function_names;

/// A text file which is part of the repository.
struct TextFile {
    /// Path from the root, with `/`.
    path: String,
    content: String,
}

/// Run all lints, and list everything that they found.
pub fn run(root: &Path) -> Result<()> {
    let files = tracked_files(root)?;
    let mut problems = Vec::new();
    problems.extend(dependencies::check(&files));
    problems.extend(documentation::check(root, &files));
    problems.extend(examples::check(root)?);
    problems.extend(hardening::check(&function_names(root)?, &files));
    problems.extend(messages::check(&files));
    problems.extend(paths::check(&files));
    problems.extend(sizes::check(&files));
    if problems.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{}\n{} problems found",
        problems.join("\n"),
        problems.len()
    ))
}

/// All text files known to git, or which will be.
fn tracked_files(root: &Path) -> Result<Vec<TextFile>> {
    let listing = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output()
        .map_err(|error| format!("can not run git: {error}"))?;
    if !listing.status.success() {
        return Err(String::from_utf8_lossy(&listing.stderr).into_owned());
    }
    let mut files = Vec::new();
    for path in String::from_utf8_lossy(&listing.stdout).split('\0') {
        // deleted files and binary files are of no interest
        if let Ok(content) = fs::read_to_string(root.join(path)) {
            files.push(TextFile {
                path: path.to_owned(),
                content,
            });
        }
    }
    Ok(files)
}
