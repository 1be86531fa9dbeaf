//! Pages of the documentation: all are in the summary, and their links lead somewhere.

use std::path::Path;

use super::TextFile;

/// The list of pages, in the format of mdBook.
const SUMMARY: &str = "docs/src/SUMMARY.md";

pub fn check(root: &Path, files: &[TextFile]) -> Vec<String> {
    let mut problems = summary(files);
    for file in files.iter().filter(|file| file.path.ends_with(".md")) {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (line, target) in links(&file.content) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let problem = |what: &str| format!("{}:{line}: {what}: {target}", file.path);
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = if path.is_empty() {
                file.path.clone()
            } else {
                normal(&format!("{folder}/{path}"))
            };
            let known = files.iter().any(|file| file.path == path);
            if !known && !root.join(&path).exists() {
                problems.push(problem("link to a missing file"));
            } else if !anchor.is_empty() && !has_title(files, &path, anchor) {
                problems.push(problem("link to a missing title"));
            }
        }
    }
    problems
}

/// Pages which are not in the summary.
fn summary(files: &[TextFile]) -> Vec<String> {
    let Some(summary) = files.iter().find(|file| file.path == SUMMARY) else {
        return vec![format!("{SUMMARY} is missing")];
    };
    let listed = links(&summary.content)
        .map(|(_, target)| normal(&format!("docs/src/{target}")))
        .collect::<Vec<_>>();
    files
        .iter()
        .map(|file| &file.path)
        .filter(|path| path.starts_with("docs/src/") && path.ends_with(".md"))
        .filter(|path| *path != SUMMARY && !listed.contains(path))
        .map(|path| format!("{SUMMARY}: {path} is not there"))
        .collect()
}

/// Targets of `[text](target)` outside of code, with the number of their line.
fn links(content: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    content.lines().enumerate().flat_map(move |(i, line)| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        let line = if in_code || is_fence { "" } else { line };
        line.match_indices("](").filter_map(move |(at, _)| {
            let rest = &line[at + 2..];
            Some((i + 1, &rest[..rest.find(')')?]))
        })
    })
}

/// Does a page have this title? Other files do not have any.
fn has_title(files: &[TextFile], path: &str, anchor: &str) -> bool {
    files.iter().filter(|file| file.path == path).any(|file| {
        file.content
            .lines()
            .filter_map(|line| line.strip_prefix('#'))
            .any(|title| crate::codegen::anchor(title.trim_start_matches('#').trim()) == anchor)
    })
}

/// Resolve `..` in a path.
fn normal(path: &str) -> String {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, content: &str) -> TextFile {
        TextFile {
            path: path.into(),
            content: content.into(),
        }
    }

    #[test]
    fn finds_links() {
        let text = "see [a](b.md) and [c](d.md#e)\n```c\nx[i](j)\n```\n";
        assert_eq!(
            links(text).collect::<Vec<_>>(),
            [(1, "b.md"), (1, "d.md#e")]
        );
        assert_eq!(normal("docs/src/../a/./b"), "docs/a/b");
    }

    #[test]
    fn finds_pages_which_are_not_listed() {
        let mut files = vec![
            file(SUMMARY, "- [A](a.md)\n"),
            file("docs/src/a.md", "# A title\n"),
            file("docs/src/b/c.md", "\n"),
        ];
        assert_eq!(summary(&files).len(), 1);
        files.pop();
        assert!(summary(&files).is_empty());
        assert!(has_title(&files, "docs/src/a.md", "a-title"));
        assert!(!has_title(&files, "docs/src/a.md", "title"));
    }

    #[test]
    fn finds_broken_links() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let problems = |content: &str| {
            let files = [file(SUMMARY, ""), file("docs/x.md", content)];
            check(root, &files).len()
        };
        assert_eq!(problems("[a](../README.md) [b](https://example.org)"), 0);
        assert_eq!(problems("[a](missing.md)"), 1);
        assert_eq!(problems("# Title\n[a](#title) [b](#nothing)"), 1);
    }
}
