//! The `trilane` binary: reads the command line, runs the command, and ends with the status that the
//! contract names: 0 done, 1 the work failed, 2 the input is wrong.

mod calibrate;
mod cli;
mod commands;
mod failure;
mod input;
mod machine;
mod measure;
mod output;
mod png;
mod progress;
mod python;
mod run;
mod serve;
mod show;
mod stop;
mod term;

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use cli::{Cli, Command};

fn main() -> ExitCode {
    // This program run again by itself, for real runs: no command of the command line's.
    #[cfg(unix)]
    if let Some(part) = trilane_runner::part() {
        part.play();
        return ExitCode::SUCCESS;
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    match dispatch(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let (status, text) = failure::verdict(&error);
            if let Some(text) = text {
                complain(&text);
            }
            ExitCode::from(status)
        }
    }
}

fn dispatch(cli: Cli) -> Result<()> {
    match cli.command {
        None => commands::simulate::simulate(&cli::Simulate::default(), true),
        Some(Command::Simulate(args)) => commands::simulate::simulate(&args, false),
        Some(Command::Advise(args)) => commands::advise::advise(&args),
        Some(Command::Calibrate(args)) => commands::calibrate::calibrate(&args),
        Some(Command::Measure(args)) => commands::measure::measure(&args),
        Some(Command::Compare(args)) => commands::compare::compare(&args),
        Some(Command::Code(args)) => commands::code::code(&args),
        Some(Command::Export(args)) => commands::export::export(&args),
        Some(Command::Note(args)) => commands::note::note(&args),
        Some(Command::Serve(args)) => commands::serve::serve(&args),
        Some(Command::Examples(args)) => commands::examples::examples(&args),
        Some(Command::Schema) => commands::schema(),
        Some(Command::Completions { shell }) => commands::completions(shell),
    }
}

/// Help and version go to standard output, wrong flags to standard error.
fn usage(error: &clap::Error) -> ExitCode {
    let status = u8::try_from(error.exit_code()).unwrap_or(2);
    match error.print() {
        Ok(()) => ExitCode::from(status),
        Err(broken) if broken.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::from(status),
        Err(broken) => {
            complain(&format!(
                "error: cannot write: {}",
                failure::reason(&broken)
            ));
            ExitCode::from(status.max(1))
        }
    }
}

/// Says what went wrong. Where standard error is closed too there is nobody left to tell.
pub(crate) fn complain(text: &str) {
    // What was given may be quoted in it, and must not drive the terminal.
    let lines: Vec<String> = text.lines().map(term::sanitise).collect();
    let _ = writeln!(std::io::stderr(), "{}", lines.join("\n"));
}
