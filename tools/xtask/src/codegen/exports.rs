//! `exports.map`: the list of exported functions, as a version script without versions.

use super::BANNER;
use super::model::Api;

pub fn generate(api: &Api) -> String {
    let mut names = api
        .functions()
        .map(|(_, function)| function.name.as_str())
        .collect::<Vec<_>>();
    names.sort_unstable();
    let names = names
        .iter()
        .map(|name| format!("        {name};\n"))
        .collect::<String>();
    format!("/* {BANNER} */\n{{\n    global:\n{names}    local:\n        *;\n}};\n")
}
