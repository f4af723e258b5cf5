//! `mdbook-trilane`: a preprocessor of mdBook. A fenced block named `trilane` becomes the widget, with a still
//! picture for whoever has no scripts; it is read, run and held to its claims when the book is built.
//!
//! In book.toml:
//!
//! ```toml
//! [preprocessor.trilane]
//! page = "trilane/"   # where the built page is: below the book, or an address
//! strict = true       # a broken block ends the build; else it is told in its place, and to the terminal
//! ```

mod book;

use std::io::{Read, Write};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use book::Settings;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(done) => done,
        Err(error) => {
            eprintln!("mdbook-trilane: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<ExitCode> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => preprocess(),
        // Everything but HTML would show the elements as text.
        ["supports", renderer] => Ok(match renderer {
            "html" => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }),
        ["--version"] => {
            println!("mdbook-trilane {}", env!("CARGO_PKG_VERSION"));
            Ok(ExitCode::SUCCESS)
        }
        _ => bail!(
            "`{}` is not understood: mdBook runs this, once `[preprocessor.trilane]` stands in its book.toml",
            words.join(" ")
        ),
    }
}

fn preprocess() -> Result<ExitCode> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .context("mdBook's book cannot be read")?;
    let (settings, mut book) = Settings::read(&text)?;
    let broken = book::play(&mut book, &settings);
    for told in &broken {
        eprintln!("{told}");
    }
    if settings.strict && !broken.is_empty() {
        bail!(
            "{} of the book's blocks cannot be shown, and the book is `strict`",
            broken.len()
        );
    }
    let json = serde_json::to_vec(&book)?;
    std::io::stdout()
        .write_all(&json)
        .context("mdBook does not take the book back")?;
    Ok(ExitCode::SUCCESS)
}
