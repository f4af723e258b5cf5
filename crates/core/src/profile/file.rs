//! The profile file: TOML in which every figure says where it comes from.
//!
//! ```toml
//! format = 1
//! python = "3.14"
//! gil = true
//! interpreters = true
//! fair_locks = true
//! start = "forkserver"
//! machine = "laptop, 8 cores"
//! system = "Linux 6.12"
//! date = "2026-11-23"
//! build = "3.14.0 (main, Oct  7 2025) [GCC 14.2.0]"  # optional
//! notes = ["something else kept 0.4 cores busy"]      # optional
//!
//! [thread]
//! thread_create = { us = 25, spread = 3, from = "measured", source = "thread start + join" }
//! ```
//!
//! The file is taken apart by hand rather than by serde, so that it is told all its problems at once
//! and each in the words of a profile; [`PARAMETERS`] says which figures there are.

use toml::{Table, Value};

use super::error::{Problems, ProfileError};
use super::figure::{Figure, read_figure};
use super::parameters::{PARAMETERS, Slot, Unit};
use super::{Costs, FigureValue};
use crate::plan::StartMethod;

/// The version of the file format that this library reads.
pub const FORMAT: i64 = 1;

/// What things cost on one machine under one Python build, with the provenance of every figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// The Python: `3.13`, `3.14t`.
    pub python: String,
    /// Whether the build has a GIL.
    pub gil: bool,
    /// Whether `InterpreterPoolExecutor` exists.
    pub interpreters: bool,
    /// Whether `threading.Lock` is handed to a waiter that has waited long (3.14 and later).
    pub fair_locks: bool,
    /// Default start method of process pools on Linux.
    pub start: StartMethod,
    /// The machine, in words.
    pub machine: String,
    /// The operating system and its kernel, in words.
    pub system: String,
    /// When it was put together: `2026-11-23`.
    pub date: String,
    /// The interpreter's full version, build and compiler, where known.
    pub build: Option<String>,
    /// What whoever made it has to say about it: load by others, what could not be measured.
    pub notes: Vec<String>,
    /// The figures, in the order of [`PARAMETERS`].
    pub figures: Vec<Figure>,
}

impl Profile {
    /// The costs without their provenance, as the simulator takes them.
    pub fn costs(&self) -> Costs {
        let mut costs = Costs::ideal(&self.python, self.gil);
        costs.has_interpreters = self.interpreters;
        costs.fair_locks = self.fair_locks;
        costs.default_start = self.start;
        for figure in &self.figures {
            match (figure.parameter.slot, &figure.value) {
                (Slot::Number(slot), FigureValue::Number(number)) => *slot(&mut costs) = *number,
                (Slot::Quantiles(slot), FigureValue::Quantiles(quantiles)) => {
                    *slot(&mut costs) = quantiles.clone();
                }
                (Slot::Transfer(slot), FigureValue::Transfer(rates)) => {
                    *slot(&mut costs) = rates.clone();
                }
                (Slot::Shares(slot), FigureValue::Shares(shares)) => {
                    *slot(&mut costs) = shares.clone();
                }
                // A figure's value is read by its parameter's slot, so no other pair exists.
                _ => unreachable!("`{}` has a value of another shape", figure.parameter.name),
            }
        }
        costs
    }
}

/// Reads and checks a profile file.
///
/// # Errors
///
/// [`ProfileError::Syntax`] where the text is no TOML, else [`ProfileError::Problems`] with
/// everything that is wrong in it.
pub fn parse_profile(text: &str) -> Result<Profile, ProfileError> {
    let file: Table = text
        .parse()
        .map_err(|error: toml::de::Error| ProfileError::Syntax(error.to_string()))?;
    let mut problems = Problems::default();
    let profile = read(&file, &mut problems);
    match profile {
        Some(profile) if problems.0.is_empty() => Ok(profile),
        _ => Err(ProfileError::Problems(problems.0)),
    }
}

fn read(file: &Table, problems: &mut Problems) -> Option<Profile> {
    match file.get("format") {
        Some(Value::Integer(FORMAT)) => {}
        // Another format's figures would only drown the one thing that matters.
        Some(other) => {
            return problems.add(
                "format",
                format!("`{other}` is not a format this version reads"),
                format!("use `format = {FORMAT}`, or a newer Trilane"),
            );
        }
        None => {
            problems.add::<()>("format", "is missing", format!("add `format = {FORMAT}`"));
        }
    }
    let python = text(file, "python", "\"3.14\"", problems);
    let gil = flag(file, "gil", problems);
    let interpreters = flag(file, "interpreters", problems);
    let fair_locks = flag(file, "fair_locks", problems);
    let start = start_method(file, problems);
    let machine = text(file, "machine", "\"laptop, 8 cores\"", problems);
    let system = text(file, "system", "\"Linux 6.12\"", problems);
    let date = text(file, "date", "\"2026-11-23\"", problems);
    if let Some(date) = date.as_deref().filter(|date| !is_date(date)) {
        problems.add::<()>(
            "date",
            format!("`{date}` is not a date"),
            "write it as `2026-11-23`",
        );
    }
    let build = match file.contains_key("build") {
        true => text(file, "build", "\"3.14.0 (main) [GCC 14.2.0]\"", problems),
        false => None,
    };
    let notes = notes(file, problems);
    refuse_unknown(file, problems);
    let figures = figures(file, interpreters.unwrap_or(true), problems);
    Some(Profile {
        python: python?,
        gil: gil?,
        interpreters: interpreters?,
        fair_locks: fair_locks?,
        start: start?,
        machine: machine?,
        system: system?,
        date: date?,
        build,
        notes,
        figures,
    })
}

fn figures(file: &Table, interpreters: bool, problems: &mut Problems) -> Vec<Figure> {
    let mut figures = Vec::with_capacity(PARAMETERS.len());
    for parameter in PARAMETERS {
        let key = format!("{}.{}", parameter.group, parameter.name);
        let group = file.get(parameter.group).and_then(Value::as_table);
        match group.and_then(|group| group.get(parameter.name)) {
            Some(value) => figures.extend(read_figure(parameter, &key, value, problems)),
            None if parameter.needs_interpreters() && !interpreters => {}
            None if parameter.is_optional() => {}
            None => {
                let unit = match (parameter.slot, parameter.unit) {
                    (Slot::Quantiles(_), _) => "us = { p0 = 15, p50 = 45, p100 = 400 }",
                    (Slot::Transfer(_), _) => "sizes = [..]",
                    (Slot::Shares(_), _) => "busy = [ { cores = 1, ppm = 1_000_000 } ]",
                    (Slot::Number(_), Unit::Time) => "us = 4.0",
                    (Slot::Number(_), Unit::Ppm) => "ppm = 1_000_000",
                    (Slot::Number(_), Unit::Memory) => "KiB = 12",
                };
                problems.add::<()>(
                    &key,
                    format!("is missing ({})", parameter.about),
                    format!(
                        "add `{} = {{ {unit}, from = \"estimated\", source = \"..\" }}` to [{}]",
                        parameter.name, parameter.group
                    ),
                );
            }
        }
    }
    figures
}

/// Names every key and every figure that no parameter has.
fn refuse_unknown(file: &Table, problems: &mut Problems) {
    const HEAD: [&str; 11] = [
        "format",
        "python",
        "gil",
        "interpreters",
        "fair_locks",
        "start",
        "machine",
        "system",
        "date",
        "build",
        "notes",
    ];
    for (name, value) in file {
        let known = |group: &&str| PARAMETERS.iter().any(|p| p.group == *group);
        match value {
            Value::Table(table) if known(&name.as_str()) => {
                for figure in table.keys() {
                    if !PARAMETERS
                        .iter()
                        .any(|p| p.group == name && p.name == figure)
                    {
                        let key = format!("{name}.{figure}");
                        let remedy = match PARAMETERS.iter().find(|p| p.name == figure) {
                            Some(parameter) => format!("move it to [{}]", parameter.group),
                            None => "remove it; docs/PROFILES.md lists the parameters".to_owned(),
                        };
                        problems.add::<()>(&key, "is no parameter of this group", remedy);
                    }
                }
            }
            Value::Table(_) => {
                problems.add::<()>(
                    name,
                    "is no group of parameters",
                    "remove it; docs/PROFILES.md lists the groups",
                );
            }
            _ if HEAD.contains(&name.as_str()) => {}
            _ if known(&name.as_str()) => {
                problems.add::<()>(
                    name,
                    "is a group of parameters",
                    format!("write `[{name}]`"),
                );
            }
            _ => {
                problems.add::<()>(
                    name,
                    "is no key of a profile",
                    format!("remove it; the keys are {}", HEAD.join(", ")),
                );
            }
        }
    }
}

fn text(file: &Table, key: &str, example: &str, problems: &mut Problems) -> Option<String> {
    match file.get(key) {
        Some(Value::String(text)) if !text.trim().is_empty() => Some(text.clone()),
        Some(other) => problems.add(
            key,
            format!("`{other}` is not a text with something in it"),
            format!("write it as `{key} = {example}`"),
        ),
        None => problems.add(key, "is missing", format!("add `{key} = {example}`")),
    }
}

/// Optional: what whoever made the profile has to say about it.
fn notes(file: &Table, problems: &mut Problems) -> Vec<String> {
    let Some(value) = file.get("notes") else {
        return vec![];
    };
    let texts: Option<Vec<String>> = value.as_array().and_then(|notes| {
        notes
            .iter()
            .map(|n| n.as_str().map(str::to_owned))
            .collect()
    });
    texts.unwrap_or_else(|| {
        problems.add::<()>(
            "notes",
            format!("`{value}` is no list of texts"),
            "write `notes = [\"..\"]`",
        );
        vec![]
    })
}

fn flag(file: &Table, key: &str, problems: &mut Problems) -> Option<bool> {
    match file.get(key) {
        Some(Value::Boolean(flag)) => Some(*flag),
        Some(other) => problems.add(
            key,
            format!("`{other}` is neither true nor false"),
            "write one of them",
        ),
        None => problems.add(
            key,
            "is missing",
            format!("add `{key} = true` or `{key} = false`"),
        ),
    }
}

fn start_method(file: &Table, problems: &mut Problems) -> Option<StartMethod> {
    const ALL: [StartMethod; 3] = [
        StartMethod::Fork,
        StartMethod::Spawn,
        StartMethod::ForkServer,
    ];
    let written = text(file, "start", "\"forkserver\"", problems)?;
    match ALL.into_iter().find(|method| method.name() == written) {
        Some(method) => Some(method),
        None => problems.add(
            "start",
            format!("`{written}` is no start method"),
            "use fork, spawn or forkserver",
        ),
    }
}

/// `2026-11-23`, without asking how long the month is.
fn is_date(text: &str) -> bool {
    let shape = text.bytes().enumerate().all(|(i, byte)| match i {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    shape && text.len() == 10
}
