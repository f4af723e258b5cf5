//! What a figure in a text is a figure of, and what is claimed of it: `threads(8) >= 0.95 * sync`.
//!
//! ```text
//! claim    = quantity, (" <= " | " >= " | " < " | " > " | " = "), quantity, [" when ", turns] ;
//! quantity = term, [(" / " | " - "), term] ;
//! term     = [number, " * "], ([figure, " of "], plan) | value ;
//! turns    = key, " = ", value, {", ", key, " = ", value} ;
//! ```
//!
//! A plan alone stands for its run time; a figure has its name in the document of `trilane simulate
//! --json`. Whether two sides can be compared is known before anything runs.

use trilane_core::plan::parse_plan;
use trilane_core::scenario::Draw;
use trilane_core::text::{nearest, shown};

/// What is wrong with an expression: the value and the rule it breaks, and the remedy.
pub type Fault = (String, String);

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Nanoseconds.
    Time,
    /// Bytes.
    Size,
    /// A number of something, or the ratio of two figures.
    Number,
    /// A word: how a run ended.
    Word,
}

impl Unit {
    const fn name(self) -> &'static str {
        match self {
            Unit::Time => "a duration",
            Unit::Size => "a size",
            Unit::Number => "a number",
            Unit::Word => "a word",
        }
    }
}

/// The run time of a plan.
pub const RUN_TIME: &str = "makespan_ns";

/// Every figure that can be named, as in the JSON document of a race.
pub const FIGURES: [(&str, Unit); 30] = [
    (RUN_TIME, Unit::Time),
    ("tasks", Unit::Number),
    ("finished", Unit::Number),
    ("throughput_per_s", Unit::Number),
    ("speedup", Unit::Number),
    ("latency_ns.p50", Unit::Time),
    ("latency_ns.p95", Unit::Time),
    ("latency_ns.p99", Unit::Time),
    ("latency_ns.max", Unit::Time),
    ("cores_busy", Unit::Number),
    ("tasks_in_flight", Unit::Number),
    ("time_ns.python", Unit::Time),
    ("time_ns.native", Unit::Time),
    ("time_ns.io", Unit::Time),
    ("time_ns.gil_wait", Unit::Time),
    ("time_ns.core_wait", Unit::Time),
    ("time_ns.lock_wait", Unit::Time),
    ("time_ns.queue_wait", Unit::Time),
    ("time_ns.pool_wait", Unit::Time),
    ("time_ns.loop_wait", Unit::Time),
    ("time_ns.join_wait", Unit::Time),
    ("time_ns.pickle", Unit::Time),
    ("time_ns.overhead", Unit::Time),
    ("time_ns.start", Unit::Time),
    ("gil_handoffs", Unit::Number),
    ("context_switches", Unit::Number),
    ("loop_lag_ns.max", Unit::Time),
    ("memory_peak_bytes", Unit::Size),
    ("timed_out", Unit::Number),
    ("outcome", Unit::Word),
];

/// One side of a quantity.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// So many times a figure of a plan's run.
    Figure {
        /// The factor; 1 where none is written.
        times: f64,
        /// Its name, of [`FIGURES`].
        figure: &'static str,
        /// The plan, as it is written.
        plan: String,
    },
    /// A value: ns, bytes or a number.
    Value(f64),
    /// How a run ended.
    Word(String),
}

/// What is put between two terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// The ratio.
    Over,
    /// The difference.
    Minus,
}

/// A number that comes out of runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// The first term.
    pub first: Term,
    /// What is done with a second one.
    pub second: Option<(Operator, Term)>,
    /// What comes out.
    pub unit: Unit,
}

/// A knob, and the value that it is turned to, as it is written.
pub type Turn = (String, String);

/// A quantity after some knobs have been turned: what a figure in a text is.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What is read.
    pub quantity: Quantity,
    /// Under these knobs.
    pub when: Vec<Turn>,
}

/// How two quantities are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
    /// `<`
    Less,
    /// `>`
    More,
    /// `=`
    Equal,
}

const RELATIONS: [(&str, Relation); 5] = [
    (" <= ", Relation::AtMost),
    (" >= ", Relation::AtLeast),
    (" < ", Relation::Less),
    (" > ", Relation::More),
    (" = ", Relation::Equal),
];

/// Something that is claimed of runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// As it is written.
    pub text: String,
    /// The left side.
    pub left: Quantity,
    /// How it is compared.
    pub relation: Relation,
    /// The right side.
    pub right: Quantity,
    /// Under these knobs.
    pub when: Vec<Turn>,
}

fn fault<T>(message: impl Into<String>, remedy: impl Into<String>) -> Result<T, Fault> {
    Err((message.into(), remedy.into()))
}

/// Reads what a figure is a figure of.
///
/// # Errors
/// What is wrong with it.
pub fn reading(text: &str) -> Result<Reading, Fault> {
    let (body, when) = turns(text)?;
    let quantity = quantity(body)?;
    Ok(Reading { quantity, when })
}

/// Reads a claim.
///
/// # Errors
/// What is wrong with it.
pub fn claim(text: &str) -> Result<Claim, Fault> {
    let (body, when) = turns(text)?;
    let found = RELATIONS.iter().find_map(|(sign, relation)| {
        let (left, right) = body.split_once(sign)?;
        Some((left, *relation, right))
    });
    let Some((left, relation, right)) = found else {
        return fault(
            format!("{} compares nothing", shown(text)),
            "write `threads(8) >= 0.95 * sync`, with spaces around `<=`, `>=`, `<`, `>` or `=`",
        );
    };
    let (left, right) = (quantity(left)?, quantity(right)?);
    if left.unit != right.unit {
        let (left, right) = (left.unit.name(), right.unit.name());
        return fault(
            format!("{} compares {left} with {right}", shown(text)),
            "compare like with like: a plan alone stands for its run time",
        );
    }
    if left.unit == Unit::Word && relation != Relation::Equal {
        return fault(
            format!("{} puts words in an order", shown(text)),
            "words can only be equal: `outcome of threads(4) = deadlock`",
        );
    }
    Ok(Claim {
        text: text.to_owned(),
        left,
        relation,
        right,
        when,
    })
}

/// The text before `when`, and the knobs after it.
fn turns(text: &str) -> Result<(&str, Vec<Turn>), Fault> {
    let Some((body, list)) = text.split_once(" when ") else {
        return Ok((text, Vec::new()));
    };
    let turn = |part: &str| match part.split_once(" = ") {
        Some((key, value)) => Ok((key.trim().to_owned(), value.trim().to_owned())),
        None => fault(
            format!("{} turns no knob", shown(part)),
            "write `when tasks.page.steps.1.cpu = 5ms`",
        ),
    };
    let when = list.split(", ").map(turn).collect::<Result<_, _>>()?;
    Ok((body, when))
}

fn quantity(text: &str) -> Result<Quantity, Fault> {
    let split = [(" / ", Operator::Over), (" - ", Operator::Minus)];
    let split = split.iter().find_map(|(sign, operator)| {
        let (first, second) = text.split_once(sign)?;
        Some((first, *operator, second))
    });
    let Some((first, operator, second)) = split else {
        let (first, unit) = term(text)?;
        return Ok(Quantity {
            first,
            second: None,
            unit,
        });
    };
    let ((first, unit), (second, other)) = (term(first)?, term(second)?);
    if unit != other || unit == Unit::Word {
        let (unit, other) = (unit.name(), other.name());
        return fault(
            format!("{} takes {unit} and {other} together", shown(text)),
            "take two figures of the same sort",
        );
    }
    Ok(Quantity {
        first,
        second: Some((operator, second)),
        unit: match operator {
            Operator::Over => Unit::Number,
            Operator::Minus => unit,
        },
    })
}

fn term(text: &str) -> Result<(Term, Unit), Fault> {
    let text = text.trim();
    let (times, rest) = match text.split_once(" * ") {
        Some((times, rest)) => match times.trim().parse() {
            Ok(times) => (times, rest.trim()),
            Err(_) => {
                return fault(
                    format!("{} is no factor", shown(times)),
                    "write a number before `*`: `0.95 * sync`",
                );
            }
        },
        None => (1.0, text),
    };
    if let Some((name, plan)) = rest.split_once(" of ") {
        let (figure, unit) = figure(name.trim())?;
        let plan = plan_of(plan.trim())?;
        return Ok((
            Term::Figure {
                times,
                figure,
                plan,
            },
            unit,
        ));
    }
    if matches!(rest, "completed" | "deadlock" | "stopped") {
        return Ok((Term::Word(rest.to_owned()), Unit::Word));
    }
    if let Some((value, unit)) = value(rest) {
        return Ok((Term::Value(times * value), unit));
    }
    let term = Term::Figure {
        times,
        figure: RUN_TIME,
        plan: plan_of(rest)?,
    };
    Ok((term, Unit::Time))
}

fn figure(name: &str) -> Result<(&'static str, Unit), Fault> {
    if let Some(known) = FIGURES.iter().find(|(known, _)| *known == name) {
        return Ok(*known);
    }
    let names = || FIGURES.iter().map(|(known, _)| *known);
    let remedy = match nearest(name, names()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
    };
    fault(format!("unknown figure {}", shown(name)), remedy)
}

fn plan_of(text: &str) -> Result<String, Fault> {
    match parse_plan(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => fault(
            error.to_string(),
            "write a plan, `FIGURE of PLAN`, or a value such as `200ms`, `64MB`, `3`",
        ),
    }
}

/// A duration in ns, a size in bytes, or a number.
pub fn value(text: &str) -> Option<(f64, Unit)> {
    if let Ok(Draw::Fixed(duration)) = text.parse() {
        return Some((duration.as_nanos() as f64, Unit::Time));
    }
    if let Ok(number) = text.parse::<f64>() {
        return number.is_finite().then_some((number, Unit::Number));
    }
    let sizes = [("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("B", 1.0)];
    sizes.into_iter().find_map(|(unit, scale)| {
        let number: f64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
        Some((number * scale, Unit::Size))
    })
}

impl Term {
    fn plan(&self) -> Option<&str> {
        match self {
            Term::Figure { plan, .. } => Some(plan),
            Term::Value(_) | Term::Word(_) => None,
        }
    }
}

impl Quantity {
    /// The plans that it is about.
    pub fn plans(&self) -> impl Iterator<Item = &str> {
        let second = self.second.iter().filter_map(|(_, term)| term.plan());
        self.first.plan().into_iter().chain(second)
    }
}

impl Claim {
    /// The plans that it is about.
    pub fn plans(&self) -> impl Iterator<Item = &str> {
        self.left.plans().chain(self.right.plans())
    }
}

impl Relation {
    /// Whether two numbers stand in it.
    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Relation::AtMost => left <= right,
            Relation::AtLeast => left >= right,
            Relation::Less => left < right,
            Relation::More => left > right,
            Relation::Equal => left == right,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_read() {
        let check = |text: &str, unit: Unit, plans: &[&str], turns: usize| {
            let claim = claim(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
            assert_eq!(claim.left.unit, unit, "{text}");
            assert_eq!(claim.plans().collect::<Vec<_>>(), plans, "{text}");
            assert_eq!(claim.when.len(), turns, "{text}");
        };
        check(
            "threads(8) >= 0.95 * sync",
            Unit::Time,
            &["threads(8)", "sync"],
            0,
        );
        check("asyncio < 210ms", Unit::Time, &["asyncio"], 0);
        check(
            "sync / processes(4, start=fork) > 3",
            Unit::Number,
            &["sync", "processes(4, start=fork)"],
            0,
        );
        check(
            "memory_peak_bytes of threads@3.14t <= 2MB",
            Unit::Size,
            &["threads@3.14t"],
            0,
        );
        check(
            "outcome of threads(4) = deadlock",
            Unit::Word,
            &["threads(4)"],
            0,
        );
        check(
            "processes(4) > sync when tasks.a.steps.0.cpu = 50us, tasks.a.count = 10",
            Unit::Time,
            &["processes(4)", "sync"],
            2,
        );
    }

    #[test]
    fn faults_say_what_to_do() {
        let check = |text: &str, message: &str, remedy: &str| {
            let (said, cure) = claim(text).expect_err(text);
            assert!(said.contains(message), "{said}");
            assert!(cure.contains(remedy), "{cure}");
        };
        check("threads(8)", "compares nothing", "with spaces around");
        check("asyncio <= 3", "a duration with a number", "like with like");
        check(
            "latency_ns.p98 of sync < 3ms",
            "`latency_ns.p98`",
            "did you mean `latency_ns.p95`",
        );
        check("treads(8) < sync", "treads", "write a plan");
        check(
            "much * sync < sync",
            "`much` is no factor",
            "a number before",
        );
        check("outcome of sync < deadlock", "in an order", "only be equal");
        check(
            "sync - tasks of sync < 3ms",
            "takes a duration and a number together",
            "the same sort",
        );
        check(
            "sync < asyncio when faster",
            "`faster` turns no knob",
            "when tasks",
        );
    }
}
