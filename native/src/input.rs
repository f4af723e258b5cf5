//! Where a scenario comes from: a file, standard input, or the embedded examples.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::Result;
use trilane_core::examples;
use trilane_core::scenario::{self, Format, MAX_TEXT, Scenario};

use crate::failure::{bad_input, bad_text, did_you_mean, reason};

/// What messages call standard input.
const STDIN: &str = "<stdin>";

/// Reads a text that is no scenario: from a file, or "-". Gives what messages call it, and its bytes.
pub(crate) fn text(given: &str) -> Result<(String, Vec<u8>)> {
    if given == "-" {
        return Ok((STDIN.to_owned(), read(io::stdin().lock(), STDIN)?));
    }
    let file = File::open(given)
        .map_err(|error| bad_input(format!("cannot read `{given}`: {}", reason(&error))))?;
    Ok((given.to_owned(), read(file, given)?))
}

/// Reads and checks what the argument names.
pub(crate) fn load(argument: Option<&str>) -> Result<Scenario> {
    load_with_text(argument).map(|(scenario, _)| scenario)
}

/// The same, with the text that was read.
pub(crate) fn load_with_text(argument: Option<&str>) -> Result<(Scenario, String)> {
    let (name, bytes) = match argument {
        None => {
            let first = &examples::all()[0];
            (first.name, first.text().as_bytes().to_vec())
        }
        Some("-") => (STDIN, read(io::stdin().lock(), STDIN)?),
        Some(given) => (given, named(given)?),
    };
    let format = Format::guess(
        name,
        &String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]),
    );
    match scenario::parse_bytes(&bytes, format) {
        Ok(scenario) => Ok((scenario, String::from_utf8_lossy(&bytes).into_owned())),
        Err(problems) => {
            let details = problems
                .iter()
                .map(|problem| problem.render(name))
                .collect();
            let count = match problems.len() {
                1 => "1 problem".to_owned(),
                n => format!("{n} problems"),
            };
            Err(bad_text(format!("{count} in {name}"), details))
        }
    }
}

/// A file if there is one, or else an example.
fn named(given: &str) -> Result<Vec<u8>> {
    let path = Path::new(given);
    let example = examples::find(given);
    if path.is_dir() && example.is_none() {
        return Err(bad_input(format!(
            "`{given}` is a directory: give a scenario file, `-` for standard input, or an \
             example's name"
        )));
    }
    if path.exists() && !path.is_dir() {
        let file = File::open(path)
            .map_err(|error| bad_input(format!("cannot read `{given}`: {}", reason(&error))))?;
        return read(file, given);
    }
    if let Some(example) = example {
        return Ok(example.text().as_bytes().to_vec());
    }
    let looks_like_path = given.contains(['/', '\\']) || path.extension().is_some();
    let hint = match did_you_mean(given, examples::all().iter().map(|example| example.name)) {
        Some(name) if !looks_like_path => format!("did you mean `{name}`? "),
        _ => String::new(),
    };
    let what = match looks_like_path {
        true => "there is no such file",
        false => "there is neither a file nor an example of that name",
    };
    Err(bad_input(format!(
        "cannot read `{given}`: {what}; {hint}`trilane examples` lists the examples"
    )))
}

/// Everything up to a byte past the language's limit, so that `/dev/zero` ends too.
fn read(from: impl Read, name: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_TEXT as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| bad_input(format!("cannot read `{name}`: {}", reason(&error))))?;
    Ok(bytes)
}
