//! The plan grammar: `name`, or `name(argument, key=value)`, joined by `+`, and `@python` at the end.

use thiserror::Error;

use super::spec::{PlanSpec, PoolSpec, Shape, WorkersSpec};
use super::{MAX_LIMIT, MAX_PROCESSES, MAX_THREADS, StartMethod};
use crate::text::{nearest, shown};

/// Why a plan is none.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlanError {
    /// Nothing was written.
    #[error("the plan is empty: write one such as `threads(8)` or `asyncio`")]
    Empty,
    /// A name that no plan has.
    #[error("unknown plan {}: {}", shown(.name), match .suggestion {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("the plans are {}", NAMES.join(", ")),
    })]
    UnknownName {
        /// The name.
        name: String,
        /// The nearest one there is.
        suggestion: Option<&'static str>,
    },
    /// An argument that the part does not take.
    #[error("{} does not fit `{part}`: {rule}", shown(.argument))]
    Argument {
        /// What was written.
        argument: String,
        /// The part's name.
        part: &'static str,
        /// What it takes.
        rule: String,
    },
    /// A number out of its range.
    #[error("{} is no number of {what}: it goes from 1 to {limit}", shown(.value))]
    Number {
        /// What was written.
        value: String,
        /// What is counted.
        what: &'static str,
        /// The largest allowed.
        limit: u32,
    },
    /// Parts that cannot be joined.
    #[error("{} is no mix: {rule}", shown(.plan))]
    Mix {
        /// The whole plan.
        plan: String,
        /// What a mix is.
        rule: &'static str,
    },
    /// Brackets or names in the wrong place.
    #[error("{} is not written as a plan: {rule}", shown(.plan))]
    Syntax {
        /// The whole plan.
        plan: String,
        /// What is wrong, and what to write.
        rule: &'static str,
    },
    /// The executor is missing from that Python.
    #[error("`{plan}` needs InterpreterPoolExecutor, which Python {python} does not have: use 3.14 or newer, as in `{}@3.14`", .plan.split('@').next().unwrap_or(.plan))]
    NotInThisPython {
        /// The plan.
        plan: String,
        /// The Python.
        python: String,
    },
}

const NAMES: [&str; 5] = ["sync", "threads", "processes", "interpreters", "asyncio"];
const MIX: &str =
    "a mix is `asyncio` first, then `+threads(N)`, `+processes(N)` or both, each once";

/// Reads a plan; spaces do not matter.
///
/// # Errors
/// A [`PlanError`] that says what is wrong with the text and what to write instead.
pub fn parse_plan(text: &str) -> Result<PlanSpec, PlanError> {
    let syntax = |rule| PlanError::Syntax {
        plan: text.to_owned(),
        rule,
    };
    if text.trim().is_empty() {
        return Err(PlanError::Empty);
    }
    let (work, python) = match text.split_once('@') {
        Some((work, python)) => match python.trim() {
            "" => return Err(syntax("a Python follows the `@`, as in `threads@3.14t`")),
            python => (work, Some(python.to_owned())),
        },
        None => (text, None),
    };
    let parts = work
        .split('+')
        .map(|part| Part::read(part, &syntax))
        .collect::<Result<Vec<_>, _>>()?;
    let shape = match parts.as_slice() {
        [part] => alone(part)?,
        parts => mix(parts, text)?,
    };
    Ok(PlanSpec { shape, python })
}

/// `name(argument, ...)`, taken apart.
struct Part<'t> {
    name: &'static str,
    arguments: Vec<&'t str>,
}

impl<'t> Part<'t> {
    fn read(
        text: &'t str,
        syntax: &impl Fn(&'static str) -> PlanError,
    ) -> Result<Part<'t>, PlanError> {
        let text = text.trim();
        let (name, arguments) = match text.split_once('(') {
            None => (text, None),
            Some((name, rest)) => {
                let inside = rest.strip_suffix(')').ok_or_else(|| {
                    syntax("what is in brackets ends with `)`, as in `threads(8)`")
                })?;
                (name.trim_end(), Some(inside))
            }
        };
        if name.is_empty() {
            return Err(syntax("a name is missing: write one such as `threads(8)`"));
        }
        let Some(name) = NAMES.into_iter().find(|known| *known == name) else {
            let suggestion = nearest(name, NAMES);
            return Err(PlanError::UnknownName {
                name: name.to_owned(),
                suggestion,
            });
        };
        let arguments = match arguments.map(str::trim) {
            None | Some("") => Vec::new(),
            Some(inside) => inside.split(',').map(str::trim).collect(),
        };
        Ok(Part { name, arguments })
    }

    fn wrong(&self, argument: &str, rule: impl Into<String>) -> PlanError {
        PlanError::Argument {
            argument: argument.to_owned(),
            part: self.name,
            rule: rule.into(),
        }
    }

    /// The arguments, where at most one number is allowed.
    fn workers(&self, what: &'static str, limit: u32) -> Result<Option<u32>, PlanError> {
        match self.arguments.as_slice() {
            [] => Ok(None),
            [one] if !looks_like_number(one) => {
                Err(self.wrong(one, format!("it takes a number, as in `{}(8)`", self.name)))
            }
            [one] => number(one, what, limit).map(Some),
            [_, second, ..] => Err(self.wrong(
                second,
                format!("it takes one number, as in `{}(8)`", self.name),
            )),
        }
    }

    /// The arguments of a process pool; `chunk` only where tasks are handed over many at a time.
    fn pool(&self, chunks: bool) -> Result<(PoolSpec, Option<u32>), PlanError> {
        let (mut pool, mut chunk) = (PoolSpec::default(), None);
        for (position, argument) in self.arguments.iter().enumerate() {
            let twice = || self.wrong(argument, "it stands there twice: keep one");
            match argument
                .split_once('=')
                .map(|(key, value)| (key.trim(), value.trim()))
            {
                None if looks_like_number(argument) && position == 0 => {
                    pool.workers = Some(number(argument, "processes", MAX_PROCESSES)?);
                }
                None => return Err(self.unknown(argument, argument, chunks)),
                Some(("start", value)) => {
                    let start = start_method(value).ok_or_else(|| {
                        let names = START_METHODS.map(StartMethod::name);
                        self.wrong(
                            argument,
                            match nearest(value, names) {
                                Some(name) => format!("did you mean `start={name}`?"),
                                None => format!("a start method is one of {}", names.join(", ")),
                            },
                        )
                    })?;
                    if pool.start.replace(start).is_some() {
                        return Err(twice());
                    }
                }
                Some(("chunk", value)) if chunks => {
                    if chunk
                        .replace(number(value, "tasks in a chunk", MAX_LIMIT)?)
                        .is_some()
                    {
                        return Err(twice());
                    }
                }
                Some(("chunk", _)) => {
                    let rule = "an event loop hands one call at a time to its pool: \
                                leave the chunk out, or use `processes` alone";
                    return Err(self.wrong(argument, rule));
                }
                Some((key, _)) => return Err(self.unknown(argument, key, chunks)),
            }
        }
        Ok((pool, chunk))
    }

    fn unknown(&self, argument: &str, key: &str, chunks: bool) -> PlanError {
        if let Some(start) = start_method(key) {
            return self.wrong(argument, format!("write `start={}`", start.name()));
        }
        let keys: &[&'static str] = if chunks {
            &["start", "chunk"]
        } else {
            &["start"]
        };
        let example = if chunks {
            "(4, start=spawn, chunk=8)"
        } else {
            "(4, start=spawn)"
        };
        self.wrong(
            argument,
            match nearest(key, keys.iter().copied()) {
                Some(key) => format!("did you mean `{key}=`?"),
                None => format!(
                    "it takes a number and {}, as in `{}{example}`",
                    keys.join(", "),
                    self.name
                ),
            },
        )
    }

    fn limit(&self) -> Result<Option<u32>, PlanError> {
        let mut limit = None;
        for argument in &self.arguments {
            let value = argument
                .split_once('=')
                .filter(|(key, _)| key.trim() == "limit");
            let Some((_, value)) = value else {
                let rule = match looks_like_number(argument) {
                    true => format!("write `asyncio(limit={argument})`"),
                    false => "it takes a limit only, as in `asyncio(limit=100)`".to_owned(),
                };
                return Err(self.wrong(argument, rule));
            };
            let value = number(value.trim(), "tasks at a time", MAX_LIMIT)?;
            if limit.replace(value).is_some() {
                return Err(self.wrong(argument, "it stands there twice: keep one"));
            }
        }
        Ok(limit)
    }
}

fn alone(part: &Part<'_>) -> Result<Shape, PlanError> {
    Ok(match part.name {
        "sync" => match part.arguments.first() {
            Some(argument) => return Err(part.wrong(argument, "write `sync` without brackets")),
            None => Shape::Sync,
        },
        "threads" if part.arguments == ["each"] => Shape::ThreadEach,
        "threads" => Shape::Threads {
            workers: part.workers("threads", MAX_THREADS)?,
        },
        "processes" => {
            let (pool, chunk) = part.pool(true)?;
            Shape::Processes { pool, chunk }
        }
        "interpreters" => Shape::Interpreters {
            workers: part.workers("interpreters", MAX_PROCESSES)?,
        },
        _ => Shape::Asyncio {
            limit: part.limit()?,
            threads: None,
            processes: None,
        },
    })
}

fn mix(parts: &[Part<'_>], text: &str) -> Result<Shape, PlanError> {
    let wrong = |rule| PlanError::Mix {
        plan: text.trim().to_owned(),
        rule,
    };
    let [first, rest @ ..] = parts else {
        return Err(wrong(MIX));
    };
    if first.name != "asyncio" {
        return Err(wrong(MIX));
    }
    let limit = first.limit()?;
    let (mut threads, mut processes) = (None, None);
    for part in rest {
        let twice = match part.name {
            "threads" if part.arguments == ["each"] => {
                let rule = "an executor has a number of workers, as in `asyncio+threads(8)`";
                return Err(part.wrong("each", rule));
            }
            "threads" => {
                let workers = part.workers("threads", MAX_THREADS)?;
                threads.replace(WorkersSpec { workers }).is_some()
            }
            "processes" => processes.replace(part.pool(false)?.0).is_some(),
            _ => return Err(wrong(MIX)),
        };
        if twice {
            return Err(wrong(MIX));
        }
    }
    Ok(Shape::Asyncio {
        limit,
        threads,
        processes,
    })
}

const START_METHODS: [StartMethod; 3] = [
    StartMethod::Fork,
    StartMethod::Spawn,
    StartMethod::ForkServer,
];

fn start_method(name: &str) -> Option<StartMethod> {
    START_METHODS
        .into_iter()
        .find(|method| method.name() == name)
}

fn looks_like_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+' || c == '.')
}

fn number(text: &str, what: &'static str, limit: u32) -> Result<u32, PlanError> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let value = text
        .parse::<u32>()
        .ok()
        .filter(|n| digits && (1..=limit).contains(n));
    value.ok_or_else(|| PlanError::Number {
        value: text.to_owned(),
        what,
        limit,
    })
}
