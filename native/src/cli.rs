//! The command line, as clap reads it. The contract for every flag is docs and tests; help is here.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

/// Shows and predicts how Python programs behave under threads, processes and asyncio.
///
/// Without a command: the first embedded example, raced under the default plans.
#[derive(Debug, Parser)]
#[command(name = "trilane", version, max_term_width = 80, after_help = AFTER_HELP)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

const AFTER_HELP: &str = "\
Exit status: 0 done (a deadlock is a result too), 1 the work failed, 2 the input is wrong.
Colours follow NO_COLOR, CLICOLOR_FORCE, COLORTERM and TERM.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Race a scenario under several plans, and say what held each back
    Simulate(Simulate),
    /// Which plan to take, why, and where the answer flips
    Advise(Advise),
    /// The Python program for a scenario and a plan
    Code(Code),
    /// Write a timeline: .svg, .png, .json (Chrome trace) or .pftrace (Perfetto)
    Export(Export),
    /// List the embedded examples, or print one
    Examples(Examples),
    /// The JSON Schema of scenario files
    Schema,
    /// Completions for a shell, on standard output
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// What is to be run on which machine; shared by every command that simulates.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Setup {
    /// A file (TOML, or JSON), "-" for standard input, or an embedded example's name
    /// [default: the first example]
    pub(crate) scenario: Option<String>,

    /// A plan: sync, threads(8), threads(each), processes(4), interpreters(4), asyncio(limit=100),
    /// asyncio+threads(8)+processes(4); "@3.14t" after it fixes its Python. May be repeated
    #[arg(long = "plan", value_name = "PLAN")]
    pub(crate) plans: Vec<String>,

    /// The Python of plans that do not fix theirs: 3.11 to 3.14, 3.13t, 3.14t
    /// [default: the newest with a GIL]
    #[arg(long, value_name = "VERSION")]
    pub(crate) python: Option<String>,

    /// What things cost: a profile file in place of the embedded one of its Python
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: Option<PathBuf>,

    /// Cores of the simulated machine [default: the scenario's, or 4]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) cores: Option<u32>,

    /// Draws the work anew [default: the scenario's, or 0]
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    pub(crate) seed: Option<u64>,
}

#[derive(Args, Debug, Default)]
pub(crate) struct Simulate {
    #[command(flatten)]
    pub(crate) setup: Setup,

    /// Seed of the machine's own jitter (wake-ups, timers)
    #[arg(
        long,
        value_name = "J",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    pub(crate) jitter: u64,

    /// The figures as JSON
    #[arg(long, conflicts_with = "timeline")]
    pub(crate) json: bool,

    /// The lanes of every plan below its bar: threads, event loop, GIL
    #[arg(long)]
    pub(crate) timeline: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Advise {
    #[command(flatten)]
    pub(crate) setup: Setup,

    /// The advice as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Code {
    /// A file (TOML, or JSON), "-" for standard input, or an embedded example's name
    /// [default: the first example]
    pub(crate) scenario: Option<String>,

    /// The plan to write the program for: threads(8), asyncio, processes(4)@3.14
    #[arg(long, value_name = "PLAN")]
    pub(crate) plan: String,

    /// The Python to write it for, where the plan does not fix it
    /// [default: the newest with a GIL]
    #[arg(long, value_name = "VERSION")]
    pub(crate) python: Option<String>,

    /// Cores that a pool without a number is sized for [default: the scenario's, or 4]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) cores: Option<u32>,
}

#[derive(Args, Debug)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) setup: Setup,

    /// Seed of the machine's own jitter (wake-ups, timers)
    #[arg(
        long,
        value_name = "J",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    pub(crate) jitter: u64,

    /// Where to write; the ending says what: .svg, .png, .json (Chrome trace), .pftrace (Perfetto).
    /// A picture of one plan shows its lanes, of several (or of the default set) the race; a trace
    /// holds one plan, the first
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct Examples {
    /// Print this example's text
    #[arg(conflicts_with = "json")]
    pub(crate) name: Option<String>,

    /// The list as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
