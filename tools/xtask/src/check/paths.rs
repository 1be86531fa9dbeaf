//! Nothing of the machine on which a file was written belongs in it.

use super::TextFile;

pub fn check(files: &[TextFile]) -> Vec<String> {
    // written in two parts, for this file is checked as well
    let folders = ["work", "root", "opt", "home", "Users"].map(|name| format!("/{name}/"));
    let mut problems = Vec::new();
    for file in files {
        for (i, line) in file.content.lines().enumerate() {
            for folder in &folders {
                if line
                    .match_indices(folder.as_str())
                    .any(|(at, _)| starts_path(line, at))
                {
                    problems.push(format!(
                        "{}:{}: path of one machine ({folder})",
                        file.path,
                        i + 1
                    ));
                }
            }
        }
    }
    problems
}

/// Is this the start of an absolute path, and not a part of another one?
fn starts_path(line: &str, at: usize) -> bool {
    line[..at]
        .chars()
        .next_back()
        .is_none_or(|before| " \"'`=(:,<[".contains(before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_absolute_paths() {
        let problems = |content: String| {
            check(&[TextFile {
                path: "x".into(),
                content,
            }])
            .len()
        };
        let folder = "home";
        assert_eq!(problems(format!("path = \"/{folder}/me/x\"")), 1);
        assert_eq!(problems(format!("https://example.org/{folder}/x")), 0);
        assert_eq!(problems("src/workflow/x".into()), 0);
    }
}
